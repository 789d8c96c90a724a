/* See ui-sight.h.  The keyboard alone does not do it: what has it may be a small part of what is to be seen. */
#include "ui-sight.h"

typedef struct
{
  int around;
  gboolean laid_out; /* with the frame before this one */
} Sight;

static void
bring (GtkWidget *widget, int around)
{
  GtkWidget *pane = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  graphene_rect_t place;

  if (pane == NULL || !gtk_widget_get_mapped (widget)
      || !gtk_widget_compute_bounds (widget, pane, &place))
    return;
  GtkAdjustment *down = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (pane));
  double top = gtk_adjustment_get_value (down) + place.origin.y;
  gtk_adjustment_clamp_page (down, top - around, top + place.size.height + around);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Sight *sight = data;

  if (!sight->laid_out) {
    sight->laid_out = TRUE;
    return G_SOURCE_CONTINUE;
  }
  bring (widget, sight->around);
  return G_SOURCE_REMOVE;
}

void
ui_sight_bring (GtkWidget *widget, int around)
{
  Sight *sight = g_new0 (Sight, 1);

  sight->around = around;
  gtk_widget_add_tick_callback (widget, on_tick, sight, g_free);
}
