/* The trace: whole lines, sizes instead of literals, never a secret, whatever the pieces are. */
#include "test-base.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base-log.h"

static void
say (char direction, const char *text, gsize piece)
{
  gsize length = strlen (text);

  for (gsize at = 0; at < length; at += piece)
    base_log_trace ("host/1", direction, text + at, MIN (piece, length - at));
}

/* Runs in a process of its own, because the trace file is chosen once. */
static void
talk (void)
{
  for (gsize piece = 1; piece < 40; piece++) {
    say ('<', "* OK hi\r\n* 1 FETCH (BODY[] {12}\r\nprivate mail UID 5)\r\n", piece);
    say ('>', "a LOGIN {4+}\r\n", piece);
    base_log_trace_hidden ("host/1", '>', "(secret)", 4, FALSE);
    say ('>', " \x07\r\nunfinished", piece);
    say ('-', "closed", 6);
  }
}

static void
test_trace (void)
{
  g_autofree char *root = test_make_folder ();
  g_autofree char *file = g_build_filename (root, "trace", NULL);
  g_autofree char *content = NULL;
  g_auto (GStrv) lines = NULL;
  static const char *const expected[] = {
    "host/1 < * OK hi",      "host/1 < * 1 FETCH (BODY[] {12}",   "host/1 < (12 octets) UID 5)",
    "host/1 > a LOGIN {4+}", "host/1 > (4 octets)(secret) \\x07", "host/1 > unfinished",
    "host/1 - closed",
  };

  if (g_test_subprocess ()) {
    talk ();
    return;
  }

  g_setenv ("SOSIK_TRACE", file, TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_unsetenv ("SOSIK_TRACE");
  g_test_trap_assert_passed ();

  g_assert_true (g_file_get_contents (file, &content, NULL, NULL));
  g_assert_null (strstr (content, "private"));
  lines = g_strsplit (content, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 39 * G_N_ELEMENTS (expected) + 1);
  for (guint i = 0; i + 1 < g_strv_length (lines); i++)
    g_assert_true (g_str_has_suffix (lines[i], expected[i % G_N_ELEMENTS (expected)]));
  test_remove_folder (root);
}

/* Whatever is said, without being asked for: the last of it is kept, bounded, oldest first. */
static void
keep (void)
{
  g_autofree char *trace = NULL, *none = base_log_dup_trace ();
  g_auto (GStrv) lines = NULL;

  g_assert_cmpstr (none, ==, "");
  say ('>', "A1 LOGIN ", 100);
  base_log_trace_hidden ("host/1", '>', "(secret)", 6, TRUE);
  trace = base_log_dup_trace ();
  g_assert_true (g_str_has_suffix (trace, " host/1 > A1 LOGIN (secret)\n"));
  for (guint i = 0; i < 20000; i++) {
    g_autofree char *line = g_strdup_printf ("* %u EXISTS and some more words\r\n", i);

    say ('<', line, 100);
  }
  g_free (trace);
  trace = base_log_dup_trace ();
  g_assert_cmpuint (strlen (trace), >, 200 * 1024);
  g_assert_cmpuint (strlen (trace), <, 400 * 1024); /* with the times */
  lines = g_strsplit (trace, "\n", -1);
  g_assert_true (g_str_has_suffix (lines[g_strv_length (lines) - 2], "* 19999 EXISTS and some more words"));
  /* The announcement stands where a long line is not kept any more. */
  for (gsize piece = 1; piece < 5000; piece += 777) {
    g_autofree char *words = g_strnfill (3000, 'x');
    g_autofree char *line = g_strdup_printf ("* FETCH (%s BODY[] {3}\r\nabc)\r\n", words);

    say ('<', line, piece);
  }
  g_free (trace);
  trace = base_log_dup_trace ();
  g_assert_null (strstr (trace, "abc"));
  say ('<', "* 2 FETCH (PREVIEW \"a\"c \\\"abc\" BODY[1] \"abc\" BODY[TEXT]<0> \"abc\" X \"seen\" PREVIEW \"abc\\\r\n", 3);
  g_free (trace);
  trace = base_log_dup_trace ();
  g_assert_null (strstr (trace, "abc"));
  g_assert_true (g_str_has_suffix (trace, "* 2 FETCH (PREVIEW \"(9 octets)\" BODY[1] \"(3 octets)\" BODY[TEXT]<0> \"(3 octets)\" "
                                          "X \"seen\" PREVIEW \"(4 octets)\n"));
}

/* The word that says what follows stands where the line is not kept any more, and literals stand behind it. */
static void
hide_behind_long (void)
{
  g_autofree char *trace = NULL;

  for (gsize words = 950; words < 1100; words++) {
    g_autofree char *flags = g_strnfill (words, 'x');
    g_autofree char *line =
        g_strdup_printf ("* 4 FETCH (FLAGS (%s) BODYSTRUCTURE (\"TEXT\" \"PLAIN\" (\"NAME\" {3}\r\neve) NIL \"eve\" {0}\r\n \"eve\"))\r\n"
                         "* 5 FETCH (X \"seen\")\r\n",
                         flags);

    say ('<', line, 7);
  }
  trace = base_log_dup_trace ();
  g_assert_nonnull (strstr (trace, "(3 octets)) NIL \"(3 octets)\" {0}\n"));
  g_assert_nonnull (strstr (trace, "(0 octets) \"(3 octets)\"))\n"));
  g_assert_true (g_str_has_suffix (trace, "* 5 FETCH (X \"seen\")\n"));
  g_assert_null (strstr (trace, "eve"));
}

/* What may stand in a report of a bug, and what may not. */
static void
hide (void)
{
  static const char secret[] = "eve";
  static const struct
  {
    char direction;
    const char *line, *kept;
  } cases[] = {
    { '>', "MAIL FROM:<eve@a.example> SIZE=5 RET=HDRS ENVID=<eve@x.example>", "MAIL FROM:<…@a.example> SIZE=5 RET=HDRS ENVID=<…@x.example>" },
    { '>', "RCPT TO:<한+eve@b.example> NOTIFY=DELAY ORCPT=rfc822;eve+2Bx@b.example", "RCPT TO:<…@b.example> NOTIFY=DELAY ORCPT=rfc822;…@b.example" },
    { '<', "550 5.1.1 <eve@b.example>: no such user eve@b.example", "550 5.1.1 <…@b.example>: no such user …@b.example" },
    { '>', "A1 LOGIN \"eve@a.example\" ", "A1 LOGIN \"…@a.example\"" },
    { '>', "A2 UID SEARCH HEADER Message-ID \"<eve@x.example>\"", "A2 UID SEARCH HEADER Message-ID \"<…@x.example>\"" },
    { '>', "A3 UID SEARCH RETURN (ALL) TEXT \"eve \\\"eve\"", "A3 UID SEARCH RETURN (ALL) TEXT \"(9 octets)\"" },
    { '>', "A4 UID SEARCH X-GM-RAW \"from:eve\"", "A4 UID SEARCH X-GM-RAW \"(8 octets)\"" },
    { '<', "* 1 FETCH (UID 7 BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL \"eve\" \"7BIT\" 5 1) "
           "(\"APPLICATION\" \"PDF\" (\"NAME\" \"eve\\\".pdf\") NIL NIL \"BASE64\" 9) \"MIXED\") FLAGS (\\Seen))",
      "* 1 FETCH (UID 7 BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL \"(3 octets)\" \"7BIT\" 5 1) "
      "(\"APPLICATION\" \"PDF\" (\"NAME\" \"(9 octets)\") NIL NIL \"BASE64\" 9) \"MIXED\") FLAGS (\\Seen))" },
    { '<', "* 2 FETCH (BODYSTRUCTURE (\"TEXT\" \"PLAIN\" (\"NAME\" {3}\r\neve) NIL \"eve\"))", "(3 octets)) NIL \"(3 octets)\"))" },
    { '<', "* 2 FETCH (BODYSTRUCTURE (\"TEXT\" \"PLAIN\" (\"NAME\" {0}\r\n) NIL \"eve\" {0}\r\n \"eve\"))", "(0 octets) \"(3 octets)\"))" },
    { '<', "* 3 FETCH (ENVELOPE (NIL \"eve\" ((NIL NIL \"eve\" \"a.example\"", "* 3 FETCH (ENVELOPE (NIL \"(3 octets)\" ((NIL NIL \"(3 octets)\" \"(9 octets)\"" },
    { '>', "RCPT TO:<\"eve adam\"@a.example>", "RCPT TO:<…@a.example>" },
    { '>', "RCPT TO:<\"eve \\\"eve\\\" eve@home x\"@a.example>", "RCPT TO:<…@a.example>" },
    { '>', "A5 LOGIN \"\\\"eve adam\\\"@a.example\" ", "A5 LOGIN \"…@a.example\"" },
    { '>', "A6 LOGIN \"\\\"eve \\\\\\\"adam\\\\\\\" x\\\"@a.example\" ", "A6 LOGIN \"…@a.example\"" },
    { '>', "MAIL FROM:<bounce+eve=b.example@a.example> ENVID=eve=1@x.example AUTH=eve+3Dy@x.example",
      "MAIL FROM:<…@a.example> ENVID=…@x.example AUTH=…@x.example" },
    { '<', "550 user=eve@b.example is not here", "550 …@b.example is not here" },
    { '<', "* LIST () \"/\" \"@home\"", "* LIST () \"/\" \"@home\"" },
    { '<', "* LIST () \"/\" \"Lists/@home\"", "* LIST () \"/\" \"…@home\"" },
    { '<', "* OK @ @@ a@", "* OK @ @@ …@" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *line = g_strconcat (cases[i].line, "\r\n", NULL), *trace = NULL;

    say (cases[i].direction, line, 7);
    trace = base_log_dup_trace ();
    g_strchomp (trace);
    g_test_message ("%s", trace);
    g_assert_true (g_str_has_suffix (trace, cases[i].kept));
    g_assert_null (strstr (trace, secret));
  }
  hide_behind_long ();
}

static void
test_hide (void)
{
  if (g_test_subprocess ()) {
    hide ();
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static void
test_keep (void)
{
  if (g_test_subprocess ()) {
    keep ();
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

void
test_log_add (void)
{
  g_test_add_func ("/base/log/trace", test_trace);
  g_test_add_func ("/base/log/keep", test_keep);
  g_test_add_func ("/base/log/hide", test_hide);
}
