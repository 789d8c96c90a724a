/* Passwords in the keyring or in memory.  Worker threads call this and may wait for the person
 * to unlock the keyring; the main thread must never.  A password must never reach a log, a file
 * or an error message, and is wiped before its memory is given back. */
#include "mail-credentials.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-log.h"
#include "mail-desktop.h"

struct _MailCredentials
{
  GCancellable *closing; /* Owned: the program ends, nobody waits for the keyring any more */
  MailTokens *tokens;    /* Owned; guarded inside */
  GMutex lock;
  /* Owned, with the lock */
  GHashTable *session; /* "account protocol server user" -> password */
};

static void
password_free (gpointer password)
{
  mail_password_free (password);
}

MailCredentials *
mail_credentials_new (void)
{
  MailCredentials *self = g_new0 (MailCredentials, 1);

  self->closing = g_cancellable_new ();
  self->tokens = mail_tokens_new (&mail_oauth_times);
  g_mutex_init (&self->lock);
  self->session = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, password_free);
  return self;
}

void
mail_credentials_free (MailCredentials *self)
{
  mail_tokens_free (self->tokens);
  g_hash_table_unref (self->session);
  g_object_unref (self->closing);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static const BaseServer *
server_of (const BaseAccount *account, const char *protocol)
{
  return g_str_equal (protocol, "smtp") ? &account->smtp : &account->imap;
}

static MailKeyringPlace
place_of (const BaseAccount *account, const char *protocol)
{
  const BaseServer *server = server_of (account, protocol);

  return (MailKeyringPlace){ server->host != NULL ? server->host : "",
                             server->user != NULL ? server->user : "" };
}

static char *
session_key (const BaseAccount *account, const char *protocol)
{
  MailKeyringPlace place = place_of (account, protocol);

  return g_strjoin (" ", account->id, protocol, place.server, place.user, NULL);
}

static void
session_set (MailCredentials *self, const BaseAccount *account, const char *protocol,
             const char *password)
{
  g_autofree char *key = session_key (account, protocol);

  g_mutex_lock (&self->lock);
  if (password != NULL)
    g_hash_table_replace (self->session, g_steal_pointer (&key), g_strdup (password));
  else
    g_hash_table_remove (self->session, key);
  g_mutex_unlock (&self->lock);
}

void
mail_credentials_close (MailCredentials *self)
{
  g_cancellable_cancel (self->closing);
  mail_tokens_close (self->tokens);
}

MailTokens *
mail_credentials_get_tokens (MailCredentials *self)
{
  return self->tokens;
}

char *
mail_credentials_lookup (MailCredentials *self, const BaseAccount *account, const char *protocol,
                         GCancellable *cancellable, GError **error)
{
  g_autofree char *key = session_key (account, protocol);
  MailKeyringPlace place = place_of (account, protocol);
  const char *address = account->address;
  g_autoptr (GError) keyring_error = NULL;

  g_mutex_lock (&self->lock);
  char *remembered = g_strdup (g_hash_table_lookup (self->session, key));
  g_mutex_unlock (&self->lock);
  if (remembered != NULL)
    return remembered;

  char *password =
      mail_keyring_lookup (account->id, protocol, &place, TRUE, cancellable, &keyring_error);
  if (password != NULL)
    return password;
  if (base_error_is_cancelled (keyring_error)) {
    g_propagate_error (error, g_steal_pointer (&keyring_error));
    return NULL;
  }
  if (keyring_error != NULL)
    base_error_set (error, BASE_ERROR_AUTH, keyring_error->message,
                    _ ("The keyring did not give the password of %s. Type the password."), address);
  else
    base_error_set (error, BASE_ERROR_AUTH, NULL,
                    _ ("No password is known for %s. Type the password."), address);
  return NULL;
}

char *
mail_credentials_lookup_secret (MailCredentials *self, const BaseAccount *account,
                                const char *protocol, gboolean offered, GCancellable *cancellable,
                                GError **error)
{
  const BaseServer *server = server_of (account, protocol);

  if (account->desktop_account != NULL)
    return mail_desktop_lookup_secret (account, protocol, cancellable, error);
  if (server->sign_in == BASE_SIGN_IN_OAUTH)
    return mail_tokens_get (self->tokens, account, offered, cancellable, error);
  return mail_credentials_lookup (self, account, protocol, cancellable, error);
}

void
mail_credentials_doubt (MailCredentials *self, const BaseAccount *account, const char *secret)
{
  if (account->desktop_account != NULL)
    mail_desktop_doubt (account);
  else
    mail_tokens_refuse (self->tokens, account->id, secret);
}

void
mail_credentials_store (MailCredentials *self, const BaseAccount *account, const char *protocol,
                        const char *password, gboolean remember, gboolean *session_only)
{
  MailKeyringPlace place = place_of (account, protocol);
  g_autoptr (GError) error = NULL;
  g_autofree char *label = NULL;

  if (!remember) {
    session_set (self, account, protocol, password);
    *session_only = TRUE;
    return;
  }
  label = g_strdup_printf (
      g_str_equal (protocol, "smtp")
          /* Translators: what the keyring program calls a password; %s is an e-mail address */
          ? _ ("Sosik: sending mail as %s")
          /* Translators: what the keyring program calls a password; %s is an e-mail address */
          : _ ("Sosik: mail of %s"),
      account->address);
  gboolean stored =
      mail_keyring_store (account->id, protocol, &place, label, password, self->closing, &error);
  if (stored) {
    session_set (self, account, protocol, NULL);
    *session_only = FALSE;
    return;
  }
  base_log ("The keyring did not take a password, it is kept for this session: %s",
            error != NULL ? error->message : "refused");
  session_set (self, account, protocol, password);
  *session_only = TRUE;
}

/* What is known without asking the person to unlock anything; NULL else. */
static char *
peek (MailCredentials *self, const BaseAccount *account, const char *protocol)
{
  g_autofree char *key = session_key (account, protocol);
  MailKeyringPlace place = place_of (account, protocol);
  char *password = NULL;

  g_mutex_lock (&self->lock);
  password = g_strdup (g_hash_table_lookup (self->session, key));
  g_mutex_unlock (&self->lock);
  if (password != NULL)
    return password;

  return mail_keyring_lookup (account->id, protocol, &place, FALSE, self->closing, NULL);
}

/* Whether both servers go by one password: by what is known of them (which of a locked keyring is nothing), else by the user. */
static gboolean
share_password (MailCredentials *self, const BaseAccount *account)
{
  char *imap = peek (self, account, "imap"), *smtp = peek (self, account, "smtp");
  gboolean share = imap != NULL && smtp != NULL
                       ? g_str_equal (imap, smtp)
                       : g_strcmp0 (account->imap.user, account->smtp.user) == 0;

  mail_password_free (imap);
  mail_password_free (smtp);
  return share;
}

void
mail_credentials_replace (MailCredentials *self, const BaseAccount *account, const char *protocol,
                          const char *password, gboolean remember, gboolean *session_only)
{
  static const char *const protocols[] = { "imap", "smtp" };
  gboolean both = share_password (self, account);

  *session_only = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
    if (both || g_str_equal (protocol, protocols[i]))
      /* Where the keyring refused once, it is not asked again. */
      mail_credentials_store (self, account, protocols[i], password, remember && !*session_only,
                              session_only);
}

static gboolean
is_of_account (gpointer key, gpointer value, gpointer account_id)
{
  gsize length = strlen (account_id);

  return strncmp (key, account_id, length) == 0 && ((const char *)key)[length] == ' ';
}

void
mail_credentials_forget (MailCredentials *self, const char *account_id)
{
  g_autoptr (GError) error = NULL;

  mail_tokens_forget (self->tokens, account_id);
  g_mutex_lock (&self->lock);
  g_hash_table_foreach_remove (self->session, is_of_account, (gpointer)account_id);
  g_mutex_unlock (&self->lock);
  if (!mail_keyring_forget (account_id, self->closing, &error))
    base_log ("The keyring could not be asked to forget an account: %s",
              error != NULL ? error->message : "refused");
}
