/* Line ends and dots, at every split of every message. */
#include "test-smtp.h"

#include <string.h>

#include "smtp-stuff.h"

static const struct
{
  const char *message;
  gsize length;
  const char *wire;
  gsize wire_length;
} cases[] = {
#define CASE(message, wire)                                                                        \
  {                                                                                                \
    message, sizeof message - 1, wire, sizeof wire - 1                                             \
  }
  CASE ("", ""),
  CASE ("a", "a\r\n"),
  CASE ("a\r\n", "a\r\n"),
  CASE ("a\n", "a\r\n"),
  CASE ("a\r", "a\r\n"),
  CASE ("a\n\nb", "a\r\n\r\nb\r\n"),
  CASE ("a\r\rb", "a\r\n\r\nb\r\n"),
  CASE ("a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"),
  CASE ("a\n\r\nb", "a\r\n\r\nb\r\n"),
  CASE ("a\r\r\nb", "a\r\n\r\nb\r\n"),
  CASE (".", "..\r\n"),
  CASE ("..", "...\r\n"),
  CASE (".\r\n", "..\r\n"),
  CASE ("a\r\n.\r\nb", "a\r\n..\r\nb\r\n"),
  CASE ("a\n.\n", "a\r\n..\r\n"),
  CASE ("a\r.\rb", "a\r\n..\r\nb\r\n"),
  CASE ("a.b\r\n.c.d\r\n", "a.b\r\n..c.d\r\n"),
  CASE ("a\r\n..\r\n...\r\n", "a\r\n...\r\n....\r\n"),
  CASE ("\n\n", "\r\n\r\n"),
  CASE ("\r\n", "\r\n"),
  CASE ("\0.\0\n.\0", "\0.\0\r\n..\0\r\n"),
  CASE ("\xed\x95\x9c.\r\n.\xff", "\xed\x95\x9c.\r\n..\xff\r\n"),
#undef CASE
};

/* No bare CR, no bare LF, no line of one dot, a line end at the end. */
static void
check_wire (const guint8 *data, gsize length)
{
  for (gsize i = 0; i < length; i++) {
    if (data[i] == '\r')
      g_assert_true (i + 1 < length && data[i + 1] == '\n');
    if (data[i] == '\n')
      g_assert_true (i > 0 && data[i - 1] == '\r');
  }
  g_assert_true (length == 0 || data[length - 1] == '\n');
  g_assert_false (length >= 3 && memcmp (data, ".\r\n", 3) == 0);
  g_assert_true (length < 5 || memmem (data, length, "\r\n.\r\n", 5) == NULL);
}

static void
test_splits (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const guint8 *message = (const guint8 *)cases[i].message;

    for (gsize first = 0; first <= cases[i].length; first++) {
      for (gsize second = first; second <= cases[i].length; second++) {
        g_autoptr (GByteArray) out = g_byte_array_sized_new (1);
        SmtpStuff stuff = { 0 };
        SmtpStuff counted = { 0 };

        smtp_stuff_feed (&stuff, message, first, out);
        smtp_stuff_feed (&stuff, message + first, second - first, out);
        smtp_stuff_feed (&stuff, message + second, cases[i].length - second, out);
        smtp_stuff_end (&stuff, out);
        g_assert_cmpmem (out->data, out->len, cases[i].wire, cases[i].wire_length);
        check_wire (out->data, out->len);

        smtp_stuff_feed (&counted, message, cases[i].length, NULL);
        smtp_stuff_end (&counted, NULL);
        g_assert_cmpuint (counted.size, ==, stuff.size);
        g_assert_cmpint (counted.eight_bit, ==, stuff.eight_bit);
      }
    }
  }
}

static void
test_random (void)
{
  static const char alphabet[] = { '\r', '\n', '.', 'a', '\xff', '\0' };

  for (int round = 0; round < 3000; round++) {
    g_autoptr (GByteArray) out = g_byte_array_sized_new (1);
    g_autoptr (GByteArray) whole = g_byte_array_sized_new (1);
    SmtpStuff stuff = { 0 };
    SmtpStuff at_once = { 0 };
    guint8 message[24];
    gsize length = (gsize)g_test_rand_int_range (0, sizeof message);
    guint dots = 0;

    for (gsize i = 0; i < length; i++)
      message[i] = (guint8)alphabet[g_test_rand_int_range (0, sizeof alphabet)];
    for (gsize i = 0; i < length; i++)
      smtp_stuff_feed (&stuff, message + i, 1, out);
    smtp_stuff_end (&stuff, out);
    smtp_stuff_feed (&at_once, message, length, whole);
    smtp_stuff_end (&at_once, whole);
    g_assert_cmpmem (out->data, out->len, whole->data, whole->len);
    check_wire (out->data, out->len);
    for (gsize i = 0; i < out->len; i++)
      dots += out->data[i] == '.' && (i == 0 || out->data[i - 1] == '\n') ? 1 : 0;
    g_assert_cmpuint (stuff.size + dots, ==, out->len);
  }
}

static void
test_facts (void)
{
  SmtpStuff stuff = { 0 };

  smtp_stuff_feed (&stuff, (const guint8 *)"a\n.b", 4, NULL);
  smtp_stuff_end (&stuff, NULL);
  g_assert_cmpuint (stuff.size, ==, 7);
  g_assert_false (stuff.eight_bit);
  smtp_stuff_feed (&stuff, (const guint8 *)"\x80", 1, NULL);
  g_assert_true (stuff.eight_bit);
}

void
test_stuff_add (void)
{
  g_test_add_func ("/smtp/stuff/splits", test_splits);
  g_test_add_func ("/smtp/stuff/random", test_random);
  g_test_add_func ("/smtp/stuff/facts", test_facts);
}
