/* A picture in a letter: what is drawn, how large, and under which Content-ID it is sent.  Main thread; decoding is done elsewhere. */
#include "ui-editor-picture.h"

struct _UiEditorPicture
{
  GObject parent_instance;

  char *id, *name;
  int width, height;
  int room; /* 0: as much as it wants */
  GdkTexture *texture;
};

/* How wide a picture stands whose size is not known yet. */
#define UNKNOWN_WIDTH  160
#define UNKNOWN_HEIGHT 120

static int
picture_get_width (GdkPaintable *paintable)
{
  UiEditorPicture *self = UI_EDITOR_PICTURE (paintable);
  int width = self->width > 0 ? self->width : UNKNOWN_WIDTH;

  return self->room > 0 ? MIN (width, self->room) : width;
}

static double
picture_get_ratio (GdkPaintable *paintable)
{
  UiEditorPicture *self = UI_EDITOR_PICTURE (paintable);

  return self->width > 0 && self->height > 0 ? (double)self->width / self->height
                                             : (double)UNKNOWN_WIDTH / UNKNOWN_HEIGHT;
}

static int
picture_get_height (GdkPaintable *paintable)
{
  return MAX (1, (int)(picture_get_width (paintable) / picture_get_ratio (paintable) + 0.5));
}

static void
picture_snapshot (GdkPaintable *paintable, GdkSnapshot *snapshot, double width, double height)
{
  UiEditorPicture *self = UI_EDITOR_PICTURE (paintable);
  const GdkRGBA grey = { 0.5f, 0.5f, 0.5f, 0.15f };

  if (self->texture != NULL)
    gdk_paintable_snapshot (GDK_PAINTABLE (self->texture), snapshot, width, height);
  else
    gtk_snapshot_append_color (snapshot, &grey,
                               &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
}

static void
picture_paintable_init (GdkPaintableInterface *iface)
{
  iface->get_intrinsic_width = picture_get_width;
  iface->get_intrinsic_height = picture_get_height;
  iface->get_intrinsic_aspect_ratio = picture_get_ratio;
  iface->snapshot = picture_snapshot;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (UiEditorPicture, ui_editor_picture, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, picture_paintable_init))

static void
ui_editor_picture_finalize (GObject *object)
{
  UiEditorPicture *self = UI_EDITOR_PICTURE (object);

  g_free (self->id);
  g_free (self->name);
  g_clear_object (&self->texture);
  G_OBJECT_CLASS (ui_editor_picture_parent_class)->finalize (object);
}

static void
ui_editor_picture_class_init (UiEditorPictureClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_editor_picture_finalize;
}

static void
ui_editor_picture_init (UiEditorPicture *self)
{
}

UiEditorPicture *
ui_editor_picture_new (const char *id, const char *name, int width, int height)
{
  UiEditorPicture *self = g_object_new (UI_TYPE_EDITOR_PICTURE, NULL);

  self->id = g_strdup (id);
  self->name = g_strdup (name);
  self->width = width;
  self->height = height;
  return self;
}

const char *
ui_editor_picture_get_id (UiEditorPicture *self)
{
  return self->id;
}

const char *
ui_editor_picture_get_name (UiEditorPicture *self)
{
  return self->name;
}

void
ui_editor_picture_get_size (UiEditorPicture *self, int *width, int *height)
{
  *width = self->width;
  *height = self->height;
}

void
ui_editor_picture_set_texture (UiEditorPicture *self, GdkTexture *texture)
{
  g_set_object (&self->texture, texture);
  if (self->width <= 0 || self->height <= 0) {
    self->width = gdk_texture_get_width (texture);
    self->height = gdk_texture_get_height (texture);
    gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
  }
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

gboolean
ui_editor_picture_has_texture (UiEditorPicture *self)
{
  return self->texture != NULL;
}

void
ui_editor_picture_set_room (UiEditorPicture *self, int width)
{
  if (self->room == width)
    return;
  self->room = width;
  gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
}

UiEditorPicture *
ui_editor_iter_get_picture (const GtkTextIter *iter)
{
  GdkPaintable *paintable = gtk_text_iter_get_paintable (iter);

  return UI_IS_EDITOR_PICTURE (paintable) ? UI_EDITOR_PICTURE (paintable) : NULL;
}
