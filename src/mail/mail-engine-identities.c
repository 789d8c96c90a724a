/* Following the folders that an account's settings name: those that identities keep their copies in, and those that a person chose for a role.
 * Main thread.  What a person has set is never dropped because a folder is not there. */
#include "mail-engine-private.h"
#include "mail-private.h"

#include <glib/gi18n.h>

/* ---- folders of their own ---- */

static void
on_followed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!mail_engine_save_edit_finish (MAIL_ENGINE (source), result, &error))
    mail_engine_emit_notice (
        MAIL_ENGINE (source),
        _ ("A folder has another name now, and the settings that use it could not be saved. Choose the folder again."),
        error->message);
}

static const StoreFolder *
find_row (GPtrArray *rows, gint64 id)
{
  for (guint i = 0; i < rows->len; i++)
    if (((const StoreFolder *)rows->pdata[i])->id == id)
      return rows->pdata[i];
  return NULL;
}

static gboolean
has_rows (GPtrArray *rows, gint64 account)
{
  for (guint i = 0; i < rows->len; i++)
    if (((const StoreFolder *)rows->pdata[i])->account == account)
      return TRUE;
  return FALSE;
}

static void
say_gone (MailEngine *self, const BaseIdentity *identity)
{
  g_autofree char *sentence = g_strdup_printf (
      /* Translators: folder, address */
      _ ("The folder “%1$s” is gone. What %2$s sends is kept in the usual folder for sent mail."),
      identity->sent_folder, identity->address);

  mail_engine_emit_notice (self, sentence, NULL);
}

/* TRUE: one of them is called otherwise now. */
static gboolean
follow_chosen (MailAccount *account, GPtrArray *rows, BaseAccount *settings)
{
  gboolean moved = FALSE;

  for (guint i = 0; i < BASE_N_FOLDERS; i++) {
    MailFolder *folder = mail_account_get_folder_by_path (account, settings->folders[i]);
    const StoreFolder *row = folder != NULL ? find_row (rows, mail_folder_get_id (folder)) : NULL;

    if (row == NULL || g_str_equal (row->name, settings->folders[i]))
      continue;
    g_free (settings->folders[i]);
    settings->folders[i] = g_strdup (row->name);
    moved = TRUE;
  }
  return moved;
}

void
mail_engine_follow_folders (MailEngine *self, MailAccount *account, GPtrArray *rows)
{
  g_autoptr (MailEdit) edit = mail_engine_begin_edit (self, account);
  g_autoptr (GPtrArray) identities = base_account_dup_identities (edit->settings);
  gboolean moved = FALSE;

  /* Of an account that is being removed there are none. */
  if (!has_rows (rows, mail_account_get_row (account)))
    return;
  for (guint i = 0; i < identities->len; i++) {
    BaseIdentity *identity = identities->pdata[i];
    MailFolder *folder = mail_account_get_folder_by_path (account, identity->sent_folder);
    const StoreFolder *row = folder != NULL ? find_row (rows, mail_folder_get_id (folder)) : NULL;

    if (folder != NULL && row == NULL)
      say_gone (self, identity);
    if (row == NULL || g_str_equal (row->name, identity->sent_folder))
      continue;
    g_free (identity->sent_folder);
    identity->sent_folder = g_strdup (row->name);
    base_account_put_identity (edit->settings, identity);
    moved = TRUE;
  }
  /* At once, for it may be moved again while that is written. */
  if (follow_chosen (account, rows, edit->settings) || moved)
    mail_engine_save_edit_at_once (self, edit, on_followed, NULL);
}
