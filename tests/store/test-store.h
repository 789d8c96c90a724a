/* A throw-away profile with a store, and short ways to fill it. */
#pragma once

#include "store-private.h"

typedef struct
{
  char *folder;
  BasePaths *paths;
  Store *store;
  StoreDb *db;
  gint64 account;
  gint64 inbox, archive, sent;
  GPtrArray *changes; /* of StoreChange, since the last profile_forget_changes () */
} Profile;

Profile *profile_new (void);
/* Closes the store and opens it again, as a restart does. */
void profile_reopen (Profile *profile, const StoreLimits *limits, gboolean *rebuilt);
void profile_close (Profile *profile);
void profile_free (Profile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Profile, profile_free)
void profile_make_folders (Profile *profile);
void profile_forget_changes (Profile *profile);
/* Name below the data folder. */
char *profile_path (Profile *profile, const char *name);

/* One message with this UID; its Message-ID is made from `number`, its size is that of `body` or
 * 1000 + number. */
gint64 add_message (Profile *profile, gint64 folder, guint32 uid, guint number, StoreFlags flags,
                    const char *body);
/* Row id of the message at `index` of the folder's list. */
gint64 listed (Profile *profile, gint64 folder, guint index);
guint count_listed (Profile *profile, gint64 folder);
guint32 uid_of (Profile *profile, gint64 id);
void check_counts (Profile *profile, gint64 folder, guint total, guint unread);
/* The counts in the folder rows, and the sizes, are what the rows say. */
void check_all_counts (Profile *profile);
GPtrArray *take (Profile *profile, guint limit);
void done (Profile *profile, GPtrArray *operations, guint32 old_uid, guint32 new_uid);

/* test-mirror.c: what the change records say of all lists.  follow () takes those since it was called last,
 * check () compares with a fresh reading, and that with the rows; now and then follow () does, too. */
typedef struct _Mirror Mirror;
Mirror *mirror_new (Profile *profile);
void mirror_follow (Mirror *mirror);
void mirror_check (Mirror *mirror);
void mirror_free (Mirror *mirror);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Mirror, mirror_free)
/* What it says of this folder or view; NULL: nothing. */
const StoreFolderChange *part_of (const StoreChange *change, gint64 folder);

void add_across_tests (void);
void add_body_tests (void);
void add_choice_tests (void);
void add_copies_tests (void);
void add_bulk_tests (void);
void add_db_tests (void);
void add_deed_tests (void);
void add_deed_thread_tests (void);
void add_draft_copy_tests (void);
void add_folder_model_tests (void);
void add_folder_tests (void);
void add_index_tests (void);
void add_index_many_tests (void);
void add_index_phrases_tests (void);
void add_label_tests (void);
void add_listing_tests (void);
void add_message_tests (void);
void add_model_tests (void);
void add_operation_tests (void);
void add_outgoing_tests (void);
void add_partial_tests (void);
void add_person_tests (void);
void add_queue_tests (void);
void add_search_tests (void);
void add_share_tests (void);
void add_thread_tests (void);
