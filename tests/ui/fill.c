/* fill PROFILE N: writes an account whose server is never there, with N messages in its inbox, so that a test of the window has as many
 * rows as it wants without a server that has them.  One thread. */
#include <gio/gio.h>
#include <stdlib.h>

#include "base-account.h"
#include "base-paths.h"
#include "store-folder.h"
#include "store-message.h"

#define BATCH 1000

static void
fill (StoreDb *db, gint64 folder, guint n)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  for (guint i = 1; i <= n; i++) {
    StoreNewMessage *message = g_new0 (StoreNewMessage, 1);
    message->uid = i;
    message->received = message->date = now - (n - i) * 60;
    message->size = 4000;
    message->from_name = "Bob Example";
    message->from_address = "bob@lab.test";
    message->subject = i == n ? "Subject last" : i == 1 ? "Subject first" : "Subject middle";
    message->preview = "please find the notes of today below";
    g_ptr_array_add (batch, message);
    if (batch->len == BATCH || i == n) {
      if (!store_message_add (db, folder, batch, NULL, &error))
        g_error ("%s", error->message);
      g_ptr_array_set_size (batch, 0);
    }
  }
}

static void
save_account (BasePaths *paths, GError **error)
{
  g_autoptr (BaseAccount) account = base_account_new ();

  g_free (account->id);
  account->id = g_strdup ("many");
  account->display_name = g_strdup ("Many");
  account->address = g_strdup ("many@lab.test");
  account->imap.host = g_strdup ("127.0.0.1");
  account->smtp.host = g_strdup ("127.0.0.1");
  account->imap.port = account->smtp.port = 9; /* nobody listens */
  account->imap.user = g_strdup ("many");
  account->smtp.user = g_strdup ("many");
  if (!base_account_save (account, paths, error))
    g_error ("%s", (*error)->message);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    StoreRole role;
  } boxes[] = { { "INBOX", STORE_ROLE_INBOX },
                { "Archive", STORE_ROLE_ARCHIVE },
                { "Trash", STORE_ROLE_TRASH } };
  g_autoptr (GError) error = NULL;

  if (argc != 3)
    return 2;
  g_autoptr (BasePaths) paths = base_paths_new (argv[1], &error);
  if (!paths)
    g_error ("%s", error->message);
  save_account (paths, &error);
  g_autoptr (Store) store = store_open (paths, NULL, &error);
  g_autoptr (StoreDb) db = store ? store_connect (store, &error) : NULL;
  if (!db)
    g_error ("%s", error->message);
  gint64 account = store_account_ensure (db, "many", &error);
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++) {
    StoreFolder *folder = g_new0 (StoreFolder, 1);
    *folder = (StoreFolder){
      .name = (char *)boxes[i].name, .delimiter = '/', .role = boxes[i].role, .selectable = TRUE
    };
    g_ptr_array_add (folders, folder);
  }
  if (!store_folder_replace_list (db, account, folders, &error))
    g_error ("%s", error->message);
  g_autoptr (StoreFolder) inbox = store_folder_by_role (db, account, STORE_ROLE_INBOX, &error);
  if (!inbox
      || !store_folder_set_sync_state (db, inbox->id, 1, (guint32)atoi (argv[2]) + 1, 0, TRUE,
                                       g_get_real_time () / G_USEC_PER_SEC, &error))
    g_error ("%s", error ? error->message : "no inbox");
  fill (db, inbox->id, (guint)atoi (argv[2]));
  return 0;
}
