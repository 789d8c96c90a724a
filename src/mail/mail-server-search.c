/* The servers of some accounts at work for one search.  A pool thread waits for each; what they say of their progress is looked at a few times a second.  Must never keep the engine from
 * stopping: its calls are among those that it ends. */
#include "mail-server-search.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "mail-account.h"
#include "mail-engine-private.h"
#include "mail-folder.h"

#define LOOK_MS 200

/* One account's part; the pool thread writes the progress, the rest is given to it and comes back. */
typedef struct
{
  gatomicrefcount ref_count;
  SyncEngine *sync; /* Borrowed: the engine waits for its calls */
  char *account, *label;
  gint64 folder;
  BaseQuery *query;
  int permille; /* atomic */
} Part;

struct _MailServerSearch
{
  GObject parent_instance;

  /* Owned */
  MailEngine *engine; /* until it is over */
  GCancellable *cancellable;
  GPtrArray *parts; /* of Part */
  char *sentence, *trouble;

  guint waiting, source;
  guint64 found, here;
  double progress;
};

G_DEFINE_FINAL_TYPE (MailServerSearch, mail_server_search, G_TYPE_OBJECT)

enum
{
  PROP_RUNNING = 1,
  PROP_PROGRESS,
  PROP_SENTENCE,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static Part *
part_ref (Part *part)
{
  g_atomic_ref_count_inc (&part->ref_count);
  return part;
}

static void
part_unref (gpointer data)
{
  Part *part = data;

  if (!g_atomic_ref_count_dec (&part->ref_count))
    return;
  base_query_unref (part->query);
  g_free (part->account);
  g_free (part->label);
  g_free (part);
}

/* ---- the pool ---- */

static void
on_progress (guint64 done, guint64 total, gpointer user_data)
{
  Part *part = user_data;

  if (total > 0)
    g_atomic_int_set (&part->permille, (int)(MIN (done, total) * 1000 / total));
}

static void
hits_free (gpointer hits)
{
  sync_hits_free (hits);
}

static gpointer
run_search (gpointer data, GCancellable *cancellable, GError **error)
{
  Part *part = data;
  SyncHits *hits = NULL;

  return sync_engine_search (part->sync, part->account, part->folder, part->query, &hits,
                             on_progress, part, cancellable, error)
             ? hits
             : NULL;
}

/* ---- how it stands ---- */

static char *
make_sentence (MailServerSearch *self)
{
  if (self->waiting > 0)
    return g_strdup (_ ("Searching on the server…"));
  if (g_cancellable_is_cancelled (self->cancellable))
    return g_strdup (_ ("The search on the server was stopped."));
  if (self->trouble != NULL)
    return g_strdup (self->trouble);
  if (self->found == 0)
    return g_strdup (_ ("The server found nothing."));
  if (self->found > self->here)
    /* Translators: of those that a search on the server found, so many were brought to this computer */
    return g_strdup_printf (ngettext ("The server found %'u message, the newest %'u are here now.",
                                      "The server found %'u messages, the newest %'u are here now.",
                                      (gulong)self->found),
                            (guint)self->found, (guint)self->here);
  return g_strdup_printf (ngettext ("The server found %'u message.",
                                    "The server found %'u messages.", (gulong)self->found),
                          (guint)self->found);
}

static void
tell (MailServerSearch *self)
{
  g_autofree char *sentence = make_sentence (self);

  if (g_strcmp0 (sentence, self->sentence) == 0)
    return;
  g_free (self->sentence);
  self->sentence = g_steal_pointer (&sentence);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SENTENCE]);
}

static gboolean
look (gpointer user_data)
{
  MailServerSearch *self = user_data;
  guint64 sum = 0;
  double progress;

  for (guint i = 0; i < self->parts->len; i++) {
    Part *part = self->parts->pdata[i];

    sum += (guint64)g_atomic_int_get (&part->permille);
  }
  progress = self->parts->len > 0 ? (double)sum / (1000.0 * self->parts->len) : 1;
  if (progress > self->progress) {
    self->progress = progress;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROGRESS]);
  }
  return G_SOURCE_CONTINUE;
}

static void
finish (MailServerSearch *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_object (&self->engine);
  look (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUNNING]);
}

/* Of several the first one is told. */
static void
note_trouble (MailServerSearch *self, const char *label, const char *sentence)
{
  if (self->trouble == NULL)
    /* Translators: an account, and what went wrong there */
    self->trouble = g_strdup_printf (C_ ("trouble of an account", "%s: %s"), label, sentence);
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MailServerSearch) self = user_data;
  Part *part = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (SyncHits) hits = g_task_propagate_pointer (G_TASK (result), &error);

  g_atomic_int_set (&part->permille, 1000);
  if (hits != NULL) {
    self->found += hits->found;
    self->here += hits->ids->len;
    if (hits->left_out > 0) {
      g_autofree char *sentence =
          g_strdup_printf (ngettext ("The server did not search %'u folder.",
                                     "The server did not search %'u folders.", hits->left_out),
                           hits->left_out);

      note_trouble (self, part->label, sentence);
    }
  } else if (!base_error_is_cancelled (error)) {
    note_trouble (self, part->label, error->message);
  }
  if (--self->waiting == 0)
    finish (self);
  tell (self);
}

static void
begin (MailServerSearch *self, MailAccount *account, gint64 folder, BaseQuery *query)
{
  GTask *task = g_task_new (NULL, self->cancellable, on_searched, g_object_ref (self));
  Part *part = g_new0 (Part, 1);

  g_atomic_ref_count_init (&part->ref_count);
  part->sync = self->engine->sync;
  part->account = g_strdup (mail_account_get_id (account));
  part->label = g_strdup (mail_account_get_label (account));
  part->folder = folder;
  part->query = base_query_ref (query);
  g_ptr_array_add (self->parts, part);
  g_task_set_task_data (task, part_ref (part), part_unref);
  self->waiting++;
  mail_engine_call_waiting (self->engine, task, run_search, part_ref (part), part_unref, hits_free);
}

MailServerSearch *
mail_server_search_new (MailEngine *engine, MailFolder *folder, const char *typed)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (engine) && typed != NULL, NULL);
  MailServerSearch *self = g_object_new (MAIL_TYPE_SERVER_SEARCH, NULL);
  MailAccount *only = folder != NULL ? mail_folder_get_account (folder) : NULL;
  g_autoptr (BaseQuery) query = base_query_parse (typed, g_get_real_time () / G_USEC_PER_SEC);

  self->engine = g_object_ref (engine);
  mail_engine_begin_sync (engine);
  for (guint i = 0;
       engine->sync != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (engine->accounts));
       i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (engine->accounts), i);

    if (only == NULL || account == only)
      begin (self, account, only != NULL ? mail_folder_get_id (folder) : 0, query);
  }
  if (self->waiting > 0)
    self->source = g_timeout_add (LOOK_MS, look, self);
  else
    self->progress = 1;
  tell (self);
  return self;
}

void
mail_server_search_cancel (MailServerSearch *self)
{
  g_return_if_fail (MAIL_IS_SERVER_SEARCH (self));
  g_cancellable_cancel (self->cancellable);
}

gboolean
mail_server_search_get_running (MailServerSearch *self)
{
  g_return_val_if_fail (MAIL_IS_SERVER_SEARCH (self), FALSE);
  return self->waiting > 0;
}

double
mail_server_search_get_progress (MailServerSearch *self)
{
  g_return_val_if_fail (MAIL_IS_SERVER_SEARCH (self), 0);
  return self->progress;
}

const char *
mail_server_search_get_sentence (MailServerSearch *self)
{
  g_return_val_if_fail (MAIL_IS_SERVER_SEARCH (self), NULL);
  return self->sentence;
}

guint64
mail_server_search_get_found (MailServerSearch *self)
{
  g_return_val_if_fail (MAIL_IS_SERVER_SEARCH (self), 0);
  return self->found;
}

guint64
mail_server_search_get_here (MailServerSearch *self)
{
  g_return_val_if_fail (MAIL_IS_SERVER_SEARCH (self), 0);
  return self->here;
}

const char *
mail_server_search_get_trouble (MailServerSearch *self)
{
  g_return_val_if_fail (MAIL_IS_SERVER_SEARCH (self), NULL);
  return self->trouble;
}

static void
mail_server_search_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MailServerSearch *self = MAIL_SERVER_SEARCH (object);

  switch (id) {
  case PROP_RUNNING:
    g_value_set_boolean (value, self->waiting > 0);
    break;
  case PROP_PROGRESS:
    g_value_set_double (value, self->progress);
    break;
  case PROP_SENTENCE:
    g_value_set_string (value, self->sentence);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mail_server_search_finalize (GObject *object)
{
  MailServerSearch *self = MAIL_SERVER_SEARCH (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_object (&self->engine);
  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->parts);
  g_free (self->sentence);
  g_free (self->trouble);
  G_OBJECT_CLASS (mail_server_search_parent_class)->finalize (object);
}

static void
mail_server_search_class_init (MailServerSearchClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = mail_server_search_get_property;
  object_class->finalize = mail_server_search_finalize;
  props[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_SENTENCE] =
      g_param_spec_string ("sentence", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mail_server_search_init (MailServerSearch *self)
{
  self->cancellable = g_cancellable_new ();
  self->parts = g_ptr_array_new_with_free_func (part_unref);
}
