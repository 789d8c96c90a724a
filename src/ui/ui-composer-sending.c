/* When a message leaves, and what brings it back: the seconds in which sending can be undone, sending at a chosen time, and the bin of what was
 * discarded.  Main thread.  It must never offer to undo what it cannot. */
#include "ui-composer-private.h"

#include <glib/gi18n.h>

#include "base-date.h"
#include "base-error.h"
#include "base-log.h"
#include "base-text.h"
#include "ui-later-dialog.h"
#include "ui-redirect.h"
#include "ui-toast.h"
#include "ui-window.h"

#define SETTINGS     "sosik-composer-settings"
#define COMPOSERS    "sosik-composers"
#define COPY_EVERY_S 60
/* What is larger goes to the server when the composer is closed. */
#define COPY_MOST   (2 * 1000 * 1000)
#define LATER_SHOWN 5 /* seconds, of what waits anyway */
#define MORNING     8
#define MAX_SHOWN   40 /* characters of a subject in a sentence */

GSettings *
ui_composer_get_settings (UiComposer *self)
{
  return self->app != NULL ? g_object_get_data (G_OBJECT (self->app), SETTINGS) : NULL;
}

/* ---- all of them ---- */

static GPtrArray *
get_all (GtkApplication *app)
{
  return app != NULL ? g_object_get_data (G_OBJECT (app), COMPOSERS) : NULL;
}

void
ui_composer_remember (UiComposer *self)
{
  GPtrArray *all = get_all (self->app);

  if (all != NULL)
    g_ptr_array_add (all, self);
}

void
ui_composer_forget (UiComposer *self)
{
  GPtrArray *all = get_all (self->app);

  if (all != NULL)
    g_ptr_array_remove (all, self);
}

GPtrArray *
ui_composer_dup_all (GtkApplication *app)
{
  GPtrArray *all = get_all (app), *copy = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; all != NULL && i < all->len; i++)
    g_ptr_array_add (copy, g_object_ref (all->pdata[i]));
  return copy;
}

gboolean
ui_composer_show (GtkApplication *app, MailContent *content)
{
  GPtrArray *all = get_all (app);

  for (guint i = 0; all != NULL && i < all->len; i++) {
    UiComposer *self = all->pdata[i];

    if (self->done || !mail_draft_is_copied_in (self->draft, content))
      continue;
    ui_composer_present (self);
    return TRUE;
  }
  return FALSE;
}

/* ---- taking back ---- */

/* One is opened where there is none. */
static UiWindow *
find_window (GtkApplication *app)
{
  UiWindow *window = ui_window_get_last (app);

  if (window == NULL && app != NULL)
    g_application_activate (G_APPLICATION (app));
  return window != NULL ? window : ui_window_get_last (app);
}

static void
open_window (UiComposer *composer)
{
  ui_composer_open_window (composer);
  ui_composer_focus (composer);
}

void
ui_composer_open (GtkApplication *app, MailEngine *engine, MailDraft *draft)
{
  if (mail_draft_is_redirect (draft))
    ui_redirect_ask (GTK_WINDOW (find_window (app)), draft);
  else
    open_window (ui_composer_new (app, engine, draft));
}

static void
on_taken_back (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkApplication) app = data;
  g_autoptr (GError) error = NULL;
  MailEngine *engine = MAIL_ENGINE (source);
  g_autoptr (MailDraft) draft = mail_engine_take_back_finish (engine, result, &error);
  UiWindow *window = NULL;

  if (draft != NULL) {
    ui_composer_open (app, engine, draft);
    return;
  }
  window = find_window (app);
  if (window != NULL && !base_error_is_cancelled (error))
    ui_window_say (window, error->message, base_error_get_detail (error));
}

static void
on_take_back (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkApplication *app = data;
  MailEngine *engine = g_object_get_data (G_OBJECT (action), "engine");

  mail_engine_take_back_async (engine, g_variant_get_string (parameter, NULL), on_taken_back,
                               g_object_ref (app));
}

/* ---- throwing away what was kept ---- */

static void
on_kept_discarded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) id = data;
  g_autoptr (GError) error = NULL;
  GApplication *app = g_application_get_default ();
  UiWindow *window = app != NULL ? ui_window_get_last (GTK_APPLICATION (app)) : NULL;

  if (mail_engine_discard_draft_finish (MAIL_ENGINE (source), result, &error)) {
    if (window != NULL)
      ui_composer_offer_back (GTK_APPLICATION (app), _ ("Message discarded"),
                              g_variant_get_string (id, NULL), UI_COMPOSER_BIN_SHOWN);
  } else if (window != NULL && !base_error_is_cancelled (error)) {
    ui_window_say (window, error->message, base_error_get_detail (error));
  }
}

static void
on_discard_draft (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  mail_engine_discard_draft_async (g_object_get_data (G_OBJECT (action), "engine"),
                                   g_variant_get_string (parameter, NULL), on_kept_discarded,
                                   g_variant_ref (parameter));
}

static void
add_action (GtkApplication *app, MailEngine *engine, const char *name, GCallback callback)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new (name, G_VARIANT_TYPE_STRING);

  g_object_set_data_full (G_OBJECT (action), "engine", g_object_ref (engine), g_object_unref);
  g_signal_connect_object (action, "activate", callback, app, 0);
  g_action_map_add_action (G_ACTION_MAP (app), G_ACTION (action));
}

void
ui_composer_install (GtkApplication *app, MailEngine *engine, GSettings *settings)
{
  g_object_set_data_full (G_OBJECT (app), SETTINGS, g_object_ref (settings), g_object_unref);
  g_object_set_data_full (G_OBJECT (app), COMPOSERS, g_ptr_array_new (),
                          (GDestroyNotify)g_ptr_array_unref);
  add_action (app, engine, "take-back", G_CALLBACK (on_take_back));
  add_action (app, engine, "discard-draft", G_CALLBACK (on_discard_draft));
}

AdwToast *
ui_composer_offer_back (GtkApplication *app, const char *sentence, const char *draft, guint seconds)
{
  UiWindow *window = find_window (app);

  return window != NULL ? ui_window_offer (window, sentence, _ ("_Undo"), "app.take-back",
                                           g_variant_new_string (draft), seconds)
                        : NULL;
}

void
ui_composer_say_discarded (UiComposer *self)
{
  if (!mail_draft_is_empty (self->draft))
    ui_composer_offer_back (self->app, _ ("Message discarded"), mail_draft_get_id (self->draft),
                            UI_COMPOSER_BIN_SHOWN);
}

/* Nothing opens for it: the draft is where drafts are. */
void
ui_composer_say_kept (UiComposer *self)
{
  UiWindow *window = ui_window_get_last (self->app);

  if (window != NULL)
    ui_window_offer (window, _ ("Draft saved"), _ ("_Discard"), "app.discard-draft",
                     g_variant_new_string (mail_draft_get_id (self->draft)), UI_COMPOSER_BIN_SHOWN);
}

/* ---- leaving ---- */

guint
ui_composer_get_undo_seconds (GtkApplication *app)
{
  GSettings *settings = app != NULL ? g_object_get_data (G_OBJECT (app), SETTINGS) : NULL;

  return settings != NULL ? (guint)g_settings_get_int (settings, "undo-send-seconds") : 0;
}

guint
ui_composer_get_hold (UiComposer *self)
{
  return ui_composer_get_undo_seconds (self->app);
}

void
ui_composer_say_sending (UiComposer *self)
{
  guint hold = ui_composer_get_hold (self);
  gint64 at = mail_draft_get_send_at (self->draft);
  g_autofree char *subject = base_text_one_line (mail_draft_get_subject (self->draft), MAX_SHOWN);
  g_autofree char *sentence = NULL;
  AdwToast *toast = NULL;

  if (hold == 0 && at <= 0)
    return;
  if (at > 0)
    sentence = g_strdup (""); /* see below */
  else if (*subject != '\0')
    sentence = g_strdup_printf (_ ("Sending “%s”…"), subject);
  else
    sentence = g_strdup (_ ("Sending…"));
  toast = ui_composer_offer_back (self->app, sentence, mail_draft_get_id (self->draft),
                                  MAX (hold, LATER_SHOWN));
  if (toast != NULL && at > 0)
    ui_toast_set_time (toast, _ ("Will be sent on %s"), at);
}

/* ---- later ---- */

/* In the morning, so many days from now; 0: no such hour. */
static gint64
morning_in (int days)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) day = g_date_time_add_days (now, days);
  g_autoptr (GDateTime) morning =
      g_date_time_new_local (g_date_time_get_year (day), g_date_time_get_month (day),
                             g_date_time_get_day_of_month (day), MORNING, 0, 0);

  return morning != NULL ? g_date_time_to_unix (morning) : 0;
}

static void
add_item (GMenu *menu, const char *label, gint64 at)
{
  g_autoptr (GMenuItem) item = NULL;
  g_autofree char *when = NULL;
  g_autofree char *whole = NULL;

  if (at == 0)
    return;
  when = base_date_long (at);
  /* Translators: "Tomorrow Morning", and the date and time that this is */
  whole = g_strdup_printf (_ ("%1$s (%2$s)"), label, when);
  item = g_menu_item_new (whole, NULL);
  g_menu_item_set_action_and_target (item, "composer.send-later", "x", at);
  g_menu_append_item (menu, item);
}

/* Each time that it is opened: tomorrow comes. */
static void
make_menu (GtkMenuButton *button, gpointer data)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) section = g_menu_new ();
  g_autoptr (GMenuItem) item = g_menu_item_new (_ ("_Choose Date and Time…"), NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  int weekday = g_date_time_get_day_of_week (now);

  add_item (section, _ ("Tomorrow Morning"), morning_in (1));
  /* On Sundays that is tomorrow. */
  if (weekday != 7)
    add_item (section, _ ("Monday Morning"), morning_in (8 - weekday));
  g_menu_item_set_action_and_target (item, "composer.send-later", "x", (gint64)0);
  g_menu_append_item (section, item);
  g_menu_append_section (menu, _ ("Send Later"), G_MENU_MODEL (section));
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static void
on_chosen (gint64 at, gpointer data)
{
  g_autoptr (UiComposer) self = data;

  if (at > 0 && !self->done && !self->busy)
    ui_composer_send (self, at);
}

static void
on_send_later (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiComposer *self = data;
  gint64 at = g_variant_get_int64 (parameter);
  gint64 before = mail_draft_get_send_at (self->draft);

  if (at > 0)
    ui_composer_send (self, at);
  else
    ui_later_dialog_ask (ui_composer_get_window (self), before > 0 ? before : morning_in (1),
                         on_chosen, g_object_ref (self));
}

/* ---- the copy on the server ---- */

/* What stands on this computer counts, and it is tried again. */
static void
on_put (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiComposer) self = data;
  g_autoptr (GError) error = NULL;

  if (!mail_draft_put_finish (MAIL_DRAFT (source), result, &error)
      && !base_error_is_cancelled (error))
    base_log ("the copy of a draft was not made: %s", error->message);
  if (!self->done && self->dirty_since == 0 && error == NULL)
    adw_window_title_set_subtitle (self->title, _ ("Saved"));
}

void
ui_composer_put (UiComposer *self, gboolean editing)
{
  mail_draft_put_async (self->draft, editing, on_put, g_object_ref (self));
}

static gboolean
on_copy_time (gpointer data)
{
  UiComposer *self = data;

  self->copy_source = 0;
  if (self->busy || self->done || mail_draft_get_files_size (self->draft) > COPY_MOST)
    return G_SOURCE_REMOVE;
  ui_composer_push (self);
  ui_composer_put (self, TRUE);
  return G_SOURCE_REMOVE;
}

void
ui_composer_copy_soon (UiComposer *self)
{
  if (self->copy_source == 0)
    self->copy_source = g_timeout_add_seconds (COPY_EVERY_S, on_copy_time, self);
}

static void
on_conflict (UiComposer *self)
{
  const char *sentence = _ (
      "This draft was changed or deleted on another computer. Both versions are kept in Drafts.");
  UiWindow *window = NULL;

  if (!self->done && !self->busy) {
    AdwToast *toast = ui_toast_new (sentence);

    adw_toast_set_timeout (toast, 0);
    adw_toast_overlay_add_toast (self->toasts, toast);
    return;
  }
  window = find_window (self->app);
  if (window != NULL)
    ui_window_say (window, sentence, NULL);
}

/* ---- options ---- */

static const char *const priorities[] = { "low", "normal", "high" };

static void
on_priority (GSimpleAction *action, GVariant *state, gpointer data)
{
  UiComposer *self = data;

  for (int i = 0; i < (int)G_N_ELEMENTS (priorities); i++)
    if (g_str_equal (g_variant_get_string (state, NULL), priorities[i]))
      mail_draft_set_priority (self->draft, (MailPriority)(i + MAIL_PRIORITY_LOW));
  g_simple_action_set_state (action, state);
  ui_composer_edited (self);
}

static void
on_receipt (GSimpleAction *action, GVariant *state, gpointer data)
{
  UiComposer *self = data;

  mail_draft_set_receipt (self->draft, g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
  ui_composer_edited (self);
}

static void
on_delivery_report (GSimpleAction *action, GVariant *state, gpointer data)
{
  UiComposer *self = data;

  mail_draft_set_notify (self->draft,
                         g_variant_get_boolean (state)
                             ? MAIL_NOTIFY_SUCCESS | MAIL_NOTIFY_FAILURE | MAIL_NOTIFY_DELAY
                             : 0);
  g_simple_action_set_state (action, state);
  ui_composer_edited (self);
}

static void
show_option (UiComposer *self, const char *name, GVariant *state)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), state);
}

void
ui_composer_show_draft (UiComposer *self)
{
  int priority = mail_draft_get_priority (self->draft) - MAIL_PRIORITY_LOW;

  show_option (self, "priority", g_variant_new_string (priorities[CLAMP (priority, 0, 2)]));
  show_option (self, "receipt", g_variant_new_boolean (mail_draft_get_receipt (self->draft)));
  show_option (self, "delivery-report",
               g_variant_new_boolean (mail_draft_get_notify (self->draft) != 0));
  g_signal_connect_object (self->draft, "conflict", G_CALLBACK (on_conflict), self,
                           G_CONNECT_SWAPPED);
}

void
ui_composer_add_sending (UiComposer *self)
{
  const GActionEntry entries[] = {
    { "send-later", on_send_later, "x", NULL, NULL, { 0 } },
    { "priority", NULL, "s", "'normal'", on_priority, { 0 } },
    { "receipt", NULL, NULL, "false", on_receipt, { 0 } },
    { "delivery-report", NULL, NULL, "false", on_delivery_report, { 0 } },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_menu_button_set_create_popup_func (self->later_button, make_menu, NULL, NULL);
}
