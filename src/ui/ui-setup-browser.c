/* Waiting for the browser.  Main thread.  The address of the page is good for one attempt and for nobody but who began it. */
#include "ui-setup-browser.h"

#include <glib/gi18n.h>

#include "ui-environment.h"
#include "ui-names.h"

struct _UiSetupBrowser
{
  AdwBin parent_instance;

  char *page; /* owned, nullable */

  /* Template */
  GtkSpinner *spinner;
  GtkWidget *words, *again;
};

G_DEFINE_FINAL_TYPE (UiSetupBrowser, ui_setup_browser, ADW_TYPE_BIN)

static void
update (UiSetupBrowser *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "browser.open", self->page != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "browser.copy", self->page != NULL);
}

static void
on_shown (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSetupBrowser) self = data;
  g_autoptr (GError) error = NULL;

  if (ui_environment_show_uri_finish (GTK_WINDOW (source), result, &error) || self->page == NULL)
    return;
  gtk_label_set_text (
      GTK_LABEL (self->words),
      _ ("No browser opened. Copy the address and open it in a browser on this computer."));
  gtk_widget_show (self->words);
}

static void
on_open (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSetupBrowser *self = UI_SETUP_BROWSER (widget);

  gtk_widget_hide (self->words);
  ui_environment_show_uri_async (GTK_WINDOW (gtk_widget_get_root (widget)), self->page, on_shown,
                                 g_object_ref (self));
}

static void
on_copy (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), UI_SETUP_BROWSER (widget)->page);
}

void
ui_setup_browser_begin (UiSetupBrowser *self)
{
  ui_setup_browser_end (self);
  gtk_spinner_start (self->spinner);
  gtk_widget_grab_focus (self->again);
}

void
ui_setup_browser_open (UiSetupBrowser *self, const char *page)
{
  g_free (self->page);
  self->page = g_strdup (page);
  update (self);
  gtk_widget_grab_focus (self->again);
  gtk_widget_activate_action (GTK_WIDGET (self), "browser.open", NULL);
}

void
ui_setup_browser_end (UiSetupBrowser *self)
{
  g_clear_pointer (&self->page, g_free);
  gtk_widget_hide (self->words);
  gtk_spinner_stop (self->spinner);
  update (self);
}

static void
ui_setup_browser_finalize (GObject *object)
{
  g_free (UI_SETUP_BROWSER (object)->page);
  G_OBJECT_CLASS (ui_setup_browser_parent_class)->finalize (object);
}

static void
ui_setup_browser_class_init (UiSetupBrowserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ui_setup_browser_finalize;
  gtk_widget_class_install_action (widget_class, "browser.open", NULL, on_open);
  gtk_widget_class_install_action (widget_class, "browser.copy", NULL, on_copy);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/sosik/Sosik/ui-setup-browser.ui");
  gtk_widget_class_bind_template_child (widget_class, UiSetupBrowser, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiSetupBrowser, words);
  gtk_widget_class_bind_template_child (widget_class, UiSetupBrowser, again);
}

static void
ui_setup_browser_init (UiSetupBrowser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_names_fill (GTK_WIDGET (self));
  update (self);
}
