/* Wavy lines beneath words of a letter that no dictionary knows, and what the context menu offers for them.  Main thread. */
#pragma once

#include "ui-editor.h"

G_BEGIN_DECLS

typedef struct _UiEditorSpell UiEditorSpell;

/* `editor` must outlive it.  Adds the actions spell-correct, spell-add, spell-ignore and spell-language to those of the editor. */
UiEditorSpell *ui_editor_spell_new (UiEditor *editor) G_GNUC_WARN_UNUSED_RESULT;
void ui_editor_spell_free (UiEditorSpell *spell);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiEditorSpell, ui_editor_spell_free)

/* FALSE takes all lines away. */
void ui_editor_spell_set_enabled (UiEditorSpell *spell, gboolean enabled);
/* While an input method composes nothing is marked. */
void ui_editor_spell_set_composing (UiEditorSpell *spell, gboolean composing);
/* "en_US ko", NULL: the desktop's; and the text by which further ones are guessed, nullable. */
void ui_editor_spell_set_languages (UiEditorSpell *spell, const char *languages, const char *text);
const char *ui_editor_spell_get_languages (UiEditorSpell *spell); /* NULL: nobody chose any */
GMenuModel *ui_editor_spell_get_language_menu (UiEditorSpell *spell);

G_END_DECLS
