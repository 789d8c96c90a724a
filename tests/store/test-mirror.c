/* Lists kept by nothing but the change records, of all folders and views, of messages and of conversations: after each step they are
 * what a fresh reading gives, and that is what the rows say by the plain definition. */
#include <string.h>

#include "store-thread.h"
#include "test-store.h"

struct _Mirror
{
  Profile *profile;
  GHashTable *keys; /* "m|c listing key" */
  guint followed;
};

typedef struct
{
  gint64 id, thread, folder, received;
  int role;
  gboolean unread, starred, attached, hidden;
  char *message_id;
  gint64 date;
} Plain;

Mirror *
mirror_new (Profile *profile)
{
  Mirror *mirror = g_new0 (Mirror, 1);
  mirror->profile = profile;
  mirror->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  mirror_check (mirror);
  return mirror;
}

void
mirror_free (Mirror *mirror)
{
  g_hash_table_unref (mirror->keys);
  g_free (mirror);
}

static char *
name_of (gboolean conversations, gint64 listing, StoreKey key)
{
  return g_strdup_printf ("%c %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, conversations ? 'c' : 'm',
                          listing, key);
}

static void
apply (Mirror *mirror, gboolean conversations, gint64 listing, GArray *const *lists)
{
  for (guint kind = 0; kind < 3; kind++) {
    for (guint i = 0; i < lists[kind]->len; i++) {
      char *name = name_of (conversations, listing, g_array_index (lists[kind], StoreKey, i));
      if (i > 0)
        g_assert_cmpint (g_array_index (lists[kind], StoreKey, i), <,
                         g_array_index (lists[kind], StoreKey, i - 1));
      if (kind == 0) {
        if (g_hash_table_contains (mirror->keys, name))
          g_error ("added twice: %s", name);
        g_hash_table_add (mirror->keys, name);
        continue;
      }
      if (!g_hash_table_contains (mirror->keys, name))
        g_error ("%s, but not there: %s", kind == 1 ? "changed" : "removed", name);
      if (kind == 2)
        g_hash_table_remove (mirror->keys, name);
      g_free (name);
    }
  }
}

static void
clear_plain (gpointer data)
{
  g_free (((Plain *)data)->message_id);
}

static GArray *
read_plain (Profile *profile)
{
  g_autoptr (GError) error = NULL;
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (Plain));
  g_array_set_clear_func (rows, clear_plain);
  g_autoptr (StoreQuery) query = store_db_query (
      profile->db, &error,
      "SELECT m.id, thread, folder, received, role, flags, has_attachments, doomed, "
      "account || message_id, date FROM message AS m JOIN folder AS f ON f.id = folder",
      STORE_NO_INTS);
  g_assert_no_error (error);
  while (store_query_step (profile->db, query, &error) == 1) {
    gint64 flags = store_query_int (query, 5);
    Plain row = { .id = store_query_int (query, 0),
                  .thread = store_query_int (query, 1),
                  .folder = store_query_int (query, 2),
                  .received = store_query_int (query, 3),
                  .role = (int)store_query_int (query, 4),
                  .unread = (flags & STORE_FLAG_SEEN) == 0,
                  .starred = (flags & STORE_FLAG_FLAGGED) != 0,
                  .attached = store_query_int (query, 6) != 0,
                  .hidden = store_query_int (query, 7) != 0 || (flags & STORE_FLAG_DELETED) != 0,
                  .message_id = store_query_dup_text (query, 8),
                  .date = store_query_int (query, 9) };
    g_array_append_val (rows, row);
  }
  g_assert_no_error (error);
  return rows;
}

static gboolean
is_seen_elsewhere (const Plain *row)
{
  return !row->hidden && row->role != STORE_ROLE_JUNK && row->role != STORE_ROLE_TRASH
         && row->role != STORE_ROLE_DRAFTS;
}

static int
rank (const Plain *row)
{
  return row->role == STORE_ROLE_INBOX ? 0 : row->role == STORE_ROLE_ALL ? 2 : 1;
}

/* Another row is the same message, and shown instead. */
static gboolean
is_copy (GArray *rows, const Plain *row)
{
  for (guint i = 0; i < rows->len; i++) {
    const Plain *other = &g_array_index (rows, Plain, i);
    if (other->id == row->id || other->thread != row->thread || row->message_id == NULL
        || g_strcmp0 (other->message_id, row->message_id) != 0 || other->date != row->date
        || !is_seen_elsewhere (other))
      continue;
    if (rank (other) < rank (row) || (rank (other) == rank (row) && other->id < row->id))
      return TRUE;
  }
  return FALSE;
}

static gboolean
belongs (GArray *rows, const Plain *row, gint64 listing)
{
  switch (listing) {
  case STORE_VIEW_INBOXES:
    return !row->hidden && row->role == STORE_ROLE_INBOX;
  case STORE_VIEW_UNREAD:
    return row->unread && is_seen_elsewhere (row) && !is_copy (rows, row);
  case STORE_VIEW_STARRED:
    return row->starred && is_seen_elsewhere (row) && !is_copy (rows, row);
  case STORE_VIEW_ATTACHMENTS:
    return row->attached && is_seen_elsewhere (row) && !is_copy (rows, row);
  default:
    return !row->hidden && row->folder == listing;
  }
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  StoreKey one = *(const StoreKey *)a, two = *(const StoreKey *)b;
  return (one < two) - (one > two);
}

static GArray *
expect (GArray *rows, gint64 listing, gboolean conversations)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  g_autoptr (GHashTable) newest = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer thread, received;
  for (guint i = 0; i < rows->len; i++) {
    const Plain *row = &g_array_index (rows, Plain, i);
    if (!belongs (rows, row, listing))
      continue;
    StoreKey key = STORE_KEY_MAKE (row->received, row->id);
    gpointer id = GSIZE_TO_POINTER ((gsize)row->thread);
    if (!conversations)
      g_array_append_val (keys, key);
    else if (row->thread != 0
             && GPOINTER_TO_SIZE (g_hash_table_lookup (newest, id)) <= (gsize)row->received)
      g_hash_table_insert (newest, id, GSIZE_TO_POINTER ((gsize)row->received));
  }
  g_hash_table_iter_init (&iter, newest);
  while (g_hash_table_iter_next (&iter, &thread, &received)) {
    StoreKey key =
        STORE_KEY_MAKE ((gint64)GPOINTER_TO_SIZE (received), (gint64)GPOINTER_TO_SIZE (thread));
    g_array_append_val (keys, key);
  }
  g_array_sort (keys, compare_keys);
  return keys;
}

static void
check_items (Profile *profile, const StoreListing *listing, GArray *keys)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < keys->len; i++) {
    gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, i));
    g_array_append_val (ids, id);
  }
  const gint64 *items = (const gint64 *)(gconstpointer)ids->data;
  g_autoptr (GPtrArray) found =
      store_listing_get_items (profile->db, listing, items, ids->len, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < keys->len; i++) {
    const StoreItem *item = g_ptr_array_index (found, i);
    g_assert_nonnull (item);
    g_assert_cmpint (item->key, ==, g_array_index (keys, StoreKey, i));
    g_assert_cmpuint (item->total, >=, 1);
    g_assert_cmpuint (item->unread, <=, item->total);
    g_assert_cmpint (item->newest->received, ==, item->key >> 32);
    g_autoptr (GArray) meant = store_listing_resolve (profile->db, listing, &items[i], 1, &error);
    g_assert_cmpuint (meant->len, >=, 1);
  }
}

static guint
check_listing (Mirror *mirror, GArray *rows, gint64 folder, gboolean conversations)
{
  g_autoptr (GError) error = NULL;
  const StoreListing listing = { .folder = folder, .conversations = conversations };
  g_autoptr (GArray) read = store_listing_read (mirror->profile->db, &listing, 0, 0, &error);
  g_assert_no_error (error);
  g_autoptr (GArray) expected = expect (rows, folder, conversations);
  g_assert_cmpuint (read->len, ==, expected->len);
  for (guint i = 0; i < read->len; i++) {
    StoreKey key = g_array_index (read, StoreKey, i);
    g_autofree char *name = name_of (conversations, folder, key);
    g_assert_cmpint (key, ==, g_array_index (expected, StoreKey, i));
    if (!g_hash_table_contains (mirror->keys, name))
      g_error ("nobody told: %s", name);
  }
  check_items (mirror->profile, &listing, read);
  /* By pages it is the same. */
  StoreKey before = 0;
  for (guint i = 0; i < read->len;) {
    g_autoptr (GArray) page = store_listing_read (mirror->profile->db, &listing, before, 3, &error);
    g_assert_cmpuint (page->len, ==, MIN (3, read->len - i));
    for (guint j = 0; j < page->len; j++, i++) {
      before = g_array_index (page, StoreKey, j);
      g_assert_cmpint (before, ==, g_array_index (read, StoreKey, i));
    }
  }
  return read->len;
}

void
mirror_follow (Mirror *mirror)
{
  Profile *profile = mirror->profile;
  for (guint i = 0; i < profile->changes->len; i++) {
    const StoreChange *change = g_ptr_array_index (profile->changes, i);
    for (guint j = 0; j < change->messages->len; j++) {
      const StoreFolderChange *part = g_ptr_array_index (change->messages, j);
      apply (mirror, FALSE, part->folder,
             (GArray *const[]){ part->added, part->changed, part->removed });
      apply (
          mirror, TRUE, part->folder,
          (GArray *const[]){ part->threads_added, part->threads_changed, part->threads_removed });
    }
  }
  profile_forget_changes (profile);
  /* What is wrong stays wrong for a while. */
  if (++mirror->followed % 8 == 0)
    mirror_check (mirror);
}

/* Nobody tells of the list of a folder that is gone. */
static gboolean
is_of_gone (gpointer name, gpointer value, gpointer folders)
{
  gint64 listing = g_ascii_strtoll ((const char *)name + 2, NULL, 10);
  if (listing < 0)
    return FALSE;
  for (guint i = 0; i < ((GPtrArray *)folders)->len; i++) {
    if (((const StoreFolder *)((GPtrArray *)folders)->pdata[i])->id == listing)
      return FALSE;
  }
  return TRUE;
}

void
mirror_check (Mirror *mirror)
{
  g_autoptr (GError) error = NULL;
  Profile *profile = mirror->profile;
  if (profile->changes->len > 0)
    mirror_follow (mirror);
  g_autoptr (GArray) rows = read_plain (profile);
  g_autoptr (GPtrArray) folders = store_folder_list (profile->db, 0, &error);
  g_hash_table_foreach_remove (mirror->keys, is_of_gone, folders);
  guint total = 0;
  for (guint i = 0; i < 2 * folders->len; i++)
    total +=
        check_listing (mirror, rows, ((const StoreFolder *)folders->pdata[i / 2])->id, i % 2 != 0);
  for (gint64 view = STORE_VIEW_ATTACHMENTS; view <= STORE_VIEW_INBOXES; view++)
    total += check_listing (mirror, rows, view, FALSE) + check_listing (mirror, rows, view, TRUE);
  g_assert_cmpuint (total, ==, g_hash_table_size (mirror->keys));
}
