/* How a server is reached: addresses of which the first ones are dead, and proxies. */
#include "test-net.h"

#include <string.h>

#include "base-error.h"
#include "black-hole.h"
#include "fake-proxy.h"
#include "fake-resolver.h"
#include "fake-server.h"
#include "net-connection.h"

/* ---- which proxies there are ---- */

typedef GObject TestProxies;
typedef GObjectClass TestProxiesClass;

static char *proxies; /* Owned: separated by blanks */
static char *asked;   /* Owned: what it was asked for last */

static char **
look_up (GProxyResolver *resolver, const char *uri, GCancellable *cancellable, GError **error)
{
  g_free (asked);
  asked = g_strdup (uri);
  return g_strsplit (proxies != NULL ? proxies : "direct://", " ", -1);
}

static void
look_up_async (GProxyResolver *resolver, const char *uri, GCancellable *cancellable,
               GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  g_task_return_pointer (task, look_up (resolver, uri, cancellable, NULL),
                         (GDestroyNotify)g_strfreev);
}

static char **
look_up_finish (GProxyResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static void
proxies_init (GProxyResolverInterface *interface)
{
  interface->is_supported = is_supported;
  interface->lookup = look_up;
  interface->lookup_async = look_up_async;
  interface->lookup_finish = look_up_finish;
}

GType test_proxies_get_type (void);
G_DEFINE_TYPE_WITH_CODE (TestProxies, test_proxies, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, proxies_init))

static void
test_proxies_class_init (TestProxiesClass *class)
{
}

static void
test_proxies_init (TestProxies *self)
{
}

static void
set_proxies (const char *scheme, FakeProxy *proxy, const char *more)
{
  g_free (proxies);
  proxies = proxy != NULL
                ? g_strdup_printf ("%s://127.0.0.1:%u%s", scheme, fake_proxy_get_port (proxy), more)
                : NULL;
}

/* ---- tests ---- */

static NetConnection *
reach (FakeServer *server, const char *protocol, GError **error)
{
  NetEndpoint endpoint = fake_server_endpoint (server);

  endpoint.host = "mail.example.org";
  endpoint.protocol = protocol;
  return net_connection_open (&endpoint, NULL, error);
}

/* By name, which the proxy resolves, and by the scheme of what is spoken. */
static void
test_proxy (void)
{
  static const struct
  {
    const char *scheme, *protocol, *uri;
  } cases[] = {
    { "socks5", "imap", "imap://mail.example.org:%u" },
    { "socks5", "smtp", "smtp://mail.example.org:%u" },
    { "http", "imap", "imap://mail.example.org:%u" },
    { "http", NULL, "none://mail.example.org:%u" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
    g_autoptr (FakeProxy) proxy = fake_proxy_new (FAKE_PROXY_OPEN);
    g_autofree char *uri = g_strdup_printf (cases[i].uri, fake_server_get_port (server));
    g_autofree char *expected =
        g_strdup_printf ("mail.example.org:%u", fake_server_get_port (server));
    g_autofree char *at_proxy = NULL;
    g_autofree char *line = NULL;
    g_autoptr (NetConnection) connection = NULL;
    g_autoptr (GError) error = NULL;

    fake_server_add_script (server, "S: hello\nSTALL", NULL);
    set_proxies (cases[i].scheme, proxy, "");
    connection = reach (server, cases[i].protocol, &error);
    g_assert_no_error (error);
    line = net_connection_read_line (connection, 100, NULL, &error);
    g_assert_cmpstr (line, ==, "hello");
    at_proxy = fake_proxy_dup_asked (proxy);
    g_assert_cmpstr (at_proxy, ==, expected);
    g_assert_cmpstr (asked, ==, uri);
    g_clear_pointer (&connection, net_connection_free);
    fake_server_check (server);
  }
  set_proxies (NULL, NULL, NULL);
}

/* TLS goes through it to the server, whose certificate counts. */
static void
test_proxy_tls (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
  g_autoptr (FakeProxy) proxy = fake_proxy_new (FAKE_PROXY_OPEN);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (NetConnection) connection = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;

  fake_server_add_script (server, "S: hello\nSTALL", NULL);
  fake_server_add_script (server, "EOF", NULL);
  endpoint.host = "localhost";
  set_proxies ("http", proxy, "");
  connection = net_connection_open (&endpoint, NULL, &error);
  g_assert_no_error (error);
  line = net_connection_read_line (connection, 100, NULL, &error);
  g_assert_cmpstr (line, ==, "hello");
  g_clear_pointer (&connection, net_connection_free);

  endpoint.host = "mail.example.org";
  g_assert_null (net_connection_open (&endpoint, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_TRUST);
  fake_server_check (server);
  set_proxies (NULL, NULL, NULL);
}

static void
test_proxy_refuses (void)
{
  static const struct
  {
    const char *scheme;
    FakeProxyManner manner;
    const char *word;
  } cases[] = {
    { "socks5", FAKE_PROXY_REFUSING, "does not let mail through" },
    { "http", FAKE_PROXY_REFUSING, "does not let mail through" },
    { "socks5", FAKE_PROXY_ASKING, "user name and password" },
    { "http", FAKE_PROXY_ASKING, "user name and password" },
    { "socks5", FAKE_PROXY_SENSELESS, "does not let mail through" },
    { "http", FAKE_PROXY_SENSELESS, "does not let mail through" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
    g_autoptr (FakeProxy) proxy = fake_proxy_new (cases[i].manner);
    g_autoptr (GError) error = NULL;

    set_proxies (cases[i].scheme, proxy, "");
    g_assert_null (reach (server, "imap", &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
    g_test_message ("%s (%s)", error->message, base_error_get_detail (error));
    g_assert_nonnull (strstr (error->message, cases[i].word));
    g_assert_nonnull (strstr (error->message, "proxy"));
    g_assert_cmpuint (fake_server_count_connections (server), ==, 0);
  }
  set_proxies (NULL, NULL, NULL);
}

/* One that refuses is passed over where the system says that there is another way. */
static void
test_proxy_or_direct (void)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
  g_autoptr (FakeProxy) proxy = fake_proxy_new (FAKE_PROXY_REFUSING);
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  fake_server_add_script (server, "S: hello\nSTALL", NULL);
  set_proxies ("socks5", proxy, " direct://");
  connection = reach (server, "imap", &error);
  g_assert_no_error (error);
  set_proxies (NULL, NULL, NULL);
}

/* How long it takes; 0 where `dead` cannot be. */
static gint64
dial (const char *dead, const char *const *addresses)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
  g_autoptr (BlackHole) hole = NULL;
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  gint64 begun, took;

  if (dead != NULL)
    hole = black_hole_new (dead, fake_server_get_port (server));
  if (dead != NULL && hole == NULL) {
    g_test_message ("there is no %s here", dead);
    return 0;
  }
  fake_server_add_script (server, "S: hello\nSTALL", NULL);
  fake_resolver_set_addresses (addresses);
  begun = g_get_monotonic_time ();
  connection = reach (server, "imap", &error);
  took = g_get_monotonic_time () - begun;
  g_assert_no_error (error);
  g_test_message ("%" G_GINT64_FORMAT " ms", took / 1000);
  return took;
}

/* RFC 8305: whoever does not answer costs a moment.  A busy machine may take longer many times, but not each time. */
static void
test_dead_addresses (void)
{
  static const struct
  {
    const char *dead;
    const char *const addresses[5];
  } cases[] = {
    { NULL, { "127.0.0.1", NULL } },
    { "::1", { "::1", "127.0.0.1", NULL } },
    { "::1", { "::1", "::1", "127.0.0.1", NULL } },
    { "127.0.0.2", { "127.0.0.2", "127.0.0.1", NULL } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gint64 took = G_MAXINT64;

    for (guint try = 0; try < 30 && took >= 400000; try++)
      took = dial (cases[i].dead, cases[i].addresses);
    g_assert_cmpint (took, <, 400000);
  }
  fake_resolver_set_addresses (NULL);
}

void
test_dial_add (void)
{
  GIOExtensionPoint *point = g_io_extension_point_register (G_PROXY_RESOLVER_EXTENSION_POINT_NAME);

  g_io_extension_point_set_required_type (point, G_TYPE_PROXY_RESOLVER);
  g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME, test_proxies_get_type (),
                                  "test", G_MAXINT);
  fake_resolver_install ();
  g_test_add_func ("/net/dial/proxy", test_proxy);
  g_test_add_func ("/net/dial/proxy-tls", test_proxy_tls);
  g_test_add_func ("/net/dial/proxy-refuses", test_proxy_refuses);
  g_test_add_func ("/net/dial/proxy-or-direct", test_proxy_or_direct);
  g_test_add_func ("/net/dial/dead-addresses", test_dead_addresses);
}
