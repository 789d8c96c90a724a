/* Cleaning HTML: builds a new document out of allowed elements, attributes and CSS, and of nothing else.
 *
 * What goes out is written here, character by character, from the parser's events: there is no tree of the stranger's left
 * to forget something in.  The output must not fetch, run, submit or cover anything, and cleaning it again must not change it
 * (else what a browser makes of it could differ from what was judged).  Runs on any thread. */
#include "mime-html.h"

#include <string.h>

#include "mime-css-private.h"
#include "mime-hidden-private.h"
#include "mime-html-parse-private.h"
#include "mime-ink-private.h"
#include "mime-look-private.h"
#include "mime-styles-private.h"
#include "mime-tracker-private.h"

#define MAX_PASSES    4
#define BLOCKED_CLASS "sosik-blocked"

/* ---- lists; each sorted ---- */

static const char *const elements[] = {
  "a",        "abbr",       "acronym", "address", "article", "aside",   "b",     "bdi",
  "big",      "blockquote", "br",      "caption", "center",  "cite",    "code",  "col",
  "colgroup", "dd",         "del",     "dfn",     "dir",     "div",     "dl",    "dt",
  "em",       "figcaption", "figure",  "font",    "footer",  "h1",      "h2",    "h3",
  "h4",       "h5",         "h6",      "header",  "hr",      "i",       "img",   "ins",
  "kbd",      "li",         "main",    "mark",    "nav",     "ol",      "p",     "pre",
  "q",        "rt",         "ruby",    "s",       "samp",    "section", "small", "span",
  "strike",   "strong",     "sub",     "sup",     "table",   "tbody",   "td",    "tfoot",
  "th",       "thead",      "time",    "tr",      "tt",      "u",       "ul",    "var",
  "wbr",
};

/* Gone, what is in them stays where it is. */
static const char *const transparent[] = {
  "body", "frameset", "head", "html", "noscript", "picture"
};

/* Attributes whose value is free text or checked below. */
static const char *const attributes_allowed[] = {
  "abbr",        "align", "alt",    "axis",    "bgcolor", "border",   "cellpadding",
  "cellspacing", "char",  "class",  "clear",   "color",   "colspan",  "compact",
  "datetime",    "dir",   "face",   "frame",   "headers", "height",   "hspace",
  "id",          "lang",  "link",   "noshade", "nowrap",  "reversed", "rowspan",
  "rules",       "scope", "size",   "span",    "start",   "summary",  "text",
  "title",       "type",  "valign", "value",   "vlink",   "vspace",   "width",
};

static const char *const void_elements[] = { "br", "col", "hr", "img", "wbr" };

static int
compare_names (const void *key, const void *item)
{
  return strcmp (key, *(const char *const *)item);
}

#define LISTED(name, list)                                                                         \
  (bsearch ((name), (list), G_N_ELEMENTS (list), sizeof (list)[0], compare_names) != NULL)

/* ---- one pass ---- */

typedef enum
{
  OPEN_DROPPED,     /* inside of it nothing goes out */
  OPEN_TRANSPARENT, /* nothing to close */
  OPEN_WRITTEN,
  OPEN_STYLE,
} OpenKind;

typedef struct
{
  OpenKind kind;
  MimeSize size; /* of the text right in it */
  MimeInk ink;
  char name[12];
} OpenElement;

typedef struct
{
  /* Owned */
  GString *body, *sheet;
  GString *style_text;   /* raw text of the style element that is open */
  char *body_attributes; /* of the first body element */
  GArray *open;          /* of OpenElement */
  guint dropping;        /* how many open elements are OPEN_DROPPED */
  gboolean in_style;
  MimeHidden hidden;
  MimeStyles styles;
  MimeHtmlFacts facts;
  guint tables, pictures;
  gboolean paints, adapts;
  gboolean has_sheet; /* it may say what nobody here knows: whom it means takes a tree */
  /* Borrowed */
  gboolean allow_remote;
  MimeHtmlCidFunc cid_func;
  gpointer user_data;
  GHashTable *given; /* what cid_func gave: may stand in src again */
} Clean;

static void
append_escaped (GString *out, const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++) {
    gsize plain = i;

    while (plain < length && (guint8)text[plain] >= ' ' && strchr ("&<>\"", text[plain]) == NULL)
      plain++;
    g_string_append_len (out, text + i, (gssize)(plain - i));
    i = plain;
    if (i == length)
      break;
    switch (text[i]) {
    case '&':
      g_string_append (out, "&amp;");
      break;
    case '<':
      g_string_append (out, "&lt;");
      break;
    case '>':
      g_string_append (out, "&gt;");
      break;
    case '"':
      g_string_append (out, "&quot;");
      break;
    default:
      /* A control character is no text, and what parsers make of it differs. */
      if (text[i] == '\n' || text[i] == '\t')
        g_string_append_c (out, text[i]);
    }
  }
}

static void
append_attribute (GString *out, const char *name, const char *value)
{
  g_string_append_c (out, ' ');
  g_string_append (out, name);
  g_string_append (out, "=\"");
  append_escaped (out, value, strlen (value));
  g_string_append_c (out, '"');
}

static gboolean
has_scheme (const char *url, const char *scheme)
{
  return g_ascii_strncasecmp (url, scheme, strlen (scheme)) == 0;
}

static gboolean
is_remote (const char *url)
{
  return has_scheme (url, "http://") || has_scheme (url, "https://");
}

static gboolean
is_inline_picture (const char *url)
{
  static const char *const types[] = { "png", "jpeg", "jpg", "gif", "webp", "bmp" };

  if (!has_scheme (url, "data:image/"))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    gsize length = strlen (types[i]);

    if (g_ascii_strncasecmp (url + 11, types[i], length) == 0
        && (url[11 + length] == ';' || url[11 + length] == ','))
      return TRUE;
  }
  return FALSE;
}

/* What may stand in src for the picture at `src`; NULL when nothing may.  `remote` tells that it was left out for privacy. */
static char *
picture_url (Clean *clean, const char *src, gboolean *remote)
{
  g_autofree char *url = mime_html_normal_url (src);
  g_autofree char *target = NULL;

  *remote = FALSE;
  if (g_hash_table_contains (clean->given, url))
    return g_steal_pointer (&url);
  if (has_scheme (url, "cid:")) {
    g_autofree char *cid = g_uri_unescape_string (url + 4, NULL);
    char *given = clean->cid_func != NULL
                      ? clean->cid_func (cid != NULL ? cid : url + 4, clean->user_data)
                      : NULL;

    if (given != NULL)
      g_hash_table_add (clean->given, g_strdup (given));
    return given;
  }
  if (has_scheme (url, "sosik-cid:"))
    return url[10] != '\0' && strspn (url + 10, "0123456789") == strlen (url + 10)
               ? g_steal_pointer (&url)
               : NULL;
  if (is_inline_picture (url))
    return g_steal_pointer (&url);
  if (has_scheme (url, "sosik-remote:"))
    target = g_uri_unescape_string (url + 13, NULL);
  else
    target = g_strdup (url);
  if (target == NULL || !is_remote (target))
    return NULL;
  if (!clean->allow_remote) {
    *remote = TRUE;
    return NULL;
  }
  if (!has_scheme (url, "sosik-remote:"))
    clean->facts.blocked++;
  {
    g_autofree char *escaped = g_uri_escape_string (target, NULL, FALSE);

    return g_strconcat ("sosik-remote:", escaped, NULL);
  }
}

static gboolean
link_is_safe (const char *url)
{
  return is_remote (url) || (has_scheme (url, "mailto:") && url[7] != '\0');
}

/* What is open around; black on white at the beginning. */
static MimeInk
get_ink (const Clean *clean)
{
  return clean->open->len > 0 ? g_array_index (clean->open, OpenElement, clean->open->len - 1).ink
                              : mime_ink_begin ();
}

/* Attributes that every element may have.  `ink` is what text in it has, with them. */
static void
append_common (Clean *clean, GString *out, const char *name, const char **attributes, MimeInk *ink)
{
  const MimeInk outer = get_ink (clean);
  const char *style = mime_html_attribute (attributes, "style"), *needed = NULL, *css = "";
  gboolean picture = strcmp (name, "img") == 0;
  g_autofree char *own = NULL; /* that is like no other's */

  if (style == NULL)
    style = "";
  if (picture)
    css = own = mime_css_clean_declarations (style, strlen (style), TRUE, NULL);
  else if (style[0] != '\0')
    css = mime_styles_look_up (&clean->styles, style)->css;
  *ink = outer;
  if (!clean->has_sheet && !picture)
    needed = mime_ink_enter (ink, &outer, name, attributes, css);
  if (needed != NULL)
    css = own = mime_css_clean_declarations (style, strlen (style), FALSE, needed);
  for (guint i = 0; attributes != NULL && attributes[i] != NULL; i += 2) {
    g_autofree char *key = g_ascii_strdown (attributes[i], -1);

    if (strcmp (key, "style") == 0 && css[0] != '\0')
      append_attribute (out, "style", css);
    else if (LISTED (key, attributes_allowed) && !(picture && strcmp (key, "class") == 0))
      append_attribute (out, key, attributes[i + 1]);
  }
  if (mime_html_attribute (attributes, "style") == NULL && css[0] != '\0')
    append_attribute (out, "style", css);
}

/* Where a picture that only tells would be fetched from; NULL for any other. */
static char *
dup_tracker (const char **attributes, gboolean hidden)
{
  const char *src = mime_html_attribute (attributes, "src");
  g_autofree char *url = src != NULL ? mime_html_normal_url (src) : NULL;

  if (url == NULL)
    return NULL;
  if (has_scheme (url, "sosik-remote:")) {
    char *target = g_uri_unescape_string (url + 13, NULL);

    g_free (url);
    url = target;
  }
  if (url == NULL || !is_remote (url))
    return NULL;
  return hidden || mime_tracker_is_dot (attributes) || mime_tracker_knows (url)
             ? g_steal_pointer (&url)
             : NULL;
}

/* Never written, whatever was allowed. TRUE when it is one. */
static gboolean
count_tracker (Clean *clean, const char **attributes, gboolean hidden)
{
  char *tracker = dup_tracker (attributes, hidden);

  if (tracker == NULL)
    return FALSE;
  g_ptr_array_add (clean->facts.trackers, tracker);
  return TRUE;
}

static void
append_picture (Clean *clean, const char **attributes)
{
  const char *src = mime_html_attribute (attributes, "src"),
             *class = mime_html_attribute (attributes, "class");
  gboolean remote = FALSE;
  MimeInk ink;
  g_autofree char *url = src != NULL ? picture_url (clean, src, &remote) : NULL;

  append_common (clean, clean->body, "img", attributes, &ink);
  if (url != NULL)
    append_attribute (clean->body, "src", url);
  if (remote) {
    clean->facts.blocked++;
    append_attribute (clean->body, "class", BLOCKED_CLASS);
  } else if (class != NULL) {
    append_attribute (clean->body, "class", class);
  }
}

/* A layout: paper of its own under blocks, or pictures in tables. */
static void
look_at (Clean *clean, const char *name, const char **attributes)
{
  static const char *const inline_names[] = { "a", "b",    "code", "em",     "font",
                                              "i", "mark", "span", "strong", "u" };
  const char *colour = mime_html_attribute (attributes, "bgcolor"),
             *style = mime_html_attribute (attributes, "style");

  clean->tables += strcmp (name, "table") == 0;
  clean->pictures += strcmp (name, "img") == 0;
  if (clean->paints || LISTED (name, inline_names))
    return;
  clean->paints = (colour != NULL && !mime_look_is_paper (colour))
                  || (style != NULL && mime_look_paints (style, strlen (style)))
                  || mime_html_attribute (attributes, "background") != NULL;
}

static MimeSize
get_size (Clean *clean, const char *name, const char **attributes)
{
  MimeSize size = mime_hidden_get_size (&clean->styles, name, attributes),
           outer = clean->open->len > 0
                       ? g_array_index (clean->open, OpenElement, clean->open->len - 1).size
                       : MIME_SIZE_KEPT;

  if (size == MIME_SIZE_KEPT)
    return outer;
  return size == MIME_SIZE_UNKNOWN && outer != MIME_SIZE_NOTHING ? outer : size;
}

static void
on_start (const char *name, const char **attributes, gpointer user_data)
{
  Clean *clean = user_data;
  OpenElement open = { .kind = OPEN_WRITTEN, .ink = get_ink (clean) };
  gboolean hidden = mime_hidden_is (&clean->hidden, &clean->styles, attributes);

  if (strcmp (name, "img") == 0 && count_tracker (clean, attributes, hidden || clean->dropping > 0))
    hidden = TRUE;
  if (clean->dropping > 0 || mime_hidden_is_dropped (name) || hidden) {
    open.kind = OPEN_DROPPED;
    clean->dropping++;
  } else if (strcmp (name, "style") == 0) {
    open.kind = OPEN_STYLE;
    clean->in_style = TRUE;
    g_string_truncate (clean->style_text, 0);
  } else if (LISTED (name, transparent)) {
    open.kind = OPEN_TRANSPARENT;
    if (strcmp (name, "body") == 0 && clean->body_attributes == NULL) {
      GString *text = g_string_new (NULL);

      append_common (clean, text, name, attributes, &open.ink);
      clean->body_attributes = g_string_free (text, FALSE);
      look_at (clean, name, attributes);
    }
    open.size = get_size (clean, name, attributes);
  } else {
    static const char *const blocks[] = { "details", "fieldset", "form", "summary" };

    look_at (clean, name, attributes);
    open.size = get_size (clean, name, attributes);
    /* An unknown element stays an element, so that the structure around it stays what it was. */
    if (!LISTED (name, elements))
      name = LISTED (name, blocks) ? "div" : "span";
    g_strlcpy (open.name, name, sizeof open.name);
    g_string_append_c (clean->body, '<');
    g_string_append (clean->body, name);
    if (strcmp (name, "img") == 0) {
      append_picture (clean, attributes);
    } else {
      append_common (clean, clean->body, name, attributes, &open.ink);
      if (strcmp (name, "a") == 0) {
        const char *href = mime_html_attribute (attributes, "href");
        g_autofree char *url = href != NULL ? mime_html_normal_url (href) : NULL;

        if (url != NULL && link_is_safe (url)) {
          append_attribute (clean->body, "href", url);
          append_attribute (clean->body, "rel", "noopener noreferrer");
        }
      }
    }
    g_string_append_c (clean->body, '>');
  }
  g_array_append_val (clean->open, open);
}

static void
on_end (gpointer user_data)
{
  Clean *clean = user_data;
  OpenElement *open;

  if (clean->open->len == 0)
    return;
  open = &g_array_index (clean->open, OpenElement, clean->open->len - 1);
  switch (open->kind) {
  case OPEN_DROPPED:
    clean->dropping--;
    break;
  case OPEN_TRANSPARENT:
    break;
  case OPEN_STYLE: {
    g_autofree char *css = mime_css_clean_sheet (clean->style_text->str, clean->style_text->len);

    mime_hidden_add_sheet (&clean->hidden, clean->style_text->str, clean->style_text->len);
    clean->paints =
        clean->paints || mime_look_sheet_paints (clean->style_text->str, clean->style_text->len);
    clean->adapts = clean->adapts || strstr (css, "prefers-color-scheme") != NULL;
    g_string_append (clean->sheet, css);
    clean->in_style = FALSE;
    break;
  }
  case OPEN_WRITTEN:
    if (!LISTED (open->name, void_elements)) {
      g_string_append (clean->body, "</");
      g_string_append (clean->body, open->name);
      g_string_append_c (clean->body, '>');
    }
    break;
  }
  g_array_set_size (clean->open, clean->open->len - 1);
}

static void
on_text (const char *text, gsize length, gpointer user_data)
{
  Clean *clean = user_data;

  if (clean->dropping > 0)
    return;
  if (clean->in_style) {
    g_string_append_len (clean->style_text, text, (gssize)length);
    return;
  }
  MimeSize size = clean->open->len > 0
                      ? g_array_index (clean->open, OpenElement, clean->open->len - 1).size
                      : MIME_SIZE_KEPT;
  gboolean blank = mime_html_is_blank (text, length);

  /* Of a size that nobody reads: gone.  Where it is not known it gets one. */
  if (size == MIME_SIZE_NOTHING && !blank)
    return;
  if (size == MIME_SIZE_UNKNOWN && !blank)
    g_string_append (clean->body, "<span style=\"font-size:medium\">");
  append_escaped (clean->body, text, length);
  if (size == MIME_SIZE_UNKNOWN && !blank)
    g_string_append (clean->body, "</span>");
}

static char *
clean_once (const char *html, Clean *clean)
{
  static const MimeHtmlEvents events = { on_start, on_end, on_text };
  GString *out = g_string_sized_new (strlen (html) + 200);

  clean->body = g_string_sized_new (strlen (html));
  clean->sheet = g_string_new (NULL);
  clean->style_text = g_string_new (NULL);
  clean->open = g_array_new (FALSE, FALSE, sizeof (OpenElement));
  clean->has_sheet = strcasestr (html, "<style") != NULL;
  mime_html_parse (html, &events, clean);
  g_string_append (out, "<!DOCTYPE html><html><head><meta charset=\"utf-8\">");
  if (clean->sheet->len > 0)
    g_string_append_printf (out, "<style>%s</style>", clean->sheet->str);
  g_string_append_printf (out, "</head><body%s>%s</body></html>",
                          clean->body_attributes != NULL ? clean->body_attributes : "",
                          clean->body->str);
  g_string_free (clean->body, TRUE);
  g_string_free (clean->sheet, TRUE);
  g_string_free (clean->style_text, TRUE);
  g_array_unref (clean->open);
  g_clear_pointer (&clean->body_attributes, g_free);
  mime_hidden_clear (&clean->hidden);
  clean->dropping = 0;
  clean->in_style = FALSE;
  return g_string_free (out, FALSE);
}

static char *
plain_document (const char *html)
{
  g_autofree char *text = mime_html_to_text (html);
  GString *out =
      g_string_new ("<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body><pre>");

  append_escaped (out, text, strlen (text));
  g_string_append (out, "</pre></body></html>");
  return g_string_free (out, FALSE);
}

void
mime_html_facts_clear (MimeHtmlFacts *facts)
{
  g_clear_pointer (&facts->trackers, g_ptr_array_unref);
  memset (facts, 0, sizeof *facts);
}

#define TABLES_OF_DESIGN   3
#define PICTURES_OF_DESIGN 2

static void
give_facts (Clean *clean, MimeHtmlFacts *facts)
{
  facts->blocked = clean->facts.blocked;
  facts->trackers = g_ptr_array_ref (clean->facts.trackers);
  if (clean->adapts)
    facts->look = MIME_HTML_ADAPTIVE;
  else if (clean->paints
           || (clean->tables >= TABLES_OF_DESIGN && clean->pictures >= PICTURES_OF_DESIGN))
    facts->look = MIME_HTML_DESIGNED;
  else
    facts->look = MIME_HTML_LETTER;
}

char *
mime_html_clean (const char *html, gboolean allow_remote, MimeHtmlFacts *facts,
                 MimeHtmlCidFunc cid_func, gpointer user_data)
{
  g_autoptr (GHashTable) given = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) trackers = g_ptr_array_new_with_free_func (g_free);
  Clean clean = { .allow_remote = allow_remote,
                  .cid_func = cid_func,
                  .user_data = user_data,
                  .given = given,
                  .facts.trackers = trackers };
  char *result = clean_once (html, &clean);

  if (facts != NULL)
    give_facts (&clean, facts);
  /* Mostly the second pass says the same.  Elements nested where HTML allows none can come out nested otherwise when they are
   * read again; what does not settle is shown as text. */
  for (guint pass = 1; result != NULL && pass < MAX_PASSES; pass++) {
    g_autofree char *again = clean_once (result, &clean);

    if (strcmp (again, result) == 0)
      break;
    g_free (result);
    result = pass + 1 < MAX_PASSES ? g_steal_pointer (&again) : NULL;
  }
  mime_styles_clear (&clean.styles);
  return result != NULL ? result : plain_document (html);
}
