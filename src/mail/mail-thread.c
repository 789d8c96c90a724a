/* A conversation as a list model, on the main thread. */
#include "mail-engine-private.h"
#include "mail-private.h"
#include "mail-thread.h"

struct _MailThread
{
  GObject parent_instance;

  /* Owned */
  MailEngine *engine;
  GPtrArray *messages; /* of MailMessage */

  gint64 id;
  gboolean loading;
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
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (mail_thread_parent_class)->dispose (object);
}

static void
mail_thread_finalize (GObject *object)
{
  g_ptr_array_unref (MAIL_THREAD (object)->messages);
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
