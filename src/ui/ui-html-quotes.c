/* Folds the quotes of clean HTML.  Any thread.  It relies on what the cleaner writes: every element is closed, attributes are in double quotes, no
 * comments; it only adds elements of its own, and takes nothing away. */
#include "ui-html-quotes.h"

#include <string.h>

#define LENGTH_MAX (2 * 1024 * 1024)

static gboolean
is_void (const char *name, gsize length)
{
  static const char *const names[] = { "br", "col", "hr", "img", "wbr", "meta" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strlen (names[i]) == length && strncmp (names[i], name, length) == 0)
      return TRUE;
  return FALSE;
}

/* The value of an attribute within a tag, NULL when it has none; *length octets. */
static const char *
find_attribute (const char *tag, gsize tag_length, const char *name, gsize *length)
{
  g_autofree char *key = g_strconcat (" ", name, "=\"", NULL);
  const char *found = g_strstr_len (tag, (gssize)tag_length, key);
  if (!found)
    return NULL;
  found += strlen (key);
  const char *end = memchr (found, '"', (gsize)(tag + tag_length - found));
  if (!end)
    return NULL;
  *length = (gsize)(end - found);
  return found;
}

/* An element that a mail program puts around what is answered. */
static gboolean
is_quote (const char *tag, gsize length)
{
  static const char *const classes[] = { "gmail_quote",    "gmail_quote_container",
                                         "yahoo_quoted",   "protonmail_quote",
                                         "moz-quote-pre",  "zmail_extra",
                                         "tutanota_quote", "sosik_quoted" };
  gsize value_length;
  const char *value;

  if (length > 11 && strncmp (tag, "<blockquote", 11) == 0) {
    value = find_attribute (tag, length, "type", &value_length);
    if (value && value_length == 4 && g_ascii_strncasecmp (value, "cite", 4) == 0)
      return TRUE;
  }
  value = find_attribute (tag, length, "class", &value_length);
  if (!value)
    return FALSE;
  g_autofree char *all = g_strndup (value, value_length);
  g_auto (GStrv) words = g_strsplit (all, " ", -1);
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (g_strv_contains ((const char *const *)words, classes[i]))
      return TRUE;
  return FALSE;
}

/* After the tag at `at`, whose attributes may hold '>'. */
static const char *
tag_end (const char *at, const char *end)
{
  gboolean quoted = FALSE;
  for (; at < end; at++) {
    if (*at == '"')
      quoted = !quoted;
    else if (*at == '>' && !quoted)
      return at + 1;
  }
  return end;
}

/* Words of the sender: not blanks, nor the spaces that editors leave. */
static gboolean
has_words (const char *at, const char *end)
{
  for (; at < end; at++) {
    if (g_ascii_isspace (*at))
      continue;
    if (end - at >= 6 && strncmp (at, "&nbsp;", 6) == 0)
      at += 5;
    else if (end - at >= 2 && (guchar)at[0] == 0xc2 && (guchar)at[1] == 0xa0)
      at += 1;
    else
      return TRUE;
  }
  return FALSE;
}

char *
ui_html_quotes_fold (const char *html, const char *label)
{
  gsize length = strlen (html);
  if (length > LENGTH_MAX)
    return NULL;
  const char *end = html + length, *at = html, *body = strstr (html, "<body");
  g_autofree char *summary = g_markup_escape_text (label, -1);
  g_autoptr (GString) out = g_string_sized_new (length + 256);
  gboolean words = FALSE;
  guint depth = 0, quote = 0, n = 0; /* quote: the depth of the one that is open */

  if (body) {
    at = tag_end (body, end);
    g_string_append_len (out, html, at - html);
  }
  while (at < end) {
    const char *open = memchr (at, '<', (gsize)(end - at));
    if (!open)
      open = end;
    if (quote == 0 && has_words (at, open))
      words = TRUE;
    g_string_append_len (out, at, open - at);
    if (open == end)
      break;
    const char *after = tag_end (open, end);
    gsize tag_length = (gsize)(after - open);
    const char *name = open + 1;
    gsize name_length = strcspn (name, " />\t\n");
    at = after;
    if (*name == '/') {
      g_string_append_len (out, open, (gssize)tag_length);
      if (quote != 0 && depth == quote) {
        g_string_append (out, "</details>");
        quote = 0;
      }
      depth -= depth > 0;
      continue;
    }
    if (is_void (name, name_length)) {
      g_string_append_len (out, open, (gssize)tag_length);
      continue;
    }
    depth++;
    if (quote == 0 && words && is_quote (open, tag_length)) {
      g_string_append_printf (
          out,
          "<details class=\"sosik-quote\"><summary title=\"%s\" aria-label=\"%s\">•••</summary>",
          summary, summary);
      quote = depth;
      n++;
    }
    g_string_append_len (out, open, (gssize)tag_length);
    if (name_length == 5 && strncmp (name, "style", 5) == 0) {
      const char *close = g_strstr_len (at, end - at, "</style");
      if (!close)
        close = end;
      g_string_append_len (out, at, close - at);
      at = close;
    }
  }
  return n > 0 && quote == 0 ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}
