/* The index of words is put right again: after damage, when mail is read otherwise than before, and whatever cannot be read or written. */
#include "test-mail.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#ifdef SOSIK_OFFICE
#include "hwp-maker.h"
#endif
#include "mail-choices.h"
#include "mail-decoding.h"
#include "store-person.h"
#include "store-search.h"

#define HEADER                                                                                     \
  "From: Ada <ada@example.org>\r\nSubject: \xcf\xf0\xe8\xe2\xe5\xf2\r\n"                           \
  "Content-Type: text/plain; charset=koi8-r\r\n\r\nHello\r\n"
#define PLAIN "From: Ada <ada@example.org>\r\nSubject: Plain\r\n\r\nHello\r\n"

static guint
count (Bench *bench, const char *typed, gboolean *whole)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseQuery) query = base_query_parse (typed, 0);
  const StoreSearchScope scope = { 0 };
  g_autoptr (StoreSearch) search = store_search_new (bench->db, query, &scope, &error);
  guint total = 99, unread;
  gint64 up_to;

  g_assert_no_error (error);
  g_assert_true (store_search_count (search, 0, &total, &unread, NULL, &error));
  g_assert_no_error (error);
  *whole = store_search_is_whole (search, &up_to);
  return total;
}

typedef struct
{
  Bench *bench;
  const char *typed;
  guint expected;
} Wanted;

static gboolean
is_found (gpointer data)
{
  Wanted *wanted = data;
  gboolean whole;

  return count (wanted->bench, wanted->typed, &whole) == wanted->expected && whole;
}

/* By the index, which is whole then. */
static void
wait_found (Bench *bench, const char *typed, guint expected)
{
  Wanted wanted = { bench, typed, expected };

  wait_until (is_found, &wanted);
}

static const char pdf[] =
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>endobj\n"
    "4 0 obj<</Length 44>>stream\nBT /F 12 Tf 20 100 Td (All ships are in) Tj ET\nendstream endobj\n"
    "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    "trailer<</Root 1 0 R>>\n%%EOF\n";

/* A letter with so many of this file; what it says itself stands further down than the row shows. */
static char *
make_report (const char *type, const char *file, gsize length, guint n)
{
  g_autofree char *encoded = g_base64_encode ((const guchar *)file, length);
  g_autofree char *long_way = g_strnfill (3000, '.');
  GString *letter = g_string_new ("From: Ada <ada@example.org>\r\nSubject: Report\r\n"
                                  "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
                                  "--b\r\nContent-Type: text/plain\r\n\r\nSee here\r\n");

  g_string_append_printf (letter, "%s\r\nmeanwhile\r\n", long_way);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (letter,
                            "--b\r\nContent-Type: %s\r\nContent-Disposition: attachment\r\n"
                            "Content-Transfer-Encoding: base64\r\n\r\n%s\r\n",
                            type, encoded);
  g_string_append (letter, "--b--\r\n");
  return g_string_free (letter, FALSE);
}

static char *
find_pack (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    char *within;

    if (g_str_has_suffix (name, ".pack"))
      return g_steal_pointer (&path);
    within = find_pack (path);
    if (within != NULL)
      return within;
  }
  return NULL;
}

/* ---- damage ---- */

static void
break_texts (Bench *bench)
{
  g_autofree char *path = g_build_filename (base_paths_get_data (bench->paths), "search.db", NULL);
  sqlite3 *sqlite = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &sqlite, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  (void)sqlite3_busy_timeout (sqlite, 60000);
  g_assert_cmpint (sqlite3_exec (sqlite, "UPDATE text SET text = x'00'", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_close (sqlite), ==, SQLITE_OK);
}

static gboolean
is_whole (gpointer data)
{
  return !mail_engine_get_indexing (((Bench *)data)->engine, NULL, NULL, NULL);
}

/* Who looks for something and meets damage has it mended, although nothing changes in the mail. */
static void
test_damage (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *letter = test_make_letter (PLAIN, "이메일을 보냈습니다");
  g_autoptr (MailFolder) folder = mail_folder_new_search ("", "body:메일", NULL, FALSE);
  g_autoptr (MailMessageList) list = NULL;

  bench_add (bench, bench->inbox, 1000, letter);
  wait_found (bench, "body:메일", 1);
  wait_until (is_whole, bench);
  break_texts (bench);
  list = mail_message_list_new (bench->engine, folder, TRUE);
  wait_found (bench, "body:메일", 1);
}

/* ---- what was chosen ---- */

/* Ada has written so many letters, as is known by now. */
static gboolean
is_known (gpointer data)
{
  const Wanted *wanted = data;
  g_autoptr (StorePerson) ada = NULL;
  g_autoptr (GArray) ids = NULL;

  if (!store_person_get (wanted->bench->db, "ada@example.org", &ada, NULL) || ada == NULL)
    return FALSE;
  ids = store_person_list_messages (wanted->bench->db, ada->id, 100, NULL);
  return ids != NULL && ids->len == wanted->expected;
}

static void
wait_known (Bench *bench, guint n)
{
  Wanted wanted = { bench, NULL, n };

  mail_people_note (bench->engine->people);
  wait_until (is_known, &wanted);
}

/* In which charset somebody reads the mail of a sender is how it is found: what is there, and what comes; and no more when that is taken back. */
static void
test_charset (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *letter = test_make_letter (HEADER, "\xec\xe8\xf0\xed\xfb\xe9"); /* мирный */
  g_autoptr (GAsyncResult) set = NULL, removed = NULL;
  g_autoptr (GError) error = NULL;

  bench_add (bench, bench->archive, 500, letter);
  bench_add (bench, bench->inbox, 1000, letter);
  mail_people_set_quiet (bench->engine->people, 1);
  wait_known (bench, 2);
  wait_found (bench, "hello", 2);
  wait_found (bench, "body:мирный", 0);
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  g_autoptr (MailContent) content = bench_open (bench, message, &error);
  g_assert_no_error (error);
  mail_content_set_charset_async (content, "windows-1251", on_result, &set);
  g_assert_true (mail_content_set_charset_finish (content, wait_result (&set), &error));
  wait_found (bench, "body:мирный", 2);
  bench_add (bench, bench->inbox, 2000, letter);
  wait_found (bench, "body:мирный", 3);
  wait_known (bench, 3);
  mail_content_set_charset_async (content, NULL, on_result, &removed);
  g_assert_true (mail_content_set_charset_finish (content, wait_result (&removed), &error));
  wait_found (bench, "body:мирный", 0);
}

/* Or it is in the index already, on a machine that has stood still. */
static gboolean
is_told (gpointer data)
{
  Bench *bench = data;
  gboolean whole;

  return mail_indexer_count_told (bench->engine->indexer) + count (bench, "subject:다른", &whole)
         >= 2;
}

/* A row that reads otherwise right before the end is found so at the next start, whatever takes too long to be read then. */
static void
test_last_words (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *letter = test_make_letter (PLAIN, "Nothing");
  g_autoptr (GError) error = NULL;
  g_autofree char *report = make_report ("application/pdf", pdf, strlen (pdf), 1);
  gint64 ids[] = { bench_add (bench, bench->inbox, 1000, letter),
                   bench_add (bench, bench->inbox, 2000, report) };

  wait_found (bench, "body:nothing", 1);
  wait_found (bench, "body:\"ships are\"", 1);
  wait_until (is_whole, bench);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    g_assert_true (
        store_message_set_words (bench->db, ids[i], "Ada", "또 다른 제목", "Hello", &error));
  g_assert_no_error (error);
  wait_until (is_told, bench);
  bench_stop (bench);
  bench_restart (bench);
  wait_found (bench, "subject:다른", 2);
  wait_found (bench, "body:\"ships are\"", 1);
}

/* All of a sender's mail, however many copies there are of it and however soon it ends. */
static void
test_charset_at_the_end (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *letter =
      test_make_letter ("Message-ID: <one@example.org>\r\n" HEADER, "\xec\xe8\xf0\xed\xfb\xe9");

  bench_add (bench, bench->archive, 500, letter);
  bench_add (bench, bench->inbox, 1000, letter);
  wait_found (bench, "hello", 2);
  wait_until (is_whole, bench);
  {
    g_autoptr (GAsyncResult) set = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
    g_autoptr (MailContent) content = bench_open (bench, message, &error);

    g_assert_no_error (error);
    mail_content_set_charset_async (content, "windows-1251", on_result, &set);
    g_assert_true (mail_content_set_charset_finish (content, wait_result (&set), &error));
  }
  bench_stop (bench);
  bench_restart (bench);
  wait_found (bench, "body:мирный", 2);
}

/* As where they were damaged, and no server is there to bring them again. */
static void
take_bytes (Bench *bench, gint64 message)
{
  g_autofree char *path = g_build_filename (base_paths_get_data (bench->paths), "mail.db", NULL);
  g_autofree char *sql =
      g_strdup_printf ("BEGIN IMMEDIATE; DELETE FROM body WHERE message = %" G_GINT64_FORMAT
                       "; UPDATE message SET has_body = 0 WHERE id = %" G_GINT64_FORMAT "; COMMIT",
                       message, message);
  sqlite3 *sqlite = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &sqlite, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  (void)sqlite3_busy_timeout (sqlite, 60000);
  g_assert_cmpint (sqlite3_exec (sqlite, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (sqlite), ==, SQLITE_OK);
}

/* What is not here any more cannot be read in another charset: it is found by the words that it had, which nothing else has, whatever is told of its row. */
static void
test_charset_without_bytes (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *letter = test_make_letter (HEADER, "\xec\xe8\xf0\xed\xfb\xe9 meanwhile"),
                  *other = test_make_letter (PLAIN, "afterwards");
  g_autoptr (GAsyncResult) set = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id = bench_add (bench, bench->archive, 500, letter);
  gboolean whole;

  bench_add (bench, bench->inbox, 1000, letter);
  mail_people_set_quiet (bench->engine->people, 1);
  wait_known (bench, 2);
  wait_found (bench, "body:meanwhile", 2);
  wait_until (is_whole, bench);
  take_bytes (bench, id);
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  g_autoptr (MailContent) content = bench_open (bench, message, &error);
  g_assert_no_error (error);
  mail_content_set_charset_async (content, "windows-1251", on_result, &set);
  g_assert_true (mail_content_set_charset_finish (content, wait_result (&set), &error));
  wait_found (bench, "body:мирный", 1);
  g_assert_true (store_message_set_words (bench->db, id, "Ada", "Subject", "First line", &error));
  bench_add (bench, bench->inbox, 2000, other);
  wait_found (bench, "body:afterwards", 1);
  g_assert_cmpuint (count (bench, "body:meanwhile", &whole), ==, 2);
  /* And by its row, if that says something else. */
  g_assert_true (store_message_set_words (bench->db, id, "Ada", "다른 제목", "First line", &error));
  wait_found (bench, "subject:다른", 1);
}

/* ---- files ---- */

/* A program in place of the one that reads files: it notes the first octets of each, and takes its time. */
#define SLOW   "#!/bin/sh\nhead -c 8 >> '%s'\nexec sleep 3\n"
#define N_SLOW 12

static gboolean
is_any_found (gpointer data)
{
  gboolean whole;

  return count (data, "body:meanwhile", &whole) > 0;
}

/* Files that take long are not read to the last of them before anything is found. */
static void
test_slow_files (void)
{
  g_autofree char *real = g_strdup (g_getenv ("SOSIK_UNPACK"));
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *program = g_build_filename (bench->folder, "slow", NULL),
                  *log = g_build_filename (bench->folder, "slow.log", NULL),
                  *script = g_strdup_printf (SLOW, log);
  g_autofree char *read = NULL;
  guint n = 0;

  g_assert_true (g_file_set_contents (program, script, -1, NULL));
  g_assert_cmpint (g_chmod (program, 0700), ==, 0);
  g_setenv ("SOSIK_UNPACK", program, TRUE);
  for (guint i = 0; i < N_SLOW; i++) {
    g_autofree char *file = g_strdup_printf ("file%03u\n", i);
    g_autofree char *letter = make_report ("application/pdf", file, strlen (file), 8);

    bench_add (bench, bench->inbox, 1000 + i, letter);
  }
  wait_until (is_any_found, bench);
  g_assert_true (g_file_get_contents (log, &read, NULL, NULL));
  for (guint i = 0; i < N_SLOW; i++) {
    g_autofree char *file = g_strdup_printf ("file%03u\n", i);
    g_auto (GStrv) parts = g_strsplit (read, file, -1);

    g_assert_cmpuint (g_strv_length (parts), <, 8); /* one more than it was read */
    n += g_strv_length (parts) > 1;
  }
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (n, <, N_SLOW);
  bench_stop (bench);
  g_setenv ("SOSIK_UNPACK", real, TRUE);
  bench_restart (bench);
}

/* And one that waits for the first until that may go on, and takes no time once there has been enough of it. */
#define WAITING                                                                                    \
  "#!/bin/sh\nhead -c 8 >> '%s'\n[ -e '%s' ] && exit\nuntil [ -e '%s' ]; do sleep .1; done\n"      \
  "exec sleep 3\n"

static gboolean
is_all_taken (gpointer data)
{
  return mail_indexer_count_told (((Bench *)data)->engine->indexer) == 0;
}

static gboolean
is_begun (gpointer log)
{
  return g_file_test (log, G_FILE_TEST_EXISTS);
}

static gboolean
is_new_found (gpointer data)
{
  gboolean whole;

  return count (data, "body:anew", &whole) > 0;
}

/* Nor does what comes now wait for all that came together before, which is not forgotten for it. */
static void
test_new_first (void)
{
  g_autofree char *real = g_strdup (g_getenv ("SOSIK_UNPACK"));
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *program = g_build_filename (bench->folder, "slow", NULL),
                  *log = g_build_filename (bench->folder, "slow.log", NULL),
                  *go = g_build_filename (bench->folder, "go", NULL),
                  *enough = g_build_filename (bench->folder, "enough", NULL),
                  *script = g_strdup_printf (WAITING, log, enough, go);
  g_autofree char *plain = test_make_letter (PLAIN, "anew"), *read = NULL;
  guint n = 0;

  g_assert_true (g_file_set_contents (program, script, -1, NULL));
  g_assert_cmpint (g_chmod (program, 0700), ==, 0);
  wait_until (is_whole, bench);
  wait_until (is_all_taken, bench); /* folders that came: all would be listed */
  g_setenv ("SOSIK_UNPACK", program, TRUE);
  for (guint i = 0; i < N_SLOW; i++) {
    g_autofree char *file = g_strdup_printf ("file%03u\n", i);
    g_autofree char *letter = make_report ("application/pdf", file, strlen (file), 1);

    bench_add (bench, bench->inbox, 1000 + i, letter);
  }
  wait_until (is_begun, log);
  bench_add (bench, bench->inbox, 2000, plain);
  g_assert_true (g_file_set_contents (go, "", -1, NULL));
  wait_until (is_new_found, bench);
  g_assert_true (g_file_get_contents (log, &read, NULL, NULL));
  for (guint i = 0; i < N_SLOW; i++) {
    g_autofree char *file = g_strdup_printf ("file%03u\n", i);

    n += strstr (read, file) != NULL;
  }
  g_assert_cmpuint (n, <, N_SLOW);
  /* Which are done in the end, for all that. */
  g_assert_true (g_file_set_contents (enough, "", -1, NULL));
  wait_found (bench, "body:meanwhile", N_SLOW);
  bench_stop (bench);
  g_setenv ("SOSIK_UNPACK", real, TRUE);
  bench_restart (bench);
}

/* What is written in a PDF finds the message that brings it, named or not, and called something else, too; a damaged one is none of it, and keeps nobody up. */
static void
test_pdf (void)
{
  static const char *const types[] = { "application/pdf",
                                       "application/octet-stream; name=\"Fleet.PDF\"",
                                       "application/x-hwp; name=\"fleet.pdf\"",
                                       "application/octet-stream; name=\"fleet.bin\"" };
  g_autoptr (Bench) bench = bench_new_ready ();

  for (guint i = 0; i < 2 * G_N_ELEMENTS (types); i++) {
    g_autofree char *letter = make_report (types[i / 2], pdf, i % 2 == 0 ? strlen (pdf) : 60, 1);

    bench_add (bench, bench->inbox, 1000 + i, letter);
  }
  wait_found (bench, "body:\"see here\"", 8);
  wait_found (bench, "body:\"ships are\"", 3);
}

/* With this message attached; the boundary is none of those within. */
static char *
forward (const char *letter, const char *boundary)
{
  return g_strdup_printf ("From: Ada <ada@example.org>\r\nSubject: Forwarded\r\n"
                          "Content-Type: multipart/mixed; boundary=%s\r\n\r\n"
                          "--%s\r\nContent-Type: text/plain\r\n\r\nLook\r\n"
                          "--%s\r\nContent-Type: message/rfc822\r\n\r\n%s\r\n--%s--\r\n",
                          boundary, boundary, boundary, letter, boundary);
}

/* A file in a message that is attached, and in one that is attached to that. */
static void
test_file_within (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *letter = make_report ("application/pdf", pdf, strlen (pdf), 1);
  g_autofree char *once = forward (letter, "once"), *twice = forward (once, "twice");

  bench_add (bench, bench->inbox, 1000, once);
  bench_add (bench, bench->inbox, 2000, twice);
  wait_found (bench, "body:\"ships are\"", 2);
}

#ifdef SOSIK_OFFICE
/* A zip file with a word/document.xml: "Anchors a" and "weigh", two runs of one paragraph. */
static const char document[] =
    "UEsDBBQAAAAIAAAAIVgKGsBRbwAAAKEAAAARAAAAd29yZC9kb2N1bWVudC54bWyzsa/IzVEoSy0qzszPs1Uy1DNQUk"
    "jNS85PycxLt1UKDXHTtVCyt7Mpt0rJTy7NTc0rUQCqzyu2KrdVKlcCiSflp1SC6AIQUQQiSuwc85Iz8ouKFRJt9EFc"
    "EFmEJF2empmegSKlD9avDzNNH2GdHQBQSwECFAMUAAAACAAAACFYChrAUW8AAAChAAAAEQAAAAAAAAAAAAAAgAEAAA"
    "AAd29yZC9kb2N1bWVudC54bWxQSwUGAAAAAAEAAQA/AAAAngAAAAAA";

/* What is written in an office document, whatever the program that sent it knew of its kind; a damaged one is none. */
static void
test_office (void)
{
  static const char *const types[] = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/octet-stream; name=\"Fleet.DOCX\"",
    "application/msword; name=\"fleet.docx\"",
    "application/zip; name=\"fleet.zip\"",
  };
  g_autoptr (Bench) bench = bench_new_ready ();
  gsize length = 0;
  g_autofree guchar *file = g_base64_decode (document, &length);

  for (guint i = 0; i < 2 * G_N_ELEMENTS (types); i++) {
    g_autofree char *letter =
        make_report (types[i / 2], (const char *)file, i % 2 == 0 ? length : 20, 1);

    bench_add (bench, bench->inbox, 1000 + i, letter);
  }
  wait_found (bench, "body:\"see here\"", 8);
  wait_found (bench, "body:\"anchors aweigh\"", 3);
}

/* And in one of Hangul, which has been called many names. */
static void
test_hwp (void)
{
  static const char *const types[] = {
    "application/x-hwp; name=\"report.hwp\"",        "application/haansofthwp; name=\"report\"",
    "application/octet-stream; name=\"REPORT.HWP\"", "application/pdf; name=\"report.hwp\"",
    "application/zip; name=\"report.zip\"",
  };
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GBytes) bytes = hwp_maker_document (HWP_MAKER_PACKED, "모두 안녕하신지요", "");
  gsize length;
  const char *file = g_bytes_get_data (bytes, &length);

  for (guint i = 0; i < 2 * G_N_ELEMENTS (types); i++) {
    g_autofree char *letter = make_report (types[i / 2], file, i % 2 == 0 ? length : 600, 1);

    bench_add (bench, bench->inbox, 1000 + i, letter);
  }
  wait_found (bench, "body:\"see here\"", 10);
  wait_found (bench, "안녕", 4);
  wait_found (bench, "type:hwp", 6);
  wait_found (bench, "type:hwp 안녕", 3);
  wait_found (bench, "type:document filename:report", 6);
}
#endif

/* ---- what cannot be read or written ---- */

/* A file of message bytes that cannot be opened does not keep the other mail out of the index, nor its own rows. */
static void
test_unreadable (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *letter = test_make_letter (PLAIN, "Nothing");
  g_autofree char *index = g_build_filename (base_paths_get_data (bench->paths), "search.db", NULL);
  g_autofree char *log = g_strconcat (index, "-wal", NULL);
  g_autofree char *pack = NULL;
  g_autoptr (GError) error = NULL;

  bench_add (bench, bench->inbox, 1000, NULL);
  bench_add (bench, bench->inbox, 2000, letter);
  wait_found (bench, "body:nothing", 1);
  g_clear_pointer (&bench->engine->indexer, mail_indexer_free);
  pack = find_pack (bench->folder);
  g_assert_nonnull (pack);
  g_assert_cmpint (g_unlink (pack), ==, 0);
  g_assert_cmpint (symlink (pack, pack), ==, 0); /* for root, too */
  (void)g_unlink (log);
  g_assert_cmpint (g_unlink (index), ==, 0);
  store_db_free (bench->db); /* it has the one that is gone */
  bench->db = store_connect (bench->engine->store, &error);
  g_assert_no_error (error);
  bench->engine->indexer = mail_indexer_new (bench->engine->store, bench->engine->changes);
  wait_found (bench, "ada", 2);
  g_assert_cmpint (g_unlink (pack), ==, 0);
}

static StoreChange *
make_change (gint64 folder, gint64 id)
{
  StoreChange *change = g_new0 (StoreChange, 1);
  StoreFolderChange *part = g_new0 (StoreFolderChange, 1);
  GArray **all[] = { &part->added,         &part->changed,         &part->removed,
                     &part->threads_added, &part->threads_changed, &part->threads_removed };
  StoreKey key = STORE_KEY_MAKE (1000, id);

  g_atomic_ref_count_init (&change->ref_count);
  change->messages = g_ptr_array_new ();
  change->counts = g_array_new (FALSE, FALSE, sizeof (gint64));
  part->folder = folder;
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    *all[i] = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  g_array_append_val (part->changed, key);
  g_ptr_array_add (change->messages, part);
  return change;
}

/* Where nothing can be written for days, what happens meanwhile is not kept piece by piece. */
static void
test_bounded (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *index = g_build_filename (base_paths_get_data (bench->paths), "search.db", NULL);
  g_autofree char *letter = test_make_letter (PLAIN, "Nothing");
  StoreChange *change = make_change (mail_folder_get_id (bench->inbox), 1);
  StoreFolderChange *part = change->messages->pdata[0];

  bench_stop (bench);
  (void)g_unlink (index);
  g_assert_cmpint (g_mkdir (index, 0700), ==, 0);
  bench_restart (bench);
  for (guint i = 0; i < 10000; i++)
    mail_indexer_note (bench->engine->indexer, change);
  g_assert_cmpuint (mail_indexer_count_told (bench->engine->indexer), <, 5000);
  bench_add (bench, bench->inbox, 1000, letter);
  bench_stop (bench);
  g_assert_cmpint (g_rmdir (index), ==, 0);
  bench_restart (bench);
  wait_found (bench, "body:nothing", 1);
  g_array_unref (part->added);
  g_array_unref (part->changed);
  g_array_unref (part->removed);
  g_array_unref (part->threads_added);
  g_array_unref (part->threads_changed);
  g_array_unref (part->threads_removed);
  g_free (part);
  g_ptr_array_unref (change->messages);
  g_array_unref (change->counts);
  g_free (change);
}

void
add_reindex_tests (void)
{
  g_test_add_func ("/mail/reindex/damage", test_damage);
  g_test_add_func ("/mail/reindex/charset", test_charset);
  g_test_add_func ("/mail/reindex/last-words", test_last_words);
  g_test_add_func ("/mail/reindex/charset-at-the-end", test_charset_at_the_end);
  g_test_add_func ("/mail/reindex/charset-without-bytes", test_charset_without_bytes);
  g_test_add_func ("/mail/reindex/pdf", test_pdf);
  g_test_add_func ("/mail/reindex/file-within", test_file_within);
#ifdef SOSIK_OFFICE
  g_test_add_func ("/mail/reindex/office", test_office);
  g_test_add_func ("/mail/reindex/hwp", test_hwp);
#endif
  g_test_add_func ("/mail/reindex/slow-files", test_slow_files);
  g_test_add_func ("/mail/reindex/new-first", test_new_first);
  g_test_add_func ("/mail/reindex/unreadable", test_unreadable);
  g_test_add_func ("/mail/reindex/bounded", test_bounded);
}
