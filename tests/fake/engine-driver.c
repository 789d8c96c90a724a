/* Holds the child by two pipes.  Test thread; must never wait for ever on a child that hangs. */
#include "engine-driver.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_MS 60000

struct _EngineDriver
{
  GSubprocess *process; /* Owned */
  int in, out;          /* Owned by the streams of process */
  GString *buffer;      /* Owned: what came and was not taken */
};

/* The next line without its end. */
static char *
read_line (EngineDriver *driver)
{
  for (;;) {
    char *end = memchr (driver->buffer->str, '\n', driver->buffer->len);
    struct pollfd fd = { .fd = driver->out, .events = POLLIN };
    char data[4096];
    ssize_t n;

    if (end != NULL) {
      gsize length = (gsize)(end - driver->buffer->str);
      char *line = g_strndup (driver->buffer->str, length);

      g_string_erase (driver->buffer, 0, (gssize)length + 1);
      return line;
    }
    if (poll (&fd, 1, ANSWER_MS) <= 0)
      g_error ("the engine's process does not answer");
    n = read (driver->out, data, sizeof data);
    if (n <= 0)
      g_error ("the engine's process ended by itself");
    g_string_append_len (driver->buffer, data, n);
  }
}

/* Lines until "ok" or "error". */
static GStrv
read_answer (EngineDriver *driver, char **refused)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();

  for (;;) {
    g_autofree char *line = read_line (driver);

    if (strcmp (line, "ok") == 0)
      return g_strv_builder_end (lines);
    if (g_str_has_prefix (line, "error ")) {
      if (refused != NULL)
        *refused = g_strdup (line + strlen ("error "));
      return NULL;
    }
    if (!g_str_has_prefix (line, "= "))
      g_error ("the engine's process said “%s”", line);
    g_strv_builder_add (lines, line + 2);
  }
}

static void
forget (EngineDriver *driver)
{
  g_object_unref (driver->process);
  g_string_free (driver->buffer, TRUE);
  g_free (driver);
}

EngineDriver *
engine_driver_new (const char *profile, guint16 imap_port, guint16 smtp_port, const char *ca_file,
                   guint patience_ms, const char *const *environment)
{
  g_autofree char *refused = NULL;
  EngineDriver *driver = engine_driver_try_new (profile, imap_port, smtp_port, ca_file, patience_ms,
                                                environment, &refused);

  if (driver == NULL)
    g_error ("the engine did not start: %s", refused);
  return driver;
}

EngineDriver *
engine_driver_try_new (const char *profile, guint16 imap_port, guint16 smtp_port,
                       const char *ca_file, guint patience_ms, const char *const *environment,
                       char **refused)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  EngineDriver *driver = g_new0 (EngineDriver, 1);
  g_autofree char *imap = g_strdup_printf ("%u", imap_port);
  g_autofree char *smtp = g_strdup_printf ("%u", smtp_port);
  g_autofree char *patience = g_strdup_printf ("%u", patience_ms);
  g_auto (GStrv) hello = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; environment != NULL && environment[i] != NULL; i += 2)
    g_subprocess_launcher_setenv (launcher, environment[i], environment[i + 1], TRUE);
  driver->process = g_subprocess_launcher_spawn (launcher, &error, g_getenv ("ENGINE_CHILD"),
                                                 profile, imap, smtp, ca_file, patience, NULL);
  g_assert_no_error (error);
  driver->in = g_unix_output_stream_get_fd (
      G_UNIX_OUTPUT_STREAM (g_subprocess_get_stdin_pipe (driver->process)));
  driver->out = g_unix_input_stream_get_fd (
      G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (driver->process)));
  driver->buffer = g_string_new (NULL);
  hello = read_answer (driver, refused);
  if (hello != NULL)
    return driver;
  g_subprocess_wait (driver->process, NULL, NULL);
  forget (driver);
  return NULL;
}

static void
write_line (EngineDriver *driver, const char *line)
{
  g_autofree char *whole = g_strconcat (line, "\n", NULL);
  gssize length = (gssize)strlen (whole);

  if (write (driver->in, whole, (gsize)length) != length)
    g_error ("the engine's process does not listen");
}

void
engine_driver_free (EngineDriver *driver)
{
  g_autoptr (GError) error = NULL;

  write_line (driver, "quit");
  g_subprocess_wait_check (driver->process, NULL, &error);
  g_assert_no_error (error);
  forget (driver);
}

void
engine_driver_kill (EngineDriver *driver)
{
  g_subprocess_force_exit (driver->process);
  g_subprocess_wait (driver->process, NULL, NULL);
  forget (driver);
}

GStrv
engine_driver_ask (EngineDriver *driver, char **refused, const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  write_line (driver, line);
  return read_answer (driver, refused);
}

void
engine_driver_do (EngineDriver *driver, const char *format, ...)
{
  g_autofree char *line = NULL, *refused = NULL;
  g_auto (GStrv) lines = NULL;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  write_line (driver, line);
  lines = read_answer (driver, &refused);
  if (lines == NULL)
    g_error ("“%s” was refused: %s", line, refused);
}

guint64
engine_driver_number (const char *line, guint n)
{
  for (; n > 0; n--) {
    line = strchr (line, ' ');
    if (line == NULL)
      return 0;
    line++;
  }
  return g_ascii_strtoull (line, NULL, 10);
}

gboolean
engine_driver_wait_phase (EngineDriver *driver, int phase, guint timeout_ms)
{
  gint64 deadline = g_get_monotonic_time () + (gint64)timeout_ms * 1000;

  for (;;) {
    g_auto (GStrv) lines = engine_driver_ask (driver, NULL, "state");

    if (lines != NULL && (int)engine_driver_number (lines[0], 0) == phase)
      return TRUE;
    if (g_get_monotonic_time () >= deadline)
      return FALSE;
    g_usleep (10000);
  }
}
