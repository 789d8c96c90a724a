/* Questions, failures and file choosing. Main thread. The only file that uses what newer GTK and
 * libadwaita deprecate: AdwMessageDialog and GtkFileChooserNative; it never runs a main loop of
 * its own. */
#include "ui-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "base-error.h"

/* ---- their height ---- */

/* Of the smallest screen, in pixels, without a panel */
#define SMALLEST 620

/* What stands above the buttons; NULL where libadwaita has no such thing, or does not have it above them. */
static GtkWidget *
find_text (GtkWidget *widget)
{
  GtkWidget *found = NULL;

  if (GTK_IS_BOX (widget) && gtk_widget_has_css_class (widget, "message-area"))
    return GTK_IS_BOX (gtk_widget_get_parent (widget)) ? widget : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_text (child);
  return found;
}

/* What is done to a label then (ui-words.h) counts, and the frame of the window. */
static void
realize_labels (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    gtk_widget_realize (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    realize_labels (child);
}

static void
scroll (GtkWidget *text, const char *name)
{
  GtkBox *box = GTK_BOX (gtk_widget_get_parent (text));
  GtkWidget *viewport = gtk_viewport_new (NULL, NULL);
  GtkWidget *scrolled =
      g_object_new (GTK_TYPE_SCROLLED_WINDOW, "hscrollbar-policy", GTK_POLICY_NEVER, "vexpand",
                    TRUE, "propagate-natural-width", TRUE, "child", viewport, NULL);

  /* A list in it does not give way first: that would leave it a line or none. */
  gtk_scrollable_set_vscroll_policy (GTK_SCROLLABLE (viewport), GTK_SCROLL_NATURAL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (scrolled), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  g_object_ref (text);
  gtk_box_remove (box, text);
  gtk_viewport_set_child (GTK_VIEWPORT (viewport), text);
  g_object_unref (text);
  gtk_box_prepend (box, scrolled);
}

/* The keyboard begins where it would without scrolling. */
static void
leave_scrolled (GtkWindow *dialog)
{
  GtkWidget *button = gtk_window_get_default_widget (dialog);

  if (button != NULL && GTK_IS_SCROLLED_WINDOW (gtk_window_get_focus (dialog)))
    gtk_widget_grab_focus (button);
}

void
ui_dialog_present (GtkWindow *dialog)
{
  GtkWindow *parent = gtk_window_get_transient_for (dialog);
  GtkWidget *text = find_text (GTK_WIDGET (dialog));
  int room = parent != NULL ? gtk_widget_get_height (GTK_WIDGET (parent)) : 0;

  if (room > 0 && text != NULL) {
    int least, width, height, most = MAX (room, SMALLEST);

    realize_labels (text);
    gtk_widget_measure (GTK_WIDGET (dialog), GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL,
                        NULL);
    if (least > gtk_widget_get_width (GTK_WIDGET (parent)))
      gtk_widget_add_css_class (GTK_WIDGET (dialog), "tight");
    gtk_widget_measure (GTK_WIDGET (dialog), GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL,
                        NULL);
    gtk_widget_measure (GTK_WIDGET (dialog), GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL,
                        NULL);
    if (height > most) {
      scroll (text, adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (dialog)));
      gtk_window_set_default_size (dialog, width, most);
    }
  }
  gtk_window_present (dialog);
  leave_scrolled (dialog);
}

/* ---- questions ---- */

typedef struct
{
  UiDialogFunc confirm; /* one of the two */
  UiWarnFunc warn;
  GtkCheckButton *check; /* borrowed: in the dialog, for `warn` */
  gpointer data;
} Question;

static GtkWidget *
make_detail (const char *detail)
{
  GtkWidget *label = gtk_label_new (detail);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 40);
  gtk_label_set_lines (GTK_LABEL (label), 12);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_can_focus (label, FALSE);
  gtk_widget_add_css_class (label, "server-words");
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, detail,
                                  -1);
  return label;
}

static GtkWidget *
make_dialog (GtkWindow *parent, const char *heading, const char *body, const char *detail)
{
  GtkWidget *dialog = adw_message_dialog_new (parent, heading, body);

  if (detail != NULL && *detail != '\0')
    adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), make_detail (detail));
  return dialog;
}

static const char *const offered[UI_DIALOG_MAX_OFFERS] = { "offer-1", "offer-2" };

static guint
get_offer (const char *response, guint other)
{
  for (guint i = 0; i < G_N_ELEMENTS (offered); i++)
    if (g_str_equal (response, offered[i]))
      return 2 + i;
  return other;
}

static void
on_response (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  Question *question = data;
  gboolean accepted = g_str_equal (response, "accept");
  UiDialogFunc confirm = g_steal_pointer (&question->confirm);
  UiWarnFunc warn = g_steal_pointer (&question->warn);

  if (confirm != NULL)
    confirm (accepted, question->data);
  if (warn != NULL)
    warn (get_offer (response, accepted ? 1 : 0),
          accepted && gtk_check_button_get_active (question->check), question->data);
}

/* With its parent the dialog goes without an answer: that is a no. */
static void
question_free (gpointer data, GClosure *closure)
{
  Question *question = data;

  if (question->confirm != NULL)
    question->confirm (FALSE, question->data);
  if (question->warn != NULL)
    question->warn (0, FALSE, question->data);
  g_free (question);
}

static void
ask (GtkWidget *dialog, const Question *asked)
{
  Question *question = g_memdup2 (asked, sizeof *asked);

  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), question, question_free,
                         G_CONNECT_DEFAULT);
  ui_dialog_present (GTK_WINDOW (dialog));
}

static GtkWidget *
make_choice (GtkWindow *parent, const char *heading, const char *body, const char *detail,
             const char *cancel_label, const char *accept_label, gboolean destructive)
{
  GtkWidget *dialog = make_dialog (parent, heading, body, detail);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", cancel_label, "accept",
                                    accept_label, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "accept",
                                              destructive ? ADW_RESPONSE_DESTRUCTIVE
                                                          : ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog),
                                           destructive ? "cancel" : "accept");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  return dialog;
}

/* Cancel, and what to do. */
static GtkWidget *
make_question (GtkWindow *parent, const char *heading, const char *body, const char *detail,
               const char *accept_label, gboolean destructive)
{
  return make_choice (parent, heading, body, detail, _ ("_Cancel"), accept_label, destructive);
}

void
ui_dialog_ask_discard (GtkWindow *parent, UiDialogFunc func, gpointer data)
{
  const Question question = { .confirm = func, .data = data };

  ask (make_choice (parent, _ ("Discard what you changed?"), NULL, NULL, _ ("_Keep Editing"),
                    _ ("_Discard"), TRUE),
       &question);
}

GtkWindow *
ui_dialog_confirm (GtkWindow *parent, const char *heading, const char *body, const char *detail,
                   const char *accept_label, gboolean destructive, UiDialogFunc func, gpointer data)
{
  const Question question = { .confirm = func, .data = data };

  GtkWidget *dialog = make_question (parent, heading, body, detail, accept_label, destructive);

  ask (dialog, &question);
  return GTK_WINDOW (dialog);
}

void
ui_dialog_warn (GtkWindow *parent, const char *heading, const char *body, const char *check_label,
                const char *accept_label, const char *const *offers, UiWarnFunc func, gpointer data)
{
  GtkWidget *dialog = make_question (parent, heading, body, NULL, accept_label, FALSE);
  AdwMessageDialog *questioning = ADW_MESSAGE_DIALOG (dialog);
  GtkWidget *check = gtk_check_button_new_with_mnemonic (check_label);
  const Question question = { .warn = func, .check = GTK_CHECK_BUTTON (check), .data = data };

  for (guint i = 0; offers[i] != NULL && i < UI_DIALOG_MAX_OFFERS; i++)
    adw_message_dialog_add_response (questioning, offered[i], offers[i]);
  if (offers[0] != NULL) {
    adw_message_dialog_set_response_appearance (questioning, "accept", ADW_RESPONSE_DEFAULT);
    adw_message_dialog_set_response_appearance (questioning, offered[0], ADW_RESPONSE_SUGGESTED);
    adw_message_dialog_set_default_response (questioning, offered[0]);
  }
  gtk_widget_set_halign (check, GTK_ALIGN_CENTER);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), check);
  ask (dialog, &question);
}

typedef struct
{
  UiDialogCheckFunc check;
  UiDialogTextFunc func;
  gpointer data;
  GtkWidget *dialog, *entry, *reason; /* borrowed: in the dialog */
} TextQuestion;

static void
check_text (TextQuestion *question)
{
  g_autofree char *reason =
      question->check (gtk_editable_get_text (GTK_EDITABLE (question->entry)), question->data);

  gtk_label_set_text (GTK_LABEL (question->reason), reason != NULL ? reason : "");
  gtk_widget_set_visible (question->reason, reason != NULL && *reason != '\0');
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (question->dialog), "accept",
                                           reason == NULL);
}

static void
on_text_response (AdwMessageDialog *dialog, const char *response, TextQuestion *question)
{
  UiDialogTextFunc func = g_steal_pointer (&question->func);

  if (func != NULL)
    func (g_str_equal (response, "accept") ? gtk_editable_get_text (GTK_EDITABLE (question->entry))
                                           : NULL,
          question->data);
}

static void
text_question_free (gpointer data, GClosure *closure)
{
  TextQuestion *question = data;

  if (question->func != NULL)
    question->func (NULL, question->data);
  g_free (question);
}

void
ui_dialog_ask_text (GtkWindow *parent, const char *heading, const char *body, const char *label,
                    const char *text, const char *accept_label, UiDialogCheckFunc check,
                    UiDialogTextFunc func, gpointer data)
{
  TextQuestion *question = g_new0 (TextQuestion, 1);
  GtkWidget *dialog = make_dialog (parent, heading, body, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8), *entry = gtk_entry_new ();
  GtkWidget *reason = make_detail (""), *caption = gtk_label_new_with_mnemonic (label);

  *question = (TextQuestion){ check, func, data, dialog, entry, reason };
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_label_set_xalign (GTK_LABEL (caption), 0);
  gtk_label_set_mnemonic_widget (GTK_LABEL (caption), entry);
  gtk_widget_add_css_class (caption, "caption-heading");
  gtk_box_append (GTK_BOX (box), caption);
  gtk_box_append (GTK_BOX (box), entry);
  gtk_box_append (GTK_BOX (box), reason);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), box);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "accept",
                                    accept_label, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "accept",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "accept");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (check_text), question);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_text_response), question,
                         text_question_free, G_CONNECT_DEFAULT);
  check_text (question);
  ui_dialog_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (entry);
}

void
ui_dialog_error (GtkWindow *parent, const char *heading, const GError *error)
{
  GtkWidget *dialog;

  if (base_error_is_cancelled (error))
    return;
  dialog = make_dialog (parent, heading, error->message, base_error_get_detail (error));
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
  ui_dialog_present (GTK_WINDOW (dialog));
}

/* ---- files ---- */

typedef struct
{
  GtkFileChooserNative *chooser; /* owned: nothing else keeps it while it is shown */
  GtkWindow *parent;             /* weak */
  UiFilesFunc files;             /* one of the two */
  UiFileFunc file;
  gpointer data;
} Choice;

static void
choice_done (Choice *choice, gboolean accepted)
{
  g_autoptr (GListModel) files =
      accepted ? gtk_file_chooser_get_files (GTK_FILE_CHOOSER (choice->chooser)) : NULL;
  g_autoptr (GFile) first = NULL;

  if (files != NULL && g_list_model_get_n_items (files) == 0)
    g_clear_object (&files);
  if (files != NULL)
    first = g_list_model_get_item (files, 0);
  g_signal_handlers_disconnect_by_data (choice->chooser, choice);
  if (choice->parent != NULL) {
    g_signal_handlers_disconnect_by_data (choice->parent, choice);
    g_object_remove_weak_pointer (G_OBJECT (choice->parent), (gpointer *)&choice->parent);
  }
  if (choice->files != NULL)
    choice->files (files, choice->data);
  if (choice->file != NULL)
    choice->file (first, choice->data);
  g_object_unref (choice->chooser);
  g_free (choice);
}

static void
on_file_response (GtkNativeDialog *dialog, int response, Choice *choice)
{
  choice_done (choice, response == GTK_RESPONSE_ACCEPT);
}

static void
on_parent_gone (Choice *choice)
{
  gtk_native_dialog_hide (GTK_NATIVE_DIALOG (choice->chooser));
  choice_done (choice, FALSE);
}

static void
choose (GtkWindow *parent, const char *title, GtkFileChooserAction action, gboolean several,
        const char *name, const char *accept_label, UiFilesFunc files, UiFileFunc file,
        gpointer data)
{
  Choice *choice = g_new0 (Choice, 1);

  choice->chooser =
      gtk_file_chooser_native_new (title, parent, action, accept_label, _ ("_Cancel"));
  choice->files = files;
  choice->file = file;
  choice->data = data;
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (choice->chooser), TRUE);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (choice->chooser), several);
  if (name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (choice->chooser), name);
  g_signal_connect (choice->chooser, "response", G_CALLBACK (on_file_response), choice);
  if (parent != NULL) {
    g_set_weak_pointer (&choice->parent, parent);
    /* "destroy" comes only when nobody holds it any more */
    g_signal_connect_swapped (parent, "unrealize", G_CALLBACK (on_parent_gone), choice);
  }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (choice->chooser));
}

void
ui_dialog_open_files (GtkWindow *parent, const char *title, UiFilesFunc func, gpointer data)
{
  choose (parent, title, GTK_FILE_CHOOSER_ACTION_OPEN, TRUE, NULL, _ ("_Open"), func, NULL, data);
}

void
ui_dialog_open_file (GtkWindow *parent, const char *title, UiFileFunc func, gpointer data)
{
  choose (parent, title, GTK_FILE_CHOOSER_ACTION_OPEN, FALSE, NULL, _ ("_Open"), NULL, func, data);
}

void
ui_dialog_save_file (GtkWindow *parent, const char *title, const char *name, UiFileFunc func,
                     gpointer data)
{
  choose (parent, title, GTK_FILE_CHOOSER_ACTION_SAVE, FALSE, name, _ ("_Save"), NULL, func, data);
}

void
ui_dialog_choose_folder (GtkWindow *parent, const char *title, UiFileFunc func, gpointer data)
{
  choose (parent, title, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, FALSE, NULL, _ ("_Select"), NULL,
          func, data);
}
