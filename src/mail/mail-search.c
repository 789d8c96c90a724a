/* A search at work.  In the search thread, but for making it and letting go of it.  It must never touch an object of the window. */
#include "mail-search-private.h"

#define PORTION 50 /* hits asked for at once */

struct _MailSearchRun
{
  gatomicrefcount refs;

  /* Immutable */
  BaseQuery *query;
  gint64 within;
  gboolean best, conversations;
  GArray *rows;        /* of gint64 */
  GPtrArray *accounts; /* of char * */

  /* The search thread's */
  StoreSearch *search; /* NULL before the first question, and once closed */
  GArray *keys;        /* of StoreKey */
  MailFoundTable *found;
  gboolean over;
};

void
mail_search_wish_clear (MailSearchWish *wish)
{
  g_clear_pointer (&wish->typed, g_free);
}

static char *
copy_line (gconstpointer line, gpointer data)
{
  return g_strdup (line);
}

MailSearchRun *
mail_search_run_new (BaseQuery *query, const MailSearchWish *wish, gboolean conversations,
                     GArray *rows, GPtrArray *accounts)
{
  MailSearchRun *self = g_new0 (MailSearchRun, 1);

  g_atomic_ref_count_init (&self->refs);
  self->query = base_query_ref (query);
  self->within = wish->within;
  self->best = wish->best;
  self->conversations = conversations;
  self->rows = g_array_copy (rows);
  self->accounts = g_ptr_array_copy (accounts, (GCopyFunc)copy_line, NULL);
  g_ptr_array_set_free_func (self->accounts, g_free);
  self->keys = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  self->found = mail_found_table_new ();
  return self;
}

MailSearchRun *
mail_search_run_ref (MailSearchRun *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mail_search_run_unref (MailSearchRun *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_assert (self->search == NULL);
  base_query_unref (self->query);
  g_array_unref (self->rows);
  g_ptr_array_unref (self->accounts);
  g_array_unref (self->keys);
  mail_found_table_unref (self->found);
  g_free (self);
}

void
mail_search_run_close (MailSearchRun *self)
{
  g_clear_pointer (&self->search, store_search_free);
}

/* ---- reading ---- */

static StoreSearch *
open_search (MailSearchRun *self, StoreDb *db, GError **error)
{
  g_autofree StoreSearchAccount *accounts = g_new0 (StoreSearchAccount, self->accounts->len + 1);

  for (guint i = 0; i < self->accounts->len; i++)
    accounts[i] =
        (StoreSearchAccount){ g_array_index (self->rows, gint64, i), self->accounts->pdata[i] };
  const StoreSearchScope scope = { .folder = self->within,
                                   .order = self->best ? STORE_SEARCH_BEST : STORE_SEARCH_NEWEST,
                                   .accounts = accounts,
                                   .n_accounts = self->accounts->len };
  return store_search_new (db, self->query, &scope, error);
}

static void
note_folder (MailFound *found, gint64 folder)
{
  for (guint i = 0; i < MAIL_SEARCH_FOLDERS && found->folders[i] != folder; i++)
    if (found->folders[i] == 0) {
      found->folders[i] = folder;
      return;
    }
}

static void
take_hit (MailSearchRun *self, const StoreHit *hit)
{
  gint64 id = self->conversations ? hit->thread : hit->message;
  MailFound *found = mail_found_table_put (self->found, id);

  if (found->message == 0) {
    StoreKey key = STORE_KEY_MAKE (hit->received, id);

    *found = (MailFound){ hit->message, hit->folder, hit->received, { 0 }, FALSE };
    g_array_append_val (self->keys, key);
  }
  note_folder (found, hit->folder);
  found->unread |= hit->unread;
}

GArray *
mail_search_run_read (MailSearchRun *self, StoreDb *db, guint wanted, GCancellable *cancellable,
                      GError **error)
{
  if (self->search == NULL && (self->search = open_search (self, db, error)) == NULL)
    return NULL;
  while (!self->over && self->keys->len < wanted) {
    g_autoptr (GArray) hits = store_search_next (self->search, PORTION, cancellable, error);

    if (hits == NULL)
      return NULL;
    self->over = hits->len == 0;
    for (guint i = 0; i < hits->len; i++)
      take_hit (self, &g_array_index (hits, StoreHit, i));
  }
  return g_array_copy (self->keys);
}

MailFoundTable *
mail_search_run_dup_found (MailSearchRun *self)
{
  return mail_found_table_copy (self->found);
}

gboolean
mail_search_run_is_over (MailSearchRun *self)
{
  return self->over;
}

gboolean
mail_search_run_is_whole (MailSearchRun *self, gint64 *up_to)
{
  return self->search == NULL || store_search_is_whole (self->search, up_to);
}

gboolean
mail_search_run_count (MailSearchRun *self, StoreDb *db, guint most, guint *total, guint *unread,
                       GCancellable *cancellable, GError **error)
{
  if (self->search == NULL && (self->search = open_search (self, db, error)) == NULL)
    return FALSE;
  return store_search_count (self->search, most, total, unread, cancellable, error);
}

/* ---- rows ---- */

static StoreItem *
read_in (StoreDb *db, gboolean conversations, gint64 id, gint64 folder)
{
  const StoreListing there = { .folder = folder, .conversations = conversations };
  g_autoptr (GPtrArray) items = store_listing_get_items (db, &there, &id, 1, NULL);

  return items != NULL && items->len == 1 ? g_steal_pointer (&items->pdata[0]) : NULL;
}

StoreItem *
mail_search_run_get_item (MailSearchRun *self, StoreDb *db, gint64 id, const MailFound *found,
                          char **excerpt, GArray *ranges)
{
  g_autoptr (StoreMessage) hit = store_message_get (db, found->message, NULL);
  g_autoptr (StoreItem) item =
      hit != NULL ? read_in (db, self->conversations, id, hit->folder) : NULL;

  *excerpt = NULL;
  if (item == NULL)
    return NULL;
  /* It shows what was found, not what came last. */
  if (item->newest->id != hit->id) {
    store_message_free (item->newest);
    item->newest = g_steal_pointer (&hit);
  }
  if (self->search != NULL)
    *excerpt = store_search_dup_excerpt (self->search, found->message, ranges);
  return g_steal_pointer (&item);
}

/* ---- what changes it ---- */

static gboolean
follows_marks (const BaseQueryNode *node)
{
  switch (node->kind) {
  case BASE_QUERY_IS:
  case BASE_QUERY_LABEL:
    return TRUE;
  case BASE_QUERY_AND:
  case BASE_QUERY_OR:
  case BASE_QUERY_NOT:
    for (guint i = 0; i < node->children->len; i++)
      if (follows_marks (node->children->pdata[i]))
        return TRUE;
    return FALSE;
  case BASE_QUERY_ALL:
  case BASE_QUERY_TERM:
  case BASE_QUERY_HAS:
  case BASE_QUERY_IN:
  case BASE_QUERY_ACCOUNT:
  case BASE_QUERY_DATE:
  case BASE_QUERY_SIZE:
    break;
  }
  return FALSE;
}

gboolean
mail_search_follows_marks (const BaseQuery *query)
{
  return follows_marks (base_query_get_root (query));
}
