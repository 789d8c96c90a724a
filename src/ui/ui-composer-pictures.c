/* Pictures in a letter: pasted and dropped ones go into the text and, with a Content-ID, into the draft; those of a draft that is
 * opened again get their looks back.  Main thread; decoding and reading is done elsewhere. */
#include "ui-composer-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "mail-letter.h"
#include "ui-dialog.h"
#include "ui-picture-load.h"

typedef struct
{
  UiComposer *composer; /* owned */
  UiPicture *picture;
  GFile *file;      /* nullable: it was given as one */
  UiComing *coming; /* borrowed; NULL: it is here */
  char *id;
} Coming;

static void
coming_free (Coming *coming)
{
  g_object_unref (coming->composer);
  g_clear_pointer (&coming->picture, ui_picture_free);
  g_clear_object (&coming->file);
  g_free (coming->id);
  g_free (coming);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Coming, coming_free)

static void
on_attached (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Coming) coming = data;
  UiComposer *self = coming->composer;
  g_autoptr (GError) error = NULL;

  if (mail_draft_attach_finish (MAIL_DRAFT (source), result, &error) && !self->done)
    ui_editor_insert_picture (self->editor, coming->id, coming->picture->name,
                              coming->picture->texture, coming->picture->width,
                              coming->picture->height);
  ui_composer_arrived (self, error);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Coming) coming = data;
  UiComposer *self = coming->composer;
  g_autofree char *uuid = g_uuid_string_random ();
  g_autoptr (GError) error = NULL;
  gboolean given_up = FALSE;

  coming->picture = ui_picture_finish (result, &error);
  if (coming->coming != NULL) {
    given_up = g_cancellable_is_cancelled (ui_coming_get_cancellable (coming->coming));
    ui_coming_end (g_steal_pointer (&coming->coming));
  }
  /* What is no picture, whatever its name says, is a file; the attaching of it says what is wrong with it. */
  if (coming->picture == NULL && coming->file != NULL && !self->done && !given_up)
    ui_composer_attach (self, coming->file);
  if (coming->picture == NULL || self->done || given_up) {
    ui_composer_arrived (
        self, coming->picture == NULL && coming->file == NULL && !self->done ? error : NULL);
    return;
  }
  coming->id = g_strconcat (uuid, "@picture", NULL);
  mail_draft_attach_picture_async (self->draft, coming->picture->name, coming->picture->type,
                                   coming->picture->content, coming->id, on_attached, coming);
  g_steal_pointer (&coming);
}

static void
load_file (UiComposer *self, GFile *file)
{
  Coming *coming = g_new0 (Coming, 1);

  coming->composer = g_object_ref (self);
  coming->file = g_object_ref (file);
  coming->coming = ui_composer_begin_file (self, file);
  ui_picture_load_async (mail_draft_get_engine (self->draft), file,
                         ui_coming_get_cancellable (coming->coming), on_loaded, coming);
}

gboolean
ui_composer_take_pictures (UiComposer *self, GSList *files)
{
  if (!ui_editor_get_rich (self->editor))
    return FALSE;
  for (GSList *l = files; l != NULL; l = l->next)
    if (!ui_picture_is_likely (l->data))
      return FALSE;
  for (GSList *l = files; l != NULL; l = l->next)
    load_file (self, l->data);
  return TRUE;
}

/* ---- the clipboard ---- */

/* The kinds that another program may give, the best first. */
static const char *const picture_types[] = { "image/png",  "image/jpeg", "image/gif", "image/webp",
                                             "image/tiff", "image/bmp",  NULL };

static gboolean
contains_picture (const GdkContentFormats *formats)
{
  for (guint i = 0; picture_types[i] != NULL; i++)
    if (gdk_content_formats_contain_mime_type (formats, picture_types[i]))
      return TRUE;
  return FALSE;
}

static void
not_read (UiComposer *self, const GError *cause)
{
  g_autoptr (GError) error = NULL;

  base_error_set (&error, BASE_ERROR_BROKEN, cause != NULL ? cause->message : NULL,
                  _ ("What is in the clipboard could not be read."));
  ui_composer_arrived (self, error);
}

static void
on_picture_bytes (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiComposer) self = data;
  GMemoryOutputStream *memory = G_MEMORY_OUTPUT_STREAM (source);
  g_autoptr (GError) error = NULL;
  gssize length = g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, &error);
  Coming *coming;

  if (self->done) {
    ui_composer_arrived (self, NULL);
    return;
  }
  if (length <= 0) {
    not_read (self, error);
    return;
  }
  g_autoptr (GBytes) bytes = g_memory_output_stream_steal_as_bytes (memory);
  coming = g_new0 (Coming, 1);
  coming->composer = g_object_ref (self);
  ui_picture_take_async (
      mail_draft_get_engine (self->draft), bytes,
      /* Translators: the name of a picture that was pasted, without its ending */
      _ ("picture"), on_loaded, coming);
}

static void
on_picture (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiComposer) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream =
      gdk_clipboard_read_finish (GDK_CLIPBOARD (source), result, NULL, &error);

  if (stream == NULL) {
    not_read (self, error);
    return;
  }
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_output_stream_splice_async (
      memory, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
      G_PRIORITY_DEFAULT, NULL, on_picture_bytes, g_object_ref (self));
}

static void
on_files (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiComposer) self = data;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, &error);
  GSList *files = value != NULL ? g_value_get_boxed (value) : NULL;

  if (files == NULL) {
    not_read (self, error);
    return;
  }
  if (!self->done && !ui_composer_take_pictures (self, files))
    for (GSList *l = files; l != NULL; l = l->next)
      ui_composer_attach (self, l->data);
  ui_composer_arrived (self, NULL);
}

static gboolean
on_paste_files (UiEditor *editor, GdkClipboard *clipboard, UiComposer *self)
{
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  g_autoptr (GdkContentFormats) all =
      gdk_content_formats_union_serialize_mime_types (gdk_content_formats_ref (formats));

  if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST)
      || gdk_content_formats_contain_mime_type (formats, "text/uri-list"))
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL,
                                    on_files, g_object_ref (self));
  else if (contains_picture (all))
    gdk_clipboard_read_async (clipboard, (const char **)picture_types, G_PRIORITY_DEFAULT, NULL,
                              on_picture, g_object_ref (self));
  else
    return FALSE;
  self->attaching++;
  return TRUE;
}

/* ---- a draft that is opened again ---- */

static void
on_decoded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Coming) coming = data;

  coming->picture = ui_picture_finish (result, NULL);
  if (coming->picture != NULL && !coming->composer->done)
    ui_editor_add_picture (coming->composer->editor, coming->id, coming->picture->texture);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Coming) coming = data;
  MailDraft *draft = MAIL_DRAFT (source);
  g_autoptr (GBytes) bytes = mail_draft_read_file_finish (draft, result, NULL);

  if (bytes != NULL && !coming->composer->done)
    ui_picture_take_async (mail_draft_get_engine (draft), bytes, "", on_decoded,
                           g_steal_pointer (&coming));
}

void
ui_composer_set_up_pictures (UiComposer *self)
{
  GListModel *files = mail_draft_get_attachments (self->draft);

  g_signal_connect (self->editor, "paste-files", G_CALLBACK (on_paste_files), self);
  for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
    g_autoptr (MailAttachment) file = g_list_model_get_item (files, i);
    Coming *coming;

    if (mail_attachment_get_content_id (file) == NULL)
      continue;
    coming = g_new0 (Coming, 1);
    coming->composer = g_object_ref (self);
    coming->id = g_strdup (mail_attachment_get_content_id (file));
    mail_draft_read_file_async (self->draft, file, on_read, coming);
  }
}
