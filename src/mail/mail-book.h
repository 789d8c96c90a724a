/* The people and lists of the desktop's address books, where there are any.  Main thread.
 *
 * They are read by a module in a thread of its own (mail-book-inside.h), once somebody asks for the first time, and followed from then on. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

typedef struct _MailBook MailBook;

/* Somebody's address, or a list. */
typedef struct
{
  char *name, *address; /* "" when none */
  char *folded;         /* both, see base_fold () */
  GPtrArray *members;   /* of MailRecipient; NULL: it is no list */
} MailBookEntry;

/* That of the engine, which ends with it; borrowed.  Begins to read. */
MailBook *mail_book_get (MailEngine *engine);
/* GPtrArray of MailBookEntry, borrowed until the main loop goes on. */
const GPtrArray *mail_book_get_entries (MailBook *book);

G_END_DECLS
