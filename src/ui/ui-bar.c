/* A bar with a sentence and a button.  Main thread.  Texts are never taken for markup. */
#include "ui-bar.h"

#include "ui-page-link.h"

/* The narrowest place a bar may have, without its margins, and the digits that a line beside the button has to have room for. */
#define NARROWEST 264
#define LINE      16

struct _UiBar
{
  AdwBin parent_instance;

  /* Template, so to speak: owned by the widget tree */
  GtkRevealer *revealer;
  GtkWidget *box;
  GtkLabel *title, *detail;
  GtkButton *button;
  GtkWidget *texts, *link; /* link: NULL before there is one to show */
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

/* With large text, or a long word on the button, that stands below. */
static void
arrange (UiBar *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self->title));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int digit = PANGO_PIXELS (pango_font_metrics_get_approximate_digit_width (metrics)), width;

  pango_font_metrics_unref (metrics);
  gtk_widget_measure (GTK_WIDGET (self->button), GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL,
                      NULL);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->box), NARROWEST - width < LINE * digit
                                                                  ? GTK_ORIENTATION_VERTICAL
                                                                  : GTK_ORIENTATION_HORIZONTAL);
}

void
ui_bar_show (UiBar *self, const char *title, const char *detail, const char *button,
             gboolean attention)
{
  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->detail, detail ? detail : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->detail), detail);
  gtk_widget_set_visible (GTK_WIDGET (self->detail), detail && *detail);
  ui_bar_set_link (self, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->button), button != NULL);
  if (button)
    gtk_button_set_label (self->button, button);
  arrange (self);
  set_class (self->box, "attention", attention);
  set_class (self->box, "information", !attention);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
}

void
ui_bar_set_link (UiBar *self, const char *uri)
{
  if (self->link == NULL && uri == NULL)
    return;
  if (self->link == NULL) {
    self->link = ui_page_link_new ();
    gtk_box_append (GTK_BOX (self->texts), self->link);
  }
  ui_page_link_set (self->link, uri);
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
  self->texts = texts;

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
