/* What a message is found by, as search.db keeps it: its sections behind each other, compressed.  Pure. */
#include <string.h>
#include <zstd.h>

#include "store-index-private.h"

/* Text is a third shorter at the next levels, and they take twice as long and more. */
#define LEVEL 1

void
store_index_text_add (GString *text, guint section, const char *bytes, gsize length)
{
  guint32 size = GUINT32_TO_LE ((guint32)length);

  if (length == 0)
    return;
  g_string_append_c (text, (char)section);
  g_string_append_len (text, (const char *)&size, sizeof size);
  g_string_append_len (text, bytes, (gssize)length);
}

gboolean
store_index_text_next (const char **at, const char *end, guint *section, const char **begin,
                       gsize *length)
{
  guint32 size;

  if (end - *at < (gssize)(1 + sizeof size))
    return FALSE;
  memcpy (&size, *at + 1, sizeof size);
  *section = (guint8) * *at;
  *begin = *at + 1 + sizeof size;
  *length = MIN (GUINT32_FROM_LE (size), (gsize)(end - *begin));
  *at = *begin + *length;
  return TRUE;
}

/* Of each thread: setting one up costs more than a message does. */
static void
free_packer (gpointer context)
{
  (void)ZSTD_freeCCtx (context);
}

static void
free_unpacker (gpointer context)
{
  (void)ZSTD_freeDCtx (context);
}

static GPrivate packer = G_PRIVATE_INIT (free_packer);
static GPrivate unpacker = G_PRIVATE_INIT (free_unpacker);

GBytes *
store_index_text_pack (const char *text, gsize length)
{
  ZSTD_CCtx *context = g_private_get (&packer);
  gsize bound = ZSTD_compressBound (length), size;
  guint8 *packed = g_malloc (bound);

  if (context == NULL) {
    context = ZSTD_createCCtx ();
    g_private_set (&packer, context);
    (void)ZSTD_CCtx_setParameter (context, ZSTD_c_compressionLevel, LEVEL);
    (void)ZSTD_CCtx_setParameter (context, ZSTD_c_checksumFlag, 1);
  }
  size = ZSTD_compress2 (context, packed, bound, text, length);
  g_assert (!ZSTD_isError (size));
  return g_bytes_new_take (g_realloc (packed, size), size);
}

char *
store_index_text_unpack (gconstpointer packed, gsize packed_length, gsize *length)
{
  unsigned long long size = ZSTD_getFrameContentSize (packed, packed_length);
  ZSTD_DCtx *context = g_private_get (&unpacker);
  g_autofree char *text = NULL;

  /* The two that stand for errors are among the largest numbers. */
  if (size > STORE_INDEX_TEXT_MAX)
    return NULL;
  if (context == NULL) {
    context = ZSTD_createDCtx ();
    g_private_set (&unpacker, context);
  }
  text = g_malloc (size + 1);
  if (ZSTD_decompressDCtx (context, text, size, packed, packed_length) != size)
    return NULL;
  text[size] = '\0';
  *length = size;
  return g_steal_pointer (&text);
}
