/* Leaving a mailing list or a newsletter, after the person was asked.  Main thread. */
#pragma once

#include "mail-truth.h"

G_BEGIN_DECLS

/* By what mail_content_get_list () names: a POST (RFC 8058; https only, no cookie, no Referer, no redirect, never to this computer or the local
 * network), or a mail through the outbox.  That it was left is remembered.  MAIL_LEAVE_WEB cannot be done from here: the page is opened, and
 * mail_content_set_left_async () remembers it.  BROKEN: it may have been done; any other error: it was not. */
void mail_content_leave_list_async (MailContent *content, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_content_leave_list_finish (MailContent *content, GAsyncResult *result,
                                         GError **error);
void mail_content_set_left_async (MailContent *content, GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean mail_content_set_left_finish (MailContent *content, GAsyncResult *result, GError **error);
/* When it was left, seconds; 0: it was not. */
void mail_content_get_left_async (MailContent *content, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
gint64 mail_content_get_left_finish (MailContent *content, GAsyncResult *result, GError **error);

G_END_DECLS
