/* Rows of a drop-down, as GTK's own are, but for their width and their names.  Main thread. */
#include "ui-choice.h"

/* Characters */
#define BUTTON_WIDTH 8
#define LIST_WIDTH   30
#define MOST_WIDTH   60

typedef struct
{
  const char *property;
  PangoEllipsizeMode ellipsize;
  gboolean marks; /* in the list */
} Look;

static void
look_free (gpointer look, GClosure *closure)
{
  g_free (look);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, const Look *look)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  /* The button has one line, since a drop-down of GTK 4.8 asks for the height of its natural width; what it shortens stands whole in the list. */
  if (look->marks) {
    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  } else {
    gtk_label_set_ellipsize (GTK_LABEL (label), look->ellipsize);
  }
  gtk_label_set_width_chars (GTK_LABEL (label), BUTTON_WIDTH);
  gtk_label_set_max_width_chars (GTK_LABEL (label), look->marks ? MOST_WIDTH : LIST_WIDTH);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  if (look->marks)
    gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("object-select-symbolic"));
  gtk_list_item_set_child (item, box);
}

static void
show_mark (GtkDropDown *choice, GParamSpec *pspec, GtkListItem *item)
{
  gboolean chosen = gtk_drop_down_get_selected_item (choice) == gtk_list_item_get_item (item);

  gtk_widget_set_opacity (gtk_widget_get_last_child (gtk_list_item_get_child (item)), chosen);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, const Look *look)
{
  GtkWidget *box = gtk_list_item_get_child (item), *label = gtk_widget_get_first_child (box);
  GtkWidget *choice = gtk_widget_get_ancestor (box, GTK_TYPE_DROP_DOWN);
  g_autofree char *name = NULL;

  g_object_get (gtk_list_item_get_item (item), look->property, &name, NULL);
  gtk_label_set_text (GTK_LABEL (label), name);
  /* The list is as wide as it has to be to tell them apart, the button as there is room. */
  if (look->marks)
    gtk_label_set_width_chars (GTK_LABEL (label), (int)MIN (g_utf8_strlen (name, -1), LIST_WIDTH));
  gtk_widget_set_tooltip_text (label, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (box)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (!look->marks || choice == NULL)
    return;
  g_signal_connect_object (choice, "notify::selected-item", G_CALLBACK (show_mark), item, 0);
  show_mark (GTK_DROP_DOWN (choice), NULL, item);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, const Look *look)
{
  GtkWidget *choice = gtk_widget_get_ancestor (gtk_list_item_get_child (item), GTK_TYPE_DROP_DOWN);

  if (choice != NULL)
    g_signal_handlers_disconnect_by_func (choice, show_mark, item);
}

static GtkListItemFactory *
make_factory (const char *property, PangoEllipsizeMode ellipsize, gboolean marks)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  Look *look = g_new0 (Look, 1);

  *look = (Look){ property, ellipsize, marks };
  g_signal_connect_data (factory, "setup", G_CALLBACK (on_setup), look, look_free, 0);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), look);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), look);
  return factory;
}

void
ui_choice_set_up (GtkDropDown *choice, const char *property, PangoEllipsizeMode ellipsize)
{
  g_autoptr (GtkListItemFactory) button = make_factory (property, ellipsize, FALSE);
  g_autoptr (GtkListItemFactory) list = make_factory (property, ellipsize, TRUE);

  gtk_drop_down_set_factory (choice, button);
  gtk_drop_down_set_list_factory (choice, list);
}
