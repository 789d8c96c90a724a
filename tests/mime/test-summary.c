/* List rows: the fast path says what the reader says. */
#include "test-mime.h"

#include <string.h>

#include "mime-structure-private.h"

static MimeSummary *
summary (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return mime_summary_from_message (bytes);
}

static void
test_fields (void)
{
  g_autoptr (MimeSummary) row = summary (
      "Received: x\r\nFrom: =?utf-8?B?7ZmN6ri464+Z?= <hong@example.org>\r\nTo: \"A, B\" <a@b.example>, c@d.example\r\n"
      "Subject: =?utf-8?B?7JWI64WV?=\r\n =?utf-8?B?7ZWY?=  two\r\nDate: Wed, 01 Jul 2026 09:44:25 +0900\r\n"
      "Message-ID: <1@x>\r\nIn-Reply-To: <0@x> (mail of yesterday)\r\nReferences: <a@x>\r\n <0@x>\r\n\r\n> quoted\r\n\r\n"
      "First   line.\r\nSecond.\r\n-- \r\nsig\r\n");

  g_assert_cmpstr (row->from_name, ==, "홍길동");
  g_assert_cmpstr (row->from_address, ==, "hong@example.org");
  g_assert_cmpstr (row->to, ==, "A, B, c@d.example");
  g_assert_cmpstr (row->subject, ==, "안녕하 two");
  g_assert_cmpstr (row->message_id, ==, "<1@x>");
  g_assert_cmpstr (row->in_reply_to, ==, "<0@x>");
  g_assert_cmpstr (row->references, ==, "<a@x> <0@x>");
  g_assert_cmpint (row->date, ==, 1782866665);
  g_assert_cmpstr (row->preview, ==, "First line. Second.");
  g_assert_false (row->has_attachments);
}

static void
test_empty (void)
{
  g_autoptr (MimeSummary) row = summary ("");
  g_autoptr (MimeSummary) sender = summary ("Sender: b@example.org\r\nFrom: \r\n\r\n");
  g_autoptr (GBytes) header =
      TEST_BYTES ("Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n");
  g_autoptr (MimeSummary) block = mime_summary_from_header (header);

  g_assert_cmpstr (row->from_name, ==, "");
  g_assert_cmpstr (row->from_address, ==, "");
  g_assert_cmpstr (row->subject, ==, "");
  g_assert_null (row->message_id);
  g_assert_cmpint (row->date, ==, 0);
  g_assert_cmpstr (row->preview, ==, "");
  g_assert_cmpstr (sender->from_address, ==, "b@example.org");
  g_assert_cmpstr (block->subject, ==, "x");
  g_assert_null (block->preview);
  g_assert_true (block->has_attachments);
}

static void
check_preview (const char *text, const char *expected, gboolean attachments)
{
  g_autoptr (MimeSummary) row = summary (text);

  g_assert_cmpstr (row->preview, ==, expected);
  g_assert_cmpint (row->has_attachments, ==, attachments);
}

static void
test_preview (void)
{
  g_autoptr (GString) styled = g_string_new (
      "Content-Type: text/html; charset=utf-8\r\n\r\n<html><head><title>t</title><style>");

  check_preview (
      "Content-Type: text/html\r\n\r\n<!-- x --><style>p{a:b}</style><p>Tom &amp; Jerry&nbsp;&#8217;s &lt;b&gt;<br>two <b>bo</b>ld",
      "Tom & Jerry ’s <b> two bold", FALSE);
  check_preview ("\r\n> only\r\n> quotes\r\n", "> only > quotes", FALSE);
  check_preview (
      "Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\n\r\n \r\n--a\r\nContent-Type: text/html\r\n\r\n<p>rich</p>\r\n--a--",
      "rich", FALSE);
  check_preview (
      "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nhello\r\n--a\r\nContent-Type: application/pdf\r\n\r\nxx\r\n--a--",
      "hello", TRUE);
  check_preview (
      "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nhello\r\n--a\r\n\r\nfooter\r\n--a--",
      "hello", FALSE);
  check_preview (
      "Content-Type: multipart/related; boundary=a\r\n\r\n--a\r\nContent-Type: text/html\r\n\r\nhello\r\n--a\r\nContent-Type: image/png\r\n\r\nxx\r\n--a--",
      "hello", FALSE);
  check_preview (
      "Content-Type: multipart/signed; boundary=a\r\n\r\n--a\r\n\r\nhello\r\n--a\r\nContent-Type: application/pgp-signature\r\n\r\nxx\r\n--a--",
      "hello", FALSE);
  for (int i = 0; i < 5000; i++)
    g_string_append (styled, "p.c { color: red }\r\n");
  g_string_append (styled, "</style></head><body><p>after a long style</body>");
  check_preview (styled->str, "after a long style", FALSE);
}

static void
test_start (void)
{
  g_autoptr (GBytes) header =
      TEST_BYTES ("Subject: s\r\nContent-Type: multipart/alternative; boundary=\"b\"\r\n\r\n");
  g_autoptr (GBytes) text = TEST_BYTES (
      "--b\r\nContent-Type: text/plain; charset=euc-kr\r\nContent-Transfer-Encoding: base64\r\n\r\n"
      "vsiz58fPvLy/5C4gyLjAx7fP");
  g_autoptr (MimeSummary) row = mime_summary_from_start (header, text);
  g_autoptr (GBytes) long_body = NULL;
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (MimeSummary) cut = NULL;

  g_assert_cmpstr (row->subject, ==, "s");
  g_assert_cmpstr (row->preview, ==, "안녕하세요. 회의록");
  /* cut inside of a character: the words before it stay right */
  for (int i = 0; i < 90; i++)
    g_string_append (all, "가나다 ");
  g_string_truncate (all, all->len - 3);
  long_body = g_bytes_new (all->str, all->len);
  g_clear_pointer (&header, g_bytes_unref);
  header = TEST_BYTES ("Subject: s\r\nContent-Type: text/plain; charset=utf-8\r\n");
  cut = mime_summary_from_start (header, long_body);
  g_assert_true (g_str_has_prefix (cut->preview, "가나다 가나다 "));
  g_assert_cmpint (g_utf8_strlen (cut->preview, -1), <=, 200);
}

/* Without GMime a header reads as with it, whatever it looks like. */
static void
test_plain_header (void)
{
  static const char *const headers[] = {
    "From: A <a@x.example>\r\nTo: b@x.example, C <c@x.example>\r\nSubject: s\r\nDate: Wed, 01 Jul 2026 09:44:25 "
    "+0900\r\nMessage-ID: <1@x>\r\nIn-Reply-To: <0@x>\r\nReferences: <a@x>\r\n\t<0@x>\r\n\r\n",
    "FROM:a@x.example\r\nsubject:\r\n folded\r\n\tthrice\r\nMessage-Id:\r\n <1@x>\r\n",
    "From: =?utf-8?B?7ZmN6ri464+Z?= <h@x.example>\r\nSubject: =?euc-kr?B?vsiz5w==?=\r\n =?euc-kr?B?x8+8vA==?=\r\n\r\n",
    "Subject: \xbe\xc8\xb3\xe7\r\nContent-Type: text/plain; charset=euc-kr\r\n\r\n",
    "Subject: one\r\nSubject: two\r\nFrom: a@x.example\r\nFrom: b@x.example\r\n\r\n",
    "Subject : blank before\r\nFrom: a@x.example\r\n\r\n",
    "From a@x.example Wed Jul  1 09:44:25 2026\r\nFrom: a@x.example\r\nSubject: mbox\r\n\r\n",
    "no colon at all\r\nSubject: s\r\n\r\n",
    " begins with a fold\r\nSubject: s\r\n\r\n",
    "Subject: only LF\nFrom: a@x.example\n folded\n\nbody: not a field\n",
    "Subject: no end",
    "",
    "\r\n",
    "Sender: s@x.example\r\nFrom:\r\nX_Odd-1: x\r\n\r\n",
    "Content-Type: multipart/mixed; boundary=b\r\nSubject: m\r\n\r\n",
    "Content-Type: MULTIPART/Mixed;\r\n boundary=\"b\"\r\n\r\n",
    "Content-Type: (odd) multipart/mixed; boundary=b\r\n\r\n",
    "Content-Type: multipart/mixedly; boundary=b\r\n\r\n",
    "Content-Type: multipart/mixed\r\n\r\n",
    "Date: nonsense\r\nReferences: none here\r\nTo: undisclosed-recipients:;\r\n\r\n",
    "Subject: trailing blanks   \r\nTo:   \r\n\r\n",
    ": no name\r\nSubject: s\r\n\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++) {
    g_autoptr (GBytes) header = g_bytes_new_static (headers[i], strlen (headers[i]));
    g_autoptr (MimeSummary) plain = mime_summary_from_header (header);
    g_autoptr (MimeSummary) whole = mime_summary_from_header_by_gmime (header);

    g_test_message ("%s", headers[i]);
    g_assert_cmpstr (plain->from_name, ==, whole->from_name);
    g_assert_cmpstr (plain->from_address, ==, whole->from_address);
    g_assert_cmpstr (plain->to, ==, whole->to);
    g_assert_cmpstr (plain->subject, ==, whole->subject);
    g_assert_cmpint (plain->date, ==, whole->date);
    g_assert_cmpstr (plain->message_id, ==, whole->message_id);
    g_assert_cmpstr (plain->in_reply_to, ==, whole->in_reply_to);
    g_assert_cmpstr (plain->references, ==, whole->references);
    g_assert_cmpint (plain->has_attachments, ==, whole->has_attachments);
  }
}

static char *
describe_people (guint n)
{
  static const char *const forms[] = {
    "From: \"Kim, %u\" <kim%u@lab.test>\r\nTo: A%u <a@x.test>, b%u@x.test\r\n\r\n",
    "From: n%u\r\nSender: s%u@x.test\r\nTo: %u%u;\r\n\r\n",
    "From: =?utf-8?q?=EA=B9=80?= %u <%u@x.test>\r\nTo: g%u%u: a@b.test;\r\n\r\n",
    "Subject: %u %u %u %u\r\n\r\n",
  };
  g_autofree char *header = g_strdup_printf (forms[n % 4], n, n, n, n);
  g_autoptr (GBytes) bytes = g_bytes_new (header, strlen (header));
  g_autoptr (MimeSummary) summary = mime_summary_from_header (bytes);

  return g_strdup_printf ("%s|%s|%s", summary->from_name, summary->from_address, summary->to);
}

static gpointer
describe_afresh (gpointer n)
{
  return describe_people (GPOINTER_TO_UINT (n));
}

/* The people of earlier messages are remembered, each thread for itself: whoever comes again is the same, and nobody else. */
static void
test_people_again (void)
{
  for (guint round = 0; round < 3; round++) {
    for (guint n = 0; n < 400; n += round + 1) {
      g_autofree char *now = describe_people (n), *again = describe_people (n);
      g_autofree char *fresh =
          g_thread_join (g_thread_new (NULL, describe_afresh, GUINT_TO_POINTER (n)));

      g_assert_cmpstr (now, ==, fresh);
      g_assert_cmpstr (again, ==, fresh);
    }
  }
}

void
test_summary_add (void)
{
  g_test_add_func ("/mime/summary/fields", test_fields);
  g_test_add_func ("/mime/summary/empty", test_empty);
  g_test_add_func ("/mime/summary/people-again", test_people_again);
  g_test_add_func ("/mime/summary/preview", test_preview);
  g_test_add_func ("/mime/summary/start", test_start);
  g_test_add_func ("/mime/summary/plain-header", test_plain_header);
}
