/* Small text tools every layer needs.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Always valid UTF-8: `length` bytes (-1: to NUL) as they are when valid, else each bad byte replaced
 * by U+FFFD; NUL bytes become U+FFFD too. */
char *base_text_repair (const char *text, gssize length) G_GNUC_WARN_UNUSED_RESULT;

/* One line for a list row: runs of white space and control characters folded to one space, format characters (bidi
 * overrides, zero-width padding) dropped, trimmed, at most `max_chars` characters, cut at a character.  Any bytes will do
 * (bad ones become U+FFFD), and only as many as are needed are read.  NULL gives "". */
char *base_text_one_line (const char *text, gsize max_chars) G_GNUC_WARN_UNUSED_RESULT;

/* Nothing but white space stands in it. */
gboolean base_text_is_blank (const char *text);

/* For comparing and searching: NFC, case folded.  NULL gives "". */
char *base_text_fold (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* "3.4 MB" in the user's locale. */
char *base_text_size (guint64 octets) G_GNUC_WARN_UNUSED_RESULT;

/* "a, b, c and 4 more": the first `most` of them. */
char *base_text_list (const char *const *words, guint most) G_GNUC_WARN_UNUSED_RESULT;

/* A name that is safe to save under in any folder: the last path part, NFC, no control or bidi
 * characters, no leading dots, none of / \ : * ? " < > |, no reserved device names, at most 200 bytes with the
 * extension kept; `fallback` when nothing is left.  "../../.bashrc" -> "bashrc". */
char *base_text_file_name (const char *name, const char *fallback) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
