/* One row of a message list: a conversation, or, where a list shows none, a single message.  May be empty at first (loaded
 * FALSE) and fill itself a moment later. */
#pragma once

#include "mail-marks.h"
#include "mail-types.h"

G_BEGIN_DECLS

#define MAIL_TYPE_CONVERSATION (mail_conversation_get_type ())
G_DECLARE_FINAL_TYPE (MailConversation, mail_conversation, MAIL, CONVERSATION, GObject)

/* Signal "changed": some of what is below is new; once, however much it is. */

/* Of the item: the thread's, or without conversations the message's row id.  It stays when a reply moves the conversation. */
gint64 mail_conversation_get_id (MailConversation *conversation);
gint64 mail_conversation_get_thread (MailConversation *conversation); /* 0 without conversations */
gboolean mail_conversation_get_loaded (MailConversation *conversation);
/* Names or addresses, the newest last; recipients in Sent and Drafts. */
const char *mail_conversation_get_participants (MailConversation *conversation);
guint mail_conversation_get_count (MailConversation *conversation);
/* Of the newest message; "" until it is loaded, translated "(No subject)" when it has none. */
const char *mail_conversation_get_subject (MailConversation *conversation);
const char *mail_conversation_get_preview (MailConversation *conversation); /* of the newest */
gint64 mail_conversation_get_date (MailConversation *conversation); /* of the newest; seconds */
/* One of it is; answered and forwarded: the newest is. */
gboolean mail_conversation_get_unread (MailConversation *conversation);
gboolean mail_conversation_get_starred (MailConversation *conversation);
gboolean mail_conversation_get_answered (MailConversation *conversation);
gboolean mail_conversation_get_forwarded (MailConversation *conversation);
gboolean mail_conversation_get_has_attachments (MailConversation *conversation);
const char *const *mail_conversation_get_labels (MailConversation *conversation); /* never NULL */
/* In a list of what was looked for the message that was found stands in place of the newest.  What is to be marked in subject, names and excerpt. */
MailMarks *mail_conversation_get_marks (MailConversation *conversation); /* borrowed; NULL: none */
/* What surrounds the hit in the text, to be read in place of the preview, with GArray of MailRange (borrowed); NULL: it is not in the text. */
const char *mail_conversation_get_excerpt (MailConversation *conversation, GArray **ranges);
/* The newest message of it in this list; NULL while it is not loaded.  The same object as long as it is the newest. Yours. */
MailMessage *
mail_conversation_dup_newest (MailConversation *conversation) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
