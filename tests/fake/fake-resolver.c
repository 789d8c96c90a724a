/* A GResolver that knows the same addresses for every name.  Any thread; never asks the network. */
#include "fake-resolver.h"

typedef GResolver FakeResolver;
typedef GResolverClass FakeResolverClass;

GType fake_resolver_get_type (void);
G_DEFINE_TYPE (FakeResolver, fake_resolver, G_TYPE_RESOLVER)

static GMutex lock;
static GCond cond;
static char **known; /* Owned, NULL: 127.0.0.1 alone; with the lock */
static gboolean silent;

void
fake_resolver_set_addresses (const char *const *addresses)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  g_strfreev (known);
  known = g_strdupv ((char **)addresses);
}

void
fake_resolver_be_silent (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  silent = TRUE;
}

static gboolean
is_silent (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  return silent;
}

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  g_cond_broadcast (&cond);
}

/* FALSE: nothing is answered, and nobody waits any more. */
static gboolean
wait_for_word (GCancellable *cancellable, GError **error)
{
  gulong handler = 0;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), NULL, NULL);
  g_mutex_lock (&lock);
  while (silent && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&cond, &lock);
  g_mutex_unlock (&lock);
  g_cancellable_disconnect (cancellable, handler);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static GList *
find_addresses (GResolverNameLookupFlags flags, GError **error)
{
  static const char *const usual[] = { "127.0.0.1", NULL };
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  const char *const *addresses = known != NULL ? (const char *const *)known : usual;
  GList *list = NULL;

  for (guint i = 0; addresses[i] != NULL; i++) {
    GInetAddress *address = g_inet_address_new_from_string (addresses[i]);
    gboolean v6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

    if ((v6 && (flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY) != 0)
        || (!v6 && (flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY) != 0))
      g_object_unref (address);
    else
      list = g_list_append (list, address);
  }
  if (list == NULL)
    g_set_error_literal (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND,
                         "no address of that kind here");
  return list;
}

static GList *
lookup_with_flags (GResolver *resolver, const char *name, GResolverNameLookupFlags flags,
                   GCancellable *cancellable, GError **error)
{
  return wait_for_word (cancellable, error) ? find_addresses (flags, error) : NULL;
}

static GList *
lookup (GResolver *resolver, const char *name, GCancellable *cancellable, GError **error)
{
  return lookup_with_flags (resolver, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable,
                            error);
}

static void
free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

static void
lookup_main (GTask *task, gpointer resolver, gpointer flags, GCancellable *cancellable)
{
  GError *error = NULL;
  GList *addresses = lookup_with_flags (
      resolver, NULL, (GResolverNameLookupFlags)GPOINTER_TO_UINT (flags), cancellable, &error);

  if (addresses != NULL)
    g_task_return_pointer (task, addresses, free_addresses);
  else
    g_task_return_error (task, error);
}

static void
lookup_with_flags_async (GResolver *resolver, const char *name, GResolverNameLookupFlags flags,
                         GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  g_task_set_task_data (task, GUINT_TO_POINTER ((guint)flags), NULL);
  if (is_silent ())
    g_task_run_in_thread (task, lookup_main);
  else
    lookup_main (task, resolver, GUINT_TO_POINTER ((guint)flags), cancellable);
}

static GList *
lookup_records (GResolver *resolver, const char *name, GResolverRecordType type,
                GCancellable *cancellable, GError **error)
{
  if (wait_for_word (cancellable, error))
    g_set_error_literal (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no records here");
  return NULL;
}

static void
lookup_async (GResolver *resolver, const char *name, GCancellable *cancellable,
              GAsyncReadyCallback callback, gpointer user_data)
{
  lookup_with_flags_async (resolver, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable,
                           callback, user_data);
}

static GList *
lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fake_resolver_class_init (FakeResolverClass *class)
{
  class->lookup_by_name = lookup;
  class->lookup_by_name_async = lookup_async;
  class->lookup_by_name_finish = lookup_finish;
  class->lookup_by_name_with_flags = lookup_with_flags;
  class->lookup_by_name_with_flags_async = lookup_with_flags_async;
  class->lookup_by_name_with_flags_finish = lookup_finish;
  class->lookup_records = lookup_records;
}

static void
fake_resolver_init (FakeResolver *resolver)
{
}

void
fake_resolver_install (void)
{
  g_autoptr (GResolver) resolver = g_object_new (fake_resolver_get_type (), NULL);

  g_resolver_set_default (resolver);
}
