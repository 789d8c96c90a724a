/* What is said of a sender: that what deceives is told, and that honest mail is left in peace. */
#include "test-mail.h"

#include <string.h>

#include "mail-choices.h"
#include "mail-decoding.h"
#include "mail-truth-private.h"
#include "store-choice.h"
#include "store-person.h"

#define PASS(domain) "Authentication-Results: mx.example.net; dmarc=pass header.from=" domain "\r\n"
#define FAIL(domain)                                                                               \
  "Authentication-Results: mx.example.net; dmarc=fail (p=REJECT) header.from=" domain "\r\n"
#define LIST                                                                                       \
  "List-Id: Talk <talk.lists.example>\r\nList-Post: <mailto:talk@lists.example>\r\n"               \
  "Precedence: list\r\n"
#define PASSED_ON                                                                                  \
  "Authentication-Results: mx.example.net; dmarc=fail (p=REJECT) header.from=x.example; "          \
  "spf=pass smtp.mailfrom=bounce@lists.example\r\n"
/* What somebody writes who deceives: a list of his own. */
#define EVIL_LIST                                                                                  \
  "List-Id: <x.evil.example>\r\nPrecedence: bulk\r\nList-Unsubscribe: <https://x.evil.example/>\r\n"
#define EVIL_SIGNED                                                                                \
  "Authentication-Results: mx.example.net; dmarc=fail (p=REJECT) header.from=bank.example; "       \
  "dkim=pass header.d=evil.example\r\n"

/* What the person's mail says of the sender and of the list. */
enum
{
  NOBODY = 0,
  FIRST = 1,  /* nobody wrote from there */
  KNOWN = 2,  /* somebody did */
  LISTED = 4, /* the person wrote to the list */
};

static const struct
{
  const char *header;
  guint people;
  gboolean authenticated;
  MailTruthLevel level;
  const char *sentence; /* nullable: a part of it */
} cases[] = {
  /* honest */
  { PASS ("shop.example") "From: Shop <news@shop.example>\r\n", NOBODY, TRUE, MAIL_TRUTH_NOTHING,
    NULL },
  { "From: Shop <news@shop.example>\r\n", NOBODY, FALSE, MAIL_TRUTH_NOTHING, NULL },
  { PASS ("shop.example") "From: \"help@shop.example\" <no-reply@mail.shop.example>\r\n", NOBODY,
    TRUE, MAIL_TRUTH_NOTHING, NULL },
  { PASS ("lists.example") LIST "From: \"'ann@x.example' via Talk\" <talk@lists.example>\r\n"
                                "Reply-To: ann@x.example\r\n",
    LISTED | KNOWN, TRUE, MAIL_TRUTH_NOTHING, NULL },
  { PASSED_ON LIST "From: Ann <ann@x.example>\r\nReply-To: talk@lists.example\r\n", FIRST | LISTED,
    FALSE, MAIL_TRUTH_NOTHING, NULL },
  { "Authentication-Results: mx.example.net; arc=pass; dmarc=fail (p=REJECT) header.from=x.example\r\n"
    "ARC-Seal: i=1; d=google.com\r\n"
    "ARC-Authentication-Results: i=1; mx.google.com; dmarc=pass header.from=x.example\r\n" LIST
    "From: Ann <ann@x.example>\r\n",
    NOBODY, FALSE, MAIL_TRUTH_NOTHING, NULL },
  { "Authentication-Results: mx.example.net; dmarc=fail (p=NONE) header.from=x.example\r\n"
    "From: Ann <ann@x.example>\r\n",
    NOBODY, FALSE, MAIL_TRUTH_NOTHING, NULL },
  { "Authentication-Results: mx.example.net; dmarc=none; spf=softfail smtp.mailfrom=x.example\r\n"
    "From: Ann <ann@x.example>\r\n",
    NOBODY, FALSE, MAIL_TRUTH_NOTHING, NULL },
  { PASS ("new.example") "List-Unsubscribe: <https://x.example/>\r\nFrom: News <n@new.example>\r\n"
                         "Reply-To: help@else.example\r\n",
    KNOWN, TRUE, MAIL_TRUTH_NOTHING, NULL },
  { "From: Ann <ann@x.example>\r\nReply-To: ann@mail.x.example\r\n", NOBODY, FALSE,
    MAIL_TRUTH_NOTHING, NULL },
  { "From: Ann <ann@x.example>\r\nReply-To: one@example.org\r\n", NOBODY, FALSE, MAIL_TRUTH_NOTHING,
    NULL },
  { "From: \"Ann @ Work\" <ann@x.example>\r\n", NOBODY, FALSE, MAIL_TRUTH_NOTHING, NULL },
  { "From: Bea <bea@friends.example>\r\n", NOBODY, FALSE, MAIL_TRUTH_NOTHING, NULL },
  { "From: Bea <bea@mail.friends.example>\r\n", NOBODY, FALSE, MAIL_TRUTH_NOTHING, NULL },
  { "Subject: nobody\r\n", FIRST, FALSE, MAIL_TRUTH_NOTHING, NULL },
  /* worth knowing */
  { "Authentication-Results: mx.example.net; dmarc=fail header.from=x.example\r\n"
    "From: Ann <ann@x.example>\r\n",
    NOBODY, FALSE, MAIL_TRUTH_NOTE, "not certain that this message is from x.example" },
  { PASSED_ON LIST "From: Ann <ann@x.example>\r\n", NOBODY, FALSE, MAIL_TRUTH_NOTE,
    "the mailing list talk.lists.example sent it" },
  { PASS ("lists.example") LIST "From: \"'ann@x.example' via Talk\" <talk@lists.example>\r\n",
    NOBODY, TRUE, MAIL_TRUTH_NOTE, "shows the address ann@x.example" },
  /* what anybody can write explains nothing away */
  { "List-Unsubscribe: <https://x.example/>\r\nFrom: News <n@new.example>\r\n", FIRST, FALSE,
    MAIL_TRUTH_NOTE, "first message from n@new.example" },
  { "Precedence: bulk\r\nFrom: News <n@new.example>\r\nReply-To: help@else.example\r\n", KNOWN,
    FALSE, MAIL_TRUTH_NOTE, "help@else.example" },
  { PASS ("new.example") "Precedence: bulk\r\nFrom: News <n@new.example>\r\n"
                         "Reply-To: help@else.example\r\n",
    NOBODY, TRUE, MAIL_TRUTH_NOTE, "help@else.example" },
  { EVIL_SIGNED EVIL_LIST "From: Bank <help@bank.example>\r\n", NOBODY, FALSE, MAIL_TRUTH_NOTE,
    "may not be from bank.example: the mailing list x.evil.example sent it" },
  { EVIL_SIGNED EVIL_LIST "List-Post: <mailto:bea@friends.example>\r\n"
                          "From: Bank <help@bank.example>\r\n",
    LISTED, FALSE, MAIL_TRUTH_NOTE, "may not be from bank.example" },
  { "Authentication-Results: mx.example.net; arc=pass; dmarc=fail (p=REJECT) header.from=bank.example\r\n"
    "ARC-Seal: i=1; d=evil.example\r\n"
    "ARC-Authentication-Results: i=1; mx.google.com; dmarc=pass header.from=bank.example\r\n" EVIL_LIST
    "From: Bank <help@bank.example>\r\n",
    NOBODY, FALSE, MAIL_TRUTH_WARNING, "may not be from bank.example: that domain says" },
  { PASS ("evil.example") EVIL_LIST "From: \"help@bank.example\" <x@evil.example>\r\n", NOBODY,
    TRUE, MAIL_TRUTH_NOTE, "shows the address help@bank.example" },
  { EVIL_LIST "From: \"help@bank.example\" <x@evil.example>\r\n", NOBODY, FALSE, MAIL_TRUTH_WARNING,
    "shows the address help@bank.example" },
  { "From: Ann <ann@x.example>\r\n", FIRST, FALSE, MAIL_TRUTH_NOTE,
    "first message from ann@x.example" },
  { PASS ("x.example") "From: Ann <ann@x.example>\r\nReply-To: ann@elsewhere.example\r\n", NOBODY,
    TRUE, MAIL_TRUTH_NOTE, "ann@elsewhere.example" },
  /* meant to deceive */
  { FAIL ("bank.example") "From: Bank <help@bank.example>\r\n", FIRST, FALSE, MAIL_TRUTH_WARNING,
    "may not be from bank.example" },
  { FAIL ("bank.example") LIST "From: Bank <help@bank.example>\r\n", NOBODY, FALSE,
    MAIL_TRUTH_WARNING, "may not be from bank.example" },
  { PASS ("evil.example") "From: \"help@bank.example\" <x@evil.example>\r\n", NOBODY, TRUE,
    MAIL_TRUTH_WARNING, "shows the address help@bank.example" },
  { PASS ("evil.example") LIST "From: \"help@bank.example via Talk\" <x@evil.example>\r\n", NOBODY,
    TRUE, MAIL_TRUTH_WARNING, "shows the address help@bank.example" },
  { PASS ("evil.example") "From: =?utf-8?B?aGVscEBiYW5rLmV4YW1wbGU=?= <x@evil.example>\r\n", NOBODY,
    TRUE, MAIL_TRUTH_WARNING, "help@bank.example" },
  { PASS ("evil.example") "From: Bank <help@bank.example>, X <x@evil.example>\r\n", NOBODY, FALSE,
    MAIL_TRUTH_WARNING, "several senders" },
  { PASS ("evil.example") "From: help@bank.example\r\nFrom: x@evil.example\r\n", NOBODY, FALSE,
    MAIL_TRUTH_WARNING, "several senders" },
  { PASS ("freinds.example") "From: Bea <bea@freinds.example>\r\n", FIRST, TRUE, MAIL_TRUTH_WARNING,
    "freinds.example looks like friends.example" },
  { PASS ("fr\xd1\x96"
          "ends.example") "From: Bea <bea@xn--frends-qvf.example>\r\n",
    NOBODY, TRUE, MAIL_TRUTH_WARNING, "looks like friends.example" },
  { "From: Me <one@exampIe.org>\r\n", NOBODY, FALSE, MAIL_TRUTH_WARNING, "looks like example.org" },
  { "From: Me <one@examp1e.org>\r\n", NOBODY, FALSE, MAIL_TRUTH_WARNING, "looks like example.org" },
};

static MailFacts *
new_facts (void)
{
  static const char *const trusted[] = { "mx.example.net", NULL };
  static const char *const addresses[] = { "one@example.org", NULL };
  MailFacts *facts = g_new0 (MailFacts, 1);

  facts->trusted = g_strdupv ((char **)trusted);
  facts->addresses = g_strdupv ((char **)addresses);
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  g_ptr_array_add (known, (gpointer) "friends.example");
  facts->domains = mime_domains_new (known);
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

    facts->is_first = (cases[i].people & FIRST) != 0;
    facts->knows_list = (cases[i].people & LISTED) != 0;
    facts->is_known = (cases[i].people & KNOWN) != 0;
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

static MailFacts *
read_facts (Bench *bench, gint64 id)
{
  MailFacts *facts = mail_facts_new (bench->engine, bench->inbox);
  g_autoptr (GBytes) bytes = store_message_get_body (bench->db, id, NULL);

  mail_facts_read (facts, bench->db, id, bytes);
  mail_facts_keep (facts, bench->engine, bench->inbox);
  return facts;
}

/* Where nothing can be learnt the inbox is not read again at each message, but when there is something new in it. */
static void
test_unlearned (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  gint64 id =
      bench_add (bench, bench->inbox, 1000, "Received: x\r\nFrom: a@x.example\r\n\r\nText\r\n");
  g_autoptr (MailFacts) first = read_facts (bench, id);
  g_autoptr (MailFacts) second = read_facts (bench, id);

  g_assert_true (first->has_learned);
  g_assert_null (first->learned);
  g_assert_false (second->has_learned);
  for (guint i = 0; i < 12; i++) {
    g_autofree char *letter =
        g_strdup_printf ("Authentication-Results: mx.example.net; spf=pass\r\nReceived: x\r\n"
                         "From: a@s%u.example\r\n\r\nText\r\n",
                         i);
    bench_add (bench, bench->inbox, 2000 + i, letter);
  }
  g_autoptr (MailFacts) third = read_facts (bench, id);
  g_assert_cmpstr (third->learned, ==, "mx.example.net");
  g_autoptr (MailFacts) fourth = read_facts (bench, id);
  g_assert_cmpstr (fourth->learned, ==, "mx.example.net");
  g_assert_false (fourth->has_learned);
}

/* Of the fields of one provider, that one which tells the verdict. */
static void
test_providers (void)
{
  static const struct
  {
    const char *host, *server;
  } providers[] = {
    { "imap.gmail.com", "mx.google.com" },
    { "imap.mail.me.com", "dmarc.icloud.com" },
    { "imap.fastmail.com", "mx3.messagingengine.com" },
  };
  g_autoptr (Bench) bench = bench_new_ready ();
  BaseAccount *settings = (BaseAccount *)mail_account_get_settings (bench->account);
  char *host = settings->imap.host;

  for (gsize i = 0; i < G_N_ELEMENTS (providers); i++) {
    g_autofree char *header = g_strdup_printf (
        "Authentication-Results: bimi.icloud.com; bimi=none\r\n"
        "Authentication-Results: %s; dmarc=pass header.from=x.example\r\nFrom: a@x.example\r\n",
        providers[i].server);
    g_autoptr (MailFacts) facts = NULL;
    g_autoptr (MailParsed) parsed = NULL;

    settings->imap.host = (char *)providers[i].host;
    facts = mail_facts_new (bench->engine, bench->inbox);
    settings->imap.host = host;
    parsed = judge (header, facts);
    g_assert_true (parsed->is_authenticated);
  }
}

static GPtrArray *
find_recipients (StoreDb *db, gint64 message, gpointer user_data)
{
  GPtrArray *recipients = g_ptr_array_new_with_free_func ((GDestroyNotify)store_recipient_free);
  StoreRecipient *one = g_new0 (StoreRecipient, 1);

  one->address = g_strdup ("talk@lists.example");
  g_ptr_array_add (recipients, one);
  return recipients;
}

/* The person wrote to it: that is looked up by the one address of List-Post, which stands in the header and nowhere else. */
static void
test_known_list (void)
{
  static const struct
  {
    const char *letter;
    gboolean known;
  } letters[] = {
    { "From: a@x.example\r\nList-Post: <mailto:Talk@lists.example>\r\n\r\nText\r\n", TRUE },
    { "From: a@x.example\nlist-post: <mailto:talk@lists.example?subject=x>\n\nText\n", TRUE },
    { "From: a@x.example\r\nList-Post: <mailto:other@lists.example>\r\n\r\nText\r\n", FALSE },
    { "From: a@x.example\r\nList-Post: <mailto:talk@lists.example,b@x.example>\r\n\r\nText\r\n",
      FALSE },
    { "From: a@x.example\r\n\r\nText\r\nList-Post: <mailto:talk@lists.example>\r\n", FALSE },
    { "From: a@x.example\r\n\r\n\r\nList-Post: <mailto:talk@lists.example>\r\n", FALSE },
  };
  g_autoptr (Bench) bench = bench_new_ready ();
  gboolean more = TRUE;

  bench_add (bench, bench->sent, 500,
             "From: one@example.org\r\nTo: talk@lists.example\r\n\r\nText\r\n");
  while (more)
    g_assert_true (store_person_step (bench->db, 100, G_USEC_PER_SEC, FALSE, find_recipients, NULL,
                                      &more, NULL, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (letters); i++) {
    g_autoptr (MailFacts) facts =
        read_facts (bench, bench_add (bench, bench->inbox, 1000 + i, letters[i].letter));

    g_test_message ("%s", letters[i].letter);
    g_assert_cmpint (facts->knows_list, ==, letters[i].known);
  }
  /* Who was written to is known at once, who is new only when the pass has been there. */
  g_autoptr (MailFacts) known = read_facts (
      bench, bench_add_from (bench, bench->inbox, 2000, "Talk@lists.example", letters[0].letter));
  g_assert_true (known->is_known);
  g_autoptr (MailFacts) unknown = read_facts (
      bench, bench_add_from (bench, bench->inbox, 2000, "b@x.example", letters[0].letter));
  g_assert_false (unknown->is_known);
  g_assert_false (unknown->is_first);
}

/* A list to which nobody wrote, but which was read a week before, is known as well: its mail gives no alarm. */
static void
test_seen_list (void)
{
  static const char letter[] =
      "Authentication-Results: mx.example.net; dkim=fail header.d=x.example; dkim=pass header.d=lists.example; "
      "dmarc=fail (p=reject) header.from=x.example\r\n"
      "From: Ann <ann@x.example>\r\nList-Id: Talk <talk.lists.example>\r\n"
      "List-Post: <mailto:talk@lists.example>\r\n\r\nText\r\n";
  gint64 week = 7 * 24 * 60 * 60, now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;

  g_hash_table_insert (bench->engine->servers, g_strdup (mail_account_get_id (bench->account)),
                       g_strdup ("mx.example.net"));
  bench_add (bench, bench->inbox, 1000, letter);
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  g_autoptr (MailContent) first = bench_open (bench, message, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mail_content_get_truth (first)->level, ==, MAIL_TRUTH_NOTE);
  for (guint turn = 0;; turn++) {
    StoreChoice *choice = NULL;

    g_assert_true (
        store_choice_get (bench->db, STORE_CHOICE_LIST_SEEN, "talk@lists.example", &choice, NULL));
    if (choice != NULL) {
      g_assert_cmpint (choice->time, >=, now);
      store_choice_free (choice);
      break;
    }
    g_assert_cmpuint (turn, <, 10000);
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
  /* The next day is too soon. */
  g_autoptr (MailContent) second = bench_open (bench, message, &error);
  g_assert_cmpint (mail_content_get_truth (second)->level, ==, MAIL_TRUTH_NOTE);
  g_assert_true (store_choice_set (bench->db, STORE_CHOICE_LIST_SEEN, "talk@lists.example", NULL,
                                   now - week - 1, &error));
  g_autoptr (MailContent) third = bench_open (bench, message, &error);
  g_assert_cmpint (mail_content_get_truth (third)->level, ==, MAIL_TRUTH_NOTHING);
}

/* Until this stands in the row of a message. */
static void
wait_row (Bench *bench, MailMessage *message, const char *subject, const char *preview)
{
  for (guint turn = 0;; turn++) {
    g_autoptr (StoreMessage) row =
        store_message_get (bench->db, mail_message_get_id (message), NULL);

    if (g_strcmp0 (row->subject, subject) == 0 && g_strcmp0 (row->preview, preview) == 0)
      return;
    if (turn == 1000)
      g_error ("“%s”, “%s”", row->subject, row->preview);
    g_main_context_iteration (NULL, FALSE);
    g_usleep (10000);
  }
}

static gboolean
is_ada_known (gpointer bench)
{
  g_autoptr (StorePerson) ada = NULL;
  return store_person_get (((Bench *)bench)->db, "ada@example.org", &ada, NULL) && ada != NULL;
}

/* Russian of Windows that says it is of Unix, in which it makes other letters: the right way is among the candidates, and is kept for the sender's next mail. */
static void
test_charset (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) listed = NULL, set = NULL, removed = NULL, none = NULL;
  static const char letter[] =
      "From: Ada <Ada@example.org>\r\nSubject: \xcf\xf0\xe8\xe2\xe5\xf2\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n"
      "Hello\r\n\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0\r\n";
  const MailDecoding *right = NULL;

  /* One that nobody opens: its row follows all the same */
  bench_add_from (bench, bench->archive, 500, "ada@example.org", letter);
  g_autoptr (MailMessage) unopened = bench_first (bench, bench->archive);
  mail_people_set_quiet (bench->engine->people, 1);
  mail_people_note (bench->engine->people);
  wait_until (is_ada_known, bench);
  bench_add (bench, bench->inbox, 1000, letter);
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  g_autoptr (MailContent) content = bench_open (bench, message, &error);
  g_assert_no_error (error);
  g_assert_null (strstr (mail_content_get_text (content), "Привет, мир"));
  mail_content_list_decodings_async (content, NULL, on_result, &listed);
  g_autoptr (GPtrArray) list =
      mail_content_list_decodings_finish (content, wait_result (&listed), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < list->len; i++) {
    const MailDecoding *one = list->pdata[i];

    g_test_message ("%s: %s", one->charset, one->line);
    if (strcmp (one->line, "Привет, мир") == 0)
      right = one;
  }
  g_assert_nonnull (right);
  g_assert_cmpstr (right->charset, ==, "windows-1251");
  mail_content_set_charset_async (content, right->charset, on_result, &set);
  g_assert_true (mail_content_set_charset_finish (content, wait_result (&set), &error));
  wait_row (bench, unopened, "Привет", "Hello Привет, мир");

  bench_add (bench, bench->inbox, 2000, letter);
  g_autoptr (MailMessage) next = bench_first (bench, bench->inbox);
  g_autoptr (MailContent) again = bench_open (bench, next, &error);
  g_assert_cmpstr (mail_content_get_text (again), ==, "Hello\nПривет, мир\n");
  g_assert_cmpstr (mail_content_get_charset (again), ==, "windows-1251");
  /* Its row reads so as well */
  wait_row (bench, next, "Привет", "Hello Привет, мир");
  /* That sender's mail in UTF-8 is none of it, nor is there a choice for it. */
  bench_add (
      bench, bench->inbox, 3000,
      "From: Ada <Ada@example.org>\r\nSubject: Grüße\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
      "Größe, Straße, übel\r\n");
  g_autoptr (MailMessage) other = bench_first (bench, bench->inbox);
  g_autoptr (MailContent) utf8 = bench_open (bench, other, &error);
  g_assert_cmpstr (mail_content_get_text (utf8), ==, "Größe, Straße, übel\n");
  g_assert_cmpstr (mail_content_get_subject (utf8), ==, "Grüße");
  mail_content_list_decodings_async (utf8, NULL, on_result, &none);
  g_autoptr (GPtrArray) nothing =
      mail_content_list_decodings_finish (utf8, wait_result (&none), &error);
  g_assert_cmpuint (nothing->len, ==, 0);
  mail_content_set_charset_async (again, NULL, on_result, &removed);
  g_assert_true (mail_content_set_charset_finish (again, wait_result (&removed), &error));
  g_autoptr (MailContent) before = bench_open (bench, next, &error);
  g_assert_null (strstr (mail_content_get_text (before), "Привет, мир"));
  wait_row (bench, next, "оПХБЕР", "Hello оПХБЕР, ЛХП");
  wait_row (bench, unopened, "оПХБЕР", "Hello оПХБЕР, ЛХП");
}

/* ---- images ---- */

static void
choose_images (Bench *bench, MailChoiceKind kind, const char *subject, gboolean on)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (on)
    mail_choices_set_async (bench->engine, kind, subject, NULL, on_result, &result);
  else
    mail_choices_remove_async (bench->engine, kind, subject, on_result, &result);
  wait_result (&result);
  g_assert_true (on ? mail_choices_set_finish (bench->engine, result, NULL)
                    : mail_choices_remove_finish (bench->engine, result, NULL));
}

/* Whether the images of a letter with this header are shown without asking. */
static gboolean
are_images_chosen (Bench *bench, const char *address, const char *header)
{
  static gint64 received = 1000;
  g_autofree char *letter = g_strdup_printf (
      "%sFrom: A <%s>\r\nContent-Type: text/html\r\n\r\n<img src=\"http://a.example/a.png\">\r\n",
      header, address);
  g_autoptr (GError) error = NULL;

  bench_add_from (bench, bench->inbox, received++, address, letter);
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  g_autoptr (MailContent) content = bench_open (bench, message, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mail_content_get_blocked (content), ==, 1);
  return mail_content_are_images_chosen (content);
}

/* What was chosen for a sender or a domain counts where it is certain that a letter is from them, and nowhere else. */
static void
test_images (void)
{
  static const struct
  {
    MailChoiceKind kind;
    const char *subject;
    gboolean neighbour; /* another address of the same domain is meant as well */
  } choices[] = {
    { MAIL_CHOICE_IMAGES_SENDER, "News@Shop.example", FALSE },
    { MAIL_CHOICE_IMAGES_DOMAIN, "Shop.Example", TRUE },
  };
  g_autoptr (Bench) bench = bench_new_ready ();

  g_hash_table_insert (bench->engine->servers, g_strdup (mail_account_get_id (bench->account)),
                       g_strdup ("mx.example.net"));
  g_assert_false (are_images_chosen (bench, "news@shop.example", PASS ("shop.example")));
  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++) {
    choose_images (bench, choices[i].kind, choices[i].subject, TRUE);
    g_assert_true (are_images_chosen (bench, "news@shop.example", PASS ("shop.example")));
    g_assert_true (are_images_chosen (bench, "NEWS@shop.EXAMPLE", PASS ("shop.example")));
    /* Anybody can write that address. */
    g_assert_false (are_images_chosen (bench, "news@shop.example", ""));
    g_assert_false (are_images_chosen (bench, "news@shop.example", FAIL ("shop.example")));
    g_assert_false (are_images_chosen (bench, "news@shop.example", PASS ("evil.example")));
    g_assert_false (are_images_chosen (
        bench, "news@shop.example",
        "Authentication-Results: mx.evil.example; dmarc=pass header.from=shop.example\r\n"));
    g_assert_false (are_images_chosen (bench, "news@shop.example",
                                       PASS ("shop.example") "From: X <x@evil.example>\r\n"));
    /* Others are not meant. */
    g_assert_cmpint (are_images_chosen (bench, "else@shop.example", PASS ("shop.example")), ==,
                     choices[i].neighbour);
    g_assert_false (are_images_chosen (bench, "news@x.shop.example", PASS ("x.shop.example")));
    g_assert_false (are_images_chosen (bench, "news@other.example", PASS ("other.example")));
    choose_images (bench, choices[i].kind, choices[i].subject, FALSE);
    g_assert_false (are_images_chosen (bench, "news@shop.example", PASS ("shop.example")));
  }
}

void
add_truth_tests (void)
{
  g_test_add_func ("/mail/truth/judged", test_judged);
  g_test_add_func ("/mail/truth/leave", test_leave);
  g_test_add_func ("/mail/truth/opened", test_opened);
  g_test_add_func ("/mail/truth/providers", test_providers);
  g_test_add_func ("/mail/truth/unlearned", test_unlearned);
  g_test_add_func ("/mail/truth/known-list", test_known_list);
  g_test_add_func ("/mail/truth/seen-list", test_seen_list);
  g_test_add_func ("/mail/truth/charset", test_charset);
  g_test_add_func ("/mail/truth/images", test_images);
}
