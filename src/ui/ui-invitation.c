/* The card of an invitation.  Main thread.  Everything on it was written by a stranger: it is shown as plain text, never as markup, and
 * an address in it is never opened by itself. */
#include "ui-invitation.h"

#include <glib/gi18n.h>

#include "ui-clock.h"
#include "ui-dialog.h"
#include "ui-part.h"

#define MAX_PEOPLE 8

struct _UiInvitation
{
  AdwBin parent_instance;

  /* Owned */
  MailPart *part;
  MailInvitation *invitation;

  /* Borrowed: in the widget tree */
  GtkWidget *buttons[3], *spinner;
  GtkLabel *said;
  GtkLabel *when, *elsewhere, *next; /* nullable */

  gboolean sending;
};

G_DEFINE_FINAL_TYPE (UiInvitation, ui_invitation, ADW_TYPE_BIN)

static const MailAnswer answers[3] = { MAIL_ANSWER_ACCEPT, MAIL_ANSWER_MAYBE, MAIL_ANSWER_DECLINE };

/* ---- answering ---- */

static const char *
describe_answer (MailAnswer answer)
{
  switch (answer) {
  case MAIL_ANSWER_NONE:
    break;
  case MAIL_ANSWER_ACCEPT:
    return _ ("You have accepted.");
  case MAIL_ANSWER_MAYBE:
    return _ ("You have said that you may come.");
  case MAIL_ANSWER_DECLINE:
    return _ ("You have declined.");
  }
  return "";
}

static void
update (UiInvitation *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++) {
    gtk_widget_set_sensitive (self->buttons[i], !self->sending);
    if (self->invitation->answer == answers[i])
      gtk_widget_add_css_class (self->buttons[i], "suggested-action");
    else
      gtk_widget_remove_css_class (self->buttons[i], "suggested-action");
  }
  gtk_widget_set_visible (self->spinner, self->sending);
  gtk_label_set_text (self->said, describe_answer (self->invitation->answer));
  gtk_widget_set_visible (GTK_WIDGET (self->said), self->invitation->answer != MAIL_ANSWER_NONE);
}

typedef struct
{
  UiInvitation *self; /* owned */
  MailAnswer answer;
} Wait;

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;
  g_autoptr (UiInvitation) self = wait->self;
  g_autoptr (GError) error = NULL;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  self->sending = FALSE;
  if (mail_part_answer_finish (MAIL_PART (source), result, &error)) {
    self->invitation->answer = wait->answer;
    gtk_widget_activate_action (GTK_WIDGET (self), "win.notify", "s",
                                _ ("Your answer is on its way"));
  } else if (root) {
    ui_dialog_error (GTK_WINDOW (root), _ ("The invitation could not be answered"), error);
  }
  update (self);
  g_free (wait);
}

static void
on_clicked (GtkWidget *button, UiInvitation *self)
{
  Wait *wait = g_new0 (Wait, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    if (self->buttons[i] == button)
      wait->answer = answers[i];
  wait->self = g_object_ref (self);
  self->sending = TRUE;
  update (self);
  mail_part_answer_async (self->part, self->invitation, wait->answer, on_answered, wait);
}

/* ---- what stands on it ---- */

static GtkWidget *
new_label (const char *text, const char *style)
{
  g_autofree char *shown = ui_part_dup_short (text);
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", shown, "xalign", 0.0f, "wrap", TRUE,
                                   "wrap-mode", PANGO_WRAP_WORD_CHAR, "selectable", TRUE, NULL);
  if (style)
    gtk_widget_add_css_class (label, style);
  return label;
}

/* What stands in a line, and what is read aloud. */
static void
write_line (GtkLabel *label, const char *name, const char *text)
{
  g_autofree char *shown = ui_part_dup_short (text);
  /* Translators: "When: Monday", read aloud: the name of a line and what stands there */
  g_autofree char *aloud = g_strdup_printf (_ ("%s: %s"), name, shown);

  gtk_label_set_text (label, shown);
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, aloud, -1);
}

/* `more` and its label nullable.  The label of `text`; NULL: there is none. */
static GtkLabel *
add_line (GtkWidget *box, const char *icon, const char *name, const char *text, const char *more,
          GtkLabel **more_label)
{
  if (text[0] == '\0')
    return NULL;
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *image = g_object_new (GTK_TYPE_IMAGE, "icon-name", icon, "valign", GTK_ALIGN_START,
                                   "margin-top", 2, "tooltip-text", name, NULL);
  GtkWidget *words =
      g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL, "hexpand", TRUE, NULL);
  GtkWidget *label = new_label ("", NULL);
  write_line (GTK_LABEL (label), name, text);
  gtk_widget_add_css_class (image, "dim-label");
  gtk_accessible_update_property (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_box_append (GTK_BOX (words), label);
  if (more && more[0] != '\0') {
    GtkWidget *second = new_label (more, "dim-label");
    gtk_widget_add_css_class (second, "caption");
    gtk_box_append (GTK_BOX (words), second);
    if (more_label)
      *more_label = GTK_LABEL (second);
  }
  gtk_box_append (GTK_BOX (line), image);
  gtk_box_append (GTK_BOX (line), words);
  gtk_box_append (GTK_BOX (box), line);
  return GTK_LABEL (label);
}

static const char *
name_of (const MailAttendee *person)
{
  return person->name[0] != '\0' ? person->name : person->address;
}

static char *
describe_people (const MailInvitation *invitation)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint n = invitation->attendees->len;
  for (guint i = 0; i < MIN (n, MAX_PEOPLE); i++) {
    const MailAttendee *person = invitation->attendees->pdata[i];
    g_string_append_printf (names, "%s%s", i > 0 ? _ (", ") : "", name_of (person));
    if (person->answer == MAIL_ANSWER_ACCEPT)
      g_string_append (names, " ✓");
    else if (person->answer == MAIL_ANSWER_DECLINE)
      g_string_append (names, " ✗");
  }
  if (n > MAX_PEOPLE)
    g_string_append_printf (names, ngettext (" and %'u more", " and %'u more", n - MAX_PEOPLE),
                            n - MAX_PEOPLE);
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static char *
describe_state (const MailInvitation *invitation)
{
  const MailAttendee *who = invitation->attendees->len > 0 ? invitation->attendees->pdata[0] : NULL;
  switch (invitation->kind) {
  case MAIL_INVITATION_EVENT:
    return g_strdup (_ ("Event"));
  case MAIL_INVITATION_REQUEST:
    if (invitation->over)
      return g_strdup (_ ("Invitation to an event that is over"));
    return g_strdup (invitation->updated ? _ ("Updated invitation") : _ ("Invitation"));
  case MAIL_INVITATION_CANCELLED:
    return g_strdup (_ ("This event was cancelled"));
  case MAIL_INVITATION_ANSWER:
    if (!who)
      break;
    if (who->answer == MAIL_ANSWER_ACCEPT)
      return g_strdup_printf (_ ("%s has accepted"), name_of (who));
    if (who->answer == MAIL_ANSWER_DECLINE)
      return g_strdup_printf (_ ("%s has declined"), name_of (who));
    if (who->answer == MAIL_ANSWER_MAYBE)
      return g_strdup_printf (_ ("%s may come"), name_of (who));
    break;
  }
  return g_strdup (_ ("Answer to an invitation"));
}

static char *
describe_next (const MailInvitation *invitation)
{
  /* Translators: the next time of a series */
  return invitation->next[0] != '\0' ? g_strdup_printf (_ ("Next: %s"), invitation->next)
                                     : g_strdup ("");
}

/* What is there is there with any clock. */
static void
on_clock_changed (UiInvitation *self)
{
  g_autofree char *next = NULL;

  mail_invitation_describe_again (self->invitation);
  next = describe_next (self->invitation);
  if (self->when)
    write_line (self->when, _ ("When"), self->invitation->when);
  if (self->elsewhere)
    gtk_label_set_text (self->elsewhere, self->invitation->elsewhere);
  if (self->next)
    gtk_label_set_text (self->next, next);
}

static GtkWidget *
new_answers (UiInvitation *self)
{
  const char *labels[3] = { _ ("_Accept"), _ ("_Maybe"), _ ("_Decline") };
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++) {
    self->buttons[i] = gtk_button_new_with_mnemonic (labels[i]);
    g_signal_connect_object (self->buttons[i], "clicked", G_CALLBACK (on_clicked), self, 0);
    gtk_box_append (GTK_BOX (row), self->buttons[i]);
  }
  self->spinner = g_object_new (GTK_TYPE_SPINNER, "spinning", TRUE, NULL);
  self->said = GTK_LABEL (new_label ("", "dim-label"));
  gtk_box_append (GTK_BOX (row), self->spinner);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_autofree char *from = g_strdup_printf (
      /* Translators: the organizer's address, the address that answers */
      _ ("The answer goes to %s, from %s."), self->invitation->organizer->address,
      mail_identity_get_settings (self->invitation->identity)->address);
  GtkWidget *hint = new_label (from, "dim-label");
  gtk_widget_add_css_class (hint, "caption");
  gtk_box_append (GTK_BOX (box), row);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->said));
  gtk_box_append (GTK_BOX (box), hint);
  return box;
}

static void
build (UiInvitation *self)
{
  const MailInvitation *invitation = self->invitation;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  g_autofree char *state = describe_state (invitation);
  g_autofree char *people = describe_people (invitation);
  g_autofree char *next = describe_next (invitation);
  const char *title =
      invitation->summary[0] != '\0' ? invitation->summary : _ ("Event without a title");

  GtkWidget *caption = new_label (state, "caption-heading");
  if (invitation->kind == MAIL_INVITATION_CANCELLED)
    gtk_widget_add_css_class (caption, "error");
  else
    gtk_widget_add_css_class (caption, "dim-label");
  gtk_box_append (GTK_BOX (box), caption);
  gtk_box_append (GTK_BOX (box), new_label (title, "title-4"));
  self->when = add_line (box, "alarm-symbolic", _ ("When"), invitation->when, invitation->elsewhere,
                         &self->elsewhere);
  add_line (box, "view-refresh-symbolic", _ ("Repeats"), invitation->recurrence, next, &self->next);
  add_line (box, "mark-location-symbolic", _ ("Where"), invitation->location, NULL, NULL);
  if (invitation->organizer) {
    const char *address =
        invitation->organizer->name[0] != '\0' ? invitation->organizer->address : NULL;
    add_line (box, "avatar-default-symbolic", _ ("Organizer"), name_of (invitation->organizer),
              address, NULL);
  }
  if (invitation->kind != MAIL_INVITATION_ANSWER)
    add_line (box, "system-users-symbolic", _ ("Invited"), people, NULL, NULL);
  add_line (box, "user-available-symbolic", _ ("Comment"), invitation->comment, NULL, NULL);
  add_line (box, "text-x-generic-symbolic", _ ("Description"), invitation->description, NULL, NULL);
  if (invitation->more > 0) {
    g_autofree char *more =
        g_strdup_printf (ngettext ("There is %'u more event in this file.",
                                   "There are %'u more events in this file.", invitation->more),
                         invitation->more);
    gtk_box_append (GTK_BOX (box), new_label (more, "dim-label"));
  }
  if (invitation->identity != NULL) {
    gtk_box_append (GTK_BOX (box), new_answers (self));
    update (self);
  }
  gtk_widget_add_css_class (box, "part-card");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, state, -1);
  adw_bin_set_child (ADW_BIN (self), box);
}

GtkWidget *
ui_invitation_new (MailPart *part, MailInvitation *invitation)
{
  UiInvitation *self =
      g_object_new (UI_TYPE_INVITATION, "accessible-role", GTK_ACCESSIBLE_ROLE_GROUP, NULL);
  self->part = g_object_ref (part);
  self->invitation = invitation;
  build (self);
  ui_clock_listen (self, G_CALLBACK (on_clock_changed));
  return GTK_WIDGET (self);
}

static void
ui_invitation_dispose (GObject *object)
{
  UiInvitation *self = UI_INVITATION (object);
  g_clear_object (&self->part);
  G_OBJECT_CLASS (ui_invitation_parent_class)->dispose (object);
}

static void
ui_invitation_finalize (GObject *object)
{
  g_clear_pointer (&UI_INVITATION (object)->invitation, mail_invitation_free);
  G_OBJECT_CLASS (ui_invitation_parent_class)->finalize (object);
}

static void
ui_invitation_class_init (UiInvitationClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_invitation_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_invitation_finalize;
}

static void
ui_invitation_init (UiInvitation *self)
{
}
