/* Everybody who may be written to, of the mail and of the desktop's address books (mail-book.h), for completing what a person types into a field for recipients.  Main thread.
 *
 * It is read once, a page at a time, while somebody writes; those who come to be known meanwhile are in the next one. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

typedef struct _MailCrowd MailCrowd;

/* Begins to read; until that is done fewer are found. */
MailCrowd *mail_crowd_new (MailEngine *engine) G_GNUC_WARN_UNUSED_RESULT;
MailCrowd *mail_crowd_ref (MailCrowd *crowd) G_GNUC_WARN_UNUSED_RESULT;
void mail_crowd_unref (MailCrowd *crowd);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailCrowd, mail_crowd_unref)

/* Whose name or address has all words of `query` (see base-match.h): new GPtrArray of MailRecipient, at most `most`; those first who were written to
 * often and lately.  Lists of an address book are among them. */
GPtrArray *mail_crowd_find (MailCrowd *crowd, const char *query,
                            guint most) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
