/* What style attributes say, each found out once: elements of a layout say the same again and again, and that is the most of the time that
 * cleaning takes.  Of one document; one thread at a time. */
#pragma once

#include "mime-hidden-private.h"

G_BEGIN_DECLS

typedef struct
{
  const char *
      css; /* as it goes out (mime_css_clean_declarations ()), of what is no picture and keeps its ink */
  MimeSize size; /* that it sets */
  gboolean hides;
} MimeStyle;

typedef struct _MimeStyles
{
  GHashTable *styles; /* owned: of the attribute; NULL: none yet */
} MimeStyles;

void mime_styles_clear (MimeStyles *self);
/* Valid until the next one is asked for. */
const MimeStyle *mime_styles_look_up (MimeStyles *self, const char *attribute);

G_END_DECLS
