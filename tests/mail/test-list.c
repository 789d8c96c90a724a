/* The message list against a real store: whatever happens, and whenever, it ends up equal to a
 * fresh listing, and what it tells by items-changed is what happened. */
#include "mail-message-list-private.h"
#include "store-operation.h"
#include "test-mail.h"

#include "base-error.h"

/* Follows a list by nothing but its signals. */
typedef struct
{
  Bench *bench;
  MailMessageList *list;
  GArray *ids;            /* of gint64, by items-changed */
  guint n_signals, first; /* and how many rows the first one brought */
} Mirror;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, Mirror *mirror)
{
  g_assert_cmpuint (position + removed, <=, mirror->ids->len);
  if (removed > 0)
    g_array_remove_range (mirror->ids, position, removed);
  for (guint i = 0; i < added; i++) {
    gint64 id = mail_message_list_get_id (mirror->list, position + i);

    g_array_insert_val (mirror->ids, position + i, id);
  }
  if (mirror->n_signals++ == 0)
    mirror->first = added;
  g_assert_cmpuint (mirror->ids->len, ==, g_list_model_get_n_items (model));
}

static void
mirror_start (Mirror *mirror, Bench *bench)
{
  mirror->bench = bench;
  mirror->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  mirror->list = mail_message_list_new (bench->engine, bench->inbox, FALSE);
  g_signal_connect (mirror->list, "items-changed", G_CALLBACK (on_items_changed), mirror);
}

static void
mirror_end (Mirror *mirror)
{
  g_assert_finalize_object (mirror->list);
  g_array_unref (mirror->ids);
}

static gboolean
equals_fresh (gpointer data)
{
  Mirror *mirror = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) fresh = NULL;

  if (mail_message_list_get_loading (mirror->list))
    return FALSE;
  fresh = store_message_list (mirror->bench->db, mail_folder_get_id (mirror->bench->inbox), 0, 0,
                              &error);
  g_assert_no_error (error);
  if (fresh->len != mirror->ids->len)
    return FALSE;
  for (guint i = 0; i < fresh->len; i++)
    if (STORE_KEY_ID (g_array_index (fresh, StoreKey, i)) != g_array_index (mirror->ids, gint64, i))
      return FALSE;
  return TRUE;
}

/* ---- adding many ---- */

static guint32
add_many (StoreDb *db, gint64 folder, guint32 first_uid, guint n, GRand *random)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++) {
    StoreNewMessage *message = g_new0 (StoreNewMessage, 1);

    message->uid = first_uid + i;
    message->received =
        random != NULL ? g_rand_int_range (random, 1, 5000) : (gint64)(first_uid + i);
    message->date = message->received;
    message->size = 1000;
    message->from_name = "Ada";
    message->from_address = "ada@example.org";
    message->subject = "Subject";
    message->preview = "";
    g_ptr_array_add (list, message);
  }
  g_assert_true (store_message_add (db, folder, list, NULL, &error));
  g_assert_no_error (error);
  return first_uid + n;
}

static void
test_static (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  Mirror mirror = { 0 };
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  add_many (bench->db, mail_folder_get_id (bench->inbox), 1, 1500, random);
  mirror_start (&mirror, bench);
  g_assert_true (mail_message_list_get_loading (mirror.list));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (mirror.list)), ==, 0);
  wait_until (equals_fresh, &mirror);
  g_assert_cmpuint (mirror.first, ==, 48);            /* a screenful, */
  g_assert_cmpuint (mirror.n_signals, ==, 1 + 3 + 1); /* what else has widgets, the rest */
  g_assert_cmpuint (mail_message_list_find (mirror.list, g_array_index (mirror.ids, gint64, 777)),
                    ==, 777);
  g_assert_cmpuint (mail_message_list_find (mirror.list, 999999), ==, G_MAXUINT);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (mirror.list), 1500));
  mirror_end (&mirror);
}

static gboolean
has_two (gpointer mirror)
{
  return ((Mirror *)mirror)->ids->len == 2;
}

static void
test_empty_then_filled (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  Mirror mirror = { 0 };

  mirror_start (&mirror, bench);
  wait_until (equals_fresh, &mirror);
  g_assert_cmpuint (mirror.n_signals, ==, 0);
  gint64 old = bench_add (bench, bench->inbox, 100, NULL);
  gint64 new = bench_add (bench, bench->inbox, 200, NULL);
  wait_until (has_two, &mirror);
  g_assert_cmpint (g_array_index (mirror.ids, gint64, 0), ==, new);
  g_assert_cmpint (g_array_index (mirror.ids, gint64, 1), ==, old);
  mirror_end (&mirror);
}

/* ---- changes from another thread, while it loads and after ---- */

typedef struct
{
  Store *store;
  gint64 inbox, archive;
  guint32 next_uid;
  guint rounds;
  guint32 seed;
} Writer;

static void
change_at_random (StoreDb *db, Writer *writer, GRand *random)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseUidSet) uids = base_uid_set_new ();
  g_autoptr (GArray) keys = NULL;

  switch (g_rand_int_range (random, 0, 5)) {
  case 0:
    writer->next_uid = add_many (db, writer->inbox, writer->next_uid,
                                 (guint)g_rand_int_range (random, 1, 60), random);
    break;
  case 1:
    for (guint i = 0; i < 30; i++)
      base_uid_set_add (uids, (guint32)g_rand_int_range (random, 1, (gint)writer->next_uid));
    g_assert_true (store_message_remove (db, writer->inbox, uids, &error));
    break;
  case 2:
  case 3: {
    gboolean back = g_rand_boolean (random);
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

    keys = store_message_list (db, back ? writer->archive : writer->inbox, 0, 300, &error);
    for (guint i = 0; i < keys->len; i++)
      if (g_rand_int_range (random, 0, 8) == 0) {
        gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, i));

        g_array_append_val (ids, id);
      }
    g_assert_cmpint (store_operation_move (db, (gint64 *)(gpointer)ids->data, ids->len,
                                           back ? writer->inbox : writer->archive, &error),
                     >, 0);
    break;
  }
  default:
    keys = store_message_list (db, writer->inbox, 0, 10, &error);
    for (guint i = 0; i < keys->len; i++) {
      gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, i));

      g_assert_cmpint (
          store_operation_set_flags (db, &id, 1, g_rand_boolean (random), STORE_FLAG_SEEN, &error),
          >, 0);
    }
  }
  g_assert_no_error (error);
}

static gpointer
write_at_random (gpointer data)
{
  Writer *writer = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreDb) db = store_connect (writer->store, &error);
  g_autoptr (GRand) random = g_rand_new_with_seed (writer->seed);

  g_assert_no_error (error);
  for (guint i = 0; i < writer->rounds; i++)
    change_at_random (db, writer, random);
  return NULL;
}

static void
test_random (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GRand) random = g_rand_new_with_seed (g_test_rand_int ());
  Writer writer = { bench->engine->store,
                    mail_folder_get_id (bench->inbox),
                    mail_folder_get_id (bench->archive),
                    1,
                    25,
                    0 };

  writer.next_uid = add_many (bench->db, writer.inbox, 1, 3000, random);
  for (guint round = 0; round < 3; round++) {
    Mirror early = { 0 }, late = { 0 };

    writer.seed = g_rand_int (random);
    g_autoptr (GThread) thread = g_thread_new ("writer", write_at_random, &writer);
    mirror_start (&early, bench);
    wait_until (equals_fresh, &early);
    mirror_start (&late, bench);
    g_thread_join (g_steal_pointer (&thread));
    wait_until (equals_fresh, &early);
    wait_until (equals_fresh, &late);
    mirror_end (&early);
    mirror_end (&late);
  }
}

/* A list that is let go while its keys are on their way. */
static void
test_let_go (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();

  add_many (bench->db, mail_folder_get_id (bench->inbox), 1, 1000, NULL);
  for (guint i = 0; i < 20; i++) {
    g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, bench->inbox, FALSE);

    for (guint j = 0; j < i; j++)
      g_main_context_iteration (NULL, FALSE);
    g_autoptr (MailConversation) message = g_list_model_get_item (G_LIST_MODEL (list), 150);
  }
}

/* ---- rows ---- */

static gboolean
is_loaded (gpointer message)
{
  return mail_conversation_get_loaded (message);
}

static gboolean
is_read (gpointer message)
{
  return !mail_conversation_get_unread (message);
}

static gboolean
is_in_archive (gpointer item)
{
  g_autoptr (MailMessage) message = mail_conversation_dup_newest (item);
  MailFolder *folder = mail_message_get_folder (message);

  return folder != NULL && mail_folder_get_role (folder) == MAIL_ROLE_ARCHIVE;
}

static gboolean
is_gone (gpointer item)
{
  g_autoptr (MailMessage) message = mail_conversation_dup_newest (item);

  return mail_message_get_folder (message) == NULL;
}

static void
test_rows (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;
  Mirror mirror = { 0 };

  for (guint i = 0; i < 300; i++)
    bench_add (bench, bench->inbox, 1000 + i, NULL);
  mirror_start (&mirror, bench);
  wait_until (equals_fresh, &mirror);

  g_autoptr (MailConversation) message = g_list_model_get_item (G_LIST_MODEL (mirror.list), 250);
  g_autoptr (MailConversation) same = g_list_model_get_item (G_LIST_MODEL (mirror.list), 250);
  gint64 id = mail_conversation_get_id (message);

  g_assert_true (message == same);
  wait_until (is_loaded, message);
  g_assert_cmpstr (mail_conversation_get_participants (message), ==, "Ada");
  g_assert_cmpstr (mail_conversation_get_subject (message), ==, "Subject");
  g_assert_cmpint (mail_conversation_get_date (message), ==, 1000 + 49);
  g_assert_true (mail_conversation_get_unread (message));

  g_assert_cmpint (store_operation_set_flags (bench->db, &id, 1, TRUE, STORE_FLAG_SEEN, &error), >,
                   0);
  wait_until (is_read, message);
  g_assert_cmpint (
      store_operation_move (bench->db, &id, 1, mail_folder_get_id (bench->archive), &error), >, 0);
  wait_until (is_in_archive, message);
  wait_until (equals_fresh, &mirror);
  g_assert_cmpuint (mail_message_list_find (mirror.list, id), ==, G_MAXUINT);

  g_autoptr (MailConversation) first = g_list_model_get_item (G_LIST_MODEL (mirror.list), 0);
  wait_until (is_loaded, first);
  g_autoptr (BaseUidSet) uids = base_uid_set_new ();
  base_uid_set_add (uids, 300);
  g_assert_true (store_message_remove (bench->db, mail_folder_get_id (bench->inbox), uids, &error));
  wait_until (is_gone, first);
  mirror_end (&mirror);
}

static void
test_sent_shows_recipients (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();

  bench_add (bench, bench->sent, 1000, NULL);
  g_autoptr (MailMessage) message = bench_first (bench, bench->sent);
  g_assert_cmpstr (mail_message_get_sender (message), ==, "Bea, Cem");
}

/* Every message marked at once: no row that is shown may miss it. */
static void
test_flood (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) held = g_ptr_array_new_with_free_func (g_object_unref);
  Mirror mirror = { 0 };

  add_many (bench->db, mail_folder_get_id (bench->inbox), 1, 2500, NULL);
  mirror_start (&mirror, bench);
  wait_until (equals_fresh, &mirror);
  for (guint i = 0; i < 2500; i += 90) {
    g_ptr_array_add (held, g_list_model_get_item (G_LIST_MODEL (mirror.list), i));
    wait_until (is_loaded, held->pdata[held->len - 1]);
  }
  g_assert_cmpint (store_operation_set_flags (bench->db, (gint64 *)(gpointer)mirror.ids->data,
                                              mirror.ids->len, TRUE, STORE_FLAG_SEEN, &error),
                   >, 0);
  for (guint i = 0; i < held->len; i++)
    wait_until (is_read, held->pdata[i]);
  mirror_end (&mirror);
}

/* ---- other orders, and filters ---- */

static gboolean
is_settled (gpointer list)
{
  MailMessageList *self = list;

  return !mail_message_list_get_loading (self) && !self->querying && !self->stale;
}

static gboolean
equals_listing (gpointer data)
{
  Mirror *mirror = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) fresh = NULL;

  if (!is_settled (mirror->list))
    return FALSE;
  fresh = store_listing_read (mirror->bench->db, &mirror->list->listing, 0, 0, &error);
  g_assert_no_error (error);
  if (fresh->len != mirror->ids->len)
    return FALSE;
  for (guint i = 0; i < fresh->len; i++)
    if (STORE_KEY_ID (g_array_index (fresh, StoreKey, i)) != g_array_index (mirror->ids, gint64, i))
      return FALSE;
  return TRUE;
}

/* Changes at random while the order and the filter change: the list ends up as a fresh listing, and nobody who follows its signals is
 * led astray. */
static void
test_orders (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GRand) random = g_rand_new_with_seed (g_test_rand_int ());
  Mirror mirror = { 0 };
  Writer writer = { bench->engine->store,
                    mail_folder_get_id (bench->inbox),
                    mail_folder_get_id (bench->archive),
                    1,
                    10,
                    0 };

  writer.next_uid = add_many (bench->db, writer.inbox, 1, 800, random);
  mirror_start (&mirror, bench);
  for (guint round = 0; round < 8; round++) {
    writer.seed = g_rand_int (random);
    g_autoptr (GThread) thread = g_thread_new ("writer", write_at_random, &writer);
    mail_message_list_set_order (mirror.list, (MailSort)g_rand_int_range (random, 0, 4),
                                 g_rand_boolean (random));
    mail_message_list_set_filter (mirror.list, g_rand_boolean (random) ? MAIL_FILTER_STARRED : 0);
    for (guint i = 0; i < 20; i++)
      g_main_context_iteration (NULL, FALSE);
    mail_message_list_set_filter (mirror.list, MAIL_FILTER_NONE);
    g_thread_join (g_steal_pointer (&thread));
    wait_until (equals_listing, &mirror);
  }
  mirror_end (&mirror);
}

static gboolean
has_one (gpointer mirror)
{
  return ((Mirror *)mirror)->ids->len == 1;
}

/* What one has just read under "unread" stays, until it is moved away or the filter is another one. */
static void
test_read_stays (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;
  Mirror mirror = { 0 };
  gint64 old = bench_add (bench, bench->inbox, 100, NULL);
  gint64 new = bench_add (bench, bench->inbox, 200, NULL);

  mirror_start (&mirror, bench);
  mail_message_list_set_filter (mirror.list, MAIL_FILTER_UNREAD);
  wait_until (equals_listing, &mirror);
  g_assert_cmpuint (mirror.ids->len, ==, 2);
  g_autoptr (MailConversation) item = g_list_model_get_item (G_LIST_MODEL (mirror.list), 0);
  wait_until (is_loaded, item);

  g_assert_cmpint (store_operation_set_flags (bench->db, &new, 1, TRUE, STORE_FLAG_SEEN, &error), >,
                   0);
  wait_until (is_read, item);
  wait_until (is_settled, mirror.list);
  g_assert_cmpuint (mirror.ids->len, ==, 2);
  g_assert_cmpint (g_array_index (mirror.ids, gint64, 0), ==, new);

  g_assert_cmpint (
      store_operation_move (bench->db, &new, 1, mail_folder_get_id (bench->archive), &error), >, 0);
  wait_until (has_one, &mirror);
  g_assert_cmpint (g_array_index (mirror.ids, gint64, 0), ==, old);
  mirror_end (&mirror);
}

/* ---- in pieces ---- */

#define ABOVE 100 /* rows that a view has widgets for, around the one it looks at */
#define BELOW 105
#define MOST  16 /* of them in one turn */

/* Follows a list as a view does, which keeps its place by its row, and has items for those around it; and for the row far away that
 * has the keyboard, which it asks for last. */
typedef struct
{
  MailMessageList *list;
  GPtrArray *items;
  guint at, n_signals;
  gboolean lasting; /* something is always there */
} Viewer;

static void
look (Viewer *viewer, guint at)
{
  GListModel *model = G_LIST_MODEL (viewer->list);
  guint n = g_list_model_get_n_items (model);
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  viewer->at = MIN (at, n > 0 ? n - 1 : 0);
  for (guint i = viewer->at - MIN (viewer->at, ABOVE); i < MIN (n, viewer->at + BELOW); i++)
    g_ptr_array_add (items, g_list_model_get_item (model, i));
  if (n > 0)
    g_ptr_array_add (items, g_list_model_get_item (model, (viewer->at + n / 2) % n));
  g_clear_pointer (&viewer->items, g_ptr_array_unref);
  viewer->items = items;
}

/* Of `n` rows at `position` those that have, or get, widgets. */
static guint
count_seen (const Viewer *viewer, guint position, guint n)
{
  guint low = MAX (position, viewer->at - MIN (viewer->at, ABOVE));
  guint high = MIN (position + n, viewer->at + BELOW);

  return high > low ? high - low : 0;
}

static void
on_piece (GListModel *model, guint position, guint removed, guint added, Viewer *viewer)
{
  g_assert_cmpuint (count_seen (viewer, position, removed), <=, MOST);
  viewer->n_signals++;
  if (position + removed <= viewer->at)
    viewer->at += added - removed;
  else
    viewer->at = MIN (viewer->at, position);
  g_assert_cmpuint (count_seen (viewer, position, added), <=, MOST);
  if (viewer->lasting)
    g_assert_cmpuint (g_list_model_get_n_items (model), >, 0);
  look (viewer, viewer->at);
}

static gint64
now_at (const Viewer *viewer)
{
  return mail_message_list_get_id (viewer->list, viewer->at);
}

/* Thousands come, go and change their places: those that a view has widgets for do so a few at a time, all others at once, wherever it
 * looks.  A list that is filled before and after is never empty between. */
static void
test_pieces (void)
{
  const guint places[] = { 0, 1500, 2999 };
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  Mirror mirror = { 0 };
  Viewer viewer = { 0 };

  add_many (bench->db, mail_folder_get_id (bench->inbox), 1, 3000, random);
  mirror.bench = bench;
  mirror.ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  mirror.list = viewer.list = mail_message_list_new (bench->engine, bench->inbox, FALSE);
  g_signal_connect (mirror.list, "items-changed", G_CALLBACK (on_items_changed), &mirror);
  wait_until (equals_fresh, &mirror);
  g_signal_connect (mirror.list, "items-changed", G_CALLBACK (on_piece), &viewer);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autoptr (GArray) all = g_array_copy (mirror.ids);
    const gint64 *ids = (const gint64 *)(gpointer)all->data;
    viewer.n_signals = 0;
    look (&viewer, places[i]);
    gint64 group = store_operation_move (bench->db, ids, all->len,
                                         mail_folder_get_id (bench->archive), &error);
    wait_until (equals_fresh, &mirror);
    g_assert_cmpuint (mirror.ids->len, ==, 0);
    g_assert_true (store_operation_undo (bench->db, group, &error));
    wait_until (equals_fresh, &mirror);
    g_assert_cmpuint (mirror.ids->len, ==, 3000);
    viewer.lasting = TRUE;
    look (&viewer, places[i]);
    mail_message_list_set_order (mirror.list, MAIL_SORT_DATE, TRUE);
    wait_until (equals_listing, &mirror);
    look (&viewer, places[i]);
    mail_message_list_set_order (mirror.list, MAIL_SORT_DATE, FALSE);
    wait_until (equals_listing, &mirror);
    viewer.lasting = FALSE;
    look (&viewer, places[i]);
    mail_message_list_set_filter (mirror.list, MAIL_FILTER_STARRED);
    wait_until (equals_listing, &mirror);
    g_assert_cmpuint (mirror.ids->len, ==, 0);
    mail_message_list_set_filter (mirror.list, MAIL_FILTER_NONE);
    wait_until (equals_listing, &mirror);
    g_assert_cmpuint (viewer.n_signals, <, 8 * 50);
  }

  /* From one filter to another that has none of the same rows. */
  g_assert_cmpint (store_operation_set_flags (bench->db, (gint64 *)(gpointer)mirror.ids->data, 1000,
                                              TRUE, STORE_FLAG_SEEN | STORE_FLAG_FLAGGED, &error),
                   >, 0);
  mail_message_list_set_filter (mirror.list, MAIL_FILTER_UNREAD);
  wait_until (equals_listing, &mirror);
  g_assert_cmpuint (mirror.ids->len, ==, 2000);
  viewer.lasting = TRUE;
  mail_message_list_set_filter (mirror.list, MAIL_FILTER_STARRED);
  wait_until (equals_listing, &mirror);
  g_assert_cmpuint (mirror.ids->len, ==, 1000);
  g_signal_handlers_disconnect_by_data (mirror.list, &viewer);
  g_ptr_array_unref (viewer.items);
  mirror_end (&mirror);
}

/* All mail from one person is kept, whatever the folder. */
static void
test_sender (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MailFolder) view = mail_folder_new_sender ("Ann", "Ann@Example.org");
  Mirror mirror = { bench, NULL, g_array_new (FALSE, FALSE, sizeof (gint64)), 0, 0 };

  g_assert_cmpstr (mail_folder_get_name (view), ==, "From Ann");
  gint64 first = bench_add_from (bench, bench->inbox, 100, "ann@example.org", NULL);
  bench_add (bench, bench->inbox, 200, NULL);
  mirror.list = mail_message_list_new (bench->engine, view, FALSE);
  g_signal_connect (mirror.list, "items-changed", G_CALLBACK (on_items_changed), &mirror);
  wait_until (equals_listing, &mirror);
  g_assert_cmpuint (mirror.ids->len, ==, 1);
  gint64 second = bench_add_from (bench, bench->archive, 300, "ann@example.org", NULL);
  bench_add (bench, bench->archive, 400, NULL);
  wait_until (has_two, &mirror);
  g_assert_cmpint (g_array_index (mirror.ids, gint64, 0), ==, second);
  g_autoptr (MailConversation) item = g_list_model_get_item (G_LIST_MODEL (mirror.list), 1);
  wait_until (is_loaded, item);
  g_assert_cmpint (store_operation_set_flags (bench->db, &first, 1, TRUE, STORE_FLAG_SEEN, &error),
                   >, 0);
  wait_until (is_read, item);

  /* In another order, too, it goes when it goes to the trash. */
  mail_message_list_set_order (mirror.list, MAIL_SORT_DATE, TRUE);
  wait_until (equals_listing, &mirror);
  g_assert_cmpint (g_array_index (mirror.ids, gint64, 0), ==, first);
  g_assert_cmpint (store_operation_move (bench->db, &first, 1,
                                         mail_folder_get_id (mail_account_get_folder_by_role (
                                             bench->account, MAIL_ROLE_TRASH)),
                                         &error),
                   >, 0);
  wait_until (has_one, &mirror);
  g_assert_cmpint (g_array_index (mirror.ids, gint64, 0), ==, second);
  mirror_end (&mirror);
}

static gboolean
has_all (gpointer mirror)
{
  return ((Mirror *)mirror)->ids->len == 3000 + 2000 && equals_listing (mirror);
}

/* Thousands come at once between thousands that are sorted by who sent them: who looks at a row goes on looking at it. */
static void
test_scattered (void)
{
  const guint places[] = { 0, 1500, 2999 };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autoptr (Bench) bench = bench_new_ready ();
    g_autoptr (GRand) random = g_rand_new_with_seed (i);
    Mirror mirror = { 0 };
    Viewer viewer = { 0 };
    guint32 uid = add_many (bench->db, mail_folder_get_id (bench->inbox), 1, 3000, random);

    mirror_start (&mirror, bench);
    viewer.list = mirror.list;
    mail_message_list_set_order (mirror.list, MAIL_SORT_DATE, TRUE);
    wait_until (equals_listing, &mirror);
    g_assert_cmpuint (mirror.ids->len, ==, 3000);
    look (&viewer, places[i]);
    gint64 seen = now_at (&viewer);
    viewer.lasting = TRUE;
    g_signal_connect (mirror.list, "items-changed", G_CALLBACK (on_piece), &viewer);
    add_many (bench->db, mail_folder_get_id (bench->inbox), uid, 2000, random);
    wait_until (has_all, &mirror);
    g_assert_cmpint (now_at (&viewer), ==, seen);
    g_assert_cmpuint (viewer.n_signals, >, 100);
    g_signal_handlers_disconnect_by_data (mirror.list, &viewer);
    g_ptr_array_unref (viewer.items);
    mirror_end (&mirror);
  }
}

static void
on_piece_turn (GListModel *model, guint position, guint removed, guint added, guint *left)
{
  if (--*left == 0)
    mail_message_list_set_order (MAIL_MESSAGE_LIST (model), MAIL_SORT_DATE, TRUE);
}

/* Who is told of a piece wishes for another order in that moment: what was on its way there counts no more. */
static void
test_turned_meanwhile (void)
{
  for (guint i = 1; i <= 3; i++) {
    g_autoptr (Bench) bench = bench_new_ready ();
    g_autoptr (GError) error = NULL;
    Mirror mirror = { 0 };
    guint left = i;

    add_many (bench->db, mail_folder_get_id (bench->inbox), 1, 1000, NULL);
    mirror_start (&mirror, bench);
    wait_until (equals_fresh, &mirror);
    g_signal_connect (mirror.list, "items-changed", G_CALLBACK (on_piece_turn), &left);
    g_assert_cmpint (store_operation_move (bench->db, (gint64 *)(gpointer)mirror.ids->data,
                                           mirror.ids->len - 100,
                                           mail_folder_get_id (bench->archive), &error),
                     >, 0);
    wait_until (equals_listing, &mirror);
    g_assert_true (mail_message_list_get_settled (mirror.list));
    g_signal_handlers_disconnect_by_data (mirror.list, &left);
    mirror_end (&mirror);
  }
}

/* ---- the figure: only with -m perf ---- */

static void
test_stall (void)
{
  g_autoptr (Bench) bench = NULL;
  gint64 longest = 0, start;
  guint32 uid = 1;

  if (!g_test_perf ()) {
    g_test_skip ("only with -m perf");
    return;
  }
  bench = bench_new_ready ();
  while (uid < 100000)
    uid = add_many (bench->db, mail_folder_get_id (bench->inbox), uid, 1000, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  start = g_get_monotonic_time ();
  g_autoptr (MailMessageList) list = mail_message_list_new (bench->engine, bench->inbox, FALSE);
  while (mail_message_list_get_loading (list)) {
    gint64 before = g_get_monotonic_time ();

    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (100);
    else
      longest = MAX (longest, g_get_monotonic_time () - before);
  }
  g_test_minimized_result ((double)longest / 1000,
                           "longest main-loop turn while 100,000 keys load: %.2f ms",
                           (double)longest / 1000);
  g_test_message ("100,000 keys loaded in %.1f ms",
                  (double)(g_get_monotonic_time () - start) / 1000);
  g_assert_cmpint (longest, <, 16000);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 100000);
}

void
add_list_tests (void)
{
  g_test_add_func ("/mail/list/static", test_static);
  g_test_add_func ("/mail/list/empty-then-filled", test_empty_then_filled);
  g_test_add_func ("/mail/list/random", test_random);
  g_test_add_func ("/mail/list/let-go", test_let_go);
  g_test_add_func ("/mail/list/rows", test_rows);
  g_test_add_func ("/mail/list/sent", test_sent_shows_recipients);
  g_test_add_func ("/mail/list/flood", test_flood);
  g_test_add_func ("/mail/list/orders", test_orders);
  g_test_add_func ("/mail/list/read-stays", test_read_stays);
  g_test_add_func ("/mail/list/pieces", test_pieces);
  g_test_add_func ("/mail/list/sender", test_sender);
  g_test_add_func ("/mail/list/scattered", test_scattered);
  g_test_add_func ("/mail/list/turned-meanwhile", test_turned_meanwhile);
  g_test_add_func ("/mail/list/stall", test_stall);
}
