/* The person's word on what belongs together.  Main thread. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

/* Finish both with mail_engine_act_finish ().  Where nothing was to be done (the message is all of its conversation, the conversations are
 * one already) the token is 0, and there is no sentence. */

/* The messages (GPtrArray of MailMessage, of one conversation, not all of it) become a conversation of their own. */
void mail_engine_split_async (MailEngine *engine, GPtrArray *messages, GAsyncReadyCallback callback,
                              gpointer user_data);
/* Conversations (GArray of gint64, as mail_conversation_get_thread ()) become one.  REFUSED: of different accounts. */
void mail_engine_join_async (MailEngine *engine, GArray *threads, GAsyncReadyCallback callback,
                             gpointer user_data);

G_END_DECLS
