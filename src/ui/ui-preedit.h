/* What an input method composes in a field, and whether it still owes it.  Main thread.
 *
 * ibus and fcitx speak with the program by messages: what was composed may arrive after the field has lost the keyboard.  Whoever reads
 * the field for good (sends it, makes a chip of it) waits for that first; autosaving does not. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_PREEDIT (ui_preedit_get_type ())
G_DECLARE_FINAL_TYPE (UiPreedit, ui_preedit, UI, PREEDIT, GObject)

/* Signal "settled": nothing is owed any more. */

/* Watches `field`, a GtkTextView with the buffer that it keeps, or a GtkText.  Borrowed: it lives as long as the field. */
UiPreedit *ui_preedit_watch (GtkWidget *field);
/* Something is composed, or was and did not arrive yet, for half a second at most once composing has ended. */
gboolean ui_preedit_is_owed (UiPreedit *self);

/* Takes the keyboard away from the field within `top` that has it: that makes the input method hand over.  The field, borrowed; NULL: none. */
GtkWidget *ui_preedit_leave (GtkWidget *top);

typedef void (*UiPreeditFunc) (gpointer data);

/* Calls `done` as soon as no watched field within `top` is owed anything: at once where that is so, in any case within a second.
 * ui_preedit_leave () comes before. */
void ui_preedit_settle (GtkWidget *top, UiPreeditFunc done, gpointer data);

/* The keyboard goes back to `field` (a weak pointer, cleared; nullable), where it was before, with nothing selected. */
void ui_preedit_return (GtkWidget **field);

G_END_DECLS
