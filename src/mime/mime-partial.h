/* A large message of which only what is read at once is here: header and structure are whole and valid (RFC 5322, RFC 2046), each
 * part that was left on the server is there with its header and without its content.
 *
 * Pure: no disk, no wire.  One thread at a time.  What is made here must never pass for the message itself: which parts lack
 * their content is told beside it (MimeMissing), and whoever keeps the bytes has to keep that too. */
#pragma once

#include "mime-message.h"

G_BEGIN_DECLS

/* A part as a server describes it (BODYSTRUCTURE).  Strings are borrowed.  An attached message is one part, a leaf. */
typedef struct
{
  const char *section;     /* what the server calls it */
  const char *type;        /* "text/plain", lower case */
  const char *encoding;    /* "base64", lower case */
  const char *disposition; /* nullable; "attachment" */
  const char *name;        /* nullable; file name, encoded-words in it as they are */
  const char *charset;     /* nullable */
  const char *content_id;  /* nullable, with its <> */
  guint64 size;            /* octets as encoded */
  guint parent; /* index of the multipart around it; 0 for the message itself, which is the first */
  gboolean is_multipart;
} MimeOutlinePart;

typedef struct _MimePartial MimePartial;

/* `start`: the first octets of the message.  `parts` in the order of the message, each multipart before what it holds; they
 * have to live as long as what is made of them.  NULL when the two do not fit, when the header is not whole in `start`, or when
 * the message has to be whole to be read (encrypted, signed): then it cannot be had in parts. */
MimePartial *mime_partial_new (GBytes *start, const MimeOutlinePart *parts,
                               gsize n) G_GNUC_WARN_UNUSED_RESULT;
void mime_partial_free (MimePartial *partial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimePartial, mime_partial_free)

/* What was fetched of a part: its content as encoded, and its header (nullable: made from the outline). */
void mime_partial_set (MimePartial *partial, guint index, GBytes *header, GBytes *content);
/* Indices of the parts that are not here and have to be: all that is shown as text, and pictures shown in it of at most
 * `small` octets; with `all`, every part of at most that size.  GArray of guint; NULL when the parts do not make a message. */
GArray *mime_partial_list_needed (MimePartial *partial, guint64 small,
                                  gboolean all) G_GNUC_WARN_UNUSED_RESULT;
/* Octets of the largest part that would still not be here, were those needed here; 0: all would be. */
guint64 mime_partial_get_largest_missing (MimePartial *partial, GArray *needed);
/* The message as far as it is here.  `missing` (out): GArray of MimeMissing.  NULL when it does not read as what the outline
 * says, or a part that is shown as text is missing. */
GBytes *mime_partial_build (MimePartial *partial, GArray **missing) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
