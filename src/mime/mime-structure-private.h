/* The parts of a message as ranges of its bytes.  Pure, any thread. */
#pragma once

#include <glib.h>

#include "mime-decode-private.h"

G_BEGIN_DECLS

typedef enum
{
  MIME_DISPOSITION_NONE,
  MIME_DISPOSITION_INLINE,
  MIME_DISPOSITION_ATTACHMENT,
} MimeDisposition;

/* A part: a leaf, or a multipart with its children.  An attached message is a leaf. */
typedef struct
{
  guint parent; /* index of the multipart around it; 0 for the root itself */
  guint end;    /* index behind its last descendant: children are [index + 1, end) */
  gsize header, header_length;
  gsize body, body_length; /* as on the wire; without the line end that belongs to the boundary */
  char *type;              /* "text/plain", lower case */
  MimeDisposition disposition;
  MimeEncoding encoding;
  gboolean is_multipart;
} MimeNode;

typedef struct
{
  const char *data; /* borrowed */
  gsize length;
  GArray *nodes; /* of MimeNode, in the order of the message; never empty */
} MimeStructure;

/* Never fails.  `data` must outlive the result. */
MimeStructure *mime_structure_new (const char *data, gsize length) G_GNUC_WARN_UNUSED_RESULT;
void mime_structure_free (MimeStructure *structure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeStructure, mime_structure_free)

const MimeNode *mime_structure_get (const MimeStructure *structure, guint index);
/* Value of a header field of a node, UTF-8 with encoded-words, NULL when absent. */
char *mime_node_dup_field (const MimeStructure *structure, const MimeNode *node,
                           const char *name) G_GNUC_WARN_UNUSED_RESULT;
/* A parameter of a field, decoded, NULL when absent. */
char *mime_node_dup_param (const MimeStructure *structure, const MimeNode *node, const char *field,
                           const char *name) G_GNUC_WARN_UNUSED_RESULT;
/* Text of the first `max` encoded octets (G_MAXSIZE: all), transfer encoding and charset undone. */
char *mime_node_dup_text (const MimeStructure *structure, const MimeNode *node,
                          gsize max) G_GNUC_WARN_UNUSED_RESULT;
/* Parts that prove or open the message and are no files. */
gboolean mime_node_is_signature (const MimeNode *node);
/* A text to show in the reader, not in the row of files.  `first`: nothing readable stands before it, so that a file name alone
 * does not make it a file. */
gboolean mime_node_is_text (const MimeStructure *structure, const MimeNode *node, gboolean first);
/* File name as the message has it (filename, else name), decoded, NULL when it has none. */
char *mime_node_dup_file_name (const MimeStructure *structure,
                               const MimeNode *node) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
