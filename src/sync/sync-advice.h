/* What a person can do when a server refuses to sign them in, by the server's words and by what is known of its provider.  Pure; any thread. */
#pragma once

#include "base-account.h"

G_BEGIN_DECLS

/* A refusal of a sign-in at that server: *sentence (nullable out, translated) says what to do, *link (nullable out; NULL where there is none) where; it lives
 * as long as the program.  FALSE: there is nothing better to say than the error does, or it is no refusal that a server put into words. */
gboolean sync_advice_find (const BaseServer *server, const GError *error, char **sentence,
                           const char **link);
/* The advice in the place of the error's sentence, where there is any; code and detail stay. */
void sync_advice_apply (GError **error, const BaseServer *server);

G_END_DECLS
