/* The folders of an account as a whole: what the list says of each, and what the server tells of those that are not open. */
#pragma once

#include "sync-mailbox.h"

G_BEGIN_DECLS

/* (blocks) Asks what there is and how it stands, makes rows and timetable say the same, and notes which folders are proven to be
 * in step.  All that needs no answer goes in one flight: with `begins`, the first of a connection, the server may also be asked to
 * go on telling by itself (where that saves questions; else sync_survey_watch () is for later), and `folder` (0: none) is opened, into
 * *mailbox (NULL where that failed: it is opened in its turn).
 * TRUE in *ask_again: so much is missing that a new connection should say the same first. */
gboolean sync_survey_run (SyncContext *context, SyncMemory *memory, SyncWatch *watch,
                          gboolean begins, gint64 folder, SyncMailbox **mailbox,
                          gboolean *ask_again, GError **error);

/* (blocks) Asks the server to go on telling by itself what happens in any folder, which need not be waited for to be in step.  What happened
 * since the list is told with it, as news that are still to be taken. */
gboolean sync_survey_watch (SyncContext *context, SyncWatch *watch, GError **error);

/* What was told unasked of folders that are not open.  `news`: GPtrArray of ImapNews. */
gboolean sync_survey_take_news (SyncContext *context, SyncMemory *memory, SyncWatch *watch,
                                GPtrArray *news, GError **error);

/* The server just answered: where it tells of every folder by itself, those of which it told nothing are in step too. */
gboolean sync_survey_prove_rest (SyncContext *context, SyncMemory *memory, SyncWatch *watch,
                                 GError **error);

/* (blocks) Asks how much room one folder takes whose rows do not tell, where the server can say (STATUS=SIZE); *did: there was one, and
 * perhaps there are more.  When everything is in step, one after the other, and never with the list: to count what it has not
 * counted before, a server reads all messages of the folder (imap_session_measure ()).  Where all rows are here their sizes are
 * added up instead, which is exact and costs nothing; so most accounts are never asked, and neither is the folder that is open.
 * A server that takes too long over it, or hangs up, is not asked again; then the session is not usable any more. */
gboolean sync_survey_measure (SyncContext *context, SyncWatch *watch, gboolean *did,
                              GError **error);

G_END_DECLS
