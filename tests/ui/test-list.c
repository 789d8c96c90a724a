/* The message list in a window, over a real store: hundreds of messages come between those that are there, in an order that changes alone do
 * not keep, and who looks at a row in the middle, with the keyboard there, goes on looking at it. */
#include <adwaita.h>

#include "base-account.h"
#include "base-paths.h"
#include "mail-engine-private.h"
#include "mail-indexer.h"
#include "mail-message-list.h"
#include "mail-private.h"
#include "store-folder.h"
#include "store-index.h"
#include "store-message.h"
#include "store-operation.h"
#include "ui-bar.h"
#include "ui-list.h"
#include "ui-resources.h"
#include "ui-row.h"
#include "ui-search-bar.h"

#define N    3000
#define COME 600
#define STEP 1000 /* between the subjects of the first ones */
/* What is waited for comes, however busy the machine is. */
#define PATIENCE_US (100 * G_USEC_PER_SEC)

typedef struct
{
  BasePaths *paths;
  MailEngine *engine;
  StoreDb *db;
  MailFolder *inbox, *other;
  UiList *list;
  GtkWidget *window, *scrolled, *stack;
  gboolean done, elsewhere; /* another page has been shown than the list's */
  gboolean too_early;       /* the list was called empty while something was on its way */
} World;

static void
wait_ms (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
}

static void
wait_for_rows (World *world, guint n)
{
  MailMessageList *messages = ui_list_get_messages (world->list);
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (mail_message_list_get_loading (messages) || !mail_message_list_get_settled (messages)
         || g_list_model_get_n_items (G_LIST_MODEL (messages)) != n) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, TRUE);
  }
  wait_ms (400); /* some frames */
}

/* `n` messages, whose subjects are `step` apart. */
static void
add_messages (World *world, guint32 uid, guint n, guint first, guint step)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) subjects = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++) {
    StoreNewMessage *message = g_new0 (StoreNewMessage, 1);
    char *subject = g_strdup_printf ("Subject %07u", first + i * step);

    g_ptr_array_add (subjects, subject);
    *message = (StoreNewMessage){ .uid = uid + i,
                                  .received = 1700000000 + uid + i,
                                  .date = 1700000000 + uid + i,
                                  .size = 4000,
                                  .from_name = "Bob Example",
                                  .from_address = "bob@lab.test",
                                  .subject = subject,
                                  .preview = "as it was" };
    g_ptr_array_add (batch, message);
  }
  g_assert_true (
      store_message_add (world->db, mail_folder_get_id (world->inbox), batch, NULL, &error));
  g_assert_no_error (error);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mail_engine_start_finish (MAIL_ENGINE (source), result, &error));
  ((World *)data)->done = TRUE;
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  mail_engine_stop_finish (MAIL_ENGINE (source), result);
  ((World *)data)->done = TRUE;
}

static void
wait_until_done (World *world)
{
  while (!world->done)
    g_main_context_iteration (NULL, TRUE);
  world->done = FALSE;
}

/* An account whose server is never there, with an inbox. */
static void
start_engine (World *world, const char *folder)
{
  g_autoptr (BaseAccount) account = base_account_new ();
  g_autoptr (GError) error = NULL;

  world->paths = base_paths_new (folder, &error);
  g_assert_no_error (error);
  account->display_name = g_strdup ("One");
  account->address = g_strdup ("one@lab.test");
  account->imap.host = g_strdup ("127.0.0.1");
  account->smtp.host = g_strdup ("127.0.0.1");
  account->imap.port = account->smtp.port = 1; /* nobody listens */
  account->imap.user = g_strdup ("one");
  account->smtp.user = g_strdup ("one");
  g_assert_true (base_account_save (account, world->paths, &error));
  world->engine = mail_engine_new (world->paths);
  mail_engine_start_async (world->engine, NULL, on_started, world);
  wait_until_done (world);
  world->db = store_connect (world->engine->store, &error);
  g_assert_no_error (error);
  MailAccount *one = mail_engine_find_account (world->engine, account->id);
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  StoreFolder *inbox = g_new0 (StoreFolder, 1);
  *inbox = (StoreFolder){
    .name = (char *)"INBOX", .delimiter = '/', .role = STORE_ROLE_INBOX, .selectable = TRUE
  };
  StoreFolder *archive = g_new0 (StoreFolder, 1);
  *archive = (StoreFolder){
    .name = (char *)"Archive", .delimiter = '/', .role = STORE_ROLE_ARCHIVE, .selectable = TRUE
  };
  g_ptr_array_add (folders, inbox);
  g_ptr_array_add (folders, archive);
  g_assert_true (
      store_folder_replace_list (world->db, mail_account_get_row (one), folders, &error));
  while (!mail_account_get_folder_by_role (one, MAIL_ROLE_INBOX)
         || !mail_account_get_folder_by_role (one, MAIL_ROLE_ARCHIVE))
    g_main_context_iteration (NULL, TRUE);
  world->inbox = mail_account_get_folder_by_role (one, MAIL_ROLE_INBOX);
  world->other = mail_account_get_folder_by_role (one, MAIL_ROLE_ARCHIVE);
}

static GtkWidget *
find_child (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_child (child, type);

    if (found)
      return found;
  }
  return NULL;
}

static void
on_page (World *world)
{
  const char *page = gtk_stack_get_visible_child_name (GTK_STACK (world->stack));

  if (g_strcmp0 (page, "list") != 0)
    world->elsewhere = TRUE;
  if (g_strcmp0 (page, "empty") == 0
      && !mail_message_list_get_settled (ui_list_get_messages (world->list)))
    world->too_early = TRUE;
}

static gint64
get_id (GtkWidget *row)
{
  return mail_conversation_get_id (ui_row_get_item (UI_ROW (gtk_widget_get_first_child (row))));
}

/* The row that shows this item, or (0) one in the middle of what is seen; and where it is. */
static GtkWidget *
find_row (World *world, gint64 id, double *y)
{
  int height = gtk_widget_get_height (world->scrolled);
  GtkWidget *view = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (world->scrolled));

  for (GtkWidget *row = gtk_widget_get_first_child (view); row;
       row = gtk_widget_get_next_sibling (row)) {
    if (gtk_widget_get_mapped (row)
        && gtk_widget_translate_coordinates (row, world->scrolled, 0, 0, NULL, y)
        && (id == 0 ? *y > height / 3 && *y < 2 * height / 3 : get_id (row) == id))
      return row;
  }
  return NULL;
}

static void
test_place (World *world, double part, guint offset)
{
  GtkWidget *view = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (world->scrolled));
  MailMessageList *messages = ui_list_get_messages (world->list);
  double before, after;

  guint n = g_list_model_get_n_items (G_LIST_MODEL (messages));
  gtk_widget_activate_action (view, "list.scroll-to-item", "u", (guint)(part * n));
  wait_ms (400);
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  GtkWidget *row = find_row (world, 0, &before);
  for (; !row; row = find_row (world, 0, &before)) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, TRUE);
  }
  gint64 id = get_id (row);
  gtk_widget_grab_focus (row);
  wait_ms (200);
  g_assert_nonnull (find_row (world, id, &before));

  world->elsewhere = FALSE;
  add_messages (world, n + 1, COME, offset, N / COME * STEP);
  wait_for_rows (world, n + COME);
  GtkWidget *again = find_row (world, id, &after);
  g_assert_nonnull (again);
  g_assert_cmpint ((int)before, ==, (int)after);
  g_assert_true (gtk_root_get_focus (GTK_ROOT (world->window)) == again);
  g_assert_false (world->elsewhere);
}

/* Far down with one click on the bar, before anything else has been scrolled. */
static void
test_jump (World *world)
{
  double y;

  gtk_adjustment_set_value (
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (world->scrolled)), 40000);
  gint64 end = g_get_monotonic_time () + PATIENCE_US / 10;
  while (!find_row (world, 0, &y)) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, FALSE) ? (void)0 : g_usleep (500);
  }
}

/* Another folder, from far down: GTK warns, and ends this program, if it is scrolled before the new rows have places. */
static void
test_another_folder (World *world)
{
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (world->scrolled));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (ui_list_get_messages (world->list)));
  double y;

  gtk_adjustment_set_value (adjustment, 40000);
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  while (find_row (world, 0, &y) == NULL && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE) ? (void)0 : g_usleep (500);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), >, 0);
  ui_list_reopen (world->list);
  mail_message_list_set_order (ui_list_get_messages (world->list), MAIL_SORT_SUBJECT, TRUE);
  wait_for_rows (world, n);
  end = g_get_monotonic_time () + PATIENCE_US;
  while (gtk_adjustment_get_value (adjustment) > 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, FALSE) ? (void)0 : g_usleep (500);
  }
}

static void
test_scattered (World *world)
{
  test_place (world, 0.5, 1);
  test_place (world, 0.03, 2);
  test_place (world, 0.95, 3);
}

/* Another order, wished for with the keyboard at a row: it stays in the list, which is shown all the time. */
static void
test_turned (World *world)
{
  MailMessageList *messages = ui_list_get_messages (world->list);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (messages));

  world->elsewhere = FALSE;
  mail_message_list_set_order (messages, MAIL_SORT_DATE, FALSE);
  wait_for_rows (world, n);
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (world->window));
  g_assert_true (focus && gtk_widget_is_ancestor (focus, world->scrolled));
  g_assert_false (world->elsewhere);
}

/* All of it goes, and comes back before that is over; the keyboard with it.  That nothing is there is said once it is so. */
static void
test_emptied (World *world)
{
  GtkWidget *view = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (world->scrolled));
  MailMessageList *messages = ui_list_get_messages (world->list);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (messages));
  g_autofree gint64 *ids = g_new (gint64, n);
  g_autoptr (GError) error = NULL;
  double y;

  for (guint i = 0; i < n; i++)
    ids[i] = mail_message_list_get_id (messages, i);
  gtk_widget_activate_action (view, "list.scroll-to-item", "u", 0);
  wait_ms (400);
  gtk_widget_grab_focus (find_row (world, 0, &y));
  for (guint undone = 0; undone < 2; undone++) {
    world->too_early = world->elsewhere = FALSE;
    gint64 group =
        store_operation_move (world->db, ids, n, mail_folder_get_id (world->other), &error);
    g_assert_no_error (error);
    if (!undone) {
      wait_for_rows (world, 0);
      g_assert_true (world->elsewhere);
      g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (world->stack)), ==, "empty");
    }
    g_assert_true (store_operation_undo (world->db, group, &error));
    wait_for_rows (world, n);
    g_assert_false (world->too_early);
    g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (world->stack)), ==, "list");
    GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (world->window));
    g_assert_true (focus && gtk_widget_is_ancestor (focus, world->scrolled));
  }
}

/* What a row is called is what is in it as soon as the keyboard is there, and not a moment later: it is read aloud. */
static void
test_label (World *world)
{
  GListModel *messages = G_LIST_MODEL (ui_list_get_messages (world->list));
  g_autoptr (MailConversation) first = g_list_model_get_item (messages, 0);
  g_autoptr (MailConversation) second = g_list_model_get_item (messages, 1);
  GtkWidget *window = gtk_window_new (), *row = gtk_button_new (), *other = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  UiRow *content = UI_ROW (ui_row_new ());

  gtk_button_set_child (GTK_BUTTON (row), GTK_WIDGET (content));
  gtk_box_append (GTK_BOX (box), other);
  gtk_box_append (GTK_BOX (box), row);
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  while (!gtk_window_is_active (GTK_WINDOW (window)) || !mail_conversation_get_loaded (first)
         || !mail_conversation_get_loaded (second)) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, TRUE);
  }
  gtk_widget_grab_focus (other);
  ui_row_set_item (content, first);
  g_assert_false (
      gtk_test_accessible_has_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL));
  gtk_widget_grab_focus (row);
  g_assert_true (
      gtk_test_accessible_has_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL));
  g_autofree char *one = gtk_test_accessible_check_property (
      GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, "nothing of the kind");
  ui_row_set_item (content, second);
  g_autofree char *two = gtk_test_accessible_check_property (
      GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, "nothing of the kind");
  g_assert_nonnull (strstr (one, mail_conversation_get_subject (first)));
  g_assert_nonnull (strstr (two, mail_conversation_get_subject (second)));
  g_assert_cmpstr (one, !=, two);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* ---- what is said of a search whose words are not all in the index ---- */

static void
wait_for_result (World *world, const char *pattern)
{
  GtkWidget *bar = find_child (GTK_WIDGET (world->list), UI_TYPE_SEARCH_BAR);
  GtkLabel *result = GTK_LABEL (gtk_widget_get_template_child (bar, UI_TYPE_SEARCH_BAR, "result"));
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (!g_pattern_match_simple (pattern, gtk_label_get_text (result))) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, FALSE);
  }
}

static void
set_indexed (World *world, gint64 up_to)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreIndex) index = store_index_open (world->db, NULL, &error);
  StoreIndexMark mark = { .rows = -1, .texts = up_to };

  g_assert_no_error (error);
  g_assert_true (store_index_get_last (index, &mark.seen, &error));
  g_assert_true (store_index_add (index, NULL, 0, &mark, &error));
}

/* Up to when it is indexed, until all of it is; rows are found meanwhile. */
static void
test_indexed_up_to (World *world)
{
  g_autoptr (GDateTime) day = g_date_time_new_utc (2021, 3, 15, 12, 0, 0);

  g_clear_pointer (&world->engine->indexer, mail_indexer_free);
  set_indexed (world, G_MAXINT32);
  ui_list_open_search (world->list);
  ui_list_search (world->list, "Subject", 0);
  wait_for_result (world, "* messages · Mail is still being read, and found by subject and people");
  set_indexed (world, g_date_time_to_unix (day));
  ui_list_search (world->list, "Subject 0", 0);
  wait_for_result (world,
                   "* messages · Indexed up to March 2021: older mail is still being read,*");
  world->engine->indexer = mail_indexer_new (world->engine->store, world->engine->changes);
  wait_for_result (world, "* messages");
  g_assert_true (ui_list_close_search (world->list));
}

/* What is wrong with a search stands there alone, without the bar that may say what is wrong with an account; that is back with what is right. */
static void
test_problem (World *world)
{
  GtkWidget *bar = find_child (GTK_WIDGET (world->list), UI_TYPE_BAR);
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  ui_list_set_bar (world->list, "What is wrong", NULL, NULL, NULL, FALSE);
  g_assert_true (gtk_widget_get_visible (bar));
  for (guint i = 0; i < 3; i++) {
    ui_list_open_search (world->list);
    ui_list_search (world->list, i == 1 ? "Subject" : "is:unred", 0);
    while (gtk_widget_get_visible (bar) != (i == 1)) {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
  }
  g_assert_true (ui_list_close_search (world->list));
  g_assert_true (gtk_widget_get_visible (bar));
  ui_list_set_bar (world->list, NULL, NULL, NULL, NULL, FALSE);
}

static int
measure_width (gpointer widget)
{
  int least;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  return least;
}

/* At 200 % text it fits with the buttons of the window into 350 pixels, and with the tools of the search, too: those are two lines then. */
static void
test_large_text (World *world)
{
  const int dpi = 96 * 1024;

  gtk_widget_add_css_class (world->window, "folded");
  g_object_set (world->list, "folded", TRUE, "title-buttons", TRUE, NULL);
  ui_list_open_search (world->list);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * dpi, NULL);
  g_test_message ("%d pixels", measure_width (world->list));
  g_assert_cmpint (measure_width (world->list), <=, 350);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", dpi, NULL);
  g_assert_true (ui_list_close_search (world->list));
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("sosik-list-XXXXXX", &error);
  World world = { 0 };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_resources_register (ui_get_resource ());
  g_autoptr (GtkCssProvider) style = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (style, "/org/sosik/Sosik/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  start_engine (&world, folder);
  add_messages (&world, 1, N, 0, STEP);
  world.list = g_object_ref_sink (g_object_new (UI_TYPE_LIST, NULL));
  world.window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (world.window), 380, 720);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_vexpand (GTK_WIDGET (world.list), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (world.list));
  gtk_box_append (GTK_BOX (box), gtk_button_new_with_label ("Another place for the keyboard"));
  adw_window_set_content (ADW_WINDOW (world.window), box);
  gtk_window_present (GTK_WINDOW (world.window));
  ui_list_set_folder (world.list, world.engine, world.inbox);
  mail_message_list_set_order (ui_list_get_messages (world.list), MAIL_SORT_SUBJECT, TRUE);
  wait_for_rows (&world, N);
  world.scrolled = gtk_widget_get_parent (find_child (GTK_WIDGET (world.list), GTK_TYPE_LIST_VIEW));
  world.stack = gtk_widget_get_ancestor (world.scrolled, GTK_TYPE_STACK);
  g_signal_connect_swapped (world.stack, "notify::visible-child-name", G_CALLBACK (on_page),
                            &world);

  g_test_add_data_func ("/list/jump", &world, (GTestDataFunc)(gpointer)test_jump);
  g_test_add_data_func ("/list/scattered", &world, (GTestDataFunc)(gpointer)test_scattered);
  g_test_add_data_func ("/list/turned", &world, (GTestDataFunc)(gpointer)test_turned);
  g_test_add_data_func ("/list/another-folder", &world,
                        (GTestDataFunc)(gpointer)test_another_folder);
  g_test_add_data_func ("/list/emptied", &world, (GTestDataFunc)(gpointer)test_emptied);
  g_test_add_data_func ("/list/label", &world, (GTestDataFunc)(gpointer)test_label);
  g_test_add_data_func ("/list/indexed-up-to", &world, (GTestDataFunc)(gpointer)test_indexed_up_to);
  g_test_add_data_func ("/list/problem", &world, (GTestDataFunc)(gpointer)test_problem);
  g_test_add_data_func ("/list/large-text", &world, (GTestDataFunc)(gpointer)test_large_text);
  int status = g_test_run ();

  gtk_window_destroy (GTK_WINDOW (world.window));
  g_object_unref (world.list);
  g_clear_pointer (&world.db, store_db_free);
  mail_engine_stop_async (world.engine, on_stopped, &world);
  wait_until_done (&world);
  g_object_unref (world.engine);
  base_paths_remove_tree (folder);
  base_paths_unref (world.paths);
  return status;
}
