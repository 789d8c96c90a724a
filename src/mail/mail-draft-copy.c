/* The copy of a draft on the server, for other computers: put there, taken off, opened again.  The bytes are built by a pool thread, the store thread
 * makes rows and operations of them, and the sync worker does the rest in its time.  Main thread; what nobody has written in
 * never goes there. */
#include "mail-draft-private.h"
#include "mail-identity-private.h"
#include "mail-letter.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "base-error.h"
#include "base-log.h"
#include "mime-build.h"
#include "store-operation.h"
#include "sync-filing.h"

/* What has no header of its own, for the next time that it is opened. */
#define NOTE  "notify=%u priority=%d receipt=%d forward=%d hidden=%d template=%d"
#define LEAST 4 /* of them are in notes of earlier versions */

typedef struct
{
  BasePaths *paths;
  StoreDraft *draft;
  BaseIdentity *from;
  gint64 account, folder;
  gboolean editing;   /* as it is to be when all is done */
  gboolean elsewhere; /* another computer has changed or deleted the copy */
  gboolean changed;   /* there is something to put */
  GBytes *bytes;
} Copying;

static void
copying_free (gpointer data)
{
  Copying *copying = data;

  base_paths_unref (copying->paths);
  store_draft_free (copying->draft);
  base_identity_free (copying->from);
  g_clear_pointer (&copying->bytes, g_bytes_unref);
  g_free (copying);
}

static void
set_text (char **field, const char *text)
{
  g_autofree char *old = *field;

  *field = g_strdup (text);
}

/* Store thread.  What another computer made of it stays, and this one goes on by itself. */
static gboolean
look (StoreDb *db, Copying *copying, GError **error)
{
  StoreDraft *draft = copying->draft;
  g_autofree char *ours = NULL;

  copying->folder = sync_filing_ensure_folder (db, copying->account, STORE_ROLE_DRAFTS, error);
  if (copying->folder == 0 || !store_draft_look (db, draft, &copying->elsewhere, &ours, error))
    return FALSE;
  copying->changed |= ours == NULL || copying->elsewhere;
  if (copying->elsewhere) {
    g_free (draft->server_stem);
    draft->server_stem = g_uuid_string_random ();
    g_clear_pointer (&ours, g_free);
  }
  set_text (&draft->server_before, ours);
  return TRUE;
}

static char *
make_id (const Copying *copying)
{
  const StoreDraft *draft = copying->draft;
  g_autofree char *random = mime_build_message_id (copying->from->address);

  return g_strdup_printf ("<%s.%s", draft->server_stem != NULL ? draft->server_stem : draft->id,
                          random + 1);
}

static GBytes *
build (const Copying *copying, GError **error)
{
  const StoreDraft *draft = copying->draft;
  g_autoptr (MimeDraft) mime = mail_draft_to_mime (copying->paths, draft, copying->from, error);

  if (mime == NULL)
    return NULL;
  mime->unfinished = TRUE;
  mime->note = g_strdup_printf (NOTE, draft->notify, draft->priority, draft->receipt != FALSE,
                                draft->forward != FALSE, draft->was_hidden != FALSE,
                                draft->from_template != FALSE);
  mime->message_id = g_strdup (draft->server_id);
  mime->date = g_get_real_time () / G_USEC_PER_SEC;
  return mime_build (mime, error);
}

/* Store thread.  The file says first which version is coming, so that it is known again whatever happens then. */
static gboolean
store (StoreDb *db, Copying *copying, GError **error)
{
  StoreDraft *draft = copying->draft;
  g_autoptr (MimeSummary) summary = mime_summary_from_message (copying->bytes);
  g_autoptr (GError) local = NULL;
  StoreNewMessage copy = { 0 };

  sync_filing_fill (&copy, summary, copying->bytes, STORE_FLAG_SEEN | STORE_FLAG_DRAFT);
  draft->on_server = FALSE;
  if (!store_draft_save (copying->paths, draft, error)
      || !store_draft_put (db, copying->folder, draft->server_before, &copy, error))
    return FALSE;
  /* It is put there, whether this is written or not. */
  draft->on_server = TRUE;
  draft->editing = copying->editing;
  if (!store_draft_save (copying->paths, draft, &local)) {
    base_log ("that a draft has a copy could not be written: %s", local->message);
    draft->editing = TRUE;
  }
  return TRUE;
}

/* ---- look, build, store: each gives the same on ---- */

static Copying **
slot_new (Copying *copying)
{
  Copying **slot = g_new0 (Copying *, 1);

  *slot = copying;
  return slot;
}

static void
slot_free (gpointer data)
{
  Copying **slot = data;

  g_clear_pointer (slot, copying_free);
  g_free (slot);
}

/* Store thread. */
static gpointer
run_look (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Copying **slot = data;

  return look (db, *slot, error) ? g_steal_pointer (slot) : NULL;
}

/* Pool thread. */
static gpointer
run_build (gpointer data, GCancellable *cancellable, GError **error)
{
  Copying **slot = data, *copying = *slot;

  g_clear_pointer (&copying->draft->server_id, g_free);
  copying->draft->server_id = make_id (copying);
  copying->bytes = build (copying, error);
  copying->draft->server_size = copying->bytes != NULL ? g_bytes_get_size (copying->bytes) : 0;
  return copying->bytes != NULL ? g_steal_pointer (slot) : NULL;
}

/* Store thread. */
static gpointer
run_store (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Copying **slot = data;

  return store (db, *slot, error) ? g_steal_pointer (slot) : NULL;
}

typedef struct
{
  GTask *outer;
  guint64 serial;
} Putting;

/* Takes the error. */
static void
end_put (Putting *putting, GError *error)
{
  g_autoptr (GTask) outer = putting->outer;
  g_autoptr (MailDraft) self = g_object_ref (g_task_get_source_object (outer));

  g_free (putting);
  if (error != NULL)
    g_task_return_error (outer, error);
  else
    g_task_return_boolean (outer, TRUE);
  mail_draft_end_step (self);
}

static void
take_over (MailDraft *self, const Copying *copying, guint64 serial)
{
  set_text (&self->plain->server_id, copying->draft->server_id);
  set_text (&self->plain->server_stem, copying->draft->server_stem);
  set_text (&self->plain->server_before, copying->draft->server_before);
  self->plain->server_size = copying->draft->server_size;
  self->put_serial = self->saved_serial = serial;
  self->saved_editing = copying->draft->editing;
  self->on_disk = TRUE;
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Putting *putting = user_data;
  MailDraft *self = g_task_get_source_object (putting->outer);
  GError *error = NULL;
  Copying *copying = g_task_propagate_pointer (G_TASK (result), &error);

  if (copying != NULL) {
    take_over (self, copying, putting->serial);
    if (self->engine->sync != NULL)
      sync_engine_operations_changed (self->engine->sync, NULL);
    if (!copying->editing) {
      mail_engine_reload_outgoing (self->engine);
      mail_engine_reload_outgoing_later (self->engine);
    }
    if (copying->elsewhere)
      g_signal_emit_by_name (self, "conflict");
    copying_free (copying);
  }
  end_put (putting, error);
}

static void
on_built (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Putting *putting = user_data;
  MailDraft *self = g_task_get_source_object (putting->outer);
  GError *error = NULL;
  Copying *copying = g_task_propagate_pointer (G_TASK (result), &error);

  if (copying != NULL)
    mail_engine_call_store (self->engine, g_task_new (NULL, NULL, on_stored, putting), run_store,
                            slot_new (copying), slot_free, copying_free);
  else
    end_put (putting, error);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Putting *putting = user_data;
  MailDraft *self = g_task_get_source_object (putting->outer);
  GError *error = NULL;
  Copying *copying = g_task_propagate_pointer (G_TASK (result), &error);

  if (copying != NULL && copying->changed) {
    mail_engine_call_pool (self->engine, g_task_new (NULL, NULL, on_built, putting), run_build,
                           slot_new (copying), slot_free, copying_free);
    return;
  }
  if (copying != NULL)
    copying_free (copying);
  end_put (putting, error);
}

static void
start_put (MailDraft *self, GTask *task)
{
  MailAccount *account = self->account;

  if (self->gone || account == NULL || mail_account_get_row (account) == 0
      || mail_draft_is_empty (self)) {
    g_autoptr (GTask) owned = task;

    g_task_return_boolean (owned, TRUE);
    mail_draft_end_step (self);
    return;
  }
  Putting *putting = g_new0 (Putting, 1);
  Copying *copying = g_new0 (Copying, 1);
  *putting = (Putting){ task, self->serial };
  copying->paths = base_paths_ref (mail_engine_get_paths (self->engine));
  copying->draft = mail_draft_snapshot (self, TRUE);
  g_autoptr (MailIdentity) identity = mail_draft_dup_identity (self);
  copying->from = base_identity_dup (mail_identity_get_settings (identity));
  copying->account = mail_account_get_row (account);
  copying->editing = GPOINTER_TO_INT (g_task_get_task_data (task));
  copying->changed = self->serial != self->put_serial;
  mail_engine_call_store (self->engine, g_task_new (NULL, NULL, on_looked, putting), run_look,
                          slot_new (copying), slot_free, copying_free);
}

void
mail_draft_put_async (MailDraft *self, gboolean editing, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, GINT_TO_POINTER (editing), NULL);
  mail_draft_step (self, task, start_put);
}

gboolean
mail_draft_put_finish (MailDraft *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- off ---- */

typedef struct
{
  StoreDraft *draft;
  guint delay;
} Removal;

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  store_draft_free (removal->draft);
  g_free (removal);
}

/* Store thread. */
static gpointer
run_take_off (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Removal *removal = data;

  return store_draft_take_off (db, removal->draft, removal->delay, error) ? MAIL_CALL_DONE : NULL;
}

static void
on_taken_off (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MailEngine) engine = user_data;
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_pointer (G_TASK (result), &error) == NULL)
    base_log ("The copy of a draft could not be taken off the server: %s", error->message);
  else if (engine->sync != NULL)
    sync_engine_operations_changed (engine->sync, NULL);
}

void
mail_draft_take_off (MailEngine *engine, const StoreDraft *draft)
{
  Removal *removal = NULL;

  if (draft->server_id == NULL)
    return;
  removal = g_new0 (Removal, 1);
  removal->draft = store_draft_dup (draft);
  removal->delay = MAIL_DELETE_DELAY_S;
  mail_engine_call_store (engine, g_task_new (NULL, NULL, on_taken_off, g_object_ref (engine)),
                          run_take_off, removal, removal_free, NULL);
}

/* ---- opened ---- */

/* Addresses as a person would type them. */
static char *
join (GPtrArray *addresses)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < addresses->len; i++) {
    const MailAddress *address = addresses->pdata[i];
    g_autofree char *text = mime_address_to_string (address->name, address->address);

    g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", text);
  }
  return g_strdup (list->str);
}

static char *
dup_id (const char *header)
{
  const char *open = header != NULL ? strchr (header, '<') : NULL;
  const char *close = open != NULL ? strchr (open, '>') : NULL;

  return close != NULL ? g_strndup (open, (gsize)(close + 1 - open)) : NULL;
}

gboolean
mail_draft_is_copied_in (MailDraft *self, MailContent *content)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self) && MAIL_IS_CONTENT (content), FALSE);
  g_autofree char *id = dup_id (mail_content_get_parsed (content)->message_id);
  const char *before = self->plain->server_before;

  return id != NULL
         && (g_strcmp0 (id, self->plain->server_id) == 0
             || (before != NULL && strstr (before, id) != NULL));
}

static StoreDraft *
from_message (MailEngine *engine, MailContent *content)
{
  const MailParsed *parsed = mail_content_get_parsed (content);
  MailFolder *folder = mail_message_get_folder (mail_content_get_message (content));
  MailAccount *account = folder != NULL ? mail_folder_get_account (folder) : NULL;
  g_autoptr (MailIdentity) sender = mail_identity_find_sender (engine, account, parsed);
  StoreDraft *draft = store_draft_new ();

  g_free (draft->to);
  g_free (draft->cc);
  g_free (draft->bcc);
  draft->to = join (parsed->to);
  draft->cc = join (parsed->cc);
  draft->bcc = join (parsed->bcc);
  /* The copy stands in the folder of an account; what it is sent from may be another one's. */
  set_text (&draft->account, account != NULL ? mail_account_get_id (account) : "");
  if (sender != NULL && mail_identity_get_account (sender) == account) {
    set_text (&draft->identity, mail_identity_get_settings (sender)->id);
    set_text (&draft->from, mail_identity_get_plus (sender));
  }
  set_text (&draft->subject, parsed->subject != NULL ? parsed->subject : "");
  set_text (&draft->text, parsed->text != NULL ? parsed->text : "");
  /* The end of the last line, which mail has and editors do not. */
  if (g_str_has_suffix (draft->text, "\n"))
    draft->text[strlen (draft->text) - 1] = '\0';
  draft->in_reply_to = dup_id (parsed->in_reply_to);
  draft->source_id = g_strdup (draft->in_reply_to);
  draft->references = g_strdup (parsed->references);
  draft->server_id = dup_id (parsed->message_id);
  draft->server_stem = store_draft_dup_stem (draft->server_id);
  if (draft->server_stem == NULL)
    draft->server_stem = g_uuid_string_random ();
  return draft;
}

typedef struct
{
  BasePaths *paths;
  StoreDraft *draft; /* made of the message */
  MailParsed *parsed;
  gint64 message;
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  base_paths_unref (opening->paths);
  g_clear_pointer (&opening->draft, store_draft_free);
  mail_parsed_unref (opening->parsed);
  g_free (opening);
}

/* Not on the main thread, for somebody may hold the lock while a large part is decoded. */
static void
read_note (StoreDraft *draft, MailParsed *parsed)
{
  g_autofree char *note = NULL;
  static const char *const headers[] = { "X-Sosik-To", "X-Sosik-Cc", "X-Sosik-Bcc" };
  char **const fields[] = { &draft->to, &draft->cc, &draft->bcc };
  unsigned notify = 0;
  int priority = 0, receipt = 0, forward = 0, hidden = 0, template = 0;

  g_mutex_lock (&parsed->lock);
  note = mime_message_get_header (parsed->mime, "X-Sosik-Draft");
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autofree char *typed = mime_message_get_header (parsed->mime, headers[i]);

    if (typed != NULL)
      set_text (fields[i], typed);
  }
  g_mutex_unlock (&parsed->lock);
  if (note == NULL
      || sscanf (note, NOTE, &notify, &priority, &receipt, &forward, &hidden, &template) < LEAST)
    return;
  draft->notify =
      (StoreNotify)(notify & (STORE_NOTIFY_SUCCESS | STORE_NOTIFY_FAILURE | STORE_NOTIFY_DELAY));
  draft->priority = CLAMP (priority, -1, 1);
  draft->receipt = receipt != 0;
  draft->forward = forward != 0;
  draft->was_hidden = hidden != 0;
  draft->from_template = template != 0;
}

/* It is being sent: what is written in it now would not go. */
static gboolean
is_queued (StoreDb *db, const StoreDraft *draft)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (db, 0, NULL);
  gboolean found = FALSE;

  for (guint i = 0; rows != NULL && i < rows->len && !found; i++)
    found = g_strcmp0 (((const StoreOutbox *)rows->pdata[i])->draft, draft->id) == 0;
  return found;
}

/* Store thread: the draft that stands here still, else the one that was made of the message. */
static gpointer
run_open (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Opening *opening = data;
  g_autoptr (GPtrArray) drafts = store_draft_list (opening->paths, error);

  for (guint i = 0; drafts != NULL && i < drafts->len; i++) {
    StoreDraft *draft = drafts->pdata[i];

    if (draft->discarded != 0 || g_strcmp0 (draft->server_id, opening->draft->server_id) != 0
        || draft->server_id == NULL)
      continue;
    if (draft->editing) {
      base_error_set (error, BASE_ERROR_REFUSED, NULL,
                      _ ("This draft is open in a window already."));
      return NULL;
    }
    if (is_queued (db, draft)) {
      base_error_set (error, BASE_ERROR_REFUSED, NULL,
                      _ ("This message is in the outbox already. Edit it there."));
      return NULL;
    }
    draft->editing = TRUE;
    return store_draft_save (opening->paths, draft, error) ? store_draft_dup (draft) : NULL;
  }
  if (drafts == NULL)
    return NULL;
  g_autoptr (StoreMessage) row = store_message_get (db, opening->message, NULL);
  opening->draft->server_size = row != NULL ? row->size : 0;
  read_note (opening->draft, opening->parsed);
  return g_steal_pointer (&opening->draft);
}

static void
draft_free (gpointer draft)
{
  store_draft_free (draft);
}

/* Its files are here: it is what the server has. */
static void
on_files (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailDraft *self = MAIL_DRAFT (source);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    g_task_return_error (outer, error);
    return;
  }
  self->put_serial = self->saved_serial = self->serial;
  g_task_return_pointer (outer, g_object_ref (self), g_object_unref);
}

static void
on_letter (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *outer = user_data;

  mail_draft_quote_finish (MAIL_DRAFT (source), result);
  mail_draft_take_along_async (MAIL_DRAFT (source), g_task_get_task_data (outer), on_files, outer);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  MailEngine *engine = g_task_get_source_object (outer);
  MailContent *content = g_task_get_task_data (outer);
  GError *error = NULL;
  StoreDraft *plain = g_task_propagate_pointer (G_TASK (result), &error);
  gboolean here = plain != NULL && plain->editing;

  if (plain == NULL) {
    g_task_return_error (outer, error);
    return;
  }
  g_autoptr (MailDraft) draft = mail_draft_new_take (engine, plain, TRUE);
  if (here) {
    mail_engine_reload_outgoing (engine);
    g_task_return_pointer (outer, g_steal_pointer (&draft), g_object_unref);
    return;
  }
  /* Written only when its files are here: what comes back after a crash would lack them, and take the place of what has them. */
  draft->on_disk = FALSE;
  mail_draft_read_letter_async (draft, content, on_letter, g_steal_pointer (&outer));
}

void
mail_draft_open_async (MailEngine *engine, MailContent *content, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail (MAIL_IS_ENGINE (engine) && MAIL_IS_CONTENT (content));
  Opening *opening = g_new0 (Opening, 1);
  GTask *task = g_task_new (engine, NULL, callback, user_data);

  g_task_set_task_data (task, g_object_ref (content), g_object_unref);
  opening->paths = base_paths_ref (mail_engine_get_paths (engine));
  opening->draft = from_message (engine, content);
  opening->parsed = mail_parsed_ref (mail_content_get_parsed (content));
  opening->message = mail_content_get_message_id (content);
  mail_engine_call_store (engine, g_task_new (NULL, NULL, on_opened, task), run_open, opening,
                          opening_free, draft_free);
}

MailDraft *
mail_draft_open_finish (MailEngine *engine, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, engine), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
