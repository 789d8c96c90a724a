/* Whom a message goes to, as a person types and reads it.  Pure, any thread. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

typedef struct
{
  char *name;    /* "" when none */
  char *address; /* its domain in letters, not in punycode; "" when it is none */
  char *text;  /* for editing and for a draft: the parser reads this one recipient from it again */
  char *wrong; /* NULL: it can be written to; else the sentence that says why not */
  GPtrArray
      *members; /* of MailRecipient, the people of a list that is called `name`; NULL: it is none */
} MailRecipient;

void mail_recipient_free (MailRecipient *recipient);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailRecipient, mail_recipient_free)
MailRecipient *mail_recipient_new (const char *name, const char *address) G_GNUC_WARN_UNUSED_RESULT;
/* Copies them; it is never part of a draft, its members are. */
MailRecipient *mail_recipient_new_list (const char *name,
                                        const GPtrArray *members) G_GNUC_WARN_UNUSED_RESULT;
MailRecipient *mail_recipient_copy (const MailRecipient *recipient) G_GNUC_WARN_UNUSED_RESULT;

/* "A <a@b>, c@d; …", one a line, groups of RFC 5322 ("friends: a@b, c@d;"): new GPtrArray of MailRecipient, in order, those too that are no
 * address. */
GPtrArray *mail_recipients_parse (const char *text) G_GNUC_WARN_UNUSED_RESULT;
/* How much of a text that is being typed is complete: bytes up to and with its last separator, those within quotes, brackets and
 * comments left out; 0: none. */
gsize mail_recipients_find_end (const char *text);
/* The sentence that says why `text` cannot be written to; NULL: it can. */
char *mail_recipient_find_fault (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
