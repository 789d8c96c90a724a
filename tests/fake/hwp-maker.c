/* Documents of HWP 5, see the header. */
#include "hwp-maker.h"

#include <string.h>

#include <gsf/gsf-outfile-msole.h>
#include <gsf/gsf-output-memory.h>
#include <zlib.h>

static void
add_32 (GByteArray *array, guint32 value)
{
  guint32 little = GUINT32_TO_LE (value);

  g_byte_array_append (array, (const guint8 *)&little, sizeof little);
}

GBytes *
hwp_maker_compound (const HwpStream *streams, guint n)
{
  GsfOutput *sink = gsf_output_memory_new ();
  GsfOutfile *root = gsf_outfile_msole_new (sink);
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer folder;
  GBytes *bytes;

  for (guint i = 0; i < n; i++) {
    const char *slash = strchr (streams[i].name, '/');
    GsfOutfile *parent = root;
    GsfOutput *child;
    gsize length;
    const guint8 *data = g_bytes_get_data (streams[i].content, &length);

    if (slash != NULL) {
      g_autofree char *name = g_strndup (streams[i].name, (gsize)(slash - streams[i].name));

      parent = g_hash_table_lookup (folders, name);
      if (parent == NULL) {
        parent = GSF_OUTFILE (gsf_outfile_new_child (root, name, TRUE));
        g_hash_table_insert (folders, g_steal_pointer (&name), parent);
      }
    }
    child = gsf_outfile_new_child (parent, slash != NULL ? slash + 1 : streams[i].name, FALSE);
    g_assert_true (length == 0 || gsf_output_write (child, length, data));
    g_assert_true (gsf_output_close (child));
    g_object_unref (child);
  }
  g_hash_table_iter_init (&iter, folders);
  while (g_hash_table_iter_next (&iter, NULL, &folder)) {
    g_assert_true (gsf_output_close (GSF_OUTPUT (folder)));
    g_object_unref (folder);
  }
  g_assert_true (gsf_output_close (GSF_OUTPUT (root)));
  g_object_unref (root);
  bytes = g_bytes_new (gsf_output_memory_get_bytes (GSF_OUTPUT_MEMORY (sink)),
                       (gsize)gsf_output_size (sink));
  g_object_unref (sink); /* closed with the root */
  return bytes;
}

GBytes *
hwp_maker_header (guint32 properties)
{
  GByteArray *header = g_byte_array_new ();
  guint8 start[32] = "HWP Document File", rest[216] = { 0 };

  g_byte_array_append (header, start, sizeof start);
  add_32 (header, 0x05000300);
  add_32 (header, properties);
  g_byte_array_append (header, rest, sizeof rest);
  return g_byte_array_free_to_bytes (header);
}

GBytes *
hwp_maker_utf16 (const char *text)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  char *units = g_convert (text, -1, "UTF-16LE", "UTF-8", NULL, &length, &error);

  g_assert_no_error (error);
  return g_bytes_new_take (units, length);
}

GBytes *
hwp_maker_pack (GBytes *bytes)
{
  z_stream stream = { 0 };
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  guint8 *packed;

  g_assert_cmpint (
      deflateInit2 (&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), ==,
      Z_OK);
  stream.avail_out = (uInt)deflateBound (&stream, length);
  packed = g_malloc (stream.avail_out);
  stream.next_out = packed;
  stream.next_in = (Bytef *)data;
  stream.avail_in = (uInt)length;
  g_assert_cmpint (deflate (&stream, Z_FINISH), ==, Z_STREAM_END);
  length = stream.total_out;
  g_assert_cmpint (deflateEnd (&stream), ==, Z_OK);
  return g_bytes_new_take (packed, length);
}

void
hwp_maker_add_record (GByteArray *records, guint tag, gconstpointer data, gsize length,
                      guint32 size)
{
  add_32 (records, tag | 1u << 10 | MIN (size, 0xfff) << 20);
  if (size >= 0xfff)
    add_32 (records, size);
  g_byte_array_append (records, data, (guint)length);
}

void
hwp_maker_add_paragraph (GByteArray *records, const char *text)
{
  static const guint8 head[22] = { 0 };
  g_autofree char *line = g_strconcat (text, "\r", NULL);
  g_autoptr (GBytes) units = hwp_maker_utf16 (line);
  gsize length = g_bytes_get_size (units);

  hwp_maker_add_record (records, HWP_MAKER_TEXT - 1, head, sizeof head, sizeof head);
  hwp_maker_add_record (records, HWP_MAKER_TEXT, g_bytes_get_data (units, NULL), length,
                        (guint32)length);
}

GBytes *
hwp_maker_document (guint32 properties, const char *text, const char *preview)
{
  GByteArray *records = g_byte_array_new ();
  g_autoptr (GBytes) header = hwp_maker_header (properties), units = hwp_maker_utf16 (preview);

  hwp_maker_add_paragraph (records, text);
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (records);
  g_autoptr (GBytes) section =
      (properties & HWP_MAKER_PACKED) != 0 ? hwp_maker_pack (bytes) : g_bytes_ref (bytes);
  const HwpStream streams[] = { { "FileHeader", header },
                                { "PrvText", units },
                                { "BodyText/Section0", section } };

  return hwp_maker_compound (streams, G_N_ELEMENTS (streams));
}
