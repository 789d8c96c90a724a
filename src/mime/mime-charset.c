/* Charset rescue: makes readable text of bytes whose charset is named, misnamed or not named at all.
 *
 * Korean mail is the measure: "euc-kr" and "ks_c_5601-1987" nearly always mean CP949 (with 똠 and 8,821 other syllables
 * that plain EUC-KR lacks), headers arrive as raw 8-bit bytes, and parts claim us-ascii or iso-8859-1 for what is CP949.
 * Runs on any thread; never fails, and never returns anything but valid UTF-8. */
#include "mime-charset-private.h"

#include <errno.h>
#include <string.h>
#include <gmime/gmime.h>
#include <unicode/ucsdet.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include "base-text.h"

#define REPLACEMENT "\xef\xbf\xbd"
#define CERTAIN     10   /* letters of two bytes from which their frequency tells something */
#define LOOKED_AT   8192 /* octets */

static gpointer
init_gmime (G_GNUC_UNUSED gpointer data)
{
  static const char *const messages[] = { "rfc822", "rfc2822", "global", "news" };

  /* GMime forgets to free its own record of a type that is registered anew: some bytes, once. */
#ifdef __SANITIZE_ADDRESS__
  __lsan_disable ();
#endif
  g_mime_init ();
  /* An attached message is a file to us: GMime need not look into it. */
  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++)
    g_mime_object_register_type ("message", messages[i], GMIME_TYPE_PART);
#ifdef __SANITIZE_ADDRESS__
  __lsan_enable ();
#endif
  return NULL;
}

void
mime_gmime_init (void)
{
  static GOnce once = G_ONCE_INIT;

  g_once (&once, init_gmime, NULL);
}

/* Names as mail writes them, lower case, and the iconv charset that holds what they mean in practice: the vendor's superset,
 * since that is what the sender's system wrote. */
static const struct
{
  const char *name, *iconv_name;
} aliases[] = {
  { "euc-kr", "CP949" },
  { "euckr", "CP949" },
  { "ks_c_5601-1987", "CP949" },
  { "ks_c_5601-1989", "CP949" },
  { "ks_c_5601", "CP949" },
  { "ksc5601", "CP949" },
  { "ksc_5601", "CP949" },
  { "ks-c-5601-1987", "CP949" },
  { "ksc5601-1987", "CP949" },
  { "korean", "CP949" },
  { "iso-ir-149", "CP949" },
  { "uhc", "CP949" },
  { "ms949", "CP949" },
  { "x-windows-949", "CP949" },
  { "x-cp949", "CP949" },
  { "windows949", "CP949" },
  { "csksc56011987", "CP949" },
  { "cseuckr", "CP949" },
  { "csiso2022kr", "ISO-2022-KR" },
  { "windows-949", "CP949" },
  { "cp949", "CP949" },
  { "shift_jis", "CP932" },
  { "shift-jis", "CP932" },
  { "sjis", "CP932" },
  { "x-sjis", "CP932" },
  { "ms_kanji", "CP932" },
  { "windows-31j", "CP932" },
  { "cp932", "CP932" },
  { "cswindows31j", "CP932" },
  { "csshiftjis", "CP932" },
  { "euc-jp", "EUC-JP-MS" },
  { "eucjp", "EUC-JP-MS" },
  { "x-euc-jp", "EUC-JP-MS" },
  { "csiso2022jp", "ISO-2022-JP" },
  { "iso2022jp", "ISO-2022-JP" },
  { "iso-2022-jp-ms", "ISO-2022-JP" },
  { "cp50220", "ISO-2022-JP" },
  { "cp50221", "ISO-2022-JP" },
  { "x-windows-iso2022jp", "ISO-2022-JP" },
  { "gb2312", "GB18030" },
  { "gb_2312-80", "GB18030" },
  { "gbk", "GB18030" },
  { "x-gbk", "GB18030" },
  { "cp936", "GB18030" },
  { "ms936", "GB18030" },
  { "csgb2312", "GB18030" },
  { "chinese", "GB18030" },
  { "euc-cn", "GB18030" },
  { "big5", "BIG5-HKSCS" },
  { "big5-hkscs", "BIG5-HKSCS" },
  { "x-x-big5", "BIG5-HKSCS" },
  { "cn-big5", "BIG5-HKSCS" },
  { "csbig5", "BIG5-HKSCS" },
  { "cp950", "BIG5-HKSCS" },
  { "iso-8859-1", "CP1252" },
  { "latin1", "CP1252" },
  { "iso8859-1", "CP1252" },
  { "windows-1252", "CP1252" },
  { "iso-8859-9", "CP1254" },
  { "iso-8859-8-i", "ISO-8859-8" },
  { "iso-8859-8-e", "ISO-8859-8" },
  { "logical", "ISO-8859-8" },
  { "visual", "ISO-8859-8" },
  { "iso-8859-11", "CP874" },
  { "tis-620", "CP874" },
  { "windows-874", "CP874" },
  { "unicode-1-1-utf-7", "UTF-7" },
  { "utf-16", "UTF-16" },
  { "utf8", "UTF-8" },
  { "unicode-1-1-utf-8", "UTF-8" },
};

/* Names that say nothing about bytes above 127. */
static const char *const empty_names[] = { "us-ascii",     "ascii",     "ansi_x3.4-1968",
                                           "unknown-8bit", "x-unknown", "unknown",
                                           "default",      "8bit",      "none" };

typedef enum
{
  KIND_UNKNOWN,  /* nothing said, or nothing useful */
  KIND_UTF8,     /* said to be UTF-8 */
  KIND_STATEFUL, /* 7-bit bytes that are not ASCII, or 16-bit units: iso-2022, utf-7, hz, utf-16 */
  KIND_LATIN,    /* the habitual default of the West, and the habitual lie */
  KIND_OTHER,
} Kind;

/* The iconv name of a declared charset in `name`; only characters that no iconv takes for options or paths pass. */
static Kind
resolve (const char *charset, char *name, gsize size)
{
  gsize length = 0;

  name[0] = '\0';
  for (const char *c = charset; c != NULL && *c != '\0'; c++) {
    if (g_ascii_isalnum (*c) || strchr ("-_.:", *c) != NULL) {
      if (length + 1 >= size)
        return KIND_UNKNOWN;
      name[length++] = g_ascii_tolower (*c);
    } else if (*c == '/' || *c == ',') {
      break;
    }
  }
  name[length] = '\0';
  if (length == 0)
    return KIND_UNKNOWN;
  for (gsize i = 0; i < G_N_ELEMENTS (empty_names); i++) {
    if (strcmp (name, empty_names[i]) == 0)
      return KIND_UNKNOWN;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++) {
    if (strcmp (name, aliases[i].name) == 0) {
      g_strlcpy (name, aliases[i].iconv_name, size);
      break;
    }
  }
  if (g_ascii_strcasecmp (name, "UTF-8") == 0)
    return KIND_UTF8;
  if (g_ascii_strncasecmp (name, "iso-2022-", 9) == 0 || g_ascii_strncasecmp (name, "utf-7", 5) == 0
      || g_ascii_strncasecmp (name, "utf-16", 6) == 0
      || g_ascii_strncasecmp (name, "utf-32", 6) == 0 || g_ascii_strncasecmp (name, "ucs-", 4) == 0
      || g_ascii_strncasecmp (name, "hz", 2) == 0)
    return KIND_STATEFUL;
  if (strcmp (name, "CP1252") == 0)
    return KIND_LATIN;
  return KIND_OTHER;
}

char *
mime_charset_dup_name (const char *charset)
{
  char name[64];

  return resolve (charset, name, sizeof name) != KIND_UNKNOWN ? g_strdup (name) : NULL;
}

/* NULL when iconv does not know the charset, or when `bad` is NULL and a byte does not fit; else bad bytes become U+FFFD and
 * are counted. */
static char *
convert (const char *iconv_name, const char *data, gsize length, gsize *bad)
{
  GIConv cd = g_iconv_open ("UTF-8", iconv_name);
  g_autofree char *out = NULL;
  gsize size = length + length / 2 + 64, used = 0, in_left = length;
  char *in = (char *)data;
  gboolean flushing = FALSE, failed = FALSE;

  if (cd == (GIConv)-1)
    return NULL;
  out = g_malloc (size);
  while (!failed) {
    char *to = out + used;
    gsize room = size - used - 1;
    gsize result = g_iconv (cd, flushing ? NULL : &in, &in_left, &to, &room);
    int saved_errno = errno;

    used = (gsize)(to - out);
    if (result != (gsize)-1) {
      if (flushing)
        break;
      flushing = TRUE;
    } else if (saved_errno == E2BIG) {
      size *= 2;
      out = g_realloc (out, size);
    } else if (bad == NULL || in_left == 0) {
      failed = TRUE;
    } else {
      if (size - used < sizeof REPLACEMENT) {
        size *= 2;
        out = g_realloc (out, size);
      }
      memcpy (out + used, REPLACEMENT, sizeof REPLACEMENT - 1);
      used += sizeof REPLACEMENT - 1;
      *bad += 1;
      if (saved_errno == EINVAL) {
        flushing = TRUE; /* the rest is the start of a character that never ends */
        in_left = 0;
      } else {
        in++;
        in_left--;
      }
    }
  }
  g_iconv_close (cd);
  if (failed)
    return NULL;
  out[used] = '\0';
  return base_text_repair (out, (gssize)used);
}

typedef struct
{
  gsize two, more, bad; /* sequences of two bytes, of three or four, and bytes that fit nowhere */
} Utf8Count;

static Utf8Count
count_utf8 (const char *data, gsize length)
{
  Utf8Count count = { 0 };
  const char *at = data, *end = data + length;

  while (at < end) {
    const char *stop;
    gboolean valid = g_utf8_validate_len (at, (gsize)(end - at), &stop);

    for (const char *c = at; c < stop; c++) {
      guint8 byte = (guint8)*c;

      if (byte >= 0xe0)
        count.more++;
      else if (byte >= 0xc0)
        count.two++;
    }
    if (valid)
      break;
    /* A character cut off by the end of what we were given proves nothing against UTF-8. */
    if (count.two + count.more > 0 && g_utf8_get_char_validated (stop, end - stop) == (gunichar)-2)
      break;
    if (*stop != '\0')
      count.bad++;
    at = stop + 1;
  }
  return count;
}

/* Do these bytes read well as CP949?  Windows punctuation such as “It’s” makes valid CP949 pairs too, so the syllables of KS X
 * 1001 must be most of what is there. */
static gboolean
looks_korean (const char *data, gsize length)
{
  gsize syllables = 0, pairs = 0;

  for (gsize i = 0; i < length; i++) {
    guint8 lead = (guint8)data[i], trail;

    if (lead < 0x80)
      continue;
    if (i + 1 == length)
      break; /* cut in the middle of a character */
    trail = (guint8)data[++i];
    if (lead == 0x80 || lead == 0xff || trail == 0xff
        || !(g_ascii_isalpha ((char)trail) || trail >= 0x81))
      return FALSE;
    pairs++;
    if (lead >= 0xb0 && lead <= 0xc8 && trail >= 0xa1)
      syllables++;
  }
  return syllables > 0 && syllables * 2 > pairs && (syllables > 1 || pairs == 1);
}

/* Bytes above 127 are most of what is not space and the like: no language of the West is written so. */
static gboolean
is_foreign (const char *data, gsize length)
{
  gsize high = 0, letters = 0;

  for (gsize i = 0; i < length; i++) {
    high += (guint8)data[i] >= 0x80;
    letters += g_ascii_isalnum (data[i]) != 0;
  }
  return high > 3 && high > letters;
}

/* Words without a single ASCII letter, of a text that has others too: GByteArray, NULL where too few of the bytes above 127 are in such words.  No
 * language of the West has them. */
static GByteArray *
collect_foreign_words (const char *data, gsize length)
{
  g_autoptr (GByteArray) words = g_byte_array_new ();
  gsize all = 0, inside = 0;

  for (gsize i = 0; i < length && words->len < LOOKED_AT;) {
    gsize begin = i, high = 0, other = 0;

    for (; i < length && ((guint8)data[i] >= 0x80 || g_ascii_isalnum (data[i])); i++) {
      high += (guint8)data[i] >= 0x80;
      other += (guint8)data[i] < 0x80;
    }
    all += high;
    if (high > 1 && other == 0) {
      inside += high;
      g_byte_array_append (words, (const guint8 *)data + begin, (guint)high);
      g_byte_array_append (words, (const guint8 *)" ", 1);
    }
    i += i == begin;
  }
  return inside > 7 && inside * 10 >= all * 8 ? g_steal_pointer (&words) : NULL;
}

/* What bytes look like by the frequency of their letters: the better one comes first.  NULL: nothing is likely. */
static GPtrArray *
list_looks (const char *data, gsize length)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  UErrorCode status = U_ZERO_ERROR;
  UCharsetDetector *detector = ucsdet_open (&status);
  const UCharsetMatch **matches;
  int n = 0;

  ucsdet_setText (detector, data, (int)MIN (length, LOOKED_AT), &status);
  matches = ucsdet_detectAll (detector, &n, &status);
  for (int i = 0; U_SUCCESS (status) && i < n; i++) {
    char name[64];

    if (resolve (ucsdet_getName (matches[i], &status), name, sizeof name) == KIND_OTHER)
      g_ptr_array_add (names, g_strdup (name));
  }
  ucsdet_close (detector);
  return names;
}

/* Much Chinese is Korean syllables by half of its bytes; the letters it is made of tell.  Looked at are those that both old standards have: what their
 * extensions add is seen as broken by who knows only one of them. */
static gboolean
is_rather_chinese (const char *data, gsize length)
{
  g_autoptr (GByteArray) common = g_byte_array_new ();
  g_autoptr (GPtrArray) names = NULL;
  gsize pairs = 0;

  for (gsize i = 0; i < length && common->len < LOOKED_AT; i++) {
    const guint8 *at = (const guint8 *)data + i;

    if (at[0] < 0x80) {
      g_byte_array_append (common, at, 1);
    } else if (i + 1 < length) {
      if (at[0] >= 0xa1 && at[1] >= 0xa1) {
        g_byte_array_append (common, at, 2);
        pairs++;
      }
      i++;
    }
  }
  if (pairs < CERTAIN)
    return FALSE;
  names = list_looks ((const char *)common->data, common->len);
  return names->len > 0 && g_ascii_strcasecmp (names->pdata[0], "GB18030") == 0;
}

/* Text of which nobody said what it is; or only that it is of the West, as many say of everything. */
static char *
convert_by_looks (const char *data, gsize length, gboolean said)
{
  g_autoptr (GPtrArray) names = is_foreign (data, length) ? list_looks (data, length) : NULL;
  g_autoptr (GByteArray) words =
      names == NULL && !said ? collect_foreign_words (data, length) : NULL;
  char *text = NULL;

  if (words != NULL)
    names = list_looks ((const char *)words->data, words->len);

  for (guint i = 0; names != NULL && i < names->len && text == NULL; i++)
    text = convert (names->pdata[i], data, length, NULL);
  if (text == NULL && !said) {
    const char *latin = mime_charset_guess_latin (data, length);
    gsize bad = 0;

    text = latin != NULL ? convert (latin, data, length, &bad) : NULL;
  }
  return text;
}

/* iso-2022 announced by its own escape sequences, as raw headers of the nineties have it. */
static const char *
guess_escaped (const char *data, gsize length)
{
  if (memchr (data, '\x1b', length) == NULL)
    return NULL;
  if (memmem (data, length, "\x1b$)C", 4) != NULL)
    return "ISO-2022-KR";
  if (memmem (data, length, "\x1b$B", 3) != NULL || memmem (data, length, "\x1b$@", 3) != NULL
      || memmem (data, length, "\x1b(J", 3) != NULL)
    return "ISO-2022-JP-2";
  return NULL;
}

static gboolean
is_ascii (const char *data, gsize length)
{
  gsize i = 0;

  for (; i + sizeof (guint64) <= length; i += sizeof (guint64)) {
    guint64 word;

    memcpy (&word, data + i, sizeof word);
    if ((word & G_GUINT64_CONSTANT (0x8080808080808080)) != 0)
      return FALSE;
  }
  for (; i < length; i++) {
    if ((guint8)data[i] >= 0x80)
      return FALSE;
  }
  return TRUE;
}

/* The two ways to write a double-byte charset in seven bits that iconv has not: ISO-2022-JP with the letters that Windows adds (① and others, which it
 * writes as if they belonged), and HZ.  NULL for what is neither. */
static char *
convert_shifted (const char *data, gsize length, gboolean hz)
{
  g_autoptr (GString) out = g_string_sized_new (length + 8);
  enum
  {
    SINGLE,
    KATAKANA,
    DOUBLE,
    EXTRA
  } mode = SINGLE;

  for (gsize i = 0; i < length; i++) {
    const char *at = data + i;
    gsize left = length - i;

    if (hz && *at == '~' && left > 1 && strchr ("{}~\n", at[1]) != NULL) {
      if (at[1] == '~')
        g_string_append_c (out, '~');
      else if (at[1] != '\n')
        mode = at[1] == '{' ? DOUBLE : SINGLE;
      i++;
    } else if (!hz && *at == '\x1b') {
      if (left > 2 && at[1] == '(' && strchr ("BJI", at[2]) != NULL) {
        mode = at[2] == 'I' ? KATAKANA : SINGLE;
        i += 2;
      } else if (left > 2 && at[1] == '$' && (at[2] == 'B' || at[2] == '@')) {
        mode = DOUBLE;
        i += 2;
      } else if (left > 3 && memcmp (at + 1, "$(D", 3) == 0) {
        mode = EXTRA;
        i += 3;
      } else {
        return NULL;
      }
    } else if (mode == SINGLE || *at <= ' ') {
      g_string_append_c (out, *at);
      mode = *at == '\n' ? SINGLE : mode;
    } else if (mode == KATAKANA) {
      g_string_append_c (out, '\x8e');
      g_string_append_c (out, (char)(*at | 0x80));
    } else {
      if (mode == EXTRA)
        g_string_append_c (out, '\x8f');
      g_string_append_c (out, (char)(*at | 0x80));
      if (left > 1 && at[1] > ' ') {
        g_string_append_c (out, (char)(at[1] | 0x80));
        i++;
      }
    }
  }
  return convert (hz ? "GB18030" : "EUC-JP-MS", out->str, out->len, NULL);
}

static char *
convert_stateful (const char *iconv_name, const char *data, gsize length)
{
  gsize bad = 0;
  char *text = NULL;

  /* JP-2 holds JP and reads mail that says "iso-2022-jp" and means a little more. */
  if (g_ascii_strncasecmp (iconv_name, "iso-2022-jp", 11) == 0) {
    if (g_ascii_strcasecmp (iconv_name, "iso-2022-jp") == 0)
      iconv_name = "ISO-2022-JP-2";
    text = convert (iconv_name, data, length, NULL);
    if (text == NULL)
      text = convert_shifted (data, length, FALSE);
    if (text != NULL)
      return text;
  }
  if (g_ascii_strncasecmp (iconv_name, "hz", 2) == 0)
    return convert_shifted (data, length, TRUE);
  /* The designator of ISO-2022-KR must stand at the start of a line; senders put it where they first shift out, or nowhere. */
  if (g_ascii_strcasecmp (iconv_name, "iso-2022-kr") == 0) {
    g_autoptr (GString) whole = g_string_sized_new (length + 8);

    g_string_append (whole, "\x1b$)C\n");
    for (gsize i = 0; i < length; i++) {
      if (length - i >= 4 && memcmp (data + i, "\x1b$)C", 4) == 0)
        i += 3;
      else
        g_string_append_c (whole, data[i]);
    }
    text = convert (iconv_name, whole->str, whole->len, NULL);
    if (text == NULL)
      text = convert (iconv_name, whole->str, whole->len, &bad);
    if (text != NULL && text[0] == '\n')
      memmove (text, text + 1, strlen (text));
  } else {
    text = convert (iconv_name, data, length, NULL);
    if (text == NULL)
      text = convert (iconv_name, data, length, &bad);
  }
  if (text != NULL && bad * 4 > length) {
    g_free (text);
    return NULL;
  }
  return text;
}

static char *
strip_bom (char *text)
{
  if (text != NULL && strncmp (text, "\xef\xbb\xbf", 3) == 0)
    memmove (text, text + 3, strlen (text + 3) + 1);
  return text;
}

/* UTF-8 with lines that are Korean of another time, as where somebody was quoted or a server put words below.  NULL: it is not that. */
static char *
convert_lines (const char *data, gsize length)
{
  g_autoptr (GString) out = g_string_sized_new (length + 64);
  gsize letters = 0;

  for (const char *line = data, *end = data + length; line < end;) {
    const char *newline = memchr (line, '\n', (gsize)(end - line));
    gsize size = newline != NULL ? (gsize)(newline + 1 - line) : (gsize)(end - line);

    if (g_utf8_validate (line, (gssize)size, NULL)) {
      letters += count_utf8 (line, size).more;
      g_string_append_len (out, line, (gssize)size);
    } else {
      g_autofree char *korean =
          looks_korean (line, size) ? convert ("CP949", line, size, NULL) : NULL;

      if (korean == NULL)
        return NULL;
      g_string_append (out, korean);
    }
    line += size;
  }
  return letters > 2 ? base_text_repair (out->str, (gssize)out->len) : NULL;
}

static char *
to_utf8 (const char *charset, const char *data, gsize length)
{
  char name[64];
  Kind kind = resolve (charset, name, sizeof name);
  Utf8Count count;
  char *text;
  gsize bad = 0;

  if (kind == KIND_STATEFUL) {
    /* UTF-16 in name only: 8-bit text without a single NUL is something else. */
    gboolean wide = g_ascii_strncasecmp (name, "utf-16", 6) == 0
                    || g_ascii_strncasecmp (name, "utf-32", 6) == 0
                    || g_ascii_strncasecmp (name, "ucs", 3) == 0;
    gboolean plausible =
        wide ? !g_utf8_validate (data, (gssize)length, NULL) : is_ascii (data, length);

    text = plausible ? convert_stateful (name, data, length) : NULL;
    if (text != NULL)
      return text;
    kind = KIND_UNKNOWN;
  }
  if (is_ascii (data, length)) {
    const char *escaped = guess_escaped (data, length);

    text = escaped != NULL ? convert_stateful (escaped, data, length) : NULL;
    return text != NULL ? text : base_text_repair (data, (gssize)length);
  }
  count = count_utf8 (data, length);
  if (count.bad == 0) {
    /* Two bytes alone, such as C5 B0, are a letter in UTF-8 and a Hangul syllable in CP949: there the declaration decides.  That all letters of a text are
     * such by chance happens once in some thousand where there are four. */
    if (kind == KIND_OTHER && count.more == 0 && count.two < 4) {
      text = strcmp (name, "CP949") != 0 || looks_korean (data, length)
                 ? convert (name, data, length, NULL)
                 : NULL;
      /* A one-byte charset accepts anything, which proves nothing. */
      if (text != NULL && (gsize)g_utf8_strlen (text, -1) <= length - count.two)
        return text;
      g_free (text);
    }
    return base_text_repair (data, (gssize)length);
  }
  text =
      count.more > 2 && memchr (data, '\n', length) != NULL ? convert_lines (data, length) : NULL;
  if (text != NULL)
    return text;
  if (count.more + count.two > 8 * count.bad && count.more > 0 && kind != KIND_OTHER)
    return base_text_repair (data, (gssize)length);
  if (kind == KIND_OTHER) {
    text = convert (name, data, length, NULL);
    if (text != NULL)
      return text;
  }
  if (looks_korean (data, length) && !is_rather_chinese (data, length)) {
    text = convert ("CP949", data, length, &bad);
    if (text != NULL)
      return text;
  }
  if (count.more > 8 * count.bad)
    return base_text_repair (data, (gssize)length);
  if (kind == KIND_OTHER) {
    bad = 0;
    text = convert (name, data, length, &bad);
    if (text != NULL && bad * 20 <= length)
      return text;
    g_free (text);
  }
  text = convert_by_looks (data, length, kind == KIND_LATIN);
  if (text != NULL)
    return text;
  bad = 0;
  text = convert ("CP1252", data, length, &bad);
  return text != NULL ? text : base_text_repair (data, (gssize)length);
}

char *
mime_charset_to_utf8 (const char *charset, const void *data, gsize length)
{
  if (data == NULL || length == 0)
    return g_strdup ("");
  return strip_bom (to_utf8 (charset, data, length));
}

/* ---- what a person says ---- */

gboolean
mime_charset_is_utf8 (const void *data, gsize length, const char *charset)
{
  static const char *const pairs[] = { "CP9", "EUC-", "GB", "BIG5" };
  char name[64];
  gsize least = 1; /* in a charset of single bytes no word looks so */
  Utf8Count count;

  resolve (charset, name, sizeof name);
  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++) {
    if (g_ascii_strncasecmp (name, pairs[i], strlen (pairs[i])) == 0)
      least = 4;
  }
  if (is_ascii (data, length))
    return FALSE;
  count = count_utf8 (data, length);
  return count.bad == 0 && (count.more > 0 || count.two >= least);
}

static const char *const candidates[] = {
  "utf-8",        "euc-kr",       "iso-2022-kr",  "shift_jis",    "euc-jp",       "iso-2022-jp",
  "gb18030",      "big5",         "windows-1252", "iso-8859-2",   "windows-1250", "windows-1251",
  "koi8-r",       "iso-8859-5",   "windows-1253", "windows-1254", "windows-1255", "windows-1256",
  "windows-1257", "windows-1258", "tis-620",
};

const char *
mime_charset_get_candidate (guint n)
{
  return n < G_N_ELEMENTS (candidates) ? candidates[n] : NULL;
}

char *
mime_charset_force (const char *charset, const void *data, gsize length)
{
  char name[64];
  Kind kind = resolve (charset, name, sizeof name);
  gsize bad = 0;
  char *text = NULL;

  if (length == 0)
    return g_strdup ("");
  switch (kind) {
  case KIND_UTF8:
    return strip_bom (base_text_repair (data, (gssize)length));
  case KIND_STATEFUL:
    return is_ascii (data, length) ? convert_stateful (name, data, length) : NULL;
  case KIND_LATIN:
    text = convert ("CP1252", data, length, &bad);
    break;
  case KIND_UNKNOWN:
    return NULL;
  case KIND_OTHER:
    text = convert (name, data, length, &bad);
    break;
  }
  if (text != NULL && bad * 4 > length)
    g_clear_pointer (&text, g_free);
  return text;
}
