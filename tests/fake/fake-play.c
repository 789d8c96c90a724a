/* What a script has a connection do, step by step: see fake-server.h.  In the thread of the connection. */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake-connection.h"
#include "fake-scram.h"
#include "fake-script.h"

#define MAX_LINE (1024 * 1024)

/* Until somebody opens it. */
static void
pass_gate (FakeServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
  gint64 deadline = g_get_monotonic_time () + 2 * FAKE_PATIENCE_MS * G_TIME_SPAN_MILLISECOND;

  while (!server->gate_open && g_cond_wait_until (&server->changed, &server->lock, deadline))
    ;
}

/* Takes `length` octets and `skip` more out of `in`, comparing the first ones. */
static void
take (FakeConnection *connection, const FakeStep *step, gsize length, gsize skip)
{
  if (!fake_script_match (step->text, connection->in->data, length, connection->names)) {
    g_autofree char *part = g_strndup ((const char *)connection->in->data, MIN (length, 2000));
    g_autofree char *got = g_strescape (part, NULL);

    fake_connection_fail (connection, step, "got “%s”", got);
    return;
  }
  g_byte_array_remove_range (connection->in, 0, (guint)(length + skip));
}

static void
fail_early (FakeConnection *connection, const FakeStep *step)
{
  g_autofree char *part =
      g_strndup ((const char *)connection->in->data, MIN (connection->in->len, 200));
  g_autofree char *got = g_strescape (part, NULL);

  if (connection->serving)
    connection->over = TRUE;
  if (!connection->over)
    fake_connection_fail (connection, step, "the client closed or fell silent after “%s”", got);
}

/* Waits for a whole line; *length without its end.  It stays in `in`. */
static gboolean
await_line (FakeConnection *connection, const FakeStep *step, gsize *length)
{
  const guint8 *end;

  while ((end = memchr (connection->in->data, '\n', connection->in->len)) == NULL) {
    if (connection->in->len > MAX_LINE || !fake_connection_receive (connection)) {
      fail_early (connection, step);
      return FALSE;
    }
  }

  *length = (gsize)(end - connection->in->data);
  if (*length == 0 || end[-1] != '\r' || memchr (connection->in->data, '\r', *length - 1) != NULL) {
    fake_connection_fail (connection, step, "the line has a bare CR or LF");
    return FALSE;
  }
  (*length)--;
  connection->has_literal =
      fake_script_literal (connection->in->data, *length, &connection->literal);
  return TRUE;
}

static void
read_line (FakeConnection *connection, const FakeStep *step)
{
  gsize length;

  if (await_line (connection, step, &length))
    take (connection, step, length, 2);
}

static void
read_literal (FakeConnection *connection, const FakeStep *step)
{
  if (!connection->has_literal) {
    fake_connection_fail (connection, step, "the line before announced no literal");
    return;
  }
  while (connection->in->len < connection->literal) {
    if (!fake_connection_receive (connection)) {
      fail_early (connection, step);
      return;
    }
  }

  connection->has_literal = FALSE;
  take (connection, step, connection->literal, 0);
}

static void
read_data (FakeConnection *connection, const FakeStep *step)
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
    if (!fake_connection_receive (connection)) {
      fail_early (connection, step);
      return;
    }
  }
}

/* The client has to close now. */
static void
expect_end (FakeConnection *connection, const FakeStep *step)
{
  while (connection->in->len == 0) {
    if (!fake_connection_receive (connection)) {
      connection->over = TRUE;
      return;
    }
  }
  while (memchr (connection->in->data, '\n', connection->in->len) == NULL
         && fake_connection_receive (connection))
    ;
  if (!connection->over) {
    g_autofree char *part =
        g_strndup ((const char *)connection->in->data, MIN (connection->in->len, 200));
    g_autofree char *got = g_strescape (part, NULL);

    fake_connection_fail (connection, step, "expected the client to close, got “%s”", got);
  }
}

static void
reset (FakeConnection *connection)
{
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  connection->over = TRUE;
  setsockopt (connection->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void
expect_quiet (FakeConnection *connection, const FakeStep *step)
{
  struct pollfd fd = { .fd = connection->fd, .events = POLLIN };
  gboolean comes = connection->in->len > 0
                   || (connection->tls != NULL && gnutls_record_check_pending (connection->tls) > 0)
                   || poll (&fd, 1, (int)g_ascii_strtoull (step->text, NULL, 10)) > 0;

  if (comes && (connection->in->len > 0 || fake_connection_receive (connection)))
    fake_connection_fail (connection, step, "got “%.*s”", (int)MIN (connection->in->len, 200),
                          (const char *)connection->in->data);
}

static void
renegotiate (FakeConnection *connection, guint64 times)
{
  int result = 0;

  for (guint64 i = 0; (times == 0 || i < times) && result >= 0; i++)
    result = gnutls_rehandshake (connection->tls);
}

/* What only both ends of this connection know (RFC 9266); or ones like it. */
static GBytes *
dup_binding (FakeConnection *connection, gboolean elsewhere)
{
  char material[32] = "as from another connection";

  if (connection->tls != NULL && !elsewhere)
    g_assert_cmpint (gnutls_prf_rfc5705 (connection->tls, 24, "EXPORTER-Channel-Binding", 0, "",
                                         sizeof material, material),
                     ==, 0);
  return g_bytes_new (material, sizeof material);
}

static void
say_behind (FakeConnection *connection, const FakeStep *step, const char *prefix, const char *text)
{
  g_autofree char *line = g_strconcat (prefix, " ", text, "\r\n", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (line, strlen (line));

  fake_connection_send (connection, step, bytes);
}

/* NULL: the client is gone. */
static char *
take_line (FakeConnection *connection, const FakeStep *step)
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
play_scram (FakeConnection *connection, const FakeStep *step)
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
    fake_connection_fail (connection, step, "%s", wrong);
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
find_rule (FakeConnection *connection, guint first, gsize length)
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

static void play_step (FakeConnection *connection, const FakeStep *step);

/* The rules behind the step `begin`, until the client closes. */
static void
serve (FakeConnection *connection, guint begin)
{
  GPtrArray *steps = connection->script->steps;
  const FakeStep *step = g_ptr_array_index (steps, begin);
  gsize length;

  connection->serving = TRUE;
  while (!connection->over) {
    if (connection->in->len == 0 && !fake_connection_receive (connection)) {
      connection->over = TRUE;
      return;
    }
    if (!await_line (connection, step, &length))
      return;
    guint rule = find_rule (connection, begin + 1, length);
    if (rule == steps->len) {
      fake_connection_fail (connection, step, "no rule for “%.*s”", (int)MIN (length, 2000),
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
play_step (FakeConnection *connection, const FakeStep *step)
{
  FakeServer *server = connection->server;
  g_autoptr (GBytes) bytes = NULL;

  switch (step->kind) {
  case STEP_SEND:
    bytes = fake_script_expand (step->text, connection->names);
    fake_connection_send (connection, step, bytes);
    break;
  case STEP_SEND_BLOB:
    g_mutex_lock (&server->lock);
    bytes = g_hash_table_lookup (server->blobs, step->text);
    if (bytes != NULL)
      g_bytes_ref (bytes);
    g_mutex_unlock (&server->lock);
    if (bytes != NULL)
      fake_connection_send (connection, step, bytes);
    else
      fake_connection_fail (connection, step, "there is no such blob");
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
    fake_connection_start_deflate (connection);
    break;
  case STEP_TLS:
    if (connection->in->len > 0)
      fake_connection_fail (connection, step, "the client sent more in clear");
    else
      fake_connection_shake_hands (connection, step);
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
    fake_connection_pass_mark (connection->server);
    break;
  case STEP_STALL:
    while (fake_connection_receive (connection))
      ;
    connection->over = TRUE;
    break;
  case STEP_EOF:
    expect_end (connection, step);
    break;
  case STEP_CLOSE:
    if (connection->tls != NULL)
      gnutls_bye (connection->tls, GNUTLS_SHUT_WR);
    fake_connection_cut (connection);
    break;
  case STEP_CUT:
    fake_connection_cut (connection);
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
    fake_connection_fail (connection, step, "this stands on its own, behind SERVE");
    break;
  }
}

gpointer
fake_connection_play (gpointer data)
{
  FakeConnection *connection = data;
  FakeServer *server = connection->server;
  GPtrArray *steps = connection->script->steps;

  if (server->mode != FAKE_TLS || fake_connection_shake_hands (connection, NULL)) {
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
