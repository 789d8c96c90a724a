/* Brings the account of a profile in step by Sosik's own engine.  What is measured: where the account keeps whole messages, from the
 * start until they are all here and the engine says that it is in step; else until the list of INBOX is whole (first lines of text
 * come behind it, and are waited for, too).
 * usage: bench-sync PROFILE ACCOUNT.ini-id PASSWORD MESSAGES
 * Prints "seconds messages bodies peak_mb round_trips octets ms waited_ms watching_octets": the last five from having signed in until it
 * was in step, the very last until the server tells of changes by itself, too; see wire-cost.h.  What was said until it was in step goes
 * to standard error where BENCH_TALK is set. */
#include <gio/gio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base-log.h"
#include "store-folder.h"
#include "store-message.h"
#include "sync-engine.h"
#include "wire-cost.h"

typedef struct
{
  const char *password;
  GMutex mutex;
  GCond cond;
  gboolean in_step;
} Bench;

#define WATCHING_US (3 * G_USEC_PER_SEC)

static char *
get_password (const BaseAccount *account, const char *protocol, GCancellable *cancellable,
              GError **error, gpointer user_data)
{
  return g_strdup (((Bench *)user_data)->password);
}

static void
state_changed (const char *account_id, const SyncState *state, gpointer user_data)
{
  Bench *bench = user_data;
  if (state->message)
    g_printerr ("%s\n", state->message);
  g_mutex_lock (&bench->mutex);
  if (state->phase == SYNC_PHASE_IN_STEP) {
    bench->in_step = TRUE;
    g_cond_signal (&bench->cond);
  }
  g_mutex_unlock (&bench->mutex);
}

static void
arrived (const char *account_id, gint64 folder, const StoreKey *keys, gsize n, gpointer user_data)
{
}

static void
refused (const char *account_id, const char *sentence, const char *detail, gpointer user_data)
{
  g_printerr ("%s\n", sentence);
}

static gboolean
is_lacking (StoreDb *db, gint64 folder)
{
  g_autoptr (GArray) one = store_message_get_uids_without_body (db, folder, 1, 0, 0, NULL);
  return one->len > 0;
}

static gboolean
is_listed (StoreDb *db, gint64 account)
{
  g_autoptr (StoreFolder) inbox = store_folder_by_role (db, account, STORE_ROLE_INBOX, NULL);

  return inbox != NULL && inbox->complete;
}

/* As soon as the server tells by itself; or as it is, where it has not been asked to after a while.  Of a long sync the trace has only the
 * end, and there is none. */
static WireCost
measure (char **talk)
{
  gint64 until = g_get_monotonic_time () + WATCHING_US;
  WireCost cost = { 0 };

  for (;;) {
    g_autofree char *trace = base_log_dup_trace ();

    g_clear_pointer (talk, g_free);
    if (!wire_cost_of_trace (trace, &cost, talk) || cost.watching
        || g_get_monotonic_time () > until)
      return cost;
    g_usleep (20000);
  }
}

int
main (int argc, char **argv)
{
  if (argc != 5)
    return 2;
  Bench bench = { .password = argv[3] };
  const SyncEvents events = { .get_password = get_password, .state_changed = state_changed, .arrived = arrived, .refused = refused };
  g_autoptr (GError) error = NULL;
  g_autoptr (BasePaths) paths = base_paths_new (argv[1], &error);
  g_autoptr (GPtrArray) accounts = base_account_load_all (paths, NULL);
  g_autoptr (Store) store = store_open (paths, NULL, &error);
  if (!store || accounts->len != 1)
    g_error ("%s", error ? error->message : "one account is expected");

  const BaseAccount *settings = g_ptr_array_index (accounts, 0);
  g_autoptr (StoreDb) db = store_connect (store, &error);
  gint64 row = store_account_ensure (db, argv[2], NULL), begin = g_get_monotonic_time (), end;
  SyncEngine *engine = sync_engine_new (store, &events, &bench);
  sync_engine_add_account (engine, settings);
  while (settings->bodies != BASE_BODIES_EVERYTHING && !is_listed (db, row))
    g_usleep (5000);
  end = g_get_monotonic_time ();
  g_mutex_lock (&bench.mutex);
  while (!bench.in_step)
    g_cond_wait (&bench.cond, &bench.mutex);
  g_mutex_unlock (&bench.mutex);

  g_autoptr (StoreFolder) inbox = store_folder_by_role (db, row, STORE_ROLE_INBOX, &error);
  /* Only whether there is one: a list of all, time and again, would take a third of a core from what is measured. */
  while (settings->bodies == BASE_BODIES_EVERYTHING && is_lacking (db, inbox->id))
    g_usleep (20000);
  if (settings->bodies == BASE_BODIES_EVERYTHING)
    end = g_get_monotonic_time ();
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  g_autoptr (GArray) missing =
      store_message_get_uids_without_body (db, inbox->id, G_MAXINT, 0, 0, NULL);
  guint bodies = inbox->total - missing->len;
  g_autofree char *talk = NULL;
  WireCost cost = measure (&talk);
  if (talk && g_getenv ("BENCH_TALK"))
    g_printerr ("%s", talk);
  g_print ("%.3f %u %u %.1f %u %" G_GUINT64_FORMAT " %.1f %.1f %" G_GUINT64_FORMAT "\n",
           (end - begin) / 1e6, inbox->total, bodies, usage.ru_maxrss / 1024.0, cost.round_trips,
           cost.octets, cost.us / 1000.0, cost.waited / 1000.0,
           MAX (cost.octets, cost.watching_octets));
  sync_engine_free (engine);
  return inbox->total == (guint)atoi (argv[4]) ? 0 : 1;
}
