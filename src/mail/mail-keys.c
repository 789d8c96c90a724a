/* Sorted keys.  Pure; runs on the main thread for every change, so each step is one binary
 * search and one memmove, and the caller may stop between any two of them. */
#include "mail-keys.h"

guint
mail_keys_place (GArray *keys, StoreKey key)
{
  guint low = 0, high = keys->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (g_array_index (keys, StoreKey, middle) > key)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Keys passed over in one call when there is nothing to do about them. */
#define MAX_PASSED_OVER 1000

void
mail_keys_find_run (GArray *keys, GArray *gone, guint *next, guint end, guint *found, guint *length)
{
  *found = *length = 0;
  for (guint i = 0; i < MAX_PASSED_OVER && *next < end; i++) {
    guint place = mail_keys_place (keys, g_array_index (gone, StoreKey, *next)), n = 0;

    while (*next + n < end && place + n < keys->len
           && g_array_index (gone, StoreKey, *next + n)
                  == g_array_index (keys, StoreKey, place + n))
      n++;
    *next += MAX (n, 1);
    if (n == 0)
      continue; /* it never was here */
    *found = place;
    *length = n;
    return;
  }
}

gboolean
mail_keys_remove_run (GArray *keys, GArray *gone, guint *next, guint end, MailKeysRun *run)
{
  guint place, n;

  *run = (MailKeysRun){ 0, 0, 0 };
  if (*next >= end)
    return FALSE;
  mail_keys_find_run (keys, gone, next, end, &place, &n);
  if (n > 0) {
    g_array_remove_range (keys, place, n);
    *run = (MailKeysRun){ place, n, 0 };
  }
  return TRUE;
}

void
mail_keys_find_place (GArray *keys, GArray *come, guint *next, guint end, guint *found,
                      guint *length)
{
  *found = *length = 0;
  for (guint i = 0; i < MAX_PASSED_OVER && *next < end; i++) {
    const StoreKey *from = &g_array_index (come, StoreKey, *next);
    guint place = mail_keys_place (keys, *from), left = end - *next, n = 1;

    if (place < keys->len && g_array_index (keys, StoreKey, place) == *from) {
      *next += 1;
      continue;
    }
    while (n < left && from[n] < from[n - 1]
           && (place == keys->len || from[n] > g_array_index (keys, StoreKey, place)))
      n++;
    *found = place;
    *length = n;
    return;
  }
}

gboolean
mail_keys_insert_run (GArray *keys, GArray *come, guint *next, guint end, MailKeysRun *run)
{
  guint place, n;

  *run = (MailKeysRun){ 0, 0, 0 };
  if (*next >= end)
    return FALSE;
  mail_keys_find_place (keys, come, next, end, &place, &n);
  if (n > 0) {
    g_array_insert_vals (keys, place, &g_array_index (come, StoreKey, *next), n);
    *next += n;
    *run = (MailKeysRun){ place, 0, n };
  }
  return TRUE;
}

/* ---- journal ---- */

struct _MailKeysJournal
{
  GHashTable *events; /* StoreKey -> MailKeysEvent */
};

MailKeysJournal *
mail_keys_journal_new (void)
{
  MailKeysJournal *self = g_new0 (MailKeysJournal, 1);

  self->events = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return self;
}

void
mail_keys_journal_free (MailKeysJournal *self)
{
  g_hash_table_unref (self->events);
  g_free (self);
}

void
mail_keys_journal_note (MailKeysJournal *self, StoreKey key, MailKeysEvent event)
{
  g_hash_table_replace (self->events, g_memdup2 (&key, sizeof key), GINT_TO_POINTER (event));
}

static int
compare_descending (gconstpointer a, gconstpointer b)
{
  StoreKey one = *(const StoreKey *)a, two = *(const StoreKey *)b;

  return one > two ? -1 : one < two;
}

void
mail_keys_journal_correct (MailKeysJournal *self, GArray *chunk, StoreKey low, StoreKey high)
{
  g_autoptr (GArray) come = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  GHashTableIter iter;
  gpointer key, event;
  MailKeysRun run;
  guint next = 0;

  g_hash_table_iter_init (&iter, self->events);
  while (g_hash_table_iter_next (&iter, &key, &event)) {
    StoreKey k = *(StoreKey *)key;

    if (k < low || k >= high)
      continue;
    GArray *side = GPOINTER_TO_INT (event) == MAIL_KEYS_ADDED ? come : gone;
    g_array_append_val (side, k);
    g_hash_table_iter_remove (&iter);
  }
  g_array_sort (come, compare_descending);
  g_array_sort (gone, compare_descending);
  while (mail_keys_remove_run (chunk, gone, &next, gone->len, &run))
    ;
  next = 0;
  while (mail_keys_insert_run (chunk, come, &next, come->len, &run))
    ;
}
