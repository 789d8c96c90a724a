/* The table of providers: what they publish about their own servers, and what a person needs to do before the first
 * sign-in can work.  Read once, by whoever asks first.  Pure data and lookups; must never ask the network. */
#include "sync-providers.h"

#include "base-error.h"
#include "base-log.h"
#include "sync-resources.h"

#include <string.h>

#define PATH "/org/sosik/Sosik/sync/providers.ini"

/* ---- reading ---- */

static void
place_clear (SyncPlace *place)
{
  g_free (place->host);
}

void
sync_provider_free (SyncProvider *provider)
{
  g_free (provider->word);
  g_free (provider->name);
  g_strfreev (provider->domains);
  g_strfreev (provider->exchanges);
  place_clear (&provider->imap);
  place_clear (&provider->smtp);
  g_free (provider->oauth);
  g_strfreev (provider->steps);
  g_free (provider->link);
  g_free (provider);
}

static gboolean
set_wrong (GError **error, const char *word, const char *key)
{
  g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, "[%s] %s", word, key);
  return FALSE;
}

/* "host:port:tls", and "address" or "local". */
static gboolean
parse_place (GKeyFile *file, const char *word, const char *key, const char *user_key,
             SyncPlace *place, GError **error)
{
  g_autofree char *text = g_key_file_get_string (file, word, key, NULL);
  g_autofree char *user = g_key_file_get_string (file, word, user_key, NULL);
  g_auto (GStrv) parts = g_strsplit (text != NULL ? text : "", ":", -1);
  guint64 port = 0;

  if (g_strv_length (parts) != 3 || *parts[0] == '\0'
      || !g_ascii_string_to_unsigned (parts[1], 10, 1, G_MAXUINT16, &port, NULL)
      || (!g_str_equal (parts[2], "tls") && !g_str_equal (parts[2], "starttls")))
    return set_wrong (error, word, key);
  if (user != NULL && !g_str_equal (user, "address") && !g_str_equal (user, "local"))
    return set_wrong (error, word, user_key);
  place->host = g_strdup (parts[0]);
  place->port = (guint16)port;
  place->security = g_str_equal (parts[2], "tls") ? BASE_SECURITY_TLS : BASE_SECURITY_STARTTLS;
  place->local_user = user != NULL && g_str_equal (user, "local");
  return TRUE;
}

static gboolean
parse_takes (GKeyFile *file, SyncProvider *provider, GError **error)
{
  g_auto (GStrv) words = g_key_file_get_string_list (file, provider->word, "SignIn", NULL, NULL);

  for (gsize i = 0; words != NULL && words[i] != NULL; i++) {
    if (g_str_equal (words[i], "password")) {
      provider->takes |= SYNC_TAKES_PASSWORD;
    } else if (g_str_equal (words[i], "app-password")) {
      provider->takes |= SYNC_TAKES_APP_PASSWORD;
    } else if (g_str_has_prefix (words[i], "oauth:") && provider->oauth == NULL) {
      provider->takes |= SYNC_TAKES_OAUTH;
      provider->oauth = g_strdup (words[i] + strlen ("oauth:"));
    } else {
      return set_wrong (error, provider->word, "SignIn");
    }
  }
  return provider->takes != 0 || set_wrong (error, provider->word, "SignIn");
}

static gboolean
parse_steps (GKeyFile *file, SyncProvider *provider, GError **error)
{
  provider->steps = g_key_file_get_string_list (file, provider->word, "Steps", NULL, NULL);
  provider->link = g_key_file_get_string (file, provider->word, "Link", NULL);
  for (gsize i = 0; provider->steps != NULL && provider->steps[i] != NULL; i++)
    if (sync_provider_step (provider->steps[i]) == NULL)
      return set_wrong (error, provider->word, "Steps");
  if (provider->link != NULL && !g_str_has_prefix (provider->link, "https://"))
    return set_wrong (error, provider->word, "Link");
  /* Who has something to do must be able to find out where. */
  return (provider->steps == NULL) == (provider->link == NULL)
         || set_wrong (error, provider->word, "Link");
}

SyncProvider *
sync_provider_parse (GKeyFile *file, const char *word, GError **error)
{
  g_autoptr (SyncProvider) provider = g_new0 (SyncProvider, 1);

  provider->word = g_strdup (word);
  provider->name = g_key_file_get_string (file, word, "Name", NULL);
  provider->domains = g_key_file_get_string_list (file, word, "Domains", NULL, NULL);
  provider->exchanges = g_key_file_get_string_list (file, word, "Exchanges", NULL, NULL);
  provider->imap_off = g_key_file_get_boolean (file, word, "ImapOff", NULL);
  provider->files_sent = g_key_file_get_boolean (file, word, "FilesSent", NULL);
  if (provider->name == NULL && !set_wrong (error, word, "Name"))
    return NULL;
  if (provider->domains == NULL && provider->exchanges == NULL
      && !set_wrong (error, word, "Domains"))
    return NULL;
  if (!parse_place (file, word, "Imap", "ImapUser", &provider->imap, error)
      || !parse_place (file, word, "Smtp", "SmtpUser", &provider->smtp, error)
      || !parse_takes (file, provider, error) || !parse_steps (file, provider, error))
    return NULL;
  return g_steal_pointer (&provider);
}

GKeyFile *
sync_providers_load (void)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GResource *resource;

  /* The first thread to ask for any resource registers all of them, and GLib 2.74 gives NULL to whoever asks meanwhile. */
  while ((resource = sync_get_resource ()) == NULL)
    g_thread_yield ();
  bytes = g_resource_lookup_data (resource, PATH, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  if (bytes == NULL || !g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, &error))
    g_error ("providers.ini: %s", error->message);
  return g_steal_pointer (&file);
}

const GPtrArray *
sync_providers (void)
{
  static gsize made = 0;

  if (g_once_init_enter (&made)) {
    g_autoptr (GKeyFile) file = sync_providers_load ();
    g_auto (GStrv) words = g_key_file_get_groups (file, NULL);
    GPtrArray *providers = g_ptr_array_new ();

    for (gsize i = 0; words[i] != NULL; i++) {
      g_autoptr (GError) error = NULL;
      SyncProvider *provider = sync_provider_parse (file, words[i], &error);

      if (provider != NULL)
        g_ptr_array_add (providers, provider);
      else
        base_log ("providers.ini: %s", error->message);
    }
    g_once_init_leave (&made, (gsize)providers);
  }
  return (const GPtrArray *)made;
}

/* ---- looking up ---- */

const SyncProvider *
sync_provider_find (const char *word)
{
  const GPtrArray *providers = sync_providers ();

  for (guint i = 0; i < providers->len; i++) {
    const SyncProvider *provider = g_ptr_array_index (providers, i);

    if (g_str_equal (provider->word, word))
      return provider;
  }
  return NULL;
}

static gboolean
has_domain (const SyncProvider *provider, const char *domain)
{
  for (gsize i = 0; provider->domains != NULL && provider->domains[i] != NULL; i++) {
    const char *pattern = provider->domains[i];

    if (g_str_has_prefix (pattern, "*.") ? g_str_has_suffix (domain, pattern + 1)
                                         : g_str_equal (domain, pattern))
      return TRUE;
  }
  return FALSE;
}

const SyncProvider *
sync_provider_of_domain (const char *domain)
{
  const GPtrArray *providers = sync_providers ();

  for (guint i = 0; domain != NULL && i < providers->len; i++)
    if (has_domain (g_ptr_array_index (providers, i), domain))
      return g_ptr_array_index (providers, i);
  return NULL;
}

const SyncProvider *
sync_provider_of_exchange (const char *host)
{
  const GPtrArray *providers = sync_providers ();
  gsize length = strlen (host);
  g_autofree char *lower =
      g_ascii_strdown (host, (gssize)(g_str_has_suffix (host, ".") ? length - 1 : length));

  for (guint i = 0; i < providers->len; i++) {
    const SyncProvider *provider = g_ptr_array_index (providers, i);

    for (gsize k = 0; provider->exchanges != NULL && provider->exchanges[k] != NULL; k++)
      if (g_pattern_match_simple (provider->exchanges[k], lower))
        return provider;
  }
  return NULL;
}

const SyncProvider *
sync_provider_of_host (const char *host)
{
  const GPtrArray *providers = sync_providers ();

  /* At 127.0.0.1 there is one bridge today and another tomorrow. */
  if (host == NULL || g_hostname_is_ip_address (host))
    return NULL;
  for (guint i = 0; i < providers->len; i++) {
    const SyncProvider *provider = g_ptr_array_index (providers, i);

    if (g_ascii_strcasecmp (provider->imap.host, host) == 0
        || g_ascii_strcasecmp (provider->smtp.host, host) == 0)
      return provider;
  }
  return NULL;
}

static void
fill_server (BaseServer *server, const SyncPlace *place, gboolean own, const char *address)
{
  const char *at = strrchr (address, '@');

  g_free (server->host);
  g_free (server->user);
  server->host = g_strdup (place->host);
  server->port = place->port;
  server->security = place->security;
  server->user = own && place->local_user && at != NULL ? g_strndup (address, (gsize)(at - address))
                                                        : g_strdup (address);
}

void
sync_provider_set_sign_in (const SyncProvider *provider, BaseAccount *account)
{
  /* Where there is a choice it is not made here: whether access tokens can be had is known elsewhere. */
  BaseSignIn sign_in =
      provider->takes == SYNC_TAKES_OAUTH ? BASE_SIGN_IN_OAUTH : BASE_SIGN_IN_PASSWORD;

  account->imap.sign_in = account->smtp.sign_in = sign_in;
  if (sign_in != BASE_SIGN_IN_OAUTH)
    return;
  if (account->oauth == NULL)
    account->oauth = g_new0 (BaseOauth, 1);
  g_free (account->oauth->provider);
  account->oauth->provider = g_strdup (provider->oauth);
}

void
sync_provider_fill (const SyncProvider *provider, gboolean own, BaseAccount *account)
{
  fill_server (&account->imap, &provider->imap, own, account->address);
  fill_server (&account->smtp, &provider->smtp, own, account->address);
  sync_provider_set_sign_in (provider, account);
}

gboolean
sync_provider_files_sent (const char *smtp_host)
{
  /* Older names of the same servers, as accounts may still have them. */
  static const char *const others[] = { "smtp.googlemail.com", "outlook.office365.com",
                                        "smtp.live.com" };
  const SyncProvider *provider = sync_provider_of_host (smtp_host);

  for (gsize i = 0; smtp_host != NULL && i < G_N_ELEMENTS (others); i++)
    if (g_ascii_strcasecmp (smtp_host, others[i]) == 0)
      return TRUE;
  return provider != NULL && provider->files_sent;
}

/* ---- guessing ---- */

void
sync_place_free (SyncPlace *place)
{
  place_clear (place);
  g_free (place);
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

GPtrArray *
sync_candidates (const char *protocol, const char *domain)
{
  gboolean imap = g_str_equal (protocol, "imap");
  const char *prefixes[] = { imap ? "imap." : "smtp.", "mail.", "" };
  struct
  {
    guint16 port;
    BaseSecurity security;
  } ways[] = { { imap ? 993 : 465, BASE_SECURITY_TLS },
               { imap ? 143 : 587, BASE_SECURITY_STARTTLS } };
  GPtrArray *candidates = g_ptr_array_new_with_free_func ((GDestroyNotify)sync_place_free);

  /* TLS from the first byte wins over STARTTLS on any host (RFC 8314 section 3). */
  for (gsize way = 0; way < G_N_ELEMENTS (ways); way++)
    for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++) {
      SyncPlace *candidate = g_new0 (SyncPlace, 1);

      candidate->host = g_strconcat (prefixes[i], domain, NULL);
      candidate->port = ways[way].port;
      candidate->security = ways[way].security;
      g_ptr_array_add (candidates, candidate);
    }
  return candidates;
}
