/* Selection of the message list, by item id.  Main thread.  A compressed set of positions says what is selected; what is taken out
 * of the list is expected by its id until the change is over, in case it comes in again at another place.  Where the list is put into
 * another order, it may come in before it is taken out: then all that is selected is expected.  It must never make an item, nor
 * tell of so many rows at once that the view has no time for anything else. */
#include "ui-selection.h"

/* A view has widgets for so many rows on each side of the one that is looked at; where a screen reader listens, each takes a tenth of a
 * millisecond to say that it is selected. */
#define NEAR  256
#define PIECE 32

struct _UiSelection
{
  GObject parent_instance;

  /* Owned */
  MailMessageList *list;
  GtkBitset *selected;
  GPtrArray
      *expected; /* of pages of bits: ids of which those that come are selected; empty: none */

  guint untold, untold_end; /* rows of whose selection the view has not been told yet */
  guint tell_source;
  gboolean collected; /* `expected` has all that is selected */
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

/* ---- ids ---- */

/* A bit for each: of a million rows that come in another order each is looked up, in a few milliseconds. */
#define PAGE_BITS 65536

static GPtrArray *
ids_new (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

static void
ids_set (GPtrArray *ids, gint64 id, gboolean there)
{
  guint page = (guint)(id / PAGE_BITS), bit = (guint)(id % PAGE_BITS);
  guint64 mask = (guint64)1 << bit % 64;

  if (page >= ids->len)
    g_ptr_array_set_size (ids, (gint)page + 1);
  if (!ids->pdata[page])
    ids->pdata[page] = g_new0 (guint64, PAGE_BITS / 64);
  guint64 *word = (guint64 *)ids->pdata[page] + bit / 64;
  *word = there ? *word | mask : *word & ~mask;
}

static gboolean
ids_have (GPtrArray *ids, gint64 id)
{
  guint page = (guint)(id / PAGE_BITS), bit = (guint)(id % PAGE_BITS);
  const guint64 *bits = page < ids->len ? ids->pdata[page] : NULL;

  return bits && bits[bit / 64] >> bit % 64 & 1;
}

/* Those of these rows that are selected. */
static void
expect_rows (UiSelection *self, guint position, guint end)
{
  GtkBitsetIter iter;
  guint place;

  for (gboolean more = gtk_bitset_iter_init_at (&iter, self->selected, position, &place);
       more && place < end; more = gtk_bitset_iter_next (&iter, &place))
    ids_set (self->expected, mail_message_list_get_id (self->list, place), TRUE);
}

static void
expect_none (UiSelection *self)
{
  g_ptr_array_set_size (self->expected, 0);
  self->collected = FALSE;
}

/* ---- what the list tells ---- */

/* In the middle of another order a row may come before it goes. */
static void
collect (UiSelection *self)
{
  if (self->collected || !mail_message_list_get_rearranging (self->list))
    return;
  expect_rows (self, 0, G_MAXUINT);
  self->collected = TRUE;
}

static void
on_removing (UiSelection *self, guint position, guint n)
{
  collect (self);
  if (!self->collected)
    expect_rows (self, position, position + n);
}

static void
select_expected (UiSelection *self, guint position, guint end)
{
  for (guint i = position, from; self->expected->len > 0 && i < end; i++) {
    for (from = i; i < end && ids_have (self->expected, mail_message_list_get_id (self->list, i));
         i++)
      ;
    if (i > from)
      gtk_bitset_add_range (self->selected, from, i - from);
  }
}

static void
on_items_changed (UiSelection *self, guint position, guint removed, guint added)
{
  gtk_bitset_splice (self->selected, position, removed, added);
  /* What stands below is looked at again by the view itself. */
  self->untold_end = MIN (self->untold_end, position);
  if (added > 0) {
    collect (self);
    select_expected (self, position, position + added);
  }
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
on_settled (UiSelection *self)
{
  expect_none (self);
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

/* What is still to come in follows what the person does meanwhile. */
static void
expect_also (UiSelection *self, GtkBitset *changed, GtkBitset *selected)
{
  GtkBitsetIter iter;
  guint place;

  for (gboolean more = gtk_bitset_iter_init_first (&iter, changed, &place); more;
       more = gtk_bitset_iter_next (&iter, &place)) {
    gboolean now = gtk_bitset_contains (selected, place);

    if (!now || self->collected)
      ids_set (self->expected, mail_message_list_get_id (self->list, place), now);
  }
}

/* Takes the set.  `only`: what is not in the list at this moment is selected no more, either. */
static void
become (UiSelection *self, GtkBitset *selected, gboolean only)
{
  g_autoptr (GtkBitset) changed = gtk_bitset_copy (self->selected);

  gtk_bitset_difference (changed, selected); /* symmetric */
  gtk_bitset_unref (self->selected);
  self->selected = selected;
  gboolean dropped = only && self->expected->len > 0;
  if (only)
    expect_none (self);
  else if (self->collected || self->expected->len > 0)
    expect_also (self, changed, selected);
  if (!gtk_bitset_is_empty (changed))
    tell_changed (self, gtk_bitset_get_minimum (changed), gtk_bitset_get_maximum (changed) + 1);
  if (dropped || !gtk_bitset_is_empty (changed))
    g_signal_emit (self, signals[BECAME], 0);
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
  gboolean only = unselect_rest && !self->checking;
  selected = only ? gtk_bitset_new_empty () : gtk_bitset_copy (self->selected);
  gtk_bitset_add_range (selected, position, n);
  become (self, selected, only);
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
  become (self, selected, FALSE);
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
  become (UI_SELECTION (model), gtk_bitset_new_range (0, get_n_items (G_LIST_MODEL (model))),
          FALSE);
  return TRUE;
}

static gboolean
unselect_all (GtkSelectionModel *model)
{
  become (UI_SELECTION (model), gtk_bitset_new_empty (), TRUE);
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
  become (self, outcome, FALSE);
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
  if (self->expected->len == 0)
    return (guint)gtk_bitset_get_size (self->selected);
  g_autoptr (GArray) ids = ui_selection_dup_ids (self);
  return ids->len;
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

/* Those that are expected and that `had` lacks. */
static void
append_expected (UiSelection *self, GPtrArray *had, GArray *ids)
{
  for (guint page = 0; page < self->expected->len; page++) {
    const guint64 *bits = self->expected->pdata[page];
    const guint64 *without = page < had->len ? had->pdata[page] : NULL;

    for (guint word = 0; bits && word < PAGE_BITS / 64; word++) {
      guint64 left = bits[word] & ~(without ? without[word] : 0);

      for (guint bit = 0; left; bit++, left >>= 1)
        if (left & 1) {
          gint64 id = (gint64)page * PAGE_BITS + word * 64 + bit;

          g_array_append_val (ids, id);
        }
    }
  }
}

GArray *
ui_selection_dup_ids (UiSelection *self)
{
  g_autoptr (GPtrArray) had = self->expected->len > 0 ? ids_new () : NULL;
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64),
                                   (guint)gtk_bitset_get_size (self->selected));
  GtkBitsetIter iter;
  guint position;

  for (gboolean more = gtk_bitset_iter_init_first (&iter, self->selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position)) {
    gint64 id = mail_message_list_get_id (self->list, position);

    if (had && ids_have (had, id))
      continue; /* its row has come in and is not taken out yet */
    if (had)
      ids_set (had, id, TRUE);
    g_array_append_val (ids, id);
  }
  if (had)
    append_expected (self, had, ids);
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
  become (self, gtk_bitset_new_range (position, 1), TRUE);
}

void
ui_selection_toggle (UiSelection *self, guint position)
{
  GtkBitset *selected = gtk_bitset_copy (self->selected);

  if (!gtk_bitset_remove (selected, position))
    gtk_bitset_add (selected, position);
  become (self, selected, FALSE);
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
  g_ptr_array_unref (self->expected);
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
  self->expected = ids_new ();
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
