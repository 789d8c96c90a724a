/* One command while it is put together: text, strings in the form they need, literals, secrets (RFC 9051 section 9).
 * No I/O; the session sends it and adds the tag. */
#pragma once

#include "imap-session.h"

G_BEGIN_DECLS

typedef struct _ImapCommand ImapCommand;

typedef enum
{
  IMAP_PART_TEXT,
  IMAP_PART_SECRET,         /* text the trace must not show */
  IMAP_PART_LITERAL,        /* announced by imap_command_announce () */
  IMAP_PART_LITERAL8,       /* the same with "~" (RFC 3516 4.4) */
  IMAP_PART_SECRET_LITERAL, /* a secret as literal */
} ImapPartKind;

typedef struct
{
  ImapPartKind kind;
  const char *text; /* borrowed; TEXT and the secrets */
  GBytes *bytes;    /* borrowed; LITERAL */
} ImapPart;

/* `utf8`: quoted strings may hold UTF-8 (UTF8=ACCEPT is enabled). */
ImapCommand *imap_command_new (const char *text, gboolean utf8) G_GNUC_WARN_UNUSED_RESULT;
void imap_command_free (ImapCommand *command); /* wipes secrets */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapCommand, imap_command_free)

/* As it is; must hold no line end. */
void imap_command_add (ImapCommand *command, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Quoted, or a literal where that cannot be (8-bit, line ends). */
void imap_command_add_string (ImapCommand *command, const char *text);
void imap_command_add_literal (ImapCommand *command, GBytes *bytes);
void imap_command_add_literal8 (ImapCommand *command, GBytes *bytes);
/* As add_string, hidden from the trace. */
void imap_command_add_secret_string (ImapCommand *command, const char *text);
/* As add, hidden from the trace. */
void imap_command_add_secret (ImapCommand *command, const char *text);

guint imap_command_get_n_parts (const ImapCommand *command);
ImapPart imap_command_get_part (const ImapCommand *command, guint index);

/* "{123}" or "{123+}"; *wait: the server must be asked for its consent first. */
char *imap_command_announce (gsize size, gboolean literal_plus, gboolean literal_minus,
                             gboolean *wait) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
