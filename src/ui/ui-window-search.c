/* Searches that are kept as folders: keeping, naming and removing them, and taking that back.  Main thread.  The menu of the folders names the search
 * that the verbs mean. */
#include "ui-window-private.h"

#include <glib/gi18n.h>

#include "ui-dialog.h"

#define UNDO_S 10

static MailFolder *
get_search (UiWindow *self)
{
  GObject *item = ui_sidebar_get_menu_item (self->sidebar);
  return MAIL_IS_FOLDER (item) && mail_folder_is_search (MAIL_FOLDER (item)) ? MAIL_FOLDER (item)
                                                                             : NULL;
}

static void
action_keep (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  gboolean best;
  g_autofree char *called = NULL;
  g_autofree char *typed = ui_list_dup_typed (self->list, &called, &best);
  if (!*typed)
    return;
  mail_engine_keep_search (self->engine, G_MAXUINT, called, typed, best);
  /* Translators: what somebody looks for, which is a folder from now on */
  g_autofree char *sentence = g_strdup_printf (_ ("“%s” is among the folders now"), called);
  ui_window_say (self, sentence, NULL);
}

typedef struct
{
  UiWindow *window;   /* owned */
  MailFolder *search; /* owned */
} Question;

static char *
check_name (const char *text, gpointer data)
{
  g_autofree char *name = g_strstrip (g_strdup (text));
  return *name ? NULL : g_strdup ("");
}

static void
on_name (const char *text, gpointer data)
{
  g_autofree Question *question = data;
  g_autoptr (UiWindow) self = question->window;
  g_autoptr (MailFolder) search = question->search;
  if (text && self->engine)
    mail_engine_rename_search (self->engine, search, text);
}

static void
action_rename (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  MailFolder *search = get_search (self);
  if (!search)
    return;
  Question *question = g_new (Question, 1);
  *question = (Question){ g_object_ref (self), g_object_ref (search) };
  g_autofree char *heading = g_strdup_printf (_ ("Rename “%s”"), mail_folder_get_name (search));
  ui_dialog_ask_text (GTK_WINDOW (self), heading, mail_folder_get_typed (search), _ ("Name"),
                      mail_folder_get_name (search), _ ("_Rename"), check_name, on_name, question);
}

static void
action_remove (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  MailFolder *search = get_search (self);
  if (!search)
    return;
  g_autoptr (MailFolder) kept = g_object_ref (search);
  guint position = mail_engine_drop_search (self->engine, kept);
  if (position == G_MAXUINT)
    return;
  if (ui_list_get_folder (self->list) == kept)
    ui_window_show_inbox (self);
  /* Translators: a search that was kept as a folder */
  g_autofree char *sentence = g_strdup_printf (_ ("“%s” was removed"), mail_folder_get_name (kept));
  ui_window_offer (self, sentence, _ ("_Undo"), "win.search-restore",
                   g_variant_new ("(ussb)", position, mail_folder_get_name (kept),
                                  mail_folder_get_typed (kept), mail_folder_get_best (kept)),
                   UNDO_S);
}

static void
action_restore (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  const char *called, *typed;
  gboolean best;
  guint position;
  g_variant_get (parameter, "(u&s&sb)", &position, &called, &typed, &best);
  mail_engine_keep_search (self->engine, position, called, typed, best);
}

void
ui_window_class_install_search_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.search-keep", NULL, action_keep);
  gtk_widget_class_install_action (widget_class, "win.search-rename", NULL, action_rename);
  gtk_widget_class_install_action (widget_class, "win.search-remove", NULL, action_remove);
  gtk_widget_class_install_action (widget_class, "win.search-restore", "(ussb)", action_restore);
}
