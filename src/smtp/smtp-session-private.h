/* What the files of the session share: talking in commands and replies, and turning replies into errors. */
#pragma once

#include "base-error.h"
#include "smtp-reply.h"
#include "smtp-session.h"

G_BEGIN_DECLS

struct _SmtpSession
{
  NetConnection *connection;   /* Owned */
  char *host;                  /* Owned: for sentences */
  guint timeout_ms;            /* as the endpoint wished; 0: none given */
  SmtpCapability capabilities; /* as offered in the present state */
  SmtpCapability disabled;     /* not used all the same */
  SmtpCapability doubted;      /* offered, but then not known */
  guint64 size_limit;          /* 0: none told */
  guint64 hold_seconds;        /* FUTURERELEASE; 0: none told */
  gint64 hold_until;           /* the same */
  GStrv mechanisms;            /* Owned: of AUTH, upper case */
  gboolean open; /* encrypted and greeted: from here on a sign-in can be refused, or asked for */
  gboolean usable;
  BaseProof proof; /* that the sign-in gave */
};

/* Forgets all that EHLO said. */
void smtp_session_forget_extensions (SmtpSession *session);
/* Takes the answer to EHLO instead. */
void smtp_session_take_extensions (SmtpSession *session, const SmtpReply *reply);
/* What the server of this name is known to offer falsely. */
SmtpCapability smtp_quirk_disabled (const char *host);

/* Buffers one command; CRLF is added. */
gboolean smtp_session_put (SmtpSession *session, GCancellable *cancellable, GError **error,
                           const char *format, ...) G_GNUC_PRINTF (4, 5);
/* Sends what is buffered and reads one reply, whatever it says.  On failure, and after a 421, the session is not
 * usable any more. */
SmtpReply *smtp_session_get (SmtpSession *session, GCancellable *cancellable,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a refusal (4xx, 5xx, or a reply that does not fit) means; `sentence` says what did not work, for a person, and is
 * used where the code tells nothing better.  A reply that does not fit makes the session unusable. */
void smtp_session_set_error (SmtpSession *session, const SmtpReply *reply, const char *sentence,
                             GError **error);
/* The code smtp_session_set_error () would use. */
BaseErrorCode smtp_reply_to_code (const SmtpReply *reply);

G_END_DECLS
