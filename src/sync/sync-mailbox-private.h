/* A mailbox at work, shared by the files of its steps; nothing else looks in. */
#pragma once

#include "imap-flight.h"
#include "sync-mailbox.h"
#include "sync-plan.h"

G_BEGIN_DECLS

#define SYNC_LIST_ITEMS                                                                            \
  (IMAP_FETCH_FLAGS | IMAP_FETCH_SIZE | IMAP_FETCH_DATE | IMAP_FETCH_HEADER | IMAP_FETCH_OBJECT_ID \
   | IMAP_FETCH_LABELS)

typedef enum
{
  SYNC_VISIT_ASK,    /* what happened since the last look */
  SYNC_VISIT_PLAN,   /* what has to be done */
  SYNC_VISIT_NEWEST, /* the first screenful of a first visit */
  SYNC_VISIT_NEW,
  SYNC_VISIT_FLAGS,
  SYNC_VISIT_GONE, /* what was told to have vanished */
  SYNC_VISIT_SEARCH,
  SYNC_VISIT_HEADERS,
  SYNC_VISIT_SETTLE,
  SYNC_VISIT_BODIES,
  SYNC_VISIT_TEXTS, /* the first lines of those that keep no body */
  SYNC_VISIT_DONE,
} SyncVisit;

/* It is being opened. */
typedef struct
{
  struct _SyncIncoming *incoming; /* Owned */
  guint32 uid_validity;           /* as it was last */
  guint select, first;            /* in the flight; the latter if `asked` */
  gboolean asked;                 /* for new messages, or the first screenful */
} SyncOpening;

typedef struct _SyncSpared SyncSpared;

struct _SyncMailbox
{
  /* Borrowed */
  SyncMemory *memory;

  gint64 folder;
  char *name;
  StoreRole role;
  guint selection; /* the session's: what is known of the mailbox is of that one */
  SyncVisit phase;
  gboolean first_look;     /* what SELECT said is fresh */
  gboolean frugal;         /* no more than what a list needs */
  gboolean look_once_more; /* at once: some rows wait for a UID */
  guint vain_looks;        /* in a row, which could not decide about those */
  gboolean careful;        /* the server failed at what was asked: by small pieces */
  guint refused_in_a_row;
  SyncPlan plan;
  StoreProof proof; /* what this look is */

  SyncOpening *opening; /* Owned; NULL once it is open */

  /* What was told with SELECT, or with the last question, and not acted on yet. */
  ImapResync told;
  GArray *changed;      /* Owned, of StoreServerFlags */
  GPtrArray *labels;    /* Owned, of SyncLabels: the same of labels */
  BaseUidSet *vanished; /* Owned */
  guint64 told_modseq;
  guint64 modseq_before; /* all changes up to here are told when the question is answered */
  gboolean told_new;     /* the new ones, or the first screenful, came along and are here */
  guint32 told_highest;  /* the highest UID among those */

  /* As they will be stored once everything before them is here. */
  guint32 uid_validity, uid_next;
  guint64 modseq;
  gboolean complete;
  guint32 text_below; /* first lines of text may be lacking below this UID */
  gint64 in_step;
  guint32 arrived_from; /* 0: first sync, nothing is news */

  /* Owned */
  BaseUidSet *known;      /* here; NULL: not needed so far */
  BaseUidSet *missing;    /* there, not here: headers to fetch */
  BaseUidSet *flags_left; /* flags to ask for */
  BaseUidSet *unanswered; /* asked for, and the server was silent: not again on this connection */
  GArray *bodies;         /* guint32, newest first */

  guint64 n_known; /* messages here */
  guint next_body;
  gboolean bodies_all; /* the list of bodies was not cut */
  guint headers_batch, bodies_batch, texts_batch;
};

gboolean sync_mailbox_load_known (SyncMailbox *mailbox, SyncContext *context, GError **error);

/* ---- sync-mailbox-changes.c: what is told about messages that are here ---- */
/* ImapFetchFunc and ImapVanishedFunc with the mailbox as user data. */
typedef struct
{
  guint32 uid;
  GStrv labels;
  gboolean are_keywords; /* which count where the server has no labels of its own */
} SyncLabels;
void sync_labels_free (SyncLabels *labels);
gboolean sync_mailbox_take_changed (const ImapFetched *fetched, gpointer mailbox, GError **error);
gboolean sync_mailbox_take_vanished (const BaseUidSet *uids, gpointer mailbox, GError **error);
void sync_mailbox_forget_told (SyncMailbox *mailbox);
gboolean sync_mailbox_step_ask (SyncMailbox *mailbox, SyncContext *context, GError **error);
gboolean sync_mailbox_step_flags (SyncMailbox *mailbox, SyncContext *context, GError **error);
gboolean sync_mailbox_step_gone (SyncMailbox *mailbox, SyncContext *context, gboolean *ask_again,
                                 GError **error);
gboolean sync_mailbox_step_search (SyncMailbox *mailbox, SyncContext *context, gboolean *ask_again,
                                   GError **error);

/* ---- sync-mailbox-fetch.c: what is brought here ---- */
gboolean sync_mailbox_step_headers (SyncMailbox *mailbox, SyncContext *context, GError **error);
gboolean sync_mailbox_step_bodies (SyncMailbox *mailbox, SyncContext *context, GError **error);
gboolean sync_mailbox_step_texts (SyncMailbox *mailbox, SyncContext *context, GError **error);
/* UIDs of rows without one that are still to be asked about; empty: there are none, or the rest is spared. */
BaseUidSet *sync_mailbox_list_texts (SyncMailbox *mailbox, SyncContext *context, GError **error);
/* These were asked about, and will not be again, whatever came: the store knows. */
gboolean sync_mailbox_pass_texts (SyncMailbox *mailbox, SyncContext *context,
                                  const BaseUidSet *asked, GError **error);
/* The rows of `missing` come without their first line of text, which comes later: so it stands in the store before. */
gboolean sync_mailbox_put_off_texts (SyncMailbox *mailbox, SyncContext *context, GError **error);
/* Fills `bodies` with what is wanted and was not asked for in vain. */
gboolean sync_mailbox_list_bodies (SyncMailbox *mailbox, SyncContext *context, GError **error);

/* ---- sync-mailbox-careful.c: what the server fails at ---- */
GHashTable *sync_spared_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* At the begin of a visit: from the start, where the last connections ended in a FETCH. */
void sync_mailbox_begin_careful (SyncMailbox *mailbox);
/* After a step that failed in this phase: TRUE where the visit can go on, piece by piece. */
gboolean sync_mailbox_turn_careful (SyncMailbox *mailbox, SyncContext *context, SyncVisit failed,
                                    const GError *error);
/* What is fetched in this phase is all here: what comes next is asked for as connections ended there. */
void sync_mailbox_end_careful (SyncMailbox *mailbox, SyncVisit ended);
/* Not to be asked for now; taking such ones from *uids (owned). */
gboolean sync_mailbox_is_spared (SyncMailbox *mailbox, guint32 uid);
void sync_mailbox_leave_out_spared (SyncMailbox *mailbox, BaseUidSet **uids);
guint64 sync_mailbox_get_n_spared (SyncMailbox *mailbox);
/* What came of a large message that was asked for by itself (NULL: it is here); one at which connections end is spared. */
void sync_mailbox_judge_large (SyncMailbox *mailbox, SyncContext *context, guint32 uid,
                               const GError *failure);
/* Headers, bodies or first lines of text, by the phase. */
gboolean sync_mailbox_step_careful (SyncMailbox *mailbox, SyncContext *context, GError **error);
/* How many the list lacks for that; saying it, in the folder's record and once to the person. */
gboolean sync_mailbox_count_spared (SyncMailbox *mailbox, SyncContext *context, guint *n,
                                    GError **error);
gboolean sync_mailbox_say_spared (SyncMailbox *mailbox, SyncContext *context, guint n,
                                  GError **error);

G_END_DECLS
