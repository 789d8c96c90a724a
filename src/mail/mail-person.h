/* People: who a sender is to the owner of the mail, from the mail that came and went.  Main thread.
 *
 * The table behind it (store-person.h) is filled by a pass that waits until the sync is quiet, a few milliseconds of the store thread at a time;
 * with nothing new it does nothing and wakes for nothing. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

typedef struct
{
  char *address;      /* in lower case */
  char *name;         /* "" when none */
  guint received;     /* messages from them */
  guint sent;         /* messages to them */
  gint64 first, last; /* seconds; 0: never */
  GPtrArray *others;  /* of char *: other addresses they write from, of those the owner wrote to */
  GPtrArray *latest;  /* of MailMessage: from and to them, newest first */
  gboolean counted;   /* the pass has been at all the mail that is here: the numbers are whole */
  gboolean more_sent; /* but for sent mail that is not here: there may have been more to them */
} MailPerson;

void mail_person_free (MailPerson *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailPerson, mail_person_free)

/* With at most `n_latest` messages.  Somebody unknown is a person without messages. */
void mail_engine_get_person_async (MailEngine *engine, const char *address, guint n_latest,
                                   GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);
MailPerson *mail_engine_get_person_finish (MailEngine *engine, GAsyncResult *result,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
