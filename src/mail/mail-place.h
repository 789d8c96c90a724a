/* A folder as a piece of a query (base-query.h).  Main thread. */
#pragma once

#include "mail-engine.h"

G_BEGIN_DECLS

/* The pieces that name this folder or view, and none of the others that there are: "in:Projects", "in:Projects account:kim@example.com", "in:Old/Projects", or with those
 * that are not meant ("-in:Old/Projects").  Where no pieces tell two folders apart (of two accounts of one address, at the same path) both are named. */
char *mail_place_write (MailEngine *engine, MailFolder *folder) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
