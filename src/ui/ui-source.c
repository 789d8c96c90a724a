/* "View Source" and "All Headers".  Main thread. */
#include "ui-source.h"

#include <glib/gi18n.h>

#include <string.h>

#include "ui-text-view.h"

static GtkWindow *
create (GtkWindow *parent, const char *title, const char *label, const char *text)
{
  GtkWidget *view = ui_text_view_new ();
  ui_text_view_set_source (UI_TEXT_VIEW (view), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);

  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box),
                  g_object_new (GTK_TYPE_SCROLLED_WINDOW, "vexpand", TRUE, "child", view, NULL));
  GtkWidget *window =
      g_object_new (ADW_TYPE_WINDOW, "transient-for", parent, "destroy-with-parent", TRUE, "title",
                    title, "default-width", 760, "default-height", 620, "content", box, NULL);
  GtkEventController *keys = gtk_shortcut_controller_new ();
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                        gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
  return GTK_WINDOW (window);
}

GtkWindow *
ui_source_new (GtkWindow *parent, MailContent *content)
{
  g_autofree char *source = mail_content_dup_source (content);
  return create (parent, _ ("Source of the Message"), _ ("Source of the message"), source);
}

GtkWindow *
ui_source_new_headers (GtkWindow *parent, MailContent *content)
{
  g_autofree char *source = mail_content_dup_source (content);
  char *lf = strstr (source, "\n\n"), *crlf = strstr (source, "\n\r\n");
  char *end = lf && crlf ? MIN (lf, crlf) : lf ? lf : crlf;
  if (end)
    end[1] = '\0';
  return create (parent, _ ("Headers of the Message"), _ ("Headers of the message"), source);
}
