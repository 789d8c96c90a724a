/* The formats of a letter, and the letter as HTML: a small subset of our own, written and read strictly.
 *
 * Lists and quotes are text in the buffer ("• ", "> "), so that what a reader of plain text gets is what the person
 * saw; everything else is a tag.  Main thread (GtkTextBuffer), no widgets. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_EDITOR_BULLET "• "

typedef enum
{
  UI_FORMAT_BOLD,
  UI_FORMAT_ITALIC,
  UI_FORMAT_UNDERLINE,
  UI_FORMAT_STRIKETHROUGH,
  UI_FORMAT_HEADING, /* of a whole line */
} UiFormat;

#define UI_N_FORMATS (UI_FORMAT_HEADING + 1)

/* The tag of a format; "quote" and "bullet" are tags for looks only. */
GtkTextTagTable *ui_editor_tags_new (void) G_GNUC_WARN_UNUSED_RESULT;
void ui_editor_tags_set_dark (GtkTextTagTable *table, gboolean dark);
GtkTextTag *ui_editor_tags_get (GtkTextTagTable *table, UiFormat format);
/* Made where it is not there yet. */
GtkTextTag *ui_editor_tags_get_link (GtkTextTagTable *table, const char *uri);
/* NULL where `tag` is no link. */
const char *ui_editor_tag_get_uri (GtkTextTag *tag);
/* A format or a link: part of the letter, not of its looks. */
gboolean ui_editor_tag_is_format (GtkTextTag *tag);
/* The link tag at `iter`, or NULL. */
GtkTextTag *ui_editor_iter_get_link (const GtkTextIter *iter);
gboolean ui_editor_uri_is_allowed (const char *uri);

/* How deep `line` is quoted; `text` (nullable) gets where the quoted text begins.  ">_<" is no quote. */
guint ui_editor_quote_depth (const char *line, const char **text);

/* Plain text; a link whose text does not tell its address is followed by it. */
char *ui_editor_to_text (GtkTextBuffer *buffer) G_GNUC_WARN_UNUSED_RESULT;
/* Well-formed XML that is also HTML: one <div>. */
char *ui_editor_to_html (GtkTextBuffer *buffer) G_GNUC_WARN_UNUSED_RESULT;
/* Replaces the content.  FALSE when `html` is not of our own making; the buffer is empty then. */
gboolean ui_editor_from_html (GtkTextBuffer *buffer, const char *html);

G_END_DECLS
