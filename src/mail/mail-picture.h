/* Pictures that are no part of a message: what a person puts into a letter.  They are strangers' files all the same, so that sosik-unpack
 * decodes them. */
#pragma once

#include "mail-engine.h"
#include "mail-part.h"

G_BEGIN_DECLS

/* Fits into a square of `edge` pixels, its right side up. */
void mail_picture_decode_async (MailEngine *engine, GBytes *bytes, guint edge,
                                GAsyncReadyCallback callback, gpointer user_data);
/* BROKEN: it is no picture; LIMIT: it is too large. */
MailPicture *mail_picture_decode_finish (MailEngine *engine, GAsyncResult *result,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
