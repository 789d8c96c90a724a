/* Queries typed while the keyboard wrote another script. */
#include "test-base.h"

#include <glib.h>
#include <string.h>

#include "base-layout.h"
#include "tongues.h"

static void
test_keys (void)
{
  static const struct
  {
    const char *latin, *hangul;
  } cases[] = {
    { "", "" },
    { "dkssud", "안녕" },
    { "dkssudgktpdy", "안녕하세요" },
    { "hello", "ㅗ디ㅣㅐ" },
    { "apdlf", "메일" },
    { "rkqt", "값" },
    { "rkqtdl", "값이" },
    { "rkqtl", "갑시" }, /* the second of a double final goes over */
    { "ekfrkf", "달갈" },
    { "ekfrrkf", "닭갈" },
    { "dlfrdmfrP", "읽을계" },
    { "Qkfrks", "빨간" },
    { "Thr", "쏙" },
    { "dhkd", "왕" },
    { "dho dml dnj dnl dhl", "왜 의 워 위 외" },
    { "RO QO", "꺠 뺴" },
    { "rrtt", "ㄱㄱㅅㅅ" },
    { "hkh", "ㅘㅗ" },
    { "dkEk", "아따" }, /* ㄸ closes nothing */
    { "a1b-c.", "ㅁ1ㅠ-ㅊ." },
    { "wjddl20sus", "정이20년" },
    { "é", "é" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *hangul = base_layout_to_hangul (cases[i].latin);
    g_autofree char *latin = base_layout_to_latin (cases[i].hangul);

    g_assert_cmpstr (hangul, ==, cases[i].hangul);
    g_assert_cmpstr (latin, ==, cases[i].latin);
  }
  g_autofree char *capitals = base_layout_to_hangul ("KIM ROP");
  g_assert_cmpstr (capitals, ==, "ㅏㅑㅡ 꺠ㅖ");
}

/* Keys of every syllable write it, alone and in a row. */
static void
test_syllables (void)
{
  g_autoptr (GString) all = g_string_new (NULL);
  g_autofree char *keys = NULL;
  g_autofree char *back = NULL;
  g_autofree char *apart = NULL;
  g_autofree char *of_apart = NULL;

  for (gunichar c = 0xac00; c <= 0xd7a3; c++)
    g_string_append_unichar (all, c);
  keys = base_layout_to_latin (all->str);
  back = base_layout_to_hangul (keys);
  g_assert_cmpstr (back, ==, all->str);
  apart = g_utf8_normalize (all->str, -1, G_NORMALIZE_NFD);
  of_apart = base_layout_to_latin (apart);
  g_assert_cmpstr (of_apart, ==, keys);
}

static void
test_correct (void)
{
  static const char *const cases[][2] = {
    { "dkssud", "안녕" },
    { "ㅗ디ㅣㅐ", "hello" },
    { "apdlf", "메일" },
    { "ghldml", "회의" },
    { "qhrhtj", "보고서" },
    { "ghkrdls rlathr", "확인 김속" },
    { "PDF ghldml", "PDF 회의" },
    { "from:rlaalsdn", "from:김민우" },
    { "-\"dkssud\" OR (rPdir)", "-\"안녕\" OR (계약)" },
    { "ㅡㄷㄷ샤ㅜㅎ", "meeting" },
    { "ㄱ데ㅐㄱㅅ", "report" },
    { "ㅑㅜ패ㅑㅊㄷ", "invoice" },
    { "ㅅㄷㄴㅅ", "test" },
    { "ㅎㅑ소ㅕㅠ", "github" },
    /* These are meant. */
    { "", NULL },
    { "hello", NULL },
    { "meeting report", NULL },
    { "from:kim is:unread", NULL },
    { "disk", NULL },
    { "so", NULL },
    { "the", NULL },
    { "video", NULL },
    { "xyz", NULL },
    { "rk", NULL },
    { "OR", NULL },
    { "안녕", NULL },
    { "안녕하세요 메일", NULL },
    { "ㄱㅁㅇ", NULL },
    { "ㅋㅋ", NULL },
    { "ㅋㅋㅋㅋㅋ", NULL },
    { "그래ㅎ", NULL },
    { "안녕ㅋㅋ", NULL },
    { "좋아ㅠㅠ", NULL },
    { "010-1234", NULL },
    { "日本", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *meant = base_layout_correct (cases[i][0]);

    g_test_message ("“%s”", cases[i][0]);
    g_assert_cmpstr (meant, ==, cases[i][1]);
  }
}

/* Words of people, typed right, are nearly never corrected; typed wrong, nearly always. */
static void
test_words (void)
{
  static const TongueKind right[] = { TONGUE_ENGLISH, TONGUE_GERMAN, TONGUE_KOREAN };
  g_autoptr (Tongues) tongues = tongues_new (5, 2000);
  guint wrong = 0, known = 0, tried = 0;

  for (guint i = 0; i < 2000; i++) {
    for (guint k = 0; k < G_N_ELEMENTS (right); k++) {
      g_autofree char *other = base_layout_correct (tongues_get_word (tongues, right[k], i));

      wrong += other != NULL;
    }
    const char *word = tongues_get_word (tongues, TONGUE_KOREAN, i);
    g_autofree char *keys = base_layout_to_latin (word);
    g_autofree char *meant = base_layout_correct (keys);

    if (g_utf8_strlen (word, -1) > 1) {
      tried++;
      known += g_strcmp0 (meant, word) == 0;
    }
  }
  g_test_message ("%u of 6000 corrected though right; %u of %u that were wrong", wrong, known,
                  tried);
  g_assert_cmpuint (wrong, <, 30);
  g_assert_cmpuint (known * 10, >, tried * 9);
}

void
test_layout_add (void)
{
  g_test_add_func ("/base/layout/keys", test_keys);
  g_test_add_func ("/base/layout/syllables", test_syllables);
  g_test_add_func ("/base/layout/correct", test_correct);
  g_test_add_func ("/base/layout/words", test_words);
}
