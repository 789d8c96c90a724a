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
/* (blocks, some 2 s at most, while an answer is on its way) */
void mail_tokens_free (MailTokens *tokens);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailTokens, mail_tokens_free)
/* The program ends: nobody waits any more.  Returns at once. */
void mail_tokens_close (MailTokens *tokens);

/* (blocks) A token that is still good for a while, to be freed with mail_password_free ().  AUTH: a person has to sign in (again); after a
 * refusal that is told without asking anybody until they have. `offered`: that of an offer, where there is one. */
char *mail_tokens_get (MailTokens *tokens, const BaseAccount *account, gboolean offered,
                       GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A server refused it though it should be good: it is not given out again. */
void mail_tokens_refuse (MailTokens *tokens, const char *account_id, const char *token);

/* A person signed in (takes `got`): nothing that runs takes notice before it is kept. */
void mail_tokens_offer (MailTokens *tokens, const BaseAccount *account, MailOauthTokens *got);
void mail_tokens_drop_offer (MailTokens *tokens, const char *account_id);
/* (blocks) What was offered (or nothing) is the account's from now on; *session_only: there is no keyring that takes it. */
void mail_tokens_keep (MailTokens *tokens, const BaseAccount *account, gboolean *session_only);
/* The account is left alone: nothing is asked for it in the background any more. */
void mail_tokens_rest (MailTokens *tokens, const char *account_id);
/* (blocks) In memory; the keyring is mail_keyring_forget ()'s. */
void mail_tokens_forget (MailTokens *tokens, const char *account_id);

G_END_DECLS
