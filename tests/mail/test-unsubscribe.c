/* Leaving a list: the one request, to a server of our own over TLS, and all that must not be requested. */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <libsoup/soup.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base-error.h"
#include "mail-choices.h"
#include "mail-unsubscribe.h"
#include "test-mail.h"

typedef struct
{
  SoupServer *server;
  GTlsDatabase *database; /* that trusts it */
  guint port, n_requests;
  char *method, *path, *body, *type, *forbidden;
  char *file;
} Web;

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer data)
{
  static const char *const never[] = { "Cookie", "Referer", "Authorization", "Origin" };
  Web *web = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  web->n_requests++;
  g_free (web->method);
  web->method = g_strdup (soup_server_message_get_method (message));
  g_free (web->path);
  web->path = g_uri_to_string (soup_server_message_get_uri (message));
  g_free (web->body);
  web->body = g_strndup (body->data, (gsize)body->length);
  g_free (web->type);
  web->type = g_strdup (soup_message_headers_get_one (headers, "Content-Type"));
  for (guint i = 0; i < G_N_ELEMENTS (never); i++) {
    if (soup_message_headers_get_one (headers, never[i]) != NULL)
      web->forbidden = g_strdup (never[i]);
  }
  soup_message_headers_append (soup_server_message_get_response_headers (message), "Set-Cookie",
                               "a=b");
  if (g_str_has_prefix (path, "/lost"))
    g_io_stream_close (soup_server_message_steal_connection (message), NULL, NULL);
  else if (g_str_has_prefix (path, "/moved"))
    soup_server_message_set_redirect (message, SOUP_STATUS_TEMPORARY_REDIRECT, "/leave");
  else
    soup_server_message_set_status (message,
                                    g_str_has_prefix (path, "/gone")     ? 410
                                    : g_str_has_prefix (path, "/broken") ? 503
                                                                         : 200,
                                    NULL);
}

/* PEM of a key and a certificate for 127.0.0.1 that signs itself. */
static char *
make_certificate (void)
{
  static const guint8 address[4] = { 127, 0, 0, 1 };
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t crt;
  gnutls_datum_t key_pem, crt_pem;
  char *pem;

  gnutls_x509_privkey_init (&key);
  gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0);
  gnutls_x509_crt_init (&crt);
  gnutls_x509_crt_set_version (crt, 3);
  gnutls_x509_crt_set_serial (crt, "\001", 1);
  gnutls_x509_crt_set_dn (crt, "CN=127.0.0.1", NULL);
  gnutls_x509_crt_set_activation_time (crt, time (NULL) - 60);
  gnutls_x509_crt_set_expiration_time (crt, time (NULL) + 3600);
  gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_IPADDRESS, address, sizeof address,
                                        GNUTLS_FSAN_SET);
  gnutls_x509_crt_set_key (crt, key);
  gnutls_x509_crt_set_ca_status (crt, 1);
  g_assert_cmpint (gnutls_x509_crt_sign2 (crt, crt, key, GNUTLS_DIG_SHA256, 0), ==, 0);
  gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &key_pem);
  gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &crt_pem);
  pem = g_strdup_printf ("%.*s%.*s", (int)crt_pem.size, crt_pem.data, (int)key_pem.size,
                         key_pem.data);
  gnutls_free (key_pem.data);
  gnutls_free (crt_pem.data);
  gnutls_x509_crt_deinit (crt);
  gnutls_x509_privkey_deinit (key);
  return pem;
}

static void
web_start (Web *web)
{
  g_autofree char *pem = make_certificate (), *file = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (pem, -1, &error);
  int fd = g_file_open_tmp ("sosik-web-XXXXXX.pem", &file, &error);

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (file, pem, -1, &error));
  g_close (fd, NULL);
  web->database = g_tls_file_database_new (file, &error);
  g_assert_no_error (error);
  web->file = g_steal_pointer (&file);
  web->server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_handler (web->server, NULL, on_request, web, NULL);
  g_assert_true (soup_server_listen_local (
      web->server, 0, SOUP_SERVER_LISTEN_HTTPS | SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
  g_assert_no_error (error);
  GSList *uris = soup_server_get_uris (web->server);
  web->port = (guint)g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
}

static void
web_stop (Web *web)
{
  soup_server_disconnect (web->server);
  g_clear_object (&web->server);
  g_clear_object (&web->database);
  g_remove (web->file);
  g_free (web->file);
  g_free (web->method);
  g_free (web->path);
  g_free (web->body);
  g_free (web->type);
  g_free (web->forbidden);
}

static gboolean
allow_all (GInetAddress *address)
{
  return TRUE;
}

typedef struct
{
  Web *web;
  MailRemoteAllowFunc allow;
  gboolean trusts;
  char *uri;
  GError *error;
  int done; /* atomic */
} Post;

static gpointer
run_post (gpointer data)
{
  Post *post = data;

  mail_remote_post (post->allow, post->trusts ? post->web->database : NULL, post->uri,
                    "List-Unsubscribe=One-Click", NULL, &post->error);
  g_atomic_int_set (&post->done, 1);
  return NULL;
}

/* The server answers from this thread's loop. */
static GError *
send_post (Web *web, MailRemoteAllowFunc allow, gboolean trusts, const char *format)
{
  Post post = {
    .web = web, .allow = allow, .trusts = trusts, .uri = g_strdup_printf (format, web->port)
  };
  GThread *thread = g_thread_new ("post", run_post, &post);

  while (!g_atomic_int_get (&post.done)) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (500);
  }
  g_thread_join (thread);
  g_free (post.uri);
  return post.error;
}

static void
test_post (void)
{
  static const struct
  {
    const char *uri;
    gboolean all, trusts;
    int code; /* -1: succeeds */
    guint requests;
  } cases[] = {
    { "https://127.0.0.1:%u/leave?id=1&b=%%20x", TRUE, TRUE, -1, 1 },
    { "https://127.0.0.1:%u/leave", FALSE, TRUE, BASE_ERROR_REFUSED, 0 },
    { "https://localhost:%u/leave", FALSE, TRUE, BASE_ERROR_REFUSED, 0 },
    { "https://[::ffff:127.0.0.1]:%u/leave", FALSE, TRUE, BASE_ERROR_REFUSED, 0 },
    { "https://127.0.0.1:%u/leave", TRUE, FALSE, BASE_ERROR_RETRY, 0 },
    { "https://127.0.0.1:%u/gone", TRUE, TRUE, BASE_ERROR_REFUSED, 1 },
    /* It may have been done. */
    { "https://127.0.0.1:%u/moved", TRUE, TRUE, BASE_ERROR_BROKEN, 1 },
    { "https://127.0.0.1:%u/broken", TRUE, TRUE, BASE_ERROR_BROKEN, 1 },
    { "https://127.0.0.1:%u/lost", TRUE, TRUE, BASE_ERROR_BROKEN, 1 },
    { "http://127.0.0.1:%u/leave", TRUE, TRUE, BASE_ERROR_REFUSED, 0 },
    { "https://me:secret@127.0.0.1:%u/leave", TRUE, TRUE, BASE_ERROR_REFUSED, 0 },
    { "file:///etc/passwd?%u", TRUE, TRUE, BASE_ERROR_REFUSED, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    Web web = { 0 };
    g_autoptr (GError) error = NULL;

    web_start (&web);
    error = send_post (&web, cases[i].all ? allow_all : mail_remote_address_is_public,
                       cases[i].trusts, cases[i].uri);
    g_test_message ("%s: %s", cases[i].uri, error != NULL ? error->message : "done");
    if (cases[i].code < 0)
      g_assert_no_error (error);
    else
      g_assert_error (error, BASE_ERROR, cases[i].code);
    g_assert_cmpuint (web.n_requests, ==, cases[i].requests);
    g_assert_null (web.forbidden);
    if (web.n_requests > 0) {
      g_assert_cmpstr (web.method, ==, "POST");
      g_assert_cmpstr (web.body, ==, "List-Unsubscribe=One-Click");
      g_assert_cmpstr (web.type, ==, "application/x-www-form-urlencoded");
    }
    web_stop (&web);
  }
}

static gint64
get_left (MailContent *content)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 time;

  mail_content_get_left_async (content, NULL, on_result, &result);
  time = mail_content_get_left_finish (content, wait_result (&result), &error);
  g_assert_no_error (error);
  return time;
}

static MailContent *
open_letter (Bench *bench, const char *letter)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MailMessage) message = NULL;
  static gint64 received = 5000;
  MailContent *content;

  bench_add (bench, bench->inbox, received++, letter);
  message = bench_first (bench, bench->inbox);
  content = bench_open (bench, message, &error);
  g_assert_no_error (error);
  return content;
}

/* By mail: it lies in the outbox, and is remembered for the next message of the list. */
static void
test_mail (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  static const char letter[] =
      "From: n@x.example\r\nList-Id: <talk.x.example>\r\n"
      "List-Unsubscribe: <mailto:leave@x.example?subject=go%20away%0D%0ABcc:h@z.example"
      "&to=e@z.example&cc=f@z.example&bcc=g@z.example&body=one%0D%0Atwo>\r\n\r\nText\r\n";
  g_autoptr (MailContent) content = open_letter (bench, letter);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (get_left (content), ==, 0);
  mail_content_leave_list_async (content, NULL, on_result, &result);
  g_assert_true (mail_content_leave_list_finish (content, wait_result (&result), &error));
  g_assert_no_error (error);
  g_autoptr (GPtrArray) outbox = store_outbox_list (bench->db, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (outbox->len, ==, 1);
  /* To whom the person was asked about, and nobody else. */
  const StoreOutbox *mail = outbox->pdata[0];
  g_assert_cmpstr (mail->subject, ==, "go away Bcc:h@z.example");
  g_assert_cmpuint (g_strv_length (mail->recipients), ==, 1);
  g_assert_cmpstr (mail->recipients[0], ==, "leave@x.example");
  g_autoptr (GBytes) sent = store_outbox_get_message (bench->db, mail, &error);
  g_assert_no_error (error);
  g_autoptr (MimeMessage) mime = mime_message_new (sent);
  g_autofree char *to = mime_message_get_header (mime, "To");
  g_assert_cmpstr (to, ==, "leave@x.example");
  g_assert_null (mime_message_get_header (mime, "Cc"));
  g_assert_cmpstr (mime_message_get_text (mime), ==, "one two\n");
  g_autoptr (MailContent) next = open_letter (bench, letter);
  g_assert_cmpint (get_left (next), >, 1700000000);

  /* One click to this computer is refused, and nothing is remembered. */
  g_hash_table_insert (bench->engine->servers, g_strdup (mail_account_get_id (bench->account)),
                       g_strdup ("mx.example.net"));
  g_autoptr (MailContent) click = open_letter (
      bench, "Authentication-Results: mx.example.net; dkim=pass header.d=y.example\r\n"
             "DKIM-Signature: d=y.example; h=list-unsubscribe:list-unsubscribe-post\r\n"
             "From: m@y.example\r\nList-Unsubscribe: <https://127.0.0.1:1/u>\r\n"
             "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nText\r\n");
  g_autoptr (GAsyncResult) refused = NULL;
  mail_content_leave_list_async (click, NULL, on_result, &refused);
  g_assert_false (mail_content_leave_list_finish (click, wait_result (&refused), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_cmpint (get_left (click), ==, 0);
}

static void
test_reply_list (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (MailContent) content = open_letter (
      bench,
      "From: Ann <ann@x.example>\r\nTo: talk@x.example\r\nSubject: Hi\r\nMessage-ID: <1@x>\r\n"
      "List-Id: <talk.x.example>\r\nList-Post: <mailto:talk@x.example>\r\n\r\nText\r\n");
  g_autoptr (MailDraft) draft =
      mail_draft_new_reply (bench->engine, content, MAIL_REPLY_LIST, NULL);

  g_assert_cmpstr (mail_draft_get_to (draft), ==, "talk@x.example");
  g_assert_cmpstr (mail_draft_get_cc (draft), ==, "");
  g_assert_cmpstr (mail_draft_get_subject (draft), ==, "Re: Hi");
}

void
add_unsubscribe_tests (void)
{
  g_test_add_func ("/mail/unsubscribe/post", test_post);
  g_test_add_func ("/mail/unsubscribe/mail", test_mail);
  g_test_add_func ("/mail/unsubscribe/reply-list", test_reply_list);
}
