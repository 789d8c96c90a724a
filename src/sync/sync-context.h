/* What a room needs to work on one connection: handed down by the worker that owns it all; one thread. */
#pragma once

#include "sync-account.h"
#include "sync-worker.h"

#include "store-folder.h"

G_BEGIN_DECLS

typedef struct
{
  /* Borrowed */
  SyncAccount *account;
  StoreDb *db;
  ImapSession *session;
  GCancellable *cancellable;
  SyncWorker *worker; /* nullable: whose thread this is, when somebody may call it away */
  gint64 until;       /* monotonic, 0 for ever: when something else is due on this connection */
  gint64 row;         /* of the account */
  guint generation;   /* counts connections */
} SyncContext;

/* Selects `name` unless it is selected already (read-write serves for reading too). */
gboolean sync_context_select (SyncContext *context, const char *name, gboolean read_only,
                              GError **error);

G_END_DECLS
