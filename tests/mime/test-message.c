/* Reading: what is shown, what is a file, names, encodings. */
#include "test-mime.h"

#include <string.h>

#include "mime-text-private.h"

static const MimePart *
part_at (MimeMessage *message, guint index)
{
  GPtrArray *parts = mime_message_get_parts (message);

  g_assert_cmpuint (index, <, parts->len);
  return g_ptr_array_index (parts, index);
}

static MimeMessage *
parse (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return mime_message_new (bytes);
}

static void
test_korean (void)
{
  g_autoptr (GBytes) bytes =
      test_message ("From: =?ks_c_5601-1987?B?yKux5rW/?= <hong@example.org>\r\n"
                    "Subject: =?ks_c_5601-1987?B?jGO55rCix88=?=\r\n"
                    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"ks_c_5601-1987\"\r\n"
                    "Content-Transfer-Encoding: 8bit\r\n",
                    test_encode ("똠방각하께.\r\n회의록입니다.\r\n", "CP949"));
  g_autoptr (MimeMessage) message = mime_message_new (bytes);
  g_autofree char *subject = mime_message_get_header (message, "Subject");
  g_autoptr (GPtrArray) from = mime_message_get_addresses (message, "From");
  const MimeAddress *address = g_ptr_array_index (from, 0);

  g_assert_cmpstr (subject, ==, "똠방각하");
  g_assert_cmpstr (mime_message_get_text (message), ==, "똠방각하께.\n회의록입니다.\n");
  g_assert_cmpstr (address->name, ==, "홍길동");
  g_assert_cmpstr (address->address, ==, "hong@example.org");
  g_assert_null (mime_message_get_html (message));
}

static void
test_iso_2022_kr (void)
{
  g_autoptr (GBytes) bytes =
      test_message ("Subject: x\r\nContent-Type: text/plain; charset=iso-2022-kr\r\n",
                    test_encode ("가나다\n라마바\n", "ISO-2022-KR"));
  g_autoptr (MimeMessage) message = mime_message_new (bytes);

  g_assert_cmpstr (mime_message_get_text (message), ==, "가나다\n라마바\n");
}

static void
test_raw_headers (void)
{
  g_autoptr (GBytes) bytes =
      test_encode ("From: 홍길동 <hong@example.org>\r\nTo: \"김, 철수\" <kim@example.org>, 이영희 "
                   "<lee@example.org>\r\nSubject: 회의록 똠\r\n\r\n본문입니다.\r\n",
                   "CP949");
  g_autoptr (MimeMessage) message = mime_message_new (bytes);
  g_autofree char *subject = mime_message_get_header (message, "subject");
  g_autoptr (GPtrArray) to = mime_message_get_addresses (message, "To");

  g_assert_cmpstr (subject, ==, "회의록 똠");
  g_assert_cmpuint (to->len, ==, 2);
  g_assert_cmpstr (((MimeAddress *)to->pdata[0])->name, ==, "김, 철수");
  g_assert_cmpstr (((MimeAddress *)to->pdata[1])->name, ==, "이영희");
  g_assert_cmpstr (mime_message_get_text (message), ==, "본문입니다.\n");
}

#define RICH                                                                                                                      \
  "Subject: rich\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"m\"\r\n\r\npreamble\r\n--m\r\n"                \
  "Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n"             \
  "--a\r\nContent-Type: text/plain\r\n\r\nplain words\r\n--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"                   \
  "<p>rich <b>words</b><img src=\"cid:pic%40x\"><img src='http://t.example/p.gif' alt=pixel></p>\r\n--a--\r\n"                    \
  "--r\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <pic@x>\r\nContent-Disposition: inline\r\n"                       \
  "Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--r--\r\n"                                                            \
  "--m\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment;\r\n filename*=utf-8''%EB%B3%B4%EA%B3%A0.pdf\r\n"      \
  "Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\nd29ybGQ=\r\n"                                                             \
  "--m\r\nContent-Type: message/rfc822\r\n\r\nSubject: =?utf-8?B?7JWI64WV?=\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n" \
  "--q\r\n\r\ninner\r\n--q--\r\n"                                                                                                 \
  "--m\r\nContent-Type: text/plain\r\n\r\nlist footer\r\n--m--\r\nepilogue\r\n"

static void
test_rich (void)
{
  g_autoptr (MimeMessage) message = parse (RICH);
  GPtrArray *parts = mime_message_get_parts (message);
  g_autoptr (GBytes) pdf = NULL, eml = NULL, png = NULL;
  g_autofree char *html = NULL;
  g_auto (MimeHtmlFacts) facts = { 0 };

  g_assert_cmpuint (parts->len, ==, 6);
  g_assert_cmpstr (mime_message_get_text (message), ==, "plain words\n\nlist footer");
  g_assert_cmpstr (part_at (message, 2)->name, ==, "logo.png");
  g_assert_cmpstr (part_at (message, 2)->content_id, ==, "pic@x");
  g_assert_false (part_at (message, 2)->is_attachment);
  g_assert_cmpstr (part_at (message, 3)->name, ==, "보고.pdf");
  g_assert_cmpstr (part_at (message, 3)->content_type, ==, "application/pdf");
  g_assert_true (part_at (message, 3)->is_attachment);
  g_assert_cmpstr (part_at (message, 4)->name, ==, "안녕.eml");
  g_assert_true (part_at (message, 4)->is_attachment);
  g_assert_false (part_at (message, 0)->is_attachment || part_at (message, 1)->is_attachment
                  || part_at (message, 5)->is_attachment);
  pdf = mime_message_get_part_content (message, 3);
  g_assert_cmpmem (g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), "helloworld", 10);
  png = mime_message_get_part_content (message, 2);
  g_assert_cmpuint (g_bytes_get_size (png), ==, 8);
  g_assert_cmpuint (part_at (message, 2)->size, ==, 8);
  eml = mime_message_get_part_content (message, 4);
  g_assert_true (g_str_has_prefix (g_bytes_get_data (eml, NULL), "Subject: "));
  g_assert_null (mime_message_get_part_content (message, 6));
  html = mime_message_get_clean_html (message, FALSE, &facts);
  g_assert_cmpuint (facts.blocked, ==, 1);
  g_assert_nonnull (strstr (html, "src=\"sosik-cid:2\""));
  g_assert_nonnull (strstr (html, "list footer"));
  g_assert_null (strstr (html, "t.example"));
  g_clear_pointer (&html, g_free);
  html = mime_message_get_clean_html (message, TRUE, NULL);
  g_assert_nonnull (strstr (html, "src=\"sosik-remote:http%3A%2F%2Ft.example%2Fp.gif\""));
}

/* Every prefix of a message is a message too. */
static void
test_every_cut (void)
{
  for (gsize length = 0; length <= strlen (RICH); length++) {
    g_autofree char *cut = g_strndup (RICH, length);
    g_autoptr (GBytes) bytes = g_bytes_new (cut, length), header = NULL, rest = NULL;
    g_autoptr (MimeMessage) message = mime_message_new (bytes);
    g_autoptr (MimeSummary) summary = mime_summary_from_message (bytes), start = NULL;
    g_autoptr (MimeSummary) body = mime_summary_from_body (bytes);
    GPtrArray *parts = mime_message_get_parts (message);
    g_autofree char *html = mime_message_get_clean_html (message, FALSE, NULL);

    for (guint i = 0; i < parts->len; i++) {
      g_autoptr (GBytes) content = mime_message_get_part_content (message, i);

      g_assert_nonnull (content);
    }
    g_assert_nonnull (mime_message_get_text (message));
    g_assert_nonnull (summary->preview);
    /* and the same of it without its header */
    g_assert_cmpstr (body->preview, ==, summary->preview);
    g_assert_cmpint (body->has_attachments, ==, summary->has_attachments);
    header = g_bytes_new (RICH, length);
    rest = g_bytes_new (RICH + length, strlen (RICH) - length);
    start = mime_summary_from_start (header, rest);
    g_assert_nonnull (start->preview);
  }
}

static void
check_name (const char *header, const char *expected)
{
  g_autofree char *text = g_strdup_printf (
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n%s\r\n\r\nx\r\n--b--\r\n", header);
  g_autoptr (MimeMessage) message = parse (text);

  g_assert_cmpstr (part_at (message, 0)->name, ==, expected);
}

static void
test_names (void)
{
  check_name ("Content-Disposition: attachment; filename=\"../../.bashrc\"", "bashrc");
  check_name ("Content-Disposition: attachment; filename=\"C:\\\\temp\\\\a.exe\"", "a.exe");
  check_name ("Content-Disposition: attachment; filename*=utf-8''..%2F..%2F.bashrc", "bashrc");
  check_name ("Content-Type: application/pdf", "document.pdf");
  check_name ("Content-Type: application/x-thing", "attachment");
  check_name ("Content-Type: message/rfc822", "message.eml");
  check_name ("Content-Disposition: attachment; filename=\"=?UTF-8?B?7ISk6rOELnBkZg==?=\"",
              "설계.pdf");
  check_name ("Content-Type: image/png; name=\"=?euc-kr?B?vsiz5y5wbmc=?=\"", "안녕.png");
}

static void
check_text (const char *source, const char *expected)
{
  g_autoptr (MimeMessage) message = parse (source);

  g_assert_cmpstr (mime_message_get_text (message), ==, expected);
}

static void
test_text (void)
{
  check_text ("", "");
  check_text ("\r\n", "");
  check_text ("\r\nbody\r\n", "body\n");
  check_text ("just a body without any header\n", "just a body without any header\n");
  check_text ("Subject: no body", "");
  check_text ("Subject: no body\r\n", "");
  check_text ("From a@b Mon Jan 1 00:00:00 2026\nSubject: mbox\n\nbody\n", "body\n");
  check_text ("Content-Type: text\r\n\r\nold\r\n", "old\n");
  check_text ("Content-Type: text/html\r\n\r\n<p>a</p><p>b</p>", "a\n\nb\n");
  check_text (
      "Content-Type: text/plain; format=flowed\r\n\r\nOne \r\nline.\r\n> quo \r\n> ted\r\n-- \r\nsig\r\n",
      "One line.\n> quo ted\n-- \nsig\n");
  check_text ("Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n가나 \r\n다라\r\n",
              "가나다라\n");
  check_text ("Content-Type: text/plain; format=flowed\r\n\r\n From stuffed\r\n", "From stuffed\n");
  /* the boundary nobody named, the empty multipart, a multipart inside of itself */
  check_text ("Content-Type: multipart/mixed\r\n\r\n--xyzzy\r\n\r\nfound\r\n--xyzzy--\r\n",
              "found");
  check_text ("Content-Type: multipart/mixed; boundary=b\r\n\r\nno parts at all\r\n", "");
  check_text (
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n",
      "x");
  /* a part without an empty line, a boundary that begins with another */
  check_text (
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n--b\r\n\r\nx\r\n--b--\r\n",
      "x");
  check_text ("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--bb\r\n--b--\r\n",
              "x\n--bb");
  /* header lines that are none */
  check_text ("Subject: x\r\ngarbage line\r\nFrom: a@b\r\n\r\nbody", "body");
}

static void
test_cases (void)
{
  g_autoptr (GBytes) nul = TEST_BYTES ("Subject: a\0b\r\nContent-Type: text/plain\r\n\r\nx\0y\r\n");
  g_autoptr (MimeMessage) message = mime_message_new (nul), other = NULL, signed_message = NULL;
  g_autofree char *subject = mime_message_get_header (message, "Subject");

  g_assert_true (g_str_has_prefix (subject, "a"));
  g_assert_cmpstr (mime_message_get_text (message), ==, "x\xef\xbf\xbdy\n");
  g_assert_null (mime_message_get_header (message, "To"));

  /* a file that is the whole message */
  other = parse (
      "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n");
  g_assert_true (part_at (other, 0)->is_attachment);
  g_assert_cmpstr (mime_message_get_text (other), ==, "");
  signed_message = parse (
      "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: "
      "application/pgp-signature; name=signature.asc\r\n\r\nxx\r\n--b--\r\n");
  g_assert_false (part_at (signed_message, 1)->is_attachment);
  g_assert_cmpstr (mime_message_get_text (signed_message), ==, "text");
}

static void
test_addresses (void)
{
  g_autoptr (MimeMessage) message = parse (
      "To: friends: a@example.org, \"B \\\"x\\\", C\" <b@example.org>;, c@example.org (Cee Dee),\r\n"
      " =?utf-8?B?7ZmN?= =?utf-8?B?6ri464+Z?= <h@example.org>, =?utf-8?Q?x=2C_y_=3Cevil=40example.com=3E?= <real@example.org>,\r\n"
      " undisclosed-recipients:;, @relay:d@example.org, <@r1,@r2:e@example.org>, broken\r\n\r\n");
  g_autoptr (GPtrArray) list = mime_message_get_addresses (message, "To");
  g_autoptr (GPtrArray) none = mime_message_get_addresses (message, "Cc");
  static const char *const expected[][2] = { { "", "a@example.org" },
                                             { "B \"x\", C", "b@example.org" },
                                             { "Cee Dee", "c@example.org" },
                                             { "홍길동", "h@example.org" },
                                             { "x, y <evil@example.com>", "real@example.org" } };

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (list->len, >=, G_N_ELEMENTS (expected) + 1);
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++) {
    const MimeAddress *address = g_ptr_array_index (list, i);

    g_assert_cmpstr (address->name, ==, expected[i][0]);
    g_assert_cmpstr (address->address, ==, expected[i][1]);
  }
  g_assert_cmpstr (((MimeAddress *)list->pdata[list->len - 1])->name, ==, "broken");
  g_assert_cmpstr (((MimeAddress *)list->pdata[list->len - 1])->address, ==, "");
}

static void
check_one (const char *header, const char *expected)
{
  g_autofree char *text = g_strdup_printf ("To: %s\r\n\r\n", header);
  g_autoptr (MimeMessage) message = parse (text);
  g_autoptr (GPtrArray) list = mime_message_get_addresses (message, "To");
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++) {
    const MimeAddress *address = g_ptr_array_index (list, i);

    g_string_append_printf (all, "[%s|%s]", address->name, address->address);
  }
  g_assert_cmpstr (all->str, ==, expected);
}

/* What GMime passes over or cuts short is read all the same. */
static void
test_address_rescue (void)
{
  check_one ("x@a.example, a..b.@docomo.example, \"y\" <y@c.example>",
             "[|x@a.example][|a..b.@docomo.example][y|y@c.example]");
  check_one ("a@b.example; c@d.example", "[|a@b.example][|c@d.example]");
  check_one ("=?euc-kr?B?jGO55rCix88=?= <t@b.example>", "[똠방각하|t@b.example]");
  check_one (
      "=?utf-8?B?7JU=?= =?utf-8?B?iOuFlQ==?= <t@b.example>, =?utf-8?B?7JWI64WVaA?= <u@b.example>",
      "[안녕|t@b.example][안녕h|u@b.example]");
  check_one ("=?euc-kr?B?yKs=?= =?utf-8?B?6ri4?= <t@b.example>", "[홍길|t@b.example]");
  check_one ("=?us-ascii?Q?a=2C_=22b=22_=3Cc=40d=3E?= <t@b.example>",
             "[a, \"b\" <c@d>|t@b.example]");
  check_one ("g: h: a@b.example;;", "[|a@b.example]");
  check_one ("just words", "[just words|]");
}

/* An attached message comes out as it went in, whatever is in it. */
static void
test_attached_message (void)
{
  static const char inner[] =
      "From me Mon Jan 1\r\nX:1\r\nno field\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n"
      "pre\r\n--q\r\n\r\nx\r\n--q--\r\nepilogue\r\n";
  g_autofree char *text = g_strconcat (
      "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n", inner,
      "\r\n--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
      "U3ViamVjdDog7JWI64WVDQoNCng=\r\n--b--\r\n",
      NULL);
  g_autoptr (MimeMessage) message = parse (text);
  g_autoptr (GBytes) first = mime_message_get_part_content (message, 0);

  g_assert_cmpuint (mime_message_get_parts (message)->len, ==, 2);
  g_assert_cmpmem (g_bytes_get_data (first, NULL), g_bytes_get_size (first), inner, strlen (inner));
  g_assert_cmpstr (part_at (message, 0)->content_type, ==, "message/rfc822");
  g_assert_cmpstr (part_at (message, 1)->content_type, ==, "message/rfc822");
  g_assert_cmpstr (part_at (message, 1)->name, ==, "안녕.eml");
}

void
test_message_add (void)
{
  g_test_add_func ("/mime/message/korean", test_korean);
  g_test_add_func ("/mime/message/iso-2022-kr", test_iso_2022_kr);
  g_test_add_func ("/mime/message/raw-headers", test_raw_headers);
  g_test_add_func ("/mime/message/rich", test_rich);
  g_test_add_func ("/mime/message/every-cut", test_every_cut);
  g_test_add_func ("/mime/message/names", test_names);
  g_test_add_func ("/mime/message/text", test_text);
  g_test_add_func ("/mime/message/cases", test_cases);
  g_test_add_func ("/mime/message/addresses", test_addresses);
  g_test_add_func ("/mime/message/address-rescue", test_address_rescue);
  g_test_add_func ("/mime/message/attached-message", test_attached_message);
}
