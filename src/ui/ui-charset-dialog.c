/* Shows candidate decodings as text and remembers the one that reads right.  Main thread; the decodings are made elsewhere. */
#include "ui-charset-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "mail-decoding.h"
#include "ui-dialog.h"

typedef struct
{
  GtkWindow *parent; /* owned, nullable */
  MailContent *content;
  UiCharsetFunc func;
  gpointer data;
  GDestroyNotify free_data;
  char *charset; /* nullable: as the message says */
} Choosing;

static void
choosing_free (Choosing *choosing)
{
  g_clear_object (&choosing->parent);
  g_clear_object (&choosing->content);
  if (choosing->free_data)
    choosing->free_data (choosing->data);
  g_free (choosing->charset);
  g_free (choosing);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Choosing, choosing_free)

static void
on_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Choosing) choosing = data;
  g_autoptr (GError) error = NULL;
  if (mail_content_set_charset_finish (choosing->content, result, &error))
    choosing->func (choosing->data);
  else
    ui_dialog_error (choosing->parent, _ ("The Text Is Shown As Before"), error);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  g_autoptr (Choosing) choosing = data;
  MailContent *content = choosing->content;
  const char *charset = choosing->charset; /* arguments are evaluated in any order */

  if (!g_str_equal (response, "accept"))
    return;
  mail_content_set_charset_async (content, charset, on_set, g_steal_pointer (&choosing));
}

static void
on_toggled (GtkCheckButton *button, gpointer data)
{
  Choosing *choosing = data;
  if (!gtk_check_button_get_active (button))
    return;
  g_free (choosing->charset);
  choosing->charset = g_strdup (g_object_get_data (G_OBJECT (button), "charset"));
}

/* A button whose label is a line of the message, below it the name of the charset. */
static GtkCheckButton *
add_choice (GtkBox *box, GtkCheckButton *group, const char *line, const char *charset,
            Choosing *choosing)
{
  GtkWidget *button = gtk_check_button_new ();
  GtkWidget *labels = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *text = gtk_label_new (line);
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (text), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (text), 2);
  gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (text), 36);
  gtk_box_append (GTK_BOX (labels), text);
  if (charset) {
    GtkWidget *name = gtk_label_new (charset);
    gtk_label_set_xalign (GTK_LABEL (name), 0);
    gtk_widget_add_css_class (name, "dim-label");
    gtk_widget_add_css_class (name, "caption");
    gtk_box_append (GTK_BOX (labels), name);
  }
  gtk_check_button_set_child (GTK_CHECK_BUTTON (button), labels);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, line, -1);
  gtk_check_button_set_group (GTK_CHECK_BUTTON (button), group);
  g_object_set_data_full (G_OBJECT (button), "charset", g_strdup (charset), g_free);
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), choosing);
  gtk_box_append (box, button);
  return GTK_CHECK_BUTTON (button);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Choosing) choosing = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list =
      mail_content_list_decodings_finish (choosing->content, result, &error);
  GtkWidget *dialog, *scrolled, *box;
  GtkCheckButton *group;

  if (!list) {
    ui_dialog_error (choosing->parent, _ ("The Text Is Shown As Before"), error);
    return;
  }
  dialog = adw_message_dialog_new (
      choosing->parent, _ ("Which Line Reads Right?"),
      list->len > 0 ? _ ("Mail from this sender is read in the same way from now on.")
                    : _ ("This message can be read in one way only."));
  if (list->len == 0) {
    adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Close"));
    ui_dialog_present (GTK_WINDOW (dialog));
    return;
  }
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  group = add_choice (GTK_BOX (box), NULL, _ ("As the message says"), NULL, choosing);
  gtk_check_button_set_active (group, TRUE);
  for (guint i = 0; i < list->len; i++) {
    const MailDecoding *decoding = list->pdata[i];
    GtkCheckButton *choice =
        add_choice (GTK_BOX (box), group, decoding->line, decoding->charset, choosing);
    if (g_strcmp0 (decoding->charset, mail_content_get_charset (choosing->content)) == 0)
      gtk_check_button_set_active (choice, TRUE);
  }
  scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 360);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), scrolled);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "accept",
                                    _ ("_Read It So"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "accept",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "accept");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), g_steal_pointer (&choosing));
  ui_dialog_present (GTK_WINDOW (dialog));
}

void
ui_charset_dialog_show (GtkWindow *parent, MailContent *content, UiCharsetFunc func, gpointer data,
                        GDestroyNotify free_data)
{
  Choosing *choosing = g_new0 (Choosing, 1);
  choosing->parent = parent ? g_object_ref (parent) : NULL;
  choosing->content = g_object_ref (content);
  choosing->func = func;
  choosing->data = data;
  choosing->free_data = free_data;
  mail_content_list_decodings_async (content, NULL, on_listed, choosing);
}
