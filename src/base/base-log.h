/* What the program says about itself: warnings where an error is swallowed, and the protocol trace.
 *
 * The trace has each line of each connection; what net_connection_write_secret () writes is shown as "(secret)",
 * literals, and strings that hold parts of messages, as their size, and addresses without what stands before the @.  Its last part is always kept in memory, so that a person can save it after something went
 * wrong; SOSIK_TRACE=FILE ("-" for stderr) writes all of it as it happens.  Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For errors that stop here: "could not remove …: …".  Goes to g_log at level MESSAGE. */
void base_log (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* One piece of a connection's talk; `who` names the connection, `direction` is '<', '>' or '-' (a remark of its own: opened, secure,
 * closed; ends what either side left half said). */
void base_log_trace (const char *who, char direction, const void *data, gsize length);
/* The same for `length` octets that nobody may read (a password, a message): `shown` stands for them. */
void base_log_trace_hidden (const char *who, char direction, const char *shown, gsize length,
                            gboolean ends_line);

/* The lines kept in memory (some 256 KiB, the oldest go first), one a line with the local time before it. */
char *base_log_dup_trace (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
