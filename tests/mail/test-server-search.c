/* A search on servers that cannot be reached, or that is called off: it ends, and says why.  With servers that answer: tests/live. */
#include "test-mail.h"

#include "mail-server-search.h"

static gboolean
is_over (gpointer search)
{
  return !mail_server_search_get_running (search);
}

static void
count (MailServerSearch *search, GParamSpec *pspec, guint *times)
{
  (*times)++;
}

static void
test_unreachable (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailServerSearch) search = mail_server_search_new (bench->engine, NULL, "보고서");
  guint running = 0, sentences = 0;

  g_signal_connect (search, "notify::running", G_CALLBACK (count), &running);
  g_signal_connect (search, "notify::sentence", G_CALLBACK (count), &sentences);
  g_assert_true (mail_server_search_get_running (search));
  g_assert_cmpstr (mail_server_search_get_sentence (search), ==, "Searching on the server…");
  wait_until (is_over, search);
  g_assert_cmpuint (running, ==, 1);
  g_assert_cmpuint (sentences, ==, 1);
  g_assert_cmpfloat (mail_server_search_get_progress (search), ==, 1);
  g_assert_cmpuint (mail_server_search_get_found (search), ==, 0);
  g_assert_true (g_str_has_prefix (mail_server_search_get_trouble (search),
                                   mail_account_get_label (bench->account)));
  g_assert_cmpstr (mail_server_search_get_sentence (search), ==,
                   mail_server_search_get_trouble (search));
}

static void
test_cancelled (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailServerSearch) search =
      mail_server_search_new (bench->engine, bench->inbox, "보고서");

  mail_server_search_cancel (search);
  wait_until (is_over, search);
  g_assert_null (mail_server_search_get_trouble (search));
  g_assert_cmpstr (mail_server_search_get_sentence (search), ==,
                   "The search on the server was stopped.");
}

/* The engine that stops ends it. */
static void
test_stopped (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailServerSearch) search = mail_server_search_new (bench->engine, NULL, "보고서");

  bench_stop (bench);
  g_assert_false (mail_server_search_get_running (search));
}

void
add_server_search_tests (void)
{
  g_test_add_func ("/mail/server-search/unreachable", test_unreachable);
  g_test_add_func ("/mail/server-search/cancelled", test_cancelled);
  g_test_add_func ("/mail/server-search/stopped", test_stopped);
}
