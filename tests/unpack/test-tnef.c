/* winmail.dat, and the RTF within. */
#include "test-unpack.h"

#include <string.h>

#include "unpack-tnef.h"

static void
add_number (GByteArray *out, guint32 number, guint octets)
{
  for (guint i = 0; i < octets; i++) {
    guint8 octet = (guint8)(number >> (8 * i));
    g_byte_array_append (out, &octet, 1);
  }
}

/* MS-OXTNEF 2.1.3: level, id, length, data, checksum. */
static void
add_attribute (GByteArray *out, guint8 level, guint32 id, const void *data, gsize length)
{
  guint16 sum = 0;

  g_byte_array_append (out, &level, 1);
  add_number (out, id, 4);
  add_number (out, (guint32)length, 4);
  g_byte_array_append (out, data, (guint)length);
  for (gsize i = 0; i < length; i++)
    sum = (guint16)(sum + ((const guint8 *)data)[i]);
  add_number (out, sum, 2);
}

GBytes *
test_make_tnef (const char *text, const char *name, const char *content, gsize length)
{
  GByteArray *out = g_byte_array_new ();
  static const guint8 version[4] = { 0, 0, 1, 0 }, pages[8] = { 0xb5, 0x03 }, rendering[14] = { 1 };

  add_number (out, 0x223e9f78, 4);
  add_number (out, 1, 2);
  add_attribute (out, 1, 0x00089006, version, sizeof version);
  add_attribute (out, 1, 0x00069007, pages, sizeof pages);
  if (text)
    add_attribute (out, 1, 0x0002800c, text, strlen (text) + 1);
  add_attribute (out, 2, 0x00069002, rendering, sizeof rendering);
  add_attribute (out, 2, 0x00018010, name, strlen (name) + 1);
  add_attribute (out, 2, 0x0006800f, content, length);
  return g_byte_array_free_to_bytes (out);
}

static void
test_files (void)
{
  g_autoptr (GBytes) winmail = test_make_tnef ("Hello", "plan.doc", "\0\1binary", 8);
  UnpackStatus status;
  g_autoptr (GVariant) files = g_variant_ref_sink (unpack_tnef (winmail, &status));
  const char *name;
  g_autoptr (GVariant) content = NULL, text = NULL;

  g_assert_cmpuint (g_variant_n_children (files), ==, 2);
  g_variant_get_child (files, 0, "(&s&s@ay)", &name, NULL, &text);
  g_assert_cmpstr (name, ==, "message.txt");
  g_assert_cmpmem (g_variant_get_data (text), g_variant_get_size (text), "Hello", 5);
  g_variant_get_child (files, 1, "(&s&s@ay)", &name, NULL, &content);
  g_assert_cmpstr (name, ==, "plan.doc");
  g_assert_cmpmem (g_variant_get_data (content), g_variant_get_size (content), "\0\1binary", 8);
}

static void
test_no_tnef (void)
{
  g_autoptr (GBytes) text = g_bytes_new_static ("hello, world", 12), none = g_bytes_new (NULL, 0);
  UnpackStatus status;

  g_assert_null (unpack_tnef (text, &status));
  g_assert_cmpint (status, ==, UNPACK_BROKEN);
  g_assert_null (unpack_tnef (none, &status));
}

static void
test_rtf (void)
{
  static const struct
  {
    const char *rtf, *text;
  } cases[] = {
    { "{\\rtf1\\ansi\\ansicpg949{\\fonttbl{\\f0 Batang;}}\\pard \\'c7\\'d1\\'b1\\'db\\par two\\tab x}",
      "한글\ntwo\tx" },
    { "{\\rtf1\\uc1 \\u54620?\\u-20472?}", "한뀈" },
    /* Outlook's: HTML in RTF */
    { "{\\rtf1\\fromhtml1{\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 Hi\\htmlrtf\\par}\\htmlrtf0 {\\*\\htmltag72 </p>}}",
      "Hi" },
    { "{\\rtf1{\\pict 0102}a\\{b\\}\\\\}", "a{b}\\" },
    { "", "" },
    { "}}}}\\", "" },
    { "\\'zz\\u99999999999 ok", "zz\357\277\275k" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = unpack_rtf_to_text (cases[i].rtf, strlen (cases[i].rtf));
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

void
test_tnef_add (void)
{
  g_test_add_func ("/unpack/tnef/files", test_files);
  g_test_add_func ("/unpack/tnef/other", test_no_tnef);
  g_test_add_func ("/unpack/tnef/rtf", test_rtf);
}
