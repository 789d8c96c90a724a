/* The messages of a folder as a GListModel, on the main thread.  Keys come from the store thread
 * in chunks, the first screenful alone; rows come by pages when somebody asks for an item.
 * Changes are applied run by run, in slices of some milliseconds.  It must never read the store
 * here, nor do anything whose cost grows with the number of messages more than a memmove does.
 *
 * A change may be told before or after the snapshot that already has it arrives.  Both are fine:
 * what is above the frontier (already read) is changed at once, and doing it twice does nothing;
 * what is below goes to the journal, whose last word corrects the chunk when it comes.  Changes
 * come in the order of their commits, so the last word about a key is right or about to be
 * corrected. */
#include "mail-engine-private.h"
#include "mail-keys.h"
#include "mail-private.h"
#include "mail-rows.h"

#include "base-error.h"
#include "base-log.h"

#define FIRST_KEYS 200
#define CHUNK_KEYS 20000
#define PAGE       64
#define SOME_KEYS  1000 /* noted before the clock is looked at */
#define CACHE_ROWS (16 * PAGE)
#define BUDGET_US  4000

/* A change on its way into the list. */
typedef struct
{
  StoreChange *change;
  const StoreFolderChange *part; /* of change */
  guint next_removed, next_added;
} Step;

struct _MailMessageList
{
  GObject parent_instance;

  /* Owned */
  MailEngine *engine;
  MailFolder *folder;
  GArray *keys; /* of StoreKey, descending */
  MailKeysJournal *journal;
  GQueue steps; /* of Step */
  MailRows *rows;
  GHashTable *asked; /* ids whose rows are on their way */
  GCancellable *cancellable;

  GHashTable *objects; /* id -> Held; the messages themselves are borrowed, as long as they live */

  gint64 folder_id;
  StoreKey frontier; /* smaller keys are not read yet; G_MININT64: all are */
  guint slice_source;
  gboolean loading;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MailMessageList, mail_message_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  PROP_LOADING = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

/* A message that somebody holds. */
typedef struct
{
  MailMessageList *list;
  gint64 id;
  MailMessage *message;
} Held;

static void
step_free (gpointer data)
{
  Step *step = data;

  store_change_unref (step->change);
  g_free (step);
}

/* ---- rows ---- */

typedef struct
{
  gint64 folder;
  GArray *ids;
} RowsRequest;

static void
rows_request_free (gpointer data)
{
  RowsRequest *request = data;

  g_array_unref (request->ids);
  g_free (request);
}

static void
row_free (gpointer row)
{
  if (row != NULL)
    store_message_free (row);
}

/* Store thread. */
static gpointer
read_rows (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  RowsRequest *request = data;

  return store_message_get_rows (db, (const gint64 *)(gpointer)request->ids->data,
                                 request->ids->len, error);
}

static void
take_row (MailMessageList *self, gint64 id, StoreMessage *row)
{
  Held *held = g_hash_table_lookup (self->objects, &id);

  if (held != NULL) {
    g_autoptr (MailMessage) kept = g_object_ref (held->message);

    mail_message_fill (kept, row,
                       row != NULL ? mail_engine_find_folder (self->engine, row->folder) : NULL);
  }
  if (row != NULL && row->folder == self->folder_id)
    mail_rows_put (self->rows, row);
  else
    row_free (row);
}

typedef struct
{
  MailMessageList *list; /* borrowed: alive unless cancelled */
  GArray *ids;           /* owned */
} RowsWait;

static void
on_rows (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree RowsWait *wait = user_data;
  g_autoptr (GArray) ids = wait->ids;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = g_task_propagate_pointer (G_TASK (result), &error);

  if (base_error_is_cancelled (error))
    return;
  g_autoptr (MailMessageList) self = g_object_ref (wait->list);
  for (guint i = 0; i < ids->len; i++)
    g_hash_table_remove (self->asked, &g_array_index (ids, gint64, i));
  if (rows == NULL) {
    base_log ("Rows of a message list could not be read: %s", error->message);
    return;
  }
  g_ptr_array_set_free_func (rows, NULL); /* each row is given on */
  for (guint i = 0; i < ids->len; i++)
    take_row (self, g_array_index (ids, gint64, i), i < rows->len ? rows->pdata[i] : NULL);
}

/* Takes the ids. */
static void
ask_rows (MailMessageList *self, GArray *ids)
{
  RowsRequest *request = g_new0 (RowsRequest, 1);
  RowsWait *wait = g_new0 (RowsWait, 1);

  for (guint i = 0; i < ids->len; i++)
    g_hash_table_add (self->asked, g_memdup2 (&g_array_index (ids, gint64, i), sizeof (gint64)));
  request->folder = self->folder_id;
  request->ids = g_array_ref (ids);
  wait->list = self;
  wait->ids = ids;
  mail_engine_call_store (self->engine, g_task_new (NULL, self->cancellable, on_rows, wait),
                          read_rows, request, rows_request_free, (GDestroyNotify)g_ptr_array_unref);
}

/* The page around a position, without what is here or on its way. */
static void
ask_page (MailMessageList *self, guint position)
{
  guint start = position - position % PAGE, end = MIN (start + PAGE, self->keys->len);
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), PAGE);

  for (guint i = start; i < end; i++) {
    gint64 id = STORE_KEY_ID (g_array_index (self->keys, StoreKey, i));

    if (!g_hash_table_contains (self->asked, &id) && mail_rows_get (self->rows, id) == NULL)
      g_array_append_val (ids, id);
  }
  if (ids->len > 0)
    ask_rows (self, ids);
  else
    g_array_unref (ids);
}

/* Rows that changed: forgotten, and read again where somebody looks at them. */
static void
refresh_id (MailMessageList *self, gint64 id, GArray **ids)
{
  mail_rows_drop (self->rows, id);
  /* One that is on its way may have been read before the change. */
  if (!g_hash_table_contains (self->objects, &id) && !g_hash_table_contains (self->asked, &id))
    return;
  if (*ids == NULL)
    *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_val (*ids, id);
  if ((*ids)->len >= PAGE)
    ask_rows (self, g_steal_pointer (ids));
}

static void
collect_id (gint64 id, gpointer ids)
{
  g_array_append_val ((GArray *)ids, id);
}

static void
refresh (MailMessageList *self, GArray *changed)
{
  g_autoptr (GArray) mine = NULL;
  GArray *ids = NULL;

  if (changed->len <= CACHE_ROWS) {
    for (guint i = 0; i < changed->len; i++)
      refresh_id (self, STORE_KEY_ID (g_array_index (changed, StoreKey, i)), &ids);
  } else {
    /* A flood: go by what is here instead. */
    GHashTableIter iter;
    gpointer id;

    mine = g_array_new (FALSE, FALSE, sizeof (gint64));
    mail_rows_foreach (self->rows, collect_id, mine);
    g_hash_table_iter_init (&iter, self->objects);
    while (g_hash_table_iter_next (&iter, &id, NULL))
      if (mail_rows_get (self->rows, *(gint64 *)id) == NULL)
        g_array_append_vals (mine, id, 1);
    for (guint i = 0; i < mine->len; i++)
      refresh_id (self, g_array_index (mine, gint64, i), &ids);
  }
  if (ids != NULL)
    ask_rows (self, ids);
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

/* One run; FALSE when the step is done. */
static gboolean
step_once (MailMessageList *self, Step *step)
{
  gboolean removing = step->next_removed < step->part->removed->len;
  GArray *keys = removing ? step->part->removed : step->part->added;
  guint *next = removing ? &step->next_removed : &step->next_added, above;
  MailKeysRun run;

  if (*next >= keys->len)
    return FALSE;
  above = count_above (self, keys);
  if (*next >= above) {
    note_below (self, keys, next, removing ? MAIL_KEYS_REMOVED : MAIL_KEYS_ADDED);
    return TRUE;
  }
  if (removing)
    mail_keys_remove_run (self->keys, keys, next, above, &run);
  else
    mail_keys_insert_run (self->keys, keys, next, above, &run);
  if (run.removed > 0 || run.added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), run.position, run.removed, run.added);
  return TRUE;
}

/* Applies what waits, for a slice of time; TRUE when something is left. */
static gboolean
apply_slice (MailMessageList *list)
{
  g_autoptr (MailMessageList) self = g_object_ref (list);
  gint64 deadline = g_get_monotonic_time () + BUDGET_US;
  Step *step;

  while ((step = g_queue_peek_head (&self->steps)) != NULL) {
    if (!step_once (self, step))
      step_free (g_queue_pop_head (&self->steps));
    else if (g_get_monotonic_time () >= deadline)
      return TRUE;
  }
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
mail_message_list_apply (MailMessageList *self, StoreChange *change, const StoreFolderChange *part)
{
  Step *step = g_new0 (Step, 1);

  step->change = store_change_ref (change);
  step->part = part;
  g_queue_push_tail (&self->steps, step);
  refresh (self, part->changed);
  refresh (self, part->removed); /* one that moved away and is looked at still tells where it is */
  if (self->slice_source != 0 || !apply_slice (self))
    return;
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_callback (source, on_slice, self, NULL);
  self->slice_source = g_source_attach (source, self->engine->context);
}

/* ---- keys ---- */

typedef struct
{
  gint64 folder;
  StoreKey before;
  guint limit, n_rows;
} KeysRequest;

typedef struct
{
  GArray *keys;
  GPtrArray *rows; /* nullable; of the first keys */
} KeysResult;

static void
keys_result_free (gpointer data)
{
  KeysResult *result = data;

  g_clear_pointer (&result->keys, g_array_unref);
  g_clear_pointer (&result->rows, g_ptr_array_unref);
  g_free (result);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KeysResult, keys_result_free)

/* Store thread. */
static gpointer
read_keys (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const KeysRequest *request = data;
  g_autoptr (KeysResult) result = g_new0 (KeysResult, 1);
  gint64 ids[PAGE];
  guint n = 0;

  result->keys = store_message_list (db, request->folder, request->before, request->limit, error);
  if (result->keys == NULL)
    return NULL;
  for (; n < request->n_rows && n < result->keys->len && n < PAGE; n++)
    ids[n] = STORE_KEY_ID (g_array_index (result->keys, StoreKey, n));
  if (n > 0)
    result->rows =
        store_message_get_rows (db, ids, n, NULL); /* what fails here is asked for again */
  return g_steal_pointer (&result);
}

static void
set_loading (MailMessageList *self, gboolean loading)
{
  if (self->loading == loading)
    return;
  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADING]);
}

static void ask_keys (MailMessageList *self, guint limit, guint n_rows);

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

static void
on_keys (GObject *source, GAsyncResult *task_result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  guint limit = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (task_result), "limit"));
  g_autoptr (KeysResult) result = g_task_propagate_pointer (G_TASK (task_result), &error);

  if (base_error_is_cancelled (error))
    return;
  g_autoptr (MailMessageList) self = g_object_ref (MAIL_MESSAGE_LIST (user_data));
  if (result == NULL) {
    base_log ("A message list could not be read: %s", error->message);
    mail_engine_emit_notice (self->engine, error->message, base_error_get_detail (error));
    set_loading (self, FALSE);
    return;
  }
  if (result->rows != NULL) {
    g_ptr_array_set_free_func (result->rows, NULL);
    for (guint i = 0; i < result->rows->len; i++)
      if (result->rows->pdata[i] != NULL)
        mail_rows_put (self->rows, result->rows->pdata[i]);
  }
  gboolean last = result->keys->len < limit;
  take_keys (self, result->keys, last);
  if (last)
    set_loading (self, FALSE);
  else
    ask_keys (self, CHUNK_KEYS, 0);
}

static void
ask_keys (MailMessageList *self, guint limit, guint n_rows)
{
  KeysRequest *request = g_new0 (KeysRequest, 1);
  GTask *task = g_task_new (NULL, self->cancellable, on_keys, self);

  request->folder = self->folder_id;
  request->before = self->frontier == G_MAXINT64 ? 0 : self->frontier;
  request->limit = limit;
  request->n_rows = n_rows;
  g_object_set_data (G_OBJECT (task), "limit", GUINT_TO_POINTER (limit));
  mail_engine_call_store (self->engine, task, read_keys, request, g_free, keys_result_free);
}

/* ---- GListModel ---- */

static void
on_message_gone (gpointer data, GObject *where)
{
  Held *held = data;

  g_hash_table_remove (held->list->objects, &held->id); /* frees it */
}

static GType
list_get_item_type (GListModel *model)
{
  return MAIL_TYPE_MESSAGE;
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
  Held *held = g_hash_table_lookup (self->objects, &id);
  if (held != NULL)
    return g_object_ref (held->message);

  MailMessage *message = mail_message_new (id, self->folder);
  held = g_new0 (Held, 1);
  *held = (Held){ self, id, message };
  g_hash_table_insert (self->objects, &held->id, held);
  g_object_weak_ref (G_OBJECT (message), on_message_gone, held);
  const StoreMessage *row = mail_rows_get (self->rows, id);
  if (row != NULL)
    mail_message_fill (message, row, self->folder);
  else
    ask_page (self, position);
  return message;
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
  if (self->slice_source != 0) {
    g_source_destroy (g_main_context_find_source_by_id (self->engine->context, self->slice_source));
    self->slice_source = 0;
  }
  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, NULL, &held))
    g_object_weak_unref (G_OBJECT (((Held *)held)->message), on_message_gone, held);
  g_hash_table_remove_all (self->objects);
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
  g_clear_pointer (&self->rows, mail_rows_free);
  g_hash_table_unref (self->asked);
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
}

static void
mail_message_list_init (MailMessageList *self)
{
  self->keys = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  self->journal = mail_keys_journal_new ();
  g_queue_init (&self->steps);
  self->rows = mail_rows_new (CACHE_ROWS);
  self->asked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->objects = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  self->cancellable = g_cancellable_new ();
  self->frontier = G_MAXINT64;
}

MailMessageList *
mail_message_list_new (MailEngine *engine, MailFolder *folder)
{
  MailMessageList *self = g_object_new (MAIL_TYPE_MESSAGE_LIST, NULL);

  self->engine = g_object_ref (engine);
  self->folder = g_object_ref (folder);
  self->folder_id = mail_folder_get_id (folder);
  self->loading = TRUE;
  g_ptr_array_add (engine->lists, self);
  ask_keys (self, FIRST_KEYS, PAGE);
  return self;
}

gboolean
mail_message_list_get_loading (MailMessageList *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), FALSE);
  return self->loading;
}

gint64
mail_message_list_get_folder_id (MailMessageList *self)
{
  return self->folder_id;
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
