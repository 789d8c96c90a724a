/* Suggestions, see the header. */
#include "ui-offer.h"

GtkListBoxRow *
ui_offer_step (GtkListBox *list, gboolean down)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (list);
  int n = 0, index = row != NULL ? gtk_list_box_row_get_index (row) : -1;

  while (gtk_list_box_get_row_at_index (list, n) != NULL)
    n++;
  index = (index + (down ? 1 : -1) + 1 + (n + 1)) % (n + 1) - 1;
  row = index >= 0 ? gtk_list_box_get_row_at_index (list, index) : NULL;
  gtk_list_box_unselect_all (list);
  if (row != NULL)
    gtk_list_box_select_row (list, row);
  return row;
}

void
ui_offer_say (GtkWidget *entry, const char *said)
{
  if (said != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    said, -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}
