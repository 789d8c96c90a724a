/* What the person writes: drafts (files of their own, they survive a lost database) and the outbox
 * (rows that point at a draft whose bytes to send are fixed).
 *
 * A draft is a folder drafts/<id>/: draft.ini (the fields), attachments/<n> (bytes taken when
 * attached), once queued message.eml and outbox.ini (what the outbox row says, for the day the
 * database is lost). Draft functions take BasePaths, not a database: any thread, one per draft
 * at a time.  Outbox: see store-db.h. */
#pragma once

#include "store-message.h"

G_BEGIN_DECLS

typedef struct
{
  char *file; /* name below drafts/<id>/attachments */
  char *name; /* as shown and sent */
  char *content_type;
  guint64 size;
  char *content_id; /* nullable, without <>: a picture of the HTML, which shows it by this name */
} StoreAttachment;

void store_attachment_free (StoreAttachment *attachment);

/* Of what the person wants to hear from the servers on the way (the same bits as SmtpNotify). */
typedef enum
{
  STORE_NOTIFY_SUCCESS = 1 << 0,
  STORE_NOTIFY_FAILURE = 1 << 1,
  STORE_NOTIFY_DELAY = 1 << 2,
} StoreNotify;

typedef struct
{
  char *id;       /* random, folder name */
  char *account;  /* account id ("" none chosen) */
  char *identity; /* nullable: id of the one of the account's that it is from; its own */
  char *from;     /* nullable: the plus-address of it that stands in From */
  char *to, *cc, *bcc, *subject, *text;
  char *html;                     /* nullable: rich text */
  char *in_reply_to, *references; /* nullable */
  gint64 source;                  /* row id of the message answered or forwarded, 0 */
  char *source_id; /* nullable: its Message-ID, for row ids do not outlive a lost database */
  gboolean forward;
  gboolean redirect; /* its first attachment is sent on as it is; text and subject are not used */
  StoreNotify notify;
  int priority;     /* 1: high, -1: low */
  gboolean receipt; /* asks to be told when it was read */
  char *languages;  /* its spelling is checked in, "en_US ko"; nullable: nobody chose any */
  gint64 send_at;   /* not before; 0: as soon as it is told to be sent */
  gint64 modified;
  gint64 discarded; /* when it was thrown away; 0: it was not.  Gone for good a day later. */
  /* Its copy in a Drafts folder (store_draft_put ()): Message-ID of the newest version; and of those before it, separated by spaces: the one that it takes
   * the place of first, which stays where the server does not want the newest, then what may come back where it wants neither; nullable. */
  char *server_id, *server_before;
  char *
      server_stem; /* nullable: what the Message-IDs of its versions begin with, if not with `id` */
  guint64
      server_size; /* octets of `server_id`: another program may save a draft again under the same Message-ID; 0: not known */
  gboolean on_server;  /* the newest version is what stands here */
  gboolean was_hidden; /* answers all of a message that named its writer neither in To nor in Cc */
  gboolean from_template; /* what is left of its placeholders is asked about */
  gboolean marked;        /* its source got its arrow by it */
  gboolean editing;       /* a composer had it open: comes back by itself after a crash */
  GPtrArray *attachments; /* of StoreAttachment */
} StoreDraft;

StoreDraft *store_draft_new (void) G_GNUC_WARN_UNUSED_RESULT;
StoreDraft *store_draft_dup (const StoreDraft *draft) G_GNUC_WARN_UNUSED_RESULT;
void store_draft_free (StoreDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreDraft, store_draft_free)

/* Whole or not at all, fsynced. DISK. */
gboolean store_draft_save (BasePaths *paths, const StoreDraft *draft, GError **error);
StoreDraft *store_draft_load (BasePaths *paths, const char *id,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All drafts, queued and discarded ones included; newest first. GPtrArray of StoreDraft. */
GPtrArray *store_draft_list (BasePaths *paths, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean store_draft_remove (BasePaths *paths, const char *id, GError **error);
/* Removes what was discarded a day before `now`.  What cannot be removed is tried again next time. */
void store_draft_empty_bin (BasePaths *paths, gint64 now);
/* Copies the stream's bytes (at most max_size, then LIMIT) into the draft's folder, fsynced; the
 * attachment is new, not yet in any draft. */
StoreAttachment *store_draft_attach (BasePaths *paths, const char *id, const char *name,
                                     const char *content_type, GInputStream *stream,
                                     guint64 max_size, GCancellable *cancellable,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same; `progress` is told of each piece how many octets there are so far. */
typedef void (*StoreProgress) (guint64 octets, gpointer data);
StoreAttachment *store_draft_attach_watched (BasePaths *paths, const char *id, const char *name,
                                             const char *content_type, GInputStream *stream,
                                             guint64 max_size, StoreProgress progress,
                                             gpointer data, GCancellable *cancellable,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* It came into no draft, for which nothing else may be there either. */
void store_draft_drop_attachment (BasePaths *paths, const char *id,
                                  const StoreAttachment *attachment);
GBytes *store_draft_get_attachment (BasePaths *paths, const char *id, const char *file,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same to be read in pieces. */
GInputStream *store_draft_open_attachment (BasePaths *paths, const char *id, const char *file,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The message that a draft becomes, written in pieces: begun anew, then ended (whole and fsynced, or gone), then given to
 * store_outbox_add () without bytes.  DISK. */
GOutputStream *store_draft_begin_message (BasePaths *paths, const char *id,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean store_draft_end_message (BasePaths *paths, const char *id, GOutputStream *stream,
                                  GError **error);
/* It could not be written to its end; the stream is not used any more. */
void store_draft_drop_message (BasePaths *paths, const char *id);

/* ---- its copy on the server (store-draft-copy.c) ---- */
/* What the versions of a draft have in common, from "<STEM.WHATEVER@...>"; NULL where a Message-ID is not made so. */
char *store_draft_dup_stem (const char *message_id) G_GNUC_WARN_UNUSED_RESULT;
/* *elsewhere: another computer has changed or deleted the copy since this one put it there: both are to be kept.  *ours: the
 * versions that this one put there, as `server_before` of the next one; NULL: none is there still. */
gboolean store_draft_look (StoreDb *db, const StoreDraft *draft, gboolean *elsewhere, char **ours,
                           GError **error);
/* A new version (a row of `folder` with its body, and its APPEND) in the place of the first one of `before` (nullable, as `server_before`),
 * which is deleted on the server after that one is there.  Versions that the server refused go.  Durable. */
gboolean store_draft_put (StoreDb *db, gint64 folder, const char *before,
                          const StoreNewMessage *copy, GError **error);
/* It is no draft any more: the copy goes, on the server `delay_s` seconds later. */
gboolean store_draft_take_off (StoreDb *db, const StoreDraft *draft, guint delay_s, GError **error);
/* 1: what stands here stands in a Drafts folder too, and is on the server (*arrived) or waits to go there; 0: no; -1: error. */
int store_draft_is_put (StoreDb *db, const StoreDraft *draft, gboolean *arrived, GError **error);

typedef enum
{
  STORE_OUTBOX_QUEUED, /* waits for its time */
  STORE_OUTBOX_SENDING,
  /* The answer to the final dot was lost: look in Sent, else ask; never resend silently. */
  STORE_OUTBOX_UNCERTAIN,
  STORE_OUTBOX_FAILED, /* the server's last word; editable */
  /* It is the server's, which is certain; its copy and the end of its files come with those of others.  Nobody sees it any more. */
  STORE_OUTBOX_SENT,
} StoreOutboxState;

typedef struct
{
  gint64 id, account;
  char *draft;      /* draft id; drafts/<id>/message.eml are the bytes */
  char *message_id; /* with <>, fixed; NULL: others have got it, and its copy is in Sent */
  char *from;
  GStrv recipients;
  char *subject;
  StoreOutboxState state;
  guint attempts;
  gint64 next_try, created;
  StoreNotify notify;
  gint64 send_at;       /* not before; 0: at once */
  char *error, *detail; /* nullable: sentence, server's words */
  char *
      sent_folder; /* nullable: path of the folder for the copy, the account's Sent where it is not there */
  char *route;     /* nullable: id of the identity by whose own server it goes, and by no other */
  GStrv got;       /* nullable: who has got it; it is for the rest only, which is in `recipients` */
  gint64 deferred; /* when a server first could not take it yet; 0: none has said that */
  /* Nullable: who was to get it too and was refused, a line each: the address, ": " and the server's words. */
  char *refused;
} StoreOutbox;

void store_outbox_free (StoreOutbox *outbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreOutbox, store_outbox_free)

/* Writes message.eml (fsync) and then the row, `queued`, durable: when it returns true the
 * message is safe.  It is not taken before `next_try`: time for the person to take it back.
 * `message` NULL: what store_draft_end_message () has written. */
gboolean store_outbox_add (StoreDb *db, const StoreOutbox *outbox, GBytes *message, GError **error);
GPtrArray *store_outbox_list (StoreDb *db, gint64 account,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT; /* 0: all */
/* Next one due of that route (queued, next_try <= now) set to `sending`, durable, this attempt counted; NULL
 * without error when none; *next_due as for operations. */
StoreOutbox *store_outbox_take_due (StoreDb *db, gint64 account, const char *route, gint64 now,
                                    gint64 *next_due, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *store_outbox_get_message (StoreDb *db, const StoreOutbox *outbox,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean store_outbox_set_state (StoreDb *db, gint64 id, StoreOutboxState state, gint64 next_try,
                                 const char *sentence, const char *detail, GError **error);
/* The server cannot take it yet: `queued` until `next_try`; since when that is so is kept over all that follows, until the person
 * sends again what had failed. */
gboolean store_outbox_defer (StoreDb *db, gint64 id, gint64 next_try, const char *sentence,
                             const char *detail, GError **error);
/* It was to be tried again long ago, and nobody could: the computer slept, or had no network. */
gboolean store_outbox_was_left (const StoreOutbox *outbox, gint64 now);
/* That time is none in which the server did not take it. */
gboolean store_outbox_skip_left (StoreDb *db, const StoreOutbox *outbox, gint64 now,
                                 GError **error);
/* Whether a server has not taken it for so long that there is no more use in asking (RFC 5321, 4.5.4.1: 4 to 5 days). */
gboolean store_outbox_is_overdue (const StoreOutbox *outbox, gint64 now);
/* What a person is told then. */
const char *store_outbox_get_overdue_sentence (void);
/* The person wants it tried (again) now: `queued`, but only where it still is as the person `seen` it.  What has
 * moved on meanwhile is left alone: making `queued` of what is being sent could send it twice.  What waited for its time does
 * so no longer; what had failed or is uncertain keeps it. */
gboolean store_outbox_send_again (StoreDb *db, gint64 id, StoreOutboxState seen, GError **error);
/* It goes to `rest` alone, at once; `refused` is kept until then.  Durable. */
gboolean store_outbox_part (StoreDb *db, gint64 id, const char *const *rest, const char *refused,
                            GError **error);
/* Of lines like StoreOutbox.refused: whether one of them may be taken later (its code is 4xx, RFC 5321, 4.2.1). */
gboolean store_outbox_refused_for_now (const char *refused);
/* Their addresses. */
GStrv store_outbox_dup_refused (const char *refused) G_GNUC_WARN_UNUSED_RESULT;
/* Sent (250): in one durable transaction the row goes (or stays with those who were refused: `failed`, or `queued` until `retry` where
 * the server may take it later; who has got it is remembered) and, where `sent_folder` > 0, the Sent
 * copy (`copy`, flags SEEN, with body) and its APPEND come (`filed`: the server puts it there by itself, and it is only to
 * be found); then the draft folder is removed. */
gboolean store_outbox_sent (StoreDb *db, const StoreOutbox *outbox, gint64 sent_folder,
                            const StoreNewMessage *copy, gboolean filed, gint64 retry,
                            GError **error);
/* Back to an editable draft (failed, queued, uncertain): the row goes, message.eml goes, the
 * draft stays. REFUSED while sending. */
gboolean store_outbox_edit (StoreDb *db, gint64 id, GError **error);
/* The same by the id of the draft; GONE when it is not in the outbox (any more). */
gboolean store_outbox_edit_draft (StoreDb *db, const char *draft, GError **error);
/* What waits only for the person to take it back need not wait any longer. */
gboolean store_outbox_release (StoreDb *db, GError **error);
/* After a restart, before a composer opens: what was `sending` is `uncertain`; after the loss of
 * the database draft folders with message.eml but no row become `uncertain` too (where
 * accounts/<id>.ini still exists), else they are drafts again; leftovers of crashes are removed. */
gboolean store_outbox_recover (StoreDb *db, GError **error);

G_END_DECLS
