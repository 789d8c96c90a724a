/* Finds the parts of a message: one pass over the bytes, no recursion, no copy.
 *
 * The list's fast path and the reader share it, so that both agree on what a message contains.  (GMime's parser builds
 * objects for every header of every part: some 120 µs a message, twice what the first sync may spend on one.)
 * Runs on any thread.  Must stay linear: nesting and part counts are limited, and what lies beyond stays whole in the
 * last part that was allowed. */
#include "mime-structure-private.h"

#include <string.h>

#include "mime-charset-private.h"
#include "mime-header-private.h"

#define MAX_DEPTH    64
#define MAX_PARTS    200000
#define MAX_BOUNDARY 256
#define GUESS_WINDOW 8192 /* octets of a body that are searched for a boundary nobody named */

typedef struct
{
  guint node;
  char *boundary;
  gsize length;
} Open;

typedef struct
{
  MimeStructure *structure;
  GArray *open; /* of Open: multiparts that have not ended, outermost first */
} Scan;

static void
node_clear (gpointer data)
{
  g_free (((MimeNode *)data)->type);
}

static void
open_clear (gpointer data)
{
  g_free (((Open *)data)->boundary);
}

void
mime_structure_free (MimeStructure *structure)
{
  g_array_unref (structure->nodes);
  g_free (structure);
}

const MimeNode *
mime_structure_get (const MimeStructure *structure, guint index)
{
  return &g_array_index (structure->nodes, MimeNode, index);
}

/* The first line "--something" of a multipart that forgot to name its boundary. */
static char *
guess_boundary (const char *body, gsize length)
{
  const char *at = body, *end = body + MIN (length, (gsize)GUESS_WINDOW);

  for (guint lines = 0; at < end && lines < 50; lines++) {
    const char *newline = memchr (at, '\n', (gsize)(end - at));
    const char *stop = newline != NULL ? newline : end;

    if (stop - at > 5 && at[0] == '-' && at[1] == '-'
        && memchr (at, ' ', (gsize)(stop - at)) == NULL)
      return g_strchomp (g_strndup (at + 2, (gsize)(stop - at - 2)));
    at = newline != NULL ? newline + 1 : end;
  }
  return NULL;
}

static int match_boundary (const Scan *scan, gsize at, gboolean *closing, gsize *next);

/* Octets of a part's header with its empty line; a header that lacks the empty line ends where the next part begins. */
static gsize
part_header_length (const Scan *scan, gsize start)
{
  const char *data = scan->structure->data, *end = data + scan->structure->length,
             *at = data + start;
  gsize next;
  gboolean closing;

  if (scan->open->len == 0 || !mime_header_starts (at, (gsize)(end - at)))
    return mime_header_length (at, (gsize)(end - at), NULL);
  while (at < end) {
    const char *newline;

    if (*at == '\n' || (*at == '\r' && at + 1 < end && at[1] == '\n'))
      return (gsize)(at - data) - start + (*at == '\n' ? 1 : 2);
    if (end - at > 2 && at[0] == '-' && at[1] == '-'
        && match_boundary (scan, (gsize)(at - data), &closing, &next) >= 0)
      break;
    newline = memchr (at, '\n', (gsize)(end - at));
    at = newline != NULL ? newline + 1 : end;
  }
  return (gsize)(at - data) - start;
}

/* Reads the header of the part that starts at `start` and adds its node.  Returns where its body starts. */
static gsize
add_part (Scan *scan, gsize start)
{
  MimeStructure *structure = scan->structure;
  const Open *parent =
      scan->open->len > 0 ? &g_array_index (scan->open, Open, scan->open->len - 1) : NULL;
  MimeNode node = { .header = start };
  const char *data = structure->data, *at = data + start, *header_end;
  g_autofree char *content_type = NULL, *boundary = NULL;
  MimeField field;

  if (parent != NULL)
    node.parent = parent->node;
  node.header_length = part_header_length (scan, start);
  node.body = start + node.header_length;
  node.body_length = structure->length - node.body;
  header_end = data + node.body;
  while (mime_header_next (&at, header_end, &field)) {
    if (field.name_length < 12 || g_ascii_strncasecmp (field.name, "Content-", 8) != 0)
      continue;
    if (content_type == NULL && mime_field_is (&field, "Content-Type")) {
      content_type = mime_field_dup (&field, NULL);
    } else if (mime_field_is (&field, "Content-Transfer-Encoding")) {
      g_autofree char *value = mime_field_dup (&field, NULL);

      node.encoding = mime_encoding_from_string (value);
    } else if (mime_field_is (&field, "Content-Disposition")) {
      g_autofree char *value = mime_field_dup (&field, NULL);
      g_autofree char *token = mime_value_dup_token (value);

      /* RFC 2183: what is unknown counts as attachment. */
      if (strcmp (token, "inline") == 0)
        node.disposition = MIME_DISPOSITION_INLINE;
      else if (token[0] != '\0')
        node.disposition = MIME_DISPOSITION_ATTACHMENT;
    }
  }
  if (content_type != NULL)
    node.type = mime_value_dup_token (content_type);
  if (node.type == NULL || strchr (node.type, '/') == NULL) {
    gboolean digest =
        parent != NULL
        && strcmp (mime_structure_get (structure, parent->node)->type, "multipart/digest") == 0;

    /* Before MIME there was "Content-Type: text". */
    g_free (node.type);
    node.type = g_strdup (digest ? "message/rfc822" : "text/plain");
  }
  if (g_str_has_prefix (node.type, "multipart/") && scan->open->len < MAX_DEPTH) {
    boundary = mime_value_dup_param (content_type, "boundary");
    if (boundary == NULL || boundary[0] == '\0') {
      g_free (boundary);
      boundary = guess_boundary (data + node.body, structure->length - node.body);
    }
    if (boundary != NULL && boundary[0] != '\0' && strlen (boundary) <= MAX_BOUNDARY) {
      Open open = { structure->nodes->len, g_steal_pointer (&boundary), 0 };

      open.length = strlen (open.boundary);
      g_array_append_val (scan->open, open);
      node.is_multipart = TRUE;
    }
  }
  g_array_append_val (structure->nodes, node);
  return node.body;
}

/* The level of the boundary that the line at `at` ("--...") is, or -1. */
static int
match_boundary (const Scan *scan, gsize at, gboolean *closing, gsize *next)
{
  const char *line = scan->structure->data + at + 2;
  gsize room = scan->structure->length - at - 2;

  for (int level = (int)scan->open->len - 1; level >= 0; level--) {
    const Open *open = &g_array_index (scan->open, Open, level);
    const char *rest, *end = scan->structure->data + scan->structure->length;

    if (open->length > room || memcmp (line, open->boundary, open->length) != 0)
      continue;
    rest = line + open->length;
    *closing = end - rest >= 2 && rest[0] == '-' && rest[1] == '-';
    if (*closing)
      rest += 2;
    while (rest < end && (*rest == ' ' || *rest == '\t' || *rest == '\r'))
      rest++;
    /* Another boundary may begin with this one. */
    if (rest < end && *rest != '\n' && !*closing)
      continue;
    if (rest < end && *rest == '\n')
      rest++;
    *next = (gsize)(rest - scan->structure->data);
    return level;
  }
  return -1;
}

/* Ends all nodes that are still open below `level`, at offset `at`. */
static void
close_parts (Scan *scan, guint level, gsize at, guint first_open)
{
  GArray *nodes = scan->structure->nodes;
  const char *data = scan->structure->data;
  gsize end = at;

  if (end > 0 && data[end - 1] == '\n' && at < scan->structure->length)
    end--;
  if (end > 0 && data[end - 1] == '\r' && at < scan->structure->length && end < at)
    end--;
  if (first_open < nodes->len) {
    MimeNode *leaf = &g_array_index (nodes, MimeNode, nodes->len - 1);

    if (!leaf->is_multipart)
      leaf->body_length = end > leaf->body ? end - leaf->body : 0;
  }
  while (scan->open->len > level) {
    MimeNode *node = &g_array_index (nodes, MimeNode,
                                     g_array_index (scan->open, Open, scan->open->len - 1).node);

    node->body_length = end > node->body ? end - node->body : 0;
    node->end = nodes->len;
    g_array_set_size (scan->open, scan->open->len - 1);
  }
}

/* Where the next line starts that begins with "--", at `at` or later but not without a line end before it; `length` for none. */
static gsize
next_dashes (const char *data, gsize at, gsize length)
{
  const char *line, *end = data + length;

  for (line = data + at; (line = memchr (line, '\n', (gsize)(end - line))) != NULL;) {
    line++;
    if (end - line > 2 && line[0] == '-' && line[1] == '-')
      return (gsize)(line - data);
  }
  return length;
}

MimeStructure *
mime_structure_new (const char *data, gsize length)
{
  MimeStructure *structure = g_new0 (MimeStructure, 1);
  g_autoptr (GArray) open = g_array_new (FALSE, FALSE, sizeof (Open));
  Scan scan = { structure, open };
  gsize at;
  guint first_open = 0; /* nodes from here on have no end yet; none when equal to the count */

  g_array_set_clear_func (open, open_clear);
  structure->data = data;
  structure->length = length;
  structure->nodes = g_array_new (FALSE, FALSE, sizeof (MimeNode));
  g_array_set_clear_func (structure->nodes, node_clear);
  at = add_part (&scan, 0);
  while (open->len > 0 && at + 2 < length) {
    gboolean closing;
    gsize next;
    int level = -1;

    if (data[at] == '-' && data[at + 1] == '-' && (at == 0 || data[at - 1] == '\n'))
      level = match_boundary (&scan, at, &closing, &next);
    if (level < 0) {
      at = next_dashes (data, at, length);
      if (at == length)
        break;
      /* Step over this very line on the next turn. */
      level = match_boundary (&scan, at, &closing, &next);
      if (level < 0) {
        at += 2;
        continue;
      }
    }
    close_parts (&scan, closing ? (guint)level : (guint)level + 1, at, first_open);
    first_open = structure->nodes->len;
    at = next;
    if (!closing) {
      if (structure->nodes->len >= MAX_PARTS)
        break;
      at = add_part (&scan, next);
    } else if (next > 0) {
      at = next - 1; /* the line end may be part of the next "\n--" */
      if (data[at] != '\n')
        at = next;
    }
  }
  close_parts (&scan, 0, length, first_open);
  for (guint i = 0; i < structure->nodes->len; i++) {
    MimeNode *node = &g_array_index (structure->nodes, MimeNode, i);

    if (!node->is_multipart)
      node->end = i + 1;
  }
  return structure;
}

/* ---- nodes ---- */

char *
mime_node_dup_field (const MimeStructure *structure, const MimeNode *node, const char *name)
{
  MimeField field;

  if (!mime_header_find (structure->data + node->header, node->header_length, name, &field))
    return NULL;
  return mime_field_dup (&field, NULL);
}

char *
mime_node_dup_param (const MimeStructure *structure, const MimeNode *node, const char *field,
                     const char *name)
{
  g_autofree char *value = mime_node_dup_field (structure, node, field);

  return value != NULL ? mime_value_dup_param (value, name) : NULL;
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
  g_autofree char *charset = mime_node_dup_param (structure, node, "Content-Type", "charset");
  const char *body = structure->data + node->body;
  gsize length = MIN (node->body_length, max);
  g_autoptr (GByteArray) bytes = NULL;

  if (node->encoding != MIME_ENCODING_PLAIN) {
    bytes = mime_decode (node->encoding, body, length);
    body = (const char *)bytes->data;
    length = bytes->len;
  }
  if (charset == NULL && strcmp (node->type, "text/html") == 0)
    charset = find_meta_charset (body, length);
  return mime_charset_to_utf8 (charset, body, length);
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
mime_node_is_text (const MimeStructure *structure, const MimeNode *node, gboolean first)
{
  g_autofree char *name = NULL;

  if (node->disposition == MIME_DISPOSITION_ATTACHMENT || !g_str_has_prefix (node->type, "text/")
      || strcmp (node->type, "text/calendar") == 0 || strcmp (node->type, "text/vcard") == 0
      || strcmp (node->type, "text/x-vcard") == 0)
    return FALSE;
  if (first)
    return TRUE;
  name = mime_node_dup_file_name (structure, node);
  return name == NULL;
}

char *
mime_node_dup_file_name (const MimeStructure *structure, const MimeNode *node)
{
  char *name = mime_node_dup_param (structure, node, "Content-Disposition", "filename");

  if (name == NULL || name[0] == '\0') {
    g_free (name);
    name = mime_node_dup_param (structure, node, "Content-Type", "name");
  }
  if (name != NULL && name[0] == '\0')
    g_clear_pointer (&name, g_free);
  return name;
}
