/* A Secret Service for tests. */
#include "secret-service.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

struct _SecretService
{
  GTestDBus *bus;
  GSubprocess *service;
  char *folder, *file, *told;
};

void
secret_service_set (SecretService *self, gboolean locked, gboolean held)
{
  g_autofree char *text = g_strdup_printf ("{\"locked\": %s, \"held\": %s}",
                                           locked ? "true" : "false", held ? "true" : "false");

  g_assert_true (g_file_set_contents (self->file, text, -1, NULL));
}

guint
secret_service_count (SecretService *self, const char *method)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  if (!g_file_get_contents (self->told, &text, NULL, NULL))
    return 0;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    n += g_str_equal (lines[i], method);
  return n;
}

void
secret_service_wait (SecretService *self, const char *method, guint times)
{
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (secret_service_count (self, method) <= times) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (10 * 1000);
  }
}

static void
up (SecretService *self)
{
  g_autofree char *program =
      g_build_filename (g_getenv ("SOSIK_TESTS"), "lab", "secret-service", NULL);
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("sosik-secrets-XXXXXX", NULL);
  self->file = g_build_filename (self->folder, "state", NULL);
  self->told = g_strconcat (self->file, ".told", NULL);
  secret_service_set (self, FALSE, FALSE);
  self->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->bus);
  self->service =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, self->file, NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->service));
  line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
  g_assert_cmpstr (line, ==, "ready");
}

static void
down (SecretService *self)
{
  g_subprocess_force_exit (self->service);
  g_subprocess_wait (self->service, NULL, NULL);
  g_object_unref (self->service);
  /* No more than that: libsecret keeps its connection, for whose end the rest would wait. */
  g_test_dbus_stop (self->bus);
  g_unlink (self->told);
  g_unlink (self->file);
  g_rmdir (self->folder);
  g_free (self->told);
  g_free (self->file);
  g_free (self->folder);
}

void
secret_service_with (void (*func) (SecretService *service))
{
  SecretService self = { 0 };

  if (!g_test_subprocess ()) {
    /* What the library keeps is not ours to find. */
    g_autofree char *options = g_strdup (g_getenv ("ASAN_OPTIONS"));

    g_setenv ("ASAN_OPTIONS", "detect_leaks=0", TRUE);
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
    if (options != NULL)
      g_setenv ("ASAN_OPTIONS", options, TRUE);
    else
      g_unsetenv ("ASAN_OPTIONS");
    g_test_trap_assert_passed ();
    return;
  }
  up (&self);
  func (&self);
  down (&self);
}
