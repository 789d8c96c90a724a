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
#include "base-text.h"
#include "mime-charset-private.h"
#include "mime-header-private.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeContentDisposition, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeDataWrapper, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeFormatOptions, g_mime_format_options_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeObject, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeStream, g_object_unref)

#define MAX_WORD 400
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

void
mime_attachment_free (MimeAttachment *attachment)
{
  if (attachment == NULL)
    return;
  g_free (attachment->name);
  g_free (attachment->content_type);
  g_bytes_unref (attachment->content);
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
  g_free (draft->to);
  g_free (draft->cc);
  g_free (draft->bcc);
  g_free (draft->subject);
  g_free (draft->text);
  g_free (draft->html);
  g_free (draft->message_id);
  g_free (draft->in_reply_to);
  g_free (draft->references);
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

/* One line without anything that some program could take for a line end. */
static char *
header_text (const char *text)
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

/* Ids as they came, those that are none left out; NULL when none is left. */
static char *
header_ids (const char *text, gboolean many)
{
  g_autofree char *line = header_text (text);
  g_autofree char *ids = mime_value_dup_ids (line, many ? 1000 : 1);
  g_auto (GStrv) list = ids != NULL ? g_strsplit (ids, " ", -1) : NULL;
  guint count = list != NULL ? g_strv_length (list) : 0;
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

/* "Name <address>" for a header; the address goes in as it is, which GMime would turn to punycode. */
static void
append_mailbox (GString *value, const char *name, const char *address)
{
  g_autofree char *clean = header_text (name);

  if (value->len > 0)
    g_string_append (value, ", ");
  if (clean[0] != '\0') {
    g_autofree char *phrase = g_mime_utils_header_encode_phrase (NULL, clean, "utf-8");

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

/* An unstructured value: as it is while it is ASCII with words of a sane length (a line may not pass 998 octets). */
static char *
encode_text (const char *text)
{
  gsize longest = 0;
  g_autoptr (GString) out = NULL;

  for (const char *word = text; *word != '\0'; word += strspn (word, " ")) {
    gsize length = strcspn (word, " ");

    longest = MAX (longest, length);
    word += length;
  }
  if (longest < MAX_WORD)
    return g_mime_utils_header_encode_text (NULL, text, "utf-8");
  out = g_string_new (NULL);
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

/* False (with the error) for a wrong address. */
static gboolean
append_addresses (GString *out, const char *name, const char *typed, GError **error)
{
  g_autoptr (GPtrArray) list = parse_checked (typed, error);
  g_autoptr (GString) value = g_string_new (NULL);

  if (list == NULL)
    return FALSE;
  for (guint i = 0; i < list->len; i++) {
    const MimeAddress *address = g_ptr_array_index (list, i);

    append_mailbox (value, address->name, address->address);
  }
  if (value->len > 0)
    append_header (out, name, value->str);
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

static gboolean
append_headers (GString *out, const MimeDraft *draft, GError **error)
{
  g_autofree char *subject = header_text (draft->subject),
                  *id = header_ids (draft->message_id, FALSE);
  g_autofree char *reply = header_ids (draft->in_reply_to, FALSE),
                  *references = header_ids (draft->references, TRUE);
  g_autofree char *from = header_text (draft->from_address);
  g_autoptr (GString) value = g_string_new (NULL);

  if (!mime_address_is_valid (from)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("“%s” is not an e-mail address. Correct it in the settings of the account."),
                    from);
    return FALSE;
  }
  append_date (out, draft->date);
  append_mailbox (value, draft->from_name, from);
  append_header (out, "From", value->str);
  if (!append_addresses (out, "To", draft->to, error)
      || !append_addresses (out, "Cc", draft->cc, error))
    return FALSE;
  if (subject[0] != '\0') {
    g_autofree char *encoded = encode_text (subject);

    append_header (out, "Subject", encoded);
  }
  if (id != NULL)
    append_header (out, "Message-ID", id);
  if (reply != NULL)
    append_header (out, "In-Reply-To", reply);
  if (references != NULL)
    append_header (out, "References", references);
  g_string_append (out, "MIME-Version: 1.0\r\n");
  return TRUE;
}

/* ---- parts ---- */

static GMimeDataWrapper *
wrap (const void *data, gsize length)
{
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new_with_buffer (data, length);

  return g_mime_data_wrapper_new_with_stream (stream, GMIME_CONTENT_ENCODING_DEFAULT);
}

/* Quoted-printable for text that is mostly ASCII, base64 where that is shorter. */
static GMimeContentEncoding
text_encoding (const char *text, gsize length)
{
  gsize escaped = 0;

  for (gsize i = 0; i < length; i++) {
    guint8 byte = (guint8)text[i];

    if (byte >= 0x7f || byte == '=' || (byte < ' ' && byte != '\r' && byte != '\n' && byte != '\t'))
      escaped++;
  }
  return length + escaped * 2 > length / 3 * 4 + 8 ? GMIME_CONTENT_ENCODING_BASE64
                                                   : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
}

static char *
with_crlf (const char *text)
{
  g_autofree char *valid = base_text_repair (text, -1);
  GString *out = g_string_sized_new (strlen (valid) + 64);

  for (const char *c = valid; *c != '\0'; c++) {
    if (*c == '\r' && c[1] == '\n')
      continue;
    if (*c == '\n' || *c == '\r')
      g_string_append (out, "\r\n");
    else
      g_string_append_c (out, *c);
  }
  if (out->len > 0 && !g_str_has_suffix (out->str, "\r\n"))
    g_string_append (out, "\r\n");
  return g_string_free (out, FALSE);
}

static GMimeObject *
text_part (const char *subtype, const char *text)
{
  GMimePart *part = g_mime_part_new_with_type ("text", subtype);
  g_autofree char *lines = with_crlf (text);
  gsize length = strlen (lines);
  g_autoptr (GMimeDataWrapper) content = wrap (lines, length);

  g_mime_object_set_content_type_parameter (GMIME_OBJECT (part), "charset", "utf-8");
  g_mime_part_set_content (part, content);
  g_mime_part_set_content_encoding (part, text_encoding (lines, length));
  return GMIME_OBJECT (part);
}

static void
set_name (GMimeParamList *params, const char *key, const char *name,
          GMimeParamEncodingMethod method)
{
  g_mime_param_list_set_parameter (params, key, name);
  GMimeParam *param = g_mime_param_list_get_parameter (params, key);

  if (param != NULL) {
    g_mime_param_set_charset (param, "utf-8");
    g_mime_param_set_encoding_method (param, method);
  }
}

/* "image/png" in two tokens; what is none is application/octet-stream. */
static void
split_type (const char *type, char **major, char **minor)
{
  const char *slash = type != NULL ? strchr (type, '/') : NULL;
  gboolean good = slash != NULL && slash > type && slash[1] != '\0' && strlen (type) < 128;

  for (const char *c = type; good && *c != '\0'; c++)
    good = c == slash || g_ascii_isalnum (*c) || strchr ("!#$&^_.+-", *c) != NULL;
  /* A part that only claims to have parts would be read as a broken one. */
  if (good && g_ascii_strncasecmp (type, "multipart/", 10) == 0)
    good = FALSE;
  *major = good ? g_ascii_strdown (type, slash - type) : g_strdup ("application");
  *minor = good ? g_ascii_strdown (slash + 1, -1) : g_strdup ("octet-stream");
}

static GMimeObject *
attachment_part (const MimeAttachment *attachment)
{
  g_autofree char *major = NULL, *minor = NULL, *plain = header_text (attachment->name);
  g_autofree char *name = base_text_file_name (plain, "attachment");
  gsize length;
  const void *data = g_bytes_get_data (attachment->content, &length);
  g_autoptr (GMimeDataWrapper) content = wrap (data != NULL ? data : "", length);
  g_autoptr (GMimeContentDisposition) disposition = g_mime_content_disposition_new ();
  GMimePart *part;

  split_type (attachment->content_type, &major, &minor);
  /* An attached message must not be re-encoded (RFC 2046, 5.2.1), so it travels as plain octets with its name. */
  if (strcmp (major, "message") == 0) {
    g_free (major);
    g_free (minor);
    major = g_strdup ("application");
    minor = g_strdup ("octet-stream");
  }
  part = g_mime_part_new_with_type (major, minor);
  set_name (
      g_mime_content_type_get_parameters (g_mime_object_get_content_type (GMIME_OBJECT (part))),
      "name", name, GMIME_PARAM_ENCODING_METHOD_RFC2047);
  g_mime_content_disposition_set_disposition (disposition, "attachment");
  set_name (g_mime_content_disposition_get_parameters (disposition), "filename", name,
            GMIME_PARAM_ENCODING_METHOD_RFC2231);
  g_mime_object_set_content_disposition (GMIME_OBJECT (part), disposition);
  g_mime_part_set_content (part, content);
  g_mime_part_set_content_encoding (part, GMIME_CONTENT_ENCODING_BASE64);
  return GMIME_OBJECT (part);
}

static void
add_to (GMimeMultipart *multipart, GMimeObject *part)
{
  g_mime_multipart_add (multipart, part);
  g_object_unref (part);
}

static gboolean
is_answer (const MimeAttachment *attachment)
{
  return g_strcmp0 (attachment->content_type, MIME_CALENDAR_REPLY) == 0;
}

/* No name and no disposition: programs that know calendars find it by its type. */
static GMimeObject *
answer_part (const MimeAttachment *attachment)
{
  gsize length;
  const void *data = g_bytes_get_data (attachment->content, &length);
  g_autoptr (GMimeDataWrapper) content = wrap (data != NULL ? data : "", length);
  GMimePart *part = g_mime_part_new_with_type ("text", "calendar");
  GMimeContentType *type = g_mime_object_get_content_type (GMIME_OBJECT (part));

  g_mime_content_type_set_parameter (type, "method", "REPLY");
  g_mime_content_type_set_parameter (type, "charset", "UTF-8");
  g_mime_part_set_content (part, content);
  g_mime_part_set_content_encoding (part, GMIME_CONTENT_ENCODING_BASE64);
  return GMIME_OBJECT (part);
}

static GMimeObject *
body_part (const MimeDraft *draft)
{
  g_autoptr (GMimeObject) plain = text_part ("plain", draft->text != NULL ? draft->text : "");
  gboolean has_html = draft->html != NULL && draft->html[0] != '\0', has_answer = FALSE;
  GMimeMultipart *alternative;

  for (guint i = 0; draft->attachments != NULL && i < draft->attachments->len; i++)
    has_answer = has_answer || is_answer (draft->attachments->pdata[i]);
  if (!has_html && !has_answer)
    return g_steal_pointer (&plain);
  alternative = g_mime_multipart_new_with_subtype ("alternative");
  add_to (alternative, g_steal_pointer (&plain));
  if (has_html)
    add_to (alternative, text_part ("html", draft->html));
  for (guint i = 0; has_answer && i < draft->attachments->len; i++)
    if (is_answer (draft->attachments->pdata[i]))
      add_to (alternative, answer_part (draft->attachments->pdata[i]));
  return GMIME_OBJECT (alternative);
}

GBytes *
mime_build (const MimeDraft *draft, GError **error)
{
  g_autoptr (GString) header = g_string_new (NULL);
  g_autoptr (GMimeObject) root = NULL;
  g_autoptr (GMimeStream) stream = NULL;
  g_autoptr (GMimeFormatOptions) options = NULL;
  g_auto (GStrv) recipients = NULL;
  GByteArray *bytes = g_byte_array_new ();

  mime_gmime_init ();
  /* Bcc goes into no header, but a wrong address in it must be told as well. */
  recipients = mime_draft_get_recipients (draft, error);
  if (recipients == NULL || !append_headers (header, draft, error)) {
    g_byte_array_unref (bytes);
    return NULL;
  }
  root = body_part (draft);
  guint files = 0;
  for (guint i = 0; draft->attachments != NULL && i < draft->attachments->len; i++)
    files += !is_answer (draft->attachments->pdata[i]);
  if (files > 0) {
    GMimeMultipart *mixed = g_mime_multipart_new_with_subtype ("mixed");

    add_to (mixed, g_steal_pointer (&root));
    for (guint i = 0; i < draft->attachments->len; i++)
      if (!is_answer (draft->attachments->pdata[i]))
        add_to (mixed, attachment_part (draft->attachments->pdata[i]));
    root = GMIME_OBJECT (mixed);
  }
  options = g_mime_format_options_new ();
  g_mime_format_options_set_newline_format (options, GMIME_NEWLINE_FORMAT_DOS);
  g_byte_array_append (bytes, (const guint8 *)header->str, (guint)header->len);
  stream = g_mime_stream_mem_new_with_byte_array (bytes);
  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (stream), FALSE);
  g_mime_stream_seek (stream, 0, GMIME_STREAM_SEEK_END);
  g_mime_object_write_to_stream (root, options, stream);
  return g_byte_array_free_to_bytes (bytes);
}
