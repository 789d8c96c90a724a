/* Tests of the base layer: runs every group, and holds the tests of errors. */
#include "test-base.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "base-error.h"
#include "base-paths.h"
#include "locales.h"

char *
test_make_folder (void)
{
  char *path = g_dir_make_tmp ("sosik-test-XXXXXX", NULL);

  g_assert_nonnull (path);
  return path;
}

void
test_remove_folder (const char *path)
{
  g_assert_true (base_paths_remove_tree (path));
}

static void
test_error_detail (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) copy = NULL;

  base_error_set (&error, BASE_ERROR_REFUSED, "NO \xff[X]\x1b[31m\r\n second\n\n",
                  "The server refused “%s”.", "A");
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_cmpstr (error->message, ==, "The server refused “A”.");
  g_assert_cmpstr (base_error_get_detail (error), ==, "NO \xEF\xBF\xBD[X] [31m\nsecond");

  copy = g_error_copy (error);
  g_clear_error (&error);
  g_assert_cmpstr (base_error_get_detail (copy), ==, "NO \xEF\xBF\xBD[X] [31m\nsecond");
}

static void
test_error_trust (void)
{
  const BaseTrust expired = { .reason = BASE_TRUST_EXPIRED, .port = 993, .until = 100 };
  const BaseTrust revoked = { .reason = BASE_TRUST_REVOKED, .until = 100 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) copy = NULL;

  base_error_set (&error, BASE_ERROR_TRUST, NULL, "Expired.");
  g_assert_null (base_error_get_trust (error));
  g_assert_null (base_error_get_trust (NULL));
  base_error_take_trust (error, base_trust_dup (&revoked));
  base_error_take_trust (error, base_trust_dup (&expired));
  base_error_take_trust (NULL, base_trust_dup (&expired));
  copy = g_error_copy (error);
  g_clear_error (&error);
  g_assert_true (base_trust_equal (base_error_get_trust (copy), &expired));
  g_assert_false (base_trust_equal (base_error_get_trust (copy), &revoked));

  g_assert_true (base_trust_may_except (&expired));
  g_assert_false (base_trust_may_except (&revoked));
  g_assert_cmpint (base_trust_get_agreed_until (&expired, 99), ==, 100);
  g_assert_cmpint (base_trust_get_agreed_until (&expired, 100), ==, 100 + 30 * 86400);
}

static void
test_error_without_detail (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other = NULL;

  base_error_set (NULL, BASE_ERROR_RETRY, "x", "nobody looks");
  base_error_set (&error, BASE_ERROR_RETRY, NULL, "No detail.");
  g_assert_null (base_error_get_detail (error));
  g_assert_null (base_error_get_detail (NULL));
  g_assert_false (base_error_is_cancelled (error));

  other = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");
  g_assert_null (base_error_get_detail (other));
  g_assert_true (base_error_is_cancelled (other));
  g_assert_false (base_error_is_cancelled (NULL));
}

static void
test_error_disk (void)
{
  const int numbers[] = { ENOSPC, EACCES, ENOENT, EIO };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autoptr (GError) error = NULL;

    base_error_set_disk (&error, numbers[i], "/home/somebody/.local/x.eml");
    g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
    g_assert_nonnull (strstr (error->message, "“x.eml”"));
    g_assert_null (strstr (error->message, "somebody"));
    g_assert_cmpstr (base_error_get_detail (error), ==, g_strerror (numbers[i]));
  }
}

void
test_speak (const char *language)
{
  g_autofree char *folder = g_build_filename (g_getenv ("G_TEST_BUILDDIR"), "..", "po", NULL);

  if (language != NULL)
    g_setenv ("LANGUAGE", language, TRUE);
  else
    g_unsetenv ("LANGUAGE");
  bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/error/detail", test_error_detail);
  g_test_add_func ("/base/error/trust", test_error_trust);
  g_test_add_func ("/base/error/without-detail", test_error_without_detail);
  g_test_add_func ("/base/error/disk", test_error_disk);
  test_account_add ();
  test_date_add ();
  test_fold_add ();
  test_hands_add ();
  test_label_add ();
  test_layout_add ();
  test_locale_add ();
  test_log_add ();
  test_match_add ();
  test_name_add ();
  test_paths_add ();
  test_query_add ();
  test_queue_add ();
  test_secret_add ();
  test_template_add ();
  test_text_add ();
  test_uid_set_add ();
  test_words_add ();

  int failed = g_test_run ();

  locales_remove ();
  return failed;
}
