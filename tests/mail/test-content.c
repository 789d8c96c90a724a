/* Opened messages: what the reader gets, and files saved from them. */
#include "test-mail.h"

#include "base-error.h"
#include "mail-fetch.h"
#include "store-partial.h"
#include "store-private.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>

static const char letter[] =
    "From: =?utf-8?B?7JWE64uk?= <ada@example.org>\r\n"
    "To: one@example.org\r\n"
    "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n"
    "Date: Mon, 06 Jul 2026 10:00:00 +0000\r\n"
    "Message-ID: <1@example.org>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n"
    "\r\n"
    "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    "<p>Hello <img src=\"http://example.org/x.png\"><script>alert(1)</script></p>\r\n"
    "--b\r\nContent-Type: text/plain; name=\"../../.bashrc\"\r\n"
    "Content-Disposition: attachment; filename=\"../../.bashrc\"\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n"
    "--b\r\nContent-Type: application/pdf\r\n"
    "Content-Disposition: attachment; filename=\"plan.pdf\"\r\n\r\nPDF one\r\n"
    "--b\r\nContent-Type: application/pdf\r\n"
    "Content-Disposition: attachment; filename=\"plan.pdf\"\r\n\r\nPDF two\r\n"
    "--b--\r\n";

static MailContent *
open_letter (Bench *bench)
{
  g_autoptr (GError) error = NULL;

  bench_add (bench, bench->inbox, 1000, letter);
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  MailContent *content = bench_open (bench, message, &error);
  g_assert_no_error (error);
  g_assert_nonnull (content);
  return content;
}

static void
test_fields (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailContent) content = open_letter (bench);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *source = mail_content_dup_source (content);
  const MailAddress *from = mail_content_get_from (content)->pdata[0];

  g_assert_cmpstr (mail_content_get_subject (content), ==, "Grüße");
  g_assert_cmpstr (from->name, ==, "아다");
  g_assert_cmpstr (from->address, ==, "ada@example.org");
  g_assert_cmpuint (mail_content_get_to (content)->len, ==, 1);
  g_assert_cmpuint (mail_content_get_cc (content)->len, ==, 0);
  g_assert_cmpint (mail_content_get_date (content), ==, 1783332000);
  g_assert_nonnull (strstr (mail_content_get_text (content), "Hello"));
  g_assert_true (mail_content_has_html (content));
  g_assert_null (strstr (mail_content_get_html (content), "script"));
  g_assert_null (strstr (mail_content_get_html (content), "http://example.org"));
  g_assert_cmpuint (mail_content_get_blocked (content), ==, 1);
  g_assert_cmpstr (source, ==, letter);

  mail_content_get_html_with_images_async (content, NULL, on_result, &result);
  g_autofree char *html =
      mail_content_get_html_with_images_finish (content, wait_result (&result), &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (html, "sosik-remote:http"));
}

static void
test_parts (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailContent) content = open_letter (bench);
  GListModel *parts = mail_content_get_attachments (content);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (parts), ==, 3);
  g_autoptr (MailPart) part = g_list_model_get_item (parts, 0);
  g_assert_cmpstr (mail_part_get_name (part), ==, "bashrc");

  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *type = NULL;
  mail_content_get_part_bytes_async (content, mail_part_get_index (part), NULL, on_result, &result);
  g_autoptr (GBytes) bytes =
      mail_content_get_part_bytes_finish (content, wait_result (&result), &type, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "hello", 5);
  g_assert_cmpstr (type, ==, "text/plain");

  g_autoptr (GAsyncResult) wrong = NULL;
  mail_content_get_part_bytes_async (content, 999, NULL, on_result, &wrong);
  g_assert_null (mail_content_get_part_bytes_finish (content, wait_result (&wrong), NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
}

static void
assert_file (const char *folder, const char *name, const char *wanted)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, wanted);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_save (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailContent) content = open_letter (bench);
  g_autofree char *folder = g_build_filename (bench->folder, "saved", NULL);
  g_autoptr (GFile) where = g_file_new_for_path (folder);
  g_autoptr (GFile) file = g_file_get_child (where, "mine.txt");
  g_autoptr (MailPart) part = g_list_model_get_item (mail_content_get_attachments (content), 0);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  for (guint i = 0; i < 2; i++) { /* the second time it is replaced */
    g_autoptr (GAsyncResult) result = NULL;

    mail_part_save_async (part, file, NULL, on_result, &result);
    g_assert_true (mail_part_save_finish (part, wait_result (&result), &error));
    g_assert_no_error (error);
    assert_file (folder, "mine.txt", "hello");
  }
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GAsyncResult) result = NULL;

    mail_content_save_all_async (content, where, NULL, on_result, &result);
    g_assert_true (mail_content_save_all_finish (content, wait_result (&result), &error));
    g_assert_no_error (error);
  }
  assert_file (folder, "bashrc", "hello");
  assert_file (folder, "bashrc (2)", "hello");
  assert_file (folder, "plan.pdf", "PDF one");
  assert_file (folder, "plan (2).pdf", "PDF two");
  assert_file (folder, "plan (4).pdf", "PDF two");
  g_assert_cmpuint (count_files (folder), ==, 7); /* and nothing half-written */

  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GFile) eml = g_file_get_child (where, "letter.eml");
  mail_content_save_async (content, eml, NULL, on_result, &result);
  g_assert_true (mail_content_save_finish (content, wait_result (&result), &error));
  assert_file (folder, "letter.eml", letter);
}

static void
test_save_fails (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailContent) content = open_letter (bench);
  g_autoptr (MailPart) part = g_list_model_get_item (mail_content_get_attachments (content), 0);
  g_autofree char *path = g_build_filename (bench->folder, "missing", "file", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_part_save_async (part, file, NULL, on_result, &result);
  g_assert_false (mail_part_save_finish (part, wait_result (&result), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);

  /* A folder of that name is in the way: nothing of the attempt is left. */
  g_autoptr (GAsyncResult) again = NULL;
  g_autofree char *taken = g_build_filename (bench->folder, "taken", NULL);
  g_autoptr (GFile) occupied = g_file_new_for_path (taken);
  g_assert_cmpint (g_mkdir (taken, 0700), ==, 0);
  guint before = count_files (bench->folder);
  g_clear_error (&error);
  mail_part_save_async (part, occupied, NULL, on_result, &again);
  g_assert_false (mail_part_save_finish (part, wait_result (&again), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
  g_assert_cmpuint (count_files (bench->folder), ==, before);
}

static void
test_export (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailContent) content = open_letter (bench);
  g_autoptr (MailPart) part = g_list_model_get_item (mail_content_get_attachments (content), 0);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  mail_part_export_async (part, NULL, on_result, &result);
  g_autoptr (GFile) file = mail_part_export_finish (part, wait_result (&result), &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (g_file_peek_path (file), base_paths_get_cache (bench->paths)));
  g_assert_cmpint (g_stat (g_file_peek_path (file), &info), ==, 0);
  g_assert_cmphex (info.st_mode & 07777, ==, 0400);
  g_clear_object (&part);
  g_clear_object (&content);
  g_clear_object (&result);
  bench_restart (bench); /* the next start cleans up */
  g_assert_false (g_file_query_exists (file, NULL));
}

/* What mail in the wild looks like: each must open. */
static void
test_odd (void)
{
  static const char *const odd[] = { "\r\n", "no header at all", "Subject: x\r\n",
                                     "Subject: \xff\xfe\r\n\r\n\xff\r\n",
                                     "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" };
  g_autoptr (Bench) bench = bench_new_ready ();

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++) {
    g_autoptr (GError) error = NULL;

    bench_add (bench, bench->inbox, 1000 + i, odd[i]);
    g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
    g_autoptr (MailContent) content = bench_open (bench, message, &error);
    g_assert_no_error (error);
    g_assert_nonnull (mail_content_get_subject (content));
    g_assert_true (g_utf8_validate (mail_content_get_text (content), -1, NULL));
  }
}

static void
test_not_here (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;

  bench_add (bench, bench->inbox, 1000, NULL);
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  g_assert_null (bench_open (bench, message, &error)); /* its server does not answer */
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  g_assert_cmpuint (strlen (error->message), >, 10);
}

static void
test_cancel (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bench_add (bench, bench->inbox, 1000, letter);
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  mail_engine_open_message_async (bench->engine, message, cancellable, on_result, &result);
  g_cancellable_cancel (cancellable);
  g_assert_null (mail_engine_open_message_finish (bench->engine, wait_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (bench->engine->requests->len, ==, 0);
}

/* A message whose first file is on the server still, and whose second has come: what is here can be used, what is not is asked for,
 * and where the server does not answer that is said.  What needs all of it never makes do with less. */
static void
test_partial (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *folder = g_build_filename (bench->folder, "saved", NULL);
  g_autoptr (GFile) where = g_file_new_for_path (folder);
  g_autoptr (GFile) file = g_file_get_child (where, "file");
  g_autoptr (GBytes) bytes = g_bytes_new_static (letter, strlen (letter));
  g_autoptr (GBytes) come = g_bytes_new_static ("PDF that came", 13);
  const StorePart left[] = {
    { .index = 1, .section = (char *)"2", .encoding = (char *)"base64", .size = 7800000 },
    { .index = 2, .section = (char *)"3", .encoding = (char *)"7bit", .size = 13 },
  };
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = bench_add (bench, bench->inbox, 1000, NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_ptr_array_add (parts, (gpointer)&left[0]);
  g_ptr_array_add (parts, (gpointer)&left[1]);
  g_assert_true (store_partial_set (bench->db, id, bytes, parts, NULL, TRUE, &error));
  g_assert_true (store_partial_set_part (bench->db, id, &left[1], come, TRUE, &error));
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  g_autoptr (MailContent) content = bench_open (bench, message, &error);
  g_assert_no_error (error);
  g_assert_false (mail_content_is_whole (content));

  GListModel *list = mail_content_get_attachments (content);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 3);
  g_autoptr (MailPart) away = g_list_model_get_item (list, 0);
  g_autoptr (MailPart) here = g_list_model_get_item (list, 1);
  g_assert_false (mail_part_is_here (away));
  g_autofree char *size = mail_part_dup_size_text (away);
  g_assert_true (g_str_has_prefix (size, "5.7"));
  g_assert_true (mail_part_is_here (here));

  g_autoptr (GAsyncResult) saved = NULL;
  mail_part_save_async (here, file, NULL, on_result, &saved);
  g_assert_true (mail_part_save_finish (here, wait_result (&saved), &error));
  g_assert_no_error (error);
  assert_file (folder, "file", "PDF that came");

  g_autoptr (GAsyncResult) refused = NULL;
  mail_part_save_async (away, file, NULL, on_result, &refused);
  g_assert_cmpfloat (mail_part_get_progress (away), ==, 0);
  g_assert_false (mail_part_save_finish (away, wait_result (&refused), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  g_clear_error (&error);
  assert_file (folder, "file", "PDF that came");

  g_autoptr (GAsyncResult) all = NULL;
  mail_content_save_async (content, file, NULL, on_result, &all);
  g_assert_false (mail_content_save_finish (content, wait_result (&all), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  g_clear_error (&error);
  assert_file (folder, "file", "PDF that came");
  g_autoptr (GAsyncResult) source = NULL;
  mail_content_fetch_whole_async (content, NULL, on_result, &source);
  g_assert_false (mail_content_fetch_whole_finish (content, wait_result (&source), NULL));

  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) cancelled = NULL;
  mail_part_export_async (away, cancellable, on_result, &cancelled);
  g_cancellable_cancel (cancellable);
  g_assert_null (mail_part_export_finish (away, wait_result (&cancelled), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  while (mail_part_get_progress (away) >= 0)
    g_main_context_iteration (NULL, TRUE);

  /* It comes by another way: it is there at once, and says so. */
  g_autoptr (GBytes) content_of = g_bytes_new_static ("aGVsbG8=", 8);
  g_assert_true (store_partial_set_part (bench->db, id, &left[0], content_of, FALSE, NULL));
  g_autoptr (GAsyncResult) again = NULL;
  mail_part_save_async (away, file, NULL, on_result, &again);
  g_clear_error (&error);
  g_assert_true (mail_part_save_finish (away, wait_result (&again), &error));
  assert_file (folder, "file", "hello");
  while (!mail_part_is_here (away))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (bench->engine->requests->len, ==, 0);
}

/* The last of three files does not come, is not waited for, or finds no room: nothing is saved, and what is tried again saves each once. */
static void
test_save_all_again (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *folder = g_build_filename (bench->folder, "saved", NULL);
  g_autoptr (GFile) where = g_file_new_for_path (folder);
  g_autoptr (GBytes) bytes = g_bytes_new_static (letter, strlen (letter));
  g_autofree char *large = g_strnfill (2 << 20, 'x');
  g_autoptr (GBytes) come = g_bytes_new_static (large, 2 << 20);
  const StorePart left = {
    .index = 3, .section = (char *)"4", .encoding = (char *)"7bit", .size = 2 << 20
  };
  struct rlimit unlimited, narrow;
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gint64 id = bench_add (bench, bench->inbox, 1000, NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_ptr_array_add (parts, (gpointer)&left);
  g_assert_true (store_partial_set (bench->db, id, bytes, parts, NULL, TRUE, &error));
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  g_autoptr (MailContent) content = bench_open (bench, message, &error);
  g_assert_no_error (error);

  g_autoptr (GAsyncResult) refused = NULL;
  mail_content_save_all_async (content, where, NULL, on_result, &refused);
  g_assert_false (mail_content_save_all_finish (content, wait_result (&refused), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  g_clear_error (&error);
  g_assert_cmpuint (count_files (folder), ==, 0);

  g_autoptr (GAsyncResult) cancelled = NULL;
  mail_content_save_all_async (content, where, cancellable, on_result, &cancelled);
  g_cancellable_cancel (cancellable);
  g_assert_false (mail_content_save_all_finish (content, wait_result (&cancelled), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  g_assert_true (store_partial_set_part (bench->db, id, &left, come, FALSE, &error));
  /* All have come, and there is no room for the last. */
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &unlimited), ==, 0);
  narrow = unlimited;
  narrow.rlim_cur = 1 << 20;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &narrow), ==, 0);
  g_autoptr (GAsyncResult) full = NULL;
  mail_content_save_all_async (content, where, NULL, on_result, &full);
  g_assert_false (mail_content_save_all_finish (content, wait_result (&full), &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &unlimited), ==, 0);
  signal (SIGXFSZ, SIG_DFL);
  g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
  g_clear_error (&error);
  g_assert_cmpuint (count_files (folder), ==, 0);

  g_autoptr (GAsyncResult) again = NULL;
  mail_content_save_all_async (content, where, NULL, on_result, &again);
  g_assert_true (mail_content_save_all_finish (content, wait_result (&again), &error));
  g_assert_no_error (error);
  assert_file (folder, "bashrc", "hello");
  assert_file (folder, "plan.pdf", "PDF one");
  assert_file (folder, "plan (2).pdf", large);
  g_assert_cmpuint (count_files (folder), ==, 3);
}

typedef struct
{
  StoreDb *db;        /* not the one that reads */
  const char *before; /* of the statement that it comes before */
  gint64 folder;
  guint32 uid;
  gboolean came;
} Meanwhile;

static int
on_statement (unsigned int kind, void *user_data, void *statement, void *sql)
{
  Meanwhile *meanwhile = user_data;

  if (!meanwhile->came && strstr (sqlite3_sql (statement), meanwhile->before) != NULL) {
    g_autoptr (GBytes) body = g_bytes_new_static (letter, strlen (letter));
    StoreNewMessage message = { .uid = meanwhile->uid, .body = body, .only_body = TRUE };
    g_autoptr (GPtrArray) list = g_ptr_array_new ();

    g_ptr_array_add (list, &message);
    g_assert_true (store_message_add (meanwhile->db, meanwhile->folder, list, NULL, NULL));
    meanwhile->came = TRUE;
  }
  return 0;
}

/* The whole message comes while somebody reads what is here of it: then that is what is read, never half of it for all. */
static void
test_whole_meanwhile (void)
{
  static const char *const before[] = { "piece.number = ?2", "number >= 0" };

  for (guint i = 0; i < G_N_ELEMENTS (before); i++) {
    g_autoptr (Bench) bench = bench_new_ready ();
    g_autoptr (GError) error = NULL;
    g_autoptr (StoreDb) reader = store_connect (bench->engine->store, &error);
    g_autoptr (GBytes) half = g_bytes_new_static (letter, 500);
    const StorePart left = {
      .index = 1, .section = (char *)"2", .encoding = (char *)"base64", .size = 8
    };
    g_autoptr (GPtrArray) parts = g_ptr_array_new ();
    Meanwhile meanwhile = { .db = bench->db,
                            .before = before[i],
                            .folder = mail_folder_get_id (bench->inbox),
                            .uid = bench->next_uid };
    gint64 id = bench_add (bench, bench->inbox, 1000, NULL);

    g_ptr_array_add (parts, (gpointer)&left);
    g_assert_true (store_partial_set (bench->db, id, half, parts, NULL, TRUE, &error));
    sqlite3_trace_v2 (reader->sqlite, SQLITE_TRACE_STMT, on_statement, &meanwhile);
    MailRead *read = mail_read_body (reader, id, &error);
    sqlite3_trace_v2 (reader->sqlite, 0, NULL, NULL);
    g_assert_true (meanwhile.came);
    g_assert_no_error (error);
    g_assert_null (read->partial);
    g_assert_cmpuint (g_bytes_get_size (read->bytes), ==, strlen (letter));
    mail_read_free (read);
  }
}

void
add_content_tests (void)
{
  g_test_add_func ("/mail/content/fields", test_fields);
  g_test_add_func ("/mail/content/parts", test_parts);
  g_test_add_func ("/mail/content/save", test_save);
  g_test_add_func ("/mail/content/save-fails", test_save_fails);
  g_test_add_func ("/mail/content/export", test_export);
  g_test_add_func ("/mail/content/odd", test_odd);
  g_test_add_func ("/mail/content/not-here", test_not_here);
  g_test_add_func ("/mail/content/cancel", test_cancel);
  g_test_add_func ("/mail/content/partial", test_partial);
  g_test_add_func ("/mail/content/save-all-again", test_save_all_again);
  g_test_add_func ("/mail/content/whole-meanwhile", test_whole_meanwhile);
}
