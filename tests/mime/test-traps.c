/* The traps of GMime 3.2.13 that are known: two calls that never return, and bytes that are lost.  Each has at most one second of work, or the
 * program ends. */
#include "test-mime.h"

#include <string.h>
#include <sys/time.h>

#include "mime-build.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SECONDS 8
#else
#define SECONDS 1
#endif

/* Of work of this process: others may be busy, too. */
static void
limit (int seconds)
{
  const struct itimerval timer = { .it_value = { .tv_sec = seconds } };

  g_assert_cmpint (setitimer (ITIMER_VIRTUAL, &timer, NULL), ==, 0);
}

static MimeMessage *
read_text (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return mime_message_new (bytes);
}

/* g_mime_multipart_get_boundary () of a part that has a parameter with a name of 70 to 72 bytes and a value that is not ASCII: with a boundary
 * behind it, before it, and without one, which has to be guessed. */
static void
test_boundary (void)
{
  static const char *const forms[] = { "; %s=\"안녕하세요\"; boundary=b",
                                       "; boundary=b; %s=\"안녕하세요\"", "; %s=\"안녕하세요\"" };

  for (guint length = 69; length <= 73; length++) {
    g_autofree char *name = g_strnfill (length, 'n');

    for (gsize i = 0; i < G_N_ELEMENTS (forms); i++) {
      g_autofree char *params = g_strdup_printf (forms[i], name);
      g_autofree char *text = g_strdup_printf ("Content-Type: multipart/mixed%s\r\n\r\n"
                                               "--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n",
                                               params);
      g_autofree char *guessed =
          g_strdup_printf ("Content-Type: multipart/mixed%s\r\n\r\n"
                           "--bnd\r\n\r\none\r\n--bnd\r\n\r\ntwo\r\n--bnd--\r\n",
                           params);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (MimeMessage) message = NULL;
      g_autoptr (MimeSummary) summary = NULL;

      limit (SECONDS);
      message = read_text (i == 2 ? guessed : text);
      g_assert_cmpuint (mime_message_get_parts (message)->len, ==, 2);
      g_assert_cmpstr (mime_message_get_text (message), ==, "one\n\ntwo");
      bytes = g_bytes_new (text, strlen (text));
      summary = mime_summary_from_message (bytes);
      g_assert_nonnull (summary->preview);
      limit (0);
    }
  }
}

/* g_mime_content_type_encode () of such a part: read, named, taken into a mail of ours, and that read again. */
static void
test_content_type (void)
{
  for (guint length = 69; length <= 73; length++) {
    g_autofree char *name = g_strnfill (length, 'n');
    g_autofree char *type = g_strdup_printf ("application/pdf; %s=\"안녕하세요\"", name);
    g_autofree char *text = g_strdup_printf ("Content-Type: %s; name=a.pdf\r\n\r\npdf", type);
    g_autoptr (MimeMessage) message = NULL, again = NULL;
    g_autoptr (MimeDraft) draft = mime_draft_new ();
    g_autoptr (GBytes) content = NULL, bytes = NULL;
    const MimePart *part;

    limit (SECONDS);
    message = read_text (text);
    part = mime_message_get_parts (message)->pdata[0];
    g_assert_cmpstr (part->name, ==, "a.pdf");
    content = mime_message_get_part_content (message, 0);
    draft->from_address = g_strdup ("a@b.example");
    draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_attachment_free);
    g_ptr_array_add (draft->attachments,
                     mime_attachment_new (part->name, part->content_type, content));
    g_ptr_array_add (draft->attachments, mime_attachment_new (name, type, content));
    bytes = mime_build (draft, NULL);
    g_assert_nonnull (bytes);
    again = mime_message_new (bytes);
    g_assert_cmpuint (mime_message_get_parts (again)->len, ==, 3);
    limit (0);
  }
}

/* Base64 that was put together from pieces: GMime stops at the first padding. */
static void
test_base64 (void)
{
  static const char *const bodies[] = { "aGVsbG8=\r\nd29ybGQ=\r\n",
                                        "aGVsbG8=d29ybGQ=", "aGVsbA==\r\nbw==\r\nd29ybGQ",
                                        "aGVsbG8\r\n=\r\nd29ybGQ=" };

  limit (SECONDS);
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++) {
    g_autofree char *text = g_strdup_printf (
        "Content-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n%s",
        bodies[i]);
    g_autofree char *plain = g_strdup_printf (
        "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n%s", bodies[i]);
    g_autoptr (MimeMessage) file = read_text (text), letter = read_text (plain);
    g_autoptr (GBytes) content = mime_message_get_part_content (file, 0);

    g_assert_cmpmem (g_bytes_get_data (content, NULL), g_bytes_get_size (content), "helloworld",
                     10);
    g_assert_cmpstr (mime_message_get_text (letter), ==, "helloworld");
  }
  limit (0);
}

/* Encoded-words without padding, and neighbours of which each has its own: GMime drops the last octets. */
static void
test_words (void)
{
  static const struct
  {
    const char *subject, *expected;
  } cases[] = {
    { "=?utf-8?B?aGVsbG8?=", "hello" },
    { "=?utf-8?B?aGVsbA?=", "hell" },
    { "=?utf-8?B?aGVsbG8=?= =?utf-8?B?d29ybGQ=?=", "helloworld" },
    { "=?utf-8?B?aGVsbG8?=\r\n =?utf-8?B?d29ybGQ?=", "helloworld" },
    /* a syllable that is cut in two */
    { "=?euc-kr?B?vg==?=\r\n =?euc-kr?B?yLPn?=", "안녕" },
    { "=?euc-kr?B?vsiz5w?=", "안녕" },
  };

  limit (SECONDS);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strdup_printf ("Subject: %s\r\n\r\n", cases[i].subject);
    g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
    g_autoptr (MimeMessage) message = mime_message_new (bytes);
    g_autoptr (MimeSummary) summary = mime_summary_from_header (bytes);
    g_autofree char *subject = mime_message_get_header (message, "Subject");

    g_assert_cmpstr (subject, ==, cases[i].expected);
    g_assert_cmpstr (summary->subject, ==, cases[i].expected);
  }
  limit (0);
}

void
test_traps_add (void)
{
  g_test_add_func ("/mime/traps/boundary", test_boundary);
  g_test_add_func ("/mime/traps/content-type", test_content_type);
  g_test_add_func ("/mime/traps/base64", test_base64);
  g_test_add_func ("/mime/traps/words", test_words);
}
