/* Cleans CSS by an allow-list of properties and of functions inside values.
 *
 * Whatever could fetch (url (), @import, @font-face, image-set ()), lie over other content (position, z-index, transform), hide text or
 * turn it round (mime-css-seen.c; mime-hidden-private.h says why) or be read in two ways (escapes, '<') is left out, the declaration with it.  Not a CSS parser: it only cuts at ';', '{' and '}'
 * outside of strings and parentheses and keeps what it fully understands.  Runs on any thread; linear. */
#include "mime-css-private.h"

#include <string.h>

#include "mime-css-seen-private.h"

#define MAX_VALUE    600
#define MAX_SELECTOR 2000
#define MAX_LEAST    2000 /* pixels of a height that is kept */

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
  "overflow-wrap",
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
  "vertical-align",
  "white-space",
  "width",
  "word-break",
  "word-spacing",
  "word-wrap",
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

/* Shares of the height of a view that is as high as its content would grow with it, without end. */
static gboolean
has_height_unit (const char *lower)
{
  static const char *const units[] = { "vh", "vmin", "vmax", "vb" };

  for (const char *at = lower; *at != '\0'; at++) {
    if (!g_ascii_isdigit (*at) && *at != '.')
      continue;
    const char *unit = at + 1;
    if (strchr ("sld", *unit) != NULL && *unit != '\0')
      unit++; /* svh, lvh, dvh */
    for (guint i = 0; i < G_N_ELEMENTS (units); i++) {
      if (g_str_has_prefix (unit, units[i]))
        return TRUE;
    }
  }
  return FALSE;
}

static gboolean
declaration_is_safe (const char *name, const char *value, gboolean in_sheet, double room)
{
  g_autofree char *lower = g_ascii_strdown (value, -1);

  if (!is_listed (name, properties, G_N_ELEMENTS (properties)) || value[0] == '\0'
      || strlen (value) > MAX_VALUE)
    return FALSE;
  if (strstr (lower, "expression") != NULL || strstr (lower, "javascript") != NULL
      || strstr (lower, "url") != NULL)
    return FALSE;
  /* In a style attribute it stays, for what it does to white space: the text in it is dealt with by who knows the tree */
  if (in_sheet && strcmp (name, "font-size") == 0 && mime_css_is_tiny (lower))
    return FALSE;
  return value_is_safe (value) && !has_height_unit (lower)
         && !mime_css_declaration_hides (name, lower, room);
}

/* `css` without comments. */
static void
each_declaration (const char *css, gsize length, MimeCssDeclarationFunc func, gpointer user_data)
{
  const char *at = css, *end = css + length;

  while (at < end) {
    const char *stop = find_stop (at, end, ";"), *colon = memchr (at, ':', (gsize)(stop - at));

    if (colon != NULL) {
      g_autofree char *raw_name = g_strndup (at, (gsize)(colon - at));
      g_autofree char *name = g_ascii_strdown (g_strstrip (raw_name), -1);
      g_autofree char *value = g_strstrip (g_strndup (colon + 1, (gsize)(stop - colon - 1)));

      func (name, value, user_data);
    }
    at = stop + 1;
  }
}

void
mime_css_each_declaration (const char *css, gsize length, MimeCssDeclarationFunc func,
                           gpointer user_data)
{
  g_autofree char *plain = strip_comments (css, length);

  each_declaration (plain, strlen (plain), func, user_data);
}

typedef struct
{
  GString *out;
  gboolean in_sheet, first;
  gboolean passing;          /* only what changes no text: it comes and goes */
  gboolean plain;            /* no ink, no paper */
  gboolean keeps, has_least; /* a height becomes a least height; one is said already */
  const char *ink;
  double room;
} Append;

static void
append (Append *self, const char *name, const char *value)
{
  if (!self->first)
    g_string_append_c (self->out, ';');
  g_string_append (self->out, name);
  g_string_append_c (self->out, ':');
  g_string_append (self->out, value);
  self->first = FALSE;
}

static void
append_declaration (const char *name, const char *value, gpointer user_data)
{
  Append *self = user_data;

  if (!declaration_is_safe (name, value, self->in_sheet, self->room)
      || (self->passing && !g_str_has_prefix (name, "text-decoration"))
      || (self->plain && mime_css_is_colour (name))
      || (self->ink != NULL && strcmp (name, "color") == 0))
    return;
  append (self, name, value);
  /* What is higher than that is not cut, and yet the room is there (ui-web-page.css) */
  if (self->keeps && !self->has_least && strcmp (name, "height") == 0 && g_ascii_isdigit (value[0])
      && strchr (value, '%') == NULL && mime_css_pixels (value) <= MAX_LEAST)
    append (self, "min-height", value);
}

static void
look_for_least (const char *name, const char *value, gpointer user_data)
{
  Append *self = user_data;

  self->has_least = self->has_least || strcmp (name, "min-height") == 0;
}

char *
mime_css_clean_declarations (const char *css, gsize length, gboolean of_picture, const char *ink)
{
  g_autofree char *plain = strip_comments (css, length);
  Append self = { .out = g_string_new (NULL),
                  .first = TRUE,
                  .keeps = !of_picture,
                  .ink = ink,
                  .room = mime_css_room (plain, strlen (plain)) };

  each_declaration (plain, strlen (plain), look_for_least, &self);
  each_declaration (plain, strlen (plain), append_declaration, &self);
  if (ink != NULL)
    append (&self, "color", ink);
  return g_string_free (self.out, FALSE);
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

/* Conditions on the width of the view and on the colour scheme.  Of others some hold when a message is read and not when it is
 * printed or answered. */
static gboolean
condition_is_allowed (const char *prelude)
{
  static const char *const words[] = { "all", "and", "only", "screen" };
  static const char *const features[] = { "max-device-width", "max-width", "min-device-width",
                                          "min-width", "prefers-color-scheme" };
  g_autofree char *lower = g_ascii_strdown (prelude + strlen ("@media"), -1);

  for (const char *c = lower; *c != '\0';) {
    gsize length = strspn (c, "abcdefghijklmnopqrstuvwxyz-");

    if (length > 0) {
      g_autofree char *word = g_strndup (c, length);

      if (!is_listed (word, words, G_N_ELEMENTS (words)))
        return FALSE;
      c += length;
    } else if (*c == '(') {
      const char *stop = strchr (c, ')');
      g_autofree char *name = NULL;

      c += 1 + strspn (c + 1, " ");
      length = strspn (c, "abcdefghijklmnopqrstuvwxyz-");
      name = g_strndup (c, length);
      if (stop == NULL || !is_listed (name, features, G_N_ELEMENTS (features)))
        return FALSE;
      for (c += length; c < stop; c++) {
        if (!g_ascii_isalnum (*c) && strchr (" :.-", *c) == NULL)
          return FALSE;
      }
      c = stop + 1;
    } else if (*c == ' ' || *c == ',') {
      c++;
    } else {
      return FALSE;
    }
  }
  return TRUE;
}

typedef struct
{
  void (*begin) (const char *prelude,
                 gpointer user_data); /* NULL: what is in @media does not matter */
  void (*end) (gpointer user_data);
  MimeCssRuleFunc rule;
  gpointer user_data;
} Rules;

/* Passes over a block with all that is nested in it; `at` stands behind its '{'. */
static const char *
skip_block (const char *at, const char *end)
{
  int depth = 1;

  for (; at < end && depth > 0; at++) {
    at = find_stop (at, end, "{}");
    if (at == end)
      return end;
    depth += *at == '{' ? 1 : -1;
  }
  return at;
}

/* Reads rules up to the end or an unmatched '}'. Returns where it stopped. */
static const char *
each_rule (const char *at, const char *end, gboolean nested, const Rules *rules)
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
    if (rules->begin != NULL && g_ascii_strncasecmp (prelude, "@media", 6) == 0 && !nested) {
      rules->begin (prelude, rules->user_data);
      at = each_rule (block, end, TRUE, rules);
      rules->end (rules->user_data);
      continue;
    }
    if (prelude[0] == '@') {
      at = skip_block (block, end);
      continue;
    }
    block_end = find_stop (block, end, "{}");
    if (prelude_is_safe (prelude) && (block_end == end || *block_end == '}'))
      rules->rule (prelude, block, (gsize)(block_end - block), rules->user_data);
    at = block_end < end && *block_end == '}' ? block_end + 1 : block_end;
    if (at < end && *block_end == '{')
      at = block_end + 1;
  }
  return at;
}

void
mime_css_each_rule (const char *css, gsize length, MimeCssRuleFunc func, gpointer user_data)
{
  g_autofree char *plain = strip_comments (css, length);
  const Rules rules = { NULL, NULL, func, user_data };

  each_rule (plain, plain + strlen (plain), FALSE, &rules);
}

typedef struct
{
  GString *out;
  gsize before, start; /* of the condition that is open */
  gboolean allowed, by_width;
} Sheet;

/* What holds on the screen holds on paper. */
static char *
dup_condition (const char *prelude)
{
  GString *out = g_string_new (NULL);

  for (const char *c = prelude; *c != '\0';) {
    gsize length = strspn (c, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");

    if (length == strlen ("screen") && g_ascii_strncasecmp (c, "screen", length) == 0)
      g_string_append (out, "all");
    else
      g_string_append_len (out, c, (gssize)MAX (length, 1));
    c += MAX (length, 1);
  }
  return g_string_free (out, FALSE);
}

static void
begin_condition (const char *prelude, gpointer user_data)
{
  Sheet *sheet = user_data;

  sheet->before = sheet->out->len;
  sheet->allowed = prelude_is_safe (prelude + 1) && condition_is_allowed (prelude);
  sheet->by_width = strcasestr (prelude, "width") != NULL;
  g_autofree char *condition = dup_condition (prelude);
  g_string_append_printf (sheet->out, "%s{\n", condition);
  sheet->start = sheet->out->len;
}

static void
end_condition (gpointer user_data)
{
  Sheet *sheet = user_data;

  if (sheet->out->len == sheet->start || !sheet->allowed)
    g_string_truncate (sheet->out, sheet->before);
  else
    g_string_append (sheet->out, "}\n");
  sheet->by_width = FALSE;
}

static void
append_rule (const char *prelude, const char *block, gsize length, gpointer user_data)
{
  Sheet *sheet = user_data;
  gsize before = sheet->out->len, start;
  Append self = { .out = sheet->out,
                  .in_sheet = TRUE,
                  .first = TRUE,
                  .plain = sheet->by_width,
                  .passing = mime_css_selector_changes (prelude),
                  .room = mime_css_room (block, length) };

  g_string_append_printf (sheet->out, "%s{", prelude);
  start = sheet->out->len;
  each_declaration (block, length, append_declaration, &self);
  if (sheet->out->len == start)
    g_string_truncate (sheet->out, before);
  else
    g_string_append (sheet->out, "}\n");
}

char *
mime_css_clean_sheet (const char *css, gsize length)
{
  g_autofree char *plain = strip_comments (css, length);
  Sheet sheet = { .out = g_string_new (NULL) };
  const Rules rules = { begin_condition, end_condition, append_rule, &sheet };

  each_rule (plain, plain + strlen (plain), FALSE, &rules);
  return g_string_free (sheet.out, FALSE);
}
