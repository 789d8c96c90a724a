/* One row of the message list, used again and again for other messages.  Main thread.  It never asks the engine for
 * anything: a message that is not loaded yet is drawn empty and tells when it is. */
#include "ui-row.h"

#include <glib/gi18n.h>

#include "base-date.h"
#include "ui-avatar.h"

/* Pixels, in reading direction; the style sheet adds the padding around it. */
#define DOT       8
#define AVATAR_X  (DOT + 8)
#define AVATAR    38
#define TEXT_X    (AVATAR_X + AVATAR + 8)
#define STAR      24
#define ICON      12
#define STAR_ICON 16
#define GAP       6
#define SMALL     0.92
#define DIM       0.62f
#define LINE_HEIGHT                                                                                \
  1.5 /* × the font's size: room for Hangul and Han as well, so that all rows are alike */

struct _UiRow
{
  GtkWidget parent_instance;

  MailMessage *message; /* Owned */

  gulong handler;
  guint tick;
  int line; /* height of a line of text; 0: not known for this font */
  gboolean star_clicked;
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

/* The left edge of something `width` wide that begins at `x` in reading direction. */
static float
mirror (UiRow *self, double x, double width)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  return (float)(rtl ? gtk_widget_get_width (GTK_WIDGET (self)) - x - width : x);
}

static gboolean
is_on_star (UiRow *self, double x, double y)
{
  GtkWidget *widget = GTK_WIDGET (self);
  double left = mirror (self, gtk_widget_get_width (widget) - STAR, STAR);
  return x >= left - 2 && x < left + STAR + 2 && y >= get_line (self);
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

/* One line of text, cut at the end where it is too long; returns how wide it became. */
static int
draw_text (UiRow *self, GtkSnapshot *snapshot, const char *text, double x, int line, int width,
           gboolean at_end, gboolean bold, double scale, const GdkRGBA *color)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  PangoRectangle area;

  if (width <= 0)
    return 0;
  if (bold)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  if (scale < 1)
    pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (layout, width * PANGO_SCALE);
  pango_layout_get_pixel_extents (layout, NULL, &area);
  if (at_end)
    x += width - area.width;

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (mirror (self, x, area.width) - (float)area.x,
                                                (float)(line * get_line (self))
                                                    + (float)(get_line (self) - area.height) / 2));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
  return area.width;
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

static void
draw_dot (UiRow *self, GtkSnapshot *snapshot)
{
  GdkRGBA color = get_color (self, "accent_bg_color", 1);
  graphene_rect_t area =
      GRAPHENE_RECT_INIT (mirror (self, 0, DOT), (float)(AVATAR - DOT) / 2, DOT, DOT);
  GskRoundedRect disc;

  gsk_rounded_rect_init_from_rect (&disc, &area, (float)DOT / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &disc);
  gtk_snapshot_append_color (snapshot, &color, &area);
  gtk_snapshot_pop (snapshot);
}

/* Sender at the start; at the end, from the edge inwards: date, attachment, answered. */
static void
draw_first_line (UiRow *self, GtkSnapshot *snapshot, const GdkRGBA *dim)
{
  MailMessage *message = self->message;
  gboolean unread = mail_message_get_unread (message);
  GdkRGBA normal = get_color (self, NULL, 1);
  GdkRGBA accent = get_color (self, "accent_color", 1);
  g_autofree char *date =
      base_date_short (mail_message_get_date (message), g_get_real_time () / G_USEC_PER_SEC);
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  double icon_y = (get_line (self) - ICON) / 2.0;
  double end = width;

  end -= draw_text (self, snapshot, date, TEXT_X, 0, width - TEXT_X, TRUE, FALSE, 0.86,
                    unread ? &accent : dim);
  if (mail_message_get_has_attachments (message)) {
    end -= GAP + ICON;
    draw_icon (self, snapshot, "sosik-attachment-symbolic", end, icon_y, ICON, dim);
  }
  if (mail_message_get_answered (message) || mail_message_get_forwarded (message)) {
    end -= GAP + ICON;
    draw_icon (self, snapshot,
               mail_message_get_answered (message) ? "sosik-reply-symbolic"
                                                   : "sosik-forward-symbolic",
               end, icon_y, ICON, dim);
  }
  draw_text (self, snapshot, mail_message_get_sender (message), TEXT_X, 0,
             (int)(end - GAP - TEXT_X), FALSE, unread, 1, &normal);
}

static void
ui_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiRow *self = UI_ROW (widget);
  MailMessage *message = self->message;
  if (!message || !mail_message_get_loaded (message))
    return;
  int width = gtk_widget_get_width (widget), line = get_line (self);
  int text_width = width - TEXT_X - STAR - GAP;
  gboolean unread = mail_message_get_unread (message);
  gboolean starred = mail_message_get_starred (message);
  GdkRGBA normal = get_color (self, NULL, 1), dim = get_color (self, NULL, DIM);
  GdkRGBA star = starred ? get_color (self, "warning_color", 1) : dim;

  if (unread)
    draw_dot (self, snapshot);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (mirror (self, AVATAR_X, AVATAR), 0));
  ui_avatar_snapshot (snapshot, gtk_widget_get_pango_context (widget),
                      mail_message_get_sender (message), AVATAR);
  gtk_snapshot_restore (snapshot);
  draw_first_line (self, snapshot, &dim);
  draw_text (self, snapshot, mail_message_get_subject (message), TEXT_X, 1, text_width, FALSE,
             unread, 1, &normal);
  draw_text (self, snapshot, mail_message_get_preview (message), TEXT_X, 2, text_width, FALSE,
             FALSE, SMALL, &dim);
  draw_icon (self, snapshot, starred ? "sosik-starred-symbolic" : "sosik-star-symbolic",
             width - STAR + (STAR - STAR_ICON) / 2.0, 2 * line - STAR_ICON / 2.0, STAR_ICON, &star);
}

static void
ui_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                int *natural, int *minimum_baseline, int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = TEXT_X + 80 + STAR;
    *natural = TEXT_X + 240 + STAR;
  } else
    *minimum = *natural = MAX (3 * get_line (UI_ROW (widget)), AVATAR);
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

/* What a screen reader says; the floor's GTK has no label for list items, so it goes to the list's row widget. */
static void
update_label (UiRow *self)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));
  if (!row)
    return;
  g_autofree char *date =
      base_date_short (mail_message_get_date (self->message), g_get_real_time () / G_USEC_PER_SEC);
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  if (mail_message_get_unread (self->message))
    g_ptr_array_add (parts, (char *)_ ("Unread"));
  if (mail_message_get_starred (self->message))
    g_ptr_array_add (parts, (char *)_ ("Starred"));
  g_ptr_array_add (parts, (char *)mail_message_get_sender (self->message));
  g_ptr_array_add (parts, (char *)mail_message_get_subject (self->message));
  g_ptr_array_add (parts, date);
  if (mail_message_get_has_attachments (self->message))
    g_ptr_array_add (parts, (char *)_ ("Has attachments"));
  if (mail_message_get_answered (self->message))
    g_ptr_array_add (parts, (char *)_ ("Answered"));
  if (mail_message_get_forwarded (self->message))
    g_ptr_array_add (parts, (char *)_ ("Forwarded"));
  g_ptr_array_add (parts, NULL);
  g_autofree char *label = g_strjoinv (", ", (char **)parts->pdata);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static gboolean
ui_row_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  UiRow *self = UI_ROW (widget);
  if (keyboard || !self->message || !is_on_star (self, x, y))
    return FALSE;
  /* GTK's own label would be too narrow for Korean, and break two words. */
  gtk_tooltip_set_custom (tooltip, gtk_label_new (mail_message_get_starred (self->message)
                                                      ? _ ("Remove star")
                                                      : _ ("Add star")));
  return TRUE;
}

/* ---- the star ---- */

static void
on_pressed (UiRow *self, int n_press, double x, double y, GtkGesture *gesture)
{
  self->star_clicked = self->message && is_on_star (self, x, y);
  if (!self->star_clicked)
    return;
  gtk_gesture_set_state (gesture,
                         GTK_EVENT_SEQUENCE_CLAIMED); /* the list shall not select the row */
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toggle-star", "x",
                              mail_message_get_id (self->message));
}

MailMessage *
ui_row_get_message (UiRow *self)
{
  return self->message;
}

gboolean
ui_row_star_was_clicked (UiRow *self)
{
  return self->star_clicked;
}

/* ---- message ---- */

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  UiRow *self = UI_ROW (widget);
  self->tick = 0;
  update_label (self);
  return G_SOURCE_REMOVE;
}

/* A message that has just been loaded notifies a dozen times; once a frame is enough. */
static void
on_notify (UiRow *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

void
ui_row_set_message (UiRow *self, MailMessage *message)
{
  if (message == self->message)
    return;
  if (self->message)
    g_clear_signal_handler (&self->handler, self->message);
  if (self->tick) {
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
    self->tick = 0;
  }
  g_set_object (&self->message, message);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (!message)
    return;
  self->handler = g_signal_connect_swapped (message, "notify", G_CALLBACK (on_notify), self);
  update_label (self);
}

/* ---- class ---- */

static void
ui_row_dispose (GObject *object)
{
  ui_row_set_message (UI_ROW (object), NULL);
  G_OBJECT_CLASS (ui_row_parent_class)->dispose (object);
}

static void
ui_row_class_init (UiRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_row_dispose;
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
}

GtkWidget *
ui_row_new (void)
{
  return g_object_new (UI_TYPE_ROW, NULL);
}
