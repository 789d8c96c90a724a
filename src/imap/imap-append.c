/* APPEND: a message into a mailbox.  Runs in the session's thread; must never send what the server has said it will not
 * take. */
#include "imap-session-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-date.h"
#include "base-error.h"
#include "imap-fetch.h"
#include "imap-utf7.h"

/* Octets from which on a limit of the mailbox is asked for. */
#define WORTH_ASKING (1024 * 1024)

/* Yahoo takes no message that stops in the middle of a line (quirk 27). */
static GBytes *
dup_with_line_end (GBytes *message)
{
  gsize length;
  const char *data = g_bytes_get_data (message, &length);

  if (length >= 2 && memcmp (data + length - 2, "\r\n", 2) == 0)
    return g_bytes_ref (message);
  g_autoptr (GByteArray) whole = g_byte_array_sized_new ((guint)length + 2);
  if (length > 0)
    g_byte_array_append (whole, (const guint8 *)data, (guint)length);
  if (length > 0 && (data[length - 1] == '\r' || data[length - 1] == '\n'))
    g_byte_array_set_size (whole, (guint)length - 1);
  g_byte_array_append (whole, (const guint8 *)"\r\n", 2);
  return g_byte_array_free_to_bytes (g_steal_pointer (&whole));
}

static gboolean
has_8bit_header (GBytes *message)
{
  gsize length;
  const char *data = g_bytes_get_data (message, &length);
  const char *end = memmem (data, length, "\r\n\r\n", 4);
  gsize header = end != NULL ? (gsize)(end - data) : length;

  for (gsize i = 0; i < header; i++) {
    if ((guchar)data[i] >= 0x80)
      return TRUE;
  }
  return FALSE;
}

static ImapTaken
take_limit (ImapMailbox *status, gpointer user_data)
{
  guint64 *limit = user_data;
  if (status->append_limit == 0)
    return IMAP_TAKEN_NOT;
  *limit = status->append_limit;
  return IMAP_TAKEN;
}

/* The server's limit, or that of the mailbox, which is only worth asking for when there is much to be sent in vain. */
static gboolean
check_size (ImapSession *session, const char *mailbox, gsize size, GCancellable *cancellable,
            GError **error)
{
  guint64 limit = session->append_limit;

  if (limit == 0 && imap_session_has (session, IMAP_CAP_APPENDLIMIT) && size >= WORTH_ASKING) {
    const ImapExchange exchange = {
      .refused = "", .mailbox = mailbox, .status = take_limit, .user_data = &limit
    };
    g_autoptr (ImapCommand) command = imap_mailbox_command (session, "STATUS", mailbox);
    g_auto (ImapResponse) answer = { 0 };
    imap_command_add (command, " (APPENDLIMIT)");
    if (!imap_talk_ask (session, command, &exchange, &answer, cancellable, error))
      return FALSE;
  }
  if (limit == 0 || size <= limit)
    return TRUE;
  g_clear_pointer (&session->refused_code,
                   g_free); /* that of an earlier command says nothing here */
  base_error_set (error, BASE_ERROR_LIMIT, NULL, _ ("The message is larger than “%s” accepts."),
                  session->host);
  return FALSE;
}

/* RFC 9051, section 9: flag-keyword = atom. */
static gboolean
is_keyword (const char *wire)
{
  for (const char *p = wire; *p != '\0'; p++) {
    if (!g_ascii_isgraph (*p) || strchr ("(){%*\"\\]", *p) != NULL)
      return FALSE;
  }
  return *wire != '\0';
}

/* Names with a space between them; NULL: there are none. */
static char *
join_flags (ImapFlags flags, const char *const *keywords)
{
  g_autoptr (GString) names = g_string_new (NULL);

  if (flags != 0) {
    g_autofree char *known = imap_flags_to_string (flags);
    g_string_append (names, known);
  }
  for (gsize i = 0; keywords != NULL && keywords[i] != NULL; i++) {
    g_autofree char *wire = imap_utf7_encode (keywords[i]);
    if (wire != NULL && is_keyword (wire))
      g_string_append_printf (names, "%s%s", names->len > 0 ? " " : "", wire);
  }
  return names->len > 0 ? g_string_free (g_steal_pointer (&names), FALSE) : NULL;
}

gboolean
imap_session_append (ImapSession *session, const char *mailbox, ImapFlags flags,
                     const char *const *keywords, gint64 date, GBytes *message, guint32 *uid,
                     GCancellable *cancellable, GError **error)
{
  g_autofree char *refused =
      g_strdup_printf (_ ("The server did not take the message into the folder “%s”."), mailbox);
  const ImapExchange exchange = { .refused = refused, .mailbox = mailbox };
  g_autoptr (ImapCommand) command = imap_mailbox_command (session, "APPEND", mailbox);
  g_auto (ImapResponse) answer = { 0 };

  if (uid != NULL)
    *uid = 0;
  /* whether another mailbox takes keywords is not known before it is selected */
  if (g_strcmp0 (mailbox, session->selected_name) != 0 || !session->selected.permanent_keywords) {
    flags &= ~(guint)IMAP_FLAGS_KEYWORDS;
    keywords = NULL;
  }
  g_autofree char *names = join_flags (flags, keywords);
  if (names != NULL)
    imap_command_add (command, " (%s)", names);
  if (date > 0) {
    g_autofree char *internal = base_date_to_internal (date);
    imap_command_add (command, " \"%s\"", internal);
  }
  g_autoptr (GBytes) whole = dup_with_line_end (message);
  if (!imap_talk_check_usable (session, error)
      || !check_size (session, mailbox, g_bytes_get_size (whole), cancellable, error))
    return FALSE;
  if (session->utf8_accept && has_8bit_header (whole)) {
    imap_command_add (command, " UTF8 (");
    imap_command_add_literal8 (command, whole);
    imap_command_add (command, ")");
  } else {
    imap_command_add (command, " ");
    imap_command_add_literal (command, whole);
  }
  if (!imap_talk_run (session, command, &exchange, &answer, cancellable, error))
    return FALSE;
  if (uid != NULL && imap_response_has_code (&answer, "APPENDUID"))
    *uid = imap_response_parse_appenduid (answer.argument, &session->told_validity);
  return TRUE;
}
