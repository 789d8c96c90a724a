/* A connection is a pair of threads, one for each way.  Must never hold back a byte but by the cut that was asked for. */
#include "cut-proxy.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake-certificates.h"

#define LITERAL_STEP 64
#define LINE_KEPT    512

/* What the bytes of one way are. */
typedef struct
{
  gboolean smtp, to_server;
  char line[LINE_KEPT];
  gsize length;
  guint64 literal; /* octets that are still to come */
  gboolean mail;   /* after DATA */
  guint64 octets;  /* of the literal or mail so far */
} Scanner;

typedef struct
{
  CutProxy *proxy;
  gboolean smtp;
  int fds[2]; /* client, server */
  gnutls_session_t tls[2];
  int over_fd;
  GThread *threads[2];
  gint silent, reset; /* atomic */
} Link;

struct _CutProxy
{
  int listeners[2], stop_fd; /* IMAP, SMTP */
  guint16 ports[2], server_ports[2];
  GThread *thread;
  gnutls_certificate_credentials_t credentials;

  GMutex lock; /* what follows */
  GPtrArray *links;
  guint64 counts[CUT_N_WAYS];
  CutWay way;
  guint64 number;
  CutKind kind;
  gboolean has_cut;
};

/* ---- what is a place ---- */

static void
end_line (Scanner *scanner)
{
  char *line = scanner->line;
  gsize length = scanner->length;

  line[MIN (length, LINE_KEPT - 1)] = '\0';
  scanner->length = 0;
  scanner->octets = 0;
  if (scanner->smtp) {
    if (scanner->to_server && g_ascii_strncasecmp (line, "BDAT ", 5) == 0)
      scanner->literal = g_ascii_strtoull (line + 5, NULL, 10);
    else if (scanner->to_server && g_ascii_strncasecmp (line, "DATA", 4) == 0)
      scanner->mail = TRUE;
    return;
  }
  g_strchomp (line);
  if (g_str_has_suffix (line, "}") && strrchr (line, '{') != NULL)
    scanner->literal = g_ascii_strtoull (strrchr (line, '{') + 1, NULL, 10);
}

static gboolean
scan_mail (Scanner *scanner, char byte)
{
  gboolean place = ++scanner->octets % LITERAL_STEP == 0;

  if (scanner->length < LINE_KEPT - 1)
    scanner->line[scanner->length++] = byte;
  /* A line that begins with a dot, and the end of the line before it. */
  place |= scanner->line[0] == '.';
  if (byte != '\n')
    return place;
  scanner->mail = !(scanner->length == 3 && scanner->line[0] == '.');
  scanner->length = 0;
  return place;
}

/* Whether this byte is a place to cut at. */
static gboolean
scan (Scanner *scanner, char byte)
{
  if (scanner->literal > 0) {
    scanner->literal--;
    return ++scanner->octets % LITERAL_STEP == 0;
  }
  if (scanner->mail)
    return scan_mail (scanner, byte);
  /* The tail of a long line is what matters. */
  if (scanner->length == LINE_KEPT - 1) {
    memmove (scanner->line, scanner->line + LINE_KEPT / 2, LINE_KEPT / 2);
    scanner->length = LINE_KEPT / 2 - 1;
  }
  scanner->line[scanner->length++] = byte;
  if (byte == '\n')
    end_line (scanner);
  return TRUE;
}

/* How many of these bytes may pass; less than all: here it is cut, in this way. */
static gsize
count_passing (CutProxy *proxy, Scanner *scanner, CutWay way, const char *data, gsize length,
               CutKind *kind)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&proxy->lock);

  for (gsize i = 0; i < length; i++) {
    if (!scan (scanner, data[i]))
      continue;
    if (++proxy->counts[way] == proxy->number && proxy->way == way && !proxy->has_cut) {
      proxy->has_cut = TRUE;
      *kind = proxy->kind;
      return i;
    }
  }
  return length;
}

/* ---- one connection ---- */

static ssize_t
pull (gnutls_transport_ptr_t pointer, void *data, size_t size)
{
  int fd = *(int *)pointer;

  return recv (fd, data, size, 0);
}

static ssize_t
push (gnutls_transport_ptr_t pointer, const void *data, size_t size)
{
  int fd = *(int *)pointer;

  return send (fd, data, size, MSG_NOSIGNAL);
}

/* FALSE: it is over. */
static gboolean
wait_readable (Link *link, guint side)
{
  struct pollfd fds[3] = { { .fd = link->fds[side], .events = POLLIN },
                           { .fd = link->over_fd, .events = POLLIN },
                           { .fd = link->proxy->stop_fd, .events = POLLIN } };

  if (gnutls_record_check_pending (link->tls[side]) > 0)
    return TRUE;
  return poll (fds, 3, -1) > 0 && fds[1].revents == 0 && fds[2].revents == 0;
}

static void
finish (Link *link)
{
  const guint64 one = 1;

  (void)!write (link->over_fd, &one, sizeof one);
}

static gboolean
send_all (Link *link, guint side, const char *data, gsize length)
{
  while (length > 0) {
    ssize_t sent = gnutls_record_send (link->tls[side], data, length);

    if (sent < 0 && gnutls_error_is_fatal ((int)sent))
      return FALSE;
    if (sent > 0) {
      data += sent;
      length -= (gsize)sent;
    }
  }
  return TRUE;
}

/* What comes from one side goes to the other. */
static void
pump (Link *link, guint from)
{
  Scanner scanner = { .smtp = link->smtp, .to_server = from == 0 };
  CutWay way = (CutWay)((link->smtp ? CUT_SMTP_TO_SERVER : CUT_IMAP_TO_SERVER) + (int)from);

  while (wait_readable (link, from)) {
    char data[16 * 1024];
    ssize_t length = gnutls_record_recv (link->tls[from], data, sizeof data);
    CutKind kind = CUT_RESET;
    gsize passing;

    if (length == 0 || (length < 0 && gnutls_error_is_fatal ((int)length))) {
      if (length == 0 && !g_atomic_int_get (&link->silent))
        gnutls_bye (link->tls[1 - from], GNUTLS_SHUT_WR);
      break;
    }
    if (length < 0 || g_atomic_int_get (&link->silent))
      continue;
    passing = count_passing (link->proxy, &scanner, way, data, (gsize)length, &kind);
    if (!send_all (link, 1 - from, data, passing))
      break;
    if (passing == (gsize)length)
      continue;
    switch (kind) {
    case CUT_RESET:
      g_atomic_int_set (&link->reset, TRUE);
      finish (link);
      return;
    case CUT_CLOSE:
      finish (link);
      return;
    case CUT_SILENCE:
      g_atomic_int_set (&link->silent, TRUE);
      break;
    case CUT_N_KINDS:
      g_assert_not_reached ();
    }
  }
  /* A silent server that hangs up is not heard of; only the client ends it. */
  if (from == 0 || !g_atomic_int_get (&link->silent))
    finish (link);
}

static gpointer
pump_back (gpointer data)
{
  pump (data, 1);
  return NULL;
}

static gboolean
shake_hands (gnutls_session_t tls)
{
  int result;

  do
    result = gnutls_handshake (tls);
  while (result < 0 && !gnutls_error_is_fatal (result));
  return result >= 0;
}

static gboolean
connect_server (Link *link)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                 .sin_port = htons (link->proxy->server_ports[link->smtp]) };
  const int one = 1;

  link->fds[1] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt (link->fds[1], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect (link->fds[1], (struct sockaddr *)&address, sizeof address) != 0)
    return FALSE;
  gnutls_init (&link->tls[1], GNUTLS_CLIENT | GNUTLS_NO_SIGNAL);
  gnutls_priority_set_direct (link->tls[1], "NORMAL", NULL);
  gnutls_credentials_set (link->tls[1], GNUTLS_CRD_CERTIFICATE, link->proxy->credentials);
  gnutls_transport_set_ptr (link->tls[1], &link->fds[1]);
  gnutls_transport_set_pull_function (link->tls[1], pull);
  gnutls_transport_set_push_function (link->tls[1], push);
  return shake_hands (link->tls[1]);
}

static gpointer
run_link (gpointer data)
{
  Link *link = data;
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  if (shake_hands (link->tls[0]) && connect_server (link)) {
    link->threads[1] = g_thread_new ("cut-back", pump_back, link);
    pump (link, 0);
    g_thread_join (link->threads[1]);
  }
  for (guint i = 0; i < 2; i++) {
    if (link->fds[i] < 0)
      continue;
    if (g_atomic_int_get (&link->reset))
      setsockopt (link->fds[i], SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close (link->fds[i]);
  }
  return NULL;
}

static void
free_link (gpointer data)
{
  Link *link = data;

  g_thread_join (link->threads[0]);
  for (guint i = 0; i < 2; i++)
    if (link->tls[i] != NULL)
      gnutls_deinit (link->tls[i]);
  close (link->over_fd);
  g_free (link);
}

static void
begin_link (CutProxy *proxy, int fd, gboolean smtp)
{
  Link *link = g_new0 (Link, 1);
  const int one = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  link->proxy = proxy;
  link->smtp = smtp;
  link->fds[0] = fd;
  link->fds[1] = -1;
  link->over_fd = eventfd (0, EFD_CLOEXEC);
  g_assert_cmpint (gnutls_init (&link->tls[0], GNUTLS_SERVER | GNUTLS_NO_SIGNAL), >=, 0);
  gnutls_priority_set_direct (link->tls[0], "NORMAL", NULL);
  gnutls_credentials_set (link->tls[0], GNUTLS_CRD_CERTIFICATE, fake_certificates_get (FAKE_GOOD));
  gnutls_transport_set_ptr (link->tls[0], &link->fds[0]);
  gnutls_transport_set_pull_function (link->tls[0], pull);
  gnutls_transport_set_push_function (link->tls[0], push);
  g_mutex_lock (&proxy->lock);
  g_ptr_array_add (proxy->links, link);
  link->threads[0] = g_thread_new ("cut-link", run_link, link);
  g_mutex_unlock (&proxy->lock);
}

/* ---- all of them ---- */

static gpointer
run_proxy (gpointer data)
{
  CutProxy *proxy = data;

  for (;;) {
    struct pollfd fds[3] = { { .fd = proxy->listeners[0], .events = POLLIN },
                             { .fd = proxy->listeners[1], .events = POLLIN },
                             { .fd = proxy->stop_fd, .events = POLLIN } };

    if (poll (fds, 3, -1) < 0 && errno != EINTR)
      g_error ("poll: %s", g_strerror (errno));
    if (fds[2].revents != 0)
      return NULL;
    for (guint i = 0; i < 2; i++) {
      int fd = fds[i].revents != 0 ? accept4 (proxy->listeners[i], NULL, NULL, SOCK_CLOEXEC) : -1;

      if (fd >= 0)
        begin_link (proxy, fd, i == 1);
    }
  }
}

static int
listen_anywhere (guint16 *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *)&address, size), ==, 0);
  g_assert_cmpint (listen (fd, 16), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *)&address, &size), ==, 0);
  *port = ntohs (address.sin_port);
  return fd;
}

CutProxy *
cut_proxy_new (guint16 imap_port, guint16 smtp_port)
{
  CutProxy *proxy = g_new0 (CutProxy, 1);

  proxy->server_ports[0] = imap_port;
  proxy->server_ports[1] = smtp_port;
  proxy->listeners[0] = listen_anywhere (&proxy->ports[0]);
  proxy->listeners[1] = listen_anywhere (&proxy->ports[1]);
  proxy->stop_fd = eventfd (0, EFD_CLOEXEC);
  gnutls_certificate_allocate_credentials (&proxy->credentials);
  g_mutex_init (&proxy->lock);
  proxy->links = g_ptr_array_new_with_free_func (free_link);
  proxy->thread = g_thread_new ("cut-proxy", run_proxy, proxy);
  return proxy;
}

void
cut_proxy_free (CutProxy *proxy)
{
  const guint64 one = 1;

  g_assert_cmpint (write (proxy->stop_fd, &one, sizeof one), ==, sizeof one);
  g_thread_join (proxy->thread);
  g_ptr_array_unref (proxy->links);
  close (proxy->listeners[0]);
  close (proxy->listeners[1]);
  close (proxy->stop_fd);
  gnutls_certificate_free_credentials (proxy->credentials);
  g_mutex_clear (&proxy->lock);
  g_free (proxy);
}

guint16
cut_proxy_get_imap_port (CutProxy *proxy)
{
  return proxy->ports[0];
}

guint16
cut_proxy_get_smtp_port (CutProxy *proxy)
{
  return proxy->ports[1];
}

void
cut_proxy_arm (CutProxy *proxy, CutWay way, guint64 number, CutKind kind)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&proxy->lock);

  memset (proxy->counts, 0, sizeof proxy->counts);
  proxy->way = way;
  proxy->number = number;
  proxy->kind = kind;
  proxy->has_cut = FALSE;
}

guint64
cut_proxy_count (CutProxy *proxy, CutWay way)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&proxy->lock);

  return proxy->counts[way];
}

gboolean
cut_proxy_has_cut (CutProxy *proxy)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&proxy->lock);

  return proxy->has_cut;
}
