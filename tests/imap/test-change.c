/* STORE, MOVE, UID EXPUNGE and APPEND: what goes out, and what must never go out. */
#include "test-imap.h"

#include <string.h>

#include "base-error.h"

static void
test_store (void)
{
  g_autoptr (FakeServer) server = test_server_new (
      TEST_SELECT ("") "C: A3 UID STORE 1:3,7 +FLAGS.SILENT (\\\\Seen \\\\Flagged)\n"
                       "S: * 1 FETCH (UID 1 MODSEQ (7))\n"
                       "S: A3 OK done\n"
                       "C: A4 UID STORE 7 -FLAGS.SILENT (\\\\Seen)\n"
                       "S: A4 NO not yours\n");
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_select (server);
  g_assert_true (imap_session_store (session, "1:3,7", TRUE,
                                     IMAP_FLAG_SEEN | IMAP_FLAG_FLAGGED | IMAP_FLAG_FORWARDED, NULL,
                                     NULL));
  g_assert_true (imap_session_store (session, "7", TRUE, IMAP_FLAG_FORWARDED, NULL, NULL));
  g_assert_true (imap_session_store (session, "7", TRUE, IMAP_FLAG_JUNK, NULL, NULL));
  g_assert_true (imap_session_store (session, "", TRUE, IMAP_FLAG_SEEN, NULL, NULL));
  g_assert_false (imap_session_take_news (session));
  g_assert_false (imap_session_store (session, "7", FALSE, IMAP_FLAG_SEEN, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_cmpstr (base_error_get_detail (error), ==, "not yours");
  test_done (server, session);
}

static void
test_store_keyword (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SIGN_IN ("") "C: A2 SELECT \"INBOX\"\n"
                                         "S: * OK [PERMANENTFLAGS (\\\\Seen \\\\*)] any\n"
                                         "S: A2 OK open\n"
                                         "C: A3 UID STORE 7 +FLAGS.SILENT ($$Forwarded)\n"
                                         "S: A3 OK done\n"
                                         "C: A4 UID STORE 8:9 +FLAGS.SILENT ($$Junk)\n"
                                         "S: A4 OK done\n"
                                         "C: A5 UID STORE 8:9 -FLAGS.SILENT ($$NotJunk)\n"
                                         "S: A5 OK done\n");
  ImapSession *session = test_select (server);
  g_assert_true (imap_session_store (session, "7", TRUE, IMAP_FLAG_FORWARDED, NULL, NULL));
  g_assert_true (imap_session_store (session, "8:9", TRUE, IMAP_FLAG_JUNK, NULL, NULL));
  g_assert_true (imap_session_store (session, "8:9", FALSE, IMAP_FLAG_NOT_JUNK, NULL, NULL));
  test_done (server, session);
}

static void
test_read_only (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SIGN_IN ("MOVE") "C: A2 EXAMINE \"INBOX\"\nS: A2 OK open\n");
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_sign_in (server);
  g_assert_false (imap_session_store (session, "1", TRUE, IMAP_FLAG_SEEN, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_true (imap_session_select (session, "INBOX", TRUE, NULL, NULL));
  g_assert_false (imap_session_move (session, "1", "Trash", NULL, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  test_done (server, session);
}

/* What the mailbox would forget again does not count as done. */
static void
test_not_permanent (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SIGN_IN ("UIDPLUS") "C: A2 SELECT \"INBOX\"\n"
                                                "S: * OK [PERMANENTFLAGS (\\\\Seen)] few\n"
                                                "S: A2 OK [READ-WRITE] open\n"
                                                "C: A3 UID STORE 7 +FLAGS.SILENT (\\\\Seen)\n"
                                                "S: A3 OK done\n");
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_select (server);
  g_assert_false (imap_session_expunge (session, "7", NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (imap_session_store (session, "7", TRUE, IMAP_FLAG_FLAGGED, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_true (imap_session_store (session, "7", TRUE, IMAP_FLAG_SEEN, NULL, NULL));
  test_done (server, session);
}

static void
assert_moved (GHashTable *map, guint32 from, guint32 to)
{
  g_assert_nonnull (map);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (map, GUINT_TO_POINTER (from))), ==, to);
}

/* Our own expunges are no news, somebody else's are. */
static void
test_move (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("MOVE UIDPLUS") "C: A3 UID MOVE 7,9 \"&1VyuAA-\"\n"
                                                    "S: * 4 EXISTS\n"
                                                    "S: * OK [COPYUID 5 7,9 1:2] moved\n"
                                                    "S: * 1 EXPUNGE\n"
                                                    "S: * 1 EXPUNGE\n"
                                                    "S: A3 OK done\n"
                                                    "C: A4 UID MOVE 7 \"Trash\"\n"
                                                    "S: * [COPYUID 5 7]\n"
                                                    "S: * 1 EXPUNGE\n"
                                                    "S: * 1 EXPUNGE\n"
                                                    "S: A4 OK done\n");
  g_autoptr (GHashTable) map = NULL;
  GHashTable *none = NULL;
  ImapSession *session = test_select (server);
  g_assert_true (imap_session_move (session, "7,9", "한글", &map, NULL, NULL));
  assert_moved (map, 7, 1);
  g_assert_cmpuint (imap_session_get_told_validity (session), ==, 5);
  assert_moved (map, 9, 2);
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 2);
  g_assert_true (imap_session_take_news (session)); /* of the EXISTS alone */
  g_assert_false (imap_session_take_news (session));
  g_assert_true (imap_session_move (session, "7", "Trash", &none, NULL, NULL));
  g_assert_null (none);
  g_assert_true (imap_session_take_news (session));
  test_done (server, session);
}

/* What another client removes while our own MOVE is under way is told with its UIDs at once; where there are only numbers, and fewer
 * than ours, that it is not known which went. */
static void
test_moved_beside_another (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("MOVE UIDPLUS") "C: A3 UID MOVE 7,9 \"Trash\"\n"
                                                    "S: * VANISHED 5,9\n"
                                                    "S: * VANISHED 7\n"
                                                    "S: A3 OK done\n"
                                                    "C: A4 UID MOVE 11:12 \"Trash\"\n"
                                                    "S: * 20 EXISTS\n"
                                                    "S: * 3 EXPUNGE\n"
                                                    "S: A4 OK done\n"
                                                    "C: A5 UID MOVE 13:14 \"Trash\"\n"
                                                    "S: * 4 EXPUNGE\n"
                                                    "S: * 4 EXPUNGE\n"
                                                    "S: A5 OK done\n");
  ImapSession *session = test_select (server);
  g_autoptr (BaseUidSet) peeked = base_uid_set_new ();

  g_assert_true (imap_session_move (session, "7,9", "Trash", NULL, NULL, NULL));
  g_assert_true (imap_session_peek_vanished (session, peeked));
  g_assert_true (base_uid_set_count (peeked) == 1 && base_uid_set_contains (peeked, 5));
  g_autoptr (GPtrArray) news = imap_session_steal_news (session);
  g_assert_cmpuint (news->len, ==, 1);
  const ImapNews *gone = news->pdata[0];
  g_assert_cmpint (gone->kind, ==, IMAP_NEWS_VANISHED);
  g_assert_true (base_uid_set_count (gone->uids) == 1 && base_uid_set_contains (gone->uids, 5));
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 0);

  g_assert_true (imap_session_move (session, "11:12", "Trash", NULL, NULL, NULL));
  g_assert_false (imap_session_peek_vanished (session, peeked));
  g_autoptr (GPtrArray) unsure = imap_session_steal_news (session);
  g_assert_cmpuint (unsure->len, ==, 2);
  g_assert_cmpint (((ImapNews *)unsure->pdata[1])->kind, ==, IMAP_NEWS_EXPUNGED);
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 19);
  g_assert_true (imap_session_move (session, "13:14", "Trash", NULL, NULL, NULL));
  g_assert_false (imap_session_take_news (session));
  test_done (server, session);
}

static void
test_copy (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("") "C: A3 UID COPY 7,9 \"Trash\"\n"
                                        "S: A3 OK [COPYUID 5 7,9 12,14] copied\n"
                                        "C: A4 UID COPY 7 \"Full\"\n"
                                        "S: A4 NO [OVERQUOTA] full\n"
                                        "C: A5 UID COPY 7 \"Full\"\n"
                                        "S: A5 NO never\n");
  g_autoptr (GHashTable) map = NULL;
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_select (server);
  g_assert_true (imap_session_copy (session, "7,9", "Trash", &map, NULL, NULL));
  assert_moved (map, 7, 12);
  assert_moved (map, 9, 14);
  g_assert_false (imap_session_copy (session, "7", "Full", NULL, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_LIMIT);
  g_assert_cmpstr (imap_session_get_refused_code (session), ==, "OVERQUOTA");
  g_clear_error (&error);
  g_assert_false (imap_session_copy (session, "7", "Full", NULL, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_null (imap_session_get_refused_code (session));
  test_done (server, session);
}

/* Marking and removing go out together; the removal alone would do nothing to what could not be marked. */
static void
test_expunge (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("UIDPLUS") "C: A3 UID STORE 7,9 +FLAGS.SILENT (\\\\Deleted)\n"
                                               "C: A4 UID EXPUNGE 7,9\n"
                                               "S: A3 OK done\n"
                                               "S: * 2 EXPUNGE\n"
                                               "S: * 1 EXPUNGE\n"
                                               "S: A4 OK gone\n"
                                               "C: A5 UID STORE 11 +FLAGS.SILENT (\\\\Deleted)\n"
                                               "C: A6 UID EXPUNGE 11\n"
                                               "S: A5 NO never\n"
                                               "S: * 1 EXPUNGE\n"
                                               "S: A6 OK nothing\n"
                                               "C: A7 UID STORE 11 +FLAGS.SILENT (\\\\Deleted)\n"
                                               "C: A8 UID EXPUNGE 11\n"
                                               "S: A7 OK done\n"
                                               "S: A8 NO [EXPUNGEISSUED] never\n");
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_select (server);
  g_assert_true (imap_session_expunge (session, "7,9", NULL, &error));
  g_assert_no_error (error);
  g_assert_false (imap_session_take_news (session));
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 1);
  g_assert_false (imap_session_expunge (session, "11", NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_cmpstr (base_error_get_detail (error), ==, "never");
  g_clear_error (&error);
  g_assert_false (imap_session_expunge (session, "11", NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  test_done (server, session);
}

/* Without UIDPLUS nothing is expunged: other clients' marks would go too. */
static void
test_no_uidplus (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("") "C: A3 UID STORE 8 +FLAGS.SILENT (\\\\Deleted)\n"
                                        "S: A3 OK done\n"
                                        "EOF\n");
  ImapSession *session = test_select (server);
  g_assert_true (imap_session_expunge (session, "8", NULL, NULL));
  test_done (server, session);
}

/* A copy that failed leaves the original alone. */
static void
test_copy_refused (void)
{
  static const struct
  {
    const char *caps, *verb, *answer;
    BaseErrorCode code;
  } cases[] = {
    { "UIDPLUS", "COPY", "NO [TRYCREATE] no such mailbox", BASE_ERROR_GONE },
    { "UIDPLUS", "COPY", "NO [OVERQUOTA] full", BASE_ERROR_LIMIT },
    { "UIDPLUS", "COPY", "NO no", BASE_ERROR_REFUSED },
    { "MOVE", "MOVE", "NO [TRYCREATE] no such mailbox", BASE_ERROR_GONE },
    { "MOVE", "MOVE", "NO [INUSE] busy", BASE_ERROR_RETRY },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *script =
        g_strdup_printf ("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\n"
                         "C: A1 AUTHENTICATE PLAIN *\nS: A1 OK [CAPABILITY IMAP4rev1 %s] in\n"
                         "C: A2 SELECT \"INBOX\"\nS: A2 OK open\n"
                         "C: A3 UID %s 7 \"Trash\"\nS: A3 %s\nEOF\n",
                         cases[i].caps, cases[i].verb, cases[i].answer);
    g_autoptr (FakeServer) server = test_server_new (script);
    g_autoptr (GError) error = NULL;
    ImapSession *session = test_select (server);
    gboolean done = g_str_equal (cases[i].verb, "MOVE")
                        ? imap_session_move (session, "7", "Trash", NULL, NULL, &error)
                        : imap_session_copy (session, "7", "Trash", NULL, NULL, &error);
    g_assert_false (done);
    g_assert_error (error, BASE_ERROR, (int)cases[i].code);
    g_assert_nonnull (base_error_get_detail (error));
    g_assert_true (imap_session_is_usable (session));
    test_done (server, session);
  }
}

/* MOVE that was not offered is not sent; nor that which was offered and is not understood, a second time.  The long way is
 * not gone here: who goes it has to note what may be done before each command. */
static void
test_move_in_doubt (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("MOVE UIDPLUS") "C: A3 UID MOVE 7 \"Trash\"\n"
                                                    "S: A3 BAD what\n"
                                                    "EOF\n");
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_select (server);
  g_assert_cmpint (imap_session_get_doubted (session), ==, 0);
  for (guint i = 0; i < 2; i++) {
    GHashTable *map = NULL;
    g_assert_false (imap_session_move (session, "7", "Trash", &map, NULL, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
    g_assert_null (map);
    g_clear_error (&error);
    g_assert_cmpint (imap_session_get_doubted (session), ==, IMAP_CAP_MOVE);
  }
  g_assert_true (imap_session_is_usable (session));
  test_done (server, session);
}

static void
test_append (void)
{
  g_autoptr (FakeServer) server = test_server_new (
      TEST_SIGN_IN ("") "C: A2 APPEND \"&1VyuAA-\" (\\\\Seen) \" 1-Jul-2026 09:44:25 +0000\" {8}\n"
                        "S: * 4 EXISTS\n"
                        "S: + ready\n"
                        "L: a: b\\r\\n\\r\\n\n"
                        "C: \n"
                        "S: A2 OK [APPENDUID 38505 3955] kept\n");
  g_autoptr (GBytes) message = g_bytes_new_static ("a: b\r\n\r\n", 8);
  g_autoptr (GError) error = NULL;
  guint32 uid = 1;
  ImapSession *session = test_sign_in (server);
  gboolean appended = imap_session_append (session, "한글", IMAP_FLAG_SEEN | IMAP_FLAG_FORWARDED,
                                           NULL, 1782899065, message, &uid, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (appended);
  g_assert_cmpuint (uid, ==, 3955);
  test_done (server, session);
}

/* Keywords of a person go along into the selected mailbox, where it takes any, and where they can be keywords. */
static void
test_append_keywords (void)
{
  static const char *const keywords[] = { "blue", "한글", "two words", "\\Inbox", "", "a]b", NULL };
  g_autoptr (FakeServer) server = test_server_new (
      TEST_SIGN_IN ("") "C: A2 SELECT \"Sent\"\n"
                        "S: * FLAGS (\\\\Seen \\\\Deleted)\n"
                        "S: * 0 EXISTS\n"
                        "S: * OK [PERMANENTFLAGS (\\\\Seen \\\\Deleted \\\\*)] any\n"
                        "S: * OK [UIDVALIDITY 5] fine\n"
                        "S: A2 OK [READ-WRITE] open\n"
                        "C: A3 APPEND \"Sent\" (\\\\Seen $Forwarded blue &1VyuAA-) {8}\n"
                        "S: + ready\n"
                        "L: a: b\\r\\n\\r\\n\n"
                        "C: \n"
                        "S: A3 OK [APPENDUID 5 7] kept\n"
                        "C: A4 APPEND \"Other\" (\\\\Seen) {8}\n"
                        "S: + ready\n"
                        "L: a: b\\r\\n\\r\\n\n"
                        "C: \n"
                        "S: A4 OK [APPENDUID 5 8] kept\n");
  g_autoptr (GBytes) message = g_bytes_new_static ("a: b\r\n\r\n", 8);
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_sign_in (server);
  g_assert_true (imap_session_select (session, "Sent", FALSE, NULL, &error));
  g_assert_true (imap_session_append (session, "Sent", IMAP_FLAG_SEEN | IMAP_FLAG_FORWARDED,
                                      keywords, 0, message, NULL, NULL, &error));
  g_assert_true (imap_session_append (session, "Other", IMAP_FLAG_SEEN | IMAP_FLAG_FORWARDED,
                                      keywords, 0, message, NULL, NULL, &error));
  g_assert_no_error (error);
  test_done (server, session);
}

static void
test_append_unasked (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SIGN_IN ("LITERAL+") "C: A2 APPEND \"Sent\" {4+}\n"
                                                 "L: \\0\\xff\\r\\n\n"
                                                 "C: \n"
                                                 "S: A2 OK kept\n");
  g_autoptr (GBytes) message = g_bytes_new_static ("\0\xff\r\n", 4);
  guint32 uid = 1;
  ImapSession *session = test_sign_in (server);
  g_assert_true (imap_session_append (session, "Sent", 0, NULL, 0, message, &uid, NULL, NULL));
  g_assert_cmpuint (uid, ==, 0);
  test_done (server, session);
}

/* 50 MB that the server does not want are not sent. */
static void
test_append_refused (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SIGN_IN ("LITERAL+") "C: A2 APPEND \"Sent\" {50000000}\n"
                                                 "S: A2 NO [OVERQUOTA] full\n"
                                                 "C: A3 NOOP\n"
                                                 "S: A3 OK done\n");
  char *text = g_strnfill (50000000, 'm');
  memcpy (text + 50000000 - 2, "\r\n", 2);
  g_autoptr (GBytes) message = g_bytes_new_take (text, 50000000);
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_sign_in (server);
  g_assert_false (imap_session_append (session, "Sent", 0, NULL, 0, message, NULL, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_LIMIT);
  g_assert_true (imap_session_noop (session, NULL, NULL));
  test_done (server, session);
}

void
test_change_add (void)
{
  g_test_add_func ("/imap/change/store", test_store);
  g_test_add_func ("/imap/change/store-keyword", test_store_keyword);
  g_test_add_func ("/imap/change/read-only", test_read_only);
  g_test_add_func ("/imap/change/not-permanent", test_not_permanent);
  g_test_add_func ("/imap/change/move", test_move);
  g_test_add_func ("/imap/change/moved-beside-another", test_moved_beside_another);
  g_test_add_func ("/imap/change/copy", test_copy);
  g_test_add_func ("/imap/change/expunge", test_expunge);
  g_test_add_func ("/imap/change/no-uidplus", test_no_uidplus);
  g_test_add_func ("/imap/change/copy-refused", test_copy_refused);
  g_test_add_func ("/imap/change/move-in-doubt", test_move_in_doubt);
  g_test_add_func ("/imap/change/append", test_append);
  g_test_add_func ("/imap/change/append-unasked", test_append_unasked);
  g_test_add_func ("/imap/change/append-keywords", test_append_keywords);
  g_test_add_func ("/imap/change/append-refused", test_append_refused);
}
