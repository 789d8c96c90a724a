/* The words of messages that stand beside each other (base-pairs.h), as search.db keeps them: by pair, not by message.  Pure.
 *
 * Phrases are made of words that most messages have, each somewhere, and few messages have all of them side by side.  So what is wanted of a pair are its messages, among a
 * million in a few reads.  Some thousand messages are a segment (store-index-segments.c).  In it each is a number, a pair is a hash of HASH_BITS, and what there is is the
 * ascending list of (hash, message), cut into rows of some hundred.  Two pairs of one hash make a message be looked at in vain.
 *
 * A row: how many, and the bits of a step, in four octets; then each step to the next as Rice codes it: the step divided by a power of two, in zeros and a one, and what is
 * left of it. */
#include <string.h>

#include "store-index-private.h"

#define DOC_BITS 15
#define DOC_MASK (STORE_INDEX_SEGMENT_MOST - 1)
/* Of messages of common length one in some hundred is said to have a pair that it has not. */
#define HASH_BITS 17
#define STEP_BITS 5 /* of the octets at the beginning */

G_STATIC_ASSERT (STORE_INDEX_SEGMENT_MOST == 1 << DOC_BITS);
G_STATIC_ASSERT (HASH_BITS + DOC_BITS <= 32);

guint32
store_index_pairs_make_key (guint32 pair, guint doc)
{
  return ((pair * 0x9e3779b1u) >> (32 - HASH_BITS)) << DOC_BITS | doc;
}

guint
store_index_pairs_get_doc (guint32 key)
{
  return key & DOC_MASK;
}

/* ---- order ---- */

#define DIGIT_BITS 9
#define DIGITS     (1 << DIGIT_BITS)

G_STATIC_ASSERT (HASH_BITS <= 2 * DIGIT_BITS && DOC_BITS <= 2 * DIGIT_BITS);

static void
sort_by_digit (const guint32 *from, guint32 *to, gsize n, guint shift)
{
  gsize counts[DIGITS] = { 0 }, at = 0;

  for (gsize i = 0; i < n; i++)
    counts[(from[i] >> shift) % DIGITS]++;
  for (guint digit = 0; digit < DIGITS; digit++) {
    gsize count = counts[digit];

    counts[digit] = at;
    at += count;
  }
  for (gsize i = 0; i < n; i++)
    to[counts[(from[i] >> shift) % DIGITS]++] = from[i];
}

static gboolean
is_by_doc (const guint32 *keys, guint n)
{
  for (guint i = 1; i < n; i++) {
    if ((keys[i] & DOC_MASK) < (keys[i - 1] & DOC_MASK))
      return FALSE;
  }
  return TRUE;
}

void
store_index_pairs_sort (GArray *keys)
{
  guint32 *all = (guint32 *)(gpointer)keys->data, *other = g_new (guint32, keys->len);
  guint n = 0;

  /* As a rule they come one message after the other. */
  if (!is_by_doc (all, keys->len)) {
    sort_by_digit (all, other, keys->len, 0);
    sort_by_digit (other, all, keys->len, DIGIT_BITS);
  }
  sort_by_digit (all, other, keys->len, DOC_BITS);
  sort_by_digit (other, all, keys->len, DOC_BITS + DIGIT_BITS);
  for (guint i = 0; i < keys->len; i++) {
    if (n == 0 || all[i] != all[n - 1])
      all[n++] = all[i];
  }
  g_array_set_size (keys, n);
  g_free (other);
}

/* ---- rows ---- */

#define ROW_KEYS 512

guint
store_index_pairs_choose_row_bits (gsize n_keys)
{
  return n_keys < ROW_KEYS ? 0 : MIN (g_bit_storage (n_keys / ROW_KEYS), STORE_INDEX_ROW_BITS_MOST);
}

guint
store_index_pairs_get_row (guint32 key, guint row_bits)
{
  return (guint)((guint64)key >> (HASH_BITS + DOC_BITS - row_bits));
}

/* A key as the number that rows are lists of: without what all of its row have in common, and close to each other. */
static inline guint64
pack_key (guint32 key, guint row_bits, guint n_docs)
{
  guint32 hash = (key >> DOC_BITS) & ((1u << (HASH_BITS - row_bits)) - 1);

  return (guint64)hash * n_docs + (key & DOC_MASK);
}

typedef struct
{
  guint8 *to;
  guint64 bits;
  guint n;
} Writer;

/* At most 32 of them. */
static inline void
write_bits (Writer *writer, guint64 bits, guint n)
{
  writer->bits |= bits << writer->n;
  for (writer->n += n; writer->n >= 8; writer->n -= 8) {
    *writer->to++ = (guint8)writer->bits;
    writer->bits >>= 8;
  }
}

GByteArray *
store_index_pairs_pack (const guint32 *keys, guint n, guint row_bits, guint n_docs)
{
  guint64 all = ((guint64)n_docs << (HASH_BITS - row_bits)) / MAX (n, 1), last = G_MAXUINT64;
  guint step_bits = MIN (g_bit_storage ((gulong)all) - 1, (1 << STEP_BITS) - 1);
  /* All zeros together are no more than what steps are left of when they are divided so. */
  gsize most = sizeof (guint32) + 2
               + (n * (gsize)(step_bits + 1)
                  + (gsize)(((guint64)n_docs << (HASH_BITS - row_bits)) >> step_bits))
                     / 8;
  GByteArray *row = g_byte_array_sized_new ((guint)most);
  Writer writer = { row->data, 0, 0 };

  write_bits (&writer, (guint64)n << STEP_BITS | step_bits, 32);
  for (guint i = 0; i < n; i++) {
    guint64 value = pack_key (keys[i], row_bits, n_docs), step = value - last - 1,
            zeros = step >> step_bits;

    for (; zeros > 16; zeros -= 16)
      write_bits (&writer, 0, 16);
    write_bits (&writer, (guint64)1 << zeros, (guint)zeros + 1);
    write_bits (&writer, step & (((guint64)1 << step_bits) - 1), step_bits);
    last = value;
  }
  write_bits (&writer, 0, 7);
  g_assert ((gsize)(writer.to - row->data) <= most);
  row->len = (guint)(writer.to - row->data);
  return row;
}

typedef struct
{
  const guint8 *at, *end;
  guint64 bits; /* those above n are zero */
  guint n, step_bits, left;
  guint64 value;
} Reader;

static inline void
fill (Reader *reader)
{
  guint octets = (64 - reader->n) / 8;
  guint64 more = 0;

  if (reader->end - reader->at < 8) {
    octets = MIN (octets, (guint)(reader->end - reader->at));
    memcpy (&more, reader->at, octets);
  } else {
    memcpy (&more, reader->at, 8);
  }
  if (octets == 0)
    return;
  more = GUINT64_FROM_LE (more);
  if (octets < 8)
    more &= ((guint64)1 << octets * 8) - 1;
  reader->bits |= more << reader->n;
  reader->n += octets * 8;
  reader->at += octets;
}

static gboolean
begin (Reader *reader, const guint8 *row, gsize size)
{
  guint32 head;

  if (size < sizeof head)
    return FALSE;
  memcpy (&head, row, sizeof head);
  head = GUINT32_FROM_LE (head);
  *reader = (Reader){ .at = row + sizeof head,
                      .end = row + size,
                      .step_bits = head % (1 << STEP_BITS),
                      .left = head >> STEP_BITS,
                      .value = G_MAXUINT64 };
  return TRUE;
}

/* FALSE: it is damaged. */
static inline gboolean
next (Reader *reader)
{
  guint64 zeros = 0;
  guint some;

  fill (reader);
  while (reader->bits == 0) {
    if (reader->n == 0)
      return FALSE;
    zeros += reader->n;
    reader->n = 0;
    fill (reader);
  }
  some = (guint)__builtin_ctzll (reader->bits);
  zeros += some;
  reader->bits = reader->bits >> some >> 1;
  reader->n -= some + 1;
  if (reader->n < reader->step_bits)
    fill (reader);
  if (reader->n < reader->step_bits || zeros > G_MAXUINT32)
    return FALSE;
  reader->value +=
      (zeros << reader->step_bits | (reader->bits & (((guint64)1 << reader->step_bits) - 1))) + 1;
  reader->bits >>= reader->step_bits;
  reader->n -= reader->step_bits;
  reader->left--;
  return TRUE;
}

gboolean
store_index_pairs_find (const guint8 *row, gsize size, guint32 key, guint row_bits, guint n_docs,
                        guint64 *docs)
{
  guint64 first = pack_key (key & ~(guint32)DOC_MASK, row_bits, n_docs);
  Reader reader;

  if (!begin (&reader, row, size))
    return FALSE;
  while (reader.left > 0) {
    if (!next (&reader))
      return FALSE;
    if (reader.value >= first + n_docs)
      return TRUE;
    if (reader.value >= first) {
      guint64 doc = reader.value - first;

      docs[doc / 64] |= (guint64)1 << doc % 64;
    }
  }
  return TRUE;
}

gboolean
store_index_pairs_unpack (const guint8 *row, gsize size, guint number, guint row_bits, guint n_docs,
                          GArray *keys)
{
  guint hash_bits = HASH_BITS - row_bits;
  Reader reader;

  if (n_docs == 0 || !begin (&reader, row, size))
    return FALSE;
  while (reader.left > 0) {
    guint32 key;

    if (!next (&reader) || reader.value / n_docs >= (guint64)1 << hash_bits)
      return FALSE;
    key = ((guint32)number << hash_bits | (guint32)(reader.value / n_docs)) << DOC_BITS
          | (guint32)(reader.value % n_docs);
    g_array_append_val (keys, key);
  }
  return TRUE;
}
