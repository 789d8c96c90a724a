/* The timetable of the sync worker: INBOX first and often, the folder a person looks at at once, the others when their
 * STATUS changed or their time has come.  Times are g_get_monotonic_time ().  Sync worker's thread; must never ask the
 * server itself. */
#include "sync-watch.h"

#define LIST_EVERY_US  (3 * 60 * G_USEC_PER_SEC)
#define INBOX_EVERY_US (15 * G_USEC_PER_SEC)
#define VISIT_EVERY_US (10 * 60 * G_USEC_PER_SEC) /* where the list brings no status */
#define SKIP_US        (10 * 60 * G_USEC_PER_SEC)

typedef struct
{
  gint64 id;
  StoreRole role;
  gboolean exists; /* told in the current list */
  gboolean has_status;
  gboolean due;
  gboolean done_once;
  SyncStatus status, done_status; /* as told last; as it was when last brought in step */
  gint64 done_at, skip_until;
} Entry;

struct _SyncWatch
{
  GArray *entries;
  gint64 list_due;
  guint shown_serial;
};

SyncWatch *
sync_watch_new (void)
{
  SyncWatch *watch = g_new0 (SyncWatch, 1);

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
  watch->list_due = 0;
  for (guint i = 0; i < watch->entries->len; i++) {
    Entry *entry = &g_array_index (watch->entries, Entry, i);

    entry->skip_until = 0;
    if (entry->role == STORE_ROLE_INBOX || !entry->has_status)
      entry->due = TRUE;
  }
}

gboolean
sync_watch_list_is_due (SyncWatch *watch, gint64 now)
{
  return now >= watch->list_due;
}

void
sync_watch_expire_list (SyncWatch *watch)
{
  watch->list_due = 0;
}

void
sync_watch_begin_list (SyncWatch *watch, gint64 now)
{
  watch->list_due = now + LIST_EVERY_US;
  for (guint i = 0; i < watch->entries->len; i++)
    g_array_index (watch->entries, Entry, i).exists = FALSE;
}

static gboolean
status_equal (const SyncStatus *a, const SyncStatus *b)
{
  return a->uid_validity == b->uid_validity && a->uid_next == b->uid_next
         && a->messages == b->messages && a->unseen == b->unseen && a->modseq == b->modseq;
}

/* In step as far as the row of an earlier session tells. */
static gboolean
row_agrees (const StoreFolder *folder, const SyncStatus *status)
{
  return folder->complete && folder->uid_validity == status->uid_validity
         && folder->uid_next == status->uid_next && folder->total == status->messages
         && folder->unread == status->unseen
         && (status->modseq == 0 || folder->highest_modseq == status->modseq);
}

/* Mailboxes that only repeat what lies elsewhere are not worth their traffic until somebody looks. */
static gboolean
is_mirror (StoreRole role)
{
  return role == STORE_ROLE_ALL || role == STORE_ROLE_FLAGGED;
}

void
sync_watch_take_folder (SyncWatch *watch, const StoreFolder *folder, const SyncStatus *status,
                        gint64 now)
{
  Entry *entry = find (watch, folder->id);

  if (entry == NULL) {
    g_array_set_size (watch->entries, watch->entries->len + 1);
    entry = &g_array_index (watch->entries, Entry, watch->entries->len - 1);
    entry->id = folder->id;
    entry->due = folder->role == STORE_ROLE_INBOX
                 || (!is_mirror (folder->role) && (status == NULL || !row_agrees (folder, status)));
    entry->done_status = status != NULL ? *status : (SyncStatus){ 0 };
    entry->done_at = now;
  }
  entry->exists = TRUE;
  entry->role = folder->role;
  entry->has_status = status != NULL;
  if (status != NULL) {
    entry->status = *status;
    if (!status_equal (&entry->status, &entry->done_status)
        && (!is_mirror (entry->role) || entry->done_once))
      entry->due = TRUE;
  } else if (now - entry->done_at >= VISIT_EVERY_US
             && (!is_mirror (entry->role) || entry->done_once)) {
    entry->due = TRUE;
  }
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

gint64
sync_watch_next (SyncWatch *watch, gint64 shown, guint serial, gint64 now)
{
  Entry *best = NULL, *entry = find (watch, shown);

  if (serial != watch->shown_serial) {
    watch->shown_serial = serial;
    if (entry != NULL) {
      entry->due = TRUE;
      entry->skip_until = 0;
    }
  }
  if (entry != NULL && entry->due && now >= entry->skip_until)
    return entry->id;
  for (guint i = 0; i < watch->entries->len; i++) {
    entry = &g_array_index (watch->entries, Entry, i);
    if (!entry->due || now < entry->skip_until)
      continue;
    if (best == NULL || rank (entry->role) < rank (best->role))
      best = entry;
  }
  /* Long work elsewhere must not keep new mail from being seen. */
  if (best != NULL && best->role != STORE_ROLE_INBOX) {
    gint64 inbox = sync_watch_get_inbox (watch);

    entry = find (watch, inbox);
    if (entry != NULL && now - entry->done_at > INBOX_EVERY_US && now >= entry->skip_until)
      return inbox;
  }
  return best != NULL ? best->id : 0;
}

gint64
sync_watch_get_inbox (SyncWatch *watch)
{
  for (guint i = 0; i < watch->entries->len; i++)
    if (g_array_index (watch->entries, Entry, i).role == STORE_ROLE_INBOX)
      return g_array_index (watch->entries, Entry, i).id;
  return 0;
}

void
sync_watch_mark (SyncWatch *watch, gint64 folder)
{
  Entry *entry = find (watch, folder);

  if (entry != NULL)
    entry->due = TRUE;
}

void
sync_watch_done (SyncWatch *watch, gint64 folder, gint64 now)
{
  Entry *entry = find (watch, folder);

  if (entry == NULL)
    return;
  entry->due = FALSE;
  entry->done_once = TRUE;
  entry->done_at = now;
  entry->done_status = entry->status;
}

void
sync_watch_skip (SyncWatch *watch, gint64 folder, gint64 now)
{
  Entry *entry = find (watch, folder);

  if (entry != NULL)
    entry->skip_until = now + SKIP_US;
}

gint64
sync_watch_get_wait (SyncWatch *watch, gint64 now)
{
  return MAX (watch->list_due - now, 0) / 1000 + 1;
}
