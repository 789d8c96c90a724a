/* Text as it is compared when somebody looks for it, the only such folding of the program (base_text_fold () tells apart what this does not: names
 * that must be the same).
 *
 * NFC; without case; without width (full-width Latin, half-width kana and Hangul); without the accents of Latin, Greek and Cyrillic letters (ø, đ, ł, æ
 * included) and the points of Hebrew and Arabic, whose letters have one form; digits of all scripts, typographic quotation marks, dashes and blanks as
 * ASCII has them; without what is not to be seen (soft hyphens, joiners, marks of direction).  Elsewhere a mark makes another letter and
 * stays.  Consonants of Hangul as keyboards write them stay as well.  Lines end where they did.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* `length` -1: to NUL.  Bytes that are no UTF-8, and NUL, become U+FFFD; NULL gives "".  Folding twice is folding once.
 * `folded_length` nullable. */
char *base_fold (const char *text, gssize length, gsize *folded_length) G_GNUC_WARN_UNUSED_RESULT;

/* The same with the way back: places[i] is the byte of `text` with which the character begins that byte i of `folded` came of; places[length] is how long
 * `text` is. */
typedef struct
{
  char *folded;
  gsize length;
  guint32 *places;
} BaseFolded;
/* At most 4 GB. */
BaseFolded *base_fold_with_places (const char *text, gssize length) G_GNUC_WARN_UNUSED_RESULT;
void base_folded_free (BaseFolded *folded);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseFolded, base_folded_free)
/* What to mark in `text` of a hit from `start` to `end` in `folded`: whole characters, with their marks. */
void base_folded_get_range (const BaseFolded *folded, gsize start, gsize end, gsize *text_start,
                            gsize *text_end);

G_END_DECLS
