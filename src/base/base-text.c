/* Text tools: repair, one line, folding, sizes, safe file names.  Pure, any thread; must accept any bytes and
 * never read further than it needs (a preview of a 50 MB body looks at its first hundred characters). */
#include "base-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_NAME      200 /* octets: file systems take 255, and a suffix such as " (2)" must still fit */
#define MAX_EXTENSION 20
#define MAX_SIZED     500 /* octets of room for a line from the start */
#define REPLACEMENT   0xFFFD
#define ZWNJ          0x200C
#define ZWJ           0x200D

/* GLib 2.74 makes the locale that numbers are read by when the first one is read.  Where two threads do so at the same moment, one has to wait, and what
 * errno says of that is taken for a mistake in the text (g_ascii_string_to_unsigned ()): a port was none, a UID broke the connection.  So the first one is
 * read before there are threads, in every program that has this layer in it. */
__attribute__ ((constructor)) static void
read_first_number (void)
{
  (void)g_ascii_strtoull ("0", NULL, 10);
}

char *
base_text_repair (const char *text, gssize length)
{
  if (text == NULL)
    return g_strdup ("");

  return g_utf8_make_valid (text, length);
}

/* Next character of any bytes; a bad byte is one U+FFFD. */
static gunichar
next_char (const char **text)
{
  gunichar c = g_utf8_get_char_validated (*text, -1);

  if (c == (gunichar)-1 || c == (gunichar)-2) {
    (*text)++;
    return REPLACEMENT;
  }

  *text = g_utf8_next_char (*text);
  return c;
}

static gboolean
is_space (gunichar c)
{
  if (c < 0x80)
    return c <= ' ' || c == 0x7f;
  switch ((int)g_unichar_type (c)) {
  case G_UNICODE_CONTROL:
  case G_UNICODE_LINE_SEPARATOR:
  case G_UNICODE_PARAGRAPH_SEPARATOR:
  case G_UNICODE_SPACE_SEPARATOR:
    return TRUE;
  default:
    return FALSE;
  }
}

/* Characters that take no room on screen but change what others look like (bidi overrides), or that newsletters
 * use by the hundred to push text out of the preview. */
static gboolean
is_invisible (gunichar c)
{
  switch (c) {
  case 0x034F: /* combining grapheme joiner */
  case 0x115F: /* Hangul fillers */
  case 0x1160:
  case 0x2800: /* empty Braille */
  case 0x3164:
  case 0xFFA0:
    return TRUE;
  case 0x06DD: /* signs that Unicode calls "format" but that are seen */
  case 0x070F:
  case 0x08E2:
    return FALSE;
  default:
    return g_unichar_type (c) == G_UNICODE_FORMAT && !(c >= 0x0600 && c <= 0x0605);
  }
}

static gboolean
is_plain (char c)
{
  return c > ' ' && c < 0x7f;
}

static gboolean
is_continuation (char c)
{
  return ((guchar)c & 0xc0) == 0x80;
}

/* Octets at the start of `text` that stay as they are, at most `max` characters (*n): ASCII with single spaces between, and
 * the Han and Hangul of U+4000 to U+CFFF, where nothing is a space or invisible. */
static gsize
span_plain (const char *text, gsize max, gsize *n)
{
  gsize at = 0, count = 0;

  for (; count < max; count++) {
    guchar lead = (guchar)text[at];

    if (is_plain (text[at]))
      at++;
    else if (lead >= 0xe4 && lead <= 0xec && is_continuation (text[at + 1])
             && is_continuation (text[at + 2]))
      at += 3;
    else if (lead == ' ' && at > 0 && count + 1 < max && is_plain (text[at + 1]))
      at++;
    else
      break;
  }
  *n = count;
  return at;
}

char *
base_text_one_line (const char *text, gsize max_chars)
{
  g_autoptr (GString) line =
      g_string_sized_new (text != NULL ? strnlen (text, MIN (max_chars, MAX_SIZED)) : 0);
  gboolean space = FALSE; /* a space is due before the next visible character */
  gunichar joiner = 0;    /* so is a joiner: it means something only between two visible ones */
  gsize count = 0;

  while (text != NULL && *text != '\0' && count < max_chars) {
    const char *start = text;
    gunichar c;

    /* Most of most texts: as it is. */
    if (!space && joiner == 0) {
      gsize n = 0, plain = span_plain (text, max_chars - count, &n);

      g_string_append_len (line, text, (gssize)plain);
      text += plain;
      count += n;
      if (plain > 0)
        continue;
    }
    c = next_char (&text);
    if (is_space (c)) {
      space = line->len > 0;
      joiner = 0;
      continue;
    }
    if (c == ZWJ || c == ZWNJ) {
      joiner = line->len > 0 && !space ? c : 0;
      continue;
    }
    if (is_invisible (c))
      continue;

    if (space || joiner != 0) {
      if (count + 1 >= max_chars)
        break;
      g_string_append_unichar (line, space ? ' ' : joiner);
      count++;
      space = FALSE;
      joiner = 0;
    }
    if (c == REPLACEMENT)
      g_string_append_unichar (line, c);
    else
      g_string_append_len (line, start, text - start);
    count++;
  }

  return g_string_free (g_steal_pointer (&line), FALSE);
}

gboolean
base_text_is_blank (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (!g_unichar_isspace (g_utf8_get_char (text)))
      return FALSE;
  return TRUE;
}

char *
base_text_fold (const char *text)
{
  g_autofree char *valid = base_text_repair (text, -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  g_autofree char *folded = g_utf8_casefold (composed, -1);

  /* Folding may take a composed character apart again. */
  return g_utf8_normalize (folded, -1, G_NORMALIZE_NFC);
}

char *
base_text_size (guint64 octets)
{
  return g_format_size (octets);
}

char *
base_text_list (const char *const *words, guint most)
{
  g_autoptr (GString) list = g_string_new (NULL);
  guint n = g_strv_length ((char **)words);

  for (guint i = 0; i < MIN (n, most); i++)
    g_string_append_printf (list, "%s%s", i > 0 ? _ (", ") : "", words[i]);
  if (n > most)
    g_string_append_printf (list, ngettext (" and %'u more", " and %'u more", n - most), n - most);
  return g_strdup (list->str);
}

/* The part behind the last separator that has something behind it. */
static char *
last_part (const char *name)
{
  g_auto (GStrv) parts = g_strsplit_set (name, "/\\", -1);

  for (guint i = g_strv_length (parts); i > 0; i--) {
    g_strstrip (parts[i - 1]);
    if (parts[i - 1][0] != '\0')
      return g_strdup (parts[i - 1]);
  }

  return g_strdup ("");
}

/* Names that Windows takes for devices, whatever their extension: files get copied to shares and sticks. */
static gboolean
is_device (const char *name)
{
  static const char *const plain[] = { "con", "prn", "aux", "nul", NULL };
  g_autofree char *stem = g_ascii_strdown (name, (gssize)strcspn (name, "."));

  g_strchomp (stem);
  if (g_strv_contains (plain, stem))
    return TRUE;

  return (g_str_has_prefix (stem, "com") || g_str_has_prefix (stem, "lpt")) && strlen (stem) == 4
         && g_ascii_isdigit (stem[3]) && stem[3] != '0';
}

/* Cuts at a character so that at most `octets` stay. */
static void
cut (GString *text, gsize octets)
{
  if (text->len <= octets)
    return;
  while (octets > 0 && (text->str[octets] & 0xC0) == 0x80)
    octets--;
  g_string_truncate (text, octets);
}

static void
shorten (GString *name)
{
  const char *dot = strrchr (name->str, '.');
  g_autofree char *extension = NULL;

  if (name->len <= MAX_NAME)
    return;

  extension = dot != NULL && strlen (dot) <= MAX_EXTENSION ? g_strdup (dot) : g_strdup ("");
  cut (name, MAX_NAME - strlen (extension));
  g_string_append (name, extension);
}

char *
base_text_file_name (const char *name, const char *fallback)
{
  g_autofree char *valid = base_text_repair (name, -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  g_autofree char *part = last_part (composed);
  g_autoptr (GString) safe = g_string_new (NULL);

  for (const char *at = part; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (is_invisible (c))
      continue;
    if (is_space (c))
      c = ' ';
    else if (c < 0x80 && strchr (":*?\"<>|", (int)c) != NULL)
      c = '_';
    /* Leading dots hide a file; leading spaces hide the dots. */
    if (safe->len == 0 && (c == '.' || c == ' '))
      continue;
    g_string_append_unichar (safe, c);
  }

  shorten (safe);
  while (safe->len > 0 && (safe->str[safe->len - 1] == '.' || safe->str[safe->len - 1] == ' '))
    g_string_truncate (safe, safe->len - 1);
  if (safe->len == 0)
    return g_strdup (fallback);
  if (is_device (safe->str))
    g_string_prepend_c (safe, '_');

  return g_string_free (g_steal_pointer (&safe), FALSE);
}
