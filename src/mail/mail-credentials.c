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
  GHashTable *proved;  /* the same keys: its server has let somebody in by the keyring's password */
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
  self->proved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
mail_credentials_free (MailCredentials *self)
{
  mail_tokens_free (self->tokens);
  g_hash_table_unref (self->session);
  g_hash_table_unref (self->proved);
  g_object_unref (self->closing);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static const BaseServer *
server_of (const BaseAccount *account, const char *protocol)
{
  static const BaseServer none = { 0 };
  const BaseServer *server = base_account_get_server (account, protocol);

  /* The identity whose it was may have gone meanwhile. */
  return server != NULL ? server : &none;
}

static gboolean
is_identitys (const char *protocol)
{
  return g_str_has_prefix (protocol, BASE_PROTOCOL_IDENTITY);
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
  const char *address = base_account_get_protocol_address (account, protocol);
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
  if (mail_keyring_set_locked (error, keyring_error))
    return NULL;
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

  if (account->desktop_account != NULL && !is_identitys (protocol))
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
mail_credentials_prove (MailCredentials *self, const BaseAccount *account, const char *protocol)
{
  MailKeyringPlace place = place_of (account, protocol);
  g_autofree char *key = NULL;

  if (server_of (account, protocol)->sign_in != BASE_SIGN_IN_PASSWORD
      || (account->desktop_account != NULL && !is_identitys (protocol)))
    return;
  key = session_key (account, protocol);
  g_mutex_lock (&self->lock);
  if (!g_hash_table_contains (self->session, key)
      && g_hash_table_add (self->proved, g_steal_pointer (&key)))
    mail_keyring_bind (account->id, protocol, &place);
  g_mutex_unlock (&self->lock);
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
      !g_str_equal (protocol, "imap")
          /* Translators: what the keyring program calls a password; %s is an e-mail address */
          ? _ ("Sosik: sending mail as %s")
          /* Translators: what the keyring program calls a password; %s is an e-mail address */
          : _ ("Sosik: mail of %s"),
      base_account_get_protocol_address (account, protocol));
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

gboolean
mail_credentials_replace (MailCredentials *self, const BaseAccount *account, const char *protocol,
                          const char *password, gboolean remember, gboolean *session_only)
{
  static const char *const protocols[] = { "imap", "smtp" };
  gboolean both = FALSE;

  *session_only = FALSE;
  if (is_identitys (protocol)) {
    mail_credentials_store (self, account, protocol, password, remember, session_only);
    return FALSE;
  }
  both = share_password (self, account);
  for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
    if (both || g_str_equal (protocol, protocols[i]))
      /* Where the keyring refused once, it is not asked again. */
      mail_credentials_store (self, account, protocols[i], password, remember && !*session_only,
                              session_only);
  return both;
}

/* `start`: an account, or that and a protocol of it. */
static gboolean
begins_with (gpointer key, gpointer value, gpointer start)
{
  gsize length = strlen (start);

  return strncmp (key, start, length) == 0 && ((const char *)key)[length] == ' ';
}

/* `protocol` NULL: all. */
static void
forget (MailCredentials *self, const char *account_id, const char *protocol)
{
  g_autofree char *start =
      protocol != NULL ? g_strjoin (" ", account_id, protocol, NULL) : g_strdup (account_id);
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&self->lock);
  g_hash_table_foreach_remove (self->session, begins_with, start);
  g_hash_table_foreach_remove (self->proved, begins_with, start);
  g_mutex_unlock (&self->lock);
  if (!mail_keyring_forget (account_id, protocol, self->closing, &error))
    base_log ("The keyring could not be asked to forget an account: %s",
              error != NULL ? error->message : "refused");
}

void
mail_credentials_forget_protocol (MailCredentials *self, const char *account_id,
                                  const char *protocol)
{
  forget (self, account_id, protocol);
}

void
mail_credentials_forget_tokens (MailCredentials *self, const char *account_id)
{
  mail_tokens_forget (self->tokens, account_id);
  forget (self, account_id, "oauth");
}

void
mail_credentials_forget (MailCredentials *self, const char *account_id)
{
  mail_tokens_forget (self->tokens, account_id);
  forget (self, account_id, NULL);
}
