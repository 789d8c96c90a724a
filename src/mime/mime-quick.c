/* Cuts a message of the everyday form into its parts: the list's fast path.
 *
 * GMime makes some dozen objects for each part and looks at each line; for the row of a list that was four fifths of the
 * time.  This knows only header blocks that end with an empty line, plain Content-Type fields, and boundaries
 * that stand where they belong; at the first thing that is otherwise it gives up, and GMime reads the message.  So it needs no judgement
 * of its own, and must never have one.  Linear: each level of nesting is searched once, and there are few. */
#include "mime-quick-private.h"

#include <string.h>

#include "mime-charset-private.h"
#include "mime-plain-private.h"

#define MAX_HEADER 65536
#define MAX_FIELDS 300
#define MAX_NODES  300000 /* what GMime reads of a message has its own limits (mime-structure.c) */
#define MAX_DEPTH  6

typedef struct
{
  MimeStructure *structure;
  const char *data;
  gboolean header_only; /* there is no body, so a multipart has no children */
} Reader;

/* ---- header blocks ---- */

/* The header block at `start`, into `node`; *body: behind its empty line. */
static gboolean
read_block (Reader *reader, MimeNode *node, gsize start, gsize end, gsize *body)
{
  const char *data = reader->data + start;
  gsize length = end - start, at = 0;
  guint starts[MAX_FIELDS], colons[MAX_FIELDS], n = 0;

  for (;;) {
    const char *newline =
        at < MIN (length, (gsize)MAX_HEADER) ? memchr (data + at, '\n', length - at) : NULL;
    gsize colon = at;

    if (newline == NULL)
      return FALSE;
    if (data[at] == '\n' || (data[at] == '\r' && data[at + 1] == '\n'))
      break;
    if (data[at] != ' ' && data[at] != '\t') {
      while (data[colon] > ' ' && data[colon] < 0x7f && data[colon] != ':')
        colon++;
      if (data[colon] != ':' || colon == at || n == MAX_FIELDS)
        return FALSE;
      starts[n] = (guint)at;
      colons[n++] = (guint)colon;
    } else if (n == 0) {
      return FALSE;
    }
    at = (gsize)(newline - data) + 1;
  }
  if (at > MAX_HEADER || memchr (data, '\0', at) != NULL)
    return FALSE;
  *body = start + at + (data[at] == '\r' ? 2 : 1);
  node->block = g_strndup (data, at);
  node->fields = g_new (MimeField, n + 1);
  node->n_fields = n;
  for (guint i = 0; i < n; i++) {
    node->block[colons[i]] = '\0';
    node->block[i + 1 < n ? starts[i + 1] - 1 : at - 1] = '\0';
    node->fields[i] = (MimeField){ node->block + starts[i], node->block + colons[i] + 1 };
  }
  return TRUE;
}

/* The value of a field that may stand there once. */
static gboolean
get_once (const MimeNode *node, const char *name, const char **value)
{
  *value = NULL;
  for (guint i = 0; i < node->n_fields; i++) {
    if (g_ascii_strcasecmp (node->fields[i].name, name) != 0)
      continue;
    if (*value != NULL)
      return FALSE;
    *value = node->fields[i].value;
  }
  return TRUE;
}

static gboolean
read_disposition (MimeNode *node, const char *value)
{
  gsize length, behind;

  if (value == NULL)
    return TRUE;
  value += strspn (value, " \t\r\n");
  length = strcspn (value, "; \t\r\n");
  behind = length + strspn (value + length, " \t\r\n");
  if (value[behind] != ';' && value[behind] != '\0')
    return FALSE;
  /* File names may be as odd as they like: they are read when they are asked for. */
  if (length == 6 && g_ascii_strncasecmp (value, "inline", 6) == 0)
    node->disposition = MIME_DISPOSITION_INLINE;
  else if (length == 10 && g_ascii_strncasecmp (value, "attachment", 10) == 0)
    node->disposition = MIME_DISPOSITION_ATTACHMENT;
  else
    return FALSE;
  return TRUE;
}

static gboolean
read_encoding (MimeNode *node, const char *value)
{
  static const struct
  {
    const char *name;
    GMimeContentEncoding encoding;
  } known[] = {
    { "7bit", GMIME_CONTENT_ENCODING_7BIT },
    { "8bit", GMIME_CONTENT_ENCODING_8BIT },
    { "base64", GMIME_CONTENT_ENCODING_BASE64 },
    { "quoted-printable", GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE },
    { "binary", GMIME_CONTENT_ENCODING_BINARY },
  };
  g_autofree char *word = value != NULL ? g_strstrip (g_strdup (value)) : NULL;

  node->encoding = GMIME_CONTENT_ENCODING_DEFAULT;
  for (gsize i = 0; word != NULL && i < G_N_ELEMENTS (known); i++) {
    if (g_ascii_strcasecmp (word, known[i].name) == 0) {
      node->encoding = known[i].encoding;
      return TRUE;
    }
  }
  return word == NULL;
}

/* ---- parts ---- */

static gboolean read_part (Reader *reader, gsize start, gsize end, guint parent, guint depth);

/* The next line "--boundary" from `at` on: where it begins, and what lies behind it; *last: it is "--boundary--".  FALSE
 * when there is none, or (*odd) one that only begins like it. */
static gboolean
find_boundary (const Reader *reader, const char *mark, gsize mark_length, gsize at, gsize end,
               gsize *line, gsize *behind, gboolean *last, gboolean *odd)
{
  const char *data = reader->data;
  const char *found;

  while ((found = memmem (data + at, end - at, mark, mark_length)) != NULL) {
    gsize start = (gsize)(found - data), stop = start + mark_length;

    at = stop;
    if (start > 0 && data[start - 1] != '\n')
      continue;
    *last = stop + 1 < end && data[stop] == '-' && data[stop + 1] == '-';
    if (*last)
      stop += 2;
    if (stop < end && data[stop] == '\r')
      stop++;
    /* GMime takes the line end before a boundary to be like the one behind it. */
    *odd = stop >= end || data[stop] != '\n'
           || (start > 1 && (data[start - 2] == '\r') != (data[stop - 1] == '\r'));
    *line = start;
    *behind = MIN (stop + 1, end);
    return !*odd;
  }
  return FALSE;
}

/* Without the line end that belongs to the boundary. */
static gsize
trim_line_end (const Reader *reader, gsize start, gsize end)
{
  if (end > start && reader->data[end - 1] == '\n')
    end--;
  if (end > start && reader->data[end - 1] == '\r')
    end--;
  return end;
}

static gboolean
read_children (Reader *reader, const char *boundary, gsize start, gsize end, guint parent,
               guint depth)
{
  g_autofree char *mark = g_strconcat ("--", boundary, NULL);
  gsize length = strlen (mark), line, behind, next;
  gboolean last, odd = FALSE, open = TRUE;

  if (!find_boundary (reader, mark, length, start, end, &line, &behind, &last, &odd) || last)
    return FALSE;
  while (open) {
    gsize stop;

    if (find_boundary (reader, mark, length, behind, end, &line, &next, &last, &odd)) {
      stop = trim_line_end (reader, behind, line);
      open = !last;
    } else if (odd || depth > 0) {
      return FALSE;
    } else { /* the rest is missing, as when only the start of it was fetched */
      stop = next = end;
      open = FALSE;
    }
    if (stop < behind || !read_part (reader, behind, stop, parent, depth + 1))
      return FALSE;
    behind = next;
  }
  return TRUE;
}

/* A part whose header block begins at `start`. */
static gboolean
read_part (Reader *reader, gsize start, gsize end, guint parent, guint depth)
{
  GArray *nodes = reader->structure->nodes;
  guint index = nodes->len;
  MimeNode node = { .parent = parent }, *added;
  const char *type, *disposition, *encoding;
  g_autofree char *boundary = NULL;
  gsize body;
  gboolean sound =
      index < MAX_NODES && depth <= MAX_DEPTH && read_block (reader, &node, start, end, &body);

  /* It is freed with the others whatever comes of it. */
  g_array_append_val (nodes, node);
  added = &g_array_index (nodes, MimeNode, index);
  if (!sound || !get_once (added, "Content-Type", &type)
      || !get_once (added, "Content-Disposition", &disposition)
      || !get_once (added, "Content-Transfer-Encoding", &encoding)
      || !read_disposition (added, disposition) || !read_encoding (added, encoding))
    return FALSE;
  added->type = type != NULL ? mime_plain_type (type) : g_strdup ("text/plain");
  if (added->type == NULL || g_str_has_prefix (added->type, "message/")
      || strcmp (added->type, "multipart/digest") == 0)
    return FALSE;
  added->is_multipart = g_str_has_prefix (added->type, "multipart/");
  if (reader->header_only && added->is_multipart) {
    added->encoding = GMIME_CONTENT_ENCODING_DEFAULT;
  } else if (!added->is_multipart) {
    added->body = end > body ? body : 0;
    added->length = end > body ? end - body : 0;
  } else {
    gsize length;

    added->encoding = GMIME_CONTENT_ENCODING_DEFAULT;
    if (!mime_plain_param (type, "boundary", &boundary) || boundary == NULL)
      return FALSE;
    length = strlen (boundary);
    if (length > 70 || !read_children (reader, boundary, body, end, index, depth))
      return FALSE;
  }
  g_array_index (nodes, MimeNode, index).end = nodes->len;
  return TRUE;
}

MimeStructure *
mime_structure_new_quick (GBytes *bytes, gboolean header_only)
{
  g_autoptr (MimeStructure) structure = g_new0 (MimeStructure, 1);
  Reader reader = { structure, NULL, header_only };
  gsize length;

  mime_gmime_init ();
  structure->bytes = g_bytes_ref (bytes);
  structure->data = reader.data = g_bytes_get_data (bytes, &length);
  structure->nodes = mime_structure_new_nodes ();
  if (reader.data == NULL || !read_part (&reader, 0, length, 0, 0))
    return NULL;
  return g_steal_pointer (&structure);
}
