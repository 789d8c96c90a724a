/* The indexer, see the header.  Its own thread and connections; it must never touch a GObject, and holds the lock only to hand over what it was told. */
#include "mail-indexer.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base-log.h"
#include "mail-indexer-doc.h"
#include "store-person.h"

#define NICE 10
/* A transaction: the larger, the fewer pieces the index is in, and the more is done again when the program ends within it. */
#define BATCH_DOCS   4000
#define BATCH_OCTETS (12 << 20)
/* Files take long to read: what is done then is written. */
#define BATCH_US (2 * G_USEC_PER_SEC)
#define PAUSE_US 10000
/* Who is told of a change waits until there was none for so long; but not longer than that. */
#define QUIET_US 400000
#define MOST_US  (10 * G_USEC_PER_SEC)
/* And with rows that have no text yet, until there was none for so long. */
#define REST_US (5 * G_USEC_PER_SEC)
#define POLL_US 250000
/* So many at once are not remembered one by one. */
#define MOST_TOLD 2000
/* So long things are still put in when it ends. */
#define LAST_US G_USEC_PER_SEC
/* After an error: a full disk, or damage, after which it begins anew. */
#define AGAIN_US  (20 * G_USEC_PER_SEC)
#define REPORT_US 300000

/* What it was told since it looked last. */
typedef struct
{
  GPtrArray *changes; /* of StoreChange */
  GPtrArray *senders; /* of char *: their mail is read otherwise by now */
  gboolean much;      /* more than is remembered: all is to be looked at */
} Told;

struct _MailIndexer
{
  Store *store;              /* Owned */
  GThread *thread;           /* Owned; NULL: none could be had */
  GCancellable *cancellable; /* Owned: ends what it waits for */
  GMutex lock;
  GCond turn;

  /* Under the lock */
  Told *told;
  gint64 first_told, last_told;
  gboolean woken; /* it may have to begin anew, although nobody told it anything */
  gboolean stopping;
  StoreIndex *index; /* Borrowed from the thread: to be interrupted; NULL: none is open */

  /* The thread's */
  StoreDb *db;
  GArray *tasks; /* of StoreIndexTask; NULL: to be listed */
  guint at, n_texts;
  gint64 seen; /* all up to this row id are among the tasks or done */
  gboolean tidy;
  gboolean said_unreadable;
  gint64 reported;

  /* Borrowed */
  MailChanges *changes;
};

/* ---- what it is told ---- */

static Told *
told_new (void)
{
  Told *told = g_new0 (Told, 1);

  told->changes = g_ptr_array_new_with_free_func ((GDestroyNotify)store_change_unref);
  told->senders = g_ptr_array_new_with_free_func (g_free);
  return told;
}

static void
told_free (Told *told)
{
  g_ptr_array_unref (told->changes);
  g_ptr_array_unref (told->senders);
  g_free (told);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Told, told_free)

static gboolean
told_is_empty (const Told *told)
{
  return told->changes->len == 0 && told->senders->len == 0 && !told->much;
}

/* ---- waiting ---- */

static gboolean
is_stopping (MailIndexer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->stopping;
}

/* TRUE: nobody wants it to stop. */
static gboolean
wait_until (MailIndexer *self, gint64 until)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (!self->stopping && g_cond_wait_until (&self->turn, &self->lock, until))
    ;
  return !self->stopping;
}

/* Until something is told, if `may_sleep`; then until no more of it comes.  NULL: nothing was told. */
static Told *
take_told (MailIndexer *self, gboolean may_sleep)
{
  Told *told;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (may_sleep && !self->stopping && !self->woken && told_is_empty (self->told))
    g_cond_wait (&self->turn, &self->lock);
  self->woken = FALSE;
  while (!self->stopping && !told_is_empty (self->told)) {
    gint64 until = MIN (self->last_told + QUIET_US, self->first_told + MOST_US);

    if (g_get_monotonic_time () >= until)
      break;
    (void)g_cond_wait_until (&self->turn, &self->lock, until);
  }
  if (self->stopping || told_is_empty (self->told)) /* the last word is finish_told ()'s */
    return NULL;
  told = self->told;
  self->told = told_new ();
  return told;
}

/* What could not be done, or waits for what is newer: who comes next takes it again, with what was told since. */
static void
give_back (MailIndexer *self, const Told *told)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Told *into = self->told;

  for (guint i = 0; i < told->senders->len; i++) {
    const char *address = told->senders->pdata[i];

    if (!g_ptr_array_find_with_equal_func (into->senders, address, g_str_equal, NULL))
      g_ptr_array_add (into->senders, g_strdup (address));
  }
  into->much |= told->much || into->changes->len + told->changes->len > MOST_TOLD;
  for (guint i = 0; !into->much && i < told->changes->len; i++)
    g_ptr_array_add (into->changes, store_change_ref (told->changes->pdata[i]));
  if (into->much)
    g_ptr_array_set_size (into->changes, 0);
}

/* Rows whose text is still to come are not put in twice, if that can be helped. */
static gboolean
is_quiet (MailIndexer *self)
{
  gint64 last;

  {
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

    last = self->last_told;
  }
  if (last == 0 || g_get_monotonic_time () - last > REST_US)
    return TRUE;
  (void)wait_until (self, g_get_monotonic_time () + POLL_US);
  return FALSE;
}

/* ---- what is to be done ---- */

static gboolean
list_tasks (MailIndexer *self, StoreIndex *index, GError **error)
{
  g_clear_pointer (&self->tasks, g_array_unref);
  self->at = self->n_texts = 0;
  if (!store_index_get_last (index, &self->seen, error))
    return FALSE;
  self->tasks = store_index_list_tasks (index, error);
  if (self->tasks == NULL)
    return FALSE;
  while (self->n_texts < self->tasks->len) {
    const StoreIndexTask *task = &g_array_index (self->tasks, StoreIndexTask, self->n_texts);

    if (!task->is_gone && task->stage < STORE_INDEX_PARTIAL)
      break;
    self->n_texts++;
  }
  self->tidy = TRUE;
  return TRUE;
}

/* Of the tasks from here on. */
static void
make_mark (const MailIndexer *self, StoreIndexMark *mark)
{
  mark->seen = self->seen;
  mark->rows = mark->texts = -1;
  for (guint i = self->at; i < self->n_texts && mark->texts < 0; i++) {
    const StoreIndexTask *task = &g_array_index (self->tasks, StoreIndexTask, i);

    if (!task->is_gone)
      mark->texts = task->received;
  }
  mark->rows = mark->texts;
  if (MAX (self->n_texts, self->at) < self->tasks->len)
    mark->rows =
        MAX (mark->rows,
             g_array_index (self->tasks, StoreIndexTask, MAX (self->n_texts, self->at)).received);
}

static void
report (MailIndexer *self, gboolean now)
{
  gint64 time = g_get_monotonic_time ();
  StoreIndexMark mark;

  if (self->tasks == NULL || (!now && time - self->reported < REPORT_US))
    return;
  self->reported = time;
  make_mark (self, &mark);
  mail_changes_push_indexed (self->changes, MIN (self->at, self->n_texts), self->n_texts,
                             mark.texts);
}

/* ---- doing it ---- */

/* The next of these tasks, as many as go into one transaction; those that somebody else has done since are none.  *at follows. */
static gboolean
do_batch (MailIndexer *self, StoreIndex *index, GArray *tasks, guint *at, StoreIndexMark *mark,
          GError **error)
{
  g_autoptr (GPtrArray) docs =
      g_ptr_array_new_with_free_func ((GDestroyNotify)mail_indexer_doc_free);
  g_autoptr (GArray) plain = g_array_new (FALSE, FALSE, sizeof (StoreIndexDoc));
  gint64 until = g_get_monotonic_time () + BATCH_US;
  guint end = *at;
  gsize octets = 0;

  for (; end < tasks->len && docs->len < BATCH_DOCS && octets < BATCH_OCTETS
         && (docs->len == 0 || g_get_monotonic_time () < until);
       end++) {
    MailIndexerDoc *doc;

    if (is_stopping (self)) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");
      return FALSE;
    }
    doc = mail_indexer_doc_new (self->db, &g_array_index (tasks, StoreIndexTask, end),
                                self->cancellable, error);
    if (doc == NULL)
      return FALSE;
    if (doc->is_unreadable && !self->said_unreadable)
      base_log ("Mail that could not be read is found by who wrote it, and about what, alone");
    self->said_unreadable |= doc->is_unreadable;
    octets += doc->octets;
    g_ptr_array_add (docs, doc);
    g_array_append_val (plain, doc->doc);
  }
  *at = end;
  if (mark == NULL)
    return store_index_add (index, (const StoreIndexDoc *)(gpointer)plain->data, plain->len, NULL,
                            error);
  make_mark (self, mark);
  return store_index_add (index, (const StoreIndexDoc *)(gpointer)plain->data, plain->len, mark,
                          error);
}

/* No more than one too many. */
static void
add_ids (GHashTable *ids, guint most, GArray *keys)
{
  for (guint i = 0; i < keys->len && g_hash_table_size (ids) <= most; i++) {
    gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, i));

    g_hash_table_add (ids, g_memdup2 (&id, sizeof id));
  }
}

/* FALSE: they are too many, or whole folders may have come or gone, and `ids` has some of them. */
static gboolean
gather_ids (const Told *told, guint most, GHashTable *ids)
{
  gboolean are_all = !told->much;

  for (guint i = 0; i < told->changes->len; i++) {
    const StoreChange *change = told->changes->pdata[i];

    for (guint j = 0; j < change->messages->len; j++) {
      const StoreFolderChange *part = change->messages->pdata[j];

      if (part->folder <= 0)
        continue;
      add_ids (ids, most, part->changed); /* what else there is would be listed */
      add_ids (ids, most, part->added);
      add_ids (ids, most, part->removed);
      if (g_hash_table_size (ids) > most)
        return FALSE;
    }
    are_all &= !change->folder_list;
  }
  return are_all;
}

static gboolean
mark_stale (StoreIndex *index, const GArray *tasks, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < tasks->len; i++)
    g_array_append_val (ids, g_array_index (tasks, StoreIndexTask, i).message);
  return ids->len == 0
         || store_index_mark_stale (index, (const gint64 *)(gpointer)ids->data, ids->len, error);
}

static int
compare_tasks (gconstpointer a, gconstpointer b)
{
  const StoreIndexTask *one = a, *other = b;

  return (one->received < other->received) - (one->received > other->received);
}

/* What the index lacks of these, newest first.  *last: the one that was stored last. */
static GArray *
look_at (StoreIndex *index, GHashTable *ids, gint64 *last, GError **error)
{
  g_autoptr (GArray) tasks = g_array_new (FALSE, FALSE, sizeof (StoreIndexTask));
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, ids);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    *last = MAX (*last, *(const gint64 *)id);
    if (!store_index_look (index, id, 1, tasks, error))
      return NULL;
  }
  g_array_sort (tasks, compare_tasks);
  return g_steal_pointer (&tasks);
}

/* Something was told since: it may be newer than what is being done. */
static gboolean
is_told_more (MailIndexer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return !told_is_empty (self->told);
}

/* The texts are the same octets as before, and other words: nothing but this says so. */
static gboolean
mark_senders (MailIndexer *self, StoreIndex *index, const Told *told, GError **error)
{
  for (guint i = 0; i < told->senders->len; i++) {
    g_autoptr (GArray) ids = store_person_list_sent (self->db, told->senders->pdata[i], error);

    if (ids == NULL
        || !store_index_mark_stale (index, (const gint64 *)(gpointer)ids->data, ids->len, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
do_told (MailIndexer *self, StoreIndex *index, const Told *told, GError **error)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GArray) tasks = NULL;
  gboolean are_all = gather_ids (told, MOST_TOLD, ids);
  gint64 last = self->seen;
  StoreIndexMark mark;

  if (!mark_senders (self, index, told, error))
    return FALSE;
  tasks = look_at (index, ids, &last, error);
  if (tasks == NULL)
    return FALSE;
  /* That a row reads otherwise is not seen where all are listed. */
  if (!are_all || told->senders->len > 0) {
    if (!mark_stale (index, tasks, error) || !list_tasks (self, index, error))
      return FALSE;
    report (self, TRUE);
    return TRUE;
  }
  for (guint at = 0; at < tasks->len;) {
    if (!do_batch (self, index, tasks, &at, NULL, error))
      return FALSE;
    if (at < tasks->len && is_told_more (self)) {
      give_back (self, told);
      return TRUE;
    }
  }
  self->tidy |= tasks->len > 0;
  if (last > self->seen) {
    self->seen = last;
    make_mark (self, &mark);
    if (!store_index_add (index, NULL, 0, &mark, error))
      return FALSE;
  }
  report (self, tasks->len > 0);
  return TRUE;
}

/* What of them can be read at once. */
static void
do_last (MailIndexer *self, StoreIndex *index, const GArray *tasks)
{
  gint64 end = g_get_monotonic_time () + LAST_US;

  for (guint i = 0; i < tasks->len && g_get_monotonic_time () < end; i++) {
    g_autoptr (MailIndexerDoc) doc = mail_indexer_doc_new (
        self->db, &g_array_index (tasks, StoreIndexTask, i), self->cancellable, NULL);

    if (doc != NULL && !doc->is_unreadable && !store_index_add (index, &doc->doc, 1, NULL, NULL))
      return;
  }
}

/* What changed right before the end: the next start sees what came and went, and of the rest what is marked. */
static void
finish_told (MailIndexer *self)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (StoreIndex) index = NULL;
  g_autoptr (GArray) tasks = NULL;
  gboolean anew = FALSE;
  gint64 last = 0;

  if (self->db == NULL || told_is_empty (self->told))
    return;
  index = store_index_open (self->db, &anew, NULL);
  if (index == NULL || anew)
    return;
  (void)mark_senders (self, index, self->told, NULL);
  (void)gather_ids (self->told, MOST_TOLD, ids);
  tasks = look_at (index, ids, &last, NULL);
  if (tasks != NULL && mark_stale (index, tasks, NULL))
    do_last (self, index, tasks);
}

/* One step; *more: there is another. */
static gboolean
do_step (MailIndexer *self, StoreIndex *index, gboolean *more, GError **error)
{
  g_autoptr (Told) told = take_told (self, !*more);
  StoreIndexMark mark;

  *more = TRUE;
  /* Damage: who searched met it */
  if (told != NULL
      && (store_index_is_damaged (self->store) || !do_told (self, index, told, error))) {
    give_back (self, told);
    return FALSE;
  }
  if (told != NULL || is_stopping (self))
    return TRUE;
  if (store_index_is_damaged (self->store))
    return FALSE;
  if (self->at >= self->n_texts && self->at < self->tasks->len && !is_quiet (self))
    return TRUE;
  if (self->at < self->tasks->len) {
    gboolean ok = do_batch (self, index, self->tasks, &self->at, &mark, error);

    report (self, ok && self->at >= self->n_texts);
    return ok;
  }
  store_index_get_mark (index, &mark);
  if (mark.texts >= 0 || mark.rows >= 0 || mark.seen < self->seen) {
    make_mark (self, &mark);
    return store_index_add (index, NULL, 0, &mark, error);
  }
  if (self->tidy)
    return store_index_tidy (index, &self->tidy, error);
  *more = FALSE;
  return TRUE;
}

static void
set_index (MailIndexer *self, StoreIndex *index)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->index = index;
}

/* From opening the index until it fails, or nobody wants it any more. */
static void
follow (MailIndexer *self, GError **error)
{
  gboolean anew = FALSE, more = TRUE;
  g_autoptr (StoreIndex) index = store_index_open (self->db, &anew, error);

  if (index == NULL)
    return;
  set_index (self, index);
  if (list_tasks (self, index, error)) {
    report (self, TRUE);
    while (!is_stopping (self) && do_step (self, index, &more, error)
           && (!more || wait_until (self, g_get_monotonic_time () + PAUSE_US)))
      ;
  }
  set_index (self, NULL);
  g_clear_pointer (&self->tasks, g_array_unref);
}

static gpointer
run (gpointer data)
{
  MailIndexer *self = data;
  gboolean said = FALSE;
  gint64 mended = 0, now;

  /* Of this thread alone, on Linux. */
  (void)setpriority (PRIO_PROCESS, (id_t)syscall (SYS_gettid), NICE);
  do {
    g_autoptr (GError) error = NULL;

    if (self->db == NULL)
      self->db = store_connect (self->store, &error);
    if (self->db != NULL)
      follow (self, &error);
    if (is_stopping (self))
      break;
    if (!said && error != NULL)
      base_log ("The index of words could not be written: %s", error->message);
    said |= error != NULL;
    now = g_get_monotonic_time ();
    if (error != NULL || (mended != 0 && now - mended < AGAIN_US))
      (void)wait_until (self, now + AGAIN_US);
    else
      mended = now; /* damage that somebody met, at once; not again and again */
  } while (!is_stopping (self));
  finish_told (self);
  g_clear_pointer (&self->db, store_db_free);
  return NULL;
}

/* ---- main thread ---- */

MailIndexer *
mail_indexer_new (Store *store, MailChanges *changes)
{
  MailIndexer *self = g_new0 (MailIndexer, 1);

  self->store = store_ref (store);
  self->changes = changes;
  self->told = told_new ();
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->turn);
  self->thread = g_thread_try_new ("sosik-words", run, self, NULL);
  return self;
}

void
mail_indexer_free (MailIndexer *self)
{
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  if (self->index != NULL)
    store_index_interrupt (self->index);
  g_cond_signal (&self->turn);
  g_mutex_unlock (&self->lock);
  g_cancellable_cancel (self->cancellable);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  told_free (self->told);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->turn);
  store_unref (self->store);
  g_free (self);
}

/* With the lock. */
static void
note_time (MailIndexer *self)
{
  self->last_told = g_get_monotonic_time ();
  if (told_is_empty (self->told))
    self->first_told = self->last_told;
}

void
mail_indexer_note (MailIndexer *self, StoreChange *change)
{
  g_autoptr (GMutexLocker) locker = NULL;

  if (change->messages->len == 0 && !change->folder_list)
    return;
  locker = g_mutex_locker_new (&self->lock);
  note_time (self);
  /* Where it cannot write, nobody takes them. */
  self->told->much |= self->told->changes->len >= MOST_TOLD;
  if (self->told->much)
    g_ptr_array_set_size (self->told->changes, 0);
  else
    g_ptr_array_add (self->told->changes, store_change_ref (change));
  g_cond_signal (&self->turn);
}

void
mail_indexer_note_sender (MailIndexer *self, const char *address)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  note_time (self);
  if (!g_ptr_array_find_with_equal_func (self->told->senders, address, g_str_equal, NULL))
    g_ptr_array_add (self->told->senders, g_strdup (address));
  g_cond_signal (&self->turn);
}

guint
mail_indexer_count_told (MailIndexer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->told->changes->len;
}

void
mail_indexer_wake (MailIndexer *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  if (!store_index_is_damaged (self->store))
    return;
  locker = g_mutex_locker_new (&self->lock);
  self->woken = TRUE;
  g_cond_signal (&self->turn);
}
