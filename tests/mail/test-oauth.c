/* Signing in by the browser: what is asked, who is let in at the door, and what a provider may answer. */
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base-error.h"
#include "mail-oauth-loopback.h"
#include "oauth-provider.h"
#include "test-mail.h"

#define ADDRESS "minji+x@example.org"

/* ---- whom to ask ---- */

static void
test_providers (void)
{
  static const char *const words[] = { "google", "microsoft", "yahoo", "fastmail" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    BaseOauth bare = { .provider = (char *)words[i] };
    BaseOauth registered = { .provider = (char *)words[i], .client_id = (char *)"mine" };
    g_autoptr (GError) error = NULL;
    g_autoptr (MailOauth) whole = mail_oauth_new (&registered, &error);

    g_assert_no_error (error);
    g_assert_true (mail_oauth_is_provider (words[i]));
    g_assert_true (g_str_has_prefix (whole->authorization, "https://"));
    g_assert_true (g_str_has_prefix (whole->token, "https://"));
    g_assert_nonnull (whole->scope);
    g_assert_cmpstr (whole->client_id, ==, "mine");
    g_assert_null (whole->client_secret); /* that of another client is none of mine */
    /* Tests are built without client ids: so it says that it has none. */
    g_assert_false (mail_oauth_is_ready (&bare));
    g_assert_null (mail_oauth_new (&bare, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  }
  g_assert_false (mail_oauth_is_provider ("example"));
  g_assert_false (mail_oauth_is_ready (NULL));
}

/* The table of providers names no other. */
static void
test_table (void)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("SOSIK_TESTS"), "..", "data", "providers.ini", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GRegex) regex = g_regex_new ("(?m)^SignIn=.*\\boauth:([^;\\s]+)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL)) {
    g_autofree char *word = g_match_info_fetch (match, 1);

    g_test_message ("%s", word);
    g_assert_true (mail_oauth_is_provider (word));
    n++;
  }
  g_assert_cmpuint (n, >=, 4);
}

/* Secrets go where nobody else listens. */
static void
test_addresses (void)
{
  static const struct
  {
    const char *authorization, *token;
    gboolean good;
  } cases[] = {
    { "https://login.example.org/a", "https://login.example.org/t", TRUE },
    { "http://127.0.0.1:1/a", "http://127.0.0.1:1/t", TRUE },
    { "https://login.example.org/a", "http://login.example.org/t", FALSE },
    { "http://login.example.org/a", "https://login.example.org/t", FALSE },
    { "https://login.example.org/a", "http://127.0.0.1.example.org/t", FALSE },
    { "https://login.example.org/a", "http://localhost/t", FALSE },
    { "https://login.example.org/a", "https://u:p@login.example.org/t", FALSE },
    { "https://login.example.org/a", "https://login.example.org/t#x", FALSE },
    { "https://login.example.org/a", "file:///etc/passwd", FALSE },
    { "javascript:alert(1)", "https://login.example.org/t", FALSE },
    { "https://login.example.org/a", NULL, FALSE },
    { NULL, "https://login.example.org/t", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    BaseOauth oauth = { .client_id = (char *)"x",
                        .authorization = (char *)cases[i].authorization,
                        .token = (char *)cases[i].token };

    g_test_message ("%u", i);
    g_assert_cmpint (mail_oauth_is_ready (&oauth), ==, cases[i].good);
  }
}

/* RFC 7636, appendix B. */
static void
test_challenge (void)
{
  g_autofree char *challenge =
      mail_oauth_dup_challenge ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  g_autoptr (MailOauthAttempt) one = mail_oauth_attempt_new ();
  g_autoptr (MailOauthAttempt) two = mail_oauth_attempt_new ();

  g_assert_cmpstr (challenge, ==, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  g_assert_cmpstr (one->state, !=, two->state);
  g_assert_cmpstr (one->verifier, !=, two->verifier);
  g_assert_cmpstr (one->state, !=, one->verifier);
  g_assert_cmpuint (strlen (one->verifier), ==, 43);
  g_assert_cmpuint (
      strspn (one->verifier, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      ==, 43);
}

static void
test_redirects (void)
{
  static const struct
  {
    const char *query;
    gboolean ours;
    const char *code;
    int error; /* -1: none */
  } cases[] = {
    { "code=abc&state=S1", TRUE, "abc", -1 },
    { "state=S1&code=a%2Fb%20c", TRUE, "a/b c", -1 },
    { "state=S1&code=abc&scope=x&iss=https%3A%2F%2Fa", TRUE, "abc", -1 },
    { "code=abc&state=S2", FALSE, NULL, -1 },
    { "code=abc&state=S", FALSE, NULL, -1 },
    { "code=abc&state=S11", FALSE, NULL, -1 },
    { "code=abc&state=", FALSE, NULL, -1 },
    { "code=abc", FALSE, NULL, -1 },
    { "", FALSE, NULL, -1 },
    { "error=access_denied", FALSE, NULL, -1 },
    { "state=S1&state=S1&code=abc", FALSE, NULL, -1 },
    { "state=S1&code=abc&code=def", FALSE, NULL, -1 },
    { "state=S1&code=%zz", FALSE, NULL, -1 },
    { "state=S1", TRUE, NULL, BASE_ERROR_BROKEN },
    { "state=S1&code=", TRUE, NULL, BASE_ERROR_BROKEN },
    { "state=S1&code=a%0d%0ab", TRUE, NULL, BASE_ERROR_BROKEN },
    { "state=S1&code=%ED%95%9C", TRUE, NULL, BASE_ERROR_BROKEN },
    { "state=S1&error=access_denied", TRUE, NULL, BASE_ERROR_REFUSED },
    { "state=S1&error=access_denied&code=abc", TRUE, NULL, BASE_ERROR_REFUSED },
    { "state=S1&error=temporarily_unavailable", TRUE, NULL, BASE_ERROR_RETRY },
    { "state=S1&error=invalid_scope&error_description=no%0asuch", TRUE, NULL, BASE_ERROR_REFUSED },
    /* What it repeats of the code is not told. */
    { "state=S1&error=invalid_scope&code=c0dec0dec0de&error_description=for+c0dec0dec0de", TRUE,
      NULL, BASE_ERROR_REFUSED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gboolean ours = !cases[i].ours;
    g_autoptr (GError) error = NULL;
    char *code = mail_oauth_read_redirect (cases[i].query, "S1", &ours, &error);

    g_test_message ("%s", cases[i].query);
    g_assert_cmpint (ours, ==, cases[i].ours);
    g_assert_cmpstr (code, ==, cases[i].code);
    if (cases[i].error >= 0)
      g_assert_error (error, BASE_ERROR, cases[i].error);
    else
      g_assert_no_error (error);
    g_assert_true (base_error_get_detail (error) == NULL
                   || strstr (base_error_get_detail (error), "c0de") == NULL);
    mail_password_free (code);
  }
}

static void
test_answers (void)
{
  static const struct
  {
    guint status;
    const char *body;
    int error; /* -1: tokens */
    guint lifetime;
  } cases[] = {
    { 200, "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":60}", -1, 60 },
    { 200, "{\"access_token\":\"a\",\"token_type\":\"bearer\"}", -1, 3600 },
    { 200, "{\"access_token\":\"a\",\"token_type\":\"BEARER\",\"expires_in\":\"61\"}", -1, 61 },
    { 200, "{\"access_token\":\"a\",\"token_type\":\"bearer\",\"expires_in\":-5}", -1, 1 },
    { 200, "{\"access_token\":\"a\",\"token_type\":\"bearer\",\"expires_in\":1e300}", -1,
      30 * 24 * 3600 },
    { 200, "{\"access_token\":\"a\",\"token_type\":\"bearer\",\"expires_in\":[]}", -1, 3600 },
    { 200, "{\"access_token\":\"a\",\"token_type\":\"mac\"}", BASE_ERROR_BROKEN, 0 },
    { 200, "{\"access_token\":\"a\"}", BASE_ERROR_BROKEN, 0 },
    { 200, "{\"access_token\":\"\",\"token_type\":\"bearer\"}", BASE_ERROR_BROKEN, 0 },
    { 200, "{\"access_token\":\"a\\r\\nb\",\"token_type\":\"bearer\"}", BASE_ERROR_BROKEN, 0 },
    { 200, "{\"access_token\":\"a\\u0001b\",\"token_type\":\"bearer\"}", BASE_ERROR_BROKEN, 0 },
    { 200, "{\"access_token\":\"a\",\"refresh_token\":\"\\u0000\",\"token_type\":\"bearer\"}", -1,
      3600 },
    { 200, "{\"access_token\":\"a\",\"refresh_token\":\"x\\n\",\"token_type\":\"bearer\"}",
      BASE_ERROR_BROKEN, 0 },
    { 200, "{\"access_token\":null,\"token_type\":null}", BASE_ERROR_BROKEN, 0 },
    { 200, "[]", BASE_ERROR_BROKEN, 0 },
    { 200, "\"a\"", BASE_ERROR_BROKEN, 0 },
    { 200, "", BASE_ERROR_BROKEN, 0 },
    { 200, "{\"access_token\":", BASE_ERROR_BROKEN, 0 },
    { 200, "\xff\xfe", BASE_ERROR_BROKEN, 0 },
    { 302, "{\"access_token\":\"a\",\"token_type\":\"bearer\"}", BASE_ERROR_BROKEN, 0 },
    { 400, "{\"access_token\":\"a\",\"token_type\":\"bearer\"}", BASE_ERROR_BROKEN, 0 },
    { 400, "{\"error\":\"invalid_grant\"}", BASE_ERROR_AUTH, 0 },
    { 200, "{\"error\":\"invalid_grant\"}", BASE_ERROR_AUTH, 0 },
    { 401, "{\"error\":\"invalid_client\"}", BASE_ERROR_AUTH, 0 },
    { 400, "{\"error\":\"temporarily_unavailable\"}", BASE_ERROR_RETRY, 0 },
    { 400, "{\"error\":{}}", BASE_ERROR_BROKEN, 0 },
    { 500, "{\"error\":\"invalid_grant\"}", BASE_ERROR_RETRY, 0 },
    { 503, "", BASE_ERROR_RETRY, 0 },
    { 429, "", BASE_ERROR_RETRY, 0 },
    { 404, "<html>", BASE_ERROR_BROKEN, 0 },
  };
  BaseOauth settings = { .provider = (char *)"google", .client_id = (char *)"x" };
  g_autoptr (MailOauth) oauth = mail_oauth_new (&settings, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MailOauthTokens) tokens = mail_oauth_read_answer (
        oauth, cases[i].status, cases[i].body, strlen (cases[i].body), &error);

    g_test_message ("%u %s", cases[i].status, cases[i].body);
    if (cases[i].error >= 0) {
      g_assert_error (error, BASE_ERROR, cases[i].error);
      g_assert_null (tokens);
      continue;
    }
    g_assert_no_error (error);
    g_assert_cmpstr (tokens->access, ==, "a");
    g_assert_cmpuint (tokens->lifetime, ==, cases[i].lifetime);
  }
}

/* ---- the door ---- */

static char *
read_all (GSocketConnection *connection)
{
  g_autoptr (GString) answer = g_string_new (NULL);
  char buffer[1024];
  gssize n;

  g_socket_set_timeout (g_socket_connection_get_socket (connection), 5);
  while ((n = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), buffer,
                                   sizeof buffer, NULL, NULL))
         > 0)
    g_string_append_len (answer, buffer, n);
  return g_string_free (g_steal_pointer (&answer), FALSE);
}

static char *
ask_door (guint16 port, const char *request)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);

  if (connection == NULL)
    return NULL;
  (void)g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                                   request, strlen (request), NULL, NULL, NULL);
  return read_all (connection);
}

typedef struct
{
  guint16 port;
  char *last; /* what the browser was told in the end */
} Knock;

static char *
get (const Knock *knock, const char *target, const char *host)
{
  g_autofree char *request = g_strdup_printf (
      "GET %s HTTP/1.1\r\nHost: %s:%u\r\nAccept: */*\r\n\r\n", target, host, knock->port);

  return ask_door (knock->port, request);
}

static void
assert_refused (char *answer, const char *status)
{
  g_autofree char *owned = answer;

  g_assert_nonnull (owned);
  if (!g_str_has_prefix (owned, status))
    g_error ("not %s: %s", status, owned);
  g_assert_null (strstr (owned, "close this window"));
}

/* Strangers, then the one; then another one, too late. */
static gpointer
knock_main (gpointer data)
{
  Knock *knock = data;
  g_autofree char *long_target = g_strnfill (60000, 'a');
  g_autofree char *far_too_long = g_strdup_printf ("GET /?%s", long_target);
  GSocketConnection *idle[40];
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  char *answer;

  /* Connections for later, more than have room. */
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    idle[i] = g_socket_client_connect_to_host (client, "127.0.0.1", knock->port, NULL, NULL);
  assert_refused (get (knock, "/favicon.ico", "127.0.0.1"), "HTTP/1.1 404");
  assert_refused (get (knock, "/?code=evil&state=evil", "127.0.0.1"), "HTTP/1.1 400");
  assert_refused (get (knock, "/?code=evil", "127.0.0.1"), "HTTP/1.1 400");
  assert_refused (get (knock, "/x?code=evil&state=S1", "127.0.0.1"), "HTTP/1.1 404");
  assert_refused (get (knock, "/?code=evil&state=S1", "evil.example.org"), "HTTP/1.1 404");
  assert_refused (get (knock, "/?code=evil&state=S1", "localhost"), "HTTP/1.1 404");
  assert_refused (
      ask_door (knock->port, "POST /?code=evil&state=S1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
      "HTTP/1.1 404");
  answer = ask_door (knock->port, far_too_long);
  g_assert_cmpstr (answer, ==, "");
  g_free (answer);
  answer = ask_door (knock->port, "\x16\x03\x01\n\n\r\n\r\n");
  g_free (answer);
  knock->last = get (knock, "/?code=right&state=S1", "127.0.0.1");
  answer = get (knock, "/?code=second&state=S1", "127.0.0.1");
  g_assert_true (answer == NULL || strstr (answer, "200") == NULL);
  g_free (answer);
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    g_clear_object (&idle[i]);
  return NULL;
}

static guint16
port_of (MailOauthLoopback *loopback)
{
  return (guint16)g_ascii_strtoull (
      mail_oauth_loopback_get_redirect (loopback) + strlen ("http://127.0.0.1:"), NULL, 10);
}

static void
test_door (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MailOauthLoopback) loopback = mail_oauth_loopback_new ("S1", &error);
  g_autoptr (MailOauthLoopback) other = mail_oauth_loopback_new ("S1", &error);
  Knock knock = { .port = port_of (loopback) };
  GThread *thread = g_thread_new ("knock", knock_main, &knock);
  char *code = mail_oauth_loopback_wait (loopback, 60000, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (code, ==, "right");
  mail_password_free (code);
  g_thread_join (thread);
  g_assert_cmpuint (port_of (loopback), !=, port_of (other));
  g_assert_nonnull (strstr (knock.last, "HTTP/1.1 200"));
  g_assert_nonnull (strstr (knock.last, "You can close this window."));
  g_assert_nonnull (strstr (knock.last, "Referrer-Policy: no-referrer"));
  g_assert_nonnull (strstr (knock.last, "default-src 'none'"));
  g_assert_null (strstr (knock.last, "right"));
  g_free (knock.last);
  /* It is over: nobody is let in. */
  g_assert_null (get (&knock, "/?code=third&state=S1", "127.0.0.1"));
}

static void
test_door_late (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MailOauthLoopback) loopback = mail_oauth_loopback_new ("S1", &error);
  Knock knock = { .port = port_of (loopback) };
  gint64 begin = g_get_monotonic_time ();

  g_assert_null (mail_oauth_loopback_wait (loopback, 200, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 200 * 1000);
  g_assert_null (get (&knock, "/?code=late&state=S1", "127.0.0.1"));
}

static gpointer
cancel_main (gpointer cancellable)
{
  g_usleep (100 * 1000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_door_cancelled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (MailOauthLoopback) loopback = mail_oauth_loopback_new ("S1", &error);
  GThread *thread = g_thread_new ("cancel", cancel_main, cancellable);

  g_assert_null (mail_oauth_loopback_wait (loopback, 60000, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
}

typedef struct
{
  GSocketConnection *connection;
  struct rlimit limit;
  double spent; /* s of the processor, while nobody could be let in */
} Crowded;

static gpointer
make_room_main (gpointer data)
{
  Crowded *crowded = data;
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (crowded->connection));
  clock_t begin = clock ();

  g_usleep (1000 * 1000);
  crowded->spent = (double)(clock () - begin) / CLOCKS_PER_SEC;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &crowded->limit), ==, 0);
  g_assert_true (g_output_stream_write_all (out, "GET / HTTP/1.0\r\n\r\n", 18, NULL, NULL, NULL));
  return read_all (crowded->connection);
}

/* No room for another file: whoever knocks is let in as soon as there is, and nobody runs to the door meanwhile. */
static void
test_door_crowded (void)
{
  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    g_test_trap_assert_passed ();
    return;
  }
  g_autoptr (GError) error = NULL;
  g_autoptr (MailOauthLoopback) loopback = mail_oauth_loopback_new ("S1", &error);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  Crowded crowded = { .connection = g_socket_client_connect_to_host (
                          client, "127.0.0.1", port_of (loopback), NULL, NULL) };
  struct rlimit none;
  int next = dup (0);
  GThread *room;
  char *answer;

  close (next);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &crowded.limit), ==, 0);
  none = crowded.limit;
  none.rlim_cur = (rlim_t)next;
  room = g_thread_new ("room", make_room_main, &crowded);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  g_assert_null (mail_oauth_loopback_wait (loopback, 2500, NULL, &error));
  answer = g_thread_join (room);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 404"));
  g_assert_cmpfloat (crowded.spent, <, 0.3);
  g_free (answer);
  g_object_unref (crowded.connection);
}

/* ---- the whole way ---- */

typedef enum
{
  PERSON_ALLOWS,
  PERSON_DENIES,
  PERSON_IS_AWAY,
  PERSON_IS_FOOLED, /* a page sends the code of somebody else's sign-in */
} Person;

typedef struct
{
  OauthProvider *provider;
  Person person;
  char *page, *told;
  guint status;
  GThread *thread;
} Visit;

static gpointer
person_main (gpointer data)
{
  Visit *visit = data;
  g_autoptr (OauthPage) page = oauth_page_new (visit->page);
  OauthPage stranger = { .challenge = (char *)"that of somebody else" };
  g_autofree char *code = oauth_provider_dup_code (
      visit->provider, visit->person == PERSON_IS_FOOLED ? &stranger : page);
  g_autofree char *address =
      visit->person == PERSON_DENIES
          ? g_strdup_printf ("%s?error=access_denied&state=%s", page->redirect, page->state)
          : g_strdup_printf ("%s?state=%s&code=%s", page->redirect, page->state, code);

  if (visit->person != PERSON_IS_AWAY)
    visit->status = oauth_browse (address, &visit->told);
  return NULL;
}

static void
show (const char *page, gpointer user_data)
{
  Visit *visit = user_data;

  visit->page = g_strdup (page);
  visit->thread = g_thread_new ("person", person_main, visit);
}

static MailOauthTokens *
sign_in (OauthProvider *provider, Person person, guint browser_ms, guint http_ms, char **told,
         GError **error)
{
  BaseOauth *settings = oauth_provider_dup_settings (provider);
  g_autoptr (MailOauth) oauth = mail_oauth_new (settings, NULL);
  MailOauthTimes times = { browser_ms, http_ms };
  Visit visit = { .provider = provider, .person = person };
  MailOauthTokens *tokens = mail_oauth_sign_in (oauth, ADDRESS, &times, show, &visit, NULL, error);

  g_thread_join (visit.thread);
  g_assert_cmpuint (visit.status, ==, person == PERSON_IS_AWAY ? 0 : 200);
  if (told != NULL)
    *told = g_steal_pointer (&visit.told);
  g_free (visit.told);
  g_free (visit.page);
  base_oauth_free (settings);
  return tokens;
}

static void
test_sign_in (void)
{
  g_autoptr (OauthProvider) provider = oauth_provider_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *told = NULL;
  g_autoptr (MailOauthTokens) tokens =
      sign_in (provider, PERSON_ALLOWS, 60000, 60000, &told, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (tokens->access, ==, "access-1");
  g_assert_cmpstr (tokens->refresh, ==, "refresh-1");
  g_assert_cmpuint (tokens->lifetime, ==, 3600);
  g_assert_nonnull (strstr (told, "You can close this window."));
}

static void
check_refused (OauthProvider *provider, Person person, guint browser_ms, guint http_ms, int code)
{
  g_autoptr (GError) error = NULL;
  MailOauthTokens *tokens = sign_in (provider, person, browser_ms, http_ms, NULL, &error);

  g_assert_null (tokens);
  g_assert_error (error, BASE_ERROR, code);
}

static void
test_persons (void)
{
  g_autoptr (OauthProvider) provider = oauth_provider_new ();
  g_autofree char *told = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (sign_in (provider, PERSON_DENIES, 60000, 60000, &told, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_nonnull (strstr (told, "Not signed in"));
  g_assert_null (strstr (told, "close this window"));
  check_refused (provider, PERSON_IS_AWAY, 200, 60000, BASE_ERROR_REFUSED);
  g_assert_cmpuint (oauth_provider_get_n_requests (provider), ==, 0);
  /* PKCE: a code that was not given for our challenge is good for nothing. */
  check_refused (provider, PERSON_IS_FOOLED, 60000, 60000, BASE_ERROR_REFUSED);
  g_assert_cmpuint (oauth_provider_get_n_requests (provider), ==, 1);
}

static void
test_bad_providers (void)
{
  static const struct
  {
    ProviderMode mode;
    int code;
  } cases[] = {
    { PROVIDER_NO_REFRESH, BASE_ERROR_REFUSED }, { PROVIDER_REFUSES, BASE_ERROR_REFUSED },
    { PROVIDER_STRANGER, BASE_ERROR_REFUSED },   { PROVIDER_BUSY, BASE_ERROR_RETRY },
    { PROVIDER_NONSENSE, BASE_ERROR_BROKEN },    { PROVIDER_DEEP, BASE_ERROR_BROKEN },
    { PROVIDER_HUGE, BASE_ERROR_BROKEN },        { PROVIDER_ELSEWHERE, BASE_ERROR_BROKEN },
  };
  g_autoptr (OauthProvider) provider = oauth_provider_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%d", cases[i].mode);
    oauth_provider_set (provider, cases[i].mode, 3600);
    check_refused (provider, PERSON_ALLOWS, 60000, 60000, cases[i].code);
  }
  oauth_provider_set (provider, PROVIDER_SILENT, 3600);
  check_refused (provider, PERSON_ALLOWS, 60000, 300, BASE_ERROR_RETRY);
}

/* Two requests in a row: nothing of the first is told again; and no word of a secret comes back in an error. */
static void
test_refresh (void)
{
  g_autoptr (OauthProvider) provider = oauth_provider_new ();
  BaseOauth *settings = oauth_provider_dup_settings (provider);
  g_autoptr (MailOauth) oauth = mail_oauth_new (settings, NULL);
  g_autofree char *refresh = oauth_provider_dup_refresh (provider);
  g_autoptr (GError) error = NULL;

  oauth_provider_set (provider, PROVIDER_COOKIES, 60);
  for (guint i = 1; i <= 2; i++) {
    g_autoptr (MailOauthTokens) tokens =
        mail_oauth_refresh (oauth, refresh, &mail_oauth_times, NULL, NULL, NULL, &error);
    g_autofree char *wanted = g_strdup_printf ("refresh-%u", i);

    g_assert_no_error (error);
    g_assert_cmpstr (tokens->refresh, ==, wanted);
    g_free (refresh);
    refresh = g_strdup (tokens->refresh);
  }
  oauth_provider_set (provider, PROVIDER_REFUSES, 60);
  g_assert_null (mail_oauth_refresh (oauth, refresh, &mail_oauth_times, NULL, NULL, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_AUTH);
  g_assert_null (base_error_get_detail (error)); /* "no: refresh-2" */
  g_assert_null (strstr (error->message, refresh));
  base_oauth_free (settings);
}

void
add_oauth_tests (void)
{
  g_test_add_func ("/mail/oauth/providers", test_providers);
  g_test_add_func ("/mail/oauth/table", test_table);
  g_test_add_func ("/mail/oauth/addresses", test_addresses);
  g_test_add_func ("/mail/oauth/challenge", test_challenge);
  g_test_add_func ("/mail/oauth/redirects", test_redirects);
  g_test_add_func ("/mail/oauth/answers", test_answers);
  g_test_add_func ("/mail/oauth/door", test_door);
  g_test_add_func ("/mail/oauth/door-late", test_door_late);
  g_test_add_func ("/mail/oauth/door-cancelled", test_door_cancelled);
  g_test_add_func ("/mail/oauth/door-crowded", test_door_crowded);
  g_test_add_func ("/mail/oauth/sign-in", test_sign_in);
  g_test_add_func ("/mail/oauth/persons", test_persons);
  g_test_add_func ("/mail/oauth/bad-providers", test_bad_providers);
  g_test_add_func ("/mail/oauth/refresh", test_refresh);
}
