/* Who writes the files of accounts: one for each account, one file after the other.  A change says what it makes of what, and is made on the
 * settings as they are when its turn comes, so that no hand undoes what another one did.  Main thread; files and secrets are a pool thread's
 * business, rows the store thread's.  Must never show as saved what is not on disk; a change that is seen before (`at_once`) is taken back
 * where it could not be written. */
#include "mail-engine-private.h"
#include "mail-private.h"

#include <glib/gi18n.h>

#include "base-error.h"

struct _MailWriter
{
  /* Owned */
  char *id;
  BaseAccount *saved; /* what is on disk; NULL: it is no account yet */
  GQueue waiting;     /* of MailChange */
  GPtrArray *writing; /* of MailChange */
  BaseAccount *next;  /* nullable: what they make of it */

  MailEngine *engine; /* borrowed: its calls keep it, while something is written */
  MailHeldFunc held;  /* nullable: to be called when nothing is written any more */
  gpointer held_data;
  gboolean holding; /* it takes no more changes */
};

static void take_turn (MailWriter *self);

/* ---- changes ---- */

static void
change_free (gpointer data)
{
  MailChange *change = data;

  g_clear_object (&change->outer);
  base_account_free (change->before);
  base_account_free (change->after);
  g_clear_pointer (&change->secrets, mail_account_job_free);
  g_free (change);
}

MailChange *
mail_change_new (GTask *outer, const BaseAccount *before, const BaseAccount *after)
{
  MailChange *change = g_new0 (MailChange, 1);

  change->outer = g_object_ref (outer);
  change->before = before != NULL ? base_account_dup (before) : NULL;
  change->after = base_account_dup (after);
  return change;
}

/* NULL: the account is gone. */
static BaseAccount *
dup_changed (const BaseAccount *account, const MailChange *change)
{
  BaseAccount *changed;

  if (change->before == NULL)
    return base_account_dup (change->after);
  if (account == NULL)
    return NULL;
  changed = base_account_dup (account);
  base_account_merge (changed, change->before, change->after);
  return changed;
}

/* `account` with all that is on its way, or with what of it is seen at once.  Nullable. */
static BaseAccount *
dup_expected (MailWriter *self, gboolean only_at_once)
{
  BaseAccount *account = self->saved != NULL ? base_account_dup (self->saved) : NULL;
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();

  g_ptr_array_extend (changes, self->writing, NULL, NULL);
  for (GList *item = self->waiting.head; item != NULL; item = item->next)
    g_ptr_array_add (changes, item->data);
  for (guint i = 0; i < changes->len; i++) {
    const MailChange *change = changes->pdata[i];
    BaseAccount *changed = change->at_once || !only_at_once ? dup_changed (account, change) : NULL;

    if (changed == NULL)
      continue;
    base_account_free (account);
    account = changed;
  }
  return account;
}

/* ---- writers ---- */

void
mail_writer_free (MailWriter *self)
{
  g_free (self->id);
  base_account_free (self->saved);
  base_account_free (self->next);
  g_queue_clear_full (&self->waiting, change_free);
  g_ptr_array_unref (self->writing);
  g_free (self);
}

static MailWriter *
ensure_writer (MailEngine *engine, const char *id)
{
  MailWriter *self = g_hash_table_lookup (engine->writers, id);
  MailAccount *account = mail_engine_find_account (engine, id);

  if (self != NULL)
    return self;
  self = g_new0 (MailWriter, 1);
  self->engine = engine;
  self->id = g_strdup (id);
  self->saved = account != NULL ? mail_account_dup_settings (account) : NULL;
  self->writing = g_ptr_array_new_with_free_func (change_free);
  g_queue_init (&self->waiting);
  g_hash_table_insert (engine->writers, self->id, self);
  return self;
}

static gboolean
is_idle (MailWriter *self)
{
  return self->writing->len == 0 && g_queue_is_empty (&self->waiting);
}

/* ---- what came of it ---- */

/* Who hears of it may make the next change. */
static void
answer (GPtrArray *changes, const GError *error)
{
  for (guint i = 0; i < changes->len; i++) {
    MailChange *change = changes->pdata[i];

    if (error != NULL)
      g_task_return_error (change->outer, g_error_copy (error));
    else
      g_task_return_int (change->outer, change->session_only);
  }
}

static GPtrArray *
steal_writing (MailWriter *self)
{
  GPtrArray *changes = self->writing;

  self->writing = g_ptr_array_new_with_free_func (change_free);
  g_clear_pointer (&self->next, base_account_free);
  return changes;
}

/* As it is on disk, and what is seen before it is there. */
static void
show (MailWriter *self)
{
  g_autoptr (BaseAccount) shown = dup_expected (self, TRUE);

  if (mail_engine_find_account (self->engine, self->id) != NULL && shown != NULL)
    mail_engine_put_account (self->engine, shown, 0);
}

static void
fail (MailWriter *self, GError *taken)
{
  g_autoptr (GError) error = taken;
  g_autoptr (GPtrArray) changes = steal_writing (self);
  g_autoptr (MailEngine) engine = g_object_ref (self->engine);

  show (self);
  take_turn (self);
  answer (changes, error);
}

static void
succeed (MailWriter *self, gint64 row)
{
  g_autoptr (BaseAccount) before = g_steal_pointer (&self->saved);
  g_autoptr (BaseAccount) shown = NULL;
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (MailEngine) engine = g_object_ref (self->engine);
  gboolean servers = FALSE;

  self->saved = g_steal_pointer (&self->next);
  changes = steal_writing (self);
  for (guint i = 0; i < changes->len; i++) {
    const MailChange *change = changes->pdata[i];

    servers = servers || change->secrets != NULL;
    if (change->secrets != NULL && engine->sync != NULL)
      mail_account_job_retry (change->secrets, engine->sync);
  }
  shown = dup_expected (self, TRUE);
  mail_engine_take_settings (engine, before, self->saved, shown, row, servers);
  if (servers)
    mail_engine_note_keyring (engine);
  take_turn (self);
  answer (changes, NULL);
}

/* ---- on its way ---- */

/* Plain data for the threads; what is borrowed is kept until the callback. */
typedef struct
{
  BasePaths *paths;
  SyncEngine *sync;      /* borrowed; the engine waits for its calls */
  BaseAccount *account;  /* what is to be written */
  MailChange *change;    /* borrowed, nullable: whose secrets go before the file */
  gint64 row;            /* 0: it has none yet */
  gboolean switches;     /* its row has to be switched on or off */
  gboolean session_only; /* out */
} WriteJob;

typedef struct
{
  MailWriter *writer; /* borrowed: there while something is written */
  WriteJob *job;
  GError *error; /* while a row is switched back */
} Write;

static void
write_free (Write *write)
{
  base_paths_unref (write->job->paths);
  base_account_free (write->job->account);
  g_free (write->job);
  g_clear_error (&write->error);
  g_free (write);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Write, write_free)

/* Store thread: a row first; without its file it means nothing. */
static gpointer
run_rows (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  WriteJob *job = data;

  if (job->row == 0)
    job->row = store_account_ensure (db, job->account->id, error);
  if (job->row == 0)
    return NULL;
  return !job->switches || store_account_set_disabled (db, job->row, job->account->disabled, error)
             ? MAIL_CALL_DONE
             : NULL;
}

/* Store thread. */
static gpointer
run_rows_back (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const WriteJob *job = data;

  return store_account_set_disabled (db, job->row, !job->account->disabled, error) ? MAIL_CALL_DONE
                                                                                   : NULL;
}

/* Pool thread: passwords, where the file can be written, and only then that, which makes it an account; tokens after it, for those of before
 * are gone by them.  Waits for workers that are not wanted any more. */
static gpointer
run_write (gpointer data, GCancellable *cancellable, GError **error)
{
  WriteJob *job = data;
  MailAccountJob *secrets = job->change != NULL ? job->change->secrets : NULL;

  if (secrets != NULL) {
    if (!base_account_may_save (job->account, job->paths, error))
      return NULL;
    mail_account_job_keep (secrets, job->account, &job->session_only);
  }
  if (!base_account_save (job->account, job->paths, error)) {
    if (secrets != NULL)
      mail_account_job_undo (secrets);
    return NULL;
  }
  if (secrets != NULL)
    mail_account_job_keep_tokens (secrets, job->account, &job->session_only);
  if (job->account->disabled && job->sync != NULL)
    sync_engine_remove_account (job->sync, job->account->id);
  return MAIL_CALL_DONE;
}

static void
on_rows_back (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Write) write = user_data;

  /* The next start goes by the file. */
  (void)g_task_propagate_pointer (G_TASK (result), NULL);
  fail (write->writer, g_steal_pointer (&write->error));
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Write) write = user_data;
  MailWriter *self = write->writer;
  WriteJob *job = write->job;

  if (g_task_propagate_pointer (G_TASK (result), &write->error) != NULL) {
    if (job->change != NULL)
      job->change->session_only = job->session_only;
    succeed (self, job->row);
  } else if (job->switches && self->saved != NULL) {
    mail_engine_call_store (self->engine,
                            g_task_new (NULL, NULL, on_rows_back, g_steal_pointer (&write)),
                            run_rows_back, job, NULL, NULL);
  } else {
    fail (self, g_steal_pointer (&write->error));
  }
}

static void
write_file (Write *write)
{
  mail_engine_call_pool (write->writer->engine, g_task_new (NULL, NULL, on_written, write),
                         run_write, write->job, NULL, NULL);
}

static void
on_rows (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Write *write = user_data;

  if (g_task_propagate_pointer (G_TASK (result), &write->error) != NULL) {
    write_file (write);
    return;
  }
  fail (write->writer, g_steal_pointer (&write->error));
  write_free (write);
}

static void
begin_write (MailWriter *self)
{
  MailAccount *account = mail_engine_find_account (self->engine, self->id);
  MailChange *first = self->writing->pdata[0];
  Write *write = g_new0 (Write, 1);
  WriteJob *job = write->job = g_new0 (WriteJob, 1);

  write->writer = self;
  job->paths = base_paths_ref (self->engine->paths);
  job->sync = self->engine->sync;
  job->account = base_account_dup (self->next);
  job->change = first->secrets != NULL ? first : NULL;
  job->row = account != NULL ? mail_account_get_row (account) : 0;
  job->switches = self->next->disabled != (self->saved != NULL && self->saved->disabled);
  if (job->row == 0 || job->switches)
    mail_engine_call_store (self->engine, g_task_new (NULL, NULL, on_rows, write), run_rows, job,
                            NULL, NULL);
  else
    write_file (write);
}

/* ---- turns ---- */

/* FALSE: it does not go with what is there. */
static gboolean
accept (MailWriter *self, MailChange *change, GError **error)
{
  const BaseAccount *now = self->next != NULL ? self->next : self->saved;
  g_autoptr (BaseAccount) changed = dup_changed (now, change);

  if (changed == NULL) {
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("There is no account called “%s”."), self->id);
    return FALSE;
  }
  if (!base_account_check (changed, error))
    return FALSE;
  if (change->secrets != NULL && !mail_account_job_fits (change->secrets, changed, error))
    return FALSE;
  base_account_free (self->next);
  self->next = g_steal_pointer (&changed);
  g_ptr_array_add (self->writing, change);
  return TRUE;
}

/* What waits is written together, but for secrets: each of those goes with a file of its own. */
static gboolean
takes_more (MailWriter *self)
{
  const MailChange *waiting = g_queue_peek_head (&self->waiting);

  if (waiting == NULL || self->writing->len == 0)
    return waiting != NULL;
  return waiting->secrets == NULL && ((MailChange *)self->writing->pdata[0])->secrets == NULL;
}

static void
take_turn (MailWriter *self)
{
  g_autoptr (GPtrArray) refused = g_ptr_array_new_with_free_func (change_free);
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func ((GDestroyNotify)g_error_free);

  if (self->writing->len > 0)
    return;
  while (takes_more (self)) {
    MailChange *change = g_queue_pop_head (&self->waiting);
    GError *error = NULL;

    if (accept (self, change, &error))
      continue;
    g_ptr_array_add (refused, change);
    g_ptr_array_add (errors, error);
  }
  if (refused->len > 0)
    show (self);
  if (self->writing->len > 0) {
    begin_write (self);
  } else if (self->held != NULL) {
    MailHeldFunc held = g_steal_pointer (&self->held);

    held (self->held_data);
  } else if (!self->holding) {
    g_hash_table_remove (self->engine->writers, self->id);
  }
  for (guint i = 0; i < refused->len; i++)
    g_task_return_error (((MailChange *)refused->pdata[i])->outer, g_error_copy (errors->pdata[i]));
}

void
mail_engine_queue_change (MailEngine *engine, MailChange *change)
{
  MailWriter *self = ensure_writer (engine, change->after->id);
  MailAccount *account = mail_engine_find_account (engine, self->id);

  if (self->holding) {
    g_task_return_new_error (change->outer, BASE_ERROR, BASE_ERROR_GONE,
                             _ ("There is no account called “%s”."), self->id);
    change_free (change);
    return;
  }
  g_queue_push_tail (&self->waiting, change);
  if (change->at_once && account != NULL) {
    g_autoptr (BaseAccount) shown = dup_expected (self, TRUE);

    mail_account_set_settings (account, shown);
  }
  take_turn (self);
}

BaseAccount *
mail_engine_dup_expected (MailEngine *engine, MailAccount *account)
{
  MailWriter *self = g_hash_table_lookup (engine->writers, mail_account_get_id (account));
  BaseAccount *expected = self != NULL ? dup_expected (self, FALSE) : NULL;

  return expected != NULL ? expected : mail_account_dup_settings (account);
}

gboolean
mail_engine_hold_writer (MailEngine *engine, const char *id, MailHeldFunc func, gpointer data)
{
  MailWriter *self = ensure_writer (engine, id);

  if (self->holding)
    return FALSE;
  self->holding = TRUE;
  self->held = func;
  self->held_data = data;
  if (is_idle (self))
    take_turn (self);
  return TRUE;
}

void
mail_engine_release_writer (MailEngine *engine, const char *id)
{
  g_hash_table_remove (engine->writers, id);
}
