/* Where items of the message list lie for who does something to them.  Main thread, but for what is marked.  Of what was looked for that must not go by how much of it was
 * read: the search thread looks at the conversations once more. */
#include "mail-message-list-private.h"

#include "base-error.h"
#include "base-log.h"

typedef struct
{
  MailSearchRun *run; /* of its own */
  GArray *places;     /* of MailItemPlace: of the hits that are shown */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  mail_search_run_unref (request->run);
  g_array_unref (request->places);
  g_free (request);
}

static void
append (GArray *places, gint64 item, gint64 folder)
{
  const MailItemPlace place = { item, folder };

  g_array_append_val (places, place);
}

/* (search thread) What is shown is taken in any case: it may be no hit any more, because it was read. */
static gpointer
run_places (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const Request *request = data;
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (MailItemPlace));
  gboolean ok = TRUE;

  for (guint i = 0; ok && i < request->places->len; i++) {
    const MailItemPlace *shown = &g_array_index (request->places, MailItemPlace, i);
    g_autoptr (GArray) folders = g_array_new (FALSE, FALSE, sizeof (gint64));

    append (places, shown->item, shown->folder);
    ok = mail_search_run_list_folders (request->run, db, shown->item, folders, error);
    for (guint j = 0; ok && j < folders->len; j++)
      if (g_array_index (folders, gint64, j) != shown->folder)
        append (places, shown->item, g_array_index (folders, gint64, j));
  }
  mail_search_run_close (request->run);
  return ok ? g_steal_pointer (&places) : NULL;
}

static void
on_places (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;
  GArray *places = g_task_propagate_pointer (G_TASK (result), &error);

  if (places == NULL && !base_error_is_cancelled (error)) {
    base_log ("Where it was found could not be read: %s", error->message);
    g_clear_error (&error);
    places = g_array_ref (g_task_get_task_data (outer));
  }
  if (places != NULL)
    g_task_return_pointer (outer, places, (GDestroyNotify)g_array_unref);
  else
    g_task_return_error (outer, error);
}

GArray *
mail_message_list_list_places (MailMessageList *self, GArray *items, gboolean *all)
{
  GArray *places = g_array_sized_new (FALSE, FALSE, sizeof (MailItemPlace), items->len);

  for (guint i = 0; i < items->len; i++) {
    gint64 id = g_array_index (items, gint64, i);
    const MailFound *found = mail_list_get_found (self, id);

    append (places, id,
            found != NULL ? found->folder : mail_message_list_get_seen_folder (self, id));
  }
  *all = self->search == NULL || self->search->query == NULL || !self->listing.conversations;
  return places;
}

void
mail_message_list_find_places_async (MailMessageList *self, GArray *shown,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *outer = g_task_new (self, NULL, callback, user_data);
  Request *request = g_new (Request, 1);

  g_task_set_task_data (outer, g_array_ref (shown), (GDestroyNotify)g_array_unref);
  *request = (Request){ mail_list_make_run (self), g_array_ref (shown) };
  mail_engine_put_off_counts (self->engine);
  mail_engine_call_search (self->engine, g_task_new (NULL, NULL, on_places, outer), run_places,
                           request, request_free, (GDestroyNotify)g_array_unref);
}

GArray *
mail_message_list_find_places_finish (MailMessageList *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
