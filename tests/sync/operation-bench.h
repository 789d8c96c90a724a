/* A store, an account whose own workers stand still, and a server: the operations of the store are carried there batch by batch,
 * when the test says so.  One thread. */
#pragma once

#include "fake-server.h"
#include "store-operation.h"
#include "sync-operations.h"
#include "test-sync.h"

typedef struct
{
  /* Owned */
  char *folder;
  BasePaths *paths;
  Store *store;
  StoreDb *db;
  SyncShared *shared;
  SyncAccount *account; /* its own workers are stopped */
  FakeServer *server;   /* nullable */
  ImapSession *session;
  GArray *touched;
  GPtrArray *said; /* sentences */

  gint64 row, inbox, archive, trash;
} Bench;

/* With three folders and a scripted server; and with neither. */
Bench *bench_new (void);
Bench *bench_new_empty (void);
void bench_free (Bench *bench);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bench, bench_free)

/* The next connection's script, after signing in. */
void bench_add_script (Bench *bench, const char *caps, const char *steps);
/* One batch on the connection there is, or a new one.  TRUE: it went without ending the connection. */
gboolean bench_run_once (Bench *bench, gboolean *did);
void bench_run_all (Bench *bench);
/* One batch, which is cut, and after a while all that is left. */
void bench_run_cut (Bench *bench);
/* As after a restart, when time has passed. */
void bench_make_due (Bench *bench);
/* Adds a folder to a list for store_folder_replace_list (); it is the list's. */
StoreFolder *bench_list_folder (GPtrArray *list, const char *name, StoreRole role);
gint64 bench_folder_named (Bench *bench, const char *name); /* 0: none */
gint64 bench_add_mail (Bench *bench, gint64 folder, guint32 uid, const char *message_id,
                       guint64 size, const char *body);
/* Of a hundred octets, in INBOX. */
gint64 bench_add_inbox (Bench *bench, guint32 uid, const char *message_id);
void bench_move (Bench *bench, gint64 id, gint64 target);
gboolean bench_has_said (Bench *bench, const char *words);
guint32 bench_uid_of (Bench *bench, gint64 id);
gint64 bench_folder_of (Bench *bench, gint64 id);
/* From store-private.h, which would bring SQLite along. */
gboolean store_db_exec (StoreDb *db, const char *sql, GError **error);

#define PENDING(bench) store_operation_count ((bench)->db, (bench)->row)

/* Pieces of scripts; $ words must differ within one script. */
#define SELECT(t, name, validity)                                                                  \
  "C: $" t " SELECT \"" name "\"\n"                                                                \
  "S: * 3 EXISTS\n"                                                                                \
  "S: * OK [UIDVALIDITY " validity "] fine\n"                                                      \
  "S: * OK [UIDNEXT 40] soon\n"                                                                    \
  "S: $" t " OK [READ-WRITE] open\n"
#define STATUS(t, name, next)                                                                      \
  "C: $" t " STATUS \"" name "\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n"                          \
  "S: * STATUS \"" name "\" (MESSAGES 4 UNSEEN 0 UIDNEXT " next " UIDVALIDITY 5)\n"                \
  "S: $" t " OK done\n"
#define EXAMINE(t, name, validity)                                                                 \
  "C: $" t " EXAMINE \"" name "\"\n"                                                               \
  "S: * 5 EXISTS\n"                                                                                \
  "S: * OK [UIDVALIDITY " validity "] fine\n"                                                      \
  "S: $" t " OK open\n"
#define HEADER(uid, size, id)                                                                      \
  "S: * 1 FETCH (UID " uid " RFC822.SIZE " size                                                    \
  " INTERNALDATE \"14-Nov-2023 22:13:20 +0000\" BODY[HEADER.FIELDS (DATE)] {" id ")\n"
/* The copy is begun: what is said to it comes next. */
#define COPY(s, c, uids, name, next)                                                               \
  STATUS (s, name, next)                                                                           \
  "C: $" c " UID COPY " uids " \"" name "\"\n"
/* After a cut: whether it was made. */
#define FIND_COPY(e, f, name, next, headers)                                                       \
  EXAMINE (e, name, "5")                                                                           \
  "C: $" f " UID FETCH " next ":* *\n" headers "S: $" f " OK done\n"
#define DELETE_ORIGINAL(a, b, uid)                                                                 \
  "C: $" a " UID STORE " uid " +FLAGS.SILENT (\\\\Deleted)\n"                                      \
  "S: $" a " OK done\n"                                                                            \
  "C: $" b " UID EXPUNGE " uid "\n"                                                                \
  "S: * 1 EXPUNGE\n"                                                                               \
  "S: $" b " OK done\n"

/* Literals: a line and an empty one. */
#define ID_A  "22}\\r\\nMessage-ID: <a@x>\\r\\n\\r\\n"
#define ID_B  "22}\\r\\nMessage-ID: <b@x>\\r\\n\\r\\n"
#define NO_ID "15}\\r\\nSubject: hi\\r\\n\\r\\n"
