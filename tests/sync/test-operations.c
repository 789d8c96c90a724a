/* Operations against a scripted server: what goes out, and what a cut, a refusal or a new numbering makes of it. */
#include "operation-bench.h"

#include "base-error.h"

#include <string.h>

/* clang-format off: a script is read line by line */

/* ---- moves without MOVE ---- */

static void
test_move (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>");

  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "INBOX", "9")
                    COPY ("b", "c", "7", "Archive", "12")
                    "S: $c OK [COPYUID 5 7 12] copied\n"
                    DELETE_ORIGINAL ("d", "e", "7"));
  bench_move (bench, id, bench->archive);
  bench_run_all (bench);
  g_assert_cmpuint (bench_uid_of (bench, id), ==, 12);
  g_assert_cmpint (bench_folder_of (bench, id), ==, bench->archive);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench->touched->len, ==, 0);
}

/* Cut behind the confirmed copy: it is not made again. */
static void
test_move_cut_after_copy (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>");

  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "INBOX", "9")
                    COPY ("b", "c", "7", "Archive", "12")
                    "S: $c OK [COPYUID 5 7 12] copied\n"
                    "C: $d UID STORE 7 +FLAGS.SILENT (\\\\Deleted)\n"
                    "CUT\n");
  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "INBOX", "9")
                    DELETE_ORIGINAL ("d", "e", "7"));
  bench_move (bench, id, bench->archive);
  bench_run_cut (bench);
  g_assert_cmpuint (bench_uid_of (bench, id), ==, 12);
  g_assert_cmpuint (PENDING (bench), ==, 0);
}

/* Cut in the answer to COPY, which was made: found in the target, not made again. */
static void
test_move_cut_in_copy (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>");

  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "INBOX", "9")
                    COPY ("b", "c", "7", "Archive", "12")
                    "CUT\n");
  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "INBOX", "9")
                    FIND_COPY ("b", "c", "Archive", "12", HEADER ("12", "100", ID_A))
                    SELECT ("d", "INBOX", "9")
                    DELETE_ORIGINAL ("e", "f", "7"));
  bench_move (bench, id, bench->archive);
  bench_run_cut (bench);
  g_assert_cmpuint (bench_uid_of (bench, id), ==, 12);
  g_assert_cmpuint (PENDING (bench), ==, 0);
}

/* The same, but the server never made it: what "12:*" shows is the last one, which was there before. */
static void
test_move_cut_before_copy (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>");

  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "INBOX", "9")
                    COPY ("b", "c", "7", "Archive", "12")
                    "CUT\n");
  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "INBOX", "9")
                    FIND_COPY ("b", "c", "Archive", "12", HEADER ("11", "100", ID_A))
                    SELECT ("d", "INBOX", "9")
                    COPY ("e", "f", "7", "Archive", "12")
                    "S: $f OK [COPYUID 5 7 12] copied\n"
                    DELETE_ORIGINAL ("g", "h", "7"));
  bench_move (bench, id, bench->archive);
  bench_run_cut (bench);
  g_assert_cmpuint (bench_uid_of (bench, id), ==, 12);
}

/* Two alike, one of which came through. */
static void
test_copy_cut (void)
{
  g_autoptr (Bench) bench = bench_new ();
  g_autoptr (GError) error = NULL;
  gint64 ids[] = { bench_add_inbox (bench, 7, "<a@x>"),
                   bench_add_inbox (bench, 8, "<a@x>") };

  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "INBOX", "9")
                    COPY ("b", "c", "7:8", "Archive", "12")
                    "CUT\n");
  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "INBOX", "9")
                    FIND_COPY ("b", "c", "Archive", "12", HEADER ("12", "100", ID_A))
                    SELECT ("d", "INBOX", "9")
                    COPY ("e", "f", "8", "Archive", "13")
                    "S: $f OK [COPYUID 5 8 13] copied\n");
  g_assert_cmpint (store_operation_copy (bench->db, ids, 2, bench->archive, &error), >, 0);
  {
    g_autoptr (GArray) keys = store_message_list (bench->db, bench->archive, 0, 0, &error);

    g_assert_cmpuint (keys->len, ==, 2);
  }
  bench_run_cut (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench_uid_of (bench, ids[0]), ==, 7);
  {
    g_autoptr (BaseUidSet) uids = store_message_get_uids (bench->db, bench->archive, &error);
    g_autofree char *set = base_uid_set_to_string (uids);

    g_assert_cmpstr (set, ==, "12:13");
  }
}

/* Without UIDPLUS the original stays, marked: a plain EXPUNGE would take what others have marked. */
static void
test_no_uidplus (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>");

  bench_add_script (bench, "",
                    SELECT ("a", "INBOX", "9")
                    COPY ("b", "c", "7", "Archive", "12")
                    "S: $c OK copied\n"
                    "C: $d UID STORE 7 +FLAGS.SILENT (\\\\Deleted)\n"
                    "S: $d OK done\n"
                    "EOF\n");
  bench_move (bench, id, bench->archive);
  bench_run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench->touched->len, ==, 1);
  g_assert_cmpint (g_array_index (bench->touched, gint64, 0), ==, bench->archive);
}

/* ---- refused ---- */

static void
test_read_only (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>");
  gint64 other = bench_add_inbox (bench, 8, "<b@x>");

  bench_add_script (bench, "UIDPLUS",
                    "C: $a SELECT \"INBOX\"\n"
                    "S: * 3 EXISTS\n"
                    "S: * OK [UIDVALIDITY 9] fine\n"
                    "S: $a OK [READ-ONLY] open\n"
                    "C: $b SELECT \"INBOX\"\n"
                    "S: * 3 EXISTS\n"
                    "S: * OK [UIDVALIDITY 9] fine\n"
                    "S: $b OK [READ-ONLY] open\n"
                    "C: $c SELECT \"INBOX\"\n"
                    "S: * 3 EXISTS\n"
                    "S: * OK [UIDVALIDITY 9] fine\n"
                    "S: $c OK [READ-ONLY] open\n"
                    "C: $d SELECT \"INBOX\"\n"
                    "S: * 3 EXISTS\n"
                    "S: * OK [UIDVALIDITY 9] fine\n"
                    "S: $d OK [READ-ONLY] open\n"
                    "EOF\n");
  g_assert_cmpint (store_operation_expunge (bench->db, &id, 1, 0, NULL), >, 0);
  bench_move (bench, other, bench->archive);
  bench_run_all (bench);
  g_assert_cmpuint (bench->said->len, ==, 2);
  g_assert_true (bench_has_said (bench, "did not delete"));
  g_assert_true (bench_has_said (bench, "did not move"));
  g_assert_cmpint (bench_folder_of (bench, other), ==, bench->inbox);
  g_assert_cmpuint (bench_uid_of (bench, other), ==, 8);
  {
    g_autoptr (GArray) keys = store_message_list (bench->db, bench->inbox, 0, 0, NULL);

    g_assert_cmpuint (keys->len, ==, 2);
  }
}

/* A mailbox that forgets \Deleted: refused before anything is copied. */
static void
test_not_permanent (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>");
  gint64 other = bench_add_inbox (bench, 8, "<b@x>");

  bench_add_script (bench, "UIDPLUS",
                    "C: $a SELECT \"INBOX\"\n"
                    "S: * 3 EXISTS\n"
                    "S: * OK [UIDVALIDITY 9] fine\n"
                    "S: * OK [PERMANENTFLAGS (\\\\Seen)] few\n"
                    "S: $a OK [READ-WRITE] open\n"
                    "C: $b UID STORE 7 +FLAGS.SILENT (\\\\Seen)\n"
                    "S: $b OK done\n"
                    "EOF\n");
  bench_move (bench, other, bench->archive);
  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, TRUE, STORE_FLAG_SEEN, NULL), >,
                   0);
  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, TRUE, STORE_FLAG_FLAGGED, NULL), >,
                   0);
  g_assert_cmpint (store_operation_expunge (bench->db, &id, 1, 0, NULL), >, 0);
  bench_run_all (bench);
  g_assert_cmpuint (bench->said->len, ==, 3);
  g_assert_cmpint (bench_folder_of (bench, other), ==, bench->inbox);
  {
    g_autoptr (StoreMessage) message = store_message_get (bench->db, id, NULL);

    g_assert_cmpuint (message->flags, ==, STORE_FLAG_SEEN);
  }
}

/* The original may not go: then its copy must not stay either. */
static void
test_move_half_refused (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>");

  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "INBOX", "9")
                    COPY ("b", "c", "7", "Archive", "12")
                    "S: $c OK [COPYUID 5 7 12] copied\n"
                    "C: $d UID STORE 7 +FLAGS.SILENT (\\\\Deleted)\n"
                    "S: $d OK done\n"
                    "C: $e UID EXPUNGE 7\n"
                    "S: $e NO [NOPERM] not yours\n"
                    "C: $f UID STORE 7 -FLAGS.SILENT (\\\\Deleted)\n"
                    "S: $f OK done\n"
                    "C: $g UID FETCH 7 *\n"
                    "S: * 1 FETCH (UID 7 FLAGS ())\n"
                    "S: $g OK done\n"
                    SELECT ("h", "Archive", "5")
                    DELETE_ORIGINAL ("i", "j", "12"));
  bench_move (bench, id, bench->archive);
  bench_run_all (bench);
  g_assert_cmpuint (bench->said->len, ==, 1);
  g_assert_true (bench_has_said (bench, "not yours"));
  g_assert_cmpint (bench_folder_of (bench, id), ==, bench->inbox);
  g_assert_cmpuint (bench_uid_of (bench, id), ==, 7);
}

/* The same for a refusal that may pass: the next try must not believe in copies that were taken back, or the original goes on their word. */
static void
test_move_half_kept (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>"), next = 0;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GError) error = NULL;
  gboolean did = FALSE;

  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "INBOX", "9")
                    COPY ("b", "c", "7", "Archive", "12")
                    "S: $c OK [COPYUID 5 7 12] copied\n"
                    "C: $d UID STORE 7 +FLAGS.SILENT (\\\\Deleted)\n"
                    "S: $d OK done\n"
                    "C: $e UID EXPUNGE 7\n"
                    "S: $e NO [LIMIT] slow down\n"
                    "C: $f UID STORE 7 -FLAGS.SILENT (\\\\Deleted)\n"
                    "S: $f OK done\n"
                    "C: $g UID FETCH 7 *\n"
                    "S: * 1 FETCH (UID 7 FLAGS ())\n"
                    "S: $g OK done\n"
                    SELECT ("h", "Archive", "5")
                    DELETE_ORIGINAL ("i", "j", "12"));
  bench_move (bench, id, bench->archive);
  g_assert_true (bench_run_once (bench, &did));
  g_assert_cmpuint (PENDING (bench), ==, 1);
  g_assert_cmpint (bench_folder_of (bench, id), ==, bench->archive);
  bench_make_due (bench);
  again = store_operation_take_due (bench->db, bench->row, 10, g_get_real_time () / G_USEC_PER_SEC, &next, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_cmpint (((StoreOperation *)g_ptr_array_index (again, 0))->step, !=, STORE_STEP_MADE);
  g_assert_cmpuint (((StoreOperation *)g_ptr_array_index (again, 0))->new_uid, ==, 0);
}

/* ---- kept ---- */

static void
test_kept (void)
{
  static const struct
  {
    const char *answer;
    guint said;
  } cases[] = {
    { "NO [INUSE] busy", 0 },
    { "NO [UNAVAILABLE] later", 0 },
    { "NO [OVERQUOTA] full", 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Bench) bench = bench_new ();
    gint64 id = bench_add_inbox (bench, 7, "<a@x>");
    g_autofree char *steps = g_strdup_printf (
        SELECT ("a", "INBOX", "9") COPY ("b", "c", "7", "Archive", "12")
                                                                 "S: $c %s\n"
                                                                 "C: $d NOOP\n"
                                                                 "S: $d OK done\n",
        cases[i].answer);
    g_autoptr (GError) error = NULL;
    gint64 next = 0;

    bench_add_script (bench, "UIDPLUS", steps);
    g_assert_cmpint (store_operation_copy (bench->db, &id, 1, bench->archive, &error), >, 0);
    bench_run_all (bench);
    /* The connection stands, the operation waits, the copy is still shown. */
    g_assert_true (imap_session_noop (bench->session, NULL, &error));
    g_assert_cmpuint (PENDING (bench), ==, 1);
    g_assert_cmpuint (store_operation_count_kept (bench->db, bench->row), ==, 1);
    g_assert_true (sync_account_is_waiting (bench->account));
    g_assert_cmpuint (bench->said->len, ==, cases[i].said);
    {
      g_autoptr (GPtrArray) none =
          store_operation_take_due (bench->db, bench->row, 1, 0, &next, &error);
      g_autoptr (GPtrArray) then =
          store_operation_take_due (bench->db, bench->row, 1, next, NULL, &error);
      g_autoptr (GArray) keys = store_message_list (bench->db, bench->archive, 0, 0, &error);
      const StoreOperation *operation;

      g_assert_cmpuint (none->len, ==, 0);
      g_assert_cmpuint (then->len, ==, 1);
      g_assert_cmpuint (keys->len, ==, 1);
      operation = g_ptr_array_index (then, 0);
      g_assert_cmpint (operation->told, ==, cases[i].said > 0);
      /* A clear no: nothing is in doubt. */
      g_assert_cmpint (operation->step, ==, STORE_STEP_NONE);
    }
  }
}

static void
test_kept_then_done (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>");

  bench_add_script (bench, "",
                    SELECT ("a", "INBOX", "9")
                    "C: $b UID STORE 7 +FLAGS.SILENT (\\\\Seen)\n"
                    "S: $b NO [INUSE] busy\n"
                    "C: $c UID STORE 7 +FLAGS.SILENT (\\\\Seen)\n"
                    "S: $c OK done\n");
  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, TRUE, STORE_FLAG_SEEN, NULL), >,
                   0);
  bench_run_all (bench);
  g_assert_true (sync_account_is_waiting (bench->account));
  bench_make_due (bench);
  bench_run_all (bench);
  g_assert_false (sync_account_is_waiting (bench->account));
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench->said->len, ==, 0);
}

/* ---- APPEND ---- */

static void
append (Bench *bench, gint64 folder, const char *message_id, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  StoreNewMessage message = { .received = 1700000000,
                              .date = 1600000000,
                              .size = strlen (text),
                              .message_id = message_id,
                              .body = body };

  g_assert_true (store_operation_append (bench->db, folder, &message, &error));
  g_assert_no_error (error);
}

/* A draft without Message-ID: after a cut it is known by its size and time. */
static void
test_append_cut (void)
{
  g_autoptr (Bench) bench = bench_new ();

  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "Archive", "5")
                    "C: $b APPEND \"Archive\" \"14-Nov-2023 22:13:20 +0000\" {18}\n"
                    "S: + go\n"
                    "L: Subject: hi\\r\\n\\r\\nx\\r\\n\n"
                    "C: \n"
                    "CUT\n");
  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "Archive", "5")
                    "C: $b UID FETCH 40:* *\n"
                    HEADER ("40", "18", NO_ID)
                    "S: $b OK done\n"
                    "EOF\n");
  append (bench, bench->archive, NULL, "Subject: hi\r\n\r\nx\r\n");
  bench_run_cut (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  {
    g_autoptr (GArray) keys = store_message_list (bench->db, bench->archive, 0, 0, NULL);

    g_assert_cmpuint (keys->len, ==, 1);
    g_assert_cmpuint (bench_uid_of (bench, STORE_KEY_ID (g_array_index (keys, StoreKey, 0))), ==, 40);
  }
}

/* ---- Gmail ---- */

static void
test_gmail_delete (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_inbox (bench, 7, "<a@x>");

  bench_add_script (bench, "UIDPLUS MOVE X-GM-EXT-1",
                    SELECT ("a", "INBOX", "9")
                    STATUS ("b", "Trash", "12")
                    "C: $c UID MOVE 7 \"Trash\"\n"
                    "CUT\n");
  /* It got there: only the bin is left to do. */
  bench_add_script (bench, "UIDPLUS MOVE X-GM-EXT-1",
                    SELECT ("a", "INBOX", "9")
                    FIND_COPY ("b", "c", "Trash", "12", HEADER ("12", "100", ID_A))
                    SELECT ("d", "INBOX", "9")
                    SELECT ("e", "Trash", "5")
                    DELETE_ORIGINAL ("f", "g", "12"));
  g_assert_cmpint (store_operation_expunge (bench->db, &id, 1, 0, NULL), >, 0);
  bench_run_cut (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_null (store_message_get (bench->db, id, NULL));
}

/* ---- a new UIDVALIDITY ---- */

/* A flag, a move, a deletion; the numbers of all three are dead.  Two messages bear one Message-ID, one has none. */
static void
test_renumbered (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 flagged = bench_add_inbox (bench, 7, "<a@x>");
  gint64 moved = bench_add_mail (bench, bench->inbox, 8, "<b@x>", 200, NULL);
  gint64 nameless = bench_add_mail (bench, bench->inbox, 9, NULL, 300, NULL);

  bench_add_script (bench, "UIDPLUS MOVE ESEARCH",
                    SELECT ("a", "INBOX", "77")
                    "C: $b UID SEARCH * HEADER Message-ID *\n"
                    "S: * ESEARCH (TAG \"$b\") UID ALL 1:2\n"
                    "S: $b OK done\n"
                    "C: $h UID FETCH 1:2 *\n"
                    HEADER ("1", "999", ID_A)
                    HEADER ("2", "100", ID_A)
                    "S: $h OK done\n"
                    "C: $c UID FETCH 1:2 *\n"
                    HEADER ("1", "999", ID_A)
                    HEADER ("2", "100", ID_A)
                    "S: $c OK done\n"
                    "C: $d UID STORE 2 +FLAGS.SILENT (\\\\Seen)\n"
                    "S: $d OK done\n"
                    "C: $e UID SEARCH * HEADER Message-ID *\n"
                    "S: * ESEARCH (TAG \"$e\") UID ALL 3\n"
                    "S: $e OK done\n"
                    "C: $g UID MOVE 3 \"Archive\"\n"
                    "S: * OK [COPYUID 5 3 12] moved\n"
                    "S: * 1 EXPUNGE\n"
                    "S: $g OK done\n");
  g_assert_cmpint (store_operation_set_flags (bench->db, &flagged, 1, TRUE, STORE_FLAG_SEEN, NULL),
                   >, 0);
  bench_move (bench, moved, bench->archive);
  g_assert_cmpint (
      store_operation_set_flags (bench->db, &nameless, 1, TRUE, STORE_FLAG_FLAGGED, NULL), >, 0);
  bench_run_all (bench);
  g_assert_cmpuint (bench_uid_of (bench, moved), ==, 12);
  /* The nameless one waits until its folder was looked through. */
  g_assert_cmpuint (PENDING (bench), ==, 1);
  g_assert_cmpuint (bench->said->len, ==, 0);
  g_assert_cmpuint (bench->touched->len, >, 0);
}

/* The folder is whole again, and it is not in it: said, and only then does the row go. */
static void
test_renumbered_lost (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = bench_add_mail (bench, bench->inbox, 9, NULL, 300, NULL);
  gint64 doomed = bench_add_mail (bench, bench->inbox, 10, NULL, 400, NULL);

  bench_add_script (bench, "UIDPLUS MOVE", SELECT ("a", "INBOX", "77"));
  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, TRUE, STORE_FLAG_FLAGGED, NULL), >,
                   0);
  g_assert_cmpint (store_operation_expunge (bench->db, &doomed, 1, 0, NULL), >, 0);
  g_assert_true (store_folder_reset (bench->db, bench->inbox, NULL));
  g_assert_true (store_db_exec (bench->db, "UPDATE operation SET attempts = 5", NULL));
  bench_run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 2);
  g_assert_true (store_folder_set_sync_state (bench->db, bench->inbox, 77, 4, 0, TRUE, 1, NULL));
  bench_make_due (bench);
  bench_run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench->said->len, ==, 1);
  g_assert_true (bench_has_said (bench, "not on the server any more"));
  g_assert_true (store_folder_miss_strays (bench->db, bench->inbox, NULL));
  g_assert_null (store_message_get (bench->db, id, NULL));
}

/* What was never sent stays when its folder is numbered anew, and goes there under the new numbering; what the server did not
 * take stays too. */
static void
test_renumbered_append (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 ids[2];

  append (bench, bench->inbox, "<a@x>", "Subject: a\r\n\r\n1\r\n");
  append (bench, bench->inbox, "<b@x>", "Subject: b\r\n\r\n1\r\n");
  {
    g_autoptr (GArray) keys = store_message_list (bench->db, bench->inbox, 0, 0, NULL);

    for (guint i = 0; i < 2; i++)
      ids[i] = STORE_KEY_ID (g_array_index (keys, StoreKey, 1 - i));
  }
  bench_add_script (bench, "UIDPLUS",
                    SELECT ("a", "INBOX", "77")
                    "C: $b UID SEARCH *\n"
                    "S: * SEARCH\n"
                    "S: $b OK done\n"
                    "C: $c APPEND \"INBOX\" * {17}\n"
                    "S: $c NO [TOOBIG] never\n"
                    "C: $d UID SEARCH *\n"
                    "S: * SEARCH\n"
                    "S: $d OK done\n"
                    "C: $e APPEND \"INBOX\" * {17}\n"
                    "S: + go\n"
                    "L: *\n"
                    "C: \n"
                    "S: $e OK [APPENDUID 77 4] kept\n");
  g_assert_true (store_folder_reset (bench->db, bench->inbox, NULL));
  g_assert_true (store_folder_set_sync_state (bench->db, bench->inbox, 77, 4, 0, TRUE, 1, NULL));
  for (guint i = 0; i < 2; i++)
    g_assert_true (store_folder_miss_strays (bench->db, bench->inbox, NULL));
  bench_run_all (bench);
  g_assert_cmpuint (bench->said->len, ==, 1);
  g_assert_cmpuint (bench_uid_of (bench, ids[1]), ==, 4);
  g_assert_true (store_folder_reset (bench->db, bench->inbox, NULL));
  g_assert_true (store_folder_set_sync_state (bench->db, bench->inbox, 78, 1, 0, TRUE, 3, NULL));
  for (guint i = 0; i < 2; i++)
    g_assert_true (store_folder_miss_strays (bench->db, bench->inbox, NULL));
  g_assert_cmpint (bench_folder_of (bench, ids[0]), ==, bench->inbox);
  g_assert_null (store_message_get (bench->db, ids[1], NULL));
}

/* ---- folders ---- */

static void
test_folders (void)
{
  g_autoptr (Bench) bench = bench_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = bench_add_inbox (bench, 7, "<a@x>"), made = 0;

  bench_add_script (bench, "UIDPLUS MOVE",
                    "C: $a CREATE \"New\"\n"
                    "S: $a OK done\n"
                    "C: $b SUBSCRIBE \"New\"\n"
                    "S: $b OK done\n"
                    SELECT ("c", "INBOX", "9")
                    "C: $d UID MOVE 7 \"New\"\n"
                    "S: * OK [COPYUID 5 7 1] moved\n"
                    "S: * 1 EXPUNGE\n"
                    "S: $d OK done\n"
                    "C: $e RENAME \"New\" \"Newer\"\n"
                    "S: $e OK done\n"
                    "C: $f SUBSCRIBE \"Newer\"\n"
                    "S: $f OK done\n"
                    "C: $g UNSUBSCRIBE \"New\"\n"
                    "S: $g OK done\n"
                    SELECT ("h", "Newer", "5")
                    "C: $i UID STORE 1 +FLAGS.SILENT (\\\\Seen)\n"
                    "S: $i OK done\n"
                    "C: $j EXAMINE \"INBOX\"\n"
                    "S: $j OK open\n"
                    "C: $k DELETE \"Newer\"\n"
                    "S: $k OK done\n"
                    "C: $l UNSUBSCRIBE \"Newer\"\n"
                    "S: $l NO never was\n");
  g_assert_cmpint (store_operation_create_folder (bench->db, bench->row, "New", &made, &error), >,
                   0);
  bench_move (bench, id, made);
  g_assert_cmpint (store_operation_rename_folder (bench->db, made, "Newer", &error), >, 0);
  bench_run_all (bench);
  g_assert_cmpint (bench_folder_of (bench, id), ==, made);
  g_assert_cmpuint (bench_uid_of (bench, id), ==, 1);
  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, TRUE, STORE_FLAG_SEEN, NULL), >,
                   0);
  g_assert_cmpint (store_operation_delete_folder (bench->db, made, 0, &error), >, 0);
  bench_run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_null (store_folder_get (bench->db, made, &error));
  g_assert_null (store_message_get (bench->db, id, NULL));
  g_assert_cmpuint (bench->said->len, ==, 0);
}

/* Cut in the answer: LIST tells that it is done. */
static void
test_rename_cut (void)
{
  g_autoptr (Bench) bench = bench_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = bench_add_mail (bench, bench->archive, 7, "<a@x>", 100, NULL);

  bench_add_script (bench, "",
                    "C: $a RENAME \"Archive\" \"Old\"\n"
                    "CUT\n");
  bench_add_script (bench, "",
                    "C: $a RENAME \"Archive\" \"Old\"\n"
                    "S: $a NO [NONEXISTENT] what\n"
                    "C: $b LIST \"\" \"*\"\n"
                    "S: * LIST () \"/\" INBOX\n"
                    "S: * LIST () \"/\" Old\n"
                    "S: $b OK done\n"
                    "C: $c SUBSCRIBE \"Old\"\n"
                    "S: $c OK done\n"
                    "C: $d UNSUBSCRIBE \"Archive\"\n"
                    "S: $d OK done\n"
                    SELECT ("e", "Old", "5")
                    "C: $f UID STORE 7 +FLAGS.SILENT (\\\\Seen)\n"
                    "S: $f OK done\n");
  g_assert_cmpint (store_operation_rename_folder (bench->db, bench->archive, "Old", &error), >, 0);
  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, TRUE, STORE_FLAG_SEEN, NULL), >,
                   0);
  bench_run_cut (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench->said->len, ==, 0);
}

static void
test_rename_refused (void)
{
  g_autoptr (Bench) bench = bench_new ();
  g_autoptr (GError) error = NULL;

  bench_add_script (bench, "",
                    "C: $a RENAME \"Archive\" \"Old\"\n"
                    "S: $a NO [NOPERM] not yours\n"
                    "C: $b LIST \"\" \"*\"\n"
                    "S: * LIST () \"/\" INBOX\n"
                    "S: * LIST () \"/\" Archive\n"
                    "S: $b OK done\n"
                    "C: $c CREATE \"None\"\n"
                    "S: $c NO [NOPERM] not yours\n"
                    "C: $d LIST \"\" \"*\"\n"
                    "S: * LIST () \"/\" INBOX\n"
                    "S: $d OK done\n");
  g_assert_cmpint (store_operation_rename_folder (bench->db, bench->archive, "Old", &error), >, 0);
  g_assert_cmpint (store_operation_create_folder (bench->db, bench->row, "None", NULL, &error), >,
                   0);
  bench_run_all (bench);
  g_assert_cmpuint (bench->said->len, ==, 2);
  g_assert_true (bench_has_said (bench, "not yours"));
  {
    g_autoptr (StoreFolder) folder = store_folder_get (bench->db, bench->archive, &error);
    g_autoptr (GPtrArray) folders = store_folder_list (bench->db, bench->row, &error);

    g_assert_cmpstr (folder->name, ==, "Archive");
    g_assert_cmpuint (folders->len, ==, 3);
  }
}

void
test_operations_add (void)
{
  g_test_add_func ("/operations/move", test_move);
  g_test_add_func ("/operations/move/cut-after-copy", test_move_cut_after_copy);
  g_test_add_func ("/operations/move/cut-in-copy", test_move_cut_in_copy);
  g_test_add_func ("/operations/move/cut-before-copy", test_move_cut_before_copy);
  g_test_add_func ("/operations/copy/cut", test_copy_cut);
  g_test_add_func ("/operations/move/half-refused", test_move_half_refused);
  g_test_add_func ("/operations/move/half-kept", test_move_half_kept);
  g_test_add_func ("/operations/no-uidplus", test_no_uidplus);
  g_test_add_func ("/operations/read-only", test_read_only);
  g_test_add_func ("/operations/not-permanent", test_not_permanent);
  g_test_add_func ("/operations/kept", test_kept);
  g_test_add_func ("/operations/kept-then-done", test_kept_then_done);
  g_test_add_func ("/operations/append/cut", test_append_cut);
  g_test_add_func ("/operations/gmail-delete", test_gmail_delete);
  g_test_add_func ("/operations/renumbered", test_renumbered);
  g_test_add_func ("/operations/renumbered/lost", test_renumbered_lost);
  g_test_add_func ("/operations/renumbered/append", test_renumbered_append);
  g_test_add_func ("/operations/folders", test_folders);
  g_test_add_func ("/operations/rename-cut", test_rename_cut);
  g_test_add_func ("/operations/rename-refused", test_rename_refused);
}
