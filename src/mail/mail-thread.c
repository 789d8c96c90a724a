/* A conversation as a list model, on the main thread.  What it holds is read by the store thread, and after a change what
 * that names: of ten thousand messages one that is marked is one row.  It must never read the store itself. */
#include "mail-engine-private.h"
#include "mail-private.h"
#include "mail-thread.h"
#include "store-thread.h"

#include "base-error.h"
#include "base-log.h"

#define KEYS_MAX 1000 /* of a change; in a larger one nothing is looked for */

struct _MailThread
{
  GObject parent_instance;

  /* Owned */
  MailEngine *engine;
  GPtrArray *messages; /* of MailMessage */
  GHashTable *by_id;   /* gint64 in the message -> MailMessage, borrowed from `messages` */
  GCancellable *cancellable;
  /* What is to be read next. */
  GHashTable *dirty; /* set of gint64: rows */
  gboolean members;  /* which messages there are; those that are new come with their rows */
  gboolean all;      /* and all rows */

  gint64 id, folder;
  gboolean loading;
  gboolean reading;
  gboolean waiting; /* to begin with it */
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MailThread, mail_thread, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  PROP_LOADING = 1,
  PROP_READING,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

/* ---- reading ---- */

typedef struct
{
  gint64 thread, folder;
  gint64 message;   /* one of it, 0 when none is known */
  gboolean members; /* which there are is read, too */
  GHashTable
      *known;    /* set of gint64: rows that are not needed, nullable: all are; with `members` */
  GArray *dirty; /* of gint64: rows that are, without */
} Request;

typedef struct
{
  gint64 thread;
  GArray *ids;     /* all of them, in order; NULL: as they are */
  GPtrArray *rows; /* of StoreMessage, NULL where one is gone */
} Result;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_clear_pointer (&request->known, g_hash_table_unref);
  g_clear_pointer (&request->dirty, g_array_unref);
  g_free (request);
}

static void
result_free (gpointer data)
{
  Result *result = data;

  g_clear_pointer (&result->ids, g_array_unref);
  g_clear_pointer (&result->rows, g_ptr_array_unref);
  g_free (result);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Result, result_free)

/* Store thread.  What has been merged is listed by its old id, too, and changes by the new one. */
static gboolean
read_members (StoreDb *db, const Request *request, Result *result, GError **error)
{
  gint64 now = 0;

  result->ids = store_thread_list_messages_in (db, result->thread, request->folder, error);
  if (result->ids == NULL)
    return FALSE;
  /* It may have become part of another one. */
  if (result->ids->len == 0 && request->message != 0
      && store_thread_get (db, request->message, &result->thread, NULL)) {
    g_array_unref (result->ids);
    result->ids = store_thread_list_messages_in (db, result->thread, request->folder, error);
  }
  if (result->ids == NULL)
    return FALSE;
  /* A message that has gone since has taken nothing with it: its change follows. */
  if (result->ids->len > 0
      && store_thread_get (db, g_array_index (result->ids, gint64, 0), &now, NULL))
    result->thread = now;
  return TRUE;
}

/* Store thread. */
static gpointer
read_thread (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Request *request = data;
  g_autoptr (Result) result = g_new0 (Result, 1);
  g_autoptr (GArray) needed = g_array_new (FALSE, FALSE, sizeof (gint64));

  result->thread = request->thread;
  if (request->members && !read_members (db, request, result, error))
    return NULL;
  for (guint i = 0; result->ids != NULL && i < result->ids->len; i++) {
    gint64 id = g_array_index (result->ids, gint64, i);

    if (request->known == NULL || !g_hash_table_contains (request->known, &id))
      g_array_append_val (needed, id);
  }
  if (!request->members)
    g_array_append_vals (needed, request->dirty->data, request->dirty->len);
  result->rows =
      store_message_get_rows (db, (const gint64 *)(gpointer)needed->data, needed->len, error);
  return result->rows != NULL ? g_steal_pointer (&result) : NULL;
}

static MailMessage *
find_message (MailThread *self, gint64 id)
{
  return g_hash_table_lookup (self->by_id, &id);
}

static void
add_id (GHashTable *table, gint64 id, gpointer value)
{
  g_hash_table_insert (table, g_memdup2 (&id, sizeof id), value);
}

/* Puts the messages in the place of those there are, telling only of what is different. */
static void
take_messages (MailThread *self, GPtrArray *messages)
{
  g_autoptr (GPtrArray) old = self->messages;
  guint first = 0, last = 0, least = MIN (old->len, messages->len);

  while (first < least && old->pdata[first] == messages->pdata[first])
    first++;
  while (last < least - first
         && old->pdata[old->len - 1 - last] == messages->pdata[messages->len - 1 - last])
    last++;
  self->messages = messages;
  g_hash_table_remove_all (self->by_id);
  for (guint i = 0; i < messages->len; i++)
    add_id (self->by_id, mail_message_get_id (messages->pdata[i]), messages->pdata[i]);
  if (old->len - first - last > 0 || messages->len - first - last > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), first, old->len - first - last,
                                messages->len - first - last);
}

/* Those that are here already hear of what changed; new ones are made. */
static void
take (MailThread *self, const Result *result)
{
  g_autoptr (GHashTable) fresh =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  GPtrArray *messages;

  /* What happened to the one that it has become part of, while that was not known, is read as well. */
  if (self->id != 0 && self->id != result->thread)
    self->members = TRUE;
  self->id = result->thread;
  for (guint i = 0; i < result->rows->len; i++) {
    const StoreMessage *row = result->rows->pdata[i];
    MailFolder *folder = row != NULL ? mail_engine_find_folder (self->engine, row->folder) : NULL;
    MailMessage *message = row != NULL ? find_message (self, row->id) : NULL;

    if (row == NULL)
      continue;
    if (message == NULL) {
      message = mail_message_new_with_author (row->id, folder);
      add_id (fresh, row->id, message);
    }
    mail_message_fill (message, row, folder);
  }
  if (result->ids == NULL)
    return;
  messages = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < result->ids->len; i++) {
    gint64 id = g_array_index (result->ids, gint64, i);
    MailMessage *message = g_hash_table_lookup (fresh, &id);

    if (message == NULL)
      message = find_message (self, id);
    if (message != NULL)
      g_ptr_array_add (messages, g_object_ref (message));
  }
  take_messages (self, messages);
}

static void
set_reading (MailThread *self, gboolean reading)
{
  if (reading == self->reading)
    return;
  self->reading = reading;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_READING]);
}

static gboolean reload (MailThread *self);

static void
on_read (GObject *source, GAsyncResult *task_result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Result) result = g_task_propagate_pointer (G_TASK (task_result), &error);

  if (base_error_is_cancelled (error))
    return;
  g_autoptr (MailThread) self = g_object_ref (MAIL_THREAD (user_data));
  gboolean again = result != NULL || self->members || g_hash_table_size (self->dirty) > 0;
  if (result != NULL) {
    take (self, result);
  } else {
    base_log ("A conversation could not be read: %s", error->message);
    self->all = TRUE; /* with the next change */
  }
  if (self->loading) {
    self->loading = FALSE;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADING]);
  }
  if (!again || !reload (self))
    set_reading (self, FALSE);
}

/* What is known, and stays as it is. */
static GHashTable *
dup_known (MailThread *self)
{
  GHashTable *known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < self->messages->len; i++) {
    gint64 id = mail_message_get_id (self->messages->pdata[i]);

    if (!g_hash_table_contains (self->dirty, &id))
      add_id (known, id, NULL);
  }
  return known;
}

static GArray *
dup_dirty (MailThread *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->dirty);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_array_append_vals (ids, id, 1);
  return ids;
}

static gboolean
has_to_read (MailThread *self)
{
  return self->all || self->members || g_hash_table_size (self->dirty) > 0;
}

/* FALSE: there is nothing to read. */
static gboolean
reload (MailThread *self)
{
  Request *request;

  if (!has_to_read (self))
    return FALSE;
  request = g_new0 (Request, 1);
  request->thread = self->id;
  request->folder = self->folder;
  request->members = self->members || self->all;
  request->known = request->members && !self->all ? dup_known (self) : NULL;
  request->dirty = dup_dirty (self);
  if (self->messages->len > 0)
    request->message = mail_message_get_id (self->messages->pdata[0]);
  g_hash_table_remove_all (self->dirty);
  self->members = self->all = FALSE;
  mail_engine_call_store (self->engine, g_task_new (NULL, self->cancellable, on_read, self),
                          read_thread, request, request_free, result_free);
  set_reading (self, TRUE);
  return TRUE;
}

/* ---- changes ---- */

static gboolean
names_thread (MailThread *self, GArray *keys)
{
  for (guint i = 0; i < keys->len && i < KEYS_MAX; i++)
    if (STORE_KEY_ID (g_array_index (keys, StoreKey, i)) == self->id)
      return TRUE;
  return keys->len > KEYS_MAX;
}

/* TRUE: one of them is ours; its row is read. */
static gboolean
note_messages (MailThread *self, GArray *keys)
{
  gboolean ours = FALSE;

  for (guint i = 0; i < keys->len && i < KEYS_MAX; i++) {
    gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, i));

    if (find_message (self, id) != NULL) {
      g_hash_table_add (self->dirty, g_memdup2 (&id, sizeof id));
      ours = TRUE;
    }
  }
  if (keys->len > KEYS_MAX)
    self->all = TRUE;
  return ours || keys->len > KEYS_MAX;
}

/* A message that is marked changes its conversation in each place that shows it, and may come into views or leave them; that messages came or
 * went is told of the folders beside it, or nothing is said of any message. */
void
mail_thread_note (MailThread *self, const StoreChange *change)
{
  gboolean changed = FALSE, marked = FALSE, moved = FALSE;

  for (guint i = 0; i < change->messages->len; i++) {
    const StoreFolderChange *part = change->messages->pdata[i];
    gboolean other = names_thread (self, part->threads_added)
                     || names_thread (self, part->threads_removed),
             gone = note_messages (self, part->removed);

    (void)note_messages (self, part->added);
    marked |= note_messages (self, part->changed);
    changed |= other || gone || names_thread (self, part->threads_changed);
    if (part->folder < 0) /* a view */
      continue;
    self->members |= other || gone;
    moved |= part->added->len + part->removed->len + part->threads_added->len
                 + part->threads_removed->len
             > 0;
  }
  if (changed && (moved || !marked))
    self->members = TRUE;
  /* What comes up while something is read, is read when that has come. */
  if (self->reading || !has_to_read (self))
    return;
  self->waiting = TRUE;
  set_reading (self, TRUE);
}

void
mail_thread_go_on (MailThread *self)
{
  if (!self->waiting)
    return;
  self->waiting = FALSE;
  (void)reload (self);
}

/* ---- GListModel ---- */

static GType
thread_get_item_type (GListModel *model)
{
  return MAIL_TYPE_MESSAGE;
}

static guint
thread_get_n_items (GListModel *model)
{
  return MAIL_THREAD (model)->messages->len;
}

static gpointer
thread_get_item (GListModel *model, guint position)
{
  MailThread *self = MAIL_THREAD (model);
  return position < self->messages->len ? g_object_ref (self->messages->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = thread_get_item_type;
  iface->get_n_items = thread_get_n_items;
  iface->get_item = thread_get_item;
}

/* ---- object ---- */

static void
mail_thread_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_LOADING:
    g_value_set_boolean (value, MAIL_THREAD (object)->loading);
    break;
  case PROP_READING:
    g_value_set_boolean (value, MAIL_THREAD (object)->reading);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mail_thread_dispose (GObject *object)
{
  MailThread *self = MAIL_THREAD (object);

  /* From here on no callback touches it. */
  g_cancellable_cancel (self->cancellable);
  if (self->engine != NULL)
    g_ptr_array_remove_fast (self->engine->threads, self);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (mail_thread_parent_class)->dispose (object);
}

static void
mail_thread_finalize (GObject *object)
{
  MailThread *self = MAIL_THREAD (object);

  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->dirty);
  g_ptr_array_unref (self->messages);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (mail_thread_parent_class)->finalize (object);
}

static void
mail_thread_class_init (MailThreadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mail_thread_get_property;
  object_class->dispose = mail_thread_dispose;
  object_class->finalize = mail_thread_finalize;
  props[PROP_LOADING] =
      g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_READING] =
      g_param_spec_boolean ("reading", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mail_thread_init (MailThread *self)
{
  self->messages = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->dirty = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
}

MailThread *
mail_thread_new (MailEngine *engine, gint64 thread, gint64 folder)
{
  MailThread *self = g_object_new (MAIL_TYPE_THREAD, NULL);
  self->engine = g_object_ref (engine);
  self->id = thread;
  self->folder = folder;
  self->loading = self->all = TRUE;
  g_ptr_array_add (engine->threads, self);
  (void)reload (self);
  return self;
}

MailThread *
mail_thread_new_for_message (MailEngine *engine, MailMessage *message)
{
  MailThread *self = g_object_new (MAIL_TYPE_THREAD, NULL);
  self->engine = g_object_ref (engine);
  g_ptr_array_add (self->messages, g_object_ref (message));
  return self;
}

gboolean
mail_thread_get_loading (MailThread *self)
{
  g_return_val_if_fail (MAIL_IS_THREAD (self), FALSE);
  return self->loading;
}

gboolean
mail_thread_get_reading (MailThread *self)
{
  g_return_val_if_fail (MAIL_IS_THREAD (self), FALSE);
  return self->reading;
}

gint64
mail_thread_get_id (MailThread *self)
{
  g_return_val_if_fail (MAIL_IS_THREAD (self), 0);
  return self->id;
}
