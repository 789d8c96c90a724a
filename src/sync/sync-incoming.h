/* From FETCH answers to rows: collects what arrives and hands it to the store in batches.  While more comes than one batch
 * holds, another thread stores: from the first message taken until flush () or free () the context's db is for that alone. */
#pragma once

#include "sync-context.h"

G_BEGIN_DECLS

typedef struct _SyncIncoming SyncIncoming;

/* `arrived_from`: messages with this UID or a higher one are news for the person, 0: none are. */
SyncIncoming *sync_incoming_new (SyncContext *context, gint64 folder,
                                 guint32 arrived_from) G_GNUC_WARN_UNUSED_RESULT;
/* What was not flushed is forgotten; a batch that is being stored is waited for. */
void sync_incoming_free (SyncIncoming *incoming);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncIncoming, sync_incoming_free)

/* ImapFetchFunc with SyncIncoming as user data: needs flags and either header or body. */
gboolean sync_incoming_take (const ImapFetched *fetched, gpointer incoming, GError **error);
/* The same for the bodies of messages whose rows are here: no more is read of them than the rows lack.  A row that went
 * meanwhile is not made anew. */
gboolean sync_incoming_take_body (const ImapFetched *fetched, gpointer incoming, GError **error);
/* As sync_incoming_take (), of messages that somebody knows: where no row is that message (any more) none is made. */
gboolean sync_incoming_take_known (const ImapFetched *fetched, gpointer incoming, GError **error);
/* Stores the rest.  TRUE: all that was taken is committed. */
gboolean sync_incoming_flush (SyncIncoming *incoming, GError **error);
/* UIDs that came so far (borrowed). */
const BaseUidSet *sync_incoming_get_uids (SyncIncoming *incoming);
guint32 sync_incoming_get_highest (SyncIncoming *incoming);

G_END_DECLS
