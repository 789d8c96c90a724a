/* Threads that nobody joins: what they do may outlive who began it, by its time-out, but not the program, whose end calls them off and waits for them.
 * Any thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void sync_aside_begin (const char *name, GThreadFunc func, gpointer data);
/* Cancelled when the program ends; for those whose time nobody else has in hand. */
GCancellable *sync_aside_dup_closing (void) G_GNUC_WARN_UNUSED_RESULT;
/* (blocks) Until none of them is left, or for so long.  Others may be begun after it. */
void sync_aside_end (guint timeout_ms);

G_END_DECLS
