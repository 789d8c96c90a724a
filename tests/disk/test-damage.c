/* A database that something else has spoiled: it is set aside, the mail comes anew from the server, and drafts and unsent mail, which
 * are files of their own, are still there. */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "sync-engine.h"
#include "test-disk.h"

#define STARTS 3

typedef enum
{
  DAMAGE_EMPTY,
  DAMAGE_MAGIC,
  DAMAGE_HALF,
  DAMAGE_BYTES,   /* a few anywhere */
  DAMAGE_PAGES,   /* whole pages of zeros */
  DAMAGE_GARBAGE, /* all of it */
  DAMAGE_LOG_TORN,
  DAMAGE_LOG_BYTES,
  DAMAGE_BODIES,
} DamageKind;

typedef struct
{
  const char *name;
  DamageKind kind;
  gboolean aside; /* it is plain at once that this is no database */
} Damage;

static char *
data_path (DiskRoom *room, const char *name)
{
  return g_build_filename (disk_room_get_profile (room), "data", name, NULL);
}

static void
overwrite (char *bytes, gsize length, GRand *rand, guint n)
{
  for (guint i = 0; i < n; i++)
    bytes[g_rand_int_range (rand, 0, (gint32)length)] = (char)g_rand_int_range (rand, 0, 256);
}

static void
spoil_bodies (DiskRoom *room, GRand *rand)
{
  g_autofree char *folder = data_path (room, "bodies");
  g_autoptr (GDir) accounts = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (accounts);
  while ((name = g_dir_read_name (accounts)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, "1.pack", NULL);
    g_autofree char *bytes = NULL;
    gsize length;

    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    overwrite (bytes, length, rand, 2000);
    g_assert_true (g_file_set_contents (path, bytes, (gssize)(length - length / 4), NULL));
  }
}

static void
spoil (DiskRoom *room, DamageKind kind, GRand *rand)
{
  gboolean log = kind == DAMAGE_LOG_TORN || kind == DAMAGE_LOG_BYTES;
  g_autofree char *path = data_path (room, log ? "mail.db-wal" : "mail.db");
  g_autofree char *bytes = NULL;
  gsize length;

  if (kind == DAMAGE_BODIES) {
    spoil_bodies (room, rand);
    return;
  }
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpuint (length, >, 4096);
  switch (kind) {
  case DAMAGE_EMPTY:
    length = 0;
    break;
  case DAMAGE_MAGIC:
    overwrite (bytes, 16, rand, 100);
    break;
  case DAMAGE_HALF:
    length /= 2;
    break;
  case DAMAGE_BYTES:
    overwrite (bytes, length, rand, 400);
    break;
  case DAMAGE_PAGES:
    for (guint i = 0; i < 6; i++)
      memset (bytes + g_rand_int_range (rand, 0, (gint32)(length / 4096)) * 4096, 0, 4096);
    break;
  case DAMAGE_GARBAGE:
    overwrite (bytes, length, rand, (guint)length * 8);
    break;
  case DAMAGE_LOG_TORN:
    length -= (gsize)g_rand_int_range (rand, 1, (gint32)length - 32);
    break;
  case DAMAGE_LOG_BYTES:
    overwrite (bytes, length, rand, 50);
    break;
  case DAMAGE_BODIES:
    break;
  }
  g_assert_true (g_file_set_contents (path, bytes, (gssize)length, NULL));
}

static gboolean
was_set_aside (DiskRoom *room)
{
  g_autofree char *folder = data_path (room, "");
  g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (files)) != NULL)
    if (g_str_has_prefix (name, "mail.db.damaged-"))
      return TRUE;
  return FALSE;
}

/* TRUE when all is here again; FALSE when the engine said that it has to be started anew. */
static gboolean
come_back (DiskRoom *room, const Damage *damage)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  guint quiet = 0;

  for (;;) {
    EngineDriver *engine = disk_room_get_engine (room);
    g_auto (GStrv) state = engine_driver_ask (engine, NULL, "state");

    if (engine_driver_number (state[0], 0) == SYNC_PHASE_DISK) {
      g_assert_nonnull (strstr (state[0], "Start Sosik again"));
      return FALSE;
    }
    if (engine_driver_number (state[0], 0) == SYNC_PHASE_IN_STEP && disk_is_synced (room))
      return TRUE;
    if (g_get_monotonic_time () > deadline)
      g_error ("%s: not in step again: %s", damage->name, state[0]);
    /* A list that cannot be read, or a body that is gone, shows to who looks: the person would open it. */
    if (engine_driver_number (state[0], 0) == SYNC_PHASE_IN_STEP && quiet++ > 20) {
      g_autofree char *refused = NULL;
      g_auto (GStrv) lines = engine_driver_ask (engine, &refused, "list INBOX");

      if (lines == NULL) {
        disk_check_sentence (room, refused);
        return FALSE;
      }
      for (guint i = 0; lines[i] != NULL; i++)
        if (strstr (lines[i], " - ") != NULL)
          engine_driver_do (engine, "fetch %" G_GUINT64_FORMAT, engine_driver_number (lines[i], 0));
    }
    g_usleep (10000);
  }
}

static gboolean
has_line (DiskRoom *room, const char *command, const char *wanted)
{
  g_auto (GStrv) lines = engine_driver_ask (disk_room_get_engine (room), NULL, "%s", command);
  guint n = 0;

  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    n += strstr (lines[i], wanted) != NULL;
  return n == 1;
}

static void
test_damage (gconstpointer data)
{
  const Damage *damage = data;
  guint rounds = damage->kind == DAMAGE_BYTES || damage->kind == DAMAGE_PAGES ? 3 : 1;

  for (guint round = 0; round < rounds; round++) {
    DiskRoom *room = disk_room_new ();
    g_autoptr (GRand) rand = g_rand_new_with_seed (round + 1);
    guint starts = 0;

    model_server_refuse_recipient (disk_room_get_server (room), "bob@lab.test", "451 4.3.0 later");
    g_assert_true (disk_room_start (room));
    g_assert_true (come_back (room, damage));
    engine_driver_do (disk_room_get_engine (room), "draft Plan");
    engine_driver_do (disk_room_get_engine (room), "send bob@lab.test Hello 3000");
    /* With the log, or (orderly) without it. */
    if (damage->kind == DAMAGE_LOG_TORN || damage->kind == DAMAGE_LOG_BYTES)
      disk_room_kill (room);
    else
      disk_room_stop (room);
    spoil (room, damage->kind, rand);

    do {
      g_assert_cmpuint (starts++, <, STARTS);
      if (disk_room_get_engine (room) != NULL)
        disk_room_stop (room);
    } while (!disk_room_start (room) || !come_back (room, damage));
    g_test_message ("%s: well after %u starts, %s", damage->name, starts,
                    was_set_aside (room) ? "set aside" : "as it was");
    if (damage->aside)
      g_assert_true (was_set_aside (room) && starts == 1);
    g_assert_true (has_line (room, "drafts", " Plan"));
    /* Where only the end of the log is gone, its row may be as well: then it is a draft again. */
    g_assert_true (has_line (room, "outbox", " Hello")
                   || (!was_set_aside (room) && has_line (room, "drafts", " Hello")));
    g_assert_cmpuint (model_server_count_delivered (disk_room_get_server (room)), ==, 0);
    disk_room_free (room);
  }
}

void
test_damage_add (void)
{
  static const Damage damages[] = {
    { "empty", DAMAGE_EMPTY, FALSE },       { "magic", DAMAGE_MAGIC, TRUE },
    { "half", DAMAGE_HALF, FALSE },         { "bytes", DAMAGE_BYTES, FALSE },
    { "pages", DAMAGE_PAGES, FALSE },       { "garbage", DAMAGE_GARBAGE, TRUE },
    { "log-torn", DAMAGE_LOG_TORN, FALSE }, { "log-bytes", DAMAGE_LOG_BYTES, FALSE },
    { "bodies", DAMAGE_BODIES, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (damages); i++) {
    g_autofree char *path = g_strdup_printf ("/disk/damaged/%s", damages[i].name);

    g_test_add_data_func (path, &damages[i], test_damage);
  }
}
