/* Feeds HTML to libxml2's parser and hands on its events.
 *
 * libxml2's parser walks all open elements for many a tag and compares each attribute of a tag with all others, so 100,000
 * nested elements or attributes would take minutes, and its tree gives up at depth 256 and drops the rest of the mail.
 * Hence events instead of a tree, and a sieve before the parser that leaves out the tags and attributes beyond a limit,
 * together with comments, scripts and declarations, which nobody here wants.  The sieve guards time only: what is safe is
 * decided by who gets the events.  Runs on any thread. */
#include "mime-html-parse-private.h"

#include <string.h>
#include <libxml/HTMLparser.h>

#define MAX_DEPTH      300
#define MAX_ATTRIBUTES 60
#define WRAPPER        "sosik-root" /* an element around everything, which the events leave out */
#define UNKNOWN        "sosik-unknown"
#define OWN            "sosik-"          /* before the name of a list in a list */
#define MAX_TAG_LENGTH (2 * 1024 * 1024) /* pictures as data: may stand in a tag */

/* ---- the sieve ---- */

typedef struct
{
  char name[16]; /* cut: compared only with names cut alike */
  int priority;
} OpenTag;

typedef struct
{
  const char *at, *end;
  GString *out;
  OpenTag open[MAX_DEPTH];
  guint depth;
} Sieve;

static const char *const void_tags[] = { "area",  "base",    "basefont", "bgsound", "br",
                                         "col",   "embed",   "frame",    "hr",      "img",
                                         "input", "isindex", "keygen",   "link",    "meta",
                                         "param", "source",  "track",    "wbr" };
/* Of these libxml2 does not know that nothing is in them. */
static const char *const void_unknown[] = {
  "bgsound", "embed", "keygen", "source", "track", "wbr"
};
static const char *const self_closing[] = { "p", "li", "dt", "dd", "td", "th", "tr", "option" };

static gboolean
is_one_of (const char *name, const char *const *names, gsize count)
{
  for (gsize i = 0; i < count; i++) {
    if (strcmp (name, names[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

/* How much an end tag may close: the parser lets it close only what is not higher. */
static int
end_priority (const char *name)
{
  static const struct
  {
    const char *name;
    int priority;
  } table[] = { { "div", 150 },   { "td", 160 },    { "th", 160 },    { "tr", 170 },
                { "thead", 180 }, { "tbody", 180 }, { "tfoot", 180 }, { "table", 190 },
                { "head", 200 },  { "body", 200 },  { "html", 220 } };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    if (strcmp (name, table[i].name) == 0)
      return table[i].priority;
  }
  return 100;
}

/* Keeps count of what the parser will have open, never less. False when the tag must not reach it. */
static gboolean
sieve_start (Sieve *sieve, const char *name)
{
  OpenTag *tag;

  if (is_one_of (name, void_tags, G_N_ELEMENTS (void_tags)))
    return TRUE;
  if (sieve->depth > 0 && strcmp (sieve->open[sieve->depth - 1].name, name) == 0
      && is_one_of (name, self_closing, G_N_ELEMENTS (self_closing)))
    return TRUE;
  if (sieve->depth == MAX_DEPTH)
    return FALSE;
  tag = &sieve->open[sieve->depth++];
  g_strlcpy (tag->name, name, sizeof tag->name);
  tag->priority = end_priority (name);
  return TRUE;
}

static void
sieve_end (Sieve *sieve, const char *name)
{
  int priority = end_priority (name);

  for (guint i = sieve->depth; i > 0; i--) {
    if (strcmp (sieve->open[i - 1].name, name) == 0) {
      sieve->depth = i - 1;
      return;
    }
    if (sieve->open[i - 1].priority > priority)
      return;
  }
}

/* Skips a quoted or bare attribute value. */
static const char *
skip_value (const char *at, const char *end)
{
  if (at < end && (*at == '"' || *at == '\'')) {
    const char *quote = memchr (at + 1, *at, (gsize)(end - at - 1));

    return quote != NULL ? quote + 1 : end;
  }
  while (at < end && !g_ascii_isspace (*at) && *at != '>')
    at++;
  return at;
}

/* Copies a start tag's attributes up to the limit; at stands behind the name.  The tag is rebuilt, so that the parser
 * cannot see another end of it than we do. */
static void
sieve_attributes (Sieve *sieve, gboolean keep)
{
  guint count = 0;
  gsize length = 0;

  while (sieve->at < sieve->end && *sieve->at != '>') {
    const char *name = sieve->at, *name_end, *value = NULL;

    if (g_ascii_isspace (*name) || *name == '/' || *name == '=' || *name == '"' || *name == '\''
        || *name == '<') {
      sieve->at++;
      continue;
    }
    while (sieve->at < sieve->end && !g_ascii_isspace (*sieve->at)
           && strchr ("=>/\"'<", *sieve->at) == NULL)
      sieve->at++;
    name_end = sieve->at;
    while (sieve->at < sieve->end && g_ascii_isspace (*sieve->at))
      sieve->at++;
    if (sieve->at < sieve->end && *sieve->at == '=') {
      sieve->at++;
      while (sieve->at < sieve->end && g_ascii_isspace (*sieve->at))
        sieve->at++;
      value = sieve->at;
      sieve->at = skip_value (value, sieve->end);
    } else {
      sieve->at = name_end;
    }
    length += (gsize)(sieve->at - name);
    if (!keep || ++count > MAX_ATTRIBUTES || length > MAX_TAG_LENGTH)
      continue;
    g_string_append_c (sieve->out, ' ');
    g_string_append_len (sieve->out, name, name_end - name);
    if (value != NULL) {
      gsize value_length = (gsize)(sieve->at - value);
      char quote = value_length >= 2 && (*value == '"' || *value == '\'')
                           && value[value_length - 1] == *value
                       ? *value
                       : 0;

      if (quote != 0) {
        value++;
        value_length -= 2;
      }
      g_string_append (sieve->out, "=\"");
      for (gsize i = 0; i < value_length; i++) {
        if (value[i] == '"')
          g_string_append (sieve->out, "&quot;");
        else if (value[i] == '<')
          g_string_append (sieve->out, "&lt;");
        else
          g_string_append_c (sieve->out, value[i]);
      }
      g_string_append_c (sieve->out, '"');
    }
  }
  if (sieve->at < sieve->end)
    sieve->at++;
}

/* Where the raw content of script or style ends: at its end tag or at the end of all. */
static const char *
raw_end (const char *at, const char *end, const char *name)
{
  gsize length = strlen (name);

  for (const char *c = at; (c = memchr (c, '<', (gsize)(end - c))) != NULL; c++) {
    if ((gsize)(end - c) > length + 2 && c[1] == '/'
        && g_ascii_strncasecmp (c + 2, name, length) == 0 && !g_ascii_isalnum (c[length + 2]))
      return c;
  }
  return end;
}

static void
skip_declaration (Sieve *sieve)
{
  const char *at = sieve->at, *stop;

  if (sieve->end - at >= 4 && memcmp (at, "<!--", 4) == 0) {
    /* "<!-->" and "<!--->" are whole comments to a browser, and "--!>" ends one. */
    if (at + 4 < sieve->end && at[4] == '>') {
      sieve->at += 5;
      return;
    }
    for (const char *c = at + 4; (c = memchr (c, '>', (gsize)(sieve->end - c))) != NULL; c++) {
      if ((c[-1] == '-' && c[-2] == '-')
          || (c - at >= 7 && c[-1] == '!' && c[-2] == '-' && c[-3] == '-')) {
        sieve->at = c + 1;
        return;
      }
    }
    sieve->at = sieve->end;
    return;
  }
  stop = memchr (at, '>', (gsize)(sieve->end - at));
  sieve->at = stop != NULL ? stop + 1 : sieve->end;
}

static gboolean
is_plain_name (const char *at, const char *end)
{
  for (; at < end; at++) {
    if (!g_ascii_isalnum (*at) && strchr (":-_.", *at) == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_list (const char *name)
{
  static const char *const lists[] = { "ol", "ul", OWN "ol", OWN "ul" };

  return is_one_of (name, lists, G_N_ELEMENTS (lists));
}

/* A list right in a list (so are they written by many) ends that one, for libxml2; under a name that it does not know it does not. */
static gboolean
is_inner_list (const Sieve *sieve, const char *name, gboolean closing)
{
  if (!is_list (name) || g_str_has_prefix (name, OWN) || sieve->depth == 0)
    return FALSE;
  if (!closing)
    return is_list (sieve->open[sieve->depth - 1].name);
  for (guint i = sieve->depth; i > 0; i--) {
    const char *open = sieve->open[i - 1].name;

    if (is_list (open) && g_str_has_suffix (open, name))
      return g_str_has_prefix (open, OWN);
  }
  return FALSE;
}

static void
sieve_tag (Sieve *sieve)
{
  const char *at = sieve->at + 1;
  gboolean closing = at < sieve->end && *at == '/', keep;
  char name[16];
  gsize length = 0;
  const char *start;

  if (closing)
    at++;
  start = at;
  while (at < sieve->end && !g_ascii_isspace (*at) && *at != '>' && *at != '/' && *at != '<') {
    if (length + 1 < sizeof name)
      name[length++] = g_ascii_tolower (*at);
    at++;
  }
  name[length] = '\0';
  sieve->at = at;
  /* libxml2 would read another name than a browser, which knows none like this */
  if (!is_plain_name (start, at)) {
    start = UNKNOWN;
    at = start + strlen (UNKNOWN);
    g_strlcpy (name, UNKNOWN, sizeof name);
  }
  if (is_inner_list (sieve, name, closing)) {
    start = *name == 'o' ? OWN "ol" : OWN "ul";
    at = start + strlen (start);
    g_strlcpy (name, start, sizeof name);
  }
  if (closing) {
    const char *stop;

    sieve_end (sieve, name);
    stop = memchr (sieve->at, '>', (gsize)(sieve->end - sieve->at));
    sieve->at = stop != NULL ? stop + 1 : sieve->end;
    g_string_append (sieve->out, "</");
    g_string_append_len (sieve->out, start, at - start);
    g_string_append_c (sieve->out, '>');
    return;
  }
  if (strcmp (name, "script") == 0) {
    sieve_attributes (sieve, FALSE);
    sieve->at = raw_end (sieve->at, sieve->end, name);
    skip_declaration (sieve);
    return;
  }
  if (strcmp (name, "meta") == 0 || strcmp (name, "base") == 0 || strcmp (name, "link") == 0
      || strcmp (name, "plaintext") == 0) {
    sieve_attributes (sieve, FALSE);
    return;
  }
  keep = strcmp (name, "style") == 0 || sieve_start (sieve, name);
  if (keep) {
    g_string_append_c (sieve->out, '<');
    g_string_append_len (sieve->out, start, at - start);
  }
  sieve_attributes (sieve, keep);
  if (keep)
    g_string_append_c (sieve->out, '>');
  if (keep && is_one_of (name, void_unknown, G_N_ELEMENTS (void_unknown)))
    g_string_append_printf (sieve->out, "</%s>", name);
  if (strcmp (name, "style") == 0) {
    const char *stop = raw_end (sieve->at, sieve->end, name);

    /* CSS needs no '<'; without it there is one way only to see where the style ends. */
    for (const char *c = sieve->at; c < stop; c++) {
      if (*c != '<')
        g_string_append_c (sieve->out, *c);
    }
    g_string_append (sieve->out, "</style>");
    sieve->at = stop;
    skip_declaration (sieve);
  }
}

static char *
sieve_html (const char *html, gsize length)
{
  Sieve *sieve = g_new0 (Sieve, 1);
  char *result;

  sieve->at = html;
  sieve->end = html + length;
  sieve->out = g_string_sized_new (length + 64);
  /* Text outside of any element would get a paragraph that nobody wrote. */
  g_string_append (sieve->out, "<" WRAPPER ">");
  while (sieve->at < sieve->end) {
    const char *mark = memchr (sieve->at, '<', (gsize)(sieve->end - sieve->at));
    const char *stop = mark != NULL ? mark : sieve->end;

    g_string_append_len (sieve->out, sieve->at, stop - sieve->at);
    sieve->at = stop;
    if (mark == NULL)
      break;
    if (mark + 1 < sieve->end && (mark[1] == '!' || mark[1] == '?')) {
      skip_declaration (sieve);
    } else if (mark + 1 < sieve->end
               && (g_ascii_isalpha (mark[1])
                   || (mark[1] == '/' && mark + 2 < sieve->end && g_ascii_isalpha (mark[2])))) {
      sieve_tag (sieve);
    } else {
      g_string_append (sieve->out, "&lt;");
      sieve->at++;
    }
  }
  result = g_string_free (sieve->out, FALSE);
  g_free (sieve);
  return result;
}

/* ---- libxml2 ---- */

typedef struct
{
  const MimeHtmlEvents *events;
  gpointer user_data;
  guint depth;
  gboolean wrapped; /* the outermost open element is ours */
} Parse;

static void
on_start (void *data, const xmlChar *name, const xmlChar **attributes)
{
  Parse *parse = data;
  gboolean wrapper = parse->depth == 0 && strcmp ((const char *)name, WRAPPER) == 0;
  g_autofree char *lower = g_ascii_strdown ((const char *)name, -1);
  const char *pairs[2 * MAX_ATTRIBUTES + 1];
  guint count = 0;

  for (guint i = 0; attributes != NULL && attributes[i] != NULL && count < 2 * MAX_ATTRIBUTES;
       i += 2) {
    pairs[count++] = (const char *)attributes[i];
    pairs[count++] = attributes[i + 1] != NULL ? (const char *)attributes[i + 1] : "";
  }
  pairs[count] = NULL;
  parse->depth++;
  if (is_list (lower) && g_str_has_prefix (lower, OWN))
    memmove (lower, lower + strlen (OWN), strlen (lower + strlen (OWN)) + 1);
  if (wrapper) {
    parse->wrapped = TRUE;
    return;
  }
  parse->events->start (lower, count > 0 ? pairs : NULL, parse->user_data);
}

static void
on_end (void *data, G_GNUC_UNUSED const xmlChar *name)
{
  Parse *parse = data;

  if (parse->depth == 0)
    return;
  parse->depth--;
  if (parse->depth == 0 && parse->wrapped)
    parse->wrapped = FALSE;
  else
    parse->events->end (parse->user_data);
}

static void
on_text (void *data, const xmlChar *text, int length)
{
  Parse *parse = data;

  if (length > 0)
    parse->events->text ((const char *)text, (gsize)length, parse->user_data);
}

static gpointer
init_libxml (G_GNUC_UNUSED gpointer data)
{
  xmlInitParser ();
  return NULL;
}

void
mime_html_parse (const char *html, const MimeHtmlEvents *events, gpointer user_data)
{
  static GOnce once = G_ONCE_INIT;
  xmlSAXHandler handler = { .startElement = on_start,
                            .endElement = on_end,
                            .characters = on_text,
                            .ignorableWhitespace = on_text,
                            .cdataBlock = on_text };
  Parse parse = { events, user_data, 0, FALSE };
  g_autofree char *sieved = sieve_html (html, strlen (html));
  gsize length = strlen (sieved);
  htmlParserCtxtPtr context;
  htmlDocPtr document;

  g_once (&once, init_libxml, NULL);
  if (length == 0 || length > G_MAXINT)
    return;
  context = htmlNewParserCtxt ();
  if (context == NULL)
    return;
  memcpy (context->sax, &handler, sizeof handler);
  context->userData = &parse;
  document =
      htmlCtxtReadMemory (context, sieved, (int)length, NULL, "UTF-8",
                          HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING
                              | HTML_PARSE_NONET | HTML_PARSE_NOIMPLIED | HTML_PARSE_IGNORE_ENC);
  if (document != NULL)
    xmlFreeDoc (document);
  htmlFreeParserCtxt (context);
  while (parse.depth > 0)
    on_end (&parse, NULL);
}

const char *
mime_html_attribute (const char **attributes, const char *name)
{
  for (guint i = 0; attributes != NULL && attributes[i] != NULL; i += 2) {
    if (g_ascii_strcasecmp (attributes[i], name) == 0)
      return attributes[i + 1];
  }
  return NULL;
}

gboolean
mime_html_is_blank (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++) {
    if ((guint8)text[i] > ' ')
      return FALSE;
  }
  return TRUE;
}

char *
mime_html_normal_url (const char *url)
{
  GString *out = g_string_new (NULL);
  g_autofree char *trimmed = NULL;

  for (const char *c = url; *c != '\0'; c++) {
    if ((guint8)*c >= ' ' && *c != 0x7f)
      g_string_append_c (out, *c);
  }
  trimmed = g_strstrip (g_string_free (out, FALSE));
  if (g_str_has_prefix (trimmed, "//"))
    return g_strconcat ("https:", trimmed, NULL);
  return g_steal_pointer (&trimmed);
}
