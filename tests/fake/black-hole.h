/* An address whose packets nobody answers. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BlackHole BlackHole;

/* At that address ("::1", "127.0.0.2") of this computer and port; NULL: there is no such address, or the port is taken.  What connects there waits
 * until it is tired. */
BlackHole *black_hole_new (const char *address, guint16 port) G_GNUC_WARN_UNUSED_RESULT;
void black_hole_free (BlackHole *hole);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BlackHole, black_hole_free)

G_END_DECLS
