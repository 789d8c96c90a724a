/* One person's Sosik without a window: a profile, a store, an engine, and what the engine said. */
#pragma once

#include "live-server.h"

#include "store-folder.h"
#include "store-message.h"
#include "store-operation.h"
#include "store-outgoing.h"
#include "sync-engine.h"
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

  GMutex lock; /* what follows */
  GCond cond;
  SyncState *state;
  char *password;
  guint passwords; /* how often one was asked for */
  guint arrived;   /* messages */
  guint refused;
  guint states;
  char *last_refused;
} Live;

/* Waits up to `seconds` for the condition. */
#define LIVE_WAIT(condition, seconds)                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 live_deadline =                                                                         \
        g_get_monotonic_time () + (gint64)(live_slow () * (seconds)*G_USEC_PER_SEC);               \
    gboolean live_came;                                                                            \
    while (!(live_came = (condition)) && g_get_monotonic_time () < live_deadline)                  \
      g_usleep (5000);                                                                             \
    if (!live_came)                                                                                \
      g_assert_true (condition);                                                                   \
  }                                                                                                \
  G_STMT_END

double live_slow (void); /* factor for slow builds: LIVE_SLOW */

/* An empty mailbox of this user, and a profile that knows it; not started. */
Live *live_new (const char *user);
void live_start (Live *live);
/* The same on a network that costs money, or with times of its own (nullable, borrowed). */
void live_start_with (Live *live, gboolean metered, const SyncTimes *times);
void live_stop (Live *live);
void live_free (Live *live);
SyncPhase live_get_phase (Live *live);
guint live_get_arrived (Live *live);
guint live_get_refused (Live *live);
void live_set_password (Live *live, const char *password);

gint64 live_folder (Live *live, const char *name); /* 0: none */
guint live_total (Live *live, const char *name);
guint live_unread (Live *live, const char *name);
gint64 live_in_step (Live *live, const char *name); /* seconds, 0: never */
/* Row id of the first message with this subject, 0 none. */
gint64 live_find (Live *live, const char *folder, const char *subject);
StoreFlags live_flags (Live *live, gint64 id);
gboolean live_has_body (Live *live, gint64 id);
