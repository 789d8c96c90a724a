/* What tests with a real engine have in common: where its account's servers are, what the engine said, and what its store holds.
 * The engine's threads tell, any thread may ask. */
#pragma once

#include "store-folder.h"
#include "store-message.h"
#include "sync-engine.h"

G_BEGIN_DECLS

typedef struct
{
  GMutex lock;         /* what follows */
  char *own_password;  /* Owned: the same for the servers of identities; NULL: the one below */
  char *password;      /* Owned: what is answered when one is asked for */
  SyncState *state;    /* Owned: the last one; NULL: none yet */
  guint phases;        /* bits: those that were ever told */
  guint states;        /* how often another one was told */
  guint in_step;       /* how often it was told to be in step */
  guint passwords;     /* how often one was asked for */
  guint own_passwords; /* the same, for the servers of identities */
  gboolean locked;     /* the keyring gives none */
  guint arrived;       /* messages */
  guint refused;       /* how often */
  guint sending;       /* how often it was told how far a message is */
  char *last_refused;  /* Owned: "SENTENCE (DETAIL)"; NULL: never */
} EngineTold;

/* Of sync_engine_new (); their data is the EngineTold. */
extern const SyncEvents engine_told_events;

void engine_told_init (EngineTold *told, const char *password);
void engine_told_clear (EngineTold *told);
void engine_told_set_own_password (EngineTold *told, const char *password);
/* Before an engine starts once more. */
void engine_told_forget_state (EngineTold *told);
/* CONNECTING before the first. */
SyncPhase engine_told_get_phase (EngineTold *told);
gboolean engine_told_was_ever (EngineTold *told, SyncPhase phase);
guint engine_told_get_in_step (EngineTold *told);
guint engine_told_get_states (EngineTold *told);
guint engine_told_get_passwords (EngineTold *told);
void engine_told_set_locked (EngineTold *told, gboolean locked);
guint engine_told_get_own_passwords (EngineTold *told);
guint engine_told_get_arrived (EngineTold *told);
guint engine_told_get_refused (EngineTold *told);
guint engine_told_get_sending (EngineTold *told);

/* By TLS. */
void engine_set_server (BaseServer *server, const char *host, guint16 port, const char *user);

/* ---- what is in the store: `row` is the account's ---- */
StoreFolder *look_get_folder (StoreDb *db, gint64 row, const char *name); /* NULL: none */
gint64 look_folder (StoreDb *db, gint64 row, const char *name);           /* 0: none */
guint look_total (StoreDb *db, gint64 row, const char *name);
guint look_unread (StoreDb *db, gint64 row, const char *name);
/* Row id of the first message there with this subject, 0 none. */
gint64 look_find (StoreDb *db, gint64 row, const char *folder, const char *subject);

/* What a part holds, decoded; `by_store` (nullable): whether it lay there so. */
GBytes *look_part (StoreDb *db, gint64 message, guint part,
                   gboolean *by_store) G_GNUC_WARN_UNUSED_RESULT;

/* Looks again and again, up to `seconds`; an expression that says whether the condition came, though it may have gone again. */
#define LOOK_CAME(condition, seconds)                                                              \
  ({                                                                                               \
    gint64 look_deadline = g_get_monotonic_time () + (gint64)((seconds)*G_USEC_PER_SEC);           \
    gboolean look_came;                                                                            \
    while (!(look_came = (condition)) && g_get_monotonic_time () < look_deadline)                  \
      g_usleep (2000);                                                                             \
    look_came;                                                                                     \
  })

G_END_DECLS
