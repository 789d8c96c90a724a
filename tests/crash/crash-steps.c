/* The steps of a person: see crash-child.h. */
#include "crash-person.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crash-message.h"

static gboolean
is_to_do (Child *child)
{
  return ++child->step > child->acknowledged;
}

static void
done (Child *child)
{
  child_say ("done %u", child->step);
}

static void
done_on_server (Child *child)
{
  sync_engine_operations_changed (child->engine, NULL);
  done (child);
}

static void
ask_parent (const char *act)
{
  char answer[16];

  child_say ("act %s", act);
  if (fgets (answer, sizeof answer, stdin) == NULL)
    _exit (1);
}

void
step_act (Child *child, const char *act)
{
  g_autofree char *numbered = g_strdup_printf ("%u %s", child->step + 1, act);

  if (!is_to_do (child))
    return;
  ask_parent (numbered);
  done (child);
}

void
step_sync (Child *child)
{
  if (!is_to_do (child))
    return;
  child_wait_in_step (child);
  done (child);
}

static void
await_message (Child *child, const char *folder, const char *name, gboolean there)
{
  gint64 deadline = g_get_monotonic_time () + CHILD_PATIENCE_US;

  while ((child_find_message (child, folder, name) != 0) != there) {
    if (g_get_monotonic_time () > deadline)
      child_fail ("what was awaited does not come", NULL);
    child_nudge (child);
    child_wait_a_moment (child);
  }
}

void
step_await (Child *child, const char *folder, const char *name, gboolean there)
{
  gint64 id = child_find_folder (child, folder);

  if (!is_to_do (child))
    return;
  sync_engine_show_folder (child->engine, "alice", id);
  await_message (child, folder, name, there);
  done (child);
}

void
step_go_offline (Child *child)
{
  step_act (child, "reachable 0");
}

void
step_go_online (Child *child)
{
  step_act (child, "reachable 1");
  sync_engine_retry (child->engine, NULL);
}

void
step_flag (Child *child, const char *folder, const char *name, gboolean add, StoreFlags flags)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 id = child_find_message (child, folder, name);
  GOOD (id != 0);
  GOOD (store_operation_set_flags (child->db, &id, 1, add, flags, &error) != 0);
  done_on_server (child);
}

void
step_move (Child *child, const char *folder, const char *name, const char *target)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 id = child_find_message (child, folder, name), to = child_find_folder (child, target);
  GOOD (to != 0);
  GOOD (id != 0 || child_find_message (child, target, name) != 0);
  if (id != 0) {
    child->group = store_operation_move (child->db, &id, 1, to, &error);
    GOOD (child->group != 0);
  }
  done_on_server (child);
}

/* Into a folder of the account that step_add_account () adds. */
void
step_move_across (Child *child, const char *folder, const char *name, const char *target)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 account = store_account_ensure (child->db, "bob", &error);
  gint64 to = child_find_folder_of (child, account, target);
  if (to == 0) { /* the power took what was listed; nobody moves to what is not on the screen */
    child_wait_in_step (child);
    to = child_find_folder_of (child, account, target);
  }
  gint64 id = child_find_message (child, folder, name);
  GOOD (to != 0);
  if (id != 0)
    GOOD (store_operation_move (child->db, &id, 1, to, &error) != 0);
  done_on_server (child);
}

void
step_move_all (Child *child, const char *folder, const char *prefix, const char *target)
{
  g_autofree char *begin = g_strconcat ("<", prefix, NULL);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  g_autoptr (GPtrArray) messages = child_list_folder (child, child_find_folder (child, folder));
  for (guint i = 0; i < messages->len; i++) {
    const StoreMessage *message = g_ptr_array_index (messages, i);

    if (g_str_has_prefix (message->message_id, begin))
      g_array_append_val (ids, message->id);
  }
  if (ids->len > 0)
    GOOD (store_operation_move (child->db, (const gint64 *)(gpointer)ids->data, ids->len,
                                child_find_folder (child, target), &error)
          != 0);
  done_on_server (child);
}

void
step_undo_move (Child *child, const char *folder, const char *name, const char *target)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 id = child_find_message (child, target, name);
  if (id != 0 && child->group != 0)
    GOOD (store_operation_undo (child->db, child->group, &error));
  else if (id != 0)
    GOOD (store_operation_move (child->db, &id, 1, child_find_folder (child, folder), &error) != 0);
  done_on_server (child);
}

void
step_copy (Child *child, const char *folder, const char *name, const char *target)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 id = child_find_message (child, folder, name);
  GOOD (id != 0);
  if (child_find_message (child, target, name) == 0)
    GOOD (store_operation_copy (child->db, &id, 1, child_find_folder (child, target), &error) != 0);
  done_on_server (child);
}

void
step_delete (Child *child, const char *folder, const char *name)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 id = child_find_message (child, folder, name);
  if (id != 0)
    GOOD (store_operation_expunge (child->db, &id, 1, 0, &error) != 0);
  done_on_server (child);
}

static StoreNewMessage
new_message (const char *name, const char *message_id, GBytes *body)
{
  return (StoreNewMessage){ .flags = STORE_FLAG_SEEN,
                            .received = CRASH_DATE,
                            .date = CRASH_DATE,
                            .size = g_bytes_get_size (body),
                            .from_name = "Alice",
                            .from_address = "alice@crash.test",
                            .to = "x@crash.test",
                            .subject = name,
                            .message_id = message_id,
                            .preview = "",
                            .body = body };
}

void
step_append (Child *child, const char *folder, const char *name)
{
  g_autoptr (GBytes) body = crash_message_new (name, "x@crash.test", 3000, 0);
  g_autofree char *message_id = crash_message_id (name);
  const StoreNewMessage message = new_message (name, message_id, body);
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  if (child_find_message (child, folder, name) == 0)
    GOOD (store_operation_append (child->db, child_find_folder (child, folder), &message, &error));
  done_on_server (child);
}

void
step_put_draft (Child *child, const char *name, const char *before)
{
  g_autoptr (GBytes) body = crash_message_new (name, "x@crash.test", 3000, 0);
  g_autofree char *message_id = crash_message_id (name);
  g_autofree char *before_id = before != NULL ? crash_message_id (before) : NULL;
  StoreNewMessage copy = new_message (name, message_id, body);
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  copy.flags = STORE_FLAG_SEEN | STORE_FLAG_DRAFT;
  if (child_find_message (child, "Drafts", name) == 0)
    GOOD (
        store_draft_put (child->db, child_find_folder (child, "Drafts"), before_id, &copy, &error));
  done_on_server (child);
}

void
step_open (Child *child, const char *folder, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;

  if (!is_to_do (child))
    return;
  /* What can be fetched again may be gone when the power went. */
  await_message (child, folder, name, TRUE);
  gint64 id = child_find_message (child, folder, name);
  GOOD (sync_engine_fetch_body (child->engine, "alice", id, NULL, &error));
  body = store_message_get_body (child->db, id, &error);
  GOOD (body != NULL);
  done (child);
}

void
step_create_folder (Child *child, const char *name)
{
  gint64 folder = 0;
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  if (child_find_folder (child, name) == 0)
    GOOD (store_operation_create_folder (child->db, child->row, name, &folder, &error) != 0);
  done_on_server (child);
}

void
step_rename_folder (Child *child, const char *name, const char *to)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 folder = child_find_folder (child, name);
  GOOD (folder != 0 || child_find_folder (child, to) != 0);
  if (folder != 0)
    GOOD (store_operation_rename_folder (child->db, folder, to, &error) != 0);
  done_on_server (child);
}

void
step_delete_folder (Child *child, const char *name)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 folder = child_find_folder (child, name);
  if (folder != 0)
    GOOD (store_operation_delete_folder (child->db, folder, 0, &error) != 0);
  done_on_server (child);
}

void
step_subscribe_folder (Child *child, const char *name, gboolean subscribed)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  GOOD (store_operation_subscribe_folder (child->db, child_find_folder (child, name), subscribed,
                                          &error)
        != 0);
  done_on_server (child);
}

void
step_save_draft (Child *child, const char *name, const char *text, gsize attachment)
{
  g_autoptr (StoreDraft) draft = store_draft_new ();
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  g_free (draft->id);
  g_free (draft->subject);
  g_free (draft->text);
  draft->id = g_strdup (name);
  draft->subject = g_strdup (name);
  draft->text = g_strdup (text);
  if (attachment > 0) {
    g_autofree char *bytes = g_strnfill (attachment, 'x');
    g_autoptr (GInputStream) stream =
        g_memory_input_stream_new_from_data (bytes, (gssize)attachment, NULL);
    StoreAttachment *attached = store_draft_attach (child->paths, name, "file.txt", "text/plain",
                                                    stream, attachment, NULL, &error);

    GOOD (attached != NULL);
    g_ptr_array_add (draft->attachments, attached);
  }
  GOOD (store_draft_save (child->paths, draft, &error));
  done (child);
}

void
step_discard_draft (Child *child, const char *name)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  GOOD (store_draft_remove (child->paths, name, &error));
  done (child);
}

static gint64
find_outbox (Child *child, const char *message_id)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (child->db, 0, NULL);

  for (guint i = 0; i < rows->len; i++) {
    const StoreOutbox *row = g_ptr_array_index (rows, i);

    if (strcmp (row->message_id, message_id) == 0)
      return row->id;
  }
  return 0;
}

/* What the composer's Send does, in its order; a person does not press it again on what is in the outbox, in Sent, or
 * gone from the drafts. */
void
step_send (Child *child, const char *name, const char *to, gsize size, gsize attachment)
{
  g_autofree char *message_id = crash_message_id (name);
  g_autoptr (GBytes) message = crash_message_new (name, to, size, attachment);
  g_autoptr (StoreOutbox) outbox = g_new0 (StoreOutbox, 1);
  g_autoptr (StoreDraft) draft = store_draft_new ();
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  if (find_outbox (child, message_id) == 0 && child_find_message (child, "Sent", name) == 0) {
    g_free (draft->id);
    g_free (draft->subject);
    draft->id = g_strdup (name);
    draft->subject = g_strdup (name);
    GOOD (store_draft_save (child->paths, draft, &error));
    outbox->account = child->row;
    outbox->draft = g_strdup (name);
    outbox->message_id = g_strdup (message_id);
    outbox->from = g_strdup ("alice@crash.test");
    outbox->recipients = g_strsplit (to, ",", -1);
    outbox->subject = g_strdup (name);
    outbox->created = CRASH_DATE;
    GOOD (store_outbox_add (child->db, outbox, message, &error));
  }
  sync_engine_outbox_changed (child->engine, NULL);
  done (child);
}

void
step_edit_failed (Child *child, const char *name)
{
  g_autofree char *message_id = crash_message_id (name);
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  gint64 id = find_outbox (child, message_id);
  if (id != 0)
    GOOD (store_outbox_edit (child->db, id, &error));
  done (child);
}

void
step_add_account (Child *child)
{
  g_autoptr (BaseAccount) account = child_new_account (child, "bob");
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  GOOD (base_account_save (account, child->paths, &error));
  sync_engine_add_account (child->engine, account);
  done (child);
}

/* As the window does it: workers, rows, file. */
void
step_remove_account (Child *child)
{
  g_autoptr (GError) error = NULL;

  if (!is_to_do (child))
    return;
  sync_engine_remove_account (child->engine, "bob");
  GOOD (store_account_remove (child->db, store_account_ensure (child->db, "bob", &error), &error));
  /* Where a kill came between this and its being told, it is gone already. */
  (void)base_account_remove ("bob", child->paths, NULL);
  done (child);
}
