/* Pairs, see the header.  Texts and terms are cut in the same way; of a term, what stands at its edges may be more in the text. */
#include "base-pairs.h"

#include <string.h>

#include "base-chars.h"
#include "base-words.h"

#define MOST 24 /* pairs of a term */

typedef struct
{
  const char *begin, *end;
  const char
      *second;      /* of a run without spaces: where its second character ends (or its only one) */
  const char *last; /* the same: where the last but one begins (or its only one) */
  gboolean is_short; /* the same: it is one character */
  BaseCharKind kind;
} Piece;

/* Where they go: an array that is told of each of them is most of the work. */
typedef struct
{
  GArray *array;
  guint n;
  guint32 some[256];
} Pairs;

static void
flush (Pairs *pairs)
{
  g_array_append_vals (pairs->array, pairs->some, pairs->n);
  pairs->n = 0;
}

static inline void
append (Pairs *pairs, guint32 pair)
{
  if (pairs->n == G_N_ELEMENTS (pairs->some))
    flush (pairs);
  pairs->some[pairs->n++] = pair;
}

static inline guint64
sum_of (const char *begin, const char *end)
{
  guint64 sum = G_GUINT64_CONSTANT (0x9e3779b97f4a7c15), word;

  for (; end - begin >= 8; begin += 8) {
    memcpy (&word, begin, 8);
    sum = (sum ^ word) * G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
    sum ^= sum >> 32;
  }
  word = (guint64)(end - begin) << 56;
  memcpy (&word, begin, (gsize)(end - begin));
  sum = (sum ^ word) * G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
  return sum ^ (sum >> 29);
}

/* Of the threes, and of the fives, of a run: of all there are, these parts, which they say themselves. */
#define ONE_THREE_OF 2
#define ONE_FIVE_OF  8

/* Characters of a run that follow each other. */
static inline void
add_some (Pairs *pairs, const char *begin, const char *end, guint one_of)
{
  guint64 sum = sum_of (begin, end);

  if ((sum >> 40) % one_of == 0)
    append (pairs, (guint32)(sum >> 16));
}

/* Of letters, or of digits. */
static inline const char *
find_end (const char *at, const char *end, BaseCharKind kind)
{
  const char *next;

  for (;;) {
    /* Most are ASCII. */
    while (at < end && base_char_bytes[(guchar)*at] == kind)
      at++;
    if (at == end || base_char_bytes[(guchar)*at] < BASE_CHAR_MORE
        || base_char_kind_at (at, &next) != kind)
      return at;
    at = next;
  }
}

static gboolean
next_piece (const char **at, const char *end, Piece *piece, Pairs *pairs)
{
  const char *next = *at, *before = NULL, *now, *begins[5];
  guint n = 0;

  *piece = (Piece){ NULL, NULL, NULL, NULL, FALSE, BASE_CHAR_BREAK };
  while (*at < end && (piece->kind = base_char_kind_at (*at, &next)) == BASE_CHAR_BREAK)
    *at = next;
  if (*at >= end)
    return FALSE;
  piece->begin = now = *at;
  if (piece->kind != BASE_CHAR_UNSPACED) {
    *at = piece->end = find_end (next, end, piece->kind);
    return TRUE;
  }
  for (BaseCharKind kind = piece->kind; kind == BASE_CHAR_UNSPACED;) {
    begins[n % 5] = now;
    if (++n > 2)
      add_some (pairs, piece->last, next, ONE_THREE_OF);
    if (n > 4)
      add_some (pairs, begins[n % 5], next, ONE_FIVE_OF);
    piece->last = before != NULL ? before : now;
    before = now;
    now = next;
    if (n <= 2)
      piece->second = now;
    kind = now < end ? base_char_kind_at (now, &next) : BASE_CHAR_BREAK;
  }
  piece->is_short = n == 1;
  *at = piece->end = now;
  return TRUE;
}

/* As the first and as the second of a pair. */
static inline guint64
sum_as_first (const Piece *piece)
{
  return sum_of (piece->last != NULL ? piece->last : piece->begin, piece->end);
}

static inline guint64
sum_as_second (const Piece *piece)
{
  return sum_of (piece->begin, piece->second != NULL ? piece->second : piece->end);
}

/* Of what stands between two pieces, white space as one blank each, as it is found (base-find.c): most often that is all. */
static inline guint64
sum_between (const char *at, const char *end)
{
  guint64 sum = 0;
  char last = '\0';

  for (; at < end; at++) {
    char c = base_char_is_space (*at) ? ' ' : *at;

    if (c != ' ' || last != ' ')
      sum = (sum + (guchar)c) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
    last = c;
  }
  return sum;
}

static inline void
add_pair (Pairs *pairs, guint64 first, guint64 between, guint64 second)
{
  guint64 sum =
      ((first ^ between) * G_GUINT64_CONSTANT (0xc4ceb9fe1a85ec53)) ^ (second + (first >> 31));

  sum *= G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
  append (pairs, (guint32)(sum >> 32));
}

void
base_pairs_of_text (const char *folded, gsize length, GArray *array)
{
  const char *at = folded, *before;
  Pairs pairs;
  guint64 first;
  Piece piece;

  pairs.array = array;
  pairs.n = 0;
  if (next_piece (&at, folded + length, &piece, &pairs)) {
    first = sum_as_first (&piece);
    for (before = at; next_piece (&at, folded + length, &piece, &pairs); before = at) {
      add_pair (&pairs, first, sum_between (before, piece.begin), sum_as_second (&piece));
      first = sum_as_first (&piece);
    }
  }
  flush (&pairs);
}

void
base_pairs_of_term (const char *folded, gsize length, gboolean whole, GArray *array)
{
  const char *at = folded, *end = folded + length, *before;
  g_autoptr (GPtrArray) initials = NULL;
  gboolean is_known; /* how the first one ends in any text */
  Pairs pairs;
  guint64 first;
  Piece piece;

  pairs.array = array;
  pairs.n = 0;
  /* Consonants stand for syllables, too. */
  initials = whole ? NULL : base_words_of_initials_term (folded, length);
  if (initials != NULL || !next_piece (&at, end, &piece, &pairs)) {
    flush (&pairs);
    return;
  }
  /* A hit begins where a word does, but in a run without spaces anywhere. */
  is_known = !piece.is_short;
  first = sum_as_first (&piece);
  before = at;
  while (array->len + pairs.n < MOST && next_piece (&at, end, &piece, &pairs)) {
    gboolean is_cut =
        piece.end == end && (piece.kind == BASE_CHAR_UNSPACED ? piece.is_short : !whole);

    if (is_known && !is_cut)
      add_pair (&pairs, first, sum_between (before, piece.begin), sum_as_second (&piece));
    is_known = TRUE;
    first = sum_as_first (&piece);
    before = at;
  }
  flush (&pairs);
}
