/* Runs sosik-unpack and reads its answer: pool threads, but for the queue of those who wait, which is the main thread's.  The answer
 * comes from a process that a stranger's file may have taken over: it must never be believed, neither its length nor its form. */
#include "mail-unpack.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>

#include <glib/gi18n.h>
#include <gio/gunixinputstream.h>

#include "base-error.h"

#define MAX_RUNNING 2
#define MAX_SECONDS 30
#define CHUNK       (256 * 1024)
#define MAX_DETAIL  200

/* ---- who waits ---- */

typedef struct
{
  GTask *task;
  MailPoolFunc func;
  gpointer data;
  GDestroyNotify free_data, free_result;
} Waiting;

void
mail_unpack_waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_object_unref (waiting->task);
  if (waiting->data != NULL)
    waiting->free_data (waiting->data);
  g_free (waiting);
}

static void start_next (MailEngine *engine);

static void
on_completed (MailEngine *engine)
{
  engine->unpack_running--;
  start_next (engine);
}

static void
start_next (MailEngine *engine)
{
  while (engine->unpack_running < MAX_RUNNING) {
    Waiting *waiting = g_queue_pop_head (&engine->unpack_waiting);

    if (waiting == NULL)
      return;
    engine->unpack_running++;
    g_signal_connect_object (waiting->task, "notify::completed", G_CALLBACK (on_completed), engine,
                             G_CONNECT_SWAPPED);
    mail_engine_call_waiting (engine, waiting->task, waiting->func, waiting->data,
                              waiting->free_data, waiting->free_result);
    g_free (waiting);
  }
}

void
mail_unpack_call (MailEngine *engine, GTask *task, MailPoolFunc func, gpointer data,
                  GDestroyNotify free_data, GDestroyNotify free_result)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  waiting->task = task;
  waiting->func = func;
  waiting->data = data;
  waiting->free_data = free_data;
  waiting->free_result = free_result;
  g_queue_push_tail (&engine->unpack_waiting, waiting);
  start_next (engine);
}

/* ---- the program ---- */

/* A file that has no name, with the bytes in it; -1 with errno. */
static int
put_into_memory (GBytes *bytes)
{
  gsize length, done = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  int fd = memfd_create ("sosik-part", MFD_CLOEXEC);

  while (fd >= 0 && done < length) {
    gssize n = write (fd, data + done, length - done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      int saved_errno = errno;

      close (fd);
      errno = saved_errno;
      return -1;
    }
    done += (gsize)n;
  }
  if (fd >= 0)
    lseek (fd, 0, SEEK_SET);
  return fd;
}

/* Everything until the end; NULL with LIMIT, CANCELLED. */
static GBytes *
read_answer (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  int fd = g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (stream));
  gint64 deadline = g_get_monotonic_time () + MAX_SECONDS * G_USEC_PER_SEC;
  g_autoptr (GByteArray) all = g_byte_array_new ();

  for (;;) {
    GPollFD polled[2] = { { .fd = fd, .events = G_IO_IN } };
    gint64 left = (deadline - g_get_monotonic_time ()) / 1000;
    gboolean can_cancel = g_cancellable_make_pollfd (cancellable, &polled[1]);

    g_poll (polled, can_cancel ? 2 : 1, (int)MAX (left, 0));
    if (can_cancel)
      g_cancellable_release_fd (cancellable);
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return NULL;
    if (left <= 0 || all->len > UNPACK_MAX_OUTPUT) {
      base_error_set (error, BASE_ERROR_LIMIT, NULL,
                      _ ("This file would take too long or too much memory to show."));
      return NULL;
    }
    if (polled[0].revents == 0)
      continue;
    guint before = all->len;
    g_byte_array_set_size (all, before + CHUNK);
    gssize n = read (fd, all->data + before, CHUNK);
    g_byte_array_set_size (all, before + (guint)MAX (n, 0));
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
      return g_byte_array_free_to_bytes (g_steal_pointer (&all));
  }
}

static GBytes *
ask (const char *const *arguments, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  const char *program = g_getenv ("SOSIK_UNPACK");
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) cause = NULL;
  int fd;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  fd = put_into_memory (bytes);
  if (fd < 0) {
    base_error_set (error, BASE_ERROR_LIMIT, g_strerror (errno),
                    _ ("There is not enough memory to show this file."));
    return NULL;
  }
  g_subprocess_launcher_take_stdin_fd (launcher, fd);
  g_ptr_array_add (argv, (gpointer)(program != NULL ? program : SOSIK_UNPACK_PROGRAM));
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add (argv, (gpointer)*arguments);
  g_ptr_array_add (argv, NULL);
  g_autoptr (GSubprocess) process =
      g_subprocess_launcher_spawnv (launcher, (const char *const *)argv->pdata, &cause);
  if (process == NULL) {
    base_error_set (
        error, BASE_ERROR_DISK, cause->message,
        _ ("The part of Sosik that shows files is not installed. Save the file, and open "
           "it with another program."));
    return NULL;
  }
  GBytes *answer = read_answer (g_subprocess_get_stdout_pipe (process), cancellable, error);
  if (answer == NULL)
    g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
  return answer;
}

GVariant *
mail_unpack_run (const char *const *arguments, GBytes *bytes, const GVariantType *type,
                 GCancellable *cancellable, GError **error)
{
  guint32 status = UNPACK_BROKEN;
  g_autoptr (GVariant) value = NULL;

  if (g_bytes_get_size (bytes) > UNPACK_MAX_INPUT) {
    base_error_set (error, BASE_ERROR_LIMIT, NULL, _ ("This file is too large to be shown here."));
    return NULL;
  }
  g_autoptr (GBytes) answer = ask (arguments, bytes, cancellable, error);
  if (answer == NULL)
    return NULL;
  if (g_bytes_get_size (answer) > 0) {
    g_autoptr (GVariant) reply = g_variant_ref_sink (
        g_variant_new_from_bytes (G_VARIANT_TYPE (UNPACK_REPLY), answer, FALSE));

    if (g_variant_is_normal_form (reply))
      g_variant_get (reply, UNPACK_REPLY, &status, &value);
  }
  if (status == UNPACK_DONE && value != NULL && g_variant_is_of_type (value, type))
    return g_steal_pointer (&value);
  if (status == UNPACK_TOO_LARGE)
    base_error_set (error, BASE_ERROR_LIMIT, NULL, _ ("This file is too large to be shown here."));
  else if (status == UNPACK_PROTECTED)
    base_error_set (
        error, BASE_ERROR_AUTH, NULL,
        _ ("This file is protected by a password. Open it with another program to enter it."));
  else
    base_error_set (error, BASE_ERROR_BROKEN, NULL,
                    _ ("This file is damaged, or it is not what its name says."));
  return NULL;
}
