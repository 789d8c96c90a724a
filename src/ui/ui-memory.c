/* Gives back what malloc () keeps for later, see the header.  Main thread; the work is a thread's.  It must never wake the program by itself:
 * there is a timer only after a call. */
#include "ui-memory.h"

#include <gio/gio.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define AFTER_S 4

static guint source;

/* Pool thread. */
static void
run (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
#ifdef __GLIBC__
  malloc_trim (0);
#endif
  g_task_return_boolean (task, TRUE);
}

static gboolean
on_time (gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  source = 0;
  g_task_run_in_thread (task, run);
  return G_SOURCE_REMOVE;
}

void
ui_memory_give_back_soon (void)
{
  g_clear_handle_id (&source, g_source_remove);
  source = g_timeout_add_seconds (AFTER_S, on_time, NULL);
}
