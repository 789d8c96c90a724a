/* One selected mailbox being brought in step with its folder, a bounded step at a time. */
#pragma once

#include "sync-context.h"

G_BEGIN_DECLS

typedef struct _SyncMailbox SyncMailbox;

typedef enum
{
  SYNC_STEP_MORE,      /* there is more to do */
  SYNC_STEP_DONE,      /* in step */
  SYNC_STEP_ASK_AGAIN, /* it looks as if most mail had vanished: drop the connection and open the mailbox again on a new one */
} SyncStep;

/* What outlives connections: which mailboxes looked wrong.  One per sync worker. */
typedef struct
{
  GHashTable *generations; /* folder id -> connection that saw it */
} SyncSuspects;
void sync_suspects_init (SyncSuspects *suspects);
void sync_suspects_clear (SyncSuspects *suspects);

/* Selects it.  `bodies`: whole messages, not only headers. */
SyncMailbox *sync_mailbox_open (SyncContext *context, SyncSuspects *suspects, gint64 folder,
                                gboolean bodies, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sync_mailbox_free (SyncMailbox *mailbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncMailbox, sync_mailbox_free)

/* Still the one that is selected on this connection. */
gboolean sync_mailbox_is_selected (SyncMailbox *mailbox, SyncContext *context);
gint64 sync_mailbox_get_folder (SyncMailbox *mailbox);
const char *sync_mailbox_get_name (SyncMailbox *mailbox);
/* The server said something: look again from the start. */
void sync_mailbox_look_again (SyncMailbox *mailbox);
/* It is known what has to be fetched. */
gboolean sync_mailbox_is_planned (SyncMailbox *mailbox);
gboolean sync_mailbox_is_done (SyncMailbox *mailbox);
void sync_mailbox_get_progress (SyncMailbox *mailbox, guint *done, guint *total);

gboolean sync_mailbox_step (SyncMailbox *mailbox, SyncContext *context, SyncStep *step,
                            GError **error);

G_END_DECLS
