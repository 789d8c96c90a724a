/* Secrets: what is struck out of texts, and what a core has of them. */
#include "test-base.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base-error.h"
#include "base-log.h"
#include "base-paths.h"
#include "base-secret.h"

#define SECRET "tanstaaf \"b\\c\" 편지"

static void
check_struck (const char *text, const char *expected)
{
  g_autofree char *struck = base_hush_strike (text);

  g_assert_cmpstr (struck, ==, expected);
}

static void
test_strike (void)
{
  g_autoptr (BaseHush) none = base_hush_new (NULL);
  g_autoptr (BaseHush) hush = base_hush_new (SECRET);
  g_autoptr (BaseHush) other = base_hush_new ("hunter2hunter2");

  check_struck (NULL, NULL);
  check_struck ("", NULL);
  check_struck ("A1 NO wrong", NULL);
  check_struck ("LOGIN tim " SECRET " is wrong", "LOGIN tim (secret) is wrong");
  check_struck ("\"tanstaaf \\\"b\\\\c\\\" 편지\"", "\"(secret)\"");
  check_struck (SECRET SECRET "; hunter2hunter2", "(secret)(secret); (secret)");
  {
    g_autoptr (BaseHush) short_one = base_hush_new ("token");

    check_struck ("invalid_token, tokens, Token", NULL);
    check_struck ("your token: \"token\"", "your (secret): \"(secret)\"");
  }
  for (guint shift = 0; shift < 7; shift++) {
    g_autofree char *plain =
        g_strdup_printf ("%.*s%s%s", (int)shift, "abcdefg", SECRET, shift % 2 == 0 ? "" : "rest");
    g_autofree char *encoded = g_base64_encode ((const guchar *)plain, strlen (plain));
    g_autofree char *text = g_strconcat ("535 what is ", encoded, " to me?", NULL);

    check_struck (text, "535 what is (secret) to me?");
  }
}

/* Forgotten when it is over, and by every way at once before. */
static void
test_everywhere (void)
{
  g_autoptr (BaseHush) hush = base_hush_new (SECRET);
  g_autoptr (GError) error = NULL;
  g_autofree char *trace = NULL;
  g_autofree char *after = NULL;

  base_error_set (&error, BASE_ERROR_AUTH, "no " SECRET "\nnext", "Sentence.");
  g_assert_cmpstr (base_error_get_detail (error), ==, "no (secret)\nnext");
  base_log_trace ("secret/1", '<', "A1 NO " SECRET "\r\n", strlen ("A1 NO " SECRET "\r\n"));
  base_log_trace ("secret/1", '<', "A2 NO tanst", strlen ("A2 NO tanst"));
  base_log_trace ("secret/1", '<', "aaf \"b\\c\" 편지\r\n", strlen ("aaf \"b\\c\" 편지\r\n"));
  trace = base_log_dup_trace ();
  g_assert_null (strstr (trace, "tanstaaf"));
  g_assert_nonnull (strstr (trace, "A1 NO (secret)"));
  g_assert_nonnull (strstr (trace, "A2 NO (secret)"));
  g_test_expect_message ("sosik", G_LOG_LEVEL_MESSAGE, "*it said (secret)!*");
  base_log ("it said %s!", SECRET);
  g_test_assert_expected_messages ();
  g_clear_pointer (&hush, base_hush_free);
  after = base_hush_strike (SECRET);
  g_assert_null (after);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/* The core that a child leaves, which has the word in its memory; NULL: none is left here. */
static GBytes *
dup_core (const char *folder, gboolean careful)
{
  g_autofree char *word = g_strdup ("not-to-be-seen-");
  g_autofree char *path = NULL;
  g_autoptr (GDir) dir = NULL;
  char *core;
  gsize length;
  int status;
  pid_t pid = fork ();

  if (pid == 0) {
    const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
    g_autofree char *secret = g_strconcat (word, "in-a-core", NULL);

    if (careful)
      base_secret_leave_no_core ();
    signal (SIGSEGV, SIG_DFL);
    if (setrlimit (RLIMIT_CORE, &all) == 0 && chdir (folder) == 0)
      kill (getpid (), SIGSEGV);
    _exit (secret[0]);
  }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  dir = g_dir_open (folder, 0, NULL);
  const char *name = g_dir_read_name (dir);
  if (name == NULL)
    return NULL;
  path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_get_contents (path, &core, &length, NULL));
  g_assert_cmpint (g_unlink (path), ==, 0);
  return g_bytes_new_take (core, length);
}

static gboolean
has_word (GBytes *core)
{
  gsize length;
  const char *data = g_bytes_get_data (core, &length);

  return memmem (data, length, "not-to-be-seen-in-a-core", 24) != NULL;
}
#endif

static void
test_core (void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  g_test_skip ("a core of that would fill the disk");
#else
  g_autofree char *folder = g_dir_make_tmp ("sosik-core-XXXXXX", NULL);
  g_autoptr (GBytes) usual = dup_core (folder, FALSE);
  g_autoptr (GBytes) careful = dup_core (folder, TRUE);

  if (usual == NULL) {
    g_test_skip ("no core is left here");
  } else {
    g_assert_true (has_word (usual));
    g_assert_nonnull (careful);
    g_assert_false (has_word (careful));
  }
  g_assert_true (base_paths_remove_tree (folder));
#endif
}

void
test_secret_add (void)
{
  g_test_add_func ("/base/secret/strike", test_strike);
  g_test_add_func ("/base/secret/everywhere", test_everywhere);
  g_test_add_func ("/base/secret/core", test_core);
}
