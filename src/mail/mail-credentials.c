/* Passwords in the keyring or in memory.  Worker threads call this and may wait for the person
 * to unlock the keyring; the main thread must never.  A password must never reach a log, a file
 * or an error message, and is wiped before its memory is given back. */
#include "mail-credentials.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "mail-desktop.h"

struct _MailCredentials
{
  GCancellable *closing; /* Owned: the program ends, nobody waits for the keyring any more */
  MailTokens *tokens;    /* Owned; guarded inside */
  GMutex lock;
  /* Owned, with the lock */
  GHashTable *session; /* "account protocol" -> password */
  GHashTable *asked;   /* account -> static protocol */
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
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
mail_credentials_free (MailCredentials *self)
{
  mail_tokens_free (self->tokens);
  g_hash_table_unref (self->session);
  g_hash_table_unref (self->asked);
  g_object_unref (self->closing);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static char *
session_key (const char *account_id, const char *protocol)
{
  return g_strconcat (account_id, " ", protocol, NULL);
}

static void
session_set (MailCredentials *self, const char *account_id, const char *protocol,
             const char *password)
{
  g_mutex_lock (&self->lock);
  if (password != NULL) {
    g_hash_table_replace (self->session, session_key (account_id, protocol), g_strdup (password));
  } else {
    g_autofree char *key = session_key (account_id, protocol);

    g_hash_table_remove (self->session, key);
  }
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
mail_credentials_lookup (MailCredentials *self, const char *account_id, const char *address,
                         const char *protocol, GCancellable *cancellable, GError **error)
{
  g_autofree char *key = session_key (account_id, protocol);
  g_autoptr (GError) keyring_error = NULL;

  g_mutex_lock (&self->lock);
  g_hash_table_replace (self->asked, g_strdup (account_id),
                        (gpointer)(g_str_equal (protocol, "smtp") ? "smtp" : "imap"));
  char *remembered = g_strdup (g_hash_table_lookup (self->session, key));
  g_mutex_unlock (&self->lock);
  if (remembered != NULL)
    return remembered;

  char *password = mail_keyring_lookup (account_id, protocol, TRUE, cancellable, &keyring_error);
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
  const BaseServer *server = g_str_equal (protocol, "smtp") ? &account->smtp : &account->imap;

  if (account->desktop_account != NULL)
    return mail_desktop_lookup_secret (account, protocol, cancellable, error);
  if (server->sign_in == BASE_SIGN_IN_OAUTH)
    return mail_tokens_get (self->tokens, account, offered, cancellable, error);
  return mail_credentials_lookup (self, account->id, account->address, protocol, cancellable,
                                  error);
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
mail_credentials_store (MailCredentials *self, const char *account_id, const char *address,
                        const char *protocol, const char *password, gboolean remember,
                        gboolean *session_only)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *label = NULL;

  if (!remember) {
    session_set (self, account_id, protocol, password);
    *session_only = TRUE;
    return;
  }
  label = g_strdup_printf (
      g_str_equal (protocol, "smtp")
          /* Translators: what the keyring program calls a password; %s is an e-mail address */
          ? _ ("Sosik: sending mail as %s")
          /* Translators: what the keyring program calls a password; %s is an e-mail address */
          : _ ("Sosik: mail of %s"),
      address);
  gboolean stored =
      mail_keyring_store (account_id, protocol, label, password, self->closing, &error);
  if (stored) {
    session_set (self, account_id, protocol, NULL);
    *session_only = FALSE;
    return;
  }
  base_log ("The keyring did not take a password, it is kept for this session: %s",
            error != NULL ? error->message : "refused");
  session_set (self, account_id, protocol, password);
  *session_only = TRUE;
}

/* What is known without asking the person to unlock anything; NULL else. */
static char *
peek (MailCredentials *self, const char *account_id, const char *protocol)
{
  g_autofree char *key = session_key (account_id, protocol);
  char *password = NULL;

  g_mutex_lock (&self->lock);
  password = g_strdup (g_hash_table_lookup (self->session, key));
  g_mutex_unlock (&self->lock);
  if (password != NULL)
    return password;

  return mail_keyring_lookup (account_id, protocol, FALSE, self->closing, NULL);
}

void
mail_credentials_replace (MailCredentials *self, const char *account_id, const char *address,
                          const char *password, gboolean remember, gboolean *session_only)
{
  static const char *const protocols[] = { "imap", "smtp" };
  char *imap = peek (self, account_id, "imap"), *smtp = peek (self, account_id, "smtp");
  gboolean differ = imap != NULL && smtp != NULL && !g_str_equal (imap, smtp);

  mail_password_free (imap);
  mail_password_free (smtp);
  g_mutex_lock (&self->lock);
  const char *asked = g_hash_table_lookup (self->asked, account_id);
  g_mutex_unlock (&self->lock);
  *session_only = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
    if (!differ || g_str_equal (asked != NULL ? asked : "imap", protocols[i]))
      /* Where the keyring refused once, it is not asked again. */
      mail_credentials_store (self, account_id, address, protocols[i], password,
                              remember && !*session_only, session_only);
}

void
mail_credentials_forget (MailCredentials *self, const char *account_id)
{
  static const char *const protocols[] = { "imap", "smtp" };
  g_autoptr (GError) error = NULL;

  mail_tokens_forget (self->tokens, account_id);
  for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
    session_set (self, account_id, protocols[i], NULL);
  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->asked, account_id);
  g_mutex_unlock (&self->lock);
  if (!mail_keyring_forget (account_id, self->closing, &error))
    base_log ("The keyring could not be asked to forget an account: %s",
              error != NULL ? error->message : "refused");
}
