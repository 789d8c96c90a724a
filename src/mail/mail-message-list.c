/* The conversations or messages of a folder as a GListModel, on the main thread.  Keys come from the store thread in chunks, the first screenful alone; rows come by pages
 * when somebody asks for an item; changes are the business of mail-message-list-change.c.  It must never read the store here, nor do anything whose cost grows with the
 * number of messages more than a memmove does. */
#include "mail-message-list-private.h"

#include "base-error.h"
#include "base-log.h"

#define FIRST_KEYS 48 /* a screenful: a list view makes rows for all that it has, up to some 200 */
#define NEXT_KEYS  64 /* until they are made: so many in one turn take no longer than a frame */
#define MANY_KEYS  205
#define REST_MS    120 /* what is below the screen comes behind the first frames */
#define CHUNK_KEYS 20000

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MailMessageList, mail_message_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  PROP_LOADING = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

enum
{
  REMOVING,
  SETTLED,
  FOUND,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

gboolean
mail_list_is_walking (MailMessageList *self)
{
  return self->listing.sort == STORE_SORT_DATE && !self->listing.ascending
         && self->listing.filter == 0 && self->listing.folder != STORE_VIEW_SENDER
         && self->search == NULL;
}
/* ---- keys ---- */

typedef struct
{
  StoreListing listing;
  StoreKey before;
  guint limit, n_rows;
} KeysRequest;

typedef struct
{
  GArray *keys;
  GPtrArray *items; /* nullable; of the first keys */
} KeysResult;

typedef struct
{
  MailMessageList *list; /* borrowed: alive unless cancelled */
  guint limit, generation;
} KeysWait;

static void
keys_result_free (gpointer data)
{
  KeysResult *result = data;

  g_clear_pointer (&result->keys, g_array_unref);
  g_clear_pointer (&result->items, g_ptr_array_unref);
  g_free (result);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KeysResult, keys_result_free)

/* Store thread. */
static gpointer
read_keys (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const KeysRequest *request = data;
  g_autoptr (KeysResult) result = g_new0 (KeysResult, 1);
  gint64 ids[MAIL_LIST_PAGE];
  guint n = 0;

  result->keys = store_listing_read (db, &request->listing, request->before, request->limit, error);
  if (result->keys == NULL)
    return NULL;
  for (; n < request->n_rows && n < result->keys->len && n < MAIL_LIST_PAGE; n++)
    ids[n] = STORE_KEY_ID (g_array_index (result->keys, StoreKey, n));
  if (n > 0) /* what fails here is asked for again */
    result->items = store_listing_get_items (db, &request->listing, ids, n, NULL);
  return g_steal_pointer (&result);
}

void
mail_list_set_loading (MailMessageList *self, gboolean loading)
{
  if (self->loading == loading)
    return;
  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADING]);
}

static void ask_keys (MailMessageList *self, guint limit, guint n_rows);

static void
ask_more_keys (MailMessageList *self)
{
  ask_keys (self, self->keys->len < MANY_KEYS ? NEXT_KEYS : CHUNK_KEYS, 0);
}

static void
take_keys (MailMessageList *self, GArray *chunk, gboolean last)
{
  StoreKey high = self->frontier;
  StoreKey low = last ? G_MININT64 : g_array_index (chunk, StoreKey, chunk->len - 1);
  guint position = self->keys->len;

  mail_keys_journal_correct (self->journal, chunk, low, high);
  self->frontier = low;
  g_array_append_vals (self->keys, chunk->data, chunk->len);
  if (chunk->len > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), position, 0, chunk->len);
}

static gboolean
on_rest (gpointer data)
{
  MailMessageList *self = data;

  self->rest_source = 0;
  ask_more_keys (self);
  return G_SOURCE_REMOVE;
}

static void
on_keys (GObject *source, GAsyncResult *task_result, gpointer user_data)
{
  g_autofree KeysWait *wait = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (KeysResult) result = g_task_propagate_pointer (G_TASK (task_result), &error);

  if (base_error_is_cancelled (error))
    return;
  g_autoptr (MailMessageList) self = g_object_ref (wait->list);
  if (wait->generation != self->generation)
    return; /* another order was wished for meanwhile */
  if (result == NULL) {
    base_log ("A message list could not be read: %s", error->message);
    mail_engine_emit_notice (self->engine, error->message, base_error_get_detail (error));
    mail_list_set_loading (self, FALSE);
    return;
  }
  if (result->items != NULL)
    mail_list_take_items (self, result->items);
  gboolean last = result->keys->len < wait->limit;
  take_keys (self, result->keys, last);
  if (last)
    mail_list_set_loading (self, FALSE);
  else if (wait->limit == FIRST_KEYS) {
    g_autoptr (GSource) rest = g_timeout_source_new (REST_MS);
    g_source_set_callback (rest, on_rest, self, NULL);
    self->rest_source = g_source_attach (rest, self->engine->context);
  } else
    ask_more_keys (self);
}

static void
ask_keys (MailMessageList *self, guint limit, guint n_rows)
{
  KeysRequest *request = g_new0 (KeysRequest, 1);
  KeysWait *wait = g_new0 (KeysWait, 1);

  *request = (KeysRequest){ self->listing, self->frontier == G_MAXINT64 ? 0 : self->frontier, limit,
                            n_rows };
  *wait = (KeysWait){ self, limit, self->generation };
  mail_engine_call_store (self->engine, g_task_new (NULL, self->cancellable, on_keys, wait),
                          read_keys, request, g_free, keys_result_free);
}

static void
clear_source (MailMessageList *self, guint *source)
{
  if (*source != 0)
    g_source_destroy (g_main_context_find_source_by_id (self->engine->context, *source));
  *source = 0;
}

/* The keys that are here are of no known order any more: all are asked for at once. */
void
mail_list_read_again (MailMessageList *self)
{
  self->generation++;
  clear_source (self, &self->rest_source);
  self->fresh = TRUE;
  mail_list_clear_steps (self);
  g_hash_table_remove_all (self->kept);
  mail_list_set_loading (self, TRUE);
  mail_list_query (self);
}

void
mail_message_list_set_order (MailMessageList *self, MailSort sort, gboolean ascending)
{
  g_return_if_fail (MAIL_IS_MESSAGE_LIST (self));
  /* What was looked for has an order of its own. */
  if (self->search != NULL
      || (self->listing.sort == (StoreSort)sort && self->listing.ascending == ascending))
    return;
  self->listing.sort = (StoreSort)sort;
  self->listing.ascending = ascending;
  mail_list_read_again (self);
}

void
mail_message_list_set_filter (MailMessageList *self, MailFilter filter)
{
  g_return_if_fail (MAIL_IS_MESSAGE_LIST (self));
  if (self->search != NULL || self->listing.filter == (StoreFilter)filter)
    return;
  self->listing.filter = (StoreFilter)filter;
  mail_list_read_again (self);
}

/* ---- GListModel ---- */

static void
on_item_gone (gpointer data, GObject *where)
{
  MailListHeld *held = data;

  g_hash_table_remove (held->list->objects, &held->id); /* frees it */
}

static GType
list_get_item_type (GListModel *model)
{
  return MAIL_TYPE_CONVERSATION;
}

static guint
list_get_n_items (GListModel *model)
{
  return MAIL_MESSAGE_LIST (model)->keys->len;
}

static gpointer
list_get_item (GListModel *model, guint position)
{
  MailMessageList *self = MAIL_MESSAGE_LIST (model);

  if (position >= self->keys->len)
    return NULL;
  gint64 id = STORE_KEY_ID (g_array_index (self->keys, StoreKey, position));
  MailListHeld *held = g_hash_table_lookup (self->objects, &id);
  if (held != NULL) {
    held->position = position;
    return g_object_ref (held->item);
  }

  MailConversation *item = mail_conversation_new (id, self->listing.conversations);
  held = g_new0 (MailListHeld, 1);
  *held = (MailListHeld){ self, id, item, position };
  g_hash_table_insert (self->objects, &held->id, held);
  g_object_weak_ref (G_OBJECT (item), on_item_gone, held);
  const StoreItem *row = mail_rows_get (self->rows, id);
  if (row != NULL)
    mail_conversation_fill (item, row, mail_engine_find_folder (self->engine, row->newest->folder));
  else
    mail_list_want_page (self, position);
  mail_list_mark_item (self, id, item);
  return item;
}

void
mail_message_list_folders_came (MailMessageList *self)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer held;

  /* An item may go while another one is told. */
  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, NULL, &held))
    g_ptr_array_add (items, g_object_ref (((MailListHeld *)held)->item));
  for (guint i = 0; i < items->len; i++) {
    g_autoptr (MailMessage) newest = mail_conversation_dup_newest (items->pdata[i]);
    const StoreItem *row =
        newest != NULL && mail_message_get_folder (newest) == NULL
            ? mail_rows_get (self->rows, mail_conversation_get_id (items->pdata[i]))
            : NULL;

    if (row != NULL)
      mail_conversation_fill (items->pdata[i], row,
                              mail_engine_find_folder (self->engine, row->newest->folder));
  }
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = list_get_item_type;
  iface->get_n_items = list_get_n_items;
  iface->get_item = list_get_item;
}

/* ---- object ---- */

static void
mail_message_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_LOADING:
    g_value_set_boolean (value, MAIL_MESSAGE_LIST (object)->loading);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mail_message_list_dispose (GObject *object)
{
  MailMessageList *self = MAIL_MESSAGE_LIST (object);
  GHashTableIter iter;
  gpointer held;

  /* From here on no callback touches the list. */
  g_cancellable_cancel (self->cancellable);
  clear_source (self, &self->rest_source);
  clear_source (self, &self->slice_source);
  clear_source (self, &self->query_source);
  g_hash_table_iter_init (&iter, self->objects);
  while (g_hash_table_iter_next (&iter, NULL, &held))
    g_object_weak_unref (G_OBJECT (((MailListHeld *)held)->item), on_item_gone, held);
  g_hash_table_remove_all (self->objects);
  if (self->search != NULL)
    mail_list_free_search (self);
  if (self->engine != NULL)
    g_ptr_array_remove_fast (self->engine->lists, self);
  g_clear_object (&self->folder);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (mail_message_list_parent_class)->dispose (object);
}

static void
mail_message_list_finalize (GObject *object)
{
  MailMessageList *self = MAIL_MESSAGE_LIST (object);

  g_array_unref (self->keys);
  mail_list_clear_steps (self);
  g_clear_pointer (&self->journal, mail_keys_journal_free);
  g_queue_clear_full (&self->pages, (GDestroyNotify)g_array_unref);
  g_clear_pointer (&self->rows, mail_rows_free);
  g_hash_table_unref (self->asked);
  g_hash_table_unref (self->kept);
  g_hash_table_unref (self->objects);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (mail_message_list_parent_class)->finalize (object);
}

static void
mail_message_list_class_init (MailMessageListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mail_message_list_get_property;
  object_class->dispose = mail_message_list_dispose;
  object_class->finalize = mail_message_list_finalize;
  props[PROP_LOADING] =
      g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[REMOVING] = g_signal_new ("removing", MAIL_TYPE_MESSAGE_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  signals[FOUND] = g_signal_new ("found", MAIL_TYPE_MESSAGE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
  signals[SETTLED] = g_signal_new ("settled", MAIL_TYPE_MESSAGE_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
mail_message_list_init (MailMessageList *self)
{
  self->keys = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  self->journal = mail_keys_journal_new ();
  g_queue_init (&self->steps);
  g_queue_init (&self->pages);
  self->rows = mail_rows_new (MAIL_LIST_CACHE);
  self->asked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->kept = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->objects = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  self->cancellable = g_cancellable_new ();
  self->frontier = G_MAXINT64;
}

MailMessageList *
mail_message_list_new (MailEngine *engine, MailFolder *folder, gboolean conversations)
{
  MailMessageList *self = g_object_new (MAIL_TYPE_MESSAGE_LIST, NULL);

  self->engine = g_object_ref (engine);
  self->folder = g_object_ref (folder);
  self->listing.folder = mail_folder_get_id (folder);
  self->listing.conversations = conversations;
  self->loading = TRUE;
  self->listing.sender = mail_folder_get_sender (folder);
  g_ptr_array_add (engine->lists, self);
  if (mail_folder_is_search (folder)) {
    mail_list_init_search (self);
    mail_message_list_set_query (self, mail_folder_get_typed (folder),
                                 mail_folder_get_within (folder), mail_folder_get_best (folder));
  } else if (self->listing.sender != NULL)
    mail_list_read_again (self);
  else
    ask_keys (self, FIRST_KEYS, MAIL_LIST_PAGE);
  return self;
}

gboolean
mail_message_list_get_loading (MailMessageList *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), FALSE);
  return self->loading;
}

gboolean
mail_message_list_get_rearranging (MailMessageList *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), FALSE);
  return self->querying;
}

gboolean
mail_message_list_get_settled (MailMessageList *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), TRUE);
  return !self->querying && !self->stepping && g_queue_is_empty (&self->steps);
}

gboolean
mail_message_list_get_conversations (MailMessageList *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), FALSE);
  return self->listing.conversations;
}

MailSort
mail_message_list_get_sort (MailMessageList *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), MAIL_SORT_DATE);
  if (self->search != NULL && self->search->wish.best)
    return MAIL_SORT_BEST;
  return (MailSort)self->listing.sort;
}

const StoreListing *
mail_message_list_get_listing (MailMessageList *self)
{
  return &self->listing;
}

gint64
mail_message_list_get_id (MailMessageList *self, guint position)
{
  g_return_val_if_fail (position < self->keys->len, 0);
  return STORE_KEY_ID (g_array_index (self->keys, StoreKey, position));
}

gint64
mail_message_list_get_received (MailMessageList *self, guint position)
{
  g_return_val_if_fail (position < self->keys->len, 0);
  return g_array_index (self->keys, StoreKey, position) >> 32;
}

guint
mail_message_list_find (MailMessageList *self, gint64 id)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), G_MAXUINT);
  for (guint i = 0; i < self->keys->len; i++)
    if (STORE_KEY_ID (g_array_index (self->keys, StoreKey, i)) == id)
      return i;
  return G_MAXUINT;
}
