/* Several commands at once: each with its own answer, and nothing under way that must not be. */
#include "test-imap.h"

#include <string.h>

#include "base-error.h"
#include "imap-flight-private.h"

#define MESSAGE_ID "HEADER Message-ID"

/* Collects "seq:uid" with what came, one a word. */
static gboolean
collect (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  GString *seen = user_data;
  g_string_append_printf (seen, "%s%u:%u", seen->len > 0 ? " " : "", fetched->seq, fetched->uid);
  if (fetched->has_flags)
    g_string_append_printf (seen, "f%d", fetched->flags);
  if (fetched->header != NULL)
    g_string_append_c (seen, 'h');
  if (fetched->body != NULL)
    g_string_append_c (seen, 'b');
  return TRUE;
}

static void
run (ImapFlight *flight)
{
  g_autoptr (GError) error = NULL;
  gboolean ran = imap_flight_run (flight, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ran);
}

static void
check_failed (ImapFlight *flight, guint index, BaseErrorCode code)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (imap_flight_get_result (flight, index, &error));
  g_assert_error (error, BASE_ERROR, (int)code);
}

static void
check_uids (ImapFlight *flight, guint index, const char *expected)
{
  g_autoptr (BaseUidSet) uids = imap_flight_steal_uids (flight, index);
  g_assert_nonnull (uids);
  g_autofree char *text = base_uid_set_to_string (uids);
  g_assert_cmpstr (text, ==, expected);
}

/* All of it is on the wire before the first answer; one is refused; news come in between. */
#define TOGETHER                                                                                   \
  "C: A3 UID FETCH 7 (UID BODY.PEEK[])\n"                                                          \
  "C: A4 UID FETCH 30:* (UID FLAGS)\n"                                                             \
  "C: A5 UID SEARCH ALL\n"                                                                         \
  "C: A6 STATUS \"Sent\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n"                                  \
  "C: A7 UID STORE 9 +FLAGS.SILENT (\\\\Seen)\n"                                                   \
  "C: A8 LIST \"\" \"*\"\n"                                                                        \
  "C: A9 UID SEARCH HEADER Message-ID \"<x>\"\n"                                                   \
  "C: A10 NOOP\n"                                                                                  \
  "S: * 2 FETCH (UID 7 BODY[] {3}\\r\\nabc)\n"                                                     \
  "S: * 1 FETCH (UID 3 FLAGS (\\\\Flagged))\n"                                                     \
  "S: A3 OK done\n"                                                                                \
  "S: * 3 FETCH (UID 9 FLAGS ())\n"                                                                \
  "S: A4 OK done\n"                                                                                \
  "S: * SEARCH 3 7 9\n"                                                                            \
  "S: A5 OK done\n"                                                                                \
  "S: * STATUS Sent (MESSAGES 12 UNSEEN 1 UIDNEXT 40 UIDVALIDITY 5)\n"                             \
  "S: A6 OK done\n"                                                                                \
  "S: A7 NO not today\n"                                                                           \
  "S: * LIST () \"/\" Sent\n"                                                                      \
  "S: A8 OK done\n"                                                                                \
  "S: * SEARCH 9\n"                                                                                \
  "S: * 4 EXISTS\n"                                                                                \
  "S: A9 OK done\n"                                                                                \
  "S: A10 OK done\n"

static void
check_together (FakeServer *server)
{
  g_autoptr (GString) bodies = g_string_new (NULL), flags = g_string_new (NULL);
  ImapMailbox sent = { .name = (char *)"Sent" };
  ImapSession *session = test_select (server);
  g_autoptr (ImapFlight) flight = imap_flight_new (session);

  guint body = imap_flight_fetch (flight, "7", IMAP_FETCH_BODY, 0, collect, bodies);
  guint nothing = imap_flight_fetch (flight, "", IMAP_FETCH_BODY, 0, collect, bodies);
  guint flag = imap_flight_fetch (flight, "30:*", IMAP_FETCH_FLAGS, 0, collect, flags);
  guint all = imap_flight_search_all (flight);
  guint status = imap_flight_status (flight, &sent);
  guint store = imap_flight_store (flight, "9", TRUE, IMAP_FLAG_SEEN);
  guint list = imap_flight_list (flight);
  guint one = imap_flight_search_string (flight, MESSAGE_ID, "<x>", FALSE);
  guint noop = imap_flight_noop (flight);
  run (flight);

  g_assert_true (imap_flight_get_result (flight, body, NULL));
  g_assert_true (imap_flight_get_result (flight, nothing, NULL));
  g_assert_true (imap_flight_get_result (flight, flag, NULL));
  g_assert_cmpstr (bodies->str, ==, "2:7b");
  /* "30:*" names the last message even when its UID is lower; what came for message 3 was asked by nobody */
  g_assert_cmpstr (flags->str, ==, "1:3f4 3:9f0");
  check_uids (flight, all, "3,7,9");
  check_uids (flight, one, "9");
  g_assert_true (imap_flight_get_result (flight, status, NULL));
  g_assert_true (sent.has_status);
  g_assert_cmpuint (sent.messages, ==, 12);
  g_assert_cmpuint (sent.uid_next, ==, 40);
  check_failed (flight, store, BASE_ERROR_REFUSED);
  g_autoptr (GPtrArray) mailboxes = imap_flight_steal_mailboxes (flight, list);
  g_assert_cmpuint (mailboxes->len, ==, 1);
  g_assert_true (imap_flight_get_result (flight, noop, NULL));
  g_assert_true (imap_session_is_usable (session));
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 4);
  imap_session_free (session);
}

static void
test_together (void)
{
  static const gsize pieces[] = { 0, 1, 5 };
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    FakeFaults faults = FAKE_NO_FAULTS;
    faults.piece = pieces[i];
    fake_server_add_script (server, TEST_SELECT ("") TOGETHER, &faults);
    check_together (server);
  }
  fake_server_check (server);
}

/* Dovecot holds back the answer to one command until it has carried out those behind it: what changed and what is new are told apart by
 * what comes, not by when. */
static void
test_held_back (void)
{
  g_autoptr (FakeServer) server = test_server_new (
      TEST_SIGN_IN ("CONDSTORE") "C: A2 SELECT \"INBOX\" (CONDSTORE)\n"
                                 "S: * 3 EXISTS\n"
                                 "S: * OK [HIGHESTMODSEQ 9] so\n"
                                 "S: A2 OK open\n"
                                 "C: A3 UID FETCH 1:* (UID FLAGS MODSEQ) (CHANGEDSINCE 7)\n"
                                 "C: A4 UID FETCH 30:* (UID FLAGS BODY.PEEK[])\n"
                                 "S: * 1 FETCH (UID 3 FLAGS (\\\\Flagged) MODSEQ (8))\n"
                                 "S: * 2 FETCH (UID 31 FLAGS () MODSEQ (9))\n"
                                 "S: * 2 FETCH (UID 31 FLAGS () BODY[] {3}\\r\\nabc)\n"
                                 "S: * 3 FETCH (UID 32 FLAGS () MODSEQ (9) BODY[] {3}\\r\\nabc)\n"
                                 "S: A3 OK done\n"
                                 "S: A4 OK done\n");
  g_autoptr (GString) changed = g_string_new (NULL), fresh = g_string_new (NULL);
  ImapSession *session = test_sign_in (server);
  g_assert_true (imap_session_select (session, "INBOX", FALSE, NULL, NULL));
  g_autoptr (ImapFlight) flight = imap_flight_new (session);

  imap_flight_changes (flight, 7, collect, NULL, changed);
  imap_flight_fetch (flight, "30:*", IMAP_FETCH_FLAGS | IMAP_FETCH_BODY, 0, collect, fresh);
  run (flight);
  g_assert_cmpstr (changed->str, ==, "1:3f4 2:31f0");
  g_assert_cmpstr (fresh->str, ==, "2:31f0b 3:32f0b");
  test_done (server, session);
}

/* Extended searches are told apart by their tags, whatever the order. */
static void
test_searches (void)
{
  g_autoptr (FakeServer) server = test_server_new (
      TEST_SELECT ("ESEARCH") "C: A3 UID SEARCH RETURN (ALL) ALL\n"
                              "C: A4 UID SEARCH RETURN (ALL) HEADER Message-ID \"<x>\"\n"
                              "S: * ESEARCH (TAG \"A4\") UID ALL 5\n"
                              "S: A4 OK done\n"
                              "S: * ESEARCH (TAG \"A3\") UID ALL 1:5\n"
                              "S: A3 OK done\n");
  ImapSession *session = test_select (server);
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  guint all = imap_flight_search_all (flight);
  guint one = imap_flight_search_string (flight, MESSAGE_ID, "<x>", FALSE);
  run (flight);
  check_uids (flight, all, "1:5");
  check_uids (flight, one, "5");
  test_done (server, session);
}

/* What comes between two SELECTs belongs to the first; each fetch gets its own mailbox's. */
static void
test_selects (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("") "C: A3 SELECT \"a\"\n"
                                        "C: A4 FETCH 3:* (UID FLAGS)\n"
                                        "C: A5 EXAMINE \"b\"\n"
                                        "C: A6 UID FETCH 1:* (UID FLAGS)\n"
                                        "S: * 2 EXPUNGE\n"
                                        "S: * 9 EXISTS\n"
                                        "S: * OK [HIGHESTMODSEQ 999] of the one before\n"
                                        "S: * OK [CLOSED] the one before\n"
                                        "S: * 4 EXISTS\n"
                                        "S: * OK [UIDVALIDITY 11] fine\n"
                                        "S: A3 OK [READ-WRITE] open\n"
                                        "S: * 3 FETCH (UID 8 FLAGS (\\\\Seen))\n"
                                        "S: * 4 FETCH (UID 9 FLAGS ())\n"
                                        "S: A4 OK done\n"
                                        "S: * 1 EXISTS\n"
                                        "S: * OK [UIDVALIDITY 12] fine\n"
                                        "S: A5 OK [READ-ONLY] open\n"
                                        "S: * 1 FETCH (UID 1 FLAGS ())\n"
                                        "S: A6 OK done\n");
  g_autoptr (GString) in_a = g_string_new (NULL), in_b = g_string_new (NULL);
  ImapSession *session = test_select (server);
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  guint a = imap_flight_select (flight, "a", FALSE, 11);
  imap_flight_fetch_seq (flight, 3, 0, IMAP_FETCH_FLAGS, collect, in_a);
  guint b = imap_flight_select (flight, "b", TRUE, 0);
  imap_flight_fetch (flight, "1:*", IMAP_FETCH_FLAGS, 0, collect, in_b);
  run (flight);

  g_assert_cmpstr (in_a->str, ==, "3:8f1 4:9f0");
  g_assert_cmpstr (in_b->str, ==, "1:1f0");
  g_assert_cmpuint (imap_flight_get_selected (flight, a)->exists, ==, 4);
  g_assert_cmpuint (imap_flight_get_selected (flight, a)->uid_validity, ==, 11);
  g_assert_false (imap_flight_get_selected (flight, a)->read_only);
  g_assert_cmpuint (imap_flight_get_selected (flight, a)->highest_modseq, ==, 0);
  g_assert_cmpuint (imap_flight_get_selected (flight, b)->exists, ==, 1);
  g_assert_true (imap_flight_get_selected (flight, b)->read_only);
  g_assert_cmpstr (imap_session_get_selected_name (session), ==, "b");
  g_assert_cmpuint (imap_session_get_selected (session)->uid_validity, ==, 12);
  g_assert_false (imap_session_take_news (session));
  test_done (server, session);
}

/* Without the mailbox nothing behind it counts, not even what a server tells that kept the old one open. */
static void
test_select_fails (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("") "C: A3 SELECT \"a\"\n"
                                        "C: A4 UID FETCH 1:* (UID FLAGS)\n"
                                        "C: A5 NOOP\n"
                                        "S: A3 NO [NONEXISTENT] gone\n"
                                        "S: * 1 FETCH (UID 1 FLAGS ())\n"
                                        "S: A4 OK done\n"
                                        "S: A5 OK done\n");
  g_autoptr (GString) seen = g_string_new (NULL);
  ImapSession *session = test_select (server);
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  guint select = imap_flight_select (flight, "a", FALSE, 0);
  guint fetch = imap_flight_fetch (flight, "1:*", IMAP_FETCH_FLAGS, 0, collect, seen);
  guint noop = imap_flight_noop (flight);
  guint store = imap_flight_store (flight, "1", TRUE, IMAP_FLAG_SEEN);
  run (flight);
  check_failed (flight, select, BASE_ERROR_GONE);
  check_failed (flight, fetch, BASE_ERROR_GONE);
  check_failed (flight, store, BASE_ERROR_GONE);
  g_assert_true (imap_flight_get_result (flight, noop, NULL));
  g_assert_null (imap_flight_get_selected (flight, select));
  g_assert_cmpstr (seen->str, ==, "");
  g_assert_null (imap_session_get_selected_name (session));
  test_done (server, session);
}

/* Another mailbox of the same name: what is read is dropped, what would be changed is not. */
static void
test_other_validity (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SIGN_IN ("") "C: A2 SELECT \"a\"\n"
                                         "C: A3 UID FETCH 1:* (UID FLAGS)\n"
                                         "S: * 1 EXISTS\n"
                                         "S: * OK [UIDVALIDITY 12] new\n"
                                         "S: A2 OK open\n"
                                         "S: * 1 FETCH (UID 1 FLAGS ())\n"
                                         "S: A3 OK done\n");
  g_autoptr (GString) seen = g_string_new (NULL);
  ImapSession *session = test_sign_in (server);
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  guint select = imap_flight_select (flight, "a", FALSE, 11);
  guint fetch = imap_flight_fetch (flight, "1:*", IMAP_FETCH_FLAGS, 0, collect, seen);
  guint store = imap_flight_store (flight, "1", TRUE, IMAP_FLAG_DELETED);
  run (flight);
  g_assert_true (imap_flight_get_result (flight, select, NULL));
  g_assert_cmpuint (imap_flight_get_selected (flight, select)->uid_validity, ==, 12);
  check_failed (flight, fetch, BASE_ERROR_GONE);
  check_failed (flight, store, BASE_ERROR_GONE);
  g_assert_cmpstr (seen->str, ==, "");
  test_done (server, session);
}

/* A change waits for its SELECT; and a mailbox that can only be read is not changed. */
static void
test_change_waits (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SIGN_IN ("") "C: A2 SELECT \"a\"\n"
                                         "QUIET 30\n"
                                         "S: * 1 EXISTS\n"
                                         "S: * OK [PERMANENTFLAGS (\\\\Seen)] few\n"
                                         "S: A2 OK [READ-WRITE] open\n"
                                         "C: A3 UID STORE 1 +FLAGS.SILENT (\\\\Seen)\n"
                                         "C: A4 EXAMINE \"b\"\n"
                                         "S: A3 OK done\n"
                                         "S: A4 OK [READ-ONLY] open\n");
  ImapSession *session = test_sign_in (server);
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  imap_flight_select (flight, "a", FALSE, 0);
  guint seen = imap_flight_store (flight, "1", TRUE, IMAP_FLAG_SEEN);
  guint forwarded = imap_flight_store (flight, "1", TRUE, IMAP_FLAG_FORWARDED);
  imap_flight_select (flight, "b", TRUE, 0);
  guint refused = imap_flight_store (flight, "1", TRUE, IMAP_FLAG_SEEN);
  run (flight);
  g_assert_true (imap_flight_get_result (flight, seen, NULL));
  g_assert_true (imap_flight_get_result (flight, forwarded, NULL));
  check_failed (flight, refused, BASE_ERROR_REFUSED);
  test_done (server, session);
}

/* Sequence numbers: behind a UID command an EXPUNGE may come, which would make them mean other messages. */
static void
test_sequence_waits (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("") "C: A3 FETCH 1:2 (UID FLAGS)\n"
                                        "C: A4 FETCH 3:3 (UID FLAGS)\n"
                                        "C: A5 UID FETCH 1:* (UID FLAGS)\n"
                                        "QUIET 30\n"
                                        "S: * 1 FETCH (UID 1 FLAGS ())\n"
                                        "S: A3 OK done\n"
                                        "S: A4 OK done\n"
                                        "S: * 1 EXPUNGE\n"
                                        "S: A5 OK done\n"
                                        "C: A6 FETCH 1:1 (UID FLAGS)\n"
                                        "S: A6 OK done\n");
  g_autoptr (GString) seen = g_string_new (NULL);
  ImapSession *session = test_select (server);
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  imap_flight_fetch_seq (flight, 1, 2, IMAP_FETCH_FLAGS, collect, seen);
  imap_flight_fetch_seq (flight, 3, 3, IMAP_FETCH_FLAGS, collect, seen);
  imap_flight_fetch (flight, "1:*", IMAP_FETCH_FLAGS, 0, collect, seen);
  imap_flight_fetch_seq (flight, 1, 1, IMAP_FETCH_FLAGS, collect, seen);
  run (flight);
  test_done (server, session);
}

/* Never more than 25 STATUS without an answer (quirk 12). */
static void
test_many_status (void)
{
  g_autoptr (GString) script = g_string_new (TEST_SIGN_IN (""));
  ImapMailbox mailboxes[60] = { { 0 } };
  guint asked = 0;

  for (guint i = 0; i < G_N_ELEMENTS (mailboxes); i++) {
    for (; asked < MIN (i + 25, G_N_ELEMENTS (mailboxes)); asked++)
      g_string_append_printf (script, "C: A%u STATUS \"m%u\" *\n", asked + 2, asked);
    if (i % 20 == 0)
      g_string_append (script, "QUIET 20\n");
    if (i % 10 == 3)
      g_string_append_printf (script, "S: A%u NO busy\n", i + 2);
    else
      g_string_append_printf (script, "S: * STATUS m%u (MESSAGES %u)\nS: A%u OK done\n", i, i,
                              i + 2);
  }
  g_autoptr (FakeServer) server = test_server_new (script->str);
  ImapSession *session = test_sign_in (server);
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  for (guint i = 0; i < G_N_ELEMENTS (mailboxes); i++) {
    mailboxes[i].name = g_strdup_printf ("m%u", i);
    imap_flight_status (flight, &mailboxes[i]);
  }
  run (flight);
  for (guint i = 0; i < G_N_ELEMENTS (mailboxes); i++) {
    g_assert_cmpint (mailboxes[i].has_status, ==, i % 10 != 3);
    g_assert_cmpuint (mailboxes[i].messages, ==, i % 10 != 3 ? i : 0);
    g_free (mailboxes[i].name);
  }
  test_done (server, session);
}

typedef struct
{
  FakeServer *server;
  guint answers;
} Bounded;

static gboolean
count_answer (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  Bounded *bounded = user_data;
  g_autoptr (GBytes) received = fake_server_dup_received (bounded->server, 0);
  /* answered: some 950 octets each; and what came before the flight */
  g_assert_cmpuint (g_bytes_get_size (received), <, 8300 + bounded->answers * 970);
  bounded->answers++;
  return TRUE;
}

/* However much is asked for, what is under way fits into the kernel's buffers. */
static void
test_bounded (void)
{
  g_autoptr (GString) script = g_string_new (TEST_SELECT (""));
  g_autofree char *set = g_strnfill (920, '1');
  for (guint i = 1; i * 10 < strlen (set); i++)
    set[i * 10] = ',';
  for (guint i = 3; i < 43; i++)
    g_string_append_printf (
        script, "C: A%u UID FETCH *\nWAIT 1\nS: * 1 FETCH (UID 1 FLAGS ())\nS: A%u OK done\n", i,
        i);
  g_autoptr (FakeServer) server = test_server_new (script->str);
  Bounded bounded = { .server = server };
  ImapSession *session = test_select (server);
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  for (guint i = 3; i < 43; i++)
    imap_flight_fetch (flight, set, IMAP_FETCH_FLAGS, 0, count_answer, &bounded);
  run (flight);
  g_assert_cmpuint (bounded.answers, ==, 40);
  test_done (server, session);
}

typedef struct
{
  GString *seen;
  guint asked;
} More;

static void
ask_more (ImapFlight *flight, gpointer user_data)
{
  More *more = user_data;
  g_autofree char *set = g_strdup_printf ("%u", more->asked + 1);
  /* two at a time, then one, then no more */
  if (more->asked >= 5)
    return;
  imap_flight_fetch (flight, set, IMAP_FETCH_FLAGS, 0, collect, more->seen);
  more->asked++;
  if (more->asked < 4)
    ask_more (flight, user_data);
}

/* What is added while it runs: always one with the server while another is answered. */
static void
test_more (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("") "C: A3 UID FETCH 1 (UID FLAGS)\n"
                                        "C: A4 UID FETCH 2 (UID FLAGS)\n"
                                        "C: A5 UID FETCH 3 (UID FLAGS)\n"
                                        "C: A6 UID FETCH 4 (UID FLAGS)\n"
                                        "S: * 1 FETCH (UID 1 FLAGS ())\n"
                                        "S: A3 OK done\n"
                                        "S: A4 OK done\n"
                                        "QUIET 30\n"
                                        "S: * 3 FETCH (UID 3 FLAGS ())\n"
                                        "S: A5 OK done\n"
                                        "C: A7 UID FETCH 5 (UID FLAGS)\n"
                                        "S: A6 OK done\n"
                                        "S: * 5 FETCH (UID 5 FLAGS ())\n"
                                        "S: A7 OK done\n");
  g_autoptr (GString) seen = g_string_new (NULL);
  More more = { .seen = seen };
  ImapSession *session = test_select (server);
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  imap_flight_set_more (flight, ask_more, &more);
  run (flight);
  g_assert_cmpuint (imap_flight_get_length (flight), ==, 5);
  for (guint i = 0; i < 5; i++)
    g_assert_true (imap_flight_get_result (flight, i, NULL));
  g_assert_cmpstr (seen->str, ==, "1:1f0 3:3f0 5:5f0");
  test_done (server, session);
}

/* A literal that has to ask first goes alone; with LITERAL+ it goes along. */
static void
test_literal (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  fake_server_add_script (server,
                          TEST_SELECT ("") "C: A3 NOOP\n"
                                           "QUIET 30\n"
                                           "S: A3 OK done\n"
                                           "C: A4 UID SEARCH CHARSET UTF-8 HEADER Message-ID {5}\n"
                                           "S: * 4 EXISTS\n"
                                           "S: + go on\n"
                                           "L: <한>\n"
                                           "C: \n"
                                           "QUIET 30\n"
                                           "S: * SEARCH 3\n"
                                           "S: A4 OK done\n"
                                           "C: A5 NOOP\n"
                                           "S: A5 OK done\n",
                          NULL);
  fake_server_add_script (
      server,
      TEST_SELECT ("LITERAL-") "C: A3 NOOP\n"
                               "C: A4 UID SEARCH CHARSET UTF-8 HEADER Message-ID {5+}\n"
                               "L: <한>\n"
                               "C: \n"
                               "C: A5 NOOP\n"
                               "S: A3 OK done\n"
                               "S: * SEARCH 3\n"
                               "S: A4 OK done\n"
                               "S: A5 OK done\n",
      NULL);
  for (guint i = 0; i < 2; i++) {
    ImapSession *session = test_select (server);
    g_autoptr (ImapFlight) flight = imap_flight_new (session);
    imap_flight_noop (flight);
    guint search = imap_flight_search_string (flight, MESSAGE_ID, "<한>", TRUE);
    imap_flight_noop (flight);
    run (flight);
    check_uids (flight, search, "3");
    imap_session_free (session);
  }
  fake_server_check (server);
}

/* The end of the connection: what had its answer keeps it, the rest has the error. */
static void
test_cut (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SELECT ("") "C: A3 UID SEARCH ALL\n"
                                                                    "C: A4 NOOP\n"
                                                                    "S: * SEARCH 1 2 5\n"
                                                                    "S: * SEARCH 5\n"
                                                                    "S: A3 OK done\n"
                                                                    "S: * BYE going down\n"
                                                                    "STALL\n");
  g_autoptr (GError) error = NULL;
  ImapSession *session = test_select (server);
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  guint search = imap_flight_search_all (flight);
  guint noop = imap_flight_noop (flight);
  g_assert_false (imap_flight_run (flight, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  g_assert_true (imap_flight_get_result (flight, search, NULL));
  check_failed (flight, noop, BASE_ERROR_RETRY);
  g_assert_false (imap_session_is_usable (session));
  test_done (server, session);
}

/* A SELECT that is answered before what was sent before it: nothing can be told apart any more. */
static void
test_out_of_turn (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SELECT ("") "C: A3 UID FETCH 1:* (UID FLAGS)\n"
                                        "C: A4 SELECT \"a\"\n"
                                        "S: * 1 FETCH (UID 1 FLAGS ())\n"
                                        "S: A4 OK open\n"
                                        "S: A3 OK done\n"
                                        "STALL\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  ImapSession *session = test_select (server);
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  imap_flight_fetch (flight, "1:*", IMAP_FETCH_FLAGS, 0, collect, seen);
  imap_flight_select (flight, "a", FALSE, 0);
  g_assert_false (imap_flight_run (flight, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_BROKEN);
  test_done (server, session);
}

void
test_flight_add (void)
{
  g_test_add_func ("/imap/flight/together", test_together);
  g_test_add_func ("/imap/flight/held-back", test_held_back);
  g_test_add_func ("/imap/flight/searches", test_searches);
  g_test_add_func ("/imap/flight/selects", test_selects);
  g_test_add_func ("/imap/flight/select-fails", test_select_fails);
  g_test_add_func ("/imap/flight/other-validity", test_other_validity);
  g_test_add_func ("/imap/flight/change-waits", test_change_waits);
  g_test_add_func ("/imap/flight/sequence-waits", test_sequence_waits);
  g_test_add_func ("/imap/flight/many-status", test_many_status);
  g_test_add_func ("/imap/flight/bounded", test_bounded);
  g_test_add_func ("/imap/flight/literal", test_literal);
  g_test_add_func ("/imap/flight/more", test_more);
  g_test_add_func ("/imap/flight/cut", test_cut);
  g_test_add_func ("/imap/flight/out-of-turn", test_out_of_turn);
}
