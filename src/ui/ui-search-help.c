/* The page that says how to search.  Main thread.  What it says of operators comes from where they are understood (base-query.h), so that it is never about others. */
#include "ui-search-help.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "base-query.h"

#define WIDTH  440
#define HEIGHT 560

typedef struct
{
  GtkWindow *window;
  UiSearchHelpFunc func;
  gpointer data;
} Help;

static void
on_activated (GtkListBoxRow *row, Help *help)
{
  const char *example = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row));
  g_autofree char *operator= g_strndup (example, strcspn (example, ":") + 1);
  UiSearchHelpFunc func = help->func;
  gpointer data = help->data;

  gtk_window_destroy (help->window); /* and `help` with it */
  func (operator, data);
}

static void
add_row (AdwPreferencesGroup *group, const BaseQueryOffer *offer, Help *help)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), offer->text);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), offer->help);
  if (help != NULL) {
    gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                               gtk_image_new_from_icon_name ("list-add-symbolic"));
    g_signal_connect (row, "activated", G_CALLBACK (on_activated), help);
  }
  adw_preferences_group_add (group, row);
}

/* `help` NULL: nothing comes of a click. */
static GtkWidget *
make_group (const char *title, const char *description, GPtrArray *offers, Help *help)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
  for (guint i = 0; i < offers->len; i++)
    add_row (ADW_PREFERENCES_GROUP (group), offers->pdata[i], help);
  return group;
}

static void
add_escape (GtkWidget *window)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                        gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
}

void
ui_search_help_show (GtkWindow *parent, UiSearchHelpFunc func, gpointer data)
{
  GtkWidget *window = adw_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *bar = adw_header_bar_new ();
  GtkWidget *page = adw_preferences_page_new ();
  g_autoptr (GPtrArray) operators = base_query_list_operators ();
  g_autoptr (GPtrArray) forms = base_query_list_forms ();
  Help *help = g_new (Help, 1);

  *help = (Help){ GTK_WINDOW (window), func, data };
  g_object_set_data_full (G_OBJECT (window), "help", help, g_free);
  gtk_window_set_title (GTK_WINDOW (window), _ ("Search Help"));
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window),
                               MIN (WIDTH, gtk_widget_get_width (GTK_WIDGET (parent))), HEIGHT);
  add_escape (window);
  adw_preferences_page_add (
      ADW_PREFERENCES_PAGE (page),
      ADW_PREFERENCES_GROUP (make_group (
          _ ("Words"),
          _ ("Words are found in subjects, names, texts and attachments. The beginning of one is enough."),
          forms, NULL)));
  adw_preferences_page_add (
      ADW_PREFERENCES_PAGE (page),
      ADW_PREFERENCES_GROUP (make_group (
          _ ("Operators"),
          _ ("An operator says where to look. With “-” in front it leaves out what it finds."),
          operators, help)));
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
}
