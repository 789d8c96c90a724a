/* The real SyncEngine in a process of its own, for suites that want to measure it, starve it or kill it: reads one command a line,
 * answers with lines that begin with "= " and one that is "ok" or "error CODE SENTENCE" (see engine-driver.h for the commands).
 * Must do nothing by itself: what a suite sees is the engine's doing. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base-error.h"
#include "engine-told.h"
#include "mime-build.h"
#include "store-folder.h"
#include "store-message.h"
#include "store-operation.h"
#include "store-outgoing.h"
#include "sync-engine.h"

typedef struct
{
  BasePaths *paths;
  Store *store;
  StoreDb *db;
  BaseAccount *account;
  SyncEngine *engine;
  gint64 row;

  EngineTold told;
} Child;

/* "VmRSS" or "VmHWM" of this process, in KiB. */
static guint64
memory_of (const char *name)
{
  g_autofree char *text = NULL;
  const char *found;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL)
      || (found = strstr (text, name)) == NULL)
    return 0;
  return g_ascii_strtoull (found + strlen (name) + 1 + strspn (found + strlen (name) + 1, " \t"),
                           NULL, 10);
}

/* From here on VmHWM counts anew. */
static void
reset_peak (void)
{
  int fd = open ("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

  if (fd >= 0) {
    (void)!write (fd, "5", 1);
    close (fd);
  }
}

/* Not look_folder (): where the disk fails it says so. */
static gint64
find_folder (Child *child, const char *name, GError **error)
{
  g_autoptr (GPtrArray) folders = store_folder_list (child->db, child->row, error);

  for (guint i = 0; folders != NULL && i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);

    if (g_str_equal (folder->name, name))
      return folder->id;
  }
  if (folders != NULL)
    base_error_set (error, BASE_ERROR_GONE, NULL, "no folder %s", name);
  return 0;
}

static gboolean
list_messages (Child *child, const char *name, GError **error)
{
  gint64 folder = find_folder (child, name, error);
  g_autoptr (GArray) keys =
      folder != 0 ? store_message_list (child->db, folder, 0, 0, error) : NULL;

  if (keys == NULL)
    return FALSE;
  for (guint i = 0; i < keys->len; i++) {
    g_autoptr (StoreMessage) message =
        store_message_get (child->db, STORE_KEY_ID (g_array_index (keys, StoreKey, i)), NULL);
    g_autoptr (GBytes) body = NULL;
    g_autofree char *sum = NULL;

    if (message == NULL)
      continue;
    if (message->has_body)
      body = store_message_get_body (child->db, message->id, NULL);
    if (body != NULL)
      sum = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, body);
    printf ("= %" G_GINT64_FORMAT " %u %u %s %s %s\n", message->id, message->uid, message->flags,
            sum != NULL ? sum : "-", message->message_id != NULL ? message->message_id : "-",
            message->subject != NULL ? message->subject : "");
  }
  return TRUE;
}

static gboolean
list_folders (Child *child, GError **error)
{
  g_autoptr (GPtrArray) folders = store_folder_list (child->db, child->row, error);

  for (guint i = 0; folders != NULL && i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);

    printf ("= %u %u %s\n", folder->total, folder->unread, folder->name);
  }
  return folders != NULL;
}

/* A draft as the composer would save it; `id` NULL: a new one. */
static char *
save_draft (Child *child, const char *id, const char *subject, GError **error)
{
  g_autoptr (StoreDraft) draft = store_draft_new ();

  if (id != NULL) {
    g_free (draft->id);
    draft->id = g_strdup (id);
  }
  g_free (draft->account);
  draft->account = g_strdup (child->account->id);
  g_free (draft->subject);
  draft->subject = g_strdup (subject);
  return store_draft_save (child->paths, draft, error) ? g_strdup (draft->id) : NULL;
}

/* What the composer's Send does, in its order. */
static gboolean
send_mail (Child *child, const char *to, const char *subject, gsize size, GError **error)
{
  g_autofree char *draft = save_draft (child, NULL, subject, error);
  g_autoptr (MimeDraft) mime = mime_draft_new ();
  g_autoptr (StoreOutbox) outbox = g_new0 (StoreOutbox, 1);
  g_autoptr (GBytes) message = NULL;

  if (draft == NULL)
    return FALSE;
  mime->from_address = g_strdup (child->account->address);
  mime->to = g_strdup (to);
  mime->subject = g_strdup (subject);
  mime->text = g_strnfill (size, 'x');
  for (gsize i = 70; i < size; i += 71)
    mime->text[i] = '\n';
  mime->message_id = mime_build_message_id (child->account->address);
  mime->date = g_get_real_time () / G_USEC_PER_SEC;
  message = mime_build (mime, error);
  outbox->account = child->row;
  outbox->draft = g_steal_pointer (&draft);
  outbox->message_id = g_strdup (mime->message_id);
  outbox->from = g_strdup (child->account->address);
  outbox->recipients = message != NULL ? mime_draft_get_recipients (mime, error) : NULL;
  outbox->subject = g_strdup (subject);
  outbox->created = mime->date;
  if (outbox->recipients == NULL || !store_outbox_add (child->db, outbox, message, error))
    return FALSE;
  printf ("= %s\n", outbox->message_id);
  sync_engine_outbox_changed (child->engine, NULL);
  return TRUE;
}

static gboolean
list_outbox (Child *child, GError **error)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (child->db, child->row, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    const StoreOutbox *row = g_ptr_array_index (rows, i);

    printf ("= %" G_GINT64_FORMAT " %d %s %s\n", row->id, (int)row->state, row->message_id,
            row->subject);
  }
  return rows != NULL;
}

static gboolean
list_drafts (Child *child, GError **error)
{
  g_autoptr (GPtrArray) drafts = store_draft_list (child->paths, error);

  for (guint i = 0; drafts != NULL && i < drafts->len; i++) {
    const StoreDraft *draft = g_ptr_array_index (drafts, i);

    printf ("= %s %s\n", draft->id, draft->subject);
  }
  return drafts != NULL;
}

static void
print_state (EngineTold *told)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&told->lock);

  printf ("= %d %u %u %u %s\n", told->state != NULL ? (int)told->state->phase : -1, told->phases,
          told->arrived, told->refused,
          told->state != NULL && told->state->message != NULL ? told->state->message : "");
  told->phases = told->state != NULL ? 1u << told->state->phase : 0;
}

static gboolean
run_command (Child *child, const char *const *words, GError **error)
{
  const char *verb = words[0];
  gint64 id = verb != NULL && words[1] != NULL ? g_ascii_strtoll (words[1], NULL, 10) : 0;

  if (g_strcmp0 (verb, "state") == 0) {
    print_state (&child->told);
    return TRUE;
  }
  if (g_strcmp0 (verb, "memory") == 0) {
    printf ("= %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", memory_of ("VmRSS"),
            memory_of ("VmHWM"));
    return TRUE;
  }
  if (g_strcmp0 (verb, "reset-peak") == 0) {
    reset_peak ();
    return TRUE;
  }
  if (g_strcmp0 (verb, "retry") == 0) {
    sync_engine_retry (child->engine, NULL);
    return TRUE;
  }
  if (g_strcmp0 (verb, "list") == 0 && words[1] != NULL)
    return list_messages (child, words[1], error);
  if (g_strcmp0 (verb, "folders") == 0)
    return list_folders (child, error);
  if (g_strcmp0 (verb, "flag") == 0 && words[1] != NULL && words[2] != NULL) {
    if (store_operation_set_flags (child->db, &id, 1, TRUE,
                                   (StoreFlags)g_ascii_strtoull (words[2], NULL, 10), error)
        == 0)
      return FALSE;
    sync_engine_operations_changed (child->engine, NULL);
    return TRUE;
  }
  if (g_strcmp0 (verb, "move") == 0 && words[1] != NULL && words[2] != NULL) {
    gint64 target = find_folder (child, words[2], error);

    if (target == 0 || store_operation_move (child->db, &id, 1, target, error) == 0)
      return FALSE;
    sync_engine_operations_changed (child->engine, NULL);
    return TRUE;
  }
  if (g_strcmp0 (verb, "fetch") == 0 && words[1] != NULL)
    return sync_engine_fetch_body (child->engine, child->account->id, id, NULL, error);
  if (g_strcmp0 (verb, "operations") == 0) {
    printf ("= %u\n", store_operation_count (child->db, child->row));
    return TRUE;
  }
  if (g_strcmp0 (verb, "draft") == 0 && words[1] != NULL) {
    g_autofree char *draft = save_draft (child, words[2], words[1], error);

    if (draft != NULL)
      printf ("= %s\n", draft);
    return draft != NULL;
  }
  if (g_strcmp0 (verb, "send") == 0 && words[1] != NULL && words[2] != NULL)
    return send_mail (child, words[1], words[2],
                      words[3] != NULL ? g_ascii_strtoull (words[3], NULL, 10) : 100, error);
  if (g_strcmp0 (verb, "outbox") == 0)
    return list_outbox (child, error);
  if (g_strcmp0 (verb, "drafts") == 0)
    return list_drafts (child, error);
  base_error_set (error, BASE_ERROR_REFUSED, NULL, "no such command");
  return FALSE;
}

static gboolean
start (Child *child, char **argv, GError **error)
{
  guint16 imap_port = (guint16)g_ascii_strtoull (argv[2], NULL, 10);
  guint16 smtp_port = (guint16)g_ascii_strtoull (argv[3], NULL, 10);

  child->paths = base_paths_new (argv[1], error);
  if (child->paths == NULL)
    return FALSE;
  child->store = store_open (child->paths, NULL, error);
  child->db = child->store != NULL ? store_connect (child->store, error) : NULL;
  if (child->db == NULL)
    return FALSE;
  child->account = base_account_new ();
  g_free (child->account->id);
  child->account->id = g_strdup ("child");
  g_free (child->account->address);
  child->account->address = g_strdup ("alice@lab.test");
  g_free (child->account->ca_file);
  child->account->ca_file = g_strdup (argv[4]);
  engine_set_server (&child->account->imap, "127.0.0.1", imap_port, "alice");
  engine_set_server (&child->account->smtp, "127.0.0.1", smtp_port, "alice");
  if (!base_account_save (child->account, child->paths, error))
    return FALSE;
  child->row = store_account_ensure (child->db, child->account->id, error);
  if (child->row == 0 || !store_outbox_recover (child->db, error))
    return FALSE;
  child->engine = sync_engine_new (child->store, &engine_told_events, &child->told);
  sync_engine_set_patience (child->engine, (guint)g_ascii_strtoull (argv[5], NULL, 10));
  sync_engine_add_account (child->engine, child->account);
  return TRUE;
}

static void
finish (gboolean good, const GError *error)
{
  if (good)
    printf ("ok\n");
  else
    printf ("error %d %s\n", error != NULL && error->domain == BASE_ERROR ? error->code : -1,
            error != NULL ? error->message : "");
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  Child child = { 0 };
  g_autoptr (GError) error = NULL;
  char line[4096];
  gboolean good;

  if (argc != 6)
    g_error ("usage: engine-child PROFILE IMAP-PORT SMTP-PORT CA-FILE PATIENCE-MS");
  engine_told_init (&child.told, "secret");
  good = start (&child, argv, &error);
  finish (good, error);
  if (!good)
    return 1;

  while (fgets (line, sizeof line, stdin) != NULL) {
    g_autoptr (GError) failed = NULL;
    g_auto (GStrv) words = NULL;

    g_strchomp (line);
    if (strcmp (line, "quit") == 0)
      break;
    words = g_strsplit (line, " ", -1);
    good = run_command (&child, (const char *const *)words, &failed);
    finish (good, failed);
  }

  sync_engine_free (child.engine);
  store_db_free (child.db);
  store_unref (child.store);
  base_paths_unref (child.paths);
  base_account_free (child.account);
  engine_told_clear (&child.told);
  return 0;
}
