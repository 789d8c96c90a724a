/* The labels of the mail, Gmail's and keywords, for completing what a person types.  Main thread. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

/* As they are shown, which is what label: finds them by, each once, sorted; at most `most`. */
void mail_label_list_async (MailEngine *engine, guint most, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
GStrv mail_label_list_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
