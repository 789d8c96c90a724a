/* winmail.dat (TNEF, MS-OXTNEF; libytnef).  Any one thread; no disk. */
#pragma once

#include "unpack-format.h"

G_BEGIN_DECLS

/* The files in it and, where it carries one, the text of the message (as message.txt, or message.html).  Messages within are
 * taken apart too, some levels deep.  Floating value of UNPACK_FILES, or NULL with *status set. */
GVariant *unpack_tnef (GBytes *bytes, UnpackStatus *status) G_GNUC_WARN_UNUSED_RESULT;

/* RTF as plain text: characters, lines, nothing else.  Any bytes will do; for the tests. */
char *unpack_rtf_to_text (const char *rtf, gsize length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
