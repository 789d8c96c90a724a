/* The window stays alive whatever a server does: the mail layer with its lists, on the main loop of this process, while the server
 * attacks; what one turn of that loop costs is what a person would wait for a click. */
#include <locale.h>
#include <string.h>
#include <time.h>

#include "base-account.h"
#include "base-paths.h"
#include "hostile-attacks.h"
#include "mail-engine.h"
#include "mail-message-list.h"

#define PATIENCE_US (60 * G_USEC_PER_SEC)
#define ATTACK_US   (1500 * 1000)
#ifdef __SANITIZE_ADDRESS__
#define MOST_US (8 * 16000)
#else
#define MOST_US 16000
#endif
#define MOST_WAIT_US 500000 /* beside other programs */
#define TRIES        6

typedef struct
{
  char *folder;                   /* Owned */
  BasePaths *paths;               /* Owned */
  HostileServer *server;          /* Owned */
  MailEngine *engine;             /* Owned */
  MailAccount *account;           /* Borrowed */
  gint64 worst_us, worst_wait_us; /* of one turn: its work, and until it was over */
} Window;

static gint64
cpu_us (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

/* One turn.  The machine may be busy with other things, so the work is what counts; but who waits for a lock works not at all,
 * and the clock on the wall sees that. */
static void
turn (Window *window)
{
  gint64 cpu = cpu_us (), begun = g_get_monotonic_time ();

  if (!g_main_context_iteration (NULL, FALSE)) {
    g_usleep (500);
    return;
  }
  window->worst_us = MAX (window->worst_us, cpu_us () - cpu);
  window->worst_wait_us = MAX (window->worst_wait_us, g_get_monotonic_time () - begun);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer slot)
{
  *(GAsyncResult **)slot = g_object_ref (result);
}

static GAsyncResult *
wait_result (Window *window, GAsyncResult **slot)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (*slot == NULL) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    turn (window);
  }
  return *slot;
}

static void
wait_in_step (Window *window)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (mail_account_get_status (window->account) != MAIL_ACCOUNT_IN_STEP) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    turn (window);
  }
}

static BaseAccount *
create_account (HostileServer *server)
{
  BaseAccount *account = base_account_new ();
  BaseServer *const servers[] = { &account->imap, &account->smtp };

  g_free (account->id);
  account->id = g_strdup ("one");
  account->display_name = g_strdup ("Alice");
  account->address = g_strdup ("alice@lab.test");
  account->label = g_strdup ("");
  account->ca_file = g_strdup (hostile_server_get_ca_file (server));
  for (guint i = 0; i < 2; i++) {
    servers[i]->host = g_strdup ("127.0.0.1");
    servers[i]->port = hostile_server_get_port (server);
    servers[i]->security = BASE_SECURITY_TLS;
    servers[i]->user = g_strdup ("alice");
  }
  return account;
}

static void
open_window (Window *window)
{
  g_autoptr (BaseAccount) account = NULL;
  g_autoptr (GAsyncResult) started = NULL, saved = NULL;
  g_autoptr (GError) error = NULL;
  gboolean session_only = FALSE;

  window->folder = g_dir_make_tmp ("sosik-hostile-XXXXXX", NULL);
  window->paths = base_paths_new (window->folder, &error);
  g_assert_no_error (error);
  window->engine = mail_engine_new (window->paths);
  mail_engine_start_async (window->engine, NULL, on_result, &started);
  g_assert_true (mail_engine_start_finish (window->engine, wait_result (window, &started), &error));
  account = create_account (window->server);
  mail_engine_save_account_async (window->engine, account, "alicepw", NULL, NULL, on_result,
                                  &saved);
  g_assert_true (mail_engine_save_account_finish (window->engine, wait_result (window, &saved),
                                                  &session_only, &error));
  g_assert_no_error (error);
  window->account = g_list_model_get_item (mail_engine_get_accounts (window->engine), 0);
  g_object_unref (window->account); /* the engine's list holds it */
}

static void
close_window (Window *window)
{
  g_autoptr (GAsyncResult) stopped = NULL;
  gint64 end;

  mail_engine_stop_async (window->engine, on_result, &stopped);
  mail_engine_stop_finish (window->engine, wait_result (window, &stopped));
  g_clear_object (&window->engine);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  /* It did attack. */
  end = g_get_monotonic_time () + PATIENCE_US;
  while (hostile_server_count_dropped (window->server) == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (5000);
  }
  hostile_server_free (window->server);
  g_assert_true (base_paths_remove_tree (window->folder));
  base_paths_unref (window->paths);
  g_free (window->folder);
}

static const Attack *
find_attack (const char *name)
{
  for (gsize i = 0; i < hostile_n_imap_attacks; i++)
    if (strcmp (hostile_imap_attacks[i].name, name) == 0)
      return &hostile_imap_attacks[i];
  g_error ("no attack %s", name);
}

/* Until the server can attack, and a while longer. */
static void
endure (Window *window)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US, asked = 0;

  while (hostile_server_count_connections (window->server) == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    if (g_get_monotonic_time () > asked + 100000) {
      mail_engine_retry (window->engine, NULL);
      asked = g_get_monotonic_time ();
    }
    turn (window);
  }
  end = g_get_monotonic_time () + ATTACK_US;
  while (g_get_monotonic_time () < end)
    turn (window);
}

/* TRUE: nothing held the main loop up. */
static gboolean
live_through (gconstpointer name)
{
  const Attack *attack = find_attack (name);
  Window window = { 0 };
  g_autoptr (MailMessageList) list = NULL;
  MailFolder *inbox;

  window.server = hostile_server_new ();
  if (attack->fresh)
    hostile_server_attack (window.server, attack->func, attack->capabilities);
  open_window (&window);
  if (!attack->fresh) {
    wait_in_step (&window);
    hostile_server_attack (window.server, attack->func, attack->capabilities);
  }
  inbox = mail_account_get_folder_by_role (window.account, MAIL_ROLE_INBOX);
  list = inbox != NULL ? mail_message_list_new (window.engine, inbox, FALSE) : NULL;
  window.worst_us = window.worst_wait_us = 0;
  endure (&window);
  g_test_message ("%s: a turn of the main loop took %.1f ms of work, and %.1f ms",
                  (const char *)name, (double)window.worst_us / 1000,
                  (double)window.worst_wait_us / 1000);
  g_assert_cmpint (window.worst_us, <=, MOST_US);
  g_clear_object (&list);
  close_window (&window);
  return window.worst_wait_us <= MOST_WAIT_US;
}

/* Who waits for a lock waits each time; who waits for a busy machine does not. */
static void
test_alive (gconstpointer name)
{
  gboolean good = FALSE;

  for (guint try = 0; try < TRIES && !good; try++)
    good = live_through (name);
  g_assert_true (good);
}

int
main (int argc, char **argv)
{
  static const char *const names[] = {
    "literal-of-4-gb",  "exists-2-32",        "lines-in-idle",          "news-in-idle",
    "answers-in-fetch", "strangers-in-fetch", "parentheses-everywhere", "folders",
    "slow-lines",       "expunged-in-idle"
  };

  setlocale (LC_ALL, "");
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE); /* no keyring */
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_strdup_printf ("/hostile/window/%s", names[i]);

    g_test_add_data_func (path, names[i], test_alive);
  }
  return g_test_run ();
}
