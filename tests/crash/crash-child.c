/* crash-child list                                     the scenarios, a line each
 * crash-child old PROFILE                              makes a database of the first version there
 * crash-child NAME|sync DONE PROFILE IMAP SMTP CA      runs the scenario from the first step that is not among the DONE first
 *
 * "sync" has no steps: all comes in step, and then all that is here is told.  Talks to its parent by two pipes: "done N" after
 * each step, "act TEXT" and waits for a line, "= LINE" for what is here, "bad SENTENCE" for what must not be.  The main
 * thread is the person; must never write to a socket or file but through the engine. */
#include "crash-person.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crash-message.h"
#include "store-private.h"

#define NUDGE_US (1500 * G_TIME_SPAN_MILLISECOND)

/* Made by glib-compile-resources in the store. */
GResource *store_get_resource (void);

/* ---- engine ---- */

static char *
get_password (const BaseAccount *account, const char *protocol, GCancellable *cancellable,
              GError **error, gpointer user_data)
{
  return g_strdup ("secret");
}

static void
state_changed (const char *account_id, const SyncState *state, gpointer user_data)
{
  Child *child = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&child->lock);

  g_hash_table_replace (child->phases, g_strdup (account_id), GUINT_TO_POINTER (state->phase + 1));
  g_cond_signal (&child->told);
}

static void
arrived (const char *account_id, gint64 folder, const StoreKey *keys, gsize n, gpointer user_data)
{
}

static void
refused (const char *account_id, const char *sentence, const char *detail, gpointer user_data)
{
  g_printerr ("refused: %s / %s\n", sentence, detail != NULL ? detail : "");
}

void
child_say (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  putchar ('\n');
  fflush (stdout);
}

void
child_fail (const char *what, const GError *error)
{
  child_say ("bad %s: %s", what, error != NULL ? error->message : "");
  _exit (1);
}

static void
set_server (BaseServer *server, const char *port, const char *user)
{
  g_free (server->host);
  g_free (server->user);
  server->host = g_strdup ("127.0.0.1");
  server->port = (guint16)g_ascii_strtoull (port, NULL, 10);
  server->security = BASE_SECURITY_TLS;
  server->user = g_strdup (user);
}

BaseAccount *
child_new_account (Child *child, const char *user)
{
  BaseAccount *account = base_account_new ();

  g_free (account->id);
  account->id = g_strdup (user);
  g_free (account->address);
  account->address = g_strdup_printf ("%s@crash.test", user);
  g_free (account->ca_file);
  account->ca_file = g_strdup (child->ca_file);
  set_server (&account->imap, child->imap_port, user);
  set_server (&account->smtp, child->smtp_port, user);
  if (child->scenario != NULL && (child->scenario->flags & SCENARIO_FEW_BODIES) != 0)
    account->bodies = BASE_BODIES_OPENING;
  return account;
}

/* The ini of the first account is the parent's doing in a way: it is there before the first step. */
static void
open_profile (Child *child)
{
  const StoreLimits small = {
    .pack_size = 16384, .compact_size = 1024, .compact_budget = 1 << 20, .recent_links = 20
  };
  gboolean small_packs =
      child->scenario != NULL && (child->scenario->flags & SCENARIO_SMALL_PACKS) != 0;
  const SyncEvents events = { .get_password = get_password,
                              .state_changed = state_changed,
                              .arrived = arrived,
                              .refused = refused };
  g_autoptr (GPtrArray) accounts = base_account_load_all (child->paths, NULL);
  g_autoptr (GError) error = NULL;
  gboolean rebuilt = FALSE;

  if (accounts->len == 0) {
    BaseAccount *account = child_new_account (child, "alice");

    GOOD (base_account_save (account, child->paths, &error));
    g_ptr_array_add (accounts, account);
  }
  child->store = small_packs ? store_open_with_limits (child->paths, &small, &rebuilt, &error)
                             : store_open (child->paths, &rebuilt, &error);
  GOOD (child->store != NULL);
  if (rebuilt)
    child_say ("bad the database was taken for damaged");
  child->db = store_connect (child->store, &error);
  GOOD (child->db != NULL);
  GOOD (store_outbox_recover (child->db, &error));
  child->engine = sync_engine_new (child->store, &events, child);
  if (g_getenv ("CRASH_PATIENCE") != NULL)
    sync_engine_set_patience (child->engine,
                              (guint)g_ascii_strtoull (g_getenv ("CRASH_PATIENCE"), NULL, 10));
  for (guint i = 0; i < accounts->len; i++) {
    const BaseAccount *account = g_ptr_array_index (accounts, i);

    if (strcmp (account->id, "alice") == 0)
      child->row = store_account_ensure (child->db, account->id, &error);
    sync_engine_add_account (child->engine, account);
  }
  GOOD (child->row != 0);
}

/* ---- waiting ---- */

static gboolean
all_in_phase (Child *child)
{
  g_autoptr (GPtrArray) accounts = base_account_load_all (child->paths, NULL);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&child->lock);

  for (guint i = 0; i < accounts->len; i++) {
    const BaseAccount *account = g_ptr_array_index (accounts, i);

    if (GPOINTER_TO_UINT (g_hash_table_lookup (child->phases, account->id))
        != SYNC_PHASE_IN_STEP + 1)
      return FALSE;
  }
  return accounts->len > 0;
}

static gboolean
outbox_is_quiet (Child *child)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (child->db, 0, NULL);

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    StoreOutboxState state = ((StoreOutbox *)g_ptr_array_index (rows, i))->state;

    if (state == STORE_OUTBOX_QUEUED || state == STORE_OUTBOX_SENDING)
      return FALSE;
  }
  return rows != NULL;
}

static gboolean
bodies_are_here (Child *child)
{
  g_autoptr (GPtrArray) folders = store_folder_list (child->db, 0, NULL);

  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    g_autoptr (GArray) lacking =
        store_message_get_uids_without_body (child->db, folder->id, 1, 0, 0, NULL);

    if (lacking == NULL || lacking->len > 0)
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_in_step (Child *child)
{
  g_autoptr (GPtrArray) accounts = base_account_load_all (child->paths, NULL);
  gboolean few = FALSE;
  gint64 pending = 1;

  /* First: with one transaction what was sent leaves the outbox and its copy is to be appended.  Asked for in the other order,
   * the two may both be missed. */
  if (!outbox_is_quiet (child))
    return FALSE;
  for (guint i = 0; i < accounts->len; i++) {
    const BaseAccount *account = g_ptr_array_index (accounts, i);

    few |= account->bodies != BASE_BODIES_EVERYTHING;
  }
  /* At once: what goes from one account to another changes hands, and asked for one after the other it may be with neither. */
  return store_db_get_int (child->db, &pending, NULL,
                           "SELECT count(*) FROM operation WHERE state < 2", STORE_NO_INTS)
         && pending == 0 && all_in_phase (child) && (few || bodies_are_here (child));
}

/* Where connections are cut the person presses Retry now and then; else a server that fell silent while nobody asked it anything
 * is found out by the watchdog, after minutes. */
void
child_nudge (Child *child)
{
  gint64 now = g_get_monotonic_time ();

  if (g_getenv ("CRASH_PATIENCE") == NULL)
    return;
  if (child->nudged == 0)
    child->nudged = now;
  if (now - child->nudged < NUDGE_US)
    return;
  child->nudged = now;
  sync_engine_retry (child->engine, NULL);
}

/* Before it looks again.  While an account is not in step there is nothing to see before that changes, and each look costs more
 * than all that the engine does. */
void
child_wait_a_moment (Child *child)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&child->lock);
  gint64 moment = 2 * G_TIME_SPAN_MILLISECOND;
  GHashTableIter iter;
  gpointer phase;

  g_hash_table_iter_init (&iter, child->phases);
  while (g_hash_table_iter_next (&iter, NULL, &phase))
    if (GPOINTER_TO_UINT (phase) != SYNC_PHASE_IN_STEP + 1)
      moment = 50 * G_TIME_SPAN_MILLISECOND;
  g_cond_wait_until (&child->told, &child->lock, g_get_monotonic_time () + moment);
}

/* Also for the moment after: what was told a moment ago may have been said before the last act. */
void
child_wait_in_step (Child *child)
{
  gint64 deadline = g_get_monotonic_time () + CHILD_PATIENCE_US;

  while (!is_in_step (child)) {
    if (g_get_monotonic_time () > deadline)
      child_fail ("it does not come in step", NULL);
    child_nudge (child);
    child_wait_a_moment (child);
  }
}

/* ---- what is here ---- */

gint64
child_find_folder_of (Child *child, gint64 account, const char *name)
{
  g_autoptr (GPtrArray) folders = store_folder_list (child->db, account, NULL);

  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);

    if (strcmp (folder->name, name) == 0)
      return folder->id;
  }
  return 0;
}

gint64
child_find_folder (Child *child, const char *name)
{
  return child_find_folder_of (child, child->row, name);
}

GPtrArray *
child_list_folder (Child *child, gint64 folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) keys = store_message_list (child->db, folder, 0, 0, &error);
  GPtrArray *messages = g_ptr_array_new_with_free_func ((GDestroyNotify)store_message_free);

  GOOD (keys != NULL);
  for (guint i = 0; i < keys->len; i++) {
    StoreMessage *message =
        store_message_get (child->db, STORE_KEY_ID (g_array_index (keys, StoreKey, i)), NULL);

    if (message != NULL)
      g_ptr_array_add (messages, message);
  }
  return messages;
}

gint64
child_find_message (Child *child, const char *folder_name, const char *name)
{
  gint64 folder = child_find_folder (child, folder_name);
  g_autoptr (GPtrArray) messages = folder != 0 ? child_list_folder (child, folder) : NULL;
  g_autofree char *message_id = crash_message_id (name);

  for (guint i = 0; messages != NULL && i < messages->len; i++) {
    const StoreMessage *message = g_ptr_array_index (messages, i);

    if (g_strcmp0 (message->message_id, message_id) == 0)
      return message->id;
  }
  return 0;
}

static char *
flags_to_string (StoreFlags flags)
{
  static const struct
  {
    StoreFlags flag;
    const char *name;
  } names[] = { { STORE_FLAG_FORWARDED, "$Forwarded" }, { STORE_FLAG_ANSWERED, "\\Answered" },
                { STORE_FLAG_DELETED, "\\Deleted" },    { STORE_FLAG_DRAFT, "\\Draft" },
                { STORE_FLAG_FLAGGED, "\\Flagged" },    { STORE_FLAG_SEEN, "\\Seen" } };
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if ((flags & names[i].flag) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", names[i].name);
  return g_string_free (text, FALSE);
}

/* As model_server_dump () does for the server. */
static void
tell_messages (Child *child, const char *user, gint64 row)
{
  g_autoptr (GPtrArray) folders = store_folder_list (child->db, row, NULL);

  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    g_autoptr (GPtrArray) messages = child_list_folder (child, folder->id);

    if (messages->len == 0)
      child_say ("= mail %s:%s", user, folder->name);
    for (guint k = 0; k < messages->len; k++) {
      const StoreMessage *message = g_ptr_array_index (messages, k);
      g_autofree char *flags = flags_to_string (message->flags);
      g_autoptr (GBytes) body =
          message->has_body ? store_message_get_body (child->db, message->id, NULL) : NULL;
      g_autofree char *hash =
          body != NULL ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, body) : g_strdup ("-");

      child_say ("= mail %s:%s\t%s\t%s\t%s", user, folder->name, flags, hash,
                 message->message_id != NULL ? message->message_id : "");
    }
  }
}

static void
tell_all (Child *child)
{
  g_autoptr (GPtrArray) accounts = base_account_load_all (child->paths, NULL);
  g_autoptr (GPtrArray) outbox = store_outbox_list (child->db, 0, NULL);
  g_autoptr (GPtrArray) drafts = store_draft_list (child->paths, NULL);

  for (guint i = 0; i < accounts->len; i++) {
    const BaseAccount *account = g_ptr_array_index (accounts, i);

    child_say ("= account %s", account->id);
    tell_messages (child, account->id, store_account_ensure (child->db, account->id, NULL));
  }
  for (guint i = 0; i < outbox->len; i++) {
    const StoreOutbox *row = g_ptr_array_index (outbox, i);

    /* The rest of one that others have got has none of its own. */
    g_autofree char *id =
        row->message_id != NULL ? g_strdup (row->message_id) : crash_message_id (row->subject);

    child_say ("= outbox %d %s", (int)row->state, id);
  }
  for (guint i = 0; i < drafts->len; i++) {
    const StoreDraft *draft = g_ptr_array_index (drafts, i);

    child_say ("= draft %s %u %s", draft->subject, draft->attachments->len, draft->text);
  }
}

/* ---- beginning and end ---- */

static int
list_scenarios (void)
{
  for (guint i = 0; i < crash_n_scenarios; i++) {
    const Scenario *scenario = &crash_scenarios[i];

    child_say ("%s\t%u\t%s\t%s\t%s", scenario->name, scenario->flags,
               scenario->capabilities != NULL ? scenario->capabilities : "",
               scenario->smtp_capabilities != NULL ? scenario->smtp_capabilities : "",
               scenario->setup);
  }
  return 0;
}

/* What the first version left behind. */
static int
make_old (const char *profile)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BasePaths) paths = base_paths_new (profile, &error);
  g_autofree char *path =
      paths != NULL ? g_build_filename (base_paths_get_data (paths), "mail.db", NULL) : NULL;
  g_autoptr (GBytes) sql =
      g_resource_lookup_data (store_get_resource (), "/org/sosik/Sosik/store/schema.sql",
                              G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  sqlite3 *db = NULL;

  GOOD (sql != NULL);
  GOOD (sqlite3_open (path, &db) == SQLITE_OK);
  GOOD (sqlite3_exec (db, "PRAGMA journal_mode = WAL; BEGIN", NULL, NULL, NULL) == SQLITE_OK);
  GOOD (sqlite3_exec (db, g_bytes_get_data (sql, NULL), NULL, NULL, NULL) == SQLITE_OK);
  GOOD (sqlite3_exec (db, "PRAGMA user_version = 1; COMMIT", NULL, NULL, NULL) == SQLITE_OK);
  sqlite3_close (db);
  return 0;
}

int
main (int argc, char **argv)
{
  Child child = { 0 };
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "C.UTF-8");
  if (argc == 2 && strcmp (argv[1], "list") == 0)
    return list_scenarios ();
  if (argc == 3 && strcmp (argv[1], "old") == 0)
    return make_old (argv[2]);
  if (argc != 7)
    g_error ("usage: crash-child NAME DONE PROFILE IMAP SMTP CA");
  for (guint i = 0; i < crash_n_scenarios; i++)
    if (strcmp (crash_scenarios[i].name, argv[1]) == 0)
      child.scenario = &crash_scenarios[i];
  child.acknowledged = (guint)g_ascii_strtoull (argv[2], NULL, 10);
  child.imap_port = argv[4];
  child.smtp_port = argv[5];
  child.ca_file = argv[6];
  child.phases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  child.paths = base_paths_new (argv[3], &error);
  GOOD (child.paths != NULL);
  open_profile (&child);
  if (child.scenario != NULL) {
    child.scenario->run (&child);
  } else {
    child_wait_in_step (&child);
    tell_all (&child);
  }
  sync_engine_free (child.engine);
  store_db_free (child.db);
  store_unref (child.store);
  base_paths_unref (child.paths);
  g_hash_table_unref (child.phases);
  child_say ("end");
  return 0;
}
