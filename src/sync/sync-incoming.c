/* Turns fetched bytes into rows: one summary a message, one transaction a batch, so that a commit is paid for by hundreds of
 * messages and memory stays small however long the answer is.
 *
 * A short answer is stored by the thread of the connection.  Where a batch is full and more is to come, a thread of its own
 * stores one batch after the other, so that the server's bytes are read and understood meanwhile.  It uses the worker's own
 * connection to the store: between the first message taken and the flush nobody else may.  Must never have more than a
 * few batches in memory, nor store one after another that failed, nor a row without the numbering that its UID is of. */
#include "sync-incoming.h"

#include "base-text.h"
#include "mime-message.h"
#include "store-folder.h"
#include "store-message.h"
#include "sync-filing.h"

#define BATCH_MESSAGES  250 /* at first, so that a list shows soon */
#define BATCH_MANY      1000 /* then: each transaction writes the same pages of the indexes once more */
#define MANY_FROM       500
#define BATCH_OCTETS    (4 * 1024 * 1024)
#define BATCHES_WAITING 2
#define MAX_NEWS        100
#define PREVIEW_CHARS   200

/* What one transaction stores. */
typedef struct
{
  /* Owned */
  GPtrArray *messages;  /* Held, each a StoreNewMessage */
  GPtrArray *summaries; /* MimeSummary, what the messages' strings belong to */

  gsize octets;
  guint32 highest;
  guint32 uid_validity; /* 0: the server tells none */
} Batch;

struct _SyncIncoming
{
  /* Borrowed */
  SyncContext *context;

  /* Owned */
  Batch *batch; /* being filled */
  BaseUidSet *uids;

  gint64 folder;
  guint32 arrived_from, highest;
  guint n_taken;

  /* The thread that stores, and what it shares with the one that fills, under the lock */
  GThread *writer; /* Owned, NULL until a batch is full */
  GMutex lock;
  GCond turn;     /* anything below changed */
  GQueue waiting; /* Owned: of Batch */
  gboolean storing, ending;
  GError *failure; /* Owned: nothing is stored any more */
};

/* A message that waits for the store, and what of its strings is not the summary's. */
typedef struct
{
  StoreNewMessage message;
  char *object_id; /* Owned */
  GStrv labels;    /* Owned; nullable */
} Held;

static void
held_free (Held *held)
{
  g_clear_pointer (&held->message.body, g_bytes_unref);
  g_free (held->object_id);
  g_strfreev (held->labels);
  g_free (held);
}

static Batch *
batch_new (void)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->messages = g_ptr_array_new_with_free_func ((GDestroyNotify)held_free);
  batch->summaries = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_summary_free);
  return batch;
}

static void
batch_free (Batch *batch)
{
  g_ptr_array_unref (batch->messages);
  g_ptr_array_unref (batch->summaries);
  g_free (batch);
}

SyncIncoming *
sync_incoming_new (SyncContext *context, gint64 folder, guint32 arrived_from)
{
  SyncIncoming *incoming = g_new0 (SyncIncoming, 1);

  incoming->context = context;
  incoming->folder = folder;
  incoming->arrived_from = arrived_from;
  incoming->batch = batch_new ();
  incoming->uids = base_uid_set_new ();
  g_mutex_init (&incoming->lock);
  g_cond_init (&incoming->turn);
  g_queue_init (&incoming->waiting);
  return incoming;
}

void
sync_incoming_free (SyncIncoming *incoming)
{
  if (incoming->writer != NULL) {
    g_mutex_lock (&incoming->lock);
    incoming->ending = TRUE;
    g_cond_broadcast (&incoming->turn);
    g_mutex_unlock (&incoming->lock);
    g_thread_join (incoming->writer);
  }
  g_queue_clear_full (&incoming->waiting, (GDestroyNotify)batch_free);
  batch_free (incoming->batch);
  base_uid_set_free (incoming->uids);
  g_clear_error (&incoming->failure);
  g_mutex_clear (&incoming->lock);
  g_cond_clear (&incoming->turn);
  g_free (incoming);
}

/* ---- storing ---- */

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

static gboolean
add_rows (SyncIncoming *incoming, const Batch *batch, GArray *fresh, GError **error)
{
  StoreDb *db = incoming->context->db;

  if (!store_db_begin (db, FALSE, error))
    return FALSE;
  if ((batch->uid_validity == 0
       || store_folder_set_numbering (db, incoming->folder, batch->uid_validity, error))
      && store_message_add (db, incoming->folder, batch->messages, fresh, error))
    return store_db_commit (db, error);
  store_db_rollback (db);
  return FALSE;
}

static gboolean
store_batch (SyncIncoming *incoming, const Batch *batch, GError **error)
{
  g_autoptr (GArray) fresh = NULL;

  if (incoming->arrived_from > 0)
    fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  return add_rows (incoming, batch, fresh, error)
         && (fresh == NULL || fresh->len == 0 || batch->highest < incoming->arrived_from
             || tell_arrived (incoming, fresh, error));
}

/* The writer's thread. */
static gpointer
write_batches (gpointer data)
{
  SyncIncoming *incoming = data;

  g_mutex_lock (&incoming->lock);
  while (!incoming->ending) {
    Batch *batch = incoming->failure == NULL ? g_queue_pop_head (&incoming->waiting) : NULL;
    GError *error = NULL;

    if (batch == NULL) {
      g_cond_wait (&incoming->turn, &incoming->lock);
      continue;
    }
    incoming->storing = TRUE;
    g_cond_broadcast (&incoming->turn);
    g_mutex_unlock (&incoming->lock);
    store_batch (incoming, batch, &error);
    batch_free (batch);
    g_mutex_lock (&incoming->lock);
    incoming->storing = FALSE;
    incoming->failure = error;
    g_cond_broadcast (&incoming->turn);
  }
  g_mutex_unlock (&incoming->lock);
  return NULL;
}

/* Waits until no more than `n` batches wait, with `all` until they are stored.  Called with the lock held. */
static gboolean
wait_for_writer (SyncIncoming *incoming, guint n, gboolean all, GError **error)
{
  while (incoming->failure == NULL && (incoming->waiting.length > n || (all && incoming->storing)))
    g_cond_wait (&incoming->turn, &incoming->lock);
  if (incoming->failure != NULL)
    g_propagate_error (error, g_error_copy (incoming->failure));
  return incoming->failure == NULL;
}

/* The batch goes to the writer, and a new one is begun. */
static gboolean
hand_over (SyncIncoming *incoming, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&incoming->lock);

  if (!wait_for_writer (incoming, BATCHES_WAITING - 1, FALSE, error))
    return FALSE;
  g_queue_push_tail (&incoming->waiting, g_steal_pointer (&incoming->batch));
  incoming->batch = batch_new ();
  g_cond_broadcast (&incoming->turn);
  return TRUE;
}

/* There is no thread, or none is worth it. */
static gboolean
store_here (SyncIncoming *incoming, GError **error)
{
  gboolean stored =
      incoming->batch->messages->len == 0 || store_batch (incoming, incoming->batch, error);

  batch_free (incoming->batch);
  incoming->batch = batch_new ();
  return stored;
}

static gboolean
pass_on (SyncIncoming *incoming, GError **error)
{
  if (incoming->writer == NULL)
    incoming->writer = g_thread_try_new ("sosik-store", write_batches, incoming, NULL);
  return incoming->writer != NULL ? hand_over (incoming, error) : store_here (incoming, error);
}

gboolean
sync_incoming_flush (SyncIncoming *incoming, GError **error)
{
  if (incoming->writer == NULL)
    return store_here (incoming, error);
  if (incoming->batch->messages->len > 0 && !hand_over (incoming, error))
    return FALSE;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&incoming->lock);
  return wait_for_writer (incoming, 0, TRUE, error);
}

/* ---- taking ---- */

typedef enum
{
  TAKE_ALL,
  TAKE_KNOWN,
  TAKE_BODY,
} Take;

/* Of the mailbox that is open while this answer comes. */
static guint32
get_uid_validity (const SyncContext *context)
{
  const ImapSelected *selected =
      context->session != NULL ? imap_session_get_selected (context->session) : NULL;

  return selected != NULL ? selected->uid_validity : 0;
}

/* Keeps a message until its batch is stored.  `summary` is taken. */
static gboolean
hold (SyncIncoming *incoming, const ImapFetched *fetched, MimeSummary *summary, Take what,
      GError **error)
{
  Batch *batch = incoming->batch;
  Held *held = g_new0 (Held, 1);
  StoreNewMessage *message = &held->message;

  g_ptr_array_add (batch->summaries, summary);
  sync_filing_summarize (message, summary);
  held->object_id = g_strdup (fetched->email_id);
  message->uid = fetched->uid;
  message->flags = (StoreFlags)fetched->flags;
  /* Of the list, that is; a body may be fetched beside it, by another worker, and be late. */
  message->has_flags = fetched->has_flags && fetched->header != NULL;
  message->received = fetched->date != 0 ? fetched->date : summary->date;
  message->size = fetched->body != NULL ? g_bytes_get_size (fetched->body) : fetched->size;
  message->object_id = held->object_id;
  held->labels = g_strdupv (fetched->labels != NULL ? fetched->labels : fetched->keywords);
  message->labels = (const char *const *)held->labels;
  message->body = fetched->body != NULL ? g_bytes_ref (fetched->body) : NULL;
  message->only_body = what == TAKE_BODY;
  message->no_new = what != TAKE_ALL;
  g_ptr_array_add (batch->messages, held);

  base_uid_set_add (incoming->uids, fetched->uid);
  incoming->highest = MAX (incoming->highest, fetched->uid);
  batch->highest = MAX (batch->highest, fetched->uid);
  batch->uid_validity = get_uid_validity (incoming->context);
  batch->octets += fetched->body != NULL     ? g_bytes_get_size (fetched->body)
                   : fetched->header != NULL ? g_bytes_get_size (fetched->header)
                                             : 0;
  incoming->n_taken++;
  return (batch->messages->len < (incoming->n_taken > MANY_FROM ? BATCH_MANY : BATCH_MESSAGES)
          && batch->octets < BATCH_OCTETS)
         || pass_on (incoming, error);
}

static gboolean
take (SyncIncoming *incoming, const ImapFetched *fetched, Take what, GError **error)
{
  MimeSummary *summary = NULL;

  /* Flags of other messages, told in between; an answer without the bytes that were asked for (they are asked for again). */
  if (fetched->uid == 0 || (fetched->header == NULL && fetched->body == NULL))
    return TRUE;
  if (fetched->body != NULL)
    summary = mime_summary_from_message (fetched->body);
  else if (fetched->text != NULL)
    summary = mime_summary_from_start (fetched->header, fetched->text);
  else
    summary = mime_summary_from_header (fetched->header);
  /* One with U+FFFD is of a server that did not know the charset: the bytes will tell it better. */
  if (fetched->body == NULL && fetched->preview != NULL
      && strstr (fetched->preview, "\xef\xbf\xbd") == NULL) {
    g_free (summary->preview);
    summary->preview = base_text_one_line (fetched->preview, PREVIEW_CHARS);
  }
  return hold (incoming, fetched, summary, what, error);
}

gboolean
sync_incoming_take (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  return take (user_data, fetched, TAKE_ALL, error);
}

gboolean
sync_incoming_take_known (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  return take (user_data, fetched, TAKE_KNOWN, error);
}

gboolean
sync_incoming_take_body (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  if (fetched->uid == 0 || fetched->body == NULL)
    return TRUE;
  return hold (user_data, fetched, mime_summary_from_body (fetched->body), TAKE_BODY, error);
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
