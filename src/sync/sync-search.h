/* A person's search on the server, a step at a time: folder by folder the server is asked what it has, and of the newest hits what is not here is brought
 * into the store, where the search for all finds them.  The thread of the connection; only looks (EXAMINE, PEEK). */
#pragma once

#include "base-query.h"
#include "sync-context.h"

G_BEGIN_DECLS

/* Of the hits of one folder so many come here, the newest; and so many and so much of messages themselves, where the words of them are wanted, of one search. */
#define SYNC_SEARCH_ROWS   500
#define SYNC_SEARCH_TEXTS  1000
#define SYNC_SEARCH_OCTETS (64 * 1024 * 1024)

typedef struct _SyncSearch SyncSearch;

/* `folder` 0: all of the account but Junk, Trash and Drafts; these, too, where the query has an in:. */
SyncSearch *sync_search_new (BaseQuery *query, gint64 folder) G_GNUC_WARN_UNUSED_RESULT;
void sync_search_free (SyncSearch *search);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncSearch, sync_search_free)

/* The next step, some tenths of a second.  *more: it is not over.  FALSE: the connection failed, or the store; the same step can be done again on another connection.  What one
 * folder's server refuses is counted, and the next folder is looked at. */
gboolean sync_search_step (SyncSearch *search, SyncContext *context, gboolean *more,
                           GError **error);
void sync_search_get_progress (const SyncSearch *search, guint64 *done, guint64 *total);
/* What was found so far. */
SyncHits *sync_search_dup_hits (const SyncSearch *search) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
