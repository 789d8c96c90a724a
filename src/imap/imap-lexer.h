/* From bytes to tokens: finds where one IMAP response ends (lines and literals, RFC 9051 4.3 and 9) and
 * then gives its tokens.
 *
 * Never reads by itself: whoever has bytes pushes them, and the bytes may be cut anywhere.  A response is
 * only looked into when it is whole.  The bytes of a literal are copied once, from where they were pushed
 * into the GBytes that comes out.  One thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _ImapLexer ImapLexer;

typedef struct
{
  gsize line;         /* octets of one response, its literals not counted */
  gsize text;         /* the same for those that hold words, a status or a greeting say, not data */
  guint64 literal;    /* octets of one literal */
  guint64 literals;   /* octets of all literals of one response */
  guint n_literals;   /* of one response */
  guint nesting;      /* parentheses within parentheses */
  gsize memory;       /* octets: a larger literal goes to an unlinked temporary file */
  gsize memory_total; /* octets that the literals of one response may take from memory */
} ImapLimits;

extern const ImapLimits imap_limits_default;

typedef enum
{
  IMAP_TOKEN_END,    /* the response is over; again and again */
  IMAP_TOKEN_ATOM,   /* also numbers, flags, NIL, and BODY[...]<...> as one piece */
  IMAP_TOKEN_STRING, /* quoted, escapes undone, or a literal */
  IMAP_TOKEN_OPEN,   /* ( */
  IMAP_TOKEN_CLOSE,  /* ) */
  IMAP_TOKEN_LIMIT,  /* nested too deeply; nothing comes after it but itself */
} ImapTokenType;

typedef struct
{
  ImapTokenType type;
  const char *text; /* borrowed until the next imap_lexer_advance (); not NUL-terminated */
  gsize length;
  GBytes *bytes; /* borrowed; literals only */
} ImapToken;

/* `limits` NULL: imap_limits_default. */
ImapLexer *imap_lexer_new (const ImapLimits *limits) G_GNUC_WARN_UNUSED_RESULT;
void imap_lexer_free (ImapLexer *lexer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapLexer, imap_lexer_free)

/* `data` is only borrowed: it must stay as it is until imap_lexer_advance () said that it is not complete,
 * or until imap_lexer_keep ().  Push only when nothing is pending. */
void imap_lexer_push (ImapLexer *lexer, const void *data, gsize length);
/* True while pushed bytes wait that no response has taken. */
gboolean imap_lexer_is_pending (const ImapLexer *lexer);
/* True when a response has begun and is not whole yet. */
gboolean imap_lexer_is_partial (const ImapLexer *lexer);
/* Octets of the complete response, its literals not counted. */
gsize imap_lexer_get_line_length (const ImapLexer *lexer);
/* What is pending, which belongs to somebody else (a layer that begins in the middle of the stream); borrowed as it was
 * pushed.  NULL when there is nothing. */
const void *imap_lexer_take_pending (ImapLexer *lexer, gsize *length);
/* Copies what is pending, so that the memory behind it may change. */
void imap_lexer_keep (ImapLexer *lexer);

/* Forgets the response before and works on the next one; *complete: it is whole and tokens may be pulled,
 * else more bytes are needed.  Errors: LIMIT, DISK (no room for the temporary file); the stream
 * is of no use afterwards. */
gboolean imap_lexer_advance (ImapLexer *lexer, gboolean *complete, GError **error);

/* The next token of the complete response. */
ImapTokenType imap_lexer_next (ImapLexer *lexer, ImapToken *token);
/* What is left of the complete response's text as it is, without leading spaces, NUL-terminated; literals
 * are not in it.  Borrowed until the next advance; NULL when a literal comes before the text. */
const char *imap_lexer_rest (ImapLexer *lexer);
/* After `token` was pulled: if it opens a parenthesis, jumps behind the one that closes it.  False: limit. */
gboolean imap_lexer_skip (ImapLexer *lexer, const ImapToken *token);

/* ASCII case does not matter. */
gboolean imap_token_is (const ImapToken *token, const char *word);
gboolean imap_token_is_nil (const ImapToken *token);
/* The number, also where servers write 9.3736e+06; 0 for what is none, negative, or over `max`. */
guint64 imap_token_number (const ImapToken *token, guint64 max);
char *imap_token_dup (const ImapToken *token) G_GNUC_WARN_UNUSED_RESULT; /* cut at a NUL byte */
/* An id that may stand for a mailbox or a message (RFC 8474 7), NULL for what is none: a word that is no id must not make two
 * things one (quirk 65). */
char *imap_token_dup_object_id (const ImapToken *token) G_GNUC_WARN_UNUSED_RESULT;
GBytes *imap_token_dup_bytes (const ImapToken *token) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
