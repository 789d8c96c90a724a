/* Folding, see the header.  Must be quick: all mail that comes goes through here, and each hit once more.  So each character is folded by a table, and
 * only where marks follow that may become one with what they stand on, or stand in another order, GLib is asked to compose. */
#include "base-fold.h"

#include <string.h>

#include "base-chars.h"

#define GROWTH     3 /* at most, of octets: NUL becomes U+FFFD */
#define RESERVE    16
#define FAULT      "\xEF\xBF\xBD"
#define IS_MORE(b) (((b)&0xc0) == 0x80)
/* Marks in a row that are put into one order: no language has as many (UAX #15, section 13), and what GLib does with a million of them takes minutes. */
#define MARKS_MAX 30

typedef struct
{
  char *out;
  guint32 *places; /* nullable */
  gsize length, room;
  gsize begin;    /* of what has to be composed */
  gsize floor;    /* what is in front of it is never composed with what follows */
  gboolean dirty; /* something has */
  guint8 order;   /* of the last mark */
  guint n_marks;  /* in a row */
} Fold;

static void
ensure (Fold *fold, gsize more)
{
  if (fold->length + more <= fold->room)
    return;
  fold->room = (fold->length + more) * 2;
  fold->out = g_realloc (fold->out, fold->room);
  if (fold->places != NULL)
    fold->places = g_renew (guint32, fold->places, fold->room);
}

static void
set_places (Fold *fold, gsize from, gsize n, gsize place)
{
  if (fold->places == NULL)
    return;
  for (gsize i = from; i < from + n; i++)
    fold->places[i] = (guint32)place;
}

/* Composes what was written from its last character on that begins something. */
static void
begin_composing (Fold *fold)
{
  const char *at = fold->out + fold->length;

  fold->dirty = TRUE;
  while (at > fold->out + fold->floor) {
    const char *next;
    gunichar c;

    at = base_char_previous (at);
    c = base_char_next (at, &next);
    if (c < 0x80 || base_char_is_syllable (c))
      break;
    /* What is folded folds to itself. */
    const BaseCharFold *same = &base_char_get_page (c)->folds[c & 0xff];
    if (same->order == 0 && !same->joins)
      break;
  }
  fold->begin = (gsize)(at - fold->out);
}

static void
end_composing (Fold *fold, gsize left)
{
  g_autofree char *composed = NULL;
  guint32 place = fold->places != NULL ? fold->places[fold->begin] : 0;
  gsize length;

  composed = g_utf8_normalize (fold->out + fold->begin, (gssize)(fold->length - fold->begin),
                               G_NORMALIZE_NFC);
  length = strlen (composed);
  fold->length = fold->begin;
  ensure (fold, length + left);
  memcpy (fold->out + fold->begin, composed, length);
  set_places (fold, fold->begin, length, place);
  fold->length += length;
  fold->dirty = FALSE;
}

/* The character of two to four octets at `at`; 0: there is none that is right. */
static inline gunichar
read_char (const guchar *at, const guchar *end, guint *n)
{
  gsize left = (gsize)(end - at);

  *n = 1;
  if (at[0] < 0xc2 || left < 2 || !IS_MORE (at[1]))
    return 0;
  if (at[0] < 0xe0) {
    *n = 2;
    return (gunichar)(at[0] & 0x1f) << 6 | (at[1] & 0x3f);
  }
  if (left < 3 || !IS_MORE (at[2]))
    return 0;
  if (at[0] < 0xf0) {
    gunichar c = (gunichar)(at[0] & 0xf) << 12 | (gunichar)(at[1] & 0x3f) << 6 | (at[2] & 0x3f);

    if (c < 0x800 || (c >= 0xd800 && c <= 0xdfff))
      return 0;
    *n = 3;
    return c;
  }
  if (at[0] < 0xf5 && left >= 4 && IS_MORE (at[3])) {
    gunichar c = (gunichar)(at[0] & 7) << 18 | (gunichar)(at[1] & 0x3f) << 12
                 | (gunichar)(at[2] & 0x3f) << 6 | (at[3] & 0x3f);

    if (c < 0x10000 || c > 0x10ffff)
      return 0;
    *n = 4;
    return c;
  }
  return 0;
}

static inline void
put (Fold *fold, const char *bytes, gsize n, gsize place)
{
  memcpy (fold->out + fold->length, bytes, n);
  set_places (fold, fold->length, n, place);
  fold->length += n;
}

static inline void
put_folded (Fold *fold, const BaseCharFold *folded, gsize place, gsize left)
{
  if (folded->length == 0)
    return;
  fold->n_marks = folded->order == 0 && !folded->joins ? 0 : fold->n_marks + 1;
  if (fold->n_marks > MARKS_MAX) {
    if (fold->dirty)
      end_composing (fold, left);
    fold->floor = fold->length;
    fold->order = 0;
    fold->n_marks = 1;
  }
  if (folded->order == 0 && !folded->joins) {
    if (fold->dirty)
      end_composing (fold, left);
  } else if (!fold->dirty && (folded->joins || folded->order < fold->order)) {
    begin_composing (fold);
  }
  fold->order = folded->order;
  put (fold, folded->bytes, folded->length, place);
}

#define ALL(x) (G_GUINT64_CONSTANT (0x0101010101010101) * (x))

/* Copies ASCII in small letters, eight octets at a time where there are as many; stops at what is none, and at NUL. */
static const guchar *
fold_ascii (const guchar *at, const guchar *end, char *out)
{
  while (end - at >= 8) {
    guint64 eight, capital;

    memcpy (&eight, at, 8);
    if ((eight & ALL (0x80)) != 0 || ((eight - ALL (1)) & ALL (0x80)) != 0)
      break;
    /* The top bit of each octet: from A on, and not behind Z. */
    capital = (eight + ALL (0x80 - 'A')) & ~(eight + ALL (0x80 - 'Z' - 1)) & ALL (0x80);
    eight |= capital >> 2;
    memcpy (out, &eight, 8);
    at += 8;
    out += 8;
  }
  for (; at < end && *at < 0x80 && *at != '\0'; at++)
    *out++ = (char)(*at >= 'A' && *at <= 'Z' ? *at | 0x20 : *at);
  return at;
}

static void
fold_text (Fold *fold, const char *text, gsize n)
{
  const guchar *begin = (const guchar *)text, *at = begin, *end = begin + n;

  while (at < end) {
    gsize place = (gsize)(at - begin), left = (gsize)(end - at) * GROWTH + RESERVE;
    guint size;
    gunichar c;

    if (*at < 0x80 && *at != '\0') {
      if (fold->dirty)
        end_composing (fold, left);
      fold->order = 0;
      fold->n_marks = 0;
      at = fold_ascii (at, end, fold->out + fold->length);
      size = (guint)((gsize)(at - begin) - place);
      for (guint i = 0; fold->places != NULL && i < size; i++)
        fold->places[fold->length + i] = (guint32)(place + i);
      fold->length += size;
      continue;
    }
    c = read_char (at, end, &size);
    at += size;
    if (base_char_is_syllable (c) || (c >= 0x3400 && c < 0xa000) || c == 0) {
      if (fold->dirty)
        end_composing (fold, left);
      fold->order = 0;
      fold->n_marks = 0;
      put (fold, c == 0 ? FAULT : (const char *)at - 3, 3, place);
    } else {
      put_folded (fold, &base_char_get_page (c)->folds[c & 0xff], place, left);
    }
  }
  if (fold->dirty)
    end_composing (fold, RESERVE);
  fold->out[fold->length] = '\0';
  set_places (fold, fold->length, 1, n);
}

static void
begin_fold (Fold *fold, const char *text, gssize length, gboolean places)
{
  gsize n = text == NULL ? 0 : length < 0 ? strlen (text) : (gsize)length;

  *fold = (Fold){ .room = n * GROWTH + RESERVE };
  fold->out = g_malloc (fold->room);
  if (places)
    fold->places = g_new (guint32, fold->room);
  fold_text (fold, text, n);
  fold->out = g_realloc (fold->out, fold->length + 1);
}

char *
base_fold (const char *text, gssize length, gsize *folded_length)
{
  Fold fold;

  begin_fold (&fold, text, length, FALSE);
  if (folded_length != NULL)
    *folded_length = fold.length;
  return fold.out;
}

BaseFolded *
base_fold_with_places (const char *text, gssize length)
{
  BaseFolded *self = g_new (BaseFolded, 1);
  Fold fold;

  begin_fold (&fold, text, length, TRUE);
  self->folded = fold.out;
  self->length = fold.length;
  self->places = g_renew (guint32, fold.places, fold.length + 1);
  return self;
}

void
base_folded_free (BaseFolded *self)
{
  g_free (self->folded);
  g_free (self->places);
  g_free (self);
}

void
base_folded_get_range (const BaseFolded *self, gsize start, gsize end, gsize *text_start,
                       gsize *text_end)
{
  *text_start = self->places[start];
  /* Only a part of what the last one was folded to was hit ("s" of "ß"). */
  while (end > start && end < self->length && self->places[end] == self->places[end - 1])
    end++;
  *text_end = self->places[end];
}

G_STATIC_ASSERT (BASE_CHAR_ROOM <= RESERVE);
