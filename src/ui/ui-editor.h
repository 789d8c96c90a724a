/* A GtkTextView for letters: plain text, or rich text (bold, italic, underline, strikethrough, colour, size, family, headings,
 * alignment, lists, quotes, links, pictures).
 *
 * Actions in the group "editor" (gtk_widget_insert_action_group () on whatever holds the buttons): bold, italic,
 * underline, strikethrough, heading, bullet, number, quote (stateful); colour, size, family, align (a string, "" for the
 * usual; see ui-editor-tags.h); indent, outdent, clear, paste-plain, emoji, undo, redo; and those of ui-editor-spell.h.  It never changes the text by itself while an input
 * method composes. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_EDITOR (ui_editor_get_type ())
G_DECLARE_FINAL_TYPE (UiEditor, ui_editor, UI, EDITOR, GtkTextView)

/* Property "rich" (boolean, notify).  Signals: "edited" (): the text or its format changed by a person; "paste-files"
 * (GdkClipboard) -> boolean: there is no text in the clipboard, TRUE when somebody takes what is in it; "word-typed" (string) -> boolean: Tab was
 * pressed behind this word, TRUE when somebody has put something else in its place (ui_editor_replace_word ()); "sentence" (string): to be told
 * to the person. */
GActionGroup *ui_editor_get_actions (UiEditor *self); /* borrowed */

/* Replaces everything; not undoable.  `html` (nullable) in our own subset wins over `text`; it turns "rich" on.  Caret at
 * the top. */
void ui_editor_set_content (UiEditor *self, const char *text, const char *html);
/* The caret. */
void ui_editor_go_to_end (UiEditor *editor);
/* What is written as plain text, formats shown the way plain text does ("• ", "> "). */
char *ui_editor_dup_text (UiEditor *self) G_GNUC_WARN_UNUSED_RESULT;
/* NULL when the editor is plain or nothing has a format: then the message is plain text. */
char *ui_editor_dup_html (UiEditor *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean ui_editor_has_format (UiEditor *self);

/* Puts it in the place of the selection, as if it had been pasted; `html` (nullable, in our own subset) where the letter is rich, else
 * `text`. */
void ui_editor_insert (UiEditor *self, const char *text, const char *html);

/* The same in the place of the word before the caret. */
void ui_editor_replace_word (UiEditor *self, const char *text, const char *html);

/* Puts a picture where the caret is, so many pixels wide and high as it is sent.  The letter becomes rich text. */
void ui_editor_insert_picture (UiEditor *self, const char *id, const char *name,
                               GdkTexture *texture, int width, int height);
/* What a picture of this Content-ID shows, now or later. */
void ui_editor_add_picture (UiEditor *self, const char *id, GdkTexture *texture);

/* Whether words that no dictionary knows are underlined; at first FALSE. */
void ui_editor_set_spelling (UiEditor *self, gboolean check);

/* "en_US ko": in which.  NULL: those of the desktop.  Those of the text that is there are looked for and used as well where `guess` is set. */
void ui_editor_set_languages (UiEditor *self, const char *languages, gboolean guess);
/* NULL as long as nobody chose any; signal "languages-chosen": a person did. */
char *ui_editor_dup_languages (UiEditor *self) G_GNUC_WARN_UNUSED_RESULT;
/* A menu of them; borrowed. */
GMenuModel *ui_editor_get_language_menu (UiEditor *self);

gboolean ui_editor_get_rich (UiEditor *self);
/* FALSE drops all formats (ask before, when ui_editor_has_format ()). */
void ui_editor_set_rich (UiEditor *self, gboolean rich);

/* The link at the caret or in the selection, "" when none. */
char *ui_editor_dup_link (UiEditor *self) G_GNUC_WARN_UNUSED_RESULT;
/* Makes the selection (or `text` inserted at the caret) a link; `uri` NULL removes the link there. Only http, https
 * and mailto; FALSE for others. */
gboolean ui_editor_set_link (UiEditor *self, const char *text, const char *uri);

G_END_DECLS
