/* Which words stand beside which, as the index has it, so that a phrase of frequent words need not be looked for in every text that has them all.  Pure, any thread.
 *
 * The rule that all rests on is that of base-words.h: if base_find_look () finds a term in a text, each pair of base_pairs_of_term () is among those of
 * base_pairs_of_text ().
 *
 * A piece is a run of letters, or of digits, or of characters of scripts without spaces, and two that follow each other are a pair, with what is between them: "it is" is
 * another one than "it. Is".  Of a run without spaces it is the two characters next to the other piece that count, for a term begins and ends anywhere in such a run; and
 * some threes and fives of characters that follow each other within it are taken as pairs are, for whole sentences may be one. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Appended to `pairs`: guint32, a sum of each; some more than once.  `folded` by base_fold (). */
void base_pairs_of_text (const char *folded, gsize length, GArray *pairs);
/* The same; those of the first pieces, where a term is long.  `whole`: as base_words_of_term () has it. */
void base_pairs_of_term (const char *folded, gsize length, gboolean whole, GArray *pairs);

G_END_DECLS
