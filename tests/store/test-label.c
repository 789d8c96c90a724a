/* Labels of messages. */
#include "base-error.h"
#include "base-query.h"
#include <locale.h>

#include "locales.h"
#include "store-message.h"
#include "store-search-private.h"
#include "test-store.h"

static void
set (Profile *profile, guint32 uid, const char *labels)
{
  g_auto (GStrv) each = g_strsplit (labels, "|", -1);
  g_autoptr (GError) error = NULL;

  g_assert_true (store_message_set_labels (profile->db, profile->inbox, uid,
                                           (const char *const *)each, &error));
  g_assert_no_error (error);
}

static void
check_list (Profile *profile, guint most, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) list = store_label_list (profile->db, most, &error);
  g_autofree char *joined = NULL;

  g_assert_no_error (error);
  joined = g_strjoinv ("|", list);
  g_assert_cmpstr (joined, ==, expected);
}

/* As they are shown, each once; what programs note for themselves, and what nothing has any more, is none. */
static void
test_list (void)
{
  g_autoptr (Profile) profile = profile_new ();

  check_list (profile, 10, "");
  for (guint i = 1; i <= 4; i++)
    add_message (profile, profile->inbox, i, i, 0, NULL);
  set (profile, 1, "zebra|$label2|\\Inbox");
  set (profile, 2, "zebra|$label2|\\Inbox");
  set (profile, 3, "project-x|zebra|$Phishing");
  set (profile, 4, "Zebra|한글");
  check_list (profile, 10, "Work|Zebra|project-x|한글");
  check_list (profile, 2, "Work|Zebra");
  set (profile, 3, "");
  check_list (profile, 10, "Work|Zebra|한글");
}

/* As a dictionary of the person's language has them. */
static void
test_language (void)
{
  g_autoptr (Profile) profile = profile_new ();

  add_message (profile, profile->inbox, 1, 1, 0, NULL);
  set (profile, 1, "Zoo|Ärger|anfang|Bach");
  locales_set (LC_COLLATE, "de_DE.UTF-8");
  check_list (profile, 9, "anfang|Ärger|Bach|Zoo");
  locales_set (LC_COLLATE, "sv_SE.UTF-8");
  check_list (profile, 9, "anfang|Bach|Zoo|Ärger");
  set (profile, 1, "하늘|가나|나비|다리");
  locales_set (LC_COLLATE, "ko_KR.UTF-8");
  check_list (profile, 9, "가나|나비|다리|하늘");
  locales_set (LC_COLLATE, "C");
  locales_remove ();
}

static int
count (unsigned int kind, void *data, void *statement, void *sql)
{
  (*(guint *)data)++;
  return 0;
}

/* As many steps as there are sets of labels, not messages. */
static void
test_many (void)
{
  g_autoptr (Profile) profile = profile_new ();
  guint steps = 0;

  for (guint i = 1; i <= 500; i++) {
    add_message (profile, profile->inbox, i, i, 0, NULL);
    set (profile, i, i % 2 == 0 ? "even" : "odd");
  }
  sqlite3_trace_v2 (profile->db->sqlite, SQLITE_TRACE_STMT, count, &steps);
  check_list (profile, 10, "even|odd");
  sqlite3_trace_v2 (profile->db->sqlite, 0, NULL, NULL);
  g_assert_cmpuint (steps, ==, 3);
}

/* Keywords that are flags here are labels to who asks for them. */
static void
test_called (void)
{
  g_assert_true (store_label_is_called ("a\nProject-X", 0, "project-x"));
  g_assert_false (store_label_is_called ("a\nProject-X", 0, "project"));
  g_assert_false (store_label_is_called (NULL, 0, "project-x"));
  g_assert_true (store_label_is_called (NULL, STORE_FLAG_FORWARDED, "$forwarded"));
  g_assert_true (store_label_is_called (NULL, STORE_FLAG_JUNK, "junk"));
  g_assert_false (store_label_is_called (NULL, STORE_FLAG_NOT_JUNK, "junk"));
}

/* ---- looking for them ---- */

#define MANY 300
#define NOW  1700000000

/* All hits, their UIDs in their order; `looked`: at so many rows. */
static void
check_found (Profile *profile, StoreSearch *search, const char *expected, guint looked)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) hits = store_search_next (search, MANY + 1, NULL, &error);
  g_autoptr (GString) uids = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < hits->len; i++)
    g_string_append_printf (uids, "%s%u", i > 0 ? " " : "",
                            uid_of (profile, g_array_index (hits, StoreHit, i).message));
  g_assert_cmpstr (uids->str, ==, expected);
  g_assert_cmpuint (search->looked, ==, looked);
}

static void
check_query (Profile *profile, gint64 folder, const char *typed, const char *expected, guint looked)
{
  g_autoptr (BaseQuery) query = base_query_parse (typed, NOW);
  const StoreSearchScope scope = { .folder = folder };
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreSearch) search = store_search_new (profile->db, query, &scope, &error);

  g_assert_no_error (error);
  g_test_message ("%s", typed);
  check_found (profile, search, expected, looked);
}

/* Who has it is looked at, not all there are. */
static void
test_leads (void)
{
  g_autoptr (Profile) profile = profile_new ();

  for (guint i = 1; i <= MANY; i++)
    add_message (profile, profile->inbox, i, i, i == 7 ? STORE_FLAG_FORWARDED : 0, NULL);
  for (guint i = 1; i <= 5; i++)
    add_message (profile, profile->archive, i, MANY + i, 0, NULL);
  set (profile, 20, "zebra|$label2|\\Inbox");
  set (profile, 30, "zebra");
  set (profile, 10, "Zebra|other");
  set (profile, 40, "other|zebras");
  check_query (profile, profile->inbox, "label:zebra", "30 20 10", 3);
  check_query (profile, 0, "label:ZEBRA", "30 20 10", 3);
  check_query (profile, 0, "label:work", "20", 1);
  check_query (profile, 0, "label:nothing", "", 0);
  check_query (profile, 0, "label:zebra -label:other", "30 20", 3);
  check_query (profile, 0, "label:zebra label:other", "10", 3);
  check_query (profile, 0, "label:zebra is:unread", "30 20 10", 3);
  check_query (profile, 0, "label:zebra OR label:zebras", "40 30 20 10", MANY + 5);
  /* Fewer than have it are in the folder; a flag has no row. */
  check_query (profile, profile->sent, "label:zebra", "", 0);
  check_query (profile, 0, "label:forwarded", "7", MANY + 5);
}

/* Where most have it, and where sets are many, it is looked at all. */
static void
test_leads_not (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) keys = NULL;

  for (guint i = 1; i <= 12; i++) {
    add_message (profile, profile->inbox, i, i, 0, NULL);
    set (profile, i, i % 2 == 0 ? "a|even" : "a");
  }
  g_assert_true (store_label_find_messages (profile->db, "a", 11, &keys, &error));
  g_assert_null (keys);
  g_assert_true (store_label_find_messages (profile->db, "even", 5, &keys, &error));
  g_assert_null (keys);
  g_assert_true (store_label_find_messages (profile->db, "even", 6, &keys, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (keys->len, ==, 6);
  g_clear_pointer (&keys, g_array_unref);
  g_assert_true (store_label_find_messages (profile->db, "junk", 100, &keys, &error));
  g_assert_null (keys);
}

/* Of nine messages the second has it. */
static StoreSearch *
look_for_zebra (Profile *profile)
{
  g_autoptr (BaseQuery) query = base_query_parse ("label:zebra", NOW);
  const StoreSearchScope scope = { .folder = 0 };
  g_autoptr (GError) error = NULL;
  StoreSearch *search;

  for (guint i = 1; i <= 9; i++)
    add_message (profile, profile->inbox, i, i, 0, NULL);
  set (profile, 2, "zebra");
  search = store_search_new (profile->db, query, &scope, &error);
  g_assert_no_error (error);
  return search;
}

/* From the first again is as of then. */
static void
test_rewound (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (StoreSearch) search = look_for_zebra (profile);

  check_found (profile, search, "2", 1);
  set (profile, 8, "zebra");
  set (profile, 2, "");
  store_search_rewind (search);
  check_found (profile, search, "8", 1);
}

/* What could not be read is read when it is asked for again, and not taken for nothing. */
static void
test_unread (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (StoreSearch) search = look_for_zebra (profile);
  g_autoptr (GError) error = NULL;

  g_assert_true (store_db_exec (profile->db, "ALTER TABLE label RENAME TO away", &error));
  g_assert_null (store_search_next (search, MANY, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
  g_clear_error (&error);
  g_assert_true (store_db_exec (profile->db, "ALTER TABLE away RENAME TO label", &error));
  check_found (profile, search, "2", 1);
}

void
add_label_tests (void)
{
  g_test_add_func ("/store/label/list", test_list);
  g_test_add_func ("/store/label/language", test_language);
  g_test_add_func ("/store/label/many", test_many);
  g_test_add_func ("/store/label/called", test_called);
  g_test_add_func ("/store/label/leads", test_leads);
  g_test_add_func ("/store/label/leads-not", test_leads_not);
  g_test_add_func ("/store/label/rewound", test_rewound);
  g_test_add_func ("/store/label/unread", test_unread);
}
