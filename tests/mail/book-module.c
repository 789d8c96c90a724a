/* In place of the module that reads the desktop's address books: tells what the test says, from a thread, as that one does. */
#include "mail-book-inside.h"

#include <gmodule.h>

G_MODULE_EXPORT const MailBookApi *sosik_book_get_api (void);
G_MODULE_EXPORT void book_module_tell (const char *id, const char *name, const char *addresses);
G_MODULE_EXPORT void book_module_forget (const char *id);

static GMutex lock;
static MailBookFunc listener; /* NULL: nobody listens */
static gpointer listener_data;

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

/* "a@b c@d" is a list, "a@b" a person. */
void
book_module_tell (const char *id, const char *name, const char *addresses)
{
  g_auto (GStrv) parts = g_strsplit (addresses, " ", -1);
  MailBookNews *news = mail_book_news_new ();
  MailBookCard *card = mail_book_card_new (id, name, g_strv_length (parts) > 1);

  for (guint i = 0; parts[i] != NULL; i++)
    mail_book_card_add (card, card->list ? "" : name, parts[i]);
  g_ptr_array_add (news->cards, card);
  g_thread_join (g_thread_new ("book", run, news));
}

void
book_module_forget (const char *id)
{
  MailBookNews *news = mail_book_news_new ();

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
