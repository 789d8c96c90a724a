/* The change record: what one transaction did to the lists, folded so that each message stands in
 * it once.
 *
 * Built on the writing thread, under the right to write; immutable once taken. */
#include "store-private.h"

static void
folder_change_free (gpointer data)
{
  StoreFolderChange *change = data;
  g_array_unref (change->added);
  g_array_unref (change->changed);
  g_array_unref (change->removed);
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
  if (kind != STORE_EVENT_CHANGED)
    store_db_note_counts (db, folder);
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

/* What a run of events of one key comes to; its first and last member tell. */
static GArray *
choose_list (StoreFolderChange *change, StoreEventKind first, StoreEventKind last)
{
  gboolean was_there = first != STORE_EVENT_ADDED, is_there = last != STORE_EVENT_REMOVED;
  if (was_there)
    return is_there ? change->changed : change->removed;
  return is_there ? change->added : NULL;
}

static void
fold_events (GArray *events, GPtrArray *folders)
{
  g_array_sort (events, compare_events);
  StoreFolderChange *change = NULL;
  for (guint i = 0, end; i < events->len; i = end) {
    const StoreEvent *first = &g_array_index (events, StoreEvent, i);
    for (end = i + 1; end < events->len; end++) {
      const StoreEvent *next = &g_array_index (events, StoreEvent, end);
      if (next->folder != first->folder || next->key != first->key)
        break;
    }
    if (change == NULL || change->folder != first->folder) {
      change = g_new0 (StoreFolderChange, 1);
      change->folder = first->folder;
      change->added = g_array_new (FALSE, FALSE, sizeof (StoreKey));
      change->changed = g_array_new (FALSE, FALSE, sizeof (StoreKey));
      change->removed = g_array_new (FALSE, FALSE, sizeof (StoreKey));
      g_ptr_array_add (folders, change);
    }
    const StoreEvent *last = &g_array_index (events, StoreEvent, end - 1);
    GArray *list = choose_list (change, first->kind, last->kind);
    if (list != NULL)
      g_array_append_val (list, first->key);
  }
}

StoreChange *
store_db_take_changes (StoreDb *db)
{
  if (db->events->len == 0 && db->counts->len == 0 && !db->folder_list && !db->outbox)
    return NULL;

  StoreChange *change = g_new0 (StoreChange, 1);
  g_atomic_ref_count_init (&change->ref_count);
  change->messages = g_ptr_array_new_with_free_func (folder_change_free);
  change->counts = g_array_new (FALSE, FALSE, sizeof (gint64));
  change->folder_list = db->folder_list;
  change->outbox = db->outbox;

  fold_events (db->events, change->messages);
  g_array_sort (db->counts, compare_ids);
  for (guint i = 0; i < db->counts->len; i++) {
    gint64 folder = g_array_index (db->counts, gint64, i);
    if (i == 0 || folder != g_array_index (db->counts, gint64, i - 1))
      g_array_append_val (change->counts, folder);
  }
  store_db_clear_changes (db);
  return change;
}
