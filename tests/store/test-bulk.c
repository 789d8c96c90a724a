/* What is done to very many messages at once: one group, one change, one step back.  BULK=100000 says how long each takes. */
#include "test-store.h"

#include <time.h>

#include "base-error.h"

static guint
get_number (void)
{
  const char *wanted = g_getenv ("BULK");
  return wanted != NULL ? (guint)g_ascii_strtoull (wanted, NULL, 10) : 400;
}

static GArray *
fill (Profile *profile, gint64 folder, guint n, guint first_uid)
{
  g_autoptr (GError) error = NULL;
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_assert_true (store_db_begin (profile->db, FALSE, &error));
  for (guint i = 0; i < n; i++) {
    StoreFlags flags = (i % 3 == 0 ? STORE_FLAG_SEEN : 0) | (i % 7 == 0 ? STORE_FLAG_FLAGGED : 0);
    gint64 id = add_message (profile, folder, first_uid + i, first_uid + i, flags, NULL);
    g_array_append_val (ids, id);
  }
  g_assert_true (store_db_commit (profile->db, &error));
  g_assert_no_error (error);
  profile_forget_changes (profile);
  return ids;
}

/* Of this thread's work, in microseconds: a busy machine does not count. */
static gint64
get_clock (void)
{
  struct timespec spent;
  (void)clock_gettime (CLOCK_THREAD_CPUTIME_ID, &spent);
  return spent.tv_sec * G_USEC_PER_SEC + spent.tv_nsec / 1000;
}

static void
say (const char *what, gint64 from)
{
  if (g_getenv ("BULK") != NULL)
    g_test_message ("%s: %.3f s", what, (double)(get_clock () - from) / G_USEC_PER_SEC);
}

/* One commit told of it, once. */
static const StoreChange *
get_change (Profile *profile)
{
  g_assert_cmpuint (profile->changes->len, ==, 1);
  return g_ptr_array_index (profile->changes, 0);
}

static const StoreFolderChange *
get_part (const StoreChange *change, gint64 folder)
{
  for (guint i = 0; i < change->messages->len; i++) {
    const StoreFolderChange *part = g_ptr_array_index (change->messages, i);
    if (part->folder == folder)
      return part;
  }
  return NULL;
}

typedef gint64 (*Verb) (Profile *profile, GArray *ids, GError **error);

static gint64
mark (Profile *profile, GArray *ids, GError **error)
{
  return store_operation_set_flags (profile->db, (gint64 *)(gpointer)ids->data, ids->len, TRUE,
                                    STORE_FLAG_SEEN | STORE_FLAG_FLAGGED, error);
}

static gint64
unmark (Profile *profile, GArray *ids, GError **error)
{
  return store_operation_set_flags (profile->db, (gint64 *)(gpointer)ids->data, ids->len, FALSE,
                                    STORE_FLAG_SEEN, error);
}

static gint64
archive (Profile *profile, GArray *ids, GError **error)
{
  return store_operation_move (profile->db, (gint64 *)(gpointer)ids->data, ids->len,
                               profile->archive, error);
}

static gint64
erase (Profile *profile, GArray *ids, GError **error)
{
  return store_operation_expunge (profile->db, (gint64 *)(gpointer)ids->data, ids->len, 10, error);
}

static gint64
copy (Profile *profile, GArray *ids, GError **error)
{
  return store_operation_copy (profile->db, (gint64 *)(gpointer)ids->data, ids->len,
                               profile->archive, error);
}

/* Everything that is known of the rows and of what is to be done, as text: what two ways of doing the same must agree in. */
static char *
dump (Profile *profile)
{
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);
  {
    g_autoptr (StoreQuery) query = store_db_query (
        profile->db, &error,
        "SELECT id, folder, coalesce (uid, 0), flags, server_flags, doomed, stray, local_only, "
        "hidden FROM message ORDER BY id",
        STORE_NO_INTS);
    while (store_query_step (profile->db, query, &error) == 1) {
      for (int i = 0; i < 9; i++)
        g_string_append_printf (text, "%" G_GINT64_FORMAT " ", store_query_int (query, i));
      g_string_append_c (text, '\n');
    }
  }
  g_autoptr (StoreQuery) query = store_db_query (
      profile->db, &error,
      "SELECT coalesce (message, 0), kind, folder, uid, coalesce (target, 0), flags, adding, "
      "due > 0, state, begun, account, message_id FROM operation ORDER BY id",
      STORE_NO_INTS);
  while (store_query_step (profile->db, query, &error) == 1) {
    for (int i = 0; i < 11; i++)
      g_string_append_printf (text, "%" G_GINT64_FORMAT " ", store_query_int (query, i));
    g_autofree char *message_id = store_query_dup_text (query, 11);
    g_string_append_printf (text, "%s\n", message_id);
  }
  g_assert_no_error (error);
  return g_string_free (text, FALSE);
}

static void
do_and_undo (Profile *profile, GArray *ids, Verb verb, const char *name, guint moved)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = g_getenv ("BULK") != NULL ? NULL : dump (profile);

  profile_forget_changes (profile);
  gint64 from = get_clock ();
  gint64 group = verb (profile, ids, &error);
  say (name, from);
  g_assert_no_error (error);
  g_assert_cmpint (group, >, 0);
  const StoreFolderChange *part = get_part (get_change (profile), profile->inbox);
  g_assert_cmpuint (part->removed->len, ==, moved);
  if (moved == 0)
    g_assert_cmpuint (part->changed->len, >, 0);
  if (g_getenv ("BULK") == NULL)
    check_all_counts (profile);

  profile_forget_changes (profile);
  from = get_clock ();
  g_assert_true (store_operation_undo (profile->db, group, &error));
  g_autofree char *undone = g_strconcat ("undo of ", name, NULL);
  say (undone, from);
  g_assert_no_error (error);
  part = get_part (get_change (profile), profile->inbox);
  g_assert_cmpuint (part->added->len, ==, moved);
  g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, 0);
  if (g_getenv ("BULK") != NULL)
    return;
  check_all_counts (profile);
  g_autofree char *after = dump (profile);
  g_assert_cmpstr (after, ==, before);
}

static void
test_undo (void)
{
  g_autoptr (Profile) profile = profile_new ();
  guint n = get_number ();
  g_autoptr (GArray) ids = fill (profile, profile->inbox, n, 1);

  do_and_undo (profile, ids, mark, "mark", 0);
  do_and_undo (profile, ids, unmark, "unmark", 0);
  do_and_undo (profile, ids, archive, "archive", n);
  do_and_undo (profile, ids, erase, "erase", n);
}

/* The server's side of it: batches, and how long each question takes. */
static void
test_carry_out (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  guint n = get_number (), taken = 0;
  g_autoptr (GArray) ids = fill (profile, profile->inbox, n, 1);
  gint64 group = archive (profile, ids, &error);
  g_assert_cmpint (group, >, 0);

  gint64 from = get_clock ();
  for (;;) {
    g_autoptr (GPtrArray) due = take (profile, 500);
    if (due->len == 0)
      break;
    taken += due->len;
    done (profile, due, 0, 0);
  }
  say ("carry out", from);
  g_assert_cmpuint (taken, ==, n);
  g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, 0);

  profile_forget_changes (profile);
  from = get_clock ();
  g_assert_true (store_operation_undo (profile->db, group, &error));
  say ("undo of what was carried out", from);
  g_assert_no_error (error);
  g_assert_cmpuint (get_part (get_change (profile), profile->inbox)->added->len, ==, n);
  g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, n);
  if (g_getenv ("BULK") == NULL)
    check_all_counts (profile);
}

/* Done together or one by one, it comes to the same; whatever each of them has been through before. */
static void
prepare_mixed (Profile *profile, GArray *ids)
{
  g_autoptr (GError) error = NULL;
  const gint64 *id = (const gint64 *)(gpointer)ids->data;

  /* Half done on the server already, waiting, doomed, only here, moved before. */
  g_assert_cmpint (
      store_operation_set_flags (profile->db, id, 5, TRUE, STORE_FLAG_ANSWERED, &error), >, 0);
  g_autoptr (GPtrArray) begun = take (profile, 2);
  g_assert_cmpuint (begun->len, ==, 2);
  g_assert_cmpint (store_operation_move (profile->db, id + 3, 6, profile->sent, &error), >, 0);
  g_assert_cmpint (store_operation_expunge (profile->db, id + 10, 2, 10, &error), >, 0);
  StoreNewMessage local = { .received = 1800000000,
                            .size = 3,
                            .message_id = "<here@example.org>",
                            .body = g_bytes_new_static ("abc", 3) };
  g_assert_true (store_operation_append (profile->db, profile->inbox, &local, &error));
  g_autoptr (GPtrArray) append = NULL;
  for (;;) {
    g_clear_pointer (&append, g_ptr_array_unref);
    append = take (profile, 1);
    g_assert_cmpuint (append->len, >, 0);
    if (((StoreOperation *)append->pdata[0])->kind == STORE_OPERATION_APPEND)
      break;
  }
  gint64 here = ((StoreOperation *)append->pdata[0])->message;
  g_assert_true (store_operation_refused (profile->db, append, &error));
  g_assert_no_error (error);
  g_array_append_val (ids, here);
  g_bytes_unref (local.body);
  profile_forget_changes (profile);
}

static void
test_same (gconstpointer data)
{
  static const Verb verbs[] = { mark, unmark, archive, copy, erase };
  Verb verb = verbs[GPOINTER_TO_UINT (data)];
  g_autoptr (Profile) together = profile_new ();
  g_autoptr (Profile) single = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = fill (together, together->inbox, 40, 1);
  g_autoptr (GArray) others = fill (single, single->inbox, 40, 1);

  prepare_mixed (together, ids);
  prepare_mixed (single, others);
  gint64 group = verb (together, ids, &error);
  g_assert_no_error (error);
  g_autoptr (GArray) groups = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < others->len; i++) {
    g_autoptr (GArray) one = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_array_append_val (one, g_array_index (others, gint64, i));
    gint64 each = verb (single, one, &error);
    g_assert_no_error (error);
    g_array_append_val (groups, each);
  }
  g_autofree char *one = dump (together), *other = dump (single);
  g_assert_cmpstr (one, ==, other);
  check_all_counts (together);

  g_assert_true (store_operation_undo (together->db, group, &error));
  for (guint i = groups->len; i > 0; i--)
    g_assert_true (
        store_operation_undo (single->db, g_array_index (groups, gint64, i - 1), &error));
  g_assert_no_error (error);
  g_autofree char *undone = dump (together), *each_undone = dump (single);
  g_assert_cmpstr (undone, ==, each_undone);
  check_all_counts (together);
}

void
add_bulk_tests (void)
{
  static const char *const names[] = { "mark", "unmark", "archive", "copy", "erase" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_strconcat ("/store/bulk/same/", names[i], NULL);
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_same);
  }
  g_test_add_func ("/store/bulk/undo", test_undo);
  g_test_add_func ("/store/bulk/carry-out", test_carry_out);
}
