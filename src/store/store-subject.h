/* Subjects of mail, without what answering and forwarding puts before them.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where the subject itself begins in `subject`: behind "Re:", "RE[2]:", "AW:", "회신:", "Fwd:", "[list]" before or between those, in
 * any number and order.  *is_reply (nullable): there was an answer's prefix. */
const char *store_subject_get_base (const char *subject, gboolean *is_reply);

/* It has an answer's prefix. */
gboolean store_subject_is_reply (const char *subject);

G_END_DECLS
