/* The signature of a letter: which one it begins with, the one of another identity, one from the menu.  Main thread.  What a person has changed in a
 * signature stays as it is. */
#include "ui-composer-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mail-letter.h"
#include "ui-editor-own.h"
#include "ui-editor-signature.h"

/* Copies of those of all accounts. */
static GPtrArray *
list_known (UiComposer *self)
{
  GListModel *identities = mail_engine_get_identities (self->engine);
  GPtrArray *known = g_ptr_array_new_with_free_func ((GDestroyNotify)base_signature_free);
  MailAccount *last = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (identities); i++) {
    g_autoptr (MailIdentity) identity = g_list_model_get_item (identities, i);
    MailAccount *account = mail_identity_get_account (identity);
    g_autoptr (BaseAccount) settings = account != last ? mail_account_dup_settings (account) : NULL;

    last = account;
    for (guint n = 0; settings != NULL && n < settings->signatures->len; n++)
      g_ptr_array_add (known, base_signature_dup (settings->signatures->pdata[n]));
  }
  return known;
}

/* NULL: it has none. */
static BaseSignature *
dup_signature (MailIdentity *identity)
{
  g_autoptr (BaseAccount) settings =
      identity != NULL ? mail_account_dup_settings (mail_identity_get_account (identity)) : NULL;
  const BaseSignature *found =
      settings != NULL
          ? base_account_get_signature (settings, mail_identity_get_settings (identity)->signature)
          : NULL;

  return found != NULL ? base_signature_dup (found) : NULL;
}

static void
put (UiComposer *self, const GPtrArray *known, const BaseSignature *signature, gboolean begins)
{
  g_autoptr (MailIdentity) identity = mail_draft_dup_identity (self->draft);

  ui_editor_put_signature (
      self->editor, known, signature,
      identity != NULL && mail_identity_get_settings (identity)->signature_above, begins);
}

/* It is none of the person's words: as long as nothing else stands there, nothing was written. */
static void
put_silently (UiComposer *self, const GPtrArray *known, const BaseSignature *signature,
              gboolean begins)
{
  g_autofree char *text = NULL;

  self->loading = TRUE;
  put (self, known, signature, begins);
  self->loading = FALSE;
  text = ui_editor_dup_text (self->editor);
  mail_draft_set_shown_text (self->draft, text);
}

static gboolean
has_separator (UiComposer *self)
{
  g_autofree char *text = ui_editor_dup_text (self->editor);

  return g_str_has_prefix (text, "-- \n") || strstr (text, "\n-- \n") != NULL
         || g_str_has_suffix (text, "\n-- ");
}

void
ui_composer_switch_signature (UiComposer *self, MailIdentity *before)
{
  g_autoptr (MailIdentity) identity = mail_draft_dup_identity (self->draft);
  g_autoptr (BaseSignature) old = dup_signature (before);
  g_autoptr (BaseSignature) new = dup_signature (identity);
  g_autoptr (GPtrArray) known = list_known (self);

  /* Its account may be gone. */
  if (old != NULL)
    g_ptr_array_add (known, base_signature_dup (old));
  if (ui_editor_has_signature (self->editor, known)
      || (old == NULL && new != NULL && !has_separator (self)))
    put_silently (self, known, new, FALSE);
}

/* ---- the menu ---- */

static void
on_signature (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiComposer *self = data;
  g_auto (GStrv) words = g_strsplit (g_variant_get_string (parameter, NULL), "/", 2);
  g_autoptr (BaseAccount) settings = NULL;
  g_autoptr (GPtrArray) known = list_known (self);
  GListModel *accounts = mail_engine_get_accounts (self->engine);

  for (guint i = 0; words[0] != NULL && i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (accounts, i);

    if (g_str_equal (mail_account_get_id (account), words[0]))
      settings = mail_account_dup_settings (account);
  }
  put (self, known, settings != NULL ? base_account_get_signature (settings, words[1]) : NULL,
       FALSE);
}

static void
fill_menu (UiComposer *self)
{
  GListModel *accounts = mail_engine_get_accounts (self->engine);
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenuItem) none = g_menu_item_new (C_ ("signature", "_None"), NULL);
  guint count = 0;

  g_menu_item_set_action_and_target (none, "composer.signature", "s", "");
  g_menu_append_item (menu, none);
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (accounts, i);
    g_autoptr (BaseAccount) settings = mail_account_dup_settings (account);
    g_autoptr (GMenu) section = g_menu_new ();

    for (guint n = 0; n < settings->signatures->len; n++, count++) {
      const BaseSignature *signature = settings->signatures->pdata[n];
      g_autofree char *target = g_strconcat (settings->id, "/", signature->id, NULL);
      g_autoptr (GString) name = g_string_new (signature->name);
      g_autoptr (GMenuItem) item = NULL;

      /* No underline of it is a mnemonic. */
      g_string_replace (name, "_", "__", 0);
      item = g_menu_item_new (name->str, NULL);
      g_menu_item_set_action_and_target (item, "composer.signature", "s", target);
      g_menu_append_item (section, item);
    }
    if (settings->signatures->len > 0)
      g_menu_append_section (
          menu, g_list_model_get_n_items (accounts) > 1 ? mail_account_get_label (account) : NULL,
          G_MENU_MODEL (section));
  }
  g_menu_remove_all (self->signatures);
  if (count > 0)
    g_menu_append_submenu (self->signatures, _ ("Si_gnature"), G_MENU_MODEL (menu));
}

void
ui_composer_set_up_signature (UiComposer *self)
{
  const GActionEntry entries[] = { { "signature", on_signature, "s", NULL, NULL, { 0 } } };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  g_signal_connect_object (mail_engine_get_identities (self->engine), "items-changed",
                           G_CALLBACK (fill_menu), self, G_CONNECT_SWAPPED);
  fill_menu (self);
  if (mail_draft_is_fresh (self->draft)) {
    g_autoptr (MailIdentity) identity = mail_draft_dup_identity (self->draft);
    g_autoptr (BaseSignature) signature = dup_signature (identity);
    g_autoptr (GPtrArray) known = list_known (self);

    if (signature != NULL)
      put_silently (self, known, signature, TRUE);
  }
}

void
ui_composer_dup_own (UiComposer *self, char **text, char **html)
{
  g_autoptr (GPtrArray) known = list_known (self);

  ui_editor_dup_own (self->editor, known, mail_draft_is_answer (self->draft), text, html);
}
