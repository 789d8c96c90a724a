/* Reading an IMAP command that is whole in memory, its literals in place: "A1 LOGIN {5}\r\nalice pw".  Pure.  Each function
 * moves on past what it took; what cannot be read sets `bad` and gives an empty value. */
#pragma once

#include "base-uid-set.h"

G_BEGIN_DECLS

typedef struct
{
  const char *at, *end; /* Borrowed */
  gboolean bad;
} ModelWords;

gboolean model_words_are_left (ModelWords *words);
/* Takes the character (and the blanks before it) when it comes next. */
gboolean model_words_take (ModelWords *words, char c);
/* Takes the word when it comes next, whatever its case. */
gboolean model_words_take_word (ModelWords *words, const char *word);
/* An atom up to a blank, bracket or the end; upper case where `upper`. */
char *model_words_atom (ModelWords *words, gboolean upper) G_GNUC_WARN_UNUSED_RESULT;
/* Atom, quoted string or literal. */
char *model_words_string (ModelWords *words) G_GNUC_WARN_UNUSED_RESULT;
GBytes *model_words_literal (ModelWords *words) G_GNUC_WARN_UNUSED_RESULT;
/* "(...)" with what stands between, brackets included; "" when there is none. */
char *model_words_list (ModelWords *words) G_GNUC_WARN_UNUSED_RESULT;
guint64 model_words_number (ModelWords *words);
/* "1:*,7"; `max` stands for "*". */
BaseUidSet *model_words_set (ModelWords *words, guint32 max) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
