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

/* Sent, Drafts, Trash, Junk, Archive as people's programs and providers name them; the first three letters are the language (ISO 639-3). */
static const char *const languages[][6] = {
  { "eng", "Sent Items", "Drafts", "Deleted Items", "Junk E-mail", "Archive" },
  { "kor", "보낸메일함", "임시보관함", "휴지통", "스팸메일함", "보관함" },
  { "kor", "보낸편지함", "임시보관함", "지운편지함", "스팸편지함", "보관편지함" },
  { "deu", "Gesendete Objekte", "Entwürfe", "Papierkorb", "Spamverdacht", "Archiv" },
  { "fra", "Éléments envoyés", "Brouillons", "Corbeille", "Courrier indésirable", "Archives" },
  { "spa", "Elementos enviados", "Borradores", "Papelera", "Correo no deseado", "Archivo" },
  { "por", "Itens Enviados", "Rascunhos", "Lixeira", "Lixo Eletrônico", "Arquivo" },
  { "ita", "Posta inviata", "Bozze", "Cestino", "Posta indesiderata", "Archivio" },
  { "rus", "Отправленные", "Черновики", "Корзина", "Спам", "Архив" },
  { "jpn", "送信済みアイテム", "下書き", "ごみ箱", "迷惑メール", "アーカイブ" },
  { "zho", "已发送", "草稿箱", "已删除", "垃圾邮件", "归档" },
  { "zho", "寄件備份", "草稿", "垃圾桶", "垃圾郵件", "封存" },
  { "nld", "Verzonden items", "Concepten", "Prullenbak", "Ongewenste e-mail", "Archief" },
  { "pol", "Elementy wysłane", "Kopie robocze", "Kosz", "Niechciane", "Archiwum" },
  { "swe", "Skickat", "Utkast", "Papperskorgen", "Skräppost", "Arkiv" },
  { "dan", "Sendt post", "Kladder", "Papirkurv", "Uønsket post", "Arkiv" },
  { "nor", "Sendte elementer", "Utkast", "Papirkurv", "Søppelpost", "Arkiv" },
  { "fin", "Lähetetyt", "Luonnokset", "Roskakori", "Roskaposti", "Arkisto" },
  { "tur", "Gönderilmiş Öğeler", "Taslaklar", "Çöp Kutusu", "Gereksiz", "Arşiv" },
  { "ces", "Odeslaná pošta", "Koncepty", "Odstraněná pošta", "Nevyžádaná pošta", "Archív" },
  { "hun", "Elküldött elemek", "Piszkozatok", "Törölt elemek", "Levélszemét", "Archívum" },
  { "ukr", "Надіслані", "Чернетки", "Кошик", "Небажана пошта", "Архів" },
  { "ell", "Απεσταλμένα", "Πρόχειρα", "Κάδος απορριμμάτων", "Ανεπιθύμητα", "Αρχείο" },
  { "ron", "Trimise", "Ciorne", "Coș de gunoi", "Mesaje nedorite", "Arhivă" },
  { "bul", "Изпратени", "Чернови", "Кошче", "Нежелана поща", "Архив" },
  { "vie", "Thư đã gửi", "Thư nháp", "Thùng rác", "Thư rác", "Lưu trữ" },
  { "tha", "ส่งแล้ว", "ร่าง", "ถังขยะ", "อีเมลขยะ", "เก็บถาวร" },
  { "ind", "Terkirim", "Konsep", "Sampah", "Spam", "Arsip" },
  { "heb", "דואר שנשלח", "טיוטות", "אשפה", "דואר זבל", "ארכיון" },
  { "ara", "البريد المرسل", "المسودات", "سلة المهملات", "البريد العشوائي", "الأرشيف" },
};

static void
test_languages (void)
{
  static const StoreRole roles[] = { STORE_ROLE_SENT, STORE_ROLE_DRAFTS, STORE_ROLE_TRASH,
                                     STORE_ROLE_JUNK, STORE_ROLE_ARCHIVE };
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < G_N_ELEMENTS (languages); i++) {
    g_hash_table_add (seen, (gpointer)languages[i][0]);
    for (gsize k = 0; k < G_N_ELEMENTS (roles); k++) {
      g_autofree char *below = g_strconcat ("INBOX.", languages[i][k + 1], NULL);
      g_autofree char *apart = g_utf8_normalize (languages[i][k + 1], -1, G_NORMALIZE_NFD);

      if (sync_role_of_name (languages[i][k + 1], '/') != roles[k])
        g_test_message ("%s: %s", languages[i][0], languages[i][k + 1]);
      g_assert_cmpint (sync_role_of_name (languages[i][k + 1], '/'), ==, roles[k]);
      g_assert_cmpint (sync_role_of_name (below, '.'), ==, roles[k]);
      /* As a Mac writes it. */
      g_assert_cmpint (sync_role_of_name (apart, '/'), ==, roles[k]);
    }
  }
  g_assert_cmpuint (g_hash_table_size (seen), >=, 20);
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
  folders = sync_folders_merge (listed, NULL, stored, FALSE, NULL);
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
  folders = sync_folders_merge (listed, NULL, stored, FALSE, NULL);
  assert_folders (folders, "INBOX=1 Old/Sent=0 보낸메일함=3 Archive=4 휴지통=6");
}

static void
test_wanted (void)
{
  g_autoptr (GPtrArray) listed = new_listed (), below = new_listed (), stored = new_stored ();
  g_autoptr (GPtrArray) folders = NULL, others = NULL;

  add_listed (listed, "INBOX", '/', IMAP_ROLE_INBOX);
  folders = sync_folders_merge (listed, NULL, stored, FALSE, NULL);
  assert_folders (folders, "INBOX=1 Sent=3 Archive=4 Trash=6");
  add_listed (below, "INBOX", '.', IMAP_ROLE_INBOX);
  add_listed (below, "INBOX.Sent", '.', IMAP_ROLE_NONE);
  others = sync_folders_merge (below, NULL, stored, FALSE, NULL);
  assert_folders (others, "INBOX=1 INBOX.Sent=3 INBOX.Archive=4 INBOX.Trash=6");
}

/* What NAMESPACE tells: where new ones go, and which are other people's. */
static void
test_namespaces (void)
{
  g_autoptr (GPtrArray) listed = new_listed (), stored = new_stored ();
  g_autoptr (GPtrArray) fresh = NULL, root = NULL, untrue = NULL, shared = NULL;

  add_listed (listed, "INBOX", '.', IMAP_ROLE_INBOX);
  fresh = sync_folders_merge (listed, "INBOX.", stored, FALSE, NULL);
  assert_folders (fresh, "INBOX=1 INBOX.Sent=3 INBOX.Archive=4 INBOX.Trash=6");
  add_listed (listed, "INBOX.Work", '.', IMAP_ROLE_NONE);
  root = sync_folders_merge (listed, "", stored, FALSE, NULL);
  assert_folders (root, "INBOX=1 INBOX.Work=0 Sent=3 Archive=4 Trash=6");
  /* Nothing lies there. */
  untrue = sync_folders_merge (listed, "#mh/", stored, FALSE, NULL);
  assert_folders (untrue, "INBOX=1 INBOX.Work=0 INBOX.Sent=3 INBOX.Archive=4 INBOX.Trash=6");
  add_listed (listed, "user.bob.Sent", '.', IMAP_ROLE_SENT);
  add_listed (listed, "user.bob.Trash", '.', IMAP_ROLE_NONE);
  for (guint i = 2; i < 4; i++)
    ((ImapMailbox *)g_ptr_array_index (listed, i))->shared = TRUE;
  shared = sync_folders_merge (listed, "INBOX.", stored, FALSE, NULL);
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
  folders = sync_folders_merge (listed, NULL, stored, FALSE, NULL);
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
  folders = sync_folders_merge (listed, NULL, stored, TRUE, NULL);
  assert_folders (folders, "INBOX=1 Sent Items=3 Archive=4 Trash=6 Sent=0");
  ((StoreFolder *)g_ptr_array_index (stored, 0))->uid_validity = 5;
  idle = sync_folders_merge (listed, NULL, stored, FALSE, NULL);
  assert_folders (idle, "INBOX=1 Sent Items=3 Archive=4 Trash=6");
}

/* What a person chose goes before what the server says; what is not there was not chosen. */
static void
test_chosen (void)
{
  g_autoptr (GPtrArray) listed = new_listed (), stored = new_stored (), folders = NULL, gone = NULL,
                        renamed = NULL;
  char *chosen[BASE_N_FOLDERS] = { [BASE_FOLDER_SENT] = (char *)"Out",
                                   [BASE_FOLDER_JUNK] = (char *)"Trash",
                                   [BASE_FOLDER_DRAFTS] = (char *)"INBOX" };
  char *missing[BASE_N_FOLDERS] = { [BASE_FOLDER_SENT] = (char *)"Elsewhere" };
  char *new_name[BASE_N_FOLDERS] = { [BASE_FOLDER_ARCHIVE] = (char *)"Kept" };

  add_listed (listed, "INBOX", '/', IMAP_ROLE_INBOX);
  add_listed (listed, "Sent", '/', IMAP_ROLE_SENT);
  add_listed (listed, "Out", '/', IMAP_ROLE_NONE);
  add_listed (listed, "Trash", '/', IMAP_ROLE_TRASH);
  add_listed (listed, "Bin", '/', IMAP_ROLE_NONE);
  add_listed (listed, "Archive", '/', IMAP_ROLE_ARCHIVE);
  folders = sync_folders_merge (listed, NULL, stored, FALSE, chosen);
  assert_folders (folders, "INBOX=1 Sent=0 Out=3 Trash=5 Bin=6 Archive=4");
  gone = sync_folders_merge (listed, NULL, stored, FALSE, missing);
  assert_folders (gone, "INBOX=1 Sent=3 Out=0 Trash=6 Bin=0 Archive=4");
  /* It bears another name here, which the server has not heard of. */
  {
    StoreFolder *kept = add_stored (stored, "Kept", STORE_ROLE_NONE, 0);

    g_free (kept->server_name);
    kept->server_name = g_strdup ("Out");
  }
  renamed = sync_folders_merge (listed, NULL, stored, FALSE, new_name);
  assert_folders (renamed, "INBOX=1 Sent=3 Out=4 Trash=6 Bin=0 Archive=0");
}

static void
test_nothing_listed (void)
{
  g_autoptr (GPtrArray) listed = new_listed (), stored = new_stored (), folders = NULL;

  folders = sync_folders_merge (listed, NULL, stored, FALSE, NULL);
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
  g_test_add_func ("/roles/languages", test_languages);
  g_test_add_func ("/folders/chosen", test_chosen);
  g_test_add_func ("/folders/special-use-wins", test_special_use_wins);
  g_test_add_func ("/folders/nearest-wins", test_nearest_wins);
  g_test_add_func ("/folders/wanted", test_wanted);
  g_test_add_func ("/folders/namespaces", test_namespaces);
  g_test_add_func ("/folders/all-mail", test_all_mail);
  g_test_add_func ("/folders/kept", test_kept);
  g_test_add_func ("/folders/nothing-listed", test_nothing_listed);
  g_test_add_func ("/folders/suspicious", test_suspicious);
}
