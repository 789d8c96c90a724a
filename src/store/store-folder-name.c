/* Names of folders: what the server calls them, and what is shown here while renames, deletions and new folders are still to be
 * carried out: the server's names with the pending operations replayed over them, as with flags.  Any thread with a
 * connection, inside a transaction; must never leave two folders of an account under one name. */
#include <string.h>

#include "base-error.h"
#include "store-private.h"

/* No mailbox name has a control character, so these are nobody's. */
#define HIDDEN_NAME "\001%" G_GINT64_FORMAT

typedef struct
{
  gint64 id;
  char *server, *name; /* as stored */
  char *mailbox_id;    /* nullable */
  char *path;          /* the server's, with what was replayed so far */
  char delimiter;
  gboolean waits; /* for its CREATE, which was not replayed yet */
  gboolean doomed, was_doomed;
} Place;

static void
place_free (gpointer data)
{
  Place *place = data;
  g_free (place->server);
  g_free (place->name);
  g_free (place->mailbox_id);
  g_free (place->path);
  g_free (place);
}

static GPtrArray *
load_places (StoreDb *db, gint64 account, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT id, server_name, name, delimiter, deleting, local AND EXISTS (SELECT 1 FROM operation "
      "AS o WHERE o.folder = f.id AND o.kind = ?2 AND o.state < 2), mailbox_id FROM folder AS f "
      "WHERE account = ?1 ORDER BY id",
      STORE_INTS (account, STORE_OPERATION_CREATE));
  if (query == NULL)
    return NULL;
  g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (place_free);
  int found;
  while ((found = store_query_step (db, query, error)) == 1) {
    Place *place = g_new0 (Place, 1);
    place->id = store_query_int (query, 0);
    place->server = store_query_dup_text (query, 1);
    place->name = store_query_dup_text (query, 2);
    place->path = g_strdup (place->server);
    place->delimiter = (char)store_query_int (query, 3);
    place->was_doomed = store_query_int (query, 4) != 0;
    place->waits = store_query_int (query, 5) != 0;
    place->mailbox_id = store_query_dup_text (query, 6);
    g_ptr_array_add (places, place);
  }
  return found == 0 ? g_steal_pointer (&places) : NULL;
}

static Place *
find_place (GPtrArray *places, gint64 folder)
{
  for (guint i = 0; i < places->len; i++) {
    Place *place = g_ptr_array_index (places, i);
    if (place->id == folder)
      return place;
  }
  return NULL;
}

char *
store_folder_move_path (const char *path, char delimiter, const char *from, const char *to)
{
  gsize length = strlen (from);
  if (strncmp (path, from, length) != 0
      || !(path[length] == '\0' || (delimiter != 0 && path[length] == delimiter)))
    return NULL;
  return g_strconcat (to, path + length, NULL);
}

gboolean
store_folder_is_listed (GHashTable *listed, const char *name, const char *mailbox_id)
{
  const StoreFolder *folder = g_hash_table_lookup (listed, name);
  return folder != NULL
         && (mailbox_id == NULL || folder->mailbox_id == NULL
             || g_str_equal (folder->mailbox_id, mailbox_id));
}

/* `renamed` and what is below it, but for what is `listed` (nullable); another folder that bears the very name is not meant. */
static void
rename_places (GPtrArray *places, const Place *renamed, const char *to, GHashTable *listed)
{
  g_autofree char *from = g_strdup (renamed->path);
  for (guint i = 0; i < places->len; i++) {
    Place *place = g_ptr_array_index (places, i);
    if (place->waits || (place != renamed && g_str_equal (place->path, from)))
      continue;
    if (place != renamed && listed != NULL
        && store_folder_is_listed (listed, place->path, place->mailbox_id))
      continue;
    char *moved = store_folder_move_path (place->path, renamed->delimiter, from, to);
    if (moved != NULL) {
      g_free (place->path);
      place->path = moved;
    }
  }
}

static gboolean
replay (StoreDb *db, gint64 account, GPtrArray *places, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      db, error,
      "SELECT kind, folder, name FROM operation WHERE account = ?1 AND kind >= 5 AND state < 2 "
      "ORDER BY id",
      STORE_INTS (account));
  if (query == NULL)
    return FALSE;
  int found;
  while ((found = store_query_step (db, query, error)) == 1) {
    Place *place = find_place (places, store_query_int (query, 1));
    g_autofree char *name = store_query_dup_text (query, 2);
    if (place == NULL)
      continue;
    switch ((StoreOperationKind)store_query_int (query, 0)) {
    case STORE_OPERATION_CREATE:
      place->waits = FALSE;
      break;
    case STORE_OPERATION_RENAME:
      if (name != NULL)
        rename_places (places, place, name, NULL);
      break;
    case STORE_OPERATION_DELETE:
      place->doomed = TRUE;
      break;
    case STORE_OPERATION_SUBSCRIBE:
    case STORE_OPERATION_EMPTY:
    case STORE_OPERATION_FLAGS:
    case STORE_OPERATION_MOVE:
    case STORE_OPERATION_EXPUNGE:
    case STORE_OPERATION_APPEND:
    case STORE_OPERATION_COPY:
      break;
    }
  }
  return found == 0;
}

/* Two that would be called the same: the one that the server calls so keeps the name, until it has refused the other. */
static char *
choose_name (const Place *place, GHashTable *taken)
{
  char *name = place->doomed ? g_strdup_printf (HIDDEN_NAME, place->id) : g_strdup (place->path);
  for (guint n = 2; g_hash_table_contains (taken, name); n++) {
    g_free (name);
    name = g_strdup_printf ("%s (%u)", place->path, n);
  }
  g_hash_table_add (taken, g_strdup (name));
  return name;
}

static gboolean
set_name (StoreDb *db, const Place *place, const char *name, GError **error)
{
  g_autoptr (StoreQuery) query =
      store_db_query (db, error, "UPDATE folder SET deleting = ?2, name = ?3 WHERE id = ?1",
                      STORE_INTS (place->id, place->doomed));
  if (query == NULL)
    return FALSE;
  store_query_bind_text (query, 3, name);
  return store_query_step (db, query, error) == 0;
}

gboolean
store_folder_replay_names (StoreDb *db, gint64 account, GError **error)
{
  g_autoptr (GPtrArray) places = load_places (db, account, error);
  if (places == NULL || !replay (db, account, places, error))
    return FALSE;

  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_set_size (names, (gint)places->len);
  for (int round = 0; round < 2; round++) {
    for (guint i = 0; i < places->len; i++) {
      const Place *place = g_ptr_array_index (places, i);
      gboolean as_server = !place->doomed && g_str_equal (place->path, place->server);
      if (as_server == (round == 0))
        g_ptr_array_index (names, i) = choose_name (place, taken);
    }
  }
  /* Out of each other's way first: names may have changed places. */
  for (int round = 0; round < 2; round++) {
    for (guint i = 0; i < places->len; i++) {
      const Place *place = g_ptr_array_index (places, i);
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *aside = g_strdup_printf ("\002%" G_GINT64_FORMAT, place->id);
      if (g_str_equal (name, place->name) && place->doomed == place->was_doomed)
        continue;
      db->folder_list = TRUE;
      if (!set_name (db, place, round == 0 ? aside : name, error))
        return FALSE;
    }
  }
  return TRUE;
}

gboolean
store_folder_set_server_name (StoreDb *db, gint64 folder, const char *name, GHashTable *listed,
                              GError **error)
{
  gint64 account;
  if (!store_folder_get_account (db, folder, &account, error))
    return FALSE;
  g_autoptr (GPtrArray) places = load_places (db, account, error);
  if (places == NULL)
    return FALSE;
  rename_places (places, find_place (places, folder), name, listed);
  for (guint i = 0; i < places->len; i++) {
    const Place *place = g_ptr_array_index (places, i);
    if (g_str_equal (place->path, place->server))
      continue;
    g_autoptr (StoreQuery) query = store_db_query (
        db, error, "UPDATE folder SET server_name = ?2 WHERE id = ?1", STORE_INTS (place->id));
    if (query == NULL)
      return FALSE;
    store_query_bind_text (query, 2, place->path);
    if (store_query_step (db, query, error) != 0)
      return FALSE;
  }
  return store_folder_replay_names (db, account, error);
}
