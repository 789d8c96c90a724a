/* The pictures and tables of a letter as they stand in its text: what they look like, and how wide they may be.  Main thread. */
#include "ui-editor-private.h"

#include <string.h>

#include "ui-editor-picture.h"

#define LEAST_ROOM 40

typedef void (*ObjectFunc) (UiEditor *self, const GtkTextIter *at);

/* Each wears the tag. */
gboolean
ui_editor_find_object (UiEditor *self, GtkTextIter *at)
{
  GtkTextTag *tag = gtk_text_tag_table_lookup (self->table, "picture");

  if (!self->has_pictures)
    return FALSE;
  do {
    if (!gtk_text_iter_has_tag (at, tag) && !gtk_text_iter_forward_to_tag_toggle (at, tag))
      return FALSE;
    if (gtk_text_iter_has_tag (at, tag) && gtk_text_iter_get_paintable (at) != NULL)
      return TRUE;
  } while (gtk_text_iter_forward_char (at));
  return FALSE;
}

/* `func` may not change the text. */
static void
each (UiEditor *self, ObjectFunc func)
{
  GtkTextIter at;

  gtk_text_buffer_get_start_iter (self->buffer, &at);
  while (ui_editor_find_object (self, &at)) {
    func (self, &at);
    gtk_text_iter_forward_char (&at);
  }
}

static void
give_texture (UiEditor *self, const GtkTextIter *at)
{
  UiEditorPicture *picture = ui_editor_iter_get_picture (at);
  GdkTexture *texture =
      picture != NULL ? g_hash_table_lookup (self->textures, ui_editor_picture_get_id (picture))
                      : NULL;

  if (texture != NULL && !ui_editor_picture_has_texture (picture))
    ui_editor_picture_set_texture (picture, texture);
}

/* The view measures a line again only when something of it changes. */
static void
fit (UiEditor *self, const GtkTextIter *at)
{
  UiEditorPicture *picture = ui_editor_iter_get_picture (at);
  UiEditorTable *table = ui_editor_iter_get_table (at);
  GtkTextIter end = *at;
  GdkRGBA colour;

  if (picture != NULL)
    ui_editor_picture_set_room (picture, self->room);
  if (table != NULL) {
    gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &colour);
    ui_editor_table_set_place (table, gtk_widget_get_pango_context (GTK_WIDGET (self)), self->room,
                               &colour);
  }
  gtk_text_iter_forward_char (&end);
  gtk_text_buffer_remove_tag_by_name (self->buffer, "picture", at, &end);
  gtk_text_buffer_apply_tag_by_name (self->buffer, "picture", at, &end);
}

void
ui_editor_add_picture (UiEditor *self, const char *id, GdkTexture *texture)
{
  g_hash_table_replace (self->textures, g_strdup (id), g_object_ref (texture));
  each (self, give_texture);
  each (self, fit);
}

void
ui_editor_fit_object (UiEditor *self, const GtkTextIter *at)
{
  give_texture (self, at);
  fit (self, at);
}

static gboolean
on_new_place (gpointer data)
{
  UiEditor *self = data;

  self->room_source = 0;
  if (self->composing) /* the line of the caret may have one */
    return G_SOURCE_REMOVE;
  each (self, fit);
  /* Measured before they are drawn: no frame is on its way now. */
  gtk_widget_queue_resize (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

void
ui_editor_fit_objects (UiEditor *self)
{
  if (self->has_pictures && self->room_source == 0)
    self->room_source = g_idle_add (on_new_place, self);
}

void
ui_editor_set_room (UiEditor *self, int width)
{
  width = MAX (width, LEAST_ROOM);
  if (width == self->room)
    return;
  self->room = width;
  ui_editor_fit_objects (self);
}

static gboolean
keep_known (const GMatchInfo *match, GString *out, gpointer data)
{
  UiEditor *self = data;
  g_autofree char *whole = g_match_info_fetch (match, 0);
  g_autofree char *id = g_match_info_fetch (match, 1);

  if (g_hash_table_contains (self->textures, id))
    g_string_append (out, whole);
  return FALSE;
}

char *
ui_editor_without_strange_pictures (UiEditor *self, const char *html)
{
  g_autoptr (GRegex) regex = g_regex_new ("<img src=\"cid:([^\"]*)\"[^>]*/>", 0, 0, NULL);

  return g_regex_replace_eval (regex, html, -1, 0, 0, keep_known, self, NULL);
}

void
ui_editor_insert_picture (UiEditor *self, const char *id, const char *name, GdkTexture *texture,
                          int width, int height)
{
  g_autofree char *html = NULL;
  g_autofree char *escaped = g_markup_escape_text (name, -1);

  ui_editor_set_rich_flag (self, TRUE);
  ui_editor_add_picture (self, id, texture);
  html = g_strdup_printf (
      "<div><div><img src=\"cid:%s\" alt=\"%s\" width=\"%d\" height=\"%d\"/></div></div>", id,
      escaped, width, height);
  ui_editor_arrive (self, NULL, g_steal_pointer (&html));
}
