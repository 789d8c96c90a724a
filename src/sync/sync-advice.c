/* One table of what providers say when they refuse a sign-in, for the wizard and the accounts at work alike.  Pure; must never let a server's
 * words pass for ours: they choose a sentence, and no part of them stands in it. */
#include "sync-advice.h"

#include "base-error.h"
#include "sync-providers.h"

#include <glib/gi18n.h>
#include <string.h>

typedef enum
{
  ADVICE_NONE,
  ADVICE_APP_PASSWORD,
  ADVICE_APP_PASSWORD_MAYBE,
  ADVICE_CODE,
  ADVICE_IMAP_OFF,
  ADVICE_SMTP_OFF,
  ADVICE_BROWSER_FIRST,
  ADVICE_TOKENS_ONLY,
  ADVICE_NOT_CONNECTED,
  ADVICE_TOO_OFTEN,
} Advice;

/* The first that fits counts. */
static const struct
{
  const char *words; /* small letters; a part of what the server said */
  const char *host;  /* nullable: the end of its name */
  Advice advice;
  const char *link; /* nullable: that of the provider */
} refusals[] = {
  /* Google */
  { "application-specific password required", NULL, ADVICE_APP_PASSWORD, NULL },
  { "not enabled for imap use", NULL, ADVICE_IMAP_OFF,
    "https://support.google.com/mail/answer/7126229" },
  { "imap access is disabled for your domain", NULL, ADVICE_IMAP_OFF,
    "https://support.google.com/mail/answer/7126229" },
  { "log in via your web browser", NULL, ADVICE_BROWSER_FIRST,
    "https://support.google.com/mail/answer/7126229" },
  { "log in with your web browser", NULL, ADVICE_BROWSER_FIRST,
    "https://support.google.com/mail/answer/7126229" },
  { "web login required", NULL, ADVICE_BROWSER_FIRST,
    "https://support.google.com/mail/answer/7126229" },
  /* Microsoft */
  { "authenticated but not connected", NULL, ADVICE_NOT_CONNECTED, NULL },
  { "smtpclientauthentication is disabled", NULL, ADVICE_SMTP_OFF,
    "https://aka.ms/smtp_auth_disabled" },
  { "basic authentication is disabled", NULL, ADVICE_TOKENS_ONLY, NULL },
  { "basicauthblocked", NULL, ADVICE_TOKENS_ONLY, NULL },
  { "security defaults policy", NULL, ADVICE_TOKENS_ONLY, NULL },
  /* Russian and Chinese providers, Zoho */
  { "application password is required", NULL, ADVICE_APP_PASSWORD, NULL },
  { "parol prilozheniya", NULL, ADVICE_APP_PASSWORD, NULL },
  { "does not have access rights to this service", NULL, ADVICE_IMAP_OFF, NULL },
  { "or imap is disabled", NULL, ADVICE_APP_PASSWORD_MAYBE, NULL },
  { "authorization code", "qq.com", ADVICE_CODE, NULL },
  { "service is not open", "qq.com", ADVICE_CODE, NULL },
  { "user has no permission", "163.com", ADVICE_IMAP_OFF, NULL },
  { "user has no permission", "126.com", ADVICE_IMAP_OFF, NULL },
  { "user has no permission", "yeah.net", ADVICE_IMAP_OFF, NULL },
  { "yet to enable imap", NULL, ADVICE_IMAP_OFF, NULL },
  { "imap access for your account is disabled", NULL, ADVICE_IMAP_OFF, NULL },
  /* Korean providers */
  { "imap/smtp", "naver.com", ADVICE_IMAP_OFF, NULL },
  { "사용안함", NULL, ADVICE_IMAP_OFF, NULL },
  { "사용 안함", NULL, ADVICE_IMAP_OFF, NULL },
  { "앱 비밀번호", NULL, ADVICE_APP_PASSWORD, NULL },
  { "애플리케이션 비밀번호", NULL, ADVICE_APP_PASSWORD, NULL },
  /* Yahoo and AOL */
  { "#auth005", NULL, ADVICE_TOO_OFTEN, NULL },
  { "too many bad auth attempts", NULL, ADVICE_TOO_OFTEN, NULL },
  { "too many login failures", NULL, ADVICE_TOO_OFTEN, NULL },
  /* Whoever says so */
  { "app-specific password", NULL, ADVICE_APP_PASSWORD, NULL },
  { "application specific password", NULL, ADVICE_APP_PASSWORD, NULL },
  { "app password", NULL, ADVICE_APP_PASSWORD, NULL },
  { "imap is disabled", NULL, ADVICE_IMAP_OFF, NULL },
  { "imap access is disabled", NULL, ADVICE_IMAP_OFF, NULL },
  { "imap is not enabled", NULL, ADVICE_IMAP_OFF, NULL },
  { "activate pop3/imap", NULL, ADVICE_IMAP_OFF, NULL },
};

static gboolean
fits (const char *host, const char *end)
{
  g_autofree char *lower = g_ascii_strdown (host, -1);

  return end == NULL || g_str_has_suffix (lower, end);
}

/* A plain refusal: what that provider takes says the rest. */
static Advice
advise_by_provider (const SyncProvider *provider)
{
  const SyncTakes passwords = SYNC_TAKES_PASSWORD | SYNC_TAKES_APP_PASSWORD;

  if (provider == NULL)
    return ADVICE_NONE;
  if (provider->takes == SYNC_TAKES_OAUTH)
    return ADVICE_TOKENS_ONLY;
  if (provider->steps != NULL
      && g_strv_contains ((const char *const *)provider->steps, "authorization-code"))
    return ADVICE_CODE;
  if ((provider->takes & passwords) == SYNC_TAKES_APP_PASSWORD)
    return provider->imap_off ? ADVICE_APP_PASSWORD_MAYBE : ADVICE_APP_PASSWORD;
  return provider->imap_off ? ADVICE_APP_PASSWORD_MAYBE : ADVICE_NONE;
}

static char *
say (Advice advice, const char *name)
{
  switch (advice) {
  case ADVICE_NONE:
    break;
  case ADVICE_APP_PASSWORD:
    /* Translators: in these sentences %s is the name of a provider or of a server */
    return g_strdup_printf (_ ("%s refuses your usual password here. Create an app password in the "
                               "security settings of your account, and use that."),
                            name);
  case ADVICE_APP_PASSWORD_MAYBE:
    return g_strdup_printf (
        _ ("%s did not accept the sign-in. Check that IMAP is allowed in the settings of its web "
           "mail; with two-step verification, an app password is needed."),
        name);
  case ADVICE_CODE:
    return g_strdup_printf (
        _ ("%s refuses your usual password here. Switch IMAP on in its web mail, "
           "and use the authorization code that it shows."),
        name);
  case ADVICE_IMAP_OFF:
    return g_strdup_printf (
        _ ("%s keeps mail programs out. Allow IMAP in the settings of its web mail, or ask your "
           "administrator to."),
        name);
  case ADVICE_SMTP_OFF:
    return g_strdup_printf (_ ("%s does not let mail programs send from this mailbox. Ask your "
                               "administrator to allow authenticated SMTP."),
                            name);
  case ADVICE_BROWSER_FIRST:
    return g_strdup_printf (
        _ ("%s wants you to sign in with a web browser first. Do that, then try again here."),
        name);
  case ADVICE_TOKENS_ONLY:
    return g_strdup_printf (
        _ ("%s takes no passwords from mail programs any more. Sign in with your browser instead."),
        name);
  case ADVICE_NOT_CONNECTED:
    return g_strdup_printf (
        _ ("%s knows you, but does not open the mailbox. Allow IMAP in its settings on the web, or "
           "ask your administrator; a new mailbox may need an hour."),
        name);
  case ADVICE_TOO_OFTEN:
    return g_strdup_printf (
        _ ("%s refuses because signing in failed too often. Wait some minutes, then check the "
           "password; an app password may be needed."),
        name);
  }
  return NULL;
}

/* Who signs in without a password needs none of another kind. */
static gboolean
is_for (Advice advice, BaseSignIn sign_in)
{
  return sign_in == BASE_SIGN_IN_PASSWORD || advice == ADVICE_IMAP_OFF || advice == ADVICE_SMTP_OFF
         || advice == ADVICE_NOT_CONNECTED || advice == ADVICE_BROWSER_FIRST;
}

gboolean
sync_advice_find (const BaseServer *server, const GError *error, char **sentence, const char **link)
{
  const char *host = server->host;
  const SyncProvider *provider = sync_provider_of_host (host);
  const char *detail = base_error_get_detail (error), *told = NULL;
  g_autofree char *words = NULL;
  Advice advice = ADVICE_NONE;

  if (detail == NULL || host == NULL
      || (!g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH)
          && !g_error_matches (error, BASE_ERROR, BASE_ERROR_RETRY)
          && !g_error_matches (error, BASE_ERROR, BASE_ERROR_REFUSED)))
    return FALSE;
  words = g_utf8_strdown (detail, -1);
  for (gsize i = 0; advice == ADVICE_NONE && i < G_N_ELEMENTS (refusals); i++)
    if (strstr (words, refusals[i].words) != NULL && fits (host, refusals[i].host)
        && is_for (refusals[i].advice, server->sign_in)) {
      advice = refusals[i].advice;
      told = refusals[i].link;
    }
  if (advice == ADVICE_NONE && server->sign_in == BASE_SIGN_IN_PASSWORD
      && g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH))
    advice = advise_by_provider (provider);
  if (advice == ADVICE_NONE)
    return FALSE;
  if (told == NULL && provider != NULL)
    told = provider->link;
  if (sentence != NULL)
    *sentence = say (advice, provider != NULL ? provider->name : host);
  if (link != NULL)
    *link = told;
  return TRUE;
}

void
sync_advice_apply (GError **error, const BaseServer *server)
{
  g_autofree char *sentence = NULL;

  if (error == NULL || *error == NULL || !sync_advice_find (server, *error, &sentence, NULL))
    return;
  g_autoptr (GError) old = g_steal_pointer (error);
  base_error_set (error, old->code, base_error_get_detail (old), "%s", sentence);
}
