/* What a person does to messages: each a durable operation in the store thread, visible at once
 * by the change it makes, and taken back by undo.  Main thread; it must never change an object
 * itself, for the store is what is true. */
#include "mail-engine-private.h"
#include "mail-search-private.h"
#include "mail-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "store-deed.h"
#include "store-operation.h"

/* An item of a view, which may have lost it and show it still. */
typedef struct
{
  gint64 item, folder;
} Seen;

/* What a person did, on its way to the store thread and back. */
typedef struct
{
  MailAction action;
  GArray *ids;           /* of gint64: row ids of messages, or of items of `listing` */
  StoreListing listing;  /* folder 0: none */
  GHashTable *known;     /* gint64 id -> gint64 folder, where a view showed it; nullable */
  MailFoundTable *found; /* nullable: it is no search */
  gint64 folder;         /* instead: all that is in it */
  gint64 target;         /* row id of a folder, 0 none */
  GHashTable *accounts;  /* gint64 row -> char *label */
} ActJob;

typedef struct
{
  gint64 undo;
  char *sentence;
} Acted;

/* A verb with its data, as mail_engine_act_in_store () got it. */
typedef struct
{
  MailActFunc run;
  gpointer data;
  GDestroyNotify data_free;
  gboolean forget; /* nobody will want it back */
} Call;

static void
act_job_free (gpointer data)
{
  ActJob *job = data;

  g_array_unref (job->ids);
  g_clear_pointer (&job->known, g_hash_table_unref);
  g_clear_pointer (&job->found, mail_found_table_unref);
  g_hash_table_unref (job->accounts);
  g_free (job);
}

static void
call_free (gpointer data)
{
  Call *call = data;

  call->data_free (call->data);
  g_free (call);
}

static void
acted_free (gpointer data)
{
  Acted *acted = data;

  g_free (acted->sentence);
  g_free (acted);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Acted, acted_free)

gpointer
mail_acted_new (gint64 undo, const char *sentence)
{
  Acted *acted = g_new0 (Acted, 1);

  acted->undo = undo;
  acted->sentence = g_strdup (sentence);
  return acted;
}

static char *
describe (MailAction action, guint n, const char *target)
{
  switch (action) {
  case MAIL_ACTION_SEEN:
  case MAIL_ACTION_READ:
    return g_strdup_printf (
        ngettext ("%'u message marked as read", "%'u messages marked as read", n), n);
  case MAIL_ACTION_UNREAD:
    return g_strdup_printf (
        ngettext ("%'u message marked as unread", "%'u messages marked as unread", n), n);
  case MAIL_ACTION_STAR:
    return g_strdup_printf (ngettext ("%'u message starred", "%'u messages starred", n), n);
  case MAIL_ACTION_UNSTAR:
    return g_strdup_printf (
        ngettext ("Star removed from %'u message", "Stars removed from %'u messages", n), n);
  case MAIL_ACTION_ARCHIVE:
  case MAIL_ACTION_TRASH:
  case MAIL_ACTION_MOVE:
    return g_strdup_printf (
        /* Translators: the number of messages, the name of a folder */
        ngettext ("%1$'u message moved to “%2$s”", "%1$'u messages moved to “%2$s”", n), n, target);
  case MAIL_ACTION_COPY:
    return g_strdup_printf (
        /* Translators: the number of messages, the name of a folder */
        ngettext ("%1$'u message copied to “%2$s”", "%1$'u messages copied to “%2$s”", n), n,
        target);
  case MAIL_ACTION_JUNK:
    return g_strdup_printf (
        ngettext ("%'u message marked as junk", "%'u messages marked as junk", n), n);
  case MAIL_ACTION_NOT_JUNK:
    return g_strdup_printf (
        ngettext ("%'u message marked as not junk", "%'u messages marked as not junk", n), n);
  case MAIL_ACTION_DELETE:
    return g_strdup_printf (
        ngettext ("%'u message deleted for good", "%'u messages deleted for good", n), n);
  }
  return g_strdup ("");
}

/* ---- in the store thread ---- */

static const char *
get_label (const ActJob *job, gint64 account)
{
  const char *label = g_hash_table_lookup (job->accounts, &account);

  return label != NULL ? label : "";
}

/* *target NULL: there is no folder of this role. */
static gboolean
find_role (StoreDb *db, gint64 account, StoreRole role, StoreFolder **target, GError **error)
{
  g_autoptr (GError) local = NULL;

  *target = store_folder_by_role (db, account, role, &local);
  if (*target != NULL || g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Where the messages of this account go; NULL with an error where they cannot, without one where they stay. */
static StoreFolder *
find_target (StoreDb *db, const ActJob *job, gint64 account, GError **error)
{
  StoreFolder *found = NULL;

  switch (job->action) {
  case MAIL_ACTION_ARCHIVE:
    /* Where everything has a folder of its own, taking it out of the others is archiving. */
    if (!find_role (db, account, STORE_ROLE_ARCHIVE, &found, error)
        || (found == NULL && !find_role (db, account, STORE_ROLE_ALL, &found, error)))
      return NULL;
    if (found == NULL)
      base_error_set (error, BASE_ERROR_REFUSED, NULL,
                      _ ("%s has no Archive folder. Move the messages to a folder of your choice."),
                      get_label (job, account));
    return found;
  case MAIL_ACTION_TRASH:
    if (find_role (db, account, STORE_ROLE_TRASH, &found, error) && found == NULL)
      base_error_set (
          error, BASE_ERROR_REFUSED, NULL,
          _ ("%s has no Trash folder. Delete the messages for good, or move them to another folder."),
          get_label (job, account));
    return found;
  case MAIL_ACTION_JUNK:
    if (find_role (db, account, STORE_ROLE_JUNK, &found, error) && found == NULL)
      base_error_set (error, BASE_ERROR_REFUSED, NULL,
                      _ ("%s has no Junk folder. Move the messages to a folder of your choice."),
                      get_label (job, account));
    return found;
  case MAIL_ACTION_NOT_JUNK:
    if (find_role (db, account, STORE_ROLE_INBOX, &found, error) && found == NULL)
      base_error_set (error, BASE_ERROR_GONE, NULL, _ ("%s has no inbox."),
                      get_label (job, account));
    return found;
  case MAIL_ACTION_MOVE:
  case MAIL_ACTION_COPY:
    return store_folder_get (db, job->target, error);
  case MAIL_ACTION_SEEN:
  case MAIL_ACTION_READ:
  case MAIL_ACTION_UNREAD:
  case MAIL_ACTION_STAR:
  case MAIL_ACTION_UNSTAR:
  case MAIL_ACTION_DELETE:
    break;
  }
  return NULL;
}

static gboolean
has_target (MailAction action)
{
  return action == MAIL_ACTION_ARCHIVE || action == MAIL_ACTION_TRASH || action == MAIL_ACTION_MOVE
         || action == MAIL_ACTION_COPY || action == MAIL_ACTION_JUNK
         || action == MAIL_ACTION_NOT_JUNK;
}

static gboolean
note_group (MailDeed *deed, gint64 group)
{
  if (group != 0)
    g_array_append_val (deed->groups, group);
  return group != 0;
}

static gboolean
set_flags (StoreDb *db, const GArray *ids, gboolean add, StoreFlags flags, MailDeed *deed,
           GError **error)
{
  return note_group (deed, store_operation_set_flags (db, (const gint64 *)(gpointer)ids->data,
                                                      ids->len, add, flags, error));
}

static gboolean
move (StoreDb *db, const GArray *ids, const StoreFolder *target, MailDeed *deed, GError **error)
{
  return note_group (deed, store_operation_move (db, (const gint64 *)(gpointer)ids->data, ids->len,
                                                 target->id, error));
}

/* What lies elsewhere stays there: it only bears the wrong mark. */
static gboolean
move_out_of_junk (StoreDb *db, gint64 account, const GArray *ids, const StoreFolder *inbox,
                  MailDeed *deed, GError **error)
{
  StoreFolder *junk = NULL;
  if (!find_role (db, account, STORE_ROLE_JUNK, &junk, error))
    return FALSE;
  g_autoptr (StoreFolder) owned = junk;
  g_autoptr (GArray) inside =
      junk != NULL ? store_message_list_in (db, junk->id, (const gint64 *)(gpointer)ids->data,
                                            ids->len, error)
                   : NULL;
  if (junk == NULL)
    return TRUE;
  return inside != NULL && (inside->len == 0 || move (db, inside, inbox, deed, error));
}

static gboolean
act_on (StoreDb *db, const ActJob *job, gint64 account, const GArray *ids,
        const StoreFolder *target, MailDeed *deed, GError **error)
{
  const gint64 *first = (const gint64 *)(gpointer)ids->data;

  switch (job->action) {
  case MAIL_ACTION_SEEN:
  case MAIL_ACTION_READ:
    return set_flags (db, ids, TRUE, STORE_FLAG_SEEN, deed, error);
  case MAIL_ACTION_UNREAD:
    return set_flags (db, ids, FALSE, STORE_FLAG_SEEN, deed, error);
  case MAIL_ACTION_STAR:
    return set_flags (db, ids, TRUE, STORE_FLAG_FLAGGED, deed, error);
  case MAIL_ACTION_UNSTAR:
    return set_flags (db, ids, FALSE, STORE_FLAG_FLAGGED, deed, error);
  /* The marks first, where the messages are: filters of servers learn from them, and from the moving. */
  case MAIL_ACTION_JUNK:
    return set_flags (db, ids, FALSE, STORE_FLAG_NOT_JUNK, deed, error)
           && set_flags (db, ids, TRUE, STORE_FLAG_JUNK, deed, error)
           && move (db, ids, target, deed, error);
  case MAIL_ACTION_NOT_JUNK:
    return set_flags (db, ids, FALSE, STORE_FLAG_JUNK, deed, error)
           && set_flags (db, ids, TRUE, STORE_FLAG_NOT_JUNK, deed, error)
           && move_out_of_junk (db, account, ids, target, deed, error);
  case MAIL_ACTION_ARCHIVE:
  case MAIL_ACTION_TRASH:
  case MAIL_ACTION_MOVE:
    return move (db, ids, target, deed, error);
  case MAIL_ACTION_COPY:
    return note_group (deed, store_operation_copy (db, first, ids->len, target->id, error));
  case MAIL_ACTION_DELETE:
    return note_group (deed,
                       store_operation_expunge (db, first, ids->len, MAIL_DELETE_DELAY_S, error));
  }
  return FALSE;
}

static gboolean
append_resolved (StoreDb *db, const StoreListing *listing, gint64 item, GArray *ids, GError **error)
{
  g_autoptr (GArray) more = store_listing_resolve (db, listing, &item, 1, error);

  if (more != NULL)
    g_array_append_vals (ids, more->data, more->len);
  return more != NULL;
}

/* Of all items those that lie where they were found or seen, to `seen`; the others to `rest`. */
static void
tell_apart (const ActJob *job, GArray *seen, GArray *rest)
{
  /* What was found is marked in all its folders; what moves, or goes for good, lies in the one that is shown. */
  guint most = job->action <= MAIL_ACTION_UNSTAR ? MAIL_SEARCH_FOLDERS : 1;

  for (guint i = 0; i < job->ids->len; i++) {
    gint64 id = g_array_index (job->ids, gint64, i);
    const MailFound *found = job->found != NULL ? mail_found_table_get (job->found, id) : NULL;
    const gint64 *folder = job->known != NULL ? g_hash_table_lookup (job->known, &id) : NULL;

    for (guint j = 0; found != NULL && j < most && found->folders[j] != 0; j++) {
      const Seen one = { id, found->folders[j] };

      g_array_append_val (seen, one);
    }
    if (found != NULL)
      continue;
    if (folder != NULL) {
      const Seen one = { id, *folder };

      g_array_append_val (seen, one);
    } else
      g_array_append_val (rest, id);
  }
}

static GArray *
resolve (StoreDb *db, const ActJob *job, GError **error)
{
  if (job->listing.folder == 0)
    return g_array_ref (job->ids);
  g_autoptr (GArray) all_seen = g_array_new (FALSE, FALSE, sizeof (Seen));
  g_autoptr (GArray) rest = g_array_new (FALSE, FALSE, sizeof (gint64));

  tell_apart (job, all_seen, rest);
  g_autoptr (GArray) ids = store_listing_resolve (
      db, &job->listing, (const gint64 *)(gpointer)rest->data, rest->len, error);
  for (guint i = 0; ids != NULL && i < all_seen->len; i++) {
    const Seen *seen = &g_array_index (all_seen, Seen, i);
    const StoreListing there = { .folder = seen->folder,
                                 .conversations = job->listing.conversations };
    guint before = ids->len;

    /* What was looked for is in no listing. */
    if (job->listing.folder == STORE_VIEW_SEARCH) {
      if (!append_resolved (db, &there, seen->item, ids, error))
        return NULL;
      continue;
    }
    if (!append_resolved (db, &job->listing, seen->item, ids, error)
        || (ids->len == before && !append_resolved (db, &there, seen->item, ids, error)))
      return NULL;
  }
  return g_steal_pointer (&ids);
}

/* What the action would change nothing about is not counted. */
static gboolean
list_all (StoreDb *db, ActJob *job, GError **error)
{
  gboolean reads = job->action == MAIL_ACTION_READ;
  const StoreListing unread = { .folder = job->folder, .filter = STORE_FILTER_UNREAD };
  g_autoptr (GArray) keys = reads ? store_listing_read (db, &unread, 0, 0, error)
                                  : store_message_list (db, job->folder, 0, 0, error);

  if (keys == NULL)
    return FALSE;
  if (reads && keys->len == 0) {
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("All messages here are read already."));
    return FALSE;
  }
  for (guint i = 0; i < keys->len; i++) {
    gint64 id = STORE_KEY_ID (g_array_index (keys, StoreKey, i));

    g_array_append_val (job->ids, id);
  }
  return TRUE;
}

/* Deleting all that is in a folder goes for what is not on this computer, too.  *n: so many the server has. */
static gboolean
empty (StoreDb *db, const ActJob *job, MailDeed *deed, guint *n, GError **error)
{
  if (job->folder == 0 || job->action != MAIL_ACTION_DELETE)
    return TRUE;
  g_autoptr (StoreFolder) folder = store_folder_get (db, job->folder, error);
  if (folder == NULL)
    return FALSE;
  if (folder->total == 0 && folder->server_total > 0 && folder->uid_validity == 0) {
    g_autofree char *name = mail_folder_dup_shown_name (folder);

    base_error_set (error, BASE_ERROR_RETRY, NULL,
                    _ ("What is in “%s” is not known on this computer yet. Try again in a moment."),
                    name);
    return FALSE;
  }
  if (folder->uid_validity != 0)
    *n = folder->server_total;
  return note_group (deed,
                     store_operation_empty_folder (db, job->folder, MAIL_DELETE_DELAY_S, error));
}

static gboolean
act (StoreDb *db, gpointer data, MailDeed *deed, GError **error)
{
  ActJob *job = data;
  guint emptied = 0;
  g_autofree char *name = g_strdup ("");

  if (job->folder != 0 && !list_all (db, job, error))
    return FALSE;
  g_autoptr (GArray) ids = resolve (db, job, error);
  g_autoptr (GPtrArray) portions =
      ids != NULL
          ? store_message_sort_by_account (db, (const gint64 *)(gpointer)ids->data, ids->len, error)
          : NULL;

  if (portions == NULL || !empty (db, job, deed, &emptied, error))
    return FALSE;
  if (portions->len == 0 && !emptied) {
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("These messages do not exist any more."));
    return FALSE;
  }
  for (guint i = 0; i < portions->len; i++) {
    const StorePortion *portion = portions->pdata[i];
    g_autoptr (StoreFolder) target = NULL;

    if (has_target (job->action)) {
      target = find_target (db, job, portion->account, error);
      if (target == NULL)
        return FALSE;
      g_autofree char *shown = mail_folder_dup_shown_name (target);
      g_free (name);
      name = target->account == portion->account
                 ? g_steal_pointer (&shown)
                 /* Translators: a folder, and the account that it is of */
                 : g_strdup_printf (_ ("%1$s, %2$s"), shown, get_label (job, target->account));
    }
    if (!act_on (db, job, portion->account, portion->ids, target, deed, error))
      return FALSE;
    deed->count += portion->ids->len;
  }
  /* Beside what is here, all that the server has. */
  deed->count = MAX (deed->count, emptied);
  deed->sentence = describe (job->action, deed->count, name);
  return TRUE;
}

/* What one call did is one thing to the person, and one change to the lists: all of it or nothing. */
static gpointer
run_call (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const Call *call = data;
  g_autoptr (GArray) groups = g_array_new (FALSE, FALSE, sizeof (gint64));
  MailDeed deed = { .groups = groups };
  gint64 undo = 0;

  if (!store_db_begin (db, TRUE, error))
    return NULL;
  gboolean ok = call->run (db, call->data, &deed, error);
  g_autofree char *sentence = deed.sentence;

  if (ok && !call->forget) {
    undo = store_deed_add (db, sentence, deed.count, (const gint64 *)(gpointer)groups->data,
                           groups->len, error);
    ok = undo != 0;
  }
  if (!ok) {
    store_db_rollback (db);
    return NULL;
  }
  if (!store_db_commit (db, error))
    return NULL;
  return mail_acted_new (undo, sentence);
}

static gpointer
run_undo (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  return store_deed_undo (db, *(const gint64 *)data, error) ? MAIL_CALL_DONE : NULL;
}

/* ---- on the main thread ---- */

static gboolean
check_target (MailAction action, MailFolder *target, GError **error)
{
  gboolean moves = action == MAIL_ACTION_MOVE;

  if ((!moves && action != MAIL_ACTION_COPY)
      || (target != NULL && mail_folder_get_selectable (target) && mail_folder_get_id (target) > 0))
    return TRUE;
  base_error_set (error, BASE_ERROR_REFUSED, NULL, "%s",
                  moves ? _ ("Messages cannot be moved there.")
                        : _ ("Messages cannot be copied there."));
  return FALSE;
}

static void
wake_workers (MailEngine *self)
{
  if (self->sync != NULL)
    sync_engine_operations_changed (self->sync, NULL);
}

static void
on_acted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;
  Acted *acted = g_task_propagate_pointer (G_TASK (result), &error);

  if (acted == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  wake_workers (g_task_get_source_object (outer));
  if (acted->undo != 0)
    g_signal_emit (g_task_get_source_object (outer), mail_engine_signals[MAIL_ENGINE_PAST_CHANGED],
                   0);
  g_task_return_pointer (outer, acted, acted_free);
}

/* Takes `ids`, which are messages, or items of `list` (nullable). */
static void
start (MailEngine *self, MailAction action, GArray *ids, MailMessageList *list, gint64 folder,
       MailFolder *target, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *outer = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;

  if (!check_target (action, target, &error)) {
    g_array_unref (ids);
    g_task_return_error (outer, error);
    g_object_unref (outer);
    return;
  }
  ActJob *job = g_new0 (ActJob, 1);

  job->action = action;
  job->ids = ids;
  job->folder = folder;
  if (list != NULL) {
    job->listing = *mail_message_list_get_listing (list);
    job->known = mail_message_list_collect_seen (list);
    job->found = mail_message_list_ref_found (list);
  }
  job->target = target != NULL ? mail_folder_get_id (target) : 0;
  job->accounts = mail_engine_list_labels (self);
  mail_engine_act_in_store (self, outer, action == MAIL_ACTION_SEEN, act, job, act_job_free);
}

void
mail_engine_act_async (MailEngine *self, GPtrArray *messages, MailAction action, MailFolder *target,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && messages != NULL);
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), messages->len);

  for (guint i = 0; i < messages->len; i++) {
    gint64 id = mail_message_get_id (messages->pdata[i]);

    g_array_append_val (ids, id);
  }
  start (self, action, ids, NULL, 0, target, callback, user_data);
}

void
mail_engine_act_on_items_async (MailEngine *self, MailMessageList *list, GArray *items,
                                MailAction action, MailFolder *target, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_MESSAGE_LIST (list) && items != NULL);

  start (self, action, g_array_copy (items), list, 0, target, callback, user_data);
}

void
mail_engine_act_on_folder_async (MailEngine *self, MailFolder *folder, MailAction action,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_FOLDER (folder)
                    && !mail_folder_is_view (folder));

  start (self, action, g_array_new (FALSE, FALSE, sizeof (gint64)), NULL,
         mail_folder_get_id (folder), NULL, callback, user_data);
}

void
mail_engine_act_in_store (MailEngine *self, GTask *outer, gboolean forget, MailActFunc run,
                          gpointer data, GDestroyNotify data_free)
{
  Call *call = g_new0 (Call, 1);

  *call = (Call){ run, data, data_free, forget };
  mail_engine_call_acting (self, outer, run_call, call, call_free);
}

void
mail_engine_call_acting (MailEngine *self, GTask *outer, MailStoreFunc func, gpointer data,
                         GDestroyNotify data_free)
{
  mail_engine_call_store (self, g_task_new (NULL, NULL, on_acted, outer), func, data, data_free,
                          acted_free);
}

gboolean
mail_engine_act_finish (MailEngine *self, GAsyncResult *result, gint64 *undo, char **sentence,
                        GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_autoptr (Acted) acted = g_task_propagate_pointer (G_TASK (result), error);

  if (acted == NULL)
    return FALSE;
  if (undo != NULL)
    *undo = acted->undo;
  if (sentence != NULL)
    *sentence = g_steal_pointer (&acted->sentence);
  return TRUE;
}

static void
on_undone (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;

  if (g_task_propagate_pointer (G_TASK (result), &error) == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  wake_workers (g_task_get_source_object (outer));
  g_signal_emit (g_task_get_source_object (outer), mail_engine_signals[MAIL_ENGINE_PAST_CHANGED],
                 0);
  g_task_return_boolean (outer, TRUE);
}

void
mail_engine_undo_async (MailEngine *self, gint64 undo, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self));
  GTask *task = g_task_new (NULL, NULL, on_undone, g_task_new (self, NULL, callback, user_data));

  mail_engine_call_store (self, task, run_undo, g_memdup2 (&undo, sizeof undo), g_free, NULL);
}

gboolean
mail_engine_undo_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
