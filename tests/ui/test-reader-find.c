/* Finding in a conversation whose messages are opened meanwhile, and one of which cannot be: what is counted, and of whom.  The reader and its bar are made
 * of nothing here, so that it is known what happens first. */
#include "ui-reader-find.h"

#include "mail-thread.h"

#define N 3

/* The reader: which messages are shown, and what the bar says. */
static struct
{
  GObject *messages[N];
  GListModel *thread;
  gboolean shown[N];
  GTask *opening[N]; /* what the engine was asked for */
  guint n;           /* as the bar has it */
  gboolean searching;
} world;

static guint
index_of (gpointer message)
{
  for (guint i = 0; i < N; i++)
    if (world.messages[i] == message)
      return i;
  g_assert_not_reached ();
}

GType
mail_engine_get_type (void)
{
  return G_TYPE_OBJECT;
}

MailThread *
ui_reader_get_thread (UiReader *reader)
{
  return (MailThread *)world.thread;
}

MailEngine *
ui_reader_get_engine (UiReader *reader)
{
  return NULL;
}

gboolean
ui_reader_is_shown (UiReader *reader, MailMessage *message)
{
  return world.shown[index_of (message)];
}

guint
ui_reader_get_n_scrolls (UiReader *reader)
{
  return 0;
}

void
ui_reader_show_hit (UiReader *reader, MailMessage *message, guint index, gboolean reveal)
{
}

void
ui_reader_open_card (UiReader *reader, MailMessage *message)
{
}

MailMessage *
ui_reader_get_first_on_screen (UiReader *reader)
{
  return (MailMessage *)world.messages[0];
}

void
ui_reader_foreach_view (UiReader *reader, void (*func) (UiMessageView *view, gpointer user_data),
                        gpointer user_data)
{
}

void
ui_message_view_find (UiMessageView *view, const char *term)
{
}

void
ui_find_bar_set_state (UiFindBar *bar, guint at, guint n, gboolean searching)
{
  world.n = n;
  world.searching = searching;
}

void
mail_engine_open_message_async (MailEngine *engine, MailMessage *message, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  world.opening[index_of (message)] = g_task_new (NULL, cancellable, callback, user_data);
}

MailContent *
mail_engine_open_message_finish (MailEngine *engine, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
mail_content_get_text (MailContent *content)
{
  return "a needle, a Needle";
}

MailMessage *
mail_content_get_message (MailContent *content)
{
  return g_object_get_data (G_OBJECT (content), "message");
}

static void
settle (void)
{
  for (int i = 0; i < 20; i++) {
    g_usleep (2000);
    while (g_main_context_iteration (NULL, FALSE))
      ;
  }
}

/* The engine has message `i`, or cannot have it. */
static void
answer (guint i, gboolean there)
{
  g_autoptr (GTask) task = g_steal_pointer (&world.opening[i]);
  GObject *content = there ? g_object_new (G_TYPE_OBJECT, NULL) : NULL;

  g_assert_nonnull (task);
  if (there) {
    g_object_set_data (content, "message", world.messages[i]);
    g_task_return_pointer (task, content, g_object_unref);
  } else {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "Not now");
  }
  settle ();
}

static UiReaderFind *
begin (GObject *bar)
{
  GListStore *store = g_list_store_new (G_TYPE_OBJECT);

  for (guint i = 0; i < N; i++) {
    world.messages[i] = g_object_new (G_TYPE_OBJECT, NULL);
    world.shown[i] = FALSE;
    g_list_store_append (store, world.messages[i]);
    g_object_unref (world.messages[i]);
  }
  world.thread = G_LIST_MODEL (store);
  UiReaderFind *find = ui_reader_find_new (NULL, (UiFindBar *)bar);
  ui_reader_find_update (find);
  g_signal_emit_by_name (bar, "changed", "needle");
  g_usleep (160 * 1000);
  settle ();
  return find;
}

static void
end (UiReaderFind *find)
{
  ui_reader_find_free (find);
  g_clear_object (&world.thread);
}

/* Its view counts it; what is read of it behind says nothing, whether it comes or not. */
static void
test_shown_meanwhile (gconstpointer data)
{
  gboolean there = GPOINTER_TO_INT (data);
  g_autoptr (GObject) bar = g_object_new (g_type_from_name ("Bar"), NULL);
  UiReaderFind *find = begin (bar);

  world.shown[0] = TRUE;
  answer (0, there);
  answer (1, TRUE);
  g_assert_cmpuint (world.n, ==, 2);
  answer (2, TRUE);
  g_assert_cmpuint (world.n, ==, 4);
  g_assert_true (world.searching); /* the first one has not said yet */
  ui_reader_find_take_count (find, (MailMessage *)world.messages[0], 5);
  g_assert_cmpuint (world.n, ==, 9);
  g_assert_false (world.searching);
  end (find);
}

/* What cannot be read has no hits, and the others are looked through all the same. */
static void
test_not_there (void)
{
  g_autoptr (GObject) bar = g_object_new (g_type_from_name ("Bar"), NULL);
  UiReaderFind *find = begin (bar);

  answer (0, FALSE);
  answer (1, TRUE);
  answer (2, FALSE);
  g_assert_cmpuint (world.n, ==, 2);
  g_assert_false (world.searching);
  end (find);
}

/* One that is folded again before its view has counted is read after all. */
static void
test_folded_again (void)
{
  g_autoptr (GObject) bar = g_object_new (g_type_from_name ("Bar"), NULL);
  UiReaderFind *find = begin (bar);

  world.shown[0] = TRUE;
  answer (0, TRUE);
  answer (1, TRUE);
  answer (2, TRUE);
  g_assert_true (world.searching);
  world.shown[0] = FALSE;
  ui_reader_find_lose_view (find);
  answer (0, TRUE);
  g_assert_cmpuint (world.n, ==, 6);
  g_assert_false (world.searching);
  end (find);
}

static void
bar_class_init (gpointer klass, gpointer data)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_STRING);
  g_signal_new ("step", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  g_signal_new ("closed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_type_register_static_simple (G_TYPE_OBJECT, "Bar", sizeof (GObjectClass), bar_class_init,
                                 sizeof (GObject), NULL, 0);
  g_test_add_data_func ("/ui/reader-find/shown-meanwhile", GINT_TO_POINTER (TRUE),
                        test_shown_meanwhile);
  g_test_add_data_func ("/ui/reader-find/shown-and-not-there", GINT_TO_POINTER (FALSE),
                        test_shown_meanwhile);
  g_test_add_func ("/ui/reader-find/not-there", test_not_there);
  g_test_add_func ("/ui/reader-find/folded-again", test_folded_again);
  return g_test_run ();
}
