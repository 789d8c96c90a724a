/* People: that the pass counts each message once, goes on where it was, and knows nobody whom it should not. */
#include "test-store.h"

#include "store-listing.h"
#include "store-person.h"

/* What the messages in Sent say, as if their bytes were here. */
typedef struct
{
  GHashTable *recipients; /* gint64 id -> "name|address" */
  guint asked;
} Sent;

static GPtrArray *
read_recipients (StoreDb *db, gint64 message, gpointer user_data)
{
  Sent *sent = user_data;
  const char *known = g_hash_table_lookup (sent->recipients, &message);
  g_auto (GStrv) pieces = known != NULL ? g_strsplit (known, "|", 2) : NULL;
  GPtrArray *recipients;
  StoreRecipient *one;

  sent->asked++;
  if (known == NULL)
    return NULL;
  recipients = g_ptr_array_new_with_free_func ((GDestroyNotify)store_recipient_free);
  one = g_new0 (StoreRecipient, 1);
  one->name = g_strdup (pieces[0]);
  one->address = g_strdup (pieces[1]);
  g_ptr_array_add (recipients, one);
  return recipients;
}

static void
sent_clear (Sent *sent)
{
  g_hash_table_unref (sent->recipients);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sent, sent_clear)

static Sent
sent_new (void)
{
  return (Sent){ g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free), 0 };
}

static void
sent_tell (Sent *sent, gint64 id, const char *recipient)
{
  g_hash_table_insert (sent->recipients, g_memdup2 (&id, sizeof id), g_strdup (recipient));
}

static guint
run_pass (Profile *profile, guint limit, gboolean later, Sent *sent)
{
  g_autoptr (GError) error = NULL;
  gboolean more = TRUE;
  guint steps = 0;

  for (; more; steps++) {
    g_assert_true (store_person_step (profile->db, limit, G_USEC_PER_SEC, later, read_recipients,
                                      sent, &more, NULL, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (steps, <, 100);
  }
  return steps;
}

static gint64
add_from (Profile *profile, gint64 folder, guint32 uid, gint64 received, const char *name,
          const char *address, const char *to, const char *message_id)
{
  g_autoptr (GError) error = NULL;
  StoreNewMessage message = { .uid = uid,
                              .received = received,
                              .size = 1000,
                              .from_name = name,
                              .from_address = address,
                              .to = to,
                              .message_id = message_id };
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));

  g_ptr_array_add (messages, &message);
  g_assert_true (store_message_add (profile->db, folder, messages, fresh, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fresh->len, ==, 1);
  return STORE_KEY_ID (g_array_index (fresh, StoreKey, 0));
}

static StorePerson *
get (Profile *profile, const char *address)
{
  g_autoptr (GError) error = NULL;
  StorePerson *person = NULL;

  g_assert_true (store_person_get (profile->db, address, &person, &error));
  g_assert_no_error (error);
  return person;
}

static void
check (Profile *profile, const char *address, const char *name, guint received, guint sent)
{
  g_autoptr (StorePerson) person = get (profile, address);

  g_assert_nonnull (person);
  g_assert_cmpstr (person->name, ==, name);
  g_assert_cmpuint (person->received, ==, received);
  g_assert_cmpuint (person->sent, ==, sent);
}

static gboolean
is_older (Profile *profile, const char *address, gint64 before)
{
  g_autoptr (GError) error = NULL;
  gboolean older = FALSE;

  g_assert_true (store_person_is_older (profile->db, address, before, &older, &error));
  g_assert_no_error (error);
  return older;
}

static gboolean
has_seen (Profile *profile, gint64 message)
{
  g_autoptr (GError) error = NULL;
  gboolean seen = FALSE;

  g_assert_true (store_person_has_seen (profile->db, message, &seen, &error));
  g_assert_no_error (error);
  return seen;
}

/* In steps of three, with a restart between two of them: each message counts once. */
static void
test_counts (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_auto (Sent) sent = sent_new ();
  g_autoptr (GError) error = NULL;
  gboolean more = FALSE;
  gint64 last = 0;

  g_assert_true (has_seen (profile, 0));
  for (guint i = 0; i < 10; i++) {
    g_autofree char *id = g_strdup_printf ("<%u@x>", i);

    last = add_from (profile, profile->inbox, i + 1, 1000 + i, i == 9 ? "까치" : "옛 이름",
                     i % 2 == 0 ? "Magpie@Example.org" : "magpie@example.org", NULL, id);
  }
  add_from (profile, profile->inbox, 20, 2000, NULL, NULL, NULL, NULL);
  g_assert_false (has_seen (profile, 0));
  g_assert_true (store_person_step (profile->db, 3, G_USEC_PER_SEC, TRUE, read_recipients, &sent,
                                    &more, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (more);
  check (profile, "magpie@example.org", "옛 이름", 3, 0);
  profile_reopen (profile, NULL, NULL);
  run_pass (profile, 3, TRUE, &sent);
  check (profile, "MAGPIE@example.org", "까치", 10, 0);
  g_assert_true (has_seen (profile, last));
  g_assert_true (has_seen (profile, 0));
  g_assert_cmpuint (run_pass (profile, 3, TRUE, &sent), ==, 1);
  check (profile, "magpie@example.org", "까치", 10, 0);

  g_assert_true (is_older (profile, "magpie@example.org", 1001));
  g_assert_false (is_older (profile, "magpie@example.org", 1000));
  g_assert_false (is_older (profile, "nobody@example.org", 9000));
}

/* The budget ends a step after one message, never before it. */
static void
test_budget (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_auto (Sent) sent = sent_new ();
  g_autoptr (GError) error = NULL;
  gboolean more = FALSE;

  for (guint i = 0; i < 3; i++)
    add_message (profile, profile->inbox, i + 1, i, 0, NULL);
  for (guint i = 0; i < 3; i++) {
    g_assert_true (store_person_step (profile->db, 100, 0, FALSE, read_recipients, &sent, &more,
                                      NULL, &error));
    check (profile, "magpie@example.org", "까치", i + 1, 0);
    g_assert_cmpint (more, ==, i < 2);
  }
}

/* A copy in another folder is the same message, also when both come in different passes. */
static void
test_copies (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_auto (Sent) sent = sent_new ();
  g_autoptr (GError) error = NULL;
  gint64 first = add_from (profile, profile->inbox, 1, 1000, "Ann", "ann@x.org", NULL, "<a@x>");

  run_pass (profile, 10, TRUE, &sent);
  add_from (profile, profile->archive, 1, 1000, "Ann", "ann@x.org", NULL, "<a@x>");
  gint64 other = add_from (profile, profile->inbox, 2, 1000, "Ann", "ann@x.org", NULL, "<b@x>");
  gint64 third = add_from (profile, profile->inbox, 3, 3000, "Ann", "ann@x.org", NULL, NULL);
  run_pass (profile, 10, TRUE, &sent);
  check (profile, "ann@x.org", "Ann", 3, 0);

  g_autoptr (StorePerson) person = get (profile, "ann@x.org");
  g_autoptr (GArray) ids = store_person_list_messages (profile->db, person->id, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ids->len, ==, 3);
  g_assert_cmpint (g_array_index (ids, gint64, 0), ==, third);
  g_assert_cmpint (person->first, ==, 1000);
  g_assert_cmpint (person->last, ==, 3000);

  /* Removed ones are not listed, and still count. */
  g_autoptr (BaseUidSet) gone = base_uid_set_new ();
  base_uid_set_add (gone, 1);
  base_uid_set_add (gone, 2);
  g_assert_true (store_message_remove (profile->db, profile->inbox, gone, &error));
  g_autoptr (GArray) left = store_person_list_messages (profile->db, person->id, 10, &error);
  g_assert_cmpuint (left->len, ==, 2);
  for (guint i = 0; i < left->len; i++) {
    g_assert_cmpint (g_array_index (left, gint64, i), !=, first);
    g_assert_cmpint (g_array_index (left, gint64, i), !=, other);
  }
  check (profile, "ann@x.org", "Ann", 3, 0);
  g_autoptr (GArray) one = store_person_list_messages (profile->db, person->id, 1, &error);
  g_assert_cmpuint (one->len, ==, 1);
}

/* Who was written to is known, also when the bytes of what was sent come later. */
static void
test_sent (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_auto (Sent) sent = sent_new ();
  g_autoptr (GError) error = NULL;
  gint64 here = add_from (profile, profile->sent, 1, 1000, "Me", "one@example.org", "Bea", "<1@x>");
  gint64 later =
      add_from (profile, profile->sent, 2, 2000, "Me", "one@example.org", "Cid, d@x.org", "<2@x>");

  sent_tell (&sent, here, "Bea|Bea@B.example");
  run_pass (profile, 10, TRUE, &sent);
  check (profile, "bea@b.example", "Bea", 0, 1);
  check (profile, "d@x.org", NULL, 0, 1);
  g_assert_null (get (profile, "one@example.org"));
  g_assert_null (get (profile, "cid@c.example"));
  g_assert_true (is_older (profile, "bea@b.example", 0));

  sent_tell (&sent, later, "Cid|cid@c.example");
  run_pass (profile, 10, FALSE, &sent);
  g_assert_null (get (profile, "cid@c.example"));
  run_pass (profile, 10, TRUE, &sent);
  check (profile, "cid@c.example", "Cid", 0, 1);

  /* And is not asked for again. */
  guint asked = sent.asked;
  run_pass (profile, 10, TRUE, &sent);
  g_assert_cmpuint (sent.asked, ==, asked);

  /* They write: the name is theirs now. */
  add_from (profile, profile->inbox, 1, 3000, "Cid Clay", "cid@c.example", NULL, "<3@x>");
  run_pass (profile, 10, TRUE, &sent);
  check (profile, "cid@c.example", "Cid Clay", 1, 1);

  g_autoptr (GPtrArray) domains = store_person_list_domains (profile->db, 100, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (domains->len, ==, 3);
  g_assert_cmpstr (domains->pdata[0], ==, "b.example");
  g_assert_cmpstr (domains->pdata[1], ==, "c.example");
}

static void
check_others (Profile *profile, const char *address, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StorePerson) person = get (profile, address);
  g_autoptr (GPtrArray) others = store_person_list_others (profile->db, person->id, 3, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (others->len, ==, expected != NULL);
  if (expected != NULL)
    g_assert_cmpstr (others->pdata[0], ==, expected);
}

/* Two addresses are one person's where both were written to; who only takes the name is neither that person nor lent their address. */
static void
test_others (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_auto (Sent) sent = sent_new ();
  guint32 uid = 1;

  add_from (profile, profile->inbox, uid++, 1000, "Ann Lee", "ann@work.example", NULL, "<1@x>");
  add_from (profile, profile->inbox, uid++, 2000, "Ann Lee", "ann@home.example", NULL, "<2@x>");
  add_from (profile, profile->inbox, uid++, 3000, "Ann Lee", "ann@evil.example", NULL, "<3@x>");
  add_from (profile, profile->inbox, uid++, 3000, NULL, "bob@home.example", NULL, "<4@x>");
  add_from (profile, profile->inbox, uid++, 3000, NULL, "cid@home.example", NULL, "<5@x>");
  static const char *const written[] = { "Ann|ann@work.example", "|bob@home.example",
                                         "|cid@home.example" };
  for (guint i = 0; i < G_N_ELEMENTS (written); i++) {
    g_autofree char *id = g_strdup_printf ("<s%u@x>", i);
    sent_tell (&sent, add_from (profile, profile->sent, i + 1, 4000, "Me", "me@x.org", "X", id),
               written[i]);
  }
  run_pass (profile, 10, TRUE, &sent);
  check_others (profile, "ann@work.example", NULL);
  sent_tell (&sent,
             add_from (profile, profile->sent, 9, 5000, "Me", "me@x.org", "Ann Lee", "<s9@x>"),
             "Ann Lee|ann@home.example");
  run_pass (profile, 10, TRUE, &sent);
  check_others (profile, "ann@work.example", "ann@home.example");
  check_others (profile, "ann@home.example", "ann@work.example");
  check_others (profile, "ann@evil.example", NULL);
  check_others (profile, "bob@home.example", NULL); /* no name is no name in common */
}

/* What went with its account is forgotten; who is in other accounts comes back. */
static void
test_account (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_auto (Sent) sent = sent_new ();
  g_autoptr (GError) error = NULL;

  add_from (profile, profile->inbox, 1, 1000, "Ann", "ann@x.org", NULL, "<a@x>");
  run_pass (profile, 10, TRUE, &sent);
  g_assert_true (store_account_remove (profile->db, profile->account, &error));
  g_assert_no_error (error);
  g_assert_null (get (profile, "ann@x.org"));
  run_pass (profile, 10, TRUE, &sent);
  g_assert_null (get (profile, "ann@x.org"));
}

/* ---- all mail from one of them ---- */

static void
check_listing (Profile *profile, gboolean conversations, StoreFilter filter, const gint64 *rows,
               guint n)
{
  const StoreListing listing = { .folder = STORE_VIEW_SENDER,
                                 .conversations = conversations,
                                 .filter = filter,
                                 .sender = g_intern_string ("ann@x.org") };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) keys = store_listing_read (profile->db, &listing, 0, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (keys->len, ==, n);
  for (guint i = 0; i < n; i++) {
    gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, i));
    g_autoptr (GPtrArray) items = store_listing_get_items (profile->db, &listing, &id, 1, &error);
    g_autoptr (GArray) meant = store_listing_resolve (profile->db, &listing, &id, 1, &error);
    const StoreItem *item = items->pdata[0];

    g_assert_nonnull (item);
    g_assert_cmpint (item->newest->id, ==, rows[i]);
    g_assert_cmpint (item->key, ==, g_array_index (keys, StoreKey, i));
    g_assert_cmpuint (meant->len, >=, 1);
  }
}

/* Of another account. */
static gint64
make_folder (Profile *profile, StoreRole role)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  StoreFolder *folder = g_new0 (StoreFolder, 1);
  gint64 account = store_account_ensure (profile->db, "two", &error);

  *folder = (StoreFolder){
    .name = g_strdup ("Folder"), .delimiter = '/', .role = role, .selectable = TRUE
  };
  g_ptr_array_add (list, folder);
  g_assert_true (store_folder_replace_list (profile->db, account, list, &error));
  g_autoptr (StoreFolder) made = store_folder_by_role (profile->db, account, role, &error);
  g_assert_no_error (error);
  return made->id;
}

/* From all folders but Junk, each message once, whatever the case of the address, before and behind the pass; what somebody else wrote, also to them, is
 * none of it. */
static void
test_listing (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_auto (Sent) sent = sent_new ();
  g_autoptr (GError) error = NULL;
  gint64 first = add_from (profile, profile->inbox, 1, 1000, "Ann", "ann@x.org", NULL, "<a@x>");

  add_from (profile, profile->inbox, 2, 2000, "Ann", "bob@x.org", "ann@x.org", "<b@x>");
  gint64 to = add_from (profile, profile->sent, 1, 2500, "Me", "me@x.org", "ann@x.org", "<c@x>");
  gint64 archived = add_from (profile, profile->archive, 1, 3000, "A.", "Ann@X.org", NULL, "<d@x>");
  sent_tell (&sent, to, "Ann|ann@x.org");
  const gint64 two[] = { archived, first };

  check_listing (profile, FALSE, 0, two, 2);
  run_pass (profile, 10, TRUE, &sent);
  check_listing (profile, FALSE, 0, two, 2);
  check_listing (profile, TRUE, 0, two, 2);

  /* A copy of it in another folder is no other message. */
  add_from (profile, profile->inbox, 3, 3000, "A.", "ann@x.org", NULL, "<d@x>");
  gint64 last = add_from (profile, profile->inbox, 4, 4000, "Ann", "ann@x.org", NULL, "<e@x>");
  gint64 junk = add_from (profile, make_folder (profile, STORE_ROLE_JUNK), 1, 5000, "Ann",
                          "ann@x.org", NULL, "<f@x>");
  g_assert_cmpint (junk, >, 0);
  g_assert_cmpint (
      store_operation_set_flags (profile->db, &last, 1, TRUE, STORE_FLAG_FLAGGED, &error), >, 0);
  const gint64 starred[] = { last };
  for (guint round = 0; round < 2; round++) {
    const StoreListing listing = { .folder = STORE_VIEW_SENDER,
                                   .sender = g_intern_string ("ann@x.org") };
    g_autoptr (GArray) keys = store_listing_read (profile->db, &listing, 0, 0, &error);
    g_assert_cmpuint (keys->len, ==, 3);
    check_listing (profile, TRUE, STORE_FILTER_STARRED, starred, 1);
    check_listing (profile, TRUE, STORE_FILTER_STARRED | STORE_FILTER_KNOWN, starred, 1);
    run_pass (profile, 10, TRUE, &sent);
  }
}

/* The figure: only with -m perf. */
static void
test_listing_many (void)
{
  g_autoptr (Profile) profile = NULL;
  g_auto (Sent) sent = sent_new ();
  g_autoptr (GError) error = NULL;

  if (!g_test_perf ()) {
    g_test_skip ("only with -m perf");
    return;
  }
  profile = profile_new ();
  for (guint i = 0; i < 100000; i += 1000) {
    g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
    for (guint j = i; j < i + 1000; j++) {
      StoreNewMessage *message = g_new0 (StoreNewMessage, 1);
      *message = (StoreNewMessage){ .uid = j + 1,
                                    .received = 1000 + j,
                                    .size = 1000,
                                    .subject = g_intern_string ("Words"),
                                    .from_address = j % 2 ? "ann@x.org" : "bob@x.org",
                                    .message_id = NULL };
      g_ptr_array_add (messages, message);
    }
    g_assert_true (store_message_add (profile->db, profile->inbox, messages, fresh, &error));
  }
  for (guint round = 0; round < 2; round++) {
    const StoreListing listing = { .folder = STORE_VIEW_SENDER,
                                   .conversations = TRUE,
                                   .sender = g_intern_string ("ann@x.org") };
    gint64 begun = g_get_monotonic_time ();
    g_autoptr (GArray) keys = store_listing_read (profile->db, &listing, 0, 0, &error);
    g_test_message ("%u conversations %s the pass: %.1f ms", keys->len, round ? "behind" : "before",
                    (double)(g_get_monotonic_time () - begun) / 1000);
    if (round == 0)
      run_pass (profile, 5000, TRUE, &sent);
  }
}

void
add_person_tests (void)
{
  g_test_add_func ("/store/person/counts", test_counts);
  g_test_add_func ("/store/person/budget", test_budget);
  g_test_add_func ("/store/person/copies", test_copies);
  g_test_add_func ("/store/person/sent", test_sent);
  g_test_add_func ("/store/person/account", test_account);
  g_test_add_func ("/store/person/others", test_others);
  g_test_add_func ("/store/person/listing", test_listing);
  g_test_add_func ("/store/person/listing-many", test_listing_many);
}
