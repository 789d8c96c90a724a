/* What must be known before there are threads, see net-types.h.  Each case is run by itself (-p): nothing else in its process has named these types. */
#include <gio/gio.h>

#include "sync-aside.h"
#include "sync-engine.h"

static const char *const names[] = { "GTask", "GSocketAddress", "GInetSocketAddress" };

static void
check (gboolean known)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpint (g_type_from_name (names[i]) != 0, ==, known);
}

/* In the thread that is begun: by then they are. */
static gpointer
look (gpointer seen)
{
  check (TRUE);
  g_atomic_int_set ((int *)seen, 1);
  return NULL;
}

static void
test_aside (void)
{
  int seen = 0;

  check (FALSE);
  sync_aside_begin ("look", look, &seen);
  sync_aside_end (10000);
  g_assert_cmpint (g_atomic_int_get (&seen), ==, 1);
}

static void
test_engine (void)
{
  static const SyncEvents events = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (BasePaths) paths = base_paths_new (g_get_user_data_dir (), &error);
  g_autoptr (Store) store = store_open (paths, NULL, &error);

  g_assert_no_error (error);
  check (FALSE);
  g_autoptr (SyncEngine) engine = sync_engine_new (store, &events, NULL);
  check (TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/types/aside", test_aside);
  g_test_add_func ("/types/engine", test_engine);
  return g_test_run ();
}
