/* Decides what one visit to a mailbox has to fetch.  Pure functions over numbers, so that every odd combination a server
 * may come up with is tested without one. */
#include "sync-plan.h"

#define SUSPICIOUS_AT_LEAST 10

SyncPlan
sync_plan_make (const SyncPlanStored *stored, const SyncPlanServer *server)
{
  SyncPlan plan = { 0 };
  gboolean known_before = stored->uid_validity != 0 && stored->uid_next != 0;

  /* A server that tells no UIDVALIDITY (0) gives no reason to throw anything away. */
  plan.reset = stored->uid_validity != 0 && server->uid_validity != 0
               && stored->uid_validity != server->uid_validity;
  if (plan.reset || !known_before) {
    /* It came along with SELECT. */
    if (server->told_new && !plan.reset
        && stored->known >= MIN (server->exists, SYNC_PLAN_SCREENFUL)) {
      plan.search = stored->known != server->exists;
      return plan;
    }
    if (server->exists > 0) {
      plan.newest_last = server->exists;
      plan.newest_first =
          server->exists > SYNC_PLAN_SCREENFUL ? server->exists - SYNC_PLAN_SCREENFUL + 1 : 1;
      plan.search = server->exists > SYNC_PLAN_SCREENFUL;
    }
    /* Rows from a first visit that was cut may be here already; what they lack tells the search. */
    if (!plan.reset && stored->known > 0)
      plan.search = TRUE;
    return plan;
  }

  /* UIDNEXT not told, or lower than what was seen already: only asking helps. */
  if (!server->told_new && server->exists > 0
      && (server->uid_next == 0 || server->uid_next != stored->uid_next))
    plan.new_from = stored->uid_next;
  if (stored->known > 0 && !server->told_changes) {
    if (server->modseq == 0 || stored->modseq == 0)
      plan.all_flags = server->exists > 0;
    else if (server->modseq != stored->modseq)
      plan.changed_since = stored->modseq;
  }
  /* What vanished is taken away first; then they are counted again. */
  plan.search = sync_plan_needs_search (
      stored->complete,
      plan.new_from == 0 && !server->told_vanished ? stored->known : server->exists,
      server->exists);
  return plan;
}

gboolean
sync_plan_needs_search (gboolean complete, guint64 known, guint32 exists)
{
  return !complete || known != exists;
}

char *
sync_plan_dup_set_from (guint32 uid)
{
  return uid < G_MAXUINT32 ? g_strdup_printf ("%u:%u", uid, G_MAXUINT32)
                           : g_strdup_printf ("%u", uid);
}

BaseUidSet *
sync_plan_newest (const BaseUidSet *set, guint n)
{
  BaseUidSet *newest = base_uid_set_new ();
  guint index = base_uid_set_n_ranges (set);

  while (n > 0 && index > 0) {
    BaseUidRange range = base_uid_set_get_range (set, --index);
    guint32 first = range.last - range.first >= n ? range.last - n + 1 : range.first;

    base_uid_set_add_range (newest, first, range.last);
    n -= range.last - first + 1;
  }
  return newest;
}

gboolean
sync_plan_is_suspicious (guint64 known, guint64 removed, guint32 exists)
{
  if (removed == 0)
    return FALSE;
  if (exists == 0 && known > 1)
    return TRUE;
  return removed >= SUSPICIOUS_AT_LEAST && removed > known / 2;
}
