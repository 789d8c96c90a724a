/* From worker threads to the main loop.  The push functions run on any thread and hold the lock
 * only to append; they must never call back into the store or wait.  The handlers run on the
 * main thread. */
#include "mail-changes.h"

/* Half a frame: the other half belongs to drawing. */
#define BUDGET_US 8000

typedef enum
{
  EVENT_STORE,
  EVENT_STATE,
  EVENT_ARRIVED,
  EVENT_REFUSED,
  EVENT_SENDING,
  EVENT_INDEXED,
  EVENT_PROVED,
} EventKind;

typedef struct
{
  EventKind kind;
  char *account;
  StoreChange *change;
  SyncState *state;
  gint64 folder;
  StoreKey newest;
  guint count;
  char *sentence, *detail;
  gint64 outbox, up_to;
  guint64 sent, total;
  char *protocol, *host;
  BaseProof proof;
} Event;

struct _MailChanges
{
  /* Owned */
  GMainContext *context;
  GMutex lock;
  GQueue events;   /* of Event; with the lock */
  GSource *source; /* with the lock; not NULL while events wait */
  /* Borrowed */
  const MailChangesHandlers *handlers;
  gpointer user_data;
};

static void
event_free (gpointer data)
{
  Event *event = data;

  g_free (event->account);
  g_clear_pointer (&event->change, store_change_unref);
  g_clear_pointer (&event->state, sync_state_free);
  g_free (event->sentence);
  g_free (event->detail);
  g_free (event->protocol);
  g_free (event->host);
  g_free (event);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Event, event_free)

static void
dispatch (MailChanges *self, const Event *event)
{
  switch (event->kind) {
  case EVENT_STORE:
    self->handlers->changed (event->change, self->user_data);
    break;
  case EVENT_STATE:
    self->handlers->state (event->account, event->state, self->user_data);
    break;
  case EVENT_ARRIVED:
    self->handlers->arrived (event->account, event->folder, event->newest, event->count,
                             self->user_data);
    break;
  case EVENT_REFUSED:
    self->handlers->refused (event->account, event->sentence, event->detail, self->user_data);
    break;
  case EVENT_SENDING:
    self->handlers->sending (event->outbox, event->sent, event->total, self->user_data);
    break;
  case EVENT_INDEXED:
    self->handlers->indexed (event->sent, event->total, event->up_to, self->user_data);
    break;
  case EVENT_PROVED:
    self->handlers->proved (event->account, event->protocol, event->host, event->proof,
                            self->user_data);
    break;
  }
}

static gboolean
on_source (gpointer data)
{
  MailChanges *self = data;
  gint64 deadline = g_get_monotonic_time () + BUDGET_US;

  do {
    g_autoptr (Event) event = NULL;

    g_mutex_lock (&self->lock);
    event = g_queue_pop_head (&self->events);
    if (event == NULL)
      g_clear_pointer (&self->source, g_source_unref);
    g_mutex_unlock (&self->lock);
    if (event == NULL)
      return G_SOURCE_REMOVE;
    dispatch (self, event);
  } while (g_get_monotonic_time () < deadline);
  return G_SOURCE_CONTINUE;
}

MailChanges *
mail_changes_new (GMainContext *context, const MailChangesHandlers *handlers, gpointer user_data)
{
  MailChanges *self = g_new0 (MailChanges, 1);

  self->context = g_main_context_ref (context);
  g_mutex_init (&self->lock);
  g_queue_init (&self->events);
  self->handlers = handlers;
  self->user_data = user_data;
  return self;
}

void
mail_changes_free (MailChanges *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_queue_clear_full (&self->events, event_free);
  g_mutex_clear (&self->lock);
  g_main_context_unref (self->context);
  g_free (self);
}

/* With the lock held. */
static void
push_locked (MailChanges *self, Event *event)
{
  g_queue_push_tail (&self->events, event);
  if (self->source != NULL)
    return;
  self->source = g_idle_source_new ();
  g_source_set_priority (self->source, G_PRIORITY_DEFAULT_IDLE);
  g_source_set_callback (self->source, on_source, self, NULL);
  g_source_attach (self->source, self->context);
}

static void
push (MailChanges *self, Event *event)
{
  g_mutex_lock (&self->lock);
  push_locked (self, event);
  g_mutex_unlock (&self->lock);
}

void
mail_changes_push_store (MailChanges *self, StoreChange *change)
{
  Event *event = g_new0 (Event, 1);

  event->kind = EVENT_STORE;
  event->change = store_change_ref (change);
  push (self, event);
}

/* With the lock.  What the next one of its kind makes old. */
static void
drop_unheard_locked (MailChanges *self, EventKind kind, const char *account_id, gint64 outbox)
{
  for (GList *l = self->events.head; l != NULL; l = l->next) {
    Event *waiting = l->data;

    if (waiting->kind == kind && waiting->outbox == outbox
        && g_strcmp0 (waiting->account, account_id) == 0) {
      event_free (waiting);
      g_queue_delete_link (&self->events, l);
      return;
    }
  }
}

void
mail_changes_push_state (MailChanges *self, const char *account_id, const SyncState *state)
{
  g_mutex_lock (&self->lock);
  drop_unheard_locked (self, EVENT_STATE, account_id, 0);
  Event *event = g_new0 (Event, 1);
  event->kind = EVENT_STATE;
  event->account = g_strdup (account_id);
  event->state = sync_state_dup (state);
  push_locked (self, event);
  g_mutex_unlock (&self->lock);
}

void
mail_changes_push_arrived (MailChanges *self, const char *account_id, gint64 folder,
                           StoreKey newest, guint count)
{
  Event *event = g_new0 (Event, 1);

  event->kind = EVENT_ARRIVED;
  event->account = g_strdup (account_id);
  event->folder = folder;
  event->newest = newest;
  event->count = count;
  push (self, event);
}

void
mail_changes_push_refused (MailChanges *self, const char *account_id, const char *sentence,
                           const char *detail)
{
  Event *event = g_new0 (Event, 1);

  event->kind = EVENT_REFUSED;
  event->account = g_strdup (account_id);
  event->sentence = g_strdup (sentence);
  event->detail = g_strdup (detail);
  push (self, event);
}

void
mail_changes_push_proved (MailChanges *self, const char *account_id, const char *protocol,
                          const char *host, BaseProof proof)
{
  Event *event = g_new0 (Event, 1);

  event->kind = EVENT_PROVED;
  event->account = g_strdup (account_id);
  event->protocol = g_strdup (protocol);
  event->host = g_strdup (host);
  event->proof = proof;
  push (self, event);
}

void
mail_changes_push_indexed (MailChanges *self, guint64 done, guint64 total, gint64 up_to)
{
  Event *event = g_new0 (Event, 1);

  event->kind = EVENT_INDEXED;
  event->sent = done;
  event->total = total;
  event->up_to = up_to;
  g_mutex_lock (&self->lock);
  drop_unheard_locked (self, EVENT_INDEXED, NULL, 0);
  push_locked (self, event);
  g_mutex_unlock (&self->lock);
}

void
mail_changes_push_sending (MailChanges *self, gint64 outbox, guint64 sent, guint64 total)
{
  Event *event = g_new0 (Event, 1);

  event->kind = EVENT_SENDING;
  event->outbox = outbox;
  event->sent = sent;
  event->total = total;
  g_mutex_lock (&self->lock);
  drop_unheard_locked (self, EVENT_SENDING, NULL, outbox);
  push_locked (self, event);
  g_mutex_unlock (&self->lock);
}
