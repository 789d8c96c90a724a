/* Saves the protocol trace where the person says.  Main thread, but for the writing, which a pool thread does.  Must never hold more
 * than the trace does: secrets are struck out before they come there (base-log.h). */
#include "ui-trace.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-log.h"
#include "ui-dialog.h"

static char *
create_text (void)
{
  g_autofree char *trace = base_log_dup_trace ();
  g_autofree char *system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *day = g_date_time_format (now, "%Y-%m-%d %H:%M:%S %z");

  return g_strdup_printf (
      "Sosik %s, GTK %u.%u.%u, libadwaita %u.%u.%u, %s, %s\n%s\n\n%s", SOSIK_VERSION,
      gtk_get_major_version (), gtk_get_minor_version (), gtk_get_micro_version (),
      adw_get_major_version (), adw_get_minor_version (), adw_get_micro_version (),
      system != NULL ? system : "?", day,
      _ ("Passwords are struck out, and only the sizes of messages are shown. Of addresses the part before the @ is left out. Names of folders may be in it: look it over "
         "before you send it to anybody."),
      trace);
}

/* Pool thread. */
static void
run_save (GTask *task, gpointer source, gpointer file, GCancellable *cancellable)
{
  g_autofree char *text = create_text ();
  GError *error = NULL;

  if (g_file_replace_contents (file, text, strlen (text), NULL, FALSE,
                               G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL,
                               cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean saved = g_task_propagate_boolean (G_TASK (result), &error);

  if (!gtk_widget_get_mapped (GTK_WIDGET (source))) /* closed meanwhile */
    return;
  if (saved)
    ui_window_say (UI_WINDOW (source), _ ("Protocol trace saved"), NULL);
  else
    ui_dialog_error (GTK_WINDOW (source), _ ("The protocol trace could not be saved"), error);
}

static void
on_chosen (GFile *file, gpointer data)
{
  g_autoptr (UiWindow) window = data;
  g_autoptr (GTask) task = NULL;

  if (file == NULL)
    return;
  task = g_task_new (window, NULL, on_saved, NULL);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (task, run_save);
}

void
ui_trace_save (UiWindow *window)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *day = g_date_time_format (now, "%Y-%m-%d-%H%M");
  /* Translators: a file name; %s is a date */
  g_autofree char *name = g_strdup_printf (_ ("sosik-trace-%s.txt"), day);

  ui_dialog_save_file (GTK_WINDOW (window), _ ("Save Protocol Trace"), name, on_chosen,
                       g_object_ref (window));
}
