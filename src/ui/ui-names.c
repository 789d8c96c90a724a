/* Gives names to the lists, switches, choices and buttons inside libadwaita's groups, rows, dialogs and toasts: what GTK calls them
 * otherwise is "GtkListBox", or nothing.  Main thread; walks a widget tree once. */
#include "ui-names.h"

#include <adwaita.h>
#include <glib/gi18n.h>

static void
set_name (GtkWidget *widget, const char *name)
{
  if (name != NULL && *name != '\0')
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
}

static GtkLabel *
find_label (GtkWidget *widget)
{
  GtkLabel *found = GTK_IS_LABEL (widget) ? GTK_LABEL (widget) : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_label (child);
  return found;
}

/* ---- mnemonics ---- */

/* A button is named by the label within it besides; a check button is not. */
static void
leave_to_label (GtkWidget *button)
{
  GtkLabel *label = GTK_IS_CHECK_BUTTON (button) ? find_label (button) : NULL;

  if (label != NULL)
    set_name (button, gtk_label_get_text (label));
  else if (GTK_IS_BUTTON (button))
    gtk_accessible_reset_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL);
}

/* ---- menus ---- */

/* A menu is called as what opens it. */
static void
name_menu (GtkWidget *menu)
{
  GtkWidget *button = gtk_widget_get_ancestor (menu, GTK_TYPE_MENU_BUTTON);
  const char *name = button != NULL ? gtk_widget_get_tooltip_text (button) : NULL;

  if (name == NULL && button != NULL)
    name = gtk_menu_button_get_label (GTK_MENU_BUTTON (button));
  set_name (menu, name != NULL ? name : _ ("Menu"));
}

static gboolean
on_realize (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer data)
{
  GtkWidget *widget = g_value_get_object (&values[0]);

  if ((GTK_IS_BUTTON (widget) && gtk_button_get_use_underline (GTK_BUTTON (widget))
       && gtk_button_get_label (GTK_BUTTON (widget)) != NULL)
      || (GTK_IS_CHECK_BUTTON (widget)
          && gtk_check_button_get_use_underline (GTK_CHECK_BUTTON (widget)))) {
    leave_to_label (widget);
    g_signal_handlers_disconnect_by_func (widget, leave_to_label, NULL); /* realized before */
    g_signal_connect (widget, "notify::label", G_CALLBACK (leave_to_label), NULL);
  }
  if (GTK_IS_POPOVER_MENU (widget))
    name_menu (widget);
  return TRUE;
}

void
ui_names_install (void)
{
  /* A picture that says something has a role of its own, and a name; others would be read as “GtkImage”. */
  GtkWidgetClass *image = g_type_class_ref (GTK_TYPE_IMAGE);

  gtk_widget_class_set_accessible_role (image, GTK_ACCESSIBLE_ROLE_PRESENTATION);
  g_type_class_unref (image);
  /* Its signals are there with the class. */
  g_type_class_unref (g_type_class_ref (GTK_TYPE_WIDGET));
  g_signal_add_emission_hook (g_signal_lookup ("realize", GTK_TYPE_WIDGET), 0, on_realize, NULL,
                              NULL);
}

void
ui_names_fill_close (GtkWidget *root)
{
  if (GTK_IS_BUTTON (root)) {
    if (gtk_button_get_label (GTK_BUTTON (root)) == NULL)
      set_name (root, _ ("Close"));
    return;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    ui_names_fill_close (child);
}

/* ---- choices ---- */

/* What can be chosen has no name of its own, only a label somewhere inside. */
static void
name_choices (GtkWidget *widget, const char *name)
{
  if (GTK_IS_LIST_VIEW (widget)) {
    set_name (widget, name);
    for (GtkWidget *row = gtk_widget_get_first_child (widget); row != NULL;
         row = gtk_widget_get_next_sibling (row)) {
      GtkLabel *label = find_label (row);

      if (label != NULL)
        set_name (row, gtk_label_get_text (label));
    }
    return;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    name_choices (child, name);
}

static void
on_choices_mapped (GtkWidget *popover, const char *name)
{
  name_choices (popover, name);
}

static void
free_name (gpointer name, GClosure *closure)
{
  g_free (name);
}

void
ui_names_fill_choice (GtkWidget *drop_down, const char *name)
{
  set_name (gtk_widget_get_first_child (drop_down), name);
  for (GtkWidget *child = gtk_widget_get_first_child (drop_down); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    if (GTK_IS_POPOVER (child))
      g_signal_connect_data (child, "map", G_CALLBACK (on_choices_mapped), g_strdup (name),
                             free_name, 0);
  }
}

/* ---- all widgets ---- */

/* A row names the widget that it activates. */
static gboolean
is_named_by_row (GtkWidget *widget)
{
  GtkWidget *row = gtk_widget_get_ancestor (widget, ADW_TYPE_ACTION_ROW);

  return row != NULL && adw_action_row_get_activatable_widget (ADW_ACTION_ROW (row)) == widget
         && *adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)) != '\0';
}

/* `group` and `row` name what is around `widget`. */
static void
fill (GtkWidget *widget, const char *group, const char *row)
{
  if (ADW_IS_PREFERENCES_GROUP (widget)) {
    const char *title = adw_preferences_group_get_title (ADW_PREFERENCES_GROUP (widget));

    /* With a title it names its list itself. */
    if (title != NULL && *title != '\0')
      group = NULL;
  } else if (ADW_IS_PREFERENCES_ROW (widget)) {
    const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget));

    /* The row inside of an expander has no title, and the expander tells nobody its own. */
    if (title != NULL && *title != '\0')
      row = title;
    if (title == NULL || *title == '\0' || ADW_IS_EXPANDER_ROW (widget))
      set_name (widget, row);
  } else if (GTK_IS_LIST_BOX (widget)) {
    set_name (widget, row != NULL ? row : group);
  } else if (row != NULL && GTK_IS_DROP_DOWN (widget)) {
    ui_names_fill_choice (widget, row);
  } else if (row != NULL && GTK_IS_SWITCH (widget) && !is_named_by_row (widget)) {
    set_name (widget, row);
  } else if (row != NULL && GTK_IS_BUTTON (widget)) {
    set_name (widget, gtk_widget_get_tooltip_text (widget));
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    fill (child, group, row);
}

void
ui_names_fill (GtkWidget *root)
{
  GtkRoot *window = gtk_widget_get_root (root);

  fill (root, GTK_IS_WINDOW (window) ? gtk_window_get_title (GTK_WINDOW (window)) : NULL, NULL);
}

/* ---- windows of GTK and libadwaita ---- */

static gboolean
is_search (GtkWidget *button)
{
  GtkWidget *child = GTK_IS_BUTTON (button) ? gtk_button_get_child (GTK_BUTTON (button)) : NULL;
  const char *icon = GTK_IS_IMAGE (child) ? gtk_image_get_icon_name (GTK_IMAGE (child)) : NULL;

  return g_strcmp0 (icon, "edit-find-symbolic") == 0;
}

void
ui_names_fill_foreign (GtkWidget *root, const char *name)
{
  if (GTK_IS_BUTTON (root) || GTK_IS_MENU_BUTTON (root)) {
    GtkLabel *label = find_label (root);
    const char *tooltip = gtk_widget_get_tooltip_text (root);

    set_name (root, tooltip != NULL        ? tooltip
                    : is_search (root)     ? _ ("Search")
                    : label != NULL        ? gtk_label_get_text (label)
                    : GTK_IS_BUTTON (root) ? NULL
                                           : name);
    return; /* the button within a menu button says its label by itself */
  }
  if (GTK_IS_WINDOW (root) || GTK_IS_LIST_BOX (root))
    set_name (root, name);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    ui_names_fill_foreign (child, name);
}

GtkWidget *
ui_names_make_button (const char *icon, const char *label)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  return button;
}
