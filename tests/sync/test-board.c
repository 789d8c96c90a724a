/* What is told of an account, and when: whatever a person would answer otherwise is told anew. */
#include "test-sync.h"

#include "base-error.h"
#include "sync-board.h"

typedef struct
{
  const char *protocol; /* whose password is missing; NULL: nobody's */
  const char *told;     /* the last one */
  guint n;
} Look;

static void
tell (const SyncState *state, gpointer user_data)
{
  Look *look = user_data;

  look->told = state->protocol;
  look->n++;
}

static gboolean
get_trouble (gpointer user_data, SyncPhase *phase, const char **protocol, GError **error)
{
  const Look *look = user_data;

  if (look->protocol == NULL)
    return FALSE;
  *phase = SYNC_PHASE_NEEDS_PASSWORD;
  *protocol = look->protocol;
  base_error_set (error, BASE_ERROR_AUTH, NULL, "The password was not accepted.");
  return TRUE;
}

/* In the same words: of one server, then of another. */
static void
test_other_server (void)
{
  static const SyncBoardFuncs funcs = { tell, get_trouble };
  Look look = { .protocol = "smtp" };
  g_autoptr (SyncBoard) board = sync_board_new (&funcs, &look);

  sync_board_look_again (board);
  sync_board_look_again (board);
  g_assert_cmpuint (look.n, ==, 1);
  g_assert_cmpstr (look.told, ==, "smtp");
  look.protocol = "smtp-shop";
  sync_board_look_again (board);
  sync_board_look_again (board);
  g_assert_cmpuint (look.n, ==, 2);
  g_assert_cmpstr (look.told, ==, "smtp-shop");
}

void
test_board_add (void)
{
  g_test_add_func ("/board/other-server", test_other_server);
}
