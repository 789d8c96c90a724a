/* A conversation as a list model, on the main thread.  What it holds is read by the store thread, again after each change that may be
 * about it; it must never read the store itself. */
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
  GCancellable *cancellable;

  gint64 id, folder;
  gboolean loading;
  gboolean reading, stale; /* stale: what is being read may be old already */
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MailThread, mail_thread, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  PROP_LOADING = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

/* ---- reading ---- */

typedef struct
{
  gint64 thread, folder;
  gint64 message; /* one of it, 0 when none is known */
} Request;

typedef struct
{
  gint64 thread;
  GPtrArray *rows; /* of StoreMessage, NULL where one is gone */
} Result;

static void
result_free (gpointer data)
{
  Result *result = data;

  g_ptr_array_unref (result->rows);
  g_free (result);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Result, result_free)

/* Store thread. */
static gpointer
read_thread (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Request *request = data;
  gint64 thread = request->thread;
  g_autoptr (GArray) ids = store_thread_list_messages_in (db, thread, request->folder, error);
  if (ids == NULL)
    return NULL;
  /* It may have become part of another one. */
  if (ids->len == 0 && request->message != 0
      && store_thread_get (db, request->message, &thread, NULL)) {
    g_array_unref (ids);
    ids = store_thread_list_messages_in (db, thread, request->folder, error);
    if (ids == NULL)
      return NULL;
  }
  g_autoptr (GPtrArray) rows =
      store_message_get_rows (db, (const gint64 *)(gpointer)ids->data, ids->len, error);
  if (rows == NULL)
    return NULL;
  Result *result = g_new0 (Result, 1);
  result->thread = thread;
  result->rows = g_steal_pointer (&rows);
  return result;
}

static MailMessage *
find_message (MailThread *self, gint64 id)
{
  for (guint i = 0; i < self->messages->len; i++)
    if (mail_message_get_id (self->messages->pdata[i]) == id)
      return self->messages->pdata[i];
  return NULL;
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
  if (old->len - first - last > 0 || messages->len - first - last > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), first, old->len - first - last,
                                messages->len - first - last);
}

static void reload (MailThread *self);

static void
on_read (GObject *source, GAsyncResult *task_result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Result) result = g_task_propagate_pointer (G_TASK (task_result), &error);

  if (base_error_is_cancelled (error))
    return;
  g_autoptr (MailThread) self = g_object_ref (MAIL_THREAD (user_data));
  self->reading = FALSE;
  if (result == NULL)
    base_log ("A conversation could not be read: %s", error->message);
  else {
    GPtrArray *messages = g_ptr_array_new_with_free_func (g_object_unref);
    self->id = result->thread;
    for (guint i = 0; i < result->rows->len; i++) {
      const StoreMessage *row = result->rows->pdata[i];
      if (row == NULL)
        continue;
      MailFolder *folder = mail_engine_find_folder (self->engine, row->folder);
      MailMessage *message = find_message (self, row->id);
      if (message != NULL)
        g_object_ref (message);
      else
        message = mail_message_new_with_author (row->id, folder);
      mail_message_fill (message, row, folder);
      g_ptr_array_add (messages, message);
    }
    take_messages (self, messages);
  }
  if (self->loading) {
    self->loading = FALSE;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADING]);
  }
  if (self->stale)
    reload (self);
}

static void
reload (MailThread *self)
{
  self->stale = self->reading;
  if (self->reading)
    return;
  Request *request = g_new0 (Request, 1);
  request->thread = self->id;
  request->folder = self->folder;
  if (self->messages->len > 0)
    request->message = mail_message_get_id (self->messages->pdata[0]);
  self->reading = TRUE;
  mail_engine_call_store (self->engine, g_task_new (NULL, self->cancellable, on_read, self),
                          read_thread, request, g_free, result_free);
}

/* ---- changes ---- */

static gboolean
names_us (MailThread *self, GArray *keys, gboolean threads)
{
  if (keys->len > KEYS_MAX)
    return TRUE;
  for (guint i = 0; i < keys->len; i++) {
    gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, i));
    if (threads ? id == self->id : find_message (self, id) != NULL)
      return TRUE;
  }
  return FALSE;
}

void
mail_thread_apply (MailThread *self, const StoreFolderChange *part)
{
  if (names_us (self, part->threads_added, TRUE) || names_us (self, part->threads_changed, TRUE)
      || names_us (self, part->threads_removed, TRUE) || names_us (self, part->changed, FALSE)
      || names_us (self, part->removed, FALSE))
    reload (self);
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
  g_ptr_array_unref (MAIL_THREAD (object)->messages);
  g_object_unref (MAIL_THREAD (object)->cancellable);
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
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mail_thread_init (MailThread *self)
{
  self->messages = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
}

MailThread *
mail_thread_new (MailEngine *engine, gint64 thread, gint64 folder)
{
  MailThread *self = g_object_new (MAIL_TYPE_THREAD, NULL);
  self->engine = g_object_ref (engine);
  self->id = thread;
  self->folder = folder;
  self->loading = TRUE;
  g_ptr_array_add (engine->threads, self);
  reload (self);
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

gint64
mail_thread_get_id (MailThread *self)
{
  g_return_val_if_fail (MAIL_IS_THREAD (self), 0);
  return self->id;
}
