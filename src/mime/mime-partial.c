/* From the beginning of a message and the server's description of it to a message that can be read, and a list of what it
 * lacks.  The beginning gives what it has of parts as they are, headers included; of the others what was fetched, or a header
 * made of the description.  Pure, any thread.  Must never take half a part for a whole one: a part of the beginning counts only
 * where the boundary behind it is there too, and what comes out is read again and compared with the description. */
#include "mime-partial.h"

#include <string.h>

#include "mime-message-private.h"
#include "mime-structure-private.h"

#define MAX_OUTLINE 2000

typedef struct
{
  GBytes *header, *content; /* Owned; NULL: not here */
  char *boundary;           /* Owned; of a multipart */
} Piece;

struct _MimePartial
{
  /* Borrowed */
  const MimeOutlinePart *parts;

  /* Owned */
  MimeStructure *start;
  Piece *pieces; /* one for each part */

  gsize n;
  gsize header; /* octets of the message's own */
};

void
mime_partial_free (MimePartial *partial)
{
  if (partial == NULL)
    return;
  for (gsize i = 0; i < partial->n; i++) {
    g_clear_pointer (&partial->pieces[i].header, g_bytes_unref);
    g_clear_pointer (&partial->pieces[i].content, g_bytes_unref);
    g_free (partial->pieces[i].boundary);
  }
  mime_structure_free (partial->start);
  g_free (partial->pieces);
  g_free (partial);
}

/* ---- what the beginning has ---- */

/* Octets of the header with the empty line behind it; 0: it goes on beyond what is here. */
static gsize
find_header (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  const char *lf = memmem (data, length, "\n\n", 2), *crlf = memmem (data, length, "\n\r\n", 3);

  if (lf != NULL && (crlf == NULL || lf < crlf))
    return (gsize)(lf - data) + 2;
  return crlf != NULL ? (gsize)(crlf - data) + 3 : 0;
}

/* The boundary behind it is there, with the end of its line. */
static gboolean
is_leaf_whole (const MimeStructure *start, const MimeNode *node)
{
  gsize length = g_bytes_get_size (start->bytes), end = node->body + node->length;
  const char *at = start->data + end;

  if (node->body == 0 || end >= length)
    return FALSE;
  if (*at == '\r')
    at++;
  if (at < start->data + length && *at == '\n')
    at++;
  return start->data + length - at > 2 && at[0] == '-' && at[1] == '-'
         && memchr (at, '\n', (gsize)(start->data + length - at)) != NULL;
}

/* NULL: it has none, or one that goes on beyond what is here. */
static GBytes *
dup_header (const MimeStructure *start, const MimeNode *node)
{
  GMimeHeaderList *list =
      node->object != NULL ? g_mime_object_get_header_list (node->object) : NULL;
  gint64 from = list != NULL && g_mime_header_list_get_count (list) > 0
                    ? g_mime_header_get_offset (g_mime_header_list_get_header_at (list, 0))
                    : -1;
  gsize length = g_bytes_get_size (start->bytes), header;

  if (from < 0 || (gsize)from >= length)
    return NULL;
  g_autoptr (GBytes) rest =
      g_bytes_new_from_bytes (start->bytes, (gsize)from, length - (gsize)from);
  header = find_header (rest);
  if (header == 0 || (node->body > 0 && (gsize)from + header != node->body))
    return NULL;
  return g_bytes_new_from_bytes (rest, 0, header);
}

static guint
next_part (const MimePartial *partial, guint index)
{
  guint next = index + 1;

  /* Children follow their multipart: it ends where a part has another one above it. */
  while (next < partial->n) {
    guint above = partial->parts[next].parent;

    while (above > index)
      above = partial->parts[above].parent;
    if (above != index)
      break;
    next++;
  }
  return next;
}

/* FALSE: what is here is not what the server describes. */
static gboolean
match (MimePartial *partial, guint index, guint at)
{
  const MimeStructure *start = partial->start;
  const MimeOutlinePart *part = &partial->parts[index];
  const MimeNode *node = mime_structure_get (start, at);
  Piece *piece = &partial->pieces[index];
  gboolean is_last = index > 0 && node->end == start->nodes->len;
  g_autoptr (GBytes) header = index > 0 ? dup_header (start, node) : NULL;

  /* Cut off within its header it may look like anything. */
  if (strcmp (part->type, node->type) != 0 || part->is_multipart != node->is_multipart
      || (index > 0 && header == NULL))
    return is_last;
  if (!part->is_multipart) {
    if (index > 0 && is_leaf_whole (start, node)) {
      piece->header = g_steal_pointer (&header);
      piece->content = g_bytes_new_from_bytes (start->bytes, node->body, node->length);
    }
    return TRUE;
  }
  g_autofree char *boundary = mime_node_dup_param (node, "Content-Type", "boundary");
  if (boundary == NULL || boundary[0] == '\0')
    return FALSE;
  g_free (piece->boundary);
  piece->boundary = g_steal_pointer (&boundary);
  piece->header = g_steal_pointer (&header);
  guint child = index + 1, end = next_part (partial, index);
  for (guint below = at + 1; below < node->end; below = mime_structure_get (start, below)->end) {
    if (child >= end || !match (partial, child, below))
      return FALSE;
    child = next_part (partial, child);
  }
  return TRUE;
}

/* What is encrypted or signed is nothing without the last octet. */
static gboolean
must_be_whole (const MimeOutlinePart *part)
{
  static const char *const types[] = { "multipart/encrypted", "multipart/signed",
                                       "application/pkcs7-mime", "application/x-pkcs7-mime" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    if (strcmp (part->type, types[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

MimePartial *
mime_partial_new (GBytes *start, const MimeOutlinePart *parts, gsize n)
{
  g_autoptr (MimePartial) partial = NULL;

  if (n == 0 || n > MAX_OUTLINE)
    return NULL;
  for (gsize i = 0; i < n; i++) {
    if (must_be_whole (&parts[i]) || (i > 0 && parts[i].parent >= i)
        || !parts[parts[i].parent].is_multipart)
      return NULL;
  }
  partial = g_new0 (MimePartial, 1);
  partial->parts = parts;
  partial->n = n;
  partial->pieces = g_new0 (Piece, n);
  for (guint i = 0; i < n; i++)
    partial->pieces[i].boundary = g_strdup_printf ("=_sosik_%u_%08x", i, g_bytes_hash (start));
  partial->start = mime_structure_new (start);
  partial->header = find_header (partial->start->bytes);
  if (partial->header == 0 || !match (partial, 0, 0))
    return NULL;
  return g_steal_pointer (&partial);
}

void
mime_partial_set (MimePartial *partial, guint index, GBytes *header, GBytes *content)
{
  Piece *piece = &partial->pieces[index];

  g_return_if_fail (index < partial->n && !partial->parts[index].is_multipart);
  if (header != NULL && index > 0) {
    gsize length = find_header (header);

    g_clear_pointer (&piece->header, g_bytes_unref);
    /* What has no empty line at its end is no header. */
    if (length == g_bytes_get_size (header))
      piece->header = g_bytes_ref (header);
  }
  g_clear_pointer (&piece->content, g_bytes_unref);
  piece->content = g_bytes_ref (content);
}

/* ---- what is lacking ---- */

static gboolean
is_missing (const MimePartial *partial, guint index)
{
  const MimeOutlinePart *part = &partial->parts[index];

  return !part->is_multipart && part->size > 0 && partial->pieces[index].content == NULL;
}

guint64
mime_partial_get_largest_missing (MimePartial *partial, GArray *needed)
{
  guint64 largest = 0;

  for (guint i = 0, next = 0; i < partial->n; i++) {
    if (next < needed->len && g_array_index (needed, guint, next) == i)
      next++;
    else if (is_missing (partial, i))
      largest = MAX (largest, partial->parts[i].size);
  }
  return largest;
}

/* ---- the message ---- */

/* Of what the server says only what cannot be anything else than a word. */
static void
append_word (GString *out, const char *word, const char *others)
{
  for (const char *c = word; *c != '\0'; c++)
    g_string_append_c (out, g_ascii_isalnum (*c) || strchr (others, *c) != NULL ? *c : '-');
}

static void
append_param (GString *out, const char *name, const char *value)
{
  if (g_str_is_ascii (value)) {
    g_string_append_printf (out, ";\r\n %s=\"", name);
    for (const char *c = value; *c != '\0'; c++) {
      if (*c == '"' || *c == '\\')
        g_string_append_c (out, '\\');
      if (g_ascii_isprint (*c))
        g_string_append_c (out, *c);
    }
    g_string_append_c (out, '"');
  } else {
    g_autofree char *escaped = g_uri_escape_string (value, NULL, FALSE);

    g_string_append_printf (out, ";\r\n %s*=UTF-8\'\'%s", name, escaped);
  }
}

static void
append_made_header (GString *out, const MimeOutlinePart *part, const char *boundary)
{
  g_string_append (out, "Content-Type: ");
  append_word (out, part->type, "/.+-_");
  if (part->is_multipart)
    append_param (out, "boundary", boundary);
  if (part->charset != NULL && *part->charset != '\0')
    append_param (out, "charset", part->charset);
  if (part->name != NULL && *part->name != '\0')
    append_param (out, "name", part->name);
  if (!part->is_multipart) {
    g_string_append (out, "\r\nContent-Transfer-Encoding: ");
    append_word (out, part->encoding, "-");
  }
  if (part->content_id != NULL && *part->content_id != '\0') {
    g_string_append (out, "\r\nContent-ID: ");
    for (const char *c = part->content_id; *c != '\0'; c++) {
      if (g_ascii_isgraph (*c))
        g_string_append_c (out, *c);
    }
  }
  if (part->disposition != NULL) {
    g_string_append (out, "\r\nContent-Disposition: ");
    append_word (out, part->disposition, "-");
    if (part->name != NULL && *part->name != '\0')
      append_param (out, "filename", part->name);
  }
  g_string_append (out, "\r\n\r\n");
}

static void
append_bytes (GString *out, GBytes *bytes)
{
  if (bytes != NULL)
    g_string_append_len (out, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
}

static void
append_content (MimePartial *partial, GString *out, guint index)
{
  const char *boundary = partial->pieces[index].boundary;
  guint end = next_part (partial, index);

  if (!partial->parts[index].is_multipart) {
    append_bytes (out, partial->pieces[index].content);
    return;
  }
  for (guint child = index + 1; child < end; child = next_part (partial, child)) {
    g_string_append_printf (out, "--%s\r\n", boundary);
    if (partial->pieces[child].header != NULL)
      append_bytes (out, partial->pieces[child].header);
    else
      append_made_header (out, &partial->parts[child], partial->pieces[child].boundary);
    append_content (partial, out, child);
    g_string_append (out, "\r\n");
  }
  g_string_append_printf (out, "--%s--\r\n", boundary);
}

/* Reads as the server says, and what is here is where it should be. */
static gboolean
check (MimePartial *partial, GBytes *bytes)
{
  g_autoptr (MimeStructure) structure = mime_structure_new (bytes);

  if (structure->nodes->len != partial->n)
    return FALSE;
  for (guint i = 0; i < partial->n; i++) {
    const MimeOutlinePart *part = &partial->parts[i];
    const MimeNode *node = mime_structure_get (structure, i);
    GBytes *content = partial->pieces[i].content;

    if (node->is_multipart != part->is_multipart || node->parent != part->parent
        || strcmp (node->type, part->type) != 0
        || (!part->is_multipart
            && node->length != (content != NULL ? g_bytes_get_size (content) : 0)))
      return FALSE;
  }
  return TRUE;
}

/* The message read as far as it is here; NULL when it is none.  `missing`: GArray of MimeMissing. */
static GBytes *
put_together (MimePartial *partial, GArray **missing)
{
  GString *out = g_string_new_len (partial->start->data, (gssize)partial->header);
  guint leaf = 0;

  append_content (partial, out, 0);
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (out);
  if (!check (partial, bytes))
    return NULL;
  *missing = g_array_new (FALSE, FALSE, sizeof (MimeMissing));
  for (guint i = 0; i < partial->n; i++) {
    if (is_missing (partial, i)) {
      MimeMissing one = { .index = leaf, .size = partial->parts[i].size };

      one.section = partial->parts[i].section;
      one.encoding = partial->parts[i].encoding;
      g_array_append_val (*missing, one);
    }
    leaf += !partial->parts[i].is_multipart;
  }
  return g_steal_pointer (&bytes);
}

static gboolean
is_picture_in_text (const MimeOutlinePart *part)
{
  return part->content_id != NULL && g_str_has_prefix (part->type, "image/")
         && g_strcmp0 (part->disposition, "attachment") != 0;
}

GArray *
mime_partial_list_needed (MimePartial *partial, guint64 small, gboolean all)
{
  g_autoptr (GArray) missing = NULL, needed = NULL;
  g_autoptr (GBytes) bytes = put_together (partial, &missing);
  guint leaf = 0;

  if (bytes == NULL)
    return NULL;
  g_autoptr (MimeMessage) message =
      mime_message_new_partial (bytes, (const MimeMissing *)(gpointer)missing->data, missing->len);
  needed = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < partial->n; i++) {
    const MimeOutlinePart *part = &partial->parts[i];

    if (is_missing (partial, i)
        && (mime_message_is_shown (message, leaf)
            || (part->size <= small && (all || is_picture_in_text (part)))))
      g_array_append_val (needed, i);
    leaf += !part->is_multipart;
  }
  return g_steal_pointer (&needed);
}

GBytes *
mime_partial_build (MimePartial *partial, GArray **missing)
{
  g_autoptr (GArray) needed = mime_partial_list_needed (partial, 0, FALSE);

  *missing = NULL;
  return needed != NULL && needed->len == 0 ? put_together (partial, missing) : NULL;
}
