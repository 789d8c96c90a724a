/* What a frame costs while a list is flung: the 99th percentile of the time between the frame clock's "before-paint" and "after-paint",
 * for the message list over a store with many messages, and for a plain GtkListView of labels of the same length.
 * usage: bench-frames PROFILE.  Prints "ms_own ms_plain rows".  PROFILE is what bench-list has filled. */
#include <adwaita.h>
#include <stdlib.h>

#include "mail-engine.h"
#include "ui-list.h"
#include "ui-resources.h"

#define FRAMES 400

typedef struct
{
  double times[FRAMES];
  guint n;
  gint64 begun;
  GtkAdjustment *adjustment;
} Fling;

static int
compare (const void *a, const void *b)
{
  return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static void
before_paint (GdkFrameClock *clock, Fling *fling)
{
  fling->begun = g_get_monotonic_time ();
}

static void
after_paint (GdkFrameClock *clock, Fling *fling)
{
  if (fling->begun && fling->n < FRAMES)
    fling->times[fling->n++] = (g_get_monotonic_time () - fling->begun) / 1e3;
}

/* As a strong fling: fast first, then slower, and now and then the bar is dragged far. */
static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Fling *fling = data;
  double value = gtk_adjustment_get_value (fling->adjustment);
  double step = 2000.0 / (1 + fling->n % 100 / 10.0);

  if (fling->n % 100 == 99)
    value = gtk_adjustment_get_upper (fling->adjustment) * (fling->n % 400) / 400.0;
  gtk_adjustment_set_value (fling->adjustment, value + step);
  return fling->n < FRAMES ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static GtkWidget *
find_scrolled (GtkWidget *widget)
{
  if (GTK_IS_SCROLLED_WINDOW (widget)
      && GTK_IS_LIST_VIEW (gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (widget))))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_scrolled (child);
    if (found)
      return found;
  }
  return NULL;
}

static void
wait_ms (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;
  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE) ? (void)0 : g_usleep (500);
}

static double
measure (GtkWidget *content)
{
  GtkWidget *window = adw_window_new ();
  Fling fling = { 0 };

  gtk_window_set_default_size (GTK_WINDOW (window), 380, 720);
  adw_window_set_content (ADW_WINDOW (window), content);
  gtk_window_present (GTK_WINDOW (window));
  wait_ms (3000);
  GtkWidget *scrolled = find_scrolled (content);
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  fling.adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  g_signal_connect (clock, "before-paint", G_CALLBACK (before_paint), &fling);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint), &fling);
  gtk_widget_add_tick_callback (scrolled, on_tick, &fling, NULL);
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  while (fling.n < FRAMES && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handlers_disconnect_by_data (clock, &fling);
  if (fling.n < FRAMES)
    g_error ("only %u frames came", fling.n);
  gtk_window_destroy (GTK_WINDOW (window));
  qsort (fling.times, FRAMES, sizeof (double), compare);
  return fling.times[FRAMES * 99 / 100];
}

/* ---- the plain one ---- */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, gtk_label_new (NULL));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  g_autofree char *text = g_strdup_printf ("Row %u", gtk_list_item_get_position (item));
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

static GtkWidget *
make_plain (guint n)
{
  g_autofree const char **strings = g_new0 (const char *, n + 1);
  for (guint i = 0; i < n; i++)
    strings[i] = "x";
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  GtkWidget *view = gtk_list_view_new (
      GTK_SELECTION_MODEL (gtk_multi_selection_new (G_LIST_MODEL (gtk_string_list_new (strings)))),
      factory);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  return scrolled;
}

static gboolean done;

static void
on_started (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  if (!mail_engine_start_finish (MAIL_ENGINE (source), result, &error))
    g_error ("%s", error->message);
  done = TRUE;
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  mail_engine_stop_finish (MAIL_ENGINE (source), result);
  done = TRUE;
}

static MailFolder *
find_biggest (MailEngine *engine)
{
  g_autoptr (MailAccount) account = g_list_model_get_item (mail_engine_get_accounts (engine), 0);
  GListModel *folders = mail_account_get_folders (account);
  for (guint i = 0; i < g_list_model_get_n_items (folders); i++) {
    g_autoptr (MailFolder) folder = g_list_model_get_item (folders, i);
    if (g_strcmp0 (mail_folder_get_path (folder), "Big") == 0)
      return g_steal_pointer (&folder);
  }
  g_error ("the folder is not there");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  if (argc != 2)
    return 2;
  adw_init ();
  g_resources_register (ui_get_resource ());
  g_autoptr (GtkCssProvider) style = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (style, "/org/sosik/Sosik/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (style), 600);
  g_autoptr (BasePaths) paths = base_paths_new (argv[1], &error);
  if (!paths)
    g_error ("%s", error->message);
  g_autoptr (MailEngine) engine = mail_engine_new (paths);
  mail_engine_start_async (engine, NULL, on_started, NULL);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_autoptr (MailFolder) folder = find_biggest (engine);
  GtkWidget *list = g_object_new (UI_TYPE_LIST, NULL);
  g_object_ref_sink (list);
  ui_list_set_folder (UI_LIST (list), engine, folder);
  while (mail_message_list_get_loading (ui_list_get_messages (UI_LIST (list))))
    g_main_context_iteration (NULL, TRUE);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (ui_list_get_messages (UI_LIST (list))));
  double own = measure (list);
  g_object_unref (list);
  double plain = measure (make_plain (n));
  g_print ("%.2f %.2f %u\n", own, plain, n);
  done = FALSE;
  mail_engine_stop_async (engine, on_stopped, NULL);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  return 0;
}
