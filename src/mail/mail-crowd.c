/* Everybody who may be written to.  Main thread; the store thread reads pages.  A page is small: the store thread is a person's, too.  Looking
 * through all of them takes milliseconds, so that it is done at each key. */
#include "mail-crowd.h"

#include <string.h>

#include "base-error.h"
#include "base-log.h"
#include "base-fold.h"
#include "base-match.h"
#include "mail-book.h"
#include "mail-engine-private.h"
#include "mail-private.h"
#include "mail-recipient.h"
#include "store-person.h"

#define PAGE 500
/* Of those who only wrote; who was written to is always kept. */
#define MOST_STRANGERS 20000

/* Whom a person has in an address book counts as if written to now and then. */
#define IN_BOOK 4.

#define DAY_S (24 * 60 * 60)

typedef struct
{
  char *name, *address; /* name "" when none */
  char *folded;         /* both */
  double weight;
} Member;

struct _MailCrowd
{
  grefcount refs;
  MailEngine *engine;     /* owned */
  GArray *members;        /* of Member */
  GHashTable *by_address; /* -> index in `members` + 1; the keys are those of the members */
  MailBook *book;         /* borrowed from the engine */
  guint n_strangers;
};

static void
member_clear (gpointer data)
{
  Member *member = data;

  g_free (member->name);
  g_free (member->address);
  g_free (member->folded);
}

/* ---- who comes first ---- */

/* Nobody reads what is sent there. */
static gboolean
is_machine (const char *address)
{
  static const char *const words[] = { "noreply",      "no-reply", "no_reply",     "donotreply",
                                       "do-not-reply", "bounce",   "mailer-daemon" };
  const char *at = strrchr (address, '@');

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    const char *found = strstr (address, words[i]);

    if (found != NULL && found < at)
      return TRUE;
  }
  return FALSE;
}

/* Writing to somebody says more than being written to; what is long ago says less and less. */
static double
weigh (const StorePerson *person, gint64 now)
{
  double days = (double)MAX (now - person->last, 0) / DAY_S;
  double often = 4. * MIN (person->sent, 50) + MIN (person->received, 50) / 2.;
  double weight = often / (1 + days / 30);

  return is_machine (person->address) ? weight / 1000 : weight;
}

static void
add_person (MailCrowd *self, const StorePerson *person, gint64 now)
{
  const char *name = person->name != NULL ? person->name : "";
  g_autofree char *both = g_strdup_printf ("%s %s", name, person->address);
  Member member;

  if (person->sent == 0 && ++self->n_strangers > MOST_STRANGERS)
    return;
  member = (Member){ g_strdup (name), g_strdup (person->address), base_fold (both, -1, NULL),
                     weigh (person, now) };
  g_array_append_val (self->members, member);
  g_hash_table_insert (self->by_address, member.address, GUINT_TO_POINTER (self->members->len));
}

/* ---- reading ---- */

static void read_page (MailCrowd *self, gint64 after);

static gpointer
run_page (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  return store_person_list (db, *(const gint64 *)data, PAGE, error);
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MailCrowd) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) people = g_task_propagate_pointer (G_TASK (result), &error);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  if (people == NULL && !base_error_is_cancelled (error))
    base_log ("The people of the mail could not be read: %s", error->message);
  for (guint i = 0; people != NULL && i < people->len; i++)
    add_person (self, people->pdata[i], now);
  if (people != NULL && people->len == PAGE)
    read_page (self, ((const StorePerson *)people->pdata[PAGE - 1])->id);
}

static void
free_page (gpointer page)
{
  g_ptr_array_unref (page);
}

static void
read_page (MailCrowd *self, gint64 after)
{
  mail_engine_call_store (self->engine, g_task_new (NULL, NULL, on_page, mail_crowd_ref (self)),
                          run_page, g_memdup2 (&after, sizeof after), g_free, free_page);
}

MailCrowd *
mail_crowd_new (MailEngine *engine)
{
  MailCrowd *self = g_new0 (MailCrowd, 1);

  g_ref_count_init (&self->refs);
  self->engine = g_object_ref (engine);
  self->members = g_array_new (FALSE, FALSE, sizeof (Member));
  g_array_set_clear_func (self->members, member_clear);
  self->by_address = g_hash_table_new (g_str_hash, g_str_equal);
  self->book = mail_book_get (engine);
  read_page (self, 0);
  return self;
}

MailCrowd *
mail_crowd_ref (MailCrowd *self)
{
  g_ref_count_inc (&self->refs);
  return self;
}

void
mail_crowd_unref (MailCrowd *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  g_object_unref (self->engine);
  g_hash_table_unref (self->by_address);
  g_array_unref (self->members);
  g_free (self);
}

/* ---- finding ---- */

typedef struct
{
  const char *name, *address; /* "" when none */
  const GPtrArray *members;   /* NULL: it is no list */
  double weight;
} Found;

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *x = a, *y = b;

  if (x->weight != y->weight)
    return x->weight < y->weight ? 1 : -1;
  return strcmp (x->address, y->address);
}

static const char *
get_shown (const Found *found)
{
  return *found->name != '\0' ? found->name : found->address;
}

/* Those that count the same stand as the person's language has them; only for the few that are shown, since there are many and it takes its time. */
static int
compare_shown (gconstpointer a, gconstpointer b)
{
  const Found *x = a, *y = b;

  if (x->weight != y->weight)
    return x->weight < y->weight ? 1 : -1;
  return g_utf8_collate (get_shown (x), get_shown (y));
}

static void
recipient_free (gpointer recipient)
{
  mail_recipient_free (recipient);
}

/* How much the place of what was found counts. */
static double
weigh_fit (const BaseMatch *match, const char *folded)
{
  static const double factors[] = {
    [BASE_MATCH_NONE] = 0, [BASE_MATCH_WITHIN] = .1, [BASE_MATCH_WORD] = 1, [BASE_MATCH_BEGIN] = 1.5
  };

  return factors[base_match_look (match, folded)];
}

/* `seen` gets their addresses, as the crowd has them. */
static void
find_in_book (MailCrowd *self, const BaseMatch *match, GArray *found, GHashTable *seen)
{
  const GPtrArray *entries = mail_book_get_entries (self->book);

  for (guint i = 0; i < entries->len; i++) {
    const MailBookEntry *entry = entries->pdata[i];
    double fit = weigh_fit (match, entry->folded);
    g_autofree char *address = fit > 0 ? g_ascii_strdown (entry->address, -1) : NULL;
    guint known = fit > 0 ? GPOINTER_TO_UINT (g_hash_table_lookup (self->by_address, address)) : 0;
    Found one = { entry->name, entry->address, entry->members, IN_BOOK };

    if (fit <= 0 || (*address != '\0' && !g_hash_table_add (seen, g_strdup (address))))
      continue;
    if (known > 0)
      one.weight += g_array_index (self->members, Member, known - 1).weight;
    one.weight *= mail_engine_owns_address (self->engine, entry->address) ? fit / 100 : fit;
    g_array_append_val (found, one);
  }
}

static MailRecipient *
make_recipient (const Found *found)
{
  return found->members != NULL ? mail_recipient_new_list (found->name, found->members)
                                : mail_recipient_new (found->name, found->address);
}

GPtrArray *
mail_crowd_find (MailCrowd *self, const char *query, guint most)
{
  g_autoptr (BaseMatch) match = base_match_new (query);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Found));
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *recipients = g_ptr_array_new_with_free_func (recipient_free);

  find_in_book (self, match, found, seen);
  for (guint i = 0; i < self->members->len; i++) {
    const Member *member = &g_array_index (self->members, Member, i);
    double fit = weigh_fit (match, member->folded);
    Found one = { member->name, member->address, NULL, member->weight * fit };

    if (fit <= 0 || g_hash_table_contains (seen, member->address))
      continue;
    if (mail_engine_owns_address (self->engine, member->address))
      one.weight /= 100;
    g_array_append_val (found, one);
  }
  g_array_sort (found, compare_found);
  g_array_set_size (found, MIN (found->len, most));
  g_array_sort (found, compare_shown);
  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add (recipients, make_recipient (&g_array_index (found, Found, i)));
  return recipients;
}
