/* The one way up: what the store and the workers tell, from any thread, handed to the main loop.
 *
 * Everything told goes into one queue, in the order told; one source on the main loop empties
 * it, for at most some milliseconds at a time, so that a flood of changes never freezes the
 * window.  States of one account, and how far a message is, replace what nobody saw yet. */
#pragma once

#include "store-db.h"
#include "sync-engine.h"

G_BEGIN_DECLS

typedef struct _MailChanges MailChanges;

/* All called in the main context. */
typedef struct
{
  void (*changed) (StoreChange *change, gpointer user_data);
  void (*state) (const char *account_id, const SyncState *state, gpointer user_data);
  void (*arrived) (const char *account_id, gint64 folder, StoreKey newest, guint count,
                   gpointer user_data);
  void (*refused) (const char *account_id, const char *sentence, const char *detail,
                   gpointer user_data);
  void (*sending) (gint64 outbox, guint64 sent, guint64 total, gpointer user_data);
  /* How far the index of words is: `done` of `total` since it was begun with; all whose text is here is in it that was received after `up_to` (seconds), or -1: all. */
  void (*indexed) (guint64 done, guint64 total, gint64 up_to, gpointer user_data);
  void (*proved) (const char *account_id, const char *protocol, const char *host, BaseProof proof,
                  gpointer user_data);
} MailChangesHandlers;

MailChanges *mail_changes_new (GMainContext *context, const MailChangesHandlers *handlers,
                               gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
/* Main thread, when nobody can push any more. */
void mail_changes_free (MailChanges *changes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailChanges, mail_changes_free)

/* Any thread; return at once. */
void mail_changes_push_store (MailChanges *changes, StoreChange *change);
void mail_changes_push_state (MailChanges *changes, const char *account_id, const SyncState *state);
void mail_changes_push_arrived (MailChanges *changes, const char *account_id, gint64 folder,
                                StoreKey newest, guint count);
void mail_changes_push_refused (MailChanges *changes, const char *account_id, const char *sentence,
                                const char *detail);
/* How far it is: the last one told, where nobody has heard the one before. */
void mail_changes_push_sending (MailChanges *changes, gint64 outbox, guint64 sent, guint64 total);
void mail_changes_push_indexed (MailChanges *changes, guint64 done, guint64 total, gint64 up_to);
void mail_changes_push_proved (MailChanges *changes, const char *account_id, const char *protocol,
                               const char *host, BaseProof proof);

G_END_DECLS
