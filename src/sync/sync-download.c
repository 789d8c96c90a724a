/* One part of a message, piece by piece into a temporary file and then into the store.  The pieces grow and shrink so that each
 * takes a fraction of a second, whatever the line.  The thread of the connection; must never take octets that are not the next
 * ones of that part, nor more or fewer than the server told. */
#include "sync-parts.h"

#include <string.h>

#include "base-error.h"
#include "base-log.h"
#include "imap-flight.h"
#include "imap-spool.h"

#define CHUNK_OCTETS (256 * 1024) /* of one command */
#define CHUNKS_MAX   32           /* of one step */
#define STEP_MS      300
#define MEMORY       (512 * 1024) /* larger parts gather on disk */
/* What a server may have decoded base64 to: three octets of four, less what its lines cost. */
#define DECODED_LEAST(size) ((size) / 2)
#define DECODED_MOST(size)  ((size) / 4 * 3 + 3)

struct _SyncDownload
{
  /* Owned */
  StorePart *part;
  ImapSpool *spool; /* NULL until the first octets */

  guint64 done, total;
  guint64 decoded_size; /* as told; 0: not yet */
  guint32 uid;          /* of which the octets are */
  guint chunks;         /* of the next step */
  gboolean refused;     /* BINARY does not work for it */
  gboolean decoded;     /* the octets are */
  gboolean wrong;       /* what came is not what was asked for */
  gboolean answered;
};

SyncDownload *
sync_download_new (const StorePart *part)
{
  SyncDownload *download = g_new0 (SyncDownload, 1);

  download->part = g_new0 (StorePart, 1);
  download->part->index = part->index;
  download->part->section = g_strdup (part->section);
  download->part->encoding = g_strdup (part->encoding);
  download->part->size = part->size;
  download->total = part->size;
  download->chunks = 1;
  return download;
}

void
sync_download_free (SyncDownload *download)
{
  if (download == NULL)
    return;
  g_clear_pointer (&download->spool, imap_spool_free);
  store_part_free (download->part);
  g_free (download);
}

void
sync_download_get_progress (SyncDownload *download, guint64 *done, guint64 *total)
{
  *done = download->done;
  *total = download->total;
}

static void
begin (SyncDownload *download, gboolean decoded, guint32 uid)
{
  g_clear_pointer (&download->spool, imap_spool_free);
  download->done = download->decoded_size = 0;
  download->total = download->part->size;
  download->decoded = decoded;
  download->uid = uid;
}

static gboolean
is_asked_for (const SyncDownload *download, const ImapSection *section)
{
  return g_ascii_strcasecmp (section->section, download->part->section) == 0
         && section->decoded == download->decoded && section->origin == download->done;
}

/* What the server says it will be, once it says so. */
static void
take_decoded_size (SyncDownload *download, guint64 size)
{
  if (!download->decoded || size == 0 || download->decoded_size != 0)
    return;
  if (size < DECODED_LEAST (download->part->size) || size > DECODED_MOST (download->part->size)) {
    download->wrong = TRUE;
    return;
  }
  download->decoded_size = download->total = size;
}

static gboolean
take_chunk (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  SyncDownload *download = user_data;

  if (fetched->uid != download->uid)
    return TRUE;
  download->answered = TRUE;
  take_decoded_size (download, fetched->decoded_size);
  for (guint i = 0; fetched->parts != NULL && i < fetched->parts->len; i++) {
    const ImapSection *section = g_ptr_array_index (fetched->parts, i);
    gsize length;
    const void *data = g_bytes_get_data (section->bytes, &length);

    /* Without its size nobody could say when it is whole. */
    if (download->wrong || !is_asked_for (download, section)
        || (download->decoded && download->decoded_size == 0)
        || length != MIN (CHUNK_OCTETS, download->total - download->done)) {
      download->wrong = TRUE;
      return TRUE;
    }
    if (download->spool == NULL) {
      download->spool = imap_spool_new (download->total, download->total <= MEMORY, error);
      if (download->spool == NULL)
        return FALSE;
    }
    if (!imap_spool_add (download->spool, data, length, error))
      return FALSE;
    download->done += length;
  }
  return TRUE;
}

/* FALSE with the error set when the connection or the disk failed; *refused: the server said no. */
static gboolean
fetch_chunks (SyncDownload *download, SyncContext *context, const SyncPlace *place,
              gboolean *refused, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (context->session);
  /* How long the decoded part is comes with its first piece. */
  guint chunks = download->decoded && download->decoded_size == 0 ? 1 : download->chunks;
  guint first = 0, last = 0;
  SyncEntry entry;

  if (!sync_place_open (place, context, flight, &entry, error))
    return FALSE;
  for (guint i = 0; i < chunks; i++) {
    guint64 origin = download->done + (guint64)i * CHUNK_OCTETS;

    if (origin >= download->total)
      break;
    last = imap_flight_fetch_chunk (flight, place->uid, download->part->section, download->decoded,
                                    origin, CHUNK_OCTETS, take_chunk, download);
    if (i == 0)
      first = last;
  }
  if (!imap_flight_run (flight, context->cancellable, error)
      || !sync_place_check (place, flight, &entry, error))
    return FALSE;
  *refused = FALSE;
  for (guint i = first; i <= last && !*refused; i++) {
    g_autoptr (GError) local = NULL;

    if (imap_flight_get_result (flight, i, &local))
      continue;
    *refused = g_error_matches (local, BASE_ERROR, BASE_ERROR_REFUSED);
    if (!*refused) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
store_part (SyncDownload *download, SyncContext *context, gint64 message, GError **error)
{
  g_autoptr (GBytes) content = imap_spool_finish (g_steal_pointer (&download->spool), error);
  gboolean plain = g_str_equal (download->part->encoding, "7bit")
                   || g_str_equal (download->part->encoding, "8bit")
                   || g_str_equal (download->part->encoding, "binary");

  return content != NULL
         && store_partial_set_part (context->db, message, download->part, content,
                                    download->decoded || plain, error);
}

gboolean
sync_download_step (SyncDownload *download, SyncContext *context, const SyncPlace *place,
                    gint64 message, SyncDownloadState *state, GError **error)
{
  /* A third less on the wire; of the other encodings there is nothing to gain. */
  gboolean binary = imap_session_has (context->session, IMAP_CAP_BINARY) && !download->refused
                    && g_str_equal (download->part->encoding, "base64");
  gint64 begun = g_get_monotonic_time (), took = 0;
  guint64 before = 0;
  gboolean refused = FALSE;

  *state = SYNC_DOWNLOAD_MORE;
  /* Another connection may not offer it; another UID may be another copy. */
  if (download->decoded != binary || download->uid != place->uid)
    begin (download, binary, place->uid);
  download->answered = FALSE;
  before = download->done;
  if (!fetch_chunks (download, context, place, &refused, error))
    return FALSE;
  took = (g_get_monotonic_time () - begun) / 1000;
  if (!download->answered && !refused) {
    sync_place_set_gone (error);
    return FALSE;
  }
  if (download->wrong || refused || download->done == before) {
    base_log ("a part of a message did not come as it was told%s", binary ? ", decoded" : "");
    download->wrong = FALSE;
    download->refused = TRUE;
    if (!binary)
      *state = SYNC_DOWNLOAD_WHOLE;
    begin (download, FALSE, place->uid);
    return TRUE;
  }
  if (took < STEP_MS / 2)
    download->chunks = MIN (download->chunks * 2, CHUNKS_MAX);
  else if (took > STEP_MS)
    download->chunks = MAX (download->chunks / 2, 1);
  if (download->done < download->total)
    return TRUE;
  *state = SYNC_DOWNLOAD_DONE;
  return store_part (download, context, message, error);
}
