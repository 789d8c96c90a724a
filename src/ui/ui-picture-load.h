/* Pictures that a person puts into a letter, made fit for sending off the main thread. */
#pragma once

#include <gtk/gtk.h>

#include "mail-engine.h"

G_BEGIN_DECLS

/* Wider ones are scaled down to it, in pixels. */
#define UI_PICTURE_MAX_WIDTH 1600

typedef struct
{
  GBytes *content;  /* as it is sent */
  const char *type; /* "image/png", "image/jpeg", "image/gif" */
  char *name;
  GdkTexture *texture; /* what it shows */
  int width, height;   /* as it is sent, in pixels */
} UiPicture;

void ui_picture_free (UiPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiPicture, ui_picture_free)

/* Of a file, which must be a picture.  Cancelled, it ends at once, even where the file does not answer. */
void ui_picture_load_async (MailEngine *engine, GFile *file, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
/* Of what a clipboard or a draft gave. */
void ui_picture_take_async (MailEngine *engine, GBytes *bytes, const char *name,
                            GAsyncReadyCallback callback, gpointer user_data);
/* NULL: it is no picture, or not to be read. */
UiPicture *ui_picture_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* By its name: may be a picture that letters can hold. */
gboolean ui_picture_is_likely (GFile *file);

G_END_DECLS
