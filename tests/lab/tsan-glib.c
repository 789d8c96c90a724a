/* Preloaded into the tests under ThreadSanitizer, which does not see what happens between threads inside a GLib that was not built with
 * it: the calls by which GLib's locks, queues, pools and reference counts order threads are announced here, then made.
 *
 * Runs in whatever thread makes the call; must not allocate but where a pool is made.  GLib's own calls of itself do not come
 * by (they are bound when it is linked), those of GObject and GIO do, so that a GTask is seen through its pool.  The wake-ups of a
 * main context are writes to an event descriptor, which the sanitizer knows by itself.  In a program without the
 * sanitizer (a shell between meson and the test) only passes on. */
#include <dlfcn.h>
#include <gio/gio.h>

void __tsan_acquire (void *address) __attribute__ ((weak));
void __tsan_release (void *address) __attribute__ ((weak));
void __tsan_mutex_pre_lock (void *address, unsigned flags) __attribute__ ((weak));
void __tsan_mutex_post_lock (void *address, unsigned flags, int recursion) __attribute__ ((weak));
int __tsan_mutex_pre_unlock (void *address, unsigned flags) __attribute__ ((weak));
void __tsan_mutex_post_unlock (void *address, unsigned flags) __attribute__ ((weak));

#define TSAN_READ_LOCK   (1u << 3)
#define TSAN_TRY         (1u << 4)
#define TSAN_TRY_FAILED  (1u << 5)
#define TSAN_REENTRANT   (1u << 1)
#define TSAN_LINKER_INIT (1u << 0)

#define NEXT(name)                                                                                 \
  static __typeof__ (name) *next;                                                                  \
  if (__atomic_load_n (&next, __ATOMIC_RELAXED) == NULL)                                           \
  __atomic_store_n (&next, (__typeof__ (name) *)dlsym (RTLD_NEXT, #name), __ATOMIC_RELAXED)

static void
acquire (gconstpointer address)
{
  if (__tsan_acquire != NULL && address != NULL)
    __tsan_acquire ((gpointer)address);
}

static void
release (gconstpointer address)
{
  if (__tsan_release != NULL && address != NULL)
    __tsan_release ((gpointer)address);
}

static void
before_lock (gpointer lock, guint flags)
{
  if (__tsan_mutex_pre_lock != NULL)
    __tsan_mutex_pre_lock (lock, flags);
}

static void
after_lock (gpointer lock, guint flags)
{
  if (__tsan_mutex_post_lock != NULL)
    __tsan_mutex_post_lock (lock, flags, 1);
}

static void
before_unlock (gpointer lock, guint flags)
{
  if (__tsan_mutex_pre_unlock != NULL)
    __tsan_mutex_pre_unlock (lock, flags);
}

static void
after_unlock (gpointer lock, guint flags)
{
  if (__tsan_mutex_post_unlock != NULL)
    __tsan_mutex_post_unlock (lock, flags);
}

/* ---- locks ---- */

#define LOCK(name, type, flags)                                                                    \
  void name (type *lock)                                                                           \
  {                                                                                                \
    NEXT (name);                                                                                   \
    before_lock (lock, flags);                                                                     \
    next (lock);                                                                                   \
    after_lock (lock, flags);                                                                      \
  }
#define UNLOCK(name, type, flags)                                                                  \
  void name (type *lock)                                                                           \
  {                                                                                                \
    NEXT (name);                                                                                   \
    before_unlock (lock, flags);                                                                   \
    next (lock);                                                                                   \
    after_unlock (lock, flags);                                                                    \
  }
#define TRY(name, type, flags)                                                                     \
  gboolean name (type *lock)                                                                       \
  {                                                                                                \
    NEXT (name);                                                                                   \
    before_lock (lock, (flags) | TSAN_TRY);                                                        \
    gboolean result = next (lock);                                                                 \
    after_lock (lock, (flags) | TSAN_TRY | (result ? 0 : TSAN_TRY_FAILED));                        \
    return result;                                                                                 \
  }

LOCK (g_mutex_lock, GMutex, TSAN_LINKER_INIT)
TRY (g_mutex_trylock, GMutex, TSAN_LINKER_INIT)
UNLOCK (g_mutex_unlock, GMutex, 0)
LOCK (g_rec_mutex_lock, GRecMutex, TSAN_LINKER_INIT | TSAN_REENTRANT)
TRY (g_rec_mutex_trylock, GRecMutex, TSAN_LINKER_INIT | TSAN_REENTRANT)
UNLOCK (g_rec_mutex_unlock, GRecMutex, 0)
LOCK (g_rw_lock_writer_lock, GRWLock, TSAN_LINKER_INIT)
TRY (g_rw_lock_writer_trylock, GRWLock, TSAN_LINKER_INIT)
UNLOCK (g_rw_lock_writer_unlock, GRWLock, 0)
LOCK (g_rw_lock_reader_lock, GRWLock, TSAN_LINKER_INIT | TSAN_READ_LOCK)
TRY (g_rw_lock_reader_trylock, GRWLock, TSAN_LINKER_INIT | TSAN_READ_LOCK)
UNLOCK (g_rw_lock_reader_unlock, GRWLock, TSAN_READ_LOCK)

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  NEXT (g_cond_wait);
  before_unlock (mutex, 0);
  after_unlock (mutex, 0);
  next (cond, mutex);
  before_lock (mutex, 0);
  after_lock (mutex, 0);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  NEXT (g_cond_wait_until);
  before_unlock (mutex, 0);
  after_unlock (mutex, 0);
  gboolean result = next (cond, mutex, end_time);
  before_lock (mutex, 0);
  after_lock (mutex, 0);
  return result;
}

/* ---- what is done once ---- */

gboolean (g_once_init_enter) (volatile void *location)
{
  NEXT (g_once_init_enter);
  gboolean result = next (location);

  acquire ((gconstpointer)location);
  return result;
}

void (g_once_init_leave) (volatile void *location, gsize value)
{
  NEXT (g_once_init_leave);
  release ((gconstpointer)location);
  next (location, value);
}

gpointer
g_once_impl (GOnce *once, GThreadFunc func, gpointer arg)
{
  NEXT (g_once_impl);
  gpointer result = next (once, func, arg);

  release ((gconstpointer)&once->status);
  acquire ((gconstpointer)&once->status);
  return result;
}

/* ---- reference counts: what one owner did comes before what the last one frees ---- */

#define UNREF(result, name, type)                                                                  \
  result (name) (type object)                                                                      \
  {                                                                                                \
    NEXT (name);                                                                                   \
    release (object);                                                                              \
    acquire (object);                                                                              \
    return next (object);                                                                          \
  }

UNREF (void, g_object_unref, gpointer)
UNREF (void, g_bytes_unref, GBytes *)
UNREF (void, g_atomic_rc_box_release, gpointer)
UNREF (void, g_ptr_array_unref, GPtrArray *)
UNREF (void, g_array_unref, GArray *)
UNREF (void, g_hash_table_unref, GHashTable *)

/* Whoever is told that it was the last one frees by itself: by then all others have been here, be it between the two lines above. */
gboolean (g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  NEXT (g_atomic_ref_count_dec);
  release (count);
  gboolean last = next (count);
  acquire (count);
  return last;
}

void (g_atomic_rc_box_release_full) (gpointer object, GDestroyNotify clear)
{
  NEXT (g_atomic_rc_box_release_full);
  release (object);
  acquire (object);
  next (object, clear);
}

/* ---- queues, pools, cancellables ---- */

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  NEXT (g_async_queue_push);
  release (queue);
  next (queue, data);
}

#define POP(name)                                                                                  \
  gpointer name (GAsyncQueue *queue)                                                               \
  {                                                                                                \
    NEXT (name);                                                                                   \
    gpointer result = next (queue);                                                                \
    acquire (queue);                                                                               \
    return result;                                                                                 \
  }

POP (g_async_queue_pop)
POP (g_async_queue_try_pop)

typedef struct
{
  GFunc func;
  gpointer data;
} Work;

static int pushed, worked; /* all pools together: only their addresses matter */

static void
run_work (gpointer item, gpointer data)
{
  const Work *work = data;

  acquire (&pushed);
  work->func (item, work->data);
  release (&worked);
}

/* The little struct lives as long as the program: a pool of GIO does, too. */
GThreadPool *
g_thread_pool_new_full (GFunc func, gpointer data, GDestroyNotify free_item, gint max_threads,
                        gboolean exclusive, GError **error)
{
  NEXT (g_thread_pool_new_full);
  Work *work = g_new (Work, 1);

  *work = (Work){ func, data };
  return next (run_work, work, free_item, max_threads, exclusive, error);
}

GThreadPool *
g_thread_pool_new (GFunc func, gpointer data, gint max_threads, gboolean exclusive, GError **error)
{
  return g_thread_pool_new_full (func, data, NULL, max_threads, exclusive, error);
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  NEXT (g_thread_pool_push);
  release (&pushed);
  return next (pool, data, error);
}

void
g_thread_pool_free (GThreadPool *pool, gboolean immediate, gboolean wait)
{
  NEXT (g_thread_pool_free);
  next (pool, immediate, wait);
  acquire (&worked);
}

void
g_cancellable_cancel (GCancellable *cancellable)
{
  NEXT (g_cancellable_cancel);
  release (cancellable);
  next (cancellable);
}

gboolean
g_cancellable_is_cancelled (GCancellable *cancellable)
{
  NEXT (g_cancellable_is_cancelled);
  gboolean result = next (cancellable);

  if (result)
    acquire (cancellable);
  return result;
}

/* ---- main contexts: what was done before a source is attached comes before its callback ---- */

typedef struct
{
  int owners;
  GSourceFunc func;
  gpointer data;
  GDestroyNotify free_data;
} Callback;

static int attached; /* all contexts together */

static void
callback_ref (gpointer data)
{
  g_atomic_int_inc (&((Callback *)data)->owners);
}

static void
callback_unref (gpointer data)
{
  Callback *callback = data;

  release (callback);
  acquire (callback);
  if (!g_atomic_int_dec_and_test (&callback->owners))
    return;
  if (callback->free_data != NULL)
    callback->free_data (callback->data);
  g_free (callback);
}

/* Called in the thread that is about to call it. */
static void
callback_get (gpointer data, GSource *source, GSourceFunc *func, gpointer *func_data)
{
  const Callback *callback = data;

  acquire (&attached);
  *func = callback->func;
  *func_data = callback->data;
}

void
g_source_set_callback (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify free_data)
{
  static GSourceCallbackFuncs funcs = { callback_ref, callback_unref, callback_get };
  Callback *callback = g_new (Callback, 1);

  *callback = (Callback){ 1, func, data, free_data };
  release (&attached);
  g_source_set_callback_indirect (source, callback, &funcs);
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  NEXT (g_source_attach);
  release (&attached);
  return next (source, context);
}

static guint
add_source (GSource *source, gint priority, GSourceFunc func, gpointer data,
            GDestroyNotify free_data)
{
  guint id;

  g_source_set_priority (source, priority);
  g_source_set_callback (source, func, data, free_data);
  id = g_source_attach (source, NULL);
  g_source_unref (source);
  return id;
}

guint (g_idle_add_full) (gint priority, GSourceFunc func, gpointer data, GDestroyNotify free_data)
{
  return add_source (g_idle_source_new (), priority, func, data, free_data);
}

guint (g_idle_add) (GSourceFunc func, gpointer data)
{
  return add_source (g_idle_source_new (), G_PRIORITY_DEFAULT_IDLE, func, data, NULL);
}

guint (g_timeout_add_full) (gint priority, guint ms, GSourceFunc func, gpointer data,
                            GDestroyNotify free_data)
{
  return add_source (g_timeout_source_new (ms), priority, func, data, free_data);
}

guint (g_timeout_add) (guint ms, GSourceFunc func, gpointer data)
{
  return add_source (g_timeout_source_new (ms), G_PRIORITY_DEFAULT, func, data, NULL);
}
