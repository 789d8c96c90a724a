/* Address lists: GMime's reader for what mail carries, and a forgiving one for what people type and GMime passes over.
 *
 * The forgiving one: separators are comma, semicolon and line end; quotes, comments, groups, domain literals and a bare word
 * with an @ are understood.  Encoded-words are decoded only after the list was cut, so that an encoded comma or '<' makes
 * no second address.  Runs on any thread; linear; limited to MAX_ADDRESSES. */
#include "mime-address-private.h"

#include <string.h>
#include <gmime/gmime.h>

#include "base-text.h"
#include "mime-build.h"
#include "mime-charset-private.h"
#include "mime-header-private.h"
#include "mime-plain-private.h"

#define MAX_ADDRESSES 20000
#define MAX_GROUPS    100
#define MAX_NAME      500 /* characters */
#define MAX_LOCAL     128 /* octets, twice what RFC 5321 grants: such addresses are about */
#define MAX_DOMAIN    255

void
mime_address_free (MimeAddress *address)
{
  if (address == NULL)
    return;
  g_free (address->name);
  g_free (address->address);
  g_free (address);
}

/* ---- is it one ---- */

static gboolean
local_part_is_valid (const char *at, const char *end)
{
  if (at == end || end - at > MAX_LOCAL)
    return FALSE;
  if (*at == '"') {
    for (at++; at < end - 1; at++) {
      /* What looks like another address within this one is made to deceive. */
      if (*at == '"' || *at == '<' || *at == '>' || (guint8)*at < ' ' || *at == 0x7f)
        return FALSE;
      if (*at == '\\') {
        at++;
        if (at >= end - 1 || (guint8)*at < ' ' || *at == '<' || *at == '>')
          return FALSE;
      }
    }
    return at == end - 1 && *at == '"';
  }
  for (; at < end; at++) {
    /* Dots where RFC 5322 wants none exist in real addresses of Japanese carriers. */
    if ((guint8)*at <= ' ' || *at == 0x7f || strchr ("()<>[]:;@\\,\"", *at) != NULL)
      return FALSE;
  }
  return TRUE;
}

/* A name that IDNA does not know, or whose labels are too long in punycode, no name server can have. */
static gboolean
has_ascii_form (const char *domain)
{
  g_autofree char *ascii = g_hostname_to_ascii (domain);
  g_auto (GStrv) labels = ascii != NULL ? g_strsplit (ascii, ".", -1) : NULL;

  for (guint i = 0; labels != NULL && labels[i] != NULL; i++) {
    if (strlen (labels[i]) > 63)
      return FALSE;
  }
  return labels != NULL;
}

static gboolean
domain_is_valid (const char *domain)
{
  gsize length = strlen (domain), label = 0;
  gboolean ascii = TRUE;

  if (length == 0 || length > MAX_DOMAIN)
    return FALSE;
  if (domain[0] == '[')
    return length > 3 && domain[length - 1] == ']'
           && strspn (domain + 1, "0123456789abcdefABCDEFIPvV.:") == length - 2;
  for (const char *c = domain; *c != '\0'; c++) {
    if (*c == '.') {
      if (label == 0)
        return FALSE;
      label = 0;
    } else if (g_ascii_isalnum (*c) || *c == '-' || *c == '_' || (guint8)*c >= 0x80) {
      if (++label > 63 * 4)
        return FALSE;
      ascii = ascii && (guint8)*c < 0x80;
    } else {
      return FALSE;
    }
  }
  return label > 0 && (ascii || has_ascii_form (domain));
}

/* Separators of Unicode that a program further on could take for a line end or a space. */
static gboolean
has_odd_characters (const char *text)
{
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);

    if (character >= 0x80
        && (g_unichar_iscntrl (character) || g_unichar_isspace (character)
            || g_unichar_type (character) == G_UNICODE_FORMAT || character == 0xfffd
            || character == 0x3000))
      return TRUE;
  }
  return FALSE;
}

gboolean
mime_address_is_valid (const char *address)
{
  const char *at;

  if (address == NULL || !g_utf8_validate (address, -1, NULL))
    return FALSE;
  at = strrchr (address, '@');
  return at != NULL && local_part_is_valid (address, at) && domain_is_valid (at + 1)
         && !has_odd_characters (address);
}

MimeAddressFault
mime_address_find_fault (const char *address)
{
  const char *at = strrchr (address, '@');

  if (mime_address_is_valid (address))
    return MIME_ADDRESS_FINE;
  if (at == NULL || !g_utf8_validate (address, -1, NULL))
    return MIME_ADDRESS_NO_AT;
  if (at == address)
    return MIME_ADDRESS_NO_LOCAL;
  if (at[1] == '\0')
    return MIME_ADDRESS_NO_DOMAIN;
  if (at - address > MAX_LOCAL || strlen (at + 1) > MAX_DOMAIN)
    return MIME_ADDRESS_TOO_LONG;
  if (has_odd_characters (address))
    return MIME_ADDRESS_HIDDEN;
  return local_part_is_valid (address, at) ? MIME_ADDRESS_BAD_DOMAIN : MIME_ADDRESS_BAD_LOCAL;
}

/* ---- the list ---- */

/* What one piece between separators held. */
typedef struct
{
  GString *phrase;  /* words and quoted strings outside of <> */
  GString *angle;   /* what stood in <> */
  GString *comment; /* what stood in () */
  gboolean has_angle;
} Piece;

/* Drops a source route "@a,@b:" and white space where RFC 5322 lets it stand: at the ends and beside '@' and '.'. */
static char *
tidy_address (const char *text)
{
  const char *colon = text[0] == '@' ? strchr (text, ':') : NULL;
  g_autofree char *trimmed = g_strstrip (g_strdup (colon != NULL ? colon + 1 : text));
  GString *out = g_string_new (NULL);

  for (const char *c = trimmed; *c != '\0'; c++) {
    const char *next = c;

    while (trimmed[0] != '"' && g_ascii_isspace (*next))
      next++;
    if (next > c
        && (*next == '@' || *next == '.'
            || (out->len > 0 && strchr ("@.", out->str[out->len - 1]) != NULL)))
      c = next;
    g_string_append_c (out, *c);
  }
  /* "<mailto:a@b>" comes from copied links. */
  if (g_ascii_strncasecmp (out->str, "mailto:", 7) == 0)
    g_string_erase (out, 0, 7);
  return g_string_free (out, FALSE);
}

static char *
tidy_name (const char *text)
{
  g_autofree char *decoded = mime_words_decode (text);
  char *name = base_text_one_line (decoded, MAX_NAME);
  gsize length = strlen (name);

  /* Quotes that were encoded or doubled around the whole name. */
  if (length >= 2 && (name[0] == '\'' || name[0] == '"') && name[length - 1] == name[0]) {
    name[length - 1] = '\0';
    memmove (name, name + 1, length - 1);
    g_strstrip (name);
  }
  return name;
}

/* "Hong gildong@example.org": the last word is the address, where the person forgot the brackets. */
static void
split_bare (const char *phrase, char **name, char **address)
{
  g_autofree char *text = g_strstrip (g_strdup (phrase));
  char *last = strrchr (text, ' ');

  if (last != NULL && strchr (last, '@') != NULL && mime_address_is_valid (last + 1)) {
    *address = g_strdup (last + 1);
    *last = '\0';
    *name = tidy_name (text);
  } else {
    *address = tidy_address (text);
    *name = g_strdup ("");
  }
}

/* What is no address is a name alone. */
static MimeAddress *
new_address (const char *name, const char *address)
{
  MimeAddress *result = g_new0 (MimeAddress, 1);

  if (mime_address_is_valid (address)) {
    result->name = g_strdup (strcmp (name, address) == 0 ? "" : name);
    result->address = g_strdup (address);
  } else {
    g_autofree char *whole = name[0] != '\0' && address[0] != '\0'
                                 ? g_strdup_printf ("%s <%s>", name, address)
                                 : g_strconcat (name, address, NULL);

    result->name = tidy_name (whole);
    result->address = g_strdup ("");
  }
  return result;
}

/* "a@b c@d": a column out of a table.  FALSE, and nothing is added: not every word is an address. */
static gboolean
add_words (const char *phrase, GPtrArray *list)
{
  const char *first = strchr (phrase, '@');
  g_auto (GStrv) words = NULL;

  if (phrase[0] == '"' || first == NULL || strchr (first + 1, '@') == NULL)
    return FALSE;
  words = g_strsplit_set (phrase, " \t\r", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    if (words[i][0] != '\0' && !mime_address_is_valid (words[i]))
      return FALSE;
  }
  for (guint i = 0; words[i] != NULL; i++) {
    if (words[i][0] != '\0' && list->len < MAX_ADDRESSES)
      g_ptr_array_add (list, new_address ("", words[i]));
  }
  return TRUE;
}

static void
finish_piece (Piece *piece, GPtrArray *list)
{
  g_autofree char *name = NULL, *address = NULL;
  gboolean something =
      piece->has_angle || strspn (piece->phrase->str, " \t\r\n") < piece->phrase->len;

  if (something && !piece->has_angle && add_words (piece->phrase->str, list))
    something = FALSE;
  if (something && list->len < MAX_ADDRESSES) {
    if (piece->has_angle) {
      address = tidy_address (piece->angle->str);
      name = tidy_name (piece->phrase->str);
    } else {
      split_bare (piece->phrase->str, &name, &address);
    }
    if (name[0] == '\0' && piece->comment->len > 0) {
      g_free (name);
      name = tidy_name (piece->comment->str);
    }
    if (piece->has_angle || mime_address_is_valid (address))
      g_ptr_array_add (list, new_address (name, address));
    else
      g_ptr_array_add (list, new_address (piece->phrase->str, ""));
  }
  g_string_truncate (piece->phrase, 0);
  g_string_truncate (piece->angle, 0);
  g_string_truncate (piece->comment, 0);
  piece->has_angle = FALSE;
}

/* Copies a quoted string without its quotes. Returns behind it; NULL when it has no end. */
static const char *
take_quoted (const char *at, GString *out)
{
  gsize before = out->len;

  for (at++; *at != '\0'; at++) {
    if (*at == '"')
      return at + 1;
    if (*at == '\\' && at[1] != '\0')
      at++;
    g_string_append_c (out, *at);
  }
  g_string_truncate (out, before);
  return NULL;
}

/* Copies a comment without its outer brackets, nested ones with theirs. */
static const char *
take_comment (const char *at, GString *out)
{
  int depth = 0;

  for (; *at != '\0'; at++) {
    if (*at == '\\' && at[1] != '\0') {
      at++;
    } else if (*at == '(') {
      if (depth++ == 0)
        continue;
    } else if (*at == ')') {
      if (--depth == 0)
        return at + 1;
    }
    g_string_append_c (out, *at);
  }
  return NULL;
}

static GPtrArray *
parse (const char *text)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_address_free);
  Piece piece = { g_string_new (NULL), g_string_new (NULL), g_string_new (NULL), FALSE };
  gboolean open_quotes = TRUE, open_comments = TRUE,
           open_angles = TRUE; /* some end of each may still come */
  const char *at = text;

  while (*at != '\0') {
    const char *end;

    switch (*at) {
    case '"': {
      const char *after;
      gsize before = piece.phrase->len;

      end = open_quotes ? take_quoted (at, piece.phrase) : NULL;
      if (end == NULL) {
        open_quotes = FALSE;
        at++;
        break;
      }
      /* A quoted local part keeps its quotes. */
      after = end;
      if (*after == '@') {
        g_string_truncate (piece.phrase, before);
        g_string_append_len (piece.phrase, at, end - at);
      }
      at = end;
      break;
    }
    case '(':
      end = open_comments ? take_comment (at, piece.comment) : NULL;
      if (end != NULL) {
        at = end;
      } else {
        open_comments = FALSE;
        g_string_truncate (piece.comment, 0);
        g_string_append_c (piece.phrase, *at++);
      }
      break;
    case '<':
      end = at[1] == '"' && open_angles ? strchr (at, '>') : NULL;
      if (end == NULL) {
        open_angles = open_angles && at[1] != '"';
        end = at + 1 + strcspn (at + 1, ">,;\n<");
      }
      if (!piece.has_angle)
        g_string_append_len (piece.angle, at + 1, end - at - 1);
      piece.has_angle = TRUE;
      at = *end == '>' ? end + 1 : end; /* "Name <a@b, c@d": never closed */
      break;
    case ':':
      /* The name of a group ("friends: a@b, c@d;") is no address, nor is "mailto:". */
      if (strchr (piece.phrase->str, '@') != NULL)
        g_string_append_c (piece.phrase, ':');
      else
        g_string_truncate (piece.phrase, 0);
      at++;
      break;
    case ',':
    case ';':
    case '\n':
      finish_piece (&piece, list);
      at++;
      break;
    default:
      g_string_append_c (piece.phrase, *at++);
      break;
    }
  }
  finish_piece (&piece, list);
  g_string_free (piece.phrase, TRUE);
  g_string_free (piece.angle, TRUE);
  g_string_free (piece.comment, TRUE);
  return list;
}

/* ---- from a header ---- */

static void
add_list (GPtrArray *out, InternetAddressList *list)
{
  int length = list != NULL ? internet_address_list_length (list) : 0;

  for (int i = 0; i < length && out->len < MAX_ADDRESSES; i++) {
    InternetAddress *item = internet_address_list_get_address (list, i);

    if (INTERNET_ADDRESS_IS_GROUP (item)) {
      add_list (out, internet_address_group_get_members (INTERNET_ADDRESS_GROUP (item)));
    } else {
      const char *name = internet_address_get_name (item),
                 *address = internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (item));
      g_autofree char *clean = tidy_name (name != NULL ? name : "");

      g_ptr_array_add (out, new_address (clean, address != NULL ? address : ""));
    }
  }
}

static void
add_plain (const char *phrase, const char *address, gpointer user_data)
{
  g_autofree char *name = tidy_name (phrase);

  g_ptr_array_add (user_data, new_address (name, address));
}

static guint
count_valid (GPtrArray *list)
{
  guint count = 0;

  for (guint i = 0; i < list->len; i++) {
    const MimeAddress *address = g_ptr_array_index (list, i);

    count += address->address[0] != '\0' ? 1 : 0;
  }
  return count;
}

GPtrArray *
mime_address_parse_header (const char *value)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_address_free);
  InternetAddressList *found;
  guint signs = 0, groups = 0, valid;

  if (value == NULL || value[0] == '\0')
    return g_steal_pointer (&list);
  if (mime_plain_addresses (value, add_plain, list))
    return g_steal_pointer (&list);
  mime_gmime_init ();
  for (const char *c = value; *c != '\0'; c++) {
    signs += *c == '@' ? 1 : 0;
    groups += *c == ':' ? 1 : 0;
  }
  /* GMime recurses into groups inside of groups, however many. */
  found = groups < MAX_GROUPS ? internet_address_list_parse (NULL, value) : NULL;
  add_list (list, found);
  g_clear_object (&found);
  valid = count_valid (list);
  /* GMime passes over addresses with odd dots (those of Japanese carriers), and stops at a semicolon: look whether the
   * forgiving reader finds more. */
  if (list->len == 0 || valid < MIN (signs, MAX_ADDRESSES)) {
    g_autoptr (GPtrArray) other = parse (value);

    if (list->len == 0 || count_valid (other) > valid)
      return g_steal_pointer (&other);
  }
  return g_steal_pointer (&list);
}

GPtrArray *
mime_addresses_parse (const char *text)
{
  g_autofree char *valid = base_text_repair (text != NULL ? text : "", -1);

  return parse (valid);
}

char *
mime_address_to_string (const char *name, const char *address)
{
  GString *out;

  if (name == NULL || name[0] == '\0' || g_strcmp0 (name, address) == 0)
    return g_strdup (address != NULL ? address : "");
  out = g_string_new (NULL);
  if (strpbrk (name, "()<>[]:;@\\,.\"") != NULL) {
    g_string_append_c (out, '"');
    for (const char *c = name; *c != '\0'; c++) {
      if (*c == '"' || *c == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *c);
    }
    g_string_append_c (out, '"');
  } else {
    g_string_append (out, name);
  }
  if (address != NULL && address[0] != '\0')
    g_string_append_printf (out, " <%s>", address);
  return g_string_free (out, FALSE);
}
