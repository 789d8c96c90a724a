/* Finding a message by its Message-ID.  Runs in the session's thread; must never take a server's word for a hit that may
 * be none: who believes that a mail lies in Sent does not put it there. */
#include <string.h>

#include "base-error.h"
#include "imap-flight-private.h"

/* Of hits that have to be looked at; a server that finds more than that finds everything. */
#define MAX_LOOKED_AT 500
#define SET_OCTETS    900

static BaseUidSet *
search_once (ImapSession *session, const char *key, const char *text, gboolean with_charset,
             GCancellable *cancellable, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  guint index = imap_flight_search_string (flight, key, text, with_charset);
  return imap_flight_run_alone (flight, cancellable, error) ? imap_flight_steal_uids (flight, index)
                                                            : NULL;
}

static BaseUidSet *
search (ImapSession *session, const char *key, const char *text, GCancellable *cancellable,
        GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean with_charset = !g_str_is_ascii (text) && !session->utf8;
  BaseUidSet *found = search_once (session, key, text, with_charset, cancellable, &local);

  /* Yahoo knows no charset by name, but finds the octets (quirk 25) */
  if (found == NULL && with_charset && session->usable
      && g_error_matches (local, BASE_ERROR, BASE_ERROR_REFUSED)) {
    g_clear_error (&local);
    found = search_once (session, key, text, FALSE, cancellable, &local);
  }
  if (found == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return found;
}

typedef struct
{
  const char *message_id; /* Borrowed */
  BaseUidSet *uids;       /* Borrowed: those that bear it */
} Verified;

static gboolean
take_header (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  Verified *verified = user_data;
  gsize length;
  const char *bytes = fetched->header != NULL ? g_bytes_get_data (fetched->header, &length) : NULL;

  if (bytes == NULL)
    return TRUE;
  /* unfolded: a long id may stand on a line of its own, or be broken */
  g_autoptr (GString) text = g_string_sized_new (length);
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isspace (bytes[i]) && bytes[i] != '\0')
      g_string_append_c (text, bytes[i]);
  }
  if (strstr (text->str, verified->message_id) != NULL)
    base_uid_set_add (verified->uids, fetched->uid);
  return TRUE;
}

/* The newest of `found`. */
static BaseUidSet *
newest (const BaseUidSet *found, guint n)
{
  BaseUidSet *set = base_uid_set_new ();
  for (guint i = base_uid_set_n_ranges (found); i > 0 && n > 0; i--) {
    BaseUidRange range = base_uid_set_get_range (found, i - 1);
    guint32 count = MIN (range.last - range.first, n - 1) + 1;
    base_uid_set_add_range (set, range.last - count + 1, range.last);
    n -= count;
  }
  return set;
}

/* Those of `found` that bear the Message-ID in truth. */
static BaseUidSet *
verify (ImapSession *session, const BaseUidSet *found, const char *message_id,
        GCancellable *cancellable, GError **error)
{
  g_autoptr (BaseUidSet) uids = base_uid_set_new ();
  g_autoptr (BaseUidSet) looked_at = newest (found, MAX_LOOKED_AT);
  g_auto (GStrv) sets = base_uid_set_to_strings (looked_at, SET_OCTETS);
  Verified verified = { .message_id = message_id, .uids = uids };

  for (guint i = 0; sets[i] != NULL; i++) {
    if (!imap_session_fetch (session, sets[i], IMAP_FETCH_MESSAGE_ID, 0, take_header, &verified,
                             cancellable, error))
      return NULL;
  }
  return g_steal_pointer (&uids);
}

BaseUidSet *
imap_session_search_message_id (ImapSession *session, const char *message_id,
                                GCancellable *cancellable, GError **error)
{
  g_autoptr (BaseUidSet) found =
      search (session, "HEADER Message-ID", message_id, cancellable, error);

  if (found == NULL)
    return NULL;
  /* QQ finds every message there is by any words (quirk 39): then all of them, or more than one, are hits */
  if (base_uid_set_is_empty (found)
      || (base_uid_set_count (found) == 1 && session->selected.exists > 1))
    return g_steal_pointer (&found);
  return verify (session, found, message_id, cancellable, error);
}
