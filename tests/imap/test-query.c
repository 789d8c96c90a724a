/* A person's search as the keys of SEARCH: what is asked, and what is asked instead where the server does not take it. */
#include "test-imap.h"

#include <glib.h>

#include "base-error.h"
#include "imap-query.h"

/* 26 November 2026 */
#define NOW 1795651200

static ImapQueryKnown
know (const BaseQueryNode *node, gpointer user_data)
{
  if (node->kind == BASE_QUERY_IN)
    return node->place == BASE_QUERY_INBOX ? IMAP_QUERY_TRUE : IMAP_QUERY_FALSE;
  return IMAP_QUERY_NOT_KNOWN;
}

static BaseUidSet *
search (ImapSession *session, const char *typed, ImapQueryAsked *asked, GError **error)
{
  g_autoptr (BaseQuery) query = base_query_parse (typed, NOW);

  return imap_session_search_query (session, base_query_get_root (query), know, NULL, asked, NULL,
                                    error);
}

static void
check_found (ImapSession *session, const char *typed, ImapQueryAsked expected, const char *uids)
{
  ImapQueryAsked asked;
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseUidSet) found = search (session, typed, &asked, &error);
  g_autofree char *text = NULL;

  if (error != NULL)
    g_test_message ("%s", typed);
  g_assert_no_error (error);
  text = base_uid_set_to_string (found);
  g_assert_cmpstr (text, ==, uids);
  g_assert_cmpint (asked, ==, expected);
}

/* `keys`: what stands behind SEARCH. */
static void
check (const char *caps, const char *typed, const char *keys)
{
  g_autofree char *script = g_strdup_printf (TEST_SIGN_IN ("%s") "C: A2 SELECT \"INBOX\"\n"
                                                                 "S: * 3 EXISTS\n"
                                                                 "S: A2 OK [READ-WRITE] open\n"
                                                                 "C: A3 UID SEARCH %s\n"
                                                                 "S: * SEARCH 5 7\nS: A3 OK done\n",
                                             caps, keys);
  g_autoptr (FakeServer) server = test_server_new (script);
  ImapSession *session = test_select (server);

  check_found (session, typed, g_strcmp0 (keys, "ALL") == 0 ? IMAP_QUERY_ALL : IMAP_QUERY_ASKED,
               "5,7");
  test_done (server, session);
}

static void
test_keys (void)
{
  check ("", "kim lee", "TEXT \"kim\" TEXT \"lee\"");
  check ("", "\"two  words\"", "TEXT \"two\" TEXT \"words\"");
  check ("", "subject:\"two words\" body:\"a b\"", "SUBJECT \"two words\" BODY \"a\" BODY \"b\"");
  check (
      "", "from:kim to:lee cc:\"a\\\"b\"",
      "FROM \"kim\" OR OR TO \"lee\" CC \"lee\" BCC \"lee\" OR CC \"a\\\\\"b\" BCC \"a\\\\\"b\"");
  check ("", "list:dev", "OR HEADER List-Id \"dev\" OR TO \"dev\" CC \"dev\"");
  check ("", "is:unread is:starred is:replied -is:forwarded is:draft is:read",
         "UNSEEN FLAGGED ANSWERED NOT KEYWORD $Forwarded DRAFT SEEN");
  check ("", "larger:10M smaller:1K", "LARGER 10000000 SMALLER 1000");
  check ("", "after:2024-03-15", "SINCE 13-Mar-2024");
  check ("", "on:2024-03-15", "SINCE 13-Mar-2024 BEFORE 17-Mar-2024");
  check ("", "label:urgent label:\"a b\"", "KEYWORD urgent");
  check ("", "label:project-x label:$Forwarded", "KEYWORD project-x KEYWORD $Forwarded");
  check ("", "label:important", "OR KEYWORD important KEYWORD $label1");
  check ("", "label:\"to do\"", "KEYWORD $label4");
  check ("", "label:한글", "KEYWORD &1VyuAA-");
  check ("", "label:R&D", "OR KEYWORD R&D KEYWORD R&-D");
  check ("", "a OR (b -is:read)", "OR TEXT \"a\" (TEXT \"b\" NOT SEEN)");
  check ("", "-(is:read OR larger:1K)", "NOT OR SEEN LARGER 1000");
  check ("", "-(is:read is:starred)", "NOT (SEEN FLAGGED)");
  check ("", "in:inbox kim", "TEXT \"kim\"");
  check ("", "in:sent OR kim", "TEXT \"kim\"");
  check ("", "kim -in:sent", "TEXT \"kim\"");
}

/* What cannot be asked, or not be turned round, is left out, never asked for less. */
static void
test_wider (void)
{
  check ("", "kim has:attachment filename:a type:pdf account:x", "TEXT \"kim\"");
  check ("", "kim -lee", "TEXT \"kim\"");
  check ("", "kim -on:2024-03-15", "TEXT \"kim\"");
  check ("", "kim -(lee is:read)", "TEXT \"kim\"");
  check ("", "kim -(has:attachment OR is:read)", "TEXT \"kim\"");
  check ("", "-kim", "ALL");
  check ("", "kim OR has:attachment", "ALL");
  check ("", "has:attachment", "ALL");
}

/* Not true of any message here. */
static void
test_nothing (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SELECT (""));
  ImapSession *session = test_select (server);

  check_found (session, "in:sent kim", IMAP_QUERY_NOTHING, "");
  check_found (session, "-(in:inbox OR kim)", IMAP_QUERY_NOTHING, "");
  test_done (server, session);
}

static void
test_esearch (void)
{
  g_autoptr (FakeServer) server = test_server_new (
      TEST_SELECT ("ESEARCH LITERAL+") "C: A3 UID SEARCH RETURN (ALL) CHARSET UTF-8 TEXT {6+}\n"
                                       "L: 한글\n"
                                       "C:  UNSEEN FROM {6+}\n"
                                       "L: 민우\n"
                                       "C: \n"
                                       "S: * ESEARCH (TAG \"A3\") UID ALL 2:4,9\n"
                                       "S: A3 OK done\n"
                                       "C: A4 UID SEARCH RETURN (ALL) TEXT \"kim\"\n"
                                       "S: * ESEARCH (TAG \"A4\") UID\n"
                                       "S: A4 OK done\n");
  ImapSession *session = test_select (server);

  check_found (session, "한글 is:unread from:민우", IMAP_QUERY_ASKED, "2:4,9");
  check_found (session, "kim", IMAP_QUERY_ASKED, "");
  test_done (server, session);
}

/* Quirk 25: first with the charset, then the octets; the second search knows. */
static void
test_octets (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("LITERAL+") "C: A3 UID SEARCH CHARSET UTF-8 TEXT {6+}\n"
                                                "L: 한글\n"
                                                "C: \n"
                                                "S: A3 NO [BADCHARSET] what\n"
                                                "C: A4 UID SEARCH TEXT {6+}\n"
                                                "L: 한글\n"
                                                "C: \n"
                                                "S: * SEARCH 5\n"
                                                "S: A4 OK done\n"
                                                "C: A5 UID SEARCH TEXT {3+}\n"
                                                "L: 글\n"
                                                "C: \n"
                                                "S: * SEARCH 6\n"
                                                "S: A5 OK done\n");
  ImapSession *session = test_select (server);

  check_found (session, "한글", IMAP_QUERY_ASKED, "5");
  check_found (session, "글", IMAP_QUERY_ASKED, "6");
  test_done (server, session);
}

/* A charset that the server names; words that it does not have go another way. */
static void
test_named_charset (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("") "C: A3 UID SEARCH CHARSET UTF-8 SUBJECT {6}\n"
                                        "S: A3 NO [BADCHARSET (US-ASCII EUC-KR)] not this one\n"
                                        "C: A4 UID SEARCH CHARSET EUC-KR SUBJECT {4}\n"
                                        "S: + \n"
                                        "L: \\xc7\\xd1\\xb1\\xdb\n"
                                        "C: \n"
                                        "S: * SEARCH 5\n"
                                        "S: A4 OK done\n"
                                        "C: A5 UID SEARCH SUBJECT {6}\n"
                                        "S: A5 BAD no octets\n"
                                        "C: A6 UID SEARCH UNSEEN\n"
                                        "S: * SEARCH 8\n"
                                        "S: A6 OK done\n");
  ImapSession *session = test_select (server);

  check_found (session, "subject:한글", IMAP_QUERY_ASKED, "5");
  check_found (session, "subject:สอ is:unread", IMAP_QUERY_ASKED, "8");
  test_done (server, session);
}

/* Quirk 39: TEXT is BAD there. */
static void
test_no_text (void)
{
  const char *fields =
      "OR OR OR OR SUBJECT \"kim\" FROM \"kim\" TO \"kim\" CC \"kim\" BODY \"kim\"";
  g_autofree char *script = g_strdup_printf (TEST_SELECT ("") "C: A3 UID SEARCH TEXT \"kim\"\n"
                                                              "S: A3 BAD no\n"
                                                              "C: A4 UID SEARCH %s\n"
                                                              "S: * SEARCH 5\n"
                                                              "S: A4 OK done\n"
                                                              "C: A5 UID SEARCH %s UNSEEN\n"
                                                              "S: A5 BAD no\n"
                                                              "C: A6 UID SEARCH UNSEEN\n"
                                                              "S: * SEARCH 6\n"
                                                              "S: A6 OK done\n",
                                             fields, fields);
  g_autoptr (FakeServer) server = test_server_new (script);
  ImapSession *session = test_select (server);

  check_found (session, "kim", IMAP_QUERY_ASKED, "5");
  check_found (session, "kim is:unread", IMAP_QUERY_ASKED, "6");
  test_done (server, session);
}

/* What is refused in every way is an error; what is for now is not tried in other ways. */
static void
test_refused (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("") "C: A3 UID SEARCH UNSEEN\n"
                                        "S: A3 NO I will not\n"
                                        "C: A4 UID SEARCH TEXT \"kim\"\n"
                                        "S: A4 NO [UNAVAILABLE] later\n");
  ImapSession *session = test_select (server);
  g_autoptr (GError) refused = NULL, later = NULL;
  ImapQueryAsked asked;

  g_assert_null (search (session, "is:unread", &asked, &refused));
  g_assert_error (refused, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_null (search (session, "kim", &asked, &later));
  g_assert_error (later, BASE_ERROR, BASE_ERROR_RETRY);
  g_assert_true (imap_session_is_usable (session));
  test_done (server, session);
}

/* The connection ends within the answer, and within the command. */
static void
test_cut (void)
{
  static const char *const scripts[] = {
    TEST_SELECT ("ESEARCH") "C: A3 UID SEARCH RETURN (ALL) TEXT \"kim\"\n"
                            "S- * ESEARCH (TAG \"A3\") UID ALL 2:4,\nCUT\n",
    TEST_SELECT ("ESEARCH") "C: A3 UID SEARCH RETURN (ALL) TEXT \"kim\"\n"
                            "S: * ESEARCH (TAG \"A3\") UID ALL 2:4,9\nCUT\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    g_autoptr (FakeServer) server = test_server_new (scripts[i]);
    ImapSession *session = test_select (server);
    g_autoptr (GError) error = NULL;
    ImapQueryAsked asked;

    g_assert_null (search (session, "kim", &asked, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_BROKEN);
    g_assert_false (imap_session_is_usable (session));
    test_done (server, session);
  }
}

static void
test_gmail (void)
{
  check ("X-GM-EXT-1", "from:x has:attachment", "X-GM-RAW \"from:x has:attachment\"");
  check ("X-GM-EXT-1", "kim \"a b\" is:unread larger:1K",
         "UNSEEN LARGER 1000 X-GM-RAW \"kim \\\\\"a b\\\\\"\"");
  check ("X-GM-EXT-1", "a OR (subject:b list:c)", "X-GM-RAW \"{a (subject:b list:c)}\"");
  check ("X-GM-EXT-1", "a OR is:unread", "OR X-GM-RAW \"a\" UNSEEN");
  check ("X-GM-EXT-1", "a -b type:pdf", "X-GM-RAW \"a has:attachment\"");
  check ("X-GM-EXT-1 LITERAL+", "label:work from:kim@x.kr",
         "X-GM-LABELS \"work\" X-GM-RAW \"from:\\\\\"kim@x.kr\\\\\"\"");
  /* Its own labels are others by their mark, which nobody types. */
  check ("X-GM-EXT-1", "label:important",
         "OR X-GM-LABELS \"important\" X-GM-LABELS \"\\\\\\\\Important\"");
  check ("X-GM-EXT-1", "label:INBOX OR label:drafts",
         "OR OR X-GM-LABELS \"INBOX\" X-GM-LABELS \"\\\\\\\\Inbox\" "
         "OR X-GM-LABELS \"drafts\" X-GM-LABELS \"\\\\\\\\Draft\"");
  check ("X-GM-EXT-1", "-label:starred", "ALL");
  check ("X-GM-EXT-1", "label:\\starred kim", "X-GM-LABELS \"\\\\\\\\Starred\" X-GM-RAW \"kim\"");
  check ("X-GM-EXT-1", "label:importantly", "X-GM-LABELS \"importantly\"");
  check ("", "label:starred", "KEYWORD starred");
  check ("X-GM-EXT-1 LITERAL+", "보고", "CHARSET UTF-8 X-GM-RAW {6+}\nL: 보고\nC: ");
}

void
test_query_add (void)
{
  g_test_add_func ("/imap/query/keys", test_keys);
  g_test_add_func ("/imap/query/wider", test_wider);
  g_test_add_func ("/imap/query/nothing", test_nothing);
  g_test_add_func ("/imap/query/esearch", test_esearch);
  g_test_add_func ("/imap/query/octets", test_octets);
  g_test_add_func ("/imap/query/named-charset", test_named_charset);
  g_test_add_func ("/imap/query/no-text", test_no_text);
  g_test_add_func ("/imap/query/refused", test_refused);
  g_test_add_func ("/imap/query/cut", test_cut);
  g_test_add_func ("/imap/query/gmail", test_gmail);
}
