/* What somebody meant whose keyboard wrote another script than they looked at: Hangul typed as Latin letters ("dkssud": 안녕) and the other way
 * ("ㅗ디ㅣㅐ": hello).  The keys are those of the Korean standard (KS X 5002, "2-beolsik") and of a Latin keyboard.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The same keys, each Latin letter as Hangul and each letter of Hangul as Latin; all else as it is. */
char *base_layout_to_hangul (const char *latin) G_GNUC_WARN_UNUSED_RESULT;
char *base_layout_to_latin (const char *hangul) G_GNUC_WARN_UNUSED_RESULT;

/* What may be offered instead of a query; NULL: it reads as if it was meant.  Word by word: Latin letters that nobody would write in a row, and that make
 * nothing but syllables in use, at least two; Hangul with loose letters whose keys make what reads like a word.  What stands before a colon
 * (from:), and OR, AND and NOT, stay. */
char *base_layout_correct (const char *query) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
