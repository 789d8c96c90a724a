/* One selected mailbox being brought in step with its folder, a bounded step at a time. */
#pragma once

#include "imap-flight.h"
#include "sync-context.h"
#include "sync-watch.h"

G_BEGIN_DECLS

typedef struct _SyncMailbox SyncMailbox;

typedef enum
{
  SYNC_STEP_MORE,      /* there is more to do */
  SYNC_STEP_DONE,      /* the goal is reached */
  SYNC_STEP_ASK_AGAIN, /* it looks as if most mail had vanished: drop the connection and open the mailbox again on a new one */
} SyncStep;

/* What outlives connections.  One per sync worker. */
typedef struct
{
  GHashTable
      *suspects; /* folder id (0: the list of folders) -> connection on which it looked wrong */
  GHashTable *all_flags; /* folder id -> when all its flags were asked for, gint64 monotonic */
  GHashTable *spared;    /* folder id -> SyncSpared: what the server fails at */
} SyncMemory;
void sync_memory_init (SyncMemory *memory);
void sync_memory_clear (SyncMemory *memory);
/* FALSE: `what` was lost on no earlier connection than this one; it is remembered, and has to be asked for again on a new
 * one. */
gboolean sync_memory_confirms (SyncMemory *memory, gint64 what, guint generation);
void sync_memory_trusts (SyncMemory *memory, gint64 what); /* all is as it should be */
/* FALSE: there are messages in the folder that the server fails to give. */
gboolean sync_memory_is_whole (SyncMemory *memory, gint64 folder);
/* Folders in which such messages are to be tried again are due. */
void sync_memory_mark_spared (SyncMemory *memory, SyncWatch *watch);

/* Selects it, and learns in the same round trip what happened since the last visit, or sees the first screenful.  `hint` (nullable): what
 * STATUS told of it on this connection. */
SyncMailbox *sync_mailbox_open (SyncContext *context, SyncMemory *memory, gint64 folder,
                                const SyncStatus *hint, gboolean frugal,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same in two steps, for a flight that has more to do: adds what opens it to `flight`, which the mailbox must not outlive before it was
 * run; and, after the run, takes what came of it.  The context's session and row stay the same in between. */
SyncMailbox *sync_mailbox_ask (SyncContext *context, SyncMemory *memory, gint64 folder,
                               const SyncStatus *hint, gboolean frugal, ImapFlight *flight,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sync_mailbox_take_opened (SyncMailbox *mailbox, SyncContext *context, ImapFlight *flight,
                                   GError **error);
void sync_mailbox_free (SyncMailbox *mailbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncMailbox, sync_mailbox_free)

/* Still the one that is selected on this connection. */
gboolean sync_mailbox_is_selected (SyncMailbox *mailbox, SyncContext *context);
gint64 sync_mailbox_get_folder (SyncMailbox *mailbox);
const char *sync_mailbox_get_name (SyncMailbox *mailbox);
/* Writes what the server told unasked into the rows at once.  `news`: GPtrArray of ImapNews.  *look: they are not all that there is to
 * know; look again.  */
gboolean sync_mailbox_take_news (SyncMailbox *mailbox, SyncContext *context, GPtrArray *news,
                                 gboolean *look, GError **error);
/* The server said something, `proof` how: look again from the start. */
void sync_mailbox_look_again (SyncMailbox *mailbox, StoreProof proof);
/* After a look: rows that were moved here have no UID yet, and the next look had better come at once. */
gboolean sync_mailbox_wants_another_look (SyncMailbox *mailbox);
/* It is known what has to be fetched. */
gboolean sync_mailbox_is_planned (SyncMailbox *mailbox);
/* It was brought as far as that. */
gboolean sync_mailbox_has_reached (SyncMailbox *mailbox, SyncGoal goal);
void sync_mailbox_get_progress (SyncMailbox *mailbox, guint *done, guint *total);

gboolean sync_mailbox_step (SyncMailbox *mailbox, SyncContext *context, SyncGoal goal,
                            SyncStep *step, GError **error);

/* Messages of this folder are wanted whole, by the account's settings, and are not here; or first lines of text are lacking. */
gboolean sync_mailbox_lacks_bodies (SyncContext *context, gint64 folder, gboolean *lacks,
                                    GError **error);

G_END_DECLS
