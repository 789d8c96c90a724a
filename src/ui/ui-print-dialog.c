/* The dialog of printing, see the header.  Main thread. */
#include "ui-print-dialog.h"

#include <gtk/gtkunixprint.h>

static void
cancel (GtkDialog *dialog)
{
  gtk_dialog_response (dialog, GTK_RESPONSE_CANCEL);
}

/* Who asked destroys the dialog when it has answered; one that is closed has destroyed itself by then. */
static gboolean
on_close (GtkWindow *dialog)
{
  cancel (GTK_DIALOG (dialog));
  return TRUE;
}

static void
on_windows_changed (GListModel *windows, guint position, guint removed, guint added,
                    gpointer parent)
{
  for (guint i = position; i < position + added; i++) {
    g_autoptr (GObject) window = g_list_model_get_item (windows, i);

    if (!GTK_IS_PRINT_UNIX_DIALOG (window))
      continue;
    g_signal_connect (window, "close-request", G_CALLBACK (on_close), NULL);
    if (parent) /* "destroy" comes only when nobody holds it any more */
      g_signal_connect_object (parent, "unrealize", G_CALLBACK (cancel), window, G_CONNECT_SWAPPED);
  }
}

gulong
ui_print_dialog_watch (GtkWindow *parent)
{
  return g_signal_connect (gtk_window_get_toplevels (), "items-changed",
                           G_CALLBACK (on_windows_changed), parent);
}

void
ui_print_dialog_unwatch (gulong watch)
{
  g_signal_handler_disconnect (gtk_window_get_toplevels (), watch);
}
