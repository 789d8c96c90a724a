/* Invitations and contact cards of a message.  Main thread; they are read elsewhere, and come when they are.  What cannot be read
 * stays a file among the attachments and nothing more.  One that comes late must never stand above the text, however early it was
 * asked for: that would move what is being read. */
#include "ui-part-cards.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "ui-avatar.h"
#include "ui-invitation.h"
#include "ui-part.h"

#define MAX_FILES 3              /* of a message */
#define MAX_CARDS 5              /* of a file */
#define MAX_SIZE  (1024u * 1024) /* octets of one that is read unasked */
#define AVATAR    48
#define LATE_US   (150 * 1000) /* behind the beginning: the text is there, and somebody reads it */

struct _UiPartCards
{
  AdwBin parent_instance;

  /* Owned */
  GCancellable *cancellable;
  GHashTable *shown; /* set of UIDs: one invitation often comes twice in a mail */
  GHashTable *taken; /* set of MailPart: those that have a card, or will not have one */
  GListModel *parts; /* nullable */

  /* Borrowed: in the widget tree */
  GtkBox *box;
  GtkBox *late_box;

  gint64 begin;    /* monotonic microseconds: since when the message is shown */
  gboolean opened; /* what was there at the beginning is asked for */
};

G_DEFINE_FINAL_TYPE (UiPartCards, ui_part_cards, ADW_TYPE_BIN)

typedef struct
{
  UiPartCards *self;         /* owned */
  GCancellable *cancellable; /* owned */
  GtkBox *early, *late;      /* owned: where it goes, in the order of the files; one stays empty */
  GtkBox *place;             /* nullable, borrowed: the one that was taken */
  gboolean is_late;          /* asked for when the message was shown already */
} Wait;

static GtkBox *
add_place (GtkBox *box)
{
  GtkWidget *place = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_VERTICAL, 6));
  gtk_widget_set_visible (place, FALSE);
  gtk_box_append (box, place);
  return GTK_BOX (place);
}

static Wait *
wait_new (UiPartCards *self)
{
  Wait *wait = g_new0 (Wait, 1);
  wait->self = g_object_ref (self);
  wait->cancellable = g_object_ref (self->cancellable);
  wait->is_late = self->opened;
  wait->early = add_place (self->box);
  wait->late = add_place (self->late_box);
  return wait;
}

static void
wait_free (Wait *wait)
{
  g_object_unref (wait->self);
  g_object_unref (wait->cancellable);
  g_object_unref (wait->early);
  g_object_unref (wait->late);
  g_free (wait);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wait, wait_free)

static void
put (Wait *wait, GtkWidget *card)
{
  UiPartCards *self = wait->self;
  if (!wait->place) {
    gboolean late = wait->is_late || g_get_monotonic_time () - self->begin > LATE_US;
    wait->place = late ? wait->late : wait->early;
    gtk_widget_set_visible (GTK_WIDGET (wait->place), TRUE);
    gtk_widget_set_visible (late ? GTK_WIDGET (self->late_box) : GTK_WIDGET (self), TRUE);
  }
  gtk_box_append (wait->place, card);
}

static void
on_invitation (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Wait) wait = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MailInvitation) invitation =
      mail_part_read_invitation_finish (MAIL_PART (source), result, &error);
  if (g_cancellable_is_cancelled (wait->cancellable))
    return;
  if (invitation && invitation->uid[0] != '\0'
      && !g_hash_table_add (wait->self->shown, g_strdup (invitation->uid)))
    return;
  if (invitation)
    put (wait, ui_invitation_new (MAIL_PART (source), g_steal_pointer (&invitation)));
  else
    base_log ("A calendar could not be read: %s", error->message);
}

/* ---- contacts ---- */

static const char *
name_kind (const MailCardField *field)
{
  static const struct
  {
    const char *kind, *label, *name;
  } kinds[] = {
    { "nickname", NULL, N_ ("Nickname") },
    { "organization", NULL, N_ ("Organization") },
    { "title", NULL, N_ ("Title") },
    { "phone", "mobile", N_ ("Mobile") },
    { "phone", "fax", N_ ("Fax") },
    { "phone", "work", N_ ("Phone at work") },
    { "phone", "home", N_ ("Phone at home") },
    { "phone", NULL, N_ ("Phone") },
    { "email", NULL, N_ ("E-mail") },
    { "address", "work", N_ ("Address at work") },
    { "address", NULL, N_ ("Address") },
    { "url", NULL, N_ ("Web page") },
    { "birthday", NULL, N_ ("Birthday") },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].kind, field->kind)
        && (!kinds[i].label || g_str_equal (kinds[i].label, field->label)))
      return _ (kinds[i].name);
  return _ ("Note");
}

static GtkWidget *
new_contact (const MailCard *card)
{
  g_autofree char *name =
      ui_part_dup_short (card->name[0] != '\0' ? card->name : _ ("Contact without a name"));
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *avatar =
      g_object_new (UI_TYPE_AVATAR, "size", AVATAR, "valign", GTK_ALIGN_START, NULL);
  GtkWidget *title = g_object_new (GTK_TYPE_LABEL, "label", name, "xalign", 0.0f, "wrap", TRUE,
                                   "wrap-mode", PANGO_WRAP_WORD_CHAR, "selectable", TRUE, NULL);
  ui_avatar_set_name (UI_AVATAR (avatar), name);
  gtk_widget_add_css_class (title, "title-4");
  gtk_widget_set_hexpand (box, TRUE);
  gtk_box_append (GTK_BOX (box), title);
  for (guint i = 0; i < card->fields->len; i++) {
    const MailCardField *field = card->fields->pdata[i];
    g_autofree char *value = ui_part_dup_short (field->value);
    g_autofree char *text = g_strdup_printf (_ ("%s: %s"), name_kind (field), value);
    GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", text, "xalign", 0.0f, "wrap", TRUE,
                                     "wrap-mode", PANGO_WRAP_WORD_CHAR, "selectable", TRUE, "lines",
                                     6, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
    gtk_box_append (GTK_BOX (box), label);
  }
  gtk_box_append (GTK_BOX (row), avatar);
  gtk_box_append (GTK_BOX (row), box);
  gtk_widget_add_css_class (row, "part-card");
  return row;
}

static void
on_cards (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Wait) wait = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) cards = mail_part_read_cards_finish (MAIL_PART (source), result, &error);
  if (g_cancellable_is_cancelled (wait->cancellable))
    return;
  if (!cards) {
    base_log ("A contact card could not be read: %s", error->message);
    return;
  }
  for (guint i = 0; i < MIN (cards->len, MAX_CARDS); i++)
    put (wait, new_contact (cards->pdata[i]));
  if (cards->len > MAX_CARDS) {
    guint more = cards->len - MAX_CARDS;
    g_autofree char *text =
        g_strdup_printf (ngettext ("There is %'u more contact in “%s”.",
                                   "There are %'u more contacts in “%s”.", more),
                         more, mail_part_get_name (MAIL_PART (source)));
    put (wait, g_object_new (GTK_TYPE_LABEL, "label", text, "xalign", 0.0f, "wrap", TRUE, NULL));
  }
}

/* ---- content ---- */

static void
clear_box (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))))
    gtk_box_remove (box, child);
}

static void
let_go (UiPartCards *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_hash_table_remove_all (self->shown);
  for (guint i = 0; self->parts && i < g_list_model_get_n_items (self->parts); i++) {
    g_autoptr (MailPart) part = g_list_model_get_item (self->parts, i);
    g_signal_handlers_disconnect_by_data (part, self);
  }
  if (self->parts)
    g_signal_handlers_disconnect_by_data (self->parts, self);
  g_clear_object (&self->parts);
  g_hash_table_remove_all (self->taken);
  clear_box (self->box);
  clear_box (self->late_box);
  gtk_widget_set_visible (GTK_WIDGET (self->late_box), FALSE);
  self->opened = FALSE;
}

static void update (UiPartCards *self);

static void
take (UiPartCards *self, MailPart *part)
{
  MailPartKind kind = mail_part_get_kind (part);

  if (!mail_part_is_here (part)) {
    /* A part that was left on the server is not fetched only for this; once it has come, it is read. */
    g_signal_handlers_disconnect_by_func (part, update, self);
    g_signal_connect_object (part, "notify::is-here", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    return;
  }
  g_hash_table_add (self->taken, g_object_ref (part));
  if (kind == MAIL_PART_CALENDAR)
    mail_part_read_invitation_async (part, self->cancellable, on_invitation, wait_new (self));
  else
    mail_part_read_cards_async (part, self->cancellable, on_cards, wait_new (self));
}

/* Parts come late: fetched by hand, or out of a winmail.dat. */
static void
update (UiPartCards *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (self->parts); i++) {
    g_autoptr (MailPart) part = g_list_model_get_item (self->parts, i);
    MailPartKind kind = mail_part_get_kind (part);
    if ((kind == MAIL_PART_CALENDAR || kind == MAIL_PART_CARD)
        && mail_part_get_size (part) <= MAX_SIZE && !g_hash_table_contains (self->taken, part)
        && g_hash_table_size (self->taken) < MAX_FILES)
      take (self, part);
  }
}

void
ui_part_cards_set_content (UiPartCards *self, MailContent *content)
{
  let_go (self);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  self->cancellable = g_cancellable_new ();
  self->begin = g_get_monotonic_time ();
  if (!content)
    return;
  self->parts = g_object_ref (mail_content_get_attachments (content));
  g_signal_connect_object (self->parts, "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
  self->opened = TRUE;
}

GtkWidget *
ui_part_cards_get_late (UiPartCards *self)
{
  return GTK_WIDGET (self->late_box);
}

static void
ui_part_cards_dispose (GObject *object)
{
  UiPartCards *self = UI_PART_CARDS (object);
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->parts); /* whose signals end with this object */
  G_OBJECT_CLASS (ui_part_cards_parent_class)->dispose (object);
}

static void
ui_part_cards_finalize (GObject *object)
{
  g_hash_table_unref (UI_PART_CARDS (object)->shown);
  g_hash_table_unref (UI_PART_CARDS (object)->taken);
  g_object_unref (UI_PART_CARDS (object)->late_box);
  G_OBJECT_CLASS (ui_part_cards_parent_class)->finalize (object);
}

static void
ui_part_cards_class_init (UiPartCardsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_part_cards_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_part_cards_finalize;
}

static GtkBox *
new_box (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_widget_add_css_class (box, "part-cards");
  return GTK_BOX (box);
}

static void
ui_part_cards_init (UiPartCards *self)
{
  self->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->taken = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->box = new_box ();
  self->late_box = g_object_ref_sink (new_box ());
  gtk_widget_set_visible (GTK_WIDGET (self->late_box), FALSE);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->box));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
