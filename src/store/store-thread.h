/* Conversations: which messages belong together.  Threads and errors: see store-db.h.
 *
 * It is decided when a message is stored, in the same transaction, within its account and across the folders: by its Message-ID,
 * and by the ids in References, or, where that has none, by the first of In-Reply-To (RFC 5256, the REFERENCES algorithm).  Ids of
 * messages that are not here (yet) link too, so that the result does not depend on the order in which messages come; where two
 * conversations turn out to be one, the smaller is merged into the larger and its id goes.  What REFERENCES does otherwise:
 *  - of contradicting References it believes those that come first; here all that name each other are together;
 *  - two messages with one Message-ID are two to it, here they are copies of one;
 *  - it puts together what has the same subject; here only an answer ("Re:") that names no message at all joins by its subject, a
 *    conversation with somebody in common and a message at most four weeks away.
 * A message that goes does not part those that it linked. */
#pragma once

#include "store-message.h"

G_BEGIN_DECLS

/* Row ids (gint64) of all listed messages of a conversation across the folders of its account, oldest first (those received in one second by
 * their Date): copies once, without
 * Junk, Trash and Drafts (unless nothing of it lies elsewhere).  Empty: there is no such conversation (any more). */
GArray *store_thread_list_messages (StoreDb *db, gint64 thread,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same as it is seen from a folder, or StoreView: with those that lie there, also where that is one of the three. */
GArray *store_thread_list_messages_in (StoreDb *db, gint64 thread, gint64 folder,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Row ids (gint64) of all that belongs to it, newest first: copies too, and what lies in Junk, Trash and Drafts or is not listed. */
/* The conversation of a message.  GONE. */
gboolean store_thread_get (StoreDb *db, gint64 message, gint64 *thread, GError **error);

/* The person's word, remembered against what links later.  The messages (and their copies) become a conversation of their own, each
 * group of one conversation separately; nothing happens where it is the whole. */
gboolean store_thread_split (StoreDb *db, const gint64 *messages, gsize n, GError **error);
/* They become one; of different accounts: REFUSED. */
gboolean store_thread_join (StoreDb *db, const gint64 *threads, gsize n, GError **error);

/* Messages of a store from before there were conversations: decides for some more of them, stored last first, in one transaction of at
 * most `limit` rows.  *left: how many are left to look at, at most; 0: done.  To be called with pauses, at low priority. */
gboolean store_thread_catch_up (StoreDb *db, guint limit, guint64 *left, GError **error);
/* Before that: the newest of each folder, at most `each`, so that lists show at once what stands at their top.  A transaction a folder. */
gboolean store_thread_catch_up_newest (StoreDb *db, guint each, GError **error);

G_END_DECLS
