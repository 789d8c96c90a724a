/* Known-broken servers by what they say of themselves, and extensions in doubt. */
#include "test-imap.h"

#include "base-error.h"
#include "imap-quirks.h"

static void
test_find (void)
{
  const ImapCapability list = IMAP_CAP_LIST_EXTENDED | IMAP_CAP_LIST_STATUS;
  const struct
  {
    ImapServerWords words;
    ImapQuirks quirks;
  } cases[] = {
    { { .host = "imap.mail.me.com" }, { .without = IMAP_CAP_QRESYNC } },
    { { .host = "p05-imap.MAIL.me.com" }, { .without = IMAP_CAP_QRESYNC } },
    { { .host = "mail.me.com" }, { .without = IMAP_CAP_QRESYNC } },
    { { .host = "hotmail.me.com" }, { 0 } },
    { { .host = "mail.me.com.example.org" }, { 0 } },
    { { .mechanisms = "ATOKEN2 ATOKEN PLAIN" }, { .without = IMAP_CAP_QRESYNC } },
    { { .mechanisms = "ATOKEN2 PLAIN" }, { 0 } },
    { { .host = "imap.yandex.com" }, { .without = IMAP_CAP_IDLE } },
    { { .greeting = "Microsoft Exchange Server 2003 IMAP4rev1 server version 6.5.7638.1 ready" },
      { .without = IMAP_CAP_NAMESPACE } },
    { { .greeting = "The Microsoft Exchange IMAP4 service is ready." }, { 0 } },
    { { .greeting = "mail.x Cyrus IMAP v2.4.17-Fedora-RPM-2.4.17-7.el7 server ready" },
      { .without = list, .no_status_id = TRUE } },
    { { .greeting = "mail.x Cyrus IMAP v2.5.10 server ready" },
      { .without = list, .no_status_id = TRUE } },
    { { .greeting = "mail.x Cyrus IMAP v2.5.11 server ready" }, { .no_status_id = TRUE } },
    { { .greeting = "mail.x Cyrus IMAP v2.5.11.1 server ready" }, { .no_status_id = TRUE } },
    { { .greeting = "mail.x Cyrus IMAP 3.6.1-Debian-3.6.1 server ready" },
      { .no_status_id = TRUE } },
    { { .greeting = "mail.x Cyrus IMAP 3.12.1 server ready" }, { .no_status_id = TRUE } },
    { { .greeting = "mail.x Cyrus IMAP 3.14.0 server ready" }, { 0 } },
    { { .greeting = "mail.x Cyrus IMAP server ready" }, { 0 } },
    { { .id = "(\"name\" \"Cyrus IMAPD\" \"version\" \"2.3.16-Fedora\")" },
      { .without = list, .no_status_id = TRUE } },
    { { .id = "(\"name\" \"Cyrus IMAPD\" \"version\" \"3.0.8\")" }, { .no_status_id = TRUE } },
    { { .id = "(\"NAME\" \"Zimbra\" \"VERSION\" \"6.0.8_GA_2661\" \"RELEASE\" \"2010\")" },
      { .without = list } },
    { { .id = "(\"NAME\" \"Zimbra\" \"VERSION\" \"8.8.15_GA_4059\")" }, { 0 } },
    { { .id = "(\"NAME\" \"Zimbra\" \"VERSION\" \"10.0.1_GA\")" }, { 0 } },
    { { .greeting = "Proton Mail Bridge 03.04.01 - gluon session ID 2" }, { .without = list } },
    { { .greeting = "SmarterMail IMAP" }, { .without = list } },
    { { .host = "imap.strato.de" }, { .without = list } },
    { { .host = "imap.163.com" }, { .needs_id = TRUE } },
    { { .host = "imap.vip.126.com" }, { .needs_id = TRUE } },
    { { .host = "x163.com" }, { 0 } },
    { { .greeting = "Coremail System IMap Server Ready(1-2-3)" }, { .needs_id = TRUE } },
    { { .greeting = "Dovecot ready." }, { 0 } },
    { { .host = NULL }, { 0 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    ImapQuirks quirks = imap_quirks_find (&cases[i].words);
    g_test_message ("case %u", i);
    g_assert_cmpint (quirks.without, ==, cases[i].quirks.without);
    g_assert_cmpint (quirks.needs_id, ==, cases[i].quirks.needs_id);
    g_assert_cmpint (quirks.no_status_id, ==, cases[i].quirks.no_status_id);
  }
}

static void
test_of_command (void)
{
  static const struct
  {
    const char *command;
    ImapCapability capabilities;
  } cases[] = {
    { "NOOP", 0 },
    { "SELECT \"INBOX\"", 0 },
    { "LIST \"\" \"*\"", 0 },
    { "UID SEARCH ALL", 0 },
    { "UID FETCH 1:* (UID FLAGS)", 0 },
    { "UID STORE 7 +FLAGS.SILENT (\\Seen)", 0 },
    { "STATUS \"INBOX\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)", 0 },
    { "SELECT \"INBOX\" (CONDSTORE)", IMAP_CAP_CONDSTORE | IMAP_CAP_QRESYNC },
    { "EXAMINE \"INBOX\" (QRESYNC (9 5 1:7))", IMAP_CAP_QRESYNC },
    { "UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 5 VANISHED)",
      IMAP_CAP_CONDSTORE | IMAP_CAP_QRESYNC },
    { "UID FETCH 1:* (UID FLAGS MODSEQ)", IMAP_CAP_CONDSTORE | IMAP_CAP_QRESYNC },
    { "LIST \"\" \"*\" RETURN (SPECIAL-USE)", IMAP_CAP_LIST_EXTENDED | IMAP_CAP_LIST_STATUS },
    { "UID SEARCH RETURN (ALL) ALL", IMAP_CAP_ESEARCH },
    { "UID MOVE 7 \"Trash\"", IMAP_CAP_MOVE },
    { "UID EXPUNGE 7", IMAP_CAP_UIDPLUS },
    { "IDLE", IMAP_CAP_IDLE },
    { "STATUS \"INBOX\" (MESSAGES SIZE)", IMAP_CAP_STATUS_SIZE },
    { "STATUS \"INBOX\" (SIZE)", IMAP_CAP_STATUS_SIZE },
    { "STATUS \"SIZE\" (MESSAGES)", 0 },
    { "FETCH 1:9 (UID FLAGS EMAILID THREADID)", IMAP_CAP_OBJECTID },
    { "UID FETCH 7 (UID BINARY.PEEK[2])", IMAP_CAP_BINARY },
    { "UID SEARCH X-GM-RAW \"a\"", IMAP_CAP_GMAIL },
    /* what people call their folders, labels and keywords */
    { "SELECT \"RETURN (EMAILID X-GM- (QRESYNC (CONDSTORE)\"", 0 },
    { "SELECT \"a \\\"(CONDSTORE) MODSEQ\"", 0 },
    { "STATUS \"my HIGHESTMODSEQ SIZE APPENDLIMIT\" (MESSAGES)", 0 },
    { "LIST \"\" \"RETURN (x)\"", 0 },
    { "UID SEARCH SUBJECT \"RETURN (ALL) X-GM-\"", 0 },
    { "UID STORE 7 +FLAGS.SILENT (BINARY EMAILID PREVIEW X-GM-x MODSEQ)", 0 },
    { "APPEND \"Sent\" (EMAILID PREVIEW BINARY)", 0 },
    { "CREATE \"EMAILID\"", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].command);
    g_assert_cmpint (imap_quirks_of_command (cases[i].command), ==, cases[i].capabilities);
  }
}

static void
test_words (void)
{
  g_assert_cmpint (imap_capability_from_word ("move"), ==, IMAP_CAP_MOVE);
  g_assert_cmpint (imap_capability_from_word ("QRESYNC"), ==, IMAP_CAP_QRESYNC);
  g_assert_cmpint (imap_capability_from_word ("CONDSTORE"), ==,
                   IMAP_CAP_CONDSTORE | IMAP_CAP_QRESYNC);
  g_assert_cmpint (imap_capability_from_word ("IMAP4rev2"), ==, IMAP_CAP_IMAP4REV2);
  g_assert_cmpint (imap_capability_from_word ("COMPRESS=DEFLATE"), ==, IMAP_CAP_COMPRESS);
  /* not to be done without */
  g_assert_cmpint (imap_capability_from_word ("STARTTLS"), ==, 0);
  g_assert_cmpint (imap_capability_from_word ("LOGINDISABLED"), ==, 0);
  g_assert_cmpint (imap_capability_from_word ("X-NEVER"), ==, 0);
}

/* What was answered with BAD is not asked for again; what a NO, a busy server or a SELECT that failed caused stays. */
static void
test_in_doubt (void)
{
  g_autoptr (FakeServer) server = test_server_new (
      TEST_SIGN_IN ("CONDSTORE ESEARCH") "C: A2 SELECT \"INBOX\" (CONDSTORE)\n"
                                         "S: A2 BAD User is authenticated but not connected.\n"
                                         "C: A3 SELECT \"INBOX\" (CONDSTORE)\n"
                                         "S: A3 BAD what\n"
                                         "C: A4 LIST *\n"
                                         "S: * LIST () \"/\" INBOX\n"
                                         "S: A4 OK done\n"
                                         "C: A5 SELECT \"INBOX\"\n"
                                         "S: * 1 EXISTS\n"
                                         "S: A5 OK open\n"
                                         "C: A6 UID SEARCH RETURN (ALL) ALL\n"
                                         "S: A6 NO later\n"
                                         "C: A7 UID SEARCH RETURN (ALL) ALL\n"
                                         "S: A7 BAD what\n"
                                         "C: A8 UID SEARCH ALL\n"
                                         "S: * SEARCH 7\n"
                                         "S: A8 OK done\n");
  ImapSession *session = test_sign_in (server);
  static const BaseErrorCode codes[] = { BASE_ERROR_RETRY, BASE_ERROR_REFUSED };
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (imap_session_select (session, "INBOX", FALSE, NULL, &error));
    g_assert_error (error, BASE_ERROR, (int)codes[i]);
  }
  g_assert_true (imap_session_select (session, "INBOX", FALSE, NULL, NULL));
  for (guint i = 0; i < 2; i++)
    g_assert_null (imap_session_search_all (session, NULL, NULL));
  g_autoptr (BaseUidSet) uids = imap_session_search_all (session, NULL, NULL);
  g_assert_nonnull (uids);
  g_assert_cmpint (imap_session_get_doubted (session), ==,
                   IMAP_CAP_CONDSTORE | IMAP_CAP_QRESYNC | IMAP_CAP_ESEARCH);
  test_done (server, session);
}

void
test_quirks_add (void)
{
  g_test_add_func ("/imap/quirks/find", test_find);
  g_test_add_func ("/imap/quirks/of-command", test_of_command);
  g_test_add_func ("/imap/quirks/words", test_words);
  g_test_add_func ("/imap/quirks/in-doubt", test_in_doubt);
}
