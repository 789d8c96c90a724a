/* Remote images over libsoup.  Fetching blocks and runs in a pool thread with a session of its
 * own, so that nothing, not even a connection, is shared between two pictures.  It must never
 * send a cookie, a Referer or a password, and never talk to an address that is not public: the
 * name is resolved and checked before, and the peer that was really reached is checked again
 * before a request goes out. */
#include "mail-remote.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "mail-http.h"

#define MAX_OCTETS    (20u * 1000 * 1000)
#define MAX_REDIRECTS 5
#define TIMEOUT_S     30

void
mail_remote_image_free (MailRemoteImage *image)
{
  g_clear_pointer (&image->bytes, g_bytes_unref);
  g_free (image->content_type);
  g_free (image);
}

static gboolean
ipv4_is_public (const guint8 *b)
{
  if (b[0] == 0 || b[0] == 10 || b[0] == 127 || b[0] >= 224)
    return FALSE; /* this network, private, loopback, multicast and reserved */
  if (b[0] == 100 && (b[1] & 0xc0) == 64)
    return FALSE; /* shared by carriers, RFC 6598 */
  if (b[0] == 169 && b[1] == 254)
    return FALSE;
  if (b[0] == 172 && (b[1] & 0xf0) == 16)
    return FALSE;
  if (b[0] == 192 && b[1] == 168)
    return FALSE;
  if (b[0] == 192 && b[1] == 0 && (b[2] == 0 || b[2] == 2))
    return FALSE; /* IETF assignments, documentation */
  if (b[0] == 198 && ((b[1] & 0xfe) == 18 || (b[1] == 51 && b[2] == 100)))
    return FALSE; /* benchmarks, documentation */
  if (b[0] == 203 && b[1] == 0 && b[2] == 113)
    return FALSE;
  return TRUE;
}

gboolean
mail_remote_address_is_public (GInetAddress *address)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
  static const guint8 nat64[12] = { 0x00, 0x64, 0xff, 0x9b };
  const guint8 *b = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    return ipv4_is_public (b);
  if (g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return FALSE;
  if (memcmp (b, mapped, sizeof mapped) == 0 || memcmp (b, nat64, sizeof nat64) == 0)
    return ipv4_is_public (b + 12);
  if (b[0] == 0x20 && b[1] == 0x02)
    return ipv4_is_public (b + 2); /* 6to4 */
  /* Global unicast is 2000::/3; of it Teredo wraps a hidden IPv4 address, and 2001:db8:: is
   * documentation. */
  if ((b[0] & 0xe0) != 0x20)
    return FALSE;
  if (b[0] == 0x20 && b[1] == 0x01 && ((b[2] == 0 && b[3] == 0) || (b[2] == 0x0d && b[3] == 0xb8)))
    return FALSE;
  return TRUE;
}

static void
set_not_public (GError **error, const char *host)
{
  base_error_set (error, BASE_ERROR_REFUSED, NULL,
                  _ ("An image was not loaded: %s is this computer or lies in the local network."),
                  host);
}

static void
set_unreachable (GError **error, const char *host, const char *detail)
{
  base_error_set (error, BASE_ERROR_RETRY, detail, _ ("An image could not be loaded from %s."),
                  host);
}

/* All addresses of the host must be public: which one is taken is not ours to say. Behind a
 * proxy the name is the proxy's to resolve (asking here would tell the local network), and only
 * what is plainly an address can be checked. */
static gboolean
check_host (MailRemoteAllowFunc allow, GUri *uri, gboolean *direct, GCancellable *cancellable,
            GError **error)
{
  const char *host = g_uri_get_host (uri);
  g_autoptr (GError) local = NULL;
  g_autofree char *text = g_uri_to_string (uri);
  g_auto (GStrv) proxies = NULL;
  g_autoptr (GInetAddress) literal = g_inet_address_new_from_string (host);

  if (literal != NULL && !allow (literal)) {
    set_not_public (error, host);
    return FALSE;
  }
  proxies = g_proxy_resolver_lookup (g_proxy_resolver_get_default (), text, cancellable, NULL);
  *direct = proxies == NULL || proxies[0] == NULL || g_str_has_prefix (proxies[0], "direct:");
  if (literal != NULL || !*direct)
    return TRUE;

  GList *addresses =
      g_resolver_lookup_by_name (g_resolver_get_default (), host, cancellable, &local);
  if (addresses == NULL) {
    if (base_error_is_cancelled (local))
      g_propagate_error (error, g_steal_pointer (&local));
    else
      set_unreachable (error, host, local->message);
    return FALSE;
  }
  gboolean good = TRUE;
  for (GList *l = addresses; l != NULL; l = l->next)
    good = good && allow (l->data);
  g_resolver_free_addresses (addresses);
  if (!good)
    set_not_public (error, host);
  return good;
}

typedef struct
{
  MailRemoteAllowFunc allow;
  GCancellable *stop;
  gboolean refused;
} Peer;

/* The name may resolve to something else the second time (DNS rebinding): look at who really
 * answered, before TLS and before the request. */
static void
on_network_event (SoupMessage *message, GSocketClientEvent event, GIOStream *stream, gpointer data)
{
  Peer *peer = data;

  if (event != G_SOCKET_CLIENT_CONNECTED || !G_IS_SOCKET_CONNECTION (stream))
    return;
  g_autoptr (GSocketAddress) address =
      g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (stream), NULL);
  if (G_IS_INET_SOCKET_ADDRESS (address)
      && peer->allow (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))))
    return;
  peer->refused = TRUE;
  g_cancellable_cancel (peer->stop);
}

static GBytes *
read_body (GInputStream *stream, const char *host, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  GByteArray *body = mail_http_read (stream, MAX_OCTETS, cancellable, &local);

  if (body != NULL)
    return g_byte_array_free_to_bytes (body);
  if (base_error_is_cancelled (local))
    g_propagate_error (error, g_steal_pointer (&local));
  else if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE))
    base_error_set (error, BASE_ERROR_LIMIT, NULL,
                    _ ("An image from %s is too large and was not loaded."), host);
  else
    set_unreachable (error, host, local->message);
  return NULL;
}

/* One hop: an image, or (NULL without error) *next to go to. */
static MailRemoteImage *
fetch_hop (SoupSession *session, MailRemoteAllowFunc allow, GUri *uri, GUri **next,
           GCancellable *cancellable, GError **error)
{
  const char *host = g_uri_get_host (uri);
  gboolean direct = TRUE;
  g_autoptr (GError) local = NULL;

  if (!check_host (allow, uri, &direct, cancellable, error))
    return NULL;

  g_autoptr (SoupMessage) message = mail_http_message_new ("GET", uri);
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  Peer peer = { .allow = allow, .stop = stop };
  gulong chain = mail_http_follow (cancellable, stop);

  soup_message_headers_replace (soup_message_get_request_headers (message), "Accept", "image/*");
  if (direct)
    g_signal_connect (message, "network-event", G_CALLBACK (on_network_event), &peer);

  g_autoptr (GInputStream) stream = soup_session_send (session, message, stop, &local);
  g_autoptr (GBytes) body = NULL;
  const char *type =
      soup_message_headers_get_content_type (soup_message_get_response_headers (message), NULL);
  guint status = soup_message_get_status (message);

  if (peer.refused) {
    set_not_public (error, host);
  } else if (stream == NULL) {
    if (base_error_is_cancelled (local))
      g_propagate_error (error, g_steal_pointer (&local));
    else
      set_unreachable (error, host, local->message);
  } else if (SOUP_STATUS_IS_REDIRECTION (status)) {
    const char *location =
        soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");

    *next =
        location != NULL ? g_uri_parse_relative (uri, location, SOUP_HTTP_URI_FLAGS, NULL) : NULL;
    if (*next == NULL)
      set_unreachable (error, host, NULL);
  } else if (!SOUP_STATUS_IS_SUCCESSFUL (status)) {
    set_unreachable (error, host, soup_message_get_reason_phrase (message));
  } else if (type == NULL || g_ascii_strncasecmp (type, "image/", 6) != 0) {
    base_error_set (error, BASE_ERROR_REFUSED, type,
                    _ ("What %s sent is not an image and was not loaded."), host);
  } else {
    body = read_body (stream, host, stop, error);
  }
  g_cancellable_disconnect (cancellable, chain);
  g_signal_handlers_disconnect_by_data (message, &peer);
  if (body == NULL)
    return NULL;

  MailRemoteImage *image = g_new0 (MailRemoteImage, 1);
  image->bytes = g_steal_pointer (&body);
  image->content_type = g_ascii_strdown (type, -1);
  return image;
}

MailRemoteImage *
mail_remote_fetch (MailRemoteAllowFunc allow, const char *text, GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (text, SOUP_HTTP_URI_FLAGS, NULL);
  g_autoptr (SoupSession) session = mail_http_session_new ("Mozilla/5.0", TIMEOUT_S);

  for (guint hop = 0; hop <= MAX_REDIRECTS; hop++) {
    g_autoptr (GUri) next = NULL;
    g_autoptr (GError) local = NULL;
    const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
    const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

    if ((!g_str_equal (scheme, "http") && !g_str_equal (scheme, "https")) || host == NULL
        || *host == '\0' || g_uri_get_userinfo (uri) != NULL) {
      base_error_set (error, BASE_ERROR_REFUSED, NULL,
                      _ ("An image was not loaded: its address is not a web address."));
      return NULL;
    }
    g_autoptr (MailRemoteImage) image = fetch_hop (session, allow, uri, &next, cancellable, &local);
    if (next == NULL) {
      if (image == NULL)
        g_propagate_error (error, g_steal_pointer (&local));
      return g_steal_pointer (&image);
    }
    g_uri_unref (uri);
    uri = g_steal_pointer (&next);
  }
  base_error_set (
      error, BASE_ERROR_LIMIT, NULL,
      _ ("An image was not loaded: its server sends from one place to the next without end."));
  return NULL;
}

/* ---- a request that does something ---- */

static void
on_wrote_headers (SoupMessage *message, gpointer written)
{
  *(gboolean *)written = TRUE;
}

static void
set_post_error (GError **error, const GError *cause, const char *host, gboolean written)
{
  if (base_error_is_cancelled (cause))
    g_propagate_error (error, g_error_copy (cause));
  else if (written)
    base_error_set (error, BASE_ERROR_BROKEN, cause->message,
                    _ ("%s did not say whether it accepted it."), host);
  else if (g_error_matches (cause, BASE_ERROR, BASE_ERROR_REFUSED))
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("Nothing was sent: %s is this computer or lies in the local network."),
                    host);
  else
    base_error_set (error, BASE_ERROR_RETRY, cause->message,
                    _ ("%s could not be reached. Try again in a moment."), host);
}

gboolean
mail_remote_post (MailRemoteAllowFunc allow, GTlsDatabase *database, const char *text,
                  const char *form, GCancellable *cancellable, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (text, SOUP_HTTP_URI_FLAGS, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  g_autoptr (GError) local = NULL;
  gboolean direct = TRUE;

  if (host == NULL || *host == '\0' || g_strcmp0 (g_uri_get_scheme (uri), "https") != 0
      || g_uri_get_userinfo (uri) != NULL) {
    base_error_set (
        error, BASE_ERROR_REFUSED, NULL,
        _ ("Nothing was sent: the address in the message is not a secure web address."));
    return FALSE;
  }
  if (!check_host (allow, uri, &direct, cancellable, &local)) {
    set_post_error (error, local, host, FALSE);
    return FALSE;
  }

  g_autoptr (SoupSession) session = mail_http_session_new ("Mozilla/5.0", TIMEOUT_S);
  g_autoptr (SoupMessage) message = mail_http_message_new ("POST", uri);
  gboolean written = FALSE;
  g_autoptr (GBytes) body = g_bytes_new (form, strlen (form));
  g_autoptr (GCancellable) stop = g_cancellable_new ();
  Peer peer = { .allow = allow, .stop = stop };
  gulong chain = mail_http_follow (cancellable, stop);
  if (database != NULL)
    soup_session_set_tls_database (session, database);
  soup_message_set_request_body_from_bytes (message, "application/x-www-form-urlencoded", body);
  g_signal_connect (message, "wrote-headers", G_CALLBACK (on_wrote_headers), &written);
  if (direct)
    g_signal_connect (message, "network-event", G_CALLBACK (on_network_event), &peer);
  g_autoptr (GInputStream) stream = soup_session_send (session, message, stop, &local);
  guint status = soup_message_get_status (message);

  g_cancellable_disconnect (cancellable, chain);
  g_signal_handlers_disconnect_by_data (message, &peer);
  if (peer.refused) {
    g_clear_error (&local);
    base_error_set (&local, BASE_ERROR_REFUSED, NULL, "%s", host);
  }
  g_signal_handlers_disconnect_by_data (message, &written);
  if (local != NULL) {
    set_post_error (error, local, host, written && !peer.refused);
    return FALSE;
  }
  if (SOUP_STATUS_IS_SUCCESSFUL (status))
    return TRUE;
  /* RFC 8058, 3.1: there is nobody to be sent on to; some do it all the same when they are done. */
  if (SOUP_STATUS_IS_CLIENT_ERROR (status))
    base_error_set (error, BASE_ERROR_REFUSED, soup_message_get_reason_phrase (message),
                    _ ("%s did not accept it."), host);
  else
    base_error_set (error, BASE_ERROR_BROKEN, soup_message_get_reason_phrase (message),
                    _ ("%s did not say whether it accepted it."), host);
  return FALSE;
}
