/* What people call labels. */
#include "base-fold.h"
#include "base-label.h"
#include "test-base.h"

static gboolean
is_called (const char *label, const char *typed)
{
  g_autofree char *folded = base_fold (typed, -1, NULL);

  return base_label_is_called (label, folded);
}

static void
test_names (void)
{
  g_assert_cmpstr (base_label_get_shown ("$Label4"), ==, "To Do");
  g_assert_cmpstr (base_label_get_shown ("project-x"), ==, "project-x");
  g_assert_null (base_label_get_shown ("$MDNSent"));
  g_assert_null (base_label_get_shown ("\\Inbox"));

  g_assert_true (is_called ("project-x", "Project-X"));
  g_assert_false (is_called ("project-x", "project"));
  g_assert_true (is_called ("$Label4", "to do"));
  g_assert_true (is_called ("$Label4", "$label4"));
  g_assert_true (is_called ("$Label4", "label4"));
  g_assert_false (is_called ("$Label4", "work"));
  g_assert_true (is_called ("\\Important", "important"));
  g_assert_true (is_called ("Work", "work"));
  g_assert_cmpstr (base_label_find_keyword ("work"), ==, "$label2");
  g_assert_null (base_label_find_keyword ("project-x"));

  g_assert_true (is_called ("\\Draft", "Drafts"));
  g_assert_true (is_called ("\\Draft", "draft"));
  g_assert_false (is_called ("Draft", "drafts"));
  g_assert_cmpstr (base_label_find_gmail ("drafts"), ==, "\\Draft");
  g_assert_cmpstr (base_label_find_gmail ("\\draft"), ==, "\\Draft");
  g_assert_cmpstr (base_label_find_gmail ("muted"), ==, "\\Muted");
  g_assert_null (base_label_find_gmail ("project-x"));
  g_assert_null (base_label_find_gmail ("$important"));
}

/* By the name in the language of the window, and by the English one, which other programs show. */
static void
test_korean (void)
{
  test_speak ("ko");
  g_assert_cmpstr (base_label_get_shown ("$label1"), ==, "중요");
  g_assert_true (is_called ("$label1", "중요"));
  g_assert_true (is_called ("$label1", "Important"));
  g_assert_true (is_called ("\\Important", "중요"));
  g_assert_true (is_called ("\\Inbox", "받은 편지함"));
  g_assert_true (is_called ("\\Inbox", "inbox"));
  g_assert_false (is_called ("\\Inbox", "보낸 편지함"));
  g_assert_cmpstr (base_label_find_gmail ("중요"), ==, "\\Important");
  g_assert_cmpstr (base_label_find_gmail ("sent"), ==, "\\Sent");
  test_speak (NULL);
}

void
test_label_add (void)
{
  g_test_add_func ("/base/label/names", test_names);
  g_test_add_func ("/base/label/korean", test_korean);
}
