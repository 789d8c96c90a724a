/* model-server DIR [IMAP_PORT SMTP_PORT]: the model server as a program, for scripts and benchmarks.
 *
 * Writes DIR/model.env (LAB_IMAPS, LAB_SUBMISSIONS, LAB_CA ..., so that tests/lab/profile can use it) when it is ready, and
 * listens on the Unix socket DIR/control.  There, a request is a line of words with TABs between them, the answer
 * lines of its own and then "OK" or "ERR why".  Runs until "quit", SIGTERM, or the end of its standard input when that
 * is a pipe.
 *
 *   account USER PASSWORD ADDRESS           capabilities WORDS        smtp-capabilities WORDS
 *   delay MS                                files-sent 0|1            reachable 0|1             cut
 *   refuse ADDRESS [ANSWER]                 reset                     quit
 *   deliver USER MAILBOX OCTETS [FLAGS]     and then so many octets; answers the UID
 *   flags USER MAILBOX UID +|- FLAGS        expunge USER MAILBOX UID
 *   labels USER MAILBOX UID LABELS          (of X-GM-EXT-1, as they are on the wire)
 *   copy USER MAILBOX UID TARGET            move USER MAILBOX UID TARGET
 *   create USER MAILBOX                     delete USER MAILBOX       rename USER MAILBOX NAME
 *   subscribe USER MAILBOX 0|1              renumber USER MAILBOX
 *   uids USER MAILBOX                       dump [USER]               delivered
 *   counters                                reset-counters
 *   fault NUMBER before|after cut|reset|stall   at that line, counted from now
 *   answer GLOB TEXT                        commands that match are not done, TEXT is said
 *   no-fault */
#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>

#include "model-server.h"

typedef struct
{
  ModelServer *server; /* Owned */
  GMainLoop *loop;     /* Owned */

  /* The fault; read in the threads of the connections, set while no hook is set. */
  guint64 number;
  gboolean after;
  ModelVerdict verdict;
  GPatternSpec *pattern; /* Owned */
  char *answer;          /* Owned */
} Program;

static ModelVerdict
fault (ModelEvent *event, gpointer user_data)
{
  Program *program = user_data;

  if (program->pattern != NULL) {
    if (event->sent || event->after || !g_pattern_spec_match_string (program->pattern, event->line))
      return MODEL_GO;
    event->answer = program->answer;
    return MODEL_ANSWER;
  }
  return event->number == program->number && event->after == program->after ? program->verdict
                                                                            : MODEL_GO;
}

static void
clear_fault (Program *program)
{
  model_server_set_hook (program->server, NULL, NULL);
  /* Nobody may still be inside the hook with what is freed here. */
  model_server_cut_all (program->server);
  g_clear_pointer (&program->pattern, g_pattern_spec_free);
  g_clear_pointer (&program->answer, g_free);
}

static guint32
number_of (const char *text)
{
  return (guint32)g_ascii_strtoull (text, NULL, 10);
}

static gboolean
is (GStrv words, const char *verb, guint n)
{
  return strcmp (words[0], verb) == 0 && g_strv_length (words) == n + 1;
}

static gboolean
run_setting (Program *program, GStrv words)
{
  ModelServer *server = program->server;

  if (is (words, "account", 3))
    model_server_add_account (server, words[1], words[2], words[3]);
  else if (is (words, "capabilities", 1))
    model_server_set_capabilities (server, words[1]);
  else if (is (words, "smtp-capabilities", 1))
    model_server_set_smtp_capabilities (server, words[1]);
  else if (is (words, "delay", 1))
    model_server_set_delay (server, number_of (words[1]));
  else if (is (words, "files-sent", 1))
    model_server_set_files_sent (server, *words[1] == '1');
  else if (is (words, "reachable", 1))
    model_server_set_reachable (server, *words[1] == '1');
  else if (is (words, "cut", 0))
    model_server_cut_all (server);
  else if (is (words, "refuse", 1) || is (words, "refuse", 2))
    model_server_refuse_recipient (server, words[1], words[2]);
  else if (is (words, "reset", 0))
    model_server_reset (server);
  else if (is (words, "reset-counters", 0))
    model_server_reset_counters (server);
  else if (is (words, "quit", 0))
    g_main_loop_quit (program->loop);
  else
    return FALSE;
  return TRUE;
}

static gboolean
run_fault (Program *program, GStrv words)
{
  gboolean line = is (words, "fault", 3), answer = is (words, "answer", 2);

  if (!line && !answer && !is (words, "no-fault", 0))
    return FALSE;
  clear_fault (program);
  if (line) {
    program->number = g_ascii_strtoull (words[1], NULL, 10);
    program->after = strcmp (words[2], "after") == 0;
    program->verdict = strcmp (words[3], "cut") == 0     ? MODEL_CUT
                       : strcmp (words[3], "reset") == 0 ? MODEL_RESET
                                                         : MODEL_STALL;
  }
  if (answer) {
    program->pattern = g_pattern_spec_new (words[1]);
    program->answer = g_strdup (words[2]);
  }
  if (line || answer)
    model_server_set_hook (program->server, fault, program);
  return TRUE;
}

/* Acts on a mailbox that is there: words[1] is the user, words[2] the mailbox. */
static gboolean
run_act (Program *program, GStrv words, GBytes *octets, GString *out)
{
  ModelServer *server = program->server;
  const char *user = words[1], *mailbox = words[2];

  if (octets != NULL)
    g_string_append_printf (out, "%u\n",
                            model_act_deliver (server, user, mailbox, octets, words[4], 0));
  else if (is (words, "labels", 4))
    model_act_set_labels (server, user, mailbox, number_of (words[3]), words[4]);
  else if (is (words, "flags", 5))
    model_act_set_flags (server, user, mailbox, number_of (words[3]), *words[4] == '+', words[5]);
  else if (is (words, "expunge", 3))
    model_act_expunge (server, user, mailbox, number_of (words[3]));
  else if (is (words, "copy", 4) || is (words, "move", 4))
    g_string_append_printf (
        out, "%u\n",
        model_act_copy (server, user, mailbox, number_of (words[3]), words[4], *words[0] == 'm'));
  else if (is (words, "delete", 2))
    model_act_delete (server, user, mailbox);
  else if (is (words, "rename", 3))
    model_act_rename (server, user, mailbox, words[3]);
  else if (is (words, "subscribe", 3))
    model_act_subscribe (server, user, mailbox, *words[3] == '1');
  else if (is (words, "renumber", 2))
    model_act_renumber (server, user, mailbox);
  else if (is (words, "uids", 2)) {
    g_autoptr (GArray) uids = model_server_get_uids (server, user, mailbox);

    for (guint i = 0; i < uids->len; i++)
      g_string_append_printf (out, "%u\n", g_array_index (uids, guint32, i));
  } else
    return FALSE;
  return TRUE;
}

static gboolean
run_look (Program *program, GStrv words, GString *out)
{
  g_autofree char *text = NULL;

  if (is (words, "dump", 0) || is (words, "dump", 1)) {
    text = model_server_dump (program->server, words[1]);
  } else if (is (words, "delivered", 0)) {
    text = model_server_dump_delivered (program->server);
  } else if (is (words, "counters", 0)) {
    ModelCounters counters = model_server_get_counters (program->server);

    text = g_strdup_printf ("connections %" G_GUINT64_FORMAT "\ncommands %" G_GUINT64_FORMAT
                            "\nbytes_in %" G_GUINT64_FORMAT "\nbytes_out %" G_GUINT64_FORMAT
                            "\nround_trips %" G_GUINT64_FORMAT "\n",
                            counters.connections, counters.commands, counters.bytes_in,
                            counters.bytes_out, counters.round_trips);
  }
  if (text != NULL)
    g_string_append (out, text);
  return text != NULL;
}

static void
run_request (Program *program, GStrv words, GBytes *octets, GString *out)
{
  static const char *const acts[] = { "deliver", "labels", "flags",     "expunge",  "copy", "move",
                                      "delete",  "rename", "subscribe", "renumber", "uids", NULL };

  if (g_strv_contains (acts, words[0])) {
    if (g_strv_length (words) < 3
        || !model_server_has_mailbox (program->server, words[1], words[2]))
      g_string_append (out, "ERR no such mailbox\n");
    else
      g_string_append (out, run_act (program, words, octets, out) ? "OK\n" : "ERR what?\n");
    return;
  }
  if (is (words, "create", 2)) {
    gboolean there = model_server_has_mailbox (program->server, words[1], words[2]);

    if (!there)
      model_act_create (program->server, words[1], words[2]);
    g_string_append (out, there ? "ERR it is there\n" : "OK\n");
    return;
  }
  g_string_append (out, run_setting (program, words) || run_fault (program, words)
                                || run_look (program, words, out)
                            ? "OK\n"
                            : "ERR what?\n");
}

/* One control connection, in a thread of the socket service. */
static gboolean
serve (GThreadedSocketService *service, GSocketConnection *connection, GObject *source,
       gpointer user_data)
{
  Program *program = user_data;
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr (GDataInputStream) input =
      g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  char *line;

  while ((line = g_data_input_stream_read_line (input, NULL, NULL, NULL)) != NULL) {
    g_autofree char *owned = line;
    g_auto (GStrv) words = g_strsplit (owned, "\t", -1);
    g_autoptr (GBytes) octets = NULL;
    g_autoptr (GString) out = g_string_new (NULL);

    if (words[0] == NULL)
      continue;
    if (strcmp (words[0], "deliver") == 0 && g_strv_length (words) >= 4) {
      gsize size = (gsize)g_ascii_strtoull (words[3], NULL, 10), got = 0;
      g_autofree char *data = g_malloc (size + 1);

      if (!g_input_stream_read_all (G_INPUT_STREAM (input), data, size, &got, NULL, NULL)
          || got < size)
        break;
      octets = g_bytes_new_take (g_steal_pointer (&data), size);
    }
    run_request (program, words, octets, out);
    if (!g_output_stream_write_all (output, out->str, out->len, NULL, NULL, NULL))
      break;
  }
  return TRUE;
}

static gboolean
stop (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gboolean
stop_at_end (int fd, GIOCondition condition, gpointer loop)
{
  char waste[256];

  if (read (fd, waste, sizeof waste) > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  ModelSettings settings = { 0 };
  Program program = { .loop = g_main_loop_new (NULL, FALSE) };
  g_autoptr (GSocketService) service = g_threaded_socket_service_new (8);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *control = NULL, *ready = NULL, *text = NULL;
  struct stat input;

  if (argc != 2 && argc != 4) {
    g_printerr ("usage: model-server DIR [IMAP_PORT SMTP_PORT]\n");
    return 2;
  }
  if (argc == 4) {
    settings.imap_port = (guint16)number_of (argv[2]);
    settings.smtp_port = (guint16)number_of (argv[3]);
  }
  program.server = model_server_new (&settings);
  if (g_getenv ("MODEL_TRACE") != NULL)
    model_server_set_trace (program.server, g_getenv ("MODEL_TRACE"));
  g_mkdir_with_parents (argv[1], 0755);
  control = g_build_filename (argv[1], "control", NULL);
  ready = g_build_filename (argv[1], "model.env", NULL);
  g_unlink (control);
  address = g_unix_socket_address_new (control);
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, &error))
    g_error ("%s: %s", control, error->message);
  g_signal_connect (service, "run", G_CALLBACK (serve), &program);
  text = g_strdup_printf (
      "LAB_STATE=%s\nLAB_HOST=127.0.0.1\nLAB_IMAPS=%u\nLAB_SUBMISSIONS=%u\nLAB_CA=%s\n"
      "MODEL_CONTROL=%s\n",
      argv[1], model_server_get_imap_port (program.server),
      model_server_get_smtp_port (program.server), model_server_get_ca_file (program.server),
      control);
  if (!g_file_set_contents (ready, text, -1, &error))
    g_error ("%s", error->message);

  g_unix_signal_add (SIGTERM, stop, program.loop);
  g_unix_signal_add (SIGINT, stop, program.loop);
  if (fstat (0, &input) == 0 && S_ISFIFO (input.st_mode))
    g_unix_fd_add (0, G_IO_IN | G_IO_HUP, stop_at_end, program.loop);
  g_main_loop_run (program.loop);
  g_socket_service_stop (service);
  clear_fault (&program);
  model_server_free (program.server);
  g_main_loop_unref (program.loop);
  g_unlink (control);
  g_unlink (ready);
  return 0;
}
