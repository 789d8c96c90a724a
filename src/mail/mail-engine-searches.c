/* Searches that somebody keeps as folders: a file of the profile, searches.ini, with a group for each.  Main thread. */
#include "mail-engine-private.h"
#include "mail-private.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base-error.h"
#include "base-key-file.h"

#define FILE_NAME "searches.ini"

/* ---- files of the profile ---- */

char *
mail_engine_dup_search_file (MailEngine *self, const char *name)
{
  return g_build_filename (base_paths_get_config (self->paths), name, NULL);
}

typedef struct
{
  char *path, *text; /* text "": there is to be none */
} Write;

static void
write_free (gpointer data)
{
  Write *job = data;

  g_free (job->path);
  g_free (job->text);
  g_free (job);
}

static gboolean
remove_file (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_unlink (path) == 0 || errno == ENOENT)
    return base_paths_sync_folder (folder, error);
  g_set_error (error, BASE_ERROR, BASE_ERROR_DISK, _ ("“%s” could not be removed"), path);
  return FALSE;
}

/* In the search thread, so that the last one written is the last one. */
static gpointer
run_write (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const Write *job = data;
  gboolean ok = *job->text != '\0'
                    ? base_paths_write (job->path, job->text, strlen (job->text), error)
                    : remove_file (job->path, error);

  return ok ? MAIL_CALL_DONE : NULL;
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MailEngine) self = user_data;
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_pointer (G_TASK (result), &error) == NULL
      && !base_error_is_cancelled (error))
    mail_engine_emit_notice (self, error->message, base_error_get_detail (error));
}

void
mail_engine_write_search_file (MailEngine *self, const char *name, const char *text)
{
  Write *job = g_new (Write, 1);

  *job = (Write){ mail_engine_dup_search_file (self, name), g_strdup (text) };
  mail_engine_call_search (self, g_task_new (NULL, NULL, on_written, g_object_ref (self)),
                           run_write, job, write_free, NULL);
}

/* ---- those that are kept ---- */

static void
write_all (MailEngine *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->searches)); i++) {
    g_autoptr (MailFolder) search = g_list_model_get_item (G_LIST_MODEL (self->searches), i);
    g_autofree char *group = g_strdup_printf ("search-%u", i + 1);

    g_key_file_set_string (file, group, "name", mail_folder_get_name (search));
    g_key_file_set_string (file, group, "query", mail_folder_get_typed (search));
    g_key_file_set_boolean (file, group, "best", mail_folder_get_best (search));
  }
  text = g_key_file_to_data (file, NULL, NULL);
  mail_engine_write_search_file (self, FILE_NAME, text);
}

void
mail_engine_load_searches (MailEngine *self)
{
  g_autofree char *path = mail_engine_dup_search_file (self, FILE_NAME);
  g_autoptr (GKeyFile) file = base_key_file_open (path);
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = 0; groups[i] != NULL; i++) {
    g_autofree char *name = base_key_file_dup_text (file, groups[i], "name");
    g_autofree char *query = base_key_file_dup_text (file, groups[i], "query");

    if (query == NULL)
      continue;
    g_autoptr (MailFolder) search =
        mail_folder_new_search (name != NULL ? name : query, query, NULL,
                                g_key_file_get_boolean (file, groups[i], "best", NULL));
    g_list_store_append (self->searches, search);
  }
  mail_engine_count_searches_soon (self);
}

/* ---- verbs ---- */

GListModel *
mail_engine_get_searches (MailEngine *self)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self), NULL);
  return G_LIST_MODEL (self->searches);
}

MailFolder *
mail_engine_keep_search (MailEngine *self, guint position, const char *name, const char *typed,
                         gboolean best)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self) && typed != NULL, NULL);
  g_autoptr (MailFolder) search = mail_folder_new_search (name, typed, NULL, best);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->searches));

  g_list_store_insert (self->searches, MIN (position, n), search);
  write_all (self);
  mail_engine_count_searches_soon (self);
  return search; /* the list keeps it */
}

void
mail_engine_rename_search (MailEngine *self, MailFolder *search, const char *name)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && mail_folder_is_search (search));
  mail_folder_set_search_name (search, name);
  write_all (self);
}

guint
mail_engine_drop_search (MailEngine *self, MailFolder *search)
{
  guint position = G_MAXUINT;

  g_return_val_if_fail (MAIL_IS_ENGINE (self) && mail_folder_is_search (search), position);
  if (!g_list_store_find (self->searches, search, &position))
    return G_MAXUINT;
  g_list_store_remove (self->searches, position);
  write_all (self);
  return position;
}
