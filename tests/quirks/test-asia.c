/* Yandex, QQ, NetEase and the Korean providers: entries 35 to 41 and 63. */
#include "quirks.h"

#include <string.h>

#include "base-error.h"
#include "base-uid-set.h"
#include "sync-roles.h"

static const QuirkMail three[] = { { 3, "three" }, { 5, "five" }, { 7, "seven" }, { 0 } };

/* BYE without end (one TLS record of it, for the client hangs up at once): the first one is enough.  How long it took, in µs. */
static gint64
hear_endless_bye (void)
{
  g_autoptr (GString) rules = g_string_new ("ON: $tag NOOP\n");
  QuirkServer quirk = { .inbox = three };
  FakeServer *server;
  ImapSession *session;
  g_autoptr (GError) error = NULL;
  gint64 begun, took;

  g_string_append (rules, "S- ");
  for (guint i = 0; i < 300; i++)
    g_string_append (rules, "* BYE Autologout; idle for too long\\r\\n");
  g_string_append (rules, "\nSTALL\n");
  quirk.rules = rules->str;
  session = quirk_begin (&quirk, &server);
  begun = g_get_monotonic_time ();
  g_assert_false (imap_session_noop (session, NULL, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_RETRY);
  g_assert_false (imap_session_is_usable (session));
  imap_session_logout (session);
  took = g_get_monotonic_time () - begun;
  quirk_end (server, session);
  return took;
}

/* It does not wait for what still comes, which is for ever; who does, waits each time. */
static void
test_endless_bye (void)
{
  gint64 took = G_MAXINT64;

  for (guint try = 0; try < 10 && took >= G_USEC_PER_SEC; try++)
    took = hear_endless_bye ();
  g_assert_cmpint (took, <, G_USEC_PER_SEC);
}

/* BODY[] with no value behind it: what stands next is not taken for it, and the body is asked for again another time. */
static void
check_rest_is_read (void)
{
  const QuirkServer quirk = { .inbox = three,
                              .rules =
                                  "ON: $tag UID FETCH *\n"
                                  "S: * 1 FETCH (UID 3 BODY[] FLAGS (\\\\Seen) RFC822.SIZE 99)\n"
                                  "S: * 2 FETCH (BODY[] UID 5 FLAGS () RFC822.SIZE 98)\n"
                                  "S: $tag OK done\n" };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autofree char *seen =
      quirk_fetch_all (session, IMAP_FETCH_FLAGS | IMAP_FETCH_SIZE | IMAP_FETCH_BODY);

  g_assert_cmpstr (seen, ==, "1: uid=3 flags=1 size=99\n2: uid=5 flags=0 size=98\n");
  quirk_end (server, session);
}

static void
test_body_left_out (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  const QuirkServer odd = { .inbox = three,
                            .rules = "ON: $tag UID FETCH *BODY.PEEK[]*\n"
                                     "S: * 1 FETCH (UID 3 BODY[] FLAGS (\\\\Seen) RFC822.SIZE 99)\n"
                                     "S: * 2 FETCH (UID 5 FLAGS (\\\\Seen) RFC822.SIZE 99 BODY[])\n"
                                     "S: * 3 FETCH (BODY[] UID 7 FLAGS ())\n"
                                     "S: $tag OK done\n"
                                     "ONCE: $tag IDLE\nS: + idling\nCUT\n" };
  const QuirkServer good = { .inbox = three };

  check_rest_is_read ();
  quirk_add (quirk, &odd);
  quirk_add (quirk, &good);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (StoreMessage) row = quirk_get (quirk, "INBOX", three[i].subject);

    g_assert_false (row->has_body);
  }
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "*BODY.PEEK[]*"), <, 8);
  quirk_wait_connections (quirk, 2);
  quirk_wait_idle (quirk, 1, 1);
  for (guint i = 0; i < 3; i++) {
    g_autoptr (StoreMessage) row = quirk_get (quirk, "INBOX", three[i].subject);

    g_assert_true (row->has_body);
  }
}

/* XLIST is offered and wrong: SPECIAL-USE tells, or the names do. */
static void
test_no_xlist (void)
{
  const QuirkServer quirk = {
    .caps = "XLIST SPECIAL-USE UIDPLUS",
    .folders = "S: * LIST (\\\\Sent) \"|\" \"&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-\"\n"
               "S: * LIST () \"|\" INBOX\n"
  };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) mailboxes = imap_session_list (session, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (mailboxes->len, ==, 2);
  g_assert_cmpint (((ImapMailbox *)g_ptr_array_index (mailboxes, 0))->role, ==, IMAP_ROLE_SENT);
  g_assert_cmpstr (((ImapMailbox *)g_ptr_array_index (mailboxes, 0))->name, ==, "Отправленные");
  g_assert_cmpuint (quirk_count_said (server, 0, "*XLIST*"), ==, 0);
  quirk_end (server, session);
}

/* "1:5,8", each from low to high and none before one that is lower; "*" is the highest. */
static gboolean
is_ascending (const char *set)
{
  g_auto (GStrv) parts = g_strsplit_set (set, ",:", -1);
  guint64 before = 0;

  for (guint i = 0; parts[i] != NULL; i++) {
    guint64 number =
        g_str_equal (parts[i], "*") ? G_MAXUINT32 : g_ascii_strtoull (parts[i], NULL, 10);

    if (number < before || number == 0)
      return FALSE;
    before = number;
  }
  return TRUE;
}

/* “BAD UID parameters!” for a set that goes down: ours go up, all of them, whatever is fetched first. */
static void
test_ascending_sets (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  g_autofree QuirkMail *mails = g_new0 (QuirkMail, 301);
  g_autoptr (GPtrArray) subjects = g_ptr_array_new_with_free_func (g_free);
  QuirkServer server = { .inbox = mails };
  g_autofree char *said = NULL;
  g_auto (GStrv) lines = NULL;
  guint sets = 0;

  for (guint i = 0; i < 300; i++) {
    g_ptr_array_add (subjects, g_strdup_printf ("m%u", i));
    mails[i] = (QuirkMail){ 10 + 3 * i, g_ptr_array_index (subjects, i) };
  }
  quirk_add (quirk, &server);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 300);
  said = quirk_said (quirk->imap, 0);
  lines = g_strsplit (said, "\r\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);

    for (guint k = 0; words[k] != NULL && words[k + 1] != NULL; k++) {
      if (!g_str_equal (words[k], "FETCH") && !g_str_equal (words[k], "STORE"))
        continue;
      sets++;
      if (!is_ascending (words[k + 1]))
        g_error ("not ascending: %s", lines[i]);
    }
  }
  g_assert_cmpuint (sets, >, 2);
}

/* SEARCH finds every message, whatever is looked for: a hit counts when its header says the same. */
static void
test_search_finds_all (void)
{
  const QuirkServer quirk = { .inbox = three,
                              .rules = "ON: $tag UID SEARCH *\n"
                                       "S: * SEARCH 3 5 7\n"
                                       "S: $tag OK done\n"
                                       "ON: $tag UID SEARCH *TEXT*\n"
                                       "S: $tag BAD what\n" };
  FakeServer *server;
  ImapSession *session = quirk_begin (&quirk, &server);
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseUidSet) there =
      imap_session_search_message_id (session, "<five@quirks.test>", NULL, &error);
  g_autoptr (BaseUidSet) not_there =
      imap_session_search_message_id (session, "<none@quirks.test>", NULL, &error);
  g_autofree char *text = base_uid_set_to_string (there);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "5");
  g_assert_true (base_uid_set_is_empty (not_there));
  quirk_end (server, session);
}

/* SELECT is refused to who has not said who he is. */
static void
test_id_before_select (void)
{
  g_autoptr (Quirk) quirk = quirk_new ("imap.163.com", NULL);
  const QuirkServer server = {
    .caps = "XLIST SPECIAL-USE LITERAL+ STARTTLS UIDPLUS IDLE",
    .inbox = three,
    .rules = "ON: $tag ID (\"name\" *\n"
             "SET: known\n"
             "S: * ID (\"name\" \"Coremail\")\n"
             "S: $tag OK ID completed\n"
             "ON: $tag STARTTLS\n"
             "S: $tag BAD there is TLS already\n"
             "WHEN: known\n"
             "ON: $tag SELECT \"INBOX\"*\n"
             "S: * 0 EXISTS\n"
             "S: * OK [UIDVALIDITY 9] fine\n"
             "S: $tag OK [READ-WRITE] open\n"
             "WHEN:\n"
             "ON: $tag SELECT *\n"
             "S: $tag NO SELECT Unsafe Login. Please contact kefu@188.com for help\n"
  };

  quirk_add (quirk, &server);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "* ID (*"), ==, 1);
}

/* Neither SELECT nor STATUS tell UIDNEXT: it is what stands behind the highest UID seen. */
static void
test_no_uidnext (void)
{
  g_autoptr (Quirk) quirk = quirk_new (NULL, NULL);
  static const QuirkMail four[] = {
    { 3, "three" }, { 5, "five" }, { 7, "seven" }, { 9, "nine" }, { 0 }
  };
#define NO_UIDNEXT "S: * OK [UIDVALIDITY 9] fine\n"
#define EMPTY_STATUS                                                                               \
  "ON: $tag STATUS *\nS: * STATUS \"INBOX\" ()\nS: $tag OK done\n"                                 \
  "ONCE: $tag LIST *\nS: * LIST () \"/\" INBOX\nS: * STATUS \"INBOX\" ()\nS: $tag OK done\n"
  const QuirkServer before = { .caps = "IDLE LIST-EXTENDED LIST-STATUS",
                               .inbox = three,
                               .select_codes = NO_UIDNEXT,
                               .rules = EMPTY_STATUS "ONCE: $tag IDLE\nS: + idling\nCUT\n" };
  const QuirkServer after = { .caps = "IDLE LIST-EXTENDED LIST-STATUS",
                              .inbox = four,
                              .select_codes = NO_UIDNEXT,
                              .rules = EMPTY_STATUS };

  quirk_add (quirk, &before);
  quirk_add (quirk, &after);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
  quirk_wait_connections (quirk, 2);
  quirk_wait_idle (quirk, 1, 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 4);
  g_assert_cmpuint (engine_told_get_arrived (&quirk->told), ==, 1);
}

/* Daum, Naver, Nate: names in Korean, an INBOX that is written otherwise, and no word about what is what. */
static void
test_korean_names (void)
{
  g_autoptr (Quirk) quirk = quirk_new ("imap.daum.net", NULL);
  static const struct
  {
    const char *name;
    StoreRole role;
  } folders[] = {
    { "INBOX", STORE_ROLE_INBOX },       { "보낸메일함", STORE_ROLE_SENT },
    { "임시보관함", STORE_ROLE_DRAFTS }, { "스팸메일함", STORE_ROLE_JUNK },
    { "휴지통", STORE_ROLE_TRASH },      { "내게쓴메일함", STORE_ROLE_NONE },
  };
  const QuirkServer server = { .inbox = three,
                               .folders =
                                   "S: * LIST (\\\\HasNoChildren) \"/\" \"Inbox\"\n"
                                   "S: * LIST (\\\\HasNoChildren) \"/\" \"&vPSwuLpUx3zVaA-\"\n"
                                   "S: * LIST (\\\\HasNoChildren) \"/\" \"&x4TC3Lz0rQDVaA-\"\n"
                                   "S: * LIST (\\\\HasNoChildren) \"/\" \"&wqTTOLpUx3zVaA-\"\n"
                                   "S: * LIST (\\\\HasNoChildren) \"/\" \"&1zTJwNG1-\"\n"
                                   "S: * LIST (\\\\HasNoChildren) \"/\" \"&sLSsjMT0ulTHfNVo-\"\n",
                               .rules = "ON: $tag SELECT \"Inbox\"*\n"
                                        "S: $tag NO what\n" };
  g_autoptr (GPtrArray) rows = NULL;

  g_assert_cmpint (sync_role_of_name ("받은메일함", '/'), ==, STORE_ROLE_INBOX);
  quirk_add (quirk, &server);
  quirk_start (quirk);
  quirk_wait_idle (quirk, 0, 1);
  rows = store_folder_list (quirk->db, quirk->row, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    gint64 id = quirk_folder (quirk, folders[i].name);
    g_autoptr (StoreFolder) row = store_folder_get (quirk->db, id, NULL);

    g_test_message ("%s", folders[i].name);
    g_assert_nonnull (row);
    g_assert_cmpint (row->role, ==, folders[i].role);
  }
  /* no second Sent, Trash in English beside them; an archive there has to be */
  g_assert_cmpint (quirk_folder (quirk, "Sent"), ==, 0);
  g_assert_cmpint (quirk_folder (quirk, "Trash"), ==, 0);
  g_assert_cmpuint (rows->len, ==, G_N_ELEMENTS (folders) + 1);
  g_assert_cmpuint (quirk_total (quirk, "INBOX"), ==, 3);
  /* and they are opened under the names that the server gave them */
  g_assert_cmpuint (quirk_count_said (quirk->imap, 0, "* SELECT \"&vPSwuLpUx3zVaA-\"*"), >=, 1);
}

void
quirks_asia_add (void)
{
  g_test_add_func ("/quirks/35-yandex-endless-bye", test_endless_bye);
  g_test_add_func ("/quirks/36-yandex-body-left-out", test_body_left_out);
  g_test_add_func ("/quirks/37-yandex-xlist", test_no_xlist);
  g_test_add_func ("/quirks/38-qq-ascending-sets", test_ascending_sets);
  g_test_add_func ("/quirks/39-qq-search-finds-all", test_search_finds_all);
  g_test_add_func ("/quirks/40-netease-id-before-select", test_id_before_select);
  g_test_add_func ("/quirks/41-netease-no-uidnext", test_no_uidnext);
  g_test_add_func ("/quirks/63-daum-korean-names", test_korean_names);
}
