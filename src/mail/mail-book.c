/* What the module tells of address books, as the window looks it up.  Main thread, but for on_news ().  Without the module, or without address
 * books, there is nobody in it; it must never wait, nor say anything about that. */
#include "mail-book.h"

#include <gmodule.h>
#include <string.h>

#include "base-fold.h"
#include "mail-book-inside.h"
#include "mail-engine.h"
#include "mail-recipient.h"

struct _MailBook
{
  gatomicrefcount refs;
  const MailBookApi *api; /* NULL: there is none */
  gpointer reading;       /* the module's; NULL when it has been stopped */
  GHashTable *cards;      /* id -> GPtrArray of MailBookEntry */
  GPtrArray *entries;     /* all of them, borrowed from `cards`; NULL: to be made again */
};

typedef struct
{
  MailBook *book;
  MailBookNews *news;
} Told;

static void
book_unref (MailBook *book)
{
  if (!g_atomic_ref_count_dec (&book->refs))
    return;
  g_hash_table_unref (book->cards);
  g_clear_pointer (&book->entries, g_ptr_array_unref);
  g_free (book);
}

static void
entry_free (gpointer data)
{
  MailBookEntry *entry = data;

  g_free (entry->name);
  g_free (entry->address);
  g_free (entry->folded);
  g_clear_pointer (&entry->members, g_ptr_array_unref);
  g_free (entry);
}

static MailBookEntry *
entry_new (const char *name, const char *address)
{
  MailBookEntry *entry = g_new0 (MailBookEntry, 1);
  g_autofree char *both = g_strdup_printf ("%s %s", name, address);

  entry->name = g_strdup (name);
  entry->address = g_strdup (address);
  entry->folded = base_fold (both, -1, NULL);
  return entry;
}

static GPtrArray *
make_entries (const MailBookCard *card)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (entry_free);

  if (card->list && card->addresses->len > 0) {
    MailBookEntry *list = entry_new (card->name, "");

    list->members = g_ptr_array_new_with_free_func ((GDestroyNotify)mail_recipient_free);
    for (guint i = 0; i < card->addresses->len; i++)
      g_ptr_array_add (list->members,
                       mail_recipient_new (card->names->pdata[i], card->addresses->pdata[i]));
    g_ptr_array_add (entries, list);
  }
  for (guint i = 0; !card->list && i < card->addresses->len; i++)
    g_ptr_array_add (entries, entry_new (card->names->pdata[i], card->addresses->pdata[i]));
  return entries;
}

static gboolean
is_of (gpointer key, gpointer value, gpointer book)
{
  return g_str_has_prefix (key, book);
}

static gboolean
take_news (gpointer data)
{
  const Told *told = data;
  MailBook *book = told->book;

  for (guint i = 0; i < told->news->cards->len; i++) {
    const MailBookCard *card = told->news->cards->pdata[i];

    g_hash_table_replace (book->cards, g_strdup (card->id), make_entries (card));
  }
  for (guint i = 0; i < told->news->gone->len; i++) {
    const char *id = told->news->gone->pdata[i];

    if (g_str_has_suffix (id, "\n"))
      g_hash_table_foreach_remove (book->cards, is_of, (gpointer)id);
    else
      g_hash_table_remove (book->cards, id);
  }
  g_clear_pointer (&book->entries, g_ptr_array_unref);
  return G_SOURCE_REMOVE;
}

static void
told_free (gpointer data)
{
  Told *told = data;

  mail_book_news_free (told->news);
  book_unref (told->book);
  g_free (told);
}

/* A thread of the module's. */
static void
on_news (MailBookNews *news, gpointer data)
{
  MailBook *book = data;
  Told *told = g_new0 (Told, 1);

  g_atomic_ref_count_inc (&book->refs);
  told->book = book;
  told->news = news;
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, take_news, told, told_free);
}

/* NULL: this Sosik was built without, or the library is not installed. */
static const MailBookApi *
load (void)
{
#ifdef SOSIK_BOOK_MODULE
  const char *other = g_getenv ("SOSIK_BOOK");
  const char *path = other != NULL ? other : SOSIK_BOOK_MODULE;
  GModule *module = *path != '\0' ? g_module_open (path, G_MODULE_BIND_LAZY) : NULL;
  const MailBookApi *(*get_api) (void) = NULL;

  if (module == NULL || !g_module_symbol (module, MAIL_BOOK_SYMBOL, (gpointer *)&get_api))
    return NULL;
  g_module_make_resident (module);
  return get_api ();
#else
  return NULL;
#endif
}

/* Linking takes its time: a pool thread does it. */
static void
run_load (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, (gpointer)load (), NULL);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  MailBook *book = data;

  book->api = g_task_propagate_pointer (G_TASK (result), NULL);
  /* Unless the engine has ended. */
  if (book->api != NULL && !g_atomic_ref_count_compare (&book->refs, 1))
    book->reading = book->api->start (on_news, book);
  book_unref (book);
}

static void
book_stop (gpointer data)
{
  MailBook *book = data;

  if (book->reading != NULL)
    book->api->stop (book->reading);
  book->reading = NULL;
  book_unref (book);
}

MailBook *
mail_book_get (MailEngine *engine)
{
  MailBook *book = g_object_get_data (G_OBJECT (engine), "book");
  g_autoptr (GTask) task = NULL;

  if (book != NULL)
    return book;
  book = g_new0 (MailBook, 1);
  g_atomic_ref_count_init (&book->refs);
  book->cards =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  g_object_set_data_full (G_OBJECT (engine), "book", book, book_stop);
  g_atomic_ref_count_inc (&book->refs);
  task = g_task_new (NULL, NULL, on_loaded, book);
  g_task_run_in_thread (task, run_load);
  return book;
}

const GPtrArray *
mail_book_get_entries (MailBook *book)
{
  GHashTableIter iter;
  gpointer entries;

  if (book->entries != NULL)
    return book->entries;
  book->entries = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, book->cards);
  while (g_hash_table_iter_next (&iter, NULL, &entries))
    for (guint i = 0; i < ((GPtrArray *)entries)->len; i++)
      g_ptr_array_add (book->entries, ((GPtrArray *)entries)->pdata[i]);
  return book->entries;
}
