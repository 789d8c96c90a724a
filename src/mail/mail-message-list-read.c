/* The rows of a message list: read by pages in the store thread, kept in a cache, given to the items that somebody holds.  Main
 * thread, but for what says otherwise.  What is looked at now goes first: pages that nobody looks at any more when their turn
 * comes are not read at all. */
#include "mail-message-list-private.h"

#include "base-error.h"
#include "base-log.h"

#define PAGES_RUNNING                                                                              \
  2 /* in the store thread's queue: the next ones can still change their minds */
#define PAGES_AHEAD 4

/* ---- in the store thread ---- */

typedef struct
{
  StoreListing listing;
  GArray *ids;        /* of gint64 */
  GArray *newest;     /* of gint64: the message that is known of each, 0 none */
  MailSearchRun *run; /* nullable: of a search, with what it found of these */
  MailFoundTable *found;
} RowsRequest;

typedef struct
{
  GPtrArray *items;    /* of StoreItem; NULL: not in the listing any more */
  GPtrArray *leavers;  /* of StoreMessage: the newest one of those, NULL: gone */
  GPtrArray *excerpts; /* of MailExcerptRow; nullable */
} RowsResult;

static void
rows_request_free (gpointer data)
{
  RowsRequest *request = data;

  g_array_unref (request->ids);
  g_array_unref (request->newest);
  g_clear_pointer (&request->run, mail_search_run_unref);
  g_clear_pointer (&request->found, mail_found_table_unref);
  g_free (request);
}

static void
rows_result_free (gpointer data)
{
  RowsResult *result = data;

  g_clear_pointer (&result->items, g_ptr_array_unref);
  g_clear_pointer (&result->leavers, g_ptr_array_unref);
  g_clear_pointer (&result->excerpts, g_ptr_array_unref);
  g_free (result);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RowsResult, rows_result_free)

static void
message_free (gpointer message)
{
  store_message_free (message);
}

StoreListing
mail_list_plain (const StoreListing *listing)
{
  return (StoreListing){ .folder = listing->folder,
                         .conversations = listing->conversations,
                         .sender = listing->sender };
}

/* One that a view shows no more, as its folder has it; of all mail from a person, as that has it without a filter. */
static StoreItem *
read_in_folder (StoreDb *db, const StoreListing *listing, gint64 id, gint64 folder)
{
  StoreListing there = { .folder = folder, .conversations = listing->conversations };
  if (listing->sender != NULL)
    there = mail_list_plain (listing);
  g_autoptr (GPtrArray) items = store_listing_get_items (db, &there, &id, 1, NULL);

  return items != NULL && items->len == 1 ? g_steal_pointer (&items->pdata[0]) : NULL;
}

static gpointer
read_rows (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  RowsRequest *request = data;
  g_autoptr (RowsResult) result = g_new0 (RowsResult, 1);
  const gint64 *ids = (const gint64 *)(gpointer)request->ids->data;

  result->items =
      request->run != NULL
          ? mail_list_read_found (db, request->run, ids, request->ids->len, request->found,
                                  &result->excerpts)
          : store_listing_get_items (db, &request->listing, ids, request->ids->len, error);
  if (result->items == NULL)
    return NULL;
  result->leavers = g_ptr_array_new_full (request->ids->len, message_free);
  for (guint i = 0; i < request->ids->len; i++) {
    gint64 newest = g_array_index (request->newest, gint64, i);
    StoreMessage *row = NULL;

    if (result->items->pdata[i] == NULL && newest != 0)
      row = store_message_get (db, newest, NULL);
    if (row != NULL && request->listing.folder < 0 && request->run == NULL)
      result->items->pdata[i] = read_in_folder (db, &request->listing, ids[i], row->folder);
    g_ptr_array_add (result->leavers, row);
  }
  return g_steal_pointer (&result);
}

GHashTable *
mail_list_check_leavers (StoreDb *db, const StoreListing *listing, GArray *leavers,
                         GHashTable *without)
{
  GHashTable *stay = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < leavers->len; i++) {
    MailListLeaver *leaver = &g_array_index (leavers, MailListLeaver, i);

    if (without != NULL && g_hash_table_contains (without, &leaver->id))
      continue;
    g_autoptr (StoreMessage) row = store_message_get (db, leaver->newest, NULL);
    if (row == NULL || row->folder != leaver->folder)
      continue;
    StoreItem *item = read_in_folder (db, listing, leaver->id, leaver->folder);
    if (item != NULL)
      g_hash_table_add (stay, g_memdup2 (&leaver->id, sizeof leaver->id));
    store_item_free (item);
  }
  return stay;
}

/* ---- on the main thread ---- */

static void
take_row (MailMessageList *self, gint64 id, StoreItem *item, const StoreMessage *leaver)
{
  MailListHeld *held = g_hash_table_lookup (self->objects, &id);

  if (held != NULL) {
    g_autoptr (MailConversation) kept = g_object_ref (held->item);

    mail_list_mark_item (self, id, kept);
    if (item != NULL)
      mail_conversation_fill (kept, item,
                              mail_engine_find_folder (self->engine, item->newest->folder));
    else
      mail_conversation_leave (
          kept, leaver,
          leaver != NULL ? mail_engine_find_folder (self->engine, leaver->folder) : NULL);
  }
  if (item != NULL)
    mail_rows_put (self->rows, item);
}

void
mail_list_take_items (MailMessageList *self, GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++) {
    StoreItem *item = g_steal_pointer (&items->pdata[i]);

    if (item != NULL)
      take_row (self, item->id, item, NULL);
  }
}

typedef struct
{
  MailMessageList *list; /* borrowed: alive unless cancelled */
  GArray *ids;           /* owned */
  guint answers;         /* of a search, when they were asked for */
} RowsWait;

static void send_pages (MailMessageList *self);
static void want (MailMessageList *self, GArray *ids);

/* Somebody shows it, and does not know it. */
static gboolean
is_lacking (MailMessageList *self, gint64 id)
{
  return mail_list_get_found (self, id) != NULL && g_hash_table_contains (self->objects, &id)
         && !g_hash_table_contains (self->asked, &id) && mail_rows_get (self->rows, id) == NULL;
}

void
mail_list_want_held (MailMessageList *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (is_lacking (self, *(gint64 *)id))
      g_array_append_vals (ids, id, 1);
  want (self, ids);
  send_pages (self);
}

static void
on_rows (GObject *source, GAsyncResult *task_result, gpointer user_data)
{
  g_autofree RowsWait *wait = user_data;
  g_autoptr (GArray) ids = wait->ids;
  g_autoptr (GError) error = NULL;
  g_autoptr (RowsResult) result = g_task_propagate_pointer (G_TASK (task_result), &error);

  if (base_error_is_cancelled (error))
    return;
  g_autoptr (MailMessageList) self = g_object_ref (wait->list);
  self->pages_running--;
  for (guint i = 0; i < ids->len; i++)
    g_hash_table_remove (self->asked, &g_array_index (ids, gint64, i));
  if (self->search != NULL && wait->answers != self->search->answers)
    mail_list_want_held (self); /* they are of other words */
  else if (result == NULL)
    base_log ("Rows of a message list could not be read: %s", error->message);
  else
    for (guint i = 0; i < ids->len && i < result->items->len; i++) {
      if (result->excerpts != NULL && self->search != NULL)
        mail_list_put_excerpt (self, g_array_index (ids, gint64, i),
                               g_steal_pointer (&result->excerpts->pdata[i]));
      take_row (self, g_array_index (ids, gint64, i), g_steal_pointer (&result->items->pdata[i]),
                result->leavers->pdata[i]);
    }
  send_pages (self);
}

gboolean
mail_list_find_newest (MailMessageList *self, gint64 id, gint64 *newest, gint64 *folder)
{
  const StoreItem *row = mail_rows_get (self->rows, id);
  MailListHeld *held = g_hash_table_lookup (self->objects, &id);
  const MailFound *found = mail_list_get_found (self, id);

  if (row != NULL && found != NULL) { /* where it was found: what moved away does not stay */
    *newest = found->message;
    *folder = found->folder;
    return TRUE;
  }
  if (row != NULL) {
    *newest = row->newest->id;
    *folder = row->newest->folder;
    return TRUE;
  }
  g_autoptr (MailMessage) message = held != NULL ? mail_conversation_dup_newest (held->item) : NULL;
  MailFolder *place = message != NULL ? mail_message_get_folder (message) : NULL;
  if (place == NULL)
    return FALSE;
  *newest = mail_message_get_id (message);
  *folder = mail_folder_get_id (place);
  return TRUE;
}

/* Takes the ids. */
static void
send_page (MailMessageList *self, GArray *ids)
{
  RowsRequest *request = g_new0 (RowsRequest, 1);
  RowsWait *wait = g_new0 (RowsWait, 1);

  request->listing = mail_list_plain (&self->listing);
  request->ids = g_array_ref (ids);
  request->newest = g_array_sized_new (FALSE, FALSE, sizeof (gint64), ids->len);
  for (guint i = 0; i < ids->len; i++) {
    gint64 newest = 0, folder;

    mail_list_find_newest (self, g_array_index (ids, gint64, i), &newest, &folder);
    g_array_append_val (request->newest, newest);
  }
  *wait = (RowsWait){ self, ids, self->search != NULL ? self->search->answers : 0 };
  self->pages_running++;
  if (self->search != NULL) {
    request->run = mail_list_ref_run (self);
    request->found = mail_message_list_ref_found (self);
    mail_engine_call_search (self->engine, g_task_new (NULL, self->cancellable, on_rows, wait),
                             read_rows, request, rows_request_free, rows_result_free);
    return;
  }
  mail_engine_call_store (self->engine, g_task_new (NULL, self->cancellable, on_rows, wait),
                          read_rows, request, rows_request_free, rows_result_free);
}

static gboolean
is_looked_at (MailMessageList *self, GArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_hash_table_contains (self->objects, &g_array_index (ids, gint64, i)))
      return TRUE;
  return FALSE;
}

static void
drop_page (MailMessageList *self, GArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    g_hash_table_remove (self->asked, &g_array_index (ids, gint64, i));
  g_array_unref (ids);
}

/* What is looked at, the latest first; then what may be looked at next. */
static void
send_pages (MailMessageList *self)
{
  guint n = self->pages.length;

  for (guint i = 0; i < n && self->pages_running < PAGES_RUNNING; i++) {
    GArray *ids = g_queue_pop_head (&self->pages);

    if (is_looked_at (self, ids))
      send_page (self, ids);
    else
      g_queue_push_tail (&self->pages, ids);
  }
  while (self->pages.length > PAGES_AHEAD && !is_looked_at (self, self->pages.tail->data))
    drop_page (self, g_queue_pop_tail (&self->pages));
  if (self->pages_running == 0 && self->pages.length > 0)
    send_page (self, g_queue_pop_head (&self->pages));
}

/* Takes the ids. */
static void
want (MailMessageList *self, GArray *ids)
{
  if (ids->len == 0) {
    g_array_unref (ids);
    return;
  }
  for (guint i = 0; i < ids->len; i++)
    g_hash_table_add (self->asked, g_memdup2 (&g_array_index (ids, gint64, i), sizeof (gint64)));
  g_queue_push_head (&self->pages, ids);
}

/* Of a page what is neither here nor on its way. */
static GArray *
collect_page (MailMessageList *self, guint page)
{
  guint start = page * MAIL_LIST_PAGE, end = MIN (start + MAIL_LIST_PAGE, self->keys->len);
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), MAIL_LIST_PAGE);

  for (guint i = start; i < end; i++) {
    gint64 id = STORE_KEY_ID (g_array_index (self->keys, StoreKey, i));

    if (!g_hash_table_contains (self->asked, &id) && mail_rows_get (self->rows, id) == NULL)
      g_array_append_val (ids, id);
  }
  return ids;
}

void
mail_list_want_page (MailMessageList *self, guint position)
{
  guint page = position / MAIL_LIST_PAGE, n_pages = self->keys->len / MAIL_LIST_PAGE + 1;
  gboolean down = page >= self->last_page;
  GArray *ids = collect_page (self, page);

  if (ids->len > 0 && (down ? page + 1 < n_pages : page > 0))
    want (self, collect_page (self, down ? page + 1 : page - 1));
  self->last_page = page;
  want (self, ids);
  send_pages (self);
}

static void
refresh_id (MailMessageList *self, gint64 id, GArray **ids)
{
  mail_rows_drop (self->rows, id);
  /* One that is on its way may have been read before the change. */
  if (!g_hash_table_contains (self->objects, &id) && !g_hash_table_contains (self->asked, &id))
    return;
  if (*ids == NULL)
    *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_val (*ids, id);
  if ((*ids)->len >= MAIL_LIST_PAGE)
    want (self, g_steal_pointer (ids));
}

static void
collect_id (gint64 id, gpointer ids)
{
  g_array_append_val ((GArray *)ids, id);
}

/* What is here, in the cache or held by somebody. */
static GArray *
collect_known (MailMessageList *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer id;

  mail_rows_foreach (self->rows, collect_id, ids);
  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (mail_rows_get (self->rows, *(gint64 *)id) == NULL)
      g_array_append_vals (ids, id, 1);
  return ids;
}

void
mail_list_refresh (MailMessageList *self, GArray *changed)
{
  GArray *ids = NULL;

  if (changed->len == 0)
    return;
  if (changed->len <= 16 * MAIL_LIST_PAGE) {
    for (guint i = 0; i < changed->len; i++)
      refresh_id (self, STORE_KEY_ID (g_array_index (changed, StoreKey, i)), &ids);
  } else {
    /* A flood: go by what is here instead. */
    g_autoptr (GArray) known = collect_known (self);

    for (guint i = 0; i < known->len; i++)
      refresh_id (self, g_array_index (known, gint64, i), &ids);
  }
  if (ids != NULL)
    want (self, ids);
  send_pages (self);
}

GHashTable *
mail_message_list_collect_seen (MailMessageList *self)
{
  if (self->listing.folder >= 0)
    return NULL;
  GHashTable *seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr (GArray) known = collect_known (self);

  for (guint i = known->len; i-- > 0;) { /* the latest last: the cache keeps its order */
    gint64 id = g_array_index (known, gint64, i), newest, folder;

    if (mail_list_find_newest (self, id, &newest, &folder))
      g_hash_table_insert (seen, g_memdup2 (&id, sizeof id), g_memdup2 (&folder, sizeof folder));
  }
  return seen;
}

static void
add_leaver (MailMessageList *self, gint64 id, GArray *leavers)
{
  MailListLeaver leaver = { id, 0, 0 };

  if (mail_list_find_newest (self, id, &leaver.newest, &leaver.folder))
    g_array_append_val (leavers, leaver);
}

/* What somebody shows, and is not in the cache: it changed, and is being read again.  Where it was found, for what it shows may have moved away. */
static void
add_shown (MailMessageList *self, GArray *leavers)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    const MailFound *found = mail_list_get_found (self, *(gint64 *)id);
    MailListLeaver leaver = { *(gint64 *)id, 0, 0 };

    if (found == NULL || mail_rows_get (self->rows, leaver.id) != NULL)
      continue;
    leaver.newest = found->message;
    leaver.folder = found->folder;
    g_array_append_val (leavers, leaver);
  }
}

GArray *
mail_list_get_leavers (MailMessageList *self, GArray *keys)
{
  GArray *leavers = g_array_new (FALSE, FALSE, sizeof (MailListLeaver));

  if (keys != NULL) {
    for (guint i = 0; i < keys->len; i++)
      add_leaver (self, STORE_KEY_ID (g_array_index (keys, StoreKey, i)), leavers);
  } else {
    g_autoptr (GArray) known = g_array_new (FALSE, FALSE, sizeof (gint64));

    mail_rows_foreach (self->rows, collect_id, known);
    for (guint i = 0; i < known->len; i++)
      add_leaver (self, g_array_index (known, gint64, i), leavers);
    if (self->search != NULL && !self->search->renewed)
      add_shown (self, leavers);
  }
  return leavers;
}
