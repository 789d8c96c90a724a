/* The wire of the model server.  Output is kept until the client's flight of commands is answered, so that pipelining costs
 * one round trip here as it does with real servers; the hook is asked about each line when it is really sent. */
#include "model-link.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "fake-certificates.h"

#define MAX_LINE (1024 * 1024)

struct _ModelLink
{
  ModelShared *shared; /* Borrowed */
  ModelProtocol protocol;
  guint number;
  int fd, wake_fd, cut_fd;     /* Owned */
  gnutls_session_t tls;        /* Owned */
  GByteArray *in, *out;        /* Owned */
  GArray *ends;                /* Owned: where each response of `out` ends */
  z_stream *inflate, *deflate; /* Owned; NULL: nothing is compressed */
  char *command;               /* Owned: the one under way */
  guint64 command_number;
  gboolean answered; /* something was sent since the last input: more input is a new round trip */
  gboolean fresh;    /* input came since the last flush */
  gboolean over;     /* nothing can be read or sent any more */
  gboolean closing;
};

ModelLink *
model_link_new (ModelShared *shared, ModelProtocol protocol, guint number, int fd)
{
  ModelLink *link = g_new0 (ModelLink, 1);
  const int one = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  link->shared = shared;
  link->protocol = protocol;
  link->number = number;
  link->fd = fd;
  link->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  link->cut_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  g_assert_cmpint (MIN (link->wake_fd, link->cut_fd), >=, 0);
  link->in = g_byte_array_sized_new (4096);
  link->out = g_byte_array_sized_new (4096);
  link->ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  return link;
}

void
model_link_free (ModelLink *link)
{
  if (link->tls != NULL)
    gnutls_deinit (link->tls);
  if (link->fd >= 0)
    close (link->fd);
  close (link->wake_fd);
  close (link->cut_fd);
  g_byte_array_unref (link->in);
  g_byte_array_unref (link->out);
  g_array_unref (link->ends);
  g_free (link->command);
  if (link->inflate != NULL) {
    inflateEnd (link->inflate);
    deflateEnd (link->deflate);
  }
  g_free (link->inflate);
  g_free (link->deflate);
  g_free (link);
}

static void
poke (int fd)
{
  const guint64 one = 1;

  if (write (fd, &one, sizeof one) < 0)
    g_assert_cmpint (errno, ==, EAGAIN);
}

void
model_link_wake (ModelLink *link)
{
  poke (link->wake_fd);
}

void
model_link_cut (ModelLink *link)
{
  poke (link->cut_fd);
}

gboolean
model_link_is_over (ModelLink *link)
{
  return link->over;
}

void
model_link_close (ModelLink *link)
{
  link->closing = TRUE;
}

/* The socket can be read (TRUE), or the server cuts. */
static gboolean
wait_readable (ModelLink *link)
{
  struct pollfd fds[2] = { { .fd = link->fd, .events = POLLIN },
                           { .fd = link->cut_fd, .events = POLLIN } };

  while (poll (fds, 2, -1) < 0)
    g_assert_cmpint (errno, ==, EINTR);
  return fds[1].revents == 0;
}

static ssize_t
pull (gnutls_transport_ptr_t pointer, void *data, size_t size)
{
  ModelLink *link = pointer;

  return wait_readable (link) ? recv (link->fd, data, size, 0) : 0;
}

/* A client that does not read must not keep the server from stopping. */
static ssize_t
push (gnutls_transport_ptr_t pointer, const void *data, size_t size)
{
  ModelLink *link = pointer;
  struct pollfd fds[2] = { { .fd = link->fd, .events = POLLOUT },
                           { .fd = link->cut_fd, .events = POLLIN } };
  ssize_t result;

  while ((result = send (link->fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT)) < 0
         && errno == EAGAIN) {
    while (poll (fds, 2, -1) < 0)
      g_assert_cmpint (errno, ==, EINTR);
    if (fds[1].revents != 0) {
      errno = EPIPE;
      return -1;
    }
  }
  return result;
}

gboolean
model_link_shake_hands (ModelLink *link)
{
  int result;

  g_assert_cmpint (gnutls_init (&link->tls, GNUTLS_SERVER | GNUTLS_NO_SIGNAL), >=, 0);
  g_assert_cmpint (gnutls_priority_set_direct (link->tls, "NORMAL", NULL), >=, 0);
  g_assert_cmpint (gnutls_credentials_set (link->tls, GNUTLS_CRD_CERTIFICATE,
                                           fake_certificates_get (link->shared->certificate)),
                   >=, 0);
  gnutls_transport_set_ptr (link->tls, link);
  gnutls_transport_set_pull_function (link->tls, pull);
  gnutls_transport_set_push_function (link->tls, push);
  do
    result = gnutls_handshake (link->tls);
  while (result < 0 && !gnutls_error_is_fatal (result));
  link->over = result < 0;
  return result >= 0;
}

/* ---- the hook ---- */

static void
trace (ModelLink *link, gboolean sent, const char *line)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&link->shared->lock);

  if (link->shared->trace != NULL) {
    fprintf (link->shared->trace, "%.3f %s%u %s %.2000s\n",
             (double)g_get_monotonic_time () / G_USEC_PER_SEC,
             link->protocol == MODEL_IMAP ? "imap" : "smtp", link->number,
             sent ? "S:" : "C:", line);
    fflush (link->shared->trace);
  }
}

static void
drop (ModelLink *link, gboolean with_reset)
{
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  link->over = TRUE;
  if (link->fd < 0)
    return;
  if (with_reset)
    setsockopt (link->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close (link->fd);
  link->fd = -1;
}

void
model_link_hang_up (ModelLink *link)
{
  drop (link, FALSE);
}

static void
stall (ModelLink *link)
{
  char waste[4096];

  while (wait_readable (link) && recv (link->fd, waste, sizeof waste, 0) > 0)
    ;
  link->over = TRUE;
}

static guint64
next_number (ModelLink *link)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&link->shared->lock);

  return ++link->shared->lines;
}

/* FALSE: the connection is over.  *answer: what to say instead. */
static gboolean
ask_hook (ModelLink *link, guint64 number, gboolean sent, gboolean after, const char *line,
          char **answer)
{
  ModelEvent event = { .protocol = link->protocol,
                       .connection = link->number,
                       .number = number,
                       .sent = sent,
                       .after = after,
                       .line = line };
  ModelHook hook;
  gpointer data;
  ModelVerdict verdict = MODEL_GO;

  g_mutex_lock (&link->shared->lock);
  hook = link->shared->hook;
  data = link->shared->hook_data;
  g_mutex_unlock (&link->shared->lock);
  if (hook != NULL)
    verdict = hook (&event, data);
  switch (verdict) {
  case MODEL_GO:
    break;
  case MODEL_CUT:
    drop (link, FALSE);
    break;
  case MODEL_RESET:
    drop (link, TRUE);
    break;
  case MODEL_STALL:
    stall (link);
    break;
  case MODEL_ANSWER:
    g_assert_true (answer != NULL && event.answer != NULL);
    *answer = g_strdup (event.answer);
    break;
  }
  return !link->over;
}

/* ---- out ---- */

static gboolean
send_all (ModelLink *link, const guint8 *data, gsize length)
{
  while (length > 0 && !link->over) {
    ssize_t result;

    do
      result = gnutls_record_send (link->tls, data, length);
    while (result < 0 && !gnutls_error_is_fatal ((int)result));
    if (result <= 0) {
      link->over = TRUE;
      break;
    }
    data += result;
    length -= (gsize)result;
    g_mutex_lock (&link->shared->lock);
    link->shared->counters.bytes_out += (guint64)result;
    g_mutex_unlock (&link->shared->lock);
  }
  return !link->over;
}

/* All of it in one piece, so that deflate costs what it does with real servers. */
static void
send_deflated (ModelLink *link)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  guint8 piece[4096];

  link->deflate->next_in = link->out->data;
  link->deflate->avail_in = link->out->len;
  do {
    link->deflate->next_out = piece;
    link->deflate->avail_out = sizeof piece;
    g_assert_cmpint (deflate (link->deflate, Z_SYNC_FLUSH), !=, Z_STREAM_ERROR);
    g_byte_array_append (packed, piece, (guint)(sizeof piece - link->deflate->avail_out));
  } while (link->deflate->avail_out == 0);
  send_all (link, packed->data, packed->len);
}

static void
ask_about_lines (ModelLink *link, gboolean after)
{
  gsize begin = 0;

  for (guint i = 0; i < link->ends->len && !link->over; i++) {
    gsize end = g_array_index (link->ends, gsize, i);
    g_autofree char *line = g_strndup ((const char *)link->out->data + begin, end - begin - 2);

    ask_hook (link, after ? 0 : next_number (link), TRUE, after, line, NULL);
    begin = end;
  }
}

static void
send_line_by_line (ModelLink *link)
{
  gsize begin = 0;

  for (guint i = 0; i < link->ends->len && !link->over; i++) {
    gsize end = g_array_index (link->ends, gsize, i);
    g_autofree char *line = g_strndup ((const char *)link->out->data + begin, end - begin - 2);
    guint64 number = next_number (link);

    if (ask_hook (link, number, TRUE, FALSE, line, NULL)
        && send_all (link, link->out->data + begin, end - begin))
      ask_hook (link, number, TRUE, TRUE, line, NULL);
    begin = end;
  }
}

gboolean
model_link_flush (ModelLink *link)
{
  guint delay;
  gboolean hooked;

  if (link->over || link->out->len == 0)
    return !link->over;
  g_mutex_lock (&link->shared->lock);
  delay = link->fresh ? link->shared->delay_ms : 0;
  hooked = link->shared->hook != NULL;
  g_mutex_unlock (&link->shared->lock);
  if (delay > 0)
    g_usleep (delay * 1000);
  if (link->deflate != NULL) {
    if (hooked)
      ask_about_lines (link, FALSE);
    if (!link->over)
      send_deflated (link);
    if (hooked)
      ask_about_lines (link, TRUE);
  } else if (hooked)
    send_line_by_line (link);
  else
    send_all (link, link->out->data, link->out->len);
  g_byte_array_set_size (link->out, 0);
  g_array_set_size (link->ends, 0);
  link->answered = TRUE;
  link->fresh = FALSE;
  return !link->over;
}

void
model_link_say_bytes (ModelLink *link, const char *data, gsize length)
{
  gsize end;

  g_byte_array_append (link->out, (const guint8 *)data, (guint)length);
  g_byte_array_append (link->out, (const guint8 *)"\r\n", 2);
  end = link->out->len;
  g_array_append_val (link->ends, end);
  if (link->shared->trace != NULL) {
    g_autofree char *line = g_strndup (data, length);

    trace (link, TRUE, line);
  }
}

void
model_link_say (ModelLink *link, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  model_link_say_bytes (link, text, strlen (text));
}

void
model_link_done (ModelLink *link)
{
  if (link->command == NULL || link->over)
    return;
  ask_hook (link, link->command_number, FALSE, TRUE, link->command, NULL);
  g_clear_pointer (&link->command, g_free);
}

/* ---- in ---- */

static void
inflate_into (ModelLink *link, guint8 *data, gsize length)
{
  guint8 piece[16 * 1024];
  int result;

  link->inflate->next_in = data;
  link->inflate->avail_in = (uInt)length;
  do {
    link->inflate->next_out = piece;
    link->inflate->avail_out = sizeof piece;
    result = inflate (link->inflate, Z_SYNC_FLUSH);
    g_assert_true (result == Z_OK || result == Z_BUF_ERROR);
    g_byte_array_append (link->in, piece, (guint)(sizeof piece - link->inflate->avail_out));
  } while (link->inflate->avail_out == 0);
}

void
model_link_start_compression (ModelLink *link)
{
  model_link_flush (link);
  link->inflate = g_new0 (z_stream, 1);
  link->deflate = g_new0 (z_stream, 1);
  g_assert_cmpint (inflateInit2 (link->inflate, -15), ==, Z_OK);
  g_assert_cmpint (
      deflateInit2 (link->deflate, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY),
      ==, Z_OK);
}

static gboolean
fill (ModelLink *link)
{
  guint8 data[16 * 1024];
  ssize_t result;

  if (!model_link_flush (link))
    return FALSE;
  if (link->closing) {
    gnutls_bye (link->tls, GNUTLS_SHUT_WR);
    shutdown (link->fd, SHUT_WR);
    link->over = TRUE;
    return FALSE;
  }
  do
    result = gnutls_record_recv (link->tls, data, sizeof data);
  while (result < 0 && !gnutls_error_is_fatal ((int)result));
  if (result <= 0) {
    link->over = TRUE;
    return FALSE;
  }
  if (link->inflate != NULL)
    inflate_into (link, data, (gsize)result);
  else
    g_byte_array_append (link->in, data, (guint)result);
  g_mutex_lock (&link->shared->lock);
  link->shared->counters.bytes_in += (guint64)result;
  link->shared->counters.round_trips += link->answered;
  g_mutex_unlock (&link->shared->lock);
  link->answered = FALSE;
  link->fresh = TRUE;
  return TRUE;
}

static gboolean
has_line (ModelLink *link)
{
  return memchr (link->in->data, '\n', link->in->len) != NULL;
}

static gboolean
begin_command (ModelLink *link, const char *line, char **answer)
{
  g_mutex_lock (&link->shared->lock);
  link->shared->counters.commands++;
  g_mutex_unlock (&link->shared->lock);
  g_free (link->command);
  link->command = g_strdup (line);
  link->command_number = next_number (link);
  return ask_hook (link, link->command_number, FALSE, FALSE, line, answer);
}

char *
model_link_read_line (ModelLink *link, gboolean command, char **answer)
{
  g_autofree char *line = NULL;
  guint8 *end;
  gsize length;

  while (!link->over && (link->closing || !has_line (link))) {
    if (link->in->len > MAX_LINE || !fill (link))
      link->over = TRUE;
  }
  if (link->over)
    return NULL;
  end = memchr (link->in->data, '\n', link->in->len);
  length = (gsize)(end - link->in->data);
  line =
      g_strndup ((const char *)link->in->data, length > 0 && end[-1] == '\r' ? length - 1 : length);
  g_byte_array_remove_range (link->in, 0, (guint)length + 1);
  trace (link, FALSE, line);
  if (command && !begin_command (link, line, answer))
    return NULL;
  return g_steal_pointer (&line);
}

gboolean
model_link_end_text (ModelLink *link, char **answer)
{
  return begin_command (link, ".", answer);
}

gboolean
model_link_read_bytes (ModelLink *link, gsize length, GString *into)
{
  while (length > 0) {
    gsize part = MIN (length, link->in->len);

    g_string_append_len (into, (const char *)link->in->data, (gssize)part);
    g_byte_array_remove_range (link->in, 0, (guint)part);
    length -= part;
    if (length > 0 && !fill (link))
      return FALSE;
  }
  return TRUE;
}

gboolean
model_link_wait (ModelLink *link)
{
  guint64 count;

  if (!model_link_flush (link) || has_line (link) || gnutls_record_check_pending (link->tls) > 0)
    return TRUE;
  struct pollfd fds[3] = { { .fd = link->fd, .events = POLLIN },
                           { .fd = link->cut_fd, .events = POLLIN },
                           { .fd = link->wake_fd, .events = POLLIN } };
  while (poll (fds, 3, -1) < 0)
    g_assert_cmpint (errno, ==, EINTR);
  if (fds[0].revents != 0 || fds[1].revents != 0)
    return TRUE;
  if (read (link->wake_fd, &count, sizeof count) < 0)
    g_assert_cmpint (errno, ==, EAGAIN);
  return FALSE;
}
