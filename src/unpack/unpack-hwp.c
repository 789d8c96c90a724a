/* Reads what is written in an HWP 5 document of a stranger.  Runs in the process of sosik-unpack, and in its tests.  Nothing is written anywhere, scripts, pictures
 * and embedded files are never looked at; whatever a file says of its sizes, no more than these limits is unpacked. */
#include "unpack-hwp.h"

#include <string.h>

#include <gio/gio.h>
#include <gsf/gsf-infile-msole.h>
#include <gsf/gsf-input-memory.h>

/* Octets that are unpacked of all its streams together, and time. */
#define MOST_UNPACKED (64u << 20)
#define MOST_US       (5 * G_USEC_PER_SEC)
#define CHUNK         65536
/* The preview is read, however much was in vain before. */
#define PREVIEW_UNPACKED CHUNK
#define PREVIEW_US       G_USEC_PER_SEC
#define PIECE            4096 /* inflated at once: the last one before damage is lost */

/* Names of our own: libgsf has none of what frees them, and may have some day. */
typedef GsfInput HwpInput;
typedef GsfInfile HwpFile;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwpInput, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HwpFile, g_object_unref)

/* ---- the format's own ---- */

#define SIGNATURE "HWP Document File"
#define HEADER    40 /* octets of the stream FileHeader: signature (32), version, properties */

enum
{
  HWP_PACKED = 1 << 0,
  HWP_PASSWORD = 1 << 1,
  HWP_DISTRIBUTED = 1 << 2,
  HWP_RIGHTS = 1 << 4,
  HWP_CERTIFICATE = 1 << 8,
  HWP_CERTIFICATE_RIGHTS = 1 << 10,
};
#define HWP_PROTECTED (HWP_PASSWORD | HWP_RIGHTS | HWP_CERTIFICATE | HWP_CERTIFICATE_RIGHTS)

#define TAG_PARA_TEXT 67
#define SIZE_FOLLOWS  0xfff /* in the header of a record: four octets more have its size */
#define CONTROL_UNITS 8     /* that a control other than one character takes */

typedef struct
{
  GString *text;
  gsize most;
  gsize unpacked;
  gint64 until;
  gboolean is_cut; /* the next character had no room */
} Reader;

static gboolean
is_full (const Reader *reader)
{
  return reader->is_cut || reader->unpacked >= MOST_UNPACKED
         || g_get_monotonic_time () >= reader->until;
}

static guint32
read_32 (const guint8 *data)
{
  return data[0] | (guint32)data[1] << 8 | (guint32)data[2] << 16 | (guint32)data[3] << 24;
}

static guint16
read_16 (const guint8 *data)
{
  return (guint16)(data[0] | data[1] << 8);
}

/* ---- characters ---- */

static void
add (Reader *reader, gunichar letter)
{
  gsize length = (gsize)g_unichar_to_utf8 (letter, NULL);

  reader->is_cut = reader->is_cut || reader->text->len + length > reader->most;
  if (!reader->is_cut)
    g_string_append_unichar (reader->text, letter);
}

/* Unless there is nothing on it. */
static void
end_line (Reader *reader)
{
  if (reader->text->len > 0 && reader->text->str[reader->text->len - 1] != '\n')
    add (reader, '\n');
}

/* How many units a control character takes, and *blank: what it is in a text; 0 nothing. */
static gsize
take_control (guint16 unit, gunichar *blank)
{
  *blank = 0;
  switch (unit) {
  case 10: /* the line ends, the paragraph does not */
  case 13:
    *blank = '\n';
    return 1;
  case 24:
    *blank = '-';
    return 1;
  case 30: /* that keep words together, and of one width */
  case 31:
    *blank = ' ';
    return 1;
  case 9:
    *blank = '\t';
    return CONTROL_UNITS;
  default:
    return unit == 0 || unit >= 25 ? 1 : CONTROL_UNITS;
  }
}

/* A character of UTF-16 at *place, which moves behind it. */
static gunichar
take_character (const guint8 *data, gsize n_units, gsize *place)
{
  gunichar unit = read_16 (data + 2 * *place), next;

  (*place)++;
  if (unit < 0xd800 || unit > 0xdfff)
    return unit;
  next = *place < n_units ? read_16 (data + 2 * *place) : 0;
  if (unit > 0xdbff || next < 0xdc00 || next > 0xdfff)
    return 0xfffd;
  (*place)++;
  return 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00);
}

/* `has_controls`: some of them take more than one unit. */
static void
read_units (Reader *reader, const guint8 *data, gsize length, gboolean has_controls)
{
  gsize n_units = length / 2, i = 0;

  while (i < n_units && !reader->is_cut) {
    guint16 unit = read_16 (data + 2 * i);
    gunichar letter;

    if (unit >= ' ') {
      letter = take_character (data, n_units, &i);
    } else if (has_controls) {
      i += take_control (unit, &letter);
    } else {
      letter = unit == '\n' || unit == '\t' ? unit : 0;
      i++;
    }
    if (letter != 0)
      add (reader, letter);
  }
  end_line (reader);
}

/* ---- streams ---- */

/* Of what cannot be read to its end, what was read until there. */
static GByteArray *
read_stream (Reader *reader, GsfInput *input)
{
  GByteArray *all = g_byte_array_new ();
  gsf_off_t left;

  while ((left = gsf_input_remaining (input)) > 0 && !is_full (reader)) {
    gsize n = MIN ((gsize)left, CHUNK);
    guint before = all->len;

    g_byte_array_set_size (all, before + (guint)n);
    if (gsf_input_read (input, n, all->data + before) == NULL) {
      g_byte_array_set_size (all, before);
      break;
    }
    reader->unpacked += n;
  }
  return all;
}

static GByteArray *
inflate_stream (Reader *reader, const GByteArray *packed)
{
  g_autoptr (GZlibDecompressor) inflater =
      g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW); /* without a head */
  GByteArray *all = g_byte_array_new ();
  GConverterResult result = G_CONVERTER_CONVERTED;
  gsize place = 0;

  while (result == G_CONVERTER_CONVERTED && !is_full (reader)) {
    guint before = all->len;
    gsize n_read = 0, n_written = 0;

    g_byte_array_set_size (all, before + PIECE);
    result = g_converter_convert (G_CONVERTER (inflater), packed->data + place, packed->len - place,
                                  all->data + before, PIECE, G_CONVERTER_INPUT_AT_END, &n_read,
                                  &n_written, NULL);
    g_byte_array_set_size (all, before + (guint)n_written);
    place += n_read;
    reader->unpacked += n_written;
  }
  return all;
}

/* Records, one behind the other; how they nest does not matter for their text. */
static void
read_records (Reader *reader, const GByteArray *records)
{
  const guint8 *data = records->data;
  gsize left = records->len;

  /* Whatever was unpacked is read, be it as much as may be. */
  while (left >= 4 && !reader->is_cut) {
    guint32 header = read_32 (data);
    gsize size = header >> 20, taken = 4;

    if (size == SIZE_FOLLOWS) {
      if (left < 8)
        return;
      size = read_32 (data + 4);
      taken = 8;
    }
    data += taken;
    left -= taken;
    size = MIN (size, left);
    if ((header & 0x3ff) == TAG_PARA_TEXT)
      read_units (reader, data, size, TRUE);
    data += size;
    left -= size;
  }
}

static void
read_section (Reader *reader, GsfInput *input, gboolean is_packed)
{
  g_autoptr (GByteArray) raw = read_stream (reader, input);
  g_autoptr (GByteArray) inflated = is_packed ? inflate_stream (reader, raw) : NULL;

  read_records (reader, inflated != NULL ? inflated : raw);
}

static void
read_sections (Reader *reader, GsfInfile *file, gboolean is_packed)
{
  g_autoptr (HwpInput) body = gsf_infile_child_by_name (file, "BodyText");

  if (body == NULL || !GSF_IS_INFILE (body))
    return;
  for (guint i = 0; !is_full (reader); i++) {
    g_autofree char *name = g_strdup_printf ("Section%u", i);
    g_autoptr (HwpInput) section = gsf_infile_child_by_name (GSF_INFILE (body), name);

    if (section == NULL)
      return;
    read_section (reader, section, is_packed);
  }
}

/* The beginning of its text, as other programs are to show it. */
static void
read_preview (Reader *reader, GsfInfile *file)
{
  g_autoptr (HwpInput) preview = gsf_infile_child_by_name (file, "PrvText");

  if (preview == NULL)
    return;
  reader->unpacked = MOST_UNPACKED - PREVIEW_UNPACKED;
  reader->until = g_get_monotonic_time () + PREVIEW_US;
  g_autoptr (GByteArray) units = read_stream (reader, preview);
  read_units (reader, units->data, units->len, FALSE);
}

/* FALSE: it is a document of some other program. */
static gboolean
read_header (GsfInfile *file, guint32 *properties)
{
  g_autoptr (HwpInput) header = gsf_infile_child_by_name (file, "FileHeader");
  guint8 data[HEADER];

  if (header == NULL || gsf_input_read (header, HEADER, data) == NULL
      || memcmp (data, SIGNATURE, strlen (SIGNATURE)) != 0)
    return FALSE;
  *properties = read_32 (data + 36);
  return TRUE;
}

gboolean
unpack_hwp_is_compound (GBytes *bytes)
{
  static const guint8 magic[] = { 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1 };
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  return length >= sizeof magic && memcmp (data, magic, sizeof magic) == 0;
}

GVariant *
unpack_hwp_text (GBytes *bytes, guint most, UnpackStatus *status)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autoptr (HwpInput) input = gsf_input_memory_new (data, (gsf_off_t)length, FALSE);
  g_autoptr (HwpFile) file = input != NULL ? gsf_infile_msole_new (input, NULL) : NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  Reader reader = { .text = text,
                    .most = MIN (most, UNPACK_MAX_TEXT),
                    .until = g_get_monotonic_time () + MOST_US };
  guint32 properties = 0;

  *status = UNPACK_BROKEN;
  if (file == NULL || !read_header (file, &properties))
    return NULL;
  *status = UNPACK_PROTECTED;
  if ((properties & HWP_PROTECTED) != 0)
    return NULL;
  *status = UNPACK_DONE;
  if ((properties & HWP_DISTRIBUTED) == 0)
    read_sections (&reader, file, (properties & HWP_PACKED) != 0);
  if (strspn (text->str, " \t\n") == text->len) {
    g_string_truncate (text, 0);
    read_preview (&reader, file);
  }
  return g_variant_new_string (text->str);
}
