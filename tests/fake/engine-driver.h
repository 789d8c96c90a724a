/* A SyncEngine in a child process, held by a test: starts it, asks it, kills it.
 *
 * The child works on a profile folder of its own with one account ("child", alice@lab.test, password "secret") whose servers are
 * on 127.0.0.1.  Commands, each answered before the next:
 *
 *   state            one line: PHASE SEEN ARRIVED REFUSED MESSAGE; SEEN has a bit for each phase since it was asked last
 *   memory           one line: VmRSS VmHWM in KiB;  reset-peak   VmHWM counts anew
 *   retry            as when a person presses Retry
 *   folders          lines: TOTAL UNREAD NAME
 *   list FOLDER      lines: ROW UID FLAGS MD5-OF-BODY-OR-- MESSAGE-ID SUBJECT
 *   flag ROW FLAGS   adds flags;  move ROW FOLDER;  operations   one line: how many are pending
 *   fetch ROW        (blocks) the body, as when a person opens it
 *   draft SUBJECT [ID]         saves a draft, one line: its id;  drafts   lines: ID SUBJECT
 *   send TO SUBJECT [OCTETS]   into the outbox, one line: its Message-ID
 *   outbox           lines: ROW STATE MESSAGE-ID SUBJECT, STATE a StoreOutboxState */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _EngineDriver EngineDriver;

/* `environment`: nullable, NAME=VALUE pairs added to ours.  `patience_ms`: how long a server may be silent. */
EngineDriver *engine_driver_new (const char *profile, guint16 imap_port, guint16 smtp_port,
                                 const char *ca_file, guint patience_ms,
                                 const char *const *environment) G_GNUC_WARN_UNUSED_RESULT;
/* The same, but NULL with "CODE SENTENCE" in *refused when it cannot start. */
EngineDriver *engine_driver_try_new (const char *profile, guint16 imap_port, guint16 smtp_port,
                                     const char *ca_file, guint patience_ms,
                                     const char *const *environment,
                                     char **refused) G_GNUC_WARN_UNUSED_RESULT;
/* Ends it in an orderly way; fails the test when it does not go, or complains. */
void engine_driver_free (EngineDriver *driver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngineDriver, engine_driver_free)
/* Ends it as a power cut would (the kernel keeps what was written). */
void engine_driver_kill (EngineDriver *driver);

/* The answer's lines without their "= " (GStrv); NULL with the sentence in *refused (nullable) when the command failed.  A child
 * that is gone, or silent for a minute, fails the test. */
GStrv engine_driver_ask (EngineDriver *driver, char **refused, const char *format, ...)
    G_GNUC_PRINTF (3, 4) G_GNUC_WARN_UNUSED_RESULT;
/* The same for commands that have to succeed and whose lines do not matter. */
void engine_driver_do (EngineDriver *driver, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Waits until the phase is `phase` (a SyncPhase); FALSE after so many ms. */
gboolean engine_driver_wait_phase (EngineDriver *driver, int phase, guint timeout_ms);
/* The nth number of a line. */
guint64 engine_driver_number (const char *line, guint n);

G_END_DECLS
