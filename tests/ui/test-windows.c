/* What small windows say, and how they end when what they belong to ends: the card of a sender, printing, a dialog of files, a password.  With an engine
 * made of nothing, so that it is known what happens first.  Main thread, in a desktop session. */
#include <adwaita.h>
#include <glib/gstdio.h>

#include "base-date.h"
#include "nothing.h"
#include "ui-clock.h"
#include "ui-dialog.h"
#include "ui-part-print.h"
#include "ui-part.h"
#include "ui-password-dialog.h"
#include "ui-print.h"
#include "ui-resources.h"
#include "ui-sender-card.h"

/* ---- what all have in common ---- */

static GtkWidget *window;
static MailEngine *engine;

static void
settle (void)
{
  for (int i = 0; i < 8; i++) {
    g_usleep (1000);
    while (g_main_context_iteration (NULL, FALSE))
      ;
  }
}

static void
open_window (void)
{
  world.linked = TRUE;
  window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (window), gtk_menu_button_new ());
  gtk_window_present (GTK_WINDOW (window));
  engine = g_object_new (G_TYPE_OBJECT, NULL);
  settle ();
}

static void
close_window (void)
{
  if (window)
    gtk_window_destroy (GTK_WINDOW (g_steal_pointer (&window)));
  settle ();
}

/* All is over: nothing is asked for, no window is left, and nobody holds the engine, which they all had. */
static void
end (void)
{
  close_window ();
  g_clear_object (&world.asked);
  g_assert_cmpuint (g_list_model_get_n_items (gtk_window_get_toplevels ()), ==, 0);
  g_assert_cmpuint (G_OBJECT (engine)->ref_count, ==, 1);
  g_clear_object (&engine);
  g_clear_pointer (&world.head, g_free);
  g_clear_pointer (&world.body, g_free);
}

/* Takes `thing`. */
static void
answer (gpointer thing, GDestroyNotify free_thing)
{
  g_autoptr (GTask) task = g_steal_pointer (&world.asked);
  g_task_return_pointer (task, thing, free_thing);
  g_clear_object (&task);
  settle ();
}

static void
refuse (int code, const char *sentence)
{
  g_autoptr (GTask) task = g_steal_pointer (&world.asked);
  g_task_return_new_error (task, G_IO_ERROR, code, "%s", sentence);
  g_clear_object (&task);
  settle ();
}

static gboolean
was_given_up (void)
{
  return g_cancellable_is_cancelled (g_task_get_cancellable (world.asked));
}

static gboolean
says (GtkWidget *widget, const char *sentence)
{
  if (!gtk_widget_get_visible (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), sentence))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    if (says (child, sentence))
      return TRUE;
  return FALSE;
}

/* A button with an earlier message of somebody. */
static GtkWidget *
find_mail (GtkWidget *widget)
{
  GtkWidget *found = gtk_widget_has_css_class (widget, "sender-mail") ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child && !found;
       child = gtk_widget_get_next_sibling (child))
    found = find_mail (child);
  return found;
}

/* The window beside ours, if there is one (borrowed). */
static GtkWidget *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) found = g_list_model_get_item (windows, i);
    if (found != window && gtk_widget_get_visible (found))
      return found;
  }
  return NULL;
}

/* A dialog says so; it is closed. */
static void
assert_told (const char *heading, const char *sentence)
{
  GtkWidget *dialog = find_dialog ();
  g_assert_nonnull (dialog);
  g_assert_true (says (dialog, heading));
  g_assert_true (says (dialog, sentence));
  gtk_window_destroy (GTK_WINDOW (dialog));
  settle ();
}

/* ---- the card of a sender ---- */

typedef struct
{
  guint received, sent;
  gboolean counted, more_sent;
  const char *sentence;
} Known;

static void
test_card (void)
{
  static const Known all[] = {
    { 0, 0, TRUE, FALSE, "No mail with this person outside Junk and Drafts." },
    { 0, 0, FALSE, FALSE, "The mail with this person is not counted yet." },
    { 0, 0, FALSE, TRUE, "The mail with this person is not counted yet." },
    { 1, 0, TRUE, FALSE, "1 message received, none sent" },
    { 12, 3, TRUE, FALSE, "12 messages received, 3 sent" },
    { 12, 3, TRUE, TRUE, "12 messages received, at least 3 sent" },
    { 12, 3, FALSE, FALSE, "12 messages received, 3 sent so far" },
    { 12, 3, FALSE, TRUE, "12 messages received, at least 3 sent so far" },
    /* Whether any was sent is not known: nothing is said of it */
    { 12, 0, TRUE, TRUE, "12 messages received" },
    { 12, 0, FALSE, FALSE, "12 messages received so far" },
    { 12, 0, FALSE, TRUE, "12 messages received so far" },
    { 0, 3, TRUE, FALSE, "0 messages received, 3 sent" },
  };
  MailAddress bob = { (char *)"Bob Miller", (char *)"bob@lab.test" };

  open_window ();
  GtkWidget *card = ui_sender_card_new (engine, &bob);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (gtk_window_get_child (GTK_WINDOW (window))), card);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    MailPerson *person = g_new0 (MailPerson, 1);
    *person = (MailPerson){ .received = all[i].received,
                            .sent = all[i].sent,
                            .counted = all[i].counted,
                            .more_sent = all[i].more_sent,
                            .others = g_ptr_array_new (),
                            .latest = g_ptr_array_new () };
    gtk_popover_popup (GTK_POPOVER (card));
    settle ();
    answer (person, (GDestroyNotify)mail_person_free);
    if (!says (card, all[i].sentence))
      g_error ("the card does not say: %s", all[i].sentence);
    gtk_popover_popdown (GTK_POPOVER (card));
    settle ();
  }
  gtk_popover_popup (GTK_POPOVER (card));
  settle ();
  refuse (G_IO_ERROR_FAILED, "It could not be read.");
  g_assert_true (says (card, "It could not be read."));
  gtk_popover_popdown (GTK_POPOVER (card));
  settle ();

  /* Closed before it is known: nobody waits for it */
  gtk_popover_popup (GTK_POPOVER (card));
  settle ();
  gtk_popover_popdown (GTK_POPOVER (card));
  settle ();
  g_assert_true (was_given_up ());
  refuse (G_IO_ERROR_CANCELLED, "");
  end ();
}

/* Of the mail of today the card says when it came, by the clock of the desktop; it follows that, and its buttons stay. */
static void
test_card_clock (void)
{
  g_autoptr (GSettings) desktop = g_settings_new ("org.gnome.desktop.interface");
  g_autoptr (GSettings) clock = ui_clock_follow ();
  MailAddress bob = { (char *)"Bob Miller", (char *)"bob@lab.test" };
  MailPerson *person = g_new0 (MailPerson, 1);
  GtkWidget *card, *button;

  open_window ();
  world.date = g_get_real_time () / G_USEC_PER_SEC;
  card = ui_sender_card_new (engine, &bob);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (gtk_window_get_child (GTK_WINDOW (window))), card);
  *person = (MailPerson){ .received = 1,
                          .counted = TRUE,
                          .others = g_ptr_array_new (),
                          .latest = g_ptr_array_new_with_free_func (g_object_unref) };
  g_ptr_array_add (person->latest, g_object_new (G_TYPE_OBJECT, NULL));
  g_settings_set_string (desktop, "clock-format", "24h");
  gtk_popover_popup (GTK_POPOVER (card));
  settle ();
  answer (person, (GDestroyNotify)mail_person_free);
  button = find_mail (card);
  g_assert_nonnull (button);
  for (guint i = 0; i < 2; i++) {
    g_autofree char *now = NULL;

    g_settings_set_string (desktop, "clock-format", i == 0 ? "12h" : "24h");
    now = base_date_short (world.date, g_get_real_time () / G_USEC_PER_SEC);
    g_assert_true (says (card, now));
    g_assert_true (find_mail (card) == button);
  }
  g_settings_reset (desktop, "clock-format");
  gtk_popover_popdown (GTK_POPOVER (card));
  settle ();
  world.date = 0;
  end ();
}

/* ---- a print job in preparation ---- */

static void
begin_printing (void)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify)ui_print_item_free);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GObject) message = g_object_new (G_TYPE_OBJECT, NULL);
    g_ptr_array_add (items, ui_print_item_new ((MailMessage *)message, NULL, FALSE, FALSE));
  }
  ui_print_run (GTK_WINDOW (window), engine, "Title", items);
  settle ();
}

static void
test_print (void)
{
  open_window ();
  begin_printing ();
  for (guint i = 0; i < 3; i++) {
    g_assert_null (world.head);
    answer (g_object_new (G_TYPE_OBJECT, NULL), g_object_unref);
  }
  g_assert_true (g_str_has_prefix (world.head, "<h1>Subject of the message</h1><table>"));
  g_assert_true (g_str_has_prefix (world.body, "<p>HTML of the message</p>|<p>HTML"));
  end ();
}

/* Whatever the engine says then, the job is over, and nothing is printed for a window that is gone. */
static void
test_print_without_window (gconstpointer data)
{
  for (guint way = 0; way < 3; way++) {
    open_window ();
    g_autoptr (GtkWindow) held = g_object_ref (GTK_WINDOW (window)); /* as others do */
    begin_printing ();
    if (GPOINTER_TO_INT (data)) { /* long enough for the dialog that says how far it is */
      answer (g_object_new (G_TYPE_OBJECT, NULL), g_object_unref);
      g_usleep (450 * 1000);
      settle ();
      g_assert_true (says (find_dialog (), "Preparing to Print"));
    }
    close_window ();
    g_assert_null (find_dialog ());
    g_assert_true (was_given_up ());
    if (way == 0)
      answer (g_object_new (G_TYPE_OBJECT, NULL), g_object_unref);
    else if (way == 1)
      refuse (G_IO_ERROR_CANCELLED, "");
    else {
      refuse (G_IO_ERROR_NOT_CONNECTED, "Not now");
      if (find_dialog ()) /* it came too late to be given up */
        gtk_window_destroy (GTK_WINDOW (find_dialog ()));
    }
    g_assert_null (world.head);
    g_assert_null (world.asked);
    end ();
  }
}

static void
test_print_cancelled (void)
{
  open_window ();
  begin_printing ();
  g_usleep (450 * 1000);
  settle ();
  GtkWidget *dialog = find_dialog ();
  gtk_window_close (GTK_WINDOW (dialog)); /* as Escape does, which is its Cancel */
  settle ();
  g_assert_null (find_dialog ());
  g_assert_true (was_given_up ());
  answer (g_object_new (G_TYPE_OBJECT, NULL), g_object_unref);
  g_assert_null (world.head);
  g_assert_null (world.asked);
  end ();
}

static void
test_print_refused (void)
{
  open_window ();
  begin_printing ();
  refuse (G_IO_ERROR_NOT_CONNECTED, "There is no network.");
  assert_told ("This could not be printed", "There is no network.");
  g_assert_null (world.head);
  end ();
}

/* The window goes while what puts it on paper is loaded. */
static void
test_print_unlinked (void)
{
  open_window ();
  world.linked = FALSE;
  begin_printing ();
  close_window ();
  answer (NULL, NULL);
  g_assert_null (world.asked);
  g_assert_null (world.head);
  end ();
}

/* ---- printing an attachment ---- */

static GObject *part;

static void
begin_part (MailPartKind kind)
{
  open_window ();
  world.kind = kind;
  world.fetch = g_cancellable_new ();
  part = g_object_new (G_TYPE_OBJECT, NULL);
  ui_part_print (gtk_window_get_child (GTK_WINDOW (window)), engine, (MailPart *)part);
  settle ();
}

static void
end_part (void)
{
  end ();
  g_assert_cmpuint (part->ref_count, ==, 1);
  g_clear_object (&part);
  g_clear_object (&world.fetch);
}

/* A page is a file with a name; a message has its headers. */
static void
test_part (void)
{
  begin_part (MAIL_PART_HTML);
  answer (g_object_new (G_TYPE_OBJECT, NULL), g_object_unref);
  g_assert_cmpstr (world.head, ==, "<h1>plan.file</h1>");
  g_assert_cmpstr (world.body, ==, "<p>HTML of the message</p>");
  end_part ();
  begin_part (MAIL_PART_MESSAGE);
  answer (g_object_new (G_TYPE_OBJECT, NULL), g_object_unref);
  g_assert_true (g_str_has_prefix (
      world.head, "<h1>Subject of the message</h1><table><tr><th>From</th><td>Bob Miller</td>"));
  g_assert_cmpstr (world.body, ==, "<p>HTML of the message</p>");
  end_part ();
  begin_part (MAIL_PART_TEXT);
  answer (g_strdup ("1 < 2"), g_free);
  g_assert_cmpstr (world.head, ==, "<h1>plan.file</h1>");
  g_assert_nonnull (strstr (world.body, ">1 &lt; 2</div>"));
  end_part ();
}

static const MailPartKind kinds[] = { MAIL_PART_HTML, MAIL_PART_MESSAGE, MAIL_PART_TEXT,
                                      MAIL_PART_PDF, MAIL_PART_PICTURE };

/* What cannot be had is told, with its name; what the person stopped is not. */
static void
test_part_given_up (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    begin_part (kinds[i]);
    refuse (G_IO_ERROR_NOT_CONNECTED, "There is no network.");
    assert_told ("“plan.file” could not be printed", "There is no network.");
    g_assert_null (world.head);
    end_part ();
    begin_part (kinds[i]);
    g_cancellable_cancel (world.fetch);
    g_assert_true (was_given_up ());
    refuse (G_IO_ERROR_CANCELLED, "");
    g_assert_null (find_dialog ());
    g_assert_null (world.head);
    end_part ();
  }
}

static void
test_part_without_window (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    begin_part (kinds[i]);
    close_window ();
    g_assert_true (was_given_up ());
    refuse (G_IO_ERROR_CANCELLED, "");
    end_part ();
  }
  /* It came in the moment in which the window went */
  begin_part (MAIL_PART_MESSAGE);
  close_window ();
  answer (g_object_new (G_TYPE_OBJECT, NULL), g_object_unref);
  g_assert_null (world.head);
  end_part ();
}

/* ---- a dialog of files ---- */

static guint n_answers, n_files;

static void
on_file (GFile *file, gpointer data)
{
  n_answers++;
  n_files += file != NULL;
}

/* Destroyed, or only closed while somebody holds it. */
static void
test_files_without_window (gconstpointer data)
{
  g_autoptr (GtkWindow) held = NULL;

  open_window ();
  if (GPOINTER_TO_INT (data))
    held = g_object_ref (GTK_WINDOW (window));
  n_answers = n_files = 0;
  ui_dialog_save_file (GTK_WINDOW (window), "Save Contact", "bob.vcf", on_file, NULL);
  settle ();
  g_assert_nonnull (find_dialog ());
  g_assert_cmpuint (n_answers, ==, 0);
  close_window ();
  g_assert_cmpuint (n_answers, ==, 1);
  g_assert_cmpuint (n_files, ==, 0);
  g_assert_null (find_dialog ());
  if (held) /* nobody waits for it any more */
    g_assert_false (g_signal_has_handler_pending (
        held, g_signal_lookup ("unrealize", GTK_TYPE_WIDGET), 0, TRUE));
  end ();
}

/* ---- a password ---- */

static GObject *account;

static GtkWidget *
ask_for_password (void)
{
  GtkWindow *dialog = ui_password_dialog_ask (GTK_WINDOW (window), engine, (MailAccount *)account,
                                              "Once more, please.", NULL);
  settle ();
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (dialog)));
  return GTK_WIDGET (dialog);
}

static void
begin_password (void)
{
  open_window ();
  account = g_object_new (G_TYPE_OBJECT, NULL);
  world.settings = base_account_new ();
  world.settings->address = g_strdup ("bob@lab.test");
  world.settings->imap.host = g_strdup ("imap.lab.test");
  world.settings->smtp.host = g_strdup ("smtp.lab.test");
}

static void
end_password (void)
{
  end ();
  g_assert_cmpuint (account->ref_count, ==, 1);
  g_clear_object (&account);
  g_clear_pointer (&world.settings, base_account_free);
  g_clear_pointer (&world.answered, base_account_free);
}

static GtkWidget *
find_field (GtkWidget *widget)
{
  GtkWidget *found = ADW_IS_PASSWORD_ENTRY_ROW (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child && !found;
       child = gtk_widget_get_next_sibling (child))
    found = find_field (child);
  return found;
}

static void
give_password (GtkWidget *dialog)
{
  gtk_editable_set_text (GTK_EDITABLE (find_field (dialog)), "secret");
  gtk_widget_activate_action (dialog, "password.submit", NULL);
  settle ();
  g_assert_nonnull (world.asked);
}

/* Another server of the account is none of its business; its own is. */
static void
test_password_elsewhere (void)
{
  begin_password ();
  GtkWidget *dialog = ask_for_password ();
  world.settings->smtp.port = 2525;
  give_password (dialog);
  g_assert_cmpuint (world.answered->smtp.port, ==, 2525);
  refuse (G_IO_ERROR_FAILED, "It was not kept.");
  g_assert_true (says (dialog, "It was not kept."));
  g_assert_true (ask_for_password () == dialog);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (find_field (dialog))), ==, "secret");

  world.settings->imap.port = 1993;
  give_password (dialog); /* as what it was asked for, which the engine refuses */
  g_assert_cmpuint (world.answered->imap.port, !=, 1993);
  refuse (G_IO_ERROR_FAILED, "There is another server by now.");
  g_assert_true (says (dialog, "There is another server by now."));
  GtkWidget *other = ask_for_password ();
  g_assert_true (other != dialog && find_dialog () == other);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (find_field (other))), ==, "");
  gtk_window_destroy (GTK_WINDOW (other));
  end_password ();
}

/* It goes while its answer is on its way, for which it is held: whoever asks again gets another one. */
static void
test_password_closed (gconstpointer data)
{
  for (guint way = 0; way < 3; way++) {
    begin_password ();
    GtkWidget *dialog = ask_for_password ();
    give_password (dialog);
    if (way == 0)
      gtk_window_close (GTK_WINDOW (dialog)); /* as Escape does */
    else if (way == 1)
      gtk_window_destroy (GTK_WINDOW (dialog));
    else
      world.settings->imap.port = 1993; /* another question */
    settle ();
    GtkWidget *other = ask_for_password ();
    g_assert_true (other != dialog && find_dialog () == other);
    g_assert_true (says (other, "Once more, please."));
    if (GPOINTER_TO_INT (data))
      answer (window, NULL);
    else
      refuse (G_IO_ERROR_FAILED, "It was not kept.");
    g_assert_true (find_dialog () == other && ask_for_password () == other);
    give_password (other);
    answer (window, NULL);
    g_assert_null (find_dialog ());
    end_password ();
  }
}

int
main (int argc, char **argv)
{
  static const GTypeInfo info = { .class_size = sizeof (AdwBinClass),
                                  .class_init = nothing_page_class_init,
                                  .instance_size = sizeof (AdwBin) };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  ui_get_resource ();
  g_type_register_static (ADW_TYPE_BIN, "Page", &info, 0);
  world.parts = g_list_store_new (G_TYPE_OBJECT);
  world.people = g_ptr_array_new ();
  g_test_add_func ("/windows/card", test_card);
  g_test_add_func ("/windows/card/clock", test_card_clock);
  g_test_add_func ("/windows/print", test_print);
  g_test_add_data_func ("/windows/print/closed", GINT_TO_POINTER (FALSE),
                        test_print_without_window);
  g_test_add_data_func ("/windows/print/closed-late", GINT_TO_POINTER (TRUE),
                        test_print_without_window);
  g_test_add_func ("/windows/print/cancelled", test_print_cancelled);
  g_test_add_func ("/windows/print/refused", test_print_refused);
  g_test_add_func ("/windows/print/unlinked", test_print_unlinked);
  g_test_add_func ("/windows/part", test_part);
  g_test_add_func ("/windows/part/given-up", test_part_given_up);
  g_test_add_func ("/windows/part/closed", test_part_without_window);
  g_test_add_data_func ("/windows/files/destroyed", GINT_TO_POINTER (FALSE),
                        test_files_without_window);
  g_test_add_data_func ("/windows/files/closed", GINT_TO_POINTER (TRUE), test_files_without_window);
  g_test_add_func ("/windows/password/elsewhere", test_password_elsewhere);
  g_test_add_data_func ("/windows/password/closed", GINT_TO_POINTER (TRUE), test_password_closed);
  g_test_add_data_func ("/windows/password/closed-refused", GINT_TO_POINTER (FALSE),
                        test_password_closed);
  return g_test_run ();
}
