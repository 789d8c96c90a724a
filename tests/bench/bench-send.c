/* Sending what is queued, beside a minimal client that sends the same bytes to the same server: over one connection, MAIL, RCPT and DATA at once, then the message;
 * no parsing, no disk.
 * usage: bench-send queue PROFILE ACCOUNT PASSWORD TO MESSAGES
 *        bench-send raw   PROFILE ACCOUNT PASSWORD TO MESSAGES
 * Prints seconds from having been told to: until the server has taken the last one, and that is on the disk; and until nothing of the queue is left, every copy
 * for Sent stored. */
#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "mime-build.h"
#include "net-connection.h"
#include "store-message.h"
#include "store-outgoing.h"
#include "sync-engine.h"

static const char *password;

static char *
get_password (const BaseAccount *account, const char *protocol, GCancellable *cancellable,
              GError **error, gpointer user_data)
{
  return g_strdup (password);
}

static gint in_step; /* atomic */

static void
state_changed (const char *account_id, const SyncState *state, gpointer user_data)
{
  if (state->phase == SYNC_PHASE_IN_STEP)
    g_atomic_int_set (&in_step, TRUE);
}

static void
arrived (const char *account_id, gint64 folder, const StoreKey *keys, gsize n, gpointer user_data)
{
}

static void
refused (const char *account_id, const char *sentence, const char *detail, gpointer user_data)
{
  g_error ("%s: %s", sentence, detail);
}

/* A letter of some 4 KB. */
static GBytes *
make_message (const char *from, const char *to, guint i, char **id)
{
  g_autoptr (MimeDraft) draft = mime_draft_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  for (guint line = 0; line < 40; line++)
    g_string_append_printf (text, "%u. Lines of a letter of no consequence, one like the other.\n",
                            line);
  draft->from_address = g_strdup (from);
  draft->to = g_strdup (to);
  draft->subject = g_strdup_printf ("Letter %u", i);
  draft->text = g_strdup (text->str);
  draft->date = g_get_real_time () / G_USEC_PER_SEC;
  draft->message_id = mime_build_message_id (from);
  *id = g_strdup (draft->message_id);
  bytes = mime_build (draft, &error);
  if (bytes == NULL)
    g_error ("%s", error->message);
  return bytes;
}

/* ---- the queue ---- */

static void
fill_queue (StoreDb *db, BasePaths *paths, gint64 account, const char *from, const char *to,
            guint n)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++) {
    g_autoptr (StoreDraft) draft = store_draft_new ();
    g_autoptr (StoreOutbox) outbox = g_new0 (StoreOutbox, 1);
    const char *recipients[] = { to, NULL };
    g_autoptr (GBytes) message = make_message (from, to, i, &outbox->message_id);

    outbox->account = account;
    outbox->draft = g_strdup (draft->id);
    outbox->from = g_strdup (from);
    outbox->recipients = g_strdupv ((GStrv)recipients);
    outbox->subject = g_strdup ("Letter");
    outbox->created = i;
    if (!store_draft_save (paths, draft, &error) || !store_outbox_add (db, outbox, message, &error))
      g_error ("%s", error->message);
  }
}

/* Those that the server has not taken; or `all`. */
static guint
count_rows (StoreDb *db, gint64 account, gboolean all)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = store_outbox_list (db, account, &error);
  guint n = 0;

  if (rows == NULL)
    g_error ("%s", error->message);
  for (guint i = 0; i < rows->len; i++)
    n += all || ((StoreOutbox *)rows->pdata[i])->state != STORE_OUTBOX_SENT;
  return n;
}

static gint64
send_queue (BasePaths *paths, const BaseAccount *settings, const char *to, guint n, gint64 *sent)
{
  const SyncEvents events = { .get_password = get_password,
                              .state_changed = state_changed,
                              .arrived = arrived,
                              .refused = refused };
  g_autoptr (GError) error = NULL;
  g_autoptr (Store) store = store_open (paths, NULL, &error);
  g_autoptr (StoreDb) db = store != NULL ? store_connect (store, &error) : NULL;
  SyncEngine *engine;
  gint64 account, begin;

  if (db == NULL)
    g_error ("%s", error->message);
  account = store_account_ensure (db, settings->id, NULL);
  engine = sync_engine_new (store, &events, NULL);
  sync_engine_add_account (engine, settings);
  while (!g_atomic_int_get (&in_step))
    g_usleep (10000);
  fill_queue (db, paths, account, settings->address, to, n);
  begin = g_get_monotonic_time ();
  sync_engine_outbox_changed (engine, settings->id);
  while (count_rows (db, account, FALSE) > 0)
    g_usleep (5000);
  *sent = g_get_monotonic_time () - begin;
  while (count_rows (db, account, TRUE) > 0)
    g_usleep (10000);
  begin = g_get_monotonic_time () - begin;
  sync_engine_free (engine);
  return begin;
}

/* ---- the yardstick ---- */

static NetConnection *connection;

static void
say (const void *data, gsize length)
{
  g_autoptr (GError) error = NULL;

  if (!net_connection_write (connection, data, length, NULL, &error))
    g_error ("%s", error->message);
}

static void
expect (const char *code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  do {
    g_free (line);
    line = net_connection_flush (connection, NULL, &error)
               ? net_connection_read_line (connection, 4096, NULL, &error)
               : NULL;
    if (line == NULL || !g_str_has_prefix (line, code))
      g_error ("%s instead of %s", line != NULL ? line : error->message, code);
  } while (line[3] == '-');
}

static gint64
send_raw (const BaseAccount *settings, const char *to, guint n)
{
  NetEndpoint endpoint = { .host = settings->smtp.host,
                           .port = settings->smtp.port,
                           .security = settings->smtp.security,
                           .ca_file = settings->ca_file };
  g_autofree char *head =
      g_strdup_printf ("MAIL FROM:<%s>\r\nRCPT TO:<%s>\r\nDATA\r\n", settings->address, to);
  g_autoptr (GString) secret = g_string_new_len ("", 1); /* RFC 4616 */
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (GError) error = NULL;
  g_autofree char *base64 = NULL, *login = NULL;
  gint64 begin;

  g_string_append (secret, settings->smtp.user);
  g_string_append_c (secret, '\0');
  g_string_append (secret, password);
  base64 = g_base64_encode ((const guchar *)secret->str, secret->len);
  login = g_strdup_printf ("AUTH PLAIN %s\r\n", base64);
  for (guint i = 0; i < n; i++) {
    g_autofree char *id = NULL;

    g_ptr_array_add (messages, make_message (settings->address, to, i, &id));
  }

  begin = g_get_monotonic_time ();
  connection = net_connection_open (&endpoint, NULL, &error);
  if (connection == NULL)
    g_error ("%s", error->message);
  expect ("220");
  say ("EHLO [127.0.0.1]\r\n", 18);
  expect ("250");
  say (login, strlen (login));
  expect ("235");
  for (guint i = 0; i < n; i++) {
    gsize size;
    const void *data = g_bytes_get_data (messages->pdata[i], &size);

    say (head, strlen (head));
    expect ("250");
    expect ("250");
    expect ("354");
    say (data, size); /* no line of it begins with a dot */
    say (".\r\n", 3);
    expect ("250");
  }
  begin = g_get_monotonic_time () - begin;
  say ("QUIT\r\n", 6);
  expect ("221");
  net_connection_free (connection);
  return begin;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BasePaths) paths = NULL;
  g_autoptr (GPtrArray) accounts = NULL;
  gint64 took, sent = 0;

  if (argc != 7)
    return 2;
  password = argv[4];
  paths = base_paths_new (argv[2], &error);
  accounts = paths != NULL ? base_account_load_all (paths, NULL) : NULL;
  if (accounts == NULL || accounts->len != 1)
    g_error ("%s", error != NULL ? error->message : "one account is expected");
  took = strcmp (argv[1], "raw") == 0
             ? send_raw (accounts->pdata[0], argv[5], (guint)atoi (argv[6]))
             : send_queue (paths, accounts->pdata[0], argv[5], (guint)atoi (argv[6]), &sent);
  g_print ("%.3f %.3f\n", (double)(sent > 0 ? sent : took) / 1e6, (double)took / 1e6);
  return 0;
}
