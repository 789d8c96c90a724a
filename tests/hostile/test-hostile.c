/* What a server may do to us at worst.  Each case: the engine, in a process of its own, is in step with a good server; the server
 * turns hostile; the engine must stay small, let go in time, lose nothing, and be in step again when the server is good again.
 *
 * Time-outs are a second here instead of a minute, so "one byte a second" is one byte every 17 ms. */
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "base-paths.h"
#include "engine-driver.h"
#include "hostile-attacks.h"
#include "store-outgoing.h"
#include "sync-engine.h"

#define PATIENCE_MS 1000
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
/* These keep for a while what is freed, and more beside what is not: the limit itself is held by the plain build. */
#define MAX_GROWTH_KB (1024 * 1024)
#else
#define MAX_GROWTH_KB (64 * 1024)
#endif

/* Waits for a look at the server that begins now. */
static void
be_in_step (EngineDriver *engine)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  guint64 seen = 0;

  for (;;) {
    g_auto (GStrv) lines = engine_driver_ask (engine, NULL, "state");

    seen |= engine_driver_number (lines[0], 1);
    if ((seen & (1u << SYNC_PHASE_CONNECTING)) != 0
        && engine_driver_number (lines[0], 0) == SYNC_PHASE_IN_STEP)
      return;
    if (g_get_monotonic_time () > deadline)
      g_error ("not in step again: %s", lines[0]);
    if ((seen & (1u << SYNC_PHASE_CONNECTING)) == 0)
      engine_driver_do (engine, "retry");
    g_usleep (10000);
  }
}

static gboolean
is_message (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 5);
  g_autofree char *message = hostile_message ((guint32)engine_driver_number (line, 1));
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_MD5, message, -1);

  return g_strcmp0 (words[3], sum) == 0;
}

/* All messages, each once, each whole.  What a header of a message says is the server's to say, once. */
static void
check_inbox (EngineDriver *engine)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  for (;;) {
    g_auto (GStrv) lines = engine_driver_ask (engine, NULL, "list INBOX");
    guint32 seen = 0;
    guint n = 0;

    g_assert_nonnull (lines);
    for (; lines[n] != NULL; n++) {
      guint64 uid = engine_driver_number (lines[n], 1);

      if (uid >= HOSTILE_FIRST_UID && uid < HOSTILE_FIRST_UID + HOSTILE_MESSAGES
          && is_message (lines[n]))
        seen |= 1u << (uid - HOSTILE_FIRST_UID);
    }
    if (n == HOSTILE_MESSAGES && seen == (1u << HOSTILE_MESSAGES) - 1)
      return;
    if (g_get_monotonic_time () > deadline) {
      g_autofree char *all = g_strjoinv ("\n", lines);

      g_error ("%u messages, good ones %x:\n%s", n, seen, all);
    }
    g_usleep (20000);
  }
}

static void
wait_for_drop (HostileServer *server, const Attack *attack)
{
  gint64 begun = g_get_monotonic_time ();

  while (hostile_server_count_dropped (server) == 0) {
    if (g_get_monotonic_time () - begun > 60 * G_USEC_PER_SEC)
      g_error ("%s: the engine did not let go", attack->name);
    g_usleep (5000);
  }
  g_test_message ("%s: let go after %" G_GINT64_FORMAT " ms", attack->name,
                  (g_get_monotonic_time () - begun) / 1000);
}

/* Lies may be told for a while. */
static void
watch (HostileServer *server, const Attack *attack)
{
  guint before = hostile_server_count_commands (server);
  gint64 begun = g_get_monotonic_time (), commands;

  g_usleep (G_USEC_PER_SEC);
  /* A busy machine may have let it sleep for longer. */
  commands = (gint64)(hostile_server_count_commands (server) - before) * G_USEC_PER_SEC
             / (g_get_monotonic_time () - begun);
  g_test_message ("%s: %" G_GINT64_FORMAT " commands a second", attack->name, commands);
  g_assert_cmpint (commands, <, 300);
}

/* VmRSS; from here on the peak is measured anew. */
static guint64
reset_memory (EngineDriver *engine)
{
  g_auto (GStrv) memory = engine_driver_ask (engine, NULL, "memory");

  engine_driver_do (engine, "reset-peak");
  return engine_driver_number (memory[0], 0);
}

static void
check_memory (EngineDriver *engine, const Attack *attack, guint64 before)
{
  g_auto (GStrv) memory = engine_driver_ask (engine, NULL, "memory");
  guint64 peak = engine_driver_number (memory[0], 1);

  g_test_message ("%s: %" G_GINT64_FORMAT " KiB more at most", attack->name,
                  (gint64)(peak - before));
  g_assert_cmpuint (peak, <, before + MAX_GROWTH_KB);
}

static void
test_attack (gconstpointer data)
{
  const Attack *attack = data;
  g_autoptr (HostileServer) server = hostile_server_new ();
  g_autofree char *profile = g_dir_make_tmp ("sosik-hostile-XXXXXX", NULL);
  EngineDriver *engine = NULL;
  guint64 before;

  if (attack->fresh)
    hostile_server_attack (server, attack->func, attack->capabilities);
  engine = engine_driver_new (profile, hostile_server_get_port (server),
                              hostile_server_get_port (server), hostile_server_get_ca_file (server),
                              PATIENCE_MS, NULL);
  if (!attack->fresh) {
    be_in_step (engine);
    check_inbox (engine);
  }
  before = reset_memory (engine);
  if (!attack->fresh) {
    hostile_server_attack (server, attack->func, attack->capabilities);
    if (attack->command != NULL) {
      g_auto (GStrv) lines = engine_driver_ask (engine, NULL, "list INBOX");

      engine_driver_do (engine, "%s %" G_GUINT64_FORMAT " Archive", attack->command,
                        engine_driver_number (lines[0], 0));
    }
    engine_driver_do (engine, "retry");
  }
  switch (attack->expectation) {
  case MUST_DROP:
    wait_for_drop (server, attack);
    break;
  case MAY_STAY:
    watch (server, attack);
    break;
  }

  hostile_server_attack (server, NULL, NULL);
  engine_driver_do (engine, "retry");
  be_in_step (engine);
  check_inbox (engine);
  check_memory (engine, attack, before);
  engine_driver_free (engine);
  g_assert_true (base_paths_remove_tree (profile));
}

/* The mail is kept, to be tried again or to be asked about; between two tries it may be on its way. */
static void
check_outbox (EngineDriver *engine, const Attack *attack)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  for (;;) {
    g_auto (GStrv) outbox = engine_driver_ask (engine, NULL, "outbox");

    g_assert_cmpuint (g_strv_length (outbox), ==, 1);
    if (engine_driver_number (outbox[0], 1) == (guint64)attack->state)
      return;
    g_assert_cmpuint (engine_driver_number (outbox[0], 1), ==, STORE_OUTBOX_SENDING);
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (10000);
  }
}

static void
test_smtp_attack (gconstpointer data)
{
  const Attack *attack = data;
  g_autoptr (HostileServer) server = hostile_server_new ();
  g_autoptr (HostileServer) submission = hostile_server_new ();
  g_autofree char *profile = g_dir_make_tmp ("sosik-hostile-XXXXXX", NULL);
  EngineDriver *engine = engine_driver_new (profile, hostile_server_get_port (server),
                                            hostile_server_get_port (submission),
                                            hostile_server_get_ca_file (server), PATIENCE_MS, NULL);
  guint64 before;

  be_in_step (engine);
  check_inbox (engine);
  before = reset_memory (engine);
  hostile_server_attack (submission, attack->func, NULL);
  engine_driver_do (engine, "send bob@lab.test Hello %" G_GSIZE_FORMAT,
                    attack->size > 0 ? attack->size : 100);
  wait_for_drop (submission, attack);
  check_memory (engine, attack, before);
  g_assert_true (engine_driver_wait_phase (
      engine, attack->asks ? SYNC_PHASE_NEEDS_PASSWORD : SYNC_PHASE_IN_STEP, 5000));
  check_outbox (engine, attack);
  engine_driver_free (engine);
  g_assert_true (base_paths_remove_tree (profile));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < hostile_n_imap_attacks; i++) {
    g_autofree char *path = g_strdup_printf ("/hostile/%s", hostile_imap_attacks[i].name);

    g_test_add_data_func (path, &hostile_imap_attacks[i], test_attack);
  }
  for (gsize i = 0; i < hostile_n_smtp_attacks; i++) {
    g_autofree char *path = g_strdup_printf ("/hostile/%s", hostile_smtp_attacks[i].name);

    g_test_add_data_func (path, &hostile_smtp_attacks[i], test_smtp_attack);
  }
  return g_test_run ();
}
