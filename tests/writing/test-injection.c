/* No field starts another header: every field that takes words of a person or of a stranger, with everything that some program takes for the end of a line,
 * as it is and hidden; in what is sent, and in the copy of the draft that lies on the server.  What is built is looked at by Python's email package (strict.py). */
#include "test-writing.h"

#include <string.h>

#include "mail-private.h"
#include "mime-build.h"

#define EVIL "evil@example.com"
/* The last four are what is left where a NUL ends it all. */
#define OWN                                                                                        \
  "hong@example.org,kim@example.org,hong@example.orgx,kim@example.orgx,kimx@example.org,hongx@example.org"

/* ---- what ends a line, for somebody ---- */

static const struct
{
  const char *name, *octets;
  gsize length;
} ends[] = {
#define END(name, octets)                                                                          \
  {                                                                                                \
    name, octets, sizeof octets - 1                                                                \
  }
  END ("CRLF", "\r\n"),
  END ("LF", "\n"),
  END ("CR", "\r"),
  END ("CRLF twice", "\r\n\r\n"),
  END ("CRLF and a fold", "\r\n "),
  END ("LF and a fold", "\n\t"),
  END ("NUL", "\0"),
  END ("CR NUL LF", "\r\0\n"),
  END ("VT", "\x0b"),
  END ("FF", "\x0c"),
  END ("U+0085", "\xc2\x85"),
  END ("U+2028", "\xe2\x80\xa8"),
  END ("U+2029", "\xe2\x80\xa9"),
  END ("a lone 0x85", "\x85"),
  END ("overlong LF", "\xc0\x8a"),
  END ("encoded-word Q", "=?utf-8?Q?=0D=0A?="),
  END ("encoded-word B", "=?utf-8?B?DQo=?="),
  END ("encoded-word of a lone octet", "=?iso-8859-1?Q?=85?="),
  END ("percent", "%0D%0A"),
  END ("percent twice", "%250D%250A"),
  END ("entity", "&#13;&#10;"),
  END ("backslash", "\\\r\\\n"),
  END ("quote and CRLF", "\"\r\n"),
  END ("bracket and CRLF", ">\r\n"),
#undef END
};

typedef struct
{
  const char *raw; /* up to a NUL, as C has it */
  GString *octets; /* with NULs */
  char *word;      /* one encoded-word of all of it */
  char *percent;   /* as a part of a URI */
} Payload;

static void
payload_init (Payload *payload, guint end)
{
  g_autofree char *base64 = NULL;

  payload->octets = g_string_new ("x");
  for (guint i = 0; i < 2; i++) {
    g_string_append_len (payload->octets, ends[end].octets, (gssize)ends[end].length);
    g_string_append (payload->octets, i == 0 ? "X-Evil: 1" : "Bcc: " EVIL);
  }
  payload->raw = payload->octets->str;
  base64 = g_base64_encode ((const guchar *)payload->octets->str, payload->octets->len);
  payload->word = g_strdup_printf ("=?utf-8?B?%s?=", base64);
  payload->percent =
      g_uri_escape_bytes ((const guint8 *)payload->octets->str, payload->octets->len, NULL);
}

static void
payload_clear (Payload *payload)
{
  g_string_free (payload->octets, TRUE);
  g_free (payload->word);
  g_free (payload->percent);
}

/* ---- the fields ---- */

static MimeDraft *
new_draft (void)
{
  MimeDraft *draft = mime_draft_new ();

  draft->from_name = g_strdup ("홍길동");
  draft->from_address = g_strdup ("hong@example.org");
  draft->to = g_strdup ("kim@example.org");
  draft->subject = g_strdup ("s");
  draft->text = g_strdup ("body\n");
  draft->message_id = g_strdup ("<fixed@example.org>");
  draft->date = 1782866665;
  draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_attachment_free);
  return draft;
}

static void
take (char **field, char *value)
{
  g_free (*field);
  *field = value;
}

/* As a draft of the composer becomes one of bytes. */
static void
take_store_draft (MimeDraft *draft, StoreDraft *plain)
{
  g_assert_nonnull (plain);
  take (&draft->to, g_strdup (plain->to));
  take (&draft->cc, g_strdup (plain->cc));
  take (&draft->bcc, g_strdup (plain->bcc));
  take (&draft->subject, g_strdup (plain->subject));
  take (&draft->text, g_strdup (plain->text));
  take (&draft->in_reply_to, g_strdup (plain->in_reply_to));
  take (&draft->references, g_strdup (plain->references));
  store_draft_free (plain);
}

static gboolean
owns_none (const char *address, gpointer user_data)
{
  return FALSE;
}

/* Answers a message of these fields. */
static void
answer (MimeDraft *draft, MailReplyKind kind, const char *format, const char *value)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MailParsed) parsed = NULL;

  if (strstr (format, "From:") == NULL)
    g_string_append (text, "From: Kim <kim@example.org>\r\n");
  g_string_append_printf (text, format, value);
  g_string_append (text, "\r\n\r\ntext\r\n");
  bytes = g_bytes_new (text->str, text->len);
  parsed = mail_parsed_new (bytes, NULL, 0);
  take_store_draft (draft, mail_reply_build (parsed, kind, parsed->text, owns_none, NULL));
  if (kind == MAIL_FORWARD)
    take (&draft->to, g_strdup ("kim@example.org"));
}

static void
add_file (MimeDraft *draft, const char *name, const char *type, const char *content_id)
{
  g_autoptr (GBytes) content = g_bytes_new_static ("data", 4);
  MimeAttachment *file = mime_attachment_new (name, type, content);

  file->content_id = g_strdup (content_id);
  g_ptr_array_add (draft->attachments, file);
}

static char *
uri_with (const char *format, const Payload *payload)
{
  return g_strdup_printf (format, payload->percent);
}

typedef enum
{
  /* typed by a person */
  FIELD_TO,
  FIELD_TO_NAME,
  FIELD_TO_QUOTED_NAME,
  FIELD_TO_ADDRESS,
  FIELD_TO_GROUP,
  FIELD_CC_NAME,
  FIELD_BCC,
  FIELD_BCC_NAME,
  FIELD_SUBJECT,
  FIELD_SIGNATURE,
  FIELD_HTML,
  /* of the account */
  FIELD_FROM_NAME,
  FIELD_FROM_ADDRESS,
  FIELD_REPLY_TO_NAME,
  FIELD_REPLY_TO_ADDRESS,
  FIELD_RICH_SIGNATURE,
  /* of files */
  FIELD_FILE_NAME,
  FIELD_FILE_TYPE,
  FIELD_CONTENT_ID,
  /* of a vCard, of the address book, of mails seen */
  FIELD_CARD_NAME,
  FIELD_CARD_ADDRESS,
  /* of our own making, from others' words */
  FIELD_MESSAGE_ID,
  FIELD_IN_REPLY_TO,
  FIELD_REFERENCES,
  /* of the message that is answered, forwarded, redirected */
  FIELD_ORIGINAL_ID,
  FIELD_ORIGINAL_REFERENCES,
  FIELD_ORIGINAL_FROM,
  FIELD_ORIGINAL_REPLY_TO,
  FIELD_ORIGINAL_SUBJECT,
  FIELD_FORWARDED_SUBJECT,
  FIELD_ORIGINAL_LIST,
  FIELD_RESENT_FROM_NAME,
  FIELD_RESENT_TO_NAME,
  FIELD_RESENT_ID,
  /* of a link */
  FIELD_MAILTO_TO,
  FIELD_MAILTO_CC,
  FIELD_MAILTO_BCC,
  FIELD_MAILTO_SUBJECT,
  FIELD_MAILTO_BODY,
  FIELD_MAILTO_NAME_OF_FIELD,
  N_FIELDS
} Field;

static const char *const field_names[N_FIELDS] = {
  "To",
  "a name in To",
  "a quoted name in To",
  "an address in To",
  "a group in To",
  "a name in Cc",
  "Bcc",
  "a name in Bcc",
  "the subject",
  "the signature",
  "HTML",
  "the own name",
  "the own address",
  "a name in Reply-To",
  "the address in Reply-To",
  "the rich signature",
  "a file name",
  "a file type",
  "a Content-ID",
  "the name of a card",
  "the address of a card",
  "Message-ID",
  "In-Reply-To",
  "References",
  "the original's Message-ID",
  "the original's References",
  "the original's From",
  "the original's Reply-To",
  "the original's Subject",
  "the Subject of what is forwarded",
  "List-Post",
  "the name in Resent-From",
  "a name in Resent-To",
  "Resent-Message-ID",
  "mailto: address",
  "mailto: cc",
  "mailto: bcc",
  "mailto: subject",
  "mailto: body",
  "mailto: name of a field",
};

/* Fills it in; the number of parts that the message has to have. */
static guint
fill (MimeDraft *draft, Field field, const Payload *payload)
{
  const char *raw = payload->raw;
  g_autofree char *uri = NULL;

  switch (field) {
  case FIELD_TO:
    take (&draft->to, g_strdup (raw));
    break;
  case FIELD_TO_NAME:
  case FIELD_RESENT_TO_NAME:
    take (&draft->to, g_strdup_printf ("%s <kim@example.org>", raw));
    break;
  case FIELD_TO_QUOTED_NAME:
    take (&draft->to, g_strdup_printf ("\"%s\" <kim@example.org>", raw));
    break;
  case FIELD_TO_ADDRESS:
    take (&draft->to, g_strdup_printf ("<kim%s@example.org>", raw));
    break;
  case FIELD_TO_GROUP:
    take (&draft->to, g_strdup_printf ("%s: kim@example.org;", raw));
    break;
  case FIELD_CC_NAME:
    take (&draft->cc, g_strdup_printf ("\"%s\" <kim@example.org>", raw));
    break;
  case FIELD_BCC:
    take (&draft->bcc, g_strdup (raw));
    break;
  case FIELD_BCC_NAME:
    take (&draft->bcc, g_strdup_printf ("\"%s\" <hidden@example.org>", raw));
    break;
  case FIELD_SUBJECT:
    take (&draft->subject, g_strdup (raw));
    break;
  case FIELD_SIGNATURE:
    take (&draft->text,
          g_strdup_printf (
              "text\n-- \n%s\n\r\n--=-x\r\nContent-Type: text/html\r\n\r\n<p>\r\n.\r\n", raw));
    break;
  case FIELD_HTML:
    take (
        &draft->html,
        g_strdup_printf ("<p title=\"%s\">%s</p>\n--=-x\nContent-Type: text/plain\n\nx", raw, raw));
    return 2;
  case FIELD_FROM_NAME:
  case FIELD_RESENT_FROM_NAME:
    take (&draft->from_name, g_strdup (raw));
    break;
  case FIELD_FROM_ADDRESS:
    take (&draft->from_address, g_strdup_printf ("hong@example.org%s", raw));
    break;
  case FIELD_REPLY_TO_NAME:
    draft->reply_to = g_strdup_printf ("\"%s\" <hong@example.org>", raw);
    break;
  case FIELD_REPLY_TO_ADDRESS:
    draft->reply_to = g_strdup_printf ("<hong%s@example.org>", raw);
    break;
  case FIELD_RICH_SIGNATURE:
    take (&draft->text, g_strdup_printf ("text\n\n-- \n%s", raw));
    take (&draft->html,
          g_strdup_printf ("<div><div>text</div><div>-- </div><div><b>%s</b></div></div>", raw));
    return 2;
  case FIELD_FILE_NAME:
    add_file (draft, raw, "image/png", NULL);
    return 2;
  case FIELD_FILE_TYPE: {
    g_autofree char *type = g_strdup_printf ("image/png; name=%s", raw);
    g_autofree char *other = g_strdup_printf ("image/png%s", raw + 1);

    add_file (draft, "a.png", type, NULL);
    add_file (draft, "a.png", other, NULL);
    return 3;
  }
  case FIELD_CONTENT_ID: {
    g_autofree char *id = g_strdup_printf ("a%s@b", raw);

    draft->html = g_strdup_printf ("<img src=\"cid:%s\">", id);
    add_file (draft, "a.png", "image/png", id);
    return 3;
  }
  case FIELD_CARD_NAME:
    take (&draft->to, mime_address_to_string (raw, "kim@example.org"));
    break;
  case FIELD_CARD_ADDRESS: {
    g_autofree char *address = g_strdup_printf ("kim@example.org%s", raw);

    take (&draft->to, mime_address_to_string ("Kim", address));
    break;
  }
  case FIELD_MESSAGE_ID:
  case FIELD_RESENT_ID:
    take (&draft->message_id, g_strdup_printf ("<a%s@b>", raw));
    break;
  case FIELD_IN_REPLY_TO:
    draft->in_reply_to = g_strdup_printf ("<a%s@b> <c@d>", raw);
    break;
  case FIELD_REFERENCES:
    draft->references = g_strdup_printf ("<c@d>%s<a%s@b>", raw, raw);
    break;
  case FIELD_ORIGINAL_ID:
    answer (draft, MAIL_REPLY, "Message-ID: <a%s@b>", raw);
    break;
  case FIELD_ORIGINAL_REFERENCES:
    answer (draft, MAIL_REPLY_ALL, "Message-ID: <1@b>\r\nReferences: <a%s@b> <2@b>", raw);
    break;
  case FIELD_ORIGINAL_FROM:
    answer (draft, MAIL_REPLY, "From: %s <kim@example.org>", payload->word);
    break;
  case FIELD_ORIGINAL_REPLY_TO:
    answer (draft, MAIL_REPLY_ALL, "Reply-To: \"%s\" <kim@example.org>", payload->word);
    break;
  case FIELD_ORIGINAL_SUBJECT:
    answer (draft, MAIL_REPLY, "Subject: %s", payload->word);
    break;
  case FIELD_FORWARDED_SUBJECT:
    answer (draft, MAIL_FORWARD, "Subject: %s", payload->word);
    break;
  case FIELD_ORIGINAL_LIST: {
    g_autofree char *post = uri_with ("mailto:kim@example.org%s?subject=x", payload);

    answer (draft, MAIL_REPLY_LIST, "List-Id: <l.example.org>\r\nList-Post: <%s>", post);
    break;
  }
  case FIELD_MAILTO_TO:
    uri = uri_with ("mailto:kim@example.org%s", payload);
    break;
  case FIELD_MAILTO_CC:
    uri = uri_with ("mailto:kim@example.org?cc=%%22%s%%22%%3ckim@example.org%%3e", payload);
    break;
  case FIELD_MAILTO_BCC:
    uri = uri_with ("mailto:kim@example.org?bcc=%%22%s%%22%%3chidden@example.org%%3e", payload);
    break;
  case FIELD_MAILTO_SUBJECT:
    uri = uri_with ("mailto:kim@example.org?subject=%s", payload);
    break;
  case FIELD_MAILTO_BODY:
    uri = uri_with ("mailto:kim@example.org?body=%s", payload);
    break;
  case FIELD_MAILTO_NAME_OF_FIELD:
    uri = uri_with ("mailto:kim@example.org?subject%s=1&%%0D%%0ASubject=x", payload);
    break;
  case N_FIELDS:
    g_assert_not_reached ();
  }
  if (uri != NULL)
    take_store_draft (draft, mail_mailto_parse (uri));
  return 1;
}

/* Typed as a list, an address behind a line break is one more recipient, whom the person sees. */
static gboolean
may_add_recipient (Field field)
{
  return field == FIELD_TO || field == FIELD_TO_NAME || field == FIELD_TO_QUOTED_NAME
         || field == FIELD_TO_ADDRESS || field == FIELD_TO_GROUP || field == FIELD_CC_NAME
         || field == FIELD_RESENT_TO_NAME || field == FIELD_REPLY_TO_NAME
         || field == FIELD_MAILTO_TO || field == FIELD_MAILTO_CC || field == FIELD_ORIGINAL_LIST
         || field == FIELD_CARD_ADDRESS;
}

static gboolean
is_redirected (Field field)
{
  return field == FIELD_RESENT_FROM_NAME || field == FIELD_RESENT_TO_NAME
         || field == FIELD_RESENT_ID;
}

static GBytes *
build (const MimeDraft *draft, Field field)
{
  g_autoptr (GBytes) original = g_bytes_new_static ("Subject: x\nBcc: " EVIL "\n\ntext",
                                                    strlen ("Subject: x\nBcc: " EVIL "\n\ntext"));

  if (is_redirected (field))
    return mime_redirect (original, draft, NULL);
  return mime_build (draft, NULL);
}

/* Every field with every end of a line; as it is sent, or as it lies among the drafts of a server (`unfinished`), where what is no address yet
 * stands as it was typed, and Bcc stands, too. */
static void
check_fields (gboolean unfinished)
{
  char *folder = make_folder ();
  g_autoptr (GString) cases = g_string_new (NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *list = g_build_filename (folder, "cases.txt", NULL), *said = NULL;
  g_auto (GStrv) lines = NULL;
  guint built[N_FIELDS] = { 0 };

  for (guint end = 0; end < G_N_ELEMENTS (ends); end++)
    for (Field field = 0; field < N_FIELDS; field++) {
      g_autoptr (MimeDraft) draft = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *path = g_strdup_printf ("%s/%u.eml", folder, names->len), *name = NULL;
      Payload payload;
      guint parts;

      if (unfinished && is_redirected (field))
        continue;
      draft = new_draft ();
      payload_init (&payload, end);
      parts = fill (draft, field, &payload);
      draft->unfinished = unfinished;
      if (unfinished)
        draft->note = g_strdup (payload.raw);
      payload_clear (&payload);
      bytes = build (draft, field);
      name = g_strdup_printf ("%s in %s%s", ends[end].name, field_names[field],
                              unfinished ? " of a draft" : "");
      /* What is no address is told, and nothing is sent. */
      if (bytes == NULL) {
        count_case (COUNT_INJECTIONS, name, NULL);
        continue;
      }
      built[field]++;
      g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                                          (gssize)g_bytes_get_size (bytes), NULL));
      g_string_append_printf (cases, "%u\t%s\t%u\t" OWN "%s\n", names->len, field_names[field],
                              parts, may_add_recipient (field) ? "," EVIL : "");
      g_ptr_array_add (names, g_steal_pointer (&name));
    }
  g_assert_true (g_file_set_contents (list, cases->str, -1, NULL));
  said = ask_python (unfinished ? "drafts" : "injection", folder);
  lines = g_strsplit (said, "\n", -1);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *prefix = g_strdup_printf ("%u: ", i);
    const char *failure = NULL;

    for (guint j = 0; lines[j] != NULL; j++)
      if (g_str_has_prefix (lines[j], prefix))
        failure = lines[j];
    count_case (COUNT_INJECTIONS, names->pdata[i], failure);
  }
  /* Where all is refused nothing was tested. */
  for (Field field = 0; field < N_FIELDS; field++)
    if (unfinished ? !is_redirected (field) && field != FIELD_FROM_ADDRESS
                   : field != FIELD_FROM_ADDRESS && field != FIELD_BCC)
      g_assert_cmpuint (built[field], >, 0);
  remove_folder (folder);
}

static void
test_fields (void)
{
  check_fields (FALSE);
}

static void
test_drafts (void)
{
  check_fields (TRUE);
}

/* Strangers' bytes that are sent on as they are end no header and add none of ours. */
static void
test_redirected (void)
{
  static const char *const originals[] = {
    "Subject: x\r\nReturn-Path: <a@b>\r\n continued\r\nDelivered-To: kim@example.org\r\nTo: old@example.org\r\nBcc: secret@example.org,\r\n\tother@example.org\r\nbCC : x@example.org\r\n\r\n"
    "Bcc: in the text\r\n.\r\n",
    " Bcc: evil@example.com\r\nSubject: x\r\n\r\nBcc: in the text\r\n.\r\n",
    "Subject: x\rBcc: secret@example.org\r\rBcc: in the text\r.\r",
    "Subject: x\nBcc: secret@example.org\nStatus: RO\n\nBcc: in the text\n.\n",
    "From someone Mon Jul  6 10:00:00 2026\nSubject: x\n\nBcc: in the text\n.\n",
    "\r\nBcc: in the text\r\n.\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (originals); i++) {
    g_autoptr (MimeDraft) draft = new_draft ();
    g_autoptr (GBytes) original = g_bytes_new_static (originals[i], strlen (originals[i])),
                       bytes = NULL;
    g_autofree char *text = NULL;
    const char *body;

    take (&draft->bcc, g_strdup ("hidden@example.org"));
    bytes = mime_redirect (original, draft, NULL);
    g_assert_nonnull (bytes);
    text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    g_assert_true (
        g_str_has_prefix (text, "Resent-Date: Wed, 1 Jul 2026 00:44:25 +0000\r\nResent-From: "));
    g_assert_nonnull (strstr (
        text, "\r\nResent-To: kim@example.org\r\nResent-Message-ID: <fixed@example.org>\r\n"));
    body = strstr (text, "\r\n\r\n");
    g_assert_cmpstr (body, ==, "\r\n\r\nBcc: in the text\r\n.\r\n");
    for (const char *const *word =
             (const char *const[]){ "secret", "other@", "hidden", "evil", "Status", "Return-Path",
                                    "continued", "Delivered", "From some", NULL };
         *word != NULL; word++)
      g_assert_null (strstr (text, *word));
    if (i < 5 && i != 1)
      g_assert_nonnull (strstr (text, "\r\nSubject: x\r\n"));
  }
}

void
add_injection_tests (void)
{
  g_test_add_func ("/writing/injection/fields", test_fields);
  g_test_add_func ("/writing/injection/drafts", test_drafts);
  g_test_add_func ("/writing/injection/redirected", test_redirected);
}
