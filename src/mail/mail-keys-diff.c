/* The least that has to come and go so that one list of keys becomes another: what keeps its order (the longest increasing
 * subsequence) is not touched.  Pure, for the store thread: it may take a while for long lists. */
#include "mail-keys.h"

#define ID(keys, i) STORE_KEY_ID (g_array_index (keys, StoreKey, i))
/* Each run costs a move of the whole tail: of more of them those far from what is looked at are told as one. */
#define MAX_RUNS 500

/* For each of `n` places (-1: none) whether it belongs to the longest increasing subsequence; the others become -1. */
static void
keep_longest (gint *places, guint n)
{
  g_autofree gint *before = g_new (gint, MAX (n, 1));
  g_autofree gint *ends =
      g_new (gint, MAX (n, 1)); /* of the best subsequence of each length: where it ends */
  guint length = 0;

  for (guint i = 0; i < n; i++) {
    guint low = 0, high = length;

    if (places[i] < 0)
      continue;
    while (low < high) {
      guint middle = (low + high) / 2;

      if (places[ends[middle]] < places[i])
        low = middle + 1;
      else
        high = middle;
    }
    before[i] = low > 0 ? ends[low - 1] : -1;
    ends[low] = (gint)i;
    length = MAX (length, low + 1);
  }
  gint kept = length > 0 ? ends[length - 1] : -1;
  for (gint i = (gint)n - 1; i >= 0; i--) {
    if (i == kept)
      kept = before[i];
    else
      places[i] = -1;
  }
}

static void
add_run (GArray *runs, guint position, guint removed, guint added)
{
  MailKeysRun run = { position, removed, added };

  if (removed > 0 || added > 0)
    g_array_append_val (runs, run);
}

GArray *
mail_keys_diff (GArray *from, GArray *to, GHashTable *stay, GArray **result)
{
  guint prefix = 0, suffix = 0, least = MIN (from->len, to->len);

  while (prefix < least && ID (from, prefix) == ID (to, prefix))
    prefix++;
  while (suffix < least - prefix
         && ID (from, from->len - 1 - suffix) == ID (to, to->len - 1 - suffix))
    suffix++;

  guint n = from->len - prefix - suffix, end = to->len - suffix;
  g_autofree gint *places = g_new (gint, MAX (n, 1));
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autofree gint64 *ids = g_new (gint64, MAX (end - prefix, 1));
  for (guint j = prefix; j < end; j++) {
    ids[j - prefix] = ID (to, j);
    g_hash_table_insert (by_id, &ids[j - prefix], GUINT_TO_POINTER (j + 1));
  }
  for (guint i = 0; i < n; i++) {
    gint64 id = ID (from, prefix + i);

    places[i] = (gint)GPOINTER_TO_UINT (g_hash_table_lookup (by_id, &id)) - 1;
  }
  keep_longest (places, n);

  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (MailKeysRun));
  GArray *all = g_array_sized_new (FALSE, FALSE, sizeof (StoreKey), to->len);
  guint removed = 0, j = prefix;
  if (prefix > 0)
    g_array_append_vals (all, to->data, prefix);
  for (guint i = 0; i < n; i++) {
    gint64 id = ID (from, prefix + i);

    if (places[i] >= 0) {
      guint added = (guint)places[i] - j;

      add_run (runs, all->len, removed, added);
      g_array_append_vals (all, &g_array_index (to, StoreKey, j), added + 1);
      j += added + 1;
      removed = 0;
    } else if (stay != NULL && g_hash_table_contains (stay, &id)
               && !g_hash_table_contains (by_id, &id)) {
      add_run (runs, all->len, removed, 0);
      g_array_append_vals (all, &g_array_index (from, StoreKey, prefix + i), 1);
      removed = 0;
    } else
      removed++;
  }
  add_run (runs, all->len, removed, end - j);
  if (to->len > j)
    g_array_append_vals (all, &g_array_index (to, StoreKey, j), to->len - j);
  *result = all;
  return g_steal_pointer (&runs);
}

/* These runs, and what stays between them, as one. */
static void
add_gathered (GArray *runs, GArray *all, guint first, guint end)
{
  if (first >= end)
    return;
  guint position = g_array_index (all, MailKeysRun, first).position;
  MailKeysRun *last = &g_array_index (all, MailKeysRun, end - 1);
  guint added = last->position + last->added - position, removed = added;

  for (guint i = first; i < end; i++) {
    MailKeysRun *run = &g_array_index (all, MailKeysRun, i);

    removed += run->removed - run->added;
  }
  add_run (runs, position, removed, added);
}

GArray *
mail_keys_gather (GArray *runs, guint near)
{
  guint middle = 0, shift = 0; /* what the runs before have made longer; may wrap below zero */

  if (runs->len <= MAX_RUNS)
    return g_array_ref (runs);
  for (; middle < runs->len; middle++) {
    MailKeysRun *run = &g_array_index (runs, MailKeysRun, middle);

    if (run->position - shift >= near)
      break;
    shift += run->added - run->removed;
  }
  guint low = middle - MIN (middle, MAX_RUNS / 2);
  guint high = MIN (middle + MAX_RUNS / 2, runs->len);
  GArray *few = g_array_sized_new (FALSE, FALSE, sizeof (MailKeysRun), high - low + 2);

  add_gathered (few, runs, 0, low);
  g_array_append_vals (few, &g_array_index (runs, MailKeysRun, low), high - low);
  add_gathered (few, runs, high, runs->len);
  return few;
}
