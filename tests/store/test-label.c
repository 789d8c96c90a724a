/* Labels of messages. */
#include "store-message.h"
#include "test-store.h"

static void
set (Profile *profile, guint32 uid, const char *labels)
{
  g_auto (GStrv) each = g_strsplit (labels, "|", -1);
  g_autoptr (GError) error = NULL;

  g_assert_true (store_message_set_labels (profile->db, profile->inbox, uid,
                                           (const char *const *)each, &error));
  g_assert_no_error (error);
}

static void
check_list (Profile *profile, guint most, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) list = store_label_list (profile->db, most, &error);
  g_autofree char *joined = NULL;

  g_assert_no_error (error);
  joined = g_strjoinv ("|", list);
  g_assert_cmpstr (joined, ==, expected);
}

/* As they are shown, each once; what programs note for themselves, and what nothing has any more, is none. */
static void
test_list (void)
{
  g_autoptr (Profile) profile = profile_new ();

  check_list (profile, 10, "");
  for (guint i = 1; i <= 4; i++)
    add_message (profile, profile->inbox, i, i, 0, NULL);
  set (profile, 1, "zebra|$label2|\\Inbox");
  set (profile, 2, "zebra|$label2|\\Inbox");
  set (profile, 3, "project-x|zebra|$Phishing");
  set (profile, 4, "Zebra|한글");
  check_list (profile, 10, "Work|Zebra|project-x|한글");
  check_list (profile, 2, "Work|Zebra");
  set (profile, 3, "");
  check_list (profile, 10, "Work|Zebra|한글");
}

static int
count (unsigned int kind, void *data, void *statement, void *sql)
{
  (*(guint *)data)++;
  return 0;
}

/* As many steps as there are sets of labels, not messages. */
static void
test_many (void)
{
  g_autoptr (Profile) profile = profile_new ();
  guint steps = 0;

  for (guint i = 1; i <= 500; i++) {
    add_message (profile, profile->inbox, i, i, 0, NULL);
    set (profile, i, i % 2 == 0 ? "even" : "odd");
  }
  sqlite3_trace_v2 (profile->db->sqlite, SQLITE_TRACE_STMT, count, &steps);
  check_list (profile, 10, "even|odd");
  sqlite3_trace_v2 (profile->db->sqlite, 0, NULL, NULL);
  g_assert_cmpuint (steps, ==, 3);
}

/* Keywords that are flags here are labels to who asks for them. */
static void
test_called (void)
{
  g_assert_true (store_label_is_called ("a\nProject-X", 0, "project-x"));
  g_assert_false (store_label_is_called ("a\nProject-X", 0, "project"));
  g_assert_false (store_label_is_called (NULL, 0, "project-x"));
  g_assert_true (store_label_is_called (NULL, STORE_FLAG_FORWARDED, "$forwarded"));
  g_assert_true (store_label_is_called (NULL, STORE_FLAG_JUNK, "junk"));
  g_assert_false (store_label_is_called (NULL, STORE_FLAG_NOT_JUNK, "junk"));
}

void
add_label_tests (void)
{
  g_test_add_func ("/store/label/list", test_list);
  g_test_add_func ("/store/label/many", test_many);
  g_test_add_func ("/store/label/called", test_called);
}
