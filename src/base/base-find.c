/* Finding a term, see the header.  Must be quick: it looks at thousands of texts while somebody types. */
#include "base-find.h"

#include <string.h>

#include "base-chars.h"
#include "base-fold.h"

struct _BaseFind
{
  char *folded; /* white space as one blank each */
  gsize length;
  gsize head;         /* octets up to the first blank */
  BaseCharKind first; /* of the first character */
  BaseCharKind last;
  gboolean whole;
  guint8 *initials; /* NULL: not looked for */
  guint n_initials;
};

static void
squeeze (BaseFind *self)
{
  gsize n = 0;

  for (gsize i = 0; i < self->length; i++) {
    if (!base_char_is_space (self->folded[i]))
      self->folded[n++] = self->folded[i];
    else if (n > 0 && self->folded[n - 1] != ' ')
      self->folded[n++] = ' ';
  }
  if (n > 0 && self->folded[n - 1] == ' ')
    n--;
  self->folded[n] = '\0';
  self->length = n;
}

static void
take_initials (BaseFind *self)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();

  for (const char *at = self->folded, *next; *at != '\0'; at = next) {
    guint8 initials[2];
    gunichar c = base_char_next (at, &next);
    guint n = base_char_get_initials (c, initials);

    if (n == 0 || base_char_is_syllable (c))
      return;
    g_byte_array_append (all, initials, n);
  }
  self->n_initials = all->len;
  self->initials = g_byte_array_free (g_steal_pointer (&all), FALSE);
}

BaseFind *
base_find_new (const char *term, BaseFindFlags flags)
{
  BaseFind *self = g_new0 (BaseFind, 1);
  const char *next, *blank;

  self->folded = base_fold (term, -1, &self->length);
  squeeze (self);
  if (self->length == 0)
    return self;
  blank = strchr (self->folded, ' ');
  self->head = blank != NULL ? (gsize)(blank - self->folded) : self->length;
  self->first = base_char_kind_at (self->folded, &next);
  self->last = base_char_kind_at (base_char_previous (self->folded + self->length), &next);
  self->whole = (flags & BASE_FIND_WHOLE) != 0;
  if ((flags & BASE_FIND_INITIALS) != 0)
    take_initials (self);
  return self;
}

void
base_find_free (BaseFind *self)
{
  g_free (self->folded);
  g_free (self->initials);
  g_free (self);
}

const char *
base_find_get_folded (const BaseFind *self, gsize *length)
{
  if (length != NULL)
    *length = self->length;
  return self->folded;
}

gboolean
base_find_is_whole (const BaseFind *self)
{
  return self->whole;
}

/* What stands between two characters of this kind is no end of a word. */
static inline gboolean
is_one_word (BaseCharKind a, BaseCharKind b)
{
  return a == b && (a == BASE_CHAR_LETTER || a == BASE_CHAR_DIGIT);
}

/* The end of what is at `at`, of which the head is known to be there; NULL: it is not. */
static const char *
match_rest (const BaseFind *self, const char *text, const char *at, const char *end)
{
  const char *wanted = self->folded + self->head, *next;

  if (at > text && is_one_word (self->first, base_char_kind_at (base_char_previous (at), &next)))
    return NULL;
  at += self->head;
  for (; *wanted != '\0'; wanted++) {
    if (at == end)
      return NULL;
    if (*wanted == ' ') {
      if (!base_char_is_space (*at))
        return NULL;
      while (at < end && base_char_is_space (*at))
        at++;
    } else if (*at++ != *wanted) {
      return NULL;
    }
  }
  if (self->whole && at < end && is_one_word (self->last, base_char_kind_at (at, &next)))
    return NULL;
  return at;
}

static gboolean
look_for_text (const BaseFind *self, const char *text, const char *from, const char *end,
               const char **hit, const char **hit_end)
{
  for (const char *at = from;
       (at = memmem (at, (gsize)(end - at), self->folded, self->head)) != NULL; at++) {
    *hit_end = match_rest (self, text, at, end);
    if (*hit_end != NULL) {
      *hit = at;
      return TRUE;
    }
  }
  return FALSE;
}

static const char *
match_initials (const BaseFind *self, const char *at, const char *end)
{
  for (guint i = 0; i < self->n_initials;) {
    guint8 found[2];
    const char *next;
    guint n = at < end ? base_char_get_initials (base_char_next (at, &next), found) : 0;

    if (n == 0)
      return NULL;
    for (guint k = 0; k < n && i < self->n_initials; k++)
      if (found[k] != self->initials[i++])
        return NULL;
    at = next;
  }
  return at;
}

static gboolean
look_for_initials (const BaseFind *self, const char *from, const char *end, const char **hit,
                   const char **hit_end)
{
  for (const char *at = from, *next; at < end; at = next) {
    if ((guchar)*at < 0xe1) { /* neither jamo nor syllable */
      base_char_next (at, &next);
      continue;
    }
    base_char_next (at, &next);
    *hit_end = match_initials (self, at, end);
    if (*hit_end != NULL) {
      *hit = at;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
base_find_look (const BaseFind *self, const char *folded, gsize length, gsize from, gsize *start,
                gsize *end)
{
  const char *text_end = folded + length, *hit, *hit_end;
  gboolean found;

  if (self->length == 0 || from >= length)
    return FALSE;
  found = self->initials != NULL
              ? look_for_initials (self, folded + from, text_end, &hit, &hit_end)
              : look_for_text (self, folded, folded + from, text_end, &hit, &hit_end);
  if (!found)
    return FALSE;
  if (start != NULL)
    *start = (gsize)(hit - folded);
  if (end != NULL)
    *end = (gsize)(hit_end - folded);
  return TRUE;
}
