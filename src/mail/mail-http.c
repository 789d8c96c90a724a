/* Sessions of libsoup that remember nothing.  Must never leave a secret in a buffer of its own. */
#include "mail-http.h"

#include <string.h>

#define WIPED_MAX (64 * 1024)

SoupSession *
mail_http_session_new (const char *agent, guint timeout_s)
{
  SoupSession *session = soup_session_new_with_options ("user-agent", agent, "timeout", timeout_s,
                                                        "max-conns", 1, NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_COOKIE_JAR);
  return session;
}

SoupMessage *
mail_http_message_new (const char *method, GUri *uri)
{
  SoupMessage *message = soup_message_new_from_uri (method, uri);

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);
  return message;
}

GByteArray *
mail_http_read (GInputStream *stream, gsize most, GCancellable *cancellable, GError **error)
{
  /* One that grows leaves what it had behind. */
  g_autoptr (GByteArray) body = g_byte_array_sized_new ((guint)MIN (most, WIPED_MAX));
  guint8 buffer[32 * 1024];
  gssize n;

  while ((n = g_input_stream_read (stream, buffer, sizeof buffer, cancellable, error)) > 0) {
    if (body->len + (gsize)n > most) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "too large");
      n = -1;
      break;
    }
    g_byte_array_append (body, buffer, (guint)n);
  }
  explicit_bzero (buffer, sizeof buffer);
  if (n == 0)
    return g_steal_pointer (&body);
  explicit_bzero (body->data, body->len);
  return NULL;
}

/* g_cancellable_cancel () itself would be given the one that is cancelled already. */
static void
on_cancelled (GCancellable *cancellable, gpointer stop)
{
  g_cancellable_cancel (stop);
}

gulong
mail_http_follow (GCancellable *cancellable, GCancellable *stop)
{
  if (cancellable == NULL)
    return 0;
  return g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), g_object_ref (stop),
                                g_object_unref);
}
