/* The conversations or messages of a folder as a GListModel, on the main thread.  Keys come from the store thread
 * in chunks, the first screenful alone; rows come by pages when somebody asks for an item.
 * Changes are applied run by run, in slices of some milliseconds.  It must never read the store
 * here, nor do anything whose cost grows with the number of messages more than a memmove does.
 *
 * A change may be told before or after the snapshot that already has it arrives.  Both are fine:
 * what is above the frontier (already read) is changed at once, and doing it twice does nothing;
 * what is below goes to the journal, whose last word corrects the chunk when it comes.  Changes
 * come in the order of their commits, so the last word about a key is right or about to be
 * corrected. */
#include "mail-message-list-private.h"

#include "base-error.h"
#include "base-log.h"

#define FIRST_KEYS 48 /* a screenful: a list view makes rows for all that it has, up to some 200 */
#define NEXT_KEYS  64 /* until they are made: so many in one turn take no longer than a frame */
#define MANY_KEYS  205
#define REST_MS    120 /* what is below the screen comes behind the first frames */
#define CHUNK_KEYS 20000
#define SOME_KEYS  1000 /* noted before the clock is looked at */
#define BUDGET_US  4000
/* So few changes within so few rows are told as one, so that what only moves is known again. */
#define FEW_KEYS 64
#define FEW_ROWS 500

/* A change on its way into the list. */
typedef struct
{
  StoreChange *change;
  GArray *removed, *added; /* of change, or a part of it */
  guint next_removed, next_added;
  guint inserted; /* rows, one after the other, by this step */
  gboolean begun;
  gboolean waiting; /* for the word which of `removed` stay */
} MailListStep;

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MailMessageList, mail_message_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  PROP_LOADING = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

enum
{
  REMOVING,
  SETTLED,
  FOUND,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
step_free (gpointer data)
{
  MailListStep *step = data;

  g_array_unref (step->removed);
  g_array_unref (step->added);
  store_change_unref (step->change);
  g_free (step);
}

gboolean
mail_list_is_walking (MailMessageList *self)
{
  return self->listing.sort == STORE_SORT_DATE && !self->listing.ascending
         && self->listing.filter == 0 && self->listing.folder != STORE_VIEW_SENDER
         && self->search == NULL;
}

/* ---- changes ---- */

/* What lies below the frontier is only noted, some at a time. */
static void
note_below (MailMessageList *self, GArray *keys, guint *next, MailKeysEvent event)
{
  for (guint i = 0; i < SOME_KEYS && *next < keys->len; i++, (*next)++)
    mail_keys_journal_note (self->journal, g_array_index (keys, StoreKey, *next), event);
}

/* How many of these keys, from the first on, lie where the list is read already. */
static guint
count_above (MailMessageList *self, GArray *keys)
{
  guint place = mail_keys_place (keys, self->frontier);

  return place < keys->len && g_array_index (keys, StoreKey, place) == self->frontier ? place + 1
                                                                                      : place;
}

static gboolean
has_move (GArray *removed, GArray *added)
{
  for (guint i = 0; i < removed->len; i++)
    for (guint j = 0; j < added->len; j++)
      if (STORE_KEY_ID (g_array_index (removed, StoreKey, i))
          == STORE_KEY_ID (g_array_index (added, StoreKey, j)))
        return TRUE;
  return FALSE;
}

/* A conversation that moves is told in one piece, where that is cheap: who follows the list sees that it is the same one.
 * FALSE: it is to be done the long way. */
static gboolean
step_as_one (MailMessageList *self, MailListStep *step)
{
  GArray *removed = step->removed, *added = step->added;
  guint low = G_MAXUINT, high = 0, next = 0;
  MailKeysRun run;

  if (removed->len + added->len > FEW_KEYS || !has_move (removed, added)
      || count_above (self, removed) < removed->len || count_above (self, added) < added->len)
    return FALSE;
  for (guint i = 0; i < removed->len; i++) {
    StoreKey key = g_array_index (removed, StoreKey, i);
    guint place = mail_keys_place (self->keys, key);
    gboolean here = place < self->keys->len && g_array_index (self->keys, StoreKey, place) == key;

    low = MIN (low, place);
    high = MAX (high, here ? place + 1 : place);
  }
  for (guint i = 0; i < added->len; i++) {
    guint place = mail_keys_place (self->keys, g_array_index (added, StoreKey, i));

    low = MIN (low, place);
    high = MAX (high, place);
  }
  if (high - low > FEW_ROWS)
    return FALSE;

  g_autoptr (GArray) piece = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  if (high > low)
    g_array_append_vals (piece, &g_array_index (self->keys, StoreKey, low), high - low);
  while (mail_keys_remove_run (piece, removed, &next, removed->len, &run))
    ;
  next = 0;
  while (mail_keys_insert_run (piece, added, &next, added->len, &run))
    ;
  mail_list_splice (self, low, high - low, (const StoreKey *)(gpointer)piece->data, piece->len);
  return TRUE;
}

/* What had stayed, and belongs here again, perhaps at another place. */
static void
take_back (MailMessageList *self, GArray *added)
{
  for (guint i = 0; i < added->len && g_hash_table_size (self->kept) > 0; i++) {
    StoreKey key = g_array_index (added, StoreKey, i);
    gint64 id = STORE_KEY_ID (key);

    if (!g_hash_table_remove (self->kept, &id))
      continue;
    guint place = mail_message_list_find (self, id);
    if (place != G_MAXUINT && g_array_index (self->keys, StoreKey, place) != key)
      mail_list_splice (self, place, 1, NULL, 0);
    if (self->querying) /* who was told wished for another listing: the keys are not ours now */
      return;
  }
}

/* One run; FALSE when the step is done. */
static gboolean
step_once (MailMessageList *self, MailListStep *step)
{
  if (!step->begun) {
    step->begun = TRUE;
    take_back (self, step->added);
    if (self->querying || step_as_one (self, step))
      return FALSE;
  }
  gboolean removing = step->next_removed < step->removed->len;
  GArray *keys = removing ? step->removed : step->added;
  guint *next = removing ? &step->next_removed : &step->next_added, above, place, n = 0;

  if (*next >= keys->len)
    return FALSE;
  above = count_above (self, keys);
  if (*next >= above) {
    note_below (self, keys, next, removing ? MAIL_KEYS_REMOVED : MAIL_KEYS_ADDED);
    return TRUE;
  }
  if (!removing) {
    const StoreKey *from = NULL;

    mail_keys_find_place (self->keys, keys, next, above, &place, &n);
    if (n == 0)
      return TRUE;
    n = mail_list_piece_to_insert (step->inserted, n);
    from = &g_array_index (keys, StoreKey, *next);
    *next += n;
    step->inserted += n;
    mail_list_splice (self, place, 0, from, n);
    return TRUE;
  }
  mail_keys_find_run (self->keys, keys, next, above, &place, &n);
  if (n > 0 && mail_list_remove_some (self, place, n) < n)
    *next -= n; /* to be found again, without what has gone */
  return TRUE;
}

/* Applies what waits, for a slice of time; TRUE when something is left that can be done now.  The step at work is ours: who is told of
 * a change may wish for another listing, for which no step counts any more. */
static gboolean
apply_slice (MailMessageList *list)
{
  g_autoptr (MailMessageList) self = g_object_ref (list);
  gint64 deadline = g_get_monotonic_time () + BUDGET_US;
  MailListStep *step;
  gboolean any = FALSE;

  while (!self->querying && (step = g_queue_peek_head (&self->steps)) != NULL && !step->waiting) {
    guint generation = self->generation;

    any = TRUE;
    g_queue_pop_head (&self->steps);
    self->stepping = TRUE;
    gboolean more = step_once (self, step);
    self->stepping = FALSE;
    if (!more || generation != self->generation)
      step_free (step);
    else {
      g_queue_push_head (&self->steps, step);
      if (g_get_monotonic_time () >= deadline)
        return TRUE;
    }
  }
  if (any)
    g_signal_emit (self, signals[SETTLED], 0);
  return FALSE;
}

static gboolean
on_slice (gpointer data)
{
  MailMessageList *self = data;

  if (apply_slice (self))
    return G_SOURCE_CONTINUE;
  self->slice_source = 0;
  return G_SOURCE_REMOVE;
}

void
mail_list_go_on (MailMessageList *self)
{
  if (self->slice_source != 0 || !apply_slice (self))
    return;
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_callback (source, on_slice, self, NULL);
  self->slice_source = g_source_attach (source, self->engine->context);
}

/* ---- what stays in Unread and Starred ---- */

typedef struct
{
  StoreListing listing;
  GArray *leavers;
} LeaversRequest;

typedef struct
{
  MailMessageList *list; /* borrowed: alive unless cancelled */
  StoreChange *change;   /* owned */
} LeaversWait;

/* Store thread. */
static gpointer
check_leavers (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  LeaversRequest *request = data;

  return mail_list_check_leavers (db, &request->listing, request->leavers, NULL);
}

static void
leavers_request_free (gpointer data)
{
  LeaversRequest *request = data;

  g_array_unref (request->leavers);
  g_free (request);
}

static void
on_leavers (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree LeaversWait *wait = user_data;
  g_autoptr (StoreChange) change = wait->change;
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) stay = g_task_propagate_pointer (G_TASK (result), &error);

  if (base_error_is_cancelled (error))
    return;
  MailMessageList *self = wait->list;
  for (GList *l = self->steps.head; l != NULL; l = l->next) {
    MailListStep *step = l->data;

    if (step->change != change || !step->waiting)
      continue;
    step->waiting = FALSE;
    if (stay == NULL || g_hash_table_size (stay) == 0)
      break;
    GArray *removed = g_array_new (FALSE, FALSE, sizeof (StoreKey));
    for (guint i = 0; i < step->removed->len; i++) {
      StoreKey key = g_array_index (step->removed, StoreKey, i);
      gint64 id = STORE_KEY_ID (key);

      if (g_hash_table_contains (stay, &id))
        g_hash_table_add (self->kept, g_memdup2 (&id, sizeof id));
      else
        g_array_append_val (removed, key);
    }
    g_array_unref (step->removed);
    step->removed = removed;
    break;
  }
  mail_list_go_on (self);
}

static gboolean
ask_leavers (MailMessageList *self, StoreChange *change, GArray *removed)
{
  if (self->listing.folder != STORE_VIEW_UNREAD && self->listing.folder != STORE_VIEW_STARRED)
    return FALSE;
  g_autoptr (GArray) leavers = mail_list_get_leavers (self, removed);
  if (leavers->len == 0)
    return FALSE;
  LeaversRequest *request = g_new0 (LeaversRequest, 1);
  LeaversWait *wait = g_new0 (LeaversWait, 1);
  *request = (LeaversRequest){ self->listing, g_steal_pointer (&leavers) };
  *wait = (LeaversWait){ self, store_change_ref (change) };
  mail_engine_call_store (self->engine, g_task_new (NULL, self->cancellable, on_leavers, wait),
                          check_leavers, request, leavers_request_free,
                          (GDestroyNotify)g_hash_table_unref);
  return TRUE;
}

/* Something stayed here, and now it goes away where it lies. */
static void
drop_kept (MailMessageList *self, const StoreFolderChange *part)
{
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GHashTable) by_newest =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->kept);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    gint64 newest, folder;

    if (mail_list_find_newest (self, *(gint64 *)key, &newest, &folder) && folder == part->folder)
      g_hash_table_insert (by_newest, g_memdup2 (&newest, sizeof newest), key);
  }
  if (g_hash_table_size (by_newest) == 0)
    return;
  for (guint i = 0; i < part->removed->len; i++) {
    gint64 message = STORE_KEY_ID (g_array_index (part->removed, StoreKey, i));
    gint64 *id = g_hash_table_lookup (by_newest, &message);

    if (id != NULL)
      g_array_append_val (gone, *id);
  }
  if (gone->len == 0)
    return;
  if (!mail_list_is_walking (self) || self->querying) {
    mail_list_query_soon (self);
    return;
  }
  for (guint i = 0; i < gone->len; i++) {
    guint place = mail_message_list_find (self, g_array_index (gone, gint64, i));

    g_hash_table_remove (self->kept, &g_array_index (gone, gint64, i));
    if (place != G_MAXUINT && !self->querying)
      mail_list_splice (self, place, 1, NULL, 0);
  }
  g_signal_emit (self, signals[SETTLED], 0);
}

/* No change names the mail from one person: what changed somewhere may be it. */
static void
apply_to_sender (MailMessageList *self, const StoreFolderChange *part)
{
  GArray *removed = MAIL_LIST_PART (self, part, removed);
  GArray *added = MAIL_LIST_PART (self, part, added);

  if (part->folder < 0) /* a folder tells the same */
    return;
  mail_list_refresh (self, MAIL_LIST_PART (self, part, changed));
  mail_list_refresh (self, removed);
  mail_list_refresh (self, added);
  if (removed->len > 0 || added->len > 0 || self->listing.filter != 0)
    mail_list_query_soon (self);
}

void
mail_message_list_people_changed (MailMessageList *self)
{
  if ((self->listing.filter & STORE_FILTER_KNOWN) != 0)
    mail_list_query_soon (self);
}

void
mail_message_list_apply (MailMessageList *self, StoreChange *change, const StoreFolderChange *part)
{
  if (self->search != NULL) {
    mail_list_apply_to_search (self, part);
    return;
  }
  if (self->listing.sender != NULL) {
    apply_to_sender (self, part);
    return;
  }
  if (part->folder != self->listing.folder) {
    if (g_hash_table_size (self->kept) > 0)
      drop_kept (self, part);
    return;
  }
  GArray *removed = MAIL_LIST_PART (self, part, removed);
  GArray *added = MAIL_LIST_PART (self, part, added);
  GArray *changed = MAIL_LIST_PART (self, part, changed);

  gboolean walking = mail_list_is_walking (self);
  /* Before the rows are forgotten. */
  gboolean waiting = walking && ask_leavers (self, change, removed);
  mail_list_refresh (self, changed);
  mail_list_refresh (self,
                     removed); /* one that moved away and is looked at still tells where it is */
  mail_list_refresh (self, added); /* one that comes back, or moves, is another than before */
  if (!walking) {
    mail_list_query_soon (self);
    return;
  }
  MailListStep *step = g_new0 (MailListStep, 1);
  step->change = store_change_ref (change);
  step->removed = g_array_ref (removed);
  step->added = g_array_ref (added);
  step->waiting = waiting;
  g_queue_push_tail (&self->steps, step);
  mail_list_go_on (self);
}

/* ---- keys ---- */

typedef struct
{
  StoreListing listing;
  StoreKey before;
  guint limit, n_rows;
} KeysRequest;

typedef struct
{
  GArray *keys;
  GPtrArray *items; /* nullable; of the first keys */
} KeysResult;

typedef struct
{
  MailMessageList *list; /* borrowed: alive unless cancelled */
  guint limit, generation;
} KeysWait;

static void
keys_result_free (gpointer data)
{
  KeysResult *result = data;

  g_clear_pointer (&result->keys, g_array_unref);
  g_clear_pointer (&result->items, g_ptr_array_unref);
  g_free (result);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KeysResult, keys_result_free)

/* Store thread. */
static gpointer
read_keys (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const KeysRequest *request = data;
  g_autoptr (KeysResult) result = g_new0 (KeysResult, 1);
  gint64 ids[MAIL_LIST_PAGE];
  guint n = 0;

  result->keys = store_listing_read (db, &request->listing, request->before, request->limit, error);
  if (result->keys == NULL)
    return NULL;
  for (; n < request->n_rows && n < result->keys->len && n < MAIL_LIST_PAGE; n++)
    ids[n] = STORE_KEY_ID (g_array_index (result->keys, StoreKey, n));
  if (n > 0) /* what fails here is asked for again */
    result->items = store_listing_get_items (db, &request->listing, ids, n, NULL);
  return g_steal_pointer (&result);
}

void
mail_list_set_loading (MailMessageList *self, gboolean loading)
{
  if (self->loading == loading)
    return;
  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADING]);
}

static void ask_keys (MailMessageList *self, guint limit, guint n_rows);

static void
ask_more_keys (MailMessageList *self)
{
  ask_keys (self, self->keys->len < MANY_KEYS ? NEXT_KEYS : CHUNK_KEYS, 0);
}

static void
take_keys (MailMessageList *self, GArray *chunk, gboolean last)
{
  StoreKey high = self->frontier;
  StoreKey low = last ? G_MININT64 : g_array_index (chunk, StoreKey, chunk->len - 1);
  guint position = self->keys->len;

  mail_keys_journal_correct (self->journal, chunk, low, high);
  self->frontier = low;
  g_array_append_vals (self->keys, chunk->data, chunk->len);
  if (chunk->len > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), position, 0, chunk->len);
}

static gboolean
on_rest (gpointer data)
{
  MailMessageList *self = data;

  self->rest_source = 0;
  ask_more_keys (self);
  return G_SOURCE_REMOVE;
}

static void
on_keys (GObject *source, GAsyncResult *task_result, gpointer user_data)
{
  g_autofree KeysWait *wait = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (KeysResult) result = g_task_propagate_pointer (G_TASK (task_result), &error);

  if (base_error_is_cancelled (error))
    return;
  g_autoptr (MailMessageList) self = g_object_ref (wait->list);
  if (wait->generation != self->generation)
    return; /* another order was wished for meanwhile */
  if (result == NULL) {
    base_log ("A message list could not be read: %s", error->message);
    mail_engine_emit_notice (self->engine, error->message, base_error_get_detail (error));
    mail_list_set_loading (self, FALSE);
    return;
  }
  if (result->items != NULL)
    mail_list_take_items (self, result->items);
  gboolean last = result->keys->len < wait->limit;
  take_keys (self, result->keys, last);
  if (last)
    mail_list_set_loading (self, FALSE);
  else if (wait->limit == FIRST_KEYS) {
    g_autoptr (GSource) rest = g_timeout_source_new (REST_MS);
    g_source_set_callback (rest, on_rest, self, NULL);
    self->rest_source = g_source_attach (rest, self->engine->context);
  } else
    ask_more_keys (self);
}

static void
ask_keys (MailMessageList *self, guint limit, guint n_rows)
{
  KeysRequest *request = g_new0 (KeysRequest, 1);
  KeysWait *wait = g_new0 (KeysWait, 1);

  *request = (KeysRequest){ self->listing, self->frontier == G_MAXINT64 ? 0 : self->frontier, limit,
                            n_rows };
  *wait = (KeysWait){ self, limit, self->generation };
  mail_engine_call_store (self->engine, g_task_new (NULL, self->cancellable, on_keys, wait),
                          read_keys, request, g_free, keys_result_free);
}

static void
clear_steps (MailMessageList *self)
{
  g_queue_clear_full (&self->steps, step_free);
  g_clear_pointer (&self->journal, mail_keys_journal_free);
  self->journal = mail_keys_journal_new ();
}

static void
clear_source (MailMessageList *self, guint *source)
{
  if (*source != 0)
    g_source_destroy (g_main_context_find_source_by_id (self->engine->context, *source));
  *source = 0;
}

/* The keys that are here are of no known order any more: all are asked for at once. */
void
mail_list_read_again (MailMessageList *self)
{
  self->generation++;
  clear_source (self, &self->rest_source);
  self->fresh = TRUE;
  clear_steps (self);
  g_hash_table_remove_all (self->kept);
  mail_list_set_loading (self, TRUE);
  mail_list_query (self);
}

void
mail_message_list_set_order (MailMessageList *self, MailSort sort, gboolean ascending)
{
  g_return_if_fail (MAIL_IS_MESSAGE_LIST (self));
  /* What was looked for has an order of its own. */
  if (self->search != NULL
      || (self->listing.sort == (StoreSort)sort && self->listing.ascending == ascending))
    return;
  self->listing.sort = (StoreSort)sort;
  self->listing.ascending = ascending;
  mail_list_read_again (self);
}

void
mail_message_list_set_filter (MailMessageList *self, MailFilter filter)
{
  g_return_if_fail (MAIL_IS_MESSAGE_LIST (self));
  if (self->search != NULL || self->listing.filter == (StoreFilter)filter)
    return;
  self->listing.filter = (StoreFilter)filter;
  mail_list_read_again (self);
}

/* ---- GListModel ---- */

static void
on_item_gone (gpointer data, GObject *where)
{
  MailListHeld *held = data;

  g_hash_table_remove (held->list->objects, &held->id); /* frees it */
}

static GType
list_get_item_type (GListModel *model)
{
  return MAIL_TYPE_CONVERSATION;
}

static guint
list_get_n_items (GListModel *model)
{
  return MAIL_MESSAGE_LIST (model)->keys->len;
}

static gpointer
list_get_item (GListModel *model, guint position)
{
  MailMessageList *self = MAIL_MESSAGE_LIST (model);

  if (position >= self->keys->len)
    return NULL;
  gint64 id = STORE_KEY_ID (g_array_index (self->keys, StoreKey, position));
  MailListHeld *held = g_hash_table_lookup (self->objects, &id);
  if (held != NULL) {
    held->position = position;
    return g_object_ref (held->item);
  }

  MailConversation *item = mail_conversation_new (id, self->listing.conversations);
  held = g_new0 (MailListHeld, 1);
  *held = (MailListHeld){ self, id, item, position };
  g_hash_table_insert (self->objects, &held->id, held);
  g_object_weak_ref (G_OBJECT (item), on_item_gone, held);
  const StoreItem *row = mail_rows_get (self->rows, id);
  if (row != NULL)
    mail_conversation_fill (item, row, mail_engine_find_folder (self->engine, row->newest->folder));
  else
    mail_list_want_page (self, position);
  mail_list_mark_item (self, id, item);
  return item;
}

void
mail_message_list_folders_came (MailMessageList *self)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer held;

  /* An item may go while another one is told. */
  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, NULL, &held))
    g_ptr_array_add (items, g_object_ref (((MailListHeld *)held)->item));
  for (guint i = 0; i < items->len; i++) {
    g_autoptr (MailMessage) newest = mail_conversation_dup_newest (items->pdata[i]);
    const StoreItem *row =
        newest != NULL && mail_message_get_folder (newest) == NULL
            ? mail_rows_get (self->rows, mail_conversation_get_id (items->pdata[i]))
            : NULL;

    if (row != NULL)
      mail_conversation_fill (items->pdata[i], row,
                              mail_engine_find_folder (self->engine, row->newest->folder));
  }
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = list_get_item_type;
  iface->get_n_items = list_get_n_items;
  iface->get_item = list_get_item;
}

/* ---- object ---- */

static void
mail_message_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_LOADING:
    g_value_set_boolean (value, MAIL_MESSAGE_LIST (object)->loading);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mail_message_list_dispose (GObject *object)
{
  MailMessageList *self = MAIL_MESSAGE_LIST (object);
  GHashTableIter iter;
  gpointer held;

  /* From here on no callback touches the list. */
  g_cancellable_cancel (self->cancellable);
  clear_source (self, &self->rest_source);
  clear_source (self, &self->slice_source);
  clear_source (self, &self->query_source);
  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, NULL, &held))
    g_object_weak_unref (G_OBJECT (((MailListHeld *)held)->item), on_item_gone, held);
  g_hash_table_remove_all (self->objects);
  if (self->search != NULL)
    mail_list_free_search (self);
  if (self->engine != NULL)
    g_ptr_array_remove_fast (self->engine->lists, self);
  g_clear_object (&self->folder);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (mail_message_list_parent_class)->dispose (object);
}

static void
mail_message_list_finalize (GObject *object)
{
  MailMessageList *self = MAIL_MESSAGE_LIST (object);

  g_array_unref (self->keys);
  g_clear_pointer (&self->journal, mail_keys_journal_free);
  g_queue_clear_full (&self->steps, step_free);
  g_queue_clear_full (&self->pages, (GDestroyNotify)g_array_unref);
  g_clear_pointer (&self->rows, mail_rows_free);
  g_hash_table_unref (self->asked);
  g_hash_table_unref (self->kept);
  g_hash_table_unref (self->objects);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (mail_message_list_parent_class)->finalize (object);
}

static void
mail_message_list_class_init (MailMessageListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mail_message_list_get_property;
  object_class->dispose = mail_message_list_dispose;
  object_class->finalize = mail_message_list_finalize;
  props[PROP_LOADING] =
      g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[REMOVING] = g_signal_new ("removing", MAIL_TYPE_MESSAGE_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  signals[FOUND] = g_signal_new ("found", MAIL_TYPE_MESSAGE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
  signals[SETTLED] = g_signal_new ("settled", MAIL_TYPE_MESSAGE_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
mail_message_list_init (MailMessageList *self)
{
  self->keys = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  self->journal = mail_keys_journal_new ();
  g_queue_init (&self->steps);
  g_queue_init (&self->pages);
  self->rows = mail_rows_new (MAIL_LIST_CACHE);
  self->asked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->kept = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->objects = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  self->cancellable = g_cancellable_new ();
  self->frontier = G_MAXINT64;
}

MailMessageList *
mail_message_list_new (MailEngine *engine, MailFolder *folder, gboolean conversations)
{
  MailMessageList *self = g_object_new (MAIL_TYPE_MESSAGE_LIST, NULL);

  self->engine = g_object_ref (engine);
  self->folder = g_object_ref (folder);
  self->listing.folder = mail_folder_get_id (folder);
  self->listing.conversations = conversations;
  self->loading = TRUE;
  self->listing.sender = mail_folder_get_sender (folder);
  g_ptr_array_add (engine->lists, self);
  if (mail_folder_is_search (folder)) {
    mail_list_init_search (self);
    mail_message_list_set_query (self, mail_folder_get_typed (folder),
                                 mail_folder_get_within (folder), mail_folder_get_best (folder));
  } else if (self->listing.sender != NULL)
    mail_list_read_again (self);
  else
    ask_keys (self, FIRST_KEYS, MAIL_LIST_PAGE);
  return self;
}

gboolean
mail_message_list_get_loading (MailMessageList *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), FALSE);
  return self->loading;
}

gboolean
mail_message_list_get_rearranging (MailMessageList *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), FALSE);
  return self->querying;
}

gboolean
mail_message_list_get_settled (MailMessageList *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), TRUE);
  return !self->querying && !self->stepping && g_queue_is_empty (&self->steps);
}

gboolean
mail_message_list_get_conversations (MailMessageList *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), FALSE);
  return self->listing.conversations;
}

MailSort
mail_message_list_get_sort (MailMessageList *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), MAIL_SORT_DATE);
  if (self->search != NULL && self->search->wish.best)
    return MAIL_SORT_BEST;
  return (MailSort)self->listing.sort;
}

const StoreListing *
mail_message_list_get_listing (MailMessageList *self)
{
  return &self->listing;
}

gint64
mail_message_list_get_seen_folder (MailMessageList *self, gint64 id)
{
  gint64 newest, folder;

  return self->listing.folder < 0 && mail_list_find_newest (self, id, &newest, &folder) ? folder
                                                                                        : 0;
}

gint64
mail_message_list_get_id (MailMessageList *self, guint position)
{
  g_return_val_if_fail (position < self->keys->len, 0);
  return STORE_KEY_ID (g_array_index (self->keys, StoreKey, position));
}

gint64
mail_message_list_get_received (MailMessageList *self, guint position)
{
  g_return_val_if_fail (position < self->keys->len, 0);
  return g_array_index (self->keys, StoreKey, position) >> 32;
}

guint
mail_message_list_find (MailMessageList *self, gint64 id)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), G_MAXUINT);
  for (guint i = 0; i < self->keys->len; i++)
    if (STORE_KEY_ID (g_array_index (self->keys, StoreKey, i)) == id)
      return i;
  return G_MAXUINT;
}
