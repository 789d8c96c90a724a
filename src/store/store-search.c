/* Finding messages: what the words offer and what the rows offer are held against the query, and given out in one order.
 *
 * Newest first: the index has documents by the time they were received, to a minute, and some stand further back than they belong; a hit is given out once nothing that
 * was not looked at yet can be newer, of the words and of the rows.  Best first: the same three times, for what was found in subject and people, in what the sender wrote,
 * and in the rest. */
#include "store-search.h"

#include <string.h>

#include "base-error.h"
#include "base-fold.h"
#include "store-search-private.h"

#define N_PHASES 3
/* FTS5 brings all messages of all words together that begin with what was typed, before it gives the first: quick if these are few.  Where many messages
 * are hits, a page of them is sooner found by looking at one message after the other, or at those that the other words offer; so that comes first, as long as of so many
 * texts that are read this part is hits.  Where the row said no, and none was read, that cost a fraction. */
#define SCANNED   100
#define SCAN_HIT  20
#define COST_READ 16
/* Of one moment, or nearly: then words tell more than so many looks. */
#define MOST_WAIT 2000
/* Places. */
#define AHEAD 4096

/* ---- what is searched ---- */

static void
folder_free (gpointer data)
{
  SearchFolder *folder = data;

  g_free (folder->name);
  g_free (folder);
}

static gboolean
read_folders (StoreSearch *self, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      self->db, error,
      "SELECT folder.id, account, role, disabled, total, unread, folder.name, delimiter "
      "FROM folder JOIN account ON account.id = folder.account WHERE deleting = 0",
      STORE_NO_INTS);
  int step = -1;

  self->folders = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, folder_free);
  while (query != NULL && (step = store_query_step (self->db, query, error)) == 1) {
    SearchFolder *folder = g_new0 (SearchFolder, 1);
    g_autofree char *name = store_query_dup_text (query, 6);
    char delimiter = (char)store_query_int (query, 7);

    folder->id = store_query_int (query, 0);
    folder->account = store_query_int (query, 1);
    folder->role = (StoreRole)store_query_int (query, 2);
    folder->is_off = store_query_int (query, 3) != 0;
    folder->total = (guint)store_query_int (query, 4);
    folder->name = base_fold (name, -1, NULL);
    folder->leaf = delimiter != 0 ? strrchr (folder->name, delimiter) : NULL;
    folder->leaf = folder->leaf != NULL ? folder->leaf + 1 : folder->name;
    g_hash_table_insert (self->folders, &folder->id, folder);
  }
  return step == 0;
}

static gboolean
has_kind (const BaseQueryNode *node, BaseQueryKind kind, BaseQueryState state)
{
  if (node->kind == kind && (kind != BASE_QUERY_IS || node->state == state))
    return TRUE;
  for (guint i = 0;
       node->children != NULL && node->kind != BASE_QUERY_NOT && i < node->children->len; i++) {
    if (has_kind (node->children->pdata[i], kind, state))
      return TRUE;
  }
  return FALSE;
}

static GHashTable *
ids_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

static gboolean
has_prefix (const char *match)
{
  return match != NULL && strstr (match, "\" *") != NULL;
}

static void
plan_words (StoreSearch *self)
{
  self->match = store_search_plan_words (self->root, STORE_SEARCH_WORDS_ALL);
  self->match_best = store_search_plan_words (self->root, STORE_SEARCH_WORDS_BEST);
  self->match_loose = store_search_plan_words (self->root, STORE_SEARCH_WORDS_LOOSE);
  if (g_strcmp0 (self->match_loose, self->match) == 0)
    g_clear_pointer (&self->match_loose, g_free);
  if (!has_prefix (self->match))
    self->first_scan = STORE_SEARCH_SCAN_NONE;
  else if (self->match_loose != NULL && !has_prefix (self->match_loose))
    self->first_scan = STORE_SEARCH_SCAN_LOOSE;
  else
    self->first_scan = STORE_SEARCH_SCAN_ALL;
}

StoreSearch *
store_search_new (StoreDb *db, BaseQuery *query, const StoreSearchScope *scope, GError **error)
{
  g_autoptr (StoreSearch) self = g_new0 (StoreSearch, 1);
  const BaseQueryNode *root = base_query_get_root (query);

  self->db = db;
  self->query = base_query_ref (query);
  self->folder = scope->folder;
  self->order = scope->order;
  self->anywhere = has_kind (root, BASE_QUERY_IN, BASE_QUERY_UNREAD);
  self->drafts = has_kind (root, BASE_QUERY_IS, BASE_QUERY_DRAFT);
  self->from = G_MININT64;
  self->until = G_MAXINT64;
  self->place = -1;
  self->version = -1;
  self->given = ids_new ();
  self->owns = ids_new ();
  self->waiting = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  self->ahead = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (!read_folders (self, error))
    return NULL;
  self->root = store_search_compile (self, root, scope);
  self->has_pairs = store_search_has_pairs (self->root);
  plan_words (self);
  store_search_plan_dates (self->root, &self->from, &self->until);
  return g_steal_pointer (&self);
}

void
store_search_free (StoreSearch *self)
{
  if (self == NULL)
    return;
  base_query_unref (self->query);
  store_search_node_free (self->root);
  g_clear_pointer (&self->folders, g_hash_table_unref);
  g_hash_table_unref (self->given);
  g_hash_table_unref (self->owns);
  g_array_unref (self->waiting);
  g_array_unref (self->ahead);
  g_clear_pointer (&self->places, store_search_places_free);
  g_clear_pointer (&self->cursors, g_array_unref);
  g_clear_pointer (&self->late, g_array_unref);
  g_free (self->match);
  g_free (self->match_best);
  g_free (self->match_loose);
  g_free (self);
}

/* ---- what waits for its turn ---- */

/* What may be a hit is looked at when its turn comes: there may be very many of one moment, of which a page is wanted.  A heap, the newest first. */
static StoreKey *
get_waiting (StoreSearch *self, guint i)
{
  return &g_array_index (self->waiting, StoreKey, i);
}

static void
swap_waiting (StoreSearch *self, guint i, guint k)
{
  StoreKey key = *get_waiting (self, i);

  *get_waiting (self, i) = *get_waiting (self, k);
  *get_waiting (self, k) = key;
}

static void
push_key (StoreSearch *self, StoreKey key)
{
  guint i = self->waiting->len;

  g_array_append_val (self->waiting, key);
  for (; i > 0 && *get_waiting (self, (i - 1) / 2) < key; i = (i - 1) / 2)
    swap_waiting (self, i, (i - 1) / 2);
}

/* NULL: none waits. */
static const StoreKey *
peek_key (StoreSearch *self)
{
  return self->waiting->len > 0 ? get_waiting (self, 0) : NULL;
}

static StoreKey
pop_key (StoreSearch *self)
{
  StoreKey key = *get_waiting (self, 0);
  guint n = self->waiting->len - 1;

  *get_waiting (self, 0) = *get_waiting (self, n);
  g_array_set_size (self->waiting, n);
  for (guint i = 0, child; (child = 2 * i + 1) < n; i = child) {
    if (child + 1 < n && *get_waiting (self, child + 1) > *get_waiting (self, child))
      child++;
    if (*get_waiting (self, child) <= *get_waiting (self, i))
      break;
    swap_waiting (self, i, child);
  }
  return key;
}

static guint
phase_of (const StoreHit *hit)
{
  return hit->where <= BASE_SECTION_CC ? 0 : hit->where <= BASE_SECTION_BODY ? 1 : 2;
}

/* Copies of a message count once where no folder was named. */
static void
give_hit (StoreSearch *self, const StoreHit *hit, GArray *out)
{
  g_hash_table_add (self->given, g_memdup2 (&hit->message, sizeof hit->message));
  if (hit->own != 0 && self->folder <= 0 && !self->anywhere
      && !g_hash_table_add (self->owns, g_memdup2 (&hit->own, sizeof hit->own)))
    return;
  g_array_append_vals (out, hit, 1);
}

/* The next one, which may be no hit. */
static gboolean
take_next (StoreSearch *self, GArray *out, GError **error)
{
  StoreKey key = pop_key (self);
  gint64 id = STORE_KEY_ID (key);
  guint n_read = self->n_read;
  StoreHit hit = { 0 };
  int found;

  /* Words and rows may both have offered it. */
  while (peek_key (self) != NULL && *peek_key (self) == key)
    (void)pop_key (self);
  if (g_hash_table_contains (self->given, &id)) {
    self->n_hit++;
    return TRUE;
  }
  found = store_search_look (self, id, &hit, error);
  if (found < 0)
    return FALSE;
  self->looked += self->n_read > n_read ? COST_READ : 1;
  self->n_hit += (guint)found;
  if (found == 0 || (self->order == STORE_SEARCH_BEST && phase_of (&hit) != self->phase))
    return TRUE;
  /* The index was told another time. */
  if (STORE_KEY_MAKE (hit.received, id) < key)
    push_key (self, STORE_KEY_MAKE (hit.received, id));
  else
    give_hit (self, &hit, out);
  return TRUE;
}

/* ---- going through ---- */

/* One call of store_search_next (). */
typedef struct
{
  StoreSearch *search;
  GCancellable *cancellable;
  sqlite3_stmt *words; /* Owned; NULL: not begun */
} Walk;

static gboolean
is_damaged (StoreSearch *self)
{
  int primary = sqlite3_errcode (self->file->sqlite) & 0xff;

  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

static gboolean
fail_to_read (Walk *walk, GError **error)
{
  base_error_set (error, BASE_ERROR_DISK, sqlite3_errmsg (walk->search->file->sqlite), "%s",
                  store_search_say_unreadable ());
  return FALSE;
}

static gboolean
begin_words (Walk *walk, GError **error)
{
  static const char *const queries[] = {
    "SELECT id FROM doc WHERE ?1 IS NOT NULL AND id > ?2 AND id <= ?3 ORDER BY id",
    "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid > ?2 AND rowid <= ?3 ORDER BY rowid",
  };
  StoreSearch *self = walk->search;
  gint64 last = self->from > 0 ? STORE_INDEX_PLACE (self->from) : G_MAXINT64;
  const char *match =
      self->order == STORE_SEARCH_BEST && self->phase == 0 ? self->match_best : self->match;

  /* Moments behind which all is older than wanted: but some stand further back than they wanted, as the whole file knows. */
  if (last != G_MAXINT64)
    last += store_search_file_get_most_shift (self->file);
  if (self->until < G_MAXINT32 && self->place < 0)
    self->place = MAX (STORE_INDEX_PLACE (MAX (self->until - 1, 0)) - 1, -1);
  if (match == NULL)
    match = self->match;
  if (self->scan == STORE_SEARCH_SCAN_LOOSE)
    match = self->match_loose;
  if (sqlite3_prepare_v2 (self->file->sqlite, queries[self->scan != STORE_SEARCH_SCAN_ALL], -1,
                          &walk->words, NULL)
      != SQLITE_OK)
    return fail_to_read (walk, error);
  (void)sqlite3_bind_text (walk->words, 1, match, -1, SQLITE_STATIC);
  (void)sqlite3_bind_int64 (walk->words, 2, self->place);
  (void)sqlite3_bind_int64 (walk->words, 3, last);
  return TRUE;
}

/* Whether what FTS5 has told of may be a hit, by its words that stand beside each other. */
static gboolean
may_hold (const StoreSearch *self, gint64 place)
{
  return self->places == NULL || store_search_places_have (self->places, place);
}

/* Some places beyond a page, for each time that FTS5 is asked it brings all lists together again. */
static void
read_ahead (Walk *walk)
{
  StoreSearch *self = walk->search;
  gint64 last = self->place;
  int code = SQLITE_ROW;

  g_array_set_size (self->ahead, 0);
  self->ahead_at = 0;
  for (guint i = 0; i < AHEAD && (code = sqlite3_step (walk->words)) == SQLITE_ROW; i++) {
    last = sqlite3_column_int64 (walk->words, 0);
    if (may_hold (self, last))
      g_array_append_val (self->ahead, last);
  }
  self->ahead_ended = code == SQLITE_DONE;
  self->ahead_last = last;
  /* Called off: it is asked again. */
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    g_array_set_size (self->ahead, 0);
    self->ahead_last = self->place;
  }
}

/* What has the words waits for its turn. */
static gboolean
consider_place (Walk *walk, GError **error)
{
  StoreSearch *self = walk->search;
  StoreKey key = 0;
  int found = store_search_file_get_key (self->file, self->place, &key);

  if (found < 0)
    return fail_to_read (walk, error);
  if (found == 1)
    push_key (self, key);
  return TRUE;
}

/* All that may have a phrase: the words need not be asked for. */
static void
take_few (StoreSearch *self)
{
  g_array_set_size (self->ahead, 0);
  self->ahead_at = 0;
  store_search_places_list (self->places, self->place, self->ahead);
  self->ahead_last = self->place;
  self->ahead_ended = TRUE;
}

static gboolean
step_words (Walk *walk, GError **error)
{
  StoreSearch *self = walk->search;
  int code;

  if (self->ahead_at < self->ahead->len) {
    self->place = g_array_index (self->ahead, gint64, self->ahead_at++);
    return consider_place (walk, error);
  }
  self->place = MAX (self->place, self->ahead_last);
  if (self->ahead_ended) {
    self->words_ended = TRUE;
    return TRUE;
  }
  if (self->has_pairs && self->places == NULL
      && !store_search_find_places (self, walk->cancellable, error))
    return FALSE;
  if (self->places != NULL && store_search_places_are_few (self->places)) {
    take_few (self);
    return TRUE;
  }
  if (walk->words == NULL && !begin_words (walk, error))
    return FALSE;
  code = sqlite3_step (walk->words);
  if (code == SQLITE_DONE) {
    self->words_ended = TRUE;
    return TRUE;
  }
  if (code != SQLITE_ROW)
    return fail_to_read (walk, error);
  self->place = sqlite3_column_int64 (walk->words, 0);
  if (may_hold (self, self->place))
    return consider_place (walk, error);
  self->looked++;
  return TRUE;
}

/* The index has it as its row says, at least: then the words found it. */
static gboolean
is_indexed (StoreSearch *self, StoreKey key)
{
  StoreIndexSeen seen;

  return self->file != NULL && store_search_file_find (self->file, STORE_KEY_ID (key), &seen) == 1
         && seen.stage >= STORE_INDEX_LINE && seen.received == key >> 32;
}

static gboolean
step_rows (Walk *walk, GError **error)
{
  StoreSearch *self = walk->search;
  StoreKey key = -1;

  /* Those that came after all that the index has seen stand among the others by their time. */
  if (self->late_at < self->late->len)
    key = g_array_index (self->late, StoreKey, self->late_at);
  if (self->next_row == 0 && !store_search_next_row (self, &self->next_row, error))
    return FALSE;
  if (key > self->next_row) {
    self->late_at++;
  } else {
    key = self->next_row;
    self->next_row = 0;
  }
  if (key < 0 || key >> 32 < self->from) {
    self->rows_ended = TRUE;
    return TRUE;
  }
  self->row_key = key;
  if (self->by_rows || !is_indexed (self, key))
    push_key (self, key);
  return TRUE;
}

/* Nothing newer than this can come. */
static gboolean
is_its_turn (StoreSearch *self, StoreKey key)
{
  return (self->words_ended
          || key >> 32 > store_search_file_get_reach (self->file, self->place + 1))
         && (self->rows_ended || self->row_key <= key);
}

static gboolean
step_on (Walk *walk, GError **error)
{
  StoreSearch *self = walk->search;
  const StoreKey *top = peek_key (self);

  if (!self->words_ended
      && (top == NULL || *top >> 32 <= store_search_file_get_reach (self->file, self->place + 1)
          || self->rows_ended || self->row_key <= *top))
    return step_words (walk, error);
  if (!self->rows_ended)
    return step_rows (walk, error);
  return step_words (walk, error);
}

static void
rewind_all (StoreSearch *self)
{
  g_array_set_size (self->waiting, 0);
  g_array_set_size (self->ahead, 0);
  self->ahead_at = 0;
  self->ahead_ended = FALSE;
  self->ahead_last = -1;
  self->place = -1;
  self->row_key = G_MAXINT64;
  self->next_row = 0;
  self->late_at = 0;
  self->words_ended = self->by_rows;
  self->scan = self->by_rows ? STORE_SEARCH_SCAN_NONE : self->first_scan;
  self->looked = self->n_hit = 0;
  self->rows_ended = FALSE;
  store_search_rewind_rows (self);
}

/* See SCANNED. */
static gboolean
scans_in_vain (StoreSearch *self)
{
  gboolean in_vain = FALSE;

  if (self->scan == STORE_SEARCH_SCAN_NONE)
    return FALSE;
  if (self->looked >= SCANNED * COST_READ) {
    in_vain = self->n_hit < SCANNED / SCAN_HIT;
    self->looked = self->n_hit = 0;
  }
  return in_vain || self->waiting->len > MOST_WAIT;
}

/* What was given out is known. */
static void
scan_otherwise (Walk *walk)
{
  StoreSearch *self = walk->search;
  gboolean was_all = self->scan == STORE_SEARCH_SCAN_ALL;
  StoreSearchScan scan;

  if (was_all) {
    g_free (self->match_loose);
    self->match_loose = store_search_plan_words (self->root, STORE_SEARCH_WORDS_LOOSE);
    if (g_strcmp0 (self->match_loose, self->match) == 0)
      g_clear_pointer (&self->match_loose, g_free);
  }
  scan = was_all && self->match_loose != NULL ? STORE_SEARCH_SCAN_LOOSE : STORE_SEARCH_SCAN_NONE;

  g_clear_pointer (&walk->words, sqlite3_finalize);
  rewind_all (self);
  self->scan = scan;
}

/* ---- the moment ---- */

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  StoreKey one = *(const StoreKey *)a, two = *(const StoreKey *)b;

  return (one < two) - (one > two);
}

static gboolean
read_late (StoreSearch *self, GError **error)
{
  g_autoptr (StoreQuery) query = NULL;
  int step = 0;

  g_clear_pointer (&self->late, g_array_unref);
  self->late = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  if (self->by_rows)
    return TRUE;
  query = store_db_query (self->db, error, "SELECT received, id FROM message WHERE id > ?1",
                          STORE_INTS (self->mark.seen));
  while (query != NULL && (step = store_query_step (self->db, query, error)) == 1) {
    StoreKey key = STORE_KEY_MAKE (store_query_int (query, 0), store_query_int (query, 1));

    g_array_append_val (self->late, key);
  }
  g_array_sort (self->late, compare_keys);
  return query != NULL && step == 0;
}

/* What is read now is of one moment.  Where the index has changed since the last time it is gone through from the first: what was given out is known. */
static gboolean
begin_moment (StoreSearch *self, GError **error)
{
  gint64 version = 0;

  if (!store_search_file_get (self->db, &self->file, error))
    return FALSE;
  self->mark = (StoreIndexMark){ 0, G_MAXINT32, G_MAXINT32 };
  if (self->file != NULL && !store_search_file_begin (self->file, &self->mark, &version)) {
    store_search_file_drop (self->db);
    self->file = NULL;
    self->mark = (StoreIndexMark){ 0, G_MAXINT32, G_MAXINT32 };
  }
  if (!store_db_get_int (self->db, &self->last, error, "SELECT coalesce (max (id), 0) FROM message",
                         STORE_NO_INTS))
    return FALSE;
  if (self->cursors != NULL && version == self->version)
    return TRUE;
  if (self->cursors == NULL && !store_search_choose_rows (self, error)) {
    g_clear_pointer (&self->cursors, g_array_unref);
    return FALSE;
  }
  /* There is no index any more. */
  self->by_rows |= self->file == NULL;
  self->version = version;
  g_clear_pointer (&self->places, store_search_places_free);
  self->phase = 0;
  if (!read_late (self, error))
    return FALSE;
  rewind_all (self);
  return TRUE;
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  sqlite3_interrupt (user_data);
}

/* ---- what callers see ---- */

static gboolean
go_on (Walk *walk, guint limit, GArray *out, GError **error)
{
  StoreSearch *self = walk->search;

  while (out->len < limit) {
    const StoreKey *top = peek_key (self);

    if (g_cancellable_set_error_if_cancelled (walk->cancellable, error))
      return FALSE;
    if (scans_in_vain (self)) {
      scan_otherwise (walk);
    } else if (top != NULL && is_its_turn (self, *top)) {
      if (!take_next (self, out, error))
        return FALSE;
    } else if (!self->words_ended || !self->rows_ended) {
      if (!step_on (walk, error))
        return FALSE;
    } else if (self->order == STORE_SEARCH_BEST && self->phase + 1 < N_PHASES) {
      self->phase++;
      g_clear_pointer (&walk->words, sqlite3_finalize);
      rewind_all (self);
    } else {
      break;
    }
  }
  return TRUE;
}

/* *again: there was damage, and without the index it can be gone on with. */
static gboolean
read_some (StoreSearch *self, guint limit, GArray *out, GCancellable *cancellable, gboolean *again,
           GError **error)
{
  Walk walk = { self, cancellable, NULL };
  gulong handler = 0;
  /* One moment of mail.db, too: and each statement by itself would lock its file. */
  gboolean ok = store_db_exec (self->db, "BEGIN", error) && begin_moment (self, error);

  *again = FALSE;
  if (ok && cancellable != NULL && self->file != NULL)
    handler =
        g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), self->file->sqlite, NULL);
  ok = ok && go_on (&walk, limit, out, error);
  if (ok && walk.words != NULL && !self->words_ended && self->n_pages++ > 0)
    read_ahead (&walk);
  g_cancellable_disconnect (cancellable, handler);
  /* What was interrupted says this and that, and of damage the next search will hear as well. */
  if (!ok && g_cancellable_is_cancelled (cancellable)) {
    g_clear_error (error);
    (void)g_cancellable_set_error_if_cancelled (cancellable, error);
  } else {
    *again = !ok && self->file != NULL && is_damaged (self);
  }
  (void)sqlite3_finalize (walk.words);
  if (!sqlite3_get_autocommit (self->db->sqlite))
    ok = store_db_exec (self->db, "COMMIT", ok ? error : NULL) && ok;
  if (self->file != NULL)
    store_search_file_end (self->file);
  if (*again) {
    store_search_file_note_damage (self->db);
    store_search_file_drop (self->db);
    self->file = NULL;
    self->version = -1;
    g_clear_pointer (&self->cursors, g_array_unref);
  }
  return ok;
}

/* What was found before an error is not given out: it is found once more, and so is what was being looked at then. */
static void
take_back (StoreSearch *self, GArray *out)
{
  for (guint i = 0; i < out->len; i++) {
    const StoreHit *hit = &g_array_index (out, StoreHit, i);

    g_hash_table_remove (self->given, &hit->message);
    g_hash_table_remove (self->owns, &hit->own);
  }
  self->version = -1;
}

GArray *
store_search_next (StoreSearch *self, guint limit, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) out = g_array_new (FALSE, FALSE, sizeof (StoreHit));
  g_autoptr (GError) local = NULL;
  gboolean again = FALSE;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (!read_some (self, limit, out, cancellable, &again, &local) && again) {
    g_clear_error (&local);
    (void)read_some (self, limit, out, cancellable, &again, &local);
  }
  if (local == NULL)
    return g_steal_pointer (&out);
  take_back (self, out);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

void
store_search_rewind (StoreSearch *self)
{
  g_hash_table_remove_all (self->given);
  g_hash_table_remove_all (self->owns);
  /* What is in the view, or has the label, by then. */
  g_clear_pointer (&self->cursors, g_array_unref);
  self->version = -1;
}

gboolean
store_search_count (StoreSearch *self, guint most, guint *total, guint *unread,
                    GCancellable *cancellable, GError **error)
{
  gboolean ok = TRUE, is_end = FALSE;

  *total = *unread = 0;
  store_search_rewind (self);
  while (ok && !is_end && (most == 0 || *total < most)) {
    guint limit = most == 0 ? 1000 : MIN (1000, most - *total);
    g_autoptr (GArray) hits = store_search_next (self, limit, cancellable, error);

    ok = hits != NULL;
    is_end = ok && hits->len == 0;
    for (guint i = 0; ok && i < hits->len; i++)
      *unread += g_array_index (hits, StoreHit, i).unread;
    *total += ok ? hits->len : 0;
  }
  store_search_rewind (self);
  return ok;
}

gboolean
store_search_is_whole (StoreSearch *self, gint64 *up_to)
{
  *up_to = self->mark.texts;
  return *up_to < 0 && self->last <= self->mark.seen;
}
