/* Where the browser comes back to after a person signed in: a port of 127.0.0.1 that listens for this one answer (RFC 8252,
 * 7.3), and says in the browser that its window can be closed.
 *
 * The thread that made it, which waits; it brings its own main context.  Whoever else knocks (other pages, other programs, the browser
 * that opens connections for later) is answered, or not, and changes nothing: only the state opens. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MailOauthLoopback MailOauthLoopback;

/* Listens on a port that the system chooses.  REFUSED: it cannot. */
MailOauthLoopback *mail_oauth_loopback_new (const char *state,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mail_oauth_loopback_free (MailOauthLoopback *loopback);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailOauthLoopback, mail_oauth_loopback_free)

/* "http://127.0.0.1:PORT/" */
const char *mail_oauth_loopback_get_redirect (MailOauthLoopback *loopback);
/* (blocks) The code, to be freed with mail_password_free (); once, then nobody is let in any more.  `timeout_ms` from now: REFUSED, nobody came.
 * Else as mail_oauth_read_redirect (). */
char *mail_oauth_loopback_wait (MailOauthLoopback *loopback, guint timeout_ms,
                                GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
