/* See step.h. */
#include "step.h"

#include <string.h>

static void
rows_changed (StoreChange *change, gpointer user_data)
{
  Step *step = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&step->lock);

  if (change->messages->len > 0)
    step->changed = g_get_monotonic_time ();
}

static ModelVerdict
on_line (ModelEvent *event, gpointer user_data)
{
  Step *step = user_data;
  const char *space = strchr (event->line, ' ');
  const char *command = space != NULL ? space + 1 : event->line;
  ModelVerdict (*on_command) (Step *, const char *, ModelEvent *) = NULL;
  gboolean stalls = FALSE;

  if (event->sent || event->after || event->protocol != MODEL_IMAP)
    return MODEL_GO;
  g_mutex_lock (&step->lock);
  if (event->connection < step->n_gone) {
    g_mutex_unlock (&step->lock);
    return MODEL_GO;
  }
  step->n_connections = MAX (step->n_connections, event->connection + 1);
  g_ptr_array_add (step->commands, g_strdup_printf ("%u %s", event->connection, command));
  stalls = step->stall_on == event->connection + 1;
  on_command = step->on_command;
  g_mutex_unlock (&step->lock);
  if (stalls)
    return MODEL_STALL;
  return on_command != NULL ? on_command (step, command, event) : MODEL_GO;
}

Step *
step_new (const char *capabilities)
{
  Step *step = g_new0 (Step, 1);
  g_autoptr (GError) error = NULL;
  ModelSettings settings = { .capabilities = capabilities };

  g_mutex_init (&step->lock);
  engine_told_init (&step->told, "alicepw");
  step->commands = g_ptr_array_new_with_free_func (g_free);
  step->times = sync_times;
  step->server = model_server_new (&settings);
  model_server_add_account (step->server, "alice", "alicepw", "alice@model.test");
  model_server_set_hook (step->server, on_line, step);
  step->folder = g_dir_make_tmp ("sosik-step-XXXXXX", &error);
  g_assert_no_error (error);
  step->paths = base_paths_new (step->folder, &error);
  step->account = base_account_new ();
  step->account->address = g_strdup ("alice@model.test");
  step->account->ca_file = g_strdup (model_server_get_ca_file (step->server));
  engine_set_server (&step->account->imap, "localhost", model_server_get_imap_port (step->server),
                     "alice");
  engine_set_server (&step->account->smtp, "localhost", model_server_get_smtp_port (step->server),
                     "alice");
  step->store = store_open (step->paths, NULL, &error);
  g_assert_no_error (error);
  store_set_change_func (step->store, rows_changed, step);
  step->db = store_connect (step->store, &error);
  step->row = store_account_ensure (step->db, step->account->id, &error);
  g_assert_no_error (error);
  return step;
}

void
step_start (Step *step)
{
  step->engine = sync_engine_new (step->store, &engine_told_events, &step->told);
  sync_engine_set_times (step->engine, &step->times);
  sync_engine_set_patience (step->engine, step->patience_ms);
  sync_engine_set_metered (step->engine, step->metered);
  sync_engine_add_account (step->engine, step->account);
}

void
step_stop (Step *step)
{
  g_clear_pointer (&step->engine, sync_engine_free);
}

void
step_free (Step *step)
{
  step_stop (step);
  if (!step->may_refuse)
    g_assert_cmpstr (step->told.last_refused, ==, NULL);
  model_server_free (step->server);
  store_db_free (step->db);
  store_unref (step->store);
  base_account_free (step->account);
  base_paths_unref (step->paths);
  g_assert_true (base_paths_remove_tree (step->folder));
  g_ptr_array_unref (step->commands);
  engine_told_clear (&step->told);
  g_mutex_clear (&step->lock);
  g_free (step->folder);
  g_free (step);
}

void
step_wait_in_step (Step *step, guint before)
{
  STEP_WAIT (engine_told_get_in_step (&step->told) > before, 60);
}

void
step_settle (Step *step)
{
  guint before = engine_told_get_in_step (&step->told);

  step_start (step);
  step_wait_in_step (step, before);
}

/* ---- the server's side ---- */

guint32
step_deliver (Step *step, const char *mailbox, guint number, gsize size)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;

  g_string_append_printf (text,
                          "From: Magpie <magpie@model.test>\r\nTo: alice@model.test\r\n"
                          "Subject: message %u\r\nMessage-ID: <%u@model.test>\r\n"
                          "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n\r\nHello %u.\r\n",
                          number, number, number);
  while (text->len < size)
    g_string_append (text, "one more line of what this message has to say about nothing\r\n");
  bytes = g_bytes_new (text->str, text->len);
  return model_act_deliver (step->server, "alice", mailbox, bytes, NULL, 1700000000 + number);
}

void
step_deliver_many (Step *step, const char *mailbox, guint n, gsize size)
{
  for (guint i = 1; i <= n; i++)
    step_deliver (step, mailbox, i, size);
}

/* ---- the store's side ---- */

StoreFolder *
step_get (Step *step, const char *name)
{
  return look_get_folder (step->db, step->row, name);
}

gint64
step_folder (Step *step, const char *name)
{
  return look_folder (step->db, step->row, name);
}

guint
step_total (Step *step, const char *name)
{
  return look_total (step->db, step->row, name);
}

guint
step_unread (Step *step, const char *name)
{
  return look_unread (step->db, step->row, name);
}

guint
step_lacking (Step *step, const char *name)
{
  g_autoptr (GArray) uids = store_message_get_uids_without_body (step->db, step_folder (step, name),
                                                                 G_MAXINT, 0, 0, NULL);

  return uids->len;
}

/* ---- what went over the wire ---- */

void
step_forget_commands (Step *step)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&step->lock);

  g_ptr_array_set_size (step->commands, 0);
  /* What one that was closed said last may be read only now. */
  if (step->engine == NULL)
    step->n_gone = step->n_connections;
  model_server_reset_counters (step->server);
}

guint
step_count_commands (Step *step, const char *glob)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&step->lock);
  guint count = 0;

  for (guint i = 0; i < step->commands->len; i++)
    count += g_pattern_match_simple (glob, g_ptr_array_index (step->commands, i));
  return count;
}

char *
step_dump_commands (Step *step)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&step->lock);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < step->commands->len; i++)
    g_string_append_printf (text, "%s\n", (char *)g_ptr_array_index (step->commands, i));
  return g_string_free (text, FALSE);
}
