/* The proxy: one thread, which speaks with one client after the other, each to its end. */
#include "fake-proxy.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_HEADER 4096

struct _FakeProxy
{
  GSocketListener *listener; /* Owned */
  GCancellable *stop;        /* Owned */
  GThread *thread;           /* Owned */
  FakeProxyManner manner;
  guint16 port;

  GMutex lock;
  char *asked; /* Owned */
};

static gboolean
take (GInputStream *in, guint8 *data, gsize length)
{
  gsize done;

  return g_input_stream_read_all (in, data, length, &done, NULL, NULL) && done == length;
}

static gboolean
say (GOutputStream *out, const void *data, gsize length)
{
  return g_output_stream_write_all (out, data, length, NULL, NULL, NULL);
}

static void
note (FakeProxy *proxy, const char *host, guint port)
{
  g_mutex_lock (&proxy->lock);
  g_free (proxy->asked);
  proxy->asked = g_strdup_printf ("%s:%u", host, port);
  g_mutex_unlock (&proxy->lock);
}

/* The port asked for; 0: that was all. */
static guint16
greet_socks (FakeProxy *proxy, GInputStream *in, GOutputStream *out)
{
  guint8 head[4], name[256], end[2], length, methods;
  guint8 answer[10] = { 5, 0, 0, 1 };
  guint16 port;

  if (!take (in, &methods, 1) || !take (in, name, methods))
    return 0;
  if (proxy->manner == FAKE_PROXY_ASKING) {
    say (out, memchr (name, 2, methods) != NULL ? "\5\2" : "\5\377", 2);
    if (memchr (name, 2, methods) == NULL || !take (in, head, 2) || !take (in, name, head[1])
        || !take (in, &length, 1) || !take (in, name, length))
      return 0;
    say (out, "\1\1", 2);
    return 0;
  }
  say (out, proxy->manner == FAKE_PROXY_SENSELESS ? "HI" : "\5\0", 2);
  if (!take (in, head, 4) || head[3] != 3 || !take (in, &length, 1) || !take (in, name, length)
      || !take (in, end, 2))
    return 0;
  name[length] = '\0';
  port = (guint16)(end[0] << 8 | end[1]);
  note (proxy, (const char *)name, port);
  answer[1] = proxy->manner == FAKE_PROXY_REFUSING ? 2 : 0;
  return say (out, answer, sizeof answer) && answer[1] == 0 ? port : 0;
}

static guint16
greet_http (FakeProxy *proxy, GInputStream *in, GOutputStream *out)
{
  static const char *const answers[] = {
    "HTTP/1.0 200 Connected\r\n\r\n", "HTTP/1.0 403 Forbidden\r\n\r\n",
    "HTTP/1.0 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
    "220 hello\r\n\r\n"
  };
  g_autoptr (GString) text = g_string_new ("C");
  g_auto (GStrv) words = NULL;
  const char *answer = answers[proxy->manner];
  char *colon;
  guint16 port;
  guint8 octet;

  while (!g_str_has_suffix (text->str, "\r\n\r\n") && text->len < MAX_HEADER
         && take (in, &octet, 1))
    g_string_append_c (text, (char)octet);
  words = g_strsplit (text->str, " ", 3);
  if (g_strv_length (words) < 3 || !g_str_equal (words[0], "CONNECT")
      || (colon = strrchr (words[1], ':')) == NULL)
    return 0;
  *colon = '\0';
  port = (guint16)g_ascii_strtoull (colon + 1, NULL, 10);
  note (proxy, words[1], port);
  return say (out, answer, strlen (answer)) && proxy->manner == FAKE_PROXY_OPEN ? port : 0;
}

static void
relay (FakeProxy *proxy, GSocketConnection *client, guint16 port)
{
  g_autoptr (GSocketClient) dialler = g_socket_client_new ();
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, port);
  g_autoptr (GSocketConnection) server = NULL;
  GSocket *ends[2];
  gboolean open = TRUE;

  g_socket_client_set_enable_proxy (dialler, FALSE);
  server = g_socket_client_connect (dialler, G_SOCKET_CONNECTABLE (address), NULL, NULL);
  if (server == NULL)
    return;
  ends[0] = g_socket_connection_get_socket (client);
  ends[1] = g_socket_connection_get_socket (server);
  while (open && !g_cancellable_is_cancelled (proxy->stop)) {
    GPollFD fds[2] = { { .fd = g_socket_get_fd (ends[0]), .events = G_IO_IN },
                       { .fd = g_socket_get_fd (ends[1]), .events = G_IO_IN } };

    if (g_poll (fds, 2, 100) <= 0)
      continue;
    for (guint i = 0; i < 2 && open; i++) {
      char data[16 * 1024];
      gssize length;

      if (fds[i].revents == 0)
        continue;
      length = g_socket_receive (ends[i], data, sizeof data, NULL, NULL);
      open = length > 0;
      for (gssize sent = 0, some; open && sent < length; sent += some) {
        some = g_socket_send (ends[1 - i], data + sent, (gsize)(length - sent), NULL, NULL);
        open = some > 0;
      }
    }
  }
}

static void
serve (FakeProxy *proxy, GSocketConnection *client)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (client));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (client));
  guint8 first;
  guint16 port = 0;

  if (take (in, &first, 1))
    port = first == 5     ? greet_socks (proxy, in, out)
           : first == 'C' ? greet_http (proxy, in, out)
                          : 0;
  if (port != 0)
    relay (proxy, client, port);
}

static gpointer
run (gpointer data)
{
  FakeProxy *proxy = data;

  for (;;) {
    g_autoptr (GSocketConnection) client =
        g_socket_listener_accept (proxy->listener, NULL, proxy->stop, NULL);

    if (client == NULL)
      return NULL;
    serve (proxy, client);
    g_io_stream_close (G_IO_STREAM (client), NULL, NULL);
  }
}

FakeProxy *
fake_proxy_new (FakeProxyManner manner)
{
  FakeProxy *proxy = g_new0 (FakeProxy, 1);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_mutex_init (&proxy->lock);
  proxy->manner = manner;
  proxy->stop = g_cancellable_new ();
  proxy->listener = g_socket_listener_new ();
  g_assert_true (g_socket_listener_add_address (proxy->listener, any, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  proxy->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  proxy->thread = g_thread_new ("fake-proxy", run, proxy);
  return proxy;
}

void
fake_proxy_free (FakeProxy *proxy)
{
  if (proxy == NULL)
    return;

  g_cancellable_cancel (proxy->stop);
  g_thread_join (proxy->thread);
  g_object_unref (proxy->listener);
  g_object_unref (proxy->stop);
  g_mutex_clear (&proxy->lock);
  g_free (proxy->asked);
  g_free (proxy);
}

guint16
fake_proxy_get_port (FakeProxy *proxy)
{
  return proxy->port;
}

char *
fake_proxy_dup_asked (FakeProxy *proxy)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&proxy->lock);

  return g_strdup (proxy->asked);
}
