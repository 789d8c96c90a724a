/* The timetable of the sync worker.  A first screenful of every folder, then all headers, then bodies; before all that the folder
 * a person looks at, and INBOX often.  A folder in step is left alone until its STATUS changes or its time has come.
 * Times are g_get_monotonic_time ().  Sync worker's thread; must never ask the server itself. */
#include "sync-watch.h"

#define MINUTE     ((gint64)60 * G_USEC_PER_SEC)
#define SKIP_US    (10 * MINUTE)
#define MEASURE_US (5 * MINUTE)

const SyncTimes sync_times = {
  .watchdog = 10 * MINUTE,
  .list = 3 * MINUTE,
  .about = 15 * MINUTE,
  .told = 60 * MINUTE,
  .inbox = 15 * G_USEC_PER_SEC,
  .visit = 10 * MINUTE,
  .noop = 2 * MINUTE,
  .postponed = 10 * MINUTE,
  .spared = 60 * MINUTE,
  .minute = MINUTE,
};

typedef struct
{
  gint64 id;
  StoreRole role;
  gboolean exists; /* told in the current list */
  gboolean has_status;
  gboolean due;
  gboolean again;   /* asked for since the look at it began, so that this look is no answer to it */
  gboolean glanced; /* there is something of it to be seen */
  gboolean listed;  /* all headers were here at some time */
  gboolean bodies;  /* some are wanted */
  gboolean done_once;
  gboolean proven;                /* seen to be in step on this connection */
  SyncStatus status, done_status; /* as told last; as it was when last brought in step */
  SyncStatus measured;            /* as it was when its size was asked for last */
  gint64 done_at, skip_until, measured_at;
} Entry;

struct _SyncWatch
{
  const SyncTimes *times; /* borrowed */
  GArray *entries;
  gint64 listed_at; /* 0: not on this connection */
  gint64 shown;     /* 0: none */
  gint64 shown_at;  /* when the person last said which folder is looked at; 0: never */
  guint shown_serial;
  gboolean frugal, told;
};

SyncWatch *
sync_watch_new (const SyncTimes *times)
{
  SyncWatch *watch = g_new0 (SyncWatch, 1);

  watch->times = times;
  watch->entries = g_array_new (FALSE, TRUE, sizeof (Entry));
  return watch;
}

void
sync_watch_free (SyncWatch *watch)
{
  g_array_unref (watch->entries);
  g_free (watch);
}

static Entry *
find (SyncWatch *watch, gint64 folder)
{
  for (guint i = 0; i < watch->entries->len; i++) {
    Entry *entry = &g_array_index (watch->entries, Entry, i);

    if (entry->id == folder)
      return entry;
  }
  return NULL;
}

void
sync_watch_restart (SyncWatch *watch)
{
  watch->listed_at = 0;
  watch->told = FALSE;
  for (guint i = 0; i < watch->entries->len; i++) {
    Entry *entry = &g_array_index (watch->entries, Entry, i);

    entry->skip_until = 0;
    entry->proven = FALSE;
    if (entry->role == STORE_ROLE_INBOX || !entry->has_status)
      entry->due = TRUE;
  }
}

void
sync_watch_set_frugal (SyncWatch *watch, gboolean frugal)
{
  watch->frugal = frugal;
}

void
sync_watch_set_told (SyncWatch *watch, gboolean told)
{
  watch->told = told;
}

/* When the list is due by itself. */
static gint64
get_list_due (SyncWatch *watch, gint64 *every)
{
  const SyncTimes *times = watch->times;

  *every = times->watchdog;
  if (watch->told)
    *every = times->told;
  else if (watch->shown_at != 0 && !watch->frugal
           && watch->listed_at + times->list < watch->shown_at + times->about)
    *every = times->list;
  return watch->listed_at != 0 ? watch->listed_at + *every : 0;
}

gboolean
sync_watch_list_is_due (SyncWatch *watch, gint64 now)
{
  gint64 every = 0, due = get_list_due (watch, &every);

  /* Who is awake does not wake up again a little later. */
  return now >= due - every / 8;
}

void
sync_watch_expire_list (SyncWatch *watch)
{
  watch->listed_at = 0;
}

void
sync_watch_begin_list (SyncWatch *watch, gint64 now)
{
  watch->listed_at = MAX (now, 1);
  for (guint i = 0; i < watch->entries->len; i++)
    g_array_index (watch->entries, Entry, i).exists = FALSE;
}

gboolean
sync_status_equal (const SyncStatus *a, const SyncStatus *b)
{
  return a->uid_validity == b->uid_validity && a->uid_next == b->uid_next
         && a->messages == b->messages && a->unseen == b->unseen && a->modseq == b->modseq;
}

/* In step as far as the row of an earlier session tells. */
static gboolean
row_agrees (const StoreFolder *folder, const SyncStatus *status, guint64 known)
{
  /* Each change has its number; where there are none, marks may have changed that no count tells of. */
  return folder->complete && folder->uid_validity == status->uid_validity
         && folder->uid_next == status->uid_next && known == status->messages && status->modseq != 0
         && folder->highest_modseq == status->modseq;
}

/* Mailboxes that only repeat what lies elsewhere are not worth their traffic until somebody looks. */
static gboolean
is_mirror (StoreRole role)
{
  return role == STORE_ROLE_ALL || role == STORE_ROLE_FLAGGED;
}

gboolean
sync_watch_take_folder (SyncWatch *watch, const StoreFolder *folder, const SyncStatus *status,
                        guint64 known, gint64 now)
{
  Entry *entry = find (watch, folder->id);
  gboolean agrees = status != NULL && row_agrees (folder, status, known);

  if (entry == NULL) {
    g_array_set_size (watch->entries, watch->entries->len + 1);
    entry = &g_array_index (watch->entries, Entry, watch->entries->len - 1);
    entry->id = folder->id;
    entry->due = folder->role == STORE_ROLE_INBOX || (!is_mirror (folder->role) && !agrees);
    entry->glanced = folder->uid_next != 0;
    entry->listed = folder->complete;
    entry->done_status = status != NULL ? *status : (SyncStatus){ 0 };
    entry->done_at = now;
    /* By an earlier run. */
    if (status != NULL && folder->server_size >= 0 && folder->server_total == status->messages) {
      entry->measured = *status;
      entry->measured_at = now;
    }
  }
  entry->exists = TRUE;
  entry->role = folder->role;
  entry->has_status = status != NULL;
  if (status != NULL) {
    entry->status = *status;
    /* What came in on this connection may have left the numbers that were told before behind. */
    if (agrees)
      entry->done_status = *status;
    if (!sync_status_equal (&entry->status, &entry->done_status)
        && (!is_mirror (entry->role) || entry->done_once))
      entry->due = TRUE;
  }
  if ((status == NULL || status->modseq == 0) && now - entry->done_at >= watch->times->visit
      && (!is_mirror (entry->role) || entry->done_once))
    entry->due = TRUE;
  if (!entry->due && status != NULL
      && (agrees || (entry->done_once && sync_status_equal (status, &entry->done_status)))) {
    entry->proven = TRUE;
    return TRUE;
  }
  return FALSE;
}

void
sync_watch_end_list (SyncWatch *watch)
{
  for (guint i = watch->entries->len; i-- > 0;)
    if (!g_array_index (watch->entries, Entry, i).exists)
      g_array_remove_index (watch->entries, i);
}

/* Lower is sooner. */
static int
rank (StoreRole role)
{
  switch (role) {
  case STORE_ROLE_INBOX:
    return 0;
  case STORE_ROLE_SENT:
    return 1;
  case STORE_ROLE_DRAFTS:
    return 2;
  case STORE_ROLE_ARCHIVE:
    return 3;
  case STORE_ROLE_NONE:
    return 4;
  case STORE_ROLE_TRASH:
    return 5;
  case STORE_ROLE_JUNK:
    return 6;
  case STORE_ROLE_FLAGGED:
    return 7;
  case STORE_ROLE_ALL:
    return 8;
  }
  return 9;
}

/* The first in rank of those that want it. */
static Entry *
find_best (SyncWatch *watch, SyncGoal goal, gint64 now)
{
  Entry *best = NULL;

  for (guint i = 0; i < watch->entries->len; i++) {
    Entry *entry = &g_array_index (watch->entries, Entry, i);
    gboolean wants = FALSE;

    switch (goal) {
    case SYNC_GOAL_GLANCE:
      wants = entry->due && !entry->glanced;
      break;
    case SYNC_GOAL_LIST:
      wants = entry->due;
      break;
    case SYNC_GOAL_BODIES:
      wants = entry->bodies;
      break;
    }
    if (!wants || now < entry->skip_until || (watch->frugal && entry->role != STORE_ROLE_INBOX))
      continue;
    if (best == NULL || rank (entry->role) < rank (best->role))
      best = entry;
  }
  return best;
}

/* Ready to be worked on. */
static gboolean
is_ready (const Entry *entry, gint64 now)
{
  return entry != NULL && now >= entry->skip_until;
}

/* Before the person's folder: nothing where its list was here already; else a glance at the others, for its list may be long. */
static Entry *
choose (SyncWatch *watch, Entry *shown, gint64 now, SyncGoal *goal)
{
  Entry *best = NULL;

  *goal = SYNC_GOAL_LIST;
  if (is_ready (shown, now) && shown->due && shown->listed)
    return shown;
  *goal = SYNC_GOAL_GLANCE;
  if (is_ready (shown, now) && shown->due && !shown->glanced)
    return shown;
  best = find_best (watch, SYNC_GOAL_GLANCE, now);
  if (best != NULL)
    return best;
  *goal = SYNC_GOAL_LIST;
  if (is_ready (shown, now) && shown->due)
    return shown;
  best = find_best (watch, SYNC_GOAL_LIST, now);
  if (best != NULL || watch->frugal)
    return best;
  *goal = SYNC_GOAL_BODIES;
  return is_ready (shown, now) && shown->bodies ? shown : find_best (watch, SYNC_GOAL_BODIES, now);
}

static void
mark (Entry *entry)
{
  entry->due = entry->again = TRUE;
}

void
sync_watch_show (SyncWatch *watch, gint64 folder, guint serial, gint64 now)
{
  Entry *entry = find (watch, folder);

  if (serial == watch->shown_serial)
    return;
  watch->shown = folder;
  watch->shown_serial = serial;
  watch->shown_at = MAX (now, 1);
  if (entry != NULL) {
    mark (entry);
    entry->skip_until = 0;
  }
}

gint64
sync_watch_next (SyncWatch *watch, gint64 now, SyncGoal *goal)
{
  Entry *entry = find (watch, watch->shown), *inbox = find (watch, sync_watch_get_inbox (watch));
  Entry *chosen = choose (watch, entry, now, goal);

  /* Long work elsewhere must not keep new mail from being seen. */
  if (chosen != NULL && chosen != inbox && chosen != entry && is_ready (inbox, now) && inbox->listed
      && now - inbox->done_at > watch->times->inbox) {
    *goal = SYNC_GOAL_LIST;
    return inbox->id;
  }
  return chosen != NULL ? chosen->id : 0;
}

void
sync_watch_begin (SyncWatch *watch, gint64 folder)
{
  Entry *entry = find (watch, folder);

  if (entry != NULL)
    entry->again = FALSE;
}

gboolean
sync_watch_is_asked_for (SyncWatch *watch, guint serial)
{
  return serial != watch->shown_serial;
}

gint64
sync_watch_get_inbox (SyncWatch *watch)
{
  for (guint i = 0; i < watch->entries->len; i++)
    if (g_array_index (watch->entries, Entry, i).role == STORE_ROLE_INBOX)
      return g_array_index (watch->entries, Entry, i).id;
  return 0;
}

gboolean
sync_watch_get_status (SyncWatch *watch, gint64 folder, SyncStatus *status)
{
  const Entry *entry = find (watch, folder);

  if (entry == NULL || !entry->has_status || watch->listed_at == 0)
    return FALSE;
  *status = entry->status;
  return TRUE;
}

GArray *
sync_watch_list_in_step (SyncWatch *watch)
{
  GArray *folders = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < watch->entries->len; i++) {
    const Entry *entry = &g_array_index (watch->entries, Entry, i);

    if (entry->proven && !entry->due)
      g_array_append_val (folders, entry->id);
  }
  return folders;
}

void
sync_watch_mark (SyncWatch *watch, gint64 folder)
{
  Entry *entry = find (watch, folder);

  if (entry != NULL)
    mark (entry);
}

void
sync_watch_want_bodies (SyncWatch *watch, gint64 folder)
{
  Entry *entry = find (watch, folder);

  if (entry != NULL && (!is_mirror (entry->role) || entry->done_once))
    entry->bodies = TRUE;
}

void
sync_watch_done (SyncWatch *watch, gint64 folder, SyncGoal goal, gboolean more, gint64 now)
{
  Entry *entry = find (watch, folder);

  if (entry == NULL)
    return;
  entry->glanced = TRUE;
  switch (goal) {
  case SYNC_GOAL_GLANCE:
    return;
  case SYNC_GOAL_BODIES:
    entry->bodies = FALSE;
    return;
  case SYNC_GOAL_LIST:
    entry->due = entry->again;
    entry->done_once = entry->listed = entry->proven = TRUE;
    entry->done_at = now;
    entry->done_status = entry->status;
    entry->bodies |= more;
    return;
  }
}

void
sync_watch_skip (SyncWatch *watch, gint64 folder, gint64 now)
{
  Entry *entry = find (watch, folder);

  if (entry != NULL)
    entry->skip_until = now + SKIP_US;
}

static gboolean
is_unmeasured (const Entry *entry, gint64 now)
{
  const SyncStatus *status = &entry->status, *measured = &entry->measured;

  if (entry->listed || !entry->has_status || status->messages == 0)
    return FALSE;
  return (status->uid_validity != measured->uid_validity || status->uid_next != measured->uid_next
          || status->messages != measured->messages)
         && (measured->messages == 0 || now - entry->measured_at >= MEASURE_US);
}

gint64
sync_watch_next_unmeasured (SyncWatch *watch, gint64 now)
{
  for (guint i = 0; i < watch->entries->len; i++) {
    const Entry *entry = &g_array_index (watch->entries, Entry, i);

    if (is_unmeasured (entry, now))
      return entry->id;
  }
  return 0;
}

void
sync_watch_set_measured (SyncWatch *watch, gint64 folder, gint64 now)
{
  Entry *entry = find (watch, folder);

  if (entry == NULL)
    return;
  entry->measured = entry->status;
  entry->measured_at = now;
}

gint64
sync_watch_get_wait (SyncWatch *watch, gint64 now)
{
  gint64 every = 0;

  return MAX (get_list_due (watch, &every) - now, 0) / 1000 + 1;
}
