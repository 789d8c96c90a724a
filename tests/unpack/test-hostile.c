/* Files made to break what reads them.  What is ours, or reads text, is tried in this process, so that the sanitizers see it; the
 * program is tried as Sosik runs it: it may refuse, and it may be ended by its limits, but it ends. */
#include "test-unpack.h"

#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "unpack-calendar.h"
#include "unpack-card.h"
#include "unpack-picture.h"
#include "unpack-tnef.h"

#define SECONDS 30 /* far more than its own limit of computing time */

/* Deterministic, so that what fails fails again. */
static guint32
next_random (guint32 *seed)
{
  *seed = *seed * 1664525u + 1013904223u;
  return *seed >> 8;
}

GBytes *
test_damage (GBytes *bytes, guint32 *seed)
{
  gsize length = g_bytes_get_size (bytes);
  guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), length);

  for (guint i = next_random (seed) % 12 + 1; i > 0; i--)
    copy[next_random (seed) % length] = (guint8)next_random (seed);
  if (next_random (seed) % 3 == 0)
    length = next_random (seed) % length;
  return g_bytes_new_take (copy, length);
}

static void
try_program (const char *const *arguments, GBytes *input)
{
  gint64 milliseconds;
  g_autoptr (GVariant) reply = test_run_program (arguments, input, &milliseconds);

  g_assert_cmpint (milliseconds, <, SECONDS * 1000);
  if (reply) { /* whatever it says, reading it is safe */
    g_autofree char *printed =
        g_variant_get_size (reply) < 100000 ? g_variant_print (reply, FALSE) : NULL;
  }
}

static void
test_damaged (void)
{
  g_autoptr (GBytes) tnef = test_make_tnef ("text", "a.txt", "content", 7);
  g_autoptr (GBytes) pdf = test_make_pdf (2), png = test_make_png (20, 20);
  const struct
  {
    GBytes *bytes;
    const char *arguments[4];
    int times;
  } kinds[] = {
    { tnef, { "tnef" }, 25 },
    { pdf, { "pdf-page", "0", "100" }, 10 },
    { pdf, { "pdf" }, 5 },
    { pdf, { "text", "1000" }, 5 },
    { png, { "picture", "100" }, 10 },
  };
  guint32 seed = 4711;

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    for (int n = 0; n < kinds[i].times; n++) {
      g_autoptr (GBytes) bad = test_damage (kinds[i].bytes, &seed);
      try_program (kinds[i].arguments, bad);
    }
  }
}

static void
test_damaged_text (void)
{
  const char *card_text = "BEGIN:VCARD\nFN;CHARSET=CP949:x\nN:a;b\nADR;TYPE=HOME:;;a\\nb;c\n"
                          "TEL;ENCODING=QUOTED-PRINTABLE:=41=\n=42\nEND:VCARD\n";
  g_autoptr (GBytes) card = g_bytes_new_static (card_text, strlen (card_text));
  g_autoptr (GBytes) calendar = test_make_calendar (
      "DTSTART;TZID=Asia/Seoul:20261130T100000\r\nDTEND:20261130T100000Z\r\n"
      "RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3\r\nATTENDEE;CN=\"A B\":mailto:a@b\r\nSUMMARY:x\\, y\r\n");
  const char *rtf = "{\\rtf1\\ansicpg949{\\*\\x y}\\u54620?\\'c7\\'d1\\par}";
  g_autoptr (GBytes) rtf_bytes = g_bytes_new_static (rtf, strlen (rtf));
  guint32 seed = 1234;

  alarm (SECONDS);
  for (int i = 0; i < 1500; i++) {
    g_autoptr (GBytes) bad_card = test_damage (card, &seed),
                       bad_calendar = test_damage (calendar, &seed),
                       bad_rtf = test_damage (rtf_bytes, &seed);
    UnpackStatus status;
    GVariant *value = unpack_card (bad_card, &status);
    if (value)
      g_variant_unref (g_variant_ref_sink (value));
    value = i < 300 ? unpack_calendar (bad_calendar, 1790000000, &status) : NULL;
    if (value)
      g_variant_unref (g_variant_ref_sink (value));
    value =
        i < 300 ? unpack_calendar_reply (bad_calendar, "a@b", "", "ACCEPTED", 1, &status) : NULL;
    if (value)
      g_variant_unref (g_variant_ref_sink (value));
    g_autofree char *text =
        unpack_rtf_to_text (g_bytes_get_data (bad_rtf, NULL), g_bytes_get_size (bad_rtf));
    g_assert_true (g_utf8_validate (text, -1, NULL));
  }
  alarm (0);
}

/* A small file that says that it is a picture of 60,000 by 60,000: the size is looked at, and nothing is made. */
static void
test_bomb (void)
{
  GByteArray *png = g_byte_array_new ();
  static const guint8 head[] = { 0x89, 'P', 'N',  'G',  '\r', '\n', 0x1a, '\n', 0,    0,
                                 0,    13,  'I',  'H',  'D',  'R',  0,    0,    0xea, 0x60,
                                 0,    0,   0xea, 0x60, 8,    2,    0,    0,    0 };
  guint32 sum = (guint32)crc32 (0, head + 12, 17);
  guint8 tail[4] = { (guint8)(sum >> 24), (guint8)(sum >> 16), (guint8)(sum >> 8), (guint8)sum };
  UnpackStatus status;

  g_byte_array_append (png, head, sizeof head);
  g_byte_array_append (png, tail, sizeof tail);
  g_autofree guint8 *zeros = g_malloc0 (1000000);
  uLongf packed_length = compressBound (1000000);
  g_autofree guint8 *packed = g_malloc (packed_length);
  g_assert_cmpint (compress (packed, &packed_length, zeros, 1000000), ==, Z_OK);
  const guint8 data_head[8] = { (guint8)(packed_length >> 24),
                                (guint8)(packed_length >> 16),
                                (guint8)(packed_length >> 8),
                                (guint8)packed_length,
                                'I',
                                'D',
                                'A',
                                'T' };
  g_byte_array_append (png, data_head, 8);
  g_byte_array_append (png, packed, (guint)packed_length);
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (png);

  gint64 took = G_MAXINT64;
  /* A busy machine may be slow many times, but not each time. */
  for (guint try = 0; try < 20 && took >= 2 * G_USEC_PER_SEC; try++) {
    gint64 start = g_get_monotonic_time ();
    g_assert_null (unpack_picture (bytes, 100, &status));
    took = g_get_monotonic_time () - start;
    g_assert_cmpint (status, ==, UNPACK_TOO_LARGE);
  }
  g_assert_cmpint (took, <, 2 * G_USEC_PER_SEC);
}

static void
test_endless_series (void)
{
  static const char *const lines[] = {
    "DTSTART:19700101T000000Z\r\nRRULE:FREQ=SECONDLY\r\n",
    "DTSTART:20260101T000000Z\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31\r\n",
    "DTSTART:20260101T000000Z\r\nRRULE:FREQ=DAILY;INTERVAL=2147483647;COUNT=2147483647\r\n",
    "DTSTART:20260101T000000Z\r\nRRULE:FREQ=SECONDLY;BYMONTH=13;BYSETPOS=-366\r\n",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (GBytes) calendar = test_make_calendar (lines[i]);
    const char *const arguments[] = { "calendar", "1790000000", NULL };
    try_program (arguments, calendar);
  }
}

static void
test_large (void)
{
  g_autoptr (GString) events = g_string_new ("BEGIN:VCALENDAR\r\n");
  g_autoptr (GString) cards = g_string_new (NULL), attendees = g_string_new (NULL);
  UnpackStatus status;

  for (int i = 0; i < 3000; i++)
    g_string_append (events, "BEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\n");
  for (int i = 0; i < 3000; i++)
    g_string_append_printf (attendees, "ATTENDEE:mailto:a%d@example.org\r\n", i);
  for (int i = 0; i < 100000; i++)
    g_string_append (cards, "BEGIN:VCARD\nFN:a\nEND:VCARD\n");
  g_string_append (events, "END:VCALENDAR\r\n");
  alarm (SECONDS);
  g_autoptr (GBytes) event_bytes = g_bytes_new (events->str, events->len);
  g_autoptr (GBytes) card_bytes = g_bytes_new (cards->str, cards->len);
  g_autoptr (GBytes) attendee_bytes = test_make_calendar (attendees->str);
  g_autoptr (GVariant) found = g_variant_ref_sink (unpack_calendar (event_bytes, 0, &status));
  g_autoptr (GVariant) few = g_variant_get_child_value (found, 1);
  g_assert_cmpuint (g_variant_n_children (few), ==, UNPACK_MAX_EVENTS);
  g_autoptr (GVariant) crowd = g_variant_ref_sink (unpack_calendar (attendee_bytes, 0, &status));
  g_assert_cmpuint (g_variant_get_size (crowd), <, 100000);
  g_autoptr (GVariant) some = g_variant_ref_sink (unpack_card (card_bytes, &status));
  g_assert_cmpuint (g_variant_n_children (some), ==, UNPACK_MAX_CARDS);
  alarm (0);

  /* A winmail.dat that says that gigabytes follow */
  g_autoptr (GBytes) good = test_make_tnef (NULL, "a", "b", 1);
  gsize length;
  g_autofree guint8 *lie = g_memdup2 (g_bytes_get_data (good, &length), g_bytes_get_size (good));
  memset (lie + 6 + 5, 0xff, 4);
  g_autoptr (GBytes) lying = g_bytes_new (lie, g_bytes_get_size (good));
  const char *const arguments[] = { "tnef", NULL };
  try_program (arguments, lying);
}

void
test_hostile_add (void)
{
  g_test_add_func ("/unpack/hostile/damaged", test_damaged);
  g_test_add_func ("/unpack/hostile/damaged-text", test_damaged_text);
  g_test_add_func ("/unpack/hostile/bomb", test_bomb);
  g_test_add_func ("/unpack/hostile/endless-series", test_endless_series);
  g_test_add_func ("/unpack/hostile/large", test_large);
}
