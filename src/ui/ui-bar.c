/* A bar with a sentence and a button.  Main thread.  Texts are never taken for markup. */
#include "ui-bar.h"

struct _UiBar
{
  AdwBin parent_instance;

  /* Template, so to speak: owned by the widget tree */
  GtkRevealer *revealer;
  GtkWidget *box;
  GtkLabel *title, *detail;
  GtkButton *button;
};

G_DEFINE_FINAL_TYPE (UiBar, ui_bar, ADW_TYPE_BIN)

enum
{
  CLICKED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

void
ui_bar_show (UiBar *self, const char *title, const char *detail, const char *button,
             gboolean attention)
{
  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->detail, detail ? detail : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->detail), detail);
  gtk_widget_set_visible (GTK_WIDGET (self->detail), detail && *detail);
  gtk_widget_set_visible (GTK_WIDGET (self->button), button != NULL);
  if (button)
    gtk_button_set_label (self->button, button);
  set_class (self->box, "attention", attention);
  set_class (self->box, "information", !attention);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
}

static void
on_revealed (UiBar *self)
{
  /* A closed revealer is still in the focus chain and the accessibility tree */
  if (!gtk_revealer_get_reveal_child (self->revealer)
      && !gtk_revealer_get_child_revealed (self->revealer))
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
ui_bar_hide (UiBar *self)
{
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
  on_revealed (self); /* it may never have been open */
}

static void
on_clicked (UiBar *self)
{
  g_signal_emit (self, signals[CLICKED], 0);
}

static void
ui_bar_class_init (UiBarClass *klass)
{
  signals[CLICKED] =
      g_signal_new ("clicked", UI_TYPE_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static GtkLabel *
create_label (void)
{
  return g_object_new (GTK_TYPE_LABEL, "xalign", 0.0f, "wrap", TRUE, "wrap-mode",
                       PANGO_WRAP_WORD_CHAR, NULL);
}

static void
ui_bar_init (UiBar *self)
{
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  self->title = create_label ();
  self->detail = create_label ();
  /* Our own sentence is shown whole; a server's may have no end. */
  g_object_set (self->detail, "lines", 4, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->detail), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->detail), "dim-label");
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (self->detail));

  self->button = GTK_BUTTON (gtk_button_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->button), GTK_ALIGN_CENTER);
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (on_clicked), self);

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_widget_add_css_class (self->box, "bar");
  gtk_box_append (GTK_BOX (self->box), texts);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->button));

  self->revealer = GTK_REVEALER (gtk_revealer_new ());
  gtk_revealer_set_child (self->revealer, self->box);
  g_signal_connect_swapped (self->revealer, "notify::child-revealed", G_CALLBACK (on_revealed),
                            self);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->revealer));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
