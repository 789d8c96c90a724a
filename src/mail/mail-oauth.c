/* What OAuth 2 says, and what its answers mean.  Any thread; must never put a secret into an error. */
#include "mail-oauth.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/random.h>

#include "base-error.h"
#include "base-secret.h"
#include "mail-keyring.h"

#define MAX_TOKEN     (16 * 1024)
#define MAX_CODE      4096
#define MAX_NESTING   16 /* of an answer that has need of 1 */
#define LIFETIME      3600
#define LIFETIME_MAX  (30 * 24 * 3600)
#define SECRET_OCTETS 32

/* ---- whom to ask ---- */

/* The words are those of the table of providers.  Scopes are those for IMAP and SMTP, and whatever it takes to get a refresh token. */
static const struct
{
  const char *provider, *authorization, *token, *scope, *client_id, *client_secret;
} providers[] = {
  { "google", "https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token",
    "https://mail.google.com/", SOSIK_GOOGLE_CLIENT_ID, SOSIK_GOOGLE_CLIENT_SECRET },
  { "microsoft", "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
    "https://login.microsoftonline.com/common/oauth2/v2.0/token",
    "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
    SOSIK_MICROSOFT_CLIENT_ID, "" },
  { "yahoo", "https://api.login.yahoo.com/oauth2/request_auth",
    "https://api.login.yahoo.com/oauth2/get_token", "mail-w", SOSIK_YAHOO_CLIENT_ID,
    SOSIK_YAHOO_CLIENT_SECRET },
  { "fastmail", "https://api.fastmail.com/oauth/authorize",
    "https://api.fastmail.com/oauth/refresh", "urn:ietf:params:oauth:scope:mail offline_access",
    SOSIK_FASTMAIL_CLIENT_ID, "" },
};

static int
find_provider (const char *provider)
{
  for (guint i = 0; provider != NULL && i < G_N_ELEMENTS (providers); i++)
    if (g_ascii_strcasecmp (provider, providers[i].provider) == 0)
      return (int)i;
  return -1;
}

gboolean
mail_oauth_is_provider (const char *provider)
{
  return find_provider (provider) >= 0;
}

static const char *
first_of (const char *own, const char *built_in)
{
  return own != NULL && *own != '\0'             ? own
         : built_in != NULL && *built_in != '\0' ? built_in
                                                 : NULL;
}

gboolean
mail_oauth_is_ready (const BaseOauth *oauth)
{
  g_autoptr (MailOauth) whole = mail_oauth_new (oauth, NULL);

  return whole != NULL;
}

MailOauth *
mail_oauth_new (const BaseOauth *oauth, GError **error)
{
  static const BaseOauth nothing = { 0 };
  const BaseOauth *own = oauth != NULL ? oauth : &nothing;
  int i = find_provider (own->provider);
  const char *authorization =
      first_of (own->authorization, i >= 0 ? providers[i].authorization : NULL);
  const char *token = first_of (own->token, i >= 0 ? providers[i].token : NULL);
  const char *client_id = first_of (own->client_id, i >= 0 ? providers[i].client_id : NULL);
  /* The secret of one client says nothing for another. */
  const char *secret = first_of (
      own->client_secret, i >= 0 && own->client_id == NULL ? providers[i].client_secret : NULL);
  g_autofree char *page_host = base_oauth_dup_host (authorization);
  g_autofree char *host = base_oauth_dup_host (token);

  if (page_host == NULL || host == NULL) {
    base_error_set (
        error, BASE_ERROR_REFUSED, page_host == NULL ? authorization : token,
        _ ("The account file does not say where to sign in: under [OAuth], Authorization and Token must be https addresses."));
    return NULL;
  }
  if (client_id == NULL) {
    base_error_set (
        error, BASE_ERROR_REFUSED, NULL,
        _ ("This build of Sosik is not registered with %s, so it cannot sign in there by the browser. Use a password for mail programs, or enter a ClientId in the account file."),
        page_host);
    return NULL;
  }
  MailOauth *whole = g_new0 (MailOauth, 1);
  whole->authorization = g_strdup (authorization);
  whole->token = g_strdup (token);
  whole->scope = g_strdup (first_of (own->scope, i >= 0 ? providers[i].scope : NULL));
  whole->client_id = g_strdup (client_id);
  whole->client_secret = g_strdup (secret);
  whole->host = g_steal_pointer (&host);
  return whole;
}

MailOauth *
mail_oauth_dup (const MailOauth *oauth)
{
  MailOauth *copy = g_new0 (MailOauth, 1);

  copy->authorization = g_strdup (oauth->authorization);
  copy->token = g_strdup (oauth->token);
  copy->scope = g_strdup (oauth->scope);
  copy->client_id = g_strdup (oauth->client_id);
  copy->client_secret = g_strdup (oauth->client_secret);
  copy->host = g_strdup (oauth->host);
  return copy;
}

void
mail_oauth_free (MailOauth *oauth)
{
  g_free (oauth->authorization);
  g_free (oauth->token);
  g_free (oauth->scope);
  g_free (oauth->client_id);
  g_free (oauth->client_secret);
  g_free (oauth->host);
  g_free (oauth);
}

/* ---- asking the person ---- */

static char *
encode (const guint8 *octets, gsize n)
{
  char *text = g_base64_encode (octets, n);

  /* base64url without padding (RFC 4648, 5) */
  g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}

static char *
dup_secret (void)
{
  guint8 octets[SECRET_OCTETS];
  char *text;

  if (getrandom (octets, sizeof octets, 0) != (gssize)sizeof octets)
    g_error ("this system has no source of random numbers");
  text = encode (octets, sizeof octets);
  explicit_bzero (octets, sizeof octets);
  return text;
}

MailOauthAttempt *
mail_oauth_attempt_new (void)
{
  MailOauthAttempt *attempt = g_new0 (MailOauthAttempt, 1);

  attempt->state = dup_secret ();
  attempt->verifier = dup_secret ();
  return attempt;
}

void
mail_oauth_attempt_free (MailOauthAttempt *attempt)
{
  mail_password_free (attempt->state);
  mail_password_free (attempt->verifier);
  g_free (attempt);
}

char *
mail_oauth_dup_challenge (const char *verifier)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize n = sizeof digest;

  g_checksum_update (sum, (const guchar *)verifier, (gssize)strlen (verifier));
  g_checksum_get_digest (sum, digest, &n);
  return encode (digest, n);
}

/* application/x-www-form-urlencoded; nothing of a NULL value. */
static void
add_field (GString *form, const char *name, const char *value)
{
  if (value == NULL)
    return;
  if (form->len > 0)
    g_string_append_c (form, '&');
  g_string_append (form, name);
  g_string_append_c (form, '=');
  g_string_append_uri_escaped (form, value, NULL, FALSE);
}

char *
mail_oauth_dup_page (const MailOauth *oauth, const MailOauthAttempt *attempt, const char *redirect,
                     const char *address)
{
  g_autoptr (GString) query = g_string_new (NULL);
  g_autofree char *challenge = mail_oauth_dup_challenge (attempt->verifier);
  int google = find_provider ("google");

  add_field (query, "response_type", "code");
  add_field (query, "client_id", oauth->client_id);
  add_field (query, "redirect_uri", redirect);
  add_field (query, "scope", oauth->scope);
  add_field (query, "state", attempt->state);
  add_field (query, "code_challenge", challenge);
  add_field (query, "code_challenge_method", "S256");
  add_field (query, "login_hint", address);
  /* Google gives a refresh token only where these are said, and the second time only after asking again. */
  if (g_str_equal (oauth->authorization, providers[google].authorization)) {
    add_field (query, "access_type", "offline");
    add_field (query, "prompt", "consent");
  }
  return g_strconcat (oauth->authorization, strchr (oauth->authorization, '?') != NULL ? "&" : "?",
                      query->str, NULL);
}

/* In a time that does not tell how much of it was right. */
static gboolean
is_same_secret (const char *a, const char *b)
{
  gsize n = strlen (a);
  volatile guint8 difference = 0;

  if (strlen (b) != n)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    difference |= (guint8)(a[i] ^ b[i]);
  return difference == 0;
}

/* VSCHAR (RFC 6749, appendix A), so that it can go onto any wire. */
static gboolean
is_visible (const char *text, gsize max)
{
  gsize n = 0;

  for (; text != NULL && text[n] != '\0' && n <= max; n++)
    if (text[n] < 0x20 || text[n] > 0x7e)
      return FALSE;
  return n > 0 && n <= max;
}

/* Borrowed from `values`.  FALSE: it is there twice, or cannot be read (RFC 6749, 3.1: must not be). */
static gboolean
read_query (const char *query, GHashTable *values)
{
  GUriParamsIter iter;
  char *name = NULL, *value = NULL;
  g_autoptr (GError) error = NULL;

  g_uri_params_iter_init (&iter, query, -1, "&", G_URI_PARAMS_WWW_FORM);
  while (g_uri_params_iter_next (&iter, &name, &value, &error))
    if (!g_hash_table_insert (values, name, value))
      return FALSE;
  return error == NULL;
}

static void
free_secret (gpointer secret)
{
  mail_password_free (secret);
}

/* RFC 6749, 4.1.2.1.  What is to be kept to ourselves is hushed. */
static void
set_not_allowed (const char *word, const char *description, GError **error)
{
  g_autofree char *struck = base_hush_strike (description);

  if (struck != NULL)
    description = struck;
  g_autofree char *detail = description != NULL && *description != '\0'
                                ? g_strdup_printf ("%.64s: %.400s", word, description)
                                : g_strndup (word, 64);

  if (g_str_equal (word, "access_denied"))
    base_error_set (
        error, BASE_ERROR_REFUSED, detail,
        _ ("In the browser, Sosik was not allowed to reach the mail. Sign in once more and allow it."));
  else if (g_str_equal (word, "server_error") || g_str_equal (word, "temporarily_unavailable"))
    base_error_set (error, BASE_ERROR_RETRY, detail,
                    _ ("The provider cannot sign anybody in at the moment. Try again later."));
  else
    base_error_set (error, BASE_ERROR_REFUSED, detail,
                    _ ("The provider did not accept Sosik's request to sign in."));
}

char *
mail_oauth_read_redirect (const char *query, const char *state, gboolean *ours, GError **error)
{
  g_autoptr (GHashTable) values =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_secret);
  gboolean readable = query != NULL && read_query (query, values);
  const char *given = g_hash_table_lookup (values, "state");
  const char *refused = g_hash_table_lookup (values, "error");
  const char *code = g_hash_table_lookup (values, "code");

  *ours = readable && given != NULL && is_same_secret (given, state);
  if (!*ours)
    return NULL;
  if (refused != NULL) {
    g_autoptr (BaseHush) hush = base_hush_new (code);

    set_not_allowed (refused, g_hash_table_lookup (values, "error_description"), error);
    return NULL;
  }
  if (!is_visible (code, MAX_CODE)) {
    base_error_set (error, BASE_ERROR_BROKEN, NULL,
                    _ ("What the provider sent back makes no sense. Sign in once more."));
    return NULL;
  }
  return g_strdup (code);
}

/* ---- asking for tokens ---- */

/* What a GString leaves behind where it grows is not wiped: so it is large enough from the start. */
static GString *
form_new (gsize secret)
{
  return g_string_sized_new (3 * secret + 8192);
}

static void
add_client (GString *form, const MailOauth *oauth)
{
  add_field (form, "client_id", oauth->client_id);
  add_field (form, "client_secret", oauth->client_secret);
}

char *
mail_oauth_dup_code_form (const MailOauth *oauth, const MailOauthAttempt *attempt,
                          const char *redirect, const char *code)
{
  GString *form = form_new (strlen (code));

  add_field (form, "grant_type", "authorization_code");
  add_field (form, "code", code);
  add_field (form, "redirect_uri", redirect);
  add_field (form, "code_verifier", attempt->verifier);
  add_client (form, oauth);
  return g_string_free (form, FALSE);
}

char *
mail_oauth_dup_refresh_form (const MailOauth *oauth, const char *refresh)
{
  GString *form = form_new (strlen (refresh));

  add_field (form, "grant_type", "refresh_token");
  add_field (form, "refresh_token", refresh);
  add_client (form, oauth);
  return g_string_free (form, FALSE);
}

MailOauthTokens *
mail_oauth_tokens_dup (const MailOauthTokens *tokens)
{
  MailOauthTokens *copy = g_new0 (MailOauthTokens, 1);

  copy->access = g_strdup (tokens->access);
  copy->refresh = g_strdup (tokens->refresh);
  copy->lifetime = tokens->lifetime;
  return copy;
}

void
mail_oauth_tokens_free (MailOauthTokens *tokens)
{
  mail_password_free (tokens->access);
  mail_password_free (tokens->refresh);
  g_free (tokens);
}

/* The parser goes down into what is nested by calling itself. */
static gboolean
is_flat (const char *text, gsize length)
{
  guint depth = 0;
  gboolean quoted = FALSE;

  for (gsize i = 0; i < length; i++) {
    if (quoted && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (!quoted && (text[i] == '{' || text[i] == '['))
      depth++;
    else if (!quoted && (text[i] == '}' || text[i] == ']'))
      depth -= depth > 0;
    if (depth > MAX_NESTING)
      return FALSE;
  }
  return TRUE;
}

static JsonObject *
find_object (JsonParser *parser, const char *body, gsize length)
{
  JsonNode *root;

  if (length > MAIL_OAUTH_ANSWER_MAX || !g_utf8_validate (body, (gssize)length, NULL)
      || !is_flat (body, length)
      || !json_parser_load_from_data (parser, body, (gssize)length, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
}

static JsonNode *
find_value (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? node : NULL;
}

/* Borrowed; NULL where it is no text. */
static const char *
find_text (JsonObject *object, const char *name)
{
  JsonNode *node = find_value (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* Some write the number as a text. */
static guint
read_lifetime (JsonObject *object)
{
  JsonNode *node = find_value (object, "expires_in");
  const char *text = find_text (object, "expires_in");
  double seconds = LIFETIME;

  if (text != NULL)
    seconds = g_ascii_strtod (text, NULL);
  else if (node != NULL && json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    seconds = json_node_get_double (node);
  return seconds >= 1 ? (guint)MIN (seconds, LIFETIME_MAX) : 1;
}

/* json-glib keeps a copy of its own. */
static void
wipe (JsonObject *object, const char *name)
{
  char *text = (char *)find_text (object, name);

  if (text != NULL)
    explicit_bzero (text, strlen (text));
}

static void
set_nonsense (const MailOauth *oauth, GError **error)
{
  base_error_set (error, BASE_ERROR_BROKEN, NULL,
                  _ ("“%s” gave an answer that makes no sense when Sosik signed in."), oauth->host);
}

/* RFC 6749, 5.2. */
static void
set_refused (const MailOauth *oauth, const char *word, const char *description, GError **error)
{
  g_autofree char *detail = description != NULL
                                ? g_strdup_printf ("%.64s: %.400s", word, description)
                                : g_strndup (word, 64);

  if (g_str_equal (word, "invalid_grant"))
    base_error_set (error, BASE_ERROR_AUTH, detail,
                    /* Translators: the name of a server */
                    _ ("“%s” wants you to sign in again."), oauth->host);
  else if (g_str_equal (word, "temporarily_unavailable") || g_str_equal (word, "server_error")
           || g_str_equal (word, "slow_down"))
    base_error_set (error, BASE_ERROR_RETRY, detail,
                    _ ("“%s” cannot sign anybody in at the moment."), oauth->host);
  else if (g_str_equal (word, "invalid_client") || g_str_equal (word, "unauthorized_client"))
    base_error_set (
        error, BASE_ERROR_AUTH, detail,
        _ ("“%s” does not know this build of Sosik. Check the ClientId of the account file, or use a password for mail programs."),
        oauth->host);
  else
    base_error_set (error, BASE_ERROR_AUTH, detail, _ ("“%s” did not let Sosik sign in."),
                    oauth->host);
}

static MailOauthTokens *
read_tokens (JsonObject *object)
{
  const char *type = find_text (object, "token_type");
  const char *access = find_text (object, "access_token");
  const char *refresh = find_text (object, "refresh_token");

  /* RFC 6749, 7.1: of another kind we would not know how to use it. */
  if (type == NULL || g_ascii_strcasecmp (type, "bearer") != 0 || !is_visible (access, MAX_TOKEN)
      || (refresh != NULL && *refresh != '\0' && !is_visible (refresh, MAX_TOKEN)))
    return NULL;
  MailOauthTokens *tokens = g_new0 (MailOauthTokens, 1);
  tokens->access = g_strdup (access);
  tokens->refresh = refresh != NULL && *refresh != '\0' ? g_strdup (refresh) : NULL;
  tokens->lifetime = read_lifetime (object);
  return tokens;
}

MailOauthTokens *
mail_oauth_read_answer (const MailOauth *oauth, guint status, const char *body, gsize length,
                        GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object = NULL;
  const char *word = NULL;
  MailOauthTokens *tokens = NULL;

  /* Whatever it says with it, it is not about us. */
  if (status >= 500 || status == 429 || status == 408) {
    base_error_set (error, BASE_ERROR_RETRY, NULL, _ ("“%s” cannot sign anybody in at the moment."),
                    oauth->host);
    return NULL;
  }
  object = find_object (parser, body, length);
  word = object != NULL ? find_text (object, "error") : NULL;
  if (word != NULL)
    set_refused (oauth, word, find_text (object, "error_description"), error);
  else if (object != NULL && status == 200)
    tokens = read_tokens (object);
  if (word == NULL && tokens == NULL)
    set_nonsense (oauth, error);
  if (object != NULL) {
    wipe (object, "access_token");
    wipe (object, "refresh_token");
  }
  return tokens;
}
