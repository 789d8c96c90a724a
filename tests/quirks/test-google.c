/* Gmail: entries 1 to 11, some of which others share. */
#include "quirks.h"

#include <string.h>

#include "base-error.h"
#include "mime-message.h"

static const QuirkMail three[] = { { 3, "three" }, { 5, "five" }, { 7, "seven" }, { 0 } };

/* A code without the words that have to follow it. */
static void
test_code_without_text (void)
{
  const QuirkServer quirk = { .caps = "CONDSTORE",
                              .inbox = three,
                              .select_codes = "S: * OK [UIDVALIDITY 9]\n"
                                              "S: * OK [UIDNEXT 8]\n"
                                              "S: * OK [HIGHESTMODSEQ 4711]\n" };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);

  g_assert_cmpuint (imap_session_get_selected (session)->highest_modseq, ==, 4711);
  g_assert_cmpuint (imap_session_get_selected (session)->uid_next, ==, 8);
  quirk_end (server, session);
}

/* Labels as flags, with brackets and even the space that should have been quoted. */
static void
test_brackets_in_flags (void)
{
  const QuirkServer quirk = {
    .inbox = three,
    .select_codes =
        "S: * FLAGS (\\\\Seen \\\\Flagged Old] [Gmail]/Sent Mail)\n"
        "S: * OK [PERMANENTFLAGS (\\\\Seen \\\\Flagged Old] [Gmail]/Sent Mail \\\\*)] Limited\n"
        "S: * OK [UIDVALIDITY 9] fine\n",
    .rules = "ON: $tag UID FETCH *\n"
             "S: * 1 FETCH (UID 3 FLAGS (Old] [Gmail]/Sent Mail \\\\Seen) RFC822.SIZE 9)\n"
             "S: * 2 FETCH (UID 5 FLAGS (\\\\Flagged ]) RFC822.SIZE 10)\n"
             "S: $tag OK done\n"
  };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autofree char *seen = quirk_fetch_all (session, IMAP_FETCH_FLAGS | IMAP_FETCH_SIZE);

  g_assert_cmpstr (seen, ==, "1: uid=3 flags=1 size=9\n2: uid=5 flags=4 size=10\n");
  g_assert_true (imap_session_get_selected (session)->permanent_keywords);
  g_assert_cmpint (imap_session_get_selected (session)->permanent_flags, ==,
                   IMAP_FLAG_SEEN | IMAP_FLAG_FLAGGED);
  g_assert_cmpuint (imap_session_get_selected (session)->uid_validity, ==, 9);
  quirk_end (server, session);
}

/* An ENVELOPE, which nobody asked for, with the name where the mailbox belongs: the header decides who wrote. */
static void
test_envelope_is_not_used (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  static const QuirkMail one[] = { { 7, "seven" }, { 0 } };
  g_autofree char *fetch = quirk_fetch (1, one, FALSE);
  const char *rest = strstr (fetch, "(UID 7") + 1;
  g_autofree char *rules = g_strdup_printf (
      "ON: $tag *FETCH *HEADER.FIELDS*\n"
      "S- * 1 FETCH (ENVELOPE (NIL \"seven\" ((\"bob\" NIL \"Bob\" \"quirks.test\")) NIL NIL NIL NIL NIL NIL NIL) \n"
      "S: %s"
      "S: $tag OK done\n",
      rest);
  const QuirkServer server = { .inbox = one, .rules = rules };
  g_autoptr (StoreMessage) message = NULL;

  quirk_add (quirk, &server);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  message = quirk_get (quirk, "INBOX", "seven");
  g_assert_cmpstr (message->from_name, ==, "Bob");
  g_assert_cmpstr (message->from_address, ==, "bob@quirks.test");
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "*ENVELOPE*"), ==, 0);
}

/* A forwarded message that was base64-encoded, which RFC 2046 forbids, is found, with its bytes. */
static void
test_encoded_message (void)
{
  static const char text[] = "From: a@quirks.test\r\n"
                             "Content-Type: multipart/mixed; boundary=b\r\n"
                             "\r\n"
                             "--b\r\n"
                             "\r\n"
                             "See below.\r\n"
                             "--b\r\n"
                             "Content-Type: message/rfc822; name=\"inner.eml\"\r\n"
                             "Content-Disposition: attachment\r\n"
                             "Content-Transfer-Encoding: base64\r\n"
                             "\r\n"
                             "U3ViamVjdDogaW5uZXINCg0KSGVsbG8hDQo=\r\n"
                             "--b--\r\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (MimeMessage) message = mime_message_new (bytes);
  GPtrArray *parts = mime_message_get_parts (message);
  g_autoptr (GBytes) inner = NULL;
  g_autofree char *shown = g_strdup (mime_message_get_text (message));

  g_assert_cmpuint (parts->len, ==, 2);
  g_assert_true (((MimePart *)g_ptr_array_index (parts, 1))->is_attachment);
  inner = mime_message_get_part_content (message, 1);
  g_assert_nonnull (inner);
  g_assert_nonnull (
      g_strstr_len (g_bytes_get_data (inner, NULL), (gssize)g_bytes_get_size (inner), "Hello!"));
  g_assert_cmpstr (g_strstrip (shown), ==, "See below.");
}

/* STATUS counts chats which SELECT does not know: what SELECT says is the truth, and nobody looks for the rest for ever. */
static void
test_status_counts_more (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  const QuirkServer server = {
    .caps = "IDLE UIDPLUS MOVE LIST-EXTENDED LIST-STATUS SPECIAL-USE",
    .inbox = three,
    .folders = "S: * LIST () \"/\" INBOX\n"
               "S: * STATUS INBOX (MESSAGES 50 UNSEEN 20 UIDNEXT 8 UIDVALIDITY 9)\n"
  };
  g_autoptr (StoreFolder) inbox = NULL;

  quirk_add (quirk, &server);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  inbox = store_folder_get (quirk->db, quirk_folder (quirk, "INBOX"), NULL);
  g_assert_cmpuint (inbox->total, ==, 3);
  g_assert_true (inbox->complete);
  g_assert_cmpint (inbox->in_step, >, 0);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "* SELECT *"), ==, 1);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "* UID SEARCH *"), <=, 1);
}

#define SENT_THERE  "S: * LIST () \"/\" INBOX\nS: * LIST (\\\\Sent) \"/\" Sent\n"
#define TAKE_APPEND "ON: $tag APPEND *\nS: + go\nL: *\nC: \nS: $tag OK [APPENDUID 5 1] taken\n"

/* Gmail and Microsoft put what they sent into Sent themselves, a moment later: a second copy would stand there for good. */
static void
check_filed (const char *smtp_host)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, smtp_host);
  static const QuirkMail filed = { 30, "hello" };
  g_autofree char *fetch = quirk_fetch (1, &filed, FALSE);
  g_autofree char *rules =
      g_strdup_printf (TAKE_APPEND "ONCE: $tag UID SEARCH *HEADER Message-ID*\n"
                                   "SET: filed\n"
                                   "S: * SEARCH\n"
                                   "S: $tag OK nothing yet\n"
                                   "WHEN: filed\n"
                                   "ON: $tag SELECT \"INBOX\"*\n"
                                   "SET: !sent\n"
                                   "S: * 0 EXISTS\n"
                                   "S: * OK [UIDVALIDITY 9] fine\n"
                                   "S: * OK [UIDNEXT 1] next\n"
                                   "S: $tag OK [READ-WRITE] open\n"
                                   "ON: $tag SELECT \"Sent\"*\n"
                                   "SET: sent\n"
                                   "S: * 1 EXISTS\n"
                                   "S: * OK [UIDVALIDITY 5] fine\n"
                                   "S: * OK [UIDNEXT 31] next\n"
                                   "S: $tag OK [READ-WRITE] open\n"
                                   "ON: $tag UID SEARCH *HEADER Message-ID*\n"
                                   "S: * SEARCH 30\n"
                                   "S: $tag OK there it is\n"
                                   "WHEN: sent\n"
                                   "ON: $tag UID SEARCH *ALL\n"
                                   "S: * SEARCH 30\n"
                                   "S: $tag OK done\n"
                                   "ON: $tag *FETCH *\n"
                                   "%s"
                                   "S: $tag OK done\n"
                                   "WHEN:\n",
                       fetch);
  const QuirkServer server = { .rules = rules, .folders = SENT_THERE };

  quirk_add (quirk, &server);
  quirk_add_smtp (quirk, "", "");
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  quirk_send (quirk, "hello");
  quirk_wait_outbox_empty (quirk);
  quirk_wait_operations_done (quirk);
  quirk_wait_uid (quirk, "Sent", "hello", 30);
  g_assert_cmpuint (quirk_count_said (quirk->smtp, 0, "DATA"), ==, 1);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "* APPEND *"), ==, 0);
  g_assert_cmpuint (quirk_total (quirk, "Sent"), ==, 1);
}

/* Others do not: there it is us. */
static void
check_not_filed (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  const QuirkServer server = { .rules = TAKE_APPEND, .folders = SENT_THERE };

  quirk_add (quirk, &server);
  quirk_add_smtp (quirk, "", "");
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  quirk_send (quirk, "hello");
  quirk_wait_outbox_empty (quirk);
  quirk_wait_operations_done (quirk);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "* APPEND *"), ==, 1);
  g_assert_cmpuint (quirk_total (quirk, "Sent"), ==, 1);
}

static void
test_sent_is_filed (void)
{
  check_filed ("smtp.gmail.com");
  check_filed ("smtp.office365.com");
  check_not_filed ();
}

/* Outside the bin EXPUNGE only takes a label away, and All Mail keeps the message: it goes to the bin, and is expunged there. */
static void
test_delete_through_trash (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  const QuirkServer server = { .caps = "IDLE UIDPLUS MOVE X-GM-EXT-1 SPECIAL-USE",
                               .inbox = three,
                               .folders = "S: * LIST () \"/\" INBOX\n"
                                          "S: * LIST (\\\\All) \"/\" \"[Gmail]/All Mail\"\n"
                                          "S: * LIST (\\\\Trash) \"/\" \"[Gmail]/Trash\"\n",
                               .rules = "ON: $tag UID MOVE 5 \"[Gmail]/Trash\"\n"
                                        "S: * OK [COPYUID 5 5 70] moved\n"
                                        "S: * 2 EXPUNGE\n"
                                        "SET: moved\n"
                                        "S: $tag OK done\n"
                                        "WHEN: moved\n"
                                        "ON: $tag SELECT \"[Gmail]/Trash\"*\n"
                                        "SET: trash\n"
                                        "S: * 1 EXISTS\n"
                                        "S: * OK [UIDVALIDITY 5] fine\n"
                                        "S: * OK [UIDNEXT 71] next\n"
                                        "S: $tag OK [READ-WRITE] open\n"
                                        "WHEN: trash\n"
                                        "ON: $tag UID EXPUNGE 70\n"
                                        "S: * 1 EXPUNGE\n"
                                        "SET: !moved\n"
                                        "SET: !trash\n"
                                        "SET: gone\n"
                                        "S: $tag OK gone\n"
                                        "WHEN: gone\n"
                                        "ON: $tag SELECT \"INBOX\"*\n"
                                        "S: * 2 EXISTS\n"
                                        "S: * OK [UIDVALIDITY 9] fine\n"
                                        "S: * OK [UIDNEXT 8] next\n"
                                        "S: $tag OK [READ-WRITE] open\n"
                                        "WHEN:\n"
                                        "ON: $tag UID EXPUNGE *\n"
                                        "S: $tag NO that would be the label alone\n" };
  gint64 id = 0;
  g_autoptr (GError) error = NULL;

  quirk_add (quirk, &server);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  id = quirk_find (quirk, "INBOX", "five");
  g_assert_cmpint (store_operation_expunge (quirk->db, &id, 1, 0, &error), >, 0);
  sync_engine_operations_changed (quirk->engine, quirk->account->id);
  quirk_wait_operations_done (quirk);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "* UID EXPUNGE 70"), ==, 1);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "* UID EXPUNGE 5"), ==, 0);
  g_assert_cmpstr (quirk->told.last_refused, ==, NULL);
  g_assert_cmpint (quirk_find (quirk, "INBOX", "five"), ==, 0);
}

/* The list has a name for INBOX in the person's language, which cannot be opened: INBOX is INBOX. */
static void
test_inbox_in_another_language (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  const QuirkServer server = {
    .inbox = three,
    .folders = "S: * LIST (\\\\HasNoChildren \\\\Inbox) \"/\" \"&vBvHQNO4ycDVaA-\"\n"
               "S: * LIST (\\\\HasNoChildren \\\\Sent) \"/\" Sent\n"
  };

  quirk_add (quirk, &server);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
  g_assert_cmpint (quirk_folder (quirk, "받은편지함"), ==, 0);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "* SELECT \"INBOX\"*"), >=, 1);
}

/* SEARCH BODY would find whole words alone: nothing is ever looked for by it. */
static void
test_search_by_header (void)
{
  const QuirkServer quirk = { .caps = "X-GM-EXT-1",
                              .inbox = three,
                              .rules =
                                  "ON: $tag UID SEARCH HEADER Message-ID \"<five@quirks.test>\"\n"
                                  "S: * SEARCH 5\n"
                                  "S: $tag OK found\n"
                                  "ON: $tag UID SEARCH *\n"
                                  "S: * SEARCH\n"
                                  "S: $tag OK nothing\n" };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseUidSet) found =
      imap_session_search_message_id (session, "<five@quirks.test>", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (base_uid_set_count (found), ==, 1);
  g_assert_true (base_uid_set_contains (found, 5));
  quirk_end (server, session);
}

/* RFC822.SIZE is a guess, too small or too large: what counts is how many octets came. */
static void
test_size_lies (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  g_autoptr (GString) rules = g_string_new ("ON: $tag *FETCH *BODY.PEEK[]*\n");
  static const QuirkMail two[] = { { 3, "small" }, { 5, "large" }, { 0 } };
  static const guint told[] = { 10, 900000 };
  QuirkServer server = { .inbox = two };

  for (guint i = 0; i < 2; i++) {
    g_autofree char *message = quirk_message (&two[i], 70000);
    g_autoptr (GBytes) bytes = g_bytes_new (message, strlen (message));

    fake_server_set_blob (quirk->imap, two[i].subject, bytes);
    g_string_append_printf (rules,
                            "S: * %u FETCH (UID %u RFC822.SIZE %u FLAGS () BODY[] {%zu}\n"
                            "B: %s\n"
                            "S: )\n",
                            i + 1, two[i].uid, told[i], strlen (message), two[i].subject);
  }
  g_string_append (rules, "S: $tag OK done\n"
                          "ON: $tag *FETCH *\n");
  for (guint i = 0; i < 2; i++) {
    g_autofree char *message = quirk_message (&two[i], 0);
    gsize header = (gsize)(strstr (message, "\r\n\r\n") - message) + 4;
    g_autofree char *escaped = NULL;

    message[header] = '\0';
    escaped = g_strescape (message, NULL);
    g_string_append_printf (rules,
                            "S: * %u FETCH (UID %u RFC822.SIZE %u FLAGS () BODY[HEADER] {%zu}\n"
                            "S- %s\n"
                            "S: )\n",
                            i + 1, two[i].uid, told[i], header, escaped);
  }
  g_string_append (rules, "S: $tag OK done\n");
  server.rules = rules->str;
  quirk_add (quirk, &server);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (StoreMessage) row = quirk_get (quirk, "INBOX", two[i].subject);
    g_autofree char *message = quirk_message (&two[i], 70000);
    g_autoptr (GBytes) body = NULL;

    g_assert_true (row->has_body);
    body = store_message_get_body (quirk->db, row->id, NULL);
    g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), message,
                     strlen (message));
  }
}

void
quirks_google_add (void)
{
  g_test_add_func ("/quirks/01-gmail-code-without-text", test_code_without_text);
  g_test_add_func ("/quirks/02-gmail-brackets-in-flags", test_brackets_in_flags);
  g_test_add_func ("/quirks/04-gmail-swapped-envelope", test_envelope_is_not_used);
  g_test_add_func ("/quirks/05-gmail-encoded-message", test_encoded_message);
  g_test_add_func ("/quirks/06-gmail-status-counts-chats", test_status_counts_more);
  g_test_add_func ("/quirks/07-gmail-outlook-file-sent", test_sent_is_filed);
  g_test_add_func ("/quirks/08-gmail-delete-through-trash", test_delete_through_trash);
  g_test_add_func ("/quirks/09-gmail-localized-inbox", test_inbox_in_another_language);
  g_test_add_func ("/quirks/10-gmail-search-whole-words", test_search_by_header);
  g_test_add_func ("/quirks/11-gmail-exchange-size-lies", test_size_lies);
}
