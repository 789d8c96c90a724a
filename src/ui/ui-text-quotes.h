/* Where the quotes and the signature of a plain text are, and how they look.  Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Octets of the text, whole lines. */
typedef struct
{
  gsize start, end;
  guint lines;
} UiTextQuote;

/* What is worth folding: quoted lines (">") that are many, or that close the text; and what follows the line with which a mail program
 * begins the message that is answered ("-----Original Message-----").  Of a text that is nothing but quotes, nothing.  In the order of the
 * text, not overlapping: GArray of UiTextQuote. */
GArray *ui_text_quotes_find (const char *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;
/* Octet where the signature begins (with its "-- " line), `length` when there is none. */
gsize ui_text_quotes_find_signature (const char *text, gsize length);

/* How deep a line is quoted. */
guint ui_text_quotes_get_depth (const char *line, gsize length);

/* Colours that tell the levels of quotes apart, those beyond the last as the last one, and what stands beside them. */
#define UI_TEXT_QUOTES_LEVELS 4
typedef enum
{
  UI_TEXT_COLOUR_QUOTE, /* the first of UI_TEXT_QUOTES_LEVELS */
  UI_TEXT_COLOUR_SIGNATURE = UI_TEXT_QUOTES_LEVELS,
  UI_TEXT_COLOUR_LINK,
  UI_TEXT_N_COLOURS
} UiTextColour;
/* "#rrggbb": on the ground of a light or a dark window with a contrast of at least 4.5 (WCAG 2.1, 1.4.3). */
const char *ui_text_quotes_get_colour (UiTextColour colour, gboolean dark);

G_END_DECLS
