/* The bar to search the mail with.  Main thread. */
#include "ui-search-bar.h"

#include <glib/gi18n.h>

struct _UiSearchBar
{
  AdwBin parent_instance;

  /* Owned */
  char *mended; /* what the button of the problem puts in */

  /* Template */
  GtkSearchEntry *entry;
  GtkWidget *tools, *problem_box, *result_box, *mend, *server;
  GtkToggleButton *everywhere, *here, *newest, *best;
  GtkLabel *problem, *instead, *result;
  GtkSpinner *spinner;

  gboolean silent;
};

enum
{
  CHANGED,
  CLOSED,
  ENTERED,
  SERVER,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiSearchBar, ui_search_bar, ADW_TYPE_BIN)

static void
on_changed (UiSearchBar *self)
{
  if (!self->silent)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_stop (UiSearchBar *self)
{
  g_signal_emit (self, signals[CLOSED], 0);
}

static void
on_entered (UiSearchBar *self)
{
  g_signal_emit (self, signals[ENTERED], 0);
}

static void
on_server (UiSearchBar *self)
{
  g_signal_emit (self, signals[SERVER], 0);
}

static void
on_mend (UiSearchBar *self)
{
  g_autofree char *mended = g_steal_pointer (&self->mended);
  if (mended)
    ui_search_bar_set_text (self, mended);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
}

/* Down goes on in the list, as from every search of the desktop.  The keys that open the bar begin anew: no verb of the window is heard
 * where somebody types. */
static gboolean
on_key (GtkEventControllerKey *key, guint keyval, guint keycode, GdkModifierType state,
        UiSearchBar *self)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();
  if (modifiers == GDK_CONTROL_MASK && (keyval == GDK_KEY_f || keyval == GDK_KEY_k)) {
    ui_search_bar_open (self);
    return GDK_EVENT_STOP;
  }
  if ((keyval != GDK_KEY_Down && keyval != GDK_KEY_KP_Down) || modifiers != 0)
    return GDK_EVENT_PROPAGATE;
  on_entered (self);
  return GDK_EVENT_STOP;
}

void
ui_search_bar_open (UiSearchBar *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}

void
ui_search_bar_close (UiSearchBar *self)
{
  gboolean silent = self->silent;
  self->silent = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  gtk_toggle_button_set_active (self->everywhere, TRUE);
  self->silent = silent;
  ui_search_bar_set_problem (self, NULL, NULL);
  ui_search_bar_set_result (self, "", FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

gboolean
ui_search_bar_is_open (UiSearchBar *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self));
}

gboolean
ui_search_bar_type (UiSearchBar *self, GtkEventControllerKey *controller)
{
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  GtkWidget *text = GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)));
  return gtk_event_controller_key_forward (controller, text);
}

const char *
ui_search_bar_get_text (UiSearchBar *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

void
ui_search_bar_set_text (UiSearchBar *self, const char *text)
{
  if (!g_str_equal (text, ui_search_bar_get_text (self)))
    gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
}

gboolean
ui_search_bar_get_everywhere (UiSearchBar *self)
{
  /* The one goes off before the other goes on. */
  return !gtk_toggle_button_get_active (self->here);
}

void
ui_search_bar_set_everywhere (UiSearchBar *self, gboolean everywhere)
{
  gtk_toggle_button_set_active (everywhere ? self->everywhere : self->here, TRUE);
}

gboolean
ui_search_bar_get_best (UiSearchBar *self)
{
  return gtk_toggle_button_get_active (self->best);
}

void
ui_search_bar_set_place (UiSearchBar *self, const char *name)
{
  /* Translators: a folder */
  g_autofree char *label = g_strdup_printf (_ ("Search in %s"), name ? name : "");
  gboolean silent = self->silent;
  self->silent = TRUE;
  if (!name)
    gtk_toggle_button_set_active (self->everywhere, TRUE);
  self->silent = silent;
  gtk_widget_set_visible (GTK_WIDGET (self->here), name != NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->here), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->here), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

void
ui_search_bar_set_result (UiSearchBar *self, const char *sentence, gboolean busy)
{
  gtk_label_set_text (self->result, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_visible (self->result_box, *sentence || busy);
}

void
ui_search_bar_set_server (UiSearchBar *self, const char *label)
{
  gtk_widget_set_visible (self->server, label != NULL);
  if (label)
    gtk_button_set_label (GTK_BUTTON (self->server), label);
}

void
ui_search_bar_set_problem (UiSearchBar *self, const char *sentence, const char *instead)
{
  gtk_widget_set_visible (self->problem_box, sentence != NULL);
  gtk_label_set_text (self->problem, sentence ? sentence : "");
  g_free (self->mended);
  self->mended = g_strdup (instead);
  gtk_widget_set_visible (self->mend, instead != NULL);
  gtk_label_set_text (self->instead, instead ? instead : "");
  if (!instead)
    return;
  /* Translators: on a button; what somebody may have wanted to look for */
  g_autofree char *label = g_strdup_printf (_ ("Search for %s instead"), instead);
  gtk_widget_set_tooltip_text (self->mend, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->mend), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
ui_search_bar_finalize (GObject *object)
{
  g_free (UI_SEARCH_BAR (object)->mended);
  G_OBJECT_CLASS (ui_search_bar_parent_class)->finalize (object);
}

static void
ui_search_bar_class_init (UiSearchBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ui_search_bar_finalize;
  signals[CHANGED] = g_signal_new ("changed", UI_TYPE_SEARCH_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[CLOSED] = g_signal_new ("closed", UI_TYPE_SEARCH_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  signals[ENTERED] = g_signal_new ("entered", UI_TYPE_SEARCH_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[SERVER] = g_signal_new ("server", UI_TYPE_SEARCH_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-search-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, entry);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, tools);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, everywhere);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, here);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, newest);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, best);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, problem_box);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, problem);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, mend);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, instead);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, result_box);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, result);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiSearchBar, server);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_entered);
  gtk_widget_class_bind_template_callback (widget_class, on_mend);
  gtk_widget_class_bind_template_callback (widget_class, on_server);
}

static void
ui_search_bar_init (UiSearchBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  GtkEventController *key = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), key);
  ui_search_bar_set_place (self, NULL);
}
