/* Are words spelt right?  Several languages at once: a word is good when one of those that are written in its letters knows it.
 *
 * Main thread.  Dictionaries are loaded, asked and written to by one thread of their own, for all editors of the program: loading
 * one takes a tenth of a second, guessing what was meant may take longer. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define UI_TYPE_SPELL (ui_spell_get_type ())
G_DECLARE_FINAL_TYPE (UiSpell, ui_spell, UI, SPELL, GObject)

typedef enum
{
  UI_WORD_UNKNOWN, /* not asked yet */
  UI_WORD_GOOD,    /* also: no dictionary for such letters */
  UI_WORD_BAD,
} UiWord;

/* Starts with those languages of the desktop that have a dictionary.  Signal "changed": languages or words became other ones, all
 * is to be looked at again. */
UiSpell *ui_spell_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* Of which there are dictionaries, as "en_US", sorted; empty until they are known ("changed").  Borrowed. */
const char *const *ui_spell_get_installed (UiSpell *self);
/* FALSE until the dictionaries are known. */
gboolean ui_spell_is_ready (UiSpell *self);
gboolean ui_spell_uses (UiSpell *self, const char *language);
void ui_spell_use (UiSpell *self, const char *language, gboolean use);
/* "en_US ko" in place of those of the desktop; those without a dictionary are passed over. */
void ui_spell_set_languages (UiSpell *self, const char *languages);
char *ui_spell_dup_languages (UiSpell *self) G_GNUC_WARN_UNUSED_RESULT;
/* Looks for the languages of `text`, one for each kind of letters, and uses them as well. */
void ui_spell_guess (UiSpell *self, const char *text);
/* The desktop's language, "ko", where there is no dictionary of it; NULL: there is one.  Borrowed, static. */
const char *ui_spell_get_missing (UiSpell *self);

/* At once, from what was answered before. */
UiWord ui_spell_look (UiSpell *self, const char *word);
/* Asks about these (NULL-terminated); afterwards ui_spell_look () knows them. */
void ui_spell_ask_async (UiSpell *self, const char *const *words, GAsyncReadyCallback callback,
                         gpointer user_data);
void ui_spell_ask_finish (UiSpell *self, GAsyncResult *result);
/* What may have been meant, the best first, at most eight. */
void ui_spell_suggest_async (UiSpell *self, const char *word, GAsyncReadyCallback callback,
                             gpointer user_data);
char **ui_spell_suggest_finish (UiSpell *self, GAsyncResult *result) G_GNUC_WARN_UNUSED_RESULT;
/* Good from now on: in this letter, or for good. */
void ui_spell_ignore (UiSpell *self, const char *word);
void ui_spell_add (UiSpell *self, const char *word);

/* The next word of `text` from `*at` that is to be checked; `*at` is behind it afterwards.  FALSE: there is none.  Addresses, paths, and
 * what has digits in it are none. */
gboolean ui_spell_next_word (const char **at, const char **begin);

G_END_DECLS
