/* The road out: the outbox, real submission, the copy in Sent. */
#include "live.h"
#include "live-proxy.h"
#include "test-live.h"

#include "mime-build.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/mount.h>

static gint64
queue_to (Live *live, const char *to, const char *subject, gsize attachment)
{
  g_autoptr (StoreDraft) draft = store_draft_new ();
  g_autoptr (MimeDraft) mime = mime_draft_new ();
  g_autoptr (GBytes) message = NULL, content = NULL;
  g_autoptr (StoreOutbox) outbox = g_new0 (StoreOutbox, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  g_assert_true (store_draft_save (live->paths, draft, &error));
  mime->from_name = g_strdup ("앨리스");
  mime->from_address = g_strdup ("alice@lab.test");
  mime->to = g_strdup (to);
  mime->subject = g_strdup (subject);
  mime->text = g_strdup ("안녕하세요\n.\n..dots\nFrom here\n");
  mime->message_id = mime_build_message_id ("alice@lab.test");
  mime->date = g_get_real_time () / G_USEC_PER_SEC;
  if (attachment > 0) {
    g_autofree char *bytes = g_malloc (attachment);

    for (gsize i = 0; i < attachment; i++)
      bytes[i] = (char)(i * 31 % 251);
    content = g_bytes_new (bytes, attachment);
    mime->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_attachment_free);
    g_ptr_array_add (mime->attachments, mime_attachment_new ("보고서.bin", NULL, content));
  }
  message = mime_build (mime, &error);
  g_assert_no_error (error);
  outbox->account = live->row;
  outbox->draft = g_strdup (draft->id);
  outbox->message_id = g_strdup (mime->message_id);
  outbox->from = g_strdup ("alice@lab.test");
  outbox->recipients = mime_draft_get_recipients (mime, &error);
  outbox->subject = g_strdup (subject);
  outbox->created = mime->date;
  g_assert_true (store_outbox_add (live->db, outbox, message, &error));
  g_assert_no_error (error);
  rows = store_outbox_list (live->db, live->row, NULL);
  return ((StoreOutbox *)g_ptr_array_index (rows, rows->len - 1))->id;
}

static guint
outbox_length (Live *live)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (live->db, live->row, NULL);

  return rows->len;
}

static StoreOutboxState
outbox_state (Live *live, gint64 id)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (live->db, live->row, NULL);

  for (guint i = 0; i < rows->len; i++)
    if (((StoreOutbox *)g_ptr_array_index (rows, i))->id == id)
      return ((StoreOutbox *)g_ptr_array_index (rows, i))->state;
  return (StoreOutboxState)-1;
}

static void
empty_bob (void)
{
  live_expunge ("bob", "INBOX", NULL);
}

static void
test_plain_and_attached (void)
{
  Live *live = live_new ("alice");
  g_autofree char *text = NULL;

  empty_bob ();
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  queue_to (live, "bob@lab.test", "plain", 0);
  queue_to (live, "Bob <bob@lab.test>, kim@lab.test", "attached", 300000);
  sync_engine_outbox_changed (live->engine, live->account->id);
  LIVE_WAIT (outbox_length (live) == 0);
  LIVE_WAIT (live_count ("bob", "INBOX", "plain") == 1
             && live_count ("bob", "INBOX", "attached") == 1);
  text = live_text ("bob", "INBOX", "attached");
  g_assert_cmpuint (strlen (text), >, 300000);

  LIVE_WAIT (store_operation_count (live->db, live->row) == 0);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  g_assert_cmpuint (live_count ("alice", "Sent", "plain"), ==, 1);
  g_assert_cmpuint (live_count ("alice", "Sent", "attached"), ==, 1);
  sync_engine_show_folder (live->engine, live->account->id, live_folder (live, "Sent"));
  g_usleep (500000);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP
             && live_total (live, "Sent") == 2);
  g_assert_cmpuint (live_unread (live, "Sent"), ==, 0);
  live_free (live);
}

/* Addresses in other letters: a domain alone goes in its ASCII form; for a name the server has to know SMTPUTF8 (RFC 6531). */
static void
test_hangul (void)
{
  Live *live = live_new ("alice");
  g_autofree char *domain = NULL, *both = NULL;

  empty_bob ();
  live_expunge ("kim", "INBOX", NULL);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  queue_to (live, "밥 <bob@한국.test>", "domain", 0);
  queue_to (live, "김철수 <김철수@lab.test>, bob@한국.test", "both", 0);
  sync_engine_outbox_changed (live->engine, live->account->id);
  LIVE_WAIT (outbox_length (live) == 0);
  LIVE_WAIT (live_count ("bob", "INBOX", "domain") == 1 && live_count ("bob", "INBOX", "both") == 1
             && live_count ("kim", "INBOX", "both") == 1);
  g_assert_cmpuint (engine_told_get_refused (&live->told), ==, 0);
  domain = live_text ("bob", "INBOX", "domain");
  g_assert_nonnull (strstr (domain, "<bob@xn--3e0b707e.test>"));
  both = live_text ("kim", "INBOX", "both");
  g_assert_nonnull (strstr (both, "<김철수@lab.test>"));
  LIVE_WAIT (live_count ("alice", "Sent", "domain") == 1
             && live_count ("alice", "Sent", "both") == 1);
  live_free (live);
}

/* One of two is refused: the other gets it, once, and the row stays for the one who was refused, with the server's words. */
static void
test_refused (void)
{
  Live *live = live_new ("alice");
  gint64 bad = 0;

  empty_bob ();
  live_start (live);
  bad = queue_to (live, "nobody@lab.test, bob@lab.test", "undeliverable", 0);
  queue_to (live, "bob@lab.test", "after it", 0);
  sync_engine_outbox_changed (live->engine, live->account->id);
  LIVE_WAIT (outbox_state (live, bad) == STORE_OUTBOX_FAILED);
  LIVE_WAIT (outbox_length (live) == 1);
  LIVE_WAIT (live_count ("bob", "INBOX", "after it") == 1);
  LIVE_WAIT (live_count ("bob", "INBOX", "undeliverable") == 1);
  LIVE_WAIT (engine_told_get_refused (&live->told) == 1);
  g_autoptr (GPtrArray) rows = store_outbox_list (live->db, live->row, NULL);
  const StoreOutbox *row = rows->pdata[0];
  g_assert_cmpuint (g_strv_length (row->recipients), ==, 1);
  g_assert_cmpstr (row->recipients[0], ==, "nobody@lab.test");
  g_assert_nonnull (strstr (row->detail, "nobody@lab.test: "));
  /* What is in Sent says nothing about what is left to do. */
  g_assert_null (row->message_id);
  live_free (live);
}

/* No room for the copy of what was just sent: said once, kept as being sent, and noted as soon as there is room. */
static void
test_full_disk (void)
{
  Live *live = live_new ("alice");
  g_autofree char *bodies = g_build_filename (base_paths_get_data (live->paths), "bodies", NULL);
  gint64 id = 0;

  g_assert_cmpint (g_mkdir_with_parents (bodies, 0700), ==, 0);
  if (mount ("tmpfs", bodies, "tmpfs", 0, "size=256k,mode=0700") != 0) {
    g_test_skip ("needs the right to mount");
    live_free (live);
    return;
  }
  empty_bob ();
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  id = queue_to (live, "bob@lab.test", "large", 1000000);
  sync_engine_outbox_changed (live->engine, live->account->id);
  LIVE_WAIT (engine_told_get_refused (&live->told) == 1);
  sync_engine_outbox_changed (live->engine, live->account->id);
  g_usleep (300000);
  g_assert_cmpint ((int)outbox_state (live, id), ==, STORE_OUTBOX_SENDING);
  g_assert_cmpuint (engine_told_get_refused (&live->told), ==, 1);

  g_assert_cmpint (mount ("tmpfs", bodies, "tmpfs", MS_REMOUNT, "size=16m,mode=0700"), ==, 0);
  LIVE_WAIT (outbox_length (live) == 0);
  LIVE_WAIT (store_operation_count (live->db, live->row) == 0);
  g_assert_cmpuint (live_count ("alice", "Sent", "large"), ==, 1);
  LIVE_WAIT (live_count ("bob", "INBOX", "large") == 1);
  live_stop (live);
  g_assert_cmpint (umount (bodies), ==, 0);
  live_free (live);
}

/* Queued with no server in sight, over a restart; sent once it is back. */
static void
test_waits (void)
{
  Live *live = live_new ("alice");
  LiveProxy *proxy =
      live_proxy_new ((guint16)g_ascii_strtoull (live_lab ("LAB_SUBMISSIONS"), NULL, 10));
  gint64 id = 0;

  empty_bob ();
  live_proxy_set_limit (proxy, 0);
  live->account->smtp.port = live_proxy_get_port (proxy);
  live_start (live);
  id = queue_to (live, "bob@lab.test", "patience", 0);
  sync_engine_outbox_changed (live->engine, live->account->id);
  g_usleep (1500000);
  g_assert_cmpint (outbox_state (live, id), ==, STORE_OUTBOX_QUEUED);
  live_stop (live);
  live_start (live);
  g_usleep (300000);
  g_assert_cmpint (outbox_state (live, id), ==, STORE_OUTBOX_QUEUED);
  live_proxy_set_limit (proxy, 10);
  sync_engine_retry (live->engine, NULL);
  LIVE_WAIT (outbox_length (live) == 0);
  LIVE_WAIT (live_count ("bob", "INBOX", "patience") == 1);
  LIVE_WAIT (live_count ("alice", "Sent", "patience") == 1);
  live_free (live);
  live_proxy_free (proxy);
}

/* The server took it, but its answer never came: nobody sends it again by themselves. */
static void
test_uncertain (void)
{
  Live *live = live_new ("alice");
  LiveProxy *proxy =
      live_proxy_new ((guint16)g_ascii_strtoull (live_lab ("LAB_SUBMISSIONS"), NULL, 10));
  gint64 id = 0;
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GBytes) message = NULL;

  empty_bob ();
  live->account->smtp.port = live_proxy_get_port (proxy);
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  live_proxy_swallow_after (proxy, 300000);
  id = queue_to (live, "bob@lab.test", "doubt", 300000);
  sync_engine_outbox_changed (live->engine, live->account->id);
  LIVE_WAIT (outbox_state (live, id) == STORE_OUTBOX_UNCERTAIN);
  LIVE_WAIT (engine_told_get_refused (&live->told) == 1);
  LIVE_WAIT (live_count ("bob", "INBOX", "doubt") == 1);
  live_proxy_swallow_after (proxy, 0);
  sync_engine_retry (live->engine, NULL);
  g_usleep (1000000);
  g_assert_cmpint (outbox_state (live, id), ==, STORE_OUTBOX_UNCERTAIN);
  g_assert_cmpuint (live_count ("bob", "INBOX", "doubt"), ==, 1);

  /* A copy turns up in Sent: after the next start it counts as sent. */
  rows = store_outbox_list (live->db, live->row, NULL);
  message = store_outbox_get_message (live->db, g_ptr_array_index (rows, 0), &error);
  g_assert_no_error (error);
  bytes = g_strndup (g_bytes_get_data (message, NULL), g_bytes_get_size (message));
  live_save ("alice", "Sent", bytes);
  live_stop (live);
  live_start (live);
  LIVE_WAIT (outbox_length (live) == 0);
  g_assert_cmpuint (live_count ("bob", "INBOX", "doubt"), ==, 1);
  g_assert_cmpuint (live_count ("alice", "Sent", "doubt"), ==, 1);
  live_free (live);
  live_proxy_free (proxy);
}

static void
test_quit_while_sending (void)
{
  Live *live = live_new ("alice");

  empty_bob ();
  live_start (live);
  LIVE_WAIT (engine_told_get_phase (&live->told) == SYNC_PHASE_IN_STEP);
  queue_to (live, "bob@lab.test", "last word", 4000000);
  sync_engine_outbox_changed (live->engine, live->account->id);
  g_usleep (60000);
  live_stop (live);
  live_start (live);
  /* Sent before or after, but once; or, had the moment been the wrong one, a person is asked. */
  LIVE_WAIT (live_count ("bob", "INBOX", "last word") == 1);
  g_usleep (500000);
  g_assert_cmpuint (live_count ("bob", "INBOX", "last word"), ==, 1);
  live_free (live);
}

void
test_send_add (void)
{
  g_test_add_func ("/send/plain-and-attached", test_plain_and_attached);
  g_test_add_func ("/send/hangul", test_hangul);
  g_test_add_func ("/send/refused", test_refused);
  g_test_add_func ("/send/full-disk", test_full_disk);
  g_test_add_func ("/send/waits", test_waits);
  g_test_add_func ("/send/uncertain", test_uncertain);
  g_test_add_func ("/send/quit-while-sending", test_quit_while_sending);
}
