/* Splitting and joining conversations.  Main thread; the store thread does it, and remembers it among the deeds although nothing of it
 * goes to a server. */
#include "mail-thread-actions.h"

#include <glib/gi18n.h>

#include "mail-engine-private.h"
#include "store-deed.h"

/* ---- in the store thread ---- */

static gpointer
run_split (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const GArray *messages = data;
  const char *sentence = _ ("Message split from its conversation");
  gint64 deed = 0;

  if (!store_deed_split (db, sentence, (const gint64 *)(gconstpointer)messages->data, messages->len,
                         &deed, error))
    return NULL;
  return mail_acted_new (deed, deed != 0 ? sentence : NULL);
}

static gpointer
run_join (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const GArray *threads = data;
  const char *sentence = _ ("Conversations joined");
  gint64 deed = 0;

  if (!store_deed_join (db, sentence, (const gint64 *)(gconstpointer)threads->data, threads->len,
                        &deed, error))
    return NULL;
  return mail_acted_new (deed, deed != 0 ? sentence : NULL);
}

/* ---- on the main thread ---- */

void
mail_engine_split_async (MailEngine *self, GPtrArray *messages, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && messages->len > 0);
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < messages->len; i++) {
    gint64 id = mail_message_get_id (messages->pdata[i]);
    g_array_append_val (ids, id);
  }
  mail_engine_call_acting (self, g_task_new (self, NULL, callback, user_data), run_split, ids,
                           (GDestroyNotify)g_array_unref);
}

void
mail_engine_join_async (MailEngine *self, GArray *threads, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && threads->len > 0);
  mail_engine_call_acting (self, g_task_new (self, NULL, callback, user_data), run_join,
                           g_array_copy (threads), (GDestroyNotify)g_array_unref);
}
