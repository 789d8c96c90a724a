/* mailto: URIs (RFC 6068) to a draft.  Pure.  They come from web pages of strangers: only
 * recipients, subject and text are taken; nothing is ever attached, and no field can hold a line
 * break where a header has none. */
#include "mail-private.h"

#include "base-text.h"
#include "mime-build.h"

/* More than a URI of good will has; keeps a hostile one from filling the window. */
#define MAX_FIELD (256 * 1024)
/* Of a mail that nobody sees before it is sent; lists put long names of the subscription there. */
#define MAX_REQUEST 400

/* %XX undone, as valid UTF-8.  '+' means itself here, not a space. */
static char *
decode (const char *text, gsize length)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (gsize i = 0; i < length && out->len < MAX_FIELD; i++) {
    if (text[i] == '%' && i + 2 < length && g_ascii_isxdigit (text[i + 1])
        && g_ascii_isxdigit (text[i + 2])) {
      g_string_append_c (out, (char)(g_ascii_xdigit_value (text[i + 1]) * 16
                                     + g_ascii_xdigit_value (text[i + 2])));
      i += 2;
    } else {
      g_string_append_c (out, text[i]);
    }
  }
  return base_text_repair (out->str, (gssize)out->len);
}

static char *
decode_line (const char *text, gsize length)
{
  g_autofree char *decoded = decode (text, length);

  return base_text_one_line (decoded, MAX_FIELD);
}

static char *
decode_text (const char *text, gsize length)
{
  g_autofree char *decoded = decode (text, length);
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *c = decoded; *c != '\0'; c++) {
    if (*c == '\r') {
      if (c[1] != '\n')
        g_string_append_c (out, '\n');
    } else if (*c == '\n' || *c == '\t' || (guchar)*c >= 0x20) {
      g_string_append_c (out, *c);
    }
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
append_address (char **field, const char *text, gsize length)
{
  g_autofree char *addresses = decode_line (text, length);

  if (*addresses == '\0')
    return;
  g_autofree char *before = g_steal_pointer (field);
  *field = *before != '\0' ? g_strdup_printf ("%s, %s", before, addresses)
                           : g_steal_pointer (&addresses);
}

static void
take_field (StoreDraft *draft, const char *name, gsize name_length, const char *value, gsize length)
{
  g_autofree char *field = decode (name, name_length);

  if (g_ascii_strcasecmp (field, "to") == 0) {
    append_address (&draft->to, value, length);
  } else if (g_ascii_strcasecmp (field, "cc") == 0) {
    append_address (&draft->cc, value, length);
  } else if (g_ascii_strcasecmp (field, "bcc") == 0) {
    append_address (&draft->bcc, value, length);
  } else if (g_ascii_strcasecmp (field, "subject") == 0) {
    g_free (draft->subject);
    draft->subject = decode_line (value, length);
  } else if (g_ascii_strcasecmp (field, "body") == 0) {
    g_free (draft->text);
    draft->text = decode_text (value, length);
  }
}

static void
make_empty (char **field)
{
  if (*field == NULL)
    *field = g_strdup ("");
}

/* To whom its path alone says, where `path_only`. */
static StoreDraft *
parse (const char *uri, gboolean path_only)
{
  if (g_ascii_strncasecmp (uri, "mailto:", 7) != 0)
    return NULL;

  g_autoptr (StoreDraft) draft = store_draft_new ();
  const char *rest = uri + 7;
  gsize end = strcspn (rest, "#"), to = strcspn (rest, "?#");

  make_empty (&draft->to);
  make_empty (&draft->cc);
  make_empty (&draft->bcc);
  append_address (&draft->to, rest, to);
  for (gsize start = to + 1; start < end;) {
    gsize length = MIN (strcspn (rest + start, "&"), end - start);
    const char *equals = memchr (rest + start, '=', length);

    if (equals != NULL) {
      gsize name_length = (gsize)(equals - (rest + start));

      take_field (draft, rest + start, name_length, equals + 1, length - name_length - 1);
    }
    start += length + 1;
  }
  if (path_only) {
    g_free (draft->to);
    draft->to = decode_line (rest, to);
  }
  return g_steal_pointer (&draft);
}

StoreDraft *
mail_mailto_parse (const char *uri)
{
  return parse (uri, FALSE);
}

gboolean
mail_mailto_parse_request (const char *uri, char **address, char **subject, char **text)
{
  g_autoptr (StoreDraft) draft = parse (uri, TRUE);
  g_autoptr (GPtrArray) recipients = draft != NULL ? mime_addresses_parse (draft->to) : NULL;
  const MimeAddress *one = recipients != NULL && recipients->len == 1 ? recipients->pdata[0] : NULL;

  if (one == NULL || !mime_address_is_valid (one->address))
    return FALSE;
  *address = g_strdup (one->address);
  *subject = base_text_one_line (draft->subject, MAX_REQUEST);
  *text = base_text_one_line (draft->text, MAX_REQUEST);
  return TRUE;
}
