/* Tokens of an account, with the provider that gives them. */
#pragma once

#include "mail-tokens.h"
#include "oauth-provider.h"
#include "test-mail.h"

typedef struct
{
  OauthProvider *provider;
  MailTokens *tokens;
  BaseAccount *account;
} Rig;

BaseAccount *oauth_account_new (OauthProvider *provider) G_GNUC_WARN_UNUSED_RESULT;
/* Signed in, by a token "access-0" that holds `lifetime` seconds. */
void rig_init (Rig *rig, guint lifetime);
void rig_clear (Rig *rig);
/* TRUE: kept, in memory only. */
gboolean offer_and_keep (Rig *rig, const char *access, const char *refresh, guint lifetime);
/* Not kept yet. */
void offer (Rig *rig, const char *access, const char *refresh);
/* A person signs in. */
void sign_in (Rig *rig, const char *access, const char *refresh, guint lifetime);
void assert_token (Rig *rig, const char *wanted);
void assert_error (Rig *rig, int code);
/* Of a thread that asks; returns the token, for mail_password_free (). */
gpointer get_token_main (gpointer rig);
/* A request is under way, with the refresh token of before, and somebody waits for it. */
GThread *begin_flight (Rig *rig) G_GNUC_WARN_UNUSED_RESULT;
/* Whatever is on its way lands. */
void let_land (Rig *rig);
void set_text (char **text, const char *to);
