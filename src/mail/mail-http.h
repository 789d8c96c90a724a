/* What all questions by HTTP have in common: no cookies, no stored passwords, one connection, and no more octets than are wanted.  The thread that
 * asks; it blocks. */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* `timeout_s`: until something comes. */
SoupSession *mail_http_session_new (const char *agent, guint timeout_s) G_GNUC_WARN_UNUSED_RESULT;
/* Not led on by redirects, nor asked for a password. */
SoupMessage *mail_http_message_new (const char *method, GUri *uri) G_GNUC_WARN_UNUSED_RESULT;
/* All of it; with more than `most` octets G_IO_ERROR_MESSAGE_TOO_LARGE.  Up to 64 KiB of it leave no copy behind but what is returned. */
GByteArray *mail_http_read (GInputStream *stream, gsize most, GCancellable *cancellable,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Cancels `stop` with `cancellable` (nullable): for g_cancellable_disconnect (). */
gulong mail_http_follow (GCancellable *cancellable, GCancellable *stop);

G_END_DECLS
