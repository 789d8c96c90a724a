/* What a person sets for an account, as its workers go by it: how often they look, which folders are the special ones, whether they send. */
#include "rig.h"
#include "test-trouble.h"

#include "sync-watch.h"

#include <string.h>

#define PATIENCE 60 /* s */
#define MINUTE   (300 * 1000)

typedef struct
{
  int idles, looks; /* atomic */
  gint64 looked_at; /* of the server's thread for IMAP, as what follows */
  gint64 shortest;  /* between two looks, 0 none yet */
  Rig *rig;         /* borrowed */
  enum
  {
    HANG_UP_NOT,
    HANG_UP_AT_REST, /* INBOX is opened once more: there is nothing else to do */
    HANG_UP_NOW,     /* what asks next begins a look */
    HANG_UP_DONE,
  } hang_up; /* atomic */
} Heard;

/* A server that hung up while nobody said anything, as who asks next sees it: TRUE: now.  Mail has come meanwhile. */
static gboolean
hangs_up (Heard *heard, const char *line)
{
  int state = g_atomic_int_get (&heard->hang_up);

  if (state == HANG_UP_AT_REST && strstr (line, " SELECT \"INBOX\"") != NULL)
    g_atomic_int_set (&heard->hang_up, HANG_UP_NOW);
  if (state != HANG_UP_NOW || strstr (line, " NOOP") == NULL)
    return FALSE;
  rig_deliver (heard->rig, "INBOX", "after the cut");
  g_atomic_int_set (&heard->hang_up, HANG_UP_DONE);
  return TRUE;
}

static ModelVerdict
hear (ModelEvent *event, gpointer user_data)
{
  Heard *heard = user_data;

  if (event->sent || event->after)
    return MODEL_GO;
  if (strstr (event->line, "IDLE") != NULL || strstr (event->line, "NOTIFY") != NULL)
    g_atomic_int_inc (&heard->idles);
  if (strstr (event->line, " LIST ") != NULL) {
    gint64 now = g_get_monotonic_time (), since = now - heard->looked_at;

    if (heard->looked_at != 0 && (heard->shortest == 0 || since < heard->shortest))
      heard->shortest = since;
    heard->looked_at = now;
    g_atomic_int_inc (&heard->looks);
  }
  return hangs_up (heard, event->line) ? MODEL_CUT : MODEL_GO;
}

/* Nothing is listened for: new mail comes with the next look, and the line stays quiet between. */
static void
test_interval (void)
{
  const ModelSettings settings = { 0 };
  SyncTimes times = sync_times;
  Heard heard = { 0 };
  Rig *rig = rig_new (&settings);

  heard.rig = rig;
  times.minute = MINUTE;
  rig->account->check_minutes = 5;
  model_server_set_hook (rig->server, hear, &heard);
  rig_start_with_times (rig, &times);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  RIG_WAIT (g_atomic_int_get (&heard.looks) >= 1, PATIENCE);
  rig_deliver (rig, "INBOX", "later");
  RIG_WAIT (rig_find (rig, "INBOX", "later") != 0, PATIENCE);
  g_assert_cmpint (g_atomic_int_get (&heard.looks), >=, 2);
  g_assert_cmpint (g_atomic_int_get (&heard.idles), ==, 0);
  /* Between two looks what a person does goes out at once.  Its copy goes to Sent, and INBOX is opened again behind that. */
  g_atomic_int_set (&heard.hang_up, HANG_UP_AT_REST);
  rig_send (rig, "bob@model.test", "at once", 0);
  RIG_WAIT (model_server_count_delivered (rig->server) == 1, PATIENCE);
  RIG_WAIT (rig_count_outbox (rig) == 0 && store_operation_count (rig->db, rig->row) == 0
                && rig_total (rig, "Sent") == 1,
            PATIENCE);
  /* Hung up meanwhile: called again, and nobody is told of trouble. */
  RIG_WAIT (g_atomic_int_get (&heard.hang_up) == HANG_UP_DONE, PATIENCE);
  RIG_WAIT (rig_find (rig, "INBOX", "after the cut") != 0, PATIENCE);
  g_assert_false (engine_told_was_ever (&rig->told, SYNC_PHASE_OFFLINE));
  rig_stop (rig);
  model_server_set_hook (rig->server, NULL, NULL);
  /* As the server heard it, so that no busy machine makes it less. */
  g_assert_cmpint (heard.shortest, >=, 5 * MINUTE);
  rig_free (rig);
}

static gboolean
has_role (Rig *rig, StoreRole role, const char *name)
{
  g_autoptr (StoreFolder) folder = store_folder_by_role (rig->db, rig->row, role, NULL);

  return folder != NULL && g_str_equal (folder->name, name);
}

static void
test_chosen_folders (void)
{
  const ModelSettings settings = { 0 };
  Rig *rig = rig_new (&settings);

  model_act_create (rig->server, "alice", "Rubbish");
  rig->account->folders[BASE_FOLDER_TRASH] = g_strdup ("Rubbish");
  rig_start (rig);
  RIG_WAIT (has_role (rig, STORE_ROLE_TRASH, "Rubbish"), PATIENCE);
  g_assert_true (has_role (rig, STORE_ROLE_JUNK, "Junk"));
  /* The settings again, without it: it is as the server says. */
  g_clear_pointer (&rig->account->folders[BASE_FOLDER_TRASH], g_free);
  sync_engine_add_account (rig->engine, rig->account);
  RIG_WAIT (has_role (rig, STORE_ROLE_TRASH, "Trash"), PATIENCE);
  rig_free (rig);
}

/* What waits to be sent goes nowhere, and mail comes all the same. */
static void
test_receives_only (void)
{
  const ModelSettings settings = { 0 };
  Rig *rig = rig_new (&settings);
  gint64 id;

  g_clear_pointer (&rig->account->smtp.host, g_free);
  rig_start (rig);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP, PATIENCE);
  id = rig_send (rig, "bob@model.test", "nowhere", 0);
  rig_deliver (rig, "INBOX", "comes");
  RIG_WAIT (rig_find (rig, "INBOX", "comes") != 0, PATIENCE);
  {
    g_autoptr (StoreOutbox) outbox = rig_get_outbox (rig, id);

    g_assert_cmpint (outbox->state, ==, STORE_OUTBOX_QUEUED);
    g_assert_cmpuint (outbox->attempts, ==, 0);
  }
  g_assert_cmpuint (model_server_count_delivered (rig->server), ==, 0);
  rig_free (rig);
}

void
test_settings_add (void)
{
  g_test_add_func ("/trouble/settings/interval", test_interval);
  g_test_add_func ("/trouble/settings/chosen-folders", test_chosen_folders);
  g_test_add_func ("/trouble/settings/receives-only", test_receives_only);
}
