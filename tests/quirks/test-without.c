/* Every extension that Sosik uses can be switched off: one session that uses all of them, then the same without each. */
#include "quirks.h"

#include <string.h>

#include "base-error.h"
#include "imap-flight.h"

static const QuirkMail three[] = { { 3, "three" }, { 5, "five" }, { 7, "seven" }, { 0 } };

#define ALL_CAPS                                                                                   \
  "IDLE MOVE UIDPLUS CONDSTORE QRESYNC ESEARCH SPECIAL-USE LITERAL+ ID ENABLE UTF8=ACCEPT "        \
  "LIST-STATUS LIST-EXTENDED NAMESPACE PREVIEW NOTIFY X-GM-EXT-1 OBJECTID COMPRESS=DEFLATE BINARY APPENDLIMIT"

/* What is said with it, and never without it. */
static const struct
{
  const char *word, *glob;
} extensions[] = {
  { "SASL-IR", "* AUTHENTICATE PLAIN ?*" },
  { "ID", "* ID (*" },
  { "ENABLE", "* ENABLE *" },
  { "NAMESPACE", "* NAMESPACE" },
  { "UTF8=ACCEPT", "* ENABLE *UTF8=ACCEPT*" },
  { "QRESYNC", "*QRESYNC*" },
  { "CONDSTORE", "*CHANGEDSINCE*" },
  { "CONDSTORE", "*MODSEQ*" },
  { "CONDSTORE", "*QRESYNC*" },
  { "LIST-EXTENDED", "* LIST *RETURN*" },
  { "LIST-STATUS", "* LIST *STATUS*" },
  { "SPECIAL-USE", "* LIST *SPECIAL-USE*" },
  { "OBJECTID", "*EMAILID*" },
  { "OBJECTID", "*MAILBOXID*" },
  { "PREVIEW", "* PREVIEW*" },
  { "X-GM-EXT-1", "*X-GM-*" },
  { "ESEARCH", "* SEARCH RETURN*" },
  { "MOVE", "* MOVE *" },
  { "UIDPLUS", "* UID EXPUNGE *" },
  { "LITERAL+", "*+}" },
  { "NOTIFY", "* NOTIFY *" },
  { "BINARY", "* BINARY.PEEK[1]*" },
  { "APPENDLIMIT", "* STATUS * (APPENDLIMIT)" },
  { "COMPRESS=DEFLATE", "* COMPRESS DEFLATE" },
  { "IDLE", "* IDLE" },
};

static gboolean
take (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  return TRUE;
}

static gboolean
take_vanished (const BaseUidSet *uids, gpointer user_data, GError **error)
{
  return TRUE;
}

/* All that an account does, once. */
static void
use_all (ImapSession *session)
{
  const ImapSyncPoint point = { .uid_validity = 9, .modseq = 5 };
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  g_autoptr (GBytes) message = g_bytes_new_static ("a: b\r\n\r\n", 8);
  g_autoptr (GBytes) large = g_bytes_new_take (g_strnfill (1024 * 1024, 'm'), 1024 * 1024);
  g_autoptr (ImapFlight) parts = imap_flight_new (session);
  g_autoptr (BaseUidSet) uids = NULL;
  g_autoptr (GPtrArray) mailboxes = NULL;
  g_autoptr (ImapMailbox) status = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ImapFlight) first = imap_flight_new (session);
  guint resync, changes, survey, chunk;

  survey = imap_flight_survey (first, TRUE, NULL);
  g_assert_true (imap_flight_run (first, NULL, &error));
  mailboxes = imap_flight_finish_survey (first, survey, NULL, &error);
  g_assert_no_error (error);
  if (imap_session_can_watch (session))
    g_assert_true (imap_session_watch (session, &(const char *){ NULL }, NULL, &error));
  status = imap_session_status (session, "Trash", NULL, &error);
  g_assert_no_error (error);
  resync = imap_flight_resync (flight, "INBOX", FALSE, &point, take, take_vanished, NULL);
  changes = imap_flight_fetch (flight, "1:*", IMAP_FETCH_FLAGS | IMAP_FETCH_MODSEQ, 4, take, NULL);
  g_assert_true (imap_flight_run (flight, NULL, &error));
  g_assert_true (imap_flight_get_result (flight, resync, &error));
  g_assert_true (imap_flight_get_result (flight, changes, &error));
  g_assert_true (imap_session_fetch (session, "1:*",
                                     IMAP_FETCH_FLAGS | IMAP_FETCH_MODSEQ | IMAP_FETCH_HEADER
                                         | IMAP_FETCH_PREVIEW | IMAP_FETCH_OBJECT_ID
                                         | IMAP_FETCH_LABELS,
                                     0, take, NULL, NULL, &error));
  uids = imap_session_search_all (session, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (base_uid_set_count (uids), ==, 3);
  if (!imap_session_move (session, "3", "Trash", NULL, NULL, &error)) {
    g_assert_false (imap_session_has (session, IMAP_CAP_MOVE));
    g_clear_error (&error);
    g_assert_true (imap_session_copy (session, "3", "Trash", NULL, NULL, &error));
    g_assert_true (imap_session_expunge (session, "3", NULL, &error));
  }
  g_assert_true (imap_session_expunge (session, "5", NULL, &error));
  g_assert_true (imap_session_append (session, "Sent", 0, NULL, 0, message, NULL, NULL, &error));
  /* larger than that server takes, which it is only asked about for so much */
  (void)imap_session_append (session, "Sent", 0, NULL, 0, large, NULL, NULL, NULL);
  chunk = imap_flight_fetch_chunk (parts, 3, "1", imap_session_has (session, IMAP_CAP_BINARY), 0,
                                   100, take, NULL);
  g_assert_true (imap_flight_run (parts, NULL, &error));
  g_assert_true (imap_flight_get_result (parts, chunk, &error));
  g_assert_true (imap_session_idle (session, -1, 1, NULL, NULL, &error));
  g_assert_no_error (error);
}

static FakeServer *
serve_all (void)
{
  const QuirkServer quirk = { .caps = ALL_CAPS,
                              .inbox = three,
                              .select_codes =
                                  "S: * OK [UIDVALIDITY 9] fine\nS: * OK [UIDNEXT 8] next\n"
                                  "S: * OK [HIGHESTMODSEQ 5] so\n",
                              .rules = "ON: $tag AUTHENTICATE PLAIN\n"
                                       "S: + \n"
                                       "C: *\n"
                                       "S: $tag OK [CAPABILITY IMAP4rev1 SASL-IR " ALL_CAPS "] in\n"
                                       "ON: $tag NAMESPACE\n"
                                       "S: * NAMESPACE ((\"\" \"/\")) NIL NIL\n"
                                       "S: $tag OK done\n"
                                       "ON: $tag ENABLE *QRESYNC*\n"
                                       "S: * ENABLED QRESYNC UTF8=ACCEPT\n"
                                       "S: $tag OK done\n"
                                       "ON: $tag ENABLE *\n"
                                       "S: * ENABLED UTF8=ACCEPT\n"
                                       "S: $tag OK done\n"
                                       "ON: $tag UID SEARCH RETURN *\n"
                                       "S: * ESEARCH (TAG \"$tag\") UID ALL 3,5,7\n"
                                       "S: $tag OK done\n"
                                       "ON: $tag UID SEARCH ALL\n"
                                       "S: * SEARCH 3 5 7\n"
                                       "S: $tag OK done\n"
                                       "ON: $tag APPEND *{*+}\n"
                                       "L: *\n"
                                       "C: \n"
                                       "S: $tag OK taken\n"
                                       "ON: $tag APPEND *\n"
                                       "S: + go\n"
                                       "L: *\n"
                                       "C: \n"
                                       "S: $tag OK taken\n"
                                       /* what follows would not be readable */
                                       "ON: $tag COMPRESS *\n"
                                       "S: $tag NO there is compression already\n"
                                       "ON: $tag UID FETCH 3 *PEEK[1]*\n"
                                       "S: * 1 FETCH (UID 3 BODY[1] \"eA==\" BINARY[1] \"x\")\n"
                                       "S: $tag OK done\n"
                                       "ON: $tag STATUS $mailbox (APPENDLIMIT)\n"
                                       "S: * STATUS $mailbox (APPENDLIMIT 1000)\n"
                                       "S: $tag OK told\n"
                                       "ON: $tag NOTIFY *\n"
                                       "S: $tag OK watching\n" };
  g_autofree char *script = quirk_script (&quirk);

  return quirk_serve (script, FALSE);
}

static void
play (const char *without, ImapCapability capabilities)
{
  g_autoptr (FakeServer) server = serve_all ();
  ImapSession *session = quirk_open (server, NULL);
  g_autoptr (GError) error = NULL;

  imap_session_set_disabled (session, capabilities);
  g_assert_true (imap_session_sign_in (session, &(NetLogin){ .user = "user", .secret = "secret" },
                                       NULL, &error));
  g_assert_no_error (error);
  use_all (session);
  imap_session_free (session);
  fake_server_check (server);
  for (guint i = 0; i < G_N_ELEMENTS (extensions); i++) {
    guint n = quirk_count_said (server, 0, extensions[i].glob);

    if (without != NULL && g_str_equal (without, extensions[i].word) && n > 0)
      g_error ("without %s and yet “%s”", without, extensions[i].glob);
    if (without == NULL && n == 0)
      g_error ("“%s” was not said", extensions[i].glob);
  }
}

static void
test_without_each (void)
{
  play (NULL, 0);
  for (guint i = 0; i < G_N_ELEMENTS (extensions); i++) {
    ImapCapability capability = imap_capability_from_word (extensions[i].word);

    g_test_message ("without %s", extensions[i].word);
    g_assert_cmpint (capability, !=, 0);
    play (extensions[i].word, capability);
  }
}

void
quirks_without_add (void)
{
  g_test_add_func ("/quirks/without-each-extension", test_without_each);
}
