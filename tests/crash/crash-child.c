/* crash-child list                                     the scenarios, a line each
 * crash-child old PROFILE                              makes a database of the first version there
 * crash-child NAME|sync DONE PROFILE IMAP SMTP CA      runs the scenario from the first step that is not among the DONE first
 *
 * "sync" has no steps: all comes in step, and then all that is here is told.  Talks to its parent by two pipes: "done N" after
 * each step, "act TEXT" and waits for a line, "= LINE" for what is here, "bad SENTENCE" for what must not be.  The main
 * thread is the person; must never write to a socket or file but through the engine. */
#include "crash-child.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crash-message.h"
#include "store-private.h"

#define PATIENCE_US (45 * G_USEC_PER_SEC)
#define NUDGE_US    (1500 * G_TIME_SPAN_MILLISECOND)
#define DATE        1795428000 /* of all mail: 23 November 2026 */

/* Made by glib-compile-resources in the store. */
GResource *store_get_resource (void);

struct _Child
{
  const Scenario *scenario; /* Borrowed; NULL: sync */
  const char *imap_port, *smtp_port, *ca_file;
  BasePaths *paths;
  Store *store;
  StoreDb *db;
  SyncEngine *engine;
  gint64 row; /* of the first account */
  guint step, acknowledged;
  gint64 group;  /* of the last move, 0: another life */
  gint64 nudged; /* when Retry was pressed last, monotonic */

  GMutex lock;
  GCond told;         /* a phase */
  GHashTable *phases; /* account id -> SyncPhase + 1 */
};

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

G_GNUC_PRINTF (1, 2)
static void
say (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  putchar ('\n');
  fflush (stdout);
}

#define GOOD(call)                                                                                 \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (!(call))                                                                                   \
      fail (#call, error);                                                                         \
  }                                                                                                \
  G_STMT_END

G_GNUC_NORETURN static void
fail (const char *what, const GError *error)
{
  say ("bad %s: %s", what, error != NULL ? error->message : "");
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

static BaseAccount *
new_account (Child *child, const char *user)
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
    BaseAccount *account = new_account (child, "alice");

    GOOD (base_account_save (account, child->paths, &error));
    g_ptr_array_add (accounts, account);
  }
  child->store = small_packs ? store_open_with_limits (child->paths, &small, &rebuilt, &error)
                             : store_open (child->paths, &rebuilt, &error);
  GOOD (child->store != NULL);
  if (rebuilt)
    say ("bad the database was taken for damaged");
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
static void
nudge (Child *child)
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
static void
wait_a_moment (Child *child)
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
static void
wait_in_step (Child *child)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_US;

  while (!is_in_step (child)) {
    if (g_get_monotonic_time () > deadline)
      fail ("it does not come in step", NULL);
    nudge (child);
    wait_a_moment (child);
  }
}

/* ---- what is here ---- */

static gint64
find_folder_of (Child *child, gint64 account, const char *name)
{
  g_autoptr (GPtrArray) folders = store_folder_list (child->db, account, NULL);

  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);

    if (strcmp (folder->name, name) == 0)
      return folder->id;
  }
  return 0;
}

static gint64
find_folder (Child *child, const char *name)
{
  return find_folder_of (child, child->row, name);
}

static GPtrArray *
list_folder (Child *child, gint64 folder)
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

static gint64
find_message (Child *child, const char *folder_name, const char *name)
{
  gint64 folder = find_folder (child, folder_name);
  g_autoptr (GPtrArray) messages = folder != 0 ? list_folder (child, folder) : NULL;
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
    g_autoptr (GPtrArray) messages = list_folder (child, folder->id);

    if (messages->len == 0)
      say ("= mail %s:%s", user, folder->name);
    for (guint k = 0; k < messages->len; k++) {
      const StoreMessage *message = g_ptr_array_index (messages, k);
      g_autofree char *flags = flags_to_string (message->flags);
      g_autoptr (GBytes) body =
          message->has_body ? store_message_get_body (child->db, message->id, NULL) : NULL;
      g_autofree char *hash =
          body != NULL ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, body) : g_strdup ("-");

      say ("= mail %s:%s\t%s\t%s\t%s", user, folder->name, flags, hash,
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

    say ("= account %s", account->id);
    tell_messages (child, account->id, store_account_ensure (child->db, account->id, NULL));
  }
  for (guint i = 0; i < outbox->len; i++) {
    const StoreOutbox *row = g_ptr_array_index (outbox, i);

    /* The rest of one that others have got has none of its own. */
    g_autofree char *id =
        row->message_id != NULL ? g_strdup (row->message_id) : crash_message_id (row->subject);

    say ("= outbox %d %s", (int)row->state, id);
  }
  for (guint i = 0; i < drafts->len; i++) {
    const StoreDraft *draft = g_ptr_array_index (drafts, i);

    say ("= draft %s %u %s", draft->subject, draft->attachments->len, draft->text);
  }
}

/* ---- steps ---- */

static gboolean
is_to_do (Child *child)
{
  return ++child->step > child->acknowledged;
}

static void
done (Child *child)
{
  say ("done %u", child->step);
}

static void
done_on_server (Child *child)
{
  sync_engine_operations_changed (child->engine, NULL);
  done (child);
}

static void
ask_parent (const char *act)
{
  char answer[16];

  say ("act %s", act);
  if (fgets (answer, sizeof answer, stdin) == NULL)
    _exit (1);
}

void
step_act (Child *child, const char *act)
{
  g_autofree char *numbered = g_strdup_printf ("%u %s", child->step + 1, act);

  if (!is_to_do (child))
    return;
  ask_parent (numbered);
  done (child);
}

void
step_sync (Child *child)
{
  if (!is_to_do (child))
    return;
  wait_in_step (child);
  done (child);
}

static void
await_message (Child *child, const char *folder, const char *name, gboolean there)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_US;

  while ((find_message (child, folder, name) != 0) != there) {
    if (g_get_monotonic_time () > deadline)
      fail ("what was awaited does not come", NULL);
    nudge (child);
    wait_a_moment (child);
  }
}

void
step_await (Child *child, const char *folder, const char *name, gboolean there)
{
  gint64 id = find_folder (child, folder);

  if (!is_to_do (child))
    return;
  sync_engine_show_folder (child->engine, "alice", id);
  await_message (child, folder, name, there);
  done (child);
}

void
step_go_offline (Child *child)
{
  step_act (child, "reachable 0");
}

void
step_go_online (Child *child)
{
  step_act (child, "reachable 1");
  sync_engine_retry (child->engine, NULL);
}

void
step_flag (Child *child, const char *folder, const char *name, gboolean add, StoreFlags flags)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 id = find_message (child, folder, name);
  GOOD (id != 0);
  GOOD (store_operation_set_flags (child->db, &id, 1, add, flags, &error) != 0);
  done_on_server (child);
}

void
step_move (Child *child, const char *folder, const char *name, const char *target)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 id = find_message (child, folder, name), to = find_folder (child, target);
  GOOD (to != 0);
  GOOD (id != 0 || find_message (child, target, name) != 0);
  if (id != 0) {
    child->group = store_operation_move (child->db, &id, 1, to, &error);
    GOOD (child->group != 0);
  }
  done_on_server (child);
}

/* Into a folder of the account that step_add_account () adds. */
void
step_move_across (Child *child, const char *folder, const char *name, const char *target)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 account = store_account_ensure (child->db, "bob", &error);
  gint64 to = find_folder_of (child, account, target);
  if (to == 0) { /* the power took what was listed; nobody moves to what is not on the screen */
    wait_in_step (child);
    to = find_folder_of (child, account, target);
  }
  gint64 id = find_message (child, folder, name);
  GOOD (to != 0);
  if (id != 0)
    GOOD (store_operation_move (child->db, &id, 1, to, &error) != 0);
  done_on_server (child);
}

void
step_move_all (Child *child, const char *folder, const char *prefix, const char *target)
{
  g_autofree char *begin = g_strconcat ("<", prefix, NULL);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  g_autoptr (GPtrArray) messages = list_folder (child, find_folder (child, folder));
  for (guint i = 0; i < messages->len; i++) {
    const StoreMessage *message = g_ptr_array_index (messages, i);

    if (g_str_has_prefix (message->message_id, begin))
      g_array_append_val (ids, message->id);
  }
  if (ids->len > 0)
    GOOD (store_operation_move (child->db, (const gint64 *)(gpointer)ids->data, ids->len,
                                find_folder (child, target), &error)
          != 0);
  done_on_server (child);
}

void
step_undo_move (Child *child, const char *folder, const char *name, const char *target)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 id = find_message (child, target, name);
  if (id != 0 && child->group != 0)
    GOOD (store_operation_undo (child->db, child->group, &error));
  else if (id != 0)
    GOOD (store_operation_move (child->db, &id, 1, find_folder (child, folder), &error) != 0);
  done_on_server (child);
}

void
step_copy (Child *child, const char *folder, const char *name, const char *target)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 id = find_message (child, folder, name);
  GOOD (id != 0);
  if (find_message (child, target, name) == 0)
    GOOD (store_operation_copy (child->db, &id, 1, find_folder (child, target), &error) != 0);
  done_on_server (child);
}

void
step_delete (Child *child, const char *folder, const char *name)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 id = find_message (child, folder, name);
  if (id != 0)
    GOOD (store_operation_expunge (child->db, &id, 1, 0, &error) != 0);
  done_on_server (child);
}

static StoreNewMessage
new_message (const char *name, const char *message_id, GBytes *body)
{
  return (StoreNewMessage){ .flags = STORE_FLAG_SEEN,
                            .received = DATE,
                            .date = DATE,
                            .size = g_bytes_get_size (body),
                            .from_name = "Alice",
                            .from_address = "alice@crash.test",
                            .to = "x@crash.test",
                            .subject = name,
                            .message_id = message_id,
                            .preview = "",
                            .body = body };
}

void
step_append (Child *child, const char *folder, const char *name)
{
  g_autoptr (GBytes) body = crash_message_new (name, "x@crash.test", 3000, 0);
  g_autofree char *message_id = crash_message_id (name);
  const StoreNewMessage message = new_message (name, message_id, body);
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  if (find_message (child, folder, name) == 0)
    GOOD (store_operation_append (child->db, find_folder (child, folder), &message, &error));
  done_on_server (child);
}

void
step_put_draft (Child *child, const char *name, const char *before)
{
  g_autoptr (GBytes) body = crash_message_new (name, "x@crash.test", 3000, 0);
  g_autofree char *message_id = crash_message_id (name);
  g_autofree char *before_id = before != NULL ? crash_message_id (before) : NULL;
  StoreNewMessage copy = new_message (name, message_id, body);
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  copy.flags = STORE_FLAG_SEEN | STORE_FLAG_DRAFT;
  if (find_message (child, "Drafts", name) == 0)
    GOOD (store_draft_put (child->db, find_folder (child, "Drafts"), before_id, &copy, &error));
  done_on_server (child);
}

void
step_open (Child *child, const char *folder, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;

  if (!is_to_do (child))
    return;
  /* What can be fetched again may be gone when the power went. */
  await_message (child, folder, name, TRUE);
  gint64 id = find_message (child, folder, name);
  GOOD (sync_engine_fetch_body (child->engine, "alice", id, NULL, &error));
  body = store_message_get_body (child->db, id, &error);
  GOOD (body != NULL);
  done (child);
}

void
step_create_folder (Child *child, const char *name)
{
  gint64 folder = 0;
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  if (find_folder (child, name) == 0)
    GOOD (store_operation_create_folder (child->db, child->row, name, &folder, &error) != 0);
  done_on_server (child);
}

void
step_rename_folder (Child *child, const char *name, const char *to)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 folder = find_folder (child, name);
  GOOD (folder != 0 || find_folder (child, to) != 0);
  if (folder != 0)
    GOOD (store_operation_rename_folder (child->db, folder, to, &error) != 0);
  done_on_server (child);
}

void
step_delete_folder (Child *child, const char *name)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 folder = find_folder (child, name);
  if (folder != 0)
    GOOD (store_operation_delete_folder (child->db, folder, 0, &error) != 0);
  done_on_server (child);
}

void
step_subscribe_folder (Child *child, const char *name, gboolean subscribed)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  GOOD (store_operation_subscribe_folder (child->db, find_folder (child, name), subscribed, &error)
        != 0);
  done_on_server (child);
}

void
step_save_draft (Child *child, const char *name, const char *text, gsize attachment)
{
  g_autoptr (StoreDraft) draft = store_draft_new ();
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  g_free (draft->id);
  g_free (draft->subject);
  g_free (draft->text);
  draft->id = g_strdup (name);
  draft->subject = g_strdup (name);
  draft->text = g_strdup (text);
  if (attachment > 0) {
    g_autofree char *bytes = g_strnfill (attachment, 'x');
    g_autoptr (GInputStream) stream =
        g_memory_input_stream_new_from_data (bytes, (gssize)attachment, NULL);
    StoreAttachment *attached = store_draft_attach (child->paths, name, "file.txt", "text/plain",
                                                    stream, attachment, NULL, &error);

    GOOD (attached != NULL);
    g_ptr_array_add (draft->attachments, attached);
  }
  GOOD (store_draft_save (child->paths, draft, &error));
  done (child);
}

void
step_discard_draft (Child *child, const char *name)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  GOOD (store_draft_remove (child->paths, name, &error));
  done (child);
}

static gint64
find_outbox (Child *child, const char *message_id)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (child->db, 0, NULL);

  for (guint i = 0; i < rows->len; i++) {
    const StoreOutbox *row = g_ptr_array_index (rows, i);

    if (strcmp (row->message_id, message_id) == 0)
      return row->id;
  }
  return 0;
}

/* What the composer's Send does, in its order; a person does not press it again on what is in the outbox, in Sent, or
 * gone from the drafts. */
void
step_send (Child *child, const char *name, const char *to, gsize size, gsize attachment)
{
  g_autofree char *message_id = crash_message_id (name);
  g_autoptr (GBytes) message = crash_message_new (name, to, size, attachment);
  g_autoptr (StoreOutbox) outbox = g_new0 (StoreOutbox, 1);
  g_autoptr (StoreDraft) draft = store_draft_new ();
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  if (find_outbox (child, message_id) == 0 && find_message (child, "Sent", name) == 0) {
    g_free (draft->id);
    g_free (draft->subject);
    draft->id = g_strdup (name);
    draft->subject = g_strdup (name);
    GOOD (store_draft_save (child->paths, draft, &error));
    outbox->account = child->row;
    outbox->draft = g_strdup (name);
    outbox->message_id = g_strdup (message_id);
    outbox->from = g_strdup ("alice@crash.test");
    outbox->recipients = g_strsplit (to, ",", -1);
    outbox->subject = g_strdup (name);
    outbox->created = DATE;
    GOOD (store_outbox_add (child->db, outbox, message, &error));
  }
  sync_engine_outbox_changed (child->engine, NULL);
  done (child);
}

void
step_edit_failed (Child *child, const char *name)
{
  g_autofree char *message_id = crash_message_id (name);
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 id = find_outbox (child, message_id);
  if (id != 0)
    GOOD (store_outbox_edit (child->db, id, &error));
  done (child);
}

void
step_add_account (Child *child)
{
  g_autoptr (BaseAccount) account = new_account (child, "bob");
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  GOOD (base_account_save (account, child->paths, &error));
  sync_engine_add_account (child->engine, account);
  done (child);
}

/* As the window does it: workers, rows, file. */
void
step_remove_account (Child *child)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  sync_engine_remove_account (child->engine, "bob");
  GOOD (store_account_remove (child->db, store_account_ensure (child->db, "bob", &error), &error));
  /* Where a kill came between this and its being told, it is gone already. */
  (void)base_account_remove ("bob", child->paths, NULL);
  done (child);
}

/* ---- beginning and end ---- */

static int
list_scenarios (void)
{
  for (guint i = 0; i < crash_n_scenarios; i++) {
    const Scenario *scenario = &crash_scenarios[i];

    say ("%s\t%u\t%s\t%s\t%s", scenario->name, scenario->flags,
         scenario->capabilities != NULL ? scenario->capabilities : "",
         scenario->smtp_capabilities != NULL ? scenario->smtp_capabilities : "", scenario->setup);
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
    wait_in_step (&child);
    tell_all (&child);
  }
  sync_engine_free (child.engine);
  store_db_free (child.db);
  store_unref (child.store);
  base_paths_unref (child.paths);
  g_hash_table_unref (child.phases);
  say ("end");
  return 0;
}
