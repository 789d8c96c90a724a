/* The messages of one conversation, oldest first, over all folders of its account.  GListModel of MailMessage; live: a reply that comes is
 * added, what is removed goes. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

#define MAIL_TYPE_THREAD (mail_thread_get_type ())
G_DECLARE_FINAL_TYPE (MailThread, mail_thread, MAIL, THREAD, GObject)

/* Property "loading" (boolean, notify): which messages there are is not known yet. */
/* As it is seen from `folder` (id, or of a view): what lies in Junk, Trash or Drafts is part of it only there. */
MailThread *mail_thread_new (MailEngine *engine, gint64 thread,
                             gint64 folder) G_GNUC_WARN_UNUSED_RESULT;
/* A single message, which stays the only one. */
MailThread *mail_thread_new_for_message (MailEngine *engine,
                                         MailMessage *message) G_GNUC_WARN_UNUSED_RESULT;
gboolean mail_thread_get_loading (MailThread *thread);
/* Property "reading" (boolean, notify): something has changed, and what there is now is being read.  The lists are told of that change a moment later. */
gboolean mail_thread_get_reading (MailThread *thread);
/* Id of the conversation, another one once it has become part of that; 0: a single message. */
gint64 mail_thread_get_id (MailThread *thread);

G_END_DECLS
