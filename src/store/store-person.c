/* People, as the rows of messages show them: the pass that gathers them, and what is asked of it.
 *
 * Any thread with a connection.  The pass must never be part of storing a message: it comes later, in steps that end soon, and whatever a step did is
 * committed with the place where the next one begins. */
#include "store-person.h"

#include <string.h>

#include "store-private.h"

/* Of one message; a circular to a thousand addresses makes no correspondents. */
#define MAX_RECIPIENTS 100
/* Copies of one message are told apart from others only among this many. */
#define COPIES_BEYOND 16

void
store_person_free (StorePerson *person)
{
  if (person == NULL)
    return;
  g_free (person->address);
  g_free (person->name);
  g_free (person);
}

void
store_recipient_free (StoreRecipient *recipient)
{
  g_free (recipient->name);
  g_free (recipient->address);
  g_free (recipient);
}

/* ---- the pass ---- */

typedef struct
{
  gint64 id, received;
  int role;
  char *from_name, *from_address, *recipients;
} Row;

/* One step of the pass. */
typedef struct
{
  StoreDb *db;
  StoreRecipientsFunc func;
  gpointer user_data;
  guint limit;
  gint64 until;   /* monotonic */
  gboolean known; /* somebody was written to for the first time */
} Pass;

static void
row_clear (gpointer data)
{
  Row *row = data;

  g_free (row->from_name);
  g_free (row->from_address);
  g_free (row->recipients);
}

/* Another copy of this message, in another folder, was counted for the person. */
static gboolean
is_counted (StoreDb *db, const char *address, const Row *row, gint64 *counted, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT 1 FROM person JOIN person_message AS other ON other.person = person.id "
      "JOIN message AS one ON one.id = other.message JOIN message AS this ON this.id = ?1 "
      "WHERE address = ?3 AND other.received = ?2 AND "
      "(one.id = ?1 OR one.message_id = this.message_id) LIMIT 1",
      STORE_INTS (row->id, row->received));
  int step;

  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 3, address);
  step = store_query_step (db, query, error);
  *counted = step == 1;
  return step >= 0;
}

static gboolean
count (Pass *pass, const Row *row, const char *given_address, const char *name, gboolean sent,
       GError **error)
{
  StoreDb *db = pass->db;
  g_autofree char *address = NULL;
  const char *at;
  gint64 counted = 0, person = 0;

  if (given_address == NULL || (at = strrchr (given_address, '@')) == NULL || at[1] == '\0')
    return TRUE;
  address = g_ascii_strdown (given_address, -1);
  if (!is_counted (db, address, row, &counted, error))
    return FALSE;
  {
    /* What they call themselves is worth more than what others call them, and the latest more than what was. */
    g_autoptr (StoreQuery) query = store_db_query (
        db, error,
        "INSERT INTO person (address, domain, name, received, sent, first, last) "
        "VALUES (?4, ?5, ?6, ?1, ?2, ?3, ?3) ON CONFLICT (address) DO UPDATE SET "
        "received = received + ?1, sent = sent + ?2, first = min (first, ?3), last = max (last, ?3), "
        "name = CASE WHEN name IS NULL OR (?7 AND ?6 IS NOT NULL AND ?3 >= last) THEN ?6 ELSE name END "
        "RETURNING id, sent",
        STORE_INTS (!sent && !counted, sent && !counted, row->received));
    int step;

    if (query == NULL)
      return FALSE;
    store_query_bind_text (query, 4, address);
    store_query_bind_text (query, 5, strrchr (address, '@') + 1);
    store_query_bind_text (query, 6, name != NULL && name[0] != '\0' ? name : NULL);
    store_query_bind_int (query, 7, !sent);
    while ((step = store_query_step (db, query, error)) == 1) {
      person = store_query_int (query, 0);
      pass->known |= sent && !counted && store_query_int (query, 1) == 1;
    }
    if (step < 0)
      return FALSE;
  }
  return store_db_run (
      db, error,
      "INSERT OR IGNORE INTO person_message (person, received, message) VALUES (?1, ?2, ?3)",
      STORE_INTS (person, row->received, row->id));
}

/* *here FALSE: its bytes are not. */
static gboolean
count_sent (Pass *pass, const Row *row, gboolean *here, GError **error)
{
  g_autoptr (GPtrArray) recipients = pass->func (pass->db, row->id, pass->user_data);

  *here = recipients != NULL;
  for (guint i = 0; *here && i < MIN (recipients->len, MAX_RECIPIENTS); i++) {
    const StoreRecipient *recipient = recipients->pdata[i];

    if (!count (pass, row, recipient->address, recipient->name, TRUE, error))
      return FALSE;
  }
  return TRUE;
}

/* The row alone names those who have no name. */
static gboolean
count_named (Pass *pass, const Row *row, GError **error)
{
  g_auto (GStrv) pieces = g_strsplit (row->recipients != NULL ? row->recipients : "", ", ", -1);

  for (guint i = 0; pieces[i] != NULL && i < MAX_RECIPIENTS; i++) {
    if (strchr (pieces[i], '@') == NULL || strpbrk (pieces[i], " \t<>\"") != NULL)
      continue;
    if (!count (pass, row, pieces[i], NULL, TRUE, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
count_row (Pass *pass, const Row *row, GError **error)
{
  gboolean here = FALSE;

  switch ((StoreRole)row->role) {
  case STORE_ROLE_JUNK:
  case STORE_ROLE_DRAFTS:
    return TRUE;
  case STORE_ROLE_SENT:
    if (!count_sent (pass, row, &here, error))
      return FALSE;
    return here
           || (count_named (pass, row, error)
               && store_db_run (pass->db, error, "INSERT OR IGNORE INTO person_later VALUES (?1)",
                                STORE_INTS (row->id)));
  case STORE_ROLE_NONE:
  case STORE_ROLE_INBOX:
  case STORE_ROLE_ARCHIVE:
  case STORE_ROLE_TRASH:
  case STORE_ROLE_ALL:
  case STORE_ROLE_FLAGGED:
    return count (pass, row, row->from_address, row->from_name, FALSE, error);
  }
  return TRUE;
}

static GArray *
read_rows (StoreDb *db, StoreQuery *query, GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
  int step;

  if (query == NULL)
    return NULL;
  g_array_set_clear_func (rows, row_clear);
  while ((step = store_query_step (db, query, error)) == 1) {
    Row row = { .id = store_query_int (query, 0),
                .received = store_query_int (query, 1),
                .role = (int)store_query_int (query, 2),
                .from_name = store_query_dup_text (query, 3),
                .from_address = store_query_dup_text (query, 4),
                .recipients = store_query_dup_text (query, 5) };

    g_array_append_val (rows, row);
  }
  return step == 0 ? g_steal_pointer (&rows) : NULL;
}

/* *more stays FALSE when all there are were looked at. */
static gboolean
step_new (Pass *pass, gboolean *more, GError **error)
{
  StoreDb *db = pass->db;
  g_autoptr (GArray) rows = NULL;
  gint64 last = 0;

  {
    g_autoptr (StoreQuery) query = store_db_query (
        db, error,
        "SELECT message.id, received, role, from_name, from_address, recipients FROM message "
        "JOIN folder ON folder.id = folder "
        "WHERE message.id > (SELECT message FROM person_pass) ORDER BY message.id LIMIT ?1",
        STORE_INTS (pass->limit));
    rows = read_rows (db, query, error);
  }
  if (rows == NULL)
    return FALSE;
  *more = rows->len == pass->limit;
  for (guint i = 0; i < rows->len; i++) {
    const Row *row = &g_array_index (rows, Row, i);

    if (!count_row (pass, row, error))
      return FALSE;
    last = row->id;
    if (i + 1 < rows->len && g_get_monotonic_time () >= pass->until) {
      *more = TRUE;
      break;
    }
  }
  return last == 0
         || store_db_run (db, error, "UPDATE person_pass SET message = ?1", STORE_INTS (last));
}

static gboolean
step_later (Pass *pass, gboolean *more, GError **error)
{
  StoreDb *db = pass->db;
  g_autoptr (GArray) ids = store_db_get_ints (
      db, error,
      "SELECT message FROM person_later WHERE message > (SELECT later FROM person_pass) "
      "ORDER BY message LIMIT ?1",
      STORE_INTS (pass->limit));
  gint64 last = 0;

  if (ids == NULL)
    return FALSE;
  *more = ids->len == pass->limit;
  for (guint i = 0; i < ids->len; i++) {
    g_autoptr (GArray) rows = NULL;
    gboolean here = TRUE;

    last = g_array_index (ids, gint64, i);
    {
      g_autoptr (StoreQuery) query = store_db_query (
          db, error,
          "SELECT message.id, received, role, from_name, from_address, recipients FROM message "
          "JOIN folder ON folder.id = folder WHERE message.id = ?1",
          STORE_INTS (last));
      rows = read_rows (db, query, error);
    }
    /* One that is gone waits for nothing. */
    if (rows == NULL
        || (rows->len > 0 && !count_sent (pass, &g_array_index (rows, Row, 0), &here, error))
        || (here
            && !store_db_run (db, error, "DELETE FROM person_later WHERE message = ?1",
                              STORE_INTS (last))))
      return FALSE;
    if (i + 1 < ids->len && g_get_monotonic_time () >= pass->until) {
      *more = TRUE;
      break;
    }
  }
  return store_db_run (db, error, "UPDATE person_pass SET later = ?1",
                       STORE_INTS (*more ? last : 0));
}

gboolean
store_person_step (StoreDb *db, guint limit, gint64 budget, gboolean later,
                   StoreRecipientsFunc func, gpointer user_data, gboolean *more, gboolean *known,
                   GError **error)
{
  Pass pass = { .db = db,
                .func = func,
                .user_data = user_data,
                .limit = limit,
                .until = g_get_monotonic_time () + budget };
  gboolean ok, idle = FALSE, seen = FALSE;

  *more = FALSE;
  if (known != NULL)
    *known = FALSE;
  /* Nothing is written, and nobody waits, where nothing came. */
  if (!store_person_has_seen (db, 0, &seen, error))
    return FALSE;
  if (seen && !later)
    return TRUE;
  if (seen) {
    gboolean waits = FALSE;

    if (!store_person_waits_for_sent (db, &waits, error))
      return FALSE;
    idle = !waits;
  }
  if (idle)
    return TRUE;
  if (!store_db_enter (db, FALSE, error))
    return FALSE;
  ok = step_new (&pass, more, error);
  if (ok && later && !*more)
    ok = step_later (&pass, more, error);
  if (!store_db_leave (db, ok, error))
    return FALSE;
  if (known != NULL)
    *known = pass.known;
  return TRUE;
}

gboolean
store_person_has_seen (StoreDb *db, gint64 message, gboolean *seen, GError **error)
{
  gint64 behind = 0;

  if (!store_db_get_int (db, &behind, error,
                         "SELECT coalesce (iif (?1 = 0, (SELECT max (id) FROM message), ?1), 0) "
                         "> (SELECT message FROM person_pass)",
                         STORE_INTS (message)))
    return FALSE;
  *seen = behind == 0;
  return TRUE;
}

gboolean
store_person_waits_for_sent (StoreDb *db, gboolean *waits, GError **error)
{
  gint64 waiting = 0;

  if (!store_db_get_int (db, &waiting, error, "SELECT 1 FROM person_later LIMIT 1", STORE_NO_INTS))
    return FALSE;
  *waits = waiting != 0;
  return TRUE;
}

gboolean
store_person_forget_all (StoreDb *db, GError **error)
{
  return store_db_run (db, error, "DELETE FROM person_message", STORE_NO_INTS)
         && store_db_run (db, error, "DELETE FROM person", STORE_NO_INTS)
         && store_db_run (db, error, "DELETE FROM person_later", STORE_NO_INTS)
         && store_db_run (db, error, "UPDATE person_pass SET message = 0, later = 0",
                          STORE_NO_INTS);
}

/* ---- asking ---- */

static StorePerson *
read_person (StoreQuery *query)
{
  StorePerson *person = g_new0 (StorePerson, 1);

  person->id = store_query_int (query, 0);
  person->address = store_query_dup_text (query, 1);
  person->name = store_query_dup_text (query, 2);
  person->received = (guint)store_query_int (query, 3);
  person->sent = (guint)store_query_int (query, 4);
  person->first = store_query_int (query, 5);
  person->last = store_query_int (query, 6);
  return person;
}

gboolean
store_person_get (StoreDb *db, const char *given_address, StorePerson **person, GError **error)
{
  g_autofree char *address = g_ascii_strdown (given_address, -1);
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "SELECT id, address, name, received, sent, first, last FROM person "
                      "WHERE address = ?1",
                      STORE_NO_INTS);
  int step;

  *person = NULL;
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 1, address);
  step = store_query_step (db, query, error);
  if (step != 1)
    return step == 0;
  *person = read_person (query);
  return TRUE;
}

static void
free_person (gpointer person)
{
  store_person_free (person);
}

GPtrArray *
store_person_list (StoreDb *db, gint64 after, guint limit, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error,
                      "SELECT id, address, name, received, sent, first, last FROM person "
                      "WHERE id > ?1 ORDER BY id LIMIT ?2",
                      STORE_INTS (after, limit));
  g_autoptr (GPtrArray) people = g_ptr_array_new_with_free_func (free_person);
  int step;

  if (query == NULL)
    return NULL;
  while ((step = store_query_step (db, query, error)) == 1)
    g_ptr_array_add (people, read_person (query));
  return step == 0 ? g_steal_pointer (&people) : NULL;
}

GArray *
store_person_list_messages (StoreDb *db, gint64 person, guint limit, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT id, message_id FROM person_message AS p JOIN message ON id = p.message "
      "WHERE person = ?1 AND hidden = 0 ORDER BY p.received DESC, p.message DESC LIMIT ?2",
      STORE_INTS (person, (gint64)limit + COPIES_BEYOND));
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  int step;

  if (query == NULL)
    return NULL;
  while ((step = store_query_step (db, query, error)) == 1) {
    gint64 id = store_query_int (query, 0);
    char *message_id = store_query_dup_text (query, 1);

    if (ids->len < limit && (message_id == NULL || !g_hash_table_contains (known, message_id)))
      g_array_append_val (ids, id);
    if (message_id != NULL)
      g_hash_table_add (known, message_id);
  }
  return step == 0 ? g_steal_pointer (&ids) : NULL;
}

GArray *
store_person_list_sent (StoreDb *db, const char *given_address, GError **error)
{
#define IS_FROM "lower (from_address) = ?1"
  g_autofree char *address = g_ascii_strdown (given_address, -1);
  /* What the pass has not seen yet is few, as a rule. */
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT id FROM person_message AS p JOIN message ON id = p.message "
      "WHERE person = (SELECT id FROM person WHERE address = ?1) AND " IS_FROM
      " UNION SELECT id FROM message WHERE id > (SELECT message FROM person_pass) AND " IS_FROM,
      STORE_NO_INTS);
#undef IS_FROM
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  int step;

  if (query == NULL)
    return NULL;
  store_query_bind_text (query, 1, address);
  while ((step = store_query_step (db, query, error)) == 1) {
    gint64 id = store_query_int (query, 0);

    g_array_append_val (ids, id);
  }
  return step == 0 ? g_steal_pointer (&ids) : NULL;
}

GPtrArray *
store_person_list_others (StoreDb *db, gint64 person, guint limit, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT other.address FROM person AS this JOIN person AS other "
      "ON other.name = this.name AND other.id <> this.id AND other.sent > 0 "
      "WHERE this.id = ?1 AND this.sent > 0 AND other.received > 0 AND instr (this.name, '@') = 0 "
      "ORDER BY other.last DESC LIMIT ?2",
      STORE_INTS (person, limit));
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_free);
  int step;

  if (query == NULL)
    return NULL;
  while ((step = store_query_step (db, query, error)) == 1)
    g_ptr_array_add (others, store_query_dup_text (query, 0));
  return step == 0 ? g_steal_pointer (&others) : NULL;
}

gboolean
store_person_is_older (StoreDb *db, const char *given_address, gint64 before, gboolean *older,
                       GError **error)
{
  g_autofree char *address = g_ascii_strdown (given_address, -1);
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT 1 FROM person WHERE address = ?2 AND (first < ?1 OR sent > 0)",
      STORE_INTS (before));
  int step;

  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 2, address);
  step = store_query_step (db, query, error);
  *older = step == 1;
  return step >= 0;
}

gboolean
store_person_has_many (StoreDb *db, guint n, gboolean *many, GError **error)
{
  gint64 known = 0;

  if (!store_db_get_int (db, &known, error, "SELECT count(*) FROM (SELECT 1 FROM person LIMIT ?1)",
                         STORE_INTS (n)))
    return FALSE;
  *many = known >= n;
  return TRUE;
}

GPtrArray *
store_person_list_domains (StoreDb *db, guint limit, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT DISTINCT domain FROM person WHERE sent > 0 LIMIT ?1", STORE_INTS (limit));
  g_autoptr (GPtrArray) domains = g_ptr_array_new_with_free_func (g_free);
  int step;

  if (query == NULL)
    return NULL;
  while ((step = store_query_step (db, query, error)) == 1)
    g_ptr_array_add (domains, store_query_dup_text (query, 0));
  return step == 0 ? g_steal_pointer (&domains) : NULL;
}
