/* bench-reach dead: how long it takes to reach a server of which the first addresses are dead: worst of some runs, in ms.
 * bench-reach again HOST PORT CA: connects to a mail server (TLS) twice, by a relay that counts.  Prints, for the first time and the second one,
 * the round trips until the connection was encrypted and until the greeting was there, the octets of the server until then, and whether
 * the session was taken up again:  "2 2 3100 0". */
#include <gio/gio.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base-log.h"
#include "black-hole.h"
#include "fake-resolver.h"
#include "fake-server.h"
#include "net-connection.h"

/* ---- dead addresses ---- */

static gint64
reach (const char *const *addresses, const char *dead)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
  g_autoptr (BlackHole) hole = black_hole_new (dead, fake_server_get_port (server));
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (NetConnection) connection = NULL;
  gint64 begun;

  if (hole == NULL)
    g_error ("%s cannot be used here", dead);
  endpoint.host = "mail.example.org";
  endpoint.protocol = "imap";
  fake_server_add_script (server, "STALL", NULL);
  fake_resolver_set_addresses (addresses);
  begun = g_get_monotonic_time ();
  connection = net_connection_open (&endpoint, NULL, NULL);
  if (connection == NULL)
    g_error ("not reached");
  return (g_get_monotonic_time () - begun) / 1000;
}

static int
measure_dead (void)
{
  static const char *const v6[] = { "::1", "127.0.0.1", NULL };
  static const char *const two[] = { "::1", "::1", "127.0.0.1", NULL };
  static const char *const v4[] = { "127.0.0.2", "127.0.0.1", NULL };
  gint64 worst = 0;

  fake_resolver_install ();
  for (guint i = 0; i < 5; i++) {
    worst = MAX (worst, reach (v6, "::1"));
    worst = MAX (worst, reach (two, "::1"));
    worst = MAX (worst, reach (v4, "127.0.0.2"));
  }
  printf ("%" G_GINT64_FORMAT "\n", worst);
  return EXIT_SUCCESS;
}

/* ---- a second time ---- */

typedef struct
{
  GSocketListener *listener;
  const char *host;
  guint16 port;
  gint flights; /* of the server: each answers one of the client (atomic) */
  gint octets;  /* of the server (atomic) */
} Relay;

static void
pass_on (Relay *relay, GSocket *client, GSocket *server)
{
  GSocket *ends[2] = { client, server };
  gboolean answered = FALSE;

  for (;;) {
    GPollFD fds[2] = { { .fd = g_socket_get_fd (client), .events = G_IO_IN },
                       { .fd = g_socket_get_fd (server), .events = G_IO_IN } };

    if (g_poll (fds, 2, -1) < 0)
      continue;
    for (guint i = 0; i < 2; i++) {
      char data[64 * 1024];
      gssize length, sent = 0;

      if (fds[i].revents == 0)
        continue;
      length = g_socket_receive (ends[i], data, sizeof data, NULL, NULL);
      if (length <= 0)
        return;
      if (i == 1 && !answered)
        g_atomic_int_inc (&relay->flights);
      if (i == 1)
        g_atomic_int_add (&relay->octets, (gint)length);
      answered = i == 1;
      while (sent < length) {
        gssize some = g_socket_send (ends[1 - i], data + sent, (gsize)(length - sent), NULL, NULL);

        if (some <= 0)
          return;
        sent += some;
      }
    }
  }
}

static gpointer G_GNUC_NORETURN
run_relay (gpointer data)
{
  Relay *relay = data;

  for (;;) {
    g_autoptr (GSocketConnection) client =
        g_socket_listener_accept (relay->listener, NULL, NULL, NULL);
    g_autoptr (GSocketClient) dialler = g_socket_client_new ();
    g_autoptr (GSocketConnection) server =
        g_socket_client_connect_to_host (dialler, relay->host, relay->port, NULL, NULL);

    if (client == NULL || server == NULL)
      g_error ("the server cannot be reached");
    pass_on (relay, g_socket_connection_get_socket (client),
             g_socket_connection_get_socket (server));
  }
}

static void
connect_once (Relay *relay, const NetEndpoint *endpoint)
{
  g_autoptr (NetConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *greeting = NULL;
  g_autofree char *trace = NULL;
  int encrypted;

  g_atomic_int_set (&relay->flights, 0);
  g_atomic_int_set (&relay->octets, 0);
  connection = net_connection_open (endpoint, NULL, &error);
  if (connection == NULL)
    g_error ("%s", error->message);
  encrypted = g_atomic_int_get (&relay->flights);
  greeting = net_connection_read_line (connection, 10000, NULL, &error);
  if (greeting == NULL)
    g_error ("%s", error->message);
  trace = base_log_dup_trace ();
  printf ("%d %d %d %d\n", encrypted, g_atomic_int_get (&relay->flights),
          g_atomic_int_get (&relay->octets), strstr (trace, "(resumed)") != NULL);
}

static int
measure_again (const char *host, const char *port, const char *ca_file)
{
  g_autoptr (BaseAccount) account = base_account_new ();
  Relay relay = { .host = host, .port = (guint16)atoi (port) };
  NetEndpoint endpoint = { .host = "localhost", .ca_file = ca_file, .account = account };

  relay.listener = g_socket_listener_new ();
  endpoint.port = g_socket_listener_add_any_inet_port (relay.listener, NULL, NULL);
  g_thread_unref (g_thread_new ("relay", run_relay, &relay));
  connect_once (&relay, &endpoint);
  connect_once (&relay, &endpoint);
  return EXIT_SUCCESS;
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  if (argc == 2 && g_str_equal (argv[1], "dead"))
    return measure_dead ();
  if (argc == 5 && g_str_equal (argv[1], "again"))
    return measure_again (argv[2], argv[3], argv[4]);
  fprintf (stderr, "bench-reach dead | again HOST PORT CA\n");
  return EXIT_FAILURE;
}
