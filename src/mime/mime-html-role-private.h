/* What an element of HTML does to the flow of text, for all who turn HTML to lines.  Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  MIME_ROLE_NONE,
  MIME_ROLE_HIDDEN,
  MIME_ROLE_BLOCK,     /* starts and ends a line */
  MIME_ROLE_PARAGRAPH, /* an empty line around it */
  MIME_ROLE_QUOTE,
  MIME_ROLE_LIST,
  MIME_ROLE_ITEM,
  MIME_ROLE_PRE,
  MIME_ROLE_ROW,
  MIME_ROLE_CELL,
  MIME_ROLE_LINK,
  MIME_ROLE_BREAK,
  MIME_ROLE_RULE,
} MimeRole;

/* `name` in lower case. */
MimeRole mime_html_role (const char *name);

G_END_DECLS
