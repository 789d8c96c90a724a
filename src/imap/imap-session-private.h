/* The session from within: its state, and how a command is sent and its answers are taken.  Shared by the files that
 * hold the verbs; nothing outside src/imap sees it. */
#pragma once

#include "imap-command.h"
#include "imap-lexer.h"
#include "imap-quirks.h"
#include "imap-response.h"
#include "imap-session.h"

G_BEGIN_DECLS

/* What a server may take of our time and memory for one command; see imap-guard.c. */
typedef struct
{
  guint64 responses, octets;       /* of them, literals not counted */
  guint64 fetched, fetched_octets; /* FETCH answers with more than flags, and what they carried */
  gint64 begun;
  guint64 received_before; /* octets on the wire until then, compressed or not */
  gint64 partial_us;       /* spent waiting for the rest of responses that had begun */
} ImapGuard;

typedef char ImapTag[16];

/* LIST asks for all mailboxes of whatever namespace; those of others that a server shows only to who names them (Courier's "#shared.")
 * are not asked for, since they are as many as a whole company may have. */
typedef enum
{
  IMAP_NAMESPACE_PERSONAL,
  IMAP_NAMESPACE_OTHERS,
  IMAP_NAMESPACE_SHARED,
} ImapNamespaceKind;

typedef struct
{
  ImapNamespaceKind kind;
  char *prefix;   /* UTF-8; "INBOX." on Courier, most often "" */
  char delimiter; /* 0: flat */
} ImapNamespace;

struct _ImapSession
{
  /* Owned */
  NetConnection *connection; /* NULL after LOGOUT */
  ImapLexer *lexer;
  char *host;
  GPtrArray *mechanisms;  /* of char *, upper case, without "AUTH=" */
  char *selected_name;    /* NULL: nothing is selected */
  char *refused_code;     /* nullable: of the last NO or BAD */
  char *refused_argument; /* the same: what stands behind the code */
  GStrv search_charsets;  /* that [BADCHARSET (...)] named; NULL: not asked yet */
  char *greeting;         /* its words */
  char *server_id;        /* nullable: what it answered to ID */
  GHashTable *wire_names; /* UTF-8 name -> as the server spelt it in LIST */
  GString *alerts;        /* [ALERT] texts since the last sign-in began, one a line */

  BaseUidSet *removing; /* NULL: none; what a MOVE or EXPUNGE of ours under way removes */

  GPtrArray *namespaces; /* of ImapNamespace, personal ones first */
  GPtrArray *news;       /* of ImapNews: told, and not taken yet */

  ImapGuard guard;
  ImapSelected selected;
  ImapQuirks quirks;
  ImapCapability capabilities;
  ImapCapability disabled; /* by who uses the session */
  ImapCapability doubted;  /* answered with BAD */
  gboolean capabilities_known;
  gboolean usable;
  gboolean signed_in;
  BaseProof proof;         /* that the sign-in gave */
  gboolean utf8;           /* UTF8=ACCEPT (or IMAP4rev2) is enabled */
  gboolean asked_to_watch; /* once is enough for a server that will not, or gave up */
  gboolean watching;       /* NOTIFY is set */
  gboolean lists_shared; /* the last list had mailboxes of others, of which NOTIFY tells nothing */
  gboolean utf8_accept;  /* UTF8=ACCEPT is: APPEND may have UTF-8 in headers (RFC 6855 4) */
  gboolean qresync;      /* enabled, and the server said so */
  gboolean selecting;    /* SELECT is under way: EXISTS is its answer and no news */
  gboolean leaving;      /* LOGOUT is under way: BYE is its answer */
  gboolean cuts_copyuid; /* COPYUID came and made no sense (quirk 17) */
  gboolean no_idle, no_extended_list; /* offered, but refused when used */
  guint64 append_limit;               /* octets that any mailbox takes; 0: not told */
  guint64 news_octets;                /* about what `news` takes */
  guint64 removed;                    /* EXPUNGEs taken for those of `removing` */
  guint32 told_validity;              /* with the last COPYUID or APPENDUID */
  guint short_idles;                  /* in a row, ended by the server without news */
  guint last_tag;
  guint32 search_refused; /* ways to ask that this server does not take (imap-query.c) */
  guint selections;       /* how often a mailbox was opened */
  ImapTag idle_tag;       /* "": none; of an IDLE that was ended and has not been answered yet */
};

/* What an untagged answer is to the exchange that is offered it. */
typedef enum
{
  IMAP_TAKEN_NOT, /* not its own: the next one may have it */
  IMAP_TAKEN,
  IMAP_TAKEN_FAILED, /* the error is set, the connection broken */
} ImapTaken;

/* The answer to one SEARCH, by its numbers. */
typedef struct
{
  BaseUidSet *uids; /* Borrowed */
  gboolean whole;   /* FALSE: something in it made no sense */
} ImapFound;

/* Untagged data that is the verb's own, LIST say, and untagged statuses with their codes.  The lexer stands behind the
 * name; who does not want the answer leaves it there. */
typedef ImapTaken (*ImapDataFunc) (ImapSession *session, const ImapResponse *response,
                                   gpointer user_data, GError **error);
/* `status` may be emptied of what it owns. */
typedef ImapTaken (*ImapStatusFunc) (ImapMailbox *status, gpointer user_data);
typedef void (*ImapFoundFunc) (const ImapFound *found, gpointer user_data);

/* Who waits for what.  Where several commands are under way they are chained, oldest first. */
typedef struct _ImapExchange ImapExchange;
struct _ImapExchange
{
  const char *refused; /* the sentence for NO and BAD */
  const char *mailbox; /* nullable: the one that [NONEXISTENT] and [TRYCREATE] mean */
  /* All nullable: */
  ImapDataFunc data;
  ImapStatusFunc status;
  ImapFoundFunc found;
  gpointer user_data; /* of these three */
  ImapFetchFunc fetch;
  ImapVanishedFunc vanished;
  gpointer fetch_data; /* of these two */

  /* Of FETCH: what was asked for.  0 with `fetch`: whatever comes. */
  const char *set;        /* nullable: any */
  const BaseUidSet *uids; /* the same, read; NULL where it has "*" */
  gboolean by_sequence;
  ImapFetchItems items;

  const char *tag;          /* nullable: what ESEARCH names */
  gboolean dropped;         /* what comes for it is thrown away */
  const ImapExchange *next; /* nullable */
};

/* ---- imap-talk.c: all of these mark the session unusable when they fail ---- */

/* Sends the command and takes what comes until its tagged answer is there, whatever it says. */
gboolean imap_talk_ask (ImapSession *session, ImapCommand *command, const ImapExchange *exchange,
                        ImapResponse *answer, GCancellable *cancellable, GError **error);
/* The same, and NO or BAD is an error (which leaves the session usable).  `answer` is nullable. */
gboolean imap_talk_run (ImapSession *session, ImapCommand *command, const ImapExchange *exchange,
                        ImapResponse *answer, GCancellable *cancellable, GError **error);
/* Puts the command, with its tag, into the connection's buffer. */
gboolean imap_talk_queue (ImapSession *session, ImapCommand *command, const ImapExchange *exchange,
                          ImapTag tag, ImapResponse *answer, gboolean *answered,
                          GCancellable *cancellable, GError **error);
/* Whether a literal in it has to ask the server for its consent; and about how long it is on the wire. */
gboolean imap_talk_must_wait (ImapSession *session, ImapCommand *command, gsize *octets);
/* The steps of imap_talk_ask (), for commands that are conversations.  *answered: `answer` has the tagged answer that
 * came before the command was sent whole. */
gboolean imap_talk_send (ImapSession *session, ImapCommand *command, const ImapExchange *exchange,
                         ImapTag tag, ImapResponse *answer, gboolean *answered,
                         GCancellable *cancellable, GError **error);
gboolean imap_talk_finish (ImapSession *session, const ImapTag tag, const ImapExchange *exchange,
                           ImapResponse *answer, GCancellable *cancellable, GError **error);
/* Until "+" or the tagged answer: `answer` has either. */
gboolean imap_talk_wait_continue (ImapSession *session, const ImapTag tag,
                                  const ImapExchange *exchange, ImapResponse *answer,
                                  GCancellable *cancellable, GError **error);
gboolean imap_talk_read (ImapSession *session, ImapResponse *response, GCancellable *cancellable,
                         GError **error);
/* One chunk from the connection to the lexer. */
gboolean imap_talk_fill (ImapSession *session, GCancellable *cancellable, GError **error);
/* Buffers only; `secret` keeps it out of the trace. */
gboolean imap_talk_write (ImapSession *session, const char *text, gboolean secret,
                          GCancellable *cancellable, GError **error);
gboolean imap_talk_flush (ImapSession *session, GCancellable *cancellable, GError **error);
gboolean imap_talk_check_usable (ImapSession *session, GError **error);

/* The NO or BAD is about the server's state, not about this command nor about a password: it will pass. */
gboolean imap_talk_is_for_now (const ImapResponse *answer);
/* The server's words for a person; NULL in clear, where they may be anybody's.  Borrowed. */
const char *imap_talk_get_words (ImapSession *session, const ImapResponse *response);
/* The error for a NO or BAD. */
void imap_talk_set_refused (ImapSession *session, const ImapResponse *answer,
                            const ImapExchange *exchange, GError **error);
/* A BAD to this command: the extensions in it are not used again. */
void imap_talk_doubt (ImapSession *session, const ImapCommand *command, const ImapResponse *answer);

/* ---- imap-guard.c ---- */

/* A command goes out, or one was answered: what follows is counted anew. */
void imap_guard_begin (ImapSession *session);
/* Somebody waited since then (monotonic) for the server to go on. */
void imap_guard_add_wait (ImapSession *session, gint64 since);
/* Octets came and are about to be pushed.  RETRY when they come too slowly. */
gboolean imap_guard_check_pace (ImapSession *session, GError **error);
/* A response is complete.  LIMIT when there are too many of them. */
gboolean imap_guard_take_response (ImapSession *session, GError **error);
/* It was a FETCH with more than flags in it. */
gboolean imap_guard_take_fetched (ImapSession *session, const ImapFetched *fetched, GError **error);
/* RETRY when the server has talked long enough without coming to an answer; for those who wait for one. */
gboolean imap_guard_check_time (ImapSession *session, GError **error);
/* How long to wait for the rest of a response that has begun, in ms; -1 when none has. */
gint64 imap_guard_get_wait (ImapSession *session);

/* ---- imap-state.c ---- */

/* Keeps the session's state in step with what an untagged response says and hands it on to the exchange (nullable).
 * Fails on BYE, when the exchange does, and on limits.  In clear nothing counts but BYE and capabilities, without which
 * STARTTLS could not be asked for. */
gboolean imap_state_take_untagged (ImapSession *session, const ImapResponse *response,
                                   const ImapExchange *exchange, GError **error);
/* The code of a tagged or untagged status. */
void imap_state_take_code (ImapSession *session, const ImapResponse *response);
void imap_state_forget_selected (ImapSession *session);
/* SELECT is next to be answered: what comes from here on is the new mailbox's.  Again at [CLOSED] (RFC 7162 3.2.11), since
 * what came before it was still the old one's. */
void imap_state_begin_selected (ImapSession *session, gboolean read_only);

/* FALSE with an error, whatever it is, when `going_on` is FALSE: a callback had enough. */
gboolean imap_state_check_going_on (gboolean going_on, GError **error);

/* ---- imap-search.c ---- */

/* The rest of "* SEARCH" or (`extended`) "* ESEARCH": goes to the search that is named, else to the oldest. */
gboolean imap_search_take (ImapSession *session, gboolean extended, const ImapExchange *chain,
                           GError **error);

/* ---- imap-capability.c ---- */

void imap_capability_forget (ImapSession *session);
/* Takes away what is switched off, known to be broken, or in doubt. */
void imap_capability_limit (ImapSession *session);
/* "IMAP4rev1 IDLE AUTH=PLAIN …" */
void imap_capability_take (ImapSession *session, const char *words);

/* ---- imap-gone.c ---- */

/* A command goes out that removes `set` of the selected mailbox: what is told of those is no news. */
void imap_gone_begin (ImapSession *session, const char *set);
/* All those commands are answered. */
void imap_gone_end (ImapSession *session);
/* Another mailbox is selected. */
void imap_gone_forget (ImapSession *session);
void imap_gone_take_expunge (ImapSession *session, guint32 number);
/* VANISHED [(EARLIER)] uids, RFC 7162 3.2.10; the earlier ones were not counted in EXISTS. */
gboolean imap_gone_take_vanished (ImapSession *session, const ImapExchange *exchange,
                                  GError **error);

/* ---- imap-idle.c ---- */

/* Waits for the answer to the last IDLE, if that is still to come. */
gboolean imap_idle_settle (ImapSession *session, GCancellable *cancellable, GError **error);
/* `tag` answers no command: perhaps that IDLE. */
void imap_idle_take_answer (ImapSession *session, const char *tag);

/* ---- imap-namespace.c ---- */

/* The rest of "* NAMESPACE". */
void imap_namespace_take (ImapSession *session);
void imap_namespace_free (ImapNamespace *space);
/* The mailbox is not one of the person's own. */
gboolean imap_namespace_is_shared (ImapSession *session, const char *mailbox);

/* ---- imap-news.c ---- */

/* Takes `news`. */
void imap_news_add (ImapSession *session, ImapNews *news);
void imap_news_add_number (ImapSession *session, ImapNewsKind kind, guint32 number);
/* All but what was told of other mailboxes. */
void imap_news_forget_selected (ImapSession *session);

/* ---- imap-session.c ---- */

/* CAPABILITY, unless they are known. */
gboolean imap_session_learn_capabilities (ImapSession *session, GCancellable *cancellable,
                                          GError **error);

/* ---- imap-select.c ---- */

/* REFUSED when no mailbox is selected. */
gboolean imap_session_check_selected (ImapSession *session, GError **error);
/* ... or when it can only be read. */
gboolean imap_session_check_writable (ImapSession *session, GError **error);

/* ---- imap-list.c ---- */

/* `verb` and, behind a space, the mailbox. */
ImapCommand *imap_mailbox_command (ImapSession *session, const char *verb,
                                   const char *mailbox) G_GNUC_WARN_UNUSED_RESULT;

/* The rest of "* STATUS": NULL when it names no mailbox. */
ImapMailbox *imap_mailbox_parse_status (ImapSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* What STATUS is asked for, in parentheses. */
char *imap_mailbox_status_items (ImapSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* Copies what a STATUS told. */
void imap_mailbox_set_status (ImapMailbox *mailbox, const ImapMailbox *status);

/* Asks with LIST.  Only true when the server answered and did not name it. */
gboolean imap_mailbox_is_missing (ImapSession *session, const char *name,
                                  GCancellable *cancellable);

G_END_DECLS
