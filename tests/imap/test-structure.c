/* BODYSTRUCTURE: as it should be, and as servers write it. */
#include "test-imap.h"

#include <string.h>

#include "imap-fetch.h"

/* "section type encoding size [disposition name charset]" of each part, one a line. */
static void
describe (const ImapStructure *structure, GString *out)
{
  g_string_append_printf (out, "%s|%s|%s|%" G_GUINT64_FORMAT "|%s|%s|%s\n", structure->section,
                          structure->type, structure->encoding, structure->size,
                          structure->disposition != NULL ? structure->disposition : "",
                          structure->name != NULL ? structure->name : "",
                          structure->charset != NULL ? structure->charset : "");
  for (guint i = 0; structure->children != NULL && i < structure->children->len; i++)
    describe (g_ptr_array_index (structure->children, i), out);
}

static char *
parse (const char *value)
{
  g_autofree char *wire = g_strdup_printf ("* 1 FETCH (BODYSTRUCTURE %s UID 7)\r\n", value);
  g_autoptr (ImapLexer) lexer = test_lexer_with (wire, -1);
  g_auto (ImapFetched) fetched = { 0 };
  g_autoptr (GError) error = NULL;
  ImapToken token;
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < 3; i++)
    imap_lexer_next (lexer, &token);
  g_assert_true (imap_fetched_parse (&fetched, 1, lexer, &error));
  g_assert_no_error (error);
  /* whatever stands in it, what comes behind it is read */
  g_assert_cmpuint (fetched.uid, ==, 7);
  if (fetched.structure != NULL)
    describe (fetched.structure, out);
  return g_string_free (out, FALSE);
}

static void
check (const char *value, const char *expected)
{
  g_autofree char *got = parse (value);
  g_assert_cmpstr (got, ==, expected);
}

static void
test_single (void)
{
  check ("(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"UTF-8\") NIL NIL \"8BIT\" 1152 23)",
         "1|text/plain|8bit|1152|||UTF-8\n");
  check ("(\"image\" \"png\" (\"name\" \"a.png\") \"<x@y>\" NIL \"BASE64\" 400 NIL"
         " (\"INLINE\" (\"FILENAME\" \"b.png\")) NIL NIL)",
         "1|image/png|base64|400|inline|b.png|\n");
}

static void
test_multipart (void)
{
  check (
      "((\"text\" \"plain\" NIL NIL NIL \"7bit\" 10 1)"
      "((\"text\" \"html\" NIL NIL NIL \"quoted-printable\" 20 2)(\"image\" \"gif\" NIL NIL NIL \"base64\" 30) \"related\")"
      "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 500 (NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL)"
      " ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)(\"text\" \"html\" NIL NIL NIL \"7bit\" 2 1) \"alternative\") 9)"
      "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 60 (NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL)"
      " (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) 9 NIL (\"attachment\" (\"filename\" \"m.eml\")))"
      " \"mixed\" (\"boundary\" \"b\") NIL NIL)",
      "|multipart/mixed|7bit|0|||\n"
      "1|text/plain|7bit|10|||\n"
      "2|multipart/related|7bit|0|||\n"
      "2.1|text/html|quoted-printable|20|||\n"
      "2.2|image/gif|base64|30|||\n"
      "3|message/rfc822|7bit|500|||\n"
      "3|multipart/alternative|7bit|0|||\n"
      "3.1|text/plain|7bit|1|||\n"
      "3.2|text/html|7bit|2|||\n"
      "4|message/rfc822|7bit|60|attachment|m.eml|\n"
      "4.1|text/plain|7bit|5|||\n");
}

static void
test_names (void)
{
  check (
      "(\"a\" \"b\" NIL NIL NIL \"7bit\" 1 NIL (\"attachment\" (\"filename*\" \"utf-8''%ED%95%9C.txt\")))",
      "1|a/b|7bit|1|attachment|한.txt|\n");
  check (
      "(\"a\" \"b\" (\"name*0*\" \"UTF-8''%ED\" \"name*1*\" \"%95%9C\" \"name*2\" \"x\") NIL NIL \"7bit\" 1)",
      "1|a/b|7bit|1||한x|\n");
  check ("(\"a\" \"b\" (\"name\" \"=?utf-8?B?7ZWc?=\") NIL NIL \"7bit\" 1)",
         "1|a/b|7bit|1||=?utf-8?B?7ZWc?=|\n");
}

/* Quirks 3, 14, 15, 31, 46, 51. */
static void
test_odd (void)
{
  check ("(\"ALTERNATIVE\" (\"BOUNDARY\" \"b\") NIL NIL)", "|multipart/alternative|7bit|0|||\n");
  check ("(\"ALTERNATIVE\")", "|multipart/alternative|7bit|0|||\n");
  check ("(NIL \"alternative\" (\"boundary\" \"b\") NIL NIL)",
         "|multipart/alternative|7bit|0|||\n");
  check (
      "((\"text\" \"plain\" NIL NIL NIL \"7bit\" 10 1)(\"MIXED\" (\"BOUNDARY\" \"b\") NIL NIL) \"mixed\")",
      "|multipart/mixed|7bit|0|||\n1|text/plain|7bit|10|||\n2|multipart/mixed|7bit|0|||\n");
  check ("(NIL NIL NIL NIL NIL \"7BIT\" 0 NIL NIL NIL NIL)",
         "1|application/octet-stream|7bit|0|||\n");
  check ("(\"a\" \"b\" NIL NIL NIL \"base64\" 9 NIL \"inline\" NIL)", "1|a/b|base64|9|inline||\n");
  check ("(\"a\" \"b\" NIL NIL NIL \"base64\" 9 NIL (NIL NIL) NIL)", "1|a/b|base64|9|||\n");
  check ("( (\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)  \"mixed\" )",
         "|multipart/mixed|7bit|0|||\n1|text/plain|7bit|1|||\n");
  check ("(\"a\" \"b\" (\"boundary\" NIL) NIL NIL \"base64\" 9.3736e+06)",
         "1|a/b|base64|9373600|||\n");
  check ("(\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 -1 NIL (\"attachment\" NIL))",
         "1|text/plain|7bit|5|attachment||\n");
  check ("()", "");
  check ("NIL", "");
}

static void
test_hostile (void)
{
  g_autoptr (GString) wide = g_string_new ("* (");
  ImapToken token;
  gboolean too_deep;
  for (guint i = 0; i < 60000; i++)
    g_string_append (wide, "(\"a\" \"b\")");
  g_string_append (wide, ")\r\n");
  g_autoptr (ImapLexer) lexer = test_lexer_with (wide->str, (gssize)wide->len);
  imap_lexer_next (lexer, &token);
  imap_lexer_next (lexer, &token);
  g_assert_null (imap_structure_parse (lexer, &token, &too_deep));
  g_assert_true (too_deep);
}

void
test_structure_add (void)
{
  g_test_add_func ("/imap/structure/single", test_single);
  g_test_add_func ("/imap/structure/multipart", test_multipart);
  g_test_add_func ("/imap/structure/names", test_names);
  g_test_add_func ("/imap/structure/odd", test_odd);
  g_test_add_func ("/imap/structure/hostile", test_hostile);
}
