/* Questions to the keyring, each in a detached thread that may outlive who asked.  A password must never reach a log, a
 * file or an error message, and is wiped before its memory is given back. */
#include "mail-keyring.h"

#include <libsecret/secret.h>
#include <string.h>

typedef struct _Question Question;

struct _Question
{
  gatomicrefcount ref_count;
  void (*ask) (Question *question);

  /* Owned; read only once asked */
  char *account_id, *protocol, *server, *user, *label, *password;
  gboolean may_ask;

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
  if (!left)
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

/* FALSE: cancelled, and the answer, should it ever come, is nobody's. */
static gboolean
wait_for_answer (Question *question, GCancellable *cancellable, GError **error)
{
  gboolean answered;
  gulong handler = 0;

  g_atomic_ref_count_inc (&question->ref_count);
  g_thread_unref (g_thread_new ("sosik-keyring", thread_main, question));
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), question, NULL);
  g_mutex_lock (&question->lock);
  while (!question->answered && !question->left)
    g_cond_wait (&question->cond, &question->lock);
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

/* How well it fits: 2 for this place, 1 for any, 0 for another. */
static guint
rate (const Question *question, SecretRetrievable *item)
{
  g_autoptr (GHashTable) attributes = secret_retrievable_get_attributes (item);
  const char *server = g_hash_table_lookup (attributes, "server");
  const char *user = g_hash_table_lookup (attributes, "user");

  if (question->server == NULL || (server == NULL && user == NULL))
    return 1;
  return g_strcmp0 (server, question->server) == 0 && g_strcmp0 (user, question->user) == 0 ? 2 : 0;
}

static gboolean
is_locked (SecretRetrievable *item)
{
  return SECRET_IS_ITEM (item) && secret_item_get_locked (SECRET_ITEM (item));
}

static void
ask_lookup (Question *question)
{
  SecretSearchFlags flags = SECRET_SEARCH_ALL | SECRET_SEARCH_LOAD_SECRETS
                            | (question->may_ask ? SECRET_SEARCH_UNLOCK : SECRET_SEARCH_NONE);
  GList *items =
      secret_password_search_sync (&schema, flags, NULL, &question->error, "account",
                                   question->account_id, "protocol", question->protocol, NULL);
  SecretRetrievable *best = NULL;
  g_autoptr (SecretValue) value = NULL;

  for (GList *link = items; link != NULL; link = link->next)
    if (rate (question, link->data) > (best != NULL ? rate (question, best) : 0))
      best = link->data;
  if (best != NULL && question->may_ask && is_locked (best))
    g_set_error_literal (&question->error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "locked");
  else if (best != NULL)
    value = secret_retrievable_retrieve_secret_sync (best, NULL, NULL);
  question->result = value != NULL ? g_strdup (secret_value_get_text (value)) : NULL;
  g_list_free_full (items, g_object_unref);
}

static void
ask_store (Question *question)
{
  question->good = secret_password_store_sync (
      &schema, SECRET_COLLECTION_DEFAULT, question->label, question->password, NULL,
      &question->error, "account", question->account_id, "protocol", question->protocol,
      question->server != NULL ? "server" : NULL, question->server, "user", question->user, NULL);
}

static void
ask_forget (Question *question)
{
  secret_password_clear_sync (&schema, NULL, &question->error, "account", question->account_id,
                              NULL);
  question->good = question->error == NULL;
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

gboolean
mail_keyring_forget (const char *account_id, GCancellable *cancellable, GError **error)
{
  g_autoptr (Question) question = question_new (ask_forget, account_id, NULL, NULL);

  return wait_for_answer (question, cancellable, error) && question->good;
}
