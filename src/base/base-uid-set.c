/* Sorted, disjoint, never touching ranges of UIDs in one array.  Pure; called from any thread that owns the set;
 * must stay cheap for sets that a hostile server makes as ragged as it can. */
#include "base-uid-set.h"

#include <string.h>

struct _BaseUidSet
{
  GArray
      *ranges; /* Owned: BaseUidRange, ascending, with a gap of at least one between neighbours */
};

#define RANGE(set, i) (g_array_index ((set)->ranges, BaseUidRange, (i)))

BaseUidSet *
base_uid_set_new (void)
{
  BaseUidSet *set = g_new0 (BaseUidSet, 1);

  set->ranges = g_array_new (FALSE, FALSE, sizeof (BaseUidRange));
  return set;
}

BaseUidSet *
base_uid_set_dup (const BaseUidSet *set)
{
  BaseUidSet *copy = base_uid_set_new ();

  g_array_append_vals (copy->ranges, set->ranges->data, set->ranges->len);
  return copy;
}

void
base_uid_set_free (BaseUidSet *set)
{
  if (set == NULL)
    return;

  g_array_unref (set->ranges);
  g_free (set);
}

/* Index of the first range that ends at or after `uid`. */
static guint
find (const BaseUidSet *set, guint32 uid)
{
  guint low = 0;
  guint high = set->ranges->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (RANGE (set, middle).last < uid)
      low = middle + 1;
    else
      high = middle;
  }

  return low;
}

void
base_uid_set_add (BaseUidSet *set, guint32 uid)
{
  base_uid_set_add_range (set, uid, uid);
}

void
base_uid_set_add_range (BaseUidSet *set, guint32 first, guint32 last)
{
  BaseUidRange range = { MIN (first, last), MAX (first, last) };
  guint begin, end;

  if (range.last == 0)
    return;
  range.first = MAX (range.first, 1);

  /* A range that ends right before this one is swallowed as well. */
  begin = find (set, range.first - 1);
  for (end = begin; end < set->ranges->len; end++) {
    if (range.last != G_MAXUINT32 && RANGE (set, end).first > range.last + 1)
      break;
    range.first = MIN (range.first, RANGE (set, end).first);
    range.last = MAX (range.last, RANGE (set, end).last);
  }

  if (end == begin) {
    g_array_insert_val (set->ranges, begin, range);
    return;
  }

  RANGE (set, begin) = range;
  if (end - begin > 1)
    g_array_remove_range (set->ranges, begin + 1, end - begin - 1);
}

void
base_uid_set_add_set (BaseUidSet *set, const BaseUidSet *other)
{
  g_autoptr (BaseUidSet) old = base_uid_set_new ();
  guint i = 0, k = 0;

  if (set->ranges->len == 0) {
    g_array_append_vals (set->ranges, other->ranges->data, other->ranges->len);
    return;
  }
  /* In the order of both, so that each is added at the end. */
  {
    GArray *ranges = old->ranges;
    old->ranges = set->ranges;
    set->ranges = ranges;
  }
  while (i < old->ranges->len || k < other->ranges->len) {
    gboolean from_old = k == other->ranges->len
                        || (i < old->ranges->len && RANGE (old, i).first <= RANGE (other, k).first);
    BaseUidRange range = from_old ? RANGE (old, i++) : RANGE (other, k++);

    base_uid_set_add_range (set, range.first, range.last);
  }
}

static int
compare_uids (gconstpointer a, gconstpointer b)
{
  guint32 uid_a = *(const guint32 *)a, uid_b = *(const guint32 *)b;

  return uid_a < uid_b ? -1 : uid_a > uid_b;
}

BaseUidSet *
base_uid_set_new_from_array (GArray *uids)
{
  BaseUidSet *set = base_uid_set_new ();

  g_array_sort (uids, compare_uids);
  for (guint i = 0; i < uids->len; i++)
    base_uid_set_add (set, g_array_index (uids, guint32, i));
  return set;
}

gboolean
base_uid_set_contains (const BaseUidSet *set, guint32 uid)
{
  guint i = find (set, uid);

  return uid != 0 && i < set->ranges->len && RANGE (set, i).first <= uid;
}

guint64
base_uid_set_count (const BaseUidSet *set)
{
  guint64 count = 0;

  for (guint i = 0; i < set->ranges->len; i++)
    count += (guint64)RANGE (set, i).last - RANGE (set, i).first + 1;

  return count;
}

gboolean
base_uid_set_is_empty (const BaseUidSet *set)
{
  return set->ranges->len == 0;
}

guint
base_uid_set_n_ranges (const BaseUidSet *set)
{
  return set->ranges->len;
}

BaseUidRange
base_uid_set_get_range (const BaseUidSet *set, guint index)
{
  const BaseUidRange none = { 0, 0 };

  g_return_val_if_fail (index < set->ranges->len, none);

  return RANGE (set, index);
}

BaseUidSet *
base_uid_set_subtract (const BaseUidSet *a, const BaseUidSet *b)
{
  BaseUidSet *rest = base_uid_set_new ();
  guint j = 0;

  for (guint i = 0; i < a->ranges->len; i++) {
    guint64 next = RANGE (a, i).first;
    guint32 last = RANGE (a, i).last;

    while (j < b->ranges->len && RANGE (b, j).last < next)
      j++;
    /* The range of b that reaches past `last` may cover the next one of a too: j stays on it. */
    for (guint k = j; k < b->ranges->len && RANGE (b, k).first <= last; k++) {
      if (RANGE (b, k).first > next)
        base_uid_set_add_range (rest, (guint32)next, RANGE (b, k).first - 1);
      next = (guint64)RANGE (b, k).last + 1;
      j = k;
    }
    if (next <= last)
      base_uid_set_add_range (rest, (guint32)next, last);
  }

  return rest;
}

/* A number from 1 to 2^32-1; moves *text behind it.  0 when there is none. */
static guint32
parse_uid (const char **text)
{
  const char *at = *text;
  guint64 value = 0;

  while (g_ascii_isdigit (*at) && value <= G_MAXUINT32)
    value = value * 10 + (guint64)(*at++ - '0');

  *text = at;
  return value <= G_MAXUINT32 ? (guint32)value : 0;
}

static int
compare_ranges (gconstpointer a, gconstpointer b)
{
  guint32 first_a = ((const BaseUidRange *)a)->first;
  guint32 first_b = ((const BaseUidRange *)b)->first;

  return first_a < first_b ? -1 : first_a > first_b;
}

BaseUidSet *
base_uid_set_parse (const char *text)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (BaseUidRange));
  BaseUidSet *set;

  for (;;) {
    guint32 first = parse_uid (&text);
    guint32 last = first;
    BaseUidRange range;

    if (first == 0 || found->len >= BASE_UID_SET_MAX_PARSED)
      return NULL;
    if (*text == ':') {
      text++;
      last = parse_uid (&text);
      if (last == 0)
        return NULL;
    }
    range = (BaseUidRange){ MIN (first, last), MAX (first, last) };
    g_array_append_val (found, range);
    if (*text == '\0')
      break;
    if (*text++ != ',')
      return NULL;
  }

  /* Sorted first, because adding at the end is cheap and in the middle is not. */
  g_array_sort (found, compare_ranges);
  set = base_uid_set_new ();
  for (guint i = 0; i < found->len; i++) {
    const BaseUidRange *range = &g_array_index (found, BaseUidRange, i);

    base_uid_set_add_range (set, range->first, range->last);
  }

  return set;
}

static void
print_range (BaseUidRange range, char buffer[24])
{
  if (range.first == range.last)
    g_snprintf (buffer, 24, "%" G_GUINT32_FORMAT, range.first);
  else
    g_snprintf (buffer, 24, "%" G_GUINT32_FORMAT ":%" G_GUINT32_FORMAT, range.first, range.last);
}

char *
base_uid_set_to_string (const BaseUidSet *set)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < set->ranges->len; i++) {
    char piece[24];

    print_range (RANGE (set, i), piece);
    if (text->len > 0)
      g_string_append_c (text, ',');
    g_string_append (text, piece);
  }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

GStrv
base_uid_set_to_strings (const BaseUidSet *set, gsize max_octets)
{
  g_autoptr (GStrvBuilder) pieces = g_strv_builder_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < set->ranges->len; i++) {
    char piece[24];

    print_range (RANGE (set, i), piece);
    if (text->len > 0 && text->len + 1 + strlen (piece) > max_octets) {
      g_strv_builder_add (pieces, text->str);
      g_string_truncate (text, 0);
    }
    if (text->len > 0)
      g_string_append_c (text, ',');
    g_string_append (text, piece);
  }
  if (text->len > 0)
    g_strv_builder_add (pieces, text->str);

  return g_strv_builder_end (pieces);
}
