/* The child of the crash suite: the real engine on a profile, and a person who follows a scenario.
 *
 * A scenario is a row of steps; the functions below are one step each.  The parent hears of each that is done, so that after
 * a kill the person goes on with the first that was not: it may have been done all the same, so each looks first, as a
 * person does, whether that is so.  One thread; the engine's workers beside it. */
#pragma once

#include "store-folder.h"
#include "store-operation.h"
#include "store-outgoing.h"
#include "sync-engine.h"

G_BEGIN_DECLS

typedef struct _Child Child;

typedef enum
{
  SCENARIO_FRESH = 1 << 0,      /* begins with an empty profile, not with one in step */
  SCENARIO_FILES_SENT = 1 << 1, /* the provider puts copies of sent mail into Sent */
  SCENARIO_FEW_BODIES = 1 << 2, /* the account keeps only bodies that were opened */
  SCENARIO_OLD = 1 << 3,        /* with FRESH: a database of the first version lies there */
  SCENARIO_SMALL_PACKS = 1 << 4,
  SCENARIO_LARGE = 1 << 5, /* takes long: fewer kills */
} ScenarioFlags;

typedef struct
{
  const char *name;
  const char *capabilities, *smtp_capabilities; /* NULL: all */
  ScenarioFlags flags;
  const char *setup; /* acts on the server before everything, with ";" between */
  void (*run) (Child *child);
} Scenario;

extern const Scenario crash_scenarios[];
extern const guint crash_n_scenarios;

/* ---- steps: messages are called by name, their Message-ID is <NAME@crash.test> ---- */
/* What another client or the server does:
 *   deliver MAILBOX NAME [FLAGS]     many MAILBOX PREFIX COUNT     big MAILBOX NAME OCTETS
 *   flags MAILBOX NAME +|- FLAGS     expunge MAILBOX NAME          move MAILBOX NAME TARGET
 *   create MAILBOX   delete MAILBOX   rename MAILBOX NAME   renumber MAILBOX
 *   reachable 0|1    refuse ADDRESS ANSWER...    capabilities plain|condstore|full */
void step_act (Child *child, const char *act);
/* Until all is in step and nothing is pending. */
void step_sync (Child *child);
/* Until the message is (or is not) in this folder here. */
void step_await (Child *child, const char *folder, const char *name, gboolean there);
/* The server cannot be reached; and it can, and the person presses Retry. */
void step_go_offline (Child *child);
void step_go_online (Child *child);

void step_flag (Child *child, const char *folder, const char *name, gboolean add, StoreFlags flags);
void step_move (Child *child, const char *folder, const char *name, const char *target);
void step_copy (Child *child, const char *folder, const char *name, const char *target);
/* Undoes the last move, or moves back when that is not possible any more. */
void step_undo_move (Child *child, const char *folder, const char *name, const char *target);
void step_delete (Child *child, const char *folder, const char *name);
void step_append (Child *child, const char *folder, const char *name);
/* A version of a draft in the place of another one (nullable). */
void step_put_draft (Child *child, const char *name, const char *before);
void step_open (Child *child, const char *folder, const char *name); /* its body */
/* All of that folder, whose names begin so. */
void step_move_across (Child *child, const char *folder, const char *name, const char *target);
void step_move_all (Child *child, const char *folder, const char *prefix, const char *target);

void step_create_folder (Child *child, const char *name);
void step_rename_folder (Child *child, const char *name, const char *to);
void step_delete_folder (Child *child, const char *name);
void step_subscribe_folder (Child *child, const char *name, gboolean subscribed);

void step_save_draft (Child *child, const char *name, const char *text, gsize attachment);
void step_discard_draft (Child *child, const char *name);
/* `to`: with commas between. */
void step_send (Child *child, const char *name, const char *to, gsize size, gsize attachment);
/* The mail that failed is made a draft again. */
void step_edit_failed (Child *child, const char *name);

void step_add_account (Child *child);
void step_remove_account (Child *child);

G_END_DECLS
