/* What a list in the window shows: the conversations or messages of a folder, or of what several folders of all accounts hold
 * together, in some order, all or some of them.  Threads and errors: see store-db.h.
 *
 * A conversation is shown in a folder while one of its messages is listed there, and stands where the newest of those stands.  What
 * lies in Junk, Trash or Drafts is seen in that folder alone: views leave it out, and it does not count in a conversation that
 * another folder shows.  Copies of a message (the same Message-ID in several folders of an account) count once. */
#pragma once

#include "store-message.h"

G_BEGIN_DECLS

/* In the place of a folder id: what several folders of all accounts hold together. */
typedef enum
{
  STORE_VIEW_INBOXES = -1,
  STORE_VIEW_STARRED = -2,
  STORE_VIEW_UNREAD = -3,
  STORE_VIEW_ATTACHMENTS = -4,
  STORE_VIEW_SENDER = -5, /* all mail from one person; no change names it: it is asked for again */
  STORE_VIEW_SEARCH = -6, /* no listing: what store-search.h finds */
} StoreView;

typedef enum
{
  STORE_SORT_DATE,    /* of receipt */
  STORE_SORT_SENDER,  /* by name, as the person's language orders them; messages without one last */
  STORE_SORT_SUBJECT, /* without "Re:" and the like */
  STORE_SORT_SIZE,
} StoreSort;

/* Of a conversation: there is a message of it in the listing that is so.  Combined, all must hold. */
typedef enum
{
  STORE_FILTER_UNREAD = 1,
  STORE_FILTER_STARRED = 2,
  STORE_FILTER_ATTACHMENTS = 4,
  STORE_FILTER_KNOWN = 8, /* from people one has written to, or who are known otherwise */
} StoreFilter;

typedef struct
{
  gint64 folder; /* or a StoreView */
  gboolean conversations;
  StoreSort sort; /* of a conversation: by its newest message in the listing; equal ones by date */
  gboolean ascending;
  StoreFilter filter; /* 0: all */
  const char *sender; /* of STORE_VIEW_SENDER: the address in lower case, g_intern_string () */
} StoreListing;

/* Keys of its items in their order: GArray of StoreKey.  An item is a conversation (its thread), or without conversations a
 * message (its row); its key is (when its newest message in this listing was received << 32) | its id, so that the id of an item
 * stays when an answer moves it to the top.
 *
 * By date, newest first, and without a filter it is read from an index alone and costs what it returns: at most `limit` (0: all)
 * below `before` (0: from the top).  Otherwise it costs a walk through the folder, and `before` and `limit` do not count. */
GArray *store_listing_read (StoreDb *db, const StoreListing *listing, StoreKey before, guint limit,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How many unread messages Starred and With Attachments show.  Costs a walk over what is unread, in an index alone. */
gboolean store_listing_count_unread (StoreDb *db, guint *starred, guint *attached, GError **error);

typedef struct
{
  gint64 id; /* thread or row */
  StoreKey key;
  guint total;              /* messages of the conversation, also those that lie elsewhere (Sent) */
  guint unread;             /* of those in the listing */
  gboolean starred;         /* one in the listing is */
  gboolean has_attachments; /* one in the listing has */
  char *
      participants; /* senders of the conversation by name, each once, who wrote last is last; "" when nobody is known */
  StoreMessage *newest; /* in the listing */
  GStrv labels;         /* of those in the listing, each once */
} StoreItem;

void store_item_free (StoreItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreItem, store_item_free)

/* In the same order, NULL where an item is not in the listing any more (its filter does not count): GPtrArray of StoreItem. */
GPtrArray *store_listing_get_items (StoreDb *db, const StoreListing *listing, const gint64 *items,
                                    gsize n, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Row ids (gint64) of the messages that an action on these items means: of a conversation those in the folder; of a view those in
 * the folders where the view shows some of it.  Items that are gone mean none. */
GArray *store_listing_resolve (StoreDb *db, const StoreListing *listing, const gint64 *items,
                               gsize n, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
