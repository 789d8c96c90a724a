/* FETCH answers as good and bad servers write them. */
#include "test-imap.h"

#include <string.h>

#include "base-error.h"
#include "imap-fetch.h"
#include "imap-response.h"

static gboolean
parse (ImapFetched *fetched, const char *line, GError **error)
{
  g_autofree char *wire = g_strconcat (line, "\r\n", NULL);
  g_autoptr (ImapLexer) lexer = test_lexer_with (wire, -1);
  g_auto (ImapResponse) response = { 0 };
  imap_response_parse (&response, lexer);
  g_assert_cmpstr (response.name, ==, "FETCH");
  return imap_fetched_parse (fetched, response.number, lexer, error);
}

static void
assert_bytes (GBytes *bytes, const char *expected)
{
  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected,
                   strlen (expected));
}

static void
test_all_items (void)
{
  g_auto (ImapFetched) fetched = { 0 };
  g_assert_true (
      parse (&fetched,
             "* 12 FETCH (UID 77 FLAGS (\\seen $Forwarded \\Recent odd]flag) MODSEQ (65402) "
             "RFC822.SIZE 44827 INTERNALDATE \" 1-Jul-2026 02:44:25 -0700\" "
             "ENVELOPE (NIL ((\"a\" NIL)) \")\") BODY[HEADER.FIELDS (FROM \"TO\")] {6}\r\na: b\r\n"
             " BODY[TEXT]<0> {3}\r\nabc BODY[] {0}\r\n)",
             NULL));
  g_assert_cmpuint (fetched.seq, ==, 12);
  g_assert_cmpuint (fetched.uid, ==, 77);
  g_assert_true (fetched.has_flags);
  g_assert_cmpint (fetched.flags, ==, IMAP_FLAG_SEEN | IMAP_FLAG_FORWARDED);
  g_assert_cmpuint (fetched.modseq, ==, 65402);
  g_assert_cmpuint (fetched.size, ==, 44827);
  g_assert_cmpint (fetched.date, ==, 1782899065);
  assert_bytes (fetched.header, "a: b\r\n");
  assert_bytes (fetched.text, "abc");
  assert_bytes (fetched.body, "");
}

static void
test_order_and_forms (void)
{
  g_auto (ImapFetched) fetched = { 0 };
  g_assert_true (parse (
      &fetched,
      "* 1 FETCH (body[]{2}\r\nhi FLAGS () RFC822.HEADER \"x\" RFC822.SIZE 9.3736e+06 uid 5)",
      NULL));
  assert_bytes (fetched.body, "hi");
  assert_bytes (fetched.header, "x");
  g_assert_true (fetched.has_flags);
  g_assert_cmpint (fetched.flags, ==, 0);
  g_assert_cmpuint (fetched.size, ==, 9373600);
  g_assert_cmpuint (fetched.uid, ==, 5);
}

/* A part must not pass for the whole. */
static void
test_no_body (void)
{
  static const char *const lines[] = {
    "* 1 FETCH (UID 5 BODY[] NIL FLAGS (\\Seen))",
    "* 1 FETCH (UID 5 BODY[] FLAGS (\\Seen))", /* quirk 36 */
    "* 1 FETCH (UID 5 BODY[]<0> \"part\" FLAGS (\\Seen))",
    "* 1 FETCH (UID 5 BODY[1] \"part\" FLAGS (\\Seen))",
    "* 1 FETCH ((UID 5 FLAGS (\\Seen)))", /* quirk 55 */
    "* 1 FETCH UID 5 FLAGS (\\Seen)",
    "* 1 FETCH (FLAGS (\\Seen (x)) UID 5 BODY[])",
    "* 1 FETCH (UID 5 MODSEQ -1 FLAGS (\\Seen) BODY (\"text\" (\"a\" NIL)))", /* quirk 42 */
    "* 1 FETCH (UID 5 MODSEQ () FLAGS (\\Seen)) trailing BODY[] \"x\"",
  };
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_auto (ImapFetched) fetched = { 0 };
    g_test_message ("%s", lines[i]);
    g_assert_true (parse (&fetched, lines[i], NULL));
    g_assert_null (fetched.body);
    g_assert_cmpuint (fetched.uid, ==, 5);
    g_assert_cmpuint (fetched.modseq, ==, 0);
    g_assert_cmpint (fetched.flags, ==, IMAP_FLAG_SEEN);
  }
}

/* Courier's words about a message that is gone are not its body; a mail that goes on after them is one. */
static void
test_gone (void)
{
  g_auto (ImapFetched) fetched = { 0 }, header = { 0 }, longer = { 0 };

  g_assert_true (
      parse (&fetched,
             "* 1 FETCH (UID 5 FLAGS () RFC822.SIZE 129 BODY[] {129}\r\n"
             "From: System Administrator <root@localhost>\r\nSubject: message unavailable\r\n"
             "\r\nThis message is no longer available on the server.\r\n)",
             NULL));
  g_assert_null (fetched.body);
  g_assert_cmpuint (fetched.uid, ==, 5);
  g_assert_true (
      parse (&header,
             "* 1 FETCH (UID 5 BODY[HEADER.FIELDS (FROM SUBJECT)] {77}\r\n"
             "From: System Administrator <root@localhost>\r\nSubject: message unavailable\r\n"
             "\r\n BODY[TEXT]<0> {52}\r\nThis message is no longer available on the server.\r\n)",
             NULL));
  g_assert_null (header.header);
  g_assert_null (header.text);
  g_assert_true (
      parse (&longer,
             "* 1 FETCH (UID 5 BODY[] {132}\r\n"
             "From: System Administrator <root@localhost>\r\nSubject: message unavailable\r\n"
             "\r\nThis message is no longer available on the server.\r\nOr\n)",
             NULL));
  g_assert_nonnull (longer.body);
}

static void
test_twice (void)
{
  g_auto (ImapFetched) fetched = { 0 };
  g_assert_true (
      parse (&fetched, "* 1 FETCH (BODY[] \"a\" BODY[] \"b\" FLAGS (\\Seen) FLAGS ())", NULL));
  assert_bytes (fetched.body, "b");
  g_assert_cmpint (fetched.flags, ==, 0);
}

static void
test_too_deep (void)
{
  static const char *const heads[] = { "* 1 FETCH ", "* 1 FETCH (ENVELOPE ", "* 1 FETCH (FLAGS ",
                                       "* 1 FETCH (MODSEQ ", "* 1 FETCH (BODY[] " };
  g_autofree char *open = g_strnfill (100000, '(');
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++) {
    g_auto (ImapFetched) fetched = { 0 };
    g_autoptr (GError) error = NULL;
    g_autofree char *line = g_strconcat (heads[i], open, NULL);
    g_assert_false (parse (&fetched, line, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_LIMIT);
  }
}

static void
test_items (void)
{
  g_autofree char *few = imap_fetch_items_to_string (IMAP_FETCH_FLAGS | IMAP_FETCH_MODSEQ, 0);
  g_autofree char *all = imap_fetch_items_to_string (
      IMAP_FETCH_FLAGS | IMAP_FETCH_MODSEQ | IMAP_FETCH_SIZE | IMAP_FETCH_DATE | IMAP_FETCH_HEADER
          | IMAP_FETCH_BODY | IMAP_FETCH_PREVIEW,
      IMAP_CAP_CONDSTORE);
  g_assert_cmpstr (few, ==, "(UID FLAGS)");
  g_assert_cmpstr (
      all, ==,
      "(UID FLAGS MODSEQ RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER.FIELDS (From Sender "
      "To Subject Date Message-ID In-Reply-To References Content-Type Content-Transfer-Encoding)] "
      "BODY.PEEK[TEXT]<0.1024> BODY.PEEK[])");
}

static void
test_flags (void)
{
  g_autofree char *names = imap_flags_to_string (0xff);
  g_autofree char *none = imap_flags_to_string (0);
  g_assert_cmpstr (names, ==,
                   "\\Seen \\Answered \\Flagged \\Deleted \\Draft $Forwarded $Junk $NotJunk");
  g_assert_cmpstr (none, ==, "");
  g_assert_cmpint (imap_flag_from_name ("\\SEEN and more", 5), ==, IMAP_FLAG_SEEN);
  g_assert_cmpint (imap_flag_from_name ("\\Seenx", 6), ==, 0);
}

void
test_fetch_add (void)
{
  g_test_add_func ("/imap/fetch/all-items", test_all_items);
  g_test_add_func ("/imap/fetch/order-and-forms", test_order_and_forms);
  g_test_add_func ("/imap/fetch/no-body", test_no_body);
  g_test_add_func ("/imap/fetch/gone", test_gone);
  g_test_add_func ("/imap/fetch/twice", test_twice);
  g_test_add_func ("/imap/fetch/too-deep", test_too_deep);
  g_test_add_func ("/imap/fetch/items", test_items);
  g_test_add_func ("/imap/fetch/flags", test_flags);
}
