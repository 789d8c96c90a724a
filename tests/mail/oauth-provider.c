/* A provider of tokens for tests. */
#include "oauth-provider.h"

#include <libsoup/soup.h>
#include <string.h>

#include "base-error.h"

struct _OauthProvider
{
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  SoupServer *server;
  GMutex lock; /* what follows */
  GCond cond;
  char *address;
  ProviderMode mode;
  guint lifetime, delay_ms, n_requests, n_tokens, elsewhere;
  GHashTable *codes; /* code -> challenge */
  char *refresh;     /* the one that holds */
  char *asked;       /* the one that was told last */
  char *secret;      /* of the client; NULL: it has none */
  gboolean holding;
  guint n_held;
};

static gboolean
proves (GHashTable *form, const char *challenge)
{
  const char *verifier = g_hash_table_lookup (form, "code_verifier");
  g_autofree char *made = verifier != NULL ? mail_oauth_dup_challenge (verifier) : NULL;

  return challenge != NULL && g_strcmp0 (made, challenge) == 0;
}

/* With the lock.  NULL: not with this. */
static char *
dup_tokens (OauthProvider *self, GHashTable *form)
{
  const char *code = g_hash_table_lookup (form, "code");
  const char *refresh = g_hash_table_lookup (form, "refresh_token");
  gboolean good = FALSE;

  if (g_strcmp0 (g_hash_table_lookup (form, "client_id"), "sosik-test") != 0)
    return NULL;
  if (g_strcmp0 (g_hash_table_lookup (form, "grant_type"), "authorization_code") == 0
      && code != NULL) {
    good = proves (form, g_hash_table_lookup (self->codes, code));
    g_hash_table_remove (self->codes, code);
  } else if (g_strcmp0 (g_hash_table_lookup (form, "grant_type"), "refresh_token") == 0) {
    good = g_strcmp0 (refresh, self->refresh) == 0;
  }
  if (!good)
    return NULL;
  self->n_tokens++;
  if (self->mode == PROVIDER_NO_REFRESH)
    return g_strdup_printf (
        "{\"access_token\":\"access-%u\",\"token_type\":\"Bearer\",\"expires_in\":%u}",
        self->n_tokens, self->lifetime);
  if (self->mode != PROVIDER_KEEPS || self->refresh == NULL) {
    g_free (self->refresh);
    self->refresh = g_strdup_printf ("refresh-%u", self->n_tokens);
  }
  return g_strdup_printf (
      "{\"access_token\":\"access-%u\",\"token_type\":\"bearer\",\"expires_in\":\"%u\",\"refresh_token\":\"%s\",\"x\":[{\"y\":null}]}",
      self->n_tokens, self->lifetime, self->refresh);
}

static void
answer (SoupServerMessage *message, guint status, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, text,
                                    strlen (text));
}

static void
answer_huge (SoupServerMessage *message)
{
  gsize size = 8 * 1024 * 1024;
  char *text = g_malloc (size);

  memset (text, ' ', size);
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, text, size);
}

static gboolean
is_client (OauthProvider *self, GHashTable *form)
{
  return self->secret == NULL
         || g_strcmp0 (g_hash_table_lookup (form, "client_secret"), self->secret) == 0;
}

/* With the lock. */
static void
answer_by_mode (OauthProvider *self, SoupServerMessage *message, GHashTable *form)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  gboolean honest = self->mode <= PROVIDER_NO_REFRESH || self->mode == PROVIDER_COOKIES;
  g_autofree char *tokens = honest && is_client (self, form) ? dup_tokens (self, form) : NULL;
  g_autofree char *refused = g_strdup_printf (
      "{\"error\":\"invalid_grant\",\"error_description\":\"no: %s%s\"}",
      (const char *)g_hash_table_lookup (form, "refresh_token"),
      g_hash_table_contains (form, "code") ? (char *)g_hash_table_lookup (form, "code") : "");
  g_autofree char *deep = g_strnfill (20000, '[');

  if (self->mode == PROVIDER_REFUSES)
    answer (message, 400, refused);
  else if (self->mode == PROVIDER_STRANGER || !is_client (self, form))
    answer (message, 401, "{\"error\":\"invalid_client\"}");
  else if (self->mode == PROVIDER_BUSY)
    answer (message, 503, "<h1>Busy</h1>");
  else if (self->mode == PROVIDER_NONSENSE)
    answer (message, 200, "{\"access_token\":{\"a\":1},\"token_type\":7}");
  else if (self->mode == PROVIDER_DEEP)
    answer (message, 200, deep);
  else if (self->mode == PROVIDER_HUGE)
    answer_huge (message);
  else if (self->mode == PROVIDER_SILENT)
    soup_server_message_pause (message);
  else if (self->mode == PROVIDER_ELSEWHERE)
    soup_server_message_set_redirect (message, SOUP_STATUS_TEMPORARY_REDIRECT, "/elsewhere");
  else if (tokens != NULL)
    answer (message, 200, tokens);
  else
    answer (message, 400, "{\"error\":\"invalid_grant\"}");
  if (self->mode == PROVIDER_COOKIES)
    soup_message_headers_append (headers, "Set-Cookie", "a=b; Path=/");
}

static void
on_token (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
          gpointer data)
{
  OauthProvider *self = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autofree char *text = g_strndup (body->data, (gsize)body->length);
  g_autoptr (GHashTable) form = soup_form_decode (text);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_assert_cmpstr (soup_server_message_get_method (message), ==, "POST");
  g_assert_null (soup_message_headers_get_one (headers, "Cookie"));
  g_assert_null (soup_message_headers_get_one (headers, "Authorization"));
  g_assert_null (soup_message_headers_get_one (headers, "Referer"));
  self->n_requests++;
  g_free (self->asked);
  self->asked = g_strdup (g_hash_table_lookup (form, "refresh_token"));
  if (self->delay_ms > 0)
    g_usleep (self->delay_ms * 1000);
  self->n_held++;
  g_cond_broadcast (&self->cond);
  while (self->holding)
    g_cond_wait (&self->cond, &self->lock);
  self->n_held--;
  answer_by_mode (self, message, form);
}

static void
on_elsewhere (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
              gpointer data)
{
  g_error ("somebody followed the token endpoint elsewhere");
}

static gpointer
provider_main (gpointer data)
{
  OauthProvider *self = data;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (self->context);
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, "/token", on_token, self, NULL);
  soup_server_add_handler (self->server, "/elsewhere", on_elsewhere, self, NULL);
  soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  GSList *uris = soup_server_get_uris (self->server);
  g_mutex_lock (&self->lock);
  self->address = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
  g_main_loop_run (self->loop);
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

OauthProvider *
oauth_provider_new (void)
{
  OauthProvider *self = g_new0 (OauthProvider, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->lifetime = 3600;
  self->codes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("provider", provider_main, self);
  g_mutex_lock (&self->lock);
  while (self->address == NULL)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  return self;
}

static gboolean
on_quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

void
oauth_provider_free (OauthProvider *self)
{
  g_main_context_invoke (self->context, on_quit, self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_hash_table_unref (self->codes);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->address);
  g_free (self->refresh);
  g_free (self->asked);
  g_free (self->secret);
  g_free (self);
}

void
oauth_provider_set (OauthProvider *self, ProviderMode mode, guint lifetime)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->mode = mode;
  self->lifetime = lifetime;
}

void
oauth_provider_set_delay (OauthProvider *self, guint ms)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->delay_ms = ms;
}

void
oauth_provider_hold (OauthProvider *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->holding = TRUE;
}

void
oauth_provider_wait_held (OauthProvider *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (self->n_held == 0)
    g_cond_wait (&self->cond, &self->lock);
}

void
oauth_provider_release (OauthProvider *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->holding = FALSE;
  g_cond_broadcast (&self->cond);
}

void
oauth_provider_set_secret (OauthProvider *self, const char *secret)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_free (self->secret);
  self->secret = g_strdup (secret);
}

char *
oauth_provider_dup_asked (OauthProvider *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_strdup (self->asked);
}

BaseOauth *
oauth_provider_dup_settings (OauthProvider *self)
{
  BaseOauth *oauth = g_new0 (BaseOauth, 1);

  oauth->client_id = g_strdup ("sosik-test");
  oauth->authorization = g_strdup_printf ("%s/authorize", self->address);
  oauth->token = g_strdup_printf ("%s/token", self->address);
  oauth->scope = g_strdup ("mail offline_access");
  return oauth;
}

guint
oauth_provider_get_n_requests (OauthProvider *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->n_requests;
}

OauthPage *
oauth_page_new (const char *address)
{
  g_autoptr (GUri) uri = g_uri_parse (address, SOUP_HTTP_URI_FLAGS, NULL);
  g_autoptr (GHashTable) query = soup_form_decode (g_uri_get_query (uri));
  OauthPage *page = g_new0 (OauthPage, 1);

  g_assert_cmpstr (g_hash_table_lookup (query, "response_type"), ==, "code");
  g_assert_cmpstr (g_hash_table_lookup (query, "client_id"), ==, "sosik-test");
  g_assert_cmpstr (g_hash_table_lookup (query, "code_challenge_method"), ==, "S256");
  g_assert_cmpstr (g_hash_table_lookup (query, "scope"), ==, "mail offline_access");
  g_assert_cmpstr (g_hash_table_lookup (query, "login_hint"), ==, "minji+x@example.org");
  page->redirect = g_strdup (g_hash_table_lookup (query, "redirect_uri"));
  page->state = g_strdup (g_hash_table_lookup (query, "state"));
  page->challenge = g_strdup (g_hash_table_lookup (query, "code_challenge"));
  g_assert_true (g_str_has_prefix (page->redirect, "http://127.0.0.1:"));
  g_assert_cmpuint (strlen (page->state), ==, 43);
  g_assert_cmpuint (strlen (page->challenge), ==, 43);
  return page;
}

void
oauth_page_free (OauthPage *page)
{
  g_free (page->redirect);
  g_free (page->state);
  g_free (page->challenge);
  g_free (page);
}

char *
oauth_provider_dup_code (OauthProvider *self, const OauthPage *page)
{
  g_autofree char *code = g_uuid_string_random ();
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_hash_table_insert (self->codes, g_strdup (code), g_strdup (page->challenge));
  return g_steal_pointer (&code);
}

char *
oauth_provider_dup_refresh (OauthProvider *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_free (self->refresh);
  self->refresh = g_strdup ("refresh-0");
  return g_strdup (self->refresh);
}

guint
oauth_browse (const char *address, char **text)
{
  g_autoptr (SoupSession) session = soup_session_new_with_options ("timeout", 5, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", address);
  g_autoptr (GBytes) body = soup_session_send_and_read (session, message, NULL, NULL);

  if (body == NULL)
    return 0;
  if (text != NULL)
    *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  return soup_message_get_status (message);
}
