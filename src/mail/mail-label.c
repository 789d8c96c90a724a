/* Which labels there are.  Main thread; the store thread reads them. */
#include "mail-label.h"

#include "mail-engine-private.h"
#include "store-message.h"

static gpointer
run_list (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  return store_label_list (db, GPOINTER_TO_UINT (data), error);
}

void
mail_label_list_async (MailEngine *engine, guint most, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  mail_engine_call_store (engine, g_task_new (NULL, cancellable, callback, user_data), run_list,
                          GUINT_TO_POINTER (most), NULL, (GDestroyNotify)g_strfreev);
}

GStrv
mail_label_list_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
