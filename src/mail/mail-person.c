/* People, for the window: the pass that gathers them, driven from the main loop and run by the store thread, and what is asked about one.
 *
 * Main thread, but for what is marked.  It must never run while mail streams in, nor keep the store thread from a person for longer than a frame. */
#include "mail-person.h"

#include <string.h>

#include "base-error.h"
#include "base-log.h"
#include "mail-engine-private.h"
#include "mail-people-private.h"
#include "mail-private.h"
#include "store-partial.h"
#include "store-person.h"

/* The sync counts as over after so long without a message; it may go on for ever, though. */
#define QUIET_MS       4000
#define MOST_PATIENCE  (10 * 60 * G_USEC_PER_SEC)
#define STEP_MESSAGES  256
#define STEP_BUDGET_US 6000
#define STEP_GAP_MS    12
/* Sent mail whose bytes were not here is looked at again at most so often. */
#define LATER_EVERY_S 60

#define MAX_OTHERS 3

struct _MailPeople
{
  MailEngine *engine; /* borrowed */
  guint quiet_ms;
  guint source;        /* waits for quiet, or for the next step */
  guint later_source;  /* waits for the time to look again */
  gint64 noted;        /* last thing heard */
  gint64 waiting_from; /* the first since the last pass; 0: none */
  gint64 later_at;     /* when that was done last; 0: never */
  gboolean running, later;
  gboolean known; /* somebody became so in this pass */
};

/* ---- in the store thread ---- */

static void
recipient_free (gpointer recipient)
{
  store_recipient_free (recipient);
}

/* The lines before the first empty one: the rest may be megabytes. */
static GBytes *
dup_header (GBytes *message)
{
  gsize length;
  const char *data = g_bytes_get_data (message, &length);
  const char *at = data;

  while ((at = memchr (at, '\n', length - (gsize)(at - data))) != NULL) {
    gsize left = length - (gsize)(++at - data);

    if (left == 0 || at[0] == '\n' || (left > 1 && at[0] == '\r' && at[1] == '\n'))
      return g_bytes_new_from_bytes (message, 0, (gsize)(at - data));
  }
  return g_bytes_ref (message);
}

static GPtrArray *
dup_recipients (StoreDb *db, gint64 id, gpointer user_data)
{
  static const char *const headers[] = { "To", "Cc", "Bcc" };
  g_autoptr (GBytes) bytes = store_message_get_body (db, id, NULL);
  GPtrArray *recipients;

  if (bytes == NULL) {
    g_autoptr (StorePartial) partial = store_partial_get (db, id, NULL);

    if (partial == NULL)
      return NULL;
    bytes = g_bytes_ref (partial->bytes);
  }
  g_autoptr (GBytes) header = dup_header (bytes);
  g_autoptr (MimeMessage) mime = mime_message_new (header);
  recipients = g_ptr_array_new_with_free_func (recipient_free);
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++) {
    g_autoptr (GPtrArray) found = mime_message_get_addresses (mime, headers[i]);

    for (guint j = 0; j < found->len; j++) {
      const MimeAddress *address = found->pdata[j];
      StoreRecipient *recipient = g_new0 (StoreRecipient, 1);

      recipient->name = g_strdup (address->name);
      recipient->address = g_strdup (address->address);
      g_ptr_array_add (recipients, recipient);
    }
  }
  return recipients;
}

typedef struct
{
  gboolean more, known;
} Stepped;

static gpointer
run_step (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const gboolean *later = data;
  Stepped stepped = { FALSE, FALSE };

  if (!store_person_step (db, STEP_MESSAGES, STEP_BUDGET_US, *later, dup_recipients, NULL,
                          &stepped.more, &stepped.known, error))
    return NULL;
  return g_memdup2 (&stepped, sizeof stepped);
}

/* ---- when ---- */

static gboolean on_due (gpointer data);

static guint
add_timeout (MailPeople *self, guint ms)
{
  g_autoptr (GSource) source = g_timeout_source_new (ms);

  g_source_set_priority (source, G_PRIORITY_LOW);
  g_source_set_callback (source, on_due, self, NULL);
  return g_source_attach (source, self->engine->context);
}

static void
clear_source (MailPeople *self, guint *source)
{
  if (*source != 0)
    g_source_destroy (g_main_context_find_source_by_id (self->engine->context, *source));
  *source = 0;
}

/* At the end of a pass, which may last. */
static void
tell_lists (MailPeople *self)
{
  for (guint i = 0; self->known && i < self->engine->lists->len; i++)
    mail_message_list_people_changed (self->engine->lists->pdata[i]);
  self->known = FALSE;
}

static void
on_step (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MailEngine) engine = user_data;
  MailPeople *self = engine->people;
  g_autoptr (GError) error = NULL;
  g_autofree Stepped *stepped = g_task_propagate_pointer (G_TASK (result), &error);

  if (stepped == NULL && !base_error_is_cancelled (error))
    base_log ("The people of the mail could not be gathered: %s", error->message);
  if (self == NULL)
    return;
  self->running = FALSE;
  self->known |= stepped != NULL && stepped->known;
  if (stepped != NULL && stepped->more) {
    clear_source (self, &self->source);
    self->source = add_timeout (self, STEP_GAP_MS);
    return;
  }
  tell_lists (self);
  if (self->later)
    self->later_at = g_get_monotonic_time ();
  self->later = FALSE;
  self->waiting_from = 0;
  /* What came meanwhile waits for its own quiet. */
  if (self->noted != 0 && self->source == 0)
    self->source = add_timeout (self, self->quiet_ms);
}

static gboolean
on_due (gpointer data)
{
  MailPeople *self = data;
  gint64 now = g_get_monotonic_time ();
  gint64 quiet = self->noted != 0 ? (now - self->noted) / 1000 : G_MAXINT;

  self->source = 0;
  if (self->running)
    return G_SOURCE_REMOVE;
  if (quiet < self->quiet_ms && now - self->waiting_from < MOST_PATIENCE) {
    self->source = add_timeout (self, self->quiet_ms - (guint)quiet + 1);
    return G_SOURCE_REMOVE;
  }
  self->noted = 0;
  self->running = TRUE;
  mail_engine_call_store (self->engine,
                          g_task_new (NULL, NULL, on_step, g_object_ref (self->engine)), run_step,
                          g_memdup2 (&self->later, sizeof self->later), g_free, g_free);
  return G_SOURCE_REMOVE;
}

static gboolean
on_later (gpointer data)
{
  MailPeople *self = data;

  self->later_source = 0;
  self->later = TRUE;
  if (self->source == 0 && !self->running)
    self->source = add_timeout (self, STEP_GAP_MS);
  return G_SOURCE_REMOVE;
}

void
mail_people_note (MailPeople *self)
{
  self->noted = g_get_monotonic_time ();
  if (self->waiting_from == 0)
    self->waiting_from = self->noted;
  if (self->source == 0 && !self->running)
    self->source = add_timeout (self, self->quiet_ms);
  if (self->later_source == 0) {
    gint64 next = self->later_at + LATER_EVERY_S * G_USEC_PER_SEC - self->noted;
    guint wait = self->later_at == 0 ? 0 : (guint)CLAMP (next / 1000, 0, LATER_EVERY_S * 1000);
    g_autoptr (GSource) source = g_timeout_source_new (MAX (wait, self->quiet_ms));

    g_source_set_priority (source, G_PRIORITY_LOW);
    g_source_set_callback (source, on_later, self, NULL);
    self->later_source = g_source_attach (source, self->engine->context);
  }
}

void
mail_people_set_quiet (MailPeople *self, guint ms)
{
  self->quiet_ms = ms;
}

MailPeople *
mail_people_new (MailEngine *engine)
{
  MailPeople *self = g_new0 (MailPeople, 1);

  self->engine = engine;
  self->quiet_ms = QUIET_MS;
  return self;
}

void
mail_people_free (MailPeople *self)
{
  clear_source (self, &self->source);
  clear_source (self, &self->later_source);
  g_free (self);
}

/* ---- asking ---- */

typedef struct
{
  char *address;
  guint limit;
} PersonJob;

typedef struct
{
  StorePerson *person; /* nullable */
  GPtrArray *rows;     /* of StoreMessage */
  GPtrArray *others;   /* nullable */
  gboolean counted, more_sent;
} PersonRead;

static void
person_job_free (gpointer data)
{
  PersonJob *job = data;

  g_free (job->address);
  g_free (job);
}

static void
person_read_free (gpointer data)
{
  PersonRead *read = data;

  g_clear_pointer (&read->person, store_person_free);
  g_clear_pointer (&read->rows, g_ptr_array_unref);
  g_clear_pointer (&read->others, g_ptr_array_unref);
  g_free (read);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PersonRead, person_read_free)

/* Store thread. */
static gpointer
run_get (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const PersonJob *job = data;
  g_autoptr (PersonRead) read = g_new0 (PersonRead, 1);
  g_autoptr (GArray) ids = NULL;

  /* Asked first: what is counted between the two is no lie then. */
  if (!store_person_has_seen (db, 0, &read->counted, error)
      || !store_person_waits_for_sent (db, &read->more_sent, error)
      || !store_person_get (db, job->address, &read->person, error))
    return NULL;
  if (read->person == NULL)
    return g_steal_pointer (&read);
  read->others = store_person_list_others (db, read->person->id, MAX_OTHERS, error);
  if (read->others == NULL)
    return NULL;
  ids = store_person_list_messages (db, read->person->id, job->limit, error);
  if (ids == NULL)
    return NULL;
  read->rows = store_message_get_rows (db, (const gint64 *)(gpointer)ids->data, ids->len, error);
  return read->rows != NULL ? g_steal_pointer (&read) : NULL;
}

static void
person_free (gpointer person)
{
  mail_person_free (person);
}

static void
on_got (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailEngine *engine = g_task_get_source_object (outer);
  const PersonJob *job = g_task_get_task_data (outer);
  GError *error = NULL;
  g_autoptr (PersonRead) read = g_task_propagate_pointer (G_TASK (result), &error);
  MailPerson *person;

  if (read == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  person = g_new0 (MailPerson, 1);
  person->address = g_ascii_strdown (job->address, -1);
  person->name =
      g_strdup (read->person != NULL && read->person->name != NULL ? read->person->name : "");
  person->counted = read->counted;
  person->more_sent = read->more_sent;
  person->others = read->others != NULL ? g_ptr_array_ref (read->others)
                                        : g_ptr_array_new_with_free_func (g_free);
  person->latest = g_ptr_array_new_with_free_func (g_object_unref);
  if (read->person != NULL) {
    person->received = read->person->received;
    person->sent = read->person->sent;
    person->first = read->person->first;
    person->last = read->person->last;
  }
  for (guint i = 0; read->rows != NULL && i < read->rows->len; i++) {
    const StoreMessage *row = read->rows->pdata[i];
    MailFolder *folder = row != NULL ? mail_engine_find_folder (engine, row->folder) : NULL;
    MailMessage *message;

    if (folder == NULL)
      continue;
    message = mail_message_new (row->id, folder);
    mail_message_fill (message, row, folder);
    g_ptr_array_add (person->latest, message);
  }
  g_task_return_pointer (outer, person, person_free);
}

void
mail_engine_get_person_async (MailEngine *self, const char *address, guint n_latest,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && address != NULL);
  GTask *outer = g_task_new (self, cancellable, callback, user_data);
  PersonJob *job = g_new0 (PersonJob, 1);
  PersonJob *kept = g_new0 (PersonJob, 1);

  *job = (PersonJob){ g_strdup (address), n_latest };
  *kept = (PersonJob){ g_strdup (address), n_latest };
  g_task_set_task_data (outer, kept, person_job_free);
  mail_engine_call_store (self, g_task_new (NULL, cancellable, on_got, outer), run_get, job,
                          person_job_free, person_read_free);
}

MailPerson *
mail_engine_get_person_finish (MailEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
mail_person_free (MailPerson *person)
{
  g_free (person->address);
  g_free (person->name);
  g_ptr_array_unref (person->others);
  g_ptr_array_unref (person->latest);
  g_free (person);
}
