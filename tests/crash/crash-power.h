/* What a disk still has when the power goes: nothing that was not synced, or some of it.  A "keeper" is a folder beside the profile that
 * holds what is safe: of each file the bytes of its last fsync, of each folder the names of its last fsync, both by inode.  A new
 * file whose folder was not synced is gone, as is a rename; a file that was not synced is empty.
 *
 * crash_power_keep () is compiled into the preloaded library and must call nothing that it wraps; the rest runs in the parent.  The
 * profile has to lie on a file system that does not give an inode's number to another one soon (tmpfs does not). */
#pragma once

#include <stdint.h>

/* Before the fsync of a file or folder.  Any thread. */
void crash_power_keep (const char *keeper, int fd);

/* All of the profile is safe. */
void crash_power_begin (const char *keeper, const char *profile);
/* Makes the profile what the disk has.  `torn` 0: only what is safe, else by this seed: of the blocks of 512 octets that were not synced
 * some, and all names or only the safe ones. */
void crash_power_cut (const char *keeper, const char *profile, uint32_t torn);
