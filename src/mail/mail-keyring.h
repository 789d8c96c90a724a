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

/* The password, or NULL without error when there is none.  `place` nullable: for whomever; what was stored without one is for whomever,
 * too, until it is bound, or one is stored with a place.  One that stays locked is G_IO_ERROR_PERMISSION_DENIED.  may_ask: the person may
 * be asked to unlock, once: who said no is not asked again before mail_keyring_ask_again (). */
char *mail_keyring_lookup (const char *account_id, const char *protocol,
                           const MailKeyringPlace *place, gboolean may_ask,
                           GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A person wants it: from here on they may be asked to unlock once more.  Any thread, returns at once. */
void mail_keyring_ask_again (void);
/* Whether it gave or took something when it was last asked for that.  Any thread, returns at once. */
gboolean mail_keyring_is_open (void);
/* Whether they were asked to unlock and did not.  Any thread, returns at once. */
gboolean mail_keyring_is_declined (void);
/* The locked keyring as a BASE_ERROR, where `why` says so; else FALSE. */
gboolean mail_keyring_set_locked (GError **error, const GError *why);
/* `label` is what the keyring program calls it; `place` nullable. */
gboolean mail_keyring_store (const char *account_id, const char *protocol,
                             const MailKeyringPlace *place, const char *label, const char *password,
                             GCancellable *cancellable, GError **error);
/* The password that is for whomever, if there is such a one, was good there: it is for nobody else any more.  Returns at once, and is done later, if the keyring is
 * open; else the next time. */
void mail_keyring_bind (const char *account_id, const char *protocol,
                        const MailKeyringPlace *place);
/* All passwords of the account, or (`protocol` nullable) those of it for that protocol.  Who is called off still waits for some 2 s: what a person took
 * away would stay for ever. */
gboolean mail_keyring_forget (const char *account_id, const char *protocol,
                              GCancellable *cancellable, GError **error);

/* Wipes, then frees; NULL is fine. */
void mail_password_free (char *password);

G_END_DECLS
