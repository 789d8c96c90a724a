/* What a person did, as they see it: one step back each, whatever it took (some groups of operations, of several accounts).
 * It outlives the program, and is bounded in number and age.  Threads and errors: see store-db.h. */
#pragma once

#include "store-db.h"

G_BEGIN_DECLS

/* Whether it can still be taken back, or why not. */
typedef enum
{
  STORE_DEED_OPEN,
  STORE_DEED_UNDONE,
  STORE_DEED_MESSAGES_DELETED, /* for good: the server was told */
  STORE_DEED_FOLDER_DELETED,
  STORE_DEED_OLD,  /* how it was is not remembered any more */
  STORE_DEED_GONE, /* what it was done to is not there any more */
} StoreDeedState;

typedef struct
{
  gint64 id;
  gint64 at; /* seconds */
  guint count;
  char *sentence; /* as it was said then */
  StoreDeedState state;
} StoreDeed;

void store_deed_free (StoreDeed *deed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreDeed, store_deed_free)

/* Why it cannot be taken back, as a sentence; NULL: it can. */
const char *store_deed_describe_state (StoreDeedState state);
/* Belongs into the transaction of the operations.  `groups`: n of them, in the order they were done. 0 on error. */
gint64 store_deed_add (StoreDb *db, const char *sentence, guint count, const gint64 *groups,
                       gsize n, GError **error);
/* store_thread_split () and store_thread_join (), which are deeds without operations.  *deed 0: there was nothing to do.  What has come since
 * goes with what it answers when a join is undone. */
gboolean store_deed_split (StoreDb *db, const char *sentence, const gint64 *messages, gsize n,
                           gint64 *deed, GError **error);
gboolean store_deed_join (StoreDb *db, const char *sentence, const gint64 *threads, gsize n,
                          gint64 *deed, GError **error);
/* All of it or nothing.  REFUSED with a sentence: it was undone already, or it is too late. */
gboolean store_deed_undo (StoreDb *db, gint64 deed, GError **error);
/* Newest first. GPtrArray of StoreDeed. */
GPtrArray *store_deed_list (StoreDb *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Forgets them all; nothing of it can be taken back then. */
gboolean store_deed_forget_all (StoreDb *db, GError **error);

/* What is kept at most. */
#define STORE_DEED_MOST 200
#define STORE_DEED_MOST_STEPS                                                                      \
  400000 /* operations, or messages of a join, of all of them; the newest keeps its own */
#define STORE_DEED_MOST_S (30 * 24 * 3600)

G_END_DECLS
