/* A few sessions by what they are good for.  While there are any, a thread waits until they are too old and closes them: servers end a connection
 * that says nothing, and where nobody is signed in they do so soon. */
#include "sync-kept.h"

#include <string.h>

#define AGE_US (50 * G_USEC_PER_SEC)

typedef struct
{
  char *key;
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
  g_free (kept);
}

static char *
make_key (const char *protocol, const char *ca_file, const BaseServer *server, const char *account)
{
  gboolean own = account != NULL;

  return g_strdup_printf ("%s %s %u %d %s\n%s\n%s\n%d", protocol, server->host, server->port,
                          server->security, own ? account : "", ca_file != NULL ? ca_file : "",
                          own ? server->user : "", own ? (int)server->sign_in : 0);
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
    g_thread_unref (g_thread_new ("sosik-kept", watch, NULL));
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
sync_kept_put_imap (ImapSession *session, const char *ca_file, const BaseServer *server,
                    const char *account)
{
  Kept *kept = g_new0 (Kept, 1);

  kept->key = make_key ("imap", ca_file, server, account);
  kept->imap = session;
  put (kept);
}

void
sync_kept_put_smtp (SmtpSession *session, const char *ca_file, const BaseServer *server)
{
  Kept *kept = g_new0 (Kept, 1);

  kept->key = make_key ("smtp", ca_file, server, NULL);
  kept->smtp = session;
  put (kept);
}

ImapSession *
sync_kept_take_imap (const char *ca_file, const BaseServer *server, const char *account)
{
  g_autofree Kept *kept = take (make_key ("imap", ca_file, server, account));

  if (kept == NULL)
    return NULL;
  g_free (kept->key);
  return kept->imap;
}

SmtpSession *
sync_kept_take_smtp (const char *ca_file, const BaseServer *server)
{
  g_autofree Kept *kept = take (make_key ("smtp", ca_file, server, NULL));

  if (kept == NULL)
    return NULL;
  g_free (kept->key);
  return kept->smtp;
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
