/* How identities are made and found.  Main thread. */
#pragma once

#include "mail-engine-private.h"
#include "mail-identity.h"
#include "mail-private.h"

G_BEGIN_DECLS

/* `id` nullable: the account's own, and so where there is none of that id.  `from` (nullable) stands in From if it is a plus-address of it. */
MailIdentity *mail_identity_new (MailAccount *account, const char *id,
                                 const char *from) G_GNUC_WARN_UNUSED_RESULT;
const char *mail_identity_get_plus (MailIdentity *identity); /* nullable */
/* Which one a message came to, or was sent from.  NULL: there is no account. */
MailIdentity *mail_identity_find_receiver (MailEngine *engine, MailFolder *folder,
                                           const MailParsed *parsed) G_GNUC_WARN_UNUSED_RESULT;
/* Which one it is from; NULL: from none of them. */
MailIdentity *mail_identity_find_sender (MailEngine *engine, MailAccount *home,
                                         const MailParsed *parsed) G_GNUC_WARN_UNUSED_RESULT;
void mail_engine_update_identities (MailEngine *engine);

G_END_DECLS
