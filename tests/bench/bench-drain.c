/* The yardstick of the sync: a minimal client that signs in, selects a mailbox, asks for every message whole
 * and throws the bytes away as they come.  No parsing, no disk.  usage: bench-drain HOST PORT CA USER PASSWORD [ITEMS]
 * (ITEMS of FETCH; none: FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[]).  Prints "seconds octets". */
#include <gio/gio.h>
#include <glib-unix.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>

static gnutls_session_t session;
static char buffer[16384 + 1];

static void
say (const char *line)
{
  if (gnutls_record_send (session, line, strlen (line)) != (ssize_t) strlen (line))
    g_error ("cannot write");
}

static size_t
hear (void)
{
  ssize_t n;
  do
    n = gnutls_record_recv (session, buffer, sizeof buffer - 1);
  while (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED);
  if (n <= 0)
    g_error ("the connection ended");
  buffer[n] = '\0';
  return (size_t) n;
}

/* Reads until the tagged answer, which is looked for at the end of what came last. */
static guint64
until (const char *tag)
{
  g_autofree char *ok = g_strdup_printf ("\r\n%s OK ", tag);
  g_autofree char *first = g_strdup_printf ("%s OK ", tag);
  char tail[512] = "";
  guint64 total = 0;

  for (;;) {
    size_t n = hear ();
    gsize kept = strlen (tail), take = MIN (n, 200);
    char window[sizeof tail];

    if (kept > 200)
      memmove (tail, tail + kept - 200, 201);
    kept = strlen (tail);
    memcpy (window, tail, kept);
    for (gsize i = 0; i < take; i++)
      window[kept + i] = buffer[n - take + i] ? buffer[n - take + i] : ' ';
    window[kept + take] = '\0';
    total += n;
    if (g_str_has_suffix (window, "\r\n")
        && (strstr (window, ok) || (total == n && g_str_has_prefix (buffer, first))))
      return total;
    g_strlcpy (tail, window + (kept + take > 200 ? kept + take - 200 : 0), sizeof tail);
  }
}

int
main (int argc, char **argv)
{
  if (argc != 6 && argc != 7)
    return 2;
  gnutls_certificate_credentials_t credentials;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, argv[1], (guint16) atoi (argv[2]), NULL, &error);
  if (!connection)
    g_error ("%s", error->message);
  gnutls_certificate_allocate_credentials (&credentials);
  gnutls_certificate_set_x509_trust_file (credentials, argv[3], GNUTLS_X509_FMT_PEM);
  gnutls_init (&session, GNUTLS_CLIENT);
  gnutls_set_default_priority (session);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_session_set_verify_cert (session, argv[1], 0);
  int fd = g_socket_get_fd (g_socket_connection_get_socket (connection));
  if (!g_unix_set_fd_nonblocking (fd, FALSE, &error))
    g_error ("%s", error->message);
  gnutls_transport_set_int (session, fd);
  if (gnutls_handshake (session) < 0)
    g_error ("no TLS");
  hear ();
  g_autofree char *login = g_strdup_printf ("a LOGIN %s %s\r\n", argv[4], argv[5]);
  say (login);
  until ("a");
  say ("b EXAMINE INBOX\r\n");
  until ("b");
  gint64 begin = g_get_monotonic_time ();
  g_autofree char *fetch = g_strdup_printf ("c UID FETCH 1:* (%s)\r\n", argc == 7 ? argv[6] : "FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[]");
  say (fetch);
  guint64 octets = until ("c");
  g_print ("%.3f %" G_GUINT64_FORMAT "\n", (g_get_monotonic_time () - begin) / 1e6, octets);
  return 0;
}
