/* Words as the index has them: what a text is found by, and what of that a query asks for.  Pure, any thread.
 *
 * The rule that all rests on: if base_find_look () finds a term in a text, each token that base_words_of_term () gives is among those that
 * base_words_of_text () gives (or begins one of them, where it is a prefix).
 *
 * A word is a run of letters and digits.  Tokens begin with it, and within it wherever letters and digits meet (12, abc of "12abc"); each goes on to the end of
 * the word, or to the end of its letters (or digits) where it is long.  Of scripts without spaces, and symbols, each two
 * neighbours are a token, and the last character of a run by itself.  The end of a term is asked for as a prefix: there are many words that begin with few
 * letters, and nearly all texts have one, so that who asks looks at some texts first (store-search.c). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of these and of pairs (base-pairs.h).  Another number: whatever was indexed by the old one is indexed anew. */
#define BASE_WORDS_VERSION 4
/* That, and a sum of what this GLib knows of Unicode: with another one, the same text may have other tokens. */
gint64 base_words_get_version (void);
#define BASE_WORDS_MAX 60 /* octets of a token; of longer ones what is behind is not indexed */

/* A token, not ended by NUL, at most BASE_WORDS_MAX octets, none of them below '0' (who indexes may put such a byte before it).  Returns FALSE if it
 * had this one before, so that what comes of it need not be given once more; who always returns TRUE gets all each time. */
typedef gboolean (*BaseWordFunc) (const char *token, gsize length, gpointer user_data);
/* `folded` by base_fold ().  May give a token more than once. */
void base_words_of_text (const char *folded, gsize length, BaseWordFunc func, gpointer user_data);
/* By the initial consonants of its Hangul (ㄱㅁㅇ of 김민우): each three that follow each other, and the last ones of a run. */
void base_words_of_initials (const char *folded, gsize length, BaseWordFunc func,
                             gpointer user_data);

typedef struct
{
  char *token;
  gboolean prefix; /* any that begins with it will do */
  guint rank;      /* how far into a run of a script without spaces it stands */
} BaseWord;
/* What a text must have that has this term: GPtrArray of BaseWord, all of them needed; few: those that say most, the longest first, and those
 * that begin a run.  Empty: the term is
 * only punctuation, all texts have to be looked at.  `whole`: it is looked for with BASE_FIND_WHOLE. */
GPtrArray *base_words_of_term (const char *folded, gsize length,
                               gboolean whole) G_GNUC_WARN_UNUSED_RESULT;
/* The same for BASE_FIND_INITIALS, of tokens of base_words_of_initials (); a text may have these or those of base_words_of_term ().  NULL: the term
 * is more than consonants. */
GPtrArray *base_words_of_initials_term (const char *folded, gsize length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
