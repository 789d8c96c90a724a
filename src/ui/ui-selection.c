/* Selection of the message list, by item id.  Main thread.  A compressed set of positions says what is selected; what is taken out
 * of the list waits by id until the change is over, in case it comes in again at another place.  Where the list is put into another
 * order, it may come in before it is taken out: then the ids of all that is selected are at hand.  It must never make an item, nor
 * tell of so many rows at once that the view has no time for anything else. */
#include "ui-selection.h"

/* A view has widgets for so many rows on each side of the one it asked for last; where a screen reader listens, each takes a tenth of a
 * millisecond to say that it is selected. */
#define NEAR  256
#define PIECE 32

struct _UiSelection
{
  GObject parent_instance;

  /* Owned */
  MailMessageList *list;
  GtkBitset *selected;
  GArray *waiting; /* of gint64: ids of what was selected and has been taken out in this change */

  GArray *
      held; /* of gint64, sorted: ids of all that is selected or waits, in this change; NULL: not collected */

  guint untold, untold_end; /* rows of whose selection the view has not been told yet */
  guint tell_source;
  gboolean sorted; /* `waiting` is */
  gboolean checking;
};

static void list_model_init (GListModelInterface *iface);
static void selection_model_init (GtkSelectionModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (UiSelection, ui_selection, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init)
                                   G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL,
                                                          selection_model_init))

enum
{
  BECAME,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* ---- what the list tells ---- */

static void
on_removing (UiSelection *self, guint position, guint n)
{
  GtkBitsetIter iter;
  guint place;

  for (gboolean more = gtk_bitset_iter_init_at (&iter, self->selected, position, &place);
       more && place < position + n; more = gtk_bitset_iter_next (&iter, &place)) {
    gint64 id = mail_message_list_get_id (self->list, place);

    g_array_append_val (self->waiting, id);
    self->sorted = FALSE;
  }
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *)a, two = *(const gint64 *)b;

  return (one > two) - (one < two);
}

static GArray *
collect_held (UiSelection *self)
{
  GArray *held = ui_selection_dup_ids (self);

  g_array_append_vals (held, self->waiting->data, self->waiting->len);
  g_array_sort (held, compare_ids);
  return held;
}

/* Ids, sorted, of which those that come are selected. */
static GArray *
get_expected (UiSelection *self)
{
  if (mail_message_list_get_rearranging (self->list)) {
    if (!self->held)
      self->held = collect_held (self);
    return self->held;
  }
  if (!self->sorted)
    g_array_sort (self->waiting, compare_ids);
  self->sorted = TRUE;
  return self->waiting;
}

static void
on_items_changed (UiSelection *self, guint position, guint removed, guint added)
{
  gtk_bitset_splice (self->selected, position, removed, added);
  /* What stands below is looked at again by the view itself. */
  self->untold_end = MIN (self->untold_end, position);
  if (added > 0 && (self->waiting->len > 0 || !gtk_bitset_is_empty (self->selected))) {
    GArray *expected = get_expected (self);

    for (guint i = position; i < position + added && expected->len > 0; i++) {
      gint64 id = mail_message_list_get_id (self->list, i);

      if (g_array_binary_search (expected, &id, compare_ids, NULL))
        gtk_bitset_add (self->selected, i);
    }
  }
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
on_settled (UiSelection *self)
{
  g_array_set_size (self->waiting, 0);
  g_clear_pointer (&self->held, g_array_unref);
}

/* ---- GListModel ---- */

static GType
get_item_type (GListModel *model)
{
  return MAIL_TYPE_CONVERSATION;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (UI_SELECTION (model)->list));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (UI_SELECTION (model)->list), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- GtkSelectionModel ---- */

static void
tell (UiSelection *self, guint from, guint end)
{
  if (from < end)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), from, end - from);
}

static gboolean
on_tell (gpointer data)
{
  g_autoptr (UiSelection) self = g_object_ref (data);
  guint from = self->untold, end = MIN (self->untold_end, from + PIECE);

  if (from < end) {
    self->untold = end;
    tell (self, from, end);
    return G_SOURCE_CONTINUE;
  }
  self->tell_source = 0;
  return G_SOURCE_REMOVE;
}

/* Rows that may have widgets by and by, but before the next frame; the others, which have none, at once. */
static void
tell_changed (UiSelection *self, guint from, guint end)
{
  guint at = mail_message_list_get_looked_at (self->list);
  guint low = CLAMP (at - MIN (at, NEAR), from, end), high = CLAMP (at + NEAR, from, end);

  if (end - from <= PIECE) {
    tell (self, from, end);
    return;
  }
  tell (self, from, low);
  tell (self, high, end);
  if (low >= high)
    return;
  self->untold = self->tell_source ? MIN (self->untold, low) : low;
  self->untold_end = self->tell_source ? MAX (self->untold_end, high) : high;
  if (!self->tell_source)
    self->tell_source = g_idle_add_full (GDK_PRIORITY_REDRAW - 5, on_tell, self, NULL);
}

/* Takes the set. */
static void
become (UiSelection *self, GtkBitset *selected)
{
  g_autoptr (GtkBitset) changed = gtk_bitset_copy (self->selected);

  gtk_bitset_difference (changed, selected); /* symmetric */
  gtk_bitset_unref (self->selected);
  self->selected = selected;
  g_clear_pointer (&self->held, g_array_unref);
  g_array_set_size (self->waiting,
                    0); /* what is still to come in belongs to the selection before */
  if (!gtk_bitset_is_empty (changed)) {
    tell_changed (self, gtk_bitset_get_minimum (changed), gtk_bitset_get_maximum (changed) + 1);
    g_signal_emit (self, signals[BECAME], 0);
  }
}

static gboolean
is_selected (GtkSelectionModel *model, guint position)
{
  return gtk_bitset_contains (UI_SELECTION (model)->selected, position);
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model, guint position, guint n)
{
  return gtk_bitset_ref (UI_SELECTION (model)->selected);
}

static gboolean
select_range (GtkSelectionModel *model, guint position, guint n, gboolean unselect_rest)
{
  UiSelection *self = UI_SELECTION (model);
  GtkBitset *selected;

  if (unselect_rest && self->checking && n == 1)
    return FALSE;
  selected =
      unselect_rest && !self->checking ? gtk_bitset_new_empty () : gtk_bitset_copy (self->selected);
  gtk_bitset_add_range (selected, position, n);
  become (self, selected);
  return TRUE;
}

static gboolean
select_item (GtkSelectionModel *model, guint position, gboolean unselect_rest)
{
  return select_range (model, position, 1, unselect_rest);
}

static gboolean
unselect_range (GtkSelectionModel *model, guint position, guint n)
{
  UiSelection *self = UI_SELECTION (model);
  GtkBitset *selected = gtk_bitset_copy (self->selected);

  gtk_bitset_remove_range (selected, position, n);
  become (self, selected);
  return TRUE;
}

static gboolean
unselect_item (GtkSelectionModel *model, guint position)
{
  return unselect_range (model, position, 1);
}

static gboolean
select_all (GtkSelectionModel *model)
{
  become (UI_SELECTION (model), gtk_bitset_new_range (0, get_n_items (G_LIST_MODEL (model))));
  return TRUE;
}

static gboolean
unselect_all (GtkSelectionModel *model)
{
  become (UI_SELECTION (model), gtk_bitset_new_empty ());
  return TRUE;
}

static gboolean
set_selection (GtkSelectionModel *model, GtkBitset *selected, GtkBitset *mask)
{
  UiSelection *self = UI_SELECTION (model);
  GtkBitset *outcome = gtk_bitset_copy (self->selected);
  g_autoptr (GtkBitset) wished = gtk_bitset_copy (selected);

  gtk_bitset_subtract (outcome, mask);
  gtk_bitset_intersect (wished, mask);
  gtk_bitset_union (outcome, wished);
  become (self, outcome);
  return TRUE;
}

static void
selection_model_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_selection_in_range;
  iface->select_item = select_item;
  iface->unselect_item = unselect_item;
  iface->select_range = select_range;
  iface->unselect_range = unselect_range;
  iface->select_all = select_all;
  iface->unselect_all = unselect_all;
  iface->set_selection = set_selection;
}

/* ---- public ---- */

guint
ui_selection_get_n_selected (UiSelection *self)
{
  return (guint)gtk_bitset_get_size (self->selected);
}

guint
ui_selection_get_first (UiSelection *self)
{
  return gtk_bitset_is_empty (self->selected) ? G_MAXUINT : gtk_bitset_get_minimum (self->selected);
}

guint
ui_selection_get_last (UiSelection *self)
{
  return gtk_bitset_is_empty (self->selected) ? G_MAXUINT : gtk_bitset_get_maximum (self->selected);
}

GArray *
ui_selection_dup_ids (UiSelection *self)
{
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64),
                                   (guint)gtk_bitset_get_size (self->selected));
  GtkBitsetIter iter;
  guint position;

  for (gboolean more = gtk_bitset_iter_init_first (&iter, self->selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position)) {
    gint64 id = mail_message_list_get_id (self->list, position);

    g_array_append_val (ids, id);
  }
  return ids;
}

void
ui_selection_set_checking (UiSelection *self, gboolean checking)
{
  self->checking = checking;
}

void
ui_selection_select_only (UiSelection *self, guint position)
{
  become (self, gtk_bitset_new_range (position, 1));
}

void
ui_selection_toggle (UiSelection *self, guint position)
{
  GtkBitset *selected = gtk_bitset_copy (self->selected);

  if (!gtk_bitset_remove (selected, position))
    gtk_bitset_add (selected, position);
  become (self, selected);
}

/* ---- class ---- */

static void
ui_selection_dispose (GObject *object)
{
  UiSelection *self = UI_SELECTION (object);

  g_clear_handle_id (&self->tell_source, g_source_remove);
  if (self->list)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_clear_object (&self->list);
  G_OBJECT_CLASS (ui_selection_parent_class)->dispose (object);
}

static void
ui_selection_finalize (GObject *object)
{
  UiSelection *self = UI_SELECTION (object);

  gtk_bitset_unref (self->selected);
  g_array_unref (self->waiting);
  g_clear_pointer (&self->held, g_array_unref);
  G_OBJECT_CLASS (ui_selection_parent_class)->finalize (object);
}

static void
ui_selection_class_init (UiSelectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_selection_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_selection_finalize;
  signals[BECAME] = g_signal_new ("became", UI_TYPE_SELECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
}

static void
ui_selection_init (UiSelection *self)
{
  self->selected = gtk_bitset_new_empty ();
  self->waiting = g_array_new (FALSE, FALSE, sizeof (gint64));
}

UiSelection *
ui_selection_new (MailMessageList *list)
{
  UiSelection *self = g_object_new (UI_TYPE_SELECTION, NULL);

  self->list = g_object_ref (list);
  g_signal_connect_swapped (list, "removing", G_CALLBACK (on_removing), self);
  g_signal_connect_swapped (list, "items-changed", G_CALLBACK (on_items_changed), self);
  g_signal_connect_swapped (list, "settled", G_CALLBACK (on_settled), self);
  return self;
}
