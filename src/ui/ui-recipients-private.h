/* What the files of the field for recipients share. */
#pragma once

#include "ui-chip.h"
#include "ui-preedit.h"
#include "ui-recipients.h"

G_BEGIN_DECLS

typedef struct
{
  UiRecipients *field; /* borrowed */
  char *verb;
} UiRecipientsOther;

struct _UiRecipients
{
  GtkWidget parent_instance;

  /* Owned */
  GString *text;         /* what ui_recipients_get_text () gave */
  char *said;            /* nullable: ui_recipients_set_error () */
  GPtrArray *others;     /* of UiRecipientsOther */
  GPtrArray *removed;    /* of UiRecipientsRemoved, what Ctrl+Z brings back, latest at the end */
  GHashTable *addresses; /* folded -> how many chips have it */
  GQueue waiting;        /* of MailRecipient: chips of many that come, before the entry */
  guint waiting_source;
  GtkWidget *menu;      /* nullable */
  MailCrowd *crowd;     /* nullable: nobody is offered */
  GtkWidget *offer;     /* popover, nullable */
  char *preedit;        /* nullable: what an input method composes */
  MailRecipient *taken; /* nullable: was chosen while it composed */
  guint commit_source;  /* separators were typed, or the field was left */

  gboolean composing; /* an input method is */
  gboolean changing;  /* by the program */
  gboolean all;       /* everything is selected */
  gboolean complete;  /* what is typed becomes a chip as soon as the input method has handed over */

  /* Borrowed */
  UiPreedit *method; /* what it owes */
  UiChip *current;   /* nullable: what the verbs are about */

  GtkWidget *offered; /* list box in the offer */

  /* Children */
  GtkWidget *scroller, *flow, *entry, *error;
};

/* ---- ui-recipients.c ---- */
UiChip *ui_recipients_get_chip (UiRecipients *self, gboolean last);
UiChip *ui_recipients_next_chip (UiChip *chip,
                                 gboolean forward); /* nullable, the entry passed over */
/* The chips that wait are made at once: for all that goes through them. */
void ui_recipients_make_waiting (UiRecipients *self);
/* Makes chips of what is complete in the entry, or of all of it. */
void ui_recipients_commit (UiRecipients *self, gboolean all);
/* Takes a chip away.  `undo`: Ctrl+Z brings it back. */
void ui_recipients_drop (UiRecipients *self, UiChip *chip, gboolean undo);
gboolean ui_recipients_undo (UiRecipients *self); /* FALSE: there is nothing to bring back */
/* The chip becomes text again, at its place. */
void ui_recipients_edit (UiRecipients *self, UiChip *chip);
void ui_recipients_select_all (UiRecipients *self, gboolean selected);
void ui_recipients_drop_selected (UiRecipients *self);
void ui_recipients_focus_entry (UiRecipients *self);
/* Something has changed: says so, and what is wrong now. */
void ui_recipients_edited (UiRecipients *self);
gboolean ui_recipients_has_address (UiRecipients *self, const char *address);
/* The recipient in place of what is in the entry, and of what an input method composes there. */
void ui_recipients_replace_typed (UiRecipients *self, const MailRecipient *recipient);

/* ---- ui-recipients-offer.c ---- */
void ui_recipients_update_offer (UiRecipients *self);
void ui_recipients_close_offer (UiRecipients *self);
gboolean ui_recipients_is_offering (UiRecipients *self);
/* FALSE: nothing is offered. */
gboolean ui_recipients_move_offer (UiRecipients *self, gboolean down);
/* FALSE: nothing was chosen. */
gboolean ui_recipients_take_offer (UiRecipients *self);

/* ---- ui-recipients-hands.c: keyboard, mouse, drag, menu ---- */
void ui_recipients_install_verbs (GtkWidgetClass *klass);
void ui_recipients_add_hands (UiRecipients *self);

G_END_DECLS
