/* Writing a message: a draft's plain values to the bytes that go to the server and into Sent.
 *
 * GMime encodes and folds; here is decided what goes in.  Every value is stripped of line ends and control characters
 * before it gets near a header, so that no field can start another.  Runs on any thread; reads nothing but the draft: no host
 * name, no user name, no path. */
#include "mime-build.h"

#include <string.h>
#include <glib/gi18n.h>
#include <gmime/gmime.h>

#include "base-error.h"
#include "base-identity.h"
#include "base-text.h"
#include "mime-build-private.h"
#include "mime-charset-private.h"
#include "mime-header-private.h"

#define MAX_WORD 400
#define MAX_ID   900 /* a line may have 998 octets */
#define MAX_REFERENCES                                                                             \
  30 /* the first and the last ones: enough for every thread view, short enough for every server */

/* ---- values ---- */

MimeAttachment *
mime_attachment_new (const char *name, const char *content_type, GBytes *content)
{
  MimeAttachment *attachment = g_new0 (MimeAttachment, 1);

  attachment->name = g_strdup (name);
  attachment->content_type = g_strdup (content_type);
  attachment->content = g_bytes_ref (content);
  return attachment;
}

MimeAttachment *
mime_attachment_new_stream (const char *name, const char *content_type, GInputStream *stream)
{
  MimeAttachment *attachment = g_new0 (MimeAttachment, 1);

  attachment->name = g_strdup (name);
  attachment->content_type = g_strdup (content_type);
  attachment->stream = g_object_ref (stream);
  return attachment;
}

void
mime_attachment_free (MimeAttachment *attachment)
{
  if (attachment == NULL)
    return;
  g_free (attachment->name);
  g_free (attachment->content_type);
  g_free (attachment->content_id);
  g_clear_pointer (&attachment->content, g_bytes_unref);
  g_clear_object (&attachment->stream);
  g_free (attachment);
}

MimeDraft *
mime_draft_new (void)
{
  return g_new0 (MimeDraft, 1);
}

void
mime_draft_free (MimeDraft *draft)
{
  if (draft == NULL)
    return;
  g_free (draft->from_name);
  g_free (draft->from_address);
  g_free (draft->reply_to);
  g_free (draft->to);
  g_free (draft->cc);
  g_free (draft->bcc);
  g_free (draft->subject);
  g_free (draft->text);
  g_free (draft->html);
  g_free (draft->message_id);
  g_free (draft->in_reply_to);
  g_free (draft->references);
  g_free (draft->note);
  g_clear_pointer (&draft->attachments, g_ptr_array_unref);
  g_free (draft);
}

char *
mime_build_message_id (const char *from_address)
{
  static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  const char *at = from_address != NULL ? strrchr (from_address, '@') : NULL;
  g_autofree char *domain = at != NULL ? g_hostname_to_ascii (at + 1) : NULL;
  GString *id = g_string_new ("<");
  gboolean good = domain != NULL && domain[0] != '\0';

  for (const char *c = domain; good && *c != '\0'; c++)
    good = g_ascii_isalnum (*c) || *c == '.' || *c == '-';
  /* Two random (version 4) UUIDs: 244 bits from the system's generator. */
  for (guint half = 0; half < 2; half++) {
    g_autofree char *uuid = g_uuid_string_random ();

    for (guint i = 0; uuid[i] != '\0'; i += 2) {
      guint high = (guint)g_ascii_xdigit_value (uuid[i]);

      if (uuid[i] == '-') {
        i--;
        continue;
      }
      g_string_append_c (id, letters[(high * 16 + (guint)g_ascii_xdigit_value (uuid[i + 1])) % 36]);
    }
  }
  g_string_append_printf (id, "@%s>", good ? domain : "localhost.invalid");
  return g_string_free (id, FALSE);
}

/* ---- what may stand in a header ---- */

char *
mime_build_line (const char *text)
{
  g_autofree char *valid = base_text_repair (text != NULL ? text : "", -1);
  GString *out = g_string_sized_new (strlen (valid));

  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);

    if (character == '\t')
      g_string_append_c (out, ' ');
    else if (!g_unichar_iscntrl (character) && character != 0x2028 && character != 0x2029)
      g_string_append_len (out, c, g_utf8_next_char (c) - c);
  }
  return g_strstrip (g_string_free (out, FALSE));
}

/* Those that no header can hold (8-bit, or longer than a line) are none for anybody. */
static GStrv
split_ids (const char *text, gboolean many)
{
  g_autofree char *line = mime_build_line (text);
  g_autofree char *ids = mime_value_dup_ids (line, many ? 1000 : 1);
  g_auto (GStrv) list = ids != NULL ? g_strsplit (ids, " ", -1) : NULL;
  g_autoptr (GStrvBuilder) good = g_strv_builder_new ();

  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    if (g_str_is_ascii (list[i]) && strlen (list[i]) <= MAX_ID)
      g_strv_builder_add (good, list[i]);
  return g_strv_builder_end (good);
}

/* Ids as they came, those that are none left out; NULL when none is left. */
static char *
header_ids (const char *text, gboolean many)
{
  g_auto (GStrv) list = split_ids (text, many);
  guint count = g_strv_length (list);
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < count; i++) {
    if (count > MAX_REFERENCES && i > 0 && i + MAX_REFERENCES <= count)
      continue;
    g_string_append_printf (out, "%s%s", out->len > 0 ? " " : "", list[i]);
  }
  return out->len > 0 ? g_strdup (out->str) : NULL;
}

/* Addresses of one field; REFUSED names the first wrong one. */
static GPtrArray *
parse_checked (const char *typed, GError **error)
{
  g_autoptr (GPtrArray) list = mime_addresses_parse (typed);

  for (guint i = 0; i < list->len; i++) {
    const MimeAddress *address = g_ptr_array_index (list, i);

    if (address->address[0] == '\0') {
      base_error_set (error, BASE_ERROR_REFUSED, NULL,
                      _ ("“%s” is not an e-mail address. Correct it or remove it."), address->name);
      return NULL;
    }
  }
  return g_steal_pointer (&list);
}

GStrv
mime_draft_get_recipients (const MimeDraft *draft, GError **error)
{
  const char *fields[] = { draft->to, draft->cc, draft->bcc };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autoptr (GPtrArray) list = parse_checked (fields[i], error);

    if (list == NULL)
      return NULL;
    for (guint j = 0; j < list->len; j++) {
      const MimeAddress *address = g_ptr_array_index (list, j);

      if (g_hash_table_add (seen, base_text_fold (address->address)))
        g_strv_builder_add (builder, address->address);
    }
  }
  return g_strv_builder_end (builder);
}

/* What GMime would let stand though it must not: a word that fills more than a line (998 octets), and what looks like an encoded-word
 * without being one; some programs decode that wherever it stands, and find what was never looked at.  And "?=" GMime 3.2 takes over into its own. */
static gboolean
needs_all_encoded (const char *text)
{
  if (strstr (text, "=?") != NULL || strstr (text, "?=") != NULL)
    return TRUE;
  for (const char *word = text; *word != '\0'; word += strspn (word, " ")) {
    gsize length = strcspn (word, " ");

    if (length > MAX_WORD)
      return TRUE;
    word += length;
  }
  return FALSE;
}

static char *
encode_words (const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);

  while (*text != '\0') {
    const char *end = text;
    g_autofree char *encoded = NULL;

    while (*end != '\0' && g_utf8_next_char (end) - text <= 45)
      end = g_utf8_next_char (end);
    encoded = g_base64_encode ((const guint8 *)text, (gsize)(end - text));
    g_string_append_printf (out, "%s=?utf-8?B?%s?=", out->len > 0 ? " " : "", encoded);
    text = end;
  }
  return g_strdup (out->str);
}

/* "Name <address>" for a header; the address in ASCII where it has such a form, so that servers need not know SMTPUTF8, else as it is. */
static void
append_mailbox (GString *value, const char *name, const char *address)
{
  g_autofree char *clean = mime_build_line (name);
  g_autofree char *ascii = base_address_dup_ascii (address);

  if (ascii != NULL)
    address = ascii;
  if (value->len > 0)
    g_string_append (value, ", ");
  if (clean[0] != '\0') {
    /* GMime 3.2 leaves "=" as it is in the "q" of a phrase: a long "=fe..." would be read as one octet. */
    g_autofree char *phrase = strchr (clean, '=') != NULL || needs_all_encoded (clean)
                                  ? encode_words (clean)
                                  : g_mime_utils_header_encode_phrase (NULL, clean, "utf-8");

    g_string_append_printf (value, "%s <%s>", phrase, address);
  } else {
    g_string_append (value, address);
  }
}

/* ---- headers by our own hand: GMime would parse and rewrite them ---- */

/* Writes "Name: value", folded before its spaces so that lines stay below 78 characters where they can. */
static void
append_header (GString *out, const char *name, const char *value)
{
  gsize column = strlen (name) + 1;
  const char *at = value;

  g_string_append_printf (out, "%s:%s", name, value[0] == ' ' ? "" : " ");
  while (*at != '\0') {
    gsize spaces = strspn (at, " "), length = spaces + strcspn (at + spaces, " ");

    if (column + length > 77 && at > value && spaces > 0) {
      g_string_append (out, "\r\n");
      column = 0;
    }
    g_string_append_len (out, at, (gssize)length);
    column += length;
    at += length;
  }
  g_string_append (out, "\r\n");
}

/* Words of a person, of one line. */
static void
append_words (GString *out, const char *header, const char *line)
{
  g_autofree char *encoded = needs_all_encoded (line)
                                 ? encode_words (line)
                                 : g_mime_utils_header_encode_text (NULL, line, "utf-8");

  append_header (out, header, encoded);
}

/* In a header that no other program takes for anything: what is no address yet. */
static void
append_own (GString *out, const char *name, const char *typed)
{
  g_autofree char *line = mime_build_line (typed);
  g_autofree char *header = g_strconcat ("X-Sosik-", name, NULL);

  append_words (out, header, line);
}

/* False (with the error) for a wrong address. */
static gboolean
append_addresses (GString *out, const char *name, const char *typed, gboolean unfinished,
                  GError **error)
{
  g_autoptr (GPtrArray) list =
      unfinished ? mime_addresses_parse (typed) : parse_checked (typed, error);
  g_autoptr (GString) value = g_string_new (NULL);
  gboolean wrong = FALSE;

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < list->len; i++) {
    const MimeAddress *address = g_ptr_array_index (list, i);

    if (address->address[0] != '\0')
      append_mailbox (value, address->name, address->address);
    else
      wrong = TRUE;
  }
  if (value->len > 0)
    append_header (out, name, value->str);
  if (wrong)
    append_own (out, name, typed);
  return TRUE;
}

static void
append_date (GString *out, gint64 seconds)
{
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (seconds);

  if (date == NULL)
    date = g_date_time_new_now_utc ();
  g_string_append_printf (
      out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n",
      days[g_date_time_get_day_of_week (date) - 1], g_date_time_get_day_of_month (date),
      months[g_date_time_get_month (date) - 1], g_date_time_get_year (date),
      g_date_time_get_hour (date), g_date_time_get_minute (date), g_date_time_get_second (date));
}

/* Who sends it when to whom; `prefix` is "" or "Resent-". */
static gboolean
append_envelope (GString *out, const char *prefix, const MimeDraft *draft, GError **error)
{
  g_autofree char *from = mime_build_line (draft->from_address),
                  *from_name = g_strconcat (prefix, "From", NULL),
                  *to_name = g_strconcat (prefix, "To", NULL),
                  *cc_name = g_strconcat (prefix, "Cc", NULL);
  g_autoptr (GString) value = g_string_new (NULL);

  if (!mime_address_is_valid (from)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("“%s” is not an e-mail address. Correct it in the settings of the account."),
                    from);
    return FALSE;
  }
  g_string_append (out, prefix);
  append_date (out, draft->date);
  append_mailbox (value, draft->from_name, from);
  append_header (out, from_name, value->str);
  return append_addresses (out, to_name, draft->to, draft->unfinished, error)
         && append_addresses (out, cc_name, draft->cc, draft->unfinished, error);
}

/* What programs of today and of old look at, each of them at another one. */
static void
append_wishes (GString *out, const MimeDraft *draft)
{
  if (draft->priority != 0)
    g_string_append_printf (out, "X-Priority: %d\r\nImportance: %s\r\n",
                            draft->priority > 0 ? 1 : 5, draft->priority > 0 ? "high" : "low");
  if (draft->wants_receipt) {
    g_autoptr (GString) value = g_string_new (NULL);
    g_autofree char *from = mime_build_line (draft->from_address);

    append_mailbox (value, NULL, from);
    append_header (out, "Disposition-Notification-To", value->str);
  }
}

static gboolean
append_headers (GString *out, const MimeDraft *draft, GError **error)
{
  g_autofree char *subject = mime_build_line (draft->subject),
                  *id = header_ids (draft->message_id, FALSE);
  g_autofree char *reply = header_ids (draft->in_reply_to, FALSE),
                  *references = header_ids (draft->references, TRUE);

  if (!append_envelope (out, "", draft, error)
      || !append_addresses (out, "Reply-To", draft->reply_to, FALSE, error)
      || (draft->unfinished && !append_addresses (out, "Bcc", draft->bcc, TRUE, error)))
    return FALSE;
  if (subject[0] != '\0')
    append_words (out, "Subject", subject);
  if (id != NULL)
    append_header (out, "Message-ID", id);
  if (reply != NULL)
    append_header (out, "In-Reply-To", reply);
  if (references != NULL)
    append_header (out, "References", references);
  append_wishes (out, draft);
  if (draft->unfinished && draft->note != NULL)
    append_own (out, "Draft", draft->note);
  g_string_append (out, "MIME-Version: 1.0\r\n");
  return TRUE;
}

/* ---- the whole ---- */

gboolean
mime_build_to_stream (const MimeDraft *draft, GOutputStream *stream, GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GString) header = g_string_new (NULL);
  g_auto (GStrv) recipients = NULL;

  mime_gmime_init ();
  /* Bcc goes into no header, but a wrong address in it must be told as well. */
  recipients = draft->unfinished ? NULL : mime_draft_get_recipients (draft, error);
  if ((recipients == NULL && !draft->unfinished) || !append_headers (header, draft, error))
    return FALSE;
  return g_output_stream_write_all (stream, header->str, header->len, NULL, cancellable, error)
         && mime_build_write_body (draft, stream, cancellable, error);
}

GBytes *
mime_build (const MimeDraft *draft, GError **error)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();

  if (!mime_build_to_stream (draft, stream, NULL, error)
      || !g_output_stream_close (stream, NULL, error))
    return NULL;
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
}

/* ---- redirecting ---- */

/* What said who got this copy, and how, or was put there by a mailbox. */
static gboolean
is_left_out (const char *line, gsize length)
{
  static const char *const names[] = { "bcc",        "return-path",   "delivered-to",
                                       "resent-bcc", "x-original-to", "content-length",
                                       "lines",      "status",        "x-status",
                                       "x-uid",      "x-keywords" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    gsize name = strlen (names[i]), at = name;

    if (length < name || g_ascii_strncasecmp (line, names[i], name) != 0)
      continue;
    while (at < length && (line[at] == ' ' || line[at] == '\t'))
      at++;
    if (at < length && line[at] == ':')
      return TRUE;
  }
  return length > 5 && memcmp (line, "From ", 5) == 0; /* of an mbox */
}

/* Copies the lines of the message from `data` on, with CRLF; the header without what is left out. */
static void
append_original (GString *out, const char *data, gsize length)
{
  gboolean in_header = TRUE, skipping = TRUE; /* what goes on with nothing would go on with ours */

  for (gsize at = 0; at < length;) {
    gsize end = at;

    while (end < length && data[end] != '\n' && data[end] != '\r')
      end++;
    in_header = in_header && end > at;
    if (in_header && data[at] != ' ' && data[at] != '\t')
      skipping = is_left_out (data + at, end - at);
    if (!in_header || !skipping) {
      g_string_append_len (out, data + at, (gssize)(end - at));
      g_string_append (out, "\r\n");
    }
    at = end + (end + 1 < length && data[end] == '\r' && data[end + 1] == '\n' ? 2 : 1);
  }
}

GBytes *
mime_redirect (GBytes *message, const MimeDraft *draft, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (message, &length);
  g_autoptr (GString) out = g_string_sized_new (length + 1024);
  g_autofree char *id = header_ids (draft->message_id, FALSE);
  g_auto (GStrv) recipients = NULL;

  mime_gmime_init ();
  recipients = mime_draft_get_recipients (draft, error);
  if (recipients == NULL || !append_envelope (out, "Resent-", draft, error))
    return NULL;
  if (id != NULL)
    append_header (out, "Resent-Message-ID", id);
  append_original (out, data, length);
  return g_string_free_to_bytes (g_steal_pointer (&out));
}
