/* The index of words follows the mail: what comes is found, what goes is not, whatever happened while nobody was looking. */
#include "test-mail.h"

#include <glib/gstdio.h>

#include "store-operation.h"
#include "store-search.h"

#define LETTER(subject, text)                                                                      \
  "From: =?utf-8?B?6rmA66+87Jqw?= <minwoo@x.example>\r\nTo: one@example.org\r\nSubject: " subject  \
  "\r\nMessage-ID: <" subject "@x>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" text "\r\n"

/* How many it finds, by their text: those in the rows are found without an index. */
static guint
count (Bench *bench, const char *typed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseQuery) query = base_query_parse (typed, 0);
  const StoreSearchScope scope = { 0 };
  g_autoptr (StoreSearch) search = store_search_new (bench->db, query, &scope, &error);
  guint total = 99, unread;

  g_assert_no_error (error);
  g_assert_true (store_search_count (search, 0, &total, &unread, NULL, &error));
  g_assert_no_error (error);
  return total;
}

typedef struct
{
  Bench *bench;
  const char *typed;
  guint expected;
} Wanted;

static gboolean
is_so (gpointer data)
{
  Wanted *wanted = data;

  return count (wanted->bench, wanted->typed) == wanted->expected;
}

static void
wait_for (Bench *bench, const char *typed, guint expected)
{
  Wanted wanted = { bench, typed, expected };

  wait_until (is_so, &wanted);
}

static void
remove_message (StoreDb *db, gint64 folder, guint32 uid)
{
  g_autoptr (BaseUidSet) uids = base_uid_set_new ();
  g_autoptr (GError) error = NULL;

  base_uid_set_add (uids, uid);
  g_assert_true (store_message_remove (db, folder, uids, &error));
  g_assert_no_error (error);
}

/* With no engine to tell of it: the message of `uid` goes, another comes. */
static void
change_unseen (Bench *bench, gint64 folder, guint32 uid, const char *body)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (body, strlen (body));
  StoreNewMessage message = {
    .uid = bench->next_uid++, .received = 3000, .size = strlen (body), .body = bytes
  };
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (Store) store = store_open (bench->paths, NULL, &error);
  g_autoptr (StoreDb) db = store_connect (store, &error);

  g_assert_no_error (error);
  remove_message (db, folder, uid);
  g_ptr_array_add (messages, &message);
  g_assert_true (store_message_add (db, folder, messages, NULL, &error));
  g_assert_no_error (error);
}

static gboolean
is_whole (gpointer data)
{
  return !mail_engine_get_indexing (((Bench *)data)->engine, NULL, NULL, NULL);
}

static void
test_followed (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();

  bench_add (bench, bench->inbox, 1000, LETTER ("one", "이메일을 보냈습니다"));
  bench_add (bench, bench->inbox, 2000, LETTER ("two", "Nothing of the kind"));
  wait_for (bench, "body:메일", 1);
  g_assert_cmpuint (count (bench, "from:ㄱㅁㅇ"), ==, 2);
  g_assert_cmpuint (count (bench, "kind -메일"), ==, 1);
  remove_message (bench->db, mail_folder_get_id (bench->inbox), bench->next_uid - 2);
  g_assert_cmpuint (count (bench, "body:메일"), ==, 0); /* at once */
  wait_until (is_whole, bench);
}

/* What came, and what went, while no indexer ran; and a file that is no database. */
static void
test_begun_again (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *path = g_build_filename (base_paths_get_data (bench->paths), "search.db", NULL);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  gint64 inbox;

  bench_add (bench, bench->inbox, 1000, LETTER ("one", "가나다라"));
  bench_add (bench, bench->inbox, 2000, LETTER ("two", "마바사아"));
  wait_for (bench, "body:나다 OR body:바사", 2);
  inbox = mail_folder_get_id (bench->inbox);
  bench_stop (bench);
  change_unseen (bench, inbox, bench->next_uid - 2, LETTER ("three", "자차카타"));
  bench_restart (bench);
  wait_for (bench, "body:차카", 1);
  g_assert_cmpuint (count (bench, "body:나다"), ==, 0);
  g_assert_cmpuint (count (bench, "body:바사"), ==, 1);
  bench_stop (bench);
  (void)g_unlink (log);
  g_assert_true (g_file_set_contents (path, "This is no database at all.", -1, NULL));
  bench_restart (bench);
  wait_for (bench, "body:바사 OR body:차카", 2);
}

/* ---- a search that is open ---- */

typedef struct
{
  Bench *bench;
  MailMessageList *list;
  guint expected;
} Open;

static gboolean
shows (gpointer data)
{
  Open *open = data;
  guint total;
  gint64 up_to;

  return g_list_model_get_n_items (G_LIST_MODEL (open->list)) == open->expected
         && mail_message_list_get_total (open->list, &total) && total == open->expected
         && mail_message_list_is_whole (open->list, &up_to);
}

/* What comes while somebody looks at what was found is found by its text, too, as soon as that is in the index; and nothing says for ever that it is not. */
static void
test_open (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *body =
      test_make_letter (LETTER ("two", "Dear all\r\n\r\n"), "또 다른 이메일을 보냅니다");
  g_autoptr (MailFolder) folder = NULL;

  bench_add (bench, bench->inbox, 1000, LETTER ("one", "이메일을 보냈습니다"));
  wait_for (bench, "body:메일", 1);
  folder = mail_folder_new_search ("", "메일", NULL, FALSE);
  Open open = { bench, mail_message_list_new (bench->engine, folder, TRUE), 1 };
  wait_until (shows, &open);
  bench_add (bench, bench->inbox, 2000, body);
  open.expected = 2;
  wait_until (shows, &open);
  g_object_unref (open.list);
}

/* ---- searches that are kept ---- */

static gboolean
is_counted (gpointer data)
{
  MailEngine *engine = ((Bench *)data)->engine;

  return engine->searches_source == 0 && engine->searches_counting == 0;
}

static gboolean
has_unread (gpointer data)
{
  return mail_folder_get_unread (data) > 0;
}

/* What is unread is counted once its text can be found: not only when it came. */
static void
test_kept_search (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *body =
      test_make_letter (LETTER ("two", "Dear all\r\n\r\n"), "또 다른 이메일을 보냅니다");
  MailFolder *kept;

  wait_until (is_whole, bench);
  g_clear_pointer (&bench->engine->indexer, mail_indexer_free);
  kept = mail_engine_keep_search (bench->engine, 0, "Kept", "메일", FALSE);
  bench_add (bench, bench->inbox, 1000, body);
  wait_until (is_counted, bench);
  g_assert_cmpuint (mail_folder_get_unread (kept), ==, 0);
  bench->engine->indexer = mail_indexer_new (bench->engine->store, bench->engine->changes);
  wait_until (has_unread, kept);
  g_assert_cmpuint (mail_folder_get_unread (kept), ==, 1);
}

static void
mark_read (Bench *bench, gint64 id)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, TRUE, STORE_FLAG_SEEN, &error), >,
                   0);
  g_assert_no_error (error);
}

/* What is not closed, or not complete, does not take in that it is about what is unread; and both sides of an OR are. */
static void
test_kept_as_typed (void)
{
  static const struct
  {
    const char *typed;
    guint unread;
  } kept[] = { { "\"보냈습니", 1 },     { "one from:", 1 },       { "nothing OR 보냈습니다", 1 },
               { "two OR three", 0 },   { "OR 보냈습니다", 1 },   { "(one OR two", 1 },
               { "보냈습니다 NOT", 1 }, { "one two) three(", 0 }, { "", 1 } };
  g_autoptr (Bench) bench = bench_new_ready ();
  MailFolder *searches[G_N_ELEMENTS (kept)];
  gint64 ids[2];
  g_autoptr (GError) error = NULL;

  bench_add (bench, bench->inbox, 1000, LETTER ("one", "이메일을 보냈습니다"));
  ids[0] = bench_add (bench, bench->inbox, 2000, LETTER ("two", "이메일을 보냈습니다"));
  ids[1] = bench_add (bench, bench->inbox, 2000, LETTER ("three", "Nothing of the kind"));
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    mark_read (bench, ids[i]);
  wait_for (bench, "body:메일", 2);
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    searches[i] = mail_engine_keep_search (bench->engine, i, "Kept", kept[i].typed, FALSE);
  wait_until (is_counted, bench);
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++) {
    g_test_message ("%s", kept[i].typed);
    g_assert_cmpuint (mail_folder_get_unread (searches[i]), ==, kept[i].unread);
  }
}

void
add_indexer_tests (void)
{
  g_test_add_func ("/mail/indexer/followed", test_followed);
  g_test_add_func ("/mail/indexer/begun-again", test_begun_again);
  g_test_add_func ("/mail/indexer/open-search", test_open);
  g_test_add_func ("/mail/indexer/kept-search", test_kept_search);
  g_test_add_func ("/mail/indexer/kept-as-typed", test_kept_as_typed);
}
