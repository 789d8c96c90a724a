/* OAuth 2 as a mail program on a desktop needs it: authorization code (RFC 6749, 4.1) with PKCE S256 (RFC 7636) and a
 * redirect to this computer (RFC 8252, 7.3), then refresh tokens.  What is said, and what the answers mean.
 *
 * Pure: no network, no disk.  Any thread.  What is secret is wiped where it is freed, and is in no error.
 * Errors: AUTH: the provider wants the person to sign in again; REFUSED: it will not, or the person did not allow it;
 * RETRY: not now; BROKEN: it makes no sense. */
#pragma once

#include "base-account.h"

G_BEGIN_DECLS

/* ---- whom to ask ---- */

/* "google", "microsoft", "yahoo", "fastmail": whose addresses and scope are built in. */
gboolean mail_oauth_is_provider (const char *provider);
/* Whether signing in can be begun: addresses and a client id are known, built in or from the account.  FALSE where this build has no client
 * id for that provider: offer a password made for programs, or [OAuth] ClientId in the account file. */
gboolean mail_oauth_is_ready (const BaseOauth *oauth);

typedef struct
{
  char *authorization, *token; /* https, or http to this computer itself */
  char *scope;                 /* nullable */
  char *client_id;
  char *client_secret; /* nullable */
  char *host;          /* of `token`, for sentences */
} MailOauth;

/* REFUSED: no client id, or an address is missing or not https. */
MailOauth *mail_oauth_new (const BaseOauth *oauth, GError **error) G_GNUC_WARN_UNUSED_RESULT;
MailOauth *mail_oauth_dup (const MailOauth *oauth) G_GNUC_WARN_UNUSED_RESULT;
void mail_oauth_free (MailOauth *oauth);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailOauth, mail_oauth_free)

/* ---- asking the person, in the browser ---- */

/* One attempt: never used a second time. */
typedef struct
{
  char *state;    /* 256 bits that only the browser we send and we know */
  char *verifier; /* the same, but only ours until the code is changed for tokens */
} MailOauthAttempt;

MailOauthAttempt *mail_oauth_attempt_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mail_oauth_attempt_free (MailOauthAttempt *attempt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailOauthAttempt, mail_oauth_attempt_free)

/* RFC 7636, 4.2, S256. */
char *mail_oauth_dup_challenge (const char *verifier) G_GNUC_WARN_UNUSED_RESULT;
/* The page that asks the person; `address` is whom it is about. */
char *mail_oauth_dup_page (const MailOauth *oauth, const MailOauthAttempt *attempt,
                           const char *redirect, const char *address) G_GNUC_WARN_UNUSED_RESULT;
/* From the query of the redirect: the code, to be freed with mail_password_free ().  *ours FALSE (and no error): the state is not that of this
 * attempt, so it means nothing, whoever sent it. */
char *mail_oauth_read_redirect (const char *query, const char *state, gboolean *ours,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- asking for tokens ---- */

/* Bodies of a POST to `token`, to be freed with mail_password_free (). */
char *mail_oauth_dup_code_form (const MailOauth *oauth, const MailOauthAttempt *attempt,
                                const char *redirect, const char *code) G_GNUC_WARN_UNUSED_RESULT;
char *mail_oauth_dup_refresh_form (const MailOauth *oauth,
                                   const char *refresh) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  char *access;
  char *refresh;  /* nullable: the one that there is goes on to hold */
  guint lifetime; /* of `access`, seconds */
} MailOauthTokens;

#define MAIL_OAUTH_ANSWER_MAX (64 * 1024) /* octets */

MailOauthTokens *mail_oauth_tokens_dup (const MailOauthTokens *tokens) G_GNUC_WARN_UNUSED_RESULT;
void mail_oauth_tokens_free (MailOauthTokens *tokens);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailOauthTokens, mail_oauth_tokens_free)

/* The answer of `token` (RFC 6749, 5): its HTTP status and body. */
MailOauthTokens *mail_oauth_read_answer (const MailOauth *oauth, guint status, const char *body,
                                         gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
