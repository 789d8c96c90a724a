/* A disk that is full, or broken, at the nth change, for each n of a day with the engine: first sync, an action, a draft, a mail.
 * What went wrong is said; nothing is lost or done twice; the same process goes on when the disk is well again; and what is there
 * then is there after a restart.
 *
 * DISK_STEP=1 tries each n, as does a larger DISK_STEP every so many; unset, some are picked. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base-error.h"
#include "base-paths.h"
#include "engine-driver.h"
#include "fault.h"
#include "model-server.h"
#include "sync-engine.h"
#include "test-disk.h"

#define MESSAGES    12
#define PATIENCE_MS 5000
#define SAMPLES     14

struct _DiskRoom
{
  ModelServer *server;
  EngineDriver *engine;
  FaultControl *control;
  char *folder, *profile, *control_path;
  gboolean flagged, drafted, sent;
  gboolean said; /* that the disk is at fault */
};

static GBytes *
make_message (guint number)
{
  gsize size = number == 3 ? 1300000 : number == 7 ? 40000 : 300;
  g_autoptr (GString) text = g_string_sized_new (size + 300);

  g_string_append_printf (
      text,
      "From: Bob <bob@lab.test>\r\nTo: alice@lab.test\r\nSubject: Message %u\r\n"
      "Message-ID: <disk-%u@lab.test>\r\nDate: Mon, 23 Nov 2026 10:%02u:00 +0000\r\n\r\n",
      number, number, number);
  while (text->len < size)
    g_string_append_printf (text, "Line %" G_GSIZE_FORMAT " of message %u.\r\n", text->len, number);
  return g_string_free_to_bytes (g_steal_pointer (&text));
}

DiskRoom *
disk_room_new (void)
{
  DiskRoom *room = g_new0 (DiskRoom, 1);
  int fd;

  room->server = model_server_new (NULL);
  model_server_add_account (room->server, "alice", "secret", "alice@lab.test");
  model_server_add_account (room->server, "bob", "secret", "bob@lab.test");
  for (guint i = 1; i <= MESSAGES; i++) {
    g_autoptr (GBytes) message = make_message (i);

    model_act_deliver (room->server, "alice", "INBOX", message, NULL, 0);
  }
  room->folder = g_dir_make_tmp ("sosik-disk-XXXXXX", NULL);
  room->profile = g_build_filename (room->folder, "profile", NULL);
  room->control_path = g_build_filename (room->folder, "control", NULL);
  g_assert_cmpint (g_mkdir (room->profile, 0700), ==, 0);
  fd = g_open (room->control_path, O_RDWR | O_CREAT, 0600);
  g_assert_cmpint (ftruncate (fd, sizeof *room->control), ==, 0);
  room->control = mmap (NULL, sizeof *room->control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  g_assert_true (room->control != MAP_FAILED);
  close (fd);
  return room;
}

/* FALSE when it cannot start: then it has said why. */
gboolean
disk_room_start (DiskRoom *room)
{
  const char *environment[] = { "LD_PRELOAD",
                                g_getenv ("FAULT_LIBRARY"),
                                FAULT_CONTROL,
                                room->control_path,
                                FAULT_FOLDER,
                                room->profile,
                                "TMPDIR",
                                room->profile,
                                "ASAN_OPTIONS",
                                "verify_asan_link_order=0",
                                NULL };
  g_autofree char *refused = NULL;

  room->engine = engine_driver_try_new (room->profile, model_server_get_imap_port (room->server),
                                        model_server_get_smtp_port (room->server),
                                        model_server_get_ca_file (room->server), PATIENCE_MS,
                                        environment, &refused);
  if (room->engine == NULL)
    disk_check_sentence (room, refused);
  return room->engine != NULL;
}

void
disk_room_free (DiskRoom *room)
{
  g_clear_pointer (&room->engine, engine_driver_free);
  model_server_free (room->server);
  munmap (room->control, sizeof *room->control);
  g_assert_true (base_paths_remove_tree (room->folder));
  g_free (room->folder);
  g_free (room->profile);
  g_free (room->control_path);
  g_free (room);
}

EngineDriver *
disk_room_get_engine (DiskRoom *room)
{
  return room->engine;
}

void
disk_room_stop (DiskRoom *room)
{
  g_clear_pointer (&room->engine, engine_driver_free);
}

void
disk_room_kill (DiskRoom *room)
{
  g_clear_pointer (&room->engine, engine_driver_kill);
}

const char *
disk_room_get_profile (DiskRoom *room)
{
  return room->profile;
}

ModelServer *
disk_room_get_server (DiskRoom *room)
{
  return room->server;
}

/* "CODE SENTENCE": it has to be about the disk. */
void
disk_check_sentence (DiskRoom *room, const char *refused)
{
  if (engine_driver_number (refused, 0) != BASE_ERROR_DISK || strlen (refused) < 10)
    g_error ("not said clearly: “%s”", refused);
  room->said = TRUE;
}

/* ---- looking ---- */

gboolean
disk_is_synced (DiskRoom *room)
{
  g_auto (GStrv) lines = engine_driver_ask (room->engine, NULL, "list INBOX");
  guint n = 0;

  for (; lines != NULL && lines[n] != NULL; n++)
    if (strstr (lines[n], " - ") != NULL)
      return FALSE;
  return n == MESSAGES;
}

static guint64
ask_number (DiskRoom *room, const char *command, guint n)
{
  g_auto (GStrv) lines = engine_driver_ask (room->engine, NULL, "%s", command);

  return lines != NULL && lines[0] != NULL ? engine_driver_number (lines[0], n) : 0;
}

static guint
count_lines (DiskRoom *room, const char *command, const char *suffix)
{
  g_auto (GStrv) lines = engine_driver_ask (room->engine, NULL, "%s", command);
  guint n = 0;

  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    n += g_str_has_suffix (lines[i], suffix);
  return n;
}

/* Also notes whether the disk was named since the last look. */
static gboolean
is_in_step (DiskRoom *room)
{
  g_auto (GStrv) lines = engine_driver_ask (room->engine, NULL, "state");

  if ((engine_driver_number (lines[0], 1) & (1u << SYNC_PHASE_DISK)) != 0
      || engine_driver_number (lines[0], 3) > 0)
    room->said = TRUE;
  return engine_driver_number (lines[0], 0) == SYNC_PHASE_IN_STEP;
}

static gboolean
is_complete (DiskRoom *room)
{
  return is_in_step (room) && room->flagged && room->drafted && room->sent && disk_is_synced (room)
         && ask_number (room, "operations", 0) == 0 && count_lines (room, "outbox", "") == 0;
}

/* ---- a day ---- */

/* TRUE when it was done; refused, it was because of the disk. */
static gboolean
try_command (DiskRoom *room, const char *command)
{
  g_autofree char *refused = NULL;
  g_auto (GStrv) lines = engine_driver_ask (room->engine, &refused, "%s", command);

  if (lines == NULL)
    disk_check_sentence (room, refused);
  return lines != NULL;
}

static gboolean
flag_first (DiskRoom *room)
{
  g_auto (GStrv) lines = engine_driver_ask (room->engine, NULL, "list INBOX");
  g_autofree char *command = NULL;

  if (lines == NULL || lines[0] == NULL)
    return FALSE;
  command = g_strdup_printf ("flag %" G_GUINT64_FORMAT " 4", engine_driver_number (lines[0], 0));
  return try_command (room, command);
}

/* What is not done yet. */
static void
do_the_day (DiskRoom *room)
{
  /* The same draft each time, as a composer has it: what could not be made sure may be there all the same. */
  room->drafted = room->drafted || try_command (room, "draft Plan plan");
  room->sent = room->sent || try_command (room, "send bob@lab.test Hello 3000");
  room->flagged = room->flagged || flag_first (room);
}

static gboolean
wait_until (DiskRoom *room, gboolean (*done) (DiskRoom *room), guint ms)
{
  gint64 deadline = g_get_monotonic_time () + (gint64)ms * 1000;

  for (;;) {
    if (done (room))
      return TRUE;
    if (g_get_monotonic_time () > deadline)
      return FALSE;
    g_usleep (10000);
  }
}

static gboolean
is_synced_or_said (DiskRoom *room)
{
  return (is_in_step (room) && disk_is_synced (room)) || room->said;
}

static gboolean
is_complete_or_said (DiskRoom *room)
{
  return is_complete (room) || room->said;
}

static guint
count_server (DiskRoom *room, const char *mailbox, const char *wanted)
{
  g_autofree char *dump = model_server_dump (room->server, "alice");
  g_auto (GStrv) lines = g_strsplit (dump, "\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    n += g_str_has_prefix (lines[i], mailbox) && strstr (lines[i], wanted) != NULL;
  return n;
}

static void
check_server (DiskRoom *room, guint32 number)
{
  if (model_server_count_delivered (room->server) != 1
      || model_server_count (room->server, "alice", "Sent") != 1
      || model_server_count (room->server, "alice", "INBOX") != MESSAGES
      || count_server (room, "INBOX\t", "\\Flagged") != 1) {
    g_autofree char *dump = model_server_dump (room->server, "alice");

    g_error ("change %u: %u delivered; the server has\n%s", number,
             model_server_count_delivered (room->server), dump);
  }
}

static char *
describe (DiskRoom *room)
{
  g_auto (GStrv) inbox = engine_driver_ask (room->engine, NULL, "list INBOX");
  g_auto (GStrv) sent = engine_driver_ask (room->engine, NULL, "list Sent");
  g_auto (GStrv) drafts = engine_driver_ask (room->engine, NULL, "drafts");
  g_autofree char *a = g_strjoinv ("\n", inbox), *b = g_strjoinv ("\n", sent),
                  *c = g_strjoinv ("\n", drafts);

  return g_strjoin ("\n--\n", a, b, c, NULL);
}

static gboolean
sent_has_copy (DiskRoom *room)
{
  g_auto (GStrv) sent = engine_driver_ask (room->engine, NULL, "list Sent");

  return sent != NULL && g_strv_length (sent) == 1 && engine_driver_number (sent[0], 1) != 0;
}

G_GNUC_NORETURN static void
fail (DiskRoom *room, guint32 number, const char *what)
{
  g_autofree char *all = describe (room);
  g_auto (GStrv) state = engine_driver_ask (room->engine, NULL, "state");
  g_auto (GStrv) outbox = engine_driver_ask (room->engine, NULL, "outbox");

  g_error ("change %u: %s: %s; %" G_GUINT64_FORMAT " operations, outbox %s, %u of %u%s%s%s\n%s",
           number, what, state[0], ask_number (room, "operations", 0),
           outbox[0] != NULL ? outbox[0] : "empty", room->control->count, room->control->from,
           room->flagged ? ", flagged" : "", room->drafted ? ", drafted" : "",
           room->sent ? ", sent" : "", all);
}

/* Returns how many changes there were. */
static guint32
run_day (guint32 from, guint32 until, int error)
{
  DiskRoom *room = disk_room_new ();
  g_autofree char *before = NULL, *after = NULL;
  gboolean well = FALSE;
  guint32 count;

  room->control->error = error;
  room->control->until = until;
  room->control->from = from;
  if (!disk_room_start (room)) {
    /* The person frees some space and starts it again. */
    room->control->from = 0;
    g_assert_true (disk_room_start (room));
  }
  wait_until (room, is_synced_or_said, 10000);
  do_the_day (room);
  if (!wait_until (room, is_complete_or_said, 10000) && from != 0 && until == 0)
    fail (room, from, "nobody said that the disk is at fault");

  room->control->from = 0;
  /* A write that was under way may still fail: then it comes back by itself. */
  for (guint i = 0; i < 100 && !well; i++) {
    engine_driver_do (room->engine, "retry");
    do_the_day (room);
    well = wait_until (room, is_complete, 200);
  }
  if (!well)
    fail (room, from, "not well again");
  g_assert_true (wait_until (room, sent_has_copy, 5000));
  check_server (room, from);
  g_assert_cmpuint (count_lines (room, "drafts", " Plan"), ==, 1);
  before = describe (room);
  count = room->control->count;

  disk_room_stop (room);
  g_assert_true (disk_room_start (room));
  if (!wait_until (room, is_complete, 5000))
    g_error ("change %u: not in step after a restart", from);
  after = describe (room);
  g_assert_cmpstr (after, ==, before);
  check_server (room, from);
  disk_room_free (room);
  return count;
}

typedef struct
{
  const char *name;
  int error;
  gboolean once;
} Fault;

static void
test_fault (gconstpointer data)
{
  const Fault *fault = data;
  const char *wanted = g_getenv ("DISK_STEP");
  const char *only = g_getenv ("DISK_ONLY");
  guint32 count = run_day (0, 0, 0);
  guint32 step = wanted != NULL ? (guint32)g_ascii_strtoull (wanted, NULL, 10) : 0;
  guint n = 0;

  if (only != NULL) {
    guint32 number = (guint32)g_ascii_strtoull (only, NULL, 10);

    run_day (number, fault->once ? number : 0, fault->error);
    return;
  }
  if (step == 0)
    step = MAX (count / SAMPLES, 1);
  for (guint32 number = 1 + step / 3; number <= count; number += step, n++) {
    g_test_message ("%s at change %u", fault->name, number);
    run_day (number, fault->once ? number : 0, fault->error);
  }
  g_test_message ("%s: %u of %u changes tried", fault->name, n, count);
  g_assert_cmpuint (n, >, 0);
}

int
main (int argc, char **argv)
{
  static const Fault faults[] = {
    { "full", ENOSPC, FALSE },
    { "broken", EIO, FALSE },
    { "broken-once", EIO, TRUE },
  };

  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autofree char *path = g_strdup_printf ("/disk/%s", faults[i].name);

    g_test_add_data_func (path, &faults[i], test_fault);
  }
  test_damage_add ();
  return g_test_run ();
}
