/* Which conversation a message belongs to; conversations that are merged, parted and joined.
 *
 * Any thread with a connection; all writing stands in the transaction that stores the message.  Runs for each message of a first
 * sync: the common case (a message that nobody has named) must stay without a statement. */
#include "store-thread.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "store-listing.h"
#include "store-private.h"
#include "store-subject.h"

#define MAX_IDS    256 /* of one message that link: its own, the first it names, and the last ones */
#define MANY       1000 /* messages: so many are not counted on */
#define MULTIPLIER G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)

/* ---- ids ---- */

static gboolean
load_key (StoreDb *db, GError **error)
{
  return db->store->link_key != 0
         || store_db_get_int (db, &db->store->link_key, error, "SELECT link_key FROM store",
                              STORE_NO_INTS);
}

/* Two of a million ids get one number once in a million stores; and nobody who does not know the key can make them. */
static gint64
number_of (StoreDb *db, gint64 account, const char *id, gsize length)
{
  guint64 sum = ((guint64)db->store->link_key ^ (guint64)account * MULTIPLIER) + length;

  for (gsize i = 0; i < length; i += sizeof sum) {
    guint64 word = 0;

    memcpy (&word, id + i, MIN (length - i, sizeof word));
    sum = (sum ^ word) * MULTIPLIER;
    sum ^= sum >> 29;
  }
  sum = (sum ^ sum >> 32) * MULTIPLIER;
  sum ^= sum >> 32;
  return (gint64)(sum >> 1) | 1; /* never 0 */
}

typedef struct
{
  gint64 ids[MAX_IDS];
  guint n;
} Ids;

/* The <ids> of a header field, at most `limit`; FALSE: there is none. */
static gboolean
collect (StoreDb *db, gint64 account, const char *field, guint limit, Ids *ids)
{
  guint found = 0;

  for (const char *begin = field; begin != NULL && found < limit;) {
    const char *end;

    begin = strchr (begin, '<');
    end = begin != NULL ? strchr (begin + 1, '>') : NULL;
    if (end == NULL)
      break;
    if (end > begin + 1) {
      if (ids->n == MAX_IDS) {
        memmove (&ids->ids[2], &ids->ids[3], (MAX_IDS - 3) * sizeof ids->ids[0]);
        ids->n--;
      }
      ids->ids[ids->n++] = number_of (db, account, begin + 1, (gsize)(end - begin - 1));
      found++;
    }
    begin = end + 1;
  }
  return found > 0;
}

/* ---- their numbers ---- */

void
store_thread_clear (Store *store)
{
  store_link_clear (store);
  store->last_thread = 0;
  g_clear_pointer (&store->waiting, g_hash_table_unref);
}

static gboolean
new_thread (StoreDb *db, gint64 *thread, GError **error)
{
  Store *store = db->store;

  if (store->last_thread == 0
      && !store_db_get_int (db, &store->last_thread, error, "SELECT last_thread FROM store",
                            STORE_NO_INTS))
    return FALSE;
  if (!db->has_new_threads)
    db->written_threads = store->last_thread;
  *thread = ++store->last_thread;
  db->has_new_threads = TRUE;
  return TRUE;
}

gboolean
store_thread_write_last (StoreDb *db, GError **error)
{
  if (!db->has_new_threads)
    return TRUE;
  db->has_new_threads = FALSE;
  return store_db_run (db, error, "UPDATE store SET last_thread = ?1",
                       STORE_INTS (db->store->last_thread));
}

gboolean
store_thread_resolve (StoreDb *db, gint64 *thread, GError **error)
{
  return store_db_get_int (db, thread, error, "SELECT target FROM merged WHERE thread = ?1",
                           STORE_INTS (*thread));
}

/* ---- rows from one to another ---- */

static gboolean
move_row (StoreDb *db, gint64 from, gint64 to, const StoreMember *member, GError **error)
{
  store_mark_lose (db, from, member->folder, member->received, member->marks & STORE_MARK_HEADS);
  return store_db_run (db, error, "UPDATE message SET thread = ?2, marks = ?3 WHERE id = ?1",
                       STORE_INTS (member->id, to, member->marks & ~(guint)STORE_MARK_HEADS));
}

static gboolean
merge (StoreDb *db, gint64 from, gint64 to, GError **error)
{
  g_autoptr (GArray) members = store_mark_list (db, from, error);

  for (guint i = 0; members != NULL && i < members->len; i++) {
    if (!move_row (db, from, to, &g_array_index (members, StoreMember, i), error))
      return FALSE;
  }
  store_link_note_merged (db->store, from, to);
  store_mark_touch (db, from);
  store_mark_touch (db, to);
  return members != NULL
         && store_db_run (db, error, "UPDATE merged SET target = ?2 WHERE target = ?1",
                          STORE_INTS (from, to))
         && store_db_run (db, error, "INSERT INTO merged (thread, target) VALUES (?1, ?2)",
                          STORE_INTS (from, to))
         && store_db_run (db, error, "UPDATE parted SET origin = ?2 WHERE origin = ?1",
                          STORE_INTS (from, to));
}

gboolean
store_thread_merge_loose (StoreDb *db, gint64 from, gint64 to, gboolean *merged, GError **error)
{
  gint64 parted = 0;

  *merged = FALSE;
  if (!store_db_get_int (db, &parted, error, "SELECT 1 FROM parted WHERE thread IN (?1, ?2)",
                         STORE_INTS (from, to)))
    return FALSE;
  *merged = !parted;
  return parted || merge (db, from, to, error);
}

static gboolean
measure (StoreDb *db, gint64 thread, gint64 *size, GError **error)
{
  *size = 0;
  return store_db_get_int (db, size, error,
                           "SELECT count(*) FROM (SELECT 1 FROM message INDEXED BY message_thread "
                           "WHERE thread = ?1 AND thread <> 0 LIMIT ?2)",
                           STORE_INTS (thread, MANY));
}

static gboolean
find_largest (StoreDb *db, const gint64 *threads, guint n, gint64 *largest, GError **error)
{
  gint64 most = -1;

  for (guint i = 0; i < n; i++) {
    gint64 size;

    if (!measure (db, threads[i], &size, error))
      return FALSE;
    if (size > most || (size == most && threads[i] < *largest)) {
      most = size;
      *largest = threads[i];
    }
  }
  return TRUE;
}

static gboolean
is_parted (StoreDb *db, gint64 thread, gboolean *parted, GError **error)
{
  gint64 found = 0;

  if (!store_db_get_int (db, &found, error, "SELECT 1 FROM parted WHERE thread = ?1",
                         STORE_INTS (thread)))
    return FALSE;
  *parted = found != 0;
  return TRUE;
}

/* ---- a message that comes ---- */

/* Of several that a message links: which is its own, and the rest are merged into it.  Where the person has parted one of them, it is the
 * one that the message was in before, or that of the message it answers; `by_id` has the thread of each id, 0: not known. */
static gboolean
unite (StoreDb *db, const gint64 *threads, guint n, const gint64 *by_id, guint n_ids,
       gint64 *thread, GError **error)
{
  gboolean parted[MAX_IDS], any = FALSE, is_fixed = FALSE;

  if (!store_pending_write (db, error))
    return FALSE;
  for (guint i = 0; i < n; i++) {
    if (!is_parted (db, threads[i], &parted[i], error))
      return FALSE;
    any |= parted[i];
  }
  if (!any && !find_largest (db, threads, n, thread, error))
    return FALSE;
  if (any) {
    *thread = by_id[0];
    for (guint i = n_ids; *thread == 0; i--)
      *thread = by_id[i - 1];
  }
  for (guint i = 0; i < n; i++)
    is_fixed |= parted[i] && threads[i] == *thread;
  for (guint i = 0; i < n; i++) {
    if (threads[i] != *thread && !is_fixed && !parted[i] && !merge (db, threads[i], *thread, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
link_ids (StoreDb *db, const Ids *ids, gint64 *thread, gboolean *is_new, GError **error)
{
  gint64 by_id[MAX_IDS], threads[MAX_IDS];
  guint n = 0;

  for (guint i = 0; i < ids->n; i++) {
    guint known = 0;

    by_id[i] = 0;
    if (ids->ids[i] != 0 && !store_link_find (db, ids->ids[i], &by_id[i], error))
      return FALSE;
    while (known < n && threads[known] != by_id[i])
      known++;
    if (by_id[i] != 0 && known == n)
      threads[n++] = by_id[i];
  }
  *is_new = n == 0;
  if (n == 0 && !new_thread (db, thread, error))
    return FALSE;
  if (n == 1)
    *thread = threads[0];
  if (n > 1 && !unite (db, threads, n, by_id, ids->n, thread, error))
    return FALSE;
  for (guint i = 0; i < ids->n; i++) {
    /* One that is named twice is known the second time. */
    if (by_id[i] == 0 && ids->ids[i] != 0 && !store_link_add (db, ids->ids[i], *thread, error))
      return FALSE;
  }
  return TRUE;
}

/* Nobody is named: it is new, unless another has named it. */
static gboolean
link_own (StoreDb *db, gint64 own, gint64 *thread, gboolean *is_new, GError **error)
{
  *thread = 0;
  if (own != 0 && !store_link_find (db, own, thread, error))
    return FALSE;
  *is_new = *thread == 0;
  return !*is_new
         || (new_thread (db, thread, error)
             && (own == 0 || store_link_add (db, own, *thread, error)));
}

/* It names nobody. */
static gboolean
assign_alone (StoreDb *db, gint64 account, const StoreNewMessage *message, StoreRow *row,
              gboolean *is_new, GError **error)
{
  gint64 joined = 0;

  if (message->subject == NULL || !store_subject_is_reply (message->subject))
    return link_own (db, row->own, &row->thread, is_new, error);
  row->thread = 0;
  if (row->own != 0 && !store_link_find (db, row->own, &row->thread, error))
    return FALSE;
  *is_new = FALSE;
  if (row->thread != 0)
    return TRUE;
  if (!store_lonely_find (db, account, message, row, &joined, error))
    return FALSE;
  if (joined == 0)
    return link_own (db, row->own, &row->thread, is_new, error);
  row->thread = joined;
  return row->own == 0 || store_link_add (db, row->own, joined, error);
}

gboolean
store_thread_assign (StoreDb *db, gint64 account, const StoreNewMessage *message, StoreRow *row,
                     gboolean *is_new, GError **error)
{
  Ids ids;

  if (!load_key (db, error))
    return FALSE;
  ids.n = 0;
  if (!collect (db, account, message->message_id, 1, &ids))
    ids.ids[ids.n++] = 0;
  row->own = ids.ids[0];
  row->base = 0;
  /* RFC 5256, REFERENCES, step 1. */
  return (collect (db, account, message->references, G_MAXUINT, &ids)
                  || collect (db, account, message->in_reply_to, 1, &ids)
              ? link_ids (db, &ids, &row->thread, is_new, error)
              : assign_alone (db, account, message, row, is_new, error))
         && store_lonely_call (db, account, message, row, is_new, error);
}

GArray *
store_thread_list_named (StoreDb *db, gint64 message, GError **error)
{
  Ids ids;
  g_autoptr (StoreQuery) query =
      load_key (db, error) ? store_db_query (
          db, error,
          "SELECT account, reference_ids, in_reply_to FROM message JOIN folder ON "
          "folder.id = folder WHERE message.id = ?1",
          STORE_INTS (message))
                           : NULL;
  int found = query != NULL ? store_query_step (db, query, error) : -1;

  ids.n = 0;
  if (found == 1) {
    gint64 account = store_query_int (query, 0);
    g_autofree char *references = store_query_dup_text (query, 1);
    g_autofree char *in_reply_to = store_query_dup_text (query, 2);

    (void)(collect (db, account, references, G_MAXUINT, &ids)
           || collect (db, account, in_reply_to, 1, &ids));
  }
  if (found < 0)
    return NULL;
  GArray *named = g_array_sized_new (FALSE, FALSE, sizeof (gint64), ids.n);
  return g_array_append_vals (named, ids.ids, ids.n);
}

/* ---- rows from before ---- */

/* A row without conversation, and what it is found by. */
typedef struct
{
  StoreRow row;
  char *message_id, *in_reply_to, *references, *subject, *from_address, *to; /* Owned; nullable */
} Old;

static void
clear_old (gpointer data)
{
  Old *old = data;

  g_free (old->message_id);
  g_free (old->in_reply_to);
  g_free (old->references);
  g_free (old->subject);
  g_free (old->from_address);
  g_free (old->to);
}

#define OLD_COLUMNS                                                                                \
  "message.id, folder, account, flags, doomed, received, has_attachments, thread, "                \
  "message_id, in_reply_to, reference_ids, subject, from_address, recipients "

static GArray *
read_old (StoreDb *db, StoreQuery *query, GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Old));
  int step = -1;

  g_array_set_clear_func (rows, clear_old);
  while (query != NULL && (step = store_query_step (db, query, error)) == 1) {
    Old old = { .row = { .id = store_query_int (query, 0),
                         .folder = store_query_int (query, 1),
                         .account = store_query_int (query, 2),
                         .flags = (StoreFlags)store_query_int (query, 3),
                         .doomed = store_query_int (query, 4) != 0,
                         .received = store_query_int (query, 5),
                         .has_attachments = store_query_int (query, 6) != 0,
                         .thread = store_query_int (query, 7) } };

    if (old.row.thread == 0) {
      old.message_id = store_query_dup_text (query, 8);
      old.in_reply_to = store_query_dup_text (query, 9);
      old.references = store_query_dup_text (query, 10);
      old.subject = store_query_dup_text (query, 11);
      old.from_address = store_query_dup_text (query, 12);
      old.to = store_query_dup_text (query, 13);
    }
    g_array_append_val (rows, old);
  }
  return step == 0 ? g_steal_pointer (&rows) : NULL;
}

/* Those from `id` downwards, at most `limit`, also such as have one. */
static GArray *
load_old (StoreDb *db, gint64 id, guint limit, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "SELECT " OLD_COLUMNS "FROM message CROSS JOIN folder ON folder.id = folder "
                      "WHERE message.id <= ?1 ORDER BY message.id DESC LIMIT ?2",
                      STORE_INTS (id, limit));

  return read_old (db, query, error);
}

static gboolean
adopt (StoreDb *db, Old *old, GError **error)
{
  StoreRow *row = &old->row;
  const StoreNewMessage as_new = { .message_id = old->message_id,
                                   .in_reply_to = old->in_reply_to,
                                   .references = old->references,
                                   .subject = old->subject,
                                   .from_address = old->from_address,
                                   .to = old->to };
  gboolean is_new;

  if (row->thread != 0)
    return TRUE;
  if (!store_thread_assign (db, row->account, &as_new, row, &is_new, error)
      || !store_mark_row (db, row, &row->marks, error))
    return FALSE;
  if (is_new)
    row->marks |= store_mark_heads_of_single (row->marks);
  store_mark_note_new (db, row, is_new);
  store_pending_change (db, STORE_PENDING_OLD, row);
  return TRUE;
}

gboolean
store_thread_adopt (StoreDb *db, gint64 id, GError **error)
{
  g_autoptr (GArray) rows = load_old (db, id, 1, error);

  if (rows == NULL)
    return FALSE;
  return rows->len == 0 || g_array_index (rows, Old, 0).row.id != id
         || (adopt (db, &g_array_index (rows, Old, 0), error) && store_pending_write (db, error));
}

#define ADOPTED_AT_ONCE 1000 /* rows, of which the ids of their headers are in memory */

gboolean
store_thread_adopt_acting (StoreDb *db, GError **error)
{
  gint64 last = 0;

  if (!store_db_get_int (db, &last, error, "SELECT max (place) FROM temp.acting", STORE_NO_INTS))
    return FALSE;
  for (gint64 place = 0; place < last; place += ADOPTED_AT_ONCE) {
    g_autoptr (StoreQuery) query = store_db_query (
        db, error,
        "SELECT " OLD_COLUMNS "FROM temp.acting AS a CROSS JOIN message ON message.id = a.id "
        "CROSS JOIN folder ON folder.id = folder WHERE a.place > ?1 AND a.place <= ?2 ORDER BY "
        "a.place",
        STORE_INTS (place, place + ADOPTED_AT_ONCE));
    g_autoptr (GArray) rows = read_old (db, query, error);

    for (guint i = 0; rows != NULL && i < rows->len; i++) {
      if (!adopt (db, &g_array_index (rows, Old, i), error))
        return FALSE;
    }
    if (rows == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
catch_up (StoreDb *db, guint limit, guint64 *left, GError **error)
{
  gint64 last = 0;

  if (!store_db_get_int (db, &last, error, "SELECT unthreaded FROM store", STORE_NO_INTS))
    return FALSE;
  *left = 0;
  if (last == 0)
    return TRUE;
  g_autoptr (GArray) rows = load_old (db, last, limit, error);
  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    if (!adopt (db, &g_array_index (rows, Old, i), error))
      return FALSE;
  }
  if (rows == NULL)
    return FALSE;
  last = rows->len < limit ? 0 : g_array_index (rows, Old, rows->len - 1).row.id - 1;
  *left = (guint64)last;
  return store_db_run (db, error, "UPDATE store SET unthreaded = ?1", STORE_INTS (last));
}

gboolean
store_thread_catch_up (StoreDb *db, guint limit, guint64 *left, GError **error)
{
  gint64 last = 0;

  *left = 0;
  /* The rule: without waiting for the right to write. */
  if (!store_db_get_int (db, &last, error, "SELECT unthreaded FROM store", STORE_NO_INTS))
    return FALSE;
  return last == 0
         || (store_db_enter (db, FALSE, error)
             && store_db_leave (db, catch_up (db, limit, left, error), error));
}

static gboolean
catch_up_folder (StoreDb *db, gint64 folder, guint each, GError **error)
{
  g_autoptr (GArray) ids =
      store_db_get_ints (db, error,
                         "SELECT id FROM message INDEXED BY message_list WHERE folder = ?1 "
                         "AND hidden = 0 ORDER BY received DESC LIMIT ?2",
                         STORE_INTS (folder, each));

  for (guint i = 0; ids != NULL && i < ids->len; i++) {
    if (!store_thread_adopt (db, g_array_index (ids, gint64, i), error))
      return FALSE;
  }
  return ids != NULL;
}

gboolean
store_thread_catch_up_newest (StoreDb *db, guint each, GError **error)
{
  gint64 last = 0;
  g_autoptr (GArray) folders = NULL;

  if (!store_db_get_int (db, &last, error, "SELECT unthreaded FROM store", STORE_NO_INTS))
    return FALSE;
  if (last == 0)
    return TRUE;
  folders = store_db_get_ints (db, error, "SELECT id FROM folder ORDER BY role <> ?1, id",
                               STORE_INTS (STORE_ROLE_INBOX));
  for (guint i = 0; folders != NULL && i < folders->len; i++) {
    if (!store_db_enter (db, FALSE, error)
        || !store_db_leave (
            db, catch_up_folder (db, g_array_index (folders, gint64, i), each, error), error))
      return FALSE;
  }
  return folders != NULL;
}

/* ---- the person's word ---- */

static gboolean
is_chosen (const StoreMember *member, GHashTable *ids, GHashTable *owns)
{
  return g_hash_table_contains (ids, &member->id)
         || (member->own != 0 && g_hash_table_contains (owns, &member->own));
}

/* Parts what is chosen of a conversation from the rest. */
static gboolean
part (StoreDb *db, gint64 thread, GHashTable *ids, GError **error)
{
  g_autoptr (GArray) members = store_mark_list (db, thread, error);
  g_autoptr (GHashTable) owns = g_hash_table_new (g_int64_hash, g_int64_equal);
  guint n = 0;
  gint64 other;

  for (guint i = 0; members != NULL && i < members->len; i++) {
    StoreMember *member = &g_array_index (members, StoreMember, i);

    if (g_hash_table_contains (ids, &member->id) && member->own != 0)
      g_hash_table_add (owns, &member->own);
  }
  for (guint i = 0; members != NULL && i < members->len; i++)
    n += is_chosen (&g_array_index (members, StoreMember, i), ids, owns);
  if (members == NULL || n == 0 || n == members->len)
    return members != NULL;
  if (!new_thread (db, &other, error))
    return FALSE;
  db->written_threads = other;
  for (guint i = 0; i < members->len; i++) {
    const StoreMember *member = &g_array_index (members, StoreMember, i);

    if (!is_chosen (member, ids, owns))
      continue;
    if (!move_row (db, thread, other, member, error)
        || (member->own != 0 && !store_link_move (db, member->own, other, error)))
      return FALSE;
  }
  store_mark_touch (db, thread);
  store_mark_touch (db, other);
  return store_db_run (db, error, "INSERT INTO parted (thread, origin) VALUES (?1, ?2)",
                       STORE_INTS (other, thread));
}

static gboolean
split (StoreDb *db, const gint64 *messages, gsize n, GError **error)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GHashTable) threads =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer thread;

  for (gsize i = 0; i < n; i++) {
    gint64 found = 0;

    if (!store_thread_adopt (db, messages[i], error)
        || !store_db_get_int (db, &found, error, "SELECT thread FROM message WHERE id = ?1",
                              STORE_INTS (messages[i])))
      return FALSE;
    g_hash_table_add (ids, (gpointer)&messages[i]);
    if (found != 0)
      g_hash_table_add (threads, g_memdup2 (&found, sizeof found));
  }
  g_hash_table_iter_init (&iter, threads);
  while (g_hash_table_iter_next (&iter, &thread, NULL)) {
    if (!part (db, *(gint64 *)thread, ids, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
store_thread_split (StoreDb *db, const gint64 *messages, gsize n, GError **error)
{
  return store_db_enter (db, TRUE, error)
         && store_db_leave (db, split (db, messages, n, error), error);
}

static gboolean
check_account (StoreDb *db, gint64 thread, gint64 *account, GError **error)
{
  gint64 found = 0;

  if (!store_db_get_int (db, &found, error,
                         "SELECT account FROM message JOIN folder ON folder.id = folder "
                         "WHERE thread = ?1 AND thread <> 0 LIMIT 1",
                         STORE_INTS (thread)))
    return FALSE;
  if (*account != 0 && found != 0 && found != *account) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, "%s",
                    _ ("Conversations of different accounts cannot be joined."));
    return FALSE;
  }
  *account = found != 0 ? found : *account;
  return TRUE;
}

/* A conversation that was parted from one that is not among those joined stays so. */
static gboolean
join_parted (StoreDb *db, GArray *threads, gint64 target, GError **error)
{
  gint64 kept = 0;

  for (guint i = 0; i < threads->len; i++) {
    gint64 thread = g_array_index (threads, gint64, i), origin = 0;
    gboolean is_inside = FALSE;

    if (!store_db_get_int (db, &origin, error, "SELECT origin FROM parted WHERE thread = ?1",
                           STORE_INTS (thread))
        || !store_db_run (db, error, "DELETE FROM parted WHERE thread = ?1", STORE_INTS (thread)))
      return FALSE;
    for (guint j = 0; j < threads->len; j++)
      is_inside |= g_array_index (threads, gint64, j) == origin;
    if (origin != 0 && !is_inside)
      kept = origin;
  }
  return kept == 0
         || store_db_run (db, error, "INSERT INTO parted (thread, origin) VALUES (?1, ?2)",
                          STORE_INTS (target, kept));
}

static gboolean
join (StoreDb *db, const gint64 *threads, gsize n, GError **error)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 account = 0, target = 0;

  for (gsize i = 0; i < n; i++) {
    gint64 thread = threads[i];
    gboolean known = FALSE;

    if (!store_thread_resolve (db, &thread, error) || !check_account (db, thread, &account, error))
      return FALSE;
    for (guint j = 0; j < found->len; j++)
      known |= g_array_index (found, gint64, j) == thread;
    if (!known)
      g_array_append_val (found, thread);
  }
  if (found->len < 2)
    return TRUE;
  const gint64 *ids = (const gint64 *)(gconstpointer)found->data;
  if (!find_largest (db, ids, found->len, &target, error)
      || !join_parted (db, found, target, error))
    return FALSE;
  for (guint i = 0; i < found->len; i++) {
    if (ids[i] != target && !merge (db, ids[i], target, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
store_thread_join (StoreDb *db, const gint64 *threads, gsize n, GError **error)
{
  return store_db_enter (db, TRUE, error)
         && store_db_leave (db, join (db, threads, n, error), error);
}

/* ---- for reading ---- */

gboolean
store_thread_get (StoreDb *db, gint64 message, gint64 *thread, GError **error)
{
  *thread = -1;
  if (!store_db_get_int (db, thread, error, "SELECT thread FROM message WHERE id = ?1",
                         STORE_INTS (message)))
    return FALSE;
  if (*thread == 0)
    return store_db_enter (db, FALSE, error)
           && store_db_leave (db, store_thread_adopt (db, message, error), error)
           && store_db_get_int (db, thread, error, "SELECT thread FROM message WHERE id = ?1",
                                STORE_INTS (message));
  if (*thread > 0)
    return TRUE;
  base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This message does not exist any more."));
  return FALSE;
}
