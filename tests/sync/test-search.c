/* A search on the server: what it finds comes here, and nothing else; nothing is changed there; and a connection that ends at any line of it costs no hit. */
#include "model-server.h"
#include "operation-bench.h"
#include "sync-body.h"
#include "sync-search.h"

#include <string.h>

#define USER "alice"
#define NOW  1795651200

typedef struct
{
  Bench *bench;        /* Owned */
  ModelServer *server; /* Owned */
} Place;

static guint32
deliver (Place *place, const char *mailbox, const char *subject, const char *text)
{
  g_autofree char *whole = g_strdup_printf (
      "From: Bob <bob@model.test>\r\nSubject: %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Message-ID: <%s-%s@x>\r\n\r\n%s\r\n",
      subject, mailbox, subject, text);
  g_autoptr (GBytes) bytes = g_bytes_new (whole, strlen (whole));

  return model_act_deliver (place->server, USER, mailbox, bytes, NULL, 1700000000);
}

static void
place_init (Place *place)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);

  *place = (Place){ .bench = bench_new_empty (), .server = model_server_new (NULL) };
  model_server_add_account (place->server, USER, "secret", "alice@model.test");
  bench_list_folder (list, "INBOX", STORE_ROLE_INBOX);
  bench_list_folder (list, "Archive", STORE_ROLE_ARCHIVE);
  bench_list_folder (list, "Junk", STORE_ROLE_JUNK);
  g_assert_true (store_folder_replace_list (place->bench->db, place->bench->row, list, NULL));
  deliver (place, "INBOX", "one", "지난주 보고서를 보냅니다.");
  deliver (place, "INBOX", "two", "nothing of that");
  deliver (place, "INBOX", "three", "보고서");
  deliver (place, "Archive", "four", "옛 보고서");
  deliver (place, "Archive", "five", "else");
  deliver (place, "Junk", "six", "보고서!");
}

static void
place_clear (Place *place)
{
  model_server_set_hook (place->server, NULL, NULL);
  bench_free (place->bench);
  model_server_free (place->server);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static gboolean
connect_now (Place *place)
{
  NetEndpoint endpoint = { .host = "127.0.0.1",
                           .port = model_server_get_imap_port (place->server),
                           .security = BASE_SECURITY_TLS,
                           .ca_file = model_server_get_ca_file (place->server) };

  if (place->bench->session != NULL && imap_session_is_usable (place->bench->session))
    return TRUE;
  g_clear_pointer (&place->bench->session, imap_session_free);
  place->bench->session = imap_session_open (&endpoint, NULL, NULL);
  return place->bench->session != NULL
         && imap_session_sign_in (place->bench->session,
                                  &(NetLogin){ .user = USER, .secret = "secret" }, NULL, NULL);
}

/* On as many connections as it takes. */
static SyncHits *
search (Place *place, const char *typed, gint64 folder)
{
  g_autoptr (BaseQuery) query = base_query_parse (typed, NOW);
  g_autoptr (SyncSearch) work = sync_search_new (query, folder);
  gboolean more = TRUE;
  guint64 before = 0, done, total;

  for (guint round = 0; more; round++) {
    SyncContext context = { .account = place->bench->account,
                            .db = place->bench->db,
                            .row = place->bench->row };

    g_assert_cmpuint (round, <, 200);
    if (!connect_now (place))
      continue;
    context.session = place->bench->session;
    if (!sync_search_step (work, &context, &more, NULL))
      g_assert_false (imap_session_is_usable (place->bench->session));
    sync_search_get_progress (work, &done, &total);
    g_assert_cmpuint (done, >=, before);
    g_assert_cmpuint (done, <=, total);
    before = done;
  }
  g_assert_cmpuint (done, ==, total);
  return sync_search_dup_hits (work);
}

/* Subjects in order, with "+" where the message is here. */
static char *
describe (Place *place, const SyncHits *hits)
{
  g_autoptr (GPtrArray) rows = store_message_get_rows (
      place->bench->db, (const gint64 *)(gpointer)hits->ids->data, hits->ids->len, NULL);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++) {
    const StoreMessage *row = g_ptr_array_index (rows, i);

    g_assert_cmpint (row->flags & STORE_FLAG_SEEN, ==, 0);
    g_string_append_printf (text, "%s%s%s", i > 0 ? " " : "", row->subject,
                            row->has_body ? "+" : "");
  }
  return g_string_free (text, FALSE);
}

static void
check (Place *place, const char *typed, gint64 folder, const char *expected)
{
  g_autoptr (SyncHits) hits = search (place, typed, folder);
  g_autofree char *found = describe (place, hits);

  g_assert_cmpstr (found, ==, expected);
  g_assert_cmpuint (hits->left_out, ==, 0);
}

static guint
count (Place *place, const char *folder)
{
  guint64 n = 0;

  g_assert_true (store_message_count_uids (place->bench->db,
                                           bench_folder_named (place->bench, folder), &n, NULL));
  return (guint)n;
}

static void
test_words (void)
{
  g_auto (Place) place = { 0 };
  g_autofree char *before = NULL, *after = NULL;

  place_init (&place);
  before = model_server_dump (place.server, USER);
  check (&place, "보고서", 0, "three+ one+ four+");
  g_assert_cmpuint (count (&place, "INBOX"), ==, 2);
  g_assert_cmpuint (count (&place, "Archive"), ==, 1);
  g_assert_cmpuint (count (&place, "Junk"), ==, 0);
  check (&place, "보고서", bench_folder_named (place.bench, "Archive"), "four+");
  check (&place, "보고서 in:spam", 0, "six+");
  check (&place, "보고서 -in:inbox in:anywhere", 0, "four+ six+");
  check (&place, "보고서 in:rchi", 0, "four+");
  check (&place, "없는말", 0, "");
  /* Rows say all of it */
  check (&place, "subject:two", 0, "two");
  after = model_server_dump (place.server, USER);
  g_assert_cmpstr (before, ==, after);
}

/* What came since the sync was here it has to tell the person of; a folder that was renumbered meanwhile is not searched. */
static void
test_left_to_sync (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (SyncHits) renumbered = NULL;
  g_autoptr (StoreFolder) inbox = NULL;
  g_autoptr (GError) error = NULL;

  place_init (&place);
  check (&place, "보고서 in:inbox", 0, "three+ one+");
  inbox = store_folder_get (place.bench->db, bench_folder_named (place.bench, "INBOX"), NULL);
  store_folder_set_sync_state (place.bench->db, inbox->id, inbox->uid_validity, 4, 0, TRUE, 1,
                               &error);
  g_assert_no_error (error);
  deliver (&place, "INBOX", "seven", "새 보고서");
  check (&place, "보고서 in:inbox", 0, "three+ one+");
  g_clear_pointer (&place.bench->session, imap_session_free);
  model_act_renumber (place.server, USER, "INBOX");
  renumbered = search (&place, "보고서", 0);
  g_assert_cmpuint (renumbered->left_out, ==, 1);
  g_assert_cmpuint (renumbered->ids->len, ==, 1);
}

/* The newest. */
static void
test_many (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (SyncHits) hits = NULL;
  g_autoptr (StoreMessage) newest = NULL;

  place_init (&place);
  for (guint i = 0; i < SYNC_SEARCH_ROWS + 50; i++) {
    g_autofree char *subject = g_strdup_printf ("many %u", i);
    deliver (&place, "Archive", subject, "x");
  }
  hits = search (&place, "subject:many", 0);
  g_assert_cmpuint (hits->found, ==, SYNC_SEARCH_ROWS + 50);
  g_assert_cmpuint (hits->ids->len, ==, SYNC_SEARCH_ROWS);
  newest = store_message_get (place.bench->db, g_array_index (hits->ids, gint64, 0), NULL);
  g_assert_cmpstr (newest->subject, ==, "many 549");
}

/* ---- cuts ---- */

typedef struct
{
  guint64 at, seen;
  gboolean done;
} Cutter;

static ModelVerdict
cut (ModelEvent *event, gpointer user_data)
{
  Cutter *cutter = user_data;

  cutter->seen = MAX (cutter->seen, event->number);
  if (event->number != cutter->at || cutter->done)
    return MODEL_GO;
  cutter->done = TRUE;
  return event->number % 2 == 0 ? MODEL_CUT : MODEL_RESET;
}

static void
test_cuts (void)
{
  for (guint64 at = 1, seen = 2; at <= seen; at++) {
    g_auto (Place) place = { 0 };
    Cutter cutter = { .at = at };

    place_init (&place);
    model_server_set_hook (place.server, cut, &cutter);
    check (&place, "보고서", 0, "three+ one+ four+");
    seen = at == 1 ? cutter.seen : seen;
  }
}

/* Where the server lets only one connection in, the sync worker serves it, a step at a time; what breaks that is answered. */
static gboolean
serve (Place *place, SyncRequest *request)
{
  gboolean again = TRUE;

  g_assert_true (connect_now (place));
  while (again) {
    SyncContext context = { .account = place->bench->account,
                            .db = place->bench->db,
                            .session = place->bench->session,
                            .row = place->bench->row };

    again = sync_body_serve (&context, request, NULL);
  }
  return sync_request_is_over (request);
}

static void
test_served (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (BaseQuery) query = base_query_parse ("보고서", NOW);
  g_autoptr (SyncRequest) good = sync_request_new_search (0, query);
  g_autoptr (SyncRequest) bad = sync_request_new_search (0, query);
  g_autoptr (SyncHits) hits = NULL;
  g_autoptr (GError) error = NULL;
  Cutter cutter = { .at = 4 };

  place_init (&place);
  g_assert_true (serve (&place, sync_request_ref (good)));
  g_assert_true (sync_request_wait (good, NULL, NULL, &error));
  hits = sync_request_steal_hits (good);
  g_assert_cmpuint (hits->ids->len, ==, 3);
  g_assert_true (connect_now (&place));
  model_server_set_hook (place.server, cut, &cutter);
  g_assert_true (serve (&place, sync_request_ref (bad)));
  g_assert_true (cutter.done);
  g_assert_false (sync_request_wait (bad, NULL, NULL, &error));
  g_assert_nonnull (error);
  g_assert_null (sync_request_steal_hits (bad));
}

/* Refused in one folder, the others are searched. */
static ModelVerdict
refuse (ModelEvent *event, gpointer user_data)
{
  if (event->sent || event->after || strstr (event->line, "EXAMINE \"INBOX\"") == NULL)
    return MODEL_GO;
  event->answer = "NO [NOPERM] not this one";
  return MODEL_ANSWER;
}

static void
test_refused (void)
{
  g_auto (Place) place = { 0 };
  g_autoptr (SyncHits) hits = NULL;
  g_autofree char *found = NULL;

  place_init (&place);
  model_server_set_hook (place.server, refuse, NULL);
  hits = search (&place, "보고서", 0);
  found = describe (&place, hits);
  g_assert_cmpstr (found, ==, "four+");
  g_assert_cmpuint (hits->left_out, ==, 1);
  g_assert_cmpuint (hits->folders, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/search/words", test_words);
  g_test_add_func ("/search/left-to-sync", test_left_to_sync);
  g_test_add_func ("/search/many", test_many);
  g_test_add_func ("/search/cuts", test_cuts);
  g_test_add_func ("/search/served", test_served);
  g_test_add_func ("/search/refused", test_refused);
  return g_test_run ();
}
