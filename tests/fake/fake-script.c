/* Reads scripts and compares what a client sent.  Pure; test threads. */
#include "fake-script.h"

#include <string.h>

/* One octet of a glob as it is meant: literally, or as a sign of its own. */
typedef enum
{
  SIGN_OCTET,
  SIGN_ANY,
  SIGN_ONE,
  SIGN_NAME,
  SIGN_END,
} Sign;

static void
free_step (gpointer data)
{
  FakeStep *step = data;

  g_free (step->source);
  g_free (step->text);
  g_free (step);
}

static const struct
{
  const char *word;
  FakeStepKind kind;
  gboolean text;
} words[] = {
  { "S:", STEP_SEND, TRUE },
  { "S-", STEP_SEND, TRUE },
  { "B:", STEP_SEND_BLOB, TRUE },
  { "C:", STEP_LINE, TRUE },
  { "L:", STEP_LITERAL, TRUE },
  { "D:", STEP_DATA, TRUE },
  { "DEFLATE", STEP_DEFLATE, FALSE },
  { "TLS", STEP_TLS, FALSE },
  { "WAIT", STEP_WAIT, TRUE },
  { "GATE", STEP_GATE, FALSE },
  { "MARK", STEP_MARK, FALSE },
  { "STALL", STEP_STALL, FALSE },
  { "EOF", STEP_EOF, FALSE },
  { "CLOSE", STEP_CLOSE, FALSE },
  { "CUT", STEP_CUT, FALSE },
  { "RESET", STEP_RESET, FALSE },
  { "QUIET", STEP_QUIET, TRUE },
  { "SERVE", STEP_SERVE, FALSE },
  { "SET:", STEP_SET, TRUE },
  { "WHEN:", STEP_WHEN, TRUE },
  { "ON:", STEP_ON, TRUE },
  { "ONCE:", STEP_ONCE, TRUE },
  { "SCRAM:", STEP_SCRAM, TRUE },
  { "BETWEEN:", STEP_BETWEEN, TRUE },
  { "RENEGOTIATE", STEP_RENEGOTIATE, TRUE },
};

static FakeStep *
parse_step (const char *line)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    const char *rest = line + strlen (words[i].word);
    FakeStep *step;

    if (!g_str_has_prefix (line, words[i].word) || (*rest != '\0' && *rest != ' '))
      continue;
    if (*rest == ' ')
      rest++;
    step = g_new0 (FakeStep, 1);
    step->kind = words[i].kind;
    step->source = g_strdup (line);
    step->text = words[i].text
                     ? g_strconcat (rest, g_str_equal (words[i].word, "S:") ? "\\r\\n" : "", NULL)
                     : NULL;
    return step;
  }

  g_error ("the script has a line that is no step: “%s”", line);
}

GPtrArray *
fake_script_parse (const char *script)
{
  g_autoptr (GPtrArray) steps = g_ptr_array_new_with_free_func (free_step);
  g_auto (GStrv) lines = g_strsplit (script, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    const char *line = lines[i] + strspn (lines[i], " \t");

    if (*line != '\0' && *line != '#')
      g_ptr_array_add (steps, parse_step (line));
  }

  return g_steal_pointer (&steps);
}

/* The octet written by an escape at *text (behind the backslash); moves behind it. */
static guint8
unescape (const char **text)
{
  char c = *(*text)++;

  switch (c) {
  case 'r':
    return '\r';
  case 'n':
    return '\n';
  case 't':
    return '\t';
  case '0':
    return '\0';
  case '\\':
  case '"':
  case '*':
  case '?':
  case '$':
    return (guint8)c;
  case 'x': {
    int high = g_ascii_xdigit_value ((*text)[0]);
    int low = high < 0 ? -1 : g_ascii_xdigit_value ((*text)[1]);

    if (low < 0)
      break;
    *text += 2;
    return (guint8)(high * 16 + low);
  }
  default:
    break;
  }

  g_error ("the script has an unknown escape \\%c", c);
}

/* The name behind a "$"; moves behind it. */
static char *
read_name (const char **text)
{
  const char *begin = *text;

  while (g_ascii_isalnum (**text) || **text == '_')
    (*text)++;
  if (*text == begin)
    g_error ("the script has a $ without a name; write $$");

  return g_strndup (begin, (gsize)(*text - begin));
}

GBytes *
fake_script_expand (const char *text, GHashTable *names)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  while (*text != '\0') {
    guint8 octet = (guint8)*text++;

    if (octet == '$' && *text != '$') {
      g_autofree char *name = read_name (&text);
      const char *value = g_hash_table_lookup (names, name);

      if (value == NULL)
        g_error ("the script uses $%s before it is known", name);
      g_byte_array_append (bytes, (const guint8 *)value, (guint)strlen (value));
      continue;
    }
    if (octet == '$')
      text++;
    else if (octet == '\\')
      octet = unescape (&text);
    g_byte_array_append (bytes, &octet, 1);
  }

  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static Sign
next_sign (const char **glob, guint8 *octet, char **name)
{
  char c = *(*glob);

  if (c == '\0')
    return SIGN_END;
  (*glob)++;
  switch (c) {
  case '*':
    return SIGN_ANY;
  case '?':
    return SIGN_ONE;
  case '\\':
    *octet = unescape (glob);
    return SIGN_OCTET;
  case '$':
    if (**glob == '$') {
      (*glob)++;
      break;
    }
    *name = read_name (glob);
    return SIGN_NAME;
  default:
    break;
  }

  *octet = (guint8)c;
  return SIGN_OCTET;
}

static gboolean
match_name (const char *glob, const char *name, const guint8 *data, gsize length, GHashTable *names)
{
  const char *value = g_hash_table_lookup (names, name);
  gsize taken;

  if (value != NULL)
    return strlen (value) <= length && memcmp (value, data, strlen (value)) == 0
           && fake_script_match (glob, data + strlen (value), length - strlen (value), names);

  for (taken = 0;
       taken < length && data[taken] != ' ' && data[taken] != '\r' && data[taken] != '\n'; taken++)
    ;
  if (taken == 0)
    return FALSE;
  g_hash_table_insert (names, g_strdup (name), g_strndup ((const char *)data, taken));
  if (fake_script_match (glob, data + taken, length - taken, names))
    return TRUE;

  g_hash_table_remove (names, name);
  return FALSE;
}

gboolean
fake_script_match (const char *glob, const guint8 *data, gsize length, GHashTable *names)
{
  for (;;) {
    g_autofree char *name = NULL;
    guint8 octet = 0;

    switch (next_sign (&glob, &octet, &name)) {
    case SIGN_END:
      return length == 0;
    case SIGN_NAME:
      return match_name (glob, name, data, length, names);
    case SIGN_ANY:
      if (*glob == '\0')
        return TRUE;
      for (gsize skipped = 0; skipped <= length; skipped++) {
        if (fake_script_match (glob, data + skipped, length - skipped, names))
          return TRUE;
      }
      return FALSE;
    case SIGN_ONE:
      if (length == 0)
        return FALSE;
      break;
    case SIGN_OCTET:
      if (length == 0 || *data != octet)
        return FALSE;
      break;
    }
    data++;
    length--;
  }
}

gboolean
fake_script_literal (const guint8 *line, gsize length, gsize *size)
{
  g_autofree char *text = g_strndup ((const char *)line, length);
  const char *brace = strrchr (text, '{');
  char *end = NULL;

  if (g_ascii_strncasecmp (text, "BDAT ", 5) == 0 && g_ascii_isdigit (text[5])) {
    *size = (gsize)g_ascii_strtoull (text + 5, NULL, 10);
    return TRUE;
  }
  if (brace == NULL || !g_ascii_isdigit (brace[1]))
    return FALSE;
  *size = (gsize)g_ascii_strtoull (brace + 1, &end, 10);
  if (*end == '+' || *end == '-')
    end++;

  return g_str_equal (end, "}");
}
