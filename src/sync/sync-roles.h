/* Which mailbox is Sent, Trash …: by SPECIAL-USE (RFC 6154), else by its name.  Pure; any thread. */
#pragma once

#include "store-folder.h"

G_BEGIN_DECLS

/* Role that a mailbox of this path probably has, by its last part; NONE when the name says nothing. */
StoreRole sync_role_of_name (const char *path, char delimiter);

/* Gives roles to the folders (GPtrArray of StoreFolder) that have none yet, each role at most once; the mailbox nearest to the root wins. */
void sync_roles_guess (GPtrArray *folders);

/* The path under which a mailbox for `role` would be made beside these folders, e.g. "INBOX.Trash".  `prefix`: what the names of the
 * person's own mailboxes begin with, as the server told; NULL: guessed from the folders there are. */
char *sync_role_new_path (GPtrArray *folders, StoreRole role, const char *prefix,
                          char *delimiter) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
