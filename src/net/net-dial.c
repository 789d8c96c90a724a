/* TCP by GSocketClient.  Runs on the worker thread that asks and blocks it; must never touch the main loop: GLib
 * tries addresses side by side only in its asynchronous call, which gets a main context of its own here. */
#include "net-dial-private.h"

#include <glib/gi18n.h>

#include "base-error.h"

typedef struct
{
  GMainLoop *loop;           /* Owned */
  GCancellable *inner;       /* Owned: cancelled by the caller's and by the time-out */
  GSocketConnection *stream; /* Owned */
  GError *error;             /* Owned */
  gboolean timed_out;
} Dial;

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Dial *dial = user_data;

  dial->stream = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &dial->error);
  g_main_loop_quit (dial->loop);
}

static gboolean
on_timeout (gpointer user_data)
{
  Dial *dial = user_data;

  dial->timed_out = TRUE;
  g_cancellable_cancel (dial->inner);
  return G_SOURCE_REMOVE;
}

static gboolean
cancel_inner (gpointer inner)
{
  g_cancellable_cancel (inner);
  return G_SOURCE_REMOVE;
}

/* Any thread.  GLib 2.74 forgets a source that one thread cancels while another one takes it down, so who waits does that itself. */
static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Dial *dial = user_data;
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, cancel_inner, g_object_ref (dial->inner), g_object_unref);
  g_source_attach (source, g_main_loop_get_context (dial->loop));
}

static void
set_dial_error (GError **error, const NetEndpoint *endpoint, const Dial *dial)
{
  const char *detail = dial->error->message;

  if (dial->timed_out || g_error_matches (dial->error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    base_error_set (
        error, BASE_ERROR_RETRY, NULL,
        _ ("“%s” does not answer on port %u. Check the network connection and the port."),
        endpoint->host, endpoint->port);
  else if (g_error_matches (dial->error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    base_error_set (
        error, BASE_ERROR_RETRY, detail,
        _ ("The server “%s” could not be found. Check its name and the network connection."),
        endpoint->host);
  else if (g_error_matches (dial->error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH)
           || g_error_matches (dial->error, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED))
    base_error_set (
        error, BASE_ERROR_RETRY, detail,
        _ ("The proxy on the way to “%s” wants another user name and password. Set them in the network settings of this computer."),
        endpoint->host);
  else if (g_error_matches (dial->error, G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED)
           || g_error_matches (dial->error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED))
    base_error_set (
        error, BASE_ERROR_RETRY, detail,
        _ ("The proxy on the way to “%s” does not let mail through on port %u. Ask the people who run it, or set another one in "
           "the network settings of this computer."),
        endpoint->host, endpoint->port);
  else if (dial->error->domain == G_RESOLVER_ERROR)
    base_error_set (error, BASE_ERROR_RETRY, detail,
                    _ ("The server “%s” could not be looked up. Check the network connection."),
                    endpoint->host);
  else if (g_error_matches (dial->error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    base_error_set (error, BASE_ERROR_RETRY, detail,
                    _ ("“%s” accepts no connection on port %u. Check the port."), endpoint->host,
                    endpoint->port);
  else
    base_error_set (error, BASE_ERROR_RETRY, detail,
                    _ ("“%s” could not be reached on port %u. Check the network connection."),
                    endpoint->host, endpoint->port);
}

/* With the scheme by which the system knows its proxies; GLib's own is "none", for which there are fewer. */
static GSocketConnectable *
new_address (const NetEndpoint *endpoint)
{
  return g_object_new (G_TYPE_NETWORK_ADDRESS, "hostname", endpoint->host, "port",
                       (guint)endpoint->port, "scheme", endpoint->protocol, NULL);
}

static void
run (Dial *dial, const NetEndpoint *endpoint, guint timeout_ms, GCancellable *cancellable)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = new_address (endpoint);
  g_autoptr (GSource) timer = g_timeout_source_new (timeout_ms);
  gulong handler = 0;

  g_main_context_push_thread_default (context);
  dial->loop = g_main_loop_new (context, FALSE);
  dial->inner = g_cancellable_new ();
  g_source_set_callback (timer, on_timeout, dial, NULL);
  g_source_attach (timer, context);
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), dial, NULL);

  g_socket_client_connect_async (client, address, dial->inner, on_connected, dial);
  g_main_loop_run (dial->loop);

  g_cancellable_disconnect (cancellable, handler);
  g_source_destroy (timer);
  /* What GLib has still to tidy up after the race of the addresses. */
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  g_main_loop_unref (dial->loop);
  g_object_unref (dial->inner);
}

GSocketConnection *
net_dial (const NetEndpoint *endpoint, guint timeout_ms, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (GError) dial_error = NULL;
  Dial dial = { 0 };

  run (&dial, endpoint, timeout_ms, cancellable);
  stream = dial.stream;
  dial_error = dial.error;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (stream == NULL) {
    set_dial_error (error, endpoint, &dial);
    return NULL;
  }
  /* Our TLS needs the bare socket; a proxy that is itself reached by TLS hides it. */
  if (G_IS_TCP_WRAPPER_CONNECTION (stream)
      && !G_IS_SOCKET_CONNECTION (
          g_tcp_wrapper_connection_get_base_io_stream (G_TCP_WRAPPER_CONNECTION (stream)))) {
    base_error_set (
        error, BASE_ERROR_RETRY, NULL,
        _ ("The proxy for “%s” is reached by HTTPS, which does not work for mail. Set another proxy."),
        endpoint->host);
    return NULL;
  }

  return g_steal_pointer (&stream);
}
