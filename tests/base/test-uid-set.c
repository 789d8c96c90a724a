/* UID sets: by hand, and against a plain array of booleans with random work. */
#include "test-base.h"

#include <string.h>

#include "base-uid-set.h"

static void
test_parse (void)
{
  static const struct
  {
    const char *text, *printed;
  } cases[] = {
    { "1", "1" },
    { "1:5,8", "1:5,8" },
    { "8,5:1", "1:5,8" },
    { "1,2,3", "1:3" },
    { "5:9,1:7", "1:9" },
    { "4294967295", "4294967295" },
    { "4294967294:4294967295,1", "1,4294967294:4294967295" },
    { "", NULL },
    { "*", NULL },
    { "1:*", NULL },
    { "0", NULL },
    { "1:0", NULL },
    { "1,", NULL },
    { ",1", NULL },
    { "1:", NULL },
    { ":1", NULL },
    { "1:2:3", NULL },
    { "1 2", NULL },
    { "-1", NULL },
    { "4294967296", NULL },
    { "99999999999999999999999999", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (BaseUidSet) set = base_uid_set_parse (cases[i].text);
    g_autofree char *printed = set != NULL ? base_uid_set_to_string (set) : NULL;

    g_assert_cmpstr (printed, ==, cases[i].printed);
  }
}

static void
test_edges (void)
{
  g_autoptr (BaseUidSet) set = base_uid_set_new ();
  g_autoptr (BaseUidSet) all = base_uid_set_new ();
  g_autoptr (BaseUidSet) rest = NULL;
  g_autofree char *text = NULL;

  g_assert_true (base_uid_set_is_empty (set));
  base_uid_set_add (set, 0);
  g_assert_true (base_uid_set_is_empty (set));
  base_uid_set_add_range (set, 0, 3);
  g_assert_false (base_uid_set_contains (set, 0));
  base_uid_set_add (set, G_MAXUINT32);
  base_uid_set_add (set, G_MAXUINT32);
  base_uid_set_add (set, 4);
  text = base_uid_set_to_string (set);
  g_assert_cmpstr (text, ==, "1:4,4294967295");
  g_assert_cmpuint (base_uid_set_n_ranges (set), ==, 2);
  g_assert_cmpuint (base_uid_set_get_range (set, 1).first, ==, G_MAXUINT32);

  base_uid_set_add_range (all, G_MAXUINT32, 1);
  g_assert_cmpuint (base_uid_set_count (all), ==, G_MAXUINT32);
  rest = base_uid_set_subtract (set, all);
  g_assert_true (base_uid_set_is_empty (rest));
}

#define N 64

static void
fill_random (BaseUidSet *set, gboolean *plain)
{
  int adds = g_test_rand_int_range (0, 12);

  for (int i = 0; i < adds; i++) {
    int first = g_test_rand_int_range (1, N);
    int last = g_test_rand_int_range (1, N);

    if (g_test_rand_bit ())
      last = first;
    base_uid_set_add_range (set, (guint32)first, (guint32)last);
    for (int uid = MIN (first, last); uid <= MAX (first, last); uid++)
      plain[uid] = TRUE;
  }
}

static void
check_same (BaseUidSet *set, const gboolean *plain)
{
  g_autofree char *text = base_uid_set_to_string (set);
  g_autoptr (BaseUidSet) again = *text != '\0' ? base_uid_set_parse (text) : base_uid_set_new ();
  g_autofree char *text_again = base_uid_set_to_string (again);
  guint count = 0;

  for (int uid = 0; uid < N; uid++) {
    g_assert_cmpint (base_uid_set_contains (set, (guint32)uid), ==, plain[uid]);
    count += plain[uid] ? 1 : 0;
  }
  g_assert_cmpuint (base_uid_set_count (set), ==, count);
  g_assert_cmpstr (text_again, ==, text);
  for (guint i = 1; i < base_uid_set_n_ranges (set); i++)
    g_assert_cmpuint (base_uid_set_get_range (set, i).first, >,
                      base_uid_set_get_range (set, i - 1).last + 1);
}

static void
test_random (void)
{
  for (int round = 0; round < 2000; round++) {
    g_autoptr (BaseUidSet) a = base_uid_set_new ();
    g_autoptr (BaseUidSet) b = base_uid_set_new ();
    g_autoptr (BaseUidSet) copy = NULL;
    g_autoptr (BaseUidSet) rest = NULL;
    gboolean plain_a[N] = { FALSE };
    gboolean plain_b[N] = { FALSE };

    fill_random (a, plain_a);
    fill_random (b, plain_b);
    check_same (a, plain_a);
    copy = base_uid_set_dup (a);
    rest = base_uid_set_subtract (a, b);
    for (int uid = 0; uid < N; uid++)
      plain_b[uid] = plain_a[uid] && !plain_b[uid];
    check_same (rest, plain_b);
    check_same (copy, plain_a);
    fill_random (b, plain_b);
    base_uid_set_add_set (rest, b);
    for (int uid = 0; uid < N; uid++)
      plain_b[uid] |= base_uid_set_contains (rest, (guint32)uid);
    check_same (rest, plain_b);
    base_uid_set_add_set (a, b);
    for (int uid = 0; uid < N; uid++)
      plain_a[uid] |= base_uid_set_contains (b, (guint32)uid);
    check_same (a, plain_a);
  }
}

static void
test_strings (void)
{
  g_autoptr (BaseUidSet) set = base_uid_set_new ();
  g_autoptr (BaseUidSet) joined = base_uid_set_new ();
  g_autofree char *whole = NULL;
  g_autofree char *again = NULL;
  g_auto (GStrv) pieces = NULL;
  g_auto (GStrv) none = base_uid_set_to_strings (set, 10);

  g_assert_cmpuint (g_strv_length (none), ==, 0);
  for (guint32 uid = 1; uid < 3000; uid += 2)
    base_uid_set_add (set, uid);
  pieces = base_uid_set_to_strings (set, 100);
  for (guint i = 0; pieces[i] != NULL; i++) {
    g_autoptr (BaseUidSet) piece = base_uid_set_parse (pieces[i]);

    g_assert_cmpuint (strlen (pieces[i]), <=, 100);
    g_assert_nonnull (piece);
    for (guint j = 0; j < base_uid_set_n_ranges (piece); j++)
      base_uid_set_add (joined, base_uid_set_get_range (piece, j).first);
  }
  whole = base_uid_set_to_string (set);
  again = base_uid_set_to_string (joined);
  g_assert_cmpstr (again, ==, whole);
}

/* Half a million ranges in the worst order must not take quadratic time (it would be minutes). */
static void
test_hostile_order (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (BaseUidSet) set = NULL;

  for (guint32 uid = 1000000; uid > 0; uid -= 2)
    g_string_append_printf (text, "%" G_GUINT32_FORMAT "%s", uid, uid > 2 ? "," : "");
  set = base_uid_set_parse (text->str);
  g_assert_nonnull (set);
  g_assert_cmpuint (base_uid_set_n_ranges (set), ==, 500000);
}

/* The same for numbers one by one, and for two sets that lie between each other. */
static void
test_hostile_sets (void)
{
  g_autoptr (GArray) even = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (BaseUidSet) set = NULL, odd = base_uid_set_new ();

  for (guint32 uid = 3000000; uid > 0; uid -= 4) {
    const guint32 twice[] = { uid, 0, uid };

    g_array_append_vals (even, twice, 3);
  }
  for (guint32 uid = 2; uid < 3000000; uid += 4)
    base_uid_set_add (odd, uid);
  set = base_uid_set_new_from_array (even);
  g_assert_cmpuint (base_uid_set_n_ranges (set), ==, 750000);
  base_uid_set_add_set (set, odd);
  g_assert_cmpuint (base_uid_set_n_ranges (set), ==, 1500000);
}

/* More ranges than anybody has are refused before they take much memory. */
static void
test_too_many (void)
{
  g_autoptr (GString) text = g_string_new ("1");

  for (guint i = 1; i < BASE_UID_SET_MAX_PARSED; i++)
    g_string_append_printf (text, ",%u", 1 + 2 * i);
  {
    g_autoptr (BaseUidSet) set = base_uid_set_parse (text->str);

    g_assert_nonnull (set);
  }
  g_string_append (text, ",4000000");
  g_assert_null (base_uid_set_parse (text->str));
}

void
test_uid_set_add (void)
{
  g_test_add_func ("/base/uid-set/parse", test_parse);
  g_test_add_func ("/base/uid-set/edges", test_edges);
  g_test_add_func ("/base/uid-set/random", test_random);
  g_test_add_func ("/base/uid-set/strings", test_strings);
  g_test_add_func ("/base/uid-set/hostile-order", test_hostile_order);
  g_test_add_func ("/base/uid-set/hostile-sets", test_hostile_sets);
  g_test_add_func ("/base/uid-set/too-many", test_too_many);
}
