/* Chips for the pieces of a query.  Main thread.  While somebody types they change where they are, so that neither the keyboard nor a screen reader loses one. */
#include "ui-search-chips.h"

#include <glib/gi18n.h>

#include "ui-flow.h"

#define SPACING   6
#define MAX_CHARS 30

struct _UiSearchChips
{
  GtkWidget parent_instance;
};

enum
{
  EDIT,
  REMOVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiSearchChips, ui_search_chips, GTK_TYPE_WIDGET)

#define PIECE "piece"

static void
tell (GtkWidget *button, guint signal)
{
  GtkWidget *chip = gtk_widget_get_parent (button);

  g_signal_emit (gtk_widget_get_parent (chip), signals[signal], 0,
                 GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (chip), PIECE)));
}

static void
on_edit (GtkWidget *button)
{
  tell (button, EDIT);
}

static void
on_remove (GtkWidget *button)
{
  tell (button, REMOVE);
}

static GtkWidget *
make_chip (void)
{
  GtkWidget *chip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *edit = gtk_button_new ();
  GtkWidget *remove = gtk_button_new_from_icon_name ("window-close-symbolic");

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CHARS);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_button_set_child (GTK_BUTTON (edit), label);
  gtk_widget_add_css_class (edit, "flat");
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_add_css_class (remove, "circular");
  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (chip, "search-chip");
  g_signal_connect (edit, "clicked", G_CALLBACK (on_edit), NULL);
  g_signal_connect (remove, "clicked", G_CALLBACK (on_remove), NULL);
  gtk_box_append (GTK_BOX (chip), edit);
  gtk_box_append (GTK_BOX (chip), remove);
  return chip;
}

static void
set_text (GtkWidget *chip, const char *text)
{
  GtkWidget *edit = gtk_widget_get_first_child (chip);
  GtkWidget *remove = gtk_widget_get_last_child (chip);
  GtkLabel *label = GTK_LABEL (gtk_button_get_child (GTK_BUTTON (edit)));
  /* Translators: a piece of a search, as “from:kim” */
  g_autofree char *edits = g_strdup_printf (_ ("Edit %s"), text);
  g_autofree char *removes = g_strdup_printf (_ ("Remove %s"), text);

  if (g_str_equal (gtk_label_get_text (label), text))
    return;
  gtk_label_set_text (label, text);
  gtk_widget_set_tooltip_text (edit, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (edit), GTK_ACCESSIBLE_PROPERTY_LABEL, edits, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, removes,
                                  -1);
}

/* An operator is in it. */
static gboolean
is_chip (const BaseQueryNode *node)
{
  if (node->kind == BASE_QUERY_TERM)
    return node->field != BASE_QUERY_ANYWHERE;
  if (node->children == NULL)
    return node->kind != BASE_QUERY_ALL;
  for (guint i = 0; i < node->children->len; i++)
    if (is_chip (node->children->pdata[i]))
      return TRUE;
  return FALSE;
}

void
ui_search_chips_set_query (UiSearchChips *self, const BaseQuery *query)
{
  GtkWidget *chip = gtk_widget_get_first_child (GTK_WIDGET (self));
  gboolean any = FALSE;

  for (guint i = 0; query != NULL && i < base_query_get_n_pieces (query); i++) {
    g_autofree char *text = base_query_dup_piece_text (query, i);

    if (!is_chip (base_query_get_piece (query, i)))
      continue;
    if (chip == NULL) {
      chip = make_chip ();
      gtk_widget_set_parent (chip, GTK_WIDGET (self));
    }
    g_object_set_data (G_OBJECT (chip), PIECE, GUINT_TO_POINTER (i));
    set_text (chip, text);
    any = TRUE;
    chip = gtk_widget_get_next_sibling (chip);
  }
  while (chip != NULL) {
    GtkWidget *next = gtk_widget_get_next_sibling (chip);

    gtk_widget_unparent (chip);
    chip = next;
  }
  gtk_widget_set_visible (GTK_WIDGET (self), any);
}

static void
ui_search_chips_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (ui_search_chips_parent_class)->dispose (object);
}

static void
ui_search_chips_class_init (UiSearchChipsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_search_chips_dispose;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  signals[EDIT] = g_signal_new ("edit", UI_TYPE_SEARCH_CHIPS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[REMOVE] = g_signal_new ("remove", UI_TYPE_SEARCH_CHIPS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
ui_search_chips_init (UiSearchChips *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_widget_set_layout_manager (GTK_WIDGET (self), ui_flow_new (SPACING, 0));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Parts of the search"), -1);
}
