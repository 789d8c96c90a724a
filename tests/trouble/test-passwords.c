/* A password that is changed elsewhere while all is well: counted at the server, it is offered once and not again before a person has
 * given another one; what needs none goes on meanwhile. */
#include "rig.h"
#include "test-trouble.h"

#include <string.h>

#define PATIENCE 60 /* s */
#define MAILS    3

typedef struct
{
  const char *no;   /* of IMAP, with its code */
  gint refuses;     /* atomic */
  gint attempts[2]; /* atomic, by ModelProtocol */
} Door;

static ModelVerdict
guard (ModelEvent *event, gpointer user_data)
{
  Door *door = user_data;
  gboolean imap = event->protocol == MODEL_IMAP;

  if (event->sent || event->after
      || !g_pattern_match_simple (imap ? "* AUTHENTICATE *" : "AUTH *", event->line))
    return MODEL_GO;
  g_atomic_int_inc (&door->attempts[event->protocol]);
  if (!g_atomic_int_get (&door->refuses))
    return MODEL_GO;
  event->answer = imap ? door->no : "535 5.7.8 no";
  return MODEL_ANSWER;
}

static gint
count (Door *door, ModelProtocol protocol)
{
  return g_atomic_int_get (&door->attempts[protocol]);
}

static Rig *
start (Door *door)
{
  Rig *rig = rig_new (NULL);

  rig->account->bodies = BASE_BODIES_OPENING;
  model_server_set_hook (rig->server, guard, door);
  for (guint i = 0; i < MAILS; i++) {
    g_autofree char *subject = g_strdup_printf ("mail-%u", i);

    rig_deliver (rig, "INBOX", subject);
  }
  rig_start (rig);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  g_assert_cmpint (count (door, MODEL_IMAP), ==, 1);
  return rig;
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
  sync_engine_operations_changed (rig->engine, NULL);
  sync_engine_outbox_changed (rig->engine, NULL);
  sync_engine_set_online (rig->engine, FALSE);
  sync_engine_set_online (rig->engine, TRUE);
  g_usleep (1500000);
  g_assert_cmpint (engine_told_get_phase (&rig->told), ==, SYNC_PHASE_NEEDS_PASSWORD);
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
  Door door = { .no = "NO [AUTHENTICATIONFAILED] wrong" };
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
  Door door = { .no = "NO sorry" };
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

void
test_passwords_add (void)
{
  g_test_add_func ("/trouble/passwords/told", test_told);
  g_test_add_func ("/trouble/passwords/untold", test_untold);
}
