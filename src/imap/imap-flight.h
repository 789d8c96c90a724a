/* Several commands sent at once, answered in one round trip (RFC 9051 5.5).
 *
 * Make a flight, add commands, run it, look at the results by the index that adding gave.  Each command has its own
 * result: a NO to one leaves the others alone.  Callbacks are called while it runs, in the session's thread, in the order
 * of the answers.  A flight runs once.  What is added may stay in one flight with anything else: what would be ambiguous on
 * the wire, or must know an answer first, waits for the answers before it by itself (and costs a round trip):
 * FETCH by sequence number behind what may tell of an EXPUNGE, a change behind a SELECT, a literal that asks first.  At
 * most 25 STATUS and some kilobytes of commands are under way at a time, so that neither side ever waits for the other
 * to read.  When run returns nothing is under way: IDLE may follow.
 *
 * A command behind a SELECT in the same flight is for the mailbox that it opens.  When the SELECT fails they fail with
 * its error; when it gives another UIDVALIDITY than expected they fail with GONE and what came for them was dropped.
 * Strings and sets are copied; functions' user_data has to live until run returned. */
#pragma once

#include "imap-session.h"

G_BEGIN_DECLS

typedef struct _ImapFlight ImapFlight;

/* What is known of a mailbox from an earlier visit. */
typedef struct
{
  guint32 uid_validity;
  guint64 modseq;          /* HIGHESTMODSEQ up to which all changes are known; 0: none */
  const BaseUidSet *known; /* nullable; only UIDs in it are told as vanished */
} ImapSyncPoint;

typedef enum
{
  IMAP_RESYNC_NONE,    /* it was only opened */
  IMAP_RESYNC_CHANGES, /* all flag changes and new messages' flags were told; not what vanished */
  IMAP_RESYNC_ALL,     /* and what vanished */
} ImapResync;

ImapFlight *imap_flight_new (ImapSession *session) G_GNUC_WARN_UNUSED_RESULT;
void imap_flight_free (ImapFlight *flight);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ImapFlight, imap_flight_free)

/* As the verbs of imap-session.h. */

/* `uid_validity` 0: any. */
guint imap_flight_select (ImapFlight *flight, const char *name, gboolean read_only,
                          guint32 uid_validity);
/* SELECT that also tells what happened since `point`: with QRESYNC (RFC 7162 3.2.5), else with CONDSTORE by
 * FETCH (CHANGEDSINCE) in the same flight, else it is a plain SELECT.  `changed` gets UID, flags and MODSEQ of changed and
 * new messages.  Another UIDVALIDITY than the point's is no error: IMAP_RESYNC_NONE, and nothing was told. */
guint imap_flight_resync (ImapFlight *flight, const char *name, gboolean read_only,
                          const ImapSyncPoint *point, ImapFetchFunc changed,
                          ImapVanishedFunc vanished, gpointer user_data);
/* The same for the mailbox that is selected already.  Without CONDSTORE: REFUSED. */
guint imap_flight_changes (ImapFlight *flight, guint64 modseq, ImapFetchFunc changed,
                           ImapVanishedFunc vanished, gpointer user_data);
guint imap_flight_fetch (ImapFlight *flight, const char *set, ImapFetchItems items,
                         guint64 changed_since, ImapFetchFunc func, gpointer user_data);
/* `last` 0: to the end ("*"). */
guint imap_flight_fetch_seq (ImapFlight *flight, guint32 first, guint32 last, ImapFetchItems items,
                             ImapFetchFunc func, gpointer user_data);
/* What a message is made of, and its first octets as they are: `structure`, and in `parts` section "" from 0. */
guint imap_flight_fetch_start (ImapFlight *flight, guint32 uid, guint64 octets, ImapFetchFunc func,
                               gpointer user_data);
/* These sections whole; they arrive in `parts`, each in any order or not at all.  A line should not have many: 1000 octets
 * are too many for some servers (quirk 29). */
guint imap_flight_fetch_sections (ImapFlight *flight, guint32 uid, const char *const *sections,
                                  ImapFetchFunc func, gpointer user_data);
/* `octets` of one section from `origin` on, as they are encoded or (`decoded`: only with BINARY) as the server decodes
 * them; then decoded_size comes along with the first.  Fewer come at the end, perhaps none. */
guint imap_flight_fetch_chunk (ImapFlight *flight, guint32 uid, const char *section,
                               gboolean decoded, guint64 origin, guint64 octets, ImapFetchFunc func,
                               gpointer user_data);
guint imap_flight_search_all (ImapFlight *flight);
guint imap_flight_store (ImapFlight *flight, const char *set, gboolean add, ImapFlags flags);
/* Fills in what STATUS tells of `mailbox` (its name is given) with as much as the server offers; has_status tells.  The
 * selected mailbox may be asked about, but some servers count it anew for that. */
guint imap_flight_status (ImapFlight *flight, ImapMailbox *mailbox);
guint imap_flight_list (ImapFlight *flight);
/* All mailboxes and how each stands, without a round trip of its own wherever that can be: with LIST-STATUS it comes with the
 * list; else, with `watch` and NOTIFY, the server tells it of each, and is watching from then on (imap_session_watch ()); else STATUS is
 * asked for at once of those that are likely to be there (`known`, nullable). */
guint imap_flight_survey (ImapFlight *flight, gboolean watch, const char *const *known);
/* (blocks) After the run: GPtrArray of ImapMailbox, free func set; what is still not known is asked for. */
GPtrArray *imap_flight_finish_survey (ImapFlight *flight, guint index, GCancellable *cancellable,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
guint imap_flight_noop (ImapFlight *flight);

/* `more` is called while it runs, whenever no command is left to be sent and at most one is still to be answered: it adds
 * commands, so that the server always has something to do, or none, and then it is not called again. */
typedef void (*ImapFlightMoreFunc) (ImapFlight *flight, gpointer user_data);
void imap_flight_set_more (ImapFlight *flight, ImapFlightMoreFunc more, gpointer user_data);

/* FALSE when the connection failed or the run was cancelled; commands that had their answers keep their results. */
gboolean imap_flight_run (ImapFlight *flight, GCancellable *cancellable, GError **error);

/* How many commands were added so far: their indices are below that. */
guint imap_flight_get_length (ImapFlight *flight);
/* TRUE when the command was done. */
gboolean imap_flight_get_result (ImapFlight *flight, guint index, GError **error);
/* Of a SELECT: the mailbox as it was opened (borrowed), NULL when it was not. */
const ImapSelected *imap_flight_get_selected (ImapFlight *flight, guint index);
ImapResync imap_flight_get_resync (ImapFlight *flight, guint index);
/* Of a search: NULL when it failed. */
BaseUidSet *imap_flight_steal_uids (ImapFlight *flight, guint index) G_GNUC_WARN_UNUSED_RESULT;
/* Of a list: GPtrArray of ImapMailbox, free func set; NULL when it failed. */
GPtrArray *imap_flight_steal_mailboxes (ImapFlight *flight, guint index) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
