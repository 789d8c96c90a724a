/* GListModel of the conversations or messages of a folder or view, over the store: keys (8 bytes each) are loaded on opening, the
 * first screenful before the rest; rows by pages of 64 as they are asked for.  The cost of a row does not depend on the number of
 * messages.  Items are MailConversation; the same object as long as somebody holds it.
 *
 * By date, newest first, and without a filter, the list is kept by what the store tells of changes; in every other order it is
 * asked for again behind the window's back, and what is different is put in and taken out run by run.  What falls out of a
 * filter, or of Unread and Starred, because of what somebody did to it stays where it is as long as the list (or its filter) is
 * the same, if it has been looked at. */
#pragma once

#include "mail-marks.h"
#include "mail-types.h"

G_BEGIN_DECLS

#define MAIL_TYPE_MESSAGE_LIST (mail_message_list_get_type ())
G_DECLARE_FINAL_TYPE (MailMessageList, mail_message_list, MAIL, MESSAGE_LIST, GObject)

/* Same numbers as StoreSort and StoreFilter. */
typedef enum
{
  MAIL_SORT_DATE,
  MAIL_SORT_SENDER,
  MAIL_SORT_SUBJECT,
  MAIL_SORT_SIZE,
  MAIL_SORT_BEST, /* of a search alone: what fits best is first */
} MailSort;

typedef enum
{
  MAIL_FILTER_NONE = 0, /* the others combine: all must hold */
  MAIL_FILTER_UNREAD = 1,
  MAIL_FILTER_STARRED = 2,
  MAIL_FILTER_ATTACHMENTS = 4,
  MAIL_FILTER_KNOWN = 8, /* from people one knows */
} MailFilter;

/* Property "loading" (boolean, notify): the keys are still on their way: no empty state yet.
 * Signals: "removing" (guint position, guint n): these rows are still there and will be gone, or moved, at the next items-changed;
 * "settled": what was to change has changed, nothing is in the middle of a move. */
MailMessageList *mail_message_list_new (MailEngine *engine, MailFolder *folder,
                                        gboolean conversations) G_GNUC_WARN_UNUSED_RESULT;
/* The rows that are there stay until the others have come. */
void mail_message_list_set_order (MailMessageList *list, MailSort sort, gboolean ascending);
void mail_message_list_set_filter (MailMessageList *list, MailFilter filter);
gboolean mail_message_list_get_loading (MailMessageList *list);
/* In the middle of another order or another filter: a row may come in before it is taken out at its old place. */
gboolean mail_message_list_get_rearranging (MailMessageList *list);
/* Nothing is on its way into it or out of it: if it has no rows, it is empty. */
gboolean mail_message_list_get_settled (MailMessageList *list);
gboolean mail_message_list_get_conversations (MailMessageList *list);
MailSort mail_message_list_get_sort (MailMessageList *list);

/* ---- a list of what somebody looks for (of a mail_folder_new_search ()) ----
 * Conversations whose messages are hits, by their newest (or best) hit, fifty at first.  What is asked for anew ends what was asked
 * before; rows stay until the others have come.  Signal "found": what is said below is another one. */
void mail_message_list_set_query (MailMessageList *list, const char *typed, MailFolder *within,
                                  gboolean best);
/* Nullable: it is no search; borrowed. */
BaseQuery *mail_message_list_get_query (MailMessageList *list);
MailMarks *mail_message_list_get_marks (MailMessageList *list);
/* There are more than those in the list, that come when they are wanted; `all`: all of them. */
gboolean mail_message_list_has_more (MailMessageList *list);
void mail_message_list_want_more (MailMessageList *list, gboolean all);
/* All were wanted of what is looked for now, and there was no error since. */
gboolean mail_message_list_wants_all (MailMessageList *list);
/* How many messages are hits; FALSE: they are not counted yet.  MAIL_SEARCH_COUNTED and more are not told apart. */
#define MAIL_SEARCH_COUNTED 10000
gboolean mail_message_list_get_total (MailMessageList *list, guint *total);
/* FALSE: of mail before *up_to (seconds; -1: of what came just now; G_MAXINT32: of all) only subjects, names and first lines are looked at yet. */
gboolean mail_message_list_is_whole (MailMessageList *list, gint64 *up_to);

/* From the keys alone, for any position below the number of items: the id of the item there, and when its newest message was
 * received (seconds). */
gint64 mail_message_list_get_id (MailMessageList *list, guint position);
gint64 mail_message_list_get_received (MailMessageList *list, guint position);
/* Position of the row in the middle of those whose items somebody holds: rows far from it are on no screen, but for single ones. */
guint mail_message_list_get_looked_at (MailMessageList *list);
/* Position of this item id, or G_MAXUINT. Walks over the keys. */
guint mail_message_list_find (MailMessageList *list, gint64 id);
/* The first unread item below `position`, and if there is none, the first one from the top: in the order of the list, whatever its
 * filter.  Costs a walk over what is unread, in the store's thread. */
void mail_message_list_find_unread_async (MailMessageList *list, guint position,
                                          GCancellable *cancellable, GAsyncReadyCallback callback,
                                          gpointer user_data);
/* The item that shows the message of this row id.  GONE. */
void mail_message_list_find_message_async (MailMessageList *list, gint64 message,
                                           GCancellable *cancellable, GAsyncReadyCallback callback,
                                           gpointer user_data);
/* Of both: the item's id; 0 without `error`: nothing else is unread. */
gint64 mail_message_list_find_finish (MailMessageList *list, GAsyncResult *result, GError **error);

G_END_DECLS
