/* Cleaning HTML: twice is once; nothing is left that fetches, runs or hides; its text is the text of what came. */
#include "fuzz.h"

#include <string.h>

#include "mime-charset-private.h"
#include "mime-html.h"

/* No tag holds any of them, as a name or in an attribute that a browser follows. */
static void
check_tags (const char *clean)
{
  static const char *const never[] = { "<script",
                                       "<iframe",
                                       "<object",
                                       "<embed",
                                       "<link",
                                       "<base",
                                       "<form",
                                       "<input",
                                       "<svg",
                                       "<video",
                                       "<audio",
                                       "<frame",
                                       "<title",
                                       "<select",
                                       "<textarea",
                                       " srcset=",
                                       " srcdoc=",
                                       " action=",
                                       " background=",
                                       " poster=",
                                       " ping=",
                                       " http-equiv=",
                                       " href=\"javascript",
                                       " href=\"data",
                                       " href=\"file",
                                       " src=\"http",
                                       " src=\"file",
                                       " src=\"javascript" };

  for (const char *at = clean; (at = strchr (at, '<')) != NULL;) {
    const char *end = strchr (at, '>');
    g_autofree char *tag = NULL;
    gboolean quoted = FALSE;
    GString *bare = g_string_new (NULL), *names = g_string_new (NULL);

    g_assert_nonnull (end);
    tag = g_strndup (at, (gsize)(end - at));
    /* Names of attributes, and the first letters of what they say */
    for (const char *c = tag; *c != '\0'; c++) {
      if (*c == '"') {
        if (!quoted)
          g_string_append_len (bare, c, (gssize)MIN (strlen (c), 14));
        quoted = !quoted;
      } else if (!quoted) {
        g_string_append_c (bare, *c);
        g_string_append_c (names, *c);
      }
    }
    g_assert_false (quoted);
    for (gsize i = 0; i < G_N_ELEMENTS (never); i++) {
      if (strcasestr (strchr (never[i], '"') != NULL ? bare->str : names->str, never[i]) != NULL)
        g_error ("%s in %s", never[i], tag);
    }
    for (const char *c = names->str; (c = strcasestr (c, " on")) != NULL; c++) {
      if (c[3 + strspn (c + 3, "abcdefghijklmnopqrstuvwxyz")] == '=')
        g_error ("an event in %s", tag);
    }
    g_string_free (bare, TRUE);
    g_string_free (names, TRUE);
    at = end;
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *html = mime_charset_to_utf8 ("UTF-8", data, MIN (size, 64 * 1024));
  g_autofree char *text = mime_html_to_text (html), *quote = mime_html_to_quote (html);
  g_autofree char *words = fuzz_words (quote);

  fuzz_check_text (text);
  for (int remote = 0; remote < 2; remote++) {
    g_autofree char *clean = mime_html_clean (html, remote, NULL, NULL, NULL);
    g_autofree char *twice = mime_html_clean (clean, remote, NULL, NULL, NULL);
    g_autofree char *read = mime_html_to_quote (clean), *read_words = fuzz_words (read);

    fuzz_check_text (clean);
    g_assert_cmpstr (clean, ==, twice);
    g_assert_cmpstr (read_words, ==, words);
    check_tags (clean);
  }
  return 0;
}
