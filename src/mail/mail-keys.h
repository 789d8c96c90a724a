/* The sorted keys of a message list and how changes find their place: pure, no GObject, no I/O.  Any thread, one at a
 * time. */
#pragma once

#include "store-db.h"

G_BEGIN_DECLS

/* GArrays of StoreKey, descending, each key once. */

/* Position of the first key that is not larger than `key` (where it stands or belongs). */
guint mail_keys_place (GArray *keys, StoreKey key);

/* One contiguous change of the list. */
typedef struct
{
  guint position, removed, added;
} MailKeysRun;

/* Takes keys out of `keys`: the next run of `gone` from *next on and before `end`; *next moves
 * ahead by a bounded amount of work.  The run is empty where nothing of it was here.  FALSE when
 * nothing was left to do. */
gboolean mail_keys_remove_run (GArray *keys, GArray *gone, guint *next, guint end,
                               MailKeysRun *run);
/* Where that run would be taken out: `n` keys at *place; 0 where nothing is here. */
void mail_keys_find_run (GArray *keys, GArray *gone, guint *next, guint end, guint *place,
                         guint *n);
/* The same for putting in; keys that are there already are passed over. */
gboolean mail_keys_insert_run (GArray *keys, GArray *come, guint *next, guint end,
                               MailKeysRun *run);

/* Where it would be put in: the `n` of `come` from *next on, at *place. */
void mail_keys_find_place (GArray *keys, GArray *come, guint *next, guint end, guint *place,
                           guint *n);

/* How the list `from` becomes the list `to`, in which the same ids may stand in another order and bear other keys (mail-keys-diff.c):
 * GArray of MailKeysRun, to be applied one after the other; what a run adds is what *result has at its position.  As few rows as
 * possible come and go.  Ids of `stay` (nullable set of gint64) that `to` lacks remain where they are: *result (yours) is `to` with
 * them. */
GArray *mail_keys_diff (GArray *from, GArray *to, GHashTable *stay,
                        GArray **result) G_GNUC_WARN_UNUSED_RESULT;
/* The same runs where they are not too many, else those around position `near` of `from` and, on each side, one for all that is farther
 * away: what a person looks at is touched as little as may be. */
GArray *mail_keys_gather (GArray *runs, guint near) G_GNUC_WARN_UNUSED_RESULT;

/* What happened to keys that are not read yet: the last word for each. */
typedef enum
{
  MAIL_KEYS_REMOVED = 1,
  MAIL_KEYS_ADDED,
} MailKeysEvent;

typedef struct _MailKeysJournal MailKeysJournal;
MailKeysJournal *mail_keys_journal_new (void) G_GNUC_WARN_UNUSED_RESULT;
void mail_keys_journal_free (MailKeysJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailKeysJournal, mail_keys_journal_free)
void mail_keys_journal_note (MailKeysJournal *journal, StoreKey key, MailKeysEvent event);
/* `chunk` = the keys of [low, high) as some snapshot had them; changes it to what they are by
 * the events noted. */
void mail_keys_journal_correct (MailKeysJournal *journal, GArray *chunk, StoreKey low,
                                StoreKey high);

G_END_DECLS
