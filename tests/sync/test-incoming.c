/* What arrives becomes rows: all of it and in its order, be it one message or more than a batch holds; and an error of the store
 * ends it. */
#include "test-sync.h"

#include <string.h>

#include "base-error.h"
#include "store-message.h"
#include "fake-server.h"
#include "operation-bench.h"
#include "sync-incoming.h"
#include "sync-mailbox-private.h"

#define MANY   2345
#define BODIES 44 /* two times twenty, and what one command has at least */

typedef struct
{
  /* Owned */
  char *folder;
  BasePaths *paths;
  Store *store;
  StoreDb *db;

  SyncContext context;
  gint64 inbox;
} Place;

static void
place_init (Place *place)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  StoreFolder *folder = g_new0 (StoreFolder, 1);
  gint64 account;

  folder->name = g_strdup ("INBOX");
  folder->delimiter = '/';
  folder->selectable = TRUE;
  folder->role = STORE_ROLE_INBOX;
  g_ptr_array_add (list, folder);
  place->folder = g_dir_make_tmp ("sosik-sync-XXXXXX", &error);
  place->paths = base_paths_new (place->folder, &error);
  place->store = store_open (place->paths, NULL, &error);
  place->db = store_connect (place->store, &error);
  account = store_account_ensure (place->db, "a", &error);
  store_folder_replace_list (place->db, account, list, &error);
  g_assert_no_error (error);
  g_autoptr (StoreFolder) inbox =
      store_folder_by_role (place->db, account, STORE_ROLE_INBOX, &error);
  place->inbox = inbox->id;
  place->context = (SyncContext){ .db = place->db, .row = account };
}

static void
place_clear (Place *place)
{
  store_db_free (place->db);
  store_unref (place->store);
  base_paths_unref (place->paths);
  g_assert_true (base_paths_remove_tree (place->folder));
  g_free (place->folder);
}

static gboolean
take (SyncIncoming *incoming, guint32 uid, GError **error)
{
  g_autofree char *text =
      g_strdup_printf ("From: <a@b>\r\nSubject: %u\r\nMessage-ID: <%u@x>\r\n\r\n", uid, uid);
  g_autoptr (GBytes) header = g_bytes_new (text, strlen (text));
  const ImapFetched fetched = {
    .uid = uid, .has_flags = TRUE, .flags = IMAP_FLAG_SEEN, .date = 1000 + uid, .header = header
  };

  return sync_incoming_take (&fetched, incoming, error);
}

static void
check_stored (gconstpointer data)
{
  guint n = GPOINTER_TO_UINT (data);
  Place place = { 0 };
  g_autoptr (GError) error = NULL;

  place_init (&place);
  {
    g_autoptr (SyncIncoming) incoming = sync_incoming_new (&place.context, place.inbox, 0);

    /* and again, as a pass goes on with the same after a flush */
    for (guint round = 0; round < 2; round++) {
      for (guint i = 1; i <= n; i++)
        g_assert_true (take (incoming, round * n + i, &error));
      g_assert_true (sync_incoming_flush (incoming, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (base_uid_set_count (sync_incoming_get_uids (incoming)), ==,
                        (round + 1) * n);
      g_assert_cmpuint (sync_incoming_get_highest (incoming), ==, (round + 1) * n);
      g_autoptr (GArray) keys = store_message_list (place.db, place.inbox, 0, 0, &error);
      g_assert_cmpuint (keys->len, ==, (round + 1) * n);
    }
  }
  /* Rows were made in the order in which they came. */
  g_autoptr (GArray) keys = store_message_list (place.db, place.inbox, 0, 0, &error);
  for (guint i = 1; i < keys->len; i++)
    g_assert_cmpint (STORE_KEY_ID (g_array_index (keys, StoreKey, i)), <,
                     STORE_KEY_ID (g_array_index (keys, StoreKey, i - 1)));
  g_autoptr (StoreFolder) folder = store_folder_get (place.db, place.inbox, &error);
  g_assert_cmpuint (folder->total, ==, 2 * n);
  g_assert_cmpuint (folder->unread, ==, 0);
  place_clear (&place);
}

/* Whenever the store fails, the one who takes hears of it: at the latest with the flush. */
static void
test_failure (void)
{
  Place place = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean good = TRUE;

  place_init (&place);
  {
    g_autoptr (SyncIncoming) incoming = sync_incoming_new (&place.context, 4711, 0);

    for (guint i = 1; good && i <= MANY; i++)
      good = take (incoming, i, &error);
    g_assert_true (!good || !sync_incoming_flush (incoming, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
    g_clear_error (&error);
    g_assert_false (sync_incoming_flush (incoming, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  }
  place_clear (&place);
}

/* Given up in the middle: what was handed over whole may be there, and nothing twice. */
static void
test_given_up (void)
{
  Place place = { 0 };
  g_autoptr (GError) error = NULL;

  place_init (&place);
  for (guint round = 0; round < 2; round++) {
    g_autoptr (SyncIncoming) incoming = sync_incoming_new (&place.context, place.inbox, 0);

    for (guint i = 1; i <= MANY; i++)
      g_assert_true (take (incoming, i, &error));
  }
  g_autoptr (GArray) keys = store_message_list (place.db, place.inbox, 0, 0, &error);
  g_assert_cmpuint (keys->len, <, MANY);
  g_autoptr (StoreFolder) folder = store_folder_get (place.db, place.inbox, &error);
  g_assert_cmpuint (folder->total, ==, keys->len);
  place_clear (&place);
}

/* A body completes the row that is there, and its flags stay as they are; where there is none, none is made. */
static void
test_bodies (void)
{
  static const char text[] =
      "From: <other@b>\r\nSubject: other\r\nContent-Type: text/plain\r\n\r\nHello there\r\n";
  Place place = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = g_bytes_new_static (text, strlen (text));

  place_init (&place);
  {
    g_autoptr (SyncIncoming) incoming = sync_incoming_new (&place.context, place.inbox, 0);

    g_assert_true (take (incoming, 7, &error));
    g_assert_true (sync_incoming_flush (incoming, &error));
  }
  for (guint round = 0; round < 2; round++) {
    g_autoptr (SyncIncoming) incoming = sync_incoming_new (&place.context, place.inbox, 0);

    for (guint32 uid = 6; uid <= 8; uid++) {
      const ImapFetched fetched = { .uid = uid, .has_flags = TRUE, .body = body };

      g_assert_true (sync_incoming_take_body (&fetched, incoming, &error));
    }
    g_assert_true (sync_incoming_flush (incoming, &error));
    g_assert_cmpuint (base_uid_set_count (sync_incoming_get_uids (incoming)), ==, 3);
  }
  g_autoptr (GArray) keys = store_message_list (place.db, place.inbox, 0, 0, &error);
  g_assert_cmpuint (keys->len, ==, 1);
  gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, 0));
  g_autoptr (StoreMessage) row = store_message_get (place.db, id, &error);
  g_assert_cmpstr (row->subject, ==, "7");
  g_assert_cmpstr (row->preview, ==, "Hello there");
  g_assert_cmpint (row->flags, ==, STORE_FLAG_SEEN);
  g_assert_true (row->has_body);
  g_autoptr (GBytes) stored = store_message_get_body (place.db, id, &error);
  g_assert_true (g_bytes_equal (stored, body));
  place_clear (&place);
}

/* The words of a server that could not read them are left out; the bytes tell. */
static void
test_unreadable_preview (void)
{
  static const char header[] = "From: <a@b>\r\nSubject: seven\r\n\r\n";
  static const char whole[] = "From: <a@b>\r\nSubject: seven\r\n\r\nHello there\r\n";
  Place place = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) start = g_bytes_new_static (header, strlen (header));
  g_autoptr (GBytes) body = g_bytes_new_static (whole, strlen (whole));
  const ImapFetched fetched = {
    .uid = 7, .has_flags = TRUE, .header = start, .preview = (char *)"H\xef\xbf\xbdllo there"
  };
  const ImapFetched fetched_body = { .uid = 7, .body = body };

  place_init (&place);
  {
    g_autoptr (SyncIncoming) incoming = sync_incoming_new (&place.context, place.inbox, 0);
    g_assert_true (sync_incoming_take (&fetched, incoming, &error));
    g_assert_true (sync_incoming_flush (incoming, &error));
  }
  g_autoptr (GArray) keys = store_message_list (place.db, place.inbox, 0, 0, &error);
  gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, 0));
  g_autoptr (StoreMessage) before = store_message_get (place.db, id, &error);
  g_assert_null (before->preview);
  {
    g_autoptr (SyncIncoming) incoming = sync_incoming_new (&place.context, place.inbox, 0);
    g_assert_true (sync_incoming_take_body (&fetched_body, incoming, &error));
    g_assert_true (sync_incoming_flush (incoming, &error));
  }
  g_autoptr (StoreMessage) row = store_message_get (place.db, id, &error);
  g_assert_cmpstr (row->preview, ==, "Hello there");
  place_clear (&place);
}

static void
give_known (Place *place, guint32 uid, GBytes *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SyncIncoming) incoming = sync_incoming_new (&place->context, place->inbox, 0);
  const ImapFetched fetched = { .uid = uid, .date = 1007, .body = body };

  g_assert_true (sync_incoming_take_known (&fetched, incoming, &error));
  g_assert_true (sync_incoming_flush (incoming, &error));
  g_assert_no_error (error);
}

/* What a person waits for: a row gets its body, one whose UID is not known is it by its Message-ID, and where there is none (any
 * more) none is made. */
static void
test_known (void)
{
  static const char text[] = "From: <a@b>\r\nMessage-ID: <7@x>\r\nSubject: 7\r\n\r\n";
  Place place = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = g_bytes_new_static (text, strlen (text));
  g_autoptr (BaseUidSet) all = base_uid_set_parse ("1:8");
  const ImapFetched listed = { .uid = 7, .date = 1007, .header = body, .size = strlen (text) };
  gint64 id = 0;

  place_init (&place);
  give_known (&place, 7, body);
  for (guint32 round = 0; round < 2; round++) {
    g_autoptr (SyncIncoming) incoming = sync_incoming_new (&place.context, place.inbox, 0);
    g_autoptr (GArray) none = store_message_list (place.db, place.inbox, 0, 0, &error);

    g_assert_cmpuint (none->len, ==, 0);
    g_assert_true (sync_incoming_take (&listed, incoming, &error));
    g_assert_true (sync_incoming_flush (incoming, &error));
    g_autoptr (GArray) keys = store_message_list (place.db, place.inbox, 0, 0, &error);
    id = STORE_KEY_ID (g_array_index (keys, StoreKey, 0));
    if (round == 1)
      g_assert_true (store_folder_reset (place.db, place.inbox, &error));
    give_known (&place, 7 + round, body);
    g_autoptr (StoreMessage) row = store_message_get (place.db, id, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (row->uid, ==, 7 + round);
    g_assert_true (row->has_body);
    g_autoptr (StoreFolder) folder = store_folder_get (place.db, place.inbox, &error);
    g_assert_cmpuint (folder->total, ==, 1);
    g_assert_true (store_message_remove (place.db, place.inbox, all, &error));
    give_known (&place, 7 + round, body);
  }
  place_clear (&place);
}

static void
add_answers (GString *script, const char *tag, guint first, guint last)
{
  for (guint uid = first; uid <= last; uid++)
    g_string_append_printf (
        script, "S: * %u FETCH (UID %u BODY[] {17}\nS- Subject: %03u\\r\\n\\r\\nx\nS: )\n", uid,
        uid, uid);
  g_string_append_printf (script, "S: %s OK done\n", tag);
}

/* The next command is with the server before the last one is answered: it waits for that. */
static void
test_in_flight (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GString) script =
      g_string_new ("S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello\n"
                    "C: A1 AUTHENTICATE PLAIN AHVzZXIAc2VjcmV0\n"
                    "S: A1 OK [CAPABILITY IMAP4rev1] welcome\n"
                    "C: A2 SELECT \"INBOX\"\n"
                    "S: * 44 EXISTS\n"
                    "S: * OK [UIDVALIDITY 9] fine\n"
                    "S: A2 OK [READ-WRITE] open\n"
                    "C: A3 UID FETCH 25:44 (UID BODY.PEEK[])\n"
                    "C: A4 UID FETCH 5:24 (UID BODY.PEEK[])\n");
  Bench *bench = NULL;
  SyncMailbox mailbox = { .phase = SYNC_VISIT_BODIES, .name = (char *)"INBOX", .bodies_batch = 20 };
  g_autoptr (GError) error = NULL;
  Place place = { 0 };

  add_answers (script, "A3", 25, 44);
  g_string_append (script, "C: A5 UID FETCH 1:4 (UID BODY.PEEK[])\n");
  add_answers (script, "A4", 5, 24);
  add_answers (script, "A5", 1, 4);
  fake_server_add_script (server, script->str, NULL);
  place_init (&place);
  bench = bench_new_empty ();
  g_autoptr (SyncIncoming) headers = sync_incoming_new (&place.context, place.inbox, 0);
  for (guint32 uid = 1; uid <= BODIES; uid++)
    g_assert_true (take (headers, uid, &error));
  g_assert_true (sync_incoming_flush (headers, &error));

  endpoint.timeout_ms = 60000;
  place.context.account = bench->account; /* where a slow machine is told how far it is */
  place.context.session = imap_session_open (&endpoint, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (imap_session_sign_in (
      place.context.session, &(NetLogin){ .user = "user", .secret = "secret" }, NULL, &error));
  g_assert_true (imap_session_select (place.context.session, "INBOX", FALSE, NULL, &error));
  mailbox.folder = place.inbox;
  mailbox.unanswered = base_uid_set_new ();
  mailbox.bodies =
      store_message_get_uids_without_body (place.db, place.inbox, G_MAXINT, 0, 0, &error);
  g_assert_cmpuint (mailbox.bodies->len, ==, BODIES);
  sync_mailbox_step_bodies (&mailbox, &place.context, &error);
  g_assert_no_error (error);
  /* All of them, in this one step. */
  g_assert_null (mailbox.bodies);
  g_autoptr (GArray) left =
      store_message_get_uids_without_body (place.db, place.inbox, G_MAXINT, 0, 0, &error);
  g_assert_cmpuint (left->len, ==, 0);
  imap_session_free (place.context.session);
  fake_server_check (server);
  base_uid_set_free (mailbox.unanswered);
  bench_free (bench);
  place_clear (&place);
}

void
test_incoming_add (void)
{
  g_test_add_func ("/incoming/in-flight", test_in_flight);
  g_test_add_func ("/incoming/bodies", test_bodies);
  g_test_add_func ("/incoming/unreadable-preview", test_unreadable_preview);
  g_test_add_func ("/incoming/known", test_known);
  g_test_add_data_func ("/incoming/one", GUINT_TO_POINTER (1), check_stored);
  g_test_add_data_func ("/incoming/many", GUINT_TO_POINTER (MANY), check_stored);
  g_test_add_func ("/incoming/failure", test_failure);
  g_test_add_func ("/incoming/given-up", test_given_up);
}
