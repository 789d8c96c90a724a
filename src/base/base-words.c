/* Tokens, see the header.  Each rule here is there twice, for texts and for terms; that they agree is what tests/base/test-words.c looks at. */
#include "base-words.h"

#include <string.h>

#include "base-chars.h"

#define MIXED_MAX 12 /* octets up to which a token goes on over where letters and digits meet */
#define MOST      5  /* tokens of a term */
#define INITIALS  3  /* that follow each other, in a token */

static inline gboolean
is_in_word (BaseCharKind kind)
{
  return kind == BASE_CHAR_LETTER || kind == BASE_CHAR_DIGIT;
}

/* Where the token ends that begins at `at` with a letter or digit; *part: where its first letters (or digits) end. */
static inline const char *
find_end (const char *at, const char *end, const char **part)
{
  const char *begin = at, *next, *stop = NULL;
  BaseCharKind first = base_char_kind_at (at, &next), kind = first;

  do {
    if (stop == NULL && next - begin > BASE_WORDS_MAX)
      stop = at;
    at = next;
    if (at == end)
      break;
    kind = base_char_kind_at (at, &next);
  } while (kind == first);
  *part = at;
  if (stop != NULL)
    return stop;
  while (at < end && is_in_word (kind) && next - begin <= MIXED_MAX) {
    at = next;
    if (at < end)
      kind = base_char_kind_at (at, &next);
  }
  return at;
}

/* ---- version ---- */

/* What each version of Unicode adds is of some type from then on.  There is nothing behind these planes but tags. */
#define LAST 0x3ffff

static gpointer
sum_types (gpointer sum)
{
  guint64 all = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (gunichar c = 0; c <= LAST; c++)
    all = (all ^ (guint64)g_unichar_type (c)) * G_GUINT64_CONSTANT (0x100000001b3);
  *(gint64 *)sum = (gint64)(all >> 16);
  return sum;
}

gint64
base_words_get_version (void)
{
  static GOnce once = G_ONCE_INIT;
  static gint64 sum;

  return *(const gint64 *)g_once (&once, sum_types, &sum) << 8 | BASE_WORDS_VERSION;
}

/* ---- texts ---- */

static const char *
add_part (const char *begin, const char *end, BaseWordFunc func, gpointer user_data)
{
  const char *part, *stop = find_end (begin, end, &part);

  /* An exact phrase may end where letters and digits meet. */
  if (func (begin, (gsize)(stop - begin), user_data) && part < stop)
    func (begin, (gsize)(part - begin), user_data);
  return part;
}

static const char *
add_run (const char *begin, const char *end, BaseWordFunc func, gpointer user_data)
{
  const char *last = NULL, *at = begin, *next;

  while (at < end && base_char_kind_at (at, &next) == BASE_CHAR_UNSPACED) {
    if (last != NULL)
      func (last, (gsize)(next - last), user_data);
    last = at;
    at = next;
  }
  func (last, (gsize)(at - last), user_data);
  return at;
}

void
base_words_of_text (const char *folded, gsize length, BaseWordFunc func, gpointer user_data)
{
  const char *at = folded, *end = folded + length, *next;

  while (at < end) {
    switch (base_char_kind_at (at, &next)) {
    case BASE_CHAR_BREAK:
      at = next;
      break;
    case BASE_CHAR_LETTER:
    case BASE_CHAR_DIGIT:
      at = add_part (at, end, func, user_data);
      break;
    case BASE_CHAR_UNSPACED:
      at = add_run (at, end, func, user_data);
      break;
    }
  }
}

/* ---- initials ---- */

static gsize
put_initial (char *to, guint8 initial)
{
  return (gsize)g_unichar_to_utf8 (0x1100 + (gunichar)initial, to);
}

void
base_words_of_initials (const char *folded, gsize length, BaseWordFunc func, gpointer user_data)
{
  char token[INITIALS * 3];
  gsize n = 0;

  for (const char *at = folded, *end = folded + length, *next; at < end || n > 0; at = next) {
    guint8 initials[2];
    guint found = at < end ? base_char_get_initials (base_char_next (at, &next), initials) : 0;

    for (guint i = 0; i < found; i++) {
      n += put_initial (token + n, initials[i]);
      if (n == sizeof token) {
        func (token, n, user_data);
        memmove (token, token + 3, n -= 3);
      }
    }
    for (gsize from = 0; found == 0 && from < n; from += 3)
      func (token + from, n - from, user_data);
    if (found == 0)
      n = 0;
    if (at >= end)
      break;
  }
}

/* ---- terms ---- */

static void
word_free (gpointer data)
{
  BaseWord *word = data;

  g_free (word->token);
  g_free (word);
}

static void
take_word (GPtrArray *words, const char *token, gsize length, gboolean prefix, guint rank)
{
  BaseWord *word;

  for (guint i = 0; i < words->len; i++) {
    const BaseWord *other = words->pdata[i];

    if (other->prefix == prefix && strlen (other->token) == length
        && memcmp (other->token, token, length) == 0)
      return;
  }
  word = g_new (BaseWord, 1);
  word->token = g_strndup (token, length);
  word->prefix = prefix;
  word->rank = rank;
  g_ptr_array_add (words, word);
}

static const char *
take_part (const char *begin, const char *end, gboolean whole, GPtrArray *words)
{
  const char *part, *stop = find_end (begin, end, &part);

  take_word (words, begin, (gsize)(stop - begin), stop == end && (!whole || part < end), 0);
  return part;
}

static const char *
take_run (const char *begin, const char *end, GPtrArray *words)
{
  const char *last = NULL, *at = begin, *next;
  guint rank = 0;

  while (at < end && base_char_kind_at (at, &next) == BASE_CHAR_UNSPACED) {
    if (last != NULL)
      take_word (words, last, (gsize)(next - last), FALSE, rank++);
    last = at;
    at = next;
  }
  if (last == begin) /* alone: what follows it in the text is not known, if nothing does here */
    take_word (words, begin, (gsize)(at - begin), at == end, 0);
  return at;
}

/* Those that are rarer, as a rule: long words, and of runs the first characters, for in Korean many end alike. */
static int
compare_words (gconstpointer a, gconstpointer b)
{
  const BaseWord *one = *(BaseWord *const *)a, *other = *(BaseWord *const *)b;
  gsize length = strlen (one->token), other_length = strlen (other->token);

  if (length != other_length)
    return length < other_length ? 1 : -1;
  return (one->rank > other->rank) - (one->rank < other->rank);
}

static GPtrArray *
choose_words (GPtrArray *words)
{
  g_ptr_array_sort (words, compare_words);
  if (words->len > MOST)
    g_ptr_array_set_size (words, MOST);
  return words;
}

GPtrArray *
base_words_of_term (const char *folded, gsize length, gboolean whole)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (word_free);
  const char *at = folded, *end = folded + length, *next;

  while (at < end) {
    switch (base_char_kind_at (at, &next)) {
    case BASE_CHAR_BREAK:
      at = next;
      break;
    case BASE_CHAR_LETTER:
    case BASE_CHAR_DIGIT:
      at = take_part (at, end, whole, words);
      break;
    case BASE_CHAR_UNSPACED:
      at = take_run (at, end, words);
      break;
    }
  }
  return choose_words (words);
}

GPtrArray *
base_words_of_initials_term (const char *folded, gsize length)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (word_free);
  g_autoptr (GString) initials = g_string_new (NULL);
  gsize size;

  for (const char *at = folded, *next; at < folded + length; at = next) {
    guint8 found[2];
    char utf8[6];
    guint n = base_char_get_initials (base_char_next (at, &next), found);

    if (n == 0 || base_char_is_syllable (g_utf8_get_char (at))) {
      g_ptr_array_unref (words);
      return NULL;
    }
    for (guint i = 0; i < n; i++)
      g_string_append_len (initials, utf8, (gssize)put_initial (utf8, found[i]));
  }
  if (initials->len == 0) {
    g_ptr_array_unref (words);
    return NULL;
  }
  size = MIN (initials->len, INITIALS * 3);
  for (gsize i = 0; i + size <= initials->len; i += 3)
    take_word (words, initials->str + i, size, size < INITIALS * 3, 0);
  return choose_words (words);
}
