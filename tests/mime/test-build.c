/* Writing: what goes out comes back, and no field says more than it should. */
#include "test-mime.h"

#include <string.h>

#include "base-error.h"
#include "base-text.h"
#include "mime-build.h"

static MimeDraft *
new_draft (void)
{
  MimeDraft *draft = mime_draft_new ();

  draft->from_name = g_strdup ("홍길동");
  draft->from_address = g_strdup ("hong@example.org");
  draft->to = g_strdup ("Kim <kim@example.org>");
  draft->subject = g_strdup ("s");
  draft->text = g_strdup ("body\n");
  draft->message_id = g_strdup ("<fixed@example.org>");
  draft->date = 1782866665;
  return draft;
}

static void
set (char **field, const char *value)
{
  g_free (*field);
  *field = g_strdup (value);
}

static char *
build_text (const MimeDraft *draft)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = mime_build (draft, &error);

  g_assert_no_error (error);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* CRLF only, 7-bit, no line above 998 octets, no NUL. */
static void
check_wire (GBytes *bytes)
{
  gsize length, line = 0;
  const char *data = g_bytes_get_data (bytes, &length);

  for (gsize i = 0; i < length; i++) {
    g_assert_true ((guint8)data[i] < 0x80 && data[i] != '\0');
    if (data[i] == '\n') {
      g_assert_true (i > 0 && data[i - 1] == '\r');
      line = 0;
    } else {
      g_assert_true (data[i] != '\r' || data[i + 1] == '\n');
      g_assert_cmpuint (++line, <=, 998);
    }
  }
  g_assert_true (length > 2 && data[length - 1] == '\n');
}

static void
test_round_trip (void)
{
  static const char *const scripts[] = {
    "안녕하세요, 똠방각하 님. 회의록을 첨부합니다.",
    "日本語のテスト：表示ソ①",
    "简体中文测试，镕基",
    "Привет, мир! Съешь ещё этих булок.",
    "Ελληνικά: γειά σου Κόσμε",
    "עברית שלום עולם",
    "العربية مرحبا بالعالم",
    "हिन्दी नमस्ते दुनिया",
    "ไทย สวัสดีชาวโลก",
    "Français élevé — “plain” ASCII too = yes.",
    "𝒳 emoji 👩‍👩‍👧 and 𠮷野家",
    "plain ASCII, nothing more",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++) {
    g_autoptr (MimeDraft) draft = new_draft ();
    g_autoptr (GBytes) content = g_bytes_new_static ("\x00\x01\xff data", 8), bytes = NULL,
                       back = NULL;
    g_autoptr (MimeMessage) message = NULL;
    g_autoptr (GPtrArray) from = NULL, to = NULL;
    g_autofree char *subject = NULL, *long_subject = g_strconcat (scripts[i], " ", scripts[i], " ",
                                                                  scripts[i], NULL);
    /* What has a long line is flowed, and spaces at the ends of its lines would say that it goes on. */
    g_autofree char *text =
        g_strconcat (scripts[i], "\n\n", long_subject, "\n.\nFrom here\n> quoted\n\ttab\n", NULL);
    g_autofree char *html = g_strdup_printf ("<p>%s</p>", scripts[i]);
    g_autofree char *name = g_strconcat (scripts[i], ".txt", NULL), *safe_name = NULL;
    g_autofree char *typed = g_strdup_printf ("\"%s\" <kim@example.org>", "이름, 김");
    g_autoptr (GError) error = NULL;
    GPtrArray *parts;

    set (&draft->from_name, scripts[i]);
    set (&draft->to, typed);
    set (&draft->subject, long_subject);
    set (&draft->text, text);
    set (&draft->html, html);
    draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_attachment_free);
    g_ptr_array_add (draft->attachments, mime_attachment_new (name, "text/plain", content));
    bytes = mime_build (draft, &error);
    g_assert_no_error (error);
    check_wire (bytes);
    message = mime_message_new (bytes);
    subject = mime_message_get_header (message, "Subject");
    g_assert_cmpstr (subject, ==, long_subject);
    from = mime_message_get_addresses (message, "From");
    g_assert_cmpstr (((MimeAddress *)from->pdata[0])->name, ==, scripts[i]);
    g_assert_cmpstr (((MimeAddress *)from->pdata[0])->address, ==, "hong@example.org");
    to = mime_message_get_addresses (message, "To");
    g_assert_cmpstr (((MimeAddress *)to->pdata[0])->name, ==, "이름, 김");
    g_assert_cmpstr (mime_message_get_text (message), ==, text);
    g_assert_nonnull (strstr (mime_message_get_html (message), scripts[i]));
    g_assert_cmpint (mime_message_get_date (message), ==, 1782866665);
    parts = mime_message_get_parts (message);
    g_assert_cmpuint (parts->len, ==, 3);
    safe_name = base_text_file_name (name, "x");
    g_assert_cmpstr (((MimePart *)parts->pdata[2])->name, ==, safe_name);
    g_assert_true (((MimePart *)parts->pdata[2])->is_attachment);
    back = mime_message_get_part_content (message, 2);
    g_assert_true (g_bytes_equal (back, content));
  }
}

static void
test_headers (void)
{
  g_autoptr (MimeDraft) draft = new_draft ();
  g_autofree char *text = NULL;
  g_autoptr (GString) references = g_string_new (NULL);

  for (int i = 0; i < 100; i++)
    g_string_append_printf (references, "<%d.some-long-message-id@mail.example.org> ", i);
  set (&draft->cc, "a@example.org; b@example.org\nc@example.org,");
  set (&draft->bcc, "Secret <secret@example.org>");
  set (&draft->in_reply_to, "<99.some-long-message-id@mail.example.org>");
  set (&draft->references, references->str);
  text = build_text (draft);
  g_assert_nonnull (strstr (text, "Date: Wed, 1 Jul 2026 00:44:25 +0000\r\n"));
  g_assert_nonnull (strstr (text, "Message-ID: <fixed@example.org>\r\n"));
  g_assert_nonnull (strstr (text, "In-Reply-To: <99.some-long-message-id@mail.example.org>\r\n"));
  g_assert_nonnull (strstr (text, "References: <0.some-long-message-id@mail.example.org>\r\n <"));
  g_assert_nonnull (
      strstr (text, " <99.some-long-message-id@mail.example.org>\r\nMIME-Version: 1.0\r\n"));
  g_assert_nonnull (strstr (text, "Cc: a@example.org, b@example.org, c@example.org\r\n"));
  g_assert_null (strstr (text, "secret"));
  g_assert_null (strstr (text, "Bcc"));
  g_assert_null (strstr (text, "User-Agent"));
}

static void
test_injection (void)
{
  static const char *const ends[] = { "\r\n",         "\n",           "\r",   "\xc2\x85",
                                      "\xe2\x80\xa8", "\xe2\x80\xa9", "\x0b", "\x0c",
                                      "\r\n ",        "\n\t",         "\x85" };

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autoptr (MimeDraft) draft = new_draft ();
    g_autofree char *evil =
        g_strconcat ("x", ends[i], "X-Evil: 1", ends[i], "Bcc: evil@example.com", NULL);
    g_autofree char *ids = g_strconcat ("<a@b>", ends[i], "X-Evil: 1", ends[i], "<c@d>", NULL);
    g_autoptr (GBytes) content = TEST_BYTES ("data"), bytes = NULL;
    g_autofree char *name = g_strconcat (evil, ".txt", NULL),
                    *type = g_strconcat ("text/plain", ends[i], "X-Evil: 1", NULL);
    g_autofree char *head = NULL;
    g_autoptr (MimeMessage) message = NULL;
    g_autofree char *found = NULL, *bcc = NULL;
    g_autoptr (GError) error = NULL;
    const char *end;

    set (&draft->subject, evil);
    set (&draft->from_name, evil);
    set (&draft->in_reply_to, ids);
    set (&draft->references, ids);
    set (&draft->message_id, ids);
    draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_attachment_free);
    g_ptr_array_add (draft->attachments, mime_attachment_new (name, type, content));
    bytes = mime_build (draft, &error);
    g_assert_no_error (error);
    check_wire (bytes);
    g_assert_null (g_strstr_len (g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes),
                                 "\nX-Evil"));
    g_assert_null (
        g_strstr_len (g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes), "\nBcc"));
    message = mime_message_new (bytes);
    found = mime_message_get_header (message, "X-Evil");
    bcc = mime_message_get_header (message, "Bcc");
    g_assert_null (found);
    g_assert_null (bcc);
    end = g_strstr_len (g_bytes_get_data (bytes, NULL), -1, "\r\n\r\n");
    g_assert_nonnull (end);
    /* a name in an address list: the list is cut there, and what is no address is refused */
    {
      g_autofree char *to = g_strdup_printf ("\"a%sX-Evil: 1\" <a@example.org>", ends[i]);
      g_autoptr (GBytes) other = NULL;

      set (&draft->to, to);
      other = mime_build (draft, NULL);
      if (other != NULL)
        g_assert_null (g_strstr_len (g_bytes_get_data (other, NULL),
                                     (gssize)g_bytes_get_size (other), "\nX-Evil"));
    }
  }
}

static void
test_refused (void)
{
  static const char *const wrong[] = {
    "nobody",       "a@", "@b",    "a@b..c",          "a b@c@d",
    "a@b,c@d,oops", "<>", "a@b c", "x <a@b\xc2\x85>", "a@-\xe2\x80\xa8"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (MimeDraft) draft = new_draft ();
    g_autoptr (GError) error = NULL, second = NULL;
    g_autoptr (GBytes) bytes = NULL;
    g_auto (GStrv) recipients = NULL;

    g_test_message ("%s", wrong[i]);
    set (i % 2 == 0 ? &draft->to : &draft->bcc, wrong[i]);
    bytes = mime_build (draft, &error);
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
    g_assert_null (bytes);
    recipients = mime_draft_get_recipients (draft, &second);
    g_assert_error (second, BASE_ERROR, BASE_ERROR_REFUSED);
    g_assert_null (recipients);
  }
}

static void
check_parse (const char *typed, const char *expected)
{
  g_autoptr (GPtrArray) list = mime_addresses_parse (typed);
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++) {
    const MimeAddress *address = g_ptr_array_index (list, i);

    g_string_append_printf (all, "%s[%s|%s]", i > 0 ? " " : "", address->name, address->address);
  }
  g_assert_cmpstr (all->str, ==, expected);
}

static void
test_typed (void)
{
  check_parse (NULL, "");
  check_parse (" , ;\n ", "");
  check_parse ("a@b.c", "[|a@b.c]");
  check_parse ("A <a@b.c>; b@c.d, \"X, Y\" <x@y.z>\nq@r.s",
               "[A|a@b.c] [|b@c.d] [X, Y|x@y.z] [|q@r.s]");
  check_parse ("홍길동 <hong@example.org>, 김철수<kim@example.org>",
               "[홍길동|hong@example.org] [김철수|kim@example.org]");
  check_parse ("홍길동 hong@example.org", "[홍길동|hong@example.org]");
  check_parse ("a@b.c (Comment)", "[Comment|a@b.c]");
  check_parse ("\"a@b.c\" <a@b.c>", "[|a@b.c]");
  check_parse ("'Kim' <k@x.y>", "[Kim|k@x.y]");
  check_parse ("mailto:a@b.c", "[|a@b.c]");
  check_parse ("<mailto:a@b.c>", "[|a@b.c]");
  check_parse ("Name <a@b.c, d@e.f", "[Name|a@b.c] [|d@e.f]");
  check_parse ("\"open <a@b.c>", "[open|a@b.c]");
  check_parse ("(open <a@b.c>", "[(open|a@b.c]");
  check_parse ("just words", "[just words|]");
  check_parse ("받는이@한국.kr", "[|받는이@한국.kr]");
  check_parse ("\"quoted local\"@b.c", "[|\"quoted local\"@b.c]");
  check_parse ("a@[192.0.2.1], b@[IPv6:2001:db8::1]", "[|a@[192.0.2.1]] [|b@[IPv6:2001:db8::1]]");
  g_assert_false (mime_address_is_valid (NULL) || mime_address_is_valid ("")
                  || mime_address_is_valid ("a") || mime_address_is_valid ("a@b\n"));
  g_assert_true (mime_address_is_valid ("first.last+tag@sub.example.org"));
}

static void
check_typed (MimeMessage *message, const char *header, guint index, const char *name,
             const char *address)
{
  g_autoptr (GPtrArray) list = mime_message_get_addresses (message, header);

  g_assert_cmpuint (index, <, list->len);
  const MimeAddress *found = g_ptr_array_index (list, index);
  g_assert_cmpstr (found->name, ==, name);
  g_assert_cmpstr (found->address, ==, address);
}

/* For the Drafts folder: who is in Bcc comes back, and what is no address yet; none of it goes into what is sent. */
static void
test_unfinished (void)
{
  g_autoptr (MimeDraft) draft = new_draft ();
  g_autoptr (GError) error = NULL;

  set (&draft->to, "Kim <kim@example.org>, 김민");
  set (&draft->bcc, "secret@example.org");
  set (&draft->note, "a=1\r\nX-Evil: 1");
  draft->priority = 1;
  draft->wants_receipt = TRUE;
  g_assert_null (mime_build (draft, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);

  draft->unfinished = TRUE;
  g_autoptr (GBytes) bytes = mime_build (draft, &error);
  g_assert_no_error (error);
  check_wire (bytes);
  g_autoptr (MimeMessage) message = mime_message_new (bytes);
  check_typed (message, "To", 0, "Kim", "kim@example.org");
  g_autofree char *typed = mime_message_get_header (message, "X-Sosik-To");
  g_assert_cmpstr (typed, ==, "Kim <kim@example.org>, 김민");
  g_assert_null (mime_message_get_header (message, "X-Sosik-Bcc"));
  check_typed (message, "Bcc", 0, "", "secret@example.org");
  g_autofree char *note = mime_message_get_header (message, "X-Sosik-Draft");
  g_assert_cmpstr (note, ==, "a=1X-Evil: 1");

  draft->unfinished = FALSE;
  set (&draft->to, "Kim <kim@example.org>");
  g_autofree char *sent = build_text (draft);
  g_assert_null (strstr (sent, "secret"));
  g_assert_null (strstr (sent, "X-Sosik"));
  g_assert_nonnull (strstr (sent, "\r\nImportance: high\r\n"));
  g_assert_nonnull (strstr (sent, "\r\nDisposition-Notification-To: "));
  draft->priority = 0;
  draft->wants_receipt = FALSE;
  g_autofree char *plain = build_text (draft);
  g_assert_null (strstr (plain, "Priority"));
  g_assert_null (strstr (plain, "Notification"));
}

static void
test_recipients (void)
{
  g_autoptr (MimeDraft) draft = new_draft ();
  g_auto (GStrv) list = NULL;
  g_autofree char *all = NULL, *plain = mime_address_to_string ("Kim", "k@x.y"),
                  *quoted = mime_address_to_string ("Kim, \"K\"", "k@x.y");

  set (&draft->to, "A <a@x.y>, b@x.y");
  set (&draft->cc, "A@x.y");
  set (&draft->bcc, "c@x.y");
  list = mime_draft_get_recipients (draft, NULL);
  all = g_strjoinv (",", list);
  g_assert_cmpstr (all, ==, "a@x.y,b@x.y,c@x.y");
  g_assert_cmpstr (plain, ==, "Kim <k@x.y>");
  g_assert_cmpstr (quoted, ==, "\"Kim, \\\"K\\\"\" <k@x.y>");
}

static void
test_message_id (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int i = 0; i < 200; i++) {
    char *id = mime_build_message_id ("a@example.org");

    g_assert_true (g_str_has_prefix (id, "<") && g_str_has_suffix (id, "@example.org>"));
    g_assert_true (g_hash_table_add (seen, id));
  }
  g_autofree char *idn = mime_build_message_id ("a@한국.kr"),
                  *none = mime_build_message_id ("x\r\ny@\r\n");
  g_assert_true (g_str_has_suffix (idn, "@xn--3e0b707e.kr>"));
  g_assert_null (strpbrk (none, "\r\n"));
}

static void
check_subject (const char *subject, const char *reply, const char *forward)
{
  g_autofree char *a = mime_subject_reply (subject), *b = mime_subject_forward (subject);

  g_assert_cmpstr (a, ==, reply);
  g_assert_cmpstr (b, ==, forward);
}

static void
test_reply (void)
{
  static const char *const prefixes[] = {
    "Re:",    "RE:",   "re:",    "Re[2]:", "RE(3):", "Re^4:", "Re *2:",  "Re :", "RE：", "회신:",
    "회신：", "답장:", "답글:",  "전달:",  "전달 :", "FW:",   "Fw:",     "Fwd:", "FWD:", "AW:",
    "WG:",    "SV:",   "VS:",    "VB:",    "VL:",    "Antw:", "TR:",     "RV:",  "ENC:", "RES:",
    "Odp:",   "PD:",   "YNT:",   "İLT:",   "Ответ:", "ОТВ:",  "Пересл:", "ΑΠ:",  "ΠΡΘ:", "答复:",
    "答复：", "回复:", "回覆：", "转发:",  "轉寄:",  "返信:", "転送：",  "رد:",  "השב:", "Vá:",
  };
  g_autofree char *quoted = mime_quote ("a\r\n> b\n\n>> c\n\n");

  check_subject ("x", "Re: x", "Fwd: x");
  check_subject ("Re: RE: re[2]: Re (3) : x", "Re: x", "Fwd: x");
  check_subject ("회신: 답장: 전달: 회의", "Re: 회의", "Fwd: 회의");
  check_subject ("RE：회의", "Re: 회의", "Fwd: 회의");
  check_subject ("Fwd: FW: x", "Re: x", "Fwd: x");
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    g_autofree char *once = g_strconcat (prefixes[i], " 회의 x", NULL);
    g_autofree char *twice =
        g_strconcat (prefixes[i], " Re: ", prefixes[i], "  FW:", prefixes[i], "회의 x", NULL);

    check_subject (once, "Re: 회의 x", "Fwd: 회의 x");
    check_subject (twice, "Re: 회의 x", "Fwd: 회의 x");
  }
  check_subject ("[list] Re: x", "Re: [list] Re: x", "Fwd: [list] Re: x");
  check_subject ("Re", "Re: Re", "Fwd: Re");
  check_subject ("Re [x]: y", "Re: Re [x]: y", "Fwd: Re [x]: y");
  check_subject ("전달 사항", "Re: 전달 사항", "Fwd: 전달 사항");
  check_subject ("Report: x", "Re: Report: x", "Fwd: Report: x");
  check_subject ("Reply", "Re: Reply", "Fwd: Reply");
  check_subject ("", "Re: ", "Fwd: ");
  check_subject (NULL, "Re: ", "Fwd: ");
  check_subject ("a\r\nb", "Re: a b", "Fwd: a b");
  g_assert_cmpstr (quoted, ==, "> a\n>> b\n>\n>>> c\n");
}

static void
test_mentions (void)
{
  g_assert_true (mime_text_mentions_attachment ("Please see the attached file.", "", NULL));
  g_assert_true (mime_text_mentions_attachment ("I ATTACH it", NULL, NULL));
  g_assert_true (mime_text_mentions_attachment ("회의록을 첨부합니다.", "", NULL));
  g_assert_true (mime_text_mentions_attachment ("붙임 파일 참고", "", NULL));
  g_assert_true (mime_text_mentions_attachment ("서류를 동봉하였습니다", "", NULL));
  g_assert_true (mime_text_mentions_attachment ("x", "자료 첨부", NULL));
  g_assert_false (mime_text_mentions_attachment ("x", "Re: 자료 첨부", NULL));
  g_assert_false (mime_text_mentions_attachment ("> see attached\nthanks", "", NULL));
  g_assert_false (mime_text_mentions_attachment ("hello\n-- \nattachment manager", "", NULL));
  g_assert_false (mime_text_mentions_attachment ("unattached, reattachment", "", NULL));
  g_assert_false (mime_text_mentions_attachment ("", "", NULL));
  g_assert_false (mime_text_mentions_attachment (NULL, NULL, NULL));
  g_assert_true (mime_text_mentions_attachment ("attachment를 보냅니다", "", NULL));
  g_assert_false (
      mime_text_mentions_attachment ("첨부하지 않았습니다. 그는 붙임성이 있습니다.", "", "*첨부*"));

  /* The words of a translation: whole ones, or with an asterisk where others may go on. */
  const char *german = "anbei angehängt* *anhang* Прилагаю*";
  g_assert_true (mime_text_mentions_attachment ("Anbei die Rechnung.", "", german));
  g_assert_true (mime_text_mentions_attachment ("die ANGEHÄNGTEN Bilder", "", german));
  g_assert_true (mime_text_mentions_attachment ("siehe Dateianhang.", "", german));
  g_assert_true (mime_text_mentions_attachment ("x", "прилагаю счёт", german));
  g_assert_true (mime_text_mentions_attachment ("see attached", "", german));
  g_assert_false (mime_text_mentions_attachment ("anbeißen, unangehängt", "", german));
  g_assert_false (mime_text_mentions_attachment ("> Anbei die Rechnung.", "", german));
  g_assert_false (mime_text_mentions_attachment ("* Punkt", "", "* ** "));
}

static void
test_names (void)
{
  g_autoptr (MimeDraft) draft = new_draft ();
  g_autoptr (GBytes) content = TEST_BYTES ("x");
  g_autofree char *text = NULL;

  draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_attachment_free);
  g_ptr_array_add (draft->attachments,
                   mime_attachment_new ("/home/someone/보고서.hwp", "application/x-hwp", content));
  g_ptr_array_add (draft->attachments, mime_attachment_new (NULL, NULL, content));
  g_ptr_array_add (draft->attachments, mime_attachment_new ("a.eml", "message/rfc822", content));
  g_ptr_array_add (draft->attachments,
                   mime_attachment_new ("b", "multipart/mixed; boundary=x", content));
  text = build_text (draft);
  g_assert_nonnull (strstr (text, "filename*=UTF-8''%EB%B3%B4%EA%B3%A0%EC%84%9C.hwp"));
  g_assert_nonnull (strstr (text, "name=\"=?UTF-8?"));
  g_assert_nonnull (strstr (text, "Content-Type: application/octet-stream"));
  g_assert_null (strstr (text, "someone"));
}

/* A text that says nothing is ASCII for who reads it. */
static void
test_charset_of_file (void)
{
  /* Longer than what is read at once, so that one of its characters lies across */
  g_autoptr (GString) hangul = g_string_new ("x");
  g_autoptr (GString) ending = g_string_new (NULL);
  const struct
  {
    const char *type, *content;
    gsize length;
    gboolean utf8;
  } files[] = {
    { "text/plain", "까치", strlen ("까치"), TRUE },
    { "text/csv", NULL, 0, TRUE },
    { "text/plain", NULL, 0, FALSE },
    { "text/plain", "magpie", strlen ("magpie"), FALSE },
    { "text/plain", "\xb1\xee\xc4\xa1", 4, FALSE }, /* euc-kr */
    { "text/plain", "까치\0", strlen ("까치") + 1, FALSE },
    { "text/plain", "", 0, FALSE },
    { "application/json", "까치", strlen ("까치"), FALSE },
  };

  while (hangul->len < 200000)
    g_string_append (hangul, "까");
  g_string_append_len (ending, hangul->str, (gssize)hangul->len - 1);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    const GString *large = i == 1 ? hangul : i == 2 ? ending : NULL;
    g_autoptr (MimeDraft) draft = new_draft ();
    g_autoptr (GBytes) content = large != NULL ? g_bytes_new (large->str, large->len)
                                               : g_bytes_new (files[i].content, files[i].length);
    g_autofree char *text = NULL, *wanted = NULL;

    draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_attachment_free);
    g_ptr_array_add (draft->attachments, mime_attachment_new ("a", files[i].type, content));
    text = build_text (draft);
    wanted = g_strdup_printf ("Content-Type: %s; %sname=a\r\n", files[i].type,
                              files[i].utf8 ? "charset=utf-8; " : "");
    if (strstr (text, wanted) == NULL)
      g_error ("%u: no %s in %.2000s", i, wanted, text);
  }
}

static char *
build_forwarded (const char *original, gsize length)
{
  g_autoptr (MimeDraft) draft = new_draft ();
  g_autoptr (GBytes) content = g_bytes_new (original, length);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (content);

  draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_attachment_free);
  g_ptr_array_add (draft->attachments,
                   mime_attachment_new_stream ("a.eml", "message/rfc822", stream));
  return build_text (draft);
}

/* A message in a message is not encoded; what cannot go so goes as a file. */
static void
test_forwarded (void)
{
  static const char *const files[] = { "Subject: x\n\na\rb\n", "Subject: x\r\n\r\nlast\r" };
  g_autofree char *plain = build_forwarded ("Subject: x\n\n.\nlast", 18);
  g_autofree char *eight_bit = build_forwarded ("Subject: x\r\n\r\n\xea\xb0\x80\r\n", 19);
  g_autofree char *long_line = g_strnfill (999, 'x'), *long_one = build_forwarded (long_line, 999);
  g_autofree char *nul = build_forwarded ("a\0b\r\n", 5);

  g_assert_nonnull (strstr (plain, "Content-Type: message/rfc822; name=a.eml\r\n"));
  g_assert_nonnull (strstr (plain, "Content-Transfer-Encoding: 7bit\r\n"));
  g_assert_nonnull (strstr (plain, "\r\n\r\nSubject: x\r\n\r\n.\r\nlast\r\n\r\n--"));
  g_assert_nonnull (strstr (eight_bit, "message/rfc822"));
  /* Of the message itself, too (RFC 2045, 6.4). */
  g_assert_cmpint ((int)(strstr (eight_bit, "Content-Transfer-Encoding: 8bit") - eight_bit), <,
                   (int)(strstr (eight_bit, "\r\n\r\n") - eight_bit));
  g_assert_nonnull (strstr (eight_bit, "\r\n\r\nSubject: x\r\n\r\n\xea\xb0\x80\r\n\r\n--"));
  g_assert_null (strstr (long_one, "message/rfc822"));
  g_assert_null (strstr (nul, "message/rfc822"));
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *text = build_forwarded (files[i], strlen (files[i]));

    g_assert_null (strstr (text, "message/rfc822"));
    g_assert_nonnull (strstr (text, "Content-Type: application/octet-stream; name=a.eml\r\n"));
    g_assert_nonnull (strstr (text, "Content-Transfer-Encoding: base64\r\n\r\nU3ViamVj"));
  }
}

/* What the HTML shows stands with it; what it does not show is a file. */
static void
test_related (void)
{
  g_autoptr (MimeDraft) draft = new_draft ();
  g_autoptr (GBytes) content = TEST_BYTES ("picture");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MimeMessage) message = NULL;
  g_autofree char *text = NULL, *html = NULL;
  static const char *const ids[] = { "one@x", "two@x", "not shown@x", NULL };
  static const char *const order[] = { "multipart/mixed",
                                       "multipart/alternative",
                                       "text/plain",
                                       "multipart/related",
                                       "text/html",
                                       "Content-Id: <one@x>",
                                       "attachment; filename=b.png",
                                       "attachment; filename=c.png",
                                       "attachment; filename=d.png" };
  const char *at;

  set (&draft->html, "<p>Hello <img src=\"cid:one@x\">");
  draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_attachment_free);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    char name[] = "a.png";

    name[0] = (char)('a' + i);
    g_ptr_array_add (draft->attachments, mime_attachment_new (name, "image/png", content));
    ((MimeAttachment *)draft->attachments->pdata[i])->content_id = g_strdup (ids[i]);
  }
  text = build_text (draft);
  at = text;
  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    at = g_strstr_len (at, -1, order[i]);
    if (at == NULL)
      g_error ("no %s in: %s", order[i], text);
  }
  g_assert_nonnull (strstr (text, "type=\"text/html\""));
  g_assert_nonnull (strstr (text, "Content-Disposition: inline; filename=a.png\r\n"));
  bytes = g_bytes_new (text, strlen (text));
  message = mime_message_new (bytes);
  html = mime_message_get_clean_html (message, FALSE, NULL);
  g_assert_nonnull (strstr (html, "sosik-cid:2"));
}

static void
test_wishes (void)
{
  g_autoptr (MimeDraft) draft = new_draft ();
  g_autofree char *none = build_text (draft), *text = NULL;

  g_assert_null (strstr (none, "riority"));
  g_assert_null (strstr (none, "Notification"));
  g_assert_null (strstr (none, "Reply-To"));
  draft->priority = 1;
  draft->wants_receipt = TRUE;
  set (&draft->reply_to, "소식 <news@example.org>, b@example.org");
  text = build_text (draft);
  g_assert_nonnull (strstr (text, "X-Priority: 1\r\nImportance: high\r\n"));
  g_assert_nonnull (strstr (text, "Disposition-Notification-To: hong@example.org\r\n"));
  g_assert_nonnull (strstr (text, "?= <news@example.org>, b@example.org\r\n"));
  set (&draft->reply_to, "nobody");
  g_assert_null (mime_build (draft, NULL));
}

/* A name comes back as it was, also where "=" stands in a word so long, or of so few other letters, that it becomes "q" (RFC 2047). */
static void
test_name_equals (void)
{
  static const char *const names[] = {
    "=fetiftsnqeejacgicottiiornvggayofftiiblzjlmezyfyabddvmkqntkynngwwxraniyasrehkqcckoqx ψυ",
    "price=41andsomemorewordswithoneletteré",
    "=41bcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "a=41 b",
    "A = B",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (MimeDraft) draft = new_draft ();
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (MimeMessage) message = NULL;
    g_autoptr (GPtrArray) from = NULL;

    set (&draft->from_name, names[i]);
    bytes = mime_build (draft, NULL);
    message = mime_message_new (bytes);
    from = mime_message_get_addresses (message, "From");
    g_assert_cmpuint (from->len, ==, 1);
    g_assert_cmpstr (((MimeAddress *)from->pdata[0])->name, ==, names[i]);
  }
}

/* RFC 3676: long lines are broken, and read back whole. */
static void
test_flowed (void)
{
  g_autoptr (MimeDraft) draft = new_draft ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MimeMessage) message = NULL;
  g_autofree char *as_typed = NULL, *text = NULL;
#define WORDS "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
  static const char flowed[] = WORDS " " WORDS "\n> " WORDS " " WORDS "\n> short\n  indented " WORDS
                                     "\nFrom here " WORDS "\n>_< " WORDS "\n\n-- \nHong\n";

  set (&draft->text, "spaces at its end \n > x\nFrom here\n");
  as_typed = build_text (draft);
  g_assert_null (strstr (as_typed, "flowed"));
  g_assert_nonnull (strstr (as_typed, "spaces at its end=20\r\n > x\r\n"));
  set (&draft->text, flowed);
  text = build_text (draft);
  g_assert_nonnull (strstr (text, "Content-Type: text/plain; charset=utf-8; format=flowed\r\n"));
  g_assert_nonnull (strstr (text, "\r\n-- \r\nHong") != NULL ? text
                                                             : strstr (text, "\r\n--=20\r\nHong"));
  g_assert_nonnull (strstr (text, "\r\n From here"));
  for (const char *line = strstr (text, "\r\n\r\n"); line != NULL; line = strstr (line + 2, "\r\n"))
    g_assert_cmpuint (strcspn (line + 2, "\r"), <=, 78);
  bytes = g_bytes_new (text, strlen (text));
  message = mime_message_new (bytes);
  /* A face that looks like a quote stands behind a space from now on. */
  g_autoptr (GString) expected = g_string_new (flowed);
  g_string_replace (expected, "\n>_<", "\n >_<", 1);
  g_assert_cmpstr (mime_message_get_text (message), ==, expected->str);
}

static void
test_encodings (void)
{
  g_autoptr (MimeDraft) draft = new_draft ();
  g_autofree char *ascii = build_text (draft), *korean = NULL, *long_word = NULL, *eai = NULL;
  g_autoptr (GString) word = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MimeMessage) message = NULL;

  g_assert_null (strstr (ascii, "base64"));
  set (&draft->text, "안녕하세요 반갑습니다");
  korean = build_text (draft);
  g_assert_nonnull (strstr (korean, "Content-Transfer-Encoding: base64"));
  for (int i = 0; i < 5000; i++)
    g_string_append_c (word, 'a' + i % 26);
  set (&draft->subject, word->str);
  set (&draft->text, word->str);
  bytes = mime_build (draft, NULL);
  check_wire (bytes);
  message = mime_message_new (bytes);
  long_word = mime_message_get_header (message, "Subject");
  g_assert_cmpstr (long_word, ==, word->str);
  /* a domain has a form in ASCII; a name that is not ASCII has none: the server must know SMTPUTF8 then */
  set (&draft->subject, "a  b");
  set (&draft->to, "받는이@한국.kr, =?utf-8?Q?x?= <a@한국.kr>");
  eai = build_text (draft);
  g_assert_nonnull (strstr (eai, "To: 받는이@한국.kr, x <a@xn--3e0b707e.kr>\r\n"));
  g_assert_nonnull (strstr (eai, "Subject: a  b\r\n"));
}

void
test_build_add (void)
{
  g_test_add_func ("/mime/build/round-trip", test_round_trip);
  g_test_add_func ("/mime/build/headers", test_headers);
  g_test_add_func ("/mime/build/injection", test_injection);
  g_test_add_func ("/mime/build/refused", test_refused);
  g_test_add_func ("/mime/build/unfinished", test_unfinished);
  g_test_add_func ("/mime/build/typed", test_typed);
  g_test_add_func ("/mime/build/recipients", test_recipients);
  g_test_add_func ("/mime/build/message-id", test_message_id);
  g_test_add_func ("/mime/build/reply", test_reply);
  g_test_add_func ("/mime/build/mentions", test_mentions);
  g_test_add_func ("/mime/build/names", test_names);
  g_test_add_func ("/mime/build/encodings", test_encodings);
  g_test_add_func ("/mime/build/forwarded", test_forwarded);
  g_test_add_func ("/mime/build/charset-of-file", test_charset_of_file);
  g_test_add_func ("/mime/build/related", test_related);
  g_test_add_func ("/mime/build/wishes", test_wishes);
  g_test_add_func ("/mime/build/name-equals", test_name_equals);
  g_test_add_func ("/mime/build/flowed", test_flowed);
}
