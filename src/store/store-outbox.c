/* The outbox: rows that point at drafts whose bytes are fixed, and the road from `queued` to gone.
 *
 * Any thread with a connection.  The order of writing is the promise: message.eml on disk, then
 * the row, then true; and the other way: the row goes (and says which folder must follow), then
 * the files.  Never makes `queued` of anything that may have been sent. */
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base-error.h"
#include "base-log.h"
#include "store-private.h"

#define GROUP     "Outbox"
#define LEFT_S    (2 * 60 * 60) /* after its time: nobody could try */
#define OVERDUE_S (5 * 24 * 60 * 60)

void
store_outbox_free (StoreOutbox *outbox)
{
  if (outbox == NULL)
    return;
  g_free (outbox->draft);
  g_free (outbox->message_id);
  g_free (outbox->from);
  g_strfreev (outbox->recipients);
  g_free (outbox->subject);
  g_free (outbox->error);
  g_free (outbox->detail);
  g_free (outbox->refused);
  g_strfreev (outbox->got);
  g_free (outbox->sent_folder);
  g_free (outbox->route);
  g_free (outbox);
}

static void
free_outbox (gpointer outbox)
{
  store_outbox_free (outbox);
}

static char *
dup_path (StoreDb *db, const char *draft, const char *file)
{
  return g_build_filename (base_paths_get_drafts (db->store->paths), draft, file, NULL);
}

/* ---- outbox.ini: what the row says, for the day the database is lost ---- */

static gboolean
write_ini (StoreDb *db, const StoreOutbox *outbox, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  const char *const texts[][2] = { { "MessageId", outbox->message_id },
                                   { "From", outbox->from },
                                   { "Subject", outbox->subject },
                                   { "SentFolder", outbox->sent_folder },
                                   { "Route", outbox->route } };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    if (texts[i][1] != NULL)
      g_key_file_set_string (file, GROUP, texts[i][0], texts[i][1]);
  }
  g_key_file_set_string_list (file, GROUP, "Recipients", (const char *const *)outbox->recipients,
                              g_strv_length (outbox->recipients));
  if (outbox->got != NULL)
    g_key_file_set_string_list (file, GROUP, "Got", (const char *const *)outbox->got,
                                g_strv_length (outbox->got));
  g_key_file_set_int64 (file, GROUP, "Created", outbox->created);
  g_key_file_set_integer (file, GROUP, "Notify", (int)outbox->notify);
  g_key_file_set_int64 (file, GROUP, "SendAt", outbox->send_at);

  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "SELECT name FROM account WHERE id = ?1", STORE_INTS (outbox->account));
  int step = query != NULL ? store_query_step (db, query, error) : -1;
  if (step == 0)
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This account does not exist any more."));
  if (step <= 0)
    return FALSE;
  g_autofree char *account = store_query_dup_text (query, 0);
  g_key_file_set_string (file, GROUP, "Account", account);

  gsize length;
  g_autofree char *data = g_key_file_to_data (file, &length, NULL);
  g_autofree char *path = dup_path (db, outbox->draft, "outbox.ini");
  return base_paths_write (path, data, length, error);
}

/* NULL: there is none, or not for an account of this profile. */
static StoreOutbox *
read_ini (StoreDb *db, const char *draft, char **account)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = dup_path (db, draft, "outbox.ini");
  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    return NULL;
  g_autofree char *name = g_key_file_get_string (file, GROUP, "Account", NULL);
  g_autoptr (StoreOutbox) outbox = g_new0 (StoreOutbox, 1);
  outbox->draft = g_strdup (draft);
  outbox->message_id = g_key_file_get_string (file, GROUP, "MessageId", NULL);
  outbox->from = g_key_file_get_string (file, GROUP, "From", NULL);
  outbox->subject = g_key_file_get_string (file, GROUP, "Subject", NULL);
  outbox->sent_folder = g_key_file_get_string (file, GROUP, "SentFolder", NULL);
  outbox->route = g_key_file_get_string (file, GROUP, "Route", NULL);
  outbox->recipients = g_key_file_get_string_list (file, GROUP, "Recipients", NULL, NULL);
  outbox->got = g_key_file_get_string_list (file, GROUP, "Got", NULL, NULL);
  outbox->created = g_key_file_get_int64 (file, GROUP, "Created", NULL);
  outbox->notify = (StoreNotify)g_key_file_get_integer (file, GROUP, "Notify", NULL);
  outbox->send_at = g_key_file_get_int64 (file, GROUP, "SendAt", NULL);
  if (name == NULL || outbox->recipients == NULL)
    return NULL;
  g_autofree char *ini = g_strconcat (name, ".ini", NULL);
  g_autofree char *settings =
      g_build_filename (base_paths_get_accounts (db->store->paths), ini, NULL);
  if (!store_draft_check_id (name, NULL) || !g_file_test (settings, G_FILE_TEST_EXISTS))
    return NULL;
  *account = g_steal_pointer (&name);
  return g_steal_pointer (&outbox);
}

/* ---- rows ---- */

static gboolean
insert_row (StoreDb *db, const StoreOutbox *outbox, StoreOutboxState state, const char *sentence,
            GError **error)
{
  g_autofree char *recipients = g_strjoinv ("\n", outbox->recipients);
  g_autofree char *got = outbox->got != NULL ? g_strjoinv ("\n", outbox->got) : NULL;
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "INSERT INTO outbox (account, state, next_try, created, draft, message_id, sender, "
      "recipients, subject, error, notify, send_at, sent_folder, got, route) "
      "VALUES (?1, ?2, ?3, ?4, ?7, ?8, ?9, ?10, ?11, ?12, ?5, ?6, ?13, ?14, ?15)",
      STORE_INTS (outbox->account, state, outbox->next_try, outbox->created, outbox->notify,
                  outbox->send_at));
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 7, outbox->draft);
  store_query_bind_text (query, 8, outbox->message_id);
  store_query_bind_text (query, 9, outbox->from);
  store_query_bind_text (query, 10, recipients);
  store_query_bind_text (query, 11, outbox->subject);
  store_query_bind_text (query, 12, sentence);
  store_query_bind_text (query, 13, outbox->sent_folder);
  store_query_bind_text (query, 14, got);
  store_query_bind_text (query, 15, outbox->route);
  db->outbox = TRUE;
  return store_query_step (db, query, error) == 0;
}

/* *id 0: it has none. */
static gboolean
find_row (StoreDb *db, const char *draft, gint64 *id, GError **error)
{
  *id = 0;
  g_autoptr (StoreQuery) query =
      store_db_query (db, error, "SELECT id FROM outbox WHERE draft = ?1", STORE_NO_INTS);
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 1, draft);
  int step = store_query_step (db, query, error);
  if (step == 1)
    *id = store_query_int (query, 0);
  return step >= 0;
}

#define OUTBOX_COLUMNS                                                                             \
  "SELECT id, account, draft, message_id, sender, recipients, subject, state, "                    \
  "attempts, next_try, created, error, "                                                           \
  "detail, notify, send_at, refused, sent_folder, got, deferred, route FROM outbox "

static StoreOutbox *
read_row (StoreQuery *query)
{
  g_autofree char *recipients = store_query_dup_text (query, 5);
  g_autofree char *got = store_query_dup_text (query, 17);
  StoreOutbox *outbox = g_new0 (StoreOutbox, 1);
  outbox->id = store_query_int (query, 0);
  outbox->account = store_query_int (query, 1);
  outbox->draft = store_query_dup_text (query, 2);
  outbox->message_id = store_query_dup_text (query, 3);
  outbox->from = store_query_dup_text (query, 4);
  outbox->recipients = g_strsplit (recipients, "\n", -1);
  outbox->subject = store_query_dup_text (query, 6);
  outbox->state = (StoreOutboxState)store_query_int (query, 7);
  outbox->attempts = (guint)store_query_int (query, 8);
  outbox->next_try = store_query_int (query, 9);
  outbox->created = store_query_int (query, 10);
  outbox->error = store_query_dup_text (query, 11);
  outbox->detail = store_query_dup_text (query, 12);
  outbox->notify = (StoreNotify)store_query_int (query, 13);
  outbox->send_at = store_query_int (query, 14);
  outbox->refused = store_query_dup_text (query, 15);
  outbox->sent_folder = store_query_dup_text (query, 16);
  outbox->got = got != NULL ? g_strsplit (got, "\n", -1) : NULL;
  outbox->deferred = store_query_int (query, 18);
  outbox->route = store_query_dup_text (query, 19);
  return outbox;
}

static StoreOutbox *
load_row (StoreDb *db, gint64 id, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error, OUTBOX_COLUMNS "WHERE id = ?1", STORE_INTS (id));
  int step = query != NULL ? store_query_step (db, query, error) : -1;
  if (step == 0)
    base_error_set (error, BASE_ERROR_GONE, NULL,
                    _ ("This message is not in the outbox any more."));
  return step == 1 ? read_row (query) : NULL;
}

/* Who has got it does not get it again when the database is lost, too; but where somebody has taken the folder away, or forbidden to write in it, that
 * is said when the message is to be read, and nothing else has to wait for it. */
static gboolean
rewrite_ini (StoreDb *db, gint64 id, GError **error)
{
  g_autoptr (StoreOutbox) outbox = load_row (db, id, error);
  g_autofree char *folder =
      outbox != NULL ? store_draft_dup_folder (db->store->paths, outbox->draft) : NULL;

  if (folder != NULL && g_access (folder, W_OK) != 0) {
    base_log ("%s cannot be written: %s", folder, g_strerror (errno));
    return TRUE;
  }
  return outbox != NULL && write_ini (db, outbox, error);
}

/* ---- in ---- */

/* Given as bytes, or written before by store_draft_begin_message (): then it only gets its name. */
static gboolean
put_message (StoreDb *db, const char *draft, GBytes *message, const char *eml, GError **error)
{
  g_autofree char *written = store_draft_dup_message_path (db->store->paths, draft);
  g_autofree char *folder = store_draft_dup_folder (db->store->paths, draft);
  if (message != NULL)
    return base_paths_write_bytes (eml, message, error);
  if (g_rename (written, eml) == 0)
    return base_paths_sync_folder (folder, error);
  base_error_set_disk (error, errno, written);
  return FALSE;
}

static gboolean
add (StoreDb *db, const StoreOutbox *outbox, GBytes *message, GError **error)
{
  gint64 existing;
  if (!find_row (db, outbox->draft, &existing, error))
    return FALSE;
  if (existing != 0) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("This message is in the outbox already."));
    return FALSE;
  }
  g_autofree char *eml = dup_path (db, outbox->draft, "message.eml");
  g_autofree char *ini = dup_path (db, outbox->draft, "outbox.ini");
  if (write_ini (db, outbox, error) && put_message (db, outbox->draft, message, eml, error)
      && insert_row (db, outbox, STORE_OUTBOX_QUEUED, NULL, error))
    return TRUE;
  (void)g_unlink (eml);
  (void)g_unlink (ini);
  return FALSE;
}

gboolean
store_outbox_add (StoreDb *db, const StoreOutbox *outbox, GBytes *message, GError **error)
{
  if (!store_draft_check_id (outbox->draft, error))
    return FALSE;
  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  return store_db_leave (db, add (db, outbox, message, error), error);
}

GPtrArray *
store_outbox_list (StoreDb *db, gint64 account, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error, OUTBOX_COLUMNS "WHERE ?1 = 0 OR account = ?1 ORDER BY created, id",
                      STORE_INTS (account));
  if (query == NULL)
    return NULL;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_outbox);
  int step;
  while ((step = store_query_step (db, query, error)) == 1)
    g_ptr_array_add (rows, read_row (query));
  return step == 0 ? g_steal_pointer (&rows) : NULL;
}

GBytes *
store_outbox_get_message (StoreDb *db, const StoreOutbox *outbox, GError **error)
{
  if (!store_draft_check_id (outbox->draft, error))
    return NULL;
  g_autofree char *path = dup_path (db, outbox->draft, "message.eml");
  g_autoptr (GError) local = NULL;
  g_autoptr (GMappedFile) mapped = g_mapped_file_new (path, FALSE, &local);
  if (mapped != NULL)
    return g_mapped_file_get_bytes (mapped);
  if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    base_error_set (error, BASE_ERROR_GONE, NULL,
                    _ ("The file of this message is not there any more."));
  else
    base_error_set (error, BASE_ERROR_DISK, local->message,
                    _ ("A message to be sent could not be read from the disk."));
  return NULL;
}

/* ---- out ---- */

/* FALSE: error; *outbox NULL: nothing is due. */
static gboolean
take_due (StoreDb *db, gint64 account, const char *route, gint64 now, StoreOutbox **outbox,
          GError **error)
{
  {
    g_autoptr (StoreQuery) query =
        store_db_query (db, error,
                        OUTBOX_COLUMNS "WHERE account = ?1 AND state = ?2 AND next_try <= ?3 "
                                       "AND route IS ?4 ORDER BY next_try, id LIMIT 1",
                        STORE_INTS (account, STORE_OUTBOX_QUEUED, now));
    if (query == NULL)
      return FALSE;
    store_query_bind_text (query, 4, route);
    int step = store_query_step (db, query, error);
    if (step <= 0)
      return step == 0;
    *outbox = read_row (query);
  }
  (*outbox)->state = STORE_OUTBOX_SENDING;
  (*outbox)->attempts++;
  db->outbox = TRUE;
  return store_db_run (db, error,
                       "UPDATE outbox SET state = ?2, attempts = attempts + 1 WHERE id = ?1",
                       STORE_INTS ((*outbox)->id, STORE_OUTBOX_SENDING));
}

/* When the next one of that route is due; -1: none waits.  FALSE: error. */
static gboolean
find_first (StoreDb *db, gint64 account, const char *route, gint64 *first, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT next_try FROM outbox WHERE account = ?1 AND state = ?2 AND route IS ?3 "
      "ORDER BY next_try LIMIT 1",
      STORE_INTS (account, STORE_OUTBOX_QUEUED));
  int step;

  *first = -1;
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 3, route);
  step = store_query_step (db, query, error);
  if (step == 1)
    *first = store_query_int (query, 0);
  return step >= 0;
}

StoreOutbox *
store_outbox_take_due (StoreDb *db, gint64 account, const char *route, gint64 now, gint64 *next_due,
                       GError **error)
{
  gint64 first = -1;
  if (next_due != NULL)
    *next_due = 0;
  if (!find_first (db, account, route, &first, error))
    return NULL;
  if (first < 0 || first > now) {
    if (next_due != NULL)
      *next_due = MAX (first, 0);
    return NULL;
  }
  g_autoptr (StoreOutbox) outbox = NULL;
  if (!store_db_enter (db, TRUE, error))
    return NULL;
  if (!store_db_leave (db, take_due (db, account, route, now, &outbox, error), error))
    return NULL;
  return g_steal_pointer (&outbox);
}

gboolean
store_outbox_set_state (StoreDb *db, gint64 id, StoreOutboxState state, gint64 next_try,
                        const char *sentence, const char *detail, GError **error)
{
  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "UPDATE outbox SET state = ?2, next_try = ?3, error = ?4, detail = ?5 WHERE id = ?1",
      STORE_INTS (id, state, next_try));
  gboolean ok = FALSE;
  if (query != NULL) {
    store_query_bind_text (query, 4, sentence);
    store_query_bind_text (query, 5, detail);
    ok = store_query_step (db, query, error) == 0;
    store_query_done (g_steal_pointer (&query)); /* COMMIT wants no statement open */
  }
  if (ok && sqlite3_changes (db->sqlite) == 0) {
    base_error_set (error, BASE_ERROR_GONE, NULL,
                    _ ("This message is not in the outbox any more."));
    ok = FALSE;
  }
  db->outbox = TRUE;
  return store_db_leave (db, ok, error);
}

gboolean
store_outbox_defer (StoreDb *db, gint64 id, gint64 next_try, const char *sentence,
                    const char *detail, GError **error)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  /* A clock that was set back does not make it wait for ever. */
  gboolean ok =
      store_db_run (
          db, error,
          "UPDATE outbox SET deferred = ?2 WHERE id = ?1 AND deferred NOT BETWEEN 1 AND ?2",
          STORE_INTS (id, now))
      && store_outbox_set_state (db, id, STORE_OUTBOX_QUEUED, next_try, sentence, detail, error);
  return store_db_leave (db, ok, error);
}

gboolean
store_outbox_was_left (const StoreOutbox *outbox, gint64 now)
{
  return outbox->deferred > 0 && outbox->next_try > 0 && now - outbox->next_try > LEFT_S;
}

gboolean
store_outbox_skip_left (StoreDb *db, const StoreOutbox *outbox, gint64 now, GError **error)
{
  return store_db_run (db, error,
                       "UPDATE outbox SET deferred = min (deferred + ?2 - next_try, ?2), "
                       "next_try = ?2 WHERE id = ?1 AND next_try BETWEEN 1 AND ?2",
                       STORE_INTS (outbox->id, now));
}

gboolean
store_outbox_is_overdue (const StoreOutbox *outbox, gint64 now)
{
  return outbox->deferred > 0 && now - outbox->deferred >= OVERDUE_S;
}

const char *
store_outbox_get_overdue_sentence (void)
{
  return _ ("The server could not take it for five days, so it is not tried any more.");
}

gboolean
store_outbox_send_again (StoreDb *db, gint64 id, StoreOutboxState seen, GError **error)
{
  g_return_val_if_fail (seen != STORE_OUTBOX_SENDING, FALSE);

  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  gint64 exists = 0;
  gboolean ok = store_db_run (db, error,
                              "UPDATE outbox SET state = ?2, next_try = 0, error = NULL, "
                              "detail = NULL, send_at = CASE ?3 WHEN ?2 THEN 0 ELSE send_at END, "
                              "deferred = CASE ?3 WHEN ?2 THEN deferred ELSE 0 END "
                              "WHERE id = ?1 AND state = ?3",
                              STORE_INTS (id, STORE_OUTBOX_QUEUED, seen))
                && store_db_get_int (db, &exists, error, "SELECT id FROM outbox WHERE id = ?1",
                                     STORE_INTS (id));
  if (ok && exists == 0) {
    base_error_set (error, BASE_ERROR_GONE, NULL,
                    _ ("This message is not in the outbox any more."));
    ok = FALSE;
  }
  db->outbox = TRUE;
  return store_db_leave (db, ok, error);
}

gboolean
store_outbox_part (StoreDb *db, gint64 id, const char *const *rest, const char *refused,
                   GError **error)
{
  g_autofree char *recipients = g_strjoinv ("\n", (char **)rest);
  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "UPDATE outbox SET state = ?2, next_try = 0, recipients = ?3, refused = CASE WHEN refused IS NULL "
      "THEN ?4 ELSE refused || ?4 END WHERE id = ?1",
      STORE_INTS (id, STORE_OUTBOX_QUEUED));
  gboolean ok = FALSE;
  if (query != NULL) {
    store_query_bind_text (query, 3, recipients);
    store_query_bind_text (query, 4, refused);
    ok = store_query_step (db, query, error) == 0;
    store_query_done (g_steal_pointer (&query));
  }
  db->outbox = TRUE;
  return store_db_leave (db, ok, error);
}

gboolean
store_outbox_refused_for_now (const char *refused)
{
  g_auto (GStrv) lines = g_strsplit (refused, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    const char *colon = strstr (lines[i], ": ");
    if (colon != NULL && colon[2] == '4')
      return TRUE;
  }
  return FALSE;
}

GStrv
store_outbox_dup_refused (const char *refused)
{
  g_auto (GStrv) lines = g_strsplit (refused, "\n", -1);
  g_autoptr (GStrvBuilder) addresses = g_strv_builder_new ();
  for (guint i = 0; lines[i] != NULL; i++) {
    char *colon = strstr (lines[i], ": ");
    if (colon == NULL)
      continue;
    *colon = '\0';
    g_strv_builder_add (addresses, lines[i]);
  }
  return g_strv_builder_end (addresses);
}

/* Why it is kept for `count` of them. */
static char *
explain_refused (guint count, gboolean for_now, gboolean overdue)
{
  if (overdue)
    return g_strdup (store_outbox_get_overdue_sentence ());
  return g_strdup_printf (
      for_now ? ngettext ("%'u recipient cannot be reached at the moment.",
                          "%'u recipients cannot be reached at the moment.", count)
              : ngettext ("%'u recipient was refused.", "%'u recipients were refused.", count),
      count);
}

/* The others have it. */
static gboolean
keep_refused (StoreDb *db, const StoreOutbox *outbox, gint64 retry, GError **error)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_auto (GStrv) refused = store_outbox_dup_refused (outbox->refused);
  g_autofree char *recipients = g_strjoinv ("\n", refused);
  g_autofree char *got = g_strjoinv ("\n", outbox->recipients);
  gboolean for_now = store_outbox_refused_for_now (outbox->refused);
  gboolean overdue = for_now && store_outbox_is_overdue (outbox, now);
  gboolean later = for_now && !overdue;
  g_autofree char *sentence = explain_refused (g_strv_length (refused), for_now, overdue);
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      /* In Sent there is a message of that id: it is not this one that was sent to them. */
      "UPDATE outbox SET state = ?2, next_try = ?5, recipients = ?3, error = ?4, detail = refused, "
      "refused = NULL, message_id = NULL, got = iif (got IS NULL, ?6, got || char (10) || ?6), "
      "deferred = iif (?7 > 0 AND deferred NOT BETWEEN 1 AND ?7, ?7, deferred) WHERE id = ?1",
      STORE_INTS (outbox->id, later ? STORE_OUTBOX_QUEUED : STORE_OUTBOX_FAILED));
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 6, got);
  store_query_bind_int (query, 7, later ? now : 0);
  store_query_bind_text (query, 3, recipients);
  store_query_bind_text (query, 4, sentence);
  store_query_bind_int (query, 5, later ? retry : 0);
  gboolean kept = store_query_step (db, query, error) == 0;
  store_query_done (g_steal_pointer (&query));
  return kept && rewrite_ini (db, outbox->id, error);
}

static gboolean
remember_removed (StoreDb *db, const char *draft, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error, "INSERT OR IGNORE INTO removed_draft VALUES (?1)", STORE_NO_INTS);
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 1, draft);
  return store_query_step (db, query, error) == 0;
}

/* Whether the server's copy came before the word that the mail was sent.  -1: an error. */
static int
has_copy (StoreDb *db, gint64 folder, const char *message_id, GError **error)
{
  g_autoptr (StoreQuery) query = NULL;
  if (message_id == NULL)
    return 0;
  query = store_db_query (
      db, error, "SELECT 1 FROM message WHERE folder = ?1 AND uid IS NOT NULL AND message_id = ?2",
      STORE_INTS (folder));
  if (query == NULL)
    return -1;
  store_query_bind_text (query, 2, message_id);
  return store_query_step (db, query, error);
}

static gboolean
finish_sent (StoreDb *db, const StoreOutbox *outbox, gint64 sent_folder,
             const StoreNewMessage *copy, gboolean filed, gint64 retry, GError **error)
{
  gint64 exists = 0;
  if (!store_db_get_int (db, &exists, error, "SELECT id FROM outbox WHERE id = ?1",
                         STORE_INTS (outbox->id)))
    return FALSE;
  if (exists == 0)
    return TRUE; /* said twice */
  db->outbox = TRUE;
  if (outbox->refused != NULL) {
    if (!keep_refused (db, outbox, retry, error))
      return FALSE;
  } else {
    if (!store_db_run (db, error, "DELETE FROM outbox WHERE id = ?1", STORE_INTS (outbox->id))
        || !remember_removed (db, outbox->draft, error))
      return FALSE;
    store_db_remove_after_commit (db, store_draft_dup_folder (db->store->paths, outbox->draft));
  }
  if (sent_folder <= 0)
    return TRUE;
  g_autoptr (StoreFolder) folder = NULL;
  g_autoptr (GError) local = NULL;
  folder = store_folder_get (db, sent_folder, &local);
  if (folder != NULL && filed) {
    /* Ours beside it would be there twice until it is looked for. */
    int there = has_copy (db, sent_folder, copy->message_id, error);
    if (there != 0)
      return there > 0;
  }
  if (folder != NULL)
    return store_operation_add_append (db, sent_folder, copy, filed, error);
  if (!g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  /* Sent is sent, even where there is no folder for the copy any more. */
  base_log ("no copy of a sent message is kept: its folder is gone");
  return TRUE;
}

gboolean
store_outbox_sent (StoreDb *db, const StoreOutbox *outbox, gint64 sent_folder,
                   const StoreNewMessage *copy, gboolean filed, gint64 retry, GError **error)
{
  g_return_val_if_fail (sent_folder <= 0 || (copy != NULL && copy->body != NULL), FALSE);

  if (!store_draft_check_id (outbox->draft, error) || !store_db_enter (db, TRUE, error))
    return FALSE;
  return store_db_leave (db, finish_sent (db, outbox, sent_folder, copy, filed, retry, error),
                         error);
}

static gboolean
edit (StoreDb *db, gint64 id, GError **error)
{
  g_autoptr (StoreOutbox) outbox = load_row (db, id, error);
  if (outbox == NULL)
    return FALSE;
  if (outbox->state == STORE_OUTBOX_SENDING || outbox->state == STORE_OUTBOX_SENT) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("This message is being sent right now, so it cannot be changed."));
    return FALSE;
  }
  db->outbox = TRUE;
  store_db_remove_after_commit (db, dup_path (db, outbox->draft, "message.eml"));
  store_db_remove_after_commit (db, dup_path (db, outbox->draft, "outbox.ini"));
  return store_db_run (db, error, "DELETE FROM outbox WHERE id = ?1", STORE_INTS (id));
}

gboolean
store_outbox_edit (StoreDb *db, gint64 id, GError **error)
{
  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  return store_db_leave (db, edit (db, id, error), error);
}

gboolean
store_outbox_edit_draft (StoreDb *db, const char *draft, GError **error)
{
  gint64 id = 0;
  if (!find_row (db, draft, &id, error))
    return FALSE;
  if (id != 0)
    return store_outbox_edit (db, id, error);
  base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This message is not in the outbox any more."));
  return FALSE;
}

gboolean
store_outbox_release (StoreDb *db, GError **error)
{
  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  db->outbox = TRUE;
  return store_db_leave (
      db,
      store_db_run (
          db, error,
          "UPDATE outbox SET next_try = 0 WHERE state = ?1 AND attempts = 0 AND next_try > 0",
          STORE_INTS (STORE_OUTBOX_QUEUED)),
      error);
}

/* ---- after a restart ---- */

static const char *
get_uncertain_sentence (void)
{
  return _ ("Sosik was interrupted while it sent this message, so it may or may not have arrived.");
}

static gboolean
mark_interrupted (StoreDb *db, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error, "UPDATE outbox SET state = ?1, error = ?3, detail = NULL WHERE state = ?2",
      STORE_INTS (STORE_OUTBOX_UNCERTAIN, STORE_OUTBOX_SENDING));
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 3, get_uncertain_sentence ());
  db->outbox = TRUE;
  return store_query_step (db, query, error) == 0;
}

static gboolean
remove_leftovers (StoreDb *db, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error, "SELECT draft FROM removed_draft", STORE_NO_INTS);
  if (query == NULL)
    return FALSE;
  gboolean all = TRUE;
  int step;
  while ((step = store_query_step (db, query, error)) == 1) {
    g_autofree char *draft = store_query_dup_text (query, 0);
    if (store_draft_check_id (draft, NULL))
      all &= store_draft_remove (db->store->paths, draft, NULL);
  }
  if (step < 0)
    return FALSE;
  store_query_done (g_steal_pointer (&query));
  return !all || store_db_run (db, error, "DELETE FROM removed_draft", STORE_NO_INTS);
}

/* A draft folder with bytes to send that no row knows.  After the loss of the database nobody
 * can say whether they were sent.  Else the crash came before the row was there, or after the
 * person had taken it back: a plain draft. */
static gboolean
recover_unknown (StoreDb *db, const char *draft, gboolean lost, GError **error)
{
  g_autofree char *account = NULL;
  g_autoptr (StoreOutbox) outbox = lost ? read_ini (db, draft, &account) : NULL;
  if (outbox != NULL) {
    outbox->account = store_account_ensure (db, account, error);
    return outbox->account != 0
           && insert_row (db, outbox, STORE_OUTBOX_UNCERTAIN, get_uncertain_sentence (), error);
  }
  store_db_remove_after_commit (db, dup_path (db, draft, "message.eml"));
  store_db_remove_after_commit (db, dup_path (db, draft, "outbox.ini"));
  return TRUE;
}

static gboolean
recover_draft (StoreDb *db, const char *draft, gboolean lost, GError **error)
{
  g_autofree char *ini = dup_path (db, draft, "draft.ini");
  g_autofree char *eml = dup_path (db, draft, "message.eml");
  gboolean has_message = g_file_test (eml, G_FILE_TEST_EXISTS);
  gint64 id;
  if (!find_row (db, draft, &id, error))
    return FALSE;
  if (!g_file_test (ini, G_FILE_TEST_EXISTS) && !has_message && id == 0) {
    /* Attached to, but never saved: the composer was not yet sure of itself. */
    store_db_remove_after_commit (db, store_draft_dup_folder (db->store->paths, draft));
    return TRUE;
  }
  store_draft_tidy (db->store->paths, draft);
  g_autofree char *half = store_draft_dup_message_path (db->store->paths, draft);
  if (g_file_test (half, G_FILE_TEST_EXISTS))
    store_db_remove_after_commit (db, g_steal_pointer (&half));
  return !has_message || id != 0 || recover_unknown (db, draft, lost, error);
}

static gboolean
recover (StoreDb *db, GError **error)
{
  gint64 fresh = 0;
  if (!mark_interrupted (db, error) || !remove_leftovers (db, error)
      || !store_db_get_int (db, &fresh, error, "SELECT fresh FROM store", STORE_NO_INTS))
    return FALSE;
  const char *folder = base_paths_get_drafts (db->store->paths);
  g_autoptr (GError) local = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &local);
  if (dir == NULL) {
    base_error_set (error, BASE_ERROR_DISK, local->message,
                    _ ("The drafts could not be read from the disk."));
    return FALSE;
  }
  const char *name;
  while ((name = g_dir_read_name (dir)) != NULL) {
    if (store_draft_check_id (name, NULL) && !recover_draft (db, name, fresh != 0, error))
      return FALSE;
  }
  store_draft_empty_bin (db->store->paths, g_get_real_time () / G_USEC_PER_SEC);
  return store_db_run (db, error, "UPDATE store SET fresh = 0", STORE_NO_INTS);
}

gboolean
store_outbox_recover (StoreDb *db, GError **error)
{
  if (!store_db_enter (db, TRUE, error))
    return FALSE;
  return store_db_leave (db, recover (db, error), error);
}
