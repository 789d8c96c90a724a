/* The message list of what somebody looks for.  Main thread, but for what is marked: the hits come from the search thread, as many as are
 * wanted; what changes in the mail has them asked for again.  Each wish ends what was asked with the one before. */
#include "mail-message-list-private.h"

#include "base-error.h"
#include "base-log.h"

#define FIRST_ITEMS 50
#define FOLLOW_MS   3000 /* between two questions while the index is being made */

static guint found_signal;

static void
say_found (MailMessageList *self)
{
  if (found_signal == 0)
    found_signal = g_signal_lookup ("found", MAIL_TYPE_MESSAGE_LIST);
  g_signal_emit (self, found_signal, 0);
}

void
mail_excerpt_row_free (gpointer data)
{
  MailExcerptRow *row = data;

  if (row == NULL)
    return;
  g_free (row->text);
  g_array_unref (row->ranges);
  g_free (row);
}

/* ---- in the search thread ---- */

GPtrArray *
mail_list_read_found (StoreDb *db, MailSearchRun *run, const gint64 *ids, gsize n,
                      const MailFoundTable *found, GPtrArray **excerpts)
{
  GPtrArray *items = g_ptr_array_new_full ((guint)n, (GDestroyNotify)store_item_free);

  *excerpts = g_ptr_array_new_full ((guint)n, mail_excerpt_row_free);
  for (gsize i = 0; i < n; i++) {
    const MailFound *hit = mail_found_table_get (found, ids[i]);
    MailExcerptRow *row = g_new0 (MailExcerptRow, 1);

    row->ranges = g_array_new (FALSE, FALSE, sizeof (StoreRange));
    g_ptr_array_add (items, hit != NULL ? mail_search_run_get_item (run, db, ids[i], hit,
                                                                    &row->text, row->ranges)
                                        : NULL);
    g_ptr_array_add (*excerpts, row);
  }
  return items;
}

static gpointer
run_close (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  mail_search_run_close (data);
  return MAIL_CALL_DONE;
}

typedef struct
{
  guint total, unread;
} Count;

/* With a search of its own: the other one may be in the middle of its hits. */
static gpointer
run_count (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  MailSearchRun *run = data;
  g_autofree Count *count = g_new0 (Count, 1);
  gboolean ok = mail_search_run_count (run, db, MAIL_SEARCH_COUNTED, &count->total, &count->unread,
                                       cancellable, error);

  return ok ? g_steal_pointer (&count) : NULL;
}

/* ---- the search at work ---- */

static void
on_closed (gpointer result, GError *error, gpointer data)
{
  g_clear_error (&error);
}

/* The search thread has the last word of it.  Takes it; not counted among the calls: it may be the last one of all. */
static void
close_run (MailMessageList *self, MailSearchRun *run)
{
  if (self->engine->search_thread != NULL)
    mail_store_thread_push (self->engine->search_thread, self->engine->context, run_close, run,
                            (GDestroyNotify)mail_search_run_unref, NULL, on_closed, NULL);
  else /* it was closed when the thread ended */
    mail_search_run_unref (run);
}

void
mail_message_list_close_search (MailMessageList *self)
{
  if (self->search != NULL && self->search->run != NULL)
    close_run (self, g_steal_pointer (&self->search->run));
}

void
mail_message_list_stop_search (MailMessageList *self)
{
  if (self->search != NULL)
    g_cancellable_cancel (self->search->cancellable);
}

/* What accounts are called, for "account:".  One that is switched off keeps its name, by which nothing is found then: another whose address has that
 * in it would not be what was meant. */
void
mail_search_list_accounts (MailEngine *engine, GArray *rows, GPtrArray *words)
{
  GListModel *accounts = mail_engine_get_known_accounts (engine);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (accounts, i);
    gint64 row = mail_account_get_row (account);

    g_array_append_val (rows, row);
    g_ptr_array_add (words, g_strdup_printf ("%s\n%s", mail_account_get_label (account),
                                             mail_account_get_address (account)));
  }
}

static MailSearchRun *
make_run (MailMessageList *self)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  mail_search_list_accounts (self->engine, rows, words);
  return mail_search_run_new (self->search->query, &self->search->wish, self->listing.conversations,
                              rows, words);
}

MailSearchRun *
mail_list_ref_run (MailMessageList *self)
{
  if (self->search->run == NULL)
    self->search->run = make_run (self);
  return mail_search_run_ref (self->search->run);
}

const MailFound *
mail_list_get_found (MailMessageList *self, gint64 id)
{
  return self->search != NULL ? mail_found_table_get (self->search->found, id) : NULL;
}

MailFoundTable *
mail_message_list_ref_found (MailMessageList *self)
{
  return self->search != NULL ? mail_found_table_ref (self->search->found) : NULL;
}

/* ---- counting ---- */

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree Count *count = g_task_propagate_pointer (G_TASK (result), &error);

  if (base_error_is_cancelled (error))
    return;
  MailMessageList *self = user_data; /* alive unless cancelled */
  if (count == NULL) {
    base_log ("What was found could not be counted: %s", error->message);
    return;
  }
  self->search->counted = TRUE;
  self->search->total = count->total;
  self->search->unread = count->unread;
  if (mail_folder_is_search (self->folder))
    mail_folder_set_unread (self->folder, count->unread);
  say_found (self);
}

/* After the first hits are there. */
static void
count (MailMessageList *self)
{
  MailSearchRun *run = make_run (self);

  mail_engine_call_search (
      self->engine, g_task_new (NULL, self->search->cancellable, on_counted, self), run_count,
      mail_search_run_ref (run), (GDestroyNotify)mail_search_run_unref, g_free);
  close_run (self, run);
}

/* ---- what came ---- */

/* Rows and excerpts are of what was found with the words before. */
static void
forget_rows (MailMessageList *self)
{
  self->search->renewed = FALSE;
  self->search->answers++;
  g_hash_table_remove_all (self->search->excerpts);
  mail_rows_free (self->rows);
  self->rows = mail_rows_new (MAIL_LIST_CACHE);
}

void
mail_list_take_found (MailMessageList *self, MailSearchRun *run, MailFoundTable *found,
                      gboolean over, gboolean whole, gint64 up_to)
{
  MailListSearch *search = self->search;

  if (search->renewed) /* nothing stays */
    forget_rows (self);
  mail_found_table_unref (search->found);
  search->found = found;
  search->over = over;
  search->whole = whole;
  search->up_to = up_to;
  if (!search->counted)
    count (self);
  say_found (self);
}

/* What is here is of other words. */
void
mail_list_take_failure (MailMessageList *self)
{
  MailListSearch *search = self->search;

  forget_rows (self);
  mail_found_table_unref (search->found);
  search->found = mail_found_table_new ();
  search->over = TRUE;
  search->total = search->unread = 0;
  say_found (self);
}

void
mail_list_put_excerpt (MailMessageList *self, gint64 id, MailExcerptRow *row)
{
  g_hash_table_replace (self->search->excerpts, g_memdup2 (&id, sizeof id), row);
}

void
mail_list_mark_item (MailMessageList *self, gint64 id, MailConversation *item)
{
  if (self->search == NULL)
    return;
  const MailExcerptRow *row = g_hash_table_lookup (self->search->excerpts, &id);
  mail_conversation_set_found (item, self->search->marks, row != NULL ? row->text : NULL,
                               row != NULL && row->text != NULL ? row->ranges : NULL);
}

/* ---- changes ---- */

void
mail_list_apply_to_search (MailMessageList *self, const StoreFolderChange *part)
{
  GArray *removed = MAIL_LIST_PART (self, part, removed);
  GArray *added = MAIL_LIST_PART (self, part, added);
  GArray *changed = MAIL_LIST_PART (self, part, changed);

  if (part->folder < 0) /* a folder tells the same */
    return;
  mail_list_refresh (self, changed);
  mail_list_refresh (self, removed);
  mail_list_refresh (self, added);
  if (part->removed->len == 0 && part->added->len == 0
      && !mail_search_follows_marks (self->search->query))
    return;
  mail_message_list_close_search (self);
  self->search->counted = FALSE;
  mail_list_query_soon (self);
}

/* ---- the index ---- */

static gboolean
on_follow (gpointer data)
{
  MailMessageList *self = data;

  /* What is asked now ends first: an answer without its search would be taken for one that somebody types on behind. */
  if (self->querying)
    return G_SOURCE_CONTINUE;
  self->search->follow_source = 0;
  if (self->search->query == NULL)
    return G_SOURCE_REMOVE;
  mail_message_list_close_search (self);
  self->search->counted = FALSE;
  mail_list_query (self);
  return G_SOURCE_REMOVE;
}

/* The index holds more than before: text of messages that were there, too, for it comes behind them. */
static void
on_indexing (MailMessageList *self)
{
  MailListSearch *search = self->search;

  if (search == NULL || search->query == NULL || search->follow_source != 0)
    return;
  g_autoptr (GSource) source = g_timeout_source_new (FOLLOW_MS);
  g_source_set_callback (source, on_follow, self, NULL);
  search->follow_source = g_source_attach (source, self->engine->context);
}

static void
stop_following (MailMessageList *self)
{
  guint id = self->search->follow_source;

  g_signal_handlers_disconnect_by_func (self->engine, on_indexing, self);
  if (id != 0)
    g_source_destroy (g_main_context_find_source_by_id (self->engine->context, id));
}

/* ---- wishes ---- */

static void
forget (MailListSearch *search)
{
  g_clear_pointer (&search->query, base_query_unref);
  g_clear_pointer (&search->marks, mail_marks_unref);
  mail_search_wish_clear (&search->wish);
}

void
mail_list_init_search (MailMessageList *self)
{
  self->search = g_new0 (MailListSearch, 1);
  self->search->cancellable = g_cancellable_new ();
  self->search->found = mail_found_table_new ();
  self->search->excerpts =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, mail_excerpt_row_free);
  self->search->whole = TRUE;
  g_signal_connect_swapped (self->engine, "notify::indexing", G_CALLBACK (on_indexing), self);
}

void
mail_list_free_search (MailMessageList *self)
{
  MailListSearch *search = self->search;

  g_cancellable_cancel (search->cancellable);
  mail_message_list_close_search (self);
  stop_following (self);
  self->search = NULL;
  forget (search);
  g_object_unref (search->cancellable);
  mail_found_table_unref (search->found);
  g_hash_table_unref (search->excerpts);
  g_free (search);
}

void
mail_message_list_set_query (MailMessageList *self, const char *typed, MailFolder *within,
                             gboolean best)
{
  g_return_if_fail (MAIL_IS_MESSAGE_LIST (self) && self->search != NULL && typed != NULL);
  MailListSearch *search = self->search;
  gint64 place = within != NULL ? mail_folder_get_id (within) : 0;

  if (search->query != NULL && g_str_equal (typed, search->wish.typed)
      && place == search->wish.within && best == search->wish.best)
    return;
  /* Whoever waits for the one before does not any more, and its thread is free for this one at once. */
  g_cancellable_cancel (search->cancellable);
  g_object_unref (search->cancellable);
  search->cancellable = g_cancellable_new ();
  mail_message_list_close_search (self);
  mail_engine_put_off_counts (self->engine);
  if (search->asking)
    self->querying = search->asking = FALSE;
  forget (search);
  search->wish = (MailSearchWish){ g_strdup (typed), place, best };
  search->query = base_query_parse (typed, g_get_real_time () / G_USEC_PER_SEC);
  search->marks = mail_marks_new (search->query);
  search->wanted = FIRST_ITEMS;
  search->counted = search->over = FALSE;
  search->renewed = TRUE;
  g_hash_table_remove_all (search->excerpts);
  mail_list_read_again (self);
}

BaseQuery *
mail_message_list_get_query (MailMessageList *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), NULL);
  return self->search != NULL ? self->search->query : NULL;
}

MailMarks *
mail_message_list_get_marks (MailMessageList *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), NULL);
  return self->search != NULL ? self->search->marks : NULL;
}

gboolean
mail_message_list_has_more (MailMessageList *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), FALSE);
  return self->search != NULL && !self->search->over;
}

void
mail_message_list_want_more (MailMessageList *self, gboolean all)
{
  g_return_if_fail (MAIL_IS_MESSAGE_LIST (self));
  if (!mail_message_list_has_more (self)
      || (!all && (self->querying || mail_message_list_wants_all (self))))
    return;
  self->search->wanted = all ? G_MAXUINT : MAX (self->keys->len, FIRST_ITEMS) * 2;
  mail_list_query (self);
}

gboolean
mail_message_list_wants_all (MailMessageList *self)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), FALSE);
  return self->search != NULL && self->search->wanted == G_MAXUINT;
}

gboolean
mail_message_list_get_total (MailMessageList *self, guint *total)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), FALSE);
  *total = self->search != NULL ? self->search->total : 0;
  return self->search != NULL && self->search->counted;
}

gboolean
mail_message_list_is_whole (MailMessageList *self, gint64 *up_to)
{
  g_return_val_if_fail (MAIL_IS_MESSAGE_LIST (self), TRUE);
  *up_to = self->search != NULL ? self->search->up_to : 0;
  return self->search == NULL || self->search->whole;
}
