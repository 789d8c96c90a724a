/* The message list in orders and under filters that changes alone do not keep: the whole listing is asked for again, compared in
 * the store thread with what is here, and what is different is put in run by run, in slices.  The comparing must never be done
 * on the main thread. */
#include "mail-message-list-private.h"

#include "base-error.h"
#include "base-log.h"

/* Time for more changes to come before the listing is read again. */
#define DELAY_MS  150
#define BUDGET_US 4000

typedef struct
{
  StoreListing listing;
  GArray *from;           /* the keys that are here */
  GArray *leavers;        /* of MailListLeaver; nullable: nothing stays */
  MailSearchRun *run;     /* nullable: it is no search */
  guint wanted;           /* of its items */
  MailFoundTable *before; /* nullable: what was found so far, with the same words */
} QueryRequest;

typedef struct
{
  GArray *keys, *runs;
  GHashTable *stay;   /* nullable */
  GPtrArray *items;   /* nullable; of the first keys */
  MailSearchRun *run; /* nullable; and what it has */
  MailFoundTable *found;
  GPtrArray *excerpts; /* of `items` */
  gboolean over, whole;
  gint64 up_to;
  guint next;     /* run */
  guint inserted; /* of that run */
} QueryResult;

typedef struct
{
  MailMessageList *list; /* borrowed: alive unless cancelled */
  guint generation;
} QueryWait;

static void
query_request_free (gpointer data)
{
  QueryRequest *request = data;

  g_array_unref (request->from);
  g_clear_pointer (&request->leavers, g_array_unref);
  g_clear_pointer (&request->run, mail_search_run_unref);
  g_clear_pointer (&request->before, mail_found_table_unref);
  g_free (request);
}

static void
query_result_free (gpointer data)
{
  QueryResult *result = data;

  g_clear_pointer (&result->keys, g_array_unref);
  g_clear_pointer (&result->runs, g_array_unref);
  g_clear_pointer (&result->stay, g_hash_table_unref);
  g_clear_pointer (&result->items, g_ptr_array_unref);
  g_clear_pointer (&result->run, mail_search_run_unref);
  g_clear_pointer (&result->found, mail_found_table_unref);
  g_clear_pointer (&result->excerpts, g_ptr_array_unref);
  g_free (result);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QueryResult, query_result_free)

/* ---- in the store thread, or that of searches ---- */

GHashTable *
mail_list_collect_ids (GArray *keys)
{
  GHashTable *ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < keys->len; i++) {
    gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, i));

    g_hash_table_add (ids, g_memdup2 (&id, sizeof id));
  }
  return ids;
}

static GArray *
read_keys (StoreDb *db, const QueryRequest *request, QueryResult *result, GCancellable *cancellable,
           GError **error)
{
  if (request->run == NULL)
    return store_listing_read (db, &request->listing, 0, 0, error);
  GArray *keys = mail_search_run_read (request->run, db, request->wanted, cancellable, error);

  if (keys == NULL)
    return NULL;
  result->run = mail_search_run_ref (request->run);
  result->found = mail_search_run_dup_found (request->run);
  /* What stays in the list although it is no hit any more is known on. */
  if (request->before != NULL)
    mail_found_table_fill_up (result->found, request->before);
  result->over = mail_search_run_is_over (request->run);
  result->whole = mail_search_run_is_whole (request->run, &result->up_to);
  return keys;
}

static gpointer
run_query (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  QueryRequest *request = data;
  g_autoptr (QueryResult) result = g_new0 (QueryResult, 1);
  g_autoptr (GArray) to = read_keys (db, request, result, cancellable, error);
  gint64 ids[MAIL_LIST_PAGE];
  guint n = 0;

  if (to == NULL)
    return NULL;
  if (request->leavers != NULL && request->leavers->len > 0) {
    g_autoptr (GHashTable) present = mail_list_collect_ids (to);
    result->stay = mail_list_check_leavers (db, &request->listing, request->leavers, present);
  }
  result->runs = mail_keys_diff (request->from, to, result->stay, &result->keys);
  if (request->from->len == 0 || request->run != NULL) {
    StoreListing plain = mail_list_plain (&request->listing);

    for (; n < MAIL_LIST_PAGE && n < to->len; n++)
      ids[n] = STORE_KEY_ID (g_array_index (to, StoreKey, n));
    if (n > 0 && request->run != NULL)
      result->items =
          mail_list_read_found (db, request->run, ids, n, result->found, &result->excerpts);
    else if (n > 0)
      result->items = store_listing_get_items (db, &plain, ids, n, NULL);
  }
  return g_steal_pointer (&result);
}

/* ---- on the main thread ---- */

static void
finish (MailMessageList *self, QueryResult *result)
{
  g_array_unref (self->keys);
  self->keys = g_steal_pointer (&result->keys);
  g_hash_table_remove_all (self->kept);
  if (result->stay != NULL) {
    GHashTableIter iter;
    gpointer id;

    g_hash_table_iter_init (&iter, result->stay);
    while (g_hash_table_iter_next (&iter, &id, NULL))
      g_hash_table_add (self->kept, g_memdup2 (id, sizeof (gint64)));
  }
  self->frontier = G_MININT64;
  self->querying = FALSE;
  if (self->stale && self->search != NULL && self->search->run == NULL)
    mail_list_query (self); /* somebody typed on */
  else if (self->stale)
    mail_list_query_soon (self);
  else
    mail_list_set_loading (self, FALSE);
  g_signal_emit_by_name (self, "settled");
  mail_list_go_on (self);
}

typedef struct
{
  MailMessageList *list;
  QueryResult *result;
} Slice;

static void
slice_free (gpointer data)
{
  Slice *slice = data;

  query_result_free (slice->result);
  g_free (slice);
}

/* Some runs; TRUE when something is left. */
static gboolean
on_slice (gpointer data)
{
  Slice *slice = data;
  QueryResult *result = slice->result;
  g_autoptr (MailMessageList) self = g_object_ref (slice->list);
  gint64 deadline = g_get_monotonic_time () + BUDGET_US;

  while (result->next < result->runs->len) {
    MailKeysRun *run = &g_array_index (result->runs, MailKeysRun, result->next);

    if (!mail_list_splice_some (self, run, &result->inserted, result->keys,
                                result->next + 1 == result->runs->len)) {
      result->next++;
      result->inserted = 0;
    }
    if (g_get_monotonic_time () >= deadline && result->next < result->runs->len)
      return G_SOURCE_CONTINUE;
  }
  self->query_source = 0;
  finish (self, result);
  return G_SOURCE_REMOVE;
}

static void
start_source (MailMessageList *self, GSource *source, GSourceFunc func, gpointer data,
              GDestroyNotify destroy)
{
  g_source_set_callback (source, func, data, destroy);
  self->query_source = g_source_attach (source, self->engine->context);
  g_source_unref (source);
}

/* Takes the result. */
static void
begin_slices (MailMessageList *self, QueryResult *result)
{
  Slice *slice = g_new0 (Slice, 1);

  *slice = (Slice){ self, result };
  if (self->query_source != 0)
    g_source_destroy (g_main_context_find_source_by_id (self->engine->context, self->query_source));
  self->query_source = 0;
  if (on_slice (slice))
    start_source (self, g_idle_source_new (), on_slice, slice, slice_free);
  else
    slice_free (slice);
}

/* Nothing of these is there. */
static QueryResult *
make_empty (GArray *keys)
{
  QueryResult *result = g_new0 (QueryResult, 1);
  MailKeysRun run = { .removed = keys->len };

  result->keys = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  result->runs = g_array_new (FALSE, FALSE, sizeof run);
  if (keys->len > 0)
    g_array_append_val (result->runs, run);
  return result;
}

static void
on_queried (GObject *source, GAsyncResult *task_result, gpointer user_data)
{
  g_autofree QueryWait *wait = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (QueryResult) result = g_task_propagate_pointer (G_TASK (task_result), &error);

  if (base_error_is_cancelled (error))
    return;
  g_autoptr (MailMessageList) self = g_object_ref (wait->list);
  if (wait->generation != self->generation) { /* another listing is wished for by now */
    self->querying = FALSE;
    mail_list_query (self);
    return;
  }
  if (self->search != NULL)
    self->search->asking = FALSE;
  if (result == NULL) {
    base_log ("A message list could not be read: %s", error->message);
    mail_engine_emit_notice (self->engine, error->message, base_error_get_detail (error));
    if (self->search != NULL && self->search->renewed) {
      mail_list_take_failure (self);
      begin_slices (self, make_empty (self->keys));
      return;
    }
    self->querying = FALSE;
    if (mail_message_list_wants_all (self))
      self->search->wanted = MAX (self->keys->len, MAIL_LIST_PAGE); /* nobody waits for all now */
    mail_list_set_loading (self, FALSE);
    return;
  }
  if (result->run != NULL)
    mail_list_take_found (self, result->run, g_steal_pointer (&result->found), result->over,
                          result->whole, result->up_to);
  for (guint i = 0; result->excerpts != NULL && i < result->excerpts->len; i++)
    if (result->items->pdata[i] != NULL)
      mail_list_put_excerpt (self, ((StoreItem *)result->items->pdata[i])->id,
                             g_steal_pointer (&result->excerpts->pdata[i]));
  if (result->items != NULL)
    mail_list_take_items (self, result->items);
  if (self->search != NULL)
    mail_list_want_held (self);
  GArray *runs = mail_keys_gather (result->runs, mail_message_list_get_looked_at (self));
  g_array_unref (result->runs);
  result->runs = runs;
  begin_slices (self, g_steal_pointer (&result));
}

void
mail_list_query (MailMessageList *self)
{
  self->stale = TRUE;
  if (self->querying)
    return;
  QueryRequest *request = g_new0 (QueryRequest, 1);
  QueryWait *wait = g_new0 (QueryWait, 1);

  self->querying = TRUE;
  self->stale = FALSE;
  request->listing = self->listing;
  request->from = g_array_ref (self->keys); /* nobody changes them meanwhile */
  request->leavers = self->fresh ? NULL : mail_list_get_leavers (self, NULL);
  self->fresh = FALSE;
  *wait = (QueryWait){ self, self->generation };
  if (self->search != NULL) {
    request->run = mail_list_ref_run (self);
    request->wanted = self->search->wanted;
    if (!self->search->renewed)
      request->before = mail_found_table_ref (self->search->found);
    self->search->asking = TRUE;
    mail_engine_call_search (self->engine,
                             g_task_new (NULL, self->search->cancellable, on_queried, wait),
                             run_query, request, query_request_free, query_result_free);
    return;
  }
  mail_engine_call_store (self->engine, g_task_new (NULL, self->cancellable, on_queried, wait),
                          run_query, request, query_request_free, query_result_free);
}

static gboolean
on_delay (gpointer data)
{
  MailMessageList *self = data;

  self->query_source = 0;
  mail_list_query (self);
  return G_SOURCE_REMOVE;
}

void
mail_list_query_soon (MailMessageList *self)
{
  self->stale = TRUE;
  if (self->querying || self->query_source != 0)
    return;
  start_source (self, g_timeout_source_new (DELAY_MS), on_delay, self, NULL);
}
