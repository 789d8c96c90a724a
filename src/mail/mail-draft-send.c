/* From a draft to the outbox: checked on the main thread, built by a pool thread, queued by the
 * store thread in a durable transaction. Success is only told when the bytes to send and their
 * row are on disk. */
#include "mail-draft-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-log.h"
#include "base-text.h"
#include "mail-template.h"
#include "mime-build.h"
#include "store-operation.h"

gboolean
mail_address_list_check (const char *text, char **first_wrong)
{
  g_autoptr (GPtrArray) addresses = mime_addresses_parse (text != NULL ? text : "");

  for (guint i = 0; i < addresses->len; i++) {
    const MimeAddress *address = addresses->pdata[i];

    if (address->address[0] != '\0')
      continue;
    if (first_wrong != NULL)
      *first_wrong = g_strdup (address->name);
    return FALSE;
  }
  return TRUE;
}

/* Nothing stands before the signature; below it, in what is answered or passed on, may stand what others wrote. */
static gboolean
has_no_text (const StoreDraft *plain)
{
  const char *signature =
      g_str_has_prefix (plain->text, "-- \n") ? plain->text : strstr (plain->text, "\n-- \n");
  g_autofree char *before = NULL;

  if (signature == NULL || plain->forward || plain->in_reply_to != NULL)
    return base_text_is_blank (plain->text);
  before = g_strndup (plain->text, (gsize)(signature - plain->text));
  return base_text_is_blank (before);
}

static MailDraftWarnings
find_warnings (MailDraft *self)
{
  const StoreDraft *plain = self->plain;
  gboolean has_files = self->busy > 0;
  MailDraftWarnings warnings = 0;

  /* What it says is not the person's to change. */
  if (plain->redirect)
    return 0;
  for (guint i = 0; i < plain->attachments->len; i++)
    has_files = has_files || mail_draft_sends (plain, plain->attachments->pdata[i]);
  if (base_text_is_blank (plain->subject))
    warnings |= MAIL_WARN_NO_SUBJECT;
  if (!has_files
      && mime_text_mentions_attachment (
          plain->text, plain->subject,
          /* Translators: words, parted by spaces, by which people speak of files that they send along: who sends none is asked. An
           * asterisk before a word or behind it: it counts within longer ones, too. English ones count in each language. */
          _ ("attach attached attaching attachment attachments enclosed enclosure enclosures "
             "enclosing")))
    warnings |= MAIL_WARN_NO_ATTACHMENT;
  if (!has_files && has_no_text (plain))
    warnings |= MAIL_WARN_NO_TEXT;
  if (plain->from_template
      && (mail_template_text_has_placeholder (plain->text)
          || mail_template_text_has_placeholder (plain->subject)))
    warnings |= MAIL_WARN_PLACEHOLDER;
  return warnings | mail_draft_warn_of_recipients (self);
}

static gboolean
can_send (MailDraft *self)
{
  g_autoptr (MailIdentity) identity = mail_draft_dup_identity (self);

  return base_account_get_sender (mail_account_get_settings (self->account),
                                  mail_identity_get_settings (identity))
         != NULL;
}

gboolean
mail_draft_check (MailDraft *self, MailDraftWarnings *warnings, GError **error)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), FALSE);
  const char *const fields[] = { self->plain->to, self->plain->cc, self->plain->bcc };
  gboolean anybody = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autofree char *wrong = NULL;

    if (!mail_address_list_check (fields[i], &wrong)) {
      base_error_set (error, BASE_ERROR_REFUSED, NULL,
                      _ ("“%s” is not an e-mail address. It has to look like name@example.org."),
                      wrong);
      return FALSE;
    }
    g_autoptr (GPtrArray) addresses = mime_addresses_parse (fields[i]);
    anybody = anybody || addresses->len > 0;
  }
  if (!anybody) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("Nobody is to receive this message yet. Write an address first."));
    return FALSE;
  }
  if (self->account == NULL) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("Choose the account this message is to be sent from."));
    return FALSE;
  }
  if (!can_send (self)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("“%s” only receives mail. Choose another sender, or enter a server for "
                       "outgoing mail in the settings of the account."),
                    mail_account_get_label (self->account));
    return FALSE;
  }
  if (warnings != NULL)
    *warnings = find_warnings (self);
  return TRUE;
}

/* ---- building ---- */

typedef struct
{
  BasePaths *paths;
  StoreDraft *draft;
  BaseIdentity *from;
  gint64 account;
  guint hold;
  MimeNames names;
  /* From the pool thread */
  StoreOutbox *outbox;
} Sending;

static void
sending_free (gpointer data)
{
  Sending *sending = data;

  base_paths_unref (sending->paths);
  store_draft_free (sending->draft);
  base_identity_free (sending->from);
  g_clear_pointer (&sending->outbox, store_outbox_free);
  g_free (sending);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sending, sending_free)

gboolean
mail_draft_sends (const StoreDraft *draft, const StoreAttachment *file)
{
  g_autofree char *shown = NULL;

  if (file->content_id == NULL)
    return TRUE;
  if (draft->html == NULL && g_str_has_suffix (file->content_id, MAIL_QUOTED_PICTURE))
    return draft->forward;
  shown = draft->html != NULL ? g_strdup_printf ("\"cid:%s\"", file->content_id)
                              : g_strdup_printf ("[%s]", file->name);
  return strstr (draft->html != NULL ? draft->html : draft->text, shown) != NULL;
}

MimeDraft *
mail_draft_to_mime (BasePaths *paths, const StoreDraft *draft, const BaseIdentity *from,
                    GError **error)
{
  g_autoptr (MimeDraft) mime = mime_draft_new ();

  mime->from_name = g_strdup (from->name);
  mime->from_address = g_strdup (from->address);
  mime->reply_to = g_strdup (from->reply_to);
  mime->to = g_strdup (draft->to);
  mime->cc = g_strdup (draft->cc);
  mime->bcc = g_strdup (draft->bcc);
  mime->subject = g_strdup (draft->subject);
  mime->text = g_strdup (draft->text);
  mime->html = g_strdup (draft->html);
  mime->in_reply_to = g_strdup (draft->in_reply_to);
  mime->references = g_strdup (draft->references);
  mime->priority = draft->priority;
  mime->wants_receipt = draft->receipt;
  if (mime->attachments == NULL)
    mime->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_attachment_free);
  for (guint i = 0; i < draft->attachments->len; i++) {
    const StoreAttachment *file = draft->attachments->pdata[i];

    if (!mail_draft_sends (draft, file))
      continue;
    g_autoptr (GInputStream) stream =
        store_draft_open_attachment (paths, draft->id, file->file, error);

    if (stream == NULL)
      return NULL;
    MimeAttachment *attachment =
        mime_attachment_new_stream (file->name, file->content_type, stream);
    attachment->content_id = g_strdup (file->content_id);
    g_ptr_array_add (mime->attachments, attachment);
  }
  return g_steal_pointer (&mime);
}

/* A message that is sent on as it is. */
static gboolean
write_original (const Sending *sending, const MimeDraft *mime, GOutputStream *stream,
                GError **error)
{
  const GPtrArray *files = sending->draft->attachments;
  const StoreAttachment *file = files->len > 0 ? files->pdata[0] : NULL;
  gsize length;

  if (file == NULL) {
    base_error_set (error, BASE_ERROR_GONE, NULL,
                    _ ("The message that is to be sent on is not there. Redirect it again."));
    return FALSE;
  }
  g_autoptr (GBytes) original =
      store_draft_get_attachment (sending->paths, sending->draft->id, file->file, error);
  g_autoptr (GBytes) bytes = original != NULL ? mime_redirect (original, mime, error) : NULL;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;
  return data != NULL && g_output_stream_write_all (stream, data, length, NULL, NULL, error);
}

/* The bytes to send, on the disk. */
static gboolean
write_message (const Sending *sending, const MimeDraft *mime, GError **error)
{
  g_autoptr (GOutputStream) stream =
      store_draft_begin_message (sending->paths, sending->draft->id, error);
  g_autoptr (GError) cause = NULL;

  if (stream == NULL)
    return FALSE;
  if (sending->draft->redirect ? write_original (sending, mime, stream, &cause)
                               : mime_build_to_stream (mime, stream, NULL, &cause))
    return store_draft_end_message (sending->paths, sending->draft->id, stream, error);
  store_draft_drop_message (sending->paths, sending->draft->id);
  if (cause->domain == BASE_ERROR)
    g_propagate_error (error, g_steal_pointer (&cause));
  else
    base_error_set (error, BASE_ERROR_DISK, cause->message,
                    _ ("The message could not be written to the disk."));
  return FALSE;
}

/* Pool thread.  The draft is written first: what is edited again after a failure is what was
 * sent. */
static gpointer
run_build (gpointer data, GCancellable *cancellable, GError **error)
{
  Sending *sending = data;

  if (!store_draft_save (sending->paths, sending->draft, error))
    return NULL;
  g_autoptr (MimeDraft) mime =
      mail_draft_to_mime (sending->paths, sending->draft, sending->from, error);
  if (mime == NULL)
    return NULL;
  mime->names = sending->names;
  mime->message_id = mime_build_message_id (sending->from->address);
  /* Its readers are told when it goes, not when it was written. */
  mime->date = MAX (g_get_real_time () / G_USEC_PER_SEC, sending->draft->send_at);
  g_auto (GStrv) recipients = mime_draft_get_recipients (mime, error);
  if (recipients == NULL || !write_message (sending, mime, error))
    return NULL;

  StoreOutbox *outbox = g_new0 (StoreOutbox, 1);
  outbox->account = sending->account;
  outbox->draft = g_strdup (sending->draft->id);
  outbox->message_id = g_strdup (mime->message_id);
  outbox->from = g_strdup (sending->from->address);
  outbox->sent_folder = g_strdup (sending->from->sent_folder);
  if (base_server_is_used (sending->from->smtp))
    outbox->route = g_strdup (sending->from->id);
  outbox->recipients = g_steal_pointer (&recipients);
  outbox->subject = g_strdup (sending->draft->subject);
  outbox->state = STORE_OUTBOX_QUEUED;
  outbox->created = g_get_real_time () / G_USEC_PER_SEC;
  /* Not a moment too early, for it is counted on. */
  if (sending->hold > 0)
    outbox->next_try = (g_get_real_time () + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC + sending->hold;
  outbox->notify = sending->draft->notify;
  outbox->send_at = sending->draft->send_at;
  sending->outbox = outbox;
  return MAIL_CALL_DONE;
}

gboolean
mail_draft_mark_source (StoreDb *db, BasePaths *paths, StoreDraft *draft, gboolean mark,
                        GError **error)
{
  StoreFlags flag = draft->forward ? STORE_FLAG_FORWARDED : STORE_FLAG_ANSWERED;
  gint64 source = 0;

  if ((draft->source <= 0 && draft->source_id == NULL) || draft->marked == mark)
    return TRUE;
  if (!store_message_find (db, draft->account, draft->source, draft->source_id, &source, error))
    return FALSE;
  g_autoptr (StoreMessage) row = source != 0 ? store_message_get (db, source, NULL) : NULL;
  /* What another answer has marked stays so. */
  if (row == NULL || (mark && (row->flags & flag) != 0))
    return TRUE;
  draft->marked = mark;
  return store_draft_save (paths, draft, error)
         && store_operation_set_flags (db, &source, 1, mark, flag, error) != 0;
}

/* What comes with sending: its source wears an arrow, and the server keeps no copy of the draft. */
static gboolean
write_around (StoreDb *db, Sending *sending, GError **error)
{
  return mail_draft_mark_source (db, sending->paths, sending->draft, TRUE, error)
         && store_draft_take_off (db, sending->draft, sending->hold + MAIL_DELETE_DELAY_S, error);
}

/* Not all of what comes with it can be written: each for itself, and what fails then is only said. */
static gboolean
queue_alone (StoreDb *db, Sending *sending, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!store_draft_save (sending->paths, sending->draft, error)
      || !store_outbox_add (db, sending->outbox, NULL, error))
    return FALSE;
  if (!store_draft_take_off (db, sending->draft, sending->hold + MAIL_DELETE_DELAY_S, &local))
    base_log ("The copy of what is sent could not be taken off the server: %s", local->message);
  return TRUE;
}

/* Store thread.  All in one transaction, for a copy that stayed on the server would be a draft of what was sent. */
static gpointer
run_queue (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Sending *sending = data;
  gboolean marked = sending->draft->marked;
  g_autoptr (GError) local = NULL;

  if (!store_db_begin (db, TRUE, error))
    return NULL;
  if (!write_around (db, sending, &local)) {
    /* That its source wears no arrow is no reason not to send it. */
    base_log ("What comes with sending a message could not be written: %s", local->message);
    store_db_rollback (db);
    sending->draft->marked = marked;
    return queue_alone (db, sending, error) ? MAIL_CALL_DONE : NULL;
  }
  if (store_outbox_add (db, sending->outbox, NULL, error))
    return store_db_commit (db, error) ? MAIL_CALL_DONE : NULL;
  store_db_rollback (db);
  return NULL;
}

/* ---- the steps on the main thread ---- */

typedef struct
{
  GTask *outer;
  char *account;
} SendWait;

static void
end_send (SendWait *wait, GError *error)
{
  g_autoptr (GTask) outer = wait->outer;
  g_autoptr (MailDraft) self = g_object_ref (g_task_get_source_object (outer));

  if (error != NULL) {
    /* Maybe it is on disk as not being edited: the next save must set that right. */
    self->saved_editing = FALSE;
    self->on_disk = TRUE;
    g_task_return_error (outer, error);
  } else {
    self->gone = TRUE;
    if (self->engine->sync != NULL) {
      sync_engine_outbox_changed (self->engine->sync, wait->account);
      sync_engine_operations_changed (self->engine->sync, NULL);
    }
    mail_engine_reload_outgoing (self->engine);
    g_task_return_boolean (outer, TRUE);
  }
  g_free (wait->account);
  g_free (wait);
  mail_draft_end_step (self);
}

static void
on_queued (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  g_task_propagate_pointer (G_TASK (result), &error);
  end_send (user_data, error);
}

static void
on_built (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SendWait *wait = user_data;
  MailDraft *self = g_task_get_source_object (wait->outer);
  GError *error = NULL;
  Sending *built = g_task_propagate_pointer (G_TASK (result), &error);

  if (built == NULL) {
    end_send (wait, error);
    return;
  }
  mail_engine_call_store (self->engine, g_task_new (NULL, NULL, on_queued, wait), run_queue, built,
                          sending_free, NULL);
}

/* The pool call gives its data on as its result. */
static gpointer
run_build_and_give (gpointer data, GCancellable *cancellable, GError **error)
{
  Sending **slot = data;

  return run_build (*slot, cancellable, error) != NULL ? g_steal_pointer (slot) : NULL;
}

static void
slot_free (gpointer data)
{
  Sending **slot = data;

  g_clear_pointer (slot, sending_free);
  g_free (slot);
}

static void
start_send (MailDraft *self, GTask *task)
{
  GError *error = NULL;
  SendWait *wait = g_new0 (SendWait, 1);

  wait->outer = task;
  if (self->gone)
    base_error_set (&error, BASE_ERROR_GONE, NULL,
                    _ ("This message was sent or thrown away already."));
  if (error != NULL || !mail_draft_check (self, NULL, &error)) {
    g_autoptr (GTask) outer = task;

    g_task_return_error (outer, error);
    g_free (wait);
    mail_draft_end_step (self);
    return;
  }
  g_autoptr (MailIdentity) identity = mail_draft_dup_identity (self);
  Sending **slot = g_new0 (Sending *, 1);
  Sending *sending = *slot = g_new0 (Sending, 1);
  sending->paths = base_paths_ref (mail_engine_get_paths (self->engine));
  sending->draft = mail_draft_snapshot (self, FALSE);
  sending->from = base_identity_dup (mail_identity_get_settings (identity));
  sending->account = mail_account_get_row (self->account);
  sending->hold = self->hold;
  sending->names = self->names_once ? MIME_NAMES_STANDARD : MIME_NAMES_BOTH;
  wait->account = g_strdup (mail_account_get_id (self->account));
  mail_engine_call_pool (self->engine, g_task_new (NULL, NULL, on_built, wait), run_build_and_give,
                         slot, slot_free, sending_free);
}

void
mail_draft_send_now (MailDraft *self, GTask *send)
{
  mail_draft_step (self, send, start_send);
}

void
mail_draft_send_async (MailDraft *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  /* Once begun it is safe or it failed; "cancelled" would leave a person in doubt. */
  g_task_set_check_cancellable (task, FALSE);
  mail_draft_after_reading (self, task);
}

gboolean
mail_draft_send_finish (MailDraft *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
