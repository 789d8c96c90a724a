/* HTML to readable plain text: for the text view, quoting in replies and the search index.
 *
 * Blocks become lines and paragraphs, lists get bullets and numbers, quotes "> ", links their target where it says more than
 * the text.  What the sender hid stays out, as it does in reading (mime-hidden-private.h).  Nothing of the output is markup.  Runs on any thread. */
#include "mime-html.h"

#include <string.h>

#include "mime-hidden-private.h"
#include "mime-html-parse-private.h"
#include "mime-html-role-private.h"
#include "mime-styles-private.h"

#define MAX_QUOTE_DEPTH 20

typedef struct
{
  MimeRole role;
  MimeSize size;  /* of the text right in it */
  char *href;     /* of a link */
  gsize start;    /* of a link: where its text begins in `out` */
  int number;     /* of a list: next number, 0 for bullets */
  gboolean cells; /* of a row: one stands already */
} Open;

typedef struct
{
  GString *out;
  GString *style; /* text of the style element that is open; NULL: none is */
  GArray *open;   /* of Open */
  MimeHidden hidden_names;
  MimeStyles styles;
  guint hidden, quotes, pre, lists;
  guint newlines;    /* line ends that wait for the next word */
  guint line_quotes; /* how deep the quote of the last line is */
  gboolean pictures; /* what they are said to show is text, too */
  gboolean space;    /* white space waits for a word */
  gboolean prefixed; /* the tail is a quote prefix or bullet only */
} ToText;

static void
open_clear (gpointer data)
{
  g_free (((Open *)data)->href);
}

/* Lines end only when the next word comes: then it is known how deep the quote is. */
static void
end_line (ToText *to, guint wanted)
{
  to->space = FALSE;
  if (to->out->len > 0)
    to->newlines = MAX (to->newlines, wanted);
}

static void
append_quote_marks (ToText *to, guint depth)
{
  for (guint i = 0; i < MIN (depth, MAX_QUOTE_DEPTH); i++)
    g_string_append_c (to->out, '>');
}

static void
begin_word (ToText *to)
{
  if (to->newlines > 0 || to->out->len == 0) {
    for (guint i = 0; i < to->newlines; i++) {
      /* An empty line inside of a quote belongs to the quote. */
      if (i > 0)
        append_quote_marks (to, MIN (to->quotes, to->line_quotes));
      g_string_append_c (to->out, '\n');
    }
    append_quote_marks (to, to->quotes);
    if (to->quotes > 0)
      g_string_append_c (to->out, ' ');
    to->newlines = 0;
    to->line_quotes = to->quotes;
  } else if (to->space && !to->prefixed) {
    g_string_append_c (to->out, ' ');
  }
  to->space = FALSE;
  to->prefixed = FALSE;
}

static MimeSize
outer_size (const ToText *to)
{
  return to->open->len > 0 ? g_array_index (to->open, Open, to->open->len - 1).size
                           : MIME_SIZE_KEPT;
}

static MimeSize
get_size (ToText *to, const char *name, const char **attributes)
{
  MimeSize size = mime_hidden_get_size (&to->styles, name, attributes), outer = outer_size (to);

  if (size == MIME_SIZE_KEPT)
    return outer;
  return size == MIME_SIZE_UNKNOWN && outer != MIME_SIZE_NOTHING ? outer : size;
}

static void
begin_item (ToText *to)
{
  Open *list = NULL;

  for (guint i = to->open->len; i > 0 && list == NULL; i--) {
    Open *open = &g_array_index (to->open, Open, i - 1);

    if (open->role == MIME_ROLE_LIST)
      list = open;
  }
  end_line (to, 1);
  begin_word (to);
  for (guint i = 1; i < MIN (to->lists, 8u); i++)
    g_string_append (to->out, "  ");
  if (list != NULL && list->number > 0 && list->number < G_MAXINT)
    g_string_append_printf (to->out, "%d. ", list->number++);
  else
    g_string_append (to->out, "• ");
  to->prefixed = TRUE;
}

static void
on_start (const char *name, const char **attributes, gpointer user_data)
{
  ToText *to = user_data;
  Open open = { .role = mime_html_role (name) };

  if (to->hidden > 0 || mime_hidden_is_dropped (name) || strcmp (name, "style") == 0
      || mime_hidden_is (&to->hidden_names, &to->styles, attributes)) {
    if (to->hidden == 0 && strcmp (name, "style") == 0)
      to->style = g_string_new (NULL);
    open.role = MIME_ROLE_HIDDEN;
    to->hidden++;
    g_array_append_val (to->open, open);
    return;
  }
  open.size = get_size (to, name, attributes);
  if (to->pictures && strcmp (name, "img") == 0) {
    const char *alt = mime_html_attribute (attributes, "alt");

    if (alt != NULL && alt[0] != '\0' && g_utf8_strlen (alt, -1) < 200) {
      g_autofree char *copy = g_strstrip (g_strdup (alt));

      if (copy[0] != '\0') {
        begin_word (to);
        g_string_append (to->out, g_strdelimit (copy, "\r\n\t", ' '));
      }
    }
  }
  switch (open.role) {
  case MIME_ROLE_NONE:
  case MIME_ROLE_HIDDEN:
    break;
  case MIME_ROLE_BLOCK:
    end_line (to, 1);
    break;
  case MIME_ROLE_PARAGRAPH:
    end_line (to, 2);
    break;
  case MIME_ROLE_PRE:
    end_line (to, 2);
    to->pre++;
    break;
  case MIME_ROLE_QUOTE:
    end_line (to, 2);
    to->quotes++;
    break;
  case MIME_ROLE_LIST:
    end_line (to, to->lists > 0 ? 1 : 2);
    to->lists++;
    if (strcmp (name, "ol") == 0) {
      const char *start = mime_html_attribute (attributes, "start");

      open.number = start != NULL ? CLAMP (atoi (start), 1, 1000000) : 1;
    }
    break;
  case MIME_ROLE_ITEM:
    begin_item (to);
    break;
  case MIME_ROLE_ROW:
    end_line (to, 1);
    break;
  case MIME_ROLE_CELL:
    for (guint i = to->open->len; i > 0; i--) {
      Open *row = &g_array_index (to->open, Open, i - 1);

      if (row->role == MIME_ROLE_ROW) {
        to->space = row->cells;
        row->cells = TRUE;
        break;
      }
    }
    break;
  case MIME_ROLE_LINK:
    if (mime_html_attribute (attributes, "href") != NULL)
      open.href = mime_html_normal_url (mime_html_attribute (attributes, "href"));
    open.start = to->out->len;
    break;
  case MIME_ROLE_BREAK:
    if (to->newlines == 0 && to->out->len > 0)
      end_line (to, 1);
    else
      end_line (to, MIN (to->newlines + 1, 2u));
    break;
  case MIME_ROLE_RULE:
    end_line (to, 1);
    begin_word (to);
    g_string_append (to->out, "---");
    end_line (to, 1);
    break;
  }
  g_array_append_val (to->open, open);
}

/* The target, where the text does not already say it. */
static void
end_link (ToText *to, const Open *link)
{
  const char *text = to->out->str + link->start, *target = link->href, *bare;

  if (target == NULL || link->start >= to->out->len)
    return;
  if (g_ascii_strncasecmp (target, "mailto:", 7) == 0)
    bare = target + 7;
  else if (g_ascii_strncasecmp (target, "http://", 7) == 0)
    bare = target + 7;
  else if (g_ascii_strncasecmp (target, "https://", 8) == 0)
    bare = target + 8;
  else
    return;
  {
    g_autofree char *stem =
        g_strndup (bare, strcspn (bare, g_str_has_prefix (target, "mailto:") ? "?" : ""));
    gsize length = strlen (stem);

    if (length > 0 && stem[length - 1] == '/')
      stem[length - 1] = '\0';
    if (stem[0] == '\0' || strstr (text, stem) != NULL || length > 500)
      return;
  }
  begin_word (to);
  g_string_append_printf (to->out, " <%s>", target);
}

static void
on_end (gpointer user_data)
{
  ToText *to = user_data;
  Open *open;

  if (to->open->len == 0)
    return;
  open = &g_array_index (to->open, Open, to->open->len - 1);
  switch (open->role) {
  case MIME_ROLE_HIDDEN:
    to->hidden--;
    if (to->style != NULL) {
      mime_hidden_add_sheet (&to->hidden_names, to->style->str, to->style->len);
      g_string_free (to->style, TRUE);
      to->style = NULL;
    }
    break;
  case MIME_ROLE_BLOCK:
  case MIME_ROLE_ROW:
    end_line (to, 1);
    break;
  case MIME_ROLE_ITEM:
    to->prefixed = FALSE;
    end_line (to, 1);
    break;
  case MIME_ROLE_PARAGRAPH:
    end_line (to, 2);
    break;
  case MIME_ROLE_PRE:
    end_line (to, 2);
    to->pre--;
    break;
  case MIME_ROLE_QUOTE:
    end_line (to, 1);
    to->quotes--;
    end_line (to, 2);
    break;
  case MIME_ROLE_LIST:
    to->lists--;
    end_line (to, to->lists > 0 ? 1 : 2);
    break;
  case MIME_ROLE_LINK:
    end_link (to, open);
    break;
  case MIME_ROLE_NONE:
  case MIME_ROLE_CELL:
  case MIME_ROLE_BREAK:
  case MIME_ROLE_RULE:
    break;
  }
  g_array_set_size (to->open, to->open->len - 1);
}

static void
on_text (const char *text, gsize length, gpointer user_data)
{
  ToText *to = user_data;
  const char *end = text + length;

  if (to->style != NULL)
    g_string_append_len (to->style, text, (gssize)length);
  if (to->hidden > 0
      || (outer_size (to) == MIME_SIZE_NOTHING && !mime_html_is_blank (text, length)))
    return;
  for (const char *c = text; c < end; c++) {
    if (to->pre > 0 && *c == '\n') {
      to->space = FALSE;
      if (to->newlines > 0)
        end_line (to, MIN (to->newlines + 1, 3u));
      else
        end_line (to, 1);
    } else if (to->pre > 0 && (*c == ' ' || *c == '\t')) {
      begin_word (to);
      g_string_append_c (to->out, ' ');
    } else if ((guint8)*c <= ' ') {
      to->space = TRUE;
    } else {
      const char *stop = c;

      while (stop < end && (guint8)*stop > ' ')
        stop++;
      begin_word (to);
      g_string_append_len (to->out, c, stop - c);
      c = stop - 1;
    }
  }
}

/* No-break spaces to spaces; characters nobody sees (zero width spaces, soft hyphens: filling of newsletters) out. */
static char *
tidy (const char *text)
{
  GString *out = g_string_sized_new (strlen (text));

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);

    if (character == 0xa0)
      g_string_append_c (out, ' ');
    else if (character != 0xad && character != 0x200b && character != 0xfeff && character != 0x34f)
      g_string_append_len (out, c, g_utf8_next_char (c) - c);
  }
  while (out->len > 0 && g_ascii_isspace (out->str[out->len - 1]))
    g_string_truncate (out, out->len - 1);
  if (out->len > 0)
    g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}

static char *
to_text (const char *html, gboolean pictures)
{
  static const MimeHtmlEvents events = { on_start, on_end, on_text };
  ToText to = { .pictures = pictures };
  char *text;

  to.out = g_string_sized_new (strlen (html) / 2);
  to.open = g_array_new (FALSE, FALSE, sizeof (Open));
  g_array_set_clear_func (to.open, open_clear);
  mime_html_parse (html, &events, &to);
  text = tidy (to.out->str);
  mime_hidden_clear (&to.hidden_names);
  mime_styles_clear (&to.styles);
  g_string_free (to.out, TRUE);
  g_array_unref (to.open);
  return text;
}

char *
mime_html_to_text (const char *html)
{
  return to_text (html, TRUE);
}

char *
mime_html_to_quote (const char *html)
{
  return to_text (html, FALSE);
}
