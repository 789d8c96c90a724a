/* The relay: one thread accepts, one thread a connection. */
#include "live-proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define SWALLOW_MS 700

struct _LiveProxy
{
  int listener;
  guint16 port, target;
  GThread *thread;
  GPtrArray *threads;                                /* the accepting thread's */
  gint limit, count, accepted, stopping, generation; /* atomic */
  gint cut_after, swallow_after;                     /* atomic, octets */
};

typedef struct
{
  LiveProxy *proxy;
  int client;
  gint generation;
} Link;

static int
connect_to (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (connect (fd, (struct sockaddr *)&address, sizeof address) == 0)
    return fd;
  close (fd);
  return -1;
}

static gboolean
write_all (int fd, const char *data, gssize length)
{
  while (length > 0) {
    gssize n = send (fd, data, (gsize)length, MSG_NOSIGNAL);

    if (n <= 0)
      return FALSE;
    data += n;
    length -= n;
  }
  return TRUE;
}

static void
relay (LiveProxy *proxy, int client, int server, gint generation)
{
  guint64 from_client = 0, from_server = 0;
  gint64 heard = 0;
  gboolean swallowing = FALSE;
  g_autofree char *buffer = g_malloc (65536);

  while (!g_atomic_int_get (&proxy->stopping)
         && g_atomic_int_get (&proxy->generation) == generation) {
    struct pollfd fds[2] = { { .fd = client, .events = POLLIN },
                             { .fd = server, .events = POLLIN } };
    gint64 swallow_after = g_atomic_int_get (&proxy->swallow_after);
    gint64 cut_after = g_atomic_int_get (&proxy->cut_after);
    gssize n = 0;

    if (poll (fds, 2, 20) < 0 && errno != EINTR)
      return;
    /* Only once neither side has had anything to say for so long: all that the client sent has to reach the server, on a busy machine too. */
    if (fds[0].revents != 0 || fds[1].revents != 0)
      heard = g_get_monotonic_time ();
    else if (swallowing && g_get_monotonic_time () - heard > SWALLOW_MS * 1000)
      return;
    if (fds[0].revents != 0) {
      n = read (client, buffer, 65536);
      if (n <= 0 || !write_all (server, buffer, n))
        return;
      from_client += (guint64)n;
      swallowing |= swallow_after > 0 && from_client > (guint64)swallow_after;
    }
    if (fds[1].revents != 0) {
      n = read (server, buffer, 65536);
      if (n <= 0)
        return;
      from_server += (guint64)n;
      if (swallowing)
        continue;
      if (!write_all (client, buffer, n))
        return;
      if (cut_after > 0 && from_server > (guint64)cut_after) {
        g_atomic_int_set (&proxy->cut_after, 0);
        return;
      }
    }
  }
}

static gpointer
link_main (gpointer data)
{
  Link *link = data;
  LiveProxy *proxy = link->proxy;
  int server = connect_to (proxy->target);

  if (server >= 0) {
    relay (proxy, link->client, server, link->generation);
    close (server);
  }
  close (link->client);
  g_atomic_int_add (&proxy->count, -1);
  g_free (link);
  return NULL;
}

static gpointer
accept_main (gpointer data)
{
  LiveProxy *proxy = data;

  while (!g_atomic_int_get (&proxy->stopping)) {
    struct pollfd fd = { .fd = proxy->listener, .events = POLLIN };
    int client = -1;
    Link *link = NULL;

    if (poll (&fd, 1, 50) <= 0)
      continue;
    client = accept4 (proxy->listener, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0)
      continue;
    if (g_atomic_int_get (&proxy->count) >= g_atomic_int_get (&proxy->limit)) {
      close (client);
      continue;
    }
    g_atomic_int_inc (&proxy->count);
    g_atomic_int_inc (&proxy->accepted);
    link = g_new0 (Link, 1);
    link->proxy = proxy;
    link->client = client;
    link->generation = g_atomic_int_get (&proxy->generation);
    g_ptr_array_add (proxy->threads, g_thread_new ("relay", link_main, link));
  }
  return NULL;
}

LiveProxy *
live_proxy_new (guint16 target)
{
  LiveProxy *proxy = g_new0 (LiveProxy, 1);
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t length = sizeof address;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  proxy->target = target;
  proxy->limit = G_MAXINT;
  proxy->threads = g_ptr_array_new ();
  proxy->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (proxy->listener, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_cmpint (listen (proxy->listener, 32), ==, 0);
  g_assert_cmpint (getsockname (proxy->listener, (struct sockaddr *)&address, &length), ==, 0);
  proxy->port = ntohs (address.sin_port);
  proxy->thread = g_thread_new ("proxy", accept_main, proxy);
  return proxy;
}

void
live_proxy_free (LiveProxy *proxy)
{
  g_atomic_int_set (&proxy->stopping, 1);
  g_thread_join (proxy->thread);
  for (guint i = 0; i < proxy->threads->len; i++)
    g_thread_join (g_ptr_array_index (proxy->threads, i));
  g_ptr_array_unref (proxy->threads);
  close (proxy->listener);
  g_free (proxy);
}

guint16
live_proxy_get_port (LiveProxy *proxy)
{
  return proxy->port;
}

void
live_proxy_set_limit (LiveProxy *proxy, guint limit)
{
  g_atomic_int_set (&proxy->limit, (gint)limit);
}

void
live_proxy_cut (LiveProxy *proxy)
{
  g_atomic_int_inc (&proxy->generation);
}

void
live_proxy_cut_after (LiveProxy *proxy, guint64 octets)
{
  g_atomic_int_set (&proxy->cut_after, (gint)octets);
}

void
live_proxy_swallow_after (LiveProxy *proxy, guint64 octets)
{
  g_atomic_int_set (&proxy->swallow_after, (gint)octets);
}

guint
live_proxy_get_accepted (LiveProxy *proxy)
{
  return (guint)g_atomic_int_get (&proxy->accepted);
}
