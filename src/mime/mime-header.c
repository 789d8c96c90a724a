/* Header blocks: where they end, which fields they have, and what the values say once unfolded and decoded.
 *
 * GMime decodes headers too, but cuts encoded-words without padding and knows euc-kr only as plain EUC-KR (DESIGN 9), and
 * parses far more of a header than a list row needs.  Runs on any thread; must stay linear for hostile input. */
#include "mime-header-private.h"

#include <string.h>
#include <gmime/gmime.h>

#include "mime-charset-private.h"
#include "mime-decode-private.h"

#define MAX_SEGMENTS    1000 /* pieces of one RFC 2231 parameter */
#define MAX_DATE_LENGTH 200

/* ---- blocks and fields ---- */

static gboolean
starts_field (const char *line, const char *end)
{
  const char *c = line;

  while (c<end && * c> 32 && *c < 127 && *c != ':')
    c++;
  if (c == line)
    return FALSE;
  while (c < end && (*c == ' ' || *c == '\t'))
    c++;
  return c < end && *c == ':';
}

static const char *
line_end (const char *at, const char *end)
{
  const char *newline = memchr (at, '\n', (gsize)(end - at));

  return newline != NULL ? newline + 1 : end;
}

gboolean
mime_header_starts (const char *data, gsize length)
{
  return starts_field (data, data + length);
}

gsize
mime_header_length (const char *data, gsize length, gboolean *complete)
{
  const char *at = data, *end = data + length;

  if (complete != NULL)
    *complete = TRUE;
  /* The "From " line that mbox tools leave in front is no body. */
  if (length > 5 && memcmp (data, "From ", 5) == 0)
    at = line_end (at, end);
  if (at < end && *at != '\n' && *at != '\r' && !starts_field (at, end))
    return 0;
  while (at < end) {
    if (*at == '\n')
      return (gsize)(at + 1 - data);
    if (*at == '\r' && at + 1 < end && at[1] == '\n')
      return (gsize)(at + 2 - data);
    at = line_end (at, end);
  }
  if (complete != NULL)
    *complete = FALSE;
  return length;
}

gboolean
mime_header_next (const char **at, const char *end, MimeField *field)
{
  const char *line = *at;

  while (line < end && !starts_field (line, end))
    line = line_end (line, end);
  if (line >= end) {
    *at = end;
    return FALSE;
  }
  field->name = line;
  while (*line > 32 && *line != ':')
    line++;
  field->name_length = (gsize)(line - field->name);
  field->value = (const char *)memchr (line, ':', (gsize)(end - line)) + 1;
  line = line_end (field->value, end);
  while (line < end && (*line == ' ' || *line == '\t'))
    line = line_end (line, end);
  *at = line;
  while (line > field->value && (line[-1] == '\n' || line[-1] == '\r'))
    line--;
  field->value_length = (gsize)(line - field->value);
  return TRUE;
}

gboolean
mime_field_is (const MimeField *field, const char *name)
{
  return g_ascii_strncasecmp (field->name, name, field->name_length) == 0
         && name[field->name_length] == '\0';
}

gboolean
mime_header_find (const char *header, gsize length, const char *name, MimeField *field)
{
  const char *at = header;

  while (mime_header_next (&at, header + length, field)) {
    if (mime_field_is (field, name))
      return TRUE;
  }
  return FALSE;
}

/* ---- values ---- */

char *
mime_field_dup (const MimeField *field, const char *charset)
{
  g_autofree char *line = g_malloc (field->value_length + 1);
  gsize used = 0;
  char *text;

  for (gsize i = 0; i < field->value_length; i++) {
    if (field->value[i] != '\r' && field->value[i] != '\n')
      line[used++] = field->value[i];
  }
  text = mime_charset_to_utf8 (charset, line, used);
  return g_strstrip (text);
}

/* Bytes of neighbouring encoded-words in one charset: a character may begin in one word and end in the next. */
typedef struct
{
  GString *text;
  GByteArray *bytes;
  char *charset; /* of `bytes`; NULL while there are none */
} Words;

static void
words_flush (Words *words)
{
  if (words->charset != NULL) {
    g_autofree char *decoded =
        mime_charset_to_utf8 (words->charset, words->bytes->data, words->bytes->len);

    g_string_append (words->text, decoded);
    g_byte_array_set_size (words->bytes, 0);
    g_clear_pointer (&words->charset, g_free);
  }
}

static void
decode_q (const char *at, const char *end, GByteArray *out)
{
  for (; at < end; at++) {
    guint8 byte = (guint8)*at;

    if (byte == '_') {
      byte = ' ';
    } else if (byte == '=' && end - at >= 3 && g_ascii_isxdigit (at[1])
               && g_ascii_isxdigit (at[2])) {
      byte = (guint8)(g_ascii_xdigit_value (at[1]) * 16 + g_ascii_xdigit_value (at[2]));
      at += 2;
    }
    g_byte_array_append (out, &byte, 1);
  }
}

/* One word at `at` ("=?charset*language?B?text?=").  Returns its end, or NULL when this is none. */
static const char *
words_take (Words *words, const char *at)
{
  const char *charset = at + 2, *mark = strchr (charset, '?'), *text, *text_end, *charset_end;
  g_autofree char *name = NULL;
  char encoding;

  if (mark == NULL || mark == charset || mark - charset > 60)
    return NULL;
  for (const char *c = charset; c < mark; c++) {
    if (*c <= ' ')
      return NULL;
  }
  encoding = g_ascii_toupper (mark[1]);
  if ((encoding != 'B' && encoding != 'Q') || mark[2] != '?')
    return NULL;
  text = mark + 3;
  text_end = strchr (text, '?');
  if (text_end == NULL || text_end[1] != '=')
    return NULL;
  charset_end = memchr (charset, '*', (gsize)(mark - charset));
  name = g_strndup (charset, (gsize)((charset_end != NULL ? charset_end : mark) - charset));
  /* Each word of a stateful charset begins anew. */
  if (words->charset != NULL
      && (g_ascii_strcasecmp (words->charset, name) != 0
          || g_ascii_strncasecmp (name, "iso-2022", 8) == 0))
    words_flush (words);
  if (words->charset == NULL)
    words->charset = g_steal_pointer (&name);
  if (encoding == 'B')
    mime_decode_base64 (text, (gsize)(text_end - text), words->bytes);
  else
    decode_q (text, text_end, words->bytes);
  return text_end + 2;
}

static const char *
find_word (const char *text)
{
  for (const char *at = text; (at = strchr (at, '=')) != NULL; at++) {
    if (at[1] == '?')
      return at;
  }
  return NULL;
}

char *
mime_words_decode (const char *text)
{
  Words words = { NULL, NULL, NULL };
  const char *at = text, *word = find_word (text);

  if (word == NULL)
    return g_strdup (text);
  words.text = g_string_sized_new (strlen (text));
  words.bytes = g_byte_array_new ();
  while (word != NULL) {
    gboolean only_space = words.charset != NULL;
    const char *end;

    for (const char *c = at; c < word && only_space; c++)
      only_space = g_ascii_isspace (*c);
    /* White space between two words does not count; anything else ends the run. */
    if (!only_space) {
      words_flush (&words);
      g_string_append_len (words.text, at, word - at);
      at = word;
    }
    end = words_take (&words, word);
    if (end == NULL) {
      /* Not a word: it stays as it is, with the space before it. */
      words_flush (&words);
      g_string_append_len (words.text, at, word + 2 - at);
      end = word + 2;
    }
    at = end;
    word = find_word (at);
  }
  words_flush (&words);
  g_string_append (words.text, at);
  g_byte_array_unref (words.bytes);
  return g_string_free (words.text, FALSE);
}

char *
mime_field_dup_text (const MimeField *field, const char *charset)
{
  g_autofree char *raw = mime_field_dup (field, charset);

  return mime_words_decode (raw);
}

/* ---- structured values ---- */

char *
mime_value_dup_token (const char *value)
{
  const char *start = value;
  const char *end;
  char *token;
  gsize used = 0;

  while (g_ascii_isspace (*start))
    start++;
  end = start + strcspn (start, ";(\"");
  token = g_malloc ((gsize)(end - start) + 1);
  for (const char *c = start; c < end; c++) {
    if (!g_ascii_isspace (*c))
      token[used++] = g_ascii_tolower (*c);
    else if (used > 0 && token[used - 1] != '/' && c[1] != '/')
      break;
  }
  token[used] = '\0';
  return token;
}

typedef struct
{
  int index;        /* -1: not a continuation */
  gboolean encoded; /* charset'language'percent text, or percent text in a continuation */
  char *value;
} Segment;

static void
segment_clear (gpointer data)
{
  g_free (((Segment *)data)->value);
}

static int
segment_compare (gconstpointer a, gconstpointer b)
{
  return ((const Segment *)a)->index - ((const Segment *)b)->index;
}

/* Reads one parameter's value at *at (behind the '='), up to the next ';'. */
static char *
take_param_value (const char **at)
{
  const char *c = *at;
  g_autoptr (GString) value = g_string_new (NULL);

  while (g_ascii_isspace (*c))
    c++;
  if (*c == '"') {
    for (c++; *c != '\0' && *c != '"'; c++) {
      if (*c == '\\' && (c[1] == '"' || c[1] == '\\'))
        c++;
      g_string_append_c (value, *c);
    }
    c += strcspn (c, ";");
  } else {
    /* Unquoted names with spaces in them are common enough. */
    gsize length = strcspn (c, ";");

    g_string_append_len (value, c, (gssize)length);
    c += length;
    g_strchomp (value->str);
  }
  *at = c;
  return g_strdup (value->str);
}

/* "*3*" behind a parameter's name. False when it is something else. */
static gboolean
parse_suffix (const char *suffix, gsize length, Segment *segment)
{
  gsize i = 0;

  segment->index = -1;
  segment->encoded = FALSE;
  if (length == 0)
    return TRUE;
  if (suffix[i++] != '*')
    return FALSE;
  if (i < length && g_ascii_isdigit (suffix[i])) {
    int index = 0;

    while (i < length && g_ascii_isdigit (suffix[i]) && index < MAX_SEGMENTS)
      index = index * 10 + (suffix[i++] - '0');
    if (index >= MAX_SEGMENTS)
      return FALSE;
    segment->index = index;
    if (i == length)
      return TRUE;
    if (suffix[i++] != '*')
      return FALSE;
  }
  segment->encoded = TRUE;
  return i == length;
}

static void
append_percent (GByteArray *bytes, const char *text)
{
  for (const char *c = text; *c != '\0'; c++) {
    guint8 byte = (guint8)*c;

    if (byte == '%' && g_ascii_isxdigit (c[1]) && g_ascii_isxdigit (c[2])) {
      byte = (guint8)(g_ascii_xdigit_value (c[1]) * 16 + g_ascii_xdigit_value (c[2]));
      c += 2;
    }
    g_byte_array_append (bytes, &byte, 1);
  }
}

/* Pieces of one parameter, in order, to text. */
static char *
join_segments (GArray *segments)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *charset = NULL;
  gboolean any_encoded = FALSE;

  for (guint i = 0; i < segments->len; i++) {
    const Segment *segment = &g_array_index (segments, Segment, i);
    const char *value = segment->value;

    if (segment->encoded) {
      if (i == 0) {
        const char *quote = strchr (value, '\''),
                   *second = quote != NULL ? strchr (quote + 1, '\'') : NULL;

        if (second != NULL) {
          charset = g_strndup (value, (gsize)(quote - value));
          value = second + 1;
        }
      }
      append_percent (bytes, value);
      any_encoded = TRUE;
    } else {
      g_byte_array_append (bytes, (const guint8 *)value, (guint)strlen (value));
    }
  }
  if (any_encoded)
    return mime_charset_to_utf8 (charset, bytes->data, bytes->len);
  g_byte_array_append (bytes, (const guint8 *)"", 1);
  return mime_words_decode ((const char *)bytes->data);
}

char *
mime_value_dup_param (const char *value, const char *name)
{
  g_autoptr (GArray) segments = g_array_new (FALSE, FALSE, sizeof (Segment));
  g_autofree char *plain = NULL;
  const char *at = value + strcspn (value, ";");
  gsize name_length = strlen (name);

  g_array_set_clear_func (segments, segment_clear);
  while (*at == ';') {
    const char *key = at + 1, *key_end;
    Segment segment;

    while (g_ascii_isspace (*key) || *key == ';')
      key++;
    at = key + strcspn (key, "=;");
    key_end = at;
    if (*at != '=')
      continue;
    at++;
    while (key_end > key && g_ascii_isspace (key_end[-1]))
      key_end--;
    segment.value = take_param_value (&at);
    if ((gsize)(key_end - key) >= name_length && g_ascii_strncasecmp (key, name, name_length) == 0
        && parse_suffix (key + name_length, (gsize)(key_end - key) - name_length, &segment)
        && segments->len < MAX_SEGMENTS) {
      if (segment.index < 0 && !segment.encoded) {
        if (plain == NULL)
          plain = g_steal_pointer (&segment.value);
      } else {
        g_array_append_val (segments, segment);
        continue;
      }
    }
    g_free (segment.value);
  }
  if (segments->len > 0) {
    g_array_sort (segments, segment_compare);
    return join_segments (segments);
  }
  return plain != NULL ? mime_words_decode (plain) : NULL;
}

char *
mime_value_dup_ids (const char *value, guint max)
{
  g_autoptr (GString) ids = g_string_new (NULL);
  const char *at = value;

  while (max > 0 && (at = strchr (at, '<')) != NULL) {
    gsize length = strcspn (at + 1, "<> \t\"");

    if (at[1 + length] == '>' && length > 0 && length < 900) {
      if (ids->len > 0)
        g_string_append_c (ids, ' ');
      g_string_append_len (ids, at, (gssize)length + 2);
      max--;
    }
    at += 1 + length;
  }
  return ids->len > 0 ? g_strdup (ids->str) : NULL;
}

gint64
mime_value_to_date (const char *value)
{
  g_autoptr (GDateTime) date = NULL;

  if (strlen (value) > MAX_DATE_LENGTH)
    return 0;
  mime_gmime_init ();
  date = g_mime_utils_header_decode_date (value);
  return date != NULL ? MAX (g_date_time_to_unix (date), 0) : 0;
}
