/* Access tokens of the accounts that sign in by OAuth 2, and the refresh tokens by which they are got.
 *
 * Access tokens are in memory only.  Refresh tokens are in the keyring only (attribute protocol "oauth"), or in memory where
 * there is none.  Of one account one request is under way at a time, for all who wait, and it goes on when they leave: its answer may be the only copy
 * of the next refresh token.  Before a token expires, another is fetched in the background.
 * Any thread; guarded inside.  Errors: as mail-oauth-flow.h. */
#pragma once

#include "mail-oauth-flow.h"

G_BEGIN_DECLS

typedef struct _MailTokens MailTokens;

/* `times` is borrowed. */
MailTokens *mail_tokens_new (const MailOauthTimes *times) G_GNUC_WARN_UNUSED_RESULT;
/* (blocks) What a provider was asked is waited for, for as long as such a question may take and some 2 s: it may have taken the refresh token back for
 * another one.  What was not sent by mail_tokens_close () never is. */
void mail_tokens_free (MailTokens *tokens);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailTokens, mail_tokens_free)
/* The program ends: nobody waits any more.  Returns at once. */
void mail_tokens_close (MailTokens *tokens);

/* (blocks) A token for the account with these settings, that is still good for a while, to be freed with mail_password_free ().  AUTH: a person has to sign in (again); after a
 * refusal that is told without asking anybody until they have. `offered`: the settings are only tried, and nothing that runs goes by them; the token is that of an
 * offer, where there is one. */
char *mail_tokens_get (MailTokens *tokens, const BaseAccount *account, gboolean offered,
                       GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A server refused it though it should be good: it is not given out again. */
void mail_tokens_refuse (MailTokens *tokens, const char *account_id, const char *token);

/* A person signed in (takes `got`): nothing that runs takes notice before it is kept. */
void mail_tokens_offer (MailTokens *tokens, const BaseAccount *account, MailOauthTokens *got);
void mail_tokens_drop_offer (MailTokens *tokens, const char *account_id);
/* (blocks) A person saved settings: those of the account from now on.  What is known goes where servers, user, client or scope are others, and who goes by
 * older settings is told RETRY, for these are at work no longer. */
void mail_tokens_bind (MailTokens *tokens, const BaseAccount *account);
/* (blocks) What was offered for the account as it is is its own from now on; *session_only: there is no keyring that takes it.  FALSE: nothing was, or the
 * account has other settings by now. */
gboolean mail_tokens_keep (MailTokens *tokens, const BaseAccount *account, gboolean *session_only);
/* The account is left alone: nothing is asked for it in the background any more. */
void mail_tokens_rest (MailTokens *tokens, const char *account_id);
/* (blocks) In memory; the keyring is mail_keyring_forget ()'s. */
void mail_tokens_forget (MailTokens *tokens, const char *account_id);

G_END_DECLS
