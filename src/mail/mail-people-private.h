/* When the pass over new mail runs that gathers people.  Main thread. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

typedef struct _MailPeople MailPeople;

MailPeople *mail_people_new (MailEngine *engine) G_GNUC_WARN_UNUSED_RESULT; /* borrows it */
void mail_people_free (MailPeople *people);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailPeople, mail_people_free)
/* Messages came, or their bytes did. */
void mail_people_note (MailPeople *people);
/* Milliseconds that the store has to be quiet first, at its next turn; tests make it short. */
void mail_people_set_quiet (MailPeople *people, guint ms);

G_END_DECLS
