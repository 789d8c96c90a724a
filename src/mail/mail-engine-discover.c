/* Finding the servers of an address: probed by pool threads of the sync layer, told to the main
 * thread sentence by sentence.  Nothing is saved here, and nothing is told any more once it is over. */
#include "mail-engine-private.h"

#include "sync-discover.h"

/* Sentences from probing threads on their way to the main thread; nothing is told after the end. */
typedef struct
{
  gatomicrefcount ref_count;
  GMainContext *context;
  MailProgressFunc func; /* NULL once it is over; main thread only */
  gpointer data;
} Progress;

typedef struct
{
  Progress *progress;
  char *sentence;
} ProgressLine;

static void
progress_unref (Progress *progress)
{
  if (!g_atomic_ref_count_dec (&progress->ref_count))
    return;
  g_main_context_unref (progress->context);
  g_free (progress);
}

static void
progress_line_free (gpointer data)
{
  ProgressLine *line = data;

  progress_unref (line->progress);
  g_free (line->sentence);
  g_free (line);
}

static gboolean
progress_tell (gpointer data)
{
  ProgressLine *line = data;

  if (line->progress->func != NULL)
    line->progress->func (line->sentence, line->progress->data);
  return G_SOURCE_REMOVE;
}

/* A probing thread. */
static void
on_progress (const char *sentence, gpointer user_data)
{
  Progress *progress = user_data;
  ProgressLine *line = g_new0 (ProgressLine, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_atomic_ref_count_inc (&progress->ref_count);
  line->progress = progress;
  line->sentence = g_strdup (sentence);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, progress_tell, line, progress_line_free);
  g_source_attach (source, progress->context);
}

typedef struct
{
  BaseAccount *account;
  char *help;
  Progress *progress;
  GError *error; /* what was found comes beside it */
} Discovery;

static void
discovery_free (gpointer data)
{
  Discovery *discovery = data;

  g_clear_pointer (&discovery->account, base_account_free);
  g_free (discovery->help);
  g_clear_pointer (&discovery->progress, progress_unref);
  g_clear_error (&discovery->error);
  g_free (discovery);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Discovery, discovery_free)

static void
discovery_slot_free (gpointer data)
{
  Discovery **slot = data;

  g_clear_pointer (slot, discovery_free);
  g_free (slot);
}

/* Pool thread. */
static gpointer
run_discover (gpointer data, GCancellable *cancellable, GError **error)
{
  Discovery **slot = data;
  Discovery *discovery = *slot;

  sync_discover (discovery->account, &discovery->help, on_progress, discovery->progress,
                 cancellable, &discovery->error);
  return g_steal_pointer (slot);
}

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;
  Discovery *discovery = g_task_propagate_pointer (G_TASK (result), &error);
  Progress *progress = g_task_get_task_data (outer);

  progress->func = NULL;
  mail_engine_end_request (g_task_get_source_object (outer),
                           g_task_get_cancellable (G_TASK (result)));
  if (discovery != NULL)
    g_task_return_pointer (outer, discovery, discovery_free);
  else
    g_task_return_error (outer, error);
}

static void
progress_free (gpointer progress)
{
  progress_unref (progress);
}

void
mail_engine_discover_async (MailEngine *self, const BaseAccount *account, MailProgressFunc func,
                            gpointer progress_data, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && account != NULL);
  GTask *outer = g_task_new (self, cancellable, callback, user_data);
  Progress *progress = g_new0 (Progress, 1);
  Discovery **slot = g_new0 (Discovery *, 1);

  g_atomic_ref_count_init (&progress->ref_count);
  progress->context = g_main_context_ref (self->context);
  progress->func = func;
  progress->data = progress_data;
  g_task_set_task_data (outer, progress, progress_free);
  *slot = g_new0 (Discovery, 1);
  (*slot)->account = base_account_dup (account);
  g_atomic_ref_count_inc (&progress->ref_count);
  (*slot)->progress = progress;

  g_autoptr (GCancellable) request = mail_engine_begin_request (self, cancellable);
  GTask *inner = g_task_new (NULL, request, on_discovered, outer);
  g_task_set_check_cancellable (inner, FALSE);
  mail_engine_call_pool (self, inner, run_discover, slot, discovery_slot_free, discovery_free);
}

gboolean
mail_engine_discover_finish (MailEngine *self, GAsyncResult *result, BaseAccount **found,
                             char **help, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_autoptr (Discovery) discovery = g_task_propagate_pointer (G_TASK (result), error);

  if (discovery == NULL)
    return FALSE;
  if (found != NULL)
    *found = g_steal_pointer (&discovery->account);
  if (help != NULL)
    *help = g_steal_pointer (&discovery->help);
  if (discovery->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&discovery->error));
  return FALSE;
}
