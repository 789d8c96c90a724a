/* People, as the engine gathers them behind the sync. */
#include "test-mail.h"

#include <gmodule.h>

#include "mail-crowd.h"
#include "mail-person.h"
#include "mail-recipient.h"

static const char letter[] = "From: Ann <ann@x.example>\r\nTo: one@example.org\r\nSubject: Hi\r\n"
                             "Message-ID: <a@x>\r\n\r\nText.\r\n";
static const char reply[] =
    "From: one@example.org\r\nTo: =?utf-8?B?7JWE64uk?= <ada@x.example>, ann@x.example\r\n"
    "Subject: Re: Hi\r\nMessage-ID: <b@x>\r\n\r\nTo: not@x.example\r\n";

static MailPerson *
get (Bench *bench, const char *address)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MailPerson *person;

  mail_engine_get_person_async (bench->engine, address, 3, NULL, on_result, &result);
  person = mail_engine_get_person_finish (bench->engine, wait_result (&result), &error);
  g_assert_no_error (error);
  return person;
}

static gboolean
is_gathered (gpointer data)
{
  g_autoptr (MailPerson) person = get (data, "ada@x.example");

  return person->sent == 1;
}

static void
test_gathered (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();

  mail_people_set_quiet (bench->engine->people, 1);
  bench_add (bench, bench->inbox, 1000, letter);
  bench_add (bench, bench->sent, 2000, reply);
  wait_until (is_gathered, bench);

  g_autoptr (MailPerson) ada = get (bench, "Ada@X.example");
  g_assert_cmpstr (ada->address, ==, "ada@x.example");
  g_assert_cmpstr (ada->name, ==, "아다");
  g_assert_cmpuint (ada->received, ==, 0);
  g_assert_cmpuint (ada->latest->len, ==, 1);
  g_autoptr (MailPerson) stranger = get (bench, "not@x.example");
  g_assert_cmpuint (stranger->sent + stranger->received, ==, 0);
  g_assert_cmpuint (stranger->latest->len, ==, 0);
  g_assert_cmpstr (stranger->name, ==, "");
  g_assert_true (stranger->counted); /* there is nothing to wait for */
  g_assert_false (stranger->more_sent);

  /* What comes now is not counted at once: the numbers are not whole any more. */
  mail_people_set_quiet (bench->engine->people, 3600 * 1000);
  bench_add (bench, bench->inbox, 3000, letter);
  g_autoptr (MailPerson) sender = get (bench, "ada@example.org");
  g_assert_cmpuint (sender->received, ==, 1);
  g_assert_false (sender->counted);
}

static gboolean
is_counted (gpointer data)
{
  g_autoptr (MailPerson) person = get (data, "ada@example.org");

  return person->counted && person->received == 1;
}

/* Of sent mail that is not here the recipients with a name are not known: none is not said of them. */
static void
test_sent_elsewhere (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();

  mail_people_set_quiet (bench->engine->people, 1);
  bench_add (bench, bench->inbox, 1000, letter);
  bench_add (bench, bench->sent, 2000, NULL);
  wait_until (is_counted, bench);
  g_autoptr (MailPerson) ada = get (bench, "ada@x.example");
  g_assert_true (ada->more_sent);
  g_assert_cmpuint (ada->sent, ==, 0);
}

static void
test_not_counted (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();

  mail_people_set_quiet (bench->engine->people, 3600 * 1000);
  bench_add (bench, bench->inbox, 1000, letter);
  g_autoptr (MailPerson) ann = get (bench, "ann@x.example");
  g_assert_cmpuint (ann->received, ==, 0);
  g_assert_false (ann->counted);
}

typedef struct
{
  MailCrowd *crowd;
  const char *query;
  guint n;
} Finding;

static gboolean
finds_as_many (gpointer data)
{
  Finding *finding = data;
  g_autoptr (GPtrArray) found = mail_crowd_find (finding->crowd, finding->query, 10);

  return found->len == finding->n;
}

static void
check_order (MailCrowd *crowd, const char *query, const char *wanted)
{
  g_autoptr (GPtrArray) found = mail_crowd_find (crowd, query, 10);
  g_autoptr (GString) addresses = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++)
    g_string_append_printf (addresses, "%s ", ((const MailRecipient *)found->pdata[i])->address);
  g_assert_cmpstr (addresses->str, ==, wanted);
}

/* Who is written to often and lately comes first, then who only wrote; then one's own address, and machines. */
static void
test_crowd (void)
{
  static const struct
  {
    const char *to;
    guint days, times;
  } letters[] = {
    { "Mina Old <old@min.example>", 900, 6 },   { "Mina Often <often@min.example>", 20, 5 },
    { "Mina Once <once@min.example>", 20, 1 },  { "Benjamin <inside@x.example>", 1, 9 },
    { "Minutes <no-reply@min.example>", 0, 9 }, { "Min Me <one@example.org>", 1, 9 },
  };
  g_autoptr (Bench) bench = bench_new_ready ();
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  Finding finding = { NULL, "min", 7 };
  guint n = 0;

  mail_people_set_quiet (bench->engine->people, 1);
  for (guint i = 0; i < G_N_ELEMENTS (letters); i++) {
    for (guint j = 0; j < letters[i].times; j++) {
      g_autofree char *text = g_strdup_printf (
          "From: one@example.org\r\nTo: %s\r\nSubject: Hi\r\nMessage-ID: <%u@x>\r\n\r\nText.\r\n",
          letters[i].to, n++);

      bench_add (bench, bench->sent, now - letters[i].days * 86400, text);
    }
  }
  for (guint i = 0; i < 2; i++)
    bench_add_from (bench, bench->inbox, now - 86400, "writes@min.example", NULL);
  do {
    g_clear_pointer (&finding.crowd, mail_crowd_unref);
    finding.crowd = mail_crowd_new (bench->engine);
    g_usleep (20000);
    for (guint i = 0; i < 50; i++)
      g_main_context_iteration (NULL, FALSE);
  } while (!finds_as_many (&finding));
  check_order (finding.crowd, "min",
               "often@min.example once@min.example inside@x.example old@min.example "
               "writes@min.example one@example.org no-reply@min.example ");
  check_order (finding.crowd, "mina one", "");
  check_order (finding.crowd, "mina onc", "once@min.example ");
  check_order (finding.crowd, "", "");
  mail_crowd_unref (finding.crowd);
}

static void
find (GModule *module, const char *symbol, gpointer *found)
{
  g_assert_true (g_module_symbol (module, symbol, found));
}

/* With those of an address book (book-module.c), as long as they are in it. */
static void
test_book (void)
{
  g_autofree char *given = g_strdup (g_getenv ("SOSIK_BOOK"));
  const char *path = g_getenv ("BOOK_MODULE");
  g_autoptr (Bench) bench = NULL;
  GModule *module;
  void (*tell) (const char *id, const char *name, const char *addresses);
  void (*forget) (const char *id);
  Finding finding = { NULL, "min", 3 };

  if (path == NULL) {
    g_test_skip ("built without address books");
    return;
  }
  bench = bench_new_ready ();
  module = g_module_open (path, G_MODULE_BIND_LAZY);
  g_assert_nonnull (module);
  find (module, "book_module_tell", (gpointer *)&tell);
  find (module, "book_module_forget", (gpointer *)&forget);
  g_setenv ("SOSIK_BOOK", path, TRUE);
  finding.crowd = mail_crowd_new (bench->engine);
  wait_until (finds_as_many, &finding);
  g_setenv ("SOSIK_BOOK", given, TRUE);
  check_order (finding.crowd, "min team", " ");
  check_order (finding.crowd, "booked", "Booked@min.example ");
  check_order (finding.crowd, "often", "often@min.example ");
  g_autoptr (GPtrArray) found = mail_crowd_find (finding.crowd, "team", 10);
  const MailRecipient *list = found->pdata[0];
  g_assert_cmpstr (list->name, ==, "Min Team");
  g_assert_cmpuint (list->members->len, ==, 2);
  g_assert_cmpstr (((const MailRecipient *)list->members->pdata[1])->text, ==, "team@min.example");
  /* Followed */
  tell ("one\n1", "Mina Booked", "new@min.example");
  finding.query = "new@min";
  finding.n = 1;
  wait_until (finds_as_many, &finding);
  check_order (finding.crowd, "booked", "new@min.example ");
  /* Those that count the same: by name, not by address */
  tell ("one\n7", "Zoe Alike", "a@same.example");
  tell ("one\n8", "하늘 Alike", "b@same.example");
  tell ("one\n9", "Ann Alike", "c@same.example");
  finding.query = "alike";
  finding.n = 3;
  wait_until (finds_as_many, &finding);
  check_order (finding.crowd, "alike", "c@same.example a@same.example b@same.example ");
  forget ("two\n1");
  finding.query = "team";
  finding.n = 0;
  wait_until (finds_as_many, &finding);
  forget ("one\n");
  finding.query = "min";
  wait_until (finds_as_many, &finding);
  mail_crowd_unref (finding.crowd);
}

void
add_person_tests (void)
{
  g_test_add_func ("/mail/person/book", test_book);
  g_test_add_func ("/mail/person/crowd", test_crowd);
  g_test_add_func ("/mail/person/gathered", test_gathered);
  g_test_add_func ("/mail/person/not-counted", test_not_counted);
  g_test_add_func ("/mail/person/sent-elsewhere", test_sent_elsewhere);
}
