/* An invitation, or other news about an event, that came as an attachment (RFC 5545, 5546, 6047), and the answer to it.  Main thread;
 * reading and answering happen elsewhere. */
#pragma once

#include "mail-identity.h"
#include "mail-account.h"
#include "mail-part.h"

G_BEGIN_DECLS

/* What the mail is about. */
typedef enum
{
  MAIL_INVITATION_EVENT,   /* published: nobody is asked */
  MAIL_INVITATION_REQUEST, /* the person is asked */
  MAIL_INVITATION_CANCELLED,
  MAIL_INVITATION_ANSWER, /* somebody else's, to what the person organizes */
} MailInvitationKind;

typedef enum
{
  MAIL_ANSWER_NONE,
  MAIL_ANSWER_ACCEPT,
  MAIL_ANSWER_MAYBE,
  MAIL_ANSWER_DECLINE,
} MailAnswer;

typedef struct
{
  char *name, *address; /* name "" when none */
  MailAnswer answer;
  gboolean optional;
} MailAttendee;

/* Strings are never NULL but "" when there is nothing to say. */
typedef struct
{
  MailInvitationKind kind;
  char *summary, *description, *location, *url, *comment;
  char *when;       /* in the person's own time: "Monday 30 November 2026, 10:00 – 11:00" */
  char *elsewhere;  /* the same in the organizer's zone, where it differs: "09:00, Asia/Tokyo" */
  char *recurrence; /* "Every two weeks on Monday and Wednesday, 10 times" */
  char *next;       /* of a series that has begun: its next time */
  gboolean updated; /* not the first version */
  gboolean over;    /* it ended before now */
  guint more;       /* events in the same file that are not told of here */
  MailAttendee *organizer; /* nullable */
  GPtrArray *attendees;    /* of MailAttendee */

  /* By whom it can be answered; NULL: it cannot. */
  MailIdentity *identity; /* owned */
  MailAnswer answer;    /* as the person gave it from here */

  /* Not for the window */
  char *uid;
  int sequence;
  GVariant *event; /* owned: as it was read (unpack-calendar.h) */
} MailInvitation;

/* Times of day are written otherwise from now on (base_date_set_clock ()): so are its own. */
void mail_invitation_describe_again (MailInvitation *invitation);
void mail_invitation_free (MailInvitation *invitation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailInvitation, mail_invitation_free)

void mail_part_read_invitation_async (MailPart *part, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
MailInvitation *mail_part_read_invitation_finish (MailPart *part, GAsyncResult *result,
                                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Mails the answer to the organizer, from the account that was invited, and remembers it.  Success: it is in the outbox. */
void mail_part_answer_async (MailPart *part, const MailInvitation *invitation, MailAnswer answer,
                             GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_part_answer_finish (MailPart *part, GAsyncResult *result, GError **error);

/* Pure, any thread: a series in words; "" for none.  `event` is a dictionary of unpack-calendar.h. */
char *mail_recurrence_describe (GVariant *event) G_GNUC_WARN_UNUSED_RESULT;
/* The time of an event for a person; `zone` is the person's. */
char *mail_invitation_describe_when (gint64 start, gint64 end, gboolean all_day, gboolean floating,
                                     GTimeZone *zone) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
