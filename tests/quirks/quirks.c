/* The fixture of the quirk tests, and the program.  Events come on the engine's threads; everything else is the test's. */
#include "quirks.h"

#include <locale.h>
#include <string.h>

#include "fake-resolver.h"

#define PATIENCE_US (60 * G_USEC_PER_SEC)

/* ---- transcripts ---- */

char *
quirk_message (const QuirkMail *mail, gsize more)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (
      text,
      "From: Bob <bob@quirks.test>\r\nTo: me@quirks.test\r\nSubject: %s\r\n"
      "Message-ID: <%s@quirks.test>\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n",
      mail->subject, mail->subject);
  g_string_append (text, "\r\nHello.\r\n");
  for (gsize octets = 0; octets < more; octets += 64)
    g_string_append_printf (text, "%062zu\r\n", octets);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
quirk_fetch (guint seq, const QuirkMail *mail, gboolean body)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *message = quirk_message (mail, 0);
  g_autofree char *escaped = g_strescape (message, NULL);
  gsize header = (gsize)(strstr (message, "\r\n\r\n") - message) + 4;
  g_autofree char *head = g_strndup (message, header);
  g_autofree char *escaped_head = g_strescape (head, NULL);

  g_string_append_printf (
      out,
      "S: * %u FETCH (UID %u FLAGS () INTERNALDATE \"23-Nov-2026 10:00:00 +0000\" RFC822.SIZE %zu MODSEQ (5)",
      seq, mail->uid, strlen (message));
  if (body)
    g_string_append_printf (out, " BODY[] {%zu}\nS- %s\nS: )\n", strlen (message), escaped);
  else
    g_string_append_printf (
        out, " BODY[HEADER.FIELDS (FROM)] {%zu}\nS- %s\nS:  BODY[TEXT]<0> \"Hello.\")\n", header,
        escaped_head);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static guint
count_mails (const QuirkMail *mails)
{
  guint n = 0;

  while (mails != NULL && mails[n].uid != 0)
    n++;
  return n;
}

static void
add_fetches (GString *out, const QuirkMail *mails, gboolean body)
{
  for (guint i = 0; i < count_mails (mails); i++) {
    g_autofree char *fetch = quirk_fetch (i + 1, &mails[i], body);

    g_string_append (out, fetch);
  }
  g_string_append (out, "S: $tag OK fetched\n");
}

/* What an ordinary server says about its INBOX, whichever messages it is asked for. */
static void
add_inbox_rules (GString *out, const QuirkServer *server)
{
  guint n = count_mails (server->inbox);
  guint32 next = n > 0 ? server->inbox[n - 1].uid + 1 : 1;
  gboolean esearch = strstr (server->caps, "ESEARCH") != NULL;

  for (int examine = 0; examine < 2; examine++) {
    g_string_append_printf (out, "ON: $tag %s \"INBOX\"*\nS: * %u EXISTS\nS: * 0 RECENT\n",
                            examine ? "EXAMINE" : "SELECT", n);
    if (server->select_codes != NULL)
      g_string_append (out, server->select_codes);
    else
      g_string_append_printf (out, "S: * OK [UIDVALIDITY 9] fine\nS: * OK [UIDNEXT %u] next\n",
                              next);
    g_string_append_printf (out, "S: $tag OK [READ-%s] open\n", examine ? "ONLY" : "WRITE");
  }
  g_string_append (out,
                   "ON: $tag UID SEARCH *HEADER Message-ID*\nS: * SEARCH\nS: $tag OK nothing\n");
  g_string_append_printf (out, "ON: $tag UID SEARCH *\nS: * %s",
                          esearch ? "ESEARCH UID ALL " : "SEARCH");
  for (guint i = 0; i < n; i++)
    g_string_append_printf (out, "%s%u", esearch ? (i > 0 ? "," : "") : " ", server->inbox[i].uid);
  g_string_append (out, "\nS: $tag OK searched\n");
  g_string_append (out, "ON: $tag *FETCH *BODY.PEEK[]*\n");
  add_fetches (out, server->inbox, TRUE);
  g_string_append (out, "ON: $tag *FETCH *\n");
  add_fetches (out, server->inbox, FALSE);
}

char *
quirk_script (const QuirkServer *server)
{
  QuirkServer full = *server;
  g_autoptr (GString) out = g_string_new (NULL);

  if (full.caps == NULL)
    full.caps = "IDLE UIDPLUS MOVE";
  if (full.mechanisms == NULL)
    full.mechanisms = "AUTH=PLAIN";
  g_string_append_printf (out, "S: * OK [CAPABILITY IMAP4rev1 SASL-IR %s %s] %s\nSERVE\n",
                          full.mechanisms, full.caps,
                          full.greeting != NULL ? full.greeting : "ready");
  if (full.rules != NULL)
    g_string_append (out, full.rules);
  g_string_append_printf (out,
                          "ON: $tag AUTHENTICATE PLAIN *\n"
                          "S: $tag OK [CAPABILITY IMAP4rev1 SASL-IR %s] in\n"
                          "ON: $tag CAPABILITY\n"
                          "S: * CAPABILITY IMAP4rev1 SASL-IR %s %s\n"
                          "S: $tag OK told\n",
                          full.caps, full.mechanisms, full.caps);
  g_string_append_printf (out, "ON: $tag ID *\nS: * ID %s\nS: $tag OK known\n",
                          full.id != NULL ? full.id : "NIL");
  g_string_append_printf (out, "ON: $tag LIST *\n%sS: $tag OK listed\n",
                          full.folders != NULL ? full.folders : "S: * LIST () \"/\" INBOX\n");
  add_inbox_rules (out, &full);
  g_string_append (out, "ON: $tag SELECT $mailbox*\n"
                        "S: * 0 EXISTS\n"
                        "S: * OK [UIDVALIDITY 5] fine\n"
                        "S: * OK [UIDNEXT 1] next\n"
                        "S: $tag OK [READ-WRITE] open\n"
                        "ON: $tag STATUS $mailbox *\n"
                        "S: * STATUS $mailbox (MESSAGES 0 UNSEEN 0 UIDNEXT 1 UIDVALIDITY 5)\n"
                        "S: $tag OK told\n"
                        "ON: $tag CREATE *\n"
                        "S: $tag OK made\n"
                        "ON: $tag UID STORE *\n"
                        "S: $tag OK stored\n"
                        "ON: $tag ENABLE *\n"
                        "S: $tag OK enabled\n"
                        "ON: $tag UID MOVE *\n"
                        "S: $tag OK moved\n"
                        "ON: $tag UID COPY *\n"
                        "S: $tag OK copied\n"
                        "ON: $tag UID EXPUNGE *\n"
                        "S: $tag OK gone\n"
                        "ON: $tag IDLE\n"
                        "S: + idling\n"
                        "ON: DONE\n"
                        "S: $tag OK done\n"
                        "ON: $tag NOOP\n"
                        "S: $tag OK nothing\n"
                        "ON: $tag LOGOUT\n"
                        "S: * BYE then\n"
                        "S: $tag OK out\n");
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
quirk_said (FakeServer *server, guint connection)
{
  g_autoptr (GBytes) bytes = fake_server_dup_received (server, connection);

  return bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
                       : g_strdup ("");
}

guint
quirk_count_said (FakeServer *server, guint connection, const char *glob)
{
  g_autofree char *said = quirk_said (server, connection);
  g_auto (GStrv) lines = g_strsplit (said, "\r\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    n += g_pattern_match_simple (glob, lines[i]);
  return n;
}

/* ---- a session ---- */

FakeServer *
quirk_serve (const char *script, gboolean provider)
{
  FakeServer *server = fake_server_new (FAKE_TLS, provider ? FAKE_PROVIDER : FAKE_GOOD);

  fake_server_add_script (server, script, NULL);
  return server;
}

ImapSession *
quirk_open (FakeServer *server, const char *host)
{
  NetEndpoint endpoint = fake_server_endpoint (server);
  g_autoptr (GError) error = NULL;
  ImapSession *session = NULL;

  if (host != NULL)
    endpoint.host = host;
  session = imap_session_open (&endpoint, NULL, &error);
  g_assert_no_error (error);
  return session;
}

ImapSession *
quirk_sign_in (FakeServer *server, const char *host)
{
  g_autoptr (GError) error = NULL;
  ImapSession *session = quirk_open (server, host);

  g_assert_true (imap_session_sign_in (session, &(NetLogin){ .user = "user", .secret = "secret" },
                                       NULL, &error));
  g_assert_no_error (error);
  return session;
}

ImapSession *
quirk_select (FakeServer *server, const char *host)
{
  g_autoptr (GError) error = NULL;
  ImapSession *session = quirk_sign_in (server, host);

  g_assert_true (imap_session_select (session, "INBOX", FALSE, NULL, &error));
  g_assert_no_error (error);
  return session;
}

ImapSession *
quirk_begin (const QuirkServer *quirk, FakeServer **server)
{
  g_autofree char *script = quirk_script (quirk);

  *server = quirk_serve (script, FALSE);
  return quirk_select (*server, NULL);
}

void
quirk_end (FakeServer *server, ImapSession *session)
{
  imap_session_free (session);
  fake_server_check (server);
  fake_server_free (server);
}

static void
append_size (GString *out, const char *label, GBytes *bytes)
{
  if (bytes != NULL)
    g_string_append_printf (out, " %s=%zu", label, g_bytes_get_size (bytes));
}

static gboolean
collect (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  GString *out = user_data;

  g_string_append_printf (out, "%u: uid=%u", fetched->seq, fetched->uid);
  if (fetched->has_flags)
    g_string_append_printf (out, " flags=%d", fetched->flags);
  if (fetched->size > 0)
    g_string_append_printf (out, " size=%" G_GUINT64_FORMAT, fetched->size);
  if (fetched->modseq > 0)
    g_string_append_printf (out, " modseq=%" G_GUINT64_FORMAT, fetched->modseq);
  append_size (out, "header", fetched->header);
  append_size (out, "body", fetched->body);
  append_size (out, "text", fetched->text);
  g_string_append_c (out, '\n');
  return TRUE;
}

char *
quirk_fetch_all (ImapSession *session, ImapFetchItems items)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (imap_session_fetch (session, "1:*", items, 0, collect, out, NULL, &error));
  g_assert_no_error (error);
  return g_string_free (out, FALSE);
}

/* ---- an account at work: events ---- */

Quirk *
quirk_new (const char *imap_host, const char *smtp_host)
{
  Quirk *quirk = g_new0 (Quirk, 1);
  g_autoptr (GError) error = NULL;

  quirk->imap = fake_server_new (FAKE_TLS, imap_host != NULL ? FAKE_PROVIDER : FAKE_GOOD);
  quirk->smtp = fake_server_new (FAKE_TLS, smtp_host != NULL ? FAKE_PROVIDER : FAKE_GOOD);
  quirk->folder = g_dir_make_tmp ("sosik-quirks-XXXXXX", &error);
  g_assert_no_error (error);
  quirk->paths = base_paths_new (quirk->folder, &error);
  g_assert_no_error (error);
  quirk->account = base_account_new ();
  quirk->account->address = g_strdup ("me@quirks.test");
  quirk->account->ca_file = g_strdup (fake_server_get_ca_file (quirk->imap));
  engine_set_server (&quirk->account->imap, imap_host != NULL ? imap_host : "127.0.0.1",
                     fake_server_get_port (quirk->imap), "user");
  engine_set_server (&quirk->account->smtp, smtp_host != NULL ? smtp_host : "127.0.0.1",
                     fake_server_get_port (quirk->smtp), "user");
  engine_told_init (&quirk->told, "secret");
  quirk->store = store_open (quirk->paths, NULL, &error);
  g_assert_no_error (error);
  quirk->db = store_connect (quirk->store, &error);
  g_assert_no_error (error);
  quirk->row = store_account_ensure (quirk->db, quirk->account->id, &error);
  g_assert_no_error (error);
  return quirk;
}

void
quirk_add (Quirk *quirk, const QuirkServer *server)
{
  g_autofree char *script = quirk_script (server);

  fake_server_add_script (quirk->imap, script, NULL);
}

void
quirk_add_smtp (Quirk *quirk, const char *extensions, const char *rules)
{
  g_autofree char *script = g_strconcat ("S: 220 ready\nSERVE\n", rules,
                                         "ON: EHLO *\n"
                                         "S: 250-hello\n",
                                         extensions,
                                         "S: 250 AUTH PLAIN\n"
                                         "ON: AUTH PLAIN *\n"
                                         "S: 235 in\n"
                                         "ON: MAIL FROM:*\n"
                                         "S: 250 ok\n"
                                         "ON: RCPT TO:*\n"
                                         "S: 250 ok\n"
                                         "ON: DATA\n"
                                         "S: 354 go\n"
                                         "D: *\n"
                                         "S: 250 taken\n"
                                         "ON: QUIT\n"
                                         "S: 221 bye\n",
                                         NULL);

  fake_server_add_script (quirk->smtp, script, NULL);
}

void
quirk_start (Quirk *quirk)
{
  quirk->engine = sync_engine_new (quirk->store, &engine_told_events, &quirk->told);
  sync_engine_add_account (quirk->engine, quirk->account);
}

void
quirk_free (Quirk *quirk)
{
  g_clear_pointer (&quirk->engine, sync_engine_free);
  fake_server_check (quirk->imap);
  fake_server_check (quirk->smtp);
  fake_server_free (quirk->imap);
  fake_server_free (quirk->smtp);
  g_clear_pointer (&quirk->db, store_db_free);
  g_clear_pointer (&quirk->store, store_unref);
  g_assert_true (base_paths_remove_tree (quirk->folder));
  base_paths_unref (quirk->paths);
  base_account_free (quirk->account);
  engine_told_clear (&quirk->told);
  g_free (quirk->folder);
  g_free (quirk);
}

/* ---- waiting ---- */

void
quirk_wait (Quirk *quirk, QuirkCondition condition, gconstpointer user_data, const char *what)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_US;

  while (!condition (quirk, user_data)) {
    if (g_get_monotonic_time () > deadline) {
      g_autofree char *failure = fake_server_finish (quirk->imap);

      g_test_message ("IMAP: %s", failure != NULL ? failure : "played");
      g_error ("waited in vain: %s", what);
    }
    g_usleep (5000);
  }
}

typedef struct
{
  guint connection, n;
} Wanted;

static gboolean
has_idled (Quirk *quirk, gconstpointer user_data)
{
  const Wanted *wanted = user_data;

  return quirk_count_said (quirk->imap, wanted->connection, "* IDLE") >= wanted->n;
}

void
quirk_wait_idle (Quirk *quirk, guint connection, guint n)
{
  const Wanted wanted = { connection, n };

  quirk_wait (quirk, has_idled, &wanted, "the client listens");
}

static gboolean
is_in_phase (Quirk *quirk, gconstpointer user_data)
{
  const SyncPhase *phase = user_data;

  return engine_told_get_phase (&quirk->told) == *phase;
}

void
quirk_wait_phase (Quirk *quirk, SyncPhase phase)
{
  quirk_wait (quirk, is_in_phase, &phase, "a phase");
}

static gboolean
has_connections (Quirk *quirk, gconstpointer user_data)
{
  const guint *n = user_data;
  const SyncPhase offline = SYNC_PHASE_OFFLINE;

  if (fake_server_count_connections (quirk->imap) >= *n)
    return TRUE;
  if (is_in_phase (quirk, &offline))
    sync_engine_retry (quirk->engine, NULL);
  return FALSE;
}

void
quirk_wait_connections (Quirk *quirk, guint n)
{
  quirk_wait (quirk, has_connections, &n, "another connection");
}

typedef struct
{
  const char *folder;
  guint total;
} WantedTotal;

static gboolean
has_total (Quirk *quirk, gconstpointer user_data)
{
  const WantedTotal *wanted = user_data;

  return quirk_folder (quirk, wanted->folder) != 0
         && quirk_total (quirk, wanted->folder) == wanted->total;
}

void
quirk_wait_total (Quirk *quirk, const char *folder, guint total)
{
  const WantedTotal wanted = { folder, total };

  quirk_wait (quirk, has_total, &wanted, folder);
}

typedef struct
{
  const char *folder, *subject;
  guint32 uid;
} WantedUid;

static gboolean
has_uid (Quirk *quirk, gconstpointer user_data)
{
  const WantedUid *wanted = user_data;
  gint64 id = quirk_find (quirk, wanted->folder, wanted->subject);
  g_autoptr (StoreMessage) row = id != 0 ? store_message_get (quirk->db, id, NULL) : NULL;

  return row != NULL && row->uid == wanted->uid;
}

void
quirk_wait_uid (Quirk *quirk, const char *folder, const char *subject, guint32 uid)
{
  const WantedUid wanted = { folder, subject, uid };

  quirk_wait (quirk, has_uid, &wanted, "a message has its UID");
}

static gboolean
has_no_operations (Quirk *quirk, gconstpointer user_data)
{
  return store_operation_count (quirk->db, quirk->row) == 0;
}

void
quirk_wait_operations_done (Quirk *quirk)
{
  quirk_wait (quirk, has_no_operations, NULL, "no operation is pending");
}

static gboolean
has_empty_outbox (Quirk *quirk, gconstpointer user_data)
{
  g_autoptr (GPtrArray) rows = store_outbox_list (quirk->db, quirk->row, NULL);

  return rows != NULL && rows->len == 0;
}

void
quirk_wait_outbox_empty (Quirk *quirk)
{
  quirk_wait (quirk, has_empty_outbox, NULL, "all is sent");
}

/* ---- looking into the store ---- */

gint64
quirk_folder (Quirk *quirk, const char *name)
{
  return look_folder (quirk->db, quirk->row, name);
}

guint
quirk_total (Quirk *quirk, const char *name)
{
  return look_total (quirk->db, quirk->row, name);
}

gint64
quirk_find (Quirk *quirk, const char *folder, const char *subject)
{
  return look_find (quirk->db, quirk->row, folder, subject);
}

StoreMessage *
quirk_get (Quirk *quirk, const char *folder, const char *subject)
{
  g_autoptr (GError) error = NULL;
  StoreMessage *message =
      store_message_get (quirk->db, quirk_find (quirk, folder, subject), &error);

  g_assert_no_error (error);
  return message;
}

void
quirk_send (Quirk *quirk, const char *subject)
{
  const QuirkMail mail = { .subject = subject };
  g_autofree char *text = quirk_message (&mail, 0);
  g_autofree char *message_id = g_strdup_printf ("<%s@quirks.test>", subject);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (StoreDraft) draft = store_draft_new ();
  g_autoptr (GError) error = NULL;
  char *recipients[] = { (char *)"you@quirks.test", NULL };
  StoreOutbox outbox = { .account = quirk->row,
                         .draft = draft->id,
                         .message_id = message_id,
                         .from = quirk->account->address,
                         .recipients = recipients,
                         .subject = (char *)subject };

  g_assert_true (store_draft_save (quirk->paths, draft, &error));
  g_assert_true (store_outbox_add (quirk->db, &outbox, bytes, &error));
  g_assert_no_error (error);
  sync_engine_outbox_changed (quirk->engine, quirk->account->id);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  fake_resolver_install ();
  quirks_google_add ();
  quirks_microsoft_add ();
  quirks_yahoo_apple_add ();
  quirks_asia_add ();
  quirks_servers_add ();
  quirks_structure_add ();
  quirks_without_add ();
  quirks_any_add ();
  return g_test_run ();
}
