/* The main window: puts the three panes together, follows what is selected, and remembers how it was left.  Main thread.
 * The verbs are in ui-window-actions.c. */
#include "ui-window-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "ui-dialog.h"
#include "ui-memory.h"
#include "ui-outgoing.h"
#include "ui-password-dialog.h"
#include "ui-setup.h"
#include "ui-sign-in-dialog.h"
#include "ui-toast.h"
#include "ui-trust-dialog.h"

enum
{
  RETRY,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiWindow, ui_window, ADW_TYPE_APPLICATION_WINDOW)

/* ---- folding ---- */

static void update_trouble (UiWindow *self);

static void
update_folding (UiWindow *self)
{
  gboolean outer = adw_leaflet_get_folded (self->outer);
  gboolean inner = adw_leaflet_get_folded (self->inner);
  g_object_set (self->sidebar, "title-buttons", outer && inner, NULL);
  g_object_set (self->list, "folded", inner, "title-buttons", outer, NULL);
  g_object_set (self->reader, "folded", outer, NULL);
  g_object_set (self->sidebar_pane, "edge", !inner, NULL);
  g_object_set (self->list_pane, "edge", !outer, NULL);
  ui_window_update_actions (self);
  if (self->engine)
    update_trouble (self);
}

/* ---- folders ---- */

static MailFolder *
find_folder (UiWindow *self, const char *account_id, const char *path)
{
  GListModel *accounts = mail_engine_get_accounts (self->engine);
  GListModel *views = mail_engine_get_views (self->engine);
  for (guint i = 0; !*account_id && i < g_list_model_get_n_items (views); i++) {
    g_autoptr (MailFolder) view = g_list_model_get_item (views, i);
    if (g_ascii_strtoll (path, NULL, 10) == mail_folder_get_id (view))
      return g_steal_pointer (&view);
  }
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (accounts, i);
    if (g_strcmp0 (mail_account_get_id (account), account_id) != 0)
      continue;
    GListModel *folders = mail_account_get_folders (account);
    for (guint k = 0; k < g_list_model_get_n_items (folders); k++) {
      g_autoptr (MailFolder) folder = g_list_model_get_item (folders, k);
      if (g_strcmp0 (mail_folder_get_path (folder), path) == 0
          && mail_folder_get_selectable (folder))
        return g_steal_pointer (&folder);
    }
  }
  return NULL;
}

static MailFolder *
find_inbox (UiWindow *self)
{
  GListModel *accounts = mail_engine_get_accounts (self->engine);
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (accounts, i);
    MailFolder *inbox = mail_account_get_folder_by_role (account, MAIL_ROLE_INBOX);
    if (inbox)
      return g_object_ref (inbox);
  }
  return NULL;
}

/* Where nothing was ever shown: what stands at the top of the folders, whichever account answers first. */
static MailFolder *
find_first (UiWindow *self)
{
  g_autofree char *all = g_strdup_printf ("%d", MAIL_VIEW_INBOXES);
  if (g_list_model_get_n_items (mail_engine_get_accounts (self->engine)) > 1)
    return find_folder (self, "", all);
  return find_inbox (self);
}

static void
show_folder (UiWindow *self, MailFolder *folder)
{
  ui_list_set_folder (self->list, self->engine, folder);
  g_signal_group_set_target (self->folder_signals, folder);
  update_trouble (self);
  ui_memory_give_back_soon ();
  if (folder) {
    g_autofree char *title =
        g_strdup_printf ("%s — %s", mail_folder_get_name (folder), _ ("Sosik"));
    gtk_window_set_title (GTK_WINDOW (self), title);
    mail_engine_show_folder (self->engine, folder);
    MailAccount *account = mail_folder_get_account (folder);
    if (mail_folder_get_sender (folder)
        || mail_folder_is_search (folder)) /* is not where one begins the next time */
      return;
    g_autofree char *view = g_strdup_printf ("%" G_GINT64_FORMAT, mail_folder_get_id (folder));
    g_settings_set_string (self->settings, "last-account",
                           account ? mail_account_get_id (account) : "");
    g_settings_set_string (self->settings, "last-folder",
                           account ? mail_folder_get_path (folder) : view);
  } else
    gtk_window_set_title (GTK_WINDOW (self), _ ("Sosik"));
}

void
ui_window_show_folder (UiWindow *self, MailFolder *folder)
{
  /* All mail from a person is none of the rows there. */
  ui_sidebar_select_folder (self->sidebar,
                            folder && mail_folder_get_sender (folder) ? NULL : folder);
  show_folder (self, folder);
  adw_leaflet_set_visible_child_name (self->outer, "lists");
  adw_leaflet_set_visible_child_name (self->inner, "list");
}

void
ui_window_show_inbox (UiWindow *self)
{
  g_autoptr (MailFolder) inbox = find_inbox (self);
  ui_window_show_folder (self, inbox);
}

MailFolder *
ui_window_get_folder (UiWindow *self)
{
  return ui_list_get_folder (self->list);
}

gboolean
ui_window_has_folder (UiWindow *self, MailFolder *folder)
{
  MailAccount *account = mail_folder_get_account (folder);
  /* A view is never gone but for that of all inboxes; with the last account but one. */
  if (mail_folder_is_view (folder))
    return mail_folder_get_id (folder) != MAIL_VIEW_INBOXES
           || g_list_model_get_n_items (mail_engine_get_accounts (self->engine)) > 1;
  g_autoptr (MailFolder) found =
      account ? find_folder (self, mail_account_get_id (account), mail_folder_get_path (folder))
              : NULL;
  return found == folder;
}

/* Accounts or folders came or went: there is always a folder to look at where there is one. */
static void
update_folder (UiWindow *self)
{
  MailFolder *shown = ui_list_get_folder (self->list);
  if (!mail_engine_get_ready (self->engine)) /* a view is there before its mail can be read */
    return;
  if (shown && ui_window_has_folder (self, shown))
    return;
  if (!shown && self->restored) /* drafts and outbox */
    return;
  g_autoptr (MailFolder) folder = NULL;
  if (!shown) {
    g_autofree char *account = g_settings_get_string (self->settings, "last-account");
    g_autofree char *path = g_settings_get_string (self->settings, "last-folder");
    folder = *path ? find_folder (self, account, path) : find_first (self);
    if (!*path && !folder)
      return;
  }
  if (!folder)
    folder = find_inbox (self);
  self->restored = folder != NULL;
  if (!folder && !shown)
    return;
  ui_sidebar_select_folder (self->sidebar, folder);
  show_folder (self, folder);
}

static void
on_folder_selected (UiWindow *self, MailFolder *folder, UiSidebar *sidebar)
{
  if (folder) {
    show_folder (self, folder);
    return;
  }
  g_signal_group_set_target (self->folder_signals, NULL);
  if (!self->outgoing)
    self->outgoing = ui_outgoing_new (gtk_window_get_application (GTK_WINDOW (self)), self->engine);
  ui_list_show_outgoing (self->list, self->engine, self->outgoing);
  update_trouble (self);
}

static void
on_folder_opened (UiWindow *self, UiSidebar *sidebar)
{
  adw_leaflet_set_visible_child_name (self->inner, "list");
  if (!adw_leaflet_get_folded (self->inner))
    ui_list_focus (self->list);
}

/* ---- messages ---- */

void
ui_window_take_selection (UiWindow *self)
{
  if (!self->engine) /* the window is going away, and the panes with it */
    return;
  if (!ui_window_show_current (self) && adw_leaflet_get_folded (self->outer))
    adw_leaflet_set_visible_child_name (self->outer, "lists");
  ui_window_update_actions (self);
}

static void
on_message_opened (UiWindow *self, UiList *list)
{
  if (adw_leaflet_get_folded (self->outer))
    adw_leaflet_set_visible_child_name (self->outer, "reader");
}

/* ---- trouble ---- */

static void
update_trouble (UiWindow *self)
{
  GListModel *accounts = mail_engine_get_accounts (self->engine);
  MailAccount *trouble = NULL;
  for (guint i = 0; i < g_list_model_get_n_items (accounts) && !trouble; i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (accounts, i);
    if (mail_account_get_status (account) == MAIL_ACCOUNT_ATTENTION)
      trouble = account;
  }
  g_set_object (&self->trouble, trouble);
  if (!trouble) {
    MailFolder *folder = ui_list_get_folder (self->list);
    const char *sentence = folder ? mail_folder_get_trouble (folder) : NULL;
    /* Beside the list the sidebar says it; in a narrow window nobody would know. */
    if (folder && !sentence && mail_folder_get_account (folder)
        && adw_leaflet_get_folded (self->inner)
        && mail_account_get_status (mail_folder_get_account (folder)) == MAIL_ACCOUNT_OFFLINE)
      sentence = mail_account_get_state_text (mail_folder_get_account (folder));
    ui_list_set_bar (self->list, sentence, NULL, NULL, _ ("Try Again"),
                     folder && mail_folder_get_trouble (folder));
    return;
  }
  /* Translators: account, what is the matter with it */
  g_autofree char *title = g_strdup_printf (_ ("%s: %s"), mail_account_get_label (trouble),
                                            mail_account_get_state_text (trouble));
  const BaseTrust *trust = mail_account_get_trust (trouble);
  /* What a certificate says stands in its own window. */
  ui_list_set_bar (self->list, title, trust ? NULL : mail_account_get_state_detail (trouble),
                   trust ? NULL : mail_account_get_advice_link (trouble),
                   mail_account_needs_password (trouble)  ? _ ("Password…")
                   : mail_account_needs_sign_in (trouble) ? _ ("Sign In…")
                   : mail_account_needs_unlock (trouble)  ? _ ("Unlock…")
                   : trust                                ? _ ("Certificate…")
                                                          : _ ("Settings…"),
                   FALSE);
}

/* The button of the page that says why the folder is not open. */
static void
on_folder_retry (UiWindow *self, UiList *list)
{
  MailFolder *folder = ui_list_get_folder (list);
  if (folder)
    mail_engine_show_folder (self->engine, folder);
}

static void
on_trouble_clicked (UiWindow *self, UiList *list)
{
  if (!self->trouble) {
    MailFolder *folder = ui_list_get_folder (self->list);
    if (folder && mail_folder_get_trouble (folder))
      mail_engine_show_folder (self->engine, folder);
    else if (folder)
      mail_engine_retry (self->engine, mail_folder_get_account (folder));
    return;
  }
  if (mail_account_needs_password (self->trouble)) {
    ui_password_dialog_ask (GTK_WINDOW (self), self->engine, self->trouble,
                            mail_account_get_state_text (self->trouble),
                            mail_account_get_state_detail (self->trouble));
    return;
  }
  if (mail_account_needs_sign_in (self->trouble)) {
    ui_sign_in_dialog_ask (GTK_WINDOW (self), self->engine, self->trouble,
                           mail_account_get_state_text (self->trouble),
                           mail_account_get_state_detail (self->trouble));
    return;
  }
  if (mail_account_needs_unlock (self->trouble)) {
    mail_engine_unlock (self->engine);
    return;
  }
  if (mail_account_get_trust (self->trouble)) {
    ui_trust_dialog_show (GTK_WINDOW (self), self->engine, self->trouble);
    return;
  }
  ui_setup_show_trouble (GTK_WINDOW (self), self->engine, self->trouble);
}

static void
on_coloured (UiWindow *self)
{
  ui_list_update_rows (self->list);
}

static void
unwatch (gpointer key, gpointer value, gpointer data)
{
  g_signal_handlers_disconnect_by_data (key, data);
  g_signal_handlers_disconnect_by_data (mail_account_get_folders (key), data);
}

static void
watch_accounts (UiWindow *self)
{
  GListModel *accounts = mail_engine_get_accounts (self->engine);
  g_hash_table_foreach (self->watched, unwatch, self);
  g_hash_table_remove_all (self->watched);
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    MailAccount *account = g_list_model_get_item (accounts, i);
    g_hash_table_add (self->watched, account);
    g_signal_connect_swapped (account, "notify", G_CALLBACK (update_trouble), self);
    g_signal_connect_swapped (account, "notify::colour", G_CALLBACK (on_coloured), self);
    g_signal_connect_swapped (mail_account_get_folders (account), "items-changed",
                              G_CALLBACK (update_folder), self);
  }
}

/* ---- pages ---- */

static void
on_retry_clicked (UiWindow *self)
{
  g_signal_emit (self, signals[RETRY], 0);
}

/* A page of its own file: most starts show neither. */
static GtkBuilder *
add_page (UiWindow *self, const char *name, const char *resource)
{
  if (gtk_stack_get_child_by_name (self->pages, name))
    return NULL;
  GtkBuilder *builder = gtk_builder_new_from_resource (resource);
  gtk_stack_add_named (self->pages, GTK_WIDGET (gtk_builder_get_object (builder, "page")), name);
  return builder;
}

static void
add_welcome_page (UiWindow *self)
{
  g_autoptr (GtkBuilder) builder = add_page (self, "welcome", "/org/sosik/Sosik/ui-welcome.ui");
}

static void
add_error_page (UiWindow *self)
{
  g_autoptr (GtkBuilder) builder = add_page (self, "error", "/org/sosik/Sosik/ui-start-error.ui");
  if (!builder)
    return;
  self->error = ADW_STATUS_PAGE (gtk_builder_get_object (builder, "error"));
  g_signal_connect_object (gtk_builder_get_object (builder, "retry"), "clicked",
                           G_CALLBACK (on_retry_clicked), self, G_CONNECT_SWAPPED);
}

static void
update_page (UiWindow *self)
{
  const char *page = "start";
  if (self->start_failed)
    page = "error";
  else if (mail_engine_get_ready (self->engine))
    page = g_list_model_get_n_items (mail_engine_get_known_accounts (self->engine)) > 0 ? "main"
                                                                                        : "welcome";
  if (g_str_equal (page, "welcome"))
    add_welcome_page (self);
  gtk_stack_set_visible_child_name (self->pages, page);
}

static void
on_accounts_changed (UiWindow *self)
{
  watch_accounts (self);
  update_page (self);
  update_folder (self);
  update_trouble (self);
  ui_window_update_actions (self);
}

void
ui_window_set_start_error (UiWindow *self, const GError *error)
{
  self->start_failed = error != NULL;
  if (error) {
    add_error_page (self);
    const char *detail = base_error_get_detail (error);
    g_autofree char *text =
        detail ? g_strdup_printf ("%s\n\n%s", error->message, detail) : g_strdup (error->message);
    g_autofree char *markup = g_markup_escape_text (text, -1);
    adw_status_page_set_description (self->error, markup);
  }
  update_page (self);
}

/* ---- toasts ---- */

/* What was done last is told at once; what is still on offer comes back after it. */
void
ui_window_toast (UiWindow *self, AdwToast *toast)
{
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
ui_window_say (UiWindow *self, const char *sentence, const char *detail)
{
  AdwToast *toast = ui_toast_new (sentence);
  /* Behind what can be undone it would come seconds late, and often says that just this was not done. */
  ui_window_dismiss_undo (self);
  if (detail && *detail) {
    adw_toast_set_button_label (toast, _ ("Details"));
    adw_toast_set_action_name (toast, "win.show-detail");
    adw_toast_set_action_target (toast, "(ss)", sentence, detail);
    adw_toast_set_timeout (toast, 10);
  }
  ui_window_toast (self, toast);
}

static gboolean
on_offer_over (gpointer toast)
{
  adw_toast_dismiss (toast);
  return G_SOURCE_REMOVE;
}

/* The time of the toast itself begins anew when another one was shown meanwhile. */
AdwToast *
ui_window_offer (UiWindow *self, const char *sentence, const char *label, const char *action,
                 GVariant *target, guint seconds)
{
  AdwToast *toast = ui_toast_new (sentence);
  ui_window_dismiss_undo (self);
  adw_toast_set_button_label (toast, label);
  adw_toast_set_action_name (toast, action);
  adw_toast_set_action_target_value (toast, target);
  adw_toast_set_timeout (toast, 0);
  g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, seconds, on_offer_over, g_object_ref (toast),
                              g_object_unref);
  ui_window_toast (self, toast);
  return toast;
}

/* ---- life ---- */

static void
save_state (UiWindow *self)
{
  int width, height;
  g_settings_set_boolean (self->settings, "window-maximized",
                          gtk_window_is_maximized (GTK_WINDOW (self)));
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_int (self->settings, "window-width", CLAMP (width, 300, 16384));
  g_settings_set_int (self->settings, "window-height", CLAMP (height, 200, 16384));
  g_settings_set_int (self->settings, "sidebar-width",
                      CLAMP (ui_pane_get_width (self->sidebar_pane), 160, 600));
  g_settings_set_int (self->settings, "list-width",
                      CLAMP (ui_pane_get_width (self->list_pane), 240, 900));
  g_settings_set_double (self->settings, "zoom", self->zoom);
}

static void
load_state (UiWindow *self)
{
  gtk_window_set_default_size (GTK_WINDOW (self),
                               g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  ui_pane_set_width (self->sidebar_pane, g_settings_get_int (self->settings, "sidebar-width"));
  ui_pane_set_width (self->list_pane, g_settings_get_int (self->settings, "list-width"));
  self->zoom = g_settings_get_double (self->settings, "zoom");
  ui_reader_set_zoom (self->reader, self->zoom);
}

static gboolean
ui_window_close_request (GtkWindow *window)
{
  save_state (UI_WINDOW (window));
  if (!ui_reader_let_go (UI_WINDOW (window)->reader))
    return GDK_EVENT_STOP;
  return GTK_WINDOW_CLASS (ui_window_parent_class)->close_request (window);
}

static void
ui_window_dispose (GObject *object)
{
  UiWindow *self = UI_WINDOW (object);
  if (self->watched) {
    g_hash_table_foreach (self->watched, unwatch, self);
    g_clear_pointer (&self->watched, g_hash_table_unref);
  }
  g_clear_handle_id (&self->zoom_source, g_source_remove);
  if (self->current)
    g_clear_signal_handler (&self->current_handler, self->current);
  g_clear_object (&self->current);
  g_clear_pointer (&self->chooser, gtk_widget_unparent);
  g_clear_object (&self->moving);
  g_clear_pointer (&self->folder_chooser, gtk_widget_unparent);
  g_clear_weak_pointer (&self->before_sender);
  g_clear_object (&self->marks);
  g_clear_object (&self->plain_text);
  g_clear_object (&self->toast);
  g_clear_object (&self->trouble);
  g_clear_object (&self->folder_signals);
  g_clear_object (&self->settings);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (ui_window_parent_class)->dispose (object);
}

static void
ui_window_class_init (UiWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = ui_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = ui_window_close_request;

  signals[RETRY] = g_signal_new ("retry", UI_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  g_type_ensure (UI_TYPE_LIST);
  g_type_ensure (UI_TYPE_PANE);
  g_type_ensure (UI_TYPE_READER);
  g_type_ensure (UI_TYPE_SIDEBAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-window.ui");
  gtk_widget_class_bind_template_child (widget_class, UiWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, outer);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, inner);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, sidebar_pane);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, list_pane);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, list);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, reader);
  gtk_widget_class_bind_template_callback (widget_class, on_folder_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_folder_opened);
  gtk_widget_class_bind_template_callback (widget_class, ui_window_take_selection);
  gtk_widget_class_bind_template_callback (widget_class, on_message_opened);
  gtk_widget_class_bind_template_callback (widget_class, on_folder_retry);
  gtk_widget_class_bind_template_callback (widget_class, on_trouble_clicked);
  gtk_widget_class_bind_template_callback (widget_class, ui_window_mark_seen);
  gtk_widget_class_bind_template_callback (widget_class, ui_window_on_verb);
  gtk_widget_class_bind_template_callback (widget_class, ui_window_update_actions);
  ui_window_class_install_actions (widget_class);
  ui_window_class_install_answer_actions (widget_class);
  ui_window_class_install_listing_actions (widget_class);
  ui_window_class_install_move_actions (widget_class);
  ui_window_class_install_thread_actions (widget_class);
  ui_window_class_install_draft_actions (widget_class);
  ui_window_class_install_find_actions (widget_class);
  ui_window_class_install_search_actions (widget_class);
  ui_window_class_install_print_actions (widget_class);
  ui_window_class_install_reading_actions (widget_class);
  ui_window_class_install_web_actions (widget_class);
  ui_window_class_install_folder_actions (widget_class);
  ui_window_class_install_sender_actions (widget_class);
  ui_window_class_install_list_actions (widget_class);
}

static void
ui_window_init (UiWindow *self)
{
  self->watched = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->zoom = 1;
  self->folder_signals = g_signal_group_new (MAIL_TYPE_FOLDER);
  g_signal_group_connect_swapped (self->folder_signals, "notify::trouble",
                                  G_CALLBACK (update_trouble), self);
  gtk_widget_init_template (GTK_WIDGET (self));
}

UiWindow *
ui_window_new (GtkApplication *app, MailEngine *engine, GSettings *settings)
{
  UiWindow *self = g_object_new (UI_TYPE_WINDOW, "application", app, NULL);
  self->engine = g_object_ref (engine);
  self->settings = g_object_ref (settings);
  self->marks = ui_folder_marks_new (settings);
  ui_sidebar_set_engine (self->sidebar, engine, self->marks);
  ui_reader_set_engine (self->reader, engine, settings);
  ui_window_init_actions (self);
  ui_window_init_folders (self);
  ui_window_init_listing (self);
  ui_window_init_text_actions (self);
  load_state (self);

  adw_leaflet_set_visible_child_name (self->inner, "list");
  g_signal_connect_object (self->outer, "notify::folded", G_CALLBACK (update_folding), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->inner, "notify::folded", G_CALLBACK (update_folding), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (mail_engine_get_accounts (engine), "items-changed",
                           G_CALLBACK (on_accounts_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (mail_engine_get_views (engine), "items-changed",
                           G_CALLBACK (update_folder), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::ready", G_CALLBACK (on_accounts_changed), self,
                           G_CONNECT_SWAPPED);
  update_folding (self);
  on_accounts_changed (self);
  return self;
}

UiWindow *
ui_window_get_last (GtkApplication *app)
{
  for (GList *at = app != NULL ? gtk_application_get_windows (app) : NULL; at != NULL;
       at = at->next)
    if (UI_IS_WINDOW (at->data))
      return at->data;
  return NULL;
}
