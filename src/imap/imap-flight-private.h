/* A flight from within: its tasks.  Shared by the files that make them and the one that runs them. */
#pragma once

#include "imap-flight.h"
#include "imap-session-private.h"

G_BEGIN_DECLS

typedef struct _ImapTask ImapTask;

typedef enum
{
  IMAP_TASK_SELECTS = 1 << 0,        /* it is SELECT or EXAMINE */
  IMAP_TASK_NEEDS_MAILBOX = 1 << 1,  /* one has to be selected */
  IMAP_TASK_NEEDS_WRITABLE = 1 << 2, /* ... for changes; never behind an unanswered SELECT */
  IMAP_TASK_BY_SEQUENCE =
      1 << 3, /* sequence numbers: no EXPUNGE may come before it is carried out */
  IMAP_TASK_HOLDS_NUMBERS = 1 << 4, /* no EXPUNGE comes with it (RFC 9051 7.5.1) */
  IMAP_TASK_STATUS = 1 << 5,
  IMAP_TASK_EXPUNGES = 1 << 6, /* removes messages of the selected mailbox itself: its `set` */
} ImapTaskTraits;

/* After OK.  FALSE with the error set: the task failed after all, the connection is fine. */
typedef gboolean (*ImapTaskFinish) (ImapSession *session, ImapTask *task,
                                    const ImapResponse *answer, GError **error);

/* Makes the command at the moment it is to be sent; none: there is nothing to do.  FALSE with the error set: it cannot
 * be done. */
typedef gboolean (*ImapTaskPrepare) (ImapSession *session, ImapTask *task, GError **error);

struct _ImapTask
{
  /* Owned */
  ImapCommand *command; /* NULL: nothing to be sent, it is done */
  char *refused, *mailbox, *set;
  GError *error;
  BaseUidSet *uids, *asked; /* found; of FETCH */
  GPtrArray *mailboxes;
  gsize name_octets; /* of all their names */
  GHashTable *names;

  /* Borrowed */
  ImapTask *select;  /* the one before it that opens its mailbox; nullable */
  ImapTask *after;   /* nullable: without it this one is not sent either */
  ImapTask *changes; /* of a resync without QRESYNC: the FETCH */
  ImapTask *notify;  /* of a survey; nullable */
  ImapMailbox *status;
  ImapFetchFunc changed; /* of a resync */
  ImapVanishedFunc vanished;
  gpointer resync_data; /* of these two */

  ImapTaskTraits traits;
  ImapTaskPrepare prepare; /* nullable */
  ImapTaskFinish finish;   /* nullable */
  ImapExchange exchange;
  ImapTag tag;
  gsize octets;
  guint32 uid_validity; /* the expected one */
  ImapFlags flags;
  gboolean add_flags, tells_subscribed, read_only, sent, done, begun;
  gboolean answered, garbled, must_answer; /* a search */
  ImapSelected selected;
  ImapResync resync;
};

/* Made with the sentence for NO and the mailbox it means; belongs to the flight. */
ImapTask *imap_flight_add (ImapFlight *flight, ImapCommand *command, ImapTaskTraits traits,
                           const char *refused, const char *mailbox);
ImapTask *imap_flight_get_task (ImapFlight *flight, guint index);
guint imap_flight_get_index (ImapFlight *flight);
ImapSession *imap_flight_get_session (ImapFlight *flight);
/* Name of the mailbox that a command added now will be for; NULL for none. */
const char *imap_flight_get_mailbox (ImapFlight *flight);
/* "UID SEARCH [RETURN (ALL)]"; and the search, once it has all that stands behind that.  Takes the command. */
ImapCommand *imap_search_command_new (ImapSession *session) G_GNUC_WARN_UNUSED_RESULT;
guint imap_flight_search (ImapFlight *flight, ImapCommand *command);
/* UID SEARCH [CHARSET UTF-8] KEY "text". */
guint imap_flight_search_string (ImapFlight *flight, const char *key, const char *text,
                                 gboolean with_charset);
/* LIST tells the STATUS of each mailbox with it. */
gboolean imap_flight_lists_status (ImapSession *session);
/* The list; where the server will not do more than a plain one, that is asked for. */
GPtrArray *imap_flight_finish_list (ImapFlight *flight, guint index, GCancellable *cancellable,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Runs a flight that has one command. */
gboolean imap_flight_run_alone (ImapFlight *flight, GCancellable *cancellable, GError **error);

G_END_DECLS
