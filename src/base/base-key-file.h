/* Files of keys that people write too: what the program does not know in them stays.  Any thread, one a file at a time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What stands at `path`, with its comments, to write into; empty where nothing does.  One that cannot be read is logged, and kept as
 * PATH.unreadable: it is written anew. */
GKeyFile *base_key_file_open (const char *path) G_GNUC_WARN_UNUSED_RESULT;
/* Without the white space around it; NULL where missing or empty. */
char *base_key_file_dup_text (GKeyFile *file, const char *group,
                              const char *key) G_GNUC_WARN_UNUSED_RESULT;
/* `text` NULL or empty: the key goes. */
void base_key_file_put_text (GKeyFile *file, const char *group, const char *key, const char *text);

/* "true" or "false"; off where it is missing.  REFUSED: anything else. */
gboolean base_key_file_read_switch (GKeyFile *file, const char *group, const char *key,
                                    gboolean *on, GError **error);
/* Off: the key goes. */
void base_key_file_write_switch (GKeyFile *file, const char *group, const char *key, gboolean on);

G_END_DECLS
