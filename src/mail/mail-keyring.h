/* The Secret Service (schema org.sosik.Account, attributes account, protocol, server and user), asked in a way that can always be left.
 *
 * libsecret 0.20, when cancelled while its unlock prompt stands, waits on for an answer that may never come.  So
 * every question runs in a thread of its own: who cancels goes, the question ends with the program.  All (block); any thread
 * but the main one.  One question at a time, or a locked keyring would ask as often as there are workers.
 * Errors: G_IO_ERROR_CANCELLED, or libsecret's own. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* For whom a password is (attributes server and user): it is given to nobody else, whatever the settings of the account say by now. */
typedef struct
{
  const char *server, *user;
} MailKeyringPlace;

/* The password, or NULL without error when there is none.  `place` nullable: for whomever; what was stored without one is for whomever, too.  may_ask:
 * the person may be asked to unlock; who does not gets G_IO_ERROR_PERMISSION_DENIED. */
char *mail_keyring_lookup (const char *account_id, const char *protocol,
                           const MailKeyringPlace *place, gboolean may_ask,
                           GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* `label` is what the keyring program calls it; `place` nullable. */
gboolean mail_keyring_store (const char *account_id, const char *protocol,
                             const MailKeyringPlace *place, const char *label, const char *password,
                             GCancellable *cancellable, GError **error);
/* All passwords of the account. */
gboolean mail_keyring_forget (const char *account_id, GCancellable *cancellable, GError **error);

/* Wipes, then frees; NULL is fine. */
void mail_password_free (char *password);

G_END_DECLS
