/* Korean words stay whole where a line ends, addresses and names of servers get no hyphen there, and titles of groups of settings and the words
 * of large buttons go on in a second line.
 *
 * Pango breaks Korean between any two syllables (UAX #14 leaves it to the language, and it does not ask), and tooltips of GTK 4.8 are so narrow
 * that they break a line of six syllables, because their width counts characters.
 *
 * In a window that is read from right to left, every line with such words is, whoever's address it begins with. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Once, before the first window: from then on every label that wraps and every tooltip of the program. */
void ui_words_install (void);
/* Of one label, from now until it says something else: FALSE where a whole Korean word is wider than there is room. */
void ui_words_keep_in (GtkLabel *label, gboolean keep);
/* Has its words go on in a second line where they find no room in one, as those of every "pill" do by themselves. */
void ui_words_wrap_button (GtkWidget *button);
/* The next word from *at to before `end` that holds Korean and has at most `limit` characters: [*begin, *at).  FALSE: there is
 * none. */
gboolean ui_words_next (const char **at, const char *end, guint limit, const char **begin);

/* Tags these words in `text`, which stands in the buffer from the character `start` on.  Costs time for each word. */
void ui_words_keep (GtkTextBuffer *buffer, GtkTextTag *tag, int start, const char *text,
                    gsize length, guint limit);

G_END_DECLS
