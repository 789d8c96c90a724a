/* Conversations at the level of the store, without a server or a window.
 * usage: bench-threads FOLDER MESSAGES: in an empty folder; prints "stored_s threaded_s open_small_ms open_big_ms": what storing so many
 * messages took, conversations included; what deciding the conversations of so many rows took that had none (all of it: reading
 * each row, linking, writing it, the heads of lists); the first screenful (keys, then its rows) of a folder of 1,000 messages, and of the one of
 * MESSAGES, as conversations: medians of 15. */
#include <gio/gio.h>
#include <stdlib.h>

#include "store-listing.h"
#include "store-private.h"
#include "store-thread.h"

#define KEYS  200
#define ROWS  20
#define RUNS  15
#define BATCH 250
#define STEP  1000

static double
seconds_since (gint64 begin)
{
  return (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
}

/* As mail is: three of five answer something of the last while, and name up to eight that came before. */
static void
write_ids (guint number, char **own, char **references)
{
  g_autoptr (GString) chain = g_string_new (NULL);
  guint parent = number;

  *own = g_strdup_printf ("<%08x.%u.mail@host-%u.example.org>", number * 2654435761u, number, number % 97);
  for (guint depth = 0; depth < 8 && parent > 1 && ((parent * 2246822519u) >> 16) % 5 > 1; depth++) {
    parent -= 1 + ((parent * 2654435761u) >> 16) % MIN (parent, 40);
    g_autofree char *link =
        g_strdup_printf ("<%08x.%u.mail@host-%u.example.org> ", parent * 2654435761u, parent, parent % 97);
    g_string_prepend (chain, link);
  }
  *references = g_string_free (g_steal_pointer (&chain), FALSE);
}

static void
fill (StoreDb *db, gint64 folder, guint n)
{
  g_autoptr (GError) error = NULL;

  /* The newest first, as a first sync does. */
  for (guint last = n; last > 0; last -= MIN (last, BATCH)) {
    g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

    for (guint i = last; i > last - MIN (last, BATCH); i--) {
      StoreNewMessage *message = g_new0 (StoreNewMessage, 1);
      char *own, *references;
      write_ids (i, &own, &references);
      g_ptr_array_add (texts, own);
      g_ptr_array_add (texts, references);
      *message = (StoreNewMessage){ .uid = i, .flags = i % 7 ? STORE_FLAG_SEEN : 0, .received = 1500000000 + i * 60,
                                    .date = 1500000000 + i * 60, .size = 4000, .from_name = "Alice Example",
                                    .from_address = "alice@lab.test", .subject = "회의 일정 안내",
                                    .preview = "please find the notes of today below", .message_id = own,
                                    .references = references, .has_attachments = i % 11 == 0 };
      g_ptr_array_add (batch, message);
    }
    if (!store_message_add (db, folder, batch, NULL, &error))
      g_error ("%s", error->message);
  }
}

static double
thread_again (StoreDb *db)
{
  g_autoptr (GError) error = NULL;
  guint64 left;

  if (!store_db_exec (db,
                      "UPDATE message SET thread = 0, marks = 0, own = 0, base = 0; DELETE FROM link; DELETE FROM link_log; DELETE FROM merged; "
                      "UPDATE store SET unthreaded = (SELECT max (id) FROM message)",
                      &error))
    g_error ("%s", error->message);
  store_thread_clear (db->store);
  gint64 begin = g_get_monotonic_time ();
  do {
    if (!store_thread_catch_up (db, STEP, &left, &error))
      g_error ("%s", error->message);
  } while (left > 0);
  return seconds_since (begin);
}

static double
open_once (StoreDb *db, gint64 folder)
{
  g_autoptr (GError) error = NULL;
  const StoreListing listing = { .folder = folder, .conversations = TRUE };
  gint64 begin = g_get_monotonic_time (), ids[ROWS];
  g_autoptr (GArray) keys = store_listing_read (db, &listing, 0, KEYS, &error);

  if (!keys || keys->len < KEYS)
    g_error ("no list");
  for (guint i = 0; i < ROWS; i++)
    ids[i] = STORE_KEY_ID (g_array_index (keys, StoreKey, i));
  g_autoptr (GPtrArray) items = store_listing_get_items (db, &listing, ids, ROWS, &error);
  if (!items || items->len != ROWS)
    g_error ("no rows");
  return seconds_since (begin) * 1000;
}

static int
compare (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

int
main (int argc, char **argv)
{
  if (argc != 3)
    return 2;
  guint n = (guint) atoi (argv[2]);
  double times[2][RUNS];
  g_autoptr (GError) error = NULL;
  g_autoptr (BasePaths) paths = base_paths_new (argv[1], &error);
  g_autoptr (Store) store = paths ? store_open (paths, NULL, &error) : NULL;
  g_autoptr (StoreDb) db = store ? store_connect (store, &error) : NULL;
  if (!db)
    g_error ("%s", error->message);
  StoreFolder small = { .name = (char *) "Small", .delimiter = '/', .selectable = TRUE };
  StoreFolder big = { .name = (char *) "INBOX", .delimiter = '/', .role = STORE_ROLE_INBOX, .selectable = TRUE };
  g_autoptr (GPtrArray) folders = g_ptr_array_new ();
  g_ptr_array_add (folders, &small);
  g_ptr_array_add (folders, &big);
  gint64 account = store_account_ensure (db, "bench", &error);
  if (!store_folder_replace_list (db, account, folders, &error))
    g_error ("%s", error->message);
  g_autoptr (GPtrArray) rows = store_folder_list (db, account, &error);
  gint64 ids[] = { ((StoreFolder *) rows->pdata[1])->id, ((StoreFolder *) rows->pdata[0])->id };

  gint64 begin = g_get_monotonic_time ();
  fill (db, ids[1], n);
  double stored = seconds_since (begin);
  double threaded = thread_again (db);
  gint64 other = store_account_ensure (db, "other", &error);
  if (!store_folder_replace_list (db, other, folders, &error))
    g_error ("%s", error->message);
  g_autoptr (GPtrArray) others = store_folder_list (db, other, &error);
  ids[0] = ((StoreFolder *) others->pdata[1])->id;
  fill (db, ids[0], 1000);
  for (guint run = 0; run < RUNS; run++)
    for (guint i = 0; i < 2; i++)
      times[i][run] = open_once (db, ids[i]);
  for (guint i = 0; i < 2; i++)
    qsort (times[i], RUNS, sizeof (double), compare);
  g_print ("%.3f %.3f %.3f %.3f\n", stored, threaded, times[0][RUNS / 2], times[1][RUNS / 2]);
  return 0;
}
