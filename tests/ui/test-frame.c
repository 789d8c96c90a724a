/* What changes in an editor is measured, and drawn, with the next frame, whatever changes around it in the same. */
#include "ui-editor.h"

#include <adwaita.h>

#define FRAMES 40

typedef struct
{
  GtkWidget *label;
  GtkTextBuffer *buffer;
  guint frames;
} Scene;

/* After GTK had time to measure what changed, and before the layout of a frame. */
static gboolean
on_frame (GtkWidget *window, GdkFrameClock *clock, gpointer data)
{
  Scene *scene = data;
  GtkTextIter end;

  gtk_label_set_text (GTK_LABEL (scene->label), scene->frames % 2 == 0 ? "Saved" : "saved");
  gtk_text_buffer_get_end_iter (scene->buffer, &end);
  gtk_text_buffer_insert (scene->buffer, &end, "another line\n", -1);
  return ++scene->frames < FRAMES ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* GTK warns of what is drawn without an allocation, which is fatal here.  The label keeps its size, and so does what holds the editor. */
static void
test_allocated (void)
{
  GtkWidget *window = gtk_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0),
            *overlay = adw_toast_overlay_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new (), *editor = g_object_new (UI_TYPE_EDITOR, NULL);
  Scene scene = { gtk_label_new (""), gtk_text_view_get_buffer (GTK_TEXT_VIEW (editor)), 0 };

  gtk_label_set_width_chars (GTK_LABEL (scene.label), 20);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), editor);
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), scrolled);
  gtk_widget_set_vexpand (overlay, TRUE);
  gtk_box_append (GTK_BOX (box), scene.label);
  gtk_box_append (GTK_BOX (box), overlay);
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), 500, 400);
  gtk_window_present (GTK_WINDOW (window));
  while (!gtk_window_is_active (GTK_WINDOW (window)))
    g_main_context_iteration (NULL, TRUE);
  gtk_widget_add_tick_callback (window, on_frame, &scene, NULL);
  while (scene.frames < FRAMES)
    g_main_context_iteration (NULL, TRUE);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/ui/frame/allocated", test_allocated);
  return g_test_run ();
}
