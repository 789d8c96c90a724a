/* The only part that knows servers AND messages AND disk: owns the worker threads of every account.
 *
 * Made and freed on the main thread.  All functions return at once unless marked (blocks).  Events come
 * on worker threads.  Per account: a sync worker (operations, folder sync, IDLE), a reader worker (EXAMINE and PEEK for what a
 * person waits on; opens lazily, closes when idle), a send worker (SMTP, only while there is something to send). */
#pragma once

#include "base-account.h"
#include "base-query.h"
#include "base-trust.h"
#include "store-folder.h"

G_BEGIN_DECLS

typedef struct _SyncEngine SyncEngine;

typedef enum
{
  SYNC_PHASE_OFFLINE, /* not connected: no network, server gone; tries again at next_try */
  SYNC_PHASE_CONNECTING,
  SYNC_PHASE_SYNCING,        /* done of total says how far; total 0: not known */
  SYNC_PHASE_IN_STEP,        /* nothing to do; listening */
  SYNC_PHASE_NEEDS_PASSWORD, /* waits for a person: sync_engine_retry () */
  SYNC_PHASE_NEEDS_SIGN_IN,  /* the same: no access token is to be had, or none is taken */
  SYNC_PHASE_LOCKED,         /* the same: the keyring is; sync_engine_unlocked () */
  SYNC_PHASE_NEEDS_TRUST,    /* certificate refused: waits for a person */
  SYNC_PHASE_DISK,           /* this computer cannot write: tries again at next_try */
} SyncPhase;

typedef struct
{
  SyncPhase phase;
  char *folder;      /* nullable: display path of what is being synced */
  guint done, total; /* messages */
  gint64 in_step;    /* last moment proven in step (INBOX), 0 never */
  StoreProof in_step_by;
  gint64 next_try; /* seconds, 0 none */
  char *message; /* nullable: sentence for a person: why not in step, or why what they did waits */
  char *detail;  /* nullable: the server's words */
  BaseTrust *trust; /* nullable: the certificate that NEEDS_TRUST is about */
  const char *
      protocol; /* static, "imap", "smtp" or "smtp-ID" (of an identity): whose server waits for a person; NULL: nobody's */
} SyncState;

/* Waits for a person. */
gboolean sync_phase_needs_person (SyncPhase phase);
SyncState *sync_state_dup (const SyncState *state) G_GNUC_WARN_UNUSED_RESULT;
void sync_state_free (SyncState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncState, sync_state_free)

/* All called on worker threads. */
typedef struct
{
  /* (blocks, may) Password (or access token, by BaseServer.sign_in) of account for "imap" or "smtp", or NULL with AUTH (none known). */
  char *(*get_password) (const BaseAccount *account, const char *protocol,
                         GCancellable *cancellable, GError **error, gpointer user_data);
  void (*state_changed) (const char *account_id, const SyncState *state, gpointer user_data);
  /* New unread mail in INBOX (not in the first sync). */
  void (*arrived) (const char *account_id, gint64 folder, const StoreKey *keys, gsize n,
                   gpointer user_data);
  /* Something the person did was refused by the server and taken back; or a mail failed to send. */
  void (*refused) (const char *account_id, const char *sentence, const char *detail,
                   gpointer user_data);
  /* Nullable: how many octets of this row of the outbox the server has; now and then, of large messages. */
  void (*sending) (const char *account_id, gint64 outbox, guint64 sent, guint64 total,
                   gpointer user_data);
  /* Nullable: `host`, the account's server for `protocol`, proved more than was known of it (base_server_set_proof ()). */
  void (*proved) (const char *account_id, const char *protocol, const char *host, BaseProof proof,
                  gpointer user_data);
  /* Nullable: a server did not accept this access token, although it was good a moment ago: another one is asked for, once. */
  void (*secret_refused) (const BaseAccount *account, const char *secret, gpointer user_data);
  /* Nullable: the server for `protocol` has accepted what get_password () gave. */
  void (*signed_in) (const BaseAccount *account, const char *protocol, gpointer user_data);
} SyncEvents;

SyncEngine *sync_engine_new (Store *store, const SyncEvents *events,
                             gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
/* (blocks, at most some 3 s) Stops all workers; a message between DATA and its answer gets up to 3 s, then counts as uncertain. */
void sync_engine_free (SyncEngine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncEngine, sync_engine_free)

/* How long a server may be silent, in ms, before it counts as gone (0: the default, a minute).  Before the first account. */
void sync_engine_set_patience (SyncEngine *engine, guint patience_ms);
/* Starts the workers (the account is copied). The same id again: restarted with the new settings. */
void sync_engine_add_account (SyncEngine *engine, const BaseAccount *account);
/* (blocks) Stops its workers; rows are not touched. */
void sync_engine_remove_account (SyncEngine *engine, const char *account_id);

void sync_engine_operations_changed (SyncEngine *engine, const char *account_id); /* NULL: all */
void sync_engine_outbox_changed (SyncEngine *engine, const char *account_id);
/* A person does not want this row of the outbox sent, which is `sending`: it has failed then.  FALSE: too late, all of it is with the server, or
 * it is not on its way. */
gboolean sync_engine_stop_sending (SyncEngine *engine, const char *account_id, gint64 outbox);
/* The person looks at this folder: sync it next.  Also before the account is added. */
void sync_engine_show_folder (SyncEngine *engine, const char *account_id, gint64 folder);
/* Try now: the person pressed Retry or gave a password, or the network came back. NULL: all. */
void sync_engine_retry (SyncEngine *engine, const char *account_id);
/* A person gave another secret for that server of it ("imap", "smtp" or "smtp-ID"): try now, but nowhere else what was refused.  `proved`: it has let
 * them in already, so nothing is wrong there any more, for those who begin with sync_engine_add_account (), which has to follow. */
void sync_engine_retry_protocol (SyncEngine *engine, const char *account_id, const char *protocol,
                                 gboolean proved);
/* That server of the account ("imap", "smtp" or "smtp-ID") is not asked any more before a person does something: whatever the state told is about. */
gboolean sync_engine_is_blocked (SyncEngine *engine, const char *account_id, const char *protocol);
/* The keyring is open, or may be opened: tries again what waits for that, and nothing else. */
void sync_engine_unlocked (SyncEngine *engine);
/* This computer is in another network than before: whom it could not trust there may be another here.  Not those who were told something. */
void sync_engine_moved (SyncEngine *engine);
/* FALSE: there is no network, as far as the desktop knows: it is tried every five minutes alone. */
void sync_engine_set_online (SyncEngine *engine, gboolean online);
/* The network costs money: only INBOX and the folder the person looks at, and no bodies but those that are opened. */
void sync_engine_set_metered (SyncEngine *engine, gboolean metered);
/* The computer slept: no connection is believed in before it answered. */
void sync_engine_resumed (SyncEngine *engine);

/* (blocks) Makes sure that what is read of this message is in the store: its body, or, of a large one, a partial message (see
 * store-partial.h); by the reader worker, ahead of everything. RETRY offline. */
gboolean sync_engine_fetch_body (SyncEngine *engine, const char *account_id, gint64 message,
                                 GCancellable *cancellable, GError **error);
/* (blocks) The same of the whole body. */
gboolean sync_engine_fetch_whole (SyncEngine *engine, const char *account_id, gint64 message,
                                  GCancellable *cancellable, GError **error);
/* How far it is, in octets.  Called in the thread that waits. */
typedef void (*SyncProgressFunc) (guint64 done, guint64 total, gpointer user_data);
/* (blocks) Makes sure that a part which the partial message lacks (by its index) is in the store, or the whole body where the
 * server does not give the part.  Who opens another message meanwhile does not wait for it.  Cancelled, it ends with the
 * piece that is on its way, unless somebody else waits for the same part: it comes once for all of them. */
gboolean sync_engine_fetch_part (SyncEngine *engine, const char *account_id, gint64 message,
                                 guint part, SyncProgressFunc progress, gpointer user_data,
                                 GCancellable *cancellable, GError **error);

/* What a search on the server found. */
typedef struct
{
  GArray *ids;    /* of gint64: rows that may be hits, folder by folder, the newest of each first */
  guint64 found;  /* on the server; more than ids: the older ones were not brought here */
  guint folders;  /* that were looked at, with ... */
  guint left_out; /* ... those that the server did not search */
} SyncHits;
void sync_hits_free (SyncHits *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncHits, sync_hits_free)

/* (blocks) Has the server search: one folder, or (0) all of the account but Junk, Trash and Drafts, and these where the query has an in:.  Of what it finds the newest
 * are brought into the store, as far as they are not here (rows, and where words of the text or attachments are looked for, what is read of the messages; see
 * sync-search.h for how many), so that whoever searches there finds them: server and person need not mean the same, so they are hits only then.  By the reader worker, in
 * steps: who opens a message meanwhile does not wait for it.  Cancelled, it ends with the step that is on its way; what has come stays.  `progress` (nullable)
 * is called in the thread that waits.  RETRY offline. */
gboolean sync_engine_search (SyncEngine *engine, const char *account_id, gint64 folder,
                             BaseQuery *query, SyncHits **hits, SyncProgressFunc progress,
                             gpointer user_data, GCancellable *cancellable, GError **error);

/* For tests, before the first account: how long is long (`times` is borrowed). */
typedef struct _SyncTimes SyncTimes;
void sync_engine_set_times (SyncEngine *engine, const SyncTimes *times);

G_END_DECLS
