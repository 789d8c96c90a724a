/* A password that is changed elsewhere while all is well: counted at the server, it is offered once and not again before a person has
 * given another one; what needs none goes on meanwhile. */
#include "fake-server.h"
#include "rig.h"
#include "test-trouble.h"

#include <string.h>

#define PATIENCE 60 /* s */
#define MAILS    3

typedef struct
{
  const char *no;      /* of IMAP, with its code */
  gint refuses;        /* atomic */
  gint attempts[2];    /* atomic, by ModelProtocol */
  gint slow;           /* atomic: the ModelProtocol that greets nobody, -1 none, */
  gint until;          /* atomic: before the other one was asked as often as this */
  const char *smtp_no; /* NULL: 535 5.7.8 */
} Door;

static gint
count (Door *door, ModelProtocol protocol)
{
  return g_atomic_int_get (&door->attempts[protocol]);
}

static ModelVerdict
guard (ModelEvent *event, gpointer user_data)
{
  Door *door = user_data;
  gboolean imap = event->protocol == MODEL_IMAP;

  if (event->sent && !event->after && g_atomic_int_get (&door->slow) == (gint)event->protocol
      && g_pattern_match_simple (imap ? "* OK *ready" : "220 *", event->line))
    for (guint i = 0;
         i < PATIENCE * 100 && count (door, !event->protocol) < g_atomic_int_get (&door->until);
         i++)
      g_usleep (10000);
  if (event->sent || event->after
      || !g_pattern_match_simple (imap ? "* AUTHENTICATE *" : "AUTH *", event->line))
    return MODEL_GO;
  g_atomic_int_inc (&door->attempts[event->protocol]);
  if (!g_atomic_int_get (&door->refuses))
    return MODEL_GO;
  g_usleep (300000); /* the other one could come in between */
  event->answer = imap ? door->no : door->smtp_no != NULL ? door->smtp_no : "535 5.7.8 no";
  return MODEL_ANSWER;
}

static Rig *
prepare (Door *door, const char *sender)
{
  Rig *rig = rig_new (NULL);

  g_free (rig->account->smtp.user);
  rig->account->smtp.user = g_strdup (sender);
  rig->account->bodies = BASE_BODIES_OPENING;
  model_server_set_hook (rig->server, guard, door);
  for (guint i = 0; i < MAILS; i++) {
    g_autofree char *subject = g_strdup_printf ("mail-%u", i);

    rig_deliver (rig, "INBOX", subject);
  }
  return rig;
}

static void
begin (Rig *rig, Door *door)
{
  rig_start (rig);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  g_assert_cmpint (count (door, MODEL_IMAP), ==, 1);
}

static Rig *
start_as (Door *door, const char *sender)
{
  Rig *rig = prepare (door, sender);

  begin (rig, door);
  return rig;
}

static Rig *
start (Door *door)
{
  return start_as (door, "alice");
}

/* The second connection is refused, and the first one serves. */
static void
open_all (Rig *rig, Door *door)
{
  for (guint i = 0; i < MAILS; i++) {
    g_autofree char *subject = g_strdup_printf ("mail-%u", i);
    g_autoptr (GError) error = NULL;

    g_assert_true (sync_engine_fetch_body (rig->engine, rig->account->id,
                                           rig_find (rig, "INBOX", subject), NULL, &error));
    g_assert_no_error (error);
    g_assert_cmpint (count (door, MODEL_IMAP), ==, 2);
  }
}

/* Time, work, another network: nothing of it makes the program try again. */
static void
check_quiet (Rig *rig, Door *door, gint attempts)
{
  guint states;

  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_NEEDS_PASSWORD, PATIENCE);
  states = engine_told_get_states (&rig->told);
  sync_engine_operations_changed (rig->engine, NULL);
  sync_engine_outbox_changed (rig->engine, NULL);
  sync_engine_set_online (rig->engine, FALSE);
  sync_engine_set_online (rig->engine, TRUE);
  sync_engine_moved (rig->engine);
  sync_engine_unlocked (rig->engine);
  g_usleep (1500000);
  g_assert_cmpint (engine_told_get_phase (&rig->told), ==, SYNC_PHASE_NEEDS_PASSWORD);
  /* It is told once, or the window would come again. */
  g_assert_cmpuint (engine_told_get_states (&rig->told), ==, states);
  g_assert_cmpint (count (door, MODEL_IMAP), ==, attempts);
  g_assert_cmpint (count (door, MODEL_SMTP), ==, 0);
}

static void
recover (Rig *rig, Door *door)
{
  g_atomic_int_set (&door->refuses, FALSE);
  sync_engine_retry (rig->engine, rig->account->id);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  RIG_WAIT (rig_count_outbox (rig) == 0, PATIENCE);
  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 1);
  rig_free (rig);
}

/* The server says that it is the password: the first connection does not offer it again when it is lost, nor does the sender. */
static void
test_told (void)
{
  Door door = { .no = "NO [AUTHENTICATIONFAILED] wrong", .slow = -1 };
  Rig *rig = start (&door);

  g_atomic_int_set (&door.refuses, TRUE);
  open_all (rig, &door);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_NEEDS_PASSWORD, PATIENCE);
  rig_send (rig, "bob@model.test", "held", 0);
  check_quiet (rig, &door, 2);
  model_server_cut_all (rig->server);
  check_quiet (rig, &door, 2);
  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 0);
  recover (rig, &door);
}

/* It does not say why: a second connection is not tried again as long as the first one stands. */
static void
test_untold (void)
{
  Door door = { .no = "NO sorry", .slow = -1 };
  Rig *rig = start (&door);

  g_atomic_int_set (&door.refuses, TRUE);
  open_all (rig, &door);
  g_assert_false (engine_told_was_ever (&rig->told, SYNC_PHASE_NEEDS_PASSWORD));
  model_server_cut_all (rig->server);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_NEEDS_PASSWORD, PATIENCE);
  rig_send (rig, "bob@model.test", "held", 0);
  check_quiet (rig, &door, 3);
  recover (rig, &door);
}

/* Nothing of the sender's stands over what is told of IMAP: it has a password of its own. */
static void
test_alone (void)
{
  Door door = { .no = "NO sorry", .slow = -1 };
  Rig *rig = start_as (&door, "somebody");

  g_atomic_int_set (&door.refuses, TRUE);
  model_server_cut_all (rig->server);
  check_quiet (rig, &door, 2);
  check_quiet (rig, &door, 2);
  rig_free (rig);
}

/* Other settings, or another password for somebody else, are no reason to offer it once more; one for this server is. */
static void
test_restarted (void)
{
  Door door = { .no = "NO sorry", .slow = -1 };
  Rig *rig = start_as (&door, "somebody");

  g_atomic_int_set (&door.refuses, TRUE);
  model_server_cut_all (rig->server);
  check_quiet (rig, &door, 2);
  rig->account->check_minutes = 5;
  sync_engine_add_account (rig->engine, rig->account);
  g_usleep (500000);
  check_quiet (rig, &door, 2);
  sync_engine_retry_protocol (rig->engine, rig->account->id, "smtp", FALSE);
  sync_engine_retry_protocol (rig->engine, rig->account->id, "smtp-shop", TRUE);
  check_quiet (rig, &door, 2);
  g_atomic_int_set (&door.refuses, FALSE);
  sync_engine_retry_protocol (rig->engine, rig->account->id, "imap", FALSE);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  g_assert_cmpint (count (&door, MODEL_IMAP), ==, 3);
  rig_free (rig);
}

/* Another server is asked, with whatever is known for it. */
static void
test_restarted_elsewhere (void)
{
  Door door = { .no = "NO sorry", .slow = -1 };
  Rig *rig = start_as (&door, "somebody");

  g_atomic_int_set (&door.refuses, TRUE);
  model_server_cut_all (rig->server);
  check_quiet (rig, &door, 2);
  g_atomic_int_set (&door.refuses, FALSE);
  g_free (rig->account->imap.host);
  rig->account->imap.host = g_strdup ("127.0.0.1");
  sync_engine_add_account (rig->engine, rig->account);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  rig_free (rig);
}

static gint
count_all (Door *door)
{
  return count (door, MODEL_IMAP) + count (door, MODEL_SMTP);
}

/* Mail waits to be sent when both sign in at once: whoever comes first is refused, and the other does not try. */
static void
test_side_by_side (void)
{
  for (gint slow = -1; slow <= MODEL_SMTP; slow++) {
    Door door = { .no = "NO sorry", .smtp_no = "535 no", .slow = -1 };
    Rig *rig = start (&door);
    gint before;

    model_server_set_reachable (rig->server, FALSE);
    RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_OFFLINE, PATIENCE);
    rig_send (rig, "bob@model.test", "held", 0);
    g_atomic_int_set (&door.refuses, TRUE);
    if (slow >= 0)
      g_atomic_int_set (&door.until, count (&door, !slow) + 1);
    g_atomic_int_set (&door.slow, slow);
    before = count_all (&door);
    model_server_set_reachable (rig->server, TRUE);
    sync_engine_retry (rig->engine, rig->account->id);
    RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_NEEDS_PASSWORD, PATIENCE);
    g_usleep (1500000);
    g_assert_cmpint (count_all (&door), ==, before + 1);
    if (slow >= 0)
      g_assert_cmpint (count (&door, MODEL_SMTP), ==, slow == MODEL_IMAP);
    recover (rig, &door);
  }
}

/* IMAP stands when SMTP refuses.  It has the same password: where the server says that this is it, IMAP does not offer it again either
 * when its connection is lost; else it does, and mail goes on coming. */
static void
test_sender_refused (void)
{
  for (gint told = 0; told < 2; told++) {
    Door door = { .no = "NO sorry",
                  .smtp_no = told ? "535 5.7.8 wrong" : "535 5.7.139 not here",
                  .slow = -1 };
    Rig *rig = start (&door);
    gint before;

    g_atomic_int_set (&door.refuses, TRUE);
    rig_send (rig, "bob@model.test", "held", 0);
    RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_NEEDS_PASSWORD, PATIENCE);
    g_assert_cmpint (count (&door, MODEL_SMTP), ==, 1);
    before = count (&door, MODEL_IMAP);
    g_atomic_int_set (&door.refuses, told);
    model_server_cut_all (rig->server);
    rig_deliver (rig, "INBOX", "later");
    if (told)
      g_usleep (1500000);
    else
      RIG_WAIT (rig_find (rig, "INBOX", "later") != 0, PATIENCE);
    g_assert_cmpint (count (&door, MODEL_IMAP) == before, ==, told);
    g_assert_cmpint (count (&door, MODEL_SMTP), ==, 1);
    g_assert_cmpint (engine_told_get_phase (&rig->told), ==, SYNC_PHASE_NEEDS_PASSWORD);
    recover (rig, &door);
  }
}

/* The same of an identity that goes by a name and a password that the account goes by as well: none of the three offers what another one was
 * refused with.  Who is given a password by a person is asked all the same. */
static void
test_identity_refused (void)
{
  for (gint told = 0; told < 2; told++) {
    Door door = { .no = "NO sorry",
                  .smtp_no = told ? "535 5.7.8 wrong" : "535 5.7.139 not here",
                  .slow = -1 };
    Rig *rig = prepare (&door, "alice");
    g_autoptr (BaseIdentity) shop = base_identity_new ();

    g_free (shop->id);
    shop->id = g_strdup ("shop");
    shop->address = g_strdup ("shop@model.test");
    shop->smtp = base_server_dup (&rig->account->smtp);
    base_account_put_identity (rig->account, shop);
    begin (rig, &door);
    g_atomic_int_set (&door.refuses, TRUE);
    rig->route = "shop";
    rig_send (rig, "bob@model.test", "by the identity", 0);
    RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_NEEDS_PASSWORD, PATIENCE);
    rig->route = NULL;
    rig_send (rig, "bob@model.test", "by the account", 0);
    g_usleep (500000);
    g_assert_cmpint (count (&door, MODEL_SMTP), ==, 1);
    g_atomic_int_set (&door.refuses, told);
    model_server_cut_all (rig->server);
    rig_deliver (rig, "INBOX", "later");
    if (told)
      g_usleep (1500000);
    else
      RIG_WAIT (rig_find (rig, "INBOX", "later") != 0, PATIENCE);
    g_assert_cmpint (count (&door, MODEL_IMAP), ==, told ? 1 : 2);
    g_assert_cmpint (count (&door, MODEL_SMTP), ==, 1);

    g_atomic_int_set (&door.refuses, FALSE);
    sync_engine_retry_protocol (rig->engine, rig->account->id, "imap", FALSE);
    RIG_WAIT (rig_find (rig, "INBOX", "later") != 0, PATIENCE);
    sync_engine_retry_protocol (rig->engine, rig->account->id, "smtp", FALSE);
    RIG_WAIT (rig_count_outbox (rig) == 1, PATIENCE);
    /* Who was let in since is not kept out by the one that waits, as often as it connects. */
    rig_send (rig, "bob@model.test", "by the account again", 0);
    RIG_WAIT (rig_count_outbox (rig) == 1, PATIENCE);
    model_server_cut_all (
        rig->server); /* not more often: who is cut in IDLE each time listens no more */
    rig_deliver (rig, "INBOX", "after a cut");
    RIG_WAIT (rig_find (rig, "INBOX", "after a cut") != 0, PATIENCE);
    sync_engine_retry_protocol (rig->engine, rig->account->id, "smtp-shop", FALSE);
    RIG_WAIT (rig_count_outbox (rig) == 0, PATIENCE);
    g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 3);
    rig_free (rig);
  }
}

/* All that waits says why. */
static gboolean
is_explained (Rig *rig)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (rig->db, rig->row, NULL);

  for (guint i = 0; i < rows->len; i++)
    if (((StoreOutbox *)g_ptr_array_index (rows, i))->error == NULL)
      return FALSE;
  return TRUE;
}

/* The keyring stays locked: nothing is offered to anybody, and nobody is asked for a password.  What needs none goes on, and when it is open all does. */
static void
test_locked (void)
{
  Door door = { .no = "NO no", .slow = -1 };
  Rig *rig = start (&door);
  guint asked = 0;

  engine_told_set_locked (&rig->told, TRUE);
  model_server_cut_all (rig->server);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_LOCKED, PATIENCE);
  rig_send (rig, "bob@model.test", "held", 0);
  RIG_WAIT (is_explained (rig), PATIENCE); /* both have asked by now */
  asked = engine_told_get_passwords (&rig->told);
  sync_engine_outbox_changed (rig->engine, NULL);
  sync_engine_set_online (rig->engine, FALSE);
  sync_engine_set_online (rig->engine, TRUE);
  sync_engine_moved (rig->engine);
  g_usleep (1000000);
  g_assert_cmpuint (engine_told_get_passwords (&rig->told), ==, asked);
  g_assert_cmpint (engine_told_get_phase (&rig->told), ==, SYNC_PHASE_LOCKED);
  g_assert_false (engine_told_was_ever (&rig->told, SYNC_PHASE_NEEDS_PASSWORD));
  g_assert_cmpint (count_all (&door), ==, 1);
  g_assert_cmpuint (rig_count_outbox (rig), ==, 1);
  g_assert_cmpuint (rig_total (rig, "INBOX"), ==, MAILS);
  engine_told_set_locked (&rig->told, FALSE);
  sync_engine_unlocked (rig->engine);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  RIG_WAIT (rig_count_outbox (rig) == 0, PATIENCE);
  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 1);
  rig_free (rig);
}

/* A server that does not know the password, after it was given the proof of it: the same one in another network is not given another, before a person wants it. */
static void
test_forged (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  Rig *rig = rig_new (NULL);
  guint states = 0;

  rig->account->imap.port = fake_server_get_port (server);
  for (guint i = 0; i < 2; i++)
    fake_server_add_script (server,
                            "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] hello\n"
                            "C: $tag AUTHENTICATE SCRAM-SHA-256 $first\n"
                            "SCRAM: + $first SCRAM-SHA-256 alice alicepw y forged\n"
                            "S: $tag OK in\n",
                            NULL);
  rig_start (rig);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_NEEDS_TRUST, PATIENCE);
  sync_engine_moved (rig->engine);
  sync_engine_set_online (rig->engine, FALSE);
  sync_engine_set_online (rig->engine, TRUE);
  g_usleep (1000000);
  g_assert_cmpuint (fake_server_count_connections (server), ==, 1);
  rig->account->check_minutes = 5;
  sync_engine_add_account (rig->engine, rig->account);
  sync_engine_retry_protocol (rig->engine, rig->account->id, "imap", FALSE);
  g_usleep (1000000);
  g_assert_cmpuint (fake_server_count_connections (server), ==, 1);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_NEEDS_TRUST, PATIENCE);
  states = engine_told_get_states (&rig->told);
  sync_engine_retry (rig->engine, rig->account->id);
  RIG_WAIT (engine_told_get_states (&rig->told) >= states + 2
                && fake_server_count_connections (server) >= 2
                && engine_told_get_phase (&rig->told) == SYNC_PHASE_NEEDS_TRUST,
            PATIENCE);
  g_assert_cmpuint (fake_server_count_connections (server), ==, 2);
  rig_free (rig);
  fake_server_check (server);
}

void
test_passwords_add (void)
{
  g_test_add_func ("/trouble/passwords/told", test_told);
  g_test_add_func ("/trouble/passwords/untold", test_untold);
  g_test_add_func ("/trouble/passwords/alone", test_alone);
  g_test_add_func ("/trouble/passwords/restarted", test_restarted);
  g_test_add_func ("/trouble/passwords/restarted-elsewhere", test_restarted_elsewhere);
  g_test_add_func ("/trouble/passwords/side-by-side", test_side_by_side);
  g_test_add_func ("/trouble/passwords/sender-refused", test_sender_refused);
  g_test_add_func ("/trouble/passwords/identity-refused", test_identity_refused);
  g_test_add_func ("/trouble/passwords/locked", test_locked);
  g_test_add_func ("/trouble/passwords/forged", test_forged);
}
