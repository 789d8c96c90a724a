/* Answers a page that asks for a picture, see the header.  Main thread.  Whether remote ones are allowed is the page's to know: it asks
 * for none that are not. */
#include "ui-web-pictures.h"

#include "ui-web-page.h"

static void
answer (GTask *task, GBytes *bytes, char *type, GError *error)
{
  if (!bytes) {
    g_task_return_error (task, error);
    return;
  }
  g_task_set_task_data (task, type, g_free);
  g_task_return_pointer (task, bytes, (GDestroyNotify)g_bytes_unref);
}

static void
on_part (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  char *type = NULL;
  GBytes *bytes = mail_content_get_part_bytes_finish (MAIL_CONTENT (source), result, &type, &error);

  answer (task, bytes, type, error);
}

static void
on_remote (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  char *type = NULL;
  GBytes *bytes = mail_engine_fetch_remote_finish (MAIL_ENGINE (source), result, &type, &error);

  answer (task, bytes, type, error);
}

void
ui_web_pictures_answer (MailEngine *engine, MailContent *content, const char *uri, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  guint64 index;

  if (g_str_has_prefix (uri, UI_WEB_PAGE_REMOTE)) {
    g_autofree char *target = g_uri_unescape_string (uri + strlen (UI_WEB_PAGE_REMOTE), NULL);
    if (!target)
      return;
    g_task_set_source_tag (task, ui_web_pictures_answer);
    mail_engine_fetch_remote_async (engine, target, cancellable, on_remote, g_object_ref (task));
  } else if (g_str_has_prefix (uri, UI_WEB_PAGE_CID)
             && g_ascii_string_to_unsigned (uri + strlen (UI_WEB_PAGE_CID), 10, 0, G_MAXUINT,
                                            &index, NULL)) {
    g_task_set_source_tag (task, ui_web_pictures_answer);
    mail_content_get_part_bytes_async (content, (guint)index, cancellable, on_part,
                                       g_object_ref (task));
  }
}
