/* What a person would see: opens INBOX of a profile's account through the models that the window uses, and prints when
 * something shows, in microseconds of the monotonic clock, until its input ends.
 * usage: bench-watch PROFILE PASSWORD
 *   rows T      the newest rows, a screenful, can be shown whole
 *   list T N    the list has N messages now
 *   step T      the account is in step */
#include <gio/gio.h>
#include <glib-unix.h>
#include <stdio.h>
#include <unistd.h>

#include "mail-engine.h"

#define SCREENFUL 25

typedef struct
{
  MailEngine *engine;
  const char *password;
  MailAccount *account;
  MailMessageList *list;
  gboolean started, stopped, end, drawn;
} Watch;

static void
started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!mail_engine_start_finish (MAIL_ENGINE (source), result, &error))
    g_error ("%s", error->message);
  ((Watch *)user_data)->started = TRUE;
}

static void
stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  mail_engine_stop_finish (MAIL_ENGINE (source), result);
  ((Watch *)user_data)->stopped = TRUE;
}

static void
on_password_needed (MailEngine *engine, MailAccount *account, const char *sentence,
                    const char *detail, Watch *watch)
{
  g_autoptr (BaseAccount) asked = mail_account_dup_settings (account);

  mail_engine_set_password_async (engine, asked, mail_account_get_asked (account), watch->password,
                                  FALSE, NULL, NULL);
}

static void
on_items_changed (GListModel *list, guint position, guint removed, guint added, Watch *watch)
{
  printf ("list %" G_GINT64_FORMAT " %u\n", g_get_monotonic_time (),
          g_list_model_get_n_items (list));
}

static void
on_status (MailAccount *account, GParamSpec *spec, Watch *watch)
{
  if (mail_account_get_status (account) == MAIL_ACCOUNT_IN_STEP)
    printf ("step %" G_GINT64_FORMAT "\n", g_get_monotonic_time ());
}

/* As the window does when the folder of new mail turns up. */
static void
open_inbox (Watch *watch)
{
  MailFolder *inbox = mail_account_get_folder_by_role (watch->account, MAIL_ROLE_INBOX);

  if (!inbox)
    return;
  watch->list = mail_message_list_new (watch->engine, inbox, FALSE);
  g_signal_connect (watch->list, "items-changed", G_CALLBACK (on_items_changed), watch);
  mail_engine_show_folder (watch->engine, inbox);
}

static gboolean
screenful_is_there (GListModel *list)
{
  for (guint i = 0; i < SCREENFUL; i++) {
    g_autoptr (MailConversation) message = g_list_model_get_item (list, i);
    if (!message || !mail_conversation_get_loaded (message))
      return FALSE;
  }
  return TRUE;
}

static gboolean
on_input (gint fd, GIOCondition condition, gpointer user_data)
{
  ((Watch *)user_data)->end = TRUE;
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  if (argc != 3)
    return 2;
  Watch watch = { .password = argv[2] };
  g_autoptr (GError) error = NULL;
  g_autoptr (BasePaths) paths = base_paths_new (argv[1], &error);

  if (!paths)
    g_error ("%s", error->message);
  setvbuf (stdout, NULL, _IOLBF, 0);
  watch.engine = mail_engine_new (paths);
  g_signal_connect (watch.engine, "password-needed", G_CALLBACK (on_password_needed), &watch);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, &watch);
  mail_engine_start_async (watch.engine, NULL, started, &watch);
  while (!watch.end) {
    g_main_context_iteration (NULL, TRUE);
    if (watch.started && !watch.account) {
      watch.account = g_list_model_get_item (mail_engine_get_accounts (watch.engine), 0);
      g_signal_connect (watch.account, "notify::status", G_CALLBACK (on_status), &watch);
    }
    if (watch.account && !watch.list)
      open_inbox (&watch);
    if (watch.list && !watch.drawn && screenful_is_there (G_LIST_MODEL (watch.list))) {
      watch.drawn = TRUE;
      printf ("rows %" G_GINT64_FORMAT "\n", g_get_monotonic_time ());
    }
  }
  g_clear_object (&watch.list);
  g_clear_object (&watch.account);
  mail_engine_stop_async (watch.engine, stopped, &watch);
  while (!watch.stopped)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (watch.engine);
  return 0;
}
