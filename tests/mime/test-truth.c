/* Where a message comes from: what the receiving server says of it, and what only seems to be its word.  And mailing lists. */
#include "test-mime.h"

#include <string.h>

#include "mime-authentication.h"
#include "mime-list.h"

static const char *const google[] = { "mx.google.com", NULL };
static const char *const microsoft[] = { ".protection.outlook.com", "", NULL };
static const char *const own[] = { ".example.net", NULL };

static MimeMessage *
parse (const char *header)
{
  g_autofree char *whole = g_strconcat (header, "\r\nText.\r\n", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (whole, strlen (whole));

  return mime_message_new (bytes);
}

static void
check (const char *header, const char *const *trusted, MimeVerdict verdict)
{
  g_autoptr (MimeMessage) message = parse (header);
  g_autoptr (MimeAuthentication) found = mime_authentication_read (message, trusted);

  if (found->verdict != verdict)
    g_test_message ("%s", header);
  g_assert_cmpint (found->verdict, ==, verdict);
}

/* As these providers write it. */
static void
test_providers (void)
{
  static const char gmail[] =
      "Delivered-To: me@gmail.com\r\n"
      "Received: by 2002:a05:6359:1234 with SMTP id x; Mon, 6 Jul 2026 01:00:00 -0700 (PDT)\r\n"
      "ARC-Authentication-Results: i=1; mx.google.com;\r\n dkim=fail header.i=@shop.example\r\n"
      "Return-Path: <bounce+1@mail.shop.example>\r\n"
      "Received: from o1.mail.shop.example (o1.mail.shop.example. [192.0.2.7])\r\n"
      "        by mx.google.com with ESMTPS id y\r\n"
      "Received-SPF: pass (google.com: domain of bounce@mail.shop.example designates 192.0.2.7 as permitted sender)\r\n"
      "Authentication-Results: mx.google.com;\r\n"
      "       dkim=pass header.i=@shop.example header.s=s1 header.b=\"Ab/+x9=\";\r\n"
      "       dkim=pass header.i=@esp.example header.s=smtpapi header.b=c0ffee==;\r\n"
      "       spf=pass (google.com: domain of bounce@mail.shop.example designates 192.0.2.7 as permitted sender) "
      "smtp.mailfrom=\"bounce+1=me@gmail.com\"@mail.shop.example;\r\n"
      "       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=shop.example\r\n"
      "From: Shop <news@shop.example>\r\n";
  static const char outlook[] =
      "Received: from DB1PR01.eurprd01.prod.exchangelabs.com by AM1PR01.eurprd01.prod.exchangelabs.com; x\r\n"
      "Authentication-Results: spf=pass (sender IP is 192.0.2.7)\r\n"
      " smtp.mailfrom=shop.example; dkim=pass (signature was verified)\r\n"
      " header.d=shop.example;dmarc=pass action=none\r\n header.from=shop.example;compauth=pass reason=100\r\n"
      "Received-SPF: Pass (protection.outlook.com: domain of shop.example)\r\n"
      "From: Shop <news@shop.example>\r\n";
  static const char hotmail[] =
      "Authentication-Results: x.prod.protection.outlook.com; spf=fail (sender IP is 192.0.2.9)\r\n"
      " smtp.mailfrom=shop.example; dkim=none (message not signed)\r\n"
      " header.d=none;dmarc=fail action=quarantine header.from=shop.example;compauth=fail reason=000\r\n"
      "From: Shop <news@shop.example>\r\n";
  static const char naver[] =
      "Return-Path: <news@shop.example>\r\n"
      "Received-SPF: pass (mx.naver.com: domain of news@shop.example designates 192.0.2.7 as permitted sender)\r\n"
      "Authentication-Results: mx.naver.com; spf=pass smtp.mailfrom=news@shop.example; dkim=pass header.i=@shop.example; "
      "dmarc=pass header.from=shop.example\r\n"
      "X-Naver-ESV: x\r\nReceived: from shop.example by crcvmail11.nm.naver.com with ESMTP id x\r\n"
      "From: =?utf-8?B?7IOB7KCQ?= <news@shop.example>\r\n";
  static const char icloud[] =
      "Received: from p00-icloudmta-smtpin-us.p00-icloudmta-svc by p123-mailgateway-smtp x\r\n"
      "Authentication-Results: bimi.icloud.com; bimi=skipped reason=\"insufficient dmarc\"\r\n"
      "Authentication-Results: arc.icloud.com; arc=none\r\n"
      "Authentication-Results: dmarc.icloud.com; dmarc=pass header.from=shop.example\r\n"
      "Authentication-Results: dkim-verifier.icloud.com;\r\n\tdkim=pass (2048-bit key) header.d=shop.example\r\n"
      "Authentication-Results: spf.icloud.com; spf=pass (x) smtp.mailfrom=news@shop.example\r\n"
      "From: Shop <news@shop.example>\r\n";
  static const char *const apple[] = { "dmarc.icloud.com", NULL };
  static const char daum[] =
      "Authentication-Results: kakaomail; dkim=temperror header.i=@shop.example;\r\n"
      " spf=pass smtp.mailfrom=<news@shop.example>\r\nFrom: news@shop.example\r\n";
  static const char *const korean[] = { ".naver.com", "kakaomail", NULL };

  check (gmail, google, MIME_VERDICT_PASS);
  check (outlook, microsoft, MIME_VERDICT_PASS);
  check (hotmail, microsoft, MIME_VERDICT_FAIL);
  check (icloud, apple, MIME_VERDICT_PASS);
  check (naver, korean, MIME_VERDICT_PASS);
  check (daum, korean, MIME_VERDICT_PASS);

  g_autoptr (MimeMessage) message = parse (gmail);
  g_autoptr (MimeAuthentication) found = mime_authentication_read (message, google);
  const MimeCheck *second = found->checks->pdata[1], *spf = found->checks->pdata[2];
  g_assert_cmpuint (found->checks->len, ==, 4);
  g_assert_cmpstr (found->server, ==, "mx.google.com");
  g_assert_cmpstr (second->domain, ==, "esp.example");
  g_assert_false (second->aligned);
  g_assert_cmpstr (spf->domain, ==, "mail.shop.example");
  g_assert_true (spf->aligned);
}

#define FORGED                                                                                     \
  "Authentication-Results: mx.example.net; dmarc=pass header.from=bank.example; dkim=pass header.d=bank.example\r\n"
#define GENUINE_FAIL                                                                               \
  "Authentication-Results: mx.example.net; dmarc=fail (p=REJECT) header.from=bank.example; spf=pass smtp.mailfrom=evil.example\r\n"
#define BANK "From: Bank <help@bank.example>\r\n"

/* Words that somebody else wrote for the server, in every place he can reach. */
static void
test_forged (void)
{
  /* below the server's own */
  check (GENUINE_FAIL FORGED BANK, own, MIME_VERDICT_FAIL);
  check (GENUINE_FAIL "Received: from evil.example by mx.example.net\r\n" FORGED BANK, own,
         MIME_VERDICT_FAIL);
  check ("Authentication-Results: mx.example.net; none\r\n" FORGED BANK, own, MIME_VERDICT_UNKNOWN);
  /* nobody is believed, or another one is */
  check (FORGED BANK, NULL, MIME_VERDICT_UNKNOWN);
  check (FORGED BANK, google, MIME_VERDICT_UNKNOWN);
  check (
      "Authentication-Results: mx.google.com.evil.example; dmarc=pass header.from=bank.example\r\n" BANK,
      google, MIME_VERDICT_UNKNOWN);
  check ("Authentication-Results: evilexample.net; dmarc=pass header.from=bank.example\r\n" BANK,
         own, MIME_VERDICT_UNKNOWN);
  check ("Authentication-Results: ; dmarc=pass header.from=bank.example\r\n" BANK, own,
         MIME_VERDICT_UNKNOWN);
  check ("Authentication-Results: dmarc=pass header.from=bank.example\r\n" BANK, own,
         MIME_VERDICT_UNKNOWN);
  check (
      "ARC-Authentication-Results: i=1; mx.example.net; dmarc=pass header.from=bank.example\r\n" BANK,
      own, MIME_VERDICT_UNKNOWN);
  /* in comments, quotes and addresses of the genuine one */
  check (
      "Authentication-Results: mx.example.net; spf=pass (says; dmarc=pass header.from=bank.example) "
      "smtp.mailfrom=evil.example\r\n" BANK,
      own, MIME_VERDICT_UNKNOWN);
  check ("Authentication-Results: mx.example.net; spf=pass (a (b) \\) ; dmarc=pass ) "
         "smtp.mailfrom=evil.example\r\n" BANK,
         own, MIME_VERDICT_UNKNOWN);
  check (
      "Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=\"x@bank.example\"@evil.example\r\n" BANK,
      own, MIME_VERDICT_UNKNOWN);
  check ("Authentication-Results: mx.example.net; spf=pass "
         "smtp.mailfrom=\";dmarc=pass header.from=bank.example;\"@evil.example\r\n" BANK,
         own, MIME_VERDICT_UNKNOWN);
  check (
      "Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=\"\\\"; dmarc=pass\"@evil.example\r\n" BANK,
      own, MIME_VERDICT_UNKNOWN);
  check ("Authentication-Results: mx.example.net; spf=pass smtp.helo=bank.example "
         "smtp.mailfrom=evil.example\r\n" BANK,
         own, MIME_VERDICT_UNKNOWN);
  /* of a domain that is not his */
  check ("Authentication-Results: mx.example.net; dkim=pass header.d=evil.example\r\n" BANK, own,
         MIME_VERDICT_UNKNOWN);
  check ("Authentication-Results: mx.example.net; dkim=pass header.d=example\r\n" BANK, own,
         MIME_VERDICT_UNKNOWN);
  check (
      "Authentication-Results: mx.example.net; dkim=pass header.d=evil.co.kr\r\nFrom: a@bank.co.kr\r\n",
      own, MIME_VERDICT_UNKNOWN);
  check (
      "Authentication-Results: mx.example.net; dkim=pass header.d=mail.bank.co.kr\r\nFrom: a@bank.co.kr\r\n",
      own, MIME_VERDICT_PASS);
  check ("Authentication-Results: mx.example.net; dkim=fail header.d=bank.example\r\n" BANK, own,
         MIME_VERDICT_UNKNOWN);
  check ("Authentication-Results: mx.example.net; dkim=passed header.d=bank.example\r\n" BANK, own,
         MIME_VERDICT_UNKNOWN);
  /* who is meant by From is not certain */
  check ("Authentication-Results: mx.example.net; dmarc=pass header.from=bank.example\r\n"
         "From: a@evil.example, help@bank.example\r\n",
         own, MIME_VERDICT_UNKNOWN);
  check ("Authentication-Results: mx.example.net; dmarc=pass header.from=evil.example\r\n"
         "From: help@bank.example\r\nFrom: a@evil.example\r\n",
         own, MIME_VERDICT_UNKNOWN);
  check ("Authentication-Results: mx.example.net; dmarc=pass header.from=evil.example\r\n" BANK,
         own, MIME_VERDICT_UNKNOWN);
  /* and what is right */
  check ("Authentication-Results: MX.Example.Net 1; dmarc=PASS header.from=Bank.Example\r\n" BANK,
         own, MIME_VERDICT_PASS);
  check (
      "Authentication-Results: filter.example.org; spf=fail\r\n"
      "Authentication-Results: mx.example.net (x); dkim/1 = pass reason=\"good; dmarc=fail\" header.d = bank.example\r\n" BANK,
      own, MIME_VERDICT_PASS);
}

/* A failure is the owner's word only where he asks for something to be done about it, in all the ways that servers tell this. */
static void
test_policies (void)
{
#define ALIGNED " dkim=pass header.d=mail.bank.example;"
  static const struct
  {
    const char *results;
    MimeVerdict verdict;
  } cases[] = {
    { "dmarc=fail header.from=bank.example", MIME_VERDICT_DOUBT },
    { "dmarc=fail (p=NONE sp=NONE dis=NONE) header.from=bank.example", MIME_VERDICT_UNKNOWN },
    { "dmarc=fail(p=none) header.from=bank.example", MIME_VERDICT_UNKNOWN },
    { "dmarc=fail (p=NONE sp=REJECT dis=NONE) header.from=bank.example", MIME_VERDICT_UNKNOWN },
    { "dmarc=fail (p=QUARANTINE sp=NONE dis=QUARANTINE) header.from=bank.example",
      MIME_VERDICT_FAIL },
    { "dmarc=fail header.from=bank.example (p=reject dis=none)", MIME_VERDICT_FAIL },
    { "dmarc=fail (p=NONE sp=REJECT dis=NONE) header.from=help.bank.example", MIME_VERDICT_FAIL },
    { "dmarc=fail reason=\"SPF not aligned\" header.from=bank.example (policy=none)",
      MIME_VERDICT_UNKNOWN },
    { "dmarc=fail action=none header.from=bank.example", MIME_VERDICT_UNKNOWN },
    { "dmarc=fail action=oreject header.from=bank.example", MIME_VERDICT_FAIL },
    { "dmarc=fail policy.published-domain-policy=none policy.applied-disposition=none "
      "policy.evaluated-disposition=none (p=none,d=none,d.eval=none) header.from=bank.example",
      MIME_VERDICT_UNKNOWN },
    { "dmarc=fail policy.published-domain-policy=reject (p=reject,d=none) header.from=bank.example",
      MIME_VERDICT_FAIL },
    /* Another result's comment, or one in no result, says nothing of it. */
    { "spf=fail (p=none) smtp.mailfrom=x.example; dmarc=fail (p=reject) header.from=bank.example",
      MIME_VERDICT_FAIL },
    { "(p=none) dmarc=fail (p=reject) header.from=bank.example", MIME_VERDICT_FAIL },
    { "dmarc=fail (p=reject \"p=none\") header.from=bank.example", MIME_VERDICT_FAIL },
    /* An owner who only watches does not make genuine what broke his rule. */
    { ALIGNED "dmarc=fail (p=none) header.from=bank.example", MIME_VERDICT_UNKNOWN },
    { ALIGNED "dmarc=pass (p=none) header.from=bank.example", MIME_VERDICT_PASS },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gboolean below = strstr (cases[i].results, "help.bank") != NULL;
    g_autofree char *header =
        g_strdup_printf ("Authentication-Results: mx.example.net; %s\r\nFrom: %s\r\n",
                         cases[i].results, below ? "help@help.bank.example" : "help@bank.example");

    check (header, own, cases[i].verdict);
  }
}

/* That a chain holds is nothing: who sealed it has to be known, each of them, and what the first one found. */
static void
test_vouched (void)
{
  static const char *const owners[] = { "sealer.example", NULL };
#define HOLDS   "Authentication-Results: mx.example.net; arc=pass; dmarc=fail (p=reject)\r\n"
#define SEAL(n) "ARC-Seal: i=" n "; a=rsa-sha256; d=mail.sealer.example; s=x; cv=pass; b=x\r\n"
#define FOUND                                                                                      \
  "ARC-Authentication-Results: i=1; mx.sealer.example;\r\n dmarc=pass (p=REJECT) header.from=bank.example\r\n"
  static const struct
  {
    const char *header;
    gboolean vouched;
  } cases[] = {
    { HOLDS SEAL ("1") FOUND BANK, TRUE },
    { HOLDS SEAL ("2") "ARC-Authentication-Results: i=2; mx.sealer.example; dmarc=fail\r\n" SEAL (
          "1") FOUND BANK,
      TRUE },
    { HOLDS "ARC-Seal: i=2; d=evil.example\r\n" SEAL ("1") FOUND BANK, FALSE },
    { HOLDS SEAL ("2") "ARC-Seal: i=1; d=evil.example\r\n" FOUND BANK, FALSE },
    { HOLDS "ARC-Seal: i=1; d=evil.example\r\n" FOUND BANK, FALSE },
    { HOLDS "ARC-Seal: i=1; d=sealer.example.evil.example\r\n" FOUND BANK, FALSE },
    { HOLDS SEAL ("1") BANK, FALSE },
    { HOLDS SEAL ("1") "ARC-Authentication-Results: i=1; mx.sealer.example; dmarc=fail "
                       "header.from=bank.example\r\n" BANK,
      FALSE },
    { HOLDS SEAL ("1") "ARC-Authentication-Results: i=1; mx.sealer.example; dmarc=pass "
                       "header.from=evil.example; spf=pass smtp.mailfrom=evil.example\r\n" BANK,
      FALSE },
    { HOLDS SEAL ("1") "ARC-Authentication-Results: i=2; mx.sealer.example; dmarc=pass "
                       "header.from=bank.example\r\n" BANK,
      FALSE },
    { HOLDS FOUND BANK, FALSE },
    { "Authentication-Results: mx.example.net; arc=fail\r\n" SEAL ("1") FOUND BANK, FALSE },
    { SEAL ("1") FOUND BANK, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MimeMessage) message = parse (cases[i].header);
    g_autoptr (MimeAuthentication) found = mime_authentication_read (message, own);

    g_test_message ("%s", cases[i].header);
    g_assert_cmpint (mime_authentication_is_vouched (found, message, owners), ==, cases[i].vouched);
  }
}

static void
add_header (GPtrArray *headers, const char *server, const char *from)
{
  g_autofree char *results =
      server != NULL ? g_strdup_printf ("Authentication-Results: %s; spf=pass\r\n", server)
                     : g_strdup ("");
  char *header = g_strdup_printf ("%sReceived: from x by y\r\nFrom: %s\r\n\r\n", results, from);

  g_ptr_array_add (headers, g_bytes_new_take (header, strlen (header)));
}

static void
add_received (GPtrArray *headers, guint sender, const char *received, const char *server)
{
  char *header = g_strdup_printf ("Return-Path: <x>\r\n%sAuthentication-Results: %s; spf=pass\r\n"
                                  "From: x@s%u.example\r\n\r\n",
                                  received, server, sender);

  g_ptr_array_add (headers, g_bytes_new_take (header, strlen (header)));
}

static void
check_learned (GPtrArray *headers, const char *expected)
{
  g_autofree char *learned = mime_authentication_learn (headers);

  g_assert_cmpstr (learned, ==, expected);
}

/* One sender's forgeries teach nothing, however many he sends. */
static void
test_learn (void)
{
  g_autoptr (GPtrArray) headers = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  for (guint i = 0; i < 100; i++)
    add_header (headers, "mx.example.net", i % 2 ? "a@evil.example" : "b@mail.evil.example");
  check_learned (headers, NULL);
  for (guint i = 0; i < 12; i++) {
    g_autofree char *from = g_strdup_printf ("x@s%u.example", i);

    add_header (headers, i == 3 ? NULL : "mx.example.net", from);
  }
  check_learned (headers, "mx.example.net");
  add_header (headers, NULL, "x@other.example");
  check_learned (headers, NULL);
  g_ptr_array_set_size (headers, 0);
  for (guint i = 0; i < 12; i++) {
    g_autofree char *from = g_strdup_printf ("x@s%u.example", i);
    g_autofree char *server = g_strdup_printf ("mx%u.mail.example.co.kr", i);

    add_header (headers, server, from);
  }
  check_learned (headers, ".example.co.kr");
  /* A server that says nothing, and somebody who forges its word as many people. */
  g_ptr_array_set_size (headers, 0);
  for (guint i = 0; i < 12; i++) {
    g_autofree char *from = g_strdup_printf ("x@s%u.example", i);

    add_header (headers, i % 2 == 0 ? "mx.example.net" : NULL, from);
  }
  check_learned (headers, NULL);
}

/* Where the server writes nothing, somebody who sends as sixty people teaches nothing either: above his words stands who received them. */
static void
test_received (void)
{
  static const struct
  {
    const char *received, *server, *learned;
  } cases[] = {
    { "", "auth.example.net", NULL },
    { "Received: from x by mx.example.net\r\n", "auth.evil.example", NULL },
    { "Received: from x by mx.example.net\r\nReceived: from y by auth.evil.example\r\n",
      "auth.evil.example", NULL },
    { "Received: from by (by auth.evil.example) by mx.example.net\r\n", "auth.evil.example", NULL },
    { "Received: from x\r\n\tby 10.0.0.1\r\nReceived: from y by auth.evil.example\r\n",
      "auth.evil.example", NULL },
    { "Received: by localhost with LMTP\r\n", "localhost", NULL },
    { "Received: from mail.shop.example (mail.shop.example [192.0.2.7])\r\n\tby mx1.in.example.net (Postfix) with ESMTPS id "
      "x\r\n\tfor <me@example.net>; Mon, 6 Jul 2026 10:00:00 +0200\r\n",
      "auth.example.net", "auth.example.net" },
    { "received: by box.example.net with LMTP\r\nReceived: from x by filter.example.org\r\n",
      "auth.example.net", "auth.example.net" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) headers = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

    g_test_message ("%s", cases[i].received);
    for (guint sender = 0; sender < 60; sender++)
      add_received (headers, sender, cases[i].received, cases[i].server);
    check_learned (headers, cases[i].learned);
  }
}

static void
test_covers (void)
{
  static const char *const fields[] = { "List-Unsubscribe", "List-Unsubscribe-Post", NULL };
  static const struct
  {
    const char *header;
    MimeCover cover;
  } cases[] = {
    { "Authentication-Results: mx.example.net; dkim=pass header.d=a.example\r\n"
      "DKIM-Signature: v=1; d=a.example; h=From:To:List-\r\n Unsubscribe : LIST-UNSUBSCRIBE-POST; b=x\r\n",
      MIME_COVER_YES },
    { "Authentication-Results: mx.example.net; dkim=pass header.d=a.example\r\n"
      "DKIM-Signature: v=1; d=a.example; h=From:List-Unsubscribe; b=x\r\n",
      MIME_COVER_NO },
    { "Authentication-Results: mx.example.net; dkim=pass header.d=a.example\r\n"
      "DKIM-Signature: v=1; d=b.example; h=List-Unsubscribe:List-Unsubscribe-Post; b=x\r\n",
      MIME_COVER_NO },
    { "Authentication-Results: mx.example.net; dkim=fail header.d=a.example\r\n"
      "DKIM-Signature: v=1; d=a.example; h=List-Unsubscribe:List-Unsubscribe-Post; b=x\r\n",
      MIME_COVER_NO },
    { "DKIM-Signature: v=1; d=a.example; h=List-Unsubscribe:List-Unsubscribe-Post; b=x\r\n",
      MIME_COVER_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MimeMessage) message = parse (cases[i].header);
    g_autoptr (MimeAuthentication) found = mime_authentication_read (message, own);

    g_assert_cmpint (mime_authentication_covers (found, message, fields), ==, cases[i].cover);
  }
}

static void
test_slips (void)
{
  static const struct
  {
    const char *domain, *meant;
  } cases[] = {
    /* Who is known, with what stands before it */
    { "exampel.org", "example.org" },
    { "mail.exampel.org", "mail.example.org" },
    { "EXAMPEL.ORG", "example.org" },
    { "exmple.org", "example.org" },
    { "example.ogr", "example.org" },
    { "example.or", "example.org" },
    { "회사아.한국", NULL },
    { "xn--o39aom7zqa.com", NULL },
    { "example.org", NULL },
    { "www.example.org", NULL },
    /* Real ends: most often another owner's */
    { "example.com", NULL },
    { "example.co", NULL },
    { "shop.co.in", NULL },
    { "shop.co.id", NULL },
    /* Providers, known or not */
    { "gmial.com", "gmail.com" },
    { "gamil.com", "gmail.com" },
    { "gmail.con", "gmail.com" },
    { "gmail.co", "gmail.com" },
    { "gmail.cm", "gmail.com" },
    { "naver.con", "naver.com" },
    { "never.com", "naver.com" },
    { "hanmial.net", "hanmail.net" },
    { "daum.ner", "daum.net" },
    { "nate.cmo", "nate.com" },
    { "gmail.com", NULL },
    { "ymail.com", NULL },
    { "email.com", NULL },
    { "gmx.com", NULL },
    { "yahoo.co.jp", NULL },
    { "outlook.kr", NULL },
    { "date.com", NULL },
    { "", NULL },
    { "localhost", NULL },
    { "..", NULL },
  };
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  g_ptr_array_add (names, "example.org");
  g_ptr_array_add (names, "shop.co.id");
  g_autoptr (MimeDomains) domains = mime_domains_new (names);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *meant = mime_domains_dup_meant (domains, cases[i].domain);
    g_autofree char *alone = mime_domain_dup_meant (cases[i].domain, "example.org");

    g_test_message ("%s", cases[i].domain);
    g_assert_cmpstr (meant, ==, cases[i].meant);
    if (cases[i].meant == NULL || strstr (cases[i].meant, "example.org") != NULL)
      g_assert_cmpstr (alone, ==, cases[i].meant);
  }
  g_autofree char *unknown = mime_domains_dup_meant (NULL, "exampel.org");
  g_autofree char *provider = mime_domains_dup_meant (NULL, "naver.con");
  g_assert_null (unknown);
  g_assert_cmpstr (provider, ==, "naver.com");
}

static void
test_domains (void)
{
  static const struct
  {
    const char *domain, *known;
    gboolean alike;
  } cases[] = {
    { "paypa1.com", "paypal.com", TRUE },
    { "xn--pypal-4ve.com", "paypal.com", TRUE },
    { "раураl.com", "paypal.com", TRUE },
    { "rnicrosoft.com", "microsoft.com", TRUE },
    { "mail.examp1e.co.kr", "example.co.kr", TRUE },
    { "exmaple.com", "example.com", TRUE },
    { "examples.com", "example.com", TRUE },
    { "exampl.com", "example.com", TRUE },
    { "example.com", "example.com", FALSE },
    { "mail.example.com", "example.com", FALSE },
    { "example.org", "example.com", FALSE },
    { "ymail.com", "gmail.com", FALSE },
    { "kt.com", "kb.com", FALSE },
    { "sample.com", "example.com", FALSE },
    { "exbmqle.com", "example.com", FALSE },
    { "", "example.com", FALSE },
    { "localhost", "example.com", FALSE },
    { "naver.com", "daum.net", FALSE },
    { "navor.com", "naver.com", TRUE },
    { "nåver.com", "naver.com", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s %s", cases[i].domain, cases[i].known);
    g_assert_cmpint (mime_domain_looks_like (cases[i].domain, cases[i].known), ==, cases[i].alike);

    /* The same among many. */
    static const char *const many[] = { "unlike-all-others.example", "", "x", NULL };
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    for (guint j = 0; many[j] != NULL; j++)
      g_ptr_array_add (names, (gpointer)many[j]);
    g_ptr_array_insert (names, 1, (gpointer)cases[i].known);
    g_autoptr (MimeDomains) domains = mime_domains_new (names);
    g_assert_true (mime_domains_are (domains, names));
    g_assert_cmpstr (mime_domains_find_alike (domains, cases[i].domain), ==,
                     cases[i].alike ? cases[i].known : NULL);
    g_assert_cmpint (mime_domains_have_owner (domains, cases[i].domain), ==,
                     mime_domain_is_same_owner (cases[i].domain, cases[i].known));
    g_ptr_array_remove_index (names, 0);
    g_assert_false (mime_domains_are (domains, names));
  }
  g_autofree char *owner = mime_domain_get_owner ("Mail.Shop.Example.CO.KR.");
  g_assert_cmpstr (owner, ==, "example.co.kr");
  g_autofree char *korean = mime_domain_get_owner ("a.xn--9d0bm53a3xb.kr");
  g_assert_cmpstr (korean, ==, "비교사.kr");
}

static void
test_lists (void)
{
  g_autoptr (MimeMessage) message = parse (
      "List-Id: =?utf-8?B?7IaM7Iud?= \"talk\" <Talk.Lists.Example.ORG>\r\n"
      "List-Unsubscribe: (use this) <http://x.example/a>, <https://x.example/u?id=\r\n 1&b=2>,\r\n"
      " <mailto:leave@x.example?subject=unsubscribe>\r\n"
      "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
      "List-Post: <mailto:talk@lists.example.org> (moderated)\r\n");
  g_autoptr (MimeList) list = mime_list_read (message);
  g_assert_cmpstr (list->id, ==, "talk.lists.example.org");
  g_assert_cmpstr (list->name, ==, "소식  talk");
  g_assert_cmpstr (list->by_web, ==, "https://x.example/u?id=1&b=2");
  g_assert_cmpstr (list->by_mail, ==, "mailto:leave@x.example?subject=unsubscribe");
  g_assert_cmpstr (list->post, ==, "mailto:talk@lists.example.org");
  g_assert_true (list->one_click);
  g_assert_true (list->automatic);

  /* No one click without https, without the command, or with something else in its place. */
  static const char *const others[] = {
    "List-Unsubscribe: <http://x.example/a>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
    "List-Unsubscribe: <https://x.example/a>\r\n",
    "List-Unsubscribe: <https://x.example/a>\r\nList-Unsubscribe-Post: x=y\r\n",
    "List-Unsubscribe: <javascript:alert(1)>, <file:///etc/passwd>, <https://x.example/\"a>\r\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
    "List-Unsubscribe: <https://x.example/a\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
    "List-Post: NO\r\nList-Id: <>\r\n",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (MimeMessage) other = parse (others[i]);
    g_autoptr (MimeList) found = mime_list_read (other);

    g_assert_false (found->one_click);
    g_assert_null (found->post);
    g_assert_null (found->id);
    g_assert_cmpint (found->by_web != NULL, ==, i < 3);
  }
  g_autoptr (MimeMessage) plain = parse ("Auto-Submitted: no\r\n");
  g_autoptr (MimeList) none = mime_list_read (plain);
  g_assert_false (none->automatic);
}

void
test_truth_add (void)
{
  g_test_add_func ("/mime/truth/providers", test_providers);
  g_test_add_func ("/mime/truth/forged", test_forged);
  g_test_add_func ("/mime/truth/policies", test_policies);
  g_test_add_func ("/mime/truth/vouched", test_vouched);
  g_test_add_func ("/mime/truth/learn", test_learn);
  g_test_add_func ("/mime/truth/received", test_received);
  g_test_add_func ("/mime/truth/covers", test_covers);
  g_test_add_func ("/mime/truth/domains", test_domains);
  g_test_add_func ("/mime/truth/slips", test_slips);
  g_test_add_func ("/mime/truth/lists", test_lists);
}
