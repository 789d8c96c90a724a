/* A plain reading of MIME: boundaries at the beginning of lines, parameters by name.  Pure. */
#include "model-mime.h"

#include <stdlib.h>
#include <string.h>

#include "model-world.h"

struct _ModelPart
{
  GBytes *header, *body; /* Owned */
  char *type, *subtype, *encoding, *id, *disposition, *name, *charset, *boundary;
  GPtrArray *children; /* of a multipart */
};

void
model_part_free (ModelPart *part)
{
  g_bytes_unref (part->header);
  g_bytes_unref (part->body);
  g_free (part->type);
  g_free (part->subtype);
  g_free (part->encoding);
  g_free (part->id);
  g_free (part->disposition);
  g_free (part->name);
  g_free (part->charset);
  g_free (part->boundary);
  g_clear_pointer (&part->children, g_ptr_array_unref);
  g_free (part);
}

/* "a/b; name=\"c d\"" -> c d; NULL: none. */
static char *
dup_param (const char *value, const char *name)
{
  g_auto (GStrv) words = value != NULL ? g_strsplit (value, ";", -1) : NULL;

  for (gsize i = 1; words != NULL && words[0] != NULL && words[i] != NULL; i++) {
    char *word = g_strstrip (words[i]), *equals = strchr (word, '=');

    if (equals == NULL || (gsize)(equals - word) != strlen (name)
        || g_ascii_strncasecmp (word, name, strlen (name)) != 0)
      continue;
    if (equals[1] != '"')
      return g_strdup (equals + 1);
    return g_strndup (equals + 2, strcspn (equals + 2, "\""));
  }
  return NULL;
}

static ModelPart *part_new (GBytes *bytes, gsize from, gsize to);

static void
split (ModelPart *part)
{
  gsize length;
  const char *data = g_bytes_get_data (part->body, &length), *begin = NULL;
  g_autofree char *line = g_strconcat ("--", part->boundary, NULL);

  part->children = g_ptr_array_new_with_free_func ((GDestroyNotify)model_part_free);
  for (const char *at = data; at != NULL && at < data + length;) {
    gsize left = (gsize)(data + length - at);
    const char *end = memmem (at, left, "\r\n", 2);

    if (left >= strlen (line) && memcmp (at, line, strlen (line)) == 0) {
      if (begin != NULL)
        g_ptr_array_add (part->children,
                         part_new (part->body, (gsize)(begin - data),
                                   (gsize)(at - data) - MIN (2, (gsize)(at - begin))));
      if (left >= strlen (line) + 2 && memcmp (at + strlen (line), "--", 2) == 0)
        return;
      begin = end != NULL ? end + 2 : NULL;
    }
    at = end != NULL ? end + 2 : NULL;
  }
}

static ModelPart *
part_new (GBytes *bytes, gsize from, gsize to)
{
  g_autoptr (GBytes) all = g_bytes_new_from_bytes (bytes, from, to - from);
  ModelPart *part = g_new0 (ModelPart, 1);
  gsize header = model_message_header_length (all);
  g_autofree char *type = model_message_dup_field (all, "Content-Type");
  g_autofree char *disposition = model_message_dup_field (all, "Content-Disposition");
  g_autofree char *bare = g_strndup (type != NULL ? type : "text/plain",
                                     strcspn (type != NULL ? type : "text/plain", "; "));
  g_auto (GStrv) words = g_strsplit (bare, "/", 2);

  part->header = g_bytes_new_from_bytes (all, 0, header);
  part->body = g_bytes_new_from_bytes (all, header, g_bytes_get_size (all) - header);
  part->type = g_strdup (words[0]);
  part->subtype = g_strdup (words[1] != NULL ? words[1] : "plain");
  part->encoding = model_message_dup_field (all, "Content-Transfer-Encoding");
  part->id = model_message_dup_field (all, "Content-ID");
  part->charset = dup_param (type, "charset");
  part->name = dup_param (type, "name");
  part->boundary = dup_param (type, "boundary");
  if (disposition != NULL)
    part->disposition = g_strndup (disposition, strcspn (disposition, "; "));
  if (g_ascii_strcasecmp (part->type, "multipart") == 0 && part->boundary != NULL)
    split (part);
  return part;
}

ModelPart *
model_part_new (GBytes *message)
{
  return part_new (message, 0, g_bytes_get_size (message));
}

/* ---- what the server says ---- */

static void
append_string (GString *out, const char *text)
{
  if (text == NULL) {
    g_string_append (out, "NIL");
    return;
  }
  g_string_append_c (out, '"');
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '"' || *c == '\\')
      g_string_append_c (out, '\\');
    g_string_append_c (out, *c);
  }
  g_string_append_c (out, '"');
}

static void
append_params (GString *out, ModelPart *part)
{
  const struct
  {
    const char *name, *value;
  } params[] = { { "charset", part->charset },
                 { "name", part->name },
                 { "boundary", part->boundary } };
  gboolean any = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (params); i++) {
    if (params[i].value == NULL)
      continue;
    g_string_append (out, any ? " " : "(");
    append_string (out, params[i].name);
    g_string_append_c (out, ' ');
    append_string (out, params[i].value);
    any = TRUE;
  }
  g_string_append (out, any ? ")" : "NIL");
}

static void
append_disposition (GString *out, ModelPart *part)
{
  if (part->disposition == NULL) {
    g_string_append (out, " NIL");
    return;
  }
  g_string_append (out, " (");
  append_string (out, part->disposition);
  g_string_append (out, " NIL)");
}

void
model_part_append_structure (ModelPart *part, GString *out)
{
  g_string_append_c (out, '(');
  if (part->children != NULL) {
    for (guint i = 0; i < part->children->len; i++)
      model_part_append_structure (g_ptr_array_index (part->children, i), out);
    g_string_append_c (out, ' ');
    append_string (out, part->subtype);
    g_string_append_c (out, ' ');
    append_params (out, part);
  } else {
    append_string (out, part->type);
    g_string_append_c (out, ' ');
    append_string (out, part->subtype);
    g_string_append_c (out, ' ');
    append_params (out, part);
    g_string_append_c (out, ' ');
    append_string (out, part->id);
    g_string_append (out, " NIL ");
    append_string (out, part->encoding != NULL ? part->encoding : "7bit");
    g_string_append_printf (out, " %" G_GSIZE_FORMAT, g_bytes_get_size (part->body));
    if (g_ascii_strcasecmp (part->type, "text") == 0)
      g_string_append (out, " 1");
    g_string_append (out, " NIL");
  }
  append_disposition (out, part);
  g_string_append (out, " NIL NIL)");
}

static ModelPart *
find (ModelPart *part, const char *section, const char **rest)
{
  *rest = section;
  while (g_ascii_isdigit (**rest)) {
    char *end = NULL;
    unsigned long number = strtoul (*rest, &end, 10);

    /* The only part of what is no multipart is number 1. */
    if (part->children == NULL && number == 1 && *rest == section && *end == '\0') {
      *rest = end;
      return part;
    }
    if (part->children == NULL || number < 1 || number > part->children->len)
      return NULL;
    part = g_ptr_array_index (part->children, number - 1);
    *rest = *end == '.' ? end + 1 : end;
  }
  return part;
}

gboolean
model_part_append (ModelPart *part, const char *section, gboolean decoded, GString *out)
{
  const char *rest = NULL;
  ModelPart *found = find (part, section, &rest);
  gsize length;

  if (found == NULL || rest == section)
    return FALSE;
  if (g_ascii_strcasecmp (rest, "MIME") == 0) {
    g_string_append_len (out, g_bytes_get_data (found->header, NULL),
                         (gssize)g_bytes_get_size (found->header));
    return TRUE;
  }
  if (*rest != '\0')
    return FALSE;
  const char *data = g_bytes_get_data (found->body, &length);
  if (decoded && found->encoding != NULL && g_ascii_strcasecmp (found->encoding, "base64") == 0) {
    g_autofree char *text = g_strndup (data, length);
    gsize size;
    g_autofree guchar *bytes = g_base64_decode (text, &size);

    g_string_append_len (out, (const char *)bytes, (gssize)size);
    return TRUE;
  }
  g_string_append_len (out, data, (gssize)length);
  return TRUE;
}
