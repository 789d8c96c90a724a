/* As whom a person can write: one of an account's identities, or a plus-address of it. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

/* Property "text": "Name <address>".  It never changes: other settings make other ones. */
#define MAIL_TYPE_IDENTITY (mail_identity_get_type ())
G_DECLARE_FINAL_TYPE (MailIdentity, mail_identity, MAIL, IDENTITY, GObject)

MailAccount *mail_identity_get_account (MailIdentity *identity);
const BaseIdentity *
mail_identity_get_settings (MailIdentity *identity); /* with the plus-address, where it is one */
const char *mail_identity_get_text (MailIdentity *identity);
/* The same account, identity and address, however the rest of it is set. */
gboolean mail_identity_is_same (MailIdentity *a, MailIdentity *b);

/* Borrowed GListModel of MailIdentity: all those of all accounts that can send. */
GListModel *mail_engine_get_identities (MailEngine *engine);
/* The one that new letters of the account (NULL, or one that only receives: of the first that can send) are from.  NULL: there is no
 * account. */
MailIdentity *mail_engine_dup_default_identity (MailEngine *engine,
                                                MailAccount *account) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
