/* One row of a message list: a conversation, or, where a list shows none, a single message.  May be empty at first (loaded
 * FALSE) and fill itself a moment later. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

#define MAIL_TYPE_CONVERSATION (mail_conversation_get_type ())
G_DECLARE_FINAL_TYPE (MailConversation, mail_conversation, MAIL, CONVERSATION, GObject)

/* Properties (notify): "loaded", "participants" (names or addresses, the newest last; recipients in Sent and Drafts), "count" (uint:
 * messages), "subject" (translated "(No subject)" when empty), "preview" (of the newest), "date" (int64 seconds, of the newest),
 * "unread" (one of them is), "starred", "answered", "forwarded" (the newest is), "has-attachments", "labels" (GStrv, never NULL). */

/* Of the item: the thread's, or without conversations the message's row id.  It stays when a reply moves the conversation. */
gint64 mail_conversation_get_id (MailConversation *conversation);
gint64 mail_conversation_get_thread (MailConversation *conversation); /* 0 without conversations */
gboolean mail_conversation_get_loaded (MailConversation *conversation);
const char *mail_conversation_get_participants (MailConversation *conversation);
guint mail_conversation_get_count (MailConversation *conversation);
const char *mail_conversation_get_subject (MailConversation *conversation);
const char *mail_conversation_get_preview (MailConversation *conversation);
gint64 mail_conversation_get_date (MailConversation *conversation);
gboolean mail_conversation_get_unread (MailConversation *conversation);
gboolean mail_conversation_get_starred (MailConversation *conversation);
gboolean mail_conversation_get_answered (MailConversation *conversation);
gboolean mail_conversation_get_forwarded (MailConversation *conversation);
gboolean mail_conversation_get_has_attachments (MailConversation *conversation);
const char *const *mail_conversation_get_labels (MailConversation *conversation);
/* The newest message of it in this list; NULL while it is not loaded.  The same object as long as it is the newest. Yours. */
MailMessage *
mail_conversation_dup_newest (MailConversation *conversation) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
