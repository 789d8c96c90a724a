/* The bar of formats: one row that is whole, or, where that does not fit, its most wanted buttons and a menu with the rest.  Main
 * thread.  Menus and the palette are made when they are wanted. */
#include "ui-format-bar.h"

#include <glib/gi18n.h>

#define SPACING 2

struct _UiFormatBar
{
  GtkWidget parent_instance;

  GtkWidget *more; /* a child like the others, shown in their place */
};

G_DEFINE_FINAL_TYPE (UiFormatBar, ui_format_bar, GTK_TYPE_WIDGET)

/* ---- layout ---- */

static gboolean
is_folded (GtkWidget *child)
{
  return g_object_get_data (G_OBJECT (child), "folds") != NULL;
}

static int
get_width (GtkWidget *child)
{
  int natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

static int
sum (UiFormatBar *self, gboolean folded)
{
  int total = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (child == self->more ? folded : !folded || !is_folded (child))
      total += get_width (child) + SPACING;
  return MAX (0, total - SPACING);
}

static void
ui_format_bar_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  UiFormatBar *self = UI_FORMAT_BAR (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = sum (self, TRUE);
    *natural = MAX (*minimum, sum (self, FALSE));
    return;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    int least, wanted;

    gtk_widget_measure (child, orientation, -1, &least, &wanted, NULL, NULL);
    *minimum = MAX (*minimum, least);
    *natural = MAX (*natural, wanted);
  }
}

static void
ui_format_bar_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiFormatBar *self = UI_FORMAT_BAR (widget);
  gboolean folded = width < sum (self, FALSE);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int x = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    gboolean shown = child == self->more ? folded : !folded || !is_folded (child);
    int wide = get_width (child);

    gtk_widget_set_child_visible (child, shown);
    if (!shown)
      continue;
    gtk_widget_size_allocate (
        child, &(GtkAllocation){ mirrored ? width - x - wide : x, 0, wide, height }, -1);
    x += wide + SPACING;
  }
}

/* ---- buttons ---- */

static GtkWidget *
add (UiFormatBar *self, GtkWidget *child, const char *label, gboolean folds)
{
  if (folds)
    g_object_set_data (G_OBJECT (child), "folds", child);
  if (label != NULL) {
    gtk_widget_set_tooltip_text (child, label);
    gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
  }
  gtk_widget_set_valign (child, GTK_ALIGN_CENTER);
  gtk_widget_insert_before (child, GTK_WIDGET (self), NULL);
  return child;
}

static void
add_button (UiFormatBar *self, const char *icon, const char *action, const char *label,
            gboolean toggle, gboolean folds)
{
  GtkWidget *button = toggle ? gtk_toggle_button_new () : gtk_button_new ();

  gtk_button_set_icon_name (GTK_BUTTON (button), icon);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  add (self, button, label, folds);
}

static void
add_separator (UiFormatBar *self)
{
  GtkWidget *separator = gtk_separator_new (GTK_ORIENTATION_VERTICAL);

  add (self, separator, NULL, TRUE);
  gtk_widget_set_valign (separator, GTK_ALIGN_FILL);
}

static GtkWidget *
add_menu (UiFormatBar *self, const char *icon, const char *label,
          GtkMenuButtonCreatePopupFunc create, gboolean folds)
{
  GtkWidget *button = gtk_menu_button_new ();

  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), icon);
  gtk_menu_button_set_direction (GTK_MENU_BUTTON (button), GTK_ARROW_UP);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (button), create, NULL, NULL);
  return add (self, button, label, folds);
}

/* ---- menus ---- */

typedef struct
{
  const char *label, *action;
} Item;

static GMenu *
add_section (GMenu *menu, const char *title, const Item *items, guint n)
{
  g_autoptr (GMenu) section = g_menu_new ();

  for (guint i = 0; i < n; i++)
    g_menu_append (section, _ (items[i].label), items[i].action);
  g_menu_append_section (menu, title, G_MENU_MODEL (section));
  return section; /* the menu keeps it */
}

static const Item sizes[] = {
  { N_ ("Small"), "editor.size::small" },
  { N_ ("Normal"), "editor.size::" },
  { N_ ("Large"), "editor.size::large" },
  { N_ ("Huge"), "editor.size::huge" },
};

static const Item families[] = {
  { N_ ("The Reader’s Usual Font"), "editor.family::" },
  { N_ ("Sans Serif"), "editor.family::sans" },
  { N_ ("Serif"), "editor.family::serif" },
  { N_ ("Fixed Width"), "editor.family::monospace" },
};

static const Item alignments[] = {
  { N_ ("Align at the Start"), "editor.align::" },
  { N_ ("Center"), "editor.align::center" },
  { N_ ("Align Right"), "editor.align::right" },
};

static void
set_menu (GtkMenuButton *button, GMenu *menu)
{
  gtk_menu_button_set_popover (
      button, gtk_popover_menu_new_from_model_full (G_MENU_MODEL (menu), GTK_POPOVER_MENU_NESTED));
}

static void
create_fonts (GtkMenuButton *button, gpointer data)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  if (gtk_menu_button_get_popover (button) != NULL)
    return;
  add_section (menu, _ ("Size"), sizes, G_N_ELEMENTS (sizes));
  add_section (menu, _ ("Font"), families, G_N_ELEMENTS (families));
  set_menu (button, menu);
}

static void
create_alignments (GtkMenuButton *button, gpointer data)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  if (gtk_menu_button_get_popover (button) != NULL)
    return;
  add_section (menu, NULL, alignments, G_N_ELEMENTS (alignments));
  set_menu (button, menu);
}

static void
create_more (GtkMenuButton *button, gpointer data)
{
  const Item lines[] = {
    { N_ ("Strikethrough"), "editor.strikethrough" },
    { N_ ("Heading"), "editor.heading" },
    { N_ ("Quote"), "editor.quote" },
  };
  const Item steps[] = {
    { N_ ("Clear Formatting"), "editor.clear" },
    { N_ ("Undo"), "editor.undo" },
    { N_ ("Redo"), "editor.redo" },
  };
  g_autoptr (GMenu) menu = g_menu_new ();

  if (gtk_menu_button_get_popover (button) != NULL)
    return;
  add_section (menu, NULL, lines, G_N_ELEMENTS (lines));
  add_section (menu, NULL, alignments, G_N_ELEMENTS (alignments));
  add_section (menu, NULL, steps, G_N_ELEMENTS (steps));
  set_menu (button, menu);
}

/* ---- colours ---- */

/* All of them can be read on white paper. */
static const struct
{
  const char *colour, *name;
} colours[] = {
  { "", N_ ("The Usual Color") }, { "#c01c28", N_ ("Red") },    { "#c64600", N_ ("Orange") },
  { "#9c6e03", N_ ("Yellow") },   { "#1b7f4b", N_ ("Green") },  { "#0f7e8c", N_ ("Turquoise") },
  { "#1a5fb4", N_ ("Blue") },     { "#813d9c", N_ ("Purple") }, { "#865e3c", N_ ("Brown") },
  { "#6b6874", N_ ("Gray") },
};

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  const char *colour = data;
  GdkRGBA rgba;
  double radius = MIN (width, height) / 2.0;

  if (*colour == '\0' || !gdk_rgba_parse (&rgba, colour))
    gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (area)), &rgba);
  gdk_cairo_set_source_rgba (cr, &rgba);
  cairo_arc (cr, width / 2.0, height / 2.0, radius, 0, 2 * G_PI);
  cairo_fill (cr);
}

static void
on_colour (GtkWidget *button)
{
  gtk_popover_popdown (GTK_POPOVER (gtk_widget_get_ancestor (button, GTK_TYPE_POPOVER)));
}

static void
create_colours (GtkMenuButton *menu_button, gpointer data)
{
  GtkWidget *grid = gtk_grid_new (), *popover = gtk_popover_new ();

  if (gtk_menu_button_get_popover (menu_button) != NULL) {
    g_object_unref (g_object_ref_sink (grid));
    g_object_unref (g_object_ref_sink (popover));
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (colours); i++) {
    GtkWidget *button = gtk_toggle_button_new (), *swatch = gtk_drawing_area_new ();

    gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (swatch), 20);
    gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (swatch), 20);
    gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (swatch), draw_swatch,
                                    (gpointer)colours[i].colour, NULL);
    gtk_button_set_child (GTK_BUTTON (button), swatch);
    gtk_widget_add_css_class (button, "flat");
    gtk_widget_add_css_class (button, "circular");
    gtk_widget_set_tooltip_text (button, _ (colours[i].name));
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ (colours[i].name), -1);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "editor.colour");
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", colours[i].colour);
    g_signal_connect (button, "clicked", G_CALLBACK (on_colour), NULL);
    gtk_grid_attach (GTK_GRID (grid), button, (int)i % 5, (int)i / 5, 1, 1);
  }
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_popover_set_child (GTK_POPOVER (popover), grid);
  gtk_accessible_update_property (GTK_ACCESSIBLE (popover), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Color of the text"), -1);
  gtk_menu_button_set_popover (menu_button, popover);
}

/* ---- the object ---- */

static void
ui_format_bar_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (ui_format_bar_parent_class)->dispose (object);
}

static void
ui_format_bar_class_init (UiFormatBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_format_bar_dispose;
  widget_class->measure = ui_format_bar_measure;
  widget_class->size_allocate = ui_format_bar_size_allocate;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_TOOLBAR);
}

static void
ui_format_bar_init (UiFormatBar *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "toolbar");
  gtk_widget_add_css_class (GTK_WIDGET (self), "composer-format");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Formatting"), -1);
  add_button (self, "format-text-bold-symbolic", "editor.bold", _ ("Bold (Ctrl+B)"), TRUE, FALSE);
  add_button (self, "format-text-italic-symbolic", "editor.italic", _ ("Italic (Ctrl+I)"), TRUE,
              FALSE);
  add_button (self, "format-text-underline-symbolic", "editor.underline", _ ("Underline (Ctrl+U)"),
              TRUE, FALSE);
  add_button (self, "format-text-strikethrough-symbolic", "editor.strikethrough",
              _ ("Strikethrough (Ctrl+Shift+X)"), TRUE, TRUE);
  add_separator (self);
  add_menu (self, "font-select-symbolic", _ ("Size and font"), create_fonts, FALSE);
  add_menu (self, "sosik-colour-symbolic", _ ("Color"), create_colours, FALSE);
  add_button (self, "sosik-heading-symbolic", "editor.heading", _ ("Heading (Ctrl+Shift+H)"), TRUE,
              TRUE);
  add_separator (self);
  add_button (self, "sosik-bullets-symbolic", "editor.bullet", _ ("Bulleted list (Ctrl+Shift+L)"),
              TRUE, FALSE);
  add_button (self, "sosik-numbers-symbolic", "editor.number", _ ("Numbered list (Ctrl+Shift+O)"),
              TRUE, FALSE);
  add_button (self, "sosik-quote-symbolic", "editor.quote", _ ("Quote (Ctrl+Shift+Q)"), TRUE, TRUE);
  add_menu (self, "format-justify-left-symbolic", _ ("Alignment"), create_alignments, TRUE);
  add_separator (self);
  add_button (self, "sosik-link-symbolic", "composer.link", _ ("Link (Ctrl+K)"), FALSE, FALSE);
  add_button (self, "face-smile-symbolic", "editor.emoji", _ ("Emoji (Ctrl+.)"), FALSE, FALSE);
  add_separator (self);
  add_button (self, "edit-clear-all-symbolic", "editor.clear", _ ("Clear formatting (Ctrl+\\)"),
              FALSE, TRUE);
  add_button (self, "edit-undo-symbolic", "editor.undo", _ ("Undo (Ctrl+Z)"), FALSE, TRUE);
  add_button (self, "edit-redo-symbolic", "editor.redo", _ ("Redo (Ctrl+Shift+Z)"), FALSE, TRUE);
  self->more = add_menu (self, "view-more-symbolic", _ ("More formatting"), create_more, FALSE);
}
