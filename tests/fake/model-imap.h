/* One IMAP connection of the model server, shared by the files that hold its verbs.  All verbs run with the world locked. */
#pragma once

#include "model-link.h"
#include "model-words.h"

G_BEGIN_DECLS

/* What the client knows of a message: its place in the array is its sequence number. */
typedef struct
{
  guint32 uid;
  guint64 modseq;
} ModelSeen;

typedef struct
{
  ModelShared *shared; /* Borrowed */
  ModelWorld *world;   /* Borrowed */
  ModelLink *link;     /* Borrowed */
  char *capabilities;  /* Owned: as they were when it connected */

  ModelAccount *account;  /* Borrowed; NULL: not signed in */
  ModelMailbox *selected; /* Referenced */
  GArray *seen;           /* Owned: ModelSeen */
  guint64 serial;         /* of the mailbox, when `seen` was last compared with it */
  guint32 uid_validity;
  gboolean read_only;
  gboolean condstore, qresync, utf8; /* enabled */
  GHashTable *
      watched; /* Owned: NOTIFY, ModelMailbox (referenced) -> its serial as it was told, guint64; NULL: not watching */

  /* The command under way */
  char *tag;
  ModelWords words;
  gboolean uid;      /* UID FETCH and the like */
  gboolean answered; /* its tagged answer was given */
} ModelImap;

gboolean model_imap_can (ModelImap *imap, const char *capability);
/* The tagged answer: "OK done". */
void model_imap_answer (ModelImap *imap, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* What others changed in the selected mailbox.  `expunges` FALSE: not those, sequence numbers must stand. */
void model_imap_tell_news (ModelImap *imap, gboolean expunges);
/* Own doing, that needs no telling: the client knows. */
void model_imap_mark_known (ModelImap *imap, const ModelMessage *message);
/* "(\\Seen)", for a FETCH answer. */
void model_imap_say_flags (ModelImap *imap, guint seq, const ModelMessage *message,
                           gboolean with_flags);

/* Names on the wire. */
char *model_imap_take_name (ModelImap *imap) G_GNUC_WARN_UNUSED_RESULT;
char *model_imap_quote_name (ModelImap *imap, const char *name) G_GNUC_WARN_UNUSED_RESULT;

/* The messages that the set means, by UID or by sequence number: GArray of guint (indices into `seen`). */
GArray *model_imap_take_messages (ModelImap *imap) G_GNUC_WARN_UNUSED_RESULT;
ModelMessage *model_imap_get_message (ModelImap *imap, guint index); /* NULL: gone meanwhile */

/* ---- the verbs: each gives its tagged answer, or leaves words.bad ---- */
void model_imap_list (ModelImap *imap);
void model_imap_lsub (ModelImap *imap);
void model_imap_status (ModelImap *imap);
void model_imap_create (ModelImap *imap);
void model_imap_delete (ModelImap *imap);
void model_imap_rename (ModelImap *imap);
void model_imap_subscribe (ModelImap *imap, gboolean subscribed);
void model_imap_notify (ModelImap *imap);
/* What happened in other mailboxes than the selected one, where NOTIFY asked for that. */
void model_imap_tell_others (ModelImap *imap);
void model_imap_select (ModelImap *imap, gboolean read_only);
void model_imap_unselect (ModelImap *imap);
void model_imap_append (ModelImap *imap);
void model_imap_fetch (ModelImap *imap);
void model_imap_store (ModelImap *imap);
void model_imap_copy (ModelImap *imap, gboolean move);
void model_imap_expunge (ModelImap *imap);
void model_imap_search (ModelImap *imap);

G_END_DECLS
