/* One account at work: its three workers, what they share, and the state a person sees.
 *
 * Shared by the engine and the workers (reference counted); what its functions touch is guarded inside. */
#pragma once

#include "imap-session.h"
#include "smtp-session.h"
#include "sync-engine.h"
#include "sync-request.h"
#include "sync-sending.h"
#include "sync-watch.h"
#include "sync-worker.h"

G_BEGIN_DECLS

typedef struct _SyncAccount SyncAccount;

/* What the accounts of one engine share. */
typedef struct
{
  gatomicrefcount ref_count;
  Store *store;
  SyncEvents events;
  gpointer user_data;
  guint patience_ms;      /* with servers; 0: the default */
  const SyncTimes *times; /* borrowed; NULL: the usual ones */

  GMutex lock;         /* what follows */
  GPtrArray *accounts; /* of SyncAccount, borrowed: all that there are */
} SyncShared;

SyncShared *sync_shared_new (Store *store, const SyncEvents *events,
                             gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
SyncShared *sync_shared_ref (SyncShared *shared);
void sync_shared_unref (SyncShared *shared);

/* Starts the workers.  `previous` (nullable, taken): the same account with older settings; it is stopped before anything begins.  What was
 * refused there waits for a person here, where it is for the same server. */
SyncAccount *sync_account_new (SyncShared *shared, const BaseAccount *settings, gboolean online,
                               gboolean metered, SyncAccount *previous) G_GNUC_WARN_UNUSED_RESULT;
SyncAccount *sync_account_ref (SyncAccount *account) G_GNUC_WARN_UNUSED_RESULT;
void sync_account_unref (SyncAccount *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncAccount, sync_account_unref)
/* Asks all workers to end; returns at once. */
void sync_account_stop (SyncAccount *account);
/* (blocks) Waits for them: a mail on its way gets until `deadline` (monotonic). */
void sync_account_join (SyncAccount *account, gint64 deadline);

/* ---- for the engine; any thread ---- */
void sync_account_operations_changed (SyncAccount *account);
void sync_account_outbox_changed (SyncAccount *account);
void sync_account_show_folder (SyncAccount *account, gint64 folder);
/* By whichever way it goes: as sync_sending_stop (). */
gboolean sync_account_stop_sending (SyncAccount *account, gint64 outbox);
/* Whether that identity has a server of its own, by these settings. */
gboolean sync_account_has_route (SyncAccount *account, const char *identity);
/* How far this row of the outbox is, in octets. */
void sync_account_tell_sending (SyncAccount *account, gint64 outbox, guint64 sent, guint64 total);
void sync_account_retry (SyncAccount *account);
/* As sync_engine_retry_protocol (). */
void sync_account_retry_protocol (SyncAccount *account, const char *protocol, gboolean proved);
void sync_account_unlocked (SyncAccount *account);
void sync_account_moved (SyncAccount *account);
void sync_account_set_online (SyncAccount *account, gboolean online);
void sync_account_set_metered (SyncAccount *account, gboolean metered);
/* The computer slept. */
void sync_account_resumed (SyncAccount *account);
/* Hands a request to the reader worker; answered at once when the account is closing. */
void sync_account_request (SyncAccount *account, SyncRequest *request);
/* (blocks) sync_engine_fetch_part () of this account: what is on its way already is waited for, not asked for a second time. */
gboolean sync_account_fetch_part (SyncAccount *account, gint64 message, guint part,
                                  SyncProgressFunc progress, gpointer user_data,
                                  GCancellable *cancellable, GError **error);
/* The same to the sync worker: where the server lets only one connection in. */
void sync_account_request_from_sync (SyncAccount *account, SyncRequest *request);

/* ---- for the workers ---- */
const BaseAccount *sync_account_get_settings (SyncAccount *account);
const char *sync_account_get_id (SyncAccount *account);
/* How long its servers may be silent, in ms; 0: the default. */
guint sync_account_get_patience (SyncAccount *account);
const SyncEvents *sync_account_get_events (SyncAccount *account, gpointer *user_data);
/* (blocks) Waits for the previous account to end; then a database connection and the account's row.  Tries again, saying so, until it works; NULL
 * when stopping. */
StoreDb *sync_account_open_store (SyncAccount *account, SyncWorker *worker,
                                  gint64 *row) G_GNUC_WARN_UNUSED_RESULT;
/* Connects and signs in.  At most one thread at a time offers a password, and none offers one that was refused by either server:
 * AUTH or TRUST with `first` blocks the account's IMAP until sync_account_retry (). */
ImapSession *sync_account_open_imap (SyncAccount *account, gboolean first,
                                     GCancellable *cancellable,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Before the session is freed (nullable): what its server offered and did not understand is left alone from here on. */
void sync_account_learn (SyncAccount *account, ImapSession *session);
/* Signs in the sender, in turn with the workers of IMAP where they go by one password: what one server has refused is not offered to the
 * other.  *again: it failed, and is worth another connection with another token. */
gboolean sync_account_sign_in_smtp (SyncAccount *account, SmtpSession *session, gboolean *again,
                                    GCancellable *cancellable, GError **error);

typedef enum
{
  SYNC_SIDE_IMAP,
  SYNC_SIDE_SMTP,
} SyncSide;
/* What an error of that server ("imap", "smtp" or "smtp-ID") means for the account. */
SyncPhase sync_account_get_phase (SyncAccount *account, const char *protocol, const GError *error);
/* A person is needed: keeps a copy of `error` until they did something about it (sync-blocked.c). */
void sync_account_block (SyncAccount *account, SyncSide side, const GError *error);
/* TRUE when blocked; *error (nullable) then gets a copy. */
gboolean sync_account_is_blocked (SyncAccount *account, SyncSide side, GError **error);

void sync_account_set_connected (SyncAccount *account,
                                 gboolean connected); /* the sync worker's IMAP */
/* How often the sync worker has signed in. */
guint sync_account_count_connections (SyncAccount *account);
gboolean sync_account_is_connected (SyncAccount *account);
gint64 sync_account_get_shown (
    SyncAccount *account,
    guint *serial); /* folder the person looks at, 0 none; serial counts the calls */
/* There is something of this folder here now.  Where the person has looked at it since before there was a connection, the reader gets
 * ready, as it does for one that they come to later. */
void sync_account_prepare (SyncAccount *account, gint64 folder);
/* True once when the network changed or the computer slept: prove that the connection still stands. */
gboolean sync_account_take_prove (SyncAccount *account);
gboolean sync_account_is_metered (SyncAccount *account);
/* The server told wrongly what vanished: QRESYNC is not used any more as long as the program runs. */
void sync_account_doubt_qresync (SyncAccount *account);
gboolean sync_account_is_qresync_doubted (SyncAccount *account);
const SyncTimes *sync_account_get_times (SyncAccount *account);

/* ---- other accounts; `row` is theirs in the store ---- */
/* Something is to be done there; nothing happens where it is not at work. */
void sync_account_wake_other (SyncAccount *account, gint64 row);
/* Hands a request over to its reader worker; FALSE: it is not at work. */
gboolean sync_account_request_other (SyncAccount *account, gint64 row, SyncRequest *request);

/* ---- the state a person sees ---- */
/* `error` (nullable) gives message and detail; total 0: not known. */
void sync_account_set_state (SyncAccount *account, SyncPhase phase, const char *folder, guint done,
                             guint total, gint64 next_try, const GError *error);
/* The server cannot do some operations now: said with the state until it is over (NULL), where that has no words of its
 * own. */
void sync_account_set_waiting (SyncAccount *account, const GError *reason);
gboolean sync_account_is_waiting (SyncAccount *account);
void sync_account_set_in_step (SyncAccount *account, gint64 now, StoreProof by);
void sync_account_tell_refused (SyncAccount *account, const char *sentence, const char *detail);

/* What the three threads run. */
void sync_loop_run (SyncWorker *worker, gpointer account);
void sync_body_run (SyncWorker *worker, gpointer account);
void sync_send_run (SyncWorker *worker, gpointer route);

G_END_DECLS
