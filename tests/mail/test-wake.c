/* Waking up from sleep, as logind tells it on the system bus.  In processes of their own, because the bus of a process stays the one it
 * found first. */
#include "test-mail.h"

#include <glib/gstdio.h>

#include "mail-wake.h"
#include "store-outgoing.h"

static void
count (gpointer user_data)
{
  ++*(guint *)user_data;
}

static gboolean
has_woken (gpointer data)
{
  return *(guint *)data > 0;
}

static gboolean
is_owner (gpointer data)
{
  return *(gboolean *)data;
}

static void
on_owner (GDBusConnection *bus, const char *name, gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
}

static void
say (GDBusConnection *bus, gboolean about_to_sleep)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (bus, NULL, "/org/freedesktop/login1",
                                 "org.freedesktop.login1.Manager", "PrepareForSleep",
                                 g_variant_new ("(b)", about_to_sleep), &error);
  g_assert_no_error (error);
  g_dbus_connection_flush_sync (bus, NULL, &error);
  g_assert_no_error (error);
}

/* Its answer comes after all that the bus had for us. */
static void
ask_bus (GDBusConnection *bus)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) id = g_dbus_connection_call_sync (
      bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId", NULL,
      NULL, G_DBUS_CALL_FLAGS_NONE, 60000, NULL, &error);

  g_assert_no_error (error);
}

/* A system bus for this process, with a logind on it. */
static GDBusConnection *
start_bus (void)
{
  GTestDBus *daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  GDBusConnection *logind = NULL;
  g_autoptr (GError) error = NULL;
  gboolean owned = FALSE;

  g_test_dbus_up (daemon);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (daemon), TRUE);
  logind =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (daemon),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                  | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  g_bus_own_name_on_connection (logind, "org.freedesktop.login1", G_BUS_NAME_OWNER_FLAGS_NONE,
                                on_owner, NULL, &owned, NULL);
  wait_until (is_owner, &owned);
  return logind;
}

static void
sleep_and_wake (void)
{
  g_autoptr (GDBusConnection) logind = start_bus ();
  guint woken = 0;

  g_autoptr (MailWake) wake = mail_wake_new (count, &woken);
  while (!has_woken (&woken)) { /* until it has found the bus */
    say (logind, FALSE);
    for (guint i = 0; i < 20; i++) {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  }
  /* Falling asleep is no waking: of two signals the second alone counts.  Those of before have come when both ends have been answered. */
  {
    g_autoptr (GDBusConnection) heard = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);

    ask_bus (logind);
    ask_bus (heard);
  }
  while (g_main_context_iteration (NULL, FALSE))
    ;
  woken = 0;
  say (logind, TRUE);
  say (logind, FALSE);
  wait_until (has_woken, &woken);
  g_assert_cmpuint (woken, ==, 1);
  exit (
      0); /* the daemon goes with its parent; taking it down waits for connections that GLib keeps */
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer called)
{
  g_autoptr (GSocketConnection) connection =
      g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, NULL);

  *(guint *)called += connection != NULL;
}

/* Says it until it is heard: the engine may not have found the bus yet. */
static gboolean
says_until_woken (gpointer data)
{
  g_usleep (20000);
  say (g_object_get_data (G_OBJECT (data), "logind"), FALSE);
  return *(guint *)g_object_get_data (G_OBJECT (data), "called") > 0;
}

#define TOO_EARLY "SOSIK_TEST_TOO_EARLY" /* in the environment: a file that says so */

/* A mail that has become due while the computer slept: the engine hears of the waking, and calls the server. */
static void
due_mail (void)
{
  g_autoptr (GDBusConnection) logind = start_bus ();
  g_autoptr (GSocketListener) smtp = g_socket_listener_new ();
  g_autoptr (BaseAccount) account = bench_account_new ("one");
  g_autoptr (StoreDraft) draft = store_draft_new ();
  g_autoptr (StoreOutbox) outbox = g_new0 (StoreOutbox, 1);
  g_autoptr (GBytes) message = g_bytes_new_static ("Subject: x\r\n\r\ntext\r\n", 20);
  g_autoptr (GError) error = NULL;
  const char *const recipients[] = { "two@example.org", NULL };
  Bench *bench = bench_new ();
  guint called = 0;

  account->smtp.port = g_socket_listener_add_any_inet_port (smtp, NULL, &error);
  g_assert_no_error (error);
  g_socket_listener_accept_async (smtp, NULL, on_called, &called);
  g_assert_true (base_account_save (account, bench->paths, &error));
  bench_restart (bench);
  outbox->account = mail_account_get_row (bench->account);
  outbox->draft = g_strdup (draft->id);
  outbox->message_id = g_strdup ("<slept@example.org>");
  outbox->from = g_strdup (account->address);
  g_clear_pointer (&account, base_account_free); /* nothing else has it when it exits */
  outbox->recipients = g_strdupv ((GStrv)recipients);
  outbox->created = g_get_real_time () / G_USEC_PER_SEC;
  outbox->send_at = outbox->next_try = outbox->created + 3600;
  g_assert_true (store_draft_save (bench->paths, draft, &error));
  g_assert_true (store_outbox_add (bench->db, outbox, message, &error));
  g_assert_no_error (error);
  sync_engine_outbox_changed (bench->engine->sync, "one");
  g_usleep (300000); /* it has seen that it has to wait */

  g_autoptr (GPtrArray) rows = store_outbox_list (bench->db, outbox->account, NULL);
  g_assert_true (store_outbox_send_again (bench->db, ((StoreOutbox *)rows->pdata[0])->id,
                                          STORE_OUTBOX_QUEUED, NULL));
  for (guint i = 0; i < 300; i++) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
  if (called > 0) { /* it had not, and nobody but the sender can tell */
    g_assert_true (g_file_set_contents (g_getenv (TOO_EARLY), "", 0, NULL));
    exit (0);
  }
  g_object_set_data (G_OBJECT (smtp), "logind", logind);
  g_object_set_data (G_OBJECT (smtp), "called", &called);
  wait_until (says_until_woken, smtp);
  bench_free (bench);
  exit (0); /* as above */
}

static void
no_bus (void)
{
  guint woken = 0;

  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_autoptr (MailWake) wake = mail_wake_new (count, &woken);
  for (guint i = 0; i < 100; i++) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
  g_assert_cmpuint (woken, ==, 0);
}

static void
test_sleep (void)
{
  if (g_test_subprocess ()) {
    sleep_and_wake ();
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static void
test_due_mail (void)
{
  gboolean early = TRUE;

  if (g_test_subprocess ()) {
    due_mail ();
    return;
  }
  g_autofree char *folder = g_dir_make_tmp ("sosik-wake-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "early", NULL);
  g_setenv (TOO_EARLY, path, TRUE);
  for (guint try = 0; try < 10 && early; try++) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_passed ();
    early = g_unlink (path) == 0;
  }
  g_assert_false (early);
  g_assert_true (base_paths_remove_tree (folder));
}

static void
test_no_bus (void)
{
  if (g_test_subprocess ()) {
    no_bus ();
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

/* Left before the bus was found: nothing may come after. */
static void
test_left_early (void)
{
  guint woken = 0;
  MailWake *wake = mail_wake_new (count, &woken);

  mail_wake_free (wake);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (woken, ==, 0);
}

void
add_wake_tests (void)
{
  g_test_add_func ("/mail/wake/sleep", test_sleep);
  g_test_add_func ("/mail/wake/due-mail", test_due_mail);
  g_test_add_func ("/mail/wake/no-bus", test_no_bus);
  g_test_add_func ("/mail/wake/left-early", test_left_early);
}
