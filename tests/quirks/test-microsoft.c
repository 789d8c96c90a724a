/* Exchange, Outlook and Office 365: entries 12 to 23, some of which others share. */
#include "quirks.h"

#include <string.h>

#include "base-error.h"

static const QuirkMail three[] = { { 3, "three" }, { 5, "five" }, { 7, "seven" }, { 0 } };

#define N_FOLDERS 60
#define AT_ONCE   25

/* The 26th STATUS under way is BAD there: no more than 25 are sent before an answer came, however many folders there are. */
static void
test_few_status (void)
{
  g_autoptr (GString) script =
      g_string_new ("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\n"
                    "C: $tag AUTHENTICATE PLAIN *\n"
                    "S: $tag OK [CAPABILITY IMAP4rev1] in\n");
  g_autoptr (GPtrArray) mailboxes =
      g_ptr_array_new_with_free_func ((GDestroyNotify)imap_mailbox_free);
  g_autoptr (GError) error = NULL;
  FakeServer *server;
  ImapSession *session;

  for (guint first = 0; first < N_FOLDERS; first += AT_ONCE) {
    guint end = MIN (first + AT_ONCE, N_FOLDERS);

    for (guint i = first; i < end; i++)
      g_string_append_printf (script, "C: $t%u STATUS \"F%u\" (*MESSAGES*)\n", i, i);
    g_string_append (script, "QUIET 50\n");
    for (guint i = first; i < end; i++)
      g_string_append_printf (script, "S: * STATUS F%u (MESSAGES %u)\nS: $t%u OK told\n", i, i, i);
  }
  for (guint i = 0; i < N_FOLDERS; i++) {
    ImapMailbox *mailbox = g_new0 (ImapMailbox, 1);

    mailbox->name = g_strdup_printf ("F%u", i);
    mailbox->selectable = TRUE;
    g_ptr_array_add (mailboxes, mailbox);
  }
  server = quirk_serve (script->str, FALSE);
  session = quirk_sign_in (server, NULL);
  g_assert_true (imap_session_fill_status (session, mailboxes, NULL, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < N_FOLDERS; i++) {
    const ImapMailbox *mailbox = g_ptr_array_index (mailboxes, i);

    g_assert_true (mailbox->has_status);
    g_assert_cmpuint (mailbox->messages, ==, i);
  }
  quirk_end (server, session);
}

/* A space before the line end, behind STATUS and SEARCH alike. */
static void
test_trailing_space (void)
{
  const QuirkServer quirk = {
    .caps = "LIST-EXTENDED LIST-STATUS SPECIAL-USE",
    .inbox = three,
    .folders = "S: * LIST (\\\\HasNoChildren) \"/\" INBOX \n"
               "S: * STATUS INBOX (MESSAGES 3 UNSEEN 1 UIDNEXT 8 UIDVALIDITY 9) \n",
    .rules = "ON: $tag UID SEARCH *\n"
             "S: * SEARCH 3 5 7 \n"
             "S: $tag OK done \n"
  };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) mailboxes = imap_session_list (session, NULL, &error);
  g_autoptr (BaseUidSet) uids = imap_session_search_all (session, NULL, &error);
  const ImapMailbox *inbox = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (mailboxes->len, ==, 1);
  inbox = g_ptr_array_index (mailboxes, 0);
  g_assert_cmpstr (inbox->name, ==, "INBOX");
  g_assert_cmpuint (inbox->messages, ==, 3);
  g_assert_cmpuint (inbox->uid_next, ==, 8);
  g_assert_cmpuint (base_uid_set_count (uids), ==, 3);
  quirk_end (server, session);
}

/* A folder's name with tabs and spaces and no quotes: it is taken whole, and said back in quotes. */
static void
test_tab_in_name (void)
{
  const QuirkServer quirk = { .folders = "S: * LIST (\\\\HasNoChildren) \"/\" Reports\\t2024 old\n"
                                         "S: * LIST () \"/\" INBOX\n",
                              .rules = "ON: $tag SELECT \"Reports\\t2024 old\"*\n"
                                       "S: * 4 EXISTS\n"
                                       "S: $tag OK open\n" };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) mailboxes = imap_session_list (session, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (mailboxes->len, ==, 2);
  g_assert_cmpstr (((ImapMailbox *)g_ptr_array_index (mailboxes, 0))->name, ==,
                   "Reports\t2024 old");
  g_assert_true (imap_session_select (session, "Reports\t2024 old", FALSE, NULL, &error));
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 4);
  quirk_end (server, session);
}

static void
move_five (Quirk *quirk)
{
  gint64 id = quirk_find (quirk, "INBOX", "five");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (id, !=, 0);
  g_assert_cmpint (
      store_operation_move (quirk->db, &id, 1, quirk_folder (quirk, "Archive"), &error), >, 0);
  g_assert_no_error (error);
  sync_engine_operations_changed (quirk->engine, quirk->account->id);
}

/* COPYUID is cut short: then it is as if there were none, and the message is found again by its Message-ID, once. */
static void
test_cut_copyuid (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  static const QuirkMail moved = { 70, "five" };
  g_autofree char *header = quirk_fetch (1, &moved, FALSE);
  g_autofree char *body = quirk_fetch (1, &moved, TRUE);
  g_autofree char *rules =
      g_strdup_printf ("ON: $tag UID MOVE 5 \"Archive\"\n"
                       "S: * OK [COPYUID 5  ] moved\n"
                       "S: * 2 EXPUNGE\n"
                       "S: $tag OK done\n"
                       "SET: moved\n"
                       "WHEN: moved\n"
                       "ON: $tag SELECT \"INBOX\"*\n"
                       "SET: !archive\n"
                       "S: * 2 EXISTS\n"
                       "S: * OK [UIDVALIDITY 9] fine\n"
                       "S: * OK [UIDNEXT 8] next\n"
                       "S: $tag OK [READ-WRITE] open\n"
                       "ON: $tag * \"Archive\" (*MESSAGES*\n"
                       "S: * STATUS \"Archive\" (MESSAGES 1 UNSEEN 1 UIDNEXT 71 UIDVALIDITY 5)\n"
                       "S: $tag OK told\n"
                       "ON: $tag SELECT \"Archive\"*\n"
                       "SET: archive\n"
                       "S: * 1 EXISTS\n"
                       "S: * OK [UIDVALIDITY 5] fine\n"
                       "S: * OK [UIDNEXT 71] next\n"
                       "S: $tag OK [READ-WRITE] open\n"
                       "ON: $tag EXAMINE \"Archive\"*\n"
                       "SET: archive\n"
                       "S: * 1 EXISTS\n"
                       "S: * OK [UIDVALIDITY 5] fine\n"
                       "S: * OK [UIDNEXT 71] next\n"
                       "S: $tag OK [READ-ONLY] open\n"
                       "WHEN: archive\n"
                       "ON: $tag UID SEARCH *ALL\n"
                       "S: * SEARCH 70\n"
                       "S: $tag OK done\n"
                       "ON: $tag UID SEARCH *five*\n"
                       "S: * SEARCH 70\n"
                       "S: $tag OK done\n"
                       "ON: $tag *FETCH *BODY.PEEK[]*\n%sS: $tag OK done\n"
                       "ON: $tag *FETCH *\n%sS: $tag OK done\n"
                       "WHEN: moved\n"
                       "ON: $tag UID SEARCH *ALL\n"
                       "S: * SEARCH 3 7\n"
                       "S: $tag OK done\n"
                       "WHEN:\n",
                       body, header);
  const QuirkServer server = { .inbox = three,
                               .rules = rules,
                               .folders = "S: * LIST () \"/\" INBOX\n"
                                          "S: * LIST (\\\\Archive) \"/\" Archive\n" };
  gint64 id = 0;

  quirk_add (quirk, &server);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  id = quirk_find (quirk, "INBOX", "five");
  move_five (quirk);
  quirk_wait_operations_done (quirk);
  quirk_wait_uid (quirk, "Archive", "five", 70);
  g_assert_cmpuint (quirk_total (quirk, "Archive"), ==, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 2);
  /* the same row, not a second one */
  g_assert_cmpint (quirk_find (quirk, "Archive", "five"), ==, id);
}

/* The server is away behind its front; that has nothing to do with the password. */
static void
test_not_connected (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  const QuirkServer away = { .inbox = three,
                             .rules = "ON: $tag SELECT *\n"
                                      "S: $tag BAD User is authenticated but not connected.\n"
                                      "ON: $tag LIST *\n"
                                      "S: $tag BAD User is authenticated but not connected.\n" };
  const QuirkServer back = { .inbox = three,
                             .rules = "ONCE: $tag UID STORE *\n"
                                      "S: $tag BAD User is authenticated but not connected.\n" };
  gint64 id = 0;
  g_autoptr (GError) error = NULL;

  quirk_add (quirk, &away);
  quirk_add (quirk, &back);
  quirk_start (quirk);
  quirk_wait_phase (quirk, SYNC_PHASE_OFFLINE);
  g_mutex_lock (&quirk->told.lock);
  g_assert_cmpuint (quirk->told.passwords, ==, 1);
  g_assert_cmpint (quirk->told.state->next_try, >, 0);
  g_assert_nonnull (strstr (quirk->told.state->detail, "not connected"));
  g_mutex_unlock (&quirk->told.lock);
  /* and by itself it comes back */
  quirk_wait_total (quirk, "INBOX", 3);
  quirk_wait_idle (quirk, 1, 1);
  /* nor is it a word about what is to be done: that waits */
  id = quirk_find (quirk, "INBOX", "five");
  g_assert_cmpint (store_operation_set_flags (quirk->db, &id, 1, TRUE, STORE_FLAG_FLAGGED, &error),
                   >, 0);
  sync_engine_operations_changed (quirk->engine, quirk->account->id);
  quirk_wait_operations_done (quirk);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 1, "* UID STORE 5 *"), ==, 2);
  g_assert_cmpstr (quirk->told.last_refused, ==, NULL);
}

/* COPYUID comes in an untagged line that lacks even the OK. */
static void
test_bare_copyuid (void)
{
  const QuirkServer quirk = { .inbox = three,
                              .rules = "ON: $tag UID MOVE 3,7 *\n"
                                       "S: * [COPYUID 5 3,7 20:21]\n"
                                       "S: * 3 EXPUNGE\n"
                                       "S: * 1 EXPUNGE\n"
                                       "S: $tag OK moved\n" };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autoptr (GHashTable) map = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (imap_session_move (session, "3,7", "Archive", &map, NULL, &error));
  g_assert_no_error (error);
  g_assert_nonnull (map);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (map, GUINT_TO_POINTER (3))), ==, 20);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (map, GUINT_TO_POINTER (7))), ==, 21);
  g_assert_cmpuint (imap_session_get_selected (session)->exists, ==, 1);
  quirk_end (server, session);
}

/* SEARCH names a message that FETCH will not give: it is asked for again another time, what is here of it stays, and the
 * rest is in step meanwhile. */
static void
test_unfetchable (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  g_autofree char *first = quirk_fetch (1, &three[0], FALSE);
  g_autofree char *third = quirk_fetch (3, &three[2], FALSE);
  g_autofree char *first_body = quirk_fetch (1, &three[0], TRUE);
  g_autofree char *third_body = quirk_fetch (3, &three[2], TRUE);
#define CUT_IDLE "ONCE: $tag IDLE\nS: + idling\nCUT\n"
  g_autofree char *rules = g_strdup_printf ("ON: $tag *FETCH *BODY.PEEK[]*\n%s%sS: $tag OK done\n"
                                            "ON: $tag *FETCH *\n%s%sS: $tag OK done\n",
                                            first_body, third_body, first, third);
  g_autofree char *rules_and_cut = g_strconcat (CUT_IDLE, rules, NULL);
  const QuirkServer odd_and_cut = { .inbox = three, .rules = rules_and_cut };
  const QuirkServer good_and_cut = { .inbox = three, .rules = CUT_IDLE };
  const QuirkServer odd = { .inbox = three, .rules = rules };

  quirk_add (quirk, &odd_and_cut);
  quirk_add (quirk, &good_and_cut);
  quirk_add (quirk, &odd);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 2);
  /* it was asked for by its UID, and not for ever */
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "* UID FETCH *5*"), >=, 1);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "* UID FETCH *"), <, 10);
  quirk_wait_connections (quirk, 2);
  quirk_wait_idle (quirk, 1, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
  quirk_wait_connections (quirk, 3);
  quirk_wait_phase (quirk, SYNC_PHASE_IN_STEP);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
}

/* Exchange 2003 hangs up on NAMESPACE, though it offers it. */
static void
test_namespace_hangs_up (void)
{
  const QuirkServer quirk = {
    .greeting =
        "Microsoft Exchange Server 2003 IMAP4rev1 server version 6.5.7638.1 (mail.quirks.test) ready.",
    .caps = "IDLE NAMESPACE LITERAL+",
    .inbox = three,
    .rules = "ON: $tag NAMESPACE\n"
             "CLOSE\n"
  };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) mailboxes = imap_session_list (session, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (mailboxes->len, ==, 1);
  g_assert_true (imap_session_is_usable (session));
  quirk_end (server, session);
}

/* MOVE is offered and upsets what deletes there: an account can do without. */
static void
test_without_move (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  const QuirkServer server = { .caps = "IDLE UIDPLUS MOVE",
                               .inbox = three,
                               .rules = "ON: $tag UID MOVE *\n"
                                        "S: $tag NO not so\n"
                                        "ON: $tag UID COPY 5 \"Archive\"\n"
                                        "S: $tag OK [COPYUID 5 5 70] copied\n"
                                        "ON: $tag UID EXPUNGE 5\n"
                                        "S: * 2 EXPUNGE\n"
                                        "S: $tag OK gone\n",
                               .folders = "S: * LIST () \"/\" INBOX\n"
                                          "S: * LIST (\\\\Archive) \"/\" Archive\n" };

  quirk->account->imap.without = g_strsplit ("MOVE", ";", -1);
  quirk_add (quirk, &server);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  move_five (quirk);
  quirk_wait_operations_done (quirk);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "*MOVE*"), ==, 0);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "* UID COPY 5 *"), ==, 1);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "* UID EXPUNGE 5"), ==, 1);
  g_assert_cmpstr (quirk->told.last_refused, ==, NULL);
}

/* ID without anything in it is refused: ours says who we are. */
static void
test_id_is_not_empty (void)
{
  const QuirkServer quirk = { .caps = "ID",
                              .inbox = three,
                              .rules = "ON: $tag ID (\"name\" \"Sosik\" \"*\n"
                                       "S: * ID (\"name\" \"Nemesis\")\n"
                                       "S: $tag OK pleased\n"
                                       "ON: $tag ID*\n"
                                       "S: * BYE what was that\n"
                                       "CLOSE\n" };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);

  g_assert_cmpuint (quirk_count_said (server, 0, "* ID (\"name\" *"), ==, 1);
  quirk_end (server, session);
}

void
quirks_microsoft_add (void)
{
  g_test_add_func ("/quirks/12-outlook-few-status", test_few_status);
  g_test_add_func ("/quirks/13-exchange-trailing-space", test_trailing_space);
  g_test_add_func ("/quirks/16-exchange-tab-in-name", test_tab_in_name);
  g_test_add_func ("/quirks/17-outlook-cut-copyuid", test_cut_copyuid);
  g_test_add_func ("/quirks/18-office-not-connected", test_not_connected);
  g_test_add_func ("/quirks/19-office-bare-copyuid", test_bare_copyuid);
  g_test_add_func ("/quirks/20-office-unfetchable", test_unfetchable);
  g_test_add_func ("/quirks/21-exchange-namespace-hangs-up", test_namespace_hangs_up);
  g_test_add_func ("/quirks/22-exchange-without-move", test_without_move);
  g_test_add_func ("/quirks/23-exchange-nemesis-empty-id", test_id_is_not_empty);
}
