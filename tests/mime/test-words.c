/* What a message is found by, section by section. */
#include "test-mime.h"

#include <string.h>

#include "mime-words.h"

static const char *
get (const MimeWords *words, BaseSection section)
{
  return words->sections[section] != NULL ? words->sections[section]->str : "";
}

static MimeWords *
read_words (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (MimeMessage) message = mime_message_new (bytes);

  return mime_words_new (message);
}

static void
test_sections (void)
{
  g_autoptr (MimeWords) words =
      read_words ("From: =?utf-8?B?6rmA66+87Jqw?= <Kim@x.example>\r\nSender: s@x.example\r\n"
                  "To: A <a@x.example>, b@x.example\r\nCc: c@x.example\r\nBcc: d@x.example\r\n"
                  "Subject: =?euc-kr?B?vLOx3Q==?= 1\r\nList-Id: News <news.x.example>\r\n"
                  "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
                  "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
                  "New words\r\n> old words\r\n> > older\r\nmore\r\n"
                  "--b\r\nContent-Type: application/pdf; name=\"p.pdf\"\r\n"
                  "Content-Disposition: attachment; filename*=utf-8''%EB%B3%B4%EA%B3%A0.pdf\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
                  "--b\r\nContent-Type: message/rfc822\r\n\r\n"
                  "From: within@x.example\r\nSubject: Inner\r\n\r\nSecret text\r\n"
                  "--b--\r\n");

  g_assert_cmpstr (get (words, BASE_SECTION_SUBJECT), ==, "설금 1\n");
  g_assert_cmpstr (get (words, BASE_SECTION_FROM), ==, "김민우\nKim@x.example\ns@x.example\n");
  g_assert_cmpstr (get (words, BASE_SECTION_TO), ==, "A\na@x.example\nb@x.example\n");
  g_assert_cmpstr (get (words, BASE_SECTION_CC), ==, "c@x.example\nd@x.example\n");
  g_assert_cmpstr (get (words, BASE_SECTION_LIST), ==, "News <news.x.example>\n");
  g_assert_cmpstr (get (words, BASE_SECTION_BODY), ==, "New words\nmore\n");
  g_assert_cmpstr (get (words, BASE_SECTION_QUOTED), ==, "> old words\n> > older\n");
  g_assert_nonnull (strstr (get (words, BASE_SECTION_FILES), "보고.pdf\n"));
  g_assert_nonnull (strstr (get (words, BASE_SECTION_TYPES), "application/pdf .pdf\n"));
  g_assert_nonnull (strstr (get (words, BASE_SECTION_ATTACHED), "within@x.example\n"));
  g_assert_nonnull (strstr (get (words, BASE_SECTION_ATTACHED), "Inner\n"));
  g_assert_nonnull (strstr (get (words, BASE_SECTION_ATTACHED), "Secret text\n"));
}

/* The HTML is what is read, where there is one; not what it hides, nor what stands beside it. */
static void
test_html (void)
{
  g_autoptr (MimeWords) words = read_words (
      "Subject: x\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
      "--b\r\nContent-Type: text/plain\r\n\r\nYour program shows no HTML\r\n"
      "--b\r\nContent-Type: text/html\r\n\r\n<p>Seen <b>here</b></p>"
      "<p style=\"display:none\">unseen</p><blockquote>said before</blockquote>\r\n--b--\r\n");

  g_assert_nonnull (strstr (get (words, BASE_SECTION_BODY), "Seen here"));
  g_assert_null (strstr (get (words, BASE_SECTION_BODY), "unseen"));
  g_assert_null (strstr (get (words, BASE_SECTION_BODY), "program"));
  g_assert_nonnull (strstr (get (words, BASE_SECTION_QUOTED), "said before"));
}

/* A part without a name is found by what it is, not by what this program calls it; mail in UTF-8 within mail is looked into as any other. */
static void
test_parts (void)
{
  g_autoptr (MimeWords) words =
      read_words ("Content-Type: multipart/mixed; boundary=b\r\n\r\n"
                  "--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
                  "--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
                  "--b\r\nContent-Type: application/x-thing; name=\"\"\r\n\r\nAAAA\r\n"
                  "--b\r\nContent-Type: message/global\r\n\r\n"
                  "From: 민수@예.example\r\nSubject: 안의 편지\r\n\r\nSecret text\r\n--b--\r\n");

  g_assert_cmpstr (get (words, BASE_SECTION_FILES), ==, "안의 편지.eml\n");
  g_assert_nonnull (strstr (get (words, BASE_SECTION_TYPES), "application/pdf .pdf\n"));
  g_assert_nonnull (strstr (get (words, BASE_SECTION_ATTACHED), "안의 편지\n"));
  g_assert_nonnull (strstr (get (words, BASE_SECTION_ATTACHED), "Secret text\n"));
}

/* Text of files comes last, a part of it, and whole characters. */
static void
test_file_text (void)
{
  g_autoptr (MimeWords) words = read_words ("Subject: x\r\n\r\nHello\r\n");
  g_autoptr (GString) text = g_string_new ("y");

  for (guint i = 0; i < MIME_WORDS_MAX_FILE; i++)
    g_string_append (text, "한");
  mime_words_add_file_text (words, "Page one");
  g_assert_cmpstr (get (words, BASE_SECTION_ATTACHED), ==, "Page one\n");
  mime_words_add_file_text (words, text->str);
  g_assert_cmpuint (words->sections[BASE_SECTION_ATTACHED]->len, <=, MIME_WORDS_MAX_FILE + 20);
  g_assert_true (g_utf8_validate (get (words, BASE_SECTION_ATTACHED), -1, NULL));
  g_assert_cmpstr (get (words, BASE_SECTION_BODY), ==, "Hello\n");
}

/* Long texts are cut at a character, messages within messages end somewhere, and nothing is needed. */
static void
test_limits (void)
{
  g_autoptr (GString) text = g_string_new ("Content-Type: text/plain; charset=utf-8\r\n\r\nx");
  g_autoptr (GString) nested = g_string_new (NULL);
  g_autoptr (MimeWords) empty = read_words ("");

  for (guint i = 0; i < MIME_WORDS_MAX_READ / 3 + 10; i++)
    g_string_append (text, "한");
  for (guint round = 0; round < 2; round++) {
    g_autoptr (MimeWords) words = read_words (text->str);
    const GString *body = words->sections[BASE_SECTION_BODY];

    g_assert_cmpuint (body->len, <=, MIME_WORDS_MAX + 1);
    g_assert_cmpuint (body->len, >, MIME_WORDS_MAX - 8);
    g_assert_true (g_utf8_validate (body->str, (gssize)body->len, NULL));
    g_string_truncate (text, MIME_WORDS_MAX * 2 / 3 * 3 + 43);
  }
  for (guint i = 0; i < 10; i++)
    g_string_append_printf (nested, "Subject: level%u\r\nContent-Type: message/rfc822\r\n\r\n", i);
  g_autoptr (MimeWords) words = read_words (nested->str);
  g_assert_cmpstr (get (words, BASE_SECTION_SUBJECT), ==, "level0\n");
  g_assert_nonnull (strstr (get (words, BASE_SECTION_ATTACHED), "level3"));
  g_assert_null (strstr (get (words, BASE_SECTION_ATTACHED), "level5"));
  for (guint i = 0; i < BASE_N_SECTIONS; i++)
    g_assert_null (empty->sections[i]);
}

void
test_words_add (void)
{
  g_test_add_func ("/mime/words/sections", test_sections);
  g_test_add_func ("/mime/words/html", test_html);
  g_test_add_func ("/mime/words/parts", test_parts);
  g_test_add_func ("/mime/words/file-text", test_file_text);
  g_test_add_func ("/mime/words/limits", test_limits);
}
