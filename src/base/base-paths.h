/* Where a profile lies on disk.
 *
 * Without --profile: $XDG_DATA_HOME/sosik, $XDG_CONFIG_HOME/sosik, $XDG_CACHE_HOME/sosik; with it,
 * DIR/data, DIR/config, DIR/cache.  Directories are made with mode 0700.  Immutable after creation: any
 * thread may read. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BasePaths BasePaths;

/* `profile` NULL: the XDG directories.  Fails with BASE_ERROR_DISK. */
BasePaths *base_paths_new (const char *profile, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BasePaths *base_paths_ref (BasePaths *paths) G_GNUC_WARN_UNUSED_RESULT;
void base_paths_unref (BasePaths *paths);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BasePaths, base_paths_unref)

const char *base_paths_get_data (const BasePaths *paths);     /* mail.db, bodies */
const char *base_paths_get_drafts (const BasePaths *paths);   /* data/drafts */
const char *base_paths_get_accounts (const BasePaths *paths); /* config/accounts, the GKeyFiles */
const char *base_paths_get_config (const BasePaths *paths);   /* config itself: window state */
const char *base_paths_get_cache (const BasePaths *paths);    /* files opened for other programs */

/* Writes the whole file or nothing: temporary name, fsync, rename, fsync of the folder; mode 0600.
 * Fails with BASE_ERROR_DISK and leaves an older file as it was. */
gboolean base_paths_write (const char *path, const void *data, gsize length, GError **error);
gboolean base_paths_write_bytes (const char *path, GBytes *bytes, GError **error);

/* A folder, mode 0700, and those above it; TRUE as well when it is there.  One that was made survives the loss of power, as
 * does all that was made, renamed and removed in a folder that was synced. */
gboolean base_paths_make_folder (const char *path, GError **error);
gboolean base_paths_sync_folder (const char *folder, GError **error);

/* Removes a file or a whole folder below; true when it is gone afterwards. */
gboolean base_paths_remove_tree (const char *path);

G_END_DECLS
