/* See sync-board.h.  Must never tell the same twice, nor every step of a long way. */
#include "sync-board.h"

#include "base-error.h"

#define PROGRESS_US (G_USEC_PER_SEC / 5)

struct _SyncBoard
{
  const SyncBoardFuncs *funcs; /* Borrowed */
  gpointer user_data;          /* Borrowed */

  GMutex lock;      /* what follows; held while it is told */
  SyncState *state; /* IMAP's; the trouble of sending is laid over it when it is told */
  GError *waiting;  /* why operations are kept; said where the state has no words of its own */
  SyncState *told;
  gint64 told_at;
};

gboolean
sync_phase_needs_person (SyncPhase phase)
{
  return phase == SYNC_PHASE_NEEDS_PASSWORD || phase == SYNC_PHASE_NEEDS_SIGN_IN
         || phase == SYNC_PHASE_LOCKED || phase == SYNC_PHASE_NEEDS_TRUST;
}

SyncState *
sync_state_dup (const SyncState *state)
{
  SyncState *copy = g_new (SyncState, 1);

  *copy = *state;
  copy->folder = g_strdup (state->folder);
  copy->message = g_strdup (state->message);
  copy->detail = g_strdup (state->detail);
  copy->trust = base_trust_dup (state->trust);
  return copy;
}

void
sync_state_free (SyncState *state)
{
  g_free (state->folder);
  g_free (state->message);
  g_free (state->detail);
  base_trust_free (state->trust);
  g_free (state);
}

static void
set_words (SyncState *state, const GError *error)
{
  g_free (state->message);
  g_free (state->detail);
  base_trust_free (state->trust);
  state->message = error != NULL ? g_strdup (error->message) : NULL;
  state->detail = error != NULL ? g_strdup (base_error_get_detail (error)) : NULL;
  state->trust = base_trust_dup (base_error_get_trust (error));
}

static gboolean
states_equal (const SyncState *a, const SyncState *b)
{
  return a->phase == b->phase && g_strcmp0 (a->protocol, b->protocol) == 0 && a->done == b->done
         && a->total == b->total && a->in_step == b->in_step && a->in_step_by == b->in_step_by
         && a->next_try == b->next_try && g_strcmp0 (a->folder, b->folder) == 0
         && g_strcmp0 (a->message, b->message) == 0 && g_strcmp0 (a->detail, b->detail) == 0
         && base_trust_equal (a->trust, b->trust);
}

SyncBoard *
sync_board_new (const SyncBoardFuncs *funcs, gpointer user_data)
{
  SyncBoard *board = g_new0 (SyncBoard, 1);

  board->funcs = funcs;
  board->user_data = user_data;
  board->state = g_new0 (SyncState, 1);
  board->state->phase = SYNC_PHASE_CONNECTING;
  g_mutex_init (&board->lock);
  return board;
}

void
sync_board_free (SyncBoard *board)
{
  if (board == NULL)
    return;
  g_clear_error (&board->waiting);
  g_clear_pointer (&board->state, sync_state_free);
  g_clear_pointer (&board->told, sync_state_free);
  g_mutex_clear (&board->lock);
  g_free (board);
}

/* With the lock held. */
static void
tell (SyncBoard *board)
{
  g_autoptr (SyncState) state = sync_state_dup (board->state);
  g_autoptr (GError) trouble = NULL;
  gint64 now = g_get_monotonic_time ();
  SyncPhase phase = state->phase;
  const char *protocol = NULL;

  /* Only a person can help the sender: that outranks all but IMAP's own call for a person. */
  if (!sync_phase_needs_person (state->phase)
      && board->funcs->get_trouble (board->user_data, &phase, &protocol, &trouble)) {
    state->phase = phase;
    state->protocol = protocol;
    set_words (state, trouble);
  }
  if (state->message == NULL && board->waiting != NULL)
    set_words (state, board->waiting);
  if (board->told != NULL) {
    gboolean only_progress = state->phase == SYNC_PHASE_SYNCING
                             && board->told->phase == SYNC_PHASE_SYNCING
                             && g_strcmp0 (state->folder, board->told->folder) == 0;

    if (states_equal (state, board->told) || (only_progress && now - board->told_at < PROGRESS_US))
      return;
  }
  g_clear_pointer (&board->told, sync_state_free);
  board->told = g_steal_pointer (&state);
  board->told_at = now;
  board->funcs->tell (board->told, board->user_data);
}

void
sync_board_set (SyncBoard *board, SyncPhase phase, const char *folder, guint done, guint total,
                gint64 next_try, const GError *error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&board->lock);
  SyncState *state = board->state;

  state->phase = phase;
  state->protocol = sync_phase_needs_person (phase) ? "imap" : NULL;
  g_free (state->folder);
  state->folder = g_strdup (folder);
  state->done = done;
  state->total = total;
  state->next_try = next_try;
  set_words (state, error);
  tell (board);
}

void
sync_board_set_waiting (SyncBoard *board, const GError *reason)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&board->lock);

  g_clear_error (&board->waiting);
  board->waiting = reason != NULL ? g_error_copy (reason) : NULL;
  tell (board);
}

gboolean
sync_board_is_waiting (SyncBoard *board)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&board->lock);

  return board->waiting != NULL;
}

void
sync_board_set_in_step (SyncBoard *board, gint64 now, StoreProof by)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&board->lock);

  board->state->in_step = now;
  board->state->in_step_by = by;
}

void
sync_board_look_again (SyncBoard *board)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&board->lock);

  tell (board);
}
