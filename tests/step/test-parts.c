/* Large messages: opening one fetches what is read of it, an attachment comes when somebody wants it, and nobody waits behind
 * that. */
#include "step.h"

#include <string.h>

#include "base-error.h"
#include "mime-message.h"
#include "store-partial.h"

#define MEGABYTE    (1024 * 1024)
#define WITH_BINARY MODEL_CAPS_FULL " BINARY"
#define TEXT_OCTETS 2000
#define LINE        57 /* octets in a line of base64 */

/* What the attachment is, decoded. */
static GBytes *
make_file (gsize length)
{
  guint8 *data = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    data[i] = (guint8)(i * 7 + i / 251 + i / 65521);
  return g_bytes_new_take (data, length);
}

static void
append_base64 (GString *out, GBytes *file)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (file, &length);

  for (gsize at = 0; at < length; at += LINE) {
    g_autofree char *line = g_base64_encode (data + at, MIN (LINE, length - at));

    g_string_append_printf (out, "%s%s", line, at + LINE < length ? "\r\n" : "");
  }
}

/* A text of `text` octets, a file of so many that the message has `size`, and a small note behind it. */
static guint32
deliver (Step *step, gsize text, gsize size)
{
  g_autoptr (GBytes) file = make_file ((size - text) / 78 * LINE);
  g_autofree char *body = g_strnfill (text - 2, 'a');
  GString *out = g_string_new ("From: a@example.org\r\nSubject: large\r\nMessage-ID: <large@x>\r\n"
                               "Date: Mon, 1 Jan 2024 00:00:00 +0000\r\nMIME-Version: 1.0\r\n"
                               "Content-Type: multipart/mixed; boundary=\"one\"\r\n\r\n--one\r\n"
                               "Content-Type: text/plain; charset=utf-8\r\n\r\n");

  for (gsize i = 70; i < text - 2; i += 72)
    body[i] = '\n';
  for (char *c = body; *c != '\0'; c++) {
    if (*c == '\n')
      g_string_append (out, "\r\n");
    else
      g_string_append_c (out, *c);
  }
  g_string_append (out,
                   "\r\n--one\r\nContent-Type: application/pdf; name=\"plan.pdf\"\r\n"
                   "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\n");
  append_base64 (out, file);
  g_string_append (out, "\r\n--one\r\nContent-Type: text/csv; name=\"note.csv\"\r\n"
                        "Content-Disposition: attachment\r\n\r\n1,2\r\n--one--\r\n");
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (out);
  return model_act_deliver (step->server, "alice", "INBOX", bytes, NULL, 1700000000);
}

static gint64
get_message (Step *step)
{
  g_autoptr (GArray) keys = store_message_list (step->db, step_folder (step, "INBOX"), 0, 0, NULL);

  g_assert_cmpuint (keys->len, >, 0);
  return STORE_KEY_ID (g_array_index (keys, StoreKey, 0));
}

static Step *
new_with_large (const char *capabilities, gsize text, gsize size)
{
  Step *step = step_new (capabilities);

  step->account->bodies = BASE_BODIES_OPENING;
  deliver (step, text, size);
  step_settle (step);
  STEP_WAIT (step_count_commands (step, "* IDLE*") > 0, 60);
  /* Somebody looks at the folder: the reader's connection stands. */
  step_forget_commands (step);
  sync_engine_show_folder (step->engine, step->account->id, step_folder (step, "INBOX"));
  STEP_WAIT (step_count_commands (step, "* EXAMINE \"INBOX\"*") == 1, 60);
  g_usleep (100000);
  return step;
}

static void
check_partial (Step *step, gint64 message, gsize text, gboolean file_here)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StorePartial) partial = store_partial_get (step->db, message, &error);
  g_autoptr (StoreMessage) row = store_message_get (step->db, message, NULL);

  g_assert_no_error (error);
  g_assert_false (row->has_body);
  g_assert_true (row->has_attachments);
  g_assert_cmpuint (partial->parts->len, >=, 1);
  const StorePart *part = g_ptr_array_index (partial->parts, 0);
  g_assert_cmpuint (part->index, ==, 1);
  g_assert_cmpstr (part->section, ==, "2");
  g_assert_cmpint (part->is_here, ==, file_here);
  const MimeMissing missing = { .index = 1, .size = part->size, .section = "2" };
  g_autoptr (MimeMessage) mime = mime_message_new_partial (partial->bytes, &missing, 1);
  g_assert_cmpuint (strlen (mime_message_get_text (mime)), >, text - text / 36 - 4);
  GPtrArray *parts = mime_message_get_parts (mime);
  g_assert_cmpuint (parts->len, ==, 3);
  g_assert_cmpstr (((MimePart *)parts->pdata[1])->name, ==, "plan.pdf");
  g_assert_true (((MimePart *)parts->pdata[1])->is_missing);
}

static void
check_file (Step *step, gint64 message, gsize text, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) expected = make_file ((size - text) / 78 * LINE);
  g_autoptr (GBytes) content = look_part (step->db, message, 1, NULL);

  g_assert_true (g_bytes_equal (content, expected));
}

/* 30 MB with 2 KB of text: one round trip, and less than 64 KB. */
static void
test_opened (void)
{
  g_autoptr (Step) step = new_with_large (NULL, TEXT_OCTETS, 30 * MEGABYTE);
  g_autoptr (GError) error = NULL;
  gint64 message = get_message (step);
  ModelCounters counters;

  model_server_reset_counters (step->server);
  g_assert_true (sync_engine_fetch_body (step->engine, step->account->id, message, NULL, &error));
  g_assert_no_error (error);
  counters = model_server_get_counters (step->server);
  g_test_message ("%" G_GUINT64_FORMAT " octets, %" G_GUINT64_FORMAT " commands",
                  counters.bytes_out, counters.commands);
  g_assert_cmpuint (counters.commands, ==, 1);
  g_assert_cmpuint (counters.bytes_out, <, 64 * 1024);
  check_partial (step, message, TEXT_OCTETS, FALSE);
  /* Opened again, nothing is asked. */
  g_assert_true (sync_engine_fetch_body (step->engine, step->account->id, message, NULL, &error));
  g_assert_cmpuint (model_server_get_counters (step->server).commands, ==, 1);
}

/* Wanted as soon as it is in the list: the reader's connection has the folder open and was not told of it yet.  Small or large, it is
 * asked for once more before anybody says that it has gone. */
static void
test_just_come (void)
{
  static const gsize sizes[] = { 20000, 3 * MEGABYTE };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (Step) step = new_with_large (NULL, TEXT_OCTETS, 3 * MEGABYTE);
    g_autoptr (GError) error = NULL;
    gint64 before = get_message (step);

    /* So that it hears of nothing else meanwhile. */
    g_assert_true (sync_engine_fetch_body (step->engine, step->account->id, before, NULL, &error));
    step_forget_commands (step);
    deliver (step, TEXT_OCTETS, sizes[i]);
    STEP_WAIT (step_total (step, "INBOX") == 2, 60);
    g_autoptr (GArray) keys =
        store_message_list (step->db, step_folder (step, "INBOX"), 0, 0, NULL);
    gint64 message = MAX (STORE_KEY_ID (g_array_index (keys, StoreKey, 0)),
                          STORE_KEY_ID (g_array_index (keys, StoreKey, 1)));
    g_assert_cmpint (message, !=, before);
    sync_engine_fetch_body (step->engine, step->account->id, message, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (step_count_commands (step, "1 NOOP"), ==, 1);
  }
}

/* Text beyond the first octets costs one more, and comes whole. */
static void
test_long_text (void)
{
  g_autoptr (Step) step = new_with_large (NULL, 100000, 3 * MEGABYTE);
  g_autoptr (GError) error = NULL;
  gint64 message = get_message (step);
  ModelCounters counters;

  model_server_reset_counters (step->server);
  g_assert_true (sync_engine_fetch_body (step->engine, step->account->id, message, NULL, &error));
  counters = model_server_get_counters (step->server);
  g_assert_cmpuint (counters.commands, ==, 2);
  g_assert_cmpuint (counters.bytes_out, <, 150000);
  check_partial (step, message, 100000, FALSE);
}

/* Nothing in it is large enough to be left out. */
static void
test_not_worth_it (void)
{
  g_autoptr (Step) step = new_with_large (NULL, 1200000, 1300000);
  g_autoptr (GError) error = NULL;
  gint64 message = get_message (step);
  g_autoptr (StoreMessage) row = NULL;

  g_assert_true (sync_engine_fetch_body (step->engine, step->account->id, message, NULL, &error));
  row = store_message_get (step->db, message, &error);
  g_assert_true (row->has_body);
}

static void
note_progress (guint64 done, guint64 total, gpointer user_data)
{
  guint64 *last = user_data;

  g_assert_cmpuint (done, >, *last);
  g_assert_cmpuint (done, <=, total);
  *last = done;
}

/* A part by itself, decoded by the server where it offers that: a quarter less on the wire, and once, also where it tells a wrong size. */
static void
test_part (void)
{
  static const char *const servers[] = { NULL, WITH_BINARY, WITH_BINARY " X-SIZE-BELOW",
                                         WITH_BINARY " X-SIZE-NONSENSE",
                                         WITH_BINARY " X-SIZE-EVEN" };
  const gsize size = 3 * MEGABYTE;

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++) {
    g_autoptr (Step) step = new_with_large (servers[i], TEXT_OCTETS, size);
    g_autoptr (GError) error = NULL;
    gint64 message = get_message (step);
    guint64 last = 0, octets;

    g_assert_true (sync_engine_fetch_body (step->engine, step->account->id, message, NULL, &error));
    model_server_reset_counters (step->server);
    g_assert_true (sync_engine_fetch_part (step->engine, step->account->id, message, 1,
                                           note_progress, &last, NULL, &error));
    g_assert_no_error (error);
    octets = model_server_get_counters (step->server).bytes_out;
    g_test_message ("%" G_GUINT64_FORMAT " octets", octets);
    g_assert_cmpuint (octets, <, i == 0 ? size + 10000 : size / 4 * 3 + 10000);
    g_assert_cmpuint (last, >, size / 3);
    check_partial (step, message, TEXT_OCTETS, TRUE);
    check_file (step, message, TEXT_OCTETS, size);
    /* A second time nothing is asked for; a part that is not lacking, or no part, cannot come. */
    step_forget_commands (step);
    g_assert_true (sync_engine_fetch_part (step->engine, step->account->id, message, 1, NULL, NULL,
                                           NULL, &error));
    g_assert_cmpuint (step_count_commands (step, "* UID FETCH *"), ==, 0);
    g_assert_false (sync_engine_fetch_part (step->engine, step->account->id, message, 0, NULL, NULL,
                                            NULL, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
    g_clear_error (&error);
    /* The whole one takes the place of all that. */
    g_assert_true (
        sync_engine_fetch_whole (step->engine, step->account->id, message, NULL, &error));
    g_autoptr (StoreMessage) row = store_message_get (step->db, message, &error);
    g_assert_true (row->has_body);
    g_assert_null (store_partial_get (step->db, message, NULL));
  }
}

/* ---- others meanwhile ---- */

typedef struct
{
  Step *step;
  gint64 message;
  GCancellable *cancellable;
  GError *error;
  int done; /* atomic */
} Download;

static gpointer
run_download (gpointer data)
{
  Download *download = data;

  (void)sync_engine_fetch_part (download->step->engine, download->step->account->id,
                                download->message, 1, NULL, NULL, download->cancellable,
                                &download->error);
  g_atomic_int_set (&download->done, TRUE);
  return NULL;
}

/* TRUE: in time. */
static gboolean
open_over_download (void)
{
  g_autoptr (Step) step = step_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Download download = { .step = step, .cancellable = cancellable };
  gint64 begun, took, left, small;
  gboolean done;

  step->account->bodies = BASE_BODIES_OPENING;
  step_deliver (step, "INBOX", 1, 1000);
  deliver (step, TEXT_OCTETS, 8 * MEGABYTE);
  step_settle (step);
  {
    g_autoptr (GArray) keys =
        store_message_list (step->db, step_folder (step, "INBOX"), 0, 0, NULL);
    g_autoptr (StoreMessage) first =
        store_message_get (step->db, STORE_KEY_ID (g_array_index (keys, StoreKey, 0)), NULL);

    g_assert_cmpuint (keys->len, ==, 2);
    download.message = STORE_KEY_ID (g_array_index (keys, StoreKey, first->size < MEGABYTE));
    small = STORE_KEY_ID (g_array_index (keys, StoreKey, first->size >= MEGABYTE));
  }
  g_assert_true (
      sync_engine_fetch_body (step->engine, step->account->id, download.message, NULL, &error));
  model_server_set_delay (step->server, 200);
  GThread *thread = g_thread_new ("download", run_download, &download);
  STEP_WAIT (step_count_commands (step, "* UID FETCH * (UID BODY.PEEK[2]<*") > 1, 60);
  begun = g_get_monotonic_time ();
  g_assert_true (sync_engine_fetch_body (step->engine, step->account->id, small, NULL, &error));
  took = (g_get_monotonic_time () - begun) / 1000;
  g_test_message ("%" G_GINT64_FORMAT " ms", took);
  done = g_atomic_int_get (&download.done);
  begun = g_get_monotonic_time ();
  g_cancellable_cancel (cancellable);
  g_thread_join (thread);
  left = (g_get_monotonic_time () - begun) / 1000;
  g_test_message ("let go after %" G_GINT64_FORMAT " ms", left);
  if (done) {
    g_clear_error (&download.error);
    return FALSE;
  }
  g_assert_error (download.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&download.error);
  check_partial (step, download.message, TEXT_OCTETS, FALSE);
  /* Not a connection more than before: one of the sync, one of the reader. */
  model_server_set_delay (step->server, 0);
  model_server_reset_counters (step->server);
  g_assert_true (sync_engine_fetch_part (step->engine, step->account->id, download.message, 1, NULL,
                                         NULL, NULL, &error));
  g_assert_cmpuint (model_server_get_counters (step->server).connections, ==, 0);
  return took < 1500 && left < 200;
}

/* Who opens another message does not wait for the end of the attachment; and who does not want it any more is let go at
 * once, with the connection as it was.  A busy machine may be late many times, but not each time. */
static void
test_not_behind (void)
{
  gboolean in_time = FALSE;

  for (guint try = 0; try < TRIES && !in_time; try++)
    in_time = open_over_download ();
  g_assert_true (in_time);
}

/* Opened and saved at once, it comes once; and who leaves does not take it from the other. */
static void
test_two_wait (void)
{
  g_autoptr (Step) step = new_with_large (NULL, TEXT_OCTETS, 2 * MEGABYTE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Download first = { .step = step, .cancellable = cancellable };
  Download second = { .step = step }, third = { .step = step };
  GThread *threads[3];

  first.message = second.message = third.message = get_message (step);
  g_assert_true (
      sync_engine_fetch_body (step->engine, step->account->id, first.message, NULL, &error));
  model_server_reset_counters (step->server);
  step_forget_commands (step);
  model_server_set_delay (step->server, 300);
  threads[0] = g_thread_new ("first", run_download, &first);
  STEP_WAIT (step_count_commands (step, "* UID FETCH * (UID BODY.PEEK[2]<*") > 0, 60);
  threads[1] = g_thread_new ("second", run_download, &second);
  threads[2] = g_thread_new ("third", run_download, &third);
  g_usleep (100000); /* both have asked */
  g_cancellable_cancel (cancellable);
  g_thread_join (threads[0]);
  g_assert_error (first.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&first.error);
  model_server_set_delay (step->server, 0);
  g_thread_join (threads[1]);
  g_thread_join (threads[2]);
  g_assert_no_error (second.error);
  g_assert_no_error (third.error);
  check_partial (step, first.message, TEXT_OCTETS, TRUE);
  check_file (step, first.message, TEXT_OCTETS, 2 * MEGABYTE);
  /* In base64 four octets for three. */
  guint64 octets = model_server_get_counters (step->server).bytes_out;
  g_test_message ("%" G_GUINT64_FORMAT " octets", octets);
  g_assert_cmpuint (octets, <, 3 * MEGABYTE);
}

/* As the sync worker does when a MOVE is done; the first time that a message is asked for. */
static ModelVerdict
move_meanwhile (Step *step, const char *command, ModelEvent *event)
{
  g_autoptr (StoreDb) db = NULL;
  g_autoptr (GPtrArray) operations = NULL;
  g_autoptr (GHashTable) uids = g_hash_table_new (NULL, NULL);
  gint64 id;

  if (step->count > 0 || !g_pattern_match_simple ("UID FETCH *BODY.PEEK[]*", command))
    return MODEL_GO;
  step->count++;
  id = get_message (step);
  db = store_connect (step->store, NULL);
  g_assert_true (store_db_begin (db, FALSE, NULL));
  g_assert_cmpint (store_operation_move (db, &id, 1, step_folder (step, "Archive"), NULL), >, 0);
  operations = store_operation_take_due (db, step->row, 1, G_MAXINT32, NULL, NULL);
  g_assert_cmpuint (operations->len, ==, 1);
  const StoreOperation *operation = g_ptr_array_index (operations, 0);
  g_hash_table_insert (uids, GUINT_TO_POINTER (operation->uid), GUINT_TO_POINTER (77));
  g_assert_true (
      store_operation_done (db, operations, uids, MAX (operation->target_validity, 1), NULL));
  g_assert_true (store_db_commit (db, NULL));
  return MODEL_GO;
}

/* A message that is moved while it is fetched: its row is in the other folder, and none comes again in the old one. */
static void
test_moved_meanwhile (void)
{
  g_autoptr (Step) step = step_new (NULL);
  g_autoptr (GError) error = NULL;

  step->account->bodies = BASE_BODIES_OPENING;
  step_deliver (step, "INBOX", 1, 1000);
  step_settle (step);
  g_mutex_lock (&step->lock);
  step->on_command = move_meanwhile;
  g_mutex_unlock (&step->lock);
  g_assert_false (
      sync_engine_fetch_body (step->engine, step->account->id, get_message (step), NULL, &error));
  g_assert_cmpuint (step_total (step, "INBOX"), ==, 0);
  g_assert_cmpuint (step_total (step, "Archive"), ==, 1);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
}

/* ---- what can go wrong ---- */

/* Each part comes an octet short of what was told: it is not believed, and the whole message comes instead. */
static void
test_short (void)
{
  static const char *const servers[] = { MODEL_CAPS_FULL " X-SHORT-PARTS",
                                         WITH_BINARY " X-SHORT-PARTS" };

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++) {
    g_autoptr (Step) step = new_with_large (servers[i], TEXT_OCTETS, 2 * MEGABYTE);
    g_autoptr (GError) error = NULL;
    gint64 message = get_message (step);
    g_autoptr (StoreMessage) row = NULL;

    g_assert_true (sync_engine_fetch_body (step->engine, step->account->id, message, NULL, &error));
    check_partial (step, message, TEXT_OCTETS, FALSE);
    g_assert_true (sync_engine_fetch_part (step->engine, step->account->id, message, 1, NULL, NULL,
                                           NULL, &error));
    g_assert_no_error (error);
    row = store_message_get (step->db, message, &error);
    /* Decoded it tells of one octet less, and sends that: nobody could know. */
    if (i == 0)
      g_assert_true (row->has_body);
    g_assert_true (row->has_body || i == 1);
  }
  {
    g_autoptr (Step) step = new_with_large (servers[0], 100000, 2 * MEGABYTE);
    gint64 message = get_message (step);
    g_autoptr (StoreMessage) row = NULL;

    g_assert_true (sync_engine_fetch_body (step->engine, step->account->id, message, NULL, NULL));
    row = store_message_get (step->db, message, NULL);
    g_assert_true (row->has_body);
  }
}

/* Another client removed it, or the server is not there: said, and nothing of it stays. */
static void
test_gone (void)
{
  g_autoptr (Step) step = new_with_large (NULL, TEXT_OCTETS, 2 * MEGABYTE);
  g_autoptr (GError) error = NULL;
  gint64 message = get_message (step);

  g_assert_true (sync_engine_fetch_body (step->engine, step->account->id, message, NULL, &error));
  model_server_set_reachable (step->server, FALSE);
  g_assert_false (sync_engine_fetch_part (step->engine, step->account->id, message, 1, NULL, NULL,
                                          NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  g_clear_error (&error);
  check_partial (step, message, TEXT_OCTETS, FALSE);
  model_server_set_reachable (step->server, TRUE);
  sync_engine_retry (step->engine, NULL);
  STEP_WAIT (
      sync_engine_fetch_part (step->engine, step->account->id, message, 1, NULL, NULL, NULL, NULL),
      20);
  check_partial (step, message, TEXT_OCTETS, TRUE);

  step_stop (step);
  model_act_expunge (step->server, "alice", "INBOX", 1);
  deliver (step, TEXT_OCTETS, 2 * MEGABYTE);
  step_settle (step);
  g_assert_false (sync_engine_fetch_part (step->engine, step->account->id, message, 1, NULL, NULL,
                                          NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
}

/* The sync keeps what is too large to be kept whole without its large parts, once. */
static void
test_policy (void)
{
  g_autoptr (Step) step = step_new (NULL);
  gint64 message;

  step->account->largest_body = 1;
  deliver (step, TEXT_OCTETS, 3 * MEGABYTE);
  step_deliver (step, "INBOX", 2, 2 * MEGABYTE);
  step_deliver (step, "INBOX", 3, 2000);
  step_settle (step);
  STEP_WAIT (step_lacking (step, "INBOX") == 2, 60);
  {
    g_autoptr (GArray) keys =
        store_message_list (step->db, step_folder (step, "INBOX"), 0, 0, NULL);

    message = 0;
    for (guint i = 0; i < keys->len; i++) {
      g_autoptr (StoreMessage) row =
          store_message_get (step->db, STORE_KEY_ID (g_array_index (keys, StoreKey, i)), NULL);

      if (row->size > 3000000)
        message = row->id;
    }
  }
  STEP_WAIT (step_count_commands (step, "* UID FETCH * (UID BODYSTRUCTURE *") == 2, 60);
  step_stop (step);
  check_partial (step, message, TEXT_OCTETS, FALSE);
  {
    /* The note is small: it came too. */
    g_autoptr (StorePartial) partial = store_partial_get (step->db, message, NULL);

    g_assert_cmpuint (partial->parts->len, ==, 1);
  }
  step_forget_commands (step);
  step_settle (step);
  g_assert_cmpuint (step_count_commands (step, "* UID FETCH *BODY*"), ==, 0);
}

/* A person has looked at the folder since before there was a connection: the reader gets ready all the same, and the first message that
 * they open costs one command. */
static void
test_shown_at_start (void)
{
  g_autoptr (Step) step = step_new (NULL);
  g_autoptr (GError) error = NULL;

  step->account->bodies = BASE_BODIES_OPENING;
  deliver (step, TEXT_OCTETS, 2 * MEGABYTE);
  step_settle (step);
  step_stop (step);
  step_forget_commands (step);
  model_server_set_delay (step->server, 50);
  step_start (step);
  sync_engine_show_folder (step->engine, step->account->id, step_folder (step, "INBOX"));
  STEP_WAIT (step_count_commands (step, "* EXAMINE \"INBOX\"*") == 1, 60);
  model_server_set_delay (step->server, 0);
  step_wait_in_step (step, 0);
  model_server_reset_counters (step->server);
  g_assert_true (
      sync_engine_fetch_body (step->engine, step->account->id, get_message (step), NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (model_server_get_counters (step->server).connections, ==, 0);
  g_assert_cmpuint (step_count_commands (step, "* EXAMINE \"INBOX\"*"), ==, 1);
  check_partial (step, get_message (step), TEXT_OCTETS, FALSE);
}

void
add_parts_tests (void)
{
  g_test_add_func ("/step/parts/opened", test_opened);
  g_test_add_func ("/step/parts/just-come", test_just_come);
  g_test_add_func ("/step/parts/long-text", test_long_text);
  g_test_add_func ("/step/parts/not-worth-it", test_not_worth_it);
  g_test_add_func ("/step/parts/part", test_part);
  g_test_add_func ("/step/parts/not-behind", test_not_behind);
  g_test_add_func ("/step/parts/two-wait", test_two_wait);
  g_test_add_func ("/step/parts/moved-meanwhile", test_moved_meanwhile);
  g_test_add_func ("/step/parts/short", test_short);
  g_test_add_func ("/step/parts/gone", test_gone);
  g_test_add_func ("/step/parts/policy", test_policy);
  g_test_add_func ("/step/parts/shown-at-start", test_shown_at_start);
}
