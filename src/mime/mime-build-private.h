/* Writing a message: what the files that do it share.  Pure, any thread. */
#pragma once

#include "mime-build.h"

G_BEGIN_DECLS

/* One line of valid UTF-8 without anything that some program could take for the end of a line.  NULL gives "". */
char *mime_build_line (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* ---- mime-build-body.c ---- */
/* All below the header of the message: what its Content- fields say, the empty line, the parts. */
gboolean mime_build_write_body (const MimeDraft *draft, GOutputStream *stream,
                                GCancellable *cancellable, GError **error);

G_END_DECLS
