/* What all targets check. */
#include "fuzz.h"

#include <string.h>

void
fuzz_check_text (const char *text)
{
  g_assert_nonnull (text);
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

char *
fuzz_words (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    const char *stop =
        *c == '<' && (g_str_has_prefix (c, "<http") || g_str_has_prefix (c, "<mailto:"))
            ? strchr (c, '>')
            : NULL;

    if (stop != NULL)
      c = stop;
    if (g_unichar_isalnum (g_utf8_get_char (c)))
      g_string_append_unichar (out, g_utf8_get_char (c));
  }
  return g_string_free (out, FALSE);
}
