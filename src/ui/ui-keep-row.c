/* Everything, the last so many months, or only what was opened.  Main thread; must never round what an administrator wrote: a number of
 * months that is not among the usual ones is offered beside them. */
#include "ui-keep-row.h"

#include <glib/gi18n.h>

struct _UiKeepRow
{
  AdwActionRow parent_instance;

  /* Owned */
  GArray *months; /* guint, ascending: what stands between the first choice and the last */

  /* Borrowed: in the widget tree */
  GtkDropDown *choice;

  gboolean filling;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiKeepRow, ui_keep_row, ADW_TYPE_ACTION_ROW)

static const guint usual[] = { 1, 3, 6, 12, 24, 60 };

static char *
describe (guint months)
{
  if (months % 12 == 0)
    return g_strdup_printf (
        ngettext ("Those of the last year", "Those of the last %u years", months / 12),
        months / 12);
  return g_strdup_printf (
      ngettext ("Those of the last month", "Those of the last %u months", months), months);
}

void
ui_keep_row_set (UiKeepRow *self, BaseBodies bodies, guint months)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = 0;

  g_array_set_size (self->months, 0);
  g_array_append_vals (self->months, usual, G_N_ELEMENTS (usual));
  if (bodies == BASE_BODIES_MONTHS) {
    guint at = 0;

    while (at < self->months->len && g_array_index (self->months, guint, at) < months)
      at++;
    if (at == self->months->len || g_array_index (self->months, guint, at) != months)
      g_array_insert_val (self->months, at, months);
    selected = at + 1;
  }
  gtk_string_list_append (names, _ ("All"));
  for (guint i = 0; i < self->months->len; i++)
    gtk_string_list_take (names, describe (g_array_index (self->months, guint, i)));
  gtk_string_list_append (names, _ ("Those that I open"));
  if (bodies == BASE_BODIES_OPENING)
    selected = self->months->len + 1;

  self->filling = TRUE;
  gtk_drop_down_set_model (self->choice, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->choice, selected);
  self->filling = FALSE;
}

BaseBodies
ui_keep_row_get (UiKeepRow *self, guint *months)
{
  guint selected = gtk_drop_down_get_selected (self->choice);

  if (selected == 0)
    return BASE_BODIES_EVERYTHING;
  if (selected > self->months->len)
    return BASE_BODIES_OPENING;
  *months = g_array_index (self->months, guint, selected - 1);
  return BASE_BODIES_MONTHS;
}

static void
on_selected (UiKeepRow *self)
{
  if (!self->filling)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
ui_keep_row_finalize (GObject *object)
{
  g_array_unref (UI_KEEP_ROW (object)->months);
  G_OBJECT_CLASS (ui_keep_row_parent_class)->finalize (object);
}

static void
ui_keep_row_class_init (UiKeepRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_keep_row_finalize;
  signals[CHANGED] = g_signal_new ("changed", UI_TYPE_KEEP_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
ui_keep_row_init (UiKeepRow *self)
{
  GtkWidget *choice = gtk_drop_down_new (NULL, NULL);

  self->months = g_array_new (FALSE, FALSE, sizeof (guint));
  self->choice = GTK_DROP_DOWN (choice);
  gtk_widget_set_valign (choice, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (choice, "flat");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _ ("Whole messages"));
  adw_action_row_set_subtitle (
      ADW_ACTION_ROW (self), _ ("Others are in the list too, and are fetched when you open them"));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), choice);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), choice);
  g_signal_connect_swapped (choice, "notify::selected", G_CALLBACK (on_selected), self);
  ui_keep_row_set (self, BASE_BODIES_EVERYTHING, 0);
}
