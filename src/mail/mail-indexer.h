/* What keeps the index of words (store-index.h) in step with the mail: a thread of its own, at low priority.  What came last is put in first, then what is older, newest
 * first; of messages whose text is not here their rows.  It holds back while a lot of mail is coming in.  Main thread. */
#pragma once

#include "mail-changes.h"

G_BEGIN_DECLS

typedef struct _MailIndexer MailIndexer;

/* `changes` is told how far it is, and must outlive it. */
MailIndexer *mail_indexer_new (Store *store, MailChanges *changes) G_GNUC_WARN_UNUSED_RESULT;
/* Stops within milliseconds, or a second where something changed right before: what of that can be read at once is put in yet, and all else is done at the next start. */
void mail_indexer_free (MailIndexer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailIndexer, mail_indexer_free)
/* Something has changed in the store; returns at once. */
void mail_indexer_note (MailIndexer *self, StoreChange *change);
/* How many of them it remembers: never more than some thousands, whether or not it can write. */
guint mail_indexer_count_told (MailIndexer *self);
/* The mail of this sender (the address in lower case) is read in another charset from now on; all of it is put in again, after the next start if need be. */
void mail_indexer_note_sender (MailIndexer *self, const char *address);
/* Somebody has searched: if the index was found damaged, it is begun anew. */
void mail_indexer_wake (MailIndexer *self);

G_END_DECLS
