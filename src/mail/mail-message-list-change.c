/* Changes of the mail on their way into the message list.  Main thread.  They are applied run by run, in slices of some milliseconds; what a change takes out of
 * Unread or Starred stays while somebody looks at it, which the store thread is asked about.
 *
 * A change may be told before or after the snapshot that already has it arrives.  Both are fine: what is above the frontier (already read) is changed at once, and
 * doing it twice does nothing; what is below goes to the journal, whose last word corrects the chunk when it comes.  Changes come in the order of their commits, so the
 * last word about a key is right or about to be corrected. */
#include "mail-message-list-private.h"

#include "base-error.h"

#define SOME_KEYS 1000 /* noted before the clock is looked at */
#define BUDGET_US 4000
/* So few changes within so few rows are told as one, so that what only moves is known again. */
#define FEW_KEYS 64
#define FEW_ROWS 500

/* A change on its way into the list. */
typedef struct
{
  StoreChange *change;
  GArray *removed, *added; /* of change, or a part of it */
  guint next_removed, next_added;
  guint inserted; /* rows, one after the other, by this step */
  gboolean begun;
  gboolean waiting; /* for the word which of `removed` stay */
} MailListStep;

static void
step_free (gpointer data)
{
  MailListStep *step = data;

  g_array_unref (step->removed);
  g_array_unref (step->added);
  store_change_unref (step->change);
  g_free (step);
}

void
mail_list_clear_steps (MailMessageList *self)
{
  g_queue_clear_full (&self->steps, step_free);
  g_clear_pointer (&self->journal, mail_keys_journal_free);
  self->journal = mail_keys_journal_new ();
}

/* ---- changes ---- */

/* What lies below the frontier is only noted, some at a time. */
static void
note_below (MailMessageList *self, GArray *keys, guint *next, MailKeysEvent event)
{
  for (guint i = 0; i < SOME_KEYS && *next < keys->len; i++, (*next)++)
    mail_keys_journal_note (self->journal, g_array_index (keys, StoreKey, *next), event);
}

/* How many of these keys, from the first on, lie where the list is read already. */
static guint
count_above (MailMessageList *self, GArray *keys)
{
  guint place = mail_keys_place (keys, self->frontier);

  return place < keys->len && g_array_index (keys, StoreKey, place) == self->frontier ? place + 1
                                                                                      : place;
}

static gboolean
has_move (GArray *removed, GArray *added)
{
  for (guint i = 0; i < removed->len; i++)
    for (guint j = 0; j < added->len; j++)
      if (STORE_KEY_ID (g_array_index (removed, StoreKey, i))
          == STORE_KEY_ID (g_array_index (added, StoreKey, j)))
        return TRUE;
  return FALSE;
}

/* A conversation that moves is told in one piece, where that is cheap: who follows the list sees that it is the same one.
 * FALSE: it is to be done the long way. */
static gboolean
step_as_one (MailMessageList *self, MailListStep *step)
{
  GArray *removed = step->removed, *added = step->added;
  guint low = G_MAXUINT, high = 0, next = 0;
  MailKeysRun run;

  if (removed->len + added->len > FEW_KEYS || !has_move (removed, added)
      || count_above (self, removed) < removed->len || count_above (self, added) < added->len)
    return FALSE;
  for (guint i = 0; i < removed->len; i++) {
    StoreKey key = g_array_index (removed, StoreKey, i);
    guint place = mail_keys_place (self->keys, key);
    gboolean here = place < self->keys->len && g_array_index (self->keys, StoreKey, place) == key;

    low = MIN (low, place);
    high = MAX (high, here ? place + 1 : place);
  }
  for (guint i = 0; i < added->len; i++) {
    guint place = mail_keys_place (self->keys, g_array_index (added, StoreKey, i));

    low = MIN (low, place);
    high = MAX (high, place);
  }
  if (high - low > FEW_ROWS)
    return FALSE;

  g_autoptr (GArray) piece = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  if (high > low)
    g_array_append_vals (piece, &g_array_index (self->keys, StoreKey, low), high - low);
  while (mail_keys_remove_run (piece, removed, &next, removed->len, &run))
    ;
  next = 0;
  while (mail_keys_insert_run (piece, added, &next, added->len, &run))
    ;
  mail_list_splice (self, low, high - low, (const StoreKey *)(gpointer)piece->data, piece->len);
  return TRUE;
}

/* What had stayed, and belongs here again, perhaps at another place. */
static void
take_back (MailMessageList *self, GArray *added)
{
  for (guint i = 0; i < added->len && g_hash_table_size (self->kept) > 0; i++) {
    StoreKey key = g_array_index (added, StoreKey, i);
    gint64 id = STORE_KEY_ID (key);

    if (!g_hash_table_remove (self->kept, &id))
      continue;
    guint place = mail_message_list_find (self, id);
    if (place != G_MAXUINT && g_array_index (self->keys, StoreKey, place) != key)
      mail_list_splice (self, place, 1, NULL, 0);
    if (self->querying) /* who was told wished for another listing: the keys are not ours now */
      return;
  }
}

/* One run; FALSE when the step is done. */
static gboolean
step_once (MailMessageList *self, MailListStep *step)
{
  if (!step->begun) {
    step->begun = TRUE;
    take_back (self, step->added);
    if (self->querying || step_as_one (self, step))
      return FALSE;
  }
  gboolean removing = step->next_removed < step->removed->len;
  GArray *keys = removing ? step->removed : step->added;
  guint *next = removing ? &step->next_removed : &step->next_added, above, place, n = 0;

  if (*next >= keys->len)
    return FALSE;
  above = count_above (self, keys);
  if (*next >= above) {
    note_below (self, keys, next, removing ? MAIL_KEYS_REMOVED : MAIL_KEYS_ADDED);
    return TRUE;
  }
  if (!removing) {
    const StoreKey *from = NULL;

    mail_keys_find_place (self->keys, keys, next, above, &place, &n);
    if (n == 0)
      return TRUE;
    n = mail_list_piece_to_insert (step->inserted, n);
    from = &g_array_index (keys, StoreKey, *next);
    *next += n;
    step->inserted += n;
    mail_list_splice (self, place, 0, from, n);
    return TRUE;
  }
  mail_keys_find_run (self->keys, keys, next, above, &place, &n);
  if (n > 0 && mail_list_remove_some (self, place, n) < n)
    *next -= n; /* to be found again, without what has gone */
  return TRUE;
}

/* Applies what waits, for a slice of time; TRUE when something is left that can be done now.  The step at work is ours: who is told of
 * a change may wish for another listing, for which no step counts any more. */
static gboolean
apply_slice (MailMessageList *list)
{
  g_autoptr (MailMessageList) self = g_object_ref (list);
  gint64 deadline = g_get_monotonic_time () + BUDGET_US;
  MailListStep *step;
  gboolean any = FALSE;

  while (!self->querying && (step = g_queue_peek_head (&self->steps)) != NULL && !step->waiting) {
    guint generation = self->generation;

    any = TRUE;
    g_queue_pop_head (&self->steps);
    self->stepping = TRUE;
    gboolean more = step_once (self, step);
    self->stepping = FALSE;
    if (!more || generation != self->generation)
      step_free (step);
    else {
      g_queue_push_head (&self->steps, step);
      if (g_get_monotonic_time () >= deadline)
        return TRUE;
    }
  }
  if (any)
    g_signal_emit_by_name (self, "settled");
  return FALSE;
}

static gboolean
on_slice (gpointer data)
{
  MailMessageList *self = data;

  if (apply_slice (self))
    return G_SOURCE_CONTINUE;
  self->slice_source = 0;
  return G_SOURCE_REMOVE;
}

void
mail_list_go_on (MailMessageList *self)
{
  if (self->slice_source != 0 || !apply_slice (self))
    return;
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_callback (source, on_slice, self, NULL);
  self->slice_source = g_source_attach (source, self->engine->context);
}

/* ---- what stays in Unread and Starred ---- */

typedef struct
{
  StoreListing listing;
  GArray *leavers;
} LeaversRequest;

typedef struct
{
  MailMessageList *list; /* borrowed: alive unless cancelled */
  StoreChange *change;   /* owned */
} LeaversWait;

/* Store thread. */
static gpointer
check_leavers (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  LeaversRequest *request = data;

  return mail_list_check_leavers (db, &request->listing, request->leavers, NULL);
}

static void
leavers_request_free (gpointer data)
{
  LeaversRequest *request = data;

  g_array_unref (request->leavers);
  g_free (request);
}

static void
on_leavers (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree LeaversWait *wait = user_data;
  g_autoptr (StoreChange) change = wait->change;
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) stay = g_task_propagate_pointer (G_TASK (result), &error);

  if (base_error_is_cancelled (error))
    return;
  MailMessageList *self = wait->list;
  for (GList *l = self->steps.head; l != NULL; l = l->next) {
    MailListStep *step = l->data;

    if (step->change != change || !step->waiting)
      continue;
    step->waiting = FALSE;
    if (stay == NULL || g_hash_table_size (stay) == 0)
      break;
    GArray *removed = g_array_new (FALSE, FALSE, sizeof (StoreKey));
    for (guint i = 0; i < step->removed->len; i++) {
      StoreKey key = g_array_index (step->removed, StoreKey, i);
      gint64 id = STORE_KEY_ID (key);

      if (g_hash_table_contains (stay, &id))
        g_hash_table_add (self->kept, g_memdup2 (&id, sizeof id));
      else
        g_array_append_val (removed, key);
    }
    g_array_unref (step->removed);
    step->removed = removed;
    break;
  }
  mail_list_go_on (self);
}

static gboolean
ask_leavers (MailMessageList *self, StoreChange *change, GArray *removed)
{
  if (self->listing.folder != STORE_VIEW_UNREAD && self->listing.folder != STORE_VIEW_STARRED)
    return FALSE;
  g_autoptr (GArray) leavers = mail_list_get_leavers (self, removed);
  if (leavers->len == 0)
    return FALSE;
  LeaversRequest *request = g_new0 (LeaversRequest, 1);
  LeaversWait *wait = g_new0 (LeaversWait, 1);
  *request = (LeaversRequest){ self->listing, g_steal_pointer (&leavers) };
  *wait = (LeaversWait){ self, store_change_ref (change) };
  mail_engine_call_store (self->engine, g_task_new (NULL, self->cancellable, on_leavers, wait),
                          check_leavers, request, leavers_request_free,
                          (GDestroyNotify)g_hash_table_unref);
  return TRUE;
}

/* Something stayed here, and now it goes away where it lies. */
static void
drop_kept (MailMessageList *self, const StoreFolderChange *part)
{
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GHashTable) by_newest =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->kept);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    gint64 newest, folder;

    if (mail_list_find_newest (self, *(gint64 *)key, &newest, &folder) && folder == part->folder)
      g_hash_table_insert (by_newest, g_memdup2 (&newest, sizeof newest), key);
  }
  if (g_hash_table_size (by_newest) == 0)
    return;
  for (guint i = 0; i < part->removed->len; i++) {
    gint64 message = STORE_KEY_ID (g_array_index (part->removed, StoreKey, i));
    gint64 *id = g_hash_table_lookup (by_newest, &message);

    if (id != NULL)
      g_array_append_val (gone, *id);
  }
  if (gone->len == 0)
    return;
  if (!mail_list_is_walking (self) || self->querying) {
    mail_list_query_soon (self);
    return;
  }
  for (guint i = 0; i < gone->len; i++) {
    guint place = mail_message_list_find (self, g_array_index (gone, gint64, i));

    g_hash_table_remove (self->kept, &g_array_index (gone, gint64, i));
    if (place != G_MAXUINT && !self->querying)
      mail_list_splice (self, place, 1, NULL, 0);
  }
  g_signal_emit_by_name (self, "settled");
}

/* No change names the mail from one person: what changed somewhere may be it. */
static void
apply_to_sender (MailMessageList *self, const StoreFolderChange *part)
{
  GArray *removed = MAIL_LIST_PART (self, part, removed);
  GArray *added = MAIL_LIST_PART (self, part, added);

  if (part->folder < 0) /* a folder tells the same */
    return;
  mail_list_refresh (self, MAIL_LIST_PART (self, part, changed));
  mail_list_refresh (self, removed);
  mail_list_refresh (self, added);
  if (removed->len > 0 || added->len > 0 || self->listing.filter != 0)
    mail_list_query_soon (self);
}

void
mail_message_list_people_changed (MailMessageList *self)
{
  if ((self->listing.filter & STORE_FILTER_KNOWN) != 0)
    mail_list_query_soon (self);
}

void
mail_message_list_apply (MailMessageList *self, StoreChange *change, const StoreFolderChange *part)
{
  if (self->search != NULL) {
    mail_list_apply_to_search (self, part);
    return;
  }
  if (self->listing.sender != NULL) {
    apply_to_sender (self, part);
    return;
  }
  if (part->folder != self->listing.folder) {
    if (g_hash_table_size (self->kept) > 0)
      drop_kept (self, part);
    return;
  }
  GArray *removed = MAIL_LIST_PART (self, part, removed);
  GArray *added = MAIL_LIST_PART (self, part, added);
  GArray *changed = MAIL_LIST_PART (self, part, changed);

  gboolean walking = mail_list_is_walking (self);
  /* Before the rows are forgotten. */
  gboolean waiting = walking && ask_leavers (self, change, removed);
  mail_list_refresh (self, changed);
  mail_list_refresh (self,
                     removed); /* one that moved away and is looked at still tells where it is */
  mail_list_refresh (self, added); /* one that comes back, or moves, is another than before */
  if (!walking) {
    mail_list_query_soon (self);
    return;
  }
  MailListStep *step = g_new0 (MailListStep, 1);
  step->change = store_change_ref (change);
  step->removed = g_array_ref (removed);
  step->added = g_array_ref (added);
  step->waiting = waiting;
  g_queue_push_tail (&self->steps, step);
  mail_list_go_on (self);
}
