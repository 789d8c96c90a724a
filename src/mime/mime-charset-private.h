/* Bytes in some charset, told or not, to UTF-8.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Prepares GMime; cheap after the first time.  Call before any g_mime_* function. */
void mime_gmime_init (void);

/* What iconv calls the charset that is meant: the superset that senders' systems wrote; NULL for a name that says nothing. */
char *mime_charset_dup_name (const char *charset) G_GNUC_WARN_UNUSED_RESULT;

/* Always valid UTF-8 without NUL.  `charset` is what the message claims (nullable) and is not believed blindly: UTF-8 that
 * is UTF-8 wins, then what was declared, then CP949 for what reads well as Korean, then what the letters look like, then
 * windows-1252. */
char *mime_charset_to_utf8 (const char *charset, const void *data,
                            gsize length) G_GNUC_WARN_UNUSED_RESULT;

/* (mime-charset-latin.c) What an unlabelled text in Latin letters is in, as iconv calls it, NULL: nothing says that it is not windows-1252. */
const char *mime_charset_guess_latin (const char *text, gsize length);

/* In this charset and no other, whatever the bytes look like; U+FFFD for what has no meaning in it.  NULL: there is no such charset, or hardly anything
 * has one. */
char *mime_charset_force (const char *charset, const void *data,
                          gsize length) G_GNUC_WARN_UNUSED_RESULT;
/* These bytes are UTF-8 and not ASCII, and not by chance either: `charset`, which somebody chose for other mail, is not meant. */
gboolean mime_charset_is_utf8 (const void *data, gsize length, const char *charset);
/* A charset that a person may choose, NULL behind the last. */
const char *mime_charset_get_candidate (guint n);

G_END_DECLS
