/* What no one server is known for: entries 62 and 64. */
#include "quirks.h"

#include <string.h>

#include "base-error.h"

static const QuirkMail three[] = { { 3, "three" }, { 5, "five" }, { 7, "seven" }, { 0 } };

/* UID 0, UIDVALIDITY 0, a "LITERAL +" that is none, quotes within quotes, a literal that is longer or shorter than it says,
 * SEARCH where ESEARCH belongs: what makes sense is taken, and the next answer is read as if nothing were. */
static void
test_nonsense (void)
{
  const QuirkServer quirk = {
    .caps = "LITERAL + ESEARCH",
    .inbox = three,
    .select_codes = "S: * OK [UIDVALIDITY 0] none\n"
                    "S: * OK [UIDNEXT 8] next\n",
    .rules = "ON: $tag UID FETCH *\n"
             "S: * 1 FETCH (UID 0 FLAGS (\\\\Seen))\n"
             "S: * 1 FETCH (UID 3 FLAGS () BODY[TEXT] \"he said \"hello\", then\" RFC822.SIZE 7)\n"
             "S: * 1 FETCH (FLAGS () BODY[TEXT] \"a \" b\" UID 9)\n"
             /* one octet more than it says, then one that is well */
             "S: * 2 FETCH (UID 5 BODY[TEXT] {3}\n"
             "S: abcd FLAGS (\\\\Seen))\n"
             "S: * 3 FETCH (UID 7 FLAGS () BODY[TEXT] {4}\n"
             "S: abcd)\n"
             "S: ) OK\n"
             "S: what is this\n"
             "S: $tag OK done\n"
             "ON: $tag UID SEARCH *\n"
             "S: * SEARCH 0 3 5 7\n"
             "S: $tag OK done\n"
  };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autofree char *seen = quirk_fetch_all (session, IMAP_FETCH_FLAGS | IMAP_FETCH_PREVIEW);
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseUidSet) uids = imap_session_search_all (session, NULL, &error);
  g_autofree char *text = base_uid_set_to_string (uids);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "3,5,7");
  g_assert_nonnull (strstr (seen, "1: uid=3 flags=0 size=7 text=21\n"));
  g_assert_nonnull (strstr (seen, "3: uid=7 flags=0 text=4\n"));
  g_assert_null (strstr (seen, "uid=0"));
  g_assert_cmpuint (imap_session_get_selected (session)->uid_validity, ==, 0);
  /* "LITERAL" and "+" are not LITERAL+ */
  g_assert_false (imap_session_has (session, IMAP_CAP_LITERAL_PLUS));
  g_assert_true (imap_session_is_usable (session));
  quirk_end (server, session);
}

/* A server without UIDVALIDITY is no reason to throw away what is here, not even when it is looked at again. */
static void
test_no_uidvalidity (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  const QuirkServer before = { .inbox = three,
                               .select_codes = "S: * OK [UIDVALIDITY 0] none\n",
                               .rules = "ONCE: $tag IDLE\nS: + idling\nCUT\n" };
  const QuirkServer after = { .inbox = three };

  quirk_add (quirk, &before);
  quirk_add (quirk, &after);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
  quirk_wait_connections (quirk, 2);
  quirk_wait_idle (quirk, 1, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
}

static void
test_odd_lines (void)
{
  test_nonsense ();
  test_no_uidvalidity ();
}

/* CRAM-MD5 and NTLM are offered over TLS, do not work, and spoil what is tried after them: they are never tried. */
static void
test_no_cram (void)
{
  static const struct
  {
    const char *mechanisms, *way;
  } cases[] = {
    { "AUTH=CRAM-MD5 AUTH=NTLM AUTH=PLAIN", "* AUTHENTICATE PLAIN *" },
    { "AUTH=CRAM-MD5 AUTH=NTLM AUTH=DIGEST-MD5 AUTH=LOGIN", "* AUTHENTICATE LOGIN*" },
    { "AUTH=CRAM-MD5 AUTH=NTLM", "* LOGIN \"user\" \"secret\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const QuirkServer quirk = { .mechanisms = cases[i].mechanisms,
                                .inbox = three,
                                .rules = "ON: $tag AUTHENTICATE LOGIN\n"
                                         "S: + VXNlcm5hbWU6\n"
                                         "C: dXNlcg==\n"
                                         "S: + UGFzc3dvcmQ6\n"
                                         "C: c2VjcmV0\n"
                                         "S: $tag OK in\n"
                                         "ON: $tag AUTHENTICATE LOGIN dXNlcg==\n"
                                         "S: + UGFzc3dvcmQ6\n"
                                         "C: c2VjcmV0\n"
                                         "S: $tag OK in\n"
                                         "ON: $tag LOGIN \"user\" \"secret\"\n"
                                         "S: $tag OK in\n"
                                         "ON: $tag AUTHENTICATE CRAM-MD5*\n"
                                         "S: * BYE spoilt\n"
                                         "CLOSE\n" };
    FakeServer *server;
    ImapSession *session = quirk_begin (&quirk, &server);

    g_assert_cmpuint (quirk_count_said (server, 0, cases[i].way), ==, 1);
    g_assert_cmpuint (quirk_count_said (server, 0, "*CRAM*"), ==, 0);
    g_assert_cmpuint (quirk_count_said (server, 0, "*NTLM*"), ==, 0);
    quirk_end (server, session);
  }
}

void
quirks_any_add (void)
{
  g_test_add_func ("/quirks/62-xwtec-odd-lines", test_odd_lines);
  g_test_add_func ("/quirks/64-any-no-cram", test_no_cram);
}
