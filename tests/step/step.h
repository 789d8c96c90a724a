/* The engine and the model server in one process: how many commands, round trips and octets it takes to be in step, and how long
 * until something shows. */
#pragma once

#include "engine-told.h"
#include "model-server.h"
#include "store-operation.h"
#include "sync-watch.h"

typedef struct _Step Step;

struct _Step
{
  /* Owned */
  ModelServer *server;
  char *folder;
  BasePaths *paths;
  Store *store;
  StoreDb *db;
  BaseAccount *account;
  SyncEngine *engine; /* NULL: not running */
  gint64 row;
  SyncTimes times;
  guint patience_ms;
  gboolean metered;

  gboolean may_refuse; /* else a refusal fails the test at its end */
  EngineTold told;

  GMutex lock;         /* what follows */
  GPtrArray *commands; /* char *: "0 SELECT INBOX", the connection before */
  guint n_connections; /* that have said something */
  guint n_gone;   /* of them those of an engine that was stopped when the commands were forgotten */
  gint64 changed; /* monotonic: the last change record with messages */
  guint
      stall_on; /* connection that stays silent at its next command; 0: none, else 1 + its number */
  /* Nullable: asked about each command (without its tag) before it is carried out; without the lock. */
  ModelVerdict (*on_command) (Step *step, const char *command, ModelEvent *event);
  guint count; /* for that one's use, within its thread */
};

/* capabilities NULL: all.  Not started; alice has her six mailboxes. */
Step *step_new (const char *capabilities);
void step_free (Step *step);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Step, step_free)
void step_start (Step *step);
void step_stop (Step *step);
/* Starts it and waits until it is in step. */
void step_settle (Step *step);
/* Waits until it said that it is in step once more than `before` times. */
void step_wait_in_step (Step *step, guint before);

guint32 step_deliver (Step *step, const char *mailbox, guint number, gsize size);
void step_deliver_many (Step *step, const char *mailbox, guint n, gsize size);
gint64 step_folder (Step *step, const char *name); /* 0: none */
guint step_total (Step *step, const char *name);
guint step_unread (Step *step, const char *name);
StoreFolder *step_get (Step *step, const char *name); /* NULL: none; the caller's */
guint step_lacking (Step *step, const char *name);    /* bodies */

void add_gmail_tests (void);
void add_parts_tests (void);
void add_renamed_tests (void);
void add_shown_tests (void);
void add_size_tests (void);
void add_unreadable_tests (void);

void step_forget_commands (Step *step);
/* Commands of all connections that match a glob ("* UID FETCH *BODY.PEEK[]*"; g_pattern_match_simple ()). */
guint step_count_commands (Step *step, const char *glob);
/* All, a line each: for messages of failed tests. */
char *step_dump_commands (Step *step);

/* How often a time is taken before it counts as long. */
#define TRIES                         20
#define STEP_WAIT(condition, seconds) g_assert_true (LOOK_CAME (condition, seconds))
