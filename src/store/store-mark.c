/* Where conversations stand in the lists of folders and views: which row is the newest of its conversation there.  Rows
 * tell what becomes of them one by one; each conversation that was touched is looked at once, when the outermost writing function
 * ends, from an index alone.  What that changes is told by threads_added, threads_changed and threads_removed.
 *
 * A conversation is read whole for that, in memory that is read anyway: of 10,000 messages that takes less than 10 ms, once for all that a
 * writing function does to it.
 *
 * Any thread with a connection, in a transaction.  Must never cost more for a folder that is larger. */
#include "store-listing.h"
#include "store-private.h"

/* ---- what rows tell ---- */

gboolean
store_mark_get_role (StoreDb *db, gint64 folder, StoreRole *role, GError **error)
{
  gpointer known;
  gint64 found = STORE_ROLE_NONE;

  if (g_hash_table_lookup_extended (db->roles, GSIZE_TO_POINTER ((gsize)folder), NULL, &known)) {
    *role = (StoreRole)GPOINTER_TO_INT (known);
    return TRUE;
  }
  if (!store_db_get_int (db, &found, error, "SELECT role FROM folder WHERE id = ?1",
                         STORE_INTS (folder)))
    return FALSE;
  *role = (StoreRole)found;
  g_hash_table_insert (db->roles, GSIZE_TO_POINTER ((gsize)folder), GINT_TO_POINTER ((int)found));
  return TRUE;
}

static gboolean
is_aside (StoreRole role)
{
  return role == STORE_ROLE_JUNK || role == STORE_ROLE_TRASH || role == STORE_ROLE_DRAFTS;
}

gboolean
store_mark_row (StoreDb *db, const StoreRow *row, guint *marks, GError **error)
{
  StoreRole role;

  if (!store_mark_get_role (db, row->folder, &role, error))
    return FALSE;
  *marks = is_aside (role) ? STORE_MARK_ASIDE : 0;
  if (row->doomed || row->flags & STORE_FLAG_DELETED)
    return TRUE;
  *marks |= STORE_MARK_LISTED;
  if (!(row->flags & STORE_FLAG_SEEN))
    *marks |= STORE_MARK_UNREAD;
  if (row->flags & STORE_FLAG_FLAGGED)
    *marks |= STORE_MARK_STARRED;
  if (row->has_attachments)
    *marks |= STORE_MARK_ATTACHED;
  return TRUE;
}

void
store_mark_touch (StoreDb *db, gint64 thread)
{
  if (thread != 0
      && (db->touched->len == 0
          || g_array_index (db->touched, gint64, db->touched->len - 1) != thread))
    g_array_append_val (db->touched, thread);
}

static StoreKey
key_of (const StoreRow *row)
{
  return STORE_KEY_MAKE (row->received, row->id);
}

void
store_mark_note_new (StoreDb *db, const StoreRow *row, gboolean is_single)
{
  for (guint n = 0; n < STORE_N_VIEWS; n++) {
    if (!store_marks_are_in (row->marks, n))
      continue;
    store_db_note (db, STORE_VIEW_N (n), key_of (row), STORE_EVENT_ADDED);
    if (is_single)
      store_db_note_thread (db, STORE_VIEW_N (n), row->received, row->thread, STORE_EVENT_ADDED);
  }
  if (!is_single)
    store_mark_touch (db, row->thread);
  else if (row->marks & STORE_MARK_HEAD)
    store_db_note_thread (db, row->folder, row->received, row->thread, STORE_EVENT_ADDED);
}

guint
store_mark_heads_of_single (guint marks)
{
  guint heads = marks & STORE_MARK_LISTED ? STORE_MARK_HEAD : 0;

  for (guint n = 0; n < STORE_N_VIEWS; n++)
    heads |= store_marks_are_in (marks, n) ? STORE_MARK_HEAD_N (n) : 0;
  return heads;
}

static void
lose (StoreDb *db, gint64 thread, gint64 listing, gint64 received)
{
  const StoreLost lost = { .thread = thread, .listing = listing, .received = received };

  g_array_append_val (db->lost, lost);
}

void
store_mark_lose (StoreDb *db, gint64 thread, gint64 folder, gint64 received, guint heads)
{
  if (heads & STORE_MARK_HEAD)
    lose (db, thread, folder, received);
  for (guint n = 0; n < STORE_N_VIEWS; n++) {
    if (heads & STORE_MARK_HEAD_N (n))
      lose (db, thread, STORE_VIEW_N (n), received);
  }
  store_mark_touch (db, thread);
}

/* Of lists of messages in views. */
static void
note_views (StoreDb *db, const StoreRow *old, const StoreRow *new)
{
  for (guint n = 0; n < STORE_N_VIEWS; n++) {
    gboolean was = store_marks_are_in (old->marks, n),
             is = new != NULL &&store_marks_are_in (new->marks, n);

    if (was && is && key_of (old) == key_of (new)) {
      store_db_note (db, STORE_VIEW_N (n), key_of (new), STORE_EVENT_CHANGED);
      continue;
    }
    if (was)
      store_db_note (db, STORE_VIEW_N (n), key_of (old), STORE_EVENT_REMOVED);
    if (is)
      store_db_note (db, STORE_VIEW_N (n), key_of (new), STORE_EVENT_ADDED);
  }
}

gboolean
store_mark_change (StoreDb *db, const StoreRow *old, StoreRow *new, GError **error)
{
  gboolean same_place = old->folder == new->folder && old->received == new->received;
  guint kept = 0;

  if (old->thread == 0)
    return TRUE;
  if (!store_mark_row (db, new, &new->marks, error))
    return FALSE;
  new->marks |= old->marks &STORE_MARK_COPY;
  if (same_place && new->marks & STORE_MARK_LISTED)
    kept |= STORE_MARK_HEAD;
  for (guint n = 0; n < STORE_N_VIEWS; n++) {
    if (old->received == new->received && store_marks_are_in (new->marks, n))
      kept |= STORE_MARK_HEAD_N (n);
  }
  kept &= old->marks;
  new->marks |= kept;
  if (same_place && old->flags == new->flags && old->marks == new->marks)
    return TRUE;
  store_mark_lose (db, old->thread, old->folder, old->received,
                   old->marks & ~kept & STORE_MARK_HEADS);
  note_views (db, old, new);
  return TRUE;
}

void
store_mark_remove (StoreDb *db, const StoreRow *row)
{
  if (row->thread == 0)
    return;
  store_mark_lose (db, row->thread, row->folder, row->received, row->marks & STORE_MARK_HEADS);
  note_views (db, row, NULL);
}

void
store_mark_note_shown (StoreDb *db, const StoreRow *row)
{
  if (row->marks & STORE_MARK_HEAD)
    store_db_note_thread (db, row->folder, row->received, row->thread, STORE_EVENT_CHANGED);
  for (guint n = 0; n < STORE_N_VIEWS; n++) {
    if (row->marks & STORE_MARK_HEAD_N (n))
      store_db_note_thread (db, STORE_VIEW_N (n), row->received, row->thread, STORE_EVENT_CHANGED);
    if (store_marks_are_in (row->marks, n))
      store_db_note (db, STORE_VIEW_N (n), key_of (row), STORE_EVENT_CHANGED);
  }
}

gboolean
store_mark_reload (StoreDb *db, gint64 id, GError **error)
{
  StoreRow row, new;
  int found = store_row_load (db, id, &row, error);

  if (found <= 0)
    return found == 0;
  new = row;
  if (!store_mark_change (db, &row, &new, error))
    return FALSE;
  store_mark_note_shown (db, &row);
  return new.marks == row.marks
         || store_db_run (db, error, "UPDATE message SET marks = ?2 WHERE id = ?1",
                          STORE_INTS (id, new.marks));
}

/* ---- whole folders ---- */

/* All that the folder lists comes into the view of inboxes, or leaves it. */
static gboolean
note_inbox (StoreDb *db, gint64 folder, StoreEventKind kind, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT id, received, thread, marks, hidden FROM message WHERE folder = ?1",
      STORE_INTS (folder));
  int step = -1;

  while (query != NULL && (step = store_query_step (db, query, error)) == 1) {
    gint64 received = store_query_int (query, 1);

    if (!store_query_int (query, 4))
      store_db_note (db, STORE_VIEW_INBOXES, STORE_KEY_MAKE (received, store_query_int (query, 0)),
                     kind);
    if (store_query_int (query, 3) & STORE_MARK_HEAD)
      store_db_note_thread (db, STORE_VIEW_INBOXES, received, store_query_int (query, 2), kind);
  }
  return step == 0;
}

gboolean
store_mark_drop (StoreDb *db, gint64 folder, GError **error)
{
  StoreRole role;

  if (!store_mark_get_role (db, folder, &role, error)
      || (role == STORE_ROLE_INBOX && !note_inbox (db, folder, STORE_EVENT_REMOVED, error)))
    return FALSE;
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT id, received, thread, marks FROM message WHERE folder = ?1 AND thread <> 0",
      STORE_INTS (folder));
  int step = -1;
  while (query != NULL && (step = store_query_step (db, query, error)) == 1) {
    const StoreRow row = { .id = store_query_int (query, 0),
                           .received = store_query_int (query, 1),
                           .thread = store_query_int (query, 2),
                           /* Nobody is told of the list of a folder that is gone. */
                           .marks = (guint)store_query_int (query, 3) & ~(guint)STORE_MARK_HEAD };

    store_mark_remove (db, &row);
  }
  g_hash_table_remove (db->roles, GSIZE_TO_POINTER ((gsize)folder));
  return step == 0;
}

gboolean
store_mark_tell_views (StoreDb *db, gint64 folder, gboolean shown, GError **error)
{
  StoreEventKind kind = shown ? STORE_EVENT_ADDED : STORE_EVENT_REMOVED;
  StoreRole role;

  if (!store_mark_get_role (db, folder, &role, error)
      || (role == STORE_ROLE_INBOX && !note_inbox (db, folder, kind, error)))
    return FALSE;
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT id, received, thread, marks FROM message WHERE folder = ?1 AND thread <> 0",
      STORE_INTS (folder));
  int step = -1;
  while (query != NULL && (step = store_query_step (db, query, error)) == 1) {
    gint64 id = store_query_int (query, 0), received = store_query_int (query, 1);
    guint marks = (guint)store_query_int (query, 3);

    for (guint n = 0; n < STORE_N_VIEWS; n++) {
      if (store_marks_are_in (marks, n))
        store_db_note (db, STORE_VIEW_N (n), STORE_KEY_MAKE (received, id), kind);
      if (marks & STORE_MARK_HEAD_N (n))
        store_db_note_thread (db, STORE_VIEW_N (n), received, store_query_int (query, 2), kind);
    }
  }
  return step == 0;
}

gboolean
store_mark_folder (StoreDb *db, gint64 folder, StoreRole old, StoreRole new, GError **error)
{
  g_hash_table_remove (db->roles, GSIZE_TO_POINTER ((gsize)folder));
  if ((old == STORE_ROLE_INBOX && new != STORE_ROLE_INBOX
       && !note_inbox (db, folder, STORE_EVENT_REMOVED, error))
      || (old != STORE_ROLE_INBOX && new == STORE_ROLE_INBOX
          && !note_inbox (db, folder, STORE_EVENT_ADDED, error)))
    return FALSE;
  if (is_aside (old) == is_aside (new))
    return TRUE;
  g_autoptr (GArray) ids = store_db_get_ints (db, error, "SELECT id FROM message WHERE folder = ?1",
                                              STORE_INTS (folder));
  for (guint i = 0; ids != NULL && i < ids->len; i++) {
    if (!store_mark_reload (db, g_array_index (ids, gint64, i), error))
      return FALSE;
  }
  return ids != NULL;
}

/* ---- the members of a conversation ---- */

GArray *
store_mark_list (StoreDb *db, gint64 thread, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "SELECT id, received, folder, marks, own FROM message INDEXED BY "
                      "message_thread WHERE thread = ?1 AND thread <> 0 ORDER BY received DESC",
                      STORE_INTS (thread));
  if (query == NULL)
    return NULL;
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (StoreMember));
  int step;
  while ((step = store_query_step (db, query, error)) == 1) {
    const StoreMember member = { .id = store_query_int (query, 0),
                                 .received = store_query_int (query, 1),
                                 .folder = store_query_int (query, 2),
                                 .marks = (guint)store_query_int (query, 3),
                                 .own = store_query_int (query, 4) };
    g_array_append_val (members, member);
  }
  return step == 0 ? g_steal_pointer (&members) : NULL;
}

/* Its place in one list, before and after. */
typedef struct
{
  gint64 listing;
  gboolean was, is;
  gint64 old_received, received, id;
} Place;

static Place *
find_place (GArray *places, gint64 listing)
{
  const Place fresh = { .listing = listing };

  for (guint i = 0; i < places->len; i++) {
    if (g_array_index (places, Place, i).listing == listing)
      return &g_array_index (places, Place, i);
  }
  g_array_append_val (places, fresh);
  return &g_array_index (places, Place, places->len - 1);
}

/* The folder's list is 0, then come the views. */
static gint64
listing_of (const StoreMember *member, guint n)
{
  return n == 0 ? member->folder : STORE_VIEW_N (n - 1);
}

static gboolean
is_in (guint marks, guint n)
{
  return n == 0 ? (marks & STORE_MARK_LISTED) != 0 : store_marks_are_in (marks, n - 1);
}

static guint
head_of (guint n)
{
  return n == 0 ? STORE_MARK_HEAD : STORE_MARK_HEAD_N (n - 1);
}

/* ---- copies ---- */

static gboolean
get_date (StoreDb *db, const StoreMember *member, gint64 *date, GError **error)
{
  const StorePending *pending =
      member->pending != 0 ? &g_array_index (db->pending, StorePending, member->pending - 1) : NULL;

  if (pending != NULL && pending->message != NULL) {
    *date = pending->message->date;
    return TRUE;
  }
  return store_db_get_int (db, date, error, "SELECT date FROM message WHERE id = ?1",
                           STORE_INTS (member->id));
}

/* The date is none of the index: it is read only of those whose Message-ID another one bears. */
gboolean
store_mark_name_copies (StoreDb *db, GArray *members, GError **error)
{
  g_autoptr (GHashTable) first = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GHashTable) shared = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < members->len; i++) {
    StoreMember *member = &g_array_index (members, StoreMember, i);

    member->copies = member->own;
    if (member->own != 0 && !g_hash_table_add (first, &member->own))
      g_hash_table_add (shared, &member->own);
  }
  for (guint i = 0; g_hash_table_size (shared) > 0 && i < members->len; i++) {
    StoreMember *member = &g_array_index (members, StoreMember, i);
    gint64 date = 0;

    if (!g_hash_table_contains (shared, &member->own))
      continue;
    if (!get_date (db, member, &date, error))
      return FALSE;
    member->copies = store_name_copies (member->own, date);
  }
  return TRUE;
}

gboolean
store_mark_bring_up_to_date (StoreDb *db, GError **error)
{
  G_STATIC_ASSERT (STORE_MARK_COPY == 512);
  g_autoptr (GArray) threads = store_db_get_ints (
      db, error,
      "SELECT DISTINCT m.thread FROM message AS m INDEXED BY message_thread "
      "WHERE m.thread <> 0 AND (m.marks & 512) <> 0 AND NOT EXISTS "
      "(SELECT 1 FROM message AS o INDEXED BY message_thread WHERE o.thread = m.thread "
      "AND o.thread <> 0 AND o.own = m.own AND o.date = m.date AND (o.marks & 512) = 0)",
      STORE_NO_INTS);

  for (guint i = 0; threads != NULL && i < threads->len; i++)
    store_mark_touch (db, g_array_index (threads, gint64, i));
  return threads != NULL;
}

static gboolean
may_have_copies (const StoreMember *member)
{
  return member->own != 0
         && (member->marks & (STORE_MARK_LISTED | STORE_MARK_ASIDE)) == STORE_MARK_LISTED;
}

/* Views show the one in INBOX, else one in some folder, else one where all mail lies. */
static gboolean
is_better (StoreDb *db, const StoreMember *one, const StoreMember *other, gboolean *better,
           GError **error)
{
  StoreRole a, b;

  if (!store_mark_get_role (db, one->folder, &a, error)
      || !store_mark_get_role (db, other->folder, &b, error))
    return FALSE;
  int rank_a = a == STORE_ROLE_INBOX ? 0
               : a == STORE_ROLE_ALL ? 2
                                     : 1,
      rank_b = b == STORE_ROLE_INBOX ? 0
               : b == STORE_ROLE_ALL ? 2
                                     : 1;
  *better = rank_a != rank_b ? rank_a < rank_b : one->id < other->id;
  return TRUE;
}

/* Sets and clears STORE_MARK_COPY in `marks`, of the members. */
static gboolean
mark_copies (StoreDb *db, GArray *members, guint *marks, GError **error)
{
  g_autoptr (GHashTable) best = NULL; /* copies -> index + 1 */

  for (guint i = 0; i < members->len; i++)
    marks[i] &= ~(guint)STORE_MARK_COPY;
  if (members->len < 2)
    return TRUE;
  if (!store_mark_name_copies (db, members, error))
    return FALSE;
  best = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (guint i = 0; i < members->len; i++) {
    StoreMember *member = &g_array_index (members, StoreMember, i);
    guint known;
    gboolean better = FALSE;

    if (!may_have_copies (member))
      continue;
    known = GPOINTER_TO_UINT (g_hash_table_lookup (best, &member->copies));
    if (known != 0
        && !is_better (db, member, &g_array_index (members, StoreMember, known - 1), &better,
                       error))
      return FALSE;
    if (known != 0)
      marks[better ? known - 1 : i] |= STORE_MARK_COPY;
    if (known == 0 || better)
      g_hash_table_replace (best, &member->copies, GUINT_TO_POINTER (i + 1));
  }
  return TRUE;
}

/* ---- the conversations that were touched ---- */

/* They are sorted by then. */
static guint
first_lost (StoreDb *db, gint64 thread)
{
  guint low = 0, high = db->lost->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (g_array_index (db->lost, StoreLost, middle).thread < thread)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static GArray *
find_places (StoreDb *db, gint64 thread, GArray *members, const guint *marks)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (Place));

  for (guint i = first_lost (db, thread); i < db->lost->len; i++) {
    const StoreLost *lost = &g_array_index (db->lost, StoreLost, i);

    if (lost->thread != thread)
      break;
    Place *place = find_place (places, lost->listing);
    place->was = TRUE;
    place->old_received = lost->received;
  }
  for (guint i = 0; i < members->len; i++) {
    const StoreMember *member = &g_array_index (members, StoreMember, i);

    for (guint n = 0; n <= STORE_N_VIEWS; n++) {
      gboolean was = (member->marks & head_of (n)) != 0, is = is_in (marks[i], n);
      Place *place = was || is ? find_place (places, listing_of (member, n)) : NULL;

      if (was) {
        place->was = TRUE;
        place->old_received = member->received;
      }
      if (is && (!place->is || (member->received == place->received && member->id > place->id))) {
        place->is = TRUE;
        place->received = member->received;
        place->id = member->id;
      }
    }
  }
  return places;
}

static void
tell_place (StoreDb *db, gint64 thread, const Place *place)
{
  if (place->was && place->is && place->old_received == place->received) {
    store_db_note_thread (db, place->listing, place->received, thread, STORE_EVENT_CHANGED);
    return;
  }
  if (place->was)
    store_db_note_thread (db, place->listing, place->old_received, thread, STORE_EVENT_REMOVED);
  if (place->is)
    store_db_note_thread (db, place->listing, place->received, thread, STORE_EVENT_ADDED);
}

/* A copy became the one that views show, or the other way round. */
static void
tell_copy (StoreDb *db, const StoreMember *member, guint marks)
{
  for (guint n = 0; n < STORE_N_VIEWS; n++) {
    gboolean was = store_marks_are_in (member->marks, n), is = store_marks_are_in (marks, n);

    if (was != is)
      store_db_note (db, STORE_VIEW_N (n), STORE_KEY_MAKE (member->received, member->id),
                     is ? STORE_EVENT_ADDED : STORE_EVENT_REMOVED);
  }
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *)a, two = *(const gint64 *)b;
  return (one > two) - (one < two);
}

/* Rows that wait to be written, in the order of their conversations. */
typedef struct
{
  gint64 thread;
  guint place;
} Waiting;

static int
compare_waiting (gconstpointer a, gconstpointer b)
{
  return compare_ids (&((const Waiting *)a)->thread, &((const Waiting *)b)->thread);
}

static GArray *
list_waiting (StoreDb *db)
{
  GArray *waiting = g_array_sized_new (FALSE, FALSE, sizeof (Waiting), db->pending->len);

  for (guint i = 0; i < db->pending->len; i++) {
    const Waiting one = { g_array_index (db->pending, StorePending, i).row.thread, i };
    g_array_append_val (waiting, one);
  }
  g_array_sort (waiting, compare_waiting);
  return waiting;
}

static int
compare_members (gconstpointer a, gconstpointer b)
{
  return compare_ids (&((const StoreMember *)b)->received, &((const StoreMember *)a)->received);
}

/* The one of that id; NULL: it is new.  `by_id` is made when it pays. */
static StoreMember *
find_member (GArray *members, guint written, gint64 id, GHashTable **by_id)
{
  if (written > 16 && *by_id == NULL) {
    *by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
    for (guint i = 0; i < written; i++) {
      StoreMember *member = &g_array_index (members, StoreMember, i);
      g_hash_table_insert (*by_id, &member->id, member);
    }
  }
  if (*by_id != NULL)
    return g_hash_table_lookup (*by_id, &id);
  for (guint i = 0; i < written; i++) {
    if (g_array_index (members, StoreMember, i).id == id)
      return &g_array_index (members, StoreMember, i);
  }
  return NULL;
}

/* As store_mark_list (), with those that wait: from *place on in `waiting`, and *place moves behind them. */
static GArray *
list_members (StoreDb *db, gint64 thread, GArray *waiting, guint *place, GError **error)
{
  g_autoptr (GArray) members = db->has_new_threads && thread > db->written_threads
                                   ? g_array_new (FALSE, FALSE, sizeof (StoreMember))
                                   : store_mark_list (db, thread, error);
  g_autoptr (GHashTable) by_id = NULL;
  guint written = members != NULL ? members->len : 0;

  for (; members != NULL && *place < waiting->len; (*place)++) {
    const Waiting *one = &g_array_index (waiting, Waiting, *place);
    const StorePending *pending = &g_array_index (db->pending, StorePending, one->place);
    const StoreRow *row = &pending->row;

    if (one->thread > thread)
      break;
    if (one->thread == thread) {
      const StoreMember member = { .id = row->id,
                                   .received = row->received,
                                   .folder = row->folder,
                                   .own = row->own,
                                   .marks = row->marks,
                                   .pending = one->place + 1 };
      StoreMember *known = pending->kind == STORE_PENDING_MARKS
                               ? find_member (members, written, row->id, &by_id)
                               : NULL;

      if (known != NULL)
        *known = member;
      else
        g_array_append_val (members, member);
    }
  }
  if (members != NULL && members->len > written)
    g_array_sort (members, compare_members);
  return g_steal_pointer (&members);
}

static gboolean
write_marks (StoreDb *db, const StoreMember *member, guint marks, GError **error)
{
  if (member->pending == 0)
    return store_db_run (db, error, "UPDATE message SET marks = ?2 WHERE id = ?1",
                         STORE_INTS (member->id, marks));
  g_array_index (db->pending, StorePending, member->pending - 1).row.marks = marks;
  return TRUE;
}

static gboolean
settle (StoreDb *db, gint64 thread, GArray *waiting, guint *place, GError **error)
{
  g_autoptr (GArray) members = list_members (db, thread, waiting, place, error);
  if (members == NULL)
    return FALSE;
  g_autofree guint *marks = g_new (guint, members->len + 1);
  for (guint i = 0; i < members->len; i++)
    marks[i] = g_array_index (members, StoreMember, i).marks & ~(guint)STORE_MARK_HEADS;
  if (!mark_copies (db, members, marks, error))
    return FALSE;
  g_autoptr (GArray) places = find_places (db, thread, members, marks);
  for (guint i = 0; i < members->len; i++) {
    const StoreMember *member = &g_array_index (members, StoreMember, i);

    for (guint n = 0; n <= STORE_N_VIEWS; n++) {
      if (is_in (marks[i], n) && find_place (places, listing_of (member, n))->id == member->id)
        marks[i] |= head_of (n);
    }
    if (marks[i] == member->marks)
      continue;
    tell_copy (db, member, marks[i]);
    if (!write_marks (db, member, marks[i], error))
      return FALSE;
  }
  for (guint i = 0; i < places->len; i++)
    tell_place (db, thread, &g_array_index (places, Place, i));
  return TRUE;
}

static int
compare_lost (gconstpointer a, gconstpointer b)
{
  return compare_ids (&((const StoreLost *)a)->thread, &((const StoreLost *)b)->thread);
}

gboolean
store_mark_flush (StoreDb *db, GError **error)
{
  g_autoptr (GArray) waiting = list_waiting (db);
  guint place = 0;

  g_array_sort (db->touched, compare_ids);
  g_array_sort (db->lost, compare_lost);
  for (guint i = 0; i < db->touched->len; i++) {
    gint64 thread = g_array_index (db->touched, gint64, i);

    if ((i == 0 || thread != g_array_index (db->touched, gint64, i - 1))
        && !settle (db, thread, waiting, &place, error))
      return FALSE;
  }
  g_array_set_size (db->touched, 0);
  g_array_set_size (db->lost, 0);
  return TRUE;
}
