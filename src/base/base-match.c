/* Finding names.  Hangul is compared by what its syllables are composed of (Unicode, 3.12): a lone consonant of the query stands for each syllable that
 * begins with it, and the last syllable, which an input method may still be composing, for those that it can become. */
#include "base-match.h"

#include <string.h>

#include "base-chars.h"
#include "base-fold.h"

#define SYLLABLES  0xac00
#define N_VOWELS   21
#define N_FINALS   28
#define INITIALS   0x1100 /* conjoining jamo */
#define N_INITIALS 19

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

static int
get_initial (gunichar syllable)
{
  return (int)((syllable - SYLLABLES) / (N_VOWELS * N_FINALS));
}

/* ---- the query ---- */

/* Consonants become initials, conjoining jamo. */
static void
append_char (GArray *word, gunichar c)
{
  guint8 initials[2];
  guint n = base_char_is_syllable (c) ? 0 : base_char_get_initials (c, initials);

  for (guint i = 0; i < n; i++) {
    gunichar initial = INITIALS + (gunichar)initials[i];

    g_array_append_val (word, initial);
  }
  if (n == 0)
    g_array_append_val (word, c);
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
  g_autofree char *folded = base_fold (query, -1, NULL);
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

  if (!base_char_is_syllable (typed) || !base_char_is_syllable (c))
    return FALSE;
  final = (typed - SYLLABLES) % N_FINALS;
  if (final == 0)
    return c >= typed && c < typed + N_FINALS;
  /* 갈 on the way to 가려 */
  if (c == typed - final + (gunichar)finals[final][0]) {
    gunichar follows = g_utf8_get_char (next);

    return base_char_is_syllable (follows) && get_initial (follows) == finals[final][1];
  }
  return FALSE;
}

static gboolean
stands_for (gunichar typed, gunichar c)
{
  guint8 initials[2];

  if (typed == c)
    return TRUE;
  return typed >= INITIALS && typed < INITIALS + N_INITIALS
         && base_char_get_initials (c, initials) == 1 && initials[0] == typed - INITIALS;
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
