/* Connections that were opened to find out about servers and to prove settings, kept for a minute for whoever needs the next one to the same place: so
 * the wizard does not pay for each twice.  Any thread; a connection is one thread's at a time. */
#pragma once

#include "base-account.h"
#include "imap-session.h"
#include "smtp-session.h"

G_BEGIN_DECLS

/* Take the session.  `account` NULL: nobody signed in over it; else it is signed in for the account of that id, and only it gets it, and only while
 * its settings of the server are the same. */
void sync_kept_put_imap (ImapSession *session, const char *ca_file, const BaseServer *server,
                         const char *account);
void sync_kept_put_smtp (SmtpSession *session, const char *ca_file, const BaseServer *server);
/* NULL: there is none (any more). */
ImapSession *sync_kept_take_imap (const char *ca_file, const BaseServer *server,
                                  const char *account) G_GNUC_WARN_UNUSED_RESULT;
SmtpSession *sync_kept_take_smtp (const char *ca_file,
                                  const BaseServer *server) G_GNUC_WARN_UNUSED_RESULT;
/* (blocks a little) Closes all of them. */
void sync_kept_drop (void);

G_END_DECLS
