/* Plain header values.  GMime makes an object, or ten, for each of them: most of what a first sync had to do.  Only what is
 * beyond doubt is read here; whatever is quoted, encoded, nested, commented or broken in some rarer way is left to GMime. */
#include "mime-plain-private.h"

#include <string.h>

#include "base-date.h"

#define MAX_VALUE 65536

enum
{
  SPACE = 1 << 0,
  ATEXT = 1 << 1, /* atext of RFC 5322, and the dot */
  TOKEN = 1 << 2, /* of RFC 2045, but for what RFC 2231 and encoded-words give a meaning */
  HOST = 1 << 3,
  BLANK = 1 << 4, /* a space alone */
};

static const guint8 classes[256] = {
  [' '] = SPACE | BLANK,
  ['\t'] = SPACE,
  ['\r'] = SPACE,
  ['\n'] = SPACE,
  ['a' ... 'z'] = ATEXT | TOKEN | HOST,
  ['A' ... 'Z'] = ATEXT | TOKEN | HOST,
  ['0' ... '9'] = ATEXT | TOKEN | HOST,
  ['-'] = ATEXT | TOKEN | HOST,
  ['.'] = ATEXT | TOKEN | HOST,
  ['!'] = ATEXT | TOKEN,
  ['#'] = ATEXT | TOKEN,
  ['$'] = ATEXT | TOKEN,
  ['&'] = ATEXT | TOKEN,
  ['+'] = ATEXT | TOKEN,
  ['^'] = ATEXT | TOKEN,
  ['_'] = ATEXT | TOKEN,
  ['`'] = ATEXT | TOKEN,
  ['{'] = ATEXT | TOKEN,
  ['|'] = ATEXT | TOKEN,
  ['}'] = ATEXT | TOKEN,
  ['~'] = ATEXT | TOKEN,
  ['%'] = ATEXT,
  ['\''] = ATEXT,
  ['*'] = ATEXT,
  ['/'] = ATEXT,
  ['='] = ATEXT,
  ['?'] = ATEXT,
};

/* strspn () by a table made once: fields are many and short. */
static gsize
span (const char *at, guint8 of)
{
  gsize length = 0;

  while (classes[(guint8)at[length]] & of)
    length++;
  return length;
}

static gsize
skip_white (const char *at)
{
  return span (at, SPACE);
}

/* Dots neither at the ends nor together. */
static gboolean
dots_are_sound (const char *at, gsize length)
{
  gboolean dot = TRUE;

  for (gsize i = 0; i < length; i++) {
    if (at[i] == '.' && dot)
      return FALSE;
    dot = at[i] == '.';
  }
  return !dot;
}

/* Octets of "local@domain" at `at`, 0 when there is none that is plain. */
static gsize
address_length (const char *at)
{
  gsize local = span (at, ATEXT), domain;

  if (local == 0 || local > 64 || at[local] != '@' || !dots_are_sound (at, local)
      || memmem (at, local, "=?", 2) != NULL)
    return 0;
  domain = span (at + local + 1, HOST);
  if (domain == 0 || domain > 200 || !dots_are_sound (at + local + 1, domain))
    return 0;
  return local + 1 + domain;
}

/* ---- addresses ---- */

/* Octets of one encoded-word at `at`, 0 when it is none or an odd one. */
static gsize
word_length (const char *at)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  gsize charset, used, payload = 0;
  gboolean base64;

  if (at[0] != '=' || at[1] != '?')
    return 0;
  charset = strspn (at + 2, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
  used = 2 + charset;
  if (charset == 0 || at[used] != '?' || at[used + 1] == '\0'
      || strchr ("BbQq", at[used + 1]) == NULL || at[used + 2] != '?')
    return 0;
  base64 = at[used + 1] == 'B' || at[used + 1] == 'b';
  used += 3;
  while (at[used + payload] != '\0'
         && (strchr (letters, at[used + payload]) != NULL
             || strchr (base64 ? "+/=" : "_=-.!*+/", at[used + payload]) != NULL)) {
    if (!base64 && at[used + payload] == '='
        && !(g_ascii_isxdigit (at[used + payload + 1])
             && g_ascii_isxdigit (at[used + payload + 2])))
      return 0;
    payload++;
  }
  if (payload == 0 || (base64 && payload % 4 != 0) || at[used + payload] != '?'
      || at[used + payload + 1] != '=')
    return 0;
  return used + payload + 2;
}

/* Octets of encoded-words with white space between them, without what follows the last; 0 when there is anything else. */
static gsize
encoded_length (const char *at)
{
  gsize length = 0, used = 0, word;

  while ((word = word_length (at + used)) > 0) {
    length = used + word;
    used = length + skip_white (at + length);
    if (used == length && at[used] != '<')
      return 0;
  }
  return length;
}

/* The phrase before '<': where it begins, its length, and where the '<' stands; FALSE when it is not plain. */
static gboolean
find_phrase (const char *at, const char **start, gsize *length, const char **angle)
{
  *start = at;
  if (*at == '"') {
    *start = at + 1;
    *length = strcspn (*start, "\"\\");
    if ((*start)[*length] != '"' || *length == 0 || g_ascii_isspace (**start)
        || g_ascii_isspace ((*start)[*length - 1]) || memmem (*start, *length, "=?", 2) != NULL)
      return FALSE;
    *angle = *start + *length + 1;
  } else if (at[0] == '=' && at[1] == '?') {
    *length = encoded_length (at);
    if (*length == 0)
      return FALSE;
    *angle = at + *length;
  } else {
    *length = span (at, ATEXT | BLANK);
    if (memmem (at, *length, "=?", 2) != NULL)
      return FALSE;
    for (gsize i = 0; i < *length; i++) { /* initials */
      if (at[i] == '.' && (i == 0 || !g_ascii_isalnum (at[i - 1])))
        return FALSE;
    }
    *angle = at + *length;
    while (*length > 0 && at[*length - 1] == ' ')
      --*length;
  }
  *angle += skip_white (*angle);
  return **angle == '<';
}

/* Reads one item; NULL when it is not plain, else behind it. */
static const char *
read_item (const char *at, MimePlainAddressFunc func, gpointer user_data)
{
  const char *phrase = at, *angle;
  gsize bare = address_length (at), length = 0;

  if (bare > 0 && strchr (", \t\r\n", at[bare]) != NULL) { /* the end too */
    angle = at;
    length = 0;
  } else {
    if (*at != '<' && !find_phrase (at, &phrase, &length, &angle))
      return NULL;
    if (*at == '<')
      angle = at;
    angle++;
    bare = address_length (angle);
    if (bare == 0 || angle[bare] != '>')
      return NULL;
  }
  if (func != NULL) {
    g_autofree char *name = g_strndup (phrase, length), *address = g_strndup (angle, bare);

    func (name, address, user_data);
  }
  angle += bare;
  return *angle == '>' ? angle + 1 : angle;
}

static gboolean
read_list (const char *value, MimePlainAddressFunc func, gpointer user_data)
{
  const char *at = value + skip_white (value);

  for (;;) {
    at = read_item (at, func, user_data);
    if (at == NULL)
      return FALSE;
    at += skip_white (at);
    if (*at == '\0')
      return TRUE;
    if (*at != ',')
      return FALSE;
    at++;
    at += skip_white (at);
  }
}

gboolean
mime_plain_addresses (const char *value, MimePlainAddressFunc func, gpointer user_data)
{
  return g_str_is_ascii (value) && strlen (value) < MAX_VALUE && read_list (value, NULL, NULL)
         && read_list (value, func, user_data);
}

/* ---- ids ---- */

gboolean
mime_plain_ids (const char *value, guint max, char **ids)
{
  g_autoptr (GString) found = g_string_new (NULL);
  const char *at = value + skip_white (value);

  while (*at != '\0') {
    gsize length = *at == '<' ? address_length (at + 1) : 0;

    if (length == 0 || at[length + 1] != '>')
      return FALSE;
    if (max > 0) {
      if (found->len > 0)
        g_string_append_c (found, ' ');
      g_string_append_len (found, at, (gssize)length + 2);
      max--;
    }
    at += length + 2;
    at += skip_white (at);
  }
  *ids = found->len > 0 ? g_strdup (found->str) : NULL;
  return TRUE;
}

/* ---- parameters ---- */

/* Behind "type/subtype" or "inline" at the start of a structured field; NULL when it is not plain. */
static const char *
skip_head (const char *raw)
{
  const char *at = raw + skip_white (raw);
  gsize length = span (at, TOKEN);

  if (length == 0)
    return NULL;
  at += length;
  if (*at == '/') {
    length = span (++at, TOKEN);
    if (length == 0)
      return NULL;
    at += length;
  }
  return at + skip_white (at);
}

/* One "; name=value" at `at`; behind it, or NULL. */
static const char *
read_param (const char *at, const char **name, gsize *name_length, const char **value,
            gsize *length)
{
  if (*at != ';')
    return NULL;
  at++;
  at += skip_white (at);
  *name = at;
  *name_length = span (at, TOKEN);
  at += *name_length;
  if (*name_length == 0 || *at != '=')
    return NULL;
  at++;
  if (*at == '"') {
    *value = ++at;
    *length = strcspn (at, "\"\\%\r\n\t");
    if (at[*length] != '"' || *length == 0 || *at == ' ' || at[*length - 1] == ' '
        || memmem (at, *length, "=?", 2) != NULL)
      return NULL;
    at += *length + 1;
  } else {
    *value = at;
    *length = span (at, TOKEN);
    if (*length == 0)
      return NULL;
    at += *length;
  }
  return at + skip_white (at);
}

gboolean
mime_plain_param (const char *raw, const char *name, char **found)
{
  const char *at =
      raw != NULL && g_str_is_ascii (raw) && strlen (raw) < MAX_VALUE ? skip_head (raw) : NULL;
  const char *best = NULL;
  gsize best_length = 0;

  if (at == NULL)
    return FALSE;
  while (*at != '\0') {
    const char *key, *value;
    gsize key_length, length;

    at = read_param (at, &key, &key_length, &value, &length);
    if (at == NULL)
      return FALSE;
    if (strlen (name) == key_length && g_ascii_strncasecmp (key, name, key_length) == 0) {
      if (best != NULL)
        return FALSE;
      best = value;
      best_length = length;
    }
  }
  *found = best != NULL ? g_strndup (best, best_length) : NULL;
  return TRUE;
}

char *
mime_plain_type (const char *raw)
{
  g_autofree char *unused = NULL;
  const char *at = raw + skip_white (raw);
  gsize length = span (at, TOKEN);

  if (at[length] != '/' || !mime_plain_param (raw, "", &unused))
    return NULL;
  length += 1 + span (at + length + 1, TOKEN);
  return g_ascii_strdown (at, (gssize)length);
}

/* ---- dates ---- */

/* d: a digit, a: a letter, s: a sign; anything else itself. */
static gboolean
has_form (const char *at, const char *form)
{
  for (; *form != '\0'; form++, at++) {
    if (*form == 'd'   ? !g_ascii_isdigit (*at)
        : *form == 'a' ? !g_ascii_isalpha (*at)
        : *form == 's' ? *at != '+' && *at != '-'
                       : *at != *form)
      return FALSE;
  }
  return TRUE;
}

gboolean
mime_plain_date (const char *value, gint64 *date)
{
  const char *at = has_form (value, "aaa, ") ? value + 5 : value;
  gsize day = has_form (at, "dd ") ? 2 : 1;
  char text[] = " 1-Jan-1970 00:00:00 +0000";

  if (!has_form (at, day == 2 ? "dd " : "d ") || !has_form (at + day, " aaa dddd dd:dd:dd sdddd")
      || (at[day + 24] != '\0' && at[day + 24] != ' '))
    return FALSE;
  memcpy (text + 2 - day, at, day);
  memcpy (text + 3, at + day + 1, 3);
  memcpy (text + 7, at + day + 5, 19);
  /* The year is not one of the first: 0 is what cannot be read. */
  *date = base_date_from_internal (text);
  return *date > 0;
}
