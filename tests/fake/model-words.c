/* The reader of the model server's commands.  Pure. */
#include "model-words.h"

#include <string.h>

static void
skip_blanks (ModelWords *words)
{
  while (words->at < words->end && *words->at == ' ')
    words->at++;
}

gboolean
model_words_are_left (ModelWords *words)
{
  skip_blanks (words);
  return words->at < words->end;
}

gboolean
model_words_take (ModelWords *words, char c)
{
  skip_blanks (words);
  if (words->at >= words->end || *words->at != c)
    return FALSE;
  words->at++;
  return TRUE;
}

static gsize
atom_length (const ModelWords *words)
{
  const char *c = words->at;

  while (c < words->end && strchr (" ()\"", *c) == NULL)
    c++;
  return (gsize)(c - words->at);
}

gboolean
model_words_take_word (ModelWords *words, const char *word)
{
  skip_blanks (words);
  if (atom_length (words) != strlen (word)
      || g_ascii_strncasecmp (words->at, word, strlen (word)) != 0)
    return FALSE;
  words->at += strlen (word);
  return TRUE;
}

char *
model_words_atom (ModelWords *words, gboolean upper)
{
  gsize length;
  char *atom;

  skip_blanks (words);
  length = atom_length (words);
  words->bad |= length == 0;
  atom = upper ? g_ascii_strup (words->at, (gssize)length) : g_strndup (words->at, length);
  words->at += length;
  return atom;
}

static char *
quoted (ModelWords *words)
{
  GString *text = g_string_new (NULL);

  words->at++;
  while (words->at < words->end && *words->at != '"') {
    if (*words->at == '\\' && words->at + 1 < words->end)
      words->at++;
    g_string_append_c (text, *words->at++);
  }
  words->bad |= words->at >= words->end;
  words->at += words->at < words->end;
  return g_string_free (text, FALSE);
}

GBytes *
model_words_literal (ModelWords *words)
{
  const char *close;
  guint64 size;
  GBytes *bytes;

  skip_blanks (words);
  if (words->at < words->end && *words->at == '~')
    words->at++;
  close = words->at < words->end && *words->at == '{'
              ? memmem (words->at, (gsize)(words->end - words->at), "}\r\n", 3)
              : NULL;
  size = close != NULL ? g_ascii_strtoull (words->at + 1, NULL, 10) : 0;
  if (close == NULL || size > (guint64)(words->end - close) - 3) {
    words->bad = TRUE;
    return g_bytes_new (NULL, 0);
  }
  bytes = g_bytes_new (close + 3, (gsize)size);
  words->at = close + 3 + size;
  return bytes;
}

char *
model_words_string (ModelWords *words)
{
  skip_blanks (words);
  if (words->at < words->end && *words->at == '"')
    return quoted (words);
  if (words->at < words->end && (*words->at == '{' || *words->at == '~')) {
    g_autoptr (GBytes) bytes = model_words_literal (words);
    gsize size;
    const char *data = g_bytes_get_data (bytes, &size);

    return g_strndup (data != NULL ? data : "", size);
  }
  return model_words_atom (words, FALSE);
}

char *
model_words_list (ModelWords *words)
{
  const char *begin;
  guint depth = 0;

  skip_blanks (words);
  begin = words->at;
  if (words->at >= words->end || *words->at != '(')
    return g_strdup ("");
  do {
    if (words->at >= words->end) {
      words->bad = TRUE;
      break;
    }
    if (*words->at == '"') {
      g_free (quoted (words));
      continue;
    }
    depth += *words->at == '(';
    depth -= *words->at == ')';
    words->at++;
  } while (depth > 0);
  return g_strndup (begin, (gsize)(words->at - begin));
}

guint64
model_words_number (ModelWords *words)
{
  g_autofree char *text = model_words_atom (words, FALSE);
  guint64 number = 0;

  words->bad |= !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &number, NULL);
  return number;
}

BaseUidSet *
model_words_set (ModelWords *words, guint32 max)
{
  g_autofree char *text = model_words_atom (words, FALSE);
  g_auto (GStrv) parts = g_strsplit (text, "*", -1);
  g_autofree char *number = g_strdup_printf ("%u", MAX (max, 1));
  g_autofree char *plain = g_strjoinv (number, parts);
  BaseUidSet *set = base_uid_set_parse (plain);

  words->bad |= set == NULL;
  return set != NULL ? set : base_uid_set_new ();
}
