/* One row of a message list.  May be empty at first (loaded FALSE) and fill itself a moment
 * later. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

#define MAIL_TYPE_MESSAGE (mail_message_get_type ())
G_DECLARE_FINAL_TYPE (MailMessage, mail_message, MAIL, MESSAGE, GObject)

/* Properties (notify): "loaded", "sender" (name or address; recipients in Sent and Drafts),
 * "subject" (translated "(No subject)" when empty), "preview", "date" (int64 seconds), "unread",
 * "starred", "answered", "forwarded", "has-attachments". */
gint64 mail_message_get_id (MailMessage *message);
MailFolder *mail_message_get_folder (MailMessage *message); /* nullable when it is gone */
gboolean mail_message_get_loaded (MailMessage *message);
const char *mail_message_get_sender (MailMessage *message);
const char *mail_message_get_subject (MailMessage *message);
const char *mail_message_get_preview (MailMessage *message);
gint64 mail_message_get_date (MailMessage *message);
gboolean mail_message_get_unread (MailMessage *message);
gboolean mail_message_get_starred (MailMessage *message);
gboolean mail_message_get_answered (MailMessage *message);
gboolean mail_message_get_forwarded (MailMessage *message);
gboolean mail_message_get_has_attachments (MailMessage *message);

G_END_DECLS
