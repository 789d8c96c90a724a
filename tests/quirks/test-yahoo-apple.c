/* Yahoo and iCloud: entries 24 to 34. */
#include "quirks.h"

#include <string.h>

#include "base-error.h"

static const QuirkMail three[] = { { 3, "three" }, { 5, "five" }, { 7, "seven" }, { 0 } };

/* SEARCH ends in a space, as if an empty number stood there. */
static void
test_search_trailing_space (void)
{
  const QuirkServer quirk = { .inbox = three,
                              .rules = "ONCE: $tag UID SEARCH *\n"
                                       "S: * SEARCH 3 5 7 \n"
                                       "S: $tag OK done\n"
                                       "ON: $tag UID SEARCH *\n"
                                       "S: * SEARCH \n"
                                       "S: $tag OK done\n" };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseUidSet) uids = imap_session_search_all (session, NULL, &error);
  g_autoptr (BaseUidSet) none = NULL;
  g_autofree char *text = base_uid_set_to_string (uids);

  g_assert_cmpstr (text, ==, "3,5,7");
  none = imap_session_search_message_id (session, "<x@quirks.test>", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (base_uid_set_is_empty (none));
  quirk_end (server, session);
}

/* CHARSET UTF-8 is not known there: the same without it. */
static void
test_search_charset (void)
{
  const QuirkServer quirk = {
    .inbox = three,
    .rules = "ON: $tag UID SEARCH CHARSET *\n"
             "S: $tag NO [BADCHARSET (US-ASCII)] what charset\n"
             "ON: $tag UID SEARCH HEADER Message-ID {15}\n"
             "S: + go\n"
             "L: <\\xEB\\xA9\\x94\\xEC\\x9D\\xBC@q.test>\n"
             "C: \n"
             "S: * SEARCH 5\n"
             "S: $tag OK done\n"
             "ON: $tag UID SEARCH CHARSET UTF-8 HEADER Message-ID {15}\n"
             "S: $tag NO [BADCHARSET (US-ASCII)] what charset\n"
             "ON: $tag UID FETCH 5 (UID *HEADER.FIELDS *MESSAGE-ID*\n"
             "S: * 2 FETCH (UID 5 BODY[HEADER.FIELDS (MESSAGE-ID)] {31}\n"
             "S- Message-ID: <\\xEB\\xA9\\x94\\xEC\\x9D\\xBC@q.test>\\r\\n\\r\\n\n"
             "S: )\n"
             "S: $tag OK done\n"
  };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseUidSet) found =
      imap_session_search_message_id (session, "<메일@q.test>", NULL, &error);

  g_assert_no_error (error);
  g_assert_true (base_uid_set_contains (found, 5));
  quirk_end (server, session);
}

/* FETCH answers from the highest UID down: nothing is lost, and the next UID is that behind the highest. */
static void
test_descending_fetch (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  g_autoptr (GString) rules = g_string_new (NULL);
  g_autoptr (StoreFolder) inbox = NULL;
  QuirkServer server = { .inbox = three, .select_codes = "S: * OK [UIDVALIDITY 9] fine\n" };

  for (int body = 1; body >= 0; body--) {
    g_string_append_printf (rules, "ON: $tag *FETCH *%s\n", body ? "BODY.PEEK[]*" : "");
    for (guint i = 3; i > 0; i--) {
      g_autofree char *fetch = quirk_fetch (i, &three[i - 1], body);

      g_string_append (rules, fetch);
    }
    g_string_append (rules, "S: $tag OK done\n");
  }
  server.rules = rules->str;
  quirk_add (quirk, &server);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
  inbox = store_folder_get (quirk->db, quirk_folder (quirk, "INBOX"), NULL);
  g_assert_cmpuint (inbox->uid_next, ==, 8);
  g_assert_true (inbox->complete);
}

/* A message that does not end with a line end is not taken. */
static void
test_append_ends_line (void)
{
  const QuirkServer quirk = { .rules = "ON: $tag APPEND \"Sent\" {21}\n"
                                       "S: + go\n"
                                       "L: Subject: x\\r\\n\\r\\nHello\\r\\n\n"
                                       "C: \n"
                                       "S: $tag OK taken\n" };
  static const char *const texts[] = { "Subject: x\r\n\r\nHello", "Subject: x\r\n\r\nHello\r",
                                       "Subject: x\r\n\r\nHello\r\n" };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GBytes) message = g_bytes_new_static (texts[i], strlen (texts[i]));
    g_autoptr (GError) error = NULL;

    g_assert_true (imap_session_append (session, "Sent", 0, NULL, 0, message, NULL, NULL, &error));
    g_assert_no_error (error);
  }
  g_assert_cmpuint (quirk_count_said (server, 0, "* APPEND *"), ==, 3);
  quirk_end (server, session);
}

/* No keywords but the server's own: $Forwarded is not sent, the mark that it does keep is. */
static void
test_few_keywords (void)
{
  const QuirkServer quirk = {
    .inbox = three,
    .select_codes =
        "S: * FLAGS (\\\\Answered \\\\Flagged \\\\Draft \\\\Deleted \\\\Seen $$Junk $$NotJunk)\n"
        "S: * OK [PERMANENTFLAGS (\\\\Answered \\\\Flagged \\\\Draft \\\\Deleted \\\\Seen $$Junk "
        "$$NotJunk)] these\n",
    .rules = "ON: $tag UID STORE 5 +FLAGS.SILENT (\\\\Answered)\n"
             "S: $tag OK done\n"
             "ON: $tag UID STORE *\n"
             "S: $tag NO no such keyword\n"
  };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autoptr (GError) error = NULL;

  g_assert_true (imap_session_store (session, "5", TRUE, IMAP_FLAG_ANSWERED | IMAP_FLAG_FORWARDED,
                                     NULL, &error));
  g_assert_true (imap_session_store (session, "5", TRUE, IMAP_FLAG_FORWARDED, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (quirk_count_said (server, 0, "* UID STORE *"), ==, 1);
  quirk_end (server, session);
}

/* No command is longer than 1000 octets, whatever the set of messages. */
static void
test_short_commands (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  g_autofree QuirkMail *mails = g_new0 (QuirkMail, 401);
  g_autofree gint64 *ids = g_new0 (gint64, 400);
  g_autoptr (GPtrArray) subjects = g_ptr_array_new_with_free_func (g_free);
  QuirkServer server = { .inbox = mails };
  g_autoptr (GError) error = NULL;
  g_autofree char *said = NULL;
  g_auto (GStrv) lines = NULL;

  for (guint i = 0; i < 400; i++) {
    g_ptr_array_add (subjects, g_strdup_printf ("m%u", i));
    mails[i] = (QuirkMail){ 1000000 + 3 * i, g_ptr_array_index (subjects, i) };
  }
  quirk_add (quirk, &server);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 400);
  {
    g_autoptr (GArray) keys =
        store_message_list (quirk->db, quirk_folder (quirk, "INBOX"), 0, 0, NULL);

    g_assert_cmpuint (keys->len, ==, 400);
    for (guint i = 0; i < 400; i++)
      ids[i] = STORE_KEY_ID (g_array_index (keys, StoreKey, i));
  }
  g_assert_cmpint (store_operation_set_flags (quirk->db, ids, 400, TRUE, STORE_FLAG_SEEN, &error),
                   >, 0);
  sync_engine_operations_changed (quirk->engine, quirk->account->id);
  quirk_wait_operations_done (quirk);
  said = quirk_said (quirk->imap, 0);
  lines = g_strsplit (said, "\r\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_cmpuint (strlen (lines[i]) + 2, <=, 1000);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "* UID STORE *"), >=, 400 * 8 / 1000);
}

/* UIDNEXT lies far above all there is: nobody looks there for ever, and what comes below it is still seen. */
static void
test_uidnext_far_above (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  static const QuirkMail four[] = {
    { 3, "three" }, { 5, "five" }, { 7, "seven" }, { 9, "nine" }, { 0 }
  };
#define FAR_ABOVE "S: * OK [UIDVALIDITY 9] fine\nS: * OK [UIDNEXT 100000] next\n"
  const QuirkServer before = { .inbox = three,
                               .select_codes = FAR_ABOVE,
                               .rules = "ONCE: $tag IDLE\nS: + idling\nCUT\n" };
  const QuirkServer after = { .inbox = four, .select_codes = FAR_ABOVE };

  quirk_add (quirk, &before);
  quirk_add (quirk, &after);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
  quirk_wait_connections (quirk, 2);
  quirk_wait_idle (quirk, 1, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 4);
  g_assert_cmpint (quirk_find (quirk, "INBOX", "nine"), !=, 0);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 1, "* UID FETCH *"), <, 8);
}

/* RFC822 comes without the message: nobody asks for it, BODY.PEEK[] is what is asked for. */
static void
test_rfc822_is_empty (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  const QuirkServer server = { .inbox = three,
                               .rules = "ON: $tag *FETCH *(*RFC822)\n"
                                        "S: * 1 FETCH (UID 3 RFC822 NIL)\n"
                                        "S: $tag OK done\n" };

  quirk_add (quirk, &server);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (StoreMessage) row = quirk_get (quirk, "INBOX", three[i].subject);

    g_assert_true (row->has_body);
  }
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "*RFC822)*"), ==, 0);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "*RFC822 *"), ==, 0);
}

/* QRESYNC is offered there and loses messages: it is not used, and the counts are looked at. */
static void
test_qresync_is_off (void)
{
  g_autoptr (Quirk) quirk = quirk_new ("imap.mail.me.com", NULL);
  static const QuirkMail two[] = { { 3, "three" }, { 7, "seven" }, { 0 } };
#define MODSEQ                                                                                     \
  "S: * OK [UIDVALIDITY 9] fine\nS: * OK [UIDNEXT 8] next\nS: * OK [HIGHESTMODSEQ 5] so\n"
#define APPLE "IDLE ENABLE CONDSTORE QRESYNC UIDPLUS MOVE ESEARCH"
  const QuirkServer before = { .caps = APPLE,
                               .inbox = three,
                               .select_codes = MODSEQ,
                               .rules = "ONCE: $tag IDLE\nS: + idling\nCUT\n" };
  /* one is gone, and neither HIGHESTMODSEQ nor VANISHED say so */
  const QuirkServer after = { .caps = APPLE, .inbox = two, .select_codes = MODSEQ };

  quirk_add (quirk, &before);
  quirk_add (quirk, &after);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
  quirk_wait_connections (quirk, 2);
  quirk_wait_idle (quirk, 1, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 2);
  g_assert_cmpint (quirk_find (quirk, "INBOX", "five"), ==, 0);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (quirk_count_said (quirk->imap, i, "*QRESYNC*"), ==, 0);
}

static gboolean
has_opened_inbox (Quirk *quirk, gconstpointer user_data)
{
  return quirk_count_said (quirk->imap, 2, "* SELECT *") > 0;
}

/* VANISHED names a message that is still there: it stays, the same row, and this server is not asked by QRESYNC again. */
static void
test_vanished_is_there (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
#define ENABLED  "ON: $tag ENABLE *QRESYNC*\nS: * ENABLED QRESYNC\nS: $tag OK done\n"
#define CUT_IDLE "ONCE: $tag IDLE\nS: + idling\nCUT\n"
  const QuirkServer before = {
    .caps = APPLE, .inbox = three, .select_codes = MODSEQ, .rules = ENABLED CUT_IDLE
  };
  const QuirkServer after = { .caps = APPLE,
                              .inbox = three,
                              .select_codes = MODSEQ,
                              .rules = ENABLED CUT_IDLE "ON: $tag SELECT \"INBOX\" (*QRESYNC*\n"
                                                        "S: * 3 EXISTS\n" MODSEQ
                                                        "S: * VANISHED (EARLIER) 5\n"
                                                        "S: $tag OK [READ-WRITE] open\n" };
  const QuirkServer last = { .caps = APPLE, .inbox = three, .select_codes = MODSEQ };
  gint64 five = 0;

  quirk_add (quirk, &before);
  quirk_add (quirk, &after);
  quirk_add (quirk, &last);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  five = quirk_find (quirk, "INBOX", "five");
  g_assert_cmpint (five, !=, 0);
  quirk_wait_connections (quirk, 2);
  quirk_wait_idle (quirk, 1, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
  g_assert_cmpint (quirk_find (quirk, "INBOX", "five"), ==, five);
  quirk_wait_connections (quirk, 3);
  /* Two IDLEs were cut at once: it does without them now. */
  quirk_wait (quirk, has_opened_inbox, NULL, "INBOX is opened");
  quirk_wait_phase (quirk, SYNC_PHASE_IN_STEP);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 1, "*QRESYNC*"), >, 0);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 2, "*QRESYNC*"), ==, 0);
  g_assert_cmpint (quirk_find (quirk, "INBOX", "five"), ==, five);
}

/* APPEND and FETCH fail for the moment, without a code that says so: what waits goes on waiting, and comes through later. */
static void
test_throttled (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
#define SENT_THERE "S: * LIST () \"/\" INBOX\nS: * LIST (\\\\Sent) \"/\" Sent\n"
  const QuirkServer throttled = { .folders = SENT_THERE,
                                  .inbox = three,
                                  .rules =
                                      "ON: $tag *FETCH *\n"
                                      "S: $tag NO [LIMIT] FETCH failed: throttling, try later\n" };
  const QuirkServer upset = { .folders = SENT_THERE,
                              .inbox = three,
                              .rules = "ONCE: $tag APPEND *\n"
                                       "S: + go\n"
                                       "L: *\n"
                                       "C: \n"
                                       "S: $tag NO Unexpected exception, code 71\n"
                                       "ON: $tag APPEND *\n"
                                       "S: + go\n"
                                       "L: *\n"
                                       "C: \n"
                                       "S: $tag OK [APPENDUID 5 1] taken\n" };

  quirk_add (quirk, &throttled);
  quirk_add (quirk, &upset);
  quirk_add_smtp (quirk, "", "");
  quirk_start (quirk);
  quirk_wait_phase (quirk, SYNC_PHASE_OFFLINE);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 0);
  quirk_wait_connections (quirk, 2);
  quirk_wait_total (quirk, "INBOX", 3);
  quirk_wait_idle (quirk, 1, 1);
  quirk_send (quirk, "hello");
  quirk_wait_outbox_empty (quirk);
  quirk_wait_operations_done (quirk);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 1, "* APPEND *"), ==, 2);
  g_assert_cmpuint (quirk_total (quirk, "Sent"), ==, 1);
  g_assert_cmpstr (quirk->told.last_refused, ==, NULL);
}

void
quirks_yahoo_apple_add (void)
{
  g_test_add_func ("/quirks/24-yahoo-search-trailing-space", test_search_trailing_space);
  g_test_add_func ("/quirks/25-yahoo-search-charset", test_search_charset);
  g_test_add_func ("/quirks/26-yahoo-descending-fetch", test_descending_fetch);
  g_test_add_func ("/quirks/27-yahoo-append-ends-line", test_append_ends_line);
  g_test_add_func ("/quirks/28-yahoo-few-keywords", test_few_keywords);
  g_test_add_func ("/quirks/29-yahoo-uw-short-commands", test_short_commands);
  g_test_add_func ("/quirks/30-yahoo-uidnext-far-above", test_uidnext_far_above);
  g_test_add_func ("/quirks/32-icloud-rfc822-is-empty", test_rfc822_is_empty);
  g_test_add_func ("/quirks/33-icloud-qresync-is-off", test_qresync_is_off);
  g_test_add_func ("/quirks/33-vanished-is-there", test_vanished_is_there);
  g_test_add_func ("/quirks/34-icloud-throttled", test_throttled);
}
