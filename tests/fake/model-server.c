/* The model server as a whole: it listens, starts a thread for each connection, and is another client for the test.  Two
 * locks: the world's for the mail, that of ModelShared for settings and counters; the second may be taken under the
 * first, never the other way.  The list of links has the third, taken last. */
#include "model-server.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake-certificates.h"
#include "model-link.h"

typedef struct
{
  ModelServer *server; /* Borrowed */
  ModelProtocol protocol;
  guint number; /* of the connection */
  ModelLink *link; /* Owned */
  GThread *thread; /* Owned */
} Client;

struct _ModelServer
{
  ModelShared shared;
  int listeners[2]; /* Owned: IMAP, SMTP */
  int stop_fd;      /* Owned */
  guint16 ports[2];
  GThread *thread; /* Owned */

  GMutex lock;        /* of what follows */
  GPtrArray *clients; /* Client; their threads take themselves to `ended` */
  GPtrArray *ended;
  GCond changed;
  guint n_connections;
  gboolean unreachable;
};

/* ---- connections ---- */

static void
wake_all (gpointer user_data)
{
  ModelServer *server = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  for (guint i = 0; i < server->clients->len; i++)
    model_link_wake (((Client *)g_ptr_array_index (server->clients, i))->link);
}

static void
free_client (gpointer data)
{
  Client *client = data;

  g_thread_join (client->thread);
  model_link_free (client->link);
  g_free (client);
}

static gpointer
run_client (gpointer data)
{
  Client *client = data;
  ModelServer *server = client->server;

  if (model_link_shake_hands (client->link)) {
    if (client->protocol == MODEL_IMAP)
      model_imap_run (&server->shared, client->link);
    else
      model_smtp_run (&server->shared, client->link);
  }
  model_link_hang_up (client->link);
  g_mutex_lock (&server->lock);
  g_ptr_array_remove (server->clients, client);
  g_ptr_array_add (server->ended, client);
  g_cond_broadcast (&server->changed);
  g_mutex_unlock (&server->lock);
  return NULL;
}

/* Joins the threads that have ended. */
static void
bury (ModelServer *server)
{
  g_autoptr (GPtrArray) ended = g_ptr_array_new_with_free_func (free_client);

  g_mutex_lock (&server->lock);
  for (guint i = 0; i < server->ended->len; i++)
    g_ptr_array_add (ended, g_ptr_array_index (server->ended, i));
  g_ptr_array_set_size (server->ended, 0);
  g_mutex_unlock (&server->lock);
}

static void
take_connection (ModelServer *server, ModelProtocol protocol, int fd)
{
  Client *client = NULL;

  bury (server);
  g_mutex_lock (&server->lock);
  if (server->unreachable) {
    g_mutex_unlock (&server->lock);
    close (fd);
    return;
  }
  client = g_new0 (Client, 1);
  client->server = server;
  client->protocol = protocol;
  client->number = server->n_connections++;
  client->link = model_link_new (&server->shared, protocol, client->number, fd);
  g_ptr_array_add (server->clients, client);
  client->thread =
      g_thread_new (protocol == MODEL_IMAP ? "model-imap" : "model-smtp", run_client, client);
  g_mutex_unlock (&server->lock);
  g_mutex_lock (&server->shared.lock);
  server->shared.counters.connections++;
  g_mutex_unlock (&server->shared.lock);
}

static gpointer
run_server (gpointer data)
{
  ModelServer *server = data;

  for (;;) {
    struct pollfd fds[3] = { { .fd = server->listeners[MODEL_IMAP], .events = POLLIN },
                             { .fd = server->listeners[MODEL_SMTP], .events = POLLIN },
                             { .fd = server->stop_fd, .events = POLLIN } };

    while (poll (fds, 3, -1) < 0)
      g_assert_cmpint (errno, ==, EINTR);
    if (fds[2].revents != 0)
      return NULL;
    for (int i = 0; i < 2; i++) {
      int fd = fds[i].revents != 0 ? accept4 (fds[i].fd, NULL, NULL, SOCK_CLOEXEC) : -1;

      if (fd >= 0)
        take_connection (server, (ModelProtocol)i, fd);
    }
  }
}

static gboolean
has_before (ModelServer *server, guint number)
{
  for (guint i = 0; i < server->clients->len; i++)
    if (((Client *)g_ptr_array_index (server->clients, i))->number < number)
      return TRUE;
  return FALSE;
}

/* Those there are now: who was cut may be back before the last one has ended. */
void
model_server_cut_all (ModelServer *server)
{
  guint number;

  g_mutex_lock (&server->lock);
  number = server->n_connections;
  for (guint i = 0; i < server->clients->len; i++)
    model_link_cut (((Client *)g_ptr_array_index (server->clients, i))->link);
  while (has_before (server, number))
    g_cond_wait (&server->changed, &server->lock);
  g_mutex_unlock (&server->lock);
  bury (server);
}

static int
listen_on (guint16 port, guint16 *bound)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;
  const int one = 1;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind (fd, (struct sockaddr *)&address, size) != 0)
    g_error ("port %u: %s", port, g_strerror (errno));
  g_assert_cmpint (listen (fd, 64), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *)&address, &size), ==, 0);
  *bound = ntohs (address.sin_port);
  return fd;
}

ModelServer *
model_server_new (const ModelSettings *settings)
{
  static const ModelSettings defaults;
  ModelServer *server = g_new0 (ModelServer, 1);

  if (settings == NULL)
    settings = &defaults;
  model_world_init (&server->shared.world);
  server->shared.world.changed = wake_all;
  server->shared.world.user_data = server;
  g_mutex_init (&server->shared.lock);
  server->shared.capabilities =
      g_strdup (settings->capabilities != NULL ? settings->capabilities : MODEL_CAPS_FULL);
  server->shared.smtp_capabilities = g_strdup (
      settings->smtp_capabilities != NULL ? settings->smtp_capabilities : MODEL_SMTP_FULL);
  server->shared.size_limit = settings->size_limit;
  server->shared.files_sent = settings->files_sent;
  server->shared.certificate = settings->provider ? FAKE_PROVIDER : FAKE_GOOD;
  g_mutex_init (&server->lock);
  g_cond_init (&server->changed);
  server->clients = g_ptr_array_new ();
  server->ended = g_ptr_array_new ();
  server->stop_fd = eventfd (0, EFD_CLOEXEC);
  g_assert_cmpint (server->stop_fd, >=, 0);
  server->listeners[MODEL_IMAP] = listen_on (settings->imap_port, &server->ports[MODEL_IMAP]);
  server->listeners[MODEL_SMTP] = listen_on (settings->smtp_port, &server->ports[MODEL_SMTP]);
  (void)fake_certificates_get (FAKE_GOOD);
  server->thread = g_thread_new ("model-server", run_server, server);
  return server;
}

void
model_server_free (ModelServer *server)
{
  const guint64 one = 1;

  if (server == NULL)
    return;
  g_assert_cmpint (write (server->stop_fd, &one, sizeof one), ==, sizeof one);
  g_thread_join (server->thread);
  model_server_set_hook (server, NULL, NULL);
  model_server_cut_all (server);
  close (server->listeners[MODEL_IMAP]);
  close (server->listeners[MODEL_SMTP]);
  close (server->stop_fd);
  g_ptr_array_unref (server->clients);
  g_ptr_array_unref (server->ended);
  model_world_clear (&server->shared.world);
  if (server->shared.trace != NULL && server->shared.trace != stderr)
    fclose (server->shared.trace);
  g_free (server->shared.capabilities);
  g_free (server->shared.smtp_capabilities);
  g_mutex_clear (&server->shared.lock);
  g_mutex_clear (&server->lock);
  g_cond_clear (&server->changed);
  g_free (server);
}

guint16
model_server_get_imap_port (ModelServer *server)
{
  return server->ports[MODEL_IMAP];
}

guint16
model_server_get_smtp_port (ModelServer *server)
{
  return server->ports[MODEL_SMTP];
}

const char *
model_server_get_ca_file (ModelServer *server)
{
  return fake_certificates_get_ca_file ();
}

/* ---- settings ---- */

void
model_server_set_capabilities (ModelServer *server, const char *capabilities)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->shared.lock);

  g_free (server->shared.capabilities);
  server->shared.capabilities = g_strdup (capabilities);
}

void
model_server_set_smtp_capabilities (ModelServer *server, const char *capabilities)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->shared.lock);

  g_free (server->shared.smtp_capabilities);
  server->shared.smtp_capabilities = g_strdup (capabilities);
}

void
model_server_set_files_sent (ModelServer *server, gboolean files_sent)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->shared.lock);

  server->shared.files_sent = files_sent;
}

void
model_server_set_delay (ModelServer *server, guint milliseconds)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->shared.lock);

  server->shared.delay_ms = milliseconds;
}

void
model_server_set_reachable (ModelServer *server, gboolean reachable)
{
  g_mutex_lock (&server->lock);
  server->unreachable = !reachable;
  g_mutex_unlock (&server->lock);
  if (!reachable)
    model_server_cut_all (server);
}

void
model_server_set_hook (ModelServer *server, ModelHook hook, gpointer user_data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->shared.lock);

  server->shared.hook = hook;
  server->shared.hook_data = user_data;
  server->shared.lines = 0;
}

void
model_server_set_trace (ModelServer *server, const char *path)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->shared.lock);

  if (server->shared.trace != NULL && server->shared.trace != stderr)
    fclose (server->shared.trace);
  server->shared.trace = path == NULL              ? NULL
                         : strcmp (path, "-") == 0 ? stderr
                                                   : fopen (path, "we");
}

ModelCounters
model_server_get_counters (ModelServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->shared.lock);

  return server->shared.counters;
}

void
model_server_reset_counters (ModelServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->shared.lock);

  server->shared.counters = (ModelCounters){ 0 };
}

/* ---- accounts, and another client's acts ---- */

static GMutexLocker *
lock_world (ModelServer *server)
{
  return g_mutex_locker_new (&server->shared.world.lock);
}

void
model_server_add_account (ModelServer *server, const char *user, const char *password,
                          const char *address)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);

  model_world_add_account (&server->shared.world, user, password, address);
}

void
model_server_refuse_recipient (ModelServer *server, const char *address, const char *answer)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);

  if (answer != NULL)
    g_hash_table_replace (server->shared.world.refused, g_ascii_strdown (address, -1),
                          g_strdup (answer));
  else
    g_hash_table_remove (server->shared.world.refused, address);
}

void
model_server_reset (ModelServer *server)
{
  model_server_set_hook (server, NULL, NULL);
  model_server_cut_all (server);
  model_server_reset_counters (server);
  g_autoptr (GMutexLocker) locker = lock_world (server);
  model_world_empty (&server->shared.world);
}

static ModelMailbox *
find (ModelServer *server, const char *user, const char *name)
{
  ModelAccount *account = model_world_find_account (&server->shared.world, user);
  ModelMailbox *mailbox = account != NULL ? model_account_find (account, name) : NULL;

  if (mailbox == NULL)
    g_error ("the model has no mailbox “%s” of “%s”", name, user);
  return mailbox;
}

static ModelMessage *
find_message (ModelMailbox *mailbox, guint32 uid)
{
  ModelMessage *message = model_mailbox_by_uid (mailbox, uid);

  if (message == NULL)
    g_error ("the model has no message %u in “%s”", uid, mailbox->name);
  return message;
}

guint32
model_act_deliver (ModelServer *server, const char *user, const char *mailbox, GBytes *message,
                   const char *flags, gint64 date)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);
  g_autoptr (GPtrArray) list = model_flags_parse (flags);

  return model_mailbox_append (&server->shared.world, find (server, user, mailbox), message, list,
                               date, 0)
      ->uid;
}

void
model_act_set_flags (ModelServer *server, const char *user, const char *name, guint32 uid,
                     gboolean add, const char *flags)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);
  g_autoptr (GPtrArray) with = model_flags_parse (flags);
  ModelMailbox *mailbox = find (server, user, name);
  ModelMessage *message = find_message (mailbox, uid);
  g_autoptr (GPtrArray) list = model_flags_change (message->flags, add ? '+' : '-', with);

  model_mailbox_set_flags (&server->shared.world, mailbox, message, list);
}

void
model_act_set_labels (ModelServer *server, const char *user, const char *name, guint32 uid,
                      const char *labels)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);
  ModelMailbox *mailbox = find (server, user, name);

  model_mailbox_set_labels (&server->shared.world, mailbox, find_message (mailbox, uid), labels);
}

void
model_act_expunge (ModelServer *server, const char *user, const char *name, guint32 uid)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);
  ModelMailbox *mailbox = find (server, user, name);

  model_mailbox_expunge (&server->shared.world, mailbox, find_message (mailbox, uid)->uid);
}

guint32
model_act_copy (ModelServer *server, const char *user, const char *name, guint32 uid,
                const char *target, gboolean move)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);
  ModelMailbox *mailbox = find (server, user, name);
  guint32 copy = model_mailbox_copy (&server->shared.world, find_message (mailbox, uid),
                                     find (server, user, target))
                     ->uid;

  if (move)
    model_mailbox_expunge (&server->shared.world, mailbox, uid);
  return copy;
}

void
model_act_create (ModelServer *server, const char *user, const char *mailbox)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);
  ModelAccount *account = model_world_find_account (&server->shared.world, user);

  g_assert_nonnull (model_account_create (&server->shared.world, account, mailbox, NULL));
}

void
model_act_delete (ModelServer *server, const char *user, const char *mailbox)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);

  model_account_delete (&server->shared.world,
                        model_world_find_account (&server->shared.world, user),
                        find (server, user, mailbox));
}

void
model_act_rename (ModelServer *server, const char *user, const char *mailbox, const char *name)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);

  g_assert_true (model_account_rename (&server->shared.world,
                                       model_world_find_account (&server->shared.world, user),
                                       find (server, user, mailbox), name));
}

void
model_act_subscribe (ModelServer *server, const char *user, const char *mailbox,
                     gboolean subscribed)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);

  find (server, user, mailbox)->subscribed = subscribed;
}

void
model_act_renumber (ModelServer *server, const char *user, const char *mailbox)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);

  model_mailbox_renumber (&server->shared.world, find (server, user, mailbox));
}

/* ---- looking ---- */

gboolean
model_server_has_mailbox (ModelServer *server, const char *user, const char *mailbox)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);
  ModelAccount *account = model_world_find_account (&server->shared.world, user);

  return account != NULL && model_account_find (account, mailbox) != NULL;
}

guint
model_server_count (ModelServer *server, const char *user, const char *mailbox)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);

  return find (server, user, mailbox)->messages->len;
}

GArray *
model_server_get_uids (ModelServer *server, const char *user, const char *name)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);
  ModelMailbox *mailbox = find (server, user, name);
  GArray *uids = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < mailbox->messages->len; i++)
    g_array_append_val (uids, ((ModelMessage *)g_ptr_array_index (mailbox->messages, i))->uid);
  return uids;
}

char *
model_server_get_flags (ModelServer *server, const char *user, const char *mailbox, guint32 uid)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);
  ModelMessage *message = model_mailbox_by_uid (find (server, user, mailbox), uid);

  return message != NULL ? model_flags_to_string (message->flags) : NULL;
}

GBytes *
model_server_ref_message (ModelServer *server, const char *user, const char *mailbox, guint32 uid)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);
  ModelMessage *message = model_mailbox_by_uid (find (server, user, mailbox), uid);

  return message != NULL ? g_bytes_ref (message->bytes) : NULL;
}

char *
model_server_dump (ModelServer *server, const char *user)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);

  return model_world_dump (&server->shared.world, user);
}

char *
model_server_dump_delivered (ModelServer *server)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);

  return model_world_dump_delivered (&server->shared.world);
}

char *
model_server_dump_wishes (ModelServer *server)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);

  return model_world_dump_wishes (&server->shared.world);
}

guint
model_server_count_delivered (ModelServer *server)
{
  g_autoptr (GMutexLocker) locker = lock_world (server);

  return server->shared.world.delivered->len;
}
