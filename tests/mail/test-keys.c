/* Sorted keys and their journal, and what was found, against a plain recomputation. */
#include "mail-found.h"
#include "mail-keys.h"
#include "mail-rows.h"
#include "test-mail.h"

#include "base-error.h"

static GArray *
make (const StoreKey *keys, guint n)
{
  GArray *array = g_array_new (FALSE, FALSE, sizeof (StoreKey));

  g_array_append_vals (array, keys, n);
  return array;
}

static void
assert_keys (GArray *keys, const StoreKey *wanted, guint n)
{
  g_assert_cmpmem (keys->data, keys->len * sizeof (StoreKey), wanted, n * sizeof (StoreKey));
}

static void
test_runs (void)
{
  const StoreKey start[] = { 90, 80, 70, 60, 50 }, gone[] = { 95, 80, 70, 55, 50 },
                 left[] = { 90, 60 };
  const StoreKey come[] = { 99, 98, 90, 65, 64, 10 }, all[] = { 99, 98, 90, 65, 64, 60, 10 };
  g_autoptr (GArray) keys = make (start, G_N_ELEMENTS (start));
  g_autoptr (GArray) removed = make (gone, G_N_ELEMENTS (gone));
  g_autoptr (GArray) added = make (come, G_N_ELEMENTS (come));
  MailKeysRun run;
  guint next = 0;

  g_assert_true (mail_keys_remove_run (keys, removed, &next, removed->len, &run));
  g_assert_cmpuint (run.position, ==, 1);
  g_assert_cmpuint (run.removed, ==, 2);
  g_assert_true (mail_keys_remove_run (keys, removed, &next, removed->len, &run));
  g_assert_cmpuint (run.position, ==, 2);
  g_assert_cmpuint (run.removed, ==, 1);
  g_assert_false (mail_keys_remove_run (keys, removed, &next, removed->len, &run));
  assert_keys (keys, left, G_N_ELEMENTS (left));

  /* Nothing at or after the end is touched, not even as part of a run. */
  next = 0;
  g_assert_true (mail_keys_insert_run (keys, added, &next, 1, &run));
  g_assert_cmpuint (run.added, ==, 1);
  g_assert_false (mail_keys_insert_run (keys, added, &next, 1, &run));
  next = 0;
  g_assert_true (mail_keys_remove_run (keys, added, &next, 1, &run));
  g_assert_cmpuint (next, ==, 1);
  assert_keys (keys, left, G_N_ELEMENTS (left));

  next = 0;
  g_assert_true (mail_keys_insert_run (keys, added, &next, added->len, &run));
  g_assert_cmpuint (run.position, ==, 0);
  g_assert_cmpuint (run.added, ==, 2);
  g_assert_true (mail_keys_insert_run (keys, added, &next, added->len, &run));
  g_assert_cmpuint (run.position, ==, 3);
  g_assert_cmpuint (run.added, ==, 2);
  g_assert_true (mail_keys_insert_run (keys, added, &next, added->len, &run));
  g_assert_cmpuint (run.position, ==, 6);
  g_assert_cmpuint (run.added, ==, 1);
  g_assert_false (mail_keys_insert_run (keys, added, &next, added->len, &run));
  assert_keys (keys, all, G_N_ELEMENTS (all));
}

static int
descending (gconstpointer a, gconstpointer b)
{
  StoreKey one = *(const StoreKey *)a, two = *(const StoreKey *)b;

  return one > two ? -1 : one < two;
}

static GArray *
to_sorted (GHashTable *set)
{
  GArray *array = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    StoreKey k = GPOINTER_TO_INT (key);

    g_array_append_val (array, k);
  }
  g_array_sort (array, descending);
  return array;
}

static void
test_random (void)
{
  g_autoptr (GHashTable) truth = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (StoreKey));

  for (guint round = 0; round < 2000; round++) {
    g_autoptr (GHashTable) some = g_hash_table_new (NULL, NULL);
    gboolean adding = g_test_rand_int_range (0, 2) == 0;
    MailKeysRun run;
    guint next = 0;

    for (gint i = g_test_rand_int_range (0, 20); i > 0; i--)
      g_hash_table_add (some, GINT_TO_POINTER (g_test_rand_int_range (1, 200)));
    g_autoptr (GArray) batch = to_sorted (some);
    while (adding ? mail_keys_insert_run (keys, batch, &next, batch->len, &run)
                  : mail_keys_remove_run (keys, batch, &next, batch->len, &run))
      ;
    for (guint i = 0; i < batch->len; i++) {
      gpointer key = GINT_TO_POINTER ((gint)g_array_index (batch, StoreKey, i));

      if (adding)
        g_hash_table_add (truth, key);
      else
        g_hash_table_remove (truth, key);
    }
    g_autoptr (GArray) wanted = to_sorted (truth);
    assert_keys (keys, (StoreKey *)(gpointer)wanted->data, wanted->len);
  }
}

static void
test_journal (void)
{
  const StoreKey read[] = { 70, 60, 50 }, right[] = { 75, 70, 55 };
  g_autoptr (GArray) chunk = make (read, G_N_ELEMENTS (read));
  g_autoptr (MailKeysJournal) journal = mail_keys_journal_new ();

  mail_keys_journal_note (journal, 60, MAIL_KEYS_REMOVED);
  mail_keys_journal_note (journal, 75, MAIL_KEYS_ADDED);
  mail_keys_journal_note (journal, 55, MAIL_KEYS_REMOVED);
  mail_keys_journal_note (journal, 55, MAIL_KEYS_ADDED); /* the last word counts */
  mail_keys_journal_note (journal, 50, MAIL_KEYS_ADDED);
  mail_keys_journal_note (journal, 50, MAIL_KEYS_REMOVED);
  mail_keys_journal_note (journal, 40, MAIL_KEYS_ADDED); /* not in this range */
  mail_keys_journal_note (journal, 80, MAIL_KEYS_ADDED);
  mail_keys_journal_correct (journal, chunk, 50, 80);
  assert_keys (chunk, right, G_N_ELEMENTS (right));
}

static void
test_rows (void)
{
  g_autoptr (MailRows) rows = mail_rows_new (3);

  for (gint64 id = 1; id <= 4; id++) {
    StoreItem *row = g_new0 (StoreItem, 1);

    row->id = id;
    mail_rows_put (rows, row);
    if (id == 3)
      g_assert_nonnull (mail_rows_get (rows, 1)); /* used, so 2 is the one to go */
  }
  g_assert_null (mail_rows_get (rows, 2));
  g_assert_nonnull (mail_rows_get (rows, 1));
  mail_rows_drop (rows, 1);
  g_assert_null (mail_rows_get (rows, 1));
}

/* Any list becomes any other by its runs, and what stays keeps its order. */
static void
test_diff (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (g_test_rand_int ());

  for (guint round = 0; round < 500; round++) {
    g_autoptr (GArray) from = g_array_new (FALSE, FALSE, sizeof (StoreKey));
    g_autoptr (GArray) to = g_array_new (FALSE, FALSE, sizeof (StoreKey));
    g_autoptr (GHashTable) stay = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr (GArray) result = NULL;

    for (guint id = 1; id <= 30; id++) {
      StoreKey key = STORE_KEY_MAKE (g_rand_int_range (random, 1, 100), id);
      gint64 item = id;

      if (g_rand_int_range (random, 0, 3) > 0)
        g_array_insert_val (from, g_rand_int_range (random, 0, (gint)from->len + 1), key);
      if (g_rand_int_range (random, 0, 3) > 0)
        g_array_insert_val (to, g_rand_int_range (random, 0, (gint)to->len + 1), key);
      if (g_rand_int_range (random, 0, 8) == 0)
        g_hash_table_add (stay, g_memdup2 (&item, sizeof item));
    }
    if (round % 3 == 0) { /* nearly the same */
      g_array_set_size (to, 0);
      g_array_append_vals (to, from->data, from->len);
      if (to->len > 3)
        g_array_remove_index (to, to->len / 2);
    }
    g_autoptr (GArray) runs = mail_keys_diff (from, to, stay, &result);
    guint moved = 0;
    for (guint i = 0; i < runs->len; i++) {
      MailKeysRun *run = &g_array_index (runs, MailKeysRun, i);

      if (run->removed > 0)
        g_array_remove_range (from, run->position, run->removed);
      if (run->added > 0)
        g_array_insert_vals (from, run->position, &g_array_index (result, StoreKey, run->position),
                             run->added);
      moved += run->removed + run->added;
    }
    g_assert_cmpmem (from->data, from->len * sizeof (StoreKey), result->data,
                     result->len * sizeof (StoreKey));
    if (round % 3 == 0)
      g_assert_cmpuint (moved, <=, 1);
    /* Without what stayed, it is what was wished for. */
    guint next = 0;
    for (guint i = 0; i < result->len; i++) {
      StoreKey key = g_array_index (result, StoreKey, i);
      gint64 id = STORE_KEY_ID (key);

      if (next < to->len && g_array_index (to, StoreKey, next) == key)
        next++;
      else
        g_assert_true (g_hash_table_contains (stay, &id));
    }
    g_assert_cmpuint (next, ==, to->len);
  }
}

/* Rows that these runs take out between two positions of the list as it was. */
static guint
count_removed (GArray *runs, guint low, guint high)
{
  guint n = 0, shift = 0;

  for (guint i = 0; i < runs->len; i++) {
    MailKeysRun *run = &g_array_index (runs, MailKeysRun, i);
    guint from = MAX (run->position - shift, low);
    guint to = MIN (run->position - shift + run->removed, high);

    n += to > from ? to - from : 0;
    shift += run->added - run->removed;
  }
  return n;
}

/* Thousands of runs become some hundreds that lead to the same; where somebody looks no row is touched that may stay. */
static void
test_gather (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (g_test_rand_int ());
  const guint nears[] = { 0, 150, 2500, 4999, 100000 };

  for (guint round = 0; round < G_N_ELEMENTS (nears); round++) {
    g_autoptr (GArray) from = g_array_new (FALSE, FALSE, sizeof (StoreKey));
    g_autoptr (GArray) to = g_array_new (FALSE, FALSE, sizeof (StoreKey));
    g_autoptr (GArray) result = NULL;
    guint near = nears[round];

    for (gint64 id = 1; id <= 10000; id++) {
      StoreKey key = STORE_KEY_MAKE (10001 - id, id);
      gint place = g_rand_int_range (random, 0, 4);

      if (place != 0)
        g_array_append_val (from, key);
      if (place != 1)
        g_array_append_val (to, key);
    }
    g_autoptr (GArray) runs = mail_keys_diff (from, to, NULL, &result);
    g_autoptr (GArray) few = mail_keys_gather (runs, near);
    g_assert_cmpuint (runs->len, >, 2000);
    g_assert_cmpuint (few->len, <=, 502);
    g_assert_cmpuint (count_removed (few, near - MIN (near, 200), near + 200), ==,
                      count_removed (runs, near - MIN (near, 200), near + 200));
    for (guint i = 0; i < few->len; i++) {
      MailKeysRun *run = &g_array_index (few, MailKeysRun, i);

      if (run->removed > 0)
        g_array_remove_range (from, run->position, run->removed);
      g_array_insert_vals (from, run->position, &g_array_index (result, StoreKey, run->position),
                           run->added);
    }
    g_assert_cmpmem (from->data, from->len * sizeof (StoreKey), result->data,
                     result->len * sizeof (StoreKey));
  }
}

static void
put_some (MailFoundTable *table, GHashTable *plain, guint n)
{
  for (guint i = 0; i < n; i++) {
    gint64 id = g_test_rand_int_range (1, 5000), message = g_test_rand_int_range (1, G_MAXINT32);

    mail_found_table_put (table, id)->message = message;
    g_hash_table_insert (plain, GINT_TO_POINTER (id), GINT_TO_POINTER (message));
  }
}

/* All of `plain`, and of `more` what that lacks; nothing else. */
static void
assert_found (MailFoundTable *table, GHashTable *plain, GHashTable *more)
{
  for (gint64 id = 0; id <= 5000; id++) {
    const MailFound *found = mail_found_table_get (table, id);
    gpointer message = g_hash_table_lookup (plain, GINT_TO_POINTER (id));

    if (message == NULL && more != NULL)
      message = g_hash_table_lookup (more, GINT_TO_POINTER (id));
    g_assert_cmpint (found != NULL ? found->message : 0, ==, GPOINTER_TO_INT (message));
  }
}

static void
test_found (void)
{
  g_autoptr (MailFoundTable) table = mail_found_table_new ();
  g_autoptr (MailFoundTable) later = mail_found_table_new ();
  g_autoptr (GHashTable) plain = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) plain_later = g_hash_table_new (NULL, NULL);

  assert_found (table, plain, NULL);
  for (guint i = 0; i < 8; i++) {
    put_some (table, plain, 300);
    assert_found (table, plain, NULL);
  }
  put_some (later, plain_later, 1000);
  g_autoptr (MailFoundTable) copy = mail_found_table_copy (later);
  mail_found_table_fill_up (copy, table);
  assert_found (copy, plain_later, plain);
  assert_found (later, plain_later, NULL);
  assert_found (table, plain, NULL);
  g_autoptr (MailFoundTable) other = mail_found_table_ref (copy);
  g_clear_pointer (&copy, mail_found_table_unref);
  assert_found (other, plain_later, plain);
}

void
add_keys_tests (void)
{
  g_test_add_func ("/mail/found-table", test_found);
  g_test_add_func ("/mail/keys/gather", test_gather);
  g_test_add_func ("/mail/keys/diff", test_diff);
  g_test_add_func ("/mail/keys/runs", test_runs);
  g_test_add_func ("/mail/keys/random", test_random);
  g_test_add_func ("/mail/keys/journal", test_journal);
  g_test_add_func ("/mail/rows", test_rows);
}
