/* Who a message is really from, in words for a person.  Main thread; everything is known when the message is opened. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

typedef enum
{
  MAIL_TRUTH_NOTHING, /* nothing to say */
  MAIL_TRUTH_NOTE,    /* worth knowing */
  MAIL_TRUTH_WARNING, /* may be meant to deceive */
} MailTruthLevel;

typedef struct
{
  MailTruthLevel level;
  char *sentence; /* nullable: the one line */
  GStrv
      details; /* all that was found, and what the receiving server checked: sentences; may be empty */
} MailTruth;

/* Borrowed; NULL for a message that did not come from a folder. */
const MailTruth *mail_content_get_truth (MailContent *content);
/* The address in From is genuine: aligned DMARC, DKIM or SPF passed, as the receiving server says. */
gboolean mail_content_is_authenticated (MailContent *content);

/* What a list or newsletter says of itself. */
typedef enum
{
  MAIL_LEAVE_NONE,
  MAIL_LEAVE_ONE_CLICK, /* a POST that does it (RFC 8058) */
  MAIL_LEAVE_MAIL,      /* a mail that does it */
  MAIL_LEAVE_WEB,       /* a page to visit */
} MailLeave;

typedef struct
{
  char *
      id; /* what a choice of the kind MAIL_CHOICE_UNSUBSCRIBED is for: the list id, else the sender's address; NULL when there is neither */
  char *
      name; /* nullable: for people; the id where it has none.  NULL: no mailing list (a newsletter may still be left) */
  char *post; /* nullable: mailto: where to answer to the list */
  MailLeave leave;
  char *leave_uri; /* nullable: https or http */
  /* of a mail: to whom (nullable, one bare address), and what is in it (nullable, a line each) */
  char *leave_address, *leave_subject, *leave_text;
} MailList;

/* Borrowed, never NULL. */
const MailList *mail_content_get_list (MailContent *content);

G_END_DECLS
