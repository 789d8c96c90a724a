/* Opening a message: from the store, else from the server by the reader worker, then parsed by a
 * pool thread.  And the remote images that a person allowed.  Main thread, which only orders the
 * steps. */
#include "mail-engine-private.h"
#include "mail-fetch.h"
#include "mail-private.h"
#include "mail-truth-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-text.h"
#include "store-choice.h"

#define MAX_REMOTE_AT_ONCE 4
/* How often, and how long after each other in milliseconds, is looked where a message went that is not in its place. */
#define LOOKS         4
#define LOOK_GAP      500
#define PREVIEW_CHARS 200 /* of a row */

typedef struct
{
  GTask *outer;
  MailMessage *message;
  GCancellable *request;   /* follows the caller's, and stop */
  StoreIdentity *identity; /* nullable: of a message whose bytes were not here */
  MailFacts *facts;        /* what tells who it is from */
  char *account;           /* nullable */
  gint64 id;               /* whose bytes are read: its own, or the same message elsewhere */
  guint looks;
  gboolean fetched, followed;
} Opening;

static void
opening_end (Opening *opening, MailContent *content, GError *error)
{
  g_autoptr (GTask) outer = opening->outer;

  mail_engine_end_request (g_task_get_source_object (outer), opening->request);
  g_object_unref (opening->request);
  if (content != NULL)
    g_task_return_pointer (outer, content, g_object_unref);
  else
    g_task_return_error (outer, error);
  g_object_unref (opening->message);
  g_clear_pointer (&opening->identity, store_identity_free);
  mail_facts_free (opening->facts);
  g_free (opening->account);
  g_free (opening);
}

/* ---- parse ---- */

/* What was read, and where it is from. */
typedef struct
{
  MailRead *read;         /* owned */
  const MailFacts *facts; /* borrowed: nobody else looks at them meanwhile */
  char *account;          /* owned; nullable */
  gint64 message;
  gboolean images_chosen;
} ParseJob;

static void
parse_job_free (gpointer data)
{
  ParseJob *job = data;

  mail_read_free (job->read);
  g_free (job->account);
  g_free (job);
}

static void
parsed_free (gpointer parsed)
{
  mail_parsed_unref (parsed);
}

/* Pool thread. */
static gpointer
run_parse (gpointer data, GCancellable *cancellable, GError **error)
{
  ParseJob *job = data;
  g_autoptr (GArray) missing = g_array_new (FALSE, FALSE, sizeof (MimeMissing));
  GPtrArray *parts = job->read->partial != NULL ? job->read->partial->parts : NULL;

  for (guint i = 0; parts != NULL && i < parts->len; i++) {
    const StorePart *part = parts->pdata[i];
    MimeMissing one = { .index = part->index, .size = part->size };

    g_array_append_val (missing, one);
  }
  MailParsed *parsed =
      mail_parsed_new_in_charset (job->read->bytes, (const MimeMissing *)(gpointer)missing->data,
                                  missing->len, job->facts->charset);
  parsed->account = g_steal_pointer (&job->account);
  parsed->message = job->message;
  parsed->images_chosen = job->images_chosen;
  for (guint i = 0; i < job->read->contents->len; i++) {
    const MailGiven *given = job->read->contents->pdata[i];

    mime_message_give_part (parsed->mime, given->index, given->content, given->decoded);
  }
  mail_truth_judge (parsed, job->facts);
  return parsed;
}

/* ---- a row that reads otherwise ---- */

typedef struct
{
  gint64 message;
  char *from_name, *subject, *preview;
} Words;

static void
words_free (gpointer data)
{
  Words *words = data;

  g_free (words->from_name);
  g_free (words->subject);
  g_free (words->preview);
  g_free (words);
}

/* Store thread. */
static gpointer
run_words (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const Words *words = data;

  return store_message_set_words (db, words->message, words->from_name, words->subject,
                                  words->preview, error)
             ? MAIL_CALL_DONE
             : NULL;
}

/* The row in the list follows the charset in which the person wants mail of this sender read, or does not want it any more. */
static void
update_row (MailEngine *engine, MailMessage *message, MailParsed *parsed)
{
  const MailAddress *from = parsed->from->len > 0 ? parsed->from->pdata[0] : NULL;
  Words *words = g_new0 (Words, 1);

  words->message = parsed->message;
  words->from_name = g_strdup (from != NULL ? from->name : "");
  words->subject = g_strdup (parsed->subject);
  words->preview = base_text_one_line (parsed->text, PREVIEW_CHARS);
  if (strcmp (words->preview, mail_message_get_preview (message)) == 0
      && (parsed->subject[0] == '\0'
          || strcmp (parsed->subject, mail_message_get_subject (message)) == 0)) {
    words_free (words);
    return;
  }
  mail_engine_call_store (engine, g_task_new (engine, NULL, NULL, NULL), run_words, words,
                          words_free, NULL);
}

/* Store thread.  When the list was first read. */
static gpointer
run_remember_list (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  return store_choice_set (db, STORE_CHOICE_LIST_SEEN, data, NULL, 0, error) ? MAIL_CALL_DONE
                                                                             : NULL;
}

static void fetch_body (Opening *opening);

static void
on_parsed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Opening *opening = user_data;
  MailEngine *self = g_task_get_source_object (opening->outer);
  GError *error = NULL;
  g_autoptr (MailParsed) parsed = g_task_propagate_pointer (G_TASK (result), &error);

  if (parsed == NULL) {
    if (!g_error_matches (error, BASE_ERROR, BASE_ERROR_GONE) || opening->fetched) {
      opening_end (opening, NULL, error);
      return;
    }
    g_error_free (error);
    opening->fetched = TRUE;
    fetch_body (opening);
    return;
  }
  mail_facts_keep (opening->facts, self, mail_message_get_folder (opening->message));
  if (parsed->charset != NULL
      || g_object_steal_data (G_OBJECT (opening->message), MAIL_CHARSET_GONE) != NULL)
    update_row (self, opening->message, parsed);
  if (parsed->new_list != NULL)
    mail_engine_call_store (self, g_task_new (self, NULL, NULL, NULL), run_remember_list,
                            g_strdup (parsed->new_list), g_free, NULL);
  opening_end (opening, mail_content_new (self, opening->message, parsed), NULL);
}

/* ---- fetch ---- */

typedef struct
{
  SyncEngine *sync; /* borrowed: the engine waits for its calls */
  char *account;
  gint64 message;
} FetchJob;

static void
fetch_job_free (gpointer data)
{
  FetchJob *job = data;

  g_free (job->account);
  g_free (job);
}

/* Pool thread. */
static gpointer
run_fetch (gpointer data, GCancellable *cancellable, GError **error)
{
  FetchJob *job = data;

  return sync_engine_fetch_body (job->sync, job->account, job->message, cancellable, error)
             ? MAIL_CALL_DONE
             : NULL;
}

static void read_body (Opening *opening);
static void look_elsewhere (Opening *opening);

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Opening *opening = user_data;
  GError *error = NULL;

  if (g_task_propagate_pointer (G_TASK (result), &error) != NULL)
    read_body (opening);
  else if (g_error_matches (error, BASE_ERROR, BASE_ERROR_GONE) && !opening->followed) {
    g_error_free (error);
    look_elsewhere (opening);
  } else
    opening_end (opening, NULL, error);
}

static void
fetch_body (Opening *opening)
{
  MailEngine *self = g_task_get_source_object (opening->outer);
  MailFolder *folder = mail_message_get_folder (opening->message);
  MailAccount *account = folder != NULL ? mail_folder_get_account (folder) : NULL;
  GError *error = NULL;

  if (account == NULL || self->sync == NULL) {
    base_error_set (&error, BASE_ERROR_GONE, NULL, _ ("This message does not exist any more."));
    opening_end (opening, NULL, error);
    return;
  }
  mail_engine_begin_sync (self);
  FetchJob *job = g_new0 (FetchJob, 1);
  job->sync = self->sync;
  job->account = g_strdup (mail_account_get_id (account));
  job->message = opening->id;
  mail_engine_call_pool (self, g_task_new (NULL, opening->request, on_fetched, opening), run_fetch,
                         job, fetch_job_free, NULL);
}

/* ---- moved meanwhile ---- */

/* Store thread. */
static gpointer
run_look (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Opening *opening = data;
  gint64 id = 0;

  if (opening->identity != NULL && !store_message_find_same (db, opening->identity, &id, error))
    return NULL;
  return g_memdup2 (&id, sizeof id);
}

static gboolean
on_look_again (gpointer data)
{
  look_elsewhere (data);
  return G_SOURCE_REMOVE;
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Opening *opening = user_data;
  GError *error = NULL;
  g_autofree gint64 *id = g_task_propagate_pointer (G_TASK (result), &error);
  MailFolder *folder = mail_message_get_folder (opening->message);

  if (id == NULL) {
    opening_end (opening, NULL, error);
  } else if (*id != 0) {
    opening->id = *id;
    opening->followed = TRUE;
    opening->fetched = FALSE;
    read_body (opening);
  } else if (opening->identity != NULL && ++opening->looks < LOOKS) {
    g_timeout_add (LOOK_GAP, on_look_again, opening);
  } else {
    if (folder != NULL)
      base_error_set (
          &error, BASE_ERROR_GONE, NULL,
          _ ("This message is not in “%s” any more. It was moved or deleted elsewhere."),
          mail_folder_get_name (folder));
    else
      base_error_set (&error, BASE_ERROR_GONE, NULL, _ ("This message does not exist any more."));
    opening_end (opening, NULL, error);
  }
}

/* Who moves it elsewhere is seen here as a message that goes and one that comes, in any order. */
static void
look_elsewhere (Opening *opening)
{
  mail_engine_call_store (g_task_get_source_object (opening->outer),
                          g_task_new (NULL, opening->request, on_looked, opening), run_look,
                          opening, NULL, g_free);
}

/* ---- read ---- */

/* Store thread: the main one leaves `data` alone until it has ended. */
static gpointer
run_read_body (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Opening *opening = data;
  MailRead *read = mail_read_body (db, opening->id, error);

  if (read == NULL) {
    if (opening->identity == NULL)
      opening->identity = store_message_get_identity (db, opening->id, NULL);
    return NULL;
  }
  ParseJob *job = g_new0 (ParseJob, 1);
  mail_facts_read (opening->facts, db, opening->id, read->bytes);
  job->read = read;
  job->facts = opening->facts;
  job->account = g_strdup (opening->account);
  job->message = opening->id;
  job->images_chosen = mail_choices_read_images (db, opening->id);
  return job;
}

static void
read_body (Opening *opening)
{
  mail_engine_call_store_then_pool (g_task_get_source_object (opening->outer),
                                    g_task_new (NULL, opening->request, on_parsed, opening),
                                    run_read_body, opening, run_parse, parse_job_free, parsed_free);
}

void
mail_engine_open_message_async (MailEngine *self, MailMessage *message, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && MAIL_IS_MESSAGE (message));
  Opening *opening = g_new0 (Opening, 1);

  opening->outer = g_task_new (self, cancellable, callback, user_data);
  opening->message = g_object_ref (message);
  opening->id = mail_message_get_id (message);
  MailFolder *folder = mail_message_get_folder (message);
  MailAccount *account = folder != NULL ? mail_folder_get_account (folder) : NULL;
  opening->facts = mail_facts_new (self, folder);
  opening->account = account != NULL ? g_strdup (mail_account_get_id (account)) : NULL;
  opening->request = mail_engine_begin_request (self, cancellable);
  read_body (opening);
}

MailContent *
mail_engine_open_message_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- remote images ---- */

static void
image_free (gpointer image)
{
  mail_remote_image_free (image);
}

/* Pool thread. */
static gpointer
run_remote (gpointer data, GCancellable *cancellable, GError **error)
{
  return mail_remote_fetch (mail_remote_address_is_public, data, cancellable, error);
}

static void start_remote (MailEngine *self);

static void
on_remote (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  g_autoptr (MailEngine) self = g_object_ref (g_task_get_source_object (outer));
  GError *error = NULL;
  MailRemoteImage *image = g_task_propagate_pointer (G_TASK (result), &error);

  self->remote_running--;
  mail_engine_end_request (self, g_task_get_cancellable (G_TASK (result)));
  if (image != NULL)
    g_task_return_pointer (outer, image, image_free);
  else
    g_task_return_error (outer, error);
  start_remote (self);
}

/* A newsletter has a hundred pictures; the threads that open messages must not wait behind them. */
static void
start_remote (MailEngine *self)
{
  while (self->remote_running < MAX_REMOTE_AT_ONCE) {
    GTask *outer = g_queue_pop_head (&self->remote_waiting);

    if (outer == NULL)
      return;
    g_autoptr (GCancellable) request =
        mail_engine_begin_request (self, g_task_get_cancellable (outer));
    self->remote_running++;
    mail_engine_call_pool (self, g_task_new (NULL, request, on_remote, outer), run_remote,
                           g_strdup (g_task_get_task_data (outer)), g_free, image_free);
  }
}

void
mail_engine_fetch_remote_async (MailEngine *self, const char *uri, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && uri != NULL);
  GTask *outer = g_task_new (self, cancellable, callback, user_data);

  g_task_set_task_data (outer, g_strdup (uri), g_free);
  g_queue_push_tail (&self->remote_waiting, outer);
  start_remote (self);
}

GBytes *
mail_engine_fetch_remote_finish (MailEngine *self, GAsyncResult *result, char **content_type,
                                 GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_autoptr (MailRemoteImage) image = g_task_propagate_pointer (G_TASK (result), error);

  if (image == NULL)
    return NULL;
  if (content_type != NULL)
    *content_type = g_steal_pointer (&image->content_type);
  return g_steal_pointer (&image->bytes);
}
