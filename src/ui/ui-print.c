/* Prints messages, see the header.  Main thread; messages are opened and parsed elsewhere, one after the other.  All of it goes on paper by
 * the web page that reads them, under the same rules: it must never ask for a remote picture that the person did not choose to see, in this
 * message where it is open, or of this sender; of such a sender the folded messages, too, are printed with their pictures. */
#include "ui-print.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "base-date.h"
#include "base-error.h"
#include "base-text.h"
#include "ui-dialog.h"
#include "ui-headers.h"
#include "ui-web-module.h"
#include "ui-web-pictures.h"

#define PROGRESS_AFTER_MS 400
#define SETTINGS_KEY      "sosik-print-settings" /* of the parent window, for the next time */

typedef struct
{
  /* Owned */
  MailEngine *engine;
  GPtrArray *items; /* of UiPrintItem */
  GPtrArray *heads, *bodies;
  GCancellable *cancellable;
  GtkWidget *page; /* NULL until all is there */
  char *title;

  /* Weak; NULL: none (any more) */
  GtkWindow *parent; /* the job ends with it */
  GtkWidget *dialog; /* that says how far it is */
  GtkProgressBar *progress;

  guint next; /* the one that is being made ready */
  guint progress_source;
} Job;

UiPrintItem *
ui_print_item_new (MailMessage *message, MailContent *content, gboolean images, gboolean plain)
{
  UiPrintItem *item = g_new0 (UiPrintItem, 1);
  item->message = message ? g_object_ref (message) : NULL;
  item->content = content ? g_object_ref (content) : NULL;
  item->images = images;
  item->plain = plain;
  return item;
}

UiPrintItem *
ui_print_item_new_file (const char *name, char *text, gboolean cut, MailContent *content)
{
  UiPrintItem *item = ui_print_item_new (NULL, content, FALSE, FALSE);
  item->name = g_strdup (name);
  item->text = text;
  item->cut = cut;
  return item;
}

void
ui_print_item_free (UiPrintItem *item)
{
  g_clear_object (&item->message);
  g_clear_object (&item->content);
  g_free (item->name);
  g_free (item->text);
  g_free (item);
}

static void
close_dialog (Job *job)
{
  GtkWidget *dialog = job->dialog;
  g_clear_handle_id (&job->progress_source, g_source_remove);
  if (!dialog)
    return;
  g_clear_weak_pointer (&job->progress);
  g_clear_weak_pointer (&job->dialog);
  g_signal_handlers_disconnect_by_data (dialog, job);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
forget_parent (Job *job)
{
  if (job->parent)
    g_signal_handlers_disconnect_by_data (job->parent, job);
  g_clear_weak_pointer (&job->parent);
}

static void
on_parent_closed (Job *job)
{
  forget_parent (job);
  close_dialog (job);
  g_cancellable_cancel (job->cancellable);
}

static void
job_free (Job *job)
{
  close_dialog (job);
  forget_parent (job);
  if (job->page)
    g_signal_handlers_disconnect_by_data (job->page, job);
  g_clear_object (&job->page);
  g_object_unref (job->engine);
  g_ptr_array_unref (job->items);
  g_ptr_array_unref (job->heads);
  g_ptr_array_unref (job->bodies);
  g_object_unref (job->cancellable);
  g_free (job->title);
  g_free (job);
}

static void
fail (Job *job, const GError *error)
{
  close_dialog (job);
  if (!base_error_is_cancelled (error))
    ui_dialog_error (job->parent, _ ("This could not be printed"), error);
  job_free (job);
}

/* ---- progress ---- */

static void
update_progress (Job *job)
{
  if (job->dialog)
    gtk_progress_bar_set_fraction (job->progress, (double)job->next / job->items->len);
}

static void
on_response (Job *job, const char *response)
{
  g_signal_handlers_disconnect_by_data (job->dialog, job);
  g_clear_weak_pointer (&job->dialog); /* it closes by itself */
  g_cancellable_cancel (job->cancellable);
}

static gboolean
on_progress_time (gpointer data)
{
  Job *job = data;
  GtkWidget *progress = gtk_progress_bar_new ();
  job->progress_source = 0;
  g_set_weak_pointer (&job->dialog,
                      adw_message_dialog_new (job->parent, _ ("Preparing to Print"), NULL));
  g_set_weak_pointer (&job->progress, GTK_PROGRESS_BAR (progress));
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (job->dialog), progress);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (job->dialog), "cancel", _ ("_Cancel"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (job->dialog), "cancel");
  g_signal_connect_swapped (job->dialog, "response", G_CALLBACK (on_response), job);
  gtk_accessible_update_property (GTK_ACCESSIBLE (progress), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Preparing to Print"), -1);
  update_progress (job);
  ui_dialog_present (GTK_WINDOW (job->dialog));
  return G_SOURCE_REMOVE;
}

/* ---- the words above a message ---- */

static void
add_line (GString *head, const char *title, const char *value)
{
  if (!value || !*value)
    return;
  g_autofree char *line = g_markup_printf_escaped ("<tr><th>%s</th><td>%s</td></tr>", title, value);
  g_string_append (head, line);
}

static void
add_addresses (GString *head, const char *title, GPtrArray *addresses)
{
  g_autofree char *text = ui_headers_dup_addresses (addresses, ", ");
  add_line (head, title, text);
}

static char *
make_title (const char *title)
{
  return g_markup_printf_escaped ("<h1>%s</h1>", title);
}

static char *
make_file_head (const UiPrintItem *item)
{
  g_autofree char *title = make_title (item->name);
  g_autofree char *cut =
      item->cut ? g_markup_printf_escaped (
          "<p>%s</p>", _ ("Only the beginning is printed. Save the file to have all of it."))
                : NULL;
  return g_strconcat (title, cut, NULL);
}

static char *
make_head (MailContent *content, gboolean first)
{
  GString *head = g_string_new (NULL);
  const char *subject = mail_content_get_subject (content);
  g_autofree char *date = base_date_long (mail_content_get_date (content));
  GListModel *parts = mail_content_get_attachments (content);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (parts); i++) {
    g_autoptr (MailPart) part = g_list_model_get_item (parts, i);
    g_autofree char *size = mail_part_dup_size_text (part);
    g_string_append_printf (names, "%s%s (%s)", i > 0 ? _ (", ") : "", mail_part_get_name (part),
                            size);
  }
  if (first) {
    g_autofree char *title = make_title (*subject ? subject : _ ("(No subject)"));
    g_string_append (head, title);
  }
  g_string_append (head, "<table>");
  add_addresses (head, _ ("From"), mail_content_get_from (content));
  add_addresses (head, _ ("To"), mail_content_get_to (content));
  add_addresses (head, _ ("Cc"), mail_content_get_cc (content));
  add_addresses (head, _ ("Bcc"), mail_content_get_bcc (content));
  add_line (head, _ ("Date"), date);
  if (!first)
    add_line (head, _ ("Subject"), subject);
  add_line (head, _ ("Attachments"), names->str);
  g_string_append (head, "</table>");
  return g_string_free (head, FALSE);
}

/* ---- bodies ---- */

static void take_next (Job *job);

static char *
make_text (const char *plain, gboolean file)
{
  g_autofree char *text = g_markup_escape_text (plain, -1);
  return g_strconcat ("<!DOCTYPE html><html><body style=\"margin: 0\">"
                      "<div style=\"white-space: pre-wrap",
                      file ? "; font-family: monospace; overflow-wrap: anywhere" : "", "\">", text,
                      "</div></body></html>", NULL);
}

/* Pictures of a message carry its number, so that each finds its own: see on_picture_wanted (). */
static void
take_html (Job *job, const char *html)
{
  g_autofree char *cid = g_strdup_printf (UI_WEB_PAGE_CID "%u.", job->next);
  g_autofree char *remote = g_strdup_printf (UI_WEB_PAGE_REMOTE "%u.", job->next);
  g_autoptr (GString) body = g_string_new (html);
  g_string_replace (body, UI_WEB_PAGE_CID, cid, 0);
  g_string_replace (body, UI_WEB_PAGE_REMOTE, remote, 0);
  g_ptr_array_add (job->bodies, g_strdup (body->str));
  job->next++;
}

static void
on_picture_wanted (Job *job, const char *uri, GTask *task)
{
  const char *number = strchr (uri, ':') + 1;
  char *rest = NULL;
  guint64 index = g_ascii_strtoull (number, &rest, 10);
  if (rest == number || *rest != '.' || index >= job->items->len)
    return;
  const UiPrintItem *item = job->items->pdata[index];
  if (!item->content || (g_str_has_prefix (uri, UI_WEB_PAGE_REMOTE) && !item->images))
    return;
  g_autofree char *scheme = g_strndup (uri, (gsize)(number - uri));
  g_autofree char *plain = g_strconcat (scheme, rest + 1, NULL);
  ui_web_pictures_answer (job->engine, item->content, plain, task);
}

GtkPrintSettings *
ui_print_create_settings (GtkWindow *parent_window, const char *title)
{
  GtkPrintSettings *last =
      parent_window ? g_object_get_data (G_OBJECT (parent_window), SETTINGS_KEY) : NULL;
  GtkPrintSettings *settings = last ? gtk_print_settings_copy (last) : gtk_print_settings_new ();
  const char *folder = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);
  const char *used = gtk_print_settings_get (settings, GTK_PRINT_SETTINGS_OUTPUT_URI);
  g_autoptr (GFile) file = used ? g_file_new_for_uri (used) : NULL;
  g_autoptr (GFile) parent = file ? g_file_get_parent (file) : NULL;
  g_autofree char *used_folder = parent ? g_file_get_path (parent) : NULL;
  g_autofree char *name = base_text_file_name (title, _ ("Message"));
  gtk_print_settings_unset (settings, GTK_PRINT_SETTINGS_OUTPUT_URI);
  gtk_print_settings_set (settings, GTK_PRINT_SETTINGS_OUTPUT_BASENAME, name);
  gtk_print_settings_set (settings, GTK_PRINT_SETTINGS_OUTPUT_DIR,
                          used_folder ? used_folder
                          : folder    ? folder
                                      : g_get_home_dir ());
  return settings;
}

void
ui_print_keep_settings (GtkWindow *parent, GtkPrintSettings *settings)
{
  g_object_set_data_full (G_OBJECT (parent), SETTINGS_KEY, g_object_ref (settings), g_object_unref);
}

static void
on_printed (gboolean printed, GtkPrintSettings *settings, const GError *error, gpointer data)
{
  Job *job = data;
  if (job->parent && settings)
    ui_print_keep_settings (job->parent, settings);
  if (error)
    fail (job, error);
  else
    job_free (job);
}

static void
print (Job *job)
{
  const UiWebPageApi *api = NULL;
  gboolean remote = FALSE;

  close_dialog (job);
  job->page = ui_web_module_create_page (job->engine, &api);
  if (!job->page) {
    g_autoptr (GError) error = NULL;
    base_error_set (&error, BASE_ERROR_REFUSED, NULL,
                    _ ("The part of Sosik that puts messages on paper is not installed."));
    fail (job, error);
    return;
  }
  g_object_ref_sink (job->page);
  g_signal_connect_swapped (job->page, "picture-wanted", G_CALLBACK (on_picture_wanted), job);
  for (guint i = 0; i < job->items->len; i++)
    remote |= ((UiPrintItem *)job->items->pdata[i])->images;
  g_autoptr (GtkPrintSettings) settings = ui_print_create_settings (job->parent, job->title);
  UiWebPaper paper = { job->title, job->heads, job->bodies, remote, job->parent, settings };
  api->print (job->page, &paper, on_printed, job);
}

static void
on_html (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *html =
      mail_content_get_html_with_images_finish (MAIL_CONTENT (source), result, &error);
  if (!html) {
    fail (job, error);
    return;
  }
  take_html (job, html);
  take_next (job);
}

static void
take_content (Job *job)
{
  UiPrintItem *item = job->items->pdata[job->next];
  MailContent *content = item->content;
  g_ptr_array_add (job->heads,
                   item->name ? make_file_head (item) : make_head (content, job->next == 0));
  if (item->text || !mail_content_has_html (content) || item->plain) {
    item->images = FALSE;
    g_ptr_array_add (
        job->bodies,
        make_text (item->text ? item->text : mail_content_get_text (content), item->text != NULL));
    job->next++;
    take_next (job);
  } else if (item->images)
    mail_content_get_html_with_images_async (content, job->cancellable, on_html, job);
  else {
    take_html (job, mail_content_get_html (content));
    take_next (job);
  }
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  UiPrintItem *item = job->items->pdata[job->next];
  g_autoptr (GError) error = NULL;
  item->content = mail_engine_open_message_finish (MAIL_ENGINE (source), result, &error);
  if (!item->content) {
    fail (job, error);
    return;
  }
  item->images = mail_content_are_images_chosen (item->content)
                 && mail_content_get_blocked (item->content) > 0;
  take_content (job);
}

/* From the main loop each time: a long conversation must not hold up the window. */
static gboolean
on_turn (gpointer data)
{
  Job *job = data;
  update_progress (job);
  if (g_cancellable_is_cancelled (job->cancellable)) {
    job_free (job);
    return G_SOURCE_REMOVE;
  }
  if (job->next == job->items->len) {
    print (job);
    return G_SOURCE_REMOVE;
  }
  UiPrintItem *item = job->items->pdata[job->next];
  if (item->content || item->text)
    take_content (job);
  else
    mail_engine_open_message_async (job->engine, item->message, job->cancellable, on_opened, job);
  return G_SOURCE_REMOVE;
}

static void
take_next (Job *job)
{
  g_idle_add (on_turn, job);
}

static void
on_linked (GObject *source, GAsyncResult *result, gpointer data)
{
  take_next (data);
}

void
ui_print_run (GtkWindow *parent, MailEngine *engine, const char *title, GPtrArray *items)
{
  Job *job = g_new0 (Job, 1);
  g_set_weak_pointer (&job->parent, parent);
  if (parent)
    g_signal_connect_swapped (parent, "unrealize", G_CALLBACK (on_parent_closed), job);
  job->engine = g_object_ref (engine);
  job->title = g_strdup (title);
  job->items = items;
  job->heads = g_ptr_array_new_with_free_func (g_free);
  job->bodies = g_ptr_array_new_with_free_func (g_free);
  job->cancellable = g_cancellable_new ();
  job->progress_source = g_timeout_add (PROGRESS_AFTER_MS, on_progress_time, job);
  if (ui_web_module_is_linked ())
    take_next (job);
  else
    ui_web_module_link_async (on_linked, job);
}
