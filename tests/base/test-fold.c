/* Folding: what is the same to whoever looks for it. */
#include "test-base.h"

#include <glib.h>
#include <string.h>

#include "base-chars.h"
#include "base-fold.h"
#include "tongues.h"

static void
test_same (void)
{
  static const struct
  {
    const char *text, *folded;
  } cases[] = {
    { NULL, "" },
    { "", "" },
    { "Hello, WORLD 42", "hello, world 42" },
    { "ÄPFEL Straße STRASSE ẞ", "apfel strasse strasse ss" },
    { "A\xCC\x88pfel", "apfel" },
    { "Đường phố Hà Nội", "duong pho ha noi" },
    { "Ærø Łódź Œuvre ıİI", "aero lodz oeuvre iii" },
    { "ﬁnden ﬃ", "finden ffi" },
    { "Ёлка йод", "елка иод" },
    { "Ὀδυσσεύς ΆΣ", "οδυσσευσ ασ" },
    { "שָׁלוֹם", "שלום" },
    { "مُحَمَّد كـــتاب أإآ", "محمد كتاب ااا" },
    { "ﻣﺮﺣﺒﺎ", "مرحبا" },
    { "Ｋｏｒｅａ　１２３！", "korea 123!" },
    { "ｶﾞｷﾞﾊﾟ ﾊﾝｶｸ｡ｰ", "ガギパ ハンカク。ー" },
    { "ガ", "ガ" },
    { "か\xE3\x82\x99", "が" },
    { "か が", "か が" },
    { "ﾡﾢﾾￂￌￜ", "ㄱㄲㅎㅏㅗㅣ" },
    { "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB\xE1\x84\x80\xE1\x85\xB3\xE1\x86\xAF", "한글" },
    { "하\xE1\x86\xAB", "한" },
    { "ㄱㅁㅇ ㅏ", "ㄱㅁㅇ ㅏ" },
    { "น้ำ ที่", "น้ำ ที่" },
    { "क़िताब", "क़िताब" },
    { "٤٢ ๗ ४", "42 7 4" },
    { "don’t “say” a–b", "don't \"say\" a-b" },
    { "a\xC2\xA0"
      "b\xE3\x80\x80"
      "c\r\nd\t",
      "a b c\r\nd\t" },
    { "soft\xC2\xADhyphen zero\xE2\x80\x8Bwidth \xE2\x80\x8Fmark", "softhyphen zerowidth mark" },
    { "👨‍👩‍👧 ❤️ 1️⃣", "👨👩👧 ❤ 1" },
    { "\xFF"
      "A\xC3(\xED\xA0\x80\xF0\x9F\x98",
      "\xEF\xBF\xBD"
      "a\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },
  };
  g_autofree char *nul = NULL;
  gsize length;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *folded = base_fold (cases[i].text, -1, &length);

    g_assert_cmpstr (folded, ==, cases[i].folded);
    g_assert_cmpuint (length, ==, strlen (folded));
  }
  nul = base_fold ("a\0B", 3, &length);
  g_assert_cmpmem (nul, length,
                   "a\xEF\xBF\xBD"
                   "b",
                   5);
}

/* Each character by itself: as its decomposed form, as itself folded, in its room; and the tables know all that may compose. */
static void
test_each (void)
{
  for (gunichar c = 1; c < 0x110000; c++) {
    char text[7] = "";
    g_autofree char *apart = NULL;
    g_autofree char *folded = NULL;
    g_autofree char *again = NULL;
    g_autofree char *of_apart = NULL;
    gsize size, length;

    if ((c >= 0xd800 && c <= 0xdfff) || (c >= 0x20000 && c < 0x2f800 && c % 0x100 != 0)
        || (c >= 0x2fb00 && c % 0x100 != 0)) /* of what is all alike, some */
      continue;
    size = (gsize)g_unichar_to_utf8 (c, text);
    folded = base_fold (text, (gssize)size, &length);
    again = base_fold (folded, (gssize)length, NULL);
    apart = g_utf8_normalize (text, (gssize)size, G_NORMALIZE_NFD);
    of_apart = base_fold (apart, -1, NULL);
    g_assert_true (g_utf8_validate (folded, (gssize)length, NULL));
    if (strcmp (folded, again) != 0 || strcmp (folded, of_apart) != 0)
      g_error ("U+%04X: “%s”, again “%s”, decomposed “%s”", c, folded, again, of_apart);
    g_assert_cmpuint (length, <=, size * 3);
  }
}

static const gunichar pieces[] = {
  'a',    'E',    '1',    ' ',    '-',     0xe9,    0x301,   0x323,  0x327,  0x1100, 0x1161, 0x11a8,
  0xac00, 0xac01, 0x3131, 0x304b, 0x3099,  0x309a,  0xff76,  0xff9e, 0xff21, 0xe01,  0xe38,  0xe48,
  0xe33,  0x915,  0x93c,  0x958,  0x94d,   0x9c7,   0x9be,   0x627,  0x653,  0x64e,  0x640,  0x5d0,
  0x5b0,  0xfb2a, 0x200d, 0xad,   0x1f468, 0xfe0f,  0x1d160, 0x1025, 0x102e, 0x3b1,  0x345,  0x1fb3,
  0xdf,   0x130,  0xfdfa, 0xfdf2, 0x4e00,  0x2f9f4, 0xcc6,   0xcc2,  0xcd5,
};

static void
append_random (GString *text, int n)
{
  while (n-- > 0)
    g_string_append_unichar (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
}

static void
test_random (void)
{
  for (guint i = 0; i < 50000; i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *folded = NULL;
    g_autofree char *again = NULL;
    g_autofree char *apart = NULL;
    g_autofree char *whole = NULL;
    g_autofree char *of_apart = NULL;
    g_autofree char *of_whole = NULL;
    g_autofree char *composed = NULL;

    append_random (text, g_test_rand_int_range (1, 12));
    folded = base_fold (text->str, (gssize)text->len, NULL);
    again = base_fold (folded, -1, NULL);
    apart = g_utf8_normalize (text->str, -1, G_NORMALIZE_NFD);
    whole = g_utf8_normalize (text->str, -1, G_NORMALIZE_NFC);
    of_apart = base_fold (apart, -1, NULL);
    of_whole = base_fold (whole, -1, NULL);
    composed = g_utf8_normalize (folded, -1, G_NORMALIZE_NFC);
    g_test_message ("“%s”", text->str);
    g_assert_cmpstr (folded, ==, again);
    g_assert_cmpstr (folded, ==, of_whole);
    g_assert_cmpstr (folded, ==, of_apart);
    g_assert_cmpstr (folded, ==, composed);
  }
}

/* The way back leads to characters, forwards only, and what is marked folds to what was found. */
static void
test_places (void)
{
  g_autoptr (BaseFolded) words = base_fold_with_places ("Ein Größter: ｶﾞ e\xCC\x81!", -1);
  const char *at = strstr (words->folded, "grosster");
  gsize start, end;

  g_assert_nonnull (at);
  base_folded_get_range (words, (gsize)(at - words->folded), (gsize)(at - words->folded) + 4,
                         &start, &end);
  g_assert_cmpuint (start, ==, 4);
  g_assert_cmpuint (end, ==, 4 + strlen ("Größ")); /* half of ß is all of it */
  at = strstr (words->folded, "ガ");
  g_assert_nonnull (at);
  base_folded_get_range (words, (gsize)(at - words->folded), (gsize)(at - words->folded) + 3,
                         &start, &end);
  g_assert_cmpuint (end - start, ==, 6);
  at = strchr (words->folded, '!');
  base_folded_get_range (words, (gsize)(at - words->folded) - 1, (gsize)(at - words->folded),
                         &start, &end);
  g_assert_cmpuint (end - start, ==, 3); /* with its accent */

  for (guint i = 0; i < 5000; i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *plain = NULL;

    append_random (text, g_test_rand_int_range (0, 12));
    if (i % 3 == 0)
      g_string_append_c (text, '\xff');
    g_autoptr (BaseFolded) folded = base_fold_with_places (text->str, (gssize)text->len);
    plain = base_fold (text->str, (gssize)text->len, NULL);
    g_assert_cmpstr (folded->folded, ==, plain);
    g_assert_cmpuint (folded->places[folded->length], ==, text->len);
    for (gsize k = 0; k < folded->length; k++) {
      g_assert_cmpuint (folded->places[k], <=, folded->places[k + 1]);
      g_assert_cmpuint ((guchar)text->str[folded->places[k]] & 0xc0, !=, 0x80);
    }
  }
}

/* In texts of people, whole and decomposed. */
static void
test_tongues (void)
{
  g_autoptr (Tongues) tongues = tongues_new (7, 2000);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (TongueKind kind = 0; kind < N_TONGUES; kind++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *folded = NULL;
    g_autofree char *again = NULL;
    g_autofree char *apart = NULL;
    g_autofree char *of_apart = NULL;

    tongues_append_text (tongues, rand, kind, 20000, text);
    apart = g_utf8_normalize (text->str, -1, G_NORMALIZE_NFD);
    folded = base_fold (text->str, -1, NULL);
    again = base_fold (folded, -1, NULL);
    of_apart = base_fold (apart, -1, NULL);
    g_assert_cmpstr (folded, ==, again);
    g_assert_cmpstr (folded, ==, of_apart);
  }
}

/* Half a million marks on one letter, in the wrong order: putting all of them in order at once would take minutes. */
static void
test_marks (void)
{
  g_autoptr (GString) text = g_string_new ("a");
  g_autofree char *folded = NULL, *twice = NULL;
  gint64 begun = g_get_monotonic_time ();
  gsize length;

  for (guint i = 0; i < 250000; i++)
    g_string_append (text, "\u0951\u0952");
  folded = base_fold (text->str, (gssize)text->len, &length);
  g_assert_cmpuint (length, ==, text->len);
  twice = base_fold (folded, -1, NULL);
  g_assert_cmpstr (twice, ==, folded);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 10 * G_USEC_PER_SEC);
}

void
test_fold_add (void)
{
  g_test_add_func ("/base/fold/same", test_same);
  g_test_add_func ("/base/fold/each", test_each);
  g_test_add_func ("/base/fold/random", test_random);
  g_test_add_func ("/base/fold/places", test_places);
  g_test_add_func ("/base/fold/tongues", test_tongues);
  g_test_add_func ("/base/fold/marks", test_marks);
}
