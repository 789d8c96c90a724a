/* How text of a letter looks, as far as a letter can say it.  Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MIME_LETTER_LOOK_NO_COLOUR 0xffffffff

/* How text looks; of links the address is that of the element which holds it. */
typedef struct
{
  gboolean bold, italic, underline, strike;
  guint colour;              /* 0xrrggbb */
  const char *size, *family; /* as CSS has them; NULL: the usual */
  const char *href;
  /* Of a letter that was written only */
  const char *align;      /* of its line; NULL: the usual */
  gboolean written, kept; /* all of it counts; tabs do */
} MimeLetterLook;

/* Whether a span has to say it: what no element does. */
gboolean mime_letter_look_has_span (const MimeLetterLook *look);
/* Of what is written for it; how lines are aligned is not part of that. */
gboolean mime_letter_look_equal (const MimeLetterLook *one, const MimeLetterLook *other);
/* From the look around an element, which `look` holds, to that inside of it.  `heading`: it is part of one, which is bold anyway. */
void mime_letter_look_enter (MimeLetterLook *look, const char *name, const char **attributes,
                             gboolean heading);

G_END_DECLS
