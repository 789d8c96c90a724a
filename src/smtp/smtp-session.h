/* One SMTP submission connection: RFC 5321, 3207, 4954, 6409; PIPELINING 2920, SIZE 1870, 8BITMIME 6152, SMTPUTF8 6531,
 * ENHANCEDSTATUSCODES 2034, CHUNKING 3030, DSN 3461, FUTURERELEASE 4865.  An extension is used only when the server offers
 * it in the present state (EHLO is asked again after TLS and after the sign-in) and nobody switched it off.
 * Blocking; belongs to the thread that made it. Errors as in imap-session.h; a 4xx is RETRY with the connection still usable
 * (smtp_session_is_usable), a 5xx REFUSED; too large is LIMIT; 535 and kin AUTH. */
#pragma once

#include <gio/gio.h>

#include "net-connection.h"

G_BEGIN_DECLS

typedef struct _SmtpSession SmtpSession;

typedef enum
{
  SMTP_CAP_STARTTLS = 1 << 0,
  SMTP_CAP_PIPELINING = 1 << 1,
  SMTP_CAP_8BITMIME = 1 << 2,
  SMTP_CAP_SMTPUTF8 = 1 << 3,
  SMTP_CAP_SIZE = 1 << 4,
  SMTP_CAP_AUTH = 1 << 5,
  SMTP_CAP_ENHANCED = 1 << 6,
  SMTP_CAP_CHUNKING = 1 << 7,
  SMTP_CAP_DSN = 1 << 8,
  SMTP_CAP_FUTURERELEASE = 1 << 9,
} SmtpCapability;

/* The one that EHLO calls `word` (any case), 0 for none of the above. */
SmtpCapability smtp_capability_from_word (const char *word);

/* What the sender wants to hear about the delivery (RFC 3461, 4.1). */
typedef enum
{
  SMTP_NOTIFY_SUCCESS = 1 << 0,
  SMTP_NOTIFY_FAILURE = 1 << 1,
  SMTP_NOTIFY_DELAY = 1 << 2,
} SmtpNotify;

/* Wishes beyond the message itself; all zero: none. */
typedef struct
{
  /* Reports about the delivery, with the header of the message in them (RET=HDRS); 0: what is usual there.  Without DSN the mail
   * goes as if nothing had been wished. */
  SmtpNotify notify;
  const char *
      envelope_id; /* nullable: stands in those reports (ENVID), any text; left out above 100 octets */
  /* The server keeps the mail until then (seconds UTC); 0: it goes now.  What smtp_session_can_hold () says no to is REFUSED:
   * what shall go later never goes at once. */
  gint64 hold_until;
  /* Both nullable; they must not use the session.  `waiting` is called when all of the message is with the server and its answer is waited for, which takes as
   * long as its disk does; at most once a call.  `progress` now and then while the message is on its way: how many of its octets the server has.  With `sent`
   * equal to `total`, and not before, comes what makes it theirs: FALSE, and that is not sent (NOT_SENT, CANCELLED). */
  void (*waiting) (gpointer data);
  gboolean (*progress) (guint64 sent, guint64 total, gpointer data);
  gpointer data; /* for both */
} SmtpSendOptions;

/* How sending ended; what the outbox does follows from it. */
typedef enum
{
  SMTP_SENT,      /* 250 to the final dot (or BDAT LAST): it is theirs now */
  SMTP_NOT_SENT,  /* certainly not accepted; the error says whether to try again */
  SMTP_UNCERTAIN, /* the final dot was (perhaps) sent, the answer never came */
} SmtpOutcome;

/* Greeting, EHLO with an address literal, STARTTLS and EHLO again where the endpoint says so (else implicit TLS). TRUST when
 * STARTTLS is not offered or refused. */
SmtpSession *smtp_session_open (const NetEndpoint *endpoint, GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void smtp_session_free (SmtpSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmtpSession, smtp_session_free)

/* Then asks EHLO again; a server that does not like that keeps what it had offered.  TRUST when the server could not prove that it knows
 * the password (SCRAM), or does not offer to prove as much as before (NetLogin.proved; nothing was said then). */
gboolean smtp_session_sign_in (SmtpSession *session, const NetLogin *login,
                               GCancellable *cancellable, GError **error);
/* What the server proved by that. */
BaseProof smtp_session_get_proof (SmtpSession *session);
gboolean smtp_session_has (SmtpSession *session, SmtpCapability capability);
guint64 smtp_session_get_size_limit (SmtpSession *session); /* 0: none told */
/* Whether the server would keep a mail until then (seconds UTC; FUTURERELEASE and its limits).  FALSE after it did not know the
 * parameter. */
gboolean smtp_session_can_hold (SmtpSession *session, gint64 until);
/* FALSE: the server has hung up, or said something unasked, since it was last listened to.  Does not wait. */
gboolean smtp_session_is_quiet (SmtpSession *session);
gboolean smtp_session_is_usable (SmtpSession *session);

/* These are not used though offered (STARTTLS and AUTH cannot be switched off); added to what this server is known to offer
 * falsely.  Any time. */
void smtp_session_set_disabled (SmtpSession *session, SmtpCapability capabilities);
/* What the server offered and then did not know, and without which the mail went: switch it off at the next connection to it. */
SmtpCapability smtp_session_get_doubted (SmtpSession *session);

/* Sends one message. `message`: RFC 5322 bytes (CRLF or LF line ends; sent as CRLF, no bare CR or LF; no Bcc in it: the
 * caller's duty), by BDAT where CHUNKING is offered, else by DATA with dots stuffed.  `from` and `recipients`: bare addresses;
 * SMTPUTF8 is asked for when one of them or the header is not ASCII (not offered: an address is REFUSED, unless only
 * domains are such, which then go in their ASCII form), BODY=8BITMIME when the message has 8-bit bytes and it is offered
 * (not offered: they go as they are; what mime_build () makes has none).  SIZE is checked before anything is sent (LIMIT).
 * All or nothing: when one recipient is refused, none gets it (RSET, or hanging up where DATA was granted) and the
 * error's detail names the refused ones, a line each: the recipient as it was given, ": " and the server's words, which begin with its code; RETRY when all
 * were refused for now (4xx) only.  A part of the message may take 3 minutes, and
 * as long as the server goes on taking octets; after the final dot it has 10 minutes (RFC 5321, 4.5.3.2); or the
 * endpoint's time-out where one was given.  UNCERTAIN sets the error too (BROKEN, RETRY,
 * CANCELLED).  A parameter that was offered and then not known is left out in a second try.  `options` nullable. */
SmtpOutcome smtp_session_send (SmtpSession *session, const char *from,
                               const char *const *recipients, GBytes *message,
                               const SmtpSendOptions *options, GCancellable *cancellable,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* QUIT, waits at most 2 s for the answer. */
void smtp_session_quit (SmtpSession *session);

G_END_DECLS
