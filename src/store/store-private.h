/* What the files of this layer share.  Nothing here is for other layers; only tests may look in. */
#pragma once

#include <sqlite3.h>

#include "store-deed.h"
#include "store-folder.h"
#include "store-listing.h"
#include "store-operation.h"
#include "store-outgoing.h"

G_BEGIN_DECLS

/* ---- the store (store-db.c) ---- */

/* Sizes that tests make small. */
typedef struct
{
  gint64 pack_size;      /* a pack this large gets no more bodies */
  gint64 compact_size;   /* smaller packs are not worth compacting */
  gint64 compact_budget; /* bytes copied at one start */
  guint recent_links; /* ids of messages in memory and log, before they are sorted into the table */
  guint few_rows; /* a search looks at so many one after the other, and does not ask for words */
} StoreLimits;

Store *store_open_with_limits (BasePaths *paths, const StoreLimits *limits, gboolean *rebuilt,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One thing that happened to a row in the list of a folder. */
typedef enum
{
  STORE_EVENT_ADDED,
  STORE_EVENT_CHANGED,
  STORE_EVENT_REMOVED,
} StoreEventKind;

typedef struct
{
  gint64 folder;
  StoreKey key;
  StoreEventKind kind;
} StoreEvent;

/* The number of an id of a message and its conversation (store-link.c); `thread` negative in memory: as the log has it, which may have been
 * merged since. */
typedef struct
{
  gint64 id, thread;
} StoreLink;

/* What is known in memory of the ids of messages (store-link.c). */
typedef struct _StoreLinks StoreLinks;

struct _Store
{
  gatomicrefcount ref_count;

  /* Owned */
  BasePaths *paths;
  char *path;   /* mail.db */
  char *bodies; /* folder of the packs */
  StoreLimits limits;
  StoreChangeFunc change_func;
  gpointer change_data;
  int damaged;       /* atomic: SQLite met a broken page */
  int index_damaged; /* atomic: who searched met damage in search.db, which is not begun anew yet */
  int index_age; /* atomic: how often search.db was begun anew; both change in store-index-file.c */

  /* The right to write, given in the order it was asked for, so that a long sync never starves
   * the person. */
  GMutex lock;
  GCond turn;
  guint64 next_ticket, serving;

  /* Only while holding that right */
  GHashTable *packs;            /* gint64 account -> StorePack being appended to */
  StoreLinks *links;            /* NULL: not read yet */
  gint64 link_key, last_thread; /* 0: not read yet */
  GHashTable *waiting;          /* message.base of answers that wait; NULL: not read yet */
};

/* Rows that came into a list or left it, and are not counted in its folder's row yet. */
typedef struct
{
  gint64 folder;
  gint64 total, unread, size;
} StoreAdded;

/* A conversation had its newest message there (a folder, or a StoreView), and may not any more. */
typedef struct
{
  gint64 thread, listing, received;
} StoreLost;

/* Octets of one message at most, where those of a folder are added up; see schema-10.sql. */
#define STORE_MOST_COUNTED (G_GUINT64_CONSTANT (1) << 40)

/* A connection to search.db for searching. */
typedef struct _StoreSearchFile StoreSearchFile;
void store_search_file_free (StoreSearchFile *file);

struct _StoreDb
{
  /* Owned */
  Store *store;
  sqlite3 *sqlite;
  GHashTable *statements; /* SQL (by address of the literal) -> sqlite3_stmt */
  sqlite3 *former;        /* before the last reopening; NULL: none */
  GHashTable *former_statements;

  gboolean writing;      /* between BEGIN and COMMIT */
  gboolean grouped;      /* begun by store_db_begin () */
  guint depth;           /* writing functions inside each other */
  gboolean durable;      /* of this transaction */
  gboolean full_sync;    /* what PRAGMA synchronous says now */
  gboolean doubtful;     /* the disk failed under it: opened anew before it is used again */
  GError *failure;       /* a write inside failed: it can only be rolled back */
  GArray *events;        /* of StoreEvent, in order of happening */
  GArray *counts;        /* of gint64 folders */
  GArray *added;         /* of StoreAdded; empty outside of writing functions */
  GArray *thread_events; /* of StoreEvent, of conversations */
  GArray *touched; /* of gint64 threads; this and the next are empty outside of writing functions */
  GArray *lost;    /* of StoreLost */
  GArray *pending; /* of StorePending; this and the next are empty outside of writing functions */
  GArray *changing;       /* of StoreChanging, while one statement writes them (store-pending.c) */
  guint changing_at;      /* the one that it asked for last */
  GArray *unwritten;      /* of StoreLink that the log lacks, as it has them */
  gint64 last_row;        /* message.id handed out last; good while something is pending */
  gint64 written_threads; /* conversations above have no row in the database */
  GHashTable *roles;      /* folder -> its StoreRole, during a transaction */
  gboolean has_new_threads; /* last_thread is not written yet */
  gboolean folder_list, outbox;
  GPtrArray *remove_after; /* paths that go once the transaction is committed */
  StoreSearchFile *search; /* see store-search-file.c; NULL: nothing was searched */
};

/* Every public writing function stands between these two: they make a transaction of its own, or
 * join the group. leave () gives back `ok`, or FALSE when the commit failed. */
gboolean store_db_enter (StoreDb *db, gboolean durable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean store_db_leave (StoreDb *db, gboolean ok, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void store_db_remove_after_commit (StoreDb *db, char *path); /* takes path */
/* After a disk that failed the files of a connection may be open for reading only, or not at all, for as long as it lives.  Not
 * within a transaction.  Statements that are lent out stay good until that has happened once more. */
gboolean store_db_reopen (StoreDb *db, GError **error);

/* ---- statements (store-query.c) ---- */

/* A prepared statement borrowed from the connection's cache; only one user of the same SQL at a
 * time. */
typedef sqlite3_stmt StoreQuery;
void store_query_done (StoreQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreQuery, store_query_done)

/* Integers for the parameters ?1, ?2, ... */
#define STORE_INTS(...)                                                                            \
  (const gint64[]){ __VA_ARGS__ }, G_N_ELEMENTS (((const gint64[]){ __VA_ARGS__ }))
#define STORE_NO_INTS NULL, 0

/* For VALUES of many rows. */
#define STORE_TIMES_5(text) text "," text "," text "," text "," text
#define STORE_TIMES_25(text)                                                                       \
  STORE_TIMES_5 (text)                                                                             \
  "," STORE_TIMES_5 (text) "," STORE_TIMES_5 (text) "," STORE_TIMES_5 (text) "," STORE_TIMES_5 (   \
      text)
#define STORE_TIMES_100(text)                                                                      \
  STORE_TIMES_25 (text)                                                                            \
  "," STORE_TIMES_25 (text) "," STORE_TIMES_25 (text) "," STORE_TIMES_25 (text)

/* `sql` must be a string literal. */
StoreQuery *store_db_query (StoreDb *db, GError **error, const char *sql, const gint64 *values,
                            gsize n) G_GNUC_WARN_UNUSED_RESULT;
/* Nullable; invalid UTF-8 is repaired. `text` must live until the statement is done. */
void store_query_bind_text (StoreQuery *query, int index, const char *text);
void store_query_bind_int (StoreQuery *query, int index, gint64 value);
/* As it is; must live until the statement is done. */
void store_query_bind_bytes (StoreQuery *query, int index, gconstpointer bytes, gsize length);
/* 1: a row, 0: no more rows, -1: error. */
int store_query_step (StoreDb *db, StoreQuery *query, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gint64 store_query_int (StoreQuery *query, int column);
/* Good until the next step. */
const guint8 *store_query_get_bytes (StoreQuery *query, int column, gsize *length);
char *store_query_dup_text (StoreQuery *query,
                            int column) G_GNUC_WARN_UNUSED_RESULT; /* NULL for NULL */

/* Runs a statement that gives no rows. */
gboolean store_db_run (StoreDb *db, GError **error, const char *sql, const gint64 *values, gsize n);
/* First column of the first row; *value stays as it was when there is no row. */
gboolean store_db_get_int (StoreDb *db, gint64 *value, GError **error, const char *sql,
                           const gint64 *values, gsize n);
/* First column of all rows: GArray of gint64. */
GArray *store_db_get_ints (StoreDb *db, GError **error, const char *sql, const gint64 *values,
                           gsize n) G_GNUC_WARN_UNUSED_RESULT;
gboolean store_db_exec (StoreDb *db, const char *sql, GError **error);
/* Turns SQLite's word into a BASE_ERROR. */
void store_db_set_error (StoreDb *db, int code, GError **error);

/* ---- the change record of the running transaction (store-change.c) ---- */

void store_db_note (StoreDb *db, gint64 folder, StoreKey key, StoreEventKind kind);
void store_db_note_thread (StoreDb *db, gint64 listing, gint64 received, gint64 thread,
                           StoreEventKind kind);
void store_db_note_counts (StoreDb *db, gint64 folder);
void store_db_clear_changes (StoreDb *db);
StoreChange *
store_db_take_changes (StoreDb *db) G_GNUC_WARN_UNUSED_RESULT; /* NULL: nothing changed */

/* ---- bytes (store-body.c, store-compact.c) ---- */

typedef struct
{
  gint64 id, number, account;
  int fd;
  gint64 size, committed;
  gint64 uncounted; /* of bodies: to be added to live */
} StorePack;

void store_pack_free (StorePack *pack);
char *store_body_dup_folder (Store *store, gint64 account) G_GNUC_WARN_UNUSED_RESULT;
char *store_body_dup_path (Store *store, gint64 account, gint64 number) G_GNUC_WARN_UNUSED_RESULT;
guint64 store_body_checksum (const void *data, gsize length);
/* Where bytes lie. */
typedef struct
{
  gint64 pack, offset, length;
  guint64 checksum;
} StorePlace;
/* Inside a transaction: bytes into the account's pack; the row that names them is the caller's. */
gboolean store_body_write (StoreDb *db, gint64 account, GBytes *bytes, StorePlace *place,
                           GError **error);
/* Adds it to what is live in the account's pack. */
void store_body_count_later (StoreDb *db, gint64 account, gint64 length);
/* *bytes NULL: not there, or not whole. */
gboolean store_body_read_place (StoreDb *db, gint64 account, gint64 number, const StorePlace *place,
                                GBytes **bytes, GError **error);
/* Inside a transaction: bytes into the account's pack, the row into body; has_body is the
 * caller's. */
gboolean store_body_add (StoreDb *db, gint64 account, gint64 message, GBytes *bytes,
                         GError **error);
/* A row of body was added that names bytes which others named before: they count once more. */
gboolean store_body_count (StoreDb *db, gint64 message, GError **error);
/* NULL with GONE when there is none or it is not whole. */
GBytes *store_body_read (StoreDb *db, gint64 message, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The pieces of messages that are here in part, when their pack is cut (store-partial.c) or makes room. */
gboolean store_partial_cut_pack (StoreDb *db, gint64 pack, gint64 size, GError **error);
/* Ids of its pieces, in their order in the pack; one of them to the end of the pack being filled. */
GArray *store_partial_list_pack (StoreDb *db, gint64 pack,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean store_partial_move (StoreDb *db, gint64 account, gint64 piece, gint64 *length,
                             GError **error);
/* The same pieces for another row. */
/* The whole has come. */
gboolean store_partial_drop (StoreDb *db, gint64 message, GError **error);
gboolean store_partial_copy (StoreDb *db, gint64 source, gint64 message, GError **error);
/* Bytes whose rows went a while ago are not kept for another row. */
gboolean store_body_forget_orphans (StoreDb *db, GError **error);
/* The next body of this account goes into a new pack. */
gboolean store_body_start_pack (StoreDb *db, gint64 account, GError **error);
/* Around the commit: the packs' sizes into rows (and to the disk), then what was decided. */
gboolean store_body_flush (StoreDb *db, gboolean durable, GError **error);
void store_body_settle (Store *store, gboolean committed);
/* At start: cuts torn tails, removes what no row names, makes room. */
gboolean store_body_tidy (StoreDb *db, GError **error);

/* ---- rows (store-message.c) ---- */

/* What decides where a message stands. */
typedef struct
{
  gint64 id, folder, account;
  guint32 uid;
  StoreFlags flags, server_flags;
  gboolean doomed, local_only;
  int stray;
  gint64 received;
  guint64 size;
  gboolean has_body, has_preview, has_attachments;
  gint64 thread, own; /* 0: not known yet, none */
  gint64 base;        /* for adding: its subject as a number; 0: nothing joins it by that */
  guint marks;        /* StoreMarks */
} StoreRow;

/* 1: found, 0: there is none, -1: error. */
int store_row_load (StoreDb *db, gint64 id, StoreRow *row,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
int store_row_find (StoreDb *db, gint64 folder, guint32 uid, StoreRow *row,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those in temp.acting (store-operation-many.c) that there are, in its order: GArray of StoreRow. */
GArray *store_row_load_acting (StoreDb *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Notes what writing `new` over `old` changes in lists and counts; who calls this writes it, and the marks that wait in db->pending. */
gboolean store_row_note_difference (StoreDb *db, const StoreRow *old, StoreRow *new,
                                    GError **error);
/* Notes that the row is in the list of its folder, or not any more, and counts it there.  Conversations are the caller's. */
void store_row_note_there (StoreDb *db, const StoreRow *row, gboolean there);
/* Writes `new` over `old` and notes what that changes in lists and counts; new->marks become what they are then. */
gboolean store_row_update (StoreDb *db, const StoreRow *old, StoreRow *new, GError **error);
/* Counts the rows that were added or changed in their folders: at the end of the outermost writing function. */
gboolean store_row_write_counts (StoreDb *db, GError **error);
/* The row goes; its operations count as ended. */
gboolean store_row_remove (StoreDb *db, const StoreRow *row, GError **error);
/* The row gets this UID; another row that has it makes place. */
gboolean store_row_take_uid (StoreDb *db, StoreRow *row, guint32 uid, GError **error);
/* row->flags from row->server_flags and the pending operations. */
gboolean store_row_replay (StoreDb *db, StoreRow *row, GError **error);
/* A new row; *row is filled. */
gboolean store_row_insert (StoreDb *db, gint64 folder, gint64 account,
                           const StoreNewMessage *message, StoreRow *row, GError **error);

/* ---- rows that wait (store-pending.c) ---- */

typedef enum
{
  STORE_PENDING_NEW,
  STORE_PENDING_OLD,   /* a row from before, that gets its conversation */
  STORE_PENDING_MARKS, /* a row of which only the marks change */
} StorePendingKind;

typedef struct
{
  StorePendingKind kind;
  const StoreNewMessage *message; /* Borrowed; of NEW, else NULL */
  StoreRow row;
  StorePlace body; /* where message->body lies */
} StorePending;

/* One of them while a statement goes through their rows. */
typedef struct
{
  gint64 id;
  guint place; /* in db->pending */
} StoreChanging;

/* A row that is written later: message, with row->id filled.  `message` must live until store_pending_write (), which store_db_leave () calls. */
gboolean store_pending_add (StoreDb *db, const StoreNewMessage *message, const StorePlace *body,
                            StoreRow *row, GError **error);
/* One that is there. */
void store_pending_change (StoreDb *db, StorePendingKind kind, const StoreRow *row);
gboolean store_pending_write (StoreDb *db, GError **error);
/* What a connection needs for that, once: a code of SQLite. */
int store_pending_prepare (StoreDb *db);
/* After a rollback. */
void store_pending_clear (StoreDb *db);
/* Instead of those it had. */
gboolean store_row_set_labels (StoreDb *db, gint64 message, const char *const *labels,
                               GError **error);
/* Whether a message with these names (of the table label, nullable) and flags has the label that a person typed, by base_fold (). */
gboolean store_label_is_called (const char *names, guint flags, const char *folded);
/* Keys of all messages that have it: GArray of StoreKey, in no order; *keys NULL: there are more than `most`, or nobody can tell without looking at them. */
gboolean store_label_find_messages (StoreDb *db, const char *folded, guint most, GArray **keys,
                                    GError **error);
/* A copy of `source` in another folder, with its body, without UID. */
gboolean store_row_insert_copy (StoreDb *db, const StoreRow *source, gint64 folder, StoreRow *row,
                                GError **error);

/* ---- conversations (store-thread.c, store-mark.c) ---- */

/* What a row is in the lists; the indexes of schema-14.sql go by these numbers. */
typedef enum
{
  STORE_MARK_HEAD = 1 << 0, /* the newest of its conversation in its folder */
  STORE_MARK_UNREAD_HEAD = 1 << 1,
  STORE_MARK_STARRED_HEAD = 1 << 2,
  STORE_MARK_ATTACHED_HEAD = 1 << 3, /* the newest of its conversation in that view */
  STORE_MARK_UNREAD = 1 << 4,
  STORE_MARK_STARRED = 1 << 5,
  STORE_MARK_ATTACHED = 1 << 6, /* it is so, and listed */
  STORE_MARK_LISTED = 1 << 7,
  STORE_MARK_ASIDE = 1 << 8, /* in Junk, Trash or Drafts */
  STORE_MARK_COPY = 1 << 9,  /* another row is the same message, and shown instead in the views */
} StoreMarks;

#define STORE_N_VIEWS 3 /* those that are kept by marks */
/* Of the view n: its StoreView, and the marks of a row that is in it, of its heads. */
#define STORE_VIEW_N(n)                                                                            \
  ((gint64[]){ STORE_VIEW_UNREAD, STORE_VIEW_STARRED, STORE_VIEW_ATTACHMENTS })[n]
#define STORE_MARK_IN(n)     ((guint)STORE_MARK_UNREAD << (n))
#define STORE_MARK_HEAD_N(n) ((guint)STORE_MARK_UNREAD_HEAD << (n))
#define STORE_MARK_HEADS                                                                           \
  (STORE_MARK_HEAD | STORE_MARK_UNREAD_HEAD | STORE_MARK_STARRED_HEAD | STORE_MARK_ATTACHED_HEAD)

/* It is in the view n. */
static inline gboolean
store_marks_are_in (guint marks, guint n)
{
  return (marks & (STORE_MARK_IN (n) | STORE_MARK_ASIDE | STORE_MARK_COPY)) == STORE_MARK_IN (n);
}

/* One row of a conversation, from the index alone. */
typedef struct
{
  gint64 id, received, folder, own;
  gint64 copies; /* see store_mark_name_copies () */
  guint marks;
  guint pending; /* its place in db->pending + 1; 0: it stands in the database */
} StoreMember;

/* Some programs give all their mail one Message-ID: only what was written at one moment, too, is a copy.  The same for all
 * copies of one message; 0: it has no Message-ID. */
static inline gint64
store_name_copies (gint64 own, gint64 date)
{
  guint64 name = ((guint64)own * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) ^ (guint64)date;

  return own == 0 ? 0 : (gint64)MAX (name, 1);
}

/* Of a folder; NONE when it is gone.  Remembered for the transaction. */
gboolean store_mark_get_role (StoreDb *db, gint64 folder, StoreRole *role, GError **error);
/* The marks that a row has by itself: from its flags and its place.  Heads and copies are the conversation's to say. */
gboolean store_mark_row (StoreDb *db, const StoreRow *row, guint *marks, GError **error);
/* Of a row with these marks that is alone in its conversation. */
guint store_mark_heads_of_single (guint marks);
/* A new row, with its marks.  `is_single`: it is alone in its conversation, and has its heads. */
void store_mark_note_new (StoreDb *db, const StoreRow *row, gboolean is_single);
/* Before `new` is written over `old`: its marks, and what that does. */
gboolean store_mark_change (StoreDb *db, const StoreRow *old, StoreRow *new, GError **error);
/* The row goes. */
void store_mark_remove (StoreDb *db, const StoreRow *row);
/* Something that a list shows of this row alone has changed. */
void store_mark_note_shown (StoreDb *db, const StoreRow *row);
/* Its columns were changed by other ways. */
gboolean store_mark_reload (StoreDb *db, gint64 id, GError **error);
/* Something that all its rows in lists show has changed. */
void store_mark_touch (StoreDb *db, gint64 thread);
/* A row of it is not the newest there any more, as the caller writes. */
void store_mark_lose (StoreDb *db, gint64 thread, gint64 folder, gint64 received, guint heads);
/* All rows of the folder are about to go. */
gboolean store_mark_drop (StoreDb *db, gint64 folder, GError **error);
/* Whether some account is switched off: then views cost a look at each row (store-account.c). */
gboolean store_account_any_disabled (StoreDb *db, gboolean *any, GError **error);
/* What stands in an account that is switched off is none of a view. */
#define STORE_OF_ENABLED                                                                           \
  "folder NOT IN (SELECT f.id FROM folder AS f JOIN account AS a ON a.id = f.account "             \
  "WHERE a.disabled = 1)"
/* All of the folder comes into the views that show it, or leaves them; its own list stays as it is. */
gboolean store_mark_tell_views (StoreDb *db, gint64 folder, gboolean shown, GError **error);
/* Its role has changed: what it holds is (not) seen elsewhere any more. */
gboolean store_mark_folder (StoreDb *db, gint64 folder, StoreRole old, StoreRole new,
                            GError **error);
/* Finds the heads of all conversations that were touched: at the end of the outermost writing function. */
gboolean store_mark_flush (StoreDb *db, GError **error);
/* GArray of StoreMember, newest first; also those that are not listed. */
GArray *store_mark_list (StoreDb *db, gint64 thread, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Fills `copies` of all members of a conversation: the same number for those that are one message, 0 where there is no Message-ID. */
gboolean store_mark_name_copies (StoreDb *db, GArray *members, GError **error);
/* Copies were what bears one Message-ID, until version 25: what is none is looked at again when the transaction ends. */
gboolean store_mark_bring_up_to_date (StoreDb *db, GError **error);

/* Row id of the newest message of a conversation in this listing; 0: it is not there. */
gboolean store_item_find_newest (StoreDb *db, const StoreListing *listing, gint64 thread,
                                 gint64 *row, GError **error);

/* The conversation of a message that is about to be stored into row->thread, and row->own; *is_new: it is the first of it. */
gboolean store_thread_assign (StoreDb *db, gint64 account, const StoreNewMessage *message,
                              StoreRow *row, gboolean *is_new, GError **error);
gboolean store_thread_write_last (StoreDb *db, GError **error);
/* Unless the person has parted one of them from another. */
gboolean store_thread_merge_loose (StoreDb *db, gint64 from, gint64 to, gboolean *merged,
                                   GError **error);
/* An answer that names no message, and that none has named: the conversation that it joins by its subject; 0: none yet, row->base is
 * what it waits by. */
gboolean store_lonely_find (StoreDb *db, gint64 account, const StoreNewMessage *message,
                            StoreRow *row, gint64 *thread, GError **error);
/* Answers that wait for such a message come to it. */
gboolean store_lonely_call (StoreDb *db, gint64 account, const StoreNewMessage *message,
                            StoreRow *row, gboolean *is_new, GError **error);
/* The same for a row from before there were conversations. */
gboolean store_thread_adopt (StoreDb *db, gint64 id, GError **error);
/* The same for all that have none in temp.acting, whose new marks wait in db->pending. */
gboolean store_thread_adopt_acting (StoreDb *db, GError **error);
/* GArray of gint64, link ids: what the message says that it answers, the nearest last. */
GArray *store_thread_list_named (StoreDb *db, gint64 message,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The id that stands for the conversation now. */
gboolean store_thread_resolve (StoreDb *db, gint64 *thread, GError **error);
/* After a rollback. */
void store_thread_clear (Store *store);

/* ---- ids of messages (store-link.c) ---- */

/* The conversation that a message of this id is of, or would be of; *thread 0: nobody has named it yet. */
gboolean store_link_find (StoreDb *db, gint64 id, gint64 *thread, GError **error);
/* Of an id that nobody has named yet. */
gboolean store_link_add (StoreDb *db, gint64 id, gint64 thread, GError **error);
/* The id, which is not 0, is of this conversation from now on. */
gboolean store_link_move (StoreDb *db, gint64 id, gint64 thread, GError **error);
/* What is said of `from` is said of `into` now. */
void store_link_note_merged (Store *store, gint64 from, gint64 into);
/* At the end of the outermost writing function. */
gboolean store_link_write (StoreDb *db, GError **error);
/* Ids of messages of an account that goes. */
gboolean store_link_forget_account (StoreDb *db, gint64 account, GError **error);
/* What is in memory, after a rollback. */
void store_link_clear (Store *store);
void store_links_free (StoreLinks *links);

/* ---- folders (store-folder*.c) ---- */

/* GONE when it is not there any more, or going to be deleted. */
gboolean store_folder_check_usable (StoreDb *db, gint64 folder, GError **error);
/* Takes the row away; what was on its way in goes back to where the server has it.  Messages that are only here keep
 * it, as a folder that the server does not have. */
gboolean store_folder_remove (StoreDb *db, gint64 folder, GError **error);
/* `path` with `from` at its head changed to `to`; NULL when it is neither that nor below it. */
char *store_folder_move_path (const char *path, char delimiter, const char *from,
                              const char *to) G_GNUC_WARN_UNUSED_RESULT;
/* The names as they are shown: what the server has with the pending operations replayed. */
gboolean store_folder_replay_names (StoreDb *db, gint64 account, GError **error);
/* What LIST said: name -> StoreFolder.  It has the folder of this name, and does not say that it is another one. */
gboolean store_folder_is_listed (GHashTable *listed, const char *name, const char *mailbox_id);
/* The server calls it and what is below it otherwise from now on.  `listed` (nullable): what is in its place still stays. */
gboolean store_folder_set_server_name (StoreDb *db, gint64 folder, const char *name,
                                       GHashTable *listed, GError **error);
/* Account of a folder, or GONE. */
gboolean store_folder_get_account (StoreDb *db, gint64 folder, gint64 *account, GError **error);

/* ---- operations (store-operation*.c) ---- */

typedef struct
{
  gint64 id, account;
  StoreOperationKind kind;
  gint64 message, folder, target, product;
  guint32 uid;
  StoreFlags flags;
  gboolean add;
  int state;
  gboolean begun;
} StoreStep;

#define STORE_STATE_WAITING 0
#define STORE_STATE_TAKEN   1
#define STORE_STATE_ENDED   2

/* Columns that store_step_read () expects first, in this order. */
#define STORE_STEP_COLUMNS                                                                         \
  "id, account, kind, message, folder, target, uid, flags, adding, state, begun, product"
void store_step_read (StoreQuery *query, StoreStep *step);
int store_step_load (StoreDb *db, gint64 id, StoreStep *step,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
gint64 store_operation_new_group (StoreDb *db, GError **error);

/* What is to be done to messages; zero where it does not matter. */
typedef struct
{
  StoreOperationKind kind;
  gboolean add;
  StoreFlags flags;
  gint64 target;
  gint64 target_account; /* filled in by store_operation_apply_verb () */
  guint delay_s;
} StoreVerb;
/* All that store_operation_set_flags () and its like do, as a part of this group. */
gboolean store_operation_apply_verb (StoreDb *db, gint64 group, const gint64 *ids, gsize n,
                                     const StoreVerb *verb, GError **error);
/* store-operation-many.c.  The rows (GArray of StoreRow) are to be changed by it, and nothing is odd about them. */
gboolean store_operation_add_many (StoreDb *db, gint64 group, const StoreVerb *verb, GArray *rows,
                                   GError **error);
/* Of a group what was not begun, and nothing else waits for; then what was. The rest is left to be looked at. */
gboolean store_operation_drop_many (StoreDb *db, gint64 group, GError **error);
gboolean store_operation_invert_many (StoreDb *db, gint64 group, gint64 inverse, GError **error);
/* A table of this connection: the rows that are meant, in order, each once. */
gboolean store_acting_clear (StoreDb *db, GError **error);
gboolean store_acting_set (StoreDb *db, const gint64 *ids, gsize n, GError **error);
/* A message comes back into a folder that was to be deleted once it was out of it: then the folder has to stay.  undo: the
 * person wants it, and it can be REFUSED. */
gboolean store_operation_keep_folder (StoreDb *db, gint64 folder, gboolean undo, GError **error);
gboolean store_operation_add_flags (StoreDb *db, gint64 group, const StoreRow *row, gboolean add,
                                    StoreFlags flags, GError **error);
gboolean store_operation_add_move (StoreDb *db, gint64 group, const StoreRow *row, gint64 target,
                                   GError **error);
gboolean store_operation_add_expunge (StoreDb *db, gint64 group, const StoreRow *row, guint delay_s,
                                      GError **error);
/* Of operations on folders (store-operation-folder.c): it was done on the server; its opposite; taking it away. */
gboolean store_operation_finish_folder (StoreDb *db, const StoreStep *step, GError **error);
gboolean store_operation_invert_folder (StoreDb *db, gint64 group, const StoreStep *step,
                                        GError **error);
gboolean store_operation_drop_folder (StoreDb *db, const StoreStep *step, GError **error);
/* As store_operation_append (), inside a transaction.  `filed`: the server puts it there by itself. */
gboolean store_operation_add_append (StoreDb *db, gint64 folder, const StoreNewMessage *message,
                                     gboolean filed, GError **error);
/* A new version of a draft and its APPEND, for which an EXPUNGE of the row `before` (0: none) that is added later waits; where the APPEND
 * is refused, that one stays.  Inside a transaction. */
gboolean store_operation_add_version (StoreDb *db, gint64 folder, const StoreNewMessage *message,
                                      gint64 before, GError **error);
/* The same, by an APPEND that was not begun. */
gboolean store_operation_swap_append (StoreDb *db, gint64 folder, const StoreNewMessage *message,
                                      gint64 append, GError **error);
/* Takes an operation away, and what it did to the rows here.  undo: the person wants it, and it can be REFUSED. */
gboolean store_operation_drop (StoreDb *db, const StoreStep *step, gboolean undo, GError **error);
/* Steps on the same message after `after` that run in `folder`, up to the one that moves it on,
 * get a new place. */
gboolean store_operation_rebind (StoreDb *db, gint64 message, gint64 after, gint64 folder,
                                 gint64 new_folder, guint32 uid, GError **error);

/* ---- deeds (store-deed*.c), all inside a transaction ---- */

/* A new one, 0 on error, and at its end what it takes; others may have to go for that. */
gint64 store_deed_insert (StoreDb *db, const char *sentence, guint count, GError **error);
gboolean store_deed_set_steps (StoreDb *db, gint64 deed, gint64 steps, GError **error);
/* Of one that split or joined: whether it can be taken back; and that. */
gboolean store_deed_read_thread_state (StoreDb *db, gint64 deed, StoreDeedState *state,
                                       GError **error);
gboolean store_deed_undo_thread (StoreDb *db, gint64 deed, GError **error);

/* ---- from one account to another (store-operation-across.c) ---- */

/* Rows (GArray of StoreRow, as they were; their ids are temp.acting) whose `folder` was just written, with one of another
 * account: they leave their conversations, are counted and listed in the new place, and get a conversation there. */
gboolean store_row_settle_across (StoreDb *db, GArray *rows, gint64 folder, GError **error);
/* The same of one row, that goes there without UID; *row follows. */
gboolean store_row_move_across (StoreDb *db, StoreRow *row, gint64 folder, gint64 account,
                                GError **error);
/* As store_operation_add_many (), of rows of other accounts than the target's. */
gboolean store_operation_add_across (StoreDb *db, gint64 group, const StoreVerb *verb, GArray *rows,
                                     GError **error);
/* All of one account and another, whose turn it ever is: one of them goes. */
gboolean store_operation_end_across (StoreDb *db, gint64 account, GError **error);

/* ---- drafts (store-draft.c) ---- */

char *store_draft_dup_folder (BasePaths *paths, const char *id) G_GNUC_WARN_UNUSED_RESULT;
gboolean store_draft_check_id (const char *id, GError **error);
/* Files in attachments/ that draft.ini does not name. */
void store_draft_tidy (BasePaths *paths, const char *id);
/* Where store_draft_begin_message () writes. */
char *store_draft_dup_message_path (BasePaths *paths, const char *id) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
