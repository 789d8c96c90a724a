/* In place of the module that reads the desktop's address books: tells what the test says, from a thread, as that one does. */
#include "mail-book-inside.h"

#include <gmodule.h>

G_MODULE_EXPORT const MailBookApi *sosik_book_get_api (void);
G_MODULE_EXPORT void book_module_tell (const char *id, const char *name, const char *addresses);
G_MODULE_EXPORT void book_module_forget (const char *id);

static GMutex lock;
static MailBookFunc listener; /* NULL: nobody listens */
static gpointer listener_data;

static void
card_free (gpointer data)
{
  MailBookCard *card = data;

  g_free (card->id);
  g_free (card->name);
  g_ptr_array_unref (card->addresses);
  g_ptr_array_unref (card->names);
  g_free (card);
}

static gpointer
run (gpointer news)
{
  g_mutex_lock (&lock);
  if (listener != NULL)
    listener (news, listener_data);
  else
    mail_book_news_free (news);
  g_mutex_unlock (&lock);
  return NULL;
}

static MailBookNews *
news_new (void)
{
  MailBookNews *news = g_new0 (MailBookNews, 1);

  news->cards = g_ptr_array_new_with_free_func (card_free);
  news->gone = g_ptr_array_new_with_free_func (g_free);
  return news;
}

/* "a@b c@d" is a list, "a@b" a person. */
void
book_module_tell (const char *id, const char *name, const char *addresses)
{
  g_auto (GStrv) parts = g_strsplit (addresses, " ", -1);
  MailBookNews *news = news_new ();
  MailBookCard *card = g_new0 (MailBookCard, 1);

  card->id = g_strdup (id);
  card->name = g_strdup (name);
  card->list = g_strv_length (parts) > 1;
  card->addresses = g_ptr_array_new_with_free_func (g_free);
  card->names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; parts[i] != NULL; i++) {
    g_ptr_array_add (card->addresses, g_strdup (parts[i]));
    g_ptr_array_add (card->names, g_strdup (card->list ? "" : name));
  }
  g_ptr_array_add (news->cards, card);
  g_thread_join (g_thread_new ("book", run, news));
}

void
book_module_forget (const char *id)
{
  MailBookNews *news = news_new ();

  g_ptr_array_add (news->gone, g_strdup (id));
  g_thread_join (g_thread_new ("book", run, news));
}

static gpointer
start (MailBookFunc func, gpointer data)
{
  g_mutex_lock (&lock);
  listener = func;
  listener_data = data;
  g_mutex_unlock (&lock);
  book_module_tell ("one\n1", "Mina Booked", "Booked@min.example");
  book_module_tell ("one\n2", "Mina the Often", "often@min.example");
  book_module_tell ("two\n1", "Min Team", "often@min.example team@min.example");
  return &lock;
}

static void
stop (gpointer reading)
{
  g_mutex_lock (&lock);
  listener = NULL;
  g_mutex_unlock (&lock);
}

const MailBookApi *
sosik_book_get_api (void)
{
  static const MailBookApi api = { start, stop };

  return &api;
}
