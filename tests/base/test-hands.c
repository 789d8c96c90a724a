/* Several hands at one account: changes begun from the same old copy, and what people wrote into its file. */
#include "test-base.h"

#include <string.h>

#include "base-account.h"

#define A_SHA256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define B_SHA256 "ffffffffffffffffffffffffffffffff00000000000000000000000000000000"

static void
set (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

static void
put_identity (BaseAccount *account, const char *id, const char *name, const char *signature)
{
  g_autoptr (BaseIdentity) identity = base_identity_new ();

  set (&identity->id, id);
  set (&identity->name, name);
  set (&identity->signature, signature);
  identity->address = g_strconcat (id, "@example.org", NULL);
  base_account_put_identity (account, identity);
}

static void
put_signature (BaseAccount *account, const char *id, const char *text)
{
  g_autoptr (BaseSignature) signature = base_signature_new ();

  set (&signature->id, id);
  set (&signature->name, id);
  set (&signature->text, text);
  base_account_put_signature (account, signature);
}

static BaseAccount *
make_account (void)
{
  BaseAccount *account = base_account_new ();

  set (&account->id, "a");
  set (&account->address, "a@example.org");
  set (&account->imap.host, "imap.example.org");
  set (&account->imap.user, "a");
  set (&account->smtp.host, "smtp.example.org");
  set (&account->smtp.user, "a");
  base_account_add_exception (account, "imap.example.org", 993, A_SHA256, 1893456000);
  put_signature (account, "work", "Work");
  put_signature (account, "home", "Home");
  put_identity (account, "x", "X", "work");
  put_identity (account, "y", "Y", NULL);
  put_identity (account, "z", "Z", NULL);
  put_identity (account, "w", "W", NULL);
  for (guint i = 0; i < account->identities->len; i++) {
    BaseIdentity *identity = account->identities->pdata[i];

    identity->smtp = base_server_new ();
    set (&identity->smtp->host, "own.example.org");
    set (&identity->smtp->user, identity->id);
  }
  return account;
}

/* One hand each. */
static void
do_proof (BaseAccount *account)
{
  base_server_set_proof (&account->imap, BASE_PROOF_BOUND);
}

static void
do_looks (BaseAccount *account)
{
  set (&account->colour, "#3584e4");
  set (&account->label, "Work");
  account->position = 4;
  account->check_minutes = 15;
  account->disabled = TRUE;
}

static void
do_folders (BaseAccount *account)
{
  set (&account->folders[BASE_FOLDER_SENT], "Sent Items");
  account->bodies = BASE_BODIES_MONTHS;
  account->months = 3;
}

static void
do_revoke (BaseAccount *account)
{
  base_account_remove_exception (account, "imap.example.org", 993);
}

static void
do_trust (BaseAccount *account)
{
  base_account_add_exception (account, "smtp.example.org", 465, B_SHA256, 1893456001);
}

static void
do_server (BaseAccount *account)
{
  set (&account->smtp.host, "mail.example.net");
  set (&account->smtp.user, "b");
  account->smtp.port = 587;
  account->smtp.security = BASE_SECURITY_STARTTLS;
  set (&account->ca_file, "/etc/ca.pem");
}

static void
do_rename (BaseAccount *account)
{
  g_autoptr (BaseIdentity) identity = base_account_dup_identity (account, "x");

  set (&identity->name, "Renamed");
  base_account_put_identity (account, identity);
}

static void
do_follow (BaseAccount *account)
{
  g_autoptr (BaseIdentity) identity = base_account_dup_identity (account, "x");

  set (&identity->sent_folder, "Sent/X");
  base_account_put_identity (account, identity);
}

static void
do_add (BaseAccount *account)
{
  put_identity (account, "new", "New", NULL);
  set (&account->default_identity, "new");
}

static void
do_remove (BaseAccount *account)
{
  base_account_remove_identity (account, "y");
}

static void
do_move (BaseAccount *account)
{
  base_account_move_identity (account, "z", 0);
}

static void
do_unsign (BaseAccount *account)
{
  base_account_remove_signature (account, "home");
}

static void
do_sign (BaseAccount *account)
{
  put_signature (account, "more", "More");
}

static void
do_own_server (BaseAccount *account)
{
  g_autoptr (BaseIdentity) identity = base_account_dup_identity (account, "x");

  set (&identity->smtp->host, "smtp.example.net");
  set (&identity->smtp->user, "x");
  base_account_put_identity (account, identity);
}

static void
do_own_proof (BaseAccount *account)
{
  base_server_set_proof (base_account_get_server (account, "smtp-z"), BASE_PROOF_SCRAM);
}

static void
do_no_server (BaseAccount *account)
{
  g_autoptr (BaseIdentity) identity = base_account_dup_identity (account, "w");

  g_clear_pointer (&identity->smtp, base_server_free);
  base_account_put_identity (account, identity);
}

typedef void (*Hand) (BaseAccount *account);
static const Hand hands[] = {
  do_proof,     do_looks,     do_folders, do_revoke, do_trust,  do_server, do_rename, do_own_server,
  do_own_proof, do_no_server, do_follow,  do_add,    do_remove, do_move,   do_unsign, do_sign,
};

static char *
dup_file (const BaseAccount *account)
{
  g_autofree char *root = test_make_folder ();
  g_autoptr (BasePaths) paths = base_paths_new (root, NULL);
  g_autofree char *path = g_build_filename (base_paths_get_accounts (paths), "a.ini", NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  base_account_save (account, paths, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  test_remove_folder (root);
  return text;
}

/* Begun from the same copy, any two of them come to what they come to one after the other. */
static void
test_two (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (hands); i++)
    for (guint j = 0; j < G_N_ELEMENTS (hands); j++) {
      g_autoptr (BaseAccount) before = make_account ();
      g_autoptr (BaseAccount) one = base_account_dup (before);
      g_autoptr (BaseAccount) two = base_account_dup (before);
      g_autoptr (BaseAccount) expected = base_account_dup (before);
      g_autoptr (BaseAccount) account = base_account_dup (before);

      hands[i](one);
      hands[j](two);
      hands[i](expected);
      if (i != j)
        hands[j](expected);
      base_account_merge (account, before, one);
      base_account_merge (account, before, two);
      g_autofree char *text = dup_file (account), *wanted = dup_file (expected);
      g_test_message ("hands %u and %u", i, j);
      g_assert_cmpstr (text, ==, wanted);
    }
}

/* What one took away, no other brings back by having known it. */
static void
test_away (void)
{
  g_autoptr (BaseAccount) before = make_account ();
  g_autoptr (BaseAccount) empty = base_account_dup (before);
  g_autoptr (BaseAccount) account = base_account_dup (before);

  for (guint i = 0; i < G_N_ELEMENTS (hands); i++)
    hands[i](empty);
  do_revoke (account);
  do_remove (account);
  do_unsign (account);
  base_account_merge (account, before, empty);
  g_assert_false (base_account_has_exception (account, "imap.example.org", 993));
  g_assert_null (base_account_dup_identity (account, "y"));
  g_assert_null (base_account_get_signature (account, "home"));
  /* Nothing was changed, nothing happens: empty rows of a form are no change either. */
  g_autoptr (BaseAccount) form = base_account_dup (before);
  set (&form->label, "");
  set (&form->ca_file, "");
  g_autofree char *was = dup_file (account);
  base_account_merge (account, before, form);
  g_autofree char *is = dup_file (account);
  g_assert_cmpstr (was, ==, is);
}

/* A server is one thing: its host never goes with another one's user. */
static void
test_place (void)
{
  g_autoptr (BaseAccount) before = make_account ();
  g_autoptr (BaseAccount) moved = base_account_dup (before);
  g_autoptr (BaseAccount) renamed = base_account_dup (before);
  g_autoptr (BaseAccount) account = base_account_dup (before);

  set (&moved->imap.host, "other.example.org");
  set (&renamed->imap.user, "somebody");
  base_account_merge (account, before, moved);
  base_account_merge (account, before, renamed);
  g_assert_cmpstr (account->imap.host, ==, "imap.example.org");
  g_assert_cmpstr (account->imap.user, ==, "somebody");
}

/* ---- the file ---- */

static const char written[] = "# Ours\n"
                              "[Account]\nAddress=a@example.org\nFlavour=sweet\n\n"
                              "[IMAP]\nHost=imap.example.org\nUser=a\n"
                              "# Of a newer one\nProved=scram-moon;imap.example.org;x\n\n"
                              "[SMTP]\n# The new one, since May\nHost=smtp.example.org\nPort=2525\n"
                              "Security=starttls\nSignIn=password\nUser=b\nTicket=4711\n"
                              "Proved=scram;smtp.example.org\nWithout=CHUNKING;\n\n"
                              "[Exception 7]\n# Ask Kim\nHost=IMAP.example.org\nPort=993\n"
                              "Sha256=" A_SHA256 "\nUntil=1893456000\nWhy=test\n\n"
                              "[Exception old]\nHost=old.example.org\nPort=993\n"
                              "Sha256=" B_SHA256 "\nUntil=1893456000\n";

static BaseAccount *
load (const BasePaths *paths)
{
  g_auto (GStrv) broken = NULL;
  g_autoptr (GPtrArray) loaded = base_account_load_all (paths, &broken);

  g_assert_cmpuint (g_strv_length (broken), ==, 0);
  g_assert_cmpuint (loaded->len, ==, 1);
  return base_account_dup (loaded->pdata[0]);
}

/* Saves and reads again what the file says then. */
static char *
save (const BaseAccount *account, const BasePaths *paths)
{
  g_autofree char *path = g_build_filename (base_paths_get_accounts (paths), "a.ini", NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  base_account_save (account, paths, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static BasePaths *
write_file (const char *root)
{
  BasePaths *paths = base_paths_new (root, NULL);
  g_autofree char *path = g_build_filename (base_paths_get_accounts (paths), "a.ini", NULL);

  g_assert_true (base_paths_write (path, written, strlen (written), NULL));
  return paths;
}

static void
check_has (const char *text, const char *const *words)
{
  for (gsize i = 0; words[i] != NULL; i++) {
    g_test_message ("%s", words[i]);
    g_assert_nonnull (strstr (text, words[i]));
  }
}

/* Switched off, nothing is sent, and all of it is there when it is switched on. */
static void
test_no_sending (void)
{
  static const char *const kept[] = { "# The new one, since May\nHost=smtp.example.org\nPort=2525\n"
                                      "Security=starttls\nSignIn=password\nUser=b\nTicket=4711\n"
                                      "Proved=scram;smtp.example.org;\nWithout=CHUNKING;\n",
                                      NULL };
  g_autofree char *root = test_make_folder ();
  g_autoptr (BasePaths) paths = write_file (root);

  for (int without_host = 0; without_host < 2; without_host++) {
    g_autoptr (BaseAccount) account = load (paths);

    g_assert_true (base_account_can_send (account));
    account->smtp.disabled = TRUE;
    if (without_host)
      g_clear_pointer (&account->smtp.host, g_free);
    g_autofree char *off = save (account, paths);
    check_has (off, kept);
    g_assert_nonnull (strstr (off, "\nDisabled=true\n"));
    g_autoptr (BaseAccount) silent = load (paths);
    g_assert_false (base_account_can_send (silent));
    g_assert_cmpstr (silent->smtp.host, ==, "smtp.example.org");
    silent->smtp.disabled = FALSE;
    g_autofree char *on = save (silent, paths);
    check_has (on, kept);
    g_assert_null (strstr (on, "Disabled"));
  }
  test_remove_folder (root);
}

/* One that never sent has no group of that name, and is read again. */
static void
test_never_sent (void)
{
  g_autofree char *root = test_make_folder ();
  g_autoptr (BasePaths) paths = base_paths_new (root, NULL);
  g_autoptr (BaseAccount) account = make_account ();

  g_clear_pointer (&account->smtp.host, g_free);
  account->smtp.disabled = TRUE;
  g_autofree char *text = save (account, paths);
  g_assert_null (strstr (text, "[SMTP]"));
  g_autoptr (BaseAccount) read = load (paths);
  g_assert_false (base_account_can_send (read));
  test_remove_folder (root);
}

/* Those that stay keep their groups, with what others wrote there; one that is taken back goes. */
static void
test_exceptions (void)
{
  static const char *const kept[] = { "[Exception 7]\n# Ask Kim\nHost=", "Why=test", NULL };
  g_autofree char *root = test_make_folder ();
  g_autoptr (BasePaths) paths = write_file (root);
  g_autoptr (BaseAccount) account = load (paths);

  base_account_remove_exception (account, "old.example.org", 993);
  base_account_add_exception (account, "imap.example.org", 993, B_SHA256, 1893456002);
  base_account_add_exception (account, "smtp.example.org", 2525, A_SHA256, 1893456003);
  g_autofree char *text = save (account, paths);
  check_has (text, kept);
  g_assert_null (strstr (text, "old.example.org"));
  g_assert_nonnull (strstr (text, "[Exception 1]\nHost=smtp.example.org\nPort=2525\n"));
  g_autoptr (BaseAccount) read = load (paths);
  g_assert_cmpuint (read->exceptions->len, ==, 2);
  g_assert_nonnull (base_account_find_exception (read, "imap.example.org", 993, B_SHA256));
  g_assert_nonnull (base_account_find_exception (read, "smtp.example.org", 2525, A_SHA256));
  test_remove_folder (root);
}

/* Words of a newer Sosik are not lost, and do not count. */
static void
test_strange_proof (void)
{
  static const char *const kept[] = { "# Of a newer one\nProved=scram-moon;imap.example.org;x\n",
                                      "# Ours\n", "Flavour=sweet\n", NULL };
  g_autofree char *root = test_make_folder ();
  g_autoptr (BasePaths) paths = write_file (root);
  g_autoptr (BaseAccount) account = load (paths);

  g_assert_cmpint (base_server_get_proof (&account->imap), ==, BASE_PROOF_NONE);
  g_assert_cmpint (base_server_get_proof (&account->smtp), ==, BASE_PROOF_SCRAM);
  g_autofree char *text = save (account, paths);
  check_has (text, kept);
  base_server_set_proof (&account->imap, BASE_PROOF_BOUND);
  base_server_set_proof (&account->smtp, BASE_PROOF_NONE);
  g_autofree char *known = save (account, paths);
  g_assert_nonnull (strstr (known, "# Of a newer one\nProved=scram-plus;imap.example.org;\n"));
  g_assert_null (strstr (known, "Proved=scram;"));
  test_remove_folder (root);
}

void
test_hands_add (void)
{
  g_test_add_func ("/base/hands/two", test_two);
  g_test_add_func ("/base/hands/away", test_away);
  g_test_add_func ("/base/hands/place", test_place);
  g_test_add_func ("/base/hands/no-sending", test_no_sending);
  g_test_add_func ("/base/hands/never-sent", test_never_sent);
  g_test_add_func ("/base/hands/exceptions", test_exceptions);
  g_test_add_func ("/base/hands/strange-proof", test_strange_proof);
}
