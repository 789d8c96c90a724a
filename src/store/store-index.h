/* The index of words: search.db beside mail.db, which can be made again from it at any time.  What a message is found by is kept there as text (compressed) and as the
 * tokens of that text (base-words.h) in FTS5; the place of a message in it says how new it is, so that the newest of what is found comes first (store-search.h).
 *
 * Written by one thread, which also has a StoreDb of its own for reading mail.db: the two are never written in one transaction, and no writer of mail.db ever waits
 * for this.  What is in the index and not in mail.db any more is never found, for each hit is looked up there; its words leave when store_index_add () or
 * store_index_tidy () says so.  Errors: DISK.  Damage is met by beginning anew: the function fails, and store_index_open () begins an empty one. */
#pragma once

#include "base-section.h"
#include "store-message.h"

G_BEGIN_DECLS

/* What of a message is in the index. */
typedef enum
{
  STORE_INDEX_STALE = -1, /* less, see store_index_mark_stale () */
  STORE_INDEX_ROW,        /* subject and people, as the row has them */
  STORE_INDEX_LINE,       /* and the first line of text */
  STORE_INDEX_PARTIAL,    /* as much as there is of a large one (store-partial.h) */
  STORE_INDEX_WHOLE,
} StoreIndexStage;

typedef struct _StoreIndex StoreIndex;

/* *anew (nullable): an empty one was begun, for there was none, or it was of other words, of another mail.db, or damaged. `db` is borrowed and must outlive it. */
StoreIndex *store_index_open (StoreDb *db, gboolean *anew,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void store_index_free (StoreIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreIndex, store_index_free)

/* Any thread.  Somebody who searched met damage in it: what is open is to be closed, and opening it begins an empty one. */
gboolean store_index_is_damaged (Store *store);

/* ---- what is to be done ---- */
typedef struct
{
  gint64 message, received;
  StoreIndexStage stage; /* that it could have */
  gboolean is_gone;      /* it is in the index and not in mail.db */
} StoreIndexTask;

/* All that it lacks, or has otherwise: GArray of StoreIndexTask; first what is gone, then what has text, newest first, then the rest, newest first.  Costs a
 * walk through an index of either file (0.3 s for a million). */
GArray *store_index_list_tasks (StoreIndex *index, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those of these messages that it lacks or has otherwise, appended in no order. */
gboolean store_index_look (StoreIndex *index, const gint64 *messages, gsize n, GArray *tasks,
                           GError **error);

/* ---- writing ---- */
typedef struct
{
  BaseSection section;
  const char *text; /* any bytes */
  gsize length;
} StoreIndexText;

/* Borrowed, for the call.  NULL `row`: it is gone. */
typedef struct
{
  gint64 message;
  const StoreMessage *row;
  StoreIndexStage stage;
  const StoreIndexText *
      texts; /* of a stage below PARTIAL those that the row has, see store_index_list_row_texts () */
  gsize n_texts;
} StoreIndexDoc;

/* How far it is, as all who search will know. */
typedef struct
{
  gint64 seen; /* of messages up to this row id ... */
  gint64
      rows; /* ... those received after this moment are in the index, at least what their rows say */
  gint64
      texts; /* ... and those after this one with all the text that is here; G_MAXINT32: none, -1: all */
} StoreIndexMark;

/* One transaction; replaces what there was of each message.  `mark` nullable: as before. */
gboolean store_index_add (StoreIndex *index, const StoreIndexDoc *docs, gsize n,
                          const StoreIndexMark *mark, GError **error);
/* One short transaction: whatever it has of these is to be put in again, and is listed until it was; it is found by what there is meanwhile. */
gboolean store_index_mark_stale (StoreIndex *index, const gint64 *messages, gsize n,
                                 GError **error);
/* Row id of the message that came last. */
gboolean store_index_get_last (StoreIndex *index, gint64 *last, GError **error);
void store_index_get_mark (StoreIndex *index, StoreIndexMark *mark);
/* The texts of a row, borrowed from it: at most STORE_INDEX_ROW_TEXTS of them.  Gives how many. */
#define STORE_INDEX_ROW_TEXTS 5
gsize store_index_list_row_texts (const StoreMessage *row, StoreIndexText *texts);
/* A step of bringing its pieces together, some milliseconds long for each megabyte; *more: there is another.  Once a week at most it goes on until nothing is left
 * of the words of messages that are gone; their texts go at once. */
gboolean store_index_tidy (StoreIndex *index, gboolean *more, GError **error);
/* From any thread: what is being written is given up (the function fails), until it is closed. */
void store_index_interrupt (StoreIndex *index);

G_END_DECLS
