/* From the words in an account's file to what the protocols leave alone. */
#include "test-sync.h"

#include "sync-without.h"

static void
test_words (void)
{
  g_autoptr (BaseAccount) account = base_account_new ();

  g_assert_cmpint (sync_without_imap (account), ==, 0);
  g_assert_cmpint (sync_without_smtp (account, &account->smtp), ==, 0);
  account->imap.without = g_strsplit ("move;CONDSTORE;CHUNKING;STARTTLS", ";", -1);
  account->smtp.without = g_strsplit ("chunking;DSN;MOVE", ";", -1);
  g_assert_cmpint (sync_without_imap (account), ==,
                   IMAP_CAP_MOVE | IMAP_CAP_CONDSTORE | IMAP_CAP_QRESYNC);
  g_assert_cmpint (sync_without_smtp (account, &account->smtp), ==, SMTP_CAP_CHUNKING | SMTP_CAP_DSN);
}

/* All that the example for administrators names is known. */
static void
test_example (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "..", "data", "account.ini.example", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean smtp = FALSE;
  guint n_imap = 0, n_smtp = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    smtp |= g_str_equal (lines[i], "[SMTP]");
    if (lines[i][0] != '#')
      continue;
    g_auto (GStrv) words = g_strsplit_set (lines[i], " ,.;:=#\"", -1);

    for (guint k = 0; words[k] != NULL; k++) {
      if (smtp)
        n_smtp += smtp_capability_from_word (words[k]) != 0;
      else
        n_imap += imap_capability_from_word (words[k]) != 0;
    }
  }
  g_assert_cmpuint (n_smtp, >=, 8);
  g_assert_cmpuint (n_imap, >=, 23);
}

void
test_without_add (void)
{
  g_test_add_func ("/without/words", test_words);
  g_test_add_func ("/without/example", test_example);
}
