/* Access tokens and how they stay fresh.  Any thread; must never write a token anywhere but into the keyring. */
#include "mail-tokens.h"

#include <glib/gi18n.h>
#include <string.h>
#include <time.h>

#include "base-error.h"
#include "base-log.h"
#include "mail-keyring.h"

#define MARGIN_US   (60 * G_USEC_PER_SEC) /* a token that is good no longer is as good as none */
#define AHEAD_US    (600 * G_USEC_PER_SEC)
#define AGAIN_US    (60 * G_USEC_PER_SEC) /* in the background, doubled up to the next */
#define AGAIN_MAX   6
#define FAREWELL_US (2 * G_USEC_PER_SEC)

/* What is known of one account. */
typedef struct
{
  BaseAccount *account; /* as it was asked for last */
  char *binding;        /* of what follows */
  gboolean bound;       /* it is that of the account, not of settings that were only tried */
  char *access;
  gint64 until, due; /* by now_us (); due 0: nothing to do in the background */
  char *kept;        /* the refresh token, where there is no keyring */
  gconstpointer
      flight;       /* the request that counts; what others bring is nobody's business any more */
  gboolean keeping; /* a person's sign-in is on its way to the keyring: who waits, waits for that */
  gboolean refused; /* `error` holds until a person signs in */
  gboolean resting; /* nobody asked since the account was left alone */
  guint serial;     /* of requests that came to an end, and of what made them void */
  guint failures;
  GError *error; /* of the last request */
  MailOauthTokens *offer;
  char *offer_binding;
  gint64 offer_until;
} Entry;

struct _MailTokens
{
  gatomicrefcount ref_count;
  const MailOauthTimes *times;
  GThread *thread; /* from the first token on */

  GMutex lock; /* what follows */
  GCond cond;
  GHashTable *entries; /* account id -> Entry */
  GPtrArray *flights;  /* borrowed Flight: those that are under way */
  gboolean closing;

  GMutex
      writing; /* held while the keyring is written, and entries go or get others' settings; before `lock` */
};

/* It goes on while the computer sleeps. */
static gint64
now_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
entry_drop_offer (Entry *entry)
{
  g_clear_pointer (&entry->offer, mail_oauth_tokens_free);
  g_clear_pointer (&entry->offer_binding, g_free);
}

static void
entry_drop_access (Entry *entry)
{
  g_clear_pointer (&entry->access, mail_password_free);
  entry->until = entry->due = 0;
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  entry_drop_offer (entry);
  entry_drop_access (entry);
  mail_password_free (entry->kept);
  g_clear_pointer (&entry->account, base_account_free);
  g_clear_error (&entry->error);
  g_free (entry->binding);
  g_free (entry);
}

MailTokens *
mail_tokens_new (const MailOauthTimes *times)
{
  MailTokens *self = g_new0 (MailTokens, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->times = times;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_mutex_init (&self->writing);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  self->flights = g_ptr_array_new ();
  return self;
}

static void
unref (MailTokens *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_hash_table_unref (self->entries);
  g_ptr_array_unref (self->flights);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->writing);
  g_free (self);
}

static const char *
or_dash (const char *text)
{
  return text != NULL ? text : "-";
}

/* Whom these tokens are for, and what for: asking somebody else for them, showing them to somebody else, or wanting more of them, takes
 * a person. */
static char *
dup_binding (const BaseAccount *account)
{
  g_autoptr (MailOauth) oauth = mail_oauth_new (account->oauth, NULL);

  return g_strjoin (" ", oauth != NULL ? oauth->token : "-", oauth != NULL ? oauth->client_id : "-",
                    or_dash (account->imap.host), or_dash (account->smtp.host),
                    or_dash (account->imap.user), or_dash (oauth != NULL ? oauth->scope : NULL),
                    NULL);
}

static void
entry_forgive (Entry *entry)
{
  entry->refused = FALSE;
  g_clear_error (&entry->error);
}

/* Settings and sign-ins are newer than what was begun before. */
static void
entry_void_flight (Entry *entry)
{
  entry->flight = NULL;
  entry->serial++;
}

/* Takes `binding`. */
static void
entry_bind (Entry *entry, const BaseAccount *account, char *binding)
{
  entry_void_flight (entry);
  entry_drop_access (entry);
  g_clear_pointer (&entry->kept, mail_password_free);
  entry_forgive (entry);
  g_clear_pointer (&entry->account, base_account_free);
  entry->account = base_account_dup (account);
  g_free (entry->binding);
  entry->binding = binding;
}

/* With the lock: from here on its settings are those of the account, for which somebody is at work. */
static void
entry_set_bound (Entry *entry)
{
  if (!entry->bound)
    entry->resting = FALSE;
  entry->bound = TRUE;
}

/* With the lock.  NULL: its settings are others by now than those that somebody still goes by.  `tried`: those of `account` are not saved, and hold
 * until somebody comes with some that are. */
static Entry *
ensure (MailTokens *self, const BaseAccount *account, gboolean tried)
{
  g_autofree char *binding = dup_binding (account);
  Entry *entry = g_hash_table_lookup (self->entries, account->id);

  if (entry == NULL) {
    entry = g_new0 (Entry, 1);
    entry->resting = tried;
    g_hash_table_insert (self->entries, g_strdup (account->id), entry);
  }
  if (g_strcmp0 (entry->binding, binding) != 0) {
    if (entry->bound)
      return NULL;
    entry_bind (entry, account, g_steal_pointer (&binding));
    g_cond_broadcast (&self->cond);
  }
  if (!tried)
    entry_set_bound (entry);
  return entry;
}

/* Who goes by these is about to stop: that is nothing to ask a person about. */
static void
set_outdated (const BaseAccount *account, GError **error)
{
  base_error_set (error, BASE_ERROR_RETRY, NULL, _ ("The settings of “%s” were changed meanwhile."),
                  account->address);
}

static void
set_not_signed_in (const BaseAccount *account, GError **error)
{
  base_error_set (error, BASE_ERROR_AUTH, NULL, _ ("Sosik is not signed in as %s."),
                  account->address);
}

/* With the lock.  Of those that hold a few seconds only, the margin is less. */
static void
entry_set_access (Entry *entry, const char *access, gint64 until)
{
  gint64 left = until - now_us ();

  entry_drop_access (entry);
  entry->access = g_strdup (access);
  entry->until = until - MIN (MARGIN_US, left / 10);
  entry->due = entry->resting ? 0 : until - MIN (AHEAD_US, left / 5);
  entry->failures = 0;
  entry_forgive (entry);
}

/* ---- the keyring ---- */

/* Keeps it, and whom it is for; FALSE: only in memory. */
static gboolean
store_refresh (const BaseAccount *account, const char *refresh)
{
  g_autoptr (GError) error = NULL;
  /* Translators: what the keyring program calls what Sosik signs in by; %s is an e-mail address */
  g_autofree char *label = g_strdup_printf (_ ("Sosik: sign-in of %s"), account->address);

  g_autofree char *binding = dup_binding (account);
  char *secret = g_strconcat (refresh, "\n", binding, NULL);
  gboolean stored = mail_keyring_store (account->id, "oauth", NULL, label, secret, NULL, &error);

  mail_password_free (secret);
  if (stored)
    return TRUE;
  base_log ("The keyring did not take a sign-in, it is kept for this session: %s",
            error != NULL ? error->message : "refused");
  return FALSE;
}

/* Takes what the keyring has apart; NULL: it is for somebody else. */
static char *
dup_refresh (const BaseAccount *account, const char *secret)
{
  const char *end = secret != NULL ? strchr (secret, '\n') : NULL;
  g_autofree char *binding = dup_binding (account);

  return end != NULL && g_str_equal (end + 1, binding) ? g_strndup (secret, (gsize)(end - secret))
                                                       : NULL;
}

static char *
lookup_refresh (const BaseAccount *account, gboolean may_ask, GCancellable *cancellable,
                GError **error)
{
  g_autoptr (GError) local = NULL;
  char *secret = mail_keyring_lookup (account->id, "oauth", NULL, may_ask, cancellable, &local);
  char *refresh = dup_refresh (account, secret);

  mail_password_free (secret);
  if (refresh != NULL)
    return refresh;
  if (mail_keyring_set_locked (error, local))
    return NULL;
  if (local != NULL)
    base_error_set (error, BASE_ERROR_AUTH, local->message,
                    _ ("The keyring did not give what Sosik signs in by as %s."), account->address);
  else
    set_not_signed_in (account, error);
  return NULL;
}

/* ---- one request ---- */

typedef struct
{
  MailTokens *tokens; /* a reference */
  BaseAccount *account;
  char *kept;
  GCancellable *stop;
  gboolean asked_for; /* somebody waits for it */
  gboolean sent;      /* with the lock of `tokens` */
} Flight;

static void
flight_free (Flight *flight)
{
  base_account_free (flight->account);
  mail_password_free (flight->kept);
  g_object_unref (flight->stop);
  unref (flight->tokens);
  g_free (flight);
}

void
mail_tokens_close (MailTokens *self)
{
  g_mutex_lock (&self->lock);
  self->closing = TRUE;
  for (guint i = 0; i < self->flights->len; i++) {
    Flight *flight = g_ptr_array_index (self->flights, i);

    if (!flight->sent)
      g_cancellable_cancel (flight->stop);
  }
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
mail_tokens_free (MailTokens *self)
{
  gint64 end = g_get_monotonic_time () + (gint64)self->times->http_ms * 1000 + FAREWELL_US;

  mail_tokens_close (self);
  g_clear_pointer (&self->thread, g_thread_join);
  g_mutex_lock (&self->lock);
  while (self->flights->len > 0 && g_cond_wait_until (&self->cond, &self->lock, end))
    ;
  g_mutex_unlock (&self->lock);
  unref (self);
}

/* With the lock.  NULL: the account was removed, signed in anew, or got other settings since. */
static Entry *
find_entry (const Flight *flight)
{
  Entry *entry = g_hash_table_lookup (flight->tokens->entries, flight->account->id);

  return entry != NULL && entry->flight == flight ? entry : NULL;
}

/* FALSE: the program ends, or nobody would take the answer; and a provider that is not asked takes no refresh token back, which may be that of a
 * sign-in since. */
static gboolean
may_send (gpointer data)
{
  Flight *flight = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&flight->tokens->lock);

  flight->sent = !flight->tokens->closing && find_entry (flight) != NULL;
  return flight->sent;
}

/* Keeps the token that takes the place of the one that was used, unless that is nobody's business any more. */
static gboolean
keep_rotated (Flight *flight, const char *refresh)
{
  MailTokens *self = flight->tokens;
  g_autoptr (GMutexLocker) writer = g_mutex_locker_new (&self->writing);
  gboolean current;

  g_mutex_lock (&self->lock);
  current = find_entry (flight) != NULL;
  g_mutex_unlock (&self->lock);
  return current && store_refresh (flight->account, refresh);
}

static MailOauthTokens *
fetch (Flight *flight, gboolean *in_keyring, GError **error)
{
  g_autoptr (MailOauth) oauth = mail_oauth_new (flight->account->oauth, error);
  MailOauthTokens *got;
  char *refresh;

  if (oauth == NULL)
    return NULL;
  refresh = flight->kept != NULL
                ? g_strdup (flight->kept)
                : lookup_refresh (flight->account, flight->asked_for, flight->stop, error);
  if (refresh == NULL)
    return NULL;
  got = mail_oauth_refresh (oauth, refresh, flight->tokens->times, may_send, flight, flight->stop,
                            error);
  if (got != NULL && got->refresh != NULL && g_str_equal (got->refresh, refresh))
    g_clear_pointer (&got->refresh, mail_password_free);
  mail_password_free (refresh);
  if (got != NULL && got->refresh != NULL && flight->kept == NULL)
    *in_keyring = keep_rotated (flight, got->refresh);
  return got;
}

/* With the lock. */
static void
entry_set_failed (Entry *entry, const GError *error, gboolean by_server)
{
  g_clear_error (&entry->error);
  entry->error = g_error_copy (error);
  /* A keyring may be unlocked later. */
  entry->refused = by_server && g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH);
  entry->due = entry->access != NULL && !entry->refused && !entry->resting
                   ? now_us () + (AGAIN_US << MIN (entry->failures++, AGAIN_MAX))
                   : 0;
}

static void
land (Flight *flight, const MailOauthTokens *got, gboolean in_keyring, const GError *error)
{
  MailTokens *self = flight->tokens;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Entry *entry = find_entry (flight);

  g_ptr_array_remove_fast (self->flights, flight);
  g_cond_broadcast (&self->cond);
  if (entry == NULL)
    return;
  entry->flight = NULL;
  entry->serial++;
  if (got == NULL) {
    entry_set_failed (entry, error, flight->sent);
    /* Who waits may ask the person to unlock it, and does. */
    if (!flight->asked_for && base_error_is_locked (error))
      g_clear_error (&entry->error);
    return;
  }
  entry_set_access (entry, got->access, now_us () + (gint64)got->lifetime * G_USEC_PER_SEC);
  if (got->refresh != NULL && !in_keyring) {
    mail_password_free (entry->kept);
    entry->kept = g_strdup (got->refresh);
  }
}

static gpointer
flight_main (gpointer data)
{
  Flight *flight = data;
  g_autoptr (GError) error = NULL;
  gboolean in_keyring = FALSE;
  g_autoptr (MailOauthTokens) got = fetch (flight, &in_keyring, &error);

  if (got == NULL)
    base_log ("%s: no access token: %s", flight->account->id, error->message);
  land (flight, got, in_keyring, error);
  flight_free (flight);
  return NULL;
}

/* With the lock. */
static void
begin (MailTokens *self, Entry *entry, gboolean asked_for)
{
  Flight *flight = g_new0 (Flight, 1);

  g_atomic_ref_count_inc (&self->ref_count);
  flight->tokens = self;
  flight->account = base_account_dup (entry->account);
  flight->kept = g_strdup (entry->kept);
  flight->stop = g_cancellable_new ();
  flight->asked_for = asked_for;
  entry->flight = flight;
  entry->due = 0;
  g_ptr_array_add (self->flights, flight);
  g_thread_unref (g_thread_new ("sosik-token", flight_main, flight));
}

/* ---- in the background ---- */

/* With the lock: begins what is due; when the next is, 0: never. */
static gint64
begin_due (MailTokens *self)
{
  GHashTableIter iter;
  gpointer value;
  gint64 now = now_us (), next = 0;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Entry *entry = value;

    if (entry->due == 0 || entry->flight != NULL || entry->keeping)
      continue;
    if (entry->due <= now)
      begin (self, entry, FALSE);
    else if (next == 0 || entry->due < next)
      next = entry->due;
  }
  return next;
}

static gpointer
background_main (gpointer data)
{
  MailTokens *self = data;

  g_mutex_lock (&self->lock);
  while (!self->closing) {
    gint64 next = begin_due (self);

    if (next == 0)
      g_cond_wait (&self->cond, &self->lock);
    else
      g_cond_wait_until (&self->cond, &self->lock,
                         g_get_monotonic_time () + MAX (next - now_us (), 0) + 1000);
  }
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* With the lock. */
static void
start_background (MailTokens *self)
{
  if (self->thread == NULL && !self->closing)
    self->thread = g_thread_new ("sosik-tokens", background_main, self);
}

/* ---- asked for ---- */

static void
on_cancelled (GCancellable *cancellable, MailTokens *self)
{
  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

/* With the lock.  TRUE: *token or *error is the answer. */
static gboolean
find_answer (Entry *entry, char **token, GError **error)
{
  gint64 now = now_us ();

  if (entry->access != NULL && entry->until > now) {
    *token = g_strdup (entry->access);
    return TRUE;
  }
  if (!entry->refused)
    return FALSE;
  g_propagate_error (error, g_error_copy (entry->error));
  return TRUE;
}

/* With the lock.  TRUE: *token or *error is the answer: settings that are only tried are not those of the account at work. */
static gboolean
find_offered (MailTokens *self, const BaseAccount *account, char **token, GError **error)
{
  Entry *entry = g_hash_table_lookup (self->entries, account->id);
  g_autofree char *binding = dup_binding (account);

  if (entry != NULL && entry->offer != NULL && g_str_equal (entry->offer_binding, binding)
      && entry->offer_until > now_us ()) {
    *token = g_strdup (entry->offer->access);
    return TRUE;
  }
  if (entry == NULL || !entry->bound || g_str_equal (entry->binding, binding))
    return FALSE;
  set_not_signed_in (account, error);
  return TRUE;
}

/* With the lock. */
static char *
wait_for_token (MailTokens *self, const BaseAccount *account, gboolean tried,
                GCancellable *cancellable, GError **error)
{
  char *token = NULL;

  while (!self->closing && !g_cancellable_is_cancelled (cancellable)) {
    Entry *entry = ensure (self, account, tried);
    guint serial;

    if (entry == NULL) {
      if (tried)
        set_not_signed_in (account, error);
      else
        set_outdated (account, error);
      return NULL;
    }
    entry->resting &= tried;
    if (find_answer (entry, &token, error))
      return token;
    serial = entry->serial;
    if (entry->flight == NULL && !entry->keeping)
      begin (self, entry, TRUE);
    while (entry != NULL && entry->serial == serial && !self->closing
           && !g_cancellable_is_cancelled (cancellable)) {
      g_cond_wait (&self->cond, &self->lock);
      entry = g_hash_table_lookup (self->entries, account->id);
    }
    /* It was made for all who wait. */
    if (entry != NULL && entry->serial != serial && entry->error != NULL) {
      g_propagate_error (error, g_error_copy (entry->error));
      return NULL;
    }
  }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  return NULL;
}

char *
mail_tokens_get (MailTokens *self, const BaseAccount *account, gboolean offered,
                 GCancellable *cancellable, GError **error)
{
  gulong handler = 0;
  char *token = NULL;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), self, NULL);
  g_mutex_lock (&self->lock);
  start_background (self);
  if (!offered || !find_offered (self, account, &token, error))
    token = wait_for_token (self, account, offered, cancellable, error);
  g_mutex_unlock (&self->lock);
  g_cancellable_disconnect (cancellable, handler);
  return token;
}

void
mail_tokens_refuse (MailTokens *self, const char *account_id, const char *token)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Entry *entry = g_hash_table_lookup (self->entries, account_id);

  /* Another worker may have been told so before, and there is a new one. */
  if (entry != NULL && g_strcmp0 (entry->access, token) == 0)
    entry_drop_access (entry);
}

/* ---- a person signed in ---- */

void
mail_tokens_offer (MailTokens *self, const BaseAccount *account, MailOauthTokens *got)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Entry *entry = g_hash_table_lookup (self->entries, account->id);

  if (entry == NULL)
    entry = ensure (self, account, TRUE);
  entry_drop_offer (entry);
  entry->offer = got;
  entry->offer_binding = dup_binding (account);
  entry->offer_until = now_us () + (gint64)got->lifetime * G_USEC_PER_SEC;
}

void
mail_tokens_drop_offer (MailTokens *self, const char *account_id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Entry *entry = g_hash_table_lookup (self->entries, account_id);

  if (entry != NULL)
    entry_drop_offer (entry);
}

/* With the lock: what was offered for the account as it is, if these are its settings. */
static MailOauthTokens *
steal_offer (MailTokens *self, const BaseAccount *account, gint64 *until)
{
  Entry *entry = g_hash_table_lookup (self->entries, account->id);
  MailOauthTokens *offer = NULL;

  if (entry == NULL || entry->offer == NULL)
    return NULL;
  if (ensure (self, account, FALSE) != NULL && g_str_equal (entry->offer_binding, entry->binding))
    offer = g_steal_pointer (&entry->offer);
  *until = entry->offer_until;
  entry_drop_offer (entry);
  return offer;
}

void
mail_tokens_bind (MailTokens *self, const BaseAccount *account)
{
  g_autofree char *binding = dup_binding (account);
  g_autoptr (GMutexLocker) writer = g_mutex_locker_new (&self->writing);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Entry *entry = g_hash_table_lookup (self->entries, account->id);

  if (entry == NULL)
    return;
  entry_set_bound (entry);
  if (!g_str_equal (entry->binding, binding)) {
    entry_bind (entry, account, g_steal_pointer (&binding));
    g_cond_broadcast (&self->cond);
    return;
  }
  /* The secret of the client may be another one. */
  base_account_free (entry->account);
  entry->account = base_account_dup (account);
  entry_forgive (entry);
}

gboolean
mail_tokens_keep (MailTokens *self, const BaseAccount *account, gboolean *session_only)
{
  g_autoptr (GMutexLocker) writer = g_mutex_locker_new (&self->writing);
  g_autoptr (MailOauthTokens) offer = NULL;
  gint64 until = 0;
  gboolean stored;
  Entry *entry;

  g_mutex_lock (&self->lock);
  offer = steal_offer (self, account, &until);
  entry = g_hash_table_lookup (self->entries, account->id);
  if (offer != NULL) {
    entry->flight = NULL;
    entry->keeping = TRUE;
  }
  g_mutex_unlock (&self->lock);
  if (offer == NULL)
    return FALSE;
  stored = store_refresh (account, offer->refresh);
  *session_only = !stored;

  g_mutex_lock (&self->lock);
  entry->keeping = FALSE;
  entry_void_flight (entry);
  entry_set_access (entry, offer->access, until);
  g_clear_pointer (&entry->kept, mail_password_free);
  if (!stored)
    entry->kept = g_strdup (offer->refresh);
  start_background (self);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

void
mail_tokens_rest (MailTokens *self, const char *account_id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Entry *entry = g_hash_table_lookup (self->entries, account_id);

  if (entry == NULL)
    return;
  entry->resting = TRUE;
  entry_drop_access (entry);
}

void
mail_tokens_forget (MailTokens *self, const char *account_id)
{
  /* What is being written is there when this returns, to be cleared with the rest. */
  g_autoptr (GMutexLocker) writer = g_mutex_locker_new (&self->writing);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_hash_table_remove (self->entries, account_id);
  g_cond_broadcast (&self->cond);
}
