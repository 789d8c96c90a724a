/* A message where the server has it: its folder opened in the same flight as what is asked about it, and the numbering checked
 * before any answer is believed.  The thread of the connection. */
#include "sync-parts.h"

#include "base-error.h"
#include "imap-flight.h"

#include <glib/gi18n.h>

void
sync_place_set_gone (GError **error)
{
  base_error_set (error, BASE_ERROR_GONE, NULL,
                  _ ("The server does not have this message any more."));
}

gboolean
sync_place_check_numbering (const StoreFolder *folder, const ImapSelected *selected, GError **error)
{
  if (folder->uid_validity == 0 || selected->uid_validity == 0
      || selected->uid_validity == folder->uid_validity)
    return TRUE;
  base_error_set (error, BASE_ERROR_RETRY, NULL,
                  _ ("The server has renumbered “%s”. Try again when its list is up to date."),
                  folder->name);
  return FALSE;
}

gboolean
sync_place_open (const SyncPlace *place, SyncContext *context, ImapFlight *flight, SyncEntry *entry,
                 GError **error)
{
  entry->opens =
      g_strcmp0 (imap_session_get_selected_name (context->session), place->folder->server_name)
      != 0;
  if (!entry->opens)
    return sync_place_check_numbering (place->folder, imap_session_get_selected (context->session),
                                       error);
  entry->select =
      imap_flight_select (flight, place->folder->server_name, TRUE, place->folder->uid_validity);
  return TRUE;
}

gboolean
sync_place_check (const SyncPlace *place, ImapFlight *flight, const SyncEntry *entry,
                  GError **error)
{
  return !entry->opens
         || (imap_flight_get_result (flight, entry->select, error)
             && sync_place_check_numbering (
                 place->folder, imap_flight_get_selected (flight, entry->select), error));
}
