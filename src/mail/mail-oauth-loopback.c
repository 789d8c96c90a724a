/* The port that a browser comes back to.  Runs in the thread that waits; must never take an answer whose state is
 * another, nor a second one, nor keep what others send. */
#include "mail-oauth-loopback.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "mail-keyring.h"
#include "mail-oauth.h"

#define MAX_REQUEST  (16 * 1024)
#define MAX_VISITORS 32   /* at a time; then the one that is here longest has to go */
#define PARTING_MS   2000 /* for the page that says that all is well */
#define PAUSE_MS     100  /* after a visitor could not be let in */

struct _MailOauthLoopback
{
  /* Owned */
  GMainContext *context;
  GSocketListener *listener;
  GCancellable *closing;
  GPtrArray *visitors; /* of Visitor */
  char *state, *redirect, *authority;
  char *code;    /* once it came */
  GError *error; /* the same */

  gboolean answered, parted, late;
};

/* One connection. */
typedef struct
{
  MailOauthLoopback *loopback; /* borrowed: it outlives what it cancels */
  GSocketConnection *connection;
  GCancellable *gone;
  char request[MAX_REQUEST + 1];
  gsize length;
  char *answer;
  gboolean is_the_one;
} Visitor;

static void read_more (Visitor *visitor);

/* Its callback has run, and no other is on its way. */
static void
visitor_leave (Visitor *visitor)
{
  if (visitor->is_the_one)
    visitor->loopback->parted = TRUE;
  g_io_stream_close (G_IO_STREAM (visitor->connection), NULL, NULL);
  g_ptr_array_remove (visitor->loopback->visitors, visitor);
}

static void
visitor_free (gpointer data)
{
  Visitor *visitor = data;

  explicit_bzero (visitor->request, sizeof visitor->request);
  g_object_unref (visitor->connection);
  g_object_unref (visitor->gone);
  g_free (visitor->answer);
  g_free (visitor);
}

/* ---- what is said in the browser ---- */

/* Nothing is loaded, nothing is kept, and where the person goes next learns nothing of it. */
static char *
dup_page (guint status, const char *title, const char *sentence)
{
  g_autofree char *head = g_markup_escape_text (title, -1);
  g_autofree char *text = g_markup_escape_text (sentence, -1);
  g_autofree char *body = g_strdup_printf (
      "<!DOCTYPE html><html lang=\"%s\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
      "<meta name=\"color-scheme\" content=\"light dark\"><title>%s</title>"
      "<style>body{font:1.1em sans-serif;max-width:32em;margin:20vh auto;padding:0 1em;text-align:center;word-break:keep-all}"
      "</style></head><body><h1>%s</h1><p>%s</p></body></html>\n",
      /* Translators: the code of the language of this translation, as in <html lang="en"> */
      _ ("en"), head, head, text);

  return g_strdup_printf (
      "HTTP/1.1 %u %s\r\n"
      "Content-Type: text/html; charset=utf-8\r\n"
      "Content-Length: %zu\r\n"
      "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n"
      "Referrer-Policy: no-referrer\r\n"
      "X-Content-Type-Options: nosniff\r\n"
      "Cache-Control: no-store\r\n"
      "Connection: close\r\n"
      "\r\n%s",
      status,
      status == 200   ? "OK"
      : status == 404 ? "Not Found"
                      : "Bad Request",
      strlen (body), body);
}

static char *
dup_stranger_page (guint status)
{
  return dup_page (
      status, _ ("This page is not for you"),
      _ ("Sosik waits here for another answer. If you were signing in, begin once more in Sosik."));
}

static char *
dup_last_page (const GError *error)
{
  if (error != NULL)
    return dup_page (200, _ ("Not signed in"), error->message);
  return dup_page (200, _ ("Go on in Sosik"), _ ("You can close this window."));
}

/* ---- reading what they want ---- */

/* The query of "GET /?… HTTP/1.1" to us, in place; NULL: something else. */
static char *
find_query (Visitor *visitor)
{
  char *line = visitor->request, *end = strstr (line, "\r\n"), *blank, *host;
  g_autofree char *wanted = g_strdup_printf ("\r\nhost: %s\r\n", visitor->loopback->authority);

  /* By another name a page of a stranger may have led here (DNS rebinding). */
  host = strcasestr (end, wanted);
  if (host == NULL || !g_str_has_prefix (line, "GET /?"))
    return NULL;
  blank = strchr (line + 6, ' ');
  if (blank == NULL || blank > end || !g_str_has_prefix (blank, " HTTP/1."))
    return NULL;
  *blank = '\0';
  return line + 6;
}

static char *
dup_answer (Visitor *visitor)
{
  MailOauthLoopback *loopback = visitor->loopback;
  char *query = find_query (visitor);
  gboolean ours = FALSE;
  g_autoptr (GError) error = NULL;
  char *code = NULL;

  if (query == NULL)
    return dup_stranger_page (404);
  if (!loopback->answered)
    code = mail_oauth_read_redirect (query, loopback->state, &ours, &error);
  if (!ours)
    return dup_stranger_page (400);
  loopback->answered = visitor->is_the_one = TRUE;
  loopback->code = code;
  loopback->error = error != NULL ? g_error_copy (error) : NULL;
  return dup_last_page (error);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  (void)g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  visitor_leave (user_data);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Visitor *visitor = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n <= 0) {
    visitor_leave (visitor);
    return;
  }
  visitor->length += (gsize)n;
  visitor->request[visitor->length] = '\0';
  if (strstr (visitor->request, "\r\n\r\n") == NULL) {
    if (visitor->length < MAX_REQUEST && strlen (visitor->request) == visitor->length)
      read_more (visitor);
    else
      visitor_leave (visitor);
    return;
  }
  visitor->answer = dup_answer (visitor);
  explicit_bzero (visitor->request, sizeof visitor->request);
  g_output_stream_write_all_async (
      g_io_stream_get_output_stream (G_IO_STREAM (visitor->connection)), visitor->answer,
      strlen (visitor->answer), G_PRIORITY_DEFAULT, visitor->gone, on_written, visitor);
}

static void
read_more (Visitor *visitor)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (visitor->connection)),
                             visitor->request + visitor->length, MAX_REQUEST - visitor->length,
                             G_PRIORITY_DEFAULT, visitor->gone, on_read, visitor);
}

/* ---- the door ---- */

static void on_accepted (GObject *source, GAsyncResult *result, gpointer user_data);

static void
open_door (MailOauthLoopback *loopback)
{
  g_socket_listener_accept_async (loopback->listener, loopback->closing, on_accepted, loopback);
}

static gboolean
on_rested (gpointer data)
{
  MailOauthLoopback *loopback = data;

  if (!g_cancellable_is_cancelled (loopback->closing))
    open_door (loopback);
  return G_SOURCE_REMOVE;
}

/* There is no room for another file just now: whoever knocks still stands there, and would be turned to at once for ever. */
static void
rest (MailOauthLoopback *loopback)
{
  g_autoptr (GSource) pause = g_timeout_source_new (PAUSE_MS);

  g_source_set_callback (pause, on_rested, loopback, NULL);
  g_source_attach (pause, loopback->context);
}

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, &error);
  MailOauthLoopback *loopback = user_data;

  /* Or else it is gone, or going. */
  if (base_error_is_cancelled (error))
    return;
  if (connection != NULL) {
    Visitor *visitor = g_new0 (Visitor, 1);

    if (loopback->visitors->len >= MAX_VISITORS)
      g_cancellable_cancel (((Visitor *)loopback->visitors->pdata[0])->gone);
    visitor->loopback = loopback;
    visitor->connection = g_steal_pointer (&connection);
    visitor->gone = g_cancellable_new ();
    g_ptr_array_add (loopback->visitors, visitor);
    read_more (visitor);
    open_door (loopback);
  } else {
    rest (loopback);
  }
}

static gboolean
listen_here (MailOauthLoopback *loopback, GError **error)
{
  g_autoptr (GInetAddress) loop = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loop, 0);
  g_autoptr (GSocketAddress) here = NULL;
  g_autoptr (GError) local = NULL;

  if (!g_socket_listener_add_address (loopback->listener, any_port, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &here, &local)) {
    base_error_set (
        error, BASE_ERROR_REFUSED, local->message,
        _ ("The browser could not come back to Sosik: this computer does not let it listen on 127.0.0.1."));
    return FALSE;
  }
  loopback->authority = g_strdup_printf (
      "127.0.0.1:%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (here)));
  loopback->redirect = g_strdup_printf ("http://%s/", loopback->authority);
  open_door (loopback);
  return TRUE;
}

MailOauthLoopback *
mail_oauth_loopback_new (const char *state, GError **error)
{
  MailOauthLoopback *loopback = g_new0 (MailOauthLoopback, 1);
  gboolean good;

  loopback->context = g_main_context_new ();
  loopback->listener = g_socket_listener_new ();
  loopback->closing = g_cancellable_new ();
  loopback->visitors = g_ptr_array_new_with_free_func (visitor_free);
  loopback->state = g_strdup (state);
  g_main_context_push_thread_default (loopback->context);
  good = listen_here (loopback, error);
  g_main_context_pop_thread_default (loopback->context);
  if (good)
    return loopback;
  mail_oauth_loopback_free (loopback);
  return NULL;
}

/* What was begun ends before its memory does. */
static void
close_door (MailOauthLoopback *loopback)
{
  g_cancellable_cancel (loopback->closing);
  g_socket_listener_close (loopback->listener);
  for (guint i = 0; i < loopback->visitors->len; i++)
    g_cancellable_cancel (((Visitor *)loopback->visitors->pdata[i])->gone);
  while (loopback->visitors->len > 0)
    g_main_context_iteration (loopback->context, TRUE);
  while (g_main_context_iteration (loopback->context, FALSE))
    ;
}

void
mail_oauth_loopback_free (MailOauthLoopback *loopback)
{
  g_main_context_push_thread_default (loopback->context);
  close_door (loopback);
  g_main_context_pop_thread_default (loopback->context);
  g_object_unref (loopback->listener);
  g_object_unref (loopback->closing);
  g_ptr_array_unref (loopback->visitors);
  g_main_context_unref (loopback->context);
  mail_password_free (loopback->state);
  mail_password_free (loopback->code);
  g_clear_error (&loopback->error);
  g_free (loopback->redirect);
  g_free (loopback->authority);
  g_free (loopback);
}

const char *
mail_oauth_loopback_get_redirect (MailOauthLoopback *loopback)
{
  return loopback->redirect;
}

static gboolean
on_late (gpointer loopback)
{
  ((MailOauthLoopback *)loopback)->late = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
on_cancelled (GCancellable *cancellable, gpointer context)
{
  g_main_context_wakeup (context);
}

static GSource *
begin_clock (MailOauthLoopback *loopback, guint ms)
{
  GSource *clock = g_timeout_source_new (ms);

  loopback->late = FALSE;
  g_source_set_callback (clock, on_late, loopback, NULL);
  g_source_attach (clock, loopback->context);
  return clock;
}

static void
end_clock (GSource *clock)
{
  g_source_destroy (clock);
  g_source_unref (clock);
}

char *
mail_oauth_loopback_wait (MailOauthLoopback *loopback, guint timeout_ms, GCancellable *cancellable,
                          GError **error)
{
  GSource *clock;
  gulong handler = 0;
  gboolean late;

  g_main_context_push_thread_default (loopback->context);
  if (cancellable != NULL)
    handler =
        g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), loopback->context, NULL);
  clock = begin_clock (loopback, timeout_ms);
  while (!loopback->answered && !loopback->late && !g_cancellable_is_cancelled (cancellable))
    g_main_context_iteration (loopback->context, TRUE);
  end_clock (clock);
  late = !loopback->answered;
  clock = begin_clock (loopback, PARTING_MS);
  while (loopback->answered && !loopback->parted && !loopback->late)
    g_main_context_iteration (loopback->context, TRUE);
  end_clock (clock);
  g_cancellable_disconnect (cancellable, handler);
  close_door (loopback);
  g_main_context_pop_thread_default (loopback->context);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (late)
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("Nobody signed in within the time there is for it. Sign in once more."));
  else if (loopback->error != NULL)
    g_propagate_error (error, g_steal_pointer (&loopback->error));
  return g_steal_pointer (&loopback->code);
}
