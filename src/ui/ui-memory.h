/* Memory that was needed for a moment goes back to the system.  Main thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Some seconds from now, or after the last of several calls: in a thread, as it takes some milliseconds.  To be called after work that
 * took much and kept little: a start, a message that was opened. */
void ui_memory_give_back_soon (void);

G_END_DECLS
