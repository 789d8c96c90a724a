/* The change record: what one transaction did to the lists, folded so that each message stands in
 * it once.
 *
 * Built on the writing thread, under the right to write; immutable once taken. */
#include "base-log.h"
#include "store-listing.h"
#include "store-private.h"

static void
folder_change_free (gpointer data)
{
  StoreFolderChange *change = data;
  g_array_unref (change->added);
  g_array_unref (change->changed);
  g_array_unref (change->removed);
  g_array_unref (change->threads_added);
  g_array_unref (change->threads_changed);
  g_array_unref (change->threads_removed);
  g_free (change);
}

StoreChange *
store_change_ref (StoreChange *change)
{
  g_atomic_ref_count_inc (&change->ref_count);
  return change;
}

void
store_change_unref (StoreChange *change)
{
  if (!g_atomic_ref_count_dec (&change->ref_count))
    return;
  g_ptr_array_unref (change->messages);
  g_array_unref (change->counts);
  g_free (change);
}

void
store_db_note (StoreDb *db, gint64 folder, StoreKey key, StoreEventKind kind)
{
  StoreEvent event = { .folder = folder, .key = key, .kind = kind };
  g_array_append_val (db->events, event);
  if (kind != STORE_EVENT_CHANGED && folder > 0)
    store_db_note_counts (db, folder);
}

void
store_db_note_thread (StoreDb *db, gint64 listing, gint64 received, gint64 thread,
                      StoreEventKind kind)
{
  const StoreEvent event = { .folder = listing,
                             .key = STORE_KEY_MAKE (received, thread),
                             .kind = kind };
  g_array_append_val (db->thread_events, event);
}

void
store_db_note_counts (StoreDb *db, gint64 folder)
{
  /* Runs of the same folder are the rule: batches. */
  if (db->counts->len == 0 || g_array_index (db->counts, gint64, db->counts->len - 1) != folder)
    g_array_append_val (db->counts, folder);
}

void
store_db_clear_changes (StoreDb *db)
{
  g_array_set_size (db->events, 0);
  g_array_set_size (db->thread_events, 0);
  g_array_set_size (db->counts, 0);
  db->folder_list = db->outbox = FALSE;
}

static int
compare_events (gconstpointer a, gconstpointer b)
{
  const StoreEvent *one = a, *two = b;
  if (one->folder != two->folder)
    return one->folder < two->folder ? -1 : 1;
  if (one->key != two->key)
    return one->key > two->key ? -1 : 1;
  return 0; /* g_array_sort () is stable: order of happening */
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *)a, two = *(const gint64 *)b;
  return (one > two) - (one < two);
}

/* What a run of events of one key comes to: a place in `lists` (added, changed, removed), or NULL; its first and last
 * member tell. */
static GArray *
choose_list (GArray *const *lists, StoreEventKind first, StoreEventKind last)
{
  gboolean was_there = first != STORE_EVENT_ADDED, is_there = last != STORE_EVENT_REMOVED;
  if (was_there)
    return is_there ? lists[1] : lists[2];
  return is_there ? lists[0] : NULL;
}

static StoreFolderChange *
find_part (GPtrArray *parts, gint64 folder)
{
  /* Few: folders of one transaction, and the views. */
  for (guint i = 0; i < parts->len; i++) {
    StoreFolderChange *part = g_ptr_array_index (parts, i);
    if (part->folder == folder)
      return part;
  }
  StoreFolderChange *part = g_new0 (StoreFolderChange, 1);
  GArray **lists[] = { &part->added,         &part->changed,         &part->removed,
                       &part->threads_added, &part->threads_changed, &part->threads_removed };
  part->folder = folder;
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    *lists[i] = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  g_ptr_array_add (parts, part);
  return part;
}

static void
fold_events (GArray *events, gboolean threads, GPtrArray *parts)
{
  g_array_sort (events, compare_events);
  for (guint i = 0, end; i < events->len; i = end) {
    const StoreEvent *first = &g_array_index (events, StoreEvent, i);
    for (end = i + 1; end < events->len; end++) {
      const StoreEvent *next = &g_array_index (events, StoreEvent, end);
      if (next->folder != first->folder || next->key != first->key)
        break;
    }
    const StoreEvent *last = &g_array_index (events, StoreEvent, end - 1);
    StoreFolderChange *part = find_part (parts, first->folder);
    GArray *const lists[] = { threads ? part->threads_added : part->added,
                              threads ? part->threads_changed : part->changed,
                              threads ? part->threads_removed : part->removed };
    GArray *list = choose_list (lists, first->kind, last->kind);
    if (list != NULL)
      g_array_append_val (list, first->key);
  }
}

/* ---- the view of all inboxes ---- */

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  StoreKey one = *(const StoreKey *)a, two = *(const StoreKey *)b;
  return (one < two) - (one > two);
}

static void
merge_keys (GArray *target, const GArray *more)
{
  gboolean sort = target->len > 0 && more->len > 0;
  g_array_append_vals (target, more->data, more->len);
  if (sort)
    g_array_sort (target, compare_keys);
}

/* What went from one inbox to another's (they are several accounts') has not left the view.  All are in their order. */
static void
join_moved (GArray *added, GArray *changed, GArray *removed)
{
  g_autoptr (GArray) moved = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  guint n_added = 0, n_removed = 0, j = 0;

  if (added->len == 0 || removed->len == 0)
    return;
  for (guint i = 0; i < added->len; i++) {
    StoreKey key = g_array_index (added, StoreKey, i);

    for (; j < removed->len && g_array_index (removed, StoreKey, j) > key; j++)
      g_array_index (removed, StoreKey, n_removed++) = g_array_index (removed, StoreKey, j);
    if (j < removed->len && g_array_index (removed, StoreKey, j) == key) {
      g_array_append_val (moved, key);
      j++;
    } else {
      g_array_index (added, StoreKey, n_added++) = key;
    }
  }
  for (; j < removed->len; j++)
    g_array_index (removed, StoreKey, n_removed++) = g_array_index (removed, StoreKey, j);
  g_array_set_size (added, n_added);
  g_array_set_size (removed, n_removed);
  merge_keys (changed, moved);
}

/* What happened in an inbox happened in the view. */
static void
add_inboxes (StoreDb *db, GPtrArray *parts)
{
  guint n = parts->len;
  StoreFolderChange *view = NULL;
  for (guint i = 0; i < n; i++) {
    const StoreFolderChange *part = g_ptr_array_index (parts, i);
    StoreRole role = STORE_ROLE_NONE;
    g_autoptr (GError) error = NULL;
    if (part->folder <= 0)
      continue;
    if (!store_mark_get_role (db, part->folder, &role, &error))
      base_log ("which folder has changed could not be read: %s", error->message);
    if (role != STORE_ROLE_INBOX)
      continue;
    view = find_part (parts, STORE_VIEW_INBOXES);
    part = g_ptr_array_index (parts, i);
    merge_keys (view->added, part->added);
    merge_keys (view->changed, part->changed);
    merge_keys (view->removed, part->removed);
    merge_keys (view->threads_added, part->threads_added);
    merge_keys (view->threads_changed, part->threads_changed);
    merge_keys (view->threads_removed, part->threads_removed);
  }
  if (view != NULL) {
    join_moved (view->added, view->changed, view->removed);
    join_moved (view->threads_added, view->threads_changed, view->threads_removed);
  }
}

StoreChange *
store_db_take_changes (StoreDb *db)
{
  if (db->events->len == 0 && db->thread_events->len == 0 && db->counts->len == 0
      && !db->folder_list && !db->outbox)
    return NULL;

  StoreChange *change = g_new0 (StoreChange, 1);
  g_atomic_ref_count_init (&change->ref_count);
  change->messages = g_ptr_array_new_with_free_func (folder_change_free);
  change->counts = g_array_new (FALSE, FALSE, sizeof (gint64));
  change->folder_list = db->folder_list;
  change->outbox = db->outbox;

  fold_events (db->events, FALSE, change->messages);
  fold_events (db->thread_events, TRUE, change->messages);
  add_inboxes (db, change->messages);
  g_array_sort (db->counts, compare_ids);
  for (guint i = 0; i < db->counts->len; i++) {
    gint64 folder = g_array_index (db->counts, gint64, i);
    if (i == 0 || folder != g_array_index (db->counts, gint64, i - 1))
      g_array_append_val (change->counts, folder);
  }
  store_db_clear_changes (db);
  return change;
}
