/* Drafts: fields, files, saving, coming back after a crash; among the messages of the server. */
#include "drafting.h"

#include "base-error.h"
#include "mail-draft-private.h"
#include "mail-letter.h"
#include "store-operation.h"
#include "store-person.h"
#include "store-private.h"

#include <glib/gstdio.h>

static guint
n_drafts_on_disk (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) drafts = store_draft_list (bench->paths, &error);

  g_assert_no_error (error);
  return drafts->len;
}

static void
test_check (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *wrong = NULL;
  MailDraftWarnings warnings = 0;

  g_assert_true (mail_draft_get_account (draft) == bench->account);
  g_assert_true (mail_draft_is_empty (draft));
  g_assert_false (mail_draft_check (draft, &warnings, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);

  mail_draft_set_recipients (draft, "Ada <ada@example.org>", "no address", NULL);
  g_assert_false (mail_draft_is_empty (draft));
  g_assert_false (mail_draft_check (draft, &warnings, &error));
  g_assert_nonnull (strstr (error->message, "“no address”"));
  g_clear_error (&error);

  mail_draft_set_recipients (draft, NULL, NULL, "아다 <ada@example.org>");
  g_assert_true (mail_draft_check (draft, &warnings, &error));
  g_assert_cmpint (warnings, ==, MAIL_WARN_NO_SUBJECT | MAIL_WARN_NO_TEXT);
  mail_draft_set_body (draft, "\n\n-- \nAlice\n\nLab", NULL);
  g_assert_true (mail_draft_check (draft, &warnings, &error));
  g_assert_cmpint (warnings, ==, MAIL_WARN_NO_SUBJECT | MAIL_WARN_NO_TEXT);
  mail_draft_set_subject (draft, "x");
  mail_draft_set_body (draft, "Hi\n-- \nAlice", NULL);
  g_assert_true (mail_draft_check (draft, &warnings, &error));
  g_assert_cmpint (warnings, ==, 0);
  mail_draft_set_body (draft, "The plan is attached.", NULL);
  g_assert_true (mail_draft_check (draft, &warnings, &error));
  g_assert_cmpint (warnings, ==, MAIL_WARN_NO_ATTACHMENT);
  mail_draft_set_identity (draft, NULL);
  g_assert_false (mail_draft_check (draft, &warnings, &error));

  g_assert_true (mail_address_list_check ("", NULL));
  g_assert_true (mail_address_list_check ("A <a@b.c>, d@e.f", NULL));
  g_assert_false (mail_address_list_check ("a@b.c, oops", &wrong));
  g_assert_cmpstr (wrong, ==, "oops");
}

/* What was taken out of the text is no attachment. */
static void
test_check_pictures (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("GIF89a", 6);
  g_autoptr (GAsyncResult) result = NULL;
  MailDraftWarnings warnings = 0;

  mail_draft_set_recipients (draft, "ada@example.org", NULL, NULL);
  mail_draft_set_subject (draft, "x");
  mail_draft_attach_picture_async (draft, "p.gif", "image/gif", bytes, "p1@example.org", on_result,
                                   &result);
  g_assert_true (mail_draft_attach_finish (draft, wait_result (&result), NULL));
  mail_draft_set_body (draft, "It is attached.",
                       "<p>It is attached.<img src=\"cid:p1@example.org\">");
  g_assert_true (mail_draft_check (draft, &warnings, NULL));
  g_assert_cmpint (warnings, ==, 0);
  mail_draft_set_body (draft, "It is attached.", "<p>It is attached.");
  g_assert_true (mail_draft_check (draft, &warnings, NULL));
  g_assert_cmpint (warnings, ==, MAIL_WARN_NO_ATTACHMENT);
}

static int
warn_of (MailDraft *draft, const char *to, const char *cc, const char *bcc)
{
  MailDraftWarnings warnings = 0;
  g_autoptr (GError) error = NULL;

  mail_draft_set_recipients (draft, to, cc, bcc);
  g_assert_true (mail_draft_check (draft, &warnings, &error));
  g_assert_no_error (error);
  return (int)warnings;
}

static char *
dup_many (guint n)
{
  g_autoptr (GString) many = g_string_new ("p0@example.org");

  for (guint i = 1; i < n; i++)
    g_string_append_printf (many, ", Person %u <p%u@example.org>", i, i);
  return g_string_free (g_steal_pointer (&many), FALSE);
}

static void
test_check_many (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autofree char *twenty = dup_many (20);

  mail_draft_set_subject (draft, "x");
  mail_draft_set_body (draft, "Hello", NULL);
  g_assert_cmpint (warn_of (draft, twenty, NULL, "more@example.org"), ==, 0);
  g_assert_cmpint (warn_of (draft, twenty, "more@example.org", "one@example.org"), ==,
                   MAIL_WARN_MANY_VISIBLE);
  g_assert_cmpuint (mail_draft_count_visible (draft), ==, 21);
  mail_draft_hide_recipients (draft);
  g_assert_cmpuint (mail_draft_count_visible (draft), ==, 0);
  g_assert_true (g_str_has_prefix (mail_draft_get_bcc (draft), "p0@example.org, Person 1 <"));
  g_assert_true (g_str_has_suffix (mail_draft_get_bcc (draft),
                                   "<p19@example.org>, more@example.org, one@example.org"));
}

static GPtrArray *
find_kim (StoreDb *db, gint64 message, gpointer user_data)
{
  GPtrArray *recipients = g_ptr_array_new_with_free_func ((GDestroyNotify)store_recipient_free);
  StoreRecipient *kim = g_new0 (StoreRecipient, 1);

  kim->address = g_strdup ("kim@hangul-school.kr");
  g_ptr_array_add (recipients, kim);
  return recipients;
}

static gboolean
knows_domains (gpointer data)
{
  g_autofree char *meant = NULL;

  return mail_draft_find_slip (data, NULL, &meant) && g_str_equal (meant, "hangul-school.kr");
}

static void
test_check_domain (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autofree char *written = NULL, *meant = NULL;

  mail_draft_set_subject (draft, "x");
  mail_draft_set_body (draft, "Hello", NULL);
  /* The person's own is example.org. */
  g_assert_cmpint (warn_of (draft, "ada@example.org", "ben@sub.example.org", "x@elsewhere.net"), ==,
                   0);
  g_assert_cmpint (warn_of (draft, "Ada <ada@example.org>",
                            "\"Lee, B.\" <ben@Exampel.org>, c@exampel.org", "eve@naver.con"),
                   ==, MAIL_WARN_ODD_DOMAIN);
  g_assert_true (mail_draft_find_slip (draft, &written, &meant));
  g_assert_cmpstr (meant, ==, "example.org");
  /* One after the other */
  while (mail_draft_find_slip (draft, NULL, NULL))
    mail_draft_mend_slip (draft);
  g_assert_cmpstr (mail_draft_get_to (draft), ==, "Ada <ada@example.org>");
  g_assert_cmpstr (mail_draft_get_cc (draft), ==, "\"Lee, B.\" <ben@example.org>, c@example.org");
  g_assert_cmpstr (mail_draft_get_bcc (draft), ==, "eve@naver.com");

  /* Nobody was written to there, so that it is some domain; then somebody was. */
  g_assert_cmpint (warn_of (draft, "ada@hangul-schol.kr", NULL, NULL), ==, 0);
  bench_add (bench, bench->sent, 500,
             "From: one@example.org\r\nTo: kim@hangul-school.kr\r\n\r\nHi\r\n");
  for (gboolean more = TRUE; more;)
    g_assert_true (store_person_step (bench->db, 100, G_USEC_PER_SEC, FALSE, find_kim, NULL, &more,
                                      NULL, NULL));
  g_autoptr (MailDraft) next = mail_draft_new (bench->engine, bench->account);
  wait_until (knows_domains, draft);
  mail_draft_set_recipients (draft, "ada@hangul-school.kr", NULL, NULL);
  g_assert_false (mail_draft_find_slip (draft, NULL, NULL));
}

static void
test_save (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);

  save_draft (draft, TRUE);
  g_assert_cmpuint (n_drafts_on_disk (bench), ==, 0); /* nothing written, nothing saved */
  mail_draft_set_body (draft, "안녕", "<p>안녕</p>");
  save_draft (draft, TRUE);
  g_assert_cmpuint (n_drafts_on_disk (bench), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_outgoing (bench->engine)), ==, 0);

  save_draft (draft, FALSE); /* the composer closed */
  g_autoptr (MailOutgoing) item = wait_outgoing (bench, MAIL_OUTGOING_DRAFT);
  g_assert_cmpstr (mail_outgoing_get_subject (item), ==, "(No subject)");

  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  mail_engine_edit_outgoing_async (bench->engine, item, on_result, &result);
  g_autoptr (MailDraft) again =
      mail_engine_edit_outgoing_finish (bench->engine, wait_result (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mail_draft_get_text (again), ==, "안녕");
  g_assert_cmpstr (mail_draft_get_html (again), ==, "<p>안녕</p>");
  g_assert_false (mail_draft_is_empty (again));
  g_assert_true (mail_draft_get_account (again) == bench->account);
}

static gboolean
is_in_bin (Bench *bench, const char *subject)
{
  g_autoptr (GPtrArray) drafts = store_draft_list (bench->paths, NULL);
  const StoreDraft *draft = drafts->len == 1 ? g_ptr_array_index (drafts, 0) : NULL;

  return draft != NULL && draft->discarded != 0 && !draft->editing
         && g_str_equal (draft->subject, subject);
}

static void
test_edit_and_discard (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autoptr (GAsyncResult) edited = NULL;
  g_autoptr (GAsyncResult) discarded = NULL;
  g_autoptr (GError) error = NULL;

  mail_draft_set_subject (draft, "Plan");
  save_draft (draft, FALSE);
  g_autoptr (MailOutgoing) item = wait_outgoing (bench, MAIL_OUTGOING_DRAFT);
  mail_engine_edit_outgoing_async (bench->engine, item, on_result, &edited);
  g_autoptr (MailDraft) again =
      mail_engine_edit_outgoing_finish (bench->engine, wait_result (&edited), &error);
  g_assert_no_error (error);
  wait_until (no_outgoing, bench); /* open in a composer now */
  mail_draft_discard_async (again, NULL, on_result, &discarded);
  g_assert_true (mail_draft_discard_finish (again, wait_result (&discarded), &error));
  g_assert_true (is_in_bin (bench, "Plan"));
  mail_draft_set_subject (again, "late");
  save_draft (again, TRUE); /* an autosave that comes too late brings nothing back */
  g_assert_true (is_in_bin (bench, "Plan"));
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_outgoing (bench->engine)), ==, 0);
}

static void
discard (MailDraft *draft)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_draft_discard_async (draft, NULL, on_result, &result);
  g_assert_true (mail_draft_discard_finish (draft, wait_result (&result), &error));
  g_assert_no_error (error);
}

/* What was thrown away comes back as it was at that moment, also after the program died, and for a day. */
static void
test_bin (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autoptr (MailDraft) empty = mail_draft_new (bench->engine, bench->account);
  g_autofree char *path = g_build_filename (bench->folder, "a.txt", NULL);
  g_autofree char *id = g_strdup (mail_draft_get_id (draft));
  g_autoptr (GError) error = NULL;

  discard (empty);
  g_assert_cmpuint (n_drafts_on_disk (bench), ==, 0);
  write_file (path, "file");
  g_assert_true (attach_file (draft, path, &error));
  save_draft (draft, TRUE);
  mail_draft_set_recipients (draft, "a@b.c", NULL, "secret@example.org");
  mail_draft_set_body (draft, "never saved", "<b>never saved</b>");
  discard (draft);
  g_clear_object (&draft);
  g_clear_object (&empty);

  bench_restart (bench);
  g_autoptr (GPtrArray) crashed = mail_engine_take_crashed_drafts (bench->engine);
  g_assert_cmpuint (crashed->len, ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_outgoing (bench->engine)), ==, 0);
  draft = take_back (bench, id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mail_draft_get_bcc (draft), ==, "secret@example.org");
  g_assert_cmpstr (mail_draft_get_html (draft), ==, "<b>never saved</b>");
  g_assert_cmpuint (g_list_model_get_n_items (mail_draft_get_attachments (draft)), ==, 1);
  g_assert_null (take_back (bench, id, &error)); /* it is open */
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);

  discard (draft);
  store_draft_empty_bin (bench->paths, g_get_real_time () / G_USEC_PER_SEC + 23 * 60 * 60);
  g_assert_cmpuint (n_drafts_on_disk (bench), ==, 1);
  store_draft_empty_bin (bench->paths, g_get_real_time () / G_USEC_PER_SEC + 25 * 60 * 60);
  g_assert_cmpuint (n_drafts_on_disk (bench), ==, 0);
  g_assert_null (take_back (bench, id, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
}

static void
test_crash (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);

  mail_draft_set_subject (draft, "Half a th");
  save_draft (draft, TRUE);
  g_clear_object (&draft);
  bench_restart (bench);
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_outgoing (bench->engine)), ==, 0);
  g_autoptr (GPtrArray) drafts = mail_engine_take_crashed_drafts (bench->engine);
  g_assert_cmpuint (drafts->len, ==, 1);
  g_assert_cmpstr (mail_draft_get_subject (drafts->pdata[0]), ==, "Half a th");
  g_autoptr (GPtrArray) once = mail_engine_take_crashed_drafts (bench->engine);
  g_assert_cmpuint (once->len, ==, 0);
  save_draft (drafts->pdata[0], FALSE);
  g_autoptr (MailOutgoing) item = wait_outgoing (bench, MAIL_OUTGOING_DRAFT);
  g_assert_cmpstr (mail_outgoing_get_subject (item), ==, "Half a th");
}

static void
test_files (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autofree char *path = g_build_filename (bench->folder, "plän.txt", NULL);
  g_autofree char *missing = g_build_filename (bench->folder, "missing", NULL);
  GListModel *files = mail_draft_get_attachments (draft);
  g_autoptr (GError) error = NULL;

  write_file (path, "twelve bytes");
  g_assert_true (attach_file (draft, path, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_unlink (path), ==, 0); /* gone, and it does not matter */
  g_assert_false (mail_draft_get_busy (draft));
  g_assert_false (mail_draft_is_empty (draft));
  g_assert_cmpuint (g_list_model_get_n_items (files), ==, 1);
  g_autoptr (MailAttachment) item = g_list_model_get_item (files, 0);
  g_assert_cmpstr (mail_attachment_get_name (item), ==, "plän.txt");
  g_autofree char *size = mail_attachment_dup_size_text (item);
  g_assert_true (g_str_has_prefix (size, "12"));
  g_assert_true (g_str_has_prefix (mail_attachment_get_content_type (item), "text/"));

  g_assert_false (attach_file (draft, bench->folder, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (attach_file (draft, missing, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);
  g_assert_false (attach_file (draft, "/dev/null", &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);

  save_draft (draft, TRUE);
  mail_draft_detach (draft, item);
  g_assert_cmpuint (g_list_model_get_n_items (files), ==, 0);
  mail_draft_detach (draft, item); /* twice does no harm */
  save_draft (draft, TRUE);
}

static gboolean
discard_kept (Bench *bench, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mail_engine_discard_draft_async (bench->engine, id, on_result, &result);
  return mail_engine_discard_draft_finish (bench->engine, wait_result (&result), error);
}

/* What was closed a moment ago can be thrown away, and that taken back; what is open or on its way cannot. */
static void
test_discard_kept (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autofree char *id = g_strdup (mail_draft_get_id (draft));
  g_autoptr (GError) error = NULL;

  mail_draft_set_body (draft, "Words", NULL);
  save_draft (draft, TRUE);
  g_assert_false (discard_kept (bench, id, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  save_draft (draft, FALSE);
  g_assert_true (discard_kept (bench, id, &error));
  g_assert_no_error (error);
  g_autoptr (MailDraft) back = take_back (bench, id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mail_draft_get_text (back), ==, "Words");
  mail_draft_set_recipients (back, "ada@example.org", NULL, NULL);
  g_assert_true (send_draft (back, &error));
  g_assert_false (discard_kept (bench, id, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
}

static void
test_mailto (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new_mailto (
      bench->engine, NULL, "mailto:ada@example.org?subject=x&attach=/etc/passwd");

  g_assert_cmpstr (mail_draft_get_to (draft), ==, "ada@example.org");
  g_assert_cmpuint (g_list_model_get_n_items (mail_draft_get_attachments (draft)), ==, 0);
  g_assert_true (mail_draft_is_empty (draft));
  g_assert_null (mail_draft_new_mailto (bench->engine, NULL, "https://example.org"));
}

static MailFolder *
find_drafts (Bench *bench)
{
  GListModel *folders = mail_account_get_folders (bench->account);

  for (guint i = 0; i < g_list_model_get_n_items (folders); i++) {
    g_autoptr (MailFolder) folder = g_list_model_get_item (folders, i);

    if (mail_folder_get_role (folder) == MAIL_ROLE_DRAFTS)
      return folder; /* the account keeps it */
  }
  return NULL;
}

static gboolean
has_drafts (gpointer bench)
{
  return find_drafts (bench) != NULL;
}

static guint
n_in_drafts (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) keys =
      store_message_list (bench->db, mail_folder_get_id (find_drafts (bench)), 0, 0, &error);

  g_assert_no_error (error);
  return keys->len;
}

static void
put (MailDraft *draft, gboolean editing)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_draft_put_async (draft, editing, on_result, &result);
  g_assert_true (mail_draft_put_finish (draft, wait_result (&result), &error));
  g_assert_no_error (error);
}

static MailDraft *
open_first (Bench *bench, GError **error)
{
  g_autoptr (MailMessage) message = bench_first (bench, find_drafts (bench));
  g_autoptr (MailContent) content = bench_open (bench, message, error);
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_nonnull (content);
  mail_draft_open_async (bench->engine, content, on_result, &result);
  return mail_draft_open_finish (bench->engine, wait_result (&result), error);
}

/* Written by another program: the formats and the picture stay, and what the editor cannot read does not come. */
static void
test_open_html (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) other = mail_draft_new (bench->engine, bench->account);
  g_autoptr (GError) error = NULL;

  /* Makes the folder */
  mail_draft_set_recipients (other, "ada@example.org", NULL, NULL);
  mail_draft_set_body (other, "Hello", NULL);
  put (other, FALSE);
  save_draft (other, FALSE);
  wait_until (has_drafts, bench);
  g_autofree char *filler = g_strnfill (1200000, 'x'); /* longer than any quote */
  g_autofree char *letter = g_strdup_printf (
      "From: one@example.org\r\nTo: ada@example.org\r\nSubject: Elsewhere\r\n"
      "Message-ID: <e@example.org>\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/related; boundary=x\r\n\r\n"
      "--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
      "<html><head><title>t</title></head><body><p>Some <strong>bold</strong> words"
      "<script>x()</script></p><p>%s</p><p>the end</p><img src=\"cid:p@x\"></body></html>\r\n"
      "--x\r\nContent-Type: image/png\r\nContent-ID: <p@x>\r\n"
      "Content-Disposition: inline; filename=p.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\r\n"
      "--x--\r\n",
      filler);

  bench_add (bench, find_drafts (bench), g_get_real_time () / G_USEC_PER_SEC + 100, letter);
  g_autoptr (MailDraft) draft = open_first (bench, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mail_draft_get_subject (draft), ==, "Elsewhere");
  const char *html = mail_draft_get_html (draft);
  GListModel *files = mail_draft_get_attachments (draft);

  g_assert_nonnull (html);
  g_assert_true (g_str_has_prefix (html, "<div><"));
  g_assert_nonnull (strstr (html, "<b>bold</b>"));
  g_assert_nonnull (strstr (html, "the end"));
  g_assert_null (strstr (html, "script"));
  g_assert_null (strstr (html, "sosik-cid"));
  g_assert_cmpuint (g_list_model_get_n_items (files), ==, 1);
  g_autoptr (MailAttachment) picture = g_list_model_get_item (files, 0);
  g_autofree char *src = g_strdup_printf ("\"cid:%s\"", mail_attachment_get_content_id (picture));
  g_assert_nonnull (strstr (html, src));
}

/* A letter that waits to be sent is not gone on with from where its draft still stands. */
static void
test_open_queued (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_draft_set_recipients (draft, "ada@example.org", NULL, NULL);
  mail_draft_set_body (draft, "Hello", NULL);
  put (draft, FALSE);
  wait_until (has_drafts, bench);
  g_autoptr (MailMessage) message = bench_first (bench, find_drafts (bench));
  g_autoptr (MailContent) content = bench_open (bench, message, &error);
  g_assert_no_error (error);
  mail_draft_set_hold (draft, 30);
  g_assert_true (send_draft (draft, &error));
  mail_draft_open_async (bench->engine, content, on_result, &result);
  g_assert_null (mail_draft_open_finish (bench->engine, wait_result (&result), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
}

static void
on_conflict (MailDraft *draft, guint *count)
{
  (*count)++;
}

static gboolean
no_draft_there (gpointer bench)
{
  return n_in_drafts (bench) == 0;
}

/* That its source can wear no arrow keeps nobody's letter, nor its copy among the drafts. */
static void
test_no_arrow (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autoptr (GError) error = NULL;

  draft->plain->source =
      bench_add (bench, bench->inbox, 500,
                 "From: ada@example.org\r\nSubject: Q\r\nMessage-ID: <q@x>\r\n\r\nHi\r\n");
  draft->plain->source_id = g_strdup ("<q@x>");
  mail_draft_set_recipients (draft, "ada@example.org", NULL, NULL);
  mail_draft_set_body (draft, "Hello", NULL);
  put (draft, TRUE);
  wait_until (has_drafts, bench);
  g_assert_cmpuint (n_in_drafts (bench), ==, 1);
  g_assert_true (
      store_db_run (bench->db, &error,
                    "CREATE TRIGGER no_arrow BEFORE INSERT ON operation WHEN NEW.kind = 0 "
                    "BEGIN SELECT RAISE (ABORT, 'no arrow'); END",
                    STORE_NO_INTS));
  G_STATIC_ASSERT (STORE_OPERATION_FLAGS == 0);
  mail_draft_set_hold (draft, 30);
  g_assert_true (send_draft (draft, &error));
  g_assert_no_error (error);
  g_assert_false (draft->plain->marked);
  g_assert_cmpuint (n_in_drafts (bench), ==, 0);
}

/* What is written stands in the Drafts folder too, once, and can be gone on with from there, with or without the file here. */
static void
test_copy (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autofree char *path = g_build_filename (bench->folder, "a.txt", NULL);
  g_autoptr (GError) error = NULL;
  guint conflicts = 0;

  put (draft, TRUE); /* nobody has written anything */
  g_assert_cmpuint (n_drafts_on_disk (bench), ==, 0);
  write_file (path, "file");
  g_assert_true (attach_file (draft, path, &error));
  mail_draft_set_recipients (draft, "Ada <ada@example.org>, 김민", NULL, "secret@example.org");
  mail_draft_set_subject (draft, "Plan");
  mail_draft_set_body (draft, "First", NULL);
  put (draft, TRUE);
  wait_until (has_drafts, bench);
  g_assert_cmpuint (n_in_drafts (bench), ==, 1);
  mail_draft_set_body (draft, "Second", NULL);
  mail_draft_set_priority (draft, MAIL_PRIORITY_HIGH);
  mail_draft_set_notify (draft, MAIL_NOTIFY_FAILURE);
  draft->plain->was_hidden = draft->plain->from_template = TRUE;
  put (draft, TRUE);
  g_assert_cmpuint (n_in_drafts (bench), ==, 1);
  g_autoptr (MailMessage) copy = bench_first (bench, find_drafts (bench));
  g_autoptr (MailContent) shown = bench_open (bench, copy, &error);
  g_autoptr (MailDraft) other = mail_draft_new (bench->engine, bench->account);
  g_assert_true (mail_draft_is_copied_in (draft, shown));
  g_assert_false (mail_draft_is_copied_in (other, shown));
  g_assert_null (open_first (bench, &error)); /* it is open */
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  put (draft, FALSE);
  save_draft (draft, FALSE);
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_outgoing (bench->engine)), ==, 0);
  g_autofree char *id = g_strdup (mail_draft_get_id (draft));
  g_clear_object (&draft);

  draft = open_first (bench, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mail_draft_get_id (draft), ==, id);
  save_draft (draft, FALSE);
  g_clear_object (&draft);
  g_assert_true (store_draft_remove (bench->paths, id, &error));

  draft = open_first (bench, &error); /* as on another computer */
  g_assert_no_error (error);
  g_assert_cmpstr (mail_draft_get_to (draft), ==, "Ada <ada@example.org>, 김민");
  g_assert_cmpstr (mail_draft_get_bcc (draft), ==, "secret@example.org");
  g_assert_cmpstr (mail_draft_get_subject (draft), ==, "Plan");
  g_assert_cmpstr (mail_draft_get_text (draft), ==, "Second");
  g_assert_cmpint (mail_draft_get_priority (draft), ==, MAIL_PRIORITY_HIGH);
  g_assert_cmpint (mail_draft_get_notify (draft), ==, MAIL_NOTIFY_FAILURE);
  g_assert_true (draft->plain->was_hidden && draft->plain->from_template);
  g_assert_true (mail_draft_get_account (draft) == bench->account);
  g_assert_cmpuint (g_list_model_get_n_items (mail_draft_get_attachments (draft)), ==, 1);
  g_signal_connect (draft, "conflict", G_CALLBACK (on_conflict), &conflicts);
  put (draft, TRUE); /* nothing new */
  g_assert_cmpuint (n_drafts_on_disk (bench), ==, 0);
  mail_draft_set_body (draft, "Third", NULL);
  put (draft, TRUE);
  g_assert_cmpuint (n_in_drafts (bench), ==, 1);
  g_assert_cmpuint (conflicts, ==, 0);

  /* Another computer deletes it: what stands here is put there anew, and said. */
  g_autoptr (MailMessage) message = bench_first (bench, find_drafts (bench));
  gint64 row = mail_message_get_id (message);
  g_assert_true (store_operation_expunge (bench->db, &row, 1, 1000, &error) != 0);
  g_assert_cmpuint (n_in_drafts (bench), ==, 0);
  put (draft, TRUE);
  g_assert_cmpuint (conflicts, ==, 1);
  g_assert_cmpuint (n_in_drafts (bench), ==, 1);

  /* Sent or thrown away, it is no draft any more. */
  discard (draft);
  wait_until (no_draft_there, bench);
}

/* It goes on from another account: what went with the first one was deleted by nobody. */
static void
test_account_gone (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (BaseAccount) settings = bench_account_new ("two");
  g_autoptr (GAsyncResult) saved = NULL, removed = NULL;
  guint conflicts = 0;

  mail_engine_save_account_async (bench->engine, settings, "secret", NULL, NULL, on_result, &saved);
  g_assert_true (mail_engine_save_account_finish (bench->engine, wait_result (&saved), NULL, NULL));
  MailAccount *two = mail_engine_find_account (bench->engine, "two");
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, two);
  g_signal_connect (draft, "conflict", G_CALLBACK (on_conflict), &conflicts);
  mail_draft_set_body (draft, "Hello", NULL);
  put (draft, TRUE);
  g_assert_nonnull (draft->plain->server_id);
  g_assert_false (mail_draft_has_lost_account (draft));

  mail_engine_remove_account_async (bench->engine, two, on_result, &removed);
  g_assert_true (mail_engine_remove_account_finish (bench->engine, wait_result (&removed), NULL));
  g_assert_true (mail_draft_has_lost_account (draft));
  g_autoptr (MailIdentity) other = mail_engine_dup_default_identity (bench->engine, NULL);
  mail_draft_set_identity (draft, other);
  g_assert_false (mail_draft_has_lost_account (draft));
  put (draft, TRUE);
  g_assert_cmpuint (conflicts, ==, 0);
  wait_until (has_drafts, bench);
  g_assert_cmpuint (n_in_drafts (bench), ==, 1);
  g_autoptr (StoreDraft) kept = store_draft_load (bench->paths, mail_draft_get_id (draft), NULL);
  g_assert_cmpstr (kept->account, ==, mail_account_get_id (bench->account));
  g_assert_cmpstr (kept->text, ==, "Hello");
}

void
add_draft_tests (void)
{
  g_test_add_func ("/mail/draft/account-gone", test_account_gone);
  g_test_add_func ("/mail/draft/check", test_check);
  g_test_add_func ("/mail/draft/check-pictures", test_check_pictures);
  g_test_add_func ("/mail/draft/check-many", test_check_many);
  g_test_add_func ("/mail/draft/check-domain", test_check_domain);
  g_test_add_func ("/mail/draft/save", test_save);
  g_test_add_func ("/mail/draft/edit-and-discard", test_edit_and_discard);
  g_test_add_func ("/mail/draft/bin", test_bin);
  g_test_add_func ("/mail/draft/copy", test_copy);
  g_test_add_func ("/mail/draft/open-html", test_open_html);
  g_test_add_func ("/mail/draft/open-queued", test_open_queued);
  g_test_add_func ("/mail/draft/crash", test_crash);
  g_test_add_func ("/mail/draft/files", test_files);
  g_test_add_func ("/mail/draft/no-arrow", test_no_arrow);
  g_test_add_func ("/mail/draft/discard-kept", test_discard_kept);
  g_test_add_func ("/mail/draft/mailto", test_mailto);
}
