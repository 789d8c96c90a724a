/* Messages of which only a part is here.  The server's description of each is written down as a server would give it; what comes out is
 * read as any message is. */
#include "test-mime.h"

#include <string.h>

#include "mime-partial.h"

#define HEADER                                                                                     \
  "From: Kim <kim@example.org>\r\nSubject: Files\r\nMIME-Version: 1.0\r\n"                         \
  "Content-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n"
#define TEXT_HEADER "Content-Type: text/plain; charset=utf-8\r\nX-Own: kept\r\n\r\n"
#define TEXT        "Hello\r\n--\r\nKim"
#define FILE_HEADER                                                                                \
  "Content-Type: application/pdf; name=\"plan.pdf\"\r\nContent-Transfer-Encoding: base64\r\n"      \
  "Content-Disposition: attachment; filename=\"plan.pdf\"\r\n\r\n"

/* Text, a file whose beginning may be here, and a picture behind it. */
static const MimeOutlinePart simple[] = {
  { .section = "", .type = "multipart/mixed", .encoding = "7bit", .is_multipart = TRUE },
  { .section = "1", .type = "text/plain", .encoding = "7bit", .size = sizeof TEXT - 1 },
  { .section = "2",
    .type = "application/pdf",
    .encoding = "base64",
    .disposition = "attachment",
    .name = "plan.pdf",
    .size = 780000 },
  { .section = "3",
    .type = "image/png",
    .encoding = "base64",
    .name = "그림 \"1\".png",
    .content_id = "<pic@x>\r\nBcc: a@b",
    .size = 78000 },
};

static char *
get_text (GBytes *bytes, GArray *missing)
{
  g_autoptr (MimeMessage) message =
      mime_message_new_partial (bytes, (const MimeMissing *)(gpointer)missing->data, missing->len);
  GString *out = g_string_new (mime_message_get_text (message));
  GPtrArray *parts = mime_message_get_parts (message);

  for (guint i = 0; i < parts->len; i++) {
    const MimePart *part = parts->pdata[i];
    g_autoptr (GBytes) content = mime_message_get_part_content (message, i);

    g_string_append_printf (out, "|%s %s %" G_GUINT64_FORMAT "%s%s", part->name, part->content_type,
                            part->size, part->is_attachment ? " file" : "",
                            part->is_missing ? " missing" : "");
    g_assert_true (part->is_missing == (content == NULL));
  }
  return g_string_free (out, FALSE);
}

static const MimeMissing *
get_missing (GArray *missing, guint index)
{
  return &g_array_index (missing, MimeMissing, index);
}

/* The beginning ends in the middle of the first file: one answer is enough. */
static void
test_start (void)
{
  g_autoptr (GBytes) start =
      TEST_BYTES (HEADER "\r\n--outer\r\n" TEXT_HEADER TEXT "\r\n--outer\r\n" FILE_HEADER
                         "JVBERi0xLjQKJcOkw7zDtsOfCjIgMCBvYmoK");
  g_autoptr (MimePartial) partial = mime_partial_new (start, simple, G_N_ELEMENTS (simple));
  g_autoptr (GArray) needed = NULL, missing = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  g_assert_nonnull (partial);
  needed = mime_partial_list_needed (partial, 1000, FALSE);
  g_assert_cmpuint (needed->len, ==, 0);
  g_assert_cmpuint (mime_partial_get_largest_missing (partial, needed), ==, 780000);
  bytes = mime_partial_build (partial, &missing);
  g_assert_nonnull (bytes);
  g_assert_cmpuint (missing->len, ==, 2);
  g_assert_cmpuint (get_missing (missing, 0)->index, ==, 1);
  g_assert_cmpstr (get_missing (missing, 0)->section, ==, "2");
  g_assert_cmpuint (get_missing (missing, 0)->size, ==, 780000);
  g_assert_cmpuint (get_missing (missing, 1)->index, ==, 2);
  text = get_text (bytes, missing);
  g_assert_cmpstr (text, ==,
                   "Hello\n--\nKim|text.txt text/plain 14"
                   "|plan.pdf application/pdf 570000 file missing"
                   "|그림 _1_.png image/png 57000 file missing");
  /* What was here is as it was; what a server says makes no header field of its own. */
  g_assert_nonnull (memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), TEXT_HEADER,
                            strlen (TEXT_HEADER)));
  g_assert_null (memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "\nBcc", 4));
}

/* The picture is shown in the text, so it is wanted where it is small; the text was cut and is wanted in any case. */
static void
test_needed (void)
{
  static const char all[] = HEADER "--outer\r\n" TEXT_HEADER TEXT;
  g_autoptr (GBytes) picture = TEST_BYTES ("aGVsbG8=");
  g_autoptr (GBytes) picture_header =
      TEST_BYTES ("Content-Type: image/png\r\nContent-ID: <pic@x>\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\n");

  for (gsize length = strlen (HEADER); length < sizeof all; length++) {
    g_autoptr (GBytes) start = g_bytes_new_static (all, length);
    g_autoptr (MimePartial) partial = mime_partial_new (start, simple, G_N_ELEMENTS (simple));
    g_autoptr (GArray) few = NULL, some = NULL, many = NULL, none = NULL, missing = NULL;
    g_autoptr (GBytes) bytes = NULL, text = TEST_BYTES (TEXT);
    g_autofree char *shown = NULL;

    g_assert_nonnull (partial);
    few = mime_partial_list_needed (partial, 77999, FALSE);
    g_assert_cmpuint (few->len, ==, 1);
    g_assert_cmpuint (g_array_index (few, guint, 0), ==, 1);
    some = mime_partial_list_needed (partial, 78000, FALSE);
    g_assert_cmpuint (some->len, ==, 2);
    g_assert_cmpuint (g_array_index (some, guint, 1), ==, 3);
    g_assert_cmpuint (mime_partial_get_largest_missing (partial, some), ==, 780000);
    many = mime_partial_list_needed (partial, 1000000, TRUE);
    g_assert_cmpuint (mime_partial_get_largest_missing (partial, many), ==, 0);
    g_assert_cmpuint (many->len, ==, 3);
    /* Without its text it is no message to show. */
    g_assert_null (mime_partial_build (partial, &missing));
    mime_partial_set (partial, 1, NULL, text);
    mime_partial_set (partial, 3, picture_header, picture);
    none = mime_partial_list_needed (partial, 78000, FALSE);
    g_assert_cmpuint (none->len, ==, 0);
    bytes = mime_partial_build (partial, &missing);
    g_assert_nonnull (bytes);
    shown = get_text (bytes, missing);
    g_assert_cmpstr (shown, ==,
                     "Hello\n--\nKim|text.txt text/plain 14"
                     "|plan.pdf application/pdf 570000 file missing|image.png image/png 5 file");
  }
}

/* An alternative in a related in a mixed, none of which has been seen: their headers are made. */
static void
test_nested (void)
{
  static const MimeOutlinePart parts[] = {
    { .section = "", .type = "multipart/mixed", .encoding = "7bit", .is_multipart = TRUE },
    { .section = "1",
      .type = "application/zip",
      .encoding = "base64",
      .disposition = "attachment",
      .name = "a.zip",
      .size = 1000000 },
    { .section = "2", .type = "multipart/related", .encoding = "7bit", .is_multipart = TRUE },
    { .section = "2.1",
      .type = "multipart/alternative",
      .encoding = "7bit",
      .parent = 2,
      .is_multipart = TRUE },
    { .section = "2.1.1",
      .type = "text/plain",
      .encoding = "quoted-printable",
      .charset = "euc-kr",
      .size = 6,
      .parent = 3 },
    { .section = "2.1.2",
      .type = "text/html",
      .encoding = "8bit",
      .charset = "utf-8",
      .size = 40,
      .parent = 3 },
    { .section = "2.2",
      .type = "image/png",
      .encoding = "base64",
      .content_id = "<p>",
      .size = 500,
      .parent = 2 },
    { .section = "3", .type = "message/rfc822", .encoding = "7bit", .size = 900000 },
  };
  g_autoptr (GBytes) start =
      TEST_BYTES (HEADER "--outer\r\nContent-Type: application/zip\r\n\r\nUEsD");
  g_autoptr (MimePartial) partial = mime_partial_new (start, parts, G_N_ELEMENTS (parts));
  g_autoptr (GBytes) plain = TEST_BYTES ("=B0=A1"),
                     html = TEST_BYTES ("<p>가<img src=\"cid:p\"></p>"),
                     picture = TEST_BYTES ("aGVsbG8=");
  g_autoptr (GArray) needed = NULL, missing = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MimeMessage) message = NULL;
  GPtrArray *found;

  needed = mime_partial_list_needed (partial, 1000, FALSE);
  g_assert_cmpuint (needed->len, ==, 3);
  mime_partial_set (partial, 4, NULL, plain);
  mime_partial_set (partial, 5, NULL, html);
  mime_partial_set (partial, 6, NULL, picture);
  bytes = mime_partial_build (partial, &missing);
  g_assert_nonnull (bytes);
  message =
      mime_message_new_partial (bytes, (const MimeMissing *)(gpointer)missing->data, missing->len);
  g_assert_cmpstr (mime_message_get_text (message), ==, "가");
  g_assert_nonnull (strstr (mime_message_get_html (message), "가"));
  found = mime_message_get_parts (message);
  g_assert_cmpuint (found->len, ==, 5);
  g_assert_true (((MimePart *)found->pdata[0])->is_missing);
  g_assert_true (((MimePart *)found->pdata[0])->is_attachment);
  g_assert_cmpstr (((MimePart *)found->pdata[0])->name, ==, "a.zip");
  g_assert_false (((MimePart *)found->pdata[3])->is_attachment);
  g_assert_true (((MimePart *)found->pdata[4])->is_missing);
  g_assert_cmpstr (((MimePart *)found->pdata[4])->name, ==, "message.eml");
}

/* What cannot be had in parts, and descriptions that are of another message. */
static void
test_refused (void)
{
  g_autoptr (GBytes) start = TEST_BYTES (
      HEADER "--outer\r\n" TEXT_HEADER TEXT "\r\n--outer\r\n" FILE_HEADER "JVBE\r\n--outer--\r\n");
  g_autoptr (GBytes) half =
      TEST_BYTES ("Subject: x\r\nContent-Type: multipart/mixed; boundary=outer\r\n");
  g_autoptr (GBytes) bare = TEST_BYTES ("Content-Type: multipart/mixed\r\n\r\n--a\r\n");
  MimeOutlinePart parts[G_N_ELEMENTS (simple)];

  g_assert_null (mime_partial_new (start, simple, 0));
  g_assert_null (mime_partial_new (half, simple, G_N_ELEMENTS (simple)));
  g_assert_null (mime_partial_new (bare, simple, 2));
  /* fewer parts than there are, another type */
  g_assert_null (mime_partial_new (start, simple, 2));
  memcpy (parts, simple, sizeof simple);
  parts[1].type = "text/html";
  g_assert_null (mime_partial_new (start, parts, G_N_ELEMENTS (parts)));
  memcpy (parts, simple, sizeof simple);
  parts[0].type = "multipart/signed";
  g_assert_null (mime_partial_new (start, parts, G_N_ELEMENTS (parts)));
  /* a part below itself, or below one that is none */
  memcpy (parts, simple, sizeof simple);
  parts[2].parent = 2;
  g_assert_null (mime_partial_new (start, parts, G_N_ELEMENTS (parts)));
  parts[2].parent = 1;
  g_assert_null (mime_partial_new (start, parts, G_N_ELEMENTS (parts)));
}

/* A type or a text that would end the part and begin another. */
static void
test_forged (void)
{
  static const MimeOutlinePart odd[] = {
    { .section = "", .type = "multipart/mixed", .encoding = "7bit", .is_multipart = TRUE },
    { .section = "1", .type = "text/plain", .encoding = "7bit", .size = 30 },
    { .section = "2", .type = "application/x\r\n\r\n--outer", .encoding = "a\r\nb", .size = 9 },
  };
  g_autoptr (GBytes) start = TEST_BYTES (HEADER "--outer\r\n");
  g_autoptr (MimePartial) partial = mime_partial_new (start, odd, 2);
  g_autoptr (MimePartial) other = mime_partial_new (start, odd, 3);
  g_autoptr (GBytes) text = TEST_BYTES ("a\r\n--outer\r\n\r\nevil\r\n--outer--");
  g_autoptr (GArray) missing = NULL;

  mime_partial_set (partial, 1, NULL, text);
  g_assert_null (mime_partial_build (partial, &missing));
  g_assert_null (mime_partial_list_needed (other, 1000, FALSE));
}

static void
test_give (void)
{
  g_autoptr (GBytes) start =
      TEST_BYTES (HEADER "--outer\r\n" TEXT_HEADER TEXT "\r\n--outer\r\n" FILE_HEADER
                         "JVBERi0xLjQKJcOkw7zDtsOfCjIg");
  g_autoptr (MimePartial) partial = mime_partial_new (start, simple, G_N_ELEMENTS (simple));
  g_autoptr (GArray) missing = NULL;
  g_autoptr (GBytes) bytes = mime_partial_build (partial, &missing);
  g_autoptr (MimeMessage) message =
      mime_message_new_partial (bytes, (const MimeMissing *)(gpointer)missing->data, missing->len);
  g_autoptr (GBytes) encoded = TEST_BYTES ("aGVs\r\nbG8="), decoded = TEST_BYTES ("aGVsbG8=");
  g_autoptr (GBytes) first = NULL, second = NULL;

  g_assert_null (mime_message_get_part_content (message, 1));
  mime_message_give_part (message, 1, encoded, FALSE);
  first = mime_message_get_part_content (message, 1);
  g_assert_cmpmem (g_bytes_get_data (first, NULL), g_bytes_get_size (first), "hello", 5);
  mime_message_give_part (message, 1, decoded, TRUE);
  second = mime_message_get_part_content (message, 1);
  g_assert_cmpmem (g_bytes_get_data (second, NULL), g_bytes_get_size (second), "aGVsbG8=", 8);
  g_assert_null (mime_message_get_part_content (message, 2));
}

void
test_partial_add (void)
{
  g_test_add_func ("/mime/partial/start", test_start);
  g_test_add_func ("/mime/partial/needed", test_needed);
  g_test_add_func ("/mime/partial/nested", test_nested);
  g_test_add_func ("/mime/partial/refused", test_refused);
  g_test_add_func ("/mime/partial/forged", test_forged);
  g_test_add_func ("/mime/partial/give", test_give);
}
