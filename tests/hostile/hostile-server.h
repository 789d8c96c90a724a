/* An IMAP server that behaves well until it is told to attack: over TLS on 127.0.0.1, a thread per connection.
 *
 * It has one mailbox INBOX with HOSTILE_MESSAGES messages (UIDs from HOSTILE_FIRST_UID), and empty mailboxes Sent, Archive and
 * Trash, and never changes anything by itself.  An attack is a function that is asked before each answer. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define HOSTILE_MESSAGES  20
#define HOSTILE_FIRST_UID 11

typedef struct _HostileServer HostileServer;
typedef struct _HostileTalk HostileTalk; /* one connection */

/* With each command line of the client, verb in upper case ("UID" included: "UID FETCH"), `rest` behind it; with the greeting (verb
 * ""), with verb "IDLE" after the "+" was sent, and with "-" for a line of one word (its `tag`).  TRUE: this one answers, and it counts as begun; FALSE: the good answer. */
typedef gboolean (*HostileFunc) (HostileTalk *talk, const char *tag, const char *verb,
                                 const char *rest);

HostileServer *hostile_server_new (void) G_GNUC_WARN_UNUSED_RESULT;
void hostile_server_free (HostileServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HostileServer, hostile_server_free)
guint16 hostile_server_get_port (HostileServer *server);
const char *hostile_server_get_ca_file (HostileServer *server);

/* For the connections from now on; `func` NULL: none.  `capabilities` (nullable): more of them.  Drops the ones that stand. */
void hostile_server_attack (HostileServer *server, HostileFunc func, const char *capabilities);
/* Connections on which the attack had begun and which the client ended since hostile_server_attack (). */
guint hostile_server_count_dropped (HostileServer *server);
/* Connections that were accepted since then. */
guint hostile_server_count_connections (HostileServer *server);
/* Lines received since then. */
guint hostile_server_count_commands (HostileServer *server);

/* The message with this UID, as the good server gives it. */
char *hostile_message (guint32 uid) G_GNUC_WARN_UNUSED_RESULT;

/* ---- for attacks: FALSE when the client has gone, or the server stops ---- */
gboolean hostile_say (HostileTalk *talk, const char *format, ...) G_GNUC_PRINTF (2, 3); /* + CRLF */
gboolean hostile_send (HostileTalk *talk, const void *data, gsize length);
/* The same bytes again and again; FALSE at the end, which is the client's. */
gboolean hostile_repeat (HostileTalk *talk, const char *text);
gboolean hostile_pause (HostileTalk *talk, guint ms);
/* Silent until the client goes. */
void hostile_stall (HostileTalk *talk);
/* As the server would have answered. */
void hostile_answer (HostileTalk *talk, const char *tag, const char *verb, const char *rest);

G_END_DECLS
