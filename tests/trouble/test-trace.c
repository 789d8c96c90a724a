/* What leaves in the trace that a person saves for a report of a bug: the whole day's work of an engine, by every way of sending and of
 * signing in, and then no secret, subject, address or word of a message stands in it. */
#include "rig.h"
#include "test-trouble.h"

#include <string.h>

#include "base-log.h"

#define PATIENCE 60 /* s */

/* Everything that is somebody's has the zebra in it. */
static GBytes *
build_message (void)
{
  GString *text = g_string_new (
      "From: Zebra <zebra@model.test>\r\nTo: alice@model.test\r\nSubject: The zebra\r\n"
      "Message-ID: <zebra@trouble.test>\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=zebraboundary\r\n\r\n--zebraboundary\r\n\r\nA zebra.\r\n"
      "--zebraboundary\r\nContent-Type: application/pdf; name=zebra.pdf\r\n"
      "Content-Disposition: attachment; filename=zebra.pdf\r\n\r\nzebra\r\n--zebraboundary\r\n"
      "Content-Type: message/rfc822\r\n\r\nFrom: zebra@model.test\r\nSubject: Zebra\r\n\r\nzebra\r\n"
      "--zebraboundary--\r\n");

  return g_string_free_to_bytes (text);
}

static void
check (const char *capabilities, const char *smtp_capabilities)
{
  static const char *const secrets[] = { "zebra",      "alicepw", "AGFsaWNlAGFsaWNlcHc",
                                         "YWxpY2Vwdw", "alice@",  "bob@" };
  const ModelSettings settings = { .capabilities = capabilities,
                                   .smtp_capabilities = smtp_capabilities };
  Rig *rig = rig_new (&settings);
  g_autoptr (GBytes) message = build_message ();
  g_autofree char *trace = NULL, *folded = NULL;
  gint64 id;

  model_act_deliver (rig->server, "alice", "INBOX", message, NULL, 0);
  model_server_refuse_recipient (rig->server, "zebra@model.test",
                                 "550 5.1.1 <zebra@model.test>: who?");
  rig_start (rig);
  RIG_WAIT (engine_told_get_phase (&rig->told) == SYNC_PHASE_IN_STEP
                && rig_total (rig, "INBOX") == 1,
            PATIENCE);
  id = rig_find (rig, "INBOX", "The zebra");
  g_assert_cmpint (id, !=, 0);
  g_assert_cmpint (store_operation_move (rig->db, &id, 1, rig_folder (rig, "Archive"), NULL), >, 0);
  sync_engine_operations_changed (rig->engine, NULL);
  rig_send_with (rig, "bob@model.test", "zebra one", 300000, STORE_NOTIFY_SUCCESS, 0);
  RIG_WAIT (model_server_count (rig->server, "alice", "Sent") == 1, PATIENCE);
  rig_send (rig, "bob@model.test,zebra@model.test", "zebra two", 0);
  RIG_WAIT (engine_told_get_refused (&rig->told) == 1
                && store_operation_count (rig->db, rig->row) == 0,
            PATIENCE);
  rig_free (rig);

  trace = base_log_dup_trace ();
  folded = g_ascii_strdown (trace, -1);
  /* It is the trace of this. */
  g_assert_nonnull (strstr (trace, "(secret)"));
  g_assert_nonnull (strstr (trace, "MAIL FROM:<…@model.test>"));
  g_assert_nonnull (strstr (trace, "<…@model.test>: who?"));
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++) {
    g_autofree char *secret = g_ascii_strdown (secrets[i], -1);
    const char *found = strstr (folded, secret);

    if (found != NULL)
      g_error ("“%s” stands in the trace: %.200s", secrets[i],
               trace + MAX (found - folded - 100, 0));
  }
}

/* In processes of their own: the tests around it say much, and other things. */
static void
test_full (void)
{
  if (g_test_subprocess ()) {
    check (NULL, NULL);
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static void
test_plain (void)
{
  if (g_test_subprocess ()) {
    check (MODEL_CAPS_PLAIN, MODEL_SMTP_PLAIN);
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

void
test_trace_add (void)
{
  g_test_add_func ("/trouble/trace/full", test_full);
  g_test_add_func ("/trouble/trace/plain", test_plain);
}
