/* What the files of the composer share. */
#pragma once

#include "ui-composer.h"
#include "ui-dialog.h"
#include "ui-drag.h"
#include "ui-editor.h"
#include "ui-recipients.h"

G_BEGIN_DECLS

typedef void (*UiComposerStep) (UiComposer *self);

struct _UiComposer
{
  AdwBin parent_instance;

  GtkApplication *app; /* weak; NULL: the program is ending */

  /* Owned */
  GSimpleActionGroup *actions; /* "composer" */
  char *name;                  /* what it is called below messages; NULL: it has a window */
  MailEngine *engine;
  MailDraft *draft;
  GPtrArray *attach_errors; /* sentences of the files that could not be attached */
  guint attaching;          /* files on their way */
  GPtrArray *coming;        /* of UiComing: those that can be given up */

  guint save_source, copy_source;
  gint64 dirty_since; /* monotonic; 0: nothing unsaved */
  gboolean loading;   /* the fields are being filled from the draft */
  gboolean saving;
  gboolean save_failed; /* and said so */
  gboolean saved_once;
  MailDraftWarnings warnings;    /* what the person is being asked about */
  gboolean busy;                 /* sending or closing: nothing else may start */
  gboolean send_waits;           /* for files that are being attached */
  gboolean close_waits;          /* the same */
  GTask *quit_waits;             /* the same, owned: quitting */
  guint ask_source;              /* they are asked about */
  GtkWindow *ask_dialog;         /* borrowed; NULL: they are not */
  gboolean any_size;             /* it was weighed, and is to be sent */
  gboolean done;                 /* the window may go */
  UiComposerStep after_save;     /* waits for the save that is running */
  UiComposerStep after_settling; /* waits for an input method */
  /* What it is offered to mend, one each. */
  MailDraftWarnings offered[UI_DIALOG_MAX_OFFERS];

  /* Template */
  AdwHeaderBar *bar;
  AdwWindowTitle *title;
  GMenu *spelling, *signatures; /* sections of the menu */
  GtkMenuButton *menu_button;
  GtkWidget *detach_button, *close_button;
  AdwToastOverlay *toasts;
  GtkStack *send_stack;
  GtkMenuButton *later_button;
  GtkSpinner *spinner;
  GtkWidget *field; /* weak: where the keyboard was before it was busy */
  GtkWidget *content;
  GtkWidget *from_row;
  GtkDropDown *from;
  UiRecipients *to;
  GtkWidget *to_row;
  GtkWidget *cc_row;
  UiRecipients *cc;
  GtkWidget *bcc_row;
  UiRecipients *bcc;
  GtkEntry *subject;
  GtkWidget *coming_row;
  GtkBox *coming_box;
  GtkWidget *attachments_row;
  GtkFlowBox *attachments;
  GtkScrolledWindow *scrolled;
  UiEditor *editor;
  GtkRevealer *format_bar;
  GtkWidget *drop_hint;
};

/* ---- ui-composer.c ---- */
/* Something was written: saves soon. */
void ui_composer_edited (UiComposer *self);
/* What the fields hold goes into the draft; what an input method composes is left to it. */
void ui_composer_push (UiComposer *self);
/* Takes the keyboard focus away and runs `step` when the input method has handed over what it composed and no save is running.  A step that
 * still waits is replaced. */
void ui_composer_after_save (UiComposer *self, UiComposerStep step);
void ui_composer_save_now (UiComposer *self);
void ui_composer_save_to_quit (UiComposer *self, GTask *task); /* takes the task */
/* Leaving the field makes an input method hand over what it composes. */
void ui_composer_leave_field (UiComposer *self);
void ui_composer_return_to_field (UiComposer *self);
void ui_composer_update_title (UiComposer *self);
void ui_composer_emit_detached (UiComposer *self);
void ui_composer_emit_left (UiComposer *self);
/* It is insensitive while busy. */
void ui_composer_set_busy (UiComposer *self, gboolean busy);
/* What its dialogs stand above; borrowed, NULL while it stands nowhere. */
GtkWindow *ui_composer_get_window (UiComposer *self);

void ui_composer_discard (UiComposer *self); /* at once, without asking */
void ui_composer_keep (UiComposer *self);    /* saves as a draft and closes */

/* ---- ui-composer-from.c ---- */
void ui_composer_set_up_from (UiComposer *self); /* once it has a draft */

/* ---- ui-composer-signature.c ---- */
void ui_composer_set_up_signature (UiComposer *self); /* once the text is set up */
/* That of the draft's identity in the place of what the one before had, unless somebody has changed it. */
void ui_composer_switch_signature (UiComposer *self, MailIdentity *before);

/* What the person wrote, without signature and quote; see ui_editor_dup_own (). */
void ui_composer_dup_own (UiComposer *self, char **text, char **html);

/* ---- ui-composer-place.c ---- */
void ui_composer_add_place (UiComposer *self);
void ui_composer_update_place (UiComposer *self);

/* ---- ui-composer-recipients.c ---- */
void ui_composer_add_recipients (UiComposer *self);
void ui_composer_fill_recipients (UiComposer *self); /* as the draft has them */
void ui_composer_offer_people (UiComposer *self);    /* once it has an engine */
void ui_composer_show_copies (UiComposer *self); /* as the action "copies" is, and what is filled */

/* ---- ui-composer-text.c ---- */
void ui_composer_set_up_text (UiComposer *self); /* once it has a draft */

/* ---- ui-composer-templates.c ---- */
void ui_composer_set_up_templates (UiComposer *self); /* once it has an engine and a draft */

/* ---- ui-composer-pictures.c ---- */
void ui_composer_set_up_pictures (UiComposer *self); /* once it has a draft */
/* Files (GSList of GFile) that go into the text; FALSE: some of them are no pictures, or the letter is plain. */
gboolean ui_composer_take_pictures (UiComposer *self, GSList *files);

/* ---- ui-composer-attach.c ---- */
/* A file on its way, counted in `attaching`; it shows a row after a moment, where the person can give it up. */
typedef struct _UiComing UiComing;
UiComing *ui_composer_begin_file (UiComposer *self, GFile *file);
GCancellable *ui_coming_get_cancellable (UiComing *coming); /* borrowed */
void ui_coming_end (UiComing *coming); /* takes it; ui_composer_arrived () comes on its own */
GPtrArray *ui_composer_coming_new (void);
void ui_composer_give_up_files (UiComposer *self);
void ui_composer_add_attaching (UiComposer *self); /* its verbs */
void ui_composer_attach (UiComposer *self, GFile *file);
void ui_composer_attach_messages (UiComposer *self, UiDrag *messages);
/* What was counted in `attaching` is there, or not (`error`, nullable): sending, closing and quitting wait for it. */
void ui_composer_arrived (UiComposer *self, const GError *error);
/* Sending, closing or quitting waits: after a while the person is asked whether it goes without them. */
void ui_composer_wait_for_files (UiComposer *self);

/* ---- ui-composer-actions.c ---- */
void ui_composer_add_actions (UiComposer *self);
/* Whenever it has moved: GTK 4.8 tells the buttons that all actions are gone, and not that these are still there. */
void ui_composer_insert_actions (UiComposer *self);
void ui_composer_watch_draft (UiComposer *self); /* once it has a draft */
void ui_composer_try_send (UiComposer *self);    /* when nothing is waited for any more */
/* Checks it, asks what is to be asked, and sends it: at once (0), or at that time (seconds UTC). */
void ui_composer_send (UiComposer *self, gint64 at);

/* ---- ui-composer-sending.c ---- */
/* In ui_composer_dup_all (), from its beginning to its end. */
void ui_composer_remember (UiComposer *self);
void ui_composer_forget (UiComposer *self);
GSettings *ui_composer_get_settings (UiComposer *self); /* borrowed; NULL: the program is ending */
void ui_composer_add_sending (UiComposer *self);
guint ui_composer_get_hold (UiComposer *self); /* seconds in which sending can be undone */
void ui_composer_say_sending (UiComposer *self);
/* What is written is copied to the server within a minute. */
void ui_composer_copy_soon (UiComposer *self);
void ui_composer_put (UiComposer *self, gboolean editing); /* now */
void ui_composer_show_draft (UiComposer *self);            /* its options; once it has a draft */
void ui_composer_say_discarded (UiComposer *self);
void ui_composer_say_kept (UiComposer *self);

G_END_DECLS
