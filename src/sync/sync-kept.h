/* Connections that were opened to find out about servers and to prove settings, kept for a minute for whoever needs the next one to the same place: so
 * the wizard does not pay for each twice.  Any thread; a connection is one thread's at a time. */
#pragma once

#include "base-account.h"
#include "imap-session.h"
#include "smtp-session.h"

G_BEGIN_DECLS

/* Take the session, which was opened by the settings of `account`: whoever wants the same server, trusts the same certificates (those that a person took
 * included) and shows the same one may have it.  `signed_in`: only the account itself, and only while it signs in as it does. */
void sync_kept_put_imap (ImapSession *session, const BaseAccount *account, gboolean signed_in);
void sync_kept_put_smtp (SmtpSession *session, const BaseAccount *account);
/* NULL: there is none (any more). */
ImapSession *sync_kept_take_imap (const BaseAccount *account,
                                  gboolean signed_in) G_GNUC_WARN_UNUSED_RESULT;
SmtpSession *sync_kept_take_smtp (const BaseAccount *account) G_GNUC_WARN_UNUSED_RESULT;
/* Closes those that were opened by that account, but for what fits `settings` (nullable), in a thread aside. */
void sync_kept_drop_account (const char *account_id, const BaseAccount *settings);
/* (blocks a little) Closes all of them. */
void sync_kept_drop (void);

G_END_DECLS
