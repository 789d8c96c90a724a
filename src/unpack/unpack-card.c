/* Reads the contact card of a stranger.  Pure, any one thread; it must never keep more than the limits.
 *
 * By hand, because Debian 12 has nothing that would do: libical's vCard side came with 3.1, libvformat and libvc have been left
 * alone for fifteen years, belcard reads 4.0 only, and libebook-contacts brings all of the Evolution data server.  What is read
 * are content lines (RFC 6350, 3.3), of which a card to look at needs a dozen. */
#include "unpack-card.h"

#include <string.h>

#define MAX_OCTETS (16u * 1024 * 1024)
#define MAX_VALUE  (64u * 1024)
#define MAX_PHOTO  (4u * 1024 * 1024)

typedef struct
{
  char *name;       /* upper case, without the group */
  char *parameters; /* upper case: ";TYPE=HOME;CHARSET=..." */
  char *value;      /* as it stands there */
} Line;

static void
line_clear (Line *line)
{
  g_clear_pointer (&line->name, g_free);
  g_clear_pointer (&line->parameters, g_free);
  g_clear_pointer (&line->value, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, line_clear)

/* The next line, unfolded.  A vCard 2.1 line in quoted-printable goes on behind a "=" at its end. */
static char *
next_line (const char **at, const char *end)
{
  GString *line = g_string_new (NULL);

  while (*at < end) {
    const char *stop = memchr (*at, '\n', (gsize)(end - *at));
    gsize length = (gsize)((stop ? stop : end) - *at);
    g_string_append_len (line, *at, (gssize)length);
    *at = stop ? stop + 1 : end;
    if (line->len > 0 && line->str[line->len - 1] == '\r')
      g_string_truncate (line, line->len - 1);
    if (*at < end && (**at == ' ' || **at == '\t')) {
      (*at)++;
      continue;
    }
    if (line->len > 0 && line->str[line->len - 1] == '=' && line->len < MAX_VALUE) {
      const char *colon = strchr (line->str, ':');
      g_autofree char *head =
          g_ascii_strup (line->str, colon ? colon - line->str : (gssize)line->len);
      if (strstr (head, "QUOTED-PRINTABLE")) {
        g_string_truncate (line, line->len - 1);
        continue;
      }
    }
    break;
  }
  return g_string_free (line, FALSE);
}

static gboolean
split (const char *text, Line *line)
{
  const char *at = text;
  gboolean quoted = FALSE;

  for (; *at && (quoted || *at != ':'); at++)
    quoted = quoted != (*at == '"');
  if (*at != ':')
    return FALSE;
  g_autofree char *head = g_ascii_strup (text, at - text);
  char *semicolon = strchr (head, ';');
  line->parameters = g_strdup (semicolon ? semicolon : "");
  if (semicolon)
    *semicolon = '\0';
  const char *dot = strrchr (head, '.');
  line->name = g_strstrip (g_strdup (dot ? dot + 1 : head));
  line->value = g_strdup (at + 1);
  return TRUE;
}

static char *
decode_quoted (const char *text)
{
  GString *out = g_string_new (NULL);

  for (; *text; text++) {
    int high = *text == '=' ? g_ascii_xdigit_value (text[1]) : -1;
    int low = high >= 0 ? g_ascii_xdigit_value (text[2]) : -1;
    if (low >= 0) {
      if (high * 16 + low != 0)
        g_string_append_c (out, (char)(high * 16 + low));
      text += 2;
    } else {
      g_string_append_c (out, *text);
    }
  }
  return g_string_free (out, FALSE);
}

/* "CHARSET=EUC-KR" of vCard 2.1; a card without one that is no UTF-8 comes from Windows: from a Korean one, if it can. */
static char *
to_utf8 (const char *parameters, const char *raw)
{
  const char *named = strstr (parameters, "CHARSET=");
  const char *tries[] = { NULL, "CP949", "CP1252" };
  g_autofree char *charset = NULL;

  if (g_utf8_validate (raw, -1, NULL))
    return g_strdup (raw);
  if (named) {
    named += strlen ("CHARSET=");
    charset = g_strndup (named, MIN (strcspn (named, ";:\""), 40));
    tries[0] = charset;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (tries); i++) {
    char *text = tries[i] ? g_convert (raw, -1, "UTF-8", tries[i], NULL, NULL, NULL) : NULL;
    if (text)
      return text;
  }
  return g_utf8_make_valid (raw, -1);
}

/* Of "a;b\;c" the parts, with \n and the like undone. */
static GPtrArray *
split_value (const char *value)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_free);
  GString *part = g_string_new (NULL);

  for (; *value; value++) {
    if (*value == '\\' && value[1]) {
      value++;
      g_string_append_c (part, *value == 'n' || *value == 'N' ? '\n' : *value);
    } else if (*value == ';') {
      g_ptr_array_add (parts, g_string_free (part, FALSE));
      part = g_string_new (NULL);
    } else {
      g_string_append_c (part, *value);
    }
  }
  g_ptr_array_add (parts, g_string_free (part, FALSE));
  return parts;
}

static char *
join (GPtrArray *parts, const char *between)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < parts->len; i++) {
    char *part = g_strstrip (parts->pdata[i]);
    if (part[0] == '\0')
      continue;
    if (all->len > 0)
      g_string_append (all, between);
    g_string_append (all, part);
  }
  return g_string_free (all, FALSE);
}

static const char *
label_of (const char *parameters)
{
  static const struct
  {
    const char *word, *label;
  } labels[] = {
    { "CELL", "mobile" }, { "MOBILE", "mobile" }, { "FAX", "fax" },
    { "WORK", "work" },   { "HOME", "home" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    if (strstr (parameters, labels[i].word))
      return labels[i].label;
  return "";
}

typedef struct
{
  GVariantBuilder fields;
  guint n;
  gboolean has_name, has_parts; /* FN, N */
} Card;

static void
add (Card *card, const char *kind, const char *label, const char *value)
{
  if (value[0] == '\0' || card->n >= UNPACK_MAX_FIELDS)
    return;
  g_variant_builder_add (&card->fields, "(sss)", kind, label, value);
  card->n++;
}

static void
add_name (Card *card, const GPtrArray *parts)
{
  static const char *const kinds[] = { "family", "given", "additional", "prefix", "suffix" };

  for (gsize i = 0; i < MIN (G_N_ELEMENTS (kinds), parts->len); i++)
    add (card, kinds[i], "", parts->pdata[i]);
}

static void
add_photo (Card *card, const Line *line)
{
  const char *value = line->value;
  const char *data = g_str_has_prefix (value, "data:") ? strstr (value, ";base64,") : NULL;

  if (data)
    value = data + strlen (";base64,");
  else if (!strstr (line->parameters, "ENCODING=B"))
    return; /* an address: nothing is fetched */
  if (strlen (value) <= MAX_PHOTO && g_str_is_ascii (value))
    add (card, "photo", "", value);
}

static void
read_line (Card *card, const Line *line)
{
  static const struct
  {
    const char *name, *kind, *between;
  } kinds[] = {
    { "NICKNAME", "nickname", " " }, { "ORG", "organization", ", " }, { "TITLE", "title", " " },
    { "TEL", "phone", "" },          { "EMAIL", "email", "" },        { "ADR", "address", "\n" },
    { "URL", "url", ";" },           { "BDAY", "birthday", "" },      { "NOTE", "note", ";" },
  };

  if (strcmp (line->name, "PHOTO") == 0) {
    add_photo (card, line);
    return;
  }
  if (strlen (line->value) > MAX_VALUE)
    return;
  g_autofree char *raw = strstr (line->parameters, "QUOTED-PRINTABLE") ? decode_quoted (line->value)
                                                                       : g_strdup (line->value);
  g_autofree char *value = to_utf8 (line->parameters, raw);
  g_autoptr (GPtrArray) parts = split_value (value);
  if (strcmp (line->name, "FN") == 0) {
    g_autofree char *name = join (parts, " ");
    if (!card->has_name && name[0] != '\0') {
      card->has_name = TRUE;
      add (card, "name", "", name);
    }
  } else if (strcmp (line->name, "N") == 0 && !card->has_parts) {
    card->has_parts = TRUE;
    add_name (card, parts);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (strcmp (line->name, kinds[i].name) != 0)
      continue;
    g_autofree char *joined = join (parts, kinds[i].between);
    /* "tel:+82-2-…" of 4.0 */
    const char *bare = g_ascii_strncasecmp (joined, "tel:", 4) == 0 && i == 3 ? joined + 4 : joined;
    add (card, kinds[i].kind, label_of (line->parameters), bare);
  }
}

GVariant *
unpack_card (GBytes *bytes, UnpackStatus *status)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  GVariantBuilder cards;
  guint n = 0, total = 0;
  gboolean inside = FALSE;
  Card card = { .n = 0 };

  *status = UNPACK_BROKEN;
  if (length > MAX_OCTETS) {
    *status = UNPACK_TOO_LARGE;
    return NULL;
  }
  if (length == 0)
    return NULL;
  /* What comes behind a NUL is no text. */
  const char *nul = memchr (data, '\0', length);
  const char *at = data, *end = nul ? nul : data + length;
  if (end - at >= 3 && memcmp (at, "\xEF\xBB\xBF", 3) == 0)
    at += 3;
  g_variant_builder_init (&cards, G_VARIANT_TYPE (UNPACK_CARDS));
  while (at < end && n < UNPACK_MAX_CARDS) {
    g_autofree char *text = next_line (&at, end);
    g_auto (Line) line = { .name = NULL };
    if (!split (text, &line))
      continue;
    if (strcmp (line.name, "BEGIN") == 0 && !inside) {
      inside = TRUE;
      card = (Card){ .n = 0 };
      g_variant_builder_init (&card.fields, G_VARIANT_TYPE ("a(sss)"));
    } else if (strcmp (line.name, "END") == 0 && inside) {
      g_variant_builder_add_value (&cards, g_variant_builder_end (&card.fields));
      total += card.n;
      inside = FALSE;
      n++;
    } else if (inside) {
      read_line (&card, &line);
    }
  }
  if (inside)
    g_variant_builder_clear (&card.fields);
  if (total == 0) {
    g_variant_builder_clear (&cards);
    return NULL;
  }
  *status = UNPACK_DONE;
  return g_variant_builder_end (&cards);
}
