/* Servers that people run themselves, and small providers: entries 42 to 61, and later ones. */
#include "quirks.h"

#include <string.h>

#include "base-error.h"
#include "mime-message.h"
#include "store-partial.h"

static const QuirkMail three[] = { { 3, "three" }, { 5, "five" }, { 7, "seven" }, { 0 } };

/* MODSEQ is -1: it is as if there were none. */
static void
test_negative_modseq (void)
{
  const QuirkServer quirk = { .caps = "CONDSTORE",
                              .inbox = three,
                              .select_codes = "S: * OK [UIDVALIDITY 9] fine\n"
                                              "S: * OK [HIGHESTMODSEQ -1] odd\n",
                              .rules = "ON: $tag UID FETCH *\n"
                                       "S: * 1 FETCH (UID 3 FLAGS () MODSEQ (-1))\n"
                                       "S: * 2 FETCH (MODSEQ (-1) UID 5 FLAGS (\\\\Seen))\n"
                                       "S: $tag OK done\n" };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autofree char *seen = quirk_fetch_all (session, IMAP_FETCH_FLAGS | IMAP_FETCH_MODSEQ);

  g_assert_cmpuint (imap_session_get_selected (session)->highest_modseq, ==, 0);
  g_assert_cmpstr (seen, ==, "1: uid=3 flags=0\n2: uid=5 flags=1\n");
  quirk_end (server, session);
}

/* What was not offered is not asked for. */
static void
test_list_is_gated (void)
{
  static const char *const caps[] = { "SPECIAL-USE", "LIST-STATUS SPECIAL-USE", "" };

  for (guint i = 0; i < G_N_ELEMENTS (caps); i++) {
    const QuirkServer quirk = { .caps = caps[i],
                                .rules = "ON: $tag LIST *RETURN*\n"
                                         "S: $tag BAD what\n"
                                         "ON: $tag LIST *SPECIAL-USE*\n"
                                         "S: $tag BAD what\n" };
    FakeServer *server;
    ImapSession *session = quirk_begin (&quirk, &server);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) mailboxes = imap_session_list (session, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (mailboxes->len, ==, 1);
    g_assert_cmpuint (quirk_count_said (server, 0, "* LIST \"\" \"*\""), ==, 1);
    g_assert_cmpuint (quirk_count_said (server, 0, "* LIST *"), ==, 1);
    quirk_end (server, session);
  }
}

/* All numbers are new after an update of the bridge: rows, bodies and what waits to be done are bound to the new ones. */
static void
test_new_uidvalidity (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  static const QuirkMail again[] = { { 103, "three" }, { 105, "five" }, { 107, "seven" }, { 0 } };
  const QuirkServer before = { .inbox = three,
                               .rules = "ON: $tag UID STORE *\n"
                                        "CUT\n" };
  const QuirkServer after = { .inbox = again,
                              .select_codes = "S: * OK [UIDVALIDITY 10] new\n"
                                              "S: * OK [UIDNEXT 108] next\n",
                              .rules =
                                  "ON: $tag UID SEARCH *HEADER Message-ID \"<five@quirks.test>\"\n"
                                  "S: * SEARCH 105\n"
                                  "S: $tag OK found\n" };
  gint64 ids[3];
  g_autoptr (GError) error = NULL;

  quirk_add (quirk, &before);
  quirk_add (quirk, &after);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  for (guint i = 0; i < 3; i++)
    ids[i] = quirk_find (quirk, "INBOX", three[i].subject);
  /* a change that the old numbers do not take any more */
  g_assert_cmpint (
      store_operation_set_flags (quirk->db, &ids[1], 1, TRUE, STORE_FLAG_FLAGGED, &error), >, 0);
  sync_engine_operations_changed (quirk->engine, quirk->account->id);
  quirk_wait_connections (quirk, 2);
  quirk_wait_operations_done (quirk);
  quirk_wait_idle (quirk, 1, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (StoreMessage) row = quirk_get (quirk, "INBOX", three[i].subject);

    g_assert_cmpint (row->id, ==, ids[i]);
    g_assert_cmpuint (row->uid, ==, again[i].uid);
    g_assert_true (row->has_body);
  }
  /* the change went to the message it was meant for, and nobody fetched a body twice */
  g_assert_cmpuint (quirk_count_said (quirk->imap, 1, "* UID STORE 105 *Flagged*"), ==, 1);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 1, "* UID STORE *"), ==, 1);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 1, "*BODY.PEEK[]*"), ==, 0);
}

/* An extended LIST is offered and refused: a plain one then, and from then on. */
static void
test_extended_list_is_refused (void)
{
  const QuirkServer quirk = { .caps = "LIST-EXTENDED SPECIAL-USE LIST-STATUS",
                              .rules = "ON: $tag LIST *RETURN*\n"
                                       "S: $tag BAD [Error offset=8]: expected string\n" };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) mailboxes = imap_session_list (session, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (mailboxes->len, ==, 1);
  }
  g_assert_cmpuint (quirk_count_said (server, 0, "* LIST *RETURN*"), ==, 1);
  g_assert_cmpuint (quirk_count_said (server, 0, "* LIST *"), ==, 3);
  quirk_end (server, session);
}

/* UIDNEXT is 0: not known. */
static void
test_uidnext_zero (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  const QuirkServer server = { .inbox = three,
                               .select_codes = "S: * OK [UIDVALIDITY 9] fine\n"
                                               "S: * OK [UIDNEXT 0] what\n" };
  g_autoptr (StoreFolder) inbox = NULL;

  quirk_add (quirk, &server);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  inbox = store_folder_get (quirk->db, quirk_folder (quirk, "INBOX"), NULL);
  g_assert_cmpuint (inbox->total, ==, 3);
  g_assert_cmpuint (inbox->uid_next, ==, 8);
}

/* No UIDPLUS, and sequence numbers that another connection shifts: changes go by UID alone, and what cannot be removed by
 * UID is marked and left. */
static void
test_no_uidplus (void)
{
  const QuirkServer quirk = { .caps = "IDLE",
                              .inbox = three,
                              .rules = "ON: $tag UID STORE 5 +FLAGS.SILENT (\\\\Deleted)\n"
                                       "S: * 1 EXPUNGE\n"
                                       "S: $tag OK done\n" };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autoptr (GError) error = NULL;

  g_assert_true (imap_session_expunge (session, "5", NULL, &error));
  g_assert_true (imap_session_copy (session, "5", "Trash", NULL, NULL, &error));
  g_assert_true (imap_session_expunge (session, "5", NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 1);
  g_assert_cmpuint (quirk_count_said (server, 0, "* UID STORE 5 *"), ==, 2);
  g_assert_cmpuint (quirk_count_said (server, 0, "* UID COPY 5 *"), ==, 1);
  g_assert_cmpuint (quirk_count_said (server, 0, "*EXPUNGE*"), ==, 0);
  g_assert_cmpuint (quirk_count_said (server, 0, "*CLOSE*"), ==, 0);
  g_assert_cmpuint (quirk_count_said (server, 0, "A? STORE *"), ==, 0);
  g_assert_cmpuint (quirk_count_said (server, 0, "A? COPY *"), ==, 0);
  quirk_end (server, session);
}

/* An ENVELOPE without an address says MISSING_MAILBOX at MISSING_DOMAIN: nobody is told to write there. */
static void
test_missing_mailbox (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  static const QuirkMail one[] = { { 7, "seven" }, { 0 } };
  static const char header[] = "From: undisclosed\r\nSubject: seven\r\n\r\n";
  g_autofree char *escaped = g_strescape (header, NULL);
  g_autofree char *rules = g_strdup_printf (
      "ON: $tag *FETCH *BODY.PEEK[]*\n"
      "S: * 1 FETCH (UID 7 BODY[] {%zu}\n"
      "S- %s\n"
      "S: )\n"
      "S: $tag OK done\n"
      "ON: $tag *FETCH *\n"
      "S: * 1 FETCH (UID 7 FLAGS () ENVELOPE (NIL \"seven\" ((NIL NIL \"MISSING_MAILBOX\" "
      "\"MISSING_DOMAIN\")) NIL NIL NIL NIL NIL NIL NIL) BODY[HEADER.FIELDS (FROM)] {%zu}\n"
      "S- %s\n"
      "S: )\n"
      "S: $tag OK done\n",
      strlen (header), escaped, strlen (header), escaped);
  const QuirkServer server = { .inbox = one, .rules = rules };
  g_autoptr (StoreMessage) message = NULL;

  quirk_add (quirk, &server);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  message = quirk_get (quirk, "INBOX", "seven");
  g_assert_null (strstr (message->from_address, "MISSING"));
  g_assert_null (strstr (message->from_name, "MISSING"));
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "*ENVELOPE*"), ==, 0);
}

/* IDLE behind other commands in one packet is overlooked: it goes out alone, when all others were answered. */
static void
test_idle_alone (void)
{
  g_autoptr (FakeServer) server =
      quirk_serve ("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR IDLE] ready\n"
                   "C: $tag AUTHENTICATE PLAIN *\n"
                   "QUIET 30\n"
                   "S: $tag OK [CAPABILITY IMAP4rev1 IDLE] in\n"
                   "C: $tag2 SELECT \"INBOX\"\n"
                   "QUIET 30\n"
                   "S: * 0 EXISTS\n"
                   "S: $tag2 OK open\n"
                   "C: $tag3 NOOP\n"
                   "QUIET 30\n"
                   "S: $tag3 OK done\n"
                   "C: $tag4 IDLE\n"
                   "QUIET 100\n"
                   "S: + idling\n"
                   "S: * 1 EXISTS\n"
                   "C: DONE\n"
                   "QUIET 30\n"
                   "S: $tag4 OK done\n",
                   FALSE);
  ImapSession *session = quirk_select (server, NULL);
  g_autoptr (GError) error = NULL;
  gboolean news = FALSE;

  g_assert_true (imap_session_noop (session, NULL, &error));
  g_assert_true (imap_session_idle (session, -1, 5000, &news, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (news);
  imap_session_free (session);
  fake_server_check (server);
}

/* A Cyrus before 2.5.11 offers an extended LIST that leaves folders out. */
static void
test_old_cyrus (void)
{
  static const char *const greetings[] = {
    "mail Cyrus IMAP v2.4.17-Fedora-RPM-2.4.17-7.el7 server ready",
    "mail Cyrus IMAP v2.5.10-Debian server ready", "mail Cyrus IMAP 3.6.1-Debian server ready"
  };

  for (guint i = 0; i < G_N_ELEMENTS (greetings); i++) {
    const QuirkServer quirk = { .greeting = greetings[i],
                                .caps = "LIST-EXTENDED LIST-STATUS SPECIAL-USE",
                                .rules = "ON: $tag LIST *RETURN*\n"
                                         "S: * LIST () \".\" INBOX\n"
                                         "S: $tag OK done\n"
                                         "ON: $tag LIST *\n"
                                         "S: * LIST () \".\" INBOX\n"
                                         "S: * LIST () \".\" INBOX.other\n"
                                         "S: $tag OK done\n" };
    FakeServer *server;
    ImapSession *session = quirk_begin (&quirk, &server);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) mailboxes = imap_session_list (session, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (mailboxes->len, ==, i < 2 ? 2 : 1);
    quirk_end (server, session);
  }
}

/* The MAILBOXID of a STATUS is whatever lies in freed memory, at times with a line end, and then the counts behind it are lost. */
static void
test_freed_mailbox_id (void)
{
  const QuirkServer quirk = {
    .caps = "ID OBJECTID CONDSTORE LIST-EXTENDED LIST-STATUS SPECIAL-USE",
    .id = "(\"name\" \"Cyrus IMAPD\" \"version\" \"3.6.1-Debian\")",
    .rules = "ON: $tag LIST *MAILBOXID*\n"
             "S: * LIST () \".\" Old\n"
             "S: * STATUS Old (MESSAGES 4 UIDNEXT 9 UIDVALIDITY 8 MAILBOXID (\n"
             "S: R) UNSEEN 3 HIGHESTMODSEQ 88)\n"
             "S: $tag OK done\n"
             "ON: $tag LIST *HIGHESTMODSEQ*\n"
             "S: * LIST () \".\" Old\n"
             "S: * STATUS Old (MESSAGES 4 UNSEEN 3 UIDNEXT 9 UIDVALIDITY 8 HIGHESTMODSEQ 88)\n"
             "S: $tag OK done\n"
  };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) mailboxes = imap_session_list (session, NULL, &error);
  const ImapMailbox *old;

  g_assert_no_error (error);
  g_assert_cmpuint (mailboxes->len, ==, 1);
  old = g_ptr_array_index (mailboxes, 0);
  g_assert_cmpuint (old->unseen, ==, 3);
  g_assert_cmpuint (old->highest_modseq, ==, 88);
  g_assert_null (old->mailbox_id);
  quirk_end (server, session);
}

/* VANISHED forgets the highest UIDs: the count shows it, and the set of all UIDs is compared.  And its "+" stands alone. */
static void
test_vanished_is_not_whole (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  static const QuirkMail five[] = { { 3, "three" }, { 5, "five" },    { 7, "seven" },
                                    { 9, "nine" },  { 11, "eleven" }, { 0 } };
  static const QuirkMail two[] = { { 3, "three" }, { 7, "seven" }, { 0 } };
#define CYRUS   "IDLE ENABLE CONDSTORE QRESYNC UIDPLUS MOVE"
#define ENABLED "ON: $tag ENABLE *QRESYNC*\nS: * ENABLED QRESYNC\nS: $tag OK done\n"
#define CODES(modseq)                                                                              \
  "S: * OK [UIDVALIDITY 9] fine\nS: * OK [UIDNEXT 12] next\nS: * OK [HIGHESTMODSEQ " modseq "] so\n"
  const QuirkServer before = { .caps = CYRUS,
                               .inbox = five,
                               .select_codes = CODES ("5"),
                               .rules = ENABLED "ONCE: $tag IDLE\nS: + idling\nCUT\n" };
  const QuirkServer after = {
    .caps = CYRUS,
    .inbox = two,
    .select_codes = CODES ("9"),
    /* 9 and 11 are gone too */
    .rules = ENABLED "ON: $tag SELECT \"INBOX\" (*QRESYNC*\n"
                     "S: * 2 EXISTS\n" CODES ("9") "S: * VANISHED (EARLIER) 5\n"
                                                   "S: $tag OK [READ-WRITE] open\n"
                                                   "ON: $tag UID FETCH *CHANGEDSINCE*VANISHED*\n"
                                                   "S: * VANISHED (EARLIER) 5\n"
                                                   "S: $tag OK done\n"
                                                   "ON: $tag UID FETCH *CHANGEDSINCE*\n"
                                                   "S: $tag OK done\n"
                                                   "ON: $tag IDLE\n"
                                                   "S: +\n"
  };

  quirk_add (quirk, &before);
  quirk_add (quirk, &after);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 5);
  quirk_wait_connections (quirk, 2);
  quirk_wait_idle (quirk, 1, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 2);
  g_assert_cmpint (quirk_find (quirk, "INBOX", "three"), !=, 0);
  g_assert_cmpint (quirk_find (quirk, "INBOX", "seven"), !=, 0);
}

static gboolean
has_opened_again (Quirk *quirk, gconstpointer user_data)
{
  return quirk_count_said (quirk->imap, 2, "* SELECT *") > 0;
}

/* Another client removes a message between what QRESYNC told and the list of UIDs: VANISHED was told truly, only later, and the server is
 * believed as before. */
static void
test_vanished_meanwhile (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  static const QuirkMail now[] = { { 3, "three" }, { 7, "seven" }, { 12, "twelve" }, { 0 } };
  static const QuirkMail twelve = { 12, "twelve" };
  g_autofree char *fetched = quirk_fetch (3, &twelve, FALSE);
  g_autofree char *rules = g_strconcat (
      ENABLED "ONCE: $tag IDLE\nS: + idling\nCUT\n"
              "ON: $tag SELECT \"INBOX\" (*QRESYNC*\n"
              "S: * 4 EXISTS\nS: * OK [UIDVALIDITY 9] fine\nS: * OK [UIDNEXT 13] next\n"
              "S: * OK [HIGHESTMODSEQ 9] so\nS: $tag OK [READ-WRITE] open\n"
              "ONCE: $tag UID FETCH 12:*HEADER*\n"
              "S: * VANISHED 5\n",
      fetched, "S: $tag OK done\n", NULL);
  const QuirkServer before = { .caps = CYRUS,
                               .inbox = three,
                               .select_codes = CODES ("5"),
                               .rules = ENABLED "ONCE: $tag IDLE\nS: + idling\nCUT\n" };
  const QuirkServer after = { .caps = CYRUS, .inbox = now, .rules = rules };
  const QuirkServer last = {
    .caps = CYRUS, .inbox = now, .select_codes = CODES ("9"), .rules = ENABLED
  };

  quirk_add (quirk, &before);
  quirk_add (quirk, &after);
  quirk_add (quirk, &last);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
  quirk_wait_connections (quirk, 3);
  quirk_wait (quirk, has_opened_again, NULL, "INBOX is opened");
  g_assert_cmpuint (quirk_count_said (quirk->imap, 1, "* UID SEARCH *"), ==, 1);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 2, "* SELECT *QRESYNC*"), ==, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
  g_assert_cmpint (quirk_find (quirk, "INBOX", "five"), ==, 0);
}

/* A FETCH of message 0; EXISTS that only a command brings out after an APPEND; a UIDVALIDITY in STATUS that SELECT does not
 * know. */
static void
test_courier (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  const QuirkServer server = {
    .caps = "IDLE LIST-EXTENDED LIST-STATUS SPECIAL-USE",
    .inbox = three,
    .folders = "S: * LIST () \".\" INBOX\n"
               "S: * STATUS INBOX (MESSAGES 3 UNSEEN 0 UIDNEXT 8 UIDVALIDITY 777)\n"
               "S: * LIST (\\\\Sent) \".\" INBOX.Sent\n"
               "S: * STATUS INBOX.Sent (MESSAGES 0 UNSEEN 0 UIDNEXT 1 UIDVALIDITY 778)\n",
    .rules = "ON: $tag APPEND *\n"
             "S: + go\n"
             "L: *\n"
             "C: \n"
             "SET: appended\n"
             "S: $tag OK taken\n"
             "ON: $tag IDLE\n"
             "S: + idling\n"
             "S: * 0 FETCH (FLAGS (\\\\Seen))\n"
             "WHEN: appended\n"
             "ON: $tag SELECT \"INBOX.Sent\"*\n"
             "SET: sent\n"
             "S: * 1 EXISTS\n"
             "S: * OK [UIDVALIDITY 5] fine\n"
             "S: * OK [UIDNEXT 31] next\n"
             "S: $tag OK [READ-WRITE] open\n"
             "ON: $tag SELECT \"INBOX\"*\n"
             "SET: !sent\n"
             "S: * 3 EXISTS\n"
             "S: * OK [UIDVALIDITY 9] fine\n"
             "S: * OK [UIDNEXT 8] next\n"
             "S: $tag OK [READ-WRITE] open\n"
             "WHEN: sent\n"
             "ON: $tag NOOP\n"
             "S: * 1 EXISTS\n"
             "S: $tag OK done\n"
             "ON: $tag UID SEARCH *ALL\n"
             "S: * SEARCH 30\n"
             "S: $tag OK done\n"
             "ON: $tag *FETCH *\n"
  };
  static const QuirkMail sent = { 30, "hello" };
  g_autofree char *header = quirk_fetch (1, &sent, FALSE);
  g_autofree char *rules = NULL;
  QuirkServer full = server;

  rules = g_strdup_printf ("%s%sS: $tag OK done\nWHEN:\n", server.rules, header);
  full.rules = rules;
  quirk_add (quirk, &full);
  quirk_add_smtp (quirk, "", "");
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
  {
    g_autoptr (StoreFolder) inbox =
        store_folder_get (quirk->db, quirk_folder (quirk, "INBOX"), NULL);

    g_assert_cmpuint (inbox->uid_validity, ==, 9);
  }
  quirk_send (quirk, "hello");
  quirk_wait_outbox_empty (quirk);
  quirk_wait_operations_done (quirk);
  quirk_wait_uid (quirk, "INBOX.Sent", "hello", 30);
  /* what is said of message 0 is no news */
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "* IDLE"), <, 5);
  {
    g_autoptr (StoreMessage) row = quirk_get (quirk, "INBOX.Sent", "hello");

    g_assert_true (row->has_body);
  }
  g_assert_cmpuint (quirk_total (quirk, "INBOX.Sent"), ==, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
}

/* One pair of parentheses too many round what was asked for, and a date that is none. */
static void
test_domino (void)
{
  const QuirkServer quirk = {
    .inbox = three,
    .rules =
        "ON: $tag UID FETCH *\n"
        "S: * 1 FETCH ((UID 3 FLAGS (\\\\Seen) INTERNALDATE \"00-Jan-0000 00:00:00 +0000\" RFC822.SIZE 9))\n"
        "S: * 2 FETCH (ENVELOPE ((NIL \"x\" NIL NIL NIL NIL NIL NIL NIL NIL)) UID 5 FLAGS () RFC822.SIZE 8)\n"
        "S: $tag OK done\n"
  };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autofree char *seen =
      quirk_fetch_all (session, IMAP_FETCH_FLAGS | IMAP_FETCH_SIZE | IMAP_FETCH_DATE);

  g_assert_cmpstr (seen, ==, "1: uid=3 flags=1 size=9\n2: uid=5 flags=0 size=8\n");
  quirk_end (server, session);
}

/* An old Zimbra dies when it is asked which folders are subscribed. */
static void
test_old_zimbra (void)
{
  const QuirkServer quirk = {
    .caps = "ID LIST-EXTENDED SPECIAL-USE LIST-STATUS",
    .id = "(\"NAME\" \"Zimbra\" \"VERSION\" \"6.0.8_GA_2661\" \"RELEASE\" \"20100820\")",
    .rules = "ON: $tag LIST *SUBSCRIBED*\n"
             "RESET\n"
             "ON: $tag LSUB *\n"
             "RESET\n"
  };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) mailboxes = imap_session_list (session, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (mailboxes->len, ==, 1);
  quirk_end (server, session);
}

/* An extended LIST is answered OK and with nothing: a plain one has the folders. */
static void
test_empty_list (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  const QuirkServer server = { .caps = "IDLE LIST-EXTENDED SPECIAL-USE LIST-STATUS",
                               .inbox = three,
                               .rules = "ON: $tag LIST *RETURN*\n"
                                        "S: $tag OK done\n",
                               .folders = "S: * LIST () \"/\" INBOX\nS: * LIST () \"/\" Work\n" };

  quirk_add (quirk, &server);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  g_assert_cmpint (quirk_folder (quirk, "Work"), !=, 0);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
}

/* Nobody tells UIDNEXT, and the folder is empty at first: what comes then is news all the same. */
static void
test_no_uidnext_when_empty (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  static const QuirkMail none[] = { { 0 } }, one[] = { { 12, "twelve" }, { 0 } };
  const QuirkServer before = { .inbox = none,
                               .select_codes = "S: * OK [UIDVALIDITY 9] fine\n",
                               .rules = "ONCE: $tag IDLE\nS: + idling\nCUT\n" };
  const QuirkServer after = { .inbox = one, .select_codes = "S: * OK [UIDVALIDITY 9] fine\n" };
  g_autoptr (StoreFolder) inbox = NULL;

  quirk_add (quirk, &before);
  quirk_add (quirk, &after);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  quirk_wait_connections (quirk, 2);
  quirk_wait_idle (quirk, 1, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 1);
  inbox = store_folder_get (quirk->db, quirk_folder (quirk, "INBOX"), NULL);
  g_assert_cmpuint (inbox->uid_next, ==, 13);
  g_assert_cmpuint (engine_told_get_arrived (&quirk->told), ==, 1);
}

/* MODSEQ, CONDSTORE and CHANGEDSINCE are BAD words where CONDSTORE is not offered. */
static void
test_modseq_is_gated (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  static const QuirkMail four[] = {
    { 3, "three" }, { 5, "five" }, { 7, "seven" }, { 9, "nine" }, { 0 }
  };
#define NO_SUCH_WORDS                                                                              \
  "ON: *MODSEQ*\nS: $tag BAD what\nON: *CONDSTORE*\nS: $tag BAD what\nON: *CHANGEDSINCE*\nS: $tag BAD what\n"
  const QuirkServer before = { .inbox = three,
                               .rules = "ONCE: $tag IDLE\nS: + idling\nCUT\n" NO_SUCH_WORDS };
  const QuirkServer after = { .inbox = four, .rules = NO_SUCH_WORDS };

  quirk_add (quirk, &before);
  quirk_add (quirk, &after);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  quirk_wait_connections (quirk, 2);
  quirk_wait_idle (quirk, 1, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 4);
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpuint (quirk_count_said (quirk->imap, i, "*MODSEQ*"), ==, 0);
    g_assert_cmpuint (quirk_count_said (quirk->imap, i, "*CONDSTORE*"), ==, 0);
    g_assert_cmpuint (quirk_count_said (quirk->imap, i, "*CHANGEDSINCE*"), ==, 0);
  }
}

/* A piece of base64 that stops anywhere; a STORE that tells all flags though it was to be silent, and of other messages
 * besides; a NAMESPACE that is not true. */
static void
test_rambler (void)
{
  static const char head[] = "From: a@quirks.test\r\nContent-Type: text/plain; charset=utf-8\r\n"
                             "Content-Transfer-Encoding: base64\r\n\r\n";
  /* “안녕하세요, 소식입니다”, cut behind each octet */
  static const char text[] = "7JWI64WV7ZWY7IS47JqULCDshozsi53snoXri4jri6Q=";
  g_autoptr (GBytes) header = g_bytes_new_static (head, strlen (head));
  const QuirkServer quirk = { .caps = "NAMESPACE",
                              .inbox = three,
                              .rules = "ON: $tag NAMESPACE\n"
                                       "S: * NAMESPACE ((\"#mh/\" \"\\x5c\")) NIL (\n"
                                       "S: $tag OK done\n"
                                       "ON: $tag UID STORE 5 *\n"
                                       "S: * 2 FETCH (FLAGS (\\\\Seen \\\\Recent) UID 5)\n"
                                       "S: * NO [ODD] not quite\n"
                                       "S: * 3 FETCH (FLAGS ())\n"
                                       "S: $tag OK done\n" };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autoptr (GError) error = NULL;

  g_assert_true (imap_session_store (session, "5", TRUE, IMAP_FLAG_SEEN, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 3);
  for (gsize length = 0; length <= strlen (text); length++) {
    g_autoptr (GBytes) start = g_bytes_new (text, length);
    g_autoptr (MimeSummary) summary = mime_summary_from_start (header, start);

    g_assert_true (g_utf8_validate (summary->preview, -1, NULL));
    g_assert_null (strstr (summary->preview, "7JWI"));
    g_assert_cmpuint (strlen (summary->preview), >=, length >= 12 ? 6 : 0);
  }
  quirk_end (server, session);
}

/* BINARY.SIZE below nothing, and too small: the octets end where they end, and are asked for once. */
static void
test_binary_size (void)
{
  static const QuirkMail one[] = { { 3, "three" }, { 0 } };
  static const char *const told[] = { "18446744073709400417", "240" };

  for (guint i = 0; i < G_N_ELEMENTS (told); i++) {
    g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
    g_autofree char *file = g_strnfill (300, 'f'); /* 400 letters, in six lines */
    g_autofree char *rules =
        g_strdup_printf ("ON: $tag UID FETCH 3 (UID BINARY*\n"
                         "S: * 1 FETCH (UID 3 BINARY.SIZE[2] %s BINARY[2]<0> ~{300}\n"
                         "S- %s\nS: )\nS: $tag OK fetched\n",
                         told[i], file);
    const QuirkServer server = { .caps = "IDLE UIDPLUS MOVE BINARY", .inbox = one, .rules = rules };
    StorePart part = {
      .index = 1, .section = (char *)"2", .encoding = (char *)"base64", .size = 410
    };
    g_autoptr (GPtrArray) parts = g_ptr_array_new ();
    g_autoptr (GBytes) start = g_bytes_new_static ("Subject: x\r\n\r\nx", 16);
    g_autoptr (GError) error = NULL;

    quirk->account->bodies = BASE_BODIES_OPENING;
    quirk_add (quirk, &server);
    quirk_add (quirk, &server);
    quirk_start (quirk);
    quirk_wait_idle (quirk, 0, 1);
    gint64 id = quirk_find (quirk, "INBOX", "three");
    g_ptr_array_add (parts, &part);
    g_assert_true (store_partial_set (quirk->db, id, start, parts, "x", TRUE, &error));
    g_assert_true (sync_engine_fetch_part (quirk->engine, quirk->account->id, id, 1, NULL, NULL,
                                           NULL, &error));
    g_assert_no_error (error);
    gboolean decoded = FALSE;
    g_autoptr (GBytes) content = store_partial_get_part (quirk->db, id, 1, &decoded, &error);
    g_assert_cmpmem (g_bytes_get_data (content, NULL), g_bytes_get_size (content), file, 300);
    g_assert_cmpuint (quirk_count_said (quirk->imap, 1, "* UID FETCH *"), ==, 1);
  }
}

void
quirks_servers_add (void)
{
  g_test_add_func ("/quirks/42-zoho-negative-modseq", test_negative_modseq);
  g_test_add_func ("/quirks/43-zoho-list-is-gated", test_list_is_gated);
  g_test_add_func ("/quirks/44-proton-new-uidvalidity", test_new_uidvalidity);
  g_test_add_func ("/quirks/45-proton-extended-list", test_extended_list_is_refused);
  g_test_add_func ("/quirks/47-hmailserver-uidnext-zero", test_uidnext_zero);
  g_test_add_func ("/quirks/48-hmailserver-no-uidplus", test_no_uidplus);
  g_test_add_func ("/quirks/49-dovecot-missing-mailbox", test_missing_mailbox);
  g_test_add_func ("/quirks/50-dovecot-idle-alone", test_idle_alone);
  g_test_add_func ("/quirks/52-cyrus-old-list", test_old_cyrus);
  g_test_add_func ("/quirks/53-cyrus-vanished-is-not-whole", test_vanished_is_not_whole);
  g_test_add_func ("/quirks/53-vanished-meanwhile", test_vanished_meanwhile);
  g_test_add_func ("/quirks/54-courier-zero-and-noop", test_courier);
  g_test_add_func ("/quirks/55-domino-parentheses", test_domino);
  g_test_add_func ("/quirks/56-zimbra-old-subscribed", test_old_zimbra);
  g_test_add_func ("/quirks/58-strato-empty-list", test_empty_list);
  g_test_add_func ("/quirks/59-winmail-no-uidnext", test_no_uidnext_when_empty);
  g_test_add_func ("/quirks/60-ionos-modseq-is-gated", test_modseq_is_gated);
  g_test_add_func ("/quirks/61-rambler-odd-answers", test_rambler);
  g_test_add_func ("/quirks/65-cyrus-freed-mailbox-id", test_freed_mailbox_id);
  g_test_add_func ("/quirks/66-dovecot-binary-size", test_binary_size);
}
