/* Operations against a scripted server: what goes out, and what a cut, a refusal or a new numbering makes of it. */
#include "test-sync.h"

#include "base-error.h"
#include "fake-server.h"
#include "store-operation.h"
#include "sync-operations.h"

#include <string.h>

typedef struct
{
  /* Owned */
  char *folder;
  BasePaths *paths;
  Store *store;
  StoreDb *db;
  SyncShared *shared;
  SyncAccount *account; /* its own workers are stopped */
  FakeServer *server;
  ImapSession *session;
  GArray *touched;
  GPtrArray *said; /* sentences */

  gint64 row, inbox, archive, trash;
} Bench;

static char *
get_password (const BaseAccount *account, const char *protocol, GCancellable *cancellable,
              GError **error, gpointer user_data)
{
  base_error_set (error, BASE_ERROR_AUTH, NULL, "none");
  return NULL;
}

static void
state_changed (const char *account_id, const SyncState *state, gpointer user_data)
{
}

static void
arrived (const char *account_id, gint64 folder, const StoreKey *keys, gsize n, gpointer user_data)
{
}

static void
refused (const char *account_id, const char *sentence, const char *detail, gpointer user_data)
{
  Bench *bench = user_data;

  g_ptr_array_add (bench->said, g_strconcat (sentence, " / ", detail, NULL));
}

static void
add_folder (GPtrArray *list, const char *name, StoreRole role)
{
  StoreFolder *folder = g_new0 (StoreFolder, 1);

  folder->name = g_strdup (name);
  folder->delimiter = '/';
  folder->selectable = TRUE;
  folder->role = role;
  g_ptr_array_add (list, folder);
}

static gint64
folder_by_role (Bench *bench, StoreRole role)
{
  g_autoptr (StoreFolder) folder = store_folder_by_role (bench->db, bench->row, role, NULL);

  return folder->id;
}

static Bench *
bench_new (void)
{
  static const SyncEvents events = { get_password, state_changed, arrived, refused };
  Bench *bench = g_new0 (Bench, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseAccount) settings = base_account_new ();
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);

  bench->folder = g_dir_make_tmp ("sosik-operations-XXXXXX", &error);
  bench->paths = base_paths_new (bench->folder, &error);
  bench->store = store_open (bench->paths, NULL, &error);
  bench->db = store_connect (bench->store, &error);
  bench->row = store_account_ensure (bench->db, settings->id, &error);
  g_assert_no_error (error);
  add_folder (list, "INBOX", STORE_ROLE_INBOX);
  add_folder (list, "Archive", STORE_ROLE_ARCHIVE);
  add_folder (list, "Trash", STORE_ROLE_TRASH);
  g_assert_true (store_folder_replace_list (bench->db, bench->row, list, &error));
  bench->inbox = folder_by_role (bench, STORE_ROLE_INBOX);
  bench->archive = folder_by_role (bench, STORE_ROLE_ARCHIVE);
  bench->trash = folder_by_role (bench, STORE_ROLE_TRASH);
  g_assert_true (store_folder_set_sync_state (bench->db, bench->inbox, 9, 40, 0, TRUE, 1, &error));

  bench->said = g_ptr_array_new_with_free_func (g_free);
  bench->touched = g_array_new (FALSE, FALSE, sizeof (gint64));
  bench->shared = g_new0 (SyncShared, 1);
  g_atomic_ref_count_init (&bench->shared->ref_count);
  bench->shared->store = store_ref (bench->store);
  bench->shared->events = events;
  bench->shared->user_data = bench;
  settings->imap.host = g_strdup ("localhost");
  settings->imap.port = settings->smtp.port = 1;
  settings->smtp.host = g_strdup ("localhost");
  bench->account = sync_account_new (bench->shared, settings, FALSE, FALSE, NULL);
  sync_account_stop (bench->account);
  bench->server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  return bench;
}

static void
bench_free (Bench *bench)
{
  g_clear_pointer (&bench->session, imap_session_free);
  fake_server_check (bench->server);
  fake_server_free (bench->server);
  sync_account_join (bench->account, g_get_monotonic_time () + 5 * G_USEC_PER_SEC);
  sync_account_unref (bench->account);
  sync_shared_unref (bench->shared);
  store_db_free (bench->db);
  store_unref (bench->store);
  base_paths_unref (bench->paths);
  base_paths_remove_tree (bench->folder);
  g_array_unref (bench->touched);
  g_ptr_array_unref (bench->said);
  g_free (bench->folder);
  g_free (bench);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bench, bench_free)

/* The next connection's script, after signing in. */
static void
add_script (Bench *bench, const char *caps, const char *steps)
{
  g_autofree char *script =
      g_strdup_printf ("S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello\n"
                       "C: $in AUTHENTICATE PLAIN AHVzZXIAc2VjcmV0\n"
                       "S: $in OK [CAPABILITY IMAP4rev1 %s] welcome\n%s",
                       caps, steps);

  fake_server_add_script (bench->server, script, NULL);
}

/* One batch on the connection there is, or a new one.  TRUE: it went without ending the connection. */
static gboolean
run_once (Bench *bench, gboolean *did)
{
  g_autoptr (GError) error = NULL;
  SyncContext context = { .account = bench->account, .db = bench->db, .row = bench->row };
  gint64 next_due = 0;
  gboolean good;

  if (bench->session == NULL) {
    NetEndpoint endpoint = fake_server_endpoint (bench->server);

    bench->session = imap_session_open (&endpoint, NULL, &error);
    g_assert_no_error (error);
    g_assert_true (imap_session_sign_in (bench->session, "user", "secret", NULL, &error));
  }
  context.session = bench->session;
  good = sync_operations_run (&context, did, &next_due, bench->touched, &error);
  g_assert_true (good == (error == NULL));
  if (!good)
    g_clear_pointer (&bench->session, imap_session_free);
  return good;
}

/* From store-private.h, which would bring SQLite along. */
gboolean store_db_exec (StoreDb *db, const char *sql, GError **error);

/* As after a restart, when time has passed. */
static void
make_due (Bench *bench)
{
  g_assert_true (store_operation_recover (bench->db, bench->row, NULL));
  g_assert_true (store_db_exec (bench->db, "UPDATE operation SET due = 0", NULL));
}

static void
run_all (Bench *bench)
{
  gboolean did = TRUE;

  while (did)
    g_assert_true (run_once (bench, &did));
}

static gint64
add_mail (Bench *bench, gint64 folder, guint32 uid, const char *message_id, guint64 size,
          const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  StoreNewMessage message = { .uid = uid,
                              .received = 1700000000,
                              .date = 1600000000,
                              .size = body != NULL ? strlen (body) : size,
                              .message_id = message_id,
                              .body = bytes };

  g_ptr_array_add (messages, &message);
  g_assert_true (store_message_add (bench->db, folder, messages, fresh, &error));
  g_assert_no_error (error);
  return fresh->len > 0 ? STORE_KEY_ID (g_array_index (fresh, StoreKey, 0)) : 0;
}

static gboolean
has_said (Bench *bench, const char *words)
{
  for (guint i = 0; i < bench->said->len; i++)
    if (strstr (g_ptr_array_index (bench->said, i), words) != NULL)
      return TRUE;
  return FALSE;
}

static guint32
uid_of (Bench *bench, gint64 id)
{
  g_autoptr (StoreMessage) message = store_message_get (bench->db, id, NULL);

  return message->uid;
}

static gint64
folder_of (Bench *bench, gint64 id)
{
  g_autoptr (StoreMessage) message = store_message_get (bench->db, id, NULL);

  return message->folder;
}

static void
move (Bench *bench, gint64 id, gint64 target)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (store_operation_move (bench->db, &id, 1, target, &error), >, 0);
  g_assert_no_error (error);
}

#define PENDING(bench) store_operation_count ((bench)->db, (bench)->row)

/* Pieces of scripts; $ words must differ within one script. */
#define SELECT(t, name, validity)                                                                  \
  "C: $" t " SELECT \"" name "\"\n"                                                                \
  "S: * 3 EXISTS\n"                                                                                \
  "S: * OK [UIDVALIDITY " validity "] fine\n"                                                      \
  "S: * OK [UIDNEXT 40] soon\n"                                                                    \
  "S: $" t " OK [READ-WRITE] open\n"
#define STATUS(t, name, next)                                                                      \
  "C: $" t " STATUS \"" name "\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n"                          \
  "S: * STATUS \"" name "\" (MESSAGES 4 UNSEEN 0 UIDNEXT " next " UIDVALIDITY 5)\n"                \
  "S: $" t " OK done\n"
#define HEADER(uid, size, id)                                                                      \
  "S: * 1 FETCH (UID " uid " RFC822.SIZE " size                                                    \
  " INTERNALDATE \"14-Nov-2023 22:13:20 +0000\" BODY[HEADER.FIELDS (DATE)] {" id ")\n"
#define DELETE_ORIGINAL(a, b, uid)                                                                 \
  "C: $" a " UID STORE " uid " +FLAGS.SILENT (\\\\Deleted)\n"                                      \
  "S: $" a " OK done\n"                                                                            \
  "C: $" b " UID EXPUNGE " uid "\n"                                                                \
  "S: * 1 EXPUNGE\n"                                                                               \
  "S: $" b " OK done\n"

/* Literals: a line and an empty one. */
#define ID_A  "22}\\r\\nMessage-ID: <a@x>\\r\\n\\r\\n"
#define ID_B  "22}\\r\\nMessage-ID: <b@x>\\r\\n\\r\\n"
#define NO_ID "15}\\r\\nSubject: hi\\r\\n\\r\\n"

/* ---- moves without MOVE ---- */

static void
test_move (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = add_mail (bench, bench->inbox, 7, "<a@x>", 100, NULL);

  add_script (bench, "UIDPLUS",
              SELECT ("a", "INBOX", "9") STATUS (
                  "b", "Archive",
                  "12") "C: $c UID COPY 7 \"Archive\"\n"
                        "S: $c OK [COPYUID 5 7 12] copied\n" DELETE_ORIGINAL ("d", "e", "7"));
  move (bench, id, bench->archive);
  run_all (bench);
  g_assert_cmpuint (uid_of (bench, id), ==, 12);
  g_assert_cmpint (folder_of (bench, id), ==, bench->archive);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench->touched->len, ==, 0);
}

/* Cut behind the confirmed copy: it is not made again. */
static void
test_move_cut_after_copy (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = add_mail (bench, bench->inbox, 7, "<a@x>", 100, NULL);
  gboolean did = FALSE;

  add_script (bench, "UIDPLUS",
              SELECT ("a", "INBOX", "9")
                  STATUS ("b", "Archive", "12") "C: $c UID COPY 7 \"Archive\"\n"
                                                "S: $c OK [COPYUID 5 7 12] copied\n"
                                                "C: $d UID STORE 7 +FLAGS.SILENT (\\\\Deleted)\n"
                                                "CUT\n");
  add_script (bench, "UIDPLUS", SELECT ("a", "INBOX", "9") DELETE_ORIGINAL ("d", "e", "7"));
  move (bench, id, bench->archive);
  g_assert_false (run_once (bench, &did));
  make_due (bench);
  run_all (bench);
  g_assert_cmpuint (uid_of (bench, id), ==, 12);
  g_assert_cmpuint (PENDING (bench), ==, 0);
}

/* Cut in the answer to COPY, which was made: found in the target, not made again. */
static void
test_move_cut_in_copy (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = add_mail (bench, bench->inbox, 7, "<a@x>", 100, NULL);
  gboolean did = FALSE;

  add_script (bench, "UIDPLUS",
              SELECT ("a", "INBOX", "9")
                  STATUS ("b", "Archive", "12") "C: $c UID COPY 7 \"Archive\"\n"
                                                "CUT\n");
  add_script (
      bench, "UIDPLUS",
      SELECT ("a", "INBOX", "9") "C: $b EXAMINE \"Archive\"\n"
                                 "S: * 5 EXISTS\n"
                                 "S: * OK [UIDVALIDITY 5] fine\n"
                                 "S: $b OK open\n"
                                 "C: $c UID FETCH 12:* *\n" HEADER (
                                     "12", "100", ID_A) "S: $c OK done\n" SELECT ("d", "INBOX", "9")
                                     DELETE_ORIGINAL ("e", "f", "7"));
  move (bench, id, bench->archive);
  g_assert_false (run_once (bench, &did));
  make_due (bench);
  run_all (bench);
  g_assert_cmpuint (uid_of (bench, id), ==, 12);
  g_assert_cmpuint (PENDING (bench), ==, 0);
}

/* The same, but the server never made it: what "12:*" shows is the last one, which was there before. */
static void
test_move_cut_before_copy (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = add_mail (bench, bench->inbox, 7, "<a@x>", 100, NULL);
  gboolean did = FALSE;

  add_script (bench, "UIDPLUS",
              SELECT ("a", "INBOX", "9")
                  STATUS ("b", "Archive", "12") "C: $c UID COPY 7 \"Archive\"\n"
                                                "CUT\n");
  add_script (bench, "UIDPLUS",
              SELECT ("a", "INBOX",
                      "9") "C: $b EXAMINE \"Archive\"\n"
                           "S: * 5 EXISTS\n"
                           "S: * OK [UIDVALIDITY 5] fine\n"
                           "S: $b OK open\n"
                           "C: $c UID FETCH 12:* *\n" HEADER (
                               "11", "100", ID_A) "S: $c OK done\n" SELECT ("d", "INBOX", "9")
                               STATUS ("e", "Archive",
                                       "12") "C: $f UID COPY 7 \"Archive\"\n"
                                             "S: $f OK [COPYUID 5 7 12] copied\n" DELETE_ORIGINAL (
                                                 "g", "h", "7"));
  move (bench, id, bench->archive);
  g_assert_false (run_once (bench, &did));
  make_due (bench);
  run_all (bench);
  g_assert_cmpuint (uid_of (bench, id), ==, 12);
}

/* Two alike, one of which came through. */
static void
test_copy_cut (void)
{
  g_autoptr (Bench) bench = bench_new ();
  g_autoptr (GError) error = NULL;
  gint64 ids[] = { add_mail (bench, bench->inbox, 7, "<a@x>", 100, NULL),
                   add_mail (bench, bench->inbox, 8, "<a@x>", 100, NULL) };
  gboolean did = FALSE;

  add_script (bench, "UIDPLUS",
              SELECT ("a", "INBOX", "9")
                  STATUS ("b", "Archive", "12") "C: $c UID COPY 7:8 \"Archive\"\n"
                                                "CUT\n");
  add_script (
      bench, "UIDPLUS",
      SELECT ("a", "INBOX", "9") "C: $b EXAMINE \"Archive\"\n"
                                 "S: * 5 EXISTS\n"
                                 "S: * OK [UIDVALIDITY 5] fine\n"
                                 "S: $b OK open\n"
                                 "C: $c UID FETCH 12:* *\n" HEADER (
                                     "12", "100",
                                     ID_A) "S: $c OK done\n"
                                           "C: $i UID FETCH 12:* *\n" HEADER (
                                               "12", "100",
                                               ID_A) "S: $i OK done\n" SELECT ("d", "INBOX", "9")
                                               STATUS ("e", "Archive",
                                                       "13") "C: $f UID COPY 8 \"Archive\"\n"
                                                             "S: $f OK [COPYUID 5 8 13] copied\n");
  g_assert_cmpint (store_operation_copy (bench->db, ids, 2, bench->archive, &error), >, 0);
  {
    g_autoptr (GArray) keys = store_message_list (bench->db, bench->archive, 0, 0, &error);

    g_assert_cmpuint (keys->len, ==, 2);
  }
  g_assert_false (run_once (bench, &did));
  make_due (bench);
  run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (uid_of (bench, ids[0]), ==, 7);
  {
    g_autoptr (BaseUidSet) uids = store_message_get_uids (bench->db, bench->archive, &error);
    g_autofree char *set = base_uid_set_to_string (uids);

    g_assert_cmpstr (set, ==, "12:13");
  }
}

/* Without UIDPLUS the original stays, marked: a plain EXPUNGE would take what others have marked. */
static void
test_no_uidplus (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = add_mail (bench, bench->inbox, 7, "<a@x>", 100, NULL);

  add_script (bench, "",
              SELECT ("a", "INBOX", "9")
                  STATUS ("b", "Archive", "12") "C: $c UID COPY 7 \"Archive\"\n"
                                                "S: $c OK copied\n"
                                                "C: $d UID STORE 7 +FLAGS.SILENT (\\\\Deleted)\n"
                                                "S: $d OK done\n"
                                                "EOF\n");
  move (bench, id, bench->archive);
  run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench->touched->len, ==, 1);
  g_assert_cmpint (g_array_index (bench->touched, gint64, 0), ==, bench->archive);
}

/* ---- refused ---- */

static void
test_read_only (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = add_mail (bench, bench->inbox, 7, "<a@x>", 100, NULL);
  gint64 other = add_mail (bench, bench->inbox, 8, "<b@x>", 100, NULL);

  add_script (bench, "UIDPLUS",
              "C: $a SELECT \"INBOX\"\n"
              "S: * 3 EXISTS\n"
              "S: * OK [UIDVALIDITY 9] fine\n"
              "S: $a OK [READ-ONLY] open\n"
              "C: $b SELECT \"INBOX\"\n"
              "S: * 3 EXISTS\n"
              "S: * OK [UIDVALIDITY 9] fine\n"
              "S: $b OK [READ-ONLY] open\n"
              "C: $c SELECT \"INBOX\"\n"
              "S: * 3 EXISTS\n"
              "S: * OK [UIDVALIDITY 9] fine\n"
              "S: $c OK [READ-ONLY] open\n"
              "C: $d SELECT \"INBOX\"\n"
              "S: * 3 EXISTS\n"
              "S: * OK [UIDVALIDITY 9] fine\n"
              "S: $d OK [READ-ONLY] open\n"
              "EOF\n");
  g_assert_cmpint (store_operation_expunge (bench->db, &id, 1, 0, NULL), >, 0);
  move (bench, other, bench->archive);
  run_all (bench);
  g_assert_cmpuint (bench->said->len, ==, 2);
  g_assert_true (has_said (bench, "did not delete"));
  g_assert_true (has_said (bench, "did not move"));
  g_assert_cmpint (folder_of (bench, other), ==, bench->inbox);
  g_assert_cmpuint (uid_of (bench, other), ==, 8);
  {
    g_autoptr (GArray) keys = store_message_list (bench->db, bench->inbox, 0, 0, NULL);

    g_assert_cmpuint (keys->len, ==, 2);
  }
}

/* A mailbox that forgets \Deleted: refused before anything is copied. */
static void
test_not_permanent (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = add_mail (bench, bench->inbox, 7, "<a@x>", 100, NULL);
  gint64 other = add_mail (bench, bench->inbox, 8, "<b@x>", 100, NULL);

  add_script (bench, "UIDPLUS",
              "C: $a SELECT \"INBOX\"\n"
              "S: * 3 EXISTS\n"
              "S: * OK [UIDVALIDITY 9] fine\n"
              "S: * OK [PERMANENTFLAGS (\\\\Seen)] few\n"
              "S: $a OK [READ-WRITE] open\n"
              "C: $b UID STORE 7 +FLAGS.SILENT (\\\\Seen)\n"
              "S: $b OK done\n"
              "EOF\n");
  move (bench, other, bench->archive);
  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, TRUE, STORE_FLAG_SEEN, NULL), >,
                   0);
  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, TRUE, STORE_FLAG_FLAGGED, NULL), >,
                   0);
  g_assert_cmpint (store_operation_expunge (bench->db, &id, 1, 0, NULL), >, 0);
  run_all (bench);
  g_assert_cmpuint (bench->said->len, ==, 3);
  g_assert_cmpint (folder_of (bench, other), ==, bench->inbox);
  {
    g_autoptr (StoreMessage) message = store_message_get (bench->db, id, NULL);

    g_assert_cmpuint (message->flags, ==, STORE_FLAG_SEEN);
  }
}

/* The original may not go: then its copy must not stay either. */
static void
test_move_half_refused (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = add_mail (bench, bench->inbox, 7, "<a@x>", 100, NULL);

  add_script (bench, "UIDPLUS",
              SELECT ("a", "INBOX", "9")
                  STATUS ("b", "Archive", "12") "C: $c UID COPY 7 \"Archive\"\n"
                                                "S: $c OK [COPYUID 5 7 12] copied\n"
                                                "C: $d UID STORE 7 +FLAGS.SILENT (\\\\Deleted)\n"
                                                "S: $d OK done\n"
                                                "C: $e UID EXPUNGE 7\n"
                                                "S: $e NO [NOPERM] not yours\n"
                                                "C: $f UID STORE 7 -FLAGS.SILENT (\\\\Deleted)\n"
                                                "S: $f OK done\n"
                                                "C: $g UID FETCH 7 *\n"
                                                "S: * 1 FETCH (UID 7 FLAGS ())\n"
                                                "S: $g OK done\n" SELECT ("h", "Archive", "5")
                                                    DELETE_ORIGINAL ("i", "j", "12"));
  move (bench, id, bench->archive);
  run_all (bench);
  g_assert_cmpuint (bench->said->len, ==, 1);
  g_assert_true (has_said (bench, "not yours"));
  g_assert_cmpint (folder_of (bench, id), ==, bench->inbox);
  g_assert_cmpuint (uid_of (bench, id), ==, 7);
}

/* The same for a refusal that may pass: the next try must not believe in copies that were taken back, or the original goes on their word. */
static void
test_move_half_kept (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = add_mail (bench, bench->inbox, 7, "<a@x>", 100, NULL), next = 0;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GError) error = NULL;
  gboolean did = FALSE;

  add_script (bench, "UIDPLUS",
              SELECT ("a", "INBOX", "9")
                  STATUS ("b", "Archive", "12") "C: $c UID COPY 7 \"Archive\"\n"
                                                "S: $c OK [COPYUID 5 7 12] copied\n"
                                                "C: $d UID STORE 7 +FLAGS.SILENT (\\\\Deleted)\n"
                                                "S: $d OK done\n"
                                                "C: $e UID EXPUNGE 7\n"
                                                "S: $e NO [LIMIT] slow down\n"
                                                "C: $f UID STORE 7 -FLAGS.SILENT (\\\\Deleted)\n"
                                                "S: $f OK done\n"
                                                "C: $g UID FETCH 7 *\n"
                                                "S: * 1 FETCH (UID 7 FLAGS ())\n"
                                                "S: $g OK done\n" SELECT ("h", "Archive", "5")
                                                    DELETE_ORIGINAL ("i", "j", "12"));
  move (bench, id, bench->archive);
  g_assert_true (run_once (bench, &did));
  g_assert_cmpuint (PENDING (bench), ==, 1);
  g_assert_cmpint (folder_of (bench, id), ==, bench->archive);
  make_due (bench);
  again = store_operation_take_due (bench->db, bench->row, 10, g_get_real_time () / G_USEC_PER_SEC, &next, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_cmpint (((StoreOperation *)g_ptr_array_index (again, 0))->step, !=, STORE_STEP_MADE);
  g_assert_cmpuint (((StoreOperation *)g_ptr_array_index (again, 0))->new_uid, ==, 0);
}

/* ---- kept ---- */

static void
test_kept (void)
{
  static const struct
  {
    const char *answer;
    guint said;
  } cases[] = {
    { "NO [INUSE] busy", 0 },
    { "NO [UNAVAILABLE] later", 0 },
    { "NO [OVERQUOTA] full", 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Bench) bench = bench_new ();
    gint64 id = add_mail (bench, bench->inbox, 7, "<a@x>", 100, NULL);
    g_autofree char *steps = g_strdup_printf (
        SELECT ("a", "INBOX", "9") STATUS ("b", "Archive", "12") "C: $c UID COPY 7 \"Archive\"\n"
                                                                 "S: $c %s\n"
                                                                 "C: $d NOOP\n"
                                                                 "S: $d OK done\n",
        cases[i].answer);
    g_autoptr (GError) error = NULL;
    gint64 next = 0;

    add_script (bench, "UIDPLUS", steps);
    g_assert_cmpint (store_operation_copy (bench->db, &id, 1, bench->archive, &error), >, 0);
    run_all (bench);
    /* The connection stands, the operation waits, the copy is still shown. */
    g_assert_true (imap_session_noop (bench->session, NULL, &error));
    g_assert_cmpuint (PENDING (bench), ==, 1);
    g_assert_cmpuint (store_operation_count_kept (bench->db, bench->row), ==, 1);
    g_assert_true (sync_account_is_waiting (bench->account));
    g_assert_cmpuint (bench->said->len, ==, cases[i].said);
    {
      g_autoptr (GPtrArray) none =
          store_operation_take_due (bench->db, bench->row, 1, 0, &next, &error);
      g_autoptr (GPtrArray) then =
          store_operation_take_due (bench->db, bench->row, 1, next, NULL, &error);
      g_autoptr (GArray) keys = store_message_list (bench->db, bench->archive, 0, 0, &error);
      const StoreOperation *operation;

      g_assert_cmpuint (none->len, ==, 0);
      g_assert_cmpuint (then->len, ==, 1);
      g_assert_cmpuint (keys->len, ==, 1);
      operation = g_ptr_array_index (then, 0);
      g_assert_true (operation->told);
      /* A clear no: nothing is in doubt. */
      g_assert_cmpint (operation->step, ==, STORE_STEP_NONE);
    }
  }
}

static void
test_kept_then_done (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = add_mail (bench, bench->inbox, 7, "<a@x>", 100, NULL);

  add_script (bench, "",
              SELECT ("a", "INBOX", "9") "C: $b UID STORE 7 +FLAGS.SILENT (\\\\Seen)\n"
                                         "S: $b NO [INUSE] busy\n"
                                         "C: $c UID STORE 7 +FLAGS.SILENT (\\\\Seen)\n"
                                         "S: $c OK done\n");
  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, TRUE, STORE_FLAG_SEEN, NULL), >,
                   0);
  run_all (bench);
  g_assert_true (sync_account_is_waiting (bench->account));
  make_due (bench);
  run_all (bench);
  g_assert_false (sync_account_is_waiting (bench->account));
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench->said->len, ==, 0);
}

/* ---- APPEND ---- */

static void
append (Bench *bench, gint64 folder, const char *message_id, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  StoreNewMessage message = { .received = 1700000000,
                              .date = 1600000000,
                              .size = strlen (text),
                              .message_id = message_id,
                              .body = body };

  g_assert_true (store_operation_append (bench->db, folder, &message, &error));
  g_assert_no_error (error);
}

/* A draft without Message-ID: after a cut it is known by its size and time. */
static void
test_append_cut (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gboolean did = FALSE;

  add_script (
      bench, "UIDPLUS",
      SELECT ("a", "Archive", "5") "C: $b APPEND \"Archive\" \"14-Nov-2023 22:13:20 +0000\" {18}\n"
                                   "S: + go\n"
                                   "L: Subject: hi\\r\\n\\r\\nx\\r\\n\n"
                                   "C: \n"
                                   "CUT\n");
  add_script (bench, "UIDPLUS",
              SELECT ("a", "Archive",
                      "5") "C: $b UID FETCH 40:* *\n" HEADER ("40", "18", NO_ID) "S: $b OK done\n"
                                                                                 "EOF\n");
  append (bench, bench->archive, NULL, "Subject: hi\r\n\r\nx\r\n");
  g_assert_false (run_once (bench, &did));
  make_due (bench);
  run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  {
    g_autoptr (GArray) keys = store_message_list (bench->db, bench->archive, 0, 0, NULL);

    g_assert_cmpuint (keys->len, ==, 1);
    g_assert_cmpuint (uid_of (bench, STORE_KEY_ID (g_array_index (keys, StoreKey, 0))), ==, 40);
  }
}

/* ---- Gmail ---- */

static void
test_gmail_delete (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = add_mail (bench, bench->inbox, 7, "<a@x>", 100, NULL);
  gboolean did = FALSE;

  add_script (bench, "UIDPLUS MOVE X-GM-EXT-1",
              SELECT ("a", "INBOX", "9") STATUS ("b", "Trash", "12") "C: $c UID MOVE 7 \"Trash\"\n"
                                                                     "CUT\n");
  /* It got there: only the bin is left to do. */
  add_script (
      bench, "UIDPLUS MOVE X-GM-EXT-1",
      SELECT ("a", "INBOX", "9") "C: $b EXAMINE \"Trash\"\n"
                                 "S: * 5 EXISTS\n"
                                 "S: * OK [UIDVALIDITY 5] fine\n"
                                 "S: $b OK open\n"
                                 "C: $c UID FETCH 12:* *\n" HEADER (
                                     "12", "100", ID_A) "S: $c OK done\n" SELECT ("d", "INBOX", "9")
                                     SELECT ("e", "Trash", "5") DELETE_ORIGINAL ("f", "g", "12"));
  g_assert_cmpint (store_operation_expunge (bench->db, &id, 1, 0, NULL), >, 0);
  g_assert_false (run_once (bench, &did));
  make_due (bench);
  run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_null (store_message_get (bench->db, id, NULL));
}

/* ---- a new UIDVALIDITY ---- */

/* A flag, a move, a deletion; the numbers of all three are dead.  Two messages bear one Message-ID, one has none. */
static void
test_renumbered (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 flagged = add_mail (bench, bench->inbox, 7, "<a@x>", 100, NULL);
  gint64 moved = add_mail (bench, bench->inbox, 8, "<b@x>", 200, NULL);
  gint64 nameless = add_mail (bench, bench->inbox, 9, NULL, 300, NULL);

  add_script (
      bench, "UIDPLUS MOVE ESEARCH",
      SELECT ("a", "INBOX",
              "77") "C: $b UID SEARCH * HEADER Message-ID *\n"
                    "S: * ESEARCH (TAG \"$b\") UID ALL 1:2\n"
                    "S: $b OK done\n"
                    "C: $h UID FETCH 1:2 *\n" HEADER ("1", "999", ID_A) HEADER (
                        "2", "100",
                        ID_A) "S: $h OK done\n"
                              "C: $c UID FETCH 1:2 *\n" HEADER ("1", "999", ID_A) HEADER (
                                  "2", "100", ID_A) "S: $c OK done\n"
                                                    "C: $d UID STORE 2 +FLAGS.SILENT (\\\\Seen)\n"
                                                    "S: $d OK done\n"
                                                    "C: $e UID SEARCH * HEADER Message-ID *\n"
                                                    "S: * ESEARCH (TAG \"$e\") UID ALL 3\n"
                                                    "S: $e OK done\n"
                                                    "C: $g UID MOVE 3 \"Archive\"\n"
                                                    "S: * OK [COPYUID 5 3 12] moved\n"
                                                    "S: * 1 EXPUNGE\n"
                                                    "S: $g OK done\n");
  g_assert_cmpint (store_operation_set_flags (bench->db, &flagged, 1, TRUE, STORE_FLAG_SEEN, NULL),
                   >, 0);
  move (bench, moved, bench->archive);
  g_assert_cmpint (
      store_operation_set_flags (bench->db, &nameless, 1, TRUE, STORE_FLAG_FLAGGED, NULL), >, 0);
  run_all (bench);
  g_assert_cmpuint (uid_of (bench, moved), ==, 12);
  /* The nameless one waits until its folder was looked through. */
  g_assert_cmpuint (PENDING (bench), ==, 1);
  g_assert_cmpuint (bench->said->len, ==, 0);
  g_assert_cmpuint (bench->touched->len, >, 0);
}

/* The folder is whole again, and it is not in it: said, and only then does the row go. */
static void
test_renumbered_lost (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 id = add_mail (bench, bench->inbox, 9, NULL, 300, NULL);
  gint64 doomed = add_mail (bench, bench->inbox, 10, NULL, 400, NULL);

  add_script (bench, "UIDPLUS MOVE", SELECT ("a", "INBOX", "77"));
  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, TRUE, STORE_FLAG_FLAGGED, NULL), >,
                   0);
  g_assert_cmpint (store_operation_expunge (bench->db, &doomed, 1, 0, NULL), >, 0);
  g_assert_true (store_folder_reset (bench->db, bench->inbox, NULL));
  g_assert_true (store_db_exec (bench->db, "UPDATE operation SET attempts = 5", NULL));
  run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 2);
  g_assert_true (store_folder_set_sync_state (bench->db, bench->inbox, 77, 4, 0, TRUE, 1, NULL));
  make_due (bench);
  run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench->said->len, ==, 1);
  g_assert_true (has_said (bench, "not on the server any more"));
  g_assert_true (store_folder_set_sync_state (bench->db, bench->inbox, 77, 4, 0, TRUE, 1, NULL));
  g_assert_null (store_message_get (bench->db, id, NULL));
}

/* What was never sent stays when its folder is numbered anew, and goes there under the new numbering; what the server did not
 * take stays too. */
static void
test_renumbered_append (void)
{
  g_autoptr (Bench) bench = bench_new ();
  gint64 ids[2];

  append (bench, bench->inbox, "<a@x>", "Subject: a\r\n\r\n1\r\n");
  append (bench, bench->inbox, "<b@x>", "Subject: b\r\n\r\n1\r\n");
  {
    g_autoptr (GArray) keys = store_message_list (bench->db, bench->inbox, 0, 0, NULL);

    for (guint i = 0; i < 2; i++)
      ids[i] = STORE_KEY_ID (g_array_index (keys, StoreKey, 1 - i));
  }
  add_script (bench, "UIDPLUS",
              SELECT ("a", "INBOX", "77") "C: $b UID SEARCH *\n"
                                          "S: * SEARCH\n"
                                          "S: $b OK done\n"
                                          "C: $c APPEND \"INBOX\" * {17}\n"
                                          "S: $c NO [TOOBIG] never\n"
                                          "C: $d UID SEARCH *\n"
                                          "S: * SEARCH\n"
                                          "S: $d OK done\n"
                                          "C: $e APPEND \"INBOX\" * {17}\n"
                                          "S: + go\n"
                                          "L: *\n"
                                          "C: \n"
                                          "S: $e OK [APPENDUID 77 4] kept\n");
  g_assert_true (store_folder_reset (bench->db, bench->inbox, NULL));
  g_assert_true (store_folder_set_sync_state (bench->db, bench->inbox, 77, 4, 0, TRUE, 1, NULL));
  g_assert_true (store_folder_set_sync_state (bench->db, bench->inbox, 77, 4, 0, TRUE, 2, NULL));
  run_all (bench);
  g_assert_cmpuint (bench->said->len, ==, 1);
  g_assert_cmpuint (uid_of (bench, ids[1]), ==, 4);
  g_assert_true (store_folder_reset (bench->db, bench->inbox, NULL));
  g_assert_true (store_folder_set_sync_state (bench->db, bench->inbox, 78, 1, 0, TRUE, 3, NULL));
  g_assert_true (store_folder_set_sync_state (bench->db, bench->inbox, 78, 1, 0, TRUE, 4, NULL));
  g_assert_cmpint (folder_of (bench, ids[0]), ==, bench->inbox);
  g_assert_null (store_message_get (bench->db, ids[1], NULL));
}

/* ---- folders ---- */

static void
test_folders (void)
{
  g_autoptr (Bench) bench = bench_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_mail (bench, bench->inbox, 7, "<a@x>", 100, NULL), made = 0;

  add_script (bench, "UIDPLUS MOVE",
              "C: $a CREATE \"New\"\n"
              "S: $a OK done\n"
              "C: $b SUBSCRIBE \"New\"\n"
              "S: $b OK done\n" SELECT ("c", "INBOX",
                                        "9") "C: $d UID MOVE 7 \"New\"\n"
                                             "S: * OK [COPYUID 5 7 1] moved\n"
                                             "S: * 1 EXPUNGE\n"
                                             "S: $d OK done\n"
                                             "C: $e RENAME \"New\" \"Newer\"\n"
                                             "S: $e OK done\n"
                                             "C: $f SUBSCRIBE \"Newer\"\n"
                                             "S: $f OK done\n"
                                             "C: $g UNSUBSCRIBE \"New\"\n"
                                             "S: $g OK done\n" SELECT (
                                                 "h", "Newer",
                                                 "5") "C: $i UID STORE 1 +FLAGS.SILENT (\\\\Seen)\n"
                                                      "S: $i OK done\n"
                                                      "C: $j EXAMINE \"INBOX\"\n"
                                                      "S: $j OK open\n"
                                                      "C: $k DELETE \"Newer\"\n"
                                                      "S: $k OK done\n"
                                                      "C: $l UNSUBSCRIBE \"Newer\"\n"
                                                      "S: $l NO never was\n");
  g_assert_cmpint (store_operation_create_folder (bench->db, bench->row, "New", &made, &error), >,
                   0);
  move (bench, id, made);
  g_assert_cmpint (store_operation_rename_folder (bench->db, made, "Newer", &error), >, 0);
  run_all (bench);
  g_assert_cmpint (folder_of (bench, id), ==, made);
  g_assert_cmpuint (uid_of (bench, id), ==, 1);
  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, TRUE, STORE_FLAG_SEEN, NULL), >,
                   0);
  g_assert_cmpint (store_operation_delete_folder (bench->db, made, 0, &error), >, 0);
  run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_null (store_folder_get (bench->db, made, &error));
  g_assert_null (store_message_get (bench->db, id, NULL));
  g_assert_cmpuint (bench->said->len, ==, 0);
}

/* Cut in the answer: LIST tells that it is done. */
static void
test_rename_cut (void)
{
  g_autoptr (Bench) bench = bench_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = add_mail (bench, bench->archive, 7, "<a@x>", 100, NULL);
  gboolean did = FALSE;

  add_script (bench, "",
              "C: $a RENAME \"Archive\" \"Old\"\n"
              "CUT\n");
  add_script (
      bench, "",
      "C: $a RENAME \"Archive\" \"Old\"\n"
      "S: $a NO [NONEXISTENT] what\n"
      "C: $b LIST \"\" \"*\"\n"
      "S: * LIST () \"/\" INBOX\n"
      "S: * LIST () \"/\" Old\n"
      "S: $b OK done\n"
      "C: $c SUBSCRIBE \"Old\"\n"
      "S: $c OK done\n"
      "C: $d UNSUBSCRIBE \"Archive\"\n"
      "S: $d OK done\n" SELECT ("e", "Old", "5") "C: $f UID STORE 7 +FLAGS.SILENT (\\\\Seen)\n"
                                                 "S: $f OK done\n");
  g_assert_cmpint (store_operation_rename_folder (bench->db, bench->archive, "Old", &error), >, 0);
  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, TRUE, STORE_FLAG_SEEN, NULL), >,
                   0);
  g_assert_false (run_once (bench, &did));
  make_due (bench);
  run_all (bench);
  g_assert_cmpuint (PENDING (bench), ==, 0);
  g_assert_cmpuint (bench->said->len, ==, 0);
}

static void
test_rename_refused (void)
{
  g_autoptr (Bench) bench = bench_new ();
  g_autoptr (GError) error = NULL;

  add_script (bench, "",
              "C: $a RENAME \"Archive\" \"Old\"\n"
              "S: $a NO [NOPERM] not yours\n"
              "C: $b LIST \"\" \"*\"\n"
              "S: * LIST () \"/\" INBOX\n"
              "S: * LIST () \"/\" Archive\n"
              "S: $b OK done\n"
              "C: $c CREATE \"None\"\n"
              "S: $c NO [NOPERM] not yours\n"
              "C: $d LIST \"\" \"*\"\n"
              "S: * LIST () \"/\" INBOX\n"
              "S: $d OK done\n");
  g_assert_cmpint (store_operation_rename_folder (bench->db, bench->archive, "Old", &error), >, 0);
  g_assert_cmpint (store_operation_create_folder (bench->db, bench->row, "None", NULL, &error), >,
                   0);
  run_all (bench);
  g_assert_cmpuint (bench->said->len, ==, 2);
  g_assert_true (has_said (bench, "not yours"));
  {
    g_autoptr (StoreFolder) folder = store_folder_get (bench->db, bench->archive, &error);
    g_autoptr (GPtrArray) folders = store_folder_list (bench->db, bench->row, &error);

    g_assert_cmpstr (folder->name, ==, "Archive");
    g_assert_cmpuint (folders->len, ==, 3);
  }
}

void
test_operations_add (void)
{
  g_test_add_func ("/operations/move", test_move);
  g_test_add_func ("/operations/move/cut-after-copy", test_move_cut_after_copy);
  g_test_add_func ("/operations/move/cut-in-copy", test_move_cut_in_copy);
  g_test_add_func ("/operations/move/cut-before-copy", test_move_cut_before_copy);
  g_test_add_func ("/operations/copy/cut", test_copy_cut);
  g_test_add_func ("/operations/move/half-refused", test_move_half_refused);
  g_test_add_func ("/operations/move/half-kept", test_move_half_kept);
  g_test_add_func ("/operations/no-uidplus", test_no_uidplus);
  g_test_add_func ("/operations/read-only", test_read_only);
  g_test_add_func ("/operations/not-permanent", test_not_permanent);
  g_test_add_func ("/operations/kept", test_kept);
  g_test_add_func ("/operations/kept-then-done", test_kept_then_done);
  g_test_add_func ("/operations/append/cut", test_append_cut);
  g_test_add_func ("/operations/gmail-delete", test_gmail_delete);
  g_test_add_func ("/operations/renumbered", test_renumbered);
  g_test_add_func ("/operations/renumbered/lost", test_renumbered_lost);
  g_test_add_func ("/operations/renumbered/append", test_renumbered_append);
  g_test_add_func ("/operations/folders", test_folders);
  g_test_add_func ("/operations/rename-cut", test_rename_cut);
  g_test_add_func ("/operations/rename-refused", test_rename_refused);
}
