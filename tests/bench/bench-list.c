/* Opening a folder: from mail_message_list_new (, FALSE) until the newest 20 rows are loaded, for folders of 1,000
 * and 100,000 messages in one store; and the longest turn of the main loop while the big one loads to its end.
 * usage: bench-list PROFILE [MANY].  Another number in place of 100,000.  Prints "ms_1k ms_100k stall_ms" (medians of 15, worst stall). */
#include <gio/gio.h>
#include <stdlib.h>

#include "bench-turns.h"
#include "mail-engine.h"
#include "store-folder.h"
#include "store-message.h"

#define ROWS 20
#define RUNS 15

static gboolean done;

static void
started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  if (!mail_engine_start_finish (MAIL_ENGINE (source), result, &error))
    g_error ("%s", error->message);
  done = TRUE;
}

static void
stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  mail_engine_stop_finish (MAIL_ENGINE (source), result);
  done = TRUE;
}

static void
turn (void)
{
  g_main_context_iteration (NULL, TRUE);
}

static void
fill (StoreDb *db, gint64 folder, guint n)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 1000; i++)
    g_ptr_array_add (words, g_strdup_printf ("회의 일정 안내 %u", i * 7919 % 1000));
  for (guint i = 1; i <= n; i++) {
    StoreNewMessage *message = g_new0 (StoreNewMessage, 1);
    message->uid = i;
    message->flags = i % 7 ? STORE_FLAG_SEEN : 0;
    message->received = message->date = 1700000000 + i * 60;
    message->size = 4000 + i * 31 % 10007;
    message->from_name = words->pdata[i * 17 % 997]; /* so that another order is another one */
    message->from_address = "alice@lab.test";
    message->subject = words->pdata[i * 13 % 1000];
    message->preview = "please find the notes of today below";
    g_ptr_array_add (batch, message);
    if (batch->len == 1000 || i == n) {
      if (!store_message_add (db, folder, batch, NULL, &error))
        g_error ("%s", error->message);
      g_ptr_array_set_size (batch, 0);
    }
  }
}

static gboolean
rows_are_loaded (GListModel *list)
{
  for (guint i = 0; i < ROWS; i++) {
    g_autoptr (MailConversation) item = g_list_model_get_item (list, i);
    if (!item || !mail_conversation_get_loaded (item))
      return FALSE;
  }
  return TRUE;
}

static double
open_once (MailEngine *engine, MailFolder *folder, guint expected)
{
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (MailMessageList) list = mail_message_list_new (engine, folder, TRUE);
  while (!rows_are_loaded (G_LIST_MODEL (list)))
    turn ();
  double ms = (g_get_monotonic_time () - begin) / 1e3;
  while (g_list_model_get_n_items (G_LIST_MODEL (list)) < expected)
    turn ();
  return ms;
}

static int
compare (const void *a, const void *b)
{
  return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

int
main (int argc, char **argv)
{
  if (argc != 2 && argc != 3)
    return 2;
  guint sizes[] = { 1000, argc == 3 ? (guint)atoi (argv[2]) : 100000 };
  double times[2][RUNS];
  g_autoptr (GError) error = NULL;
  g_autoptr (BasePaths) paths = base_paths_new (argv[1], &error);
  if (!paths)
    g_error ("%s", error->message);

  g_autoptr (BaseAccount) account = base_account_new ();
  g_free (account->id);
  account->id = g_strdup ("bench");
  account->display_name = g_strdup ("Bench");
  account->address = g_strdup ("bench@lab.test");
  account->imap.host = g_strdup ("127.0.0.1");
  account->smtp.host = g_strdup ("127.0.0.1");
  account->imap.port = account->smtp.port = 9; /* nobody listens: the account stays offline */
  account->imap.user = g_strdup ("bench");
  account->smtp.user = g_strdup ("bench");
  if (!base_account_save (account, paths, &error))
    g_error ("%s", error->message);
  {
    g_autoptr (Store) store = store_open (paths, NULL, &error);
    g_autoptr (StoreDb) db = store_connect (store, &error);
    gint64 id = store_account_ensure (db, account->id, &error);
    g_autoptr (GPtrArray) folders = g_ptr_array_new ();
    StoreFolder small = {
      .name = (char *)"INBOX", .delimiter = '/', .role = STORE_ROLE_INBOX, .selectable = TRUE
    };
    StoreFolder big = { .name = (char *)"Big", .delimiter = '/', .selectable = TRUE };
    g_ptr_array_add (folders, &small);
    g_ptr_array_add (folders, &big);
    if (!store_folder_replace_list (db, id, folders, &error))
      g_error ("%s", error->message);
    g_autoptr (GPtrArray) rows = store_folder_list (db, id, &error);
    for (guint i = 0; i < rows->len; i++) {
      StoreFolder *folder = g_ptr_array_index (rows, i);
      fill (db, folder->id, folder->role == STORE_ROLE_INBOX ? sizes[0] : sizes[1]);
    }
  }

  bench_turns_watch (TRUE);
  g_autoptr (MailEngine) engine = mail_engine_new (paths);
  mail_engine_start_async (engine, NULL, started, NULL);
  while (!done)
    turn ();
  g_autoptr (MailAccount) loaded = g_list_model_get_item (mail_engine_get_accounts (engine), 0);
  GListModel *folders = mail_account_get_folders (loaded);
  while (g_list_model_get_n_items (folders) < 2)
    turn ();
  bench_turns_take_longest ();
  for (guint run = 0; run < RUNS; run++)
    for (guint i = 0; i < 2; i++) {
      g_autoptr (MailFolder) folder = g_list_model_get_item (folders, i);
      gboolean inbox = mail_folder_get_role (folder) == MAIL_ROLE_INBOX;
      times[inbox ? 0 : 1][run] = open_once (engine, folder, sizes[inbox ? 0 : 1]);
    }
  for (guint i = 0; i < 2; i++)
    qsort (times[i], RUNS, sizeof (double), compare);
  g_print ("%.3f %.3f %.1f\n", times[0][RUNS / 2], times[1][RUNS / 2],
           bench_turns_take_longest ().wall);
  done = FALSE;
  mail_engine_stop_async (engine, stopped, NULL);
  while (!done)
    turn ();
  return 0;
}
