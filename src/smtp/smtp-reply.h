/* One reply of an SMTP server (RFC 5321, 4.2; enhanced codes RFC 2034 and 3463).  Pure: fed line by line, reads
 * nothing itself. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A reply with more than this is an attack. */
#define SMTP_REPLY_MAX_LINE  4096
#define SMTP_REPLY_MAX_LINES 256

typedef struct
{
  int code;          /* 200 to 599; 0: nothing yet */
  guint enhanced[3]; /* 5.1.1; all 0 when there is none */
  gboolean simple;   /* set by the caller: nothing follows from `enhanced` */
  GPtrArray *lines;  /* texts without any code, at least one when complete; UTF-8 */
  gboolean complete;
} SmtpReply;

SmtpReply *smtp_reply_new (void) G_GNUC_WARN_UNUSED_RESULT;
void smtp_reply_free (SmtpReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmtpReply, smtp_reply_free)

/* Adds one line (without CRLF) until `complete`.  BROKEN when it is no reply, LIMIT when it has no end. */
gboolean smtp_reply_add_line (SmtpReply *reply, const char *line, GError **error);

/* The first digit of a complete reply. */
int smtp_reply_class (const SmtpReply *reply);
const char *smtp_reply_line (const SmtpReply *reply, guint index); /* "" beyond the end */
/* For a person: "550 5.1.1 No such user", one line a line. */
char *smtp_reply_to_text (const SmtpReply *reply) G_GNUC_WARN_UNUSED_RESULT;
/* A no for good that is about whom the message is from, whatever was asked: servers look at that when they have the recipients (Postfix), or all of
 * it (Exchange). */
gboolean smtp_reply_blames_sender (const SmtpReply *reply, const char *from, const char *recipient);

G_END_DECLS
