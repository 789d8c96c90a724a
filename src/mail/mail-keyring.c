/* Questions to the keyring, each in a detached thread that may outlive who asked.  A password must never reach a log, a
 * file or an error message, and is wiped before its memory is given back. */
#include "mail-keyring.h"

#include <glib/gi18n.h>
#include <libsecret/secret.h>
#include <string.h>

#include "base-error.h"

#define FAREWELL_US (2 * G_USEC_PER_SEC)

typedef struct _Question Question;

struct _Question
{
  gatomicrefcount ref_count;
  void (*ask) (Question *question);

  /* Owned; read only once asked */
  char *account_id, *protocol, *server, *user, *label, *password;
  gboolean may_ask;
  gboolean must_be; /* asked though nobody may be left to hear of it */

  GMutex lock; /* what follows */
  GCond cond;
  gboolean answered, left;
  char *result; /* Owned */
  gboolean good;
  GError *error; /* Owned */
};

static const SecretSchema schema = { "org.sosik.Account",
                                     SECRET_SCHEMA_NONE,
                                     {
                                         { "account", SECRET_SCHEMA_ATTRIBUTE_STRING },
                                         { "protocol", SECRET_SCHEMA_ATTRIBUTE_STRING },
                                         { "server", SECRET_SCHEMA_ATTRIBUTE_STRING },
                                         { "user", SECRET_SCHEMA_ATTRIBUTE_STRING },
                                         { NULL, 0 },
                                     },
                                     0,
                                     NULL,
                                     NULL,
                                     NULL,
                                     NULL,
                                     NULL,
                                     NULL,
                                     NULL };

static GMutex keyring; /* there is one keyring, and one person to answer it */
static gint declined;  /* atomic: they said no */
static gint unlocked;  /* atomic: it was, when it last answered */

void
mail_password_free (char *password)
{
  if (password == NULL)
    return;
  explicit_bzero (password, strlen (password));
  g_free (password);
}

static Question *
question_new (void (*ask) (Question *), const char *account_id, const char *protocol,
              const MailKeyringPlace *place)
{
  Question *question = g_new0 (Question, 1);

  g_atomic_ref_count_init (&question->ref_count);
  g_mutex_init (&question->lock);
  g_cond_init (&question->cond);
  question->ask = ask;
  question->account_id = g_strdup (account_id);
  question->protocol = g_strdup (protocol);
  question->server = place != NULL ? g_ascii_strdown (place->server, -1) : NULL;
  question->user = place != NULL ? g_strdup (place->user) : NULL;
  return question;
}

static void
question_unref (Question *question)
{
  if (!g_atomic_ref_count_dec (&question->ref_count))
    return;
  g_free (question->account_id);
  g_free (question->protocol);
  g_free (question->server);
  g_free (question->user);
  g_free (question->label);
  mail_password_free (question->password);
  mail_password_free (question->result);
  g_clear_error (&question->error);
  g_mutex_clear (&question->lock);
  g_cond_clear (&question->cond);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_unref)

static gpointer
thread_main (gpointer data)
{
  Question *question = data;
  gboolean left;

  g_mutex_lock (&keyring);
  g_mutex_lock (&question->lock);
  left = question->left; /* while it waited for its turn */
  g_mutex_unlock (&question->lock);
  if (!left || question->must_be)
    question->ask (question);
  g_mutex_unlock (&keyring);

  g_mutex_lock (&question->lock);
  question->answered = TRUE;
  g_cond_signal (&question->cond);
  g_mutex_unlock (&question->lock);
  question_unref (question);
  return NULL;
}

static void
on_cancelled (GCancellable *cancellable, Question *question)
{
  g_mutex_lock (&question->lock);
  question->left = TRUE;
  g_cond_signal (&question->cond);
  g_mutex_unlock (&question->lock);
}

static void
begin (Question *question)
{
  g_atomic_ref_count_inc (&question->ref_count);
  g_thread_unref (g_thread_new ("sosik-keyring", thread_main, question));
}

/* FALSE: cancelled, and the answer, should it ever come, is nobody's. */
static gboolean
wait_for_answer (Question *question, GCancellable *cancellable, GError **error)
{
  gboolean answered;
  gulong handler = 0;
  gint64 end;

  begin (question);
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), question, NULL);
  g_mutex_lock (&question->lock);
  while (!question->answered && !question->left)
    g_cond_wait (&question->cond, &question->lock);
  end = g_get_monotonic_time () + FAREWELL_US;
  while (!question->answered && question->must_be
         && g_cond_wait_until (&question->cond, &question->lock, end))
    ;
  answered = question->answered;
  g_mutex_unlock (&question->lock);
  g_cancellable_disconnect (cancellable, handler);

  if (!answered) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
    return FALSE;
  }
  if (question->error != NULL) {
    g_propagate_error (error, g_steal_pointer (&question->error));
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_anybodys (SecretRetrievable *item)
{
  g_autoptr (GHashTable) attributes = secret_retrievable_get_attributes (item);

  return !g_hash_table_contains (attributes, "server")
         && !g_hash_table_contains (attributes, "user");
}

/* How well it fits: 2 for this place, 1 for any, 0 for another. */
static guint
rate (const Question *question, SecretRetrievable *item)
{
  g_autoptr (GHashTable) attributes = secret_retrievable_get_attributes (item);

  if (question->server == NULL || is_anybodys (item))
    return 1;
  return g_strcmp0 (g_hash_table_lookup (attributes, "server"), question->server) == 0
                 && g_strcmp0 (g_hash_table_lookup (attributes, "user"), question->user) == 0
             ? 2
             : 0;
}

static gboolean
is_locked (SecretRetrievable *item)
{
  return SECRET_IS_ITEM (item) && secret_item_get_locked (SECRET_ITEM (item));
}

static GList *
search (Question *question, SecretSearchFlags flags, GError **error)
{
  return secret_password_search_sync (&schema, SECRET_SEARCH_ALL | flags, NULL, error, "account",
                                      question->account_id, "protocol", question->protocol, NULL);
}

/* `asked`: the person did not want it; else nobody knows what they would have said. */
static void
decline (Question *question, gboolean asked)
{
  if (asked)
    g_atomic_int_set (&declined, TRUE);
  g_atomic_int_set (&unlocked, FALSE);
  g_set_error_literal (&question->error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "locked");
}

static void
ask_lookup (Question *question)
{
  gboolean ask = question->may_ask && !g_atomic_int_get (&declined);
  GList *items = search (
      question, SECRET_SEARCH_LOAD_SECRETS | (ask ? SECRET_SEARCH_UNLOCK : SECRET_SEARCH_NONE),
      &question->error);
  SecretRetrievable *best = NULL;
  g_autoptr (SecretValue) value = NULL;

  for (GList *link = items; link != NULL; link = link->next)
    if (rate (question, link->data) > (best != NULL ? rate (question, best) : 0))
      best = link->data;
  if (best != NULL && is_locked (best))
    decline (question, question->may_ask);
  else if (best != NULL)
    value = secret_retrievable_retrieve_secret_sync (best, NULL, NULL);
  question->result = value != NULL ? g_strdup (secret_value_get_text (value)) : NULL;
  if (value != NULL)
    g_atomic_int_set (&unlocked, TRUE);
  /* What retire () leaves where nothing can be taken away by itself. */
  if (question->result != NULL && *question->result == '\0')
    g_clear_pointer (&question->result, g_free);
  g_list_free_full (items, g_object_unref);
}

static gboolean
store (Question *question, const char *label, const char *password, gboolean placed, GError **error)
{
  return secret_password_store_sync (&schema, SECRET_COLLECTION_DEFAULT, label, password, NULL,
                                     error, "account", question->account_id, "protocol",
                                     question->protocol, placed ? "server" : NULL, question->server,
                                     "user", question->user, NULL);
}

/* Takes away a password that is for whomever: there is one for a place by now.  A file instead of a service can only take away all that are like it, of other
 * places too; there an empty one stands for it. */
static void
retire (Question *question, SecretRetrievable *item)
{
  g_autofree char *label = secret_retrievable_get_label (item);

  if (SECRET_IS_ITEM (item))
    secret_item_delete_sync (SECRET_ITEM (item), NULL, NULL);
  else
    store (question, label, "", FALSE, NULL);
}

static void
bind_item (Question *question, SecretRetrievable *item)
{
  g_autoptr (GHashTable) attributes = secret_attributes_build (
      &schema, "account", question->account_id, "protocol", question->protocol, "server",
      question->server, "user", question->user, NULL);
  g_autofree char *label = secret_retrievable_get_label (item);
  g_autoptr (SecretValue) value = NULL;
  const char *password = NULL;

  if (SECRET_IS_ITEM (item)) {
    secret_item_set_attributes_sync (SECRET_ITEM (item), &schema, attributes, NULL, NULL);
    return;
  }
  value = secret_retrievable_retrieve_secret_sync (item, NULL, NULL);
  password = value != NULL ? secret_value_get_text (value) : NULL;
  if (password != NULL && *password != '\0' && store (question, label, password, TRUE, NULL))
    retire (question, item);
}

static void
ask_bind (Question *question)
{
  GList *items = search (question, SECRET_SEARCH_NONE, NULL);
  gboolean placed = FALSE;

  for (GList *link = items; link != NULL; link = link->next)
    placed |= rate (question, link->data) == 2;
  for (GList *link = items; link != NULL; link = link->next) {
    if (!is_anybodys (link->data) || is_locked (link->data))
      continue;
    if (placed)
      retire (question, link->data);
    else
      bind_item (question, link->data);
    placed = TRUE;
  }
  g_list_free_full (items, g_object_unref);
}

/* Whether there is a service, and not a file, without bringing one up. */
static gboolean
is_served (void)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GVariant) answer = NULL;
  gboolean owned = FALSE;

  if (bus != NULL)
    answer = g_dbus_connection_call_sync (
        bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "NameHasOwner", g_variant_new ("(s)", "org.freedesktop.secrets"), G_VARIANT_TYPE ("(b)"),
        G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  if (answer != NULL)
    g_variant_get (answer, "(b)", &owned);
  return owned;
}

/* FALSE: what new passwords go into is locked, and the person did not want it opened.  libsecret itself would ask for each, and more than once. */
static gboolean
open_default (void)
{
  g_autoptr (SecretService) service = NULL;
  g_autoptr (SecretCollection) collection = NULL;
  GList *closed = NULL;
  int opened = 0;

  if (is_served ())
    service = secret_service_get_sync (SECRET_SERVICE_NONE, NULL, NULL);
  if (service != NULL)
    collection = secret_collection_for_alias_sync (service, SECRET_COLLECTION_DEFAULT,
                                                   SECRET_COLLECTION_NONE, NULL, NULL);
  if (collection == NULL || !secret_collection_get_locked (collection))
    return TRUE;
  if (g_atomic_int_get (&declined))
    return FALSE;
  closed = g_list_append (NULL, collection);
  opened = secret_service_unlock_sync (service, closed, NULL, NULL, NULL);
  g_list_free (closed);
  return opened > 0;
}

static void
ask_store (Question *question)
{
  /* This brings the service up, where there is one. */
  GList *items = search (question, SECRET_SEARCH_NONE, NULL);

  if (open_default ())
    question->good = store (question, question->label, question->password, question->server != NULL,
                            &question->error);
  else
    decline (question, TRUE);
  if (question->good)
    g_atomic_int_set (&unlocked, TRUE);
  for (GList *link = items; question->good && question->server != NULL && link != NULL;
       link = link->next)
    if (is_anybodys (link->data))
      retire (question, link->data);
  g_list_free_full (items, g_object_unref);
}

static void
ask_forget (Question *question)
{
  secret_password_clear_sync (&schema, NULL, &question->error, "account", question->account_id,
                              question->protocol != NULL ? "protocol" : NULL, question->protocol,
                              NULL);
  question->good = question->error == NULL;
}

void
mail_keyring_ask_again (void)
{
  g_atomic_int_set (&declined, FALSE);
}

gboolean
mail_keyring_is_open (void)
{
  return g_atomic_int_get (&unlocked);
}

gboolean
mail_keyring_is_declined (void)
{
  return g_atomic_int_get (&declined);
}

gboolean
mail_keyring_set_locked (GError **error, const GError *why)
{
  GError *locked = NULL;

  if (!g_error_matches (why, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return FALSE;
  base_error_set (
      &locked, BASE_ERROR_AUTH, NULL, "%s",
      _ ("The keyring is locked. Mail is neither fetched nor sent until you unlock it."));
  base_error_set_locked (locked);
  g_propagate_error (error, locked);
  return TRUE;
}

char *
mail_keyring_lookup (const char *account_id, const char *protocol, const MailKeyringPlace *place,
                     gboolean may_ask, GCancellable *cancellable, GError **error)
{
  g_autoptr (Question) question = question_new (ask_lookup, account_id, protocol, place);

  question->may_ask = may_ask;
  return wait_for_answer (question, cancellable, error) ? g_steal_pointer (&question->result)
                                                        : NULL;
}

gboolean
mail_keyring_store (const char *account_id, const char *protocol, const MailKeyringPlace *place,
                    const char *label, const char *password, GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (Question) question = question_new (ask_store, account_id, protocol, place);

  question->label = g_strdup (label);
  question->password = g_strdup (password);
  return wait_for_answer (question, cancellable, error) && question->good;
}

void
mail_keyring_bind (const char *account_id, const char *protocol, const MailKeyringPlace *place)
{
  g_autoptr (Question) question = question_new (ask_bind, account_id, protocol, place);

  begin (question);
}

gboolean
mail_keyring_forget (const char *account_id, const char *protocol, GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (Question) question = question_new (ask_forget, account_id, protocol, NULL);

  question->must_be = TRUE;
  return wait_for_answer (question, cancellable, error) && question->good;
}
