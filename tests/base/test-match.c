/* Finding names by what a person types. */
#include "test-base.h"

#include <glib.h>
#include <string.h>

#include "base-fold.h"
#include "base-match.h"

static BaseMatchFit
fit (const char *query, const char *text)
{
  g_autoptr (BaseMatch) match = base_match_new (query);
  g_autofree char *folded = base_fold (text, -1, NULL);

  return base_match_look (match, folded);
}

static void
test_found (void)
{
  static const struct
  {
    const char *query, *text;
    BaseMatchFit fit;
  } cases[] = {
    { "", "Kim", BASE_MATCH_NONE },
    { " ,", "Kim", BASE_MATCH_NONE },
    { "kim", "Kim Minsu minsu@example.org", BASE_MATCH_BEGIN },
    { "min", "Kim Minsu minsu@example.org", BASE_MATCH_WORD },
    { "insu", "Kim Minsu minsu@example.org", BASE_MATCH_WITHIN },
    { "minsu kim", "Kim Minsu", BASE_MATCH_WORD },
    { "kim min", "Kim Minsu", BASE_MATCH_BEGIN },
    { "kim lee", "Kim Minsu", BASE_MATCH_NONE },
    { "exam", "Kim <minsu@example.org>", BASE_MATCH_WORD },
    { "minsu@ex", "Kim minsu@example.org", BASE_MATCH_WORD },
    { "jose", "José Müller", BASE_MATCH_BEGIN },
    { "MÜLLER", "José Muller", BASE_MATCH_WORD },
    { "ｋｉｍ", "Kim", BASE_MATCH_BEGIN },
    { "か", "がんばる", BASE_MATCH_NONE },
    /* Initial consonants, as single keys and as an input method joins them */
    { "ㄱㅁㅇ", "김민우", BASE_MATCH_BEGIN },
    { "ㅁㅇ", "김민우", BASE_MATCH_WITHIN },
    { "ㄱㅁㅅ", "김민우", BASE_MATCH_NONE },
    { "ㄳ", "강수진", BASE_MATCH_BEGIN },
    { "ㄱㅅ", "강수진", BASE_MATCH_BEGIN },
    { "ㅄㅈ", "박서준", BASE_MATCH_BEGIN },
    { "ㄲ", "까치", BASE_MATCH_BEGIN },
    { "ㄱ", "까치", BASE_MATCH_NONE },
    { "김ㅁㅇ", "김민우", BASE_MATCH_BEGIN },
    { "민ㅇ", "김민우", BASE_MATCH_WITHIN },
    { "\341\204\200\341\204\206", "김민우", BASE_MATCH_BEGIN }, /* conjoining */
    { "ㄱ ㅂ", "김민우 부장", BASE_MATCH_BEGIN },
    /* Half composed */
    { "기", "김민우", BASE_MATCH_BEGIN },
    { "김미", "김민우", BASE_MATCH_BEGIN },
    { "기민", "김민우", BASE_MATCH_NONE },
    { "갈", "가려진", BASE_MATCH_BEGIN },
    { "갈", "가다", BASE_MATCH_NONE },
    { "닭", "달걀", BASE_MATCH_BEGIN }, /* ㄺ on the way to ㄹ and ㄱ */
    { "김밈", "김미무", BASE_MATCH_BEGIN },
    { "값", "갑수", BASE_MATCH_BEGIN },
    /* As other systems write it: decomposed */
    { "김민우",
      "\341\204\200\341\205\265\341\206\267\341\204\206\341\205\265\341\206\253\341\204\213\341\205\256",
      BASE_MATCH_BEGIN },
    { "\341\204\200\341\205\265", "김민우", BASE_MATCH_BEGIN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("“%s” in “%s”", cases[i].query, cases[i].text);
    g_assert_cmpint (fit (cases[i].query, cases[i].text), ==, cases[i].fit);
  }
}

/* Whatever is typed: each beginning of a name finds it, by syllables and by initials, and with any syllable half composed. */
static void
test_typed (void)
{
  static const char *const names[] = { "김민우", "남궁옥분",   "황보라", "독고영재",  "선우은숙",
                                       "제갈량", "Zoë O’Neil", "สมชาย",  "田中さくら" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    for (const char *end = names[i]; *end != '\0';) {
      end = g_utf8_next_char (end);
      g_autofree char *begin = g_strndup (names[i], (gsize)(end - names[i]));
      g_autofree char *stripped = g_strstrip (g_strdup (begin));

      g_assert_cmpint (fit (stripped, names[i]), ==, BASE_MATCH_BEGIN);
    }
  }
}

/* Bytes at random neither crash nor match without being there. */
static void
test_random (void)
{
  static const gunichar chars[] = { 'a',    ' ',    '@',    0x3131, 0x314e,  0x1100, 0x11a8,
                                    0xac00, 0xd7a3, 0xac01, 0x301,  0x1f600, 0xff21 };

  for (guint i = 0; i < 20000; i++) {
    g_autoptr (GString) query = g_string_new (NULL);
    g_autoptr (GString) text = g_string_new (NULL);

    for (int n = g_test_rand_int_range (0, 5); n > 0; n--)
      g_string_append_unichar (query, chars[g_test_rand_int_range (0, G_N_ELEMENTS (chars))]);
    for (int n = g_test_rand_int_range (0, 8); n > 0; n--)
      g_string_append_unichar (text, chars[g_test_rand_int_range (0, G_N_ELEMENTS (chars))]);
    (void)fit (query->str, text->str);
    /* As a word of its own, which nothing before it can join. */
    g_string_append_printf (text, "x %s", query->str);
    g_strstrip (query->str);
    if (query->str[0] != '\0' && g_unichar_isalnum (g_utf8_get_char (query->str)))
      g_assert_cmpint (fit (query->str, text->str), !=, BASE_MATCH_NONE);
  }
}

void
test_match_add (void)
{
  g_test_add_func ("/base/match/found", test_found);
  g_test_add_func ("/base/match/typed", test_typed);
  g_test_add_func ("/base/match/random", test_random);
}
