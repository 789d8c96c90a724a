/* Marks of folders, kept in the settings by account and path.  Main thread; never asks the engine. */
#include "ui-folder-marks.h"

struct _UiFolderMarks
{
  GObject parent_instance;

  /* Owned */
  GSettings *settings;
  GHashTable *keys[UI_FOLDER_N_MARKS]; /* sets of char */
  GHashTable *watched;                 /* MailFolder (weak) -> char *: the key it had */
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static const char *const names[] = { "favorite-folders", "closed-folders" };
G_STATIC_ASSERT (G_N_ELEMENTS (names) == UI_FOLDER_N_MARKS);

G_DEFINE_FINAL_TYPE (UiFolderMarks, ui_folder_marks, G_TYPE_OBJECT)

static char *
dup_key (GObject *item)
{
  if (MAIL_IS_ACCOUNT (item))
    return g_strconcat (mail_account_get_id (MAIL_ACCOUNT (item)), "\t", NULL);
  MailFolder *folder = MAIL_FOLDER (item);
  MailAccount *account = mail_folder_get_account (folder);
  return account ? g_strconcat (mail_account_get_id (account), "\t", mail_folder_get_path (folder),
                                NULL)
                 : NULL;
}

static void
save (UiFolderMarks *self, UiFolderMark mark)
{
  g_autofree const char **list =
      (const char **)g_hash_table_get_keys_as_array (self->keys[mark], NULL);
  g_settings_set_strv (self->settings, names[mark], list);
}

static void
on_path (UiFolderMarks *self, GParamSpec *pspec, MailFolder *folder)
{
  g_autofree char *old = g_strdup (g_hash_table_lookup (self->watched, folder));
  char *key = dup_key (G_OBJECT (folder));
  if (!key)
    return;
  g_hash_table_insert (self->watched, folder, key);
  for (guint mark = 0; mark < UI_FOLDER_N_MARKS; mark++) {
    if (old && g_hash_table_remove (self->keys[mark], old)) {
      g_hash_table_add (self->keys[mark], g_strdup (key));
      save (self, mark);
    }
  }
}

static void
on_gone (gpointer data, GObject *folder)
{
  g_hash_table_remove (UI_FOLDER_MARKS (data)->watched, folder);
}

static void
watch (UiFolderMarks *self, GObject *item, const char *key)
{
  if (!MAIL_IS_FOLDER (item) || g_hash_table_contains (self->watched, item))
    return;
  g_hash_table_insert (self->watched, item, g_strdup (key));
  g_object_weak_ref (item, on_gone, self);
  g_signal_connect_object (item, "notify::path", G_CALLBACK (on_path), self, G_CONNECT_SWAPPED);
}

gboolean
ui_folder_marks_get (UiFolderMarks *self, UiFolderMark mark, GObject *folder)
{
  g_autofree char *key = dup_key (folder);
  if (!key || !g_hash_table_contains (self->keys[mark], key))
    return FALSE;
  watch (self, folder, key);
  return TRUE;
}

void
ui_folder_marks_set (UiFolderMarks *self, UiFolderMark mark, GObject *folder, gboolean on)
{
  char *key = dup_key (folder);
  if (!key)
    return;
  watch (self, folder, key);
  gboolean changed = on ? g_hash_table_add (self->keys[mark], g_strdup (key))
                        : g_hash_table_remove (self->keys[mark], key);
  g_free (key);
  if (!changed)
    return;
  save (self, mark);
  g_signal_emit (self, signals[CHANGED], 0, (int)mark);
}

static void
ui_folder_marks_finalize (GObject *object)
{
  UiFolderMarks *self = UI_FOLDER_MARKS (object);
  GHashTableIter iter;
  gpointer folder;
  g_hash_table_iter_init (&iter, self->watched);
  while (g_hash_table_iter_next (&iter, &folder, NULL))
    g_object_weak_unref (folder, on_gone, self);
  g_hash_table_unref (self->watched);
  for (guint mark = 0; mark < UI_FOLDER_N_MARKS; mark++)
    g_hash_table_unref (self->keys[mark]);
  g_object_unref (self->settings);
  G_OBJECT_CLASS (ui_folder_marks_parent_class)->finalize (object);
}

static void
ui_folder_marks_class_init (UiFolderMarksClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_folder_marks_finalize;
  signals[CHANGED] = g_signal_new ("changed", UI_TYPE_FOLDER_MARKS, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
ui_folder_marks_init (UiFolderMarks *self)
{
  self->watched = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

UiFolderMarks *
ui_folder_marks_new (GSettings *settings)
{
  UiFolderMarks *self = g_object_new (UI_TYPE_FOLDER_MARKS, NULL);
  self->settings = g_object_ref (settings);
  for (guint mark = 0; mark < UI_FOLDER_N_MARKS; mark++) {
    g_auto (GStrv) list = g_settings_get_strv (settings, names[mark]);
    self->keys[mark] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; list[i]; i++)
      g_hash_table_add (self->keys[mark], g_strdup (list[i]));
  }
  return self;
}
