/* Roles by name, and what LIST makes of the store's folders. */
#include "test-sync.h"

#include "sync-folders.h"
#include "sync-roles.h"

static void
test_names (void)
{
  g_assert_cmpint (sync_role_of_name ("Sent Items", '/'), ==, STORE_ROLE_SENT);
  g_assert_cmpint (sync_role_of_name ("INBOX.Trash", '.'), ==, STORE_ROLE_TRASH);
  g_assert_cmpint (sync_role_of_name ("받은메일함", '/'), ==, STORE_ROLE_INBOX);
  g_assert_cmpint (sync_role_of_name ("보낸메일함", '/'), ==, STORE_ROLE_SENT);
  g_assert_cmpint (sync_role_of_name ("임시보관함", '/'), ==, STORE_ROLE_DRAFTS);
  g_assert_cmpint (sync_role_of_name ("스팸메일함", '/'), ==, STORE_ROLE_JUNK);
  g_assert_cmpint (sync_role_of_name ("휴지통", 0), ==, STORE_ROLE_TRASH);
  /* Mail to oneself is an ordinary folder. */
  g_assert_cmpint (sync_role_of_name ("내게쓴메일함", '/'), ==, STORE_ROLE_NONE);
  g_assert_cmpint (sync_role_of_name ("ENTWÜRFE", '/'), ==, STORE_ROLE_DRAFTS);
  g_assert_cmpint (sync_role_of_name ("Presents", '/'), ==, STORE_ROLE_NONE);
  g_assert_cmpint (sync_role_of_name ("Sent/2024", '/'), ==, STORE_ROLE_NONE);
}

static void
add_listed (GPtrArray *listed, const char *name, char delimiter, ImapRole role)
{
  ImapMailbox *mailbox = g_new0 (ImapMailbox, 1);

  mailbox->name = g_strdup (name);
  mailbox->delimiter = delimiter;
  mailbox->role = role;
  mailbox->selectable = TRUE;
  g_ptr_array_add (listed, mailbox);
}

static GPtrArray *
new_listed (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)imap_mailbox_free);
}

static StoreFolder *
add_stored (GPtrArray *stored, const char *name, StoreRole role, guint total)
{
  StoreFolder *folder = g_new0 (StoreFolder, 1);

  folder->name = g_strdup (name);
  folder->server_name = g_strdup (name);
  folder->role = role;
  folder->selectable = TRUE;
  folder->total = total;
  g_ptr_array_add (stored, folder);
  return folder;
}

static GPtrArray *
new_stored (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
}

/* "INBOX=1 Sent=3 …" in the order of the list. */
static void
assert_folders (GPtrArray *folders, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);

    g_string_append_printf (text, "%s%s=%d", i > 0 ? " " : "", folder->name, folder->role);
  }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_special_use_wins (void)
{
  g_autoptr (GPtrArray) listed = new_listed (), stored = new_stored (), folders = NULL;

  add_listed (listed, "INBOX", '/', IMAP_ROLE_INBOX);
  add_listed (listed, "Sent", '/', IMAP_ROLE_NONE);
  add_listed (listed, "Gesendet", '/', IMAP_ROLE_SENT);
  add_listed (listed, "Archive", '/', IMAP_ROLE_ARCHIVE);
  add_listed (listed, "Trash", '/', IMAP_ROLE_TRASH);
  add_listed (listed, "Bin", '/', IMAP_ROLE_TRASH);
  folders = sync_folders_merge (listed, NULL, stored, FALSE);
  assert_folders (folders, "INBOX=1 Sent=0 Gesendet=3 Archive=4 Trash=6 Bin=0");
}

static void
test_nearest_wins (void)
{
  g_autoptr (GPtrArray) listed = new_listed (), stored = new_stored (), folders = NULL;

  add_listed (listed, "INBOX", '/', IMAP_ROLE_INBOX);
  add_listed (listed, "Old/Sent", '/', IMAP_ROLE_NONE);
  add_listed (listed, "보낸메일함", '/', IMAP_ROLE_NONE);
  add_listed (listed, "Archive", '/', IMAP_ROLE_NONE);
  add_listed (listed, "휴지통", '/', IMAP_ROLE_NONE);
  folders = sync_folders_merge (listed, NULL, stored, FALSE);
  assert_folders (folders, "INBOX=1 Old/Sent=0 보낸메일함=3 Archive=4 휴지통=6");
}

static void
test_wanted (void)
{
  g_autoptr (GPtrArray) listed = new_listed (), below = new_listed (), stored = new_stored ();
  g_autoptr (GPtrArray) folders = NULL, others = NULL;

  add_listed (listed, "INBOX", '/', IMAP_ROLE_INBOX);
  folders = sync_folders_merge (listed, NULL, stored, FALSE);
  assert_folders (folders, "INBOX=1 Sent=3 Archive=4 Trash=6");
  add_listed (below, "INBOX", '.', IMAP_ROLE_INBOX);
  add_listed (below, "INBOX.Sent", '.', IMAP_ROLE_NONE);
  others = sync_folders_merge (below, NULL, stored, FALSE);
  assert_folders (others, "INBOX=1 INBOX.Sent=3 INBOX.Archive=4 INBOX.Trash=6");
}

/* What NAMESPACE tells: where new ones go, and which are other people's. */
static void
test_namespaces (void)
{
  g_autoptr (GPtrArray) listed = new_listed (), stored = new_stored ();
  g_autoptr (GPtrArray) fresh = NULL, root = NULL, untrue = NULL, shared = NULL;

  add_listed (listed, "INBOX", '.', IMAP_ROLE_INBOX);
  fresh = sync_folders_merge (listed, "INBOX.", stored, FALSE);
  assert_folders (fresh, "INBOX=1 INBOX.Sent=3 INBOX.Archive=4 INBOX.Trash=6");
  add_listed (listed, "INBOX.Work", '.', IMAP_ROLE_NONE);
  root = sync_folders_merge (listed, "", stored, FALSE);
  assert_folders (root, "INBOX=1 INBOX.Work=0 Sent=3 Archive=4 Trash=6");
  /* Nothing lies there. */
  untrue = sync_folders_merge (listed, "#mh/", stored, FALSE);
  assert_folders (untrue, "INBOX=1 INBOX.Work=0 INBOX.Sent=3 INBOX.Archive=4 INBOX.Trash=6");
  add_listed (listed, "user.bob.Sent", '.', IMAP_ROLE_SENT);
  add_listed (listed, "user.bob.Trash", '.', IMAP_ROLE_NONE);
  for (guint i = 2; i < 4; i++)
    ((ImapMailbox *)g_ptr_array_index (listed, i))->shared = TRUE;
  shared = sync_folders_merge (listed, "INBOX.", stored, FALSE);
  assert_folders (shared, "INBOX=1 INBOX.Work=0 user.bob.Sent=0 user.bob.Trash=0 INBOX.Sent=3 "
                          "INBOX.Archive=4 INBOX.Trash=6");
}

static void
test_all_mail (void)
{
  g_autoptr (GPtrArray) listed = new_listed (), stored = new_stored (), folders = NULL;

  add_listed (listed, "INBOX", '/', IMAP_ROLE_INBOX);
  add_listed (listed, "[Gmail]/All Mail", '/', IMAP_ROLE_ALL);
  add_listed (listed, "[Gmail]/Sent Mail", '/', IMAP_ROLE_SENT);
  add_listed (listed, "[Gmail]/Trash", '/', IMAP_ROLE_TRASH);
  folders = sync_folders_merge (listed, NULL, stored, FALSE);
  assert_folders (folders, "INBOX=1 [Gmail]/All Mail=7 [Gmail]/Sent Mail=3 [Gmail]/Trash=6");
}

/* A row that holds what the server does not have yet stays, whatever the list says. */
static void
test_kept (void)
{
  g_autoptr (GPtrArray) listed = new_listed (), stored = new_stored (), folders = NULL, idle = NULL;

  add_listed (listed, "INBOX", '/', IMAP_ROLE_INBOX);
  add_listed (listed, "Sent Items", '/', IMAP_ROLE_SENT);
  add_listed (listed, "Archive", '/', IMAP_ROLE_ARCHIVE);
  add_listed (listed, "Trash", '/', IMAP_ROLE_TRASH);
  add_stored (stored, "Sent", STORE_ROLE_SENT, 1);
  folders = sync_folders_merge (listed, NULL, stored, TRUE);
  assert_folders (folders, "INBOX=1 Sent Items=3 Archive=4 Trash=6 Sent=0");
  ((StoreFolder *)g_ptr_array_index (stored, 0))->uid_validity = 5;
  idle = sync_folders_merge (listed, NULL, stored, FALSE);
  assert_folders (idle, "INBOX=1 Sent Items=3 Archive=4 Trash=6");
}

static void
test_nothing_listed (void)
{
  g_autoptr (GPtrArray) listed = new_listed (), stored = new_stored (), folders = NULL;

  folders = sync_folders_merge (listed, NULL, stored, FALSE);
  g_assert_cmpuint (folders->len, ==, 0);
}

/* A list that lacks what it had is not believed at once. */
static void
test_suspicious (void)
{
  g_autoptr (GPtrArray) listed = new_listed (), stored = new_stored ();
  const char *names[] = { "INBOX", "Sent", "a", "b", "c" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    add_stored (stored, names[i], STORE_ROLE_NONE, 0)->uid_validity = 1;
  add_stored (stored, "Archive", STORE_ROLE_ARCHIVE, 9);
  add_listed (listed, "Inbox", '/', IMAP_ROLE_INBOX);
  add_listed (listed, "Sent", '/', IMAP_ROLE_SENT);
  g_assert_true (sync_folders_is_suspicious (listed, stored));
  add_listed (listed, "a", '/', IMAP_ROLE_NONE);
  g_assert_false (sync_folders_is_suspicious (listed, stored));
  /* One that only a row stands for was never there. */
  ((StoreFolder *)g_ptr_array_index (stored, 5))->uid_validity = 1;
  g_assert_true (sync_folders_is_suspicious (listed, stored));
  {
    /* Under another name, where its id says which one it is. */
    StoreFolder *archive = g_ptr_array_index (stored, 5);

    archive->mailbox_id = g_strdup ("i1");
    add_listed (listed, "Old", '/', IMAP_ROLE_NONE);
    ImapMailbox *old = g_ptr_array_index (listed, listed->len - 1);
    old->mailbox_id = g_strdup ("i1");
    g_assert_false (sync_folders_is_suspicious (listed, stored));
    old->uid_validity = 2;
    g_assert_true (sync_folders_is_suspicious (listed, stored));
    old->uid_validity = 1;
    g_assert_false (sync_folders_is_suspicious (listed, stored));
    add_listed (listed, "Older", '/', IMAP_ROLE_NONE);
    ((ImapMailbox *)g_ptr_array_index (listed, listed->len - 1))->mailbox_id = g_strdup ("i1");
    g_assert_true (sync_folders_is_suspicious (listed, stored));
  }
  add_listed (listed, "Archive", '/', IMAP_ROLE_NONE);
  g_assert_false (sync_folders_is_suspicious (listed, stored));
}

void
test_roles_add (void)
{
  g_test_add_func ("/roles/names", test_names);
  g_test_add_func ("/folders/special-use-wins", test_special_use_wins);
  g_test_add_func ("/folders/nearest-wins", test_nearest_wins);
  g_test_add_func ("/folders/wanted", test_wanted);
  g_test_add_func ("/folders/namespaces", test_namespaces);
  g_test_add_func ("/folders/all-mail", test_all_mail);
  g_test_add_func ("/folders/kept", test_kept);
  g_test_add_func ("/folders/nothing-listed", test_nothing_listed);
  g_test_add_func ("/folders/suspicious", test_suspicious);
}
