/* What is selected while the list is in the middle of a change: rows are out of it that come in again, or stand in it twice.  The list is made
 * of nothing here, so that it is known when. */
#include "ui-selection.h"

/* ---- the list: ids, and two signals ---- */

struct _MailMessageList
{
  GObject parent_instance;

  GArray *ids; /* of gint64 */
  gboolean rearranging;
};

static void list_model_init (GListModelInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (MailMessageList, mail_message_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

GType
mail_conversation_get_type (void)
{
  return G_TYPE_OBJECT;
}

static guint
get_n_items (GListModel *model)
{
  return MAIL_MESSAGE_LIST (model)->ids->len;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_n_items = get_n_items;
}

static void
mail_message_list_finalize (GObject *object)
{
  g_array_unref (MAIL_MESSAGE_LIST (object)->ids);
  G_OBJECT_CLASS (mail_message_list_parent_class)->finalize (object);
}

static void
mail_message_list_class_init (MailMessageListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mail_message_list_finalize;
  g_signal_new ("removing", MAIL_TYPE_MESSAGE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  g_signal_new ("settled", MAIL_TYPE_MESSAGE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
mail_message_list_init (MailMessageList *self)
{
  self->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
}

gint64
mail_message_list_get_id (MailMessageList *self, guint position)
{
  g_assert_cmpuint (position, <, self->ids->len);
  return g_array_index (self->ids, gint64, position);
}

gboolean
mail_message_list_get_rearranging (MailMessageList *self)
{
  return self->rearranging;
}

guint
mail_message_list_get_looked_at (MailMessageList *self)
{
  return 0;
}

static void
take_out (MailMessageList *self, guint position, guint n)
{
  g_signal_emit_by_name (self, "removing", position, n);
  g_array_remove_range (self->ids, position, n);
  g_list_model_items_changed (G_LIST_MODEL (self), position, n, 0);
}

/* `n` ids from `first` on, `step` apart. */
static void
put_in (MailMessageList *self, guint position, gint64 first, gint64 step, guint n)
{
  for (guint i = 0; i < n; i++) {
    gint64 id = first + i * step;

    g_array_insert_val (self->ids, position + i, id);
  }
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, n);
}

static void
settle (MailMessageList *self)
{
  self->rearranging = FALSE;
  g_signal_emit_by_name (self, "settled");
}

/* ---- what is selected ---- */

#define N 1000 /* ids 1..N */

typedef struct
{
  MailMessageList *list;
  UiSelection *selection;
} World;

/* Every second row of all is selected, and the list is about to be turned round. */
static void
world_init (World *world)
{
  world->list = g_object_new (MAIL_TYPE_MESSAGE_LIST, NULL);
  put_in (world->list, 0, 1, 1, N);
  world->selection = ui_selection_new (world->list);
  for (guint i = 0; i < N; i += 2)
    ui_selection_toggle (world->selection, i);
  world->list->rearranging = TRUE;
}

static void
world_clear (World *world)
{
  g_assert_finalize_object (world->selection);
  g_assert_finalize_object (world->list);
}

/* Ids 1, 3 … of those from `from` on, each once, `n` in all, whatever their order; and as many are told. */
static void
assert_odd (World *world, gint64 from, guint n)
{
  g_autoptr (GArray) ids = ui_selection_dup_ids (world->selection);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < ids->len; i++) {
    gint64 *id = &g_array_index (ids, gint64, i);

    g_assert_true (*id >= from && *id <= N && *id % 2 == 1);
    g_assert_true (g_hash_table_add (seen, id));
  }
  g_assert_cmpuint (ids->len, ==, n);
  g_assert_cmpuint (ui_selection_get_n_selected (world->selection), ==, n);
}

/* Some are out of the list, some come in before they are taken out at their old place. */
static void
test_all_that_is_told (void)
{
  World world;

  world_init (&world);
  take_out (world.list, 256, N - 256);
  assert_odd (&world, 1, N / 2);
  put_in (world.list, 0, 200, -1, 200);
  assert_odd (&world, 1, N / 2);
  take_out (world.list, 200, 256);
  assert_odd (&world, 1, N / 2);
  put_in (world.list, 0, N, -1, N - 200);
  settle (world.list);
  assert_odd (&world, 1, N / 2);
  g_assert_true (
      gtk_selection_model_is_selected (GTK_SELECTION_MODEL (world.selection), N - 1)); /* 1 */
  world_clear (&world);
}

/* One more, or one less, and the others that are out at the moment stay selected; another one alone, and they do not. */
static void
test_changed_meanwhile (void)
{
  World world;

  world_init (&world);
  take_out (world.list, 100, N - 100);
  ui_selection_toggle (world.selection, 0); /* 1 */
  assert_odd (&world, 3, N / 2 - 1);
  gtk_selection_model_unselect_item (GTK_SELECTION_MODEL (world.selection), 2); /* 3 */
  assert_odd (&world, 5, N / 2 - 2);
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (world.selection), 2, FALSE);
  assert_odd (&world, 3, N / 2 - 1);
  take_out (world.list, 0, 100);
  put_in (world.list, 0, N, -1, N);
  settle (world.list);
  assert_odd (&world, 3, N / 2 - 1);
  world_clear (&world);

  world_init (&world);
  take_out (world.list, 100, N - 100);
  ui_selection_select_only (world.selection, 0);
  assert_odd (&world, 1, 1);
  take_out (world.list, 0, 100);
  assert_odd (&world, 1, 1);
  put_in (world.list, 0, N, -1, N);
  settle (world.list);
  assert_odd (&world, 1, 1);
  g_assert_cmpuint (ui_selection_get_first (world.selection), ==, N - 1);
  world_clear (&world);
}

/* None is selected at first, and then one that is still to be taken out and comes in again. */
static void
test_one_meanwhile (void)
{
  World world;

  world_init (&world);
  ui_selection_select_only (world.selection, 1);
  ui_selection_toggle (world.selection, 1);
  take_out (world.list, 100, N - 100);
  ui_selection_toggle (world.selection, 0); /* 1 */
  assert_odd (&world, 1, 1);
  take_out (world.list, 0, 100);
  put_in (world.list, 0, N, -1, N);
  settle (world.list);
  assert_odd (&world, 1, 1);
  world_clear (&world);
}

/* What does not come in again is selected no more once all is over. */
static void
test_gone (void)
{
  World world;

  world_init (&world);
  world.list->rearranging = FALSE;
  take_out (world.list, 0, N / 2);
  settle (world.list);
  assert_odd (&world, N / 2 + 1, N / 4);
  world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/selection/all-that-is-told", test_all_that_is_told);
  g_test_add_func ("/selection/changed-meanwhile", test_changed_meanwhile);
  g_test_add_func ("/selection/one-meanwhile", test_one_meanwhile);
  g_test_add_func ("/selection/gone", test_gone);
  return g_test_run ();
}
