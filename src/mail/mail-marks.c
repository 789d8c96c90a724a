/* Where the words of a query stand.  Pure. */
#include "mail-marks.h"

#include "base-find.h"
#include "base-fold.h"

#define MOST_RANGES 100 /* in one text; nobody sees more of a row */

typedef struct
{
  BaseFind *find;
  BaseQueryField field;
} Term;

struct _MailMarks
{
  gatomicrefcount refs;
  GArray *terms; /* of Term */
  char *words;
};

static void
term_clear (gpointer data)
{
  base_find_free (((Term *)data)->find);
}

/* What must not be there is not marked. */
static void
collect (const BaseQueryNode *node, GArray *terms, GString *words)
{
  if (node->kind == BASE_QUERY_TERM) {
    Term term = { base_find_new (node->text, node->exact ? BASE_FIND_WHOLE : BASE_FIND_INITIALS),
                  node->field };

    g_array_append_val (terms, term);
    if (node->field == BASE_QUERY_ANYWHERE || node->field == BASE_QUERY_BODY)
      g_string_append_printf (words, "%s%s", words->len > 0 ? "\n" : "", node->text);
  }
  for (guint i = 0;
       node->kind != BASE_QUERY_NOT && node->children != NULL && i < node->children->len; i++)
    collect (node->children->pdata[i], terms, words);
}

MailMarks *
mail_marks_new (BaseQuery *query)
{
  MailMarks *self = g_new0 (MailMarks, 1);
  GString *words = g_string_new (NULL);

  g_atomic_ref_count_init (&self->refs);
  self->terms = g_array_new (FALSE, FALSE, sizeof (Term));
  g_array_set_clear_func (self->terms, term_clear);
  collect (base_query_get_root (query), self->terms, words);
  self->words = g_string_free (words, FALSE);
  return self;
}

MailMarks *
mail_marks_ref (MailMarks *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mail_marks_unref (MailMarks *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_array_unref (self->terms);
  g_free (self->words);
  g_free (self);
}

const char *
mail_marks_get_words (const MailMarks *self)
{
  return self->words;
}

static gboolean
is_about (BaseQueryField field, BaseQueryField where)
{
  return field == BASE_QUERY_ANYWHERE || field == where
         || (where == BASE_QUERY_FROM && (field == BASE_QUERY_TO || field == BASE_QUERY_CC));
}

static int
compare_ranges (gconstpointer a, gconstpointer b)
{
  const MailRange *one = a, *two = b;

  return one->start != two->start ? (one->start > two->start) - (one->start < two->start)
                                  : (one->end < two->end) - (one->end > two->end);
}

static void
find_term (const Term *term, const BaseFolded *folded, GArray *ranges)
{
  gsize from = 0, start, end;

  while (ranges->len < MOST_RANGES
         && base_find_look (term->find, folded->folded, folded->length, from, &start, &end)
         && end > start) {
    gsize first, last;

    base_folded_get_range (folded, start, end, &first, &last);
    MailRange range = { (guint)first, (guint)last };
    g_array_append_val (ranges, range);
    from = end;
  }
}

GArray *
mail_marks_find (const MailMarks *self, BaseQueryField where, const char *text)
{
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (MailRange));
  g_autoptr (BaseFolded) folded = self->terms->len > 0 ? base_fold_with_places (text, -1) : NULL;
  guint kept = 0;

  for (guint i = 0; i < self->terms->len; i++) {
    const Term *term = &g_array_index (self->terms, Term, i);

    if (is_about (term->field, where))
      find_term (term, folded, ranges);
  }
  g_array_sort (ranges, compare_ranges);
  for (guint i = 0; i < ranges->len; i++) {
    MailRange range = g_array_index (ranges, MailRange, i);
    MailRange *last = kept > 0 ? &g_array_index (ranges, MailRange, kept - 1) : NULL;

    if (last != NULL && range.start <= last->end)
      last->end = MAX (last->end, range.end);
    else
      g_array_index (ranges, MailRange, kept++) = range;
  }
  g_array_set_size (ranges, kept);
  return ranges;
}
