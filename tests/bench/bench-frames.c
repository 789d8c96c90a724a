/* What a frame costs while a list is flung, dragged by its bar, and gone through with keys: the 99th percentile of the time between the
 * frame clock's "before-paint" and "after-paint", for the message list over a store with many messages, and flung for a plain
 * GtkListView of labels of the same length.  And the longest work of a turn of the main loop (time of its thread) for each change of order and
 * filter, and for new mail on top.
 * usage: bench-frames PROFILE.  Prints a line "NAME NUMBER" for each.  PROFILE is what bench-list has filled. */
#include <adwaita.h>
#include <stdlib.h>

#include "bench-turns.h"
#include "mail-engine-private.h"
#include "mail-message-list.h"
#include "store-message.h"
#include "ui-list.h"
#include "ui-resources.h"

#define FRAMES 400

typedef enum
{
  FLING,
  DRAG,
  KEYS,
} Way;

typedef struct
{
  Way way;
  double times[FRAMES];
  guint n;
  gint64 begun;
  double worked[FRAMES]; /* time of the thread: the same without what other programs took */
  gint64 worked_before;
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
  fling->worked_before = bench_turns_get_work ();
}

static void
after_paint (GdkFrameClock *clock, Fling *fling)
{
  if (!fling->begun || fling->n >= FRAMES)
    return;
  fling->worked[fling->n] = (bench_turns_get_work () - fling->worked_before) / 1e3;
  fling->times[fling->n++] = (g_get_monotonic_time () - fling->begun) / 1e3;
}

/* As a strong fling: fast first, then slower, and now and then far away. */
static double
get_flung (const Fling *fling)
{
  double value = gtk_adjustment_get_value (fling->adjustment);

  if (fling->n % 100 == 99)
    value = gtk_adjustment_get_upper (fling->adjustment) * (fling->n % 400) / 400.0;
  return value + 2000.0 / (1 + fling->n % 100 / 10.0);
}

/* As a hand drags a bar: to and fro over all of it, other rows in each frame. */
static double
get_dragged (const Fling *fling)
{
  double range = gtk_adjustment_get_upper (fling->adjustment)
                 - gtk_adjustment_get_page_size (fling->adjustment);
  guint at = fling->n % 200;

  return range * (at < 100 ? at : 200 - at) / 100.0;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Fling *fling = data;

  if (fling->way != KEYS)
    gtk_adjustment_set_value (fling->adjustment,
                              fling->way == DRAG ? get_dragged (fling) : get_flung (fling));
  return G_SOURCE_CONTINUE;
}

/* Pages down, the end, pages up, the start, again and again, as a keyboard repeats them. */
static GSubprocess *
press_keys (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();

  for (guint i = 0; i < 3; i++) {
    static const char *const words[] = { "key", "--delay",  "33",  "--repeat", "40",  "Next",
                                         "key", "End",      "key", "--delay",  "33",  "--repeat",
                                         "40",  "Prior",    "key", "Home",     "key", "--delay",
                                         "33",  "--repeat", "40",  "Down" };
    if (i == 0)
      g_ptr_array_add (argv, (gpointer) "xdotool");
    for (guint j = 0; j < G_N_ELEMENTS (words); j++)
      g_ptr_array_add (argv, (gpointer)words[j]);
  }
  g_ptr_array_add (argv, NULL);
  GSubprocess *keys =
      g_subprocess_newv ((const char *const *)argv->pdata, G_SUBPROCESS_FLAGS_NONE, &error);
  if (!keys)
    g_error ("%s", error->message);
  return keys;
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

static void
measure (const char *name, GtkWidget *scrolled, Way way)
{
  Fling fling = { .way = way };
  GdkFrameClock *clock = gtk_widget_get_frame_clock (scrolled);
  g_autoptr (GSubprocess) keys = NULL;

  fling.adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  gtk_adjustment_set_value (fling.adjustment, 0);
  if (way == KEYS) {
    gtk_widget_grab_focus (gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (scrolled)));
    wait_ms (300);
    keys = press_keys ();
  }
  g_signal_connect (clock, "before-paint", G_CALLBACK (before_paint), &fling);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint), &fling);
  guint tick = gtk_widget_add_tick_callback (scrolled, on_tick, &fling, NULL);
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  while (fling.n < FRAMES && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  gtk_widget_remove_tick_callback (scrolled, tick);
  g_signal_handlers_disconnect_by_data (clock, &fling);
  if (keys)
    g_subprocess_force_exit (keys);
  if (fling.n < FRAMES)
    g_error ("only %u frames came", fling.n);
  qsort (fling.times, FRAMES, sizeof (double), compare);
  qsort (fling.worked, FRAMES, sizeof (double), compare);
  g_print ("%s %.2f\n%s_work %.2f\n", name, fling.times[FRAMES * 99 / 100], name,
           fling.worked[FRAMES * 99 / 100]);
}

/* In a window that has come to rest. */
static GtkWidget *
show (GtkWidget *content)
{
  GtkWidget *window = adw_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), 380, 720);
  adw_window_set_content (ADW_WINDOW (window), content);
  gtk_window_present (GTK_WINDOW (window));
  wait_ms (3000);
  return window;
}

/* ---- turns of the loop ---- */

static void
end_turn (const char *name, MailMessageList *list)
{
  do
    wait_ms (300);
  while (mail_message_list_get_loading (list) || mail_message_list_get_rearranging (list));
  g_print ("turn_%s %.1f\n", name, bench_turns_take_longest ().work);
}

static void
add_new (MailEngine *engine, MailFolder *folder, guint32 uid)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreDb) db = store_connect (engine->store, &error);
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func (g_free);
  StoreNewMessage *message = g_new0 (StoreNewMessage, 1);

  *message = (StoreNewMessage){ .uid = uid,
                                .received = 1900000000 + uid,
                                .date = 1900000000 + uid,
                                .size = 4000,
                                .from_name = "Bob Example",
                                .from_address = "bob@lab.test",
                                .subject = "New",
                                .preview = "new" };
  g_ptr_array_add (batch, message);
  if (!db || !store_message_add (db, mail_folder_get_id (folder), batch, NULL, &error))
    g_error ("%s", error->message);
}

static void
measure_turns (MailEngine *engine, MailFolder *folder, MailMessageList *list)
{
  static const struct
  {
    const char *name;
    MailSort sort;
    gboolean ascending;
    MailFilter filter;
  } steps[] = {
    { "oldest_first", MAIL_SORT_DATE, TRUE, MAIL_FILTER_NONE },
    { "newest_first", MAIL_SORT_DATE, FALSE, MAIL_FILTER_NONE },
    { "subject", MAIL_SORT_SUBJECT, TRUE, MAIL_FILTER_NONE },
    { "subject_turned", MAIL_SORT_SUBJECT, FALSE, MAIL_FILTER_NONE },
    { "sender", MAIL_SORT_SENDER, TRUE, MAIL_FILTER_NONE },
    { "size", MAIL_SORT_SIZE, FALSE, MAIL_FILTER_NONE },
    { "unread", MAIL_SORT_DATE, FALSE, MAIL_FILTER_UNREAD },
    { "no_filter", MAIL_SORT_DATE, FALSE, MAIL_FILTER_NONE },
  };
  guint32 uid = g_list_model_get_n_items (G_LIST_MODEL (list)) + 1;

  wait_ms (500);
  bench_turns_take_longest ();
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    mail_message_list_set_order (list, steps[i].sort, steps[i].ascending);
    mail_message_list_set_filter (list, steps[i].filter);
    end_turn (steps[i].name, list);
  }
  add_new (engine, folder, uid);
  end_turn ("new_on_top", list);
  mail_message_list_set_order (list, MAIL_SORT_SENDER, TRUE);
  end_turn ("sender_again", list);
  add_new (engine, folder, uid + 1);
  end_turn ("new_among_senders", list);
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
  g_print ("rows %u\n", n);
  GtkWidget *window = show (list);
  GtkWidget *scrolled = find_scrolled (list);
  measure ("fling", scrolled, FLING);
  measure ("drag", scrolled, DRAG);
  measure ("keys", scrolled, KEYS);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)),
                            0);
  bench_turns_watch (TRUE);
  measure_turns (engine, folder, ui_list_get_messages (UI_LIST (list)));
  bench_turns_watch (FALSE);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (list);
  GtkWidget *plain = make_plain (n);
  show (plain);
  measure ("plain", plain, FLING);
  done = FALSE;
  mail_engine_stop_async (engine, on_stopped, NULL);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  return 0;
}
