/* Reads the bytes of a message with GMime's parser and lays its tree out flat.
 *
 * The list's fast path and the reader share it, so that both agree on what a message contains.  Content stays where it
 * is: GMime tells its range, and it is decoded when it is asked for.  Runs on any thread; never fails.  What GMime gives
 * up on (no header at all, a multipart that names no boundary) is repaired and read again; what is made to exhaust memory
 * or time is read only so far. */
#include "mime-structure-private.h"

#include <string.h>

#include "mime-charset-private.h"
#include "mime-decode-private.h"
#include "mime-header-private.h"

/* GMime needs a kilobyte for every part and header field, and compares each line that begins with "--" with every open
 * boundary.  A message with more lines than this that may be such is read in steps, and only on while it holds few objects. */
#define STEP_LINES        150000
#define MAX_OBJECTS       50000
#define MULTIPART_OBJECTS 100
#define GUESS_WINDOW      8192 /* octets of a body that are searched for a boundary nobody named */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeParser, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeStream, g_object_unref)

/* ---- parsing ---- */

/* NULL when the bytes begin with no header field.  The root is read as a part: GMime's message object would parse every address
 * list at once, and recurses into groups inside of groups until the stack is used up. */
static GMimeObject *
parse (const char *data, gsize length)
{
  GByteArray view = { (guint8 *)data, (guint)length };
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new ();
  g_autoptr (GMimeParser) parser = NULL;

  /* The parts keep streams over `view`, of which only the bounds are ever used. */
  g_mime_stream_mem_set_byte_array (GMIME_STREAM_MEM (stream), &view);
  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (stream), FALSE);
  parser = g_mime_parser_new_with_stream (stream);
  g_mime_parser_set_persist_stream (parser, TRUE);
  return g_mime_parser_construct_part (parser, NULL);
}

/* Parts and header fields; a multipart counts as many, since each makes all lines of what it holds slower.  The nesting is
 * GMime's, 1024 at most. */
static guint
count_objects (GMimeObject *object)
{
  guint count = 1 + (guint)g_mime_header_list_get_count (g_mime_object_get_header_list (object));
  int parts =
      GMIME_IS_MULTIPART (object) ? g_mime_multipart_get_count (GMIME_MULTIPART (object)) : 0;

  for (int i = 0; i < parts; i++)
    count += (i == 0 ? MULTIPART_OBJECTS : 0)
             + count_objects (g_mime_multipart_get_part (GMIME_MULTIPART (object), i));
  return count;
}

static GMimeObject *
parse_bytes (GBytes *bytes)
{
  gsize length, end = 0;
  const char *data = g_bytes_get_data (bytes, &length);
  GMimeObject *root = NULL;

  if (length < STEP_LINES)
    return parse (length > 0 ? data : "", length);
  do {
    for (guint lines = 0; lines < STEP_LINES && end < length;) {
      const char *line = data + end, *newline = memchr (line, '\n', length - end);
      gsize size = newline != NULL ? (gsize)(newline - line) : length - end;

      if (size > 0 && (line[0] == '-' || memchr (line, ':', size) != NULL))
        lines++;
      end += MIN (size + 1, length - end);
    }
    g_clear_object (&root);
    root = parse (data, end);
  } while (end < length && (root == NULL || count_objects (root) < MAX_OBJECTS));
  return root;
}

/* The bytes with `extra` at `offset`. */
static GBytes *
insert (GBytes *bytes, gsize offset, const char *extra)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  GByteArray *all = g_byte_array_sized_new ((guint)(length + strlen (extra)));

  g_byte_array_append (all, data, (guint)offset);
  g_byte_array_append (all, (const guint8 *)extra, (guint)strlen (extra));
  if (length > offset)
    g_byte_array_append (all, data + offset, (guint)(length - offset));
  return g_byte_array_free_to_bytes (all);
}

/* The header that a multipart should have had: with the first line "--something" as its boundary.  NULL when it names one
 * itself or there is no such line; else `offset` says where to put it. */
static char *
guess_boundary (GMimeObject *root, GBytes *bytes, gsize *offset)
{
  GMimeHeader *header;
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length), *end, *line;

  if (!GMIME_IS_MULTIPART (root)
      || g_mime_object_get_content_type_parameter (root, "boundary") != NULL)
    return NULL;
  header = g_mime_header_list_get_header (g_mime_object_get_header_list (root), "Content-Type");
  if (header == NULL)
    return NULL;
  line = data + g_mime_header_get_offset (header);
  end = data + length;
  do {
    line = memchr (line, '\n', (gsize)(end - line));
    line = line != NULL ? line + 1 : end;
  } while (line < end && (*line == ' ' || *line == '\t'));
  *offset = (gsize)(line - data);
  end = line + MIN ((gsize)(end - line), (gsize)GUESS_WINDOW);
  while ((line = memmem (line, (gsize)(end - line), "\n--", 3)) != NULL) {
    gsize size;

    line += 3;
    for (size = 0; line + size < end && (guint8)line[size] > ' ' && line[size] != '"'; size++)
      ;
    if (size >= 3 && line + size < end && (line[size] == '\r' || line[size] == '\n'))
      return g_strdup_printf (
          "Content-Type: multipart/%s; boundary=\"%.*s\"\r\n",
          g_mime_content_type_get_media_subtype (g_mime_object_get_content_type (root)), (int)size,
          line);
  }
  return NULL;
}

/* ---- the flat list ---- */

static void
node_clear (gpointer data)
{
  MimeNode *node = data;

  g_free (node->type);
  g_free (node->block);
  g_free (node->fields);
}

GArray *
mime_structure_new_nodes (void)
{
  GArray *nodes = g_array_new (FALSE, FALSE, sizeof (MimeNode));

  g_array_set_clear_func (nodes, node_clear);
  return nodes;
}

static void
read_node (MimeNode *node)
{
  GMimeContentType *type = g_mime_object_get_content_type (node->object);
  GMimeContentDisposition *disposition = g_mime_object_get_content_disposition (node->object);
  const char *token =
      disposition != NULL ? g_mime_content_disposition_get_disposition (disposition) : NULL;

  /* Before MIME there was "Content-Type: text", for which GMime makes a text part with a type that is none. */
  if (type == NULL
      || (GMIME_IS_TEXT_PART (node->object) && !g_mime_content_type_is_type (type, "text", "*"))) {
    node->type = g_strdup ("text/plain");
  } else {
    g_autofree char *name = g_strconcat (g_mime_content_type_get_media_type (type), "/",
                                         g_mime_content_type_get_media_subtype (type), NULL);

    node->type = g_ascii_strdown (name, -1);
  }
  /* RFC 2183: what is unknown counts as attachment. */
  if (token != NULL && token[0] != '\0')
    node->disposition = g_ascii_strcasecmp (token, "inline") == 0 ? MIME_DISPOSITION_INLINE
                                                                  : MIME_DISPOSITION_ATTACHMENT;
  if (GMIME_IS_PART (node->object)) {
    GMimeDataWrapper *content = g_mime_part_get_content (GMIME_PART (node->object));
    GMimeStream *stream = content != NULL ? g_mime_data_wrapper_get_stream (content) : NULL;

    node->encoding = g_mime_part_get_content_encoding (GMIME_PART (node->object));
    if (stream != NULL && stream->bound_end > stream->bound_start) {
      node->body = (gsize)stream->bound_start;
      node->length = (gsize)(stream->bound_end - stream->bound_start);
    }
  }
}

static void
add_node (MimeStructure *structure, GMimeObject *object, guint parent)
{
  MimeNode node = { .object = object,
                    .parent = parent,
                    .is_multipart = GMIME_IS_MULTIPART (object) };
  guint index = structure->nodes->len;

  read_node (&node);
  /* Before a boundary that the message ends in, GMime leaves half of the line end that is the boundary's. */
  if (node.length > 0 && structure->data[node.body + node.length - 1] == '\r'
      && g_bytes_get_size (structure->bytes) > node.body + node.length + 2
      && memcmp (structure->data + node.body + node.length, "\n--", 3) == 0)
    node.length--;
  g_array_append_val (structure->nodes, node);
  if (node.is_multipart) {
    int count = g_mime_multipart_get_count (GMIME_MULTIPART (object));

    for (int i = 0; i < count; i++)
      add_node (structure, g_mime_multipart_get_part (GMIME_MULTIPART (object), i), index);
  }
  g_array_index (structure->nodes, MimeNode, index).end = structure->nodes->len;
}

/* Without the "From " line that mbox tools leave in front. */
static GBytes *
skip_envelope (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  const char *newline =
      length > 5 && memcmp (data, "From ", 5) == 0 ? memchr (data, '\n', length) : NULL;
  gsize start = newline != NULL ? (gsize)(newline - data) + 1 : 0;

  return g_bytes_new_from_bytes (bytes, start, length - start);
}

/* Reads other bytes instead. */
static void
take_bytes (MimeStructure *structure, GBytes *bytes)
{
  g_clear_object (&structure->root);
  g_bytes_unref (structure->bytes);
  structure->bytes = bytes;
  structure->root = parse_bytes (bytes);
}

MimeStructure *
mime_structure_new (GBytes *bytes)
{
  MimeStructure *structure = g_new0 (MimeStructure, 1);
  g_autofree char *header = NULL;
  gsize offset;

  mime_gmime_init ();
  structure->bytes = skip_envelope (bytes);
  structure->root = parse_bytes (structure->bytes);
  if (structure->root == NULL) /* no header: all of it is body */
    take_bytes (structure, insert (structure->bytes, 0, "\n"));
  header = guess_boundary (structure->root, structure->bytes, &offset);
  if (header != NULL)
    take_bytes (structure, insert (structure->bytes, offset, header));
  structure->data = g_bytes_get_data (structure->bytes, NULL);
  if (structure->data == NULL)
    structure->data = ""; /* of no length, and still a place */
  structure->nodes = mime_structure_new_nodes ();
  add_node (structure, structure->root, 0);
  return structure;
}

void
mime_structure_free (MimeStructure *structure)
{
  g_array_unref (structure->nodes);
  g_clear_object (&structure->root);
  g_bytes_unref (structure->bytes);
  g_free (structure);
}

const MimeNode *
mime_structure_get (const MimeStructure *structure, guint index)
{
  return &g_array_index (structure->nodes, MimeNode, index);
}

/* ---- nodes ---- */

/* NULL behind the last. */
static const char *
get_field (const MimeNode *node, guint index, const char **raw)
{
  GMimeHeaderList *list =
      node->object != NULL ? g_mime_object_get_header_list (node->object) : NULL;

  if (list != NULL && index < (guint)g_mime_header_list_get_count (list)) {
    GMimeHeader *header = g_mime_header_list_get_header_at (list, (int)index);

    *raw = g_mime_header_get_raw_value (header);
    return g_mime_header_get_name (header);
  }
  if (list != NULL || index >= node->n_fields)
    return NULL;
  *raw = node->fields[index].value;
  return node->fields[index].name;
}

const char *
mime_node_get_raw_nth (const MimeNode *node, const char *name, guint nth)
{
  const char *raw, *found;

  for (guint i = 0; (found = get_field (node, i, &raw)) != NULL; i++) {
    if (g_ascii_strcasecmp (found, name) == 0 && nth-- == 0)
      return raw;
  }
  return NULL;
}

const char *
mime_node_get_raw_before (const MimeNode *node, const char *name, const char *end)
{
  const char *raw, *found, *first = NULL;

  for (guint i = 0; (found = get_field (node, i, &raw)) != NULL; i++) {
    if (g_ascii_strcasecmp (found, end) == 0)
      return first;
    if (first == NULL && g_ascii_strcasecmp (found, name) == 0)
      first = raw;
  }
  return NULL;
}

guint
mime_node_count_fields (const MimeNode *node, const char *name)
{
  const char *raw, *found;
  guint count = 0;

  for (guint i = 0; (found = get_field (node, i, &raw)) != NULL; i++)
    count += g_ascii_strcasecmp (found, name) == 0;
  return count;
}

const char *
mime_node_get_raw (const MimeNode *node, const char *name)
{
  GMimeHeader *header;

  if (node->object == NULL)
    return mime_node_get_raw_nth (node, name, 0);
  header = g_mime_header_list_get_header (g_mime_object_get_header_list (node->object), name);
  return header != NULL ? g_mime_header_get_raw_value (header) : NULL;
}

char *
mime_node_dup_param (const MimeNode *node, const char *field, const char *name)
{
  return mime_raw_dup_param (mime_node_get_raw (node, field), name);
}

char *
mime_node_dup_id (const MimeNode *node)
{
  g_autofree char *value = mime_raw_to_value (mime_node_get_raw (node, "Content-ID"), NULL);
  gsize length = value != NULL ? strlen (value) : 0;

  if (length >= 2 && value[0] == '<' && value[length - 1] == '>')
    return g_strndup (value + 1, length - 2);
  return length > 0 ? g_steal_pointer (&value) : NULL;
}

GBytes *
mime_node_dup_content (const MimeStructure *structure, const MimeNode *node, gsize max)
{
  gsize length = MIN (node->length, max);

  if (node->encoding == GMIME_CONTENT_ENCODING_BASE64
      || node->encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
      || node->encoding == GMIME_CONTENT_ENCODING_UUENCODE)
    return mime_decode (node->encoding, structure->data + node->body, length);
  return g_bytes_new_from_bytes (structure->bytes, node->body, length);
}

guint64
mime_node_get_size (const MimeStructure *structure, const MimeNode *node)
{
  return mime_decoded_size (node->encoding, structure->data + node->body, node->length);
}

/* HTML without a charset in its header may name one in a meta element. */
static char *
find_meta_charset (const char *html, gsize length)
{
  static const char key[] = "charset=";
  const char *end = html + MIN (length, (gsize)2048);

  for (const char *at = html; end - at > (gssize)sizeof key; at++) {
    const char *stop;

    if (g_ascii_strncasecmp (at, key, sizeof key - 1) != 0)
      continue;
    at += sizeof key - 1;
    while (at < end && (*at == '"' || *at == '\'' || *at == ' '))
      at++;
    for (stop = at; stop < end && (g_ascii_isalnum (*stop) || *stop == '-' || *stop == '_'); stop++)
      ;
    return g_strndup (at, (gsize)(stop - at));
  }
  return NULL;
}

char *
mime_node_dup_text (const MimeStructure *structure, const MimeNode *node, gsize max)
{
  g_autofree char *charset = mime_node_dup_param (node, "Content-Type", "charset");
  g_autoptr (GBytes) bytes = mime_node_dup_content (structure, node, max);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  if (charset == NULL && strcmp (node->type, "text/html") == 0)
    charset = find_meta_charset (data, length);
  return mime_charset_to_utf8 (charset, data, length);
}

gboolean
mime_node_is_signature (const MimeNode *node)
{
  static const char *const types[] = { "application/pgp-signature", "application/pkcs7-signature",
                                       "application/x-pkcs7-signature",
                                       "application/pgp-encrypted" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    if (strcmp (node->type, types[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
mime_node_is_text (const MimeNode *node, gboolean first)
{
  g_autofree char *name = NULL;

  if (node->disposition == MIME_DISPOSITION_ATTACHMENT || !g_str_has_prefix (node->type, "text/")
      || strcmp (node->type, "text/calendar") == 0 || strcmp (node->type, "text/vcard") == 0
      || strcmp (node->type, "text/x-vcard") == 0)
    return FALSE;
  if (first)
    return TRUE;
  name = mime_node_dup_file_name (node);
  return name == NULL;
}

char *
mime_node_dup_file_name (const MimeNode *node)
{
  char *name = mime_node_dup_param (node, "Content-Disposition", "filename");

  if (name == NULL || name[0] == '\0') {
    g_free (name);
    name = mime_node_dup_param (node, "Content-Type", "name");
  }
  if (name != NULL && name[0] == '\0')
    g_clear_pointer (&name, g_free);
  return name;
}
