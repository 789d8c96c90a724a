/* How it is found out who a message is from.  See the functions for the threads. */
#pragma once

#include "mail-private.h"
#include "mail-truth.h"
#include "mime-authentication.h"
#include "mime-list.h"

G_BEGIN_DECLS

/* What is known besides the message itself; plain data. */
typedef struct
{
  /* from the main thread */
  GStrv trusted;   /* servers whose word counts; NULL: has to be learnt */
  GStrv addresses; /* the person's own */
  gboolean is_own; /* in a folder of what the person wrote */
  gint64 inbox;    /* to learn from; 0: none */
  /* from the store thread */
  char *learned;        /* nullable: as in `trusted` */
  gboolean has_learned; /* it was tried */
  StoreKey
      newest; /* of the inbox when nothing could be learnt: trying again is no use before something newer is there; 0: none */
  gboolean is_first; /* nobody wrote from this address before, and that is certain */
  gboolean is_known; /* somebody did, or was written to */
  gboolean
      knows_list; /* the person wrote to the address of the list that it comes from, or has read it for a week */
  gboolean has_list; /* when it was first read is remembered */
  MimeDomains *
      domains; /* nullable: of those who were written to; from the main thread, too: as they were */
  char *charset; /* nullable: in which this sender's mail is to be read */
} MailFacts;

MailFacts *mail_facts_new (MailEngine *engine, MailFolder *folder)
    G_GNUC_WARN_UNUSED_RESULT; /* main thread; nullable folder */
void mail_facts_free (MailFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailFacts, mail_facts_free)
/* Store thread.  What cannot be read stays unknown. */
void mail_facts_read (MailFacts *facts, StoreDb *db, gint64 message, GBytes *bytes);
/* Main thread: what was learnt is kept for the session, and that nothing could be. */
void mail_facts_keep (const MailFacts *facts, MailEngine *engine, MailFolder *folder);

/* The one address of List-Post, NULL where there is not one. */
char *mail_truth_dup_post (const MimeList *list) G_GNUC_WARN_UNUSED_RESULT;
/* Any thread with the message: fills truth, authenticated and list of `parsed`; `facts` nullable. */
void mail_truth_judge (MailParsed *parsed, const MailFacts *facts);
void mail_truth_free (MailTruth *truth);
void mail_list_free (MailList *list);

G_END_DECLS
