/* Which charset of single bytes an unlabelled text is in, of the languages that are written in Latin letters: by the letters that each language
 * has, and where in a word what is no letter stands.  Pure; any thread.  What one language of the West explains is never taken for another. */
#include "mime-charset-private.h"

#include <string.h>

#define LOOKED_AT 16384 /* octets */
#define LEAST     3     /* letters beyond ASCII from which they tell something */
#define TOLERATED 20    /* one of so many may be of another language: a name */

/* The letters of some languages that share a charset, in lower case, the frequent ones first. */
typedef struct
{
  const char *charset; /* as iconv calls it */
  const char *letters;
} Language;

static const Language western[] = {
  { "CP1252", "éàèùâêîôûëïüÿçœæ"
              "äöüßìò" },                 /* French, German, Italian, together as in Switzerland */
  { "CP1252", "áéíóúñüãçõâêôàïèòìùîëû" }, /* the languages of Spain, Portuguese, French, Italian */
  { "CP1252", "åäöæøéüßèàôê" },           /* the North, and German */
  { "CP1252", "áðéíóúýþæöø" },            /* Icelandic, Faroese */
  { "CP1252", "äöüõšžåé" },               /* Finnish, Estonian */
  { "CP1252", "éèëïöüêáíóúàçñô" },        /* Dutch, and foreign words in English */
};

static const Language eastern[] = {
  { "CP1250", "ąęłóśżćńź" },
  { "ISO-8859-2", "ąęłóśżćńź" }, /* Polish */
  { "CP1250", "áíéěřčžýšůúóňťď" },
  { "ISO-8859-2", "áíéěřčžýšůúóňťď" }, /* Czech */
  { "CP1250", "áéíčžúýšľťóňôäďĺŕ" },
  { "ISO-8859-2", "áéíčžúýšľťóňôäďĺŕ" }, /* Slovak */
  { "CP1250", "éáöóőüíúű" },
  { "ISO-8859-2", "éáöóőüíúű" }, /* Hungarian */
  { "CP1250", "čšžćđ" },
  { "ISO-8859-2", "čšžćđ" }, /* Croatian, Slovene */
  { "CP1250", "ăîâşţ" },
  { "ISO-8859-2", "ăîâşţ" },  /* Romanian */
  { "CP1254", "ıüşğçöİâîû" }, /* Turkish */
};

/* Every byte from 128 on as a charset has it; 0: it has none. */
typedef struct
{
  gboolean known; /* iconv has it */
  gunichar upper[128];
} Table;

static void
load_table (Table *table, const char *charset)
{
  GIConv cd = g_iconv_open ("UTF-8", charset);

  if (cd == (GIConv)-1)
    return;
  for (guint i = 0; i < 128; i++) {
    char in = (char)(128 + i), out[8];
    char *from = &in, *to = out;
    gsize left = 1, room = sizeof out;

    table->upper[i] = g_iconv (cd, &from, &left, &to, &room) == 0 && left == 0
                          ? g_utf8_get_char_validated (out, to - out)
                          : 0;
    if (table->upper[i] >= 0x110000)
      table->upper[i] = 0;
    g_iconv (cd, NULL, NULL, NULL, NULL);
  }
  g_iconv_close (cd);
  table->known = TRUE;
}

static Table tables[G_N_ELEMENTS (eastern) + 1]; /* the last is that of the western languages */

/* All of them, once: opening a charset costs a tenth of a millisecond when others were opened since, for the C library has let go of its module. */
static gpointer
load_tables (gpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (eastern); i++) {
    if (i > 0 && strcmp (eastern[i].charset, eastern[i - 1].charset) == 0)
      tables[i] = tables[i - 1];
    else
      load_table (&tables[i], eastern[i].charset);
  }
  load_table (&tables[G_N_ELEMENTS (eastern)], western[0].charset);
  return NULL;
}

/* The byte there is part of a word, as far as anybody can tell without knowing the charset. */
static gboolean
is_in_word (const guint8 *data, gsize length, gsize at)
{
  return at < length && (g_ascii_isalpha ((char)data[at]) || data[at] >= 0xc0);
}

typedef struct
{
  guint letters; /* that the language has */
  guint strange; /* what has no place in it */
  double score;
} Fit;

static Fit
fit (const Language *language, const Table *table, const guint8 *data, gsize length)
{
  Fit fit = { 0 };

  for (gsize i = 0; i < length; i++) {
    if (data[i] < 0x80)
      continue;
    gunichar c = table->upper[data[i] - 0x80];
    gboolean after = i > 0 && is_in_word (data, length, i - 1);
    gboolean before = is_in_word (data, length, i + 1);
    const char *found =
        c == 0 ? NULL : g_utf8_strchr (language->letters, -1, g_unichar_tolower (c));

    if (c == 0x130) /* İ: its small letter is i everywhere else */
      found = g_utf8_strchr (language->letters, -1, c);
    if (found != NULL) {
      fit.letters++;
      fit.score += 1.0 / (2 + (double)g_utf8_pointer_to_offset (language->letters, found));
    } else if (c == 0 || c < 0xa0 || g_unichar_isalpha (c)) {
      fit.strange++;
    } else if (after && before && c != 0x2019 && c != 0xb7 && c != 0xad && c != 0x2013) {
      fit.strange++; /* in the middle of a word only an apostrophe, a dot or a hyphen */
    } else if (before && (c == 0xb9 || c == 0xb2 || c == 0xb3 || c == 0xb1 || c == 0xb6)) {
      fit.strange++; /* no word begins with these */
    } else if (after
               && (c == 0xbf || c == 0xa1 || c == 0xb1 || c == 0xb6 || c == 0xbc || c == 0xbe)) {
      fit.strange++; /* and none ends with these */
    }
  }
  return fit;
}

static gboolean
explains (const Fit *fit)
{
  return fit->strange * TOLERATED <= fit->letters;
}

const char *
mime_charset_guess_latin (const char *text, gsize length)
{
  const guint8 *data = (const guint8 *)text;
  const Table *western_table = &tables[G_N_ELEMENTS (eastern)];
  const char *best = NULL;
  static GOnce once = G_ONCE_INIT;
  Fit best_fit = { 0 };

  g_once (&once, load_tables, NULL);
  if (!western_table->known)
    return NULL;
  length = MIN (length, LOOKED_AT);
  for (gsize i = 0; i < G_N_ELEMENTS (western); i++) {
    Fit here = fit (&western[i], western_table, data, length);
    if (explains (&here))
      return NULL;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (eastern); i++) {
    const Language *language = &eastern[i];

    if (!tables[i].known)
      continue;
    Fit here = fit (language, &tables[i], data, length);
    if (here.letters < (length < 100 ? LEAST - 1 : LEAST) || !explains (&here))
      continue;
    if (best == NULL || here.strange < best_fit.strange
        || (here.strange == best_fit.strange && here.score > best_fit.score)) {
      best = language->charset;
      best_fit = here;
    }
  }
  return best;
}
