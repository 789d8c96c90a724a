/* Gmail: the same message under several labels is several messages of IMAP with one X-GM-MSGID; it is fetched once.  Labels are kept
 * and followed. */
#include "step.h"

#include <string.h>

/* What Gmail offers; no QRESYNC, no OBJECTID. */
#define GMAIL                                                                                      \
  "IMAP4rev1 UNSELECT IDLE NAMESPACE ID SASL-IR X-GM-EXT-1 UIDPLUS ENABLE MOVE CONDSTORE ESEARCH " \
  "UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE"
#define LARGE (300 * 1024)

static gint64
get_message (Step *step, const char *name)
{
  g_autoptr (GArray) keys = store_message_list (step->db, step_folder (step, name), 0, 0, NULL);

  g_assert_cmpuint (keys->len, ==, 1);
  return STORE_KEY_ID (g_array_index (keys, StoreKey, 0));
}

static char *
dup_labels (Step *step, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) labels = store_message_get_labels (step->db, get_message (step, name), &error);

  g_assert_no_error (error);
  return g_strjoinv ("|", labels);
}

static void
check_labels (Step *step, const char *name, const char *expected)
{
  g_autofree char *labels = dup_labels (step, name);

  g_assert_cmpstr (labels, ==, expected);
}

/* "": it has none. */
static gboolean
has_label (Step *step, const char *label)
{
  g_autofree char *labels = dup_labels (step, "INBOX");
  g_auto (GStrv) each = g_strsplit (labels, "|", -1);

  return g_strv_contains ((const char *const *)each, label) || g_strcmp0 (labels, label) == 0;
}

static void
test_once (void)
{
  g_autoptr (Step) step = step_new (GMAIL);
  ModelCounters counters;
  guint32 uid;

  model_act_create (step->server, "alice", "Work");
  model_act_create (step->server, "alice", "[Gmail]/All Mail");
  uid = step_deliver (step, "INBOX", 1, LARGE);
  model_act_copy (step->server, "alice", "INBOX", uid, "Work", FALSE);
  model_act_copy (step->server, "alice", "INBOX", uid, "[Gmail]/All Mail", FALSE);
  model_act_copy (step->server, "alice", "INBOX", uid, "Archive", FALSE);
  model_server_reset_counters (step->server);
  step_settle (step);
  STEP_WAIT (step_lacking (step, "Archive") == 0 && step_total (step, "Archive") == 1
                 && step_lacking (step, "Work") == 0 && step_total (step, "Work") == 1
                 && step_lacking (step, "[Gmail]/All Mail") == 0
                 && step_total (step, "[Gmail]/All Mail") == 1,
             20);
  counters = model_server_get_counters (step->server);
  g_test_message ("%" G_GUINT64_FORMAT " octets", counters.bytes_out);
  g_assert_cmpuint (counters.bytes_out, <, LARGE + 40000);
  g_assert_cmpuint (step_count_commands (step, "* UID FETCH *BODY.PEEK[]*"), <=, 1);
}

static void
test_labels (void)
{
  g_autoptr (Step) step = step_new (GMAIL);
  guint32 uid = step_deliver (step, "INBOX", 1, 1000);
  guint32 other = step_deliver (step, "Archive", 2, 1000);

  model_act_set_labels (step->server, "alice", "INBOX", uid,
                        "\"\\\\Inbox\" \"a \\\"b\\\"\" &1VyuAA- \"c]d\"");
  step_settle (step);
  check_labels (step, "INBOX", "\\Inbox|a \"b\"|한글|c]d");
  check_labels (step, "Archive", "");

  /* Another client changes them: they come with what changed, and nothing else does. */
  step_stop (step);
  model_act_set_labels (step->server, "alice", "INBOX", uid, "Work");
  model_act_set_labels (step->server, "alice", "Archive", other, "\\Starred");
  step_forget_commands (step);
  step_settle (step);
  check_labels (step, "INBOX", "Work");
  check_labels (step, "Archive", "\\Starred");
  g_assert_cmpuint (step_count_commands (step, "* UID FETCH *BODY*"), ==,
                    step_count_commands (step, "* UID FETCH *BODY.PEEK[HEADER*"));
  step_stop (step);
  model_act_set_labels (step->server, "alice", "INBOX", uid, "");
  step_settle (step);
  check_labels (step, "INBOX", "");
  check_labels (step, "Archive", "\\Starred");
}

/* What programs note as keywords takes no label's place, told unasked, with what changed, or with a new message. */
static void
test_keywords (void)
{
  g_autoptr (Step) step = step_new (GMAIL);
  guint32 uid = step_deliver (step, "INBOX", 1, 1000);

  model_act_set_labels (step->server, "alice", "INBOX", uid, "Work");
  step_settle (step);
  check_labels (step, "INBOX", "Work");
  model_act_set_flags (step->server, "alice", "INBOX", uid, TRUE, "\\Seen Holiday");
  STEP_WAIT (step_unread (step, "INBOX") == 0, 20);
  check_labels (step, "INBOX", "Work");

  step_stop (step);
  model_act_set_flags (step->server, "alice", "INBOX", uid, FALSE, "\\Seen");
  model_act_set_flags (step->server, "alice", "INBOX", uid, TRUE, "Travel");
  uid = step_deliver (step, "Archive", 2, 1000);
  model_act_set_flags (step->server, "alice", "Archive", uid, TRUE, "Holiday");
  step_settle (step);
  STEP_WAIT (step_unread (step, "INBOX") == 1, 20);
  check_labels (step, "INBOX", "Work");
  check_labels (step, "Archive", "");
}

static void
follow_keywords (Step *step, guint32 uid)
{
  model_act_set_flags (step->server, "alice", "INBOX", uid, TRUE, "$label1");
  STEP_WAIT (has_label (step, "$label1") && has_label (step, "project-x"), 60);
  model_act_set_flags (step->server, "alice", "INBOX", uid, FALSE, "project-x");
  STEP_WAIT (!has_label (step, "project-x") && has_label (step, "$label1"), 60);
  model_act_set_flags (step->server, "alice", "INBOX", uid, FALSE, "$label1");
  STEP_WAIT (has_label (step, ""), 60);
}

/* Elsewhere keywords are the labels, whoever sets them and whenever: before, while we look, while we do not. */
static void
test_keywords_elsewhere (void)
{
  static const char *const servers[] = { NULL, MODEL_CAPS_CONDSTORE, MODEL_CAPS_PLAIN };

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++) {
    g_autoptr (Step) step = step_new (servers[i]);
    guint32 uid = step_deliver (step, "INBOX", 1, 1000);

    model_act_set_flags (step->server, "alice", "INBOX", uid, TRUE,
                         "\\Seen $Forwarded $MDNSent project-x");
    step_settle (step);
    check_labels (step, "INBOX", "project-x");
    if (i < 2) /* it says by itself what changes */
      follow_keywords (step, uid);

    step_stop (step);
    model_act_set_flags (step->server, "alice", "INBOX", uid, FALSE, "project-x");
    model_act_set_flags (step->server, "alice", "INBOX", uid, TRUE, "Travel");
    step_settle (step);
    STEP_WAIT (has_label (step, "Travel"), 60);
    step_stop (step);
    model_act_set_flags (step->server, "alice", "INBOX", uid, FALSE, "Travel");
    step_settle (step);
    STEP_WAIT (has_label (step, ""), 60);
  }
}

/* Who does not speak of labels is not asked for any. */
static void
test_others (void)
{
  static const char *const servers[] = { NULL, MODEL_CAPS_CONDSTORE, MODEL_CAPS_PLAIN };

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++) {
    g_autoptr (Step) step = step_new (servers[i]);

    step_deliver (step, "INBOX", 1, 1000);
    step_settle (step);
    step_stop (step);
    model_act_set_flags (step->server, "alice", "INBOX", 1, TRUE, "\\Seen");
    step_settle (step);
    g_assert_cmpuint (step_unread (step, "INBOX"), ==, 0);
    check_labels (step, "INBOX", "");
    g_assert_cmpuint (step_count_commands (step, "*X-GM-*"), ==, 0);
  }
}

void
add_gmail_tests (void)
{
  g_test_add_func ("/step/gmail/once", test_once);
  g_test_add_func ("/step/gmail/labels", test_labels);
  g_test_add_func ("/step/gmail/keywords", test_keywords);
  g_test_add_func ("/step/gmail/keywords-elsewhere", test_keywords_elsewhere);
  g_test_add_func ("/step/gmail/others", test_others);
}
