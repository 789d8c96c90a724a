/* What the process may not do from now on.  Main thread, once, before anything of a stranger is read. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Limits of time and memory; no sockets, no other programs, no files written, no signals to others; ends with its parent.
 * Reading stays allowed: fonts, time zones, the modules that decode pictures.  FALSE: a part of it could not be done, which is
 * told on stderr. */
gboolean unpack_sandbox_enter (void);

G_END_DECLS
