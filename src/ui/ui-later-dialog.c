/* A calendar and a clock in a dialog: when a message is to be sent.  Main thread.  It gives no time that has passed. */
#include "ui-later-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "base-date.h"
#include "ui-clock.h"

typedef struct
{
  UiLaterFunc func;
  gpointer data;
  /* Borrowed: in the dialog */
  GtkWidget *dialog, *calendar, *clock, *hour, *minute, *half, *said;
} Later;

/* 0: there is no such time, for a clock is put forward. */
static gint64
get_chosen (const Later *later)
{
  g_autoptr (GDateTime) day = gtk_calendar_get_date (GTK_CALENDAR (later->calendar));
  g_autoptr (GDateTime) chosen = g_date_time_new_local (
      g_date_time_get_year (day), g_date_time_get_month (day), g_date_time_get_day_of_month (day),
      gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (later->hour)),
      gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (later->minute)), 0);

  return chosen != NULL ? g_date_time_to_unix (chosen) : 0;
}

static void
update (Later *later)
{
  gint64 chosen = get_chosen (later);
  gboolean good = chosen > g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *when = base_date_long (chosen);

  gtk_label_set_text (GTK_LABEL (later->said), good ? when : _ ("This time has passed."));
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (later->dialog), "accept", good);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Later *later)
{
  UiLaterFunc func = g_steal_pointer (&later->func);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, chosen;

  /* What was typed and not left yet */
  gtk_spin_button_update (GTK_SPIN_BUTTON (later->hour));
  gtk_spin_button_update (GTK_SPIN_BUTTON (later->minute));
  chosen = get_chosen (later);
  /* It may have passed while the dialog stood there: then it goes now. */
  if (func != NULL)
    func (g_str_equal (response, "accept") && chosen > 0 ? MAX (chosen, now + 1) : 0, later->data);
}

static void
later_free (gpointer data, GClosure *closure)
{
  Later *later = data;

  if (later->func != NULL)
    later->func (0, later->data);
  g_free (later);
}

static gboolean
show_two_digits (GtkSpinButton *button)
{
  g_autofree char *text = g_strdup_printf ("%02d", gtk_spin_button_get_value_as_int (button));

  gtk_editable_set_text (GTK_EDITABLE (button), text);
  return TRUE;
}

/* ---- hours, which count to 23 whatever the clock shows ---- */

static gboolean
is_afternoon (const Later *later)
{
  return gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (later->hour)) >= 12;
}

static gboolean
show_hour (GtkSpinButton *button)
{
  int hour = gtk_spin_button_get_value_as_int (button);
  g_autofree char *half = base_date_half (hour >= 12);
  g_autofree char *text =
      half != NULL ? g_strdup_printf ("%d", (hour + 11) % 12 + 1) : g_strdup_printf ("%02d", hour);
  g_autofree char *spoken = half == NULL              ? g_strdup (text)
                            : base_date_half_leads () ? g_strdup_printf ("%s %s", half, text)
                                                      : g_strdup_printf ("%s %s", text, half);

  gtk_editable_set_text (GTK_EDITABLE (button), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  spoken, -1);
  return TRUE;
}

/* With a clock of 12 hours, what is typed stays in the half of the day that is shown; 15 is three in the afternoon on any. */
static int
read_hour (GtkSpinButton *button, double *value)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (button));
  g_autofree char *half = base_date_half (FALSE);
  gboolean afternoon = gtk_spin_button_get_value_as_int (button) >= 12;
  guint64 hour;

  if (!g_ascii_string_to_unsigned (text, 10, 0, 23, &hour, NULL))
    return GTK_INPUT_ERROR;
  if (half != NULL && hour <= 12)
    hour = hour % 12 + (afternoon ? 12 : 0);
  *value = (double)hour;
  return TRUE;
}

static void
on_half_clicked (Later *later)
{
  GtkSpinButton *hour = GTK_SPIN_BUTTON (later->hour);

  gtk_spin_button_update (hour); /* what was typed and not left yet */
  gtk_spin_button_set_value (hour, (gtk_spin_button_get_value_as_int (hour) + 12) % 24);
}

static void
show_half (Later *later)
{
  g_autofree char *half = base_date_half (is_afternoon (later));
  GtkWidget *box = gtk_widget_get_parent (later->half);

  gtk_widget_set_visible (later->half, half != NULL);
  if (half == NULL)
    return;
  gtk_button_set_label (GTK_BUTTON (later->half), half);
  gtk_box_reorder_child_after (GTK_BOX (box), later->half,
                               base_date_half_leads () ? NULL : later->clock);
}

static void
on_clock_changed (GtkWidget *dialog)
{
  Later *later = g_object_get_data (G_OBJECT (dialog), "later");

  show_hour (GTK_SPIN_BUTTON (later->hour));
  show_half (later);
  update (later);
}

static GtkWidget *
make_digits (int value, int last, int step, const char *label,
             gboolean (*show) (GtkSpinButton *button))
{
  GtkWidget *button = gtk_spin_button_new_with_range (0, last, step);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (button), GTK_ORIENTATION_HORIZONTAL);
  gtk_spin_button_set_wrap (GTK_SPIN_BUTTON (button), TRUE);
  gtk_spin_button_set_snap_to_ticks (GTK_SPIN_BUTTON (button), FALSE);
  gtk_editable_set_width_chars (GTK_EDITABLE (button), 2);
  g_signal_connect (button, "output", G_CALLBACK (show), NULL);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (button), value);
  show (GTK_SPIN_BUTTON (button)); /* it need not have changed */
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  return button;
}

/* Its arrows, which GTK leaves without names, in the order in which they stand. */
static void
name_arrows (GtkWidget *widget, guint *n)
{
  const char *const names[] = { _ ("Previous month"), _ ("Next month"), _ ("Previous year"),
                                _ ("Next year") };

  if (GTK_IS_BUTTON (widget) && *n < G_N_ELEMENTS (names))
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    names[(*n)++], -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    name_arrows (child, n);
}

static GtkWidget *
make_content (Later *later, GDateTime *proposed)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *time = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *clock = later->clock = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  guint arrows = 0;

  later->calendar = gtk_calendar_new ();
  gtk_calendar_select_day (GTK_CALENDAR (later->calendar), proposed);
  gtk_accessible_update_property (GTK_ACCESSIBLE (later->calendar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Date"), -1);
  name_arrows (later->calendar, &arrows);
  later->hour = make_digits (g_date_time_get_hour (proposed), 23, 1, _ ("Hour"), show_hour);
  g_signal_connect (later->hour, "input", G_CALLBACK (read_hour), NULL);
  later->minute =
      make_digits (g_date_time_get_minute (proposed), 59, 5, _ ("Minute"), show_two_digits);
  later->half = gtk_button_new ();
  g_signal_connect_swapped (later->half, "clicked", G_CALLBACK (on_half_clicked), later);
  later->said = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (later->said), TRUE);
  gtk_widget_set_halign (time, GTK_ALIGN_CENTER);
  gtk_widget_set_direction (clock, GTK_TEXT_DIR_LTR); /* so is a time of day in every language */
  gtk_box_append (GTK_BOX (clock), later->hour);
  gtk_box_append (GTK_BOX (clock), gtk_label_new (":"));
  gtk_box_append (GTK_BOX (clock), later->minute);
  gtk_box_append (GTK_BOX (box), later->calendar);
  gtk_box_append (GTK_BOX (time), clock);
  gtk_box_append (GTK_BOX (time), later->half);
  gtk_box_append (GTK_BOX (box), time);
  gtk_box_append (GTK_BOX (box), later->said);
  return box;
}

void
ui_later_dialog_ask (GtkWindow *parent, gint64 proposed, UiLaterFunc func, gpointer data)
{
  Later *later = g_new0 (Later, 1);
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (proposed);
  AdwMessageDialog *dialog =
      ADW_MESSAGE_DIALOG (adw_message_dialog_new (parent, _ ("When Should It Be Sent?"), NULL));

  later->func = func;
  later->data = data;
  later->dialog = GTK_WIDGET (dialog);
  adw_message_dialog_set_extra_child (dialog, make_content (later, date));
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "accept", _ ("_Send Later"),
                                    NULL);
  adw_message_dialog_set_response_appearance (dialog, "accept", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "accept");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_swapped (later->calendar, "day-selected", G_CALLBACK (update), later);
  g_signal_connect_swapped (later->hour, "value-changed", G_CALLBACK (update), later);
  g_signal_connect_swapped (later->hour, "value-changed", G_CALLBACK (show_half), later);
  g_signal_connect_swapped (later->minute, "value-changed", G_CALLBACK (update), later);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), later, later_free,
                         G_CONNECT_DEFAULT);
  g_object_set_data (G_OBJECT (dialog), "later", later);
  ui_clock_listen (dialog, G_CALLBACK (on_clock_changed));
  show_half (later);
  update (later);
  gtk_window_present (GTK_WINDOW (dialog));
}
