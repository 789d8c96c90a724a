/* Attachments looked into: pictures, pages, text, messages, cards, winmail.dat, invitations and their answers, danger. */
#include "test-mail.h"

#include <string.h>

#include "base-date.h"
#include "base-error.h"
#include "mail-invitation.h"

#define HEAD                                                                                       \
  "From: Boss <boss@example.com>\r\nTo: one@example.org\r\nSubject: x\r\n"                         \
  "Message-ID: <i@example.com>\r\nMIME-Version: 1.0\r\n"                                           \
  "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n"

/* A message with these parts ("--b" and headers included); its content, opened. */
static MailContent *
open_parts (Bench *bench, const char *parts)
{
  g_autofree char *letter = g_strconcat (HEAD, parts, "--b--\r\n", NULL);
  g_autoptr (GError) error = NULL;

  bench_add (bench, bench->inbox, 1000, letter);
  g_autoptr (MailMessage) message = bench_first (bench, bench->inbox);
  MailContent *content = bench_open (bench, message, &error);
  g_assert_no_error (error);
  return content;
}

static MailPart *
get_part (MailContent *content, guint index)
{
  return g_list_model_get_item (mail_content_get_attachments (content), index);
}

static char *
dup_part (const char *type, const char *name, const void *bytes, gsize length)
{
  g_autofree char *base64 = g_base64_encode (bytes, length);

  return g_strdup_printf (
      "--b\r\nContent-Type: %s\r\nContent-Disposition: attachment; filename=\"%s\"\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n%s\r\n",
      type, name, base64);
}

/* ---- pictures ---- */

static const guint8 gif[] = { 'G', 'I', 'F', '8', '9', 'a', 2,   0,    1,    0, 0x80, 0,
                              0,   255, 0,   0,   0,   0,   255, 0x2c, 0,    0, 0,    0,
                              2,   0,   1,   0,   0,   2,   2,   0x44, 0x0a, 0, 0x3b };

static void
test_picture (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *good = dup_part ("image/gif", "a.gif", gif, sizeof gif);
  g_autofree char *bad = dup_part ("image/png", "b.png", "no picture", 10);
  g_autofree char *both = g_strconcat (good, bad, NULL);
  g_autoptr (MailContent) content = open_parts (bench, both);
  g_autoptr (MailPart) part = get_part (content, 0), broken = get_part (content, 1);
  g_autoptr (GAsyncResult) result = NULL, other = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mail_part_get_kind (part), ==, MAIL_PART_PICTURE);
  mail_part_read_picture_async (part, 100, NULL, on_result, &result);
  g_autoptr (MailPicture) picture =
      mail_part_read_picture_finish (part, wait_result (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (picture->width, ==, 2);
  g_assert_cmpuint (picture->height, ==, 1);
  g_assert_cmpuint (((const guint8 *)g_bytes_get_data (picture->bytes, NULL))[0], ==, 255);

  mail_part_read_picture_async (broken, 100, NULL, on_result, &other);
  g_assert_null (mail_part_read_picture_finish (broken, wait_result (&other), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_BROKEN);
}

/* The program is killed, or is not there, or says nonsense: a sentence, and no crash. */
static void
test_program (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *good = dup_part ("image/gif", "a.gif", gif, sizeof gif);
  g_autoptr (MailContent) content = open_parts (bench, good);
  g_autoptr (MailPart) part = get_part (content, 0);
  g_autofree char *real = g_strdup (g_getenv ("SOSIK_UNPACK"));
  static const struct
  {
    const char *program;
    int code;
  } cases[] = { { "/nonexistent/program", BASE_ERROR_DISK },
                { "/bin/false", BASE_ERROR_BROKEN },
                { "/bin/echo", BASE_ERROR_BROKEN } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;
    g_setenv ("SOSIK_UNPACK", cases[i].program, TRUE);
    mail_part_read_picture_async (part, 100, NULL, on_result, &result);
    g_assert_null (mail_part_read_picture_finish (part, wait_result (&result), &error));
    g_assert_error (error, BASE_ERROR, cases[i].code);
  }
  /* Cancelled while it runs */
  g_setenv ("SOSIK_UNPACK", "/usr/bin/yes", TRUE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  mail_part_read_picture_async (part, 100, cancellable, on_result, &result);
  g_cancellable_cancel (cancellable);
  g_assert_null (mail_part_read_picture_finish (part, wait_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_setenv ("SOSIK_UNPACK", real, TRUE);
}

/* ---- text ---- */

static void
test_text (void)
{
  static const struct
  {
    const char *type, *name, *bytes, *text;
    gsize length;
  } cases[] = {
    { "text/csv", "a.csv", "a,b\r\n1,2\r\n", "a,b\n1,2\n", 10 },
    { "text/plain; charset=euc-kr", "b.txt", "\xc7\xd1\xb1\xdb", "한글", 4 },
    /* Called a thing it is not */
    { "text/plain; charset=utf-8", "c.txt", "\xc7\xd1\xb1\xdb\xc0\xc7", "한글의", 6 },
    { "application/octet-stream", "d.csv", "\xff\xfe\x5c\xd5", "한", 4 },
    { "text/x-python", "e.py", "\xef\xbb\xbfprint()", "print()", 10 },
  };
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GString) parts = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *part =
        dup_part (cases[i].type, cases[i].name, cases[i].bytes, cases[i].length);
    g_string_append (parts, part);
  }
  g_autoptr (MailContent) content = open_parts (bench, parts->str);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MailPart) part = get_part (content, i);
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;
    gboolean cut;
    g_assert_cmpint (mail_part_get_kind (part), ==, MAIL_PART_TEXT);
    mail_part_read_text_async (part, NULL, on_result, &result);
    g_autofree char *text = mail_part_read_text_finish (part, wait_result (&result), &cut, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (text, ==, cases[i].text);
    g_assert_false (cut);
  }
}

/* ---- messages, HTML ---- */

static MailContent *
open_part (MailPart *part, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mail_part_open_async (part, NULL, on_result, &result);
  return mail_part_open_finish (part, wait_result (&result), error);
}

static void
test_html (void)
{
  static const char page[] =
      "<html><script>alert(1)</script><p>Hi<img src=http://example.org/a.png></html>";
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *part_text = dup_part ("text/html", "page.html", page, strlen (page));
  g_autoptr (MailContent) content = open_parts (bench, part_text);
  g_autoptr (MailPart) part = get_part (content, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (MailContent) inner = open_part (part, &error);

  g_assert_no_error (error);
  g_assert_true (mail_content_is_nested (inner));
  g_assert_false (mail_content_is_nested (content));
  g_assert_nonnull (strstr (mail_content_get_html (inner), "Hi"));
  g_assert_null (strstr (mail_content_get_html (inner), "script"));
  g_assert_null (strstr (mail_content_get_html (inner), "http:"));
  g_assert_cmpuint (mail_content_get_blocked (inner), ==, 1);
}

static void
test_nested (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GString) message = g_string_new ("Subject: innermost\r\n\r\nText\r\n");

  for (int i = 0; i < 12; i++) {
    g_autofree char *head = g_strdup_printf ("Subject: level %d\r\nContent-Type: message/rfc822\r\n"
                                             "Content-Disposition: attachment\r\n\r\n",
                                             i);
    g_string_prepend (message, head);
  }
  g_autofree char *part_text =
      g_strdup_printf ("--b\r\nContent-Type: message/rfc822\r\n\r\n%s\r\n", message->str);
  MailContent *content = open_parts (bench, part_text);
  guint depth = 0;
  for (;; depth++) {
    g_autoptr (MailPart) part = get_part (content, 0);
    g_autoptr (GError) error = NULL;
    g_assert_cmpint (mail_part_get_kind (part), ==, MAIL_PART_MESSAGE);
    MailContent *inner = open_part (part, &error);
    if (inner == NULL) {
      g_assert_error (error, BASE_ERROR, BASE_ERROR_LIMIT);
      break;
    }
    g_set_object (&content, inner);
    g_object_unref (inner);
    g_autofree char *subject = g_strdup_printf ("level %u", 11 - depth);
    g_assert_cmpstr (mail_content_get_subject (content), ==, subject);
  }
  g_assert_cmpuint (depth, ==, 10);
  g_object_unref (content);
}

/* ---- cards, winmail.dat ---- */

static void
test_card (void)
{
  static const char card[] =
      "BEGIN:VCARD\nFN:Ada\nEMAIL:ada@example.org\nPHOTO;ENCODING=b:aGk=\nEND:VCARD\n"
      "BEGIN:VCARD\nFN:민우 김\nN:김;민우;;;\nEMAIL:kim@example.org\nEND:VCARD\n"
      "BEGIN:VCARD\nN:Lovelace;Ada;;Dr.;\nEND:VCARD\n";
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *text = dup_part ("text/vcard", "ada.vcf", card, strlen (card));
  g_autoptr (MailContent) content = open_parts (bench, text);
  g_autoptr (MailPart) part = get_part (content, 0);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_part_read_cards_async (part, NULL, on_result, &result);
  g_autoptr (GPtrArray) cards = mail_part_read_cards_finish (part, wait_result (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cards->len, ==, 3);
  g_assert_cmpstr (((MailCard *)cards->pdata[1])->name, ==, "김민우");
  g_assert_cmpuint (((MailCard *)cards->pdata[1])->fields->len, ==, 1);
  g_assert_cmpstr (((MailCard *)cards->pdata[2])->name, ==, "Dr. Ada Lovelace");
  const MailCard *found = cards->pdata[0];
  g_assert_cmpstr (found->name, ==, "Ada");
  g_assert_cmpuint (found->fields->len, ==, 1);
  g_assert_cmpuint (g_bytes_get_size (found->photo), ==, 2);
}

/* With one file: MS-OXTNEF 2.1.3 */
static const guint8 winmail[] = {
  0x78, 0x9f, 0x3e, 0x22, 1,    0,    1,  0x06, 0x90, 0x08, 0, 4, 0, 0, 0, 0,   0,   1,    0,   1,
  0,    2,    0x02, 0x90, 0x06, 0,    14, 0,    0,    0,    1, 0, 0, 0, 0, 0,   0,   0,    0,   0,
  0,    0,    0,    0,    1,    0,    2,  0x10, 0x80, 0x01, 0, 9, 0, 0, 0, '.', '.', '/',  'a', '.',
  't',  'x',  't',  0,    0x28, 0x03, 2,  0x0f, 0x80, 0x06, 0, 2, 0, 0, 0, 'h', 'i', 0xd1, 0,
};

static gboolean
is_unpacked (gpointer data)
{
  g_autoptr (MailPart) part = get_part (data, 0);

  return mail_part_get_size (part) == 2;
}

static void
test_winmail (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  guint8 *fixed = g_memdup2 (winmail, sizeof winmail);
  /* Checksum of the name */
  guint16 sum = 0;
  for (gsize i = 0; i < 9; i++)
    sum = (guint16)(sum + winmail[55 + i]);
  fixed[64] = (guint8)sum;
  fixed[65] = (guint8)(sum >> 8);
  g_autofree char *text = dup_part ("application/ms-tnef", "winmail.dat", fixed, sizeof winmail);
  g_autoptr (MailContent) content = open_parts (bench, text);
  g_autofree char *folder = g_build_filename (bench->folder, "saved", NULL);
  g_autofree char *path = g_build_filename (folder, "a.txt", NULL);
  g_autoptr (GFile) target = g_file_new_for_path (folder);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *saved = NULL;

  g_free (fixed);
  wait_until (is_unpacked, content);
  g_autoptr (MailPart) part = get_part (content, 0);
  g_assert_cmpstr (mail_part_get_name (part), ==, "a.txt");
  g_assert_cmpstr (mail_part_get_content_type (part), ==, "text/plain");
  g_assert_true (g_file_make_directory (target, NULL, NULL));
  mail_content_save_all_async (content, target, NULL, on_result, &result);
  g_assert_true (mail_content_save_all_finish (content, wait_result (&result), &error));
  g_assert_true (g_file_get_contents (path, &saved, NULL, NULL));
  g_assert_cmpstr (saved, ==, "hi");
}

/* ---- invitations ---- */

static const char invitation_part[] =
    "--b\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n"
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:event-1\r\nSEQUENCE:%d\r\n"
    "ORGANIZER;CN=Boss:mailto:boss@example.com\r\nATTENDEE;CN=Me:mailto:%s\r\n"
    "DTSTART:20990105T010000Z\r\nDTEND:20990105T020000Z\r\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=10\r\n"
    "SUMMARY:Plan\r\nLOCATION:Room 1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

static MailInvitation *
read_invitation (MailPart *part)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_part_read_invitation_async (part, NULL, on_result, &result);
  MailInvitation *invitation =
      mail_part_read_invitation_finish (part, wait_result (&result), &error);
  g_assert_no_error (error);
  return invitation;
}

static void
test_invitation (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *text = g_strdup_printf (invitation_part, 0, "ONE@example.org");
  g_autoptr (MailContent) content = open_parts (bench, text);
  g_autoptr (MailPart) part = get_part (content, 0);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mail_part_get_kind (part), ==, MAIL_PART_CALENDAR);
  g_autoptr (MailInvitation) invitation = read_invitation (part);
  g_assert_cmpint (invitation->kind, ==, MAIL_INVITATION_REQUEST);
  g_assert_cmpstr (invitation->summary, ==, "Plan");
  g_assert_cmpstr (invitation->location, ==, "Room 1");
  g_assert_cmpstr (invitation->recurrence, ==, "Every 2 weeks on Monday, Wednesday, 10 times");
  g_assert_cmpstr (invitation->organizer->address, ==, "boss@example.com");
  g_assert_true (mail_identity_get_account (invitation->identity) == bench->account);
  g_assert_false (invitation->updated);
  g_assert_false (invitation->over);
  g_assert_cmpint (invitation->answer, ==, MAIL_ANSWER_NONE);

  g_autoptr (GAsyncResult) result = NULL;
  mail_part_answer_async (part, invitation, MAIL_ANSWER_MAYBE, on_result, &result);
  g_assert_true (mail_part_answer_finish (part, wait_result (&result), &error));
  g_assert_no_error (error);

  /* It waits in the outbox, to the organizer, as RFC 6047 has it. */
  g_autoptr (GPtrArray) outbox = store_outbox_list (bench->db, 0, &error);
  g_assert_cmpuint (outbox->len, ==, 1);
  const StoreOutbox *row = outbox->pdata[0];
  g_assert_cmpstr (row->from, ==, "one@example.org");
  g_assert_cmpuint (g_strv_length (row->recipients), ==, 1);
  g_assert_cmpstr (row->recipients[0], ==, "boss@example.com");
  g_autoptr (GBytes) bytes = store_outbox_get_message (bench->db, row, &error);
  g_autofree char *raw = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_nonnull (strstr (raw, "multipart/alternative"));
  g_assert_null (strstr (raw, "Content-Disposition"));
  g_assert_nonnull (strstr (raw, "In-Reply-To: <i@example.com>"));
  g_assert_nonnull (strstr (raw, "Subject: Tentative: Plan"));
  g_autoptr (MimeMessage) mime = mime_message_new (bytes);
  GPtrArray *parts = mime_message_get_parts (mime);
  g_assert_cmpuint (parts->len, ==, 2);
  g_assert_cmpstr (((MimePart *)parts->pdata[1])->content_type, ==, "text/calendar");
  g_assert_nonnull (strstr (raw, "method=REPLY"));
  g_autoptr (GBytes) calendar = mime_message_get_part_content (mime, 1);
  g_autofree char *answer =
      g_strndup (g_bytes_get_data (calendar, NULL), g_bytes_get_size (calendar));
  g_assert_nonnull (strstr (answer, "METHOD:REPLY\r\n"));
  g_assert_nonnull (strstr (answer, "PARTSTAT=TENTATIVE:mailto:ONE@example.org"));

  /* Remembered */
  g_autoptr (MailInvitation) again = read_invitation (part);
  g_assert_cmpint (again->answer, ==, MAIL_ANSWER_MAYBE);
}

/* Its times are written again when the clock of the desktop changes. */
static void
test_invitation_clock (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *text = g_strdup_printf (invitation_part, 0, "one@example.org");
  g_autoptr (MailContent) content = open_parts (bench, text);
  g_autoptr (MailPart) part = get_part (content, 0);
  g_autoptr (MailInvitation) invitation = NULL;

  base_date_set_clock (BASE_CLOCK_24);
  invitation = read_invitation (part);
  g_autofree char *before = g_strdup (invitation->when);
  g_assert_true (!strstr (before, " AM") && !strstr (before, " PM"));
  base_date_set_clock (BASE_CLOCK_12);
  mail_invitation_describe_again (invitation);
  g_assert_true (strstr (invitation->when, " AM") || strstr (invitation->when, " PM"));
  g_assert_cmpstr (invitation->elsewhere, ==, "");
  g_assert_cmpstr (invitation->next, ==, "");
  base_date_set_clock (BASE_CLOCK_24);
  mail_invitation_describe_again (invitation);
  g_assert_cmpstr (invitation->when, ==, before);
  base_date_set_clock (BASE_CLOCK_OF_LOCALE);
}

/* Who thinks better of it says so: each answer goes out, and the last one is remembered. */
static void
test_invitation_answers (void)
{
  static const struct
  {
    MailAnswer answer;
    const char *subject, *status;
  } answers[] = {
    { MAIL_ANSWER_ACCEPT, "Subject: Accepted: Plan", "PARTSTAT=ACCEPTED:mailto:one@example.org" },
    { MAIL_ANSWER_MAYBE, "Subject: Tentative: Plan", "PARTSTAT=TENTATIVE:mailto:one@example.org" },
    { MAIL_ANSWER_DECLINE, "Subject: Declined: Plan", "PARTSTAT=DECLINED:mailto:one@example.org" },
  };
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *text = g_strdup_printf (invitation_part, 0, "one@example.org");
  g_autoptr (MailContent) content = open_parts (bench, text);
  g_autoptr (MailPart) part = get_part (content, 0);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autoptr (MailInvitation) invitation = read_invitation (part);
    g_autoptr (GAsyncResult) result = NULL;
    mail_part_answer_async (part, invitation, answers[i].answer, on_result, &result);
    g_assert_true (mail_part_answer_finish (part, wait_result (&result), &error));
    g_assert_no_error (error);
    g_autoptr (GPtrArray) outbox = store_outbox_list (bench->db, 0, &error);
    g_assert_cmpuint (outbox->len, ==, i + 1);
    guint found = 0;
    for (guint j = 0; j < outbox->len; j++) {
      g_autoptr (GBytes) bytes = store_outbox_get_message (bench->db, outbox->pdata[j], &error);
      g_autofree char *raw = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      if (!strstr (raw, answers[i].subject))
        continue;
      g_autoptr (MimeMessage) mime = mime_message_new (bytes);
      g_autoptr (GBytes) calendar = mime_message_get_part_content (mime, 1);
      g_autofree char *reply =
          g_strndup (g_bytes_get_data (calendar, NULL), g_bytes_get_size (calendar));
      g_assert_nonnull (strstr (reply, answers[i].status));
      found++;
    }
    g_assert_cmpuint (found, ==, 1);
    g_autoptr (MailInvitation) again = read_invitation (part);
    g_assert_cmpint (again->answer, ==, (int)answers[i].answer);
  }
}

/* A later version is a new question; and one that the person organizes is none at all. */
static void
test_invitation_later (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *first = g_strdup_printf (invitation_part, 0, "one@example.org");
  g_autofree char *second = g_strdup_printf (invitation_part, 1, "list@example.org");
  g_autofree char *both = g_strconcat (first, second, NULL);
  g_autoptr (MailContent) content = open_parts (bench, both);
  g_autoptr (MailPart) part = get_part (content, 0), later = get_part (content, 1);
  g_autoptr (MailInvitation) invitation = read_invitation (part);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_part_answer_async (part, invitation, MAIL_ANSWER_ACCEPT, on_result, &result);
  g_assert_true (mail_part_answer_finish (part, wait_result (&result), &error));
  g_autoptr (MailInvitation) update = read_invitation (later);
  g_assert_true (update->updated);
  g_assert_cmpint (update->answer, ==, MAIL_ANSWER_NONE);
  g_assert_true (mail_identity_get_account (update->identity)
                 == bench->account); /* invited by way of a list */
}

/* An account that only receives: whom it came to answers as the identity that sends. */
static void
test_invitation_by_own_sender (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (BaseAccount) settings = mail_account_dup_settings (bench->account);
  g_autoptr (BaseIdentity) shop = base_identity_new ();
  g_autofree char *text = g_strdup_printf (invitation_part, 0, "list@example.org");
  g_autoptr (MailContent) content = open_parts (bench, text);
  g_autoptr (MailPart) part = get_part (content, 0);
  g_autoptr (MailInvitation) mute = NULL, invitation = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) outbox = NULL;
  g_autoptr (GError) error = NULL;

  settings->smtp.disabled = TRUE;
  g_assert_true (bench_save_settings (bench, settings, &error));
  mute = read_invitation (part);
  g_assert_null (mute->identity);
  g_free (shop->id);
  shop->id = g_strdup ("shop");
  shop->address = g_strdup ("shop@example.net");
  shop->smtp = base_server_dup (&settings->smtp);
  shop->smtp->disabled = FALSE;
  base_account_put_identity (settings, shop);
  g_assert_true (bench_save_settings (bench, settings, &error));
  g_assert_true (mail_account_can_send (bench->account));
  invitation = read_invitation (part);
  g_assert_nonnull (invitation->identity);
  mail_part_answer_async (part, invitation, MAIL_ANSWER_ACCEPT, on_result, &result);
  g_assert_true (mail_part_answer_finish (part, wait_result (&result), &error));
  outbox = store_outbox_list (bench->db, 0, &error);
  g_assert_cmpuint (outbox->len, ==, 1);
  g_assert_cmpstr (((StoreOutbox *)outbox->pdata[0])->from, ==, "shop@example.net");
  g_assert_cmpstr (((StoreOutbox *)outbox->pdata[0])->route, ==, "shop");
}

static void
test_when (void)
{
  g_autoptr (GTimeZone) seoul = g_time_zone_new_identifier ("Asia/Seoul");
  /* 2026-11-30 01:00 UTC */
  gint64 start = 1796000400;
  g_autofree char *hour = mail_invitation_describe_when (start, start + 3600, FALSE, FALSE, seoul);
  g_autofree char *night =
      mail_invitation_describe_when (start, start + 86400, FALSE, FALSE, seoul);
  g_autofree char *floating = mail_invitation_describe_when (start, 0, FALSE, TRUE, seoul);
  g_autofree char *day = mail_invitation_describe_when (1795996800, 1796083200, TRUE, FALSE, seoul);
  g_autofree char *days =
      mail_invitation_describe_when (1795996800, 1796169600, TRUE, FALSE, seoul);

  g_assert_cmpstr (hour, ==, "Monday, November 30, 2026, 10:00 – 11:00");
  g_assert_cmpstr (night, ==,
                   "Monday, November 30, 2026, 10:00 – Tuesday, December 1, 2026, 10:00");
  g_assert_cmpstr (floating, ==, "Monday, November 30, 2026, 01:00");
  g_assert_cmpstr (day, ==, "Monday, November 30, 2026");
  g_assert_cmpstr (days, ==, "Monday, November 30, 2026 – Tuesday, December 1, 2026");
}

static void
test_recurrence (void)
{
  static const struct
  {
    const char *event, *words;
  } cases[] = {
    { "@a{sv} {}", "" },
    { "{'frequency': <'DAILY'>}", "Every day" },
    { "{'frequency': <'WEEKLY'>, 'interval': <2>, 'by-day': <[(1, 0)]>}",
      "Every 2 weeks on Sunday" },
    { "{'frequency': <'MONTHLY'>, 'by-day': <[(6, -1)]>, 'count': <1>}",
      "Every month on last Friday, 1 time" },
    { "{'frequency': <'MONTHLY'>, 'by-month-day': <[1, 15]>}", "Every month on day 1, 15" },
    { "{'frequency': <'MONTHLY'>, 'by-month-day': <[-1]>}", "Every month" },
    { "{'frequency': <'SECONDLY'>}", "Very often" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GVariant) event =
        g_variant_parse (G_VARIANT_TYPE_VARDICT, cases[i].event, NULL, NULL, NULL);
    g_autofree char *words = mail_recurrence_describe (event);
    g_assert_cmpstr (words, ==, cases[i].words);
  }
}

/* ---- danger ---- */

/* The directory entry of a ZIP for one name. */
static GBytes *
make_zip (const char *name)
{
  GByteArray *zip = g_byte_array_new ();
  guint8 entry[46] = { 'P', 'K', 1, 2 };

  entry[28] = (guint8)strlen (name);
  g_byte_array_append (zip, (const guint8 *)"PK\3\4", 4);
  g_byte_array_append (zip, entry, sizeof entry);
  g_byte_array_append (zip, (const guint8 *)name, (guint)strlen (name));
  return g_byte_array_free_to_bytes (zip);
}

static void
test_danger (void)
{
  static const struct
  {
    const char *name, *type, *start;
    gsize length;
    MailDanger danger;
  } cases[] = {
    { "report.pdf", "application/pdf", "%PDF-1.4", 8, MAIL_DANGER_NONE },
    { "notes.txt", "text/plain", "MZ is how it begins", 19, MAIL_DANGER_NONE },
    { "a.docx", "application/octet-stream", "x", 1, MAIL_DANGER_NONE },
    { "page.html", "text/html", "<p>Hello</p>", 12, MAIL_DANGER_NONE },
    { "page.html", "text/html", "<p><ScRiPt>", 11, MAIL_DANGER_SCRIPT },
    { "drawing.svg", "image/svg+xml", "<svg onload=x()>", 16, MAIL_DANGER_SCRIPT },
    { "setup.exe", "application/octet-stream", "", 0, MAIL_DANGER_PROGRAM },
    { "Setup.EXE", "image/png", "", 0, MAIL_DANGER_PROGRAM },
    { "photo.jpg.exe", "image/jpeg", "", 0, MAIL_DANGER_DISGUISED },
    { "invoice.pdf      .scr", "application/pdf", "", 0, MAIL_DANGER_DISGUISED },
    { "a.desktop", "text/plain", "", 0, MAIL_DANGER_PROGRAM },
    { "a.jar", "application/zip", "", 0, MAIL_DANGER_PROGRAM },
    { "a", "application/x-executable", "", 0, MAIL_DANGER_PROGRAM },
    { "photo.jpg", "image/jpeg", "\177ELF\2\1", 6, MAIL_DANGER_DISGUISED },
    { "data", "application/octet-stream", "#!/bin/sh\n", 10, MAIL_DANGER_PROGRAM },
    { "notes.txt", "text/plain", "[Desktop Entry]\n", 16, MAIL_DANGER_DISGUISED },
    { "book.xlsm", "application/octet-stream", "", 0, MAIL_DANGER_MACROS },
    { "book.xls", "application/vnd.ms-excel", "\xd0\xcf\x11\xe0__V\0B\0A\0\0\0", 14,
      MAIL_DANGER_MACROS },
    { "book.xls", "application/vnd.ms-excel", "\xd0\xcf\x11\xe0 nothing", 12, MAIL_DANGER_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = g_bytes_new_static (cases[i].start, cases[i].length);
    g_test_message ("%s", cases[i].name);
    g_assert_cmpint (mail_danger_judge (cases[i].name, cases[i].type, bytes), ==, cases[i].danger);
    g_assert_cmpint (mail_danger_describe (cases[i].danger)[0] == '\0', ==,
                     cases[i].danger == MAIL_DANGER_NONE);
  }
  g_autoptr (GBytes) program = make_zip ("folder/run.bat"), plain = make_zip ("folder/letter.txt"),
                     macros = make_zip ("word/vbaProject.bin");
  g_assert_cmpint (mail_danger_judge ("a.zip", "application/zip", program), ==,
                   MAIL_DANGER_ARCHIVE);
  g_assert_cmpint (mail_danger_judge ("a.zip", "application/zip", plain), ==, MAIL_DANGER_NONE);
  g_assert_cmpint (mail_danger_judge ("a.docx", "x/y", macros), ==, MAIL_DANGER_MACROS);
  /* Any bytes will do */
  guint32 seed = 99;
  for (int i = 0; i < 2000; i++) {
    guint8 noise[80] = "PK\3\4PK\1\2";
    for (gsize n = 8; n < sizeof noise; n++)
      noise[n] = (guint8)((seed = seed * 1664525u + 1013904223u) >> 24);
    g_autoptr (GBytes) bytes = g_bytes_new (noise, seed % sizeof noise);
    mail_danger_judge ("a.zip", "application/zip", bytes);
    mail_danger_judge ("a.html", "text/html", bytes);
  }
}

/* What is written for another program can be neither changed nor run, whatever it is. */
static void
test_not_executable (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *script = dup_part ("application/x-sh", "run.sh", "#!/bin/sh\n", 10);
  g_autofree char *picture = dup_part ("image/jpeg", "photo.jpg.exe", "MZ", 2);
  g_autofree char *text = g_strconcat (script, picture, NULL);
  g_autoptr (MailContent) content = open_parts (bench, text);
  g_autoptr (MailPart) part = get_part (content, 0);
  g_autoptr (GAsyncResult) result = NULL, judged = NULL;
  g_autoptr (GError) error = NULL;
  MailDanger danger;
  g_autoptr (MailPart) disguised = get_part (content, 1);

  g_assert_cmpint (mail_part_get_kind (disguised), ==, MAIL_PART_OTHER);
  mail_part_judge_async (part, NULL, on_result, &judged);
  g_assert_true (mail_part_judge_finish (part, wait_result (&judged), &danger, &error));
  g_assert_cmpint (danger, ==, MAIL_DANGER_PROGRAM);
  mail_part_export_async (part, NULL, on_result, &result);
  g_autoptr (GFile) file = mail_part_export_finish (part, wait_result (&result), &error);
  g_autoptr (GFileInfo) info =
      g_file_query_info (file, G_FILE_ATTRIBUTE_UNIX_MODE, G_FILE_QUERY_INFO_NONE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_file_info_get_attribute_uint32 (info, G_FILE_ATTRIBUTE_UNIX_MODE) & 0777, ==,
                    0400);
}

void
add_parts_tests (void)
{
  g_test_add_func ("/mail/parts/picture", test_picture);
  g_test_add_func ("/mail/parts/program", test_program);
  g_test_add_func ("/mail/parts/text", test_text);
  g_test_add_func ("/mail/parts/html", test_html);
  g_test_add_func ("/mail/parts/nested", test_nested);
  g_test_add_func ("/mail/parts/card", test_card);
  g_test_add_func ("/mail/parts/winmail", test_winmail);
  g_test_add_func ("/mail/parts/invitation", test_invitation);
  g_test_add_func ("/mail/parts/invitation-clock", test_invitation_clock);
  g_test_add_func ("/mail/parts/invitation-answers", test_invitation_answers);
  g_test_add_func ("/mail/parts/invitation-later", test_invitation_later);
  g_test_add_func ("/mail/parts/invitation-by-own-sender", test_invitation_by_own_sender);
  g_test_add_func ("/mail/parts/when", test_when);
  g_test_add_func ("/mail/parts/recurrence", test_recurrence);
  g_test_add_func ("/mail/parts/danger", test_danger);
  g_test_add_func ("/mail/parts/not-executable", test_not_executable);
}
