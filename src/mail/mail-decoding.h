/* In which charset a message is to be read, where it looks wrong.  Main thread. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

typedef struct
{
  char *charset;
  char *line; /* a line of the message, read so */
} MailDecoding;

/* GPtrArray of MailDecoding, each with another outcome; empty where there is nothing to choose. */
void mail_content_list_decodings_async (MailContent *content, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *mail_content_list_decodings_finish (MailContent *content, GAsyncResult *result,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What was chosen for its sender; NULL: nothing.  Borrowed. */
const char *mail_content_get_charset (MailContent *content);
/* Mail of this sender is read so from now on, also this message when it is opened again, and its row in the list with it; the rows of the sender's
 * newest messages that are here follow by and by.  NULL: as it says itself.  REFUSED where it has no sender. */
void mail_content_set_charset_async (MailContent *content, const char *charset,
                                     GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_content_set_charset_finish (MailContent *content, GAsyncResult *result,
                                          GError **error);

G_END_DECLS
