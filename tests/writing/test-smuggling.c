/* No message becomes two on its way: what some server takes for the end of a message, at the beginning and the end, within, and over the borders of the pieces in
 * which a message goes, by DATA and by BDAT.  What the server got is read by the strictest reader and by the most lenient. */
#include "test-writing.h"

#include <string.h>

#include "fake-server.h"
#include "smtp-session.h"
#include "smtp-stuff.h"

#define SECOND                                                                                     \
  "MAIL FROM:<evil@example.com>\r\nRCPT TO:<two@b.example>\r\nDATA\r\nFrom: ceo@a.example\r\n\r\nfalse\r\n.\r\n"

/* Octets of a message that are read at once, of one chunk of BDAT, and of what is sent with one call (smtp-body.c). */
#define SLICE 16384
#define CHUNK 262144

static const struct
{
  const char *name, *octets;
  gsize length;
} ends[] = {
#define END(name, octets)                                                                          \
  {                                                                                                \
    name, octets, sizeof octets - 1                                                                \
  }
  END ("CRLF . CRLF", "\r\n.\r\n"),
  END ("LF . LF", "\n.\n"),
  END ("LF . CRLF", "\n.\r\n"),
  END ("CR . CR", "\r.\r"),
  END ("CR . CRLF", "\r.\r\n"),
  END ("CR . LF", "\r.\n"),
  END ("CRLF . CR", "\r\n.\r"),
  END ("CRLF . LF", "\r\n.\n"),
  END ("LF . CR", "\n.\r"),
  END ("CRCRLF . CRLF", "\r\r\n.\r\n"),
  END ("LFCR . CRLF", "\n\r.\r\n"),
  END ("CRLF . CRCRLF", "\r\n.\r\r\n"),
  END ("CR NUL LF . CRLF", "\r\0\n.\r\n"),
  END ("CRLF . NUL CRLF", "\r\n.\0\r\n"),
  END ("CRLF .. CRLF", "\r\n..\r\n"),
  END ("CRLF . blank CRLF", "\r\n. \r\n"),
  END ("CRLF . CRLF twice", "\r\n.\r\n.\r\n"),
  END ("U+0085 . U+0085", "\xc2\x85.\xc2\x85"),
#undef END
};

typedef struct
{
  char *name;
  GBytes *message;
} Case;

static void
case_free (gpointer data)
{
  Case *one = data;

  g_free (one->name);
  g_bytes_unref (one->message);
  g_free (one);
}

/* `border` > 0: the end begins so that `before` of its octets stand in front of that border. */
static void
add_case (GPtrArray *cases, guint end, const char *where, gsize border, gsize before, gboolean last)
{
  g_autoptr (GString) text = g_string_new ("From: me@a.example\r\n\r\n");
  Case *one = g_new (Case, 1);

  if (border > 0) {
    while (text->len + before + 80 < border)
      g_string_append (text, "0123456789 0123456789 0123456789 0123456789\r\n");
    while (text->len + before < border)
      g_string_append_c (text, 'x');
  } else if (!last) {
    g_string_append (text, "text");
  }
  g_string_append_len (text, ends[end].octets, (gssize)ends[end].length);
  if (!last)
    g_string_append (text, SECOND "rest\r\n");
  one->name = g_strdup_printf ("%s %s", ends[end].name, where);
  one->message = g_bytes_new (text->str, text->len);
  g_ptr_array_add (cases, one);
}

/* What has to arrive: the lines of the message, whatever ended them, each with CRLF. */
static GByteArray *
expect (GBytes *message)
{
  GByteArray *out = g_byte_array_new ();
  gsize length, at = 0;
  const guint8 *data = g_bytes_get_data (message, &length);

  while (at < length) {
    gsize end = at;

    while (end < length && data[end] != '\r' && data[end] != '\n')
      end++;
    g_byte_array_append (out, data + at, (guint)(end - at));
    g_byte_array_append (out, (const guint8 *)"\r\n", 2);
    at = end + (end + 1 < length && data[end] == '\r' && data[end + 1] == '\n' ? 2 : 1);
  }
  return out;
}

/* ---- the readers ---- */

static const char *
find_bare (const guint8 *data, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if ((data[i] == '\r' && (i + 1 == length || data[i + 1] != '\n'))
        || (data[i] == '\n' && (i == 0 || data[i - 1] != '\r')))
      return "a bare CR or LF on the wire";
  return NULL;
}

/* How often a server would see the end that takes any line end for one. */
static guint
count_lenient_ends (const guint8 *data, gsize length)
{
  guint count = 0;

  for (gsize i = 1; i + 1 < length; i++)
    if (data[i] == '.' && (data[i - 1] == '\r' || data[i - 1] == '\n')
        && (data[i + 1] == '\r' || data[i + 1] == '\n' || data[i + 1] == '\0'))
      count++;
  return count;
}

typedef struct
{
  const guint8 *at, *end;
} Wire;

/* The next command, without CRLF; NULL at the end. */
static char *
next_line (Wire *wire)
{
  const guint8 *crlf = memmem (wire->at, (gsize)(wire->end - wire->at), "\r\n", 2);
  char *line;

  if (crlf == NULL)
    return NULL;
  line = g_strndup ((const char *)wire->at, (gsize)(crlf - wire->at));
  wire->at = crlf + 2;
  return line;
}

static gboolean
next_is (Wire *wire, const char *prefix)
{
  g_autofree char *line = next_line (wire);

  return line != NULL && g_str_has_prefix (line, prefix);
}

/* Up to CRLF . CRLF, stuffed dots undone. */
static const char *
take_data (Wire *wire, GByteArray *out)
{
  const guint8 *begin = wire->at;

  for (;;) {
    const guint8 *crlf = memmem (wire->at, (gsize)(wire->end - wire->at), "\r\n", 2);

    if (crlf == NULL)
      return "no end";
    if (crlf - wire->at == 1 && wire->at[0] == '.') {
      const char *bare = find_bare (begin, (gsize)(crlf + 2 - begin));
      guint lenient = count_lenient_ends (begin - 2, (gsize)(crlf + 2 - begin) + 2);

      wire->at = crlf + 2;
      return bare != NULL ? bare : lenient != 1 ? "an end for a lenient server" : NULL;
    }
    if (wire->at[0] == '.')
      wire->at++;
    g_byte_array_append (out, wire->at, (guint)(crlf + 2 - wire->at));
    wire->at = crlf + 2;
  }
}

/* All chunks, as they count their octets. */
static const char *
take_chunks (Wire *wire, GByteArray *out)
{
  gboolean last = FALSE;

  while (!last) {
    g_autofree char *line = next_line (wire);
    guint64 size;

    if (line == NULL || !g_str_has_prefix (line, "BDAT "))
      return "no chunk where one has to be";
    last = g_str_has_suffix (line, " LAST");
    size = g_ascii_strtoull (line + 5, NULL, 10);
    if (size > (guint64)(wire->end - wire->at))
      return "a chunk that is cut";
    g_byte_array_append (out, wire->at, (guint)size);
    wire->at += size;
  }
  return find_bare (out->data, out->len);
}

static const char *
check_transaction (Wire *wire, gboolean by_chunks, GBytes *message)
{
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autoptr (GByteArray) wanted = expect (message);
  const char *failure;

  if (!next_is (wire, "MAIL FROM:<me@a.example>") || !next_is (wire, "RCPT TO:<one@b.example>")
      || (!by_chunks && !next_is (wire, "DATA")))
    return "commands that nobody gave";
  failure = by_chunks ? take_chunks (wire, got) : take_data (wire, got);
  if (failure != NULL)
    return failure;
  return got->len == wanted->len && memcmp (got->data, wanted->data, got->len) == 0
             ? NULL
             : "another message";
}

/* ---- over the wire ---- */

static void
send_cases (GPtrArray *cases, gboolean by_chunks)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GString) script = g_string_new ("S: 220 mail.test\nC: EHLO *\nS: 250-mail.test\n");
  g_autoptr (SmtpSession) session = NULL;
  g_autoptr (GBytes) received = NULL;
  g_autoptr (GError) error = NULL;
  static const char *const to[] = { "one@b.example", NULL };
  Wire wire;
  gsize length;

  g_string_append (script,
                   by_chunks ? "S: 250-CHUNKING\nS: 250 PIPELINING\n" : "S: 250 PIPELINING\n");
  for (guint i = 0; i < cases->len; i++) {
    const Case *one = cases->pdata[i];
    g_autoptr (GByteArray) wanted = expect (one->message);
    guint chunks = (guint)((wanted->len + CHUNK - 1) / CHUNK);

    if (!by_chunks) {
      g_string_append (
          script,
          "C: MAIL *\nC: RCPT *\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nD: *\nS: 250 taken\n");
    } else if (chunks == 1) {
      g_string_append (
          script, "C: MAIL *\nC: RCPT *\nS: 250 ok\nS: 250 ok\nC: BDAT *\nL: *\nS: 250 taken\n");
    } else {
      g_string_append (
          script,
          "C: MAIL *\nC: RCPT *\nC: BDAT *\nL: *\nS: 250 ok\nS: 250 ok\nS: 250 ok\nC: BDAT *\nL: *\nS: 250 taken\n");
      g_assert_cmpuint (chunks, ==, 2);
    }
  }
  g_string_append (script, "C: QUIT\nS: 221 bye\nSTALL\n");
  fake_server_add_script (server, script->str, NULL);
  session = smtp_session_open (&endpoint, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < cases->len; i++) {
    const Case *one = cases->pdata[i];

    if (smtp_session_send (session, "me@a.example", to, one->message, NULL, NULL, &error)
        != SMTP_SENT) {
      count_case (COUNT_SMUGGLING, one->name, error->message);
      return;
    }
  }
  smtp_session_quit (session);
  g_clear_pointer (&session, smtp_session_free);
  fake_server_check (server);

  received = fake_server_dup_received (server, 0);
  wire.at = g_bytes_get_data (received, &length);
  wire.end = wire.at + length;
  g_assert_true (next_is (&wire, "EHLO [127.0.0.1]"));
  for (guint i = 0; i < cases->len; i++) {
    const Case *one = cases->pdata[i];

    count_case (COUNT_SMUGGLING, one->name, check_transaction (&wire, by_chunks, one->message));
  }
  g_assert_true (next_is (&wire, "QUIT"));
  g_assert_true (wire.at == wire.end);
}

static void
test_wire (gconstpointer by_chunks)
{
  g_autoptr (GPtrArray) cases = g_ptr_array_new_with_free_func (case_free);
  gsize border = by_chunks != NULL ? CHUNK : SLICE;

  for (guint end = 0; end < G_N_ELEMENTS (ends); end++) {
    add_case (cases, end, "within", 0, 0, FALSE);
    add_case (cases, end, "at the end", 0, 0, TRUE);
    for (gsize before = 0; before <= ends[end].length; before++) {
      /* The pieces are those of the message as it comes, the chunks those of what it becomes: both borders, near enough to meet every octet. */
      g_autofree char *where = g_strdup_printf ("over a border at %" G_GSIZE_FORMAT, before);

      if (by_chunks == NULL || end % 3 == before % 3)
        add_case (cases, end, where, border, before, FALSE);
    }
  }
  send_cases (cases, by_chunks != NULL);
}

/* ---- every segmentation ---- */

static const char *
check_splits (GBytes *message, gboolean plain)
{
  g_autoptr (GByteArray) wanted = expect (message);
  gsize length;
  const guint8 *data = g_bytes_get_data (message, &length);

  for (gsize first = 0; first <= length; first++)
    for (gsize step = 1; step <= 4; step++) {
      g_autoptr (GByteArray) out = g_byte_array_new ();
      g_autoptr (GByteArray) got = g_byte_array_new ();
      SmtpStuff stuff = { .plain = plain };
      const char *failure;
      Wire wire;

      smtp_stuff_feed (&stuff, data, first, out);
      for (gsize at = first; at < length; at += step)
        smtp_stuff_feed (&stuff, data + at, MIN (step, length - at), out);
      smtp_stuff_end (&stuff, out);
      if (plain) {
        failure = find_bare (out->data, out->len);
        g_byte_array_append (got, out->data, out->len);
      } else {
        g_byte_array_prepend (out, (const guint8 *)"\r\n", 2);
        g_byte_array_append (out, (const guint8 *)".\r\n", 3);
        wire = (Wire){ out->data + 2, out->data + out->len };
        failure = take_data (&wire, got);
        if (failure == NULL && wire.at != wire.end)
          failure = "an end before the end";
      }
      if (failure == NULL
          && (got->len != wanted->len || memcmp (got->data, wanted->data, got->len) != 0))
        failure = "another message";
      if (failure != NULL)
        return failure;
    }
  return NULL;
}

static void
test_segments (void)
{
  g_autoptr (GPtrArray) cases = g_ptr_array_new_with_free_func (case_free);

  for (guint end = 0; end < G_N_ELEMENTS (ends); end++) {
    add_case (cases, end, "in every segmentation", 0, 0, FALSE);
    add_case (cases, end, "at the end, in every segmentation", 0, 0, TRUE);
  }
  for (guint i = 0; i < cases->len; i++) {
    const Case *one = cases->pdata[i];

    count_case (COUNT_SMUGGLING, one->name, check_splits (one->message, FALSE));
    count_case (COUNT_SMUGGLING, one->name, check_splits (one->message, TRUE));
  }
}

void
add_smuggling_tests (void)
{
  g_test_add_data_func ("/writing/smuggling/data", NULL, test_wire);
  g_test_add_data_func ("/writing/smuggling/bdat", "chunks", test_wire);
  g_test_add_func ("/writing/smuggling/segments", test_segments);
}
