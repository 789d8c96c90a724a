/* One child of the crash suite, from its start to its end or its death, and what server and profile hold then.  Main thread of the
 * parent; the model server's threads beside it. */
#pragma once

#include "model-server.h"

G_BEGIN_DECLS

typedef struct
{
  char *name, *capabilities, *smtp_capabilities, *setup;
  guint flags; /* ScenarioFlags */
} CrashScenario;

typedef enum
{
  CRASH_NEVER,
  CRASH_AT_CALL, /* `at` = 3 × call + 0 before, 1 within, 2 after */
  CRASH_AT_LINE, /* `at` = 2 × line + 0 before, 1 after it is on the wire or carried out */
} CrashKind;

typedef struct
{
  CrashKind kind;
  guint64 at;
} CrashPlace;

typedef struct
{
  ModelServer *server; /* Owned */
  char *folder;        /* Owned: profiles, counter, the children's words */
  const char *child;   /* Borrowed: the programs */
  const char *preload;
  guint16 imap_port, smtp_port; /* what the child is told: the server's, or a proxy's before it */
  const char *keeper;           /* of crash-power.h; nullable.  Owned by who set it */
  guint patience_ms;            /* how long a server may be silent for the child; 0: a minute */

  /* Of the scenario under way */
  const CrashScenario *scenario; /* Borrowed */
  GHashTable *acts;              /* Owned: numbers of those that were done */
  guint acknowledged;            /* steps */

  /* Of the child under way */
  int pid; /* atomic; 0: none */
  CrashPlace place;
  int killed;           /* atomic: by the hook */
  guint64 calls, lines; /* how many there were */
  guint changes;        /* commands that change something, atomic */
  GPtrArray *told;      /* Owned: its "= " lines */
  GString *complaints;  /* Owned: "bad" lines, and how it died when it should not have */
  gboolean ended;
} CrashRun;

CrashRun *crash_run_new (const char *child, const char *preload) G_GNUC_WARN_UNUSED_RESULT;
void crash_run_free (CrashRun *run);

/* The server as it is before the scenario, and nothing done yet. */
void crash_run_begin (CrashRun *run, const CrashScenario *scenario);
/* Starts the child on the profile, follows it to its end.  TRUE when it was killed where it should be. */
gboolean crash_run_child (CrashRun *run, const char *profile, gboolean sync_only, CrashPlace place);
/* The end of what it wrote to standard error. */
char *crash_run_dup_log (CrashRun *run) G_GNUC_WARN_UNUSED_RESULT;
/* What another client does; see crash-child.h. */
void crash_run_act (CrashRun *run, const char *act);

/* ---- what there is, as sorted lines ---- */
typedef struct
{
  GPtrArray *
      server; /* "USER:MAILBOX" for each mailbox, and its messages; what is marked \Deleted left out */
  GPtrArray *here;      /* the same of the profile */
  GPtrArray *delivered; /* by SMTP */
  GPtrArray *drafts;
  GPtrArray *outbox;   /* "STATE MESSAGE-ID" */
  GPtrArray *accounts; /* users that have one here */
} CrashState;

/* After a child that only synced. */
CrashState *crash_state_new (CrashRun *run) G_GNUC_WARN_UNUSED_RESULT;
void crash_state_free (CrashState *state);
/* What is wrong with `state`: not in step, or not as `wanted` (nullable), but for mail that counts as uncertain.  NULL: nothing. */
char *crash_state_compare (const CrashState *state,
                           const CrashState *wanted) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
