/* An open mailbox: its state, FETCH, SEARCH, and news that come along with other answers. */
#include "test-imap.h"

#include <string.h>

#include "base-error.h"

typedef struct
{
  GString *seen; /* one line a message */
  guint stop_after;
} Collected;

static void
append_bytes (GString *out, const char *label, GBytes *bytes)
{
  if (bytes != NULL)
    g_string_append_printf (out, " %s=%zu", label, g_bytes_get_size (bytes));
}

static gboolean
collect (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  Collected *collected = user_data;
  g_string_append_printf (collected->seen, "%u:%u", fetched->seq, fetched->uid);
  if (fetched->has_flags)
    g_string_append_printf (collected->seen, " flags=%d", fetched->flags);
  append_bytes (collected->seen, "header", fetched->header);
  append_bytes (collected->seen, "body", fetched->body);
  append_bytes (collected->seen, "text", fetched->text);
  g_string_append (collected->seen, "\n");
  return collected->stop_after == 0 || --collected->stop_after > 0;
}

static void
test_state (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SIGN_IN (
      "CONDSTORE") "C: A2 SELECT \"INBOX\" (CONDSTORE)\n"
                   "S: * FLAGS (\\\\Seen)\n"
                   "S: * OK [CLOSED] before\n"
                   "S: * 172 EXISTS\n"
                   "S: * 0 RECENT\n"
                   "S: * OK [UIDVALIDITY 3857529045]\n"
                   "S: * OK [UIDNEXT 0] zero\n"
                   "S: * OK [HIGHESTMODSEQ 715194045007]\n"
                   "S: * OK [PERMANENTFLAGS (\\\\Seen \\\\Flagged $$Forwarded)] Limited\n"
                   "S: A2 OK [READ-ONLY] open\n");
  ImapSession *session = test_select (server);
  const ImapSelected *selected = imap_session_get_selected (session);

  g_assert_cmpuint (selected->exists, ==, 172);
  g_assert_cmpuint (selected->uid_validity, ==, 3857529045u);
  g_assert_cmpuint (selected->uid_next, ==, 0);
  g_assert_cmpuint (selected->highest_modseq, ==, 715194045007u);
  g_assert_cmpint (selected->permanent_flags, ==,
                   IMAP_FLAG_SEEN | IMAP_FLAG_FLAGGED | IMAP_FLAG_FORWARDED);
  g_assert_false (selected->permanent_keywords);
  g_assert_true (selected->read_only);
  g_assert_false (imap_session_take_news (session));

  test_done (server, session);
}

static void
test_gone (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("") "C: A3 EXAMINE \"&1VyuAA-\"\n"
                                        "S: A3 NO [NONEXISTENT] gone\n");
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_select (server);
  g_assert_false (imap_session_select (session, "한글", TRUE, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_assert_nonnull (strstr (error->message, "“한글”"));
  g_assert_null (imap_session_get_selected_name (session));
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 0);
  g_assert_true (imap_session_is_usable (session));
  g_clear_error (&error);
  g_assert_false (
      imap_session_fetch (session, "1", IMAP_FETCH_FLAGS, 0, collect, NULL, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  test_done (server, session);
}

/* Without a code it takes a LIST to tell what is gone from what cannot be opened. */
static void
test_gone_without_code (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SIGN_IN ("") "C: A2 SELECT \"a%\"\n"
                                                                     "S: A2 NO no such mailbox\n"
                                                                     "C: A3 LIST \"\" \"a%\"\n"
                                                                     "S: * LIST () \"/\" ab\n"
                                                                     "S: A3 OK done\n"
                                                                     "C: A4 SELECT \"b\"\n"
                                                                     "S: A4 NO cannot open\n"
                                                                     "C: A5 LIST \"\" \"b\"\n"
                                                                     "S: * LIST () \"/\" b\n"
                                                                     "S: A5 OK done\n"
                                                                     "C: A6 SELECT \"c\"\n"
                                                                     "S: A6 NO cannot open\n"
                                                                     "C: A7 LIST \"\" \"c\"\n"
                                                                     "S: A7 NO cannot list\n");
  static const struct
  {
    const char *name;
    BaseErrorCode code;
  } cases[] = { { "a%", BASE_ERROR_GONE },
                { "b", BASE_ERROR_REFUSED },
                { "c", BASE_ERROR_REFUSED } };
  ImapSession *session = test_sign_in (server);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (imap_session_select (session, cases[i].name, FALSE, NULL, &error));
    g_assert_error (error, BASE_ERROR, (int)cases[i].code);
    g_assert_nonnull (base_error_get_detail (error));
  }
  test_done (server, session);
}

static void
test_not_connected (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SIGN_IN ("") "C: A2 SELECT \"INBOX\"\n"
                                         "S: A2 BAD User is authenticated but not connected.\n");
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_sign_in (server);
  g_assert_false (imap_session_select (session, "INBOX", FALSE, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  test_done (server, session);
}

#define FETCH_SCRIPT                                                                               \
  "C: A3 UID FETCH 1:9 (UID FLAGS BODY.PEEK[])\n"                                                  \
  "S: * 2 FETCH (UID 7 FLAGS (\\\\Seen) BODY[] {12}\\r\\n)\\r\\nA3 OK \\r\\n\\0x)\n"               \
  "S: * 1 FETCH (FLAGS (\\\\Flagged))\n"                                                           \
  "S: * 4 EXISTS\n"                                                                                \
  "S: * 1 EXPUNGE\n"                                                                               \
  "S: * 3 FETCH (BODY[] {0}\\r\\n FLAGS () UID 9)\n"                                               \
  "S: A3 OK done\n"
#define FETCH_SEEN "2:7 flags=1 body=12\n3:9 flags=0 body=0\n"

static void
check_fetch (FakeServer *server)
{
  g_autoptr (GError) error = NULL;
  Collected collected = { .seen = g_string_new (NULL) };
  ImapSession *session = test_select (server);
  gboolean fetched =
      imap_session_fetch (session, "1:9", IMAP_FETCH_FLAGS | IMAP_FETCH_MODSEQ | IMAP_FETCH_BODY, 5,
                          collect, &collected, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (fetched);
  g_assert_cmpstr (collected.seen->str, ==, FETCH_SEEN);
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 3);
  g_assert_true (imap_session_take_news (session));
  g_assert_false (imap_session_take_news (session));
  g_string_free (collected.seen, TRUE);
  imap_session_free (session);
}

/* Whatever the pieces in which the bytes come. */
static void
test_fetch (void)
{
  static const gsize pieces[] = { 0, 1, 2, 3, 7, 64 };
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    FakeFaults faults = FAKE_NO_FAULTS;
    faults.piece = pieces[i];
    fake_server_add_script (server, TEST_SELECT ("") FETCH_SCRIPT, &faults);
    check_fetch (server);
  }
  fake_server_check (server);
}

/* A cut in the middle never gives a message that is not whole. */
static void
test_fetch_cut (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (GBytes) body = g_bytes_new_take (g_strnfill (3000000, 'm'), 3000000);
  static const gint64 cuts[] = { 400, 5000, 1000000, 3000100 };

  fake_server_set_blob (server, "body", body);
  for (guint i = 0; i < G_N_ELEMENTS (cuts); i++) {
    FakeFaults faults = FAKE_NO_FAULTS;
    g_autoptr (GError) error = NULL;
    Collected collected = { .seen = g_string_new (NULL) };
    faults.cut_out = cuts[i];
    fake_server_add_script (
        server,
        TEST_SELECT (
            "") "C: A3 UID FETCH 7 (UID BODY.PEEK[])\n"
                "S: * 2 FETCH (UID 7 BODY[] {3000000}\n"
                "B: body\n"
                "S: )\n"
                "S: A3 OK done and this line is long enough for the last cut to be before its end, "
                "however long the greeting and all that came before it were\n",
        &faults);
    ImapSession *session = test_select (server);
    g_assert_false (
        imap_session_fetch (session, "7", IMAP_FETCH_BODY, 0, collect, &collected, NULL, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_BROKEN);
    g_assert_cmpstr (collected.seen->str, ==, "");
    g_assert_false (imap_session_is_usable (session));
    imap_session_free (session);
    g_string_free (collected.seen, TRUE);
  }
  fake_server_check (server);
}

typedef struct
{
  GBytes *body;
} Kept;

static gboolean
keep_body (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  Kept *kept = user_data;
  kept->body = g_bytes_ref (fetched->body);
  return TRUE;
}

static void
test_fetch_large (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (GBytes) body = g_bytes_new_take (g_strnfill (5000000, '('), 5000000);
  g_autoptr (GError) error = NULL;
  Kept kept = { NULL };

  fake_server_set_blob (server, "body", body);
  fake_server_add_script (server,
                          TEST_SELECT ("") "C: A3 UID FETCH 7 (UID BODY.PEEK[])\n"
                                           "S: * 2 FETCH (UID 7 BODY[] {5000000}\n"
                                           "B: body\n"
                                           "S: )\n"
                                           "S: A3 OK done\n",
                          NULL);
  ImapSession *session = test_select (server);
  g_assert_true (
      imap_session_fetch (session, "7", IMAP_FETCH_BODY, 0, keep_body, &kept, NULL, &error));
  test_done (server, session);
  g_assert_true (g_bytes_equal (kept.body, body));
  g_bytes_unref (kept.body);
}

static void
test_fetch_stopped (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("") "C: A3 FETCH 1:3 (UID FLAGS)\n"
                                        "S: * 1 FETCH (UID 1 FLAGS ())\n"
                                        "S: * 2 FETCH (UID 2 FLAGS ())\n"
                                        "STALL\n");
  g_autoptr (GError) error = NULL;
  Collected collected = { .seen = g_string_new (NULL), .stop_after = 1 };
  ImapSession *session = test_select (server);
  g_assert_false (
      imap_session_fetch_seq (session, 0, 3, IMAP_FETCH_FLAGS, collect, &collected, NULL, &error));
  g_assert_true (base_error_is_cancelled (error));
  g_assert_cmpstr (collected.seen->str, ==, "1:1 flags=0\n");
  g_assert_false (imap_session_is_usable (session));
  g_string_free (collected.seen, TRUE);
  test_done (server, session);
}

static void
test_fetch_hostile (void)
{
  static const char *const lines[] = { "S: * 1 FETCH (UID 1 BODY[] {4294967296}\nSTALL\n",
                                       "S: * BYE enough of you\nSTALL\n" };
  static const BaseErrorCode codes[] = { BASE_ERROR_LIMIT, BASE_ERROR_RETRY };
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autofree char *script =
        g_strconcat (TEST_SELECT ("") "C: A3 UID FETCH 1 (UID BODY.PEEK[])\n", lines[i], NULL);
    g_autoptr (FakeServer) server = test_server_new (script);
    g_autoptr (GError) error = NULL;
    ImapSession *session = test_select (server);
    g_assert_false (
        imap_session_fetch (session, "1", IMAP_FETCH_BODY, 0, keep_body, NULL, NULL, &error));
    g_assert_error (error, BASE_ERROR, (int)codes[i]);
    g_assert_false (imap_session_is_usable (session));
    test_done (server, session);
  }
}

static void
test_changed_since (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SIGN_IN (
      "CONDSTORE") "C: A2 SELECT \"INBOX\" (CONDSTORE)\n"
                   "S: * 1 EXISTS\n"
                   "S: A2 OK open\n"
                   "C: A3 UID FETCH 1:* (UID FLAGS MODSEQ) (CHANGEDSINCE 12345678901)\n"
                   "S: A3 OK done\n");
  ImapSession *session = test_select (server);
  g_assert_true (imap_session_fetch (session, "1:*", IMAP_FETCH_FLAGS | IMAP_FETCH_MODSEQ,
                                     12345678901, collect, NULL, NULL, NULL));
  g_assert_true (imap_session_fetch (session, "", IMAP_FETCH_FLAGS, 0, collect, NULL, NULL, NULL));
  g_assert_true (
      imap_session_fetch_seq (session, 2, 1, IMAP_FETCH_FLAGS, collect, NULL, NULL, NULL));
  test_done (server, session);
}

/* *uids NULL: the search must fail with REFUSED. */
static void
check_search (const char *caps, const char *steps, const char *expected)
{
  g_autofree char *script =
      g_strdup_printf ("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\n"
                       "C: A1 AUTHENTICATE PLAIN *\nS: A1 OK [CAPABILITY IMAP4rev1 %s] in\n"
                       "C: A2 SELECT \"INBOX\"\nS: * 3 EXISTS\nS: A2 OK open\n%s",
                       caps, steps);
  g_autoptr (FakeServer) server = test_server_new (script);
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_select (server);
  g_autoptr (BaseUidSet) uids = imap_session_search_all (session, NULL, &error);
  if (expected == NULL) {
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  } else {
    g_assert_no_error (error);
    g_autofree char *got = base_uid_set_to_string (uids);
    g_assert_cmpstr (got, ==, expected);
  }
  g_assert_true (imap_session_is_usable (session));
  test_done (server, session);
}

static void
test_search (void)
{
  check_search (
      "", "C: A3 UID SEARCH ALL\nS: * SEARCH 9 0 2 3 \nS: * SEARCH 4 (MODSEQ 7)\nS: A3 OK done\n",
      "2:4,9");
  check_search (
      "ESEARCH",
      "C: A3 UID SEARCH RETURN (ALL) ALL\nS: * ESEARCH (TAG \"A3\") UID ALL 2:4,9\nS: A3 OK done\n",
      "2:4,9");
  check_search ("ESEARCH", "C: A3 UID SEARCH RETURN (ALL) ALL\nS: * SEARCH 1\nS: A3 OK done\n",
                "1");
}

static void
test_search_unanswered (void)
{
  check_search ("", "C: A3 UID SEARCH ALL\nS: A3 OK done\n", NULL);
  check_search ("", "C: A3 UID SEARCH ALL\nS: * SEARCH\nS: A3 OK done\n", NULL);
  check_search (
      "ESEARCH",
      "C: A3 UID SEARCH RETURN (ALL) ALL\nS: * ESEARCH (TAG \"A3\") UID ALL x\nS: A3 OK done\n",
      NULL);
  check_search ("", "C: A3 UID SEARCH ALL\nS: A3 NO sorry\n", NULL);
  check_search (
      "",
      "C: A3 UID SEARCH ALL\nS: * 3 EXPUNGE\nS: * 2 EXPUNGE\nS: * 1 EXPUNGE\nS: * SEARCH\nS: A3 OK done\n",
      "");
}

/* Whatever compares a set takes what is not in it for gone: so no part of an answer is an answer. */
static void
test_search_garbled (void)
{
  check_search ("", "C: A3 UID SEARCH ALL\nS: * SEARCH 2 x 9\nS: A3 OK done\n", NULL);
  check_search ("", "C: A3 UID SEARCH ALL\nS: * SEARCH 2 -3 9\nS: A3 OK done\n", NULL);
  check_search ("", "C: A3 UID SEARCH ALL\nS: * SEARCH 2 4294967296 9\nS: A3 OK done\n", NULL);
  check_search ("", "C: A3 UID SEARCH ALL\nS: * SEARCH 2 \"3\" 9\nS: A3 OK done\n", NULL);
  check_search ("", "C: A3 UID SEARCH ALL\nS: * SEARCH 2 x\nS: * SEARCH 2 3 9\nS: A3 OK done\n",
                NULL);
  check_search (
      "ESEARCH",
      "C: A3 UID SEARCH RETURN (ALL) ALL\nS: * ESEARCH (TAG \"A3\") UID ALL x\nS: * ESEARCH (TAG \"A3\") UID ALL 2\nS: A3 OK done\n",
      NULL);
}

/* An answer to somebody else's question, or to one of before. */
static void
test_search_other_tag (void)
{
  check_search (
      "ESEARCH",
      "C: A3 UID SEARCH RETURN (ALL) ALL\nS: * ESEARCH (TAG \"A2\") UID ALL 2\nS: A3 OK done\n",
      NULL);
  check_search (
      "ESEARCH",
      "C: A3 UID SEARCH RETURN (ALL) ALL\nS: * ESEARCH (TAG \"A3\") UID ALL 2\nS: * ESEARCH (TAG \"A9\") UID ALL 3\nS: A3 OK done\n",
      "2");
  check_search ("ESEARCH",
                "C: A3 UID SEARCH RETURN (ALL) ALL\nS: * ESEARCH UID ALL 2,3\nS: A3 OK done\n",
                "2:3");
}

/* "Nothing found" is believed only where it was said. */
static void
test_search_message_id_garbled (void)
{
  g_autoptr (FakeServer) server = test_server_new (
      TEST_SELECT ("ESEARCH") "C: A3 UID SEARCH RETURN (ALL) HEADER Message-ID \"<a@x>\"\n"
                              "S: * ESEARCH (TAG \"A2\") UID\n"
                              "S: A3 OK done\n"
                              "C: A4 UID SEARCH RETURN (ALL) HEADER Message-ID \"<a@x>\"\n"
                              "S: * SEARCH x\n"
                              "S: A4 OK done\n"
                              "C: A5 UID SEARCH RETURN (ALL) HEADER Message-ID \"<a@x>\"\n"
                              "S: * ESEARCH (TAG \"A5\") UID\n"
                              "S: A5 OK done\n");
  ImapSession *session = test_select (server);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (imap_session_search_message_id (session, "<a@x>", NULL, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  }
  g_autoptr (BaseUidSet) none = imap_session_search_message_id (session, "<a@x>", NULL, NULL);
  g_assert_nonnull (none);
  g_assert_true (base_uid_set_is_empty (none));
  test_done (server, session);
}

static void
test_search_message_id (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("") "C: A3 UID SEARCH HEADER Message-ID \"<a\\\\\"b@x>\"\n"
                                        "S: * SEARCH 7\n"
                                        "S: A3 OK done\n"
                                        "C: A4 UID SEARCH CHARSET UTF-8 HEADER Message-ID {7}\n"
                                        "S: + \n"
                                        "L: <한@x>\n"
                                        "C: \n"
                                        "S: * SEARCH\n"
                                        "S: A4 OK done\n");
  ImapSession *session = test_select (server);
  g_autoptr (BaseUidSet) one = imap_session_search_message_id (session, "<a\"b@x>", NULL, NULL);
  g_autoptr (BaseUidSet) none = imap_session_search_message_id (session, "<한@x>", NULL, NULL);
  g_assert_true (base_uid_set_contains (one, 7));
  g_assert_nonnull (none);
  g_assert_true (base_uid_set_is_empty (none));
  test_done (server, session);
}

/* Bytes behind a tagged answer belong to the next command and are not lost on the way. */
static void
test_left_over (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SELECT ("") "C: A3 NOOP\n"
                                                                    "S- A3 OK done\\r\\n* 5 EXI\n"
                                                                    "C: A4 NOOP\n"
                                                                    "S: STS\n"
                                                                    "S: A4 OK done\n");
  ImapSession *session = test_select (server);
  g_assert_true (imap_session_noop (session, NULL, NULL));
  g_assert_false (imap_session_take_news (session));
  g_assert_true (imap_session_noop (session, NULL, NULL));
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 5);
  test_done (server, session);
}

static void
test_news (void)
{
  static const struct
  {
    const char *line;
    gboolean news;
    guint32 exists;
  } cases[] = {
    { "* 3 EXISTS", FALSE, 3 },
    { "* 5 EXISTS", TRUE, 5 },
    { "* 2 EXPUNGE", TRUE, 4 },
    { "* VANISHED 3,7", TRUE, 2 },
    { "* VANISHED (EARLIER) 1:1000", TRUE, 2 },
    { "* 1 FETCH (FLAGS (\\\\Seen))", TRUE, 2 },
    { "* 1 FETCH (UID 50 MODSEQ (9))", FALSE, 2 },
    { "* OK still here", FALSE, 2 },
    { "* 0 RECENT", FALSE, 2 },
    { "* OK [UIDVALIDITY 9] the same", FALSE, 2 },
    { "* OK [UIDVALIDITY 10] another", TRUE, 2 },
  };
  g_autoptr (GString) script = g_string_new (TEST_SELECT (""));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_string_append_printf (script, "C: A%u NOOP\nS: %s\nS: A%u OK done\n", i + 3, cases[i].line,
                            i + 3);
  g_autoptr (FakeServer) server = test_server_new (script->str);
  ImapSession *session = test_select (server);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].line);
    g_assert_true (imap_session_noop (session, NULL, NULL));
    g_assert_cmpint (imap_session_take_news (session), ==, cases[i].news);
    g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, cases[i].exists);
  }
  g_assert_cmpuint (imap_session_get_selected (session)->uid_next, ==, 51);
  g_assert_cmpuint (imap_session_get_selected (session)->uid_validity, ==, 10);
  test_done (server, session);
}

void
test_select_add (void)
{
  g_test_add_func ("/imap/select/state", test_state);
  g_test_add_func ("/imap/select/gone", test_gone);
  g_test_add_func ("/imap/select/gone-without-code", test_gone_without_code);
  g_test_add_func ("/imap/select/not-connected", test_not_connected);
  g_test_add_func ("/imap/select/fetch", test_fetch);
  g_test_add_func ("/imap/select/fetch-cut", test_fetch_cut);
  g_test_add_func ("/imap/select/fetch-large", test_fetch_large);
  g_test_add_func ("/imap/select/fetch-stopped", test_fetch_stopped);
  g_test_add_func ("/imap/select/fetch-hostile", test_fetch_hostile);
  g_test_add_func ("/imap/select/changed-since", test_changed_since);
  g_test_add_func ("/imap/select/search", test_search);
  g_test_add_func ("/imap/select/search-unanswered", test_search_unanswered);
  g_test_add_func ("/imap/select/search-garbled", test_search_garbled);
  g_test_add_func ("/imap/select/search-other-tag", test_search_other_tag);
  g_test_add_func ("/imap/select/search-message-id-garbled", test_search_message_id_garbled);
  g_test_add_func ("/imap/select/search-message-id", test_search_message_id);
  g_test_add_func ("/imap/select/left-over", test_left_over);
  g_test_add_func ("/imap/select/news", test_news);
}
