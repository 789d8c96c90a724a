/* GnuTLS on the socket of a connection: handshake, records, and what its errors mean.  Runs on the thread of the
 * connection; must never block, and must never report a handshake as done before the certificate was checked. */
#include "net-tls-private.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/socket.h>

#include "base-error.h"
#include "net-certificate-private.h"
#include "net-client-private.h"
#include "net-ticket-private.h"

/* TLS 1.2 is the oldest that RFC 8997 leaves for mail, and keys of certificates have the strength of RSA with 2048 bits at least; all
 * else follows the policy of the system. */
#define PRIORITY "-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%PROFILE_MEDIUM"

/* First byte of a TLS record of the handshake (RFC 8446, 5.1). */
#define RECORD_ALERT     21
#define RECORD_HANDSHAKE 22

/* What is read from the socket at once.  GnuTLS asks for each record twice, and servers make small ones: some four fifths of
 * all system calls of a long answer. */
#define AHEAD_SIZE (64 * 1024)

/* Wishes to renegotiate, warnings, tickets that are here at once, with nothing of use between them: no server has as many to
 * say, and whoever listened to all of them would hear neither the time-out nor the person. */
#define MAX_ASIDES 16

struct _NetTls
{
  gnutls_session_t session;    /* Owned */
  const NetEndpoint *endpoint; /* Borrowed */
  char *host;                  /* Owned: without a final dot */
  guint8 *ahead;               /* Owned: what came and GnuTLS has not asked for, from ahead_at */
  gsize ahead_at, n_ahead;     /*   ... up to n_ahead */
  int fd;                      /* Borrowed */
  int saved_errno;             /* of the last failed socket call: GnuTLS may use errno itself */
  NetClient *client;           /* Owned, NULL where the person comes without a certificate */
  char *ticket_key;            /* Owned, NULL where no tickets are kept */
  gboolean ticket_used;        /* the server was offered one ... */
  gboolean ticket_came;        /* ... and has given another one (TLS 1.3) */
  gboolean alpn_refused;
  gboolean in_clear_before;
  gboolean seen;    /* the first byte came ... */
  gboolean foreign; /* ... and is no TLS */
};

/* Only when all that came before was taken, so that poll () is asked about no socket whose bytes are here. */
static ssize_t
read_ahead (NetTls *tls)
{
  ssize_t done;

  do
    done = recv (tls->fd, tls->ahead, AHEAD_SIZE, 0);
  while (done < 0 && errno == EINTR);
  if (done < 0) {
    tls->saved_errno = errno;
    gnutls_transport_set_errno (tls->session, errno);
  }
  tls->ahead_at = 0;
  tls->n_ahead = done > 0 ? (gsize)done : 0;
  if (done > 0 && !tls->seen) {
    tls->seen = TRUE;
    tls->foreign = tls->ahead[0] != RECORD_HANDSHAKE && tls->ahead[0] != RECORD_ALERT;
  }

  return done;
}

static ssize_t
pull (gnutls_transport_ptr_t pointer, void *data, size_t size)
{
  NetTls *tls = pointer;

  if (tls->ahead_at == tls->n_ahead) {
    ssize_t done = read_ahead (tls);

    if (done <= 0)
      return done;
  }
  size = MIN (size, tls->n_ahead - tls->ahead_at);
  memcpy (data, tls->ahead + tls->ahead_at, size);
  tls->ahead_at += size;
  return (ssize_t)size;
}

static ssize_t
push (gnutls_transport_ptr_t pointer, const void *data, size_t size)
{
  NetTls *tls = pointer;
  ssize_t done;

  do
    done = send (tls->fd, data, size, MSG_NOSIGNAL);
  while (done < 0 && errno == EINTR);
  if (done < 0) {
    tls->saved_errno = errno;
    gnutls_transport_set_errno (tls->session, errno);
  }

  return done;
}

/* TLS 1.3: tickets come at any time, and asking for one before would wait for it. */
static int
on_ticket (gnutls_session_t session, unsigned int type, unsigned int when, unsigned int incoming,
           const gnutls_datum_t *message)
{
  NetTls *tls = gnutls_transport_get_ptr (session);

  tls->ticket_came = gnutls_protocol_get_version (session) >= GNUTLS_TLS1_3;
  return 0;
}

static void
keep_ticket (NetTls *tls)
{
  gnutls_datum_t data = { NULL, 0 };

  if (tls->ticket_key != NULL && gnutls_session_get_data2 (tls->session, &data) >= 0) {
    net_ticket_keep (tls->ticket_key, data.data, data.size);
    explicit_bzero (data.data, data.size);
    gnutls_free (data.data);
  }
}

static void
offer_ticket (NetTls *tls)
{
  g_autoptr (GBytes) ticket = tls->ticket_key != NULL ? net_ticket_take (tls->ticket_key) : NULL;
  gsize size;
  gconstpointer data;

  if (ticket == NULL)
    return;
  data = g_bytes_get_data (ticket, &size);
  tls->ticket_used = gnutls_session_set_data (tls->session, data, size) >= 0;
  explicit_bzero ((gpointer)data, size);
}

/* ---- what is spoken (RFC 7301) ---- */

/* There is a name for IMAP, none for the submission of mail; and after STARTTLS it is settled already. */
static gboolean
name_protocol (NetTls *tls)
{
  gnutls_datum_t imap = { (unsigned char *)"imap", 4 };

  return g_strcmp0 (tls->endpoint->protocol, "imap") != 0 || tls->in_clear_before
         || gnutls_alpn_set_protocols (tls->session, &imap, 1, 0) >= 0;
}

static gboolean
set_up (NetTls *tls, gnutls_certificate_credentials_t credentials)
{
  if (gnutls_init (&tls->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) < 0)
    return FALSE;
  if (gnutls_set_default_priority_append (tls->session, PRIORITY, NULL, 0) < 0)
    return FALSE;
  if (gnutls_credentials_set (tls->session, GNUTLS_CRD_CERTIFICATE, credentials) < 0)
    return FALSE;
  /* RFC 6066, 3: an IP address is no server name. */
  if (!g_hostname_is_ip_address (tls->host)
      && gnutls_server_name_set (tls->session, GNUTLS_NAME_DNS, tls->host, strlen (tls->host)) < 0)
    return FALSE;
  if (!name_protocol (tls))
    return FALSE;

  gnutls_transport_set_ptr (tls->session, tls);
  gnutls_transport_set_pull_function (tls->session, pull);
  gnutls_transport_set_push_function (tls->session, push);
  gnutls_session_set_ptr (tls->session, tls->client);
  gnutls_handshake_set_hook_function (tls->session, GNUTLS_HANDSHAKE_NEW_SESSION_TICKET,
                                      GNUTLS_HOOK_POST, on_ticket);
  offer_ticket (tls);
  return TRUE;
}

NetTls *
net_tls_new (int fd, const NetEndpoint *endpoint, gboolean in_clear_before, GError **error)
{
  g_autoptr (NetTls) tls = NULL;
  g_autoptr (GError) client_error = NULL;
  gnutls_certificate_credentials_t credentials =
      net_certificate_credentials (endpoint->ca_file, error);

  if (credentials == NULL)
    return NULL;

  tls = g_new0 (NetTls, 1);
  tls->fd = fd;
  tls->endpoint = endpoint;
  tls->ahead = g_malloc (AHEAD_SIZE);
  tls->in_clear_before = in_clear_before;
  tls->host = g_hostname_to_ascii (endpoint->host);
  if (tls->host == NULL)
    tls->host = g_strdup (endpoint->host);
  if (g_str_has_suffix (tls->host, "."))
    tls->host[strlen (tls->host) - 1] = '\0';

  tls->ticket_key = net_ticket_key (endpoint, credentials);
  if (endpoint->sign_in == BASE_SIGN_IN_CERTIFICATE)
    tls->client = net_client_new (endpoint->account, &client_error);
  if (client_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&client_error));
    return NULL;
  }

  if (!set_up (tls, credentials)) {
    base_error_set (error, BASE_ERROR_TRUST, NULL, _ ("Encryption could not be set up."));
    return NULL;
  }

  return g_steal_pointer (&tls);
}

void
net_tls_free (NetTls *tls)
{
  if (tls == NULL)
    return;

  if (tls->session != NULL)
    gnutls_deinit (tls->session);
  net_client_free (tls->client);
  g_free (tls->ticket_key);
  g_free (tls->ahead);
  g_free (tls->host);
  g_free (tls);
}

void
net_closed_error (GError **error, const char *host)
{
  base_error_set (error, BASE_ERROR_BROKEN, NULL, _ ("“%s” closed the connection."), host);
}

void
net_socket_error (GError **error, int saved_errno, const char *host)
{
  switch (saved_errno) {
  case ECONNRESET:
  case ECONNABORTED:
  case EPIPE:
    base_error_set (error, BASE_ERROR_BROKEN, g_strerror (saved_errno),
                    _ ("The connection to “%s” was cut."), host);
    break;
  default:
    base_error_set (error, BASE_ERROR_RETRY, g_strerror (saved_errno),
                    _ ("The connection to “%s” was lost."), host);
    break;
  }
}

/* TLS 1.3 has no other time to say it: the handshake of the client is over by then. */
static gboolean
is_about_client (gnutls_alert_description_t alert)
{
  return alert == GNUTLS_A_CERTIFICATE_REQUIRED || alert == GNUTLS_A_BAD_CERTIFICATE
         || alert == GNUTLS_A_UNSUPPORTED_CERTIFICATE || alert == GNUTLS_A_CERTIFICATE_REVOKED
         || alert == GNUTLS_A_CERTIFICATE_EXPIRED || alert == GNUTLS_A_CERTIFICATE_UNKNOWN
         || alert == GNUTLS_A_UNKNOWN_CA || alert == GNUTLS_A_ACCESS_DENIED;
}

static void
set_wants_client (NetTls *tls, const char *detail, GError **error)
{
  GError *made = NULL;

  base_error_set (
      &made, BASE_ERROR_TRUST, detail,
      _ ("“%s” wants a certificate of yours. Ask your provider or administrator for one."),
      tls->host);
  base_error_set_wants_client (made);
  g_propagate_error (error, made);
}

/* FALSE: it is about something else. */
static gboolean
set_client_error (NetTls *tls, int result, GError **error)
{
  gnutls_alert_description_t alert;

  if (result != GNUTLS_E_FATAL_ALERT_RECEIVED)
    return FALSE;
  alert = gnutls_alert_get (tls->session);
  if (!is_about_client (alert))
    return FALSE;
  if (tls->client != NULL)
    base_error_set (
        error, BASE_ERROR_TRUST, gnutls_alert_get_name (alert),
        _ ("“%s” did not accept your certificate. Ask your provider or administrator whether it is the right one."),
        tls->host);
  else
    set_wants_client (tls, gnutls_alert_get_name (alert), error);
  return TRUE;
}

static void
set_handshake_error (NetTls *tls, int result, GError **error)
{
  const char *detail = gnutls_strerror (result);

  if (result == GNUTLS_E_FATAL_ALERT_RECEIVED) {
    const char *alert = gnutls_alert_get_name (gnutls_alert_get (tls->session));

    detail = alert != NULL ? alert : detail;
  }

  if (set_client_error (tls, result, error))
    return;
  if (tls->foreign && tls->in_clear_before)
    base_error_set (
        error, BASE_ERROR_TRUST, NULL,
        _ ("Somebody may be listening in: “%s” went on in clear when encryption had to begin. Nothing was sent "
           "to it."),
        tls->host);
  else if (tls->foreign)
    base_error_set (
        error, BASE_ERROR_BROKEN, NULL,
        _ ("“%s” does not speak TLS on this port. Check the port and the kind of security."),
        tls->host);
  else if (result == GNUTLS_E_UNSUPPORTED_VERSION_PACKET
           || (result == GNUTLS_E_FATAL_ALERT_RECEIVED
               && (gnutls_alert_get (tls->session) == GNUTLS_A_PROTOCOL_VERSION
                   || gnutls_alert_get (tls->session) == GNUTLS_A_INSUFFICIENT_SECURITY
                   || gnutls_alert_get (tls->session) == GNUTLS_A_HANDSHAKE_FAILURE)))
    base_error_set (
        error, BASE_ERROR_TRUST, detail,
        _ ("“%s” offers only outdated encryption. Nothing was sent to it. Tell the people who run the "
           "server."),
        tls->host);
  else if (result == GNUTLS_E_PREMATURE_TERMINATION || result == GNUTLS_E_PUSH_ERROR
           || result == GNUTLS_E_PULL_ERROR)
    base_error_set (error, BASE_ERROR_BROKEN, detail,
                    _ ("“%s” closed the connection while encryption was being set up."), tls->host);
  else
    base_error_set (error, BASE_ERROR_BROKEN, detail,
                    _ ("No encrypted connection to “%s” could be made."), tls->host);
}

static NetIo
wanted (NetTls *tls)
{
  return gnutls_record_get_direction (tls->session) == 0 ? NET_IO_READ : NET_IO_WRITE;
}

NetIo
net_tls_handshake (NetTls *tls, GError **error)
{
  guint asides = 0;
  int result;

  /* Warnings are answered by going on; everything else that is not fatal is a wish to wait. */
  do
    result = gnutls_handshake (tls->session);
  while (result == GNUTLS_E_INTERRUPTED
         || (result == GNUTLS_E_WARNING_ALERT_RECEIVED && ++asides <= MAX_ASIDES));

  if (result == GNUTLS_E_AGAIN)
    return wanted (tls);
  if (result < 0) {
    set_handshake_error (tls, result, error);
    tls->alpn_refused = result == GNUTLS_E_FATAL_ALERT_RECEIVED
                        && gnutls_alert_get (tls->session) == GNUTLS_A_NO_APPLICATION_PROTOCOL;
    return NET_IO_FAILED;
  }

  /* Of a session that is taken up again, too: the authorities, the time and what the person said may have changed. */
  if (!net_certificate_verify (tls->session, tls->host, tls->endpoint, error)) {
    gnutls_alert_send (tls->session, GNUTLS_AL_FATAL, GNUTLS_A_BAD_CERTIFICATE);
    tls->ticket_used = gnutls_session_is_resumed (tls->session) != 0;
    return NET_IO_FAILED;
  }

  if (gnutls_protocol_get_version (tls->session) < GNUTLS_TLS1_3)
    keep_ticket (tls);
  return NET_IO_DONE;
}

gboolean
net_tls_is_worth_again (NetTls *tls, gboolean *unnamed)
{
  if (tls->ticket_used)
    net_ticket_drop (tls->ticket_key);
  *unnamed = tls->alpn_refused;
  return tls->ticket_used || tls->alpn_refused;
}

gboolean
net_tls_is_resumed (NetTls *tls)
{
  return gnutls_session_is_resumed (tls->session) != 0;
}

static NetIo
fail_record (NetTls *tls, ssize_t result, GError **error)
{
  if (set_client_error (tls, (int)result, error))
    return NET_IO_FAILED;

  switch (result) {
  case GNUTLS_E_PREMATURE_TERMINATION:
    net_closed_error (error, tls->host);
    break;
  case GNUTLS_E_PULL_ERROR:
  case GNUTLS_E_PUSH_ERROR:
    net_socket_error (error, tls->saved_errno, tls->host);
    break;
  default:
    base_error_set (error, BASE_ERROR_BROKEN, gnutls_strerror ((int)result),
                    _ ("The encrypted connection to “%s” broke."), tls->host);
    break;
  }

  return NET_IO_FAILED;
}

gboolean
net_tls_is_ahead (NetTls *tls)
{
  return tls->ahead_at < tls->n_ahead;
}

static NetIo
receive (NetTls *tls, void *data, gsize size, gsize *done, GError **error)
{
  guint asides = 0;
  ssize_t result;
  gboolean again;

  /* A wish to renegotiate (TLS 1.2) or a warning is passed over: there is no need to follow.  After a session ticket it says
   * "again" as well, and what comes behind it may be here already. */
  do {
    result = gnutls_record_recv (tls->session, data, size);
    again = result < 0
            && (result == GNUTLS_E_AGAIN ? net_tls_is_ahead (tls) && wanted (tls) == NET_IO_READ
                                         : !gnutls_error_is_fatal ((int)result));
  } while (again && ++asides <= MAX_ASIDES);

  if (again) {
    base_error_set (error, BASE_ERROR_BROKEN, NULL, _ ("The encrypted connection to “%s” broke."),
                    tls->host);
    return NET_IO_FAILED;
  }
  if (result == GNUTLS_E_AGAIN)
    return wanted (tls);
  if (result == 0) {
    net_closed_error (error, tls->host);
    return NET_IO_FAILED;
  }
  if (result < 0)
    return fail_record (tls, result, error);

  *done = (gsize)result;
  return NET_IO_DONE;
}

NetIo
net_tls_receive (NetTls *tls, void *data, gsize size, gsize *done, GError **error)
{
  NetIo io = receive (tls, data, size, done, error);

  if (tls->ticket_came && io != NET_IO_FAILED)
    keep_ticket (tls);
  tls->ticket_came = FALSE;
  return io;
}

NetIo
net_tls_send (NetTls *tls, const void *data, gsize size, gsize *done, GError **error)
{
  ssize_t result;

  do
    result = gnutls_record_send (tls->session, data, size);
  while (result == GNUTLS_E_INTERRUPTED);

  if (result == GNUTLS_E_AGAIN)
    return wanted (tls);
  if (result < 0)
    return fail_record (tls, result, error);

  *done = (gsize)result;
  return NET_IO_DONE;
}

GBytes *
net_tls_dup_binding (NetTls *tls)
{
  static const char label[] = "EXPORTER-Channel-Binding";
  guint8 material[32];

  if (gnutls_protocol_get_version (tls->session) < GNUTLS_TLS1_3
      && gnutls_session_ext_master_secret_status (tls->session) == 0)
    return NULL;
  /* An empty context is, before TLS 1.3, another thing than none (RFC 5705, 4). */
  if (gnutls_prf_rfc5705 (tls->session, sizeof label - 1, label, 0, "", sizeof material,
                          (char *)material)
      < 0)
    return NULL;
  return g_bytes_new (material, sizeof material);
}

void
net_tls_goodbye (NetTls *tls)
{
  gnutls_bye (tls->session, GNUTLS_SHUT_WR);
}
