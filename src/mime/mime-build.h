/* Writing a message: plain values in, RFC 5322 bytes with CRLF out.  Pure; any thread. */
#pragma once

#include <gio/gio.h>

#include "mime-message.h"

G_BEGIN_DECLS

typedef struct
{
  char *name;           /* file name as the person sees it, UTF-8 */
  char *content_type;   /* NULL: application/octet-stream; "message/rfc822": sent as a message where its bytes can be, else as a file */
  char *content_id;     /* nullable, without <>: a picture that the HTML shows as cid:...; one that it does not show is a file as any other */
  GBytes *content;      /* NULL: `stream` */
  GInputStream *stream; /* read from its beginning to its end, piece by piece; seekable */
} MimeAttachment;

/* One of this type is no file but the answer to an invitation (RFC 6047): another way to read the text. */
#define MIME_CALENDAR_REPLY "text/calendar; method=REPLY"

MimeAttachment *mime_attachment_new (const char *name, const char *content_type, GBytes *content) G_GNUC_WARN_UNUSED_RESULT;
/* The same of what is too large to be held.  Takes a reference of the stream. */
MimeAttachment *mime_attachment_new_stream (const char *name, const char *content_type, GInputStream *stream) G_GNUC_WARN_UNUSED_RESULT;
void mime_attachment_free (MimeAttachment *attachment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeAttachment, mime_attachment_free)

/* How the name of a file is written. */
typedef enum
{
  MIME_NAMES_BOTH,     /* as RFC 2231 says, and for old programs once more as encoded-words (name=), which no standard allows */
  MIME_NAMES_STANDARD, /* RFC 2231 alone */
} MimeNames;

typedef struct
{
  char *from_name, *from_address;
  char *reply_to;       /* as typed; NULL or "" none */
  char *to, *cc, *bcc;  /* as typed: "Name <a@b>, c@d"; NULL or "" none */
  char *subject;
  char *text;           /* plain body, UTF-8, LF */
  char *html;           /* nullable: body fragment or document; gives multipart/alternative */
  char *message_id;     /* with <>; fixed by the caller (mime_build_message_id ()) */
  char *in_reply_to;    /* nullable */
  char *references;     /* nullable, ids separated by spaces */
  gint64 date;          /* seconds UTC */
  char *note;           /* nullable, of an unfinished one: what only this program understands (X-Sosik-Draft) */
  gboolean unfinished;  /* for a Drafts folder, never to be sent: Bcc stands in it, and a field that has what is no address
                         * yet a second time, as it was typed: X-Sosik-To, -Cc, -Bcc */
  GPtrArray *attachments; /* nullable, of MimeAttachment */
  MimeNames names;
  int priority;           /* 1: urgent, -1: can wait, 0: says nothing */
  gboolean wants_receipt; /* the reader's program is asked to tell when it was opened (RFC 8098) */
} MimeDraft;

MimeDraft *mime_draft_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mime_draft_free (MimeDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeDraft, mime_draft_free)

/* "<random@domain-of-address>", unguessable. */
char *mime_build_message_id (const char *from_address) G_GNUC_WARN_UNUSED_RESULT;

/* The bytes to send: no Bcc header, no user agent, no local path or host name, Date in UTC ("+0000"); 7-bit everywhere, but for an address that itself is
 * not ASCII and a forwarded message with 8-bit octets.  Text is quoted-printable or base64, format=flowed (RFC 3676) where a line of it is long; HTML comes
 * with it as multipart/alternative, and the pictures that it shows with the HTML as multipart/related.  CR, LF, NUL and other controls in any field are
 * removed: no field can start another header.  REFUSED for a wrong address (the sentence names it); what reading a stream says. */
GBytes *mime_build (const MimeDraft *draft, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same into a stream, never holding a file that comes as one.  Blocks on both. */
gboolean mime_build_to_stream (const MimeDraft *draft, GOutputStream *stream, GCancellable *cancellable, GError **error);

/* ---- redirecting (RFC 5322, 3.6.6) ---- */
/* The message as it is, to others: fields of `draft` that are used are From, To, Cc and Bcc (in no header), message_id and date, which become Resent-From,
 * Resent-To and so on, in front of it.  Left out of it is what its journey so far said about this copy: Return-Path, Delivered-To, Bcc, and what
 * programs keep in mailboxes.  Its lines end with CRLF then.  REFUSED as above. */
GBytes *mime_redirect (GBytes *message, const MimeDraft *draft, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- addresses as people type them ---- */
/* Parses "A <a@b>; c@d, …" (comma or semicolon or new line); each piece is one MimeAddress whose address is "" when it is wrong. */
GPtrArray *mime_addresses_parse (const char *text) G_GNUC_WARN_UNUSED_RESULT;
/* Looks deliverable: local part, @, domain; UTF-8 allowed (SMTPUTF8), a domain that is not ASCII only where IDNA knows it (RFC 5890). */
gboolean mime_address_is_valid (const char *address);
/* What is wrong with it. */
typedef enum
{
  MIME_ADDRESS_FINE,
  MIME_ADDRESS_NO_AT,
  MIME_ADDRESS_NO_LOCAL,   /* nothing before the @ */
  MIME_ADDRESS_NO_DOMAIN,  /* nothing after it */
  MIME_ADDRESS_BAD_LOCAL,
  MIME_ADDRESS_BAD_DOMAIN,
  MIME_ADDRESS_HIDDEN,     /* characters that nobody sees, or that pass for a line end or a space */
  MIME_ADDRESS_TOO_LONG,
} MimeAddressFault;
MimeAddressFault mime_address_find_fault (const char *address);
/* "Name <a@b>" with quotes where needed, decoded (for showing and editing, not for headers). */
char *mime_address_to_string (const char *name, const char *address) G_GNUC_WARN_UNUSED_RESULT;
/* Bare addresses of To, Cc and Bcc, each once, in order; GStrv.  REFUSED names the first wrong one; empty array when none. */
GStrv mime_draft_get_recipients (const MimeDraft *draft, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- replies ---- */
/* "Re: x" with prefixes collapsed (Re:, RE:, Re[2]:, 회신:, 답장:, Fwd:, FW:, 전달: …). */
char *mime_subject_reply (const char *subject) G_GNUC_WARN_UNUSED_RESULT;
char *mime_subject_forward (const char *subject) G_GNUC_WARN_UNUSED_RESULT;
/* Each line with "> " (">" before an already quoted line). */
char *mime_quote (const char *text) G_GNUC_WARN_UNUSED_RESULT;
/* True when the text (quoted lines and signature left out) speaks of an attachment: in English, in Korean, or by one of the words in `more` (nullable; parted
 * by spaces; an asterisk before or behind one: it counts within others, too). */
gboolean mime_text_mentions_attachment (const char *text, const char *subject, const char *more);

G_END_DECLS
