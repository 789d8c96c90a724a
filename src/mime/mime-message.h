/* Reading a message: RFC 5322/MIME bytes in, plain values out.  GMime stays inside this layer.
 *
 * Pure: no disk, no wire.  Any one thread at a time per MimeMessage; results are copies or borrowed from it.
 * Never fails: every byte sequence is some message (no headers, no body, NUL bytes, broken MIME, lying charset). */
#pragma once

#include <gio/gio.h>

#include "mime-html.h"

G_BEGIN_DECLS

typedef struct
{
  char *name;    /* decoded display name, "" when none */
  char *address; /* bare address, "" when broken (then name has the text) */
} MimeAddress;

void mime_address_free (MimeAddress *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeAddress, mime_address_free)

/* What a list row and threading need; parsed from a header block alone or a whole message. */
typedef struct
{
  char *from_name, *from_address; /* first From (else Sender); name "" when none */
  char *to;          /* decoded, for a row in Sent: "Name, Name" */
  char *subject;     /* decoded, one line, "" when none */
  char *message_id;  /* with <>, NULL when none */
  char *in_reply_to; /* first id, with <>, NULL */
  char *references;  /* ids separated by a space, NULL */
  gint64 date;       /* Date header, seconds UTC, 0 unknown */
  char *preview;     /* first line of text, at most 200 characters, "" ; NULL when only a header block was given */
  gboolean has_attachments; /* real ones: not inline pictures, not signatures' parts */
} MimeSummary;

void mime_summary_free (MimeSummary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeSummary, mime_summary_free)

/* From a header block (ends at an empty line or the end). preview NULL; has_attachments guessed by Content-Type multipart/mixed. */
MimeSummary *mime_summary_from_header (GBytes *header) G_GNUC_WARN_UNUSED_RESULT;
/* Header block + the first bytes of the body as they are on the wire: preview is guessed from them (transfer encoding, charset, multipart boundary, HTML tags all handled). */
MimeSummary *mime_summary_from_start (GBytes *header, GBytes *text) G_GNUC_WARN_UNUSED_RESULT;
/* From whole bytes: the fast path of the sync (no more decoding than the preview needs). */
MimeSummary *mime_summary_from_message (GBytes *message) G_GNUC_WARN_UNUSED_RESULT;
/* The same of a message whose header was read before: only preview and has_attachments are set. */
MimeSummary *mime_summary_from_body (GBytes *message) G_GNUC_WARN_UNUSED_RESULT;

typedef struct _MimeMessage MimeMessage;

MimeMessage *mime_message_new (GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;
/* A part whose content is not in the bytes: it was left on the server (see mime-partial.h). */
typedef struct
{
  guint index;         /* as MimePart */
  guint64 size;        /* octets as encoded */
  const char *section, *encoding; /* borrowed: what the server calls it, and how it is encoded there */
} MimeMissing;
/* Bytes that lack these. */
MimeMessage *mime_message_new_partial (GBytes *bytes, const MimeMissing *missing,
                                       gsize n) G_GNUC_WARN_UNUSED_RESULT;
/* The content of a part that was missing has come: as it is encoded in the message, or `decoded`. */
void mime_message_give_part (MimeMessage *message, guint index, GBytes *content, gboolean decoded);
void mime_message_free (MimeMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeMessage, mime_message_free)

/* Decoded address lists (GPtrArray of MimeAddress; groups flattened; empty array when none), new. */
GPtrArray *mime_message_get_addresses (MimeMessage *message, const char *header) G_GNUC_WARN_UNUSED_RESULT;
/* Decoded unstructured header, one line; NULL when absent. */
char *mime_message_get_header (MimeMessage *message, const char *name) G_GNUC_WARN_UNUSED_RESULT;
/* A person says in which charset the texts of this message are, and its raw headers; before anything else is asked of it.  What makes no sense in it is
 * read as always, and so is UTF-8. */
void mime_message_set_charset (MimeMessage *message, const char *charset);
typedef struct
{
  char *charset; /* for mime_message_set_charset () */
  char *line;    /* the first telling line of the message, read so */
} MimeDecoding;
void mime_decoding_free (MimeDecoding *decoding);
/* How its text may be read, each way with another outcome, those without a fault first and those full of them not at all: GPtrArray of MimeDecoding; empty where
 * all of it is ASCII or UTF-8. */
GPtrArray *mime_message_list_decodings (MimeMessage *message) G_GNUC_WARN_UNUSED_RESULT;
/* The same of a field that stands above the first Received: nobody but the server that received it last has put it there. */
GPtrArray *mime_message_get_addresses_on_top (MimeMessage *message, const char *header) G_GNUC_WARN_UNUSED_RESULT;
/* How many header fields of this name there are. */
guint mime_message_count_headers (MimeMessage *message, const char *name);
gint64 mime_message_get_date (MimeMessage *message);

/* The text to read: best text/plain (format=flowed unfolded), else HTML turned to text; several inline
 * texts joined.  UTF-8, LF.  "" when there is none. Never NULL. */
const char *mime_message_get_text (MimeMessage *message);
/* The HTML to show, decoded to UTF-8 but NOT cleaned; NULL when the message has no HTML. */
const char *mime_message_get_html (MimeMessage *message);
/* The text that an answer quotes where the HTML was read: its words are those of the HTML, whatever text/plain beside it says; that is
 * taken where it has the same words.  NULL when the message has no HTML.  New. */
char *mime_message_dup_quote (MimeMessage *message) G_GNUC_WARN_UNUSED_RESULT;
/* Cleaned by mime_html_clean (), cid: rewritten to "sosik-cid:<part index>"; NULL when none.  `facts` nullable, empty before. */
char *mime_message_get_clean_html (MimeMessage *message, gboolean allow_remote, MimeHtmlFacts *facts) G_GNUC_WARN_UNUSED_RESULT;

/* All leaf parts in order, decodable; attached messages count as one part. */
typedef struct
{
  guint index;
  char *name;         /* safe file name (base_text_file_name), never NULL */
  gboolean is_named;  /* by the sender; else the name was made up here, for people */
  char *content_type; /* "image/png", lower case */
  char *content_id;   /* without <>, NULL */
  char *charset;      /* of a text, as it claims; NULL */
  guint64 size;       /* decoded octets (estimated from the encoded size: at most some bytes off) */
  gboolean is_attachment; /* show it in the row of files */
  gboolean is_missing;    /* its content is not here */
} MimePart;

/* It is a message by itself. */
gboolean mime_part_is_message (const MimePart *part);
/* Borrowed array of MimePart*. */
GPtrArray *mime_message_get_parts (MimeMessage *message);
/* Decoded bytes of one part, whole even where base64 is padded in the middle; NULL when index is out of range or it is missing. */
GBytes *mime_message_get_part_content (MimeMessage *message, guint index) G_GNUC_WARN_UNUSED_RESULT;

/* A decoded text as UTF-8 with LF, never NULL: `charset` (nullable) is what the message claims.  UTF-16 with a mark is known. */
char *mime_bytes_to_text (GBytes *bytes, const char *charset) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
