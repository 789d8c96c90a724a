/* One row of the message list, used again and again for other items.  Main thread.  It never asks the engine for
 * anything: what is not loaded yet is drawn empty and tells when it is. */
#include "ui-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-date.h"
#include "ui-avatar.h"
#include "ui-clock.h"

/* Pixels, in reading direction; the style sheet adds the padding around it. */
#define DOT             8
#define AVATAR_X        (DOT + 8)
#define AVATAR          38
#define TEXT_X          (AVATAR_X + AVATAR + 8)
#define STAR            24
#define ICON            12
#define STAR_ICON       16
#define GAP             6
#define STRIPE          3
#define SMALL           0.9 /* as elsewhere in the window: each size of a font costs the start a search */
#define DIM             0.62f
#define CHECK           22
#define COMPACT_X       (DOT + 8)
#define COMPACT_CHECK_X (CHECK + 10)
#define PADDING_TOP     8 /* as the style sheet has it: a heading is drawn above it */
#define HEADING_ROOM    10
#define PILL_PADDING    6
#define MAX_PILLS       2
#define LINE_HEIGHT                                                                                \
  1.5 /* × the font's size: room for Hangul and Han as well, so that all rows are alike */

struct _UiRow
{
  GtkWidget parent_instance;

  /* Owned */
  MailConversation *item;
  char *heading; /* NULL: no group begins here */

  GtkWidget *row; /* borrowed: the list's row that this one is in, as long as it is in a window */

  gulong handler, focus_handler;
  GList unsaid; /* its place among the rows whose label is old; data NULL: in none */
  int line;     /* height of a line of text; 0: not known for this font */
  gboolean star_clicked;
  gboolean compact, checking, selected, across;
  gboolean described; /* by its heading */
};

G_DEFINE_FINAL_TYPE (UiRow, ui_row, GTK_TYPE_WIDGET)

/* ---- places ---- */

static int
get_line (UiRow *self)
{
  if (self->line == 0) {
    PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
    const PangoFontDescription *font = pango_context_get_font_description (context);
    double size = (double)pango_font_description_get_size (font) / PANGO_SCALE;
    if (!pango_font_description_get_size_is_absolute (font))
      size *= pango_cairo_context_get_resolution (context) / 72;
    self->line = MAX ((int)(size * LINE_HEIGHT + 0.5), 12);
  }
  return self->line;
}

static int
get_text_x (UiRow *self)
{
  if (!self->compact)
    return TEXT_X;
  return self->checking ? COMPACT_CHECK_X : COMPACT_X;
}

/* Room for the heading, above the row's own. */
static int
get_heading_height (UiRow *self)
{
  return get_line (self) + HEADING_ROOM;
}

/* Of the star's middle, in lines. */
static double
get_star_y (UiRow *self)
{
  return (self->compact ? 1.5 : 2) * get_line (self);
}

/* The left edge of something `width` wide that begins at `x` in reading direction. */
static float
mirror (UiRow *self, double x, double width)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  return (float)(rtl ? gtk_widget_get_width (GTK_WIDGET (self)) - x - width : x);
}

gboolean
ui_row_is_on_star (UiRow *self, double x, double y)
{
  GtkWidget *widget = GTK_WIDGET (self);
  double left = mirror (self, gtk_widget_get_width (widget) - STAR, STAR);
  return x >= left - 2 && x < left + STAR + 2
         && y >= (self->compact ? get_line (self) * 0.9 : get_line (self));
}

gboolean
ui_row_is_on_heading (UiRow *self, double y)
{
  return self->heading && y < -PADDING_TOP;
}

/* ---- drawing ---- */

static GdkRGBA
get_color (UiRow *self, const char *name, float alpha)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA color;
  if (!name || !gtk_style_context_lookup_color (style, name, &color))
    gtk_style_context_get_color (style, &color);
  color.alpha *= alpha;
  return color;
}

/* As the reader marks hits: a marker on paper, with black on it in the dark style too. */
static void
mark (PangoAttrList *attributes, const MailRange *range)
{
  PangoAttribute *marks[] = { pango_attr_background_new (0xf9f9, 0xf0f0, 0x6b6b),
                              pango_attr_foreground_new (0, 0, 0),
                              pango_attr_foreground_alpha_new (G_MAXUINT16) };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++) {
    marks[i]->start_index = range->start;
    marks[i]->end_index = range->end;
    pango_attr_list_insert (attributes, marks[i]);
  }
}

/* `marks` (nullable): GArray of MailRange. */
static PangoLayout *
make_layout (UiRow *self, const char *text, int width, gboolean bold, double scale, GArray *marks)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  for (guint i = 0; marks && i < marks->len; i++)
    mark (attributes, &g_array_index (marks, MailRange, i));
  if (bold)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  if (scale < 1)
    pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (layout, width * PANGO_SCALE);
  return layout;
}

/* In the middle of a line of text whose upper edge is at `y`. */
static void
draw_layout (UiRow *self, GtkSnapshot *snapshot, PangoLayout *layout, double x, double y,
             const GdkRGBA *color)
{
  PangoRectangle area;

  pango_layout_get_pixel_extents (layout, NULL, &area);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot, &GRAPHENE_POINT_INIT (mirror (self, x, area.width) - (float)area.x,
                                      (float)(y + (double)(get_line (self) - area.height) / 2)));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

/* One line of text, cut at the end where it is too long; returns how wide it became. */
static int
draw_marked (UiRow *self, GtkSnapshot *snapshot, const char *text, double x, int line, int width,
             gboolean at_end, gboolean bold, double scale, const GdkRGBA *color, GArray *marks)
{
  PangoRectangle area;

  if (width <= 0)
    return 0;
  g_autoptr (PangoLayout) layout = make_layout (self, text, width, bold, scale, marks);
  GdkRGBA opaque = *color;
  /* What is dim would dim the marks as well. */
  if (marks && marks->len > 0) {
    PangoAttribute *dim = pango_attr_foreground_alpha_new ((guint16)(color->alpha * G_MAXUINT16));
    pango_attr_list_insert_before (pango_layout_get_attributes (layout), dim);
    opaque.alpha = 1;
  }
  pango_layout_get_pixel_extents (layout, NULL, &area);
  draw_layout (self, snapshot, layout, at_end ? x + width - area.width : x, line * get_line (self),
               &opaque);
  return area.width;
}

static int
draw_text (UiRow *self, GtkSnapshot *snapshot, const char *text, double x, int line, int width,
           gboolean at_end, gboolean bold, double scale, const GdkRGBA *color)
{
  return draw_marked (self, snapshot, text, x, line, width, at_end, bold, scale, color, NULL);
}

/* Subject or people, with what was looked for marked in it. */
static int
draw_searched (UiRow *self, GtkSnapshot *snapshot, const char *text, BaseQueryField field, double x,
               int line, int width, gboolean bold, const GdkRGBA *color)
{
  MailMarks *marks = mail_conversation_get_marks (self->item);
  g_autoptr (GArray) ranges = marks ? mail_marks_find (marks, field, text) : NULL;

  return draw_marked (self, snapshot, text, x, line, width, FALSE, bold, 1, color, ranges);
}

#define LEAD                                                                                       \
  16 /* characters that are seen before the first hit; where more stand there, they are cut */

/* What stands around the hit in place of the first line. */
static void
draw_preview (UiRow *self, GtkSnapshot *snapshot, double x, int line, int width,
              const GdkRGBA *color)
{
  GArray *ranges;
  const char *excerpt = mail_conversation_get_excerpt (self->item, &ranges);

  if (!excerpt || ranges->len == 0) {
    const char *preview = mail_conversation_get_preview (self->item);
    MailMarks *marks = mail_conversation_get_marks (self->item);
    g_autoptr (GArray) own = marks ? mail_marks_find (marks, BASE_QUERY_ANYWHERE, preview) : NULL;

    draw_marked (self, snapshot, preview, x, line, width, FALSE, FALSE, SMALL, color, own);
    return;
  }
  const char *hit = excerpt + g_array_index (ranges, MailRange, 0).start, *from = hit;
  for (guint i = 0; i < LEAD && from > excerpt; i++)
    from = g_utf8_prev_char (from);
  if (from - excerpt <= 3) /* the sign that something was cut is no shorter */
    from = excerpt;
  g_autofree char *text = from > excerpt ? g_strconcat ("…", from, NULL) : g_strdup (excerpt);
  guint shift = (guint)(from - excerpt), sign = from > excerpt ? (guint)strlen ("…") : 0;
  g_autoptr (GArray) moved = g_array_copy (ranges);
  for (guint i = 0; i < moved->len; i++) {
    MailRange *range = &g_array_index (moved, MailRange, i);
    *range = (MailRange){ range->start - shift + sign, range->end - shift + sign };
  }
  draw_marked (self, snapshot, text, x, line, width, FALSE, FALSE, SMALL, color, moved);
}

static void
fill_round (UiRow *self, GtkSnapshot *snapshot, double x, double y, double width, double height,
            double radius, const GdkRGBA *color)
{
  graphene_rect_t area =
      GRAPHENE_RECT_INIT (mirror (self, x, width), (float)y, (float)width, (float)height);
  GskRoundedRect round;

  gsk_rounded_rect_init_from_rect (&round, &area, (float)radius);
  gtk_snapshot_push_rounded_clip (snapshot, &round);
  gtk_snapshot_append_color (snapshot, color, &area);
  gtk_snapshot_pop (snapshot);
}

/* A few words on a round ground that ends at `end` at the latest; returns how much room it took, 0: there was too little. */
static double
draw_pill (UiRow *self, GtkSnapshot *snapshot, const char *text, double x, int line, double end,
           const GdkRGBA *ground, const GdkRGBA *color)
{
  PangoRectangle area;
  int room = (int)(end - x) - 2 * PILL_PADDING, height = get_line (self) - 4;

  if (room < 16)
    return 0;
  g_autoptr (PangoLayout) layout = make_layout (self, text, room, FALSE, SMALL, NULL);
  pango_layout_get_pixel_extents (layout, NULL, &area);
  double width = MAX (area.width + 2 * PILL_PADDING, height);
  fill_round (self, snapshot, x, line * get_line (self) + 2, width, height, height / 2.0, ground);
  draw_layout (self, snapshot, layout, x + (width - area.width) / 2, line * get_line (self), color);
  return width;
}

static void
draw_icon (UiRow *self, GtkSnapshot *snapshot, const char *name, double x, double y, int size,
           const GdkRGBA *color)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (widget));
  g_autoptr (GtkIconPaintable) icon = gtk_icon_theme_lookup_icon (
      theme, name, NULL, size, gtk_widget_get_scale_factor (widget),
      gtk_widget_get_direction (widget), GTK_ICON_LOOKUP_FORCE_SYMBOLIC);
  GdkRGBA colors[] = { *color, *color, *color, *color };

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (mirror (self, x, size), (float)y));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, size, size,
                                            colors, G_N_ELEMENTS (colors));
  gtk_snapshot_restore (snapshot);
}

/* A label has always the same colour, which is soft enough for light and dark. */
static GdkRGBA
get_label_color (const char *label)
{
  static const char *const colors[] = { "#3584e4", "#2190a4", "#3a944a", "#c88800",
                                        "#ed5b00", "#d56199", "#9141ac", "#6f8396" };
  GdkRGBA color;

  gdk_rgba_parse (&color, colors[g_str_hash (label) % G_N_ELEMENTS (colors)]);
  return color;
}

/* At the start of a line; returns where it goes on. */
static double
draw_labels (UiRow *self, GtkSnapshot *snapshot, double x, int line, double end)
{
  const char *const *labels = mail_conversation_get_labels (self->item);
  GdkRGBA normal = get_color (self, NULL, 0.9f);
  double room = (end - x) * 0.6;

  for (guint i = 0; labels[i] && i < MAX_PILLS; i++) {
    GdkRGBA ground = get_label_color (labels[i]);
    ground.alpha = 0.22f;
    double width = draw_pill (self, snapshot, labels[i], x, line, x + room, &ground, &normal);
    if (width == 0)
      break;
    x += width + 4;
    room -= width + 4;
  }
  return labels[0] ? x + 2 : x;
}

static void
draw_check (UiRow *self, GtkSnapshot *snapshot)
{
  double x = self->compact ? 2 : AVATAR_X + (AVATAR - CHECK) / 2.0;
  double y = self->compact ? (2 * get_line (self) - CHECK) / 2.0 : (AVATAR - CHECK) / 2.0;

  if (self->selected) {
    GdkRGBA accent = get_color (self, "accent_bg_color", 1);
    GdkRGBA white = get_color (self, "accent_fg_color", 1);
    fill_round (self, snapshot, x, y, CHECK, CHECK, CHECK / 2.0, &accent);
    draw_icon (self, snapshot, "object-select-symbolic", x + 4, y + 4, CHECK - 8, &white);
    return;
  }
  GdkRGBA ring = get_color (self, NULL, 0.45f);
  graphene_rect_t area = GRAPHENE_RECT_INIT (mirror (self, x, CHECK), (float)y, CHECK, CHECK);
  GskRoundedRect round;
  gsk_rounded_rect_init_from_rect (&round, &area, CHECK / 2.0f);
  gtk_snapshot_append_border (snapshot, &round, (float[4]){ 2, 2, 2, 2 },
                              (GdkRGBA[4]){ ring, ring, ring, ring });
}

/* NULL: it has none, or there is nothing to tell apart. */
static MailAccount *
get_coloured (UiRow *self)
{
  g_autoptr (MailMessage) newest = self->across ? mail_conversation_dup_newest (self->item) : NULL;
  MailFolder *folder = newest != NULL ? mail_message_get_folder (newest) : NULL;
  MailAccount *account = folder != NULL ? mail_folder_get_account (folder) : NULL;

  return account != NULL && mail_account_get_colour (account) != NULL ? account : NULL;
}

/* Whose it is, at the edge. */
static void
draw_account (UiRow *self, GtkSnapshot *snapshot)
{
  MailAccount *account = get_coloured (self);
  GdkRGBA color;

  if (account != NULL && gdk_rgba_parse (&color, mail_account_get_colour (account)))
    fill_round (self, snapshot, -STRIPE - 2, 0, STRIPE, gtk_widget_get_height (GTK_WIDGET (self)),
                STRIPE / 2.0, &color);
}

/* What stands before the text: unread, and who it is or whether it is checked. */
static void
draw_start (UiRow *self, GtkSnapshot *snapshot)
{
  GdkRGBA accent = get_color (self, "accent_bg_color", 1);
  double y = ((self->compact ? get_line (self) : AVATAR) - DOT) / 2.0;
  g_autoptr (MailMessage) newest = mail_conversation_dup_newest (self->item);

  if (self->checking)
    draw_check (self, snapshot);
  if (mail_conversation_get_unread (self->item) && !(self->checking && self->compact))
    fill_round (self, snapshot, 0, y, DOT, DOT, DOT / 2.0, &accent);
  if (self->compact || self->checking)
    return;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (mirror (self, AVATAR_X, AVATAR), 0));
  ui_avatar_snapshot (snapshot, gtk_widget_get_pango_context (GTK_WIDGET (self)),
                      newest ? mail_message_get_sender (newest) : "", AVATAR);
  gtk_snapshot_restore (snapshot);
}

/* People and how many messages at the start; at the end, from the edge inwards: date, attachment, answered. */
static void
draw_first_line (UiRow *self, GtkSnapshot *snapshot, const GdkRGBA *dim)
{
  MailConversation *item = self->item;
  gboolean unread = mail_conversation_get_unread (item);
  GdkRGBA normal = get_color (self, NULL, 1), ground = get_color (self, NULL, 0.1f);
  GdkRGBA accent = get_color (self, "accent_color", 1);
  g_autofree char *date =
      base_date_short (mail_conversation_get_date (item), g_get_real_time () / G_USEC_PER_SEC);
  int width = gtk_widget_get_width (GTK_WIDGET (self)), x = get_text_x (self);
  double icon_y = (get_line (self) - ICON) / 2.0;
  double end = width;

  end -=
      draw_text (self, snapshot, date, x, 0, width - x, TRUE, FALSE, SMALL, unread ? &accent : dim);
  if (mail_conversation_get_has_attachments (item)) {
    end -= GAP + ICON;
    draw_icon (self, snapshot, "sosik-attachment-symbolic", end, icon_y, ICON, dim);
  }
  if (mail_conversation_get_answered (item) || mail_conversation_get_forwarded (item)) {
    end -= GAP + ICON;
    draw_icon (self, snapshot,
               mail_conversation_get_answered (item) ? "sosik-reply-symbolic"
                                                     : "sosik-forward-symbolic",
               end, icon_y, ICON, dim);
  }
  end -= GAP;
  if (mail_conversation_get_count (item) < 2) {
    draw_searched (self, snapshot, mail_conversation_get_participants (item), BASE_QUERY_FROM, x, 0,
                   (int)(end - x), unread, &normal);
    return;
  }
  g_autofree char *count = g_strdup_printf ("%'u", mail_conversation_get_count (item));
  double badge = 2 * PILL_PADDING + 8 * (double)strlen (count) + GAP; /* about */
  x += draw_searched (self, snapshot, mail_conversation_get_participants (item), BASE_QUERY_FROM, x,
                      0, (int)(end - badge - x), unread, &normal);
  draw_pill (self, snapshot, count, x + GAP, 0, end + GAP, &ground, dim);
}

static void
draw_heading (UiRow *self, GtkSnapshot *snapshot)
{
  GdkRGBA color = get_color (self, NULL, 0.72f);
  int height = get_heading_height (self), width = gtk_widget_get_width (GTK_WIDGET (self));
  g_autoptr (PangoLayout) layout = make_layout (self, self->heading, width, TRUE, SMALL, NULL);

  draw_layout (self, snapshot, layout, 2, -PADDING_TOP - height + HEADING_ROOM - 4, &color);
}

static void
ui_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiRow *self = UI_ROW (widget);
  MailConversation *item = self->item;
  if (self->heading)
    draw_heading (self, snapshot);
  if (!item || !mail_conversation_get_loaded (item))
    return;
  int width = gtk_widget_get_width (widget), x = get_text_x (self);
  int end = width - STAR - GAP;
  gboolean unread = mail_conversation_get_unread (item);
  gboolean starred = mail_conversation_get_starred (item);
  GdkRGBA normal = get_color (self, NULL, 1), dim = get_color (self, NULL, DIM);
  GdkRGBA star = starred ? get_color (self, "warning_color", 1) : get_color (self, NULL, 0.4f);
  const char *subject = mail_conversation_get_subject (item);

  draw_account (self, snapshot);
  draw_start (self, snapshot);
  draw_first_line (self, snapshot, &dim);
  if (self->compact) {
    double next = draw_labels (self, snapshot, x, 1, end);
    next += draw_searched (self, snapshot, subject, BASE_QUERY_SUBJECT, next, 1, (int)(end - next),
                           unread, &normal);
    if (end - next > 60)
      draw_preview (self, snapshot, next + 2 * GAP, 1, (int)(end - next - 2 * GAP), &dim);
  } else {
    double next = draw_labels (self, snapshot, x, 2, end);
    draw_searched (self, snapshot, subject, BASE_QUERY_SUBJECT, x, 1, end - x, unread, &normal);
    draw_preview (self, snapshot, next, 2, (int)(end - next), &dim);
  }
  draw_icon (self, snapshot, starred ? "sosik-starred-symbolic" : "sosik-star-symbolic",
             width - STAR + (STAR - STAR_ICON) / 2.0, get_star_y (self) - STAR_ICON / 2.0,
             STAR_ICON, &star);
}

static void
ui_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                int *natural, int *minimum_baseline, int *natural_baseline)
{
  UiRow *self = UI_ROW (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = TEXT_X + 80 + STAR;
    *natural = TEXT_X + 240 + STAR;
  } else
    *minimum = *natural = self->compact ? 2 * get_line (self) : MAX (3 * get_line (self), AVATAR);
}

static void
ui_row_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ui_row_parent_class)->css_changed (widget, change);
  UI_ROW (widget)->line = 0; /* perhaps another font */
}

static void
ui_row_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (ui_row_parent_class)->system_setting_changed (widget, setting);
  UI_ROW (widget)->line = 0;
  gtk_widget_queue_resize (widget);
}

/* ---- saying ---- */

/* Rows whose label tells of what was there before: a list has some two hundred of them, and GTK has a message for each new label as
 * soon as a screen reader has looked, so that all at once would hold up the window.  In pieces, when there is nothing else to do. */
#define SAY_BUDGET_US 3000

static GQueue unsaid = G_QUEUE_INIT;
static guint say_source;

/* What a screen reader says; the floor's GTK has no label for list items, so it goes to the list's row widget.  The heading above
 * it is what the row is described by. */
static void
update_label (UiRow *self)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));
  MailConversation *item = self->item;
  if (!row || !item)
    return;
  g_autofree char *date =
      base_date_short (mail_conversation_get_date (item), g_get_real_time () / G_USEC_PER_SEC);
  guint n = mail_conversation_get_count (item);
  g_autofree char *count = g_strdup_printf (ngettext ("%'u message", "%'u messages", n), n);
  const char *const *labels = mail_conversation_get_labels (item);
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  if (mail_conversation_get_unread (item))
    g_ptr_array_add (parts, (char *)_ ("Unread"));
  if (mail_conversation_get_starred (item))
    g_ptr_array_add (parts, (char *)_ ("Starred"));
  g_ptr_array_add (parts, (char *)mail_conversation_get_participants (item));
  if (n > 1)
    g_ptr_array_add (parts, count);
  g_ptr_array_add (parts, (char *)mail_conversation_get_subject (item));
  g_ptr_array_add (parts, date);
  if (mail_conversation_get_has_attachments (item))
    g_ptr_array_add (parts, (char *)_ ("Has attachments"));
  if (mail_conversation_get_answered (item))
    g_ptr_array_add (parts, (char *)_ ("Answered"));
  if (mail_conversation_get_forwarded (item))
    g_ptr_array_add (parts, (char *)_ ("Forwarded"));
  for (guint i = 0; labels[i]; i++)
    g_ptr_array_add (parts, (char *)labels[i]);
  GArray *ranges;
  const char *excerpt = mail_conversation_get_excerpt (item, &ranges);
  if (excerpt)
    g_ptr_array_add (parts, (char *)excerpt);
  /* What the colour says. */
  if (get_coloured (self) != NULL)
    g_ptr_array_add (parts, (char *)mail_account_get_label (get_coloured (self)));
  g_ptr_array_add (parts, NULL);
  g_autofree char *label = g_strjoinv (_ (", "), (char **)parts->pdata);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  if (self->heading)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    self->heading, -1);
  else if (self->described)
    gtk_accessible_reset_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  self->described = self->heading != NULL;
}

static void
be_said (UiRow *self)
{
  if (self->unsaid.data == NULL)
    return;
  g_queue_unlink (&unsaid, &self->unsaid);
  self->unsaid.data = NULL;
}

static gboolean
on_say (gpointer data)
{
  gint64 deadline = g_get_monotonic_time () + SAY_BUDGET_US;

  while (unsaid.head != NULL) {
    UiRow *self = unsaid.head->data;

    be_said (self);
    update_label (self);
    if (g_get_monotonic_time () >= deadline && unsaid.head != NULL)
      return G_SOURCE_CONTINUE;
  }
  say_source = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
has_keyboard (UiRow *self)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));

  return row && gtk_widget_is_focus (row);
}

/* However often it changes, once is enough.  The row at the keyboard is what is read aloud: that one at once. */
static void
say_soon (UiRow *self)
{
  if (has_keyboard (self)) {
    be_said (self);
    update_label (self);
    return;
  }
  if (self->unsaid.data != NULL)
    return;
  self->unsaid.data = self;
  g_queue_push_tail_link (&unsaid, &self->unsaid);
  if (say_source == 0)
    say_source = g_idle_add (on_say, NULL);
}

static void
on_clock_changed (UiRow *self)
{
  if (self->item == NULL)
    return;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  say_soon (self);
}

/* The list's row gets the keyboard or loses it; the window tells of it a moment before it says so itself. */
static void
on_focus (UiRow *self)
{
  if (self->unsaid.data == NULL || !gtk_widget_has_focus (self->row))
    return;
  be_said (self);
  update_label (self);
}

static void
ui_row_root (GtkWidget *widget)
{
  UiRow *self = UI_ROW (widget);

  GTK_WIDGET_CLASS (ui_row_parent_class)->root (widget);
  self->row = gtk_widget_get_parent (widget);
  self->focus_handler =
      g_signal_connect_swapped (self->row, "notify::has-focus", G_CALLBACK (on_focus), self);
}

static void
ui_row_unroot (GtkWidget *widget)
{
  UiRow *self = UI_ROW (widget);

  g_clear_signal_handler (&self->focus_handler, self->row);
  GTK_WIDGET_CLASS (ui_row_parent_class)->unroot (widget);
}

static gboolean
ui_row_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  UiRow *self = UI_ROW (widget);
  if (keyboard || !self->item || !ui_row_is_on_star (self, x, y))
    return FALSE;
  /* GTK's own label would be too narrow for Korean, and break two words. */
  gtk_tooltip_set_custom (tooltip, gtk_label_new (mail_conversation_get_starred (self->item)
                                                      ? _ ("Remove star")
                                                      : _ ("Add star")));
  return TRUE;
}

/* ---- the star ---- */

static void
on_pressed (UiRow *self, int n_press, double x, double y, GtkGesture *gesture)
{
  self->star_clicked = self->item && ui_row_is_on_star (self, x, y);
  if (!self->star_clicked)
    return;
  gtk_gesture_set_state (gesture,
                         GTK_EVENT_SEQUENCE_CLAIMED); /* the list shall not select the row */
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toggle-item-star", "x",
                              mail_conversation_get_id (self->item));
}

gboolean
ui_row_star_was_clicked (UiRow *self)
{
  return self->star_clicked;
}

/* ---- what it shows ---- */

static void
on_changed (UiRow *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  say_soon (self);
}

void
ui_row_set_item (UiRow *self, MailConversation *item)
{
  if (item == self->item)
    return;
  if (self->item)
    g_clear_signal_handler (&self->handler, self->item);
  be_said (self);
  g_set_object (&self->item, item);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (!item)
    return;
  self->handler = g_signal_connect_swapped (item, "changed", G_CALLBACK (on_changed), self);
  say_soon (self);
}

MailConversation *
ui_row_get_item (UiRow *self)
{
  return self->item;
}

/* The list's row gets the label of what is in it: the room above is this widget's margin, so that only what belongs to the message
 * is lit when it is selected. */
void
ui_row_set_heading (UiRow *self, const char *heading)
{
  if (g_strcmp0 (heading, self->heading) == 0)
    return;
  g_free (self->heading);
  self->heading = g_strdup (heading);
  gtk_widget_set_margin_top (GTK_WIDGET (self), heading ? get_heading_height (self) : 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  say_soon (self);
}

void
ui_row_set_look (UiRow *self, gboolean compact, gboolean checking, gboolean across)
{
  /* An account may have another colour now. */
  if (across || self->across) {
    gtk_widget_queue_draw (GTK_WIDGET (self));
    say_soon (self);
  }
  self->across = across;
  if (self->compact == compact && self->checking == checking)
    return;
  self->compact = compact;
  self->checking = checking;
  if (compact)
    gtk_widget_add_css_class (GTK_WIDGET (self), "compact");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "compact");
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
ui_row_set_selected (UiRow *self, gboolean selected)
{
  if (self->selected == selected)
    return;
  self->selected = selected;
  if (self->checking)
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- class ---- */

static void
ui_row_dispose (GObject *object)
{
  UiRow *self = UI_ROW (object);
  ui_row_set_item (self, NULL);
  be_said (self);
  g_clear_pointer (&self->heading, g_free);
  G_OBJECT_CLASS (ui_row_parent_class)->dispose (object);
}

static void
ui_row_class_init (UiRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_row_dispose;
  widget_class->root = ui_row_root;
  widget_class->unroot = ui_row_unroot;
  widget_class->measure = ui_row_measure;
  widget_class->snapshot = ui_row_snapshot;
  widget_class->css_changed = ui_row_css_changed;
  widget_class->system_setting_changed = ui_row_system_setting_changed;
  widget_class->query_tooltip = ui_row_query_tooltip;
}

static void
ui_row_init (UiRow *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "message");
  ui_clock_listen (self, G_CALLBACK (on_clock_changed));
}

GtkWidget *
ui_row_new (void)
{
  return g_object_new (UI_TYPE_ROW, NULL);
}
