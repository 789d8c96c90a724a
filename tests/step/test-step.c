/* What being in step costs: round trips, octets, commands, and the time until a change shows. */
#include "step.h"

#include "base-log.h"
#include "wire-cost.h"

#include <string.h>

#define EXTENDED                                                                                   \
  "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE NAMESPACE UIDPLUS MOVE ESEARCH SPECIAL-USE CHILDREN "
#define FOLDERS 50
/* What the engine has under way of them (imap-flight.c). */
#define STATUSES 25

/* What it cost since it was started last. */
static WireCost
measure (char **talk)
{
  WireCost cost = { 0 };
  g_autofree char *trace = base_log_dup_trace ();

  g_assert_true (wire_cost_of_trace (trace, &cost, talk));
  return cost;
}

/* Another day, with nothing new: what it costs to know that. */
static WireCost
look_again (Step *step)
{
  WireCost cost = { 0 };
  g_autofree char *talk = NULL;

  step_stop (step);
  step_forget_commands (step);
  step_settle (step);
  cost = measure (&talk);
  g_test_message ("%u round trips, %" G_GUINT64_FORMAT " octets\n%s", cost.round_trips, cost.octets,
                  talk);
  return cost;
}

static Step *
new_with_folders (const char *capabilities, guint n)
{
  Step *step = step_new (capabilities);

  step->account->bodies = BASE_BODIES_OPENING;
  for (guint i = 6; i < FOLDERS; i++) {
    g_autofree char *name = g_strdup_printf ("Folder %02u", i);

    model_act_create (step->server, "alice", name);
    step_deliver (step, name, i + 1, 0);
  }
  step_deliver_many (step, "INBOX", n, 0);
  step_settle (step);
  g_assert_cmpuint (step_total (step, "Folder 43"), ==, 1);
  g_assert_cmpuint (step_total (step, "INBOX"), ==, n);
  return step;
}

/* On the newest connection. */
static guint
count_asked (void)
{
  g_autofree char *trace = base_log_dup_trace ();
  g_auto (GStrv) lines = g_strsplit (g_strrstr (trace, "signed in;"), "\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    n += strstr (lines[i], " > A") != NULL && strstr (lines[i], " STATUS \"") != NULL;
  return n;
}

/* A link on which an answer takes longer than reading what came before it: nothing is answered of what was sent when there was room again
 * before all of that is sent.  Else a client reads both at once, and what the older answers let go counts as if it had waited for the
 * newer ones. */
static ModelVerdict
answer_late (Step *step, const char *command, ModelEvent *event)
{
  if (g_str_has_prefix (command, "STATUS ") && ++step->count == STATUSES + 1)
    STEP_WAIT (count_asked () == FOLDERS - 1, 60);
  return MODEL_GO;
}

/* An account of 50 folders, unchanged, however the server tells that: in step within so many round trips after signing in, and
 * octets (0: whatever it takes; LIST and STATUS of 50 folders are some 8000 as they are).  The server need not be asked about each folder
 * where it tells of them by itself. */
static void
test_unchanged (void)
{
  static const struct
  {
    const char *capabilities;
    guint round_trips;
    guint64 octets;
    guint statuses;
  } servers[] = {
    { EXTENDED "CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS NOTIFY COMPRESS=DEFLATE", 2, 2048, 0 },
    { EXTENDED "CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS NOTIFY", 2, 0, 0 },
    { EXTENDED "CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS", 2, 0, 0 },
    { EXTENDED "CONDSTORE LIST-EXTENDED LIST-STATUS", 2, 0, 0 },
    { EXTENDED "CONDSTORE NOTIFY", 2, 0, 0 },
    /* At most 25 STATUS may be under way */
    { EXTENDED "CONDSTORE QRESYNC", 3, 0, FOLDERS - 1 },
    { "IMAP4rev1 CONDSTORE", 3, 0, FOLDERS - 1 },
    /* Which marks have changed no number tells: each folder is opened, and its flags are asked for. */
    { "IMAP4rev1", 4 + 2 * FOLDERS, 0, FOLDERS - 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++) {
    g_autoptr (Step) step = new_with_folders (servers[i].capabilities, 100);
    WireCost cost = { 0 };

    step_stop (step);
    g_mutex_lock (&step->lock);
    step->on_command = answer_late;
    g_mutex_unlock (&step->lock);
    cost = look_again (step);

    g_assert_cmpuint (cost.round_trips, >=, 2);
    g_assert_cmpuint (cost.round_trips, <=, servers[i].round_trips);
    if (servers[i].octets > 0)
      g_assert_cmpuint (cost.octets, <=, servers[i].octets);
    /* NOTIFY comes behind it, but within what all of it may cost. */
    if (strstr (servers[i].capabilities, "LIST-STATUS NOTIFY") != NULL) {
      g_assert_cmpuint (step_count_commands (step, "* LIST *"), ==, 1);
      STEP_WAIT ((cost = measure (NULL)).watching, 60);
      g_test_message ("%" G_GUINT64_FORMAT " octets with NOTIFY", cost.watching_octets);
      g_assert_cmpuint (cost.watching_octets, >, cost.octets);
      if (servers[i].octets > 0)
        g_assert_cmpuint (cost.watching_octets, <=, servers[i].octets);
      STEP_WAIT (step_count_commands (step, "* IDLE*") == 1, 60);
      g_assert_cmpuint (step_count_commands (step, "* LIST *"), ==, 1);
    }
    g_assert_cmpuint (step_count_commands (step, "? STATUS *"), ==, servers[i].statuses);
    if (servers[i].round_trips < FOLDERS)
      g_assert_cmpuint (step_count_commands (step, "* SELECT *"), ==, 1);
  }
}

/* Rows as if all of the mailbox had been brought here, up to `last`. */
static void
add_rows (Step *step, const char *name, guint32 first, guint32 last)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreFolder) folder = step_get (step, name);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);

  for (guint32 uid = first; uid <= last; uid++) {
    StoreNewMessage *row = g_new0 (StoreNewMessage, 1);

    row->uid = uid;
    row->date = 1700000000 + uid;
    row->subject = row->from_name = row->from_address = row->to = "somebody";
    g_ptr_array_add (rows, row);
  }
  g_assert_true (store_message_add (step->db, folder->id, rows, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (store_folder_set_sync_state (step->db, folder->id, folder->uid_validity, last + 1,
                                              folder->highest_modseq, TRUE, folder->in_step,
                                              &error));
}

/* What it costs does not grow with the mail: 1,000 messages, or 100,000. */
static void
test_unchanged_many (void)
{
  g_autoptr (Step) step = new_with_folders (NULL, 1000);
  WireCost few = look_again (step), many;
  /* MESSAGES, UNSEEN, UIDNEXT, HIGHESTMODSEQ of LIST; EXISTS, UIDNEXT, HIGHESTMODSEQ of SELECT, and what that asks for */
  const guint64 numbers = 8, more_digits = 2;

  step_stop (step);
  for (guint32 uid = 1001; uid <= 100000; uid++)
    step_deliver (step, "INBOX", uid, 0);
  add_rows (step, "INBOX", 1001, 100000);
  step_settle (step);
  g_assert_cmpuint (step_total (step, "INBOX"), ==, 100000);
  many = look_again (step);
  g_assert_cmpuint (many.round_trips, ==, few.round_trips);
  g_assert_cmpuint (many.octets, ==, few.octets + numbers * more_digits);
}

/* Told by NOTIFY what happens elsewhere: nothing is asked of the others, and nothing twice. */
static void
test_told (void)
{
  g_autoptr (Step) step =
      new_with_folders (EXTENDED "CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS NOTIFY", 10);
  g_autofree char *dump = NULL;

  STEP_WAIT (step_count_commands (step, "* IDLE*") > 0, 60);
  step_forget_commands (step);
  step_deliver (step, "Folder 20", 100, 0);
  STEP_WAIT (step_total (step, "Folder 20") == 2, 60);
  STEP_WAIT (step_count_commands (step, "* IDLE*") > 0, 60);
  dump = step_dump_commands (step);
  g_test_message ("%s", dump);
  g_assert_cmpuint (step_count_commands (step, "* SELECT \"Folder 20\"*"), ==, 1);
  g_assert_cmpuint (step_count_commands (step, "* SELECT *"), ==, 2);
  g_assert_cmpuint (step_count_commands (step, "* LIST *"), ==, 0);
  model_act_create (step->server, "alice", "Another");
  STEP_WAIT (step_folder (step, "Another") != 0, 60);
}

typedef enum
{
  GAP_MESSAGE,
  GAP_MARK,
  GAP_CREATED,
  GAP_DELETED,
  GAP_RENAMED,
} Gap;

static Gap gap; /* what happens in it; set while no engine runs */

/* In step by what was listed, and the server does not tell by itself yet. */
static ModelVerdict
fill_gap (Step *step, const char *command, ModelEvent *event)
{
  if (!g_str_has_prefix (command, "NOTIFY ") || step->count++ > 0)
    return MODEL_GO;
  switch (gap) {
  case GAP_MESSAGE:
    step_deliver (step, "Folder 20", 100, 0);
    break;
  case GAP_MARK:
    model_act_set_flags (step->server, "alice", "Folder 20", 1, TRUE, "\\Seen");
    break;
  case GAP_CREATED:
    model_act_create (step->server, "alice", "Between");
    break;
  case GAP_DELETED:
    model_act_delete (step->server, "alice", "Between");
    break;
  case GAP_RENAMED:
    model_act_rename (step->server, "alice", "Folder 21", "Renamed");
    break;
  }
  return MODEL_GO;
}

static gboolean
is_told (Step *step)
{
  switch (gap) {
  case GAP_MESSAGE:
    return step_total (step, "Folder 20") == 2;
  case GAP_MARK:
    return step_unread (step, "Folder 20") == 1;
  case GAP_CREATED:
    return step_folder (step, "Between") != 0;
  case GAP_DELETED:
    return step_folder (step, "Between") == 0;
  case GAP_RENAMED:
    return step_folder (step, "Renamed") != 0 && step_folder (step, "Folder 21") == 0;
  }
  return FALSE;
}

/* What happens elsewhere between the list, by which all is in step, and the moment from which on the server tells of it by itself: it is
 * here at once, not when silence is doubted, and is asked for once. */
static void
test_told_between (void)
{
  g_autoptr (Step) step =
      new_with_folders (EXTENDED "CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS NOTIFY OBJECTID", 10);

  for (gap = GAP_MESSAGE; gap <= GAP_RENAMED; gap++) {
    gboolean folders = gap >= GAP_CREATED;
    g_autofree char *dump = NULL;

    step_stop (step);
    step_forget_commands (step);
    g_mutex_lock (&step->lock);
    step->on_command = fill_gap;
    step->count = 0;
    g_mutex_unlock (&step->lock);
    step_settle (step);
    STEP_WAIT (is_told (step), 60);
    STEP_WAIT (step_count_commands (step, "* IDLE*") > 0, 60);
    dump = step_dump_commands (step);
    g_test_message ("%s", dump);
    g_assert_cmpuint (step_count_commands (step, "* NOTIFY *"), ==, 1);
    g_assert_cmpuint (step_count_commands (step, "* LIST *"), ==, folders ? 2 : 1);
    g_assert_cmpuint (step_count_commands (step, "* SELECT \"Folder 20\"*"), ==, !folders);
  }
}

/* Long before all is in step: what comes elsewhere is told, and is here before the rest of what there is to do. */
static void
test_told_while_busy (void)
{
  g_autoptr (Step) step = step_new (EXTENDED "CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS NOTIFY");

  step_deliver_many (step, "INBOX", 2000, 20000);
  model_server_set_delay (step->server, 50);
  step_start (step);
  STEP_WAIT (step_count_commands (step, "* NOTIFY *") > 0, 60);
  g_assert_cmpuint (engine_told_get_in_step (&step->told), ==, 0);
  step_deliver (step, "Archive", 2001, 0);
  STEP_WAIT (step_total (step, "Archive") == 1, 60);
  g_assert_cmpuint (engine_told_get_in_step (&step->told), ==, 0);
  g_assert_cmpuint (step_lacking (step, "INBOX"), >, 0);
  g_assert_cmpuint (step_count_commands (step, "* LIST *"), ==, 1);
}

static ModelVerdict
cut_idle (Step *step, const char *command, ModelEvent *event)
{
  return g_str_has_prefix (command, "IDLE") ? MODEL_CUT : MODEL_GO;
}

/* A server that cuts every IDLE, and yet tells how all folders stand each time: that is no sign that IDLE is good for something. */
static void
test_told_without_idle (void)
{
  g_autoptr (Step) step = step_new (EXTENDED "CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS NOTIFY");

  step_deliver (step, "INBOX", 1, 0);
  g_mutex_lock (&step->lock);
  step->on_command = cut_idle;
  g_mutex_unlock (&step->lock);
  step_start (step);
  STEP_WAIT (step_count_commands (step, "2 NOTIFY *") == 1, 60);
  g_usleep (300 * 1000);
  g_assert_cmpuint (step_count_commands (step, "* IDLE*"), ==, 2);
  g_assert_cmpuint (step_count_commands (step, "3 *"), ==, 0);
}

/* A large folder in which nothing happened. */
static void
test_unchanged_large (void)
{
  g_autoptr (Step) step = step_new (NULL);
  ModelCounters counters;

  /* With all bodies here, so that no reader connects ahead when the folder is shown. */
  step_deliver_many (step, "INBOX", 5000, 0);
  step_settle (step);
  g_assert_cmpuint (step_total (step, "INBOX"), ==, 5000);
  step_stop (step);
  step_start (step);
  STEP_WAIT (step_count_commands (step, "* IDLE*") == 2, 60);
  /* And while it stands. */
  step_forget_commands (step);
  sync_engine_show_folder (step->engine, step->account->id, step_folder (step, "INBOX"));
  STEP_WAIT (step_count_commands (step, "* IDLE*") == 1, 60);
  counters = model_server_get_counters (step->server);
  g_assert_cmpuint (counters.round_trips, <=, 3);
  g_assert_cmpuint (counters.bytes_in + counters.bytes_out, <, 2048);
}

/* Nothing is brought that did not change; with each of the ways to ask, and none. */
static void
check_changes (const char *capabilities, guint64 most, gboolean searches)
{
  g_autoptr (Step) step = step_new (capabilities);
  ModelCounters counters;
  g_autofree char *dump = NULL;

  step_deliver_many (step, "INBOX", 600, 0);
  step_settle (step);
  g_assert_cmpuint (step_unread (step, "INBOX"), ==, 600);
  step_stop (step);
  for (guint32 uid = 100; uid < 103; uid++)
    model_act_set_flags (step->server, "alice", "INBOX", uid, TRUE, "\\Seen");
  model_act_expunge (step->server, "alice", "INBOX", 7);
  model_act_expunge (step->server, "alice", "INBOX", 300);
  step_deliver (step, "INBOX", 601, 0);
  step_forget_commands (step);
  step_settle (step);
  counters = model_server_get_counters (step->server);
  dump = step_dump_commands (step);
  g_test_message ("%" G_GUINT64_FORMAT " octets\n%s", counters.bytes_in + counters.bytes_out, dump);
  g_assert_cmpuint (step_total (step, "INBOX"), ==, 599);
  g_assert_cmpuint (step_unread (step, "INBOX"), ==, 596);
  g_assert_cmpuint (step_lacking (step, "INBOX"), ==, 0);
  g_assert_cmpuint (step_count_commands (step, "* UID FETCH *BODY.PEEK[]*"), <=, 2);
  g_assert_cmpuint (step_count_commands (step, "* UID SEARCH *"), ==, searches);
  g_assert_cmpuint (counters.bytes_in + counters.bytes_out, <, most);
}

static void
test_changes (void)
{
  check_changes (NULL, 6000, FALSE);
  check_changes (MODEL_CAPS_CONDSTORE, 6000, TRUE);
  /* Each message's flags, once. */
  check_changes (MODEL_CAPS_PLAIN, 600 * 70, TRUE);
}

/* A change by another client is in the rows soon after the server's line. */
static gint64
take_news (const char *capabilities)
{
  g_autoptr (Step) step = step_new (capabilities);
  guint32 uid = 0;
  gint64 longest = 0;

  step_deliver_many (step, "INBOX", 300, 0);
  step_settle (step);
  for (guint kind = 0; kind < 3; kind++) {
    gint64 begun = 0, took = 0;
    guint idles = step_count_commands (step, "* IDLE*");

    STEP_WAIT (step_count_commands (step, "* IDLE*") >= MAX (idles, 1), 60);
    g_usleep (50000); /* the server's answer to IDLE */
    begun = g_get_monotonic_time ();
    switch (kind) {
    case 0:
      model_act_set_flags (step->server, "alice", "INBOX", 5, TRUE, "\\Seen");
      STEP_WAIT (step_unread (step, "INBOX") == 299, 60);
      break;
    case 1:
      model_act_expunge (step->server, "alice", "INBOX", 9);
      STEP_WAIT (step_total (step, "INBOX") == 299, 60);
      break;
    case 2:
      uid = step_deliver (step, "INBOX", 301, 0);
      STEP_WAIT (step_total (step, "INBOX") == 300, 60);
      STEP_WAIT (step_lacking (step, "INBOX") == 0, 60);
      break;
    }
    g_mutex_lock (&step->lock);
    took = (step->changed - begun) / 1000;
    g_mutex_unlock (&step->lock);
    g_test_message ("kind %u: %" G_GINT64_FORMAT " ms", kind, took);
    longest = MAX (longest, took);
  }
  g_assert_cmpuint (uid, ==, 301);
  return longest;
}

/* A busy machine may make it late many times, but not each time. */
static void
check_news (const char *capabilities)
{
  gint64 took = G_MAXINT64;

  for (guint try = 0; try < TRIES && took >= 300; try++)
    took = take_news (capabilities);
  g_assert_cmpint (took, <, 300);
}

static void
test_news (void)
{
  check_news (NULL);
  check_news (MODEL_CAPS_CONDSTORE);
}

/* An hour in which nothing happens, at a six-thousandth of its length: one doubt every ten minutes, and no more. */
static void
test_quiet_hour (void)
{
  g_autoptr (Step) step = step_new (NULL);
  const guint speed = 6000, tens = 6;
  g_autofree char *dump = NULL;

  step_deliver_many (step, "INBOX", 20, 0);
  step->times.watchdog /= speed;
  step->times.list /= speed;
  step->times.about /= speed;
  step->times.told /= speed;
  step_settle (step);
  STEP_WAIT (step_count_commands (step, "* IDLE*") > 0, 60);
  step_forget_commands (step);
  g_usleep ((gulong)(tens * step->times.watchdog));
  dump = step_dump_commands (step);
  g_test_message ("%s", dump);
  /* Each ends IDLE, asks for the list with STATUS, and idles again. */
  g_assert_cmpuint (step_count_commands (step, "*"), >=, 2);
  g_assert_cmpuint (step_count_commands (step, "* SELECT *"), ==, 0);
  g_assert_cmpuint (step_count_commands (step, "* UID *"), ==, 0);
  g_assert_cmpuint (step_count_commands (step, "* LIST *"), <=, tens);
  g_assert_cmpuint (step_count_commands (step, "*"), <=, 4 * tens);
}

/* How often the engine's threads have left the processor so far, by themselves or not: each time they were woken they do. */
static guint64
count_switches (guint *threads)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *task = NULL;
  guint64 switches = 0;

  *threads = 0;
  while ((task = g_dir_read_name (tasks)) != NULL) {
    g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/status", task);
    g_autofree char *status = NULL;
    const char *line = NULL;

    if (!g_file_get_contents (path, &status, NULL, NULL)
        || !g_str_has_prefix (status, "Name:\tsosik-"))
      continue;
    ++*threads;
    for (line = status; (line = strstr (line, "voluntary_ctxt_switches:")) != NULL; line++)
      switches += g_ascii_strtoull (line + strlen ("voluntary_ctxt_switches:"), NULL, 10);
  }
  return switches;
}

/* Idle costs nothing: in some seconds no thread of the engine wakes up even once, whether or not the server tells by itself. */
static void
test_idle_costs_nothing (void)
{
  static const char *const capabilities[] = {
    EXTENDED "CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS NOTIFY COMPRESS=DEFLATE",
    "IMAP4rev1 IDLE",
    "IMAP4rev1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (capabilities); i++) {
    g_autoptr (Step) step = step_new (capabilities[i]);
    guint threads = 0;
    guint64 before = 0;

    step_deliver_many (step, "INBOX", 20, 0);
    step_settle (step);
    sync_engine_show_folder (step->engine, step->account->id, step_folder (step, "INBOX"));
    /* Until the reader's connection has come, and all have gone to sleep. */
    g_usleep (700 * 1000);
    before = count_switches (&threads);
    g_assert_cmpuint (threads, >=, 3);
    g_usleep (2 * G_USEC_PER_SEC);
    g_assert_cmpuint (count_switches (&threads), ==, before);
  }
}

/* A connection that died without a word: found out by the watchdog, or at once when the computer woke up. */
static void
test_half_dead (void)
{
  for (guint woken = 0; woken < 2; woken++) {
    g_autoptr (Step) step = step_new (NULL);
    guint steps = 0;

    step_deliver_many (step, "INBOX", 3, 0);
    step->patience_ms = 300;
    step->times.watchdog = woken ? sync_times.watchdog : 200 * 1000;
    step_settle (step);
    STEP_WAIT (step_count_commands (step, "* IDLE*") > 0, 60);
    g_mutex_lock (&step->lock);
    step->stall_on = 1;
    g_mutex_unlock (&step->lock);
    steps = engine_told_get_in_step (&step->told);
    model_act_set_flags (step->server, "alice", "INBOX", 1, TRUE, "\\Flagged");
    step_deliver (step, "INBOX", 4, 0);
    if (woken)
      sync_engine_resumed (step->engine);
    STEP_WAIT (step_total (step, "INBOX") == 4, 60);
    step_wait_in_step (step, steps);
    g_assert_cmpuint (model_server_get_counters (step->server).connections, >=, 1);
  }
}

/* Position of the first command that matches, -1 none. */
static int
find_command (Step *step, const char *glob)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&step->lock);

  for (guint i = 0; i < step->commands->len; i++)
    if (g_pattern_match_simple (glob, g_ptr_array_index (step->commands, i)))
      return (int)i;
  return -1;
}

/* A new account: something of every folder first, then the lists, then bodies. */
static void
test_windowed (void)
{
  g_autoptr (Step) step = step_new (NULL);
  int screenful = -1, rest = -1, body = -1;
  g_autofree char *dump = NULL;

  step_deliver_many (step, "INBOX", 700, 0);
  step_deliver_many (step, "Archive", 700, 0);
  step_settle (step);
  dump = step_dump_commands (step);
  g_test_message ("%s", dump);
  g_assert_cmpuint (step_total (step, "INBOX"), ==, 700);
  g_assert_cmpuint (step_total (step, "Archive"), ==, 700);
  g_assert_cmpuint (step_lacking (step, "INBOX") + step_lacking (step, "Archive"), ==, 0);
  screenful = find_command (step, "* FETCH 601:*");
  rest = find_command (step, "* UID FETCH *HEADER*");
  body = find_command (step, "* UID FETCH *BODY.PEEK[]*");
  g_assert_cmpint (screenful, >, 0);
  g_assert_cmpuint (step_count_commands (step, "* FETCH 601:*"), ==, 2);
  g_assert_cmpint (rest, >, screenful);
  g_assert_cmpint (body, >, rest);
  /* Both screenfuls before the rest of either. */
  {
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&step->lock);
    guint seen = 0;

    for (int i = 0; i < rest; i++)
      seen +=
          g_pattern_match_simple ("* FETCH 601:*", g_ptr_array_index (step->commands, (guint)i));
    g_assert_cmpuint (seen, ==, 2);
  }
}

static guint
count_texts (Step *step, const char *name)
{
  g_autoptr (GArray) keys = store_message_list (step->db, step_folder (step, name), 0, 0, NULL);
  guint n = 0;

  for (guint i = 0; i < keys->len; i++) {
    g_autoptr (StoreMessage) row =
        store_message_get (step->db, STORE_KEY_ID (g_array_index (keys, StoreKey, i)), NULL);
    n += row->preview != NULL && row->preview[0] != '\0';
  }
  return n;
}

/* A new account that keeps no bodies: the list does not wait for first lines of text, which make the server open each message;
 * they come behind it. */
static void
test_texts (void)
{
  g_autoptr (Step) step = step_new (NULL);
  g_autoptr (StoreFolder) inbox = NULL;
  int screenful = -1, rest = -1, texts = -1;

  step->account->bodies = BASE_BODIES_OPENING;
  step_deliver_many (step, "INBOX", 700, 0);
  step_settle (step);
  screenful = find_command (step, "* FETCH 601:*HEADER*TEXT*");
  rest = find_command (step, "* UID FETCH *HEADER*");
  texts = find_command (step, "* UID FETCH *HEADER*TEXT*");
  g_assert_cmpint (screenful, >, 0);
  g_assert_cmpint (rest, >, screenful);
  g_assert_cmpint (texts, >, rest);
  g_assert_cmpuint (count_texts (step, "INBOX"), ==, 700);
  inbox = step_get (step, "INBOX");
  g_assert_true (inbox->complete);
  g_assert_cmpuint (inbox->text_below, ==, 0);

  /* What is in the store counts, not what this run remembers: none is asked for twice. */
  step_stop (step);
  step_forget_commands (step);
  g_assert_true (store_folder_set_text_below (step->db, inbox->id, 600, NULL));
  step_settle (step);
  g_assert_cmpuint (step_count_commands (step, "* UID FETCH *"), ==, 0);
  g_clear_pointer (&inbox, store_folder_free);
  inbox = step_get (step, "INBOX");
  g_assert_cmpuint (inbox->text_below, ==, 0);
}

/* A mailbox that looks empty, and one that is not in the list any more, are asked for again before anything goes. */
static void
test_asked_again (void)
{
  g_autoptr (Step) step = step_new (NULL);

  step_deliver_many (step, "INBOX", 20, 0);
  model_act_create (step->server, "alice", "Work");
  step_deliver_many (step, "Work", 3, 0);
  step_settle (step);
  STEP_WAIT (step_count_commands (step, "* IDLE*") > 0, 60);
  step_forget_commands (step);
  for (guint32 uid = 1; uid <= 20; uid++)
    model_act_expunge (step->server, "alice", "INBOX", uid);
  STEP_WAIT (step_total (step, "INBOX") == 0, 60);

  step_stop (step);
  model_act_delete (step->server, "alice", "Work");
  step_forget_commands (step);
  step_settle (step);
  STEP_WAIT (step_folder (step, "Work") == 0, 60);
  g_assert_cmpuint (model_server_get_counters (step->server).connections, ==, 2);
}

/* Moved and copied by another client: known again, and not fetched a second time. */
static void
check_moved (const char *capabilities)
{
  g_autoptr (Step) step = step_new (capabilities);

  step_deliver_many (step, "INBOX", 5, 3000);
  step_settle (step);
  g_assert_cmpuint (step_lacking (step, "INBOX"), ==, 0);
  step_stop (step);
  model_act_copy (step->server, "alice", "INBOX", 2, "Archive", TRUE);
  model_act_copy (step->server, "alice", "INBOX", 3, "Archive", FALSE);
  step_forget_commands (step);
  step_settle (step);
  g_assert_cmpuint (step_total (step, "INBOX"), ==, 4);
  g_assert_cmpuint (step_total (step, "Archive"), ==, 2);
  g_assert_cmpuint (step_lacking (step, "Archive"), ==, 0);
  g_assert_cmpuint (step_count_commands (step, "* UID FETCH *BODY.PEEK[]*"), ==, 0);
}

static void
test_moved (void)
{
  check_moved (NULL);
  check_moved (MODEL_CAPS_CONDSTORE);
}

static ModelVerdict
move_late (Step *step, const char *command, ModelEvent *event)
{
  if (g_str_has_prefix (command, "UID MOVE ")) {
    /* Said to be done, and not to be seen yet; and new mail comes there. */
    step_deliver (step, "Archive", 11, 0);
    step->count = 1;
    event->answer = "OK done";
    return MODEL_ANSWER;
  }
  if (step->count == 1 && g_str_has_prefix (command, "SELECT \"Archive\""))
    step->count = 2;
  else if (step->count == 2 && g_str_has_prefix (command, "NOOP")) {
    model_act_copy (step->server, "alice", "INBOX", 2, "Archive", TRUE);
    step->count = 3;
  }
  return MODEL_GO;
}

static ModelVerdict
move_never (Step *step, const char *command, ModelEvent *event)
{
  if (!g_str_has_prefix (command, "UID MOVE "))
    return MODEL_GO;
  step_deliver (step, "Archive", 11, 0);
  event->answer = "OK done";
  return MODEL_ANSWER;
}

/* Moved where the server tells no new UID: one look that does not find it there, be it one that brings new mail, is not enough to
 * take the row away; the next comes at once, and decides. */
static void
check_strays (ModelVerdict (*on_command) (Step *, const char *, ModelEvent *), gboolean comes)
{
  g_autoptr (Step) step = step_new ("IMAP4rev1 SASL-IR ENABLE IDLE MOVE CONDSTORE QRESYNC ESEARCH");
  g_autoptr (GArray) keys = NULL;
  g_autoptr (StoreMessage) message = NULL;
  g_autofree char *dump = NULL;
  gint64 id = 0, begun = 0;

  step_deliver_many (step, "INBOX", 3, 0);
  step_deliver (step, "Archive", 10, 0);
  step_settle (step);
  STEP_WAIT (step_count_commands (step, "* IDLE*") > 0, 60);
  step_forget_commands (step);
  keys = store_message_list (step->db, step_folder (step, "INBOX"), 0, 0, NULL);
  id = STORE_KEY_ID (g_array_index (keys, StoreKey, 1));
  g_mutex_lock (&step->lock);
  step->on_command = on_command;
  g_mutex_unlock (&step->lock);
  g_assert_cmpint (store_operation_move (step->db, &id, 1, step_folder (step, "Archive"), NULL), >,
                   0);
  begun = g_get_monotonic_time ();
  sync_engine_operations_changed (step->engine, step->account->id);
  STEP_WAIT (step_count_commands (step, "* SELECT \"Archive\"*") > 0, 60);
  STEP_WAIT (step_count_commands (step, "* IDLE*") > 0, 60);
  dump = step_dump_commands (step);
  g_test_message ("%s", dump);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 5 * G_USEC_PER_SEC);
  message = store_message_get (step->db, id, NULL);
  g_assert_cmpuint (step_total (step, "Archive"), ==, comes ? 3 : 2);
  STEP_WAIT (step_total (step, "INBOX") == (comes ? 2 : 3), 60);
  g_assert_cmpint (message != NULL, ==, comes);
  if (comes)
    g_assert_cmpuint (message->uid, >, 0);
}

static void
test_strays (void)
{
  check_strays (move_late, TRUE);
  check_strays (move_never, FALSE);
}

static gint64
open_over_sync (void)
{
  g_autoptr (Step) step = step_new (NULL);
  g_autoptr (GArray) keys = NULL;
  g_autoptr (GError) error = NULL;
  gint64 begun = 0, took = 0;

  step_deliver_many (step, "Archive", 1, 0);
  step_deliver_many (step, "INBOX", 2000, 20000);
  model_server_set_delay (step->server, 50);
  step_start (step);
  STEP_WAIT (step_total (step, "Archive") == 1, 60);
  keys = store_message_list (step->db, step_folder (step, "Archive"), 0, 0, NULL);
  sync_engine_show_folder (step->engine, step->account->id, step_folder (step, "Archive"));
  STEP_WAIT (step_lacking (step, "INBOX") > 1000 && step_lacking (step, "INBOX") < 1900, 60);
  {
    g_autoptr (GArray) inbox =
        store_message_list (step->db, step_folder (step, "INBOX"), 0, 0, NULL);
    gint64 oldest = STORE_KEY_ID (g_array_index (inbox, StoreKey, inbox->len - 1));

    /* Looking at the folder has opened the reader's connection. */
    sync_engine_show_folder (step->engine, step->account->id, step_folder (step, "INBOX"));
    STEP_WAIT (step_count_commands (step, "* EXAMINE \"INBOX\"*") == 1, 60);
    g_usleep (150000);
    begun = g_get_monotonic_time ();
    g_assert_true (sync_engine_fetch_body (step->engine, step->account->id, oldest, NULL, &error));
    took = (g_get_monotonic_time () - begun) / 1000;
  }
  g_test_message ("%" G_GINT64_FORMAT " ms", took);
  /* It is still at work, or this proves nothing. */
  return step_lacking (step, "INBOX") > 0 ? took : G_MAXINT64;
}

/* What a person opens does not wait for the sync: one round trip is 50 ms. */
static void
test_opened (void)
{
  gint64 took = G_MAXINT64;

  for (guint try = 0; try < TRIES && took >= 250; try++)
    took = open_over_sync ();
  g_assert_cmpint (took, <, 250);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/step/unchanged", test_unchanged);
  g_test_add_func ("/step/unchanged-many", test_unchanged_many);
  g_test_add_func ("/step/told", test_told);
  g_test_add_func ("/step/told-between", test_told_between);
  g_test_add_func ("/step/told-while-busy", test_told_while_busy);
  g_test_add_func ("/step/told-without-idle", test_told_without_idle);
  g_test_add_func ("/step/unchanged-large", test_unchanged_large);
  g_test_add_func ("/step/changes", test_changes);
  g_test_add_func ("/step/news", test_news);
  g_test_add_func ("/step/quiet-hour", test_quiet_hour);
  g_test_add_func ("/step/idle-costs-nothing", test_idle_costs_nothing);
  g_test_add_func ("/step/half-dead", test_half_dead);
  g_test_add_func ("/step/windowed", test_windowed);
  g_test_add_func ("/step/texts", test_texts);
  g_test_add_func ("/step/asked-again", test_asked_again);
  g_test_add_func ("/step/moved", test_moved);
  g_test_add_func ("/step/strays", test_strays);
  g_test_add_func ("/step/opened", test_opened);
  add_gmail_tests ();
  add_parts_tests ();
  add_renamed_tests ();
  add_shown_tests ();
  add_size_tests ();
  add_unreadable_tests ();
  return g_test_run ();
}
