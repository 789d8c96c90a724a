/* Items of a message list that are looked for: the next unread one, and the one that shows a certain message.  The store is asked, in its
 * own thread.  It must never change the list. */
#include "mail-message-list-private.h"

#include "store-thread.h"

/* ---- the next unread one ---- */

typedef struct
{
  StoreListing listing;
  GArray *keys; /* as they were when it was asked, from the one to begin with on */
} UnreadRequest;

static void
unread_request_free (gpointer data)
{
  UnreadRequest *request = data;

  g_array_unref (request->keys);
  g_free (request);
}

static gpointer
find_unread (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  UnreadRequest *request = data;
  g_autofree gint64 *found = g_new0 (gint64, 1);
  g_autoptr (GArray) unread = store_listing_read (db, &request->listing, 0, 0, error);

  if (unread == NULL)
    return NULL;
  g_autoptr (GHashTable) ids = mail_list_collect_ids (unread);
  for (guint i = 0; i < request->keys->len && *found == 0; i++) {
    gint64 id = STORE_KEY_ID (g_array_index (request->keys, StoreKey, i));

    if (g_hash_table_contains (ids, &id))
      *found = id;
  }
  return g_steal_pointer (&found);
}

/* Of what was looked for nobody else knows the rows; there are few. */
static void
find_unread_found (MailMessageList *self, guint position, GTask *task)
{
  guint n = self->keys->len, first = position < n ? position + 1 : n;
  gint64 *unread = g_new0 (gint64, 1);

  for (guint i = 0; i < n && *unread == 0; i++) {
    guint place = (first + i) % n;
    gint64 id = STORE_KEY_ID (g_array_index (self->keys, StoreKey, place));
    const StoreItem *row = place != position ? mail_rows_get (self->rows, id) : NULL;
    const MailFound *found = place != position ? mail_list_get_found (self, id) : NULL;

    if (row != NULL ? row->unread > 0 : found != NULL && found->unread)
      *unread = id;
  }
  g_task_return_pointer (task, unread, g_free);
  g_object_unref (task);
}

void
mail_message_list_find_unread_async (MailMessageList *self, guint position,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  guint n = self->keys->len;
  if (self->search != NULL) {
    find_unread_found (self, position, g_task_new (self, cancellable, callback, user_data));
    return;
  }
  UnreadRequest *request = g_new0 (UnreadRequest, 1);
  guint below = position < n ? position + 1 : n;
  const StoreKey *keys = (const StoreKey *)(gpointer)self->keys->data;

  request->listing = self->listing;
  request->listing.filter |= STORE_FILTER_UNREAD;
  request->keys = g_array_sized_new (FALSE, FALSE, sizeof (StoreKey), n);
  if (below < n)
    g_array_append_vals (request->keys, keys + below, n - below);
  if (MIN (position, n) > 0)
    g_array_append_vals (request->keys, keys, MIN (position, n));
  mail_engine_call_store (self->engine, g_task_new (self, cancellable, callback, user_data),
                          find_unread, request, unread_request_free, g_free);
}

/* ---- the one that shows a message ---- */

typedef struct
{
  gint64 message;
  gboolean conversations;
} MessageRequest;

static gpointer
find_message (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  MessageRequest *request = data;
  gint64 found = request->message;

  if (request->conversations && !store_thread_get (db, request->message, &found, error))
    return NULL;
  return g_memdup2 (&found, sizeof found);
}

void
mail_message_list_find_message_async (MailMessageList *self, gint64 message,
                                      GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  MessageRequest *request = g_new (MessageRequest, 1);

  *request = (MessageRequest){ message, self->listing.conversations };
  mail_engine_call_store (self->engine, g_task_new (self, cancellable, callback, user_data),
                          find_message, request, g_free, g_free);
}

gint64
mail_message_list_find_finish (MailMessageList *self, GAsyncResult *result, GError **error)
{
  g_autofree gint64 *found = g_task_propagate_pointer (G_TASK (result), error);

  return found != NULL ? *found : 0;
}
