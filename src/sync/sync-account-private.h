/* What sync-account.c, sync-blocked.c, sync-sign-in.c and sync-route.c share: the account as it is. */
#pragma once

#include "sync-account.h"

#include "base-secret.h"
#include "sync-board.h"

G_BEGIN_DECLS

struct _SyncAccount
{
  gatomicrefcount ref_count;

  /* Owned */
  SyncShared *shared;
  BaseAccount *settings;
  SyncBoard *board; /* the state shown */
  SyncWorker *sync, *reader;
  GPtrArray *routes; /* of SyncRoute, its own first; as long as it lives */

  GMutex sign_in_lock; /* held while a password is offered */
  GMutex
      identity_lock; /* the same to servers of identities: one that is silent holds up no other mail */

  GMutex lock; /* what follows */
  GCond gate_cond;
  SyncAccount *previous; /* waits to be stopped */
  gboolean gate_open;    /* nobody else works on these rows any more */
  gboolean stopping, connected, prove, online, metered;
  GError *blocked[2];     /* by SyncSide */
  gboolean refused_both;  /* what SMTP did not accept is what IMAP would be told */
  gboolean anew;          /* a person had all of it tried again, whatever was refused before */
  guint verdicts;         /* so many; protocol (static) -> which of them was its last: */
  GHashTable *let_in;     /* its server did, or a person said that it will */
  GHashTable *refused;    /* its server did not like a secret that is still the one */
  BaseProof proved[2];    /* the same */
  ImapCapability without; /* switched off, or found not to work */
  gint64 shown;
  guint shown_serial;
  guint connections; /* how often the sync worker's was made */
  guint prepared;    /* the serial for which the reader got ready, or tried */
  gint64 row;        /* in the store; 0: not known yet */
  GPtrArray *parts;  /* SyncRequest: parts of messages that are on their way */
};

/* sync-blocked.c.  After those of `previous` have ended, and before the workers begin: other settings are no reason to offer once more what was
 * refused. */
void sync_account_inherit_blocks (SyncAccount *account, SyncAccount *previous);
/* Why that server itself, not another one that goes by the same password, is not asked any more; NULL: it is. */
GError *sync_account_dup_block (SyncAccount *account,
                                const char *protocol) G_GNUC_WARN_UNUSED_RESULT;
/* With the lock: whom a person has to trust here may be no matter there, behind the door of another hotel.  Nothing secret is at
 * stake; a password that was refused is not tried again for it. */
void sync_account_lift_distrust (SyncAccount *account);
/* What they have under way may still come through. */
void sync_account_retry_senders (SyncAccount *account);

/* The same password by what can be told without knowing it. */
gboolean sync_account_shares_login (const BaseAccount *settings);
/* Of an identity's: locked where another server of the account may go by the same password, as long as one is offered to that of `protocol`; else
 * NULL.  The account's own do not wait for it: at worst both ask at the same moment, and each is refused. */
GMutexLocker *sync_account_take_turn (SyncAccount *account,
                                      const char *protocol) G_GNUC_WARN_UNUSED_RESULT;
/* (blocks) What is offered to that server.  AUTH: there is nothing. */
BaseSecret *sync_account_find_secret (SyncAccount *account, const char *protocol,
                                      GCancellable *cancellable,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (blocks) Of those that go by one name: TRUE where another server has refused just this since `protocol`'s own let anybody in by it, and no person has
 * insisted on it; then it is not offered once more, and *error is why the other one waits. */
gboolean sync_account_was_refused (SyncAccount *account, const char *protocol, const char *secret,
                                   GCancellable *cancellable, GError **error);
/* The verdict of that server: it let somebody in (or a person says that it will), or, of `error`, it did not like what it was offered. */
void sync_account_note_let_in (SyncAccount *account, const char *protocol);
void sync_account_note_refused (SyncAccount *account, const char *protocol, const GError *error);
/* Of a sign-in that failed: whom the password was offered to, and who is not to be trusted, is that in another network too. */
void sync_account_note_lasting (GError *error);

G_END_DECLS
