/* What the files of the editor share.  Main thread. */
#pragma once

#include "ui-editor-cell.h"
#include "ui-editor-history.h"
#include "ui-editor-html.h"
#include "ui-editor-picture.h"
#include "ui-editor-spell.h"
#include "ui-editor-table.h"
#include "ui-editor.h"
#include "ui-preedit.h"

G_BEGIN_DECLS

/* What the next character looks like; a link is never gone on with. */
typedef struct
{
  gboolean formats[UI_N_FORMATS];
  GtkTextTag *values[UI_N_VALUES]; /* borrowed from the table */
} UiEditorLook;

struct _UiEditor
{
  GtkTextView parent_instance;

  GtkTextBuffer *buffer;  /* owned by the view too */
  GtkTextTagTable *table; /* owned */
  UiEditorHistory *history;
  UiEditorSpell *spell;
  UiPreedit *preedit; /* borrowed */
  GSimpleActionGroup *actions;
  gulong dark_handler;

  UiEditor *outer;    /* borrowed: this is the field of a cell in it; else NULL */
  UiEditorCell *cell; /* owned; NULL: none was ever written */

  gboolean rich;
  gboolean spelling;
  gboolean loading;     /* set_content () is at work */
  gboolean dressed;     /* what is inserted has its formats already */
  gboolean composing;   /* the input method has a preedit */
  gboolean has_pending; /* `pending` is for the next character, not what stands before it */
  UiEditorLook pending;
  gboolean has_pictures; /* or tables; or had */
  GHashTable *textures;  /* Content-ID -> GdkTexture */
  int room;              /* how wide a picture may be */
  guint room_source;
  GQueue arrivals; /* what was pasted and waits for the input method, see ui-editor-paste.c */
  guint arrival_source;
  gboolean new_line; /* a person pressed Return in this user action */
};

/* ---- ui-editor-where.c ---- */
/* Text of the line of `iter`, without its end; `start` gets where it begins. */
char *ui_editor_get_line (const GtkTextIter *iter, GtkTextIter *start, GtkTextIter *end);
/* Where line `line` ends, with its line end. */
void ui_editor_get_line_end (UiEditor *self, int line, GtkTextIter *end);
/* The lines that the selection touches; a selection that ends at the start of a line leaves that line out. */
void ui_editor_get_lines (UiEditor *self, int *first, int *last);
/* What a character typed at `at` looks like if nobody says otherwise: as the one before it, at the start of a line as the one
 * after it. */
void ui_editor_get_typing (UiEditor *self, const GtkTextIter *at, UiEditorLook *look);
/* A line is aligned with its end; the last one, when nothing is in it, as the one before. */
GtkTextTag *ui_editor_get_align (const GtkTextIter *at);
/* A list is one in plain text, too, but a better one in HTML. */
gboolean ui_editor_has_list (UiEditor *self);
gboolean ui_editor_has_everywhere (GtkTextTag *tag, const GtkTextIter *start,
                                   const GtkTextIter *end);

/* ---- ui-editor.c ---- */
/* A field for cells within `outer`, which keeps what is to be undone; floating. */
UiEditor *ui_editor_new_cell (UiEditor *outer) G_GNUC_WARN_UNUSED_RESULT;
/* Of such a field: these are the words now (ui-editor-grid.h). */
void ui_editor_set_cell (UiEditor *self, const char *html);
void ui_editor_set_rich_flag (UiEditor *self, gboolean rich);
void ui_editor_update_states (UiEditor *self);
void ui_editor_edited (UiEditor *self);

/* Each of these lines is aligned as its first character. */
void ui_editor_join_alignment (UiEditor *self, int first, int last);
/* For the person, who may have to know what became of what was pasted. */
void ui_editor_emit_sentence (UiEditor *self, const char *sentence);
/* FALSE: nobody wants what is in the clipboard. */
gboolean ui_editor_emit_paste_files (UiEditor *self, GdkClipboard *clipboard);

/* TRUE: somebody put something else in its place. */
gboolean ui_editor_emit_word (UiEditor *self, const char *word);

/* ---- ui-editor-lists.c ---- */
/* What a line of `text` begins with, as an action names it: "bullet", "number", "quote". */
gboolean ui_editor_line_is (const char *text, const char *what);
gboolean ui_editor_lines_are (UiEditor *self, const char *what);
void ui_editor_toggle_lines (UiEditor *self, const char *what);
/* One level further in, or out. */
void ui_editor_move_items (UiEditor *self, gboolean in);
/* After Return: in a list the list goes on, in an empty item it ends. */
void ui_editor_continue_list (UiEditor *self);

/* ---- ui-editor-paste.c ---- */
/* The word before the caret; FALSE: there is none. */
gboolean ui_editor_get_word (UiEditor *self, GtkTextIter *start, GtkTextIter *end);
void ui_editor_class_add_paste (GtkTextViewClass *klass);
void ui_editor_paste_plain (UiEditor *self);
/* The input method has ended: puts in what has come meanwhile. */
void ui_editor_put_arrivals (UiEditor *self);
void ui_editor_drop_arrivals (UiEditor *self);

/* One of them, or both: the HTML where it can be, else the text; at once, or when nothing composes.  Takes both. */
void ui_editor_arrive (UiEditor *self, char *text, char *html);

/* ---- ui-editor-pictures.c ---- */
void ui_editor_set_room (UiEditor *self, int width);
/* The next picture or table at or behind `at`; FALSE: there is none. */
gboolean ui_editor_find_object (UiEditor *self, GtkTextIter *at);
/* One that was just put in. */
void ui_editor_fit_object (UiEditor *self, const GtkTextIter *at);
/* All of them, soon: the room or the colours have changed. */
void ui_editor_fit_objects (UiEditor *self);
/* Without those of other letters, whose bytes are not here. */
char *ui_editor_without_strange_pictures (UiEditor *self, const char *html);

/* ---- ui-editor-signature.c ---- */
#define UI_EDITOR_SEPARATOR "-- "                    /* above a signature */
#define UI_EDITOR_HEADING   "---------- "            /* of what is forwarded begins with it */
char *ui_editor_dup_line (UiEditor *self, int line); /* without its end */

/* ---- ui-editor-verbs.c ---- */
void ui_editor_add_actions (UiEditor *self);
void ui_editor_class_add_keys (GtkWidgetClass *klass);
/* TRUE: the word before the caret stood for something else, which is there now. */
gboolean ui_editor_take_word (UiEditor *self);
/* Drops all formats; what only they said is said by the text. */
void ui_editor_make_plain (UiEditor *self);

G_END_DECLS
