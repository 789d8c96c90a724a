/* Messages made to take long: each must be read within a second or so per megabyte.  An alarm ends what hangs. */
#include "test-mime.h"

#include <string.h>
#include <unistd.h>

#include "mime-build.h"
#include "mime-html.h"

#define SECONDS                                                                                    \
  20 /* far above what is expected, so that a slow or instrumented machine passes and a hang does not */

/* Everything the program does with a message. */
static guint
read_all (const char *data, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, length);
  g_autoptr (MimeMessage) message = NULL;
  g_autoptr (MimeSummary) summary = NULL, header = NULL;
  g_autoptr (GPtrArray) to = NULL;
  g_autofree char *html = NULL, *subject = NULL;
  guint parts;
  gint64 start = g_get_monotonic_time (), spent;

  alarm (SECONDS);
  summary = mime_summary_from_message (bytes);
  header = mime_summary_from_header (bytes);
  message = mime_message_new (bytes);
  subject = mime_message_get_header (message, "Subject");
  to = mime_message_get_addresses (message, "To");
  mime_message_get_text (message);
  html = mime_message_get_clean_html (message, FALSE, NULL);
  parts = mime_message_get_parts (message)->len;
  alarm (0);
  spent = g_get_monotonic_time () - start;
  g_test_message ("%" G_GSIZE_FORMAT " octets, %u parts: %.0f ms", length, parts,
                  (double)spent / 1000.0);
  return parts;
}

static void
append_repeated (GString *out, const char *piece, guint count)
{
  for (guint i = 0; i < count; i++)
    g_string_append (out, piece);
}

static void
test_structure (void)
{
  g_autoptr (GString) many = g_string_new ("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
  g_autoptr (GString) deep = g_string_new (NULL), fields = g_string_new ("Subject: x\r\n"),
                      naked = g_string_new (many->str);
  g_autoptr (GString) dashes = g_string_new (NULL), unnamed = g_string_new (many->str);

  append_repeated (many, "--b\r\n\r\nx\r\n", 100000);
  g_assert_cmpuint (read_all (many->str, many->len), ==, 100000);
  for (int i = 0; i < 1000; i++)
    g_string_append_printf (deep, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i,
                            i);
  g_string_append (deep, "\r\nx\r\n");
  g_string_append_len (dashes, deep->str, (gssize)deep->len);
  read_all (deep->str, deep->len);
  append_repeated (dashes, "--b\r\n", 100000);
  read_all (dashes->str, dashes->len);
  append_repeated (naked, "--b\r\nA: b\r\n", 50000);
  read_all (naked->str, naked->len);
  append_repeated (unnamed, "--b\r\nContent-Type: multipart/mixed\r\n\r\n", 20000);
  read_all (unnamed->str, unnamed->len);
  append_repeated (fields, "X-Long: header line with some words in it\r\n", 25000);
  read_all (fields->str, fields->len);
}

static gpointer
read_in_worker (gpointer text)
{
  GString *message = text;

  read_all (message->str, message->len);
  return NULL;
}

/* GMime's parser recurses into parts and into groups of addresses: neither may use up the stack of a worker. */
static void
test_recursion (void)
{
  g_autoptr (GString) parts = g_string_new (NULL), groups = g_string_new ("To: "),
                      messages = g_string_new (NULL);

  for (int i = 0; i < 5000; i++)
    g_string_append_printf (parts, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n",
                            i, i);
  append_repeated (groups, "a:", 150000);
  g_string_append (groups, "\r\nFrom: b:b:b:x@y.example;;;\r\n\r\nbody");
  append_repeated (messages, "Content-Type: message/rfc822\r\n\r\n", 20000);
  g_thread_join (g_thread_new ("parts", read_in_worker, parts));
  g_thread_join (g_thread_new ("groups", read_in_worker, groups));
  g_thread_join (g_thread_new ("messages", read_in_worker, messages));
}

/* More parts, fields and lines than any mail has: read so far that memory lasts, and what stands at the start is there. */
static void
test_too_many (void)
{
  static const char *const pieces[] = { "--b\n\nx\n", "A:b\n", "--\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++) {
    g_autoptr (GString) text = g_string_new ("Subject: first\r\n");
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (MimeSummary) summary = NULL;

    g_string_append (text, "Content-Type: multipart/mixed; boundary=b\r\n");
    if (i != 1)
      g_string_append (text, "\r\n--b\r\n\r\n");
    append_repeated (text, pieces[i], 200000);
    g_string_append (text, "\n--b\n\nthe end\n--b--\n");
    bytes = g_bytes_new_static (text->str, text->len);
    alarm (SECONDS);
    summary = mime_summary_from_message (bytes);
    alarm (0);
    g_assert_cmpstr (summary->subject, ==, "first");
  }
  /* Lines that only look so are all read. */
  {
    g_autoptr (GString) text = g_string_new (
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsql\r\n--b\r\n\r\n");
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (MimeMessage) message = NULL;

    append_repeated (text, "-- a: b\n", 200000);
    g_string_append (text, "--b\n\nthe end\n--b--\n");
    bytes = g_bytes_new_static (text->str, text->len);
    message = mime_message_new (bytes);
    g_assert_cmpuint (mime_message_get_parts (message)->len, ==, 3);
    g_assert_true (g_str_has_suffix (mime_message_get_text (message), "\n\nthe end"));
  }
}

static void
check_field (const char *name, const char *piece, guint count)
{
  g_autoptr (GString) text = g_string_new (name);

  append_repeated (text, piece, count);
  g_string_append (text, "\r\n\r\nbody");
  read_all (text->str, text->len);
}

static void
test_headers (void)
{
  check_field ("Subject: ", "a", 500000);
  check_field ("Subject: ", "=?utf-8?Q?", 50000);
  check_field ("Subject: ", "=?utf-8?B?7JWI?= ", 30000);
  check_field ("Subject: ", "=?", 250000);
  check_field ("Subject: ", "\xbe\xc8", 150000);
  check_field ("Subject: x", "\r\n a", 150000);
  check_field ("To: ", "a@b.example, ", 40000);
  check_field ("To: ", "<\"", 150000);
  check_field ("To: ", "((", 150000);
  check_field ("To: ", "\"\\", 150000);
  check_field ("To: ", "a:", 150000);
  check_field ("References: ", "<a@b> ", 75000);
  check_field ("References: ", "<", 500000);
  check_field ("Content-Type: text/plain", "; a=b", 100000);
  check_field ("Content-Type: text/plain", "; charset*1*=b", 35000);
  check_field ("Content-Type: multipart/mixed; boundary=\"", "\\\"", 150000);
  check_field ("Date: ", "1", 500000);
}

/* GMime 3.2.13 never returns from encoding these. */
static void
test_gmime_hangs (void)
{
  for (guint length = 68; length <= 74; length++) {
    g_autofree char *name = g_strnfill (length, 'n');
    g_autofree char *text = g_strdup_printf (
        "Content-Type: multipart/mixed; %s=\"안녕하세요\"; boundary=b\r\n"
        "Content-Disposition: attachment; %s=\"안녕하세요\"\r\n\r\n--b\r\n"
        "Content-Type: text/plain; %s*=utf-8''%%EC%%95%%88; %s=\"\xbe\xc8\"\r\n\r\nx\r\n--b--\r\n",
        name, name, name, name);

    g_assert_cmpuint (read_all (text, strlen (text)), ==, 1);
  }
  /* and what we write ourselves */
  {
    g_autoptr (MimeDraft) draft = mime_draft_new ();
    g_autoptr (GBytes) content = TEST_BYTES ("x"), bytes = NULL;

    alarm (SECONDS);
    draft->from_address = g_strdup ("a@b.example");
    draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_attachment_free);
    for (guint length = 1; length < 120; length++) {
      g_autofree char *name = g_strnfill (length, 'n'),
                      *full = g_strconcat (name, "안녕.txt", NULL);

      g_ptr_array_add (draft->attachments, mime_attachment_new (full, "text/plain", content));
    }
    bytes = mime_build (draft, NULL);
    g_assert_nonnull (bytes);
    g_assert_cmpuint (read_all (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)), ==, 120);
    alarm (0);
  }
}

static void
check_html (const char *start, const char *piece, guint count, const char *end_piece,
            guint end_count)
{
  g_autoptr (GString) html = g_string_new (start);
  g_autofree char *clean = NULL, *twice = NULL, *text = NULL;
  gint64 begin = g_get_monotonic_time ();

  append_repeated (html, piece, count);
  append_repeated (html, end_piece, end_count);
  alarm (SECONDS);
  clean = mime_html_clean (html->str, FALSE, NULL, NULL, NULL);
  text = mime_html_to_text (html->str);
  g_test_message ("%s…%s %" G_GSIZE_FORMAT " octets: %.0f ms", piece, end_piece, html->len,
                  (double)(g_get_monotonic_time () - begin) / 1000.0);
  twice = mime_html_clean (clean, FALSE, NULL, NULL, NULL);
  alarm (0);
  g_assert_cmpstr (clean, ==, twice);
}

static void
test_html (void)
{
  check_html ("", "<b>", 50000, "", 0);
  check_html ("", "<b>", 50000, "</i>", 50000);
  check_html ("", "<div>", 50000, "</div>", 50000);
  check_html ("", "<b><div>", 25000, "</b>", 25000);
  check_html ("", "<table><tr><td>", 15000, "x", 1);
  check_html ("", "<blockquote>", 25000, "deep", 1);
  check_html ("", "<body a=b>", 25000, "<html c=d>", 10000);
  check_html ("<p ", "a1 ", 100000, ">", 1);
  check_html ("<p ", "a='b' ", 50000, ">", 1);
  check_html ("<p ", "'", 150000, ">", 1);
  check_html ("", "<", 250000, "", 0);
  check_html ("", "<!--", 100000, "", 0);
  check_html ("", "<a href=\"", 50000, "", 0);
  check_html ("", "&", 150000, "&amp", 5000);
  check_html ("<style>", "{", 100000, "}", 50000);
  check_html ("<style>", "@media x{", 25000, "a{color:red}", 1);
  check_html ("<style>", "a{color:red}", 25000, "", 0);
  check_html ("<style>", "/*", 100000, "", 0);
  check_html ("<style>", "(", 100000, "", 0);
  check_html ("<p style='", "color:red;", 25000, "'>x", 1);
  check_html ("", "<ul><li>", 25000, "x", 1);
  check_html ("", "<p>unclosed ", 25000, "", 0);
  check_html ("", "<script>", 25000, "</script>", 1);
  check_html ("", "</p>", 50000, "", 0);
}

/* What lies beyond the nesting limit is flattened, not lost. */
static void
test_deep_text_stays (void)
{
  g_autoptr (GString) html = g_string_new (NULL);
  g_autofree char *clean = NULL, *text = NULL;

  append_repeated (html, "<b>", 5000);
  g_string_append (html, "needle <a href='https://x.example/'>link</a>");
  append_repeated (html, "</b>", 5000);
  append_repeated (html, "<p><font>unclosed", 2000);
  g_string_append (html, "<p>the very end");
  clean = mime_html_clean (html->str, FALSE, NULL, NULL, NULL);
  text = mime_html_to_text (html->str);
  g_assert_nonnull (strstr (clean, "needle"));
  g_assert_nonnull (strstr (clean, "the very end"));
  g_assert_nonnull (strstr (text, "needle"));
  g_assert_nonnull (strstr (text, "the very end"));
}

static void
test_big_body (void)
{
  const gsize size = 50 * 1024 * 1024;
  g_autofree char *content = g_malloc (size);
  g_autoptr (MimeDraft) draft = mime_draft_new ();
  g_autoptr (GBytes) raw = NULL, bytes = NULL, back = NULL;
  g_autoptr (MimeMessage) message = NULL;
  g_autoptr (MimeSummary) summary = NULL;
  gint64 start = g_get_monotonic_time ();

  for (gsize i = 0; i < size; i++)
    content[i] = (char)(i * 31 + (i >> 8));
  raw = g_bytes_new_static (content, size);
  draft->from_address = g_strdup ("a@b.example");
  draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_attachment_free);
  g_ptr_array_add (draft->attachments, mime_attachment_new ("big.bin", NULL, raw));
  alarm (SECONDS * 2);
  bytes = mime_build (draft, NULL);
  g_test_message ("built after %.0f ms", (double)(g_get_monotonic_time () - start) / 1000.0);
  start = g_get_monotonic_time ();
  summary = mime_summary_from_message (bytes);
  g_assert_true (summary->has_attachments);
  g_test_message ("summary %.0f ms", (double)(g_get_monotonic_time () - start) / 1000.0);
  message = mime_message_new (bytes);
  g_assert_cmpuint (((MimePart *)mime_message_get_parts (message)->pdata[1])->size, ==, size);
  back = mime_message_get_part_content (message, 1);
  g_assert_true (g_bytes_equal (back, raw));
  g_test_message ("read after %.0f ms", (double)(g_get_monotonic_time () - start) / 1000.0);
  alarm (0);
}

static void
test_big_text (void)
{
  g_autoptr (GString) text = g_string_new ("Content-Type: text/plain; charset=euc-kr\r\n\r\n");

  while (text->len < 10 * 1024 * 1024)
    g_string_append (text, "\xbe\xc8\xb3\xe7 hello \xc7\xd1\xb1\xdb line of text\r\n");
  read_all (text->str, text->len);
}

static gpointer
read_in_thread (G_GNUC_UNUSED gpointer data)
{
  for (int i = 0; i < 30; i++) {
    g_autoptr (GBytes) bytes =
        TEST_BYTES ("Subject: =?euc-kr?B?vsiz5w==?=\r\nDate: 1 Jul 2026 00:00:00 +0000\r\n"
                    "Content-Type: text/html\r\n\r\n<p>x</p>");
    g_autoptr (MimeMessage) message = mime_message_new (bytes);
    g_autofree char *html = mime_message_get_clean_html (message, FALSE, NULL);

    g_assert_nonnull (strstr (html, "<p>x</p>"));
    g_assert_cmpint (mime_message_get_date (message), >, 0);
  }
  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[8];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_in_thread, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

void
test_hostile_add (void)
{
  g_test_add_func ("/mime/hostile/threads", test_threads);
  g_test_add_func ("/mime/hostile/structure", test_structure);
  g_test_add_func ("/mime/hostile/recursion", test_recursion);
  g_test_add_func ("/mime/hostile/too-many", test_too_many);
  g_test_add_func ("/mime/hostile/headers", test_headers);
  g_test_add_func ("/mime/hostile/gmime-hangs", test_gmime_hangs);
  g_test_add_func ("/mime/hostile/html", test_html);
  g_test_add_func ("/mime/hostile/deep-text-stays", test_deep_text_stays);
  g_test_add_func ("/mime/hostile/big-text", test_big_text);
  g_test_add_func ("/mime/hostile/big-body", test_big_body);
}
