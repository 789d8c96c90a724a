/* What the sender hid: left out of what is read and of what is quoted alike.  Pure, any thread.
 *
 * If one text were shown and another quoted, a person could be made to answer words that they never saw.  So the cleaned HTML holds no
 * way to hide text (mime-css.c), and what is hidden without any condition, as newsletters hide the text for the list of messages, is
 * gone from both.  What is hidden under a condition (width of the window, pointer, colour scheme) is shown in both. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

struct _MimeStyles; /* mime-styles-private.h */

typedef struct
{
  GHashTable *names; /* owned: ".class" and "#id" that a style sheet hides; NULL: none yet */
} MimeHidden;

void mime_hidden_clear (MimeHidden *self);
/* A style element: counts for what comes behind it. */
void mime_hidden_add_sheet (MimeHidden *self, const char *css, gsize length);
/* Elements of this name are never seen, nor anything in them: what fetches, runs, asks, or is for other programs. */
gboolean mime_hidden_is_dropped (const char *name);
/* The element is not to be seen, nor anything in it. `styles`: of the document. */
gboolean mime_hidden_is (const MimeHidden *self, struct _MimeStyles *styles,
                         const char **attributes);

/* The size of text: layouts set it to nothing to be rid of white space, and set it again further in. */
typedef enum
{
  MIME_SIZE_KEPT,    /* says nothing of it */
  MIME_SIZE_NOTHING, /* text right in it is not to be seen */
  MIME_SIZE_SET,
  MIME_SIZE_UNKNOWN, /* a style sheet may say something */
} MimeSize;
MimeSize mime_hidden_get_size (struct _MimeStyles *styles, const char *name,
                               const char **attributes);

/* Declarations that hide, whatever else stands beside them. */
gboolean mime_hidden_declarations (const char *css, gsize length);

G_END_DECLS
