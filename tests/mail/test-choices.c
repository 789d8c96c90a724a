/* Choices for senders, domains and lists, as the window sets and lists them. */
#include "test-mail.h"

#include "mail-choices.h"

static void
set (Bench *bench, MailChoiceKind kind, const char *subject, const char *value)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_choices_set_async (bench->engine, kind, subject, value, on_result, &result);
  g_assert_true (mail_choices_set_finish (bench->engine, wait_result (&result), &error));
  g_assert_no_error (error);
}

static MailChoice *
get (Bench *bench, MailChoiceKind kind, const char *subject)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MailChoice *choice = NULL;

  mail_choices_get_async (bench->engine, kind, subject, NULL, on_result, &result);
  g_assert_true (mail_choices_get_finish (bench->engine, wait_result (&result), &choice, &error));
  g_assert_no_error (error);
  return choice;
}

static void
test_choices (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GAsyncResult) listed = NULL, removed = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (get (bench, MAIL_CHOICE_CHARSET_SENDER, "ada@example.org"));
  set (bench, MAIL_CHOICE_CHARSET_SENDER, "Ada@Example.org", "euc-kr");
  set (bench, MAIL_CHOICE_IMAGES_DOMAIN, "example.org", NULL);
  g_autoptr (MailChoice) charset = get (bench, MAIL_CHOICE_CHARSET_SENDER, "ADA@example.org");
  g_assert_cmpstr (charset->subject, ==, "ada@example.org");
  g_assert_cmpstr (charset->value, ==, "euc-kr");

  mail_choices_list_async (bench->engine, MAIL_CHOICE_IMAGES_DOMAIN, NULL, on_result, &listed);
  g_autoptr (GPtrArray) list =
      mail_choices_list_finish (bench->engine, wait_result (&listed), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpstr (((MailChoice *)list->pdata[0])->subject, ==, "example.org");

  mail_choices_remove_async (bench->engine, MAIL_CHOICE_IMAGES_DOMAIN, "EXAMPLE.org", on_result,
                             &removed);
  g_assert_true (mail_choices_remove_finish (bench->engine, wait_result (&removed), &error));
  g_assert_null (get (bench, MAIL_CHOICE_IMAGES_DOMAIN, "example.org"));
}

void
add_choices_tests (void)
{
  g_test_add_func ("/mail/choices", test_choices);
}
