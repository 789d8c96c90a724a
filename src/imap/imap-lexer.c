/* The lexer: frames responses out of pushed bytes, then takes them apart.  Runs in the thread of the
 * session; must never read or wait by itself, and never touch the bytes of a literal more than once.
 *
 * Framing comes first and tokens second: a response is one line, or several pieces of a line with
 * literals between them.  Only a piece of untagged data can end in a literal; the human text of a
 * status, a continuation or stray garbage may end in "{5}" and mean nothing by it. */
#include "imap-lexer.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "imap-spool.h"

#define KIB ((gsize)1024)
#define MIB (KIB * 1024)

const ImapLimits imap_limits_default = {
  .line = 16 * MIB, /* two million UIDs */
  .text = 64 * KIB,
  .literal = 512 * MIB,
  .literals = 1024 * MIB,
  .n_literals = 1000,
  .nesting = 64,
  .memory = 1 * MIB,
  .memory_total = 16 * MIB,
};

/* A text buffer that grew beyond this is given back after its response. */
#define TEXT_KEEP (256 * KIB)

/* Octets of the section of a body that is one token. */
#define SECTION_MAX (4 * KIB)

typedef struct
{
  gsize offset; /* in text: the literal stands before this byte */
  GBytes *bytes;
} Literal;

struct _ImapLexer
{
  ImapLimits limits;

  /* Borrowed (or `kept`): pushed, not taken yet */
  const guint8 *data;
  gsize length;

  /* Owned: the response that grows, or is complete */
  guint8 *kept;
  GByteArray *text; /* without line ends and literals; a NUL behind it when complete */
  GArray *literals; /* of Literal */
  ImapSpool *spool; /* the literal being filled */
  gsize piece;      /* where in `text` the present piece of the line began */
  guint64 literal_octets;
  gsize memory_octets;
  gboolean first_piece, takes_literals, complete;

  /* Where the tokens are */
  gsize position;
  guint next_literal;
  guint depth;
  gboolean too_deep;
};

static void
clear_literal (gpointer data)
{
  Literal *literal = data;
  g_clear_pointer (&literal->bytes, g_bytes_unref);
}

ImapLexer *
imap_lexer_new (const ImapLimits *limits)
{
  ImapLexer *lexer = g_new0 (ImapLexer, 1);
  lexer->limits = limits != NULL ? *limits : imap_limits_default;
  lexer->text = g_byte_array_new ();
  lexer->literals = g_array_new (FALSE, FALSE, sizeof (Literal));
  g_array_set_clear_func (lexer->literals, clear_literal);
  lexer->first_piece = TRUE;
  return lexer;
}

void
imap_lexer_free (ImapLexer *lexer)
{
  if (lexer == NULL)
    return;
  g_clear_pointer (&lexer->spool, imap_spool_free);
  g_byte_array_unref (lexer->text);
  g_array_unref (lexer->literals);
  g_free (lexer->kept);
  g_free (lexer);
}

void
imap_lexer_push (ImapLexer *lexer, const void *data, gsize length)
{
  g_return_if_fail (lexer->length == 0);
  g_clear_pointer (&lexer->kept, g_free);
  lexer->data = data;
  lexer->length = length;
}

gboolean
imap_lexer_is_pending (const ImapLexer *lexer)
{
  return lexer->length > 0;
}

const void *
imap_lexer_take_pending (ImapLexer *lexer, gsize *length)
{
  *length = lexer->length;
  lexer->length = 0;
  return *length > 0 ? lexer->data : NULL;
}

void
imap_lexer_keep (ImapLexer *lexer)
{
  if (lexer->length == 0 || lexer->kept != NULL)
    return;
  lexer->kept = g_memdup2 (lexer->data, lexer->length);
  lexer->data = lexer->kept;
}

static void
take (ImapLexer *lexer, gsize count)
{
  lexer->data += count;
  lexer->length -= count;
}

/* True for a line of data, whose last bytes may announce a literal: "* " and then no status word nor a list of words. */
static gboolean
is_data (const char *line, gsize length)
{
  static const char *const texts[] = { "OK",      "NO",         "BAD",     "BYE",
                                       "PREAUTH", "CAPABILITY", "ENABLED", "FLAGS" };

  if (length < 2 || line[0] != '*' || line[1] != ' ')
    return FALSE;
  line += 2;
  length -= 2;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    gsize n = strlen (texts[i]);
    if (length >= n && g_ascii_strncasecmp (line, texts[i], n) == 0
        && (length == n || line[n] == ' '))
      return FALSE;
  }
  return line[0] != '[';
}

/* "…{123}", "…{123+}" or "…~{123}": the size, and in *cut the length without the announcement. */
static gboolean
ends_in_literal (const char *piece, gsize length, guint64 *size, gsize *cut)
{
  if (length < 3 || piece[length - 1] != '}')
    return FALSE;
  gsize end = length - 1;
  if (piece[end - 1] == '+' || piece[end - 1] == '-')
    end--;
  gsize start = end;
  while (start > 0 && g_ascii_isdigit (piece[start - 1]))
    start--;
  if (start == end || start == 0 || piece[start - 1] != '{')
    return FALSE;

  guint64 value = 0;
  for (gsize i = start; i < end; i++)
    value = MIN (value, G_MAXUINT64 / 10 - 10) * 10 + (guint64)(piece[i] - '0');
  *size = value;
  *cut = start - 1;
  if (*cut > 0 && piece[*cut - 1] == '~')
    (*cut)--;
  return TRUE;
}

static gboolean
begin_literal (ImapLexer *lexer, guint64 size, GError **error)
{
  if (size > lexer->limits.literal || lexer->literal_octets + size > lexer->limits.literals
      || lexer->literals->len >= lexer->limits.n_literals) {
    base_error_set (error, BASE_ERROR_LIMIT, NULL,
                    _ ("The mail server sent a message that is too large to be fetched."));
    return FALSE;
  }
  gboolean in_memory =
      size <= lexer->limits.memory && lexer->memory_octets + size <= lexer->limits.memory_total;
  lexer->literal_octets += size;
  if (in_memory)
    lexer->memory_octets += size;
  lexer->spool = imap_spool_new (size, in_memory, error);
  return lexer->spool != NULL;
}

static gboolean
finish_literal (ImapLexer *lexer, GError **error)
{
  Literal literal = { .offset = lexer->text->len };
  literal.bytes = imap_spool_finish (g_steal_pointer (&lexer->spool), error);
  if (literal.bytes == NULL)
    return FALSE;
  g_array_append_val (lexer->literals, literal);
  lexer->piece = lexer->text->len;
  return TRUE;
}

static gboolean
take_literal (ImapLexer *lexer, GError **error)
{
  gsize count = (gsize)MIN ((guint64)lexer->length, imap_spool_get_missing (lexer->spool));
  if (!imap_spool_add (lexer->spool, lexer->data, count, error))
    return FALSE;
  take (lexer, count);
  return imap_spool_get_missing (lexer->spool) > 0 || finish_literal (lexer, error);
}

static void
set_too_long (GError **error)
{
  base_error_set (error, BASE_ERROR_LIMIT, NULL,
                  _ ("The mail server sent an answer that is too long to be understood."));
}

/* Takes a line, or as much of one as is there. */
static gboolean
take_line (ImapLexer *lexer, GError **error)
{
  const guint8 *end = memchr (lexer->data, '\n', lexer->length);
  gsize count = end != NULL ? (gsize)(end - lexer->data) + 1 : lexer->length;
  if (count > lexer->limits.line - MIN (lexer->text->len, lexer->limits.line)) {
    set_too_long (error);
    return FALSE;
  }
  g_byte_array_append (lexer->text, lexer->data, (guint)count);
  if (lexer->first_piece && lexer->text->len > lexer->limits.text
      && !is_data ((const char *)lexer->text->data, lexer->text->len)) {
    set_too_long (error);
    return FALSE;
  }
  take (lexer, count);
  if (end == NULL)
    return TRUE;

  gsize length = lexer->text->len - 1;
  if (length > lexer->piece && lexer->text->data[length - 1] == '\r')
    length--;
  const char *text = (const char *)lexer->text->data;
  if (lexer->first_piece) {
    lexer->takes_literals = is_data (text, length);
    lexer->first_piece = FALSE;
  }

  guint64 size;
  gsize cut;
  if (lexer->takes_literals
      && ends_in_literal (text + lexer->piece, length - lexer->piece, &size, &cut)) {
    g_byte_array_set_size (lexer->text, (guint)(lexer->piece + cut));
    if (!begin_literal (lexer, size, error))
      return FALSE;
    return size > 0 || finish_literal (lexer, error);
  }

  g_byte_array_set_size (lexer->text, (guint)length + 1);
  lexer->text->data[length] = '\0';
  g_byte_array_set_size (lexer->text, (guint)length);
  lexer->complete = TRUE;
  return TRUE;
}

static void
forget_response (ImapLexer *lexer)
{
  if (lexer->text->len > TEXT_KEEP) {
    g_byte_array_unref (lexer->text);
    lexer->text = g_byte_array_new ();
  }
  g_byte_array_set_size (lexer->text, 0);
  g_array_set_size (lexer->literals, 0);
  lexer->piece = 0;
  lexer->literal_octets = 0;
  lexer->memory_octets = 0;
  lexer->first_piece = TRUE;
  lexer->complete = FALSE;
  lexer->position = 0;
  lexer->next_literal = 0;
  lexer->depth = 0;
  lexer->too_deep = FALSE;
}

gboolean
imap_lexer_advance (ImapLexer *lexer, gboolean *complete, GError **error)
{
  *complete = FALSE;
  if (lexer->complete)
    forget_response (lexer);
  while (lexer->length > 0 && !lexer->complete) {
    if (lexer->spool != NULL ? !take_literal (lexer, error) : !take_line (lexer, error))
      return FALSE;
  }
  *complete = lexer->complete;
  return TRUE;
}

gboolean
imap_lexer_is_partial (const ImapLexer *lexer)
{
  return !lexer->complete
         && (lexer->text->len > 0 || lexer->literals->len > 0 || lexer->spool != NULL);
}

gsize
imap_lexer_get_line_length (const ImapLexer *lexer)
{
  return lexer->text->len;
}

/* Where the text runs out or a literal stands: no token reaches across. */
static gsize
text_end (const ImapLexer *lexer)
{
  if (lexer->next_literal < lexer->literals->len)
    return g_array_index (lexer->literals, Literal, lexer->next_literal).offset;
  return lexer->text->len;
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

static void
skip_spaces (ImapLexer *lexer, gsize end)
{
  while (lexer->position < end && is_space ((char)lexer->text->data[lexer->position]))
    lexer->position++;
}

/* A quote ends a string only where something can follow it: some servers forget to escape (quirk 62). */
static gboolean
is_closing_quote (const char *text, gsize position, gsize end)
{
  return position + 1 >= end || is_space (text[position + 1]) || text[position + 1] == ')'
         || text[position + 1] == '(' || text[position + 1] == ']';
}

static void
take_quoted (ImapLexer *lexer, ImapToken *token, gsize end)
{
  char *text = (char *)lexer->text->data;
  gsize from = lexer->position + 1, to = from, start = from;

  for (; from < end; from++) {
    if (text[from] == '\\' && from + 1 < end && (text[from + 1] == '"' || text[from + 1] == '\\'))
      from++;
    else if (text[from] == '"' && is_closing_quote (text, from, end))
      break;
    text[to++] = text[from];
  }
  lexer->position = MIN (from + 1, end);
  token->type = IMAP_TOKEN_STRING;
  token->text = text + start;
  token->length = to - start;
}

/* BODY[HEADER.FIELDS (FROM TO)] is one token in spite of its spaces; anywhere else a bracket is a
 * character like any other, because some servers' flags have lone ones (quirk 2). */
static gboolean
opens_section (const char *atom, gsize length)
{
  static const char *const names[] = { "BODY", "BODY.PEEK", "BINARY", "BINARY.SIZE" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (strlen (names[i]) == length && g_ascii_strncasecmp (atom, names[i], length) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
take_atom (ImapLexer *lexer, ImapToken *token, gsize end)
{
  const char *text = (const char *)lexer->text->data;
  gsize start = lexer->position, at = start;

  for (; at < end; at++) {
    char c = text[at];
    if (is_space (c) || c == '(' || c == ')' || (c == '"' && at > start))
      break;
    if (c == '[' && opens_section (text + start, at - start)) {
      /* what is asked for is short; a longer search would be one over and over again */
      const char *close = memchr (text + at, ']', MIN (end - at, SECTION_MAX));
      if (close != NULL)
        at = (gsize)(close - text);
    }
  }
  lexer->position = at;
  token->type = IMAP_TOKEN_ATOM;
  token->text = text + start;
  token->length = at - start;
}

ImapTokenType
imap_lexer_next (ImapLexer *lexer, ImapToken *token)
{
  *token = (ImapToken){ .type = lexer->too_deep ? IMAP_TOKEN_LIMIT : IMAP_TOKEN_END };
  if (!lexer->complete || lexer->too_deep)
    return token->type;

  gsize end = text_end (lexer);
  skip_spaces (lexer, end);
  if (lexer->position < end) {
    switch (lexer->text->data[lexer->position]) {
    case '(':
      lexer->position++;
      token->type = IMAP_TOKEN_OPEN;
      if (++lexer->depth > lexer->limits.nesting) {
        lexer->too_deep = TRUE;
        token->type = IMAP_TOKEN_LIMIT;
      }
      break;
    case ')':
      lexer->position++;
      token->type = IMAP_TOKEN_CLOSE;
      if (lexer->depth > 0)
        lexer->depth--;
      break;
    case '"':
      take_quoted (lexer, token, end);
      break;
    default:
      take_atom (lexer, token, end);
      break;
    }
  } else if (lexer->next_literal < lexer->literals->len) {
    token->bytes = g_array_index (lexer->literals, Literal, lexer->next_literal++).bytes;
    token->type = IMAP_TOKEN_STRING;
    token->text = g_bytes_get_data (token->bytes, &token->length);
    if (token->text == NULL)
      token->text = "";
  }
  return token->type;
}

const char *
imap_lexer_rest (ImapLexer *lexer)
{
  if (!lexer->complete)
    return "";
  gsize end = text_end (lexer);
  skip_spaces (lexer, end);
  if (lexer->next_literal < lexer->literals->len && lexer->position == end)
    return NULL;
  const char *rest = (const char *)lexer->text->data + lexer->position;
  lexer->position = lexer->text->len;
  lexer->next_literal = lexer->literals->len;
  return rest;
}

gboolean
imap_lexer_skip (ImapLexer *lexer, const ImapToken *token)
{
  if (token->type != IMAP_TOKEN_OPEN)
    return token->type != IMAP_TOKEN_LIMIT;
  guint depth = lexer->depth;
  ImapToken inner;
  while (lexer->depth >= depth && imap_lexer_next (lexer, &inner) != IMAP_TOKEN_END) {
    if (inner.type == IMAP_TOKEN_LIMIT)
      return FALSE;
  }
  return TRUE;
}

gboolean
imap_token_is (const ImapToken *token, const char *word)
{
  return token->type == IMAP_TOKEN_ATOM && strlen (word) == token->length
         && g_ascii_toupper (word[0]) == g_ascii_toupper (token->text[0])
         && g_ascii_strncasecmp (token->text, word, token->length) == 0;
}

gboolean
imap_token_is_nil (const ImapToken *token)
{
  return imap_token_is (token, "NIL");
}

guint64
imap_token_number (const ImapToken *token, guint64 max)
{
  char number[64];
  if ((token->type != IMAP_TOKEN_ATOM && token->type != IMAP_TOKEN_STRING) || token->length == 0
      || token->length >= sizeof number)
    return 0;
  memcpy (number, token->text, token->length);
  number[token->length] = '\0';

  guint64 value;
  if (g_ascii_string_to_unsigned (number, 10, 0, max, &value, NULL))
    return value;
  if (strspn (number, "0123456789.eE+") != token->length || !g_ascii_isdigit (number[0])
      || strpbrk (number, ".eE") == NULL)
    return 0;
  /* mail.ru writes large numbers as floating point (quirk 46) */
  gdouble real = g_ascii_strtod (number, NULL);
  return real >= 0 && real <= MIN ((gdouble)max, 9e15) ? (guint64)real : 0;
}

char *
imap_token_dup (const ImapToken *token)
{
  return g_strndup (token->text != NULL ? token->text : "", token->length);
}

char *
imap_token_dup_object_id (const ImapToken *token)
{
  if ((token->type != IMAP_TOKEN_ATOM && token->type != IMAP_TOKEN_STRING) || token->length == 0
      || token->length > 255 || imap_token_is_nil (token))
    return NULL;
  for (gsize i = 0; i < token->length; i++) {
    if (!g_ascii_isalnum (token->text[i]) && token->text[i] != '_' && token->text[i] != '-')
      return NULL;
  }
  return imap_token_dup (token);
}

GBytes *
imap_token_dup_bytes (const ImapToken *token)
{
  return token->bytes != NULL ? g_bytes_ref (token->bytes)
                              : g_bytes_new (token->text, token->length);
}
