/* Conversations split and joined, remembered: taken back after a restart, whatever has come or gone since. */
#include "base-error.h"
#include "store-deed.h"
#include "store-thread.h"
#include "test-store.h"

typedef struct
{
  Profile *profile;
  Mirror *mirror;
  guint32 last;
} Bench;

static Bench
begin (void)
{
  Bench bench = { .profile = profile_new () };
  bench.mirror = mirror_new (bench.profile);
  return bench;
}

static void
end (Bench *bench)
{
  mirror_check (bench->mirror);
  mirror_free (bench->mirror);
  profile_free (bench->profile);
}

static gint64
put (Bench *bench, const char *id, const char *references)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  StoreNewMessage message = { .uid = ++bench->last,
                              .received = 1700000000 + bench->last,
                              .size = 100,
                              .from_address = "magpie@example.org",
                              .message_id = id,
                              .references = references };
  g_ptr_array_add (messages, &message);
  g_assert_true (
      store_message_add (bench->profile->db, bench->profile->inbox, messages, fresh, &error));
  g_assert_no_error (error);
  return STORE_KEY_ID (g_array_index (fresh, StoreKey, 0));
}

static gint64
thread_of (const Bench *bench, gint64 id)
{
  gint64 thread;
  g_assert_true (store_thread_get (bench->profile->db, id, &thread, NULL));
  return thread;
}

static gboolean
together (const Bench *bench, gint64 a, gint64 b)
{
  return thread_of (bench, a) == thread_of (bench, b);
}

static void
remove_message (const Bench *bench, gint64 id)
{
  g_autoptr (BaseUidSet) uids = base_uid_set_new ();
  base_uid_set_add (uids, uid_of (bench->profile, id));
  g_assert_true (store_message_remove (bench->profile->db, bench->profile->inbox, uids, NULL));
}

static gint64
split (const Bench *bench, gint64 id)
{
  g_autoptr (GError) error = NULL;
  gint64 deed;
  g_assert_true (store_deed_split (bench->profile->db, "split", &id, 1, &deed, &error));
  g_assert_no_error (error);
  return deed;
}

static gint64
join (const Bench *bench, gint64 a, gint64 b, gint64 c)
{
  g_autoptr (GError) error = NULL;
  const gint64 threads[] = { thread_of (bench, a), thread_of (bench, b), thread_of (bench, c) };
  gint64 deed;
  g_assert_true (store_deed_join (bench->profile->db, "joined", threads, 3, &deed, &error));
  g_assert_no_error (error);
  return deed;
}

static StoreDeedState
state_of (const Bench *bench, gint64 id)
{
  g_autoptr (GPtrArray) deeds = store_deed_list (bench->profile->db, NULL);
  for (guint i = 0; i < deeds->len; i++) {
    const StoreDeed *deed = deeds->pdata[i];
    if (deed->id == id)
      return deed->state;
  }
  g_assert_not_reached ();
}

static void
take_back (const Bench *bench, gint64 deed)
{
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (state_of (bench, deed), ==, STORE_DEED_OPEN);
  g_assert_true (store_deed_undo (bench->profile->db, deed, &error));
  g_assert_no_error (error);
  g_assert_cmpint (state_of (bench, deed), ==, STORE_DEED_UNDONE);
  mirror_check (bench->mirror);
}

static void
refuse (const Bench *bench, gint64 deed, StoreDeedState state)
{
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (state_of (bench, deed), ==, state);
  g_assert_false (store_deed_undo (bench->profile->db, deed, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
}

static void
test_split (void)
{
  Bench bench = begin ();
  gint64 a = put (&bench, "<a@x>", NULL), b = put (&bench, "<b@x>", "<a@x>");
  gint64 alone = put (&bench, "<c@x>", NULL);
  g_assert_cmpint (split (&bench, alone), ==, 0);
  gint64 deed = split (&bench, b), again;
  profile_reopen (bench.profile, NULL, NULL);
  gint64 answer = put (&bench, "<d@x>", "<b@x>");
  g_assert_false (together (&bench, a, b));
  take_back (&bench, deed);
  g_assert_true (together (&bench, a, b));
  g_assert_true (together (&bench, a, answer));
  g_assert_false (together (&bench, a, alone));
  refuse (&bench, deed, STORE_DEED_UNDONE);

  /* The person has joined them meanwhile; or nothing of it is left. */
  deed = split (&bench, b);
  join (&bench, a, b, b);
  refuse (&bench, deed, STORE_DEED_UNDONE);
  again = split (&bench, b);
  remove_message (&bench, b);
  refuse (&bench, again, STORE_DEED_GONE);
  end (&bench);
}

static void
test_join (void)
{
  Bench bench = begin ();
  gint64 a = put (&bench, "<a@x>", NULL), b = put (&bench, "<b@x>", NULL);
  gint64 large[] = { put (&bench, "<c@x>", NULL), put (&bench, "<d@x>", "<c@x>") };
  gint64 before = thread_of (&bench, large[0]);
  g_assert_cmpint (join (&bench, a, a, a), ==, 0);
  gint64 deed = join (&bench, a, b, large[0]);
  g_assert_true (together (&bench, a, b));
  g_assert_true (together (&bench, a, large[1]));
  profile_reopen (bench.profile, NULL, NULL);

  /* What came since goes with what it answers, or stays; one went, and came back as another row. */
  gint64 to_b = put (&bench, "<e@x>", "<b@x>"), on = put (&bench, "<f@x>", "<c@x> <b@x> <e@x>");
  gint64 to_large = put (&bench, "<g@x>", "<b@x> <c@x> <d@x>");
  remove_message (&bench, a);
  a = put (&bench, "<a@x>", NULL);
  g_assert_true (together (&bench, a, on));
  g_assert_true (together (&bench, a, to_large));
  take_back (&bench, deed);
  g_assert_cmpint (thread_of (&bench, large[0]), ==, before);
  g_assert_true (together (&bench, large[0], large[1]));
  g_assert_true (together (&bench, large[0], to_large));
  g_assert_true (together (&bench, b, to_b));
  g_assert_true (together (&bench, b, on));
  g_assert_false (together (&bench, a, b));
  g_assert_false (together (&bench, a, large[0]));
  g_assert_false (together (&bench, b, large[0]));
  refuse (&bench, deed, STORE_DEED_UNDONE);
  end (&bench);
}

/* What is not there any more, or elsewhere by another step, is left alone. */
static void
test_join_moved_on (void)
{
  Bench bench = begin ();
  gint64 a = put (&bench, "<a@x>", NULL), b = put (&bench, "<b@x>", NULL);
  gint64 c = put (&bench, "<c@x>", NULL);
  gint64 first = join (&bench, a, b, b), second = join (&bench, a, c, c);
  gint64 parted = split (&bench, b);
  g_assert_cmpint (parted, !=, 0);
  refuse (&bench, first, STORE_DEED_UNDONE);
  gint64 thread = thread_of (&bench, b);
  take_back (&bench, second);
  g_assert_cmpint (thread_of (&bench, b), ==, thread);
  g_assert_false (together (&bench, a, c));
  take_back (&bench, parted);
  g_assert_true (together (&bench, a, b));
  remove_message (&bench, b);
  refuse (&bench, first, STORE_DEED_GONE);

  /* What is forgotten leaves nothing behind. */
  gint64 left = 0;
  g_assert_true (store_deed_forget_all (bench.profile->db, NULL));
  g_assert_true (store_db_get_int (
      bench.profile->db, &left, NULL,
      "SELECT (SELECT count(*) FROM deed_thread) + (SELECT count(*) FROM deed_member)",
      STORE_NO_INTS));
  g_assert_cmpint (left, ==, 0);
  end (&bench);
}

void
add_deed_thread_tests (void)
{
  g_test_add_func ("/store/deed/split", test_split);
  g_test_add_func ("/store/deed/join", test_join);
  g_test_add_func ("/store/deed/join-moved-on", test_join_moved_on);
}
