/* Marks of direction (UAX #9).  Any thread; must accept any text. */
#include "ui-direction.h"

#include <pango/pango.h>
#include <string.h>

#define RIGHT_TO_LEFT_MARK "\u200f"
#define LEFT_TO_RIGHT_MARK "\u200e"

static gboolean
has_right_to_left (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (pango_unichar_direction (g_utf8_get_char (text)) == PANGO_DIRECTION_RTL)
      return TRUE;
  return FALSE;
}

/* As long as an address or a link may be: what no Arabic word has, without the end of the sentence behind it. */
static gsize
get_run (const char *text)
{
  gsize length = 0;

  while (text[length] > ' ' && text[length] < 0x7f)
    length++;
  while (length > 0 && strchr (".,:;!?)'\"", text[length - 1]) != NULL)
    length--;
  return length;
}

static gboolean
is_address (const char *run, gsize length)
{
  return memchr (run, '@', length) != NULL || g_strstr_len (run, (gssize)length, "://") != NULL;
}

static void
append_marked (GString *marked, const char *text)
{
  while (*text != '\0') {
    gsize length = get_run (text);
    gboolean done = g_str_has_suffix (marked->str, LEFT_TO_RIGHT_MARK);

    if (length > 0 && is_address (text, length) && !done) {
      g_string_append (marked, LEFT_TO_RIGHT_MARK);
      g_string_append_len (marked, text, (gssize)length);
      g_string_append (marked, LEFT_TO_RIGHT_MARK);
    } else {
      length = length > 0 ? length : (gsize)(g_utf8_next_char (text) - text);
      g_string_append_len (marked, text, (gssize)length);
    }
    text += length;
  }
}

char *
ui_direction_mark (const char *text, const char *markup)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_auto (GStrv) written = g_strsplit (markup != NULL ? markup : text, "\n", -1);
  g_autoptr (GString) marked = g_string_new (NULL);

  if (g_strv_length (lines) != g_strv_length (written))
    return NULL;
  for (guint i = 0; lines[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c (marked, '\n');
    if (has_right_to_left (lines[i])) {
      if (pango_find_base_dir (lines[i], -1) == PANGO_DIRECTION_LTR)
        g_string_append (marked, RIGHT_TO_LEFT_MARK);
      if (markup == NULL) {
        append_marked (marked, written[i]);
        continue;
      }
    }
    g_string_append (marked, written[i]);
  }
  return g_str_equal (marked->str, markup != NULL ? markup : text) ? NULL : g_strdup (marked->str);
}
