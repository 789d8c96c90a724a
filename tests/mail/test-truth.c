/* What is said of a sender: that what deceives is told, and that honest mail is left in peace. */
#include "test-mail.h"

#include <string.h>

#include "mail-choices.h"
#include "mail-truth-private.h"

#define PASS(domain) "Authentication-Results: mx.example.net; dmarc=pass header.from=" domain "\r\n"
#define FAIL(domain) "Authentication-Results: mx.example.net; dmarc=fail header.from=" domain "\r\n"
#define LIST         "List-Id: Talk <talk.lists.example>\r\nPrecedence: list\r\n"

static const struct
{
  const char *header;
  gboolean is_first, authenticated;
  MailTruthLevel level;
  const char *sentence; /* nullable: a part of it */
} cases[] = {
  /* honest */
  { PASS ("shop.example") "From: Shop <news@shop.example>\r\n", FALSE, TRUE, MAIL_TRUTH_NOTHING,
    NULL },
  { "From: Shop <news@shop.example>\r\n", FALSE, FALSE, MAIL_TRUTH_NOTHING, NULL },
  { PASS ("shop.example") "From: \"help@shop.example\" <no-reply@mail.shop.example>\r\n", FALSE,
    TRUE, MAIL_TRUTH_NOTHING, NULL },
  { PASS ("lists.example") LIST "From: \"'ann@x.example' via Talk\" <talk@lists.example>\r\n"
                                "Reply-To: ann@x.example\r\n",
    FALSE, TRUE, MAIL_TRUTH_NOTHING, NULL },
  { "Authentication-Results: mx.example.net; dmarc=fail header.from=x.example; "
    "spf=pass smtp.mailfrom=bounce@lists.example\r\n" LIST "From: Ann <ann@x.example>\r\n"
    "Reply-To: talk@lists.example\r\n",
    TRUE, FALSE, MAIL_TRUTH_NOTHING, NULL },
  { "Authentication-Results: mx.example.net; arc=pass; dmarc=fail header.from=x.example\r\n" LIST
    "From: Ann <ann@x.example>\r\n",
    FALSE, FALSE, MAIL_TRUTH_NOTHING, NULL },
  { "Authentication-Results: mx.example.net; dmarc=none; spf=softfail smtp.mailfrom=x.example\r\n"
    "From: Ann <ann@x.example>\r\n",
    FALSE, FALSE, MAIL_TRUTH_NOTHING, NULL },
  { "List-Unsubscribe: <https://x.example/>\r\nFrom: News <n@new.example>\r\n"
    "Reply-To: help@else.example\r\n",
    TRUE, FALSE, MAIL_TRUTH_NOTHING, NULL },
  { "From: Ann <ann@x.example>\r\nReply-To: ann@mail.x.example\r\n", FALSE, FALSE,
    MAIL_TRUTH_NOTHING, NULL },
  { "From: Ann <ann@x.example>\r\nReply-To: one@example.org\r\n", FALSE, FALSE, MAIL_TRUTH_NOTHING,
    NULL },
  { "From: \"Ann @ Work\" <ann@x.example>\r\n", FALSE, FALSE, MAIL_TRUTH_NOTHING, NULL },
  { "From: Bea <bea@friends.example>\r\n", FALSE, FALSE, MAIL_TRUTH_NOTHING, NULL },
  { "From: Bea <bea@mail.friends.example>\r\n", FALSE, FALSE, MAIL_TRUTH_NOTHING, NULL },
  { "Subject: nobody\r\n", TRUE, FALSE, MAIL_TRUTH_NOTHING, NULL },
  /* worth knowing */
  { "From: Ann <ann@x.example>\r\n", TRUE, FALSE, MAIL_TRUTH_NOTE,
    "first message from ann@x.example" },
  { PASS ("x.example") "From: Ann <ann@x.example>\r\nReply-To: ann@elsewhere.example\r\n", FALSE,
    TRUE, MAIL_TRUTH_NOTE, "ann@elsewhere.example" },
  /* meant to deceive */
  { FAIL ("bank.example") "From: Bank <help@bank.example>\r\n", TRUE, FALSE, MAIL_TRUTH_WARNING,
    "may not be from bank.example" },
  { FAIL ("bank.example") LIST "From: Bank <help@bank.example>\r\n", FALSE, FALSE,
    MAIL_TRUTH_WARNING, "may not be from bank.example" },
  { PASS ("evil.example") "From: \"help@bank.example\" <x@evil.example>\r\n", FALSE, TRUE,
    MAIL_TRUTH_WARNING, "shows the address help@bank.example" },
  { PASS ("evil.example") LIST "From: \"help@bank.example via Talk\" <x@evil.example>\r\n", FALSE,
    TRUE, MAIL_TRUTH_WARNING, "shows the address help@bank.example" },
  { PASS ("evil.example") "From: =?utf-8?B?aGVscEBiYW5rLmV4YW1wbGU=?= <x@evil.example>\r\n", FALSE,
    TRUE, MAIL_TRUTH_WARNING, "help@bank.example" },
  { PASS ("evil.example") "From: Bank <help@bank.example>, X <x@evil.example>\r\n", FALSE, FALSE,
    MAIL_TRUTH_WARNING, "several senders" },
  { PASS ("evil.example") "From: help@bank.example\r\nFrom: x@evil.example\r\n", FALSE, FALSE,
    MAIL_TRUTH_WARNING, "several senders" },
  { PASS ("freinds.example") "From: Bea <bea@freinds.example>\r\n", TRUE, TRUE, MAIL_TRUTH_WARNING,
    "freinds.example looks like friends.example" },
  { PASS ("fr\xd1\x96"
          "ends.example") "From: Bea <bea@xn--frends-qvf.example>\r\n",
    FALSE, TRUE, MAIL_TRUTH_WARNING, "looks like friends.example" },
  { "From: Me <one@exampIe.org>\r\n", FALSE, FALSE, MAIL_TRUTH_WARNING, "looks like example.org" },
  { "From: Me <one@examp1e.org>\r\n", FALSE, FALSE, MAIL_TRUTH_WARNING, "looks like example.org" },
};

static MailFacts *
new_facts (void)
{
  static const char *const trusted[] = { "mx.example.net", NULL };
  static const char *const addresses[] = { "one@example.org", NULL };
  MailFacts *facts = g_new0 (MailFacts, 1);

  facts->trusted = g_strdupv ((char **)trusted);
  facts->addresses = g_strdupv ((char **)addresses);
  facts->domains = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (facts->domains, g_strdup ("friends.example"));
  return facts;
}

static MailParsed *
judge (const char *header, const MailFacts *facts)
{
  g_autofree char *whole = g_strconcat (header, "\r\nText\r\n", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (whole, strlen (whole));
  MailParsed *parsed = mail_parsed_new (bytes, NULL, 0);

  mail_truth_judge (parsed, facts);
  return parsed;
}

static void
test_judged (void)
{
  g_autoptr (MailFacts) facts = new_facts ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MailParsed) parsed = NULL;

    facts->is_first = cases[i].is_first;
    parsed = judge (cases[i].header, facts);
    g_test_message ("%s: %s", cases[i].header, parsed->truth->sentence);
    g_assert_cmpint (parsed->truth->level, ==, cases[i].level);
    g_assert_cmpint (parsed->is_authenticated, ==, cases[i].authenticated);
    g_assert_cmpint (parsed->truth->sentence != NULL, ==, cases[i].level != MAIL_TRUTH_NOTHING);
    if (cases[i].sentence != NULL)
      g_assert_nonnull (strstr (parsed->truth->sentence, cases[i].sentence));
  }
  /* What the person sent needs no word. */
  facts->is_own = TRUE;
  g_autoptr (MailParsed) sent = judge (FAIL ("bank.example") "From: a@bank.example\r\n", facts);
  g_assert_cmpint (sent->truth->level, ==, MAIL_TRUTH_NOTHING);
  g_assert_null (sent->truth->details[0]);
}

static void
test_leave (void)
{
  g_autoptr (MailFacts) facts = new_facts ();
  static const struct
  {
    const char *header, *id;
    MailLeave leave;
  } lists[] = {
#define ONE_CLICK                                                                                  \
  "List-Unsubscribe: <https://x.example/u>, <mailto:u@x.example>\r\nList-Unsubscribe-Post: "       \
  "List-Unsubscribe=One-Click\r\n"
    /* Whose signature nobody checked may have been given the address by anybody. */
    { ONE_CLICK "From: N <N@X.example>\r\n", "n@x.example", MAIL_LEAVE_MAIL },
    { "DKIM-Signature: d=x.example; h=from:list-unsubscribe:list-unsubscribe-post\r\n" ONE_CLICK
      "From: N <N@X.example>\r\n",
      "n@x.example", MAIL_LEAVE_MAIL },
    { "Authentication-Results: mx.example.net; dkim=pass header.d=x.example\r\n"
      "DKIM-Signature: d=x.example; h=from:subject\r\n" ONE_CLICK LIST "From: n@x.example\r\n",
      "talk.lists.example", MAIL_LEAVE_MAIL },
    { "Authentication-Results: mx.example.net; dkim=pass header.d=x.example\r\n"
      "DKIM-Signature: d=x.example; h=from:list-unsubscribe:list-unsubscribe-post\r\n" ONE_CLICK
          LIST "From: n@x.example\r\n",
      "talk.lists.example", MAIL_LEAVE_ONE_CLICK },
    { "List-Unsubscribe: <http://x.example/u>\r\nFrom: n@x.example\r\n", "n@x.example",
      MAIL_LEAVE_WEB },
    /* Not exactly one recipient: nothing is sent, the page remains. */
    { "List-Unsubscribe: <mailto:u@x.example,v@y.example>\r\nFrom: n@x.example\r\n", "n@x.example",
      MAIL_LEAVE_NONE },
    { "List-Unsubscribe: <mailto:u%40x.example%2Cv@y.example>, <https://x.example/>\r\n"
      "From: n@x.example\r\n",
      "n@x.example", MAIL_LEAVE_WEB },
    { "List-Unsubscribe: <mailto:?to=u@x.example>\r\nFrom: n@x.example\r\n", "n@x.example",
      MAIL_LEAVE_NONE },
    { "From: n@x.example\r\n", "n@x.example", MAIL_LEAVE_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_autoptr (MailParsed) parsed = judge (lists[i].header, facts);

    g_assert_cmpint (parsed->list->leave, ==, lists[i].leave);
    g_assert_cmpstr (parsed->list->id, ==, lists[i].id);
    g_assert_cmpint (parsed->list->leave_uri != NULL, ==,
                     lists[i].leave == MAIL_LEAVE_ONE_CLICK || lists[i].leave == MAIL_LEAVE_WEB);
    g_assert_cmpint (parsed->list->leave_address != NULL, ==, lists[i].leave == MAIL_LEAVE_MAIL);
  }
}

/* Through the engine: which server counts is learnt from the inbox, and who is known from its people. */
static gboolean
is_first_said (gpointer data)
{
  Bench *bench = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  g_autoptr (MailContent) content = bench_open (bench, message, &error);

  g_assert_no_error (error);
  return mail_content_get_truth (content)->level == MAIL_TRUTH_NOTE;
}

static void
test_opened (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 20; i++) {
    g_autofree char *letter = g_strdup_printf (
        "Authentication-Results: mx%u.example.net; dmarc=pass header.from=s%u.example\r\n"
        "Received: from x by mx\r\nFrom: Ann <ann@s%u.example>\r\n\r\nText\r\n",
        i % 3, i, i);
    g_autofree char *address = g_strdup_printf ("ann@s%u.example", i);

    bench_add_from (bench, bench->inbox, 1000 + i * 1000, address, letter);
  }
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  g_autoptr (MailContent) content = bench_open (bench, message, &error);
  g_assert_no_error (error);
  g_assert_true (mail_content_is_authenticated (content));
  /* Who is new is not said before it is certain. */
  g_assert_cmpint (mail_content_get_truth (content)->level, ==, MAIL_TRUTH_NOTHING);
  mail_people_set_quiet (bench->engine->people, 1);
  mail_people_note (bench->engine->people);
  wait_until (is_first_said, bench);
}

void
add_truth_tests (void)
{
  g_test_add_func ("/mail/truth/judged", test_judged);
  g_test_add_func ("/mail/truth/leave", test_leave);
  g_test_add_func ("/mail/truth/opened", test_opened);
}
