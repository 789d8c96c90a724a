/* Preloaded into the program by a test: a virtual display has no finger, so a long press with the mouse counts as one.  Main thread; it
 * must change nothing else. */
#include <gtk/gtk.h>

G_MODULE_EXPORT void
gtk_gesture_single_set_touch_only (GtkGestureSingle *gesture, gboolean touch_only)
{
  (void)gesture;
  (void)touch_only;
}
