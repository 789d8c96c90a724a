/* What is read without GMime is read as GMime reads it: everyday messages and values, and thousands of damaged ones. */
#include "test-mime.h"

#include <string.h>
#include <gmime/gmime.h>

#include "mime-charset-private.h"
#include "mime-header-private.h"
#include "mime-message-private.h"
#include "mime-plain-private.h"
#include "mime-quick-private.h"

#define DAMAGED 6000

static const char *const messages[] = {
  "From: a@b.example\r\nSubject: one\r\n two\r\nsubject: three\r\n\r\nText.\r\n",
  "Subject: no body\n\n",
  "Content-Type: text/html; charset=\"utf-8\"\nContent-Transfer-Encoding: Base64\n\nPGI+aGk8L2I+\n",
  "From: x\r\nContent-Type: multipart/alternative; boundary=\"b\"\r\n\r\npreamble\r\n--b\r\nContent-Type: text/plain\r\n\r\nplain"
  "\r\n--b\r\nContent-Type: TEXT/HTML; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>html=\r\n</p>\r\n"
  "--b--\r\nepilogue\r\n",
  "Content-Type: multipart/mixed; boundary=outer\n\n--outer\nContent-Type: multipart/related;\n type=\"text/html\"; "
  "boundary=\"=_in/ner?1\"\n\n--=_in/ner?1\n\n<no type>\n--=_in/ner?1\nContent-Type: image/png; name=\"a b.png\"\n"
  "Content-ID: <x@y>\nContent-Disposition: inline; filename*=utf-8''%EA%B0%80\n\n\n--=_in/ner?1--\n\n--outer\n"
  "Content-Disposition: attachment;\n filename=\"report.pdf\"\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n"
  "AAAA\n--outer--\n",
  "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n--b\nContent-Type: text/plain\n\ncut off he",
  "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX: y\r\n\r\n\r\n--bb\r\n--b  \r\n\r\n--b--",
  "Content-Type: message/rfc822\n\nSubject: inner\n\ntext\n",
  "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: inner\n\ntext\n--b--\n",
};

static const char *const values[] = {
  "a@b.example",
  "Alice Example <alice@lab.test>",
  "\"Lee, Alice\" <alice@lab.test>, bob@lab.test",
  "=?utf-8?B?7ZmN6ri464+Z?= <hong@example.org>,  J. R. Example <j.r@example.org> ",
  "=?utf-8?Q?J=C3=BCrgen?=\t=?utf-8?Q?_Gro=C3=9F?= <jg@lab.test>",
  "<bare@example.org>",
  "friends: a@b.example, c@d.example;",
  "x..y@docomo.example, Smith (boss) <s@x.example>",
};

static const char *const word_values[] = {
  "=?utf-8?B?7ZqM7J2YIOydvOyglSDslYjrgrQ=?= 12",
  "Re: =?utf-8?b?5Lya6K2w44Gu5Lu2?= =?UTF-8?Q?_and_=C3=84nderung?= of Friday",
  "=?utf-8?Q?a?= b =?utf-8?Q?=ED=95?=\r\n =?utf-8?Q?=98?=",
  "plain =?iso-8859-1?Q?=E4?= =?utf-8*de?Q?=C3=A4?=",
};

static const char *const id_values[] = {
  "<a@b>",
  "<1.2.3@mail.example.org>\r\n <x$y_z@[10.0.0.1]> <q@w>",
  "<no-at> <a.b@c.d>",
  "reply to <a@b> of yesterday",
};

static const char *const param_values[] = {
  "text/plain; charset=utf-8",
  "text/plain;\r\n\tcharset=\"euc-kr\"; format=flowed",
  "application/pdf; name=\"r\\\"x.pdf\"; charset=x",
  "multipart/mixed; boundary=\"=_a b?c\"; charset='x'",
  "attachment; filename*0=\"a\"; filename*1=b; charset==?utf-8?Q?x?=",
  "text/plain; charset = us-ascii (plain); charset=again",
};

static const char *const date_values[] = {
  "Wed, 01 Jul 2026 09:44:25 +0900", "Thu, 30 Oct 1997 23:59:59 -0330",
  "1 Jul 2026 09:44:25 -0730 (PDT)", "Wed, 1 Jul 26 09:44:25 GMT",
  "Sat, 31 Feb 2026 24:00:60 +0000",
};

static GBytes *
damage (const char *text, GRand *rand)
{
  static const char *const pieces[] = {
    "\n",   "\r\n", " ",    "\t",       "--", "--b", ";",  "=",  "\"", ":", "\\",
    "(",    "<",    ">",    "@",        ".",  ",",   "=?", "?=", "%",  "*", "\xea\xb0\x80",
    "\xff", "A",    "\n\n", "boundary="
  };
  GString *out = g_string_new (text);

  for (int n = g_rand_int_range (rand, 0, 4); n > 0; n--) {
    gint at = g_rand_int_range (rand, 0, (gint)out->len + 1);
    gint length = g_rand_int_range (rand, 0, 6);

    if (g_rand_boolean (rand))
      g_string_erase (out, at, MIN (length, (gint)out->len - at));
    if (g_rand_boolean (rand))
      g_string_insert (out, at, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
  }
  return g_string_free_to_bytes (out);
}

/* Calls it with each text as it is, and with damaged ones; returns how often it said TRUE. */
static guint
play (const char *const *texts, gsize n, gboolean (*compare) (GBytes *bytes))
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  guint quick = 0;

  mime_gmime_init ();
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GBytes) whole = g_bytes_new (texts[i], strlen (texts[i]) + 1);

    compare (whole);
  }
  for (guint i = 0; i < DAMAGED; i++) {
    g_autoptr (GBytes) bytes = damage (texts[i % n], rand);

    quick += compare (bytes) ? 1 : 0;
  }
  return quick;
}

/* ---- messages ---- */

static void
compare_fields (const MimeNode *quick, const MimeNode *slow)
{
  static const char *const names[] = {
    "From", "Subject", "Content-Type", "Content-ID", "Content-Disposition", "X"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *a = mime_raw_to_value (mime_node_get_raw (quick, names[i]), NULL);
    g_autofree char *b = mime_raw_to_value (mime_node_get_raw (slow, names[i]), NULL);

    g_assert_cmpstr (a, ==, b);
  }
}

static gboolean
compare_message (GBytes *given)
{
  gsize length = g_bytes_get_size (given);
  const char *text = g_bytes_get_data (given, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strnlen (text, length));
  g_autoptr (MimeStructure) quick = mime_structure_new_quick (bytes, FALSE);
  g_autoptr (MimeStructure) slow = mime_structure_new (bytes);

  if (quick == NULL)
    return FALSE;
  if (g_test_verbose ())
    g_test_message ("%s", text);
  g_assert_cmpuint (quick->nodes->len, ==, slow->nodes->len);
  for (guint i = 0; i < quick->nodes->len; i++) {
    const MimeNode *a = mime_structure_get (quick, i), *b = mime_structure_get (slow, i);

    g_assert_cmpstr (a->type, ==, b->type);
    g_assert_cmpuint (a->parent, ==, b->parent);
    g_assert_cmpuint (a->end, ==, b->end);
    g_assert_cmpuint (a->length, ==, b->length);
    if (a->length > 0)
      g_assert_cmpuint (a->body, ==, b->body);
    g_assert_cmpint (a->disposition, ==, b->disposition);
    g_assert_cmpint (a->encoding, ==, b->encoding);
    g_assert_cmpint (a->is_multipart, ==, b->is_multipart);
    compare_fields (a, b);
  }
  return TRUE;
}

static void
test_messages (void)
{
  guint quick = 0;

  for (guint i = 0; i < 7; i++) {
    g_autoptr (GBytes) bytes = g_bytes_new (messages[i], strlen (messages[i]));

    quick += compare_message (bytes) ? 1 : 0;
  }
  g_assert_cmpuint (quick, ==, 6); /* "--bb" looks too much like a boundary */
  g_assert_cmpuint (play (messages, G_N_ELEMENTS (messages), compare_message), >, DAMAGED / 10);
}

/* As many parts as no mail has are read so as well, and what asks for the fields of the message finds them. */
static void
test_many_parts (void)
{
  static const char *const parts[] = { "--b\r\n\r\nx\r\n",
                                       "--b\r\nContent-Type: text/html\r\n\r\n<b>x\r\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    GString *text = g_string_new ("From: a@x.example\r\nfrom: b@x.example\r\n"
                                  "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (MimeMessage) message = NULL;

    for (guint n = 0; n < 2000; n++)
      g_string_append (text, parts[i]);
    bytes = g_string_free_to_bytes (text);
    g_assert_true (compare_message (bytes));
    message = mime_message_new (bytes);
    g_assert_cmpuint (mime_message_get_parts (message)->len, ==, 2000);
    g_assert_cmpuint (mime_message_count_headers (message, "From"), ==, 2);
    g_assert_nonnull (strstr (mime_message_get_raw (message, "From", 1), "b@x.example"));
    g_assert_null (mime_message_get_raw (message, "From", 2));
  }
}

/* ---- values ---- */

static void
add (const char *phrase, const char *address, gpointer user_data)
{
  g_autofree char *name = mime_words_decode (phrase);

  g_string_append_printf (user_data, "[%s|%s]", g_strstrip (name), address);
}

static gboolean
compare_addresses (GBytes *bytes)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autofree char *value = mime_raw_to_value (text, NULL);
  g_autoptr (GString) plain = g_string_new (NULL), slow = g_string_new (NULL);
  InternetAddressList *list;

  if (!mime_plain_addresses (value, add, plain))
    return FALSE;
  list = internet_address_list_parse (NULL, value);
  for (int i = 0; list != NULL && i < internet_address_list_length (list); i++) {
    InternetAddress *item = internet_address_list_get_address (list, i);
    g_autofree char *name = g_strdup (internet_address_get_name (item));

    g_string_append_printf (slow, "[%s|%s]", name != NULL ? g_strstrip (name) : "",
                            INTERNET_ADDRESS_IS_MAILBOX (item) ? internet_address_mailbox_get_addr (
                                INTERNET_ADDRESS_MAILBOX (item))
                                                               : "group");
  }
  g_clear_object (&list);
  g_assert_cmpstr (plain->str, ==, slow->str);
  return TRUE;
}

/* Encoded-words as they are decoded here, and by GMime. */
static gboolean
compare_words (GBytes *bytes)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autofree char *value = mime_raw_to_value (text, NULL);
  g_autofree char *plain = mime_words_decode (value);
  g_autofree char *slow = g_mime_utils_header_decode_text (NULL, value);

  if (strstr (value, "=?") == NULL)
    slow = (g_free (slow), g_strdup (value));
  g_assert_cmpstr (plain, ==, slow);
  return strstr (plain, "=?") == NULL;
}

static gboolean
compare_ids (GBytes *bytes)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autofree char *value = mime_raw_to_value (text, NULL), *plain = NULL;
  g_autoptr (GString) slow = g_string_new (NULL);
  GMimeReferences *found;

  if (!mime_plain_ids (value, 100, &plain))
    return FALSE;
  found = g_mime_references_parse (NULL, value);
  for (int i = 0; i < g_mime_references_length (found); i++)
    g_string_append_printf (slow, "%s<%s>", i > 0 ? " " : "",
                            g_mime_references_get_message_id (found, i));
  g_mime_references_free (found);
  g_assert_cmpstr (plain != NULL ? plain : "", ==, slow->str);
  return TRUE;
}

static gboolean
compare_param (GBytes *bytes)
{
  g_autofree char *raw = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autofree char *plain = NULL, *type = NULL, *value = mime_raw_to_value (raw, NULL);
  const char *start = strchr (value, ';');
  GMimeParamList *list;
  GMimeParam *slow;

  if (!mime_plain_param (raw, "charset", &plain))
    return FALSE;
  list = g_mime_param_list_parse (NULL, start != NULL ? start + 1 : "");
  slow = list != NULL ? g_mime_param_list_get_parameter (list, "charset") : NULL;
  g_assert_cmpstr (plain, ==, slow != NULL ? g_mime_param_get_value (slow) : NULL);
  g_clear_object (&list);
  type = mime_plain_type (raw);
  if (type != NULL) {
    GMimeContentType *read = g_mime_content_type_parse (NULL, value);
    g_autofree char *mime_type = g_mime_content_type_get_mime_type (read);

    g_assert_cmpint (g_ascii_strcasecmp (type, mime_type), ==, 0);
    g_object_unref (read);
  }
  return TRUE;
}

static gboolean
compare_date (GBytes *bytes)
{
  g_autofree char *value = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autoptr (GDateTime) slow = NULL;
  gint64 plain;

  if (!mime_plain_date (value, &plain))
    return FALSE;
  slow = g_mime_utils_header_decode_date (value);
  g_assert_nonnull (slow);
  g_assert_cmpint (plain, ==, g_date_time_to_unix (slow));
  return TRUE;
}

static void
test_values (void)
{
  g_assert_cmpuint (play (values, G_N_ELEMENTS (values), compare_addresses), >, DAMAGED / 10);
  g_assert_cmpuint (play (word_values, G_N_ELEMENTS (word_values), compare_words), >, DAMAGED / 10);
  g_assert_cmpuint (play (id_values, G_N_ELEMENTS (id_values), compare_ids), >, DAMAGED / 10);
  g_assert_cmpuint (play (param_values, G_N_ELEMENTS (param_values), compare_param), >,
                    DAMAGED / 10);
  g_assert_cmpuint (play (date_values, G_N_ELEMENTS (date_values), compare_date), >, DAMAGED / 10);
}

void
test_plain_add (void)
{
  g_test_add_func ("/mime/plain/messages", test_messages);
  g_test_add_func ("/mime/plain/many-parts", test_many_parts);
  g_test_add_func ("/mime/plain/values", test_values);
}
