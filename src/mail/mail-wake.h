/* Tells when this computer has slept: logind's PrepareForSleep (FALSE) on the system bus
 * (org.freedesktop.login1.Manager).  Main thread.  Where there is no logind, nothing is ever told. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MailWake MailWake;
typedef void (*MailWakeFunc) (gpointer user_data);

/* Returns at once; `func` runs on the main context that is the thread's default now. */
MailWake *mail_wake_new (MailWakeFunc func, gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
/* `func` is not called any more. */
void mail_wake_free (MailWake *wake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailWake, mail_wake_free)

G_END_DECLS
