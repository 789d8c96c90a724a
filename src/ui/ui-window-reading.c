/* The verbs of reading: what is done to one message of a conversation, and the way through it by keys.  Main thread. */
#include "ui-window-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "ui-dialog.h"
#include "ui-message-window.h"
#include "ui-redirect.h"
#include "ui-source.h"

/* ---- what is shown ---- */

/* As it is seen from the list; what was found as it is seen from where it lies, which may be Trash. */
static gint64
get_place (UiWindow *self, MailMessage *message)
{
  MailFolder *folder = ui_list_get_folder (self->list);
  MailFolder *found = mail_folder_is_search (folder) ? mail_message_get_folder (message) : NULL;
  return mail_folder_get_id (found ? found : folder);
}

typedef struct
{
  UiWindow *window;       /* borrowed */
  MailMessageList *there; /* where its item was; borrowed, to compare */
  gint64 id;              /* of the item */
} Leaving;

static void
leaving_free (gpointer data, GClosure *closure)
{
  g_free (data);
}

/* What is read may be part of another conversation by now, and so of another item of the list. */
static void
on_thread_read (MailThread *thread, GParamSpec *pspec, gpointer data)
{
  const Leaving leaving = *(const Leaving *)data;
  UiWindow *self = leaving.window;
  gint64 id = mail_thread_get_id (thread);
  g_signal_handlers_disconnect_by_func (thread, on_thread_read, data);
  if (!self->engine || ui_reader_get_thread (self->reader) != thread
      || ui_list_get_n_selected (self->list) > 0)
    return;
  if (id != leaving.id && ui_list_get_messages (self->list) == leaving.there)
    ui_list_select (self->list, id);
  if (ui_list_get_n_selected (self->list) == 0)
    ui_window_take_selection (self);
}

/* TRUE: its item has gone from the list, and it is being looked where it is. */
static gboolean
is_leaving (UiWindow *self, MailThread *thread)
{
  if (!thread || !mail_thread_get_reading (thread) || mail_thread_get_loading (thread)
      || ui_list_get_n_selected (self->list) > 0)
    return FALSE;
  Leaving *leaving = g_new (Leaving, 1);
  *leaving = (Leaving){ self, ui_list_get_messages (self->list), mail_thread_get_id (thread) };
  g_signal_handlers_disconnect_matched (thread, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_thread_read,
                                        NULL);
  GClosure *closure = g_cclosure_new (G_CALLBACK (on_thread_read), leaving, leaving_free);
  g_object_watch_closure (G_OBJECT (self), closure);
  g_signal_connect_closure (thread, "notify::reading", closure, FALSE);
  return TRUE;
}

gboolean
ui_window_show_current (UiWindow *self)
{
  g_autoptr (MailConversation) item = ui_list_dup_current (self->list);
  g_autoptr (MailMessage) message = item ? mail_conversation_dup_newest (item) : NULL;
  MailThread *shown = ui_reader_get_thread (self->reader);
  if (!message && is_leaving (self, shown))
    return TRUE;
  if (!message) {
    MailMessageList *messages = ui_list_get_messages (self->list);
    ui_reader_show (self->reader, NULL, ui_list_get_n_selected (self->list),
                    messages && mail_message_list_get_conversations (messages));
    return FALSE;
  }
  MailMarks *marks = mail_conversation_get_marks (item);
  ui_reader_mark (self->reader, marks ? mail_marks_get_words (marks) : NULL);
  gint64 id = mail_conversation_get_thread (item);
  if (shown && id != 0 && mail_thread_get_id (shown) == id)
    return TRUE;
  if (shown && id == 0 && mail_thread_get_id (shown) == 0) {
    g_autoptr (MailMessage) only = g_list_model_get_item (G_LIST_MODEL (shown), 0);
    if (only == message)
      return TRUE;
  }
  g_autoptr (MailThread) thread =
      id != 0 ? mail_thread_new (self->engine, id, get_place (self, message))
              : mail_thread_new_for_message (self->engine, message);
  ui_reader_show (self->reader, thread, 1, id != 0);
  return TRUE;
}

/* ---- one message ---- */

static void
act_on (UiWindow *self, MailAction action, MailMessage *message)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_ptr_array_add (messages, message);
  ui_window_act (self, action, NULL, messages);
}

/* ---- for good ---- */

typedef struct
{
  UiWindow *window;     /* owned */
  MailMessage *message; /* owned */
} Deletion;

static void
on_delete_answer (gboolean accepted, gpointer data)
{
  Deletion *deletion = data;
  if (accepted && deletion->window->engine)
    act_on (deletion->window, MAIL_ACTION_DELETE, deletion->message);
  g_object_unref (deletion->window);
  g_object_unref (deletion->message);
  g_free (deletion);
}

static void
ask_to_delete (UiWindow *self, MailMessage *message)
{
  Deletion *deletion = g_new0 (Deletion, 1);
  g_autofree char *heading = g_strdup_printf (
      ngettext ("Delete %'u message for good?", "Delete %'u messages for good?", 1), 1);
  *deletion = (Deletion){ g_object_ref (self), g_object_ref (message) };
  ui_dialog_confirm (GTK_WINDOW (self), heading,
                     _ ("It is taken off the server too and cannot be brought back."), NULL,
                     _ ("Delete"), TRUE, on_delete_answer, deletion);
}

static void
copy_text (UiWindow *self, MailContent *content)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          mail_content_get_quote (content));
  ui_window_say (self, _ ("Text of the message copied"), NULL);
}

/* ---- windows of their own ---- */

static void
on_move (UiWindow *self, MailMessage *message, MailFolder *folder)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_ptr_array_add (messages, message);
  ui_window_act (self, MAIL_ACTION_MOVE, folder, messages);
}

static void
open_window (UiWindow *self, MailMessage *message)
{
  GtkWidget *window =
      ui_message_window_new (GTK_WINDOW (self), self->engine, self->settings, message);
  ui_message_window_set_zoom (UI_MESSAGE_WINDOW (window), self->zoom);
  g_signal_connect_object (window, "verb", G_CALLBACK (ui_window_on_verb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "move", G_CALLBACK (on_move), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (window));
}

void
ui_window_zoom_others (UiWindow *self)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();
  for (GList *at = windows; at; at = at->next)
    if (UI_IS_MESSAGE_WINDOW (at->data))
      ui_message_window_set_zoom (at->data, self->zoom);
}

/* ---- verbs ---- */

static void
redirect (UiWindow *self, MailContent *content)
{
  g_autoptr (MailDraft) draft = mail_draft_new_reply (self->engine, content, MAIL_REDIRECT, NULL);
  ui_redirect_ask (GTK_WINDOW (self), draft);
}

void
ui_window_on_verb (UiWindow *self, const char *verb, MailMessage *message, MailContent *content,
                   gpointer source)
{
  UiReader *reader = UI_IS_READER (source) ? source : ui_message_window_get_reader (source);
  static const struct
  {
    const char *verb;
    MailAction action;
  } acts[] = {
    { "archive", MAIL_ACTION_ARCHIVE },    { "trash", MAIL_ACTION_TRASH },
    { "mark-unread", MAIL_ACTION_UNREAD }, { "junk", MAIL_ACTION_JUNK },
    { "not-junk", MAIL_ACTION_NOT_JUNK },
  };
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++) {
    if (g_str_equal (verb, acts[i].verb)) {
      act_on (self, acts[i].action, message);
      return;
    }
  }
  if (g_str_equal (verb, "toggle-star"))
    ui_window_toggle_star (self, message);
  else if (g_str_equal (verb, "delete"))
    ask_to_delete (self, message);
  else if (g_str_equal (verb, "split"))
    ui_window_split_message (self, message);
  else if (g_str_equal (verb, "move"))
    ui_window_move_message (self, message);
  else if (g_str_equal (verb, "edit-draft"))
    ui_window_edit_draft (self, message);
  else if (g_str_equal (verb, "open-window"))
    open_window (self, message);
  if (!content)
    return;
  if (g_str_equal (verb, "reply"))
    ui_window_reply (self, reader, content, MAIL_REPLY);
  else if (g_str_equal (verb, "reply-all"))
    ui_window_reply (self, reader, content, MAIL_REPLY_ALL);
  else if (g_str_equal (verb, "reply-list"))
    ui_window_reply (self, reader, content, MAIL_REPLY_LIST);
  else if (g_str_equal (verb, "reply-template"))
    ui_window_reply_with_template (self, reader, content);
  else if (g_str_equal (verb, "forward"))
    ui_window_reply (self, reader, content, MAIL_FORWARD);
  else if (g_str_equal (verb, "forward-attached"))
    ui_window_reply (self, reader, content, MAIL_FORWARD_ATTACHED);
  else if (g_str_equal (verb, "edit-as-new"))
    ui_window_reply (self, reader, content, MAIL_EDIT_AS_NEW);
  else if (g_str_equal (verb, "redirect"))
    redirect (self, content);
  else if (g_str_equal (verb, "save"))
    ui_window_save_message (self, content);
  else if (g_str_equal (verb, "source"))
    ui_window_view_source (self, content);
  else if (g_str_equal (verb, "copy-text"))
    copy_text (self, content);
  else if (g_str_equal (verb, "headers"))
    gtk_window_present (ui_source_new_headers (GTK_WINDOW (self), content));
}

/* ---- through the conversation ---- */

typedef struct
{
  UiWindow *window; /* owned */
  guint position;   /* that it was asked from */
} NextUnread;

static void
on_next_unread (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree NextUnread *next = data;
  g_autoptr (UiWindow) self = next->window;
  MailMessageList *messages = MAIL_MESSAGE_LIST (source);
  g_autoptr (GError) error = NULL;
  gint64 id = mail_message_list_find_finish (messages, result, &error);
  /* Elsewhere by now, or gone on meanwhile */
  if (ui_list_get_messages (self->list) != messages
      || ui_list_get_position (self->list) != next->position)
    return;
  if (error)
    ui_window_say (self, error->message, base_error_get_detail (error));
  else if (id != 0)
    ui_list_select (self->list, id);
  else
    ui_window_say (self, _ ("There are no more unread messages here."), NULL);
}

static void
find_next_unread (UiWindow *self)
{
  MailMessageList *messages = ui_list_get_messages (self->list);
  if (!messages)
    return;
  NextUnread *next = g_new (NextUnread, 1);
  *next = (NextUnread){ g_object_ref (self), ui_list_get_position (self->list) };
  mail_message_list_find_unread_async (messages, next->position, NULL, on_next_unread, next);
}

static void
action_space (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  if (g_str_equal (name, "win.read-back"))
    ui_reader_scroll_page (self->reader, -1);
  else if (!ui_reader_scroll_page (self->reader, 1) && !ui_reader_next_unread (self->reader))
    find_next_unread (self);
}

static void
action_fullscreen (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWindow *window = GTK_WINDOW (widget);
  if (gtk_window_is_fullscreen (window))
    gtk_window_unfullscreen (window);
  else
    gtk_window_fullscreen (window);
}

static void
action_open_window (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  MailMessage *message = ui_reader_get_message (self->reader);
  if (message)
    open_window (self, message);
}

void
ui_window_class_install_reading_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.fullscreen", NULL, action_fullscreen);
  gtk_widget_class_install_action (widget_class, "win.open-window", NULL, action_open_window);
  gtk_widget_class_install_action (widget_class, "win.read-on", NULL, action_space);
  gtk_widget_class_install_action (widget_class, "win.read-back", NULL, action_space);
}
