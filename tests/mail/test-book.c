/* What the module that reads address books makes of what their library tells it; without a desktop. */
#include "../../src/mail/mail-book-inside.c"

#include <locale.h>

typedef struct
{
  guint cards, gone;
  char *last_gone;
} Told;

static void
count (MailBookNews *news, gpointer data)
{
  Told *told = data;

  told->cards += news->cards->len;
  told->gone += news->gone->len;
  for (guint i = 0; i < news->gone->len; i++) {
    g_free (told->last_gone);
    told->last_gone = g_strdup (news->gone->pdata[i]);
  }
  g_assert_cmpuint (news->cards->len, <=, PIECE);
  mail_book_news_free (news);
}

static void
free_contacts (GSList *contacts)
{
  g_slist_free_full (contacts, g_object_unref);
}

/* `n` people, from the number `first` on. */
static void
tell_people (Book *book, guint first, guint n)
{
  GSList *contacts = NULL;

  for (guint i = first; i < first + n; i++) {
    EContact *contact = e_contact_new ();
    g_autofree char *id = g_strdup_printf ("%u", i);

    e_contact_set (contact, E_CONTACT_UID, id);
    e_contact_set (contact, E_CONTACT_FULL_NAME, "Kim");
    contacts = g_slist_prepend (contacts, contact);
  }
  on_cards (NULL, contacts, book);
  free_contacts (contacts);
}

/* Of a book of any size so many are told, no more; those follow what happens to them, and where some go there is room again. */
static void
test_most (void)
{
  Told told = { 0 };
  Reading reading = { .func = count, .data = &told };
  Book book = { .reading = &reading,
                .id = (char *)"one",
                .told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
  GSList *gone = NULL;

  g_mutex_init (&reading.lock);
  for (guint i = 0; i < MAIL_BOOK_MOST_CARDS + 1000; i += 1000)
    tell_people (&book, i, 1000);
  g_assert_cmpuint (told.cards, ==, MAIL_BOOK_MOST_CARDS);
  tell_people (&book, 5, 1);
  g_assert_cmpuint (told.cards, ==, MAIL_BOOK_MOST_CARDS + 1);
  gone = g_slist_prepend (NULL, (gpointer) "5");
  on_gone (NULL, gone, &book);
  g_slist_free (gone);
  g_assert_cmpstr (told.last_gone, ==, "one\n5");
  tell_people (&book, MAIL_BOOK_MOST_CARDS + 5000, 2);
  g_assert_cmpuint (told.cards, ==, MAIL_BOOK_MOST_CARDS + 2);

  /* It is opened anew. */
  book.failed = 3;
  begin_anew (&book);
  g_assert_cmpuint (told.gone, ==, 2);
  g_assert_cmpstr (told.last_gone, ==, "one\n");
  g_assert_cmpuint (book.failed, ==, 0);
  tell_people (&book, 0, 10);
  g_assert_cmpuint (told.cards, ==, MAIL_BOOK_MOST_CARDS + 12);
  g_hash_table_unref (book.told);
  g_mutex_clear (&reading.lock);
  g_free (told.last_gone);
}

static void
check_name (const char *whole, const char *family, const char *given, const char *expected)
{
  EContact *contact = e_contact_new ();
  EContactName *name = e_contact_name_new ();
  Book book = { .id = (char *)"one" };
  MailBookCard *card;

  name->family = g_strdup (family);
  name->given = g_strdup (given);
  e_contact_set (contact, E_CONTACT_UID, "1");
  e_contact_set (contact, E_CONTACT_NAME, name);
  e_contact_set (contact, E_CONTACT_FULL_NAME, whole);
  e_contact_set (contact, E_CONTACT_EMAIL_1, "kim@example.org");
  card = card_new (&book, contact);
  g_assert_cmpstr (card->name, ==, expected);
  g_assert_cmpstr (card->names->pdata[0], ==, expected);
  mail_book_card_free (card);
  e_contact_name_free (name);
  g_object_unref (contact);
}

/* Given and family name in the order of their script, whatever the program that wrote the card made of them. */
static void
test_names (void)
{
  check_name ("민우 김", "김", "민우", "김민우");
  check_name ("김민우 대리", "김", "민우", "김민우 대리");
  check_name (NULL, "김", "민우", "김민우");
  check_name ("Ada Lovelace", "Lovelace", "Ada", "Ada Lovelace");
}

static void
test_nobody_there (void)
{
  Told told = { 0 };
  const MailBookApi *api = sosik_book_get_api ();
  gpointer reading = api->start (count, &told);

  api->stop (reading);
  g_assert_cmpuint (told.cards, ==, 0);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
  /* GIO's modules now, as the program has them: a thread that loads one while the process ends sees the libraries begin anew. */
  (void)g_proxy_resolver_get_default ();
  g_test_add_func ("/mail/book/most", test_most);
  g_test_add_func ("/mail/book/names", test_names);
  g_test_add_func ("/mail/book/nobody-there", test_nobody_there);
  return g_test_run ();
}
