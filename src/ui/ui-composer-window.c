/* A window for one composer, which does all the work.  Main thread.  It goes when the composer says that it may. */
#include "ui-composer-window.h"

struct _UiComposerWindow
{
  AdwApplicationWindow parent_instance;

  UiComposer *composer; /* borrowed; NULL once it has finished */
};

G_DEFINE_FINAL_TYPE (UiComposerWindow, ui_composer_window, ADW_TYPE_APPLICATION_WINDOW)

static void
on_finished (UiComposerWindow *self)
{
  self->composer = NULL;
  gtk_window_destroy (GTK_WINDOW (self));
}

static gboolean
ui_composer_window_close_request (GtkWindow *window)
{
  UiComposerWindow *self = UI_COMPOSER_WINDOW (window);

  if (self->composer != NULL)
    ui_composer_close (self->composer);
  return self->composer != NULL;
}

/* Where nothing has the keyboard, its keys are the composer's all the same. */
static gboolean
on_key (GtkEventControllerKey *keys, guint keyval, guint keycode, GdkModifierType state,
        UiComposerWindow *self)
{
  return self->composer != NULL && gtk_window_get_focus (GTK_WINDOW (self)) == NULL
         && gtk_event_controller_key_forward (keys, GTK_WIDGET (self->composer));
}

GtkWindow *
ui_composer_window_new (GtkApplication *app, UiComposer *composer)
{
  UiComposerWindow *self = g_object_new (UI_TYPE_COMPOSER_WINDOW, "application", app, NULL);

  self->composer = composer;
  g_object_bind_property (composer, "title", self, "title", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (composer, "finished", G_CALLBACK (on_finished), self, G_CONNECT_SWAPPED);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (self), GTK_WIDGET (composer));
  return GTK_WINDOW (self);
}

static void
ui_composer_window_class_init (UiComposerWindowClass *klass)
{
  GTK_WINDOW_CLASS (klass)->close_request = ui_composer_window_close_request;
}

static void
ui_composer_window_init (UiComposerWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_window_set_default_size (GTK_WINDOW (self), 760, 680);
  gtk_widget_set_size_request (GTK_WIDGET (self), 340, 320);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
