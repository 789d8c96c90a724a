/* A picture that stands in the text of a letter, as a paintable of its GtkTextBuffer.  Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shown at most as wide as ui_editor_picture_set_room () says; a grey field until it has its texture. */
#define UI_TYPE_EDITOR_PICTURE (ui_editor_picture_get_type ())
G_DECLARE_FINAL_TYPE (UiEditorPicture, ui_editor_picture, UI, EDITOR_PICTURE, GObject)

/* `id` is its Content-ID without <>; `width` and `height` in pixels as it is sent, 0 when not known yet. */
UiEditorPicture *ui_editor_picture_new (const char *id, const char *name, int width,
                                        int height) G_GNUC_WARN_UNUSED_RESULT;
const char *ui_editor_picture_get_id (UiEditorPicture *picture);
const char *ui_editor_picture_get_name (UiEditorPicture *picture);
void ui_editor_picture_get_size (UiEditorPicture *picture, int *width, int *height);
void ui_editor_picture_set_texture (UiEditorPicture *picture, GdkTexture *texture);
gboolean ui_editor_picture_has_texture (UiEditorPicture *picture);
void ui_editor_picture_set_room (UiEditorPicture *picture, int width);
/* The picture at `iter`, or NULL; borrowed. */
UiEditorPicture *ui_editor_iter_get_picture (const GtkTextIter *iter);

G_END_DECLS
