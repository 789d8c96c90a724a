/* The network as the desktop tells it: without one there is no hurry, and all is tried as soon as there is one.  In a process of its own, because
 * the monitor of a process stays the one it found first. */
#include "test-mail.h"

#include <string.h>

/* ---- a desktop that can be told what to say ---- */

static gboolean is_available, is_metered;
static guint n_asked; /* for metered */

#define TEST_TYPE_MONITOR (test_monitor_get_type ())
G_DECLARE_FINAL_TYPE (TestMonitor, test_monitor, TEST, MONITOR, GObject)

struct _TestMonitor
{
  GObject parent_instance;
};

static gboolean
initable_init (GInitable *initable, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
initable_iface_init (GInitableIface *iface)
{
  iface->init = initable_init;
}

static void
monitor_iface_init (GNetworkMonitorInterface *iface)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestMonitor, test_monitor, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, initable_iface_init)
                                   G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR,
                                                          monitor_iface_init))

enum
{
  PROP_AVAILABLE = 1,
  PROP_METERED,
  PROP_CONNECTIVITY,
};

static void
test_monitor_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_AVAILABLE:
    g_value_set_boolean (value, is_available);
    break;
  case PROP_METERED:
    n_asked++;
    g_value_set_boolean (value, is_metered);
    break;
  case PROP_CONNECTIVITY:
    g_value_set_enum (value,
                      is_available ? G_NETWORK_CONNECTIVITY_FULL : G_NETWORK_CONNECTIVITY_LOCAL);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
test_monitor_class_init (TestMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = test_monitor_get_property;
  g_object_class_override_property (object_class, PROP_AVAILABLE, "network-available");
  g_object_class_override_property (object_class, PROP_METERED, "network-metered");
  g_object_class_override_property (object_class, PROP_CONNECTIVITY, "connectivity");
}

static void
test_monitor_init (TestMonitor *self)
{
}

static void
say (gboolean available)
{
  is_available = available;
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", available);
}

/* ---- */

/* In the thread that tries.  What the account shows is no measure: of states that follow each other fast a slow main loop sees the last alone. */
static void
on_log (const char *domain, GLogLevelFlags level, const char *message, gpointer tries)
{
  if (strstr (message, "mail.invalid") != NULL)
    g_atomic_int_inc ((gint *)tries);
  g_log_default_handler (domain, level, message, NULL);
}

static gboolean
was_tried_often (gpointer tries)
{
  return g_atomic_int_get ((gint *)tries) >= 3;
}

static gboolean
has_failed (gpointer account)
{
  return strstr (mail_account_get_state_text (account), "Trying again at") != NULL;
}

/* Until nothing was tried for so long. */
static void
wait_quiet (gint *tries, guint ms)
{
  gint seen = g_atomic_int_get (tries);

  for (gint64 since = g_get_monotonic_time (); g_get_monotonic_time () < since + ms * 1000;) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (500);
    if (g_atomic_int_get (tries) != seen)
      since = g_get_monotonic_time ();
    seen = g_atomic_int_get (tries);
  }
}

static void
check (void)
{
  g_autoptr (BaseAccount) settings = NULL;
  g_autoptr (GAsyncResult) saved = NULL;
  g_autoptr (GError) error = NULL;
  gboolean session_only = FALSE;
  MailAccount *account;
  gint tries = 0; /* atomic */
  guint asked, handler;

  g_setenv ("GIO_USE_NETWORK_MONITOR", "test", TRUE);
  g_vfs_get_default (); /* registers the extension points */
  g_io_extension_point_implement (G_NETWORK_MONITOR_EXTENSION_POINT_NAME, TEST_TYPE_MONITOR, "test",
                                  1000);
  g_assert_true (TEST_IS_MONITOR (g_network_monitor_get_default ()));
  g_autoptr (Bench) bench = bench_new ();
  settings = bench_account_new ("one");
  g_free (settings->imap.host);
  g_free (settings->smtp.host);
  settings->imap.host = g_strdup ("mail.invalid");
  settings->smtp.host = g_strdup ("mail.invalid");
  g_assert_true (base_account_save (settings, bench->paths, &error));
  bench_restart (bench);
  account = mail_engine_find_account (bench->engine, "one");
  mail_engine_save_account_async (bench->engine, settings, "pass", NULL, NULL, on_result, &saved);
  g_assert_true (
      mail_engine_save_account_finish (bench->engine, wait_result (&saved), &session_only, &error));
  g_clear_object (&saved);

  /* There is no network: one try, for the desktop may be wrong, and no second one soon; giving the password was a reason to try once more.  With a network
   * there would be three by then. */
  handler = g_log_set_handler ("sosik", G_LOG_LEVEL_MESSAGE, on_log, &tries);
  wait_until (has_failed, account);
  wait_quiet (&tries, 2500);
  g_assert_cmpint (g_atomic_int_get (&tries), <=, 2);
  g_atomic_int_set (&tries, 0);
  /* There is one: at once, and again after 1 and 2 s. */
  say (TRUE);
  wait_until (was_tried_often, &tries);

  asked = n_asked;
  is_metered = TRUE;
  g_object_notify (G_OBJECT (g_network_monitor_get_default ()), "network-metered");
  g_assert_cmpuint (n_asked, >, asked);
  g_log_remove_handler ("sosik", handler);
}

static void
test_network (void)
{
  if (g_test_subprocess ()) {
    check ();
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

void
add_network_tests (void)
{
  g_test_add_func ("/mail/network", test_network);
}
