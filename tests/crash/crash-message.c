/* See crash-message.h.  Pure. */
#include "crash-message.h"

#include <string.h>

char *
crash_message_id (const char *name)
{
  return g_strdup_printf ("<%s@crash.test>", name);
}

static void
append_lines (GString *out, const char *word, gsize size)
{
  gsize end = out->len + size;

  while (out->len < end)
    g_string_append_printf (
        out, "%s %" G_GSIZE_FORMAT " The quick brown fox jumps over the lazy dog.\r\n", word,
        end - out->len);
}

GBytes *
crash_message_new (const char *name, const char *to, gsize text, gsize attachment)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (
      out,
      "From: Alice <alice@crash.test>\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%s@crash.test>\r\n"
      "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n",
      to, name, name);
  if (attachment == 0) {
    g_string_append (out, "Content-Type: text/plain; charset=utf-8\r\n\r\n");
    append_lines (out, name, text);
  } else {
    g_string_append_printf (out, "Content-Type: multipart/mixed; boundary=\"b-%s\"\r\n\r\n", name);
    g_string_append_printf (out, "--b-%s\r\nContent-Type: text/plain\r\n\r\n", name);
    append_lines (out, name, text);
    g_string_append_printf (
        out,
        "--b-%s\r\nContent-Type: text/x-log\r\nContent-Disposition: attachment; filename=\"log.txt\"\r\n\r\n",
        name);
    append_lines (out, "log", attachment);
    g_string_append_printf (out, "--b-%s--\r\n", name);
  }
  gsize length = out->len;
  return g_bytes_new_take (g_string_free (out, FALSE), length);
}
