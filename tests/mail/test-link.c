/* Links: what is shown of them, taken out of them, and said about them. */
#include "test-mail.h"

#include "mail-link.h"

static void
check_shown (const char *uri, const char *expected)
{
  g_autofree char *shown = mail_link_dup_shown (uri);

  g_assert_cmpstr (shown, ==, expected);
}

static void
test_shown (void)
{
  g_autofree char *korean = g_hostname_to_ascii ("소식.한국"),
                  *mixed = g_hostname_to_ascii ("pаypal.com") /* Cyrillic а */,
                  *whole = g_hostname_to_ascii ("аре.com") /* all Cyrillic */,
                  *german = g_hostname_to_ascii ("bücher.de"),
                  *russian = g_hostname_to_ascii ("почта.рф"),
                  *japanese = g_hostname_to_ascii ("東京タワー.jp"),
                  *greek = g_hostname_to_ascii ("googlε.com");
  struct
  {
    const char *host, *shown;
  } hosts[] = { { korean, "소식.한국" }, { mixed, mixed },
                { whole, whole },        { german, "bücher.de" },
                { russian, "почта.рф" }, { japanese, "東京タワー.jp" },
                { greek, greek },        { "example.org", "example.org" } };

  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++) {
    g_autofree char *uri = g_strconcat ("https://", hosts[i].host, ":8080/a?b#c", NULL),
                    *shown = g_strconcat ("https://", hosts[i].shown, ":8080/a?b#c", NULL);

    check_shown (uri, shown);
  }
  check_shown ("mailto:a@b.example", "mailto:a@b.example");
  check_shown ("https://EXAMPLE.org/A", "https://example.org/A");
  check_shown ("https://", "https://");
}

static void
check_strip (const char *uri, const char *expected, const char *names)
{
  g_auto (GStrv) removed = NULL;
  g_autofree char *stripped = mail_link_strip (uri, &removed);

  g_assert_cmpstr (stripped, ==, expected);
  if (expected != NULL) {
    g_autofree char *joined = g_strjoinv (" ", removed);

    g_assert_cmpstr (joined, ==, names);
  }
}

static void
test_strip (void)
{
  check_strip ("https://a.example/?utm_source=x&id=5&utm_medium=y#part",
               "https://a.example/?id=5#part", "utm_source utm_medium");
  check_strip ("https://a.example/p?fbclid=1", "https://a.example/p", "fbclid");
  check_strip ("https://a.example/p?FbClid=1&a=%26utm_x", "https://a.example/p?a=%26utm_x",
               "FbClid");
  check_strip ("https://a.example/p?a=utm_source&notutm_source=1&gclidx=2", NULL, NULL);
  check_strip ("https://a.example/p#?utm_source=x", NULL, NULL);
  check_strip ("https://a.example/utm_source=x", NULL, NULL);
  check_strip ("mailto:a@b.example?utm_source=x", NULL, NULL);
}

static void
check_claimed (const char *uri, const char *text, const char *expected)
{
  g_autofree char *claimed = mail_link_dup_claimed (uri, text);

  g_test_message ("%s %s", uri, text);
  g_assert_cmpstr (claimed, ==, expected);
}

static void
test_claimed (void)
{
  check_claimed ("https://phish.example/login", "https://bank.example/", "bank.example");
  check_claimed ("https://phish.example/login", "Go to www.bank.example now", "www.bank.example");
  check_claimed ("https://phish.example/login", "bank.com", "bank.com");
  check_claimed ("https://phish.example/", "https://ba\xe2\x80\x8bnk.example", "bank.example");
  check_claimed ("https://bank.example@phish.example/", "https://bank.example", "bank.example");
  check_claimed ("https://bank.example.phish.example/", "https://bank.example", "bank.example");
  check_claimed ("https://notbank.example/", "(https://bank.example)", "bank.example");
  check_claimed ("https://bank.example/a", "https://www.bank.example/", NULL);
  check_claimed ("https://click.bank.example/a", "https://bank.example/", NULL);
  check_claimed ("https://phish.example/", "Click here", NULL);
  check_claimed ("https://phish.example/", "Node.js", NULL);
  check_claimed ("https://phish.example/", "version 2.0 of it", NULL);
  check_claimed ("https://phish.example/", "somebody@bank.com", NULL);
  check_claimed ("mailto:a@phish.example", "https://bank.example", NULL);
  check_claimed ("https://phish.example/", "", NULL);
}

void
add_link_tests (void)
{
  g_test_add_func ("/mail/link/shown", test_shown);
  g_test_add_func ("/mail/link/strip", test_strip);
  g_test_add_func ("/mail/link/claimed", test_claimed);
}
