/* What goes wrong: passwords, certificates, servers that vanish, restarts without a network. */
#include "live.h"
#include "live-proxy.h"
#include "test-live.h"

#include "base-error.h"
#include "sync-discover.h"

static LiveProxy *
before_imap (Live *live)
{
  LiveProxy *proxy = live_proxy_new ((guint16)g_ascii_strtoull (live_lab ("LAB_IMAPS"), NULL, 10));

  live->account->imap.port = live_proxy_get_port (proxy);
  return proxy;
}

static void
test_wrong_password (void)
{
  Live *live = live_new ("alice");
  LiveProxy *proxy = before_imap (live);
  g_autoptr (GError) error = NULL;
  guint accepted = 0;

  live_deliver ("alice", "INBOX", "hello", 0);
  live_set_password (live, "wrong");
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_NEEDS_PASSWORD);
  accepted = live_proxy_get_accepted (proxy);
  g_mutex_lock (&live->told.lock);
  g_assert_nonnull (live->told.state->message);
  g_mutex_unlock (&live->told.lock);
  /* Nothing but a person makes it try again: not time, not work, not a request. */
  sync_engine_operations_changed (live->engine, NULL);
  g_assert_false (sync_engine_fetch_body (live->engine, live->account->id, 1, NULL, &error));
  g_usleep (2500000);
  g_assert_cmpuint (live_proxy_get_accepted (proxy), ==, accepted);
  g_assert_cmpuint (live->told.passwords, ==, 1);
  live_set_password (live, "alicepw");
  sync_engine_retry (live->engine, live->account->id);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpuint (live_total (live, "INBOX"), ==, 1);
  live_free (live);
  live_proxy_free (proxy);
}

static void
test_untrusted (void)
{
  Live *live = live_new ("alice");

  g_clear_pointer (&live->account->ca_file, g_free);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_NEEDS_TRUST);
  /* Refused before any password was even looked up. */
  g_assert_cmpuint (live->told.passwords, ==, 0);
  /* The person names the CA: the account starts again with its new settings. */
  live->account->ca_file = g_strdup (live_lab ("LAB_CA"));
  sync_engine_add_account (live->engine, live->account);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  live_free (live);
}

/* Offline, and said so with all that belongs to it.  It is tried again soon, and then is another state for a moment. */
static gboolean
is_told_offline (Live *live)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&live->told.lock);
  const SyncState *state = live->told.state;

  if (state == NULL || state->phase != SYNC_PHASE_OFFLINE)
    return FALSE;
  g_assert_nonnull (state->message);
  g_assert_cmpint (state->next_try, >, 0);
  g_assert_cmpint (state->in_step, >, 0);
  return TRUE;
}

static void
test_server_away (void)
{
  Live *live = live_new ("alice");
  LiveProxy *proxy = before_imap (live);

  live_deliver ("alice", "INBOX", "before", 0);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  live_proxy_set_limit (proxy, 0);
  live_proxy_cut (proxy);
  LIVE_WAIT (is_told_offline (live));
  live_deliver ("alice", "INBOX", "meanwhile", 0);
  g_usleep (1200000);
  live_proxy_set_limit (proxy, 10);
  /* By itself, with back-off. */
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpint (live_find (live, "INBOX", "meanwhile"), !=, 0);
  LIVE_WAIT (engine_told_get_arrived (&live->told) == 1);
  live_free (live);
  live_proxy_free (proxy);
}

/* Cut at many places of the first sync; in the end all is there, once. */
static void
test_cut_anywhere (void)
{
  static const guint64 cuts[] = { 1000, 4000, 5500, 9000, 20000, 60000, 110000, 200000, 300000 };
  Live *live = live_new ("alice");
  LiveProxy *proxy = before_imap (live);

  live_seed ("alice", "INBOX", 200, "mixed");
  live_start (live);
  for (gsize i = 0; i < G_N_ELEMENTS (cuts); i++) {
    guint accepted = live_proxy_get_accepted (proxy);

    live_proxy_cut_after (proxy, cuts[i]);
    LIVE_WAIT (live_proxy_get_accepted (proxy) > accepted
               || engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
    sync_engine_retry (live->engine, NULL);
  }
  live_proxy_cut_after (proxy, 0);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpuint (live_total (live, "INBOX"), ==, live_count ("alice", "INBOX", NULL));
  live_free (live);
  live_proxy_free (proxy);
}

/* Operations under way when the line is cut are done once it is back. */
static void
test_cut_operation (void)
{
  Live *live = live_new ("alice");
  LiveProxy *proxy = before_imap (live);
  gint64 id = 0;

  live_deliver ("alice", "INBOX", "offline", 0);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  live_proxy_set_limit (proxy, 0);
  live_proxy_cut (proxy);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_OFFLINE);
  id = live_find (live, "INBOX", "offline");
  g_assert_cmpint (store_operation_move (live->db, &id, 1, live_folder (live, "Archive"), NULL), >,
                   0);
  sync_engine_operations_changed (live->engine, NULL);
  live_stop (live);
  live_start (live);
  g_usleep (200000);
  g_assert_cmpint (live_find (live, "Archive", "offline"), ==, id);
  live_proxy_set_limit (proxy, 10);
  sync_engine_retry (live->engine, NULL);
  LIVE_WAIT (live_count ("alice", "Archive", "offline") == 1);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpint (live_find (live, "Archive", "offline"), ==, id);
  g_assert_cmpuint (live_total (live, "Archive"), ==, 1);
  live_free (live);
  live_proxy_free (proxy);
}

static void
test_offline_restart (void)
{
  Live *live = live_new ("alice");
  LiveProxy *proxy = before_imap (live);
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;

  live_seed ("alice", "INBOX", 20, "mixed");
  live_deliver ("alice", "Archive", "far", 0);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  live_stop (live);
  live_proxy_set_limit (proxy, 0);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_OFFLINE);
  g_assert_cmpuint (live_total (live, "INBOX"), ==, 20);
  g_mutex_lock (&live->told.lock);
  g_assert_cmpint (live->told.state->in_step, >, 0);
  g_mutex_unlock (&live->told.lock);
  /* Whoever opens what is not here gets an answer, and soon. */
  g_assert_false (sync_engine_fetch_body (live->engine, live->account->id,
                                          live_find (live, "Archive", "far"), NULL, &error));
  g_assert_true (error->domain == BASE_ERROR);
  live_free (live);
  live_proxy_free (proxy);
}

/* A server that lets in one connection only. */
static void
test_one_connection (void)
{
  Live *live = live_new ("alice");
  LiveProxy *proxy = before_imap (live);
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  live_deliver ("alice", "Archive", "far", 0);
  live_proxy_set_limit (proxy, 1);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  id = live_find (live, "Archive", "far");
  g_assert_true (sync_engine_fetch_body (live->engine, live->account->id, id, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (live_has_body (live, id));
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  live_free (live);
  live_proxy_free (proxy);
}

/* Stopped at any moment, within three seconds. */
static void
test_stop_anywhere (void)
{
  Live *live = live_new ("alice");

  live_seed ("alice", "INBOX", 300, "mixed");
  for (guint i = 0; i < 12; i++) {
    gint64 took = G_MAXINT64;

    for (guint try = 0; try < LIVE_TRIES && took >= 3.5 * G_USEC_PER_SEC; try++) {
      live_start (live);
      g_usleep (i * 15000);
      took = live_stop (live);
    }
    g_assert_cmpfloat ((double)took, <, 3.5 * G_USEC_PER_SEC);
  }
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpuint (live_total (live, "INBOX"), ==, live_count ("alice", "INBOX", NULL));
  live_free (live);
}

static void
test_remove_account (void)
{
  Live *live = live_new ("alice");
  g_autoptr (GError) error = NULL;

  live_seed ("alice", "INBOX", 300, "mixed");
  live_start (live);
  LIVE_WAIT (live_total (live, "INBOX") > 0);
  sync_engine_remove_account (live->engine, live->account->id);
  g_assert_true (store_account_remove (live->db, live->row, &error));
  g_assert_no_error (error);
  g_assert_false (sync_engine_fetch_body (live->engine, live->account->id, 1, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  live_free (live);
}

static void
test_verify (void)
{
  Live *live = live_new ("alice");
  g_autoptr (GError) error = NULL;

  g_assert_true (sync_verify (live->account, "imap", "alicepw", NULL, &error));
  g_assert_no_error (error);
  g_assert_true (sync_verify (live->account, "smtp", "alicepw", NULL, &error));
  g_assert_no_error (error);
  for (int i = 0; i < 2; i++) {
    const char *protocol = i == 0 ? "imap" : "smtp";

    g_assert_false (sync_verify (live->account, protocol, "wrong", NULL, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
    g_test_message ("%s", error->message);
    g_assert_nonnull (g_strstr_len (error->message, -1, "localhost"));
    g_clear_error (&error);
  }
  live->account->imap.port = 1;
  g_assert_false (sync_verify (live->account, "imap", "alicepw", NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  g_test_message ("%s", error->message);
  g_clear_error (&error);
  g_clear_pointer (&live->account->ca_file, g_free);
  g_assert_false (sync_verify (live->account, "smtp", "alicepw", NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
  g_test_message ("%s", error->message);
  live_free (live);
}

void
test_trouble_add (void)
{
  g_test_add_func ("/trouble/wrong-password", test_wrong_password);
  g_test_add_func ("/trouble/untrusted", test_untrusted);
  g_test_add_func ("/trouble/server-away", test_server_away);
  g_test_add_func ("/trouble/cut-anywhere", test_cut_anywhere);
  g_test_add_func ("/trouble/cut-operation", test_cut_operation);
  g_test_add_func ("/trouble/offline-restart", test_offline_restart);
  g_test_add_func ("/trouble/one-connection", test_one_connection);
  g_test_add_func ("/trouble/stop-anywhere", test_stop_anywhere);
  g_test_add_func ("/trouble/remove-account", test_remove_account);
  g_test_add_func ("/trouble/verify", test_verify);
}
