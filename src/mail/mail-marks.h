/* The words of a query, to be marked where they stand: in rows, and in the message that is read.  Immutable, any thread. */
#pragma once

#include "base-query.h"

G_BEGIN_DECLS

typedef struct _MailMarks MailMarks;

MailMarks *mail_marks_new (BaseQuery *query) G_GNUC_WARN_UNUSED_RESULT;
MailMarks *mail_marks_ref (MailMarks *marks);
void mail_marks_unref (MailMarks *marks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailMarks, mail_marks_unref)

typedef struct
{
  guint start, end; /* bytes */
} MailRange;
/* What to mark in a subject, the names of people (BASE_QUERY_FROM) or other text (BASE_QUERY_ANYWHERE): GArray of MailRange in order, none of
 * them over another. */
GArray *mail_marks_find (const MailMarks *marks, BaseQueryField where,
                         const char *text) G_GNUC_WARN_UNUSED_RESULT;
/* What is looked for in the text of messages, a line each; "" where there is none. */
const char *mail_marks_get_words (const MailMarks *marks);

G_END_DECLS
