/* The parts of a message being written: text, HTML, its pictures, files.  GMime says what stands in their headers and encodes
 * texts; files go through in pieces, for they may be large.  Runs on any thread; must never hold a file that comes as a stream,
 * nor re-encode a message that is forwarded. */
#include "mime-build-private.h"

#include <string.h>
#include <gmime/gmime.h>

#include "base-text.h"
#include "mime-text-private.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeContentDisposition, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeDataWrapper, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeFormatOptions, g_mime_format_options_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeObject, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeStream, g_object_unref)

/* Of base64: octets of one line, and lines of one piece. */
#define LINE_IN  57
#define LINE_OUT 78
#define LINES    1024

#define MAX_LINE 998 /* RFC 5322, 2.1.1 */
#define MAX_CID  200

#define FILE_KEY "sosik-file"

static GMimeDataWrapper *
wrap (const void *data, gsize length)
{
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new_with_buffer (data, length);

  return g_mime_data_wrapper_new_with_stream (stream, GMIME_CONTENT_ENCODING_DEFAULT);
}

/* ---- texts ---- */

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
  GString *out = g_string_sized_new (strlen (text) + 64);

  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '\n')
      g_string_append (out, "\r\n");
    else
      g_string_append_c (out, *c);
  }
  if (out->len > 0 && !g_str_has_suffix (out->str, "\r\n"))
    g_string_append (out, "\r\n");
  return g_string_free (out, FALSE);
}

static GMimeObject *
text_part (const char *subtype, const char *text, gboolean flowed)
{
  GMimePart *part = g_mime_part_new_with_type ("text", subtype);
  g_autofree char *lines = with_crlf (text);
  gsize length = strlen (lines);
  g_autoptr (GMimeDataWrapper) content = wrap (lines, length);

  g_mime_object_set_content_type_parameter (GMIME_OBJECT (part), "charset", "utf-8");
  if (flowed)
    g_mime_object_set_content_type_parameter (GMIME_OBJECT (part), "format", "flowed");
  g_mime_part_set_content (part, content);
  g_mime_part_set_content_encoding (part, text_encoding (lines, length));
  return GMIME_OBJECT (part);
}

static GMimeObject *
plain_part (const char *text)
{
  g_autofree char *valid = base_text_repair (text != NULL ? text : "", -1);
  g_autofree char *flowed = NULL;

  mime_text_normalize_lines (valid);
  flowed = mime_text_flow (valid);
  return text_part ("plain", flowed != NULL ? flowed : valid, flowed != NULL);
}

/* Filters of unwanted mail distrust HTML that does not call itself so. */
static GMimeObject *
html_part (const char *html)
{
  g_autofree char *valid = base_text_repair (html, -1), *document = NULL;
  const char *begin = valid + strspn (valid, " \t\r\n");

  mime_text_normalize_lines (valid);
  if (g_ascii_strncasecmp (begin, "<html", 5) != 0
      && g_ascii_strncasecmp (begin, "<!doctype", 9) != 0)
    document = g_strconcat ("<!DOCTYPE html><html><body>", valid, "</body></html>", NULL);
  return text_part ("html", document != NULL ? document : valid, FALSE);
}

/* ---- files ---- */

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
  /* A part that only claims to have parts would be read as a broken one; a message is one where its bytes can be. */
  if (good
      && (g_ascii_strncasecmp (type, "multipart/", 10) == 0
          || g_ascii_strncasecmp (type, "message/", 8) == 0))
    good = FALSE;
  *major = good ? g_ascii_strdown (type, slash - type) : g_strdup ("application");
  *minor = good ? g_ascii_strdown (slash + 1, -1) : g_strdup ("octet-stream");
}

/* From its beginning. */
static GInputStream *
open_file (const MimeAttachment *file)
{
  if (file->content != NULL)
    return g_memory_input_stream_new_from_bytes (file->content);
  if (G_IS_SEEKABLE (file->stream))
    g_seekable_seek (G_SEEKABLE (file->stream), 0, G_SEEK_SET, NULL, NULL);
  return g_object_ref (file->stream);
}

/* Only letters that a header, a URI and everybody's program take alike. */
static gboolean
is_content_id (const char *id)
{
  return id != NULL && id[0] != '\0' && strlen (id) <= MAX_CID
         && strspn (id, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS ".@_+-") == strlen (id);
}

/* What its octets allow a message to be sent as; DEFAULT: as a file, whose octets are encoded, which a message's must not be (RFC 2046,
 * 5.2.1).  Reads it once. */
static GMimeContentEncoding
message_encoding (const MimeAttachment *file, GCancellable *cancellable)
{
  g_autoptr (GInputStream) stream = open_file (file);
  g_autofree guint8 *piece = g_malloc (LINE_IN * LINES);
  GMimeContentEncoding encoding = GMIME_CONTENT_ENCODING_7BIT;
  gsize length = 0, line = 0;
  guint8 before = 0;

  if (!G_IS_SEEKABLE (stream))
    return GMIME_CONTENT_ENCODING_DEFAULT;
  do {
    if (!g_input_stream_read_all (stream, piece, LINE_IN * LINES, &length, cancellable, NULL))
      return GMIME_CONTENT_ENCODING_DEFAULT;
    for (gsize i = 0; i < length; i++) {
      guint8 byte = piece[i];

      line = byte == '\n' ? 0 : line + 1;
      if (byte == '\0' || line > MAX_LINE || (before == '\r' && byte != '\n'))
        return GMIME_CONTENT_ENCODING_DEFAULT;
      if (byte > 127)
        encoding = GMIME_CONTENT_ENCODING_8BIT;
      before = byte;
    }
  } while (length > 0);
  return before != '\r' ? encoding : GMIME_CONTENT_ENCODING_DEFAULT;
}

/* Whether it is UTF-8, and more than ASCII, which is what a text is taken for that says nothing (RFC 2046, 4.1.2).  Reads it once. */
static gboolean
is_utf8 (const MimeAttachment *file, GCancellable *cancellable)
{
  g_autoptr (GInputStream) stream = open_file (file);
  g_autofree char *piece = g_malloc (LINE_IN * LINES);
  gboolean beyond = FALSE;
  gsize length = 0, kept = 0;

  if (!G_IS_SEEKABLE (stream))
    return FALSE;
  do {
    const char *end;
    gsize all;

    if (!g_input_stream_read_all (stream, piece + kept, LINE_IN * LINES - kept, &length,
                                  cancellable, NULL))
      return FALSE;
    all = kept + length;
    for (gsize i = kept; i < all && !beyond; i++)
      beyond = (guint8)piece[i] > 127;
    g_utf8_validate_len (piece, all, &end);
    kept = all - (gsize)(end - piece);
    /* The beginning of a character, whose end is still to come; of a NUL or of another charset more is left. */
    if (kept > 3 || (kept > 0 && length == 0))
      return FALSE;
    memmove (piece, end, kept);
  } while (length > 0);
  return beyond;
}

static GMimeObject *
file_part (const MimeAttachment *file, MimeNames names, gboolean shown, GCancellable *cancellable)
{
  g_autofree char *major = NULL, *minor = NULL, *plain = mime_build_line (file->name);
  g_autofree char *name = base_text_file_name (plain, "attachment");
  g_autoptr (GMimeContentDisposition) disposition = g_mime_content_disposition_new ();
  GMimeContentEncoding encoding = GMIME_CONTENT_ENCODING_BASE64;
  GMimePart *part;

  split_type (file->content_type, &major, &minor);
  if (file->content_type != NULL
      && g_ascii_strcasecmp (file->content_type, "message/rfc822") == 0) {
    GMimeContentEncoding own = message_encoding (file, cancellable);

    if (own != GMIME_CONTENT_ENCODING_DEFAULT) {
      g_free (major);
      g_free (minor);
      major = g_strdup ("message");
      minor = g_strdup ("rfc822");
      encoding = own;
    }
  }
  /* Of GMime's objects only the header is used: the content is written by write_file (). */
  part = g_mime_part_new_with_type (major, minor);
  if (g_str_equal (major, "text") && is_utf8 (file, cancellable))
    g_mime_content_type_set_parameter (g_mime_object_get_content_type (GMIME_OBJECT (part)),
                                       "charset", "utf-8");
  if (names == MIME_NAMES_BOTH)
    set_name (
        g_mime_content_type_get_parameters (g_mime_object_get_content_type (GMIME_OBJECT (part))),
        "name", name, GMIME_PARAM_ENCODING_METHOD_RFC2047);
  g_mime_content_disposition_set_disposition (disposition, shown ? "inline" : "attachment");
  set_name (g_mime_content_disposition_get_parameters (disposition), "filename", name,
            GMIME_PARAM_ENCODING_METHOD_RFC2231);
  g_mime_object_set_content_disposition (GMIME_OBJECT (part), disposition);
  if (shown)
    g_mime_object_set_content_id (GMIME_OBJECT (part), file->content_id);
  g_mime_part_set_content_encoding (part, encoding);
  g_object_set_data (G_OBJECT (part), FILE_KEY, (gpointer)file);
  return GMIME_OBJECT (part);
}

/* No name and no disposition: programs that know calendars find it by its type. */
static GMimeObject *
answer_part (const MimeAttachment *attachment)
{
  GMimePart *part = g_mime_part_new_with_type ("text", "calendar");
  GMimeContentType *type = g_mime_object_get_content_type (GMIME_OBJECT (part));

  g_mime_content_type_set_parameter (type, "method", "REPLY");
  g_mime_content_type_set_parameter (type, "charset", "UTF-8");
  g_mime_part_set_content_encoding (part, GMIME_CONTENT_ENCODING_BASE64);
  g_object_set_data (G_OBJECT (part), FILE_KEY, (gpointer)attachment);
  return GMIME_OBJECT (part);
}

/* ---- how they stand together ---- */

typedef enum
{
  ROLE_FILE,
  ROLE_ANSWER,
  ROLE_SHOWN, /* by the HTML */
} Role;

static Role
get_role (const MimeDraft *draft, const MimeAttachment *file)
{
  g_autofree char *uri = NULL;

  if (g_strcmp0 (file->content_type, MIME_CALENDAR_REPLY) == 0)
    return ROLE_ANSWER;
  if (draft->html == NULL || !is_content_id (file->content_id))
    return ROLE_FILE;
  uri = g_strconcat ("cid:", file->content_id, NULL);
  return strstr (draft->html, uri) != NULL ? ROLE_SHOWN : ROLE_FILE;
}

static void
add_to (GMimeMultipart *multipart, GMimeObject *part)
{
  g_mime_multipart_add (multipart, part);
  g_object_unref (part);
}

/* `first` (taken) and behind it all files of this role; `first` alone where there is none. */
static GMimeObject *
with_files (GMimeObject *first, const char *subtype, const MimeDraft *draft, Role role,
            GCancellable *cancellable)
{
  GMimeMultipart *multipart = NULL;

  for (guint i = 0; draft->attachments != NULL && i < draft->attachments->len; i++) {
    const MimeAttachment *file = draft->attachments->pdata[i];

    if (get_role (draft, file) != role)
      continue;
    if (multipart == NULL) {
      multipart = g_mime_multipart_new_with_subtype (subtype);
      add_to (multipart, first);
    }
    add_to (multipart, role == ROLE_ANSWER
                           ? answer_part (file)
                           : file_part (file, draft->names, role == ROLE_SHOWN, cancellable));
  }
  return multipart != NULL ? GMIME_OBJECT (multipart) : first;
}

static GMimeObject *
make_tree (const MimeDraft *draft, GCancellable *cancellable)
{
  GMimeObject *root = plain_part (draft->text);

  if (draft->html != NULL && draft->html[0] != '\0') {
    GMimeMultipart *alternative = g_mime_multipart_new_with_subtype ("alternative");
    GMimeObject *html =
        with_files (html_part (draft->html), "related", draft, ROLE_SHOWN, cancellable);

    if (GMIME_IS_MULTIPART (html)) /* RFC 2387, 3.1: the type of its root */
      g_mime_object_set_content_type_parameter (html, "type", "text/html");
    add_to (alternative, root);
    add_to (alternative, html);
    for (guint i = 0; draft->attachments != NULL && i < draft->attachments->len; i++)
      if (get_role (draft, draft->attachments->pdata[i]) == ROLE_ANSWER)
        add_to (alternative, answer_part (draft->attachments->pdata[i]));
    root = GMIME_OBJECT (alternative);
  } else {
    root = with_files (root, "alternative", draft, ROLE_ANSWER, cancellable);
  }
  return with_files (root, "mixed", draft, ROLE_FILE, cancellable);
}

/* RFC 2045, 6.4: what holds 8-bit octets says so. */
static gboolean
mark_eight_bit (GMimeObject *object)
{
  gboolean eight_bit = FALSE;

  if (!GMIME_IS_MULTIPART (object))
    return g_mime_part_get_content_encoding (GMIME_PART (object)) == GMIME_CONTENT_ENCODING_8BIT;
  for (int i = 0; i < g_mime_multipart_get_count (GMIME_MULTIPART (object)); i++)
    eight_bit |= mark_eight_bit (g_mime_multipart_get_part (GMIME_MULTIPART (object), i));
  if (eight_bit)
    g_mime_object_set_header (object, "Content-Transfer-Encoding", "8bit", NULL);
  return eight_bit;
}

/* ---- writing ---- */

typedef struct
{
  GOutputStream *stream;       /* Borrowed */
  GCancellable *cancellable;   /* Borrowed */
  GMimeFormatOptions *options; /* Borrowed */
} Writer;

static gboolean
put (Writer *writer, const void *data, gsize length, GError **error)
{
  return g_output_stream_write_all (writer->stream, data, length, NULL, writer->cancellable, error);
}

/* One piece as lines of 76 letters with CRLF; `out` has room for it. */
static gsize
encode_lines (const guint8 *data, gsize length, char *out)
{
  gsize used = 0;

  for (gsize at = 0; at < length; at += LINE_IN) {
    int state = 0, save = 0;

    used += g_base64_encode_step (data + at, MIN (LINE_IN, length - at), FALSE, out + used, &state,
                                  &save);
    used += g_base64_encode_close (FALSE, out + used, &state, &save);
    out[used++] = '\r';
    out[used++] = '\n';
  }
  return used;
}

/* The same octets with CRLF; `in_line`: whether a line is open. */
static gsize
copy_lines (const guint8 *data, gsize length, char *out, gboolean *in_line)
{
  gsize used = 0;

  for (gsize i = 0; i < length; i++) {
    if (data[i] == '\r')
      continue;
    if (data[i] == '\n')
      out[used++] = '\r';
    out[used++] = (char)data[i];
    *in_line = data[i] != '\n';
  }
  return used;
}

static gboolean
write_file (Writer *writer, const MimeAttachment *file, gboolean encode, GError **error)
{
  g_autoptr (GInputStream) stream = open_file (file);
  g_autofree guint8 *piece = g_malloc (LINE_IN * LINES);
  g_autofree char *out = g_malloc ((LINE_OUT + LINE_IN) * LINES);
  gboolean in_line = FALSE;
  gsize length;

  do {
    gsize used;

    if (!g_input_stream_read_all (stream, piece, LINE_IN * LINES, &length, writer->cancellable,
                                  error))
      return FALSE;
    used = encode ? encode_lines (piece, length, out) : copy_lines (piece, length, out, &in_line);
    if (!put (writer, out, used, error))
      return FALSE;
  } while (length == LINE_IN * LINES);
  return !in_line || put (writer, "\r\n", 2, error);
}

static gboolean
write_text (Writer *writer, GMimeObject *object, GError **error)
{
  g_autoptr (GMimeStream) memory = g_mime_stream_mem_new ();
  GByteArray *bytes = g_mime_stream_mem_get_byte_array (GMIME_STREAM_MEM (memory));

  g_mime_object_write_content_to_stream (object, writer->options, memory);
  if (!put (writer, bytes->data, bytes->len, error))
    return FALSE;
  /* Quoted-printable may end within a line. */
  return bytes->len == 0 || bytes->data[bytes->len - 1] == '\n' || put (writer, "\r\n", 2, error);
}

static gboolean
write_part (Writer *writer, GMimeObject *object, GError **error)
{
  g_autofree char *header = g_mime_object_get_headers (object, writer->options);
  const MimeAttachment *file = g_object_get_data (G_OBJECT (object), FILE_KEY);
  g_autofree char *begin = NULL;

  if (!put (writer, header, strlen (header), error) || !put (writer, "\r\n", 2, error))
    return FALSE;
  if (file != NULL)
    return write_file (writer, file,
                       g_mime_part_get_content_encoding (GMIME_PART (object))
                           == GMIME_CONTENT_ENCODING_BASE64,
                       error);
  if (!GMIME_IS_MULTIPART (object))
    return write_text (writer, object, error);
  begin = g_strdup_printf ("--%s", g_mime_multipart_get_boundary (GMIME_MULTIPART (object)));
  for (int i = 0; i < g_mime_multipart_get_count (GMIME_MULTIPART (object)); i++)
    if (!put (writer, begin, strlen (begin), error) || !put (writer, "\r\n", 2, error)
        || !write_part (writer, g_mime_multipart_get_part (GMIME_MULTIPART (object), i), error)
        || !put (writer, "\r\n", 2, error))
      return FALSE;
  return put (writer, begin, strlen (begin), error) && put (writer, "--\r\n", 4, error);
}

gboolean
mime_build_write_body (const MimeDraft *draft, GOutputStream *stream, GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (GMimeObject) root = make_tree (draft, cancellable);
  g_autoptr (GMimeFormatOptions) options = g_mime_format_options_new ();
  Writer writer = { stream, cancellable, options };

  g_mime_format_options_set_newline_format (options, GMIME_NEWLINE_FORMAT_DOS);
  mark_eight_bit (root);
  return write_part (&writer, root, error);
}
