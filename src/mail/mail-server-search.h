/* A search on the servers, begun when a person asks for it: of what they find the newest come into the store, where the search of a list finds them as they come.  Main thread. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

#define MAIL_TYPE_SERVER_SEARCH (mail_server_search_get_type ())
G_DECLARE_FINAL_TYPE (MailServerSearch, mail_server_search, MAIL, SERVER_SEARCH, GObject)

/* Begins at once.  `folder` (nullable): that one alone, of its account; NULL or a view: all accounts, everywhere but Junk, Trash and Drafts, unless `typed`
 * (base-query.h) has an in:.  It goes on until it is over or called off, whoever drops it.
 * Properties (notify): "running", "progress" (0 … 1, of all), "sentence" (how it stands, for a person). */
MailServerSearch *mail_server_search_new (MailEngine *engine, MailFolder *folder,
                                          const char *typed) G_GNUC_WARN_UNUSED_RESULT;
/* What has come stays. */
void mail_server_search_cancel (MailServerSearch *search);
gboolean mail_server_search_get_running (MailServerSearch *search);
double mail_server_search_get_progress (MailServerSearch *search);
const char *mail_server_search_get_sentence (MailServerSearch *search);
/* On the servers, as they understand the words; how many of those are here; and (nullable) why one did not search all of it. */
guint64 mail_server_search_get_found (MailServerSearch *search);
guint64 mail_server_search_get_here (MailServerSearch *search);
const char *mail_server_search_get_trouble (MailServerSearch *search);

G_END_DECLS
