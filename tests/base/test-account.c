/* Account files: written, read back, broken, hostile. */
#include "test-base.h"

#include <string.h>

#include "base-account.h"
#include "base-error.h"

#define A_SHA256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define B_SHA256 "ffffffffffffffffffffffffffffffff00000000000000000000000000000000"

static BaseAccount *
make_account (void)
{
  BaseAccount *account = base_account_new ();

  account->display_name = g_strdup ("홍길동; \"x\" \\");
  account->address = g_strdup ("hong@example.org");
  account->label = g_strdup ("Work");
  account->imap.host = g_strdup ("imap.example.org");
  account->imap.user = g_strdup ("hong");
  account->smtp.host = g_strdup ("2001:db8::1");
  account->smtp.port = 587;
  account->smtp.security = BASE_SECURITY_STARTTLS;
  account->smtp.user = g_strdup (" hong@example.org");
  g_strstrip (account->smtp.user);
  account->authserv_id = g_strdup (".mx.example.org");
  account->ca_file = g_strdup ("/etc/ca.pem");
  account->client_certificate = g_strdup ("pkcs11:token=Card;object=me");
  account->client_key = g_strdup ("/etc/me.key");
  account->imap.sign_in = BASE_SIGN_IN_CERTIFICATE;
  account->smtp.sign_in = BASE_SIGN_IN_OAUTH;
  account->oauth = g_new0 (BaseOauth, 1);
  account->oauth->provider = g_strdup ("google");
  account->oauth->client_id = g_strdup ("1234.apps.example");
  account->oauth->client_secret = g_strdup ("not;secret");
  account->oauth->authorization = g_strdup ("https://accounts.example.org/auth?x=1");
  account->oauth->token = g_strdup ("http://127.0.0.1:4711/token");
  account->oauth->scope = g_strdup ("mail offline");
  account->desktop_account = g_strdup ("account_1_2");
  account->folders[BASE_FOLDER_SENT] = g_strdup ("보낸 편지함");
  account->folders[BASE_FOLDER_TRASH] = g_strdup ("INBOX.Trash");
  account->disabled = TRUE;
  account->colour = g_strdup ("#3584e4");
  account->position = 3;
  account->check_minutes = 15;
  base_account_add_exception (account, "imap.example.org", 993, A_SHA256, 1893456000);
  base_account_add_exception (account, "2001:db8::1", 587, B_SHA256, 1893456001);
  account->imap.without = g_strsplit ("QRESYNC COMPRESS=DEFLATE LITERAL+", " ", -1);
  base_server_set_proof (&account->imap, BASE_PROOF_BOUND);
  base_server_set_proof (&account->smtp, BASE_PROOF_SCRAM);
  account->bodies = BASE_BODIES_MONTHS;
  account->months = 3;
  account->largest_body = 0;
  account->largest_part = 1000;
  return account;
}

static BaseIdentity *
make_identity (const char *id, const char *address)
{
  BaseIdentity *identity = base_identity_new ();

  g_free (identity->id);
  identity->id = g_strdup (id);
  identity->address = g_strdup (address);
  return identity;
}

static void
add_identities (BaseAccount *account)
{
  g_autoptr (BaseIdentity) shop = make_identity ("shop", "shop@example.org");
  g_autoptr (BaseIdentity) list = make_identity ("list", "hong@lists.example.org");
  g_autoptr (BaseSignature) plain = base_signature_new ();
  g_autoptr (BaseSignature) rich = base_signature_new ();

  plain->name = g_strdup ("Plain; [x]=y");
  plain->text = g_strdup ("  홍길동\n\n\tback\\slash # no comment\n[Identity evil]\nAddress=a@b");
  rich->name = g_strdup ("Rich");
  rich->text = g_strdup ("Shop");
  rich->html = g_strdup ("<div><div><b>Shop</b></div></div>");
  base_account_put_signature (account, plain);
  base_account_put_signature (account, rich);
  shop->name = g_strdup ("가게");
  shop->reply_to = g_strdup ("orders@example.org");
  shop->signature = g_strdup (rich->id);
  shop->sent_folder = g_strdup ("보낸 편지/Shop");
  shop->bcc_self = shop->signature_above = TRUE;
  shop->smtp = base_server_new ();
  shop->smtp->host = g_strdup ("smtp.shop.example");
  shop->smtp->user = g_strdup ("가게");
  shop->smtp->sign_in = BASE_SIGN_IN_CERTIFICATE;
  shop->smtp->without = g_strsplit ("CHUNKING", " ", -1);
  base_server_set_proof (shop->smtp, BASE_PROOF_BOUND);
  base_account_put_identity (account, shop);
  base_account_put_identity (account, list);
  g_free (account->own->signature);
  account->own->signature = g_strdup (plain->id);
  account->own->bcc_self = TRUE;
  g_free (account->default_identity);
  account->default_identity = g_strdup ("shop");
}

static void
check_same_identities (const BaseAccount *a, const BaseAccount *b)
{
  g_autoptr (GPtrArray) ours = base_account_dup_identities (a);
  g_autoptr (GPtrArray) theirs = base_account_dup_identities (b);

  g_assert_cmpuint (ours->len, ==, theirs->len);
  for (guint i = 0; i < ours->len; i++) {
    const BaseServer *one = ((BaseIdentity *)ours->pdata[i])->smtp;
    const BaseServer *two = ((BaseIdentity *)theirs->pdata[i])->smtp;

    g_assert_true (base_identity_equal (ours->pdata[i], theirs->pdata[i]));
    g_assert_true (one == NULL || base_server_get_proof (one) == base_server_get_proof (two));
    g_assert_true (
        one == NULL
        || g_strv_equal ((const char *const *)one->without, (const char *const *)two->without));
  }
  g_assert_cmpstr (a->default_identity, ==, b->default_identity);
  g_assert_cmpuint (a->signatures->len, ==, b->signatures->len);
  for (guint i = 0; i < a->signatures->len; i++) {
    const BaseSignature *one = a->signatures->pdata[i];
    const BaseSignature *two = base_account_get_signature (b, one->id);

    g_assert_nonnull (two);
    g_assert_cmpstr (one->name, ==, two->name);
    g_assert_cmpstr (one->text, ==, two->text);
    g_assert_cmpstr (one->html, ==, two->html);
  }
}

static void
check_same_words (GStrv a, GStrv b)
{
  g_assert_true ((a == NULL) == (b == NULL));
  g_assert_true (a == NULL || g_strv_equal ((const char *const *)a, (const char *const *)b));
}

static void
check_same (const BaseAccount *a, const BaseAccount *b)
{
  g_assert_cmpstr (a->id, ==, b->id);
  g_assert_cmpstr (a->display_name, ==, b->display_name);
  g_assert_cmpstr (a->address, ==, b->address);
  g_assert_cmpstr (a->label, ==, b->label);
  g_assert_cmpstr (a->authserv_id, ==, b->authserv_id);
  g_assert_cmpstr (a->ca_file, ==, b->ca_file);
  g_assert_cmpstr (a->imap.host, ==, b->imap.host);
  g_assert_cmpstr (a->imap.user, ==, b->imap.user);
  g_assert_cmpuint (a->imap.port, ==, b->imap.port);
  g_assert_cmpint (a->imap.security, ==, b->imap.security);
  g_assert_cmpstr (a->smtp.host, ==, b->smtp.host);
  g_assert_cmpstr (a->smtp.user, ==, b->smtp.user);
  g_assert_cmpuint (a->smtp.port, ==, b->smtp.port);
  g_assert_cmpint (a->smtp.security, ==, b->smtp.security);
  check_same_words (a->imap.without, b->imap.without);
  check_same_words (a->smtp.without, b->smtp.without);
  g_assert_cmpint (base_server_get_proof (&a->imap), ==, base_server_get_proof (&b->imap));
  g_assert_cmpint (base_server_get_proof (&a->smtp), ==, base_server_get_proof (&b->smtp));
  g_assert_cmpint (a->bodies, ==, b->bodies);
  g_assert_cmpuint (a->months, ==, b->months);
  g_assert_cmpuint (a->largest_body, ==, b->largest_body);
  g_assert_cmpuint (a->largest_part, ==, b->largest_part);
  g_assert_cmpstr (a->client_certificate, ==, b->client_certificate);
  g_assert_cmpstr (a->client_key, ==, b->client_key);
  g_assert_cmpint (a->imap.sign_in, ==, b->imap.sign_in);
  g_assert_cmpint (a->smtp.sign_in, ==, b->smtp.sign_in);
  g_assert_cmpstr (a->oauth->provider, ==, b->oauth->provider);
  g_assert_cmpstr (a->oauth->client_id, ==, b->oauth->client_id);
  g_assert_cmpstr (a->oauth->client_secret, ==, b->oauth->client_secret);
  g_assert_cmpstr (a->oauth->authorization, ==, b->oauth->authorization);
  g_assert_cmpstr (a->oauth->token, ==, b->oauth->token);
  g_assert_cmpstr (a->oauth->scope, ==, b->oauth->scope);
  g_assert_cmpstr (a->desktop_account, ==, b->desktop_account);
  for (guint i = 0; i < BASE_N_FOLDERS; i++)
    g_assert_cmpstr (a->folders[i], ==, b->folders[i]);
  g_assert_cmpint (a->disabled, ==, b->disabled);
  g_assert_cmpstr (a->colour, ==, b->colour);
  g_assert_cmpuint (a->position, ==, b->position);
  g_assert_cmpuint (a->check_minutes, ==, b->check_minutes);
  g_assert_cmpuint (a->exceptions->len, ==, b->exceptions->len);
  for (guint i = 0; i < a->exceptions->len; i++) {
    const BaseException *one = a->exceptions->pdata[i];
    const BaseException *two = base_account_find_exception (b, one->host, one->port, one->sha256);

    g_assert_nonnull (two);
    g_assert_cmpint (one->until, ==, two->until);
  }
  check_same_identities (a, b);
}

static char *
account_file (const BasePaths *paths, const char *id)
{
  g_autofree char *name = g_strconcat (id, ".ini", NULL);

  return g_build_filename (base_paths_get_accounts (paths), name, NULL);
}

static void
test_round (void)
{
  g_autofree char *root = test_make_folder ();
  g_autoptr (BasePaths) paths = base_paths_new (root, NULL);
  g_autoptr (BaseAccount) account = make_account ();
  g_autoptr (BaseAccount) copy = base_account_dup (account);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) loaded = NULL;
  g_autoptr (GPtrArray) gone = NULL;
  g_auto (GStrv) broken = NULL;

  check_same (account, copy);
  g_assert_true (base_account_save (account, paths, &error));
  g_assert_no_error (error);
  loaded = base_account_load_all (paths, &broken);
  g_assert_cmpuint (loaded->len, ==, 1);
  g_assert_cmpuint (g_strv_length (broken), ==, 0);
  check_same (account, g_ptr_array_index (loaded, 0));

  g_assert_true (base_account_remove (account->id, paths, &error));
  g_assert_true (base_account_remove (account->id, paths, &error));
  gone = base_account_load_all (paths, NULL);
  g_assert_cmpuint (gone->len, ==, 0);
  test_remove_folder (root);
}

static BaseAccount *
load_one (const BasePaths *paths)
{
  g_auto (GStrv) broken = NULL;
  g_autoptr (GPtrArray) loaded = base_account_load_all (paths, &broken);

  g_assert_cmpuint (g_strv_length (broken), ==, 0);
  g_assert_cmpuint (loaded->len, ==, 1);
  return base_account_dup (loaded->pdata[0]);
}

/* Identities and signatures come back as they were, and what is removed is gone from the file. */
static void
test_identities (void)
{
  g_autofree char *root = test_make_folder ();
  g_autoptr (BasePaths) paths = base_paths_new (root, NULL);
  g_autoptr (BaseAccount) account = make_account ();
  g_autofree char *path = account_file (paths, account->id);
  g_autoptr (GError) error = NULL;

  add_identities (account);
  g_assert_true (base_account_save (account, paths, &error));
  g_assert_no_error (error);
  g_autoptr (BaseAccount) loaded = load_one (paths);
  check_same (account, loaded);
  g_autoptr (BaseIdentity) own = base_account_dup_identity (loaded, "");
  g_assert_cmpstr (own->address, ==, "hong@example.org");
  g_assert_cmpstr (own->name, ==, account->display_name);
  g_assert_null (base_account_dup_identity (loaded, "evil"));
  g_assert_cmpstr (base_account_get_server (loaded, "smtp-shop")->host, ==, "smtp.shop.example");
  g_assert_true (base_account_get_server (loaded, "smtp") == &loaded->smtp);
  g_assert_null (base_account_get_server (loaded, "smtp-list"));
  g_assert_null (base_account_get_server (loaded, "smtp-"));
  g_assert_null (base_account_get_server (loaded, "smtp-evil"));
  g_assert_cmpstr (base_account_get_protocol_address (loaded, "smtp-shop"), ==, "shop@example.org");
  g_assert_cmpstr (base_account_get_protocol_address (loaded, "smtp"), ==, "hong@example.org");
  /* Switched off, it sends by the server of the account, and stays known. */
  base_account_get_server (loaded, "smtp-shop")->disabled = TRUE;
  g_autoptr (BaseIdentity) off = base_account_dup_identity (loaded, "shop");
  g_assert_true (base_account_get_sender (loaded, off) == &loaded->smtp);
  g_assert_true (base_account_save (loaded, paths, &error));
  g_autoptr (BaseAccount) silent = load_one (paths);
  check_same (loaded, silent);
  base_account_get_server (loaded, "smtp-shop")->disabled = FALSE;
  g_autoptr (BaseIdentity) on = base_account_dup_identity (loaded, "shop");
  g_assert_true (base_account_get_sender (loaded, on) == on->smtp);
  loaded->smtp.disabled = TRUE;
  g_assert_null (base_account_get_sender (loaded, loaded->own));
  loaded->smtp.disabled = FALSE;

  base_account_remove_signature (loaded, ((BaseSignature *)loaded->signatures->pdata[1])->id);
  base_account_remove_identity (loaded, "shop");
  g_assert_null (loaded->default_identity);
  g_assert_true (base_account_save (loaded, paths, &error));
  g_autoptr (BaseAccount) less = load_one (paths);
  g_assert_cmpuint (less->identities->len, ==, 1);
  g_assert_cmpuint (less->signatures->len, ==, 1);
  check_same (less, loaded);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_null (strstr (text, "[Identity shop]"));
  g_assert_null (strstr (text, "[SMTP shop]"));
  test_remove_folder (root);
}

static void
check_order (const BaseAccount *account, const char *expected)
{
  g_autoptr (GPtrArray) identities = base_account_dup_identities (account);
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < identities->len; i++)
    g_string_append_printf (found, "%s;", ((BaseIdentity *)identities->pdata[i])->id);
  g_assert_cmpstr (found->str, ==, expected);
}

/* In the order that somebody gave them, with the own one anywhere, here and in the file; it is not there where it says nothing. */
static void
test_order (void)
{
  g_autofree char *root = test_make_folder ();
  g_autoptr (BasePaths) paths = base_paths_new (root, NULL);
  g_autoptr (BaseAccount) account = make_account ();
  g_autofree char *path = account_file (paths, account->id), *text = NULL, *plain = NULL;

  add_identities (account);
  check_order (account, ";shop;list;");
  base_account_move_identity (account, "", 1);
  check_order (account, "shop;;list;");
  base_account_move_identity (account, "list", 0);
  check_order (account, "list;shop;;");
  base_account_move_identity (account, "nobody", 0);
  g_assert_cmpuint (base_account_find_identity (account, ""), ==, 2);
  g_assert_cmpuint (base_account_find_identity (account, "nobody"), ==, G_MAXUINT);
  g_assert_true (base_account_save (account, paths, NULL));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\nIdentityOrder=list;shop;Account;\n"));
  g_autoptr (BaseAccount) loaded = load_one (paths);
  check_same (account, loaded);
  check_order (loaded, "list;shop;;");

  base_account_remove_identity (loaded, "list");
  check_order (loaded, "shop;;");
  base_account_move_identity (loaded, "", 0);
  check_order (loaded, ";shop;");
  base_account_move_identity (loaded, "", 9);
  check_order (loaded, "shop;;");
  base_account_move_identity (loaded, "shop", 1);
  g_assert_true (base_account_save (loaded, paths, NULL));
  g_assert_true (g_file_get_contents (path, &plain, NULL, NULL));
  g_assert_null (strstr (plain, "IdentityOrder"));

  /* Of what an administrator names, and does not. */
  add_identities (loaded);
  g_assert_true (base_account_save (loaded, paths, NULL));
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_assert_true (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL));
  g_key_file_set_string (file, "Account", "IdentityOrder", "list; nobody ;list");
  g_assert_true (g_key_file_save_to_file (file, path, NULL));
  g_autoptr (BaseAccount) named = load_one (paths);
  check_order (named, "list;;shop;");
  test_remove_folder (root);
}

/* Each mistake is told by a sentence, and nothing is saved. */
static void
test_wrong_identities (void)
{
  g_autofree char *root = test_make_folder ();
  g_autoptr (BasePaths) paths = base_paths_new (root, NULL);

  for (int i = 0; i < 11; i++) {
    g_autoptr (BaseAccount) account = make_account ();
    g_autoptr (GError) error = NULL;
    BaseIdentity *shop;
    BaseSignature *rich;

    add_identities (account);
    shop = account->identities->pdata[0];
    rich = account->signatures->pdata[1];
#define SET(field, value) (g_free (field), field = g_strdup (value))
    if (i == 0)
      SET (shop->id, "../x");
    else if (i == 1)
      SET (shop->name, "a\r\nBcc: evil@example.com");
    else if (i == 2)
      SET (shop->address, "shop");
    else if (i == 3)
      SET (shop->address, "shop@example.org\nX: y");
    else if (i == 4)
      SET (shop->reply_to, "a@b.org, evil@example.com");
    else if (i == 5)
      SET (shop->sent_folder, "Sent\r\nA1 DELETE INBOX");
    else if (i == 6)
      SET (shop->signature, "nowhere");
    else if (i == 7)
      SET (rich->name, "");
    else if (i == 8)
      SET (rich->text, "x\r\n.\r\n");
    else if (i == 9)
      SET (rich->html, "\xff");
    else
      SET (account->default_identity, "nobody");
#undef SET
    g_assert_false (base_account_save (account, paths, &error));
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
  test_remove_folder (root);
}

static void
test_match (void)
{
  static const struct
  {
    const char *address;
    BaseAddressMatch match;
    const char *id;
  } cases[] = {
    { "hong@example.org", BASE_ADDRESS_SAME, "" },
    { "HONG@Example.ORG", BASE_ADDRESS_SAME, "" },
    { "hong+news@example.org", BASE_ADDRESS_PLUS, "" },
    { "hong+@example.org", BASE_ADDRESS_PLUS, "" },
    { "shop@example.org", BASE_ADDRESS_SAME, "shop" },
    { "shop+a+b@example.org", BASE_ADDRESS_PLUS, "shop" },
    { "hong@lists.example.org", BASE_ADDRESS_SAME, "list" },
    { "hong@other.example.org", BASE_ADDRESS_OTHER, NULL },
    { "hongki@example.org", BASE_ADDRESS_OTHER, NULL },
    { "hong-news@example.org", BASE_ADDRESS_OTHER, NULL },
    { "ong@example.org", BASE_ADDRESS_OTHER, NULL },
    { "+hong@example.org", BASE_ADDRESS_OTHER, NULL },
    { "@example.org", BASE_ADDRESS_OTHER, NULL },
    { "hong", BASE_ADDRESS_OTHER, NULL },
    { "", BASE_ADDRESS_OTHER, NULL },
  };
  g_autoptr (BaseAccount) account = make_account ();

  add_identities (account);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *id = NULL;

    g_assert_cmpint (base_account_match_address (account, cases[i].address, &id), ==,
                     cases[i].match);
    g_assert_cmpstr (id, ==, cases[i].id);
  }
  g_assert_cmpint (base_address_match ("kim@한국.kr", "KIM+x@xn--3e0b707e.kr"), ==,
                   BASE_ADDRESS_PLUS);
  g_autofree char *ascii = base_address_dup_ascii ("kim+x@한국.kr");
  g_assert_cmpstr (ascii, ==, "kim+x@xn--3e0b707e.kr");
  g_assert_null (base_address_dup_ascii ("김@example.org"));
  g_assert_null (base_address_dup_ascii ("김"));
  /* An identity that is a plus-address itself comes before the one whose plus-address it is. */
  g_autoptr (BaseIdentity) news = make_identity ("news", "hong+news@example.org");
  const char *id = NULL;
  base_account_put_identity (account, news);
  g_assert_cmpint (base_account_match_address (account, "Hong+News@example.org", &id), ==,
                   BASE_ADDRESS_SAME);
  g_assert_cmpstr (id, ==, "news");
}

/* On its way out it is no account any more, whatever happens before the last step. */
static void
test_leaving (void)
{
  g_autofree char *root = test_make_folder ();
  g_autoptr (BasePaths) paths = base_paths_new (root, NULL);
  g_autoptr (BaseAccount) account = make_account ();
  g_autoptr (GError) error = NULL;

  g_assert_true (base_account_save (account, paths, &error));
  for (int round = 0; round < 2; round++) {
    g_assert_true (base_account_set_leaving (account->id, paths, TRUE, &error));
    g_autoptr (GPtrArray) none = base_account_load_all (paths, NULL);
    g_auto (GStrv) leaving = base_account_list_leaving (paths);
    g_assert_cmpuint (none->len, ==, 0);
    g_assert_cmpuint (g_strv_length (leaving), ==, 1);
    g_assert_cmpstr (leaving[0], ==, account->id);
    /* It could not be removed, or was saved anew: it stays. */
    if (round == 0)
      g_assert_true (base_account_set_leaving (account->id, paths, FALSE, &error));
    else
      g_assert_true (base_account_save (account, paths, &error));
    g_autoptr (GPtrArray) loaded = base_account_load_all (paths, NULL);
    g_assert_cmpuint (loaded->len, ==, 1);
  }
  g_assert_true (base_account_set_leaving (account->id, paths, TRUE, &error));
  g_assert_true (base_account_remove (account->id, paths, &error));
  g_auto (GStrv) gone = base_account_list_leaving (paths);
  g_assert_cmpuint (g_strv_length (gone), ==, 0);
  g_assert_false (base_account_set_leaving ("../x", paths, TRUE, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  test_remove_folder (root);
}

/* The example that administrators get is itself a good account. */
static void
test_example (void)
{
  g_autofree char *root = test_make_folder ();
  g_autoptr (BasePaths) paths = base_paths_new (root, NULL);
  g_autofree char *example =
      g_test_build_filename (G_TEST_DIST, "..", "data", "account.ini.example", NULL);
  g_autofree char *file = account_file (paths, "a");
  g_autofree char *text = NULL;
  g_autofree char *saved = NULL;
  g_autoptr (GPtrArray) loaded = NULL;
  g_auto (GStrv) broken = NULL;
  BaseAccount *account;
  gsize length;

  g_assert_true (g_file_get_contents (example, &text, &length, NULL));
  g_assert_true (base_paths_write (file, text, length, NULL));
  loaded = base_account_load_all (paths, &broken);
  g_assert_cmpuint (g_strv_length (broken), ==, 0);
  g_assert_cmpuint (loaded->len, ==, 1);
  account = g_ptr_array_index (loaded, 0);
  g_assert_cmpstr (account->label, ==, "Work");
  g_assert_cmpuint (account->imap.port, ==, 993);
  g_assert_cmpint (account->bodies, ==, BASE_BODIES_MONTHS);
  g_assert_cmpuint (account->months, ==, 24);
  g_assert_cmpuint (account->largest_body, ==, 25);
  g_assert_cmpuint (account->largest_part, ==, 256);
  g_assert_cmpint (account->imap.sign_in, ==, BASE_SIGN_IN_PASSWORD);
  g_assert_cmpstr (account->folders[BASE_FOLDER_SENT], ==, "Sent Items");
  g_assert_cmpstr (account->colour, ==, "#3584e4");
  g_assert_cmpuint (account->check_minutes, ==, 0);

  /* Saving keeps the administrator's comments. */
  g_free (account->label);
  account->label = NULL;
  g_assert_true (base_account_save (account, paths, NULL));
  g_assert_true (g_file_get_contents (file, &saved, NULL, NULL));
  g_assert_nonnull (strstr (saved, "Passwords never stand in this file"));
  g_assert_null (strstr (saved, "Label=Work"));
  test_remove_folder (root);
}

static void
test_broken_files (void)
{
  static const char *const texts[] = {
    "",
    "no key file",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\nPort=0\n[SMTP]\nHost=h\nUser=u\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\nPort=65536\n[SMTP]\nHost=h\nUser=u\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\nSecurity=none\n[SMTP]\nHost=h\nUser=u\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n[SMTP]\nUser=u\n",
    "[Account]\nAddress=a@example.org\n[SMTP]\nHost=h\nUser=u\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n[SMTP x]\nHost=h\nUser=u\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n"
    "[Identity x]\nAddress=x@example.org\n[SMTP x]\nHost=h\nUser=u\nSignIn=oauth\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n"
    "[Identity x]\nAddress=x@example.org\n[SMTP x]\nHost=h h\nUser=u\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n"
    "[Identity x]\nAddress=x@example.org\n[SMTP x]\nHost=h\n",
    "[Account]\nAddress=a@example.org\nDisabled=perhaps\n[IMAP]\nHost=h\nUser=u\n",
    "[Account]\nAddress=a@example.org\nPosition=-1\n[IMAP]\nHost=h\nUser=u\n",
    "[Account]\nAddress=a@example.org\nColour=red\n[IMAP]\nHost=h\nUser=u\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\nSignIn=magic\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n[Sync]\nCheck=1441\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n[Folders]\nSent=a\\nb\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n[OAuth]\nToken=http://example.org/t\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n[OAuth]\nAuthorization=file:///t\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n[OAuth]\nToken=https://u:p@example.org/t\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n[OAuth]\nToken=https://example.org/t#x\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n[Exception 1]\nHost=h\nPort=993\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n[Exception 1]\nHost=h\nPort=993\nSha256=12\nUntil=9\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\nWithout=MOVE,QRESYNC\n[SMTP]\nHost=h\nUser=u\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n[SMTP]\nHost=h\nUser=u\nWithout=DSN;B AD\n",
    "[Account]\nAddress=example.org\n[IMAP]\nHost=h\nUser=u\n[SMTP]\nHost=h\nUser=u\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h h\nUser=u\n[SMTP]\nHost=h\nUser=u\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n[SMTP]\nHost=h\nUser=u\n[Sync]\nBodies=some\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n[SMTP]\nHost=h\nUser=u\n[Sync]\nMonths=0\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n[SMTP]\nHost=h\nUser=u\n[Sync]\nMonths=1201\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n[SMTP]\nHost=h\nUser=u\n[Sync]\nLargestBody=-1\n",
    "[Account]\nAddress=a@example.org\n[IMAP]\nHost=h\nUser=u\n[SMTP]\nHost=h\nUser=u\n[Sync]\nLargestPart=9999999\n",
    "[Account]\nAddress=a\xff@example.org\n[IMAP]\nHost=h\nUser=u\n[SMTP]\nHost=h\nUser=u\n",
  };
  g_autofree char *root = test_make_folder ();
  g_autoptr (BasePaths) paths = base_paths_new (root, NULL);
  g_autofree char *good = account_file (paths, "zz");
  g_autofree char *ignored = account_file (paths, "Not An Id");
  g_autoptr (GPtrArray) loaded = NULL;
  g_auto (GStrv) broken = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *id = g_strdup_printf ("broken-%u", i);
    g_autofree char *file = account_file (paths, id);

    g_assert_true (base_paths_write (file, texts[i], strlen (texts[i]), NULL));
  }
  g_assert_true (base_paths_write (ignored, "x", 1, NULL));
  g_assert_true (g_file_set_contents (
      good,
      "[Account]\nAddress= a@example.org \n[IMAP]\nHost=h\nUser=u\n"
      "Security=STARTTLS\nWithout= MOVE ;; idle\n[SMTP]\nHost=h\nUser=u\nWithout=;\n",
      -1, NULL));

  loaded = base_account_load_all (paths, &broken);
  g_assert_cmpuint (g_strv_length (broken), ==, G_N_ELEMENTS (texts));
  g_assert_cmpuint (loaded->len, ==, 1);
  g_assert_cmpstr (((BaseAccount *)g_ptr_array_index (loaded, 0))->address, ==, "a@example.org");
  g_assert_cmpint (((BaseAccount *)g_ptr_array_index (loaded, 0))->imap.security, ==,
                   BASE_SECURITY_STARTTLS);
  {
    const BaseAccount *account = g_ptr_array_index (loaded, 0);

    g_assert_cmpuint (g_strv_length (account->imap.without), ==, 2);
    g_assert_cmpstr (account->imap.without[0], ==, "MOVE");
    g_assert_cmpstr (account->imap.without[1], ==, "idle");
    g_assert_null (account->smtp.without);
  }
  g_assert_true (g_str_has_prefix (broken[0], "The account file “broken-0.ini” cannot be used. "));
  test_remove_folder (root);
}

static void
test_check (void)
{
  static const struct
  {
    const char *address, *host, *word; /* word NULL: good */
  } cases[] = {
    { "a@example.org", "h", NULL },
    { "a@example.org", "메일.example.org", NULL },
    { "a@b@example.org", "127.0.0.1", NULL },
    { "", "h", "address" },
    { "a", "h", "“a”" },
    { "@b", "h", "“@b”" },
    { "a@", "h", "“a@”" },
    { "a b@example.org", "h", "e-mail address" },
    { "a@example.org\r\nX", "h", "e-mail address" },
    { "a@example.org", "", "IMAP" },
    { "a@example.org", "https://h", "IMAP" },
    { "a@example.org", "h:993", "IMAP" },
    { "a@example.org", "h..h", "IMAP" },
    { "a@example.org", "h\n", "IMAP" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (BaseAccount) account = make_account ();
    g_autoptr (GError) error = NULL;

    g_free (account->address);
    account->address = g_strdup (cases[i].address);
    g_free (account->imap.host);
    account->imap.host = g_strdup (cases[i].host);
    g_assert_cmpint (base_account_check (account, &error), ==, cases[i].word == NULL);
    if (cases[i].word != NULL) {
      g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
      g_assert_nonnull (strstr (error->message, cases[i].word));
    }
  }
}

/* What one host proved says nothing of another. */
static void
test_proof (void)
{
  g_autoptr (BaseAccount) account = make_account ();
  BaseServer *server = &account->imap;

  g_assert_cmpint (base_server_get_proof (server), ==, BASE_PROOF_BOUND);
  g_free (server->host);
  server->host = g_ascii_strup (server->proved_host, -1);
  g_assert_cmpint (base_server_get_proof (server), ==, BASE_PROOF_BOUND);
  g_free (server->host);
  server->host = g_strdup ("other.example.org");
  g_assert_cmpint (base_server_get_proof (server), ==, BASE_PROOF_NONE);
  base_server_set_proof (server, BASE_PROOF_SCRAM);
  g_assert_cmpint (base_server_get_proof (server), ==, BASE_PROOF_SCRAM);
  base_server_set_proof (server, BASE_PROOF_NONE);
  g_assert_cmpint (base_server_get_proof (server), ==, BASE_PROOF_NONE);
  g_assert_null (server->proved_host);
}

static void
write_one (const BasePaths *paths, const char *id, const char *keys)
{
  g_autofree char *file = account_file (paths, id);
  g_autofree char *text =
      g_strconcat ("[Account]\nAddress=a@example.org\n", keys, "[IMAP]\nHost=h\nUser=u\n", NULL);

  g_assert_true (base_paths_write (file, text, strlen (text), NULL));
}

/* Whom a password that was typed is for. */
static void
test_provider (void)
{
  static const struct
  {
    const char *address, *imap, *smtp;
    gboolean same;
  } others[] = {
    { "kim@example.org", "imap.example.org", "smtp.example.org", TRUE },
    { "lee@EXAMPLE.org", "IMAP.example.org", "smtp.example.org", TRUE },
    { "kim@example.com", "imap.example.org", "smtp.example.org", FALSE },
    { "kim@example.org.evil.test", "imap.example.org", "smtp.example.org", FALSE },
    { "kim@example.org", "imap.evil.test", "smtp.example.org", FALSE },
    { "kim@example.org", "imap.example.org", "smtp.evil.test", FALSE },
    { "kim@example.org", "imap.example.org", NULL, FALSE },
    { "kim", "imap.example.org", "smtp.example.org", FALSE },
    { NULL, "imap.example.org", "smtp.example.org", FALSE },
  };
  g_autoptr (BaseAccount) account = base_account_new ();

  account->address = g_strdup ("kim@example.org");
  account->imap.host = g_strdup ("imap.example.org");
  account->smtp.host = g_strdup ("smtp.example.org");
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (BaseAccount) other = base_account_new ();

    other->address = g_strdup (others[i].address);
    other->imap.host = g_strdup (others[i].imap);
    other->smtp.host = g_strdup (others[i].smtp);
    g_assert_cmpint (base_account_is_same_provider (account, other), ==, others[i].same);
    g_assert_cmpint (base_account_is_same_provider (other, account), ==, others[i].same);
  }
}

/* Without a server to send by, an account still receives; and they come in the order that they were given. */
static void
test_places (void)
{
  g_autofree char *root = test_make_folder ();
  g_autoptr (BasePaths) paths = base_paths_new (root, NULL);
  g_autoptr (GPtrArray) loaded = NULL;
  g_autoptr (GString) order = g_string_new (NULL);

  write_one (paths, "a", "");
  write_one (paths, "b", "Position=2\n");
  write_one (paths, "c", "");
  write_one (paths, "d", "Position=1\n");
  loaded = base_account_load_all (paths, NULL);
  for (guint i = 0; i < loaded->len; i++) {
    BaseAccount *account = loaded->pdata[i];
    g_autofree char *file = account_file (paths, account->id);
    g_autofree char *text = NULL;

    g_string_append (order, account->id);
    g_assert_false (base_account_can_send (account));
    g_assert_true (base_account_save (account, paths, NULL));
    g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
    g_assert_null (strstr (text, "[SMTP]"));
  }
  g_assert_cmpstr (order->str, ==, "dbac");
  test_remove_folder (root);
}

/* One certificate a place, and for no other one. */
static void
test_exceptions (void)
{
  g_autoptr (BaseAccount) account = make_account ();

  g_assert_nonnull (base_account_find_exception (account, "IMAP.example.org", 993, A_SHA256));
  g_assert_null (base_account_find_exception (account, "imap.example.org", 143, A_SHA256));
  g_assert_null (base_account_find_exception (account, "smtp.example.org", 993, A_SHA256));
  g_assert_null (base_account_find_exception (account, "imap.example.org", 993, B_SHA256));
  base_account_add_exception (account, "imap.example.org", 993, B_SHA256, 1893456000);
  g_assert_null (base_account_find_exception (account, "imap.example.org", 993, A_SHA256));
  g_assert_nonnull (base_account_find_exception (account, "imap.example.org", 993, B_SHA256));
  g_assert_cmpuint (account->exceptions->len, ==, 2);
}

/* An id never leads out of the folder. */
static void
test_hostile_id (void)
{
  g_autofree char *root = test_make_folder ();
  g_autoptr (BasePaths) paths = base_paths_new (root, NULL);
  g_autoptr (BaseAccount) account = make_account ();
  g_autoptr (GError) error = NULL;

  g_free (account->id);
  account->id = g_strdup ("../x");
  g_assert_false (base_account_save (account, paths, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (base_account_remove ("../x", paths, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  test_remove_folder (root);
}

void
test_account_add (void)
{
  g_test_add_func ("/base/account/round", test_round);
  g_test_add_func ("/base/account/leaving", test_leaving);
  g_test_add_func ("/base/account/example", test_example);
  g_test_add_func ("/base/account/broken-files", test_broken_files);
  g_test_add_func ("/base/account/check", test_check);
  g_test_add_func ("/base/account/proof", test_proof);
  g_test_add_func ("/base/account/hostile-id", test_hostile_id);
  g_test_add_func ("/base/account/identities", test_identities);
  g_test_add_func ("/base/account/order", test_order);
  g_test_add_func ("/base/account/identities-wrong", test_wrong_identities);
  g_test_add_func ("/base/account/match", test_match);
  g_test_add_func ("/base/account/places", test_places);
  g_test_add_func ("/base/account/provider", test_provider);
  g_test_add_func ("/base/account/exceptions", test_exceptions);
}
