/* Header values: GMime decodes them; here they are first made such that it loses nothing.
 *
 * GMime 3.2 ends base64 at the first padding, also where the next encoded-word goes on, drops a last group without
 * padding, and knows euc-kr only as plain EUC-KR.  So raw bytes become UTF-8, and encoded-words it would shorten are
 * rewritten as UTF-8 ones; all others pass untouched.  Runs on any thread; must stay linear for hostile input. */
#include "mime-header-private.h"

#include <string.h>
#include <gmime/gmime.h>

#include "mime-charset-private.h"
#include "mime-decode-private.h"
#include "mime-plain-private.h"

#define MAX_DATE_LENGTH 200
#define MAX_STRUCTURED  65536 /* octets of a field that are searched for a parameter */
#define WHITE           " \t\r\n"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeParamList, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeReferences, g_mime_references_free)

/* ---- encoded-words ---- */

/* "=?charset*language?B?payload?="; pointers into the text. */
typedef struct
{
  const char *charset, *payload, *end;
  gsize charset_length, length;
  gboolean base64;
} Word;

static gboolean
parse_word (const char *at, Word *word)
{
  const char *mark;

  if (at[0] != '=' || at[1] != '?')
    return FALSE;
  word->charset = at + 2;
  mark = word->charset + strcspn (word->charset, "? \t");
  if (*mark != '?' || mark == word->charset || mark[1] == '\0' || strchr ("BbQq", mark[1]) == NULL
      || mark[2] != '?')
    return FALSE;
  word->charset_length = strcspn (word->charset, "*?");
  word->base64 = mark[1] == 'B' || mark[1] == 'b';
  word->payload = mark + 3;
  word->length = strcspn (word->payload, "?");
  word->end = word->payload + word->length + 2;
  return word->payload[word->length] == '?' && word->payload[word->length + 1] == '=';
}

/* In one pass, also for those who check memory: strstr () may look at all that follows. */
static const char *
find_word (const char *text)
{
  const char *at = text;

  while ((at = strchr (at, '=')) != NULL && at[1] != '?')
    at++;
  return at;
}

/* The word right behind `word` whose bytes may go on with a character begun in it. */
static gboolean
next_of_run (const Word *word, Word *next)
{
  /* In stateful charsets each word begins anew. */
  return parse_word (word->end + strspn (word->end, WHITE), next)
         && next->charset_length == word->charset_length
         && g_ascii_strncasecmp (next->charset, word->charset, word->charset_length) == 0
         && g_ascii_strncasecmp (word->charset, "iso-2022", 8) != 0;
}

/* Does GMime decode this word whole? */
static gboolean
word_is_sound (const Word *word, gboolean last)
{
  return word->charset_length == 5 && g_ascii_strncasecmp (word->charset, "utf-8", 5) == 0
         && (!word->base64
             || (word->length % 4 == 0
                 && (last || memchr (word->payload, '=', word->length) == NULL)));
}

static void
decode_word (const Word *word, GByteArray *bytes)
{
  if (word->base64) {
    mime_decode_base64 (word->payload, word->length, bytes);
  } else {
    g_autofree char *payload = g_strndup (word->payload, word->length);
    guint start = bytes->len;
    int state = 0;
    guint32 save = 0;
    gsize length;

    g_strdelimit (payload, "_", ' ');
    g_byte_array_set_size (bytes, start + (guint)word->length + 4);
    length = g_mime_encoding_quoted_decode_step ((const guint8 *)payload, word->length,
                                                 bytes->data + start, &state, &save);
    g_byte_array_set_size (bytes, start + (guint)length);
  }
}

/* Writes the run of words that starts with `word` and ends at `end` as one word in UTF-8. */
static void
append_run (GString *out, Word word, const char *end)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *charset = g_strndup (word.charset, word.charset_length), *text = NULL;
  Word next;

  decode_word (&word, bytes);
  while (word.end < end && next_of_run (&word, &next)) {
    decode_word (&next, bytes);
    word = next;
  }
  text = mime_charset_to_utf8 (charset, bytes->data, bytes->len);
  g_string_append (out, "=?utf-8?Q?");
  for (const char *c = text; *c != '\0'; c++) {
    if (g_ascii_isalnum (*c))
      g_string_append_c (out, *c);
    else
      g_string_append_printf (out, "=%02X", (guint8)*c);
  }
  g_string_append (out, "?=");
}

/* Encoded-words that GMime would shorten, rewritten; takes `text`. */
static char *
repair_words (char *text)
{
  const char *at = text, *start = find_word (text);
  GString *out;

  if (start == NULL)
    return text;
  out = g_string_sized_new (strlen (text));
  for (; start != NULL; start = find_word (at)) {
    Word first, last, next;
    gboolean more, sound = TRUE;

    g_string_append_len (out, at, start - at);
    if (!parse_word (start, &first)) {
      g_string_append (out, "=?");
      at = start + 2;
      continue;
    }
    next = first;
    do {
      last = next;
      more = next_of_run (&last, &next);
      sound = sound && word_is_sound (&last, !more);
    } while (more);
    if (sound)
      g_string_append_len (out, start, last.end - start);
    else
      append_run (out, first, last.end);
    at = last.end;
  }
  g_string_append (out, at);
  g_free (text);
  return g_string_free (out, FALSE);
}

/* Nothing that its encoding gives no meaning to. */
static gboolean
has_only (const Word *word)
{
  for (gsize i = 0; i < word->length; i++) {
    char c = word->payload[i];

    if (word->base64 ? !g_ascii_isalnum (c) && c != '+' && c != '/' && c != '='
                     : c <= ' ' || c >= 0x7f
                           || (c == '='
                               && !(i + 2 < word->length && g_ascii_isxdigit (word->payload[i + 1])
                                    && g_ascii_isxdigit (word->payload[i + 2]))))
      return FALSE;
  }
  return TRUE;
}

/* Encoded-words in UTF-8 between plain words: what most headers with encoded-words are.  NULL at the first thing that is
 * otherwise: then GMime reads it. */
static char *
decode_plain (const char *text)
{
  g_autoptr (GByteArray) out = g_byte_array_sized_new ((guint)strlen (text));
  const char *at = text, *start;
  Word word, next;

  while ((start = find_word (at)) != NULL) {
    gboolean more;
    guint before;

    if ((start > text && start[-1] != ' ') || !parse_word (start, &word))
      return NULL;
    g_byte_array_append (out, (const guint8 *)at, (guint)(start - at));
    before = out->len;
    do {
      next = word;
      more = next_of_run (&word, &next);
      if (!word_is_sound (&word, !more) || word.charset[word.charset_length] != '?'
          || !has_only (&word))
        return NULL;
      decode_word (&word, out);
      at = word.end;
      word = next;
    } while (more);
    if ((*at != '\0' && *at != ' ')
        || !g_utf8_validate ((const char *)out->data + before, out->len - before, NULL))
      return NULL;
    for (guint i = before; i < out->len; i++) {
      if (out->data[i] < ' ' || out->data[i] == 0x7f)
        return NULL;
    }
  }
  g_byte_array_append (out, (const guint8 *)at, (guint)strlen (at) + 1);
  return (char *)g_byte_array_free (g_steal_pointer (&out), FALSE);
}

/* ---- values ---- */

/* Text that is the same in every charset that mail comes in, those with escapes in ASCII included. */
static gboolean
is_plain (const char *raw, const char *charset)
{
  gboolean plus = charset == NULL || strchr (charset, '7') == NULL; /* UTF-7 */

  for (const guchar *at = (const guchar *)raw; *at != '\0'; at++) {
    gboolean white = *at == '\t' || *at == '\r' || *at == '\n';

    if ((*at < ' ' && !white) || *at >= 0x7f || *at == '~' || (*at == '+' && !plus))
      return FALSE;
  }
  return TRUE;
}

/* Unfolded UTF-8. */
static char *
raw_to_line (const char *raw, const char *charset)
{
  gsize length = strlen (raw), used = 0;
  g_autofree char *line = g_malloc (length + 1);

  /* nearly always there is one line, with its end */
  for (const char *at = raw, *end = raw + length; at < end; at++) {
    gsize part = strcspn (at, "\r\n");

    memcpy (line + used, at, part);
    used += part;
    at += part;
  }
  if (is_plain (raw, charset)) {
    line[used] = '\0';
    return g_strstrip (g_steal_pointer (&line));
  }
  return g_strstrip (mime_charset_to_utf8 (charset, line, used));
}

char *
mime_raw_to_value (const char *raw, const char *charset)
{
  return raw != NULL ? repair_words (raw_to_line (raw, charset)) : NULL;
}

char *
mime_words_decode (const char *text)
{
  g_autofree char *repaired = NULL;
  char *plain = NULL;

  if (find_word (text) == NULL)
    return g_strdup (text);
  plain = decode_plain (text);
  if (plain != NULL)
    return plain;
  repaired = repair_words (g_strdup (text));
  mime_gmime_init ();
  return g_mime_utils_header_decode_text (NULL, repaired);
}

char *
mime_raw_to_text (const char *raw, const char *charset)
{
  g_autofree char *line = raw != NULL ? raw_to_line (raw, charset) : NULL;

  return line != NULL ? mime_words_decode (line) : NULL;
}

/* ---- parameters ---- */

/* Names the charset of RFC 2231 values ("name*=euc-kr''%BE%C8") as its superset; takes `value`. */
static char *
repair_extended (char *value)
{
  const char *at = value, *mark;
  GString *out;

  if (strchr (value, '*') == NULL)
    return value;
  out = g_string_sized_new (strlen (value));
  while ((mark = strchr (at, '*')) != NULL) {
    const char *name = mark + 1 + strspn (mark + 1, "= \"");
    gsize length = strcspn (name, "'\";=*% ");
    g_autofree char *charset = g_strndup (name, length), *better = NULL;

    if (mark[1] == '=' && name[length] == '\'')
      better = mime_charset_dup_name (charset);
    g_string_append_len (out, at, name - at);
    g_string_append (out, better != NULL ? better : charset);
    at = name + length;
  }
  g_string_append (out, at);
  g_free (value);
  return g_string_free (out, FALSE);
}

char *
mime_raw_dup_param (const char *raw, const char *name)
{
  g_autofree char *sane = NULL, *value = NULL;
  const char *start = NULL;
  g_autoptr (GMimeParamList) params = NULL;
  const char *best = NULL;
  char *plain = NULL;

  if (mime_plain_param (raw, name, &plain))
    return plain;
  sane = g_strndup (raw, MAX_STRUCTURED);
  value = mime_raw_to_value (sane, NULL);
  start = value != NULL ? strchr (value, ';') : NULL;
  if (start == NULL)
    return NULL;
  mime_gmime_init ();
  value = repair_extended (g_steal_pointer (&value));
  params = g_mime_param_list_parse (NULL, strchr (value, ';') + 1);
  for (int i = 0; params != NULL && i < g_mime_param_list_length (params); i++) {
    GMimeParam *param = g_mime_param_list_get_parameter_at (params, i);
    const char *found = g_mime_param_get_value (param);

    if (g_ascii_strcasecmp (g_mime_param_get_name (param), name) != 0 || found == NULL)
      continue;
    /* "name=" beside "name*=" is the poor man's version of it. */
    if (best == NULL || (g_str_is_ascii (best) && !g_str_is_ascii (found)))
      best = found;
  }
  /* A quote that never ends. */
  return best != NULL ? g_strdup (best[0] == '"' ? best + 1 : best) : NULL;
}

/* ---- ids and dates ---- */

char *
mime_value_dup_ids (const char *value, guint max)
{
  g_autoptr (GMimeReferences) found = NULL;
  g_autoptr (GString) ids = NULL;
  char *plain = NULL;

  if (value == NULL)
    return NULL;
  if (mime_plain_ids (value, max, &plain))
    return plain;
  ids = g_string_new (NULL);
  mime_gmime_init ();
  found = g_mime_references_parse (NULL, value);
  for (int i = 0; i < g_mime_references_length (found) && max > 0; i++) {
    const char *id = g_mime_references_get_message_id (found, i);

    if (id[0] == '\0' || strlen (id) >= 900 || strpbrk (id, "<> \t\"") != NULL)
      continue;
    g_string_append_printf (ids, "%s<%s>", ids->len > 0 ? " " : "", id);
    max--;
  }
  return ids->len > 0 ? g_strdup (ids->str) : NULL;
}

gint64
mime_value_to_date (const char *value)
{
  g_autoptr (GDateTime) date = NULL;
  gint64 plain = 0;

  if (value == NULL || strlen (value) > MAX_DATE_LENGTH)
    return 0;
  if (mime_plain_date (value, &plain))
    return plain;
  mime_gmime_init ();
  date = g_mime_utils_header_decode_date (value);
  return date != NULL ? MAX (g_date_time_to_unix (date), 0) : 0;
}
