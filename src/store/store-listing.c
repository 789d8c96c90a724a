/* The keys of what a list shows, in its order.  Any thread with a connection; writes nothing.  By date it reads an index alone;
 * what is sorted otherwise, or filtered, is read whole and sorted here. */
#include "store-listing.h"

#include <string.h>

#include "base-text.h"
#include "store-private.h"
#include "store-sender.h"
#include "store-subject.h"

/* ---- by date ---- */

static gboolean
take_keys (StoreDb *db, StoreQuery *query, GArray *keys, GError **error)
{
  int step = -1;

  while (query != NULL && (step = store_query_step (db, query, error)) == 1) {
    StoreKey key = STORE_KEY_MAKE (store_query_int (query, 0), store_query_int (query, 1));
    g_array_append_val (keys, key);
  }
  return step == 0;
}

static gboolean
read_heads (StoreDb *db, gint64 folder, StoreKey before, gint64 count, GArray *keys, GError **error)
{
  g_autoptr (StoreQuery) query =
      before == 0 ? store_db_query (db, error,
                                    "SELECT received, thread FROM message INDEXED BY message_head "
                                    "WHERE folder = ?1 AND (marks & 1) <> 0 "
                                    "ORDER BY received DESC, thread DESC LIMIT ?2",
                                    STORE_INTS (folder, count))
                  : store_db_query (
                      db, error,
                      "SELECT received, thread FROM message INDEXED BY message_head "
                      "WHERE folder = ?1 AND (marks & 1) <> 0 AND (received, thread) < (?3, ?4) "
                      "ORDER BY received DESC, thread DESC LIMIT ?2",
                      STORE_INTS (folder, count, before >> 32, STORE_KEY_ID (before)));
  G_STATIC_ASSERT (STORE_MARK_HEAD == 1);
  return take_keys (db, query, keys, error);
}

static gboolean
read_folder (StoreDb *db, const StoreListing *listing, gint64 folder, StoreKey before, guint limit,
             GArray *keys, GError **error)
{
  if (listing->conversations)
    return read_heads (db, folder, before, limit > 0 ? (gint64)limit : -1, keys, error);
  g_autoptr (GArray) found = store_message_list (db, folder, before, limit, error);
  if (found != NULL)
    g_array_append_vals (keys, found->data, found->len);
  return found != NULL;
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  StoreKey one = *(const StoreKey *)a, two = *(const StoreKey *)b;
  return (one < two) - (one > two);
}

static GArray *
list_inboxes (StoreDb *db, GError **error)
{
  return store_db_get_ints (
      db, error,
      "SELECT folder.id FROM folder JOIN account ON account.id = folder.account "
      "WHERE role = ?1 AND deleting = 0 AND disabled = 0",
      STORE_INTS (STORE_ROLE_INBOX));
}

static gboolean
read_inboxes (StoreDb *db, const StoreListing *listing, StoreKey before, guint limit, GArray *keys,
              GError **error)
{
  g_autoptr (GArray) folders = list_inboxes (db, error);

  for (guint i = 0; folders != NULL && i < folders->len; i++) {
    if (!read_folder (db, listing, g_array_index (folders, gint64, i), before, limit, keys, error))
      return FALSE;
  }
  if (folders != NULL && folders->len > 1)
    g_array_sort (keys, compare_keys);
  return folders != NULL;
}

/* Whom the person has written to. */
#define IS_KNOWN "EXISTS (SELECT 1 FROM person WHERE address = lower (from_address) AND sent > 0)"
/* Beside the marks of a row. */
#define MARK_KNOWN (1u << 20)
G_STATIC_ASSERT (MARK_KNOWN == 1048576);

/* In the order of the index, in which messages of one second are not in that of their keys.  Whether they are from somebody known
 * costs a look at each row. */
static StoreQuery *
query_view (StoreDb *db, gint64 view, gint64 most, gboolean known, GError **error)
{
#define VIEW(marks, index, mask, bit, of)                                                          \
  "SELECT received, thread, " marks ", id FROM message INDEXED BY " index " WHERE (marks & " mask  \
  ") = " bit " AND received <= ?1" of " ORDER BY received DESC"
#define VIEWS(marks, of)                                                                           \
  {                                                                                                \
    VIEW (marks, "message_unread", "784", "16", of),                                               \
        VIEW (marks, "message_starred", "800", "32", of),                                          \
        VIEW (marks, "message_attached", "832", "64", of)                                          \
  }
#define BOTH(of) VIEWS ("marks", of), VIEWS ("marks | iif (" IS_KNOWN ", 1048576, 0)", of)
  static const char *const queries[4][STORE_N_VIEWS] = { BOTH (""),
                                                         BOTH (" AND " STORE_OF_ENABLED) };
  gboolean some_off;
#undef BOTH
#undef VIEWS
#undef VIEW
  G_STATIC_ASSERT (STORE_MARK_UNREAD == 16
                   && (STORE_MARK_UNREAD | STORE_MARK_ASIDE | STORE_MARK_COPY) == 784);
  if (!store_account_any_disabled (db, &some_off, error))
    return NULL;
  for (guint n = 0; n < STORE_N_VIEWS; n++) {
    if (STORE_VIEW_N (n) == view)
      return store_db_query (db, error, queries[2 * (some_off != FALSE) + (known != FALSE)][n],
                             STORE_INTS (most));
  }
  g_return_val_if_reached (NULL);
}

gboolean
store_listing_count_unread (StoreDb *db, guint *starred, guint *attached, GError **error)
{
  G_STATIC_ASSERT (STORE_MARK_STARRED == 32 && STORE_MARK_ATTACHED == 64);
#define COUNT                                                                                      \
  "SELECT count(iif (marks & 32, 1, NULL)), count(iif (marks & 64, 1, NULL)) "                     \
  "FROM message INDEXED BY message_unread WHERE (marks & 784) = 16"
  gboolean some_off;

  if (!store_account_any_disabled (db, &some_off, error))
    return FALSE;
  g_autoptr (StoreQuery) query =
      store_db_query (db, error, some_off ? COUNT " AND " STORE_OF_ENABLED : COUNT, STORE_NO_INTS);
#undef COUNT
  if (query == NULL || store_query_step (db, query, error) != 1)
    return FALSE;
  *starred = (guint)store_query_int (query, 0);
  *attached = (guint)store_query_int (query, 1);
  return TRUE;
}

static guint
head_of_view (gint64 view)
{
  for (guint n = 0; n < STORE_N_VIEWS; n++) {
    if (STORE_VIEW_N (n) == view)
      return STORE_MARK_HEAD_N (n);
  }
  return 0;
}

static gboolean
read_view (StoreDb *db, const StoreListing *listing, StoreKey before, guint limit, GArray *keys,
           GError **error)
{
  g_autoptr (StoreQuery) query =
      query_view (db, listing->folder, before != 0 ? before >> 32 : G_MAXINT32, FALSE, error);
  guint head = head_of_view (listing->folder);
  int step = -1;

  while (query != NULL && (step = store_query_step (db, query, error)) == 1) {
    gint64 received = store_query_int (query, 0);
    StoreKey key =
        STORE_KEY_MAKE (received, store_query_int (query, listing->conversations ? 1 : 3));

    if (limit > 0 && keys->len >= limit
        && received < g_array_index (keys, StoreKey, keys->len - 1) >> 32)
      break;
    if ((before == 0 || key < before)
        && (!listing->conversations || (guint)store_query_int (query, 2) & head))
      g_array_append_val (keys, key);
  }
  g_array_sort (keys, compare_keys);
  return step >= 0;
}

/* Of a conversation the newest message counts. */
static gboolean
read_sender (StoreDb *db, const StoreListing *listing, StoreKey before, GArray *keys,
             GError **error)
{
  g_autoptr (GArray) rows = store_sender_list (db, listing->sender, error);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    const StoreSenderRow *row = &g_array_index (rows, StoreSenderRow, i);
    StoreKey key = STORE_KEY_MAKE (row->received, listing->conversations ? row->thread : row->id);

    g_array_append_val (keys, key);
  }
  g_array_sort (keys, compare_keys);
  guint kept = 0;
  for (guint i = 0; i < keys->len; i++) {
    StoreKey key = g_array_index (keys, StoreKey, i);

    if (g_hash_table_add (seen, GSIZE_TO_POINTER ((gsize)STORE_KEY_ID (key)))
        && (before == 0 || key < before))
      g_array_index (keys, StoreKey, kept++) = key;
  }
  g_array_set_size (keys, kept);
  return rows != NULL;
}

static GArray *
read_by_date (StoreDb *db, const StoreListing *listing, StoreKey before, guint limit,
              GError **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  gboolean ok =
      listing->folder > 0 ? read_folder (db, listing, listing->folder, before, limit, keys, error)
      : listing->folder == STORE_VIEW_INBOXES
          ? read_inboxes (db, listing, before, limit, keys, error)
      : listing->folder == STORE_VIEW_SENDER ? read_sender (db, listing, before, keys, error)
                                             : read_view (db, listing, before, limit, keys, error);

  if (!ok)
    return NULL;
  if (limit > 0 && keys->len > limit)
    g_array_set_size (keys, limit);
  return g_steal_pointer (&keys);
}

/* ---- filters ---- */

static guint
marks_of_filter (StoreFilter filter)
{
  return (filter & STORE_FILTER_UNREAD ? STORE_MARK_UNREAD : 0)
         | (filter & STORE_FILTER_STARRED ? STORE_MARK_STARRED : 0)
         | (filter & STORE_FILTER_ATTACHMENTS ? STORE_MARK_ATTACHED : 0)
         | (filter & STORE_FILTER_KNOWN ? MARK_KNOWN : 0);
}

/* What of each item is so: id -> marks of its messages in this folder together. */
static gboolean
gather_folder (StoreDb *db, const StoreListing *listing, gint64 folder, GHashTable *marks,
               GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "SELECT id, thread, marks | iif (?2, iif (" IS_KNOWN
                      ", 1048576, 0), 0) FROM message WHERE folder = ?1 AND hidden = 0",
                      STORE_INTS (folder, (listing->filter & STORE_FILTER_KNOWN) != 0));
  int step = -1;

  while (query != NULL && (step = store_query_step (db, query, error)) == 1) {
    gpointer id = GSIZE_TO_POINTER ((gsize)store_query_int (query, listing->conversations ? 1 : 0));
    guint known = GPOINTER_TO_UINT (g_hash_table_lookup (marks, id));

    g_hash_table_insert (marks, id, GUINT_TO_POINTER (known | (guint)store_query_int (query, 2)));
  }
  return step == 0;
}

static gboolean
gather_view (StoreDb *db, const StoreListing *listing, GHashTable *marks, GError **error)
{
  g_autoptr (StoreQuery) query = query_view (db, listing->folder, G_MAXINT32,
                                             (listing->filter & STORE_FILTER_KNOWN) != 0, error);
  int step = -1;

  while (query != NULL && (step = store_query_step (db, query, error)) == 1) {
    gpointer id = GSIZE_TO_POINTER ((gsize)store_query_int (query, listing->conversations ? 1 : 3));
    guint known = GPOINTER_TO_UINT (g_hash_table_lookup (marks, id));

    g_hash_table_insert (marks, id, GUINT_TO_POINTER (known | (guint)store_query_int (query, 2)));
  }
  return step == 0;
}

static gboolean
gather_sender (StoreDb *db, const StoreListing *listing, GHashTable *marks, GError **error)
{
  g_autoptr (GArray) rows = store_sender_list (db, listing->sender, error);
  g_autoptr (StorePerson) person = NULL;

  if (rows == NULL || !store_person_get (db, listing->sender, &person, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++) {
    const StoreSenderRow *row = &g_array_index (rows, StoreSenderRow, i);
    gpointer id = GSIZE_TO_POINTER ((gsize)(listing->conversations ? row->thread : row->id));
    guint known = GPOINTER_TO_UINT (g_hash_table_lookup (marks, id)) | row->marks;

    if (person != NULL && person->sent > 0)
      known |= MARK_KNOWN;
    g_hash_table_insert (marks, id, GUINT_TO_POINTER (known));
  }
  return TRUE;
}

static GHashTable *
gather (StoreDb *db, const StoreListing *listing, GError **error)
{
  g_autoptr (GHashTable) marks = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) folders = NULL;

  if (listing->folder == STORE_VIEW_SENDER)
    return gather_sender (db, listing, marks, error) ? g_steal_pointer (&marks) : NULL;
  if (listing->folder < 0 && listing->folder != STORE_VIEW_INBOXES)
    return gather_view (db, listing, marks, error) ? g_steal_pointer (&marks) : NULL;
  if (listing->folder == STORE_VIEW_INBOXES) {
    folders = list_inboxes (db, error);
  } else {
    folders = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_array_append_val (folders, listing->folder);
  }
  for (guint i = 0; folders != NULL && i < folders->len; i++) {
    if (!gather_folder (db, listing, g_array_index (folders, gint64, i), marks, error))
      return NULL;
  }
  return folders != NULL ? g_steal_pointer (&marks) : NULL;
}

static gboolean
keep_filtered (StoreDb *db, const StoreListing *listing, GArray *keys, GError **error)
{
  guint wanted = marks_of_filter (listing->filter), kept = 0;
  g_autoptr (GHashTable) marks = wanted != 0 ? gather (db, listing, error) : NULL;

  if (wanted == 0)
    return TRUE;
  if (marks == NULL)
    return FALSE;
  for (guint i = 0; i < keys->len; i++) {
    StoreKey key = g_array_index (keys, StoreKey, i);
    gpointer id = GSIZE_TO_POINTER ((gsize)STORE_KEY_ID (key));

    if ((GPOINTER_TO_UINT (g_hash_table_lookup (marks, id)) & wanted) == wanted)
      g_array_index (keys, StoreKey, kept++) = key;
  }
  g_array_set_size (keys, kept);
  return TRUE;
}

/* ---- other orders ---- */

typedef struct
{
  StoreKey key;
  gint64 size;
  char *text; /* by which the person's language puts it in its place; Owned */
} Sortable;

static void
clear_sortable (gpointer data)
{
  g_free (((Sortable *)data)->text);
}

static int
compare_sortables (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Sortable *one = a, *two = b;
  const StoreListing *listing = user_data;
  int order = 0;

  if (listing->sort == STORE_SORT_SIZE)
    order = (one->size > two->size) - (one->size < two->size);
  else if (listing->sort != STORE_SORT_DATE) {
    gboolean none_one = *one->text == '\0', none_two = *two->text == '\0';

    /* At the end, whichever way round. */
    if (none_one != none_two)
      return none_one - none_two;
    order = strcmp (one->text, two->text);
  } else {
    order = (one->key > two->key) - (one->key < two->key);
  }
  if (order == 0)
    return (one->key < two->key) - (one->key > two->key);
  return listing->ascending ? order : -order;
}

/* As a dictionary of the person's language has it: Ärger between Anfang and Bach, 김 before 박.  Empty stays empty. */
static char *
make_sort_key (const char *text)
{
  g_autofree char *folded = base_text_fold (text);

  return *folded != '\0' ? g_utf8_collate_key (folded, -1) : g_steal_pointer (&folded);
}

/* The row that stands for an item: itself, or the newest of the conversation in the listing. */
static gboolean
load_sortable (StoreDb *db, const StoreListing *listing, gint64 row, Sortable *sortable,
               GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT size, subject, from_name, from_address FROM message WHERE id = ?1",
      STORE_INTS (row));
  int step = query != NULL ? store_query_step (db, query, error) : -1;

  sortable->text = NULL;
  if (step != 1) {
    sortable->text = g_strdup ("");
    return step == 0;
  }
  sortable->size = store_query_int (query, 0);
  if (listing->sort == STORE_SORT_SUBJECT) {
    g_autofree char *subject = store_query_dup_text (query, 1);

    sortable->text = make_sort_key (store_subject_get_base (subject != NULL ? subject : "", NULL));
  } else {
    g_autofree char *name = store_query_dup_text (query, 2);
    g_autofree char *address = store_query_dup_text (query, 3);

    sortable->text = make_sort_key (name != NULL && *name != '\0' ? name
                                    : address != NULL             ? address
                                                                  : "");
  }
  return TRUE;
}

/* The row of each key, in their order. */
static gboolean
find_row (StoreDb *db, const StoreListing *listing, StoreKey key, gint64 *row, GError **error)
{
  *row = STORE_KEY_ID (key);
  if (!listing->conversations)
    return TRUE;
  return store_item_find_newest (db, listing, STORE_KEY_ID (key), row, error);
}

static GArray *
sort_keys (StoreDb *db, const StoreListing *listing, GArray *keys, GError **error)
{
  g_autoptr (GArray) sortables = g_array_sized_new (FALSE, TRUE, sizeof (Sortable), keys->len);
  g_array_set_clear_func (sortables, clear_sortable);
  for (guint i = 0; i < keys->len; i++) {
    Sortable sortable = { .key = g_array_index (keys, StoreKey, i) };
    gint64 row;

    if (listing->sort != STORE_SORT_DATE
        && (!find_row (db, listing, sortable.key, &row, error)
            || !load_sortable (db, listing, row, &sortable, error)))
      return NULL;
    g_array_append_val (sortables, sortable);
  }
  g_array_sort_with_data (sortables, compare_sortables, (gpointer)listing);
  GArray *sorted = g_array_sized_new (FALSE, FALSE, sizeof (StoreKey), keys->len);
  for (guint i = 0; i < sortables->len; i++)
    g_array_append_val (sorted, g_array_index (sortables, Sortable, i).key);
  return sorted;
}

GArray *
store_listing_read (StoreDb *db, const StoreListing *listing, StoreKey before, guint limit,
                    GError **error)
{
  gboolean by_date = listing->sort == STORE_SORT_DATE && !listing->ascending;

  if (by_date && listing->filter == 0)
    return read_by_date (db, listing, before, limit, error);
  g_autoptr (GArray) keys = read_by_date (db, listing, 0, 0, error);
  if (keys == NULL || !keep_filtered (db, listing, keys, error))
    return NULL;
  return by_date ? g_steal_pointer (&keys) : sort_keys (db, listing, keys, error);
}
