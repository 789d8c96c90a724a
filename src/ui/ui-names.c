/* Gives names to the lists, switches and buttons inside libadwaita's groups and rows: what GTK calls them otherwise is "GtkListBox".  Main
 * thread; walks a widget tree once. */
#include "ui-names.h"

#include <adwaita.h>

static void
set_name (GtkWidget *widget, const char *name)
{
  if (name != NULL && *name != '\0')
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
}

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
    set_name (gtk_widget_get_first_child (widget), row);
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
