/* The three fields for recipients of the composer, and what they have to do with each other.  Main thread. */
#include "ui-composer-private.h"

#include <glib/gi18n.h>

#include "ui-flow.h"

#define SPACING 12

static gboolean
wants_copies (UiComposer *self)
{
  g_autoptr (GVariant) state =
      g_action_group_get_action_state (G_ACTION_GROUP (self->actions), "copies");

  return state != NULL && g_variant_get_boolean (state);
}

/* What is filled stays in sight. */
static void
show_rows (UiComposer *self, gboolean dragging)
{
  gboolean copies = dragging || wants_copies (self);

  gtk_widget_set_visible (self->cc_row, copies || !ui_recipients_is_empty (self->cc));
  gtk_widget_set_visible (self->bcc_row, copies || !ui_recipients_is_empty (self->bcc));
}

static void
on_edited (UiComposer *self)
{
  if (!ui_recipients_is_empty (self->cc) || !ui_recipients_is_empty (self->bcc))
    show_rows (self, FALSE);
  ui_composer_edited (self);
}

static void
on_dragging (UiComposer *self, gboolean dragging)
{
  show_rows (self, dragging);
}

void
ui_composer_show_copies (UiComposer *self)
{
  show_rows (self, FALSE);
}

void
ui_composer_fill_recipients (UiComposer *self)
{
  ui_recipients_set_text (self->to, mail_draft_get_to (self->draft));
  ui_recipients_set_text (self->cc, mail_draft_get_cc (self->draft));
  ui_recipients_set_text (self->bcc, mail_draft_get_bcc (self->draft));
}

void
ui_composer_offer_people (UiComposer *self)
{
  g_autoptr (MailCrowd) crowd = mail_crowd_new (self->engine);
  UiRecipients *const fields[] = { self->to, self->cc, self->bcc };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    ui_recipients_set_crowd (fields[i], crowd);
}

void
ui_composer_add_recipients (UiComposer *self)
{
  UiRecipients *const fields[] = { self->to, self->cc, self->bcc };
  const char *const verbs[] = { _ ("Move to _To"), _ ("Move to _Cc"), _ ("Move to _Bcc") };

  GtkWidget *const rows[] = { self->to_row, self->cc_row, self->bcc_row };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    /* A field begins a line of its own where beside its name there is room for no recipient. */
    gtk_widget_set_layout_manager (rows[i], ui_flow_new (SPACING, 0));
    for (guint j = 0; j < G_N_ELEMENTS (fields); j++) {
      if (i != j)
        ui_recipients_add_other (fields[i], fields[j], verbs[j]);
    }
    g_signal_connect_swapped (fields[i], "edited", G_CALLBACK (on_edited), self);
    g_signal_connect_swapped (fields[i], "dragging", G_CALLBACK (on_dragging), self);
  }
}
