/* One SMTP submission connection: RFC 5321, 3207, 4954, 6409; PIPELINING 2920, SIZE 1870, 8BITMIME 6152, SMTPUTF8 6531,
 * ENHANCEDSTATUSCODES 2034.
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
} SmtpCapability;

/* How sending ended; what the outbox does follows from it. */
typedef enum
{
  SMTP_SENT,      /* 250 to the final dot: it is theirs now */
  SMTP_NOT_SENT,  /* certainly not accepted; the error says whether to try again */
  SMTP_UNCERTAIN, /* the final dot was (perhaps) sent, the answer never came */
} SmtpOutcome;

/* Greeting, EHLO with an address literal, STARTTLS and EHLO again where the endpoint says so (else implicit TLS). TRUST when
 * STARTTLS is not offered or refused. */
SmtpSession *smtp_session_open (const NetEndpoint *endpoint, GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void smtp_session_free (SmtpSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmtpSession, smtp_session_free)

gboolean smtp_session_sign_in (SmtpSession *session, const char *user, const char *password,
                               GCancellable *cancellable, GError **error);
gboolean smtp_session_has (SmtpSession *session, SmtpCapability capability);
guint64 smtp_session_get_size_limit (SmtpSession *session); /* 0: none told */
gboolean smtp_session_is_usable (SmtpSession *session);

/* Sends one message. `message`: RFC 5322 bytes (CRLF or LF line ends; sent as CRLF, no bare CR or LF, dots stuffed; no Bcc
 * in it: the caller's duty).  `from` and `recipients`: bare addresses; SMTPUTF8 is asked for when one of
 * them is not ASCII (not offered: REFUSED, unless only domains are, which then go in their ASCII form), BODY=8BITMIME
 * when the message has 8-bit bytes and it is offered.  SIZE is checked before anything is sent (LIMIT).
 * All or nothing: when one recipient is refused, none gets it (RSET) and the error's detail names the refused ones with the
 * server's words.  After the final dot the server has 10 minutes (RFC 5321, 4.5.3.2.6), or the endpoint's time-out where
 * one was given.  UNCERTAIN sets the error too (BROKEN, RETRY, CANCELLED). */
SmtpOutcome smtp_session_send (SmtpSession *session, const char *from,
                               const char *const *recipients, GBytes *message,
                               GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* QUIT, waits at most 2 s for the answer. */
void smtp_session_quit (SmtpSession *session);

G_END_DECLS
