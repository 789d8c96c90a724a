/* Messages in a person's hand: what the message list gives and a folder takes.  Main thread. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_DRAG (ui_drag_get_type ())
G_DECLARE_FINAL_TYPE (UiDrag, ui_drag, UI, DRAG, GObject)

/* What `prepare` of the drag found under the pointer; NULL: nothing that can be dragged. */
typedef UiDrag *(*UiDragFunc) (GtkWidget *widget, double x, double y, gpointer data);
/* Messages of `widget` can be dragged from now on (left button, moved). */
void ui_drag_add_source (GtkWidget *widget, UiDragFunc func, gpointer data);

/* items: GArray of gint64, ids of `list`, which shows `source`. */
UiDrag *ui_drag_new (MailFolder *source, MailMessageList *list,
                     GArray *items) G_GNUC_WARN_UNUSED_RESULT;
MailMessageList *ui_drag_get_list (UiDrag *self);
GArray *ui_drag_get_items (UiDrag *self);
MailFolder *ui_drag_get_source (UiDrag *self);

G_END_DECLS
