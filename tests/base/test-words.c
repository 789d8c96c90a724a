/* Words of texts and of what is looked for in them: whatever is found by reading is found by words, too. */
#include "test-base.h"

#include <glib.h>
#include <string.h>

#include "base-chars.h"
#include "base-find.h"
#include "base-fold.h"
#include "base-pairs.h"
#include "base-words.h"
#include "tongues.h"

static gboolean
find_in (const char *term, const char *text, BaseFindFlags flags)
{
  g_autoptr (BaseFind) find = base_find_new (term, flags);
  gsize length, start, end;
  g_autofree char *folded = base_fold (text, -1, &length);

  if (!base_find_look (find, folded, length, 0, &start, &end))
    return FALSE;
  g_assert_cmpuint (start, <, end);
  g_assert_cmpuint (end, <=, length);
  return TRUE;
}

/* As who indexes does: each once. */
static gboolean
take_token (const char *token, gsize length, gpointer user_data)
{
  GHashTable *all = user_data;
  g_autofree char *text = g_strndup (token, length);

  g_assert_cmpuint (length, >, 0);
  g_assert_cmpuint (length, <=, BASE_WORDS_MAX);
  g_assert_true (g_utf8_validate (token, (gssize)length, NULL));
  for (gsize i = 0; i < length; i++)
    g_assert_cmpuint ((guchar)token[i], >=, '0');
  if (g_hash_table_contains (all, text))
    return FALSE;
  return g_hash_table_add (all, g_steal_pointer (&text));
}

static gboolean
count_token (const char *token, gsize length, gpointer user_data)
{
  GHashTable *all = user_data;
  g_autofree char *text = g_strndup (token, length);

  g_assert_true (g_hash_table_contains (all, text));
  return TRUE;
}

static int
compare_tokens (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Sorted. */
static GPtrArray *
list_tokens (const char *folded, gsize length, gboolean initials)
{
  g_autoptr (GHashTable) all = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer token;

  (initials ? base_words_of_initials : base_words_of_text) (folded, length, take_token, all);
  /* Those that were left out, because what they come of was there before, were there, too. */
  (initials ? base_words_of_initials : base_words_of_text) (folded, length, count_token, all);
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, &token, NULL))
    g_ptr_array_add (list, token);
  g_ptr_array_sort (list, compare_tokens);
  return list;
}

static gboolean
has_token (GPtrArray *tokens, const BaseWord *word)
{
  gsize length = strlen (word->token);
  guint low = 0, high = tokens->len;

  while (low < high) {
    guint middle = (low + high) / 2;

    if (strcmp (tokens->pdata[middle], word->token) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == tokens->len)
    return FALSE;
  return word->prefix ? strncmp (tokens->pdata[low], word->token, length) == 0
                      : strcmp (tokens->pdata[low], word->token) == 0;
}

/* The first of its words that is not there; NULL: all are. */
static const char *
find_missing (GPtrArray *words, GPtrArray *tokens)
{
  for (guint i = 0; i < words->len; i++)
    if (!has_token (tokens, words->pdata[i]))
      return ((BaseWord *)words->pdata[i])->token;
  return NULL;
}

static GHashTable *
list_pairs (const char *folded, gsize length)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (guint32));
  GHashTable *all = g_hash_table_new (NULL, NULL);

  base_pairs_of_text (folded, length, pairs);
  for (guint i = 0; i < pairs->len; i++)
    g_hash_table_add (all, GUINT_TO_POINTER (g_array_index (pairs, guint32, i)));
  return all;
}

/* How many of its pairs are there, and how many it has. */
static guint
count_pairs (const BaseFind *find, GHashTable *all, guint *n)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (guint32));
  gsize length;
  const char *term = base_find_get_folded (find, &length);
  guint there = 0;

  base_pairs_of_term (term, length, base_find_is_whole (find), pairs);
  for (guint i = 0; i < pairs->len; i++)
    there += g_hash_table_contains (all, GUINT_TO_POINTER (g_array_index (pairs, guint32, i)));
  *n = pairs->len;
  return there;
}

/* By reading; by words it must be the same, if it is there. */
static gboolean
look_both_ways (const char *term, const char *text, BaseFindFlags flags)
{
  gboolean found = find_in (term, text, flags);
  gsize length, term_length;
  g_autoptr (BaseFind) find = base_find_new (term, flags);
  const char *folded_term = base_find_get_folded (find, &term_length);
  g_autofree char *folded = base_fold (text, -1, &length);
  g_autoptr (GPtrArray) words =
      base_words_of_term (folded_term, term_length, (flags & BASE_FIND_WHOLE) != 0);
  g_autoptr (GPtrArray) initials = (flags & BASE_FIND_INITIALS) != 0
                                       ? base_words_of_initials_term (folded_term, term_length)
                                       : NULL;
  g_autoptr (GPtrArray) tokens = list_tokens (folded, length, initials != NULL);

  g_autoptr (GHashTable) pairs = list_pairs (folded, length);
  guint n, there = count_pairs (find, pairs, &n);

  g_assert_nonnull (words);
  if (found)
    g_assert_cmpuint (there, ==, n);
  if (found)
    g_assert_cmpstr (find_missing (initials != NULL ? initials : words, tokens), ==, NULL);
  return found;
}

static void
test_found (void)
{
  static const struct
  {
    const char *term, *text;
    BaseFindFlags flags;
    gboolean found;
  } cases[] = {
    /* Particles do not matter. */
    { "메일", "오늘 이메일을 보냈다", 0, TRUE },
    { "이메일", "이메일에서", 0, TRUE },
    { "메일을", "이메일을", 0, TRUE },
    { "일", "이메일을", 0, TRUE },
    { "이메일", "이메일을", BASE_FIND_WHOLE, TRUE },
    { "메일 보냈", "이메일\n 보냈다", 0, TRUE },
    { "메 일", "이메일", 0, FALSE },
    { "메일", "메인 일", 0, FALSE },
    /* Words */
    { "exam", "An Example", 0, TRUE },
    { "ample", "An Example", 0, FALSE },
    { "exam", "An Example", BASE_FIND_WHOLE, FALSE },
    { "example", "An Example.", BASE_FIND_WHOLE, TRUE },
    { "an ex", "an\r\n\texample", 0, TRUE },
    { "an ex", "an\r\n\texample", BASE_FIND_WHOLE, FALSE },
    { "a", "b a", 0, TRUE },
    { "ab", "b abc", 0, TRUE },
    { "abc", "b abc", 0, TRUE },
    { "abcd", "b abcde", 0, TRUE },
    { "strasse", "Hauptstr. Straße", 0, TRUE },
    { "STRASSE", "Straßen", 0, TRUE },
    { "duong", "Đường phố", 0, TRUE },
    { "دفتر", "دَفْتَر", 0, TRUE },
    /* Numbers, addresses, hosts, files, code */
    { "010-1234-5678", "tel 010-1234-5678.", 0, TRUE },
    { "1234-5678", "010-1234-5678", 0, TRUE },
    { "5678", "010-1234-5678", 0, TRUE },
    { "234", "010-1234-5678", 0, FALSE },
    { "foo_bar", "x foo_bar()", 0, TRUE },
    { "bar", "foo_bar", 0, TRUE },
    { "_bar", "foo_bar", 0, TRUE },
    { "foo", "foo_bar", BASE_FIND_WHOLE, TRUE },
    { "abc-123", "Ticket ABC-123", 0, TRUE },
    { "123", "Ticket ABC-123", 0, TRUE },
    { "123", "abc123", 0, TRUE },
    { "c123", "abc123", 0, FALSE },
    { "abc1", "abc123def", 0, TRUE },
    { "123d", "abc123def", 0, TRUE },
    { "abc123456789d", "abc123456789def456", 0, TRUE },
    { "123456789def4", "abc123456789def456", 0, TRUE },
    { "user.name@example.org", "<User.Name@Example.org>", 0, TRUE },
    { "name@exam", "user.name@example.org", 0, TRUE },
    { "@example.org", "user.name@example.org", 0, TRUE },
    { "example", "user.name@example.org", 0, TRUE },
    { "mail.example.co.kr", "http://mail.example.co.kr/", 0, TRUE },
    { "co.kr", "mail.example.co.kr", 0, TRUE },
    { "report.pdf", "annual_report.pdf", 0, TRUE },
    { ".pdf", "annual_report.pdf", 0, TRUE },
    { "최종", "계약서_최종(2).hwp", 0, TRUE },
    { "50%", "50% off", 0, TRUE },
    { "c++", "C++ and more", 0, TRUE },
    /* Other scripts without spaces */
    { "京都", "東京都", 0, TRUE },
    { "東", "東京都", 0, TRUE },
    { "京", "東京都", 0, TRUE },
    { "都", "東京都", 0, TRUE },
    { "東都", "東京都", 0, FALSE },
    { "ハンカク", "ﾊﾝｶｸﾃﾞｽ", 0, TRUE },
    { "ﾃﾞｽ", "ハンカクデス", 0, TRUE },
    { "は", "がばは", 0, TRUE },
    { "メール", "メールアドレス", 0, TRUE },
    { "ไทย", "ภาษาไทย", 0, TRUE },
    { "ภาษา", "ภาษาไทย", BASE_FIND_WHOLE, TRUE },
    { "koreaテスト", "Ｋｏｒｅａﾃｽﾄ", 0, TRUE },
    { "pdf를", "PDF를 첨부", 0, TRUE },
    { "2024년", "2024년도", 0, TRUE },
    { "ㅋㅋ", "정말 ㅋㅋㅋ", 0, TRUE },
    /* Emoji */
    { "😀", "hi😀!", 0, TRUE },
    { "👩", "👨‍👩‍👧", 0, TRUE },
    { "👨‍👩‍👧", "x 👨‍👩‍👧 y", 0, TRUE },
    { "👨‍👩‍👧", "👨‍👩‍👦", 0, FALSE },
    { "🇰🇷", "from 🇰🇷🇩🇪", 0, TRUE },
    { "🇰🇷", "🇩🇪", 0, FALSE },
    { "❤", "I ❤️ you", 0, TRUE },
    { "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "x🏴󠁧󠁢󠁥󠁮󠁧󠁿", 0, TRUE },
    { "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", 0, FALSE },
    { "👍🏽", "👍🏽", 0, TRUE },
    { "👍", "👍🏽", 0, TRUE },
    { "1️⃣", "1️⃣ first", 0, TRUE },
    /* Decomposed */
    { "\341\204\206\341\205\246\341\204\213\341\205\265\341\206\257", "이메일을", 0, TRUE },
    { "메일",
      "\341\204\213\341\205\265\341\204\206\341\205\246\341\204\213\341\205\265\341\206\257", 0,
      TRUE },
    { "e\xCC\x81t\xCC\xA3", "été ét", 0, TRUE },
    /* Nothing, signs, bytes that are no text */
    { "", "abc", 0, FALSE },
    { " \t", "a b", 0, FALSE },
    { "-", "a-b", 0, TRUE },
    { "…", "well…", 0, TRUE },
    { "ab",
      "\xff"
      "ab\xfe",
      0, TRUE },
    { "\xff", "a\xfe", 0, TRUE },
    /* Initials */
    { "ㄱㅁㅇ", "받는 사람: 김민우", BASE_FIND_INITIALS, TRUE },
    { "ㄱㅁㅇ", "김민우", 0, FALSE },
    { "ㅁㅇ", "김민우", BASE_FIND_INITIALS, TRUE },
    { "ㄱ", "김민우", BASE_FIND_INITIALS, TRUE },
    { "ㄱㅁㅅ", "김민우", BASE_FIND_INITIALS, FALSE },
    { "ㄱㅁㅇ", "김 민우", BASE_FIND_INITIALS, FALSE },
    { "ㄳ", "강수진", BASE_FIND_INITIALS, TRUE },
    { "ㄱㅅㅈ", "강수진", BASE_FIND_INITIALS, TRUE },
    { "ㄴㄱㅇㅂ", "남궁옥분 부장", BASE_FIND_INITIALS, TRUE },
    { "ㅋㅋ", "정말 ㅋㅋㅋ", BASE_FIND_INITIALS, TRUE },
    { "ㄱㅅ", "ㄳ", BASE_FIND_INITIALS, TRUE },
    { "ㄱ", "ㄳ", BASE_FIND_INITIALS, TRUE },
    { "ㄲ", "까치", BASE_FIND_INITIALS, TRUE },
    { "김ㅁㅇ", "김민우", BASE_FIND_INITIALS, FALSE },
    { "kim", "Kim", BASE_FIND_INITIALS, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("“%s” in “%s”", cases[i].term, cases[i].text);
    g_assert_cmpint (look_both_ways (cases[i].term, cases[i].text, cases[i].flags), ==,
                     cases[i].found);
  }
}

/* What a phrase says beyond its words. */
static void
test_pairs (void)
{
  static const struct
  {
    const char *term, *text;
    BaseFindFlags flags;
    guint n, there;
  } cases[] = {
    { "see you", "See you soon", BASE_FIND_WHOLE, 1, 1 },
    /* What stands between them tells, but white space is white space. */
    { "see you", "See \r\n\t you soon", BASE_FIND_WHOLE, 1, 1 },
    { "see  -- you", "See -- \n you soon", BASE_FIND_WHOLE, 1, 1 },
    { "see you", "See  -- you soon", BASE_FIND_WHOLE, 1, 0 },
    { "see. you", "See you soon", BASE_FIND_WHOLE, 1, 0 },
    { "see .you", "See. You soon", BASE_FIND_WHOLE, 1, 0 },
    { "you see", "See you soon", BASE_FIND_WHOLE, 1, 0 },
    { "see soon you", "See you soon", BASE_FIND_WHOLE, 2, 0 },
    { "see you soon", "you soon see", BASE_FIND_WHOLE, 2, 1 },
    { "see yo", "See you soon", 0, 0, 0 }, /* how it goes on is not known */
    { "see yo", "See you soon", BASE_FIND_WHOLE, 1, 0 },
    { "see", "See you soon", BASE_FIND_WHOLE, 0, 0 },
    { "min.kim@x.example", "min.kim@x.example.com", 0, 2, 2 },
    { "abc12", "abc12", BASE_FIND_WHOLE, 1, 1 },
    { "메일 보냄", "오늘 이메일 보냄", BASE_FIND_WHOLE, 1, 1 },
    { "일을 보냈", "오늘 이메일을 보냈다", 0, 1, 1 }, /* the two on either side */
    { "을 보냈", "오늘 이메일을 보냈다", 0, 0, 0 },   /* of one alone, nobody knows the other */
    { "일을 보", "오늘 이메일을 보냈다", 0, 0, 0 },
    { "오늘 나 갔다", "오늘 나 갔다", 0, 2, 2 },
    { "오늘 나 갔다", "오늘 나는 갔다", 0, 2, 0 },
    { "일을 읽었", "오늘 이메일을 보냈다", 0, 1, 0 },
    { "会議室の予約をお願いします", "明日の会議室の予約をお願いします。", 0, 6,
      6 }, /* some of its threes */
    { "会議室の予約をお願いします", "予約の会議室をします。お願い", 0, 6, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gsize length;
    g_autofree char *folded = base_fold (cases[i].text, -1, &length);
    g_autoptr (GHashTable) all = list_pairs (folded, length);
    g_autoptr (BaseFind) find = base_find_new (cases[i].term, cases[i].flags);
    guint n, there = count_pairs (find, all, &n);

    g_test_message ("“%s” in “%s”", cases[i].term, cases[i].text);
    g_assert_cmpuint (n, ==, cases[i].n);
    g_assert_cmpuint (there, ==, cases[i].there);
  }
}

/* A text that has each four characters of a long run, and so each three, and not the run. */
static void
test_pairs_of_run (void)
{
  const char *run = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほ";
  g_autoptr (BaseFind) find = base_find_new (run, 0);
  g_autoptr (GString) fours = g_string_new (NULL);
  glong n = g_utf8_strlen (run, -1);
  guint n_pairs;

  for (glong i = 0; i + 4 <= n; i++) {
    g_autofree char *four = g_utf8_substring (run, i, i + 4);

    g_string_append_printf (fours, "%s ", four);
  }
  g_autoptr (GHashTable) all = list_pairs (fours->str, fours->len);
  g_autoptr (GHashTable) own = list_pairs (run, strlen (run));

  g_assert_cmpuint (count_pairs (find, own, &n_pairs), ==, n_pairs);
  g_assert_cmpuint (n_pairs, >, 0);
  g_assert_cmpuint (count_pairs (find, all, &n_pairs), <, n_pairs);
}

/* Hits follow each other, and are where they are said to be. */
static void
test_places (void)
{
  g_autoptr (BaseFind) find = base_find_new ("a  b", 0);
  static const char text[] = "a b xa b a\n\nb.a bc";
  static const gsize wanted[][2] = { { 0, 3 }, { 9, 13 }, { 14, 17 } };
  gsize from = 0, start, end;

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
    g_assert_true (base_find_look (find, text, strlen (text), from, &start, &end));
    g_assert_cmpuint (start, ==, wanted[i][0]);
    g_assert_cmpuint (end, ==, wanted[i][1]);
    from = end;
  }
  g_assert_false (base_find_look (find, text, strlen (text), from, NULL, NULL));
  g_assert_false (base_find_look (find, text, strlen (text), strlen (text), NULL, NULL));
}

/* ---- the truth ---- */

/* Where something begins that can be looked for. */
static gboolean
may_begin (const char *text, const char *at)
{
  const char *next;
  BaseCharKind kind = base_char_kind_at (at, &next);

  if (kind == BASE_CHAR_UNSPACED)
    return TRUE;
  if (kind == BASE_CHAR_BREAK)
    return FALSE;
  return at == text || base_char_kind_at (base_char_previous (at), &next) != kind;
}

/* A piece of the text as somebody may type it: by itself, decomposed, in capitals or wide. */
static char *
dress (const char *piece, GRand *rand)
{
  switch (g_rand_int_range (rand, 0, 4)) {
  case 0:
    return g_utf8_normalize (piece, -1, G_NORMALIZE_NFD);
  case 1:
    return g_utf8_strup (piece, -1);
  case 2: {
    GString *wide = g_string_new (NULL);

    for (const char *at = piece; *at != '\0'; at = g_utf8_next_char (at)) {
      gunichar c = g_utf8_get_char (at);

      g_string_append_unichar (wide, c > ' ' && c < 0x7f ? c - ' ' + 0xff00 : c);
    }
    return g_string_free (wide, FALSE);
  }
  default:
    return g_strdup (piece);
  }
}

static void
look_for_pieces (const char *name, const char *text, const char *folded, gsize length, GRand *rand,
                 guint n)
{
  g_autoptr (GPtrArray) tokens = list_tokens (folded, length, FALSE);
  g_autoptr (GHashTable) pairs = list_pairs (folded, length);
  guint tried = 0, alone = 0, n_pairs = 0;

  while (tried < n) {
    const char *at = folded + g_rand_int_range (rand, 0, (gint32)length), *end;
    g_autoptr (BaseFind) find = NULL;
    g_autoptr (BaseFind) whole = NULL;
    g_autofree char *piece = NULL;
    g_autofree char *typed = NULL;
    guint in_pairs;
    const char *term;
    gsize term_length, start;
    int chars = g_rand_int_range (rand, 1, g_rand_int_range (rand, 0, 4) == 0 ? 40 : 7);

    while (((guchar)*at & 0xc0) == 0x80)
      at--;
    if (!may_begin (folded, at))
      continue;
    for (end = at; chars > 0 && *end != '\0'; chars--)
      end = g_utf8_next_char (end);
    piece = g_strndup (at, (gsize)(end - at));
    typed = dress (piece, rand);
    find = base_find_new (typed, 0);
    term = base_find_get_folded (find, &term_length);
    tried++;
    if (!base_find_look (find, folded, length, 0, &start, NULL))
      g_error ("%s: “%s” is not found by reading", name, typed);
    g_autoptr (GPtrArray) words = base_words_of_term (term, term_length, FALSE);
    g_assert_cmpuint (words->len, >, 0);
    const char *missing = find_missing (words, tokens);
    if (missing != NULL)
      g_error ("%s: “%s” has no token “%s” in: %s", name, typed, missing, text);
    alone += words->len == 1;
    if (count_pairs (find, pairs, &in_pairs) != in_pairs)
      g_error ("%s: “%s” has neighbours that are none in: %s", name, typed, text);
    n_pairs += in_pairs;
    whole = base_find_new (typed, BASE_FIND_WHOLE);
    if (base_find_look (whole, folded, length, 0, NULL, NULL)
        && count_pairs (whole, pairs, &in_pairs) != in_pairs)
      g_error ("%s: the phrase “%s” has neighbours that are none in: %s", name, typed, text);
  }
  g_test_message ("%s: %u pieces, %u of one word, %u pairs", name, tried, alone, n_pairs);
}

static void
test_truth (void)
{
  g_autoptr (Tongues) tongues = tongues_new (4711, 3000);
  g_autoptr (GRand) rand = g_rand_new_with_seed (4711);

  for (TongueKind kind = 0; kind < N_TONGUES; kind++) {
    for (guint i = 0; i < 20; i++) {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char *folded = NULL;
      gsize length;

      tongues_append_text (tongues, rand, kind, 1500, text);
      folded = base_fold (text->str, (gssize)text->len, &length);
      look_for_pieces (tongue_get_name (kind), text->str, folded, length, rand, 200);
    }
  }
}

/* Characters in an order that nobody writes, long words among them. */
static void
test_random (void)
{
  static const gunichar chars[] = { 'a',     'a',     'b',     'B',    '1',    '1',    '2',
                                    ' ',     '\n',    '-',     '_',    '.',    0xe9,   0x301,
                                    0xac00,  0xac01,  0x3131,  0x11a8, 0x65e5, 0x304b, 0x3099,
                                    0xe01,   0xe38,   0xe48,   0x915,  0x93f,  0x627,  0x64e,
                                    0x1f600, 0x1f3fb, 0x1f1f0, 0x200d, 0xfffd };
  g_autoptr (GRand) rand = g_rand_new_with_seed (99);

  for (guint i = 0; i < 3000; i++) {
    g_autoptr (GString) text = g_string_new ("x ");
    g_autofree char *folded = NULL;
    gint32 most = i % 2 == 0 ? G_N_ELEMENTS (chars) : 7; /* without spaces */
    gsize length;

    for (int n = g_rand_int_range (rand, 1, 150); n > 0; n--)
      g_string_append_unichar (text, chars[g_rand_int_range (rand, 0, most)]);
    folded = base_fold (text->str, (gssize)text->len, &length);
    look_for_pieces ("random", text->str, folded, length, rand, 10);
  }
}

/* Phrases of two texts, of which most are in neither: what is found by reading has its words. */
static void
test_false (void)
{
  g_autoptr (Tongues) tongues = tongues_new (11, 60);
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  guint found = 0;

  for (guint i = 0; i < 4000; i++) {
    TongueKind kind = (TongueKind)(i % N_TONGUES);
    g_autoptr (GString) text = g_string_new (NULL);
    g_autoptr (GString) term = g_string_new (NULL);

    tongues_append_text (tongues, rand, kind, 200, text);
    tongues_append_title (tongues, rand, kind, term);
    g_string_truncate (term, (gsize)(g_utf8_offset_to_pointer (
                                         term->str, MIN (g_utf8_strlen (term->str, -1), 1 + i % 5))
                                     - term->str));
    found += look_both_ways (term->str, text->str, (i & 1) != 0 ? BASE_FIND_WHOLE : 0);
    found += look_both_ways (term->str, text->str, BASE_FIND_INITIALS);
  }
  g_assert_cmpuint (found, >, 400);
  g_assert_cmpuint (found, <, 7600);
}

static void
test_initials (void)
{
  static const char *const consonants[] = { "ㄱ", "ㄴ", "ㄷ", "ㅁ", "ㅅ",
                                            "ㅇ", "ㅈ", "ㄳ", "ㅄ", "ㄲ" };
  g_autoptr (Tongues) tongues = tongues_new (3, 500);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  guint found = 0;

  for (guint i = 0; i < 4000; i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autoptr (GString) term = g_string_new (NULL);

    tongues_append_title (tongues, rand, TONGUE_KOREAN, text);
    if (i % 7 == 0)
      g_string_append (text, "ㄱㅅ ㅋㅋㅄ");
    for (int n = g_rand_int_range (rand, 1, 5); n > 0; n--)
      g_string_append (term, consonants[g_rand_int_range (rand, 0, G_N_ELEMENTS (consonants))]);
    found += look_both_ways (term->str, text->str, BASE_FIND_INITIALS);
  }
  g_assert_cmpuint (found, >, 400);
  g_assert_cmpuint (found, <, 3600);
}

/* Terms ask for few words, and for those that say most. */
static void
test_few (void)
{
  g_autofree char *folded = base_fold (
      "a of mail.example.org and some more words than anybody needs to find it again", -1, NULL);
  g_autoptr (GPtrArray) words = base_words_of_term (folded, strlen (folded), FALSE);
  g_autoptr (GPtrArray) none = base_words_of_term ("-…", strlen ("-…"), FALSE);

  g_assert_cmpuint (words->len, <=, 5);
  g_assert_cmpstr (((BaseWord *)words->pdata[0])->token, ==, "example");
  g_assert_false (((BaseWord *)words->pdata[0])->prefix);
  g_assert_cmpuint (none->len, ==, 0);
  /* Many end in 습니다. */
  g_autoptr (GPtrArray) korean =
      base_words_of_term ("보고했습니다 검토", strlen ("보고했습니다 검토"), FALSE);
  for (guint i = 0; i < korean->len; i++)
    g_assert_cmpstr (((BaseWord *)korean->pdata[i])->token, !=, "니다");
}

void
test_words_add (void)
{
  g_test_add_func ("/base/words/found", test_found);
  g_test_add_func ("/base/words/places", test_places);
  g_test_add_func ("/base/words/truth", test_truth);
  g_test_add_func ("/base/words/pairs", test_pairs);
  g_test_add_func ("/base/words/pairs-of-run", test_pairs_of_run);
  g_test_add_func ("/base/words/random", test_random);
  g_test_add_func ("/base/words/false", test_false);
  g_test_add_func ("/base/words/initials", test_initials);
  g_test_add_func ("/base/words/few", test_few);
}
