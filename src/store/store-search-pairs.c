/* Which messages may have a phrase, by the words that stand beside each other in them (store-index-segments.c): asked once, for all of the index, before the words are asked for.
 * One thread. */
#include <string.h>

#include "base-error.h"
#include "store-search-private.h"

/* So few places, and one for each of so many messages, are sooner looked at than FTS5 has brought the lists of frequent words together. */
#define FEW        16
#define FEW_IN_ALL 4000
/* A pair that has left each of so many messages that others left says nothing beside them, and is not asked for any more. */
#define IN_VAIN 32

struct _StoreSearchPlaces
{
  guint64 *bits; /* Owned: a bit for each place */
  gint64 n_places;
  guint n_set;
  gint64 n_docs; /* of all of the index */
};

/* ---- of a query ---- */

gboolean
store_search_has_pairs (const SearchNode *node)
{
  gboolean any = node->pairs != NULL;

  for (guint i = 0;
       !any && node->kind != BASE_QUERY_NOT && node->children != NULL && i < node->children->len;
       i++)
    any = store_search_has_pairs (node->children->pdata[i]);
  return any;
}

/* ---- of a segment ---- */

typedef struct
{
  StoreSearchFile *file;
  gint64 id;
  guint n_docs, n_words, row_bits;
  gboolean is_damaged;
  int code; /* of SQLite */
} Segment;

static gboolean
is_empty (const Segment *segment, const guint64 *docs)
{
  for (guint i = 0; i < segment->n_words; i++) {
    if (docs[i] != 0)
      return FALSE;
  }
  return TRUE;
}

/* `is_first`: no other has narrowed `docs`. */
static void
narrow_by_pair (Segment *segment, SearchPair *pair, gboolean is_first, guint64 *docs)
{
  sqlite3_stmt *statement = segment->file->get_pairs;
  guint32 key = store_index_pairs_make_key (pair->sum, 0);
  guint row = store_index_pairs_get_row (key, segment->row_bits);
  g_autofree guint64 *found = g_new0 (guint64, segment->n_words);
  int code;

  (void)sqlite3_bind_int64 (statement, 1, STORE_INDEX_ROW_ID (segment->id, row));
  code = sqlite3_step (statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    segment->code = code;
  else if (code == SQLITE_DONE
           || !store_index_pairs_find (sqlite3_column_blob (statement, 0),
                                       (gsize)sqlite3_column_bytes (statement, 0), key,
                                       segment->row_bits, segment->n_docs, found))
    segment->is_damaged = TRUE;
  (void)sqlite3_reset (statement);
  if (segment->is_damaged)
    return;
  pair->n_asked += segment->n_docs;
  for (guint i = 0; i < segment->n_words; i++) {
    guint64 left = docs[i] & found[i];

    pair->n_had += (guint)__builtin_popcountll (found[i]);
    if (!is_first) {
      pair->n_out += (guint)__builtin_popcountll (docs[i] & ~left);
      pair->n_left += (guint)__builtin_popcountll (left);
    }
    docs[i] = left;
  }
}

/* One that was not asked for yet keeps its turn. */
static gboolean
is_rarer (const SearchPair *pair, const SearchPair *other)
{
  return (guint64)pair->n_had * other->n_asked < (guint64)other->n_had * pair->n_asked;
}

/* The rarest first: in most segments nothing is left after one or two. */
static void
narrow_by_pairs (Segment *segment, GArray *pairs, guint64 *docs)
{
  SearchPair *all = (SearchPair *)(gpointer)pairs->data;
  gboolean is_first = TRUE;

  for (guint i = 0; i < pairs->len && !is_empty (segment, docs); i++) {
    if (!is_first && all[i].n_out == 0 && all[i].n_left >= IN_VAIN)
      continue;
    narrow_by_pair (segment, &all[i], is_first, docs);
    is_first = FALSE;
  }
  for (guint i = 1; i < pairs->len; i++) {
    SearchPair pair = all[i];
    guint k = i;

    for (; k > 0 && is_rarer (&pair, &all[k - 1]); k--)
      all[k] = all[k - 1];
    all[k] = pair;
  }
}

/* Leaves those of `docs` that may have it. */
static void
narrow (Segment *segment, SearchNode *node, guint64 *docs)
{
  guint n = node->children != NULL ? node->children->len : 0;
  g_autofree guint64 *any = NULL;

  if (!store_search_has_pairs (node))
    return;
  if (node->pairs != NULL)
    narrow_by_pairs (segment, node->pairs, docs);
  for (guint i = 0; node->kind == BASE_QUERY_AND && i < n && !is_empty (segment, docs); i++)
    narrow (segment, node->children->pdata[i], docs);
  if (node->kind != BASE_QUERY_OR)
    return;
  any = g_new0 (guint64, segment->n_words);
  for (guint i = 0; i < n; i++) {
    g_autofree guint64 *one = g_memdup2 (docs, segment->n_words * sizeof *docs);

    narrow (segment, node->children->pdata[i], one);
    for (guint k = 0; k < segment->n_words; k++)
      any[k] |= one[k];
  }
  memcpy (docs, any, segment->n_words * sizeof *docs);
}

static void
add_place (StoreSearchPlaces *self, gint64 place)
{
  guint64 *word, bit = (guint64)1 << place % 64;

  if (place >= self->n_places)
    return;
  word = &self->bits[place / 64];
  self->n_set += (*word & bit) == 0;
  *word |= bit;
}

static void
add_docs (StoreSearchPlaces *self, Segment *segment, const guint64 *docs)
{
  GBytes *bytes;
  const guint8 *places;
  gsize size;

  segment->code = store_search_file_get_places (segment->file, segment->id, &bytes);
  if (segment->code != SQLITE_ROW)
    return;
  places = g_bytes_get_data (bytes, &size);
  segment->is_damaged |= size != (gsize)segment->n_docs * sizeof (guint32);
  for (guint i = 0; !segment->is_damaged && i < segment->n_words; i++) {
    for (guint64 word = docs[i]; word != 0; word &= word - 1) {
      guint doc = i * 64 + (guint)__builtin_ctzll (word);
      guint32 place;

      if (doc >= segment->n_docs)
        break;
      memcpy (&place, places + doc * sizeof place, sizeof place);
      add_place (self, GUINT32_FROM_LE (place));
    }
  }
}

static void
look_into (StoreSearchPlaces *self, Segment *segment, SearchNode *root)
{
  g_autofree guint64 *docs = NULL;

  segment->is_damaged = segment->n_docs == 0 || segment->n_docs > STORE_INDEX_SEGMENT_MOST
                        || segment->row_bits > STORE_INDEX_ROW_BITS_MOST;
  if (segment->is_damaged)
    return;
  segment->n_words = (segment->n_docs + 63) / 64;
  docs = g_new (guint64, segment->n_words);
  memset (docs, 0xff, segment->n_words * sizeof *docs);
  if (segment->n_docs % 64 != 0)
    docs[segment->n_words - 1] = ((guint64)1 << segment->n_docs % 64) - 1;
  narrow (segment, root, docs);
  if (segment->code == SQLITE_DONE && !segment->is_damaged && !is_empty (segment, docs))
    add_docs (self, segment, docs);
}

/* ---- of the index ---- */

/* A broken page, or what stands in a whole one cannot be. */
static gboolean
is_damage (int code)
{
  return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

/* `n`: so many segments there are to be. */
static int
look_into_all (StoreSearchPlaces *self, StoreSearchFile *file, SearchNode *root, gint64 n,
               GCancellable *cancellable, gboolean *is_damaged)
{
  sqlite3_stmt *list = file->list_segments;
  int code;

  while ((code = sqlite3_step (list)) == SQLITE_ROW && !*is_damaged
         && !g_cancellable_is_cancelled (cancellable)) {
    Segment segment = { .file = file,
                        .id = sqlite3_column_int64 (list, 0),
                        .n_docs = (guint)sqlite3_column_int64 (list, 1),
                        .row_bits = (guint)sqlite3_column_int64 (list, 2),
                        .code = SQLITE_DONE };

    n--;
    self->n_docs += segment.n_docs;
    look_into (self, &segment, root);
    *is_damaged = segment.is_damaged;
    code = segment.code;
    if (code != SQLITE_DONE && code != SQLITE_ROW)
      break;
  }
  /* The connection has forgotten the error when this statement, or the next one, has ended well. */
  *is_damaged |= is_damage (code) || (code == SQLITE_DONE && n != 0);
  (void)sqlite3_reset (list);
  return code;
}

gboolean
store_search_find_places (StoreSearch *self, GCancellable *cancellable, GError **error)
{
  StoreSearchFile *file = self->file;
  StoreSearchPlaces *places = g_new0 (StoreSearchPlaces, 1);
  gboolean is_damaged = FALSE;
  gint64 n_segments = 0;
  int code = sqlite3_step (file->get_end);

  is_damaged = is_damage (code);
  g_clear_pointer (&self->places, store_search_places_free);
  self->places = places;
  if (code == SQLITE_ROW) {
    places->n_places = CLAMP (sqlite3_column_int64 (file->get_end, 0) + 1, 1, G_MAXINT32);
    n_segments = sqlite3_column_int64 (file->get_end, 1);
  }
  (void)sqlite3_reset (file->get_end);
  /* Memory of nothing but zeros costs nothing. */
  places->bits = g_new0 (guint64, (gsize)places->n_places / 64 + 1);
  if (code == SQLITE_ROW)
    code = look_into_all (places, file, self->root, n_segments, cancellable, &is_damaged);
  if (g_cancellable_set_error_if_cancelled (cancellable, error)) {
    g_clear_pointer (&self->places, store_search_places_free);
    return FALSE;
  }
  if (is_damaged) {
    /* It is begun anew; until then the words alone have to do. */
    store_search_file_note_damage (self->db);
    g_clear_pointer (&self->places, store_search_places_free);
    self->has_pairs = FALSE;
    return TRUE;
  }
  if (code == SQLITE_DONE)
    return TRUE;
  g_clear_pointer (&self->places, store_search_places_free);
  base_error_set (error, BASE_ERROR_DISK, sqlite3_errstr (code), "%s",
                  store_search_say_unreadable ());
  return FALSE;
}

void
store_search_places_free (StoreSearchPlaces *self)
{
  g_free (self->bits);
  g_free (self);
}

gboolean
store_search_places_have (const StoreSearchPlaces *self, gint64 place)
{
  return place >= 0 && place < self->n_places && (self->bits[place / 64] >> place % 64 & 1) != 0;
}

gboolean
store_search_places_are_few (const StoreSearchPlaces *self)
{
  return self->n_set <= FEW + self->n_docs / FEW_IN_ALL;
}

void
store_search_places_list (const StoreSearchPlaces *self, gint64 after, GArray *places)
{
  for (gint64 i = MAX (after + 1, 0) / 64; i <= (self->n_places - 1) / 64; i++) {
    for (guint64 word = self->bits[i]; word != 0; word &= word - 1) {
      gint64 place = i * 64 + __builtin_ctzll (word);

      if (place > after)
        g_array_append_val (places, place);
    }
  }
}
