/* The files of templates.  Any thread; must leave alone what it cannot read, for a person wrote it. */
#include "base-template.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base-error.h"
#include "base-key-file.h"
#include "base-log.h"
#include "base-text.h"

#define GROUP            "Template"
#define SUFFIX           ".ini"
#define MAX_NAME         100 /* characters */
#define MAX_ABBREVIATION 40

BaseTemplate *
base_template_new (void)
{
  BaseTemplate *template = g_new0 (BaseTemplate, 1);

  template->id = g_uuid_string_random ();
  template->name = g_strdup ("");
  template->text = g_strdup ("");
  return template;
}

BaseTemplate *
base_template_dup (const BaseTemplate *template)
{
  BaseTemplate *copy = g_new0 (BaseTemplate, 1);

  copy->id = g_strdup (template->id);
  copy->name = g_strdup (template->name);
  copy->abbreviation = g_strdup (template->abbreviation);
  copy->subject = g_strdup (template->subject);
  copy->text = g_strdup (template->text);
  copy->html = g_strdup (template->html);
  return copy;
}

void
base_template_free (BaseTemplate *template)
{
  g_free (template->id);
  g_free (template->name);
  g_free (template->abbreviation);
  g_free (template->subject);
  g_free (template->text);
  g_free (template->html);
  g_free (template);
}

/* ---- what it may be ---- */

/* Nothing that ends a line or does not show. */
static gboolean
is_one_line (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar character = g_utf8_get_char (text);

    if (g_unichar_iscntrl (character) || character == 0x2028 || character == 0x2029)
      return FALSE;
  }
  return TRUE;
}

static gboolean
has_space (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_isspace (g_utf8_get_char (text)))
      return TRUE;
  return FALSE;
}

static gboolean
check_abbreviation (const char *abbreviation, GError **error)
{
  if (abbreviation == NULL
      || (*abbreviation != '\0' && is_one_line (abbreviation) && !has_space (abbreviation)
          && g_utf8_strlen (abbreviation, -1) <= MAX_ABBREVIATION))
    return TRUE;
  base_error_set (error, BASE_ERROR_REFUSED, NULL,
                  _ ("An abbreviation is one short word without spaces."));
  return FALSE;
}

gboolean
base_template_check (const BaseTemplate *template, GError **error)
{
  if (base_text_is_blank (template->name) || !is_one_line (template->name)
      || g_utf8_strlen (template->name, -1) > MAX_NAME) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("The template needs a short name, by which you find it."));
    return FALSE;
  }
  if (template->subject != NULL && !is_one_line (template->subject)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("The subject has to be one line."));
    return FALSE;
  }
  if (base_text_is_blank (template->text)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("The template has no text yet."));
    return FALSE;
  }
  return check_abbreviation (template->abbreviation, error);
}

/* ---- files ---- */

static char *
dup_folder (const BasePaths *paths)
{
  return g_build_filename (base_paths_get_config (paths), "templates", NULL);
}

static char *
dup_path (const BasePaths *paths, const char *id)
{
  g_autofree char *folder = dup_folder (paths), *name = g_strconcat (id, SUFFIX, NULL);

  return g_build_filename (folder, name, NULL);
}

/* NULL: it is not there, or not text. */
static char *
read_text (GKeyFile *file, const char *key)
{
  return g_key_file_get_string (file, GROUP, key, NULL);
}

static BaseTemplate *
load (const char *id, const BasePaths *paths, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (BaseTemplate) template = g_new0 (BaseTemplate, 1);
  g_autofree char *path = dup_path (paths, id);

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, error))
    return NULL;
  template->id = g_strdup (id);
  template->name = read_text (file, "Name");
  template->abbreviation = read_text (file, "Abbreviation");
  template->subject = read_text (file, "Subject");
  template->text = read_text (file, "Text");
  template->html = read_text (file, "Html");
  if (template->name == NULL)
    template->name = g_strdup ("");
  if (template->text == NULL)
    template->text = g_strdup ("");
  return base_template_check (template, error) ? g_steal_pointer (&template) : NULL;
}

static void
free_template (gpointer template)
{
  base_template_free (template);
}

GPtrArray *
base_template_load_all (const BasePaths *paths)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (free_template);
  g_autofree char *folder = dup_folder (paths);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *id = NULL;
    g_autoptr (GError) error = NULL;
    BaseTemplate *template = NULL;

    if (!g_str_has_suffix (name, SUFFIX))
      continue;
    id = g_strndup (name, strlen (name) - strlen (SUFFIX));
    if (!g_uuid_string_is_valid (id))
      continue;
    template = load (id, paths, &error);
    if (template != NULL)
      g_ptr_array_add (all, template);
    else
      base_log ("the template %s cannot be used: %s", name, error->message);
  }
  return g_steal_pointer (&all);
}

gboolean
base_template_save (const BaseTemplate *template, const BasePaths *paths, GError **error)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autofree char *folder = dup_folder (paths), *path = NULL, *data = NULL;
  gsize length;

  g_return_val_if_fail (g_uuid_string_is_valid (template->id), FALSE);

  if (!base_template_check (template, error) || !base_paths_make_folder (folder, error))
    return FALSE;
  path = dup_path (paths, template->id);
  file = base_key_file_open (path);
  base_key_file_put_text (file, GROUP, "Name", template->name);
  base_key_file_put_text (file, GROUP, "Abbreviation", template->abbreviation);
  base_key_file_put_text (file, GROUP, "Subject", template->subject);
  base_key_file_put_text (file, GROUP, "Text", template->text);
  base_key_file_put_text (file, GROUP, "Html", template->html);
  data = g_key_file_to_data (file, &length, NULL);
  return base_paths_write (path, data, length, error);
}

gboolean
base_template_remove (const char *id, const BasePaths *paths, GError **error)
{
  g_autofree char *path = NULL, *folder = dup_folder (paths);

  g_return_val_if_fail (g_uuid_string_is_valid (id), FALSE);

  path = dup_path (paths, id);
  if (g_unlink (path) == 0)
    return base_paths_sync_folder (folder, error);
  if (errno == ENOENT)
    return TRUE;
  base_error_set_disk (error, errno, path);
  return FALSE;
}
