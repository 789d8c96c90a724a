/* Two servers to send by, one of them an identity's own: what is written as whom goes by whose, with whose password, and each waits alone. */
#include "test-trouble.h"

#include <string.h>

#include "base-error.h"
#include "fake-server.h"
#include "rig.h"

#define PATIENCE 60 /* s */

/* The account of the rig, and the identity "shop" with the second server. */
typedef struct
{
  Rig *rig;
  ModelServer *shop;
  char *ca_file;
} Pair;

static void
trust_both (Pair *pair)
{
  const char *const files[] = { model_server_get_ca_file (pair->rig->server),
                                model_server_get_ca_file (pair->shop) };
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *text = NULL;

    g_assert_true (g_file_get_contents (files[i], &text, NULL, NULL));
    g_string_append (all, text);
  }
  pair->ca_file = g_build_filename (pair->rig->folder, "both.pem", NULL);
  g_assert_true (g_file_set_contents (pair->ca_file, all->str, -1, NULL));
  g_free (pair->rig->account->ca_file);
  pair->rig->account->ca_file = g_strdup (pair->ca_file);
}

static void
pair_init (Pair *pair)
{
  const ModelSettings settings = { 0 };
  g_autoptr (BaseIdentity) shop = base_identity_new ();

  pair->rig = rig_new (&settings);
  pair->shop = model_server_new (&settings);
  model_server_add_account (pair->shop, "shopper", "shoppw", "shop@shop.test");
  trust_both (pair);
  g_free (shop->id);
  shop->id = g_strdup ("shop");
  shop->address = g_strdup ("shop@shop.test");
  shop->smtp = base_server_new ();
  engine_set_server (shop->smtp, "localhost", model_server_get_smtp_port (pair->shop), "shopper");
  base_account_put_identity (pair->rig->account, shop);
  engine_told_set_own_password (&pair->rig->told, "shoppw");
}

static void
pair_clear (Pair *pair)
{
  rig_free (pair->rig);
  model_server_free (pair->shop);
  g_free (pair->ca_file);
}

static gint64
send_by (Pair *pair, const char *route, const char *subject)
{
  pair->rig->route = route;
  return rig_send (pair->rig, "bob@model.test", subject, 0);
}

static gboolean
has_delivered (ModelServer *server, const char *subject)
{
  g_autofree char *dump = model_server_dump_delivered (server);

  return strstr (dump, subject) != NULL;
}

static gboolean
is_state (Pair *pair, gint64 id, StoreOutboxState state, const char *words)
{
  g_autoptr (StoreOutbox) outbox = rig_get_outbox (pair->rig, id);

  return outbox != NULL && outbox->state == state && outbox->error != NULL
         && strstr (outbox->error, words) != NULL;
}

static gboolean
asks_for (Pair *pair, const char *protocol)
{
  EngineTold *told = &pair->rig->told;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&told->lock);

  return told->state != NULL && told->state->phase == SYNC_PHASE_NEEDS_PASSWORD
         && g_strcmp0 (told->state->protocol, protocol) == 0;
}

static void
test_each_by_its_own (void)
{
  Pair pair = { 0 };

  pair_init (&pair);
  rig_start (pair.rig);
  for (guint i = 0; i < 6; i++) {
    g_autofree char *subject = g_strdup_printf ("%s%u", i % 2 == 0 ? "shop" : "own", i);

    send_by (&pair, i % 2 == 0 ? "shop" : NULL, subject);
  }
  RIG_WAIT (rig_count_outbox (pair.rig) == 0, PATIENCE);
  g_assert_cmpuint (model_server_count_delivered (pair.rig->server), ==, 3);
  g_assert_cmpuint (model_server_count_delivered (pair.shop), ==, 3);
  g_assert_false (has_delivered (pair.rig->server, "shop"));
  g_assert_false (has_delivered (pair.shop, "own"));
  /* The copies of both are the account's. */
  RIG_WAIT (rig_total (pair.rig, "Sent") == 6, PATIENCE);
  pair_clear (&pair);
}

/* Whose password is refused waits, and says whose it is; the other goes. */
static void
test_one_is_refused (void)
{
  Pair pair = { 0 };
  gint64 waits;

  pair_init (&pair);
  engine_told_set_own_password (&pair.rig->told, "wrong");
  rig_start (pair.rig);
  waits = send_by (&pair, "shop", "shop1");
  RIG_WAIT (asks_for (&pair, "smtp-shop"), PATIENCE);
  send_by (&pair, NULL, "own1");
  RIG_WAIT (model_server_count_delivered (pair.rig->server) == 1, PATIENCE);
  RIG_WAIT (is_state (&pair, waits, STORE_OUTBOX_QUEUED, "shopper"), PATIENCE);
  g_assert_false (has_delivered (pair.rig->server, "shop1"));
  /* Once more would be a second failed attempt. */
  send_by (&pair, "shop", "shop2");
  send_by (&pair, NULL, "own2");
  RIG_WAIT (model_server_count_delivered (pair.rig->server) == 2, PATIENCE);
  g_assert_cmpuint (engine_told_get_own_passwords (&pair.rig->told), ==, 1);
  g_assert_cmpuint (model_server_count_delivered (pair.shop), ==, 0);

  engine_told_set_own_password (&pair.rig->told, "shoppw");
  sync_engine_retry (pair.rig->engine, pair.rig->account->id);
  RIG_WAIT (model_server_count_delivered (pair.shop) == 2, PATIENCE);
  RIG_WAIT (engine_told_get_phase (&pair.rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  g_assert_cmpuint (model_server_count_delivered (pair.rig->server), ==, 2);
  pair_clear (&pair);
}

/* Neither the account's new password nor other settings are a reason to offer this one again. */
static void
test_refused_stays (void)
{
  Pair pair = { 0 };
  guint states;

  pair_init (&pair);
  engine_told_set_own_password (&pair.rig->told, "wrong");
  rig_start (pair.rig);
  send_by (&pair, "shop", "shop1");
  RIG_WAIT (asks_for (&pair, "smtp-shop"), PATIENCE);
  g_usleep (300000); /* its worker comes to rest */
  sync_engine_retry_protocol (pair.rig->engine, pair.rig->account->id, "imap", FALSE);
  sync_engine_retry_protocol (pair.rig->engine, pair.rig->account->id, "smtp", TRUE);
  send_by (&pair, NULL, "own1");
  RIG_WAIT (model_server_count_delivered (pair.rig->server) == 1, PATIENCE);
  pair.rig->account->check_minutes = 5;
  sync_engine_add_account (pair.rig->engine, pair.rig->account);
  send_by (&pair, NULL, "own2");
  RIG_WAIT (model_server_count_delivered (pair.rig->server) == 2, PATIENCE);
  send_by (&pair, "shop", "shop2");
  g_usleep (500000);
  g_assert_true (asks_for (&pair, "smtp-shop"));
  g_assert_cmpuint (engine_told_get_own_passwords (&pair.rig->told), ==, 1);

  /* Another one is offered once, and if it is as wrong, that is told anew. */
  states = engine_told_get_states (&pair.rig->told);
  sync_engine_retry_protocol (pair.rig->engine, pair.rig->account->id, "smtp-shop", FALSE);
  RIG_WAIT (engine_told_get_states (&pair.rig->told) >= states + 2 && asks_for (&pair, "smtp-shop"),
            PATIENCE);
  g_assert_cmpuint (engine_told_get_own_passwords (&pair.rig->told), ==, 2);
  engine_told_set_own_password (&pair.rig->told, "shoppw");
  sync_engine_retry_protocol (pair.rig->engine, pair.rig->account->id, "smtp-shop", FALSE);
  RIG_WAIT (model_server_count_delivered (pair.shop) == 2, PATIENCE);
  RIG_WAIT (engine_told_get_phase (&pair.rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  pair_clear (&pair);
}

static ModelVerdict
count_attempts (ModelEvent *event, gpointer user_data)
{
  if (event->sent || event->after || !g_pattern_match_simple ("AUTH *", event->line))
    return MODEL_GO;
  g_atomic_int_inc ((gint *)user_data);
  g_usleep (300000); /* the other one could come in between */
  return MODEL_GO;
}

/* Two identities have mail for one server, where they go by one name and one password: that is told once, and each asks for its own. */
static void
test_refused_once (void)
{
  Pair pair = { 0 };
  g_autoptr (BaseIdentity) sale = NULL;
  gint attempts = 0;
  gint64 ids[2];

  pair_init (&pair);
  sale = base_account_dup_identity (pair.rig->account, "shop");
  g_free (sale->id);
  sale->id = g_strdup ("sale");
  base_account_put_identity (pair.rig->account, sale);
  model_server_set_hook (pair.shop, count_attempts, &attempts);
  engine_told_set_own_password (&pair.rig->told, "wrong");
  rig_start (pair.rig);
  ids[0] = send_by (&pair, "shop", "shop1");
  ids[1] = send_by (&pair, "sale", "sale1");
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    RIG_WAIT (is_state (&pair, ids[i], STORE_OUTBOX_QUEUED, "shopper"), PATIENCE);
  RIG_WAIT (asks_for (&pair, "smtp-shop"), PATIENCE);
  g_usleep (300000); /* the workers come to rest */
  g_assert_cmpint (g_atomic_int_get (&attempts), ==, 1);

  engine_told_set_own_password (&pair.rig->told, "shoppw");
  sync_engine_retry_protocol (pair.rig->engine, pair.rig->account->id, "smtp-shop", FALSE);
  RIG_WAIT (has_delivered (pair.shop, "shop1"), PATIENCE);
  RIG_WAIT (asks_for (&pair, "smtp-sale"), PATIENCE);
  g_assert_false (has_delivered (pair.shop, "sale1"));
  sync_engine_retry_protocol (pair.rig->engine, pair.rig->account->id, "smtp-sale", FALSE);
  RIG_WAIT (has_delivered (pair.shop, "sale1"), PATIENCE);
  g_assert_cmpint (g_atomic_int_get (&attempts), ==, 3);
  pair_clear (&pair);
}

/* Only the identity's server needs the keyring, and that is locked: nobody is asked for a password. */
static void
test_locked (void)
{
  Pair pair = { 0 };
  guint asked;
  gint64 id;

  pair_init (&pair);
  rig_start (pair.rig);
  RIG_WAIT (engine_told_get_phase (&pair.rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  engine_told_set_locked (&pair.rig->told, TRUE);
  id = send_by (&pair, "shop", "shop1");
  RIG_WAIT (engine_told_get_phase (&pair.rig->told) == SYNC_PHASE_LOCKED, PATIENCE);
  RIG_WAIT (is_state (&pair, id, STORE_OUTBOX_QUEUED, ""),
            PATIENCE); /* its worker has come to rest */
  asked = engine_told_get_passwords (&pair.rig->told);
  sync_engine_outbox_changed (pair.rig->engine, NULL);
  sync_engine_moved (pair.rig->engine);
  g_usleep (500000);
  g_assert_cmpuint (engine_told_get_passwords (&pair.rig->told), ==, asked);
  g_assert_cmpint (engine_told_get_phase (&pair.rig->told), ==, SYNC_PHASE_LOCKED);
  g_assert_false (engine_told_was_ever (&pair.rig->told, SYNC_PHASE_NEEDS_PASSWORD));
  engine_told_set_locked (&pair.rig->told, FALSE);
  sync_engine_unlocked (pair.rig->engine);
  RIG_WAIT (has_delivered (pair.shop, "shop1"), PATIENCE);
  RIG_WAIT (engine_told_get_phase (&pair.rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  pair_clear (&pair);
}

#define HELLO "S: 220 shop.test ESMTP\nC: EHLO *\n"

static void
use_fake (Pair *pair, FakeServer *server)
{
  BaseServer *smtp = base_account_get_server (pair->rig->account, "smtp-shop");

  smtp->port = fake_server_get_port (server);
}

/* See /trouble/passwords/forged. */
static void
test_forged (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  Pair pair = { 0 };

  pair_init (&pair);
  use_fake (&pair, server);
  for (guint i = 0; i < 2; i++)
    fake_server_add_script (server,
                            HELLO "S: 250-shop.test\nS: 250 AUTH SCRAM-SHA-256\n"
                                  "C: AUTH SCRAM-SHA-256 $first\n"
                                  "SCRAM: 334 $first SCRAM-SHA-256 shopper shoppw y forged\n"
                                  "S: 235 in\n",
                            NULL);
  rig_start (pair.rig);
  send_by (&pair, "shop", "shop1");
  RIG_WAIT (engine_told_get_phase (&pair.rig->told) == SYNC_PHASE_NEEDS_TRUST, PATIENCE);
  g_usleep (300000); /* its worker comes to rest */
  sync_engine_moved (pair.rig->engine);
  sync_engine_set_online (pair.rig->engine, FALSE);
  sync_engine_set_online (pair.rig->engine, TRUE);
  g_usleep (1000000);
  g_assert_cmpuint (fake_server_count_connections (server), ==, 1);
  sync_engine_retry (pair.rig->engine, pair.rig->account->id);
  RIG_WAIT (engine_told_get_own_passwords (&pair.rig->told) == 2
                && fake_server_count_connections (server) == 2
                && engine_told_get_phase (&pair.rig->told) == SYNC_PHASE_NEEDS_TRUST,
            PATIENCE);
  g_usleep (500000);
  g_assert_cmpuint (fake_server_count_connections (server), ==, 2);
  pair_clear (&pair);
  fake_server_check (server);
}

/* Whoever signs in by a certificate has no password to give, whatever the server says. */
static void
test_certificate (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  Pair pair = { 0 };

  pair_init (&pair);
  use_fake (&pair, server);
  base_account_get_server (pair.rig->account, "smtp-shop")->sign_in = BASE_SIGN_IN_CERTIFICATE;
  fake_server_add_script (server,
                          HELLO "S: 250-shop.test\nS: 250 AUTH EXTERNAL\n"
                                "C: AUTH EXTERNAL *\nS: 235 in\nC: EHLO *\nS: 250 shop.test\n"
                                "C: MAIL FROM:*\nS: 530 5.7.0 who are you\n"
                                "SERVE\nON: RSET\nS: 250 well\nON: QUIT\nS: 221 bye\n",
                          NULL);
  rig_start (pair.rig);
  send_by (&pair, "shop", "shop1");
  RIG_WAIT (engine_told_get_phase (&pair.rig->told) == SYNC_PHASE_NEEDS_TRUST, PATIENCE);
  g_assert_false (engine_told_was_ever (&pair.rig->told, SYNC_PHASE_NEEDS_PASSWORD));
  g_assert_cmpuint (engine_told_get_own_passwords (&pair.rig->told), ==, 0);
  pair_clear (&pair);
  fake_server_check (server);
}

/* Nor does the account's server, of which nothing is known, keep the other one. */
static void
test_account_only_receives (void)
{
  Pair pair = { 0 };

  pair_init (&pair);
  pair.rig->account->smtp.disabled = TRUE;
  rig_start (pair.rig);
  send_by (&pair, NULL, "own1");
  send_by (&pair, "shop", "shop1");
  RIG_WAIT (has_delivered (pair.shop, "shop1"), PATIENCE);
  g_assert_cmpuint (model_server_count_delivered (pair.rig->server), ==, 0);
  pair_clear (&pair);
}

/* What was to go by a server that is gone, or not wanted any more, goes by no other. */
static void
test_gone (void)
{
  for (int off = 0; off < 2; off++) {
    Pair pair = { 0 };
    gint64 id;

    pair_init (&pair);
    model_server_set_reachable (pair.shop, FALSE);
    rig_start (pair.rig);
    id = send_by (&pair, "shop", "shop1");
    RIG_WAIT (is_state (&pair, id, STORE_OUTBOX_QUEUED, ""), PATIENCE);
    if (off)
      base_account_get_server (pair.rig->account, "smtp-shop")->disabled = TRUE;
    else
      base_account_remove_identity (pair.rig->account, "shop");
    sync_engine_add_account (pair.rig->engine, pair.rig->account);
    RIG_WAIT (is_state (&pair, id, STORE_OUTBOX_FAILED, "not set up any more"), PATIENCE);
    g_assert_cmpuint (model_server_count_delivered (pair.rig->server), ==, 0);
    g_assert_cmpuint (model_server_count_delivered (pair.shop), ==, 0);
    pair_clear (&pair);
  }
}

/* What such a server has got still goes into Sent, and what it may have got is asked about: also of an account that only receives. */
static void
test_gone_after_it_was_sent (void)
{
  for (int off = 0; off < 2; off++) {
    Pair pair = { 0 };
    gint64 sent, unsure;
    g_autoptr (StoreOutbox) left = NULL;

    pair_init (&pair);
    model_server_set_reachable (pair.shop, FALSE);
    rig_start (pair.rig);
    sent = send_by (&pair, "shop", "sent");
    unsure = send_by (&pair, "shop", "unsure");
    RIG_WAIT (is_state (&pair, unsure, STORE_OUTBOX_QUEUED, ""), PATIENCE);
    rig_stop (pair.rig);
    store_outbox_set_state (pair.rig->db, sent, STORE_OUTBOX_SENT, 0, NULL, NULL, NULL);
    store_outbox_set_state (pair.rig->db, unsure, STORE_OUTBOX_UNCERTAIN, 0, "?", NULL, NULL);
    base_account_remove_identity (pair.rig->account, "shop");
    pair.rig->account->smtp.disabled = off;
    rig_start (pair.rig);
    RIG_WAIT (rig_total (pair.rig, "Sent") == 1, PATIENCE);
    RIG_WAIT (engine_told_get_refused (&pair.rig->told) == 1, PATIENCE);
    g_assert_nonnull (strstr (pair.rig->told.last_refused, "unsure"));
    left = rig_get_outbox (pair.rig, sent);
    g_assert_null (left);
    g_assert_true (is_state (&pair, unsure, STORE_OUTBOX_UNCERTAIN, "?"));
    g_assert_cmpuint (model_server_count_delivered (pair.rig->server), ==, 0);
    pair_clear (&pair);
  }
}

void
test_routes_add (void)
{
  g_test_add_func ("/trouble/routes/each-by-its-own", test_each_by_its_own);
  g_test_add_func ("/trouble/routes/one-is-refused", test_one_is_refused);
  g_test_add_func ("/trouble/routes/refused-stays", test_refused_stays);
  g_test_add_func ("/trouble/routes/refused-once", test_refused_once);
  g_test_add_func ("/trouble/routes/locked", test_locked);
  g_test_add_func ("/trouble/routes/forged", test_forged);
  g_test_add_func ("/trouble/routes/certificate", test_certificate);
  g_test_add_func ("/trouble/routes/account-only-receives", test_account_only_receives);
  g_test_add_func ("/trouble/routes/gone", test_gone);
  g_test_add_func ("/trouble/routes/gone-after-it-was-sent", test_gone_after_it_was_sent);
}
