/* The table of providers: what they publish about their own servers, and the sentence a person needs before the first
 * sign-in can work.  Pure data and lookups; must never ask the network. */
#include "sync-providers.h"

#include <glib/gi18n.h>
#include <string.h>

typedef enum
{
  USER_ADDRESS, /* the whole address */
  USER_LOCAL,   /* what stands before the @ */
} UserStyle;

typedef struct
{
  const char *domains; /* separated by a space; *.x: all below x */
  const char *imap_host;
  guint16 imap_port;
  BaseSecurity imap_security;
  UserStyle imap_user;
  const char *smtp_host;
  guint16 smtp_port;
  BaseSecurity smtp_security;
  UserStyle smtp_user;
  const char *help; /* nullable */
} Provider;

#define TLS      BASE_SECURITY_TLS
#define STARTTLS BASE_SECURITY_STARTTLS

#define HELP_GMAIL                                                                                            \
  N_ ("Gmail asks for an app password: turn on 2-Step Verification in your Google Account, create one under " \
      "“App passwords”, and use it here instead of your usual password.")
#define HELP_MICROSOFT                                                                                         \
  N_ ("Microsoft accepts a password from mail programs only where the account still allows it; with two-step " \
      "verification use an app password from your Microsoft account.")
#define HELP_APP_PASSWORD                                                                                            \
  N_ ("This provider asks for an app password: create one in the security settings of your account and use it here " \
      "instead of your usual password.")
#define HELP_SWITCH_ON                                                                                                  \
  N_ ("This provider keeps IMAP switched off at first: sign in to its web mail and allow mail programs (POP3/IMAP) in " \
      "the settings.")
#define HELP_SWITCH_ON_APP                                                                                         \
  N_ ("Switch IMAP on in the settings of the web mail first; with two-step verification use an app password here " \
      "instead of your usual one.")
#define HELP_AUTHORIZATION_CODE                                                                                        \
  N_ ("Switch IMAP on in the settings of the web mail; it then shows an authorization code that you use here instead " \
      "of your password.")

static const Provider providers[] = {
  { "gmail.com googlemail.com", "imap.gmail.com", 993, TLS, USER_ADDRESS, "smtp.gmail.com", 465,
    TLS, USER_ADDRESS, HELP_GMAIL },
  { "outlook.com outlook.de outlook.fr outlook.jp outlook.kr outlook.co.kr hotmail.com hotmail.de hotmail.fr "
    "hotmail.co.uk hotmail.co.kr live.com live.de live.fr live.co.uk live.co.kr msn.com",
    "outlook.office365.com", 993, TLS, USER_ADDRESS, "smtp-mail.outlook.com", 587, STARTTLS,
    USER_ADDRESS, HELP_MICROSOFT },
  { "*.onmicrosoft.com office365.com", "outlook.office365.com", 993, TLS, USER_ADDRESS,
    "smtp.office365.com", 587, STARTTLS, USER_ADDRESS, HELP_MICROSOFT },
  { "icloud.com me.com mac.com", "imap.mail.me.com", 993, TLS, USER_LOCAL, "smtp.mail.me.com", 587,
    STARTTLS, USER_ADDRESS, HELP_APP_PASSWORD },
  { "yahoo.com ymail.com rocketmail.com yahoo.co.uk yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.ca yahoo.com.br "
    "yahoo.co.in yahoo.co.kr",
    "imap.mail.yahoo.com", 993, TLS, USER_ADDRESS, "smtp.mail.yahoo.com", 465, TLS, USER_ADDRESS,
    HELP_APP_PASSWORD },
  { "yahoo.co.jp ybb.ne.jp", "imap.mail.yahoo.co.jp", 993, TLS, USER_LOCAL, "smtp.mail.yahoo.co.jp",
    465, TLS, USER_LOCAL, HELP_SWITCH_ON },
  { "aol.com aim.com", "imap.aol.com", 993, TLS, USER_ADDRESS, "smtp.aol.com", 465, TLS,
    USER_ADDRESS, HELP_APP_PASSWORD },
  { "fastmail.com fastmail.fm fastmail.net sent.com", "imap.fastmail.com", 993, TLS, USER_ADDRESS,
    "smtp.fastmail.com", 465, TLS, USER_ADDRESS, HELP_APP_PASSWORD },
  { "gmx.de gmx.net gmx.at gmx.ch gmx.eu gmx.org gmx.info", "imap.gmx.net", 993, TLS, USER_ADDRESS,
    "mail.gmx.net", 465, TLS, USER_ADDRESS, HELP_SWITCH_ON },
  { "gmx.com gmx.us gmx.co.uk gmx.fr gmx.es", "imap.gmx.com", 993, TLS, USER_ADDRESS,
    "mail.gmx.com", 465, TLS, USER_ADDRESS, HELP_SWITCH_ON },
  { "web.de email.de", "imap.web.de", 993, TLS, USER_ADDRESS, "smtp.web.de", 587, STARTTLS,
    USER_ADDRESS, HELP_SWITCH_ON },
  { "zoho.com zohomail.com", "imap.zoho.com", 993, TLS, USER_ADDRESS, "smtp.zoho.com", 465, TLS,
    USER_ADDRESS, HELP_SWITCH_ON_APP },
  { "zoho.eu zohomail.eu", "imap.zoho.eu", 993, TLS, USER_ADDRESS, "smtp.zoho.eu", 465, TLS,
    USER_ADDRESS, HELP_SWITCH_ON_APP },
  { "zoho.in zohomail.in", "imap.zoho.in", 993, TLS, USER_ADDRESS, "smtp.zoho.in", 465, TLS,
    USER_ADDRESS, HELP_SWITCH_ON_APP },
  { "naver.com", "imap.naver.com", 993, TLS, USER_LOCAL, "smtp.naver.com", 465, TLS, USER_LOCAL,
    HELP_SWITCH_ON_APP },
  { "daum.net hanmail.net", "imap.daum.net", 993, TLS, USER_LOCAL, "smtp.daum.net", 465, TLS,
    USER_LOCAL, HELP_SWITCH_ON_APP },
  { "kakao.com", "imap.kakao.com", 993, TLS, USER_LOCAL, "smtp.kakao.com", 465, TLS, USER_LOCAL,
    HELP_SWITCH_ON_APP },
  { "nate.com lycos.co.kr empas.com netsgo.com", "imap.nate.com", 993, TLS, USER_ADDRESS,
    "smtp.mail.nate.com", 465, TLS, USER_ADDRESS, HELP_SWITCH_ON },
  { "yandex.com yandex.ru yandex.by yandex.kz yandex.ua ya.ru", "imap.yandex.com", 993, TLS,
    USER_ADDRESS, "smtp.yandex.com", 465, TLS, USER_ADDRESS, HELP_SWITCH_ON_APP },
  { "mail.ru inbox.ru list.ru bk.ru internet.ru", "imap.mail.ru", 993, TLS, USER_ADDRESS,
    "smtp.mail.ru", 465, TLS, USER_ADDRESS, HELP_APP_PASSWORD },
  { "qq.com vip.qq.com foxmail.com", "imap.qq.com", 993, TLS, USER_ADDRESS, "smtp.qq.com", 465, TLS,
    USER_ADDRESS, HELP_AUTHORIZATION_CODE },
  { "163.com", "imap.163.com", 993, TLS, USER_ADDRESS, "smtp.163.com", 465, TLS, USER_ADDRESS,
    HELP_AUTHORIZATION_CODE },
  { "126.com", "imap.126.com", 993, TLS, USER_ADDRESS, "smtp.126.com", 465, TLS, USER_ADDRESS,
    HELP_AUTHORIZATION_CODE },
  { "yeah.net", "imap.yeah.net", 993, TLS, USER_ADDRESS, "smtp.yeah.net", 465, TLS, USER_ADDRESS,
    HELP_AUTHORIZATION_CODE },
  { "posteo.de posteo.net posteo.eu", "posteo.de", 993, TLS, USER_ADDRESS, "posteo.de", 465, TLS,
    USER_ADDRESS, NULL },
  { "mailbox.org", "imap.mailbox.org", 993, TLS, USER_ADDRESS, "smtp.mailbox.org", 465, TLS,
    USER_ADDRESS, NULL },
};

void
sync_candidate_free (SyncCandidate *candidate)
{
  g_free (candidate->host);
  g_free (candidate);
}

char *
sync_domain_of (const char *address)
{
  const char *at = address != NULL ? strrchr (address, '@') : NULL;
  g_autofree char *ascii = NULL;

  if (at == NULL || at[1] == '\0')
    return NULL;
  ascii = g_hostname_to_ascii (at + 1);
  return ascii != NULL ? g_ascii_strdown (ascii, -1) : NULL;
}

static gboolean
serves (const Provider *provider, const char *domain)
{
  g_auto (GStrv) patterns = g_strsplit (provider->domains, " ", -1);

  for (gsize i = 0; patterns[i] != NULL; i++)
    if (g_str_has_prefix (patterns[i], "*.") ? g_str_has_suffix (domain, patterns[i] + 1)
                                             : g_str_equal (domain, patterns[i]))
      return TRUE;
  return FALSE;
}

static void
fill_server (BaseServer *server, const char *host, guint16 port, BaseSecurity security,
             UserStyle style, const char *address)
{
  g_free (server->host);
  g_free (server->user);
  server->host = g_strdup (host);
  server->port = port;
  server->security = security;
  server->user = style == USER_LOCAL
                     ? g_strndup (address, (gsize)(strrchr (address, '@') - address))
                     : g_strdup (address);
}

gboolean
sync_provider_fill (BaseAccount *account, char **help)
{
  g_autofree char *domain = sync_domain_of (account->address);

  if (help != NULL)
    *help = NULL;
  if (domain == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (providers); i++) {
    const Provider *provider = &providers[i];

    if (!serves (provider, domain))
      continue;
    fill_server (&account->imap, provider->imap_host, provider->imap_port, provider->imap_security,
                 provider->imap_user, account->address);
    fill_server (&account->smtp, provider->smtp_host, provider->smtp_port, provider->smtp_security,
                 provider->smtp_user, account->address);
    if (help != NULL && provider->help != NULL)
      *help = g_strdup (_ (provider->help));
    return TRUE;
  }
  return FALSE;
}

gboolean
sync_provider_files_sent (const char *smtp_host)
{
  static const char *const hosts[] = { "smtp.gmail.com",        "smtp.googlemail.com",
                                       "smtp-mail.outlook.com", "outlook.office365.com",
                                       "smtp.office365.com",    "smtp.live.com" };

  if (smtp_host == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    if (g_ascii_strcasecmp (smtp_host, hosts[i]) == 0)
      return TRUE;
  return FALSE;
}

GPtrArray *
sync_candidates (const char *protocol, const char *domain)
{
  gboolean imap = g_str_equal (protocol, "imap");
  const char *prefixes[] = { imap ? "imap." : "smtp.", "mail.", "" };
  struct
  {
    guint16 port;
    BaseSecurity security;
  } ways[] = { { imap ? 993 : 465, TLS }, { imap ? 143 : 587, STARTTLS } };
  GPtrArray *candidates = g_ptr_array_new_with_free_func ((GDestroyNotify)sync_candidate_free);

  /* TLS from the first byte wins over STARTTLS on any host (RFC 8314 section 3). */
  for (gsize way = 0; way < G_N_ELEMENTS (ways); way++)
    for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++) {
      SyncCandidate *candidate = g_new0 (SyncCandidate, 1);

      candidate->host = g_strconcat (prefixes[i], domain, NULL);
      candidate->port = ways[way].port;
      candidate->security = ways[way].security;
      g_ptr_array_add (candidates, candidate);
    }
  return candidates;
}
