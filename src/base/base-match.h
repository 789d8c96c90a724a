/* What a person types to find a name: whole words or pieces of them, in any order, Hangul also by initial consonants (ㄱㅁㅇ finds 김민우) and while
 * a syllable is only half composed.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BaseMatch BaseMatch;

BaseMatch *base_match_new (const char *query) G_GNUC_WARN_UNUSED_RESULT;
void base_match_free (BaseMatch *match);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseMatch, base_match_free)

/* How well a text fits in which all words of the query must be; larger is better. */
typedef enum
{
  BASE_MATCH_NONE,
  BASE_MATCH_WITHIN, /* a word is found only inside of another */
  BASE_MATCH_WORD,   /* all begin words */
  BASE_MATCH_BEGIN,  /* and the first of the query begins the text */
} BaseMatchFit;
/* `folded` by base_fold (), once for many queries.  NONE for an empty query, too. */
BaseMatchFit base_match_look (const BaseMatch *match, const char *folded);

G_END_DECLS
