/* Which part of a message is shown: all that is said of it is text, and the same again; what is quoted has the words of the HTML that is
 * shown. */
#include "fuzz.h"

#include <string.h>

#include "mime-html.h"
#include "mime-message.h"

static void
check_summary (MimeSummary *summary)
{
  fuzz_check_text (summary->subject);
  fuzz_check_text (summary->from_name);
  fuzz_check_text (summary->to);
  if (summary->preview != NULL) {
    fuzz_check_text (summary->preview);
    g_assert_null (strpbrk (summary->preview, "\r\n"));
  }
  mime_summary_free (summary);
}

static char *
all_words (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    if (g_unichar_isalnum (g_utf8_get_char (c)))
      g_string_append_unichar (out, g_utf8_get_char (c));
  }
  return g_string_free (out, FALSE);
}

/* A text/plain that has the same words is quoted in its place, and may show targets of links in its own way: there those count, too. */
static void
check_quote (const char *clean, const char *quote, const char *text)
{
  g_autofree char *read = mime_html_to_quote (clean);
  g_autofree char *read_words = fuzz_words (read), *words = fuzz_words (quote);

  if (strcmp (words, read_words) == 0)
    return;
  g_assert_cmpstr (quote, ==, text);
  g_autofree char *read_all = all_words (read), *all = all_words (quote);
  g_assert_cmpstr (all, ==, read_all);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, MIN (size, 64 * 1024));
  g_autoptr (MimeMessage) message = mime_message_new (bytes), again = mime_message_new (bytes);
  g_autofree char *subject = mime_message_get_header (message, "Subject");
  g_autofree char *clean = mime_message_get_clean_html (message, FALSE, NULL);
  g_autofree char *quote = mime_message_dup_quote (message);
  GPtrArray *parts = mime_message_get_parts (message);

  if (subject != NULL)
    fuzz_check_text (subject);
  fuzz_check_text (mime_message_get_text (message));
  g_assert_cmpstr (mime_message_get_text (message), ==, mime_message_get_text (again));
  g_assert_cmpstr (mime_message_get_html (message), ==, mime_message_get_html (again));
  g_assert_true ((clean != NULL) == (quote != NULL));
  if (quote != NULL) {
    fuzz_check_text (clean);
    fuzz_check_text (quote);
    check_quote (clean, quote, mime_message_get_text (message));
  }
  for (guint i = 0; i < parts->len && i < 200; i++) {
    const MimePart *part = parts->pdata[i];
    g_autoptr (GBytes) content = mime_message_get_part_content (message, i);

    g_assert_nonnull (content);
    fuzz_check_text (part->name);
    g_assert_null (strchr (part->name, '/'));
  }
  check_summary (mime_summary_from_message (bytes));
  check_summary (mime_summary_from_header (bytes));
  return 0;
}
