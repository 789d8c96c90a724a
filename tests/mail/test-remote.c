/* Remote images: which addresses, and a server on this computer that must not be reached, or
 * (allowed for the test) is. */
#include <libsoup/soup.h>

#include "base-error.h"
#include "test-mail.h"

static void
test_addresses (void)
{
  static const char *const refused[] = { "127.0.0.1",
                                         "127.8.9.1",
                                         "0.0.0.0",
                                         "10.1.2.3",
                                         "172.16.0.1",
                                         "172.31.9.9",
                                         "192.168.0.1",
                                         "169.254.1.1",
                                         "100.64.0.1",
                                         "224.0.0.1",
                                         "255.255.255.255",
                                         "198.18.0.1",
                                         "192.0.2.1",
                                         "::",
                                         "::1",
                                         "fe80::1",
                                         "fc00::1",
                                         "fd12:3456::1",
                                         "ff02::1",
                                         "::ffff:127.0.0.1",
                                         "::ffff:10.0.0.1",
                                         "64:ff9b::7f00:1",
                                         "2002:7f00:1::",
                                         "2002:c0a8:101::",
                                         "2001:db8::1",
                                         "2001:0:1::1",
                                         "fec0::1",
                                         "100::1" };
  static const char *const allowed[] = { "8.8.8.8",     "172.32.0.1",           "100.128.0.1",
                                         "192.169.0.1", "2001:4860:4860::8888", "::ffff:8.8.8.8",
                                         "2a00:1450::1" };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (refused[i]);

    g_test_message ("%s", refused[i]);
    g_assert_false (mail_remote_address_is_public (address));
  }
  for (guint i = 0; i < G_N_ELEMENTS (allowed); i++) {
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (allowed[i]);

    g_test_message ("%s", allowed[i]);
    g_assert_true (mail_remote_address_is_public (address));
  }
}

static gboolean
allow_all (GInetAddress *address)
{
  return TRUE;
}

static gboolean
allow_127_0_0_1 (GInetAddress *address)
{
  g_autofree char *text = g_inet_address_to_string (address);

  return g_str_equal (text, "127.0.0.1");
}

typedef struct
{
  SoupServer *server;
  char *base;
  guint n_requests;
  char *seen; /* headers that must not be there */
} Web;

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer data)
{
  Web *web = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupMessageHeaders *answer = soup_server_message_get_response_headers (message);

  web->n_requests++;
  g_assert_null (soup_message_headers_get_one (headers, "Cookie"));
  g_assert_null (soup_message_headers_get_one (headers, "Referer"));
  g_assert_null (soup_message_headers_get_one (headers, "Authorization"));
  g_assert_cmpstr (soup_message_headers_get_one (headers, "User-Agent"), ==, "Mozilla/5.0");
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  if (g_str_equal (path, "/image")) {
    soup_message_headers_append (answer, "Set-Cookie", "a=b");
    soup_server_message_set_response (message, "image/PNG; x=y", SOUP_MEMORY_STATIC, "PNG", 3);
  } else if (g_str_equal (path, "/page")) {
    soup_server_message_set_response (message, "text/html", SOUP_MEMORY_STATIC, "<p>", 3);
  } else if (g_str_equal (path, "/large")) {
    gsize size = 21 * 1000 * 1000;

    soup_server_message_set_response (message, "image/png", SOUP_MEMORY_TAKE, g_malloc0 (size),
                                      size);
  } else if (g_str_equal (path, "/hop")) {
    soup_message_headers_append (answer, "Set-Cookie", "a=b");
    soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, "/image");
  } else if (g_str_equal (path, "/loop")) {
    soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, "/loop");
  } else if (g_str_equal (path, "/elsewhere")) {
    soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, "http://127.0.0.2:1/image");
  } else if (g_str_equal (path, "/file")) {
    soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, "file:///etc/passwd");
  } else if (g_str_equal (path, "/secret")) {
    soup_message_headers_append (answer, "WWW-Authenticate", "Basic realm=x");
    soup_server_message_set_status (message, SOUP_STATUS_UNAUTHORIZED, NULL);
  } else {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  }
}

static void
web_start (Web *web)
{
  g_autoptr (GError) error = NULL;

  web->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (web->server, NULL, on_request, web, NULL);
  g_assert_true (soup_server_listen_local (web->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
  g_assert_no_error (error);
  GSList *uris = soup_server_get_uris (web->server);
  web->base = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
}

static void
web_end (Web *web)
{
  g_clear_object (&web->server);
  g_free (web->base);
}

typedef struct
{
  MailRemoteAllowFunc allow;
  char *uri;
  MailRemoteImage *image;
  GError *error;
  gint done;
} Fetch;

static gpointer
run_fetch (gpointer data)
{
  Fetch *fetch = data;

  fetch->image = mail_remote_fetch (fetch->allow, fetch->uri, NULL, &fetch->error);
  g_atomic_int_set (&fetch->done, 1);
  return NULL;
}

static gboolean
is_done (gpointer fetch)
{
  return g_atomic_int_get (&((Fetch *)fetch)->done);
}

static void
fetch (Web *web, MailRemoteAllowFunc allow, const char *path, int code)
{
  Fetch job = { .allow = allow, .uri = g_strconcat (path[0] == '/' ? web->base : "", path, NULL) };
  GThread *thread = g_thread_new ("fetch", run_fetch, &job);

  wait_until (is_done, &job);
  g_thread_join (thread);
  g_test_message ("%s: %s", path, job.error != NULL ? job.error->message : "fine");
  if (code < 0) {
    g_assert_no_error (job.error);
    g_assert_cmpstr (job.image->content_type, ==, "image/png");
    g_assert_cmpuint (g_bytes_get_size (job.image->bytes), ==, 3);
    mail_remote_image_free (job.image);
  } else {
    g_assert_null (job.image);
    g_assert_error (job.error, BASE_ERROR, code);
    g_error_free (job.error);
  }
  g_free (job.uri);
}

static void
test_fetch (void)
{
  Web web = { 0 };

  web_start (&web);
  fetch (&web, allow_all, "/image", -1);
  fetch (&web, allow_all, "/hop", -1);
  fetch (&web, allow_all, "/loop", BASE_ERROR_LIMIT);
  fetch (&web, allow_all, "/page", BASE_ERROR_REFUSED);
  fetch (&web, allow_all, "/large", BASE_ERROR_LIMIT);
  fetch (&web, allow_all, "/secret", BASE_ERROR_RETRY);
  fetch (&web, allow_all, "/missing", BASE_ERROR_RETRY);
  fetch (&web, allow_all, "/file", BASE_ERROR_REFUSED);
  fetch (&web, allow_127_0_0_1, "/elsewhere", BASE_ERROR_REFUSED);
  web_end (&web);
}

static void
test_local (void)
{
  Web web = { 0 };
  g_autofree char *by_name = NULL;

  web_start (&web);
  by_name = g_strdup_printf ("http://localhost:%s/image", strrchr (web.base, ':') + 1);
  fetch (&web, mail_remote_address_is_public, "/image", BASE_ERROR_REFUSED);
  fetch (&web, mail_remote_address_is_public, by_name, BASE_ERROR_REFUSED);
  fetch (&web, mail_remote_address_is_public, "file:///etc/passwd", BASE_ERROR_REFUSED);
  fetch (&web, mail_remote_address_is_public, "http://a:b@example.org/", BASE_ERROR_REFUSED);
  fetch (&web, mail_remote_address_is_public, "nonsense", BASE_ERROR_REFUSED);
  g_assert_cmpuint (web.n_requests, ==, 0);
  web_end (&web);
}

/* Says yes when asked about the name, and no about the peer that then answers. */
static gboolean
allow_once (GInetAddress *address)
{
  static gint asked;

  return g_atomic_int_add (&asked, 1) == 0;
}

static void
test_rebinding (void)
{
  Web web = { 0 };

  web_start (&web);
  fetch (&web, allow_once, "/image", BASE_ERROR_REFUSED);
  g_assert_cmpuint (web.n_requests, ==, 0);
  web_end (&web);
}

static void
test_by_engine (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  GAsyncResult *results[12] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    mail_engine_fetch_remote_async (bench->engine, "http://127.0.0.1:1/x.png", NULL, on_result,
                                    &results[i]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (
        mail_engine_fetch_remote_finish (bench->engine, wait_result (&results[i]), NULL, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
    g_object_unref (results[i]);
  }
}

void
add_remote_tests (void)
{
  g_test_add_func ("/mail/remote/addresses", test_addresses);
  g_test_add_func ("/mail/remote/fetch", test_fetch);
  g_test_add_func ("/mail/remote/local", test_local);
  g_test_add_func ("/mail/remote/rebinding", test_rebinding);
  g_test_add_func ("/mail/remote/engine", test_by_engine);
}
