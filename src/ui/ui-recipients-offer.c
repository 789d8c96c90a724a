/* What the field for recipients offers while somebody types: a list beneath the entry that never has the keyboard.  Main thread.
 *
 * The entry keeps the focus, so that an input method goes on composing; what it composes counts as typed.  Nothing is taken unless a person chose it:
 * Enter without a choice makes a chip of what was typed. */
#include "ui-recipients-private.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui-offer.h"

#define MOST      8
#define AVATAR    24 /* pixels */
#define MAX_CHARS 36

static void
on_closed (UiRecipients *self)
{
  gtk_list_box_unselect_all (GTK_LIST_BOX (self->offered));
}

void
ui_recipients_close_offer (UiRecipients *self)
{
  if (self->offer != NULL && gtk_widget_get_visible (self->offer))
    gtk_popover_popdown (GTK_POPOVER (self->offer));
}

gboolean
ui_recipients_is_offering (UiRecipients *self)
{
  return self->offer != NULL && gtk_widget_get_visible (self->offer);
}

/* ---- taking ---- */

static const MailRecipient *
get_recipient (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "recipient");
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, UiRecipients *self)
{
  g_autoptr (MailRecipient) recipient = mail_recipient_copy (get_recipient (row));

  ui_recipients_close_offer (self);
  ui_recipients_replace_typed (self, recipient);
}

gboolean
ui_recipients_take_offer (UiRecipients *self)
{
  GtkListBoxRow *row = ui_recipients_is_offering (self)
                           ? gtk_list_box_get_selected_row (GTK_LIST_BOX (self->offered))
                           : NULL;

  if (row == NULL)
    return FALSE;
  on_row_activated (GTK_LIST_BOX (self->offered), row, self);
  return TRUE;
}

gboolean
ui_recipients_move_offer (UiRecipients *self, gboolean down)
{
  GtkListBoxRow *row;

  if (!ui_recipients_is_offering (self))
    return FALSE;
  row = ui_offer_step (GTK_LIST_BOX (self->offered), down);
  ui_offer_say (GTK_WIDGET (self->entry), row != NULL ? get_recipient (row)->text : NULL);
  return TRUE;
}

/* ---- offering ---- */

static GtkWidget *
add_line (GtkBox *box, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CHARS);
  gtk_box_append (box, label);
  return label;
}

static GtkWidget *
make_row (const MailRecipient *recipient)
{
  const char *name = recipient->name[0] != '\0' ? recipient->name : recipient->address;
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *text = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  g_autofree char *number =
      recipient->members != NULL ? g_strdup_printf (
          ngettext ("List of %'u person", "List of %'u people", recipient->members->len),
          recipient->members->len)
                                 : NULL;
  g_autofree char *said =
      number != NULL ? g_strdup_printf ("%s, %s", name, number) : g_strdup (recipient->text);

  gtk_box_append (GTK_BOX (box), adw_avatar_new (AVATAR, name, TRUE));
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  add_line (GTK_BOX (text), name);
  if (name != recipient->address) {
    GtkWidget *lower = add_line (GTK_BOX (text), number != NULL ? number : recipient->address);

    gtk_widget_add_css_class (lower, "dim-label");
    gtk_widget_add_css_class (lower, "caption");
  }
  gtk_box_append (GTK_BOX (box), text);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_can_focus (row, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
  g_object_set_data_full (G_OBJECT (row), "recipient", mail_recipient_copy (recipient),
                          (GDestroyNotify)mail_recipient_free);
  return row;
}

static void
make_offer (UiRecipients *self)
{
  self->offer = gtk_popover_new ();
  self->offered = gtk_list_box_new ();
  gtk_list_box_set_activate_on_single_click (GTK_LIST_BOX (self->offered), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->offered), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Suggestions"), -1);
  gtk_widget_add_css_class (self->offered, "recipient-offer");
  gtk_widget_set_can_focus (self->offered, FALSE);
  gtk_popover_set_child (GTK_POPOVER (self->offer), self->offered);
  gtk_popover_set_autohide (GTK_POPOVER (self->offer), FALSE);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->offer), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self->offer), GTK_POS_BOTTOM);
  gtk_widget_set_halign (self->offer, GTK_ALIGN_START);
  gtk_widget_set_can_focus (self->offer, FALSE);
  gtk_widget_set_parent (self->offer, GTK_WIDGET (self));
  g_signal_connect (self->offered, "row-activated", G_CALLBACK (on_row_activated), self);
  g_signal_connect_swapped (self->offer, "closed", G_CALLBACK (on_closed), self);
}

static void
fill (UiRecipients *self, const GPtrArray *found)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (self->offered)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->offered), row);
  for (guint i = 0; i < found->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->offered), make_row (found->pdata[i]));
  ui_offer_say (GTK_WIDGET (self->entry), NULL);
}

static void
show (UiRecipients *self)
{
  graphene_rect_t box;

  if (!gtk_widget_compute_bounds (self->entry, GTK_WIDGET (self), &box))
    return;
  gtk_popover_set_pointing_to (
      GTK_POPOVER (self->offer),
      &(GdkRectangle){ (int)box.origin.x, (int)box.origin.y, 1, (int)box.size.height });
  if (!gtk_widget_get_visible (self->offer))
    gtk_popover_popup (GTK_POPOVER (self->offer));
}

void
ui_recipients_update_offer (UiRecipients *self)
{
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autofree char *query = NULL;
  g_autoptr (GPtrArray) found = NULL;
  gboolean writing =
      gtk_widget_get_mapped (GTK_WIDGET (self))
      && gtk_widget_has_focus (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry))));

  if (self->crowd == NULL)
    return;
  query = g_strconcat (typed, self->preedit != NULL ? self->preedit : "", NULL);
  found = writing && query[0] != '\0' ? mail_crowd_find (self->crowd, query, 2 * MOST)
                                      : g_ptr_array_new ();
  for (guint i = found->len; i > 0; i--)
    if (ui_recipients_has_address (self, ((MailRecipient *)found->pdata[i - 1])->address))
      g_ptr_array_remove_index (found, i - 1);
  if (found->len > MOST)
    g_ptr_array_set_size (found, MOST);
  if (found->len == 0) {
    ui_recipients_close_offer (self);
    return;
  }
  if (self->offer == NULL)
    make_offer (self);
  fill (self, found);
  show (self);
}

void
ui_recipients_set_crowd (UiRecipients *self, MailCrowd *crowd)
{
  g_clear_pointer (&self->crowd, mail_crowd_unref);
  self->crowd = mail_crowd_ref (crowd);
}
