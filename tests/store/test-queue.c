/* The queue of operations always drains: whatever was done in whatever order, here or by undo, and whatever became of it, some
 * operation is free as long as there are any.  No server, no line: only what waits for what. */
#include "test-store.h"

#include "base-error.h"

static gint64
folder_named (Profile *profile, const char *name)
{
  g_autoptr (GPtrArray) folders = store_folder_list (profile->db, profile->account, NULL);
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    if (g_str_equal (folder->name, name))
      return folder->id;
  }
  return 0;
}

static gint64
create (Profile *profile, const char *name)
{
  g_autoptr (GError) error = NULL;
  gint64 folder = 0;
  g_assert_cmpint (
      store_operation_create_folder (profile->db, profile->account, name, &folder, &error), >, 0);
  return folder;
}

/* All that is due, each done.  FALSE: something is left that nothing will free. */
static gboolean
drain (Profile *profile)
{
  for (;;) {
    g_autoptr (GPtrArray) due = take (profile, 10);
    if (due->len == 0)
      return store_operation_count (profile->db, profile->account) == 0;
    done (profile, due, 0, 0);
  }
}

/* The folder of a message that is still shown is to be deleted, then a folder is made, and the message is to go there: the
 * deletion would wait for the move, the move for the new folder, and that for the deletion. */
static void
test_circle (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_message (profile, profile->archive, 1, 1, 0, NULL);
  gint64 other = add_message (profile, profile->archive, 2, 2, 0, NULL);
  gint64 before = create (profile, "Before"), made;

  g_assert_cmpint (store_operation_delete_folder (profile->db, profile->archive, 0, &error), >, 0);
  made = create (profile, "After");
  g_assert_cmpint (store_operation_move (profile->db, &id, 1, made, &error), ==, 0);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_cmpint (store_operation_copy (profile->db, &id, 1, made, &error), ==, 0);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  /* Out of it to what does not wait for the deletion is no circle: the message is saved first. */
  g_assert_cmpint (store_operation_move (profile->db, &id, 1, before, &error), >, 0);
  g_assert_cmpint (store_operation_move (profile->db, &other, 1, profile->inbox, &error), >, 0);
  g_assert_no_error (error);
  g_assert_true (drain (profile));
  g_autoptr (StoreMessage) saved = store_message_get (profile->db, id, NULL);
  g_autoptr (StoreMessage) kept = store_message_get (profile->db, other, NULL);
  g_assert_nonnull (saved);
  g_assert_nonnull (kept);
  g_assert_null (store_folder_get (profile->db, profile->archive, NULL));
}

/* ---- at random ---- */

static const char *const names[] = { "a", "b", "a/x", "b/x", "a/x/y" };

typedef struct
{
  Profile *profile;
  GRand *rand;
  GArray *groups, *messages;
  guint number;
} Play;

static guint
pick (Play *play, guint below)
{
  return (guint)g_rand_int_range (play->rand, 0, (gint32)below);
}

static gint64
pick_folder (Play *play)
{
  g_autoptr (GPtrArray) folders =
      store_folder_list (play->profile->db, play->profile->account, NULL);
  return ((StoreFolder *)g_ptr_array_index (folders, pick (play, folders->len)))->id;
}

static void
act (Play *play)
{
  g_autoptr (GError) error = NULL;
  StoreDb *db = play->profile->db;
  const char *name = names[pick (play, G_N_ELEMENTS (names))];
  /* Of messages that are gone, or hidden, too. */
  gint64 id = g_array_index (play->messages, gint64, pick (play, play->messages->len));
  gint64 group = 0, folder = pick_folder (play);
  g_autoptr (GBytes) body = g_bytes_new_static ("x", 1);
  g_autofree char *message_id = g_strdup_printf ("<new%u@example.org>", play->number++);
  StoreNewMessage message = { .size = 1, .message_id = message_id, .body = body };

  switch (pick (play, 10)) {
  case 0:
    group = store_operation_create_folder (db, play->profile->account, name, NULL, &error);
    break;
  case 1:
    group = store_operation_rename_folder (db, folder, name, &error);
    break;
  case 2:
  case 3:
    group = store_operation_delete_folder (db, folder, 0, &error);
    break;
  case 4:
    group = store_operation_subscribe_folder (db, folder, pick (play, 2) != 0, &error);
    break;
  case 5:
    group = store_operation_copy (db, &id, 1, folder, &error);
    break;
  case 6:
    group = store_operation_set_flags (db, &id, 1, pick (play, 2) != 0, STORE_FLAG_SEEN, &error);
    break;
  case 7:
    if (pick (play, 3) == 0)
      group = store_operation_expunge (db, &id, 1, 0, &error);
    else
      (void)store_operation_append (db, folder, &message, &error);
    break;
  default:
    group = store_operation_move (db, &id, 1, folder, &error);
    break;
  }
  if (group > 0)
    g_array_append_val (play->groups, group);
  if (error != NULL && !g_error_matches (error, BASE_ERROR, BASE_ERROR_GONE))
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
}

static void
work (Play *play)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) due = take (play->profile, 1 + pick (play, 3));
  if (due->len == 0)
    return;
  switch (pick (play, 6)) {
  case 0:
    g_assert_true (store_operation_refused (play->profile->db, due, &error));
    break;
  case 1:
    g_assert_true (store_operation_postpone (play->profile->db, due, 0, &error));
    break;
  case 2:
    g_assert_true (store_operation_keep (play->profile->db, due, 0, FALSE, &error));
    break;
  case 3:
    g_assert_true (store_operation_recover (play->profile->db, play->profile->account, &error));
    break;
  default:
    done (play->profile, due, 0, 0);
    break;
  }
  g_assert_no_error (error);
}

static void
play (guint32 seed)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GArray) groups = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) messages = g_array_new (FALSE, FALSE, sizeof (gint64));
  Play game = { .profile = profile, .rand = rand, .groups = groups, .messages = messages };

  create (profile, "a");
  create (profile, "b");
  g_assert_true (drain (profile));
  for (guint i = 1; i <= 6; i++) {
    gint64 id = add_message (profile, folder_named (profile, i % 2 == 0 ? "a" : "b"), i, i, 0, NULL);
    g_array_append_val (messages, id);
  }
  for (guint step = 0; step < 60; step++) {
    guint chance = pick (&game, 8);
    if (chance == 0)
      work (&game);
    else if (chance == 1 && groups->len > 0)
      (void)store_operation_undo (profile->db,
                                  g_array_index (groups, gint64, pick (&game, groups->len)), NULL);
    else
      act (&game);
  }
  check_all_counts (profile);
  g_assert_true (store_operation_recover (profile->db, profile->account, NULL));
  g_assert_true (drain (profile));
  check_all_counts (profile);
}

static void
test_random (void)
{
  guint32 first = (guint32)g_test_rand_int ();
  for (guint i = 0; i < (g_test_slow () ? 500u : 4u); i++) {
    g_test_message ("seed %u", first + i);
    play (first + i);
  }
}

void
add_queue_tests (void)
{
  g_test_add_func ("/store/queue/circle", test_circle);
  g_test_add_func ("/store/queue/random", test_random);
}
