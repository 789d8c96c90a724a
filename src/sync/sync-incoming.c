/* Turns fetched bytes into rows: one summary a message, one transaction a batch, so that a commit is paid for by hundreds of
 * messages and memory stays small however long the answer is.  The thread of the connection; must never keep a
 * message longer than its batch. */
#include "sync-incoming.h"

#include "base-text.h"
#include "mime-message.h"
#include "store-message.h"

#define BATCH_MESSAGES 200
#define BATCH_OCTETS   (8 * 1024 * 1024)
#define MAX_NEWS       100
#define PREVIEW_CHARS  200

struct _SyncIncoming
{
  /* Borrowed */
  SyncContext *context;

  /* Owned */
  GPtrArray *messages;  /* Held, each a StoreNewMessage */
  GPtrArray *summaries; /* MimeSummary, what the messages' strings belong to */
  BaseUidSet *uids;

  gint64 folder;
  guint32 arrived_from, highest;
  gsize octets;
};

/* A message that waits for the store, and what of its strings is not the summary's. */
typedef struct
{
  StoreNewMessage message;
  char *preview, *object_id; /* Owned */
} Held;

static void
held_free (Held *held)
{
  g_clear_pointer (&held->message.body, g_bytes_unref);
  g_free (held->preview);
  g_free (held->object_id);
  g_free (held);
}

SyncIncoming *
sync_incoming_new (SyncContext *context, gint64 folder, guint32 arrived_from)
{
  SyncIncoming *incoming = g_new0 (SyncIncoming, 1);

  incoming->context = context;
  incoming->folder = folder;
  incoming->arrived_from = arrived_from;
  incoming->messages = g_ptr_array_new_with_free_func ((GDestroyNotify)held_free);
  incoming->summaries = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_summary_free);
  incoming->uids = base_uid_set_new ();
  return incoming;
}

void
sync_incoming_free (SyncIncoming *incoming)
{
  g_ptr_array_unref (incoming->messages);
  g_ptr_array_unref (incoming->summaries);
  base_uid_set_free (incoming->uids);
  g_free (incoming);
}

gboolean
sync_incoming_take (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  SyncIncoming *incoming = user_data;
  MimeSummary *summary = NULL;
  StoreNewMessage *message = NULL;
  Held *held = NULL;

  /* Flags of other messages, told in between; an answer without the bytes that were asked for (they are asked for again). */
  if (fetched->uid == 0 || (fetched->header == NULL && fetched->body == NULL))
    return TRUE;
  if (fetched->body != NULL)
    summary = mime_summary_from_message (fetched->body);
  else if (fetched->text != NULL)
    summary = mime_summary_from_start (fetched->header, fetched->text);
  else
    summary = mime_summary_from_header (fetched->header);
  if (fetched->body == NULL && fetched->preview != NULL) {
    g_free (summary->preview);
    summary->preview = base_text_one_line (fetched->preview, PREVIEW_CHARS);
  }
  g_ptr_array_add (incoming->summaries, summary);

  held = g_new0 (Held, 1);
  held->preview = g_strdup (fetched->preview);
  held->object_id = g_strdup (fetched->email_id);
  message = &held->message;
  message->uid = fetched->uid;
  message->flags = (StoreFlags)fetched->flags;
  /* Of the list, that is; a body may be fetched beside it, by another worker, and be late. */
  message->has_flags = fetched->has_flags && fetched->header != NULL;
  message->received = fetched->date != 0 ? fetched->date : summary->date;
  message->date = summary->date;
  message->size = fetched->body != NULL ? g_bytes_get_size (fetched->body) : fetched->size;
  message->from_name = summary->from_name;
  message->from_address = summary->from_address;
  message->to = summary->to;
  message->subject = summary->subject;
  message->message_id = summary->message_id;
  message->in_reply_to = summary->in_reply_to;
  message->references = summary->references;
  message->preview = summary->preview != NULL ? summary->preview : held->preview;
  message->object_id = held->object_id;
  message->has_attachments = summary->has_attachments;
  message->body = fetched->body != NULL ? g_bytes_ref (fetched->body) : NULL;
  g_ptr_array_add (incoming->messages, held);

  base_uid_set_add (incoming->uids, fetched->uid);
  incoming->highest = MAX (incoming->highest, fetched->uid);
  incoming->octets += fetched->body != NULL ? g_bytes_get_size (fetched->body) : 0;
  if (incoming->messages->len >= BATCH_MESSAGES || incoming->octets >= BATCH_OCTETS)
    return sync_incoming_flush (incoming, error);
  return TRUE;
}

/* Says which of the rows that are really new are unread news. */
static gboolean
tell_arrived (SyncIncoming *incoming, GArray *fresh, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  g_autoptr (GPtrArray) rows = NULL;
  const SyncEvents *events = NULL;
  gpointer user_data = NULL;

  for (guint i = 0; i < fresh->len && i < MAX_NEWS; i++) {
    gint64 id = STORE_KEY_ID (g_array_index (fresh, StoreKey, i));

    g_array_append_val (ids, id);
  }
  rows = store_message_get_rows (incoming->context->db, (const gint64 *)(gpointer)ids->data,
                                 ids->len, error);
  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++) {
    const StoreMessage *row = g_ptr_array_index (rows, i);

    if (row != NULL && row->uid >= incoming->arrived_from
        && (row->flags & (STORE_FLAG_SEEN | STORE_FLAG_DELETED | STORE_FLAG_DRAFT)) == 0)
      g_array_append_val (keys, row->key);
  }
  events = sync_account_get_events (incoming->context->account, &user_data);
  if (keys->len > 0)
    events->arrived (sync_account_get_id (incoming->context->account), incoming->folder,
                     (const StoreKey *)(gpointer)keys->data, keys->len, user_data);
  return TRUE;
}

gboolean
sync_incoming_flush (SyncIncoming *incoming, GError **error)
{
  g_autoptr (GArray) fresh = NULL;

  if (incoming->messages->len == 0)
    return TRUE;
  if (incoming->arrived_from > 0)
    fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  if (!store_message_add (incoming->context->db, incoming->folder, incoming->messages, fresh,
                          error))
    return FALSE;
  g_ptr_array_set_size (incoming->messages, 0);
  g_ptr_array_set_size (incoming->summaries, 0);
  incoming->octets = 0;
  return fresh == NULL || fresh->len == 0 || incoming->highest < incoming->arrived_from
         || tell_arrived (incoming, fresh, error);
}

const BaseUidSet *
sync_incoming_get_uids (SyncIncoming *incoming)
{
  return incoming->uids;
}

guint32
sync_incoming_get_highest (SyncIncoming *incoming)
{
  return incoming->highest;
}
