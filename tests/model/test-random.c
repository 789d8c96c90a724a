/* The random model test: two to four clients change one mailbox at once, one or two of them Sosik's engine with a profile each; at
 * checkpoints all agree.
 *
 * Against the model server many short games with different capabilities, one game a test; with LAB_ENV one longer game against
 * a real server.  What is checked at each checkpoint: each profile holds what the server holds (mailbox, flags, bytes); INBOX
 * does so by the server's news alone where it tells them; no message that nobody deleted is gone; and none is there more often than
 * it was delivered, copied, and moved by two of them at once: Dovecot 2.3 does that for both, each with its COPYUID.  What is moved away
 * while the answer to its APPEND has not come may be there once more too: when that answer is lost, nothing tells what was moved
 * away from what never arrived, and twice is better than not at all.  One engine and two engines take turns.  Environment:
 *   MODEL_SEED    of the first game (1); a game that fails prints its own
 *   MODEL_GAMES   how many at least
 *   MODEL_SECONDS how long to play (25)
 * Ends with "figure: model_operations N count" and "figure: model_disagreements N count". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base-error.h"
#include "random-client.h"

static const char *const mailboxes[] = { "INBOX", "Archive", "Trash", NULL };

#define N_MAILBOXES 3
#define PATIENCE_US (60 * G_USEC_PER_SEC)

typedef struct
{
  const char *name, *capabilities;
  gboolean tells; /* news come without being asked for */
  gboolean
      moves; /* what was moved is gone where it was, so that only two moves at once can double it */
} Kind;

static const Kind kinds[] = {
  { "qresync", MODEL_CAPS_FULL, TRUE, TRUE },
  { "notify", MODEL_CAPS_FULL " NOTIFY COMPRESS=DEFLATE", TRUE, TRUE },
  { "condstore", MODEL_CAPS_CONDSTORE, TRUE, TRUE },
  { "plain", MODEL_CAPS_PLAIN, FALSE, FALSE },
  { "without-move", "IMAP4rev1 IDLE UIDPLUS CONDSTORE ESEARCH LITERAL+", TRUE, TRUE },
  { "without-uidplus", "IMAP4rev1 IDLE MOVE ESEARCH ENABLE CONDSTORE QRESYNC", TRUE, TRUE },
};

typedef struct
{
  const Place *place;
  const Kind *kind;
  GRand *rand;
  GPtrArray *persons; /* Person */
  GPtrArray *others;  /* ImapSession, NULL where it has to be opened again */
  guint serial;
  GHashTable *expected; /* Message-ID -> GUINT: how often it may be there at most */
  GHashTable *doomed;   /* Message-IDs that somebody wanted to delete */
  GHashTable *
      moving; /* Message-ID -> GPtrArray of who moves or appends it now: a Person, or where a session stands in `others` */
} Game;

static guint operations, disagreements;

static guint
pick (Game *game, guint n)
{
  return (guint)g_rand_int_range (game->rand, 0, (gint32)n);
}

static void
expect_one_more (Game *game, const char *message_id)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (game->expected, message_id));

  g_hash_table_replace (game->expected, g_strdup (message_id), GUINT_TO_POINTER (n + 1));
}

static void
doom (Game *game, const char *message_id)
{
  g_hash_table_add (game->doomed, g_strdup (message_id));
}

/* ---- who moves what at the same time ---- */

/* With each other one that moves it now, or brings it there, there may be one more of it. */
static void
begin_move (Game *game, gpointer mover, const char *message_id)
{
  GPtrArray *movers = g_hash_table_lookup (game->moving, message_id);

  if (movers == NULL) {
    movers = g_ptr_array_new ();
    g_hash_table_insert (game->moving, g_strdup (message_id), movers);
  }
  if (g_ptr_array_find (movers, mover, NULL))
    return;
  for (guint i = 0; i < movers->len; i++)
    expect_one_more (game, message_id);
  g_ptr_array_add (movers, mover);
}

static void
end_moves (Game *game, gpointer mover)
{
  GHashTableIter iter;
  gpointer movers;

  g_hash_table_iter_init (&iter, game->moving);
  while (g_hash_table_iter_next (&iter, NULL, &movers))
    g_ptr_array_remove_fast (movers, mover);
}

/* Of the persons whose engines have done all they were asked for. */
static void
end_done_moves (Game *game)
{
  for (guint i = 0; i < game->persons->len; i++) {
    Person *person = g_ptr_array_index (game->persons, i);

    if (store_operation_count (person->db, person->row) == 0)
      end_moves (game, person);
  }
}

/* ---- a person acts ---- */

static StoreMessage *
pick_row (Game *game, Person *person, const char *mailbox)
{
  gint64 folder = person_find_folder (person, mailbox);
  g_autoptr (GArray) keys =
      folder != 0 ? store_message_list (person->db, folder, 0, 0, NULL) : NULL;

  if (keys == NULL || keys->len == 0)
    return NULL;
  return store_message_get (
      person->db, STORE_KEY_ID (g_array_index (keys, StoreKey, pick (game, keys->len))), NULL);
}

static gboolean
person_appends (Game *game, Person *person)
{
  g_autofree char *name = g_strdup_printf ("p%u", ++game->serial);
  g_autofree char *message_id = g_strdup_printf ("<%s@model.test>", name);
  g_autoptr (GBytes) body = mail_new (name);
  gint64 folder = person_find_folder (person, mailboxes[pick (game, N_MAILBOXES)]);
  const StoreNewMessage message = { .flags = STORE_FLAG_SEEN,
                                    .received = 1795428000,
                                    .date = 1795428000,
                                    .size = g_bytes_get_size (body),
                                    .from_name = "R",
                                    .from_address = "r@model.test",
                                    .to = "a@model.test",
                                    .subject = name,
                                    .message_id = message_id,
                                    .preview = "",
                                    .body = body };
  g_autoptr (GError) error = NULL;

  if (folder == 0)
    return FALSE;
  begin_move (game, person, message_id);
  g_assert_true (store_operation_append (person->db, folder, &message, &error));
  expect_one_more (game, message_id);
  return TRUE;
}

static gboolean
person_acts (Game *game, Person *person)
{
  static const StoreFlags flags[] = {
    STORE_FLAG_SEEN,      STORE_FLAG_FLAGGED, STORE_FLAG_ANSWERED,
    STORE_FLAG_FORWARDED, STORE_FLAG_JUNK,    STORE_FLAG_NOT_JUNK
  };
  g_autoptr (StoreMessage) message = pick_row (game, person, mailboxes[pick (game, N_MAILBOXES)]);
  const char *target = mailboxes[pick (game, N_MAILBOXES)];
  gint64 folder = person_find_folder (person, target);
  guint verb = pick (game, 10);
  g_autoptr (GError) error = NULL;
  gboolean did = TRUE;

  if (message == NULL || message->message_id == NULL || folder == 0)
    did = person_appends (game, person);
  else if (verb < 4)
    did = store_operation_set_flags (person->db, &message->id, 1, pick (game, 2) == 0,
                                     flags[pick (game, G_N_ELEMENTS (flags))], &error)
          != 0;
  else if (verb < 7) {
    begin_move (game, person, message->message_id);
    did = store_operation_move (person->db, &message->id, 1, folder, &error) != 0;
  } else if (verb == 7) {
    doom (game, message->message_id);
    did = store_operation_expunge (person->db, &message->id, 1, 0, &error) != 0;
  } else if (verb == 8) {
    expect_one_more (game, message->message_id);
    did = store_operation_copy (person->db, &message->id, 1, folder, &error) != 0;
  } else
    did = person_appends (game, person);
  /* The engine may have heard in this moment that the message is gone. */
  if (error != NULL && !g_error_matches (error, BASE_ERROR, BASE_ERROR_GONE))
    g_error ("%s", error->message);
  if (g_getenv ("MODEL_TRACE") != NULL)
    printf ("# %.3f person %s: verb %u on %s (row %" G_GINT64_FORMAT ", uid %u) to %s\n",
            (double)g_get_monotonic_time () / G_USEC_PER_SEC, person->folder, verb,
            message != NULL ? message->message_id : "", message != NULL ? message->id : 0,
            message != NULL ? message->uid : 0, target);
  sync_engine_operations_changed (person->engine, NULL);
  return did;
}

/* ---- another client acts ---- */

typedef struct
{
  GPtrArray *ids; /* of the message asked for */
} Ids;

static gboolean
take_id (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  g_autofree char *text = NULL;
  char *begin;

  if (fetched->header == NULL)
    return TRUE;
  text = g_strndup (g_bytes_get_data (fetched->header, NULL), g_bytes_get_size (fetched->header));
  begin = strstr (text, "Message-ID: ");
  if (begin != NULL)
    g_ptr_array_add (user_data, g_strndup (begin + 12, strcspn (begin + 12, "\r")));
  return TRUE;
}

static gboolean
other_delivers (Game *game, ImapSession *session, GError **error)
{
  g_autofree char *name = g_strdup_printf ("o%u", ++game->serial);
  g_autofree char *message_id = g_strdup_printf ("<%s@model.test>", name);
  g_autoptr (GBytes) body = mail_new (name);
  guint32 uid = 0;

  /* Whatever comes of it: the answer may be lost. */
  expect_one_more (game, message_id);
  doom (game, message_id);
  if (!imap_session_append (session, "INBOX", pick (game, 3) == 0 ? IMAP_FLAG_SEEN : 0, NULL,
                            1795428000, body, &uid, NULL, error))
    return FALSE;
  g_hash_table_remove (game->doomed, message_id);
  return TRUE;
}

static gboolean
other_moves (Game *game, guint number, const char *set, const char *target, const char *message_id,
             GError **error)
{
  ImapSession *session = g_ptr_array_index (game->others, number);
  gpointer mover = &game->others->pdata[number];
  gboolean moved;

  begin_move (game, mover, message_id);
  moved = imap_session_has (session, IMAP_CAP_MOVE)
              ? imap_session_move (session, set, target, NULL, NULL, error)
              : imap_session_copy (session, set, target, NULL, NULL, error)
                    && imap_session_expunge (session, set, NULL, error);
  end_moves (game, mover);
  return moved;
}

static gboolean
other_changes (Game *game, guint number, GError **error)
{
  static const ImapFlags flags[] = { IMAP_FLAG_SEEN, IMAP_FLAG_FLAGGED, IMAP_FLAG_ANSWERED };
  g_autoptr (BaseUidSet) uids = NULL;
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *all = NULL, *set = NULL;
  g_auto (GStrv) each = NULL;
  guint verb = pick (game, 10);
  const char *target = mailboxes[pick (game, N_MAILBOXES)];
  ImapSession *session = g_ptr_array_index (game->others, number);

  if (!imap_session_select (session, mailboxes[pick (game, N_MAILBOXES)], FALSE, NULL, error))
    return FALSE;
  if (imap_session_get_selected (session)->exists == 0)
    return other_delivers (game, session, error);
  uids = imap_session_search_all (session, NULL, error);
  if (uids == NULL)
    return FALSE;
  /* Others were faster. */
  if (base_uid_set_is_empty (uids))
    return TRUE;
  BaseUidRange range = base_uid_set_get_range (uids, pick (game, base_uid_set_n_ranges (uids)));
  set = g_strdup_printf ("%u", range.first + pick (game, range.last - range.first + 1));
  if (verb < 5)
    return imap_session_store (session, set, pick (game, 2) == 0,
                               flags[pick (game, G_N_ELEMENTS (flags))], NULL, error);
  if (!imap_session_fetch (session, set, IMAP_FETCH_FLAGS | IMAP_FETCH_HEADER, 0, take_id, ids,
                           NULL, error))
    return FALSE;
  if (ids->len == 0)
    return TRUE;
  if (verb < 7)
    return other_moves (game, number, set, target, g_ptr_array_index (ids, 0), error);
  if (verb == 7) {
    expect_one_more (game, g_ptr_array_index (ids, 0));
    return imap_session_copy (session, set, target, NULL, NULL, error);
  }
  doom (game, g_ptr_array_index (ids, 0));
  return imap_session_expunge (session, set, NULL, error);
}

static void
other_acts (Game *game, guint number)
{
  ImapSession *session = g_ptr_array_index (game->others, number);
  g_autoptr (GError) error = NULL;

  if (session == NULL)
    session = game->others->pdata[number] = other_new (game->place);
  if (pick (game, 4) == 0 ? other_delivers (game, session, &error)
                          : other_changes (game, number, &error))
    return;
  /* What is refused is one of two that wanted the same; what is cut is opened again. */
  if (!imap_session_is_usable (session))
    g_clear_pointer (&game->others->pdata[number], imap_session_free);
}

/* The server acts up: only the model does on demand. */
static gboolean
server_acts (Game *game)
{
  ModelServer *model = game->place->model;

  if (model == NULL)
    return FALSE;
  if (pick (game, 3) == 0)
    model_act_renumber (model, game->place->user, mailboxes[pick (game, N_MAILBOXES)]);
  else
    model_server_cut_all (model);
  return TRUE;
}

static void
one_act (Game *game)
{
  guint n = game->persons->len + game->others->len, who = pick (game, n);
  gboolean did = TRUE;

  end_done_moves (game);
  if (pick (game, 40) == 0 && server_acts (game))
    operations++;
  if (who < game->persons->len)
    did = person_acts (game, g_ptr_array_index (game->persons, who));
  else
    other_acts (game, who - game->persons->len);
  operations += did;
  if (pick (game, 3) == 0)
    g_usleep (pick (game, 12000));
}

/* ---- checkpoints ---- */

static char *
difference (GPtrArray *here, GPtrArray *server, const char *only)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint i = 0, k = 0;

  while (i < here->len || k < server->len) {
    const char *left = i < here->len ? g_ptr_array_index (here, i) : NULL;
    const char *right = k < server->len ? g_ptr_array_index (server, k) : NULL;
    int order = left == NULL ? 1 : right == NULL ? -1 : strcmp (left, right);
    const char *line = order < 0 ? left : right;

    if (order != 0 && (only == NULL || g_str_has_prefix (line, only)))
      g_string_append_printf (text, "#   %s %s\n",
                              order < 0 ? "only here:  " : "only there: ", line);
    i += order <= 0;
    k += order >= 0;
  }
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

/* Waits until the person holds what the server does (`only`: of this mailbox).  NULL, or what is different. */
static char *
wait_agreement (Game *game, Person *person, GPtrArray *server, const char *only)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_US;

  for (;;) {
    gboolean is_done = person_is_done (person);
    g_autoptr (GPtrArray) here = person_dump (person, mailboxes);
    g_autofree char *different = difference (here, server, only);

    if (is_done && different == NULL)
      return NULL;
    if (g_get_monotonic_time () > deadline)
      return different != NULL ? g_steal_pointer (&different)
                               : g_strdup ("#   it does not come in step\n");
    g_usleep (10000);
  }
}

static void
wait_done (Game *game)
{
  gint64 deadline = g_get_monotonic_time () + 2 * PATIENCE_US;

  for (guint i = 0; i < game->persons->len; i++) {
    Person *person = g_ptr_array_index (game->persons, i);

    sync_engine_retry (person->engine, NULL);
    while (!person_is_done (person) && g_get_monotonic_time () < deadline)
      g_usleep (5000);
  }
}

static void
tell (Game *game, const char *what, guint person, const char *detail)
{
  printf ("# %s, person %u: %s\n%s", game->kind->name, person, what, detail);
  fflush (stdout);
  disagreements++;
}

static guint
count_lines (GPtrArray *lines, const char *message_id)
{
  guint n = 0;

  for (guint i = 0; i < lines->len; i++) {
    g_auto (GStrv) words = g_strsplit (g_ptr_array_index (lines, i), "\t", 4);

    n += strcmp (words[2], message_id) == 0;
  }
  return n;
}

static void
check_conservation (Game *game, GPtrArray *server)
{
  GHashTableIter iter;
  gpointer message_id, most;

  g_hash_table_iter_init (&iter, game->expected);
  while (g_hash_table_iter_next (&iter, &message_id, &most)) {
    guint n = count_lines (server, message_id);
    g_autofree char *detail = NULL;

    if ((n > 0 || g_hash_table_contains (game->doomed, message_id))
        && (n <= GPOINTER_TO_UINT (most) || !game->kind->moves))
      continue;
    detail = g_strdup_printf ("#   %s is there %u times, at most %u\n", (char *)message_id, n,
                              GPOINTER_TO_UINT (most));
    tell (game, n == 0 ? "a message is lost" : "a message was doubled", 0, detail);
  }
}

static void
check_point (Game *game)
{
  g_autoptr (GPtrArray) server = NULL;

  wait_done (game);
  server = server_dump (game->place, mailboxes);
  for (guint i = 0; game->kind->tells && i < game->persons->len; i++) {
    g_autofree char *different =
        wait_agreement (game, g_ptr_array_index (game->persons, i), server, "INBOX\t");

    if (different != NULL)
      tell (game, "INBOX does not follow the news", i, different);
  }
  for (guint i = 0; i < game->persons->len; i++) {
    Person *person = g_ptr_array_index (game->persons, i);
    g_autofree char *different = NULL;

    person_stop (person);
    person_start (person);
    different = wait_agreement (game, person, server, NULL);
    if (different != NULL)
      tell (game, "profile and server disagree", i, different);
  }
  check_conservation (game, server);
}

static void
play (const Place *place, const Kind *kind, guint32 seed, guint n_persons, guint rounds, guint acts)
{
  Game game = { .place = place, .kind = kind, .rand = g_rand_new_with_seed (seed) };
  guint n_others = 1 + pick (&game, 2);

  game.persons = g_ptr_array_new ();
  game.others = g_ptr_array_new ();
  game.expected = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  game.doomed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  game.moving =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  if (place->model != NULL) {
    model_server_reset (place->model);
    model_server_set_capabilities (place->model, kind->capabilities);
    model_server_add_account (place->model, place->user, place->password, "r@model.test");
  } else {
    server_empty (place, mailboxes);
  }
  for (guint i = 0; i < n_persons; i++) {
    Person *person = person_new (place);

    person_start (person);
    g_ptr_array_add (game.persons, person);
  }
  for (guint i = 0; i < n_others; i++)
    g_ptr_array_add (game.others, NULL);
  for (guint round = 0; round < rounds; round++) {
    for (guint i = 0; i < acts; i++)
      one_act (&game);
    check_point (&game);
  }
  for (guint i = 0; i < n_persons; i++)
    person_free (g_ptr_array_index (game.persons, i));
  for (guint i = 0; i < n_others; i++)
    if (game.others->pdata[i] != NULL)
      imap_session_free (game.others->pdata[i]);
  g_ptr_array_unref (game.persons);
  g_ptr_array_unref (game.others);
  g_hash_table_unref (game.expected);
  g_hash_table_unref (game.doomed);
  g_hash_table_unref (game.moving);
  g_rand_free (game.rand);
}

/* ---- games ---- */

static guint
number_from (const char *name, guint otherwise)
{
  const char *text = g_getenv (name);

  return text != NULL ? (guint)g_ascii_strtoull (text, NULL, 10) : otherwise;
}

static void
test_model (void)
{
  gint64 end = g_get_monotonic_time () + number_from ("MODEL_SECONDS", 25) * G_USEC_PER_SEC;
  guint32 seed = number_from ("MODEL_SEED", 1);
  g_autoptr (ModelServer) server = model_server_new (NULL);
  Place place = { .imap_port = model_server_get_imap_port (server),
                  .smtp_port = model_server_get_smtp_port (server),
                  .ca_file = (char *)model_server_get_ca_file (server),
                  .user = (char *)"alice",
                  .password = (char *)"secret",
                  .model = server };

  if (g_getenv ("MODEL_TRACE") != NULL)
    model_server_set_trace (server, g_getenv ("MODEL_TRACE"));
  for (guint game = 0; game < number_from ("MODEL_GAMES", 2 * G_N_ELEMENTS (kinds))
                       || g_get_monotonic_time () < end;
       game++, seed++) {
    guint before = disagreements;

    if (disagreements > 5)
      break;
    play (&place, &kinds[seed % G_N_ELEMENTS (kinds)], seed, 1 + seed / G_N_ELEMENTS (kinds) % 2, 2,
          25);
    if (disagreements > before)
      printf ("# that was seed %u\n", seed);
  }
  g_assert_cmpuint (disagreements, ==, 0);
}

static char *
lab_value (const char *name)
{
  g_autofree char *text = NULL, *wanted = g_strconcat (name, "=", NULL);
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (g_getenv ("LAB_ENV"), &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], wanted))
      return g_strdup (lines[i] + strlen (wanted));
  g_error ("no %s", name);
}

static void
test_real (void)
{
  static const Kind dovecot = { "dovecot", NULL, TRUE, TRUE };
  g_autofree char *imap = lab_value ("LAB_IMAPS"), *smtp = lab_value ("LAB_SUBMISSIONS");
  Place place = { .imap_port = (guint16)g_ascii_strtoull (imap, NULL, 10),
                  .smtp_port = (guint16)g_ascii_strtoull (smtp, NULL, 10),
                  .ca_file = lab_value ("LAB_CA"),
                  .user = (char *)"alice",
                  .password = (char *)"alicepw" };
  gint64 end = g_get_monotonic_time () + number_from ("MODEL_SECONDS", 25) * G_USEC_PER_SEC;
  guint32 seed = number_from ("MODEL_SEED", 1);
  guint games = 0;

  do {
    guint before = disagreements;

    play (&place, &dovecot, seed, 1 + seed % 2, 2, 60);
    if (disagreements > before)
      printf ("# that was seed %u\n", seed);
    seed++;
    games++;
  } while ((games < 2 || g_get_monotonic_time () < end) && disagreements <= 5);
  g_free (place.ca_file);
  g_assert_cmpuint (disagreements, ==, 0);
}

static void
print_figures (void)
{
  printf ("# figure: model_operations %u count\n# figure: model_disagreements %u count\n",
          operations, disagreements);
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  atexit (print_figures);
  if (g_getenv ("LAB_ENV") != NULL)
    g_test_add_func ("/random/real", test_real);
  else
    g_test_add_func ("/random/model", test_model);
  g_test_set_nonfatal_assertions ();
  return g_test_run ();
}
