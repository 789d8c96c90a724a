/* sosik-unpack, run for one file (see unpack-format.h).  What a library does with the bytes of a stranger happens in that process;
 * what it says is checked here. */
#pragma once

#include "mail-engine-private.h"
#include "mail-part.h"
#include "unpack-format.h"

G_BEGIN_DECLS

/* Pool thread; blocks until the program has answered, was cancelled, or has taken too long.  `arguments`: the verb and what
 * follows it, NULL at the end.  The value is of `type` and in normal form.  BROKEN: damaged, or nothing of that kind; LIMIT: too
 * large, or not done in time; AUTH: a password is needed. */
GVariant *mail_unpack_run (const char *const *arguments, GBytes *bytes, const GVariantType *type,
                           GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `value` of UNPACK_PICTURE; BROKEN where its numbers do not fit the pixels. */
MailPicture *mail_unpack_to_picture (GVariant *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As mail_engine_call_waiting (), but only some of these run at a time: a message with a hundred pictures leaves threads for
 * others.  Main thread. */
void mail_unpack_call (MailEngine *engine, GTask *task, MailPoolFunc func, gpointer data,
                       GDestroyNotify free_data, GDestroyNotify free_result);
/* For the engine's end. */
void mail_unpack_waiting_free (gpointer waiting);

G_END_DECLS
