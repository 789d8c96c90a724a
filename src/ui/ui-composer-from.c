/* As whom a letter is written: the choice among all identities of all accounts, and what follows from it.  Main thread. */
#include "ui-composer-private.h"

#include <glib/gi18n.h>

#include "ui-choice.h"
#include "ui-names.h"
#include "ui-toast.h"

static guint
find (GListModel *model, MailIdentity *wanted)
{
  guint n = g_list_model_get_n_items (model);

  for (guint i = 0; wanted != NULL && i < n; i++) {
    g_autoptr (MailIdentity) identity = g_list_model_get_item (model, i);

    if (mail_identity_is_same (identity, wanted))
      return i;
  }
  return GTK_INVALID_LIST_POSITION;
}

/* All of them, and the plus-address that the letter is written from, beside the one that it belongs to. */
static void
fill_from (UiComposer *self)
{
  GListModel *all = mail_engine_get_identities (self->engine);
  g_autoptr (GListStore) model = g_list_store_new (MAIL_TYPE_IDENTITY);
  g_autoptr (MailIdentity) chosen = mail_draft_dup_identity (self->draft);
  gboolean plus = chosen != NULL && find (all, chosen) == GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
    g_autoptr (MailIdentity) identity = g_list_model_get_item (all, i);

    if (plus && mail_identity_get_account (identity) == mail_identity_get_account (chosen)
        && g_str_equal (mail_identity_get_settings (identity)->id,
                        mail_identity_get_settings (chosen)->id))
      g_list_store_append (model, chosen);
    g_list_store_append (model, identity);
  }
  self->loading = TRUE;
  gtk_drop_down_set_model (self->from, G_LIST_MODEL (model));
  gtk_drop_down_set_selected (self->from, find (G_LIST_MODEL (model), chosen));
  self->loading = FALSE;
  gtk_widget_set_visible (self->from_row, g_list_model_get_n_items (G_LIST_MODEL (model)) > 1);
}

static void
on_from_selected (UiComposer *self)
{
  MailIdentity *identity = gtk_drop_down_get_selected_item (self->from);
  g_autoptr (MailIdentity) before = mail_draft_dup_identity (self->draft);

  if (self->loading || identity == NULL
      || (before != NULL && mail_identity_is_same (before, identity)))
    return;
  ui_composer_push (self);
  mail_draft_set_identity (self->draft, identity);
  self->loading = TRUE;
  ui_recipients_set_text (self->bcc, mail_draft_get_bcc (self->draft));
  self->loading = FALSE;
  ui_composer_show_copies (self);
  ui_composer_switch_signature (self, before);
  ui_composer_edited (self);
}

static void
say (UiComposer *self, const char *sentence)
{
  AdwToast *toast = ui_toast_new (sentence);

  adw_toast_set_timeout (toast, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
say_lost (UiComposer *self)
{
  g_autoptr (MailIdentity) identity = mail_draft_dup_identity (self->draft);
  /* Translators: name and address of the sender */
  g_autofree char *sentence = g_strdup_printf (
      _ ("The account that this message was written from was removed. It is from %s now."),
      mail_identity_get_text (identity));

  say (self, sentence);
}

/* The account that it was to be from is there, and yet it cannot be. */
static void
say_why (UiComposer *self, MailAccount *before)
{
  g_autoptr (MailIdentity) identity = mail_draft_dup_identity (self->draft);
  g_autofree char *sentence = NULL;

  if (mail_account_get_disabled (before))
    sentence = g_strdup_printf (
        /* Translators: the name of an account; name and address of the sender */
        _ ("The account “%1$s” is switched off. This message is from %2$s."),
        mail_account_get_label (before), mail_identity_get_text (identity));
  else if (mail_identity_get_account (identity) == before)
    sentence = g_strdup_printf (
        /* Translators: the name of an account */
        _ ("“%s” only receives mail, and there is no other account that can send."),
        mail_account_get_label (before));
  else
    sentence = g_strdup_printf (
        /* Translators: the name of an account; name and address of the sender */
        _ ("“%1$s” only receives mail. This message is from %2$s."),
        mail_account_get_label (before), mail_identity_get_text (identity));
  say (self, sentence);
}

/* The account that it was written from may be gone, however long the draft still holds it. */
static void
on_identities_changed (UiComposer *self)
{
  gboolean lost = mail_draft_has_lost_account (self->draft);
  MailAccount *account = mail_draft_get_account (self->draft);
  g_autoptr (MailAccount) before = account != NULL ? g_object_ref (account) : NULL;

  if (self->done)
    return;
  fill_from (self);
  if (gtk_drop_down_get_selected (self->from) != GTK_INVALID_LIST_POSITION)
    return;
  gtk_drop_down_set_selected (self->from, 0);
  if (lost && !mail_draft_has_lost_account (self->draft))
    say_lost (self);
  else if (!lost && before != NULL
           && (mail_account_get_disabled (before) || !mail_account_can_send (before)))
    say_why (self, before);
}

void
ui_composer_set_up_from (UiComposer *self)
{
  GListModel *identities = mail_engine_get_identities (self->engine);

  /* The button inside is what gets the focus. */
  ui_names_fill_choice (GTK_WIDGET (self->from), _ ("From"));
  ui_choice_set_up (self->from, "text", PANGO_ELLIPSIZE_END);
  g_signal_connect_swapped (self->from, "notify::selected-item", G_CALLBACK (on_from_selected),
                            self);
  g_signal_connect_object (identities, "items-changed", G_CALLBACK (on_identities_changed), self,
                           G_CONNECT_SWAPPED);
  on_identities_changed (self);
}
