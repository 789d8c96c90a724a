/* Ink and paper: whether text has a colour that nobody can tell from what is behind it.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean known;
  double red, green, blue; /* 0 to 1, of sRGB */
} MimeColour;

/* What text right in an element has.  Where a style sheet may say something, or more than plain colours are used, it is not known. */
typedef struct
{
  MimeColour ink, paper;
} MimeInk;

/* "#abc", "rgb(1, 2, 3)", "white" and their like, also with "!important".  What is half transparent is not known. */
MimeColour mime_colour_parse (const char *value);
/* Too near to be told apart; FALSE when one of them is not known. */
gboolean mime_colour_is_near (const MimeColour *one, const MimeColour *other);

/* What a message begins with: black on white, and the other way round in the dark. */
MimeInk mime_ink_begin (void);
/* Of an element in `outer`, with the declarations that go out for it ("" for none).  Gives the ink that has to be said for it in place of
 * its own, so that its text is seen: static; NULL when none has to be. */
const char *mime_ink_enter (MimeInk *ink, const MimeInk *outer, const char *name,
                            const char **attributes, const char *css);

G_END_DECLS
