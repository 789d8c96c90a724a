/* One message on its way: what the files that send it share.  Belongs to the call of smtp_session_send (). */
#pragma once

#include "smtp-session-private.h"
#include "smtp-stuff.h"

G_BEGIN_DECLS

/* Of BDAT; the first one of several goes along with the recipients. */
#define SMTP_BDAT_SIZE (256 * 1024)

typedef struct
{
  SmtpSession *session;           /* Borrowed */
  GCancellable *cancellable;      /* Borrowed */
  const SmtpSendOptions *options; /* Borrowed */
  GBytes *message;                /* Borrowed */

  char *from;                    /* Owned: as it goes over the wire */
  GPtrArray *to;                 /* Owned: the same */
  const char *const *recipients; /* Borrowed: as they were given; what people are told of them */
  SmtpStuff facts;               /* of the whole message */
  gboolean utf8;                 /* SMTPUTF8 is needed */
  /* Parameters of MAIL and RCPT that can be left out, and BDAT: what was used, and what the server did not know. */
  SmtpCapability used, unknown;

  /* BDAT */
  GByteArray *chunk;  /* Owned: octets not sent yet */
  SmtpStuff chunking; /* how far */
  gsize read;         /* octets of `message` that went into `chunk` */
  guint64 sent;       /* octets of it on the wire */
  guint unanswered;   /* chunks */
} SmtpTransaction;

/* ---- smtp-envelope.c ---- */
/* MAIL, RCPT, and DATA or the first chunk: everything up to the point where the message itself may go.  FALSE: nobody
 * gets it, and the session has to be reset where it is still usable. */
gboolean smtp_transaction_address (SmtpTransaction *transaction, GError **error);

/* For a person: this server does not want it from there. */
char *
smtp_transaction_dup_sender_sentence (const SmtpTransaction *transaction) G_GNUC_WARN_UNUSED_RESULT;

/* ---- smtp-body.c ---- */
/* Buffers what may go along with the recipients, before it is known whether they are welcome: DATA, or the first chunk of
 * several. */
gboolean smtp_transaction_put_first (SmtpTransaction *transaction, GError **error);
/* Reads the answer to it. */
gboolean smtp_transaction_get_first (SmtpTransaction *transaction, GError **error);
/* The message after that, and what became of it. */
SmtpOutcome smtp_transaction_finish (SmtpTransaction *transaction, GError **error);

G_END_DECLS
