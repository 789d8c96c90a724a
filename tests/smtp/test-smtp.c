/* Tests of the smtp layer. */
#include "test-smtp.h"

#include <locale.h>

SmtpSession *
test_open (FakeServer *server)
{
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GError) error = NULL;
  SmtpSession *session = smtp_session_open (&endpoint, NULL, &error);

  g_assert_no_error (error);
  return session;
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  test_reply_add ();
  test_stuff_add ();
  test_session_add ();
  test_send_add ();
  test_chunks_add ();
  test_options_add ();

  return g_test_run ();
}
