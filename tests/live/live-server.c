/* The server's side of the live tests. */
#include "live-server.h"

#include <stdlib.h>
#include <string.h>

LiveServer
live_server (void)
{
  const char *kind = live_lab ("LAB_KIND");

  return g_str_equal (kind, "cyrus")     ? LIVE_CYRUS
         : g_str_equal (kind, "courier") ? LIVE_COURIER
                                         : LIVE_DOVECOT;
}

gboolean
live_is_plain (void)
{
  const char *caps = g_getenv ("LIVE_CAPS");

  return caps != NULL && caps[0] != '\0';
}

const char *
live_lab (const char *name)
{
  static GHashTable *values;

  if (values == NULL) {
    g_autofree char *text = NULL;
    g_auto (GStrv) lines = NULL;

    g_assert_true (g_file_get_contents (g_getenv ("LAB_ENV"), &text, NULL, NULL));
    values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    lines = g_strsplit (text, "\n", -1);
    for (gsize i = 0; lines[i] != NULL; i++) {
      g_auto (GStrv) pair = g_strsplit (lines[i], "=", 2);

      if (g_strv_length (pair) == 2)
        g_hash_table_replace (values, g_strdup (pair[0]), g_strdup (pair[1]));
    }
  }
  g_assert_nonnull (g_hash_table_lookup (values, name));
  return g_hash_table_lookup (values, name);
}

char *
live_path (const char *mailbox)
{
  char *path = NULL;

  if (live_server () != LIVE_COURIER || g_str_equal (mailbox, "INBOX"))
    return g_strdup (mailbox);
  path = g_strconcat ("INBOX.", mailbox, NULL);
  return g_strdelimit (path, "/", '.');
}

/* ---- the other client ---- */

static void
send_word (GOutputStream *to, const char *word)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *head = g_strdup_printf ("%zu\n", strlen (word));

  g_assert_true (g_output_stream_write_all (to, head, strlen (head), NULL, NULL, &error));
  g_assert_true (g_output_stream_write_all (to, word, strlen (word), NULL, NULL, &error));
  g_assert_no_error (error);
}

/* Mailboxes among the words are given as the server writes them.  Ends with NULL. */
static char *
ask (const char *user, const char *verb, ...)
{
  static GSubprocess *process;
  static GDataInputStream *answers;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *count = NULL, *line = NULL, *answer = NULL;
  gsize length = 0;
  /* Mail that was sent lies where the submission server delivers */
  gboolean here = g_str_equal (user, "alice");
  va_list args;

  if (process == NULL) {
    g_autofree char *script = g_build_filename (g_getenv ("SOSIK_TESTS"), "live", "client", NULL);

    process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                &error, script, NULL);
    g_assert_no_error (error);
    answers = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  }
  g_ptr_array_add (words, g_strdup ("localhost"));
  g_ptr_array_add (words, g_strdup (live_lab (here ? "LAB_IMAPS" : "LAB_IMAPS_OF_OTHERS")));
  g_ptr_array_add (words, g_strdup (live_lab ("LAB_CA")));
  g_ptr_array_add (words, g_strdup (user));
  g_ptr_array_add (words, g_strdup_printf ("%spw", user));
  g_ptr_array_add (words, g_strdup (verb));
  va_start (args, verb);
  for (const char *word = va_arg (args, const char *); word != NULL;
       word = va_arg (args, const char *))
    g_ptr_array_add (words, g_strdup (word));
  va_end (args);
  count = g_strdup_printf ("%u\n", words->len);
  g_assert_true (g_output_stream_write_all (g_subprocess_get_stdin_pipe (process), count,
                                            strlen (count), NULL, NULL, &error));
  for (guint i = 0; i < words->len; i++)
    send_word (g_subprocess_get_stdin_pipe (process), g_ptr_array_index (words, i));
  line = g_data_input_stream_read_line (answers, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  length = (gsize)g_ascii_strtoull (line, NULL, 10);
  answer = g_malloc0 (length + 1);
  g_assert_true (
      g_input_stream_read_all (G_INPUT_STREAM (answers), answer, length, NULL, NULL, &error));
  g_assert_no_error (error);
  return g_steal_pointer (&answer);
}

/* Others than alice live at the Dovecot that the submission server delivers to. */
static char *
path_of (const char *user, const char *mailbox)
{
  return g_str_equal (user, "alice") ? live_path (mailbox) : g_strdup (mailbox);
}

void
live_save (const char *user, const char *mailbox, const char *message)
{
  g_autofree char *path = path_of (user, mailbox);

  g_free (ask (user, "save", path, "", message, NULL));
}

void
live_deliver (const char *user, const char *mailbox, const char *subject, gsize size)
{
  static guint serial;
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (
      text,
      "From: Bob <bob@lab.test>\r\nTo: %s@lab.test\r\nSubject: %s\r\nMessage-ID: <live-%u-%u@lab.test>\r\n"
      "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n\r\nHello.\r\n",
      user, subject, g_random_int (), serial++);
  while (text->len < size)
    g_string_append (text,
                     "0123456789 abcdefghijklmnopqrstuvwxyz 0123456789 abcdefghijklmnopqrstuv\r\n");
  live_save (user, mailbox, text->str);
}

guint
live_count (const char *user, const char *mailbox, const char *subject)
{
  g_autofree char *path = path_of (user, mailbox);
  g_autofree char *answer = ask (user, "count", path, subject != NULL ? subject : "", NULL);

  return (guint)atoi (answer);
}

gboolean
live_server_has (const char *user, const char *mailbox, const char *subject, const char *flag)
{
  g_autofree char *path = path_of (user, mailbox);
  g_autofree char *answer = ask (user, "flags", path, subject, NULL);

  return strstr (answer, flag) != NULL;
}

char *
live_text (const char *user, const char *mailbox, const char *subject)
{
  g_autofree char *path = path_of (user, mailbox);

  return ask (user, "body", path, subject, NULL);
}

void
live_mark (const char *user, const char *mailbox, const char *subject, const char *item,
           const char *flags)
{
  g_autofree char *path = path_of (user, mailbox);

  g_free (ask (user, "store", path, subject, item, flags, NULL));
}

void
live_expunge (const char *user, const char *mailbox, const char *subject)
{
  g_autofree char *path = path_of (user, mailbox);

  g_free (ask (user, "expunge", path, subject != NULL ? subject : "", NULL));
}

void
live_create (const char *user, const char *mailbox)
{
  g_autofree char *path = path_of (user, mailbox);

  g_free (ask (user, "create", path, NULL));
}

void
live_delete (const char *user, const char *mailbox)
{
  g_autofree char *path = path_of (user, mailbox);

  g_free (ask (user, "delete", path, NULL));
}

void
live_tidy (const char *user)
{
  g_autofree char *drafts = path_of (user, "Drafts"), *sent = path_of (user, "Sent"),
                  *junk = path_of (user, "Junk"), *trash = path_of (user, "Trash"),
                  *archive = path_of (user, "Archive");

  g_free (ask (user, "tidy", "INBOX", drafts, sent, junk, trash, archive, NULL));
}

void
live_seed (const char *user, const char *mailbox, guint n, const char *kind)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *script = g_build_filename (g_getenv ("SOSIK_TESTS"), "lab", "seed", NULL);
  g_autofree char *count = g_strdup_printf ("%u", n);
  g_autoptr (GSubprocess) process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, script, live_lab ("LAB_STATE"), user,
                        mailbox, count, "--kind", kind, NULL);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
  g_assert_no_error (error);
}
