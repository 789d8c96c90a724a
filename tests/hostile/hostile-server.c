/* The server of the hostile suite.  Its threads belong to the test's process, so that the memory of the engine's process is the
 * engine's alone.  Must never wait longer than the client stays. */
#include "hostile-server.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base-uid-set.h"
#include "fake-certificates.h"

#define CAPABILITIES "IMAP4rev1 SASL-IR AUTH=PLAIN LITERAL+ UIDPLUS MOVE IDLE ESEARCH"
#define REPEAT_SIZE  (64 * 1024)

struct _HostileServer
{
  int listener, stop_fd;
  guint16 port;
  GThread *thread;

  GMutex lock; /* what follows */
  GPtrArray *talks;
  HostileFunc func;
  char *capabilities;
  guint era; /* counts the calls of hostile_server_attack () */
  guint dropped, connections, commands;
};

struct _HostileTalk
{
  HostileServer *server;
  GThread *thread;
  int fd;
  gnutls_session_t tls;
  GByteArray *in;
  HostileFunc func;
  char *capabilities;
  guint era;
  gboolean attacked, gone, cut; /* cut: the server's own doing, under its lock */
};

static ssize_t
pull (gnutls_transport_ptr_t pointer, void *data, size_t size)
{
  HostileTalk *talk = pointer;
  struct pollfd fds[2] = { { .fd = talk->fd, .events = POLLIN },
                           { .fd = talk->server->stop_fd, .events = POLLIN } };

  if (poll (fds, 2, -1) <= 0 || fds[1].revents != 0)
    return 0;
  return recv (talk->fd, data, size, 0);
}

static ssize_t
push (gnutls_transport_ptr_t pointer, const void *data, size_t size)
{
  HostileTalk *talk = pointer;
  struct pollfd fds[2] = { { .fd = talk->fd, .events = POLLOUT },
                           { .fd = talk->server->stop_fd, .events = POLLIN } };

  if (poll (fds, 2, -1) <= 0 || fds[1].revents != 0) {
    gnutls_transport_set_errno (talk->tls, EPIPE);
    return -1;
  }
  return send (talk->fd, data, size, MSG_NOSIGNAL);
}

/* ---- what attacks are made of ---- */

gboolean
hostile_send (HostileTalk *talk, const void *data, gsize length)
{
  const guint8 *bytes = data;

  while (length > 0 && !talk->gone) {
    ssize_t sent = gnutls_record_send (talk->tls, bytes, length);

    if (sent < 0 && gnutls_error_is_fatal ((int)sent)) {
      talk->gone = TRUE;
    } else if (sent > 0) {
      bytes += sent;
      length -= (gsize)sent;
    }
  }
  return !talk->gone;
}

gboolean
hostile_say (HostileTalk *talk, const char *format, ...)
{
  g_autofree char *text = NULL, *line = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  line = g_strconcat (text, "\r\n", NULL);
  return hostile_send (talk, line, strlen (line));
}

gboolean
hostile_repeat (HostileTalk *talk, const char *text)
{
  g_autoptr (GString) many = g_string_new (NULL);

  while (many->len < REPEAT_SIZE)
    g_string_append (many, text);
  while (hostile_send (talk, many->str, many->len))
    ;
  return FALSE;
}

gboolean
hostile_pause (HostileTalk *talk, guint ms)
{
  struct pollfd fds[2] = { { .fd = talk->fd, .events = POLLRDHUP },
                           { .fd = talk->server->stop_fd, .events = POLLIN } };

  if (!talk->gone && poll (fds, 2, (int)ms) > 0)
    talk->gone = TRUE;
  return !talk->gone;
}

void
hostile_stall (HostileTalk *talk)
{
  hostile_pause (talk, (guint)G_MAXINT);
}

/* ---- the good server ---- */

static void
append_literal (GString *out, const char *text, gsize length)
{
  g_string_append_printf (out, "{%" G_GSIZE_FORMAT "}\r\n", length);
  g_string_append_len (out, text, (gssize)length);
}

/* The value of one BODY.PEEK[…]<…> that was asked for, and its name in the answer. */
static void
append_section (GString *out, const char *section, gsize length, const char *header,
                const char *text)
{
  g_autofree char *name = g_strndup (section, length);
  g_autofree char *whole = g_strconcat (header, text, NULL);
  const char *value = strstr (name, "[HEADER") != NULL ? header
                      : strstr (name, "[TEXT") != NULL ? text
                                                       : whole;

  g_string_append_printf (out, " BODY%s", name);
  if (section[length] == '<')
    g_string_append (out, "<0>");
  g_string_append_c (out, ' ');
  append_literal (out, value, strlen (value));
}

static char *
message_header (guint32 uid)
{
  return g_strdup_printf (
      "From: Bob <bob@lab.test>\r\nTo: alice@lab.test\r\nSubject: Message %u\r\n"
      "Message-ID: <hostile-%u@lab.test>\r\n"
      "Date: Mon, 23 Nov 2026 10:%02u:00 +0000\r\n\r\n",
      uid, uid, uid);
}

static char *
message_text (guint32 uid)
{
  return g_strdup_printf ("This is message %u.\r\n", uid);
}

char *
hostile_message (guint32 uid)
{
  g_autofree char *header = message_header (uid), *text = message_text (uid);

  return g_strconcat (header, text, NULL);
}

static void
append_message (GString *out, guint seq, const char *items)
{
  guint uid = HOSTILE_FIRST_UID + seq - 1;
  g_autofree char *text = message_text (uid), *header = message_header (uid);

  g_string_append_printf (out,
                          "* %u FETCH (UID %u FLAGS (\\Seen) RFC822.SIZE %" G_GSIZE_FORMAT
                          " INTERNALDATE \"23-Nov-2026 10:%02u:00 +0000\"",
                          seq, uid, strlen (header) + strlen (text), seq);
  for (const char *at = items; (at = strstr (at, "BODY.PEEK")) != NULL;) {
    const char *end;

    at += strlen ("BODY.PEEK");
    end = strchr (at, ']');
    if (end != NULL)
      append_section (out, at, (gsize)(end - at) + 1, header, text);
  }
  g_string_append (out, ")\r\n");
}

static gboolean
set_has (const char *set, guint32 number, guint32 last)
{
  g_auto (GStrv) parts = g_strsplit (set, ",", -1);

  for (gsize i = 0; parts[i] != NULL; i++) {
    char *colon = strchr (parts[i], ':');
    const char *high = colon != NULL ? colon + 1 : parts[i];
    guint64 a = parts[i][0] == '*' ? last : g_ascii_strtoull (parts[i], NULL, 10);
    guint64 b = high[0] == '*' ? last : g_ascii_strtoull (high, NULL, 10);

    if (number >= MIN (a, b) && number <= MAX (a, b))
      return TRUE;
  }
  return FALSE;
}

static void
answer_fetch (HostileTalk *talk, const char *tag, const char *rest, gboolean by_uid)
{
  g_autofree char *set = g_strndup (rest, strcspn (rest, " "));
  g_autoptr (GString) out = g_string_new (NULL);
  guint32 base = by_uid ? HOSTILE_FIRST_UID - 1 : 0;

  for (guint seq = 1; seq <= HOSTILE_MESSAGES; seq++) {
    if (set_has (set, base + seq, base + HOSTILE_MESSAGES))
      append_message (out, seq, rest);
  }
  g_string_append_printf (out, "%s OK done\r\n", tag);
  hostile_send (talk, out->str, out->len);
}

static void
answer_select (HostileTalk *talk, const char *tag, const char *rest)
{
  gboolean inbox = strstr (rest, "INBOX") != NULL;

  hostile_say (talk, "* %d EXISTS\r\n* 0 RECENT", inbox ? HOSTILE_MESSAGES : 0);
  hostile_say (talk, "* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft)");
  hostile_say (talk,
               "* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft \\*)] ok");
  hostile_say (talk, "* OK [UIDVALIDITY 7] ok");
  hostile_say (talk, "* OK [UIDNEXT %d] ok", inbox ? HOSTILE_FIRST_UID + HOSTILE_MESSAGES : 1);
  hostile_say (talk, "%s OK [READ-WRITE] done", tag);
}

static void
answer_search (HostileTalk *talk, const char *tag, const char *rest)
{
  if (strstr (rest, "RETURN") != NULL) {
    hostile_say (talk, "* ESEARCH (TAG \"%s\") UID ALL %d:%d", tag, HOSTILE_FIRST_UID,
                 HOSTILE_FIRST_UID + HOSTILE_MESSAGES - 1);
  } else {
    g_autoptr (GString) line = g_string_new ("* SEARCH");

    for (guint i = 0; i < HOSTILE_MESSAGES; i++)
      g_string_append_printf (line, " %u", HOSTILE_FIRST_UID + i);
    hostile_say (talk, "%s", line->str);
  }
  hostile_say (talk, "%s OK done", tag);
}

void
hostile_answer (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (*verb == '\0') {
    hostile_say (talk, "* OK hello");
  } else if (strcmp (verb, "CAPABILITY") == 0) {
    hostile_say (talk, "* CAPABILITY " CAPABILITIES " %s", talk->capabilities);
    hostile_say (talk, "%s OK done", tag);
  } else if (strcmp (verb, "LIST") == 0) {
    hostile_say (talk, "* LIST () \"/\" INBOX\r\n* LIST (\\Sent) \"/\" Sent");
    hostile_say (talk, "* LIST (\\Archive) \"/\" Archive\r\n* LIST (\\Trash) \"/\" Trash");
    hostile_say (talk, "%s OK done", tag);
  } else if (strcmp (verb, "SELECT") == 0 || strcmp (verb, "EXAMINE") == 0) {
    answer_select (talk, tag, rest);
  } else if (strcmp (verb, "FETCH") == 0 || strcmp (verb, "UID FETCH") == 0) {
    answer_fetch (talk, tag, rest, verb[0] == 'U');
  } else if (strcmp (verb, "UID SEARCH") == 0) {
    answer_search (talk, tag, rest);
  } else if (strcmp (verb, "STATUS") == 0) {
    gboolean inbox = strstr (rest, "INBOX") != NULL;

    hostile_say (talk, "* STATUS %.*s (MESSAGES %d UNSEEN 0 UIDNEXT %d UIDVALIDITY 7)",
                 (int)strcspn (rest, " "), rest, inbox ? HOSTILE_MESSAGES : 0,
                 inbox ? HOSTILE_FIRST_UID + HOSTILE_MESSAGES : 1);
    hostile_say (talk, "%s OK done", tag);
  } else if (strcmp (verb, "LOGOUT") == 0) {
    hostile_say (talk, "* BYE bye\r\n%s OK done", tag);
  } else {
    hostile_say (talk, "%s OK done", tag);
  }
}

/* ---- connections ---- */

/* The next line without CRLF; NULL when the client went. */
static char *
read_line (HostileTalk *talk)
{
  for (;;) {
    guint8 *end = memchr (talk->in->data, '\n', talk->in->len);
    guint8 data[4096];
    ssize_t n;

    if (end != NULL) {
      gsize length = (gsize)(end - talk->in->data);
      char *line = g_strndup ((const char *)talk->in->data, length);

      g_byte_array_remove_range (talk->in, 0, (guint)length + 1);
      return g_strchomp (line);
    }
    if (talk->gone)
      return NULL;
    n = gnutls_record_recv (talk->tls, data, sizeof data);
    if (n > 0)
      g_byte_array_append (talk->in, data, (guint)n);
    else if (n == 0 || gnutls_error_is_fatal ((int)n))
      talk->gone = TRUE;
  }
}

static void
converse (HostileTalk *talk, const char *tag, const char *verb, const char *rest)
{
  if (talk->func != NULL && talk->func (talk, tag, verb, rest))
    talk->attacked = TRUE;
  else
    hostile_answer (talk, tag, verb, rest);
}

static void
serve_idle (HostileTalk *talk, const char *tag)
{
  g_autofree char *done = NULL;

  hostile_say (talk, "+ idling");
  if (talk->func != NULL && talk->func (talk, tag, "IDLE", ""))
    talk->attacked = TRUE;
  done = read_line (talk);
  if (done != NULL)
    converse (talk, tag, "DONE", "");
}

static void
serve (HostileTalk *talk)
{
  char *line;

  converse (talk, "*", "", "");
  while ((line = read_line (talk)) != NULL) {
    g_autofree char *owned = line;
    g_auto (GStrv) words = g_strsplit (line, " ", 3);
    g_autofree char *verb = NULL;
    const char *rest = "";

    g_mutex_lock (&talk->server->lock);
    talk->server->commands += talk->era == talk->server->era;
    g_mutex_unlock (&talk->server->lock);
    if (words[0] == NULL)
      continue;
    if (words[1] == NULL) {
      /* DATA, or the final dot */
      if (talk->func != NULL && talk->func (talk, words[0], "-", ""))
        talk->attacked = TRUE;
      continue;
    }
    verb = g_ascii_strup (words[1], -1);
    rest = words[2] != NULL ? words[2] : "";
    if (strcmp (verb, "UID") == 0) {
      g_autofree char *second = g_strndup (rest, strcspn (rest, " "));

      g_free (verb);
      verb = g_strconcat ("UID ", second, NULL);
      rest += strlen (second);
      rest += *rest == ' ';
    }
    if (strcmp (verb, "IDLE") == 0)
      serve_idle (talk, words[0]);
    else
      converse (talk, words[0], verb, rest);
    if (strcmp (verb, "LOGOUT") == 0)
      return;
  }
}

static gpointer
run_talk (gpointer data)
{
  HostileTalk *talk = data;
  HostileServer *server = talk->server;
  int result;

  do
    result = gnutls_handshake (talk->tls);
  while (result < 0 && !gnutls_error_is_fatal (result));
  if (result >= 0)
    serve (talk);

  g_mutex_lock (&server->lock);
  if (talk->attacked && talk->era == server->era && !talk->cut)
    server->dropped++;
  shutdown (talk->fd, SHUT_RDWR);
  g_mutex_unlock (&server->lock);
  return NULL;
}

static void
free_talk (gpointer data)
{
  HostileTalk *talk = data;

  g_thread_join (talk->thread);
  gnutls_deinit (talk->tls);
  close (talk->fd);
  g_byte_array_unref (talk->in);
  g_free (talk->capabilities);
  g_free (talk);
}

static void
begin_talk (HostileServer *server, int fd)
{
  HostileTalk *talk = g_new0 (HostileTalk, 1);
  const int one = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  talk->server = server;
  talk->fd = fd;
  talk->in = g_byte_array_sized_new (4096);
  g_assert_cmpint (gnutls_init (&talk->tls, GNUTLS_SERVER | GNUTLS_NO_SIGNAL), >=, 0);
  g_assert_cmpint (gnutls_priority_set_direct (talk->tls, "NORMAL", NULL), >=, 0);
  g_assert_cmpint (
      gnutls_credentials_set (talk->tls, GNUTLS_CRD_CERTIFICATE, fake_certificates_get (FAKE_GOOD)),
      >=, 0);
  gnutls_transport_set_ptr (talk->tls, talk);
  gnutls_transport_set_pull_function (talk->tls, pull);
  gnutls_transport_set_push_function (talk->tls, push);

  g_mutex_lock (&server->lock);
  talk->func = server->func;
  talk->capabilities = g_strdup (server->capabilities);
  talk->era = server->era;
  server->connections++;
  g_ptr_array_add (server->talks, talk);
  talk->thread = g_thread_new ("hostile-talk", run_talk, talk);
  g_mutex_unlock (&server->lock);
}

static gpointer
run_server (gpointer data)
{
  HostileServer *server = data;

  for (;;) {
    struct pollfd fds[2] = { { .fd = server->listener, .events = POLLIN },
                             { .fd = server->stop_fd, .events = POLLIN } };
    int fd;

    if (poll (fds, 2, -1) < 0 && errno != EINTR)
      g_error ("poll: %s", g_strerror (errno));
    if (fds[1].revents != 0)
      return NULL;
    fd = fds[0].revents != 0 ? accept4 (server->listener, NULL, NULL, SOCK_CLOEXEC) : -1;
    if (fd >= 0)
      begin_talk (server, fd);
  }
}

HostileServer *
hostile_server_new (void)
{
  HostileServer *server = g_new0 (HostileServer, 1);
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;

  server->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (server->listener, (struct sockaddr *)&address, size), ==, 0);
  g_assert_cmpint (listen (server->listener, 16), ==, 0);
  g_assert_cmpint (getsockname (server->listener, (struct sockaddr *)&address, &size), ==, 0);
  server->port = ntohs (address.sin_port);
  server->stop_fd = eventfd (0, EFD_CLOEXEC);
  g_mutex_init (&server->lock);
  server->talks = g_ptr_array_new_with_free_func (free_talk);
  server->capabilities = g_strdup ("");
  server->thread = g_thread_new ("hostile-server", run_server, server);
  return server;
}

void
hostile_server_free (HostileServer *server)
{
  const guint64 one = 1;

  g_assert_cmpint (write (server->stop_fd, &one, sizeof one), ==, sizeof one);
  g_thread_join (server->thread);
  g_ptr_array_unref (server->talks);
  close (server->listener);
  close (server->stop_fd);
  g_mutex_clear (&server->lock);
  g_free (server->capabilities);
  g_free (server);
}

guint16
hostile_server_get_port (HostileServer *server)
{
  return server->port;
}

const char *
hostile_server_get_ca_file (HostileServer *server)
{
  return fake_certificates_get_ca_file ();
}

void
hostile_server_attack (HostileServer *server, HostileFunc func, const char *capabilities)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  server->func = func;
  g_free (server->capabilities);
  server->capabilities = g_strdup (capabilities != NULL ? capabilities : "");
  server->era++;
  server->dropped = server->connections = server->commands = 0;
  for (guint i = 0; i < server->talks->len; i++) {
    HostileTalk *talk = g_ptr_array_index (server->talks, i);

    talk->cut = TRUE;
    shutdown (talk->fd, SHUT_RDWR);
  }
}

guint
hostile_server_count_dropped (HostileServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  return server->dropped;
}

guint
hostile_server_count_connections (HostileServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  return server->connections;
}

guint
hostile_server_count_commands (HostileServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  return server->commands;
}
