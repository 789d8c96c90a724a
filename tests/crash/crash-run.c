/* See crash-run.h.  Must never leave a child behind. */
#include "crash-run.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crash-child.h"
#include "crash-message.h"

#define PATIENCE_S 90
#define DATE       1795428000

static ModelVerdict
watch (ModelEvent *event, gpointer user_data)
{
  static const char *const changing[] = { " UID STORE ",   " APPEND ",      " UID MOVE ",
                                          " UID COPY ",    " UID EXPUNGE ", " CREATE ",
                                          " DELETE ",      " RENAME ",      " SUBSCRIBE ",
                                          " UNSUBSCRIBE ", " EXPUNGE",      " CLOSE" };
  CrashRun *run = user_data;
  int pid = g_atomic_int_get (&run->pid);

  if (event->number > run->lines)
    run->lines = event->number;
  if (!event->sent && !event->after) {
    gboolean change = event->protocol == MODEL_SMTP && g_str_has_prefix (event->line, "MAIL ");

    for (gsize i = 0; i < G_N_ELEMENTS (changing); i++)
      change |= event->protocol == MODEL_IMAP && strstr (event->line, changing[i]) != NULL;
    if (change)
      g_atomic_int_inc (&run->changes);
  }
  if (run->place.kind == CRASH_AT_LINE && pid > 0
      && 2 * event->number + event->after == run->place.at) {
    g_atomic_int_set (&run->killed, TRUE);
    kill (pid, SIGKILL);
  }
  return MODEL_GO;
}

CrashRun *
crash_run_new (const char *child, const char *preload)
{
  CrashRun *run = g_new0 (CrashRun, 1);
  gboolean fast = g_file_test ("/dev/shm", G_FILE_TEST_IS_DIR);

  run->server = model_server_new (NULL);
  if (g_getenv ("CRASH_TRACE") != NULL)
    model_server_set_trace (run->server, g_getenv ("CRASH_TRACE"));
  run->folder = g_strdup (fast ? "/dev/shm/sosik-crash-XXXXXX" : "/tmp/sosik-crash-XXXXXX");
  g_assert_nonnull (g_mkdtemp (run->folder));
  run->imap_port = model_server_get_imap_port (run->server);
  run->smtp_port = model_server_get_smtp_port (run->server);
  run->child = child;
  run->preload = preload;
  run->acts = g_hash_table_new (g_direct_hash, g_direct_equal);
  run->told = g_ptr_array_new_with_free_func (g_free);
  run->complaints = g_string_new (NULL);
  return run;
}

void
crash_run_free (CrashRun *run)
{
  model_server_free (run->server);
  g_hash_table_unref (run->acts);
  g_ptr_array_unref (run->told);
  g_string_free (run->complaints, TRUE);
  g_free (run->folder);
  g_free (run);
}

/* ---- acts ---- */

static void
deliver (CrashRun *run, const char *mailbox, const char *name, gsize size, const char *flags)
{
  g_autoptr (GBytes) bytes = crash_message_new (name, "alice@crash.test", size, 0);

  model_act_deliver (run->server, "alice", mailbox, bytes, flags, DATE);
}

static guint32
uid_of (CrashRun *run, const char *mailbox, const char *name)
{
  g_autoptr (GArray) uids = model_server_get_uids (run->server, "alice", mailbox);
  g_autofree char *wanted = g_strdup_printf ("\r\nMessage-ID: <%s@crash.test>\r\n", name);

  for (guint i = 0; i < uids->len; i++) {
    guint32 uid = g_array_index (uids, guint32, i);
    g_autoptr (GBytes) bytes = model_server_ref_message (run->server, "alice", mailbox, uid);
    gsize size;
    const char *data = g_bytes_get_data (bytes, &size);

    if (memmem (data, size, wanted, strlen (wanted)) != NULL)
      return uid;
  }
  g_error ("no message %s in %s", name, mailbox);
}

void
crash_run_act (CrashRun *run, const char *act)
{
  g_auto (GStrv) words = g_strsplit (act, " ", 4);
  const char *verb = words[0], *box = words[1], *name = words[2];
  ModelServer *server = run->server;

  if (strcmp (verb, "deliver") == 0)
    deliver (run, box, name, 1000, words[3]);
  else if (strcmp (verb, "big") == 0)
    deliver (run, box, name, g_ascii_strtoull (words[3], NULL, 10), NULL);
  else if (strcmp (verb, "many") == 0)
    for (guint i = 0; i < g_ascii_strtoull (words[3], NULL, 10); i++) {
      g_autofree char *one = g_strdup_printf ("%s%u", name, i);

      deliver (run, box, one, 600, NULL);
    }
  else if (strcmp (verb, "flags") == 0)
    model_act_set_flags (server, "alice", box, uid_of (run, box, name), *words[3] == '+',
                         words[3] + 2);
  else if (strcmp (verb, "expunge") == 0)
    model_act_expunge (server, "alice", box, uid_of (run, box, name));
  else if (strcmp (verb, "move") == 0)
    model_act_copy (server, "alice", box, uid_of (run, box, name), words[3], TRUE);
  else if (strcmp (verb, "create") == 0)
    model_act_create (server, "alice", box);
  else if (strcmp (verb, "delete") == 0)
    model_act_delete (server, "alice", box);
  else if (strcmp (verb, "rename") == 0)
    model_act_rename (server, "alice", box, name);
  else if (strcmp (verb, "renumber") == 0)
    model_act_renumber (server, "alice", box);
  else if (strcmp (verb, "reachable") == 0)
    model_server_set_reachable (server, *box == '1');
  else if (strcmp (verb, "refuse") == 0)
    model_server_refuse_recipient (server, box, strstr (act, " 5") + 1);
  else
    g_error ("“%s” is no act", act);
}

void
crash_run_begin (CrashRun *run, const CrashScenario *scenario)
{
  g_auto (GStrv) acts = g_strsplit (scenario->setup, ";", -1);

  run->scenario = scenario;
  run->acknowledged = 0;
  g_hash_table_remove_all (run->acts);
  model_server_set_reachable (run->server, TRUE);
  model_server_reset (run->server);
  model_server_set_capabilities (
      run->server, *scenario->capabilities != '\0' ? scenario->capabilities : MODEL_CAPS_FULL);
  model_server_set_smtp_capabilities (run->server, *scenario->smtp_capabilities != '\0'
                                                       ? scenario->smtp_capabilities
                                                       : MODEL_SMTP_FULL);
  model_server_set_files_sent (run->server, (scenario->flags & SCENARIO_FILES_SENT) != 0);
  model_server_add_account (run->server, "alice", "secret", "alice@crash.test");
  model_server_add_account (run->server, "bob", "secret", "bob@crash.test");
  for (gsize i = 0; acts[i] != NULL; i++)
    if (*acts[i] != '\0')
      crash_run_act (run, acts[i]);
}

/* ---- the child ---- */

static char *
path_in (CrashRun *run, const char *name)
{
  return g_build_filename (run->folder, name, NULL);
}

static void
take_line (CrashRun *run, const char *line, int in)
{
  if (g_str_has_prefix (line, "act ")) {
    char *text = NULL;
    guint number = (guint)g_ascii_strtoull (line + 4, &text, 10);

    if (g_hash_table_add (run->acts, GUINT_TO_POINTER (number)))
      crash_run_act (run, text + 1);
    /* It may have been killed while it waits. */
    if (write (in, "ok\n", 3) < 0)
      g_assert_cmpint (errno, ==, EPIPE);
  } else if (g_str_has_prefix (line, "done ")) {
    run->acknowledged = (guint)g_ascii_strtoull (line + 5, NULL, 10);
  } else if (g_str_has_prefix (line, "= ")) {
    g_ptr_array_add (run->told, g_strdup (line + 2));
  } else if (strcmp (line, "end") == 0) {
    run->ended = TRUE;
  } else {
    g_string_append_printf (run->complaints, "%s\n", line);
  }
}

static gboolean
say_too_long (gpointer data)
{
  kill (GPOINTER_TO_INT (data), SIGKILL);
  return G_SOURCE_REMOVE;
}

static void
follow (CrashRun *run, int in, int out)
{
  FILE *lines = fdopen (out, "r");
  char *line = NULL;
  size_t room = 0;
  ssize_t length;

  while ((length = getline (&line, &room, lines)) > 0) {
    if (line[length - 1] == '\n')
      line[length - 1] = '\0';
    take_line (run, line, in);
  }
  free (line);
  fclose (lines);
}

/* Kills the child when it takes too long, unless it is told to stop before. */
typedef struct
{
  GMutex lock;
  GCond stop;
  gboolean stopped, fired;
  int pid;
} Watchdog;

static gpointer
run_watchdog (gpointer data)
{
  Watchdog *dog = data;
  gint64 deadline = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;

  g_mutex_lock (&dog->lock);
  while (!dog->stopped && !dog->fired)
    dog->fired = !g_cond_wait_until (&dog->stop, &dog->lock, deadline);
  if (dog->fired)
    say_too_long (GINT_TO_POINTER (dog->pid));
  g_mutex_unlock (&dog->lock);
  return NULL;
}

static void
reset_counter (const char *path)
{
  const guint64 zero = 0;

  g_assert_true (g_file_set_contents (path, (const char *)&zero, sizeof zero, NULL));
}

static guint64
read_counter (const char *path)
{
  g_autofree char *text = NULL;
  guint64 value = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  memcpy (&value, text, sizeof value);
  return value;
}

static GStrv
new_environment (CrashRun *run, const char *counter, CrashPlace place)
{
  g_autofree char *at = g_strdup_printf ("%" G_GUINT64_FORMAT, place.at);
  GStrv environment = g_get_environ ();

  if (run->patience_ms > 0) {
    g_autofree char *patience = g_strdup_printf ("%u", run->patience_ms);

    environment = g_environ_setenv (environment, "CRASH_PATIENCE", patience, TRUE);
  }
  environment = g_environ_setenv (environment, "LD_PRELOAD", run->preload, TRUE);
  environment = g_environ_setenv (environment, "CRASH_COUNT", counter, TRUE);
  if (run->keeper != NULL)
    environment = g_environ_setenv (environment, "CRASH_KEEPER", run->keeper, TRUE);
  return place.kind == CRASH_AT_CALL ? g_environ_setenv (environment, "CRASH_AT", at, TRUE)
                                     : environment;
}

gboolean
crash_run_child (CrashRun *run, const char *profile, gboolean sync_only, CrashPlace place)
{
  g_autofree char *counter = path_in (run, "count"), *log = path_in (run, "log");
  g_autofree char *done = g_strdup_printf ("%u", run->acknowledged);
  g_autofree char *imap = g_strdup_printf ("%u", run->imap_port);
  g_autofree char *smtp = g_strdup_printf ("%u", run->smtp_port);
  const char *argv[] = { run->child, sync_only ? "sync" : run->scenario->name, done, profile, imap,
                         smtp,       model_server_get_ca_file (run->server),   NULL };
  g_auto (GStrv) environment = new_environment (run, counter, place);
  g_autoptr (GError) error = NULL;
  Watchdog dog = { 0 };
  int in = -1, out = -1, status = 0,
      err = open (log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  GPid pid = 0;

  reset_counter (counter);
  g_ptr_array_set_size (run->told, 0);
  g_string_truncate (run->complaints, 0);
  run->place = place;
  run->ended = FALSE;
  run->lines = 0;
  g_atomic_int_set (&run->changes, 0);
  g_atomic_int_set (&run->killed, FALSE);
  model_server_set_hook (run->server, watch, run);
  if (!g_spawn_async_with_pipes_and_fds (NULL, argv, (const char *const *)environment,
                                         G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, -1, -1, err, NULL,
                                         NULL, 0, &pid, &in, &out, NULL, &error))
    g_error ("%s", error->message);
  g_atomic_int_set (&run->pid, pid);
  dog.pid = pid;
  GThread *thread = g_thread_new ("watchdog", run_watchdog, &dog);
  follow (run, in, out);
  g_mutex_lock (&dog.lock);
  dog.stopped = TRUE;
  g_cond_signal (&dog.stop);
  g_mutex_unlock (&dog.lock);
  g_thread_join (thread);
  g_atomic_int_set (&run->pid, 0);
  while (waitpid (pid, &status, 0) < 0)
    g_assert_cmpint (errno, ==, EINTR);
  close (in);
  close (err);
  model_server_cut_all (run->server);
  run->calls = read_counter (counter);

  gboolean as_planned = WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL && !dog.fired
                        && place.kind != CRASH_NEVER;
  if (dog.fired)
    g_string_append (run->complaints, "it hangs\n");
  else if (!as_planned && WIFSIGNALED (status))
    g_string_append_printf (run->complaints, "it died by signal %d\n", WTERMSIG (status));
  else if (!as_planned && !run->ended)
    g_string_append_printf (run->complaints, "it ended early, status %d\n", WEXITSTATUS (status));
  return as_planned;
}

char *
crash_run_dup_log (CrashRun *run)
{
  g_autofree char *path = path_in (run, "log");
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &text, &length, NULL))
    return g_strdup ("");
  return g_strdup (length > 3000 ? text + length - 3000 : text);
}
