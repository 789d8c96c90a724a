/* Mail accounts that the desktop knows (GNOME Online Accounts), by D-Bus; nothing of it need be installed.
 *
 * The desktop keeps their passwords and access tokens, and is asked each time.  All (block); any thread but the main one.
 * Errors: AUTH: the person has to do something in the desktop's settings; RETRY: the service does not answer; CANCELLED. */
#pragma once

#include "base-account.h"

G_BEGIN_DECLS

typedef struct
{
  BaseAccount *account; /* new, with `desktop_account`, its servers and how they are signed in to */
  char *provider;       /* as the desktop calls it: "Google" */
  gboolean attention;   /* it has to be signed in to in the desktop's settings first */
} MailDesktopAccount;

void mail_desktop_account_free (MailDesktopAccount *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailDesktopAccount, mail_desktop_account_free)

/* Those that can receive mail over an encrypted connection: GPtrArray of MailDesktopAccount, empty where there is no such service. */
GPtrArray *mail_desktop_list (GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The password or an access token, as the account signs in at "imap" or "smtp"; to be freed with mail_password_free (). */
char *mail_desktop_lookup_secret (const BaseAccount *account, const char *protocol,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A server did not take what was given: the desktop looks whether it still holds. */
void mail_desktop_doubt (const BaseAccount *account);

G_END_DECLS
