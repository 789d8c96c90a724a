/* What a mailing list or a newsletter says of itself: RFC 2369, 2919 and 8058.  Pure; any one thread at a time. */
#pragma once

#include "mime-message.h"

G_BEGIN_DECLS

typedef struct
{
  char *id;           /* nullable: of List-Id, lower case */
  char *name;         /* nullable: how List-Id calls it for people */
  char *post;         /* nullable: mailto: URI of List-Post */
  char *by_mail;      /* nullable: the first mailto: of List-Unsubscribe */
  char *by_web;       /* nullable: the first https: of it, else the first http: */
  gboolean one_click; /* by_web takes the POST of RFC 8058 */
  gboolean
      automatic; /* a list, a newsletter, or nobody wrote it by hand (Precedence, Auto-Submitted) */
} MimeList;

/* Never NULL: without such fields all is empty. */
MimeList *mime_list_read (MimeMessage *message) G_GNUC_WARN_UNUSED_RESULT;
void mime_list_free (MimeList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeList, mime_list_free)

G_END_DECLS
