/* Text of windows that are read from right to left.  Pango reads each line as its first letter is, and what is neither Arabic nor Latin,
 * such as the brackets around an address, as what stands around: “alice@lab.test: …” would begin at the left though the sentence is
 * Arabic, and “<alice@lab.test>” lose its end to the other side.  Marks that nobody sees tell it better.  Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* NULL: it is well as it is, as is whatever came out of here.  `markup` (nullable) is how `text` is written for Pango; then that is what
 * is marked, and addresses in it are left alone. */
char *ui_direction_mark (const char *text, const char *markup) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
