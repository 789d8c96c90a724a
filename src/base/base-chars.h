/* What is known of single characters for finding: what each folds to, and how it takes part in words.  For base-fold, base-words and base-find only.
 * The tables are made from GLib's as they are needed, a page of 256 characters at a time, and stay.  Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BASE_CHAR_BREAK,  /* white space, punctuation: is between words */
  BASE_CHAR_LETTER, /* of scripts that put spaces between words, with their marks */
  BASE_CHAR_DIGIT,  /* 0 to 9, for others are folded to them */
  BASE_CHAR_UNSPACED, /* Hangul, Han, Kana, Thai ..., symbols, emoji: each may begin something to be found */
} BaseCharKind;

#define BASE_CHAR_ROOM 13

typedef struct
{
  char bytes[BASE_CHAR_ROOM]; /* what it is folded to, UTF-8 */
  guint8 length;              /* of that; 0: it is dropped */
  guint8 order;               /* canonical combining class of the first character of that */
  guint8 joins;               /* it may become one with what is before it */
} BaseCharFold;

typedef struct
{
  BaseCharFold folds[256];
  guint8 kinds[256];
} BaseCharPage;

#define BASE_CHAR_PAGES 0x1100

extern BaseCharPage *base_char_pages[BASE_CHAR_PAGES];
/* Of bytes: a BaseCharKind, or above of those that do not stand for themselves. */
extern const guint8 base_char_bytes[256];
#define BASE_CHAR_MORE 4

/* (slow) */
const BaseCharPage *base_char_make_page (guint number);

static inline const BaseCharPage *
base_char_get_page (gunichar c)
{
  const BaseCharPage *page = g_atomic_pointer_get (&base_char_pages[c >> 8]);

  return G_LIKELY (page != NULL) ? page : base_char_make_page (c >> 8);
}

static inline gboolean
base_char_is_syllable (gunichar c)
{
  return c >= 0xac00 && c <= 0xd7a3;
}

/* What folding leaves of white space, and what is found whatever of it stands there, and however much. */
static inline gboolean
base_char_is_space (char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline BaseCharKind
base_char_get_kind (gunichar c)
{
  if (c < 0x80)
    return base_char_bytes[c];
  if (base_char_is_syllable (c) || (c >= 0x4e00 && c < 0xa000))
    return BASE_CHAR_UNSPACED;
  return base_char_get_page (c)->kinds[c & 0xff];
}

/* The character at `at` of valid UTF-8, and what is behind it. */
static inline gunichar
base_char_next (const char *at, const char **next)
{
  const guchar *b = (const guchar *)at;

  if (b[0] < 0x80) {
    *next = at + 1;
    return b[0];
  }
  if (b[0] < 0xe0) {
    *next = at + 2;
    return (gunichar)(b[0] & 0x1f) << 6 | (b[1] & 0x3f);
  }
  if (b[0] < 0xf0) {
    *next = at + 3;
    return (gunichar)(b[0] & 0xf) << 12 | (gunichar)(b[1] & 0x3f) << 6 | (b[2] & 0x3f);
  }
  *next = at + 4;
  return (gunichar)(b[0] & 7) << 18 | (gunichar)(b[1] & 0x3f) << 12 | (gunichar)(b[2] & 0x3f) << 6
         | (b[3] & 0x3f);
}

static inline BaseCharKind
base_char_kind_at (const char *at, const char **next)
{
  BaseCharKind kind = base_char_bytes[(guchar)*at];

  if (kind < BASE_CHAR_MORE) {
    *next = at + 1;
    return kind;
  }
  return base_char_get_kind (base_char_next (at, next));
}

static inline const char *
base_char_previous (const char *at)
{
  do
    at--;
  while (((guchar)*at & 0xc0) == 0x80);
  return at;
}

/* Of a consonant as keyboards write it (U+3131 to U+314E), the one or two initials that it is made of, numbered as in Hangul syllables; of a
 * syllable and of a conjoining initial the one.  Returns how many; 0: neither. */
guint base_char_get_initials (gunichar c, guint8 initials[2]);

G_END_DECLS
