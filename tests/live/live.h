/* One person's Sosik without a window: a profile, a store, an engine, and what the engine said. */
#pragma once

#include "live-server.h"

#include "engine-told.h"
#include "store-operation.h"
#include "store-outgoing.h"
#include "sync-watch.h"

typedef struct
{
  char *folder;
  BasePaths *paths;
  Store *store;
  StoreDb *db;
  BaseAccount *account;
  SyncEngine *engine; /* NULL: not running */
  gint64 row;

  EngineTold told;
} Live;

/* Waits for the condition. */
#define LIVE_WAIT(condition) g_assert_true (LOOK_CAME (condition, 60))
#define LIVE_TRIES                                                                                 \
  20 /* how often a time is taken before it counts as long: a busy machine is slow many times, but not each time */

/* An empty mailbox of this user, and a profile that knows it; not started. */
Live *live_new (const char *user);
void live_start (Live *live);
/* The same on a network that costs money, or with times of its own (nullable, borrowed). */
void live_start_with (Live *live, gboolean metered, const SyncTimes *times);
/* A new one, started, and all of the empty mailbox is here. */
Live *live_start_in_step (const char *user);
gint64 live_stop (Live *live); /* how long it took, in µs */
void live_free (Live *live);
void live_set_password (Live *live, const char *password);

gint64 live_folder (Live *live, const char *name); /* 0: none */
guint live_total (Live *live, const char *name);
guint live_unread (Live *live, const char *name);
gint64 live_in_step (Live *live, const char *name); /* seconds, 0: never */
/* Row id of the first message with this subject, 0 none. */
gint64 live_find (Live *live, const char *folder, const char *subject);
StoreFlags live_flags (Live *live, gint64 id);
gboolean live_has_body (Live *live, gint64 id);
