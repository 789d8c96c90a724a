/* Mailbox names in modified UTF-7, and commands in the form they go out. */
#include "test-imap.h"

#include <string.h>

#include "imap-command.h"
#include "imap-utf7.h"

static void
test_utf7_both_ways (void)
{
  static const char *const pairs[][2] = {
    { "INBOX", "INBOX" },
    { "", "" },
    { "한글", "&1VyuAA-" },
    { "R&D", "R&-D" },
    { "&", "&-" },
    { "&&x", "&-&-x" },
    { "~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-" },
    { "Entwürfe", "Entw&APw-rfe" },
    { "받은메일함", "&vBvHQLpUx3zVaA-" },
    { "a\tb", "a&AAk-b" },
    { "📧", "&2D3c5w-" },
    { "ü&", "&APw-&-" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *wire = imap_utf7_encode (pairs[i][0]);
    g_autofree char *name = imap_utf7_decode (pairs[i][1]);
    g_assert_cmpstr (wire, ==, pairs[i][1]);
    g_assert_cmpstr (name, ==, pairs[i][0]);
  }
}

static void
test_utf7_malformed (void)
{
  static const char *const pairs[][2] = {
    { "a &1VyuAA", "a &1VyuAA" },       /* no end */
    { "&1Vy!AA-x", "&1Vy!AA-x" },       /* no base64 */
    { "R&D plans", "R&D plans" },       /* a bare & */
    { "R&D - &1VyuAA-", "R&D - 한글" }, /* and then a good one */
    { "&2D0-", "&2D0-" },               /* half a pair */
    { "&3Oc-", "&3Oc-" },               /* the other half */
    { "&AAA-", "&AAA-" },               /* NUL */
    { "&1VyuA-", "&1VyuA-" },           /* cut short */
    { "&1VyuAB-", "&1VyuAB-" },         /* bits left over */
    { "한글", "한글" },                 /* plain UTF-8 */
    { "a\xff", "a\xef\xbf\xbd" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *name = imap_utf7_decode (pairs[i][0]);
    g_assert_cmpstr (name, ==, pairs[i][1]);
  }
}

static void
test_utf7_every_character (void)
{
  for (gunichar c = 1; c < 0x20000; c += c < 0x3000 ? 1 : 17) {
    char text[16] = "x";
    if (!g_unichar_validate (c))
      continue;
    text[1 + g_unichar_to_utf8 (c, text + 1)] = '\0';
    strcat (text, "y");
    g_autofree char *wire = imap_utf7_encode (text);
    g_autofree char *back = imap_utf7_decode (wire);
    g_assert_cmpstr (back, ==, text);
  }
}

static char *
to_string (ImapCommand *command)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < imap_command_get_n_parts (command); i++) {
    ImapPart part = imap_command_get_part (command, i);
    switch (part.kind) {
    case IMAP_PART_TEXT:
      g_string_append (out, part.text);
      break;
    case IMAP_PART_SECRET:
      g_string_append_printf (out, "[%s]", part.text);
      break;
    case IMAP_PART_LITERAL8:
      g_string_append_c (out, '~');
      G_GNUC_FALLTHROUGH;
    case IMAP_PART_LITERAL:
      g_string_append_printf (out, "{%.*s}", (int)g_bytes_get_size (part.bytes),
                              (const char *)g_bytes_get_data (part.bytes, NULL));
      break;
    case IMAP_PART_SECRET_LITERAL:
      g_string_append_printf (out, "[{%s}]", part.text);
      break;
    }
  }
  return g_string_free (out, FALSE);
}

static char *
string_form (const char *text, gboolean utf8)
{
  g_autoptr (ImapCommand) command = imap_command_new ("", utf8);
  imap_command_add_string (command, text);
  return to_string (command);
}

static void
test_strings (void)
{
  static const struct
  {
    const char *text;
    gboolean utf8;
    const char *form;
  } cases[] = {
    { "INBOX", FALSE, "\"INBOX\"" },
    { "", FALSE, "\"\"" },
    { "a\"b\\c", FALSE, "\"a\\\"b\\\\c\"" },
    { "한글", FALSE, "{한글}" },
    { "한글", TRUE, "\"한글\"" },
    { "a\xff", TRUE, "{a\xff}" },
    { "x\r\nA9 LOGOUT", FALSE, "{x\r\nA9 LOGOUT}" },
    { "x\nA9 LOGOUT", TRUE, "{x\nA9 LOGOUT}" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *form = string_form (cases[i].text, cases[i].utf8);
    g_assert_cmpstr (form, ==, cases[i].form);
  }
}

static void
test_secrets (void)
{
  g_autoptr (ImapCommand) command = imap_command_new ("LOGIN ", FALSE);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("12", 2);
  imap_command_add_secret_string (command, "pa\"ss");
  imap_command_add (command, " %d ", 7);
  imap_command_add_secret_string (command, "비밀");
  imap_command_add_secret (command, "raw");
  imap_command_add_literal (command, bytes);
  g_autofree char *text = to_string (command);
  g_assert_cmpstr (text, ==, "LOGIN [\"pa\\\"ss\"] 7 [{비밀}][raw]{12}");
}

static void
test_announce (void)
{
  static const struct
  {
    gsize size;
    gboolean plus, minus, wait;
    const char *text;
  } cases[] = {
    { 5, FALSE, FALSE, TRUE, "{5}" },        { 5, TRUE, FALSE, FALSE, "{5+}" },
    { 4096, FALSE, TRUE, FALSE, "{4096+}" }, { 4097, FALSE, TRUE, TRUE, "{4097}" },
    { 4097, TRUE, TRUE, FALSE, "{4097+}" },  { 50000000, TRUE, FALSE, TRUE, "{50000000}" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gboolean wait;
    g_autofree char *text =
        imap_command_announce (cases[i].size, cases[i].plus, cases[i].minus, &wait);
    g_assert_cmpstr (text, ==, cases[i].text);
    g_assert_cmpint (wait, ==, cases[i].wait);
  }
}

void
test_words_add (void)
{
  g_test_add_func ("/imap/utf7/both-ways", test_utf7_both_ways);
  g_test_add_func ("/imap/utf7/malformed", test_utf7_malformed);
  g_test_add_func ("/imap/utf7/every-character", test_utf7_every_character);
  g_test_add_func ("/imap/command/strings", test_strings);
  g_test_add_func ("/imap/command/secrets", test_secrets);
  g_test_add_func ("/imap/command/announce", test_announce);
}
