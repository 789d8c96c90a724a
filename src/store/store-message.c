/* Rows of messages as the server's words and the person's deeds change them: adding, flags,
 * removal, UIDs.
 *
 * Any thread with a connection; all writing stands in a transaction.  Every change of where a
 * row stands goes through store_row_insert (), store_row_update () and store_row_remove (), so
 * that the change record is exact. */
#include <glib/gi18n.h>

#include "base-error.h"
#include "store-private.h"

/* ---- single rows ---- */

/* `account`: the column, or the parameter of who knows it already. */
#define ROW_COLUMNS(account)                                                                       \
  "message.id, folder, " account ", uid, flags, server_flags, doomed, local_only, "                \
  "stray, received, size, has_body, "                                                              \
  "preview IS NOT NULL, has_attachments, thread, own, marks"

static int
read_row (StoreDb *db, StoreQuery *query, StoreRow *row, GError **error)
{
  int step = query != NULL ? store_query_step (db, query, error) : -1;
  if (step != 1)
    return step;
  *row = (StoreRow){
    .id = store_query_int (query, 0),
    .folder = store_query_int (query, 1),
    .account = store_query_int (query, 2),
    .uid = (guint32)store_query_int (query, 3),
    .flags = (StoreFlags)store_query_int (query, 4),
    .server_flags = (StoreFlags)store_query_int (query, 5),
    .doomed = store_query_int (query, 6) != 0,
    .local_only = store_query_int (query, 7) != 0,
    .stray = (int)store_query_int (query, 8),
    .received = store_query_int (query, 9),
    .size = (guint64)store_query_int (query, 10),
    .has_body = store_query_int (query, 11) != 0,
    .has_preview = store_query_int (query, 12) != 0,
    .has_attachments = store_query_int (query, 13) != 0,
    .thread = store_query_int (query, 14),
    .own = store_query_int (query, 15),
    .marks = (guint)store_query_int (query, 16),
  };
  return 1;
}

int
store_row_load (StoreDb *db, gint64 id, StoreRow *row, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT " ROW_COLUMNS (
          "account") " FROM message JOIN folder ON folder.id = folder WHERE message.id = ?1",
      STORE_INTS (id));
  return read_row (db, query, row, error);
}

int
store_row_find (StoreDb *db, gint64 folder, guint32 uid, StoreRow *row, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT " ROW_COLUMNS (
          "account") " FROM message JOIN folder ON folder.id = folder WHERE folder = ?1 AND uid = ?2",
      STORE_INTS (folder, uid));
  return read_row (db, query, row, error);
}

GArray *
store_row_load_acting (StoreDb *db, GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (StoreRow));
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT " ROW_COLUMNS (
          "account") " FROM temp.acting AS a CROSS JOIN message ON message.id = a.id "
                     "CROSS JOIN folder ON folder.id = folder ORDER BY a.place",
      STORE_NO_INTS);
  StoreRow row;
  int found;
  while ((found = read_row (db, query, &row, error)) == 1)
    g_array_append_val (rows, row);
  return found == 0 ? g_steal_pointer (&rows) : NULL;
}

static gboolean
is_listed (const StoreRow *row)
{
  return !row->doomed && !(row->flags & STORE_FLAG_DELETED);
}

static StoreKey
get_key (const StoreRow *row)
{
  return STORE_KEY_MAKE (row->received, row->id);
}

static void
note_row (StoreDb *db, const StoreRow *row, StoreEventKind kind)
{
  if (is_listed (row))
    store_db_note (db, row->folder, get_key (row), kind);
}

/* As the trigger message_removed counts, and the outermost writing function writes. */
static void
count_row (StoreDb *db, const StoreRow *row, gint64 sign)
{
  StoreAdded *found = NULL;
  StoreAdded one = { .folder = row->folder };

  if (!is_listed (row))
    return;
  /* Few: folders of one transaction. */
  for (guint i = db->added->len; i > 0 && found == NULL; i--) {
    if (g_array_index (db->added, StoreAdded, i - 1).folder == row->folder)
      found = &g_array_index (db->added, StoreAdded, i - 1);
  }
  if (found == NULL) {
    g_array_append_val (db->added, one);
    found = &g_array_index (db->added, StoreAdded, db->added->len - 1);
  }
  found->total += sign;
  found->unread += sign * ((row->flags & STORE_FLAG_SEEN) == 0);
  found->size += sign * (gint64)MIN (row->size, STORE_MOST_COUNTED);
}

/* A new row.  (What goes is counted by a trigger.) */
static void
note_added (StoreDb *db, const StoreRow *row)
{
  if (is_listed (row))
    note_row (db, row, STORE_EVENT_ADDED);
  count_row (db, row, 1);
}

void
store_row_note_there (StoreDb *db, const StoreRow *row, gboolean there)
{
  note_row (db, row, there ? STORE_EVENT_ADDED : STORE_EVENT_REMOVED);
  count_row (db, row, there ? 1 : -1);
}

gboolean
store_row_write_counts (StoreDb *db, GError **error)
{
  for (guint i = 0; i < db->added->len; i++) {
    const StoreAdded *added = &g_array_index (db->added, StoreAdded, i);

    if ((added->total != 0 || added->unread != 0 || added->size != 0)
        && !store_db_run (db, error,
                          "UPDATE folder SET total = total + ?2, unread = unread + ?3, "
                          "octets = octets + ?4 WHERE id = ?1",
                          STORE_INTS (added->folder, added->total, added->unread, added->size)))
      return FALSE;
  }
  g_array_set_size (db->added, 0);
  return TRUE;
}

static void
note_difference (StoreDb *db, const StoreRow *old, const StoreRow *new)
{
  gboolean same_place = old->folder == new->folder &&get_key (old) == get_key (new);

  count_row (db, old, -1);
  count_row (db, new, 1);
  if (!same_place || is_listed (old) != is_listed (new)) {
    note_row (db, old, STORE_EVENT_REMOVED);
    note_row (db, new, STORE_EVENT_ADDED);
    return;
  }
  if (old->flags != new->flags) {
    note_row (db, new, STORE_EVENT_CHANGED);
    if ((old->flags ^ new->flags) & STORE_FLAG_SEEN)
      store_db_note_counts (db, new->folder);
  }
}

gboolean
store_row_note_difference (StoreDb *db, const StoreRow *old, StoreRow *new, GError **error)
{
  if (!store_mark_change (db, old, new, error))
    return FALSE;
  store_pending_change (db, STORE_PENDING_MARKS, new);
  note_difference (db, old, new);
  return TRUE;
}

gboolean
store_row_update (StoreDb *db, const StoreRow *old, StoreRow *new, GError **error)
{
  if (!store_mark_change (db, old, new, error))
    return FALSE;
  /* uid 0 is stored as NULL, of which UNIQUE allows many. */
  if (!store_db_run (
          db, error,
          "UPDATE message SET folder = ?2, uid = nullif (?3, 0), flags = ?4, server_flags = ?5, "
          "doomed = ?6, hidden = (?6 <> 0 OR (?4 & 8) <> 0), local_only = ?7, stray = ?8, "
          "received = ?9, size = ?10, marks = ?11 WHERE id = ?1",
          STORE_INTS (old->id, new->folder, new->uid, new->flags, new->server_flags, new->doomed,
                      new->local_only, new->stray, new->received, (gint64) new->size, new->marks)))
    return FALSE;
  note_difference (db, old, new);
  return TRUE;
}

gboolean
store_row_remove (StoreDb *db, const StoreRow *row, GError **error)
{
  /* Ended, not deleted: undo must be able to tell that there is nothing left to take back. */
  if (!store_db_run (db, error,
                     "UPDATE operation SET state = 2, ended = ?2 WHERE message = ?1 AND state < 2",
                     STORE_INTS (row->id, g_get_real_time () / G_USEC_PER_SEC))
      || !store_db_run (db, error, "DELETE FROM message WHERE id = ?1", STORE_INTS (row->id)))
    return FALSE;
  note_row (db, row, STORE_EVENT_REMOVED);
  store_mark_remove (db, row);
  return TRUE;
}

gboolean
store_row_replay (StoreDb *db, StoreRow *row, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "SELECT adding, flags FROM operation "
                      "WHERE message = ?1 AND kind = ?2 AND state < 2 ORDER BY id",
                      STORE_INTS (row->id, STORE_OPERATION_FLAGS));
  if (query == NULL)
    return FALSE;
  row->flags = row->server_flags;
  int step;
  while ((step = store_query_step (db, query, error)) == 1) {
    StoreFlags flags = (StoreFlags)store_query_int (query, 1);
    row->flags = store_query_int (query, 0) ? row->flags | flags : row->flags & ~flags;
  }
  return step == 0;
}

/* Gives `row` the body of `other`, where only that one has it. */
static gboolean
take_body (StoreDb *db, StoreRow *row, const StoreRow *other, GError **error)
{
  if (row->has_body || !other->has_body)
    return TRUE;
  row->has_body = TRUE;
  return store_db_run (db, error, "UPDATE body SET message = ?1 WHERE message = ?2",
                       STORE_INTS (row->id, other->id))
         && store_partial_drop (db, row->id, error)
         && store_db_run (db, error, "UPDATE message SET has_body = 1 WHERE id = ?1",
                          STORE_INTS (row->id));
}

gboolean
store_row_take_uid (StoreDb *db, StoreRow *row, guint32 uid, GError **error)
{
  StoreRow other;
  int found = store_row_find (db, row->folder, uid, &other, error);
  if (found < 0)
    return FALSE;
  if (found == 1 && other.id == row->id)
    return TRUE;
  /* The same message came in as a new one before the server's answer told its UID. */
  if (found == 1 && (!take_body (db, row, &other, error) || !store_row_remove (db, &other, error)))
    return FALSE;
  StoreRow new = *row;
  new.uid = uid;
  new.stray = 0;
  new.local_only = FALSE;
  if (!store_row_update (db, row, &new, error))
    return FALSE;
  *row = new;
  return store_operation_rebind (db, row->id, 0, row->folder, row->folder, uid, error);
}

/* A new row, which waits to be written. */
static gboolean
take_in (StoreDb *db, gint64 folder, gint64 account, const StoreNewMessage *message, StoreRow *row,
         GError **error)
{
  gboolean is_single;
  StorePlace body;

  *row = (StoreRow){
    .folder = folder,
    .account = account,
    .uid = message->uid,
    .flags = message->flags,
    .server_flags = message->flags,
    .received = CLAMP (message->received, 0, G_MAXINT32),
    .size = MIN (message->size, (guint64)G_MAXINT64),
    .has_body = message->body != NULL,
    .has_preview = message->preview != NULL,
    .has_attachments = message->has_attachments != FALSE,
  };
  if (!store_thread_assign (db, account, message, row, &is_single, error)
      || !store_mark_row (db, row, &row->marks, error))
    return FALSE;
  if (is_single)
    row->marks |= store_mark_heads_of_single (row->marks);
  if (message->body != NULL) {
    if (!store_body_write (db, account, message->body, &body, error))
      return FALSE;
    store_body_count_later (db, account, body.length);
  }
  if (!store_pending_add (db, message, message->body != NULL ? &body : NULL, row, error))
    return FALSE;
  note_added (db, row);
  store_mark_note_new (db, row, is_single);
  return TRUE;
}

gboolean
store_row_insert (StoreDb *db, gint64 folder, gint64 account, const StoreNewMessage *message,
                  StoreRow *row, GError **error)
{
  return take_in (db, folder, account, message, row, error) && store_pending_write (db, error);
}

gboolean
store_row_insert_copy (StoreDb *db, const StoreRow *source, gint64 folder, StoreRow *row,
                       GError **error)
{
  *row = *source;
  row->folder = folder;
  row->uid = 0;
  row->server_flags = row->flags;
  row->doomed = row->local_only = FALSE;
  row->stray = 0;
  /* Its own would not be looked for: its id is above those that are. */
  if ((row->thread == 0
       && (!store_thread_adopt (db, source->id, error)
           || !store_db_get_int (db, &row->thread, error,
                                 "SELECT thread FROM message WHERE id = ?1",
                                 STORE_INTS (source->id))))
      || !store_mark_row (db, row, &row->marks, error)
      || !store_db_run (
          db, error,
          "INSERT INTO message (folder, uid, flags, server_flags, hidden, received, date, size, "
          "has_attachments, has_body, from_name, from_address, recipients, subject, message_id, "
          "in_reply_to, reference_ids, preview, object_id, thread, own, marks) SELECT ?2, NULL, "
          "flags, flags, (flags & 8) <> 0, "
          "received, date, size, has_attachments, has_body, from_name, from_address, recipients, "
          "subject, message_id, in_reply_to, reference_ids, preview, object_id, thread, own, ?3 "
          "FROM message WHERE id = ?1",
          STORE_INTS (source->id, folder, row->marks)))
    return FALSE;
  row->id = sqlite3_last_insert_rowid (db->sqlite);
  /* Two rows may name the same bytes of a pack. */
  if (!store_db_run (db, error,
                     "INSERT INTO body (message, pack, offset, length, checksum) "
                     "SELECT ?2, pack, offset, length, checksum FROM body WHERE message = ?1",
                     STORE_INTS (source->id, row->id))
      || !store_body_count (db, row->id, error)
      || !store_partial_copy (db, source->id, row->id, error))
    return FALSE;
  note_added (db, row);
  store_mark_note_new (db, row, FALSE);
  return TRUE;
}

/* ---- adding what the server has ---- */

/* What is true of the whole folder during one call, so that the common case asks once and not
 * for each message. */
typedef struct
{
  StoreDb *db;
  gint64 folder, account;
  gint64 moved_away; /* is there a pending MOVE out of it */
  gint64 adoptable;  /* is there a row without UID */
  gint64 pieces;     /* is there a message that is here only in part, anywhere */
  gint64 known;      /* is there a row with a UID among those that come */
  BaseUidSet *added; /* those that came since */
  GArray *fresh;
} Adding;

/* Rows that came in before the server told such names, or before it was asked. */
static gboolean
name_row (StoreDb *db, const StoreRow *row, const char *object_id, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "UPDATE message SET object_id = ?2 WHERE id = ?1 AND object_id IS NULL",
      STORE_INTS (row->id));
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 2, object_id);
  return store_query_step (db, query, error) == 0;
}

/* Preview, attachments and body that the row does not have yet.  Its flags are not touched: only
 * store_message_set_server_flags () may, for the caller may not have asked the server for them. */
static gboolean
complete_row (Adding *adding, const StoreRow *row, const StoreNewMessage *message, GError **error)
{
  StoreDb *db = adding->db;
  gboolean preview = !row->has_preview && message->preview != NULL;
  gboolean attachments = !row->has_attachments && message->has_attachments;
  gboolean body = !row->has_body && message->body != NULL;
  if (message->labels != NULL && !store_row_set_labels (db, row->id, message->labels, error))
    return FALSE;
  if (message->object_id != NULL && !name_row (db, row, message->object_id, error))
    return FALSE;
  if (!preview && !attachments && !body)
    return TRUE;
  StoreRow new = *row;
  new.has_attachments |= attachments;
  if (attachments && !store_mark_change (db, row, &new, error))
    return FALSE;
  {
    g_autoptr (StoreQuery) query = store_db_query (
        db, error,
        "UPDATE message SET preview = coalesce (preview, ?5), has_attachments = has_attachments "
        "OR ?2, has_body = has_body OR ?3, marks = ?4 WHERE id = ?1",
        STORE_INTS (row->id, message->has_attachments != FALSE, body, new.marks));
    if (query == NULL)
      return FALSE;
    store_query_bind_text (query, 5, message->preview);
    if (store_query_step (db, query, error) != 0)
      return FALSE;
  }
  if (body
      && (!store_body_add (db, row->account, row->id, message->body, error)
          || (adding->pieces && !store_partial_drop (db, row->id, error))))
    return FALSE;
  note_row (db, row, STORE_EVENT_CHANGED);
  store_mark_note_shown (db, row);
  return TRUE;
}

/* Row id of the message that a pending MOVE took away from this folder and UID, or 0.  Where the
 * UID of the MOVE is not known (any more), the Message-ID tells, or size and date where there is none, and the UID is
 * remembered. */
static gboolean
find_moved_away (Adding *adding, const StoreNewMessage *message, gint64 *id, GError **error)
{
  StoreDb *db = adding->db;
  if (!adding->moved_away)
    return TRUE;
  if (!store_db_get_int (
          db, id, error,
          "SELECT message FROM operation WHERE folder = ?1 AND uid = ?2 AND kind = ?3 AND state < "
          "2",
          STORE_INTS (adding->folder, message->uid, STORE_OPERATION_MOVE)))
    return FALSE;
  if (*id != 0 || message->only_body)
    return TRUE;

  gint64 operation = 0;
  {
    g_autoptr (StoreQuery) query = store_db_query (
        db, error,
        "SELECT id, message FROM operation AS o WHERE folder = ?1 AND uid = 0 AND kind = ?2 "
        "AND state < 2 AND message_id IS ?3 "
        "AND (?3 IS NOT NULL OR EXISTS (SELECT 1 FROM message AS m WHERE m.id = o.message "
        "AND m.size = ?4 AND m.date = ?5)) "
        /* still on its way into this folder: what the server shows is another copy */
        "AND NOT EXISTS (SELECT 1 FROM operation AS e WHERE e.message = o.message AND e.id < o.id "
        "AND e.state < 2 AND e.begun = 0 AND e.target = ?1) ORDER BY id LIMIT 1",
        STORE_INTS (adding->folder, STORE_OPERATION_MOVE, 0, (gint64)message->size, message->date));
    if (query == NULL)
      return FALSE;
    store_query_bind_text (query, 3, message->message_id);
    int step = store_query_step (db, query, error);
    if (step <= 0)
      return step == 0;
    operation = store_query_int (query, 0);
    *id = store_query_int (query, 1);
  }
  return store_db_run (db, error, "UPDATE operation SET uid = ?2 WHERE id = ?1",
                       STORE_INTS (operation, message->uid));
}

/* Row id of a row without UID that is this message, or 0.  Not one that is only going to come
 * here by an operation that nobody has begun: the server cannot have that yet.  A stray row (its
 * UID died) must have the same size too. */
static gboolean
find_adoptable (Adding *adding, const StoreNewMessage *message, gint64 *id, GError **error)
{
  if (!adding->adoptable)
    return TRUE;
  g_autoptr (StoreQuery) query = store_db_query (
      adding->db, error,
      "SELECT id FROM message AS m INDEXED BY message_adoptable "
      "WHERE folder = ?1 AND uid IS NULL AND message_id IS ?4 "
      "AND (size = ?2 OR (stray = 0 AND ?4 IS NOT NULL)) AND (?4 IS NOT NULL OR date = ?3) "
      "AND NOT EXISTS (SELECT 1 FROM operation AS o WHERE o.message = m.id AND o.state < 2 AND "
      "o.begun = 0 "
      "AND ((o.kind = 3 AND o.adding = 0) OR (o.kind = 1 AND o.target = ?1))) "
      "AND NOT EXISTS (SELECT 1 FROM operation AS o WHERE o.product = m.id AND o.kind = 4 "
      "AND o.state < 2 AND o.begun = 0) "
      /* Of several that look the same, the one whose time and flags the server tells. */
      "ORDER BY size <> ?2, received <> ?5, server_flags <> ?6, id LIMIT 1",
      STORE_INTS (adding->folder, (gint64)message->size, message->date, 0, message->received,
                  message->flags));
  G_STATIC_ASSERT (STORE_OPERATION_MOVE == 1 && STORE_OPERATION_APPEND == 3
                   && STORE_OPERATION_COPY == 4);
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 4, message->message_id);
  int step = store_query_step (adding->db, query, error);
  if (step == 1)
    *id = store_query_int (query, 0);
  return step >= 0;
}

static gboolean
adopt (Adding *adding, gint64 id, const StoreNewMessage *message, GError **error)
{
  StoreDb *db = adding->db;
  StoreRow row;
  if (store_row_load (db, id, &row, error) != 1)
    return FALSE;
  /* The copy that a cut APPEND had put there after all: must not be put there again. */
  if (!store_db_run (
          db, error,
          "UPDATE operation SET state = 2, ended = ?3 WHERE message = ?1 AND kind = ?2 AND state "
          "< 2",
          STORE_INTS (id, STORE_OPERATION_APPEND, g_get_real_time () / G_USEC_PER_SEC))
      || !store_row_take_uid (db, &row, message->uid, error))
    return FALSE;
  StoreRow new = row;
  new.server_flags = message->flags;
  new.received = CLAMP (message->received, 0, G_MAXINT32);
  new.size = message->size;
  return store_row_replay (db, &new, error) && store_row_update (db, &row, &new, error)
         && complete_row (adding, &new, message, error);
}

static gboolean
set_server_flags (StoreDb *db, gint64 folder, const StoreServerFlags *said, GError **error)
{
  StoreRow row;
  int found = store_row_find (db, folder, said->uid, &row, error);
  if (found == 0) {
    gint64 id = 0;
    if (!store_db_get_int (
            db, &id, error,
            /* Once its copy is made, what becomes of the original says nothing about it. */
            "SELECT message FROM operation WHERE folder = ?1 AND uid = ?2 AND kind = ?3 AND state "
            "< 2 AND step < 2",
            STORE_INTS (folder, said->uid, STORE_OPERATION_MOVE)))
      return FALSE;
    if (id != 0)
      found = store_row_load (db, id, &row, error);
  }
  if (found <= 0)
    return found == 0;
  if (row.server_flags == said->flags)
    return TRUE;
  StoreRow new = row;
  new.server_flags = said->flags;
  return store_row_replay (db, &new, error) && store_row_update (db, &row, &new, error);
}

/* The list is fetched again where a visit was broken off: what changed in between is told by nothing else. */
static gboolean
take_flags (Adding *adding, const StoreNewMessage *message, const StoreRow *row, GError **error)
{
  const StoreServerFlags said = { .uid = message->uid, .flags = message->flags };
  return !message->has_flags || row->server_flags == message->flags
         || set_server_flags (adding->db, adding->folder, &said, error);
}

/* As store_row_find (), in the folder whose account is known. */
static int
find_known (Adding *adding, guint32 uid, StoreRow *row, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (adding->db, error,
                      "SELECT " ROW_COLUMNS ("?3") " FROM message WHERE folder = ?1 AND uid = ?2",
                      STORE_INTS (adding->folder, uid, adding->account));
  return read_row (adding->db, query, row, error);
}

static gboolean
add_one (Adding *adding, const StoreNewMessage *message, GError **error)
{
  StoreDb *db = adding->db;
  StoreRow row;
  gboolean again = base_uid_set_contains (adding->added, message->uid);
  if (again && !store_pending_write (db, error))
    return FALSE;
  int found = adding->known || again ? find_known (adding, message->uid, &row, error) : 0;
  if (found != 0)
    return found == 1 && complete_row (adding, &row, message, error)
           && take_flags (adding, message, &row, error);

  gint64 id = 0;
  if (!find_moved_away (adding, message, &id, error))
    return FALSE;
  if (id != 0) {
    found = store_row_load (db, id, &row, error);
    return found == 1 ? complete_row (adding, &row, message, error)
                            && take_flags (adding, message, &row, error)
                      : found == 0;
  }
  if (message->only_body)
    return TRUE;
  if (!find_adoptable (adding, message, &id, error))
    return FALSE;
  if (id != 0)
    return adopt (adding, id, message, error);
  if (message->no_new)
    return TRUE;

  if (!take_in (db, adding->folder, adding->account, message, &row, error))
    return FALSE;
  if (adding->fresh != NULL && is_listed (&row)) {
    StoreKey key = get_key (&row);
    g_array_append_val (adding->fresh, key);
  }
  return TRUE;
}

static gboolean
add_all (Adding *adding, GPtrArray *messages, GError **error)
{
  guint32 first = G_MAXUINT32, last = 0;
  for (guint i = 0; i < messages->len; i++) {
    const StoreNewMessage *message = g_ptr_array_index (messages, i);
    g_return_val_if_fail (message->uid != 0, FALSE);
    first = MIN (first, message->uid);
    last = MAX (last, message->uid);
  }
  if (!store_folder_get_account (adding->db, adding->folder, &adding->account, error)
      || !store_db_get_int (
          adding->db, &adding->moved_away, error,
          "SELECT EXISTS (SELECT 1 FROM operation WHERE folder = ?1 AND kind = ?2 AND state < 2)",
          STORE_INTS (adding->folder, STORE_OPERATION_MOVE))
      || !store_db_get_int (
          adding->db, &adding->adoptable, error,
          "SELECT EXISTS (SELECT 1 FROM message WHERE folder = ?1 AND uid IS NULL)",
          STORE_INTS (adding->folder))
      || !store_db_get_int (adding->db, &adding->pieces, error,
                            "SELECT EXISTS (SELECT 1 FROM piece)", STORE_NO_INTS)
      || !store_db_get_int (adding->db, &adding->known, error,
                            "SELECT EXISTS (SELECT 1 FROM message WHERE folder = ?1 AND uid "
                            "BETWEEN ?2 AND ?3)",
                            STORE_INTS (adding->folder, first, last)))
    return FALSE;
  for (guint i = 0; i < messages->len; i++) {
    const StoreNewMessage *message = g_ptr_array_index (messages, i);
    if (!add_one (adding, message, error))
      return FALSE;
    base_uid_set_add (adding->added, message->uid);
  }
  /* The messages are the caller's, who may let go of them before the outermost function ends. */
  return adding->db->depth == 1 || store_pending_write (adding->db, error);
}

gboolean
store_message_add (StoreDb *db, gint64 folder, GPtrArray *messages, GArray *fresh, GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  guint before = fresh != NULL ? fresh->len : 0;
  g_autoptr (BaseUidSet) added = base_uid_set_new ();
  Adding adding = { .db = db, .folder = folder, .added = added, .fresh = fresh };
  gboolean ok = store_db_leave (db, add_all (&adding, messages, error), error);
  if (!ok && fresh != NULL)
    g_array_set_size (fresh, before);
  return ok;
}

/* ---- what the server says of known ones ---- */

gboolean
store_message_set_server_flags (StoreDb *db, gint64 folder, const StoreServerFlags *flags, gsize n,
                                GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  gboolean ok = TRUE;
  for (gsize i = 0; ok && i < n; i++)
    ok = set_server_flags (db, folder, &flags[i], error);
  return store_db_leave (db, ok, error);
}

static gboolean
remove_range (StoreDb *db, gint64 folder, const BaseUidRange *range, GError **error)
{
  g_autoptr (GArray) rows = store_db_get_ints (
      db, error,
      "SELECT id FROM message AS m WHERE folder = ?1 AND uid BETWEEN ?2 AND ?3 "
      /* Halfway to its end in another mailbox (Gmail's bin), it is still to be deleted there. */
      "AND NOT EXISTS (SELECT 1 FROM operation AS o WHERE o.message = m.id AND o.kind = 2 "
      "AND o.state < 2 AND o.step > 0)",
      STORE_INTS (folder, range->first, range->last));
  G_STATIC_ASSERT (STORE_OPERATION_EXPUNGE == 2);
  /* Moved away here, gone there before the server was asked to move it: then it is nowhere we
   * know.  Once begun, the outcome of the MOVE decides instead, for it may be what made the UID
   * go. */
  g_autoptr (GArray) moved =
      rows == NULL ? NULL
                   : store_db_get_ints (
                       db, error,
                       "SELECT message FROM operation WHERE folder = ?1 AND uid BETWEEN ?2 AND ?3 "
                       "AND kind = ?4 AND state < 2 AND begun = 0 AND message IS NOT NULL",
                       STORE_INTS (folder, range->first, range->last, STORE_OPERATION_MOVE));
  if (moved == NULL)
    return FALSE;
  g_array_append_vals (rows, moved->data, moved->len);
  for (guint i = 0; i < rows->len; i++) {
    StoreRow row;
    int found = store_row_load (db, g_array_index (rows, gint64, i), &row, error);
    if (found < 0 || (found == 1 && !store_row_remove (db, &row, error)))
      return FALSE;
  }
  return TRUE;
}

gboolean
store_message_remove (StoreDb *db, gint64 folder, const BaseUidSet *uids, GError **error)
{
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < base_uid_set_n_ranges (uids); i++) {
    BaseUidRange range = base_uid_set_get_range (uids, i);
    ok = remove_range (db, folder, &range, error);
  }
  return store_db_leave (db, ok, error);
}

GArray *
store_message_find_uids (StoreDb *db, gint64 folder, const BaseUidSet *uids, GError **error)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (StorePlaced));
  int more = 0;

  for (guint i = base_uid_set_n_ranges (uids); i-- > 0 && more == 0;) {
    BaseUidRange range = base_uid_set_get_range (uids, i);
    g_autoptr (StoreQuery) query = store_db_query (
        db, error,
        "SELECT id, uid, size, has_body FROM message WHERE folder = ?1 AND uid BETWEEN ?2 AND ?3 "
        "ORDER BY uid DESC",
        STORE_INTS (folder, range.first, range.last));

    more = query != NULL ? 0 : -1;
    while (query != NULL && (more = store_query_step (db, query, error)) == 1) {
      StorePlaced placed = { .id = store_query_int (query, 0),
                             .uid = (guint32)store_query_int (query, 1),
                             .size = (guint64)store_query_int (query, 2),
                             .has_body = store_query_int (query, 3) != 0 };
      g_array_append_val (found, placed);
    }
  }
  return more == 0 ? g_steal_pointer (&found) : NULL;
}
