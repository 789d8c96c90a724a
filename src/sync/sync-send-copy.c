/* A message that the server has: its way out of the outbox and into Sent, and what is left for those who were refused.  The send worker's
 * thread. */
#include "sync-send-private.h"

#include "base-error.h"
#include "base-log.h"
#include "mime-build.h"
#include "mime-message.h"
#include "store-folder.h"
#include "sync-filing.h"
#include "sync-providers.h"

#include <string.h>

#define RETRY_FIRST_S 60
#define RETRY_LAST_S  (60 * 60)

gint64
sync_send_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

gint64
sync_send_get_retry_time (const StoreOutbox *outbox)
{
  gint64 delay = (gint64)RETRY_FIRST_S << MIN (outbox->attempts > 0 ? outbox->attempts - 1 : 0, 10);

  return sync_send_now () + MIN (delay, RETRY_LAST_S);
}

/* One of an identity may be of another provider than the account, which knows nothing of it. */
gboolean
sync_send_files_sent (Sender *sender, const StoreOutbox *outbox)
{
  return outbox->route == NULL
         && sync_provider_files_sent (sync_route_get_server (sender->route)->host);
}

gint64
sync_send_find_sent_folder (Sender *sender, gboolean filed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreFolder) sent = NULL;

  gint64 id;

  sent = store_folder_by_role (sender->db, sender->row, STORE_ROLE_SENT, NULL);
  if (sent != NULL || filed)
    return sent != NULL ? sent->id : 0;
  id = sync_filing_ensure_folder (sender->db, sender->row, STORE_ROLE_SENT, &error);
  if (id == 0)
    base_log ("%s: no folder for the copy of a sent mail: %s",
              sync_account_get_id (sender->account), error != NULL ? error->message : "");
  return id;
}

/* The folder that the copy of this one is wanted in, where the account has it and the server does not file by itself; else `sent`. */
static gint64
find_wanted_folder (Sender *sender, const StoreOutbox *outbox, gint64 sent, gboolean filed)
{
  g_autoptr (GPtrArray) folders = NULL;

  if (outbox->sent_folder == NULL || filed)
    return sent;
  folders = store_folder_list (sender->db, sender->row, NULL);
  for (guint i = 0; folders != NULL && i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);

    if (folder->selectable && g_str_equal (folder->name, outbox->sent_folder))
      return folder->id;
  }
  base_log ("%s: there is no folder “%s” for the copy of a sent mail",
            sync_account_get_id (sender->account), outbox->sent_folder);
  return sent;
}

/* One field without those who have got it. */
static void
leave_refused (char **field, const StoreOutbox *outbox)
{
  g_autoptr (GPtrArray) addresses = mime_addresses_parse (*field);
  g_autoptr (GString) left = g_string_new (NULL);

  for (guint i = 0; i < addresses->len; i++) {
    const MimeAddress *address = g_ptr_array_index (addresses, i);
    g_autofree char *text = mime_address_to_string (address->name, address->address);

    for (guint j = 0; outbox->recipients[j] != NULL && text != NULL; j++)
      if (g_ascii_strcasecmp (outbox->recipients[j], address->address) == 0)
        g_clear_pointer (&text, g_free);
    if (text != NULL)
      g_string_append_printf (left, "%s%s", left->len > 0 ? ", " : "", text);
  }
  g_free (*field);
  *field = g_strdup (left->str);
}

/* What is edited from now on is for those who were refused, and nobody gets it twice. */
static void
narrow_draft (Sender *sender, const StoreOutbox *outbox)
{
  BasePaths *paths = store_db_get_paths (sender->db);
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreDraft) draft = store_draft_load (paths, outbox->draft, &error);

  if (draft != NULL) {
    leave_refused (&draft->to, outbox);
    leave_refused (&draft->cc, outbox);
    leave_refused (&draft->bcc, outbox);
    (void)store_draft_save (paths, draft, &error);
  }
  if (error != NULL)
    base_log ("%s: a draft still names everybody: %s", sync_account_get_id (sender->account),
              error->message);
}

gboolean
sync_send_finish_one (Sender *sender, const StoreOutbox *outbox, gint64 sent, gboolean filed,
                      GError **error)
{
  gint64 folder = find_wanted_folder (sender, outbox, sent, filed);
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) message = store_outbox_get_message (sender->db, outbox, &local);
  g_autoptr (MimeSummary) summary = NULL;
  StoreNewMessage copy = { 0 };

  /* Only of what is not there any more no copy is made. */
  if (message == NULL && !g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  /* Of what others have got before there is one. */
  if (folder > 0 && message != NULL && outbox->message_id != NULL) {
    summary = mime_summary_from_message (message);
    sync_filing_fill (&copy, summary, message, STORE_FLAG_SEEN);
  }
  /* Before it can be edited, and the same however often it is done */
  if (outbox->refused != NULL)
    narrow_draft (sender, outbox);
  return store_outbox_sent (sender->db, outbox, copy.body != NULL ? folder : 0, &copy, filed,
                            sync_send_get_retry_time (outbox), error);
}
