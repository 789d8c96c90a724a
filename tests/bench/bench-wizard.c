/* The road of the wizard without its window: an address, servers, the proof of them, the account, and the first mail in the list; prints when
 * each was reached, in microseconds of the monotonic clock.
 * usage: bench-wizard PROFILE ADDRESS PASSWORD PAUSE_MS
 *   asked T, found T, [PAUSE_MS later] told T, proved T, saved T, listed T */
#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>

#include "base-error.h"
#include "mail-engine.h"

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static GAsyncResult *
wait_result (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
say (const char *what)
{
  printf ("%s %" G_GINT64_FORMAT "\n", what, g_get_monotonic_time ());
}

static void
check (GError *error)
{
  if (error != NULL)
    g_error ("%s (%s)", error->message, base_error_get_detail (error));
}

static void
pause_ms (int ms)
{
  for (gint64 end = g_get_monotonic_time () + ms * 1000; g_get_monotonic_time () < end;) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
}

static BaseAccount *
find (MailEngine *engine, const char *address)
{
  g_autoptr (BaseAccount) asked = base_account_new ();
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  g_free (asked->address);
  asked->address = g_strdup (address);
  say ("asked");
  mail_engine_discover_async (engine, asked, NULL, NULL, NULL, on_result, &result);
  g_autoptr (MailDiscovery) discovery =
      mail_engine_discover_finish (engine, wait_result (&result), &error);
  check (error);
  if (mail_discovery_get_problem (discovery) != NULL)
    g_error ("%s", mail_discovery_get_problem (discovery)->message);
  say ("found");
  mail_engine_agree_to_hosts (engine, mail_discovery_get_strangers (discovery));
  return base_account_dup (mail_discovery_get_account (discovery));
}

static void
prove (MailEngine *engine, const BaseAccount *account, const char *password)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  say ("told");
  mail_engine_verify_async (engine, account, password, NULL, NULL, on_result, &result);
  mail_engine_verify_finish (engine, wait_result (&result), NULL, &error);
  check (error);
  say ("proved");
}

static void
save (MailEngine *engine, const BaseAccount *account, const char *password)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  mail_engine_save_account_async (engine, account, password, NULL, NULL, on_result, &result);
  mail_engine_save_account_finish (engine, wait_result (&result), NULL, &error);
  check (error);
  say ("saved");
}

/* As the window does when the folder of new mail turns up. */
static void
wait_listed (MailEngine *engine)
{
  g_autoptr (MailAccount) account = g_list_model_get_item (mail_engine_get_accounts (engine), 0);
  g_autoptr (MailMessageList) list = NULL;

  for (;;) {
    MailFolder *inbox = mail_account_get_folder_by_role (account, MAIL_ROLE_INBOX);

    if (inbox != NULL && list == NULL) {
      list = mail_message_list_new (engine, inbox, FALSE);
      mail_engine_show_folder (engine, inbox);
    }
    if (list != NULL && g_list_model_get_n_items (G_LIST_MODEL (list)) > 0) {
      g_autoptr (MailConversation) message = g_list_model_get_item (G_LIST_MODEL (list), 0);

      if (message != NULL && mail_conversation_get_loaded (message))
        break;
    }
    g_main_context_iteration (NULL, TRUE);
  }
  say ("listed");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BasePaths) paths = NULL;
  g_autoptr (GAsyncResult) started = NULL, stopped = NULL;

  if (argc != 5)
    return 2;
  setvbuf (stdout, NULL, _IOLBF, 0);
  paths = base_paths_new (argv[1], &error);
  check (error);
  MailEngine *engine = mail_engine_new (paths);
  mail_engine_start_async (engine, NULL, on_result, &started);
  mail_engine_start_finish (engine, wait_result (&started), &error);
  check (error);

  g_autoptr (BaseAccount) account = find (engine, argv[2]);
  pause_ms (atoi (argv[4]));
  prove (engine, account, argv[3]);
  save (engine, account, argv[3]);
  wait_listed (engine);

  mail_engine_stop_async (engine, on_result, &stopped);
  mail_engine_stop_finish (engine, wait_result (&stopped));
  g_object_unref (engine);
  return 0;
}
