/* Replies, forwards and mailto: as pure functions. */
#include "test-mail.h"

#include "base-error.h"
#include "mail-draft-private.h"
#include "mail-letter.h"

static MailParsed *
parse (const char *message)
{
  g_autoptr (GBytes) bytes = g_bytes_new (message, strlen (message));

  return mail_parsed_new (bytes, NULL, 0);
}

static gboolean
is_me (const char *address, gpointer user_data)
{
  return g_ascii_strcasecmp (address, "me@example.org") == 0;
}

/* What was read is quoted: the text where it was read `as_text`, else what its HTML shows. */
static StoreDraft *
build_reply (const MailParsed *parsed, MailReplyKind kind, gboolean as_text, MailOwnAddressFunc own,
             gpointer data)
{
  return mail_reply_build (
      parsed, kind, as_text || parsed->quote == NULL ? parsed->text : parsed->quote, own, data);
}

static const char letter[] = "From: Ada <ada@example.org>\r\n"
                             "To: Me <me@example.org>, Bea <bea@example.org>, ada@example.org\r\n"
                             "Cc: \"Cem, C.\" <cem@example.org>, BEA@example.org\r\n"
                             "Subject: RE: Plan\r\n"
                             "Message-ID: <3@example.org>\r\n"
                             "In-Reply-To: <2@example.org>\r\n"
                             "References: <1@example.org> (junk) <2@example.org>\r\n"
                             "Date: Mon, 06 Jul 2026 10:00:00 +0000\r\n"
                             "\r\n"
                             "Hello\r\n> older\r\n";

static void
test_reply (void)
{
  g_autoptr (MailParsed) parsed = parse (letter);
  g_autoptr (StoreDraft) draft = build_reply (parsed, MAIL_REPLY, FALSE, is_me, NULL);

  g_assert_cmpstr (draft->to, ==, "Ada <ada@example.org>");
  g_assert_cmpstr (draft->cc, ==, "");
  g_assert_cmpstr (draft->subject, ==, "Re: Plan");
  g_assert_cmpstr (draft->in_reply_to, ==, "<3@example.org>");
  g_assert_cmpstr (draft->references, ==, "<1@example.org> <2@example.org> <3@example.org>");
  g_assert_true (g_str_has_prefix (draft->text, "\n\nOn "));
  g_assert_nonnull (strstr (draft->text, "2026"));
  g_assert_nonnull (strstr (draft->text, ", Ada wrote:\n> Hello\n>> older"));
  g_assert_false (draft->forward);
}

static void
test_reply_all (void)
{
  g_autoptr (MailParsed) parsed = parse (letter);
  g_autoptr (StoreDraft) draft = build_reply (parsed, MAIL_REPLY_ALL, FALSE, is_me, NULL);

  g_assert_cmpstr (draft->to, ==, "Ada <ada@example.org>");
  g_assert_cmpstr (draft->cc, ==, "Bea <bea@example.org>, \"Cem, C.\" <cem@example.org>");
}

/* Nobody who reads the answer knew that it came here. */
static void
test_reply_all_to_hidden (void)
{
  static const struct
  {
    const char *header;
    gboolean hidden;
  } cases[] = {
    { "To: bea@example.org\r\nCc: cem@example.org\r\n", TRUE },
    { "To: bea@example.org\r\nBcc: me@example.org\r\n", TRUE },
    { "To: bea@example.org, Me <ME@example.org>\r\n", FALSE },
    { "To: bea@example.org\r\nCc: me@example.org\r\n", FALSE },
    { "Delivered-To: me@example.org\r\nTo: bea@example.org\r\n", TRUE },
    /* Another address of the person */
    { "Delivered-To: me@example.org\r\nX-Original-To: alias@example.org\r\n"
      "To: Alias@example.org, bea@example.org\r\n",
      FALSE },
    { "Delivered-To: alias@example.org\r\nTo: bea@example.org\r\nCc: alias@example.org\r\n",
      FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *message =
        g_strdup_printf ("From: Ada <ada@example.org>\r\n%s\r\nHello\r\n", cases[i].header);
    g_autofree char *own =
        g_strdup_printf ("From: Me <me@example.org>\r\n%s\r\nHello\r\n", cases[i].header);
    g_autoptr (MailParsed) parsed = parse (message);
    g_autoptr (MailParsed) sent = parse (own);
    g_autoptr (StoreDraft) all = build_reply (parsed, MAIL_REPLY_ALL, FALSE, is_me, NULL);
    g_autoptr (StoreDraft) one = build_reply (parsed, MAIL_REPLY, FALSE, is_me, NULL);
    g_autoptr (StoreDraft) again = build_reply (sent, MAIL_REPLY_ALL, FALSE, is_me, NULL);

    g_test_message ("%s", cases[i].header);
    g_assert_cmpint (all->was_hidden, ==, cases[i].hidden);
    g_assert_false (one->was_hidden || again->was_hidden);
  }
}

static void
check_quote (const char *message, gboolean as_text, const char *quote)
{
  g_autoptr (MailParsed) parsed = parse (message);
  g_autoptr (StoreDraft) draft = build_reply (parsed, MAIL_REPLY, as_text, is_me, NULL);
  const char *text = strstr (g_strchomp (draft->text), "wrote:\n");

  g_assert_nonnull (text);
  g_assert_cmpstr (text + strlen ("wrote:\n"), ==, quote);
}

#define TWO_VERSIONS(text, html)                                                                   \
  "From: a@example.org\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\n" text \
  "\r\n--b\r\nContent-Type: text/html\r\n\r\n" html "\r\n--b--\r\n"
#define TWO_PAGES(one, other)                                                                      \
  "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: "  \
  "text/html\r\n\r\n" one "\r\n--b\r\nContent-Type: text/html\r\n\r\n" other "\r\n--b--\r\n"

/* Nobody is made to answer words that they never saw. */
static void
test_what_is_read_is_quoted (void)
{
  check_quote (TWO_VERSIONS ("I owe you 1000", "<p>Hello"), FALSE, "> Hello");
  check_quote (TWO_VERSIONS ("I owe you 1000", "<p>Hello"), TRUE, "> I owe you 1000");
  /* The same words: the version that its writer laid out for plain text */
  check_quote (TWO_VERSIONS ("- one\r\n- two", "<ul><li>one<li>two</ul>"), FALSE,
               "> - one\n> - two");
  /* Not the same, though their letters are: money, signs, marks of vowels, what a picture says */
  check_quote (TWO_VERSIONS ("I owe you 1000", "<p>I owe you 10.00"), FALSE, "> I owe you 10.00");
  check_quote (TWO_VERSIONS ("It is 5", "<p>It is -5"), FALSE, "> It is -5");
  check_quote (TWO_VERSIONS ("It is 5", "<p>It is &euro;5"), FALSE, "> It is €5");
  check_quote (TWO_VERSIONS ("Yes", "<p>Yes &#x1f44e;"), FALSE, "> Yes 👎");
  check_quote (TWO_VERSIONS ("&#3585;", "<p>&#3585;&#3636;"), FALSE, "> กิ");
  /* Who sees a picture does not see what it is said to show */
  check_quote (TWO_VERSIONS ("Hello I owe you 1000", "<p>Hello <img alt='I owe you 1000' src=a>"),
               FALSE, "> Hello");
  check_quote (TWO_PAGES ("<p>Hello<!-- ", "<p>I owe you 1000"), FALSE, "> Hello");
  check_quote (TWO_PAGES ("<style>.x{display:none}</style><p>Hello", "<p class=x>I owe you 1000"),
               FALSE, "> Hello");
}

static void
test_reply_to_header (void)
{
  g_autoptr (MailParsed) parsed =
      parse ("From: Robot <robot@example.org>\r\nReply-To: Desk <desk@example.org>\r\n"
             "To: me@example.org\r\n\r\nx\r\n");
  g_autoptr (StoreDraft) draft = build_reply (parsed, MAIL_REPLY, FALSE, is_me, NULL);

  g_assert_cmpstr (draft->to, ==, "Desk <desk@example.org>");
  g_assert_null (draft->in_reply_to); /* nothing to hang it on */
}

static void
test_reply_to_own (void)
{
  g_autoptr (MailParsed) parsed =
      parse ("From: me@example.org\r\nTo: Bea <bea@example.org>\r\nCc: cem@example.org\r\n"
             "Message-ID: <1@x>\r\n\r\nx\r\n");
  g_autoptr (StoreDraft) one = build_reply (parsed, MAIL_REPLY, FALSE, is_me, NULL);
  g_autoptr (StoreDraft) all = build_reply (parsed, MAIL_REPLY_ALL, FALSE, is_me, NULL);

  g_assert_cmpstr (one->to, ==, "Bea <bea@example.org>");
  g_assert_cmpstr (all->to, ==, "Bea <bea@example.org>");
  g_assert_cmpstr (all->cc, ==, "cem@example.org");

  /* Their answers were to go elsewhere; this one goes to them. */
  g_autoptr (MailParsed) elsewhere =
      parse ("From: me@example.org\r\nReply-To: orders@example.com\r\nTo: bea@example.org\r\n"
             "Message-ID: <1@x>\r\n\r\nx\r\n");
  g_autoptr (StoreDraft) again = build_reply (elsewhere, MAIL_REPLY, FALSE, is_me, NULL);
  g_assert_cmpstr (again->to, ==, "bea@example.org");
}

static void
test_reply_to_nothing (void)
{
  g_autoptr (MailParsed) parsed = parse ("");
  g_autoptr (StoreDraft) draft = build_reply (parsed, MAIL_REPLY_ALL, FALSE, is_me, NULL);

  g_assert_cmpstr (draft->to, ==, "");
  g_assert_nonnull (draft->subject);
  g_assert_nonnull (strstr (draft->text, "wrote:"));
}

static void
test_long_references (void)
{
  g_autoptr (GString) message = g_string_new ("Message-ID: <last@x>\r\nReferences:");
  g_auto (GStrv) ids = NULL;

  for (guint i = 0; i < 200; i++)
    g_string_append_printf (message, " <%u@x>\r\n", i);
  g_string_append (message, "\r\nx\r\n");
  g_autoptr (MailParsed) parsed = parse (message->str);
  g_autoptr (StoreDraft) draft = build_reply (parsed, MAIL_REPLY, FALSE, is_me, NULL);
  ids = g_strsplit (draft->references, " ", -1);
  g_assert_cmpuint (g_strv_length (ids), ==, 30);
  g_assert_cmpstr (ids[0], ==, "<0@x>");
  g_assert_cmpstr (ids[28], ==, "<199@x>");
  g_assert_cmpstr (ids[29], ==, "<last@x>");
}

static void
test_forward (void)
{
  g_autoptr (MailParsed) parsed = parse (letter);
  g_autoptr (StoreDraft) draft = build_reply (parsed, MAIL_FORWARD, FALSE, is_me, NULL);

  g_assert_true (draft->forward);
  g_assert_cmpstr (draft->to, ==, "");
  g_assert_cmpstr (draft->subject, ==, "Fwd: Plan");
  g_assert_null (draft->in_reply_to);
  g_assert_nonnull (strstr (draft->text, "From: Ada <ada@example.org>\n"));
  g_assert_nonnull (strstr (draft->text, "Subject: RE: Plan\n"));
  g_assert_nonnull (strstr (draft->text, "\n\nHello\n> older"));
}

static void
test_forward_attached (void)
{
  g_autoptr (MailParsed) parsed = parse (letter);
  g_autoptr (StoreDraft) draft = build_reply (parsed, MAIL_FORWARD_ATTACHED, FALSE, is_me, NULL);

  g_assert_true (draft->forward);
  g_assert_cmpstr (draft->subject, ==, "Fwd: Plan");
  g_assert_cmpstr (draft->text, ==, "");
  g_assert_cmpstr (draft->to, ==, "");
}

/* As if it had not been sent: nothing says that it answers, and nobody is left out. */
static void
test_edit_as_new (void)
{
  g_autoptr (MailParsed) parsed = parse (letter);
  g_autoptr (StoreDraft) draft = build_reply (parsed, MAIL_EDIT_AS_NEW, FALSE, is_me, NULL);

  g_assert_cmpstr (draft->to, ==, "Me <me@example.org>, Bea <bea@example.org>, ada@example.org");
  g_assert_cmpstr (draft->cc, ==, "\"Cem, C.\" <cem@example.org>, BEA@example.org");
  g_assert_cmpstr (draft->subject, ==, "RE: Plan");
  g_assert_cmpstr (draft->text, ==, "Hello\n> older\n");
  g_assert_null (draft->in_reply_to);
  g_assert_null (draft->references);
  g_assert_false (draft->forward);
}

static gboolean
is_idle (gpointer draft)
{
  return !mail_draft_get_busy (draft);
}

static MailDraft *
answer (Bench *bench, MailReplyKind kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  g_autoptr (MailContent) content = bench_open (bench, message, &error);

  g_assert_no_error (error);
  MailDraft *draft = mail_draft_new_reply (bench->engine, content, kind, NULL);
  wait_until (is_idle, draft);
  return draft;
}

/* The bytes that wait in the outbox. */
static char *
send_and_read (Bench *bench, MailDraft *draft, char **recipients)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (send_draft (draft, &error));
  g_autoptr (GPtrArray) rows = store_outbox_list (bench->db, 0, &error);
  g_assert_cmpuint (rows->len, ==, 1);
  g_autoptr (GBytes) bytes = store_outbox_get_message (bench->db, rows->pdata[0], &error);
  g_assert_no_error (error);
  *recipients = g_strjoinv (" ", ((StoreOutbox *)rows->pdata[0])->recipients);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* Asked as long as somebody besides the sender gets the answer, also after a crash; a list is no secret. */
static void
test_hidden_is_asked (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;
  MailDraftWarnings warnings = 0;

  bench_add (
      bench, bench->inbox, 1000,
      "From: Ada <ada@example.org>\r\nTo: Bea <bea@example.org>\r\nSubject: Plan\r\n\r\nHello\r\n");
  g_autoptr (MailDraft) draft = answer (bench, MAIL_REPLY_ALL);
  g_assert_true (mail_draft_check (draft, &warnings, NULL));
  g_assert_cmpint (warnings, ==, MAIL_WARN_WAS_HIDDEN);
  g_autoptr (StoreDraft) plain = mail_draft_snapshot (draft, TRUE);
  g_assert_true (store_draft_save (bench->paths, plain, &error));
  g_autoptr (StoreDraft) loaded = store_draft_load (bench->paths, plain->id, &error);
  g_assert_true (loaded->was_hidden);
  mail_draft_set_recipients (draft, mail_draft_get_to (draft), NULL, NULL);
  g_assert_true (mail_draft_check (draft, &warnings, NULL));
  g_assert_cmpint (warnings, ==, 0);

  bench_add (bench, bench->inbox, 2000,
             "From: Ada <ada@example.org>\r\nTo: Talk <talk@lists.example>, bea@example.org\r\n"
             "List-Id: Talk <talk.lists.example>\r\nList-Post: <mailto:talk@lists.example>\r\n"
             "Subject: Plan\r\n\r\nHello\r\n");
  g_autoptr (MailDraft) to_list = answer (bench, MAIL_REPLY_ALL);
  g_assert_nonnull (strstr (mail_draft_get_cc (to_list), "bea@"));
  g_assert_true (mail_draft_check (to_list, &warnings, NULL));
  g_assert_cmpint (warnings, ==, 0);
}

/* It goes on as it is, with who sent it on in front, and its answers go to who wrote it. */
static void
test_redirect (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  MailDraftWarnings warnings = ~0;
  g_autofree char *recipients = NULL;

  bench_add (bench, bench->inbox, 1000, letter);
  g_autoptr (MailDraft) draft = answer (bench, MAIL_REDIRECT);
  g_assert_true (mail_draft_is_redirect (draft) && mail_draft_is_empty (draft));
  g_assert_false (mail_draft_check (draft, NULL, NULL));
  mail_draft_set_recipients (draft, "Dan <dan@example.org>", NULL, "eve@example.org");
  g_assert_true (mail_draft_check (draft, &warnings, NULL));
  g_assert_cmpint (warnings, ==, 0);
  g_autofree char *sent = send_and_read (bench, draft, &recipients);
  const char *original = strstr (sent, "From: Ada <ada@example.org>\r\n");
  g_assert_true (g_str_has_prefix (sent, "Resent-Date: "));
  g_assert_nonnull (strstr (sent, "\r\nResent-From: "));
  g_assert_nonnull (strstr (sent, " <one@example.org>\r\nResent-To: Dan <dan@example.org>\r\n"
                                  "Resent-Message-ID: <"));
  g_assert_null (strstr (sent, "eve@"));
  g_assert_cmpstr (original, ==, letter);
  g_assert_cmpstr (recipients, ==, "dan@example.org eve@example.org");
}

/* What cannot be built leaves no half of it, and can be mended. */
static void
test_redirect_nothing (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;

  bench_add (bench, bench->inbox, 1000, letter);
  g_autoptr (MailDraft) draft = answer (bench, MAIL_REDIRECT);
  g_autofree char *half = g_build_filename (base_paths_get_drafts (bench->paths),
                                            mail_draft_get_id (draft), "message.new", NULL);
  g_autoptr (MailAttachment) file = g_list_model_get_item (mail_draft_get_attachments (draft), 0);
  mail_draft_detach (draft, file);
  mail_draft_set_recipients (draft, "dan@example.org", NULL, NULL);
  g_assert_false (send_draft (draft, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_assert_false (g_file_test (half, G_FILE_TEST_EXISTS));
  g_autoptr (GPtrArray) rows = store_outbox_list (bench->db, 0, NULL);
  g_assert_cmpuint (rows->len, ==, 0);
}

static void
test_message_attached (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *recipients = NULL;

  bench_add (bench, bench->inbox, 1000, letter);
  g_autoptr (MailDraft) draft = answer (bench, MAIL_FORWARD_ATTACHED);
  g_autoptr (MailAttachment) file = g_list_model_get_item (mail_draft_get_attachments (draft), 0);
  g_assert_cmpstr (mail_attachment_get_name (file), ==, "RE_ Plan.eml");
  mail_draft_set_recipients (draft, "dan@example.org", NULL, NULL);
  g_autofree char *sent = send_and_read (bench, draft, &recipients);
  g_assert_nonnull (strstr (sent, "Content-Type: message/rfc822; name=\"RE_ Plan.eml\"\r\n"));
  g_assert_nonnull (strstr (sent, letter));
}

static gboolean
has_three (gpointer list)
{
  return g_list_model_get_n_items (list) == 3;
}

static gboolean
has_many (gpointer list)
{
  return g_list_model_get_n_items (list) > 60;
}

static void
add_items (GListModel *list, guint n, GArray *items)
{
  for (guint i = 0; i < n; i++) {
    g_autoptr (MailConversation) one = g_list_model_get_item (list, i);
    gint64 id = mail_conversation_get_id (one);

    g_array_append_val (items, id);
  }
}

/* Of a conversation all that is there; what cannot be had is said, and the others are attached all the same. */
static void
test_listed_attached (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailDraft) draft = mail_draft_new (bench->engine, bench->account);
  GListModel *files = mail_draft_get_attachments (draft);
  g_autoptr (GError) error = NULL;
  g_autofree char *recipients = NULL;

  bench_add (bench, bench->inbox, 1000, letter);
  bench_add (bench, bench->inbox, 2000,
             "From: Bea <bea@example.org>\r\nSubject: 다른 일\r\n\r\nSecond\r\n");
  bench_add (bench, bench->inbox, 3000, NULL);
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, bench->inbox, FALSE);
  wait_until (has_three, list);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (gint64));
  add_items (G_LIST_MODEL (list), 3, items);
  g_autoptr (GAsyncResult) result = NULL;
  mail_draft_attach_listed_async (draft, list, items, on_result, &result);
  g_assert_true (mail_draft_get_busy (draft));
  g_assert_false (mail_draft_attach_finish (draft, wait_result (&result), &error));
  g_assert_nonnull (error);
  g_assert_false (mail_draft_get_busy (draft));
  g_assert_cmpuint (g_list_model_get_n_items (files), ==, 2);
  mail_draft_set_recipients (draft, "dan@example.org", NULL, NULL);
  g_autofree char *sent = send_and_read (bench, draft, &recipients);
  g_assert_nonnull (strstr (sent, letter));
  g_assert_nonnull (strstr (sent, "\r\n\r\nSecond\r\n"));

  g_clear_error (&error);
  g_autoptr (MailDraft) other = mail_draft_new (bench->engine, bench->account);
  g_autoptr (GAsyncResult) many = NULL;
  for (guint i = 0; i < 60; i++)
    bench_add (bench, bench->inbox, 4000 + i, letter);
  wait_until (has_many, list);
  g_array_set_size (items, 0);
  add_items (G_LIST_MODEL (list), 60, items);
  mail_draft_attach_listed_async (other, list, items, on_result, &many);
  g_assert_false (mail_draft_attach_finish (other, wait_result (&many), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_LIMIT);
  g_assert_cmpuint (g_list_model_get_n_items (mail_draft_get_attachments (other)), ==, 0);
}

/* ---- what a quote takes along ---- */

#define DOT                                                                                        \
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg" \
  "=="
#define PICTURE(id, data)                                                                          \
  "--b\r\nContent-Type: image/png; name=x.png\r\nContent-ID: <" id                                 \
  ">\r\nContent-Transfer-Encoding: base64\r\n\r\n" data "\r\n"
static const char with_pictures[] =
    "From: Ada <ada@example.org>\r\nTo: me@example.org\r\nSubject: Look\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
    "<p>Before <b>this</b></p><p><img src=\"cid:one\" alt=\"dot\"> and "
    "<img src=\"data:image/png;base64," DOT
    "\"></p><p><img src=\"https://remote.example/a.png\"><img src=\"cid:fake\">after"
    "<span style=\"display:none\">never <img src=\"cid:hidden\"></span></p>\r\n" PICTURE (
        "one", DOT) PICTURE ("fake", "bm8gcGljdHVyZQ==") PICTURE ("hidden", DOT) "--b--\r\n";

static MailContent *
open_pictures (Bench *bench)
{
  g_autoptr (GError) error = NULL;

  bench_add (bench, bench->inbox, 1000, with_pictures);
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  MailContent *content = bench_open (bench, message, &error);
  g_assert_no_error (error);
  return content;
}

static MailDraft *
quote (Bench *bench, MailContent *content, MailReplyKind kind, gboolean rich,
       const MailExcerpt *excerpt)
{
  g_autoptr (GAsyncResult) result = NULL;
  MailDraft *draft = mail_draft_new_reply (bench->engine, content, kind, excerpt);

  mail_draft_quote_async (draft, content, rich, on_result, &result);
  mail_draft_quote_finish (draft, wait_result (&result));
  wait_until (is_idle, draft);
  g_assert_true (mail_draft_is_empty (draft));
  mail_draft_set_recipients (draft, "dan@example.org", NULL, NULL);
  return draft;
}

static guint
count (const char *text, const char *word)
{
  guint n = 0;

  for (const char *at = strstr (text, word); at != NULL; at = strstr (at + 1, word))
    n++;
  return n;
}

static void
check_pictures (MailReplyKind kind, gboolean rich, guint inline_ones, guint files)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailContent) content = open_pictures (bench);
  g_autoptr (MailDraft) draft = quote (bench, content, kind, rich, NULL);
  g_autofree char *recipients = NULL;
  g_autofree char *sent = send_and_read (bench, draft, &recipients);

  g_assert_cmpint (mail_draft_get_html (draft) != NULL, ==, rich);
  g_assert_cmpuint (count (sent, "Content-Disposition: inline"), ==, inline_ones);
  g_assert_cmpuint (count (sent, "Content-Id: <"), ==, inline_ones);
  g_assert_cmpuint (count (sent, "Content-Disposition: attachment"), ==, files);
  g_assert_cmpuint (count (sent, "remote.example") + count (sent, "never"), ==, 0);
}

/* Those that are stored here, that are pictures and that were seen. */
static void
test_quoted_pictures (void)
{
  check_pictures (MAIL_REPLY, TRUE, 2, 0);
  check_pictures (MAIL_REPLY, FALSE, 0, 0);
  check_pictures (MAIL_FORWARD, TRUE, 2, 0);
  check_pictures (MAIL_FORWARD, FALSE, 0, 2);
}

/* Whoever wants to: first what is quoted, then two empty lines, the second one to be written in. */
static void
test_below (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailContent) content = open_pictures (bench);

  for (int rich = 0; rich < 2; rich++) {
    g_autoptr (MailDraft) draft = mail_draft_new_reply (bench->engine, content, MAIL_REPLY, NULL);
    g_autoptr (GAsyncResult) result = NULL;

    mail_draft_write_below (draft);
    mail_draft_write_below (draft);
    g_assert_true (mail_draft_is_written_below (draft) && mail_draft_is_fresh (draft));
    mail_draft_quote_async (draft, content, rich, on_result, &result);
    mail_draft_quote_finish (draft, wait_result (&result));
    wait_until (is_idle, draft);
    g_assert_true (mail_draft_is_empty (draft));
    g_assert_true (g_str_has_suffix (mail_draft_get_text (draft), "\n> after\n\n"));
    g_assert_true (g_str_has_prefix (mail_draft_get_text (draft), "Ada wrote:\n> Before this\n"));
    if (rich) {
      const char *html = mail_draft_get_html (draft);

      g_assert_true (g_str_has_prefix (html, "<div><div>Ada wrote:</div>"));
      g_assert_true (
          g_str_has_suffix (html, "<div>&gt; after</div><div><br/></div><div><br/></div></div>"));
    }
  }
  g_autoptr (MailDraft) forward = mail_draft_new_reply (bench->engine, content, MAIL_FORWARD, NULL);
  mail_draft_write_below (forward);
  g_assert_true (g_str_has_prefix (mail_draft_get_text (forward), "\n\n---"));
  g_assert_false (mail_draft_is_written_below (forward));
  wait_until (is_idle, forward);
}

/* An answer that becomes plain text has no use for them. */
static void
test_quoted_pictures_left_out (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailContent) content = open_pictures (bench);
  g_autoptr (MailDraft) draft = quote (bench, content, MAIL_REPLY, TRUE, NULL);
  g_autofree char *recipients = NULL;

  mail_draft_set_body (draft, "> [picture-1.png]", NULL);
  g_autofree char *sent = send_and_read (bench, draft, &recipients);
  g_assert_null (strstr (sent, "image/png"));
}

static MailExcerpt *
cut (MailContent *content, guint start, guint end, const char *said)
{
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GAsyncResult) result = NULL;

  g_array_append_val (runs, start);
  g_array_append_val (runs, end);
  mail_content_cut_async (content, runs, said, on_result, &result);
  return mail_content_cut_finish (content, wait_result (&result));
}

/* What was selected is what is quoted, with what stands in it. */
static void
test_excerpt (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailContent) content = open_pictures (bench);
  g_autoptr (MailExcerpt) wrong = cut (content, 6, 10, "that");
  g_autoptr (MailExcerpt) excerpt = cut (content, 6, 11, "this\xef\xbf\xbc");
  g_autoptr (MailExcerpt) blank = mail_excerpt_new_text (" \n ");
  g_autoptr (MailExcerpt) text = mail_excerpt_new_text ("\n  Before\nthis\n");

  g_assert_null (wrong);
  g_assert_null (blank);
  g_assert_nonnull (excerpt);
  g_autoptr (MailDraft) rich = quote (bench, content, MAIL_REPLY_ALL, TRUE, excerpt);
  g_assert_nonnull (strstr (mail_draft_get_html (rich), "&gt; <b>this</b>"));
  g_assert_null (strstr (mail_draft_get_html (rich), "Before"));
  g_assert_null (strstr (mail_draft_get_html (rich), "after"));
  g_assert_cmpuint (g_list_model_get_n_items (mail_draft_get_attachments (rich)), ==, 1);
  g_autoptr (MailDraft) plain = quote (bench, content, MAIL_REPLY, FALSE, text);
  g_assert_nonnull (strstr (mail_draft_get_text (plain), "wrote:\n>   Before\n> this"));
  g_assert_null (mail_draft_get_html (plain));
  g_autoptr (MailDraft) forward = quote (bench, content, MAIL_FORWARD, FALSE, text);
  g_assert_nonnull (strstr (mail_draft_get_text (forward), "after"));
}

/* ---- mailto ---- */

static void
test_mailto (void)
{
  const struct
  {
    const char *uri, *to, *cc, *bcc, *subject, *text;
  } cases[] = {
    { "mailto:ada@example.org", "ada@example.org", "", "", "", "" },
    { "MAILTO:", "", "", "", "", "" },
    { "mailto:a@x,b@x?cc=c@x&bcc=d@x&to=e@x", "a@x,b@x, e@x", "c@x", "d@x", "", "" },
    { "mailto:a@x?subject=one+two%20three&body=1%0D%0A2%0A3", "a@x", "", "", "one+two three",
      "1\n2\n3" },
    { "mailto:?SUBJECT=%ED%8E%B8%EC%A7%80&Body=%EC%95%88%EB%85%95", "", "", "", "편지", "안녕" },
    { "mailto:a@x?attach=/etc/passwd&attachment=file:///etc/passwd&from=evil@x&subject=s", "a@x",
      "", "", "s", "" },
    { "mailto:a@x?subject=x%0D%0ABcc:%20evil@x", "a@x", "", "", "x Bcc: evil@x", "" },
    { "mailto:a%40x?subject=100%&cc=%zz@x#fragment", "a@x", "%zz@x", "", "100%", "" },
    { "mailto:a@x?subject&&=&body=a%00b", "a@x", "", "", "", "a\357\277\275b" },
    { "mailto:gorby%25kremvax@example.com", "gorby%kremvax@example.com", "", "", "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (StoreDraft) draft = mail_mailto_parse (cases[i].uri);

    g_assert_nonnull (draft);
    g_assert_cmpstr (draft->to, ==, cases[i].to);
    g_assert_cmpstr (draft->cc, ==, cases[i].cc);
    g_assert_cmpstr (draft->bcc, ==, cases[i].bcc);
    g_assert_cmpstr (draft->subject != NULL ? draft->subject : "", ==, cases[i].subject);
    g_assert_cmpstr (draft->text != NULL ? draft->text : "", ==, cases[i].text);
    g_assert_cmpuint (draft->attachments->len, ==, 0);
  }
  g_assert_null (mail_mailto_parse ("http://example.org"));
  g_assert_null (mail_mailto_parse (""));
}

/* Cut anywhere, it is still something valid. */
static void
test_mailto_cut (void)
{
  static const char uri[] =
      "mailto:a%40x,b@x?subject=%ED%8E%B8%EC%A7%80+&body=%EC%95%88%0D%0A&cc=c@x#end";

  for (gsize length = 0; length < sizeof uri; length++) {
    g_autofree char *cut = g_strndup (uri, length);
    g_autoptr (StoreDraft) draft = mail_mailto_parse (cut);

    g_assert_cmpint (draft != NULL, ==, length >= strlen ("mailto:"));
    if (draft != NULL && draft->subject != NULL)
      g_assert_true (g_utf8_validate (draft->subject, -1, NULL));
  }
}

void
add_reply_tests (void)
{
  g_test_add_func ("/mail/reply/what-is-read", test_what_is_read_is_quoted);
  g_test_add_func ("/mail/reply/one", test_reply);
  g_test_add_func ("/mail/reply/all", test_reply_all);
  g_test_add_func ("/mail/reply/all-to-hidden", test_reply_all_to_hidden);
  g_test_add_func ("/mail/reply/hidden-is-asked", test_hidden_is_asked);
  g_test_add_func ("/mail/reply/reply-to", test_reply_to_header);
  g_test_add_func ("/mail/reply/own", test_reply_to_own);
  g_test_add_func ("/mail/reply/nothing", test_reply_to_nothing);
  g_test_add_func ("/mail/reply/references", test_long_references);
  g_test_add_func ("/mail/reply/forward", test_forward);
  g_test_add_func ("/mail/reply/forward-attached", test_forward_attached);
  g_test_add_func ("/mail/reply/edit-as-new", test_edit_as_new);
  g_test_add_func ("/mail/reply/redirect", test_redirect);
  g_test_add_func ("/mail/reply/redirect-nothing", test_redirect_nothing);
  g_test_add_func ("/mail/reply/message-attached", test_message_attached);
  g_test_add_func ("/mail/reply/listed-attached", test_listed_attached);
  g_test_add_func ("/mail/reply/pictures", test_quoted_pictures);
  g_test_add_func ("/mail/reply/below", test_below);
  g_test_add_func ("/mail/reply/pictures-left-out", test_quoted_pictures_left_out);
  g_test_add_func ("/mail/reply/excerpt", test_excerpt);
  g_test_add_func ("/mail/mailto/fields", test_mailto);
  g_test_add_func ("/mail/mailto/cut", test_mailto_cut);
}
