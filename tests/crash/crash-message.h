/* The mail of the crash suite: bytes that follow from the name alone, so that parent and child, and every run, have the same. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Message-ID <NAME@crash.test>; `text` octets of text and, when > 0, `attachment` octets of a file. */
GBytes *crash_message_new (const char *name, const char *to, gsize text,
                           gsize attachment) G_GNUC_WARN_UNUSED_RESULT;
char *crash_message_id (const char *name) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
