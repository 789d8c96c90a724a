/* Large messages in parts: what is read of them first, and single parts when somebody wants them.  The thread of the
 * connection. */
#pragma once

#include "sync-context.h"

#include "imap-flight.h"
#include "store-partial.h"

G_BEGIN_DECLS

/* Smaller messages are fetched whole: the saving would be less than what asking costs. */
#define SYNC_PARTS_FROM (1024 * 1024)

/* Where a message is on the server. */
typedef struct
{
  const StoreFolder *folder; /* Borrowed */
  guint32 uid;
} SyncPlace;

/* Brings of `message` what is read when it is opened, in one round trip where its beginning has that, else in two; with
 * `all`, every part that is not larger than the account says.  *whole: it is not to be had in parts, or nothing would be
 * saved by it; nothing was stored then. */
gboolean sync_parts_fetch (SyncContext *context, const SyncPlace *place, gint64 message,
                           gboolean all, gboolean *whole, GError **error);

/* One part that is fetched piece by piece, so that who opens another message meanwhile need not wait for its end, and a
 * lost connection costs no more than the last piece. */
typedef struct _SyncDownload SyncDownload;

SyncDownload *sync_download_new (const StorePart *part) G_GNUC_WARN_UNUSED_RESULT;
void sync_download_free (SyncDownload *download);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncDownload, sync_download_free)

typedef enum
{
  SYNC_DOWNLOAD_MORE,
  SYNC_DOWNLOAD_DONE,
  SYNC_DOWNLOAD_WHOLE, /* the server does not give the part that it told of: the whole message has to be fetched */
} SyncDownloadState;

/* The next piece, as much as a fraction of a second brings; the last one stores it.  GONE when the server does not have the
 * message any more, or the message here does not lack that part. */
gboolean sync_download_step (SyncDownload *download, SyncContext *context, const SyncPlace *place,
                             gint64 message, SyncDownloadState *state, GError **error);
/* Octets that came, and all there are (as they come: encoded or not). */
void sync_download_get_progress (SyncDownload *download, guint64 *done, guint64 *total);

/* Adds to `flight` what opens the folder of `place`, unless it is open; checked behind the run.  RETRY where its UIDs do not
 * mean any more what is known. */
typedef struct
{
  gboolean opens;
  guint select;
} SyncEntry;
gboolean sync_place_open (const SyncPlace *place, SyncContext *context, ImapFlight *flight,
                          SyncEntry *entry, GError **error);
gboolean sync_place_check (const SyncPlace *place, ImapFlight *flight, const SyncEntry *entry,
                           GError **error);
/* Its UIDs still mean what the store thinks. */
gboolean sync_place_check_numbering (const StoreFolder *folder, const ImapSelected *selected,
                                     GError **error);
void sync_place_set_gone (GError **error);

G_END_DECLS
