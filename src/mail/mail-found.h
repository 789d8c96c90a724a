/* What a search found, by item.  However many there are, they are two blocks of memory: copied in the search thread, and let go of by the main
 * thread at no cost worth telling.  One thread fills a table; once others hold it too, nobody changes it any more. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MAIL_SEARCH_FOLDERS 4 /* of the hits of one conversation, that are remembered */

/* The newest hit of an item, or the best. */
typedef struct
{
  gint64 message, folder, received;
  gint64 folders[MAIL_SEARCH_FOLDERS]; /* of all its hits, each once; 0: no more */
  gboolean unread;                     /* one of its hits is */
} MailFound;

typedef struct _MailFoundTable MailFoundTable;

MailFoundTable *mail_found_table_new (void) G_GNUC_WARN_UNUSED_RESULT;
MailFoundTable *mail_found_table_copy (const MailFoundTable *table) G_GNUC_WARN_UNUSED_RESULT;
MailFoundTable *mail_found_table_ref (MailFoundTable *table);
void mail_found_table_unref (MailFoundTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailFoundTable, mail_found_table_unref)
/* Borrowed; NULL: it was not found. */
const MailFound *mail_found_table_get (const MailFoundTable *table, gint64 id);
/* The same to be changed, until the next call: all zero where it is new. */
MailFound *mail_found_table_put (MailFoundTable *table, gint64 id);
/* Takes over what only `other` has. */
void mail_found_table_fill_up (MailFoundTable *table, const MailFoundTable *other);

G_END_DECLS
