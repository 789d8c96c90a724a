/* The tree of parts as servers write it: entries 3, 14, 15, 31, 46, 51 and 57.  Each comes in an answer that has more behind
 * it, and before an answer that is as it should be: both have to be read. */
#include "quirks.h"

#include <string.h>

#include "base-error.h"

static const QuirkMail two[] = { { 3, "three" }, { 5, "five" }, { 0 } };

static void
describe (const ImapStructure *structure, GString *out)
{
  g_string_append_printf (out, "%s%s %s %" G_GUINT64_FORMAT "%s%s\n", structure->section,
                          *structure->section != '\0' ? ":" : "whole:", structure->type,
                          structure->size, structure->disposition != NULL ? " " : "",
                          structure->disposition != NULL ? structure->disposition : "");
  for (guint i = 0; structure->children != NULL && i < structure->children->len; i++)
    describe (g_ptr_array_index (structure->children, i), out);
}

static gboolean
take (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  GString *out = user_data;

  g_string_append_printf (out, "uid %u size %" G_GUINT64_FORMAT "\n", fetched->uid, fetched->size);
  if (fetched->structure != NULL)
    describe (fetched->structure, out);
  return TRUE;
}

/* `expected`: the parts, as describe () writes them. */
static void
check (const char *value, const char *expected)
{
  g_autofree char *rules =
      g_strdup_printf ("ON: $tag UID FETCH * (UID RFC822.SIZE BODYSTRUCTURE)\n"
                       "S: * 1 FETCH (BODYSTRUCTURE %s UID 3 RFC822.SIZE 100)\n"
                       "S: * 2 FETCH (UID 5 RFC822.SIZE 200 BODYSTRUCTURE "
                       "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 23 1))\n"
                       "S: $tag OK done\n",
                       value);
  const QuirkServer quirk = { .inbox = two, .rules = rules };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autofree char *all =
      g_strconcat ("uid 3 size 100\n", expected, "uid 5 size 200\n1: text/plain 23\n", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (imap_session_fetch (session, "3:5", IMAP_FETCH_SIZE | IMAP_FETCH_STRUCTURE, 0,
                                     take, seen, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (seen->str, ==, all);
  quirk_end (server, session);
}

/* A multipart that lost its parts, and even all but its name. */
static void
test_empty_multipart (void)
{
  check ("(\"ALTERNATIVE\" (\"BOUNDARY\" \"b1\") NIL NIL)", "whole: multipart/alternative 0\n");
  check ("(\"ALTERNATIVE\")", "whole: multipart/alternative 0\n");
  check (
      "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 10 1)(\"ALTERNATIVE\" (\"BOUNDARY\" \"b1\") NIL "
      "NIL) \"MIXED\")",
      "whole: multipart/mixed 0\n1: text/plain 10\n2: multipart/alternative 0\n");
}

/* Nothing is told of a part but how it is encoded. */
static void
test_no_type (void)
{
  check ("(NIL NIL NIL NIL NIL \"7BIT\" 0 NIL NIL NIL NIL)", "1: application/octet-stream 0\n");
}

static void
test_bare_disposition (void)
{
  check ("(\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 400 NIL \"inline\" NIL NIL)",
         "1: image/png 400 inline\n");
  check ("(\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 400 NIL (\"attachment\" NIL) NIL NIL)",
         "1: image/png 400 attachment\n");
  check ("(\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 400 NIL (NIL NIL) NIL NIL)",
         "1: image/png 400\n");
}

static void
test_spaces (void)
{
  check ("( (\"TEXT\" \"PLAIN\" ( \"CHARSET\" \"iso-2022-jp\" ) NIL NIL \"7BIT\" 10 1 ) "
         " (\"TEXT\" \"HTML\" NIL NIL NIL \"7BIT\"  20 2) \"ALTERNATIVE\" )",
         "whole: multipart/alternative 0\n1: text/plain 10\n2: text/html 20\n");
}

/* Numbers as if they were measured, here and in RFC822.SIZE; a parameter without its value. */
static void
test_float (void)
{
  const QuirkServer quirk = { .inbox = two,
                              .rules =
                                  "ON: $tag UID FETCH *\n"
                                  "S: * 1 FETCH (UID 3 RFC822.SIZE 9.3736e+06 FLAGS (\\\\Seen))\n"
                                  "S: * 2 FETCH (UID 5 RFC822.SIZE 1.2E+3 FLAGS ())\n"
                                  "S: $tag OK done\n" };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autofree char *seen = quirk_fetch_all (session, IMAP_FETCH_FLAGS | IMAP_FETCH_SIZE);

  g_assert_cmpstr (seen, ==, "1: uid=3 flags=1 size=9373600\n2: uid=5 flags=0 size=1200\n");
  quirk_end (server, session);
  check ("(\"APPLICATION\" \"PDF\" NIL NIL NIL \"BASE64\" 9.3736e+06)",
         "1: application/pdf 9373600\n");
  check ("((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 10 1) \"MIXED\" (\"boundary\" NIL) NIL)",
         "whole: multipart/mixed 0\n1: text/plain 10\n");
}

static void
test_no_parts (void)
{
  check ("(NIL \"alternative\" (\"boundary\" \"b\") NIL NIL)", "whole: multipart/alternative 0\n");
  check ("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 10 -1 NIL (\"attachment\" NIL) NIL)",
         "1: text/plain 10 attachment\n");
}

/* NIL stands among the addresses of an ENVELOPE: that of a message nobody asked for, and that of an attached one. */
static void
test_nil_address (void)
{
#define ENVELOPE                                                                                              \
  "(NIL \"s\" ((\"A\" NIL \"a\" \"quirks.test\") NIL NIL (NIL NIL \"b\" \"quirks.test\")) NIL NIL (NIL) NIL " \
  "NIL NIL \"<i>\")"
  check (
      "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 500 " ENVELOPE
      " (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 10 1) 9 NIL (\"attachment\" NIL)) ENVELOPE " ENVELOPE,
      "1: message/rfc822 500 attachment\n1.1: text/plain 10\n");
}

void
quirks_structure_add (void)
{
  g_test_add_func ("/quirks/03-gmail-qq-empty-multipart", test_empty_multipart);
  g_test_add_func ("/quirks/14-office-no-type", test_no_type);
  g_test_add_func ("/quirks/15-exchange-bare-disposition", test_bare_disposition);
  g_test_add_func ("/quirks/31-yahoo-jp-spaces", test_spaces);
  g_test_add_func ("/quirks/46-mailru-float", test_float);
  g_test_add_func ("/quirks/51-dovecot-no-parts", test_no_parts);
  g_test_add_func ("/quirks/57-smartermail-nil-address", test_nil_address);
}
