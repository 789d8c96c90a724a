/* "Save Protocol Trace": what Sosik and the servers said of late, for a report of a bug. */
#pragma once

#include "ui-window.h"

G_BEGIN_DECLS

/* Main thread; returns at once.  Asks where, writes, and says in the window how it went. */
void ui_trace_save (UiWindow *window);

G_END_DECLS
