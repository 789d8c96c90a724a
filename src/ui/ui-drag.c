/* The drag of messages: what is dragged and the picture of it.  Main thread; nothing leaves the program. */
#include "ui-drag.h"

#include <glib/gi18n.h>

struct _UiDrag
{
  GObject parent_instance;

  /* Owned */
  MailFolder *source;
  MailMessageList *list;
  GArray *items;
};

G_DEFINE_FINAL_TYPE (UiDrag, ui_drag, G_TYPE_OBJECT)

UiDrag *
ui_drag_new (MailFolder *source, MailMessageList *list, GArray *items)
{
  UiDrag *self = g_object_new (UI_TYPE_DRAG, NULL);
  self->source = g_object_ref (source);
  self->list = g_object_ref (list);
  self->items = g_array_ref (items);
  return self;
}

MailMessageList *
ui_drag_get_list (UiDrag *self)
{
  return self->list;
}

GArray *
ui_drag_get_items (UiDrag *self)
{
  return self->items;
}

MailFolder *
ui_drag_get_source (UiDrag *self)
{
  return self->source;
}

typedef struct
{
  UiDragFunc func;
  gpointer data;
  guint n; /* of the drag under way */
} Source;

static GdkContentProvider *
on_prepare (GtkDragSource *drag, double x, double y, Source *source)
{
  g_autoptr (UiDrag) what = source->func (
      gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (drag)), x, y, source->data);
  if (!what)
    return NULL;
  source->n = what->items->len;
  return gdk_content_provider_new_typed (UI_TYPE_DRAG, what);
}

static void
on_begin (GtkDragSource *drag, GdkDrag *gdk_drag, Source *source)
{
  g_autofree char *text =
      g_strdup_printf (ngettext ("%'u message", "%'u messages", source->n), source->n);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_widget_add_css_class (box, "drag-icon");
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("sosik-mail-symbolic"));
  gtk_box_append (GTK_BOX (box), gtk_label_new (text));
  gtk_drag_icon_set_child (GTK_DRAG_ICON (gtk_drag_icon_get_for_drag (gdk_drag)), box);
  gdk_drag_set_hotspot (gdk_drag, -12, -12);
}

void
ui_drag_add_source (GtkWidget *widget, UiDragFunc func, gpointer data)
{
  Source *source = g_new0 (Source, 1);
  GtkDragSource *drag = gtk_drag_source_new ();
  source->func = func;
  source->data = data;
  gtk_drag_source_set_actions (drag, GDK_ACTION_MOVE | GDK_ACTION_COPY);
  g_signal_connect_data (drag, "prepare", G_CALLBACK (on_prepare), source,
                         (GClosureNotify)(void (*) (void))g_free, 0);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_begin), source);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (drag), GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
}

static void
ui_drag_finalize (GObject *object)
{
  UiDrag *self = UI_DRAG (object);
  g_clear_object (&self->source);
  g_clear_object (&self->list);
  g_clear_pointer (&self->items, g_array_unref);
  G_OBJECT_CLASS (ui_drag_parent_class)->finalize (object);
}

static void
ui_drag_class_init (UiDragClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_drag_finalize;
}

static void
ui_drag_init (UiDrag *self)
{
}
