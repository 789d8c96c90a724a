/* The tickets.  Any thread, under a lock that is held for no longer than a copy takes; must never write one anywhere. */
#include "net-ticket-private.h"

#include <string.h>

#define KEPT     4  /* for one key */
#define KEYS     64 /* of these; one more, and the oldest of all goes */
#define LASTS_US (24 * G_TIME_SPAN_HOUR)

typedef struct
{
  guint8 *data; /* Owned; wiped */
  gsize length;
  gint64 since; /* monotonic */
} Ticket;

static GMutex lock;
static GHashTable *tickets; /* Owned: key -> GQueue of Ticket, newest first; with the lock */

static void
ticket_free (gpointer data)
{
  Ticket *ticket = data;

  explicit_bzero (ticket->data, ticket->length);
  g_free (ticket->data);
  g_free (ticket);
}

static void
queue_free (gpointer queue)
{
  g_queue_free_full (queue, ticket_free);
}

char *
net_ticket_key (const NetEndpoint *endpoint, gconstpointer trust)
{
  const BaseAccount *account = endpoint->account;
  g_autoptr (GString) key = NULL;

  if (account == NULL)
    return NULL;
  key = g_string_new (NULL);
  g_string_append_printf (key, "%s\n%s\n%u\n%d\n%d\n%p\n%s\n%s", account->id, endpoint->host,
                          endpoint->port, endpoint->security,
                          endpoint->sign_in == BASE_SIGN_IN_CERTIFICATE, trust,
                          account->client_certificate != NULL ? account->client_certificate : "",
                          account->client_key != NULL ? account->client_key : "");
  for (guint i = 0; i < account->exceptions->len; i++) {
    const BaseException *exception = account->exceptions->pdata[i];

    if (exception->port == endpoint->port
        && g_ascii_strcasecmp (exception->host, endpoint->host) == 0)
      g_string_append_printf (key, "\n%s", exception->sha256);
  }
  return g_string_free (g_steal_pointer (&key), FALSE);
}

/* The key whose newest ticket is the oldest.  With the lock. */
static void
drop_oldest (void)
{
  GHashTableIter iter;
  gpointer key, queue, oldest = NULL;
  gint64 since = G_MAXINT64;

  g_hash_table_iter_init (&iter, tickets);
  while (g_hash_table_iter_next (&iter, &key, &queue)) {
    const Ticket *newest = g_queue_peek_head (queue);

    if (newest == NULL || newest->since < since) {
      oldest = key;
      since = newest != NULL ? newest->since : 0;
    }
  }
  if (oldest != NULL)
    g_hash_table_remove (tickets, oldest);
}

void
net_ticket_keep (const char *key, const void *data, gsize length)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  Ticket *ticket = g_new0 (Ticket, 1);
  GQueue *queue;

  if (tickets == NULL)
    tickets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, queue_free);
  queue = g_hash_table_lookup (tickets, key);
  if (queue == NULL && g_hash_table_size (tickets) >= KEYS)
    drop_oldest ();
  if (queue == NULL) {
    queue = g_queue_new ();
    g_hash_table_insert (tickets, g_strdup (key), queue);
  }
  ticket->data = g_memdup2 (data, length);
  ticket->length = length;
  ticket->since = g_get_monotonic_time ();
  g_queue_push_head (queue, ticket);
  if (g_queue_get_length (queue) > KEPT)
    ticket_free (g_queue_pop_tail (queue));
}

GBytes *
net_ticket_take (const char *key)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GQueue *queue = tickets != NULL ? g_hash_table_lookup (tickets, key) : NULL;
  Ticket *ticket = queue != NULL ? g_queue_pop_head (queue) : NULL;
  GBytes *bytes = NULL;

  if (ticket == NULL)
    return NULL;
  if (g_get_monotonic_time () - ticket->since < LASTS_US)
    bytes = g_bytes_new (ticket->data, ticket->length);
  ticket_free (ticket);
  return bytes;
}

void
net_ticket_drop (const char *key)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if (tickets != NULL)
    g_hash_table_remove (tickets, key);
}
