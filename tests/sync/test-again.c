/* A server that suddenly shows half the folders, or an empty mailbox: nothing is removed on the word of one connection.  What a
 * second one says too is believed. */
#include "operation-bench.h"

#include "base-error.h"
#include "sync-mailbox.h"
#include "sync-survey.h"

/* clang-format off: a script is read line by line */

#define ALL "S: * LIST () \"/\" INBOX\nS: * LIST () \"/\" Work\nS: * LIST () \"/\" Play\n"

typedef struct
{
  Bench *bench;
  SyncMemory memory;
  SyncContext context;
} Again;

static void
begin (Again *again, Bench *bench)
{
  again->bench = bench;
  again->context = (SyncContext){ .account = bench->account, .db = bench->db, .row = bench->row };
  sync_memory_init (&again->memory);
}

/* A connection of its own. */
static void
next_connection (Again *again)
{
  NetEndpoint endpoint = fake_server_endpoint (again->bench->server);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&again->bench->session, imap_session_free);
  again->bench->session = imap_session_open (&endpoint, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (imap_session_sign_in (
      again->bench->session, &(NetLogin){ .user = "user", .secret = "secret" }, NULL, &error));
  again->context.session = again->bench->session;
  again->context.generation++;
}

/* TRUE: it had better be asked again. */
static gboolean
survey (Again *again)
{
  g_autoptr (SyncWatch) watch = sync_watch_new (&sync_times);
  g_autoptr (SyncMailbox) none = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ask_again = FALSE;

  gboolean good =
      sync_survey_run (&again->context, &again->memory, watch, FALSE, 0, &none, &ask_again, &error);

  g_assert_no_error (error);
  g_assert_true (good);
  return ask_again;
}

static void
add_list (Bench *bench, const char *lines)
{
  g_autofree char *script = g_strconcat ("SERVE\n"
                                         "ON: $tag LIST *\n",
                                         lines,
                                         "S: $tag OK done\n"
                                         "ON: $tag STATUS *\n"
                                         "S: $tag NO [NONEXISTENT] cannot tell\n",
                                         NULL);

  bench_add_script (bench, "", script);
}

static void
test_half_the_folders (void)
{
  g_autoptr (Bench) bench = bench_new ();
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  Again again;
  gint64 id;

  begin (&again, bench);
  bench_list_folder (list, "INBOX", STORE_ROLE_INBOX);
  bench_list_folder (list, "Work", STORE_ROLE_NONE);
  bench_list_folder (list, "Play", STORE_ROLE_NONE);
  g_assert_true (store_folder_replace_list (bench->db, bench->row, list, NULL));
  for (guint i = 1; i < 3; i++)
    g_assert_true (store_folder_set_sync_state (
        bench->db, bench_folder_named (bench, i == 1 ? "Work" : "Play"), 4, 40, 0, TRUE, 1, NULL));
  id = bench_add_mail (bench, bench_folder_named (bench, "Work"), 3, "<a@x>", 100, NULL);
  add_list (bench, "S: * LIST () \"/\" INBOX\n");
  add_list (bench, ALL);
  add_list (bench, "S: * LIST () \"/\" INBOX\n");
  add_list (bench, "S: * LIST () \"/\" INBOX\n");

  next_connection (&again);
  g_assert_true (survey (&again));
  g_assert_cmpint (bench_folder_named (bench, "Play"), !=, 0);
  /* It was a fit; and what was said in it does not count the next time. */
  next_connection (&again);
  g_assert_false (survey (&again));
  g_assert_cmpint (bench_folder_named (bench, "Play"), !=, 0);
  next_connection (&again);
  g_assert_true (survey (&again));
  g_assert_cmpint (bench_folder_named (bench, "Play"), !=, 0);
  g_autoptr (StoreMessage) kept = store_message_get (bench->db, id, NULL);
  g_assert_nonnull (kept);
  next_connection (&again);
  g_assert_false (survey (&again));
  g_assert_cmpint (bench_folder_named (bench, "Play"), ==, 0);
  g_assert_null (store_message_get (bench->db, id, NULL));
  sync_memory_clear (&again.memory);
}

/* ---- a mailbox ---- */

static void
add_select (Bench *bench, guint exists, const char *uids)
{
  g_autofree char *script = g_strdup_printf ("SERVE\n"
                                             "ON: $tag SELECT *\n"
                                             "S: * %u EXISTS\n"
                                             "S: * OK [UIDVALIDITY 9] fine\n"
                                             "S: * OK [UIDNEXT 40] soon\n"
                                             "S: $tag OK [READ-WRITE] open\n"
                                             "ON: $tag UID SEARCH *\n"
                                             "S: * SEARCH%s\n"
                                             "S: $tag OK done\n"
                                             "ON: $tag *\n"
                                             "S: $tag OK done\n",
                                             exists, uids);

  bench_add_script (bench, "", script);
}

static SyncStep
look (Again *again)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SyncMailbox) mailbox =
      sync_mailbox_open (&again->context, &again->memory, again->bench->inbox, NULL, FALSE, &error);
  SyncStep step = SYNC_STEP_MORE;

  g_assert_no_error (error);
  while (step == SYNC_STEP_MORE) {
    gboolean good = sync_mailbox_step (mailbox, &again->context, SYNC_GOAL_LIST, &step, &error);

    g_assert_no_error (error);
    g_assert_true (good);
  }
  return step;
}

static guint
count_messages (Again *again)
{
  g_autoptr (GArray) keys = store_message_list (again->bench->db, again->bench->inbox, 0, 0, NULL);

  return keys->len;
}

static void
add_two (Bench *bench, const char *validity, const char *first, const char *second)
{
  g_autofree char *script = g_strdup_printf (
      "SERVE\n"
      "ON: $tag SELECT *\n"
      "S: * 2 EXISTS\n"
      "S: * OK [UIDVALIDITY %s] fine\n"
      "S: * OK [UIDNEXT 3] soon\n"
      "S: $tag OK [READ-WRITE] open\n"
      "ON: $tag FETCH *HEADER*\n"
      "S: * 1 FETCH (UID 1 FLAGS () RFC822.SIZE 100 BODY[HEADER.FIELDS (SUBJECT)] {%s)\n"
      "S: * 2 FETCH (UID 2 FLAGS () RFC822.SIZE 100 BODY[HEADER.FIELDS (SUBJECT)] {%s)\n"
      "S: $tag OK done\n"
      "ON: $tag UID SEARCH *\n"
      "S: * SEARCH 1 2\n"
      "S: $tag OK done\n"
      "ON: $tag *\n"
      "S: $tag OK done\n",
      validity, first, second);

  bench_add_script (bench, "", script);
}

/* Rows came with the very first SELECT, and before anything else was written all ended.  By the next time the server has numbered anew:
 * what has the same UIDs is something else. */
static void
test_numbered_anew_at_first (void)
{
  g_autoptr (Bench) bench = bench_new ();
  const SyncStatus hint = { .uid_validity = 8, .uid_next = 3, .messages = 2 };
  g_autoptr (SyncMailbox) mailbox = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) keys = NULL;
  Again again;

  begin (&again, bench);
  g_assert_true (store_folder_reset (bench->db, bench->inbox, NULL));
  add_two (bench, "8", ID_A, ID_B);
  add_two (bench, "9", ID_B, NO_ID);
  next_connection (&again);
  mailbox = sync_mailbox_open (&again.context, &again.memory, bench->inbox, &hint, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_messages (&again), ==, 2);
  next_connection (&again);
  look (&again);
  keys = store_message_list (bench->db, bench->inbox, 0, 0, NULL);
  g_assert_cmpuint (keys->len, ==, 2);
  for (guint i = 0; i < keys->len; i++) {
    g_autoptr (StoreMessage) row =
        store_message_get (bench->db, STORE_KEY_ID (g_array_index (keys, StoreKey, i)), NULL);

    g_assert_cmpstr (row->message_id, ==, row->uid == 1 ? "<b@x>" : NULL);
  }
  sync_memory_clear (&again.memory);
}

#define TWENTY " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20"

static void
test_empty_mailbox (void)
{
  g_autoptr (Bench) bench = bench_new ();
  Again again;

  begin (&again, bench);
  for (guint32 uid = 1; uid <= 20; uid++) {
    g_autofree char *id = g_strdup_printf ("<%u@x>", uid);

    bench_add_mail (bench, bench->inbox, uid, id, 100, NULL);
  }
  add_select (bench, 0, "");
  add_select (bench, 20, TWENTY);
  add_select (bench, 0, "");
  add_select (bench, 0, "");

  next_connection (&again);
  g_assert_cmpint (look (&again), ==, SYNC_STEP_ASK_AGAIN);
  g_assert_cmpuint (count_messages (&again), ==, 20);
  next_connection (&again);
  g_assert_cmpint (look (&again), ==, SYNC_STEP_DONE);
  g_assert_cmpuint (count_messages (&again), ==, 20);
  next_connection (&again);
  g_assert_cmpint (look (&again), ==, SYNC_STEP_ASK_AGAIN);
  g_assert_cmpuint (count_messages (&again), ==, 20);
  next_connection (&again);
  g_assert_cmpint (look (&again), ==, SYNC_STEP_DONE);
  g_assert_cmpuint (count_messages (&again), ==, 0);
  sync_memory_clear (&again.memory);
}

void
test_again_add (void)
{
  g_test_add_func ("/again/half-the-folders", test_half_the_folders);
  g_test_add_func ("/again/empty-mailbox", test_empty_mailbox);
  g_test_add_func ("/again/numbered-anew-at-first", test_numbered_anew_at_first);
}
