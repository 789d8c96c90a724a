/* Messages as rows, and their bytes.  Threads and errors: see store-db.h.
 *
 * A row keeps server_flags beside flags: flags = server_flags with the pending operations
 * replayed.  A row without UID exists only here yet (moved, the server does not know; or its
 * copy in Sent). */
#pragma once

#include "store-db.h"

G_BEGIN_DECLS

/* Same numbers as ImapFlags. */
typedef enum
{
  STORE_FLAG_SEEN = 1 << 0,
  STORE_FLAG_ANSWERED = 1 << 1,
  STORE_FLAG_FLAGGED = 1 << 2,
  STORE_FLAG_DELETED = 1 << 3, /* such messages are not listed */
  STORE_FLAG_DRAFT = 1 << 4,
  STORE_FLAG_FORWARDED = 1 << 5,
  STORE_FLAG_JUNK = 1 << 6,
  STORE_FLAG_NOT_JUNK = 1 << 7,
} StoreFlags;

/* For adding; borrowed strings (nullable), valid during the call. */
typedef struct
{
  guint32 uid;
  StoreFlags flags;
  gboolean has_flags; /* the server has just told them: they count for a UID that is known too */
  gint64 received;    /* INTERNALDATE, seconds */
  gint64 date;        /* Date header */
  guint64 size;
  const char *from_name, *from_address, *to, *subject, *message_id, *in_reply_to, *references;
  const char *object_id;     /* nullable: the server's name for these bytes, wherever they lie */
  const char *const *labels; /* nullable: the server tells none; else all the message has */
  const char *preview;       /* NULL: unknown yet */
  gboolean has_attachments;
  GBytes *body;       /* nullable: whole message */
  gboolean only_body; /* nothing else is told but the UID, preview and has_attachments */
  gboolean no_new;    /* it completes a row, or is adopted by one: none is made */
} StoreNewMessage;

typedef struct
{
  gint64 id, folder, account;
  StoreKey key;
  guint32 uid; /* 0: none yet */
  StoreFlags flags, server_flags;
  gint64 received, date;
  guint64 size;
  char *from_name, *from_address, *to, *subject, *message_id, *in_reply_to, *references, *preview;
  gboolean has_attachments, has_body;
} StoreMessage;

void store_message_free (StoreMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreMessage, store_message_free)

/* Adds or completes, one transaction: a UID that is known only gains what it lacks (preview,
 * has_attachments, body, and flags with has_flags; else its flags are left to
 * store_message_set_server_flags ()); one that a
 * pending operation moved away or deleted is not added (a moved row takes preview and body); a
 * row without UID and the same Message-ID and folder is adopted.  What has only a body (only_body) is
 * not added where there is no row to be completed, and with no_new not where there is none that it may be.  Every uid must be > 0.  GONE:
 * no such folder. `messages`: GPtrArray of StoreNewMessage.  `fresh` (nullable GArray of
 * StoreKey): keys of the rows really new, for notifications. */
gboolean store_message_add (StoreDb *db, gint64 folder, GPtrArray *messages, GArray *fresh,
                            GError **error);

typedef struct
{
  guint32 uid;
  StoreFlags flags;
} StoreServerFlags;
/* What the server says now; unknown UIDs are ignored; pending operations replayed over it. */
gboolean store_message_set_server_flags (StoreDb *db, gint64 folder, const StoreServerFlags *flags,
                                         gsize n, GError **error);
/* What the server says of its labels now; unknown UIDs are ignored. */
gboolean store_message_set_labels (StoreDb *db, gint64 folder, guint32 uid,
                                   const char *const *labels, GError **error);
/* How its row reads, where that was not what the sender wrote (a charset).  A message that is gone is none of ours. */
gboolean store_message_set_words (StoreDb *db, gint64 id, const char *from_name,
                                  const char *subject, const char *preview, GError **error);
/* Whether it has any; FALSE for an unknown UID. */
gboolean store_message_find_labels (StoreDb *db, gint64 folder, guint32 uid, gboolean *has,
                                    GError **error);
/* Empty where the server told none. */
GStrv store_message_get_labels (StoreDb *db, gint64 id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The labels that messages here have, as they are shown (base_label_get_shown ()), each once, sorted as people sort; at most `most`.  Costs by how many
 * different ones there are, not by how many messages have them. */
GStrv store_label_list (StoreDb *db, guint most, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The server does not have these any more. */
gboolean store_message_remove (StoreDb *db, gint64 folder, const BaseUidSet *uids, GError **error);
/* UIDs of this folder on the server as far as known here (rows, and rows a pending operation
 * moved away). */
BaseUidSet *store_message_get_uids (StoreDb *db, gint64 folder,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those of them that have a row here: GArray of StorePlaced, the newest first. */
typedef struct
{
  gint64 id;
  guint32 uid;
  guint64 size;
  gboolean has_body;
} StorePlaced;
GArray *store_message_find_uids (StoreDb *db, gint64 folder, const BaseUidSet *uids,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How many those are, without reading a row, or even all of an index. */
gboolean store_message_count_uids (StoreDb *db, gint64 folder, guint64 *count, GError **error);
/* UIDs without body, newest first, at most `limit`: GArray of guint32. `max_size` skips larger
 * ones (0: none), `since` those received before (seconds, 0: none). */
GArray *store_message_get_uids_without_body (StoreDb *db, gint64 folder, guint limit,
                                             guint64 max_size, gint64 since,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Row ids (gint64) of those larger than `min_size` of which nothing is here and the server was not asked yet (see
 * store-partial.h), in the same order. */
GArray *store_message_list_too_large (StoreDb *db, gint64 folder, guint limit, guint64 min_size,
                                      gint64 since, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* UIDs below `below` without body or first line of text, newest first, at most `limit`: GArray of guint32. */
GArray *store_message_get_uids_without_text (StoreDb *db, gint64 folder, guint32 below, guint limit,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Gives rows of this folder that lack their body (the newest `limit`) the bytes that another
 * row of the account has, or lately had: the same object id; or, where the server tells none,
 * the same Message-ID, size, date and time of receipt.  *shared: how many got theirs. */
gboolean store_message_share_bodies (StoreDb *db, gint64 folder, guint limit, guint *shared,
                                     GError **error);

/* What makes a message the same wherever it lies, as above; outlives its row. */
typedef struct _StoreIdentity StoreIdentity;
void store_identity_free (StoreIdentity *identity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreIdentity, store_identity_free)
StoreIdentity *store_message_get_identity (StoreDb *db, gint64 id,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT; /* GONE */
/* Another row of the account that is the same message, one with its body first.  *id 0: none is known. */
gboolean store_message_find_same (StoreDb *db, const StoreIdentity *identity, gint64 *id,
                                  GError **error);

/* ---- what is to be acted upon ---- */
typedef struct
{
  gint64 account;
  GArray *ids; /* of gint64 */
} StorePortion;
/* Row ids sorted by account, in their order; each once, those that are gone left out. GPtrArray of StorePortion. */
GPtrArray *store_message_sort_by_account (StoreDb *db, const gint64 *ids, gsize n,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those of them that lie in this folder: GArray of gint64. */
GArray *store_message_list_in (StoreDb *db, gint64 folder, const gint64 *ids, gsize n,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- reading for the window ---- */
/* Keys of a folder, descending, at most `limit` (0: all) below `before` (0: from the top):
 * GArray of StoreKey.  \Deleted ones left out.  From an index alone: costs only what it returns. */
GArray *store_message_list (StoreDb *db, gint64 folder, StoreKey before, guint limit,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Rows of ids, in the same order; missing ones are NULL. GPtrArray of StoreMessage. */
GPtrArray *store_message_get_rows (StoreDb *db, const gint64 *ids, gsize n,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
StoreMessage *store_message_get (StoreDb *db, gint64 id,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT; /* GONE */
/* The row that bears this Message-ID (nullable; other words around it do not matter): `hint` where it is that one, else
 * another, of this account first.  *id 0: there is none (any more).  Row ids do not outlive a lost database. */
gboolean store_message_find (StoreDb *db, const char *account_id, gint64 hint,
                             const char *message_id, gint64 *id, GError **error);
/* Where the server has it now: its row's folder and UID, or, while a MOVE is pending, the source
 * of that.  *uid 0: not known. GONE. */
gboolean store_message_get_place (StoreDb *db, gint64 id, gint64 *folder, guint32 *uid,
                                  GError **error);
/* Whole message bytes (mapped, not copied, where large); GONE when not here; a body whose
 * checksum is wrong is forgotten and GONE as well: it never passes for whole. */
GBytes *store_message_get_body (StoreDb *db, gint64 id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The first `max` octets of it, of which no more is read, so that nothing says that they are whole: to judge by, not to show or to keep.  GONE. */
GBytes *store_message_get_head (StoreDb *db, gint64 id, gsize max,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
