/* Keyboards, see the header.  Syllables are composed as input methods do: a consonant that closes one goes over to the next when a vowel follows. */
#include "base-layout.h"

#include <string.h>

#include "base-chars.h"

#define SYLLABLES 0xac00
#define N_VOWELS  21
#define N_FINALS  28
#define JAMO      0x3131 /* compatibility jamo: 30 consonants, then the vowels */
#define VOWELS    0x314f

/* By numbers of Unicode's syllables: what is typed for each. */
static const char *const initial_keys[] = { "r", "R", "s", "e", "E", "f", "a", "q", "Q", "t",
                                            "T", "d", "w", "W", "c", "z", "x", "v", "g" };
static const char *const vowel_keys[N_VOWELS] = { "k",  "o",  "i",  "O",  "j",  "p",  "u",
                                                  "P",  "h",  "hk", "ho", "hl", "y",  "n",
                                                  "nj", "np", "nl", "b",  "m",  "ml", "l" };
static const char *const final_keys[N_FINALS] = { "",   "r",  "R",  "rt", "s",  "sw", "sg",
                                                  "e",  "f",  "fr", "fa", "fq", "ft", "fx",
                                                  "fv", "fg", "a",  "q",  "qt", "t",  "T",
                                                  "d",  "w",  "c",  "z",  "x",  "v",  "g" };
/* Of consonants by themselves, in the order of their block. */
static const char *const consonant_keys[] = { "r", "R",  "rt", "s",  "sw", "sg", "e",  "E",
                                              "f", "fr", "fa", "fq", "ft", "fx", "fv", "fg",
                                              "a", "q",  "Q",  "qt", "t",  "T",  "d",  "w",
                                              "W", "c",  "z",  "x",  "v",  "g" };

static int
find_keys (const char *const *table, gsize n, const char *keys)
{
  for (gsize i = 0; i < n; i++)
    if (strcmp (table[i], keys) == 0)
      return (int)i;
  return -1;
}

/* ---- to Hangul ---- */

/* A syllable that is being typed. */
typedef struct
{
  GString *out;
  char initial[2]; /* keys; "" not yet */
  char vowel[3];
  char final[3];
} Composer;

static void
flush (Composer *self)
{
  int initial = find_keys (initial_keys, G_N_ELEMENTS (initial_keys), self->initial);
  int vowel = find_keys (vowel_keys, N_VOWELS, self->vowel);
  int final = find_keys (final_keys, N_FINALS, self->final);

  if (initial >= 0 && vowel >= 0)
    g_string_append_unichar (
        self->out, SYLLABLES + (gunichar)((initial * N_VOWELS + vowel) * N_FINALS + final));
  else if (initial >= 0)
    g_string_append_unichar (
        self->out,
        JAMO + (gunichar)find_keys (consonant_keys, G_N_ELEMENTS (consonant_keys), self->initial));
  else if (vowel >= 0)
    g_string_append_unichar (self->out, VOWELS + (gunichar)vowel);
  self->initial[0] = self->vowel[0] = self->final[0] = '\0';
}

static void
type_consonant (Composer *self, char key)
{
  gsize n = strlen (self->final);

  if (self->initial[0] != '\0' && self->vowel[0] != '\0' && n < 2) {
    self->final[n] = key;
    self->final[n + 1] = '\0';
    if (find_keys (final_keys, N_FINALS, self->final) >= 0)
      return;
    self->final[n] = '\0';
  }
  flush (self);
  self->initial[0] = key;
  self->initial[1] = '\0';
}

static void
type_vowel (Composer *self, char key)
{
  gsize finals = strlen (self->final), n;

  if (finals > 0) {
    char taken = self->final[finals - 1];

    self->final[finals - 1] = '\0';
    flush (self);
    self->initial[0] = taken;
    self->initial[1] = '\0';
  }
  n = strlen (self->vowel);
  if (n == 1) {
    self->vowel[1] = key;
    self->vowel[2] = '\0';
    if (find_keys (vowel_keys, N_VOWELS, self->vowel) >= 0)
      return;
    self->vowel[1] = '\0';
  }
  if (n > 0)
    flush (self);
  self->vowel[0] = key;
  self->vowel[1] = '\0';
}

char *
base_layout_to_hangul (const char *latin)
{
  Composer composer = { .out = g_string_new (NULL) };

  for (const char *at = latin; *at != '\0'; at++) {
    /* Only some keys write something else with Shift. */
    char key = strchr ("QWERTOP", *at) != NULL ? *at : g_ascii_tolower (*at);
    char keys[] = { key, '\0' };

    if (find_keys (initial_keys, G_N_ELEMENTS (initial_keys), keys) >= 0) {
      type_consonant (&composer, key);
    } else if (find_keys (vowel_keys, N_VOWELS, keys) >= 0) {
      type_vowel (&composer, key);
    } else {
      flush (&composer);
      g_string_append_c (composer.out, *at);
    }
  }
  flush (&composer);
  return g_string_free (composer.out, FALSE);
}

/* ---- to Latin ---- */

char *
base_layout_to_latin (const char *hangul)
{
  g_autofree char *valid = g_utf8_make_valid (hangul, -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  GString *out = g_string_new (NULL);

  for (const char *at = composed, *next; *at != '\0'; at = next) {
    gunichar c = base_char_next (at, &next);

    if (base_char_is_syllable (c)) {
      guint syllable = c - SYLLABLES;

      g_string_append (out, initial_keys[syllable / (N_VOWELS * N_FINALS)]);
      g_string_append (out, vowel_keys[syllable / N_FINALS % N_VOWELS]);
      g_string_append (out, final_keys[syllable % N_FINALS]);
    } else if (c >= JAMO && c < VOWELS) {
      g_string_append (out, consonant_keys[c - JAMO]);
    } else if (c >= VOWELS && c < VOWELS + N_VOWELS) {
      g_string_append (out, vowel_keys[c - VOWELS]);
    } else {
      g_string_append_len (out, at, next - at);
    }
  }
  return g_string_free (out, FALSE);
}

/* ---- what reads like a word ---- */

/* Letters that follow each one in words of Latin script. */
static const char *const followers[26] = {
  "abcdefghiklmnprstuvwxyz",
  "aeioulrybstj",
  "aeiouhklrtcys",
  "aeiourydgs",
  "abcdefgiklmnopqrstuvwxyz",
  "aeioulrftys",
  "aeiouhlrngys",
  "aeiouyrtn",
  "abcdefgklmnopqrstvxz",
  "aeiou",
  "aeiosynl",
  "aeiouyldtkfmpsvc",
  "aeioupbmysn",
  "acdefgijklnostuvyz",
  "abcdefghijklmnoprstuvwxyz",
  "aeioulrphtsy",
  "u",
  "aeioubcdfgklmnprstvyw",
  "aeiouchklmnpqstwy",
  "aeiouchlrstwy",
  "abcdefgiklmnoprstxz",
  "aeioy",
  "aeiohnrs",
  "aceioptuy",
  "abcdeilmnoprstw",
  "aeiozyl",
};

/* Two consonants begin words less often. */
static gboolean
may_begin (char first, char second)
{
  static const char *const pairs =
      "bl br ch cl cr dr dw fl fr gh gl gn gr kl kn kr ph pl pn pr ps rh sc sh sk sl sm sn sp "
      "sq st sw th tr ts tw wh wr";
  char pair[] = { first, second, '\0' };

  return strchr ("aeiouy", first) != NULL || strchr ("aeiouy", second) != NULL
         || strstr (pairs, pair) != NULL;
}

static gboolean
reads_like_word (const char *latin)
{
  gboolean vowel = FALSE, begun = FALSE;

  for (const char *at = latin; *at != '\0'; at++) {
    char c = g_ascii_tolower (at[0]), next = g_ascii_tolower (at[1]);

    if (!g_ascii_isalpha (c)) {
      begun = FALSE;
      continue;
    }
    vowel |= strchr ("aeiouy", c) != NULL;
    if (g_ascii_isalpha (next)
        && (strchr (followers[c - 'a'], next) == NULL || (!begun && !may_begin (c, next))))
      return FALSE;
    begun = TRUE;
  }
  return vowel;
}

/* Of the 2,350 that texts in Korean are written with (KS X 1001): neither 솓 nor 퍙 is. */
static gboolean
is_in_use (const char *hangul)
{
  g_autofree char *korean = g_convert (hangul, -1, "EUC-KR", "UTF-8", NULL, NULL, NULL);

  return korean != NULL;
}

static void
count_hangul (const char *word, guint *syllables, guint *consonants, guint *vowels)
{
  *syllables = *consonants = *vowels = 0;
  for (const char *next; *word != '\0'; word = next) {
    gunichar c = base_char_next (word, &next);

    *syllables += base_char_is_syllable (c);
    *consonants += c >= JAMO && c < VOWELS;
    *vowels += c >= VOWELS && c < VOWELS + N_VOWELS;
  }
}

static gboolean
has_letters (const char *word)
{
  for (; *word != '\0'; word++)
    if (g_ascii_isalpha (*word))
      return TRUE;
  return FALSE;
}

/* NULL: it stays. */
static char *
correct_word (const char *word)
{
  guint syllables, consonants, vowels;
  g_autofree char *other = NULL;

  count_hangul (word, &syllables, &consonants, &vowels);
  if (syllables + consonants + vowels == 0) {
    if (!has_letters (word) || reads_like_word (word) || strcmp (word, "OR") == 0
        || strcmp (word, "AND") == 0 || strcmp (word, "NOT") == 0)
      return NULL;
    other = base_layout_to_hangul (word);
    count_hangul (other, &syllables, &consonants, &vowels);
    if (syllables < 2 || consonants + vowels > 0 || !is_in_use (other))
      return NULL;
    return g_steal_pointer (&other);
  }
  /* Of nothing but consonants, short ones are initials of a name (ㄱㅁㅇ). */
  if (consonants + vowels == 0 || (vowels + syllables == 0 && consonants < 4) || has_letters (word))
    return NULL;
  other = base_layout_to_latin (word);
  return reads_like_word (other) ? g_steal_pointer (&other) : NULL;
}

char *
base_layout_correct (const char *query)
{
  g_autofree char *valid = g_utf8_make_valid (query, -1);
  g_autofree char *text = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean changed = FALSE;

  for (const char *at = text; *at != '\0';) {
    gsize n = strcspn (at, " \t\n\":()-");
    g_autofree char *word = g_strndup (at, n);
    g_autofree char *other = at[n] != ':' ? correct_word (word) : NULL;

    changed |= other != NULL;
    g_string_append (out, other != NULL ? other : word);
    at += n;
    if (*at != '\0')
      g_string_append_c (out, *at++);
  }
  return changed ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}
