/* Understands replies.  Pure, on the thread of the session; must take nothing for a reply that is not one: a code
 * misread is a message lost or sent twice. */
#include "smtp-reply.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-text.h"

SmtpReply *
smtp_reply_new (void)
{
  SmtpReply *reply = g_new0 (SmtpReply, 1);

  reply->lines = g_ptr_array_new_with_free_func (g_free);
  return reply;
}

void
smtp_reply_free (SmtpReply *reply)
{
  if (reply == NULL)
    return;

  g_ptr_array_unref (reply->lines);
  g_free (reply);
}

/* Three digits, the first from 2 to 5; 0 when there are not. */
static int
parse_code (const char *line)
{
  for (int i = 0; i < 3; i++) {
    if (!g_ascii_isdigit (line[i]))
      return 0;
  }
  if (line[0] < '2' || line[0] > '5')
    return 0;

  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

/* "5.1.1 " in front of a text; returns what follows, or the text itself when there is none that fits `code`. */
static const char *
parse_enhanced (const char *text, int code, guint enhanced[3])
{
  guint found[3] = { 0, 0, 0 };
  const char *at = text;

  for (int i = 0; i < 3; i++) {
    int digits;

    for (digits = 0; g_ascii_isdigit (*at) && digits < 3; digits++)
      found[i] = found[i] * 10 + (guint)(*at++ - '0');
    if (digits == 0 || (i < 2 && *at++ != '.'))
      return text;
  }
  if ((*at != ' ' && *at != '\0') || (int)found[0] != code / 100)
    return text;

  memcpy (enhanced, found, sizeof found);
  return *at == ' ' ? at + 1 : at;
}

gboolean
smtp_reply_add_line (SmtpReply *reply, const char *line, GError **error)
{
  int code = parse_code (line);
  guint enhanced[3] = { 0, 0, 0 };
  const char *text;

  g_return_val_if_fail (!reply->complete, FALSE);

  if (code == 0 || (line[3] != ' ' && line[3] != '-' && line[3] != '\0')
      || (reply->code != 0 && reply->code != code)) {
    base_error_set (error, BASE_ERROR_BROKEN, line,
                    _ ("The mail server answered something that makes no sense."));
    return FALSE;
  }
  if (reply->lines->len == SMTP_REPLY_MAX_LINES) {
    base_error_set (error, BASE_ERROR_LIMIT, NULL,
                    _ ("The mail server sent an answer that does not end."));
    return FALSE;
  }

  text = line[3] != '\0' ? line + 4 : "";
  text = parse_enhanced (text, code, enhanced);
  if (reply->enhanced[0] == 0)
    memcpy (reply->enhanced, enhanced, sizeof enhanced);
  g_ptr_array_add (reply->lines, base_text_repair (text, -1));
  reply->code = code;
  reply->complete = line[3] != '-';
  return TRUE;
}

int
smtp_reply_class (const SmtpReply *reply)
{
  return reply->code / 100;
}

const char *
smtp_reply_line (const SmtpReply *reply, guint index)
{
  return index < reply->lines->len ? g_ptr_array_index (reply->lines, index) : "";
}

char *
smtp_reply_to_text (const SmtpReply *reply)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "%d", reply->code);
  if (reply->enhanced[0] != 0)
    g_string_append_printf (text, " %u.%u.%u", reply->enhanced[0], reply->enhanced[1],
                            reply->enhanced[2]);
  for (guint i = 0; i < reply->lines->len; i++) {
    const char *line = smtp_reply_line (reply, i);

    if (*line != '\0')
      g_string_append_printf (text, "%c%s", i == 0 ? ' ' : '\n', line);
  }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

gboolean
smtp_reply_blames_sender (const SmtpReply *reply, const char *from, const char *recipient)
{
  /* RFC 3463, 3.2; the last two are Exchange's. */
  static const guint codes[][2] = { { 1, 7 }, { 1, 8 }, { 7, 60 }, { 2, 252 } };
  g_autofree char *text = smtp_reply_to_text (reply);
  g_autofree char *named = g_strdup_printf ("<%s>", from);

  if (smtp_reply_class (reply) != 5)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (reply->enhanced[1] == codes[i][0] && reply->enhanced[2] == codes[i][1])
      return TRUE;
  return strcasestr (text, named) != NULL
         && (g_ascii_strcasecmp (from, recipient) != 0 || strcasestr (text, "sender") != NULL);
}
