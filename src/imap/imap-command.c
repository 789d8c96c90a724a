/* Puts a command together from parts.  Pure; must never let a line end of somebody's text become one of the
 * protocol's, nor keep a secret in memory longer than the command lives. */
#include "imap-command.h"

#include <string.h>

/* Beyond this a literal asks first even where it need not: a refusal (over quota) then costs one round trip and not
 * the whole upload. */
#define MAX_UNASKED       (64 * 1024)
#define MAX_UNASKED_MINUS 4096 /* RFC 7888 section 5 */

typedef struct
{
  ImapPartKind kind;
  char *text;
  GBytes *bytes;
} Part;

struct _ImapCommand
{
  GArray *parts; /* of Part; Owned */
  gboolean utf8;
};

static void
clear_part (gpointer data)
{
  Part *part = data;
  if (part->text != NULL
      && (part->kind == IMAP_PART_SECRET || part->kind == IMAP_PART_SECRET_LITERAL))
    explicit_bzero (part->text, strlen (part->text));
  g_clear_pointer (&part->text, g_free);
  g_clear_pointer (&part->bytes, g_bytes_unref);
}

ImapCommand *
imap_command_new (const char *text, gboolean utf8)
{
  ImapCommand *command = g_new0 (ImapCommand, 1);
  command->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_array_set_clear_func (command->parts, clear_part);
  command->utf8 = utf8;
  imap_command_add (command, "%s", text);
  return command;
}

void
imap_command_free (ImapCommand *command)
{
  if (command == NULL)
    return;
  g_array_unref (command->parts);
  g_free (command);
}

static void
take_part (ImapCommand *command, ImapPartKind kind, char *text, GBytes *bytes)
{
  Part part = { .kind = kind, .text = text, .bytes = bytes };
  g_array_append_val (command->parts, part);
}

void
imap_command_add (ImapCommand *command, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  char *text = g_strdup_vprintf (format, args);
  va_end (args);
  take_part (command, IMAP_PART_TEXT, text, NULL);
}

static gboolean
can_be_quoted (const char *text, gboolean utf8)
{
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '\r' || *c == '\n' || (!utf8 && (guchar)*c >= 0x80))
      return FALSE;
  }
  return !utf8 || g_utf8_validate (text, -1, NULL);
}

static char *
quote (const char *text)
{
  char *out = g_malloc (strlen (text) * 2 + 3), *to = out;
  *to++ = '"';
  for (; *text != '\0'; text++) {
    if (*text == '"' || *text == '\\')
      *to++ = '\\';
    *to++ = *text;
  }
  *to++ = '"';
  *to = '\0';
  return out;
}

void
imap_command_add_string (ImapCommand *command, const char *text)
{
  if (can_be_quoted (text, command->utf8))
    take_part (command, IMAP_PART_TEXT, quote (text), NULL);
  else
    take_part (command, IMAP_PART_LITERAL, NULL, g_bytes_new (text, strlen (text)));
}

void
imap_command_add_literal (ImapCommand *command, GBytes *bytes)
{
  take_part (command, IMAP_PART_LITERAL, NULL, g_bytes_ref (bytes));
}

void
imap_command_add_literal8 (ImapCommand *command, GBytes *bytes)
{
  take_part (command, IMAP_PART_LITERAL8, NULL, g_bytes_ref (bytes));
}

void
imap_command_add_secret_string (ImapCommand *command, const char *text)
{
  if (can_be_quoted (text, command->utf8))
    take_part (command, IMAP_PART_SECRET, quote (text), NULL);
  else
    take_part (command, IMAP_PART_SECRET_LITERAL, g_strdup (text), NULL);
}

void
imap_command_add_secret (ImapCommand *command, const char *text)
{
  take_part (command, IMAP_PART_SECRET, g_strdup (text), NULL);
}

guint
imap_command_get_n_parts (const ImapCommand *command)
{
  return command->parts->len;
}

ImapPart
imap_command_get_part (const ImapCommand *command, guint index)
{
  const Part *part = &g_array_index (command->parts, Part, index);
  return (ImapPart){ .kind = part->kind, .text = part->text, .bytes = part->bytes };
}

char *
imap_command_announce (gsize size, gboolean literal_plus, gboolean literal_minus, gboolean *wait)
{
  *wait = !(literal_plus && size <= MAX_UNASKED) && !(literal_minus && size <= MAX_UNASKED_MINUS);
  return g_strdup_printf (*wait ? "{%" G_GSIZE_FORMAT "}" : "{%" G_GSIZE_FORMAT "+}", size);
}
