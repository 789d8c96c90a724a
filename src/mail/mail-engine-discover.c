/* Finding the servers of an address: the sources are asked by pool threads, and tell the main thread sentence by sentence.
 * Nothing is saved here, and nothing is told any more once it is over. */
#include "mail-engine-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "mail-sources.h"
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
  Progress *progress;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  base_account_free (question->account);
  progress_unref (question->progress);
  g_free (question);
}

/* Pool thread. */
static gpointer
run_discover (gpointer data, GCancellable *cancellable, GError **error)
{
  Question *question = data;

  return mail_sources_ask (question->account, on_progress, question->progress, cancellable, error);
}

static void
findings_free (gpointer findings)
{
  mail_findings_free (findings);
}

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailEngine *self = g_task_get_source_object (outer);
  GError *error = NULL;
  MailFindings *findings = g_task_propagate_pointer (G_TASK (result), &error);
  Progress *progress = g_task_get_task_data (outer);

  progress->func = NULL;
  mail_engine_end_request (self, g_task_get_cancellable (G_TASK (result)));
  if (findings == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  MailSource findings_source = findings->source;
  g_autoptr (MailDiscovery) discovery = mail_discovery_new (findings);
  const char *const *hosts = mail_discovery_get_strangers (discovery);
  for (gsize i = 0; hosts[i] != NULL; i++)
    g_hash_table_add (self->strangers, g_strdup (hosts[i]));
  /* While a person reads, and types a password. */
  if (hosts[0] == NULL && findings_source != MAIL_SOURCE_GUESS)
    sync_open_ahead (mail_discovery_get_account (discovery));
  g_task_return_pointer (outer, g_steal_pointer (&discovery), g_object_unref);
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
  Question *question = g_new0 (Question, 1);

  g_atomic_ref_count_init (&progress->ref_count);
  progress->context = g_main_context_ref (self->context);
  progress->func = func;
  progress->data = progress_data;
  g_task_set_task_data (outer, progress, progress_free);
  question->account = base_account_dup (account);
  g_atomic_ref_count_inc (&progress->ref_count);
  question->progress = progress;

  g_autoptr (GCancellable) request = mail_engine_begin_request (self, cancellable);
  GTask *inner = g_task_new (NULL, request, on_discovered, outer);
  g_task_set_check_cancellable (inner, FALSE);
  mail_engine_call_pool (self, inner, run_discover, question, question_free, findings_free);
}

MailDiscovery *
mail_engine_discover_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- hosts that nobody vouches for ---- */

void
mail_engine_agree_to_hosts (MailEngine *self, const char *const *hosts)
{
  g_return_if_fail (MAIL_IS_ENGINE (self));
  for (gsize i = 0; hosts != NULL && hosts[i] != NULL; i++) {
    g_autofree char *host = g_ascii_strdown (hosts[i], -1);

    g_hash_table_remove (self->strangers, host);
  }
}

gboolean
mail_engine_check_agreed (MailEngine *self, const BaseAccount *account, GError **error)
{
  const char *hosts[] = { account->imap.host, account->smtp.host };

  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++) {
    g_autofree char *host = hosts[i] != NULL ? g_ascii_strdown (hosts[i], -1) : NULL;

    if (host == NULL || !g_hash_table_contains (self->strangers, host))
      continue;
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("No password was sent: nobody agreed yet that “%s” is a server of yours."),
                    host);
    return FALSE;
  }
  return TRUE;
}

/* ---- one server ---- */

typedef struct
{
  BaseAccount *account;
  const char *protocol; /* static */
} ProbeJob;

static void
probe_job_free (gpointer data)
{
  ProbeJob *job = data;

  base_account_free (job->account);
  g_free (job);
}

/* Pool thread. */
static gpointer
run_probe (gpointer data, GCancellable *cancellable, GError **error)
{
  const ProbeJob *job = data;

  return sync_probe (job->account, job->protocol, cancellable, error) ? MAIL_CALL_DONE : NULL;
}

void
mail_engine_probe_async (MailEngine *self, const BaseAccount *account, const char *protocol,
                         GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && account != NULL);
  ProbeJob *job = g_new0 (ProbeJob, 1);

  *job = (ProbeJob){ base_account_dup (account), g_str_equal (protocol, "imap") ? "imap" : "smtp" };
  mail_engine_call_waiting (self, g_task_new (self, cancellable, callback, user_data), run_probe,
                            job, probe_job_free, NULL);
}

gboolean
mail_engine_probe_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_pointer (G_TASK (result), error) != NULL;
}
