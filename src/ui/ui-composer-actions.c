/* The verbs of the composer: send, link, copies, formatting.  Main thread.  Sending closes the window only when the mail layer said
 * that the message is safe; whatever fails leaves everything as it was. */
#include "ui-composer-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "ui-dialog.h"
#include "ui-link-dialog.h"
#include "ui-size-dialog.h"

/* ---- sending ---- */

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiComposer) self = data;
  g_autoptr (GError) error = NULL;

  if (mail_draft_send_finish (MAIL_DRAFT (source), result, &error)) {
    ui_composer_say_sending (self);
    ui_composer_finish (self);
    return;
  }
  if (self->done)
    return;
  ui_composer_set_busy (self, FALSE);
  ui_dialog_error (ui_composer_get_window (self), _ ("The message was not sent."), error);
  ui_composer_edited (self);
}

static void send_now (UiComposer *self);

static void
on_fitted (UiSizeAnswer answer, gpointer data)
{
  g_autoptr (UiComposer) self = data;

  if (answer == UI_SIZE_CANCELLED || self->done || self->busy)
    return;
  self->any_size = answer == UI_SIZE_ANYWAY;
  ui_composer_set_busy (self, TRUE);
  ui_composer_after_save (self, send_now);
}

static void
on_weighed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiComposer) self = data;
  MailDraftWeight weight = { 0 };

  if (self->done)
    return;
  /* Where the limit cannot be read, the server says. */
  if (mail_draft_weigh_finish (MAIL_DRAFT (source), result, &weight, NULL) && weight.limit > 0
      && weight.octets > weight.limit) {
    ui_composer_set_busy (self, FALSE);
    ui_size_dialog_ask (ui_composer_get_window (self), self->draft, &weight, on_fitted,
                        g_object_ref (self));
    return;
  }
  self->any_size = TRUE;
  send_now (self);
}

/* As large as it is, once that was looked at: what has changed since it was saved is saved with it. */
static void
send_now (UiComposer *self)
{
  GSettings *settings = ui_composer_get_settings (self);

  if (!self->any_size) {
    mail_draft_weigh_async (self->draft, on_weighed, g_object_ref (self));
    return;
  }
  self->any_size = FALSE;
  mail_draft_set_names_once (self->draft,
                             settings != NULL
                                 && !g_settings_get_boolean (settings, "names-for-old-programs"));
  mail_draft_set_hold (self->draft, ui_composer_get_hold (self));
  mail_draft_send_async (self->draft, NULL, on_sent, g_object_ref (self));
}

/* What stands in no sentence is said by say_warning (). */
static const struct
{
  MailDraftWarnings warning;
  const char *key, *sentence;
} warned[] = {
  { MAIL_WARN_ODD_DOMAIN, "ask-odd-domain", NULL },
  { MAIL_WARN_WAS_HIDDEN, "ask-was-hidden",
    N_ ("You answer to all, but the message you answer did not show you among its recipients. All "
        "of them will see that you got it.") },
  { MAIL_WARN_MANY_VISIBLE, "ask-many-visible", NULL },
  { MAIL_WARN_PLACEHOLDER, "ask-placeholder",
    N_ ("A placeholder of a template is still there, in braces.") },
  { MAIL_WARN_NO_ATTACHMENT, "ask-no-attachment",
    N_ ("The text speaks of an attachment, but no file is attached.") },
  { MAIL_WARN_NO_SUBJECT, "ask-no-subject", N_ ("There is no subject.") },
  { MAIL_WARN_NO_TEXT, "ask-no-text", N_ ("There is no text.") },
};

static char *
say_warning (UiComposer *self, MailDraftWarnings warning)
{
  guint n = mail_draft_count_visible (self->draft);
  g_autofree char *written = NULL, *meant = NULL;

  if (warning == MAIL_WARN_MANY_VISIBLE)
    return g_strdup_printf (ngettext ("%'u recipient sees the addresses of all.",
                                      "All %'u recipients see each other's addresses.", n),
                            n);
  mail_draft_find_slip (self->draft, &written, &meant);
  /* Translators: two domains; the first one is the written one, the second one was perhaps meant */
  return g_strdup_printf (_ ("The domain %1$s looks like %2$s, but is another one."), written,
                          meant);
}

/* NULL: it needs none. */
static char *
dup_offer (UiComposer *self, MailDraftWarnings warning)
{
  g_autofree char *meant = NULL;

  if (warning == MAIL_WARN_MANY_VISIBLE)
    return g_strdup (_ ("Move to _Bcc"));
  if (warning != MAIL_WARN_ODD_DOMAIN || !mail_draft_find_slip (self->draft, NULL, &meant))
    return NULL;
  g_autoptr (GString) plain = g_string_new (meant);
  g_string_replace (plain, "_", "__", 0);
  /* Translators: a domain that was perhaps meant */
  return g_strdup_printf (_ ("_Use %s"), plain->str);
}

/* What else there is to ask is asked then. */
static void
mend_and_send (UiComposer *self, MailDraftWarnings warning)
{
  if (warning == MAIL_WARN_MANY_VISIBLE)
    mail_draft_hide_recipients (self->draft);
  else
    mail_draft_mend_slip (self->draft);
  ui_composer_fill_recipients (self);
  ui_composer_send (self, mail_draft_get_send_at (self->draft));
}

static void
on_warned (guint answer, gboolean never_again, gpointer data)
{
  g_autoptr (UiComposer) self = data;
  GSettings *settings = ui_composer_get_settings (self);

  if (answer == 0 || self->done || self->busy)
    return;
  if (answer > 1) {
    mend_and_send (self, self->offered[answer - 2]);
    return;
  }
  for (guint i = 0; never_again && settings != NULL && i < G_N_ELEMENTS (warned); i++)
    if (self->warnings & warned[i].warning)
      g_settings_set_boolean (settings, warned[i].key, FALSE);
  ui_composer_push (self);
  ui_composer_set_busy (self, TRUE);
  ui_composer_after_save (self, send_now);
}

/* The sentence stands at the field that is to blame. */
static void
show_problem (UiComposer *self, const GError *error)
{
  UiRecipients *const fields[] = { self->to, self->cc, self->bcc };
  UiRecipients *wrong = NULL;

  if (mail_draft_get_account (self->draft) == NULL) {
    ui_dialog_error (ui_composer_get_window (self), _ ("The message cannot be sent yet."), error);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (!ui_recipients_check (fields[i]) && wrong == NULL)
      wrong = fields[i];
  if (wrong == NULL) {
    wrong = self->to;
    ui_recipients_set_error (wrong, error->message);
  }
  gtk_widget_grab_focus (GTK_WIDGET (wrong));
}

static void
ask_warnings (UiComposer *self)
{
  g_autoptr (GString) body = g_string_new (NULL);
  char *offers[UI_DIALOG_MAX_OFFERS + 1] = { NULL };
  guint n_offers = 0;

  for (guint i = 0; i < G_N_ELEMENTS (warned); i++) {
    g_autofree char *sentence = NULL, *offer = NULL;

    if (!(self->warnings & warned[i].warning))
      continue;
    sentence = warned[i].sentence != NULL ? g_strdup (_ (warned[i].sentence))
                                          : say_warning (self, warned[i].warning);
    g_string_append_printf (body, "%s%s", body->len > 0 ? "\n" : "", sentence);
    offer = dup_offer (self, warned[i].warning);
    if (offer == NULL)
      continue;
    self->offered[n_offers] = warned[i].warning;
    offers[n_offers++] = g_steal_pointer (&offer);
  }
  ui_dialog_warn (ui_composer_get_window (self), _ ("Send the message as it is?"), body->str,
                  _ ("_Do not ask again"), n_offers > 0 ? _ ("_Send Anyway") : _ ("_Send"),
                  (const char *const *)offers, on_warned, g_object_ref (self));
  for (guint i = 0; i < n_offers; i++)
    g_free (offers[i]);
}

static void
send_checked (UiComposer *self)
{
  g_autoptr (GError) error = NULL;
  GSettings *settings = ui_composer_get_settings (self);
  MailDraftWarnings warnings = 0;

  ui_composer_push (self);
  if (!mail_draft_check (self->draft, &warnings, &error)) {
    ui_composer_set_busy (self, FALSE);
    show_problem (self, error);
    return;
  }
  for (guint i = 0; settings != NULL && i < G_N_ELEMENTS (warned); i++)
    if (!g_settings_get_boolean (settings, warned[i].key))
      warnings &= ~warned[i].warning;
  if (warnings == 0) {
    send_now (self);
    return;
  }
  ui_composer_set_busy (self, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->editor));
  self->warnings = warnings;
  ask_warnings (self);
}

/* Files that are still being copied belong to the message. */
void
ui_composer_try_send (UiComposer *self)
{
  if (!self->send_waits)
    return;
  if (self->attaching > 0 || mail_draft_get_busy (self->draft)) {
    ui_composer_wait_for_files (self);
    return;
  }
  self->send_waits = FALSE;
  if (!self->done)
    ui_composer_after_save (self, send_checked);
}

void
ui_composer_send (UiComposer *self, gint64 at)
{
  mail_draft_set_send_at (self->draft, at);
  ui_composer_set_busy (self, TRUE);
  self->send_waits = TRUE;
  ui_composer_try_send (self);
}

static void
on_send (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ui_composer_send (data, 0);
}

/* ---- the rest ---- */

static void
on_save (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ui_composer_save_now (data);
}

static void
on_discard (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ui_composer_discard (data);
}

static void
on_save_and_close (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiComposer *self = data;

  if (self->attaching > 0)
    ui_composer_close (self); /* when they are here */
  else
    ui_composer_keep (self);
}

static void
on_close (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ui_composer_close (data);
}

static void
on_copies (GSimpleAction *action, GVariant *state, gpointer data)
{
  UiComposer *self = data;
  gboolean show = g_variant_get_boolean (state);

  g_simple_action_set_state (action, state);
  ui_composer_show_copies (self);
  if (show && !self->loading)
    gtk_widget_grab_focus (GTK_WIDGET (self->cc));
}

static void
on_plain_answer (gboolean accepted, gpointer data)
{
  g_autoptr (UiComposer) self = data;

  if (accepted && !self->done)
    ui_editor_set_rich (self->editor, FALSE);
}

static void
on_rich (GSimpleAction *action, GVariant *state, gpointer data)
{
  UiComposer *self = data;

  if (!g_variant_get_boolean (state) && ui_editor_has_format (self->editor)) {
    ui_dialog_confirm (ui_composer_get_window (self), _ ("Remove all formatting?"),
                       _ ("The message becomes plain text. Its words stay as they are."), NULL,
                       _ ("_Remove Formatting"), TRUE, on_plain_answer, g_object_ref (self));
    return;
  }
  ui_editor_set_rich (self->editor, g_variant_get_boolean (state));
  gtk_widget_grab_focus (GTK_WIDGET (self->editor));
}

static void
on_link (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiComposer *self = data;

  ui_link_dialog_ask (ui_composer_get_window (self), self->editor);
}

void
ui_composer_watch_draft (UiComposer *self)
{
  g_signal_connect_object (self->draft, "notify::busy", G_CALLBACK (ui_composer_try_send), self,
                           G_CONNECT_SWAPPED);
}

void
ui_composer_insert_actions (UiComposer *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_insert_action_group (widget, "composer", NULL);
  gtk_widget_insert_action_group (widget, "editor", NULL);
  gtk_widget_insert_action_group (widget, "composer", G_ACTION_GROUP (self->actions));
  gtk_widget_insert_action_group (widget, "editor", ui_editor_get_actions (self->editor));
}

void
ui_composer_add_actions (UiComposer *self)
{
  const GActionEntry entries[] = {
    { "send", on_send, NULL, NULL, NULL, { 0 } },
    { "save", on_save, NULL, NULL, NULL, { 0 } },
    { "save-and-close", on_save_and_close, NULL, NULL, NULL, { 0 } },
    { "discard", on_discard, NULL, NULL, NULL, { 0 } },
    { "close", on_close, NULL, NULL, NULL, { 0 } },
    { "link", on_link, NULL, NULL, NULL, { 0 } },
    { "copies", NULL, NULL, "false", on_copies, { 0 } },
    { "rich", NULL, NULL, "false", on_rich, { 0 } },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  ui_composer_insert_actions (self);
}
