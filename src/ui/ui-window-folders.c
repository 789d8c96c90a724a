/* The verbs for folders, and what is dropped on them.  Main thread.  They are about the folder (or account) whose menu was opened
 * last; every one says what it did, with a way back. */
#include "ui-window-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui-dialog.h"
#include "ui-drag.h"
#include "ui-row.h"
#include "ui-undo-history.h"

/* What a question is about; an own reference each, for the answer comes later. */
typedef struct
{
  UiWindow *window;
  MailAccount *account;
  MailFolder *folder; /* nullable */
  gboolean renames;
} Question;

static Question *
question_new (UiWindow *self, MailAccount *account, MailFolder *folder)
{
  Question *question = g_new0 (Question, 1);
  question->window = g_object_ref (self);
  question->account = g_object_ref (account);
  g_set_object (&question->folder, folder);
  return question;
}

static void
question_free (Question *question)
{
  g_object_unref (question->window);
  g_object_unref (question->account);
  g_clear_object (&question->folder);
  g_free (question);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

/* NULL, but for what the person asked for by its menu. */
static MailFolder *
get_folder (UiWindow *self)
{
  GObject *item = ui_sidebar_get_menu_item (self->sidebar);
  return MAIL_IS_FOLDER (item) && !mail_folder_is_view (MAIL_FOLDER (item)) ? MAIL_FOLDER (item)
                                                                            : NULL;
}

static MailAccount *
get_account (UiWindow *self)
{
  GObject *item = ui_sidebar_get_menu_item (self->sidebar);
  MailFolder *folder = get_folder (self);
  return folder                   ? mail_folder_get_account (folder)
         : MAIL_IS_ACCOUNT (item) ? MAIL_ACCOUNT (item)
                                  : NULL;
}

/* ---- names ---- */

static gboolean
is_taken (const Question *question, const char *name)
{
  GListModel *folders = mail_account_get_folders (question->account);
  MailFolder *parent =
      question->renames ? mail_folder_get_parent (question->folder) : question->folder;
  g_autofree char *wanted = g_utf8_casefold (name, -1);
  for (guint i = 0; i < g_list_model_get_n_items (folders); i++) {
    g_autoptr (MailFolder) other = g_list_model_get_item (folders, i);
    g_autofree char *folded = g_utf8_casefold (mail_folder_get_name (other), -1);
    if (mail_folder_get_parent (other) == parent && other != question->folder
        && g_str_equal (folded, wanted))
      return TRUE;
  }
  return FALSE;
}

static char *
check_name (const char *text, gpointer data)
{
  const Question *question = data;
  g_autofree char *name = g_strstrip (g_strdup (text));
  if (!*name || (question->renames && g_str_equal (name, mail_folder_get_name (question->folder))))
    return g_strdup ("");
  if (strchr (name, '/'))
    /* Translators: a character such as / or . */
    return g_strdup_printf (_ ("The name of a folder must not contain “%c”."), '/');
  if (is_taken (question, name))
    return g_strdup (_ ("There is a folder of this name already."));
  return NULL;
}

static void
on_name (const char *text, gpointer data)
{
  g_autoptr (Question) question = data;
  UiWindow *self = question->window;
  if (!text || !self->engine)
    return;
  if (question->renames)
    mail_engine_rename_folder_async (self->engine, question->folder, text, ui_window_on_acted,
                                     g_object_ref (self));
  else
    mail_engine_create_folder_async (self->engine, question->account, question->folder, text,
                                     ui_window_on_acted, g_object_ref (self));
}

static void
action_new (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  MailAccount *account = get_account (self);
  MailFolder *folder = get_folder (self);
  if (!account)
    return;
  g_autofree char *body =
      folder
          ? g_strdup_printf (_ ("It is made in “%s”."), mail_folder_get_name (folder))
          : g_strdup_printf (_ ("It is made in the account %s."), mail_account_get_label (account));
  ui_dialog_ask_text (GTK_WINDOW (self), _ ("New Folder"), body, _ ("Name"), "", _ ("C_reate"),
                      check_name, on_name, question_new (self, account, folder));
}

static void
action_rename (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  MailFolder *folder = get_folder (self);
  MailAccount *account = get_account (self);
  if (!folder || !account || mail_folder_get_role (folder) != MAIL_ROLE_NONE)
    return;
  Question *question = question_new (self, account, folder);
  question->renames = TRUE;
  g_autofree char *heading = g_strdup_printf (_ ("Rename “%s”"), mail_folder_get_name (folder));
  ui_dialog_ask_text (GTK_WINDOW (self), heading, NULL, _ ("Name"), mail_folder_get_name (folder),
                      _ ("_Rename"), check_name, on_name, question);
}

/* ---- deleting, emptying ---- */

static void
on_delete_answer (gboolean accepted, gpointer data)
{
  g_autoptr (Question) question = data;
  UiWindow *self = question->window;
  if (accepted && self->engine)
    mail_engine_delete_folder_async (self->engine, question->folder, ui_window_on_acted,
                                     g_object_ref (self));
}

static void
action_delete (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  MailFolder *folder = get_folder (self);
  MailAccount *account = get_account (self);
  if (!folder || !account || mail_folder_get_role (folder) != MAIL_ROLE_NONE)
    return;
  guint n = mail_folder_get_total (folder);
  g_autofree char *heading =
      g_strdup_printf (_ ("Delete the folder “%s”?"), mail_folder_get_name (folder));
  g_autofree char *messages =
      g_strdup_printf (ngettext ("%'u message in it is deleted for good.",
                                 "%'u messages in it are deleted for good.", n),
                       n);
  const char *body = mail_folder_get_has_children (folder)
                         ? _ ("All folders and messages in it are deleted for good.")
                     : n > 0 ? messages
                             : _ ("There are no messages in it.");
  ui_dialog_confirm (GTK_WINDOW (self), heading, body, NULL, _ ("_Delete"), TRUE, on_delete_answer,
                     question_new (self, account, folder));
}

static void
on_empty_answer (gboolean accepted, gpointer data)
{
  g_autoptr (Question) question = data;
  UiWindow *self = question->window;
  if (accepted && self->engine)
    mail_engine_act_on_folder_async (self->engine, question->folder, MAIL_ACTION_DELETE,
                                     ui_window_on_acted, g_object_ref (self));
}

static void
action_empty (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  MailFolder *folder = get_folder (self);
  MailAccount *account = get_account (self);
  MailRole role = folder ? mail_folder_get_role (folder) : MAIL_ROLE_NONE;
  if (!account || (role != MAIL_ROLE_TRASH && role != MAIL_ROLE_JUNK))
    return;
  guint n = mail_folder_get_total (folder);
  if (n == 0) {
    g_autofree char *sentence =
        g_strdup_printf (_ ("“%s” is empty already"), mail_folder_get_name (folder));
    ui_window_say (self, sentence, NULL);
    return;
  }
  g_autofree char *heading = g_strdup_printf (_ ("Empty “%s”?"), mail_folder_get_name (folder));
  g_autofree char *body = g_strdup_printf (
      /* Translators: the number of messages, an account */
      ngettext ("%1$'u message of %2$s is deleted for good, from the server too.",
                "%1$'u messages of %2$s are deleted for good, from the server too.", n),
      n, mail_account_get_label (account));
  ui_dialog_confirm (GTK_WINDOW (self), heading, body, NULL, _ ("_Empty"), TRUE, on_empty_answer,
                     question_new (self, account, folder));
}

static void
action_read (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  MailFolder *folder = get_folder (self);
  if (folder)
    mail_engine_act_on_folder_async (self->engine, folder, MAIL_ACTION_READ, ui_window_on_acted,
                                     g_object_ref (self));
}

/* ---- marks ---- */

static void
action_favorite (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  GObject *folder = (GObject *)get_folder (self);
  if (folder)
    ui_folder_marks_set (self->marks, UI_FOLDER_FAVORITE, folder,
                         !ui_folder_marks_get (self->marks, UI_FOLDER_FAVORITE, folder));
}

static void
action_subscribe (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  MailFolder *folder = get_folder (self);
  if (folder)
    mail_engine_subscribe_folder_async (self->engine, folder, !mail_folder_get_subscribed (folder),
                                        ui_window_on_acted, g_object_ref (self));
}

/* ---- moving folders ---- */

static gboolean
is_inside (MailFolder *folder, MailFolder *other)
{
  for (; folder; folder = mail_folder_get_parent (folder))
    if (folder == other)
      return TRUE;
  return FALSE;
}

static void
move_folder (UiWindow *self, MailFolder *folder, MailAccount *account, MailFolder *parent)
{
  if (mail_folder_get_account (folder) != account)
    ui_window_say (self, _ ("A folder cannot be moved to another account"), NULL);
  else if (parent && is_inside (parent, folder))
    ui_window_say (self, _ ("A folder cannot be moved into itself"), NULL);
  else if (parent != mail_folder_get_parent (folder))
    mail_engine_move_folder_async (self->engine, folder, parent, ui_window_on_acted,
                                   g_object_ref (self));
}

static void
on_parent_chosen (UiWindow *self, MailFolder *parent, GtkWidget *chooser)
{
  MailFolder *folder = get_folder (self);
  MailAccount *account = folder ? mail_folder_get_account (folder) : NULL;
  if (account)
    move_folder (self, folder, account, parent);
}

static void
action_move (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  MailFolder *folder = get_folder (self);
  MailAccount *account = get_account (self);
  graphene_rect_t bounds;
  if (!folder || !account || mail_folder_get_role (folder) != MAIL_ROLE_NONE)
    return;
  if (!self->folder_chooser) {
    self->folder_chooser = ui_folder_chooser_new ();
    gtk_widget_set_parent (self->folder_chooser, GTK_WIDGET (self->toasts));
    g_signal_connect_object (self->folder_chooser, "chosen", G_CALLBACK (on_parent_chosen), self,
                             G_CONNECT_SWAPPED);
  }
  ui_folder_chooser_set_account (UI_FOLDER_CHOOSER (self->folder_chooser), account, folder);
  ui_folder_chooser_set_top (UI_FOLDER_CHOOSER (self->folder_chooser), account);
  if (!gtk_widget_compute_bounds (GTK_WIDGET (self->sidebar), GTK_WIDGET (self->toasts), &bounds))
    return;
  gtk_popover_set_pointing_to (
      GTK_POPOVER (self->folder_chooser),
      &(GdkRectangle){ (int)bounds.origin.x, (int)bounds.origin.y, (int)bounds.size.width, 46 });
  gtk_popover_popup (GTK_POPOVER (self->folder_chooser));
}

/* ---- dropped ---- */

static void
on_dropped (UiWindow *self, GObject *what, GObject *item, gboolean copy, UiSidebar *sidebar)
{
  MailFolder *target = MAIL_IS_FOLDER (item) ? MAIL_FOLDER (item) : NULL;
  if (!self->engine)
    return;
  if (MAIL_IS_FOLDER (what)) {
    move_folder (self, MAIL_FOLDER (what),
                 target ? mail_folder_get_account (target) : MAIL_ACCOUNT (item), target);
    return;
  }
  if (!UI_IS_DRAG (what) || !target)
    return;
  if (copy || target != ui_drag_get_source (UI_DRAG (what)))
    ui_window_act_on_listed (self, copy ? MAIL_ACTION_COPY : MAIL_ACTION_MOVE, target,
                             ui_drag_get_items (UI_DRAG (what)));
}

UiDrag *
ui_window_dup_selected (UiWindow *self)
{
  MailFolder *folder = ui_list_get_folder (self->list);
  MailMessageList *list = ui_list_get_messages (self->list);
  g_autoptr (GArray) items = ui_list_dup_selected (self->list);
  return folder && list && items->len > 0 ? ui_drag_new (folder, list, items) : NULL;
}

/* What is selected, if the pointer is on it; else the message under the pointer. */
static UiDrag *
find_dragged (GtkWidget *widget, double x, double y, gpointer data)
{
  UiWindow *self = data;
  GtkWidget *picked = gtk_widget_pick (widget, x, y, GTK_PICK_DEFAULT);
  GtkWidget *row = picked ? gtk_widget_get_ancestor (picked, UI_TYPE_ROW) : NULL;
  MailFolder *folder = ui_list_get_folder (self->list);
  MailMessageList *list = ui_list_get_messages (self->list);
  if (!row || !folder || !list)
    return NULL;
  if (gtk_widget_get_state_flags (gtk_widget_get_parent (row)) & GTK_STATE_FLAG_SELECTED)
    return ui_window_dup_selected (self);
  MailConversation *item = ui_row_get_item (UI_ROW (row));
  if (!item)
    return NULL;
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 id = mail_conversation_get_id (item);
  g_array_append_val (items, id);
  return ui_drag_new (folder, list, items);
}

/* ---- afterwards ---- */

void
ui_window_select_after (UiWindow *self)
{
  g_autofree char *wanted = g_settings_get_string (self->settings, "after-removal");
  g_autoptr (MailConversation) before = ui_list_dup_current (self->list);
  if (g_str_equal (wanted, "list")) {
    ui_list_unselect_all (self->list);
    return;
  }
  if (g_str_equal (wanted, "previous") && before) {
    ui_list_move (self->list, -1);
    g_autoptr (MailConversation) now = ui_list_dup_current (self->list);
    if (now != before)
      return;
  }
  /* Above the first there is none. */
  ui_list_select_after (self->list);
}

static void
action_history (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_window_present (ui_undo_history_new (GTK_WINDOW (widget), UI_WINDOW (widget)->engine));
}

/* ---- set-up ---- */

static void
on_menu (UiWindow *self, GObject *item, UiSidebar *sidebar)
{
  MailFolder *folder = get_folder (self);
  GtkWidget *widget = GTK_WIDGET (self);
  gtk_widget_action_set_enabled (widget, "win.folder-read",
                                 folder && mail_folder_get_unread (folder) > 0);
  gtk_widget_action_set_enabled (widget, "win.folder-empty",
                                 folder && mail_folder_get_total (folder) > 0);
}

void
ui_window_class_install_folder_actions (GtkWidgetClass *widget_class)
{
  static const struct
  {
    const char *name;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "win.folder-new", action_new },
    { "win.folder-rename", action_rename },
    { "win.folder-delete", action_delete },
    { "win.folder-move", action_move },
    { "win.folder-empty", action_empty },
    { "win.folder-read", action_read },
    { "win.undo-history", action_history },
    { "win.folder-favorite", action_favorite },
    { "win.folder-subscribe", action_subscribe },
  };
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
}

void
ui_window_init_folders (UiWindow *self)
{
  g_signal_connect_object (self->sidebar, "menu", G_CALLBACK (on_menu), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sidebar, "dropped", G_CALLBACK (on_dropped), self,
                           G_CONNECT_SWAPPED);
  ui_drag_add_source (GTK_WIDGET (self->list), find_dragged, self);
}
