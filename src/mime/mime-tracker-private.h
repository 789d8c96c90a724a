/* Pictures that are there to tell the sender that a message was opened.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* By its address: those of the services that count openings. */
gboolean mime_tracker_knows (const char *url);
/* By its size, where both sides are given and neither is more than two pixels. */
gboolean mime_tracker_is_dot (const char **attributes);

G_END_DECLS
