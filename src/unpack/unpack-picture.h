/* Pictures (gdk-pixbuf).  Any one thread; no disk. */
#pragma once

#include "unpack-format.h"

G_BEGIN_DECLS

/* Turned the way its orientation says, made to fit into a square of `edge` pixels, never made larger.  Of an animation the
 * first picture.  Floating value of UNPACK_PICTURE, or NULL with *status set. */
GVariant *unpack_picture (GBytes *bytes, guint edge,
                          UnpackStatus *status) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
