/* What is unread of each search that is kept, counted in the search thread when mail has come, gone or changed.  Nobody waits for that: where somebody looks for something,
 * or the program ends, it is called off.  Main thread. */
#include "mail-engine-private.h"
#include "mail-private.h"
#include "mail-search-private.h"

#include "base-error.h"
#include "base-log.h"

#define COUNT_DELAY_MS 1000
#define MOST_COUNTED   1000

typedef struct
{
  MailEngine *engine; /* owned */
  MailFolder *search; /* owned */
} CountWait;

static gpointer
run_count (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  MailSearchRun *run = data;
  guint total = 0, unread = 0;
  gboolean ok = mail_search_run_count (run, db, MOST_COUNTED, &total, &unread, cancellable, error);

  mail_search_run_close (run);
  return ok ? GUINT_TO_POINTER (unread + 1) : NULL;
}

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree CountWait *wait = user_data;
  g_autoptr (MailEngine) self = wait->engine;
  g_autoptr (MailFolder) search = wait->search;
  g_autoptr (GError) error = NULL;
  guint found = GPOINTER_TO_UINT (g_task_propagate_pointer (G_TASK (result), &error));

  self->searches_counting--;
  if (found > 0)
    mail_folder_set_unread (search, found - 1);
  else if (base_error_is_cancelled (error))
    mail_engine_count_searches_soon (self);
  else
    base_log ("A search could not be counted: %s", error->message);
}

/* In front, for a phrase that is not closed, or an operator that waits for its value, takes all that follows; and of the words only what means something, for a lone OR at
 * their beginning would join the two. */
static BaseQuery *
narrow_to_unread (const char *typed)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (BaseQuery) query = base_query_parse (typed, now);
  g_autoptr (GString) unread = g_string_new ("is:unread");

  for (guint i = 0; i < base_query_get_n_pieces (query); i++) {
    g_autofree char *piece = base_query_dup_piece_text (query, i);

    g_string_append_printf (unread, " %s", piece);
  }
  return base_query_parse (unread->str, now);
}

static void
count (MailEngine *self, MailFolder *search)
{
  g_autoptr (BaseQuery) query = narrow_to_unread (mail_folder_get_typed (search));
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  const MailSearchWish wish = { NULL, 0, FALSE };
  CountWait *wait = g_new (CountWait, 1);

  mail_search_list_accounts (self, rows, words);
  *wait = (CountWait){ g_object_ref (self), g_object_ref (search) };
  self->searches_counting++;
  mail_engine_call_search (self, g_task_new (NULL, self->searches_cancellable, on_counted, wait),
                           run_count, mail_search_run_new (query, &wish, FALSE, rows, words),
                           (GDestroyNotify)mail_search_run_unref, NULL);
}

static gboolean
on_count_delay (gpointer data)
{
  MailEngine *self = data;

  if (self->searches_counting > 0) /* those are not done yet */
    return G_SOURCE_CONTINUE;
  self->searches_source = 0;
  g_clear_object (&self->searches_cancellable);
  self->searches_cancellable = g_cancellable_new ();
  for (guint i = 0;
       self->search_thread != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->searches));
       i++) {
    g_autoptr (MailFolder) search = g_list_model_get_item (G_LIST_MODEL (self->searches), i);

    count (self, search);
  }
  return G_SOURCE_REMOVE;
}

static void
stop_source (MailEngine *self)
{
  if (self->searches_source != 0)
    g_source_destroy (g_main_context_find_source_by_id (self->context, self->searches_source));
  self->searches_source = 0;
}

void
mail_engine_count_searches_soon (MailEngine *self)
{
  if (self->searches_source != 0 || self->search_thread == NULL || self->state > MAIL_ENGINE_READY
      || g_list_model_get_n_items (G_LIST_MODEL (self->searches)) == 0)
    return;
  g_autoptr (GSource) source = g_timeout_source_new (COUNT_DELAY_MS);
  g_source_set_callback (source, on_count_delay, self, NULL);
  self->searches_source = g_source_attach (source, self->context);
}

void
mail_engine_put_off_counts (MailEngine *self)
{
  gboolean waited = self->searches_source != 0;

  stop_source (self);
  if (self->searches_counting > 0)
    g_cancellable_cancel (self->searches_cancellable);
  else if (waited)
    mail_engine_count_searches_soon (self);
}

void
mail_engine_stop_counts (MailEngine *self)
{
  stop_source (self);
  g_cancellable_cancel (self->searches_cancellable);
}
