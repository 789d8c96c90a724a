/* Drafts and the outbox. */
#include "test-store.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "base-error.h"

static StoreDraft *
save_draft (Profile *profile, const char *subject)
{
  g_autoptr (GError) error = NULL;
  StoreDraft *draft = store_draft_new ();
  g_free (draft->subject);
  draft->subject = g_strdup (subject);
  g_free (draft->account);
  draft->account = g_strdup ("one");
  g_assert_true (store_draft_save (profile->paths, draft, &error));
  g_assert_no_error (error);
  return draft;
}

static char *
draft_path (Profile *profile, const char *id, const char *file)
{
  return g_build_filename (base_paths_get_drafts (profile->paths), id, file, NULL);
}

static gboolean
draft_has (Profile *profile, const char *id, const char *file)
{
  g_autofree char *path = draft_path (profile, id, file);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static StoreAttachment *
attach (Profile *profile, const char *id, const char *name, const char *bytes, guint64 max_size,
        GError **error)
{
  g_autoptr (GInputStream) stream =
      g_memory_input_stream_new_from_data (bytes, (gssize)strlen (bytes), NULL);
  return store_draft_attach (profile->paths, id, name, "text/plain", stream, max_size, NULL, error);
}

static void
test_draft (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  static const char nasty[] =
      "  first\r\n\ttab \\ back\\n = [x] # ; 한글 \x01\x7f\n\n trailing  \n";
  g_autoptr (StoreDraft) draft = store_draft_new ();
  g_free (draft->text);
  draft->text = g_strdup (nasty);
  g_free (draft->to);
  draft->to = g_strdup ("\"홍, 길동\" <hong@example.kr>; x@example.org");
  draft->html = g_strdup ("<p>"
                          "\xff"
                          "bad</p>");
  draft->languages = g_strdup ("en_US ko");
  draft->identity = g_strdup ("shop");
  draft->from = g_strdup ("shop+news@example.org");
  draft->in_reply_to = g_strdup ("<1@x>");
  draft->references = g_strdup ("<0@x> <1@x>");
  draft->source = G_GINT64_CONSTANT (1) << 40;
  draft->source_id = g_strdup ("<s@x>");
  draft->forward = TRUE;
  draft->editing = TRUE;
  draft->notify = STORE_NOTIFY_FAILURE;
  draft->send_at = 4106822400;
  draft->modified = 1234;
  StoreAttachment *file = attach (profile, draft->id, "보고서 [1];=.txt", "content", 100, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (file->size, ==, 7);
  g_ptr_array_add (draft->attachments, file);
  StoreAttachment *other = attach (profile, draft->id, "../../etc", "", 100, &error);
  g_assert_cmpstr (other->file, !=, file->file);
  g_ptr_array_add (draft->attachments, other);
  g_assert_true (store_draft_save (profile->paths, draft, &error));
  g_assert_no_error (error);

  g_autoptr (StoreDraft) copy = store_draft_dup (draft);
  g_autoptr (StoreDraft) loaded = store_draft_load (profile->paths, draft->id, &error);
  g_assert_no_error (error);
  StoreDraft *const both[] = { copy, loaded };
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpstr (both[i]->id, ==, draft->id);
    g_assert_cmpstr (both[i]->text, ==, nasty);
    g_assert_cmpstr (both[i]->to, ==, draft->to);
    g_assert_cmpstr (both[i]->cc, ==, "");
    g_assert_cmpstr (both[i]->references, ==, draft->references);
    g_assert_cmpint (both[i]->source, ==, draft->source);
    g_assert_cmpstr (both[i]->source_id, ==, "<s@x>");
    g_assert_true (both[i]->forward);
    g_assert_true (both[i]->editing);
    g_assert_cmpint (both[i]->modified, ==, 1234);
    g_assert_cmpint (both[i]->notify, ==, STORE_NOTIFY_FAILURE);
    g_assert_cmpint (both[i]->send_at, ==, 4106822400);
    g_assert_cmpstr (both[i]->identity, ==, "shop");
    g_assert_cmpstr (both[i]->from, ==, "shop+news@example.org");
    g_assert_cmpuint (both[i]->attachments->len, ==, 2);
    const StoreAttachment *attachment = g_ptr_array_index (both[i]->attachments, 0);
    g_assert_cmpstr (attachment->name, ==, "보고서 [1];=.txt");
    g_assert_cmpstr (attachment->content_type, ==, "text/plain");
    g_assert_cmpuint (attachment->size, ==, 7);
  }
  g_assert_cmpstr (loaded->languages, ==, "en_US ko");
  g_assert_cmpstr (loaded->html, ==,
                   "<p>\xef\xbf\xbd"
                   "bad</p>");
  g_autoptr (GBytes) bytes =
      store_draft_get_attachment (profile->paths, draft->id, file->file, &error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "content", 7);
  g_autoptr (GBytes) empty =
      store_draft_get_attachment (profile->paths, draft->id, other->file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (empty), ==, 0);

  /* Too large, unreadable, cancelled: nothing remains. */
  g_assert_null (attach (profile, draft->id, "big", "123456", 5, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_false (draft_has (profile, draft->id, "attachments/3"));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_cancellable_cancel (cancellable);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data ("x", 1, NULL);
  g_assert_null (
      store_draft_attach (profile->paths, draft->id, "x", "x/y", stream, 5, cancellable, &error));
  g_assert_true (base_error_is_cancelled (error));
  g_clear_error (&error);
  g_assert_false (draft_has (profile, draft->id, "attachments/3"));

  const char *const wrong[] = { "", "..", "../x", "a/b", "a.b" };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_assert_null (store_draft_load (profile->paths, wrong[i], &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
    g_clear_error (&error);
    g_assert_false (store_draft_remove (profile->paths, wrong[i], &error));
    g_clear_error (&error);
    g_assert_null (store_draft_get_attachment (profile->paths, draft->id, wrong[i], &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
    g_clear_error (&error);
  }
  g_assert_true (store_draft_remove (profile->paths, draft->id, &error));
  g_assert_false (draft_has (profile, draft->id, ""));
  g_assert_true (store_draft_remove (profile->paths, draft->id, &error));
  g_assert_null (store_draft_load (profile->paths, draft->id, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
}

static void
test_draft_list (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  for (gint64 i = 0; i < 5; i++) {
    g_autoptr (StoreDraft) draft = store_draft_new ();
    draft->modified = (i * 3) % 5;
    g_assert_true (store_draft_save (profile->paths, draft, &error));
  }
  /* A broken one is left alone, and does not hide the others. */
  g_autoptr (StoreDraft) broken = save_draft (profile, "x");
  g_autofree char *path = draft_path (profile, broken->id, "draft.ini");
  g_assert_true (g_file_set_contents (path, "no key file", -1, NULL));
  g_autoptr (GPtrArray) drafts = store_draft_list (profile->paths, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (drafts->len, ==, 5);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (((StoreDraft *)g_ptr_array_index (drafts, i))->modified, ==, 4 - (gint64)i);
  g_assert_true (draft_has (profile, broken->id, "draft.ini"));
}

static const char message_bytes[] = "Message-ID: <out@x>\r\n\r\nhello\r\n";

static void
queue (Profile *profile, const char *draft, gint64 next_try)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) message = g_bytes_new_static (message_bytes, strlen (message_bytes));
  const char *recipients[] = { "a@example.org", "나@example.kr", NULL };
  StoreOutbox outbox = { .account = profile->account,
                         .draft = (char *)draft,
                         .message_id = (char *)"<out@x>",
                         .from = (char *)"me@example.org",
                         .recipients = (GStrv)recipients,
                         .subject = (char *)"안녕",
                         .next_try = next_try,
                         .notify = STORE_NOTIFY_SUCCESS | STORE_NOTIFY_DELAY,
                         .send_at = 1234567,
                         .sent_folder = (char *)"보낸 편지/Shop",
                         .created = 99 };
  g_assert_true (store_outbox_add (profile->db, &outbox, message, &error));
  g_assert_no_error (error);
}

/* Written in pieces before: it only gets its name, and half of one is nothing. */
static void
test_pieces (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreDraft) draft = save_draft (profile, "안녕");
  const char *recipients[] = { "a@example.org", NULL };
  StoreOutbox outbox = { .account = profile->account,
                         .draft = draft->id,
                         .message_id = (char *)"<out@x>",
                         .from = (char *)"me@example.org",
                         .recipients = (GStrv)recipients };
  g_assert_false (store_outbox_add (profile->db, &outbox, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
  g_clear_error (&error);
  g_assert_false (draft_has (profile, draft->id, "outbox.ini"));

  for (guint round = 0; round < 2; round++) {
    g_autoptr (GOutputStream) stream =
        store_draft_begin_message (profile->paths, draft->id, &error);
    g_assert_no_error (error);
    g_assert_true (g_output_stream_write_all (stream, message_bytes, 10, NULL, NULL, &error));
    g_assert_true (draft_has (profile, draft->id, "message.new"));
    if (round == 0) {
      g_assert_true (store_outbox_recover (profile->db, &error));
      g_assert_false (draft_has (profile, draft->id, "message.new"));
      continue;
    }
    g_assert_true (g_output_stream_write_all (stream, message_bytes + 10,
                                              strlen (message_bytes) - 10, NULL, NULL, &error));
    g_assert_true (store_draft_end_message (profile->paths, draft->id, stream, &error));
  }
  g_assert_true (store_outbox_add (profile->db, &outbox, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (draft_has (profile, draft->id, "message.new"));
  g_autoptr (GBytes) bytes = store_outbox_get_message (profile->db, &outbox, &error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), message_bytes,
                   strlen (message_bytes));
  g_assert_null (store_draft_open_attachment (profile->paths, draft->id, "../draft.ini", &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
}

static StoreOutbox *
only_row (Profile *profile)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = store_outbox_list (profile->db, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 1);
  return g_ptr_array_steal_index (rows, 0);
}

/* Each goes its own road, and the database is not the only one that knows which. */
static void
test_routes (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreDraft) one = save_draft (profile, "one"), two = save_draft (profile, "two");
  StoreDraft *const drafts[] = { one, two };
  gint64 next = 0;

  for (guint i = 0; i < G_N_ELEMENTS (drafts); i++) {
    g_autoptr (GBytes) message = g_bytes_new_static (message_bytes, strlen (message_bytes));
    const char *recipients[] = { "a@example.org", NULL };
    StoreOutbox outbox = { .account = profile->account,
                           .draft = drafts[i]->id,
                           .from = (char *)"me@example.org",
                           .recipients = (GStrv)recipients,
                           .next_try = 100 + i,
                           .route = i == 0 ? (char *)"shop" : NULL };

    g_assert_true (store_outbox_add (profile->db, &outbox, message, &error));
    g_assert_no_error (error);
  }
  g_assert_null (store_outbox_take_due (profile->db, profile->account, NULL, 100, &next, &error));
  g_assert_cmpint (next, ==, 101);
  g_assert_null (store_outbox_take_due (profile->db, profile->account, "list", 999, &next, &error));
  g_assert_cmpint (next, ==, 0);
  g_autoptr (StoreOutbox) own =
      store_outbox_take_due (profile->db, profile->account, NULL, 999, &next, &error);
  g_assert_cmpstr (own->draft, ==, two->id);
  g_assert_null (own->route);
  g_autoptr (StoreOutbox) shop =
      store_outbox_take_due (profile->db, profile->account, "shop", 999, &next, &error);
  g_assert_cmpstr (shop->draft, ==, one->id);
  g_assert_cmpstr (shop->route, ==, "shop");
  g_assert_no_error (error);
  /* As after the loss of the database. */
  g_autofree char *path =
      g_build_filename (base_paths_get_drafts (profile->paths), one->id, "outbox.ini", NULL);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\nRoute=shop\n"));
}

static void
test_outbox (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreDraft) draft = save_draft (profile, "안녕");
  profile_forget_changes (profile);
  queue (profile, draft->id, 500);
  g_assert_true (((StoreChange *)g_ptr_array_index (profile->changes, 0))->outbox);
  g_autoptr (StoreOutbox) row = only_row (profile);
  g_assert_cmpint (row->state, ==, STORE_OUTBOX_QUEUED);
  g_assert_cmpstr (row->message_id, ==, "<out@x>");
  g_assert_cmpuint (g_strv_length (row->recipients), ==, 2);
  g_assert_cmpstr (row->recipients[1], ==, "나@example.kr");
  g_assert_cmpint (row->created, ==, 99);
  g_assert_cmpint (row->notify, ==, STORE_NOTIFY_SUCCESS | STORE_NOTIFY_DELAY);
  g_assert_cmpint (row->send_at, ==, 1234567);
  g_assert_cmpstr (row->sent_folder, ==, "보낸 편지/Shop");

  /* Once is enough. */
  g_autoptr (GBytes) other = g_bytes_new_static ("other", 5);
  g_assert_false (store_outbox_add (profile->db, row, other, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  g_autoptr (GBytes) bytes = store_outbox_get_message (profile->db, row, &error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), message_bytes,
                   strlen (message_bytes));

  gint64 next = 0;
  g_assert_null (store_outbox_take_due (profile->db, profile->account, NULL, 499, &next, &error));
  g_assert_no_error (error);
  g_assert_cmpint (next, ==, 500);
  g_autoptr (StoreOutbox) taken =
      store_outbox_take_due (profile->db, profile->account, NULL, 500, &next, &error);
  g_assert_cmpint (taken->state, ==, STORE_OUTBOX_SENDING);
  g_assert_cmpuint (taken->attempts, ==, 1);
  g_assert_null (store_outbox_take_due (profile->db, profile->account, NULL, 500, &next, &error));
  g_assert_cmpint (next, ==, 0);
  g_assert_false (store_outbox_edit (profile->db, taken->id, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);

  g_assert_true (store_outbox_set_state (profile->db, taken->id, STORE_OUTBOX_FAILED, 0,
                                         "It was refused.", "550 no", &error));
  g_autoptr (StoreOutbox) failed = only_row (profile);
  g_assert_cmpint (failed->state, ==, STORE_OUTBOX_FAILED);
  g_assert_cmpstr (failed->error, ==, "It was refused.");
  g_assert_cmpstr (failed->detail, ==, "550 no");
  g_assert_true (store_outbox_edit (profile->db, failed->id, &error));
  g_assert_false (draft_has (profile, draft->id, "message.eml"));
  g_assert_true (draft_has (profile, draft->id, "draft.ini"));
  g_assert_false (store_outbox_edit (profile->db, failed->id, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);
  g_assert_false (
      store_outbox_set_state (profile->db, failed->id, STORE_OUTBOX_QUEUED, 0, NULL, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);

  /* Sent: the draft goes, the copy and its APPEND come, all at once. */
  queue (profile, draft->id, 0);
  g_autoptr (StoreOutbox) sending =
      store_outbox_take_due (profile->db, profile->account, NULL, 1, NULL, &error);
  StoreNewMessage copy = {
    .flags = STORE_FLAG_SEEN, .received = 5, .message_id = "<out@x>", .body = bytes
  };
  g_assert_true (store_outbox_sent (profile->db, sending, profile->sent, &copy, FALSE, 0, &error));
  g_assert_no_error (error);
  g_assert_false (draft_has (profile, draft->id, ""));
  check_counts (profile, profile->sent, 1, 0);
  g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, 1);
  g_assert_true (store_outbox_sent (profile->db, sending, profile->sent, &copy, FALSE, 0, &error));
  check_counts (profile, profile->sent, 1, 0);
  g_autoptr (GPtrArray) rows = store_outbox_list (profile->db, 0, &error);
  g_assert_cmpuint (rows->len, ==, 0);
}

/* The server's copy comes before anybody has looked for it: it is the one made here, where the server files by itself, and
 * another one, where a copy is still to be put there. */
static void
test_filed (void)
{
  for (int filed = 0; filed < 2; filed++) {
    g_autoptr (Profile) profile = profile_new ();
    g_autoptr (GError) error = NULL;
    g_autoptr (StoreDraft) draft = save_draft (profile, "x");
    g_autoptr (GBytes) bytes = g_bytes_new_static (message_bytes, strlen (message_bytes));
    g_autoptr (GPtrArray) theirs = g_ptr_array_new ();
    StoreNewMessage copy = {
      .flags = STORE_FLAG_SEEN, .received = 5, .message_id = "<out@x>", .body = bytes
    };
    StoreNewMessage server = {
      .uid = 7, .flags = STORE_FLAG_SEEN, .received = 6, .size = 4000, .message_id = "<out@x>"
    };

    queue (profile, draft->id, 0);
    g_autoptr (StoreOutbox) sending =
        store_outbox_take_due (profile->db, profile->account, NULL, 1, NULL, &error);
    g_assert_true (
        store_outbox_sent (profile->db, sending, profile->sent, &copy, filed, 0, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, 1);
    g_ptr_array_add (theirs, &server);
    g_assert_true (store_message_add (profile->db, profile->sent, theirs, NULL, &error));
    g_assert_no_error (error);
    check_counts (profile, profile->sent, filed ? 1 : 2, 0);
    g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, filed ? 0 : 1);
  }
}

/* The server's copy came first, and the word that the mail was sent after it: there is one all the same, at every moment. */
static void
test_filed_first (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreDraft) draft = save_draft (profile, "x");
  g_autoptr (GBytes) bytes = g_bytes_new_static (message_bytes, strlen (message_bytes));
  g_autoptr (GPtrArray) theirs = g_ptr_array_new ();
  StoreNewMessage copy = {
    .flags = STORE_FLAG_SEEN, .received = 5, .message_id = "<out@x>", .body = bytes
  };
  StoreNewMessage server = {
    .uid = 7, .flags = STORE_FLAG_SEEN, .received = 6, .size = 4000, .message_id = "<out@x>"
  };

  g_ptr_array_add (theirs, &server);
  g_assert_true (store_message_add (profile->db, profile->sent, theirs, NULL, &error));
  queue (profile, draft->id, 0);
  g_autoptr (StoreOutbox) sending =
      store_outbox_take_due (profile->db, profile->account, NULL, 1, NULL, &error);
  g_assert_true (store_outbox_sent (profile->db, sending, profile->sent, &copy, TRUE, 0, &error));
  g_assert_no_error (error);
  check_counts (profile, profile->sent, 1, 0);
  g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, 0);
}

/* A second press of the button, seen late: what is being sent, or may have been, stays what it is. */
static void
test_send_again (void)
{
  static const StoreOutboxState moved_on[] = { STORE_OUTBOX_SENDING, STORE_OUTBOX_UNCERTAIN };
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreDraft) draft = save_draft (profile, "x");
  queue (profile, draft->id, 500);
  g_autoptr (StoreOutbox) row = only_row (profile);

  for (guint i = 0; i < G_N_ELEMENTS (moved_on); i++) {
    g_assert_true (
        store_outbox_set_state (profile->db, row->id, moved_on[i], 0, NULL, NULL, &error));
    g_assert_true (store_outbox_send_again (profile->db, row->id, STORE_OUTBOX_FAILED, &error));
    g_autoptr (StoreOutbox) now = only_row (profile);
    g_assert_cmpint (now->state, ==, (int)moved_on[i]);
  }
  g_assert_true (store_outbox_send_again (profile->db, row->id, STORE_OUTBOX_UNCERTAIN, &error));
  g_autoptr (StoreOutbox) queued = only_row (profile);
  g_assert_cmpint (queued->state, ==, STORE_OUTBOX_QUEUED);
  g_assert_cmpint (queued->next_try, ==, 0);
  /* It was to go later, and still is; but who says so while it waits for that means now. */
  g_assert_cmpint (queued->send_at, ==, 1234567);
  g_assert_true (store_outbox_send_again (profile->db, row->id, STORE_OUTBOX_QUEUED, &error));
  g_autoptr (StoreOutbox) at_once = only_row (profile);
  g_assert_cmpint (at_once->send_at, ==, 0);

  g_assert_true (store_outbox_edit (profile->db, row->id, &error));
  g_assert_false (store_outbox_send_again (profile->db, row->id, STORE_OUTBOX_FAILED, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
}

static void
test_interrupted (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_assert_true (store_outbox_recover (profile->db, &error));
  g_autoptr (StoreDraft) draft = save_draft (profile, "x");
  queue (profile, draft->id, 0);
  g_autoptr (StoreOutbox) sending =
      store_outbox_take_due (profile->db, profile->account, NULL, 1, NULL, &error);
  profile_reopen (profile, NULL, NULL);
  g_assert_true (store_outbox_recover (profile->db, &error));
  g_autoptr (StoreOutbox) row = only_row (profile);
  g_assert_cmpint (row->state, ==, STORE_OUTBOX_UNCERTAIN);
  g_assert_nonnull (row->error);
  g_assert_null (store_outbox_take_due (profile->db, profile->account, NULL, 1, NULL, &error));

  /* Cut between the commit of `sent` and the removal of the folder: it does not come back as a
   * draft. */
  g_autofree char *folder = draft_path (profile, draft->id, NULL),
                  *kept = g_strconcat (profile->folder, "/kept", NULL);
  g_autofree char *command = g_strdup_printf ("cp -a %s %s", folder, kept);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, &error));
  g_assert_true (store_outbox_sent (profile->db, row, 0, NULL, FALSE, 0, &error));
  g_assert_cmpint (g_rename (kept, folder), ==, 0);
  profile_reopen (profile, NULL, NULL);
  g_assert_true (store_outbox_recover (profile->db, &error));
  g_assert_false (draft_has (profile, draft->id, ""));

  /* Cut between message.eml and the row: Send had not said yes, so it is a draft still. */
  g_autoptr (StoreDraft) half = save_draft (profile, "half");
  g_autofree char *eml = draft_path (profile, half->id, "message.eml");
  g_assert_true (g_file_set_contents (eml, message_bytes, -1, NULL));
  StoreAttachment *stray = attach (profile, half->id, "never saved", "x", 10, &error);
  g_assert_true (store_outbox_recover (profile->db, &error));
  g_assert_false (draft_has (profile, half->id, "message.eml"));
  g_assert_true (draft_has (profile, half->id, "draft.ini"));
  g_assert_false (draft_has (profile, half->id, "attachments/1"));
  store_attachment_free (stray);
}

/* The account stays. */
static void
lose_database (Profile *profile)
{
  g_autofree char *settings =
      g_build_filename (base_paths_get_accounts (profile->paths), "one.ini", NULL);
  g_assert_true (g_file_set_contents (settings, "[Account]\n", -1, NULL));
  profile_close (profile);
  const char *const names[] = { "mail.db", "mail.db-wal", "mail.db-shm" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = profile_path (profile, names[i]);
    (void)g_unlink (path);
  }
  profile_reopen (profile, NULL, NULL);
}

/* Those who were refused are all that is left of it, whatever is lost then. */
static void
narrow (Profile *profile, const char *refused)
{
  const char *const rest[] = { "a@x", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreOutbox) first = only_row (profile);

  g_assert_true (store_outbox_part (profile->db, first->id, rest, refused, &error));
  g_autoptr (StoreOutbox) row = only_row (profile);
  g_assert_cmpstr (row->refused, ==, refused);
  g_assert_true (store_outbox_sent (profile->db, row, 0, NULL, FALSE, 777, &error));
}

/* As it is when time has passed. */
static void
set_deferred (Profile *profile, gint64 when)
{
  g_autofree char *path = profile_path (profile, "mail.db");
  g_autofree char *sql = g_strdup_printf ("UPDATE outbox SET deferred = %" G_GINT64_FORMAT, when);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

static void
test_refused_for_now (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gint64 begun = g_get_real_time () / G_USEC_PER_SEC;
  g_assert_true (store_outbox_recover (profile->db, &error));
  g_autoptr (StoreDraft) draft = save_draft (profile, "x");

  g_assert_false (store_outbox_refused_for_now ("a@x: 550 5.1.1 gone since 400 days\n"));
  queue (profile, draft->id, 0);
  narrow (profile, "b@x: 550 5.1.1 no\nc@x: 450 4.1.2 later\n");
  g_autoptr (StoreOutbox) row = only_row (profile);
  g_assert_cmpint (row->state, ==, STORE_OUTBOX_QUEUED);
  g_assert_cmpint (row->next_try, ==, 777);
  g_assert_cmpuint (g_strv_length (row->recipients), ==, 2);
  g_assert_null (row->message_id);
  g_assert_cmpuint (g_strv_length (row->got), ==, 1);
  g_assert_cmpstr (row->got[0], ==, "a@x");
  g_assert_cmpint (row->deferred, >=, begun);

  /* One of them gets it later. */
  g_autoptr (StoreOutbox) sending =
      store_outbox_take_due (profile->db, profile->account, NULL, 777, NULL, &error);
  const char *const also[] = { "b@x", NULL };
  g_assert_true (
      store_outbox_part (profile->db, sending->id, also, "c@x: 450 4.1.2 later\n", &error));
  g_autoptr (StoreOutbox) parted = only_row (profile);
  g_assert_true (store_outbox_sent (profile->db, parted, 0, NULL, FALSE, 777, &error));
  g_autoptr (StoreOutbox) rest = only_row (profile);
  g_assert_cmpuint (g_strv_length (rest->got), ==, 2);
  g_assert_cmpstr (rest->got[1], ==, "b@x");
  g_assert_cmpint (rest->deferred, ==, row->deferred);

  lose_database (profile);
  g_assert_true (store_outbox_recover (profile->db, &error));
  g_autoptr (StoreOutbox) found = only_row (profile);
  g_assert_cmpint (found->state, ==, STORE_OUTBOX_UNCERTAIN);
  g_assert_cmpstr (found->recipients[0], ==, "c@x");
  g_assert_null (found->recipients[1]);
  g_assert_cmpstr (found->got[0], ==, "a@x");
  g_assert_cmpstr (found->got[1], ==, "b@x");
  g_assert_null (found->message_id);
}

/* Since when the server cannot take it is known over restarts and whatever else comes, until a person sends again what has failed. */
static void
test_overdue (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  const gint64 day = 24 * 60 * 60, now = g_get_real_time () / G_USEC_PER_SEC;
  g_assert_true (store_outbox_recover (profile->db, &error));
  g_autoptr (StoreDraft) draft = save_draft (profile, "x");
  queue (profile, draft->id, 0);
  g_autoptr (StoreOutbox) fresh = only_row (profile);
  g_assert_false (store_outbox_is_overdue (fresh, now + 6 * day));
  g_assert_true (store_outbox_defer (profile->db, fresh->id, 5, "Not now.", "450 no", &error));
  profile_reopen (profile, NULL, NULL);
  g_assert_true (store_outbox_recover (profile->db, &error));
  g_autoptr (StoreOutbox) waits = only_row (profile);
  g_assert_cmpint (waits->state, ==, STORE_OUTBOX_QUEUED);
  g_assert_cmpint (waits->next_try, ==, 5);
  g_assert_cmpstr (waits->detail, ==, "450 no");
  g_assert_cmpint (waits->deferred, >=, now);
  g_assert_false (store_outbox_is_overdue (waits, waits->deferred + 5 * day - 1));
  g_assert_true (store_outbox_is_overdue (waits, waits->deferred + 5 * day));

  set_deferred (profile, now - 4 * day);
  g_assert_true (store_outbox_defer (profile->db, waits->id, 5, "Not now.", "450 no", &error));
  g_assert_true (store_outbox_send_again (profile->db, waits->id, STORE_OUTBOX_QUEUED, &error));
  g_autoptr (StoreOutbox) later = only_row (profile);
  g_assert_cmpint (later->deferred, ==, now - 4 * day);
  /* A week in which nobody asked is no week in which the server did not take it. */
  set_deferred (profile, now - 7 * day);
  g_assert_true (store_outbox_defer (profile->db, waits->id, now - 6 * day, "No.", "450", &error));
  g_autoptr (StoreOutbox) left = only_row (profile);
  g_assert_true (store_outbox_was_left (left, now));
  g_assert_true (store_outbox_skip_left (profile->db, left, now, &error));
  g_assert_true (store_outbox_skip_left (profile->db, left, now, &error));
  g_autoptr (StoreOutbox) skipped = only_row (profile);
  g_assert_cmpint (skipped->deferred, ==, now - day);
  g_assert_false (store_outbox_was_left (skipped, now));
  g_assert_false (store_outbox_is_overdue (skipped, now));
  /* Five days are over: who cannot be reached then has failed. */
  set_deferred (profile, now - 5 * day);
  narrow (profile, "b@x: 450 4.1.2 later\n");
  g_autoptr (StoreOutbox) failed = only_row (profile);
  g_assert_cmpint (failed->state, ==, STORE_OUTBOX_FAILED);
  g_assert_cmpstr (failed->error, ==, store_outbox_get_overdue_sentence ());
  g_assert_cmpstr (failed->detail, ==, "b@x: 450 4.1.2 later\n");
  g_assert_true (store_outbox_send_again (profile->db, failed->id, STORE_OUTBOX_FAILED, &error));
  g_autoptr (StoreOutbox) again = only_row (profile);
  g_assert_cmpint (again->deferred, ==, 0);

  /* A clock that was wrong. */
  set_deferred (profile, now + 365 * day);
  g_assert_true (store_outbox_defer (profile->db, again->id, 5, "Not now.", "450 no", &error));
  g_autoptr (StoreOutbox) right = only_row (profile);
  g_assert_cmpint (right->deferred, <, now + day);
}

/* Somebody has taken the folder of a draft away of which a rest is kept: that is said when it is its turn, and keeps nothing else from being written. */
static void
test_folder_gone (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_assert_true (store_outbox_recover (profile->db, &error));
  g_autoptr (StoreDraft) draft = save_draft (profile, "x");
  queue (profile, draft->id, 0);
  g_assert_true (store_draft_remove (profile->paths, draft->id, &error));
  narrow (profile, "b@x: 450 4.1.2 later\n");
  g_autoptr (StoreOutbox) row = only_row (profile);
  g_assert_cmpint (row->state, ==, STORE_OUTBOX_QUEUED);
  g_assert_cmpstr (row->recipients[0], ==, "b@x");
}

static void
test_lost_database (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_assert_true (store_outbox_recover (profile->db, &error));
  g_autoptr (StoreDraft) plain = save_draft (profile, "plain");
  g_autoptr (StoreDraft) queued = save_draft (profile, "queued");
  queue (profile, queued->id, 0);
  lose_database (profile);
  g_autoptr (GPtrArray) drafts = store_draft_list (profile->paths, &error);
  g_assert_cmpuint (drafts->len, ==, 2);
  g_assert_true (store_outbox_recover (profile->db, &error));
  g_assert_no_error (error);
  g_autoptr (StoreOutbox) row = only_row (profile);
  g_assert_cmpint (row->state, ==, STORE_OUTBOX_UNCERTAIN);
  g_assert_cmpstr (row->draft, ==, queued->id);
  g_assert_cmpstr (row->message_id, ==, "<out@x>");
  g_assert_cmpstr (row->subject, ==, "안녕");
  g_assert_cmpint (row->notify, ==, STORE_NOTIFY_SUCCESS | STORE_NOTIFY_DELAY);
  g_assert_cmpint (row->send_at, ==, 1234567);
  g_assert_cmpstr (row->sent_folder, ==, "보낸 편지/Shop");
  g_assert_cmpuint (g_strv_length (row->recipients), ==, 2);
  g_assert_cmpint (row->account, ==, store_account_ensure (profile->db, "one", &error));
  g_autoptr (GBytes) bytes = store_outbox_get_message (profile->db, row, &error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, strlen (message_bytes));
  g_assert_true (store_outbox_recover (profile->db, &error));
  g_autoptr (StoreOutbox) same = only_row (profile);
  g_assert_cmpint (same->id, ==, row->id);

  /* The account goes with what was to be sent from it; the plain draft stays. */
  g_assert_true (store_account_remove (profile->db, row->account, &error));
  g_assert_false (draft_has (profile, queued->id, ""));
  g_assert_true (draft_has (profile, plain->id, "draft.ini"));
}

typedef struct
{
  char *folder;
  guint told;
} Sent;

static void
look_for_folder (StoreChange *change, gpointer user_data)
{
  Sent *sent = user_data;
  g_assert_false (g_file_test (sent->folder, G_FILE_TEST_EXISTS));
  sent->told++;
}

/* Who is told that it was sent, and looks at once, must not find the draft any more. */
static void
test_told_when_gone (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_assert_true (store_outbox_recover (profile->db, &error));
  g_autoptr (StoreDraft) draft = save_draft (profile, "x");
  queue (profile, draft->id, 0);
  g_autoptr (StoreOutbox) sending =
      store_outbox_take_due (profile->db, profile->account, NULL, 1, NULL, &error);
  g_autofree char *folder = draft_path (profile, draft->id, NULL);
  Sent sent = { folder, 0 };
  store_set_change_func (profile->store, look_for_folder, &sent);
  g_assert_true (store_outbox_sent (profile->db, sending, 0, NULL, FALSE, 0, &error));
  g_assert_cmpuint (sent.told, ==, 1);
}

void
add_outgoing_tests (void)
{
  g_test_add_func ("/store/outgoing/draft", test_draft);
  g_test_add_func ("/store/outgoing/draft-list", test_draft_list);
  g_test_add_func ("/store/outgoing/routes", test_routes);
  g_test_add_func ("/store/outgoing/outbox", test_outbox);
  g_test_add_func ("/store/outgoing/refused-for-now", test_refused_for_now);
  g_test_add_func ("/store/outgoing/overdue", test_overdue);
  g_test_add_func ("/store/outgoing/folder-gone", test_folder_gone);
  g_test_add_func ("/store/outgoing/told-when-gone", test_told_when_gone);
  g_test_add_func ("/store/outgoing/interrupted", test_interrupted);
  g_test_add_func ("/store/outgoing/filed", test_filed);
  g_test_add_func ("/store/outgoing/pieces", test_pieces);
  g_test_add_func ("/store/outgoing/filed-first", test_filed_first);
  g_test_add_func ("/store/outgoing/send-again", test_send_again);
  g_test_add_func ("/store/outgoing/lost-database", test_lost_database);
}
