/* The bar to find words with.  Main thread.  It knows nothing of what is searched. */
#include "ui-find-bar.h"

#include <glib/gi18n.h>

struct _UiFindBar
{
  AdwBin parent_instance;

  /* Template */
  GtkSearchEntry *entry;
  GtkLabel *count;
  GtkWidget *previous, *next;
};

enum
{
  CHANGED,
  STEP,
  CLOSED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiFindBar, ui_find_bar, ADW_TYPE_BIN)

static void
on_changed (UiFindBar *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    g_signal_emit (self, signals[CHANGED], 0, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

static void
on_next (UiFindBar *self)
{
  g_signal_emit (self, signals[STEP], 0, 1);
}

static void
on_previous (UiFindBar *self)
{
  g_signal_emit (self, signals[STEP], 0, -1);
}

static gboolean
on_key (GtkEventControllerKey *key, guint keyval, guint keycode, GdkModifierType state,
        UiFindBar *self)
{
  if ((keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter)
      || (state & gtk_accelerator_get_default_mod_mask ()) != GDK_SHIFT_MASK)
    return GDK_EVENT_PROPAGATE;
  on_previous (self);
  return GDK_EVENT_STOP;
}

void
ui_find_bar_open (UiFindBar *self)
{
  gboolean was_open = gtk_widget_get_visible (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
  if (!was_open)
    on_changed (self);
}

void
ui_find_bar_close (UiFindBar *self)
{
  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_emit (self, signals[CLOSED], 0);
}

gboolean
ui_find_bar_is_open (UiFindBar *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self));
}

void
ui_find_bar_set_state (UiFindBar *self, guint at, guint n, gboolean searching)
{
  gboolean words = *gtk_editable_get_text (GTK_EDITABLE (self->entry)) != '\0';
  g_autofree char *text = NULL;

  if (!words || (n == 0 && searching))
    text = g_strdup ("");
  else if (n == 0)
    text = g_strdup (_ ("Not found"));
  else if (at == 0)
    text = g_strdup_printf (ngettext ("%'u hit", "%'u hits", n), n);
  else
    /* Translators: which hit of a search is seen: "3 of 12" */
    text = g_strdup_printf (_ ("%'u of %'u"), at, n);
  gtk_label_set_text (self->count, text);
  if (words && n == 0 && !searching)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
  gtk_widget_set_sensitive (self->previous, n > 0);
  gtk_widget_set_sensitive (self->next, n > 0);
}

static void
ui_find_bar_class_init (UiFindBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[CHANGED] = g_signal_new ("changed", UI_TYPE_FIND_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[STEP] = g_signal_new ("step", UI_TYPE_FIND_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_INT);
  signals[CLOSED] = g_signal_new ("closed", UI_TYPE_FIND_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-find-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, UiFindBar, entry);
  gtk_widget_class_bind_template_child (widget_class, UiFindBar, count);
  gtk_widget_class_bind_template_child (widget_class, UiFindBar, previous);
  gtk_widget_class_bind_template_child (widget_class, UiFindBar, next);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, on_previous);
  gtk_widget_class_bind_template_callback (widget_class, ui_find_bar_close);
}

static void
ui_find_bar_init (UiFindBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  GtkEventController *key = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  ui_find_bar_set_state (self, 0, 0, FALSE);
}
