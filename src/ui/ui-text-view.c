/* Plain text mail in a GtkTextView.  Main thread; a long text goes in piece by piece between frames, and no single
 * line is let grow so long that Pango would hold up the window.  It never opens a link by itself: it only says that one
 * was clicked. */
#include "ui-text-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "ui-text-font.h"
#include "ui-text-links.h"
#include "ui-text-quotes.h"
#include "ui-text-tag.h"
#include "ui-words.h"

#define PIECE           (32 * 1024) /* octets a turn of the main loop */
#define RUN_MAX         (8 * 1024)  /* octets put in at once */
#define LINE_MAX_OCTETS (4 * 1024)  /* a longer line is shown as several */
#define SOLID_MAX       76 /* with no space in it: Pango shapes it anew for each likely break */
#define TEXT_MAX        (4 * 1024 * 1024) /* beyond this the message is to be saved and read elsewhere */
#define TURN_US         4000
#define MARKED_MAX      4000 /* links and quoted lines of a text: to take them away again is one turn */
/* Korean words of a text that a person reads are kept whole, for Pango would break them between any two syllables: in the first octets
 * of it, in paragraphs somebody wrote by hand, and those that fit into a narrow window. */
#define WIDE_MAX                                                                                   \
  (64 * 1024) /* characters that stand in columns of a fixed width, whatever the font */
#define TONGUE_OCTETS (32 * 1024)
#define WORDS_OCTETS  (256 * 1024)
#define PARAGRAPH_MAX 1024
#define QUOTES_MAX    200 /* that can be folded; each has a button */
#define WORD_MAX      10

struct _UiTextView
{
  GtkTextView parent_instance;

  /* Owned */
  char *text; /* what is still being put in */
  char *hovered;
  double pointer_x, pointer_y; /* where it was last */
  GArray *folds;               /* of UiTextQuote: what is put in behind a button */
  GtkCssProvider *css;
  PangoFontDescription *measured; /* what the fixed width was found for; NULL: nothing yet */

  /* Borrowed */
  GtkTextTag *quotes[UI_TEXT_QUOTES_LEVELS];
  GtkTextTag *link, *word, *signature, *folded, *language, *wide;
  GtkWidget *fold_button; /* of the quote that is being put in */

  gsize offset, length, signature_start;
  guint next_fold, marked;
  int signature_at; /* characters; -1: none so far */
  int fold_start;   /* characters; -1 outside of one */
  guint source;
  gboolean solid;       /* in the middle of a line that is cut for want of spaces */
  gboolean plain;       /* neither links nor quotes */
  gboolean fixed_width; /* as the person set it */
  gboolean spaced_out;  /* wide letters have their tag */
  const char *tongue;   /* of a text that is written in letters of two columns; NULL */
};

G_DEFINE_FINAL_TYPE (UiTextView, ui_text_view, GTK_TYPE_TEXT_VIEW)

enum
{
  PROP_0,
  PROP_FIXED_WIDTH,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  LINK_HOVERED,
  LINK_ACTIVATED,
  FILLED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* Nothing of this line is coloured, a link, or a word to be kept whole. */
static gboolean
is_ordinary (UiTextView *self, const char *line, gsize length)
{
  if (self->plain)
    return TRUE;
  if (length > 0 && line[0] == '>')
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if ((line[i] & 0x80) != 0 || line[i] == '@'
        || (line[i] == ':' && length - i > 2 && line[i + 1] == '/')
        || (g_ascii_tolower (line[i]) == 'w' && length - i > 3 && line[i + 3] == '.'))
      return FALSE;
  }
  return TRUE;
}

/* Neither a space nor a letter of a language that is written without them: nobody reads that word by word. */
static gboolean
is_solid (const char *line, gsize length)
{
  for (const char *c = line, *end = line + length; c < end; c = g_utf8_next_char (c))
    if (*c == ' '
        || ((*c & 0x80) != 0 && g_unichar_iswide (g_utf8_get_char (c))
            && g_unichar_isalpha (g_utf8_get_char (c))))
      return FALSE;
  return TRUE;
}

/* How much of what is left of a line makes one. */
static gsize
get_cut (UiTextView *self, const char *line, gsize length)
{
  gsize most = LINE_MAX_OCTETS;

  self->solid = length > (self->solid ? SOLID_MAX : LINE_MAX_OCTETS) && is_solid (line, SOLID_MAX);
  if (self->solid)
    most = SOLID_MAX;
  if (length <= most)
    return length;
  while ((line[most] & 0xc0) == 0x80)
    most--;
  return most;
}

/* Wide letters of `text`, which stands in the buffer from the character `start` on. */
static void
space_out (UiTextView *self, GtkTextBuffer *buffer, int start, const char *text, gsize length)
{
  const char *end = text + length;
  int at = start, begin = -1;
  for (const char *c = text;; c = g_utf8_next_char (c), at++) {
    gboolean wide = c < end && (*c & 0x80) != 0 && g_unichar_iswide (g_utf8_get_char (c))
                    && g_unichar_isalpha (g_utf8_get_char (c));
    if (wide && begin < 0)
      begin = at;
    if (!wide && begin >= 0) {
      GtkTextIter first, last;
      gtk_text_buffer_get_iter_at_offset (buffer, &first, begin);
      gtk_text_buffer_get_iter_at_offset (buffer, &last, at);
      gtk_text_buffer_apply_tag (buffer, self->wide, &first, &last);
      begin = -1;
    }
    if (c >= end)
      break;
  }
}

/* One line without its line end. */
static void
insert_line (UiTextView *self, GtkTextBuffer *buffer, const char *line, gsize length)
{
  GtkTextIter iter, last;
  g_autofree char *all = g_strndup (line, length);
  guint depth = self->plain ? 0 : ui_text_quotes_get_depth (line, length);
  GtkTextTag *quote = depth > 0 && self->marked < MARKED_MAX
                          ? self->quotes[MIN (depth, UI_TEXT_QUOTES_LEVELS) - 1]
                          : NULL;
  int start = gtk_text_buffer_get_char_count (buffer);
  const char *at = all, *next = all, *end = all + length, *begin;
  int place = start;

  self->marked += quote != NULL;

  /* At once, and as a string: GTK 4.8 tells assistive technology of each text that comes, up to where its string ends. */
  gtk_text_buffer_get_end_iter (buffer, &iter);
  gtk_text_buffer_insert_with_tags (buffer, &iter, all, (int)length, quote, NULL);
  while (!self->plain && self->marked < MARKED_MAX && ui_text_links_next (&next, end, &begin)) {
    self->marked++;
    place += (int)g_utf8_pointer_to_offset (at, begin);
    gtk_text_buffer_get_iter_at_offset (buffer, &iter, place);
    place += (int)g_utf8_pointer_to_offset (begin, next);
    gtk_text_buffer_get_iter_at_offset (buffer, &last, place);
    gtk_text_buffer_apply_tag (buffer, self->link, &iter, &last);
    at = next;
  }
  if (!self->plain && self->offset < WORDS_OCTETS && length <= PARAGRAPH_MAX)
    ui_words_keep (buffer, self->word, start, line, length, WORD_MAX);
  if (self->spaced_out && start < WIDE_MAX)
    space_out (self, buffer, start, line, length);
}

/* Lines of which nothing is said go in together: each time costs, and assistive technology is told of each. */
static void
insert_run (GtkTextBuffer *buffer, GString *run)
{
  GtkTextIter end;

  if (run->len == 0)
    return;
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert (buffer, &end, run->str, (int)run->len);
  g_string_truncate (run, 0);
}

/* ---- folding ---- */

/* What a button folds and unfolds. */
typedef struct
{
  GtkTextBuffer *buffer; /* borrowed; the button goes first */
  GtkTextTag *tag;
  GtkTextMark *start, *end;
} Fold;

static void
fold_free (gpointer data, GClosure *closure)
{
  g_free (data);
}

static void
on_fold_toggled (GtkToggleButton *button, Fold *fold)
{
  GtkTextIter start, end;
  gboolean shown = gtk_toggle_button_get_active (button);
  const char *label = shown ? _ ("Hide Quoted Text") : _ ("Show Quoted Text");

  gtk_text_buffer_get_iter_at_mark (fold->buffer, &start, fold->start);
  gtk_text_buffer_get_iter_at_mark (fold->buffer, &end, fold->end);
  if (shown)
    gtk_text_buffer_remove_tag (fold->buffer, fold->tag, &start, &end);
  else
    gtk_text_buffer_apply_tag (fold->buffer, fold->tag, &start, &end);
  gtk_widget_set_tooltip_text (GTK_WIDGET (button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

/* The button, on a line of its own. */
static void
begin_fold (UiTextView *self, GtkTextBuffer *buffer)
{
  GtkTextIter end;
  gtk_text_buffer_get_end_iter (buffer, &end);
  GtkTextChildAnchor *anchor = gtk_text_buffer_create_child_anchor (buffer, &end);
  GtkWidget *button = gtk_toggle_button_new ();
  gtk_button_set_icon_name (GTK_BUTTON (button), "view-more-horizontal-symbolic");
  gtk_widget_add_css_class (button, "quote-fold");
  gtk_widget_set_cursor_from_name (button, "default");
  gtk_text_view_add_child_at_anchor (GTK_TEXT_VIEW (self), button, anchor);
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert (buffer, &end, "\n", 1);
  self->fold_start = gtk_text_buffer_get_char_count (buffer);

  Fold *fold = g_new0 (Fold, 1);
  *fold = (Fold){ buffer, self->folded, NULL, NULL };
  fold->start = gtk_text_buffer_create_mark (buffer, NULL, &end, TRUE);
  g_object_set_data (G_OBJECT (button), "fold", fold);
  gtk_widget_set_sensitive (button, FALSE); /* until all of the quote is there */
  g_signal_connect_data (button, "toggled", G_CALLBACK (on_fold_toggled), fold, fold_free, 0);
  self->fold_button = button;
}

static void
end_fold (UiTextView *self, GtkTextBuffer *buffer)
{
  GtkToggleButton *button = GTK_TOGGLE_BUTTON (self->fold_button);
  Fold *fold = g_object_get_data (G_OBJECT (button), "fold");
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  fold->end = gtk_text_buffer_create_mark (buffer, NULL, &end, TRUE);
  on_fold_toggled (button, fold);
  gtk_widget_set_sensitive (GTK_WIDGET (button), TRUE);
  self->fold_start = -1;
  self->next_fold++;
}

/* Before the line at `offset`; what is to go before it has gone. */
static gboolean
is_fold_edge (UiTextView *self)
{
  if (self->next_fold >= self->folds->len)
    return FALSE;
  const UiTextQuote *quote = &g_array_index (self->folds, UiTextQuote, self->next_fold);
  return self->fold_start < 0 ? self->offset >= quote->start : self->offset >= quote->end;
}

static void
turn_fold_edge (UiTextView *self, GtkTextBuffer *buffer)
{
  if (self->fold_start < 0)
    begin_fold (self, buffer);
  else
    end_fold (self, buffer);
}

void
ui_text_view_unfold (UiTextView *self, int offset)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  GtkTextIter at, start, end;

  gtk_text_buffer_get_iter_at_offset (buffer, &at, offset);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child;
       child = gtk_widget_get_next_sibling (child)) {
    const Fold *fold = g_object_get_data (G_OBJECT (child), "fold");
    if (!fold || !fold->end)
      continue;
    gtk_text_buffer_get_iter_at_mark (buffer, &start, fold->start);
    gtk_text_buffer_get_iter_at_mark (buffer, &end, fold->end);
    if (gtk_text_iter_in_range (&at, &start, &end))
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (child), TRUE);
  }
}

static void
dim_signature (UiTextView *self, GtkTextBuffer *buffer, int start)
{
  GtkTextIter first, last;
  gtk_text_buffer_get_iter_at_offset (buffer, &first, start);
  gtk_text_buffer_get_end_iter (buffer, &last);
  gtk_text_buffer_apply_tag (buffer, self->signature, &first, &last);
}

/* The language whose letters are first in the text.  A fixed-width font is chosen by it: only in one that is made for these letters do two
 * Latin ones fill the place of one. */
static const char *
find_tongue (const char *text, gsize length)
{
  const char *found = NULL;
  for (const char *c = text, *end = text + MIN (length, TONGUE_OCTETS); c < end;
       c = g_utf8_next_char (c)) {
    if ((*c & 0x80) == 0)
      continue;
    switch ((int)g_unichar_get_script (g_utf8_get_char (c))) {
    case G_UNICODE_SCRIPT_HANGUL:
      return "ko";
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
      return "ja";
    case G_UNICODE_SCRIPT_HAN:
      found = "zh-cn";
      break;
    default:
      break;
    }
  }
  return found;
}

/* All that stands there already. */
static void
space_out_text (UiTextView *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  GtkTextIter first, last;
  gtk_text_buffer_get_start_iter (buffer, &first);
  gtk_text_buffer_get_iter_at_offset (buffer, &last, WIDE_MAX);
  g_autofree char *text = gtk_text_buffer_get_slice (buffer, &first, &last, TRUE);
  space_out (self, buffer, 0, text, strlen (text));
  self->spaced_out = TRUE;
}

/* The font, which depends on the text, and how much is between its letters, which depends on their size. */
static void
update_fixed_width (UiTextView *self)
{
  gboolean fixed = self->plain || self->fixed_width;
  g_autofree char *family = NULL;
  int spacing = 0;

  gtk_text_view_set_monospace (GTK_TEXT_VIEW (self), fixed);
  pango_font_description_free (self->measured);
  self->measured = pango_font_description_copy (
      pango_context_get_font_description (gtk_widget_get_pango_context (GTK_WIDGET (self))));
  if (fixed && self->tongue)
    ui_text_font_find (GTK_WIDGET (self), self->tongue, &family, &spacing);
  g_object_set (self->language, "language", self->tongue, "language-set", fixed && self->tongue,
                "family", family, "family-set", family != NULL, NULL);
  g_object_set (self->wide, "letter-spacing", spacing, "letter-spacing-set", spacing > 0, NULL);
  if (spacing > 0 && !self->spaced_out)
    space_out_text (self);
}

static void
ui_text_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  UiTextView *self = UI_TEXT_VIEW (widget);
  GTK_WIDGET_CLASS (ui_text_view_parent_class)->css_changed (widget, change);
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  /* Most changes are about other things than the font, and this one costs time for each letter. */
  if (self->measured
      && !pango_font_description_equal (self->measured,
                                        pango_context_get_font_description (context)))
    update_fixed_width (self);
}

static void
name_language (UiTextView *self, GtkTextBuffer *buffer, int start)
{
  GtkTextIter first, last;
  if (!self->tongue)
    return;
  gtk_text_buffer_get_iter_at_offset (buffer, &first, start);
  gtk_text_buffer_get_end_iter (buffer, &last);
  gtk_text_buffer_apply_tag (buffer, self->language, &first, &last);
}

/* Puts in whole lines, about PIECE octets, or fewer where they take their time. */
static gboolean
insert_piece (gpointer data)
{
  UiTextView *self = data;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  gsize stop = MIN (self->offset + PIECE, self->length);
  gint64 end_of_turn = g_get_monotonic_time () + TURN_US;
  g_autoptr (GString) run = g_string_new (NULL);
  int start = gtk_text_buffer_get_char_count (buffer);

  while (self->offset < stop && g_get_monotonic_time () < end_of_turn) {
    if (is_fold_edge (self)) {
      insert_run (buffer, run);
      turn_fold_edge (self, buffer);
      continue;
    }
    if (self->offset >= self->signature_start) {
      insert_run (buffer, run);
      self->signature_start = self->length;
      self->signature_at = gtk_text_buffer_get_char_count (buffer);
    }
    const char *line = self->text + self->offset;
    gsize left = self->length - self->offset;
    const char *newline = memchr (line, '\n', MIN (left, LINE_MAX_OCTETS + 1));
    gsize length = newline ? (gsize)(newline - line) : left;
    gsize whole = length;
    length = get_cut (self, line, whole);
    gboolean cut = length < whole;
    /* The view takes a CR for an end of its own: a source would have an empty line after each. */
    gboolean returns = newline && !cut && length > 0 && line[length - 1] == '\r';
    gsize shown = returns ? length - 1 : length;
    if (self->solid || is_ordinary (self, line, shown))
      g_string_append_len (run, line, (gssize)shown);
    else {
      insert_run (buffer, run);
      insert_line (self, buffer, line, shown);
    }
    self->offset += length;
    if (newline && !cut)
      self->offset++;
    if (cut || newline)
      g_string_append_c (run, '\n');
    if (run->len >= RUN_MAX)
      insert_run (buffer, run);
  }
  insert_run (buffer, run);
  name_language (self, buffer, start);
  if (self->offset < self->length)
    return G_SOURCE_CONTINUE;
  if (self->fold_start >= 0)
    end_fold (self, buffer);
  if (self->signature_at >= 0)
    dim_signature (self, buffer, self->signature_at);
  self->source = 0;
  g_clear_pointer (&self->text, g_free);
  g_signal_emit (self, signals[FILLED], 0);
  return G_SOURCE_REMOVE;
}

static void
set_text (UiTextView *self, const char *text, gboolean plain)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  GtkTextIter start, end;

  g_clear_handle_id (&self->source, g_source_remove);
  g_free (self->text);
  gsize length = strlen (text);
  if (length > TEXT_MAX) {
    const char *boundary = text + TEXT_MAX;
    while ((*boundary & 0xc0) == 0x80)
      boundary--;
    g_autofree char *head = g_strndup (text, boundary - text);
    g_autofree char *size = g_format_size (length);
    g_autofree char *note = g_strdup_printf (
        _ ("This text is too long to be shown whole (%s). Save the message to read the rest."),
        size);
    self->text = g_strconcat (head, "\n\n", note, "\n", NULL);
  } else
    self->text = plain ? g_strdup (text) : g_strchomp (g_strdup (text));
  self->plain = plain;
  self->solid = FALSE;
  self->offset = 0;
  self->length = strlen (self->text);
  /* Text that goes with its tags takes several times as long as both apart. */
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_remove_all_tags (buffer, &start, &end);
  gtk_text_buffer_set_text (buffer, "", 0);
  self->tongue = find_tongue (self->text, self->length);
  self->spaced_out = FALSE;
  update_fixed_width (self);
  self->signature_start = self->length;
  self->signature_at = self->fold_start = -1;
  self->next_fold = self->marked = 0;
  g_array_set_size (self->folds, 0);
  if (!plain && self->length <= WORDS_OCTETS) {
    g_array_unref (self->folds);
    self->folds = ui_text_quotes_find (self->text, self->length);
    if (self->folds->len > QUOTES_MAX)
      g_array_set_size (self->folds, QUOTES_MAX);
    self->signature_start = ui_text_quotes_find_signature (self->text, self->length);
  }
  if (insert_piece (self) == G_SOURCE_CONTINUE)
    self->source = g_idle_add_full (G_PRIORITY_LOW, insert_piece, self, NULL);
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_place_cursor (buffer, &start);
}

void
ui_text_view_set_text (UiTextView *self, const char *text)
{
  set_text (self, text, FALSE);
}

void
ui_text_view_set_source (UiTextView *self, const char *text)
{
  set_text (self, text, TRUE);
}

char *
ui_text_view_dup_selected (UiTextView *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  GtkTextIter start, end;

  return gtk_text_buffer_get_selection_bounds (buffer, &start, &end)
             ? gtk_text_buffer_get_text (buffer, &start, &end, FALSE)
             : NULL;
}

void
ui_text_view_set_zoom (UiTextView *self, double zoom)
{
  g_autofree char *css = g_strdup_printf ("textview { font-size: %d%%; }", (int)(zoom * 100 + 0.5));
  gtk_css_provider_load_from_data (self->css, css, -1);
}

/* The link around `iter`, or NULL. */
static char *
link_at (UiTextView *self, const GtkTextIter *iter)
{
  if (!gtk_text_iter_has_tag (iter, self->link))
    return NULL;
  GtkTextIter start = *iter, end = *iter;
  if (!gtk_text_iter_starts_tag (&start, self->link))
    gtk_text_iter_backward_to_tag_toggle (&start, self->link);
  gtk_text_iter_forward_to_tag_toggle (&end, self->link);
  g_autofree char *text = gtk_text_iter_get_text (&start, &end);
  return ui_text_links_dup_uri (text);
}

static char *
link_at_point (UiTextView *self, double x, double y)
{
  int buffer_x, buffer_y;
  GtkTextIter iter;
  gtk_text_view_window_to_buffer_coords (GTK_TEXT_VIEW (self), GTK_TEXT_WINDOW_WIDGET, (int)x,
                                         (int)y, &buffer_x, &buffer_y);
  if (!gtk_text_view_get_iter_at_location (GTK_TEXT_VIEW (self), &iter, buffer_x, buffer_y))
    return NULL;
  return link_at (self, &iter);
}

static void
set_hovered (UiTextView *self, const char *uri)
{
  if (g_strcmp0 (self->hovered, uri) == 0)
    return;
  g_free (self->hovered);
  self->hovered = g_strdup (uri);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), uri ? "pointer" : "text");
  g_signal_emit (self, signals[LINK_HOVERED], 0, uri);
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, UiTextView *self)
{
  /* The toolkit tells it again after each frame: who moves by keys has left it where it is */
  if (x == self->pointer_x && y == self->pointer_y)
    return;
  self->pointer_x = x;
  self->pointer_y = y;
  g_autofree char *uri = link_at_point (self, x, y);
  set_hovered (self, uri);
}

static void
on_leave (GtkEventControllerMotion *motion, UiTextView *self)
{
  set_hovered (self, NULL);
}

static void
on_released (GtkGestureClick *click, int n_press, double x, double y, UiTextView *self)
{
  /* Somebody who selects text that happens to be a link does not want to leave */
  if (n_press != 1
      || gtk_text_buffer_get_has_selection (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self))))
    return;
  g_autofree char *uri = link_at_point (self, x, y);
  if (uri)
    g_signal_emit (self, signals[LINK_ACTIVATED], 0, uri);
}

static char *
link_at_cursor (UiTextView *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self));
  GtkTextIter iter;
  gtk_text_buffer_get_iter_at_mark (buffer, &iter, gtk_text_buffer_get_insert (buffer));
  return link_at (self, &iter);
}

/* Who goes through the text by keys sees where a link leads as well. */
static void
on_cursor_moved (UiTextView *self)
{
  g_autofree char *uri = gtk_widget_has_focus (GTK_WIDGET (self)) ? link_at_cursor (self) : NULL;
  set_hovered (self, uri);
}

static gboolean
on_key (GtkEventControllerKey *key, guint keyval, guint keycode, GdkModifierType state,
        UiTextView *self)
{
  if (keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter)
    return GDK_EVENT_PROPAGATE;
  g_autofree char *uri = link_at_cursor (self);
  if (!uri)
    return GDK_EVENT_PROPAGATE;
  g_signal_emit (self, signals[LINK_ACTIVATED], 0, uri);
  return GDK_EVENT_STOP;
}

static void
update_colours (UiTextView *self)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  for (guint i = 0; i < UI_TEXT_QUOTES_LEVELS; i++)
    ui_text_tag_set_colour (self->quotes[i],
                            ui_text_quotes_get_colour (UI_TEXT_COLOUR_QUOTE + i, dark));
  ui_text_tag_set_colour (self->signature,
                          ui_text_quotes_get_colour (UI_TEXT_COLOUR_SIGNATURE, dark));
  ui_text_tag_set_colour (self->link, ui_text_quotes_get_colour (UI_TEXT_COLOUR_LINK, dark));
}

static void
ui_text_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_FIXED_WIDTH:
    g_value_set_boolean (value, UI_TEXT_VIEW (object)->fixed_width);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_text_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiTextView *self = UI_TEXT_VIEW (object);
  switch (id) {
  case PROP_FIXED_WIDTH:
    if (self->fixed_width != g_value_get_boolean (value)) {
      self->fixed_width = g_value_get_boolean (value);
      update_fixed_width (self);
      g_object_notify_by_pspec (object, pspec);
    }
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

/* GtkTextView 4.8 asks for its lines and, once more, for the widgets that stand in them; and for the line in which a fold ends, where that is
 * the last one.  Beneath a quote that closes a message there would be empty room. */
static void
ui_text_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                      int *natural, int *minimum_baseline, int *natural_baseline)
{
  UiTextView *self = UI_TEXT_VIEW (widget);
  GtkTextIter end;
  int extra = 0, y;

  GTK_WIDGET_CLASS (ui_text_view_parent_class)
      ->measure (widget, orientation, for_size, minimum, natural, minimum_baseline,
                 natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child)) {
    int height = 0;
    if (g_object_get_data (G_OBJECT (child), "fold"))
      gtk_widget_measure (child, orientation, -1, &height, NULL, NULL, NULL);
    extra += height;
  }
  gtk_text_buffer_get_end_iter (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self)), &end);
  if (gtk_text_iter_backward_char (&end) && gtk_text_iter_has_tag (&end, self->folded)) {
    int height;
    gtk_text_view_get_line_yrange (GTK_TEXT_VIEW (self), &end, &y, &height);
    extra += height;
  }
  *minimum = MAX (*minimum - extra, 0);
  *natural = MAX (*natural - extra, 0);
}

static void
ui_text_view_finalize (GObject *object)
{
  UiTextView *self = UI_TEXT_VIEW (object);
  g_clear_handle_id (&self->source, g_source_remove);
  g_free (self->text);
  g_free (self->hovered);
  g_array_unref (self->folds);
  pango_font_description_free (self->measured);
  g_object_unref (self->css);
  G_OBJECT_CLASS (ui_text_view_parent_class)->finalize (object);
}

static void
ui_text_view_class_init (UiTextViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ui_text_view_finalize;
  GTK_WIDGET_CLASS (klass)->measure = ui_text_view_measure;
  GTK_WIDGET_CLASS (klass)->css_changed = ui_text_view_css_changed;
  object_class->get_property = ui_text_view_get_property;
  object_class->set_property = ui_text_view_set_property;
  properties[PROP_FIXED_WIDTH] =
      g_param_spec_boolean ("fixed-width", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[LINK_HOVERED] = g_signal_new ("link-hovered", UI_TYPE_TEXT_VIEW, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[FILLED] = g_signal_new ("filled", UI_TYPE_TEXT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  signals[LINK_ACTIVATED] = g_signal_new ("link-activated", UI_TYPE_TEXT_VIEW, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ui_text_view_init (UiTextView *self)
{
  GtkTextView *view = GTK_TEXT_VIEW (self);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);

  self->folds = g_array_new (FALSE, FALSE, sizeof (UiTextQuote));
  gtk_text_view_set_editable (view, FALSE);
  gtk_text_view_set_wrap_mode (view, GTK_WRAP_WORD_CHAR);
  gtk_text_buffer_set_enable_undo (buffer, FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "reader-text");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Text of the message"), -1);

  for (guint i = 0; i < UI_TEXT_QUOTES_LEVELS; i++)
    self->quotes[i] = ui_text_tag_create (buffer);
  self->link = ui_text_tag_create (buffer);
  g_object_set (self->link, "underline", PANGO_UNDERLINE_SINGLE, NULL);
  self->signature = ui_text_tag_create (buffer);
  self->folded = gtk_text_buffer_create_tag (buffer, NULL, "invisible", TRUE, NULL);
  self->language = gtk_text_buffer_create_tag (buffer, NULL, NULL);
  self->wide = gtk_text_buffer_create_tag (buffer, NULL, NULL);
  self->word = gtk_text_buffer_create_tag (buffer, NULL, "allow-breaks", FALSE, NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (update_colours), self, G_CONNECT_SWAPPED);
  update_colours (self);

  self->css = gtk_css_provider_new ();
  gtk_style_context_add_provider (gtk_widget_get_style_context (GTK_WIDGET (self)),
                                  GTK_STYLE_PROVIDER (self->css),
                                  GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);

  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect_object (buffer, "notify::cursor-position", G_CALLBACK (on_cursor_moved), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (on_cursor_moved), NULL);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  GtkGesture *click = gtk_gesture_click_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_PRIMARY);
  g_signal_connect (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  GtkEventController *key = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
}

GtkWidget *
ui_text_view_new (void)
{
  return g_object_new (UI_TYPE_TEXT_VIEW, NULL);
}
