/* The small window that asks where a link leads.  Main thread. */
#include "ui-link-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "ui-names.h"

#define UI_TYPE_LINK_DIALOG (ui_link_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UiLinkDialog, ui_link_dialog, UI, LINK_DIALOG, AdwWindow)

struct _UiLinkDialog
{
  AdwWindow parent_instance;

  UiEditor *editor; /* owned */

  /* Template */
  GtkWidget *apply;
  GtkWidget *address;
  GtkWidget *text;
  GtkWidget *error;
  GtkWidget *remove;
};

G_DEFINE_FINAL_TYPE (UiLinkDialog, ui_link_dialog, ADW_TYPE_WINDOW)

/* "javascript:x()" says how it is to be opened, "example.org:8080" at which port. */
static gboolean
has_scheme (const char *address)
{
  g_autofree char *scheme = g_uri_parse_scheme (address);

  return scheme != NULL && !g_ascii_isdigit (address[strlen (scheme) + 1]);
}

/* What a person types for a link: "example.org" is a web page, "kim@example.org" a mail address. */
static char *
complete (const char *typed)
{
  g_autofree char *address = g_strstrip (g_strdup (typed));

  if (*address == '\0' || has_scheme (address))
    return g_steal_pointer (&address);
  if (strchr (address, '@') != NULL && strchr (address, '/') == NULL)
    return g_strconcat ("mailto:", address, NULL);
  return g_strconcat ("https://", address, NULL);
}

static void
on_apply (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiLinkDialog *self = UI_LINK_DIALOG (widget);
  g_autofree char *uri = complete (gtk_editable_get_text (GTK_EDITABLE (self->address)));

  if (ui_editor_set_link (self->editor, gtk_editable_get_text (GTK_EDITABLE (self->text)), uri)) {
    gtk_window_destroy (GTK_WINDOW (self));
    return;
  }
  gtk_widget_show (self->error);
  gtk_widget_add_css_class (self->address, "error");
  gtk_widget_grab_focus (self->address);
}

static void
on_remove (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiLinkDialog *self = UI_LINK_DIALOG (widget);

  ui_editor_set_link (self->editor, NULL, NULL);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
on_address_changed (UiLinkDialog *self)
{
  gtk_widget_hide (self->error);
  gtk_widget_remove_css_class (self->address, "error");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "link.apply",
                                 *gtk_editable_get_text (GTK_EDITABLE (self->address)) != '\0');
}

void
ui_link_dialog_ask (GtkWindow *parent, UiEditor *editor)
{
  UiLinkDialog *self = g_object_new (UI_TYPE_LINK_DIALOG, "transient-for", parent, NULL);
  g_autofree char *uri = ui_editor_dup_link (editor);
  gboolean selected =
      gtk_text_buffer_get_has_selection (gtk_text_view_get_buffer (GTK_TEXT_VIEW (editor)));

  self->editor = g_object_ref (editor);
  gtk_editable_set_text (GTK_EDITABLE (self->address), uri);
  gtk_widget_set_visible (self->remove, *uri != '\0');
  /* The text is there already. */
  gtk_widget_set_visible (self->text, *uri == '\0' && !selected);
  on_address_changed (self);
  gtk_widget_grab_focus (self->address);
  gtk_window_present (GTK_WINDOW (self));
}

static void
ui_link_dialog_dispose (GObject *object)
{
  g_clear_object (&UI_LINK_DIALOG (object)->editor);
  G_OBJECT_CLASS (ui_link_dialog_parent_class)->dispose (object);
}

static void
ui_link_dialog_class_init (UiLinkDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_link_dialog_dispose;
  gtk_widget_class_install_action (widget_class, "link.apply", NULL, on_apply);
  gtk_widget_class_install_action (widget_class, "link.remove", NULL, on_remove);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-link-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, UiLinkDialog, apply);
  gtk_widget_class_bind_template_child (widget_class, UiLinkDialog, address);
  gtk_widget_class_bind_template_child (widget_class, UiLinkDialog, text);
  gtk_widget_class_bind_template_child (widget_class, UiLinkDialog, error);
  gtk_widget_class_bind_template_child (widget_class, UiLinkDialog, remove);
}

static void
ui_link_dialog_init (UiLinkDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_names_fill (GTK_WIDGET (self));
  g_signal_connect_swapped (self->address, "changed", G_CALLBACK (on_address_changed), self);
}
