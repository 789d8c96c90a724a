/* What the steps of a scenario (crash-steps.c) know of the child that goes them. */
#pragma once

#include "crash-child.h"

#define CHILD_PATIENCE_US (45 * G_USEC_PER_SEC)
#define CRASH_DATE        1795428000 /* of all mail: 23 November 2026 */

struct _Child
{
  const Scenario *scenario; /* Borrowed; NULL: sync */
  const char *imap_port, *smtp_port, *ca_file;
  BasePaths *paths;
  Store *store;
  StoreDb *db;
  SyncEngine *engine;
  gint64 row; /* of the first account */
  guint step, acknowledged;
  gint64 group;  /* of the last move, 0: another life */
  gint64 nudged; /* when Retry was pressed last, monotonic */

  GMutex lock;
  GCond told;         /* a phase */
  GHashTable *phases; /* account id -> SyncPhase + 1 */
};

/* A line for the parent. */
void child_say (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* Says "bad ..." and ends the process. */
void child_fail (const char *what, const GError *error) G_GNUC_NORETURN;

#define GOOD(call)                                                                                 \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (!(call))                                                                                   \
      child_fail (#call, error);                                                                   \
  }                                                                                                \
  G_STMT_END

BaseAccount *child_new_account (Child *child, const char *user) G_GNUC_WARN_UNUSED_RESULT;

/* Presses Retry, once in a while. */
void child_nudge (Child *child);
void child_wait_a_moment (Child *child);
void child_wait_in_step (Child *child);

/* 0: there is none. */
gint64 child_find_folder_of (Child *child, gint64 account, const char *name);
gint64 child_find_folder (Child *child, const char *name);
gint64 child_find_message (Child *child, const char *folder_name, const char *name);
GPtrArray *child_list_folder (Child *child, gint64 folder) G_GNUC_WARN_UNUSED_RESULT;
