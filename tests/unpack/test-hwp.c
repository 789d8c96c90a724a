/* What is written in documents of Hangul (HWP 5), and in such as were made to break what reads them. */
#include "test-unpack.h"

#include <string.h>
#include <unistd.h>

#include "hwp-maker.h"
#include "unpack-office.h"

#define SECONDS 120 /* a machine that does other things */

static char *
read_text (GBytes *bytes, guint most, UnpackStatus *status)
{
  g_autoptr (GVariant) value = unpack_office_text (bytes, most, status);

  if (value == NULL)
    return NULL;
  g_variant_ref_sink (value);
  return g_variant_dup_string (value, NULL);
}

static void
check (GBytes *bytes, guint most, const char *expected)
{
  UnpackStatus status;
  g_autofree char *text = read_text (bytes, most, &status);

  g_assert_cmpint (status, ==, UNPACK_DONE);
  g_assert_cmpstr (text, ==, expected);
}

/* A document of these sections, neither packed nor with a preview. */
static GBytes *
make_plain (GByteArray *const *sections, guint n)
{
  g_autoptr (GBytes) header = hwp_maker_header (0);
  g_autoptr (GArray) streams = g_array_new (FALSE, FALSE, sizeof (HwpStream));
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  HwpStream one = { "FileHeader", header };
  GBytes *document;

  g_array_append_val (streams, one);
  for (guint i = 0; i < n; i++) {
    one.name = g_strdup_printf ("BodyText/Section%u", i);
    one.content = g_bytes_new (sections[i]->data, sections[i]->len);
    g_ptr_array_add (names, (gpointer)one.name);
    g_array_append_val (streams, one);
  }
  document = hwp_maker_compound ((const HwpStream *)(gpointer)streams->data, streams->len);
  for (guint i = 1; i < streams->len; i++)
    g_bytes_unref (g_array_index (streams, HwpStream, i).content);
  return document;
}

static GBytes *
make_records (GByteArray *records)
{
  return make_plain (&records, 1);
}

static void
add_units (GByteArray *records, const guint16 *units, gsize n)
{
  g_autofree guint16 *little = g_new (guint16, n);

  for (gsize i = 0; i < n; i++)
    little[i] = GUINT16_TO_LE (units[i]);
  hwp_maker_add_record (records, HWP_MAKER_TEXT, little, 2 * n, (guint32)(2 * n));
}

/* ---- what is read ---- */

static void
test_text (void)
{
  for (guint properties = 0; properties <= HWP_MAKER_PACKED; properties++) {
    g_autoptr (GBytes) bytes = hwp_maker_document (properties, "안녕하세요, 회의록입니다", "안녕");

    check (bytes, 1000, "안녕하세요, 회의록입니다\n");
    check (bytes, 8, "안녕");
    check (bytes, 0, "");
  }
}

/* All its sections, by their numbers, and paragraphs of any length. */
static void
test_sections (void)
{
  GByteArray *sections[12];
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autofree char *filler = g_strnfill (3000, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (sections); i++) {
    g_autofree char *text = g_strdup_printf ("%s section %u", i == 1 ? filler : "A", i);

    sections[i] = g_byte_array_new ();
    hwp_maker_add_record (sections[i], 16, "other", 5, 5);
    hwp_maker_add_paragraph (sections[i], text);
    hwp_maker_add_paragraph (sections[i], "둘째 문단");
    g_string_append_printf (expected, "%s\n둘째 문단\n", text);
  }
  g_autoptr (GBytes) bytes = make_plain (sections, G_N_ELEMENTS (sections));
  check (bytes, 100000, expected->str);
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    g_byte_array_unref (sections[i]);
}

/* Of controls that take eight units none of the seven others is a character; a word goes on behind those that are none. */
static void
test_controls (void)
{
  static const guint16 long_ones[] = { 1,  2,  3,  4,  5,  6,  7,  8,  11, 12,
                                       14, 15, 16, 17, 18, 19, 20, 21, 22, 23 };
  static const guint16 short_ones[] = { 0, 25, 26, 27, 28, 29 };
  static const guint16 blanks[] = { 'a', 9,   'X', 'X', 'X', 'X', 'X', 'X', 9,  'b',
                                    24,  'c', 30,  'd', 31,  'e', 10,  'f', 13, 'g' };

  for (guint i = 0; i < G_N_ELEMENTS (long_ones); i++) {
    const guint16 c = long_ones[i];
    const guint16 units[] = { 0xc548, c, 'X', 'Y', 0xd55c, 10, 13, 9, c, 0xb155, 13 };
    g_autoptr (GByteArray) records = g_byte_array_new ();

    add_units (records, units, G_N_ELEMENTS (units));
    g_autoptr (GBytes) bytes = make_records (records);
    check (bytes, 1000, "안녕\n");
  }
  for (guint i = 0; i < G_N_ELEMENTS (short_ones); i++) {
    const guint16 units[] = { 0xc548, short_ones[i], 0xb155, 13 };
    g_autoptr (GByteArray) records = g_byte_array_new ();

    add_units (records, units, G_N_ELEMENTS (units));
    g_autoptr (GBytes) bytes = make_records (records);
    check (bytes, 1000, "안녕\n");
  }
  g_autoptr (GByteArray) records = g_byte_array_new ();
  add_units (records, blanks, G_N_ELEMENTS (blanks));
  g_autoptr (GBytes) bytes = make_records (records);
  check (bytes, 1000, "a\tb-c d e\nf\ng\n");
}

/* Two units that are one character; and halves of such, wherever they stand. */
static void
test_pairs (void)
{
  static const guint16 units[] = { 0xd83d, 0xdea2, 'a', 0xd83d, 'b', 0xdea2, 'c', 0xd83d };
  g_autoptr (GByteArray) records = g_byte_array_new ();

  add_units (records, units, G_N_ELEMENTS (units));
  g_autoptr (GBytes) bytes = make_records (records);
  check (bytes, 1000,
         "🚢a\xef\xbf\xbd"
         "b\xef\xbf\xbd"
         "c\xef\xbf\xbd\n");
  check (bytes, 4, "🚢");
  check (bytes, 3, "");
}

/* What only who knows the password reads; and what its sender let nobody change, whose preview may be read. */
static void
test_protected (void)
{
  static const guint32 closed[] = { HWP_MAKER_PASSWORD, HWP_MAKER_RIGHTS,
                                    HWP_MAKER_PASSWORD | HWP_MAKER_DISTRIBUTED };
  g_autoptr (GBytes) distributed =
      hwp_maker_document (HWP_MAKER_DISTRIBUTED | HWP_MAKER_PACKED, "secret", "보기\r\n둘");

  for (guint i = 0; i < G_N_ELEMENTS (closed); i++) {
    g_autoptr (GBytes) bytes =
        hwp_maker_document (closed[i] | HWP_MAKER_PACKED, "secret", "preview");
    UnpackStatus status;

    g_assert_null (read_text (bytes, 1000, &status));
    g_assert_cmpint (status, ==, UNPACK_PROTECTED);
  }
  check (distributed, 1000, "보기\n둘\n");
}

/* Other compound files, such as old ones of Word, and such as have a part of what is needed. */
static void
test_others (void)
{
  g_autoptr (GBytes) header = hwp_maker_header (0), text = g_bytes_new_static ("Hello", 5);
  g_autoptr (GBytes) good = hwp_maker_document (0, "안녕", "안녕");
  const HwpStream old_word[] = { { "WordDocument", text } },
                  short_header[] = { { "FileHeader", text } },
                  no_body[] = { { "FileHeader", header } },
                  flat_body[] = { { "FileHeader", header }, { "BodyText", text } };
  const struct
  {
    const HwpStream *streams;
    guint n;
    UnpackStatus status;
  } others[] = {
    { old_word, G_N_ELEMENTS (old_word), UNPACK_BROKEN },
    { short_header, G_N_ELEMENTS (short_header), UNPACK_BROKEN },
    { no_body, G_N_ELEMENTS (no_body), UNPACK_DONE },
    { flat_body, G_N_ELEMENTS (flat_body), UNPACK_DONE },
  };
  UnpackStatus status;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (GBytes) bytes = hwp_maker_compound (others[i].streams, others[i].n);
    g_autofree char *read = read_text (bytes, 1000, &status);

    g_assert_cmpint (status, ==, others[i].status);
    g_assert_cmpstr (read, ==, others[i].status == UNPACK_DONE ? "" : NULL);
  }
  for (gsize length = 0; length < 600; length += 37) {
    g_autoptr (GBytes) cut = g_bytes_new_from_bytes (good, 0, length);

    g_assert_null (read_text (cut, 1000, &status));
    g_assert_cmpint (status, ==, UNPACK_BROKEN);
  }
}

/* The walls of the program let it do what it needs. */
static void
test_program (void)
{
  const char *const arguments[] = { "text", "1000", NULL };
  g_autoptr (GBytes) bytes = hwp_maker_document (HWP_MAKER_PACKED, "안녕하세요", "");
  g_autoptr (GVariant) reply = test_run_program (arguments, bytes, NULL), value = NULL;
  guint32 status = UNPACK_BROKEN;

  g_assert_nonnull (reply);
  g_variant_get (reply, UNPACK_REPLY, &status, &value);
  g_assert_cmpuint (status, ==, UNPACK_DONE);
  g_assert_cmpstr (g_variant_get_string (value, NULL), ==, "안녕하세요\n");
}

/* ---- what was made to break it ---- */

/* Records that say more than there is, or end within their header, and a character that is half there. */
static void
test_lies (void)
{
  static const struct
  {
    guint32 said;
    const char *text;
  } lies[] = {
    { 4, "ab\n" },      { 3, "a\n" },         { 6, "abc\n" },           { 5000, "abc\n" },
    { 0xfff, "abc\n" }, { 0xfffff, "abc\n" }, { G_MAXUINT32, "abc\n" },
  };
  static const guint8 long_header[] = { HWP_MAKER_TEXT, 0, 0xf0, 0xff, 9, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++) {
    g_autoptr (GByteArray) records = g_byte_array_new ();

    hwp_maker_add_record (records, HWP_MAKER_TEXT, "a\0b\0c\0", 6, lies[i].said);
    g_autoptr (GBytes) bytes = make_records (records);
    check (bytes, 1000, lies[i].text);
  }
  for (guint cut = 1; cut <= sizeof long_header; cut++) {
    g_autoptr (GByteArray) records = g_byte_array_new ();

    hwp_maker_add_paragraph (records, "before");
    g_byte_array_append (records, long_header, cut);
    g_autoptr (GBytes) bytes = make_records (records);
    check (bytes, 1000, "before\n");
  }
}

/* What is inflated ends somewhere, or is none: what was there until then is read. */
static void
test_cut_stream (void)
{
  g_autoptr (GBytes) header = hwp_maker_header (HWP_MAKER_PACKED);
  g_autoptr (GByteArray) records = g_byte_array_new ();

  for (guint i = 0; i < 500; i++) {
    g_autofree char *text = g_strdup_printf ("%u ships %u", i * 7919, i);

    hwp_maker_add_paragraph (records, text);
  }
  g_autoptr (GBytes) all = g_bytes_new (records->data, records->len), packed = hwp_maker_pack (all);
  gsize length = g_bytes_get_size (packed);

  for (guint i = 0; i < 3; i++) {
    const gsize lengths[] = { 0, length / 2, length };
    g_autoptr (GBytes) cut = g_bytes_new_from_bytes (packed, 0, lengths[i]);
    const HwpStream streams[] = { { "FileHeader", header }, { "BodyText/Section0", cut } };
    g_autoptr (GBytes) bytes = hwp_maker_compound (streams, G_N_ELEMENTS (streams));
    UnpackStatus status;
    g_autofree char *text = read_text (bytes, 100000, &status);

    g_assert_cmpint (status, ==, UNPACK_DONE);
    g_assert_true (g_str_has_prefix (text, i == 0 ? "" : "0 ships 0\n"));
    g_assert_cmpint (strstr (text, " ships 499\n") != NULL, ==, i == 2);
  }
  const HwpStream unpacked[] = { { "FileHeader", header }, { "BodyText/Section0", all } };
  g_autoptr (GBytes) lying = hwp_maker_compound (unpacked, G_N_ELEMENTS (unpacked));
  check (lying, 1000, "");
}

/* What is found of a section of `front`, so much that costs nothing to send, and "needle"; beside a preview. */
static char *
read_around (const char *front, gsize filler)
{
  g_autoptr (GBytes) header = hwp_maker_header (HWP_MAKER_PACKED);
  g_autoptr (GBytes) preview = hwp_maker_utf16 ("shown");
  g_autoptr (GByteArray) records = g_byte_array_new ();
  g_autofree guint8 *blanks = g_malloc0 (filler);
  UnpackStatus status;

  hwp_maker_add_paragraph (records, front);
  hwp_maker_add_record (records, 16, blanks, filler, (guint32)filler);
  hwp_maker_add_paragraph (records, "needle");
  g_autoptr (GBytes) all = g_bytes_new (records->data, records->len), packed = hwp_maker_pack (all);
  const HwpStream streams[] = { { "FileHeader", header },
                                { "BodyText/Section0", packed },
                                { "PrvText", preview } };
  g_autoptr (GBytes) bytes = hwp_maker_compound (streams, G_N_ELEMENTS (streams));

  g_assert_cmpuint (g_bytes_get_size (bytes), <, 1 << 20);
  char *text = read_text (bytes, 1000, &status);
  g_assert_cmpint (status, ==, UNPACK_DONE);
  return text;
}

static void
test_bomb (void)
{
  alarm (SECONDS);
  g_autofree char *near = read_around ("front", 1 << 20);
  g_autofree char *far = read_around ("front", 65u << 20);
  g_autofree char *beyond = read_around ("", 65u << 20);
  alarm (0);
  g_assert_cmpstr (near, ==, "front\nneedle\n");
  /* What is before the limit; and if that is nothing, the preview. */
  g_assert_cmpstr (far, ==, "front\n");
  g_assert_cmpstr (beyond, ==, "shown\n");
}

/* Text without end: as much of it as is wanted. */
static void
test_endless (void)
{
  g_autoptr (GByteArray) records = g_byte_array_new ();
  g_autofree char *long_text = g_strnfill (3u << 20, 'a');
  UnpackStatus status;

  hwp_maker_add_paragraph (records, long_text);
  g_autoptr (GBytes) bytes = make_records (records);
  alarm (SECONDS);
  g_autofree char *some = read_text (bytes, 1000, &status);
  g_assert_cmpuint (strlen (some), ==, 1000);
  g_autofree char *more = read_text (bytes, G_MAXUINT, &status);
  g_assert_cmpuint (strlen (more), ==, UNPACK_MAX_TEXT);
  alarm (0);
}

/* libgsf tells of what it does not like, which is what these files are for, and not always by its name; whatever else is said fails. */
static gboolean
is_failure (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  return domain != NULL ? !g_str_has_prefix (domain, "libgsf") : (level & G_LOG_LEVEL_WARNING) == 0;
}

static void
ignore (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  if (is_failure (domain, level, message, data))
    g_log_default_handler (domain, level, message, data);
}

/* Changed anywhere: in its tables, streams, what is deflated and what is inflated. */
static void
test_damaged (void)
{
  const char *const arguments[] = { "text", "1000", NULL };
  g_autofree char *debug = g_strdup (g_getenv ("G_DEBUG"));
  GLogFunc before = g_log_set_default_handler (ignore, NULL);
  guint32 seed = 4242;

  g_test_log_set_fatal_handler (is_failure, NULL);
  g_unsetenv ("G_DEBUG"); /* the program goes on, as where people use it */
  alarm (SECONDS);
  for (guint properties = 0; properties <= HWP_MAKER_PACKED; properties++) {
    g_autoptr (GBytes) good =
        hwp_maker_document (properties, "안녕하세요, 회의록입니다 🚢 abc", "보기");

    for (guint n = 0; n < 400; n++) {
      g_autoptr (GBytes) bad = test_damage (good, &seed);
      UnpackStatus status;
      g_autofree char *text = read_text (bad, 1000, &status);

      g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
      if (n < 4) {
        g_autoptr (GVariant) reply = test_run_program (arguments, bad, NULL);

        g_assert_nonnull (reply); /* nothing of it ends the program */
      }
    }
  }
  /* And the records by themselves: a file around them is damaged before they are. */
  for (guint n = 0; n < 400; n++) {
    GByteArray *records = g_byte_array_new ();

    hwp_maker_add_paragraph (records, "안녕하세요, 회의록입니다 🚢 abc");
    hwp_maker_add_paragraph (records, "둘째 문단");
    g_autoptr (GBytes) all = g_byte_array_free_to_bytes (records), bad = test_damage (all, &seed);
    GByteArray *damaged = g_byte_array_new ();
    g_byte_array_append (damaged, g_bytes_get_data (bad, NULL), (guint)g_bytes_get_size (bad));
    g_autoptr (GBytes) bytes = make_records (damaged);
    UnpackStatus status;
    g_autofree char *text = read_text (bytes, 1000, &status);

    g_assert_cmpint (status, ==, UNPACK_DONE);
    g_assert_true (g_utf8_validate (text, -1, NULL));
    g_byte_array_unref (damaged);
  }
  alarm (0);
  g_test_log_set_fatal_handler (NULL, NULL);
  g_log_set_default_handler (before, NULL);
  if (debug != NULL)
    g_setenv ("G_DEBUG", debug, TRUE);
}

void
test_hwp_add (void)
{
  g_test_add_func ("/unpack/hwp/text", test_text);
  g_test_add_func ("/unpack/hwp/sections", test_sections);
  g_test_add_func ("/unpack/hwp/controls", test_controls);
  g_test_add_func ("/unpack/hwp/pairs", test_pairs);
  g_test_add_func ("/unpack/hwp/protected", test_protected);
  g_test_add_func ("/unpack/hwp/others", test_others);
  g_test_add_func ("/unpack/hwp/program", test_program);
  g_test_add_func ("/unpack/hwp/lies", test_lies);
  g_test_add_func ("/unpack/hwp/cut-stream", test_cut_stream);
  g_test_add_func ("/unpack/hwp/bomb", test_bomb);
  g_test_add_func ("/unpack/hwp/endless", test_endless);
  g_test_add_func ("/unpack/hwp/damaged", test_damaged);
}
