/* The field for recipients under a person's hands: keyboard, mouse, dragging, the menu of a chip.  Main thread.  Keys are an input method's first,
 * as long as it composes. */
#include "ui-recipients-private.h"

#include <glib/gi18n.h>

/* ---- verbs of one chip ---- */

/* Where the keyboard goes on when the chip is gone. */
static void
focus_beside (UiRecipients *self, UiChip *chip)
{
  UiChip *next = ui_recipients_next_chip (chip, FALSE);

  if (next == NULL)
    next = ui_recipients_next_chip (chip, TRUE);
  if (next != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (next));
  else
    ui_recipients_focus_entry (self);
}

static void
on_edit (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiRecipients *self = UI_RECIPIENTS (widget);

  if (self->current != NULL)
    ui_recipients_edit (self, self->current);
}

static void
on_copy (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiRecipients *self = UI_RECIPIENTS (widget);
  const MailRecipient *recipient =
      self->current != NULL ? ui_chip_get_recipient (self->current) : NULL;

  if (recipient != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget),
                            recipient->address[0] != '\0' ? recipient->address : recipient->text);
}

static void
on_remove (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiRecipients *self = UI_RECIPIENTS (widget);
  UiChip *chip = self->current;

  if (chip == NULL)
    return;
  focus_beside (self, chip);
  ui_recipients_drop (self, chip, TRUE);
}

static void
move_to (UiRecipients *self, UiChip *chip, UiRecipients *other)
{
  g_autoptr (GtkWidget) kept = g_object_ref (GTK_WIDGET (chip));

  /* Taken out when it is there. */
  ui_recipients_take (other, ui_chip_get_recipient (chip));
  ui_recipients_drop (self, chip, FALSE);
  ui_recipients_edited (self);
}

static void
on_move (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiRecipients *self = UI_RECIPIENTS (widget);
  guint index = g_variant_get_uint32 (parameter);

  if (self->current != NULL && index < self->others->len)
    move_to (self, self->current, ((UiRecipientsOther *)self->others->pdata[index])->field);
}

/* ---- menu ---- */

static GMenuModel *
make_menu (UiRecipients *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) edit = g_menu_new ();
  g_autoptr (GMenu) move = g_menu_new ();
  g_autoptr (GMenu) remove = g_menu_new ();

  g_menu_append (edit, _ ("_Edit"), "recipient.edit");
  g_menu_append (edit, _ ("Copy _Address"), "recipient.copy");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (edit));
  for (guint i = 0; i < self->others->len; i++) {
    const UiRecipientsOther *other = self->others->pdata[i];
    g_autoptr (GMenuItem) item = g_menu_item_new (other->verb, NULL);

    g_menu_item_set_action_and_target (item, "recipient.move", "u", i);
    g_menu_append_item (move, item);
  }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (move));
  g_menu_append (remove, _ ("_Remove"), "recipient.remove");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (remove));
  return G_MENU_MODEL (g_steal_pointer (&menu));
}

static void
open_menu (UiRecipients *self, UiChip *chip)
{
  graphene_rect_t box;

  if (!gtk_widget_compute_bounds (GTK_WIDGET (chip), GTK_WIDGET (self), &box))
    return;
  gtk_widget_grab_focus (GTK_WIDGET (chip));
  self->current = chip;
  if (self->menu == NULL) {
    g_autoptr (GMenuModel) model = make_menu (self);

    self->menu = gtk_popover_menu_new_from_model (model);
    gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
    gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
    gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle){ (int)box.origin.x, (int)box.origin.y,
                                                (int)box.size.width, (int)box.size.height });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* ---- mouse ---- */

static UiChip *
chip_at (UiRecipients *self, double x, double y)
{
  GtkWidget *found = gtk_widget_pick (self->flow, x, y, GTK_PICK_DEFAULT);
  GtkWidget *chip = found != NULL && !GTK_IS_BUTTON (found)
                            && gtk_widget_get_ancestor (found, GTK_TYPE_BUTTON) == NULL
                        ? gtk_widget_get_ancestor (found, UI_TYPE_CHIP)
                        : NULL;

  return chip != NULL ? UI_CHIP (chip) : NULL;
}

static void
on_pressed (GtkGestureClick *gesture, int n, double x, double y, UiRecipients *self)
{
  UiChip *chip = chip_at (self, x, y);
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));

  ui_recipients_select_all (self, FALSE);
  if (chip == NULL || (button != GDK_BUTTON_PRIMARY && button != GDK_BUTTON_SECONDARY))
    return;
  /* A first press may still become a drag. */
  if (button == GDK_BUTTON_PRIMARY && n == 1) {
    gtk_widget_grab_focus (GTK_WIDGET (chip));
    return;
  }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  if (button == GDK_BUTTON_SECONDARY)
    open_menu (self, chip);
  else
    ui_recipients_edit (self, chip);
}

static GdkContentProvider *
on_prepare (GtkDragSource *source, double x, double y, UiRecipients *self)
{
  UiChip *chip = chip_at (self, x, y);
  g_autoptr (GdkPaintable) picture = NULL;

  if (chip == NULL)
    return NULL;
  picture = gtk_widget_paintable_new (GTK_WIDGET (chip));
  gtk_drag_source_set_icon (source, picture, 16, gtk_widget_get_height (GTK_WIDGET (chip)) / 2);
  /* Not as text: an entry beneath would draw a cursor for it, and keep it when the field takes the chip. */
  return gdk_content_provider_new_typed (UI_TYPE_CHIP, chip);
}

static void
on_drag_begin (UiRecipients *self)
{
  g_signal_emit_by_name (self, "dragging", TRUE);
}

static void
on_drag_end (UiRecipients *self)
{
  g_signal_emit_by_name (self, "dragging", FALSE);
}

static gboolean
on_drop (UiRecipients *self, const GValue *value)
{
  UiChip *chip = g_value_get_object (value);
  GtkWidget *from =
      chip != NULL ? gtk_widget_get_ancestor (GTK_WIDGET (chip), UI_TYPE_RECIPIENTS) : NULL;

  if (from == NULL)
    return FALSE;
  if (UI_RECIPIENTS (from) != self)
    move_to (UI_RECIPIENTS (from), chip, self);
  return TRUE;
}

/* ---- keyboard ---- */

static void
copy_all (UiRecipients *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          ui_recipients_get_text (self));
}

/* Everything is selected: keys that are about all of it. */
static gboolean
on_all_key (UiRecipients *self, guint key, gboolean control)
{
  if (control && (key == GDK_KEY_c || key == GDK_KEY_x))
    copy_all (self);
  if (key == GDK_KEY_BackSpace || key == GDK_KEY_Delete || (control && key == GDK_KEY_x)) {
    ui_recipients_drop_selected (self);
    gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
    ui_recipients_focus_entry (self);
    return TRUE;
  }
  if (control && key == GDK_KEY_c)
    return TRUE;
  switch (key) {
  case GDK_KEY_Left:
  case GDK_KEY_Right:
  case GDK_KEY_Up:
  case GDK_KEY_Down:
  case GDK_KEY_Home:
  case GDK_KEY_End:
  case GDK_KEY_Escape:
  case GDK_KEY_Tab:
    ui_recipients_select_all (self, FALSE);
    return FALSE;
  default:
    return FALSE;
  }
}

/* Keys that are about what is offered. */
static gboolean
on_offer_key (UiRecipients *self, guint key)
{
  switch (key) {
  case GDK_KEY_Down:
  case GDK_KEY_KP_Down:
    return ui_recipients_move_offer (self, TRUE);
  case GDK_KEY_Up:
  case GDK_KEY_KP_Up:
    return ui_recipients_move_offer (self, FALSE);
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
  case GDK_KEY_Tab:
    return ui_recipients_take_offer (self);
  case GDK_KEY_Escape:
    if (!ui_recipients_is_offering (self))
      return FALSE;
    ui_recipients_close_offer (self);
    return TRUE;
  default:
    return FALSE;
  }
}

/* Before the entry looks at it, which has nothing to do at its beginning but beep. */
static gboolean
on_entry_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
              UiRecipients *self)
{
  gboolean control = (state & GDK_CONTROL_MASK) != 0;
  gboolean plain =
      (state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) == 0;
  int begin, end;
  UiChip *chip;

  if (self->composing)
    return FALSE;
  if (plain && on_offer_key (self, key))
    return TRUE;
  if (self->all && on_all_key (self, gdk_keyval_to_lower (key), control))
    return TRUE;
  if (control && gdk_keyval_to_lower (key) == GDK_KEY_a && (state & GDK_SHIFT_MASK) == 0) {
    ui_recipients_select_all (self, TRUE);
    return FALSE;
  }
  if (control && gdk_keyval_to_lower (key) == GDK_KEY_z && (state & GDK_SHIFT_MASK) == 0
      && gtk_entry_get_text_length (GTK_ENTRY (self->entry)) == 0)
    return ui_recipients_undo (self);
  if (!plain || (key != GDK_KEY_BackSpace && key != GDK_KEY_Left)
      || gtk_editable_get_selection_bounds (GTK_EDITABLE (self->entry), &begin, &end)
      || gtk_editable_get_position (GTK_EDITABLE (self->entry)) > 0)
    return FALSE;
  for (GtkWidget *before = gtk_widget_get_prev_sibling (self->entry); before != NULL;
       before = gtk_widget_get_prev_sibling (before)) {
    chip = UI_IS_CHIP (before) ? UI_CHIP (before) : NULL;
    if (chip != NULL)
      return gtk_widget_grab_focus (GTK_WIDGET (chip));
  }
  return key == GDK_KEY_BackSpace;
}

static void
on_activate (UiRecipients *self)
{
  ui_recipients_commit (self, TRUE);
}

/* On a chip. */
static gboolean
on_chip_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
             UiRecipients *self)
{
  GtkWidget *focus = gtk_widget_get_focus_child (self->flow);
  gboolean control = (state & GDK_CONTROL_MASK) != 0;
  gboolean mirrored = gtk_widget_get_direction (self->flow) == GTK_TEXT_DIR_RTL;
  UiChip *chip, *next;
  gunichar typed;

  if (!UI_IS_CHIP (focus))
    return FALSE;
  chip = UI_CHIP (focus);
  self->current = chip;
  if (self->all && on_all_key (self, gdk_keyval_to_lower (key), control))
    return TRUE;
  if (control) {
    switch (gdk_keyval_to_lower (key)) {
    case GDK_KEY_a:
      ui_recipients_select_all (self, TRUE);
      ui_recipients_focus_entry (self);
      gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
      return TRUE;
    case GDK_KEY_c:
      gtk_widget_activate_action (GTK_WIDGET (self), "recipient.copy", NULL);
      return TRUE;
    case GDK_KEY_x:
      gtk_widget_activate_action (GTK_WIDGET (self), "recipient.copy", NULL);
      gtk_widget_activate_action (GTK_WIDGET (self), "recipient.remove", NULL);
      return TRUE;
    case GDK_KEY_z:
      return ui_recipients_undo (self);
    case GDK_KEY_v:
      ui_recipients_focus_entry (self);
      return gtk_widget_activate_action (
          GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry))), "clipboard.paste",
          NULL);
    default:
      return FALSE;
    }
  }
  switch (key) {
  case GDK_KEY_Left:
  case GDK_KEY_Right:
    next = ui_recipients_next_chip (chip, (key == GDK_KEY_Right) != mirrored);
    if (next != NULL)
      gtk_widget_grab_focus (GTK_WIDGET (next));
    else if ((key == GDK_KEY_Right) != mirrored)
      ui_recipients_focus_entry (self);
    return TRUE;
  case GDK_KEY_Home:
    return gtk_widget_grab_focus (GTK_WIDGET (ui_recipients_get_chip (self, FALSE)));
  case GDK_KEY_End:
    ui_recipients_focus_entry (self);
    return TRUE;
  case GDK_KEY_BackSpace:
  case GDK_KEY_Delete:
  case GDK_KEY_KP_Delete:
    gtk_widget_activate_action (GTK_WIDGET (self), "recipient.remove", NULL);
    return TRUE;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
  case GDK_KEY_F2:
    gtk_widget_activate_action (GTK_WIDGET (self), "recipient.edit", NULL);
    return TRUE;
  case GDK_KEY_Menu:
    open_menu (self, chip);
    return TRUE;
  case GDK_KEY_F10:
    if ((state & GDK_SHIFT_MASK) == 0)
      return FALSE;
    open_menu (self, chip);
    return TRUE;
  default:
    /* Whoever types on a chip goes on behind it. */
    typed = gdk_keyval_to_unicode (key);
    if (typed == 0 || g_unichar_iscntrl (typed) || (state & GDK_ALT_MASK) != 0)
      return FALSE;
    ui_recipients_focus_entry (self);
    return gtk_event_controller_key_forward (
        controller, GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry))));
  }
}

/* ---- set up ---- */

void
ui_recipients_install_verbs (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "recipient.edit", NULL, on_edit);
  gtk_widget_class_install_action (klass, "recipient.copy", NULL, on_copy);
  gtk_widget_class_install_action (klass, "recipient.move", "u", on_move);
  gtk_widget_class_install_action (klass, "recipient.remove", NULL, on_remove);
}

void
ui_recipients_add_hands (UiRecipients *self)
{
  GtkEventController *entry_key = gtk_event_controller_key_new ();
  GtkEventController *chip_key = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (UI_TYPE_CHIP, GDK_ACTION_MOVE);

  gtk_event_controller_set_propagation_phase (entry_key, GTK_PHASE_CAPTURE);
  g_signal_connect (entry_key, "key-pressed", G_CALLBACK (on_entry_key), self);
  gtk_widget_add_controller (self->entry, entry_key);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_activate), self);

  g_signal_connect (chip_key, "key-pressed", G_CALLBACK (on_chip_key), self);
  gtk_widget_add_controller (self->flow, chip_key);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (self->flow, GTK_EVENT_CONTROLLER (click));

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE | GDK_ACTION_COPY);
  g_signal_connect (source, "prepare", G_CALLBACK (on_prepare), self);
  g_signal_connect_swapped (source, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (source, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (self->flow, GTK_EVENT_CONTROLLER (source));

  /* Before the entry, which would take the text. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
