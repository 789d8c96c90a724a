/* A folder as a piece of a query (base-query.h).  Main thread. */
#pragma once

#include "mail-engine.h"

G_BEGIN_DECLS

/* To be kept: the pieces that name this folder or view and no other, whatever accounts there will be: by its whole path and its account's address ("in:Old/Projects
 * account:kim@example.com"), and with those that are not meant ("-in:Old/Projects"), where they go by its name, too.  Where no pieces tell two folders apart (of two
 * accounts of one address, at the same path) both are named. */
char *mail_place_write (MailEngine *engine, MailFolder *folder) G_GNUC_WARN_UNUSED_RESULT;
/* What is looked for in this folder or view as one would type it in any other: the text with these pieces, in front where they would become part of it behind. */
char *mail_place_narrow (MailEngine *engine, MailFolder *folder,
                         const char *text) G_GNUC_WARN_UNUSED_RESULT;
/* To be read: no more of it than tells the folder from the others that there are now ("in:Projects"). */
char *mail_place_write_short (MailEngine *engine, MailFolder *folder) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
