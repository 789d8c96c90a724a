/* Makes the messages: a kind is a function that is given its own number, from 0, and gives up behind its last. */
#include "torture-make.h"

#include <string.h>

#define LEN(array) G_N_ELEMENTS (array)

void
torture_free (Torture *torture)
{
  g_free (torture->name);
  g_byte_array_unref (torture->bytes);
  g_clear_pointer (&torture->content, g_bytes_unref);
  g_free (torture);
}

static Torture *
begin (const char *kind, guint n)
{
  Torture *torture = g_new0 (Torture, 1);

  torture->name = g_strdup_printf ("%s-%u", kind, n);
  torture->bytes = g_byte_array_new ();
  return torture;
}

static void
add (Torture *torture, const char *text)
{
  g_byte_array_append (torture->bytes, (const guint8 *)text, (guint)strlen (text));
}

static void G_GNUC_PRINTF (2, 3) addf (Torture *torture, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  add (torture, text);
}

static void
add_times (Torture *torture, const char *text, guint count)
{
  for (guint i = 0; i < count; i++)
    add (torture, text);
}

static void
add_bytes (Torture *torture, const void *data, gsize length)
{
  g_byte_array_append (torture->bytes, data, (guint)length);
}

/* ---- structure ---- */

static const guint depths[] = { 1, 2, 10, 100, 999, 1000, 1023, 1024, 1025, 3000 };

static Torture *
make_nested (guint n)
{
  Torture *torture;
  gboolean ends = n % 2 == 0;
  guint depth;

  if (n >= LEN (depths) * 2)
    return NULL;
  depth = depths[n / 2];
  torture = begin ("nested", n);
  for (guint i = 0; i < depth; i++)
    addf (torture, "Content-Type: multipart/%s; boundary=b%u\r\n\r\n--b%u\r\n",
          i % 3 == 0   ? "mixed"
          : i % 3 == 1 ? "alternative"
                       : "related",
          i, i);
  add (torture, "Content-Type: text/plain\r\n\r\nDeep.\r\n");
  for (guint i = depth; ends && i > 0; i--)
    addf (torture, "--b%u--\r\n", i - 1);
  return torture;
}

static Torture *
make_attached (guint n)
{
  static const guint counts[] = { 1, 10, 100, 1000, 5000 };
  Torture *torture;

  if (n >= LEN (counts) * 2)
    return NULL;
  torture = begin ("attached", n);
  for (guint i = 0; i < counts[n / 2]; i++)
    add (torture,
         n % 2 == 0 ? "Subject: in\r\nContent-Type: message/rfc822\r\n\r\n"
                    : "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n");
  add (torture, "Subject: last\r\n\r\nText\r\n");
  return torture;
}

static Torture *
make_many (guint n)
{
  static const guint counts[] = { 0, 1, 1000, 20000, 100000 };
  static const char *const parts[] = {
    "--b\r\n\r\nx\r\n",
    "--b\r\nContent-Type: text/html\r\n\r\n<b>x\r\n",
    "--b\r\nContent-Type: image/png; name=\"=?utf-8?B?4piD?=\"\r\nContent-ID: <a@b>\r\n\r\n\r\n",
  };
  Torture *torture;
  guint count = n / LEN (parts) < LEN (counts) ? counts[n / LEN (parts)] : 0;

  if (n >= LEN (counts) * LEN (parts))
    return NULL;
  torture = begin ("many", n);
  add (torture, "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
  add_times (torture, parts[n % LEN (parts)], n % LEN (parts) == 0 ? count : MIN (count, 20000));
  return torture;
}

static Torture *
make_boundary (guint n)
{
  static const char *const types[] = {
    "multipart/mixed",
    "multipart/mixed; boundary",
    "multipart/mixed; boundary=",
    "multipart/mixed; boundary=\"\"",
    "multipart/mixed; boundary=\"b",
    "multipart/mixed; boundary=b; boundary=c",
    "multipart/mixed; boundary=\"b \"",
    "multipart/mixed; boundary=\" b\"",
    "multipart/mixed; boundary=\"b\\\"c\"",
    "multipart/mixed; boundary=(comment)b",
    "multipart/mixed; boundary*=utf-8''b",
    "multipart/mixed; boundary*0=b; boundary*1=c",
    "multipart/mixed; boundary=\"=?utf-8?B?Yg==?=\"",
    "multipart/mixed;\r\n boundary=b\r\n ",
    "multipart/; boundary=b",
    "multipart; boundary=b",
    "/mixed; boundary=b",
    "multipart/mixed boundary=b",
    "multipart/mixed; charset=x; boundary=b; boundary=b",
    "multipart/digest; boundary=b",
    "multipart/signed; boundary=b; protocol=x",
    "multipart/encrypted; boundary=b",
    "multipart/related; boundary=b; start=\"<none>\"",
    "multipart/alternative; boundary=b",
    "multipart/x-unknown; boundary=b",
    "multipart/mixed; boundary=\"\xc3\xa9\"",
    "multipart/mixed; boundary=b--",
    "multipart/mixed; boundary=-",
  };
  static const char *const bodies[] = {
    "--b\r\n\r\none\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>two\r\n--b--\r\nafter\r\n",
    "before\r\n--b  \r\n\r\none\r\n--b",
    "--bb\r\n\r\none\r\n--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntwo\r\n--b--\r\n--b--\r\n",
  };
  Torture *torture;

  if (n >= LEN (types) * LEN (bodies))
    return NULL;
  torture = begin ("boundary", n);
  addf (torture, "Content-Type: %s\r\n\r\n%s", types[n / LEN (bodies)], bodies[n % LEN (bodies)]);
  return torture;
}

/* Boundaries of the lengths at which readers keep them in fixed places. */
static Torture *
make_long_boundary (guint n)
{
  static const guint lengths[] = { 1, 69, 70, 71, 72, 127, 255, 256, 998, 4096, 100000 };
  Torture *torture;
  g_autofree char *name = NULL;

  if (n >= LEN (lengths))
    return NULL;
  torture = begin ("long-boundary", n);
  name = g_strnfill (lengths[n], 'b');
  addf (torture, "Content-Type: multipart/mixed; boundary=%s\r\n\r\n--%s\r\n\r\none\r\n--%s--\r\n",
        name, name, name);
  return torture;
}

/* ---- headers ---- */

static const char *const fields[] = { "Subject",
                                      "From",
                                      "To",
                                      "Date",
                                      "Message-ID",
                                      "References",
                                      "List-Id",
                                      "Content-Type",
                                      "Content-Disposition",
                                      "Authentication-Results" };
static const char *const fillers[] = { "a",           " ",   "\r\n ", "(",    ",",
                                       "<",           "\"",  "\\",    "a:",   "=?utf-8?B?YWJj?=",
                                       "=?utf-8?Q?=", ";x=", "@",     "\xff", "<a@b> " };

static Torture *
make_field (guint n)
{
  Torture *torture;
  const char *filler = fillers[n % LEN (fillers)];

  if (n >= LEN (fields) * LEN (fillers))
    return NULL;
  torture = begin ("field", n);
  addf (torture, "%s: ", fields[n / LEN (fillers)]);
  /* One in fifteen has a whole megabyte. */
  add_times (torture, filler, (n % 15 == 7 ? 1000000 : 40000) / (guint)strlen (filler));
  add (torture, "\r\n\r\nText\r\n");
  return torture;
}

static Torture *
make_headers (guint n)
{
  static const char *const blocks[] = {
    "",
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "No colon here\r\n\r\nText",
    ": no name\r\n\r\nText",
    "Subject\r\n: x\r\n\r\nText",
    "Subject : x\r\n\r\nText",
    " folded: at once\r\n\r\nText",
    "Subject: x",
    "Subject: x\r\n",
    "From - Mon\r\nSubject: x\r\n\r\nText",
    "\xef\xbb\xbfSubject: x\r\n\r\nText",
    "Subject: a\rFrom: b\r\r\nText",
    "Subject: a\n\rFrom: b\r\n\r\n",
    "Subject:\r\n\r\n\r\n",
    "=?x?\r\n\r\n",
    "Date: Mon, 99 Foo 99999 99:99:99 +9999\r\n\r\n",
    "Date: -1\r\n\r\n",
    "Date: 1 Jan 0000 00:00:00 -0000\r\n\r\n",
    "Date: Thu, 31 Feb 2026 24:60:61 +0000 (a (b (c\r\n\r\n",
    "Date: 31 Dec 9999999999999999999 00:00\r\n\r\n",
    "From: a:a:a:a:;;;;\r\n\r\n",
    "From: <<<<a@b>>>>\r\n\r\n",
    "From: \"\r\n\r\n",
    "From: @,@:a@b\r\n\r\n",
    "To: undisclosed-recipients:;\r\n\r\n",
    "To: a@b@c@d\r\n\r\n",
    "To: (\\\r\n\r\n",
    "Message-ID: <\r\n\r\n",
    "References: <a@b\r\n <c@d>\r\n\r\n",
    "Content-Type: \r\n\r\nx",
    "Content-Type: text\r\n\r\nx",
    "Content-Type: text/\r\n\r\nx",
    "Content-Type: text/plain; =;=;\r\n\r\nx",
    "Content-Type: text/plain; charset\r\n\r\nx",
    "Content-Type: text/plain; charset=\"\r\n\r\nx",
    "Content-Type: TEXT/HTML; CHARSET=\"'utf-8'\"\r\n\r\n<b>x",
    "Content-Transfer-Encoding: \r\n\r\nx",
    "Content-Transfer-Encoding: base64; x=y\r\n\r\naGVsbG8=",
    "Content-Transfer-Encoding: BASE64 (x)\r\n\r\naGVsbG8=",
    "Content-Disposition: ;;;\r\n\r\nx",
    "Content-ID: <>\r\n\r\nx",
  };
  Torture *torture;

  if (n >= LEN (blocks) + 4)
    return NULL;
  torture = begin ("headers", n);
  if (n < LEN (blocks)) {
    add (torture, blocks[n]);
    return torture;
  }
  switch (n - LEN (blocks)) {
  case 0: /* a hundred thousand fields */
    add_times (torture, "X: y\r\n", 100000);
    break;
  case 1: /* one field in a hundred thousand folds */
    add (torture, "Subject: x");
    add_times (torture, "\r\n y", 100000);
    break;
  case 2:
    add_bytes (torture, "Subject: a\0b\r\nFrom: \0\r\n\r\n\0\0\0", 29);
    break;
  default:
    add (torture, "To: ");
    add_times (torture, "\"A\" <a@b>, ", 40000);
    break;
  }
  add (torture, "\r\n\r\nText\r\n");
  return torture;
}

/* ---- charsets ---- */

static const char *const charsets[] = {
  "us-ascii",
  "utf-8",
  "utf-7",
  "utf-16",
  "utf-16le",
  "utf-16be",
  "utf-32",
  "ucs-2",
  "iso-8859-1",
  "iso-8859-2",
  "iso-8859-5",
  "iso-8859-6",
  "iso-8859-7",
  "iso-8859-8",
  "iso-8859-8-i",
  "iso-8859-9",
  "iso-8859-15",
  "windows-1250",
  "windows-1251",
  "windows-1252",
  "windows-1253",
  "windows-1255",
  "windows-1256",
  "windows-1258",
  "koi8-r",
  "koi8-u",
  "euc-kr",
  "ks_c_5601-1987",
  "cp949",
  "iso-2022-kr",
  "johab",
  "euc-jp",
  "shift_jis",
  "cp932",
  "iso-2022-jp",
  "iso-2022-jp-2",
  "iso-2022-cn",
  "gb2312",
  "gbk",
  "gb18030",
  "hz-gb-2312",
  "big5",
  "big5-hkscs",
  "euc-tw",
  "tis-620",
  "viscii",
  "macintosh",
  "x-unknown",
  "unknown-8bit",
  "",
  "\xff\xfe",
  "utf-8 ",
  "none",
  "ibm037",
  "utf8",
  "cesu-8",
  "utf-16 ",
  "utf-32le",
  "utf-32be",
  "unicode-1-1-utf-7",
  "iso-10646-ucs-2",
  "iso-8859-3",
  "iso-8859-4",
  "iso-8859-10",
  "iso-8859-13",
  "iso-8859-14",
  "iso-8859-16",
  "windows-874",
  "windows-949",
  "windows-1254",
  "windows-1257",
  "windows-31j",
  "windows-936",
  "windows-950",
  "csEUCKR",
  "ksc5601",
  "ks_c_5601-1989",
  "iso-ir-149",
  "x-windows-949",
  "x-euc-kr",
  "x-sjis",
  "sjis",
  "x-euc-jp",
  "iso-2022-jp-1",
  "iso-2022-jp-3",
  "_iso-2022-jp$ESC",
  "iso-2022-cn-ext",
  "gb_2312-80",
  "x-gbk",
  "x-x-big5",
  "big5-2003",
  "tcvn",
  "koi8-t",
  "mac-cyrillic",
  "x-mac-korean",
  "ibm437",
  "ibm850",
  "cp866",
  "armscii-8",
  "x-user-defined",
  "binary",
  "ansi_x3.110-1983",
  "utf-8\\",
  "utf-8;x",
};

static Torture *
make_charset (guint n)
{
  static const char *const shapes[] = { "text/plain", "text/html", "words" };
  Torture *torture;
  const char *charset;

  if (n >= LEN (charsets) * LEN (shapes))
    return NULL;
  charset = charsets[n / LEN (shapes)];
  torture = begin ("charset", n);
  if (n % LEN (shapes) == 2) {
    g_autofree char *words = NULL;
    guint8 all[256];

    for (guint i = 0; i < 256; i++)
      all[i] = (guint8)i;
    words = g_base64_encode (all, 256);
    addf (torture, "Subject: =?%s?B?%s?= =?%s?Q?=1B$B=FF=00_x?=\r\n\r\n", charset, words, charset);
  } else {
    addf (torture, "Content-Type: %s; charset=\"%s\"\r\n\r\n", shapes[n % LEN (shapes)], charset);
  }
  /* Every byte, every pair that begins high, escapes of the ISO 2022 kind, and an end in the middle. */
  for (guint i = 0; i < 256; i++)
    add_bytes (torture, &(guint8){ (guint8)i }, 1);
  for (guint i = 0x80; i < 256; i++)
    for (guint j = 0x30; j < 256; j += 7)
      add_bytes (torture, ((guint8[]){ (guint8)i, (guint8)j }), 2);
  add (torture, "\r\n\x1b$)C\x0e\x21\x21\x0f\x1b$B\x21\x21\x1b(B\x1b$A\x1b(I~{VPND~}\x1b");
  add (torture, "\xec\x95");
  return torture;
}

/* ---- encodings ---- */

static GBytes *
some_bytes (guint length, guint seed)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; i < length; i++) {
    seed = seed * 1103515245 + 12345;
    g_byte_array_append (bytes, &(guint8){ (guint8)(seed >> 16) }, 1);
  }
  return g_byte_array_free_to_bytes (bytes);
}

static void
begin_file (Torture *torture, const char *encoding)
{
  addf (torture,
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nText\r\n--b\r\n"
        "Content-Type: application/octet-stream; name=x.bin\r\nContent-Transfer-Encoding: %s\r\n"
        "Content-Disposition: attachment; filename=x.bin\r\n\r\n",
        encoding);
}

/* Base64 as it is written in the wild: lines of any length, white space, pieces that each have their padding, none at the end. */
static Torture *
make_base64 (guint n)
{
  static const guint lengths[] = { 0, 1, 2, 3, 57, 100, 5000, 300000 };
  static const guint widths[] = { 1, 4, 60, 76, 1000, 0 };
  guint length = lengths[n / (LEN (widths) * 3) % LEN (lengths)],
        width = widths[n / 3 % LEN (widths)];
  Torture *torture;
  const guint8 *data;

  if (n >= LEN (lengths) * LEN (widths) * 3)
    return NULL;
  if (width == 1)
    length = MIN (length, 5000);
  torture = begin ("base64", n);
  torture->content = some_bytes (length, n);
  data = g_bytes_get_data (torture->content, NULL);
  begin_file (torture, "base64");
  switch (n % 3) {
  case 0: { /* whole */
    g_autofree char *text = g_base64_encode (data, length);
    gsize size = strlen (text);

    for (gsize at = 0; at < size; at += width != 0 ? width : size) {
      add_bytes (torture, text + at, MIN (width != 0 ? width : size, size - at));
      add (torture, n % 2 == 0 ? "\r\n" : " \t\n");
    }
    break;
  }
  case 1: /* in pieces, each padded */
    for (guint at = 0; at < length; at += 1 + width) {
      g_autofree char *text = g_base64_encode (data + at, MIN (1 + width, length - at));

      add (torture, text);
      add (torture, "\r\n");
    }
    break;
  default: { /* without padding */
    g_autofree char *text = g_base64_encode (data, length);

    text[strcspn (text, "=")] = '\0';
    add (torture, text);
    add (torture, "\r\n");
    break;
  }
  }
  add (torture, "\r\n--b--\r\n");
  return torture;
}

static Torture *
make_quoted (guint n)
{
  Torture *torture;
  gsize length;
  const guint8 *data;

  if (n >= 12)
    return NULL;
  torture = begin ("quoted", n);
  torture->content = some_bytes (n * n * 37, n);
  data = g_bytes_get_data (torture->content, &length);
  begin_file (torture, "Quoted-Printable");
  for (gsize i = 0; i < length; i++) {
    if (n % 3 == 0 || data[i] <= ' ' || data[i] >= 0x7f || data[i] == '=' || data[i] == '-')
      addf (torture, n % 2 == 0 ? "=%02X" : "=%02x", data[i]);
    else
      add_bytes (torture, data + i, 1);
    if (i % 24 == 23)
      add (torture, n % 4 == 1 ? "=\n" : n % 4 == 2 ? "= \t\r\n" : "=\r\n");
  }
  add (torture, "\r\n--b--\r\n");
  /* the line end before a boundary is the boundary's */
  return torture;
}

static Torture *
make_plain_bytes (guint n)
{
  static const char *const encodings[] = { "binary", "8bit", "7bit", "", "x-unknown", "identity" };
  Torture *torture;
  g_autoptr (GBytes) bytes = NULL;
  gsize length;
  const guint8 *data;

  if (n >= LEN (encodings))
    return NULL;
  torture = begin ("plain", n);
  bytes = some_bytes (20000, n);
  begin_file (torture, encodings[n]);
  data = g_bytes_get_data (bytes, &length);
  add_bytes (torture, data, length);
  torture->content = g_bytes_ref (bytes);
  add (torture, "\r\n--b--\r\n");
  return torture;
}

/* One file, in whatever stands around it: its bytes are defined, and so they come out. */
static Torture *
make_exact (guint n)
{
  static const char *const around[][2] = {
    { "--b\n", "\n--b--\n" },
    { "Preamble\n-b\n--bb\n--b\n", "\n--b--\nEpilogue\n--b\n" },
    { "--b\n", "" },
    { "--b\n", "\n--b" },
    { "--b\n\n\n--b  \n", "\n--b-- \n" },
    { "--b\nContent-Type: multipart/mixed; boundary=bc\n\n--bc\n", "\n--bc--\n--b--\n" },
    { "--b\nContent-Type: multipart/related; boundary=\"b b\"\n\n--b b\n\nx\n--b b\n",
      "\n--b--\n" },
    { "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nx\n--c\nContent-Type: "
      "multipart/mixed; boundary=d\n\n--d\nContent-Type: text/html\n\n<p>x\n--d\n",
      "\n--d--\n--c--\n--b--\n" },
  };
  static const char *const heads[] = {
    "Content-Type: application/octet-stream; name=x.bin\n",
    "Content-Type: text/plain; charset=utf-16; name=x.bin\nContent-Disposition: attachment\n",
    "Content-Type: text/html; charset=euc-kr\nContent-Disposition: attachment; filename=x.bin\n",
    "Content-Type: image/png; name=other.bin\nContent-Disposition: inline; filename=\"x.bin\"\n",
    "Content-Type: application/x; name=other.bin\nContent-Disposition: attachment; "
    "filename*=utf-8''x%2Ebin\n",
    "Content-Type: application/x\nContent-Disposition: attachment; filename*0=x; filename*1=.bi; "
    "filename*2*=%6E\n",
    "Content-Disposition: attachment;\n\tfilename=\"=?utf-8?B?eC5iaW4=?=\"\n",
  };
  const guint lines = n % 2, encoding = n / 2 % 2, head = n / 4 % LEN (heads),
              where = n / (4 * LEN (heads));
  g_autoptr (GString) text = g_string_new (NULL);
  Torture *torture;
  const guint8 *data;
  gsize length;

  if (where >= LEN (around))
    return NULL;
  torture = begin ("exact", n);
  torture->content = some_bytes (777, n + 7);
  data = g_bytes_get_data (torture->content, &length);
  g_string_append_printf (text,
                          "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n%s%s"
                          "Content-Transfer-Encoding: %s\n\n",
                          around[where][0], heads[head],
                          encoding == 0 ? "BASE64" : "quoted-printable");
  if (encoding == 0) {
    g_autofree char *coded = g_base64_encode (data, length);

    for (gsize at = 0; at < strlen (coded); at += 76)
      g_string_append_printf (text, "%.76s\n", coded + at);
  } else {
    for (gsize i = 0; i < length; i++)
      g_string_append_printf (text, "=%02X%s", data[i], i % 25 == 24 ? "=\n" : "");
  }
  g_string_append (text, around[where][1]);
  if (lines == 0)
    g_string_replace (text, "\n", "\r\n", 0);
  add (torture, text->str);
  return torture;
}

static Torture *
make_broken (guint n)
{
  static const char *const encodings[] = { "base64", "quoted-printable", "uuencode", "x-uue" };
  static const char *const bodies[] = { "",
                                        "=",
                                        "====",
                                        "=\r\n=\r\n=",
                                        "a",
                                        "aGVs*bG8=",
                                        "aGVsbG8=\r\nd29ybGQ=",
                                        "\xff\xfe\xfd",
                                        "=G1=1G=1",
                                        "=3D=3",
                                        "begin 644 x\r\n#86)C\r\n`\r\nend\r\n",
                                        "begin 644 x\r\n\x7f\x7f\x7f\r\n",
                                        "begin\r\nM",
                                        "aGVsbG8\r\n\r\n-- \r\nadvertisement" };
  Torture *torture;

  if (n >= LEN (encodings) * LEN (bodies))
    return NULL;
  torture = begin ("broken", n);
  addf (torture, "Content-Transfer-Encoding: %s\r\nContent-Type: %s\r\n\r\n%s",
        encodings[n / LEN (bodies)], n % 2 == 0 ? "text/plain" : "application/pdf; name=a.pdf",
        bodies[n % LEN (bodies)]);
  return torture;
}

static Torture *
make_lying (guint n)
{
  static const char *const lies[] = {
    "Content-Length: 0",
    "Content-Length: 99999999999999999999",
    "Content-Length: -1",
    "Lines: 0",
    "Content-Type: text/plain; format=flowed; delsp=maybe",
    "Content-MD5: x",
    "Content-Type: message/partial; number=1; total=0",
    "Content-Type: message/external-body; access-type=local-file; name=/etc/passwd",
    "Content-Type: application/ms-tnef",
    "Content-Type: text/calendar",
    "Content-Type: message/rfc822",
    "Content-Type: message/delivery-status",
    "Content-Type: text/enriched",
    "Content-Type: text/rtf",
    "Content-Type: image/svg+xml",
    "Content-Range: bytes 0-1/1",
    "Status: RO\r\nX-Mozilla-Status: 0009",
  };
  Torture *torture;

  if (n >= LEN (lies))
    return NULL;
  torture = begin ("lying", n);
  addf (torture, "Subject: x\r\n%s\r\n\r\nContent-Type: text/html\r\n\r\n<b>Text\r\n> quoted \r\n",
        lies[n]);
  return torture;
}

/* ---- names ---- */

static Torture *
make_name (guint n)
{
  static const char *const params[] = {
    "filename*=utf-8''%EC%95%84",
    "filename*=euc-kr''%BE%C8",
    "filename*=''a",
    "filename*=utf-8'a",
    "filename*=%",
    "filename*=utf-8''%",
    "filename*=utf-8''%f",
    "filename*=x-none''%ff%fe",
    "filename*0=a; filename*1=b; filename*3=d",
    "filename*1=b; filename*0=a",
    "filename*0*=utf-8''%EC; filename*1*=%95%84",
    "filename*0*=utf-8''a; filename*1=\"b%20c\"",
    "filename*99999999999=a",
    "filename*-1=a",
    "filename*0=a; filename*0=b",
    "filename=a; filename*=utf-8''b",
    "filename*=utf-8''b; filename=a; name=c",
    "filename=\"=?utf-8?B?7JWE?=\"",
    "filename==?utf-8?Q?a=20b?=",
    "filename=\"=?euc-kr?B?vsg=?= =?euc-kr?B?vsg=?=\"",
    "filename=\"a\\\"b\\\\c\"",
    "filename=\"../../etc/passwd\"",
    "filename=\"C:\\x\\y.exe\"",
    "filename=\"a\xe2\x80\xae"
    "gpj.exe\"",
    "filename=CON",
    "filename=\".\"",
    "filename=\"\"",
    "filename=\"\xbe\xc8\xb3\xe7.txt\"",
    "filename=a b c.txt",
    "filename='a'",
    "filename=\"unterminated",
    "filename=\";\"; x",
    "filename\r\n =\r\n \"folded\"",
  };
  Torture *torture;

  if (n >= LEN (params) + 12)
    return NULL;
  torture = begin ("name", n);
  add (
      torture,
      "Content-Type: application/pdf; name=\"=?utf-8?Q?n?=\"\r\nContent-Disposition: attachment; ");
  if (n < LEN (params)) {
    add (torture, params[n]);
  } else {
    /* Names of parameters of 66 to 77 octets with a value that is not ASCII: GMime hangs on some when it writes them. */
    g_autofree char *name = g_strnfill (66 + n - LEN (params), 'n');

    addf (torture, "%s=\"\xec\x95\x84\"", name);
  }
  add (torture, "\r\n\r\nx\r\n");
  return torture;
}

static Torture *
make_long_param (guint n)
{
  Torture *torture;
  g_autofree char *name = NULL;

  if (n >= 12)
    return NULL;
  torture = begin ("long-param", n);
  name = g_strnfill (66 + n, 'n');
  addf (
      torture,
      "Content-Type: multipart/mixed; %s=\"\xec\x95\x84\"; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n",
      name);
  return torture;
}

static Torture *
make_words (guint n)
{
  static const char *const words[] = {
    "=?",
    "=?"
    "?=",
    "=?"
    "?"
    "?"
    "?=",
    "=?utf-8?B?"
    "?=",
    "=?utf-8?Q?"
    "?=",
    "=?utf-8?B?=?=",
    "=?utf-8?B?YQ?=",
    "=?utf-8?B?YQ=?=",
    "=?utf-8?B?YQ==?==?utf-8?B?YQ==?=",
    "=?utf-8?B?7J?= =?utf-8?B?WE?=",
    "=?utf-8?Q?=EC=95?= =?utf-8?Q?=84?=",
    "=?utf-8*ko?Q?x?=",
    "=?utf-8?X?x?=",
    "=?utf-8?Q?a b?=",
    "=?utf-8?Q?a\r\n b?=",
    "=?utf-8?Q?=?=",
    "=?utf-8?Q?=0D=0ABcc:_x?=",
    "=?utf-8?Q?=00?=",
    "=?iso-2022-jp?B?GyRC?=",
    "=?iso-2022-kr?B?GyQpQw4?=",
    "=?utf-7?Q?+AGE-?=",
    "=?unknown?B?/////w==?=",
    "=?=?utf-8?Q?x?=?=",
    "a=?utf-8?Q?x?=b",
    "\"=?utf-8?Q?x?=\"",
    "(=?utf-8?Q?x?=)",
    "=?utf-8?q?=e2=80=ae?=",
  };
  static const char *const places[] = {
    "Subject: %s\r\n\r\n",
    "From: %s <a@b>\r\n\r\n",
    "To: %s\r\n\r\n",
    "Cc: a (%s) <a@b>, %s: c@d;\r\n\r\n",
    "Reply-To: \"%s\" <a@b>\r\n\r\n",
    "From: a <%s@b>\r\n\r\n",
    "List-Id: %s <a.b>\r\nList-Post: <mailto:%s>\r\n\r\n",
    "Date: %s\r\nMessage-ID: %s\r\nReferences: %s\r\n\r\n",
    "Content-Type: text/plain; charset=\"%s\"\r\n\r\nx",
    "Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\nx",
    "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n\r\nx\r\n--%s--",
    "Content-Type: application/pdf; name=\"%s\"\r\n\r\nx",
    "Content-Type: application/pdf; name=%s\r\n\r\nx",
    "Content-Disposition: attachment; filename=\"%s\"; filename*=utf-8''%s\r\n\r\nx",
    "Content-Type: image/png; name*0=\"%s\"; name*1=%s\r\nContent-ID: <%s>\r\n"
    "Content-Description: %s\r\n\r\nx",
    "Authentication-Results: %s; dkim=pass header.d=%s\r\nSender: %s\r\n\r\n",
    "\r\n%s",
  };
  Torture *torture;

  if (n >= LEN (words) * LEN (places))
    return NULL;
  torture = begin ("words", n);
  {
    g_auto (GStrv) around = g_strsplit (places[n % LEN (places)], "%s", -1);

    add (torture, around[0]);
    for (guint i = 1; around[i] != NULL; i++) {
      add (torture, words[n / LEN (places)]);
      add (torture, around[i]);
    }
  }
  return torture;
}

/* ---- HTML ---- */

static Torture *
make_html (guint n)
{
  static const char *const pieces[] = { "<div>",      "<table><tr><td>",     "<b",
                                        "<!--",       "<![CDATA[",           "&amp",
                                        "&#x110000;", "<a href=\"",          "<p style=\"a:(",
                                        "<style>a{",  "<blockquote>",        "<svg><g>",
                                        "</div>",     "<img src=\"cid:a\">", "<font>",
                                        "<ul><li>" };
  Torture *torture;

  if (n >= LEN (pieces))
    return NULL;
  torture = begin ("html", n);
  add (torture, "Content-Type: text/html; charset=utf-8\r\n\r\n");
  add_times (torture, pieces[n], 20000);
  return torture;
}

/* ---- all ---- */

static Torture *(*const kinds[]) (guint n) = {
  make_nested,  make_attached, make_many,   make_boundary,   make_long_boundary, make_field,
  make_headers, make_charset,  make_base64, make_quoted,     make_plain_bytes,   make_exact,
  make_broken,  make_lying,    make_name,   make_long_param, make_words,         make_html,
};

Torture *
torture_make (guint kind, guint n, gboolean *known)
{
  *known = kind < LEN (kinds);
  return *known ? kinds[kind](n) : NULL;
}
