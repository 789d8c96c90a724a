/* Takes a winmail.dat apart.  Runs in the process of sosik-unpack, and in its tests; libytnef has had its errors, which is why.
 * It must never give more files or octets than the limits. */
#include "unpack-tnef.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ytnef.h>

#define MAX_DEPTH  3
#define SIGNATURE  0x223e9f78u
#define OBJECT_TAG 16 /* octets before the message in an embedded object */
#define MAX_NAME   1000
#define MAX_OCTETS (UNPACK_MAX_OUTPUT - 1024 * 1024)

typedef struct
{
  GVariantBuilder files;
  guint n;
  gsize octets;
  gboolean too_large;
} Found;

static void
add (Found *found, const char *name, const char *type, const void *data, gsize length)
{
  if (found->n >= UNPACK_MAX_FILES || length > MAX_OCTETS - found->octets) {
    found->too_large = TRUE;
    return;
  }
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  g_variant_builder_add (&found->files, "(ss@ay)", valid, type,
                         g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE));
  found->n++;
  found->octets += length;
}

/* NULL when it is not there. */
static const variableLength *
find (MAPIProps *properties, guint type, guint id)
{
  const variableLength *value =
      properties->count > 0 ? MAPIFindProperty (properties, PROP_TAG (type, id)) : MAPI_UNDEFINED;

  return value != MAPI_UNDEFINED && value && value->data && value->size > 0 ? value : NULL;
}

static const variableLength *
find_any (MAPIProps *properties, guint type, guint other, guint id)
{
  const variableLength *value = find (properties, type, id);

  return value ? value : find (properties, other, id);
}

static char *
dup_text (const variableLength *value)
{
  return value ? g_strndup ((const char *)value->data, MIN ((gsize)value->size, MAX_NAME)) : NULL;
}

static gboolean
is_tnef (const guint8 *data, gsize length)
{
  return length > 8
         && (data[0] | data[1] << 8 | data[2] << 16 | (guint32)data[3] << 24) == SIGNATURE;
}

static gboolean take_apart (Found *found, const guint8 *data, gsize length, guint depth);

static void
add_attachment (Found *found, Attachment *attachment, guint depth)
{
  const variableLength *data =
      find_any (&attachment->MAPI, PT_OBJECT, PT_BINARY, PR_ATTACH_DATA_OBJ);
  const guint8 *bytes;
  gsize length;

  if (data) {
    bytes = data->data;
    length = (gsize)data->size;
    if (length > OBJECT_TAG && is_tnef (bytes + OBJECT_TAG, length - OBJECT_TAG)) {
      if (depth < MAX_DEPTH)
        take_apart (found, bytes + OBJECT_TAG, length - OBJECT_TAG, depth + 1);
      return;
    }
  } else {
    bytes = attachment->FileData.data;
    length = bytes && attachment->FileData.size > 0 ? (gsize)attachment->FileData.size : 0;
  }
  g_autofree char *name =
      dup_text (find_any (&attachment->MAPI, PT_STRING8, PT_UNICODE, PR_ATTACH_LONG_FILENAME));
  g_autofree char *type =
      dup_text (find_any (&attachment->MAPI, PT_STRING8, PT_UNICODE, PR_ATTACH_MIME_TAG));
  if (!name && attachment->Title.data && attachment->Title.size > 0)
    name = dup_text (&attachment->Title);
  if (length == 0 && !name)
    return;
  add (found, name ? name : "", type && g_str_is_ascii (type) ? type : "",
       length ? bytes : (const guint8 *)"", length);
}

static void
add_text (Found *found, TNEFStruct *tnef)
{
  const variableLength *html =
      find_any (&tnef->MapiProperties, PT_BINARY, PT_STRING8, PR_BODY_HTML);
  const variableLength *plain = find_any (&tnef->MapiProperties, PT_STRING8, PT_UNICODE, PR_BODY);
  const variableLength *rtf = find (&tnef->MapiProperties, PT_BINARY, PR_RTF_COMPRESSED);

  if (html) {
    add (found, "message.html", "text/html", html->data, (gsize)html->size);
  } else if (plain) {
    add (found, "message.txt", "text/plain", plain->data,
         strnlen ((const char *)plain->data, (gsize)plain->size));
  } else if (tnef->body.data && tnef->body.size > 0) {
    add (found, "message.txt", "text/plain", tnef->body.data,
         strnlen ((const char *)tnef->body.data, (gsize)tnef->body.size));
  } else if (rtf && rtf->size > 16) {
    int size = 0;
    BYTE *whole = DecompressRTF ((variableLength *)rtf, &size);
    g_autofree char *text =
        whole && size > 0 ? unpack_rtf_to_text ((const char *)whole, (gsize)size) : NULL;
    if (text && text[0] != '\0')
      add (found, "message.txt", "text/plain; charset=utf-8", text, strlen (text));
    free (whole); /* libytnef's */
  }
}

static gboolean
take_apart (Found *found, const guint8 *data, gsize length, guint depth)
{
  g_autofree guint8 *copy = g_memdup2 (data, length); /* it writes into what it reads */
  TNEFStruct tnef;

  memset (&tnef, 0, sizeof tnef); /* TNEFInitialize () forgets some of it */
  TNEFInitialize (&tnef);
  gboolean good = TNEFParseMemory (copy, (long)length, &tnef) >= 0;
  guint before = found->n;
  /* What breaks off may have files before that. */
  add_text (found, &tnef);
  for (Attachment *attachment = tnef.starting_attach.next; attachment && !found->too_large;
       attachment = attachment->next)
    add_attachment (found, attachment, depth);
  TNEFFree (&tnef);
  return good || found->n > before;
}

GVariant *
unpack_tnef (GBytes *bytes, UnpackStatus *status)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  Found found = { .n = 0 };

  *status = UNPACK_BROKEN;
  if (!is_tnef (data, length))
    return NULL;
  g_variant_builder_init (&found.files, G_VARIANT_TYPE (UNPACK_FILES));
  if (!take_apart (&found, data, length, 0) || found.too_large) {
    g_variant_builder_clear (&found.files);
    if (found.too_large)
      *status = UNPACK_TOO_LARGE;
    return NULL;
  }
  *status = UNPACK_DONE;
  return g_variant_builder_end (&found.files);
}
