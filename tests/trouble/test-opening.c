/* Trouble on the way to a session: at each line up to the end of the sign-in, with and without STARTTLS.  It is never taken
 * for a wrong password or a server that is not to be trusted, for both need a person. */
#include "test-trouble.h"

#include <string.h>

#include "base-error.h"
#include "fake-server.h"
#include "imap-session.h"
#include "smtp-session.h"

typedef struct
{
  const char *line;     /* of the client, a step of the script; NULL: the greeting */
  const char *answer;   /* steps, when all is well */
  gboolean indifferent; /* a no does not matter */
} Line;

static const Line imap_lines[] = {
  { NULL, "S: * OK hello\n", FALSE },
  { "C: $a CAPABILITY\n", "S: * CAPABILITY IMAP4rev1 STARTTLS\nS: $a OK done\n", FALSE },
  { "C: $b STARTTLS\n", "S: $b OK go\nTLS\n", FALSE },
  { "C: $c CAPABILITY\n", "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\nS: $c OK done\n", FALSE },
  { "C: $d AUTHENTICATE PLAIN *\n", "S: $d OK in\n", FALSE },
  { "C: $e CAPABILITY\n", "S: * CAPABILITY IMAP4rev1 ID\nS: $e OK done\n", FALSE },
  { "C: $f ID *\n", "S: * ID NIL\nS: $f OK done\n", TRUE },
};

static const Line imap_login_lines[] = {
  { NULL, "S: * OK [CAPABILITY IMAP4rev1 STARTTLS] hello\n", FALSE },
  { "C: $b STARTTLS\n", "S: $b OK go\nTLS\n", FALSE },
  { "C: $c CAPABILITY\n", "S: * CAPABILITY IMAP4rev1\nS: $c OK done\n", FALSE },
  { "C: $d LOGIN *\n", "S: $d OK [CAPABILITY IMAP4rev1] in\n", FALSE },
};

static const Line smtp_lines[] = {
  { NULL, "S: 220 hello\n", FALSE },
  { "C: EHLO *\n", "S: 250-mail.test\nS: 250 STARTTLS\n", FALSE },
  { "C: STARTTLS\n", "S: 220 go\nTLS\n", FALSE },
  { "C: EHLO *\n", "S: 250-mail.test\nS: 250 AUTH PLAIN\n", FALSE },
  { "C: AUTH PLAIN *\n", "S: 235 in\n", FALSE },
  { "C: EHLO *\n", "S: 250 mail.test\n", TRUE },
};

static gboolean
open_imap (const NetEndpoint *endpoint, GError **error)
{
  g_autoptr (ImapSession) session = imap_session_open (endpoint, NULL, error);

  return session != NULL
         && imap_session_sign_in (session, &(NetLogin){ .user = "alice", .secret = "alicepw" },
                                  NULL, error);
}

static gboolean
open_smtp (const NetEndpoint *endpoint, GError **error)
{
  g_autoptr (SmtpSession) session = smtp_session_open (endpoint, NULL, error);

  return session != NULL
         && smtp_session_sign_in (session, &(NetLogin){ .user = "alice", .secret = "alicepw" },
                                  NULL, error);
}

/* The talk up to line `at`, which is answered so. */
static void
check_line (const Line *lines, guint at, const char *answer, gboolean imap)
{
  g_autoptr (FakeServer) server = fake_server_new (FAKE_PLAIN, FAKE_GOOD);
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GString) script = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean tagged = g_str_has_prefix (answer, "NO"),
           drops = !tagged && !g_str_has_prefix (answer, "45"), good;

  for (guint i = 0; i < at; i++)
    g_string_append_printf (script, "%s%s", lines[i].line != NULL ? lines[i].line : "",
                            lines[i].answer);
  g_string_append (script, lines[at].line != NULL ? lines[at].line : "");
  if (g_str_equal (answer, "CUT") || g_str_equal (answer, "RESET"))
    g_string_append (script, answer);
  else if (tagged && lines[at].line == NULL)
    return; /* nothing to give a tag to */
  else
    g_string_append_printf (script, "S: %.2s%s%s\nSTALL", tagged ? lines[at].line + 3 : "",
                            tagged ? " " : "", answer);
  g_test_message ("%s", script->str);
  fake_server_add_script (server, script->str, NULL);
  good = imap ? open_imap (&endpoint, &error) : open_smtp (&endpoint, &error);
  if (lines[at].indifferent && !drops) {
    g_assert_no_error (error);
    g_assert_true (good);
    return;
  }
  g_assert_false (good);
  g_assert_true (g_error_matches (error, BASE_ERROR, BASE_ERROR_RETRY)
                 || g_error_matches (error, BASE_ERROR, BASE_ERROR_LIMIT)
                 || g_error_matches (error, BASE_ERROR, BASE_ERROR_BROKEN));
  g_assert_true (g_str_has_suffix (error->message, "."));
}

static void
check_lines (const Line *lines, guint n, const char *const *answers, gboolean imap)
{
  for (guint at = 0; at < n; at++)
    for (guint i = 0; answers[i] != NULL; i++)
      check_line (lines, at, answers[i], imap);
}

static void
test_imap (void)
{
  check_lines (imap_lines, G_N_ELEMENTS (imap_lines), test_trouble_imap_answers, TRUE);
  check_lines (imap_login_lines, G_N_ELEMENTS (imap_login_lines), test_trouble_imap_answers, TRUE);
}

static void
test_smtp (void)
{
  check_lines (smtp_lines, G_N_ELEMENTS (smtp_lines), test_trouble_smtp_answers, FALSE);
}

void
test_opening_add (void)
{
  g_test_add_func ("/trouble/opening/imap", test_imap);
  g_test_add_func ("/trouble/opening/smtp", test_smtp);
}
