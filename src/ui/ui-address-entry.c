/* An entry for addresses and the sentence beneath it when one is wrong.  Main thread.  It marks a wrong address when the person leaves the
 * entry, never while they type. */
#include "ui-address-entry.h"

#include <glib/gi18n.h>

#include "mail-draft.h"

struct _UiAddressEntry
{
  GtkBox parent_instance;

  GtkWidget *text;
  GtkWidget *error;
};

enum
{
  PROP_LABEL = 1,
  PROP_TEXT,
  N_PROPS
};

enum
{
  EDITED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiAddressEntry, ui_address_entry, GTK_TYPE_BOX)

const char *
ui_address_entry_get_text (UiAddressEntry *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->text));
}

void
ui_address_entry_set_text (UiAddressEntry *self, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (self->text), text);
}

void
ui_address_entry_set_error (UiAddressEntry *self, const char *sentence)
{
  gtk_label_set_text (GTK_LABEL (self->error), sentence == NULL ? "" : sentence);
  gtk_widget_set_visible (self->error, sentence != NULL);
  if (sentence != NULL) {
    gtk_widget_add_css_class (self->text, "error");
    gtk_accessible_update_state (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_STATE_INVALID,
                                 GTK_ACCESSIBLE_INVALID_TRUE, -1);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->text),
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, sentence, -1);
  } else {
    gtk_widget_remove_css_class (self->text, "error");
    gtk_accessible_reset_state (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_STATE_INVALID);
    gtk_accessible_reset_property (GTK_ACCESSIBLE (self->text),
                                   GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  }
}

gboolean
ui_address_entry_check (UiAddressEntry *self)
{
  g_autofree char *wrong = NULL;
  g_autofree char *sentence = NULL;

  if (mail_address_list_check (ui_address_entry_get_text (self), &wrong)) {
    ui_address_entry_set_error (self, NULL);
    return TRUE;
  }
  sentence = g_strdup_printf (_ ("“%s” is not an e-mail address. It has to look like "
                                 "name@example.org."),
                              wrong == NULL ? "" : wrong);
  ui_address_entry_set_error (self, sentence);
  return FALSE;
}

static void
on_changed (UiAddressEntry *self)
{
  ui_address_entry_set_error (self, NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
  g_signal_emit (self, signals[EDITED], 0);
}

static void
on_leave (UiAddressEntry *self)
{
  ui_address_entry_check (self);
}

static gboolean
ui_address_entry_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (UI_ADDRESS_ENTRY (widget)->text);
}

static void
set_label (UiAddressEntry *self, const char *label)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
ui_address_entry_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiAddressEntry *self = UI_ADDRESS_ENTRY (object);

  switch (id) {
  case PROP_TEXT:
    g_value_set_string (value, ui_address_entry_get_text (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_address_entry_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiAddressEntry *self = UI_ADDRESS_ENTRY (object);

  switch (id) {
  case PROP_LABEL:
    set_label (self, g_value_get_string (value));
    break;
  case PROP_TEXT:
    ui_address_entry_set_text (self, g_value_get_string (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

/* ---- size ---- */

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* As wide as the entry: a box would ask how wide the sentence is at the height of the row, and push what stands beside it out of a
 * narrow window. */
static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
         int *minimum_baseline, int *natural_baseline)
{
  UiAddressEntry *self = UI_ADDRESS_ENTRY (widget);
  gtk_widget_measure (self->text, orientation, -1, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_VERTICAL && gtk_widget_get_visible (self->error)) {
    int height;

    gtk_widget_measure (self->error, orientation, for_size, NULL, &height, NULL, NULL);
    *minimum += height;
    *natural += height;
  }
}

static void
allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiAddressEntry *self = UI_ADDRESS_ENTRY (widget);
  int upper = height, lower = 0;

  if (gtk_widget_get_visible (self->error)) {
    gtk_widget_measure (self->error, GTK_ORIENTATION_VERTICAL, width, NULL, &lower, NULL, NULL);
    upper = MAX (0, height - lower);
    gtk_widget_size_allocate (self->error, &(GtkAllocation){ 0, upper, width, lower }, -1);
  }
  gtk_widget_size_allocate (self->text, &(GtkAllocation){ 0, 0, width, upper }, -1);
}

static void
ui_address_entry_class_init (UiAddressEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ui_address_entry_get_property;
  object_class->set_property = ui_address_entry_set_property;
  widget_class->grab_focus = ui_address_entry_grab_focus;

  properties[PROP_LABEL] =
      g_param_spec_string ("label", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TEXT] = g_param_spec_string (
      "text", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[EDITED] = g_signal_new ("edited", UI_TYPE_ADDRESS_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
}

static void
ui_address_entry_init (UiAddressEntry *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_widget_set_layout_manager (GTK_WIDGET (self),
                                 gtk_custom_layout_new (get_request_mode, measure, allocate));
  /* No bare GtkText: screen readers do not see one. */
  self->text = gtk_entry_new ();
  gtk_entry_set_has_frame (GTK_ENTRY (self->text), FALSE);
  gtk_entry_set_input_purpose (GTK_ENTRY (self->text), GTK_INPUT_PURPOSE_EMAIL);
  gtk_widget_set_hexpand (self->text, TRUE);
  gtk_widget_add_css_class (self->text, "composer-text");
  gtk_box_append (GTK_BOX (self), self->text);
  self->error = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->error), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->error), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (self->error), 0);
  gtk_widget_set_margin_bottom (self->error, 6);
  gtk_widget_add_css_class (self->error, "error");
  gtk_widget_add_css_class (self->error, "caption");
  gtk_widget_hide (self->error);
  gtk_box_append (GTK_BOX (self), self->error);

  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (self->text, focus);
  g_signal_connect_swapped (self->text, "changed", G_CALLBACK (on_changed), self);
}
