/* What a person sees of one account: its state, told when it changes.
 *
 * Any thread; guarded inside.  States are told in the order in which they were set. */
#pragma once

#include "sync-engine.h"

G_BEGIN_DECLS

typedef struct _SyncBoard SyncBoard;

typedef struct
{
  /* Runs with the board locked: must not come back to it. */
  void (*tell) (const SyncState *state, gpointer user_data);
  /* TRUE: sending waits for a person, *phase and *error say why, *protocol whose server it is, and whose password would help.  It is laid over what IMAP has
   * to say. */
  gboolean (*get_trouble) (gpointer user_data, SyncPhase *phase, const char **protocol,
                           GError **error);
} SyncBoardFuncs;

/* `funcs` and `user_data` are borrowed. */
SyncBoard *sync_board_new (const SyncBoardFuncs *funcs,
                           gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void sync_board_free (SyncBoard *board);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncBoard, sync_board_free)

/* See sync_account_set_state () and the like. */
void sync_board_set (SyncBoard *board, SyncPhase phase, const char *folder, guint done, guint total,
                     gint64 next_try, const GError *error);
void sync_board_set_waiting (SyncBoard *board, const GError *reason);
gboolean sync_board_is_waiting (SyncBoard *board);
void sync_board_set_in_step (SyncBoard *board, gint64 now, StoreProof by);
/* The trouble of sending has changed. */
void sync_board_look_again (SyncBoard *board);

G_END_DECLS
