/* What the module that reads the desktop's address books (libebook) tells of them.  It is a module since linking that library takes its time, and
 * since it need not be there.  Nothing of it is a type of that library. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

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
mail_book_news_free (MailBookNews *news)
{
  g_ptr_array_unref (news->cards);
  g_ptr_array_unref (news->gone);
  g_free (news);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailBookNews, mail_book_news_free)

G_END_DECLS
