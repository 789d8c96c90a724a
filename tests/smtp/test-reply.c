/* Replies: good ones, and everything that must not pass for one. */
#include "test-smtp.h"

#include <string.h>

#include "base-error.h"
#include "smtp-reply.h"

/* Feeds all lines of `text`; NULL when the parser refuses. */
static SmtpReply *
parse (const char *text, GError **error)
{
  g_autoptr (SmtpReply) reply = smtp_reply_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    g_assert_false (reply->complete);
    if (!smtp_reply_add_line (reply, lines[i], error))
      return NULL;
  }

  return g_steal_pointer (&reply);
}

static void
test_good (void)
{
  static const struct
  {
    const char *text;
    int code;
    guint enhanced[3];
    const char *first;
    const char *printed;
  } cases[] = {
    { "250 OK", 250, { 0, 0, 0 }, "OK", "250 OK" },
    { "250", 250, { 0, 0, 0 }, "", "250" },
    { "250 ", 250, { 0, 0, 0 }, "", "250" },
    { "220-a\n220-b\n220 c", 220, { 0, 0, 0 }, "a", "220 a\nb\nc" },
    { "220-\n220", 220, { 0, 0, 0 }, "", "220" },
    { "550 5.1.1 No such user", 550, { 5, 1, 1 }, "No such user", "550 5.1.1 No such user" },
    { "550-5.7.26 first\n550 5.7.26 second",
      550,
      { 5, 7, 26 },
      "first",
      "550 5.7.26 first\nsecond" },
    { "550-plain\n550 5.7.1 second", 550, { 5, 7, 1 }, "plain", "550 5.7.1 plain\nsecond" },
    { "250 2.1.0", 250, { 2, 1, 0 }, "", "250 2.1.0" },
    { "250 5.1.1 of another class",
      250,
      { 0, 0, 0 },
      "5.1.1 of another class",
      "250 5.1.1 of another class" },
    { "250 2.1 hello", 250, { 0, 0, 0 }, "2.1 hello", "250 2.1 hello" },
    { "250 2.1.0x", 250, { 0, 0, 0 }, "2.1.0x", "250 2.1.0x" },
    { "250 2.1.1234 x", 250, { 0, 0, 0 }, "2.1.1234 x", "250 2.1.1234 x" },
    { "354 \xff", 354, { 0, 0, 0 }, "\xEF\xBF\xBD", "354 \xEF\xBF\xBD" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SmtpReply) reply = parse (cases[i].text, &error);
    g_autofree char *printed = NULL;

    g_assert_no_error (error);
    g_assert_true (reply->complete);
    g_assert_cmpint (reply->code, ==, cases[i].code);
    g_assert_cmpmem (reply->enhanced, sizeof reply->enhanced, cases[i].enhanced,
                     sizeof cases[i].enhanced);
    g_assert_cmpstr (smtp_reply_line (reply, 0), ==, cases[i].first);
    g_assert_cmpstr (smtp_reply_line (reply, 99), ==, "");
    printed = smtp_reply_to_text (reply);
    g_assert_cmpstr (printed, ==, cases[i].printed);
  }
}

static void
test_bad (void)
{
  static const char *const cases[] = {
    "2",     "25", "25x OK", "250_OK",       "2500 OK", " 250 OK",      "150 wait", "650 x",
    "050 x", "OK", "-250",   "250-a\n251 b", "250-a\n", "\xff\xff\xff", "250\tOK",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SmtpReply) reply = parse (cases[i], &error);

    g_assert_null (reply);
    g_assert_error (error, BASE_ERROR, BASE_ERROR_BROKEN);
  }
}

/* Every beginning of a line is a reply or an error, never a crash. */
static void
test_cut (void)
{
  const char *whole = "550-5.1.1 No such user";

  for (gsize length = 0; length <= strlen (whole); length++) {
    g_autoptr (SmtpReply) reply = smtp_reply_new ();
    g_autofree char *part = g_strndup (whole, length);

    g_assert_cmpint (smtp_reply_add_line (reply, part, NULL), ==, length >= 3);
    g_assert_cmpint (reply->complete, ==, length == 3);
  }
}

static void
test_endless (void)
{
  g_autoptr (SmtpReply) reply = smtp_reply_new ();
  g_autoptr (GError) error = NULL;
  guint count = 0;

  while (smtp_reply_add_line (reply, "250-more", &error))
    count++;
  g_assert_error (error, BASE_ERROR, BASE_ERROR_LIMIT);
  g_assert_cmpuint (count, ==, SMTP_REPLY_MAX_LINES);
}

void
test_reply_add (void)
{
  g_test_add_func ("/smtp/reply/good", test_good);
  g_test_add_func ("/smtp/reply/bad", test_bad);
  g_test_add_func ("/smtp/reply/cut", test_cut);
  g_test_add_func ("/smtp/reply/endless", test_endless);
}
