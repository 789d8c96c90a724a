/* Folders = the server's mailboxes as rows.  Threads and errors: see store-db.h. */
#pragma once

#include "store-db.h"

G_BEGIN_DECLS

/* Same numbers as ImapRole. */
typedef enum
{
  STORE_ROLE_NONE,
  STORE_ROLE_INBOX,
  STORE_ROLE_DRAFTS,
  STORE_ROLE_SENT,
  STORE_ROLE_ARCHIVE,
  STORE_ROLE_JUNK,
  STORE_ROLE_TRASH,
  STORE_ROLE_ALL,
  STORE_ROLE_FLAGGED,
} StoreRole;

/* What the server said when a folder was last seen to be in step. */
typedef enum
{
  STORE_PROOF_NONE,
  STORE_PROOF_SELECT, /* it was opened and compared */
  STORE_PROOF_IDLE,   /* the server told all that happened in it, and just answered */
  STORE_PROOF_NOTIFY, /* the same, for a folder that is not open */
  STORE_PROOF_STATUS, /* its numbers were asked for and are what they were */
  STORE_PROOF_NOOP,   /* it is open, and the server had nothing to tell */
} StoreProof;

typedef struct
{
  gint64 id, account;
  char *name; /* UTF-8 path as it is shown: pending renames included */
  /* As the server spells it at this moment; what to SELECT.  (For store_folder_replace_list () `name` is that.) */
  char *server_name;
  gboolean local; /* the server does not have it (yet) */
  char delimiter; /* 0: flat */
  StoreRole role;
  gboolean selectable, subscribed;
  gboolean
      tells_subscribed; /* for store_folder_replace_list (): `subscribed` is the server's word */
  guint32 uid_validity, uid_next; /* 0: never synced */
  guint64 highest_modseq;
  guint total, unread; /* rows here, pending operations included */
  guint64 size;        /* octets of those, as the server counts them */
  /* As STATUS/SELECT told, for folders whose rows are not (all) here. */
  guint server_total, server_unread;
  gint64 server_size; /* octets of server_total messages; -1: not told */
  gboolean complete;  /* all headers are here */
  guint32 text_below; /* rows below this UID may lack their first line of text: 0: none do */
  gint64 in_step;     /* last moment proven in step with the server, 0 never */
  StoreProof in_step_by;
  char *trouble;    /* nullable: sentence for a person: why it cannot be brought in step */
  char *mailbox_id; /* nullable; OBJECTID: the same under every name */
} StoreFolder;

void store_folder_free (StoreFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreFolder, store_folder_free)

/* account 0: of all.  Without those that are to be deleted. GPtrArray of StoreFolder, INBOX and special ones first, then by name. */
GPtrArray *store_folder_list (StoreDb *db, gint64 account,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
StoreFolder *store_folder_get (StoreDb *db, gint64 folder,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT; /* GONE */
StoreFolder *store_folder_by_role (StoreDb *db, gint64 account, StoreRole role,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the rows equal to what LIST said (name, delimiter, role, selectable and mailbox_id of each are used, and uid_validity
 * where it was told): one that has another name now and its mailbox_id still, and is the only one that has it, keeps its
 * row, with what was below it and is not there any more; new ones added, gone ones removed with their messages. An empty list changes nothing.  Folders whose CREATE is pending stay,
 * and those with messages that are nowhere else; pending renames and deletions go on. */
gboolean store_folder_replace_list (StoreDb *db, gint64 account, GPtrArray *folders,
                                    GError **error);
/* Before rows with UIDs of this numbering (UIDVALIDITY, > 0) are added, in their transaction: a folder that has none yet takes
 * it, so that whoever looks next finds out when the server has another.  RETRY: it has another already.  GONE: no such folder. */
gboolean store_folder_set_numbering (StoreDb *db, gint64 folder, guint32 uid_validity,
                                     GError **error);
/* After a sync step. uid_validity other than the stored one must have been dealt with by
 * store_folder_reset () before (else RETRY). */
gboolean store_folder_set_sync_state (StoreDb *db, gint64 folder, guint32 uid_validity,
                                      guint32 uid_next, guint64 highest_modseq, gboolean complete,
                                      gint64 in_step, GError **error);
/* It was seen to be in step at `at` (seconds): what kept it from that is over. */
gboolean store_folder_prove (StoreDb *db, gint64 folder, StoreProof by, gint64 at, GError **error);
/* Why it cannot be brought in step, for a person; stays until it is proven. */
gboolean store_folder_set_trouble (StoreDb *db, gint64 folder, const char *sentence,
                                   GError **error);
/* Rows without UID are left that another complete look would adopt or remove. */
gboolean store_folder_has_strays (StoreDb *db, gint64 folder, gboolean *has, GError **error);
/* The server was looked through to the end, and each message that it has there has a row of its own: so it does not have the strays.
 * A MOVE that has only just been done may still be on its way, therefore the second such look removes them (after
 * a reset: the first).  To be called once a look, and never when the counts differ: then a stray may be the one that is missing. */
gboolean store_folder_miss_strays (StoreDb *db, gint64 folder, GError **error);
/* Another total, and the server's size is not known any more. */
gboolean store_folder_set_server_counts (StoreDb *db, gint64 folder, guint total, guint unread,
                                         GError **error);
gboolean store_folder_set_server_size (StoreDb *db, gint64 folder, guint64 size, GError **error);
/* Before the first row comes without its first line of text that the person shall see; and as they come, newest first. */
gboolean store_folder_set_text_below (StoreDb *db, gint64 folder, guint32 uid, GError **error);
/* UIDVALIDITY changed: forgets all UIDs and the sync state.  The rows stay, with their bodies,
 * as rows without UID: adopted when the same message (Message-ID and size) is added under its
 * new UID, removed when the folder is complete without it.  Operations stay too, bound by
 * message. */
gboolean store_folder_reset (StoreDb *db, gint64 folder, GError **error);

G_END_DECLS
