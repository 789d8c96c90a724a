/* Listings: in which order, filtered how, of which accounts, and what an item says. */
#include <locale.h>
#include <string.h>

#include "locales.h"
#include "threads.h"

static void
check_order_of (Profile *profile, const StoreListing *listing, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) keys = store_listing_read (profile->db, listing, 0, 0, &error);
  g_autoptr (GString) found = g_string_new (NULL);
  g_assert_no_error (error);
  for (guint i = 0; i < keys->len; i++) {
    gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, i));
    g_autoptr (GPtrArray) items = store_listing_get_items (profile->db, listing, &id, 1, &error);
    const StoreItem *item = items->pdata[0];
    g_string_append_c (found, item->newest->message_id[1]);
  }
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_sorts_and_filters (void)
{
  g_autoptr (Profile) profile = profile_new ();
  StoreNewMessage letters[] = {
    { .message_id = "<a@x>",
      .from_name = "하늘",
      .from_address = "z@x",
      .subject = "Re: 나",
      .size = 3,
      .flags = STORE_FLAG_SEEN },
    { .message_id = "<b@x>",
      .from_name = "bob",
      .from_address = "b@x",
      .subject = "[list] AW: 가",
      .size = 1,
      .has_attachments = TRUE },
    { .message_id = "<c@x>",
      .from_address = "Alice@x",
      .subject = "",
      .size = 2,
      .flags = STORE_FLAG_FLAGGED },
    { .message_id = "<d@x>",
      .from_name = "Bob",
      .from_address = "b@x",
      .subject = "다",
      .size = 9,
      .references = "<c@x>",
      .flags = STORE_FLAG_SEEN },
  };
  for (guint i = 0; i < G_N_ELEMENTS (letters); i++) {
    letters[i].received = 1700000000 + i;
    put_full (profile, profile->inbox, i + 1, &letters[i]);
  }
  StoreListing listing = { .folder = profile->inbox };
  check_order_of (profile, &listing, "dcba");
  listing.ascending = TRUE;
  check_order_of (profile, &listing, "abcd");
  listing.sort = STORE_SORT_SENDER;
  check_order_of (profile, &listing, "cdba");
  listing.ascending = FALSE;
  check_order_of (profile, &listing, "adbc");
  listing.sort = STORE_SORT_SUBJECT;
  check_order_of (profile, &listing, "dabc");
  listing.ascending = TRUE;
  check_order_of (profile, &listing, "badc");
  listing.sort = STORE_SORT_SIZE;
  check_order_of (profile, &listing, "bcad");
  listing.conversations = TRUE;
  check_order_of (profile, &listing, "bad");
  listing.filter = STORE_FILTER_UNREAD;
  check_order_of (profile, &listing, "bd");
  listing.filter = STORE_FILTER_UNREAD | STORE_FILTER_STARRED;
  check_order_of (profile, &listing, "d");
  listing.folder = STORE_VIEW_UNREAD;
  check_order_of (profile, &listing, "c");
  listing.filter = STORE_FILTER_ATTACHMENTS;
  check_order_of (profile, &listing, "b");
  listing.folder = STORE_VIEW_INBOXES;
  check_order_of (profile, &listing, "b");

  /* People one has written to. */
  g_autoptr (GError) error = NULL;
  g_assert_true (store_db_exec (profile->db,
                                "INSERT INTO person (address, domain, received, sent, first, last) "
                                "VALUES ('alice@x', 'x', 1, 1, 1, 1), ('b@x', 'x', 1, 0, 1, 1)",
                                &error));
  listing.filter = STORE_FILTER_KNOWN;
  check_order_of (profile, &listing, "d");
  listing.folder = STORE_VIEW_UNREAD;
  check_order_of (profile, &listing, "c");
  listing.filter |= STORE_FILTER_ATTACHMENTS;
  check_order_of (profile, &listing, "");
}

static void
test_sorts_by_language (void)
{
  static const struct
  {
    const char *locale, *names[4], *expected;
  } languages[] = {
    { "de_DE.UTF-8", { "Zacharias", "Ärger", "anfang", "Bach" }, "cbda" },
    { "ko_KR.UTF-8", { "박민수", "김민우", "하늘", "강아지" }, "dbac" },
    { "sv_SE.UTF-8", { "Zacharias", "Ärger", "anfang", "Öl" }, "cabd" },
  };
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  StoreListing listing = { .folder = profile->inbox, .ascending = TRUE };

  for (guint i = 0; i < G_N_ELEMENTS (languages); i++) {
    guint32 uid = i * 10 + 1;

    locales_set (LC_COLLATE, languages[i].locale);
    g_assert_true (store_db_exec (profile->db, "DELETE FROM message", &error));
    for (guint n = 0; n < G_N_ELEMENTS (languages[i].names); n++) {
      g_autofree char *id = g_strdup_printf ("<%c@x>", 'a' + (int)n);
      StoreNewMessage letter = { .message_id = id, .received = 1700000000 + n };

      letter.from_name = letter.subject = languages[i].names[n];
      put_full (profile, profile->inbox, uid + n, &letter);
    }
    listing.sort = STORE_SORT_SENDER;
    check_order_of (profile, &listing, languages[i].expected);
    listing.sort = STORE_SORT_SUBJECT;
    check_order_of (profile, &listing, languages[i].expected);
  }
  locales_set (LC_COLLATE, "C");
  locales_remove ();
}

/* No view shows what is in an account that is switched off, and what changed tells so. */
static void
test_switched_off (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  StoreListing listing = { .folder = STORE_VIEW_UNREAD };
  StoreNewMessage letters[] = {
    { .message_id = "<a@x>", .from_address = "z@x", .has_attachments = TRUE },
    { .message_id = "<b@x>", .from_address = "z@x", .flags = STORE_FLAG_FLAGGED },
  };
  const gint64 views[] = { STORE_VIEW_UNREAD, STORE_VIEW_STARRED, STORE_VIEW_ATTACHMENTS,
                           STORE_VIEW_INBOXES };
  const char *const shown[] = { "ba", "b", "a", "ba" };
  guint starred, attached;

  for (guint i = 0; i < G_N_ELEMENTS (letters); i++) {
    letters[i].received = 1700000000 + i;
    put_full (profile, profile->inbox, i + 1, &letters[i]);
  }
  for (int turn = 0; turn < 3; turn++) {
    gboolean off = turn == 1;

    profile_forget_changes (profile);
    g_assert_true (store_account_set_disabled (profile->db, profile->account, off, &error));
    for (guint i = 0; i < G_N_ELEMENTS (views); i++) {
      const StoreChange *change =
          profile->changes->len > 0 ? profile->changes->pdata[profile->changes->len - 1] : NULL;
      const StoreFolderChange *part = change != NULL ? part_of (change, views[i]) : NULL;

      for (int conversations = 0; conversations < 2; conversations++) {
        listing.folder = views[i];
        listing.conversations = conversations;
        check_order_of (profile, &listing, off ? "" : shown[i]);
      }
      if (turn == 0) {
        g_assert_null (part);
        continue;
      }
      g_assert_nonnull (part);
      g_assert_cmpuint (off ? part->removed->len : part->added->len, ==, strlen (shown[i]));
      g_assert_cmpuint (off ? part->threads_removed->len : part->threads_added->len, ==,
                        strlen (shown[i]));
    }
    g_assert_true (store_listing_count_unread (profile->db, &starred, &attached, &error));
    g_assert_cmpuint (starred, ==, !off);
    g_assert_cmpuint (attached, ==, !off);
    listing = (StoreListing){ .folder = STORE_VIEW_SENDER, .sender = g_intern_string ("z@x") };
    check_order_of (profile, &listing, off ? "" : "ba");
    /* Its own list is as it was. */
    listing = (StoreListing){ .folder = profile->inbox };
    check_order_of (profile, &listing, "ba");
  }
}

static void
test_items (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  StoreNewMessage letters[] = {
    { .message_id = "<a@x>",
      .from_name = "Ada",
      .from_address = "ada@x",
      .flags = STORE_FLAG_SEEN | STORE_FLAG_FLAGGED },
    { .message_id = "<b@x>",
      .from_name = "Ben",
      .from_address = "ben@x",
      .references = "<a@x>",
      .flags = STORE_FLAG_SEEN },
    { .message_id = "<c@x>",
      .from_name = "Ada L.",
      .from_address = "ADA@x",
      .references = "<a@x>",
      .has_attachments = TRUE },
    { .message_id = "<c@x>",
      .from_name = "Ada L.",
      .from_address = "ada@x",
      .references = "<a@x>" },
  };
  const gint64 folders[] = { profile->inbox, profile->sent, profile->inbox, profile->archive };
  gint64 ids[4];
  for (guint i = 0; i < G_N_ELEMENTS (letters); i++) {
    letters[i].received = 1700000000 + i;
    ids[i] = put_full (profile, folders[i], i + 1, &letters[i]);
  }
  const StoreListing listing = { .folder = profile->inbox, .conversations = TRUE };
  gint64 thread = thread_of (profile, ids[0]);
  g_autoptr (GPtrArray) items = store_listing_get_items (profile->db, &listing, &thread, 1, &error);
  const StoreItem *item = items->pdata[0];
  g_assert_cmpuint (item->total, ==, 3);
  g_assert_cmpuint (item->unread, ==, 1);
  g_assert_true (item->starred && item->has_attachments);
  g_assert_cmpint (item->newest->id, ==, ids[2]);
  g_assert_cmpstr (item->participants, ==, "Ben, Ada L.");
  g_assert_cmpuint (count_messages (profile, thread), ==, 3);
  g_autoptr (GArray) meant = store_listing_resolve (profile->db, &listing, &thread, 1, &error);
  g_assert_cmpuint (meant->len, ==, 2);
  const StoreListing starred = { .folder = STORE_VIEW_STARRED, .conversations = TRUE };
  g_autoptr (GArray) also = store_listing_resolve (profile->db, &starred, &thread, 1, &error);
  g_assert_cmpuint (also->len, ==, 2);
}

void
add_listing_tests (void)
{
  g_test_add_func ("/store/thread/sorts-and-filters", test_sorts_and_filters);
  g_test_add_func ("/store/thread/sorts-by-language", test_sorts_by_language);
  g_test_add_func ("/store/thread/switched-off", test_switched_off);
  g_test_add_func ("/store/thread/items", test_items);
}
