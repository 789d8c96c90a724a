/* A message being written: fields in memory on the main thread, written to the draft's folder by
 * pool threads, one step after the other. It must never write here, and what it reports as saved
 * is on disk. */
#include "mail-draft-private.h"
#include "mail-identity-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "mime-build.h"

G_DEFINE_FINAL_TYPE (MailDraft, mail_draft, G_TYPE_OBJECT)

enum
{
  PROP_BUSY = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

typedef struct
{
  GTask *task;
  MailDraftStart start;
} Step;

static void
step_free (gpointer data)
{
  Step *step = data;

  g_clear_object (&step->task);
  g_free (step);
}

static void
mail_draft_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_BUSY:
    g_value_set_boolean (value, MAIL_DRAFT (object)->busy > 0);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mail_draft_finalize (GObject *object)
{
  MailDraft *self = MAIL_DRAFT (object);

  g_queue_clear_full (&self->steps, step_free);
  g_clear_weak_pointer (&self->account);
  g_clear_object (&self->attachments);
  g_clear_pointer (&self->plain, store_draft_free);
  g_clear_pointer (&self->initial, store_draft_free);
  g_free (self->quoted_text);
  g_free (self->quoted_html);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (mail_draft_parent_class)->finalize (object);
}

static void
mail_draft_class_init (MailDraftClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mail_draft_get_property;
  object_class->finalize = mail_draft_finalize;
  props[PROP_BUSY] =
      g_param_spec_boolean ("busy", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_signal_new ("conflict", MAIL_TYPE_DRAFT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                0);
}

static void
mail_draft_init (MailDraft *self)
{
  self->attachments = g_list_store_new (MAIL_TYPE_ATTACHMENT);
  g_queue_init (&self->steps);
}

/* ---- steps ---- */

static void
start_next (MailDraft *self)
{
  Step *step = self->stepping ? NULL : g_queue_pop_head (&self->steps);

  if (step == NULL)
    return;
  self->stepping = TRUE;
  step->start (self, g_steal_pointer (&step->task));
  step_free (step);
}

void
mail_draft_step (MailDraft *self, GTask *task, MailDraftStart start)
{
  Step *step = g_new0 (Step, 1);

  step->task = task;
  step->start = start;
  g_queue_push_tail (&self->steps, step);
  start_next (self);
}

void
mail_draft_end_step (MailDraft *self)
{
  self->stepping = FALSE;
  start_next (self);
}

/* ---- making ---- */

static void
not_null (char **field)
{
  if (*field == NULL)
    *field = g_strdup ("");
}

static void
complete (StoreDraft *plain)
{
  not_null (&plain->account);
  not_null (&plain->to);
  not_null (&plain->cc);
  not_null (&plain->bcc);
  not_null (&plain->subject);
  not_null (&plain->text);
  if (plain->attachments == NULL)
    plain->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)store_attachment_free);
}

MailDraft *
mail_draft_new_take (MailEngine *engine, StoreDraft *plain, gboolean loaded)
{
  MailDraft *self = g_object_new (MAIL_TYPE_DRAFT, NULL);

  complete (plain);
  self->engine = g_object_ref (engine);
  self->plain = plain;
  self->on_disk = loaded;
  self->put_serial = loaded && plain->on_server ? self->serial : G_MAXUINT64;
  self->saved_editing = loaded && plain->editing;
  self->initial = loaded ? store_draft_new () : store_draft_dup (plain);
  complete (self->initial);
  g_set_weak_pointer (&self->account, mail_engine_find_account (engine, plain->account));
  for (guint i = 0; i < plain->attachments->len; i++) {
    g_autoptr (MailAttachment) item = mail_attachment_new (plain->attachments->pdata[i]);

    g_list_store_append (self->attachments, item);
  }
  self->files_touched = plain->attachments->len > 0;
  mail_draft_learn_domains (engine);
  return self;
}

/* ---- as whom ---- */

static void
set_identity (StoreDraft *plain, MailIdentity *identity)
{
  const char *id = identity != NULL ? mail_identity_get_settings (identity)->id : "";

  g_free (plain->account);
  g_free (plain->identity);
  g_free (plain->from);
  plain->account =
      g_strdup (identity != NULL ? mail_account_get_id (mail_identity_get_account (identity)) : "");
  plain->identity = *id != '\0' ? g_strdup (id) : NULL;
  plain->from = identity != NULL ? g_strdup (mail_identity_get_plus (identity)) : NULL;
}

/* Without `address`, and with it again where it is wanted. */
static char *
dup_copies (const char *bcc, const char *address, gboolean wanted)
{
  g_autoptr (GPtrArray) addresses = mime_addresses_parse (bcc != NULL ? bcc : "");
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < addresses->len; i++) {
    const MimeAddress *one = addresses->pdata[i];
    g_autofree char *text = mime_address_to_string (one->name, one->address);

    if (base_address_match (address, one->address) != BASE_ADDRESS_SAME)
      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "",
                              *one->address != '\0' ? text : one->name);
  }
  if (wanted)
    g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", address);
  return g_string_free (list, FALSE);
}

/* NULL: nothing is to be changed. */
static char *
dup_switched_copies (const char *bcc, MailIdentity *before, MailIdentity *after)
{
  const BaseIdentity *old = before != NULL ? mail_identity_get_settings (before) : NULL;
  const BaseIdentity *new = after != NULL ? mail_identity_get_settings (after) : NULL;
  g_autofree char *copies = NULL;

  if (old != NULL && old->bcc_self)
    copies = dup_copies (bcc, old->address, FALSE);
  if (new != NULL &&new->bcc_self)
    return dup_copies (copies != NULL ? copies : bcc, new->address, TRUE);
  return g_steal_pointer (&copies);
}

/* Takes the identity. */
static MailDraft *
new_for (MailEngine *engine, MailIdentity *taken, StoreDraft *plain)
{
  g_autoptr (MailIdentity) identity = taken;
  char *bcc = plain->redirect ? NULL : dup_switched_copies (plain->bcc, NULL, identity);
  MailDraft *self = NULL;

  set_identity (plain, identity);
  if (bcc != NULL) {
    g_free (plain->bcc);
    plain->bcc = bcc;
  }
  self = mail_draft_new_take (engine, plain, FALSE);
  self->fresh = TRUE;
  return self;
}

MailDraft *
mail_draft_new (MailEngine *engine, MailAccount *account)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (engine), NULL);
  return new_for (engine, mail_engine_dup_default_identity (engine, account), store_draft_new ());
}

MailDraft *
mail_draft_new_mailto (MailEngine *engine, MailAccount *account, const char *uri)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (engine) && uri != NULL, NULL);
  StoreDraft *plain = mail_mailto_parse (uri);

  return plain != NULL ? new_for (engine, mail_engine_dup_default_identity (engine, account), plain)
                       : NULL;
}

static gboolean
is_own (const char *address, gpointer engine)
{
  return mail_engine_owns_address (engine, address);
}

static void
on_taken_along (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MailDraft *self = MAIL_DRAFT (source);
  g_autoptr (GError) error = NULL;

  if (!mail_draft_attach_finish (self, result, &error))
    mail_engine_emit_notice (self->engine,
                             _ ("The attachments of the message could not be taken along."),
                             error->message);
}

MailDraft *
mail_draft_new_reply (MailEngine *engine, MailContent *content, MailReplyKind kind,
                      const MailExcerpt *excerpt)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (engine) && MAIL_IS_CONTENT (content), NULL);
  gboolean answers = kind == MAIL_REPLY || kind == MAIL_REPLY_ALL || kind == MAIL_REPLY_LIST;
  gboolean part = excerpt != NULL && answers;
  StoreDraft *plain =
      mail_reply_build (mail_content_get_parsed (content), kind,
                        part ? excerpt->text : mail_content_get_quote (content), is_own, engine);
  MailFolder *folder = mail_message_get_folder (mail_content_get_message (content));

  if (kind != MAIL_EDIT_AS_NEW) {
    plain->source = mail_content_get_message_id (content);
    plain->source_id = g_strdup (mail_content_get_parsed (content)->message_id);
  }
  MailDraft *self = new_for (
      engine, mail_identity_find_receiver (engine, folder, mail_content_get_parsed (content)),
      plain);
  /* It has what it had. */
  self->fresh = kind != MAIL_EDIT_AS_NEW && kind != MAIL_REDIRECT;
  self->answers = answers;
  self->quoted_text = part ? g_strdup (excerpt->text) : NULL;
  self->quoted_html = part ? g_strdup (excerpt->html) : NULL;
  if (kind == MAIL_FORWARD || kind == MAIL_EDIT_AS_NEW)
    mail_draft_take_along_async (self, content, on_taken_along, NULL);
  else if (kind == MAIL_FORWARD_ATTACHED || kind == MAIL_REDIRECT)
    mail_draft_take_original_async (self, content, on_taken_along, NULL);
  return self;
}

/* ---- fields ---- */

MailAccount *
mail_draft_get_account (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), NULL);
  return self->account;
}

static void
set_field (MailDraft *self, char **field, const char *value)
{
  if (g_strcmp0 (*field, value) == 0)
    return;
  g_free (*field);
  *field = g_strdup (value);
  self->serial++;
}

MailIdentity *
mail_draft_dup_identity (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), NULL);
  return self->account != NULL
             ? mail_identity_new (self->account, self->plain->identity, self->plain->from)
             : NULL;
}

gboolean
mail_draft_has_lost_account (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), FALSE);
  return *self->plain->account != '\0'
         && mail_engine_find_account (self->engine, self->plain->account) == NULL;
}

/* It went with the account; nobody has deleted it, and the next one is a first one. */
static void
forget_copy (StoreDraft *plain)
{
  g_clear_pointer (&plain->server_id, g_free);
  plain->server_size = 0;
  g_clear_pointer (&plain->server_before, g_free);
  g_free (plain->server_stem);
  plain->server_stem = g_uuid_string_random ();
}

void
mail_draft_put_identity (MailDraft *self, MailIdentity *identity)
{
  if (mail_draft_has_lost_account (self))
    forget_copy (self->plain);
  set_identity (self->plain, identity);
  g_set_weak_pointer (&self->account,
                      identity != NULL ? mail_identity_get_account (identity) : NULL);
  self->serial++;
}

void
mail_draft_set_identity (MailDraft *self, MailIdentity *identity)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  g_autoptr (MailIdentity) before = mail_draft_dup_identity (self);
  g_autofree char *bcc =
      self->plain->redirect ? NULL : dup_switched_copies (self->plain->bcc, before, identity);

  if (before != NULL && identity != NULL && mail_identity_is_same (before, identity))
    return;
  mail_draft_put_identity (self, identity);
  if (bcc == NULL)
    return;
  /* That is none of the person's writing. */
  if (g_strcmp0 (self->plain->bcc, self->initial->bcc) == 0) {
    g_free (self->initial->bcc);
    self->initial->bcc = g_strdup (bcc);
  }
  set_field (self, &self->plain->bcc, bcc);
}

gboolean
mail_draft_is_fresh (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), FALSE);
  return self->fresh;
}

const char *
mail_draft_get_to (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), NULL);
  return self->plain->to;
}

const char *
mail_draft_get_cc (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), NULL);
  return self->plain->cc;
}

const char *
mail_draft_get_bcc (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), NULL);
  return self->plain->bcc;
}

const char *
mail_draft_get_subject (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), NULL);
  return self->plain->subject;
}

const char *
mail_draft_get_text (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), NULL);
  return self->plain->text;
}

const char *
mail_draft_get_html (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), NULL);
  return self->plain->html;
}

void
mail_draft_set_recipients (MailDraft *self, const char *to, const char *cc, const char *bcc)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  set_field (self, &self->plain->to, to != NULL ? to : "");
  set_field (self, &self->plain->cc, cc != NULL ? cc : "");
  set_field (self, &self->plain->bcc, bcc != NULL ? bcc : "");
}

void
mail_draft_set_subject (MailDraft *self, const char *subject)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  set_field (self, &self->plain->subject, subject != NULL ? subject : "");
}

void
mail_draft_set_body (MailDraft *self, const char *text, const char *html)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  set_field (self, &self->plain->text, text != NULL ? text : "");
  set_field (self, &self->plain->html, html);
}

MailNotify
mail_draft_get_notify (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), 0);
  return (MailNotify)self->plain->notify;
}

void
mail_draft_set_notify (MailDraft *self, MailNotify notify)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  if (self->plain->notify == (StoreNotify)notify)
    return;
  self->plain->notify = (StoreNotify)notify;
  self->serial++;
}

MailPriority
mail_draft_get_priority (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), MAIL_PRIORITY_NORMAL);
  return (MailPriority)self->plain->priority;
}

void
mail_draft_set_priority (MailDraft *self, MailPriority priority)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  if (self->plain->priority == (int)priority)
    return;
  self->plain->priority = (int)priority;
  self->serial++;
}

gboolean
mail_draft_get_receipt (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), FALSE);
  return self->plain->receipt;
}

void
mail_draft_set_receipt (MailDraft *self, gboolean receipt)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  if (self->plain->receipt == receipt)
    return;
  self->plain->receipt = receipt;
  self->serial++;
}

void
mail_draft_set_from_template (MailDraft *self)
{
  if (self->plain->from_template)
    return;
  self->plain->from_template = TRUE;
  self->serial++;
}

const char *
mail_draft_get_languages (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), NULL);
  return self->plain->languages;
}

void
mail_draft_set_languages (MailDraft *self, const char *languages)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  if (g_strcmp0 (self->plain->languages, languages) == 0)
    return;
  g_free (self->plain->languages);
  self->plain->languages = g_strdup (languages);
  self->serial++;
}

gint64
mail_draft_get_send_at (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), 0);
  return self->plain->send_at;
}

void
mail_draft_set_send_at (MailDraft *self, gint64 send_at)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  if (self->plain->send_at == send_at)
    return;
  self->plain->send_at = send_at;
  self->serial++;
}

void
mail_draft_set_names_once (MailDraft *self, gboolean once)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  self->names_once = once;
}

void
mail_draft_set_hold (MailDraft *self, guint seconds)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  self->hold = seconds;
}

const char *
mail_draft_get_id (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), NULL);
  return self->plain->id;
}

gboolean
mail_draft_is_answer (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), FALSE);
  return self->plain->in_reply_to != NULL || self->plain->forward;
}

gboolean
mail_draft_is_redirect (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), FALSE);
  return self->plain->redirect;
}

static gboolean
same_but_for_space (const char *a, const char *b)
{
  g_autofree char *one = g_strstrip (g_strdup (a));
  g_autofree char *two = g_strstrip (g_strdup (b));

  return g_str_equal (one, two);
}

gboolean
mail_draft_is_empty (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), TRUE);
  return !self->files_touched && same_but_for_space (self->plain->to, self->initial->to)
         && same_but_for_space (self->plain->cc, self->initial->cc)
         && same_but_for_space (self->plain->bcc, self->initial->bcc)
         && same_but_for_space (self->plain->subject, self->initial->subject)
         && same_but_for_space (self->plain->text, self->initial->text);
}

GListModel *
mail_draft_get_attachments (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), NULL);
  return G_LIST_MODEL (self->attachments);
}

gboolean
mail_draft_get_busy (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), FALSE);
  return self->busy > 0;
}

void
mail_draft_add_busy (MailDraft *self, int change)
{
  gboolean before = self->busy > 0;

  self->busy = (guint)((int)self->busy + change);
  if (before != (self->busy > 0))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BUSY]);
}

StoreDraft *
mail_draft_snapshot (MailDraft *self, gboolean editing)
{
  StoreDraft *copy = store_draft_dup (self->plain);

  copy->editing = editing;
  copy->on_server = self->serial == self->put_serial;
  copy->modified = g_get_real_time () / G_USEC_PER_SEC;
  return copy;
}

/* ---- saving ---- */

typedef struct
{
  BasePaths *paths;
  StoreDraft *draft;
} DiskJob;

static void
disk_job_free (gpointer data)
{
  DiskJob *job = data;

  base_paths_unref (job->paths);
  store_draft_free (job->draft);
  g_free (job);
}

static DiskJob *
disk_job_new (MailDraft *self, gboolean editing)
{
  DiskJob *job = g_new0 (DiskJob, 1);

  job->paths = base_paths_ref (mail_engine_get_paths (self->engine));
  job->draft = mail_draft_snapshot (self, editing);
  return job;
}

typedef struct
{
  GTask *outer;
  guint64 serial;
  gboolean editing;
} Saving;

/* Pool thread. */
static gpointer
run_save (gpointer data, GCancellable *cancellable, GError **error)
{
  DiskJob *job = data;

  return store_draft_save (job->paths, job->draft, error) ? MAIL_CALL_DONE : NULL;
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Saving *saving = user_data;
  g_autoptr (GTask) outer = saving->outer;
  g_autoptr (MailDraft) self = g_object_ref (g_task_get_source_object (outer));
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_pointer (G_TASK (result), &error) != NULL) {
    self->saved_serial = saving->serial;
    self->saved_editing = saving->editing;
    self->on_disk = TRUE;
    if (!saving->editing)
      mail_engine_reload_outgoing (self->engine);
    g_task_return_boolean (outer, TRUE);
  } else {
    g_task_return_error (outer, g_steal_pointer (&error));
  }
  mail_draft_end_step (self);
}

static void
start_save (MailDraft *self, GTask *task)
{
  gboolean editing = GPOINTER_TO_INT (g_task_get_task_data (task));
  gboolean changed =
      self->serial != self->saved_serial || (self->on_disk && editing != self->saved_editing);

  if (self->gone || !changed) {
    g_autoptr (GTask) owned = task;

    g_task_return_boolean (owned, TRUE);
    mail_draft_end_step (self);
    return;
  }
  Saving *saving = g_new0 (Saving, 1);
  *saving = (Saving){ task, self->serial, editing };
  /* Not to be cancelled half-way: whether it was saved must be known. */
  mail_engine_call_pool (self->engine, g_task_new (NULL, NULL, on_saved, saving), run_save,
                         disk_job_new (self, editing), disk_job_free, NULL);
}

void
mail_draft_save_async (MailDraft *self, gboolean editing, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, GINT_TO_POINTER (editing), NULL);
  mail_draft_step (self, task, start_save);
}

gboolean
mail_draft_save_finish (MailDraft *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- discarding ---- */

/* Pool thread. */
static gpointer
run_discard (gpointer data, GCancellable *cancellable, GError **error)
{
  DiskJob *job = data;
  g_autoptr (GError) local = NULL;

  if (job->draft->discarded != 0) {
    store_draft_empty_bin (job->paths, job->draft->discarded);
    return store_draft_save (job->paths, job->draft, error) ? MAIL_CALL_DONE : NULL;
  }
  if (store_draft_remove (job->paths, job->draft->id, &local)
      || g_error_matches (local, BASE_ERROR, BASE_ERROR_GONE))
    return MAIL_CALL_DONE;
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

static void
on_discarded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  g_autoptr (MailDraft) self = g_object_ref (g_task_get_source_object (outer));
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_pointer (G_TASK (result), &error) != NULL) {
    self->gone = TRUE;
    mail_draft_take_off (self->engine, self->plain);
    mail_engine_reload_outgoing (self->engine);
    g_task_return_boolean (outer, TRUE);
  } else {
    g_task_return_error (outer, g_steal_pointer (&error));
  }
  mail_draft_end_step (self);
}

static void
start_discard (MailDraft *self, GTask *task)
{
  if (self->gone) {
    g_autoptr (GTask) owned = task;

    g_task_return_boolean (owned, TRUE);
    mail_draft_end_step (self);
    return;
  }
  DiskJob *job = disk_job_new (self, FALSE);
  job->draft->discarded = mail_draft_is_empty (self) ? 0 : job->draft->modified;
  mail_engine_call_pool (self->engine, g_task_new (NULL, NULL, on_discarded, task), run_discard,
                         job, disk_job_free, NULL);
}

void
mail_draft_discard_async (MailDraft *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  mail_draft_step (self, task, start_discard);
}

gboolean
mail_draft_discard_finish (MailDraft *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
