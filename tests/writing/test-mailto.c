/* mailto: links of strangers.  Whatever one says, opening it fills in five fields of a draft that nobody has saved: no file is attached, nothing is sent, nothing is
 * written to the disk or the server. */
#include "test-writing.h"

#include <string.h>

#include "mail-engine-private.h"
#include "mail-private.h"
#include "store-operation.h"

static const char *const uris[] = {
  "mailto:kim@example.org",
  "mailto:",
  "MAILTO:kim@example.org?ATTACH=/etc/passwd",
  "mailto:kim@example.org?attach=/etc/passwd",
  "mailto:kim@example.org?attachment=/etc/passwd",
  "mailto:kim@example.org?attachments=/etc/passwd&attach=/etc/hosts&attach=/etc/group",
  "mailto:kim@example.org?%61ttach=%2Fetc%2Fpasswd",
  "mailto:kim@example.org?attach=file:///etc/passwd",
  "mailto:kim@example.org?attach=~/.ssh/id_rsa",
  "mailto:kim@example.org?attach=$SECRET",
  "mailto:kim@example.org?Attach%00=/etc/passwd",
  "mailto:kim@example.org?attach%20=/etc/passwd",
  "mailto:kim@example.org?insert=/etc/passwd&body-file=/etc/passwd",
  "mailto:kim@example.org?body=x%0D%0AAttach:%20/etc/passwd",
  "mailto:kim@example.org?body=%3Cimg%20src=%22file:///etc/passwd%22%3E",
  "mailto:kim@example.org?html=%3Cimg%20src=%22file:///etc/passwd%22%3E&html-body=%3Cp%3E",
  "mailto:kim@example.org?subject=x%0D%0AX-Attach:%20/etc/passwd",
  "mailto:kim@example.org?x-mozilla-attach=/etc/passwd&x-evolution-attach=/etc/passwd",
  "mailto:kim@example.org?content-type=multipart/mixed&mime-version=1.0&body=--b",
  "mailto:kim@example.org?send=1",
  "mailto:kim@example.org?send=true&autosend=yes&auto=1&action=send&subject=x&body=y",
  "mailto:kim@example.org?save=1&draft=1&save-draft=1&template=x&fcc=INBOX",
  "mailto:kim@example.org?from=ceo@example.org&sender=ceo@example.org&reply-to=evil@example.com",
  "mailto:kim@example.org?message-id=%3C1@x%3E&in-reply-to=%3C2@x%3E&references=%3C3@x%3E&date=0",
  "mailto:kim@example.org?send-at=0&resent-to=evil@example.com&x-priority=1",
  "mailto:kim@example.org?account=two&identity=two&from-account=two",
  "mailto:kim@example.org?subject=x&body=y&cc=a@example.org&bcc=b@example.org",
  "mailto:kim@example.org?bcc=b@example.org%0D%0Aattach:%20/etc/passwd",
  "mailto:kim@example.org%0D%0AAttach:%20/etc/passwd",
  "mailto:kim@example.org#attach=/etc/passwd",
  "mailto:kim@example.org?subject=a?attach=/etc/passwd",
  "mailto:kim@example.org?subject=a&amp;attach=/etc/passwd",
  "mailto:kim@example.org;attach=/etc/passwd",
  "mailto://kim@example.org/?attach=/etc/passwd",
  "mailto:%00?attach=/etc/passwd",
  "mailto:?&&=&=/etc/passwd&attach&attach=",
};

typedef struct
{
  char *folder;
  BasePaths *paths;
  MailEngine *engine;
  MailAccount *account; /* borrowed */
  StoreDb *db;
  GSocketListener *smtp; /* who would be spoken to */
  GCancellable *listening;
  gboolean called;
} Desk;

static void
on_done (GObject *source, GAsyncResult *result, gpointer slot)
{
  *(GAsyncResult **)slot = g_object_ref (result);
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer called)
{
  g_autoptr (GSocketConnection) connection =
      g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, NULL);

  *(gboolean *)called = connection != NULL;
}

static void
desk_open (Desk *desk)
{
  g_autoptr (BaseAccount) settings = base_account_new ();
  g_autoptr (GAsyncResult) started = NULL;
  g_autoptr (GError) error = NULL;

  desk->called = FALSE;
  desk->folder = make_folder ();
  desk->paths = base_paths_new (desk->folder, &error);
  g_assert_no_error (error);
  desk->smtp = g_socket_listener_new ();
  g_free (settings->id);
  settings->id = g_strdup ("one");
  settings->display_name = g_strdup ("민지");
  settings->address = g_strdup ("one@example.org");
  settings->label = g_strdup ("");
  settings->imap.host = g_strdup ("127.0.0.1");
  settings->imap.port = 1; /* nobody listens */
  settings->imap.user = g_strdup ("one");
  settings->smtp.host = g_strdup ("127.0.0.1");
  settings->smtp.port = g_socket_listener_add_any_inet_port (desk->smtp, NULL, &error);
  settings->smtp.user = g_strdup ("one");
  g_assert_no_error (error);
  desk->listening = g_cancellable_new ();
  g_socket_listener_accept_async (desk->smtp, desk->listening, on_called, &desk->called);
  g_assert_true (base_account_save (settings, desk->paths, &error));
  desk->engine = mail_engine_new (desk->paths);
  mail_engine_start_async (desk->engine, NULL, on_done, &started);
  while (started == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (mail_engine_start_finish (desk->engine, started, &error));
  desk->db = store_connect (desk->engine->store, &error);
  g_assert_no_error (error);
  desk->account = mail_engine_find_account (desk->engine, "one");
  g_assert_nonnull (desk->account);
}

static void
desk_close (Desk *desk)
{
  g_autoptr (GAsyncResult) stopped = NULL;

  mail_engine_stop_async (desk->engine, on_done, &stopped);
  while (stopped == NULL)
    g_main_context_iteration (NULL, TRUE);
  mail_engine_stop_finish (desk->engine, stopped);
  g_cancellable_cancel (desk->listening);
  while (g_main_context_iteration (NULL, FALSE)) {
  }
  g_clear_pointer (&desk->db, store_db_free);
  g_clear_object (&desk->engine);
  g_clear_object (&desk->listening);
  g_clear_object (&desk->smtp);
  base_paths_unref (desk->paths);
  remove_folder (desk->folder);
}

static gboolean
folder_is_empty (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);

  return folder == NULL || g_dir_read_name (folder) == NULL;
}

/* What opening it did that it must not; NULL: nothing. */
static const char *
look (Desk *desk, MailDraft *draft)
{
  g_autoptr (GPtrArray) outbox = store_outbox_list (desk->db, 0, NULL);
  g_autoptr (GAsyncResult) saved = NULL;

  while (g_main_context_iteration (NULL, FALSE)) {
  }
  if (g_list_model_get_n_items (mail_draft_get_attachments (draft)) > 0
      || mail_draft_get_busy (draft))
    return "attaches a file";
  if (mail_draft_get_html (draft) != NULL)
    return "brings HTML";
  if (!mail_draft_is_empty (draft))
    return "counts as something a person wrote";
  if (mail_draft_get_account (draft) != desk->account || mail_draft_get_send_at (draft) != 0)
    return "chooses for the person";
  if (outbox->len > 0 || g_list_model_get_n_items (mail_engine_get_outgoing (desk->engine)) > 0)
    return "sends";
  /* A composer asks for this all the time: what nobody touched is not written. */
  mail_draft_save_async (draft, TRUE, NULL, on_done, &saved);
  while (saved == NULL)
    g_main_context_iteration (NULL, TRUE);
  if (!mail_draft_save_finish (draft, saved, NULL)
      || !folder_is_empty (base_paths_get_drafts (desk->paths)))
    return "writes to the disk";
  if (store_operation_count (desk->db, mail_account_get_row (desk->account)) > 0)
    return "writes to the server";
  return desk->called ? "calls the server for sending" : NULL;
}

static void
test_opening (void)
{
  Desk desk = { 0 };

  g_setenv ("SECRET", "/etc/passwd", TRUE);
  desk_open (&desk);
  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++) {
    g_autoptr (MailDraft) draft = mail_draft_new_mailto (desk.engine, NULL, uris[i]);
    const char *failure = draft != NULL ? look (&desk, draft) : "is not opened";

    for (gsize field = 0; draft != NULL && field < 4; field++) {
      const char *value = field == 0   ? mail_draft_get_to (draft)
                          : field == 1 ? mail_draft_get_cc (draft)
                          : field == 2 ? mail_draft_get_bcc (draft)
                                       : mail_draft_get_subject (draft);

      if (failure == NULL && strpbrk (value, "\r\n") != NULL)
        failure = "breaks a line";
    }
    if (failure == NULL && (strstr (mail_draft_get_text (draft), "root:") != NULL))
      failure = "reads a file";
    count_case (COUNT_MAILTO, uris[i], failure);
  }
  desk_close (&desk);
}

void
add_mailto_tests (void)
{
  g_test_add_func ("/writing/mailto/opening", test_opening);
}
