/* What the store makes of a mailbox: reads a line of tab-separated Message-ID, References, In-Reply-To and Subject for each message, in
 * the order in which they are to be stored, and prints the conversation of each.
 * usage: threads-of FOLDER, an empty one. */
#include <stdio.h>
#include <stdlib.h>

#include "store-folder.h"
#include "store-thread.h"

static char *
none_if_empty (char *text)
{
  return text != NULL && *text != '\0' ? text : NULL;
}

static gint64
put (StoreDb *db, gint64 folder, guint32 uid, char **fields)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  StoreNewMessage message = { .uid = uid,
                              .received = 1700000000 + uid,
                              .date = 1700000000 + uid,
                              .size = uid,
                              .from_address = "magpie@example.org",
                              .message_id = none_if_empty (fields[0]),
                              .references = none_if_empty (fields[1]),
                              .in_reply_to = none_if_empty (fields[2]),
                              .subject = fields[3] };
  g_ptr_array_add (messages, &message);
  if (!store_message_add (db, folder, messages, fresh, &error) || fresh->len != 1)
    g_error ("not stored: %s", error != NULL ? error->message : "not as a new one");
  return STORE_KEY_ID (g_array_index (fresh, StoreKey, 0));
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BasePaths) paths = argc == 2 ? base_paths_new (argv[1], &error) : NULL;
  g_autoptr (Store) store = paths != NULL ? store_open (paths, NULL, &error) : NULL;
  g_autoptr (StoreDb) db = store != NULL ? store_connect (store, &error) : NULL;
  if (db == NULL)
    return 2;
  StoreFolder inbox = {
    .name = (char *)"INBOX", .delimiter = '/', .role = STORE_ROLE_INBOX, .selectable = TRUE
  };
  g_autoptr (GPtrArray) folders = g_ptr_array_new ();
  g_ptr_array_add (folders, &inbox);
  gint64 account = store_account_ensure (db, "one", &error);
  if (!store_folder_replace_list (db, account, folders, &error))
    g_error ("%s", error->message);
  g_autoptr (StoreFolder) folder = store_folder_by_role (db, account, STORE_ROLE_INBOX, &error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  char *line = NULL;
  size_t room = 0;
  while (getline (&line, &room, stdin) > 0) {
    g_auto (GStrv) fields = g_strsplit (g_strchomp (line), "\t", 4);
    if (g_strv_length (fields) != 4)
      g_error ("four fields are expected");
    gint64 id = put (db, folder->id, ids->len + 1, fields);
    g_array_append_val (ids, id);
  }
  free (line);
  for (guint i = 0; i < ids->len; i++) {
    gint64 thread;
    if (!store_thread_get (db, g_array_index (ids, gint64, i), &thread, &error))
      g_error ("%s", error->message);
    g_print ("%" G_GINT64_FORMAT "\n", thread);
  }
  return 0;
}
