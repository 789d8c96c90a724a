/* A recipient as a chip.  Main thread.  What is done with it by mouse and keyboard is the field's (ui-recipients.c); a wrong one wears a sign
 * instead of a picture, and says why. */
#include "ui-chip.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui-avatar.h"

#define AVATAR    22
#define MAX_CHARS 26
#define MIN_CHARS 12

struct _UiChip
{
  GtkWidget parent_instance;

  MailRecipient *recipient; /* Owned */
  gboolean selected;
};

enum
{
  REMOVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiChip, ui_chip, GTK_TYPE_WIDGET)

const MailRecipient *
ui_chip_get_recipient (UiChip *self)
{
  return self->recipient;
}

gboolean
ui_chip_get_selected (UiChip *self)
{
  return self->selected;
}

void
ui_chip_set_selected (UiChip *self, gboolean selected)
{
  if (self->selected == selected)
    return;
  self->selected = selected;
  if (selected)
    gtk_widget_set_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_SELECTED, FALSE);
  else
    gtk_widget_unset_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_SELECTED);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_SELECTED, selected, -1);
}

static void
on_remove (UiChip *self)
{
  g_signal_emit (self, signals[REMOVE], 0);
}

static void
ui_chip_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (ui_chip_parent_class)->dispose (object);
}

static void
ui_chip_finalize (GObject *object)
{
  mail_recipient_free (UI_CHIP (object)->recipient);
  G_OBJECT_CLASS (ui_chip_parent_class)->finalize (object);
}

static void
ui_chip_class_init (UiChipClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_chip_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_chip_finalize;
  gtk_widget_class_set_css_name (widget_class, "chip");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
  signals[REMOVE] =
      g_signal_new ("remove", UI_TYPE_CHIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_chip_init (UiChip *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
ui_chip_new (MailRecipient *recipient)
{
  UiChip *self = g_object_new (UI_TYPE_CHIP, NULL);
  GtkWidget *widget = GTK_WIDGET (self), *picture, *label, *button;
  /* A name that passes for an address does not stand alone. */
  gboolean by_name = recipient->name[0] != '\0' && strchr (recipient->name, '@') == NULL;
  const char *shown = by_name || recipient->wrong != NULL ? recipient->name : recipient->text;
  g_autofree char *remove = g_strdup_printf (_ ("Remove %s"), shown);
  g_autofree char *said = by_name && recipient->wrong == NULL
                              ? g_strdup_printf ("%s, %s", recipient->name, recipient->address)
                              : g_strdup (shown);

  self->recipient = recipient;
  if (recipient->wrong != NULL) {
    picture = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
    gtk_widget_set_size_request (picture, AVATAR, AVATAR);
    gtk_widget_add_css_class (widget, "error");
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    recipient->wrong, -1);
    gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_INVALID,
                                 GTK_ACCESSIBLE_INVALID_TRUE, -1);
  } else {
    picture = g_object_new (UI_TYPE_AVATAR, "size", AVATAR, NULL);
    ui_avatar_set_name (UI_AVATAR (picture), shown);
  }
  gtk_widget_set_valign (picture, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (picture, widget);

  label = gtk_label_new (shown);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), MIN (MIN_CHARS, (int)g_utf8_strlen (shown, -1)));
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CHARS);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_widget_set_parent (label, widget);

  /* The keyboard has Delete and the menu. */
  button = gtk_button_new_from_icon_name ("window-close-symbolic");
  gtk_widget_set_focusable (button, FALSE);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, remove,
                                  -1);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_remove), self);
  gtk_widget_set_parent (button, widget);

  gtk_widget_set_tooltip_text (widget,
                               recipient->wrong != NULL ? recipient->wrong : recipient->text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_SELECTED, FALSE, -1);
  return widget;
}
