/* Cleans CSS by an allow-list of properties and of functions inside values.
 *
 * Whatever could fetch (url (), @import, @font-face, image-set ()), lie over other content (position, z-index, transform) or
 * be read in two ways (escapes, '<') is left out, the declaration with it.  Not a CSS parser: it only cuts at ';', '{' and '}'
 * outside of strings and parentheses and keeps what it fully understands.  Runs on any thread; linear. */
#include "mime-css-private.h"

#include <string.h>

#define MAX_VALUE    600
#define MAX_SELECTOR 2000

/* Sorted, for bsearch (). */
static const char *const properties[] = {
  "background",
  "background-color",
  "border",
  "border-bottom",
  "border-bottom-color",
  "border-bottom-left-radius",
  "border-bottom-right-radius",
  "border-bottom-style",
  "border-bottom-width",
  "border-collapse",
  "border-color",
  "border-left",
  "border-left-color",
  "border-left-style",
  "border-left-width",
  "border-radius",
  "border-right",
  "border-right-color",
  "border-right-style",
  "border-right-width",
  "border-spacing",
  "border-style",
  "border-top",
  "border-top-color",
  "border-top-left-radius",
  "border-top-right-radius",
  "border-top-style",
  "border-top-width",
  "border-width",
  "box-sizing",
  "caption-side",
  "clear",
  "color",
  "column-gap",
  "direction",
  "display",
  "empty-cells",
  "flex",
  "flex-basis",
  "flex-direction",
  "flex-grow",
  "flex-shrink",
  "flex-wrap",
  "float",
  "font",
  "font-family",
  "font-size",
  "font-style",
  "font-variant",
  "font-weight",
  "gap",
  "height",
  "hyphens",
  "justify-content",
  "letter-spacing",
  "line-break",
  "line-height",
  "list-style",
  "list-style-position",
  "list-style-type",
  "margin",
  "margin-bottom",
  "margin-left",
  "margin-right",
  "margin-top",
  "max-height",
  "max-width",
  "min-height",
  "min-width",
  "opacity",
  "overflow",
  "overflow-wrap",
  "overflow-x",
  "overflow-y",
  "padding",
  "padding-bottom",
  "padding-left",
  "padding-right",
  "padding-top",
  "row-gap",
  "table-layout",
  "text-align",
  "text-decoration",
  "text-decoration-color",
  "text-decoration-line",
  "text-decoration-style",
  "text-indent",
  "text-transform",
  "unicode-bidi",
  "vertical-align",
  "visibility",
  "white-space",
  "width",
  "word-break",
  "word-spacing",
  "word-wrap",
  "writing-mode",
};

static const char *const functions[] = { "calc", "clamp", "hsl", "hsla", "linear-gradient",
                                         "max",  "min",   "rgb", "rgba" };

static int
compare_names (const void *key, const void *item)
{
  return strcmp (key, *(const char *const *)item);
}

static gboolean
is_listed (const char *name, const char *const *list, gsize count)
{
  return bsearch (name, list, count, sizeof list[0], compare_names) != NULL;
}

/* Copy without comments; white space and control characters become one space, outside of strings too few to matter. */
static char *
strip_comments (const char *css, gsize length)
{
  GString *out = g_string_sized_new (length);
  const char *end = css + length;

  for (const char *c = css; c < end; c++) {
    if (*c == '/' && c + 1 < end && c[1] == '*') {
      const char *stop = g_strstr_len (c + 2, end - c - 2, "*/");

      if (stop == NULL)
        break;
      c = stop + 1;
      g_string_append_c (out, ' ');
    } else if ((guint8)*c <= ' ' || *c == 0x7f) {
      if (out->len > 0 && out->str[out->len - 1] != ' ')
        g_string_append_c (out, ' ');
    } else if (g_str_has_prefix (c, "<!--")) {
      c += 3;
    } else if (g_str_has_prefix (c, "-->")) {
      c += 2;
    } else {
      g_string_append_c (out, *c);
    }
  }
  return g_string_free (out, FALSE);
}

/* First of `stops` outside of strings and parentheses, or the end. */
static const char *
find_stop (const char *at, const char *end, const char *stops)
{
  int depth = 0;
  char quote = 0;

  for (; at < end; at++) {
    if (quote != 0) {
      if (*at == '\\' && at + 1 < end)
        at++;
      else if (*at == quote)
        quote = 0;
      continue;
    }
    /* A brace ends whatever parentheses were left open. */
    if (strchr (stops, *at) != NULL && (depth == 0 || *at == '{' || *at == '}'))
      return at;
    if (*at == '"' || *at == '\'')
      quote = *at;
    else if (*at == '(')
      depth++;
    else if (*at == ')' && depth > 0)
      depth--;
  }
  return end;
}

/* True when the value has nothing but plain words, numbers, strings and listed functions. */
static gboolean
value_is_safe (const char *value)
{
  int depth = 0;
  char quote = 0;
  const char *word = value;

  for (const char *c = value; *c != '\0'; c++) {
    if (strchr ("\\<>{};@&`", *c) != NULL)
      return FALSE;
    if (quote != 0) {
      if (*c == quote)
        quote = 0;
      else if (strchr ("():/", *c) != NULL)
        return FALSE;
      continue;
    }
    if (g_ascii_isalnum (*c) || *c == '-' || *c == '_')
      continue;
    if (*c == '(') {
      g_autofree char *name = g_ascii_strdown (word, c - word);

      if (name[0] != '\0' ? !is_listed (name, functions, G_N_ELEMENTS (functions)) : depth == 0)
        return FALSE;
      depth++;
    } else if (*c == ')') {
      if (--depth < 0)
        return FALSE;
    } else if (*c == '"' || *c == '\'') {
      quote = *c;
    } else if (*c == ':' || *c == '=' || *c == '$' || *c == '^' || *c == '~' || *c == '|'
               || *c == '?' || *c == '[') {
      return FALSE;
    }
    word = c + 1;
  }
  return depth == 0 && quote == 0;
}

static gboolean
declaration_is_safe (const char *name, const char *value)
{
  g_autofree char *lower = g_ascii_strdown (value, -1);

  if (!is_listed (name, properties, G_N_ELEMENTS (properties)) || value[0] == '\0'
      || strlen (value) > MAX_VALUE)
    return FALSE;
  if (strstr (lower, "expression") != NULL || strstr (lower, "javascript") != NULL
      || strstr (lower, "url") != NULL)
    return FALSE;
  return value_is_safe (value);
}

/* `css` without comments. */
static void
append_declarations (GString *out, const char *css, gsize length)
{
  const char *at = css, *end = css + length;
  gboolean first = TRUE;

  while (at < end) {
    const char *stop = find_stop (at, end, ";"), *colon = memchr (at, ':', (gsize)(stop - at));

    if (colon != NULL) {
      g_autofree char *raw_name = g_strndup (at, (gsize)(colon - at));
      g_autofree char *name = g_ascii_strdown (g_strstrip (raw_name), -1);
      g_autofree char *value = g_strstrip (g_strndup (colon + 1, (gsize)(stop - colon - 1)));

      if (declaration_is_safe (name, value)) {
        g_string_append_printf (out, "%s%s:%s", first ? "" : ";", name, value);
        first = FALSE;
      }
    }
    at = stop + 1;
  }
}

char *
mime_css_clean_declarations (const char *css, gsize length)
{
  g_autofree char *plain = strip_comments (css, length);
  GString *out = g_string_new (NULL);

  append_declarations (out, plain, strlen (plain));
  return g_string_free (out, FALSE);
}

/* Selectors and media queries: no strings, no escapes, nothing that needs them. */
static gboolean
prelude_is_safe (const char *text)
{
  int round = 0, square = 0;

  if (text[0] == '\0' || strlen (text) > MAX_SELECTOR)
    return FALSE;
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '(' || *c == ')')
      round += *c == '(' ? 1 : -1;
    else if (*c == '[' || *c == ']')
      square += *c == '[' ? 1 : -1;
    else if (!g_ascii_isalnum (*c) && strchr (" .#*,>+~:-_=/^$|", *c) == NULL)
      return FALSE;
    if (round < 0 || square < 0)
      return FALSE;
  }
  return round == 0 && square == 0;
}

/* Reads rules up to the end or an unmatched '}'. Returns where it stopped. */
static const char *
append_rules (GString *out, const char *at, const char *end, gboolean nested)
{
  while (at < end) {
    const char *stop = find_stop (at, end, "{};"), *block, *block_end;
    g_autofree char *prelude = g_strstrip (g_strndup (at, (gsize)(stop - at)));

    if (stop == end)
      return end;
    if (*stop == '}') {
      at = stop + 1;
      if (nested)
        return at;
      continue;
    }
    if (*stop == ';') {
      /* "@import …;": gone; a stray declaration: gone too */
      at = stop + 1;
      continue;
    }
    block = stop + 1;
    if (g_ascii_strncasecmp (prelude, "@media", 6) == 0 && !nested) {
      gsize before = out->len, start;

      g_string_append_printf (out, "%s{\n", prelude);
      start = out->len;
      at = append_rules (out, block, end, TRUE);
      if (out->len == start || !prelude_is_safe (prelude + 1))
        g_string_truncate (out, before);
      else
        g_string_append (out, "}\n");
      continue;
    }
    if (prelude[0] == '@') {
      /* Another at-rule: pass over its block with all that is nested in it. */
      int depth = 1;

      for (at = block; at < end && depth > 0; at++) {
        at = find_stop (at, end, "{}");
        if (at == end)
          return end;
        depth += *at == '{' ? 1 : -1;
      }
      continue;
    }
    block_end = find_stop (block, end, "{}");
    if (prelude_is_safe (prelude) && (block_end == end || *block_end == '}')) {
      gsize before = out->len, start;

      g_string_append_printf (out, "%s{", prelude);
      start = out->len;
      append_declarations (out, block, (gsize)(block_end - block));
      if (out->len == start)
        g_string_truncate (out, before);
      else
        g_string_append (out, "}\n");
    }
    at = block_end < end && *block_end == '}' ? block_end + 1 : block_end;
    if (at < end && *block_end == '{')
      at = block_end + 1;
  }
  return at;
}

char *
mime_css_clean_sheet (const char *css, gsize length)
{
  g_autofree char *plain = strip_comments (css, length);
  GString *out = g_string_new (NULL);

  append_rules (out, plain, plain + strlen (plain), FALSE);
  return g_string_free (out, FALSE);
}

gboolean
mime_css_hides (const char *css)
{
  g_autofree char *clean = mime_css_clean_declarations (css, strlen (css));
  g_auto (GStrv) parts = g_strsplit (clean, ";", -1);

  for (guint i = 0; parts[i] != NULL; i++) {
    g_autofree char *lower = g_ascii_strdown (parts[i], -1);

    if (g_str_has_prefix (lower, "display:none") || strcmp (lower, "visibility:hidden") == 0)
      return TRUE;
  }
  return FALSE;
}
