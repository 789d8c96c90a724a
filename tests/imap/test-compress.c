/* COMPRESS=DEFLATE: the same conversation in fewer octets. */
#include "test-imap.h"

#include <string.h>

#include "base-error.h"
#include "imap-session-private.h"

#define COMPRESSED                                                                                 \
  TEST_SIGN_IN ("ID COMPRESS=DEFLATE")                                                             \
  "C: A2 ID *\n"                                                                                   \
  "C: A3 COMPRESS DEFLATE\n"                                                                       \
  "S: A2 OK done\n"                                                                                \
  "S: A3 OK packed\n"                                                                              \
  "DEFLATE\n"
#define SELECTED                                                                                   \
  "C: A4 SELECT \"INBOX\"\n"                                                                       \
  "S: * 3 EXISTS\n"                                                                                \
  "S: A4 OK [READ-WRITE] open\n"

static gboolean
take_body (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  GBytes **body = user_data;
  *body = g_bytes_ref (fetched->body);
  return TRUE;
}

/* Whatever the pieces in which the packed octets come. */
static void
test_fetch (void)
{
  static const gsize pieces[] = { 0, 1, 7 };
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; text->len < 1000000; i++)
    g_string_append_printf (text, "line %u of a long mail\r\n", i);
  g_string_truncate (text, 1000000);
  g_autoptr (GBytes) body = g_bytes_new (text->str, text->len);
  fake_server_set_blob (server, "body", body);

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++) {
    FakeFaults faults = FAKE_NO_FAULTS;
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) got = NULL;
    faults.piece = pieces[i];
    fake_server_add_script (server,
                            COMPRESSED SELECTED
                            "C: A5 UID FETCH 7 (UID BODY.PEEK[])\n"
                            "S: * 2 FETCH (UID 7 BODY[] {1000000}\n"
                            "B: body\n"
                            "S: )\n"
                            "S: A5 OK done\n"
                            "SERVE\n" /* it may be off before the last octets, which only flush */
                            "ON: $tag NOOP\n"
                            "S: $tag OK done\n",
                            &faults);
    ImapSession *session = test_select (server);
    g_assert_true (
        imap_session_fetch (session, "7", IMAP_FETCH_BODY, 0, take_body, &got, NULL, &error));
    g_assert_no_error (error);
    g_assert_true (g_bytes_equal (got, body));
    g_assert_true (imap_session_noop (session, NULL, NULL));
    g_assert_cmpuint (net_connection_get_bytes_in (session->connection), <, 400000);
    imap_session_free (session);
  }
  fake_server_check (server);
}

static void
test_refused (void)
{
  g_autoptr (FakeServer) server = test_server_new (
      TEST_SIGN_IN ("COMPRESS=DEFLATE") "C: A2 COMPRESS DEFLATE\n"
                                        "S: A2 NO [COMPRESSIONACTIVE] by TLS already\n"
                                        "C: A3 NOOP\n"
                                        "S: A3 OK done\n");
  ImapSession *session = test_sign_in (server);
  g_assert_true (imap_session_noop (session, NULL, NULL));
  test_done (server, session);
}

static void
test_switched_off (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SIGN_IN ("COMPRESS=DEFLATE"));
  ImapSession *session = test_open (server);
  imap_session_set_disabled (session, IMAP_CAP_COMPRESS);
  g_assert_true (imap_session_sign_in (session, &(NetLogin){ .user = "user", .secret = "secret" },
                                       NULL, NULL));
  test_done (server, session);
}

/* The first packed octets stand right behind the agreement. */
static void
test_same_packet (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SIGN_IN (
      "COMPRESS=DEFLATE") "C: A2 COMPRESS DEFLATE\n"
                          "S- A2 OK packed\\r\\n\\xd2\\x52\\x30\\x57\\x70\\x8d\\xf0\\x0c\\x0e\\x09\\xe6\\xe5\\x02\\x00\\x00\\x00\\xff\\xff\n"
                          "DEFLATE\n"
                          "C: A3 NOOP\n"
                          "S: A3 OK done\n");
  ImapSession *session = test_sign_in (server);
  g_assert_true (imap_session_noop (session, NULL, NULL));
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 7);
  test_done (server, session);
}

/* More is inside than one look takes out: no poll () would tell of it. */
static void
test_idle (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (GString) text = g_string_new (NULL);
  while (text->len < 200000)
    g_string_append (text, "* OK still here\r\n");
  g_string_append (text, "* 4 EXISTS\r\n");
  g_autoptr (GBytes) lines = g_bytes_new (text->str, text->len);
  fake_server_set_blob (server, "lines", lines);
  fake_server_add_script (server,
                          "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello\n"
                          "C: A1 AUTHENTICATE PLAIN *\n"
                          "S: A1 OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE IDLE] in\n"
                          "C: A2 COMPRESS DEFLATE\n"
                          "S: A2 OK packed\n"
                          "DEFLATE\n"
                          "C: A3 SELECT \"INBOX\"\n"
                          "S: * 3 EXISTS\n"
                          "S: A3 OK open\n"
                          "C: A4 IDLE\n"
                          "S: + idling\n"
                          "B: lines\n"
                          "C: DONE\n"
                          "S: A4 OK done\n",
                          NULL);
  gboolean news = FALSE;
  ImapSession *session = test_select (server);
  gint64 begun = g_get_monotonic_time ();
  g_assert_true (imap_session_idle (session, -1, 600000, &news, NULL, NULL));
  g_assert_true (news);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 60 * G_USEC_PER_SEC);
  test_done (server, session);
}

/* Few octets that would become very many, none at all, and the end in the middle. */
static void
test_hostile (void)
{
  static const struct
  {
    const char *steps;
    BaseErrorCode code;
  } cases[] = {
    { "DEFLATE\nC: A3 NOOP\nS- * OK \nB: zeros\nSTALL\n", BASE_ERROR_LIMIT },
    { "S: this is no deflate\nSTALL\n", BASE_ERROR_BROKEN },
    { "DEFLATE\nC: A3 NOOP\nS- * OK a\nCLOSE\n", BASE_ERROR_BROKEN },
  };
  g_autoptr (GBytes) zeros = g_bytes_new_take (g_malloc0 (40000000), 40000000);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
    g_autoptr (GError) error = NULL;
    g_autofree char *script =
        g_strconcat (TEST_SIGN_IN ("COMPRESS=DEFLATE") "C: A2 COMPRESS DEFLATE\nS: A2 OK packed\n",
                     cases[i].steps, NULL);
    fake_server_set_blob (server, "zeros", zeros);
    fake_server_add_script (server, script, NULL);
    ImapSession *session = test_sign_in (server);
    g_assert_false (imap_session_noop (session, NULL, &error));
    g_assert_error (error, BASE_ERROR, (int)cases[i].code);
    g_assert_false (imap_session_is_usable (session));
    g_assert_cmpuint (net_connection_get_bytes_in (session->connection), <, 1000000);
    imap_session_free (session); /* it may not have been able to send all of it */
  }
}

void
test_compress_add (void)
{
  g_test_add_func ("/imap/compress/fetch", test_fetch);
  g_test_add_func ("/imap/compress/refused", test_refused);
  g_test_add_func ("/imap/compress/switched-off", test_switched_off);
  g_test_add_func ("/imap/compress/same-packet", test_same_packet);
  g_test_add_func ("/imap/compress/idle", test_idle);
  g_test_add_func ("/imap/compress/hostile", test_hostile);
}
