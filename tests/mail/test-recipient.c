/* Recipients as they are typed: taken apart, shown, written down again, and what is wrong with one. */
#include "test-mail.h"

#include <string.h>

#include "mail-recipient.h"

/* "name|address" of each, "!" before what is wrong. */
static char *
describe (GPtrArray *recipients)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < recipients->len; i++) {
    const MailRecipient *one = recipients->pdata[i];

    g_string_append_printf (all, "%s%s%s|%s", i > 0 ? " " : "", one->wrong != NULL ? "!" : "",
                            one->name, one->address);
  }
  return g_string_free (all, FALSE);
}

static char *
join (GPtrArray *recipients)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < recipients->len; i++)
    g_string_append_printf (all, "%s%s", i > 0 ? ", " : "",
                            ((MailRecipient *)recipients->pdata[i])->text);
  return g_string_free (all, FALSE);
}

static const struct
{
  const char *typed, *read;
} lists[] = {
  { "", "" },
  { " ,; \n", "" },
  { "A <a@b.c>, c@d.e; f@g.h\ni@j.k\r\nl@m.n", "A|a@b.c |c@d.e |f@g.h |i@j.k |l@m.n" },
  { "a@b.c d@e.f\tg@h.i", "|a@b.c |d@e.f |g@h.i" },
  { "friends: Ann <ann@lab.test>, ben@lab.test;, x@y.z", "Ann|ann@lab.test |ben@lab.test |x@y.z" },
  { "undisclosed-recipients:;", "" },
  { "\"Kim, Minwoo\" <kim@lab.test>", "Kim, Minwoo|kim@lab.test" },
  { "김민우 <kim@lab.test>", "김민우|kim@lab.test" },
  { "사람@xn--3e0b707e.kr", "|사람@한국.kr" },
  { "a@XN--3E0B707E.kr", "|a@한국.kr" },
  { "pelé@example.org", "|pelé@example.org" },
  { "=?utf-8?q?a=40b.c=2C_x=40y.z?= <real@lab.test>", "a@b.c, x@y.z|real@lab.test" },
  { "oops, bob@, @b.c, x@y.z", "!oops| !bob@| !@b.c| |x@y.z" },
  { "Bob <bob@>", "!Bob <bob@>|" },
  { "a@b..c", "!a@b..c|" },
};

static void
test_lists (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_autoptr (GPtrArray) once = mail_recipients_parse (lists[i].typed);
    g_autofree char *read = describe (once), *text = join (once);
    g_autoptr (GPtrArray) again = mail_recipients_parse (text);
    g_autofree char *reread = describe (again);

    g_assert_cmpstr (read, ==, lists[i].read);
    /* What is written down, in a draft, is the same people. */
    g_assert_cmpstr (reread, ==, lists[i].read);
  }
}

static const struct
{
  const char *text, *reason; /* NULL: nothing is wrong */
} faults[] = {
  { "bob@lab.test", NULL },
  { "pelé@example.org", NULL },
  { "사람@한국.kr", NULL },
  { "\"two words\"@lab.test", NULL },
  { "bob", "has to look like name@example.org" },
  { "@lab.test", "nothing stands before the @" },
  { "bob@", "nothing follows the @" },
  { "Bob <bob@>", "“bob@” is not an e-mail address: nothing follows the @" },
  { "bo b@lab.test", "a character that is not allowed" },
  { "bob@lab test", "no server can be called “lab test”" },
  { "bob@-\xc2\xb7.", "no server can be called" },
  { "bob@lab..test", "no server can be called" },
  { "bob@\xe2\x80\x8blab.test", "a character that cannot be seen" },
  { "bob@한\xe2\x80\xae국.kr", "a character that cannot be seen" },
};

static void
test_faults (void)
{
  g_autoptr (GString) endless = g_string_new ("bob@");

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autofree char *sentence = mail_recipient_find_fault (faults[i].text);

    if (faults[i].reason == NULL)
      g_assert_null (sentence);
    else
      g_assert_nonnull (sentence != NULL ? strstr (sentence, faults[i].reason) : NULL);
  }
  for (guint i = 0; i < 70; i++)
    g_string_append (endless, "한글");
  g_string_append (endless, ".kr"); /* a label of hundreds of letters in punycode */
  {
    g_autofree char *sentence = mail_recipient_find_fault (endless->str);

    g_assert_nonnull (sentence);
  }
}

/* What is complete while somebody types on: "|" stands behind it. */
static const char *const typing[] = {
  "|bob",
  "bob@lab.test,|",
  "bob@lab.test,| ann",
  "a@b.c; d@e.f\n|g",
  "|\"Kim, Minwoo",
  "|\"Kim, Minwoo\" <kim@lab.test>",
  "\"Kim, \\\"M\\\", woo\" <kim@lab.test>;|",
  "|(a, b",
  "a@b.c,| (d, e",
  "|<\"a, b\"@c.d>",
  "Ann <ann@lab.test,|",
};

static void
test_typing (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (typing); i++) {
    const char *mark = strchr (typing[i], '|');
    g_autofree char *whole =
        g_strdup_printf ("%.*s%s", (int)(mark - typing[i]), typing[i], mark + 1);

    g_assert_cmpuint (mail_recipients_find_end (whole), ==, (gsize)(mark - typing[i]));
  }
}

void
add_recipient_tests (void)
{
  g_test_add_func ("/mail/recipient/lists", test_lists);
  g_test_add_func ("/mail/recipient/faults", test_faults);
  g_test_add_func ("/mail/recipient/typing", test_typing);
}
