/* Conversations of the mail that was here before there were any: what stands at the top of the lists, then the rest in small batches with pauses, so that whoever else
 * writes waits for one batch at most.  Its own thread and connection; it must never touch a GObject. */
#include "mail-catch-up.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base-log.h"
#include "store-thread.h"

#define TOP      200 /* of each folder */
#define BATCH    1000
#define PAUSE_US 10000
#define NICE     10

struct _MailCatchUp
{
  Store *store;    /* Owned */
  GThread *thread; /* Owned; NULL: none could be had */
  GMutex lock;
  GCond turn;
  gboolean stopping; /* under the lock */
};

/* TRUE: nobody wants it to stop. */
static gboolean
wait_a_while (MailCatchUp *self)
{
  gint64 until = g_get_monotonic_time () + PAUSE_US;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (!self->stopping && g_cond_wait_until (&self->turn, &self->lock, until))
    ;
  return !self->stopping;
}

static gpointer
catch_up (gpointer data)
{
  MailCatchUp *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (StoreDb) db = store_connect (self->store, &error);
  guint64 left = 0;

  /* Of this thread alone, on Linux. */
  (void)setpriority (PRIO_PROCESS, (id_t)syscall (SYS_gettid), NICE);
  if (db != NULL && !store_thread_catch_up_newest (db, TOP, &error))
    g_clear_pointer (&db, store_db_free);
  while (db != NULL && store_thread_catch_up (db, BATCH, &left, &error)) {
    if (left == 0 || !wait_a_while (self))
      return NULL;
  }
  base_log ("Older mail could not be put into conversations: %s", error->message);
  return NULL;
}

MailCatchUp *
mail_catch_up_new (Store *store)
{
  MailCatchUp *self = g_new0 (MailCatchUp, 1);

  self->store = store_ref (store);
  g_mutex_init (&self->lock);
  g_cond_init (&self->turn);
  self->thread = g_thread_try_new ("sosik-threads", catch_up, self, NULL);
  return self;
}

void
mail_catch_up_free (MailCatchUp *self)
{
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_signal (&self->turn);
  g_mutex_unlock (&self->lock);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->turn);
  store_unref (self->store);
  g_free (self);
}
