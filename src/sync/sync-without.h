/* The extensions that an account's settings switch off, as the protocols know them.  Pure but for the log; any thread. */
#pragma once

#include "base-account.h"
#include "imap-session.h"
#include "smtp-session.h"

G_BEGIN_DECLS

/* Words that mean nothing here are named in the log: an administrator may have written them wrong. */
ImapCapability sync_without_imap (const BaseAccount *account);
/* Of one of its servers for sending. */
SmtpCapability sync_without_smtp (const BaseAccount *account, const BaseServer *server);

G_END_DECLS
