/* Answering and forwarding: what is quoted, and where the answer is written: below the conversation, or in a window of its own.  Main thread. */
#include "ui-window-private.h"

#include <glib/gi18n.h>

#include "mail-letter.h"
#include "ui-composer.h"
#include "ui-message-window.h"
#include "ui-templates.h"

typedef struct
{
  UiWindow *window;       /* owned */
  UiReader *reader;       /* owned: where the message is read */
  MailContent *content;   /* owned */
  MailTemplate *template; /* owned, nullable: what is put into it */
  MailReplyKind kind;
} Answer;

static Answer *
answer_new (UiWindow *self, UiReader *reader, MailContent *content, MailReplyKind kind)
{
  Answer *answer = g_new (Answer, 1);
  *answer =
      (Answer){ g_object_ref (self), g_object_ref (reader), g_object_ref (content), NULL, kind };
  return answer;
}

static void
answer_free (Answer *answer)
{
  g_clear_object (&answer->template);
  g_object_unref (answer->window);
  g_object_unref (answer->reader);
  g_object_unref (answer->content);
  g_free (answer);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

static gboolean
stands_below (UiWindow *self, MailReplyKind kind)
{
  return kind != MAIL_EDIT_AS_NEW && g_settings_get_boolean (self->settings, "answer-below");
}

/* What a screen reader calls it, and what stands above it. */
static char *
dup_name (MailMessage *message, MailReplyKind kind)
{
  if (kind == MAIL_FORWARD || kind == MAIL_FORWARD_ATTACHED)
    return g_strdup (_ ("Forward"));
  if (kind == MAIL_REPLY_ALL)
    return g_strdup (_ ("Reply to All"));
  if (kind == MAIL_REPLY_LIST)
    return g_strdup (_ ("Reply to the List"));
  /* Translators: a person */
  return g_strdup_printf (_ ("Reply to %s"), mail_message_get_sender (message));
}

/* Where panes stand one behind the other. */
static void
show_reader (UiWindow *self, UiReader *reader)
{
  if (reader == self->reader)
    adw_leaflet_set_visible_child_name (self->outer, "reader");
}

static void
on_quoted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Answer) answer = data;
  UiWindow *self = answer->window;
  MailDraft *draft = MAIL_DRAFT (source);
  MailMessage *message = mail_content_get_message (answer->content);
  GtkApplication *app = gtk_window_get_application (GTK_WINDOW (self));

  mail_draft_quote_finish (draft, result);
  if (!app)
    return;
  UiComposer *composer = g_object_ref_sink (ui_composer_new (app, self->engine, draft));
  g_autofree char *name = dup_name (message, answer->kind);
  /* Before it is laid out: the first room that it gets is for all of the text. */
  if (answer->template)
    ui_composer_use_template (composer, answer->template);
  if (stands_below (self, answer->kind)
      && ui_reader_add_answer (answer->reader, composer, message, answer->kind, name))
    show_reader (self, answer->reader);
  else
    ui_composer_open_window (composer);
  ui_composer_focus (composer);
  g_object_unref (composer);
}

static void
begin (Answer *answer, const MailExcerpt *excerpt)
{
  UiWindow *self = answer->window;
  g_autoptr (MailDraft) draft =
      mail_draft_new_reply (self->engine, answer->content, answer->kind, excerpt);

  if (g_settings_get_boolean (self->settings, "write-below-quote"))
    mail_draft_write_below (draft);
  mail_draft_quote_async (draft, answer->content,
                          g_settings_get_boolean (self->settings, "write-rich"), on_quoted, answer);
}

static void
on_excerpt (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Answer) answer = data;
  g_autoptr (MailExcerpt) excerpt =
      ui_message_view_get_excerpt_finish (UI_MESSAGE_VIEW (source), result);

  if (answer->window->engine && gtk_window_get_application (GTK_WINDOW (answer->window)))
    begin (g_steal_pointer (&answer), excerpt);
}

/* Takes the answer. */
static void
reply (Answer *answer)
{
  MailReplyKind kind = answer->kind;
  gboolean answers = kind == MAIL_REPLY || kind == MAIL_REPLY_ALL || kind == MAIL_REPLY_LIST;
  UiMessageView *view = answers ? ui_reader_find_view (answer->reader, answer->content) : NULL;

  if (ui_reader_go_to_answer (answer->reader, mail_content_get_message (answer->content), kind)) {
    show_reader (answer->window, answer->reader);
    if (answer->template)
      ui_composer_use_template (ui_reader_get_answer (answer->reader), answer->template);
    answer_free (answer);
    return;
  }
  if (view)
    ui_message_view_get_excerpt_async (view, on_excerpt, answer);
  else
    begin (answer, NULL);
}

void
ui_window_reply (UiWindow *self, UiReader *reader, MailContent *content, MailReplyKind kind)
{
  reply (answer_new (self, reader, content, kind));
}

/* ---- with a template ---- */

static void
on_template (MailTemplate *template, gpointer data)
{
  const Answer *asked = data;
  Answer *answer = answer_new (asked->window, asked->reader, asked->content, asked->kind);

  answer->template = g_object_ref (template);
  reply (answer);
}

static void
free_asked (gpointer data)
{
  answer_free (data);
}

void
ui_window_reply_with_template (UiWindow *self, UiReader *reader, MailContent *content)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (reader));

  ui_templates_open (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : GTK_WINDOW (self), self->engine,
                     on_template, answer_new (self, reader, content, MAIL_REPLY), free_asked);
}

static void
action_reply (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  MailContent *content = ui_reader_get_content (self->reader);
  MailReplyKind kind = g_str_equal (name, "win.reply")       ? MAIL_REPLY
                       : g_str_equal (name, "win.reply-all") ? MAIL_REPLY_ALL
                                                             : MAIL_FORWARD;
  if (content)
    ui_window_reply (self, self->reader, content, kind);
}

static void
action_reply_template (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  MailContent *content = ui_reader_get_content (self->reader);

  if (content)
    ui_window_reply_with_template (self, self->reader, content);
}

void
ui_window_class_install_answer_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.reply-template", NULL, action_reply_template);
  gtk_widget_class_install_action (widget_class, "win.reply", NULL, action_reply);
  gtk_widget_class_install_action (widget_class, "win.reply-all", NULL, action_reply);
  gtk_widget_class_install_action (widget_class, "win.forward", NULL, action_reply);
}
