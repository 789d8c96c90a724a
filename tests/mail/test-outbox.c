/* What is sent: the answer as it goes out, in the outbox, and taken back from it. */
#include "drafting.h"

#include "base-error.h"
#include "mail-draft-private.h"
#include "mail-letter.h"
#include "store-private.h"

#include <glib/gstdio.h>

/* What is kept for those who were refused names who has got it. */
static void
test_rest (void)
{
  const char *refused[] = { "nobody@x", NULL }, *got[] = { "a@x", "b@x", NULL };
  StoreOutbox row = { .id = 1,
                      .recipients = (char **)refused,
                      .got = (char **)got,
                      .state = STORE_OUTBOX_FAILED,
                      .error = (char *)"1 recipient was refused." };
  g_autoptr (MailOutgoing) item = mail_outgoing_new ("x");

  mail_outgoing_fill_outbox (item, &row, NULL);
  g_assert_cmpstr (mail_outgoing_get_state_text (item), ==,
                   "1 recipient was refused.\nThe others have got it: a@x, b@x");
  g_assert_cmpstr (mail_outgoing_get_recipients (item), ==, "nobody@x");
  row.got = NULL;
  mail_outgoing_fill_outbox (item, &row, NULL);
  g_assert_cmpstr (mail_outgoing_get_state_text (item), ==, "1 recipient was refused.");
}

static gboolean
is_answered (gpointer item)
{
  return mail_conversation_get_answered (item);
}

static char *
read_queued (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = store_outbox_list (bench->db, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 1);
  g_autoptr (GBytes) bytes = store_outbox_get_message (bench->db, rows->pdata[0], &error);
  g_assert_no_error (error);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
test_reply_and_send (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (bench->folder, "a.txt", NULL);

  write_file (path, "file");
  bench_add (
      bench, bench->inbox, 1000,
      "From: Ada <ada@example.org>\r\nTo: one@example.org, bea@example.org\r\nSubject: Hi\r\nMessage-ID: <1@example.org>\r\n\r\nHello\r\n");
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, bench->inbox, FALSE);
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  g_autoptr (MailContent) content = bench_open (bench, message, &error);
  g_assert_no_error (error);
  g_autoptr (MailDraft) draft = mail_draft_new_reply (bench->engine, content, MAIL_REPLY_ALL, NULL);
  g_assert_true (mail_draft_is_empty (draft)); /* nobody would miss an untouched quote */
  g_assert_cmpstr (mail_draft_get_cc (draft), ==, "bea@example.org");
  mail_draft_set_body (draft, "Thanks!", NULL);

  /* The file is still being copied when Send is pressed: it must be in the message. */
  g_autoptr (GAsyncResult) attached = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  mail_draft_attach_async (draft, file, NULL, NULL, NULL, on_result, &attached);
  g_assert_true (send_draft (draft, &error));
  g_assert_no_error (error);
  g_assert_true (mail_draft_attach_finish (draft, wait_result (&attached), &error));

  g_autofree char *queued = read_queued (bench);
  g_assert_nonnull (strstr (queued, "In-Reply-To: <1@example.org>"));
  g_assert_nonnull (strstr (queued, "a.txt"));
  g_assert_nonnull (strstr (queued, "Thanks!"));
  g_assert_nonnull (strstr (queued, "one@example.org"));
  g_autoptr (MailConversation) shown = g_list_model_get_item (G_LIST_MODEL (list), 0);
  wait_until (is_answered, shown);

  g_assert_false (send_draft (draft, &error)); /* never twice */
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);
  save_draft (draft, TRUE);
  g_autofree char *still = read_queued (bench);
  g_assert_cmpstr (still, ==, queued);
}

/* Once as the standard says, and by choice in no other way. */
static void
test_names (void)
{
  for (int once = 0; once < 2; once++) {
    g_autoptr (Bench) bench = bench_new_ready ();
    g_autofree char *path = g_build_filename (bench->folder, "계획.txt", NULL);
    g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
    g_autoptr (GError) error = NULL;
    g_autofree char *queued = NULL;

    write_file (path, "file");
    mail_draft_set_recipients (draft, "ada@example.org", NULL, NULL);
    g_assert_true (attach_file (draft, path, &error));
    mail_draft_set_names_once (draft, once);
    g_assert_true (send_draft (draft, &error));
    queued = read_queued (bench);
    g_assert_nonnull (strstr (queued, "filename*="));
    g_assert_cmpint (strstr (queued, " name=\"=?") == NULL, ==, once);
  }
}

static MailDraftWeight
weigh (MailDraft *draft)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MailDraftWeight weight = { 0 };

  mail_draft_weigh_async (draft, on_result, &result);
  g_assert_true (mail_draft_weigh_finish (draft, wait_result (&result), &weight, &error));
  g_assert_no_error (error);
  return weight;
}

/* What is said before it is built is what is built: never less, and hardly more. */
static void
test_weight (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autofree char *path = g_build_filename (bench->folder, "large.bin", NULL);
  g_autofree char *content = g_malloc (3000001);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *queued = NULL;
  g_autoptr (GError) error = NULL;
  MailDraftWeight weight;

  memset (content, 0xfe, 3000000);
  content[3000000] = '\0';
  write_file (path, content);
  for (guint i = 0; i < 2000; i++)
    g_string_append (text, "편지에 쓰는 글은 길다. Some of it is in English.\n");
  mail_draft_set_recipients (draft, "ada@example.org", NULL, NULL);
  mail_draft_set_body (draft, text->str, NULL);
  weight = weigh (draft);
  g_assert_cmpuint (weight.octets, <, 300000);
  g_assert_cmpuint (weight.limit, ==, 0);
  g_assert_true (attach_file (draft, path, &error));
  g_assert_cmpuint (weigh (draft).octets, ==, weight.octets + mail_draft_weigh_file (3000000));
  g_assert_true (store_account_set_size_limit (
      bench->db, store_account_ensure (bench->db, "one", NULL), 2000000, &error));
  weight = weigh (draft);
  g_assert_cmpuint (weight.limit, ==, 2000000);
  g_assert_true (send_draft (draft, &error));
  queued = read_queued (bench);
  g_assert_cmpuint (weight.octets, >=, strlen (queued));
  g_assert_cmpuint (weight.octets, <, strlen (queued) + 20000);
}

/* Nobody listens at the port of the bench's account. */
static gboolean
is_tried (gpointer data)
{
  Bench *bench = data;
  g_autoptr (GPtrArray) rows = store_outbox_list (bench->db, 0, NULL);
  const StoreOutbox *row = rows->len == 1 ? g_ptr_array_index (rows, 0) : NULL;

  return row != NULL && row->next_try == 0 && row->error != NULL
         && !mail_engine_has_unsent (bench->engine);
}

static gboolean
is_not_answered (gpointer shown)
{
  return !is_answered (shown);
}

static gboolean
waits_for_server (gpointer item)
{
  return g_str_equal (mail_outgoing_get_state_text (item),
                      "Waiting for a connection to the server");
}

/* Sending can be undone until it leaves, and not before its time; what was answered is not, then. */
static void
test_undo_send (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;
  const gint64 before = g_get_real_time () / G_USEC_PER_SEC;

  bench_add (bench, bench->inbox, 1000,
             "From: Ada <ada@example.org>\r\nTo: one@example.org\r\nSubject: Hi\r\nMessage-ID: "
             "<1@example.org>\r\n\r\nHello\r\n");
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, bench->inbox, FALSE);
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  g_autoptr (MailContent) content = bench_open (bench, message, &error);
  g_assert_no_error (error);
  g_autoptr (MailDraft) draft = mail_draft_new_reply (bench->engine, content, MAIL_REPLY, NULL);
  g_autofree char *id = g_strdup (mail_draft_get_id (draft));
  mail_draft_set_body (draft, "Thanks!", NULL);
  mail_draft_set_hold (draft, 1000);
  g_assert_true (send_draft (draft, &error));
  g_assert_no_error (error);
  g_clear_object (&draft);
  g_autoptr (MailConversation) shown = g_list_model_get_item (G_LIST_MODEL (list), 0);
  wait_until (is_answered, shown);

  gint64 due = 0;
  g_autoptr (GPtrArray) rows = store_outbox_list (bench->db, 0, &error);
  const StoreOutbox *row = g_ptr_array_index (rows, 0);
  g_assert_cmpint (row->next_try, >=, before + 1000);
  g_assert_null (store_outbox_take_due (bench->db, row->account, NULL, before + 999, &due, &error));
  g_assert_cmpint (due, ==, row->next_try);
  g_autoptr (MailOutgoing) item = wait_outgoing (bench, MAIL_OUTGOING_QUEUED);
  /* There is no server here. */
  wait_until (waits_for_server, item);

  draft = take_back (bench, id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mail_draft_get_text (draft), ==, "Thanks!");
  wait_until (no_outgoing, bench);
  wait_until (is_not_answered, shown);

  /* Who quits is done with it. */
  mail_draft_set_hold (draft, 1000);
  g_assert_true (send_draft (draft, &error));
  mail_engine_send_held (bench->engine);
  wait_until (is_tried, bench);
  g_assert_false (mail_engine_has_unsent (bench->engine));
}

/* What is wished for a mail goes along with it into the outbox, and comes back when it is edited again. */
static void
test_later (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) edited = NULL;
  const gint64 at = 4106822400; /* 2100-02-20 16:00 UTC */

  mail_draft_set_recipients (draft, "Ada <ada@example.org>", NULL, NULL);
  mail_draft_set_body (draft, "Text", NULL);
  mail_draft_set_notify (draft, MAIL_NOTIFY_SUCCESS | MAIL_NOTIFY_FAILURE);
  mail_draft_set_send_at (draft, at);
  g_assert_true (send_draft (draft, &error));
  g_clear_object (&draft);
  g_autoptr (GPtrArray) rows = store_outbox_list (bench->db, 0, &error);
  const StoreOutbox *row = g_ptr_array_index (rows, 0);
  g_assert_cmpint (row->notify, ==, STORE_NOTIFY_SUCCESS | STORE_NOTIFY_FAILURE);
  g_assert_cmpint (row->send_at, ==, at);
  g_autofree char *queued = read_queued (bench);
  g_assert_nonnull (strstr (queued, " Feb 2100 ")); /* Date */

  g_autoptr (MailOutgoing) item = wait_outgoing (bench, MAIL_OUTGOING_QUEUED);
  g_assert_nonnull (strstr (mail_outgoing_get_state_text (item), "2100"));
  mail_engine_edit_outgoing_async (bench->engine, item, on_result, &edited);
  g_autoptr (MailDraft) again =
      mail_engine_edit_outgoing_finish (bench->engine, wait_result (&edited), &error);
  g_assert_no_error (error);
  g_assert_cmpint (mail_draft_get_notify (again), ==, MAIL_NOTIFY_SUCCESS | MAIL_NOTIFY_FAILURE);
  g_assert_cmpint (mail_draft_get_send_at (again), ==, at);
}

/* Row and progress come by two roads: what was told first is not lost, for when nothing moves any more nothing more is told. */
static void
test_progress_first (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autoptr (GError) error = NULL;
  const gint64 at = 4106822400;
  gint64 due = 0;

  mail_draft_set_recipients (draft, "Ada <ada@example.org>", NULL, NULL);
  mail_draft_set_body (draft, "Text", NULL);
  mail_draft_set_send_at (draft, at);
  g_assert_true (send_draft (draft, &error));
  g_clear_object (&draft);
  g_autoptr (GPtrArray) rows = store_outbox_list (bench->db, 0, &error);
  const StoreOutbox *row = g_ptr_array_index (rows, 0);
  g_autoptr (MailOutgoing) item = wait_outgoing (bench, MAIL_OUTGOING_QUEUED);

  mail_engine_handlers.sending (row->id, 25, 100, bench->engine);
  g_assert_nonnull (strstr (mail_outgoing_get_state_text (item), "2100"));
  g_autoptr (StoreOutbox) taken =
      store_outbox_take_due (bench->db, row->account, NULL, at, &due, &error);
  g_assert_no_error (error);
  g_assert_cmpint (taken->id, ==, row->id);
  g_autoptr (MailOutgoing) going = wait_outgoing (bench, MAIL_OUTGOING_SENDING);
  g_assert_true (going == item);
  g_assert_cmpstr (mail_outgoing_get_state_text (item), ==, "Sending… 25%");
}

static void
test_outbox (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) edited = NULL;
  g_autoptr (GAsyncResult) removed = NULL;

  mail_draft_set_recipients (draft, "Ada <ada@example.org>", NULL, "secret@example.org");
  mail_draft_set_subject (draft, "Plan");
  mail_draft_set_body (draft, "Text", NULL);
  g_assert_true (send_draft (draft, &error));
  g_autofree char *queued = read_queued (bench);
  g_assert_null (strstr (queued, "secret@"));
  /* Its server does not answer, so it stays; after a restart too. */
  g_clear_object (&draft);
  bench_restart (bench);
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_outgoing (bench->engine)), ==, 1);
  g_autoptr (MailOutgoing) item = wait_outgoing (bench, MAIL_OUTGOING_QUEUED);
  g_assert_cmpstr (mail_outgoing_get_recipients (item), ==, "ada@example.org, secret@example.org");
  g_assert_cmpuint (strlen (mail_outgoing_get_state_text (item)), >, 0);

  mail_engine_edit_outgoing_async (bench->engine, item, on_result, &edited);
  g_autoptr (MailDraft) again =
      mail_engine_edit_outgoing_finish (bench->engine, wait_result (&edited), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mail_draft_get_bcc (again), ==, "secret@example.org");
  wait_until (no_outgoing, bench);
  save_draft (again, FALSE);
  g_autoptr (MailOutgoing) kept = wait_outgoing (bench, MAIL_OUTGOING_DRAFT);
  mail_engine_remove_outgoing_async (bench->engine, kept, on_result, &removed);
  g_assert_true (
      mail_engine_remove_outgoing_finish (bench->engine, wait_result (&removed), &error));
  wait_until (no_outgoing, bench);
  g_autoptr (MailDraft) back = take_back (bench, mail_outgoing_get_draft (kept), &error);
  g_assert_no_error (error);
  g_assert_nonnull (back);
}

/* What waits in the outbox is deleted: nothing is left to be sent, and it can be had back. */
static void
test_remove_queued (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autoptr (GAsyncResult) removed = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  mail_draft_set_recipients (draft, "ada@example.org", NULL, "secret@example.org");
  mail_draft_set_subject (draft, "Never mind");
  mail_draft_set_body (draft, "Text", NULL);
  g_assert_true (send_draft (draft, &error));
  id = g_strdup (mail_draft_get_id (draft));
  g_clear_object (&draft);
  g_autoptr (MailOutgoing) item = wait_outgoing (bench, MAIL_OUTGOING_QUEUED);
  mail_engine_remove_outgoing_async (bench->engine, item, on_result, &removed);
  g_assert_true (
      mail_engine_remove_outgoing_finish (bench->engine, wait_result (&removed), &error));
  g_assert_no_error (error);
  wait_until (no_outgoing, bench);
  g_autoptr (GPtrArray) rows = store_outbox_list (bench->db, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 0);

  g_autoptr (MailDraft) back = take_back (bench, id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mail_draft_get_subject (back), ==, "Never mind");
  g_assert_cmpstr (mail_draft_get_text (back), ==, "Text");
  g_assert_cmpstr (mail_draft_get_bcc (back), ==, "secret@example.org");
}

/* Where the draft cannot be read, what waits in the outbox is the only copy: it is not taken out for editing. */
static void
test_edit_unreadable (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) edited = NULL;

  mail_draft_set_recipients (draft, "ada@example.org", NULL, NULL);
  mail_draft_set_subject (draft, "Plan");
  g_assert_true (send_draft (draft, &error));
  g_autofree char *queued = read_queued (bench);
  g_autoptr (MailOutgoing) item = wait_outgoing (bench, MAIL_OUTGOING_QUEUED);
  g_autoptr (GPtrArray) drafts = store_draft_list (bench->paths, &error);
  g_autofree char *ini =
      g_build_filename (base_paths_get_drafts (bench->paths),
                        ((StoreDraft *)g_ptr_array_index (drafts, 0))->id, "draft.ini", NULL);
  g_assert_cmpint (g_unlink (ini), ==, 0);

  mail_engine_edit_outgoing_async (bench->engine, item, on_result, &edited);
  g_assert_null (mail_engine_edit_outgoing_finish (bench->engine, wait_result (&edited), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_autofree char *still = read_queued (bench);
  g_assert_cmpstr (still, ==, queued);
}

static gboolean
is_idle (gpointer draft)
{
  return !mail_draft_get_busy (draft);
}

static void
test_forward (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;

  bench_add (
      bench, bench->inbox, 1000,
      "From: ada@example.org\r\nSubject: Hi\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
      "--b\r\n\r\nHello\r\n--b\r\nContent-Type: application/pdf\r\n"
      "Content-Disposition: attachment; filename=plan.pdf\r\n\r\nPDF\r\n--b--\r\n");
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  g_autoptr (MailContent) content = bench_open (bench, message, &error);
  g_autoptr (MailDraft) draft = mail_draft_new_reply (bench->engine, content, MAIL_FORWARD, NULL);
  g_assert_true (mail_draft_get_busy (draft));
  wait_until (is_idle, draft);
  g_autoptr (MailAttachment) file = g_list_model_get_item (mail_draft_get_attachments (draft), 0);
  g_assert_cmpstr (mail_attachment_get_name (file), ==, "plan.pdf");
  g_autofree char *size = mail_attachment_dup_size_text (file);
  g_assert_true (g_str_has_prefix (size, "3"));
  g_assert_true (mail_draft_is_empty (draft));
  mail_draft_set_recipients (draft, "bea@example.org", NULL, NULL);
  g_assert_true (send_draft (draft, &error));
  g_autofree char *queued = read_queued (bench);
  g_assert_nonnull (strstr (queued, "plan.pdf"));
  g_assert_null (strstr (queued, "In-Reply-To"));
}

void
add_outbox_tests (void)
{
  g_test_add_func ("/mail/draft/reply-and-send", test_reply_and_send);
  g_test_add_func ("/mail/draft/names", test_names);
  g_test_add_func ("/mail/draft/weight", test_weight);
  g_test_add_func ("/mail/draft/undo-send", test_undo_send);
  g_test_add_func ("/mail/draft/progress-first", test_progress_first);
  g_test_add_func ("/mail/draft/outbox", test_outbox);
  g_test_add_func ("/mail/draft/remove-queued", test_remove_queued);
  g_test_add_func ("/mail/draft/later", test_later);
  g_test_add_func ("/mail/draft/edit-unreadable", test_edit_unreadable);
  g_test_add_func ("/mail/draft/forward", test_forward);
  g_test_add_func ("/mail/draft/rest", test_rest);
}
