/* Files of keys that people write too.  Any thread. */
#include "base-key-file.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"

/* What somebody wrote into it may still be worth something to them. */
static void
keep_aside (const char *path)
{
  g_autofree char *name = g_strconcat (path, ".unreadable", NULL);
  g_autoptr (GFile) from = g_file_new_for_path (path);
  g_autoptr (GFile) to = g_file_new_for_path (name);
  g_autoptr (GError) error = NULL;

  if (!g_file_copy (from, to, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error))
    base_log ("%s could not be kept aside: %s", path, error->message);
}

GKeyFile *
base_key_file_open (const char *path)
{
  GKeyFile *file = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  if (!g_key_file_load_from_file (file, path,
                                  G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS, &error)
      && !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    base_log ("%s was not readable and is written anew: %s", path, error->message);
    keep_aside (path);
  }
  return file;
}

char *
base_key_file_dup_text (GKeyFile *file, const char *group, const char *key)
{
  g_autofree char *text = g_key_file_get_string (file, group, key, NULL);

  if (text == NULL || *g_strstrip (text) == '\0')
    return NULL;
  return g_steal_pointer (&text);
}

void
base_key_file_put_text (GKeyFile *file, const char *group, const char *key, const char *text)
{
  if (text != NULL && *text != '\0')
    g_key_file_set_string (file, group, key, text);
  else
    g_key_file_remove_key (file, group, key, NULL);
}

gboolean
base_key_file_read_switch (GKeyFile *file, const char *group, const char *key, gboolean *on,
                           GError **error)
{
  g_autofree char *text = base_key_file_dup_text (file, group, key);

  *on = text != NULL && g_ascii_strcasecmp (text, "true") == 0;
  if (text == NULL || *on || g_ascii_strcasecmp (text, "false") == 0)
    return TRUE;
  base_error_set (error, BASE_ERROR_REFUSED, NULL,
                  _ ("%s under [%s] must be “true” or “false”, not “%s”."), key, group, text);
  return FALSE;
}

void
base_key_file_write_switch (GKeyFile *file, const char *group, const char *key, gboolean on)
{
  if (on)
    g_key_file_set_boolean (file, group, key, TRUE);
  else
    g_key_file_remove_key (file, group, key, NULL);
}
