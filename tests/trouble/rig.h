/* One person's Sosik without a window at work with a model server that is in trouble: a profile, a store, an engine, and what
 * the engine said.  Several may run side by side, each in a thread of its own. */
#pragma once

#include "engine-told.h"
#include "model-server.h"
#include "store-operation.h"
#include "store-outgoing.h"

typedef struct
{
  ModelServer *server;
  char *folder;
  BasePaths *paths;
  Store *store;
  StoreDb *db;
  BaseAccount *account;
  SyncEngine *engine; /* NULL: not running */
  gint64 row;

  EngineTold told;
  const char *route;       /* of what is sent from now on; NULL: the account's server */
  const char *sent_folder; /* wanted by what is sent from now on; NULL: Sent */
} Rig;

#define RIG_WAIT(condition, seconds) g_assert_true (LOOK_CAME (condition, seconds))

/* The account alice on a server with these settings (nullable); not started. */
Rig *rig_new (const ModelSettings *settings) G_GNUC_WARN_UNUSED_RESULT;
void rig_start (Rig *rig);
/* `times` (nullable) is borrowed. */
void rig_start_with_times (Rig *rig, const SyncTimes *times);
void rig_stop (Rig *rig);
/* Stops the engine, opens the store anew and starts again. */
void rig_restart (Rig *rig);
void rig_free (Rig *rig);
/* For the log of the test: what the engine last said, and what the server has. */
char *rig_describe (Rig *rig) G_GNUC_WARN_UNUSED_RESULT;

/* A mail in a mailbox of the server; returns its UID. */
guint32 rig_deliver (Rig *rig, const char *mailbox, const char *subject);
gint64 rig_folder (Rig *rig, const char *name); /* 0: none */
guint rig_total (Rig *rig, const char *name);
/* Row id of the first message with this subject, 0 none. */
gint64 rig_find (Rig *rig, const char *folder, const char *subject);

/* Puts a mail into the outbox and says so to the engine; its id.  `to`: separated by commas. */
gint64 rig_send (Rig *rig, const char *to, const char *subject, gsize size);
/* The same with what else is wished; `send_at` 0: at once. */
gint64 rig_send_with (Rig *rig, const char *to, const char *subject, gsize size, StoreNotify notify,
                      gint64 send_at);
/* NULL when it is not there any more. */
StoreOutbox *rig_get_outbox (Rig *rig, gint64 id) G_GNUC_WARN_UNUSED_RESULT;
/* The server could not take it since then.  The engine is stopped. */
void rig_set_deferred (Rig *rig, gint64 id, gint64 when);
guint rig_count_outbox (Rig *rig);
