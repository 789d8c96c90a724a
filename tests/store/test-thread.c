/* Conversations: which messages come together, in whatever order they come; what the person parts and joins. */
#include <string.h>

#include "base-error.h"
#include "store-subject.h"
#include "store-thread.h"
#include "threads.h"

/* ---- messages ---- */

typedef struct
{
  const char *id, *references, *in_reply_to;
} Letter;

static gint64
put (Profile *profile, gint64 folder, guint32 uid, const Letter *letter)
{
  StoreNewMessage message = { .received = 1700000000 + uid,
                              .date = 1700000000 + uid,
                              .size = 100 + uid,
                              .from_address = "magpie@example.org",
                              .message_id = letter->id,
                              .references = letter->references,
                              .in_reply_to = letter->in_reply_to };
  return put_full (profile, folder, uid, &message);
}

/* ---- in any order ---- */

/* What is together: "aab" says that the first two are, and the third is not. */
typedef struct
{
  const char *what;
  Letter letters[7];
  const char *together;
} Case;

static const Case cases[] = {
  { "chain",
    { { "<a@x>", NULL, NULL }, { "<b@x>", "<a@x>", NULL }, { "<c@x>", "<a@x> <b@x>", NULL } },
    "aaa" },
  { "in-reply-to alone",
    { { "<a@x>", NULL, NULL }, { "<b@x>", NULL, "<a@x>" }, { "<c@x>", NULL, "<b@x>" } },
    "aaa" },
  { "References count, In-Reply-To then not",
    { { "<a@x>", NULL, NULL }, { "<b@x>", "<a@x>", "<z@x>" }, { "<z@x>", NULL, NULL } },
    "aab" },
  { "References without an id", { { "<a@x>", NULL, NULL }, { "<b@x>", "(none)", "<a@x>" } }, "aa" },
  { "the link between is missing",
    { { "<b@x>", "<a@x>", NULL }, { "<c@x>", "<a@x>", NULL } },
    "aa" },
  { "the link joins two",
    { { "<a@x>", NULL, NULL }, { "<c@x>", "<b@x>", NULL }, { "<b@x>", "<a@x>", NULL } },
    "aaa" },
  { "three become one",
    { { "<a@x>", NULL, NULL },
      { "<b@x>", NULL, NULL },
      { "<c@x>", NULL, NULL },
      { "<d@x>", "<a@x> <b@x> <c@x>", NULL } },
    "aaaa" },
  { "a loop",
    { { "<a@x>", "<b@x>", NULL }, { "<b@x>", "<a@x>", NULL }, { "<c@x>", NULL, NULL } },
    "aab" },
  { "itself", { { "<a@x>", "<a@x>", "<a@x>" }, { "<b@x>", "<b@x> <b@x>", NULL } }, "ab" },
  { "duplicates",
    { { "<a@x>", NULL, NULL }, { "<a@x>", NULL, NULL }, { "<b@x>", NULL, "<a@x>" } },
    "aaa" },
  { "no ids at all", { { NULL, NULL, NULL }, { NULL, NULL, NULL }, { "", "<>", "<" } }, "abc" },
  { "without an id of its own",
    { { NULL, "<a@x>", NULL }, { "<a@x>", NULL, NULL }, { NULL, "<a@x>", NULL } },
    "aaa" },
  { "strangers",
    { { "<a@x>", NULL, NULL }, { "<A@x>", NULL, NULL }, { "<aa@x>", NULL, NULL } },
    "abc" },
};

static void
check_order (const Case *one, const guint *order, guint n)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (Mirror) mirror = mirror_new (profile);
  gint64 ids[G_N_ELEMENTS (one->letters)];
  for (guint i = 0; i < n; i++) {
    ids[order[i]] = put (profile, order[i] % 2 ? profile->archive : profile->inbox, order[i] + 1,
                         &one->letters[order[i]]);
    mirror_follow (mirror);
  }
  mirror_check (mirror);
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < i; j++)
      if ((thread_of (profile, ids[i]) == thread_of (profile, ids[j]))
          != (one->together[i] == one->together[j]))
        g_error ("%s: %u and %u", one->what, i, j);
}

static void
permute (const Case *one, guint *order, guint at, guint n)
{
  if (at == n) {
    check_order (one, order, n);
    return;
  }
  for (guint i = at; i < n; i++) {
    guint kept = order[at];
    order[at] = order[i];
    order[i] = kept;
    /* Four in all orders take long enough. */
    if (n < 4 || (i + at) % 2 == 0)
      permute (one, order, at + 1, n);
    order[i] = order[at];
    order[at] = kept;
  }
}

static void
test_orders (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint order[G_N_ELEMENTS (cases[i].letters)] = { 0, 1, 2, 3, 4, 5, 6 };
    permute (&cases[i], order, 0, (guint)strlen (cases[i].together));
  }
}

/* ---- lengths and accounts ---- */

static void
test_absurd (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GString) many = g_string_new (NULL);
  g_autofree char *big = g_strnfill (1 << 20, 'x');
  g_autofree char *id = g_strdup_printf ("<%s>", big);
  for (guint i = 0; i < 100000; i++)
    g_string_append_printf (many, "<%u@x> ", i);
  gint64 a = put (profile, profile->inbox, 1, &(Letter){ "<first@x>", many->str, NULL });
  gint64 b = put (profile, profile->inbox, 2, &(Letter){ "<0@x>", NULL, NULL });
  gint64 c = put (profile, profile->inbox, 3, &(Letter){ "<99999@x>", NULL, NULL });
  gint64 d = put (profile, profile->inbox, 4, &(Letter){ id, NULL, NULL });
  gint64 e = put (profile, profile->inbox, 5, &(Letter){ "<e@x>", id, NULL });
  g_assert_cmpint (thread_of (profile, a), ==, thread_of (profile, b));
  g_assert_cmpint (thread_of (profile, a), ==, thread_of (profile, c));
  g_assert_cmpint (thread_of (profile, d), ==, thread_of (profile, e));
  g_assert_cmpint (thread_of (profile, a), !=, thread_of (profile, d));
}

static gint64
other_inbox (Profile *profile)
{
  g_autoptr (GError) error = NULL;
  StoreFolder inbox = {
    .name = (char *)"INBOX", .delimiter = '/', .role = STORE_ROLE_INBOX, .selectable = TRUE
  };
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_ptr_array_add (list, &inbox);
  gint64 account = store_account_ensure (profile->db, "two", &error);
  g_assert_true (store_folder_replace_list (profile->db, account, list, &error));
  g_autoptr (StoreFolder) folder =
      store_folder_by_role (profile->db, account, STORE_ROLE_INBOX, &error);
  g_assert_no_error (error);
  return folder->id;
}

static void
test_accounts (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (Mirror) mirror = mirror_new (profile);
  g_autoptr (GError) error = NULL;
  gint64 inbox = other_inbox (profile);
  gint64 a = put (profile, profile->inbox, 1, &(Letter){ "<a@x>", NULL, NULL });
  gint64 b = put (profile, inbox, 2, &(Letter){ "<b@x>", "<a@x>", NULL });
  gint64 threads[] = { thread_of (profile, a), thread_of (profile, b) };
  g_assert_cmpint (threads[0], !=, threads[1]);
  g_assert_false (store_thread_join (profile->db, threads, 2, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  mirror_check (mirror);
  gint64 links = 0;
  gint64 account = store_account_ensure (profile->db, "two", &error);
  g_assert_true (store_account_remove (profile->db, account, &error));
  mirror_check (mirror);
  g_assert_true (
      store_db_get_int (profile->db, &links, &error, "SELECT count(*) FROM link", STORE_NO_INTS));
  g_assert_cmpint (links, ==, 1);
}

/* ---- the person's word ---- */

static void
test_split (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (Mirror) mirror = mirror_new (profile);
  g_autoptr (GError) error = NULL;
  gint64 a = put (profile, profile->inbox, 1, &(Letter){ "<a@x>", NULL, NULL });
  gint64 b = put (profile, profile->inbox, 2, &(Letter){ "<b@x>", "<a@x>", NULL });
  gint64 copy = put (profile, profile->archive, 2, &(Letter){ "<b@x>", "<a@x>", NULL });
  g_assert_true (store_thread_split (profile->db, &b, 1, &error));
  mirror_check (mirror);
  g_assert_cmpint (thread_of (profile, a), !=, thread_of (profile, b));
  g_assert_cmpint (thread_of (profile, b), ==, thread_of (profile, copy));
  g_assert_cmpuint (count_messages (profile, thread_of (profile, b)), ==, 1);

  /* What names both goes with what it answers, and joins nothing; also after a restart. */
  profile_reopen (profile, NULL, NULL);
  gint64 c = put (profile, profile->inbox, 3, &(Letter){ "<c@x>", "<a@x> <b@x>", NULL });
  gint64 d = put (profile, profile->inbox, 4, &(Letter){ "<d@x>", "<b@x> <a@x>", NULL });
  gint64 again = put (profile, profile->sent, 2, &(Letter){ "<b@x>", "<a@x>", NULL });
  g_assert_cmpint (thread_of (profile, c), ==, thread_of (profile, b));
  g_assert_cmpint (thread_of (profile, d), ==, thread_of (profile, a));
  g_assert_cmpint (thread_of (profile, again), ==, thread_of (profile, b));
  g_assert_cmpint (thread_of (profile, a), !=, thread_of (profile, b));
  mirror_check (mirror);

  /* Joined again it is as before. */
  gint64 threads[] = { thread_of (profile, a), thread_of (profile, b), thread_of (profile, a) };
  g_assert_true (store_thread_join (profile->db, threads, 3, &error));
  mirror_check (mirror);
  g_assert_cmpint (thread_of (profile, a), ==, thread_of (profile, b));
  g_assert_cmpuint (count_messages (profile, threads[0]), ==, 4);
  g_assert_cmpuint (count_messages (profile, threads[1]), ==, 4);
  gint64 parted = 0;
  g_assert_true (store_db_get_int (profile->db, &parted, &error, "SELECT count(*) FROM parted",
                                   STORE_NO_INTS));
  g_assert_cmpint (parted, ==, 0);

  /* The whole of it is nothing to part. */
  gint64 all[] = { a, b, c, d };
  g_assert_true (store_thread_split (profile->db, all, 4, &error));
  g_assert_cmpint (thread_of (profile, a), ==, thread_of (profile, d));
}

static void
test_join (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (Mirror) mirror = mirror_new (profile);
  g_autoptr (GError) error = NULL;
  gint64 a = put (profile, profile->inbox, 1, &(Letter){ "<a@x>", NULL, NULL });
  gint64 b = put (profile, profile->inbox, 2, &(Letter){ "<b@x>", NULL, NULL });
  gint64 threads[] = { thread_of (profile, a), thread_of (profile, b) };
  g_assert_true (store_thread_join (profile->db, threads, 2, &error));
  profile_reopen (profile, NULL, NULL);
  gint64 c = put (profile, profile->archive, 1, &(Letter){ "<c@x>", "<a@x>", NULL });
  gint64 d = put (profile, profile->archive, 2, &(Letter){ "<d@x>", "<b@x>", NULL });
  g_assert_cmpint (thread_of (profile, c), ==, thread_of (profile, d));
  g_assert_cmpint (thread_of (profile, a), ==, thread_of (profile, b));
  g_assert_cmpint (thread_of (profile, a), ==, thread_of (profile, d));
  mirror_check (mirror);
}

/* ---- at random, with all that moves rows ---- */

static void
random_step (Profile *profile, GRand *rand, guint32 step, GArray *ids)
{
  g_autoptr (GError) error = NULL;
  const gint64 folders[] = { profile->inbox, profile->archive, profile->sent };
  gint64 folder = folders[g_rand_int_range (rand, 0, 3)];
  gint64 some[3];
  for (guint i = 0; i < 3 && ids->len > 0; i++)
    some[i] = g_array_index (ids, gint64, g_rand_int_range (rand, 0, (gint32)ids->len));
  guint what = ids->len < 3 ? 9 : (guint)g_rand_int_range (rand, 0, 16);
  if (what == 0)
    store_operation_move (profile->db, some, 3, folder, &error);
  else if (what == 1)
    store_operation_set_flags (profile->db, some, 2, g_rand_boolean (rand),
                               STORE_FLAG_SEEN | STORE_FLAG_FLAGGED, &error);
  else if (what == 2)
    store_operation_expunge (profile->db, some, 1, 0, &error);
  else if (what == 3)
    store_operation_copy (profile->db, some, 2, folder, &error);
  else if (what == 4)
    store_thread_split (profile->db, some, 2, &error);
  else if (what == 5) {
    gint64 threads[2] = { 0, 0 };
    gboolean known = store_thread_get (profile->db, some[0], &threads[0], NULL)
                     && store_thread_get (profile->db, some[1], &threads[1], NULL);
    if (known)
      store_thread_join (profile->db, threads, 2, &error);
  } else if (what == 6) {
    g_autoptr (BaseUidSet) uids = base_uid_set_new ();
    base_uid_set_add (uids, (guint32)g_rand_int_range (rand, 1, (gint32)step + 1));
    store_message_remove (profile->db, folder, uids, &error);
  } else if (what == 7) {
    const StoreServerFlags said = { (guint32)g_rand_int_range (rand, 1, (gint32)step + 1),
                                    (StoreFlags)g_rand_int_range (rand, 0, 16) };
    store_message_set_server_flags (profile->db, folder, &said, 1, &error);
  } else {
    g_autofree char *id = g_strdup_printf ("<%d@x>", g_rand_int_range (rand, 0, 60));
    g_autofree char *references = g_strdup_printf ("<%d@x> <%d@x>", g_rand_int_range (rand, 0, 90),
                                                   g_rand_int_range (rand, 0, 90));
    StoreNewMessage message = { .received = 1700000000 + g_rand_int_range (rand, 0, 40),
                                .flags = (StoreFlags)g_rand_int_range (rand, 0, 16),
                                .size = step,
                                .has_attachments = g_rand_int_range (rand, 0, 4) == 0,
                                .message_id = what == 8 ? NULL : id,
                                .references = g_rand_int_range (rand, 0, 3) ? NULL : references };
    g_autoptr (GPtrArray) messages = g_ptr_array_new ();
    g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
    message.uid = step + 1;
    g_ptr_array_add (messages, &message);
    g_assert_true (store_message_add (profile->db, folder, messages, fresh, &error));
    for (guint i = 0; i < fresh->len; i++) {
      gint64 made = STORE_KEY_ID (g_array_index (fresh, StoreKey, i));
      g_array_append_val (ids, made);
    }
  }
  g_assert_no_error (error);
}

static void
test_random (void)
{
  guint32 seed = (guint32)g_test_rand_int ();
  for (guint game = 0; game < (g_test_slow () ? 100u : 2u); game++) {
    g_test_message ("seed %u", seed + game);
    g_autoptr (Profile) profile = profile_new ();
    g_autoptr (Mirror) mirror = mirror_new (profile);
    g_autoptr (GRand) rand = g_rand_new_with_seed (seed + game);
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
    for (guint32 step = 0; step < 250; step++) {
      random_step (profile, rand, step, ids);
      mirror_follow (mirror);
    }
    mirror_check (mirror);
    check_all_counts (profile);
  }
}

/* ---- ids in memory, in the log, and in the table ---- */

#define N_IDS      90
#define N_MESSAGES 70

static guint
find_root (guint *roots, guint i)
{
  while (roots[i] != i)
    i = roots[i] = roots[roots[i]];
  return i;
}

/* Some messages at once, some alone, now and then a restart or a failure; what is together is what has an id in common. */
static void
check_ids (const StoreLimits *limits, guint32 seed)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GError) error = NULL;
  guint roots[N_IDS], first[N_MESSAGES], at_once = 0;
  gint64 ids[N_MESSAGES];

  profile_reopen (profile, limits, NULL);
  for (guint i = 0; i < N_IDS; i++)
    roots[i] = i;
  for (guint i = 0; i < N_MESSAGES; i++) {
    guint named[3];
    g_autofree char *id = NULL, *references = NULL;

    for (guint j = 0; j < 3; j++)
      named[j] = (guint)g_rand_int_range (rand, 0, N_IDS);
    id = g_strdup_printf ("<%u@x>", named[0]);
    references = g_strdup_printf ("<%u@x> <%u@x>", named[1], named[2]);
    if (at_once == 0 && g_rand_int_range (rand, 0, 4) == 0) {
      at_once = (guint)g_rand_int_range (rand, 2, 9);
      g_assert_true (store_db_begin (profile->db, FALSE, &error));
    }
    ids[i] = put (profile, profile->inbox, i + 1, &(Letter){ id, references, NULL });
    first[i] = named[0];
    for (guint j = 1; j < 3; j++)
      roots[find_root (roots, named[j])] = find_root (roots, named[0]);
    if (at_once > 0 && (--at_once == 0 || i == N_MESSAGES - 1))
      g_assert_true (store_db_commit (profile->db, &error));
    if (at_once == 0 && g_rand_int_range (rand, 0, 8) == 0)
      profile_reopen (profile, limits, NULL);
    if (at_once == 0 && g_rand_int_range (rand, 0, 8) == 0) {
      /* None of this has been. */
      g_assert_true (store_db_begin (profile->db, FALSE, &error));
      put (profile, profile->inbox, 1000, &(Letter){ "<0@x>", "<1@x> <2@x> <3@x>", NULL });
      store_db_rollback (profile->db);
    }
  }
  for (guint i = 0; i < N_MESSAGES; i++)
    for (guint j = 0; j < i; j++)
      if ((thread_of (profile, ids[i]) == thread_of (profile, ids[j]))
          != (find_root (roots, first[i]) == find_root (roots, first[j])))
        g_error ("seed %u: %u and %u", seed, i, j);
}

static void
test_ids (void)
{
  static const guint recent[] = { 1, 5, 30, 1000 };
  guint32 seed = (guint32)g_test_rand_int ();

  for (guint i = 0; i < G_N_ELEMENTS (recent) * (g_test_slow () ? 50 : 2); i++) {
    const StoreLimits limits = { .pack_size = 1 << 20,
                                 .recent_links = recent[i % G_N_ELEMENTS (recent)] };
    check_ids (&limits, seed + i);
  }
}

static gint64
count_links (Profile *profile, const char *table)
{
  g_autoptr (GError) error = NULL;
  gint64 n = 0;

  g_assert_true (
      g_str_equal (table, "log")
          ? store_db_get_int (profile->db, &n, &error,
                              "SELECT coalesce (sum (length (links)) / 16, 0) FROM link_log",
                              STORE_NO_INTS)
          : store_db_get_int (profile->db, &n, &error, "SELECT count(*) FROM link", STORE_NO_INTS));
  return n;
}

/* No writing function pays for those before it: each sorts a portion into the table, and yet the log does not grow without end. */
static void
test_portions (void)
{
  static const StoreLimits limits = { .pack_size = 1 << 20, .recent_links = 64 };
  g_autoptr (Profile) profile = profile_new ();
  gint64 before = 0;

  profile_reopen (profile, &limits, NULL);
  for (guint i = 0; i < 200; i++) {
    g_autofree char *id = g_strdup_printf ("<%u@x>", i);
    g_autofree char *references = g_strdup_printf ("<%u@y> <%u@z>", i, i);
    gint64 now;

    put (profile, profile->inbox, i + 1, &(Letter){ id, references, NULL });
    now = count_links (profile, "table");
    g_assert_cmpint (now - before, <=, 6); /* twice as many as it added */
    g_assert_cmpint (count_links (profile, "log"), <=, 2 * 64 + 3);
    before = now;
    if (i == 100)
      profile_reopen (profile, &limits, NULL);
  }
  g_assert_cmpint (before, >=, 600 - 2 * 64);
}

/* What the person has parted stays so while ids go from log to table, and whoever answers it comes to it. */
static void
check_split_ids (guint recent)
{
  enum
  {
    N = 60
  };
  const StoreLimits limits = { .pack_size = 1 << 20, .recent_links = recent };
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 ids[N];

  profile_reopen (profile, &limits, NULL);
  for (guint i = 0; i < N; i++) {
    g_autofree char *id = g_strdup_printf ("<%u@x>", i);

    ids[i] = put (profile, profile->inbox, i + 1, &(Letter){ id, "<root@x>", NULL });
    /* Of those that were stored a while ago, and of those that were just now. */
    if (i % 6 == 4)
      g_assert_true (store_thread_split (profile->db, &ids[i % 12 == 4 ? i : i / 2], 1, &error));
    g_assert_no_error (error);
    if (i % 20 == 19)
      profile_reopen (profile, &limits, NULL);
  }
  for (guint i = 0; i < N; i++) {
    g_autofree char *id = g_strdup_printf ("<answer-%u@x>", i);
    g_autofree char *parent = g_strdup_printf ("<%u@x>", i);
    gint64 answer = put (profile, profile->inbox, N + i + 1, &(Letter){ id, NULL, parent });

    g_assert_cmpint (thread_of (profile, answer), ==, thread_of (profile, ids[i]));
  }
  g_assert_cmpint (thread_of (profile, ids[4]), !=, thread_of (profile, ids[0]));
  g_assert_cmpint (thread_of (profile, ids[5]), !=, thread_of (profile, ids[0]));
}

static void
test_split_ids (void)
{
  static const guint recent[] = { 1, 5, 30, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (recent); i++)
    check_split_ids (recent[i]);
}

/* Who parts a message does not sort all that came lately into the table. */
static void
test_split_is_small (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 ids[3];

  for (guint i = 0; i < 3; i++) {
    g_autofree char *id = g_strdup_printf ("<%u@x>", i);
    ids[i] = put (profile, profile->inbox, i + 1, &(Letter){ id, "<root@x>", NULL });
  }
  g_assert_true (store_thread_split (profile->db, ids, 2, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count_links (profile, "table"), ==, 0);
  g_assert_cmpint (count_links (profile, "log"), ==, 4 + 2);
}

/* ---- in the order of reading ---- */

/* What was received in the same second stands as it was written, in whatever order it was stored. */
static void
test_order_of_reading (void)
{
  static const guint orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 2, 0, 3, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
    g_autoptr (Profile) profile = profile_new ();
    g_autoptr (GError) error = NULL;
    g_autoptr (GArray) found = NULL;
    gint64 ids[4];

    for (guint j = 0; j < 4; j++) {
      guint n = orders[i][j];
      g_autofree char *id = g_strdup_printf ("<%u@x>", n);
      /* The last two tell the same: they came into the folder one behind the other. */
      StoreNewMessage message = { .received = 1700000000,
                                  .date = n < 2 ? 1600000000 - 10 + n : 1600000000,
                                  .message_id = id,
                                  .references = "<0@x>" };

      ids[n] = put_full (profile, n == 1 ? profile->sent : profile->inbox, n + 1, &message);
    }
    found = store_thread_list_messages (profile->db, thread_of (profile, ids[0]), &error);
    g_assert_no_error (error);
    g_assert_cmpuint (found->len, ==, 4);
    for (guint n = 0; n < 4; n++)
      g_assert_cmpint (g_array_index (found, gint64, n), ==, ids[n]);
  }
}

/* ---- many at once ---- */

#define N_MANY 180

/* Every kind of message: named and not, that name some before and after them, answers by subject alone, two with one Message-ID. */
static GPtrArray *
make_many (GRand *rand, GPtrArray *texts)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < N_MANY; i++) {
    StoreNewMessage *message = g_new0 (StoreNewMessage, 1);
    char *id = g_strdup_printf ("<%d@x>", g_rand_int_range (rand, 0, 150));
    char *references = g_strdup_printf ("<%d@x> <%d@x>", g_rand_int_range (rand, 0, 400),
                                        g_rand_int_range (rand, 0, 400));
    char *subject = g_strdup_printf (
        "%sgoose %d", g_rand_int_range (rand, 0, 25) ? "" : "Re: ", g_rand_int_range (rand, 0, 60));

    g_ptr_array_add (texts, id);
    g_ptr_array_add (texts, references);
    g_ptr_array_add (texts, subject);
    *message = (StoreNewMessage){ .uid = i + 1,
                                  .received = 1700000000 + g_rand_int_range (rand, 0, 100),
                                  .date = 1700000000 + i % 2,
                                  .flags = (StoreFlags)g_rand_int_range (rand, 0, 16),
                                  .has_attachments = g_rand_int_range (rand, 0, 4) == 0,
                                  .from_address = "magpie@example.org",
                                  .subject = subject,
                                  .message_id = g_rand_int_range (rand, 0, 8) ? id : NULL,
                                  .references = g_rand_int_range (rand, 0, 3) ? NULL : references };
    g_ptr_array_add (messages, message);
  }
  return messages;
}

static char *
store_many (GPtrArray *messages, guint batch)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (Mirror) mirror = mirror_new (profile);
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey)), ids = NULL;
  g_autoptr (GHashTable) names = g_hash_table_new (NULL, NULL);
  g_autoptr (GString) together = g_string_new (NULL);

  for (guint i = 0; i < messages->len; i += batch) {
    g_autoptr (GPtrArray) some = g_ptr_array_new ();

    for (guint j = i; j < MIN (i + batch, messages->len); j++)
      g_ptr_array_add (some, messages->pdata[j]);
    g_assert_true (store_message_add (profile->db, profile->inbox, some, fresh, &error));
    mirror_follow (mirror);
  }
  mirror_check (mirror);
  check_all_counts (profile);
  ids =
      store_db_get_ints (profile->db, &error, "SELECT id FROM message ORDER BY uid", STORE_NO_INTS);
  g_assert_cmpuint (ids->len, ==, messages->len);
  for (guint i = 0; i < ids->len; i++) {
    gpointer thread = GSIZE_TO_POINTER ((gsize)thread_of (profile, g_array_index (ids, gint64, i)));

    if (!g_hash_table_contains (names, thread))
      g_hash_table_insert (names, thread, GUINT_TO_POINTER (g_hash_table_size (names) + 1));
    g_string_append_printf (together, "%u ",
                            GPOINTER_TO_UINT (g_hash_table_lookup (names, thread)));
  }
  return g_string_free (g_steal_pointer (&together), FALSE);
}

/* What is stored in one go, in some, or one by one is together in the same way, and stands in the same lists. */
static void
test_batches (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32)g_test_rand_int ());

  for (guint game = 0; game < (g_test_slow () ? 50u : 2u); game++) {
    g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GPtrArray) messages = make_many (rand, texts);
    g_autofree char *alone = store_many (messages, 1);
    g_autofree char *some = store_many (messages, 37);
    g_autofree char *all = store_many (messages, N_MANY);

    g_assert_cmpstr (some, ==, alone);
    g_assert_cmpstr (all, ==, alone);
  }
}

/* ---- rows from before ---- */

static void
test_catch_up (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 ids[50];
  guint64 left = 0;
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autofree char *id = g_strdup_printf ("<%u@x>", i);
    g_autofree char *parent = i % 5 ? g_strdup_printf ("<%u@x>", i - 1) : NULL;
    ids[i] = put (profile, profile->inbox, i + 1, &(Letter){ id, NULL, parent });
  }
  /* As a store from before has it. */
  g_assert_true (store_db_exec (
      profile->db,
      "UPDATE message SET thread = 0, marks = 0, own = 0; DELETE FROM link; DELETE FROM link_log; DELETE FROM merged; "
      "UPDATE store SET last_thread = 0, unthreaded = (SELECT max (id) FROM message)",
      &error));
  profile_reopen (profile, NULL, NULL);
  profile_forget_changes (profile);
  /* Rows tell of nothing but their messages then. */
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  gint64 last = ids[49];
  g_assert_cmpint (store_operation_copy (profile->db, &last, 1, profile->archive, &error), >, 0);
  g_assert_cmpint (store_operation_set_flags (profile->db, ids, 3, TRUE, STORE_FLAG_SEEN, &error),
                   >, 0);
  guint turns = 0;
  do {
    g_assert_true (store_thread_catch_up (profile->db, 7, &left, &error));
    turns++;
  } while (left > 0);
  g_assert_cmpuint (turns, >=, 7);
  for (guint i = 1; i < G_N_ELEMENTS (ids); i++)
    g_assert_cmpint (thread_of (profile, ids[i]) == thread_of (profile, ids[i - 1]), ==,
                     i % 5 != 0);
  profile_forget_changes (profile);
  const StoreListing listing = { .folder = profile->inbox, .conversations = TRUE };
  g_autoptr (GArray) found = store_listing_read (profile->db, &listing, 0, 0, &error);
  g_assert_cmpuint (found->len, ==, 10);
  const StoreListing unread = { .folder = STORE_VIEW_UNREAD, .conversations = TRUE };
  g_autoptr (GArray) new = store_listing_read (profile->db, &unread, 0, 0, &error);
  g_assert_cmpuint (new->len, ==, 10);
}

/* ---- subjects ---- */

typedef struct
{
  const char *from, *to, *subject;
  gint64 day;
} Note;

static void
check_notes (const char *what, const Note *notes, guint n, const char *together)
{
  for (guint turn = 0; turn < 2; turn++) {
    g_autoptr (Profile) profile = profile_new ();
    g_autoptr (Mirror) mirror = mirror_new (profile);
    gint64 ids[4];
    for (guint i = 0; i < n; i++) {
      guint at = turn == 0 ? i : n - 1 - i;
      g_autofree char *id = g_strdup_printf ("<note-%u@x>", at);
      StoreNewMessage message = { .received = 1700000000 + notes[at].day * 86400,
                                  .from_address = notes[at].from,
                                  .to = notes[at].to,
                                  .subject = notes[at].subject,
                                  .message_id = id };
      ids[at] = put_full (profile, at % 2 ? profile->sent : profile->inbox, at + 1, &message);
      mirror_check (mirror);
    }
    for (guint i = 0; i < n; i++)
      for (guint j = 0; j < i; j++)
        if ((thread_of (profile, ids[i]) == thread_of (profile, ids[j]))
            != (together[i] == together[j]))
          g_error ("%s: %u and %u, turn %u", what, i, j, turn);
  }
}

static void
test_lonely_answers (void)
{
#define NOTES(...) (const Note[]){ __VA_ARGS__ }, G_N_ELEMENTS (((const Note[]){ __VA_ARGS__ }))
  check_notes ("an answer",
               NOTES ({ "me@x", "Ann <ann@x>", "점심", 1 }, { "ann@x", "me@x", "회신: 점심", 3 }),
               "aa");
  check_notes ("its case does not matter",
               NOTES ({ "Me@X", "ANN@x", "Lunch", 1 }, { "ann@x", "me@x", "RE: lunch", 3 }), "aa");
  check_notes ("the same words are no answer",
               NOTES ({ "me@x", "ann@x", "Hello", 1 }, { "ann@x", "me@x", "Hello", 2 }), "ab");
  check_notes ("a stranger",
               NOTES ({ "bob@x", "me@x", "Hello", 1 }, { "ann@x", "me@x", "Re: Hello", 2 }), "ab");
  check_notes ("part of an address",
               NOTES ({ "me@x", "joann@x", "Hello", 1 }, { "ann@x", "me@y", "Re: Hello", 2 }),
               "ab");
  check_notes ("too late",
               NOTES ({ "me@x", "ann@x", "Hello", 1 }, { "ann@x", "me@x", "Re: Hello", 40 }), "ab");
  check_notes ("before it was asked",
               NOTES ({ "me@x", "ann@x", "Hello", 3 }, { "ann@x", "me@x", "Re: Hello", 1 }), "ab");
  check_notes ("another subject",
               NOTES ({ "me@x", "ann@x", "Hello", 1 }, { "ann@x", "me@x", "Re: Goodbye", 2 }),
               "ab");
  check_notes ("no subject", NOTES ({ "me@x", "ann@x", "", 1 }, { "ann@x", "me@x", "Re:", 2 }),
               "ab");
  check_notes ("it joins the one before it, and joins no two",
               NOTES ({ "me@x", "ann@x", "Hello", 1 }, { "me@x", "ann@x", "Hello", 5 },
                      { "ann@x", "me@x", "Re: Hello", 6 }),
               "abb");
#undef NOTES
}

static void
test_subjects (void)
{
  static const struct
  {
    const char *subject, *base;
    gboolean is_reply;
  } rows[] = {
    { "Hello", "Hello", FALSE },
    { "Re: Hello", "Hello", TRUE },
    { "RE[2]: re:  Fwd: Hello", "Hello", TRUE },
    { "AW: WG: Hello", "Hello", TRUE },
    { "회신: 안녕", "안녕", TRUE },
    { "전달： 안녕", "안녕", FALSE },
    { "[list] Re: Hello", "Hello", TRUE },
    { "Re: [list] Hello", "Hello", TRUE },
    { "[list]", "[list]", FALSE },
    { "Regarding: x", "Regarding: x", FALSE },
    { "Re", "Re", FALSE },
    { "Re:", "", TRUE },
    { "  Re : Hello", "Hello", TRUE },
    { "", "", FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gboolean is_reply;
    g_assert_cmpstr (store_subject_get_base (rows[i].subject, &is_reply), ==, rows[i].base);
    g_assert_cmpint (is_reply, ==, rows[i].is_reply);
  }
}

void
add_thread_tests (void)
{
  g_test_add_func ("/store/thread/orders", test_orders);
  g_test_add_func ("/store/thread/absurd", test_absurd);
  g_test_add_func ("/store/thread/accounts", test_accounts);
  g_test_add_func ("/store/thread/split", test_split);
  g_test_add_func ("/store/thread/join", test_join);
  g_test_add_func ("/store/thread/random", test_random);
  g_test_add_func ("/store/thread/ids", test_ids);
  g_test_add_func ("/store/thread/portions", test_portions);
  g_test_add_func ("/store/thread/split-ids", test_split_ids);
  g_test_add_func ("/store/thread/split-is-small", test_split_is_small);
  g_test_add_func ("/store/thread/order-of-reading", test_order_of_reading);
  g_test_add_func ("/store/thread/batches", test_batches);
  g_test_add_func ("/store/thread/catch-up", test_catch_up);
  g_test_add_func ("/store/thread/subjects", test_subjects);
  g_test_add_func ("/store/thread/lonely-answers", test_lonely_answers);
}
