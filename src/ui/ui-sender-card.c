/* Who a sender is.  Main thread; what is known of them is read by the store thread each time the card is opened, and a card that was closed
 * before is not filled any more. */
#include "ui-sender-card.h"

#include <glib/gi18n.h>

#include "base-date.h"
#include "base-text.h"
#include "mail-person.h"
#include "ui-avatar.h"
#include "ui-clock.h"
#include "ui-dialog.h"

#define LATEST   4
#define AGAIN_MS 2000 /* what came just now is counted a little later (mail-person.h) */

struct _UiSenderCard
{
  GtkPopover parent_instance;

  /* Owned */
  MailEngine *engine;
  GCancellable *cancellable;
  char *name, *address;

  /* Template */
  UiAvatar *avatar;
  GtkLabel *name_label, *address_label, *others, *known;
  GtkSpinner *spinner;
  GtkWidget *latest_title, *first;
  GtkBox *latest;

  guint again_source;
};

enum
{
  OPEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiSenderCard, ui_sender_card, GTK_TYPE_POPOVER)

/* ---- what is known ---- */

static void
on_mail_clicked (GtkButton *button, UiSenderCard *self)
{
  g_autoptr (MailMessage) message = g_object_ref (g_object_get_data (G_OBJECT (button), "message"));
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[OPEN], 0, message);
}

static void
write_date (GtkWidget *button)
{
  MailMessage *message = g_object_get_data (G_OBJECT (button), "message");
  GtkWidget *when = gtk_widget_get_last_child (gtk_button_get_child (GTK_BUTTON (button)));
  g_autofree char *date =
      base_date_short (mail_message_get_date (message), g_get_real_time () / G_USEC_PER_SEC);
  /* Translators: an earlier message: its subject, its date */
  g_autofree char *spoken =
      g_strdup_printf (_ ("%s, %s"), mail_message_get_subject (message), date);

  gtk_label_set_text (GTK_LABEL (when), date);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                  -1);
}

static void
on_clock_changed (UiSenderCard *self)
{
  for (GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (self->latest)); button;
       button = gtk_widget_get_next_sibling (button))
    write_date (button);
}

static void
add_mail (UiSenderCard *self, MailMessage *message)
{
  const char *subject = mail_message_get_subject (message);
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_label_new (subject), *when = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (words), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (words), 0);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_add_css_class (when, "dim-label");
  gtk_widget_add_css_class (when, "caption");
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), when);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "sender-mail");
  gtk_widget_set_tooltip_text (button, subject);
  g_object_set_data_full (G_OBJECT (button), "message", g_object_ref (message), g_object_unref);
  write_date (button);
  g_signal_connect (button, "clicked", G_CALLBACK (on_mail_clicked), self);
  gtk_box_append (self->latest, button);
}

static char *
make_known (const MailPerson *person)
{
  /* Junk and drafts make nobody a person (store-person.h). */
  if (person->received == 0 && person->sent == 0)
    return g_strdup (person->counted ? _ ("No mail with this person outside Junk and Drafts.")
                                     : _ ("The mail with this person is not counted yet."));
  g_autofree char *received =
      g_strdup_printf (ngettext ("%'u message received", "%'u messages received", person->received),
                       person->received);
  g_autofree char *sent = NULL, *both = NULL;
  if (person->sent > 0 && !person->more_sent)
    sent = g_strdup_printf (ngettext ("%'u sent", "%'u sent", person->sent), person->sent);
  else if (person->sent > 0)
    sent = g_strdup_printf (ngettext ("at least %'u sent", "at least %'u sent", person->sent),
                            person->sent);
  if (sent)
    /* Translators: "12 messages received, 3 sent" */
    both = g_strdup_printf (_ ("%s, %s"), received, sent);
  else if (person->counted && !person->more_sent)
    both = g_strdup_printf (_ ("%s, none sent"), received);
  else /* nobody knows yet whether any was sent */
    both = g_steal_pointer (&received);
  /* Translators: "12 messages received, 3 sent": what is counted until now */
  return person->counted ? g_steal_pointer (&both) : g_strdup_printf (_ ("%s so far"), both);
}

static void
show_others (UiSenderCard *self, GPtrArray *others)
{
  g_autoptr (GString) addresses = g_string_new (NULL);

  for (guint i = 0; i < others->len; i++)
    g_string_append_printf (addresses, "%s%s", i > 0 ? _ (", ") : "", (char *)others->pdata[i]);
  /* Translators: other addresses of the same person */
  g_autofree char *text = g_strdup_printf (_ ("Also writes as %s"), addresses->str);
  gtk_label_set_text (self->others, text);
  gtk_widget_set_visible (GTK_WIDGET (self->others), others->len > 0);
}

static gboolean
shows (UiSenderCard *self, GPtrArray *latest)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->latest));

  for (guint i = 0; i < latest->len; i++, child = gtk_widget_get_next_sibling (child)) {
    MailMessage *shown = child ? g_object_get_data (G_OBJECT (child), "message") : NULL;
    if (!shown || mail_message_get_id (shown) != mail_message_get_id (latest->pdata[i]))
      return FALSE;
  }
  return child == NULL;
}

/* It is asked again every few seconds: buttons that were there stay, with the focus and with what is just pressed. */
static void
show_latest (UiSenderCard *self, GPtrArray *latest)
{
  GtkWidget *child;

  if (shows (self, latest))
    return;
  gboolean focused = gtk_widget_get_focus_child (GTK_WIDGET (self->latest)) != NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->latest))))
    gtk_box_remove (self->latest, child);
  for (guint i = 0; i < latest->len; i++)
    add_mail (self, latest->pdata[i]);
  gtk_widget_set_visible (self->latest_title, latest->len > 0);
  child = gtk_widget_get_first_child (GTK_WIDGET (self->latest));
  if (focused)
    gtk_widget_grab_focus (child ? child : self->first);
}

static gboolean on_again (gpointer data);

static void
on_person (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSenderCard) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MailPerson) person =
      mail_engine_get_person_finish (MAIL_ENGINE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gboolean waits = person && !person->counted;
  gtk_spinner_set_spinning (self->spinner, waits);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), waits);
  if (waits)
    self->again_source = g_timeout_add (AGAIN_MS, on_again, self);
  g_autofree char *known = person ? make_known (person) : g_strdup (error->message);
  gtk_label_set_text (self->known, known);
  if (!person)
    return;
  show_others (self, person->others);
  show_latest (self, person->latest);
}

static void
ask (UiSenderCard *self)
{
  mail_engine_get_person_async (self->engine, self->address, LATEST, self->cancellable, on_person,
                                g_object_ref (self));
}

static gboolean
on_again (gpointer data)
{
  UiSenderCard *self = data;
  self->again_source = 0;
  ask (self);
  return G_SOURCE_REMOVE;
}

static void
ui_sender_card_map (GtkWidget *widget)
{
  UiSenderCard *self = UI_SENDER_CARD (widget);
  GTK_WIDGET_CLASS (ui_sender_card_parent_class)->map (widget);
  self->cancellable = g_cancellable_new ();
  gtk_spinner_set_spinning (self->spinner, TRUE);
  gtk_widget_grab_focus (self->first); /* else all of the name is selected */
  ask (self);
}

static void
ui_sender_card_unmap (GtkWidget *widget)
{
  UiSenderCard *self = UI_SENDER_CARD (widget);
  g_clear_handle_id (&self->again_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  GTK_WIDGET_CLASS (ui_sender_card_parent_class)->unmap (widget);
}

/* ---- what can be done ---- */

static void
action_copy (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSenderCard *self = UI_SENDER_CARD (widget);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->address);
  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_widget_activate_action (widget, "win.notify", "s", _ ("Address copied"));
}

static void
action_write (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSenderCard *self = UI_SENDER_CARD (widget);
  g_autofree char *address = g_uri_escape_string (self->address, "@", FALSE);
  g_autofree char *uri = g_strconcat ("mailto:", address, NULL);
  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_widget_activate_action (widget, "win.open-link", "s", uri);
}

static void
action_search (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSenderCard *self = UI_SENDER_CARD (widget);
  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_widget_activate_action (widget, "win.show-sender", "(ss)", self->name, self->address);
}

/* RFC 2426 section 4: what is a separator there. */
static char *
escape_value (const char *text)
{
  GString *out = g_string_new (NULL);
  for (; *text; text++) {
    if (*text == '\n')
      g_string_append (out, "\\n");
    else if (*text != '\r') {
      if (strchr ("\\,;", *text))
        g_string_append_c (out, '\\');
      g_string_append_c (out, *text);
    }
  }
  return g_string_free (out, FALSE);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSenderCard) self = data;
  g_autoptr (GError) error = NULL;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.notify", "s", _ ("Contact saved"));
  else
    ui_dialog_error (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                     _ ("The contact could not be saved"), error);
}

static void
on_file (GFile *file, gpointer data)
{
  g_autoptr (UiSenderCard) self = data;
  if (!file)
    return;
  g_autofree char *name = escape_value (*self->name ? self->name : self->address);
  g_autofree char *address = escape_value (self->address);
  g_autofree char *text = g_strdup_printf ("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:%s\r\nN:%s;;;;\r\n"
                                           "EMAIL;TYPE=INTERNET:%s\r\nEND:VCARD\r\n",
                                           name, name, address);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, NULL, on_saved,
                                       g_object_ref (self));
}

static void
action_save (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSenderCard *self = UI_SENDER_CARD (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  g_autofree char *stem =
      base_text_file_name (*self->name ? self->name : self->address, _ ("Contact"));
  g_autofree char *file = g_strconcat (stem, ".vcf", NULL);
  gtk_popover_popdown (GTK_POPOVER (self));
  ui_dialog_save_file (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _ ("Save Contact"), file,
                       on_file, g_object_ref (self));
}

static void
ui_sender_card_dispose (GObject *object)
{
  UiSenderCard *self = UI_SENDER_CARD (object);
  g_clear_handle_id (&self->again_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (ui_sender_card_parent_class)->dispose (object);
}

static void
ui_sender_card_finalize (GObject *object)
{
  UiSenderCard *self = UI_SENDER_CARD (object);
  g_free (self->name);
  g_free (self->address);
  G_OBJECT_CLASS (ui_sender_card_parent_class)->finalize (object);
}

static void
ui_sender_card_class_init (UiSenderCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_sender_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_sender_card_finalize;
  widget_class->map = ui_sender_card_map;
  widget_class->unmap = ui_sender_card_unmap;
  signals[OPEN] = g_signal_new ("open", UI_TYPE_SENDER_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, MAIL_TYPE_MESSAGE);
  gtk_widget_class_install_action (widget_class, "sender.copy", NULL, action_copy);
  gtk_widget_class_install_action (widget_class, "sender.write", NULL, action_write);
  gtk_widget_class_install_action (widget_class, "sender.save", NULL, action_save);
  gtk_widget_class_install_action (widget_class, "sender.search", NULL, action_search);
  g_type_ensure (UI_TYPE_AVATAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-sender-card.ui");
  gtk_widget_class_bind_template_child (widget_class, UiSenderCard, avatar);
  gtk_widget_class_bind_template_child (widget_class, UiSenderCard, name_label);
  gtk_widget_class_bind_template_child (widget_class, UiSenderCard, address_label);
  gtk_widget_class_bind_template_child (widget_class, UiSenderCard, others);
  gtk_widget_class_bind_template_child (widget_class, UiSenderCard, known);
  gtk_widget_class_bind_template_child (widget_class, UiSenderCard, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiSenderCard, latest_title);
  gtk_widget_class_bind_template_child (widget_class, UiSenderCard, latest);
  gtk_widget_class_bind_template_child (widget_class, UiSenderCard, first);
}

static void
ui_sender_card_init (UiSenderCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_clock_listen (self, G_CALLBACK (on_clock_changed));
}

GtkWidget *
ui_sender_card_new (MailEngine *engine, const MailAddress *address)
{
  UiSenderCard *self = g_object_new (UI_TYPE_SENDER_CARD, NULL);
  self->engine = g_object_ref (engine);
  self->name = g_strdup (address->name);
  self->address = g_strdup (address->address);
  ui_avatar_set_name (self->avatar, *self->name ? self->name : self->address);
  gtk_label_set_text (self->name_label, self->name);
  gtk_widget_set_visible (GTK_WIDGET (self->name_label), *self->name != '\0');
  gtk_label_set_text (self->address_label, self->address);
  return GTK_WIDGET (self);
}
