/* The scripted server: one thread accepts, one thread per connection plays its script.  Test threads look at it under
 * one lock.  A failure is kept as a sentence, because an assertion in another thread would say nothing. */
#include "fake-server.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "fake-certificates.h"
#include "fake-scram.h"
#include "fake-script.h"

#define PATIENCE_MS 30000
#define MAX_LINE    (1024 * 1024)

typedef struct
{
  GPtrArray *steps; /* Owned */
  FakeFaults faults;
} Script;

typedef struct
{
  FakeServer *server; /* Borrowed */
  Script *script;     /* Borrowed */
  guint index;
  GThread *thread; /* Owned */

  /* Used by the thread alone. */
  int fd;               /* Owned */
  gnutls_session_t tls; /* Owned, NULL in clear */
  gboolean deflated;
  z_stream inflater, deflater; /* only when deflated */
  GHashTable *names;           /* Owned: what $names stand for */
  GHashTable *set;             /* Owned: words */
  GByteArray *in;              /* Owned: came and not yet compared */
  gsize literal;               /* announced by the last line */
  gboolean has_literal;
  GBytes *between;  /* Owned: for the next handshake, NULL: nothing */
  gboolean spoke;   /* in this handshake */
  gboolean serving; /* by rules: the client may go at any time */
  gboolean over;    /* the connection ended as the script or a fault wished, or failed */

  /* Under the lock of the server. */
  GByteArray *received; /* Owned */
  GByteArray *wire;     /* Owned */
  guint64 sent;
  FakeTlsFacts facts;
  char *failure; /* Owned */
  gboolean played;
} Connection;

struct _FakeServer
{
  FakeMode mode;
  FakeCertificate certificate;
  char *priority; /* Owned */
  FakeTlsWishes wishes;
  gnutls_datum_t ticket_key; /* Owned */
  int listener;              /* Owned */
  int stop_fd;               /* Owned */
  guint16 port;
  GThread *thread; /* Owned */

  GMutex lock;
  GCond changed;
  GPtrArray *scripts;     /* Owned */
  GPtrArray *connections; /* Owned */
  GHashTable *blobs;      /* Owned: name -> GBytes */
  guint unexpected;       /* connections without a script */
  gboolean gate_open;
  guint marks; /* how many were passed */
};

static void
free_script (gpointer data)
{
  Script *script = data;

  g_ptr_array_unref (script->steps);
  g_free (script);
}

static void
free_connection (gpointer data)
{
  Connection *connection = data;

  g_thread_join (connection->thread);
  if (connection->deflated) {
    inflateEnd (&connection->inflater);
    deflateEnd (&connection->deflater);
  }
  g_hash_table_unref (connection->names);
  g_hash_table_unref (connection->set);
  g_byte_array_unref (connection->in);
  g_byte_array_unref (connection->received);
  g_byte_array_unref (connection->wire);
  g_clear_pointer (&connection->between, g_bytes_unref);
  g_free (connection->failure);
  g_free (connection);
}

G_GNUC_PRINTF (3, 4)
static void
fail (Connection *connection, const FakeStep *step, const char *format, ...)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&connection->server->lock);
  g_autofree char *what = NULL;
  va_list args;
  guint number = 0;

  connection->over = TRUE;
  if (connection->failure != NULL)
    return;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  if (step != NULL && g_ptr_array_find (connection->script->steps, step, &number))
    connection->failure = g_strdup_printf ("connection %u, step %u “%s”: %s", connection->index,
                                           number + 1, step->source, what);
  else
    connection->failure = g_strdup_printf ("connection %u: %s", connection->index, what);
}

/* FALSE when nothing came in time, or the server stops. */
static gboolean
wait_readable (Connection *connection)
{
  struct pollfd fds[2] = { { .fd = connection->fd, .events = POLLIN },
                           { .fd = connection->server->stop_fd, .events = POLLIN } };
  int ready;

  do
    ready = poll (fds, 2, 2 * PATIENCE_MS);
  while (ready < 0 && errno == EINTR);

  return ready > 0 && fds[1].revents == 0;
}

/* Until somebody opens it. */
static void
pass_gate (FakeServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
  gint64 deadline = g_get_monotonic_time () + 2 * PATIENCE_MS * G_TIME_SPAN_MILLISECOND;

  while (!server->gate_open && g_cond_wait_until (&server->changed, &server->lock, deadline))
    ;
}

static void
pass_mark (FakeServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  server->marks++;
  g_cond_broadcast (&server->changed);
}

/* Raw, into the handshake. */
static void
send_between (Connection *connection)
{
  g_autoptr (GBytes) bytes = g_steal_pointer (&connection->between);
  gsize piece = connection->script->faults.piece, length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  for (gsize done = 0; done < length;) {
    ssize_t sent = send (connection->fd, data + done,
                         piece > 0 ? MIN (piece, length - done) : length - done, MSG_NOSIGNAL);

    if (sent <= 0)
      return;
    done += (gsize)sent;
  }
}

static ssize_t
pull (gnutls_transport_ptr_t pointer, void *data, size_t size)
{
  Connection *connection = pointer;
  ssize_t done;

  if (connection->between != NULL && connection->spoke)
    send_between (connection);
  done = wait_readable (connection) ? recv (connection->fd, data, size, 0) : 0;
  if (done > 0) {
    g_mutex_lock (&connection->server->lock);
    g_byte_array_append (connection->wire, data, (guint)done);
    g_mutex_unlock (&connection->server->lock);
  }
  return done;
}

static ssize_t
push (gnutls_transport_ptr_t pointer, const void *data, size_t size)
{
  Connection *connection = pointer;

  connection->spoke = TRUE;
  return send (connection->fd, data, size, MSG_NOSIGNAL);
}

static void
make_wishes (Connection *connection)
{
  FakeServer *server = connection->server;
  const FakeTlsWishes *wishes = &server->wishes;
  gnutls_datum_t protocol = { (unsigned char *)wishes->protocol, 0 };

  if (wishes->tickets)
    g_assert_cmpint (gnutls_session_ticket_enable_server (connection->tls, &server->ticket_key), ==,
                     0);
  if (wishes->protocol != NULL) {
    protocol.size = (unsigned int)strlen (wishes->protocol);
    g_assert_cmpint (
        gnutls_alpn_set_protocols (connection->tls, &protocol, 1, GNUTLS_ALPN_MANDATORY), ==, 0);
  }
  if (wishes->ask_client || wishes->need_client)
    gnutls_certificate_server_set_request (
        connection->tls, wishes->need_client ? GNUTLS_CERT_REQUIRE : GNUTLS_CERT_REQUEST);
}

/* The common name of the client, where it came with a certificate that is good. */
static char *
dup_client (Connection *connection)
{
  unsigned int count = 0, status = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (connection->tls, &count);
  gnutls_x509_crt_t certificate;
  char name[256];
  size_t size = sizeof name;

  if (chain == NULL || count == 0 || gnutls_certificate_verify_peers2 (connection->tls, &status) < 0
      || status != 0)
    return NULL;
  g_assert_cmpint (gnutls_x509_crt_init (&certificate), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_import (certificate, &chain[0], GNUTLS_X509_FMT_DER), ==, 0);
  g_assert_cmpint (
      gnutls_x509_crt_get_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size),
      ==, 0);
  gnutls_x509_crt_deinit (certificate);
  return g_strdup (name);
}

static void
note_facts (Connection *connection)
{
  char name[256];
  size_t size = sizeof name;
  unsigned int type;
  gnutls_datum_t protocol;
  g_autofree char *client = dup_client (connection);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&connection->server->lock);
  FakeTlsFacts *facts = &connection->facts;

  facts->resumed = gnutls_session_is_resumed (connection->tls) != 0;
  facts->early_data = (gnutls_session_get_flags (connection->tls) & GNUTLS_SFLAGS_EARLY_DATA) != 0;
  if (gnutls_server_name_get (connection->tls, name, &size, &type, 0) == 0)
    facts->name = g_intern_string (name);
  if (gnutls_alpn_get_selected_protocol (connection->tls, &protocol) == 0) {
    g_autofree char *text = g_strndup ((const char *)protocol.data, protocol.size);

    facts->protocol = g_intern_string (text);
  }
  facts->client = client != NULL ? g_intern_string (client) : NULL;
}

static gboolean
shake_hands (Connection *connection, const FakeStep *step)
{
  FakeServer *server = connection->server;
  const char *priority = server->priority != NULL ? server->priority : "NORMAL";
  int result;

  g_assert_cmpint (gnutls_init (&connection->tls, GNUTLS_SERVER | GNUTLS_NO_SIGNAL), >=, 0);
  g_assert_cmpint (gnutls_priority_set_direct (connection->tls, priority, NULL), >=, 0);
  g_assert_cmpint (gnutls_credentials_set (connection->tls, GNUTLS_CRD_CERTIFICATE,
                                           fake_certificates_get (server->certificate)),
                   >=, 0);
  make_wishes (connection);
  gnutls_transport_set_ptr (connection->tls, connection);
  gnutls_transport_set_pull_function (connection->tls, pull);
  gnutls_transport_set_push_function (connection->tls, push);

  connection->spoke = FALSE;
  do
    result = gnutls_handshake (connection->tls);
  while (result < 0 && !gnutls_error_is_fatal (result));
  if (result < 0 && (server->wishes.protocol != NULL || server->wishes.need_client))
    gnutls_alert_send_appropriate (connection->tls, result);
  if (result < 0)
    fail (connection, step, "no handshake: %s", gnutls_strerror (result));
  else
    note_facts (connection);

  return result >= 0;
}

/* The client gets everything that was sent, then the end of the stream without close_notify. */
static void
cut (Connection *connection)
{
  char drain[4096];

  connection->over = TRUE;
  shutdown (connection->fd, SHUT_WR);
  pass_mark (connection->server);
  while (wait_readable (connection) && recv (connection->fd, drain, sizeof drain, 0) > 0)
    ;
}

static void
start_deflate (Connection *connection)
{
  g_assert_cmpint (inflateInit2 (&connection->inflater, -15), ==, Z_OK);
  g_assert_cmpint (deflateInit2 (&connection->deflater, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY),
                   ==, Z_OK);
  connection->deflated = TRUE;
}

static void
add_inflated (Connection *connection, const guint8 *data, gsize length)
{
  guint8 out[16 * 1024];

  connection->inflater.next_in = (Bytef *)data;
  connection->inflater.avail_in = (uInt)length;
  do {
    connection->inflater.next_out = out;
    connection->inflater.avail_out = sizeof out;
    if (inflate (&connection->inflater, Z_SYNC_FLUSH) < 0
        && connection->inflater.avail_out == sizeof out)
      return;
    g_byte_array_append (connection->in, out, sizeof out - connection->inflater.avail_out);
  } while (connection->inflater.avail_out == 0);
}

static GBytes *
dup_deflated (Connection *connection, GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  gsize room = deflateBound (&connection->deflater, (uLong)length) + 64;
  guint8 *out = g_malloc (room);

  connection->deflater.next_in = (Bytef *)data;
  connection->deflater.avail_in = (uInt)length;
  connection->deflater.next_out = out;
  connection->deflater.avail_out = (uInt)room;
  g_assert_cmpint (deflate (&connection->deflater, Z_SYNC_FLUSH), ==, Z_OK);
  return g_bytes_new_take (out, room - connection->deflater.avail_out);
}

/* More bytes of the client into `in`.  FALSE when it closed, or a fault ended the connection (`over`). */
static gboolean
receive (Connection *connection)
{
  FakeServer *server = connection->server;
  gint64 limit = connection->script->faults.cut_in;
  guint8 data[16 * 1024];
  gsize room = sizeof data;
  ssize_t result;

  if (limit >= 0 && connection->received->len >= (guint64)limit) {
    cut (connection);
    return FALSE;
  }

  if (connection->tls != NULL) {
    do
      result = gnutls_record_recv (connection->tls, data, room);
    while (result < 0 && !gnutls_error_is_fatal ((int)result));
  } else {
    result = pull (connection, data, room);
  }
  if (result <= 0)
    return FALSE;
  if (connection->script->faults.slow_in > 0)
    g_usleep ((gulong)result * G_USEC_PER_SEC / connection->script->faults.slow_in);
  if (limit >= 0)
    result = (ssize_t)MIN ((guint64)result, (guint64)limit - connection->received->len);

  if (connection->deflated)
    add_inflated (connection, data, (gsize)result);
  else
    g_byte_array_append (connection->in, data, (guint)result);
  g_mutex_lock (&server->lock);
  g_byte_array_append (connection->received, data, (guint)result);
  g_mutex_unlock (&server->lock);
  return TRUE;
}

static gboolean
send_piece (Connection *connection, const guint8 *data, gsize length)
{
  while (length > 0) {
    ssize_t result;

    if (connection->tls != NULL) {
      do
        result = gnutls_record_send (connection->tls, data, length);
      while (result < 0 && !gnutls_error_is_fatal ((int)result));
    } else {
      result = push (connection, data, length);
    }
    if (result <= 0)
      return FALSE;
    data += result;
    length -= (gsize)result;
  }

  return TRUE;
}

static void
send_bytes (Connection *connection, const FakeStep *step, GBytes *bytes)
{
  const FakeFaults *faults = &connection->script->faults;
  g_autoptr (GBytes) wire =
      connection->deflated ? dup_deflated (connection, bytes) : g_bytes_ref (bytes);
  gsize length;
  const guint8 *data = g_bytes_get_data (wire, &length);

  while (length > 0 && !connection->over) {
    gsize piece = faults->piece > 0 ? MIN (faults->piece, length) : length;

    if (faults->cut_out >= 0)
      piece = (gsize)MIN (piece, (guint64)faults->cut_out - connection->sent);
    if (faults->stall_out >= 0)
      piece = (gsize)MIN (piece, (guint64)faults->stall_out - connection->sent);
    if (piece == 0 && faults->cut_out >= 0 && connection->sent == (guint64)faults->cut_out) {
      cut (connection);
      return;
    }
    if (piece == 0) {
      connection->over = TRUE;
      while (receive (connection))
        ;
      return;
    }

    if (!send_piece (connection, data, piece)) {
      connection->over = TRUE;
      if (!connection->serving)
        fail (connection, step, "the client is gone");
      return;
    }
    data += piece;
    length -= piece;
    g_mutex_lock (&connection->server->lock);
    connection->sent += piece;
    g_mutex_unlock (&connection->server->lock);
  }
}

/* Takes `length` octets and `skip` more out of `in`, comparing the first ones. */
static void
take (Connection *connection, const FakeStep *step, gsize length, gsize skip)
{
  if (!fake_script_match (step->text, connection->in->data, length, connection->names)) {
    g_autofree char *part = g_strndup ((const char *)connection->in->data, MIN (length, 2000));
    g_autofree char *got = g_strescape (part, NULL);

    fail (connection, step, "got “%s”", got);
    return;
  }
  g_byte_array_remove_range (connection->in, 0, (guint)(length + skip));
}

static void
fail_early (Connection *connection, const FakeStep *step)
{
  g_autofree char *part =
      g_strndup ((const char *)connection->in->data, MIN (connection->in->len, 200));
  g_autofree char *got = g_strescape (part, NULL);

  if (connection->serving)
    connection->over = TRUE;
  if (!connection->over)
    fail (connection, step, "the client closed or fell silent after “%s”", got);
}

/* Waits for a whole line; *length without its end.  It stays in `in`. */
static gboolean
await_line (Connection *connection, const FakeStep *step, gsize *length)
{
  const guint8 *end;

  while ((end = memchr (connection->in->data, '\n', connection->in->len)) == NULL) {
    if (connection->in->len > MAX_LINE || !receive (connection)) {
      fail_early (connection, step);
      return FALSE;
    }
  }

  *length = (gsize)(end - connection->in->data);
  if (*length == 0 || end[-1] != '\r' || memchr (connection->in->data, '\r', *length - 1) != NULL) {
    fail (connection, step, "the line has a bare CR or LF");
    return FALSE;
  }
  (*length)--;
  connection->has_literal =
      fake_script_literal (connection->in->data, *length, &connection->literal);
  return TRUE;
}

static void
read_line (Connection *connection, const FakeStep *step)
{
  gsize length;

  if (await_line (connection, step, &length))
    take (connection, step, length, 2);
}

static void
read_literal (Connection *connection, const FakeStep *step)
{
  if (!connection->has_literal) {
    fail (connection, step, "the line before announced no literal");
    return;
  }
  while (connection->in->len < connection->literal) {
    if (!receive (connection)) {
      fail_early (connection, step);
      return;
    }
  }

  connection->has_literal = FALSE;
  take (connection, step, connection->literal, 0);
}

static void
read_data (Connection *connection, const FakeStep *step)
{
  gsize looked = 0;

  for (;;) {
    const guint8 *data = connection->in->data;
    gsize length = connection->in->len;
    const guint8 *end = NULL;

    /* A message without a line ends with ".CRLF" alone. */
    if (length >= 3 && memcmp (data, ".\r\n", 3) == 0) {
      take (connection, step, 0, 3);
      return;
    }
    if (length > looked)
      end = memmem (data + looked, length - looked, "\r\n.\r\n", 5);
    if (end != NULL) {
      take (connection, step, (gsize)(end - data) + 2, 3);
      return;
    }
    looked = length > 4 ? length - 4 : 0;
    if (!receive (connection)) {
      fail_early (connection, step);
      return;
    }
  }
}

/* The client has to close now. */
static void
expect_end (Connection *connection, const FakeStep *step)
{
  while (connection->in->len == 0) {
    if (!receive (connection)) {
      connection->over = TRUE;
      return;
    }
  }
  while (memchr (connection->in->data, '\n', connection->in->len) == NULL && receive (connection))
    ;
  if (!connection->over) {
    g_autofree char *part =
        g_strndup ((const char *)connection->in->data, MIN (connection->in->len, 200));
    g_autofree char *got = g_strescape (part, NULL);

    fail (connection, step, "expected the client to close, got “%s”", got);
  }
}

static void
reset (Connection *connection)
{
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  connection->over = TRUE;
  setsockopt (connection->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void
expect_quiet (Connection *connection, const FakeStep *step)
{
  struct pollfd fd = { .fd = connection->fd, .events = POLLIN };
  gboolean comes = connection->in->len > 0
                   || (connection->tls != NULL && gnutls_record_check_pending (connection->tls) > 0)
                   || poll (&fd, 1, (int)g_ascii_strtoull (step->text, NULL, 10)) > 0;

  if (comes && (connection->in->len > 0 || receive (connection)))
    fail (connection, step, "got “%.*s”", (int)MIN (connection->in->len, 200),
          (const char *)connection->in->data);
}

static void
renegotiate (Connection *connection, guint64 times)
{
  int result = 0;

  for (guint64 i = 0; (times == 0 || i < times) && result >= 0; i++)
    result = gnutls_rehandshake (connection->tls);
}

/* What only both ends of this connection know (RFC 9266); or ones like it. */
static GBytes *
dup_binding (Connection *connection, gboolean elsewhere)
{
  char material[32] = "as from another connection";

  if (connection->tls != NULL && !elsewhere)
    g_assert_cmpint (gnutls_prf_rfc5705 (connection->tls, 24, "EXPORTER-Channel-Binding", 0, "",
                                         sizeof material, material),
                     ==, 0);
  return g_bytes_new (material, sizeof material);
}

static void
say_behind (Connection *connection, const FakeStep *step, const char *prefix, const char *text)
{
  g_autofree char *line = g_strconcat (prefix, " ", text, "\r\n", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (line, strlen (line));

  send_bytes (connection, step, bytes);
}

/* NULL: the client is gone. */
static char *
take_line (Connection *connection, const FakeStep *step)
{
  gsize length;
  char *line;

  if (connection->over || !await_line (connection, step, &length))
    return NULL;
  line = g_strndup ((const char *)connection->in->data, length);
  g_byte_array_remove_range (connection->in, 0, (guint)length + 2);
  return line;
}

static void
play_scram (Connection *connection, const FakeStep *step)
{
  g_autoptr (GBytes) expanded = fake_script_expand (step->text, connection->names);
  g_autofree char *text =
      g_strndup (g_bytes_get_data (expanded, NULL), g_bytes_get_size (expanded));
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_autoptr (FakeScram) scram = NULL;
  g_autoptr (GBytes) binding = NULL;
  FakeScramTask task = { .iterations = 4096 };
  const char *last_word = NULL, *error = NULL;
  gboolean elsewhere = FALSE, mute = FALSE;
  g_autofree char *wrong = NULL;
  g_autofree char *first = NULL;
  g_autofree char *proof = NULL;
  g_autofree char *last = NULL;
  g_autofree char *end = NULL;

  g_assert_cmpuint (g_strv_length (words), >=, 6);
  task.mechanism = words[2];
  task.user = words[3];
  task.password = words[4];
  task.flag = words[5][0];
  for (guint i = 6; words[i] != NULL; i++) {
    if (g_str_has_prefix (words[i], "i="))
      task.iterations = (guint)g_ascii_strtoull (words[i] + 2, NULL, 10);
    else if (g_str_has_prefix (words[i], "e="))
      last_word = words[i];
    else if (g_str_equal (words[i], "forged"))
      task.forged = TRUE;
    else if (g_str_equal (words[i], "elsewhere"))
      elsewhere = TRUE;
    else if (g_str_equal (words[i], "mute"))
      mute = TRUE;
    else
      g_error ("SCRAM: has no wish “%s”", words[i]);
  }
  task.binding = binding = dup_binding (connection, elsewhere);
  scram = fake_scram_new (&task);
  first = fake_scram_first (scram, words[1], &wrong);
  if (first == NULL) {
    fail (connection, step, "%s", wrong);
    return;
  }
  say_behind (connection, step, words[0], first);
  proof = take_line (connection, step);
  if (proof == NULL || mute || g_str_equal (proof, "*"))
    return;
  last = last_word != NULL ? g_base64_encode ((const guchar *)last_word, strlen (last_word))
                           : fake_scram_last (scram, proof, &error);
  say_behind (connection, step, words[0], last);
  end = take_line (connection, step);
}

static gboolean
begins_rule (const FakeStep *step)
{
  return step->kind == STEP_ON || step->kind == STEP_ONCE || step->kind == STEP_WHEN;
}

/* The rule for this line, as its index; keeps the names it took. */
static guint
find_rule (Connection *connection, guint first, gsize length)
{
  GPtrArray *steps = connection->script->steps;
  gboolean in_force = TRUE;

  for (guint i = first; i < steps->len; i++) {
    FakeStep *step = g_ptr_array_index (steps, i);
    g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    GHashTableIter iter;
    gpointer name, value;

    if (step->kind == STEP_WHEN)
      in_force = *step->text == '\0' || g_hash_table_contains (connection->set, step->text);
    if (!in_force || step->kind == STEP_WHEN || !begins_rule (step) || step->spent
        || !fake_script_match (step->text, connection->in->data, length, names))
      continue;
    step->spent = step->kind == STEP_ONCE;
    g_hash_table_iter_init (&iter, names);
    while (g_hash_table_iter_next (&iter, &name, &value))
      g_hash_table_replace (connection->names, g_strdup (name), g_strdup (value));
    return i;
  }
  return steps->len;
}

static void play_step (Connection *connection, const FakeStep *step);

/* The rules behind the step `begin`, until the client closes. */
static void
serve (Connection *connection, guint begin)
{
  GPtrArray *steps = connection->script->steps;
  const FakeStep *step = g_ptr_array_index (steps, begin);
  gsize length;

  connection->serving = TRUE;
  while (!connection->over) {
    if (connection->in->len == 0 && !receive (connection)) {
      connection->over = TRUE;
      return;
    }
    if (!await_line (connection, step, &length))
      return;
    guint rule = find_rule (connection, begin + 1, length);
    if (rule == steps->len) {
      fail (connection, step, "no rule for “%.*s”", (int)MIN (length, 2000),
            (const char *)connection->in->data);
      return;
    }
    g_byte_array_remove_range (connection->in, 0, (guint)length + 2);
    for (guint i = rule + 1;
         i < steps->len && !begins_rule (g_ptr_array_index (steps, i)) && !connection->over; i++)
      play_step (connection, g_ptr_array_index (steps, i));
  }
}

static void
play_step (Connection *connection, const FakeStep *step)
{
  FakeServer *server = connection->server;
  g_autoptr (GBytes) bytes = NULL;

  switch (step->kind) {
  case STEP_SEND:
    bytes = fake_script_expand (step->text, connection->names);
    send_bytes (connection, step, bytes);
    break;
  case STEP_SEND_BLOB:
    g_mutex_lock (&server->lock);
    bytes = g_hash_table_lookup (server->blobs, step->text);
    if (bytes != NULL)
      g_bytes_ref (bytes);
    g_mutex_unlock (&server->lock);
    if (bytes != NULL)
      send_bytes (connection, step, bytes);
    else
      fail (connection, step, "there is no such blob");
    break;
  case STEP_LINE:
    read_line (connection, step);
    break;
  case STEP_LITERAL:
    read_literal (connection, step);
    break;
  case STEP_DATA:
    read_data (connection, step);
    break;
  case STEP_SCRAM:
    play_scram (connection, step);
    break;
  case STEP_DEFLATE:
    start_deflate (connection);
    break;
  case STEP_TLS:
    if (connection->in->len > 0)
      fail (connection, step, "the client sent more in clear");
    else
      shake_hands (connection, step);
    break;
  case STEP_BETWEEN:
    g_clear_pointer (&connection->between, g_bytes_unref);
    connection->between = fake_script_expand (step->text, connection->names);
    break;
  case STEP_RENEGOTIATE:
    renegotiate (connection, g_ascii_strtoull (step->text, NULL, 10));
    break;
  case STEP_WAIT:
    g_usleep (g_ascii_strtoull (step->text, NULL, 10) * 1000);
    break;
  case STEP_GATE:
    pass_gate (connection->server);
    break;
  case STEP_MARK:
    pass_mark (connection->server);
    break;
  case STEP_STALL:
    while (receive (connection))
      ;
    connection->over = TRUE;
    break;
  case STEP_EOF:
    expect_end (connection, step);
    break;
  case STEP_CLOSE:
    if (connection->tls != NULL)
      gnutls_bye (connection->tls, GNUTLS_SHUT_WR);
    cut (connection);
    break;
  case STEP_CUT:
    cut (connection);
    break;
  case STEP_RESET:
    reset (connection);
    break;
  case STEP_QUIET:
    expect_quiet (connection, step);
    break;
  case STEP_SET:
    if (*step->text == '!')
      g_hash_table_remove (connection->set, step->text + 1);
    else
      g_hash_table_add (connection->set, g_strdup (step->text));
    break;
  case STEP_SERVE:
  case STEP_ON:
  case STEP_ONCE:
  case STEP_WHEN:
    fail (connection, step, "this stands on its own, behind SERVE");
    break;
  }
}

static gpointer
run_connection (gpointer data)
{
  Connection *connection = data;
  FakeServer *server = connection->server;
  GPtrArray *steps = connection->script->steps;

  if (server->mode != FAKE_TLS || shake_hands (connection, NULL)) {
    for (guint i = 0; i < steps->len && !connection->over; i++) {
      const FakeStep *step = g_ptr_array_index (steps, i);

      if (step->kind == STEP_SERVE)
        serve (connection, i);
      else
        play_step (connection, step);
    }
    if (!connection->over)
      expect_end (connection, NULL);
  }

  if (connection->tls != NULL)
    gnutls_deinit (connection->tls);
  close (connection->fd);
  g_mutex_lock (&server->lock);
  connection->played = TRUE;
  g_cond_broadcast (&server->changed);
  g_mutex_unlock (&server->lock);
  return NULL;
}

static void
take_connection (FakeServer *server, int fd)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
  guint index = server->connections->len;
  const int one = 1;
  Connection *connection;

  if (index >= server->scripts->len) {
    server->unexpected++;
    g_cond_broadcast (&server->changed);
    close (fd);
    return;
  }

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  connection = g_new0 (Connection, 1);
  connection->server = server;
  connection->script = g_ptr_array_index (server->scripts, index);
  connection->index = index;
  connection->fd = fd;
  connection->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  connection->set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  connection->in = g_byte_array_sized_new (4096); /* never NULL */
  connection->received = g_byte_array_new ();
  connection->wire = g_byte_array_new ();
  g_ptr_array_add (server->connections, connection);
  connection->thread = g_thread_new ("fake-connection", run_connection, connection);
}

static gpointer
run_server (gpointer data)
{
  FakeServer *server = data;

  for (;;) {
    struct pollfd fds[2] = { { .fd = server->listener, .events = POLLIN },
                             { .fd = server->stop_fd, .events = POLLIN } };
    int fd;

    if (poll (fds, 2, -1) < 0 && errno != EINTR)
      g_error ("poll: %s", g_strerror (errno));
    if (fds[1].revents != 0)
      return NULL;
    if (fds[0].revents == 0)
      continue;
    fd = accept4 (server->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
      take_connection (server, fd);
  }
}

FakeServer *
fake_server_new (FakeMode mode, FakeCertificate certificate)
{
  FakeServer *server = g_new0 (FakeServer, 1);
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;

  server->mode = mode;
  server->certificate = certificate;
  server->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (server->listener, >=, 0);
  g_assert_cmpint (bind (server->listener, (struct sockaddr *)&address, size), ==, 0);
  g_assert_cmpint (listen (server->listener, 16), ==, 0);
  g_assert_cmpint (getsockname (server->listener, (struct sockaddr *)&address, &size), ==, 0);
  server->port = ntohs (address.sin_port);
  server->stop_fd = eventfd (0, EFD_CLOEXEC);
  g_assert_cmpint (server->stop_fd, >=, 0);

  g_mutex_init (&server->lock);
  g_cond_init (&server->changed);
  server->scripts = g_ptr_array_new_with_free_func (free_script);
  server->connections = g_ptr_array_new_with_free_func (free_connection);
  server->blobs =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  server->thread = g_thread_new ("fake-server", run_server, server);
  return server;
}

void
fake_server_free (FakeServer *server)
{
  const guint64 one = 1;

  if (server == NULL)
    return;

  g_assert_cmpint (write (server->stop_fd, &one, sizeof one), ==, sizeof one);
  g_thread_join (server->thread);
  g_ptr_array_unref (server->connections); /* joins them */
  g_ptr_array_unref (server->scripts);
  g_hash_table_unref (server->blobs);
  close (server->listener);
  close (server->stop_fd);
  g_mutex_clear (&server->lock);
  g_cond_clear (&server->changed);
  gnutls_free (server->ticket_key.data);
  g_free (server->priority);
  g_free (server);
}

void
fake_server_add_script (FakeServer *server, const char *text, const FakeFaults *faults)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
  Script *script = g_new0 (Script, 1);

  script->steps = fake_script_parse (text);
  script->faults = faults != NULL ? *faults : FAKE_NO_FAULTS;
  if (script->faults.slow_in > 0) {
    /* Packets as of an Ethernet: a window opens by whole ones. */
    const int packet = 1400, room = 16 * 1024;

    setsockopt (server->listener, IPPROTO_TCP, TCP_MAXSEG, &packet, sizeof packet);
    setsockopt (server->listener, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  }
  g_ptr_array_add (server->scripts, script);
}

void
fake_server_set_blob (FakeServer *server, const char *name, GBytes *bytes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  g_hash_table_insert (server->blobs, g_strdup (name), g_bytes_ref (bytes));
}

void
fake_server_set_priority (FakeServer *server, const char *priority)
{
  g_free (server->priority);
  server->priority = g_strdup (priority);
}

void
fake_server_set_wishes (FakeServer *server, const FakeTlsWishes *wishes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  if (server->ticket_key.data == NULL)
    g_assert_cmpint (gnutls_session_ticket_key_generate (&server->ticket_key), ==, 0);
  server->wishes = *wishes;
}

void
fake_server_get_facts (FakeServer *server, guint connection, FakeTlsFacts *facts)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  g_assert_cmpuint (connection, <, server->connections->len);
  *facts = ((Connection *)g_ptr_array_index (server->connections, connection))->facts;
}

guint16
fake_server_get_port (FakeServer *server)
{
  return server->port;
}

const char *
fake_server_get_ca_file (FakeServer *server)
{
  return fake_certificates_get_ca_file ();
}

NetEndpoint
fake_server_endpoint (FakeServer *server)
{
  return (NetEndpoint){
    .host = "127.0.0.1",
    .port = server->port,
    .security = server->mode == FAKE_TLS ? BASE_SECURITY_TLS : BASE_SECURITY_STARTTLS,
    .ca_file = fake_server_get_ca_file (server),
    .timeout_ms = PATIENCE_MS,
  };
}

static gboolean
all_played (FakeServer *server)
{
  if (server->unexpected > 0)
    return TRUE;
  if (server->connections->len < server->scripts->len)
    return FALSE;
  for (guint i = 0; i < server->connections->len; i++) {
    if (!((Connection *)g_ptr_array_index (server->connections, i))->played)
      return FALSE;
  }

  return TRUE;
}

char *
fake_server_finish (FakeServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  while (!all_played (server)) {
    gint64 deadline = g_get_monotonic_time () + PATIENCE_MS * G_TIME_SPAN_MILLISECOND;

    if (!g_cond_wait_until (&server->changed, &server->lock, deadline))
      break;
  }

  for (guint i = 0; i < server->connections->len; i++) {
    Connection *connection = g_ptr_array_index (server->connections, i);

    if (connection->failure != NULL)
      return g_strdup (connection->failure);
    if (!connection->played)
      return g_strdup_printf ("connection %u was not played to its end", i);
  }
  if (server->unexpected > 0)
    return g_strdup_printf ("%u connections more than scripts", server->unexpected);
  if (server->connections->len < server->scripts->len)
    return g_strdup_printf ("connection %u was never made", server->connections->len);

  return NULL;
}

void
fake_server_check (FakeServer *server)
{
  g_autofree char *failure = fake_server_finish (server);

  g_assert_cmpstr (failure, ==, NULL);
}

void
fake_server_open_gate (FakeServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  server->gate_open = TRUE;
  g_cond_broadcast (&server->changed);
}

void
fake_server_wait_mark (FakeServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
  gint64 deadline = g_get_monotonic_time () + 2 * PATIENCE_MS * G_TIME_SPAN_MILLISECOND;

  while (server->marks == 0 && g_cond_wait_until (&server->changed, &server->lock, deadline))
    ;
  g_assert_cmpuint (server->marks, >, 0);
}

guint
fake_server_count_connections (FakeServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  return server->connections->len + server->unexpected;
}

/* With a NUL behind it. */
static GBytes *
dup_array (const GByteArray *array)
{
  char *copy = g_malloc0 (array->len + 1);

  if (array->len > 0)
    memcpy (copy, array->data, array->len);
  return g_bytes_new_take (copy, array->len);
}

GBytes *
fake_server_dup_received (FakeServer *server, guint index)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  if (index >= server->connections->len)
    return NULL;
  return dup_array (((Connection *)g_ptr_array_index (server->connections, index))->received);
}

GBytes *
fake_server_dup_wire (FakeServer *server, guint index)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  if (index >= server->connections->len)
    return NULL;
  return dup_array (((Connection *)g_ptr_array_index (server->connections, index))->wire);
}

guint64
fake_server_count_sent (FakeServer *server, guint index)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  return index < server->connections->len
             ? ((Connection *)g_ptr_array_index (server->connections, index))->sent
             : 0;
}
