/* What is asked of the server in each combination of what the store knows and SELECT says. */
#include "test-sync.h"

#include "sync-plan.h"

static void
test_first_visit (void)
{
  SyncPlanStored stored = { 0 };
  SyncPlanServer server = { .exists = 250, .uid_validity = 7, .uid_next = 300, .modseq = 9 };
  SyncPlan plan = sync_plan_make (&stored, &server);

  g_assert_false (plan.reset);
  g_assert_cmpuint (plan.newest_first, ==, 151);
  g_assert_cmpuint (plan.newest_last, ==, 250);
  g_assert_true (plan.search);
  g_assert_cmpuint (plan.new_from, ==, 0);
  g_assert_cmpuint (plan.changed_since, ==, 0);
  g_assert_false (plan.all_flags);
}

static void
test_first_visit_small (void)
{
  SyncPlanStored stored = { 0 };
  SyncPlanServer server = { .exists = 100, .uid_validity = 7 };
  SyncPlan plan = sync_plan_make (&stored, &server);

  g_assert_cmpuint (plan.newest_first, ==, 1);
  g_assert_cmpuint (plan.newest_last, ==, 100);
  /* All of it comes with the first screenful. */
  g_assert_false (plan.search);
}

static void
test_empty (void)
{
  SyncPlanStored stored = { 0 };
  SyncPlanServer server = { .uid_validity = 7, .uid_next = 1 };
  SyncPlan plan = sync_plan_make (&stored, &server);

  g_assert_cmpuint (plan.newest_last, ==, 0);
  g_assert_false (plan.search);
}

static void
test_in_step (void)
{
  SyncPlanStored stored = {
    .uid_validity = 7, .uid_next = 300, .modseq = 9, .complete = TRUE, .known = 250
  };
  SyncPlanServer server = { .exists = 250, .uid_validity = 7, .uid_next = 300, .modseq = 9 };
  SyncPlan plan = sync_plan_make (&stored, &server);

  g_assert_false (plan.reset || plan.search || plan.all_flags);
  g_assert_cmpuint (plan.newest_last, ==, 0);
  g_assert_cmpuint (plan.new_from, ==, 0);
  g_assert_cmpuint (plan.changed_since, ==, 0);
}

static void
test_new_and_flags (void)
{
  SyncPlanStored stored = {
    .uid_validity = 7, .uid_next = 300, .modseq = 9, .complete = TRUE, .known = 250
  };
  SyncPlanServer server = { .exists = 252, .uid_validity = 7, .uid_next = 302, .modseq = 12 };
  SyncPlan plan = sync_plan_make (&stored, &server);

  g_assert_cmpuint (plan.new_from, ==, 300);
  g_assert_cmpuint (plan.changed_since, ==, 9);
  /* Whether something went is known when the new ones are here. */
  g_assert_false (plan.search);
  g_assert_false (sync_plan_needs_search (TRUE, 252, 252));
  g_assert_true (sync_plan_needs_search (TRUE, 252, 251));
  g_assert_true (sync_plan_needs_search (FALSE, 252, 252));
}

static void
test_removed (void)
{
  SyncPlanStored stored = {
    .uid_validity = 7, .uid_next = 300, .modseq = 9, .complete = TRUE, .known = 250
  };
  SyncPlanServer server = { .exists = 249, .uid_validity = 7, .uid_next = 300, .modseq = 10 };
  SyncPlan plan = sync_plan_make (&stored, &server);

  g_assert_true (plan.search);
  server.exists = 0;
  plan = sync_plan_make (&stored, &server);
  g_assert_true (plan.search);
  g_assert_cmpuint (plan.new_from, ==, 0);
}

static void
test_without_extensions (void)
{
  SyncPlanStored stored = { .uid_validity = 7, .uid_next = 300, .complete = TRUE, .known = 250 };
  SyncPlanServer server = { .exists = 250, .uid_validity = 7 };
  SyncPlan plan = sync_plan_make (&stored, &server);

  /* No UIDNEXT, no CONDSTORE. */
  g_assert_cmpuint (plan.new_from, ==, 300);
  g_assert_true (plan.all_flags);
  /* NOMODSEQ now, or for the first time: numbers that cannot be compared. */
  stored.modseq = 5;
  g_assert_true (sync_plan_make (&stored, &server).all_flags);
  stored.modseq = 0;
  server.modseq = 5;
  g_assert_true (sync_plan_make (&stored, &server).all_flags);
}

static void
test_renumbered (void)
{
  SyncPlanStored stored = {
    .uid_validity = 7, .uid_next = 300, .modseq = 9, .complete = TRUE, .known = 250
  };
  SyncPlanServer server = { .exists = 250, .uid_validity = 8, .uid_next = 251, .modseq = 1 };
  SyncPlan plan = sync_plan_make (&stored, &server);

  g_assert_true (plan.reset);
  g_assert_cmpuint (plan.newest_first, ==, 151);
  g_assert_true (plan.search);
  server.uid_validity = 0;
  g_assert_false (sync_plan_make (&stored, &server).reset);
}

static void
test_interrupted (void)
{
  SyncPlanStored stored = { .uid_validity = 7, .uid_next = 300, .modseq = 9, .known = 100 };
  SyncPlanServer server = { .exists = 250, .uid_validity = 7, .uid_next = 300, .modseq = 9 };

  g_assert_true (sync_plan_make (&stored, &server).search);
}

/* What came along with SELECT is not asked for again. */
static void
test_told (void)
{
  SyncPlanStored stored = {
    .uid_validity = 7, .uid_next = 300, .modseq = 9, .complete = TRUE, .known = 250
  };
  SyncPlanServer server = { .exists = 252,
                            .uid_validity = 7,
                            .uid_next = 302,
                            .modseq = 12,
                            .told_changes = TRUE };
  SyncPlan plan = sync_plan_make (&stored, &server);

  g_assert_cmpuint (plan.changed_since, ==, 0);
  g_assert_false (plan.all_flags);
  g_assert_cmpuint (plan.new_from, ==, 300);
  stored.known = 252;
  server.told_new = TRUE;
  plan = sync_plan_make (&stored, &server);
  g_assert_cmpuint (plan.new_from, ==, 0);
  g_assert_false (plan.search);
  /* Fewer than the server counts, or more, and nothing told of what went. */
  stored.known = 251;
  g_assert_true (sync_plan_make (&stored, &server).search);
  stored.known = 253;
  g_assert_true (sync_plan_make (&stored, &server).search);
  server.told_vanished = TRUE;
  g_assert_false (sync_plan_make (&stored, &server).search);
}

static void
test_told_screenful (void)
{
  SyncPlanStored stored = { .known = 100 };
  SyncPlanServer server = { .exists = 100, .uid_validity = 7, .uid_next = 300, .told_new = TRUE };
  SyncPlan plan = sync_plan_make (&stored, &server);

  g_assert_cmpuint (plan.newest_last, ==, 0);
  g_assert_false (plan.search);
  server.exists = 101;
  plan = sync_plan_make (&stored, &server);
  g_assert_cmpuint (plan.newest_last, ==, 0);
  g_assert_true (plan.search);
  /* Not all of it came, or of another mailbox of that name. */
  stored.known = 99;
  g_assert_cmpuint (sync_plan_make (&stored, &server).newest_last, ==, 101);
  stored = (SyncPlanStored){ .uid_validity = 6, .uid_next = 9, .known = 100 };
  g_assert_cmpuint (sync_plan_make (&stored, &server).newest_last, ==, 101);
}

static void
test_set_from (void)
{
  g_autofree char *some = sync_plan_dup_set_from (7), *last = sync_plan_dup_set_from (G_MAXUINT32);

  g_assert_cmpstr (some, ==, "7:4294967295");
  g_assert_cmpstr (last, ==, "4294967295");
}

static void
assert_newest (const char *from, guint n, const char *expected)
{
  g_autoptr (BaseUidSet) set = base_uid_set_parse (from);
  g_autoptr (BaseUidSet) newest = sync_plan_newest (set, n);
  g_autofree char *text = base_uid_set_to_string (newest);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_newest (void)
{
  g_autoptr (BaseUidSet) empty = base_uid_set_new ();
  g_autoptr (BaseUidSet) nothing = sync_plan_newest (empty, 5);

  g_assert_true (base_uid_set_is_empty (nothing));
  assert_newest ("1:10", 3, "8:10");
  assert_newest ("1:10", 10, "1:10");
  assert_newest ("1:10", 11, "1:10");
  assert_newest ("1:3,7,9:10", 3, "7,9:10");
  assert_newest ("1:3,7,9:10", 4, "3,7,9:10");
  assert_newest ("4294967290:4294967295", 2, "4294967294:4294967295");
}

static void
test_suspicious (void)
{
  g_assert_false (sync_plan_is_suspicious (100, 0, 100));
  g_assert_false (sync_plan_is_suspicious (100, 5, 95));
  g_assert_false (sync_plan_is_suspicious (100, 50, 50));
  g_assert_true (sync_plan_is_suspicious (100, 51, 49));
  g_assert_false (sync_plan_is_suspicious (8, 7, 1));
  g_assert_true (sync_plan_is_suspicious (8, 8, 0));
  g_assert_false (sync_plan_is_suspicious (1, 1, 0));
}

void
test_plan_add (void)
{
  g_test_add_func ("/plan/first-visit", test_first_visit);
  g_test_add_func ("/plan/first-visit-small", test_first_visit_small);
  g_test_add_func ("/plan/empty", test_empty);
  g_test_add_func ("/plan/in-step", test_in_step);
  g_test_add_func ("/plan/new-and-flags", test_new_and_flags);
  g_test_add_func ("/plan/removed", test_removed);
  g_test_add_func ("/plan/without-extensions", test_without_extensions);
  g_test_add_func ("/plan/renumbered", test_renumbered);
  g_test_add_func ("/plan/interrupted", test_interrupted);
  g_test_add_func ("/plan/told", test_told);
  g_test_add_func ("/plan/told-screenful", test_told_screenful);
  g_test_add_func ("/plan/set-from", test_set_from);
  g_test_add_func ("/plan/newest", test_newest);
  g_test_add_func ("/plan/suspicious", test_suspicious);
}
