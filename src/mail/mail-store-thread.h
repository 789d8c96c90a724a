/* The store thread: one thread, one database connection, jobs in the order they were pushed.
 * All reads of the window and all actions of the person run in the store thread, each one short transaction; what somebody looks
 * for in another one, which may take its time. */
#pragma once

#include "store-db.h"

G_BEGIN_DECLS

typedef struct _MailStoreThread MailStoreThread;

/* In the store thread.  NULL means that `error` is set. */
typedef gpointer (*MailStoreFunc) (StoreDb *db, gpointer data, GCancellable *cancellable,
                                   GError **error);
/* In the context given to push.  Owns `result` (NULL on error) and `error`. */
typedef void (*MailStoreDoneFunc) (gpointer result, GError *error, gpointer done_data);

/* Starts the thread.  Takes the connection, which nobody else uses any more. */
MailStoreThread *mail_store_thread_new (const char *name, StoreDb *db) G_GNUC_WARN_UNUSED_RESULT;
/* (blocks) Runs what is queued, then ends the thread.  Results still come. */
void mail_store_thread_free (MailStoreThread *thread);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailStoreThread, mail_store_thread_free)

/* Any thread.  A job whose `cancellable` (nullable) is cancelled before its turn is not run and
 * gives CANCELLED.  `data` is plain data, freed in `context` after `done`. */
void mail_store_thread_push (MailStoreThread *thread, GMainContext *context, MailStoreFunc func,
                             gpointer data, GDestroyNotify free_data, GCancellable *cancellable,
                             MailStoreDoneFunc done, gpointer done_data);

G_END_DECLS
