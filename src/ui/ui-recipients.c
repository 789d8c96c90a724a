/* The field for recipients: what is in it.  Main thread.
 *
 * The text of the entry is changed from the main loop only, never from within the entry's own signals: whoever put the text there (paste, an input
 * method) still has places in it.  While an input method composes, the entry is not touched at all. */
#include "ui-recipients-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui-flow.h"

#define SPACING    6
#define MAX_HEIGHT 160 /* of the chips; then they scroll */
#define MAX_UNDO   100
#define SLICE_US                                                                                   \
  (4 * 1000) /* of a turn of the main loop, for making chips; laying them out takes as long */

typedef struct
{
  MailRecipient *recipient;
  guint place; /* among the chips */
} UiRecipientsRemoved;

enum
{
  PROP_LABEL = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  EDITED,
  DRAGGING,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiRecipients, ui_recipients, GTK_TYPE_WIDGET)

static void show_error (UiRecipients *self);

/* ---- chips ---- */

static UiChip *
find_chip (GtkWidget *child, gboolean forward)
{
  while (child != NULL && !UI_IS_CHIP (child))
    child = forward ? gtk_widget_get_next_sibling (child) : gtk_widget_get_prev_sibling (child);
  return child != NULL ? UI_CHIP (child) : NULL;
}

UiChip *
ui_recipients_get_chip (UiRecipients *self, gboolean last)
{
  return last ? find_chip (gtk_widget_get_last_child (self->flow), FALSE)
              : find_chip (gtk_widget_get_first_child (self->flow), TRUE);
}

UiChip *
ui_recipients_next_chip (UiChip *chip, gboolean forward)
{
  GtkWidget *widget = GTK_WIDGET (chip);

  return forward ? find_chip (gtk_widget_get_next_sibling (widget), TRUE)
                 : find_chip (gtk_widget_get_prev_sibling (widget), FALSE);
}

static void
on_remove (UiRecipients *self, UiChip *chip)
{
  ui_recipients_drop (self, chip, TRUE);
  ui_recipients_focus_entry (self);
}

/* One more, or one less, has this address. */
static void
count_address (UiRecipients *self, const char *address, int change)
{
  char *folded = g_utf8_casefold (address, -1);
  int n = GPOINTER_TO_INT (g_hash_table_lookup (self->addresses, folded)) + change;

  if (n > 0) {
    g_hash_table_replace (self->addresses, folded, GINT_TO_POINTER (n));
  } else {
    g_hash_table_remove (self->addresses, folded);
    g_free (folded);
  }
}

/* Takes the recipient, whose address is counted; before `sibling`, NULL: at the end. */
static UiChip *
put_chip (UiRecipients *self, MailRecipient *recipient, GtkWidget *sibling)
{
  GtkWidget *chip = ui_chip_new (recipient);

  g_signal_connect_object (chip, "remove", G_CALLBACK (on_remove), self, G_CONNECT_SWAPPED);
  gtk_widget_insert_before (chip, self->flow, sibling);
  return UI_CHIP (chip);
}

static UiChip *
insert_chip (UiRecipients *self, MailRecipient *recipient, GtkWidget *sibling)
{
  count_address (self, recipient->address, 1);
  return put_chip (self, recipient, sibling);
}

gboolean
ui_recipients_has_address (UiRecipients *self, const char *address)
{
  g_autofree char *folded = g_utf8_casefold (address, -1);

  return address[0] != '\0' && g_hash_table_contains (self->addresses, folded);
}

/* ---- many at once ---- */

/* Until the clock says so, 0: all of them.  FALSE: none waits any more. */
static gboolean
make_chips (UiRecipients *self, gint64 until)
{
  MailRecipient *recipient;

  while ((recipient = g_queue_pop_head (&self->waiting)) != NULL) {
    put_chip (self, recipient, self->entry);
    if (until > 0 && g_get_monotonic_time () >= until)
      break;
  }
  return !g_queue_is_empty (&self->waiting);
}

static gboolean
make_some (gpointer data)
{
  UiRecipients *self = data;

  if (make_chips (self, g_get_monotonic_time () + SLICE_US))
    return G_SOURCE_CONTINUE;
  self->waiting_source = 0;
  show_error (self);
  return G_SOURCE_REMOVE;
}

void
ui_recipients_make_waiting (UiRecipients *self)
{
  g_clear_handle_id (&self->waiting_source, g_source_remove);
  make_chips (self, 0);
}

/* Copies them; `all`: those who are there already, too. */
static void
add_all (UiRecipients *self, const GPtrArray *recipients, gboolean all)
{
  for (guint i = 0; i < recipients->len; i++) {
    const MailRecipient *recipient = recipients->pdata[i];

    if (!all && ui_recipients_has_address (self, recipient->address))
      continue;
    count_address (self, recipient->address, 1);
    g_queue_push_tail (&self->waiting, mail_recipient_copy (recipient));
  }
  /* What is few is there at once. */
  if (self->waiting_source == 0 && make_chips (self, g_get_monotonic_time () + SLICE_US))
    self->waiting_source = g_idle_add (make_some, self);
}

/* ---- what is wrong ---- */

/* The first one that is wrong, unless the window has something else to say. */
static void
show_error (UiRecipients *self)
{
  const char *sentence = self->said;

  for (UiChip *chip = ui_recipients_get_chip (self, FALSE); chip != NULL && sentence == NULL;
       chip = ui_recipients_next_chip (chip, TRUE))
    sentence = ui_chip_get_recipient (chip)->wrong;
  if (strcmp (gtk_label_get_text (GTK_LABEL (self->error)), sentence != NULL ? sentence : "") == 0)
    return;
  gtk_label_set_text (GTK_LABEL (self->error), sentence != NULL ? sentence : "");
  gtk_widget_set_visible (self->error, sentence != NULL);
  if (sentence != NULL) {
    gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
                                 GTK_ACCESSIBLE_INVALID_TRUE, -1);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry),
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, sentence, -1);
  } else {
    gtk_accessible_reset_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID);
    gtk_accessible_reset_property (GTK_ACCESSIBLE (self->entry),
                                   GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  }
}

void
ui_recipients_set_error (UiRecipients *self, const char *sentence)
{
  g_free (self->said);
  self->said = g_strdup (sentence);
  show_error (self);
}

gboolean
ui_recipients_check (UiRecipients *self)
{
  gboolean fine = TRUE;

  ui_recipients_commit (self, TRUE);
  for (UiChip *chip = ui_recipients_get_chip (self, FALSE); chip != NULL && fine;
       chip = ui_recipients_next_chip (chip, TRUE))
    fine = ui_chip_get_recipient (chip)->wrong == NULL;
  for (const GList *l = self->waiting.head; l != NULL && fine; l = l->next)
    fine = ((const MailRecipient *)l->data)->wrong == NULL;
  return fine;
}

void
ui_recipients_edited (UiRecipients *self)
{
  g_clear_pointer (&self->said, g_free);
  show_error (self);
  ui_recipients_update_offer (self);
  g_signal_emit (self, signals[EDITED], 0);
}

/* ---- from text, and back ---- */

static void
set_typed (UiRecipients *self, const char *text)
{
  self->changing = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  self->changing = FALSE;
}

void
ui_recipients_commit (UiRecipients *self, gboolean all)
{
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  gsize length = all ? strlen (typed) : mail_recipients_find_end (typed);
  g_autofree char *complete = g_strndup (typed, length);
  g_autoptr (GPtrArray) found = NULL;

  g_clear_handle_id (&self->commit_source, g_source_remove);
  if (all && ui_preedit_is_owed (self->method)) {
    self->complete = TRUE;
    return;
  }
  self->complete = FALSE;
  if (self->composing || length == 0)
    return;
  found = mail_recipients_parse (complete);
  self->changing = TRUE;
  gtk_editable_delete_text (GTK_EDITABLE (self->entry), 0,
                            (int)g_utf8_strlen (complete, (gssize)length));
  self->changing = FALSE;
  add_all (self, found, FALSE);
  if (all && gtk_widget_get_next_sibling (self->entry) != NULL)
    gtk_widget_insert_before (self->entry, self->flow, NULL);
  ui_recipients_edited (self);
}

static void
append_piece (UiRecipients *self, const char *text)
{
  g_autofree char *piece = g_strstrip (g_strdup (text));

  if (piece[0] != '\0')
    g_string_append_printf (self->text, "%s%s", self->text->len > 0 ? ", " : "", piece);
}

const char *
ui_recipients_get_text (UiRecipients *self)
{
  g_string_truncate (self->text, 0);
  for (GtkWidget *child = gtk_widget_get_first_child (self->flow); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    if (UI_IS_CHIP (child)) {
      append_piece (self, ui_chip_get_recipient (UI_CHIP (child))->text);
      continue;
    }
    for (const GList *l = self->waiting.head; l != NULL; l = l->next)
      append_piece (self, ((const MailRecipient *)l->data)->text);
    append_piece (self, gtk_editable_get_text (GTK_EDITABLE (child)));
  }
  return self->text->str;
}

static void
drop_waiting (UiRecipients *self)
{
  MailRecipient *recipient;

  g_clear_handle_id (&self->waiting_source, g_source_remove);
  while ((recipient = g_queue_pop_head (&self->waiting)) != NULL) {
    count_address (self, recipient->address, -1);
    mail_recipient_free (recipient);
  }
}

void
ui_recipients_set_text (UiRecipients *self, const char *text)
{
  g_autoptr (GPtrArray) found = NULL;
  UiChip *chip;

  if (strcmp (text, ui_recipients_get_text (self)) == 0)
    return;
  found = mail_recipients_parse (text);
  drop_waiting (self);
  while ((chip = ui_recipients_get_chip (self, TRUE)) != NULL)
    ui_recipients_drop (self, chip, FALSE);
  set_typed (self, "");
  add_all (self, found, TRUE);
  ui_recipients_edited (self);
}

gboolean
ui_recipients_is_empty (UiRecipients *self)
{
  return ui_recipients_get_chip (self, FALSE) == NULL && g_queue_is_empty (&self->waiting)
         && gtk_entry_get_text_length (GTK_ENTRY (self->entry)) == 0;
}

void
ui_recipients_take (UiRecipients *self, const MailRecipient *recipient)
{
  ui_recipients_commit (self, TRUE);
  ui_recipients_make_waiting (self);
  if (!ui_recipients_has_address (self, recipient->address))
    insert_chip (self, mail_recipient_copy (recipient), self->entry);
  ui_recipients_focus_entry (self);
  ui_recipients_edited (self);
}

static void
put_taken (UiRecipients *self)
{
  g_autoptr (MailRecipient) recipient = g_steal_pointer (&self->taken);

  set_typed (self, "");
  ui_recipients_make_waiting (self);
  if (recipient->members != NULL)
    add_all (self, recipient->members, FALSE);
  else if (!ui_recipients_has_address (self, recipient->address))
    insert_chip (self, g_steal_pointer (&recipient), self->entry);
  ui_recipients_focus_entry (self);
  ui_recipients_edited (self);
}

void
ui_recipients_replace_typed (UiRecipients *self, const MailRecipient *recipient)
{
  g_clear_pointer (&self->taken, mail_recipient_free);
  self->taken = mail_recipient_copy (recipient);
  /* It may still hand over what it composed, which was only typed to find somebody. */
  if (self->composing)
    gtk_entry_reset_im_context (GTK_ENTRY (self->entry));
  if (!ui_preedit_is_owed (self->method))
    put_taken (self);
}

void
ui_recipients_add_other (UiRecipients *self, UiRecipients *other, const char *verb)
{
  UiRecipientsOther *item = g_new0 (UiRecipientsOther, 1);

  item->field = other;
  item->verb = g_strdup (verb);
  g_ptr_array_add (self->others, item);
}

/* ---- changing chips ---- */

static void
removed_free (gpointer data)
{
  UiRecipientsRemoved *removed = data;

  mail_recipient_free (removed->recipient);
  g_free (removed);
}

void
ui_recipients_drop (UiRecipients *self, UiChip *chip, gboolean undo)
{
  if (undo) {
    UiRecipientsRemoved *removed = g_new0 (UiRecipientsRemoved, 1);

    removed->recipient = mail_recipient_copy (ui_chip_get_recipient (chip));
    for (UiChip *before = ui_recipients_next_chip (chip, FALSE); before != NULL;
         before = ui_recipients_next_chip (before, FALSE))
      removed->place++;
    if (self->removed->len >= MAX_UNDO)
      g_ptr_array_remove_index (self->removed, 0);
    g_ptr_array_add (self->removed, removed);
  }
  if (self->current == chip)
    self->current = NULL;
  count_address (self, ui_chip_get_recipient (chip)->address, -1);
  gtk_widget_unparent (GTK_WIDGET (chip));
  if (undo)
    ui_recipients_edited (self);
}

gboolean
ui_recipients_undo (UiRecipients *self)
{
  UiRecipientsRemoved *removed;
  GtkWidget *sibling = NULL;
  guint place = 0;

  if (self->removed->len == 0)
    return FALSE;
  ui_recipients_make_waiting (self);
  removed = g_ptr_array_steal_index (self->removed, self->removed->len - 1);
  for (UiChip *chip = ui_recipients_get_chip (self, FALSE); chip != NULL && sibling == NULL;
       chip = ui_recipients_next_chip (chip, TRUE)) {
    if (place++ == removed->place)
      sibling = GTK_WIDGET (chip);
  }
  insert_chip (self, g_steal_pointer (&removed->recipient),
               sibling != NULL ? sibling : self->entry);
  removed_free (removed);
  ui_recipients_edited (self);
  return TRUE;
}

void
ui_recipients_edit (UiRecipients *self, UiChip *chip)
{
  g_autofree char *text = g_strdup (ui_chip_get_recipient (chip)->text);

  ui_recipients_commit (self, TRUE);
  /* What is still to arrive belongs to what was typed before. */
  if (ui_preedit_is_owed (self->method))
    return;
  ui_recipients_make_waiting (self);
  gtk_widget_insert_after (self->entry, self->flow, GTK_WIDGET (chip));
  ui_recipients_drop (self, chip, FALSE);
  set_typed (self, text);
  ui_recipients_focus_entry (self);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  ui_recipients_edited (self);
}

void
ui_recipients_select_all (UiRecipients *self, gboolean selected)
{
  if (selected)
    ui_recipients_make_waiting (self);
  self->all = selected;
  for (UiChip *chip = ui_recipients_get_chip (self, FALSE); chip != NULL;
       chip = ui_recipients_next_chip (chip, TRUE))
    ui_chip_set_selected (chip, selected);
}

void
ui_recipients_drop_selected (UiRecipients *self)
{
  UiChip *chip = ui_recipients_get_chip (self, TRUE);

  self->all = FALSE;
  /* From the end, so that undoing finds each place as it was. */
  while (chip != NULL) {
    UiChip *before = ui_recipients_next_chip (chip, FALSE);

    if (ui_chip_get_selected (chip))
      ui_recipients_drop (self, chip, TRUE);
    chip = before;
  }
}

void
ui_recipients_focus_entry (UiRecipients *self)
{
  gtk_entry_grab_focus_without_selecting (GTK_ENTRY (self->entry));
}

/* ---- the entry ---- */

static gboolean
has_focus_within (UiRecipients *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self));
}

/* A chip for each complete piece; the rest too once nobody writes here any more.  A window that merely lies behind another one is still being
 * written in. */
static gboolean
on_commit (gpointer data)
{
  UiRecipients *self = data;

  self->commit_source = 0;
  ui_recipients_commit (self, self->complete || !has_focus_within (self));
  return G_SOURCE_REMOVE;
}

static void
commit_soon (UiRecipients *self)
{
  if (self->commit_source == 0)
    self->commit_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_commit, self, NULL);
}

static void
on_settled (UiRecipients *self)
{
  if (self->taken != NULL)
    put_taken (self);
  else
    commit_soon (self);
}

/* An empty one has a place behind the last chip; what is written in it has at least so much that it can be read. */
static void
update_room (UiRecipients *self)
{
  gboolean empty = gtk_entry_get_text_length (GTK_ENTRY (self->entry)) == 0;

  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), empty ? 1 : 12);
}

static void
on_changed (UiRecipients *self)
{
  update_room (self);
  if (self->changing)
    return;
  if (self->all)
    ui_recipients_drop_selected (self);
  if (mail_recipients_find_end (gtk_editable_get_text (GTK_EDITABLE (self->entry))) > 0
      || !gtk_widget_has_focus (
          GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)))))
    commit_soon (self);
  ui_recipients_edited (self);
}

static void
on_preedit (UiRecipients *self, const char *preedit)
{
  self->composing = preedit[0] != '\0';
  g_free (self->preedit);
  self->preedit = g_strdup (preedit);
  if (self->composing && self->all)
    ui_recipients_drop_selected (self);
  else if (!self->composing)
    commit_soon (self);
  ui_recipients_update_offer (self);
}

static void
on_leave (UiRecipients *self)
{
  ui_recipients_select_all (self, FALSE);
  ui_recipients_close_offer (self);
  commit_soon (self);
}

/* ---- the object ---- */

static gboolean
ui_recipients_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (UI_RECIPIENTS (widget)->entry);
}

/* Tab goes to the entry and on from there; chips are for the arrows. */
static gboolean
ui_recipients_focus (GtkWidget *widget, GtkDirectionType direction)
{
  UiRecipients *self = UI_RECIPIENTS (widget);

  if (has_focus_within (self))
    return FALSE;
  ui_recipients_focus_entry (self);
  return TRUE;
}

static void
ui_recipients_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiRecipients *self = UI_RECIPIENTS (object);

  switch (id) {
  case PROP_LABEL:
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    g_value_get_string (value), -1);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->flow), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    g_value_get_string (value), -1);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_recipients_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  UiRecipients *self = UI_RECIPIENTS (widget);

  int height = 0;

  /* As wide as the chips: the sentence must not push what stands beside the field out of a narrow window. */
  gtk_widget_measure (self->flow, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;
  /* The scrolled window of GTK 4.8 does not ask how high its child is at this width. */
  if (gtk_widget_get_visible (self->error))
    gtk_widget_measure (self->error, orientation, for_size, NULL, &height, NULL, NULL);
  *minimum = *natural = MIN (*natural, MAX_HEIGHT) + height;
}

static void
ui_recipients_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiRecipients *self = UI_RECIPIENTS (widget);
  int upper = height;

  if (gtk_widget_get_visible (self->error)) {
    int lower;

    gtk_widget_measure (self->error, GTK_ORIENTATION_VERTICAL, width, NULL, &lower, NULL, NULL);
    upper = MAX (0, height - lower);
    gtk_widget_size_allocate (self->error, &(GtkAllocation){ 0, upper, width, lower }, -1);
  }
  gtk_widget_size_allocate (self->scroller, &(GtkAllocation){ 0, 0, width, upper }, -1);
  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
  if (self->offer != NULL)
    gtk_popover_present (GTK_POPOVER (self->offer));
}

static GtkSizeRequestMode
ui_recipients_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
other_free (gpointer data)
{
  UiRecipientsOther *other = data;

  g_free (other->verb);
  g_free (other);
}

static void
ui_recipients_dispose (GObject *object)
{
  UiRecipients *self = UI_RECIPIENTS (object);

  g_clear_handle_id (&self->commit_source, g_source_remove);
  drop_waiting (self);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->offer, gtk_widget_unparent);
  g_clear_pointer (&self->crowd, mail_crowd_unref);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_pointer (&self->error, gtk_widget_unparent);
  self->current = NULL;
  G_OBJECT_CLASS (ui_recipients_parent_class)->dispose (object);
}

static void
ui_recipients_finalize (GObject *object)
{
  UiRecipients *self = UI_RECIPIENTS (object);

  g_string_free (self->text, TRUE);
  g_free (self->said);
  g_free (self->preedit);
  g_clear_pointer (&self->taken, mail_recipient_free);
  g_ptr_array_unref (self->others);
  g_ptr_array_unref (self->removed);
  g_hash_table_unref (self->addresses);
  G_OBJECT_CLASS (ui_recipients_parent_class)->finalize (object);
}

static void
ui_recipients_class_init (UiRecipientsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = ui_recipients_set_property;
  object_class->dispose = ui_recipients_dispose;
  object_class->finalize = ui_recipients_finalize;
  widget_class->grab_focus = ui_recipients_grab_focus;
  widget_class->focus = ui_recipients_focus;
  widget_class->measure = ui_recipients_measure;
  widget_class->size_allocate = ui_recipients_allocate;
  widget_class->get_request_mode = ui_recipients_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "recipients");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  ui_recipients_install_verbs (widget_class);

  properties[PROP_LABEL] =
      g_param_spec_string ("label", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[EDITED] = g_signal_new ("edited", UI_TYPE_RECIPIENTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  signals[DRAGGING] = g_signal_new ("dragging", UI_TYPE_RECIPIENTS, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void
ui_recipients_init (UiRecipients *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->text = g_string_new (NULL);
  self->others = g_ptr_array_new_with_free_func (other_free);
  self->removed = g_ptr_array_new_with_free_func (removed_free);
  self->addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->waiting);
  gtk_widget_set_hexpand (widget, TRUE);

  self->flow = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST, NULL);
  gtk_widget_set_layout_manager (self->flow, ui_flow_new (SPACING, 0));
  /* No bare GtkText: screen readers do not see one. */
  self->entry = gtk_entry_new ();
  gtk_entry_set_has_frame (GTK_ENTRY (self->entry), FALSE);
  gtk_entry_set_input_hints (GTK_ENTRY (self->entry),
                             GTK_INPUT_HINT_NO_SPELLCHECK | GTK_INPUT_HINT_LOWERCASE);
  update_room (self);
  gtk_widget_set_hexpand (self->entry, TRUE);
  gtk_widget_add_css_class (self->entry, "composer-text");
  gtk_box_append (GTK_BOX (self->flow), self->entry);

  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->flow);
  gtk_widget_set_parent (self->scroller, widget);

  self->error = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->error), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->error), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (self->error), 0);
  gtk_widget_set_margin_bottom (self->error, 6);
  gtk_widget_add_css_class (self->error, "error");
  gtk_widget_add_css_class (self->error, "caption");
  gtk_widget_hide (self->error);
  gtk_widget_set_parent (self->error, widget);

  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (on_changed), self);
  self->method =
      ui_preedit_watch (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry))));
  g_signal_connect_object (self->method, "settled", G_CALLBACK (on_settled), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_swapped (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)),
                            "preedit-changed", G_CALLBACK (on_preedit), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (widget, focus);
  ui_recipients_add_hands (self);
}
