/* LIST -> rows.  Sent, Archive and Trash always have a row, so that a person can archive and delete at once; on the server
 * they are made when the first message goes there.  Sync worker's thread; must never remove rows for an empty answer. */
#include "sync-folders.h"

#include "base-error.h"
#include "store-operation.h"
#include "sync-roles.h"

#define LIST_OF_FOLDERS 0 /* no folder has this id */

static const StoreRole wanted_roles[] = { STORE_ROLE_SENT, STORE_ROLE_ARCHIVE, STORE_ROLE_TRASH };

gboolean
sync_context_select (SyncContext *context, const char *name, gboolean read_only, GError **error)
{
  if (g_strcmp0 (imap_session_get_selected_name (context->session), name) == 0
      && (read_only || !imap_session_get_selected (context->session)->read_only))
    return TRUE;
  return imap_session_select (context->session, name, read_only, context->cancellable, error);
}

static StoreFolder *
find_name (GPtrArray *folders, const char *name)
{
  for (guint i = 0; i < folders->len; i++) {
    StoreFolder *folder = g_ptr_array_index (folders, i);

    if (g_str_equal (folder->name, name))
      return folder;
  }
  return NULL;
}

static StoreFolder *
find_role (GPtrArray *folders, StoreRole role)
{
  for (guint i = 0; i < folders->len; i++) {
    StoreFolder *folder = g_ptr_array_index (folders, i);

    if (folder->role == role)
      return folder;
  }
  return NULL;
}

/* A server that lists INBOX under the person's word for it opens it under no other name than INBOX (quirk 9). */
static void
name_inbox (GPtrArray *folders)
{
  StoreFolder *inbox = find_role (folders, STORE_ROLE_INBOX);

  if (inbox == NULL)
    return;
  g_free (inbox->name);
  inbox->name = g_strdup ("INBOX");
  inbox->selectable = TRUE;
}

static StoreFolder *
add_folder (GPtrArray *folders, const char *name, char delimiter, StoreRole role,
            gboolean selectable)
{
  StoreFolder *folder = g_new0 (StoreFolder, 1);

  folder->name = g_strdup (name);
  folder->delimiter = delimiter;
  folder->role = role;
  folder->selectable = selectable;
  g_ptr_array_add (folders, folder);
  return folder;
}

/* Some tell a namespace that nothing lies in (quirk 61). */
static const char *
check_prefix (GPtrArray *listed, const char *prefix)
{
  gboolean others = FALSE;

  if (prefix == NULL || *prefix == '\0')
    return prefix;
  for (guint i = 0; i < listed->len; i++) {
    const ImapMailbox *mailbox = g_ptr_array_index (listed, i);

    if (mailbox->role == IMAP_ROLE_INBOX || mailbox->shared)
      continue;
    if (g_str_has_prefix (mailbox->name, prefix))
      return prefix;
    others = TRUE;
  }
  return !others && g_ascii_strncasecmp (prefix, "INBOX", 5) == 0 ? prefix : NULL;
}

/* By the name that the person sees: a new one may not have reached the server yet. */
static StoreFolder *
find_chosen (GPtrArray *own, GPtrArray *stored, const char *path)
{
  StoreFolder *known = find_name (stored, path);
  StoreFolder *folder = find_name (own, known != NULL ? known->server_name : path);

  return folder != NULL && folder->selectable && g_ascii_strcasecmp (folder->name, "INBOX") != 0
             ? folder
             : NULL;
}

/* What a person said is so, whatever the server says; where it is not there any more, nothing was said. */
static void
choose (GPtrArray *own, GPtrArray *stored, char *const *chosen)
{
  static const StoreRole roles[BASE_N_FOLDERS] = {
    [BASE_FOLDER_DRAFTS] = STORE_ROLE_DRAFTS,   [BASE_FOLDER_SENT] = STORE_ROLE_SENT,
    [BASE_FOLDER_ARCHIVE] = STORE_ROLE_ARCHIVE, [BASE_FOLDER_JUNK] = STORE_ROLE_JUNK,
    [BASE_FOLDER_TRASH] = STORE_ROLE_TRASH,
  };

  for (guint i = 0; i < BASE_N_FOLDERS; i++) {
    StoreFolder *folder = chosen[i] != NULL ? find_chosen (own, stored, chosen[i]) : NULL;
    StoreFolder *before = folder != NULL ? find_role (own, roles[i]) : NULL;

    if (folder == NULL)
      continue;
    if (before != NULL)
      before->role = STORE_ROLE_NONE;
    folder->role = roles[i];
  }
}

GPtrArray *
sync_folders_merge (GPtrArray *listed, const char *prefix, GPtrArray *stored, gboolean busy,
                    char *const *chosen)
{
  /* Another person's Sent is no Sent of ours. */
  g_autoptr (GPtrArray) own = g_ptr_array_new ();
  GPtrArray *folders = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  /* There may be tens of thousands. */
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < listed->len; i++) {
    const ImapMailbox *mailbox = g_ptr_array_index (listed, i);
    StoreRole role = (StoreRole)mailbox->role;

    if (!g_hash_table_add (names, mailbox->name))
      continue;
    /* Two mailboxes may bear one attribute; the first has the role. */
    if (mailbox->shared || (role != STORE_ROLE_NONE && find_role (folders, role) != NULL))
      role = STORE_ROLE_NONE;
    {
      StoreFolder *folder =
          add_folder (folders, mailbox->name, mailbox->delimiter, role, mailbox->selectable);

      folder->tells_subscribed = mailbox->tells_subscribed;
      folder->subscribed = mailbox->subscribed;
      if (!mailbox->shared)
        g_ptr_array_add (own, folder);
      folder->mailbox_id = g_strdup (mailbox->mailbox_id);
      folder->uid_validity = mailbox->uid_validity;
    }
  }
  if (folders->len == 0)
    return folders;

  if (chosen != NULL)
    choose (own, stored, chosen);
  sync_roles_guess (own);
  name_inbox (folders);
  if (find_role (folders, STORE_ROLE_INBOX) == NULL)
    add_folder (folders, "INBOX", 0, STORE_ROLE_INBOX, TRUE);

  for (gsize i = 0; i < G_N_ELEMENTS (wanted_roles); i++) {
    StoreRole role = wanted_roles[i];
    StoreFolder *old = find_role (stored, role);
    gboolean taken = find_role (folders, role) != NULL;

    /* A row that holds what the server does not have yet (a copy in Sent, a message on its way to Trash) must not go. */
    if (old != NULL && find_name (folders, old->server_name) == NULL
        && (!taken || (old->total > 0 && (busy || old->uid_validity == 0)))) {
      add_folder (folders, old->server_name, old->delimiter, taken ? STORE_ROLE_NONE : role, TRUE);
      continue;
    }
    /* Where all mail lies in one mailbox (Gmail), archiving is leaving INBOX; a second archive would only confuse. */
    if (taken || (role == STORE_ROLE_ARCHIVE && find_role (folders, STORE_ROLE_ALL) != NULL))
      continue;
    {
      char delimiter = 0;
      g_autofree char *path =
          sync_role_new_path (own, role, check_prefix (listed, prefix), &delimiter);

      /* The name may be taken by a mailbox that cannot be selected, or has another role. */
      if (find_name (folders, path) == NULL)
        add_folder (folders, path, delimiter, role, TRUE);
    }
  }
  return folders;
}

/* As store_folder_replace_list () knows it again. */
static gboolean
is_listed (GPtrArray *listed, const StoreFolder *folder)
{
  const char *name = folder->server_name;
  guint n = 0, same = 0;

  for (guint i = 0; i < listed->len; i++) {
    const ImapMailbox *mailbox = g_ptr_array_index (listed, i);

    /* INBOX's case does not count. */
    if (g_str_equal (mailbox->name, name)
        || (mailbox->role == IMAP_ROLE_INBOX && g_ascii_strcasecmp (name, "INBOX") == 0))
      return TRUE;
    if (folder->mailbox_id != NULL && g_strcmp0 (mailbox->mailbox_id, folder->mailbox_id) == 0) {
      n++;
      same += mailbox->uid_validity == 0 || mailbox->uid_validity == folder->uid_validity;
    }
  }
  return n == 1 && same == 1;
}

gboolean
sync_folders_is_suspicious (GPtrArray *listed, GPtrArray *stored)
{
  guint had = 0, lost = 0;

  for (guint i = 0; i < stored->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (stored, i);

    /* One that nobody has been in yet may be a row only, made before the mailbox. */
    if (folder->uid_validity == 0)
      continue;
    had++;
    if (is_listed (listed, folder))
      continue;
    lost++;
    if (folder->total > 0)
      return TRUE;
  }
  return lost > 1 && lost >= (had + 1) / 2;
}

/* In one transaction: what the sender adds in between (Sent, with a copy that waits in it) must not be taken for gone. */
static gboolean
store_list (SyncContext *context, SyncMemory *memory, GPtrArray *listed, gboolean *ask_again,
            GError **error)
{
  g_autoptr (GPtrArray) stored = NULL, merged = NULL;

  if (!store_db_begin (context->db, FALSE, error))
    return FALSE;
  stored = store_folder_list (context->db, context->row, error);
  if (stored != NULL && listed->len > 0) {
    if (!sync_folders_is_suspicious (listed, stored))
      sync_memory_trusts (memory, LIST_OF_FOLDERS);
    else if (!sync_memory_confirms (memory, LIST_OF_FOLDERS, context->generation)) {
      *ask_again = TRUE;
      store_db_rollback (context->db);
      return TRUE;
    }
  }
  if (stored != NULL)
    merged = sync_folders_merge (listed, imap_session_get_personal_prefix (context->session),
                                 stored, store_operation_count (context->db, context->row) > 0,
                                 sync_account_get_settings (context->account)->folders);
  if (merged == NULL || !store_folder_replace_list (context->db, context->row, merged, error)) {
    store_db_rollback (context->db);
    return FALSE;
  }
  return store_db_commit (context->db, error);
}

/* Those that were there before, so that none of them waits for the list: not the one that is open, or about to be. */
static GStrv
dup_known (SyncContext *context, gint64 opens, GError **error)
{
  g_autoptr (GPtrArray) folders = store_folder_list (context->db, context->row, error);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  const char *selected = imap_session_get_selected_name (context->session);

  for (guint i = 0; folders != NULL && i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);

    if (folder->selectable && !folder->local && folder->uid_validity != 0 && folder->id != opens
        && g_strcmp0 (folder->server_name, selected) != 0)
      g_strv_builder_add (names, folder->server_name);
  }
  return folders != NULL ? g_strv_builder_end (names) : NULL;
}

gboolean
sync_folders_ask (SyncContext *context, ImapFlight *flight, gboolean watch, gint64 opens,
                  guint *index, GError **error)
{
  g_auto (GStrv) known = dup_known (context, opens, error);

  if (known == NULL)
    return FALSE;
  *index = imap_flight_survey (flight, watch, (const char *const *)known);
  return TRUE;
}

GHashTable *
sync_folders_take (SyncContext *context, SyncMemory *memory, ImapFlight *flight, guint index,
                   gboolean *ask_again, GError **error)
{
  g_autoptr (GHashTable) by_name = NULL;
  g_autoptr (GPtrArray) listed = NULL;

  *ask_again = FALSE;
  listed = imap_flight_finish_survey (flight, index, context->cancellable, error);
  if (listed == NULL || !store_list (context, memory, listed, ask_again, error) || *ask_again)
    return NULL;

  by_name =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)imap_mailbox_free);
  g_ptr_array_set_free_func (listed, NULL);
  for (guint i = 0; i < listed->len; i++) {
    ImapMailbox *mailbox = g_ptr_array_index (listed, i);

    g_hash_table_replace (by_name, mailbox->name, mailbox);
  }
  return g_steal_pointer (&by_name);
}

gboolean
sync_folders_create (SyncContext *context, const char *name, GError **error)
{
  g_autoptr (GError) refused = NULL;
  g_autoptr (GPtrArray) listed = NULL;

  if (imap_session_create (context->session, name, context->cancellable, &refused))
    return TRUE;
  if (g_error_matches (refused, BASE_ERROR, BASE_ERROR_REFUSED)
      && imap_session_is_usable (context->session)) {
    listed = imap_session_list (context->session, context->cancellable, error);
    if (listed == NULL)
      return FALSE;
    for (guint i = 0; i < listed->len; i++)
      if (g_str_equal (((ImapMailbox *)g_ptr_array_index (listed, i))->name, name))
        return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&refused));
  return FALSE;
}
