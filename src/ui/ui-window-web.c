/* Links out of messages: what is opened, what is said before and after.  Main thread.  A link is opened only when a person asked
 * for it, and never one that is no web page and no address. */
#include "ui-window-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "mail-link.h"
#include "ui-composer.h"
#include "ui-dialog.h"
#include "ui-environment.h"

static void
on_link_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  if (!ui_environment_show_uri_finish (GTK_WINDOW (source), result, &error)
      && !base_error_is_cancelled (error) && UI_WINDOW (source)->engine)
    ui_window_say (UI_WINDOW (source), _ ("No program could open this link"), error->message);
}

static void
open_mailto (UiWindow *self, const char *uri)
{
  MailFolder *folder = ui_list_get_folder (self->list);
  g_autoptr (MailDraft) draft =
      mail_draft_new_mailto (self->engine, folder ? mail_folder_get_account (folder) : NULL, uri);
  if (draft)
    ui_composer_open (gtk_window_get_application (GTK_WINDOW (self)), self->engine, draft);
}

static void
open_page (UiWindow *self, const char *uri)
{
  g_auto (GStrv) removed = NULL;
  g_autofree char *stripped = g_settings_get_boolean (self->settings, "strip-tracking")
                                  ? mail_link_strip (uri, &removed)
                                  : NULL;
  ui_environment_show_uri_async (GTK_WINDOW (self), stripped ? stripped : uri, on_link_opened,
                                 NULL);
  if (!stripped)
    return;
  g_autofree char *names = g_strjoinv (_ (", "), removed);
  ui_window_say (self, _ ("Opened without what would have followed you to the page"), names);
}

typedef struct
{
  UiWindow *window; /* owned */
  char *uri;
} Question;

static void
on_answer (gboolean accepted, gpointer data)
{
  Question *question = data;
  if (accepted && question->window->engine)
    open_page (question->window, question->uri);
  g_object_unref (question->window);
  g_free (question->uri);
  g_free (question);
}

static void
ask (UiWindow *self, const char *uri, const char *claimed)
{
  g_autofree char *host = mail_link_dup_host (uri), *shown = mail_link_dup_shown (uri),
                  *body = g_strdup_printf (
                      /* Translators: two names of servers */
                      _ ("The text of the link names %s, but it leads to %s."), claimed, host);
  Question *question = g_new0 (Question, 1);
  question->window = g_object_ref (self);
  question->uri = g_strdup (uri);
  ui_dialog_confirm (GTK_WINDOW (self), _ ("This link leads somewhere else"), body, shown,
                     _ ("_Open Anyway"), TRUE, on_answer, question);
}

void
ui_window_open_link (UiWindow *self, const char *uri, const char *text)
{
  g_autofree char *scheme = g_uri_parse_scheme (uri);
  g_autofree char *claimed = mail_link_dup_claimed (uri, text);
  if (g_strcmp0 (scheme, "mailto") == 0)
    open_mailto (self, uri);
  else if (g_strcmp0 (scheme, "http") != 0 && g_strcmp0 (scheme, "https") != 0)
    ui_window_say (
        self, _ ("This link is not opened, because it does not lead to a web page or an address"),
        uri);
  else if (claimed)
    ask (self, uri, claimed);
  else
    open_page (self, uri);
}

static void
action_open_link (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_window_open_link (UI_WINDOW (widget), g_variant_get_string (parameter, NULL), "");
}

static void
action_open_web_link (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const char *uri, *text;
  g_variant_get (parameter, "(&s&s)", &uri, &text);
  ui_window_open_link (UI_WINDOW (widget), uri, text);
}

void
ui_window_class_install_web_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.open-link", "s", action_open_link);
  gtk_widget_class_install_action (widget_class, "win.open-web-link", "(ss)", action_open_web_link);
}
