/* A calendar and a clock in a dialog: when a message is to be sent.  Main thread.  It gives no time that has passed. */
#include "ui-later-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "base-date.h"
#include "ui-clock.h"

/* Pixels between its contents and its edges, where it is tight; style.css has them, too. */
#define EDGE 12

typedef struct
{
  UiLaterFunc func;
  gpointer data;
  /* Borrowed: in the dialog */
  GtkWidget *dialog, *calendar, *clock, *hour, *minute, *half, *said, *accept;

  gboolean halves; /* the hour stands there as a clock of 12 has it */
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
  gtk_widget_set_sensitive (later->accept, good);
}

static void
on_accepted (Later *later)
{
  UiLaterFunc func = g_steal_pointer (&later->func);
  gpointer data = later->data;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, chosen;

  /* What was typed and not left yet */
  gtk_spin_button_update (GTK_SPIN_BUTTON (later->hour));
  gtk_spin_button_update (GTK_SPIN_BUTTON (later->minute));
  chosen = get_chosen (later);
  gtk_window_destroy (GTK_WINDOW (later->dialog));
  /* It may have passed while the dialog stood there: then it goes now. */
  func (chosen > 0 ? MAX (chosen, now + 1) : 0, data);
}

/* Closed, or its parent is. */
static void
on_destroyed (Later *later)
{
  UiLaterFunc func = g_steal_pointer (&later->func);

  if (func != NULL)
    func (0, later->data);
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
read_hour (GtkSpinButton *button, double *value, const Later *later)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (button));
  gboolean afternoon = gtk_spin_button_get_value_as_int (button) >= 12;
  guint64 hour;

  if (!g_ascii_string_to_unsigned (text, 10, 0, 23, &hour, NULL))
    return GTK_INPUT_ERROR;
  if (later->halves && hour <= 12)
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

  later->halves = half != NULL;
  gtk_widget_set_visible (later->half, later->halves);
  if (!later->halves)
    return;
  gtk_button_set_label (GTK_BUTTON (later->half), half);
  gtk_box_reorder_child_after (GTK_BOX (box), later->half,
                               base_date_half_leads () ? NULL : later->clock);
}

static void
on_clock_changed (GtkWidget *dialog)
{
  Later *later = g_object_get_data (G_OBJECT (dialog), "later");

  /* What was typed and not left yet was meant for the clock that stood there; in any case it is written as the new one has it. */
  gtk_spin_button_update (GTK_SPIN_BUTTON (later->hour));
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
  g_signal_connect (later->hour, "input", G_CALLBACK (read_hour), later);
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

/* ---- the dialog, which is ours, since AdwMessageDialog has its buttons go out of a window that is too small ---- */

static GtkWidget *
make_heading (void)
{
  GtkWidget *label = gtk_label_new (_ ("When Should It Be Sent?"));

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
  gtk_widget_add_css_class (label, "title-2");
  return label;
}

static GtkWidget *
make_answers (Later *later)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *cancel = gtk_button_new_with_mnemonic (_ ("_Cancel"));

  later->accept = gtk_button_new_with_mnemonic (_ ("_Send Later"));
  gtk_widget_add_css_class (later->accept, "suggested-action");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "window.close");
  g_signal_connect_swapped (later->accept, "clicked", G_CALLBACK (on_accepted), later);
  gtk_box_append (GTK_BOX (box), cancel);
  gtk_box_append (GTK_BOX (box), later->accept);
  gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
  gtk_widget_set_margin_top (box, 6);
  return box;
}

static GtkWidget *
make_window (GtkWindow *parent, GtkWidget *child)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();
  GtkWidget *handle = gtk_window_handle_new ();
  GtkWidget *window =
      g_object_new (ADW_TYPE_WINDOW, "title", _ ("When Should It Be Sent?"), "modal", TRUE,
                    "transient-for", parent, "destroy-with-parent", TRUE, "content", handle, NULL);

  gtk_widget_set_size_request (window, -1, -1); /* libadwaita 1.4 has it 360 pixels wide at least */
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                        gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
  gtk_widget_add_css_class (window, "later");
  gtk_window_handle_set_child (GTK_WINDOW_HANDLE (handle), child);
  return window;
}

static int
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *natural)
{
  int least;

  gtk_widget_measure (widget, orientation, for_size, &least, natural, NULL, NULL);
  return least;
}

/* Where the text is large and the window small it is no larger than that, and its buttons stay in sight: what is around the calendar gives way, then the
 * names of its days, and what still finds no room is scrolled. */
static void
fit (Later *later, GtkScrolledWindow *scrolled, GtkWidget *answers)
{
  GtkWidget *parent = GTK_WIDGET (gtk_window_get_transient_for (GTK_WINDOW (later->dialog)));
  int width, height, most = gtk_widget_get_width (parent);

  gtk_widget_realize (later->dialog); /* its frame counts */
  if (measure (later->dialog, GTK_ORIENTATION_HORIZONTAL, -1, &width) > most) {
    gtk_widget_add_css_class (later->dialog, "tight");
    g_object_set (scrolled, "hscrollbar-policy", GTK_POLICY_AUTOMATIC, NULL);
    if (measure (answers, GTK_ORIENTATION_HORIZONTAL, -1, &width) > most - 2 * EDGE) {
      gtk_orientable_set_orientation (GTK_ORIENTABLE (answers), GTK_ORIENTATION_VERTICAL);
      gtk_box_reorder_child_after (GTK_BOX (answers), later->accept, NULL);
    }
    width = most;
  }
  width = MAX (MIN (width, most), measure (later->dialog, GTK_ORIENTATION_HORIZONTAL, -1, NULL));
  /* The longest of its sentences has two lines. */
  gtk_label_set_text (GTK_LABEL (later->said), "\n");
  measure (later->dialog, GTK_ORIENTATION_VERTICAL, width, &height);
  if (height > gtk_widget_get_height (parent)) {
    g_object_set (scrolled, "vscrollbar-policy", GTK_POLICY_AUTOMATIC, NULL);
    gtk_window_set_default_size (GTK_WINDOW (later->dialog), width, gtk_widget_get_height (parent));
  }
}

void
ui_later_dialog_ask (GtkWindow *parent, gint64 proposed, UiLaterFunc func, gpointer data)
{
  Later *later = g_new0 (Later, 1);
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (proposed);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *scrolled = g_object_new (
      GTK_TYPE_SCROLLED_WINDOW, "hscrollbar-policy", GTK_POLICY_NEVER, "vscrollbar-policy",
      GTK_POLICY_NEVER, "propagate-natural-width", TRUE, "propagate-natural-height", TRUE,
      "vexpand", TRUE, "child", make_content (later, date), NULL);
  GtkWidget *answers = make_answers (later);

  later->func = func;
  later->data = data;
  gtk_widget_add_css_class (box, "content");
  gtk_box_append (GTK_BOX (box), make_heading ());
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_box_append (GTK_BOX (box), answers);
  later->dialog = make_window (parent, box);
  g_object_set_data_full (G_OBJECT (later->dialog), "later", later, g_free);
  g_signal_connect_swapped (later->dialog, "destroy", G_CALLBACK (on_destroyed), later);
  g_signal_connect_swapped (later->calendar, "day-selected", G_CALLBACK (update), later);
  g_signal_connect_swapped (later->hour, "value-changed", G_CALLBACK (update), later);
  g_signal_connect_swapped (later->hour, "value-changed", G_CALLBACK (show_half), later);
  g_signal_connect_swapped (later->minute, "value-changed", G_CALLBACK (update), later);
  ui_clock_listen (later->dialog, G_CALLBACK (on_clock_changed));
  show_half (later);
  fit (later, GTK_SCROLLED_WINDOW (scrolled), answers);
  update (later);
  gtk_window_set_default_widget (GTK_WINDOW (later->dialog), later->accept);
  gtk_window_present (GTK_WINDOW (later->dialog));
}
