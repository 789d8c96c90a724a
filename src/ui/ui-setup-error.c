/* A box with what is wrong.  Main thread.  Words of servers are shown as they are, never as markup. */
#include "ui-setup-error.h"

#include "ui-page-link.h"
#include "ui-sight.h"

#define FIELD 120 /* pixels: what it is about stands above or below it */

struct _UiSetupError
{
  GtkBox parent_instance;

  GtkWidget *label, *detail, *link; /* borrowed: in the widget tree */
};

G_DEFINE_FINAL_TYPE (UiSetupError, ui_setup_error, GTK_TYPE_BOX)

void
ui_setup_error_show (UiSetupError *self, const char *sentence, const char *detail, const char *link)
{
  gtk_label_set_text (GTK_LABEL (self->label), sentence == NULL ? "" : sentence);
  gtk_label_set_text (GTK_LABEL (self->detail), detail == NULL ? "" : detail);
  gtk_widget_set_visible (self->detail, detail != NULL && *detail != '\0');
  ui_page_link_set (self->link, link);
  gtk_widget_set_visible (GTK_WIDGET (self), sentence != NULL);
  /* The field that it is about may have the keyboard, and stand far below. */
  if (sentence != NULL)
    ui_sight_bring (GTK_WIDGET (self), FIELD);
}

static GtkWidget *
make_label (void)
{
  return g_object_new (GTK_TYPE_LABEL, "can-focus", FALSE, "wrap", TRUE, "wrap-mode",
                       PANGO_WRAP_WORD_CHAR, "xalign", 0.0f, "selectable", TRUE, NULL);
}

static void
ui_setup_error_class_init (UiSetupErrorClass *klass)
{
}

static void
ui_setup_error_init (UiSetupError *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *icon =
      g_object_new (GTK_TYPE_IMAGE, "icon-name", "dialog-warning-symbolic", "valign",
                    GTK_ALIGN_START, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  self->label = make_label ();
  gtk_widget_set_hexpand (self->label, TRUE);
  self->detail = make_label ();
  gtk_widget_add_css_class (self->detail, "server-words");
  self->link = ui_page_link_new ();
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_widget_add_css_class (GTK_WIDGET (self), "setup-error");
  gtk_box_append (GTK_BOX (line), icon);
  gtk_box_append (GTK_BOX (line), self->label);
  gtk_box_append (GTK_BOX (self), line);
  gtk_box_append (GTK_BOX (self), self->detail);
  gtk_box_append (GTK_BOX (self), self->link);
  ui_setup_error_show (self, NULL, NULL, NULL);
}
