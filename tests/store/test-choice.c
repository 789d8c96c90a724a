/* Choices for senders, domains and lists: kept across a restart, one for a subject, gone when removed. */
#include "test-store.h"

#include "store-choice.h"

static void
set (Profile *profile, StoreChoiceKind kind, const char *subject, const char *value, gint64 time)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (store_choice_set (profile->db, kind, subject, value, time, &error));
  g_assert_no_error (error);
}

static StoreChoice *
get (Profile *profile, StoreChoiceKind kind, const char *subject)
{
  g_autoptr (GError) error = NULL;
  StoreChoice *choice = NULL;

  g_assert_true (store_choice_get (profile->db, kind, subject, &choice, &error));
  g_assert_no_error (error);
  return choice;
}

static void
test_choice (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  gboolean rebuilt = TRUE;

  g_assert_null (get (profile, STORE_CHOICE_IMAGES_SENDER, "ada@example.org"));
  set (profile, STORE_CHOICE_IMAGES_SENDER, "zoe@example.org", NULL, 5);
  set (profile, STORE_CHOICE_IMAGES_SENDER, "ada@example.org", NULL, 7);
  set (profile, STORE_CHOICE_CHARSET_SENDER, "ada@example.org", "euc-kr", 0);
  set (profile, STORE_CHOICE_CHARSET_SENDER, "ada@example.org", "utf-8", 0);
  profile_reopen (profile, NULL, &rebuilt);
  g_assert_false (rebuilt);

  g_autoptr (StoreChoice) images = get (profile, STORE_CHOICE_IMAGES_SENDER, "ada@example.org");
  g_autoptr (StoreChoice) charset = get (profile, STORE_CHOICE_CHARSET_SENDER, "ada@example.org");
  g_assert_cmpstr (images->value, ==, "");
  g_assert_cmpint (images->time, ==, 7);
  g_assert_cmpstr (charset->value, ==, "utf-8");
  g_assert_cmpint (ABS (charset->time - g_get_real_time () / G_USEC_PER_SEC), <, 60);
  g_assert_null (get (profile, STORE_CHOICE_IMAGES_DOMAIN, "ada@example.org"));

  g_autoptr (GPtrArray) list = store_choice_list (profile->db, STORE_CHOICE_IMAGES_SENDER, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpstr (((StoreChoice *)list->pdata[0])->subject, ==, "ada@example.org");
  g_assert_cmpstr (((StoreChoice *)list->pdata[1])->subject, ==, "zoe@example.org");

  g_assert_true (
      store_choice_remove (profile->db, STORE_CHOICE_IMAGES_SENDER, "ada@example.org", &error));
  g_assert_true (
      store_choice_remove (profile->db, STORE_CHOICE_IMAGES_SENDER, "nobody@example.org", &error));
  g_assert_null (get (profile, STORE_CHOICE_IMAGES_SENDER, "ada@example.org"));
  g_autoptr (StoreChoice) other = get (profile, STORE_CHOICE_CHARSET_SENDER, "ada@example.org");
  g_assert_nonnull (other);
}

void
add_choice_tests (void)
{
  g_test_add_func ("/store/choice", test_choice);
}
