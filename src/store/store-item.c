/* The rows of a list: what it shows of a conversation or message, and which messages are meant by it.  Any thread with a
 * connection; writes nothing. */
#include <glib/gi18n.h>
#include <string.h>

#include "store-listing.h"
#include "store-private.h"
#include "store-sender.h"

#define MAX_NAMED 40 /* messages of a conversation whose senders are looked at, the newest */

void
store_item_free (StoreItem *item)
{
  if (item == NULL)
    return;
  g_free (item->participants);
  store_message_free (item->newest);
  g_strfreev (item->labels);
  g_free (item);
}

static void
free_item (gpointer item)
{
  store_item_free (item);
}

static guint
view_of (const StoreListing *listing)
{
  for (guint n = 0; n < STORE_N_VIEWS; n++) {
    if (STORE_VIEW_N (n) == listing->folder)
      return n;
  }
  return STORE_N_VIEWS;
}

/* This row is what puts the conversation into the listing. */
static gboolean
is_shown (StoreDb *db, const StoreListing *listing, const StoreMember *member, gboolean *shown,
          GError **error)
{
  StoreRole role = STORE_ROLE_NONE;
  guint view = view_of (listing);

  *shown = FALSE;
  if (!(member->marks & STORE_MARK_LISTED))
    return TRUE;
  if (view < STORE_N_VIEWS) {
    *shown = store_marks_are_in (member->marks, view);
    return TRUE;
  }
  if (listing->folder == STORE_VIEW_SENDER)
    return store_sender_has (db, listing->sender, member->id, member->marks, shown, error);
  if (listing->folder == STORE_VIEW_INBOXES
      && !store_mark_get_role (db, member->folder, &role, error))
    return FALSE;
  *shown = listing->folder == STORE_VIEW_INBOXES ? role == STORE_ROLE_INBOX
                                                 : member->folder == listing->folder;
  return TRUE;
}

/* The members of a conversation with what each is to the listing. */
typedef struct
{
  GArray *members; /* of StoreMember, newest first; Owned */
  gboolean *shown; /* Owned */
  gboolean *meant; /* in a folder where something is shown, and listed; Owned */
  gint newest;     /* of those shown; -1: none, it is not in the listing */
} Conversation;

static void
conversation_clear (Conversation *conversation)
{
  g_clear_pointer (&conversation->members, g_array_unref);
  g_free (conversation->shown);
  g_free (conversation->meant);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Conversation, conversation_clear)

static const StoreMember *
get_member (const Conversation *conversation, guint i)
{
  return &g_array_index (conversation->members, StoreMember, i);
}

static gboolean
load (StoreDb *db, const StoreListing *listing, gint64 thread, Conversation *conversation,
      GError **error)
{
  g_autoptr (GHashTable) folders = g_hash_table_new (NULL, NULL);

  conversation->newest = -1;
  conversation->members = store_mark_list (db, thread, error);
  if (conversation->members == NULL)
    return FALSE;
  conversation->shown = g_new0 (gboolean, conversation->members->len + 1);
  conversation->meant = g_new0 (gboolean, conversation->members->len + 1);
  for (guint i = 0; i < conversation->members->len; i++) {
    const StoreMember *member = get_member (conversation, i);

    if (!is_shown (db, listing, member, &conversation->shown[i], error))
      return FALSE;
    if (!conversation->shown[i])
      continue;
    g_hash_table_add (folders, GSIZE_TO_POINTER ((gsize)member->folder));
    if (conversation->newest < 0) {
      conversation->newest = (gint)i;
    } else {
      const StoreMember *newest = get_member (conversation, (guint)conversation->newest);
      if (member->received == newest->received && member->id > newest->id)
        conversation->newest = (gint)i;
    }
  }
  for (guint i = 0; i < conversation->members->len; i++) {
    const StoreMember *member = get_member (conversation, i);

    conversation->meant[i] =
        member->marks & STORE_MARK_LISTED
        && g_hash_table_contains (folders, GSIZE_TO_POINTER ((gsize)member->folder));
  }
  return TRUE;
}

gboolean
store_item_find_newest (StoreDb *db, const StoreListing *listing, gint64 thread, gint64 *row,
                        GError **error)
{
  g_auto (Conversation) conversation = { 0 };

  if (!load (db, listing, thread, &conversation, error))
    return FALSE;
  *row = conversation.newest < 0 ? 0 : get_member (&conversation, (guint)conversation.newest)->id;
  return TRUE;
}

/* ---- items ---- */

/* Names, each once, who wrote last is last. */
static gboolean
name_participants (StoreDb *db, const Conversation *conversation, gint64 folder, StoreItem *item,
                   GError **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  guint looked = 0;

  for (guint i = 0; i < conversation->members->len && looked < MAX_NAMED; i++) {
    const StoreMember *member = get_member (conversation, i);

    if (!(member->marks & STORE_MARK_LISTED)
        || (member->marks & STORE_MARK_ASIDE && member->folder != folder))
      continue;
    looked++;
    g_autoptr (StoreQuery) query =
        store_db_query (db, error, "SELECT from_name, from_address FROM message WHERE id = ?1",
                        STORE_INTS (member->id));
    if (query == NULL || store_query_step (db, query, error) < 0)
      return FALSE;
    g_autofree char *name = store_query_dup_text (query, 0);
    g_autofree char *address = store_query_dup_text (query, 1);
    const char *shown = name != NULL && *name != '\0' ? name : address;
    char *key = g_utf8_strdown (address != NULL && *address != '\0' ? address
                                : shown != NULL                     ? shown
                                                                    : "",
                                -1);
    if (g_hash_table_add (known, key) && shown != NULL && *shown != '\0')
      g_ptr_array_insert (names, 0, g_strdup (shown));
  }
  g_ptr_array_add (names, NULL);
  item->participants = g_strjoinv (_ (", "), (char **)names->pdata);
  return TRUE;
}

static gboolean
collect_labels (StoreDb *db, const Conversation *conversation, StoreItem *item, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);
  gint64 any = 0;

  if (!store_db_get_int (db, &any, error, "SELECT EXISTS (SELECT 1 FROM label)", STORE_NO_INTS))
    return FALSE;
  for (guint i = 0; any && i < conversation->members->len && i < MAX_NAMED; i++) {
    if (!conversation->shown[i])
      continue;
    g_auto (GStrv) labels = store_message_get_labels (db, get_member (conversation, i)->id, error);
    if (labels == NULL)
      return FALSE;
    for (gsize j = 0; labels[j] != NULL; j++) {
      if (*labels[j] != '\0'
          && !g_ptr_array_find_with_equal_func (all, labels[j], g_str_equal, NULL))
        g_ptr_array_add (all, g_strdup (labels[j]));
    }
  }
  g_ptr_array_add (all, NULL);
  item->labels = (GStrv)g_ptr_array_free (g_steal_pointer (&all), FALSE);
  return TRUE;
}

/* How many messages, and what those in the listing are. */
static void
count (const Conversation *conversation, gint64 folder, StoreItem *item)
{
  g_autoptr (GHashTable) all = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GHashTable) unread = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < conversation->members->len; i++) {
    StoreMember *member = &g_array_index (conversation->members, StoreMember, i);

    if (!(member->marks & STORE_MARK_LISTED)
        || (member->marks & STORE_MARK_ASIDE && member->folder != folder))
      continue;
    item->total += member->copies == 0 || g_hash_table_add (all, &member->copies);
    if (!conversation->meant[i])
      continue;
    item->starred |= (member->marks & STORE_MARK_STARRED) != 0;
    item->has_attachments |= (member->marks & STORE_MARK_ATTACHED) != 0;
    if (member->marks & STORE_MARK_UNREAD)
      item->unread += member->copies == 0 || g_hash_table_add (unread, &member->copies);
  }
}

static gboolean
get_conversation (StoreDb *db, const StoreListing *listing, gint64 thread, StoreItem **item,
                  GError **error)
{
  g_auto (Conversation) conversation = { 0 };

  *item = NULL;
  if (!load (db, listing, thread, &conversation, error))
    return FALSE;
  if (conversation.newest < 0)
    return TRUE;
  if (!store_mark_name_copies (db, conversation.members, error))
    return FALSE;
  const StoreMember *newest = get_member (&conversation, (guint)conversation.newest);
  g_autoptr (StoreItem) made = g_new0 (StoreItem, 1);
  made->id = thread;
  made->key = STORE_KEY_MAKE (newest->received, thread);
  count (&conversation, listing->folder, made);
  made->newest = store_message_get (db, newest->id, error);
  if (made->newest == NULL || !name_participants (db, &conversation, listing->folder, made, error)
      || !collect_labels (db, &conversation, made, error))
    return FALSE;
  *item = g_steal_pointer (&made);
  return TRUE;
}

static gboolean
get_message (StoreDb *db, const StoreListing *listing, gint64 id, StoreItem **item, GError **error)
{
  StoreRow row;
  int found = store_row_load (db, id, &row, error);

  *item = NULL;
  if (found <= 0)
    return found == 0;
  const StoreMember member = { .id = id, .folder = row.folder, .marks = row.marks };
  gboolean shown =
      row.folder == listing->folder && !row.doomed && !(row.flags & STORE_FLAG_DELETED);
  if (!shown && !is_shown (db, listing, &member, &shown, error))
    return FALSE;
  if (!shown)
    return TRUE;
  g_autoptr (StoreItem) made = g_new0 (StoreItem, 1);
  made->newest = store_message_get (db, id, error);
  made->labels = made->newest != NULL ? store_message_get_labels (db, id, error) : NULL;
  if (made->labels == NULL)
    return FALSE;
  const char *name = made->newest->from_name;
  made->participants = g_strdup (name != NULL && *name != '\0' ? name : made->newest->from_address);
  if (made->participants == NULL)
    made->participants = g_strdup ("");
  made->id = id;
  made->key = made->newest->key;
  made->total = 1;
  made->unread = !(row.flags & STORE_FLAG_SEEN);
  made->starred = (row.flags & STORE_FLAG_FLAGGED) != 0;
  made->has_attachments = row.has_attachments;
  *item = g_steal_pointer (&made);
  return TRUE;
}

GPtrArray *
store_listing_get_items (StoreDb *db, const StoreListing *listing, const gint64 *items, gsize n,
                         GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_full ((guint)n, free_item);

  if (!db->writing)
    g_hash_table_remove_all (db->roles);
  for (gsize i = 0; i < n; i++) {
    StoreItem *item;

    if (!(listing->conversations ? get_conversation (db, listing, items[i], &item, error)
                                 : get_message (db, listing, items[i], &item, error)))
      return NULL;
    g_ptr_array_add (found, item);
  }
  return g_steal_pointer (&found);
}

GArray *
store_listing_resolve (StoreDb *db, const StoreListing *listing, const gint64 *items, gsize n,
                       GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!db->writing)
    g_hash_table_remove_all (db->roles);
  for (gsize i = 0; i < n; i++) {
    g_auto (Conversation) conversation = { 0 };

    if (!listing->conversations) {
      g_array_append_val (ids, items[i]);
      continue;
    }
    if (!load (db, listing, items[i], &conversation, error))
      return NULL;
    for (guint j = 0; j < conversation.members->len; j++) {
      if (conversation.meant[j])
        g_array_append_val (ids, get_member (&conversation, j)->id);
    }
  }
  return g_steal_pointer (&ids);
}
