/* Every verb of the main window.  Main thread.  Buttons, menus and keys only name the actions installed here; what is
 * possible right now is decided in one place, ui_window_update_actions (). */
#include "ui-window-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-text.h"
#include "ui-dialog.h"
#include "ui-source.h"
#include "ui-toast.h"
#include "ui-trace.h"

#define MOST_LOOKED_AT 100 /* rows whose state decides what a verb means */
#define ZOOM_STEP      0.1
#define ZOOM_SAVE_MS   800 /* after the last step */
#define ZOOM_MIN       0.5
#define ZOOM_MAX       3.0

/* ---- doing and undoing ---- */

typedef struct
{
  UiWindow *window; /* owned */
  gboolean quiet;   /* nothing to say: nobody asked for it by name */
} Job;

static Job *
job_new (UiWindow *self, gboolean quiet)
{
  Job *job = g_new0 (Job, 1);
  job->window = g_object_ref (self);
  job->quiet = quiet;
  return job;
}

static void
job_free (Job *job)
{
  g_object_unref (job->window);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static void
on_toast_dismissed (UiWindow *self, AdwToast *toast)
{
  if (toast == self->toast)
    g_clear_object (&self->toast);
}

void
ui_window_dismiss_undo (UiWindow *self)
{
  g_autoptr (AdwToast) toast = g_steal_pointer (&self->toast);
  if (toast)
    adw_toast_dismiss (toast);
}

/* The newest takes the place of the one before: a queue of them would lag behind the hands. */
static void
show_undo (UiWindow *self, const char *sentence, gint64 undo)
{
  ui_window_dismiss_undo (self);
  self->toast = g_object_ref (ui_toast_new (sentence));
  if (undo != 0) {
    adw_toast_set_button_label (self->toast, _ ("_Undo"));
    adw_toast_set_action_name (self->toast, "win.undo");
  }
  g_signal_connect_object (self->toast, "dismissed", G_CALLBACK (on_toast_dismissed), self,
                           G_CONNECT_SWAPPED);
  ui_window_toast (self, self->toast);
}

static void act (UiWindow *self, MailAction action, MailFolder *target, GArray *items);

static gboolean
takes_away (MailAction action)
{
  return action == MAIL_ACTION_ARCHIVE || action == MAIL_ACTION_TRASH || action == MAIL_ACTION_MOVE
         || action == MAIL_ACTION_DELETE || action == MAIL_ACTION_JUNK
         || action == MAIL_ACTION_NOT_JUNK;
}

static void
on_acted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Job) job = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;
  gint64 undo = 0;
  if (!mail_engine_act_finish (MAIL_ENGINE (source), result, &undo, &sentence, &error)) {
    if (job->window->engine && !base_error_is_cancelled (error))
      ui_window_say (job->window, error->message, base_error_get_detail (error));
    return;
  }
  if (job->quiet || !job->window->engine)
    return;
  job->window->last_undo = undo;
  gtk_widget_action_set_enabled (GTK_WIDGET (job->window), "win.undo", undo != 0);
  if (sentence && *sentence)
    show_undo (job->window, sentence, undo);
}

void
ui_window_act (UiWindow *self, MailAction action, MailFolder *target, GPtrArray *messages)
{
  for (guint i = 0; takes_away (action) && i < messages->len; i++)
    ui_reader_detach_answer (self->reader, messages->pdata[i]);
  if (messages->len > 0)
    mail_engine_act_async (self->engine, messages, action, target, on_acted, job_new (self, FALSE));
}

void
ui_window_on_acted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiWindow) self = data;
  on_acted (source, result, job_new (self, FALSE));
}

void
ui_window_act_on_listed (UiWindow *self, MailAction action, MailFolder *target, GArray *items)
{
  act (self, action, target, items);
}

static gboolean
are_selected (UiWindow *self, GArray *items)
{
  g_autoptr (GArray) selected = ui_list_dup_selected (self->list);
  return selected->len == items->len
         && memcmp (selected->data, items->data, selected->len * sizeof (gint64)) == 0;
}

static void
act (UiWindow *self, MailAction action, MailFolder *target, GArray *items)
{
  gboolean leaves = takes_away (action);
  MailMessageList *messages = ui_list_get_messages (self->list);
  if (items->len == 0 || !messages)
    return;
  /* What is dragged may be another one than what is read, which stays. */
  if (leaves && are_selected (self, items)) {
    ui_reader_detach_answer (self->reader, NULL);
    ui_window_select_after (self);
    ui_list_focus (self->list);
  }
  mail_engine_act_on_items_async (self->engine, messages, items, action, target, on_acted,
                                  job_new (self, FALSE));
  if (!leaves)
    ui_window_update_actions (self);
}

void
ui_window_act_quietly (UiWindow *self, MailAction action, GArray *items)
{
  MailMessageList *messages = ui_list_get_messages (self->list);
  if (messages)
    mail_engine_act_on_items_async (self->engine, messages, items, action, NULL, on_acted,
                                    job_new (self, TRUE));
}

static void
act_on_selected (UiWindow *self, MailAction action)
{
  g_autoptr (GArray) items = ui_list_dup_selected (self->list);
  act (self, action, NULL, items);
}

void
ui_window_mark_seen (UiWindow *self, MailMessage *message)
{
  if (!mail_message_get_unread (message))
    return;
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_ptr_array_add (messages, message);
  mail_engine_act_async (self->engine, messages, MAIL_ACTION_SEEN, NULL, on_acted,
                         job_new (self, TRUE));
}

static void
on_undone (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Job) job = data;
  g_autoptr (GError) error = NULL;
  if (!mail_engine_undo_finish (MAIL_ENGINE (source), result, &error) && job->window->engine)
    ui_window_say (job->window, error->message, base_error_get_detail (error));
}

static void
action_undo (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  gint64 undo = self->last_undo;
  self->last_undo = 0;
  gtk_widget_action_set_enabled (widget, "win.undo", FALSE);
  if (undo == 0)
    return;
  ui_window_dismiss_undo (self);
  mail_engine_undo_async (self->engine, undo, on_undone, job_new (self, TRUE));
}

/* ---- messages ---- */

static void
action_simple (GtkWidget *widget, const char *name, GVariant *parameter)
{
  static const struct
  {
    const char *name;
    MailAction action;
  } verbs[] = {
    { "win.archive", MAIL_ACTION_ARCHIVE }, { "win.trash", MAIL_ACTION_TRASH },
    { "win.mark-read", MAIL_ACTION_READ },  { "win.mark-unread", MAIL_ACTION_UNREAD },
    { "win.star", MAIL_ACTION_STAR },       { "win.unstar", MAIL_ACTION_UNSTAR },
    { "win.junk", MAIL_ACTION_JUNK },       { "win.not-junk", MAIL_ACTION_NOT_JUNK },
  };
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++) {
    if (g_str_equal (name, verbs[i].name))
      act_on_selected (UI_WINDOW (widget), verbs[i].action);
  }
}

typedef struct
{
  UiWindow *window; /* owned */
  GArray *items;    /* owned */
} Deletion;

static void
on_delete_answer (gboolean accepted, gpointer data)
{
  Deletion *deletion = data;
  if (accepted && deletion->window->engine)
    act (deletion->window, MAIL_ACTION_DELETE, NULL, deletion->items);
  g_object_unref (deletion->window);
  g_array_unref (deletion->items);
  g_free (deletion);
}

/* FALSE where one of them is a conversation, or is not known. */
static gboolean
are_single_messages (UiWindow *self, GArray *items)
{
  if (!mail_message_list_get_conversations (ui_list_get_messages (self->list)))
    return TRUE;
  if (items->len > MOST_LOOKED_AT)
    return FALSE;
  for (guint i = 0; i < items->len; i++) {
    g_autoptr (MailConversation) item =
        ui_list_dup_by_id (self->list, g_array_index (items, gint64, i));
    if (!item || mail_conversation_get_count (item) != 1)
      return FALSE;
  }
  return TRUE;
}

static void
action_delete (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  g_autoptr (GArray) items = ui_list_dup_selected (self->list);
  guint n = items->len;
  if (n == 0)
    return;
  Deletion *deletion = g_new0 (Deletion, 1);
  *deletion = (Deletion){ g_object_ref (self), g_array_ref (items) };
  g_autofree char *heading = g_strdup_printf (
      are_single_messages (self, items)
          ? ngettext ("Delete %'u message for good?", "Delete %'u messages for good?", n)
          : ngettext ("Delete %'u conversation for good?", "Delete %'u conversations for good?", n),
      n);
  ui_dialog_confirm (GTK_WINDOW (self), heading,
                     _ ("It is taken off the server too and cannot be brought back."), NULL,
                     _ ("Delete"), TRUE, on_delete_answer, deletion);
}

void
ui_window_toggle_star (UiWindow *self, MailMessage *message)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_ptr_array_add (messages, message);
  mail_engine_act_async (self->engine, messages,
                         mail_message_get_starred (message) ? MAIL_ACTION_UNSTAR : MAIL_ACTION_STAR,
                         NULL, on_acted, job_new (self, TRUE));
}

/* S: stars what is selected, or takes the stars off when all of it has one. */
static void
action_star_selected (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  g_autoptr (GArray) items = ui_list_dup_selected (self->list);
  /* Of more than can be seen at once nobody knows: they get their stars. */
  gboolean all = items->len <= MOST_LOOKED_AT;
  for (guint i = 0; i < items->len && all; i++) {
    g_autoptr (MailConversation) item =
        ui_list_dup_by_id (self->list, g_array_index (items, gint64, i));
    all = item && mail_conversation_get_starred (item);
  }
  act (self, all ? MAIL_ACTION_UNSTAR : MAIL_ACTION_STAR, NULL, items);
}

/* ---- the message as a file ---- */

typedef struct
{
  UiWindow *window;
  MailContent *content;
} Save;

static void
save_free (Save *save)
{
  g_object_unref (save->window);
  g_object_unref (save->content);
  g_free (save);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Save, save_free)

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Save) save = data;
  g_autoptr (GError) error = NULL;
  if (!save->window->engine)
    return;
  if (mail_content_save_finish (save->content, result, &error))
    ui_window_say (save->window, _ ("Message saved"), NULL);
  else
    ui_dialog_error (GTK_WINDOW (save->window), _ ("The message could not be saved"), error);
}

static void
on_save_chosen (GFile *file, gpointer data)
{
  g_autoptr (Save) save = data;
  if (!file)
    return;
  MailContent *content = save->content;
  mail_content_save_async (content, file, NULL, on_saved, g_steal_pointer (&save));
}

void
ui_window_save_message (UiWindow *self, MailContent *content)
{
  Save *save = g_new0 (Save, 1);
  save->window = g_object_ref (self);
  save->content = g_object_ref (content);
  g_autofree char *stem = base_text_file_name (mail_content_get_subject (content), _ ("Message"));
  g_autofree char *file_name = g_strconcat (stem, ".eml", NULL);
  ui_dialog_save_file (GTK_WINDOW (self), _ ("Save Message"), file_name, on_save_chosen, save);
}

static void
action_save_as (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  MailContent *content = ui_reader_get_content (self->reader);
  if (content)
    ui_window_save_message (self, content);
}

static void
on_source_fetched (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiWindow) self = data;
  g_autoptr (GError) error = NULL;
  gboolean fetched = mail_content_fetch_whole_finish (MAIL_CONTENT (source), result, &error);
  self->source_coming = FALSE;
  if (!self->engine)
    return;
  ui_window_update_actions (self);
  if (fetched)
    gtk_window_present (ui_source_new (GTK_WINDOW (self), MAIL_CONTENT (source)));
  else
    ui_dialog_error (GTK_WINDOW (self), _ ("The message could not be fetched"), error);
}

void
ui_window_view_source (UiWindow *self, MailContent *content)
{
  if (mail_content_is_whole (content))
    gtk_window_present (ui_source_new (GTK_WINDOW (self), content));
  else if (!self->source_coming) {
    /* Asked for again meanwhile, it would be fetched again and shown twice. */
    self->source_coming = TRUE;
    ui_window_update_actions (self);
    mail_content_fetch_whole_async (content, NULL, on_source_fetched, g_object_ref (self));
  }
}

static void
action_view_source (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  MailContent *content = ui_reader_get_content (self->reader);
  if (content)
    ui_window_view_source (self, content);
}

/* ---- the view ---- */

static void
action_view (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  if (g_str_equal (name, "win.show-images"))
    ui_reader_show_images (self->reader);
  else if (g_str_equal (name, "win.refresh"))
    mail_engine_retry (self->engine, NULL);
  else if (g_str_equal (name, "win.next"))
    ui_list_move (self->list, 1);
  else if (g_str_equal (name, "win.previous"))
    ui_list_move (self->list, -1);
  else if (g_str_equal (name, "win.select-all"))
    ui_list_select_all (self->list);
  else if (g_str_equal (name, "win.show-folders"))
    adw_leaflet_set_visible_child_name (self->inner, "folders");
  else if (g_str_equal (name, "win.show-list"))
    adw_leaflet_set_visible_child_name (self->outer, "lists");
}

static void
action_save_trace (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_trace_save (UI_WINDOW (widget));
}

/* Escape: one pane back, where panes stand one behind the other; else the selection goes. */
static void
action_back (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  if (ui_reader_close_find (self->reader))
    return;
  if (ui_list_get_checking (self->list))
    ui_list_set_checking (self->list, FALSE);
  else if (adw_leaflet_get_folded (self->outer)
           && g_strcmp0 (adw_leaflet_get_visible_child_name (self->outer), "reader") == 0)
    adw_leaflet_set_visible_child_name (self->outer, "lists");
  else if (ui_list_close_search (self->list) || ui_window_leave_sender (self))
    return;
  else if (adw_leaflet_get_folded (self->inner)
           && g_strcmp0 (adw_leaflet_get_visible_child_name (self->inner), "list") == 0)
    adw_leaflet_set_visible_child_name (self->inner, "folders");
  else
    ui_list_unselect_all (self->list);
}

/* F6: from pane to pane. */
static void
action_next_pane (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  UiComposer *answer = ui_reader_get_answer (self->reader);
  if (focus && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->sidebar)))
    ui_list_focus (self->list);
  else if (focus && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->list))
           && ui_reader_get_content (self->reader))
    ui_reader_focus (self->reader);
  else if (focus && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->reader)) && answer
           && !gtk_widget_is_ancestor (focus, GTK_WIDGET (answer)))
    ui_composer_focus (answer);
  else
    ui_sidebar_focus (self->sidebar);
}

static gboolean
on_zoom_settled (gpointer data)
{
  UiWindow *self = data;
  self->zoom_source = 0;
  g_settings_set_double (self->settings, "zoom", self->zoom);
  return G_SOURCE_REMOVE;
}

static void
action_zoom (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  double step = g_str_equal (name, "win.zoom-in")    ? ZOOM_STEP
                : g_str_equal (name, "win.zoom-out") ? -ZOOM_STEP
                                                     : 1 - self->zoom;
  self->zoom = CLAMP (self->zoom + step, ZOOM_MIN, ZOOM_MAX);
  ui_reader_set_zoom (self->reader, self->zoom);
  ui_window_zoom_others (self);
  g_clear_handle_id (&self->zoom_source, g_source_remove);
  self->zoom_source = g_timeout_add (ZOOM_SAVE_MS, on_zoom_settled, self);
}

static void
on_plain_text (GSimpleAction *action, GVariant *state, UiWindow *self)
{
  g_object_set (self->reader, "plain-text", g_variant_get_boolean (state), NULL);
  g_settings_set_boolean (self->settings, "prefer-plain-text", g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static void
action_notify (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_window_say (UI_WINDOW (widget), g_variant_get_string (parameter, NULL), NULL);
}

static void
action_show_detail (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const char *sentence, *detail;
  g_autoptr (GError) error = NULL;
  g_variant_get (parameter, "(&s&s)", &sentence, &detail);
  base_error_set (&error, BASE_ERROR_REFUSED, NULL, "%s", detail);
  ui_dialog_error (GTK_WINDOW (widget), sentence, error);
}

/* ---- what is possible ---- */

void
ui_window_update_actions (UiWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  if (!self->engine)
    return;
  MailContent *content = ui_reader_get_content (self->reader);
  MailFolder *folder = ui_list_get_folder (self->list);
  guint n_selected = ui_list_get_n_selected (self->list);
  gboolean some = n_selected > 0, one = content != NULL;
  MailRole role = folder ? mail_folder_get_role (folder) : MAIL_ROLE_NONE;
  MailAccount *account = folder ? mail_folder_get_account (folder) : NULL;
  /* Some servers keep everything in one folder instead; the engine archives there then */
  gboolean archive = (folder && !account) /* a view */
                     || (account
                         && (mail_account_get_folder_by_role (account, MAIL_ROLE_ARCHIVE)
                             || mail_account_get_folder_by_role (account, MAIL_ROLE_ALL)));
  gboolean html = content && mail_content_has_html (content);
  /* With several selected both directions make sense; with one, only the other one */
  g_autoptr (MailConversation) current = ui_list_dup_current (self->list);
  gboolean unread = current && mail_conversation_get_unread (current);
  gboolean starred = current && mail_conversation_get_starred (current);

  gtk_widget_action_set_enabled (widget, "win.reply", one);
  gtk_widget_action_set_enabled (widget, "win.reply-all", one);
  gtk_widget_action_set_enabled (widget, "win.reply-template", one);
  gtk_widget_action_set_enabled (widget, "win.forward", one);
  ui_window_update_list_actions (self, content);
  gtk_widget_action_set_enabled (widget, "win.save-as", one);
  ui_window_update_thread_actions (self);
  gtk_widget_action_set_enabled (widget, "win.find", ui_reader_get_thread (self->reader) != NULL);
  gtk_widget_action_set_enabled (widget, "win.print", ui_reader_get_thread (self->reader) != NULL);
  gtk_widget_action_set_enabled (widget, "win.view-source", one && !self->source_coming);
  g_simple_action_set_enabled (self->plain_text, html);
  gtk_widget_action_set_enabled (widget, "win.show-images",
                                 html && mail_content_get_blocked (content) > 0);
  gtk_widget_action_set_enabled (
      widget, "win.archive", some && archive && role != MAIL_ROLE_ARCHIVE && role != MAIL_ROLE_ALL);
  gtk_widget_action_set_enabled (widget, "win.trash", some && role != MAIL_ROLE_TRASH);
  gtk_widget_action_set_enabled (widget, "win.delete", some);
  gtk_widget_action_set_enabled (widget, "win.junk",
                                 some && role != MAIL_ROLE_JUNK && role != MAIL_ROLE_SENT
                                     && role != MAIL_ROLE_DRAFTS);
  gtk_widget_action_set_enabled (widget, "win.not-junk", some && role == MAIL_ROLE_JUNK);
  gtk_widget_action_set_enabled (widget, "win.move", some);
  gtk_widget_action_set_enabled (widget, "win.mark-read", some && (!current || unread));
  gtk_widget_action_set_enabled (widget, "win.mark-unread", some && (!current || !unread));
  gtk_widget_action_set_enabled (widget, "win.star", some && (!current || !starred));
  gtk_widget_action_set_enabled (widget, "win.unstar", some && (!current || starred));
  gtk_widget_action_set_enabled (widget, "win.star-selected", some);

  if (current != self->current) {
    if (self->current)
      g_clear_signal_handler (&self->current_handler, self->current);
    g_set_object (&self->current, current);
    if (current)
      self->current_handler = g_signal_connect_swapped (
          current, "changed", G_CALLBACK (ui_window_update_actions), self);
  }
}

/* ---- keys ---- */

/* Letters, Delete and the like mean a verb only where nobody types: application accelerators would take them from
 * the search entry of "Move" and from every other one. */
static const struct
{
  guint keyval;
  GdkModifierType modifiers;
  const char *action;
} keys[] = {
  { GDK_KEY_r, 0, "win.reply" },
  { GDK_KEY_f, 0, "win.forward" },
  { GDK_KEY_T, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.reply-template" },
  { GDK_KEY_a, 0, "win.archive" },
  { GDK_KEY_m, 0, "win.move" },
  { GDK_KEY_s, 0, "win.star-selected" },
  { GDK_KEY_exclam, GDK_SHIFT_MASK, "win.junk" },
  { GDK_KEY_exclam, 0, "win.junk" },
  { GDK_KEY_j, GDK_CONTROL_MASK, "win.junk" },
  { GDK_KEY_J, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.not-junk" },
  { GDK_KEY_u, 0, "win.mark-unread" },
  { GDK_KEY_i, 0, "win.mark-read" },
  { GDK_KEY_n, 0, "app.compose" },
  { GDK_KEY_j, 0, "win.next" },
  { GDK_KEY_k, 0, "win.previous" },
  { GDK_KEY_Delete, 0, "win.trash" },
  { GDK_KEY_KP_Delete, 0, "win.trash" },
  { GDK_KEY_Delete, GDK_SHIFT_MASK, "win.delete" },
  { GDK_KEY_KP_Delete, GDK_SHIFT_MASK, "win.delete" },
  { GDK_KEY_z, GDK_CONTROL_MASK, "win.undo" },
  { GDK_KEY_h, GDK_CONTROL_MASK, "win.undo-history" },
  { GDK_KEY_f, GDK_CONTROL_MASK, "win.search-here" },
  { GDK_KEY_k, GDK_CONTROL_MASK, "win.search" },
  { GDK_KEY_F, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.find" },
  { GDK_KEY_g, GDK_CONTROL_MASK, "win.find-next" },
  { GDK_KEY_G, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.find-previous" },
  { GDK_KEY_Escape, 0, "win.back" },
  { GDK_KEY_F11, 0, "win.fullscreen" },
  { GDK_KEY_Return, GDK_CONTROL_MASK, "win.open-window" },
  { GDK_KEY_KP_Enter, GDK_CONTROL_MASK, "win.open-window" },
  { GDK_KEY_space, 0, "win.read-on" },
  { GDK_KEY_space, GDK_SHIFT_MASK, "win.read-back" },
};

/* Where somebody writes, Ctrl and a letter is the text's: the verbs of the window would take it first.  Those of the program are not held up. */
static gboolean
give_to_composer (GtkEventControllerKey *controller, guint keyval, GdkModifierType modifiers,
                  GtkWidget *focus, GtkWidget *composer)
{
  GtkApplication *app = gtk_window_get_application (GTK_WINDOW (gtk_widget_get_root (composer)));
  g_autofree char *key = gtk_accelerator_name (gdk_keyval_to_lower (keyval), modifiers);
  g_auto (GStrv) actions =
      app && g_unichar_isalpha (gdk_keyval_to_unicode (keyval)) && modifiers & GDK_CONTROL_MASK
          ? gtk_application_get_actions_for_accel (app, key)
          : NULL;

  if (!actions || !*actions || g_str_has_prefix (*actions, "app."))
    return GDK_EVENT_PROPAGATE;
  if (!gtk_event_controller_key_forward (controller, composer))
    gtk_event_controller_key_forward (controller, focus);
  return GDK_EVENT_STOP;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state,
        UiWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();
  GtkWidget *composer = focus ? gtk_widget_get_ancestor (focus, UI_TYPE_COMPOSER) : NULL;
  if (composer)
    return give_to_composer (controller, keyval, modifiers, focus, composer);
  if (focus && (GTK_IS_EDITABLE (focus) || gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER)))
    return GDK_EVENT_PROPAGATE;
  /* A button is pressed by Space, wherever it stands */
  if (keyval == GDK_KEY_space && focus && !GTK_IS_TEXT_VIEW (focus)
      && gtk_widget_get_ancestor (focus, GTK_TYPE_BUTTON))
    return GDK_EVENT_PROPAGATE;
  /* Nothing is read while several are selected, or checked: the list takes or leaves the row that the keyboard is at */
  if (keyval == GDK_KEY_space
      && (ui_list_get_checking (self->list) || ui_list_get_n_selected (self->list) > 1))
    return GDK_EVENT_PROPAGATE;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    if (keyval == keys[i].keyval && modifiers == keys[i].modifiers)
      return gtk_widget_activate_action (GTK_WIDGET (self), keys[i].action, NULL);
  }
  return ui_window_type_search (self, controller, focus, keyval, modifiers);
}

/* ---- set-up ---- */

void
ui_window_class_install_actions (GtkWidgetClass *widget_class)
{
  static const struct
  {
    const char *name;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "win.archive", action_simple },
    { "win.trash", action_simple },
    { "win.mark-read", action_simple },
    { "win.mark-unread", action_simple },
    { "win.junk", action_simple },
    { "win.not-junk", action_simple },
    { "win.star", action_simple },
    { "win.unstar", action_simple },
    { "win.star-selected", action_star_selected },
    { "win.delete", action_delete },
    { "win.undo", action_undo },
    { "win.save-as", action_save_as },
    { "win.view-source", action_view_source },
    { "win.save-trace", action_save_trace },
    { "win.show-images", action_view },
    { "win.refresh", action_view },
    { "win.next", action_view },
    { "win.previous", action_view },
    { "win.select-all", action_view },
    { "win.show-folders", action_view },
    { "win.show-list", action_view },
    { "win.back", action_back },
    { "win.next-pane", action_next_pane },
    { "win.zoom-in", action_zoom },
    { "win.zoom-out", action_zoom },
    { "win.zoom-normal", action_zoom },
  };
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
  gtk_widget_class_install_action (widget_class, "win.notify", "s", action_notify);
  gtk_widget_class_install_action (widget_class, "win.show-detail", "(ss)", action_show_detail);
}

void
ui_window_init_actions (UiWindow *self)
{
  gboolean plain_text;
  g_object_get (self->reader, "plain-text", &plain_text, NULL);
  self->plain_text =
      g_simple_action_new_stateful ("plain-text", NULL, g_variant_new_boolean (plain_text));
  g_signal_connect_object (self->plain_text, "change-state", G_CALLBACK (on_plain_text), self, 0);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (self->plain_text));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.undo", FALSE);

  GtkEventController *controller = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect (controller, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}
