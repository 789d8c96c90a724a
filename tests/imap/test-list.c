/* Mailboxes and their names. */
#include "test-imap.h"

#include <string.h>

#include "base-error.h"

static ImapMailbox *
find (GPtrArray *mailboxes, const char *name)
{
  for (guint i = 0; i < mailboxes->len; i++) {
    ImapMailbox *mailbox = g_ptr_array_index (mailboxes, i);
    if (strcmp (mailbox->name, name) == 0)
      return mailbox;
  }
  g_error ("no mailbox %s", name);
}

static GPtrArray *
list (ImapSession *session)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *mailboxes = imap_session_list (session, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (mailboxes);
  return mailboxes;
}

static void
test_extended (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SIGN_IN (
      "SPECIAL-USE LIST-EXTENDED LIST-STATUS CONDSTORE") "C: A2 LIST \"\" \"*\" RETURN (SPECIAL-USE SUBSCRIBED STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ))\n"
                                                         "S: * LIST (\\\\HasNoChildren) \"/\" inbox\n"
                                                         "S: * STATUS inbox (MESSAGES 12 UNSEEN 3 UIDNEXT 40 UIDVALIDITY 9 HIGHESTMODSEQ 9.1e+3) \n"
                                                         "S: * LIST (\\\\sent \\\\HasChildren \\\\Subscribed) \"/\" \"Sent Items\"\n"
                                                         "S: * STATUS \"Sent Items\" ()\n"
                                                         "S: * LIST (\\\\NoSelect) \"/\" {6}\\r\\n[Mail]\n"
                                                         "S: * LIST (\\\\Trash) \"/\" \"[Mail]/&1VyuAA-\"\n"
                                                         "S: * LIST () \"\\\\\\\\\" \"R&-D\"\n"
                                                         "S: * LIST () NIL flat\n"
                                                         "S: * LIST () NIL flat\n"
                                                         "S: A2 OK done\n");
  ImapSession *session = test_sign_in (server);
  g_autoptr (GPtrArray) mailboxes = list (session);

  g_assert_cmpuint (mailboxes->len, ==, 6);
  ImapMailbox *inbox = find (mailboxes, "INBOX");
  g_assert_cmpint (inbox->role, ==, IMAP_ROLE_INBOX);
  g_assert_true (inbox->has_status && inbox->selectable);
  g_assert_cmpuint (inbox->messages, ==, 12);
  g_assert_cmpuint (inbox->unseen, ==, 3);
  g_assert_cmpuint (inbox->uid_next, ==, 40);
  g_assert_cmpuint (inbox->uid_validity, ==, 9);
  g_assert_cmpuint (inbox->highest_modseq, ==, 9100);
  g_assert_cmpint (find (mailboxes, "Sent Items")->role, ==, IMAP_ROLE_SENT);
  g_assert_false (find (mailboxes, "Sent Items")->has_status);
  g_assert_true (find (mailboxes, "Sent Items")->tells_subscribed);
  g_assert_true (find (mailboxes, "Sent Items")->subscribed);
  g_assert_false (inbox->subscribed);
  g_assert_false (find (mailboxes, "[Mail]")->selectable);
  g_assert_cmpint (find (mailboxes, "[Mail]/한글")->role, ==, IMAP_ROLE_TRASH);
  g_assert_cmpint (find (mailboxes, "R&D")->delimiter, ==, '\\');
  g_assert_cmpint (find (mailboxes, "flat")->delimiter, ==, 0);
  test_done (server, session);
}

/* Offered, refused when used: never asked for again. */
static void
test_extended_refused (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SIGN_IN (
      "SPECIAL-USE LIST-EXTENDED") "C: A2 LIST \"\" \"*\" RETURN (SPECIAL-USE SUBSCRIBED)\n"
                                   "S: A2 BAD what\n"
                                   "C: A3 LIST \"\" \"*\"\n"
                                   "S: * LIST () \"/\" a\n"
                                   "S: A3 OK done\n"
                                   "C: A4 LIST \"\" \"*\"\n"
                                   "S: A4 OK done\n");
  ImapSession *session = test_sign_in (server);
  g_autoptr (GPtrArray) first = list (session);
  g_autoptr (GPtrArray) second = list (session);
  g_assert_cmpuint (first->len, ==, 1);
  g_assert_cmpuint (second->len, ==, 0);
  test_done (server, session);
}

/* Names that do not survive decoding and encoding are found again as the server spells them. */
static void
test_odd_names (void)
{
  g_autoptr (FakeServer) server = test_server_new (
      TEST_SIGN_IN ("") "C: A2 LIST \"\" \"*\"\n"
                        "S: * LIST () \"/\" \"R&D\"\n"
                        "S: * LIST () \"/\" \"R&-D\"\n"
                        "S: * LIST () \"/\" two words\\tand a tab \n"
                        "S: * LIST () \"/\" now (\"OLDNAME\" (\"then\"))\n"
                        "S: * LIST () \"/\" \"and now\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\n"
                        "S: * LIST () \"/\" \"\xed\x95\x9c\"\n"
                        "S: * LIST () \"/\"\n"
                        "S: * LIST nonsense\n"
                        "S: * LIST (\\\\Seen (\n"
                        "S: * LIST () \"/\" \"\"\n"
                        "S: A2 OK done\n"
                        "C: A3 CREATE \"R&D\"\n"
                        "S: A3 OK done\n"
                        "C: A4 CREATE {3}\n"
                        "S: + \n"
                        "L: \xed\x95\x9c\n"
                        "C: \n"
                        "S: A4 NO [ALREADYEXISTS] there\n"
                        "C: A5 CREATE \"&rgA-\"\n"
                        "S: A5 NO never\n");
  ImapSession *session = test_sign_in (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) mailboxes = list (session);

  g_assert_cmpuint (mailboxes->len, ==, 6);
  g_assert_nonnull (find (mailboxes, "now"));
  g_assert_nonnull (find (mailboxes, "and now"));
  g_assert_nonnull (find (mailboxes, "R&-D"));
  g_assert_nonnull (find (mailboxes, "two words\tand a tab"));
  g_assert_true (imap_session_create (session, find (mailboxes, "R&D")->name, NULL, NULL));
  g_assert_true (imap_session_create (session, find (mailboxes, "한")->name, NULL, NULL));
  g_assert_false (imap_session_create (session, "글", NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "“글”"));
  g_assert_cmpstr (base_error_get_detail (error), ==, "never");
  g_assert_true (imap_session_is_usable (session));
  test_done (server, session);
}

static void
test_change_folders (void)
{
  g_autoptr (FakeServer) server =
      test_server_new (TEST_SIGN_IN ("") "C: A2 RENAME \"A/B\" \"A/&1VyuAA-\"\n"
                                         "S: A2 OK done\n"
                                         "C: A3 RENAME \"A/B\" \"C\"\n"
                                         "S: A3 NO [NONEXISTENT] what\n"
                                         "C: A4 DELETE \"A/&1VyuAA-\"\n"
                                         "S: A4 OK done\n"
                                         "C: A5 DELETE \"INBOX\"\n"
                                         "S: A5 NO [CANNOT] never\n"
                                         "C: A6 SUBSCRIBE \"A\"\n"
                                         "S: A6 OK done\n"
                                         "C: A7 UNSUBSCRIBE \"A\"\n"
                                         "S: A7 OK done\n");
  ImapSession *session = test_sign_in (server);
  g_autoptr (GError) error = NULL;

  g_assert_true (imap_session_rename (session, "A/B", "A/한글", NULL, NULL));
  g_assert_false (imap_session_rename (session, "A/B", "C", NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);
  g_assert_true (imap_session_delete (session, "A/한글", NULL, NULL));
  g_assert_false (imap_session_delete (session, "INBOX", NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_assert_cmpstr (base_error_get_detail (error), ==, "never");
  g_assert_true (imap_session_subscribe (session, "A", TRUE, NULL, NULL));
  g_assert_true (imap_session_subscribe (session, "A", FALSE, NULL, NULL));
  test_done (server, session);
}

static void
test_status (void)
{
  g_autoptr (FakeServer) server = test_server_new (TEST_SIGN_IN (
      "CONDSTORE") "C: A2 STATUS \"&1VyuAA-\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ)\n"
                   "S: * LIST () NIL other\n"
                   "S: * STATUS other (MESSAGES 1 UIDNEXT 2)\n"
                   "S: * STATUS \"&1VyuAA-\" (MESSAGES 4 UNSEEN 1 UIDNEXT 9 UIDVALIDITY 3 HIGHESTMODSEQ 77)\n"
                   "S: A2 OK done\n"
                   "C: A3 STATUS \"none\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ)\n"
                   "S: A3 NO [NONEXISTENT] what\n");
  ImapSession *session = test_sign_in (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (ImapMailbox) status = imap_session_status (session, "한글", NULL, &error);

  g_assert_no_error (error);
  g_assert_true (status->has_status);
  g_assert_cmpuint (status->messages, ==, 4);
  g_assert_cmpuint (status->unseen, ==, 1);
  g_assert_cmpuint (status->uid_next, ==, 9);
  g_assert_cmpuint (status->uid_validity, ==, 3);
  g_assert_cmpuint (status->highest_modseq, ==, 77);
  g_assert_null (imap_session_status (session, "none", NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  test_done (server, session);
}

void
test_list_add (void)
{
  g_test_add_func ("/imap/list/change-folders", test_change_folders);
  g_test_add_func ("/imap/list/status", test_status);
  g_test_add_func ("/imap/list/extended", test_extended);
  g_test_add_func ("/imap/list/extended-refused", test_extended_refused);
  g_test_add_func ("/imap/list/odd-names", test_odd_names);
}
