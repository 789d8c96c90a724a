/* One IMAP connection as a worker sees it: connect, sign in, and the verbs.  RFC 9051 / RFC 3501.
 *
 * Blocking; belongs to the thread that made it.  Extensions are used only when the server offers them in
 * the present state (capabilities are forgotten after TLS and after sign-in).  Mailbox names cross this
 * interface as UTF-8; modified UTF-7 (RFC 3501 5.1.3) stays inside.
 * Errors: REFUSED for NO/BAD to this command (detail: the server's words), AUTH, TRUST, RETRY ([UNAVAILABLE], [INUSE],
 * time-out, unreachable), LIMIT ([OVERQUOTA], [TOOBIG]), GONE ([NONEXISTENT], [TRYCREATE], or the mailbox vanished), BROKEN.
 * After RETRY from the wire (BYE included), BROKEN, a cancel, or LIMIT and DISK while an answer came in,
 * imap_session_is_usable () is false: free it. */
#pragma once

#include <gio/gio.h>

#include "base-uid-set.h"
#include "imap-structure.h"
#include "net-connection.h"

G_BEGIN_DECLS

typedef struct _ImapSession ImapSession;

typedef enum
{
  IMAP_CAP_IDLE = 1 << 0,
  IMAP_CAP_MOVE = 1 << 1,
  IMAP_CAP_UIDPLUS = 1 << 2,
  IMAP_CAP_CONDSTORE = 1 << 3,
  IMAP_CAP_ESEARCH = 1 << 4,
  IMAP_CAP_SPECIAL_USE = 1 << 5,
  IMAP_CAP_LITERAL_PLUS = 1 << 6,
  IMAP_CAP_LITERAL_MINUS = 1 << 7,
  IMAP_CAP_SASL_IR = 1 << 8,
  IMAP_CAP_ID = 1 << 9,
  IMAP_CAP_ENABLE = 1 << 10,
  IMAP_CAP_UTF8_ACCEPT = 1 << 11,
  IMAP_CAP_LIST_STATUS = 1 << 12,
  IMAP_CAP_LIST_EXTENDED = 1 << 13,
  IMAP_CAP_STARTTLS = 1 << 14,
  IMAP_CAP_LOGINDISABLED = 1 << 15,
  IMAP_CAP_UNSELECT = 1 << 16,
  IMAP_CAP_IMAP4REV2 = 1 << 17,
  IMAP_CAP_GMAIL = 1 << 18, /* X-GM-EXT-1 */
  IMAP_CAP_NAMESPACE = 1 << 19,
  IMAP_CAP_QRESYNC = 1 << 20,
  IMAP_CAP_NOTIFY = 1 << 21,
  IMAP_CAP_COMPRESS = 1 << 22, /* COMPRESS=DEFLATE */
  IMAP_CAP_OBJECTID = 1 << 23,
  IMAP_CAP_PREVIEW = 1 << 24,
  IMAP_CAP_BINARY = 1 << 25,
  IMAP_CAP_APPENDLIMIT = 1 << 26,
  IMAP_CAP_STATUS_SIZE = 1 << 27,
} ImapCapability;

/* Message flags; also what the store keeps (same numbers, see store-types.h). */
typedef enum
{
  IMAP_FLAG_SEEN = 1 << 0,
  IMAP_FLAG_ANSWERED = 1 << 1,
  IMAP_FLAG_FLAGGED = 1 << 2,
  IMAP_FLAG_DELETED = 1 << 3,
  IMAP_FLAG_DRAFT = 1 << 4,
  IMAP_FLAG_FORWARDED = 1 << 5, /* $Forwarded */
  IMAP_FLAG_JUNK = 1 << 6,      /* $Junk, RFC 9051, section 2.3.2 */
  IMAP_FLAG_NOT_JUNK = 1 << 7,  /* $NotJunk */
} ImapFlags;
/* Those that are keywords: a mailbox may not take new ones. */
#define IMAP_FLAGS_KEYWORDS (IMAP_FLAG_FORWARDED | IMAP_FLAG_JUNK | IMAP_FLAG_NOT_JUNK)

typedef enum
{
  IMAP_ROLE_NONE,
  IMAP_ROLE_INBOX,
  IMAP_ROLE_DRAFTS,
  IMAP_ROLE_SENT,
  IMAP_ROLE_ARCHIVE,
  IMAP_ROLE_JUNK,
  IMAP_ROLE_TRASH,
  IMAP_ROLE_ALL,
  IMAP_ROLE_FLAGGED,
} ImapRole;

typedef enum
{
  IMAP_TOLD_MESSAGES = 1 << 0,
  IMAP_TOLD_UNSEEN = 1 << 1,
  IMAP_TOLD_UIDNEXT = 1 << 2,
  IMAP_TOLD_UIDVALIDITY = 1 << 3,
  IMAP_TOLD_HIGHESTMODSEQ = 1 << 4,
  IMAP_TOLD_SIZE = 1 << 5,
} ImapTold;

typedef struct
{
  char *name;     /* UTF-8, whole path; INBOX always spelt "INBOX" */
  char delimiter; /* 0: flat */
  ImapRole role;  /* by SPECIAL-USE only (any case); guessing by name is sync's work */
  gboolean selectable;
  gboolean shared;     /* by NAMESPACE: another person's, or everybody's */
  gboolean has_status; /* LIST-STATUS answered: the next ones are valid */
  guint32 uid_validity, uid_next, messages, unseen;
  guint64 highest_modseq;
  guint64 size;                          /* octets of all messages; 0: not told */
  guint64 append_limit;                  /* octets; 0: not told */
  char *mailbox_id;                      /* nullable; OBJECTID: survives RENAME */
  ImapTold told;                         /* which of the numbers a STATUS had */
  gboolean tells_subscribed, subscribed; /* of LIST, where it was extended */
} ImapMailbox;

void imap_mailbox_free (ImapMailbox *mailbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapMailbox, imap_mailbox_free)

/* What SELECT/EXAMINE said, kept up to date by untagged answers while the mailbox is selected. */
typedef struct
{
  guint32 exists;
  guint32 uid_validity;   /* 0: server gave none */
  guint32 uid_next;       /* 0: unknown */
  guint64 highest_modseq; /* 0: NOMODSEQ or no CONDSTORE */
  gboolean read_only;
  ImapFlags permanent_flags;
  gboolean permanent_keywords; /* \* in PERMANENTFLAGS */
  char mailbox_id[256];        /* OBJECTID; "" where there is none */
} ImapSelected;

typedef enum
{
  IMAP_NEWS_EXISTS, /* number: so many messages now */
  IMAP_NEWS_EXPUNGED, /* number: the sequence number of what went (0: not known); those above it count one less */
  IMAP_NEWS_VANISHED, /* uids */
  IMAP_NEWS_FLAGS,    /* number: sequence number; uid (0: not told), flags, modseq (0: not told) */
  IMAP_NEWS_STATUS,   /* mailbox: another mailbox as it is now, with what was told of it (`told`) */
  IMAP_NEWS_MAILBOXES, /* one was made, renamed, removed or subscribed to: list again */
  IMAP_NEWS_UNWATCHED, /* the server gave up telling about other mailboxes: ask about all */
  IMAP_NEWS_LOOK_AGAIN, /* too much happened to be told: ask for all that changed, in other mailboxes too */
} ImapNewsKind;

/* What the server told unasked about the selected mailbox, or about others (STATUS). */
typedef struct
{
  ImapNewsKind kind;
  guint32 number, uid;
  ImapFlags flags;
  guint64 modseq;
  BaseUidSet *uids;     /* Owned */
  ImapMailbox *mailbox; /* Owned */
  GStrv keywords;       /* Owned, nullable; with the flags */
} ImapNews;

void imap_news_free (ImapNews *news);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapNews, imap_news_free)

typedef enum
{
  IMAP_FETCH_FLAGS = 1 << 0,
  IMAP_FETCH_MODSEQ = 1 << 1, /* only sent with CONDSTORE */
  IMAP_FETCH_SIZE = 1 << 2,
  IMAP_FETCH_DATE = 1 << 3,   /* INTERNALDATE */
  IMAP_FETCH_HEADER = 1 << 4, /* BODY.PEEK[HEADER.FIELDS (those a list row and threading need)] */
  IMAP_FETCH_BODY = 1 << 5,   /* BODY.PEEK[] whole */
  IMAP_FETCH_PREVIEW =
      1
      << 6, /* PREVIEW (RFC 8970), arrives as `preview`; else BODY.PEEK[TEXT]<0.1024>, as `text` */
  IMAP_FETCH_MESSAGE_ID = 1 << 7, /* BODY.PEEK[HEADER.FIELDS (Message-ID)]; arrives as `header` */
  IMAP_FETCH_OBJECT_ID =
      1 << 8, /* EMAILID THREADID, X-GM-MSGID X-GM-THRID, or nothing where neither is */
  IMAP_FETCH_LABELS = 1 << 9, /* X-GM-LABELS; nothing on other servers */
  IMAP_FETCH_STRUCTURE = 1 << 10,
  IMAP_FETCH_PART = 1 << 11, /* only by imap_flight_fetch_start (), _sections () and _chunk () */
} ImapFetchItems;

/* Octets of one section of a message, or of the message itself. */
typedef struct
{
  char *section;    /* as the server names it: "2.1", "2.1.MIME"; "" for the message */
  guint64 origin;   /* where in it they begin */
  gboolean decoded; /* BINARY (RFC 3516): the server has undone the transfer encoding */
  GBytes *bytes;
} ImapSection;

/* One FETCH answer; only what came is set.  Owned by the callback's caller: take with g_bytes_ref. */
typedef struct
{
  guint32 seq;
  guint32 uid;
  gboolean has_flags;
  ImapFlags flags;
  guint64 modseq, size;
  gint64 date;    /* seconds UTC, 0 unknown */
  GBytes *header; /* large literals are backed by an unlinked temporary file, not by memory */
  GBytes *body;   /* complete, or not set at all */
  GBytes *text;
  char *preview;   /* UTF-8; "" when there is no text */
  char *email_id;  /* the same for each copy of a message in the account: never changes */
  char *thread_id; /* nullable */
  GStrv labels;    /* UTF-8; "\\Inbox" and the like are Gmail's own */
  GStrv keywords;  /* UTF-8; those of the flags that are a person's; NULL: none */
  ImapStructure *structure;
  GPtrArray *parts;     /* of ImapSection: what was asked for by section, as far as it came */
  guint64 decoded_size; /* BINARY.SIZE; 0: not told */
} ImapFetched;

/* Called for each FETCH answer of a command as it arrives.  FALSE stops: the command is cancelled with the connection. `error` may be set. */
typedef gboolean (*ImapFetchFunc) (const ImapFetched *fetched, gpointer user_data, GError **error);

/* UIDs that are not in the mailbox any more.  FALSE as for ImapFetchFunc. */
typedef gboolean (*ImapVanishedFunc) (const BaseUidSet *uids, gpointer user_data, GError **error);

/* Connects and makes the connection secure; reads capabilities.  PREAUTH before TLS, a server without STARTTLS, one
 * that refuses it, or words slipped in before it: TRUST, each with its own sentence.  Never goes on in clear.  RETRY when the
 * greeting is BYE (too many connections, say), BROKEN when it is no IMAP server. */
ImapSession *imap_session_open (const NetEndpoint *endpoint, GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* From now on, as in NetEndpoint. */
void imap_session_set_timeout (ImapSession *session, guint timeout_ms);
void imap_session_free (ImapSession *session); /* drops the connection without talking */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapSession, imap_session_free)

/* Capabilities never to be used, whatever the server offers; before imap_session_sign_in ().  CONDSTORE takes QRESYNC
 * with it. */
void imap_session_set_disabled (ImapSession *session, ImapCapability capabilities);
/* What the server offered and then answered with BAD: it is not used on this connection any more, and had better not be on
 * the next. */
ImapCapability imap_session_get_doubted (ImapSession *session);
/* The capability by its word in CAPABILITY (any case; of IMAP4rev2 that alone); 0: none that Sosik uses, or one that cannot be
 * done without for safety. */
ImapCapability imap_capability_from_word (const char *word);

/* SASL (or LOGIN where no mechanism fits), then capabilities again, ID (non-empty; before any SELECT), ENABLE. AUTH when
 * refused: the sentence distinguishes a wrong password; detail has the server's words, [ALERT] text included.  RETRY for
 * [UNAVAILABLE] and the like, TRUST when the server could not prove that it knows the password (SCRAM), or does not offer to prove as much
 * as before (NetLogin.proved; nothing was said then).  A refused password is not tried by another mechanism. */
gboolean imap_session_sign_in (ImapSession *session, const NetLogin *login,
                               GCancellable *cancellable, GError **error);
/* The first part of that, to where the server has said who somebody is; imap_session_sign_in () does the rest then. */
gboolean imap_session_identify (ImapSession *session, const NetLogin *login,
                                GCancellable *cancellable, GError **error);
/* FALSE: the server has hung up, or said something unasked, since it was last listened to.  Does not wait; for who is not signed in. */
gboolean imap_session_is_quiet (ImapSession *session);
/* What the server proved by that. */
BaseProof imap_session_get_proof (ImapSession *session);
gboolean imap_session_has (ImapSession *session, ImapCapability capability);
gboolean imap_session_is_usable (ImapSession *session);
/* What the names of the person's own mailboxes begin with ("INBOX." on Courier, most often ""); NULL: not told.  Borrowed. */
const char *imap_session_get_personal_prefix (ImapSession *session);
/* The response code of the last NO or BAD ("OVERQUOTA"), NULL where it had none; borrowed, until the next one. */
const char *imap_session_get_refused_code (ImapSession *session);
void imap_session_logout (ImapSession *session); /* LOGOUT, waits at most 2 s, then drops */

/* All mailboxes (GPtrArray of ImapMailbox, free func set), with status where LIST-STATUS is offered. */
GPtrArray *imap_session_list (ImapSession *session, GCancellable *cancellable,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* STATUS of all those that can be selected and have none yet, in as few round trips as the server bears, for servers without
 * LIST-STATUS.  Those that it will not tell about stay without; the selected one is left out. */
gboolean imap_session_fill_status (ImapSession *session, GPtrArray *mailboxes,
                                   GCancellable *cancellable, GError **error);
/* One that exists already ([ALREADYEXISTS]) is no error. */
gboolean imap_session_create (ImapSession *session, const char *name, GCancellable *cancellable,
                              GError **error);
/* With all that is in it.  GONE when it does not exist. */
gboolean imap_session_delete (ImapSession *session, const char *name, GCancellable *cancellable,
                              GError **error);
/* The mailboxes below it come along.  GONE when it does not exist. */
gboolean imap_session_rename (ImapSession *session, const char *name, const char *new_name,
                              GCancellable *cancellable, GError **error);
gboolean imap_session_subscribe (ImapSession *session, const char *name, gboolean subscribe,
                                 GCancellable *cancellable, GError **error);
/* STATUS of another mailbox than the selected one, with what list () tells of each.  GONE when it does not exist. */
ImapMailbox *imap_session_status (ImapSession *session, const char *name, GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Octets of all messages in another mailbox than the selected one, by STATUS (SIZE) alone (RFC 8438, IMAP4rev2); *size -1: it did not
 * tell, or does not offer that.  Not with the list, nor where anybody waits: a server that has yet to count them reads them
 * all.  Dovecot 2.3, 100 000 messages in a Maildir whose names tell no sizes: 1.9 s with all in memory (the same without SIZE:
 * 0.08 s), later 0.07 s; from a disk it may take minutes.  When it says nothing for `patience_ms`, or hangs up, that is RETRY,
 * the session is spent, and the next one had better not ask (imap_session_get_doubted ()). */
gboolean imap_session_measure (ImapSession *session, const char *name, guint patience_ms,
                               gint64 *size, GCancellable *cancellable, GError **error);

/* SELECT, or EXAMINE when read_only; with (CONDSTORE) where offered. */
gboolean imap_session_select (ImapSession *session, const char *name, gboolean read_only,
                              GCancellable *cancellable, GError **error);
/* Name of the selected mailbox or NULL; and its state (borrowed). */
const char *imap_session_get_selected_name (ImapSession *session);
const ImapSelected *imap_session_get_selected (ImapSession *session);
/* Another number each time a mailbox was opened, be it the same one again. */
guint imap_session_get_selection (ImapSession *session);

/* UID FETCH `set` (ascending, at most ~900 octets) items [(CHANGEDSINCE modseq)] when changed_since > 0. */
gboolean imap_session_fetch (ImapSession *session, const char *set, ImapFetchItems items,
                             guint64 changed_since, ImapFetchFunc func, gpointer user_data,
                             GCancellable *cancellable, GError **error);
/* The same by message sequence numbers (first..last): for the newest N right after SELECT. */
gboolean imap_session_fetch_seq (ImapSession *session, guint32 first, guint32 last,
                                 ImapFetchItems items, ImapFetchFunc func, gpointer user_data,
                                 GCancellable *cancellable, GError **error);
/* UIDs of all messages in the selected mailbox: UID SEARCH [RETURN (ALL)] ALL.  REFUSED rather than an empty set when
 * the server gave no list, or an empty one of a mailbox that has messages. */
BaseUidSet *imap_session_search_all (ImapSession *session, GCancellable *cancellable,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* UIDs whose Message-ID is `message_id` (with its <>); literal or quoted string as needed.  Where the server finds more
 * than one, or all there are, their headers are looked at, and only true hits are given. */
BaseUidSet *imap_session_search_message_id (ImapSession *session, const char *message_id,
                                            GCancellable *cancellable,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* UID STORE set +FLAGS.SILENT / -FLAGS.SILENT.  Keywords only where they are allowed; any other flag that the
 * mailbox does not keep (PERMANENTFLAGS) is REFUSED, as is all in one that can only be read. */
gboolean imap_session_store (ImapSession *session, const char *set, gboolean add, ImapFlags flags,
                             GCancellable *cancellable, GError **error);
/* UID MOVE (RFC 6851); REFUSED where it is not offered, or when it was offered and is answered with BAD, after which the session
 * does not have IMAP_CAP_MOVE any more: then imap_session_copy (), and when that is confirmed imap_session_expunge (), are the
 * caller's, who must be able to tell after a cut which of the two was last.  `map` (out, nullable): from COPYUID,
 * GHashTable of guint32 old -> new, or NULL when unknown.  GONE when the target does not exist. */
gboolean imap_session_move (ImapSession *session, const char *set, const char *target,
                            GHashTable **map, GCancellable *cancellable, GError **error);
/* The server tells the new UIDs of what it copied or moved, so that none told means that none was there. */
gboolean imap_session_tells_copies (ImapSession *session);
/* UIDVALIDITY of the target as the last COPYUID or APPENDUID told it; of meaning only after one. */
guint32 imap_session_get_told_validity (ImapSession *session);
/* UID COPY; `map` and GONE as for move. */
gboolean imap_session_copy (ImapSession *session, const char *set, const char *target,
                            GHashTable **map, GCancellable *cancellable, GError **error);
/* \Deleted + UID EXPUNGE set; without UIDPLUS only marks. */
gboolean imap_session_expunge (ImapSession *session, const char *set, GCancellable *cancellable,
                               GError **error);
/* APPEND; `uid` (out) from APPENDUID or 0.  Bare LF are sent as they are: give CRLF; a last line without
 * its end gets one.  `keywords` (nullable; UTF-8, those of a person): only into the selected mailbox, where it takes them, and such as can be
 * keywords. */
gboolean imap_session_append (ImapSession *session, const char *mailbox, ImapFlags flags,
                              const char *const *keywords, gint64 date, GBytes *message,
                              guint32 *uid, GCancellable *cancellable, GError **error);
/* NOOP: collects untagged news. */
gboolean imap_session_noop (ImapSession *session, GCancellable *cancellable, GError **error);

/* It could tell of other mailboxes by itself (NOTIFY, RFC 5465), and was not asked to on this connection. */
gboolean imap_session_can_watch (ImapSession *session);
/* Asks the server to go on telling of all mailboxes of the person beside the selected one, with or without IDLE and until
 * IMAP_NEWS_UNWATCHED; TRUE where it will not, too (imap_session_is_watching ()).  First it says how each of them stands but for the selected
 * one (IMAP_NEWS_STATUS), so that nothing happens unseen between a list that came earlier and this: where these are not the
 * mailboxes `known` from that list, IMAP_NEWS_MAILBOXES comes behind.  Only when imap_session_can_watch (). */
gboolean imap_session_watch (ImapSession *session, const char *const *known,
                             GCancellable *cancellable, GError **error);
/* The server tells by itself of all mailboxes that it lists.  Those of other people it does not tell of: where there are any, this is
 * FALSE. */
gboolean imap_session_is_watching (ImapSession *session);

/* IDLE (RFC 2177) until the server tells something about the mailbox, `wake_fd` is readable, or timeout_ms (keep under 29 min); without IDLE
 * it just waits on both and then, unless woken, sends NOOP.  Ended with DONE; what follows may be sent at once.  Returns at
 * once while news are pending, and as soon as the server's line is there: the answer to DONE is then taken by what follows. Without
 * news it is waited for, so that TRUE means that the server is there.  *news: something changed; it is taken by that, as by
 * imap_session_take_news (); NULL leaves it for imap_session_steal_news (). */
gboolean imap_session_idle (ImapSession *session, int wake_fd, gint64 timeout_ms, gboolean *news,
                            GCancellable *cancellable, GError **error);

/* True once when, since the last call, the server reported EXISTS, EXPUNGE/VANISHED, FETCH flags or (NOTIFY) STATUS
 * unasked; what exactly is forgotten. */
gboolean imap_session_take_news (ImapSession *session);
/* Something was told that nobody took yet. */
gboolean imap_session_has_news (ImapSession *session);
/* The same with all that was told, in its order: GPtrArray of ImapNews, free func set, perhaps empty.  There is no end to
 * what a server may tell, but there is to the room: after some thousands only IMAP_NEWS_LOOK_AGAIN is left. What our own
 * MOVE and EXPUNGE removed is not in it. */
GPtrArray *imap_session_steal_news (ImapSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* Adds the UIDs of the selected mailbox that were told to have vanished and not taken yet.  FALSE: some went, and it was not told
 * which. */
gboolean imap_session_peek_vanished (ImapSession *session, BaseUidSet *uids);
/* Into the trace, with the octets until then: what happened that no line shows. */
void imap_session_remark (ImapSession *session, const char *what);

G_END_DECLS
