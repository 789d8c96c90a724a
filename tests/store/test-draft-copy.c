/* The copy of a draft in the Drafts folder: its versions, what waits for what, and what another computer did. */
#include "test-store.h"

#include "base-error.h"

#define STEM  "8b7ab6f2-6dd4-4ae2-9b1a-0c6f5ad2a0d1"
#define ONE   "<" STEM ".one@x>"
#define TWO   "<" STEM ".two@x>"
#define THREE "<" STEM ".three@x>"
#define FOUR  "<" STEM ".four@x>"

static gint64
make_drafts (Profile *profile)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) folders = store_folder_list (profile->db, profile->account, &error);
  StoreFolder *drafts = g_new0 (StoreFolder, 1);

  drafts->name = g_strdup ("Drafts");
  drafts->delimiter = '/';
  drafts->role = STORE_ROLE_DRAFTS;
  drafts->selectable = TRUE;
  g_ptr_array_add (folders, drafts);
  g_assert_true (store_folder_replace_list (profile->db, profile->account, folders, &error));
  g_autoptr (StoreFolder) found =
      store_folder_by_role (profile->db, profile->account, STORE_ROLE_DRAFTS, &error);
  g_assert_no_error (error);
  return found->id;
}

static void
put (Profile *profile, gint64 folder, const char *before, const char *id)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("Subject: x\r\n\r\n", 14);
  g_autoptr (GError) error = NULL;
  const StoreNewMessage copy = { .flags = STORE_FLAG_SEEN | STORE_FLAG_DRAFT,
                                 .received = 100,
                                 .size = 14,
                                 .message_id = (char *)id,
                                 .body = body };

  g_assert_true (store_draft_put (profile->db, folder, before, &copy, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_listed (profile, folder), ==, 1);
}

/* The only one that can be done now. */
static GPtrArray *
take_only (Profile *profile, StoreOperationKind kind, const char *id)
{
  GPtrArray *operations = take (profile, 10);

  g_assert_cmpuint (operations->len, ==, 1);
  const StoreOperation *operation = g_ptr_array_index (operations, 0);
  g_assert_cmpint (operation->kind, ==, kind);
  g_assert_cmpstr (operation->message_id, ==, id);
  return operations;
}

static void
nothing_to_do (Profile *profile)
{
  g_autoptr (GPtrArray) operations = take (profile, 10);

  g_assert_cmpuint (operations->len, ==, 0);
}

/* The one before goes when the next one is there, and not earlier, whatever is tried again meanwhile. */
static void
test_versions (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;

  gint64 folder = make_drafts (profile);
  put (profile, folder, NULL, ONE);
  g_autoptr (GPtrArray) first = take_only (profile, STORE_OPERATION_APPEND, ONE);
  done (profile, first, 0, 7);

  put (profile, folder, ONE, TWO);
  g_autoptr (GPtrArray) second = take_only (profile, STORE_OPERATION_APPEND, TWO);
  nothing_to_do (profile);
  g_assert_true (store_operation_postpone (profile->db, second, 0, &error));
  g_autoptr (GPtrArray) again = take_only (profile, STORE_OPERATION_APPEND, TWO);
  nothing_to_do (profile);
  profile_reopen (profile, NULL, NULL);
  g_assert_true (store_operation_recover (profile->db, profile->account, &error));
  g_autoptr (GPtrArray) recovered = take_only (profile, STORE_OPERATION_APPEND, TWO);
  nothing_to_do (profile);
  done (profile, recovered, 0, 8);
  g_autoptr (GPtrArray) old = take_only (profile, STORE_OPERATION_EXPUNGE, ONE);
  g_assert_cmpuint (((StoreOperation *)g_ptr_array_index (old, 0))->uid, ==, 7);
  done (profile, old, 0, 0);
  nothing_to_do (profile);
  g_assert_cmpuint (count_listed (profile, folder), ==, 1);
}

/* Without a connection each version takes the place of the last, and only the newest is ever sent. */
static void
test_offline (void)
{
  g_autoptr (Profile) profile = profile_new ();

  gint64 folder = make_drafts (profile);
  put (profile, folder, NULL, ONE);
  g_autoptr (GPtrArray) first = take_only (profile, STORE_OPERATION_APPEND, ONE);
  done (profile, first, 0, 7);
  put (profile, folder, ONE, TWO);
  put (profile, folder, TWO, THREE);
  g_autoptr (GPtrArray) newest = take_only (profile, STORE_OPERATION_APPEND, THREE);
  nothing_to_do (profile);
  done (profile, newest, 0, 8);
  g_autoptr (GPtrArray) old = take_only (profile, STORE_OPERATION_EXPUNGE, ONE);
  done (profile, old, 0, 0);
  nothing_to_do (profile);
}

static gboolean
look (Profile *profile, const char *id, const char *before, const char **ours)
{
  static char *found = NULL;
  g_autoptr (StoreDraft) draft = store_draft_new ();
  g_autoptr (GError) error = NULL;
  gboolean elsewhere = FALSE;

  draft->server_id = g_strdup (id);
  draft->server_before = g_strdup (before);
  g_clear_pointer (&found, g_free);
  g_assert_true (store_draft_look (profile->db, draft, &elsewhere, &found, &error));
  g_assert_no_error (error);
  *ours = found;
  return elsewhere;
}

/* The server does not take the new one: the old one is not deleted. */
static void
test_refused (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;

  gint64 folder = make_drafts (profile);
  put (profile, folder, NULL, ONE);
  g_autoptr (GPtrArray) first = take_only (profile, STORE_OPERATION_APPEND, ONE);
  done (profile, first, 0, 7);
  put (profile, folder, ONE, TWO);
  g_autoptr (GPtrArray) second = take_only (profile, STORE_OPERATION_APPEND, TWO);
  g_assert_true (store_operation_refused (profile->db, second, &error));
  nothing_to_do (profile);
  g_assert_cmpuint (count_listed (profile, folder), ==, 2);

  /* Nobody else has written it; and the next one takes the place of both. */
  const char *ours = NULL;
  g_assert_false (look (profile, TWO, ONE, &ours));
  g_assert_cmpstr (ours, ==, ONE " " TWO);
  put (profile, folder, ONE, THREE);
  g_autoptr (GPtrArray) third = take_only (profile, STORE_OPERATION_APPEND, THREE);
  done (profile, third, 0, 8);
  g_autoptr (GPtrArray) old = take_only (profile, STORE_OPERATION_EXPUNGE, ONE);
  done (profile, old, 0, 0);
  g_assert_cmpuint (count_listed (profile, folder), ==, 1);
}

/* The server does not take the second one when the third one waits already: that one takes the place of the first, and nobody else has written
 * anything, not even when the third one is refused as well. */
static void
test_refused_on_its_way (void)
{
  for (int refused = 0; refused < 2; refused++) {
    g_autoptr (Profile) profile = profile_new ();
    g_autoptr (GError) error = NULL;
    const char *ours = NULL;

    gint64 folder = make_drafts (profile);
    put (profile, folder, NULL, ONE);
    g_autoptr (GPtrArray) first = take_only (profile, STORE_OPERATION_APPEND, ONE);
    done (profile, first, 0, 7);
    put (profile, folder, ONE, TWO);
    g_autoptr (GPtrArray) second = take_only (profile, STORE_OPERATION_APPEND, TWO);
    put (profile, folder, TWO, THREE);
    g_assert_true (store_operation_refused (profile->db, second, &error));
    g_assert_cmpuint (count_listed (profile, folder), ==, 1);
    g_assert_false (look (profile, THREE, TWO " " ONE, &ours));
    g_assert_cmpstr (ours, ==, THREE " " ONE);

    g_autoptr (GPtrArray) third = take_only (profile, STORE_OPERATION_APPEND, THREE);
    nothing_to_do (profile);
    if (refused) {
      g_assert_true (store_operation_refused (profile->db, third, &error));
      nothing_to_do (profile);
      g_assert_cmpuint (count_listed (profile, folder), ==, 2);
      g_assert_false (look (profile, THREE, TWO " " ONE, &ours));
      g_assert_cmpstr (ours, ==, ONE " " THREE);
      put (profile, folder, ONE, FOUR);
      g_autoptr (GPtrArray) fourth = take_only (profile, STORE_OPERATION_APPEND, FOUR);
      done (profile, fourth, 0, 9);
    } else {
      done (profile, third, 0, 8);
    }
    g_autoptr (GPtrArray) old = take_only (profile, STORE_OPERATION_EXPUNGE, ONE);
    g_assert_cmpuint (((StoreOperation *)g_ptr_array_index (old, 0))->uid, ==, 7);
    done (profile, old, 0, 0);
    nothing_to_do (profile);
    g_assert_cmpuint (count_listed (profile, folder), ==, 1);
  }
}

/* Not even the first one: it stands here alone until a newer one is taken. */
static void
test_all_refused (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  const char *ours = NULL;

  gint64 folder = make_drafts (profile);
  put (profile, folder, NULL, ONE);
  g_autoptr (GPtrArray) first = take_only (profile, STORE_OPERATION_APPEND, ONE);
  g_assert_true (store_operation_refused (profile->db, first, &error));
  g_assert_false (look (profile, ONE, NULL, &ours));
  g_assert_cmpstr (ours, ==, ONE);
  put (profile, folder, ONE, TWO);
  g_autoptr (GPtrArray) second = take_only (profile, STORE_OPERATION_APPEND, TWO);
  done (profile, second, 0, 8);
  nothing_to_do (profile);
}

/* A version that is on its way is known again when the server shows it, whatever waits to take its place. */
static void
test_seen_on_its_way (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  StoreNewMessage shown = { .uid = 7, .received = 100, .size = 14, .message_id = ONE };
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();

  gint64 folder = make_drafts (profile);
  put (profile, folder, NULL, ONE);
  g_autoptr (GPtrArray) first = take_only (profile, STORE_OPERATION_APPEND, ONE);
  put (profile, folder, ONE, TWO);
  g_ptr_array_add (messages, &shown);
  g_assert_true (store_message_add (profile->db, folder, messages, NULL, &error));
  g_assert_cmpuint (count_listed (profile, folder), ==, 1);
}

static void
test_elsewhere (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GError) error = NULL;
  const char *ours = NULL;

  gint64 folder = make_drafts (profile);
  g_autofree char *stem = store_draft_dup_stem (ONE);
  g_assert_cmpstr (stem, ==, STEM);
  g_assert_null (store_draft_dup_stem ("<a.b@c>"));
  g_assert_null (store_draft_dup_stem (NULL));

  g_assert_false (look (profile, NULL, NULL, &ours));
  put (profile, folder, NULL, ONE);
  g_autoptr (GPtrArray) first = take_only (profile, STORE_OPERATION_APPEND, ONE);
  done (profile, first, 0, 7);
  g_assert_false (look (profile, ONE, NULL, &ours));
  g_assert_cmpstr (ours, ==, ONE);
  /* Interrupted before it was put there. */
  g_assert_false (look (profile, TWO, ONE, &ours));
  g_assert_cmpstr (ours, ==, ONE);
  /* Deleted, or changed by who deletes what was there. */
  g_assert_true (look (profile, TWO, NULL, &ours));
  g_assert_null (ours);

  /* Changed, and what was there was not deleted yet. */
  StoreNewMessage other = { .uid = 9, .received = 100, .size = 14, .message_id = TWO };
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_ptr_array_add (messages, &other);
  g_assert_true (store_message_add (profile->db, folder, messages, NULL, &error));
  g_assert_true (look (profile, ONE, NULL, &ours));
  g_assert_cmpstr (ours, ==, ONE);
}

/* Some programs save a draft of another one again under its Message-ID: that is theirs, and stays. */
static void
test_same_id (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (StoreDraft) draft = store_draft_new ();
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *ours = NULL, *none = NULL;
  StoreNewMessage copy = { .uid = 7, .received = 100, .size = 14, .message_id = ONE };
  gboolean elsewhere = TRUE;

  gint64 folder = make_drafts (profile);
  g_ptr_array_add (messages, &copy);
  g_assert_true (store_message_add (profile->db, folder, messages, NULL, &error));
  draft->server_id = g_strdup (ONE);
  draft->server_size = 14;
  g_assert_true (store_draft_look (profile->db, draft, &elsewhere, &ours, &error));
  g_assert_false (elsewhere);
  g_assert_cmpstr (ours, ==, ONE);
  draft->server_size = 15;
  g_assert_true (store_draft_look (profile->db, draft, &elsewhere, &none, &error));
  g_assert_true (elsewhere);
  g_assert_null (none);
  g_assert_true (store_draft_take_off (profile->db, draft, 0, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_listed (profile, folder), ==, 1);
  draft->server_size = 14;
  g_assert_true (store_draft_take_off (profile->db, draft, 0, &error));
  g_assert_cmpuint (count_listed (profile, folder), ==, 0);
}

/* Sent or thrown away: off the server a while later. */
static void
test_take_off (void)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (StoreDraft) draft = store_draft_new ();
  g_autoptr (GError) error = NULL;
  gboolean arrived = TRUE;
  gint64 due = 0;

  gint64 folder = make_drafts (profile);
  put (profile, folder, NULL, ONE);
  draft->server_id = g_strdup (ONE);
  g_assert_cmpint (store_draft_is_put (profile->db, draft, &arrived, &error), ==, 0);
  draft->on_server = TRUE;
  g_assert_cmpint (store_draft_is_put (profile->db, draft, &arrived, &error), ==, 1);
  g_assert_false (arrived);
  g_autoptr (GPtrArray) first = take_only (profile, STORE_OPERATION_APPEND, ONE);
  done (profile, first, 0, 7);
  g_assert_cmpint (store_draft_is_put (profile->db, draft, &arrived, &error), ==, 1);
  g_assert_true (arrived);

  g_assert_true (store_draft_take_off (profile->db, draft, 1000, &error));
  g_assert_cmpuint (count_listed (profile, folder), ==, 0);
  g_assert_cmpint (store_draft_is_put (profile->db, draft, &arrived, &error), ==, 0);
  g_autoptr (GPtrArray) none = store_operation_take_due (
      profile->db, profile->account, 10, g_get_real_time () / G_USEC_PER_SEC, &due, &error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpint (due, >, g_get_real_time () / G_USEC_PER_SEC + 900);
  g_assert_true (store_draft_take_off (profile->db, draft, 0, &error)); /* once more does no harm */
}

void
add_draft_copy_tests (void)
{
  g_test_add_func ("/store/draft-copy/versions", test_versions);
  g_test_add_func ("/store/draft-copy/offline", test_offline);
  g_test_add_func ("/store/draft-copy/refused", test_refused);
  g_test_add_func ("/store/draft-copy/refused-on-its-way", test_refused_on_its_way);
  g_test_add_func ("/store/draft-copy/all-refused", test_all_refused);
  g_test_add_func ("/store/draft-copy/seen-on-its-way", test_seen_on_its_way);
  g_test_add_func ("/store/draft-copy/elsewhere", test_elsewhere);
  g_test_add_func ("/store/draft-copy/same-id", test_same_id);
  g_test_add_func ("/store/draft-copy/take-off", test_take_off);
}
