/* Drafts: a folder of files each, written whole or not at all, so that what a person wrote survives
 * a crash, a power cut and the loss of the database.
 *
 * Any thread, one per draft at a time; blocks on the disk. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base-error.h"
#include "base-log.h"
#include "base-text.h"
#include "store-private.h"

#define GROUP      "Draft"
#define PIECE_SIZE (64 * 1024)
#define BIN_S      (24 * 60 * 60)

void
store_attachment_free (StoreAttachment *attachment)
{
  if (attachment == NULL)
    return;
  g_free (attachment->file);
  g_free (attachment->name);
  g_free (attachment->content_type);
  g_free (attachment->content_id);
  g_free (attachment);
}

static void
free_attachment (gpointer attachment)
{
  store_attachment_free (attachment);
}

static GPtrArray *
new_attachments (void)
{
  return g_ptr_array_new_with_free_func (free_attachment);
}

StoreDraft *
store_draft_new (void)
{
  StoreDraft *draft = g_new0 (StoreDraft, 1);
  draft->id = g_uuid_string_random ();
  draft->account = g_strdup ("");
  draft->to = g_strdup ("");
  draft->cc = g_strdup ("");
  draft->bcc = g_strdup ("");
  draft->subject = g_strdup ("");
  draft->text = g_strdup ("");
  draft->modified = g_get_real_time () / G_USEC_PER_SEC;
  draft->attachments = new_attachments ();
  return draft;
}

StoreDraft *
store_draft_dup (const StoreDraft *draft)
{
  StoreDraft *copy = g_new (StoreDraft, 1);
  *copy = *draft;
  copy->id = g_strdup (draft->id);
  copy->account = g_strdup (draft->account);
  copy->identity = g_strdup (draft->identity);
  copy->from = g_strdup (draft->from);
  copy->to = g_strdup (draft->to);
  copy->cc = g_strdup (draft->cc);
  copy->bcc = g_strdup (draft->bcc);
  copy->subject = g_strdup (draft->subject);
  copy->text = g_strdup (draft->text);
  copy->languages = g_strdup (draft->languages);
  copy->html = g_strdup (draft->html);
  copy->in_reply_to = g_strdup (draft->in_reply_to);
  copy->references = g_strdup (draft->references);
  copy->source_id = g_strdup (draft->source_id);
  copy->server_id = g_strdup (draft->server_id);
  copy->server_before = g_strdup (draft->server_before);
  copy->server_size = draft->server_size;
  copy->server_stem = g_strdup (draft->server_stem);
  copy->attachments = new_attachments ();
  for (guint i = 0; i < draft->attachments->len; i++) {
    const StoreAttachment *attachment = g_ptr_array_index (draft->attachments, i);
    StoreAttachment *dup = g_new (StoreAttachment, 1);
    *dup = (StoreAttachment){ g_strdup (attachment->file), g_strdup (attachment->name),
                              g_strdup (attachment->content_type), attachment->size,
                              g_strdup (attachment->content_id) };
    g_ptr_array_add (copy->attachments, dup);
  }
  return copy;
}

void
store_draft_free (StoreDraft *draft)
{
  if (draft == NULL)
    return;
  g_free (draft->id);
  g_free (draft->account);
  g_free (draft->identity);
  g_free (draft->from);
  g_free (draft->to);
  g_free (draft->cc);
  g_free (draft->bcc);
  g_free (draft->subject);
  g_free (draft->text);
  g_free (draft->html);
  g_free (draft->languages);
  g_free (draft->in_reply_to);
  g_free (draft->references);
  g_free (draft->source_id);
  g_free (draft->server_id);
  g_free (draft->server_before);
  g_free (draft->server_stem);
  g_ptr_array_unref (draft->attachments);
  g_free (draft);
}

static void
free_draft (gpointer draft)
{
  store_draft_free (draft);
}

/* ---- names on disk ---- */

/* Names become parts of paths: nothing but letters, digits and hyphens may. */
static gboolean
is_plain_name (const char *name)
{
  return name != NULL && *name != '\0'
         && strspn (name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-") == strlen (name);
}

gboolean
store_draft_check_id (const char *id, GError **error)
{
  if (is_plain_name (id))
    return TRUE;
  base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This draft does not exist any more."));
  return FALSE;
}

char *
store_draft_dup_folder (BasePaths *paths, const char *id)
{
  return g_build_filename (base_paths_get_drafts (paths), id, NULL);
}

static char *
dup_attachments_folder (BasePaths *paths, const char *id)
{
  return g_build_filename (base_paths_get_drafts (paths), id, "attachments", NULL);
}

/* ---- draft.ini ---- */

static void
set_text (GKeyFile *file, const char *group, const char *key, const char *text)
{
  if (text == NULL)
    return;
  g_autofree char *valid = base_text_repair (text, -1);
  g_key_file_set_string (file, group, key, valid);
}

static char *
get_text (GKeyFile *file, const char *group, const char *key, const char *fallback)
{
  char *text = g_key_file_get_string (file, group, key, NULL);
  return text != NULL ? text : g_strdup (fallback);
}

gboolean
store_draft_save (BasePaths *paths, const StoreDraft *draft, GError **error)
{
  if (!store_draft_check_id (draft->id, error))
    return FALSE;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  set_text (file, GROUP, "Account", draft->account);
  set_text (file, GROUP, "Identity", draft->identity);
  set_text (file, GROUP, "From", draft->from);
  set_text (file, GROUP, "To", draft->to);
  set_text (file, GROUP, "Cc", draft->cc);
  set_text (file, GROUP, "Bcc", draft->bcc);
  set_text (file, GROUP, "Subject", draft->subject);
  set_text (file, GROUP, "Text", draft->text);
  set_text (file, GROUP, "Html", draft->html);
  set_text (file, GROUP, "Languages", draft->languages);
  set_text (file, GROUP, "InReplyTo", draft->in_reply_to);
  set_text (file, GROUP, "References", draft->references);
  g_key_file_set_int64 (file, GROUP, "Source", draft->source);
  set_text (file, GROUP, "SourceId", draft->source_id);
  g_key_file_set_boolean (file, GROUP, "Forward", draft->forward);
  g_key_file_set_boolean (file, GROUP, "Redirect", draft->redirect);
  g_key_file_set_integer (file, GROUP, "Notify", (int)draft->notify);
  g_key_file_set_integer (file, GROUP, "Priority", draft->priority);
  g_key_file_set_boolean (file, GROUP, "Receipt", draft->receipt);
  g_key_file_set_int64 (file, GROUP, "SendAt", draft->send_at);
  g_key_file_set_int64 (file, GROUP, "Modified", draft->modified);
  set_text (file, GROUP, "ServerId", draft->server_id);
  set_text (file, GROUP, "ServerBefore", draft->server_before);
  set_text (file, GROUP, "ServerStem", draft->server_stem);
  g_key_file_set_uint64 (file, GROUP, "ServerSize", draft->server_size);
  g_key_file_set_boolean (file, GROUP, "OnServer", draft->on_server);
  g_key_file_set_int64 (file, GROUP, "Discarded", draft->discarded);
  g_key_file_set_boolean (file, GROUP, "WasHidden", draft->was_hidden);
  g_key_file_set_boolean (file, GROUP, "FromTemplate", draft->from_template);
  g_key_file_set_boolean (file, GROUP, "Marked", draft->marked);
  g_key_file_set_boolean (file, GROUP, "Editing", draft->editing);
  g_key_file_set_uint64 (file, GROUP, "Attachments", draft->attachments->len);
  for (guint i = 0; i < draft->attachments->len; i++) {
    const StoreAttachment *attachment = g_ptr_array_index (draft->attachments, i);
    g_autofree char *group = g_strdup_printf ("Attachment %u", i);
    set_text (file, group, "File", attachment->file);
    set_text (file, group, "Name", attachment->name);
    set_text (file, group, "Type", attachment->content_type);
    set_text (file, group, "ContentId", attachment->content_id);
    g_key_file_set_uint64 (file, group, "Size", attachment->size);
  }
  gsize length;
  g_autofree char *data = g_key_file_to_data (file, &length, NULL);
  g_autofree char *folder = store_draft_dup_folder (paths, draft->id);
  g_autofree char *path = g_build_filename (folder, "draft.ini", NULL);
  return base_paths_make_folder (folder, error) && base_paths_write (path, data, length, error);
}

static void
read_attachments (GKeyFile *file, GPtrArray *attachments)
{
  guint64 count = g_key_file_get_uint64 (file, GROUP, "Attachments", NULL);
  for (guint64 i = 0; i < count; i++) {
    g_autofree char *group = g_strdup_printf ("Attachment %" G_GUINT64_FORMAT, i);
    g_autofree char *name = g_key_file_get_string (file, group, "File", NULL);
    if (!g_key_file_has_group (file, group))
      return;
    if (!is_plain_name (name))
      continue;
    StoreAttachment *attachment = g_new0 (StoreAttachment, 1);
    attachment->name = get_text (file, group, "Name", name);
    attachment->content_type = get_text (file, group, "Type", "application/octet-stream");
    attachment->size = g_key_file_get_uint64 (file, group, "Size", NULL);
    attachment->content_id = get_text (file, group, "ContentId", NULL);
    attachment->file = g_steal_pointer (&name);
    g_ptr_array_add (attachments, attachment);
  }
}

StoreDraft *
store_draft_load (BasePaths *paths, const char *id, GError **error)
{
  if (!store_draft_check_id (id, error))
    return NULL;
  g_autofree char *folder = store_draft_dup_folder (paths, id);
  g_autofree char *path = g_build_filename (folder, "draft.ini", NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) local = NULL;
  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &local)) {
    if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
      base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This draft does not exist any more."));
    else
      base_error_set (error, BASE_ERROR_DISK, local->message,
                      _ ("A draft could not be read from the disk. Its files are kept in “%s”."),
                      folder);
    return NULL;
  }
  StoreDraft *draft = g_new0 (StoreDraft, 1);
  draft->id = g_strdup (id);
  draft->account = get_text (file, GROUP, "Account", "");
  draft->identity = get_text (file, GROUP, "Identity", NULL);
  draft->from = get_text (file, GROUP, "From", NULL);
  draft->to = get_text (file, GROUP, "To", "");
  draft->cc = get_text (file, GROUP, "Cc", "");
  draft->bcc = get_text (file, GROUP, "Bcc", "");
  draft->subject = get_text (file, GROUP, "Subject", "");
  draft->text = get_text (file, GROUP, "Text", "");
  draft->html = get_text (file, GROUP, "Html", NULL);
  draft->languages = get_text (file, GROUP, "Languages", NULL);
  draft->in_reply_to = get_text (file, GROUP, "InReplyTo", NULL);
  draft->references = get_text (file, GROUP, "References", NULL);
  draft->source = g_key_file_get_int64 (file, GROUP, "Source", NULL);
  draft->source_id = get_text (file, GROUP, "SourceId", NULL);
  draft->forward = g_key_file_get_boolean (file, GROUP, "Forward", NULL);
  draft->redirect = g_key_file_get_boolean (file, GROUP, "Redirect", NULL);
  draft->notify = (StoreNotify)g_key_file_get_integer (file, GROUP, "Notify", NULL);
  draft->priority = CLAMP (g_key_file_get_integer (file, GROUP, "Priority", NULL), -1, 1);
  draft->receipt = g_key_file_get_boolean (file, GROUP, "Receipt", NULL);
  draft->send_at = g_key_file_get_int64 (file, GROUP, "SendAt", NULL);
  /* Of an older version: an answer names what it answers. */
  if (draft->source_id == NULL && !draft->forward)
    draft->source_id = g_strdup (draft->in_reply_to);
  draft->modified = g_key_file_get_int64 (file, GROUP, "Modified", NULL);
  draft->server_id = get_text (file, GROUP, "ServerId", NULL);
  draft->server_before = get_text (file, GROUP, "ServerBefore", NULL);
  draft->server_stem = get_text (file, GROUP, "ServerStem", NULL);
  draft->server_size = g_key_file_get_uint64 (file, GROUP, "ServerSize", NULL);
  draft->on_server = g_key_file_get_boolean (file, GROUP, "OnServer", NULL);
  draft->discarded = g_key_file_get_int64 (file, GROUP, "Discarded", NULL);
  draft->was_hidden = g_key_file_get_boolean (file, GROUP, "WasHidden", NULL);
  draft->from_template = g_key_file_get_boolean (file, GROUP, "FromTemplate", NULL);
  draft->marked = g_key_file_get_boolean (file, GROUP, "Marked", NULL);
  draft->editing = g_key_file_get_boolean (file, GROUP, "Editing", NULL);
  draft->attachments = new_attachments ();
  read_attachments (file, draft->attachments);
  return draft;
}

static int
compare_drafts (gconstpointer a, gconstpointer b)
{
  const StoreDraft *one = *(StoreDraft *const *)a, *two = *(StoreDraft *const *)b;
  if (one->modified != two->modified)
    return one->modified > two->modified ? -1 : 1;
  return strcmp (one->id, two->id);
}

GPtrArray *
store_draft_list (BasePaths *paths, GError **error)
{
  const char *folder = base_paths_get_drafts (paths);
  g_autoptr (GError) local = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &local);
  if (dir == NULL) {
    base_error_set (error, BASE_ERROR_DISK, local->message,
                    _ ("The drafts could not be read from the disk."));
    return NULL;
  }
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func (free_draft);
  const char *name;
  while ((name = g_dir_read_name (dir)) != NULL) {
    if (!is_plain_name (name))
      continue;
    g_clear_error (&local);
    StoreDraft *draft = store_draft_load (paths, name, &local);
    if (draft != NULL)
      g_ptr_array_add (drafts, draft);
    else if (!g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE))
      base_log ("could not read draft %s: %s", name, base_error_get_detail (local));
  }
  g_ptr_array_sort (drafts, compare_drafts);
  return g_steal_pointer (&drafts);
}

gboolean
store_draft_remove (BasePaths *paths, const char *id, GError **error)
{
  if (!store_draft_check_id (id, error))
    return FALSE;
  g_autofree char *folder = store_draft_dup_folder (paths, id);
  g_autofree char *message = g_build_filename (folder, "message.eml", NULL);
  g_autofree char *ini = g_build_filename (folder, "draft.ini", NULL);
  /* In this order, so that a crash in between leaves a draft or nothing, but never something to
   * be sent. */
  if ((g_unlink (message) == 0 || errno == ENOENT) && (g_unlink (ini) == 0 || errno == ENOENT)
      && base_paths_remove_tree (folder))
    return base_paths_sync_folder (base_paths_get_drafts (paths),
                                   error); /* power loss brings it not back */
  base_error_set_disk (error, errno, folder);
  return FALSE;
}

void
store_draft_empty_bin (BasePaths *paths, gint64 now)
{
  g_autoptr (GPtrArray) drafts = store_draft_list (paths, NULL);

  for (guint i = 0; drafts != NULL && i < drafts->len; i++) {
    const StoreDraft *draft = g_ptr_array_index (drafts, i);
    g_autoptr (GError) error = NULL;

    if (draft->discarded != 0 && draft->discarded <= now - BIN_S
        && !store_draft_remove (paths, draft->id, &error))
      base_log ("could not remove a discarded draft: %s", error->message);
  }
}

/* ---- attachments ---- */

static gboolean
write_all (int fd, const guint8 *data, gsize length)
{
  while (length > 0) {
    ssize_t n = write (fd, data, length);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    data += n;
    length -= (gsize)n;
  }
  return TRUE;
}

static gboolean
copy_stream (int fd, const char *name, GInputStream *stream, guint64 max_size, guint64 *size,
             StoreProgress progress, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE_SIZE);
  for (;;) {
    g_autoptr (GError) local = NULL;
    /* Not every stream looks at the cancellable by itself. */
    gssize n = g_cancellable_set_error_if_cancelled (cancellable, &local)
                   ? -1
                   : g_input_stream_read (stream, piece, PIECE_SIZE, cancellable, &local);
    if (n < 0 && base_error_is_cancelled (local)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    if (n < 0) {
      base_error_set (error, BASE_ERROR_DISK, local->message, _ ("“%s” could not be read."), name);
      return FALSE;
    }
    if (n == 0)
      break;
    *size += (guint64)n;
    if (*size > max_size) {
      g_autofree char *most = base_text_size (max_size);
      base_error_set (error, BASE_ERROR_LIMIT, NULL,
                      _ ("“%s” is too large: an attachment may have at most %s."), name, most);
      return FALSE;
    }
    if (!write_all (fd, piece, (gsize)n)) {
      base_error_set_disk (error, errno, name);
      return FALSE;
    }
    if (progress != NULL)
      progress (*size, data);
  }
  if (fsync (fd) == 0)
    return TRUE;
  base_error_set_disk (error, errno, name);
  return FALSE;
}

StoreAttachment *
store_draft_attach_watched (BasePaths *paths, const char *id, const char *name,
                            const char *content_type, GInputStream *stream, guint64 max_size,
                            StoreProgress progress, gpointer data, GCancellable *cancellable,
                            GError **error)
{
  if (!store_draft_check_id (id, error))
    return NULL;
  g_autofree char *draft = store_draft_dup_folder (paths, id);
  g_autofree char *folder = dup_attachments_folder (paths, id);
  if (!base_paths_make_folder (draft, error) || !base_paths_make_folder (folder, error))
    return NULL;

  g_autofree char *file = NULL, *path = NULL;
  int fd = -1;
  for (guint i = 1; fd < 0; i++) {
    g_free (file);
    g_free (path);
    file = g_strdup_printf ("%u", i);
    path = g_build_filename (folder, file, NULL);
    fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST) {
      base_error_set_disk (error, errno, path);
      return NULL;
    }
  }
  guint64 size = 0;
  gboolean ok = copy_stream (fd, name, stream, max_size, &size, progress, data, cancellable, error);
  (void)close (fd); /* synced, or a failure already */
  if (!ok || !base_paths_sync_folder (folder, error)) {
    (void)g_unlink (path);
    return NULL;
  }
  StoreAttachment *attachment = g_new (StoreAttachment, 1);
  *attachment = (StoreAttachment){ g_steal_pointer (&file), g_strdup (name),
                                   g_strdup (content_type), size, NULL };
  return attachment;
}

StoreAttachment *
store_draft_attach (BasePaths *paths, const char *id, const char *name, const char *content_type,
                    GInputStream *stream, guint64 max_size, GCancellable *cancellable,
                    GError **error)
{
  return store_draft_attach_watched (paths, id, name, content_type, stream, max_size, NULL, NULL,
                                     cancellable, error);
}

void
store_draft_drop_attachment (BasePaths *paths, const char *id, const StoreAttachment *attachment)
{
  g_autofree char *draft = store_draft_dup_folder (paths, id);
  g_autofree char *folder = dup_attachments_folder (paths, id);
  g_autofree char *path = g_build_filename (folder, attachment->file, NULL);
  if (g_unlink (path) != 0 && errno != ENOENT)
    base_log ("could not remove %s: %s", path, g_strerror (errno));
  /* Where that was all. */
  if (g_rmdir (folder) == 0)
    (void)g_rmdir (draft);
}

GBytes *
store_draft_get_attachment (BasePaths *paths, const char *id, const char *file, GError **error)
{
  if (!store_draft_check_id (id, error))
    return NULL;
  g_autofree char *folder = dup_attachments_folder (paths, id);
  g_autofree char *path = g_build_filename (folder, is_plain_name (file) ? file : "", NULL);
  g_autoptr (GError) local = NULL;
  g_autoptr (GMappedFile) mapped =
      is_plain_name (file) ? g_mapped_file_new (path, FALSE, &local) : NULL;
  if (mapped != NULL)
    return g_mapped_file_get_bytes (mapped);
  if (local == NULL || g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This attachment is not there any more."));
  else
    base_error_set (error, BASE_ERROR_DISK, local->message,
                    _ ("An attachment could not be read from the disk."));
  return NULL;
}

void
store_draft_tidy (BasePaths *paths, const char *id)
{
  g_autoptr (StoreDraft) draft = store_draft_load (paths, id, NULL);
  g_autofree char *folder = dup_attachments_folder (paths, id);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (draft != NULL && dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    gboolean named = FALSE;
    for (guint i = 0; !named && i < draft->attachments->len; i++) {
      const StoreAttachment *attachment = g_ptr_array_index (draft->attachments, i);
      named = g_str_equal (attachment->file, name);
    }
    g_autofree char *path = g_build_filename (folder, name, NULL);
    if (!named && g_unlink (path) != 0)
      base_log ("could not remove %s: %s", path, g_strerror (errno));
  }
}
