/* The server's side of a live test: which one it is, and another client of it (tests/live/client) that looks and changes.
 * Mailboxes are called as a person calls them: "INBOX", "Archive", "회의/자료"; each server has its own way to write that. */
#pragma once

#include <gio/gio.h>

typedef enum
{
  LIVE_DOVECOT,
  LIVE_CYRUS,   /* the newest extensions, OBJECTID among them */
  LIVE_COURIER, /* the old ways: "INBOX." before each name, no roles, no MOVE, no CONDSTORE */
} LiveServer;

LiveServer live_server (void);
gboolean live_is_plain (void);           /* Dovecot, but showing few capabilities: no IDLE */
const char *live_lab (const char *name); /* a value of lab.env */
char *live_path (const char *mailbox);   /* its whole name on this server */

void live_deliver (const char *user, const char *mailbox, const char *subject, gsize size);
void live_save (const char *user, const char *mailbox, const char *message);
/* subject NULL: all */
guint live_count (const char *user, const char *mailbox, const char *subject);
gboolean live_server_has (const char *user, const char *mailbox, const char *subject,
                          const char *flag);
char *live_text (const char *user, const char *mailbox,
                 const char *subject); /* the message as it is */
/* item: "+FLAGS.SILENT" and the like; flags: "(\\Seen)" */
void live_mark (const char *user, const char *mailbox, const char *subject, const char *item,
                const char *flags);
/* subject NULL: all; "!subject": all but it */
void live_expunge (const char *user, const char *mailbox, const char *subject);
void live_create (const char *user, const char *mailbox);
void live_delete (const char *user, const char *mailbox);
void live_tidy (const char *user); /* empty as on the first day */
/* tests/lab/seed */
void live_seed (const char *user, const char *mailbox, guint n, const char *kind);
