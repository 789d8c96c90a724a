/* Waking up from sleep, as logind tells it on the system bus.  In processes of their own, because the bus of a process stays the one it
 * found first. */
#include "test-mail.h"

#include "mail-wake.h"

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

static void
sleep_and_wake (void)
{
  GTestDBus *daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr (GDBusConnection) logind = NULL;
  g_autoptr (GError) error = NULL;
  guint woken = 0;
  gboolean owned = FALSE;

  g_test_dbus_up (daemon);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (daemon), TRUE);
  logind =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (daemon),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                  | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  guint owner = g_bus_own_name_on_connection (
      logind, "org.freedesktop.login1", G_BUS_NAME_OWNER_FLAGS_NONE, on_owner, NULL, &owned, NULL);
  wait_until (is_owner, &owned);

  g_autoptr (MailWake) wake = mail_wake_new (count, &woken);
  while (!has_woken (&woken)) { /* until it has found the bus */
    say (logind, FALSE);
    for (guint i = 0; i < 20; i++) {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  }
  /* Falling asleep is no waking: of two signals the second alone counts. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  woken = 0;
  say (logind, TRUE);
  say (logind, FALSE);
  wait_until (has_woken, &woken);
  g_assert_cmpuint (woken, ==, 1);
  g_bus_unown_name (owner);
  exit (
      0); /* the daemon goes with its parent; taking it down waits for connections that GLib keeps */
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
  g_test_add_func ("/mail/wake/no-bus", test_no_bus);
  g_test_add_func ("/mail/wake/left-early", test_left_early);
}
