/* Passwords: the Secret Service (schema org.sosik.Account, attributes account, protocol, server and user), or
 * memory for this session where there is none or the person wants none.  Never a file, never a
 * log line.
 *
 * Every function may be called on any thread but the main one: the keyring may ask the person to
 * unlock it, and that blocks. */
#pragma once

#include "base-account.h"
#include "mail-keyring.h"
#include "mail-tokens.h"

G_BEGIN_DECLS

typedef struct _MailCredentials MailCredentials;

MailCredentials *mail_credentials_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mail_credentials_free (MailCredentials *credentials);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailCredentials, mail_credentials_free)

/* (blocks) The password of account for "imap", "smtp" or "smtp-ID" (the server of an identity), to be freed with mail_password_free
 * ().  AUTH when none is known, or (base_error_is_locked ()) the keyring stays locked; one that was given for another server or user is not
 * known. */
char *mail_credentials_lookup (MailCredentials *credentials, const BaseAccount *account,
                               const char *protocol, GCancellable *cancellable,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (blocks) What the account signs in by there: that password, an access token, or what the desktop has of either.  `offered`: see mail_tokens_get (). */
char *mail_credentials_lookup_secret (MailCredentials *credentials, const BaseAccount *account,
                                      const char *protocol, gboolean offered,
                                      GCancellable *cancellable,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (blocks) A server did not take this token: the next one is another. */
void mail_credentials_doubt (MailCredentials *credentials, const BaseAccount *account,
                             const char *secret);
/* A server let the account in with its password.  One of the keyring's that was for whomever is for that server from here on. */
void mail_credentials_prove (MailCredentials *credentials, const BaseAccount *account,
                             const char *protocol);
MailTokens *mail_credentials_get_tokens (MailCredentials *credentials);
/* (blocks) Keeps it: in the keyring when `remember` and there is one; else until the program
 * ends, and *session_only says so. */
void mail_credentials_store (MailCredentials *credentials, const BaseAccount *account,
                             const char *protocol, const char *password, gboolean remember,
                             gboolean *session_only);
/* (blocks) Forgets all passwords of the account, everywhere. */
void mail_credentials_forget (MailCredentials *credentials, const char *account_id);
/* (blocks) The same of one protocol alone. */
void mail_credentials_forget_protocol (MailCredentials *credentials, const char *account_id,
                                       const char *protocol);
/* (blocks) The same of what it signs in by with OAuth. */
void mail_credentials_forget_tokens (MailCredentials *credentials, const char *account_id);
/* (blocks) A person gave a password after the one of this protocol was refused or missing.  It is kept for both protocols where
 * they share one, or seem to (TRUE), else for that one. */
gboolean mail_credentials_replace (MailCredentials *credentials, const BaseAccount *account,
                                   const char *protocol, const char *password, gboolean remember,
                                   gboolean *session_only);

/* The program ends: nobody who waits for the keyring waits any longer.  Any thread, returns at once. */
void mail_credentials_close (MailCredentials *credentials);

G_END_DECLS
