/* Operations against a scripted server: the rules that keep a message from being lost or doubled where two things go wrong at
 * once, or the server is poor.  Each was a bug, or would be one without the line that it is about. */
#include "operation-bench.h"

#include "base-error.h"

#include <string.h>

/* clang-format off: a script is read line by line */

static gboolean
is_touched (Bench *bench, gint64 folder)
{
  for (guint i = 0; i < bench->touched->len; i++)
    if (g_array_index (bench->touched, gint64, i) == folder)
      return TRUE;
  return FALSE;
}

/* ---- UIDs are of a numbering ---- */

/* Nobody has looked into the target: the UID that COPYUID tells is of the numbering that it tells, and dies with it. */
static void
test_numbering_new (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>");
  g_autoptr (GError) error = NULL;

  bench_add_script (bench, "UIDPLUS MOVE",
                    SELECT ("a", "INBOX", "9")
                    "C: $b UID MOVE 7 \"Archive\"\n"
                    "S: * OK [COPYUID 5 7 12] moved\n"
                    "S: * 1 EXPUNGE\n"
                    "S: $b OK done\n");
  bench_move (bench, id, bench->archive);
  bench_run_all (bench);
  g_assert_cmpuint (bench_uid_of (bench, id), ==, 12);
  g_assert_false (
      store_folder_set_sync_state (bench->db, bench->archive, 6, 1, 0, FALSE, 0, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  g_assert_true (store_folder_reset (bench->db, bench->archive, NULL));
  g_assert_cmpuint (bench_uid_of (bench, id), ==, 0);
}

/* The target is numbered anew, which nobody has seen yet: the new UID may be another row's. */
static void
check_numbering_other (const char *caps, const char *script)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>");
  gint64 other = bench_add_mail (bench, bench->archive, 12, "<b@x>", 100, NULL);

  g_assert_true (
      store_folder_set_sync_state (bench->db, bench->archive, 4, 40, 0, TRUE, 1, NULL));
  bench_add_script (bench, caps, script);
  bench_move (bench, id, bench->archive);
  bench_run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench_uid_of (bench, other), ==, 12);
  g_assert_cmpuint (bench_uid_of (bench, id), ==, 0);
  g_assert_cmpint (bench_folder_of (bench, id), ==, bench->archive);
  g_assert_true (is_touched (bench, bench->archive));
}

static void
test_numbering_other (void)
{
  check_numbering_other ("UIDPLUS MOVE",
                         SELECT ("a", "INBOX", "9")
                         "C: $b UID MOVE 7 \"Archive\"\n"
                         "S: * OK [COPYUID 5 7 12] moved\n"
                         "S: * 1 EXPUNGE\n"
                         "S: $b OK done\n");
  check_numbering_other ("UIDPLUS",
                         SELECT ("a", "INBOX", "9")
                         COPY ("b", "c", "7", "Archive", "12")
                         "S: $c OK [COPYUID 5 7 12] copied\n"
                         DELETE_ORIGINAL ("d", "e", "7"));
}

static void
test_numbering_append (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 other = bench_add_mail (bench, bench->archive, 12, "<b@x>", 100, NULL);
  g_autoptr (GBytes) body = g_bytes_new_static ("Subject: a\r\n\r\n1\r\n", 17);
  StoreNewMessage message = { .size = 17, .message_id = "<a@x>", .body = body };

  g_assert_true (
      store_folder_set_sync_state (bench->db, bench->archive, 4, 40, 0, TRUE, 1, NULL));
  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "Archive", "4")
                    "C: $b UID SEARCH *\n"
                    "S: * SEARCH\n"
                    "S: $b OK done\n"
                    "C: $c APPEND \"Archive\" {17}\n"
                    "S: + go\n"
                    "L: *\n"
                    "C: \n"
                    "S: $c OK [APPENDUID 5 12] kept\n");
  g_assert_true (store_operation_append (bench->db, bench->archive, &message, NULL));
  bench_run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench_uid_of (bench, other), ==, 12);
  g_assert_true (is_touched (bench, bench->archive));
}

/* Two that share Message-ID, size and times are told apart by their bytes. */
static void
test_numbered_alike (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_mail (bench, bench->inbox, 7, "<a@x>", 0, "Message-ID: <a@x>\r\n\r\nA");

  bench_add_mail (bench, bench->inbox, 8, "<a@x>", 0, "Message-ID: <a@x>\r\n\r\nB");
  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "INBOX", "77")
                    "C: $b UID SEARCH *\n"
                    "S: * SEARCH 1 2\n"
                    "S: $b OK done\n"
                    "C: $c UID FETCH 1:2 *\n"
                    HEADER ("1", "22", ID_A)
                    HEADER ("2", "22", ID_A)
                    "S: $c OK done\n"
                    "C: $d UID FETCH 1:2 *\n"
                    HEADER ("1", "22", ID_A)
                    HEADER ("2", "22", ID_A)
                    "S: $d OK done\n"
                    "C: $g UID FETCH 2 *\n"
                    "S: * 2 FETCH (UID 2 BODY[] {22}\\r\\nMessage-ID: <a@x>\\r\\n\\r\\nB)\n"
                    "S: $g OK done\n"
                    "C: $e UID FETCH 1 *\n"
                    "S: * 1 FETCH (UID 1 BODY[] {22}\\r\\nMessage-ID: <a@x>\\r\\n\\r\\nA)\n"
                    "S: $e OK done\n"
                    "C: $f UID STORE 1 +FLAGS.SILENT (\\\\Seen)\n"
                    "S: $f OK done\n");
  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, TRUE, STORE_FLAG_SEEN, NULL), >, 0);
  bench_run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench->said->len, ==, 0);
}

/* Between two commands: nothing of the old numbering goes out, nothing counts as done, and nobody is bothered. */
static void
test_numbered_between (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 ids[] = { bench_add_inbox (bench, 7, "<a@x>"), bench_add_inbox (bench, 8, "<b@x>") };
  g_autoptr (GPtrArray) later = NULL;

  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "INBOX", "9")
                    COPY ("b", "c", "7:8", "Archive", "12")
                    "CUT\n");
  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "INBOX", "9")
                    FIND_COPY ("b", "c", "Archive", "12", HEADER ("12", "100", ID_A))
                    SELECT ("d", "INBOX", "77")
                    "EOF\n");
  g_assert_cmpint (store_operation_move (bench->db, ids, 2, bench->archive, NULL), >, 0);
  bench_run_cut (bench);
  g_assert_cmpuint (PENDING (bench), ==, 2);
  g_assert_cmpuint (bench->said->len, ==, 0);
  g_assert_false (sync_account_is_waiting (bench->account));
  later = store_operation_take_due (bench->db, bench->row, 10,
                                    g_get_real_time () / G_USEC_PER_SEC + 3600, NULL, NULL);
  g_assert_cmpuint (later->len, ==, 2);
}

/* ---- MOVE that is not understood ---- */

/* Cut behind the COPY that stands in for it: it was noted before it went out, and is not made again. */
static void
test_move_bad (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>");

  bench_add_script (bench, "UIDPLUS MOVE",
                    SELECT ("a", "INBOX", "9")
                    "C: $b UID MOVE 7 \"Archive\"\n"
                    "S: $b BAD what\n"
                    COPY ("c", "d", "7", "Archive", "12")
                    "CUT\n");
  bench_add_script (bench, "UIDPLUS MOVE",
                    SELECT ("a", "INBOX", "9")
                    FIND_COPY ("b", "c", "Archive", "12", HEADER ("12", "100", ID_A))
                    SELECT ("d", "INBOX", "9")
                    DELETE_ORIGINAL ("e", "f", "7"));
  bench_move (bench, id, bench->archive);
  bench_run_cut (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench_uid_of (bench, id), ==, 12);
  g_assert_cmpuint (bench->said->len, ==, 0);
}

static void
test_gmail_move_bad (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>");

  bench_add_script (bench, "UIDPLUS MOVE X-GM-EXT-1",
                    SELECT ("a", "INBOX", "9")
                    STATUS ("b", "Trash", "12")
                    "C: $c UID MOVE 7 \"Trash\"\n"
                    "S: $c BAD what\n"
                    FIND_COPY ("d", "e", "Trash", "12", HEADER ("11", "100", ID_B))
                    SELECT ("f", "INBOX", "9")
                    COPY ("g", "h", "7", "Trash", "12")
                    "S: $h OK [COPYUID 5 7 12] copied\n"
                    SELECT ("i", "Trash", "5")
                    DELETE_ORIGINAL ("j", "k", "12"));
  g_assert_cmpint (store_operation_expunge (bench->db, &id, 1, 0, NULL), >, 0);
  bench_run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench->said->len, ==, 0);
  g_assert_null (store_message_get (bench->db, id, NULL));
}

/* ---- a mailbox that keeps no \Deleted ---- */

/* It goes where it can be deleted; a cut on the way does not leave it there. */
static void
test_delete_in_bin (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>");

  bench_add_script (bench, "UIDPLUS MOVE",
                    "C: $a SELECT \"INBOX\"\n"
                    "S: * 3 EXISTS\n"
                    "S: * OK [UIDVALIDITY 9] fine\n"
                    "S: * OK [PERMANENTFLAGS (\\\\Seen)] few\n"
                    "S: $a OK [READ-WRITE] open\n"
                    STATUS ("b", "Trash", "12")
                    "C: $c UID MOVE 7 \"Trash\"\n"
                    "S: * OK [COPYUID 5 7 12] moved\n"
                    "S: * 1 EXPUNGE\n"
                    "S: $c OK done\n"
                    "C: $d SELECT \"Trash\"\n"
                    "CUT\n");
  /* Now the server tells nothing of flags, but what was begun in the bin is ended there. */
  bench_add_script (bench, "UIDPLUS MOVE",
                    SELECT ("a", "INBOX", "9")
                    SELECT ("b", "Trash", "5")
                    DELETE_ORIGINAL ("c", "d", "12"));
  g_assert_cmpint (store_operation_expunge (bench->db, &id, 1, 0, NULL), >, 0);
  bench_run_cut (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench->said->len, ==, 0);
  g_assert_null (store_message_get (bench->db, id, NULL));
}

/* ---- what is told ---- */

/* "Not now" is no sentence of its own; "no room" after it is. */
static void
test_told_once (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>");

  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "INBOX", "9")
                    COPY ("b", "c", "7", "Archive", "12")
                    "S: $c NO [INUSE] busy\n"
                    COPY ("d", "e", "7", "Archive", "12")
                    "S: $e NO [OVERQUOTA] full\n"
                    COPY ("f", "g", "7", "Archive", "12")
                    "S: $g NO [INUSE] busy\n"
                    COPY ("h", "i", "7", "Archive", "12")
                    "S: $i NO [OVERQUOTA] full\n");
  g_assert_cmpint (store_operation_copy (bench->db, &id, 1, bench->archive, NULL), >, 0);
  bench_run_all (bench);
  g_assert_cmpuint (bench->said->len, ==, 0);
  for (guint i = 0; i < 3; i++) {
    g_assert_true (store_operation_hurry (bench->db, bench->row, NULL));
    bench_run_all (bench);
    g_assert_cmpuint (bench->said->len, ==, 1);
  }
}

/* ---- subscriptions ---- */

static void
subscribe (GPtrArray *list, const char *name, gboolean subscribed)
{
  StoreFolder *folder = bench_list_folder (
      list, name, g_str_equal (name, "INBOX") ? STORE_ROLE_INBOX : STORE_ROLE_NONE);

  folder->tells_subscribed = TRUE;
  folder->subscribed = subscribed;
}

/* A rename takes along the subscriptions there are, to what stands below too, and makes none. */
static void
test_rename_subscriptions (void)
{
  g_autoptr (Bench) bench = bench_new ();
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);

  subscribe (list, "INBOX", TRUE);
  subscribe (list, "Archive", FALSE);
  subscribe (list, "Archive/2025", TRUE);
  subscribe (list, "Archive/2026", FALSE);
  subscribe (list, "Archives", TRUE);
  g_assert_true (store_folder_replace_list (bench->db, bench->row, list, NULL));
  bench_add_script (bench, "",
                    "C: $a RENAME \"Archive\" \"Old\"\n"
                    "S: $a OK done\n"
                    "C: $b SUBSCRIBE \"Old/2025\"\n"
                    "S: $b OK done\n"
                    "C: $c UNSUBSCRIBE \"Archive/2025\"\n"
                    "S: $c OK done\n"
                    "EOF\n");
  g_assert_cmpint (store_operation_rename_folder (bench->db, bench->archive, "Old", NULL), >, 0);
  bench_run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench->said->len, ==, 0);
}

/* ---- only here ---- */

static gint64
append_refused (Bench *bench)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("Subject: a\r\n\r\n1\r\n", 17);
  StoreNewMessage message = { .size = 17, .message_id = "<a@x>", .body = body };
  g_autoptr (GArray) keys = NULL;

  g_assert_true (store_operation_append (bench->db, bench->archive, &message, NULL));
  bench_run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench->said->len, ==, 1);
  keys = store_message_list (bench->db, bench->archive, 0, 0, NULL);
  g_assert_cmpuint (keys->len, ==, 1);
  return STORE_KEY_ID (g_array_index (keys, StoreKey, 0));
}

#define APPEND_REFUSED                                                                             \
  SELECT ("a", "Archive", "5")                                                                     \
  "C: $b UID SEARCH *\n"                                                                           \
  "S: * SEARCH\n"                                                                                  \
  "S: $b OK done\n"                                                                                \
  "C: $c APPEND \"Archive\" {17}\n"                                                                \
  "S: $c NO [TOOBIG] never\n"

/* In a folder that exists only here as well: the server has no part in its deletion, and can not refuse it. */
static void
test_delete_only_here (void)
{
  g_autoptr (Bench) bench = bench_new ();
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  gint64 id;

  bench_add_script (bench, "UIDPLUS", APPEND_REFUSED "EOF\n");
  id = append_refused (bench);
  subscribe (list, "INBOX", TRUE);
  g_assert_true (store_folder_replace_list (bench->db, bench->row, list, NULL));
  g_assert_cmpint (store_operation_expunge (bench->db, &id, 1, 0, NULL), >, 0);
  bench_run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_null (store_message_get (bench->db, id, NULL));
  g_assert_cmpuint (bench->said->len, ==, 1);
  /* And then there is no reason to keep the folder. */
  g_assert_true (store_folder_replace_list (bench->db, bench->row, list, NULL));
  g_assert_null (store_folder_get (bench->db, bench->archive, NULL));
}

/* Taken after all, without a word on its UID: it is on the server from then on, and deleted there. */
static void
test_taken_after_all (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id;

  bench_add_script (bench, "UIDPLUS",
                    APPEND_REFUSED
                    SELECT ("d", "Trash", "5")
                    "C: $e UID SEARCH *\n"
                    "S: * SEARCH\n"
                    "S: $e OK done\n"
                    "C: $f APPEND \"Trash\" {17}\n"
                    "S: + go\n"
                    "L: *\n"
                    "C: \n"
                    "S: $f OK kept\n"
                    "C: $g UID SEARCH *\n"
                    "S: * SEARCH 3\n"
                    "S: $g OK done\n"
                    DELETE_ORIGINAL ("i", "j", "3"));
  id = append_refused (bench);
  bench_move (bench, id, bench->trash);
  g_assert_cmpint (store_operation_expunge (bench->db, &id, 1, 0, NULL), >, 0);
  bench_run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_null (store_message_get (bench->db, id, NULL));
  g_assert_cmpuint (bench->said->len, ==, 1);
}

void
test_operation_rules_add (void)
{
  g_test_add_func ("/operation-rules/numbering-new", test_numbering_new);
  g_test_add_func ("/operation-rules/numbering-other", test_numbering_other);
  g_test_add_func ("/operation-rules/numbering-append", test_numbering_append);
  g_test_add_func ("/operation-rules/numbering-alike", test_numbered_alike);
  g_test_add_func ("/operation-rules/numbering-between", test_numbered_between);
  g_test_add_func ("/operation-rules/move-bad", test_move_bad);
  g_test_add_func ("/operation-rules/gmail-move-bad", test_gmail_move_bad);
  g_test_add_func ("/operation-rules/delete-in-bin", test_delete_in_bin);
  g_test_add_func ("/operation-rules/told-once", test_told_once);
  g_test_add_func ("/operation-rules/rename-subscriptions", test_rename_subscriptions);
  g_test_add_func ("/operation-rules/only-here-delete", test_delete_only_here);
  g_test_add_func ("/operation-rules/only-here-taken-after-all", test_taken_after_all);
}
