/* A few sessions by what they are good for.  While there are any, a thread waits until they are too old and closes them: servers end a connection
 * that says nothing, and where nobody is signed in they do so soon. */
#include "sync-kept.h"

#include "sync-aside.h"

#include <string.h>

#define AGE_US (50 * G_USEC_PER_SEC)

typedef struct
{
  char *key, *account_id;
  ImapSession *imap; /* one of the two */
  SmtpSession *smtp;
  gint64 until;
} Kept;

static GMutex lock; /* what follows */
static GCond cond;
static GPtrArray *all; /* of Kept; NULL: never used */
static gboolean watched;

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  g_clear_pointer (&kept->imap, imap_session_free);
  g_clear_pointer (&kept->smtp, smtp_session_free);
  g_free (kept->key);
  g_free (kept->account_id);
  g_free (kept);
}

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

/* What a person took and has not taken back, nor the time. */
static void
add_exceptions (GString *key, const BaseAccount *account, const BaseServer *server)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  for (guint i = 0; i < account->exceptions->len; i++) {
    const BaseException *exception = g_ptr_array_index (account->exceptions, i);

    if (exception->port == server->port && exception->until >= now
        && g_ascii_strcasecmp (exception->host, server->host) == 0)
      g_string_append_printf (key, "\n%s %s", account->id, exception->sha256);
  }
}

static char *
make_key (gboolean imap, const BaseAccount *account, gboolean signed_in)
{
  const BaseServer *server = imap ? &account->imap : &account->smtp;
  GString *key = g_string_new (NULL);

  g_string_append_printf (key, "%d %s %u %d %d\n%s\n%s\n%s", imap, server->host, server->port,
                          server->security, server->sign_in == BASE_SIGN_IN_CERTIFICATE,
                          or_empty (account->ca_file), or_empty (account->client_certificate),
                          or_empty (account->client_key));
  add_exceptions (key, account, server);
  if (signed_in)
    g_string_append_printf (key, "\n%s\n%s\n%d", account->id, or_empty (server->user),
                            (int)server->sign_in);
  return g_string_free (key, FALSE);
}

/* Taken out with the lock, freed without it. */
static GPtrArray *
take_old (gint64 now, gint64 *next)
{
  GPtrArray *old = g_ptr_array_new_with_free_func (kept_free);

  *next = G_MAXINT64;
  for (guint i = all->len; i > 0; i--) {
    Kept *kept = g_ptr_array_index (all, i - 1);

    if (kept->until <= now)
      g_ptr_array_add (old, g_ptr_array_steal_index (all, i - 1));
    else
      *next = MIN (*next, kept->until);
  }
  return old;
}

static gpointer
watch (gpointer data)
{
  g_mutex_lock (&lock);
  while (all->len > 0) {
    gint64 next;
    GPtrArray *old = take_old (g_get_monotonic_time (), &next);

    g_mutex_unlock (&lock);
    g_ptr_array_unref (old);
    g_mutex_lock (&lock);
    if (all->len > 0)
      g_cond_wait_until (&cond, &lock, next);
  }
  watched = FALSE;
  g_mutex_unlock (&lock);
  return NULL;
}

static void
put (Kept *kept)
{
  kept->until = g_get_monotonic_time () + AGE_US;
  g_mutex_lock (&lock);
  if (all == NULL)
    all = g_ptr_array_new ();
  g_ptr_array_add (all, kept);
  if (!watched)
    sync_aside_begin ("sosik-kept", watch, NULL);
  watched = TRUE;
  g_mutex_unlock (&lock);
}

static Kept *
take (char *key)
{
  g_autofree char *owned = key;
  Kept *found = NULL;

  g_mutex_lock (&lock);
  for (guint i = 0; all != NULL && found == NULL && i < all->len; i++) {
    Kept *kept = g_ptr_array_index (all, i);

    if (g_str_equal (kept->key, key) && kept->until > g_get_monotonic_time ())
      found = g_ptr_array_steal_index (all, i);
  }
  g_cond_broadcast (&cond);
  g_mutex_unlock (&lock);
  return found;
}

void
sync_kept_put_imap (ImapSession *session, const BaseAccount *account, gboolean signed_in)
{
  Kept *kept = g_new0 (Kept, 1);

  kept->key = make_key (TRUE, account, signed_in);
  kept->account_id = g_strdup (account->id);
  kept->imap = session;
  put (kept);
}

void
sync_kept_put_smtp (SmtpSession *session, const BaseAccount *account)
{
  Kept *kept = g_new0 (Kept, 1);

  kept->key = make_key (FALSE, account, FALSE);
  kept->account_id = g_strdup (account->id);
  kept->smtp = session;
  put (kept);
}

ImapSession *
sync_kept_take_imap (const BaseAccount *account, gboolean signed_in)
{
  Kept *kept = take (make_key (TRUE, account, signed_in));
  ImapSession *session = kept != NULL ? g_steal_pointer (&kept->imap) : NULL;

  g_clear_pointer (&kept, kept_free);
  return session;
}

SmtpSession *
sync_kept_take_smtp (const BaseAccount *account)
{
  Kept *kept = take (make_key (FALSE, account, FALSE));
  SmtpSession *session = kept != NULL ? g_steal_pointer (&kept->smtp) : NULL;

  g_clear_pointer (&kept, kept_free);
  return session;
}

/* With the lock. */
static gboolean
fits (const Kept *kept, const BaseAccount *settings)
{
  const BaseServer *server = kept->imap != NULL ? &settings->imap : &settings->smtp;
  g_autofree char *key = NULL, *own = NULL;

  if (server->host == NULL)
    return FALSE;
  key = make_key (kept->imap != NULL, settings, FALSE);
  own = make_key (kept->imap != NULL, settings, TRUE);
  return g_str_equal (kept->key, key) || g_str_equal (kept->key, own);
}

static gpointer
close_main (gpointer old)
{
  g_ptr_array_unref (old);
  return NULL;
}

void
sync_kept_drop_account (const char *account_id, const BaseAccount *settings)
{
  GPtrArray *old = g_ptr_array_new_with_free_func (kept_free);

  g_mutex_lock (&lock);
  for (guint i = all != NULL ? all->len : 0; i > 0; i--) {
    const Kept *kept = g_ptr_array_index (all, i - 1);

    if (g_str_equal (kept->account_id, account_id) && (settings == NULL || !fits (kept, settings)))
      g_ptr_array_add (old, g_ptr_array_steal_index (all, i - 1));
  }
  g_cond_broadcast (&cond);
  g_mutex_unlock (&lock);
  if (old->len > 0)
    sync_aside_begin ("sosik-kept-close", close_main, old);
  else
    g_ptr_array_unref (old);
}

void
sync_kept_drop (void)
{
  g_autoptr (GPtrArray) old = NULL;
  gint64 next;

  g_mutex_lock (&lock);
  if (all != NULL)
    old = take_old (G_MAXINT64, &next);
  g_cond_broadcast (&cond);
  g_mutex_unlock (&lock);
}
