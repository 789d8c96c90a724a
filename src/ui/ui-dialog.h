/* Questions, failures and file choosing: the only place that knows which dialogs the floor's GTK and libadwaita have.
 *
 * Main thread.  Nothing here waits: the function given is called once, later, with what the person chose.  `parent` is
 * nullable; where it is destroyed first, the answer is "no" or NULL. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* `accepted`: the person chose `accept_label`. */
typedef void (*UiDialogFunc) (gboolean accepted, gpointer data);
/* `file` is borrowed; NULL when the person cancelled. */
typedef void (*UiFileFunc) (GFile *file, gpointer data);
/* `files`: borrowed GListModel of GFile, never empty; NULL when the person cancelled. */
typedef void (*UiFilesFunc) (GListModel *files, gpointer data);

/* A sentence in `heading`, what follows from it in `body` (nullable), and below `detail` (nullable): words of
 * a server, shown as they are.  The other button is Cancel.  Returns the dialog, for who has to take the question back: destroyed, its answer is no. */
GtkWindow *ui_dialog_confirm (GtkWindow *parent, const char *heading, const char *body,
                              const char *detail, const char *accept_label, gboolean destructive,
                              UiDialogFunc func, gpointer data);

/* Whether what was typed into `parent`, a form that is closed without saving, may go. */
void ui_dialog_ask_discard (GtkWindow *parent, UiDialogFunc func, gpointer data);

/* Shows an AdwMessageDialog that is made elsewhere (those of here are shown so, too).  It becomes no higher than its parent, or the smallest screen: with
 * large text AdwMessageDialog would have its buttons go out of the screen; here what stands above them is scrolled.  What grows later is not foreseen. */
void ui_dialog_present (GtkWindow *dialog);

#define UI_DIALOG_MAX_OFFERS 2
/* The same with a box to check ("Do not ask again"), and ways to mend what is asked about (`offers`: labels, NULL behind the last; at most
 * UI_DIALOG_MAX_OFFERS), of which the first is what Return does.  `answer`: 0 is Cancel (or Escape), 1 is `accept_label`, 2 the first offer.
 * `checked` only where the person accepted. */
typedef void (*UiWarnFunc) (guint answer, gboolean checked, gpointer data);
void ui_dialog_warn (GtkWindow *parent, const char *heading, const char *body,
                     const char *check_label, const char *accept_label, const char *const *offers,
                     UiWarnFunc func, gpointer data);

/* A line of text.  `check` says why it cannot be (a sentence, shown beneath; "" without one; NULL: it can; yours): then there is no
 * going on. `func` gets what was typed, or NULL for Cancel. */
typedef char *(*UiDialogCheckFunc) (const char *text, gpointer data);
typedef void (*UiDialogTextFunc) (const char *text, gpointer data);
void ui_dialog_ask_text (GtkWindow *parent, const char *heading, const char *body,
                         const char *label, const char *text, const char *accept_label,
                         UiDialogCheckFunc check, UiDialogTextFunc func, gpointer data);

/* `heading` names what did not work; beneath stand the error's sentence and the server's words as plain text.  A
 * cancelled operation shows nothing. */
void ui_dialog_error (GtkWindow *parent, const char *heading, const GError *error);

void ui_dialog_open_files (GtkWindow *parent, const char *title, UiFilesFunc func, gpointer data);
/* One file that exists. */
void ui_dialog_open_file (GtkWindow *parent, const char *title, UiFileFunc func, gpointer data);
/* `name` is proposed; an existing file was asked about when `func` runs. */
void ui_dialog_save_file (GtkWindow *parent, const char *title, const char *name, UiFileFunc func,
                          gpointer data);
void ui_dialog_choose_folder (GtkWindow *parent, const char *title, UiFileFunc func, gpointer data);

G_END_DECLS
