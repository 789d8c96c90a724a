/* GListModel of the messages of one folder, newest on top, over the store: keys (8 bytes each)
 * are loaded on opening, the first screenful before the rest; rows by pages of 64 as they are
 * asked for.  The cost of a row does not depend on the number of messages.  Items are
 * MailMessage; the same object as long as somebody holds it. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

#define MAIL_TYPE_MESSAGE_LIST (mail_message_list_get_type ())
G_DECLARE_FINAL_TYPE (MailMessageList, mail_message_list, MAIL, MESSAGE_LIST, GObject)

/* Property "loading" (boolean, notify): the keys are still on their way: no empty state yet. */
MailMessageList *mail_message_list_new (MailEngine *engine,
                                        MailFolder *folder) G_GNUC_WARN_UNUSED_RESULT;
gboolean mail_message_list_get_loading (MailMessageList *list);
/* Position of this message id, or G_MAXUINT. */
guint mail_message_list_find (MailMessageList *list, gint64 id);

G_END_DECLS
