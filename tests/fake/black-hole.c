/* It listens, and its queue is full: then the kernel drops what comes. */
#include "black-hole.h"

#include <errno.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_FILL 16

struct _BlackHole
{
  int fds[MAX_FILL]; /* Owned: who listens, and who fills its queue */
  guint n;
};

BlackHole *
black_hole_new (const char *text, guint16 port)
{
  g_autoptr (BlackHole) hole = g_new0 (BlackHole, 1);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (text, port);
  struct sockaddr_storage native;
  socklen_t size = (socklen_t)g_socket_address_get_native_size (address);
  const int one = 1;

  g_assert_true (g_socket_address_to_native (address, &native, sizeof native, NULL));
  hole->fds[hole->n++] = socket (native.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (native.ss_family == AF_INET6)
    setsockopt (hole->fds[0], IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
  if (bind (hole->fds[0], (struct sockaddr *)&native, size) != 0)
    return NULL;
  g_assert_cmpint (listen (hole->fds[0], 0), ==, 0);
  while (hole->n < MAX_FILL) {
    int fd = socket (native.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    GPollFD wait = { .fd = fd, .events = G_IO_OUT };

    hole->fds[hole->n++] = fd;
    if (connect (fd, (struct sockaddr *)&native, size) != 0 && errno == EINPROGRESS
        && g_poll (&wait, 1, 60) == 0)
      return g_steal_pointer (&hole);
  }
  g_assert_not_reached ();
}

void
black_hole_free (BlackHole *hole)
{
  if (hole == NULL)
    return;

  while (hole->n > 0)
    if (hole->fds[--hole->n] >= 0)
      close (hole->fds[hole->n]);
  g_free (hole);
}
