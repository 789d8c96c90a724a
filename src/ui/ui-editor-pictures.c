/* The pictures of a letter as they stand in its text: what they look like, and how wide they may be.  Main thread. */
#include "ui-editor-private.h"

#include <string.h>

#include "ui-editor-picture.h"

#define LEAST_ROOM 40

typedef void (*PictureFunc) (UiEditor *self, UiEditorPicture *picture, const GtkTextIter *at);

/* The next picture at or behind `at`: each wears the tag. */
static gboolean
find (UiEditor *self, GtkTextIter *at)
{
  GtkTextTag *tag = gtk_text_tag_table_lookup (self->table, "picture");

  do {
    if (!gtk_text_iter_has_tag (at, tag) && !gtk_text_iter_forward_to_tag_toggle (at, tag))
      return FALSE;
    if (gtk_text_iter_has_tag (at, tag) && ui_editor_iter_get_picture (at) != NULL)
      return TRUE;
  } while (gtk_text_iter_forward_char (at));
  return FALSE;
}

/* `func` may not change the text. */
static void
each (UiEditor *self, PictureFunc func)
{
  GtkTextIter at;

  gtk_text_buffer_get_start_iter (self->buffer, &at);
  while (self->has_pictures && find (self, &at)) {
    func (self, ui_editor_iter_get_picture (&at), &at);
    gtk_text_iter_forward_char (&at);
  }
}

gboolean
ui_editor_has_picture (UiEditor *self)
{
  GtkTextIter at;

  gtk_text_buffer_get_start_iter (self->buffer, &at);
  return self->has_pictures && find (self, &at);
}

static void
give_texture (UiEditor *self, UiEditorPicture *picture, const GtkTextIter *at)
{
  GdkTexture *texture = g_hash_table_lookup (self->textures, ui_editor_picture_get_id (picture));

  if (texture != NULL && !ui_editor_picture_has_texture (picture))
    ui_editor_picture_set_texture (picture, texture);
}

/* The view measures a line again only when something of it changes. */
static void
fit (UiEditor *self, UiEditorPicture *picture, const GtkTextIter *at)
{
  GtkTextIter end = *at;

  ui_editor_picture_set_room (picture, self->room);
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
ui_editor_fit_picture (UiEditor *self, UiEditorPicture *picture, const GtkTextIter *at)
{
  give_texture (self, picture, at);
  fit (self, picture, at);
}

static gboolean
on_new_width (gpointer data)
{
  UiEditor *self = data;

  self->room_source = 0;
  if (self->composing) /* the line of the caret may have one */
    return G_SOURCE_REMOVE;
  each (self, fit);
  return G_SOURCE_REMOVE;
}

void
ui_editor_set_room (UiEditor *self, int width)
{
  width = MAX (width, LEAST_ROOM);
  if (width == self->room)
    return;
  self->room = width;
  if (self->has_pictures && self->room_source == 0)
    self->room_source = g_idle_add (on_new_width, self);
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
