/* The parts of a message, as GMime finds them, in one flat list.  Pure, any thread. */
#pragma once

#include <gmime/gmime.h>

#include "mime-message.h"

G_BEGIN_DECLS

typedef enum
{
  MIME_DISPOSITION_NONE,
  MIME_DISPOSITION_INLINE,
  MIME_DISPOSITION_ATTACHMENT,
} MimeDisposition;

typedef struct
{
  const char *name, *value;
} MimeField;

/* A part: a leaf, or a multipart with its children.  An attached message is a leaf. */
typedef struct
{
  GMimeObject *object; /* borrowed from the structure; NULL where the fields were read without GMime: */
  char *block;
  MimeField *fields; /* strings in `block` */
  guint n_fields;
  guint parent;        /* index of the multipart around it; 0 for the root itself */
  guint end;           /* index behind its last descendant: children are [index + 1, end) */
  gsize body, length;  /* of a leaf: its octets as on the wire, without the line end that belongs to the boundary */
  char *type;          /* "text/plain", lower case */
  MimeDisposition disposition;
  GMimeContentEncoding encoding;
  gboolean is_multipart;
} MimeNode;

typedef struct
{
  GBytes *bytes;    /* what was parsed */
  const char *data; /* of `bytes` */
  GMimeObject *root; /* nullable, see MimeNode */
  GArray *nodes; /* of MimeNode, in the order of the message; never empty */
} MimeStructure;

/* Never fails. */
MimeStructure *mime_structure_new (GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;
void mime_structure_free (MimeStructure *structure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeStructure, mime_structure_free)

/* An empty array of nodes. */
GArray *mime_structure_new_nodes (void) G_GNUC_WARN_UNUSED_RESULT;
const MimeNode *mime_structure_get (const MimeStructure *structure, guint index);
/* First header field of that name, raw with its folds, borrowed; NULL when absent.  The root node has those of the message. */
const char *mime_node_get_raw (const MimeNode *node, const char *name);
/* The nth of that name, from 0. */
const char *mime_node_get_raw_nth (const MimeNode *node, const char *name, guint nth);
/* The first one, if it stands above the first one called `end`, which must be there. */
const char *mime_node_get_raw_before (const MimeNode *node, const char *name, const char *end);
guint mime_node_count_fields (const MimeNode *node, const char *name);
/* A parameter of Content-Type or of Content-Disposition, decoded, NULL when absent. */
char *mime_node_dup_param (const MimeNode *node, const char *field,
                           const char *name) G_GNUC_WARN_UNUSED_RESULT;
/* Content-ID without <>, NULL when there is none. */
char *mime_node_dup_id (const MimeNode *node) G_GNUC_WARN_UNUSED_RESULT;
/* The first `max` encoded octets (G_MAXSIZE: all) of a leaf with the transfer encoding undone. */
GBytes *mime_node_dup_content (const MimeStructure *structure, const MimeNode *node,
                               gsize max) G_GNUC_WARN_UNUSED_RESULT;
/* The same as text, UTF-8. */
char *mime_node_dup_text (const MimeStructure *structure, const MimeNode *node,
                          gsize max) G_GNUC_WARN_UNUSED_RESULT;
/* Octets of a leaf once decoded, without decoding it; for text encodings at most some octets off. */
guint64 mime_node_get_size (const MimeStructure *structure, const MimeNode *node);
/* Parts that prove or open the message and are no files. */
gboolean mime_node_is_signature (const MimeNode *node);
/* A text to show in the reader, not in the row of files.  `first`: nothing readable stands before it, so that a file name alone
 * does not make it a file. */
gboolean mime_node_is_text (const MimeNode *node, gboolean first);
/* File name as the message has it (filename, else name), decoded, NULL when it has none. */
char *mime_node_dup_file_name (const MimeNode *node) G_GNUC_WARN_UNUSED_RESULT;

/* mime_summary_from_header () the slow way, which it takes where a header is not plain: for tests, which compare the two. */
MimeSummary *mime_summary_from_header_by_gmime (GBytes *header) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
