/* One search at work: the hits of a query become the items of a list, from the first on, as many as are wanted.  It lives in the search thread,
 * which has a connection of its own, so that nobody waits for it; the main thread makes it, hands it around and has it closed. */
#pragma once

#include "base-query.h"
#include "mail-found.h"
#include "mail-store-thread.h"
#include "store-listing.h"
#include "store-search.h"

G_BEGIN_DECLS

/* What is looked for.  Plain; `typed` as somebody typed it. */
typedef struct
{
  char *typed;
  gint64 within; /* a folder or a StoreView; 0: everywhere */
  gboolean best; /* first; else the newest */
} MailSearchWish;
void mail_search_wish_clear (MailSearchWish *wish);

typedef struct _MailSearchRun MailSearchRun; /* any thread holds it */

/* `accounts`: GPtrArray of (char *) lines, with the account's row in `rows` (gint64) at the same place; both copied. */
MailSearchRun *mail_search_run_new (BaseQuery *query, const MailSearchWish *wish,
                                    gboolean conversations, GArray *rows,
                                    GPtrArray *accounts) G_GNUC_WARN_UNUSED_RESULT;
MailSearchRun *mail_search_run_ref (MailSearchRun *run);
void mail_search_run_unref (MailSearchRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailSearchRun, mail_search_run_unref)

/* ---- in the search thread ---- */
/* What holds on to the connection goes.  Before the last reference. */
void mail_search_run_close (MailSearchRun *run);
/* GArray of StoreKey, in their order: at least `wanted` items, if there are so many.  Asked again with more, it goes on. */
GArray *mail_search_run_read (MailSearchRun *run, StoreDb *db, guint wanted,
                              GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What has been read: a copy. */
MailFoundTable *mail_search_run_dup_found (MailSearchRun *run) G_GNUC_WARN_UNUSED_RESULT;
gboolean mail_search_run_is_over (MailSearchRun *run); /* there is no more */
gboolean mail_search_run_is_whole (MailSearchRun *run, gint64 *up_to);
gboolean mail_search_run_count (MailSearchRun *run, StoreDb *db, guint most, guint *total,
                                guint *unread, GCancellable *cancellable, GError **error);
/* The row of an item as its hit has it: NULL without an error where it is gone.  *excerpt (nullable) and `ranges` as store-search.h has them. */
StoreItem *mail_search_run_get_item (MailSearchRun *run, StoreDb *db, gint64 id,
                                     const MailFound *found, char **excerpt,
                                     GArray *ranges) G_GNUC_WARN_UNUSED_RESULT;

/* Whether what is found may change with the marks of a message (is:unread), or its folder, not only with its text. */
gboolean mail_search_follows_marks (const BaseQuery *query);

G_END_DECLS
