/* A provider on this computer that hands out tokens: as it should, or as it should not.  It runs in a thread of its own; what it
 * saw may be asked from any. */
#pragma once

#include "mail-oauth-flow.h"

typedef enum
{
  PROVIDER_HONEST,
  PROVIDER_KEEPS,      /* the same refresh token goes on to hold */
  PROVIDER_NO_REFRESH, /* gives none */
  PROVIDER_REFUSES,    /* invalid_grant, with the secret in its words */
  PROVIDER_STRANGER,   /* invalid_client */
  PROVIDER_BUSY,       /* 503 */
  PROVIDER_NONSENSE,
  PROVIDER_DEEP, /* nested without end */
  PROVIDER_HUGE,
  PROVIDER_SILENT,    /* never answers */
  PROVIDER_ELSEWHERE, /* redirects */
  PROVIDER_COOKIES,   /* honest, and asks for what it gave to be told again */
} ProviderMode;

typedef struct _OauthProvider OauthProvider;

OauthProvider *oauth_provider_new (void);
void oauth_provider_free (OauthProvider *provider);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OauthProvider, oauth_provider_free)

void oauth_provider_set (OauthProvider *provider, ProviderMode mode, guint lifetime);
/* An answer takes so long. */
void oauth_provider_set_delay (OauthProvider *provider, guint ms);
/* Answers wait until released; whatever was asked meanwhile is answered by what was set by then. */
void oauth_provider_hold (OauthProvider *provider);
/* (blocks) Until somebody's question is held. */
void oauth_provider_wait_held (OauthProvider *provider);
void oauth_provider_release (OauthProvider *provider);
/* Whoever does not tell it, is no client of ours. */
void oauth_provider_set_secret (OauthProvider *provider, const char *secret);
/* The refresh token of the last question; NULL: there was none. */
char *oauth_provider_dup_asked (OauthProvider *provider);
/* As an account has it. */
BaseOauth *oauth_provider_dup_settings (OauthProvider *provider);
guint oauth_provider_get_n_requests (OauthProvider *provider);

/* Whom the page asks: what of it is left for the browser. */
typedef struct
{
  char *redirect, *state, *challenge;
} OauthPage;
OauthPage *oauth_page_new (const char *page);
void oauth_page_free (OauthPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OauthPage, oauth_page_free)
/* The code that the person's Allow gives, bound to that challenge. */
char *oauth_provider_dup_code (OauthProvider *provider, const OauthPage *page);
/* A refresh token as if it had been given before. */
char *oauth_provider_dup_refresh (OauthProvider *provider);
/* What a browser gets for this address: the HTTP status, 0: nothing. */
guint oauth_browse (const char *address, char **text);
