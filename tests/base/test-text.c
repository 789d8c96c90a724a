/* Text tools on good, broken and hostile text. */
#include "test-base.h"

#include <string.h>

#include "base-text.h"

#define BAD "\xEF\xBF\xBD"

static void
test_repair (void)
{
  g_autofree char *good = base_text_repair ("한글", -1);
  g_autofree char *bad = base_text_repair ("a\xffz", -1);
  g_autofree char *nul = base_text_repair ("a\0b", 3);
  g_autofree char *cut = base_text_repair ("한글", 4);
  g_autofree char *none = base_text_repair (NULL, -1);
  g_autofree char *empty = base_text_repair ("x", 0);

  g_assert_cmpstr (good, ==, "한글");
  g_assert_cmpstr (bad, ==, "a" BAD "z");
  g_assert_cmpstr (nul, ==, "a" BAD "b");
  g_assert_cmpstr (cut, ==, "한" BAD);
  g_assert_cmpstr (none, ==, "");
  g_assert_cmpstr (empty, ==, "");
}

static void
test_list (void)
{
  static const char *const words[] = { "a", "b", "다", NULL };
  g_autofree char *all = base_text_list (words, 3);
  g_autofree char *two = base_text_list (words, 2);
  g_autofree char *one = base_text_list (words + 2, 2);
  g_autofree char *none = base_text_list (words + 3, 2);

  g_assert_cmpstr (all, ==, "a, b, 다");
  g_assert_cmpstr (two, ==, "a, b and 1 more");
  g_assert_cmpstr (one, ==, "다");
  g_assert_cmpstr (none, ==, "");
}

static void
test_one_line (void)
{
  static const struct
  {
    const char *text;
    gsize max;
    const char *line;
  } cases[] = {
    { NULL, 10, "" },
    { "", 10, "" },
    { "  a \r\n\t b\x01"
      "c  ",
      10, "a b c" },
    { "안녕하세요", 3, "안녕하" },
    { "ab cd", 3, "ab" },
    { "ab cd", 4, "ab c" },
    { "ab", 0, "" },
    { "a\xff\xfe", 10, "a" BAD BAD },
    { "\xed\x95", 10, BAD BAD },
    { "evil\xE2\x80\xAEgpj.exe", 20, "evilgpj.exe" },
    { "in\xC2\xADvisible", 20, "invisible" },
    { "\xE2\x80\x8C \xE2\x80\x8C \xCD\x8F x", 20, "x" },
    { "👩\xE2\x80\x8D👧", 9, "👩\xE2\x80\x8D👧" },
    { "a\xC2\xA0\xE3\x80\x80z", 9, "a z" },
    { "a b c", 5, "a b c" },
    { "a b c", 4, "a b" },
    { "a  b 한글 c 漢", 20, "a b 한글 c 漢" },
    { "한글 이다", 4, "한글 이" },
    { "한글 이다", 3, "한글" },
    { "a\xec\x98", 9, "a" BAD BAD },
    { "a \xec\x98z", 9, "a " BAD BAD "z" },
    { "a \xC2\xAD b", 9, "a b" },
    { "a\xE2\x80\xA8z", 9, "a z" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *line = base_text_one_line (cases[i].text, cases[i].max);

    g_assert_cmpstr (line, ==, cases[i].line);
  }
}

static void
test_fold (void)
{
  g_autofree char *a = base_text_fold ("ÄPFEL Straße");
  g_autofree char *b = base_text_fold ("a\xCC\x88pfel STRASSE");
  g_autofree char *jamo = base_text_fold ("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB");
  g_autofree char *none = base_text_fold (NULL);

  g_assert_cmpstr (a, ==, b);
  g_assert_cmpstr (jamo, ==, "한");
  g_assert_cmpstr (none, ==, "");
}

static void
test_size (void)
{
  g_autofree char *small = base_text_size (3);
  g_autofree char *large = base_text_size (3400000);

  g_assert_nonnull (strstr (small, "3"));
  g_assert_true (g_str_has_prefix (large, "3.4"));
}

static void
test_file_name (void)
{
  static const struct
  {
    const char *name, *safe;
  } cases[] = {
    { "report.pdf", "report.pdf" },
    { "../../.bashrc", "bashrc" },
    { "/etc/passwd", "passwd" },
    { "C:\\Windows\\x.dll", "x.dll" },
    { "a/b/", "b" },
    { "..", "file" },
    { "", "file" },
    { NULL, "file" },
    { "...", "file" },
    { " . .hidden", "hidden" },
    { "a:b*c?d\"e<f>g|h.txt", "a_b_c_d_e_f_g_h.txt" },
    { "CON", "_CON" },
    { "nul.txt", "_nul.txt" },
    { "com1.log", "_com1.log" },
    { "com0.log", "com0.log" },
    { "console.txt", "console.txt" },
    { "cod\xE2\x80\xAEgpj.exe", "codgpj.exe" },
    { "a\nb.txt", "a b.txt" },
    { "x. . ", "x" },
    { "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB.txt", "한.txt" },
    { "\xff.txt", BAD ".txt" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *safe = base_text_file_name (cases[i].name, "file");

    g_assert_cmpstr (safe, ==, cases[i].safe);
  }
}

static void
test_long_file_name (void)
{
  for (int padding = 0; padding < 4; padding++) {
    g_autoptr (GString) name = g_string_new (NULL);
    g_autoptr (GString) no_extension = NULL;
    g_autofree char *safe = NULL;
    g_autofree char *bare = NULL;

    for (int i = 0; i < padding; i++)
      g_string_append_c (name, 'x');
    for (int i = 0; i < 100; i++)
      g_string_append (name, "글");
    no_extension = g_string_new (name->str);
    g_string_append (name, ".hwp");

    safe = base_text_file_name (name->str, "file");
    g_assert_true (g_str_has_suffix (safe, "글.hwp"));
    g_assert_cmpuint (strlen (safe), <=, 200);
    g_assert_cmpuint (strlen (safe), >, 190);
    g_assert_true (g_utf8_validate (safe, -1, NULL));

    bare = base_text_file_name (no_extension->str, "file");
    g_assert_cmpuint (strlen (bare), <=, 200);
    g_assert_true (g_utf8_validate (bare, -1, NULL));
  }
}

void
test_text_add (void)
{
  g_test_add_func ("/base/text/repair", test_repair);
  g_test_add_func ("/base/text/one-line", test_one_line);
  g_test_add_func ("/base/text/list", test_list);
  g_test_add_func ("/base/text/fold", test_fold);
  g_test_add_func ("/base/text/size", test_size);
  g_test_add_func ("/base/text/file-name", test_file_name);
  g_test_add_func ("/base/text/long-file-name", test_long_file_name);
}
