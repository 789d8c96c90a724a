/* Finds one term in texts: the linear scan that says what a hit is.  Pure; immutable, any thread.
 *
 * A hit is where the folded text has the folded term.  If the term begins with a letter of a script that puts spaces between words, or a digit, a hit begins
 * where a word does, or where letters and digits meet; else anywhere.  It ends anywhere.  White space in the term stands for any white space. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BaseFind BaseFind;
typedef enum
{
  BASE_FIND_NONE = 0,
  BASE_FIND_WHOLE =
      1, /* an exact phrase: ends at a word's end, too, where there are spaces between words */
  BASE_FIND_INITIALS =
      2, /* of nothing but consonants (ㄱㅁㅇ): stands for syllables that begin with them, too */
} BaseFindFlags;
/* `term` as typed; white space around it does not count.  An empty one is found nowhere. */
BaseFind *base_find_new (const char *term, BaseFindFlags flags) G_GNUC_WARN_UNUSED_RESULT;
void base_find_free (BaseFind *find);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseFind, base_find_free)

/* The term as base_words_of_term () wants it, and whether its last word is. */
const char *base_find_get_folded (const BaseFind *find, gsize *length);
gboolean base_find_is_whole (const BaseFind *find);
/* First hit in `folded` (see base_fold ()) at or behind byte `from`, with which a character begins; FALSE: none.  *start, *end: bytes (nullable). */
gboolean base_find_look (const BaseFind *find, const char *folded, gsize length, gsize from,
                         gsize *start, gsize *end);

G_END_DECLS
