/* The words of a message that stand beside each other (base-pairs.h), as search.db keeps them: a Bloom filter, that says of a pair that it may be there, or is not.  Pure.
 *
 * Phrases are made of words that most messages have, each somewhere.  Of the messages that have all words of one, this leaves few whose text must be read.
 *
 * What it costs to look at is a filter for each message that has the words, so that a rare phrase of frequent words takes longer as there is more mail (five times as long
 * among a million as among a hundred thousand).  Filters of some thousand messages turned by ninety degrees, a row for each bit, would be read in a few places only. */
#include "store-index-private.h"

/* Of a pair: one in eleven is said to be there that is not. */
#define BITS  5
#define MARKS 3
/* Octets; longer texts are long lists, whose words seldom stand in a phrase. */
#define MOST 65536

/* The places of a pair are a step apart that is its own. */
static inline guint32
get_place (guint32 pair, guint mark, guint32 n_bits)
{
  guint32 sum = pair + mark * ((pair * 0x9e3779b1u) | 1);

  return (guint32)(((guint64)sum * n_bits) >> 32);
}

GBytes *
store_index_pairs_pack (const GArray *pairs)
{
  gsize size = CLAMP (((gsize)pairs->len * BITS + 7) / 8, 1, MOST);
  guint8 *bits = g_malloc0 (size);

  for (guint i = 0; i < pairs->len; i++) {
    for (guint mark = 0; mark < MARKS; mark++) {
      guint32 place = get_place (g_array_index (pairs, guint32, i), mark, (guint32)size * 8);

      bits[place / 8] |= (guint8)(1 << place % 8);
    }
  }
  return g_bytes_new_take (bits, size);
}

gboolean
store_index_pairs_may_have (const guint8 *bits, gsize size, guint32 pair)
{
  for (guint mark = 0; mark < MARKS && size > 0; mark++) {
    guint32 place = get_place (pair, mark, (guint32)size * 8);

    if ((bits[place / 8] & (1 << place % 8)) == 0)
      return FALSE;
  }
  return size > 0;
}
