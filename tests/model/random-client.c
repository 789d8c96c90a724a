/* See random-client.h. */
#include "random-client.h"

#include <glib/gstdio.h>
#include <string.h>

#include "store-folder.h"

GBytes *
mail_new (const char *name)
{
  g_autofree char *text = g_strdup_printf (
      "From: R <r@model.test>\r\nTo: a@model.test\r\nSubject: %s\r\nMessage-ID: <%s@model.test>\r\n"
      "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n\r\nThe text of %s.\r\n",
      name, name, name);

  return g_bytes_new (text, strlen (text));
}

/* ---- a person ---- */

Person *
person_new (const Place *place)
{
  Person *person = g_new0 (Person, 1);
  g_autoptr (GError) error = NULL;

  person->place = place;
  engine_told_init (&person->told, place->password);
  person->folder = g_dir_make_tmp ("sosik-model-XXXXXX", &error);
  g_assert_no_error (error);
  person->paths = base_paths_new (person->folder, &error);
  g_assert_no_error (error);
  person->account = base_account_new ();
  g_free (person->account->address);
  person->account->address = g_strdup ("r@model.test");
  g_free (person->account->ca_file);
  person->account->ca_file = g_strdup (place->ca_file);
  engine_set_server (&person->account->imap, "localhost", place->imap_port, place->user);
  engine_set_server (&person->account->smtp, "localhost", place->smtp_port, place->user);
  person->store = store_open (person->paths, NULL, &error);
  g_assert_no_error (error);
  person->db = store_connect (person->store, &error);
  g_assert_no_error (error);
  /* What is not found is looked for some times more; a second apart is enough here. */
  person->times = sync_times;
  person->times.postponed = G_USEC_PER_SEC;
  person->row = store_account_ensure (person->db, person->account->id, &error);
  g_assert_no_error (error);
  return person;
}

void
person_start (Person *person)
{
  engine_told_forget_state (&person->told);
  person->engine = sync_engine_new (person->store, &engine_told_events, &person->told);
  sync_engine_set_times (person->engine, &person->times);
  sync_engine_add_account (person->engine, person->account);
}

void
person_stop (Person *person)
{
  g_clear_pointer (&person->engine, sync_engine_free);
}

void
person_free (Person *person)
{
  person_stop (person);
  store_db_free (person->db);
  store_unref (person->store);
  g_assert_true (base_paths_remove_tree (person->folder));
  base_paths_unref (person->paths);
  base_account_free (person->account);
  engine_told_clear (&person->told);
  g_free (person->folder);
  g_free (person);
}

gboolean
person_is_done (Person *person)
{
  return engine_told_get_phase (&person->told) == SYNC_PHASE_IN_STEP
         && store_operation_count (person->db, person->row) == 0;
}

gint64
person_find_folder (Person *person, const char *name)
{
  return look_folder (person->db, person->row, name);
}

/* ---- dumps ---- */

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* The numbers of both kinds of flags are the same. */
static void
add_line (GPtrArray *lines, const char *mailbox, guint flags, const char *message_id, GBytes *body)
{
  g_autofree char *hash =
      body != NULL ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, body) : g_strdup ("-");

  if ((flags & IMAP_FLAG_DELETED) == 0)
    g_ptr_array_add (lines, g_strdup_printf ("%s\t%02x\t%s\t%s", mailbox, flags, message_id, hash));
}

GPtrArray *
person_dump (Person *person, const char *const *mailboxes)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; mailboxes[i] != NULL; i++) {
    gint64 folder = person_find_folder (person, mailboxes[i]);
    g_autoptr (GArray) keys =
        folder != 0 ? store_message_list (person->db, folder, 0, 0, NULL) : NULL;

    for (guint k = 0; keys != NULL && k < keys->len; k++) {
      g_autoptr (StoreMessage) message =
          store_message_get (person->db, STORE_KEY_ID (g_array_index (keys, StoreKey, k)), NULL);
      g_autoptr (GBytes) body = message != NULL && message->has_body
                                    ? store_message_get_body (person->db, message->id, NULL)
                                    : NULL;

      if (message != NULL)
        add_line (lines, mailboxes[i], message->flags,
                  message->message_id != NULL ? message->message_id : "", body);
    }
  }
  g_ptr_array_sort (lines, compare_lines);
  return lines;
}

/* ---- others ---- */

ImapSession *
other_new (const Place *place)
{
  NetEndpoint endpoint = { .host = "localhost",
                           .port = place->imap_port,
                           .security = BASE_SECURITY_TLS,
                           .ca_file = place->ca_file,
                           .timeout_ms = 10000 };

  for (guint i = 0; i < 50; i++) {
    g_autoptr (ImapSession) session = imap_session_open (&endpoint, NULL, NULL);

    if (session != NULL
        && imap_session_sign_in (
            session, &(NetLogin){ .user = place->user, .secret = place->password }, NULL, NULL))
      return g_steal_pointer (&session);
    g_usleep (100000);
  }
  g_error ("the server cannot be reached");
}

typedef struct
{
  GPtrArray *lines;
  const char *mailbox;
} Dump;

static gboolean
take_message (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  Dump *dump = user_data;
  g_autofree char *text = NULL;
  g_autofree char *id = NULL;
  const char *begin;

  if (fetched->body == NULL)
    return TRUE;
  text = g_strndup (g_bytes_get_data (fetched->body, NULL), g_bytes_get_size (fetched->body));
  begin = strstr (text, "Message-ID: ");
  id = begin != NULL ? g_strndup (begin + 12, strcspn (begin + 12, "\r")) : g_strdup ("");
  add_line (dump->lines, dump->mailbox,
            fetched->flags
                & (IMAP_FLAG_SEEN | IMAP_FLAG_ANSWERED | IMAP_FLAG_FLAGGED | IMAP_FLAG_DELETED
                   | IMAP_FLAG_DRAFT | IMAP_FLAGS_KEYWORDS),
            id, fetched->body);
  return TRUE;
}

GPtrArray *
server_dump (const Place *place, const char *const *mailboxes)
{
  g_autoptr (ImapSession) session = other_new (place);
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; mailboxes[i] != NULL; i++) {
    Dump dump = { lines, mailboxes[i] };

    imap_session_select (session, mailboxes[i], TRUE, NULL, &error);
    g_assert_no_error (error);
    imap_session_fetch (session, "1:4294967295", IMAP_FETCH_FLAGS | IMAP_FETCH_BODY, 0,
                        take_message, &dump, NULL, &error);
    g_assert_no_error (error);
  }
  imap_session_logout (session);
  g_ptr_array_sort (lines, compare_lines);
  return lines;
}

void
server_empty (const Place *place, const char *const *mailboxes)
{
  g_autoptr (ImapSession) session = other_new (place);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; mailboxes[i] != NULL; i++) {
    imap_session_select (session, mailboxes[i], FALSE, NULL, &error);
    g_assert_no_error (error);
    if (imap_session_get_selected (session)->exists > 0)
      imap_session_expunge (session, "1:4294967295", NULL, &error);
    g_assert_no_error (error);
  }
  imap_session_logout (session);
}
