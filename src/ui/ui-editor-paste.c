/* What comes into a letter from the clipboard: with its formats where the letter is rich and the other program gave HTML, as bare text
 * else; pictures by themselves go to whoever holds the editor.  What is copied out is text and HTML.  Main thread; HTML of others is
 * made ours off it (mail-letter.h).  It must never change the text while an input method composes: what has come waits. */
#include "ui-editor-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mail-letter.h"

/* What a program that has gone mad puts into a clipboard ends here. */
#define MAX_PASTED (8 * 1024 * 1024)
/* What is taken for a letter of ours without a look in a thread: what it is may be known at its end only. */
#define MAX_OURS (64 * 1024)

/* ---- when nothing composes ---- */

typedef struct
{
  char *text, *html; /* one of them; or the text is for where the HTML cannot be */
  GBytes *given;     /* nullable: `html` is this, if it is ours */
  gboolean flat;     /* a table of it is lines of text now */
} Arrival;

static void
arrival_free (gpointer data)
{
  Arrival *arrival = data;

  g_free (arrival->text);
  g_free (arrival->html);
  g_clear_pointer (&arrival->given, g_bytes_unref);
  g_free (arrival);
}

static void make_ours (UiEditor *self, GBytes *bytes);
static void paste_text (UiEditor *self);

static void
say_flat (UiEditor *self)
{
  ui_editor_emit_sentence (self,
                           _ ("A table was too large for this message. It was pasted as text."));
}

/* For a letter that became plain while it came; NULL: it is not ours. */
static char *
dup_bare (UiEditor *self, const char *html)
{
  g_autoptr (GtkTextBuffer) scratch = gtk_text_buffer_new (self->table);

  return html != NULL && ui_editor_from_html (scratch, html) ? ui_editor_to_text (scratch) : NULL;
}

/* FALSE: it is nothing that a letter holds, and all is as it was. */
static gboolean
put_html (UiEditor *self, const char *html)
{
  GtkTextBuffer *buffer = self->buffer;
  g_autoptr (GtkTextMark) from = NULL;
  g_autoptr (GtkTextMark) to = NULL;
  GtkTextIter start, end, at;
  int first;
  gboolean good;

  gtk_text_buffer_get_selection_bounds (buffer, &start, &end);
  from = g_object_ref (gtk_text_buffer_create_mark (buffer, NULL, &start, TRUE));
  to = g_object_ref (gtk_text_buffer_create_mark (buffer, NULL, &end, TRUE));
  at = end;
  self->dressed = TRUE;
  /* What is selected goes only when something has come in its place. */
  good = ui_editor_insert_html (buffer, &at, html);
  if (good) {
    gtk_text_buffer_place_cursor (buffer, &at);
    gtk_text_buffer_get_iter_at_mark (buffer, &start, from);
    gtk_text_buffer_get_iter_at_mark (buffer, &end, to);
    if (!gtk_text_iter_equal (&start, &end))
      gtk_text_buffer_delete (buffer, &start, &end);
    gtk_text_buffer_get_iter_at_mark (buffer, &start, from);
    gtk_text_buffer_get_iter_at_mark (buffer, &at, gtk_text_buffer_get_insert (buffer));
    first = gtk_text_iter_get_line (&start);
    ui_editor_join_alignment (self, first, gtk_text_iter_get_line (&at));
  }
  self->dressed = FALSE;
  gtk_text_buffer_delete_mark (buffer, from);
  gtk_text_buffer_delete_mark (buffer, to);
  return good;
}

static void
put_text (UiEditor *self, const char *text)
{
  GtkTextIter at;

  gtk_text_buffer_delete_selection (self->buffer, TRUE, TRUE);
  gtk_text_buffer_get_iter_at_mark (self->buffer, &at, gtk_text_buffer_get_insert (self->buffer));
  gtk_text_buffer_insert (self->buffer, &at, text, -1);
}

/* FALSE: it cannot stand in this letter. */
static gboolean
put_in (UiEditor *self, const Arrival *arrival)
{
  g_autofree char *bare = NULL;

  if (arrival->html != NULL && self->rich) {
    if (put_html (self, arrival->html))
      return TRUE;
  } else {
    bare = dup_bare (self, arrival->html);
  }
  if (arrival->given != NULL || (bare == NULL && arrival->text == NULL))
    return FALSE;
  put_text (self, bare != NULL ? bare : arrival->text);
  return TRUE;
}

static void
put (UiEditor *self, const Arrival *arrival)
{
  gboolean good;

  gtk_text_buffer_begin_user_action (self->buffer);
  good = put_in (self, arrival);
  gtk_text_buffer_end_user_action (self->buffer);
  if (good) {
    gtk_text_view_scroll_mark_onscreen (GTK_TEXT_VIEW (self),
                                        gtk_text_buffer_get_insert (self->buffer));
    ui_editor_edited (self);
    if (arrival->flat)
      say_flat (self);
  } else if (arrival->given != NULL) {
    make_ours (self, arrival->given);
  } else {
    paste_text (self);
  }
}

static gboolean
put_what_waits (gpointer data)
{
  UiEditor *self = data;
  Arrival *arrival;

  self->arrival_source = 0;
  if (self->composing)
    return G_SOURCE_REMOVE; /* comes again when it has ended */
  while ((arrival = g_queue_pop_head (&self->arrivals)) != NULL) {
    put (self, arrival);
    arrival_free (arrival);
  }
  return G_SOURCE_REMOVE;
}

void
ui_editor_put_arrivals (UiEditor *self)
{
  /* Not now: the input method may still have to hand over what it composed. */
  if (self->arrival_source == 0 && !g_queue_is_empty (&self->arrivals))
    self->arrival_source = g_idle_add (put_what_waits, self);
}

void
ui_editor_drop_arrivals (UiEditor *self)
{
  g_clear_handle_id (&self->arrival_source, g_source_remove);
  g_queue_clear_full (&self->arrivals, arrival_free);
}

/* Takes text and html. */
static void
arrive (UiEditor *self, char *text, char *html, GBytes *given, gboolean flat)
{
  Arrival *arrival = g_new0 (Arrival, 1);

  arrival->text = text;
  arrival->html = html;
  arrival->given = given != NULL ? g_bytes_ref (given) : NULL;
  arrival->flat = flat;
  g_queue_push_tail (&self->arrivals, arrival);
  if (self->composing)
    return;
  g_clear_handle_id (&self->arrival_source, g_source_remove);
  put_what_waits (self);
}

void
ui_editor_arrive (UiEditor *self, char *text, char *html)
{
  arrive (self, text, html, NULL, FALSE);
}

void
ui_editor_insert (UiEditor *self, const char *text, const char *html)
{
  gboolean dressed = html != NULL && self->rich;

  g_return_if_fail (UI_IS_EDITOR (self));
  ui_editor_arrive (self, g_strdup (text),
                    dressed ? ui_editor_without_strange_pictures (self, html) : NULL);
}

gboolean
ui_editor_get_word (UiEditor *self, GtkTextIter *start, GtkTextIter *end)
{
  if (gtk_text_buffer_get_has_selection (self->buffer))
    return FALSE;
  gtk_text_buffer_get_iter_at_mark (self->buffer, end, gtk_text_buffer_get_insert (self->buffer));
  *start = *end;
  while (gtk_text_iter_backward_char (start))
    if (g_unichar_isspace (gtk_text_iter_get_char (start))) {
      gtk_text_iter_forward_char (start);
      break;
    }
  return !gtk_text_iter_equal (start, end);
}

void
ui_editor_replace_word (UiEditor *self, const char *text, const char *html)
{
  GtkTextIter start, end;

  g_return_if_fail (UI_IS_EDITOR (self));
  if (ui_editor_get_word (self, &start, &end))
    gtk_text_buffer_select_range (self->buffer, &start, &end);
  ui_editor_insert (self, text, html);
}

/* ---- text ---- */

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiEditor) self = data;
  char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  if (text != NULL && self->buffer != NULL)
    ui_editor_arrive (self, text, NULL);
  else
    g_free (text);
}

static void
paste_text (UiEditor *self)
{
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), NULL, on_text,
                                 g_object_ref (self));
}

void
ui_editor_paste_plain (UiEditor *self)
{
  if (gtk_text_view_get_editable (GTK_TEXT_VIEW (self)))
    paste_text (self);
}

/* There is nothing to read in the HTML: of a picture that a browser copied it says only where that came from. */
static void
paste_other (UiEditor *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));

  if (!ui_editor_emit_paste_files (self, clipboard))
    paste_text (self);
}

/* ---- HTML ---- */

static void
on_letter (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiEditor) self = data;
  gboolean flat;
  char *html = mail_letter_from_html_finish (result, &flat, NULL);

  if (self->buffer == NULL)
    g_free (html);
  else if (html == NULL)
    paste_other (self);
  else
    arrive (self, NULL, html, NULL, flat);
}

static void
make_ours (UiEditor *self, GBytes *bytes)
{
  mail_letter_from_html_async (bytes, NULL, NULL, on_letter, g_object_ref (self));
}

/* What seems to be. */
static void
make_sure (UiEditor *self, GBytes *bytes)
{
  g_autofree const char **ids =
      (const char **)g_hash_table_get_keys_as_array (self->textures, NULL);

  mail_letter_from_html_async (bytes, ids, NULL, on_letter, g_object_ref (self));
}

/* Ours as it is, from another window; else made ours. */
static void
take_html (UiEditor *self, GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  gboolean seems = length >= strlen ("<div>") && memcmp (data, "<div>", strlen ("<div>")) == 0;
  g_autofree char *html = seems && length < MAX_OURS ? g_strndup (data, length) : NULL;

  if (html != NULL)
    arrive (self, NULL, ui_editor_without_strange_pictures (self, html), bytes, FALSE);
  else if (seems)
    make_sure (self, bytes);
  else
    make_ours (self, bytes);
}

static void
on_html_bytes (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiEditor) self = data;
  GMemoryOutputStream *memory = G_MEMORY_OUTPUT_STREAM (source);
  gssize length = g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, NULL);

  if (self->buffer == NULL)
    return;
  if (length <= 0 || length > MAX_PASTED) {
    paste_text (self);
    return;
  }
  g_autoptr (GBytes) bytes = g_memory_output_stream_steal_as_bytes (memory);
  take_html (self, bytes);
}

static void
on_html (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiEditor) self = data;
  g_autoptr (GInputStream) stream =
      gdk_clipboard_read_finish (GDK_CLIPBOARD (source), result, NULL, NULL);

  if (stream == NULL) {
    paste_text (self);
    return;
  }
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_output_stream_splice_async (
      memory, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
      G_PRIORITY_DEFAULT, NULL, on_html_bytes, g_object_ref (self));
}

/* ---- the view's own signals ---- */

static void
paste_clipboard (GtkTextView *view)
{
  UiEditor *self = UI_EDITOR (view);
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (view));
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  gboolean text = gdk_content_formats_contain_gtype (formats, G_TYPE_STRING)
                  || gdk_content_formats_contain_mime_type (formats, "text/plain")
                  || gdk_content_formats_contain_mime_type (formats, "text/plain;charset=utf-8");

  if (!gtk_text_view_get_editable (view))
    return;
  /* Files that were copied have their names as text, too. */
  if (gdk_content_formats_contain_mime_type (formats, "x-special/gnome-copied-files")
      && ui_editor_emit_paste_files (self, clipboard))
    return;
  if (self->rich && self->outer == NULL
      && gdk_content_formats_contain_mime_type (formats, "text/html"))
    gdk_clipboard_read_async (clipboard, (const char *[]){ "text/html", NULL }, G_PRIORITY_DEFAULT,
                              NULL, on_html, g_object_ref (self));
  else if (!text && ui_editor_emit_paste_files (self, clipboard))
    return;
  else
    paste_text (self);
}

/* The selection as HTML of ours, where it has formats, and as text. */
static char *
dup_selected_html (UiEditor *self, char **text)
{
  g_autoptr (GtkTextBuffer) copy = gtk_text_buffer_new (self->table);
  GtkTextIter start, end, at;

  gtk_text_buffer_get_selection_bounds (self->buffer, &start, &end);
  if (!self->rich) {
    *text = gtk_text_iter_get_text (&start, &end);
    return NULL;
  }
  gtk_text_buffer_get_start_iter (copy, &at);
  gtk_text_buffer_insert_range (copy, &at, &start, &end);
  *text = ui_editor_to_text (copy);
  return ui_editor_to_html (copy);
}

static void
copy_out (UiEditor *self)
{
  g_autofree char *text = NULL;

  if (!gtk_text_buffer_get_has_selection (self->buffer))
    return;
  g_autofree char *html = dup_selected_html (self, &text);
  g_autoptr (GdkContentProvider) plain = gdk_content_provider_new_typed (G_TYPE_STRING, text);
  if (html == NULL) {
    gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (self)), plain);
    return;
  }
  g_autoptr (GBytes) bytes = g_bytes_new (html, strlen (html));
  GdkContentProvider *both[] = { gdk_content_provider_new_for_bytes ("text/html", bytes),
                                 g_steal_pointer (&plain) };
  g_autoptr (GdkContentProvider) all = gdk_content_provider_new_union (both, G_N_ELEMENTS (both));
  gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (self)), all);
}

static void
copy_clipboard (GtkTextView *view)
{
  copy_out (UI_EDITOR (view));
}

static void
cut_clipboard (GtkTextView *view)
{
  UiEditor *self = UI_EDITOR (view);

  copy_out (self);
  gtk_text_buffer_delete_selection (self->buffer, TRUE, gtk_text_view_get_editable (view));
}

void
ui_editor_class_add_paste (GtkTextViewClass *klass)
{
  klass->paste_clipboard = paste_clipboard;
  klass->copy_clipboard = copy_clipboard;
  klass->cut_clipboard = cut_clipboard;
}
