/* Plain text bodies: format=flowed, as RFC 3676 has it and as programs write it. */
#include "test-mime.h"

#include "mime-text-private.h"

static void
test_flowed (void)
{
  static const struct
  {
    const char *text, *joined,
        *without_spaces; /* the last: with DelSp, NULL where it is the same */
  } cases[] = {
    { "", "", NULL },
    { "One \nline.\n", "One line.\n", "Oneline.\n" },
    { "One \nline, \nlong.\nNext.\n", "One line, long.\nNext.\n", "Oneline,long.\nNext.\n" },
    /* Korean that is broken within a word has no space of its own; one that it has is written twice */
    { "회의는 금요\x20\n일에 합니다.\x20 \n그때까지\n", "회의는 금요 일에 합니다.  그때까지\n",
      "회의는 금요일에 합니다. 그때까지\n" },
    { "日本\x20\n語です。\x20\n次の行\n", "日本 語です。 次の行\n", "日本語です。次の行\n" },
    /* Stuffed: From, a space, and a mark that is none */
    { " From here\n", "From here\n", NULL },
    { "  two\n", " two\n", NULL },
    { " > not a quote\n> a quote\n", " > not a quote\n> a quote\n", NULL },
    { "> >x\n", ">> x\n", NULL },
    /* Quotes are joined within their depth, and each keeps it */
    { "> quo \n> ted\n", "> quo ted\n", "> quoted\n" },
    { ">> a \n>> b\n> c \n> d\ne\n", ">> a b\n> c d\ne\n", ">> ab\n> cd\ne\n" },
    { "> a \n>> b \nc\n", "> a \n>> b \nc\n", "> a\n>> b\nc\n" },
    { "> > a \n> > b\n", ">> a b\n", ">> ab\n" },
    { ">a \n>b\n", "> a b\n", "> ab\n" },
    /* The signature line is no flowed one, quoted or not, also behind one that is */
    { "Bye \n-- \nBob \nMiller\n", "Bye \n-- \nBob Miller\n", "Bye\n-- \nBobMiller\n" },
    { "> -- \n> Bob\n", "> -- \n> Bob\n", NULL },
    { "--  \nx\n", "--  x\n", "-- x\n" },
    /* Empty lines part paragraphs, whatever spaces are in them */
    { "a\n\nb\n", "a\n\nb\n", NULL },
    { "a \n\nb\n", "a \n\nb\n", "a\n\nb\n" },
    { "a\n  \nb\n", "a\n \nb\n", NULL },
    /* The last line */
    { "a \n", "a \n", "a\n" },
    { "a ", "a \n", "a\n" },
    { "a", "a", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *joined = mime_text_unflow (cases[i].text, FALSE);
    g_autofree char *without = mime_text_unflow (cases[i].text, TRUE);

    g_assert_cmpstr (joined, ==, cases[i].joined);
    g_assert_cmpstr (without, ==,
                     cases[i].without_spaces != NULL ? cases[i].without_spaces : cases[i].joined);
  }
}

/* Every text comes out with no less than its letters, and once joined stays as it is. */
static void
test_flowed_any (void)
{
  static const char letters[] = ">>  \n\nab-";
  g_autoptr (GRand) rand = g_rand_new_with_seed (3676);

  for (int round = 0; round < 3000; round++) {
    char text[40];
    gsize length = (gsize)g_rand_int_range (rand, 0, sizeof text);
    guint in = 0, out = 0;

    for (gsize i = 0; i < length; i++)
      text[i] = letters[g_rand_int_range (rand, 0, sizeof letters - 1)];
    text[length] = '\0';
    g_autofree char *joined = mime_text_unflow (text, round % 2 == 0);
    for (const char *c = text; *c != '\0'; c++)
      in += *c == 'a' || *c == 'b';
    for (const char *c = joined; *c != '\0'; c++)
      out += *c == 'a' || *c == 'b';
    g_assert_cmpuint (in, ==, out);
  }
}

void
test_text_add (void)
{
  g_test_add_func ("/mime/text/flowed", test_flowed);
  g_test_add_func ("/mime/text/flowed-any", test_flowed_any);
}
