/* Heads of responses, with everything servers leave out of them. */
#include "test-imap.h"

#include "imap-response.h"

static void
parse (ImapResponse *response, const char *line)
{
  g_autofree char *wire = g_strconcat (line, "\r\n", NULL);
  g_autoptr (ImapLexer) lexer = test_lexer_with (wire, -1);
  imap_response_parse (response, lexer);
}

static void
check_status (const char *line, ImapResponseKind kind, ImapCondition condition, const char *code,
              const char *argument, const char *text)
{
  g_auto (ImapResponse) response = { 0 };
  g_test_message ("%s", line);
  parse (&response, line);
  g_assert_cmpint (response.kind, ==, kind);
  g_assert_cmpint (response.condition, ==, condition);
  g_assert_cmpstr (response.code, ==, code);
  g_assert_cmpstr (response.argument, ==, argument);
  g_assert_cmpstr (response.text, ==, text);
}

static void
test_status (void)
{
  const ImapResponseKind untagged = IMAP_RESPONSE_UNTAGGED, tagged = IMAP_RESPONSE_TAGGED;

  check_status ("* OK ready", untagged, IMAP_CONDITION_OK, NULL, NULL, "ready");
  check_status ("* ok", untagged, IMAP_CONDITION_OK, NULL, NULL, "");
  check_status ("A1 OK [READ-WRITE] done", tagged, IMAP_CONDITION_OK, "READ-WRITE", NULL, "done");
  check_status ("A1 NO [alert] Quota [9]", tagged, IMAP_CONDITION_NO, "ALERT", NULL, "Quota [9]");
  check_status ("* BYE gone", untagged, IMAP_CONDITION_BYE, NULL, NULL, "gone");
  check_status ("* PREAUTH hi", untagged, IMAP_CONDITION_PREAUTH, NULL, NULL, "hi");
  check_status ("* BAD \xff", untagged, IMAP_CONDITION_BAD, NULL, NULL, "\xef\xbf\xbd");
  /* quirks 1, 2, 17, 19 */
  check_status ("* OK [HIGHESTMODSEQ 5]", untagged, IMAP_CONDITION_OK, "HIGHESTMODSEQ", "5", "");
  check_status ("* OK [PERMANENTFLAGS (\\Seen a]b \\*)] Flags", untagged, IMAP_CONDITION_OK,
                "PERMANENTFLAGS", "(\\Seen a]b \\*)", "Flags");
  check_status ("A2 OK [COPYUID 7  ] ok", tagged, IMAP_CONDITION_OK, "COPYUID", "7", "ok");
  check_status ("* [COPYUID 7 1 2] ok", untagged, IMAP_CONDITION_OK, "COPYUID", "7 1 2", "ok");
  check_status ("* OK [UIDNEXT 9 no bracket", untagged, IMAP_CONDITION_OK, "UIDNEXT",
                "9 no bracket", "");
}

static void
test_continue (void)
{
  check_status ("+ YWJj", IMAP_RESPONSE_CONTINUE, IMAP_CONDITION_NONE, NULL, NULL, "YWJj");
  check_status ("+", IMAP_RESPONSE_CONTINUE, IMAP_CONDITION_NONE, NULL, NULL, "");
  check_status ("+ ", IMAP_RESPONSE_CONTINUE, IMAP_CONDITION_NONE, NULL, NULL, "");
  check_status ("+YWJj", IMAP_RESPONSE_CONTINUE, IMAP_CONDITION_NONE, NULL, NULL, "YWJj");
}

static void
test_data (void)
{
  static const struct
  {
    const char *line, *name;
    guint32 number;
  } cases[] = {
    { "* 23 EXISTS", "EXISTS", 23 },
    { "* 4294967295 fetch (UID 1)", "FETCH", G_MAXUINT32 },
    { "* 0 FETCH (UID 1)", "FETCH", 0 },
    { "* 000 EXISTS", "EXISTS", 0 },
    /* what makes no sense must not look like an empty mailbox */
    { "* 4294967296 EXISTS", "EXISTS", G_MAXUINT32 },
    { "* 99999999999999999999 EXISTS", "EXISTS", G_MAXUINT32 },
    { "* 1x EXISTS", "EXISTS", G_MAXUINT32 },
    { "* LIST () NIL x", "LIST", 0 },
    { "* SEARCH", "SEARCH", 0 },
    { "*", "", 0 },
    { "* 12", "", 12 },
    { "* (x)", "", 0 },
    { "* averyveryveryveryveryveryverylongname x", "AVERYVERYVERYVERYVERYVERYVERYLO", 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (ImapResponse) response = { 0 };
    parse (&response, cases[i].line);
    g_assert_cmpint (response.kind, ==, IMAP_RESPONSE_UNTAGGED);
    g_assert_cmpint (response.condition, ==, IMAP_CONDITION_NONE);
    g_assert_cmpstr (response.name, ==, cases[i].name);
    g_assert_cmpuint (response.number, ==, cases[i].number);
  }
}

static void
test_garbage (void)
{
  static const char *const lines[] = { "", "\"A1\" OK", "(A1 OK", "A1", "A1 MAYBE x", "<p>" };
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_auto (ImapResponse) response = { 0 };
    parse (&response, lines[i]);
    g_assert_cmpint (response.kind, ==, IMAP_RESPONSE_TAGGED);
    g_assert_cmpint (response.condition, ==, IMAP_CONDITION_NONE);
  }
}

static guint32
lookup (GHashTable *map, guint32 uid)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (map, GUINT_TO_POINTER (uid)));
}

static void
test_copyuid (void)
{
  static const char *const bad[] = { "7",     "7 1",   "7 1 ",  "7 1:3 5",
                                     "7 0 1", "7 1 *", "7 a b", "7 1:4294967295 1:4294967295",
                                     "0 1 2", "x 1 2" };
  guint32 validity = 0;
  g_autoptr (GHashTable) map =
      imap_response_parse_copyuid ("7 304,319:320,5 3956:3958,12", &validity);

  g_assert_cmpuint (validity, ==, 7);
  g_assert_cmpuint (g_hash_table_size (map), ==, 4);
  g_assert_cmpuint (lookup (map, 304), ==, 3956);
  g_assert_cmpuint (lookup (map, 320), ==, 3958);
  g_assert_cmpuint (lookup (map, 5), ==, 12); /* paired as written, not as sorted */
  g_assert_null (imap_response_parse_copyuid (NULL, &validity));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (imap_response_parse_copyuid (bad[i], &validity));
  g_assert_cmpuint (validity, ==, 0);
}

static void
test_appenduid (void)
{
  guint32 validity = 0;

  g_assert_cmpuint (imap_response_parse_appenduid ("38505 3955", &validity), ==, 3955);
  g_assert_cmpuint (validity, ==, 38505);
  g_assert_cmpuint (imap_response_parse_appenduid ("38505", &validity), ==, 0);
  g_assert_cmpuint (imap_response_parse_appenduid ("38505 0", &validity), ==, 0);
  g_assert_cmpuint (validity, ==, 0);
  g_assert_cmpuint (imap_response_parse_appenduid ("0 3955", &validity), ==, 0);
  g_assert_cmpuint (imap_response_parse_appenduid ("38505 3:4", &validity), ==, 0);
  g_assert_cmpuint (imap_response_parse_appenduid (NULL, &validity), ==, 0);
}

void
test_response_add (void)
{
  g_test_add_func ("/imap/response/status", test_status);
  g_test_add_func ("/imap/response/continue", test_continue);
  g_test_add_func ("/imap/response/data", test_data);
  g_test_add_func ("/imap/response/garbage", test_garbage);
  g_test_add_func ("/imap/response/copyuid", test_copyuid);
  g_test_add_func ("/imap/response/appenduid", test_appenduid);
}
