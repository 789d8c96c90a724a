/* Rows of mail.db, newest first, of all folders that a search is about, or of one of the views that have an index of their own, or of a label.  What is read is kept by the page, so
 * that nothing stays open between two of them. */
#include "store-search-private.h"

#define PAGE 256
/* A view with so many rows is gone through sooner than all rows, where there are no words (see StoreLimits.few_rows). */
#define SOME 20000
/* The same of a label, where it is looked up when each was received. */
#define LABELLED 5000

static void
cursor_clear (gpointer data)
{
  g_array_unref (((SearchCursor *)data)->keys);
}

static void
add_cursor (StoreSearch *self, gint64 folder, GArray *keys)
{
  SearchCursor cursor = { folder, keys, 0, G_MAXINT64, folder == 0 };

  if (keys == NULL)
    cursor.keys = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  g_array_append_val (self->cursors, cursor);
}

/* ---- views ---- */

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  StoreKey one = *(const StoreKey *)a, two = *(const StoreKey *)b;

  return (one < two) - (one > two);
}

/* Its keys, where there are no more than `most`; *keys NULL: there are. */
static gboolean
read_view (StoreDb *db, guint n, gint64 most, GArray **keys, GError **error)
{
#define VIEW(index, mask, bit)                                                                     \
  "SELECT received, id FROM message INDEXED BY " index " WHERE (marks & " mask ") = " bit          \
  " LIMIT ?1"
  static const char *const queries[STORE_N_VIEWS] = { VIEW ("message_unread", "784", "16"),
                                                      VIEW ("message_starred", "800", "32"),
                                                      VIEW ("message_attached", "832", "64") };
#undef VIEW
  g_autoptr (StoreQuery) query = store_db_query (db, error, queries[n], STORE_INTS (most + 1));
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  int step = -1;

  *keys = NULL;
  while (query != NULL && (step = store_query_step (db, query, error)) == 1) {
    StoreKey key = STORE_KEY_MAKE (store_query_int (query, 0), store_query_int (query, 1));

    g_array_append_val (found, key);
  }
  if (step == 0 && found->len <= most) {
    g_array_sort (found, compare_keys);
    *keys = g_steal_pointer (&found);
  }
  return step == 0;
}

/* What all hits are in, of those views; -1: none. */
static int
find_view (const SearchNode *node)
{
  int n = -1;

  if (node->kind == BASE_QUERY_IS && node->state == BASE_QUERY_UNREAD)
    return 0;
  if (node->kind == BASE_QUERY_IS && node->state == BASE_QUERY_STARRED)
    return 1;
  if (node->kind == BASE_QUERY_HAS)
    return 2;
  for (guint i = 0; node->kind == BASE_QUERY_AND && n < 0 && i < node->children->len; i++)
    n = find_view (node->children->pdata[i]);
  return n;
}

/* ---- labels ---- */

/* Which all hits have; NULL: none. */
static const char *
find_label (const SearchNode *node)
{
  const char *label = node->label;

  for (guint i = 0; node->kind == BASE_QUERY_AND && label == NULL && i < node->children->len; i++)
    label = find_label (node->children->pdata[i]);
  return label;
}

/* Its keys in place of *keys, if there are some few. */
static gboolean
read_label (StoreSearch *self, guint most, GArray **keys, GError **error)
{
  const char *label = find_label (self->root);
  GArray *found = NULL;

  if (label != NULL && !store_label_find_messages (self->db, label, most, &found, error))
    return FALSE;
  if (found == NULL)
    return TRUE;
  g_array_sort (found, compare_keys);
  g_clear_pointer (keys, g_array_unref);
  *keys = found;
  return TRUE;
}

/* ---- folders ---- */

gboolean
store_search_is_within (const StoreSearch *self, const SearchFolder *folder)
{
  if (folder->is_off)
    return FALSE;
  if (self->folder > 0)
    return folder->id == self->folder;
  if (self->folder == STORE_VIEW_INBOXES)
    return folder->role == STORE_ROLE_INBOX;
  return self->anywhere || (self->drafts && folder->role == STORE_ROLE_DRAFTS)
         || (folder->role != STORE_ROLE_JUNK && folder->role != STORE_ROLE_TRASH
             && folder->role != STORE_ROLE_DRAFTS);
}

static guint
add_folders (StoreSearch *self)
{
  GHashTableIter iter;
  gpointer value;
  guint total = 0;

  g_hash_table_iter_init (&iter, self->folders);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const SearchFolder *folder = value;

    if (!store_search_is_within (self, folder))
      continue;
    total += folder->total;
    add_cursor (self, folder->id, NULL);
  }
  return total;
}

static gboolean
read_page (StoreSearch *self, SearchCursor *cursor, GError **error)
{
  gint64 received = cursor->last == G_MAXINT64 ? G_MAXINT64 : cursor->last >> 32;
  g_autoptr (StoreQuery) query = store_db_query (
      self->db, error,
      "SELECT received, id FROM message INDEXED BY message_list WHERE folder = ?1 AND hidden = 0 "
      "AND (received, id) < (?2, ?3) ORDER BY received DESC, id DESC LIMIT ?4",
      STORE_INTS (cursor->folder, received, STORE_KEY_ID (cursor->last), PAGE));
  int step = -1;

  g_array_set_size (cursor->keys, 0);
  cursor->at = 0;
  while (query != NULL && (step = store_query_step (self->db, query, error)) == 1) {
    StoreKey key = STORE_KEY_MAKE (store_query_int (query, 0), store_query_int (query, 1));

    g_array_append_val (cursor->keys, key);
    cursor->last = key;
  }
  cursor->ended = cursor->keys->len < PAGE;
  return step == 0;
}

/* ---- choosing ---- */

gboolean
store_search_choose_rows (StoreSearch *self, GError **error)
{
  gboolean has_words = self->match != NULL && self->file != NULL;
  guint few = self->db->store->limits.few_rows;
  int view = self->folder == 0 && !self->anywhere && !self->drafts ? find_view (self->root) : -1;
  g_autoptr (GArray) keys = NULL;
  guint total;

  self->cursors = g_array_new (FALSE, FALSE, sizeof (SearchCursor));
  g_array_set_clear_func (self->cursors, cursor_clear);
  for (guint n = 0; n < STORE_N_VIEWS && self->folder < 0; n++) {
    if (STORE_VIEW_N (n) == self->folder)
      view = (int)n;
  }
  if (view >= 0 && !read_view (self->db, (guint)view, has_words ? few : SOME, &keys, error))
    return FALSE;
  total = keys != NULL ? keys->len : add_folders (self);
  if (!read_label (self, MIN (has_words ? few : LABELLED, total), &keys, error))
    return FALSE;
  self->by_rows = keys != NULL || !has_words || total <= few;
  if (keys != NULL) {
    g_array_set_size (self->cursors, 0);
    add_cursor (self, 0, g_steal_pointer (&keys));
  }
  store_search_rewind_rows (self);
  return TRUE;
}

void
store_search_rewind_rows (StoreSearch *self)
{
  StoreKey from = G_MAXINT64;

  /* Above, the index has them all. */
  if (!self->by_rows && self->mark.rows < G_MAXINT32)
    from = (self->mark.rows + 1) << 32;
  if (self->until < G_MAXINT32)
    from = MIN (from, MAX (self->until, 0) << 32);
  for (guint i = 0; i < self->cursors->len; i++) {
    SearchCursor *cursor = &g_array_index (self->cursors, SearchCursor, i);

    cursor->at = 0;
    if (cursor->folder == 0)
      continue;
    cursor->last = from;
    cursor->ended = from <= 0;
    g_array_set_size (cursor->keys, 0);
  }
}

gboolean
store_search_next_row (StoreSearch *self, StoreKey *key, GError **error)
{
  SearchCursor *best = NULL;

  *key = -1;
  for (guint i = 0; i < self->cursors->len; i++) {
    SearchCursor *cursor = &g_array_index (self->cursors, SearchCursor, i);

    if (cursor->at == cursor->keys->len && !cursor->ended && !read_page (self, cursor, error))
      return FALSE;
    if (cursor->at < cursor->keys->len
        && (best == NULL
            || g_array_index (cursor->keys, StoreKey, cursor->at)
                   > g_array_index (best->keys, StoreKey, best->at)))
      best = cursor;
  }
  if (best != NULL)
    *key = g_array_index (best->keys, StoreKey, best->at++);
  return TRUE;
}
