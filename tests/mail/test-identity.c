/* Identities: which one a message came to, whose an address is, and what goes out as whom. */
#include "test-mail.h"

#include <string.h>

#include "mail-draft-private.h"
#include "mail-identity-private.h"
#include "mail-template.h"

static void
add_identity (BaseAccount *account, const char *id, const char *name, const char *address)
{
  g_autoptr (BaseIdentity) identity = base_identity_new ();

  g_free (identity->id);
  identity->id = g_strdup (id);
  identity->name = g_strdup (name);
  identity->address = g_strdup (address);
  if (g_str_equal (id, "shop")) {
    identity->reply_to = g_strdup ("orders@example.org");
    identity->sent_folder = g_strdup ("Archive");
    identity->bcc_self = TRUE;
  }
  base_account_put_identity (account, identity);
}

static void
save_identities (Bench *bench, BaseAccount *settings)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bench_save_settings (bench, settings, &error));
  g_assert_no_error (error);
}

/* one@example.org, and shop@ and lee@other.net besides; and a second account, two@example.org. */
static Bench *
bench_new_with_identities (void)
{
  Bench *bench = bench_new_ready ();
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);
  g_autoptr (BaseAccount) second = bench_account_new ("two");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  add_identity (settings, "shop", "가게", "shop@example.org");
  add_identity (settings, "lee", NULL, "lee@other.net");
  save_identities (bench, settings);
  mail_engine_save_account_async (bench->engine, second, "secret", NULL, NULL, on_result, &result);
  g_assert_true (
      mail_engine_save_account_finish (bench->engine, wait_result (&result), NULL, &error));
  g_assert_no_error (error);
  return bench;
}

static MailParsed *
parse (const char *message)
{
  g_autoptr (GBytes) bytes = g_bytes_new (message, strlen (message));

  return mail_parsed_new (bytes, NULL, 0);
}

#define RECEIVED "Received: from a by b; Mon, 06 Jul 2026 10:00:00 +0000\r\n"

static void
test_receiver (void)
{
  static const struct
  {
    const char *message, *address;
  } cases[] = {
    { RECEIVED "To: x@example.com\r\n", "one@example.org" },
    { RECEIVED "To: Shop <SHOP@example.org>\r\n", "shop@example.org" },
    { RECEIVED "To: x@example.com, lee@other.net, shop@example.org\r\n", "lee@other.net" },
    { RECEIVED "To: x@example.com\r\nCc: shop@example.org\r\n", "shop@example.org" },
    { RECEIVED "Cc: shop@example.org\r\nTo: lee@other.net\r\n", "lee@other.net" },
    { RECEIVED "To: one+shop@example.org\r\n", "one+shop@example.org" },
    { RECEIVED "To: lee+a.b@other.net\r\n", "lee+a.b@other.net" },
    /* Another account's */
    { RECEIVED "To: two@example.org\r\n", "two@example.org" },
    { RECEIVED "To: two@example.org, one@example.org\r\n", "one@example.org" },
    { RECEIVED "To: two@example.org\r\nCc: shop@example.org\r\n", "shop@example.org" },
    /* The server knows better: by Bcc, by a list. */
    { "Delivered-To: shop@example.org\r\n" RECEIVED "To: lee@other.net\r\n", "shop@example.org" },
    { "Delivered-To: one+list@example.org\r\n" RECEIVED "To: list@example.com\r\n",
      "one+list@example.org" },
    { "Envelope-To: shop@example.org\r\n" RECEIVED "To: list@example.com\r\n", "shop@example.org" },
    { "X-Original-To: shop@example.org\r\nDelivered-To: one@example.org\r\n" RECEIVED
      "To: list@example.com\r\n",
      "shop@example.org" },
    { "Delivered-To: one@example.org\r\nX-Original-To: lee@other.net\r\n" RECEIVED
      "To: shop@example.org\r\n",
      "lee@other.net" },
    /* Where everything ends up is not whom it was for. */
    { "Delivered-To: one@example.org\r\n" RECEIVED "To: shop@example.org\r\n", "shop@example.org" },
    { "Delivered-To: one@example.org\r\n" RECEIVED "To: x@example.com\r\n", "one@example.org" },
    /* Of several the one on top; a stranger's below what the server wrote counts for nothing. */
    { "Delivered-To: lee@other.net\r\nDelivered-To: shop@example.org\r\n" RECEIVED
      "To: x@example.com\r\n",
      "lee@other.net" },
    { RECEIVED "Delivered-To: shop@example.org\r\nX-Original-To: lee@other.net\r\n"
               "Envelope-To: lee@other.net\r\nTo: x@example.com\r\n",
      "one@example.org" },
    { "Delivered-To: one@example.org\r\n" RECEIVED "Delivered-To: shop@example.org\r\n"
      "From: lee@other.net\r\nTo: x@example.com\r\n",
      "one@example.org" },
    /* Written here */
    { "From: lee@other.net\r\nTo: shop@example.org\r\n", "lee@other.net" },
    { "From: Lee <one+a@example.org>\r\nTo: x@example.com\r\n", "one+a@example.org" },
  };
  g_autoptr (Bench) bench = bench_new_with_identities ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MailParsed) parsed = parse (cases[i].message);
    g_autoptr (MailIdentity) found =
        mail_identity_find_receiver (bench->engine, bench->inbox, parsed);

    g_test_message ("%u: %s", i, cases[i].message);
    g_assert_cmpstr (mail_identity_get_settings (found)->address, ==, cases[i].address);
  }
  /* In Sent it is from whom it was sent, however it got there. */
  g_autoptr (MailParsed) sent = parse (RECEIVED "From: lee@other.net\r\nTo: shop@example.org\r\n");
  g_autoptr (MailIdentity) found = mail_identity_find_receiver (bench->engine, bench->sent, sent);
  g_assert_cmpstr (mail_identity_get_settings (found)->address, ==, "lee@other.net");
}

/* A draft of the server says by its From whose it is; of two with one address the name tells. */
static void
test_sender (void)
{
  static const struct
  {
    const char *from, *id, *address;
  } cases[] = {
    { "one@example.org", "", "one@example.org" },
    { "Shop <shop@example.org>", "shop", "shop@example.org" },
    { "Club <shop@example.org>", "club", "shop@example.org" },
    { "shop+x@example.org", "shop", "shop+x@example.org" },
    { "ada@example.com", NULL, NULL },
  };
  g_autoptr (Bench) bench = bench_new_with_identities ();
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);

  add_identity (settings, "club", "Club", "shop@example.org");
  save_identities (bench, settings);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *message = g_strdup_printf ("From: %s\r\n\r\nx", cases[i].from);
    g_autoptr (MailParsed) parsed = parse (message);
    g_autoptr (MailIdentity) found =
        mail_identity_find_sender (bench->engine, bench->account, parsed);

    g_assert_cmpint (found != NULL, ==, cases[i].id != NULL);
    if (found == NULL)
      continue;
    g_assert_cmpstr (mail_identity_get_settings (found)->id, ==, cases[i].id);
    g_assert_cmpstr (mail_identity_get_settings (found)->address, ==, cases[i].address);
  }
}

static void
test_own (void)
{
  static const char *const own[] = { "one@example.org", "ONE+x@example.org",  "shop@example.org",
                                     "lee@OTHER.net",   "shop+a@example.org", "two@example.org",
                                     "lee+b@other.net" };
  static const char *const others[] = { "lee@example.org", "one@other.net", "onex@example.org",
                                        "orders@example.org", "+one@example.org" };
  g_autoptr (Bench) bench = bench_new_with_identities ();

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    g_assert_true (mail_engine_owns_address (bench->engine, own[i]));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (mail_engine_owns_address (bench->engine, others[i]));
}

static MailDraft *
answer (Bench *bench, const char *message, MailReplyKind kind)
{
  gint64 row = bench_add (bench, bench->inbox, 1000, message);
  g_autoptr (MailMessage) item = mail_message_new (row, bench->inbox);
  g_autoptr (GError) error = NULL;
  g_autoptr (MailContent) content = bench_open (bench, item, &error);

  g_assert_no_error (error);
  return mail_draft_new_reply (bench->engine, content, kind, NULL);
}

static void
check_identity (MailDraft *draft, const char *address)
{
  g_autoptr (MailIdentity) identity = mail_draft_dup_identity (draft);

  g_assert_cmpstr (mail_identity_get_settings (identity)->address, ==, address);
}

static MailIdentity *
get_identity (Bench *bench, const char *address)
{
  GListModel *all = mail_engine_get_identities (bench->engine);

  for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
    g_autoptr (MailIdentity) identity = g_list_model_get_item (all, i);

    if (g_str_equal (mail_identity_get_settings (identity)->address, address))
      return g_steal_pointer (&identity);
  }
  g_assert_not_reached ();
}

static char *
send_it (Bench *bench, MailDraft *draft)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  char *text = NULL;

  mail_draft_send_async (draft, NULL, on_result, &result);
  g_assert_true (mail_draft_send_finish (draft, wait_result (&result), &error));
  g_assert_no_error (error);
  path = g_build_filename (base_paths_get_drafts (bench->paths), mail_draft_get_id (draft),
                           "message.eml", NULL);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* Everybody but the person's own addresses, and from the one that it came to. */
static void
test_answer (void)
{
  g_autoptr (Bench) bench = bench_new_with_identities ();
  g_autoptr (MailDraft) draft =
      answer (bench,
              RECEIVED "From: Ada <ada@example.com>\r\nTo: one+news@example.org, Bea "
                       "<bea@example.com>\r\nCc: shop@example.org, two@example.org, lee@other.net, "
                       "cem@example.com\r\nSubject: x\r\nMessage-ID: <1@x>\r\n\r\nHello\r\n",
              MAIL_REPLY_ALL);
  MailDraftWarnings warnings = 0;

  check_identity (draft, "one+news@example.org");
  g_assert_cmpstr (mail_draft_get_cc (draft), ==, "Bea <bea@example.com>, cem@example.com");
  g_assert_true (mail_draft_check (draft, &warnings, NULL));
  g_assert_cmpint (warnings & MAIL_WARN_WAS_HIDDEN, ==, 0);
  g_autofree char *bytes = send_it (bench, draft);
  g_assert_nonnull (strstr (bytes, "<one+news@example.org>\r\n"));
  g_autoptr (GPtrArray) rows = store_outbox_list (bench->db, 0, NULL);
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpstr (((StoreOutbox *)rows->pdata[0])->from, ==, "one+news@example.org");
  g_assert_null (((StoreOutbox *)rows->pdata[0])->sent_folder);
}

/* What an identity says goes out with it, and comes back after a restart. */
static void
test_switch (void)
{
  g_autoptr (Bench) bench = bench_new_with_identities ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autoptr (MailIdentity) shop = get_identity (bench, "shop@example.org");
  g_autoptr (MailIdentity) lee = get_identity (bench, "lee@other.net");
  g_autoptr (MailIdentity) two = get_identity (bench, "two@example.org");

  g_assert_true (mail_draft_is_fresh (draft));
  check_identity (draft, "one@example.org");
  mail_draft_set_recipients (draft, "ada@example.com", NULL, "Bea <bea@example.com>");
  mail_draft_set_identity (draft, shop);
  g_assert_cmpstr (mail_draft_get_bcc (draft), ==, "Bea <bea@example.com>, shop@example.org");
  mail_draft_set_identity (draft, two);
  g_assert_cmpstr (mail_account_get_id (mail_draft_get_account (draft)), ==, "two");
  g_assert_cmpstr (mail_draft_get_bcc (draft), ==, "Bea <bea@example.com>");
  mail_draft_set_identity (draft, lee);
  g_assert_true (mail_draft_get_account (draft) == bench->account);
  mail_draft_set_identity (draft, shop);

  g_autoptr (GAsyncResult) saved = NULL;
  mail_draft_save_async (draft, FALSE, NULL, on_result, &saved);
  g_assert_true (mail_draft_save_finish (draft, wait_result (&saved), NULL));
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreDraft) plain = store_draft_load (bench->paths, mail_draft_get_id (draft), &error);
  g_assert_no_error (error);
  g_autoptr (MailDraft) again = mail_draft_new_take (bench->engine, store_draft_dup (plain), TRUE);
  check_identity (again, "shop@example.org");
  g_assert_false (mail_draft_is_fresh (again));

  mail_draft_set_subject (again, "x");
  g_autofree char *bytes = send_it (bench, again);
  g_assert_nonnull (strstr (bytes, " <shop@example.org>\r\n"));
  g_assert_nonnull (strstr (bytes, "\r\nReply-To: orders@example.org\r\n"));
  g_assert_null (strstr (bytes, "Bcc"));
  g_autoptr (GPtrArray) rows = store_outbox_list (bench->db, 0, NULL);
  const StoreOutbox *row = rows->pdata[0];
  g_assert_cmpstr (row->from, ==, "shop@example.org");
  g_assert_cmpstr (row->sent_folder, ==, "Archive");
  g_assert_true (g_strv_contains ((const char *const *)row->recipients, "shop@example.org"));
}

/* The default one writes new letters; what is removed leaves the account's own. */
static void
test_default (void)
{
  g_autoptr (Bench) bench = bench_new_with_identities ();
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);
  g_autoptr (MailDraft) before = mail_draft_new (bench->engine, bench->account);

  settings->default_identity = g_strdup ("lee");
  save_identities (bench, settings);
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_identities (bench->engine)), ==, 4);
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  check_identity (before, "one@example.org");
  check_identity (draft, "lee@other.net");
  base_account_remove_identity (settings, "lee");
  save_identities (bench, settings);
  check_identity (draft, "one@example.org");
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_identities (bench->engine)), ==, 3);

  /* What is wrong is told, and nothing changes. */
  g_autoptr (GError) error = NULL;
  add_identity (settings, "bad", NULL, "no address");
  g_assert_false (bench_save_settings (bench, settings, &error));
  g_assert_nonnull (strstr (error->message, "no address"));
  g_assert_cmpuint (g_list_model_get_n_items (mail_engine_get_identities (bench->engine)), ==, 3);
}

static gboolean
shop_keeps_in (Bench *bench, const char *path)
{
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);
  g_autoptr (BaseIdentity) shop = base_account_dup_identity (settings, "shop");
  g_autofree char *file = g_build_filename (bench->folder, "config", "accounts", "one.ini", NULL);
  g_autofree char *line = g_strconcat ("\nSentFolder=", path, "\n", NULL), *text = NULL;

  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  return g_strcmp0 (shop->sent_folder, path) == 0 && strstr (text, line) != NULL;
}

static gboolean
keeps_in_shop (gpointer bench)
{
  return shop_keeps_in (bench, "Shop");
}

static gboolean
keeps_in_old (gpointer bench)
{
  return shop_keeps_in (bench, "Old");
}

static gboolean
has_folder (gpointer data)
{
  Bench *bench = data;

  return mail_account_get_folder_by_path (bench->account, "가게") != NULL
         || mail_account_get_folder_by_path (bench->account, "Shop") != NULL;
}

static gboolean
has_notice (gpointer data)
{
  Bench *bench = data;

  return bench->notices->len > 0;
}

static void
list_folders (Bench *bench, const char *shop, const char *mailbox_id)
{
  const char *const names[] = { "INBOX", shop };
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names) && names[i] != NULL; i++) {
    StoreFolder *folder = g_new0 (StoreFolder, 1);

    folder->name = g_strdup (names[i]);
    folder->server_name = g_strdup (names[i]);
    folder->delimiter = '/';
    folder->selectable = TRUE;
    folder->role = i == 0 ? STORE_ROLE_INBOX : STORE_ROLE_NONE;
    folder->mailbox_id = i == 0 ? NULL : g_strdup (mailbox_id);
    g_ptr_array_add (list, folder);
  }
  g_assert_true (
      store_folder_replace_list (bench->db, mail_account_get_row (bench->account), list, &error));
  g_assert_no_error (error);
}

/* The folder that an identity keeps its copies in has another name now, by this program or another one; or it is gone. */
static void
test_folder (void)
{
  g_autoptr (Bench) bench = bench_new_with_identities ();
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);
  g_autoptr (BaseIdentity) shop = base_account_dup_identity (settings, "shop");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  list_folders (bench, "가게", "m1");
  g_free (shop->sent_folder);
  shop->sent_folder = g_strdup ("가게");
  base_account_put_identity (settings, shop);
  save_identities (bench, settings);
  wait_until (has_folder, bench);
  list_folders (bench, "Shop", "m1");
  wait_until (keeps_in_shop, bench);
  g_ptr_array_set_size (bench->notices, 0);

  list_folders (bench, NULL, NULL);
  wait_until (has_notice, bench);
  g_assert_nonnull (strstr (g_ptr_array_index (bench->notices, 0), "“Shop”"));
  g_assert_nonnull (strstr (g_ptr_array_index (bench->notices, 0), "shop@example.org"));
  g_assert_true (keeps_in_shop (bench)); /* it may come back */
  list_folders (bench, "Shop", "m2");
  wait_until (has_folder, bench);

  mail_engine_rename_folder_async (bench->engine,
                                   mail_account_get_folder_by_path (bench->account, "Shop"), "Old",
                                   on_result, &result);
  g_assert_true (mail_engine_act_finish (bench->engine, wait_result (&result), NULL, NULL, &error));
  wait_until (keeps_in_old, bench);
}

/* What a template says of its writer is said of who writes this letter. */
static void
test_template (void)
{
  g_autoptr (Bench) bench = bench_new_with_identities ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  g_autoptr (MailIdentity) shop = get_identity (bench, "shop@example.org");
  g_autoptr (BaseTemplate) plain = base_template_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *subject = NULL, *text = NULL, *html = NULL;

  g_free (plain->name);
  g_free (plain->text);
  plain->name = g_strdup ("x");
  plain->text = g_strdup ("{me} {my-address}");
  mail_engine_save_template_async (bench->engine, plain, on_result, &result);
  g_assert_true (mail_engine_save_template_finish (bench->engine, wait_result (&result), &error));
  g_autoptr (MailTemplate) template =
      g_list_model_get_item (mail_engine_get_templates (bench->engine), 0);
  mail_draft_set_identity (draft, shop);
  mail_template_fill (template, draft, &subject, &text, &html);
  g_assert_cmpstr (text, ==, "가게 shop@example.org");
  g_assert_null (html);
}

void
add_identity_tests (void)
{
  g_test_add_func ("/mail/identity/receiver", test_receiver);
  g_test_add_func ("/mail/identity/sender", test_sender);
  g_test_add_func ("/mail/identity/own", test_own);
  g_test_add_func ("/mail/identity/answer", test_answer);
  g_test_add_func ("/mail/identity/switch", test_switch);
  g_test_add_func ("/mail/identity/default", test_default);
  g_test_add_func ("/mail/identity/folder", test_folder);
  g_test_add_func ("/mail/identity/template", test_template);
}
