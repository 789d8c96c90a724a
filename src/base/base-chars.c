/* Tables of characters, see the header.  Filled from what GLib knows of Unicode; what is filled never changes, so that no lock is needed to read. */
#include "base-chars.h"

#include <string.h>

#define N_VOWELS     21
#define N_FINALS     28
#define CONSONANTS   0x3131
#define N_CONSONANTS 30
#define INITIALS     0x1100
#define N_INITIALS   19

BaseCharPage *base_char_pages[BASE_CHAR_PAGES];

#define B          BASE_CHAR_BREAK
#define L          BASE_CHAR_LETTER
#define D          BASE_CHAR_DIGIT
#define M          BASE_CHAR_MORE
#define TEN(x)     x, x, x, x, x, x, x, x, x, x
#define SIXTEEN(x) TEN (x), x, x, x, x, x, x
#define LETTERS    TEN (L), TEN (L), L, L, L, L, L, L
const guint8 base_char_bytes[256] = {
  SIXTEEN (B), SIXTEEN (B), SIXTEEN (B), TEN (D),     B,           B,           B,
  B,           B,           B, /* to ? */
  B,           LETTERS,     B,           B,           B,           B,           B,
  B,           LETTERS,     B,           B,           B,           B,           B, /* to DEL */
  SIXTEEN (M), SIXTEEN (M), SIXTEEN (M), SIXTEEN (M), SIXTEEN (M), SIXTEEN (M), SIXTEEN (M),
  SIXTEEN (M),
};

/* ---- folding ---- */

/* Nothing is to be seen of them: what words are cut, joined, turned and padded with (Default_Ignorable_Code_Point), but for the tags of flags. */
static gboolean
is_ignorable (gunichar c)
{
  static const gunichar ranges[][2] = {
    { 0xad, 0xad },       { 0x34f, 0x34f },     { 0x61c, 0x61c },     { 0x115f, 0x1160 },
    { 0x17b4, 0x17b5 },   { 0x180b, 0x180f },   { 0x200b, 0x200f },   { 0x202a, 0x202e },
    { 0x2060, 0x206f },   { 0x3164, 0x3164 },   { 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },
    { 0xffa0, 0xffa0 },   { 0xfff0, 0xfff8 },   { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
    { 0xe0000, 0xe001f }, { 0xe0080, 0xe0fff },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    if (c >= ranges[i][0] && c <= ranges[i][1])
      return TRUE;
  return FALSE;
}

/* Accents, points of Hebrew and Arabic, and what lengthens Arabic letters. */
static gboolean
is_accent (gunichar c)
{
  static const gunichar ranges[][2] = {
    { 0x300, 0x36f },   { 0x483, 0x489 },   { 0x591, 0x5bd },   { 0x5bf, 0x5bf },
    { 0x5c1, 0x5c2 },   { 0x5c4, 0x5c5 },   { 0x5c7, 0x5c7 },   { 0x610, 0x61a },
    { 0x640, 0x640 },   { 0x64b, 0x65f },   { 0x670, 0x670 },   { 0x6d6, 0x6dc },
    { 0x6df, 0x6e4 },   { 0x6e7, 0x6e8 },   { 0x6ea, 0x6ed },   { 0x8d3, 0x8e1 },
    { 0x8e3, 0x8ff },   { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x20d0, 0x20f0 },
    { 0x2de0, 0x2dff }, { 0xa66f, 0xa672 }, { 0xa674, 0xa67d }, { 0xfb1e, 0xfb1e },
    { 0xfe20, 0xfe2f },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    if (c >= ranges[i][0] && c <= ranges[i][1])
      return TRUE;
  return FALSE;
}

/* Second in a canonical composition, of those that are not accents (NFC_Quick_Check=Maybe). */
static gboolean
can_join (gunichar c)
{
  static const guint32 list[] = {
    0x93c,  0x9be,   0x9d7,   0xb3e,   0xb56,   0xb57,   0xbbe,   0xbd7,   0xc56,   0xcc2,
    0xcd5,  0xcd6,   0xd3e,   0xd57,   0xdca,   0xdcf,   0xddf,   0x102e,  0x1b35,  0x3099,
    0x309a, 0x110ba, 0x11127, 0x1133e, 0x11357, 0x114b0, 0x114ba, 0x114bd, 0x115af, 0x11930,
  };

  if ((c >= 0x1161 && c <= 0x1175) || (c >= 0x11a8 && c <= 0x11c2))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (list); i++)
    if (c == list[i])
      return TRUE;
  return FALSE;
}

/* What is the same to whoever looks for it, though Unicode does not say so. */
static const char *
get_plain (gunichar c)
{
  switch (c) {
  case 0x111: /* đ */
    return "d";
  case 0xe6: /* æ */
    return "ae";
  case 0x153: /* œ */
    return "oe";
  case 0xf8: /* ø */
    return "o";
  case 0x142: /* ł */
    return "l";
  case 0x127: /* ħ */
    return "h";
  case 0x167: /* ŧ */
    return "t";
  case 0x131: /* ı */
    return "i";
  case 0x2018:
  case 0x2019:
  case 0x2bc: /* ’ */
    return "'";
  case 0x201c:
  case 0x201d:
    return "\"";
  case 0x2010:
  case 0x2011:
  case 0x2012:
  case 0x2013:
  case 0x2014:
  case 0x2015:
  case 0x2212:
    return "-";
  case 0x85:
  case 0x2028:
  case 0x2029:
    return " ";
  default: /* characters are no states */
    return NULL;
  }
}

/* Half-width Hangul, in the order of its full-width letters but for gaps. */
static gunichar
widen_jamo (gunichar c)
{
  if (c <= 0xffbe)
    return CONSONANTS + (c - 0xffa1);
  if (c <= 0xffc7)
    return 0x314f + (c - 0xffc2);
  if (c <= 0xffcf)
    return 0x3155 + (c - 0xffca);
  if (c <= 0xffd7)
    return 0x315b + (c - 0xffd2);
  return 0x3161 + (c - 0xffda);
}

/* Width and the forms that Hebrew and Arabic letters have beside others are taken away, else only what is one character in two ways. */
static gsize
take_apart (gunichar c, gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH])
{
  gboolean compatible = (c >= 0xff01 && c <= 0xff9f) || (c >= 0xffe0 && c <= 0xffee)
                        || (c >= 0xfb1d && c <= 0xfdff) || (c >= 0xfe70 && c <= 0xfefc);

  if (c >= 0xffa1 && c <= 0xffdc && g_unichar_isdefined (c)) {
    parts[0] = widen_jamo (c);
    return 1;
  }
  return g_unichar_fully_decompose (c, compatible, parts, G_UNICHAR_MAX_DECOMPOSITION_LENGTH);
}

/* What stays of one character, in small letters. */
static void
append_plain (GString *out, gunichar c)
{
  char utf8[7] = "";
  g_autofree char *small = NULL;

  if (is_ignorable (c) || is_accent (c))
    return;
  /* Unicode folds Cherokee to capitals, GLib capitals of it to small letters. */
  if (g_unichar_get_script (c) == G_UNICODE_SCRIPT_CHEROKEE)
    c = g_unichar_tolower (c);
  utf8[g_unichar_to_utf8 (c, utf8)] = '\0';
  small = g_unichar_get_script (c) == G_UNICODE_SCRIPT_CHEROKEE ? g_strdup (utf8)
                                                                : g_utf8_casefold (utf8, -1);
  for (const char *at = small; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
    gsize n = g_unichar_fully_decompose (g_utf8_get_char (at), FALSE, parts, G_N_ELEMENTS (parts));

    for (gsize i = 0; i < n; i++) {
      const char *plain = get_plain (parts[i]);

      if (plain != NULL)
        g_string_append (out, plain);
      else if (g_unichar_type (parts[i]) == G_UNICODE_SPACE_SEPARATOR)
        g_string_append_c (out, ' ');
      else if (g_unichar_isdigit (parts[i]))
        g_string_append_c (out, (char)('0' + g_unichar_digit_value (parts[i])));
      else if (!is_accent (parts[i]))
        g_string_append_unichar (out, parts[i]);
    }
  }
}

static void
make_fold (BaseCharFold *fold, gunichar c)
{
  gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
  g_autoptr (GString) plain = g_string_new (NULL);
  g_autofree char *composed = NULL;
  gsize n = take_apart (c, parts);

  for (gsize i = 0; i < n; i++)
    append_plain (plain, parts[i]);
  composed = g_utf8_normalize (plain->str, (gssize)plain->len, G_NORMALIZE_NFC);
  if (strlen (composed) > BASE_CHAR_ROOM) { /* whole words in one character: as they are */
    g_string_truncate (plain, 0);
    g_string_append_unichar (plain, c);
    g_free (composed);
    composed = g_strdup (plain->str);
  }
  fold->length = (guint8)strlen (composed);
  memcpy (fold->bytes, composed, fold->length);
  for (const char *at = composed; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar part = g_utf8_get_char (at);

    if (at == composed) {
      fold->order = (guint8)g_unichar_combining_class (part);
      fold->joins = can_join (part);
    } else if (g_unichar_combining_class (part) != 0) {
      fold->joins = TRUE; /* has its own marks, among which those that follow have their place */
    }
  }
}

/* ---- kinds ---- */

static gboolean
is_unspaced_script (GUnicodeScript script)
{
  static const GUnicodeScript scripts[] = {
    G_UNICODE_SCRIPT_HANGUL,   G_UNICODE_SCRIPT_HAN,      G_UNICODE_SCRIPT_HIRAGANA,
    G_UNICODE_SCRIPT_KATAKANA, G_UNICODE_SCRIPT_BOPOMOFO, G_UNICODE_SCRIPT_YI,
    G_UNICODE_SCRIPT_THAI,     G_UNICODE_SCRIPT_LAO,      G_UNICODE_SCRIPT_KHMER,
    G_UNICODE_SCRIPT_MYANMAR,  G_UNICODE_SCRIPT_TIBETAN,  G_UNICODE_SCRIPT_JAVANESE,
    G_UNICODE_SCRIPT_BALINESE, G_UNICODE_SCRIPT_TAI_LE,   G_UNICODE_SCRIPT_NEW_TAI_LUE,
    G_UNICODE_SCRIPT_TAI_THAM, G_UNICODE_SCRIPT_TAI_VIET, G_UNICODE_SCRIPT_TANGUT,
    G_UNICODE_SCRIPT_NUSHU,
  };

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    if (script == scripts[i])
      return TRUE;
  return FALSE;
}

static BaseCharKind
find_kind (gunichar c)
{
  switch (g_unichar_type (c)) {
  case G_UNICODE_CONTROL:
  case G_UNICODE_FORMAT:
  case G_UNICODE_SURROGATE:
  case G_UNICODE_CONNECT_PUNCTUATION:
  case G_UNICODE_DASH_PUNCTUATION:
  case G_UNICODE_CLOSE_PUNCTUATION:
  case G_UNICODE_FINAL_PUNCTUATION:
  case G_UNICODE_INITIAL_PUNCTUATION:
  case G_UNICODE_OTHER_PUNCTUATION:
  case G_UNICODE_OPEN_PUNCTUATION:
  case G_UNICODE_LINE_SEPARATOR:
  case G_UNICODE_PARAGRAPH_SEPARATOR:
  case G_UNICODE_SPACE_SEPARATOR:
    return c >= 0xe0020 && c <= 0xe007f ? BASE_CHAR_UNSPACED : BASE_CHAR_BREAK;
  case G_UNICODE_DECIMAL_NUMBER:
    return BASE_CHAR_DIGIT;
  case G_UNICODE_LOWERCASE_LETTER:
  case G_UNICODE_MODIFIER_LETTER:
  case G_UNICODE_OTHER_LETTER:
  case G_UNICODE_TITLECASE_LETTER:
  case G_UNICODE_UPPERCASE_LETTER:
  case G_UNICODE_SPACING_MARK:
  case G_UNICODE_ENCLOSING_MARK:
  case G_UNICODE_NON_SPACING_MARK:
    /* Some of kana are common to several scripts. */
    return (c >= 0x3000 && c < 0x3400) || is_unspaced_script (g_unichar_get_script (c))
               ? BASE_CHAR_UNSPACED
               : BASE_CHAR_LETTER;
  case G_UNICODE_PRIVATE_USE:
  case G_UNICODE_UNASSIGNED: /* of which GLib does not know yet; perhaps emoji */
  case G_UNICODE_LETTER_NUMBER:
  case G_UNICODE_OTHER_NUMBER:
  case G_UNICODE_CURRENCY_SYMBOL:
  case G_UNICODE_MODIFIER_SYMBOL:
  case G_UNICODE_MATH_SYMBOL:
  case G_UNICODE_OTHER_SYMBOL:
    return c == 0xfffd ? BASE_CHAR_BREAK : BASE_CHAR_UNSPACED;
  default:
    return BASE_CHAR_BREAK;
  }
}

const BaseCharPage *
base_char_make_page (guint number)
{
  BaseCharPage *page = g_new0 (BaseCharPage, 1);

  for (guint i = 0; i < 256; i++) {
    gunichar c = number << 8 | i;

    page->kinds[i] = c < 0x80 ? base_char_bytes[c] : find_kind (c);
    if (c < 0xd800 || c > 0xdfff)
      make_fold (&page->folds[i], c);
  }
  if (!g_atomic_pointer_compare_and_exchange (&base_char_pages[number], NULL, page))
    g_free (page); /* another thread was quicker */
  return g_atomic_pointer_get (&base_char_pages[number]);
}

/* ---- initials ---- */

guint
base_char_get_initials (gunichar c, guint8 initials[2])
{
  /* What an input method makes one of (ㄱ and ㅅ: ㄳ) are two. */
  static const gint8 consonants[N_CONSONANTS][2] = {
    { 0, -1 },  { 1, -1 },  { 0, 9 },   { 2, -1 },  { 2, 12 },  { 2, 18 },  { 3, -1 },  { 4, -1 },
    { 5, -1 },  { 5, 0 },   { 5, 6 },   { 5, 7 },   { 5, 9 },   { 5, 16 },  { 5, 17 },  { 5, 18 },
    { 6, -1 },  { 7, -1 },  { 8, -1 },  { 7, 9 },   { 9, -1 },  { 10, -1 }, { 11, -1 }, { 12, -1 },
    { 13, -1 }, { 14, -1 }, { 15, -1 }, { 16, -1 }, { 17, -1 }, { 18, -1 },
  };

  if (base_char_is_syllable (c)) {
    initials[0] = (guint8)((c - 0xac00) / (N_VOWELS * N_FINALS));
    return 1;
  }
  if (c >= CONSONANTS && c < CONSONANTS + N_CONSONANTS) {
    const gint8 *of = consonants[c - CONSONANTS];

    initials[0] = (guint8)of[0];
    if (of[1] < 0)
      return 1;
    initials[1] = (guint8)of[1];
    return 2;
  }
  if (c >= INITIALS && c < INITIALS + N_INITIALS) {
    initials[0] = (guint8)(c - INITIALS);
    return 1;
  }
  return 0;
}
