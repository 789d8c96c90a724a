/* What the files of the message list share: mail-message-list.c (keys and items), -change.c (what changes in the mail), -splice.c (large ones in pieces),
 * -query.c (other orders and filters), -search.c (what somebody looks for), -find.c (items that are looked for), -read.c (rows).  Main thread only. */
#pragma once

#include "mail-engine-private.h"
#include "mail-keys.h"
#include "mail-message-list.h"
#include "mail-private.h"
#include "mail-rows.h"
#include "mail-search-private.h"

G_BEGIN_DECLS

/* What a change says of the items of this list. */
#define MAIL_LIST_PART(list, part, what)                                                           \
  ((list)->listing.conversations ? (part)->threads_##what : (part)->what)

#define MAIL_LIST_PAGE  64 /* rows read together */
#define MAIL_LIST_CACHE (16 * MAIL_LIST_PAGE)

/* Of a list of what was looked for. */
typedef struct
{
  /* Owned */
  MailSearchWish wish;
  BaseQuery *query;
  MailMarks *marks;
  MailSearchRun *run;        /* at work; NULL: the next question makes one */
  GCancellable *cancellable; /* of all that is asked with this wish */
  MailFoundTable *found; /* of the keys, and of what stays or stayed among them; never changed */
  GHashTable *excerpts;  /* gint64 id -> MailExcerptRow, of the rows that were read */

  guint answers; /* of how many wishes there were: a row shows the hit of one */
  guint wanted;  /* items; more when somebody comes near their end */
  guint total, unread;
  gboolean over;    /* all there are */
  gboolean counted; /* total and unread are known */
  gboolean asking;  /* the search thread is */
  gboolean renewed; /* another wish, and what is here is still of the one before */
  gboolean whole;
  gint64 up_to;
  guint
      follow_source; /* a while before it is asked again, because the index holds more by now; 0: it does not */
} MailListSearch;

struct _MailMessageList
{
  GObject parent_instance;

  /* Owned */
  MailEngine *engine;
  MailFolder *folder;
  GArray *keys; /* of StoreKey, in the order of the listing; nobody changes them while `querying` */
  MailKeysJournal *journal;
  GQueue steps; /* of MailListStep */
  MailRows *rows;
  GHashTable *asked; /* ids whose rows are on their way */
  GQueue pages;      /* of GArray of ids: not asked for yet, the most urgent first */
  GHashTable *kept;  /* set of ids that the listing has lost, and that stay */
  GCancellable *cancellable;

  MailListSearch *search; /* NULL: a list of another kind */
  GHashTable *objects;    /* id -> Held; the items themselves are borrowed, as long as they live */

  StoreListing listing;
  StoreKey frontier; /* smaller keys are not read yet; G_MININT64: all are */
  guint generation;  /* of the listing: answers to older ones do not count */
  guint rest_source, slice_source, query_source;
  guint pages_running, last_page;
  guint looked_at; /* where that was, for a moment in which nobody holds an item */
  gboolean loading;
  gboolean querying; /* from the question until all of the answer is put in */
  gboolean stale;    /* something changed since the question */
  gboolean stepping; /* in the middle of one of `steps` */
  gboolean fresh;    /* the listing is another one: nothing stays that does not belong */
};

/* By date, newest first, all of it: kept by changes alone. */
gboolean mail_list_is_walking (MailMessageList *list);
/* Another listing is wished for: all of it is asked for anew. */
void mail_list_read_again (MailMessageList *list);
void mail_list_set_loading (MailMessageList *list, gboolean loading);

/* ---- -change.c ---- */
/* Goes on with steps that had to wait. */
void mail_list_go_on (MailMessageList *list);
/* What has been noted, and has not been done yet, does not count for another listing. */
void mail_list_clear_steps (MailMessageList *list);

/* ---- -splice.c ---- */
/* Changes `n` keys at `position` to `added` others and tells it, all at once. */
void mail_list_splice (MailMessageList *list, guint position, guint n, const StoreKey *keys,
                       guint added);
/* Takes out a piece of the `n` rows at `position`, some or all; returns how many.  The others stand at `position` then. */
guint mail_list_remove_some (MailMessageList *list, guint position, guint n);
/* How many of `n` rows come in at once, next to `already` that have. */
guint mail_list_piece_to_insert (guint already, guint n);
/* A piece of this run, which becomes what is left of it; FALSE: it is done.  `keys` as mail_keys_diff () has them; *inserted (0 at
 * first) counts what has come of the run.  `last`: after this run the list is as `keys`. */
gboolean mail_list_splice_some (MailMessageList *list, MailKeysRun *run, guint *inserted,
                                GArray *keys, gboolean last);

/* ---- -query.c ---- */
/* Asks for the whole listing, now or as soon as the answer under way is dealt with. */
void mail_list_query (MailMessageList *list);
/* The same in a moment: more changes may come. */
void mail_list_query_soon (MailMessageList *list);

/* The ids of these keys: set of gint64. */
GHashTable *mail_list_collect_ids (GArray *keys) G_GNUC_WARN_UNUSED_RESULT;

/* ---- -search.c ---- */
void mail_list_init_search (MailMessageList *list);
void mail_list_free_search (MailMessageList *list);
/* The search that is at work, or a new one. */
MailSearchRun *mail_list_ref_run (MailMessageList *list) G_GNUC_WARN_UNUSED_RESULT;
/* What was read came: `found` is taken. */
void mail_list_take_found (MailMessageList *list, MailSearchRun *run, MailFoundTable *found,
                           gboolean over, gboolean whole, gint64 up_to);
/* It could not be looked for: what was found with the words before is no answer to these. */
void mail_list_take_failure (MailMessageList *list);
const MailFound *mail_list_get_found (MailMessageList *list, gint64 id);
void mail_list_apply_to_search (MailMessageList *list, const StoreFolderChange *part);
/* What stands around a hit, of the rows that are read with it. */
typedef struct
{
  char *text;     /* nullable */
  GArray *ranges; /* of StoreRange */
} MailExcerptRow;
void mail_excerpt_row_free (gpointer row);
/* (taken) */
void mail_list_put_excerpt (MailMessageList *list, gint64 id, MailExcerptRow *row);
/* Says it to the item. */
void mail_list_mark_item (MailMessageList *list, gint64 id, MailConversation *item);
/* (search thread) Rows and excerpts of these items: GPtrArrays of StoreItem (NULL: gone) and of MailExcerptRow. */
GPtrArray *mail_list_read_found (StoreDb *db, MailSearchRun *run, const gint64 *ids, gsize n,
                                 const MailFoundTable *found,
                                 GPtrArray **excerpts) G_GNUC_WARN_UNUSED_RESULT;

/* ---- -read.c ---- */
/* The listing without order and filter: what an item is does not depend on them. */
StoreListing mail_list_plain (const StoreListing *listing);
/* Wants the page around a position, and the next one in the direction that one goes. */
void mail_list_want_page (MailMessageList *list, guint position);
/* Rows of these keys changed: forgotten, and read again where somebody looks at them. */
void mail_list_refresh (MailMessageList *list, GArray *changed);
/* Of what was found, what somebody holds and has no row here. */
void mail_list_want_held (MailMessageList *list);
/* Items that came together with keys; takes them out of the array. */
void mail_list_take_items (MailMessageList *list, GPtrArray *items);

/* What an item shows that has been looked at lately: its newest message, and the folder that has it. */
gboolean mail_list_find_newest (MailMessageList *list, gint64 id, gint64 *newest, gint64 *folder);

/* Of items that fall out of a listing: those that may stay, if what they show is still there. */
typedef struct
{
  gint64 id, newest, folder;
} MailListLeaver;
/* Those that have been looked at, of `keys` (NULL: all): GArray of MailListLeaver. */
GArray *mail_list_get_leavers (MailMessageList *list, GArray *keys) G_GNUC_WARN_UNUSED_RESULT;
/* Store thread: set of ids whose newest message is still where it was. `without` (nullable): ids that need no answer. */
GHashTable *mail_list_check_leavers (StoreDb *db, const StoreListing *listing, GArray *leavers,
                                     GHashTable *without) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  MailMessageList *list;
  gint64 id;
  MailConversation *item;
  guint
      position; /* where it was asked for, as far as it is known where that is now; else G_MAXUINT */
} MailListHeld;

G_END_DECLS
