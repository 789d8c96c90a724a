/* Proving settings: how often a password is offered, and to whom first. */
#include "test-sync.h"

#include <glib/gstdio.h>

#include "base-error.h"
#include "fake-certificates.h"
#include "fake-server.h"
#include "sync-discover.h"
#include "sync-kept.h"

#include <string.h>

#define GREETING "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\n"
#define OFFERED  "C: $tag AUTHENTICATE PLAIN *\n"
#define REFUSED  OFFERED "S: $tag NO [AUTHENTICATIONFAILED] no\nEOF\n"
#define ACCEPTED OFFERED "S: $tag OK [CAPABILITY IMAP4rev1 ID] done\n"
#define KNOWN    ACCEPTED "C: $id ID *\nS: $id OK done\nEOF\n"

#define SMTP_GREETING "S: 220 hello\nC: EHLO *\nS: 250-hello\nS: 250 AUTH PLAIN\n"
#define SMTP_ACCEPTED                                                                              \
  "C: AUTH PLAIN *\nS: 235 done\nC: EHLO *\nS: 250 AUTH PLAIN\nC: QUIT\nS: 221 bye\nEOF\n"

typedef struct
{
  FakeServer *imap, *smtp;
  BaseAccount *account;
} Pair;

static void
set_place (BaseServer *place, FakeServer *server)
{
  place->host = g_strdup ("127.0.0.1");
  place->port = fake_server_get_port (server);
  place->user = g_strdup ("kim");
}

static Pair
pair_new (const char *imap, const char *smtp)
{
  Pair pair = { fake_server_new (FAKE_TLS, FAKE_GOOD), fake_server_new (FAKE_TLS, FAKE_GOOD),
                base_account_new () };

  pair.account->ca_file = g_strdup (fake_server_get_ca_file (pair.imap));
  set_place (&pair.account->imap, pair.imap);
  set_place (&pair.account->smtp, pair.smtp);
  fake_server_add_script (pair.imap, imap, NULL);
  if (smtp != NULL)
    fake_server_add_script (pair.smtp, smtp, NULL);
  return pair;
}

static void
pair_clear (Pair *pair)
{
  sync_kept_drop ();
  fake_server_check (pair->imap);
  fake_server_check (pair->smtp);
  fake_server_free (pair->imap);
  fake_server_free (pair->smtp);
  base_account_free (pair->account);
}

static void
check_both (Pair *pair, const char *smtp_secret, const char *protocol)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (sync_verify_both (pair->account, "secret", smtp_secret, NULL, &error), ==,
                   protocol);
  if (protocol != NULL)
    g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  else
    g_assert_no_error (error);
}

/* One mistake, one failed attempt. */
static void
test_one_attempt (void)
{
  Pair pair = pair_new (GREETING REFUSED, SMTP_GREETING "EOF\n");

  check_both (&pair, "secret", "imap");
  pair_clear (&pair);
}

/* Where IMAP cannot even be asked, SMTP is told nothing. */
static void
test_no_verdict (void)
{
  Pair pair = pair_new ("S: * BYE not now\nEOF\n", SMTP_GREETING "EOF\n");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (sync_verify_both (pair.account, "secret", "secret", NULL, &error), ==, "imap");
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  pair_clear (&pair);
}

typedef struct
{
  Pair *pair;
  const char *smtp_secret, *protocol;
} Proof;

static gpointer
prove (gpointer data)
{
  Proof *proof = data;

  check_both (proof->pair, proof->smtp_secret, proof->protocol);
  return NULL;
}

static gboolean
was_told (FakeServer *server, const char *what)
{
  g_autoptr (GBytes) received = fake_server_dup_received (server, 0);

  return received != NULL && strstr (g_bytes_get_data (received, NULL), what) != NULL;
}

static void
wait_told (FakeServer *server, const char *what)
{
  gint64 end = g_get_monotonic_time () + 25 * G_USEC_PER_SEC; /* before a gate opens by itself */

  while (!was_told (server, what) && g_get_monotonic_time () < end)
    g_usleep (10000);
  g_assert_true (was_told (server, what));
}

static void
test_in_turn (void)
{
  Pair pair = pair_new (GREETING OFFERED "GATE\nS: $tag OK [CAPABILITY IMAP4rev1] done\nEOF\n",
                        SMTP_GREETING SMTP_ACCEPTED);
  Proof proof = { &pair, "secret", NULL };
  GThread *thread = g_thread_new ("prove", prove, &proof);

  wait_told (pair.imap, "AUTHENTICATE");
  wait_told (pair.smtp, "EHLO");
  g_usleep (300000);
  g_assert_false (was_told (pair.smtp, "AUTH PLAIN"));
  fake_server_open_gate (pair.imap);
  g_thread_join (thread);
  pair_clear (&pair);
}

/* Another password, or another user: neither says anything about the other. */
static void
test_side_by_side (void)
{
  for (guint i = 0; i < 2; i++) {
    Pair pair = pair_new (GREETING OFFERED "GATE\nS: $tag NO [AUTHENTICATIONFAILED] no\nEOF\n",
                          SMTP_GREETING SMTP_ACCEPTED);
    Proof proof = { &pair, i == 0 ? "other" : "secret", "imap" };
    GThread *thread = NULL;

    if (i == 1) {
      g_free (pair.account->smtp.user);
      pair.account->smtp.user = g_strdup ("lee");
    }
    thread = g_thread_new ("prove", prove, &proof);
    wait_told (pair.smtp, "AUTH PLAIN");
    fake_server_open_gate (pair.imap);
    g_thread_join (thread);
    pair_clear (&pair);
  }
}

static void
test_smtp_refused (void)
{
  Pair pair = pair_new (GREETING KNOWN, SMTP_GREETING "C: AUTH PLAIN *\nS: 535 5.7.8 no\nEOF\n");

  check_both (&pair, "secret", "smtp");
  pair_clear (&pair);
}

/* SMTP waits for the verdict alone, not for all that IMAP has to say. */
static void
test_no_longer (void)
{
  Pair pair = pair_new (GREETING ACCEPTED "C: $id ID *\nGATE\nS: $id OK done\nEOF\n",
                        SMTP_GREETING SMTP_ACCEPTED);
  Proof proof = { &pair, "secret", NULL };
  GThread *thread = g_thread_new ("prove", prove, &proof);

  wait_told (pair.smtp, "AUTH PLAIN");
  fake_server_open_gate (pair.imap);
  g_thread_join (thread);
  pair_clear (&pair);
}

/* A place is looked at without showing it who looks, also where one would sign in by a certificate.  A server that wants to see one all the same is there. */
static void
test_probe_shows_nothing (void)
{
  g_autofree char *folder = g_dir_make_tmp ("sosik-probe-XXXXXX", NULL);
  static const char *const names[] = { "client.pem", "certificate.pem", "key.pem", "locked.pem",
                                       "other.pem" };

  fake_certificates_write_client (folder, "alice");
  for (guint i = 0; i < 3; i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autoptr (BaseAccount) account = base_account_new ();
    g_autoptr (GError) error = NULL;
    FakeTlsFacts facts = { 0 };
    gboolean wants = i > 0;

    fake_server_set_wishes (server, &(FakeTlsWishes){ .ask_client = !wants, .need_client = wants });
    fake_server_add_script (server, GREETING "STALL", NULL);
    account->ca_file = g_strdup (fake_server_get_ca_file (server));
    account->client_certificate = g_build_filename (folder, "client.pem", NULL);
    set_place (&account->imap, server);
    account->imap.sign_in = i == 2 ? BASE_SIGN_IN_PASSWORD : BASE_SIGN_IN_CERTIFICATE;
    g_assert_cmpint (sync_probe (account, "imap", NULL, &error), ==, i != 2);
    if (i == 2)
      g_assert_nonnull (strstr (error->message, "wants a certificate of yours"));
    else
      g_assert_no_error (error);
    if (wants)
      continue;
    fake_server_get_facts (server, 0, &facts);
    g_assert_null (facts.client);
  }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);

    g_remove (path);
  }
  g_rmdir (folder);
}

void
test_verify_add (void)
{
  g_test_add_func ("/verify/one-attempt", test_one_attempt);
  g_test_add_func ("/verify/no-verdict", test_no_verdict);
  g_test_add_func ("/verify/in-turn", test_in_turn);
  g_test_add_func ("/verify/side-by-side", test_side_by_side);
  g_test_add_func ("/verify/smtp-refused", test_smtp_refused);
  g_test_add_func ("/verify/no-longer", test_no_longer);
  g_test_add_func ("/verify/probe-shows-nothing", test_probe_shows_nothing);
}
