/* A person's day with a real server: first sync, new mail, flags, moves, deletions, bodies. */
#include "live.h"
#include "test-live.h"

#include "base-error.h"
#include "mime-message.h"
#include "store-partial.h"

#include <string.h>

static guint
lacking_bodies (Live *live, const char *folder)
{
  g_autoptr (GArray) uids = store_message_get_uids_without_body (
      live->db, live_folder (live, folder), G_MAXINT, 0, 0, NULL);

  return uids->len;
}

static void
test_first_sync (void)
{
  Live *live = live_new ("alice");
  g_autoptr (StoreFolder) sent = NULL;
  g_autofree char *sent_path = NULL;

  live_seed ("alice", "INBOX", 350, "mixed");
  live_seed ("alice", "Archive", 30, "mixed");
  live_start (live);
  LIVE_WAIT (live_total (live, "INBOX") >= 90);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpuint (live_total (live, "INBOX"), ==, live_count ("alice", "INBOX", NULL));
  g_assert_cmpuint (lacking_bodies (live, "INBOX"), ==, 0);
  g_assert_cmpuint (live_total (live, "Archive"), ==, live_count ("alice", "Archive", NULL));
  g_assert_cmpuint (engine_told_get_arrived (&live->told), ==, 0);
  sent = store_folder_by_role (live->db, live->row, STORE_ROLE_SENT, NULL);
  g_assert_nonnull (sent);
  sent_path = live_path ("Sent");
  g_assert_cmpstr (sent->name, ==, sent_path);
  g_assert_cmpint (live->told.state->in_step, >, 0);
  live_free (live);
}

static void
test_empty (void)
{
  Live *live = live_start_in_step ("alice");

  g_assert_cmpuint (live_total (live, "INBOX"), ==, 0);
  live_free (live);
}

static void
test_arrives (void)
{
  Live *live = NULL;
  gint64 begun = 0, took = 0, id = 0;
  guint n;

  if (live_is_plain ()) {
    g_test_skip ("needs IDLE");
    return;
  }
  live = live_start_in_step ("alice");
  g_usleep (100000);
  for (n = 1; n <= 3 || (took >= 2 * G_USEC_PER_SEC && n <= LIVE_TRIES); n++) {
    g_autofree char *subject = g_strdup_printf ("news %u", n);

    live_deliver ("alice", "INBOX", subject, 2000);
    begun = g_get_monotonic_time ();
    LIVE_WAIT (engine_told_get_arrived (&live->told) == n);
    took = g_get_monotonic_time () - begun;
    id = live_find (live, "INBOX", subject);
    g_assert_cmpint (id, !=, 0);
    LIVE_WAIT (live_has_body (live, id));
  }
  g_assert_cmpint (took, <, 2 * G_USEC_PER_SEC);
  g_assert_cmpuint (live_unread (live, "INBOX"), ==, n - 1);
  live_free (live);
}

static void
set_flags (Live *live, gint64 id, gboolean add, StoreFlags flags)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (store_operation_set_flags (live->db, &id, 1, add, flags, &error), >, 0);
  g_assert_no_error (error);
  sync_engine_operations_changed (live->engine, live->account->id);
}

static void
test_flags (void)
{
  Live *live = live_new ("alice");
  gint64 id = 0;

  live_deliver ("alice", "INBOX", "one", 0);
  live_deliver ("alice", "INBOX", "two", 0);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  id = live_find (live, "INBOX", "one");
  set_flags (live, id, TRUE, STORE_FLAG_SEEN | STORE_FLAG_FLAGGED);
  g_assert_true (live_flags (live, id) & STORE_FLAG_SEEN);
  LIVE_WAIT (live_server_has ("alice", "INBOX", "one", "\\Seen"));
  LIVE_WAIT (live_server_has ("alice", "INBOX", "one", "\\Flagged"));
  set_flags (live, id, FALSE, STORE_FLAG_SEEN);
  LIVE_WAIT (!live_server_has ("alice", "INBOX", "one", "\\Seen"));
  g_assert_false (live_server_has ("alice", "INBOX", "two", "\\Flagged"));

  /* The other way: another client answers. */
  live_mark ("alice", "INBOX", "two", "+FLAGS.SILENT", "(\\Answered \\Seen)");
  if (live_is_plain ())
    sync_engine_show_folder (live->engine, live->account->id, live_folder (live, "INBOX"));
  id = live_find (live, "INBOX", "two");
  LIVE_WAIT ((live_flags (live, id) & (STORE_FLAG_ANSWERED | STORE_FLAG_SEEN))
             == (STORE_FLAG_ANSWERED | STORE_FLAG_SEEN));
  LIVE_WAIT (live_unread (live, "INBOX") == 1);
  live_free (live);
}

static gint64
move (Live *live, gint64 id, const char *target)
{
  g_autoptr (GError) error = NULL;
  gint64 group = store_operation_move (live->db, &id, 1, live_folder (live, target), &error);

  g_assert_no_error (error);
  sync_engine_operations_changed (live->engine, live->account->id);
  return group;
}

static void
test_move (void)
{
  Live *live = live_new ("alice");
  g_autoptr (GError) error = NULL;
  gint64 id = 0, group = 0;

  live_deliver ("alice", "INBOX", "keep", 0);
  live_deliver ("alice", "INBOX", "file", 3000);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  id = live_find (live, "INBOX", "file");
  group = move (live, id, "Archive");
  /* At once here. */
  g_assert_cmpuint (live_total (live, "INBOX"), ==, 1);
  g_assert_cmpuint (live_total (live, "Archive"), ==, 1);
  LIVE_WAIT (live_count ("alice", "Archive", "file") == 1
             && live_count ("alice", "INBOX", "file") == 0);
  /* The row is the same one, with its body, and stays one. */
  LIVE_WAIT (store_operation_count (live->db, live->row) == 0);
  g_assert_cmpint (live_find (live, "Archive", "file"), ==, id);
  g_assert_true (live_has_body (live, id));

  g_assert_true (store_operation_undo (live->db, group, &error));
  g_assert_no_error (error);
  sync_engine_operations_changed (live->engine, live->account->id);
  g_assert_cmpint (live_find (live, "INBOX", "file"), ==, id);
  LIVE_WAIT (live_count ("alice", "INBOX", "file") == 1
             && live_count ("alice", "Archive", "file") == 0);
  LIVE_WAIT (store_operation_count (live->db, live->row) == 0);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpuint (live_total (live, "INBOX"), ==, 2);
  g_assert_cmpuint (live_total (live, "Archive"), ==, 0);
  g_assert_cmpuint (engine_told_get_refused (&live->told), ==, 0);
  live_free (live);
}

/* The marks that filters learn from go along with the message, and come back with it. */
static void
test_junk (void)
{
  Live *live = live_new ("alice");
  g_autoptr (GError) error = NULL;
  gint64 id = 0, mark = 0, group = 0;

  live_deliver ("alice", "INBOX", "win a prize", 0);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  id = live_find (live, "INBOX", "win a prize");
  mark = store_operation_set_flags (live->db, &id, 1, TRUE, STORE_FLAG_JUNK, &error);
  g_assert_cmpint (mark, >, 0);
  group = move (live, id, "Junk");
  LIVE_WAIT (live_count ("alice", "Junk", "win a prize") == 1
             && live_count ("alice", "INBOX", "win a prize") == 0);
  LIVE_WAIT (store_operation_count (live->db, live->row) == 0);
  g_assert_true (live_server_has ("alice", "Junk", "win a prize", "$Junk"));
  g_assert_true (live_flags (live, id) & STORE_FLAG_JUNK);

  g_assert_true (store_operation_undo (live->db, group, &error));
  g_assert_true (store_operation_undo (live->db, mark, &error));
  g_assert_no_error (error);
  set_flags (live, id, TRUE, STORE_FLAG_NOT_JUNK);
  LIVE_WAIT (live_count ("alice", "INBOX", "win a prize") == 1);
  LIVE_WAIT (live_server_has ("alice", "INBOX", "win a prize", "$NotJunk"));
  g_assert_false (live_server_has ("alice", "INBOX", "win a prize", "$Junk"));
  live_free (live);
}

/* Moved, starred and moved on before the server knew of anything. */
static void
test_chain_offline (void)
{
  Live *live = live_new ("alice");
  gint64 id = 0;

  live_deliver ("alice", "INBOX", "wander", 0);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  live_stop (live);

  live_start (live);
  id = live_find (live, "INBOX", "wander");
  move (live, id, "Trash");
  set_flags (live, id, TRUE, STORE_FLAG_FLAGGED);
  move (live, id, "Archive");
  LIVE_WAIT (live_count ("alice", "Archive", "wander") == 1);
  LIVE_WAIT (live_server_has ("alice", "Archive", "wander", "\\Flagged"));
  /* Without MOVE it is copied first, and then goes from where it was. */
  LIVE_WAIT (store_operation_count (live->db, live->row) == 0);
  g_assert_cmpuint (live_count ("alice", "Trash", "wander"), ==, 0);
  g_assert_cmpuint (live_count ("alice", "INBOX", "wander"), ==, 0);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpint (live_find (live, "Archive", "wander"), ==, id);
  g_assert_cmpuint (live_total (live, "Archive"), ==, 1);
  g_assert_cmpuint (live_total (live, "Trash"), ==, 0);
  live_free (live);
}

static void
test_many_moves (void)
{
  Live *live = live_new ("alice");
  g_autoptr (GArray) keys = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;

  live_seed ("alice", "INBOX", 300, "mixed");
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  keys = store_message_list (live->db, live_folder (live, "INBOX"), 0, 0, NULL);
  for (guint i = 0; i < keys->len; i += 2) {
    gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, i));

    g_array_append_val (ids, id);
  }
  g_assert_cmpint (store_operation_move (live->db, (gint64 *)(gpointer)ids->data, ids->len,
                                         live_folder (live, "Trash"), &error),
                   >, 0);
  sync_engine_operations_changed (live->engine, NULL);
  LIVE_WAIT (store_operation_count (live->db, live->row) == 0);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpuint (live_count ("alice", "Trash", NULL), ==, ids->len);
  g_assert_cmpuint (live_total (live, "Trash"), ==, ids->len);
  g_assert_cmpuint (live_total (live, "INBOX"), ==, live_count ("alice", "INBOX", NULL));
  live_free (live);
}

static void
test_delete (void)
{
  Live *live = live_new ("alice");
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  for (guint i = 0; i < 5; i++)
    live_deliver ("alice", "Trash", i == 0 ? "doomed" : "other", 0);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  /* What another client only marked must survive. */
  live_mark ("alice", "Trash", "other", "+FLAGS.SILENT", "(\\Deleted)");
  id = live_find (live, "Trash", "doomed");
  g_assert_cmpint (store_operation_expunge (live->db, &id, 1, 0, &error), >, 0);
  sync_engine_operations_changed (live->engine, NULL);
  LIVE_WAIT (live_count ("alice", "Trash", "doomed") == 0);
  g_assert_cmpuint (live_count ("alice", "Trash", "other"), ==, 4);
  live_free (live);
}

/* Others delete: one, and nearly all at once. */
static void
test_expunged_elsewhere (void)
{
  Live *live = live_new ("alice");

  live_deliver ("alice", "INBOX", "stays", 0);
  live_seed ("alice", "INBOX", 40, "mixed");
  live_deliver ("alice", "INBOX", "goes", 0);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpuint (live_total (live, "INBOX"), ==, 42);
  live_expunge ("alice", "INBOX", "goes");
  if (live_is_plain ())
    sync_engine_show_folder (live->engine, live->account->id, live_folder (live, "INBOX"));
  LIVE_WAIT (live_total (live, "INBOX") == 41);
  live_expunge ("alice", "INBOX", "!stays");
  if (live_is_plain ())
    sync_engine_show_folder (live->engine, live->account->id, live_folder (live, "INBOX"));
  LIVE_WAIT (live_total (live, "INBOX") == 1);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpint (live_find (live, "INBOX", "stays"), !=, 0);
  live_free (live);
}

static void
test_renumbered (void)
{
  Live *live = live_new ("alice");
  guint32 before = 0;
  g_autoptr (StoreFolder) folder = NULL, after = NULL;

  live_create ("alice", "Work");
  live_deliver ("alice", "Work", "old", 0);
  live_deliver ("alice", "Work", "both", 0);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpuint (live_total (live, "Work"), ==, 2);
  folder = store_folder_get (live->db, live_folder (live, "Work"), NULL);
  before = folder->uid_validity;
  /* Not before its eyes: there it would be one folder that went and another that came. */
  live_stop (live);
  live_delete ("alice", "Work");
  g_usleep (1200000);
  live_create ("alice", "Work");
  live_deliver ("alice", "Work", "both", 0);
  live_deliver ("alice", "Work", "new", 0);
  live_deliver ("alice", "Work", "newer", 0);
  live_start (live);
  sync_engine_show_folder (live->engine, live->account->id, folder->id);
  LIVE_WAIT (live_find (live, "Work", "newer") != 0);
  /* A short look is not told as a phase of its own. */
  LIVE_WAIT (live_total (live, "Work") == 3);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  after = store_folder_get (live->db, folder->id, NULL);
  g_assert_cmpuint (after->uid_validity, !=, before);
  g_assert_cmpuint (live_total (live, "Work"), ==, 3);
  g_assert_cmpint (live_find (live, "Work", "old"), ==, 0);
  live_free (live);
}

static void
assert_fetched (Live *live, const char *folder, const char *subject, gsize at_least)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;
  gint64 id = live_find (live, folder, subject);

  g_assert_cmpint (id, !=, 0);
  g_assert_false (live_has_body (live, id));
  g_assert_true (sync_engine_fetch_body (live->engine, live->account->id, id, NULL, &error));
  g_assert_no_error (error);
  body = store_message_get_body (live->db, id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (body), >=, at_least);
  g_assert_false (live_flags (live, id) & STORE_FLAG_SEEN);
}

static void
test_body (void)
{
  Live *live = live_new ("alice");
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  live_deliver ("alice", "Archive", "small", 0);
  live_deliver ("alice", "Archive", "gone", 0);
  live_deliver ("alice", "Archive", "large", 50 * 1024 * 1024);
  live->account->bodies = BASE_BODIES_OPENING;
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  assert_fetched (live, "Archive", "small", 100);
  assert_fetched (live, "Archive", "large", 50 * 1024 * 1024);
  id = live_find (live, "Archive", "gone");
  live_expunge ("alice", "Archive", "gone");
  /* Cyrus still gives it to a connection that it has not told yet: then it must be whole. */
  if (live_server () == LIVE_CYRUS
      && sync_engine_fetch_body (live->engine, live->account->id, id, NULL, &error)) {
    g_autoptr (GBytes) body = store_message_get_body (live->db, id, &error);

    g_assert_no_error (error);
    g_assert_true (
        g_strstr_len (g_bytes_get_data (body, NULL), (gssize)g_bytes_get_size (body), "Hello.")
        != NULL);
  } else {
    g_clear_error (&error);
    g_assert_false (sync_engine_fetch_body (live->engine, live->account->id, id, NULL, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
    g_clear_error (&error);
  }
  sync_engine_show_folder (live->engine, live->account->id, live_folder (live, "Archive"));
  LIVE_WAIT (live_find (live, "Archive", "gone") == 0);
  g_assert_false (sync_engine_fetch_body (live->engine, "no-such-account", id, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  live_free (live);
}

/* A text, a picture in it, a large file with a Korean name, an attached message, and a note. */
static char *
make_parts (GBytes *file)
{
  GString *text = g_string_new (
      "From: Bob <bob@lab.test>\r\nTo: alice@lab.test\r\nSubject: parts\r\n"
      "Message-ID: <live-parts@lab.test>\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n"
      "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n"
      "Not shown.\r\n--outer\r\nContent-Type: multipart/related; boundary=\"inner\"\r\n\r\n"
      "--inner\r\nContent-Type: text/html; charset=euc-kr\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
      "<p>=C7=D1=B1=DB<img src=3D\"cid:p@x\"></p>\r\n"
      "--inner\r\nContent-Type: image/png\r\nContent-ID: <p@x>\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--inner--\r\n\r\n"
      "--outer\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
      "Content-Disposition: attachment; filename*=UTF-8''%EA%B3%84%ED%9A%8D.pdf\r\n\r\n");
  gsize length;
  const guint8 *data = g_bytes_get_data (file, &length);

  for (gsize at = 0; at < length; at += 57) {
    g_autofree char *line = g_base64_encode (data + at, MIN (57, length - at));

    g_string_append_printf (text, "%s\r\n", line);
  }
  /* Base64 right behind it, at which Dovecot 2.3 loses count of what stands before. */
  g_string_append (text, "--outer\r\nContent-Type: application/zip; name=\"next.zip\"\r\n"
                         "Content-Transfer-Encoding: base64\r\n\r\nUEsFBg==\r\n"
                         "--outer\r\nContent-Type: message/rfc822\r\n\r\n"
                         "Subject: inside\r\nContent-Type: text/plain\r\n\r\nInside.\r\n"
                         "--outer\r\nContent-Type: text/csv; name=\"note.csv\"\r\n"
                         "Content-Disposition: attachment\r\n\r\n1,2\r\n--outer--\r\n");
  return g_string_free (text, FALSE);
}

static void
check_partial (Live *live, gint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StorePartial) partial = store_partial_get (live->db, id, &error);
  g_autoptr (GArray) missing = g_array_new (FALSE, FALSE, sizeof (MimeMissing));

  g_assert_no_error (error);
  g_assert_cmpuint (partial->parts->len, >=, 1);
  for (guint i = 0; i < partial->parts->len; i++) {
    const StorePart *part = g_ptr_array_index (partial->parts, i);
    MimeMissing one = { .index = part->index, .size = part->size };

    g_array_append_val (missing, one);
  }
  g_autoptr (MimeMessage) mime = mime_message_new_partial (
      partial->bytes, (const MimeMissing *)(gpointer)missing->data, missing->len);
  GPtrArray *parts = mime_message_get_parts (mime);

  g_assert_cmpstr (mime_message_get_text (mime), ==, "한글\n");
  g_assert_cmpuint (parts->len, ==, 6);
  g_assert_false (((MimePart *)parts->pdata[1])->is_missing);
  g_assert_true (((MimePart *)parts->pdata[2])->is_missing);
  g_assert_cmpstr (((MimePart *)parts->pdata[2])->name, ==, "계획.pdf");
  g_assert_cmpstr (((MimePart *)parts->pdata[4])->content_type, ==, "message/rfc822");
  g_assert_cmpstr (((MimePart *)parts->pdata[5])->name, ==, "note.csv");
}

/* What is read of a large message, then one part of it, then all of it. */
static void
test_parts (void)
{
  Live *live = live_new ("alice");
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = NULL, content = NULL, body = NULL;
  g_autofree char *text = NULL;
  guint8 *data = g_malloc (2000000);
  gboolean decoded = FALSE;
  gint64 id = 0;

  for (guint i = 0; i < 2000000; i++)
    data[i] = (guint8)(i * 7 + i / 251 + i / 65521);
  file = g_bytes_new_take (data, 2000000);
  text = make_parts (file);
  live_save ("alice", "INBOX", text);
  live->account->bodies = BASE_BODIES_OPENING;
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  id = live_find (live, "INBOX", "parts");
  g_assert_true (sync_engine_fetch_body (live->engine, live->account->id, id, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (live_has_body (live, id));
  check_partial (live, id);
  g_assert_false (live_flags (live, id) & STORE_FLAG_SEEN);

  g_assert_true (
      sync_engine_fetch_part (live->engine, live->account->id, id, 2, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  content = look_part (live->db, id, 2, &decoded);
  g_assert_true (g_bytes_equal (content, file));
  g_test_message ("%s by the server", decoded ? "decoded" : "not decoded");
  /* It offers that, and so it came once. */
  if (live_server () == LIVE_DOVECOT && !live_is_plain ())
    g_assert_true (decoded);

  g_assert_true (sync_engine_fetch_whole (live->engine, live->account->id, id, NULL, &error));
  body = store_message_get_body (live->db, id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (body), >=, strlen (text) - 2);
  g_assert_null (store_partial_get (live->db, id, NULL));
  g_assert_false (live_flags (live, id) & STORE_FLAG_SEEN);
  live_free (live);
}

static void
save_words (const char *folder, const char *subject, const char *text, gboolean base64)
{
  g_autofree char *encoded = g_base64_encode ((const guchar *)text, strlen (text));
  g_autofree char *whole = g_strdup_printf (
      "From: Bob <bob@lab.test>\r\nTo: alice@lab.test\r\nSubject: %s\r\n"
      "Message-ID: <live-words-%s@lab.test>\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n"
      "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: %s\r\n\r\n%s\r\n",
      subject, subject, base64 ? "base64" : "8bit", base64 ? encoded : text);

  live_save ("alice", folder, whole);
}

static void
count_progress (guint64 done, guint64 total, gpointer user_data)
{
  guint *calls = user_data;

  g_assert_cmpuint (done, <=, total);
  (*calls)++;
}

static void
cancel_now (guint64 done, guint64 total, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

/* Korean words that are in the text alone, of which nothing is here. */
static void
test_search (void)
{
  Live *live = live_new ("alice");
  g_autoptr (BaseQuery) query = base_query_parse ("보고서 from:bob -is:starred", 1795651200);
  g_autoptr (SyncHits) hits = NULL, one = NULL, none = NULL;
  g_autoptr (GCancellable) cancelled = NULL;
  g_autoptr (GError) error = NULL;
  gboolean on_its_way = FALSE;
  guint calls = 0;

  save_words ("INBOX", "plain", "지난주 보고서를 보냅니다.", FALSE);
  save_words ("INBOX", "other", "회의는 내일입니다.", TRUE);
  save_words ("Archive", "coded", "옛보고서입니다.", TRUE);
  live->account->bodies = BASE_BODIES_OPENING;
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_true (sync_engine_search (live->engine, live->account->id, 0, query, &hits,
                                     count_progress, &calls, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (hits->ids->len, ==, 2);
  g_assert_cmpint (g_array_index (hits->ids, gint64, 0), ==, live_find (live, "INBOX", "plain"));
  g_assert_cmpint (g_array_index (hits->ids, gint64, 1), ==, live_find (live, "Archive", "coded"));
  g_assert_cmpuint (hits->left_out, ==, 0);
  /* Who is told late sees the end alone. */
  for (guint try = 0; try < LIVE_TRIES && calls == 0; try++) {
    g_autoptr (SyncHits) again = NULL;

    g_assert_true (sync_engine_search (live->engine, live->account->id, 0, query, &again,
                                       count_progress, &calls, NULL, &error));
  }
  g_assert_cmpuint (calls, >, 0);
  for (guint i = 0; i < 2; i++) {
    g_assert_true (live_has_body (live, g_array_index (hits->ids, gint64, i)));
    g_assert_false (live_flags (live, g_array_index (hits->ids, gint64, i)) & STORE_FLAG_SEEN);
  }
  g_assert_false (live_has_body (live, live_find (live, "INBOX", "other")));

  g_assert_true (sync_engine_search (live->engine, live->account->id, live_folder (live, "Archive"),
                                     query, &one, NULL, NULL, NULL, &error));
  g_assert_cmpuint (one->ids->len, ==, 1);
  /* On its way, and, for it is cancelled already, before it began */
  for (guint try = 0; try < LIVE_TRIES && !on_its_way; try++) {
    g_clear_object (&cancelled);
    cancelled = g_cancellable_new ();
    on_its_way = !sync_engine_search (live->engine, live->account->id, 0, query, &none, cancel_now,
                                      cancelled, cancelled, &error);
    g_clear_pointer (&none, sync_hits_free);
  }
  for (guint i = 0; i < 2; i++) {
    g_assert_true (base_error_is_cancelled (error));
    g_assert_null (none);
    g_clear_error (&error);
    if (i == 0)
      g_assert_false (sync_engine_search (live->engine, live->account->id, 0, query, &none, NULL,
                                          NULL, cancelled, &error));
  }
  g_assert_false (sync_engine_search (live->engine, "no-such-account", 0, query, &none, NULL, NULL,
                                      NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  live_free (live);
}

static void
test_large_in_inbox (void)
{
  Live *live = live_new ("alice");

  live_deliver ("alice", "INBOX", "large", 50 * 1024 * 1024);
  live_deliver ("alice", "INBOX", "small", 0);
  live->account->largest_body = 0;
  live_start (live);
  LIVE_WAIT (live_find (live, "INBOX", "large") != 0);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_true (live_has_body (live, live_find (live, "INBOX", "large")));
  live_free (live);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("LAB_ENV") == NULL) {
    g_print ("1..0 # SKIP started without a lab: see run-with-lab\n");
    return 0;
  }
  g_test_add_func ("/live/first-sync", test_first_sync);
  g_test_add_func ("/live/empty", test_empty);
  g_test_add_func ("/live/arrives", test_arrives);
  g_test_add_func ("/live/flags", test_flags);
  g_test_add_func ("/live/junk", test_junk);
  g_test_add_func ("/live/move", test_move);
  g_test_add_func ("/live/chain-offline", test_chain_offline);
  g_test_add_func ("/live/many-moves", test_many_moves);
  g_test_add_func ("/live/delete", test_delete);
  g_test_add_func ("/live/expunged-elsewhere", test_expunged_elsewhere);
  g_test_add_func ("/live/renumbered", test_renumbered);
  g_test_add_func ("/live/body", test_body);
  g_test_add_func ("/live/parts", test_parts);
  g_test_add_func ("/live/search", test_search);
  g_test_add_func ("/live/large-in-inbox", test_large_in_inbox);
  test_folders_add ();
  test_send_add ();
  test_trouble_add ();
  return g_test_run ();
}
