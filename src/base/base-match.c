/* Finding names.  Hangul is compared by what its syllables are composed of (Unicode, 3.12): a lone consonant of the query stands for each syllable that
 * begins with it, and the last syllable, which an input method may still be composing, for those that it can become. */
#include "base-match.h"

#include <string.h>

#include "base-text.h"

#define SYLLABLES       0xac00
#define N_SYLLABLES     11172
#define N_VOWELS        21
#define N_FINALS        28
#define CONSONANTS      0x3131 /* compatibility jamo, as keyboards write them */
#define N_CONSONANTS    30
#define INITIALS        0x1100 /* conjoining jamo */
#define N_INITIALS      19
#define FULL_WIDTH      0xff01
#define FULL_WIDTH_LAST 0xff5e

/* Two consonants each, as numbers of initials; -1: none.  What an input method makes one of (ㄱ and ㅅ: ㄳ) are two initials here. */
static const gint8 consonants[N_CONSONANTS][2] = {
  { 0, -1 },  { 1, -1 },  { 0, 9 },   { 2, -1 },  { 2, 12 },  { 2, 18 },  { 3, -1 },  { 4, -1 },
  { 5, -1 },  { 5, 0 },   { 5, 6 },   { 5, 7 },   { 5, 9 },   { 5, 16 },  { 5, 17 },  { 5, 18 },
  { 6, -1 },  { 7, -1 },  { 8, -1 },  { 7, 9 },   { 9, -1 },  { 10, -1 }, { 11, -1 }, { 12, -1 },
  { 13, -1 }, { 14, -1 }, { 15, -1 }, { 16, -1 }, { 17, -1 }, { 18, -1 },
};
/* Finals 1 to 27: the final that stays when the last consonant goes to the next syllable (0: none), and that consonant as an initial. */
static const gint8 finals[N_FINALS][2] = {
  { 0, -1 }, { 0, 0 },  { 0, 1 },  { 1, 9 },  { 0, 2 },  { 4, 12 }, { 4, 18 },
  { 0, 3 },  { 0, 5 },  { 8, 0 },  { 8, 6 },  { 8, 7 },  { 8, 9 },  { 8, 16 },
  { 8, 17 }, { 8, 18 }, { 0, 6 },  { 0, 7 },  { 17, 9 }, { 0, 9 },  { 0, 10 },
  { 0, 11 }, { 0, 12 }, { 0, 14 }, { 0, 15 }, { 0, 16 }, { 0, 17 }, { 0, 18 },
};

struct _BaseMatch
{
  GPtrArray *words; /* of gunichar *, each ended by 0 */
};

static gboolean
is_syllable (gunichar c)
{
  return c >= SYLLABLES && c < SYLLABLES + N_SYLLABLES;
}

static int
get_initial (gunichar syllable)
{
  return (int)((syllable - SYLLABLES) / (N_VOWELS * N_FINALS));
}

/* Latin letters only: elsewhere what looks like an accent makes another letter. */
static gunichar
simplify (gunichar c)
{
  gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];

  if (c >= FULL_WIDTH && c <= FULL_WIDTH_LAST)
    return g_unichar_tolower (c - FULL_WIDTH + '!');
  if (g_unichar_get_script (c) != G_UNICODE_SCRIPT_LATIN || c < 0x80)
    return c;
  g_unichar_fully_decompose (c, FALSE, parts, G_N_ELEMENTS (parts));
  return parts[0];
}

char *
base_match_fold (const char *text)
{
  g_autofree char *folded = base_text_fold (text);
  GString *out = g_string_sized_new (strlen (folded));

  for (const char *at = folded; *at != '\0'; at = g_utf8_next_char (at))
    g_string_append_unichar (out, simplify (g_utf8_get_char (at)));
  return g_string_free (out, FALSE);
}

/* ---- the query ---- */

/* Consonants become initials, conjoining jamo. */
static void
append_char (GArray *word, gunichar c)
{
  if (c >= CONSONANTS && c < CONSONANTS + N_CONSONANTS) {
    for (guint i = 0; i < 2 && consonants[c - CONSONANTS][i] >= 0; i++) {
      gunichar initial = INITIALS + (gunichar)consonants[c - CONSONANTS][i];

      g_array_append_val (word, initial);
    }
  } else {
    g_array_append_val (word, c);
  }
}

static void
end_word (GPtrArray *words, GArray *word)
{
  if (word->len > 0)
    g_ptr_array_add (words, g_memdup2 (word->data, (word->len + 1) * sizeof (gunichar)));
  g_array_set_size (word, 0);
}

BaseMatch *
base_match_new (const char *query)
{
  BaseMatch *self = g_new0 (BaseMatch, 1);
  g_autofree char *folded = base_match_fold (query);
  g_autoptr (GArray) word = g_array_new (TRUE, TRUE, sizeof (gunichar));

  self->words = g_ptr_array_new_with_free_func (g_free);
  for (const char *at = folded; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (g_unichar_isspace (c) || strchr ("\"<>(),;", (int)MIN (c, 0x7f)) != NULL)
      end_word (self->words, word);
    else
      append_char (word, c);
  }
  end_word (self->words, word);
  return self;
}

void
base_match_free (BaseMatch *self)
{
  g_ptr_array_unref (self->words);
  g_free (self);
}

/* ---- looking ---- */

/* The last character of a word, which may be half composed. */
static gboolean
can_become (gunichar typed, gunichar c, const char *next)
{
  guint final;

  if (!is_syllable (typed) || !is_syllable (c))
    return FALSE;
  final = (typed - SYLLABLES) % N_FINALS;
  if (final == 0)
    return c >= typed && c < typed + N_FINALS;
  /* 갈 on the way to 가려 */
  if (c == typed - final + (gunichar)finals[final][0]) {
    gunichar follows = g_utf8_get_char (next);

    return is_syllable (follows) && get_initial (follows) == finals[final][1];
  }
  return FALSE;
}

static gboolean
stands_for (gunichar typed, gunichar c)
{
  if (typed == c)
    return TRUE;
  if (typed < INITIALS || typed >= INITIALS + N_INITIALS)
    return FALSE;
  if (is_syllable (c))
    return get_initial (c) == (int)(typed - INITIALS);
  return c >= CONSONANTS && c < CONSONANTS + N_CONSONANTS
         && consonants[c - CONSONANTS][0] == (int)(typed - INITIALS)
         && consonants[c - CONSONANTS][1] < 0;
}

static gboolean
is_at (const gunichar *word, const char *text)
{
  for (; *word != 0; word++) {
    gunichar c = g_utf8_get_char (text);

    text = *text != '\0' ? g_utf8_next_char (text) : text;
    if (!stands_for (*word, c) && (word[1] != 0 || !can_become (*word, c, text)))
      return FALSE;
  }
  return TRUE;
}

static BaseMatchFit
look_for (const gunichar *word, const char *text)
{
  BaseMatchFit best = BASE_MATCH_NONE;
  gboolean in_word = FALSE;

  for (const char *at = text; *at != '\0' && best < BASE_MATCH_WORD; at = g_utf8_next_char (at)) {
    if (is_at (word, at))
      best = at == text ? BASE_MATCH_BEGIN : in_word ? BASE_MATCH_WITHIN : BASE_MATCH_WORD;
    in_word = g_unichar_isalnum (g_utf8_get_char (at));
  }
  return best;
}

BaseMatchFit
base_match_look (const BaseMatch *self, const char *folded)
{
  BaseMatchFit fit = self->words->len > 0 ? BASE_MATCH_BEGIN : BASE_MATCH_NONE;

  for (guint i = 0; i < self->words->len && fit != BASE_MATCH_NONE; i++) {
    BaseMatchFit found = look_for (self->words->pdata[i], folded);

    /* Only the first one is wanted at the beginning. */
    if (i > 0 && found == BASE_MATCH_WORD)
      found = BASE_MATCH_BEGIN;
    fit = MIN (fit, found);
  }
  return fit;
}
