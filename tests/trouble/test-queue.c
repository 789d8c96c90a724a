/* What has queued up while the server was away. */
#include "rig.h"
#include "test-trouble.h"

#define PATIENCE 60 /* s */
#define QUEUED   100

static ModelVerdict
count_greetings (ModelEvent *event, gpointer user_data)
{
  if (event->protocol == MODEL_SMTP && event->sent && !event->after
      && g_str_has_prefix (event->line, "220 "))
    g_atomic_int_inc ((gint *)user_data);
  return MODEL_GO;
}

/* It goes over one connection, each mail once. */
static void
test_one_connection (void)
{
  const ModelSettings settings = { .files_sent = TRUE };
  Rig *rig = rig_new (&settings);
  gint greetings = 0;

  rig_start (rig);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  model_server_set_reachable (rig->server, FALSE);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_OFFLINE, PATIENCE);
  for (guint i = 0; i < QUEUED; i++) {
    g_autofree char *subject = g_strdup_printf ("queued%u", i);

    rig_send (rig, "bob@model.test", subject, 0);
  }
  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 0);
  model_server_set_hook (rig->server, count_greetings, &greetings);
  model_server_set_reachable (rig->server, TRUE);
  RIG_WAIT (rig_count_outbox (rig) == 0, PATIENCE);
  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, QUEUED);
  g_assert_cmpuint (model_server_count (rig->server, "alice", "Sent"), ==, QUEUED);
  g_assert_cmpint (g_atomic_int_get (&greetings), ==, 1);
  rig_free (rig);
}

void
test_queue_add (void)
{
  g_test_add_func ("/trouble/queue/one-connection", test_one_connection);
}
