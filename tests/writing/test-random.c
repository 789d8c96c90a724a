/* What was written is what is read: texts at random, in a dozen scripts. */
#include "test-writing.h"

#include <string.h>

#include "base-text.h"
#include "mime-build.h"
#include "mime-message.h"

#define ROUNDS 2500

/* First and last letter of each. */
static const gunichar scripts[][2] = {
  { 'a', 'z' },         { 0xe0, 0xff },       { 0x3b1, 0x3c9 },   { 0x430, 0x44f },
  { 0x5d0, 0x5ea },     { 0x627, 0x64a },     { 0x905, 0x939 },   { 0xe01, 0xe2e },
  { 0x10d0, 0x10f0 },   { 0x3041, 0x3096 },   { 0x4e00, 0x9fa5 }, { 0xac00, 0xd7a3 },
  { 0x1f600, 0x1f64f }, { 0x20000, 0x2a6d6 }, { 0x1ea0, 0x1ef9 },
};

static const char *const oddities[] = {
  "=", "?=", "=?utf-8?Q?x?=", "..",    ".",  "\"",  "\\",    "<",  ">",  ";", ",", ":",   "@",
  "(", ")",  "%41",           "&amp;", "--", "-- ", "From ", "~{", "\t", "'", "é́", "‍",
};

static void
append_word (GString *text, gboolean odd)
{
  const gunichar *script = scripts[g_test_rand_int_range (0, G_N_ELEMENTS (scripts))];
  int length = g_test_rand_int_range (1, g_test_rand_int_range (0, 20) == 0 ? 90 : 9);

  if (odd && g_test_rand_int_range (0, 6) == 0)
    g_string_append (text, oddities[g_test_rand_int_range (0, G_N_ELEMENTS (oddities))]);
  for (int i = 0; i < length; i++)
    g_string_append_unichar (
        text, script[0] + (gunichar)g_test_rand_int_range (0, (gint32)(script[1] - script[0]) + 1));
}

/* One line; neither blank at its ends. */
static char *
make_line (int words, gboolean odd)
{
  GString *text = g_string_new (NULL);

  for (int i = g_test_rand_int_range (1, words + 1); i > 0; i--) {
    append_word (text, odd);
    if (i > 1)
      g_string_append (text, g_test_rand_int_range (0, 12) == 0 ? "  " : " ");
  }
  return g_string_free (text, FALSE);
}

static char *
make_text (gboolean *flowed)
{
  GString *text = g_string_new (NULL);

  *flowed = FALSE;
  for (int lines = g_test_rand_int_range (0, 12); lines > 0; lines--) {
    g_autofree char *line = make_line (g_test_rand_int_range (0, 4) == 0 ? 40 : 8, TRUE);

    for (int depth = g_test_rand_int_range (-6, 4); depth > 0; depth--)
      g_string_append (text, depth == 1 ? "> " : ">");
    if (g_test_rand_int_range (0, 10) == 0)
      g_string_append (text, "   ");
    g_string_append (text, line);
    if (g_test_rand_int_range (0, 10) == 0)
      g_string_append_c (text, ' ');
    g_string_append_c (text, '\n');
    if (g_test_rand_int_range (0, 5) == 0)
      g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

/* What does not count: spaces at the ends of lines, and those around the marks of quotes. */
static char *
squeeze (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    char *line = g_strchomp (lines[i]), *to = line, *at = line;
    gsize marks = strspn (line, " >");

    if (memchr (line, '>', marks) == NULL)
      continue;
    for (; at < line + marks; at++)
      if (*at == '>')
        *to++ = '>';
    memmove (to, at, strlen (at) + 1);
  }
  return g_strjoinv ("\n", lines);
}

static void
check_round (void)
{
  g_autoptr (MimeDraft) draft = mime_draft_new ();
  g_autoptr (MimeMessage) message = NULL;
  g_autoptr (GPtrArray) from = NULL, to = NULL, cc = NULL;
  g_autoptr (GBytes) bytes = NULL, content = NULL, back = NULL;
  g_autofree char *name = make_line (5, TRUE), *other = make_line (3, TRUE),
                  *subject = make_line (20, TRUE), *file = make_line (6, TRUE);
  g_autofree char *got_subject = NULL, *html = NULL, *escaped = NULL, *safe_name = NULL,
                  *wanted = NULL, *got = NULL, *one_line = NULL, *one_name = NULL;
  g_autoptr (GError) error = NULL;
  gboolean flowed, has_html = g_test_rand_bit (), has_file = g_test_rand_bit ();
  GPtrArray *parts;

  g_strdelimit (name, "\t", ' ');
  for (char *at = name; (at = strstr (at, "=?")) != NULL;)
    *at =
        '-'; /* what is typed into a field of addresses may have been copied from a header, and is read like one */
  one_name = base_text_one_line (name, 10000);
  g_strdelimit (other, "\t", ' ');
  g_strdelimit (subject, "\t", ' ');
  g_strstrip (name);
  g_strstrip (subject);
  draft->from_name = g_strdup (name);
  draft->from_address = g_strdup ("hong@example.org");
  draft->to = mime_address_to_string (name, "kim@example.org");
  draft->cc = g_strdup ("a@example.org, b@example.org");
  draft->subject = g_strdup (subject);
  draft->text = make_text (&flowed);
  draft->message_id = g_strdup ("<1@example.org>");
  escaped = g_markup_escape_text (other, -1);
  html = g_strdup_printf ("<p>%s</p> <p>%s</p>", escaped, escaped);
  if (has_html)
    draft->html = g_strdup (html);
  content = g_bytes_new (draft->text, strlen (draft->text));
  if (has_file) {
    draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_attachment_free);
    g_ptr_array_add (draft->attachments, mime_attachment_new (file, "application/x-any", content));
  }
  bytes = mime_build (draft, &error);
  g_assert_no_error (error);

  message = mime_message_new (bytes);
  got_subject = mime_message_get_header (message, "Subject");
  one_line = base_text_one_line (subject, 10000);
  g_assert_cmpstr (got_subject, ==, one_line); /* several spaces are shown as one */
  from = mime_message_get_addresses (message, "From");
  g_assert_cmpuint (from->len, ==, 1);
  g_assert_cmpstr (((MimeAddress *)from->pdata[0])->name, ==, one_name);
  g_assert_cmpstr (((MimeAddress *)from->pdata[0])->address, ==, "hong@example.org");
  to = mime_message_get_addresses (message, "To");
  g_assert_cmpuint (to->len, ==, 1);
  g_assert_cmpstr (((MimeAddress *)to->pdata[0])->name, ==, one_name);
  g_assert_cmpstr (((MimeAddress *)to->pdata[0])->address, ==, "kim@example.org");
  cc = mime_message_get_addresses (message, "Cc");
  g_assert_cmpuint (cc->len, ==, 2);
  wanted = squeeze (draft->text);
  got = squeeze (mime_message_get_text (message));
  for (gsize at = 0, line = 0; wanted[at] != '\0'; at++) {
    if (wanted[at] == '\n')
      line = at + 1;
    if (got[at] != wanted[at])
      g_error ("“%.*s” became “%.*s”", (int)strcspn (wanted + line, "\n"), wanted + line,
               (int)strcspn (got + line, "\n"), got + line);
  }
  g_assert_cmpuint (strlen (got), ==, strlen (wanted));
  if (has_html)
    g_assert_nonnull (strstr (mime_message_get_html (message), html));
  else
    g_assert_null (mime_message_get_html (message));
  parts = mime_message_get_parts (message);
  g_assert_cmpuint (parts->len, ==, 1 + (has_html ? 1 : 0) + (has_file ? 1 : 0));
  if (!has_file)
    return;
  safe_name = base_text_file_name (file, "x");
  g_assert_cmpstr (((MimePart *)parts->pdata[parts->len - 1])->name, ==, safe_name);
  back = mime_message_get_part_content (message, parts->len - 1);
  g_assert_true (g_bytes_equal (back, content));
}

static void
test_round_trip (void)
{
  for (guint round = 0; round < ROUNDS; round++)
    check_round ();
}

void
add_random_tests (void)
{
  g_test_add_func ("/writing/random/round-trip", test_round_trip);
}
