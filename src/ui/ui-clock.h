/* Times of day as the clock of the desktop shows them: GNOME has a setting for 12 or 24 hours, which its users see all day.  Main thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* From now on base-date.h writes them so, as long as what is returned lives; NULL: the desktop has no such setting, and the locale says it. */
GSettings *ui_clock_follow (void) G_GNUC_WARN_UNUSED_RESULT;

/* Whatever shows a time of day that was written into it is told here when it has to be written again: `changed (listener)`, as long as that
 * object lives.  Nothing happens where nobody follows. */
void ui_clock_listen (gpointer listener, GCallback changed);

G_END_DECLS
