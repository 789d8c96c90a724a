/* The program itself.  Main thread.  It owns the engine and hands it on; it ends only after the engine has stopped, and
 * the engine stops only after every window has put away what was written in it. */
#include "ui-application.h"

#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>
#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "ui-clock.h"
#include "ui-composer.h"
#include "ui-environment.h"
#include "ui-form.h"
#include "ui-names.h"
#include "ui-password-dialog.h"
#include "ui-sign-in-dialog.h"
#include "ui-preferences.h"
#include "ui-resources.h"
#include "ui-redirect.h"
#include "ui-search-provider.h"
#include "ui-setup.h"
#include "ui-template-editor.h"
#include "ui-window.h"
#include "ui-words.h"

#define SCHEMA       "org.sosik.Sosik"
#define WAIT_STEP_MS 250
#define WAIT_LAST_MS 10000
/* Servers are called when the window shows its rows, and this much later; or when it shows none. */
#define BEGIN_MS     50
#define NO_WINDOW_MS 1000

struct _UiApplication
{
  AdwApplication parent_instance;

  /* Owned */
  BasePaths *paths;
  MailEngine *engine;
  GSettings *settings;
  GSettings *clock;     /* of the desktop; nullable */
  GtkWidget *shortcuts; /* while it is open */
  GPtrArray *
      asks; /* MailAccount: need their passwords; asked for one by one while somebody looks at the window */
  UiSearchProvider *provider; /* while it is on the bus */
  struct
  {
    char *typed; /* nullable: nothing */
    gint64 item;
  } wanted;        /* what is to be looked for when the engine is ready */
  GPtrArray *uris; /* mailto: URIs that came before the engine was ready */
  char *profile;

  GtkWindow *asking; /* Borrowed: the dialog that asks for a password; NULL: none does */

  guint wait_source;  /* waits for sending to end before quitting */
  guint begin_source; /* before the servers are called */
  guint waited;       /* steps of it */
  gboolean starting;
  gboolean stopping;   /* on the way out; nothing opens any more */
  gboolean quit_asked; /* while sending */
};

G_DEFINE_FINAL_TYPE (UiApplication, ui_application, ADW_TYPE_APPLICATION)

/* ---- windows ---- */

static UiWindow *
find_window (UiApplication *self)
{
  for (GList *at = gtk_application_get_windows (GTK_APPLICATION (self)); at; at = at->next) {
    if (UI_IS_WINDOW (at->data))
      return at->data;
  }
  return NULL;
}

static void start_engine (UiApplication *self);
static void quit (UiApplication *self);

/* What could be taken back belongs to it: who quits is done with it. */
static gboolean
is_sending (UiApplication *self)
{
  return mail_engine_is_sending (self->engine) || mail_engine_has_unsent (self->engine);
}

/* Closing the last window is quitting; who closes it a second time means it. */
static gboolean
on_close_request (UiWindow *window, UiApplication *self)
{
  guint windows = g_list_length (gtk_application_get_windows (GTK_APPLICATION (self)));
  if (windows > 1 || self->stopping || self->quit_asked || !is_sending (self))
    return GDK_EVENT_PROPAGATE;
  quit (self);
  return GDK_EVENT_STOP;
}

static void ask_for_password (UiApplication *self);

static void
on_dialog_gone (UiApplication *self)
{
  self->asking = NULL;
  ask_for_password (self);
}

/* One after another: several at once would hide each other. */
static void
ask_for_password (UiApplication *self)
{
  UiWindow *window = find_window (self);
  while (self->asks->len > 0 && !self->asking && !self->stopping && window
         && gtk_window_is_active (GTK_WINDOW (window))) {
    g_autoptr (MailAccount) account = g_ptr_array_steal_index (self->asks, 0);
    if (!mail_account_needs_password (account) && !mail_account_needs_sign_in (account))
      continue;
    self->asking =
        (mail_account_needs_sign_in (account) ? ui_sign_in_dialog_ask : ui_password_dialog_ask) (
            GTK_WINDOW (window), self->engine, account, mail_account_get_state_text (account),
            mail_account_get_state_detail (account));
    g_signal_connect_object (self->asking, "destroy", G_CALLBACK (on_dialog_gone), self,
                             G_CONNECT_SWAPPED);
  }
}

/* ---- the servers' turn ---- */

static gboolean
on_begin (gpointer data)
{
  UiApplication *self = data;
  self->begin_source = 0;
  mail_engine_begin_sync (self->engine);
  /* Of no use before the window stands, and drawn in several sizes. */
  gtk_window_set_default_icon_name (SOSIK_APP_ID);
  return G_SOURCE_REMOVE;
}

static void
begin_in (UiApplication *self, guint ms)
{
  g_clear_handle_id (&self->begin_source, g_source_remove);
  self->begin_source = g_timeout_add_full (G_PRIORITY_LOW, ms, on_begin, self, NULL);
}

/* Where the program runs for the search of the desktop alone, no server hears of it. */
static void
begin_with_window (UiApplication *self)
{
  if (!self->begin_source && mail_engine_get_ready (self->engine)
      && gtk_application_get_windows (GTK_APPLICATION (self)))
    begin_in (self, NO_WINDOW_MS);
}

/* A frame is on the screen. */
static void
on_painted (UiApplication *self, GdkFrameClock *clock)
{
  if (!mail_engine_get_ready (self->engine))
    return;
  g_signal_handlers_disconnect_by_func (clock, on_painted, self);
  begin_in (self, BEGIN_MS);
}

static void
on_realized (UiApplication *self, GtkWidget *window)
{
  g_signal_connect_object (gtk_widget_get_frame_clock (window), "after-paint",
                           G_CALLBACK (on_painted), self, G_CONNECT_SWAPPED);
}

static UiWindow *
open_window (UiApplication *self)
{
  UiWindow *window = ui_window_new (GTK_APPLICATION (self), self->engine, self->settings);
  g_signal_connect_object (window, "retry", G_CALLBACK (start_engine), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "close-request", G_CALLBACK (on_close_request), self, 0);
  g_signal_connect_object (window, "notify::is-active", G_CALLBACK (ask_for_password), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "realize", G_CALLBACK (on_realized), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
say (UiApplication *self, const char *sentence, const char *detail)
{
  UiWindow *window = find_window (self);
  if (window)
    ui_window_say (window, sentence, detail);
}

static void
open_composer (UiApplication *self, MailDraft *draft)
{
  ui_composer_open (GTK_APPLICATION (self), self->engine, draft);
}

/* The account of the folder a person looks at, else the first. */
static MailAccount *
current_account (UiApplication *self)
{
  UiWindow *window = find_window (self);
  MailFolder *folder = window ? ui_window_get_folder (window) : NULL;
  if (folder && mail_folder_get_account (folder))
    return mail_folder_get_account (folder);
  g_autoptr (MailAccount) first =
      g_list_model_get_item (mail_engine_get_accounts (self->engine), 0);
  return first; /* the engine's list holds it */
}

static void
open_uri (UiApplication *self, const char *uri)
{
  g_autoptr (MailDraft) draft = mail_draft_new_mailto (self->engine, current_account (self), uri);
  if (draft)
    open_composer (self, draft);
  else
    say (self, _ ("This link is not an e-mail address, so there is nothing to write to"), uri);
}

/* ---- engine ---- */

static void
on_ready (UiApplication *self)
{
  g_autoptr (GPtrArray) drafts = mail_engine_take_crashed_drafts (self->engine);
  for (guint i = 0; i < drafts->len; i++)
    open_composer (self, drafts->pdata[i]);
  if (drafts->len > 0)
    say (self,
         ngettext ("A message that was being written when Sosik stopped is open again",
                   "Messages that were being written when Sosik stopped are open again",
                   drafts->len),
         NULL);
  for (guint i = 0; i < self->uris->len; i++)
    open_uri (self, self->uris->pdata[i]);
  g_ptr_array_set_size (self->uris, 0);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiApplication) self = data;
  g_autoptr (GError) error = NULL;
  gboolean ok = mail_engine_start_finish (MAIL_ENGINE (source), result, &error);
  self->starting = FALSE;
  if (!ok && base_error_is_cancelled (error))
    return;
  for (GList *at = gtk_application_get_windows (GTK_APPLICATION (self)); at; at = at->next) {
    if (UI_IS_WINDOW (at->data))
      ui_window_set_start_error (at->data, error);
  }
  if (!ok)
    return;
  begin_with_window (self);
  on_ready (self);
}

static void
start_engine (UiApplication *self)
{
  if (self->starting || mail_engine_get_ready (self->engine))
    return;
  self->starting = TRUE;
  mail_engine_start_async (self->engine, NULL, on_started, g_object_ref (self));
}

static gboolean
is_focused (UiApplication *self)
{
  for (GList *at = gtk_application_get_windows (GTK_APPLICATION (self)); at; at = at->next) {
    if (gtk_window_is_active (at->data))
      return TRUE;
  }
  return FALSE;
}

static char *
notification_id (MailFolder *folder)
{
  return g_strdup_printf ("mail-%" G_GINT64_FORMAT, mail_folder_get_id (folder));
}

static void
on_arrived (UiApplication *self, MailFolder *folder, MailMessage *newest, guint count)
{
  if (is_focused (self))
    return;
  g_autofree char *title = NULL;
  g_autofree char *body = NULL;
  g_autofree char *id = notification_id (folder);
  if (count == 1 && newest) {
    title = g_strdup (mail_message_get_sender (newest));
    body = g_strdup (mail_message_get_subject (newest));
  } else {
    title = g_strdup_printf (ngettext ("%'u new message", "%'u new messages", count), count);
    if (newest)
      /* Translators: sender, subject of the newest of several messages */
      body = g_strdup_printf (_ ("%s: %s"), mail_message_get_sender (newest),
                              mail_message_get_subject (newest));
  }
  g_autoptr (GNotification) notification = g_notification_new (title);
  if (body)
    g_notification_set_body (notification, body);
  g_notification_set_category (notification, "email.arrived");
  g_notification_set_default_action_and_target (notification, "app.show-folder", "x",
                                                mail_folder_get_id (folder));
  g_application_send_notification (G_APPLICATION (self), id, notification);
}

static void
on_notice (UiApplication *self, const char *sentence, const char *detail)
{
  say (self, sentence, detail);
}

static void
on_password_needed (UiApplication *self, MailAccount *account, const char *sentence,
                    const char *detail)
{
  /* Nobody is torn out of another program, the keyring's question included: the bar in the window says it until somebody looks */
  if (!g_ptr_array_find (self->asks, account, NULL))
    g_ptr_array_add (self->asks, g_object_ref (account));
  ask_for_password (self);
}

/* A person who looks at the window needs no notification any more. */
static void
on_active_window (UiApplication *self)
{
  UiWindow *window = find_window (self);
  MailFolder *folder =
      window && gtk_window_is_active (GTK_WINDOW (window)) ? ui_window_get_folder (window) : NULL;
  if (!folder)
    return;
  g_autofree char *id = notification_id (folder);
  g_application_withdraw_notification (G_APPLICATION (self), id);
}

/* ---- the way out ---- */

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiApplication) self = data;
  mail_engine_stop_finish (MAIL_ENGINE (source), result);
  g_application_release (G_APPLICATION (self));
}

static void
on_window_removed (UiApplication *self)
{
  if (self->stopping || gtk_application_get_windows (GTK_APPLICATION (self)))
    return;
  self->stopping = TRUE;
  g_clear_handle_id (&self->wait_source, g_source_remove);
  g_clear_handle_id (&self->begin_source, g_source_remove);
  mail_engine_stop_async (self->engine, on_stopped, g_object_ref (self));
}

static void close_windows (UiApplication *self);

static void
on_composer_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiApplication) self = data;
  g_autoptr (GError) error = NULL;
  if (!ui_composer_save_finish (UI_COMPOSER (source), result, &error)) {
    /* The composer has said why; what is in it is worth more than quitting */
    ui_composer_present (UI_COMPOSER (source));
    return;
  }
  ui_composer_finish (UI_COMPOSER (source));
  close_windows (self);
}

static void
on_redirect_kept (gboolean kept, gpointer data)
{
  g_autoptr (UiApplication) self = data;
  if (kept)
    close_windows (self);
}

/* One composer after the other, each when what is in it is on disk (it opens again at the next start); then the rest,
 * which asks nothing. */
static void
close_windows (UiApplication *self)
{
  g_autoptr (GPtrArray) composers = ui_composer_dup_all (GTK_APPLICATION (self));
  if (composers->len > 0) {
    ui_composer_save_async (composers->pdata[0], on_composer_saved, g_object_ref (self));
    return;
  }
  if (ui_redirect_keep (GTK_APPLICATION (self), on_redirect_kept, self)) {
    g_object_ref (self);
    return;
  }
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (self)));
  if (!windows)
    on_window_removed (self);
  for (GList *at = windows; at; at = at->next)
    g_object_ref (at->data);
  for (GList *at = windows; at; at = at->next) {
    gtk_window_close (at->data);
    g_object_unref (at->data);
  }
}

static gboolean
on_wait (gpointer data)
{
  UiApplication *self = data;
  /* What has not even begun by then waits for something, and goes at the next start. */
  if (mail_engine_is_sending (self->engine)
      || (mail_engine_has_unsent (self->engine) && ++self->waited < WAIT_LAST_MS / WAIT_STEP_MS))
    return G_SOURCE_CONTINUE;
  self->wait_source = 0;
  self->quit_asked = FALSE;
  close_windows (self);
  return G_SOURCE_REMOVE;
}

static void
quit (UiApplication *self)
{
  if (self->stopping || ui_template_editor_hold_quit () || ui_form_hold_quit ())
    return;
  if (!self->quit_asked && is_sending (self)) {
    self->quit_asked = TRUE;
    self->waited = 0;
    mail_engine_send_held (self->engine);
    say (
        self,
        _ ("Sosik is still sending a message and quits when that is done. Quit again to stop at once."),
        NULL);
    self->wait_source = g_timeout_add (WAIT_STEP_MS, on_wait, self);
    return;
  }
  g_clear_handle_id (&self->wait_source, g_source_remove);
  close_windows (self);
}

/* ---- actions ---- */

static void
action_compose (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiApplication *self = data;
  if (!mail_engine_get_ready (self->engine))
    return;
  g_autoptr (MailDraft) draft = mail_draft_new (self->engine, current_account (self));
  open_composer (self, draft);
}

static void
action_new_window (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  open_window (data);
}

static void
present_above (UiApplication *self, GtkWindow *window)
{
  UiWindow *parent = find_window (self);
  if (parent) {
    gtk_window_set_transient_for (window, GTK_WINDOW (parent));
    gtk_window_set_destroy_with_parent (window, TRUE);
  } else
    gtk_window_set_application (window, GTK_APPLICATION (self));
  gtk_window_present (window);
}

static void
action_preferences (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiApplication *self = data;
  present_above (self, ui_preferences_new (self->engine, self->settings));
}

static void
action_add_account (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiApplication *self = data;
  present_above (self, ui_setup_new (self->engine, NULL));
}

static void
action_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiApplication *self = data;
  GtkWidget *about =
      g_object_new (ADW_TYPE_ABOUT_WINDOW, "application-name", _ ("Sosik"), "application-icon",
                    SOSIK_APP_ID, "version", SOSIK_VERSION, "developer-name",
                    _ ("The Sosik developers"), "license-type", GTK_LICENSE_GPL_3_0, "comments",
                    _ ("Mail for the desktop: read, answer, attach, find, tidy up."), "copyright",
                    _ ("© 2026 The Sosik developers"),
                    /* Translators: your names, one a line; shown in the About window */
                    "translator-credits", _ ("translator-credits"), NULL);
  ui_names_fill_foreign (about, _ ("Sosik"));
  present_above (self, GTK_WINDOW (about));
}

static void
on_shortcuts_closed (UiApplication *self)
{
  self->shortcuts = NULL;
}

static void
action_shortcuts (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiApplication *self = data;
  if (!self->shortcuts) {
    g_autoptr (GtkBuilder) builder =
        gtk_builder_new_from_resource ("/org/sosik/Sosik/ui-shortcuts.ui");
    self->shortcuts = GTK_WIDGET (gtk_builder_get_object (builder, "shortcuts"));
    ui_names_fill_foreign (self->shortcuts, _ ("Keyboard shortcuts"));
    g_signal_connect_object (self->shortcuts, "destroy", G_CALLBACK (on_shortcuts_closed), self,
                             G_CONNECT_SWAPPED);
  }
  present_above (self, GTK_WINDOW (self->shortcuts));
}

static void
action_show_folder (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiApplication *self = data;
  gint64 id = g_variant_get_int64 (parameter);
  GListModel *accounts = mail_engine_get_accounts (self->engine);
  UiWindow *window = find_window (self);
  if (!window)
    window = open_window (self);
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (accounts, i);
    GListModel *folders = mail_account_get_folders (account);
    for (guint k = 0; k < g_list_model_get_n_items (folders); k++) {
      g_autoptr (MailFolder) folder = g_list_model_get_item (folders, k);
      if (mail_folder_get_id (folder) == id)
        ui_window_show_folder (window, folder);
    }
  }
  gtk_window_present (GTK_WINDOW (window));
}

/* ---- quitting from a question ---- */

static gboolean
on_quit_idle (gpointer data)
{
  quit (data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_quit_key (GtkWidget *window, GVariant *arguments, gpointer data)
{
  GApplication *app = g_application_get_default ();

  /* One of the program's own windows has all its keys. */
  if (!app || gtk_window_get_application (GTK_WINDOW (window)))
    return GDK_EVENT_PROPAGATE;
  /* Not while the key is handled by a window that goes with it. */
  g_idle_add_full (G_PRIORITY_DEFAULT, on_quit_idle, g_object_ref (app), g_object_unref);
  return GDK_EVENT_STOP;
}

/* Dialogs know none of the program's keys; quitting is what each of them lets through, for it loses nothing that was not asked about. */
static void
on_toplevels (GListModel *windows, guint position, guint removed, guint added)
{
  for (guint i = position; i < position + added; i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    GtkEventController *keys = gtk_shortcut_controller_new ();

    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (keys),
        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_q, GDK_CONTROL_MASK),
                          gtk_callback_action_new (on_quit_key, NULL, NULL)));
    gtk_widget_add_controller (window, keys);
  }
}

static void
action_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  quit (data);
}

static const GActionEntry actions[] = {
  { .name = "compose", .activate = action_compose },
  { .name = "new-window", .activate = action_new_window },
  { .name = "preferences", .activate = action_preferences },
  { .name = "add-account", .activate = action_add_account },
  { .name = "about", .activate = action_about },
  { .name = "shortcuts", .activate = action_shortcuts },
  { .name = "show-folder", .activate = action_show_folder, .parameter_type = "x" },
  { .name = "quit", .activate = action_quit },
};

/* Keys that mean nothing to a text entry; letters and Delete are in ui-window-actions.c. */
static const struct
{
  const char *action;
  const char *accels[3];
} accels[] = {
  { "app.compose", { "<Control>n" } },
  { "app.new-window", { "<Control><Shift>n" } },
  { "app.preferences", { "<Control>comma" } },
  { "app.shortcuts", { "F1", "<Control>question" } },
  { "app.quit", { "<Control>q" } },
  { "window.close", { "<Control>w" } },
  { "win.reply", { "<Control>r" } },
  { "win.reply-all", { "<Control><Shift>r" } },
  { "win.forward", { "<Control>l" } },
  { "win.save-as", { "<Control>s" } },
  { "win.print", { "<Control>p" } },
  { "win.view-source", { "<Control><Shift>u" } },
  { "win.show-images", { "<Control>i" } },
  { "win.refresh", { "F5", "<Control>F5" } },
  { "win.next", { "<Alt>Down" } },
  { "win.previous", { "<Alt>Up" } },
  { "win.back", { "<Alt>Left" } },
  { "win.next-pane", { "F6" } },
  { "win.zoom-in", { "<Control>plus", "<Control>equal" } },
  { "win.zoom-out", { "<Control>minus" } },
  { "win.zoom-normal", { "<Control>0" } },
};

/* ---- the search of the desktop ---- */

static void
show_wanted (UiApplication *self)
{
  UiWindow *window = find_window (self);
  if (!self->wanted.typed || !window || !mail_engine_get_ready (self->engine))
    return;
  g_autofree char *typed = g_steal_pointer (&self->wanted.typed);
  ui_window_search (window, typed, self->wanted.item);
}

static void
on_search_chosen (const char *typed, gint64 item, gpointer data)
{
  UiApplication *self = data;
  g_free (self->wanted.typed);
  self->wanted.typed = g_strdup (typed);
  self->wanted.item = item;
  g_application_activate (G_APPLICATION (self));
  show_wanted (self);
}

static gboolean
ui_application_dbus_register (GApplication *application, GDBusConnection *connection,
                              const char *path, GError **error)
{
  UiApplication *self = UI_APPLICATION (application);
  if (!G_APPLICATION_CLASS (ui_application_parent_class)
           ->dbus_register (application, connection, path, error))
    return FALSE;
  self->provider =
      ui_search_provider_new (application, connection, path, on_search_chosen, self, error);
  return self->provider != NULL;
}

static void
ui_application_dbus_unregister (GApplication *application, GDBusConnection *connection,
                                const char *path)
{
  g_clear_pointer (&UI_APPLICATION (application)->provider, ui_search_provider_free);
  G_APPLICATION_CLASS (ui_application_parent_class)
      ->dbus_unregister (application, connection, path);
}

/* ---- GApplication ---- */

/* With --profile everything lies under that folder, the settings too. */
static gboolean
open_settings (UiApplication *self)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
      source ? g_settings_schema_source_lookup (source, SCHEMA, TRUE) : NULL;
  g_autoptr (GSettingsBackend) backend = NULL;
  if (!schema)
    return FALSE;
  if (self->profile) {
    g_autofree char *file =
        g_build_filename (base_paths_get_config (self->paths), "settings.ini", NULL);
    backend = g_keyfile_settings_backend_new (file, "/org/sosik/Sosik/", "Settings");
  }
  self->settings = g_settings_new_full (schema, backend, NULL);
  return TRUE;
}

static void
ui_application_startup (GApplication *application)
{
  UiApplication *self = UI_APPLICATION (application);
  /* Its threads open the store and read the first rows while GTK opens the display. */
  self->engine = mail_engine_new (self->paths);
  mail_engine_defer_sync (self->engine);
  start_engine (self);
  if (self->provider)
    ui_search_provider_set_engine (self->provider, self->engine, self->settings);
  g_signal_connect_object (self->engine, "notify::ready", G_CALLBACK (show_wanted), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  gtk_init ();
  gtk_settings_get_default (); /* now it reads it */
  ui_environment_end_spared_theme ();
  G_APPLICATION_CLASS (ui_application_parent_class)->startup (application);
  g_resources_register (ui_get_resource ());
  ui_composer_install (GTK_APPLICATION (self), self->engine, self->settings);
  ui_words_install ();
  self->clock = ui_clock_follow ();
  ui_clock_listen (self->engine, G_CALLBACK (mail_engine_describe_again));
  ui_names_install ();
  g_signal_connect (gtk_window_get_toplevels (), "items-changed", G_CALLBACK (on_toplevels), NULL);

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action,
                                           (const char *const *)accels[i].accels);

  g_signal_connect_object (self->engine, "arrived", G_CALLBACK (on_arrived), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->engine, "notice", G_CALLBACK (on_notice), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->engine, "password-needed", G_CALLBACK (on_password_needed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (self, "window-added", G_CALLBACK (begin_with_window), NULL);
  g_signal_connect (self, "window-removed", G_CALLBACK (on_window_removed), NULL);
  g_signal_connect (self, "notify::active-window", G_CALLBACK (on_active_window), NULL);
  /* Until the engine has stopped */
  g_application_hold (application);
}

static void
ui_application_activate (GApplication *application)
{
  UiApplication *self = UI_APPLICATION (application);
  UiWindow *window = find_window (self);
  if (self->stopping)
    return;
  self->quit_asked = FALSE;
  g_clear_handle_id (&self->wait_source, g_source_remove);
  if (window)
    gtk_window_present (GTK_WINDOW (window));
  else
    open_window (self);
}

static void
ui_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  UiApplication *self = UI_APPLICATION (application);
  ui_application_activate (application);
  for (int i = 0; i < n_files; i++) {
    g_autofree char *uri = g_file_get_uri (files[i]);
    /* Some GVfs give "mailto:///kim@example.org" back */
    if (g_str_has_prefix (uri, "mailto:///")) {
      g_autofree char *whole = g_steal_pointer (&uri);
      uri = g_strconcat ("mailto:", whole + strlen ("mailto:///"), NULL);
    }
    if (mail_engine_get_ready (self->engine))
      open_uri (self, uri);
    else
      g_ptr_array_add (self->uris, g_steal_pointer (&uri));
  }
}

static gint
ui_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  UiApplication *self = UI_APPLICATION (application);
  g_autoptr (GError) error = NULL;
  if (g_variant_dict_contains (options, "version")) {
    g_print ("Sosik %s\n", SOSIK_VERSION);
    return 0;
  }
  g_autofree char *profile = NULL;
  if (g_variant_dict_lookup (options, "profile", "^ay", &profile)) {
    self->profile = g_canonicalize_filename (profile, NULL);
    /* Two profiles side by side are two programs; one profile is one */
    g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, self->profile, -1);
    g_autofree char *id = g_strdup_printf ("%s.Profile%.16s", SOSIK_APP_ID, hash);
    g_application_set_application_id (application, id);
  }
  self->paths = base_paths_new (self->profile, &error);
  if (!self->paths) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  if (!open_settings (self)) {
    g_printerr (
        "%s\n",
        _ ("The settings schema of Sosik was not found. Install Sosik, or set GSETTINGS_SCHEMA_DIR to the folder data of its build."));
    return 1;
  }
  return -1;
}

static void
ui_application_finalize (GObject *object)
{
  UiApplication *self = UI_APPLICATION (object);
  g_clear_handle_id (&self->wait_source, g_source_remove);
  g_clear_handle_id (&self->begin_source, g_source_remove);
  g_ptr_array_unref (self->asks);
  g_free (self->wanted.typed);
  g_clear_object (&self->engine);
  g_clear_object (&self->clock);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->paths, base_paths_unref);
  g_ptr_array_unref (self->uris);
  g_free (self->profile);
  G_OBJECT_CLASS (ui_application_parent_class)->finalize (object);
}

static void
ui_application_class_init (UiApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);
  G_OBJECT_CLASS (klass)->finalize = ui_application_finalize;
  application_class->startup = ui_application_startup;
  application_class->activate = ui_application_activate;
  application_class->open = ui_application_open;
  application_class->dbus_register = ui_application_dbus_register;
  application_class->dbus_unregister = ui_application_dbus_unregister;
  application_class->handle_local_options = ui_application_handle_local_options;
}

static void
ui_application_init (UiApplication *self)
{
  self->asks = g_ptr_array_new_with_free_func (g_object_unref);
  self->uris = g_ptr_array_new_with_free_func (g_free);
  g_application_add_main_option (G_APPLICATION (self), "profile", 0, 0, G_OPTION_ARG_FILENAME,
                                 _ ("Keep mail, accounts and settings under this folder"),
                                 _ ("FOLDER"));
  g_application_add_main_option (G_APPLICATION (self), "version", 0, 0, G_OPTION_ARG_NONE,
                                 _ ("Show the version and exit"), NULL);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), "[mailto:ADDRESS…]");
}

UiApplication *
ui_application_new (void)
{
  ui_environment_prepare ();
  return g_object_new (UI_TYPE_APPLICATION, "application-id", SOSIK_APP_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, "resource-base-path", "/org/sosik/Sosik", NULL);
}
