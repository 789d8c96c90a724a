/* Where this computer puts what it made, and how that stands in the list.  Any thread with a connection to the store; it says nothing to a
 * server. */
#include "sync-filing.h"

#include "sync-roles.h"

/* Inside a transaction, for writing a list removes what it does not name, and the sync worker may be adding folders right now. */
static StoreFolder *
add_folder (StoreDb *db, gint64 account, StoreRole role, GError **error)
{
  g_autoptr (GPtrArray) folders = store_folder_list (db, account, error);
  StoreFolder *added = NULL;

  if (folders == NULL)
    return NULL;
  for (guint i = 0; i < folders->len; i++)
    if (((StoreFolder *)g_ptr_array_index (folders, i))->role == role)
      return g_ptr_array_steal_index (folders, i);
  added = g_new0 (StoreFolder, 1);
  added->name = sync_role_new_path (folders, role, NULL, &added->delimiter);
  added->role = role;
  added->selectable = TRUE;
  g_ptr_array_add (folders, added);
  if (!store_folder_replace_list (db, account, folders, error))
    return NULL;
  return store_folder_by_role (db, account, role, error);
}

gint64
sync_filing_ensure_folder (StoreDb *db, gint64 account, StoreRole role, GError **error)
{
  g_autoptr (StoreFolder) folder = store_folder_by_role (db, account, role, NULL);

  if (folder == NULL && store_db_begin (db, FALSE, error)) {
    folder = add_folder (db, account, role, error);
    if (folder == NULL)
      store_db_rollback (db);
    else if (!store_db_commit (db, error))
      g_clear_pointer (&folder, store_folder_free);
  }
  return folder != NULL ? folder->id : 0;
}

void
sync_filing_summarize (StoreNewMessage *message, const MimeSummary *summary)
{
  message->date = summary->date;
  message->from_name = summary->from_name;
  message->from_address = summary->from_address;
  message->to = summary->to;
  message->subject = summary->subject;
  message->message_id = summary->message_id;
  message->in_reply_to = summary->in_reply_to;
  message->references = summary->references;
  message->preview = summary->preview;
  message->has_attachments = summary->has_attachments;
}

void
sync_filing_fill (StoreNewMessage *copy, const MimeSummary *summary, GBytes *message,
                  StoreFlags flags)
{
  sync_filing_summarize (copy, summary);
  copy->flags = flags;
  copy->received = g_get_real_time () / G_USEC_PER_SEC;
  copy->size = g_bytes_get_size (message);
  copy->body = message;
}
