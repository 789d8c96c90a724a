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

/* `group` and `row` name what is around `widget`. */
static void
fill (GtkWidget *widget, const char *group, const char *row)
{
  if (ADW_IS_PREFERENCES_GROUP (widget)) {
    const char *title = adw_preferences_group_get_title (ADW_PREFERENCES_GROUP (widget));

    if (title != NULL && *title != '\0')
      group = title;
    row = NULL;
  } else if (ADW_IS_PREFERENCES_ROW (widget)) {
    const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget));

    /* An expander has a row of its own inside, without a title of its own. */
    if (title != NULL && *title != '\0')
      row = title;
    set_name (widget, row);
  } else if (GTK_IS_LIST_BOX (widget)) {
    set_name (widget, row != NULL ? row : group);
  } else if (row != NULL && (GTK_IS_SWITCH (widget) || GTK_IS_DROP_DOWN (widget))) {
    set_name (widget, row);
    if (GTK_IS_DROP_DOWN (widget))
      set_name (gtk_widget_get_first_child (widget), row);
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
