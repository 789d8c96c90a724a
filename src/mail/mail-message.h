/* One row of a message list.  May be empty at first (loaded FALSE) and fill itself a moment
 * later. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

#define MAIL_TYPE_MESSAGE (mail_message_get_type ())
G_DECLARE_FINAL_TYPE (MailMessage, mail_message, MAIL, MESSAGE, GObject)

/* Signal "changed": some of what is below is new; once, however much it is. */

gint64 mail_message_get_id (MailMessage *message);
MailFolder *mail_message_get_folder (MailMessage *message); /* nullable when it is gone */
/* Name or address; recipients in Sent and Drafts. */
const char *mail_message_get_sender (MailMessage *message);
/* "" until it is loaded, translated "(No subject)" when it has none. */
const char *mail_message_get_subject (MailMessage *message);
const char *mail_message_get_preview (MailMessage *message);
/* When it came, seconds: what lists are ordered and headed by.  MailContent has what its sender says. */
gint64 mail_message_get_date (MailMessage *message);
gboolean mail_message_get_unread (MailMessage *message);
gboolean mail_message_get_starred (MailMessage *message);
gboolean mail_message_get_answered (MailMessage *message);
gboolean mail_message_get_forwarded (MailMessage *message);
gboolean mail_message_get_has_attachments (MailMessage *message);

G_END_DECLS
