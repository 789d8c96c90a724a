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
/* In lines of 76 letters. */
#define DECODED_LIKELY(size) (((size) - (size) / 78 * 2) / 4 * 3)
#define LINE_MOST            76

struct _SyncDownload
{
  /* Owned */
  StorePart *part;
  ImapSpool *spool; /* NULL until the first octets */

  guint64 done, total;
  guint64 told;     /* of what is decoded; 0: nothing that could be */
  guint32 uid;      /* of which the octets are */
  guint chunks;     /* of the next step */
  gboolean refused; /* BINARY does not work for it */
  gboolean decoded; /* the octets are */
  gboolean ended;   /* and there are no more of them */
  gboolean wrong;   /* what came is not what was asked for */
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
  download->done = download->told = 0;
  download->total = decoded ? DECODED_LIKELY (download->part->size) : download->part->size;
  download->decoded = decoded;
  download->ended = FALSE;
  download->uid = uid;
}

static gboolean
is_asked_for (const SyncDownload *download, const ImapSection *section)
{
  return g_ascii_strcasecmp (section->section, download->part->section) == 0
         && section->decoded == download->decoded && section->origin == download->done;
}

/* So many octets are what base64 of this size decodes to, if its lines are equally long, as they are but for rarities. */
static gboolean
fits (guint64 encoded, guint64 decoded)
{
  guint64 letters = (decoded + 2) / 3 * 4;

  if (letters == 0 || letters > encoded || (encoded - letters) % 2 != 0)
    return FALSE;
  /* With or without the end of the last line, which belongs to the boundary behind it. */
  for (guint64 ends = (encoded - letters) / 2, lines = MAX (ends, 1); lines <= ends + 1; lines++) {
    guint64 line = ((letters + lines - 1) / lines + 3) / 4 * 4;

    if ((line <= LINE_MOST || lines == 1) && (letters + line - 1) / line == lines)
      return TRUE;
  }
  return FALSE;
}

/* Dovecot 2.3 tells too little, or nonsense, of base64 with more base64 right behind it (quirk 66). */
static void
take_told (SyncDownload *download, guint64 size)
{
  if (!download->decoded || size < DECODED_LEAST (download->part->size)
      || size > DECODED_MOST (download->part->size))
    return;
  download->told = size;
  if (fits (download->part->size, size))
    download->total = MAX (size, download->done);
}

/* What is decoded ends where the server has no more of it, whatever it told. */
static gboolean
add_chunk (SyncDownload *download, const void *data, gsize length, GError **error)
{
  guint64 room = download->decoded ? DECODED_MOST (download->part->size) : download->part->size;

  if (download->decoded ? length > MIN (CHUNK_OCTETS, room - download->done)
                        : length != MIN (CHUNK_OCTETS, room - download->done)) {
    download->wrong = TRUE;
    return TRUE;
  }
  if (download->spool == NULL) {
    download->spool = imap_spool_new (room, room <= MEMORY, error);
    if (download->spool == NULL)
      return FALSE;
  }
  if (!imap_spool_add (download->spool, data, length, error))
    return FALSE;
  download->done += length;
  download->ended = length < CHUNK_OCTETS || download->done == room;
  download->total = download->ended ? download->done : MAX (download->total, download->done);
  return TRUE;
}

static gboolean
take_chunk (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  SyncDownload *download = user_data;

  if (fetched->uid != download->uid)
    return TRUE;
  download->answered = TRUE;
  take_told (download, fetched->decoded_size);
  for (guint i = 0; fetched->parts != NULL && i < fetched->parts->len && !download->wrong; i++) {
    const ImapSection *section = g_ptr_array_index (fetched->parts, i);
    gsize length;
    const void *data = g_bytes_get_data (section->bytes, &length);

    /* More was asked for than there is. */
    if (download->ended && length == 0)
      continue;
    if (!is_asked_for (download, section))
      download->wrong = TRUE;
    else if (!add_chunk (download, data, length, error))
      return FALSE;
  }
  return TRUE;
}

/* Whether the last octet is here: what is decoded must be as much as was told, or as base64 of that size is. */
static gboolean
is_whole (SyncDownload *download)
{
  gboolean as_told = download->done == download->told;
  gboolean can_be = fits (download->part->size, download->done);

  if (!download->decoded)
    return download->done == download->total;
  if (download->ended && !as_told && !can_be)
    download->wrong = TRUE;
  return download->ended ? as_told || can_be : as_told && can_be;
}

/* FALSE with the error set when the connection or the disk failed; *refused: the server said no. */
static gboolean
fetch_chunks (SyncDownload *download, SyncContext *context, const SyncPlace *place,
              gboolean *refused, GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (context->session);
  /* How long the decoded part is comes with its first piece. */
  guint chunks = download->decoded && download->done == 0 ? 1 : download->chunks;
  guint first = 0, last = 0;
  SyncEntry entry;

  if (!sync_place_open (place, context, flight, &entry, error))
    return FALSE;
  for (guint i = 0; i < chunks; i++) {
    guint64 origin = download->done + (guint64)i * CHUNK_OCTETS;

    /* Where it did not end with what was thought to be all of it, one more is asked for. */
    if (i > 0 && origin >= download->total)
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
  for (guint i = first; i <= last && !*refused && !download->ended; i++) {
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
  if (!download->wrong && !refused && is_whole (download)) {
    if (download->decoded && download->done != download->told)
      base_log ("a server told a wrong size of a part that it decodes");
    *state = SYNC_DOWNLOAD_DONE;
    return store_part (download, context, message, error);
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
  return TRUE;
}
