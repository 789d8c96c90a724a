/* Modified UTF-7 both ways.  Pure; any thread; must never lose a name: a sequence that cannot be decoded is kept as
 * it stands. */
#include "imap-utf7.h"

#include <string.h>

#include "base-text.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

typedef struct
{
  guint32 bits;
  guint count;
} Bits;

static void
encode_unit (GString *out, Bits *bits, guint16 unit)
{
  bits->bits = bits->bits << 16 | unit;
  bits->count += 16;
  while (bits->count >= 6) {
    bits->count -= 6;
    g_string_append_c (out, alphabet[bits->bits >> bits->count & 63]);
  }
  bits->bits &= (1u << bits->count) - 1;
}

static void
end_shift (GString *out, Bits *bits)
{
  if (bits->count > 0)
    g_string_append_c (out, alphabet[bits->bits << (6 - bits->count) & 63]);
  g_string_append_c (out, '-');
  *bits = (Bits){ 0 };
}

char *
imap_utf7_encode (const char *name)
{
  GString *out = g_string_new (NULL);
  Bits bits = { 0 };
  gboolean shifted = FALSE;

  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    gboolean direct = c >= 0x20 && c <= 0x7e;
    if (direct && shifted) {
      end_shift (out, &bits);
    } else if (!direct && !shifted) {
      g_string_append_c (out, '&');
    }
    shifted = !direct;
    if (c == '&') {
      g_string_append (out, "&-");
    } else if (direct) {
      g_string_append_c (out, (char)c);
    } else if (c >= 0x10000) {
      encode_unit (out, &bits, (guint16)(0xd800 + ((c - 0x10000) >> 10)));
      encode_unit (out, &bits, (guint16)(0xdc00 + ((c - 0x10000) & 0x3ff)));
    } else {
      encode_unit (out, &bits, (guint16)c);
    }
  }
  if (shifted)
    end_shift (out, &bits);
  return g_string_free (out, FALSE);
}

/* Decodes the base64 between '&' and '-'; FALSE when it is no proper UTF-16. */
static gboolean
decode_shift (GString *out, const char *base64, gsize length)
{
  gsize before = out->len;
  Bits bits = { 0 };
  guint16 high = 0;
  gboolean sane = TRUE;

  for (gsize i = 0; i < length && sane; i++) {
    const char *digit = base64[i] != '\0' ? strchr (alphabet, base64[i]) : NULL;
    if (digit == NULL) {
      sane = FALSE;
      break;
    }
    bits.bits = bits.bits << 6 | (guint32)(digit - alphabet);
    bits.count += 6;
    if (bits.count < 16)
      continue;
    bits.count -= 16;
    guint16 unit = (guint16)(bits.bits >> bits.count);
    bits.bits &= (1u << bits.count) - 1;

    if (high != 0) {
      sane = unit >= 0xdc00 && unit <= 0xdfff;
      if (sane)
        g_string_append_unichar (out,
                                 0x10000 + ((gunichar)(high - 0xd800) << 10) + (unit - 0xdc00u));
      high = 0;
    } else if (unit >= 0xd800 && unit <= 0xdbff) {
      high = unit;
    } else {
      sane = unit != 0 && !(unit >= 0xdc00 && unit <= 0xdfff);
      if (sane)
        g_string_append_unichar (out, unit);
    }
  }
  if (sane && high == 0 && bits.count < 6 && bits.bits == 0)
    return TRUE;
  g_string_truncate (out, before);
  return FALSE;
}

char *
imap_utf7_decode (const char *wire)
{
  g_autofree char *readable = base_text_repair (wire, -1);
  GString *out = g_string_new (NULL);

  for (const char *at = readable; *at != '\0';) {
    const char *shift = strchr (at, '&');
    if (shift == NULL) {
      g_string_append (out, at);
      break;
    }
    g_string_append_len (out, at, shift - at);
    const char *end = strchr (shift, '-');
    if (end == shift + 1) {
      g_string_append_c (out, '&');
      at = end + 1;
    } else if (end != NULL && decode_shift (out, shift + 1, (gsize)(end - shift - 1))) {
      at = end + 1;
    } else {
      g_string_append_c (out, '&');
      at = shift + 1;
    }
  }
  return g_string_free (out, FALSE);
}
