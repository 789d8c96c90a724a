/* What the files about search.db share. */
#pragma once

#include "store-index.h"
#include "store-private.h"

G_BEGIN_DECLS

/* ---- places (store-index.c) ---- */

/* A place in the index says when a message was received, to 64 seconds, the newest first; where that place is taken it is the next that is free. */
#define STORE_INDEX_PLACE(received) ((G_MAXINT32 - CLAMP ((received), 0, G_MAXINT32)) >> 6)
#define STORE_INDEX_BLOCK_BITS                                                                     \
  12 /* of a place within its block, for each of which the farthest way from what a message asked for is kept */

/* Seconds that words of deleted messages may stay in the file, while it is worked with. */
#define STORE_INDEX_KEEPS_GONE (7 * 24 * 3600)

/* Another number: the tables are others. */
#define STORE_INDEX_VERSION 6

/* A document without its text. */
typedef struct
{
  gint64 place, message;
  StoreIndexStage stage;
  gint64 received, size;
  gint64 row; /* store_index_sum_of_row () */
} StoreIndexSeen;

StoreDb *store_index_get_db (StoreIndex *index);
/* 1: found, 0: there is none, -1: error. */
int store_index_find (StoreIndex *index, gint64 message, StoreIndexSeen *seen,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All, by message, without `row`: GArray of StoreIndexSeen. */
GArray *store_index_list_docs (StoreIndex *index, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What of a row is in its document beside received and size, so that it is known to have become another. */
gint64 store_index_sum_of_row (const StoreMessage *row, StoreIndexStage stage);

/* ---- the file (store-index-file.c) ---- */

char *store_index_dup_path (Store *store) G_GNUC_WARN_UNUSED_RESULT;
/* A connection to search.db, with our tokenizer; a code of SQLite.  `create` FALSE: SQLITE_CANTOPEN where there is none. */
int store_index_connect (Store *store, gboolean create, sqlite3 **sqlite);
/* Whether it is of these words and of this mail.db.  A code of SQLite; NOTADB: it is not. */
int store_index_check (StoreDb *db, sqlite3 *sqlite, GError **error);
/* Who searched met damage in the file of this age (Store.index_age): it is begun anew, unless it was already. */
void store_index_note_damage (Store *store, int age);
/* Nothing of it is left, and the next one is of another age. */
gboolean store_index_remove_file (Store *store, GError **error);

/* ---- documents on their way in (store-index-prepare.c) ---- */

typedef struct
{
  GBytes *packed;     /* Owned */
  GByteArray *tokens; /* Owned */
  GArray *pairs;      /* Owned; of guint32, see base-pairs.h */
} StoreIndexPrepared;

/* What has to be made of each before it can be written is made by another thread, and by this one where that is behind. */
typedef struct _StoreIndexPreparing StoreIndexPreparing;
StoreIndexPreparing *store_index_preparing_new (const StoreIndexDoc *docs,
                                                gsize n) G_GNUC_WARN_UNUSED_RESULT;
void store_index_preparing_free (StoreIndexPreparing *preparing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreIndexPreparing, store_index_preparing_free)
/* Waits for it; the caller clears it. */
void store_index_preparing_take (StoreIndexPreparing *preparing, gsize i,
                                 StoreIndexPrepared *prepared);
void store_index_prepared_clear (StoreIndexPrepared *prepared);

/* ---- text as it is kept (store-index-text.c) ---- */

/* Facts of a message as tokens of their own: behind all sections.  */
#define STORE_INDEX_FACTS    18
#define STORE_INDEX_INITIALS 17 /* before tokens of initial consonants */
#define STORE_INDEX_TEXT_MAX (G_GINT64_CONSTANT (16) << 20)

/* The sections one after the other, each behind a byte that says which and four that say how long it is; no more than 4 GB. */
void store_index_text_add (GString *text, guint section, const char *bytes, gsize length);
/* Compressed; NULL: damaged. */
GBytes *store_index_text_pack (const char *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;
char *store_index_text_unpack (gconstpointer packed, gsize packed_length,
                               gsize *length) G_GNUC_WARN_UNUSED_RESULT;
/* The next section behind *at; FALSE: there is none. */
gboolean store_index_text_next (const char **at, const char *end, guint *section,
                                const char **begin, gsize *length);

/* ---- neighbours (store-index-pairs.c) ---- */

#define STORE_INDEX_SEGMENT_MOST  32768 /* messages */
#define STORE_INDEX_ROW_BITS_MOST 14    /* of the number of a row in its segment */
#define STORE_INDEX_ROW_ID(segment, number)                                                        \
  ((gint64)(segment) << STORE_INDEX_ROW_BITS_MOST | (gint64)(number))
#define STORE_INDEX_ROW_OF_ID(id) ((guint)((id) & ((1 << STORE_INDEX_ROW_BITS_MOST) - 1)))

/* A pair (base-pairs.h) of the message that is the nth of its segment: an ascending list of these is what a segment is. */
guint32 store_index_pairs_make_key (guint32 pair, guint doc);
guint store_index_pairs_get_doc (guint32 key);
/* Each once. */
void store_index_pairs_sort (GArray *keys);
/* Bits of the number of a row, where there are so many keys; and the row that a key is in. */
guint store_index_pairs_choose_row_bits (gsize n_keys);
guint store_index_pairs_get_row (guint32 key, guint row_bits);
/* Keys that are in one row. */
GByteArray *store_index_pairs_pack (const guint32 *keys, guint n, guint row_bits,
                                    guint n_docs) G_GNUC_WARN_UNUSED_RESULT;
/* Marks the messages that may have the pair of this key, whose row it is, in `docs`: a bit for each.  FALSE: it is damaged. */
gboolean store_index_pairs_find (const guint8 *row, gsize size, guint32 key, guint row_bits,
                                 guint n_docs, guint64 *docs);
/* Appends all keys of a row.  FALSE: it is damaged. */
gboolean store_index_pairs_unpack (const guint8 *row, gsize size, guint number, guint row_bits,
                                   guint n_docs, GArray *keys);

/* ---- segments (store-index-segments.c) ---- */

typedef struct _StoreIndexSegments StoreIndexSegments;
/* To be freed in either case. */
int store_index_segments_new (sqlite3 *sqlite, StoreIndexSegments **segments);
void store_index_segments_free (StoreIndexSegments *segments);
/* `pairs` of guint32.  *segment: what doc.segment is to be. */
int store_index_segments_add (StoreIndexSegments *segments, gint64 place, const GArray *pairs,
                              gint64 *segment);
/* What was added, before the transaction ends; or it is not to be. */
int store_index_segments_write (StoreIndexSegments *segments);
void store_index_segments_forget (StoreIndexSegments *segments);
/* Those in which there is what is gone are to be written anew. */
int store_index_segments_find_gone (StoreIndexSegments *segments);
/* A step of that, or of bringing small ones together.  *more: it did something, and there may be more. */
int store_index_segments_tidy (StoreIndexSegments *segments, gboolean *more);

/* ---- tokens (store-index-tokens.c) ---- */

/* Sections whose words are found by themselves, too: behind a byte that says which. */
#define STORE_INDEX_IS_TAGGED(section) ((section) < BASE_SECTION_BODY)
/* Initial consonants are found in these. */
#define STORE_INDEX_HAS_INITIALS(section) ((section) <= BASE_SECTION_CC)
typedef struct _StoreIndexTokens StoreIndexTokens;
StoreIndexTokens *store_index_tokens_new (void) G_GNUC_WARN_UNUSED_RESULT;
void store_index_tokens_free (StoreIndexTokens *tokens);
/* Appends all that a text (store_index_text_add ()) is found by, as the tokenizer wants it.  `pairs` (nullable): of guint32, see base-pairs.h. */
void store_index_tokens_list (StoreIndexTokens *tokens, const char *text, gsize length,
                              GByteArray *out, GArray *pairs);
/* Makes `sosik` known to FTS5 on this connection; a code of SQLite. */
int store_index_register (sqlite3 *sqlite);

G_END_DECLS
