/* Finding messages by what somebody typed (base-query.h): newest first, or best first.  What the index (store-index.h) offers is held against the text of each
 * message, and against its row as it is now; what the index lacks yet is looked for in the rows (subject, people, first line), in its place among the others.
 *
 * Blocks; one thread: a StoreDb of its own, for a search may take longer than a window waits.  Errors: as store-db.h, and CANCELLED. */
#pragma once

#include "base-query.h"
#include "base-section.h"
#include "store-folder.h"
#include "store-listing.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 message, thread, account, folder;
  gint64 received;
  gint64
      own; /* the same for all copies in its account, which have one Message-ID and one date; 0: it has no Message-ID */
  BaseSection where; /* the best section that all of it was found in; 0: nothing of it is words */
  gboolean unread;
} StoreHit;

typedef enum
{
  STORE_SEARCH_NEWEST, /* exactly */
  STORE_SEARCH_BEST, /* subject and people, then what the sender wrote, then the rest; the newest first of each */
} StoreSearchOrder;

/* What account: is held against: the store knows an account by its number alone. */
typedef struct
{
  gint64 account;
  const char *words; /* what a person may call it: its label, its address, a line each */
} StoreSearchAccount;

typedef struct
{
  gint64
      folder; /* 0: everywhere but Junk, Trash and Drafts (unless in: says so), copies once; else a folder or a StoreView */
  StoreSearchOrder order;
  const StoreSearchAccount *accounts; /* of the caller; copied */
  gsize n_accounts;
} StoreSearchScope;

/* Which of them "account:text" means: set of gint64.  Those that are called so, name or address, from the first letter to the last; where
 * there is none, those that have the words.  Pure. */
GHashTable *store_search_find_accounts (const char *text, const StoreSearchAccount *accounts,
                                        gsize n) G_GNUC_WARN_UNUSED_RESULT;

/* Whether folders of this role are meant by "in:"; pure. */
gboolean store_search_is_in (StoreRole role, BaseQueryPlace place);

typedef struct _StoreSearch StoreSearch;

/* `db` must outlive it. */
StoreSearch *store_search_new (StoreDb *db, BaseQuery *query, const StoreSearchScope *scope,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void store_search_free (StoreSearch *search);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreSearch, store_search_free)

/* The next hits, at most `limit`: GArray of StoreHit; an empty one: there are no more.  Nothing is held open between two calls: what came or went meanwhile is seen or not,
 * nothing comes twice.  Cancelling ends it within milliseconds. */
GArray *store_search_next (StoreSearch *search, guint limit, GCancellable *cancellable,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All of them: at most `most` are counted (0: all).  store_search_next () begins from the first again, then and whenever it is told to. */
gboolean store_search_count (StoreSearch *search, guint most, guint *total, guint *unread,
                             GCancellable *cancellable, GError **error);
void store_search_rewind (StoreSearch *search);
/* FALSE: the text of some messages is not in the index yet: of those received before *up_to (seconds; -1: of those
 * that came just now; G_MAXINT32: of all) only rows are looked at. */
gboolean store_search_is_whole (StoreSearch *search, gint64 *up_to);
/* A piece of a message's text around what was found in it, one line, from the section where it was found best (subject and people excepted, which rows show anyway: then
 * from the body, if it is there, too); NULL: there is none.  `ranges` (nullable GArray of StoreRange, appended): what to mark in it, in order. */
typedef struct
{
  guint start, end; /* bytes */
} StoreRange;
char *store_search_dup_excerpt (StoreSearch *search, gint64 message,
                                GArray *ranges) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
