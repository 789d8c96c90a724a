/* The folders that are none: what several folders of all accounts hold together.  Main thread.  The counts of Unread and All Inboxes
 * are added up from those of the folders, so that they cost no question to the store; the others ask it, seldom. */
#include "mail-engine-private.h"
#include "mail-private.h"

#include "base-error.h"
#include "base-log.h"

#define COUNT_DELAY_MS 1000

void
mail_engine_init_views (MailEngine *self)
{
  static const MailView views[] = { MAIL_VIEW_STARRED, MAIL_VIEW_UNREAD, MAIL_VIEW_ATTACHMENTS };

  self->views = g_list_store_new (MAIL_TYPE_FOLDER);
  self->searches = g_list_store_new (MAIL_TYPE_FOLDER);
  self->all_inboxes = mail_folder_new_view (MAIL_VIEW_INBOXES);
  for (guint i = 0; i < G_N_ELEMENTS (views); i++) {
    g_autoptr (MailFolder) view = mail_folder_new_view (views[i]);

    g_list_store_append (self->views, view);
  }
}

GListModel *
mail_engine_get_views (MailEngine *self)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self), NULL);
  return G_LIST_MODEL (self->views);
}

MailFolder *
mail_engine_find_view (MailEngine *self, gint64 view)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->views)); i++) {
    g_autoptr (MailFolder) folder = g_list_model_get_item (G_LIST_MODEL (self->views), i);

    if (mail_folder_get_id (folder) == view)
      return folder; /* the list keeps it */
  }
  return view == MAIL_VIEW_INBOXES ? self->all_inboxes : NULL;
}

/* As the list of unread messages: what is thrown away, being written or in a second place is not news. */
static gboolean
counts_as_unread (MailRole role)
{
  return role != MAIL_ROLE_JUNK && role != MAIL_ROLE_TRASH && role != MAIL_ROLE_DRAFTS
         && role != MAIL_ROLE_ALL && role != MAIL_ROLE_FLAGGED;
}

void
mail_engine_update_views (MailEngine *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->accounts)), inboxes = 0, unread = 0;
  g_autoptr (MailFolder) first = g_list_model_get_item (G_LIST_MODEL (self->views), 0);
  gboolean shown = first == self->all_inboxes;

  for (guint i = 0; i < n; i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);
    GListModel *folders = mail_account_get_folders (account);

    for (guint j = 0; j < g_list_model_get_n_items (folders); j++) {
      g_autoptr (MailFolder) folder = g_list_model_get_item (folders, j);
      MailRole role = mail_folder_get_role (folder);

      if (role == MAIL_ROLE_INBOX)
        inboxes += mail_folder_get_unread (folder);
      if (counts_as_unread (role))
        unread += mail_folder_get_unread (folder);
    }
  }
  mail_folder_set_unread (self->all_inboxes, inboxes);
  mail_folder_set_unread (mail_engine_find_view (self, MAIL_VIEW_UNREAD), unread);
  if (n > 1 && !shown)
    g_list_store_insert (self->views, 0, self->all_inboxes);
  else if (n < 2 && shown)
    g_list_store_remove (self->views, 0);
}

/* ---- what is unread in Starred and With Attachments ---- */

typedef struct
{
  guint starred, attached;
} Counts;

/* Store thread. */
static gpointer
count (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autofree Counts *counts = g_new0 (Counts, 1);

  return store_listing_count_unread (db, &counts->starred, &counts->attached, error)
             ? g_steal_pointer (&counts)
             : NULL;
}

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MailEngine) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree Counts *counts = g_task_propagate_pointer (G_TASK (result), &error);

  self->count_running = FALSE;
  if (counts != NULL) {
    mail_folder_set_unread (mail_engine_find_view (self, MAIL_VIEW_STARRED), counts->starred);
    mail_folder_set_unread (mail_engine_find_view (self, MAIL_VIEW_ATTACHMENTS), counts->attached);
  } else if (!base_error_is_cancelled (error)) {
    base_log ("The views could not be counted: %s", error->message);
  }
  if (self->count_stale)
    mail_engine_count_views_soon (self);
}

static gboolean
on_count_delay (gpointer data)
{
  MailEngine *self = data;

  self->count_source = 0;
  if (self->store_thread == NULL)
    return G_SOURCE_REMOVE;
  self->count_running = TRUE;
  self->count_stale = FALSE;
  mail_engine_call_store (self, g_task_new (NULL, NULL, on_counted, g_object_ref (self)), count,
                          NULL, NULL, g_free);
  return G_SOURCE_REMOVE;
}

void
mail_engine_count_views_soon (MailEngine *self)
{
  self->count_stale = TRUE;
  if (self->count_source != 0 || self->count_running || self->store_thread == NULL)
    return;
  g_autoptr (GSource) source = g_timeout_source_new (COUNT_DELAY_MS);
  g_source_set_callback (source, on_count_delay, self, NULL);
  self->count_source = g_source_attach (source, self->context);
}
