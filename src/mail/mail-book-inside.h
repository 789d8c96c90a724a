/* What the module that reads the desktop's address books (libebook) tells of them: at most MAIL_BOOK_MOST_CARDS of a book, whatever that holds.  It is a module since linking that library takes its time, and
 * since it need not be there.  Nothing of it is a type of that library. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of a larger book, these are the first that it told of. */
#define MAIL_BOOK_MOST_CARDS 20000

/* Somebody, or a list of people. */
typedef struct
{
  char *id;   /* begins with that of its book and a line end */
  char *name; /* "" when none */
  gboolean list;
  GPtrArray *addresses; /* of char *; of a list: of its members, with their names beside */
  GPtrArray *names;     /* of char *, "" when none */
} MailBookCard;

/* Owned by who gets it. */
typedef struct
{
  GPtrArray *cards; /* of MailBookCard: new, or in place of what was told; few at a time */
  GPtrArray *gone;  /* of char *: their ids, or the beginning of those of a whole book */
} MailBookNews;

/* In a thread of the module's. */
typedef void (*MailBookFunc) (MailBookNews *news, gpointer data);

typedef struct
{
  /* Returns at once.  Where there are no address books, nothing is ever told. */
  gpointer (*start) (MailBookFunc func, gpointer data);
  /* `func` is not called any more when it returns; it waits for no server. */
  void (*stop) (gpointer reading);
} MailBookApi;

#define MAIL_BOOK_SYMBOL "sosik_book_get_api"

static inline void
mail_book_card_free (gpointer data)
{
  MailBookCard *card = (MailBookCard *)data;

  g_free (card->id);
  g_free (card->name);
  g_ptr_array_unref (card->addresses);
  g_ptr_array_unref (card->names);
  g_free (card);
}

static inline MailBookCard *
mail_book_card_new (const char *id, const char *name, gboolean list)
{
  MailBookCard *card = g_new0 (MailBookCard, 1);

  card->id = g_strdup (id);
  card->name = g_strdup (name);
  card->list = list;
  card->addresses = g_ptr_array_new_with_free_func (g_free);
  card->names = g_ptr_array_new_with_free_func (g_free);
  return card;
}

static inline void
mail_book_card_add (MailBookCard *card, const char *name, const char *address)
{
  g_ptr_array_add (card->addresses, g_strdup (address));
  g_ptr_array_add (card->names, g_strdup (name));
}

static inline MailBookNews *
mail_book_news_new (void)
{
  MailBookNews *news = g_new0 (MailBookNews, 1);

  news->cards = g_ptr_array_new_with_free_func (mail_book_card_free);
  news->gone = g_ptr_array_new_with_free_func (g_free);
  return news;
}

static inline void
mail_book_news_free (MailBookNews *news)
{
  g_ptr_array_unref (news->cards);
  g_ptr_array_unref (news->gone);
  g_free (news);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailBookNews, mail_book_news_free)

G_END_DECLS
